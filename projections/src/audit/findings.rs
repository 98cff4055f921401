//! What an auditor looks at first, counted over a whole journal: late entries, credits of oneself, much at once, and which
//! guards were met. Each is worth asking about and none is a finding against anybody; the entries behind the figures are
//! told by [`super::report`] and by the events themselves.

use std::collections::{BTreeMap, HashMap};

use ledger_core::domain::account::AccountEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::refusal::Code;
use ledger_core::journal::{Entry, Journal, JournalError};

use super::report::{ReportFold, Thresholds};
use crate::queries::redemption::is_entered_late;
use crate::walk::walk;

/// The figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Up to this position.
    pub position: u64,
    /// Credits entered so many days after the service, or later.
    pub late_credits: u64,
    /// Redemptions entered more than a day after the goods were handed out.
    pub late_redemptions: u64,
    /// Credits recorded as services by an account of the very worker who earns: the rules admit none.
    pub own_credits: u64,
    /// The position of the first of them.
    pub first_own_credit: Option<u64>,
    /// Confirmations by the very person who proposed: there must be none.
    pub own_confirmations: u64,
    /// Hours and days in which one witness vouched for so many entries.
    pub witness_bursts: u64,
    /// Runs of credits to so many accounts with short pauses, by one person or on one witness's word.
    pub runs: u64,
    /// Credits by the guard that was met.
    pub flags: BTreeMap<Code, u64>,
}

/// Whether an entry is late: a credit so many days after the service, a redemption more than a day after it was made.
pub fn is_late(entry: &Entry, event: &Event, late_days: i64) -> bool {
    let Event::Worker(event) = event else { return false };
    let recorded = entry.command.recorded_at.to_business();
    if let Some(record) = event.as_service() {
        return recorded.date().signed_duration_since(record.on).num_days() >= late_days;
    }
    event.as_redemption().is_some_and(|made| is_entered_late(made.at, recorded))
}

/// Walks the journal up to a position.
///
/// # Errors
/// [`JournalError`].
pub async fn findings(
    journal: &dyn Journal,
    until: u64,
    thresholds: Thresholds,
    reached: &mut (dyn FnMut(u64) + Send),
) -> Result<Findings, JournalError> {
    let mut fold = FindingsFold::new(thresholds);
    walk(journal, until, reached, &mut |entry, event| fold.entry(entry, event)).await?;
    Ok(fold.finish())
}

/// The fold.
pub struct FindingsFold {
    late_days: i64,
    report: ReportFold,
    found: Findings,
    /// Whose account is which.
    workers: HashMap<String, WorkerId>,
}

impl FindingsFold {
    /// Nothing seen yet. Of what a report lists only the counts are kept.
    pub fn new(thresholds: Thresholds) -> FindingsFold {
        FindingsFold {
            late_days: thresholds.late_days,
            report: ReportFold::new(Thresholds { list: 0, ..thresholds }),
            found: Findings::default(),
            workers: HashMap::new(),
        }
    }

    /// Takes the next entry.
    pub fn entry(&mut self, entry: &Entry, event: &Event) {
        self.report.entry(entry, event);
        self.found.position = entry.position;
        let late = is_late(entry, event, self.late_days);
        if let Some(opened) = event.as_account().and_then(AccountEvent::as_opened)
            && let Some(worker) = &opened.worker
        {
            self.workers.insert(opened.account.to_string(), worker.clone());
        }
        let Event::Worker(event) = event else { return };
        self.found.late_redemptions += u64::from(late && event.as_redemption().is_some());
        let Some(record) = event.as_service() else { return };
        self.found.late_credits += u64::from(late);
        for flag in &record.flags {
            *self.found.flags.entry(*flag).or_default() += 1;
        }
        // Who claims a request or reports a visit earns by it, and another one's word makes the credit.
        let recorder = self.workers.get(record.proposer.as_str()).filter(|_| record.source.is_none());
        let own = recorder.is_some_and(|recorder| self.report.kept_id(recorder) == self.report.kept_id(event.worker()));
        if own {
            self.found.own_credits += 1;
            self.found.first_own_credit.get_or_insert(entry.position);
        }
    }

