//! `bundle` and `verify --bundle`: the four verdicts, what bundles of a part show, and what strangers' tools find.

use std::io::Write;
use std::path::PathBuf;

use ledger_core::domain::card::CardEvent;
use nuanxin_tests::{outside, scratch_dir};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, fresh};
use crate::program::{import, position, run, utf8};
use crate::small_pack::SmallPack;
use crate::surgery::{Opened, bundle, checkpoints, key, origin_of, verify};

fn qianwei() -> &'static str {
    &imported(Pack::Qianwei, Database::Sqlite).journal
}

fn small() -> String {
    let journal = fresh(Database::Sqlite);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    journal
}

#[test]
fn the_four_verdicts_have_each_their_exit_code() {
    let journal = qianwei();
    let signer = key(&origin_of(journal), 1);
    let vkey = signer.public().to_string();
    let notes = checkpoints(journal, &signer);
    let signed = bundle(journal, &notes, &[]);
    let report = verify(&signed, &["--key", &vkey]).expect(0).json();
    assert_eq!(report.get("verdict").text(), "valid");
    assert_eq!(report.get("events").count(), position(journal));
    assert_eq!(report.get("signed_size").count(), position(journal));

    let unsigned = bundle(journal, &[], &[]);
    for (bundle, more, code) in [(&unsigned, vec!["--key", &vkey], 3), (&unsigned, vec![], 0), (&signed, vec![], 0)] {
        let report = verify(bundle, &more).expect(code).json();
        assert_eq!(report.get("verdict").text(), "nothing signed yet");
        assert_eq!(report.get("events").count(), position(journal));
    }

    let mut changed = Opened::read(&signed);
    changed.set(7, "actor", |_| json!("somebody"));
    let report = verify(&changed.write(), &["--key", &vkey]).expect(1).json();
    assert_eq!((report.get("verdict").text(), report.get("first_bad_position").count()), ("invalid", 7));

    let nothing = scratch_dir("bundle").join("bundle.zip");
    std::fs::write(&nothing, "no zip at all").expect("a file");
    assert_eq!(verify(&nothing, &[]).expect(2).json().get("verdict").text(), "unreadable");
}

#[test]
fn published_checkpoints_go_in_by_themselves() {
    let journal = small();
    run(&journal, &["key", "generate"]).expect(0);
    run(&journal, &["checkpoint"]).expect(0);
    let keys = run(&journal, &["key", "show"]).expect(0);
    let vkey = keys.text().lines().next_back().expect("a key").to_owned();
    for more in [vec![], vec!["--worker", "W001"], vec!["--period", "2024-01"]] {
        let report = verify(&bundle(&journal, &[], &more), &["--key", &vkey]).expect(0).json();
        assert_eq!(report.get("verdict").text(), "valid", "{more:?}");
        assert_eq!(report.get("signed_size").count(), position(&journal), "{more:?}");
    }
}

#[test]
fn a_part_that_is_not_signed_yet_is_told() {
    let journal = qianwei();
    let signer = key(&origin_of(journal), 1);
    let notes = checkpoints(journal, &signer);
    let report = verify(&bundle(journal, &notes[..1], &[]), &["--key", &signer.public().to_string()]).expect(0).json();
    assert_eq!(report.get("signed_size").count(), notes[0].0);
    assert_eq!(report.get("size").count(), position(journal));
}

#[test]
fn a_bundle_of_a_range_says_how_far_the_journal_was_signed() {
    let journal = qianwei();
    let signer = key(&origin_of(journal), 1);
    let notes = checkpoints(journal, &signer);
    let last = notes.last().expect("a checkpoint").0;
    let vkey = signer.public().to_string();
    for more in
        [vec!["--from", "20", "--to", "30"], vec!["--to", "30"], vec!["--from", "20"], vec!["--period", "2023-06"]]
    {
        let report = verify(&bundle(journal, &notes, &more), &["--key", &vkey]).expect(0).json();
        assert_eq!(report.get("verdict").text(), "valid", "{more:?}");
        assert_eq!(report.get("signed_size").count(), last, "{more:?}");
    }
}

