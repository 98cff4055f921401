//! What an auditor asks: why a figure is what it is, a sample that anybody can draw again, what is worth asking about, and
//! what the journal knew by when. The journal is made with a clock of its own, so that every byte said of it is known.

mod district;
mod programmes;

use std::io::Write;
use std::process::{Command, Stdio};

use ledger_core::journal::Journal;
use ledger_core::journal::sqlite::SqliteJournal;

use crate::arguments::assert_golden;
use crate::exact::Exact;
use crate::imported::{Pack, imported};
use crate::journals::{Database, file_of, fresh};
use crate::program::{run, state};
use district::audited;

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guides/audit-sample.md");

/// The same question to the same history in both databases, answered with the same bytes.
#[track_caller]
fn asked(args: &[&str]) -> String {
    let [sqlite, postgres] =
        [Database::Sqlite, Database::Postgres].map(|database| run(audited(database), args).expect(0));
    assert!(sqlite.stdout == postgres.stdout, "{args:?} is answered otherwise in PostgreSQL");
    sqlite.text().to_owned()
}

#[test]
fn traces_are_the_golden_ones() {
    for (subject, name) in [
        ("worker:W001", "trace-worker.txt"),
        ("card:HZ001", "trace-card.txt"),
        ("store:S01", "trace-store.txt"),
        ("merchant:M01", "trace-merchant.txt"),
    ] {
        assert_golden(name, &asked(&["replay", "--trace", subject]));
    }
    assert_golden("trace-worker.json", &asked(&["replay", "--trace", "worker:W001", "--json"]));
    assert_golden("trace-worker-past.txt", &asked(&["replay", "--trace", "worker:W001", "--as-of", "2024-03-15"]));
}

#[test]
fn the_report_is_the_golden_one() {
    let few = ["--burst", "3", "--accounts", "3"];
    assert_golden("audit-report.txt", &asked(&[&["audit", "report"], &few[..]].concat()));
    assert_golden("audit-report.csv", &asked(&[&["audit", "report", "--format", "csv"], &few[..]].concat()));
    let json = Exact::parse(&asked(&[&["audit", "report", "--json", "--list", "1"], &few[..]].concat()));
    let corrections = json.get("corrections");
    assert_eq!((corrections.get("total").count(), corrections.get("rows").elements().len()), (3, 1));
    let people = json.get("people").get("rows").elements();
    assert!(people.iter().any(|person| person.get("actor").text() == "T-B" && person.get("confirmed").count() == 1));
    assert_eq!(json.get("self_confirmed").get("total").count(), 0);
}

#[test]
fn samples_are_the_golden_ones() {
    for by in ["points", "uniform", "station"] {
        let args = ["audit", "sample", "--seed", "7", "--size", "5", "--by", by];
        assert_golden(&format!("audit-sample-{by}.txt"), &asked(&args));
    }
    let args = ["audit", "sample", "--seed", "7", "--size", "3", "--of", "redemptions", "--format", "csv"];
    assert_golden("audit-sample.csv", &asked(&args));
}

#[test]
fn a_workbook_is_written_where_it_is_asked_for_and_is_the_same_each_time() {
    let folder = nuanxin_tests::scratch_dir("audit");
    let journal = audited(Database::Sqlite);
    let [first, second] = ["一.xlsx", "二.xlsx"].map(|name| {
        let path = folder.join(name);
        let out = path.to_str().expect("a path");
        assert!(run(journal, &["audit", "report", "--out", out]).expect(0).stdout.is_empty());
        std::fs::read(path).expect("a workbook")
    });
    assert!(first.starts_with(b"PK") && first == second);
}

/// What the journal knew by when, about what had happened by when.
#[test]
fn the_two_clocks_can_be_asked_apart_and_together() {
    let journal = audited(Database::Sqlite);
    let earned =
        |args: &[&str]| state(journal, args).get("workers").find("W002").map(|of| of.get("earned").text().to_owned());
    // JL02 was for 10 January and recorded on 5 March.
    assert_eq!(earned(&["--as-of", "2024-02-01"]).as_deref(), Some("20"));
    assert_eq!(earned(&["--as-of", "2024-02-01", "--recorded-as-of", "2024-03-04"]), None);
    assert_eq!(earned(&["--as-of", "2024-02-01", "--recorded-as-of", "2024-03-05"]).as_deref(), Some("20"));
    assert_eq!(earned(&["--recorded-as-of", "2024-03-05T09:59:59+08:00"]), None);
    assert_eq!(earned(&["--recorded-as-of", "2024-03-05T02:00:00Z"]).as_deref(), Some("20"));

    let both = state(journal, &["--as-of", "2024-02-01", "--recorded-as-of", "2024-03-05"]);
    assert_eq!(both.get("clock").text(), "business+recorded");
    assert_eq!(both.get("recorded_as_of").text(), "2024-03-05T23:59:59.999999+08:00");
    let plain = state(journal, &["--as-of", "2024-02-01", "--at", "20"]);
    let members: Vec<_> = plain.members().keys().map(String::as_str).collect();
    assert_eq!(members, ["appraisal", "as_of", "position", "stock", "totals", "workers"], "the contract's shape");
    let position = both.get("position").text().to_owned();
    let same = state(journal, &["--as-of", "2024-02-01", "--at", &position]);
    same.get("workers").assert_same(both.get("workers"), "a recorded time is a position");

    let said = run(journal, &["state", "--recorded-as-of", "2024-03-05"]).expect(0);
    assert!(said.text().contains("recorded time, through 2024-03-05T23:59:59.999999+08:00"), "{}", said.text());
    assert_eq!(state(journal, &["--recorded-as-of", "2023-01-01"]).get("position").count(), 0);
}

