//! Tokens on SQLite: one life of a token, several processes on one file, what is stored.

use std::path::Path;
use std::time::{Duration, Instant};

use ledger_core::journal::url::JournalUrl;

use super::{Access, AccessError, NewToken};
use ledger_core::domain::ids::AccountId;

fn journal(folder: &Path) -> JournalUrl {
    JournalUrl::Sqlite(folder.join("data").join("district.db"))
}

fn account(text: &str) -> AccountId {
    AccountId::new(text).unwrap()
}

/// A token of an account with that label.
async fn issue(access: &Access, of: &str, name: &str) -> Result<(String, String), AccessError> {
    access.issue(&NewToken { account: &account(of), role: None, scope: None, name, until: None }).await
}

async fn open(folder: &Path) -> Access {
    Access::open(&journal(folder)).await.unwrap()
}

#[tokio::test]
async fn a_token_works_from_its_issue_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let access = open(folder.path()).await;
    let (id, token) = issue(&access, "chen", " 柜台一 ").await.unwrap();

    let shown = access.authenticate(&token).await.unwrap().unwrap();
    assert_eq!((&*shown.id, shown.account.as_ref(), shown.until), (id.as_str(), Some(&account("chen")), None));
    assert_eq!(access.list().await.unwrap()[0].name, "柜台一");
    assert_eq!(access.authenticate(&token).await.unwrap(), Some(shown), "from the cache as from the store");

    assert!(access.revoke(id.as_str()).await.unwrap());
    assert_eq!(access.authenticate(&token).await.unwrap(), None);
    let listed = access.list().await.unwrap();
    let revoked_at = listed[0].revoked_at;
    assert!(revoked_at.is_some());

    assert!(access.revoke(id.as_str()).await.unwrap(), "revoking again is no error");
    assert_eq!(access.list().await.unwrap()[0].revoked_at, revoked_at, "and keeps the first time");
    assert!(!access.revoke("t-00000000").await.unwrap());
}

#[tokio::test]
async fn what_was_never_issued_lets_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let access = open(folder.path()).await;
    let (id, token) = issue(&access, "chen", "").await.unwrap();
    let mut other = token.clone();
    other.replace_range(3..4, if token.as_bytes()[3] == b'A' { "B" } else { "A" });
    for text in ["", "nx_", id.as_str(), other.as_str(), token.trim_start_matches("nx_")] {
        assert_eq!(access.authenticate(text).await.unwrap(), None, "{text}");
    }
}

#[tokio::test]
async fn two_processes_share_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let serving = open(folder.path()).await;
    let issuing = open(folder.path()).await;

    let (id, token) = issue(&issuing, "chen", "审计").await.unwrap();
    assert!(serving.authenticate(&token).await.unwrap().is_some(), "a new token works at once");

    assert!(issuing.revoke(id.as_str()).await.unwrap());
    let revoked = Instant::now();
    while serving.authenticate(&token).await.unwrap().is_some() {
        assert!(revoked.elapsed() < Duration::from_secs(1), "a revoked token still works after a second");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn issuing_from_several_places_at_once_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut issuing = tokio::task::JoinSet::new();
    for place in 0..4 {
        let url = journal(folder.path());
        issuing.spawn(async move {
            let access = Access::open(&url).await.unwrap();
            let mut tokens = Vec::new();
            for number in 0..5 {
                tokens.push(issue(&access, &format!("YZ-{place}-{number}"), "").await.unwrap().1);
            }
            tokens
        });
    }
    let tokens = issuing.join_all().await.concat();
    let access = open(folder.path()).await;
    assert_eq!(access.list().await.unwrap().len(), 20);
    for token in tokens {
        assert!(access.authenticate(&token).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn the_secret_is_nowhere_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (_, token) = issue(&open(folder.path()).await, "chen", "first").await.unwrap();
    let path = folder.path().join("data").join("district.access.db");
    let bytes = std::fs::read(&path).unwrap();
    let secret = token.trim_start_matches("nx_").as_bytes();
    assert!(!bytes.windows(16).any(|window| window == &secret[..16]));
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap());
        assert_eq!(mode & 0o077, 0, "the file is its owner's alone");
    }
}

#[tokio::test]
async fn a_token_that_fits_no_rule_is_not_issued() {
    let folder = tempfile::tempdir().unwrap();
    let access = open(folder.path()).await;
    let long = issue(&access, "chen", &"名".repeat(101)).await;
    assert!(matches!(long, Err(AccessError::Input(_))));
    let control = issue(&access, "chen", "a\nb").await;
    assert!(matches!(control, Err(AccessError::Input(_))));
    assert!(access.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_secret_given_instead_of_an_id_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let access = open(folder.path()).await;
    let (_, token) = issue(&access, "chen", "").await.unwrap();
    let error = access.revoke(&token).await.unwrap_err().to_string();
    assert!(!error.contains(&token));
    assert!(access.authenticate(&token).await.unwrap().is_some());
}

#[tokio::test]
async fn a_token_of_an_older_program_leads_into_no_account() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data").join("district.access.db");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("sqlite_1.sql")).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    let (secret, hash) = super::secret::new_secret().unwrap();
    let row = rusqlite::params!["t-1", hash.as_bytes(), "clerk", "S1", "柜台", 1];
    old.execute("INSERT INTO access_token VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)", row).unwrap();
    drop(old);
    let access = open(folder.path()).await;
    let shown = access.authenticate(&secret).await.unwrap().unwrap();
    assert_eq!(shown.account, None);
    let listed = access.list().await.unwrap();
    assert_eq!((listed[0].role.as_str(), listed[0].scope.as_deref()), ("clerk", Some("S1")));
}
