use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;

use super::{ExternalSubject, Linked, Links};
use crate::access::AccessError;

const ISSUER: &str = "https://id.example/realms/district";

fn account(id: &str) -> AccountId {
    AccountId::new(id).unwrap()
}

#[tokio::test]
async fn a_subject_is_one_account_s_until_it_is_unlinked() {
    let folder = tempfile::tempdir().unwrap();
    let url = JournalUrl::Sqlite(folder.path().join("d.db"));
    assert!(Links::open_if_there(&url).await.unwrap().is_none(), "whoever looks makes no file");
    let links = Links::open(&url).await.unwrap();
    let who = ExternalSubject::new(ISSUER, "248289761001").unwrap();
    assert_eq!(links.account_of(&who).await.unwrap(), None);
    assert_eq!(links.link(&who, &account("clerk-1")).await.unwrap(), Linked::Now);
    assert_eq!(links.link(&who, &account("clerk-1")).await.unwrap(), Linked::Already);
    assert_eq!(links.link(&who, &account("clerk-2")).await.unwrap(), Linked::ToAnother("clerk-1".to_owned()));
    assert_eq!(links.account_of(&who).await.unwrap(), Some(account("clerk-1")));
    // The same subject of another provider, and another subject, are other people.
    for (issuer, subject) in [("https://id.example/realms/district/", "248289761001"), (ISSUER, "248289761002")] {
        let other = ExternalSubject::new(issuer, subject).unwrap();
        assert_eq!(links.account_of(&other).await.unwrap(), None, "{issuer} {subject}");
    }
    assert!(!links.unlink(&who, &account("clerk-2")).await.unwrap(), "it is not that account's");
    assert_eq!(links.all().await.unwrap().len(), 1);
    assert!(links.unlink(&who, &account("clerk-1")).await.unwrap());
    assert_eq!(links.account_of(&who).await.unwrap(), None);
    assert!(links.all().await.unwrap().is_empty());
}

#[test]
fn what_is_no_issuer_or_no_subject_is_told() {
    let long = "x".repeat(256);
    for (issuer, subject) in [
        ("", "a"),
        ("id.example", "a"),
        ("ftp://id.example", "a"),
        ("https://id.example/a b", "a"),
        (ISSUER, ""),
        (ISSUER, "  "),
        (ISSUER, "a\0"),
        (ISSUER, "a\n"),
        (ISSUER, long.as_str()),
    ] {
        assert!(matches!(ExternalSubject::new(issuer, subject), Err(AccessError::Input(_))), "{issuer:?} {subject:?}");
    }
    assert!(ExternalSubject::new(ISSUER, "张三|wecom").is_ok());
}
