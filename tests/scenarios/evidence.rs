//! Evidence as an office, its auditor and a second office live it: keys, checkpoints that are posted, receipts that are
//! carried home, a witness by files, and what happens when an older copy of the journal is put back.

use std::path::{Path, PathBuf};
use std::process::Command;

use nuanxin_tests::{Server, cli, scratch_dir};
use serde_json::Value;

use crate::journals::{Database, copy_of, file_of, fresh};
use crate::program::{import, position, run, utf8};
use crate::small_pack::SmallPack;
use crate::surgery::with_edited_root;

/// A journal with the small pack in it and a first key.
fn office() -> (String, SmallPack) {
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    run(&journal, &["key", "generate"]).expect(0);
    (journal, pack)
}

/// Writes a text to a file of its own.
fn kept(text: &str) -> PathBuf {
    let path = scratch_dir("evidence").join("file");
    std::fs::write(&path, text).expect("a file is written");
    path
}

fn key_of(journal: &str) -> String {
    let keys = run(journal, &["key", "show"]).expect(0);
    let mut lines = keys.text().lines();
    let key = lines.next_back().expect("a key").to_owned();
    assert!(key.contains('+') && !key.contains("PRIVATE"), "{key}");
    key
}

fn checkpoint_of(journal: &str) -> String {
    run(journal, &["checkpoint"]).expect(0).text().to_owned()
}

fn more(pack: &SmallPack, journal: &str, number: u32) {
    pack.append("活动记录-2024-01.csv", &format!("MJ{number},W002,SB01,2024-01-0{number},1,,\n"));
    import(journal, pack.folder(), 0, &[]);
}

#[test]
fn a_signed_checkpoint_is_checked_with_the_keys_given() {
    let (journal, pack) = office();
    let key = key_of(&journal);
    let note = checkpoint_of(&journal);
    let path = kept(&note);
    more(&pack, &journal, 7);
    let verify = |path: &PathBuf, keys: &[&str]| {
        let mut args = vec!["verify", "--journal-only", "--json", "--checkpoint", utf8(path)];
        keys.iter().for_each(|key| args.extend(["--key", key]));
        let ended = run(&journal, &args);
        let report: Value = serde_json::from_str(ended.text()).expect("a report");
        (ended.code, report["verdict"].as_str().unwrap_or_default().to_owned(), report)
    };
    for keys in [&[][..], &[key.as_str()]] {
        let (code, verdict, report) = verify(&path, keys);
        assert_eq!((code, verdict.as_str()), (Some(0), "valid"), "{report}");
        assert!(report["signatures"].as_str().expect("told").contains("signed by nuanxin/"), "{report}");
    }
    let (other, _) = office();
    let wrong = key_of(&other);
    let (code, verdict, report) = verify(&path, &[&wrong]);
    assert_eq!((code, verdict.as_str()), (Some(1), "invalid"), "{report}");
    assert!(report["reason"].as_str().expect("told").contains("unknown key"), "{report}");
    assert!(report["first_bad_position"].is_u64(), "{report}");

    let edited = kept(&with_edited_root(&note));
    let (code, verdict, report) = verify(&edited, &[&key]);
    assert_eq!((code, verdict.as_str()), (Some(1), "invalid"), "{report}");
    assert!(report["first_bad_position"].is_u64(), "{report}");

    let (text, _) = note.split_once("\n\n").expect("a note");
    let unsigned = kept(&format!("{text}\n"));
    let (code, _, report) = verify(&unsigned, &[]);
    assert_eq!(code, Some(0), "an auditor's own note of size and root: {report}");
    assert!(report["signatures"].as_str().expect("told").contains("unsigned"), "{report}");
    let (code, _, report) = verify(&unsigned, &[&key]);
    assert_eq!(code, Some(1), "a signature was asked for: {report}");

    let of_other = kept(&checkpoint_of(&other));
    let (code, verdict, report) = verify(&of_other, &[&wrong]);
    assert_eq!((code, verdict.as_str()), (Some(1), "invalid"), "another journal's checkpoint: {report}");
}

