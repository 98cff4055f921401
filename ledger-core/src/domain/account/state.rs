//! An account's state, folded from its events.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Role;
use super::event::AccountEvent;
use crate::domain::ids::{AccountId, Actor, GrantId, WorkerId};
use crate::domain::term::Term;

/// Whether a grant is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantStatus {
    /// It holds on its days.
    Active,
    /// It waits for the word of a second administrator, and holds on no day before.
    Proposed,
}

impl GrantStatus {
    /// The status in answers and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            GrantStatus::Active => "active",
            GrantStatus::Proposed => "proposed",
        }
    }
}

/// A role that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who proposed it.
    pub by: Actor,
    /// What the account may do by it.
    pub role: Role,
    /// Where: the store, site, branch, merchant or worker.
    pub scope: Option<String>,
    /// Whether it is in force.
    pub status: GrantStatus,
    /// On which days.
    pub term: Term,
}

impl Grant {
    /// Whether the role can be acted in on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.standing(day) == Standing::Holds
    }

    /// Where it stands on a day.
    pub fn standing(&self, day: NaiveDate) -> Standing {
        match self.status {
            _ if !self.term.reaches(day) => Standing::Ended,
            GrantStatus::Proposed => Standing::Waits,
            GrantStatus::Active if self.term.holds_on(day) => Standing::Holds,
            GrantStatus::Active => Standing::Later,
        }
    }
}

/// Where a grant stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its last day is over, or it was ended.
    Ended,
    /// It waits for a second administrator's word.
    Waits,
    /// It is in force and begins on a later day.
    Later,
    /// The role can be acted in.
    Holds,
}

/// Who somebody is, whichever account they act with: a worker, or else the account alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Person {
    /// A worker of the district.
    Worker(WorkerId),
    /// Whoever acts with this account, of whom no more is known.
    Account(AccountId),
}

impl Person {
    /// Whether they are that worker.
    pub fn is(&self, worker: &WorkerId) -> bool {
        matches!(self, Person::Worker(own) if own == worker)
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    opened: bool,
    worker: Option<WorkerId>,
    grants: BTreeMap<GrantId, Grant>,
}

impl Account {
    /// Whether it was opened.
    pub const fn exists(&self) -> bool {
        self.opened
    }

    /// Which worker the person is, where that was said.
    pub const fn worker(&self) -> Option<&WorkerId> {
        self.worker.as_ref()
    }

    /// Who acts with the account of this id. An actor that never had an account is a person of its own.
    pub fn person(&self, id: &AccountId) -> Person {
        self.worker.clone().map_or_else(|| Person::Account(id.clone()), Person::Worker)
    }

    /// A grant.
    pub fn grant(&self, id: &GrantId) -> Option<&Grant> {
        self.grants.get(id)
    }

    /// Every grant it ever had, by id.
    pub fn grants(&self) -> impl Iterator<Item = (&GrantId, &Grant)> {
        self.grants.iter()
    }

    /// Whether anything may be done with it on a day: some grant holds. What was never opened is no account of this journal,
    /// and nothing is told of it here.
    pub fn may_act_on(&self, day: NaiveDate) -> bool {
        !self.opened || self.grants.values().any(|held| held.holds_on(day))
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::AccountOpened(event) => {
                self.opened = true;
                self.worker.clone_from(&event.worker);
            }
            AccountEvent::RoleGranted(event) => {
                // Whoever acts as a worker is that worker.
                if event.role == Role::Worker && self.worker.is_none() {
                    self.worker = event.scope.as_deref().and_then(|scope| WorkerId::new(scope).ok());
                }
                let grant = Grant {
                    by: event.by.clone(),
                    role: event.role,
                    scope: event.scope.clone(),
                    status: event.status,
                    term: Term::new(event.from, event.until),
                };
                self.grants.insert(event.grant.clone(), grant);
            }
            AccountEvent::GrantConfirmed(event) => {
                if let Some(grant) = self.grants.get_mut(&event.grant) {
                    grant.status = GrantStatus::Active;
                }
            }
            AccountEvent::GrantEnded(event) => {
                if let Some(grant) = self.grants.get_mut(&event.grant) {
                    grant.term.ended = Some(event.on);
                }
            }
        }
    }
}
