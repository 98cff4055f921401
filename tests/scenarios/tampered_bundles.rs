//! The tamper matrix on a copy of a real journal and on a bundle of it: sixteen ways to lie, each with every hash made to
//! fit that a forger without the office's key can make fit. All are caught with a position and a verdict.

use ledger_core::evidence::note::SignedNote;
use serde_json::{Value, json};
use std::path::PathBuf;

use crate::changes::{Change, FORGERIES, IN_PLACE};
use crate::exact::Exact;
use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, fresh};
use crate::program::{import, position, run, utf8};
use crate::small_pack::SmallPack;
use crate::surgery::{
    Opened, bundle, checkpoints, in_file, key, leaf_of, origin_of, rehash, verify, with_edited_root, written,
};
use crate::tables::Tables;

/// What the auditor knows: the office's key and its published checkpoints.
struct Office {
    journal: &'static str,
    vkey: String,
    notes: Vec<(u64, SignedNote)>,
    /// A position in the middle at which a command of a single event begins, followed by another such command.
    at: u64,
}

fn office(database: Database) -> Office {
    let journal = imported(Pack::Qianwei, database).journal.as_str();
    let signer = key(&origin_of(journal), 1);
    let at = Tables::of(journal).middle();
    Office { journal, vkey: signer.public().to_string(), notes: checkpoints(journal, &signer), at }
}

impl Office {
    fn last(&self) -> &(u64, SignedNote) {
        self.notes.last().expect("checkpoints")
    }

    /// The auditor's look at a journal, with the last checkpoint in hand.
    fn look(&self, journal: &str) -> Exact {
        self.look_with(journal, &self.last().1)
    }

    fn look_with(&self, journal: &str, note: &SignedNote) -> Exact {
        let file = in_file(note);
        let args = ["verify", "--json", "--journal-only", "--checkpoint", utf8(&file), "--key", &self.vkey];
        run(journal, &args).expect(1).json()
    }

    /// The auditor's look at a bundle.
    fn open(&self, bundle: Opened) -> Exact {
        verify(&bundle.write(), &["--key", &self.vkey]).expect(1).json()
    }

    /// The interval between two checkpoints in which a position stands.
    fn between(&self, position: u64) -> (u64, u64) {
        let before = self.notes.iter().map(|(size, _)| *size).filter(|size| *size < position).max().unwrap_or(0);
        let after = self.notes.iter().map(|(size, _)| *size).find(|size| *size >= position).expect("it is signed");
        (before + 1, after)
    }
}

#[track_caller]
fn caught(what: &str, report: &Exact, (from, to): (u64, u64)) {
    assert_eq!(report.get("verdict").text(), "invalid", "{what}: {report:?}");
    let position = report.get("first_bad_position").text();
    let position: u64 = position.parse().unwrap_or_else(|_| panic!("{what}: no position in {report:?}"));
    assert!((from..=to).contains(&position), "{what}: {position} is named, not one of {from} to {to}: {report:?}");
    assert!(report.get("reason").text().len() > 10, "{what} says why");
}

fn changed(journal: &str, at: u64, make: fn(&mut Tables, u64) -> u64) -> String {
    let copy = copy_of(journal);
    assert!(make(&mut Tables::of(&copy), at) > 0, "nothing was changed");
    copy
}

/// The journal with one word of a payload changed, and every hash in it made to fit.
fn forged(office: &Office) -> (String, u64) {
    let copy = copy_of(office.journal);
    let mut db = Tables::of(&copy);
    let at = db.number(
        "SELECT min(position) FROM event WHERE type = 'Redeemed' AND position > (SELECT position / 2 FROM head)",
    );
    let payload = String::from_utf8(db.payload(at)).expect("text");
    let changed = payload.replacen("\"kind\":\"", "\"kind\":\"改", 1);
    assert_ne!(changed, payload);
    db.set_payload(at, changed.as_bytes());
    drop(db);
    rehash(&copy);
    run(&copy, &["verify", "--journal-only"]).expect(0);
    (copy, at)
}

/// An older state of the journal, sound in itself.
fn older(office: &Office) -> (String, u64) {
    let copy = copy_of(office.journal);
    let mut db = Tables::of(&copy);
    let size = db.number("SELECT max(size) FROM root WHERE size < (SELECT position * 9 / 10 FROM head)");
    db.run(&format!("DELETE FROM event WHERE position > {size}"));
    db.run(&format!("DELETE FROM root WHERE size > {size}"));
    db.run(&format!("UPDATE head SET position = {size}"));
    if matches!(db, Tables::Postgres(..)) {
        db.run("DELETE FROM stream_part");
        db.run("UPDATE stream_index SET position = 0");
    }
    drop(db);
    rehash(&copy);
    run(&copy, &["verify", "--journal-only"]).expect(0);
    (copy, size)
}

