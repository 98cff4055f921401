//! A mutual-aid points card, line by line: its own events, and the holder's credits that count for it.

use std::collections::BTreeSet;

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{CardNo, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Entry;

use super::{Standing, TraceLine, begun, worker::describe};
use crate::account::Account;

pub(super) struct CardTrace {
    card_no: CardNo,
    holder: Option<WorkerId>,
    account: Account,
    /// The holder's credits that count for a card.
    counting: BTreeSet<String>,
}

impl CardTrace {
    pub(super) fn new(card_no: CardNo, holder: Option<WorkerId>) -> CardTrace {
        CardTrace { card_no, holder, account: Account::default(), counting: BTreeSet::new() }
    }

    /// The card's own events; the holder's credits alone make no card known.
    pub(super) fn owns(&self, event: &Event) -> bool {
        match event {
            Event::Card(event) => event.card_no() == &self.card_no,
            Event::Worker(event) => self.is_about_card(event),
            _ => false,
        }
    }

    fn is_about_card(&self, event: &WorkerEvent) -> bool {
        match event {
            WorkerEvent::CardIssued(event) => event.card_no == self.card_no,
            WorkerEvent::CardMoved(event) => event.card_no == self.card_no,
            WorkerEvent::CardClosed(event) => event.card_no == self.card_no,
            _ => false,
        }
    }

    pub(super) fn line(&mut self, entry: &Entry, event: &Event, past: bool) -> Option<TraceLine> {
        if let Event::Card(own) = event {
            let mine = own.card_no() == &self.card_no;
            return mine.then(|| {
                let mut line = begun(entry, event, self.standing());
                line.subject = self.card_no.to_string();
                line.party = self.holder.as_ref().map(WorkerId::to_string);
                line
            });
        }
        let Event::Worker(own) = event else { return None };
        if Some(own.worker()) != self.holder.as_ref() {
            return None;
        }
        let before = self.points();
        self.account.fold(own, past);
        if let Some(record) = own.as_service().filter(|record| record.card) {
            self.counting.insert(record.credit.to_string());
        }
        let counts = match own {
            WorkerEvent::CreditConfirmed(event)
            | WorkerEvent::CreditRejected(event)
            | WorkerEvent::CreditObjected(event) => self.counting.contains(event.credit.as_str()),
            WorkerEvent::ObjectionResolved(event) => self.counting.contains(event.credit.as_str()),
            WorkerEvent::CreditReversed(event) => self.counting.contains(event.credit.as_str()),
            other => other.as_service().is_some_and(|record| record.card),
        };
        // A later card takes the points over: that the holder was given one is a line of this card, too.
        let handed_on = matches!(own, WorkerEvent::CardIssued(_));
        if !counts && !handed_on && !self.is_about_card(own) {
            return None;
        }
        let mut line = begun(entry, event, self.standing());
        describe(&mut line, own);
        line.party = Some(own.worker().to_string());
        // Debts, caps on spending and lots have no say on a card.
        line.lots.clear();
        line.points = self.points() - before;
        Some(line)
    }

    fn standing(&self) -> Standing {
        let own = self.account.card_no() == Some(self.card_no.as_str());
        Standing::Card(if own { self.account.card_years() } else { Default::default() })
    }

    fn points(&self) -> Points {
        match self.standing() {
            Standing::Card(years) => years.values().filter_map(|card| card.get("total").copied()).sum(),
            _ => Points::ZERO,
        }
    }

    pub(super) fn finish(self) -> Standing {
        self.standing()
    }
}
