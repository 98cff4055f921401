//! Traces against the state: after every line, and at the end as of any day, a trace gives the very figures that the
//! state gives.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{CardNo, MerchantId, StoreId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::journal::Entry;
use ledger_core::journal::memory::MemoryJournal;
use projections::audit::trace::{Standing, Subject, TraceEnd, TraceLine, Tracer};
use projections::state::{Figures, State};

use super::play::{Played, state_of};
use super::steps::{MERCHANTS, STORES, WORKERS, first_day};

/// Every so many lines a state is folded anew to compare with.
const EVERY: usize = 5;

async fn trace(played: &Played, subject: Subject, as_of: Option<NaiveDate>) -> (Vec<TraceLine>, TraceEnd) {
    let mut tracer = Tracer::new(played.journal.as_ref(), subject, as_of).await.expect("a journal");
    let line = |(entry, event): (&Entry, &Event)| tracer.entry(entry, event);
    let lines = played.entries.iter().zip(&played.events).filter_map(line).collect();
    (lines, tracer.finish())
}

fn figures(state: &State, worker: &str) -> Figures {
    state.workers.get(worker).copied().unwrap_or_default()
}

pub(crate) async fn check(played: &Played) {
    let days = (0..40).step_by(8).map(|weeks| Some(first_day() + chrono::Days::new(weeks * 7)));
    for as_of in [None].into_iter().chain(days) {
        let state = state_of(&played.events, as_of);
        for worker in WORKERS {
            check_worker(played, worker, as_of, &state).await;
        }
        for store in STORES {
            let subject = Subject::Store(StoreId::new(store).expect("an id"));
            let (_, end) = trace(played, subject, as_of).await;
            let prefix = format!("{store}/");
            let shelf =
                state.stock.iter().filter_map(|(key, units)| Some((key.strip_prefix(&prefix)?.to_owned(), *units)));
            assert_eq!(end.figures, Standing::Store(shelf.collect()), "the shelf of {store} as of {as_of:?}");
        }
        check_cards(played, as_of, &state).await;
    }
    for merchant in MERCHANTS {
        let (lines, end) = trace(played, Subject::Merchant(MerchantId::new(merchant).expect("an id")), None).await;
        let owed: Points = lines.iter().map(|line| line.points).sum();
        let Standing::Merchant(standing) = end.figures else { panic!("{:?}", end.figures) };
        assert_eq!(owed, standing.owed(), "what lines change adds up to what {merchant} is owed");
        assert_eq!(lines.last().map(|line| &line.after), lines.last().map(|_| &end.figures));
    }
}

async fn check_worker(played: &Played, worker: &str, as_of: Option<NaiveDate>, state: &State) {
    let (lines, end) = trace(played, Subject::Worker(WorkerId::new(worker).expect("an id")), as_of).await;
    let Standing::Worker(standing) = &end.figures else { panic!("{:?}", end.figures) };
    assert_eq!(standing.figures, figures(state, worker), "{worker} at the end, as of {as_of:?}");
    let expired: Points = end.ended.iter().map(|lot| lot.points).sum();
    assert_eq!(expired, standing.figures.expired, "lots of {worker} that ended, as of {as_of:?}");
    let changes: Points = lines.iter().map(|line| line.points).sum();
    assert_eq!(changes, standing.figures.balance + expired, "what lines change adds up, {worker} as of {as_of:?}");
    assert!(standing.debt >= Points::ZERO, "the debt of {worker} as of {as_of:?}");
    if as_of.is_some() {
        return;
    }
    for line in lines.iter().step_by(EVERY).chain(lines.last()) {
        let prefix = usize::try_from(line.position).expect("a small journal");
        let state = state_of(&played.events[..prefix], None);
        let Standing::Worker(standing) = &line.after else { panic!("{:?}", line.after) };
        assert_eq!(standing.figures, figures(&state, worker), "{worker} at position {prefix}");
    }
}

async fn check_cards(played: &Played, as_of: Option<NaiveDate>, state: &State) {
    let mut numbers: Vec<CardNo> = Vec::new();
    for event in &played.events {
        if let Event::Card(event) = event {
            numbers.push(event.card_no().clone());
        }
    }
    for number in numbers {
        let (lines, end) = trace(played, Subject::Card(number.clone()), as_of).await;
        let years = state.appraisal.iter();
        let years: BTreeMap<_, _> =
            years.filter_map(|(year, cards)| Some((*year, cards.get(number.as_str())?.clone()))).collect();
        assert_eq!(end.figures, Standing::Card(years), "card {number} as of {as_of:?}");
        let total = match &end.figures {
            Standing::Card(years) => years.values().filter_map(|card| card.get("total").copied()).sum(),
            _ => Points::ZERO,
        };
        assert_eq!(lines.iter().map(|line| line.points).sum::<Points>(), total, "lines of card {number}");
    }
}

/// What the programmes keep, at the end and as of a day within: each thing that the state tells of has its figures.
pub(crate) async fn check_programmes(entries: &[Entry], events: &[Event], as_of: Option<NaiveDate>) {
    let programmes = state_of(events, as_of).programmes;
    let traced = async |subject: String| {
        let subject: Subject = subject.parse().expect("a subject");
        let mut tracer = Tracer::new(&MemoryJournal::default(), subject, as_of).await.expect("a journal");
        let lines = entries.iter().zip(events).filter_map(|(entry, event)| tracer.entry(entry, event));
        (lines.last(), tracer.finish())
    };
    let told = |last: Option<TraceLine>, end: &TraceEnd, figures: Standing, of: &str| {
        assert_eq!(last.map(|line| line.after).as_ref(), Some(&end.figures), "the last line of {of}");
        assert_eq!(end.figures, figures, "{of} as of {as_of:?}");
    };
    for (request, figures) in &programmes.requests {
        let (last, end) = traced(format!("request:{request}")).await;
        told(last, &end, Standing::Request(*figures), request);
    }
    for (fund, figures) in &programmes.funds {
        let (last, end) = traced(format!("fund:{fund}")).await;
        told(last, &end, Standing::Fund(*figures), fund);
    }
    for (benefit, figures) in &programmes.benefits {
        let (_, end) = traced(format!("benefit:{benefit}")).await;
        let Standing::Benefit(standing) = end.figures else { panic!("{:?}", end.figures) };
        assert_eq!(standing.figures, *figures, "{benefit} as of {as_of:?}");
        assert!(standing.places.is_none_or(|places| figures.granted <= u64::from(places)), "{standing:?}");
    }
}
