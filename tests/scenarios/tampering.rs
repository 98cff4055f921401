//! `verify` on copies of a journal that somebody changed behind the program's back, in either database and with no
//! checkpoint in hand: it exits with 1 and names the very first position that cannot be believed. What only a checkpoint
//! can show is in `tampered_bundles.rs`.

use crate::changes::{Change, FORGERIES, IN_PLACE, MORE_IN_PLACE, OF_PROGRAMMES, copied, one_digit};
use crate::exact::Exact;
use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, fresh};
use crate::program::{import, run};
use crate::small_pack::{ITEMS, SmallPack};
use crate::surgery::{Opened, bundle, leaf_of, rehash, verify, written};
use crate::tables::Tables;

/// A journal of a district in a database, which is only read.
fn district(database: Database) -> &'static str {
    &imported(Pack::Qianwei, database).journal
}

fn middle(database: Database) -> u64 {
    Tables::of(district(database)).middle()
}

/// What `verify` says of a copy in which something was changed around the middle.
#[track_caller]
fn looked_at(database: Database, make: fn(&mut Tables, u64) -> u64) -> Exact {
    let journal = copy_of(district(database));
    assert!(make(&mut Tables::of(&journal), middle(database)) > 0, "nothing was changed");
    let report = run(&journal, &["verify", "--json"]).expect(1).json();
    assert_eq!(report.get("verdict").text(), "invalid", "{report:?}");
    let named = report.get("first_bad_position").text();
    let said = run(&journal, &["verify"]).expect(1);
    assert!(said.text().contains(named), "{named} is named: {}", said.text());
    report
}

#[track_caller]
fn first_bad(report: &Exact) -> u64 {
    report.get("first_bad_position").count()
}

fn a_journal_that_nobody_touched_is_valid(database: Database) {
    let size = imported(Pack::Qianwei, database).state.get("position").text();
    for journal in [district(database).to_owned(), copy_of(district(database))] {
        let report = run(&journal, &["verify", "--json"]).expect(0).json();
        assert_eq!((report.get("verdict").text(), report.get("size").text()), ("valid", size));
    }
}

fn whatever_was_changed_in_the_middle_is_found_at_its_position(database: Database) {
    for Change { what, make } in IN_PLACE.iter().chain(&MORE_IN_PLACE) {
        let report = looked_at(database, *make);
        assert_eq!(first_bad(&report), middle(database), "{what}: {report:?}");
    }
}

/// What is changed stands before what cannot be read at all, in the same page: it is named all the same.
fn of_two_changes_the_first_is_named_though_the_second_cannot_be_read(database: Database) {
    let report = looked_at(database, |db, at| {
        db.run(&format!("UPDATE event SET key = NULL, actor = NULL WHERE position = {at} + 1"));
        one_digit(db, at)
    });
    assert_eq!(first_bad(&report), middle(database), "{report:?}");
    let report = looked_at(database, |db, at| {
        one_digit(db, at + 1);
        db.run(&format!("DELETE FROM event WHERE position = {at}"))
    });
    assert_eq!(first_bad(&report), middle(database), "{report:?}");
}

fn a_removed_tail_is_found(database: Database) {
    let report = looked_at(database, |db, at| db.run(&format!("DELETE FROM event WHERE position > {at}")));
    assert_eq!(first_bad(&report), middle(database) + 1, "{report:?}");
}

fn a_changed_root_and_a_changed_head_are_found(database: Database) {
    let mut db = Tables::of(district(database));
    let (at, head) = (middle(database), db.number("SELECT position FROM head"));
    let next_root = db.number(&format!("SELECT min(size) FROM root WHERE size >= {at}"));
    let last_root = db.number(&format!("SELECT max(size) FROM root WHERE size <= {at}"));
    let report = looked_at(database, |db, at| {
        let nothing = db.literal(&[0; 32]);
        let next = db.number(&format!("SELECT min(size) FROM root WHERE size >= {at}"));
        db.run(&format!("UPDATE root SET root = {nothing} WHERE size = {next}"))
    });
    assert_eq!(first_bad(&report), next_root, "{report:?}");
    let report = looked_at(database, |db, at| db.run(&format!("DELETE FROM root WHERE size > {at}")));
    assert_eq!(first_bad(&report), last_root + 1, "{report:?}");
    let report = looked_at(database, |db, _| {
        let frontier = db.bytes("SELECT frontier FROM head");
        let nothing = db.literal(&vec![0; frontier.len()]);
        db.run(&format!("UPDATE head SET frontier = {nothing}"))
    });
    assert_eq!(first_bad(&report), head, "{report:?}");
    let report = looked_at(database, |db, _| db.run("UPDATE head SET position = position + 1"));
    assert_eq!(first_bad(&report), head + 1, "{report:?}");
}

fn an_event_added_behind_the_head_is_found(database: Database) {
    let report = looked_at(database, |db, at| db.run(&copied("(SELECT position + 1 FROM head)", &at.to_string())));
    let head = imported(Pack::Qianwei, database).state.get("position").count();
    assert_eq!(first_bad(&report), head + 1, "{report:?}");
}

