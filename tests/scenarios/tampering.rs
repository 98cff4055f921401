//! `verify` on copies of a journal's file that somebody changed behind the program's back: whatever was altered, removed,
//! inserted or reordered, it exits with 1 and names the first position that cannot be believed.

use rusqlite::Connection;

use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, file_of, fresh};
use crate::program::{import, run};
use crate::small_pack::{ITEMS, SmallPack};
use crate::surgery::{Opened, bundle, leaf_of, rehash, verify, written};

/// A change to a journal's tables around a position in the middle.
struct Tampering {
    what: &'static str,
    change: fn(&Connection, u64) -> rusqlite::Result<usize>,
}

const TAMPERINGS: &[Tampering] = &[
    Tampering { what: "one byte of a payload", change: one_byte },
    Tampering {
        what: "an event's type",
        change: |db, at| db.execute("UPDATE event SET type = (SELECT max(type) FROM event) WHERE position = ?1", [at]),
    },
    Tampering {
        what: "an event in the middle removed",
        change: |db, at| db.execute("DELETE FROM event WHERE position = ?1", [at]),
    },
    Tampering {
        what: "what a command says of itself removed",
        change: |db, at| db.execute("UPDATE event SET key = NULL, actor = NULL WHERE position = ?1", [at]),
    },
    Tampering { what: "two events swapped", change: swapped },
    Tampering {
        what: "when it was recorded",
        change: |db, at| db.execute("UPDATE event SET recorded_at = recorded_at + 1 WHERE position = ?1", [at]),
    },
    Tampering {
        what: "the key",
        change: |db, at| db.execute("UPDATE event SET key = key || 'x' WHERE position = ?1", [at]),
    },
    Tampering {
        what: "who did it",
        change: |db, at| db.execute("UPDATE event SET actor = 'somebody' WHERE position = ?1", [at]),
    },
    Tampering {
        what: "the fingerprint",
        change: |db, at| {
            db.execute("UPDATE event SET fingerprint = zeroblob(length(fingerprint)) WHERE position = ?1", [at])
        },
    },
    Tampering {
        what: "the sequence within an aggregate",
        change: |db, at| db.execute("UPDATE event SET sequence = sequence + 100000 WHERE position = ?1", [at]),
    },
];

fn one_byte(db: &Connection, at: u64) -> rusqlite::Result<usize> {
    let mut payload: Vec<u8> = db.query_row("SELECT payload FROM event WHERE position = ?1", [at], |row| row.get(0))?;
    let digit = payload.iter().rposition(u8::is_ascii_digit).expect("a payload has a digit");
    payload[digit] = if payload[digit] == b'9' { b'8' } else { payload[digit] + 1 };
    db.execute("UPDATE event SET payload = ?1 WHERE position = ?2", (payload, at))
}

/// Exchanges what two neighbours say and leaves their positions.
fn swapped(db: &Connection, at: u64) -> rusqlite::Result<usize> {
    db.execute("UPDATE event SET position = -1 WHERE position = ?1", [at])?;
    db.execute("UPDATE event SET position = ?1 WHERE position = ?1 + 1", [at])?;
    db.execute("UPDATE event SET position = ?1 + 1 WHERE position = -1", [at])
}

/// A journal of the district with a change made; gives it and the positions of the batch around the changed one. A root
/// is recorded for every batch, so that a change which only the root shows can be told to the batch.
fn tampered(position: u64, change: fn(&Connection, u64) -> rusqlite::Result<usize>) -> (String, [u64; 2]) {
    let journal = copy_of(&imported(Pack::Qianwei, Database::Sqlite).journal);
    let db = Connection::open(file_of(&journal)).expect("a journal is a database");
    let before = "SELECT coalesce(max(size), 0) + 1 FROM root WHERE size < ?1";
    let through = "SELECT min(size) FROM root WHERE size >= ?1";
    let batch = [before, through].map(|query| db.query_row(query, [position], |row| row.get(0)).expect("a root"));
    let changed = change(&db, position).expect("a change");
    assert!(changed > 0, "nothing was changed");
    db.close().expect("the file is closed");
    (journal, batch)
}

/// A position in the middle at which a command of a single event begins, followed by another such command.
fn middle() -> u64 {
    let journal = &imported(Pack::Qianwei, Database::Sqlite).journal;
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(file_of(journal), flags).expect("a journal is a database");
    db.query_row(
        "SELECT min(a.position) FROM event a JOIN event b ON b.position = a.position + 1
         WHERE a.count = 1 AND b.count = 1 AND a.position > (SELECT position / 2 FROM head)",
        [],
        |row| row.get(0),
    )
    .expect("there are such commands")
}

