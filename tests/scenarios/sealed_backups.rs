//! A backup of all, sealed with a passphrase: on another machine everything works as it did, and without the passphrase
//! nothing can be read or altered.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use nuanxin_tests::{Server, cli, scratch_dir, token};

use crate::imported::{Pack, imported};
use crate::interrupted_copies::{is_being_filled, kill_in_the_middle};
use crate::journals::{Database, file_of, fresh, listing};
use crate::program::{Ended, import, position, run, utf8};
use crate::small_pack::SmallPack;

const PASSPHRASE: &str = "长口令 correct horse battery";

/// A file with a passphrase on its first line.
pub(crate) fn passphrase_file(text: &str) -> PathBuf {
    let path = scratch_dir("passphrase").join("passphrase.txt");
    std::fs::write(&path, format!("{text}\n")).expect("a file");
    path
}

fn with(journal: &str, command: &str, file: &Path, passphrase: &str) -> Ended {
    run(journal, &[command, "--all", utf8(file), "--passphrase-file", utf8(&passphrase_file(passphrase))])
}

/// The vault's key that the tests give Postgres journals.
pub(crate) fn vault_key() -> String {
    let command = cli::command("postgres://nowhere");
    let key = command.get_envs().find(|(name, _)| *name == OsStr::new("NUANXIN_VAULT_KEY")).and_then(|(_, key)| key);
    key.and_then(OsStr::to_str).expect("a key").to_owned()
}

/// A journal to be filled, whose names are sealed with the same key on either database.
fn empty(database: Database) -> String {
    let journal = fresh(database);
    if database == Database::Sqlite {
        std::fs::write(file_of(&journal).with_file_name("nuanxin.vault-key"), vault_key()).expect("a key file");
    }
    journal
}

