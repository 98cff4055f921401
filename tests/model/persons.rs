//! Who is who, told by the events alone: accounts that name one worker are one person.

use std::collections::BTreeMap;

use ledger_core::domain::account::AccountEvent;
use ledger_core::domain::event::Event;

/// The workers whom accounts name.
pub(crate) struct Persons<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Persons<'a> {
    /// Of all accounts that were opened.
    pub(crate) fn of(events: &'a [Event]) -> Persons<'a> {
        let named = |event: &'a Event| match event.as_account()? {
            AccountEvent::AccountOpened(opened) => Some((opened.account.as_str(), opened.worker.as_ref()?.as_str())),
            AccountEvent::RoleGranted(_) | AccountEvent::GrantConfirmed(_) | AccountEvent::GrantEnded(_) => None,
        };
        Persons(events.iter().filter_map(named).collect())
    }

    /// The person behind an actor: the worker, or else the actor.
    pub(crate) fn who(&self, actor: &str) -> String {
        self.0.get(actor).map_or_else(|| actor.to_owned(), ToString::to_string)
    }
}