#[test]
fn a_journal_that_nobody_touched_is_valid() {
    let imported = imported(Pack::Qianwei, Database::Sqlite);
    let report = run(&imported.journal, &["verify", "--json"]).expect(0).json();
    assert_eq!(report.get("verdict").text(), "valid");
    assert_eq!(report.get("size").text(), imported.state.get("position").text());
    // The same rows in the other database are other commands at other times, but as valid.
    run(&crate::imported::imported(Pack::Qianwei, Database::Postgres).journal, &["verify"]).expect(0);
}

#[test]
fn whatever_was_changed_in_the_middle_is_found_with_its_position() {
    let at = middle();
    for Tampering { what, change } in TAMPERINGS {
        let (journal, [first, last]) = tampered(at, *change);
        let report = run(&journal, &["verify", "--json"]).expect(1).json();
        assert_eq!(report.get("verdict").text(), "invalid", "{what}: {report:?}");
        let named = report.get("first_bad_position").count();
        assert!((first..=last).contains(&named), "{what} at {at}: {named} is named, not one of {first} to {last}");
        let said = run(&journal, &["verify"]).expect(1);
        assert!(said.text().contains(&named.to_string()), "{what}: {}", said.text());
    }
}

/// What is changed stands before what cannot be read at all, in the same page: it is named all the same.
#[test]
fn of_two_changes_the_first_is_named_though_the_second_cannot_be_read() {
    let (journal, _) = tampered(middle(), |db, at| {
        db.execute("UPDATE event SET key = NULL, actor = NULL WHERE position = ?1 + 1", [at])?;
        one_byte(db, at)
    });
    let report = run(&journal, &["verify", "--json"]).expect(1).json();
    assert_eq!(report.get("first_bad_position").count(), middle(), "{report:?}");
    let (journal, _) = tampered(middle(), |db, at| {
        one_byte(db, at + 1)?;
        db.execute("DELETE FROM event WHERE position = ?1", [at])
    });
    let report = run(&journal, &["verify", "--json"]).expect(1).json();
    assert_eq!(report.get("first_bad_position").count(), middle(), "{report:?}");
}

#[test]
fn a_removed_tail_is_found() {
    let (journal, _) = tampered(middle(), |db, at| db.execute("DELETE FROM event WHERE position > ?1", [at]));
    let report = run(&journal, &["verify", "--json"]).expect(1).json();
    assert_eq!(report.get("first_bad_position").count(), middle() + 1);
}

#[test]
fn a_changed_root_and_a_changed_head_are_found() {
    let changes: [fn(&Connection, u64) -> rusqlite::Result<usize>; 4] = [
        |db, at| {
            db.execute(
                "UPDATE root SET root = zeroblob(32) WHERE size = (SELECT min(size) FROM root WHERE size >= ?1)",
                [at],
            )
        },
        |db, at| db.execute("DELETE FROM root WHERE size > ?1", [at]),
        |db, _| db.execute("UPDATE head SET frontier = zeroblob(length(frontier))", []),
        |db, _| db.execute("UPDATE head SET position = position + 1", []),
    ];
    for change in changes {
        let (journal, _) = tampered(middle(), change);
        let report = run(&journal, &["verify", "--json"]).expect(1).json();
        assert_eq!(report.get("verdict").text(), "invalid");
        assert!(report.get("first_bad_position").count() > 0);
    }
}

#[test]
fn an_event_added_behind_the_head_is_found() {
    let (journal, _) = tampered(middle(), |db, at| {
        db.execute(
            "INSERT INTO event SELECT (SELECT position + 1 FROM head), 0, stream_no, sequence + 100000, type, payload, leaf,
                                      1, 'forged', fingerprint, actor, recorded_at
             FROM event WHERE position = ?1",
            [at],
        )
    });
    let report = run(&journal, &["verify", "--json"]).expect(1).json();
    let head = imported(Pack::Qianwei, Database::Sqlite).state.get("position").count();
    assert_eq!(report.get("first_bad_position").count(), head + 1);
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
        let db = Connection::open(file_of(&journal)).expect("a journal is a database");
        let query = "SELECT max(position) FROM event WHERE type = ?1 AND (key = ?2 OR ?2 = '')";
        db.query_row(query, [event_type, key], |row| row.get::<_, u64>(0)).expect("an event")
    };
    let redeemed = second("Redeemed", "LS02");
    let forgeries = [
        (second("ItemListed", ""), "\"limit_per_worker_year\":2", "\"limit_per_worker_year\":1"),
        (redeemed, "\"price\":2000,\"quantity\":1", "\"price\":1000,\"quantity\":2"),
    ];
    for (at, said, forged) in forgeries {
        let copy = copy_of(&journal);
        let db = Connection::open(file_of(&copy)).expect("a journal is a database");
        let change = "UPDATE event SET payload = CAST(replace(CAST(payload AS TEXT), ?2, ?3) AS BLOB)
                      WHERE position = ?1 AND instr(CAST(payload AS TEXT), ?2) > 0";
        assert_eq!(db.execute(change, (at, said, forged)).expect("a change"), 1, "{said}");
        db.close().expect("the file is closed");
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