    /// The figures.
    pub fn finish(self) -> Findings {
        let report = self.report.finish();
        Findings {
            own_confirmations: report.self_confirmed.total,
            witness_bursts: report.witness_hours.total + report.witness_days.total,
            runs: report.actor_runs.total + report.witness_runs.total,
            ..self.found
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ledger_core::domain::event::Event;
    use ledger_core::domain::refusal::Code;
    use ledger_core::journal::entry::CommandFrame;
    use ledger_core::journal::fingerprint::Fingerprint;
    use ledger_core::journal::{Entry, RecordedTime};
    use serde_json::{Value, json};

    use super::super::report::Thresholds;
    use super::{Findings, FindingsFold};

    struct Walked {
        fold: FindingsFold,
        position: u64,
    }

    impl Walked {
        fn begin() -> Walked {
            let few = Thresholds { burst_entries: 3, neighbour_accounts: 3, ..Thresholds::default() };
            Walked { fold: FindingsFold::new(few), position: 0 }
        }

        /// Records an event at midnight of 2024-03-10 in the district.
        fn record(&mut self, actor: &str, event_type: &str, mut payload: Value) {
            self.position += 1;
            payload["v"] = 1.into();
            let payload = payload.to_string().into_bytes();
            let event = Event::decode(event_type, &payload).unwrap();
            let command = CommandFrame {
                key: format!("k{}", self.position).into(),
                fingerprint: Fingerprint::from_bytes([0; 16]),
                actor: actor.into(),
                recorded_at: RecordedTime::from_micros(1_710_000_000_000_000),
            };
            let entry = Entry {
                position: self.position,
                nth: 0,
                stream_no: 1,
                sequence: 1,
                command: Arc::new(command),
                event_type: event_type.into(),
                payload,
                leaf: [0; 32],
            };
            self.fold.entry(&entry, &event);
        }

        fn credit(&mut self, by: &str, worker: &str, on: &str, more: Value) {
            let mut payload = json!({
                "activity": "A", "at": "2024-03-10", "card": true, "category": "志愿服务",
                "credit": format!("C{}", self.position), "lot": 1, "on": on, "points": 1_000, "proposer": by,
                "quantity": 1, "schedule": 1, "worker": worker,
            });
            for (name, value) in more.as_object().into_iter().flatten() {
                payload[name] = value.clone();
            }
            self.record(by, "VolunteerServiceRecorded", payload);
        }

        fn redemption(&mut self, at: &str) {
            let payload = json!({
                "at": at, "balance": 0, "lines": [], "lots": [], "points": 1_000,
                "redemption": format!("R{}", self.position), "store": "S", "worker": "W1",
            });
            self.record("T", "Redeemed", payload);
        }

        fn found(self) -> Findings {
            self.fold.finish()
        }
    }

    #[test]
    fn late_are_credits_from_a_month_on_and_redemptions_after_a_day() {
        let mut walked = Walked::begin();
        for on in ["2024-03-10", "2024-02-09", "2024-02-08", "2023-01-01"] {
            walked.credit("T", "W1", on, json!({}));
        }
        for at in ["2024-03-10T00:00:00+08:00", "2024-03-09T00:00:00+08:00", "2024-03-08T23:59:59+08:00"] {
            walked.redemption(at);
        }
        let found = walked.found();
        assert_eq!((found.position, found.late_credits, found.late_redemptions), (7, 2, 1));
    }

    #[test]
    fn what_somebody_records_for_the_own_person_is_counted_and_what_another_one_s_word_makes_is_not() {
        let mut walked = Walked::begin();
        walked.record("A", "AccountOpened", json!({"account": "T", "at": "2024-03-10", "worker": "W1"}));
        walked.record("A", "AccountOpened", json!({"account": "U", "at": "2024-03-10"}));
        walked.credit("T", "W1", "2024-03-09", json!({}));
        walked.credit("T", "W2", "2024-03-09", json!({}));
        walked.credit("U", "W1", "2024-03-09", json!({}));
        walked.credit("T", "W1", "2024-03-09", json!({"source": "QY-1"}));
        let found = walked.found();
        assert_eq!((found.own_credits, found.first_own_credit), (1, Some(3)));
    }

    #[test]
    fn flags_are_counted_by_guard_and_bursts_as_a_report_counts_them() {
        let mut walked = Walked::begin();
        for worker in ["W1", "W2", "W3"] {
            walked.credit("T", worker, "2024-03-09", json!({"witness": "w1", "flags": ["recorded_late"]}));
        }
        walked.credit("T", "W4", "2024-03-09", json!({"flags": ["recorded_late", "evidence_reused"]}));
        let found = walked.found();
        let flags: Vec<_> = found.flags.into_iter().collect();
        assert!(flags.contains(&(Code::RecordedLate, 4)) && flags.contains(&(Code::EvidenceReused, 1)), "{flags:?}");
        // One witness in an hour and on a day; one person's run and one witness's.
        assert_eq!((found.witness_bursts, found.runs, found.own_confirmations), (2, 2, 0));
    }
}
