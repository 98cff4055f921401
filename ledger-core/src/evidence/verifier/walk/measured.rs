//! What selections were sealed with, counted anew from the workers' own streams. The walk itself keeps no worker's services:
//! it would need them of everybody, and candidates are few.

use std::collections::{BTreeSet, HashMap};

use super::super::{Finding, Seal, Verifier};
use crate::domain::event::StreamId;
use crate::domain::ids::WorkerId;
use crate::domain::selection::command::{Indicator, Measure, SelectionTerms};
use crate::domain::worker::Worker;
use crate::domain::worker::state::CreditStatus;
use crate::journal::{Journal, JournalError};

/// Entries of a stream read at once.
const PAGE: usize = 1_000;

/// The first seal, or revision of a list, that says of a candidate what the ledger did not say just before it.
pub(super) async fn mismeasured(journal: &dyn Journal, verifier: &Verifier) -> Result<Option<Finding>, JournalError> {
    for Seal { position, terms, lines } in &verifier.seals {
        for line in lines {
            let worker = as_it_stood(journal, &line.worker, *position).await?;
            let counted = figures(terms, &worker);
            let told: Vec<i128> = line.figures.iter().map(|figure| i128::from(figure.hundredths())).collect();
            if counted != told {
                let what = format!(
                    "measures {} as {told:?} hundredths, but what was recorded before it comes to {counted:?}",
                    line.worker
                );
                return Ok(Some(Finding { position: *position, what }));
            }
        }
    }
    Ok(None)
}

/// A worker before a position.
async fn as_it_stood(journal: &dyn Journal, worker: &WorkerId, position: u64) -> Result<Worker, JournalError> {
    let (stream, mut state, mut after) = (StreamId::Worker(worker.clone()), Worker::default(), 0);
    loop {
        let entries = journal.read_stream(&stream, after, PAGE).await?;
        for entry in entries.iter().take_while(|entry| entry.position < position) {
            if let Some(event) = entry.event()?.as_worker() {
                state.evolve(event);
            }
        }
        match entries.last() {
            Some(last) if entries.len() == PAGE && last.position < position => after = last.position,
            Some(_) | None => return Ok(state),
        }
    }
}

/// A worker's figures in hundredths, in the order of the formula.
fn figures(terms: &SelectionTerms, worker: &Worker) -> Vec<i128> {
    terms.indicators.iter().map(|indicator| figure(terms, indicator, worker)).collect()
}

/// Sums each activity on its own first, as a person would with a statement in hand.
fn figure(terms: &SelectionTerms, indicator: &Indicator, worker: &Worker) -> i128 {
    let (mut days, mut services, mut points) = (BTreeSet::new(), 0_i128, 0_i128);
    let mut units: HashMap<&str, i128> = HashMap::new();
    for lot in worker.lots() {
        let in_time = lot.on <= terms.cut_off && terms.from.is_none_or(|from| lot.on >= from);
        if lot.status != CreditStatus::Confirmed || !in_time {
            continue;
        }
        if indicator.activities.is_empty() || indicator.activities.contains(&lot.activity) {
            days.insert(lot.on);
            services += 1;
            points += i128::from(lot.points.hundredths());
            *units.entry(lot.activity.as_str()).or_default() += i128::from(lot.quantity.millionths());
        }
    }
    match indicator.measure {
        Measure::CreditedPoints => points,
        Measure::Quantity => units.values().sum::<i128>() / 10_000,
        Measure::ServiceDays => i128::try_from(days.len()).unwrap_or(i128::MAX).saturating_mul(100),
        Measure::Services => services.saturating_mul(100),
    }
}

#[cfg(test)]
mod tests {
    use super::figures;
    use crate::domain::event::Event;
    use crate::domain::selection::SelectionEvent;
    use crate::domain::worker::Worker;
    use crate::ledger::measured;

    fn event(event_type: &str, payload: &str) -> Event {
        Event::decode(event_type, payload.as_bytes()).expect("a payload")
    }

    #[test]
    fn the_verifier_counts_what_the_ledger_counts() {
        let announced = event(
            "SelectionAnnounced",
            r#"{"at":"2024-03-05T08:00:00+08:00","by":"a","selection":"PX1","terms":{"cut_off":"2024-03-31","from":"2024-03-01",
                "indicators":[{"code":"a","measure":"services","weight":1},{"code":"b","measure":"service_days","weight":1},
                {"code":"c","measure":"credited_points","weight":1},
                {"activities":["ZY01"],"code":"d","measure":"quantity","weight":1}],
                "name":"最美骑手","places":1,"publicity_days":0},"v":1}"#,
        );
        let Some(SelectionEvent::SelectionAnnounced(announced)) = announced.as_selection() else { panic!("announced") };
        let mut worker = Worker::default();
        let service = |lot: u32, activity: &str, on: &str, quantity: i64, proposed: bool| {
            let proposed = if proposed { r#""proposed":true,"# } else { "" };
            event(
                "VolunteerServiceRecorded",
                &format!(
                    r#"{{"activity":"{activity}","at":"2024-04-01T08:00:00+08:00","card":true,"category":"志愿服务","credit":"C{lot}",
                        "lot":{lot},"on":"{on}","points":250,{proposed}"proposer":"p","quantity":{quantity},"schedule":1,"v":1,"worker":"W1"}}"#
                ),
            )
        };
        // Two on one day, half a unit too little for a hundredth, another activity; then what does not count.
        for lot in [
            service(1, "ZY01", "2024-03-01", 1_500_000, false),
            service(2, "ZY01", "2024-03-01", 1_009_999, false),
            service(3, "WM01", "2024-03-31", 7_000_000, false),
            service(4, "ZY01", "2024-02-29", 1_000_000, false),
            service(5, "ZY01", "2024-04-01", 1_000_000, false),
            service(6, "ZY01", "2024-03-05", 1_000_000, true),
            service(7, "ZY01", "2024-03-06", 1_000_000, false),
        ] {
            worker.evolve(lot.as_worker().expect("of a worker"));
        }
        let reversed = event(
            "CreditReversed",
            r#"{"at":"2024-04-02T08:00:00+08:00","by":"b","credit":"C7","lot":7,"points":250,"reason":"r","v":1,"worker":"W1"}"#,
        );
        worker.evolve(reversed.as_worker().expect("of a worker"));
        assert_eq!(figures(&announced.terms, &worker), [300, 200, 750, 250]);
        let ledger = measured(&announced.terms, &worker).expect("figures");
        let ledger: Vec<i128> = ledger.iter().map(|figure| i128::from(figure.hundredths())).collect();
        assert_eq!(ledger, [300, 200, 750, 250]);
    }
}
