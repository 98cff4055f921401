//! A real ledger in which accounts grant and confirm: who needs a second administrator's word, and whose word counts.

use std::sync::Arc;

use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use crate::domain::account::{AccountEvent, GrantStatus, Role};
use crate::domain::event::Event;
use crate::domain::refusal::Code;
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;

struct Office {
    ledger: Ledger,
}

impl Office {
    /// With an account each of the given names; `W…` behind a colon says which worker it is.
    async fn open(accounts: &[&str]) -> Office {
        let opened =
            Ledger::open(Arc::new(MemoryJournal::default()), LedgerSettings::default(), "test", HashSuite::Sha256)
                .await;
        let office = Office { ledger: opened.expect("a ledger").0 };
        for account in accounts {
            let (account, worker) = account.split_once(':').map_or((*account, None), |(id, worker)| (id, Some(worker)));
            let open = commands::OpenAccount {
                account: account.parse().expect("an id"),
                worker: worker.map(|worker| worker.parse().expect("an id")),
            };
            assert_eq!(office.give("machine-owner", &format!("open-{account}"), open).await.code(), None);
        }
        office
    }

    async fn give(&self, actor: &str, key: &str, command: impl Into<Command>) -> Outcome {
        let (key, actor) = (key.parse().expect("a key"), actor.parse().expect("an actor"));
        let context = Context { key, actor, at: self.ledger.now() };
        self.ledger.submit(Submission { context, command: command.into() }).await
    }

    async fn grant(&self, actor: &str, key: &str, account: &str, role: Role) -> GrantStatus {
        let account = account.parse().expect("an id");
        let outcome =
            self.give(actor, key, commands::GrantRole { account, role, scope: None, from: None, until: None }).await;
        let events = outcome.receipt().expect("granted").events.to_vec();
        let status = events.iter().find_map(|event| match event {
            Event::Account(AccountEvent::RoleGranted(granted)) => Some(granted.status),
            _ => None,
        });
        status.expect("a grant")
    }

    async fn confirm(&self, actor: &str, key: &str, grant: &str) -> Option<Code> {
        self.give(actor, key, commands::ConfirmGrant { grant: grant.parse().expect("an id") }).await.code()
    }

    async fn end(&self, actor: &str, key: &str, grant: &str) -> Option<Code> {
        let (grant, reason) = (grant.parse().expect("an id"), "调离".to_owned());
        self.give(actor, key, commands::EndGrant { grant, on: None, reason, over: false }).await.code()
    }
}

#[tokio::test]
async fn approvers_and_administrators_wait_for_a_second_word_once_there_are_two_to_give_it() {
    let office = Office::open(&["甲", "乙", "丙", "丁"]).await;
    assert_eq!(office.grant("machine-owner", "g1", "甲", Role::Admin).await, GrantStatus::Active);
    assert_eq!(office.grant("甲", "g2", "丙", Role::Approver).await, GrantStatus::Active, "nobody else could confirm");
    assert_eq!(office.grant("甲", "g3", "乙", Role::Admin).await, GrantStatus::Active);
    assert_eq!(office.grant("甲", "g4", "丁", Role::Approver).await, GrantStatus::Proposed);
    assert_eq!(office.grant("machine-owner", "g5", "丁", Role::Approver).await, GrantStatus::Proposed);
    assert_eq!(office.grant("甲", "g6", "丁", Role::Auditor).await, GrantStatus::Active);
    assert_eq!(office.confirm("甲", "c1", "g4").await, Some(Code::SamePerson));
    assert_eq!(office.confirm("丙", "c2", "g4").await, Some(Code::Forbidden), "an approver is no administrator");
    assert_eq!(office.confirm("machine-owner", "c3", "g4").await, Some(Code::Forbidden));
    assert_eq!(office.confirm("乙", "c4", "g4").await, None);
    assert_eq!(office.confirm("乙", "c5", "g4").await, Some(Code::AlreadyDecided));
    assert_eq!(office.confirm("甲", "c6", "g5").await, None, "proposed by the owner of the machine");
    assert_eq!(office.confirm("甲", "c7", "nothing").await, Some(Code::NotFound));
}

#[tokio::test]
async fn two_accounts_of_one_worker_are_one_administrator() {
    let office = Office::open(&["甲:W1", "乙:W1", "丙", "丁"]).await;
    assert_eq!(office.grant("machine-owner", "g1", "甲", Role::Admin).await, GrantStatus::Active);
    assert_eq!(office.grant("甲", "g2", "乙", Role::Admin).await, GrantStatus::Active);
    assert_eq!(office.grant("甲", "g3", "丙", Role::Admin).await, GrantStatus::Active, "still a single person");
    assert_eq!(office.grant("甲", "g4", "丁", Role::Admin).await, GrantStatus::Proposed);
    assert_eq!(office.confirm("乙", "c1", "g4").await, Some(Code::SamePerson));
    assert_eq!(office.confirm("丙", "c2", "g4").await, None);
}

