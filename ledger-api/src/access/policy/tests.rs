//! That the table and its two questions say the same, and that a right to the own ends there.

use std::sync::Arc;

use ledger_core::domain::ids::Actor;

use super::{Action, CommandKind, Denied, Read, Target, Who, allow, is_own, may_ever};
use crate::access::{Identity, Role};

fn identity(role: Role, scope: Option<&str>) -> Identity {
    Identity { id: Actor::new("t").unwrap(), role, scope: scope.map(Arc::from), name: Arc::from("test") }
}

fn actions() -> impl Iterator<Item = Action> {
    let commands = CommandKind::ALL.iter().map(|kind| Action::Command(*kind));
    commands.chain(Read::ALL.iter().map(|read| Action::Read(*read))).chain([
        Action::Cosign,
        Action::KeepPerson,
        Action::Nothing,
    ])
}

const TARGETS: &[Target<'_>] = &[
    Target::District,
    Target::Worker("X"),
    Target::Card { worker: "X", branch: Some("X") },
    Target::Store("X"),
    Target::Counter { worker: "X", store: "X" },
    Target::Merchant("X"),
    Target::Branch("X"),
    Target::Credit("X"),
    Target::Redemption("X"),
    Target::Hold("X"),
];

#[test]
fn who_is_let_through_the_door_may_do_it_to_something_and_nobody_else() {
    for role in Role::ALL {
        let identity = identity(role, Some("X"));
        for action in actions() {
            let somewhere = TARGETS.iter().any(|target| allow(Who::Bearer(&identity), action, *target).is_ok());
            assert_eq!(may_ever(Who::Bearer(&identity), action), somewhere, "{role} {action:?}");
        }
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
    for (role, own) in [(Role::Worker, 3), (Role::Clerk, 2), (Role::Merchant, 1), (Role::Branch, 2)] {
        let (here, elsewhere) = (identity(role, Some("X")), identity(role, Some("Y")));
        assert_eq!(TARGETS.iter().filter(|target| is_own(&here, **target)).count(), own, "{role}");
        assert!(!TARGETS.iter().any(|target| is_own(&elsewhere, *target)), "{role}");
    }
    for role in [Role::Operator, Role::Approver, Role::Auditor, Role::Admin] {
        assert!(!TARGETS.iter().any(|target| is_own(&identity(role, Some("X")), *target)), "{role}");
    }
}

#[test]
fn nobody_but_admins_gives_commands_workers_ask_to_be_forgotten_and_the_ledger_gives_back_what_ran_out() {
    for kind in CommandKind::ALL {
        for role in Role::ALL {
            let asks_to_be_forgotten = role == Role::Worker && *kind == CommandKind::EraseWorker;
            let may = role == Role::Admin || asks_to_be_forgotten;
            assert_eq!(may_ever(Who::Bearer(&identity(role, None)), *kind), may, "{role} {kind:?}");
        }
        assert!(may_ever(Who::Owner, *kind), "{kind:?}");
        assert_eq!(may_ever(Who::Ledger, *kind), *kind == CommandKind::ReleaseHold, "{kind:?}");
    }
}

#[test]
fn auditors_read_no_name() {
    for read in [Read::Name, Read::MaskedName, Read::Search] {
        assert!(!may_ever(Who::Bearer(&identity(Role::Auditor, None)), read), "{read:?}");
    }
}
