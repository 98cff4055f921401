//! A mutual-aid points card, line by line: its own events, and the holder's credits that count for it.

use std::collections::{BTreeMap, BTreeSet};

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{CardNo, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{CardStep, WorkerEvent};
use ledger_core::journal::Entry;

use super::{Standing, TraceLine, begun, worker::describe};
use crate::card_points::CardPoints;
use crate::state::Categories;

pub(super) struct CardTrace {
    card_no: CardNo,
    holder: Option<WorkerId>,
    points_on_cards: CardPoints,
    /// The same of ids that were given up for the holder's.
    others: BTreeMap<String, CardPoints>,
    /// The holder's credits that count for a card.
    counting: BTreeSet<String>,
}

impl CardTrace {
    /// Nothing seen yet; `absorbed` are the ids that were given up for the holder's.
    pub(super) fn new(card_no: CardNo, holder: Option<WorkerId>, absorbed: BTreeSet<WorkerId>) -> CardTrace {
        let others = absorbed.iter().map(|other| (other.to_string(), CardPoints::default())).collect();
        CardTrace { card_no, holder, points_on_cards: CardPoints::default(), others, counting: BTreeSet::new() }
    }

    /// The card's own events; the holder's credits alone make no card known.
    pub(super) fn owns(&self, event: &Event) -> bool {
        match event {
            Event::Card(event) => event.card_no() == &self.card_no,
            Event::Worker(event) => self.is_about_card(event),
            Event::Sites(_)
            | Event::Mark(_)
            | Event::Request(_)
            | Event::Pair(_)
            | Event::Fund(_)
            | Event::Benefit(_)
            | Event::Certificate(_)
            | Event::Pass(_)
            | Event::Offer(_)
            | Event::Selection(_)
            | Event::Programme(_)
            | Event::Merchant(_)
            | Event::Store(_)
            | Event::Account(_)
            | Event::Directory(_) => false,
        }
    }

    fn is_about_card(&self, event: &WorkerEvent) -> bool {
        event.as_card_step().is_some_and(|step| step.card_no() == &self.card_no)
    }

    pub(super) fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        if let Event::Card(own) = event {
            let mine = own.card_no() == &self.card_no;
            return mine.then(|| {
                let party = self.holder.as_ref().map(WorkerId::to_string);
                TraceLine { party, ..begun(entry, event, self.standing()) }
            });
        }
        let Event::Worker(own) = event else { return None };
        let before = self.points();
        if let Some(other) = self.others.get_mut(own.worker().as_str()) {
            other.fold(own);
            let points = self.points() - before;
            return (!points.is_zero()).then(|| self.told(entry, event, own, points));
        }
        if Some(own.worker()) != self.holder.as_ref() {
            return None;
        }
        self.points_on_cards.fold(own);
        if let Some(record) = own.as_service().filter(|record| record.card) {
            self.counting.insert(record.credit.to_string());
        }
        let judged = own.as_judgement().is_some_and(|judged| self.counting.contains(judged.credit.as_str()));
        let points = self.points() - before;
        let merged = own.as_taken_over().is_some() && !points.is_zero();
        let counts = judged || merged || own.as_service().is_some_and(|record| record.card);
        // A later card takes the points over: that the holder was given one is a line of this card, too.
        let handed_on = matches!(own.as_card_step(), Some(CardStep::Issued(_)));
        if !counts && !handed_on && !self.is_about_card(own) {
            return None;
        }
        Some(self.told(entry, event, own, points))
    }

    fn told(&self, entry: &Entry, event: &Event, own: &WorkerEvent, points: Points) -> TraceLine {
        let mut line = begun(entry, event, self.standing());
        describe(&mut line, own);
        line.party = Some(own.worker().to_string());
        // Debts, caps on spending and lots have no say on a card.
        line.lots.clear();
        line.points = points;
        line
    }

    fn years(&self) -> BTreeMap<i32, Categories> {
        let own = self.points_on_cards.card_no() == Some(self.card_no.as_str());
        if own { self.points_on_cards.years_with(|other| self.others.get(other)) } else { BTreeMap::new() }
    }

    fn standing(&self) -> Standing {
        Standing::Card(self.years())
    }

    fn points(&self) -> Points {
        self.years().values().filter_map(|card| card.get("total").copied()).sum()
    }

    pub(super) fn finish(self) -> Standing {
        self.standing()
    }
}