/// What the programmes say of requests, visits, money and passes is hashed as all else is.
fn whatever_is_changed_in_an_event_of_the_programmes_is_found_at_its_position(database: Database) {
    let journal = copy_of(&imported(Pack::QianweiProgrammes, database).journal);
    for event_type in OF_PROGRAMMES {
        let mut db = Tables::of(&journal);
        let at = db.number(&format!("SELECT max(position) FROM event WHERE type = '{event_type}'"));
        let payload = db.payload(at);
        one_digit(&mut db, at);
        drop(db);
        let report = run(&journal, &["verify", "--json"]).expect(1).json();
        assert_eq!(first_bad(&report), at, "{event_type}: {report:?}");
        Tables::of(&journal).set_payload(at, &payload);
    }
    run(&journal, &["verify"]).expect(0);
}

/// With the event's own hash made to fit, the books find it all the same, at the event and in words.
fn whatever_is_forged_in_the_programmes_is_found_by_the_books(database: Database) {
    let journal = copy_of(&imported(Pack::QianweiProgrammes, database).journal);
    let exported = run(&journal, &["export", "--format", "jsonl"]).expect(0);
    let lines: Vec<String> = exported.text().lines().map(str::to_owned).collect();
    for forgery in &FORGERIES {
        let (at, told) = forgery.told(&lines);
        let mut db = Tables::of(&journal);
        let (payload, leaf) = (db.payload(at), db.bytes(&format!("SELECT leaf FROM event WHERE position = {at}")));
        db.set_payload(at, told["payload"].as_str().expect("text").as_bytes());
        db.set("event", "leaf", "position", &[(at, leaf_of(&told).as_bytes().to_vec())]);
        drop(db);
        let report = run(&journal, &["verify", "--json"]).expect(1).json();
        assert_eq!(first_bad(&report), at, "{}: {report:?}", forgery.what);
        assert!(report.get("reason").text().contains(forgery.why), "{}: {report:?}", forgery.what);
        let mut db = Tables::of(&journal);
        db.set_payload(at, &payload);
        db.set("event", "leaf", "position", &[(at, leaf)]);
    }
    run(&journal, &["verify"]).expect(0);
}

/// Makes a test of each function for both databases.
macro_rules! in_either_database {
    ($($test:ident;)*) => {
        mod on_sqlite { $(
            #[test]
            fn $test() {
                super::$test(crate::journals::Database::Sqlite);
            }
        )* }
        mod on_postgres { $(
            #[test]
            fn $test() {
                super::$test(crate::journals::Database::Postgres);
            }
        )* }
    };
}

in_either_database! {
    a_journal_that_nobody_touched_is_valid;
    whatever_was_changed_in_the_middle_is_found_at_its_position;
    of_two_changes_the_first_is_named_though_the_second_cannot_be_read;
    a_removed_tail_is_found;
    a_changed_root_and_a_changed_head_are_found;
    an_event_added_behind_the_head_is_found;
    whatever_is_changed_in_an_event_of_the_programmes_is_found_at_its_position;
    whatever_is_forged_in_the_programmes_is_found_by_the_books;
}

/// A listing's limit lowered after the fact, or a redemption that says it was of more units at a lower price: with every
/// hash made to fit, the books still find the redemption that passes the yearly limit.
#[test]
fn a_yearly_limit_passed_is_found_though_everything_was_hashed_anew() {
    let pack = SmallPack::new();
    pack.write("兑换目录.csv", ITEMS.replace("M01,\n", "M01,2\n"));
    pack.append("兑换流水-2024-01.csv", "LS02,W001,S01,SW01,1,2024-01-07 10:00:00\n");
    let journal = fresh(Database::Sqlite);
    import(&journal, pack.folder(), 0, &[]);
    run(&journal, &["verify"]).expect(0);
    let clean = Opened::read(&bundle(&journal, &[], &[]));
    let second = |event_type: &str, key: &str| {
        let query = format!("SELECT max(position) FROM event WHERE type = '{event_type}' AND key LIKE '{key}'");
        Tables::of(&journal).number(&query)
    };
    let redeemed = second("Redeemed", "LS02");
    let forgeries = [
        (second("ItemListed", "%"), "\"limit_per_worker_year\":2", "\"limit_per_worker_year\":1"),
        (redeemed, "\"price\":2000,\"quantity\":1", "\"price\":1000,\"quantity\":2"),
    ];
    for (at, said, forged) in forgeries {
        let copy = copy_of(&journal);
        let mut db = Tables::of(&copy);
        let payload = String::from_utf8(db.payload(at)).expect("text");
        let changed = payload.replace(said, forged);
        assert_ne!(changed, payload, "{said}");
        db.set_payload(at, changed.as_bytes());
        drop(db);
        rehash(&copy);
        let report = run(&copy, &["verify", "--json"]).expect(1).json();
        assert_eq!(report.get("first_bad_position").count(), redeemed, "{forged}: {report:?}");
        assert!(report.get("reason").text().contains("of SW01 in 2024, the limit is "), "{report:?}");

        let mut bundle = clean.clone();
        bundle.set(at, "payload", |payload| payload.replace(said, forged).into());
        let lines = bundle.lines().into_iter().map(|line| {
            let mut event: serde_json::Value = serde_json::from_str(&line).expect("a line");
            event["leaf"] = leaf_of(&event).to_string().into();
            written(&event)
        });
        bundle.set_lines(&lines.collect::<Vec<_>>());
        let report = verify(&bundle.write(), &[]).expect(1).json();
        assert_eq!(report.get("first_bad_position").count(), redeemed, "{forged}: {report:?}");
        assert!(report.get("reason").text().contains("of SW01 in 2024, the limit is "), "{report:?}");
    }
}