#[test]
fn a_key_is_rotated_with_overlap_and_retired() {
    let (journal, pack) = office();
    let old = key_of(&journal);
    let before = kept(&checkpoint_of(&journal));
    let new = run(&journal, &["key", "rotate", "--overlap-days", "7"]).expect(0).text().trim().to_owned();
    assert_ne!(old, new);
    more(&pack, &journal, 7);
    let both = checkpoint_of(&journal);
    assert_eq!(both.matches("\n— ").count(), 2, "both keys sign: {both}");
    let both = kept(&both);
    let verifies = |path: &PathBuf, key: &str| {
        run(&journal, &["verify", "--journal-only", "--checkpoint", utf8(path), "--key", key]).code
    };
    assert_eq!((verifies(&both, &old), verifies(&both, &new)), (Some(0), Some(0)));

    let id = |key: &str| key.split('+').nth(1).expect("an id").to_owned();
    run(&journal, &["key", "retire", &id(&old)]).expect(0);
    run(&journal, &["key", "retire", &id(&new)]).expect(2).says(&["only one"]);
    run(&journal, &["key", "retire", "00000000"]).expect(1);
    more(&pack, &journal, 8);
    let after = kept(&checkpoint_of(&journal));
    assert_eq!((verifies(&after, &old), verifies(&after, &new)), (Some(1), Some(0)));
    assert_eq!(verifies(&before, &old), Some(0), "what a retired key signed stays signed");
    let list: Value = serde_json::from_str(run(&journal, &["key", "list", "--json"]).expect(0).text()).expect("JSON");
    assert_eq!((&list[0]["state"], &list[0]["secret_at_hand"]), (&"retired".into(), &false.into()), "{list}");
    assert_eq!((&list[1]["state"], &list[1]["secret_at_hand"]), (&"signs".into(), &true.into()), "{list}");
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_receipt_is_checked_offline_and_not_against_another_key() {
    let (journal, pack) = office();
    let key = key_of(&journal);
    let credit = position(&journal) - 4;
    let folder = scratch_dir("receipt");
    let (file, svg, png) = (folder.join("r.tlog-proof"), folder.join("r.svg"), folder.join("r.png"));
    let at = credit.to_string();
    run(&journal, &["receipt", "make", &at, "--out", utf8(&file), "--qr", utf8(&svg)]).expect(0);
    run(&journal, &["receipt", "make", &at, "--qr", utf8(&png), "--short"]).expect(0);
    assert!(svg.metadata().expect("there").len() > 1_000 && png.metadata().expect("there").len() > 300);
    // Nothing of the journal is at hand.
    let elsewhere = format!("sqlite:{}", scratch_dir("elsewhere").join("none.db").display());
    let told = run(&elsewhere, &["receipt", "verify", utf8(&file), "--key", &key, "--json"]).expect(0);
    let told: Value = serde_json::from_str(told.text()).expect("JSON");
    assert_eq!((&told["verdict"], &told["position"]), (&"valid".into(), &credit.into()), "{told}");

    let short = kept(run(&journal, &["receipt", "make", &at, "--short"]).expect(0).text());
    run(&elsewhere, &["receipt", "verify", utf8(&short), "--key", &key]).expect(0);
    let (other, _) = office();
    run(&elsewhere, &["receipt", "verify", utf8(&file), "--key", &key_of(&other)]).expect(1);
    run(&elsewhere, &["receipt", "verify", utf8(&svg), "--key", &key]).expect(2);

    let posted = kept(&checkpoint_of(&journal));
    run(&elsewhere, &["receipt", "verify", utf8(&file), "--key", &key, "--checkpoint", utf8(&posted)]).expect(0);
    more(&pack, &journal, 7);
    run(&journal, &["receipt", "make", "999999"]).expect(2).says(&["999999"]);
    let edited = std::fs::read_to_string(&file).expect("text").replacen("index ", "index 1", 1);
    run(&elsewhere, &["receipt", "verify", utf8(&kept(&edited)), "--key", &key]).expect(1);
}

/// The verifier of docs/evidence-example shares no code with the program.
#[test]
fn a_stranger_checks_receipts_with_a_script_of_the_documentation() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/evidence-example/verify.py");
    let check = |receipt: &Path, keys: &[&str]| {
        let output = Command::new("python3").arg(&script).arg(receipt).args(keys).output();
        let output = output.expect("python3 is needed for the verifier of the documentation");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for suite in ["sha-256", "sm3"] {
        let journal = fresh(Database::Sqlite);
        import(&journal, SmallPack::new().folder(), 0, &["--hash-suite", suite]);
        run(&journal, &["key", "generate"]).expect(0);
        let key = key_of(&journal);
        for at in [1, 2, 7, position(&journal)] {
            let receipt = run(&journal, &["receipt", "make", &at.to_string()]).expect(0).text().to_owned();
            let (code, said) = check(&kept(&receipt), &[&key]);
            assert_eq!(code, Some(0), "{said}");
            assert!(said.starts_with(&format!("valid: position {at} of ")), "{said}");
            let moved = receipt.replacen("index ", "index 1", 1);
            assert_eq!(check(&kept(&moved), &[&key]).0, Some(1));
        }
    }
}

#[test]
fn proofs_are_told_on_the_command_line() {
    let (journal, pack) = office();
    let from = position(&journal);
    more(&pack, &journal, 7);
    let told = run(&journal, &["proof", "inclusion", "5", "--json"]).expect(0);
    let told: Value = serde_json::from_str(told.text()).expect("JSON");
    assert_eq!((&told["leaf_index"], &told["tree_size"]), (&4.into(), &position(&journal).into()), "{told}");
    assert!(told["checkpoint"].as_str().is_some_and(|note| note.contains("\n\n— ")), "{told}");
    run(&journal, &["proof", "consistency", "--from", &from.to_string()]).expect(0);
    run(&journal, &["proof", "consistency", "--from", "999999"]).expect(2);
    run(&journal, &["proof", "inclusion", "0"]).expect(2);
    // The tiles are derived: gone, they are made again.
    let tiles = file_of(&journal).with_file_name("nuanxin.tiles.db");
    std::fs::remove_file(&tiles).expect("tiles are beside the journal");
    let again = run(&journal, &["proof", "inclusion", "5", "--json"]).expect(0);
    assert_eq!(serde_json::from_str::<Value>(again.text()).expect("JSON"), told);
}

#[test]
fn another_office_is_the_witness_by_files() {
    let (journal, pack) = office();
    let bureau = fresh(Database::Sqlite);
    let witness = run(&bureau, &["witness", "key", "--name", "audit.example/w1"]).expect(0).text().trim().to_owned();
    assert_eq!(run(&bureau, &["witness", "key"]).expect(0).text().trim(), witness);
    run(&bureau, &["witness", "watch", &key_of(&journal)]).expect(0);

    let first = position(&journal);
    let asked = kept(run(&journal, &["checkpoint", "--for-witness", "0"]).expect(0).text());
    let cosigned = kept(run(&bureau, &["witness", "cosign", utf8(&asked)]).expect(0).text());
    run(&bureau, &["witness", "cosign", utf8(&asked)]).expect(1).says(&["last cosigned"]);
    run(&journal, &["checkpoint", "--accept", utf8(&cosigned)]).expect(2).says(&["no trusted cosigner"]);
    run(&journal, &["key", "accept-witness", &witness]).expect(0);
    run(&journal, &["checkpoint", "--accept", utf8(&cosigned)]).expect(0);
    let served = run(&journal, &["checkpoint", "--size", &first.to_string()]).expect(0);
    assert_eq!(served.text(), std::fs::read_to_string(&cosigned).expect("text"));

    more(&pack, &journal, 7);
    let asked = kept(run(&journal, &["checkpoint", "--for-witness", &first.to_string()]).expect(0).text());
    run(&bureau, &["witness", "cosign", utf8(&asked)]).expect(0);
    let listed = run(&bureau, &["witness", "list"]).expect(0);
    assert!(listed.text().trim_start().starts_with(&position(&journal).to_string()), "{}", listed.text());

    // The receipt carries the cosignature, and its reader may insist on it.
    let receipt = kept(run(&journal, &["receipt", "make", "5", "--size", &first.to_string()]).expect(0).text());
    let key = key_of(&journal);
    run(&bureau, &["receipt", "verify", utf8(&receipt), "--key", &key, "--witness", &witness]).expect(0);
    let without = kept(run(&journal, &["receipt", "make", "5"]).expect(0).text());
    run(&bureau, &["receipt", "verify", utf8(&without), "--key", &key, "--witness", &witness]).expect(1);
}

#[test]
fn a_journal_of_either_hash_suite_is_told_by_its_checkpoints() {
    for suite in ["sha-256", "sm3"] {
        let journal = fresh(Database::Sqlite);
        let pack = SmallPack::new();
        let made = ["--hash-suite", suite, "--origin", "district.example/journal"];
        import(&journal, pack.folder(), 0, &made);
        import(&journal, pack.folder(), 0, &made);
        let folder = utf8(pack.folder());
        let other = if suite == "sm3" { "sha-256" } else { "sm3" };
        run(&journal, &["import", folder, "--hash-suite", other]).expect(2).says(&[suite]);
        run(&journal, &["import", folder, "--origin", "other.example"]).expect(2).says(&["district.example/journal"]);
        run(&journal, &["import", folder, "--hash-suite", "md5"]).expect(2);
        run(&journal, &["key", "generate"]).expect(0);
        let note = checkpoint_of(&journal);
        assert!(note.starts_with("district.example/journal\n"), "{note}");
        assert_eq!(note.contains("\nhash sm3\n"), suite == "sm3", "{note}");
        let path = kept(&note);
        run(&journal, &["verify", "--checkpoint", utf8(&path), "--key", &key_of(&journal)]).expect(0);
        let receipt = kept(run(&journal, &["receipt", "make", "3"]).expect(0).text());
        run(&journal, &["receipt", "verify", utf8(&receipt), "--key", &key_of(&journal)]).expect(0);
        let notice = run(&journal, &["checkpoint", "--notice"]).expect(0);
        assert!(notice.text().contains(suite) && notice.text().lines().count() <= 8, "{}", notice.text());
    }
}

/// An older copy of the journal is put back while what was signed is remembered.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_put_back_is_not_signed_and_verify_finds_it() {
    let (journal, pack) = office();
    let earlier = copy_of(&journal);
    more(&pack, &journal, 7);
    let token = cli::token(&journal);
    let server = Server::start(&journal, &[]);
    let (status, kind, note) =
        server.api(&token).get_bytes("/v1/audit/checkpoint", "text/plain").await.expect("an answer");
    assert!(status == 200 && kind.starts_with("text/plain"), "{status} {kind}");
    let posted = kept(&String::from_utf8(note).expect("text"));
    assert!(server.terminate().success());
    run(&journal, &["verify"]).expect(0);

    std::fs::copy(file_of(&earlier), file_of(&journal)).expect("the older copy is put back");
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file_of(&journal).display()));
    }
    let _ = std::fs::remove_file(file_of(&journal).with_file_name("nuanxin.views.db"));
    // The account of the token before is newer than the copy.
    let token = cli::token(&journal);
    let server = Server::start(&journal, &[]);
    let (status, body) = server.api(&token).get("/v1/audit/checkpoint").await.expect("an answer");
    assert_eq!((status, &body["code"]), (503, &"journal_unavailable".into()), "{body}");
    assert!(server.terminate().success());
    // What it said has arrived here once it has ended; its answer may have come before.
    assert!(server.stderr().contains("REFUSED TO SIGN"), "{}", server.stderr());
    let found = run(&journal, &["verify", "--journal-only"]).expect(1);
    assert!(
        found.text().contains("the published checkpoint") && found.text().contains("first bad"),
        "{}",
        found.text()
    );
    run(&journal, &["verify", "--journal-only", "--checkpoint", utf8(&posted)]).expect(1);
    run(&journal, &["checkpoint"]).expect(1).says(&["nothing is signed"]);
}

