use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;

use super::Sessions;

async fn sessions() -> (tempfile::TempDir, Sessions) {
    let folder = tempfile::tempdir().unwrap();
    let sessions = Sessions::open(&JournalUrl::Sqlite(folder.path().join("d.db"))).await.unwrap();
    (folder, sessions)
}

#[tokio::test]
async fn a_session_is_known_by_its_secret_until_it_ends() {
    let (folder, sessions) = sessions().await;
    let account = AccountId::new("clerk-1").unwrap();
    let (secret, begun) = sessions.begin(&account).await.unwrap();
    let (other, _) = sessions.begin(&account).await.unwrap();
    assert_ne!(secret, other);
    assert_eq!(sessions.find(&secret).await.unwrap(), Some(begun.clone()));
    for wrong in ["", "x", &secret[..42], &format!("{secret}A"), &"A".repeat(43)] {
        assert_eq!(sessions.find(wrong).await.unwrap(), None, "{wrong}");
    }
    assert!(begun.is_shown(&begun.csrf) && !begun.is_shown("") && !begun.is_shown(&secret));
    let kept = std::fs::read(folder.path().join("d.sessions.db")).unwrap();
    assert!(!kept.windows(secret.len()).any(|window| window == secret.as_bytes()), "the secret is not kept");

    sessions.end(&secret).await.unwrap();
    assert_eq!(sessions.find(&secret).await.unwrap(), None);
    assert!(sessions.find(&other).await.unwrap().is_some());
    sessions.end_all("clerk-1").await.unwrap();
    assert_eq!(sessions.find(&other).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_that_is_idle_or_old_is_over() {
    let (folder, sessions) = sessions().await;
    let account = AccountId::new("clerk-1").unwrap();
    for column in ["begun_at_ms", "seen_at_ms"] {
        let (secret, _) = sessions.begin(&account).await.unwrap();
        let file = rusqlite::Connection::open(folder.path().join("d.sessions.db")).unwrap();
        file.execute(&format!("UPDATE session SET {column} = {column} - 12 * 3600 * 1000 - 1"), []).unwrap();
        assert_eq!(sessions.find(&secret).await.unwrap(), None, "{column}");
        let left: u64 = file.query_row("SELECT count(*) FROM session", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{column}");
    }
}
