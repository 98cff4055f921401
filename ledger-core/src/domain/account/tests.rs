//! Given events, when a command, then events or a code.

use chrono::NaiveDate;

use super::decide::AskedRole;
use super::{Account, AccountCommand, AccountEvent, GrantStatus, Person, Role};
use crate::domain::ids::{AccountId, Actor, GrantId, WorkerId};
use crate::domain::refusal::{Code, Decision};
use crate::domain::time::BusinessTime;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at(text: &str) -> BusinessTime {
    BusinessTime::start_of(day(text))
}

fn id() -> AccountId {
    AccountId::new("chen").expect("an id")
}

fn grant_id(text: &str) -> GrantId {
    GrantId::new(text).expect("an id")
}

fn by() -> Actor {
    Actor::new("admin").expect("an id")
}

fn open(worker: Option<&str>) -> AccountCommand {
    AccountCommand::Open { at: at("2024-03-05"), worker: worker.map(|worker| WorkerId::new(worker).expect("an id")) }
}

/// A grant of 5 March 2024, named `g` and the role.
fn grant(role: Role, scope: Option<&str>, from: Option<&str>, until: Option<&str>) -> AccountCommand {
    AccountCommand::Grant {
        at: at("2024-03-05"),
        by: by(),
        grant: grant_id(&format!("g-{role}")),
        role: AskedRole { role, scope: scope.map(str::to_owned), from: from.map(day), until: until.map(day) },
        status: GrantStatus::Active,
    }
}

fn proposed(role: Role) -> AccountCommand {
    match grant(role, None, None, None) {
        AccountCommand::Grant { at, by, grant, role, .. } => {
            AccountCommand::Grant { at, by, grant, role, status: GrantStatus::Proposed }
        }
        other => other,
    }
}

fn confirm(grant: &str, own: bool) -> AccountCommand {
    AccountCommand::Confirm { at: at("2024-03-05"), by: by(), grant: grant_id(grant), own }
}

fn end(grant: &str, on: Option<&str>) -> AccountCommand {
    let reason = "调离".to_owned();
    AccountCommand::End { at: at("2024-03-05"), by: by(), grant: grant_id(grant), on: on.map(day), reason }
}

fn told(account: &Account, command: AccountCommand) -> Result<Vec<AccountEvent>, Code> {
    let decided: Decision<_> = account.decide(&id(), command);
    decided.map_err(|refusal| refusal.code)
}

fn given(commands: Vec<AccountCommand>) -> Account {
    let mut account = Account::default();
    for command in commands {
        for event in account.decide(&id(), command).expect("accepted") {
            account.evolve(&event);
        }
    }
    account
}

fn holds(account: &Account, grant: &str, on: &str) -> bool {
    account.grant(&grant_id(grant)).is_some_and(|grant| grant.holds_on(day(on)))
}

#[test]
fn an_account_is_opened_once() {
    let account = given(vec![open(Some("W1"))]);
    assert_eq!(told(&account, open(None)), Err(Code::DuplicateConflict));
    assert_eq!(account.person(&id()), Person::Worker(WorkerId::new("W1").expect("an id")));
    assert_eq!(given(vec![open(None)]).person(&id()), Person::Account(id()));
}

#[test]
fn an_id_of_an_actor_without_account_is_refused() {
    for text in ["machine-owner", "ledger", "rating-slip"] {
        let id = AccountId::new(text).expect("an id");
        let refused = Account::default().decide(&id, open(None)).map_err(|refusal| refusal.code);
        assert_eq!(refused, Err(Code::InvalidInput), "{text}");
    }
}

#[test]
fn nothing_is_granted_to_an_account_that_was_not_opened() {
    for command in [grant(Role::Auditor, None, None, None), confirm("g", false), end("g", None)] {
        assert_eq!(told(&Account::default(), command), Err(Code::UnknownAccount));
    }
}

