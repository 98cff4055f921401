//! Opening a journal in a schema: many servers at once, durable or not at all, versions forward only.

use std::sync::Arc;
use std::time::Duration;

use ledger_core::journal::postgres::PostgresJournal;
use ledger_core::journal::{CommitError, Journal, JournalError};
use nuanxin_tests::{PgCluster, shared_cluster};
use projections::store::postgres::PostgresViews;
use sqlx::Executor;

use crate::backends::Backend;
use crate::batches::{departed, furnished};

fn address() -> (String, String) {
    match Backend::postgres() {
        Backend::Postgres { url, schema } => (url, schema),
        Backend::Memory(_) | Backend::Sqlite(_) => unreachable!("PostgreSQL was asked for"),
    }
}

#[tokio::test]
async fn servers_that_open_a_fresh_schema_at_once_all_get_in() {
    let (url, schema) = address();
    let open = || async {
        let journal = PostgresJournal::open(&url, &schema).await.expect("a journal opens");
        PostgresViews::open(&url, &schema).await.expect("views open");
        journal
    };
    let opened = tokio::join!(open(), open(), open(), open(), open());
    let journals = <[PostgresJournal; 5]>::from(opened);
    let mut author = furnished(&journals[0]).await;
    for (index, journal) in journals.iter().enumerate() {
        author.append(journal, &[(&format!("server/{index}"), vec![departed("W4", "轮流")])]).await;
    }
    for journal in &journals {
        author.check(journal).await;
    }
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    let (url, schema) = address();
    let author = furnished(&PostgresJournal::open(&url, &schema).await.expect("it opens")).await;
    for _ in 0..3 {
        author.check(&PostgresJournal::open(&url, &schema).await.expect("it opens again")).await;
    }
}

#[tokio::test]
async fn a_schema_of_a_newer_program_is_left_alone() {
    let (url, schema) = address();
    drop(PostgresJournal::open(&url, &schema).await.expect("it opens"));
    let mut connection = shared_cluster().connect().await.expect("a connection");
    let newer = format!("UPDATE {schema}.schema_version SET version = 99");
    connection.execute(newer.as_str()).await.expect("a version is written");
    let opened = PostgresJournal::open(&url, &schema).await.map(drop);
    assert!(matches!(&opened, Err(JournalError::Unusable(what)) if what.contains("99")), "{opened:?}");
}

/// One server waits for the head while another holds it, and is woken by what the other appends.
#[tokio::test]
async fn servers_take_turns_and_wake_one_another() {
    const SOON: Duration = Duration::from_secs(20);
    let (url, schema) = address();
    let one = PostgresJournal::open(&url, &schema).await.expect("it opens");
    let other = Arc::new(PostgresJournal::open(&url, &schema).await.expect("it opens"));
    let mut author = furnished(&one).await;
    let append = one.begin().await.expect("the lock is taken");
    let (waiting, woken) = (Arc::clone(&other), Arc::clone(&other));
    let waiting = tokio::spawn(async move { waiting.begin().await });
    let mut changes = woken.changes();
    let woken = tokio::spawn(async move { changes.changed().await.expect("it follows") });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished(), "two servers hold the head");
    let batch = author.batch(&[("f", vec![departed("W4", "之后")])]);
    append.commit(Arc::new(batch)).await.expect("the batch is committed");
    let append = tokio::time::timeout(SOON, waiting).await.expect("in time").expect("no panic").expect("its turn");
    assert_eq!(append.head(), &author.head());
    append.release().await;
    tokio::time::timeout(SOON, woken).await.expect("woken in time").expect("no panic");
}