#[test]
fn the_same_journal_at_the_same_position_gives_the_same_bytes() {
    let journal = qianwei();
    let half = (position(journal) / 2).to_string();
    for more in [vec![], vec!["--at", &half], vec!["--worker", "QW-000002"], vec!["--period", "2023-Q2"]] {
        let twice = [(); 2].map(|()| std::fs::read(bundle(journal, &[], &more)).expect("a bundle"));
        assert!(twice[0] == twice[1], "{more:?}");
    }
}

#[test]
fn a_period_shows_its_events_and_proves_that_they_stand_in_the_log() {
    let journal = qianwei();
    let signer = key(&origin_of(journal), 1);
    let vkey = signer.public().to_string();
    let notes = checkpoints(journal, &signer);
    let path = bundle(journal, &notes, &["--period", "2023-06"]);
    let report = verify(&path, &["--key", &vkey]).expect(0).json();
    let (from, to) = (report.get("scope").get("from").count(), report.get("scope").get("to").count());
    assert!(from > 1 && to < position(journal) && report.get("events").count() > to - from);

    let opened = Opened::read(&path);
    assert!(opened.lines().iter().filter(|line| line.contains("\"at\\\":\\\"2023-06")).count() > 100);
    // One event of it hidden instead of given.
    let mut less = opened.clone();
    let lines = less.lines();
    less.set_lines(&[&lines[..lines.len() - 1]].concat());
    let report = verify(&less.write(), &["--key", &vkey]).expect(1).json();
    assert_eq!(report.get("first_bad_position").count(), to);
    // A subtree of what is hidden exchanged.
    let mut other = opened;
    let nodes = String::from_utf8(other.0["nodes.jsonl"].clone()).expect("text");
    let mut nodes: Vec<String> = nodes.lines().map(str::to_owned).collect();
    let mut node: Value = serde_json::from_str(&nodes[0]).expect("a node");
    node["hash"] = json!("00".repeat(32));
    nodes[0] = node.to_string();
    other.0.insert("nodes.jsonl".into(), nodes.iter().map(|node| format!("{node}\n")).collect::<String>().into());
    verify(&other.write(), &["--key", &vkey]).expect(1);
}

#[test]
fn a_worker_has_all_that_is_theirs_and_nothing_of_others() {
    let journal = qianwei();
    let path = bundle(journal, &[], &["--worker", "QW-000002"]);
    let report = verify(&path, &[]).expect(0).json();
    let opened = Opened::read(&path);
    let whole = verify(&bundle(journal, &[], &[]), &[]).expect(0).json();
    // What the worker's bundle rests on is what any bundle of the whole journal comes to.
    assert_eq!(report.get("streams_root"), whole.get("streams_root"));
    let lines = opened.lines();
    let own = lines.iter().filter(|line| line.contains("\\\"worker\\\":\\\"QW-000002\\\"")).count();
    let all = Opened::read(&bundle(journal, &[], &[]));
    // The number of a card is a stream of its own, though it names the holder.
    let of_card = |line: &&String| CardEvent::TYPES.iter().any(|card| line.contains(&format!("\"type\":\"{card}\"")));
    let named = |line: &&String| line.contains("\\\"worker\\\":\\\"QW-000002\\\"");
    assert_eq!(own, all.lines().iter().filter(named).filter(|line| !of_card(line)).count());
    assert!(own > 3 && !lines.iter().any(|line| line.contains("QW-000003")));

    // The last event of the worker left out, and hidden as if it were somebody else's.
    let at: Value = serde_json::from_str(lines.last().expect("a line")).expect("a line");
    let shown = at["position"].as_u64().expect("a position");
    let journal_without = bundle(journal, &[], &["--worker", "QW-000002", "--at", &(shown - 1).to_string()]);
    let mut less = Opened::read(&journal_without);
    let honest = opened.manifest();
    less.set_manifest(|manifest| {
        for field in ["stream", "streams", "streams_root"] {
            manifest[field] = honest[field].clone();
        }
    });
    let report = verify(&less.write(), &[]).expect(1).json();
    assert!(report.get("reason").text().contains("not all that the worker has"), "{report:?}");
}