#[test]
fn a_role_holds_from_its_first_day_through_its_last() {
    let account = given(vec![open(None), grant(Role::Clerk, Some("S1"), Some("2024-03-07"), Some("2024-03-09"))]);
    let held: Vec<&str> = ["2024-03-06", "2024-03-07", "2024-03-09", "2024-03-10"]
        .into_iter()
        .filter(|on| holds(&account, "g-clerk", on))
        .collect();
    assert_eq!(held, ["2024-03-07", "2024-03-09"]);
    let account = given(vec![open(None), grant(Role::Clerk, Some("S1"), None, None)]);
    assert!(holds(&account, "g-clerk", "2024-03-05") && !holds(&account, "g-clerk", "2024-03-04"), "from today on");
}

#[test]
fn days_that_end_before_they_begin_and_scopes_that_do_not_fit_are_refused() {
    let account = given(vec![open(None)]);
    let days = [(Some("2024-03-07"), Some("2024-03-06")), (None, Some("2024-03-04")), (Some("1899-12-31"), None)];
    for (from, until) in days {
        assert_eq!(
            told(&account, grant(Role::Auditor, None, from, until)),
            Err(Code::InvalidDate),
            "{from:?} {until:?}"
        );
    }
    for (role, scope) in
        [(Role::Clerk, None), (Role::Clerk, Some("a/b")), (Role::Auditor, Some("S1")), (Role::Worker, None)]
    {
        assert_eq!(told(&account, grant(role, scope, None, None)), Err(Code::InvalidInput), "{role} {scope:?}");
    }
    for (role, scope) in [(Role::Approver, None), (Role::Operator, Some("鼓楼社区")), (Role::Machine, None)] {
        assert!(told(&account, grant(role, scope, None, None)).is_ok(), "{role} {scope:?}");
    }
}

#[test]
fn a_worker_acts_as_oneself_alone() {
    let account = given(vec![open(Some("W1"))]);
    let events = told(&account, grant(Role::Worker, None, None, None)).expect("granted");
    assert!(
        matches!(events.as_slice(), [AccountEvent::RoleGranted(granted)] if granted.scope.as_deref() == Some("W1"))
    );
    assert_eq!(told(&account, grant(Role::Worker, Some("W2"), None, None)), Err(Code::InvalidInput));
    let account = given(vec![open(None), grant(Role::Worker, Some("W2"), None, None)]);
    assert_eq!(account.person(&id()), Person::Worker(WorkerId::new("W2").expect("an id")), "the role says who it is");
}

#[test]
fn who_administers_neither_records_nor_decides_on_the_same_day() {
    for (role, scope) in [
        (Role::Clerk, Some("S1")),
        (Role::Operator, None),
        (Role::Approver, None),
        (Role::Branch, Some("B1")),
        (Role::Merchant, Some("M1")),
        (Role::Worker, Some("W1")),
    ] {
        let admin = given(vec![open(None), proposed(Role::Admin)]);
        assert_eq!(told(&admin, grant(role, scope, None, None)), Err(Code::NotEligible), "{role} beside admin");
        let other = given(vec![open(None), grant(role, scope, None, None)]);
        assert_eq!(told(&other, grant(Role::Admin, None, None, None)), Err(Code::NotEligible), "admin beside {role}");
        let before = given(vec![open(None), grant(role, scope, None, Some("2024-03-31"))]);
        assert!(told(&before, grant(Role::Admin, None, Some("2024-04-01"), None)).is_ok(), "admin after {role}");
        let ended = given(vec![open(None), grant(role, scope, None, None), end(&format!("g-{role}"), None)]);
        assert!(told(&ended, grant(Role::Admin, None, None, None)).is_ok(), "admin once {role} was ended");
    }
    let admin = given(vec![open(None), grant(Role::Admin, None, None, None)]);
    for role in [Role::Auditor, Role::Machine, Role::Admin] {
        assert!(told(&admin, grant(role, None, None, None)).is_ok(), "{role}");
    }
}

