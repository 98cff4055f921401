//! The vault on SQLite: names kept, erased, altered by hand, opened with another key.

use std::path::Path;

use ledger_core::journal::url::JournalUrl;
use zeroize::Zeroizing;

use super::{KeySource, Vault, VaultError, WITNESS, WORKER};

fn journal(folder: &Path) -> JournalUrl {
    JournalUrl::Sqlite(folder.join("district.db"))
}

fn key(digits: &str) -> KeySource {
    KeySource::Given(Zeroizing::new(digits.repeat(32)))
}

async fn open(folder: &Path) -> Vault {
    Vault::open_with(&journal(folder), &key("5a")).await.unwrap()
}

/// Changes the file behind the vault's back.
fn tamper(folder: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(folder.join("district.vault.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn a_name_is_read_back_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    assert_eq!(vault.get_name(WORKER, "YZ-1").await.unwrap(), None);
    vault.put_name(WORKER, "YZ-1", " 王小明 ").await.unwrap();
    assert_eq!(vault.get_name(WORKER, "YZ-1").await.unwrap().as_deref(), Some("王小明"));
    vault.put_name(WORKER, "YZ-1", "王大明").await.unwrap();
    drop(vault);
    let vault = open(folder.path()).await;
    assert_eq!(vault.get_name(WORKER, "YZ-1").await.unwrap().as_deref(), Some("王大明"));
    assert_eq!(vault.get_name("merchant", "YZ-1").await.unwrap(), None, "kinds are apart");
}

#[tokio::test]
async fn many_names_are_kept_at_once_and_answered_in_the_order_asked() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let names: Vec<(&str, String, String)> =
        (0..5_000).map(|number| (WORKER, format!("YZ-{number}"), format!("骑手{number}"))).collect();
    vault.put_names(&names).await.unwrap();
    vault.put_names(&names).await.unwrap();
    let asked = [(WORKER, "YZ-4999"), (WORKER, "YZ-x"), (WORKER, "YZ-0"), (WORKER, "YZ-4999")];
    let names = vault.get_names(&asked).await.unwrap();
    let names: Vec<Option<&str>> = names.iter().map(Option::as_deref).collect();
    assert_eq!(names, [Some("骑手4999"), None, Some("骑手0"), Some("骑手4999")]);
}

#[tokio::test]
async fn a_batch_with_one_bad_name_keeps_none() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let long = "长".repeat(201);
    for bad in [" ", long.as_str()] {
        let refused = vault.put_names(&[(WORKER, "YZ-1", "甲"), (WORKER, "YZ-2", bad)]).await.unwrap_err();
        assert!(matches!(&refused, VaultError::Input(_)) && !refused.to_string().contains("长"));
    }
    assert_eq!(vault.get_name(WORKER, "YZ-1").await.unwrap(), None);
    assert!(matches!(vault.put_name(WORKER, "", "甲").await, Err(VaultError::Input(_))));
}

#[tokio::test]
async fn erasing_a_person_leaves_the_others_readable() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    vault.put_names(&[(WORKER, "YZ-1", "甲"), (WORKER, "YZ-2", "乙")]).await.unwrap();
    assert!(vault.erase(WORKER, "YZ-1").await.unwrap());
    assert!(!vault.erase(WORKER, "YZ-1").await.unwrap());
    assert_eq!(vault.get_name(WORKER, "YZ-1").await.unwrap(), None);
    assert_eq!(vault.get_name(WORKER, "YZ-2").await.unwrap().as_deref(), Some("乙"));
    vault.put_name(WORKER, "YZ-1", "丙").await.unwrap();
    assert_eq!(vault.get_name(WORKER, "YZ-1").await.unwrap().as_deref(), Some("丙"));
}

#[tokio::test]
async fn an_erased_persons_key_and_name_are_gone_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    vault.put_names(&[(WORKER, "YZ-1", "甲"), (WORKER, "YZ-2", "乙")]).await.unwrap();
    let path = folder.path().join("district.vault.db");
    let stored = |sql: &str| -> Vec<u8> {
        rusqlite::Connection::open(&path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let wrapped = stored("SELECT wrapped FROM person_key WHERE subject_id = 'YZ-1'");
    let sealed = stored("SELECT sealed FROM person_field NATURAL JOIN person_key WHERE subject_id = 'YZ-1'");
    let holds = |bytes: &[u8]| std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(&wrapped) && holds(&sealed));
    assert!(!holds("甲".as_bytes()), "a name never stands in clear");
    assert!(vault.erase(WORKER, "YZ-1").await.unwrap());
    assert!(!holds(&wrapped) && !holds(&sealed), "what was deleted is overwritten");
}

