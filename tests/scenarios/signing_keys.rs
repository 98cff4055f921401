//! The keys that sign a journal, once it was brought back without them: never made anew by themselves.

use nuanxin_tests::{Server, scratch_dir, token};

use crate::journals::{Database, fresh};
use crate::program::{import, run, utf8};
use crate::small_pack::SmallPack;

/// A journal that was signed: its verifier key, a receipt and a backup that holds nothing but the journal.
async fn signed(database: Database) -> (String, String, std::path::PathBuf, std::path::PathBuf) {
    let journal = fresh(database);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    let admin = token(&journal);
    let server = Server::start(&journal, &[]);
    let (status, _) = server.api(&admin).get("/v1/audit/checkpoint").await.expect("an answer");
    assert_eq!(status, 200);
    let folder = scratch_dir("keys");
    let (receipt, copy) = (folder.join("receipt.txt"), folder.join("copy.db"));
    run(&journal, &["receipt", "make", "3", "--out", utf8(&receipt)]).expect(0);
    let key = run(&journal, &["key", "show"]).expect(0).text().trim().to_owned();
    run(&journal, &["backup", utf8(&copy)]).expect(0);
    (journal, key, receipt, copy)
}

async fn are_never_made_anew_by_themselves(database: Database) {
    let (_, key, receipt, copy) = signed(database).await;
    let restored = fresh(database);
    run(&restored, &["restore", utf8(&copy)]).expect(0);
    let admin = token(&restored);
    let server = Server::start(&restored, &[]);
    for part in ["SIGNING IS OFF", "restore --all", "key generate", key.split('+').nth(1).expect("an id")] {
        server.says(part);
    }
    let api = server.api(&admin);
    let (status, answer) = api.get("/v1/audit/checkpoint").await.expect("an answer");
    assert_eq!(status, 503, "{answer}");
    assert!(answer["detail"].as_str().is_some_and(|detail| detail.contains("nuanxin key generate")), "{answer}");
    // The old key is still published, and no other.
    let (_, keys) = api.get("/v1/audit/keys").await.expect("an answer");
    assert_eq!(run(&restored, &["key", "show"]).expect(0).text().trim(), key);
    assert!(keys.to_string().contains(&key), "{keys}");

    // On purpose, while it is served; what the old key signed can still be checked.
    let new = run(&restored, &["key", "generate"]).expect(0).text().trim().to_owned();
    assert_ne!(new, key);
    let (status, answer) = api.get("/v1/audit/checkpoint").await.expect("an answer");
    assert_eq!(status, 200, "{answer}");
    let (_, keys) = api.get("/v1/audit/keys").await.expect("an answer");
    assert!(keys.to_string().contains(&key) && keys.to_string().contains(&new), "{keys}");
    let published = run(&restored, &["key", "show"]).expect(0);
    let known: Vec<&str> = published.text().lines().flat_map(|key| ["--key", key]).collect();
    run(&restored, &[&["receipt", "verify", utf8(&receipt)], known.as_slice()].concat()).expect(0);
    assert!(server.terminate().success());

    // A copy of the copy knows both.
    let again = scratch_dir("keys").join("again.db");
    run(&restored, &["backup", utf8(&again)]).expect(0);
    let third = fresh(Database::Sqlite);
    run(&third, &["restore", utf8(&again)]).expect(0);
    let shown = run(&third, &["key", "show"]).expect(0);
    assert!([&key, &new].iter().all(|key| shown.text().contains(key.as_str())), "{}", shown.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_file_brought_back_without_them_are_never_made_anew_by_themselves() {
    are_never_made_anew_by_themselves(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_schema_brought_back_without_them_are_never_made_anew_by_themselves() {
    are_never_made_anew_by_themselves(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_never_signed_gets_its_first_key_by_itself_also_when_it_was_restored() {
    let journal = fresh(Database::Sqlite);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    // What an import leaves beside the journal may hold a key: here is a copy that was never signed.
    let copy = scratch_dir("keys").join("copy.db");
    run(&journal, &["backup", utf8(&copy)]).expect(0);
    let db = rusqlite::Connection::open(&copy).expect("a copy is a database");
    db.execute("DELETE FROM signing_key", []).expect("no key");
    db.close().expect("the file is closed");
    let restored = fresh(Database::Sqlite);
    run(&restored, &["restore", utf8(&copy)]).expect(0);
    let admin = token(&restored);
    let server = Server::start(&restored, &[]);
    let (status, answer) = server.api(&admin).get("/v1/audit/checkpoint").await.expect("an answer");
    assert_eq!(status, 200, "{answer}");
}
