//! The directory of administrators: who has been one, and on which days. One a journal.
//!
//! Whether a grant waits for a second administrator depends on whether there is one, whichever account was granted what;
//! so it is kept in one place that such a decision reads.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::V1;
use super::ids::{AccountId, GrantId, WorkerId};
use super::refusal::Decision;
use super::term::Term;
use super::time::{BusinessTime, date, date_if_any};

/// An administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    /// The account that has the grant.
    pub account: AccountId,
    /// On which days.
    pub term: Term,
    /// Which worker the person is.
    pub worker: Option<WorkerId>,
}

/// Every administrator that there was, by grant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Directory {
    administrators: BTreeMap<GrantId, Administrator>,
}

/// An account became an administrator's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdministratorListed {
    /// The account that administers from now on.
    pub account: AccountId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// The first day.
    #[serde(deserialize_with = "date")]
    pub from: NaiveDate,
    /// By which grant.
    pub grant: GrantId,
    /// The last day.
    #[serde(default, deserialize_with = "date_if_any", skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Payload version.
    pub v: V1,
    /// Which worker the person is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
}

/// An account is an administrator's no longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdministratorDelisted {
    /// The account that administers no more.
    pub account: AccountId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
    /// Which grant was ended.
    pub grant: GrantId,
    /// The first day on which it is none.
    #[serde(deserialize_with = "date")]
    pub on: NaiveDate,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of the directory.
    DirectoryEvent of account: AccountId {
        /// There is an administrator more.
        AdministratorListed(AdministratorListed) = "管理员列册",
        /// There is one less.
        AdministratorDelisted(AdministratorDelisted) = "管理员除名",
    }
}

impl DirectoryEvent {
    /// The grant it follows from.
    pub const fn grant(&self) -> &GrantId {
        match self {
            DirectoryEvent::AdministratorListed(event) => &event.grant,
            DirectoryEvent::AdministratorDelisted(event) => &event.grant,
        }
    }
}

/// Commands of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryCommand {
    /// A grant of the role came into force.
    List {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The key of the command that granted it.
        grant: GrantId,
        /// Whose, and on which days.
        administrator: Administrator,
    },
    /// A grant is ended; one that is not listed changes nothing.
    Delist {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The key of the command that granted it.
        grant: GrantId,
        /// The first day on which it holds no longer.
        on: NaiveDate,
    },
}

impl Directory {
    /// Decides a command. What it follows from was decided by the account: nothing is refused here.
    ///
    /// # Errors
    /// None.
    pub fn decide(&self, command: DirectoryCommand) -> Decision<Vec<DirectoryEvent>> {
        Ok(match command {
            DirectoryCommand::List { at, grant, administrator } => {
                let Administrator { account, term, worker } = administrator;
                let (from, until) = (term.from, term.until);
                let listed = AdministratorListed { account, at, from, grant, until, v: V1, worker };
                vec![DirectoryEvent::AdministratorListed(listed)]
            }
            DirectoryCommand::Delist { at, grant, on } => {
                let Some(Administrator { account, .. }) = self.administrators.get(&grant) else {
                    return Ok(Vec::new());
                };
                let account = account.clone();
                vec![DirectoryEvent::AdministratorDelisted(AdministratorDelisted { account, at, grant, on, v: V1 })]
            }
        })
    }

    /// Whether an account is an administrator's on a day.
    pub fn lists(&self, account: &AccountId, day: NaiveDate) -> bool {
        self.on(day).any(|listed| &listed.account == account)
    }

    /// How many people administer on a day. Two accounts of one worker are one person; `kept` says of ids that were given
    /// up for another one of the same person which that is.
    pub fn people_on(&self, day: NaiveDate, kept: &BTreeMap<WorkerId, WorkerId>) -> usize {
        let people: BTreeSet<(&str, bool)> = self
            .on(day)
            .map(|listed| match &listed.worker {
                Some(worker) => (kept.get(worker).unwrap_or(worker).as_str(), true),
                None => (listed.account.as_str(), false),
            })
            .collect();
        people.len()
    }

    /// The workers that administrators are, or were.
    pub fn workers(&self) -> impl Iterator<Item = &WorkerId> {
        self.administrators.values().filter_map(|listed| listed.worker.as_ref())
    }

    fn on(&self, day: NaiveDate) -> impl Iterator<Item = &Administrator> {
        self.administrators.values().filter(move |listed| listed.term.holds_on(day))
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &DirectoryEvent) {
        match event {
            DirectoryEvent::AdministratorListed(event) => {
                let administrator = Administrator {
                    account: event.account.clone(),
                    term: Term::new(event.from, event.until),
                    worker: event.worker.clone(),
                };
                self.administrators.insert(event.grant.clone(), administrator);
            }
            DirectoryEvent::AdministratorDelisted(event) => {
                if let Some(listed) = self.administrators.get_mut(&event.grant) {
                    listed.term.ended = Some(event.on);
                }
            }
        }
    }
}
