//! What a report lists, of entries made by hand: every threshold from both sides.

mod programmes;

use std::sync::Arc;

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::journal::entry::CommandFrame;
use ledger_core::journal::fingerprint::Fingerprint;
use ledger_core::journal::{Entry, RecordedTime};
use serde_json::{Value, json};

use super::{CorrectionKind, Report, ReportFold, Thresholds};

struct Journal {
    fold: ReportFold,
    position: u64,
}

impl Journal {
    fn new(thresholds: Thresholds) -> Journal {
        Journal { fold: ReportFold::new(thresholds), position: 0 }
    }

    /// Records an event at a moment of 2024-03-10, in seconds from its beginning in the district.
    fn record(&mut self, second: i64, actor: &str, event_type: &str, mut payload: Value) -> u64 {
        const BEGINS: i64 = 1_710_000_000_000_000;
        self.position += 1;
        payload["v"] = 1.into();
        let payload = payload.to_string().into_bytes();
        let event = Event::decode(event_type, &payload).unwrap();
        let command = CommandFrame {
            key: format!("k{}", self.position).into(),
            fingerprint: Fingerprint::from_bytes([0; 16]),
            actor: actor.into(),
            recorded_at: RecordedTime::from_micros(BEGINS + second * 1_000_000),
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
        self.position
    }

    fn credit(&mut self, second: i64, actor: &str, worker: &str, on: &str, more: Value) -> u64 {
        let mut payload = json!({
            "activity": "A", "at": "2024-03-10", "card": true, "category": "志愿服务",
            "credit": format!("C{}", self.position + 1), "lot": 1, "on": on, "points": 1_000, "proposer": actor,
            "quantity": 1, "schedule": 1, "witness": "w1", "worker": worker,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            payload[name] = value.clone();
        }
        self.record(second, actor, "VolunteerServiceRecorded", payload)
    }

    fn judge(&mut self, actor: &str, event_type: &str, credit: u64) -> u64 {
        let payload = json!({
            "at": "2024-03-10", "by": actor, "credit": format!("C{credit}"), "lot": 1, "points": 1_000,
            "reason": "名单重复", "worker": "W1",
        });
        self.record(100, actor, event_type, payload)
    }

    fn report(self) -> Report {
        self.fold.finish()
    }
}

fn few() -> Thresholds {
    Thresholds { late_days: 31, burst_entries: 3, neighbour_accounts: 3, pause_minutes: 5, list: 2, objectors: true }
}

#[test]
fn makers_and_checkers_are_told_apart_and_one_in_both_is_found() {
    let mut journal = Journal::new(few());
    let proposed = || json!({"proposed": true});
    let first = journal.credit(0, "T1", "W1", "2024-03-09", proposed());
    let second = journal.credit(0, "T1", "W1", "2024-03-09", proposed());
    let third = journal.credit(0, "T1", "W1", "2024-03-09", proposed());
    let waiting = journal.credit(0, "T1", "W1", "2024-03-09", proposed());
    journal.credit(0, "T2", "W1", "2024-03-09", json!({}));
    let confirmed = journal.judge("T2", "CreditConfirmed", first);
    let own = journal.judge("T1", "CreditConfirmed", second);
    journal.judge("T2", "CreditRejected", third);
    let report = journal.report();
    let (one, two) = (&report.people["T1"], &report.people["T2"]);
    assert_eq!((one.entered.count, one.counted_at_once.count, one.confirmed.count, one.self_confirmed), (4, 0, 1, 1));
    assert_eq!((two.entered.count, two.counted_at_once.count, two.confirmed.count, two.rejected.count), (1, 1, 1, 1));
    assert_eq!(two.confirmed.points, Points::from_whole(10));
    let pair = &report.pairs[&("T1".to_owned(), "T2".to_owned())];
    assert_eq!((pair.confirmed.count, pair.first, pair.last), (1, confirmed, confirmed));
    assert_eq!(report.self_confirmed.total, 1);
    assert_eq!(
        (report.self_confirmed.rows[0].position, report.self_confirmed.rows[0].proposed_position),
        (own, second)
    );
    assert_eq!(report.pending.total, 1);
    assert_eq!(report.pending.rows[0].position, waiting);
    assert_eq!(report.corrections.rows[0].kind, CorrectionKind::CreditRejected);
    assert_eq!(report.corrections.rows[0].reason, "名单重复");
}

#[test]
fn late_entries_are_listed_from_the_threshold_on_the_latest_first() {
    let mut journal = Journal::new(few());
    // Recorded on 2024-03-10 in the district, though it is still the ninth in UTC.
    for on in ["2024-02-09", "2024-02-08", "2024-03-10", "2024-01-01", "2023-03-01", "2024-03-11"] {
        journal.credit(0, "T1", "W1", on, json!({"witness": null}));
    }
    let gaps = journal.report().credit_gaps;
    assert_eq!(gaps.entries.count, 6);
    assert_eq!(gaps.late.count, 3, "thirty days are not late, thirty-one are");
    assert_eq!(gaps.latest.total, 3);
    let listed: Vec<_> = gaps.latest.rows.iter().map(|gap| (gap.position, gap.days)).collect();
    assert_eq!(listed, [(5, 375), (4, 69)], "two lines are asked for");
    assert_eq!((gaps.early.total, gaps.early.rows[0].days), (1, -1));
    assert_eq!((gaps.median, gaps.p95, gaps.longest), (Some(30), Some(375), Some(375)));
    let ranges: Vec<u64> = gaps.ranges.iter().map(|range| range.1).collect();
    assert_eq!(ranges, [1, 1, 0, 0, 0, 2, 1, 0, 1]);
}

#[test]
fn entries_of_a_witness_are_counted_by_the_hour_of_the_districts_clock() {
    let mut journal = Journal::new(few());
    // 1,710,000,000 is 00:00:00 on 2024-03-10 in +08:00: two before one o'clock, three after.
    for second in [0, 3_599, 3_600, 3_601, 7_199] {
        journal.credit(second, "T1", &format!("W{second}"), "2024-03-09", json!({}));
    }
    let report = journal.report();
    assert_eq!(report.witness_hours.total, 1);
    let burst = &report.witness_hours.rows[0];
    assert_eq!((burst.hour, burst.entries, burst.workers, burst.first, burst.last), (Some(1), 3, Some(3), 3, 5));
    let day = &report.witness_days.rows[0];
    assert_eq!((day.entries, day.first, day.last, day.points), (5, 1, 5, Points::from_whole(50)));
}

#[test]
fn accounts_are_close_together_while_no_pause_is_longer_than_the_threshold() {
    let mut journal = Journal::new(few());
    // A pause of exactly five minutes goes on, one of a second more begins anew.
    for (second, worker) in [(0, "W1"), (300, "W2"), (600, "W1"), (600, "W3"), (901, "W4"), (902, "W5"), (903, "W4")] {
        journal.credit(second, "T1", worker, "2024-03-09", json!({}));
    }
    let report = journal.report();
    assert_eq!(report.actor_runs.total, 1, "two accounts, though three times, are too few");
    let run = &report.actor_runs.rows[0];
    assert_eq!((run.person.as_str(), run.workers, run.entries, run.first, run.last), ("T1", 3, 4, 1, 4));
    assert_eq!(run.from.to_string(), "2024-03-10T00:00:00+08:00");
    assert_eq!(run.to.to_string(), "2024-03-10T00:10:00+08:00");
    assert_eq!(report.witness_runs.rows[0].person, "w1");
}

#[test]
fn shelves_that_differ_are_listed_and_stocktakes_that_agree_are_counted() {
    let mut journal = Journal::new(few());
    let count = |found: u32, missing: u32| {
        json!({
            "at": "2024-03-10", "counted": 9, "found": found, "missing": missing, "reason": "月末盘点", "sku": "P",
            "store": "S1",
        })
    };
    journal.record(0, "T1", "StockCounted", count(0, 0));
    journal.record(0, "T1", "StockCounted", count(0, 2));
    let lost = json!({"at": "2024-03-10", "quantity": 3, "reason": "破损", "sku": "P", "store": "S1"});
    journal.record(0, "T2", "StockWrittenOff", lost);
    let report = journal.report();
    let units: Vec<_> = report.stock.rows.iter().map(|row| (row.position, row.units)).collect();
    assert_eq!(units, [(2, -2), (3, -3)]);
    let store = report.stores["S1"];
    assert_eq!((store.stocktakes, store.found, store.missing, store.written_off), (2, 0, 2, 3));
    assert_eq!(report.people["T1"].stock_entries, 2);
}
