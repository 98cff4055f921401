//! That the table and its two questions say the same, and that a right to the own ends there.

use super::{Action, CommandKind, Denied, Reach, Read, Slip, Target, Whereabouts, Who, allow, is_own, may_ever, reach};
use crate::access::{Identity, Role, acting as identity};

fn actions() -> impl Iterator<Item = Action> {
    let commands = CommandKind::ALL.iter().map(|kind| Action::Command(*kind));
    commands.chain(Read::ALL.iter().map(|read| Action::Read(*read))).chain([
        Action::Cosign,
        Action::KeepPerson,
        Action::Nothing,
    ])
}

fn targets(known: &Whereabouts) -> [Target<'_>; 20] {
    [
        Target::District,
        Target::Site("X"),
        Target::Worker("X"),
        Target::Card { worker: "X", branch: Some("X") },
        Target::Store("X"),
        Target::Counter { worker: "X", store: "X" },
        Target::Merchant("X"),
        Target::Branch("X"),
        Target::Credit("X"),
        Target::Redemption("X"),
        Target::Hold("X"),
        Target::Posting { reporter: Some("X"), site: Some("X") },
        Target::Request("X"),
        Target::Work { request: "X", claimer: Some("X") },
        Target::Handling { request: "X", handling: "X" },
        Target::Application { application: "X", merchant: Some("X") },
        Target::Offer("X"),
        Target::UseOf("X"),
        Target::Slip("X"),
        Target::Known(known),
    ]
}

/// Whose and where everything is X, made today.
fn known() -> Whereabouts {
    let x = || Some("X".to_owned());
    let day = chrono::NaiveDate::from_ymd_opt(2024, 3, 5);
    Whereabouts {
        worker: x(),
        store: x(),
        merchant: x(),
        branch: x(),
        sites: vec!["X".to_owned()],
        made_on: day,
        today: day,
    }
}

#[test]
fn who_is_let_through_the_door_may_do_it_to_something_and_nobody_else() {
    let known = known();
    for role in Role::ALL {
        let all = [identity(role, Some("X")), identity(role, None)];
        for action in actions() {
            let somewhere = all.iter().any(|identity| {
                targets(&known).into_iter().any(|target| allow(Who::Bearer(identity), action, target).is_ok())
            });
            assert_eq!(may_ever(Who::Bearer(&all[0]), action), somewhere, "{role} {action:?}");
        }
    }
}

#[test]
fn every_command_and_every_read_is_somebody_s() {
    let people = || Role::ALL.into_iter().filter(|role| *role != Role::Machine);
    for action in actions().filter(|action| *action != Action::Nothing) {
        let somebody = people().any(|role| reach(role, action) != Reach::Nowhere);
        assert!(somebody, "{action:?} is allowed to nobody: a line of the table is missing");
    }
}

#[test]
fn a_right_to_the_own_ends_at_what_is_not_the_own() {
    let receipt = |identity: &Identity, target| allow(Who::Bearer(identity), Read::Receipt, target);
    let own = identity(Role::Worker, Some("W1"));
    assert_eq!(receipt(&own, Target::Worker("W1")), Ok(()));
    for target in [Target::Worker("W2"), Target::Worker(""), Target::District, Target::Store("W1")] {
        assert_eq!(receipt(&own, target), Err(Denied), "{target:?}");
    }
    assert_eq!(receipt(&identity(Role::Worker, None), Target::Worker("W1")), Err(Denied));
}

#[test]
fn each_scope_names_targets_of_its_own_kind_alone() {
    let known = known();
    for (role, own) in [
        (Role::Worker, 6),
        (Role::Clerk, 3),
        (Role::Merchant, 3),
        (Role::Branch, 3),
        (Role::Operator, 3),
        (Role::Approver, 3),
        (Role::Auditor, 0),
        (Role::Admin, 0),
        (Role::Machine, 0),
    ] {
        let (here, elsewhere) = (identity(role, Some("X")), identity(role, Some("Y")));
        let owned = targets(&known).into_iter().filter(|target| is_own(&here.roles[0], *target)).count();
        assert_eq!(owned, own, "{role}");
        assert!(!targets(&known).into_iter().any(|target| is_own(&elsewhere.roles[0], target)), "{role}");
    }
}

