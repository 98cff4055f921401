//! Accounts: opening them, granting them roles, a second administrator's word, and ending.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use crate::domain::account::decide::AskedRole;
use crate::domain::account::{AccountCommand, Grant, GrantStatus, Role};
use crate::domain::directory::{Administrator, Directory, DirectoryCommand};
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{AccountId, GrantId, Key, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::term::Term;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Open an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAccount {
    /// The account's id.
    pub account: AccountId,
    /// Which worker the person is.
    pub worker: Option<WorkerId>,
}

impl Definition for OpenAccount {
    fn write_content(&self, content: &mut Content) {
        content.text("open_account").text(self.account.as_str()).maybe(self.worker.as_ref());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Account(self.account.clone()));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let OpenAccount { account, worker } = self.clone();
        process.account(&account, AccountCommand::Open { at: process.context.at, worker })
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.account.as_str(), "the account's id"))
    }

    nothing!(texts, named_key, free_text, begins, at_counter, settings);
}

/// Grant an account a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRole {
    /// The id of the account that is to have the role.
    pub account: AccountId,
    /// The role that is granted.
    pub role: Role,
    /// Where; a worker's own role needs none where the account says which worker it is.
    pub scope: Option<String>,
    /// From which day on; none for today.
    pub from: Option<NaiveDate>,
    /// Through which day; none for no end.
    pub until: Option<NaiveDate>,
}

impl Definition for GrantRole {
    fn write_content(&self, content: &mut Content) {
        content
            .text("grant_role")
            .text(self.account.as_str())
            .text(self.role.as_str())
            .maybe(self.scope.as_deref())
            .maybe(self.from)
            .maybe(self.until);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.scope.iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Account(self.account.clone()), StreamId::Directory]);
        // Two of them may be one person by now.
        let workers = book.directory().into_iter().flat_map(Directory::workers);
        streams.extend(workers.cloned().map(StreamId::Worker));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let GrantRole { account, role, scope, from, until } = self.clone();
        let (at, by) = (process.context.at, process.context.actor.clone());
        // A single administrator has nobody to ask. Who is one is decided here, under the lock, and not by a view.
        let directory = process.states.directory()?;
        let kept = |worker: &WorkerId| -> Decision<_> { Ok((worker.clone(), process.kept_id(worker)?)) };
        let kept = directory.workers().map(kept).collect::<Decision<BTreeMap<_, _>>>()?;
        let alone = directory.people_on(at.date(), &kept) <= 1;
        let status = if role.needs_second_word() && !alone { GrantStatus::Proposed } else { GrantStatus::Active };
        let role = AskedRole { role, scope, from, until };
        let grant = GrantId::from(&process.context.key);
        let mut events = process.account(&account, AccountCommand::Grant { at, by, grant, role, status })?;
        let granted = events.iter().find_map(|event| event.as_account()?.as_granted()).cloned();
        if let Some(granted) = granted.filter(|one| one.role == Role::Admin && one.status == GrantStatus::Active) {
            events.extend(process.list(&account, granted.grant, Term::new(granted.from, granted.until))?);
        }
        Ok(events)
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Confirm a grant that waits for a second administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmGrant {
    /// The grant's name: the key of the command that made it.
    pub grant: GrantId,
}

impl Definition for ConfirmGrant {
    fn write_content(&self, content: &mut Content) {
        content.text("confirm_grant").text(self.grant.as_str());
    }

    fn says_when(&self) -> bool {
        false
    }

    fn named_key(&self) -> Option<Key> {
        Some((&self.grant).into())
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Directory);
        let Some(account) = book.grantee(&self.grant) else { return };
        streams.push(StreamId::Account(account.clone()));
        let proposer = book.account(account).ok().and_then(|account| account.grant(&self.grant)).map(|grant| &grant.by);
        streams.extend(proposer.map(|by| StreamId::Account(by.into())));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let ConfirmGrant { grant } = self.clone();
        let account = process.grantee(&grant)?;
        let (at, by) = (process.context.at, process.context.actor.clone());
        let Grant { by: proposer, role, term, .. } = process.grant(&account, &grant)?;
        let own = process.person(&proposer)? == process.person(&by)?;
        let mut events =
            process.account(&account, AccountCommand::Confirm { at, by: by.clone(), grant: grant.clone(), own })?;
        if !process.states.directory()?.lists(&(&by).into(), at.date()) {
            let message = "a grant is confirmed by an administrator who did not propose it";
            return Err(Refusal::new(Code::Forbidden, message));
        }
        if role == Role::Admin {
            events.extend(process.list(&account, grant, term)?);
        }
        Ok(events)
    }

    nothing!(texts, new_ids, free_text, begins, at_counter, settings);
}

/// End a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndGrant {
    /// The grant's name: the key of the command that made it.
    pub grant: GrantId,
    /// The first day on which it holds no longer; none for at once.
    pub on: Option<NaiveDate>,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Whether because its last day is over: the end is booked for the day after that, and `on` is not asked.
    #[serde(default)]
    pub over: bool,
}

impl Definition for EndGrant {
    fn write_content(&self, content: &mut Content) {
        content.text("end_grant").text(self.grant.as_str()).maybe(self.on).text(&self.reason);
        // What somebody ends has the content that it always had.
        if self.over {
            content.text("over");
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn named_key(&self) -> Option<Key> {
        Some((&self.grant).into())
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Directory);
        streams.extend(book.grantee(&self.grant).cloned().map(StreamId::Account));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let EndGrant { grant, on, reason, over } = self.clone();
        let account = process.grantee(&grant)?;
        let (at, by) = (process.context.at, process.context.actor.clone());
        let end = if over {
            AccountCommand::Lapse { by, grant: grant.clone(), over: process.clock.day_that_is_over(), reason }
        } else {
            AccountCommand::End { at, by, grant: grant.clone(), on, reason }
        };
        let mut events = process.account(&account, end)?;
        let ended = events.iter().find_map(|event| event.as_account()?.as_ended()).map(|ended| (ended.at, ended.on));
        if let Some((at, on)) = ended {
            let delisted = process.states.directory()?.decide(DirectoryCommand::Delist { at, grant, on })?;
            events.extend(delisted.into_iter().map(Event::Directory));
        }
        Ok(events)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Itself(self.grant.to_string()), &mut self.reason))
    }

    nothing!(new_ids, begins, at_counter, settings);
}

/// What the decisions of this file have in common.
impl<S: States> Process<'_, S> {
    fn account(&self, account: &AccountId, command: AccountCommand) -> Decision<Vec<Event>> {
        Ok(self.states.account(account)?.decide(account, command)?.into_iter().map(Event::Account).collect())
    }

    fn grantee(&self, grant: &GrantId) -> Decision<AccountId> {
        self.states.grantee(grant).cloned().ok_or_else(|| no_grant(grant))
    }

    fn grant(&self, account: &AccountId, grant: &GrantId) -> Decision<Grant> {
        self.states.account(account)?.grant(grant).cloned().ok_or_else(|| no_grant(grant))
    }

    /// Puts an administrator into the directory.
    fn list(&self, account: &AccountId, grant: GrantId, term: Term) -> Decision<Vec<Event>> {
        let worker = self.states.account(account)?.worker().cloned();
        let administrator = Administrator { account: account.clone(), term, worker };
        let list = DirectoryCommand::List { at: self.context.at, grant, administrator };
        Ok(self.states.directory()?.decide(list)?.into_iter().map(Event::Directory).collect())
    }
}

fn no_grant(grant: &GrantId) -> Refusal {
    Refusal::new(Code::NotFound, format!("no grant {grant}"))
}
