use ledger_core::domain::ids::AccountId;
use ledger_core::journal::url::JournalUrl;

use super::{Passwords, Shown};
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
