//! What is recorded of an account. Fields stand in alphabetical order: that is the canonical order of the bytes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Role;
use super::state::GrantStatus;
use crate::domain::event::{Party, Subject, V1};
use crate::domain::ids::{AccountId, Actor, GrantId, WorkerId};
use crate::domain::time::{BusinessTime, date, date_if_any};

/// An account was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountOpened {
    /// The account's id.
    pub account: AccountId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Payload version.
    pub v: V1,
    /// Which worker the person is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
}

/// A role was granted, or proposed to a second administrator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleGranted {
    /// To which account.
    pub account: AccountId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Who granted it.
    pub by: Actor,
    /// The first day on which it holds.
    #[serde(deserialize_with = "date")]
    pub from: NaiveDate,
    /// The grant: the key of the command.
    pub grant: GrantId,
    /// What the account may do by it.
    pub role: Role,
    /// Where: the store, site, branch, merchant or worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whether it waits for a second administrator.
    pub status: GrantStatus,
    /// The last day on which it holds.
    #[serde(default, deserialize_with = "date_if_any", skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Payload version.
    pub v: V1,
}

/// A second administrator confirmed a grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrantConfirmed {
    /// Whose grant.
    pub account: AccountId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Who confirmed it.
    pub by: Actor,
    /// The key of the command that granted it.
    pub grant: GrantId,
    /// Payload version.
    pub v: V1,
}

/// A grant was ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrantEnded {
    /// Whose grant.
    pub account: AccountId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Who ended it.
    pub by: Actor,
    /// The key of the command that granted it.
    pub grant: GrantId,
    /// The first day on which it holds no longer; on the day itself, from this event on.
    #[serde(deserialize_with = "date")]
    pub on: NaiveDate,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of an account.
    AccountEvent of account: AccountId {
        /// It was opened.
        AccountOpened(AccountOpened) = "账号开立",
        /// A role was granted.
        RoleGranted(RoleGranted) = "角色授予",
        /// A grant was confirmed.
        GrantConfirmed(GrantConfirmed) = "授权确认",
        /// A grant was ended.
        GrantEnded(GrantEnded) = "授权终止",
    }
}

impl AccountEvent {
    /// The account as it was opened.
    pub const fn as_opened(&self) -> Option<&AccountOpened> {
        if let AccountEvent::AccountOpened(event) = self { Some(event) } else { None }
    }

    /// The end of a grant, where it is one.
    pub const fn as_ended(&self) -> Option<&GrantEnded> {
        if let AccountEvent::GrantEnded(event) = self { Some(event) } else { None }
    }

    /// The grant as it was made.
    pub const fn as_granted(&self) -> Option<&RoleGranted> {
        if let AccountEvent::RoleGranted(event) = self { Some(event) } else { None }
    }

    /// The grant it is about.
    pub const fn grant(&self) -> Option<&GrantId> {
        match self {
            AccountEvent::RoleGranted(event) => Some(&event.grant),
            AccountEvent::GrantConfirmed(event) => Some(&event.grant),
            AccountEvent::GrantEnded(event) => Some(&event.grant),
            AccountEvent::AccountOpened(_) => None,
        }
    }

    /// The grant it is about.
    pub fn subject(&self) -> Option<Subject<'_>> {
        self.grant().map(Subject::Grant)
    }

    /// The grant that it begins, which later events name.
    pub const fn begins(&self) -> Option<Subject<'_>> {
        match self {
            AccountEvent::RoleGranted(event) => Some(Subject::Grant(&event.grant)),
            AccountEvent::AccountOpened(_) | AccountEvent::GrantConfirmed(_) | AccountEvent::GrantEnded(_) => None,
        }
    }

    /// The grant begun earlier that it confirms or ends.
    pub const fn follows(&self) -> Option<Subject<'_>> {
        match self {
            AccountEvent::GrantConfirmed(event) => Some(Subject::Grant(&event.grant)),
            AccountEvent::GrantEnded(event) => Some(Subject::Grant(&event.grant)),
            AccountEvent::AccountOpened(_) | AccountEvent::RoleGranted(_) => None,
        }
    }

    /// The worker that the person is.
    pub fn party(&self) -> Option<Party<'_>> {
        match self {
            AccountEvent::AccountOpened(event) => event.worker.as_ref().map(Party::Worker),
            AccountEvent::RoleGranted(_) | AccountEvent::GrantConfirmed(_) | AccountEvent::GrantEnded(_) => None,
        }
    }

    /// Why a grant was ended.
    pub fn reason(&self) -> Option<&str> {
        match self {
            AccountEvent::GrantEnded(event) => Some(&event.reason),
            AccountEvent::AccountOpened(_) | AccountEvent::RoleGranted(_) | AccountEvent::GrantConfirmed(_) => None,
        }
    }
}