#[test]
fn a_proposed_grant_holds_once_somebody_else_confirmed_it() {
    let mut account = given(vec![open(None), proposed(Role::Approver)]);
    assert!(!holds(&account, "g-approver", "2024-03-05"));
    assert_eq!(told(&account, confirm("g-approver", true)), Err(Code::SamePerson));
    assert_eq!(told(&account, confirm("other", false)), Err(Code::NotFound));
    let events = told(&account, confirm("g-approver", false)).expect("confirmed");
    events.iter().for_each(|event| account.evolve(event));
    assert!(holds(&account, "g-approver", "2024-03-05"));
    assert_eq!(told(&account, confirm("g-approver", false)), Err(Code::AlreadyDecided));
}

#[test]
fn a_proposed_grant_that_was_ended_is_not_confirmed() {
    let account = given(vec![open(None), proposed(Role::Approver), end("g-approver", None)]);
    assert_eq!(told(&account, confirm("g-approver", false)), Err(Code::AlreadyDecided));
}

#[test]
fn a_grant_ends_at_once_or_on_a_later_day_and_never_in_the_past() {
    let account = given(vec![open(None), grant(Role::Auditor, None, None, Some("2024-12-31"))]);
    assert_eq!(told(&account, end("other", None)), Err(Code::NotFound));
    assert_eq!(told(&account, end("g-auditor", Some("2024-03-04"))), Err(Code::InvalidDate));
    assert_eq!(told(&account, end("g-auditor", Some("2025-01-01"))), Err(Code::AlreadyDecided));
    let later = given(vec![
        open(None),
        grant(Role::Auditor, None, None, Some("2024-12-31")),
        end("g-auditor", Some("2024-06-01")),
    ]);
    assert!(holds(&later, "g-auditor", "2024-05-31") && !holds(&later, "g-auditor", "2024-06-01"));
    assert_eq!(told(&later, end("g-auditor", Some("2024-06-01"))), Err(Code::AlreadyDecided));
    let mut sooner = later;
    let events = told(&sooner, end("g-auditor", None)).expect("ended sooner");
    events.iter().for_each(|event| sooner.evolve(event));
    assert!(!holds(&sooner, "g-auditor", "2024-03-05"));
}

fn lapse(grant: &str, over: &str) -> AccountCommand {
    AccountCommand::Lapse { by: by(), grant: grant_id(grant), over: day(over), reason: "授权期满".to_owned() }
}

#[test]
fn the_end_of_a_grant_that_ran_out_is_booked_once_for_the_day_after_its_last() {
    let auditor = grant(Role::Auditor, None, None, Some("2024-03-09"));
    let mut account = given(vec![open(None), auditor, grant(Role::Machine, None, None, None)]);
    assert_eq!(told(&account, lapse("g-auditor", "2024-03-08")), Err(Code::InvalidDate), "nobody shortens it");
    assert_eq!(told(&account, lapse("g-machine", "2030-01-01")), Err(Code::AlreadyDecided), "it has no last day");
    assert_eq!(told(&account, lapse("other", "2030-01-01")), Err(Code::NotFound));
    let events = told(&account, lapse("g-auditor", "2024-03-12")).expect("booked");
    let [AccountEvent::GrantEnded(ended)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((ended.on, ended.at), (day("2024-03-10"), at("2024-03-10")), "however late it is booked");
    events.iter().for_each(|event| account.evolve(event));
    assert!(holds(&account, "g-auditor", "2024-03-09") && !holds(&account, "g-auditor", "2024-03-10"));
    assert_eq!(told(&account, lapse("g-auditor", "2024-03-12")), Err(Code::AlreadyDecided));
    let ended = given(vec![
        open(None),
        grant(Role::Auditor, None, None, Some("2024-03-09")),
        end("g-auditor", Some("2024-03-07")),
    ]);
    assert_eq!(told(&ended, lapse("g-auditor", "2024-03-12")), Err(Code::AlreadyDecided), "somebody ended it before");
}
