//! A copy made while a server is at work, and brought back into an empty journal of either kind: the same events at the
//! same positions, with the same root.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nuanxin_tests::{District, Server, scratch_dir, token};
use serde_json::json;

use crate::exact::Exact;
use crate::journals::{Database, fresh};
use crate::program::{import, position, run, state, utf8};
use crate::small_pack::SmallPack;

/// The verdict on a journal that must be valid.
#[track_caller]
fn verified(journal: &str) -> Exact {
    run(journal, &["verify", "--json"]).expect(0).json()
}

/// Backs a journal up while a client goes on giving commands, and restores the copy into journals of both kinds.
async fn backed_up_under_load(database: Database) {
    const AS_OF: [&str; 2] = ["--as-of", "2025-12-31"];
    let journal = fresh(database);
    let admin = token(&journal);
    let server = Server::start(&journal, &[]);
    let api = server.api(&admin);
    let district = District::new(5, 1);
    let set_up = district.set_up(&api).await;

    let busy = Arc::new(AtomicBool::new(true));
    let load = tokio::spawn({
        let (api, busy) = (api.clone(), Arc::clone(&busy));
        async move {
            let mut given = 0;
            while busy.load(Ordering::Relaxed) {
                given += 1;
                let worker = format!("W{:04}", given % 5 + 1);
                let body =
                    json!({"worker": worker, "activity": "SB01", "on": "2025-03-01", "quantity": 1, "witness": "甲"});
                let (status, answer) =
                    api.post("/v1/credits", &format!("load-{given}"), body).await.expect("an answer");
                assert_eq!(status, 201, "{answer}");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            given
        }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let copy = scratch_dir("backup").join("copy.db");
    let backup = run(&journal, &["backup", utf8(&copy)]).expect(0);
    tokio::time::sleep(Duration::from_millis(200)).await;
    busy.store(false, Ordering::Relaxed);
    let given = load.await.expect("the load ends");
    assert!(given > 20, "{given} commands are no load");

    let restored = [Database::Sqlite, Database::Postgres].map(|into| {
        let target = fresh(into);
        run(&target, &["restore", utf8(&copy)]).expect(0);
        target
    });
    let size = position(&restored[0]);
    assert!(size > set_up && size < position(&journal), "the copy at {size} lies between beginning and end");
    assert!(backup.text().contains(&size.to_string()), "{}", backup.text());
    let at = size.to_string();
    let original = state(&journal, &[&["--at", at.as_str()], &AS_OF[..]].concat());
    let verdicts = restored.each_ref().map(|target| {
        state(target, &AS_OF).assert_same(&original, "the restored state");
        verified(target)
    });
    verdicts[0].get("root").assert_same(verdicts[1].get("root"), "the roots of both restored journals");

    // The journal that was copied still holds what the copy holds, as its root shows.
    let checkpoint = copy.with_file_name("checkpoint.txt");
    let root = base64_of_hex(verdicts[0].get("root").text());
    std::fs::write(&checkpoint, format!("nuanxin/test\n{size}\n{root}\n")).expect("a checkpoint is written");
    run(&journal, &["verify", "--journal-only", "--checkpoint", utf8(&checkpoint)]).expect(0);

    // A restored journal goes on where the copy ended.
    drop(server);
    let server = Server::start(&restored[0], &[]);
    let api = server.api(&token(&restored[0]));
    // The token's account is in the journal, too.
    let size = position(&restored[0]);
    let body = json!({"worker": "W0001", "activity": "SB01", "on": "2025-03-02", "quantity": 1, "witness": "甲"});
    let (status, answer) = api.post("/v1/credits", "after-restore", body).await.expect("an answer");
    assert_eq!((status, answer["position"].as_u64()), (201, Some(size + 1)), "{answer}");
}

/// A root as checkpoints write it, from the hexadecimal digits that `verify` prints.
fn base64_of_hex(root: &str) -> String {
    let bytes = root.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).expect("digits");
        u8::from_str_radix(pair, 16).expect("hexadecimal digits")
    });
    STANDARD.encode(bytes.collect::<Vec<u8>>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_journal_is_backed_up_under_load_and_restored_into_either_kind() {
    backed_up_under_load(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_journal_is_backed_up_under_load_and_restored_into_either_kind() {
    backed_up_under_load(Database::Postgres).await;
}

/// A journal with a few events, and a copy of it.
fn with_copy(folder: &Path) -> (String, std::path::PathBuf) {
    let journal = fresh(Database::Sqlite);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    let copy = folder.join("copy.db");
    run(&journal, &["backup", utf8(&copy)]).expect(0);
    (journal, copy)
}

#[test]
fn a_backup_never_overwrites() {
    let folder = scratch_dir("backup");
    let (journal, copy) = with_copy(&folder);
    let before = std::fs::read(&copy).expect("the copy");
    run(&journal, &["backup", utf8(&copy)]).expect(2).says(&["copy.db", "exists"]);
    assert!(std::fs::read(&copy).expect("the copy") == before);
    assert_eq!(crate::journals::listing(&folder), ["copy.db"], "nothing else is left behind");
}

#[test]
fn a_journal_that_is_not_empty_is_not_restored_into() {
    let (journal, copy) = with_copy(&scratch_dir("backup"));
    let before = position(&journal);
    run(&journal, &["restore", utf8(&copy)]).expect(2).says(&["empty journal"]);
    assert_eq!(position(&journal), before);
    let postgres = fresh(Database::Postgres);
    run(&postgres, &["restore", utf8(&copy)]).expect(0);
    run(&postgres, &["restore", utf8(&copy)]).expect(2).says(&["empty journal"]);
}

/// On a medium where nothing may be written: a file in WAL mode could not be opened there (SQLite file format, bytes 18
/// and 19).
#[test]
fn a_backup_is_a_file_that_needs_no_other_beside_it() {
    let (_, copy) = with_copy(&scratch_dir("backup"));
    let bytes = std::fs::read(&copy).expect("a copy");
    assert_eq!(bytes[18..20], [1, 1], "the copy is in WAL mode");
    let folder = std::fs::read_dir(copy.parent().expect("a folder")).expect("the folder can be read");
    let beside: Vec<_> = folder.map(|file| file.expect("a file").path()).filter(|path| *path != copy).collect();
    let of_copy = |path: &&std::path::PathBuf| path.to_string_lossy().starts_with(&*copy.to_string_lossy());
    assert_eq!(beside.iter().filter(of_copy).count(), 0, "{beside:?}");
}

#[test]
fn what_is_no_backup_is_unusable_input() {
    let folder = scratch_dir("backup");
    let journal = fresh(Database::Sqlite);
    run(&journal, &["restore", utf8(&folder.join("missing.db"))]).expect(2).says(&["missing.db"]);
    let text = folder.join("text.db");
    std::fs::write(&text, "not a database, only a text that is long enough to be one").expect("a file");
    run(&journal, &["restore", utf8(&text)]).expect(2).says(&["text.db"]);
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let (_, copy) = with_copy(&scratch_dir("backup"));
    let db = rusqlite::Connection::open(&copy).expect("a copy is a database");
    let changed = db.execute("UPDATE event SET actor = 'somebody' WHERE position = 2", []).expect("a change");
    assert_eq!(changed, 1);
    db.close().expect("the file is closed");
    let target = fresh(Database::Sqlite);
    run(&target, &["restore", utf8(&copy)]).expect(1).says(&["damaged"]);
    let folder = crate::journals::file_of(&target).parent().expect("a folder").to_owned();
    assert_eq!(crate::journals::listing(&folder), ["nuanxin.db.lock"], "the place is left as it was found");
    let journal = format!("sqlite:{}", copy.display());
    let again = copy.with_file_name("again.db");
    run(&journal, &["backup", utf8(&again)]).expect(1).says(&["damaged"]);
    let left = crate::journals::listing(copy.parent().expect("a folder"));
    assert!(!left.iter().any(|name| name.contains("again")), "{left:?}");
}

/// The views that lie beside it are newer: 38 of 420 balances were wrong once while the server said it had caught up.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_put_back_beside_newer_views_gives_the_balances_of_the_copy() {
    let (journal, copy) = with_copy(&scratch_dir("backup"));
    let admin = token(&journal);
    let before = position(&journal);
    let server = Server::start(&journal, &[]);
    let api = server.api(&admin);
    let balance = "/v1/workers/W001/balance?as_of=2024-12-31";
    let (_, older) = api.get(balance).await.expect("an answer");
    for number in 0..5 {
        let body = json!({"worker": "W001", "activity": "SB01", "on": "2024-03-01", "quantity": 1, "witness": "甲"});
        let (status, answer) = api.post("/v1/credits", &format!("later-{number}"), body).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
    }
    let (_, newer) = api.get(&format!("{balance}&min_position={}", before + 5)).await.expect("an answer");
    assert_ne!(newer["available"], older["available"]);
    drop(server);

    let file = crate::journals::file_of(&journal);
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
    std::fs::copy(&copy, &file).expect("the copy is put back");
    let server = Server::start(&journal, &[]);
    // The account of the token before is newer than the copy.
    let (status, _) = server.api(&admin).get(balance).await.expect("an answer");
    assert_eq!(status, 401, "nobody is known whom the copy does not know");
    drop(server);
    let admin = token(&journal);
    let server = Server::start(&journal, &[]);
    let (_, mut put_back) = server.api(&admin).get(balance).await.expect("an answer");
    put_back["position"] = older["position"].clone();
    assert_eq!(put_back, older, "what the copy holds");
    drop(server);
    // What was published of the newer one is another story now, and is told so.
    assert!(run(&journal, &["verify"]).expect(1).text().contains("the published checkpoint"));
}
