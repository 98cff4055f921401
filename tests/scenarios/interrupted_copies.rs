//! Backups and restores that are killed in the middle: what they leave is never a backup, never a journal, and gone with
//! the next run.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nuanxin_tests::{cli, scratch_dir, shared_cluster};
use sqlx::{Connection, Executor, Row};

use crate::imported::{Pack, imported};
use crate::journals::{Database, file_of, fresh, listing};
use crate::program::{Ended, run, utf8};

const PACK: Pack = Pack::Qianwei;
/// So much stands in the log of a copy once entries are in it.
const UNDER_WAY_BYTES: u64 = 200_000;
const BEGIN_LIMIT: Duration = Duration::from_secs(120);

fn start(journal: &str, args: &[&str]) -> Child {
    let mut command = cli::command(journal);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Kills a command once it is in the middle of its work.
pub(crate) fn kill_in_the_middle(journal: &str, args: &[&str], is_under_way: impl Fn() -> bool) {
    let mut child = start(journal, args);
    let began = Instant::now();
    while !is_under_way() {
        assert!(child.try_wait().expect("a child can be waited for").is_none(), "{args:?} ended before it was killed");
        assert!(began.elapsed() < BEGIN_LIMIT, "{args:?} does not begin");
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("a child can be killed");
    let status = child.wait().expect("a child can be waited for");
    assert_eq!(status.code(), None, "{args:?} came to its end before the kill");
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// Whether a copy into a file has begun and is not done.
pub(crate) fn is_being_filled(path: &Path) -> bool {
    path.exists() && std::fs::metadata(with_suffix(path, "-wal")).is_ok_and(|found| found.len() > UNDER_WAY_BYTES)
}

/// A backup of the pack's journal, made once for a test.
fn backup_of(database: Database) -> PathBuf {
    let copy = scratch_dir("interrupted").join("copy.db");
    run(&imported(PACK, database).journal, &["backup", utf8(&copy)]).expect(0);
    copy
}

fn is_the_pack(journal: &str) {
    PACK.assert_state(&PACK.state_of(journal));
    run(journal, &["verify"]).expect(0);
}

fn is_no_journal(journal: &str, parts: &[&str]) {
    for args in [&["state", "--json"][..], &["import", utf8(&PACK.folder())], &["serve", "--listen", "127.0.0.1:0"]] {
        run(journal, args).expect(2).says(parts);
    }
}

fn a_backup_that_was_killed_is_no_backup(database: Database) {
    let journal = &imported(PACK, database).journal;
    let folder = scratch_dir("interrupted");
    let out = folder.join("copy.db");
    let partial = folder.join("copy.db.partial");
    for _ in 0..3 {
        kill_in_the_middle(journal, &["backup", utf8(&out)], || is_being_filled(&partial));
        assert!(partial.exists() && !out.exists(), "{:?}", listing(&folder));
        let refused = run(&fresh(Database::Sqlite), &["restore", utf8(&partial)]).expect(2);
        refused.says(&["copy.db.partial", "unfinished"]);
        is_no_journal(&format!("sqlite:{}", partial.display()), &["unfinished"]);
        // Also under the name of a whole one.
        let renamed = scratch_dir("interrupted").join("renamed.db");
        for suffix in ["", "-wal"].into_iter().filter(|suffix| with_suffix(&partial, suffix).exists()) {
            std::fs::copy(with_suffix(&partial, suffix), with_suffix(&renamed, suffix)).expect("it is copied");
        }
        run(&fresh(Database::Sqlite), &["restore", utf8(&renamed)]).expect(2).says(&["renamed.db", "unfinished"]);
    }
    run(journal, &["backup", utf8(&out)]).expect(0).says(&["interrupted backup", "copy.db.partial"]);
    assert_eq!(listing(&folder), ["copy.db"]);
    is_the_pack(&format!("sqlite:{}", out.display()));
}

#[test]
fn a_backup_of_a_file_that_was_killed_is_no_backup() {
    a_backup_that_was_killed_is_no_backup(Database::Sqlite);
}

#[test]
fn a_backup_of_a_schema_that_was_killed_is_no_backup() {
    a_backup_that_was_killed_is_no_backup(Database::Postgres);
}

#[test]
fn a_restore_into_a_file_that_was_killed_is_never_served_and_begun_anew() {
    let copy = backup_of(Database::Sqlite);
    let target = fresh(Database::Sqlite);
    let restoring = file_of(&target).with_file_name("nuanxin.restoring.db");
    for _ in 0..3 {
        kill_in_the_middle(&target, &["restore", utf8(&copy)], || is_being_filled(&restoring));
        assert!(restoring.exists() && !file_of(&target).exists());
        is_no_journal(&target, &["nuanxin.restoring.db", "restore"]);
        is_no_journal(&format!("sqlite:{}", restoring.display()), &["unfinished"]);
        run(&fresh(Database::Sqlite), &["restore", utf8(&restoring)]).expect(2).says(&["unfinished"]);
        assert!(!file_of(&target).exists(), "nobody began another journal there");
    }
    run(&target, &["restore", utf8(&copy)]).expect(0).says(&["interrupted restore", "nuanxin.restoring.db"]);
    let left: Vec<String> = listing(file_of(&target).parent().expect("a folder"))
        .into_iter()
        .filter(|name| name.contains("rest"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    is_the_pack(&target);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_into_a_schema_that_was_killed_is_never_served_and_begun_anew() {
    let copy = backup_of(Database::Sqlite);
    let target = fresh(Database::Postgres);
    let schema = target.split_once("schema=").expect("a schema").1.to_owned();
    let handle = tokio::runtime::Handle::current();
    // Positions that the copy has reached, asked for as anybody could.
    let filled = |schema: &str| {
        let question = format!("SELECT position FROM {schema}_restoring.head");
        tokio::task::block_in_place(|| {
            handle.block_on(async {
                let mut connection = sqlx::PgConnection::connect(&shared_cluster().url()).await.expect("a connection");
                let row = connection.fetch_one(question.as_str()).await;
                row.is_ok_and(|row| row.try_get::<i64, _>(0).is_ok_and(|position| position > 0))
            })
        })
    };
    for _ in 0..3 {
        kill_in_the_middle(&target, &["restore", utf8(&copy)], || filled(&schema));
        is_no_journal(&target, &[&format!("{schema}_restoring"), "restore"]);
        let restoring = target.replace(&schema, &format!("{schema}_restoring"));
        is_no_journal(&restoring, &["unfinished"]);
    }
    let again: Ended = run(&target, &["restore", utf8(&copy)]).expect(0);
    again.says(&["interrupted restore", &format!("{schema}_restoring")]);
    assert!(!filled(&schema), "nothing is left of it");
    is_the_pack(&target);
}

#[test]
fn a_backup_makes_no_folder() {
    let folder = scratch_dir("interrupted").join("not").join("there");
    let journal = fresh(Database::Sqlite);
    let refused = run(&journal, &["backup", utf8(&folder.join("copy.db"))]).expect(2);
    refused.says(&[utf8(&folder), "no folder"]);
    assert!(!folder.exists() && !folder.parent().expect("a folder").exists());
}

#[test]
fn a_log_without_its_journal_is_not_thrown_away() {
    let copy = backup_of(Database::Sqlite);
    let target = fresh(Database::Sqlite);
    let log = with_suffix(&file_of(&target), "-wal");
    std::fs::write(&log, "the newest entries of a journal that was moved away").expect("a file");
    run(&target, &["restore", utf8(&copy)]).expect(2).says(&["nuanxin.db-wal", "newest entries"]);
    assert!(log.exists() && !file_of(&target).exists());
}