/// Takes all from a journal that is being served, and goes on with it on a machine that has nothing.
async fn goes_on_elsewhere(from: Database, into: Database) {
    let journal = empty(from);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    let admin = token(&journal);
    let server = Server::start(&journal, &[]);
    let api = server.api(&admin);
    let (status, signed) = api.get("/v1/audit/checkpoint").await.expect("an answer");
    assert_eq!(status, 200);
    let (_, worker) = api.get("/v1/workers/W001").await.expect("an answer");
    assert!(worker.to_string().contains("测试人员一"), "{worker}");
    let key = run(&journal, &["key", "show"]).expect(0).text().to_owned();
    let sealed = scratch_dir("sealed").join("all.sealed");
    let said = with(&journal, "backup", &sealed, PASSPHRASE).expect(0);
    assert!(said.text().contains("sealed"), "{}", said.text());
    assert_eq!(listing(sealed.parent().expect("a folder")), ["all.sealed"]);
    let held = position(&journal);
    server.kill_9();

    let restored = if into == Database::Sqlite { fresh(into) } else { empty(into) };
    with(&restored, "restore", &sealed, PASSPHRASE).expect(0);
    run(&restored, &["verify"]).expect(0);
    assert_eq!(position(&restored), held);
    assert_eq!(run(&restored, &["key", "show"]).expect(0).text(), key);
    let server = Server::start(&restored, &[]);
    // The token, the name and the published checkpoint are those of before; the next is signed by the same key.
    let api = server.api(&admin);
    let (status, again) = api.get("/v1/workers/W001").await.expect("an answer");
    assert_eq!((status, &again), (200, &worker));
    let (status, checkpoint) = api.get("/v1/audit/checkpoint").await.expect("an answer");
    assert_eq!((status, &checkpoint), (200, &signed));
    let body =
        serde_json::json!({"worker": "W001", "activity": "SB01", "on": "2024-03-01", "quantity": 1, "witness": "甲"});
    let (status, answer) = api.post("/v1/credits", "after", body).await.expect("an answer");
    assert_eq!((status, answer["position"].as_u64()), (201, Some(held + 1)), "{answer}");
    let (status, next) = api.get("/v1/audit/checkpoint?min_position=1").await.expect("an answer");
    assert_eq!(status, 200, "{next}");
    assert!(server.terminate().success());
    assert!(!server.stderr().contains("SIGNING IS OFF"), "{}", server.stderr());
    run(&restored, &["verify"]).expect(0);
    assert_eq!(run(&restored, &["key", "show"]).expect(0).text(), key);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_file_goes_on_in_another_file() {
    goes_on_elsewhere(Database::Sqlite, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_file_goes_on_in_a_schema() {
    goes_on_elsewhere(Database::Sqlite, Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_schema_goes_on_in_a_file() {
    goes_on_elsewhere(Database::Postgres, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_schema_goes_on_in_another_schema() {
    goes_on_elsewhere(Database::Postgres, Database::Postgres).await;
}

/// A small journal in a file, with a key that signs, and its sealed backup: made once, and only read.
fn small() -> (&'static str, &'static Path) {
    static SMALL: OnceLock<(String, PathBuf)> = OnceLock::new();
    let (journal, sealed) = SMALL.get_or_init(|| {
        let journal = fresh(Database::Sqlite);
        import(&journal, SmallPack::new().folder(), 0, &[]);
        token(&journal);
        // Signed, so that its keys are in the backup as well.
        run(&journal, &["checkpoint"]).expect(0);
        let sealed = scratch_dir("sealed").join("all.sealed");
        with(&journal, "backup", &sealed, PASSPHRASE).expect(0);
        (journal, sealed)
    });
    (journal, sealed)
}

#[test]
fn nothing_is_touched_without_the_passphrase_or_by_an_altered_file() {
    let (_, sealed) = small();
    let target = fresh(Database::Sqlite);
    let folder = file_of(&target).parent().expect("a folder").to_owned();
    with(&target, "restore", sealed, "another passphrase").expect(2).says(&["passphrase", "nothing was changed"]);
    run(&target, &["restore", utf8(sealed)]).expect(2).says(&["all.sealed", "--all"]);
    let bytes = std::fs::read(sealed).expect("a backup");
    let altered = sealed.with_file_name("altered.sealed");
    let mut attacks = vec![bytes[..bytes.len() - 1].to_vec(), bytes[..bytes.len() / 2].to_vec(), Vec::new()];
    for at in [30, 100, bytes.len() / 2, bytes.len() - 1] {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        attacks.push(bytes);
    }
    for (number, attack) in attacks.iter().enumerate() {
        std::fs::write(&altered, attack).expect("a file");
        let ended = with(&target, "restore", &altered, PASSPHRASE);
        assert!(matches!(ended.code, Some(1 | 2)), "attack {number}: {:?} {}", ended.code, ended.stderr);
        ended.says(&["altered.sealed"]);
        assert_eq!(listing(&folder), Vec::<String>::new(), "attack {number}");
    }
    with(&target, "restore", sealed, PASSPHRASE).expect(0);
    with(&target, "restore", sealed, PASSPHRASE).expect(2).says(&["empty journal"]);
}

#[test]
fn a_sealed_file_tells_nothing_and_is_its_owners_alone() {
    let (journal, sealed) = small();
    let bytes = std::fs::read(sealed).expect("a backup");
    let folder = file_of(journal).parent().expect("a folder").to_owned();
    let vault_key = std::fs::read_to_string(folder.join("keys").join("nuanxin.vault-key")).expect("a key");
    for secret in [vault_key.trim(), "PRIVATE+KEY", "nuanxin/", "W001", "SQLite format 3", "access_token", "积分"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} can be read");
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(sealed).expect("a file").permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_stands_beside_an_empty_journal_and_is_another_is_never_overwritten() {
    let (_, sealed) = small();
    for file in ["access", "keys", "vault"] {
        let target = fresh(Database::Sqlite);
        let folder = file_of(&target).parent().expect("a folder").to_owned();
        match file {
            "access" => {
                token(&target);
            }
            "keys" => std::fs::write(folder.join("nuanxin.signing-keys"), "PRIVATE+KEY+other\n").expect("a file"),
            _ => std::fs::write(folder.join("nuanxin.vault-key"), vault_key()).expect("a file"),
        }
        let before: Vec<String> = listing(&folder).into_iter().filter(|name| !name.ends_with(".lock")).collect();
        with(&target, "restore", sealed, PASSPHRASE).expect(2).says(&[if file == "access" {
            "the target holds"
        } else {
            "nothing was changed"
        }]);
        let left: Vec<String> = listing(&folder).into_iter().filter(|name| !name.ends_with(".lock")).collect();
        assert_eq!(left, before, "{file}");
    }
    let target = fresh(Database::Postgres);
    token(&target);
    with(&target, "restore", sealed, PASSPHRASE).expect(2).says(&["the target holds"]);
}

#[test]
fn a_passphrase_comes_from_a_file_the_environment_or_standard_input_and_is_long_enough() {
    let (journal, sealed) = small();
    with(journal, "backup", &sealed.with_file_name("short.sealed"), "short").expect(2).says(&["12 characters"]);
    let missing = sealed.with_file_name("no.txt");
    let none = missing.with_extension("sealed");
    let args = ["backup", "--all", utf8(&none), "--passphrase-file", utf8(&missing)];
    run(journal, &args).expect(2).says(&["no.txt"]);
    run(journal, &["backup", "--all", utf8(&none)]).expect(2).says(&["standard input"]);

    let target = fresh(Database::Sqlite);
    let mut command = cli::command(&target);
    command.args(["restore", "--all", utf8(sealed)]).env("NUANXIN_BACKUP_PASSPHRASE", PASSPHRASE);
    Ended::new(&["restore"], command.output().expect("the program starts")).expect(0);

    let target = fresh(Database::Sqlite);
    let mut command = cli::command(&target);
    command.args(["restore", "--all", utf8(sealed)]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(format!("{PASSPHRASE}\n").as_bytes()).expect("it reads");
    Ended::new(&["restore"], child.wait_with_output().expect("it ends")).expect(0);
    run(&target, &["verify"]).expect(0);
}

#[test]
fn a_sealed_backup_or_its_restore_that_was_killed_passes_for_nothing() {
    let journal = &imported(Pack::Qianwei, Database::Sqlite).journal;
    let folder = scratch_dir("sealed");
    let (sealed, partial) = (folder.join("all.sealed"), folder.join("all.sealed.partial"));
    let file = passphrase_file(PASSPHRASE);
    let args = |command| [command, "--all", utf8(&sealed), "--passphrase-file", utf8(&file)].map(str::to_owned);
    let backup = args("backup");
    let backup: Vec<&str> = backup.iter().map(String::as_str).collect();
    kill_in_the_middle(journal, &backup, || is_being_filled(&folder.join("all.sealed.partial.journal")));
    assert!(partial.exists() && !sealed.exists(), "{:?}", listing(&folder));
    let ended = with(&fresh(Database::Sqlite), "restore", &partial, PASSPHRASE);
    assert!(matches!(ended.code, Some(1 | 2)), "{}", ended.stderr);
    run(journal, &backup).expect(0).says(&["interrupted backup"]);
    assert_eq!(listing(&folder), ["all.sealed"]);

    let target = fresh(Database::Sqlite);
    let staged = file_of(&target).with_file_name("nuanxin.restoring.db");
    let restore = args("restore");
    let restore: Vec<&str> = restore.iter().map(String::as_str).collect();
    for _ in 0..2 {
        kill_in_the_middle(&target, &restore, || is_being_filled(&staged));
        assert!(staged.exists() && !file_of(&target).exists());
        run(&target, &["state", "--json"]).expect(2).says(&["nuanxin.restoring.db"]);
    }
    run(&target, &restore).expect(0).says(&["interrupted restore"]);
    let left = listing(file_of(&target).parent().expect("a folder"));
    assert!(!left.iter().any(|name| name.contains("restoring")), "{left:?}");
    Pack::Qianwei.assert_state(&Pack::Qianwei.state_of(&target));
    run(&target, &["verify"]).expect(0);
}