/// A journal whose keys are at hand signs who has which entries, and with it that nothing of a worker is missing.
#[test]
fn that_nothing_of_a_worker_is_missing_is_signed() {
    let journal = copy_of(qianwei());
    let made = run(&journal, &["key", "generate"]).expect(0).text().to_owned();
    let vkey = made.lines().find(|line| line.contains('+')).expect("a verifier key").to_owned();
    let path = bundle(&journal, &[], &["--worker", "QW-000002"]);
    let report = verify(&path, &["--key", &vkey]).expect(0).json();
    assert_eq!((report.get("verdict").text(), report.get("streams_signed").text()), ("valid", "true"), "{report:?}");

    // Without the worker's last event, the streams are not those that were signed.
    let mut less = Opened::read(&path);
    let lines = less.lines();
    less.set_lines(&lines[..lines.len() - 1]);
    verify(&less.write(), &["--key", &vkey]).expect(1);
}

#[test]
fn duckdb_recomputes_leaves_and_root_from_the_bundle_alone() {
    let journal = qianwei();
    let opened = Opened::read(&bundle(journal, &[], &[]));
    let folder = scratch_dir("duckdb");
    for (name, content) in &opened.0 {
        std::fs::create_dir_all(folder.join(name).parent().expect("a folder")).expect("a folder");
        std::fs::write(folder.join(name), content).expect("a file");
    }
    // The statements are those that the README in the bundle gives.
    let readme = String::from_utf8(opened.0["README.md"].clone()).expect("text");
    let statements: Vec<&str> = readme.split("```sql\n").skip(1).filter_map(|part| part.split("```").next()).collect();
    let (events, zero) = (statements[0], statements[1]);
    assert_eq!(outside::duckdb(&folder, events), opened.manifest()["root"].as_str().expect("a root"));
    let leaves = events.split("WITH RECURSIVE").next().expect("statements");
    assert_eq!(outside::duckdb(&folder, leaves), "0\tNone", "none is altered");
    assert_eq!(outside::duckdb(&folder, zero), "0.00");

    let mut changed = opened.clone();
    changed.set(500, "key", |key| json!(format!("{key}x")));
    std::fs::write(folder.join("events.jsonl"), &changed.0["events.jsonl"]).expect("a file");
    assert_eq!(outside::duckdb(&folder, leaves), "1\t500");
}

#[test]
fn every_other_file_must_follow_from_the_events() {
    let journal = small();
    let opened = Opened::read(&bundle(&journal, &[], &[]));
    let text = |name: &str| String::from_utf8(opened.0[name].clone()).expect("text");
    let changes = [
        ("postings.csv", text("postings.csv").replacen(",20,", ",21,", 1)),
        ("postings.csv", format!("{}9,2024-01-01,Redeemed,发放:X,1,,k\r\n", text("postings.csv"))),
        ("journal.hledger", text("journal.hledger").replacen("20 PTS", "21 PTS", 1)),
        ("journal.hledger", text("journal.hledger").replacen("1000.", "1000.00", 1)),
        ("journal.hledger", text("journal.hledger").replacen("余额核对", "余额", 1)),
        ("balances.xlsx", "no workbook".into()),
        ("manifest.json", text("manifest.json").replacen("\"events\": ", "\"events\": 1", 1)),
        ("manifest.json", text("manifest.json").replacen("\"effective_from\": \"", "\"effective_from\": \"1", 1)),
    ];
    for (name, content) in changes {
        assert_ne!(content, String::from_utf8_lossy(&opened.0[name]), "nothing was changed in {name}");
        let mut changed = opened.clone();
        changed.0.insert(name.into(), content.into());
        let code = verify(&changed.write(), &[]).code;
        assert!(matches!(code, Some(1 | 2)), "{name}: {code:?}");
    }
    // Another workbook of the same form.
    let mut changed = opened.clone();
    let other = Opened::read(&bundle(qianwei(), &[], &[]));
    changed.0.insert("balances.xlsx".into(), other.0["balances.xlsx"].clone());
    verify(&changed.write(), &[]).expect(1);
    // A file that the manifest does not know as it is.
    let mut changed = opened.clone();
    changed.0.insert("README.md".into(), b"believe me".to_vec());
    let report = verify(&changed.pack(), &[]).expect(1).json();
    assert!(report.get("reason").text().contains("README.md"));
}

