//! The rules of an account: what may be granted to it, and how a grant comes into force and ends.

use chrono::NaiveDate;

use super::event::{AccountEvent, AccountOpened, GrantConfirmed, GrantEnded, RoleGranted};
use super::state::{Account, Grant, GrantStatus};
use super::{Role, RoleError};
use crate::domain::event::V1;
use crate::domain::ids::{AccountId, Actor, GrantId, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::term::Term;
use crate::domain::time::{BusinessTime, is_plausible};

/// Who said what work was worth by the code on a slip (评价单): somebody without an account, of whom nothing is known.
pub const RATING_SLIP: &str = "rating-slip";
/// Actors that act without an account. Nobody may be taken for them.
const RESERVED: [&str; 3] = ["machine-owner", "ledger", RATING_SLIP];

/// Commands of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountCommand {
    /// Open it.
    Open {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// Which worker the person is.
        worker: Option<WorkerId>,
    },
    /// Grant it a role.
    Grant {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts.
        by: Actor,
        /// The grant: the key of the command.
        grant: GrantId,
        /// The role, its scope and its days.
        role: AskedRole,
        /// Whether it waits for a second administrator.
        status: GrantStatus,
    },
    /// Confirm a grant.
    Confirm {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts.
        by: Actor,
        /// The grant's name: the key of the command that made it.
        grant: GrantId,
        /// Whether whoever confirms is the person who proposed it.
        own: bool,
    },
    /// End a grant.
    End {
        /// Business time: when it happened, not when it was entered.
        at: BusinessTime,
        /// The account that acts.
        by: Actor,
        /// The grant's name: the key of the command that made it.
        grant: GrantId,
        /// The first day on which it holds no longer; none for at once.
        on: Option<NaiveDate>,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
    /// Book the end of a grant whose last day is over. It holds no longer since then, booked or not.
    Lapse {
        /// The account that acts.
        by: Actor,
        /// The grant's name: the key of the command that made it.
        grant: GrantId,
        /// The last day that is over.
        over: NaiveDate,
        /// The reason, or the reference that the vault gave for it.
        reason: String,
    },
}

/// A role as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRole {
    /// The role that is granted.
    pub role: Role,
    /// What the role is limited to: a store, site, branch, merchant or worker.
    pub scope: Option<String>,
    /// From which day on; none for today.
    pub from: Option<NaiveDate>,
    /// Through which day; none for no end.
    pub until: Option<NaiveDate>,
}

impl From<RoleError> for Refusal {
    fn from(error: RoleError) -> Refusal {
        Refusal::new(Code::InvalidInput, error.to_string())
    }
}

impl Account {
    /// Decides a command of the account `id`.
    ///
    /// # Errors
    /// `unknown_account`; `duplicate_conflict` for an account that is open; `invalid_input` for an id that names a
    /// person or a scope that does not fit; `invalid_date`; `not_eligible` for roles that nobody holds together;
    /// `not_found` for a grant it does not have; `same_person`; `already_decided`.
    pub fn decide(&self, id: &AccountId, command: AccountCommand) -> Decision<Vec<AccountEvent>> {
        if !self.exists() && !matches!(command, AccountCommand::Open { .. }) {
            return Err(Refusal::new(Code::UnknownAccount, format!("no account {id}; open it first")));
        }
        let account = id.clone();
        let decided = match command {
            AccountCommand::Open { at, worker } => {
                self.require_free(id)?;
                AccountEvent::AccountOpened(AccountOpened { account, at, v: V1, worker })
            }
            AccountCommand::Grant { at, by, grant, role, status } => {
                let (scope, term) = self.require_grantable(id, at.date(), &role)?;
                AccountEvent::RoleGranted(RoleGranted {
                    account,
                    at,
                    by,
                    from: term.from,
                    grant,
                    role: role.role,
                    scope,
                    status,
                    until: term.until,
                    v: V1,
                })
            }
            AccountCommand::Confirm { at, by, grant, own } => {
                self.require_waiting(&grant, at.date())?;
                if own {
                    let message = format!(
                        "grant {grant} was proposed by the same person; a second administrator must confirm it"
                    );
                    return Err(Refusal::new(Code::SamePerson, message));
                }
                AccountEvent::GrantConfirmed(GrantConfirmed { account, at, by, grant, v: V1 })
            }
            AccountCommand::End { at, by, grant, on, reason } => {
                let on = self.require_endable(&grant, at.date(), on)?;
                AccountEvent::GrantEnded(GrantEnded { account, at, by, grant, on, reason, v: V1 })
            }
            AccountCommand::Lapse { by, grant, over, reason } => {
                let on = self.require_over(&grant, over)?;
                let at = BusinessTime::start_of(on);
                AccountEvent::GrantEnded(GrantEnded { account, at, by, grant, on, reason, v: V1 })
            }
        };
        Ok(vec![decided])
    }