#[test]
fn sixteen_of_sixteen_are_caught_in_a_journal_on_sqlite() {
    sixteen_of_sixteen_are_caught_in_a_journal(Database::Sqlite);
}

#[test]
fn sixteen_of_sixteen_are_caught_in_a_journal_on_postgres() {
    sixteen_of_sixteen_are_caught_in_a_journal(Database::Postgres);
}

fn sixteen_of_sixteen_are_caught_in_a_journal(database: Database) {
    let office = office(database);
    let at = office.at;
    let mut count = 0;
    let mut check = |what: &str, report: &Exact, place: (u64, u64)| {
        caught(what, report, place);
        count += 1;
    };
    for Change { what, make } in &IN_PLACE {
        check(what, &office.look(&changed(office.journal, at, *make)), (at, at));
    }
    let cut = changed(office.journal, at, |db, at| db.run(&format!("DELETE FROM event WHERE position > {at}")));
    check("tail cut", &office.look(&cut), (at + 1, at + 1));
    let (rehashed, edited) = forged(&office);
    check("edited and re-hashed", &office.look(&rehashed), (edited, office.last().0));
    let (backup, size) = older(&office);
    check("older backup put back", &office.look(&backup), (size + 1, size + 1));
    // The office signs both: what one auditor was shown does not hold for what the other has.
    let signer = key(&origin_of(office.journal), 1);
    let fork = checkpoints(&rehashed, &signer);
    let note = &fork.last().expect("checkpoints").1;
    check("two forks", &office.look_with(office.journal, note), (edited, office.last().0));
    let other = fresh(database);
    import(&other, SmallPack::new().folder(), 0, &[]);
    check("another journal's file", &office.look(&other), (1, office.last().0));
    let imposter = checkpoints(office.journal, &key(&origin_of(office.journal), 2));
    check("wrong key", &office.look_with(office.journal, &imposter[0].1), (1, imposter[0].0));
    let (size, note) = office.last();
    check("edited root", &office.look_with(office.journal, &parsed(&with_edited_root(&note.to_string()))), (1, *size));
    assert_eq!(count, 16);
}

fn parsed(note: &str) -> SignedNote {
    SignedNote::parse(note.as_bytes()).expect("a note")
}

/// An event's line, changed.
fn line(bundle: &mut Opened, at: u64, change: impl FnOnce(&mut Value)) {
    let mut lines = bundle.lines();
    let line = &mut lines[usize::try_from(at).expect("small") - 1];
    let mut event: Value = serde_json::from_str(line).expect("a line");
    change(&mut event);
    *line = written(&event);
    bundle.set_lines(&lines);
}

/// Numbers the lines anew from a position on.
fn renumber(lines: &mut [String], from: u64) {
    for (position, line) in (from..).zip(lines.iter_mut().skip(usize::try_from(from).expect("small") - 1)) {
        let mut event: Value = serde_json::from_str(line).expect("a line");
        event["position"] = json!(position);
        *line = written(&event);
    }
}

