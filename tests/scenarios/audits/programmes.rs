//! Traces of what the programmes keep, in a whole pack: one of each kind byte for byte, and every request, benefit and fund
//! to the figures of the state. And what the report asks of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_api::audit_sheet::trace::TraceEndJson;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::journal::sqlite::SqliteJournal;
use ledger_core::journal::{Entry, Journal};
use projections::audit::trace::{Standing, Subject, TraceLine, Tracer};
use projections::state::StateFold;
use projections::walk::walk;

use super::district::selected;
use crate::arguments::assert_golden;
use crate::exact::Exact;
use crate::imported::{Pack, imported};
use crate::journals::{Database, file_of};
use crate::program::run;

const PACK: Pack = Pack::QianweiProgrammes;

/// A trace without the times at which the sheets were read in, which are another each time.
fn without_recorded(trace: &str) -> String {
    // Before that column stand numbers, days and blanks alone, each of one byte: 8, 19 and 19 wide, two blanks between.
    const RECORDED: std::ops::Range<usize> = 31..50;
    let line = |line: &str| match (line.get(..8), line.get(RECORDED)) {
        (Some(position), Some(_)) if position.trim().parse::<u64>().is_ok() => {
            format!("{}{:19}{}\n", &line[..RECORDED.start], "-", &line[RECORDED.end..])
        }
        _ => format!("{line}\n"),
    };
    trace.lines().map(line).collect()
}

#[test]
fn a_trace_of_each_kind_is_the_golden_one() {
    for (subject, name) in [
        ("request:QW-XQ-000225", "trace-request.txt"),
        ("benefit:QW-QY03", "trace-benefit.txt"),
        ("fund:QW-ZJ03", "trace-fund.txt"),
        ("pass:QW-NXK-000056", "trace-pass.txt"),
        ("pair:QW-BD-000042", "trace-pair.txt"),
        ("merchant:QW-SH019", "trace-merchant-yuan.txt"),
        ("site:QW-YZ1003", "trace-site.txt"),
    ] {
        let [sqlite, postgres] = [Database::Sqlite, Database::Postgres].map(|database| {
            let args = ["replay", "--trace", subject, "--as-of", PACK.as_of()];
            without_recorded(run(&imported(PACK, database).journal, &args).expect(0).text())
        });
        assert!(sqlite == postgres, "{subject} is traced otherwise in PostgreSQL");
        assert_golden(name, &sqlite);
    }
    // No pack has a selection: sheets know none.
    let args = ["replay", "--trace", "selection:PX01"];
    assert_golden("trace-selection.txt", run(selected(), &args).expect(0).text());
}

/// Every subject of the pack that the programmes keep, traced in one walk.
async fn traced(journal: &SqliteJournal, as_of: NaiveDate) -> BTreeMap<String, (Vec<TraceLine>, Standing, Exact)> {
    let until = journal.head().await.expect("a head").position;
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    walk(journal, until, &mut |_| {}, &mut |_: &Entry, event: &Event| {
        let request = event.as_request().map(|event| Subject::Request(event.request().clone()));
        let benefit = event.as_benefit().map(|event| Subject::Benefit(event.benefit().clone()));
        let fund = event.as_fund().map(|event| Subject::Fund(event.fund().clone()));
        let merchant = event.as_merchant().map(|event| Subject::Merchant(event.merchant().clone()));
        let Some(subject) = request.or(benefit).or(fund).or(merchant) else { return };
        subjects.insert(subject.to_string(), subject);
    })
    .await
    .expect("the journal can be read");
    let mut tracers = Vec::new();
    for (name, subject) in subjects {
        tracers.push((name, Vec::new(), Tracer::new(journal, subject, Some(as_of)).await.expect("a journal")));
    }
    walk(journal, until, &mut |_| {}, &mut |entry, event| {
        for (_, lines, tracer) in &mut tracers {
            lines.extend(tracer.entry(entry, event));
        }
    })
    .await
    .expect("the journal can be read");
    let told = tracers.into_iter().map(|(name, lines, tracer)| {
        let end = tracer.finish();
        let json = serde_json::to_string(&TraceEndJson::from(&end)).expect("an end is JSON");
        (name, (lines, end.figures, Exact::parse(&json)))
    });
    told.collect()
}