#[test]
fn without_a_site_operators_and_approvers_act_in_the_district_and_others_nowhere() {
    for role in Role::ALL {
        let identity = identity(role, None);
        let everywhere = targets(&known()).into_iter().all(|target| is_own(&identity.roles[0], target));
        assert_eq!(everywhere, matches!(role, Role::Operator | Role::Approver), "{role}");
    }
}

#[test]
fn a_clerk_reverses_what_was_made_today_and_pays_nobody() {
    let clerk = identity(Role::Clerk, Some("X"));
    let reverse =
        |known: &Whereabouts| allow(Who::Bearer(&clerk), CommandKind::ReverseRedemption, Target::Known(known));
    assert_eq!(reverse(&known()), Ok(()));
    let yesterday = chrono::NaiveDate::from_ymd_opt(2024, 3, 4);
    assert_eq!(reverse(&Whereabouts { made_on: yesterday, ..known() }), Err(Denied));
    assert_eq!(reverse(&Whereabouts { made_on: None, today: None, ..known() }), Err(Denied));
    let pay = |identity: &Identity| allow(Who::Bearer(identity), CommandKind::PaySettlement, Target::Merchant("X"));
    assert_eq!(pay(&clerk), Err(Denied));
    assert_eq!(pay(&identity(Role::Approver, Some("X"))), Err(Denied));
    assert_eq!(pay(&identity(Role::Approver, None)), Ok(()));
}

#[test]
fn a_counter_takes_its_uses_of_today_back_and_an_approver_those_in_reach() {
    let shop = identity(Role::Merchant, Some("X"));
    let yesterday = chrono::NaiveDate::from_ymd_opt(2024, 3, 4);
    for kind in [CommandKind::ReverseBenefitUse, CommandKind::ReversePassUse] {
        let reverse = |who: &Identity, known: &Whereabouts| allow(Who::Bearer(who), kind, Target::Known(known));
        assert_eq!(reverse(&shop, &known()), Ok(()));
        let earlier = Whereabouts { made_on: yesterday, ..known() };
        assert_eq!(reverse(&shop, &earlier), Err(Denied));
        assert_eq!(reverse(&shop, &Whereabouts { merchant: None, ..known() }), Err(Denied), "used at no counter");
        assert_eq!(reverse(&identity(Role::Approver, Some("X")), &earlier), Ok(()));
        assert_eq!(reverse(&identity(Role::Approver, Some("Y")), &earlier), Err(Denied));
        assert_eq!(reverse(&identity(Role::Operator, None), &earlier), Err(Denied));
    }
}

#[test]
fn whoever_reads_alone_gives_no_command_and_the_ledger_gives_back_what_ran_out() {
    for kind in CommandKind::ALL {
        for role in [Role::Auditor, Role::Machine] {
            assert!(!may_ever(Who::Bearer(&identity(role, None)), *kind), "{role} {kind:?}");
        }
        assert!(may_ever(Who::Owner, *kind), "{kind:?}");
        let due = matches!(
            kind,
            CommandKind::ReleaseHold | CommandKind::SettleCredit | CommandKind::ExpireLots | CommandKind::EndGrant
        );
        assert_eq!(may_ever(Who::Ledger, *kind), due, "{kind:?}");
    }
}

#[test]
fn auditors_read_no_name() {
    for read in [Read::Name, Read::MaskedName, Read::Search] {
        assert!(!may_ever(Who::Bearer(&identity(Role::Auditor, None)), read), "{read:?}");
    }
}

#[test]
fn a_slip_is_good_for_the_word_on_the_work_that_it_names_and_for_nothing_else() {
    let slip = Slip { request: "X", handling: "X" };
    let known = known();
    let others = [
        Target::Handling { request: "X", handling: "Y" },
        Target::Handling { request: "Y", handling: "X" },
        Target::Handling { request: "", handling: "" },
    ];
    for action in actions() {
        let good = action == Action::Command(CommandKind::RateHandling) || action == Action::Read(Read::RatingSlip);
        assert_eq!(may_ever(Who::Slip(slip), action), good, "{action:?}");
        for target in targets(&known).into_iter().chain(others) {
            let told = allow(Who::Slip(slip), action, target).is_ok();
            assert_eq!(told, good && target == slip.target(), "{action:?} {target:?}");
        }
    }
    assert!(!Who::Slip(slip).is_worker("X"));
}