/// A zip of these files, with these bytes packed.
fn zip_of(files: &[(&str, &[u8])], method: CompressionMethod) -> PathBuf {
    let path = scratch_dir("hostile").join("bundle.zip");
    let mut archive = ZipWriter::new(std::fs::File::create(&path).expect("a file"));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("a zip");
        archive.write_all(content).expect("a zip");
    }
    archive.finish().expect("a zip");
    path
}

#[test]
fn hostile_zips_are_unreadable_at_a_bounded_cost() {
    let good = Opened::read(&bundle(&small(), &[], &[]));
    let manifest = good.0["manifest.json"].clone();
    let zeros = vec![0; 300 << 20];
    let many: Vec<String> = (0..20_000).map(|size| format!("checkpoints/{size}.txt")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let deflated = CompressionMethod::Deflated;
    let mut twice = std::fs::read(zip_of(&[("events.jsonl", b"a"), ("eventz.jsonl", b"b")], deflated)).expect("a zip");
    for at in (0..twice.len() - 12).filter(|at| twice[*at..].starts_with(b"eventz.jsonl")).collect::<Vec<_>>() {
        twice[at + 5] = b's';
    }
    let duplicate = scratch_dir("hostile").join("bundle.zip");
    std::fs::write(&duplicate, twice).expect("a file");
    let whole = std::fs::read(good.pack()).expect("a zip");
    let cut = scratch_dir("hostile").join("bundle.zip");
    std::fs::write(&cut, &whole[..whole.len() - 30]).expect("a file");
    let hostile = [
        ("a path that climbs", zip_of(&[("../events.jsonl", b"x"), ("manifest.json", &manifest)], deflated)),
        ("a strange name", zip_of(&[("events.jsonl.exe", b"x")], deflated)),
        ("a bomb", zip_of(&[("events.jsonl", &zeros), ("manifest.json", &manifest)], deflated)),
        ("a large manifest", zip_of(&[("manifest.json", &zeros)], deflated)),
        ("many files", zip_of(&many, deflated)),
        ("a name twice", duplicate),
        ("a zip cut short", cut),
        ("no manifest", zip_of(&[("events.jsonl", b"x")], deflated)),
        ("nothing", zip_of(&[], deflated)),
    ];
    for (what, path) in hostile {
        let address = "sqlite:/nonexistent/none.db";
        let (ended, most) = crate::program::run_watched(address, &["verify", "--json", "--bundle", utf8(&path)]);
        let verdict = ended.json();
        // The bomb is listed otherwise than its manifest says, which is a verdict of its own.
        assert!(matches!(ended.code, Some(1 | 2)), "{what}: {verdict:?}");
        assert_ne!(verdict.get("verdict").text(), "valid", "{what}");
        assert!(most < 150_000, "{what}: {most} KiB");
    }
}

#[test]
fn what_is_not_there_is_not_bundled() {
    let journal = small();
    let out = scratch_dir("bundle").join("bundle.zip");
    let path = utf8(&out);
    let beyond = (position(&journal) + 1).to_string();
    for more in [
        vec!["--from", "5", "--to", "3"],
        vec!["--to", &beyond],
        vec!["--from", "0"],
        vec!["--at", &beyond],
        vec!["--worker", "nobody"],
        vec!["--period", "1999"],
        vec!["--period", "soon"],
        vec!["--worker", "W001", "--from", "2"],
    ] {
        run(&journal, &[&["bundle", path], more.as_slice()].concat()).expect(2);
        assert!(!out.exists(), "{more:?}");
    }
    run(&journal, &["bundle", path]).expect(0);
    run(&journal, &["bundle", path]).expect(2).says(&["never overwrites"]);
}