#[test]
fn every_request_benefit_and_fund_ends_with_the_figures_of_the_state() {
    let imported = imported(PACK, Database::Sqlite);
    let as_of = NaiveDate::parse_from_str(PACK.as_of(), "%Y-%m-%d").expect("a day");
    let journal = SqliteJournal::open_read_only(&file_of(&imported.journal)).expect("the journal opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let traced = runtime.block_on(traced(&journal, as_of));
    let of = |kind: &str| traced.iter().filter(move |(name, _)| name.starts_with(kind)).count();
    assert_eq!((of("benefit:"), of("fund:")), (6, 6));
    assert!(of("request:") > 200 && of("merchant:") > 20, "{} {}", of("request:"), of("merchant:"));
    let mut told = 0;
    for (subject, (lines, standing, end)) in &traced {
        let (kind, number) = subject.split_once(':').expect("a kind");
        let figures = end.get("figures");
        if let Some(last) = lines.last() {
            assert_eq!(&last.after, standing, "the last line of {subject}");
        }
        let named: &[(&str, &str, &[&str])] = &[
            ("request", "requests", &["claims", "credited"]),
            ("benefit", "benefits", &["granted", "waiting", "used"]),
            ("fund", "funds", &["appropriated", "committed", "free"]),
        ];
        for (_, part, names) in named.iter().filter(|(of, _, _)| *of == kind) {
            let Some(state) = imported.state.get(part).find(number) else {
                assert_eq!(kind, "request", "{subject} is not in the state");
                assert_eq!(*standing, Standing::Request(Default::default()), "{subject} has no claim and no credit");
                continue;
            };
            told += 1;
            for name in *names {
                figures.get(kind).get(name).assert_same(state.get(name), &format!("{name} of {subject}"));
            }
        }
    }
    assert_eq!(told, 138 + 6 + 6, "everything that the state tells of was traced");
    merchants(&traced, &runtime.block_on(settled(&journal, as_of)));
}

/// What every merchant may claim for all months together.
async fn settled(journal: &SqliteJournal, as_of: NaiveDate) -> BTreeMap<MerchantId, (Points, Fen)> {
    let until = journal.head().await.expect("a head").position;
    let mut fold = StateFold::new(Some(as_of));
    walk(journal, until, &mut |_| {}, &mut |entry, event| fold.fold(entry.position, event)).await.expect("a walk");
    let mut claims: BTreeMap<MerchantId, (Points, Fen)> = BTreeMap::new();
    for (merchant, owed) in fold.finish().programmes.settlement.into_values().flatten() {
        let (points, money) = claims.entry(merchant.parse().expect("an id")).or_default();
        *points += owed.points;
        *money += owed.money;
    }
    claims
}

fn merchants(
    traced: &BTreeMap<String, (Vec<TraceLine>, Standing, Exact)>,
    settled: &BTreeMap<MerchantId, (Points, Fen)>,
) {
    assert!(settled.values().filter(|(_, money)| *money != Fen::ZERO).count() > 20, "{settled:?}");
    for (merchant, (points, money)) in settled {
        let (_, standing, _) = &traced[&format!("merchant:{merchant}")];
        let Standing::Merchant(standing) = standing else { panic!("{standing:?}") };
        assert_eq!((standing.honoured, standing.claimed_money), (*points, *money), "{merchant}");
    }
}

/// Sheets enter what is over long ago, so the clock says of nearly everything that it is late: what does not go by the clock is
/// told as the pack has it.
#[test]
fn the_report_of_a_pack_tells_its_funds_and_what_waits_for_a_word() {
    let imported = imported(PACK, Database::Sqlite);
    let report = run(&imported.journal, &["audit", "report", "--json", "--list", "1000"]).expect(0).json();
    let funds = report.get("funds").get("rows").elements();
    assert_eq!(funds.len(), 6);
    for fund in funds {
        let state = imported.state.get("funds").get(fund.get("fund").text());
        for name in ["appropriated", "committed", "free"] {
            fund.get(name).assert_same(state.get(name), name);
        }
        assert!(fund.find("overdrawn_position").is_none_or(|it| *it == Exact::parse("null")), "{fund:?}");
    }
    let unrated = report.get("unrated_work");
    assert!(unrated.get("total").count() > 0 && unrated.get("question").text().ends_with('？'));
    // Registers come before the sheets that ask for roles: nothing was credited that an end came too late for.
    assert!(report.find("role_end_credits").is_none(), "{report:?}");
    // The routes alone name bodies, and a pack routes nothing.
    assert!(report.find("requests_by_body").is_none());
    let text = run(&imported.journal, &["audit", "report", "--list", "3"]).expect(0);
    for title in ["资金与支付 (6)", "待回访 ("] {
        assert!(text.text().contains(title), "{title} is missing: {}", text.text());
    }
    let csv = run(&imported.journal, &["audit", "report", "--format", "csv"]).expect(0);
    assert!(csv.text().contains("首次付超占用序号"));
}

#[test]
fn what_the_journal_does_not_know_is_said() {
    let imported = imported(PACK, Database::Sqlite);
    for kind in ["request", "benefit", "fund", "pass", "pair", "selection", "site"] {
        let ended = run(&imported.journal, &["replay", "--trace", &format!("{kind}:NOBODY")]).expect(2);
        assert!(ended.stdout.is_empty() && ended.stderr.contains("knows no"), "{kind}: {}", ended.stderr);
    }
    run(&imported.journal, &["replay", "--trace", "offer:QW-YH-000100"]).expect(2).says(&["fund:NO", "site:ID"]);
}
