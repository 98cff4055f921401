//! That nothing is done, kept or read for whoever may not, whatever edge it comes from.

use ledger_core::domain::ids::{ActivityCode, HoldId, Key, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::{Command, Context, LedgerSettings, Outcome, Submission, commands};

use super::command::{Asked, give, prepare};
use super::destination::{Destination, OwnLedger, Told, machine_owner};
use super::names::{self, Personal};
use super::reading::may_read;
use super::{ServiceError, due};
use crate::access::policy::{Denied, Read, Target, Who};
use crate::access::{Identity, Role, acting};
use crate::app::{App, AppTasks};
use crate::vault::{WITNESS, WORKER};

struct House {
    app: App,
    _tasks: AppTasks,
    _folder: tempfile::TempDir,
}

impl House {
    async fn open() -> House {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("nuanxin.db"));
        let (app, tasks) = App::open(&url, LedgerSettings::default()).await.unwrap();
        House { app, _tasks: tasks, _folder: folder }
    }

    async fn head(&self) -> u64 {
        self.app.ledger.journal().head().await.unwrap().position
    }
}

fn bearer(role: Role, scope: &str) -> Identity {
    acting(role, Some(scope))
}

fn context(key: &str) -> Context {
    let at = BusinessTime::parse("2024-03-05T10:00:00+08:00").unwrap();
    Context { key: Key::new(key).unwrap(), actor: machine_owner().unwrap(), at }
}

fn credit() -> Asked {
    let (worker, activity) = (WorkerId::new("W1").unwrap(), ActivityCode::new("ZY01").unwrap());
    let on = Some(context("k").at.date());
    let command = Command::RecordCredit(commands::RecordCredit {
        worker,
        activity,
        on,
        quantity: None,
        witness: None,
        own_witness: false,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
        evidence: None,
    });
    Asked { personal: Personal::Witness("李四".into()), ..command.into() }
}

fn release(hold: &str) -> Command {
    Command::ReleaseHold(commands::ReleaseHold { hold: HoldId::new(hold).unwrap(), expired: true, reason: None })
}

#[tokio::test]
async fn whoever_may_not_give_a_command_leaves_no_name_behind_and_learns_nothing() {
    let house = House::open().await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Operator) {
        let bearer = bearer(role, "W1");
        let refused = prepare(&house.app, Who::Bearer(&bearer), context("k"), credit()).await;
        assert_eq!(refused.unwrap_err(), ServiceError::Denied(Denied), "{role}");
    }
    let pseudonym = house.app.vault.pseudonym(WITNESS, "李四");
    assert_eq!(house.app.vault.get_name(WITNESS, &pseudonym).await.unwrap(), None);
    let operator = acting(Role::Operator, None);
    prepare(&house.app, Who::Bearer(&operator), context("k"), credit()).await.unwrap();
    assert_eq!(house.app.vault.get_name(WITNESS, &pseudonym).await.unwrap().as_deref(), Some("李四"));
}

#[tokio::test]
async fn of_commands_that_come_together_none_is_given_when_one_may_not_be() {
    let house = House::open().await;
    let head = house.head().await;
    let depart =
        Command::DepartWorker(commands::DepartWorker { worker: WorkerId::new("W1").unwrap(), reason: "x".into() });
    let both = || {
        let submission = |key: &str, command: Command| Submission { context: context(key), command };
        vec![submission("k1", release("H1")), submission("k2", depart.clone())]
    };
    assert_eq!(give(&house.app.ledger, Who::Ledger, both()).await, Err(Denied));
    assert_eq!(house.head().await, head);
    // The owner of the machine gives both, and the ledger's rules have their say.
    let told = give(&house.app.ledger, Who::Owner, both()).await.unwrap();
    let codes: Vec<_> = told
        .iter()
        .map(|outcome| match outcome {
            Outcome::Refused(refusal) => refusal.code,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, [Code::UnknownRedemption, Code::UnknownWorker]);
}

#[tokio::test]
async fn a_name_is_told_to_whoever_may_know_it_and_to_nobody_else() {
    let house = House::open().await;
    house.app.vault.put_name(WORKER, "W1", "王小明").await.unwrap();
    for role in Role::ALL {
        let bearer = bearer(role, "W1");
        let told = names::of_worker(&house.app, Who::Bearer(&bearer), "W1").await;
        assert_eq!(told.is_some(), role == Role::Worker, "{role}");
    }
}

#[tokio::test]
async fn nobody_reads_before_it_is_known_that_they_may() {
    let house = House::open().await;
    let (own, clerk) = (bearer(Role::Worker, "W1"), bearer(Role::Clerk, "S1"));
    assert!(may_read(&own, Read::Receipt, Target::Worker("W1")).is_ok());
    for (who, read, target) in [
        (&own, Read::Receipt, Target::Worker("W2")),
        (&own, Read::Balance, Target::Worker("W2")),
        (&clerk, Read::Stock, Target::Store("S2")),
    ] {
        assert_eq!(may_read(who, read, target).unwrap_err(), Denied, "{read:?}");
    }
    let reading = may_read(Who::Owner, Read::Events, Target::District).unwrap();
    let head = house.head().await;
    assert_eq!(reading.at_least(&house.app, None).await, Ok(head));
    let beyond = reading.at_least(&house.app, Some(head + 1)).await.unwrap_err();
    assert!(matches!(beyond, ServiceError::Refused(refusal) if refusal.code == Code::NotFound));
}

#[tokio::test]
async fn commands_of_this_machine_are_its_owners_and_what_is_due_is_the_ledgers() {
    let house = House::open().await;
    let own = OwnLedger { ledger: &house.app.ledger, vault: Some(&house.app.vault), who: Who::Owner };
    let told = own.submit(&[Submission { context: context("k"), command: release("H1") }]).await.unwrap();
    assert!(matches!(told.as_slice(), [Told::Refused { code: Code::UnknownRedemption, .. }]), "{told:?}");
    assert_eq!(due::release_holds(&house.app).await, Ok(()));
    let auditor = bearer(Role::Auditor, "");
    let through = context("k").at.date();
    let booked = due::book_expiries(&house.app, Who::Bearer(&auditor), &context("k"), through).await;
    assert_eq!(booked, Err(ServiceError::Denied(Denied)), "also where nobody has lots");
    let booked = due::book_expiries(&house.app, Who::Owner, &context("k"), through).await;
    assert!(matches!(booked, Ok(due::Booked { workers: 0, .. })), "{booked:?}");
}
