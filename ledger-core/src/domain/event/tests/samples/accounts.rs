//! Samples of accounts, what they were granted, and who administers.

use super::super::super::{Event, V1};
use super::{actor, at, date, worker};
use crate::domain::account::event::{AccountEvent, AccountOpened, GrantConfirmed, GrantEnded, RoleGranted};
use crate::domain::account::{GrantStatus, Role};
use crate::domain::directory::{AdministratorDelisted, AdministratorListed, DirectoryEvent};
use crate::domain::ids::{AccountId, GrantId};

pub(crate) fn account() -> AccountId {
    AccountId::new("chen-jing").expect("account")
}

fn grant(text: &str) -> GrantId {
    GrantId::new(text).expect("grant")
}

/// A role with a scope and an end, and one without.
fn granted() -> [Event; 2] {
    let full = RoleGranted {
        account: account(),
        at: at(),
        by: actor(),
        from: date("2024-03-06"),
        grant: grant("SQ-2024/0001"),
        role: Role::Approver,
        scope: Some("鼓楼社区".into()),
        status: GrantStatus::Proposed,
        until: Some(date("2025-03-05")),
        v: V1,
    };
    let plain = RoleGranted {
        grant: grant("SQ-2024/0002"),
        role: Role::Admin,
        scope: None,
        status: GrantStatus::Active,
        until: None,
        ..full.clone()
    };
    [full, plain].map(|granted| Event::from(AccountEvent::RoleGranted(granted)))
}

pub(crate) fn samples() -> Vec<Event> {
    let opened = |worker| AccountEvent::AccountOpened(AccountOpened { account: account(), at: at(), v: V1, worker });
    let confirmed = GrantConfirmed { account: account(), at: at(), by: actor(), grant: grant("SQ-2024/0001"), v: V1 };
    let ended = GrantEnded {
        account: account(),
        at: at(),
        by: actor(),
        grant: grant("SQ-2024/0001"),
        on: date("2024-06-01"),
        reason: super::AWKWARD.into(),
        v: V1,
    };
    let listed = AdministratorListed {
        account: account(),
        at: at(),
        from: date("2024-03-06"),
        grant: grant("SQ-2024/0002"),
        until: Some(date("2025-03-05")),
        v: V1,
        worker: Some(worker()),
    };
    let plain = AdministratorListed { grant: grant("SQ-2024/0003"), until: None, worker: None, ..listed.clone() };
    let delisted = AdministratorDelisted {
        account: account(),
        at: at(),
        grant: grant("SQ-2024/0002"),
        on: date("2024-06-01"),
        v: V1,
    };
    let mut samples = vec![Event::from(opened(Some(worker()))), Event::from(opened(None))];
    samples.extend(granted());
    samples.push(AccountEvent::GrantConfirmed(confirmed).into());
    samples.push(AccountEvent::GrantEnded(ended).into());
    samples.push(DirectoryEvent::AdministratorListed(listed).into());
    samples.push(DirectoryEvent::AdministratorListed(plain).into());
    samples.push(DirectoryEvent::AdministratorDelisted(delisted).into());
    samples
}