#[tokio::test]
async fn whose_own_grant_was_ended_confirms_nothing_and_counts_no_longer() {
    let office = Office::open(&["甲", "乙", "丙"]).await;
    office.grant("machine-owner", "g1", "甲", Role::Admin).await;
    office.grant("甲", "g2", "乙", Role::Admin).await;
    assert_eq!(office.grant("甲", "g3", "丙", Role::Approver).await, GrantStatus::Proposed);
    assert_eq!(office.end("甲", "e1", "g2").await, None);
    assert_eq!(office.end("甲", "e2", "g2").await, Some(Code::AlreadyDecided));
    assert_eq!(office.end("甲", "e3", "nothing").await, Some(Code::NotFound));
    assert_eq!(office.confirm("乙", "c1", "g3").await, Some(Code::Forbidden));
    assert_eq!(office.grant("甲", "g4", "丙", Role::Approver).await, GrantStatus::Active, "a single one again");
}

#[tokio::test]
async fn a_proposed_administrator_administers_nothing_before_the_second_word() {
    let office = Office::open(&["甲", "乙", "丙", "丁"]).await;
    office.grant("machine-owner", "g1", "甲", Role::Admin).await;
    office.grant("甲", "g2", "乙", Role::Admin).await;
    assert_eq!(office.grant("甲", "g3", "丙", Role::Admin).await, GrantStatus::Proposed);
    assert_eq!(office.grant("甲", "g4", "丁", Role::Approver).await, GrantStatus::Proposed);
    assert_eq!(office.confirm("丙", "c1", "g4").await, Some(Code::Forbidden));
    assert_eq!(office.confirm("乙", "c2", "g3").await, None);
    assert_eq!(office.confirm("丙", "c3", "g4").await, None);
}

#[tokio::test]
async fn the_same_grant_again_is_the_first_answer() {
    let office = Office::open(&["甲"]).await;
    assert_eq!(office.grant("machine-owner", "g1", "甲", Role::Admin).await, GrantStatus::Active);
    assert_eq!(office.grant("machine-owner", "g1", "甲", Role::Admin).await, GrantStatus::Active);
    let other = commands::GrantRole {
        account: "甲".parse().expect("an id"),
        role: Role::Auditor,
        scope: None,
        from: None,
        until: None,
    };
    assert_eq!(office.give("machine-owner", "g1", other).await.code(), Some(Code::DuplicateConflict));
}

#[tokio::test]
async fn an_account_without_a_role_that_holds_records_nothing_whoever_let_it_in() {
    let office = Office::open(&["甲", "乙", "丙"]).await;
    let open = |account: &str| commands::OpenAccount { account: account.parse().expect("an id"), worker: None };
    assert_eq!(office.give("乙", "o1", open("A1")).await.code(), Some(Code::Forbidden), "nothing was granted");
    office.grant("machine-owner", "g1", "甲", Role::Admin).await;
    office.grant("甲", "g2", "乙", Role::Admin).await;
    assert_eq!(office.give("乙", "o2", open("A1")).await.code(), None);
    assert_eq!(office.grant("甲", "g3", "丙", Role::Approver).await, GrantStatus::Proposed);
    assert_eq!(office.give("丙", "o3", open("A2")).await.code(), Some(Code::Forbidden), "the second word is missing");
    let later = commands::GrantRole {
        account: "丙".parse().expect("an id"),
        role: Role::Auditor,
        scope: None,
        from: office.ledger.now().date().succ_opt(),
        until: None,
    };
    assert_eq!(office.give("甲", "g4", later).await.code(), None);
    assert_eq!(office.give("丙", "o4", open("A2")).await.code(), Some(Code::Forbidden), "it begins tomorrow");
    assert_eq!(office.end("甲", "e1", "g2").await, None);
    assert_eq!(office.give("乙", "o5", open("A2")).await.code(), Some(Code::Forbidden), "it was ended");
    assert_eq!(office.give("乙", "o2", open("A1")).await.code(), None, "what was answered is answered alike");
    assert_eq!(
        office.give("nobody-here", "o6", open("A2")).await.code(),
        None,
        "what is no account is not judged here"
    );
}
