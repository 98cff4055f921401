use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;

use super::{GIVEN_MS, Kept, Passwords, Shown, hash};
use crate::access::AccessError;

async fn passwords() -> (tempfile::TempDir, Passwords) {
    let folder = tempfile::tempdir().unwrap();
    let passwords = Passwords::open(&JournalUrl::Sqlite(folder.path().join("d.db"))).await.unwrap();
    (folder, passwords)
}

fn clerk() -> AccountId {
    AccountId::new("clerk-1").unwrap()
}

#[tokio::test]
async fn a_password_is_known_again_and_nothing_else_is() {
    let (folder, passwords) = passwords().await;
    passwords.set(&clerk(), "正确的密码一二三").await.unwrap();
    assert_eq!(passwords.check("clerk-1", "正确的密码一二三").await.unwrap(), Shown::Right);
    for (account, password) in [("clerk-1", "correct horse"), ("clerk-1", ""), ("clerk-2", "正确的密码一二三")]
    {
        assert_eq!(passwords.check(account, password).await.unwrap(), Shown::Wrong);
    }
    passwords.set(&clerk(), "another password").await.unwrap();
    assert_eq!(passwords.check("clerk-1", "正确的密码一二三").await.unwrap(), Shown::Wrong);
    assert_eq!(passwords.check("clerk-1", "another password").await.unwrap(), Shown::Right);
    let kept = std::fs::read(folder.path().join("d.passwords.db")).unwrap();
    let holds = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$") && !holds("another password"));
}

#[tokio::test]
async fn what_is_easily_guessed_is_no_password() {
    let (_folder, passwords) = passwords().await;
    for easy in ["", "1234567", "CLERK-1", "aaaaaaaaaa", "啊啊啊啊啊啊啊啊啊"] {
        assert!(matches!(passwords.set(&clerk(), easy).await, Err(AccessError::Input(_))), "{easy}");
    }
    assert!(passwords.set(&clerk(), &"长".repeat(129)).await.is_err());
}

#[tokio::test]
async fn whoever_guesses_must_wait_longer_each_time_also_for_accounts_that_are_not_there() {
    let (_folder, passwords) = passwords().await;
    passwords.set(&clerk(), "right password").await.unwrap();
    for account in ["clerk-1", "nobody"] {
        for _ in 0..4 {
            assert_eq!(passwords.check(account, "wrong").await.unwrap(), Shown::Wrong);
        }
        assert!(matches!(passwords.check(account, "right password").await.unwrap(), Shown::TooSoon(_)), "{account}");
    }
    // A new password is a new beginning, set by whoever has the machine.
    passwords.set(&clerk(), "right password").await.unwrap();
    assert_eq!(passwords.check("clerk-1", "right password").await.unwrap(), Shown::Right);
}

#[tokio::test]
async fn a_given_password_lets_nobody_in_until_it_is_exchanged_and_not_after_a_week() {
    let (_folder, passwords) = passwords().await;
    let given = passwords.give(&clerk(), "admin-1").await.unwrap();
    assert_eq!(given.len(), 14);
    assert_eq!(passwords.check("clerk-1", &given).await.unwrap(), Shown::Given);
    assert_eq!(passwords.check("clerk-1", "wrong password").await.unwrap(), Shown::Wrong);
    let set_by = passwords.set_by(&clerk()).await.unwrap().unwrap();
    assert_eq!(set_by.given_by.as_deref(), Some("admin-1"));
    let week_ago = set_by.at.timestamp_millis() - GIVEN_MS - 1;
    let late = Kept { hash: hash(&given).unwrap(), set_at_ms: week_ago, given_by: set_by.given_by };
    passwords.store.put("clerk-1", late).await.unwrap();
    assert_eq!(passwords.check("clerk-1", &given).await.unwrap(), Shown::Wrong);
    passwords.set(&clerk(), "one of my own").await.unwrap();
    assert_eq!(passwords.check("clerk-1", "one of my own").await.unwrap(), Shown::Right);
    assert_eq!(passwords.set_by(&clerk()).await.unwrap().unwrap().given_by, None);
}