/// Whichever server appended enough carries the index over streams along, several at once: each event is taken in once.
#[tokio::test]
async fn servers_carry_the_index_over_streams_along_together() {
    let (url, schema) = address();
    let one = PostgresJournal::open(&url, &schema).await.expect("it opens");
    let other = PostgresJournal::open(&url, &schema).await.expect("it opens");
    let mut author = furnished(&one).await;
    for round in 0..8 {
        let written: Vec<_> = (0..300)
            .map(|number| (format!("{round}/{number}"), vec![departed(&format!("W{}", number % 7), "轮流"); 3]))
            .collect();
        let asked: Vec<_> = written.iter().map(|(key, events)| (key.as_str(), events.clone())).collect();
        let (first, second) = asked.split_at(150);
        author.append(&one, first).await;
        author.append(&other, second).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    drop((one, other));
    let mut connection = shared_cluster().connect().await.expect("a connection");
    let counted = format!(
        "SELECT count(*), count(DISTINCT position), max(position), (SELECT position FROM {schema}.stream_index)
         FROM (SELECT unnest(positions) AS position FROM {schema}.stream_part) AS parts"
    );
    let counted: (i64, i64, i64, i64) = sqlx::query_as(&counted).fetch_one(&mut connection).await.expect("counts");
    assert!(counted.3 > 2_048 && counted == (counted.3, counted.3, counted.3, counted.3), "{counted:?}");
    author.check(&PostgresJournal::open(&url, &schema).await.expect("it opens again")).await;
}

/// A begin that is refused by the server's settings must be known before anything is promised to anybody.
#[tokio::test]
async fn a_server_that_does_not_promise_durability_is_refused() {
    let careless = PgCluster::start_with("fsync = off");
    let opened = PostgresJournal::open(&careless.url(), "nuanxin").await.map(drop);
    assert!(matches!(&opened, Err(JournalError::Unusable(what)) if what.contains("fsync")), "{opened:?}");
}

#[tokio::test]
async fn commits_wait_for_the_disk_whatever_the_server_would_do() {
    let hasty = PgCluster::start_with("synchronous_commit = off");
    let journal = PostgresJournal::open(&hasty.url(), "nuanxin").await.expect("it opens");
    let author = furnished(&journal).await;
    hasty.kill_9();
    hasty.start_again();
    author.check(&PostgresJournal::open(&hasty.url(), "nuanxin").await.expect("it opens again")).await;
}

/// A journal as the second version laid it out: an index over streams in the table of events.
const SECOND_LAYOUT: &str = "
    DROP TABLE signing_key;
    DROP TABLE stream_part, stream_index CASCADE;
    CREATE UNIQUE INDEX event_stream ON event (stream_no, sequence);
    UPDATE schema_version SET version = 2;";

/// A journal as the first version laid it out: commands in a table of their own, no term.
const FIRST_LAYOUT: &str = r#"
    CREATE TABLE command (first bigint PRIMARY KEY, recorded_at bigint NOT NULL, count integer NOT NULL,
                          key text COLLATE "C" NOT NULL, fingerprint bytea NOT NULL, actor text NOT NULL);
    INSERT INTO command SELECT position, recorded_at, count, key, fingerprint, actor FROM event WHERE nth = 0;
    CREATE UNIQUE INDEX command_key ON command (key);
    ALTER TABLE event DROP COLUMN count, DROP COLUMN key, DROP COLUMN fingerprint, DROP COLUMN actor,
                      DROP COLUMN recorded_at;
    ALTER TABLE head DROP COLUMN term;
    UPDATE schema_version SET version = 1;"#;

#[tokio::test]
async fn a_journal_of_an_earlier_layout_is_brought_to_this_one() {
    for layout in [SECOND_LAYOUT.to_owned(), format!("{SECOND_LAYOUT}{FIRST_LAYOUT}")] {
        let (url, schema) = address();
        let mut author = furnished(&PostgresJournal::open(&url, &schema).await.expect("it opens")).await;
        let mut connection = shared_cluster().connect().await.expect("a connection");
        let script = format!("SET search_path = {schema}; {layout}");
        connection.execute(script.as_str()).await.expect("the earlier layout");

        let journal = PostgresJournal::open(&url, &schema).await.expect("it is brought to this version");
        author.check(&journal).await;
        author.append(&journal, &[("f", vec![departed("W4", "之后")])]).await;
        author.check(&journal).await;
    }
}

/// Whoever says that nothing was recorded sees to it first: what was sent under an earlier term does not land.
#[tokio::test]
async fn a_raised_term_keeps_out_what_was_sent_before() {
    let (url, schema) = address();
    let late = PostgresJournal::open(&url, &schema).await.expect("it opens");
    let other = PostgresJournal::open(&url, &schema).await.expect("it opens");
    let mut author = furnished(&other).await;
    let (head, batch) = (author.head(), Arc::new(author.batch(&[("late", vec![departed("W4", "迟到")])])));
    let append = other.begin().await.expect("the lock is taken");
    assert_eq!(append.head(), &head);
    append.bar_late().await.expect("the term is raised");
    let landed = late.append(Arc::clone(&batch)).await;
    assert!(matches!(landed, Err(CommitError::Fenced)), "{landed:?}");
    assert_eq!(other.head().await.expect("a head"), head);
    // Having seen the head again, the late one may append as before.
    late.begin().await.expect("the lock is taken").release().await;
    late.append(batch).await.expect("the batch is committed");
    author.check(&other).await;
}