/// The program in the guide, given the events alone, draws what ours draws: from this journal and from a whole district.
#[test]
fn the_guides_program_draws_the_same_samples() {
    let guide = std::fs::read_to_string(GUIDE).expect("the guide");
    let program = guide.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a program");
    for journal in [audited(Database::Sqlite), &imported(Pack::Qianwei, Database::Sqlite).journal] {
        let events = events(journal);
        for (by, seed, size) in [
            ("points", "1", "60"),
            ("points", "18446744073709551615", "7"),
            ("uniform", "2", "40"),
            ("station", "3", "45"),
        ] {
            let args = ["audit", "sample", "--seed", seed, "--size", size, "--by", by, "--json"];
            let ours = run(journal, &args).expect(0).json();
            let drawn = python(program, &[seed, size, by], &events);
            assert_eq!(drawn.get("hash").text(), ours.get("population_hash").text(), "{by}");
            assert_eq!(drawn.get("items").count(), ours.get("population_items").count(), "{by}");
            let positions: Vec<u64> =
                ours.get("items").elements().iter().map(|item| item.get("position").count()).collect();
            let theirs: Vec<u64> = drawn.get("drawn").elements().iter().map(Exact::count).collect();
            assert_eq!(theirs, positions, "{by} of {journal}");
        }
    }
}

/// Every event as `/v1/events` gives it, a line each.
fn events(journal: &str) -> Vec<u8> {
    let journal = SqliteJournal::open_read_only(&file_of(journal)).expect("the journal opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let entries = runtime.block_on(journal.read(0, usize::MAX >> 1)).expect("the journal can be read");
    let mut lines = Vec::new();
    for entry in entries {
        let frame = serde_json::json!({
            "position": entry.position, "recorded_at": entry.command.recorded_at.to_string(),
            "key": entry.command.key.as_str(), "actor": entry.command.actor.as_str(), "type": entry.event_type,
        });
        let frame = frame.to_string();
        let frame = frame.strip_suffix('}').expect("an object");
        lines.extend_from_slice(frame.as_bytes());
        lines.extend_from_slice(b",\"payload\":");
        lines.extend_from_slice(&entry.payload);
        lines.extend_from_slice(b"}\n");
    }
    lines
}

fn python(program: &str, args: &[&str], input: &[u8]) -> Exact {
    let mut command = Command::new("python3");
    command.arg("-c").arg(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("python3 runs (Debian: python3)");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("python3 ends");
    writer.join().expect("the writer ends").expect("python3 reads");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Exact::parse(std::str::from_utf8(&output.stdout).expect("text"))
}

/// The last figures of a trace are those of the state, in a whole district, for whom they are easiest to check.
#[test]
fn a_trace_ends_with_the_figures_of_the_state() {
    let imported = imported(Pack::Qianwei, Database::Sqlite);
    let as_of = Pack::Qianwei.as_of();
    for (worker, figures) in imported.state.get("workers").members().iter().step_by(97) {
        let subject = format!("worker:{worker}");
        let trace =
            run(&imported.journal, &["replay", "--trace", &subject, "--as-of", as_of, "--json"]).expect(0).json();
        let end = trace.get("end").get("figures");
        for figure in ["earned", "redeemed", "expired", "balance"] {
            end.get(figure).assert_same(figures.get(figure), &format!("{figure} of {worker}"));
        }
    }
}

#[test]
fn what_cannot_be_asked_is_said_with_exit_code_two() {
    let journal = audited(Database::Sqlite);
    for args in [
        &["replay", "--trace", "worker:W999"][..],
        &["replay", "--trace", "person:W001"],
        &["replay", "--trace", "W001"],
        &["replay", "--trace", "worker:W001", "--until", "99999"],
        &["replay", "--trace", "worker:W001", "--swap"],
        &["replay", "--as-of", "2024-01-01"],
        &["audit", "sample", "--seed", "1"],
        &["audit", "sample", "--size", "1"],
        &["audit", "sample", "--seed", "1", "--size", "0"],
        &["audit", "sample", "--seed", "-1", "--size", "1"],
        &["audit", "sample", "--seed", "1", "--size", "1", "--from", "2024-02-01", "--to", "2024-01-01"],
        &["audit", "report", "--late-days", "0"],
        &["audit", "report", "--at", "99999"],
        &["state", "--recorded-as-of", "yesterday"],
    ] {
        let ended = run(journal, args).expect(2);
        assert!(ended.stdout.is_empty() && ended.stderr.len() > 20, "{args:?}: {}", ended.stderr);
    }
}

#[test]
fn an_empty_population_is_a_sample_of_nothing() {
    let journal = fresh(Database::Sqlite);
    run(&journal, &["token", "issue", "--role", "auditor"]).expect(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(district::opened(&journal));
    for by in ["points", "uniform", "station"] {
        let args = ["audit", "sample", "--seed", "1", "--size", "5", "--by", by, "--json"];
        let sample = run(&journal, &args).expect(0).json();
        assert_eq!((sample.get("population_items").count(), sample.get("items").elements().len()), (0, 0));
    }
    run(&journal, &["audit", "report"]).expect(0);
}