/// Both servers of one journal sign, on a schedule, with the keys of one file; a third, without the file, serves theirs.
#[tokio::test(flavor = "multi_thread")]
async fn servers_on_one_postgres_journal_share_their_checkpoints() {
    let journal = fresh(Database::Postgres);
    let token = cli::token(&journal);
    let servers = [Server::start(&journal, &["--checkpoint-every", "1"]), Server::start(&journal, &[])];
    let mut seen: Vec<String> = Vec::new();
    for (number, server) in servers.iter().cycle().take(6).enumerate() {
        let body = serde_json::json!({"id": format!("W{number}"), "occupation": "快递员"});
        let (status, told) =
            server.api(&token).post("/v1/workers", &format!("k{number}"), body).await.expect("an answer");
        assert_eq!(status, 201, "{told}");
        let path = format!("/v1/audit/checkpoint?min_position={}", told["position"]);
        let (status, _, note) = server.api(&token).get_bytes(&path, "text/plain").await.expect("an answer");
        assert_eq!(status, 200);
        seen.push(String::from_utf8(note).expect("text"));
    }
    let key = key_of(&journal);
    for note in &seen {
        let path = kept(note);
        run(&journal, &["verify", "--journal-only", "--checkpoint", utf8(&path), "--key", &key]).expect(0);
    }
    for server in servers {
        assert!(server.terminate().success());
    }
    run(&journal, &["verify"]).expect(0);
}