#[test]
fn sixteen_of_sixteen_are_caught_in_a_bundle() {
    let office = office(Database::Sqlite);
    let at = office.at;
    let index = usize::try_from(at).expect("small") - 1;
    let path = bundle(office.journal, &office.notes, &[]);
    verify(&path, &["--key", &office.vkey]).expect(0);
    let clean = Opened::read(&path);
    let mut count = 0;
    let mut check = |what: &str, report: &Exact, place: (u64, u64)| {
        caught(what, report, place);
        count += 1;
    };
    let here = (at, at);

    let mut one = clean.clone();
    line(&mut one, at, |event| {
        let mut payload: Value = serde_json::from_str(event["payload"].as_str().expect("text")).expect("JSON");
        payload["worker"] = json!("QW-000002");
        event["payload"] = json!(payload.to_string());
    });
    check("payload", &office.open(one), here);
    for (what, field, value) in [
        ("metadata", "actor", json!("somebody")),
        ("time", "recorded_at", json!("2099-01-01T00:00:00.000000+08:00")),
        ("key", "key", json!("another")),
    ] {
        let mut one = clean.clone();
        line(&mut one, at, |event| event[field] = value);
        check(what, &office.open(one), here);
    }
    let edited = |edit: &dyn Fn(&mut Vec<String>)| {
        let mut one = clean.clone();
        let mut lines = one.lines();
        edit(&mut lines);
        one.set_lines(&lines);
        one
    };
    check("middle event deleted", &office.open(edited(&|lines| drop(lines.remove(index)))), here);
    let size = position(office.journal);
    let tail = edited(&|lines| lines.truncate(lines.len() - 10));
    check("tail cut", &office.open(tail), (size - 9, size - 9));
    check("swapped", &office.open(edited(&|lines| lines.swap(index, index + 1))), here);
    let inserted = edited(&|lines| {
        let mut event: Value = serde_json::from_str(&lines[index]).expect("a line");
        event["key"] = json!("forged");
        lines.insert(index, written(&event));
        renumber(lines, at + 1);
    });
    check("inserted", &office.open(inserted), here);
    let renumbered = edited(&|lines| {
        lines.remove(index);
        renumber(lines, at);
    });
    check("renumbered", &office.open(renumbered), here);
    let glued = edited(&|lines| {
        let next = lines.remove(index + 1);
        lines[index].push_str(&next);
    });
    check("two records glued", &office.open(glued), here);

    // A forger who makes everything fit but cannot sign: the real checkpoints with the forged journal.
    let (rehashed, forged_at) = forged(&office);
    let mut one = Opened::read(&bundle(&rehashed, &[], &[]));
    let signed = clean.0.iter().filter(|(name, _)| name.starts_with("checkpoints/"));
    one.0.extend(signed.map(|(name, note)| (name.clone(), note.clone())));
    check("edited and re-hashed", &office.open(one), office.between(forged_at));

    // Sound and signed, but shorter than what the auditor has seen.
    let (backup, size) = older(&office);
    let fitting: Vec<_> = office.notes.iter().filter(|(signed, _)| *signed <= size).cloned().collect();
    let old = bundle(&backup, &fitting, &[]);
    verify(&old, &["--key", &office.vkey]).expect(0);
    let kept = in_file(&office.last().1);
    let report = verify(&old, &["--key", &office.vkey, "--checkpoint", utf8(&kept)]).expect(1).json();
    check("older backup put back", &report, (size + 1, size + 1));

    let signer = key(&origin_of(office.journal), 1);
    let forks = checkpoints(&rehashed, &signer);
    let fork = bundle(&rehashed, &forks, &[]);
    verify(&fork, &["--key", &office.vkey]).expect(0);
    let report = verify(&fork, &["--key", &office.vkey, "--checkpoint", utf8(&kept)]).expect(1).json();
    check("two forks", &report, (1, office.last().0));

    let other = fresh(Database::Sqlite);
    import(&other, SmallPack::new().folder(), 0, &[]);
    let other = Opened::read(&bundle(&other, &[], &[]));
    let report = verify(&other.clone().write(), &["--key", &office.vkey]).expect(1).json();
    check("another journal's file", &report, (1, 1));
    let mut mixed = clean.clone();
    mixed.0.insert("events.jsonl".into(), other.0["events.jsonl"].clone());
    caught("another journal's events", &office.open(mixed), (1, 1));

    let imposter = checkpoints(office.journal, &key(&origin_of(office.journal), 2));
    check(
        "wrong key",
        &verify(&bundle(office.journal, &imposter, &[]), &["--key", &office.vkey]).expect(1).json(),
        (1, 1),
    );

    let (size, note) = office.last();
    let mut one = clean.clone();
    one.0.insert(format!("checkpoints/{size}.txt"), with_edited_root(&note.to_string()).into_bytes());
    check("edited root", &office.open(one), office.between(*size));
    assert_eq!(count, 16);

    // Leaves made to fit as well: the root does not, whichever file the forger leaves or makes anew.
    let mut one = clean.clone();
    line(&mut one, at, |event| {
        event["actor"] = json!("somebody");
        event["leaf"] = json!(leaf_of(event).to_string());
    });
    caught("a leaf made to fit", &office.open(one), office.between(at));
    // A tail cut, and everything the manifest says made to fit.
    let short = bundle(office.journal, &[], &["--at", &at.to_string()]);
    let mut one = Opened::read(&short);
    one.0.extend(
        clean.0.iter().filter(|(name, _)| name.starts_with("checkpoints/")).map(|(a, b)| (a.clone(), b.clone())),
    );
    caught("tail cut and made to fit", &office.open(one), (at + 1, at + 1));
}

/// A lie about the programmes, with the event's own hash made to fit, is found by the books without any journal.
#[test]
fn whatever_is_forged_in_the_programmes_is_found_in_a_bundle() {
    let clean = Opened::read(&bundle(&imported(Pack::QianweiProgrammes, Database::Sqlite).journal, &[], &[]));
    let lines = clean.lines();
    for forgery in &FORGERIES {
        let (at, told) = forgery.told(&lines);
        let mut forged = lines.clone();
        forged[usize::try_from(at).expect("small") - 1] = written(&told);
        let mut one = clean.clone();
        one.set_lines(&forged);
        let report = verify(&one.write(), &[]).expect(1).json();
        caught(forgery.what, &report, (at, at));
        assert!(report.get("reason").text().contains(forgery.why), "{}: {report:?}", forgery.what);
    }
}

/// Where a bundle is kept does not matter, nor what it is called.
#[test]
fn a_bundle_is_judged_without_any_journal() {
    let office = office(Database::Sqlite);
    let path: PathBuf = bundle(office.journal, &office.notes, &[]);
    let moved = path.with_file_name("证据.zip");
    std::fs::rename(&path, &moved).expect("it is moved");
    verify(&moved, &["--key", &office.vkey]).expect(0);
}