#[tokio::test]
async fn another_district_key_is_refused_before_it_does_harm() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.put_name(WORKER, "YZ-1", "甲").await.unwrap();
    let wrong = Vault::open_with(&journal(folder.path()), &key("a5")).await;
    assert!(matches!(wrong, Err(VaultError::WrongKey)));
    assert_eq!(open(folder.path()).await.get_name(WORKER, "YZ-1").await.unwrap().as_deref(), Some("甲"));

    // Whoever forges the check still reads nothing, and no garbage either.
    let other = tempfile::tempdir().unwrap();
    drop(Vault::open_with(&journal(other.path()), &key("a5")).await.unwrap());
    let check: String = rusqlite::Connection::open(other.path().join("district.vault.db"))
        .unwrap()
        .query_row("SELECT value FROM vault_check", [], |row| row.get(0))
        .unwrap();
    tamper(folder.path(), &format!("UPDATE vault_check SET value = '{check}'"));
    let wrong = Vault::open_with(&journal(folder.path()), &key("a5")).await.unwrap();
    assert!(matches!(wrong.get_name(WORKER, "YZ-1").await, Err(VaultError::Damaged { .. })));
}

#[tokio::test]
async fn what_was_moved_from_one_person_to_another_does_not_open() {
    let swapped_keys = "CREATE TEMP TABLE old AS SELECT * FROM person_key;
        UPDATE person_key SET wrapped = (SELECT old.wrapped FROM old WHERE old.subject_id <> person_key.subject_id);";
    let swapped_fields = "CREATE TEMP TABLE old AS SELECT * FROM person_field;
        UPDATE person_field SET sealed = (SELECT old.sealed FROM old WHERE old.key_id <> person_field.key_id);";
    let swapped_ids = "UPDATE person_key SET subject_id = 'x' WHERE subject_id = 'YZ-1';
        UPDATE person_key SET subject_id = 'YZ-1' WHERE subject_id = 'YZ-2';
        UPDATE person_key SET subject_id = 'YZ-2' WHERE subject_id = 'x';";
    let changed_byte = "UPDATE person_field SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) ||
        CASE substr(sealed, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB)";
    for sql in [swapped_keys, swapped_fields, swapped_ids, changed_byte] {
        let folder = tempfile::tempdir().unwrap();
        let vault = open(folder.path()).await;
        vault.put_names(&[(WORKER, "YZ-1", "甲"), (WORKER, "YZ-2", "乙")]).await.unwrap();
        tamper(folder.path(), sql);
        for id in ["YZ-1", "YZ-2"] {
            let read = vault.get_name(WORKER, id).await;
            assert!(matches!(read, Err(VaultError::Damaged { .. })), "{sql}: {read:?}");
        }
    }
}

#[tokio::test]
async fn a_pseudonym_is_the_same_every_time_and_leads_back_only_through_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(folder.path()).await;
    let pseudonym = vault.pseudonym(WITNESS, "李网格员");
    // Stands in journals for ever: the way it is made may not change.
    assert_eq!(pseudonym, "W-ed2a7757f2eb208f");
    assert_eq!(vault.pseudonym(WITNESS, " 李网格员 "), pseudonym);
    assert_ne!(vault.pseudonym("other", "李网格员"), pseudonym);
    assert_eq!(vault.get_name(WITNESS, &pseudonym).await.unwrap(), None);

    assert_eq!(vault.remember(WITNESS, "李网格员").await.unwrap(), pseudonym);
    let many = vault.remember_all(&[(WITNESS, "赵"), (WITNESS, "李网格员"), (WITNESS, "赵")]).await.unwrap();
    assert_eq!((&many[1], &many[0]), (&pseudonym, &many[2]));
    assert_eq!(vault.get_name(WITNESS, &many[0]).await.unwrap().as_deref(), Some("赵"));
    drop(vault);
    let vault = open(folder.path()).await;
    assert_eq!(vault.get_name(WITNESS, &pseudonym).await.unwrap().as_deref(), Some("李网格员"));

    assert!(vault.erase(WITNESS, &pseudonym).await.unwrap());
    assert_eq!(vault.get_name(WITNESS, &pseudonym).await.unwrap(), None);
    assert_eq!(vault.remember(WITNESS, "李网格员").await.unwrap(), pseudonym, "named again, kept again");
    assert!(vault.get_name(WITNESS, &pseudonym).await.unwrap().is_some());

    let other = tempfile::tempdir().unwrap();
    let other = Vault::open_with(&journal(other.path()), &key("a5")).await.unwrap();
    assert_ne!(other.pseudonym(WITNESS, "李网格员"), pseudonym, "districts cannot compare their witnesses");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_write_and_erase_the_same_people() {
    let folder = tempfile::tempdir().unwrap();
    let mut writing = tokio::task::JoinSet::new();
    for place in 0..4 {
        let vault = open(folder.path()).await;
        writing.spawn(async move {
            for number in 0..10 {
                let (one, other) = (format!("{place}-{number}"), format!("-{number}"));
                vault.put_names(&[(WORKER, "YZ-1", one), (WORKER, "YZ-2", other)]).await.unwrap();
                if place == 0 {
                    vault.erase(WORKER, "YZ-1").await.unwrap();
                }
            }
        });
    }
    writing.join_all().await;
    let vault = open(folder.path()).await;
    vault.get_name(WORKER, "YZ-1").await.unwrap();
    assert!(vault.get_name(WORKER, "YZ-2").await.unwrap().is_some());
}
