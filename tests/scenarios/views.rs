//! `replay` makes the views anew and tells whether the live ones are what the journal says; `--swap` repairs them.

use nuanxin_tests::shared_cluster;
use projections::views::balance::Balance;
use sqlx::{Connection, PgConnection};

use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, file_of, fresh};
use crate::program::{import, position, run};
use crate::small_pack::SmallPack;

/// The row of a worker's balance with one service more in it.
pub(crate) fn falsified(row: &[u8]) -> Vec<u8> {
    let mut balance: Balance = rmp_serde::from_slice(row).expect("the row is a balance");
    balance.services += 1;
    rmp_serde::to_vec(&balance).expect("a balance can be written")
}

#[track_caller]
fn identical(journal: &str) {
    let replayed = run(journal, &["replay"]).expect(0);
    assert!(replayed.text().contains("identical"), "{}", replayed.text());
    let told = run(journal, &["replay", "--json"]).expect(0).json();
    assert_eq!(told.get("identical").text(), "true");
    assert_eq!(told.get("position").count(), position(journal));
    assert_eq!(told.get("differences").elements().len(), 0);
}

/// Replays views of which the balance of a worker was changed, and repairs them.
#[track_caller]
fn finds_and_repairs(journal: &str, worker: &str) {
    let replayed = run(journal, &["replay"]).expect(1);
    let said = replayed.text();
    assert!(!said.contains("identical") && said.contains("balance") && said.contains(worker), "{said}");
    let told = run(journal, &["replay", "--json"]).expect(1).json();
    let difference = &told.get("differences").elements()[0];
    assert_eq!((told.get("identical").text(), difference.get("view").text()), ("false", "balance"));
    assert!(difference.get("keys").elements().iter().any(|key| key.text().contains(worker)), "{told:?}");
    let verified = run(journal, &["verify"]).expect(1);
    assert!(verified.text().contains("balance"), "verify names the view: {}", verified.text());
    // Looking does not repair.
    run(journal, &["replay"]).expect(1);
    let swapped = run(journal, &["replay", "--swap"]);
    assert!(matches!(swapped.code, Some(0 | 1)), "{}", swapped.stderr);
    identical(journal);
    run(journal, &["verify"]).expect(0);
}

#[test]
fn views_of_a_district_are_identical_when_replayed() {
    let journal = copy_of(&imported(Pack::Qianwei, Database::Sqlite).journal);
    identical(&journal);
    identical(&journal);
    let until = run(&journal, &["replay", "--until", "1000"]).expect(0);
    assert!(until.text().contains("1000"), "{}", until.text());
    let until = run(&journal, &["replay", "--until", "1000", "--json"]).expect(0).json();
    assert_eq!((until.get("position").count(), until.get("identical").text()), (1000, "null"));
    let beside = std::fs::read_dir(file_of(&journal).parent().expect("a folder")).expect("the folder can be read");
    let left: Vec<_> = beside.map(|file| file.expect("a file").file_name()).collect();
    let rebuilt = left.iter().any(|name| name.to_string_lossy().contains("rebuild"));
    assert!(!rebuilt, "what was made to look at is taken away: {left:?}");
    run(&journal, &["replay", "--until", "99999999"]).expect(2);
}

fn views_with_the_programmes_are_identical_when_replayed(database: Database) {
    for pack in [Pack::QianweiProgrammes, Pack::YanzhouProgrammes] {
        identical(&copy_of(&imported(pack, database).journal));
    }
}

#[test]
fn views_with_the_programmes_are_identical_when_replayed_in_sqlite() {
    views_with_the_programmes_are_identical_when_replayed(Database::Sqlite);
}

#[test]
fn views_with_the_programmes_are_identical_when_replayed_in_postgres() {
    views_with_the_programmes_are_identical_when_replayed(Database::Postgres);
}

#[test]
fn a_changed_row_of_a_view_is_found_and_repaired_in_sqlite() {
    let journal = fresh(Database::Sqlite);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    identical(&journal);
    let views = file_of(&journal).with_file_name("nuanxin.views.db");
    let connection = rusqlite::Connection::open(views).expect("the views are a database");
    let (key, row): (String, Vec<u8>) = connection
        .query_row("SELECT key, row FROM view_balance ORDER BY key LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("a balance");
    let changed = connection.execute("UPDATE view_balance SET row = ?1 WHERE key = ?2", (falsified(&row), &key));
    assert_eq!(changed.expect("a change"), 1);
    connection.close().expect("the file is closed");
    finds_and_repairs(&journal, &key);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_of_a_view_is_found_and_repaired_in_postgres() {
    let journal = fresh(Database::Postgres);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    identical(&journal);
    let schema = journal.rsplit_once("schema=").expect("a schema").1;
    let mut connection = PgConnection::connect(&shared_cluster().url()).await.expect("the cluster runs");
    let select = format!("SELECT key, row FROM {schema}.view_balance ORDER BY key LIMIT 1");
    let (key, row): (String, Vec<u8>) = sqlx::query_as(&select).fetch_one(&mut connection).await.expect("a balance");
    let update = format!("UPDATE {schema}.view_balance SET row = $1 WHERE key = $2");
    let changed = sqlx::query(&update).bind(falsified(&row)).bind(&key).execute(&mut connection).await;
    assert_eq!(changed.expect("a change").rows_affected(), 1);
    finds_and_repairs(&journal, &key);
}

#[test]
fn a_row_missing_from_a_view_is_found_and_repaired() {
    let journal = fresh(Database::Sqlite);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    identical(&journal);
    let views = file_of(&journal).with_file_name("nuanxin.views.db");
    let connection = rusqlite::Connection::open(views).expect("the views are a database");
    let changed = connection.execute("DELETE FROM view_balance WHERE key = 'W001'", []);
    assert_eq!(changed.expect("a change"), 1);
    connection.close().expect("the file is closed");
    finds_and_repairs(&journal, "W001");
}