    fn require_free(&self, id: &AccountId) -> Decision<()> {
        if self.exists() {
            let message = format!("account {id} is open already; give this one another id");
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        if RESERVED.contains(&id.as_str()) {
            let message = format!("{id} acts without an account; give this one another id");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        Ok(())
    }

    /// The scope and the days that a grant gets.
    fn require_grantable(
        &self,
        id: &AccountId,
        today: NaiveDate,
        asked: &AskedRole,
    ) -> Decision<(Option<String>, Term)> {
        let scope = self.scope_of(id, asked)?;
        asked.role.check_scope(scope.as_deref())?;
        let term = Term::new(asked.from.unwrap_or(today), asked.until);
        let days = [Some(term.from), term.until];
        if !days.into_iter().flatten().all(is_plausible) {
            return Err(Refusal::new(Code::InvalidDate, "a role's days must lie in the years 1900 to 9998"));
        }
        if let Some(until) = term.until.filter(|until| *until < term.from) {
            let message = format!("a role cannot end on {until}, before it begins on {}", term.from);
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        let against = |held: &Grant| held.role.excludes(asked.role) && held.term.overlaps(&term);
        if let Some((grant, held)) = self.grants().find(|(_, held)| against(held)) {
            let message = format!(
                "account {id} is {} by grant {grant}: whoever administers neither records nor decides. End that grant, or \
                 open another account",
                held.role
            );
            return Err(Refusal::new(Code::NotEligible, message));
        }
        Ok((scope, term))
    }

    /// A worker's role reaches to the worker that the person is, and to no other.
    fn scope_of(&self, id: &AccountId, asked: &AskedRole) -> Decision<Option<String>> {
        let (Role::Worker, Some(own)) = (asked.role, self.worker()) else { return Ok(asked.scope.clone()) };
        match asked.scope.as_deref() {
            Some(other) if other != own.as_str() => {
                let message = format!("account {id} is worker {own} and cannot act as another one");
                Err(Refusal::new(Code::InvalidInput, message))
            }
            _ => Ok(Some(own.to_string())),
        }
    }

    fn require_grant(&self, grant: &GrantId) -> Decision<&Grant> {
        self.grant(grant).ok_or_else(|| Refusal::new(Code::NotFound, format!("no grant {grant}")))
    }

    fn require_waiting(&self, grant: &GrantId, today: NaiveDate) -> Decision<()> {
        let held = self.require_grant(grant)?;
        if held.status == GrantStatus::Active {
            return Err(Refusal::new(Code::AlreadyDecided, format!("grant {grant} is in force already")));
        }
        if !held.term.reaches(today) {
            return Err(Refusal::new(Code::AlreadyDecided, format!("grant {grant} has ended; grant the role anew")));
        }
        Ok(())
    }

    /// The day after the last one of a grant that ran out, and whose end nobody told before.
    fn require_over(&self, grant: &GrantId, over: NaiveDate) -> Decision<NaiveDate> {
        let term = self.require_grant(grant)?.term;
        let (Some(until), None) = (term.until, term.ended) else {
            let message = format!("grant {grant} was ended before, or has no last day");
            return Err(Refusal::new(Code::AlreadyDecided, message));
        };
        let after = until.succ_opt().filter(|_| until <= over);
        after.ok_or_else(|| {
            let message = format!("grant {grant} holds until {until} is over; end it sooner with a reason of your own");
            Refusal::new(Code::InvalidDate, message)
        })
    }

    /// The day on which it ends.
    fn require_endable(&self, grant: &GrantId, today: NaiveDate, on: Option<NaiveDate>) -> Decision<NaiveDate> {
        let held = self.require_grant(grant)?;
        let on = on.unwrap_or(today);
        if on < today || !is_plausible(on) {
            let message = format!("a grant cannot be ended on {on}: what was done by it until today, {today}, stands");
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        if !held.term.reaches(on) {
            return Err(Refusal::new(Code::AlreadyDecided, format!("grant {grant} ends before {on} already")));
        }
        Ok(on)
    }
}
