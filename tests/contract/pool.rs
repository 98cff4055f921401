//! Connections lent for single statements: few are made, and none is lent again on which an answer may be outstanding.

use std::str::FromStr;
use std::time::Duration;

use ledger_core::journal::postgres::Pool;
use nuanxin_tests::{PgCluster, shared_cluster};
use sqlx::postgres::{PgConnectOptions, PgQueryResult};
use sqlx::{Executor, Row};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const SIZE: usize = 3;
/// A statement that takes far longer than any test.
const NEVER: &str = "SELECT pg_sleep(120)";

fn pool(cluster: &PgCluster, name: &str) -> Pool {
    let options = PgConnectOptions::from_str(&cluster.url()).expect("an address");
    Pool::new(options.application_name(name), SIZE, Some("SET bytea_output = 'escape'")).expect("a pool")
}

/// The process that serves the connection which is lent.
async fn server(pool: &Pool) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(pool).await
}

/// How many connections of a name run a statement that begins so.
async fn running(cluster: &PgCluster, name: &str, statement: &str) -> i64 {
    let mut asking = cluster.connect().await.expect("a connection");
    let count = "SELECT count(*) FROM pg_stat_activity
        WHERE application_name = $1 AND state = 'active' AND starts_with(query, $2)";
    sqlx::query_scalar(count).bind(name).bind(statement).fetch_one(&mut asking).await.expect("a count")
}

/// Ends the connections of a name, as a database does that is stopped, and gives how many there were.
async fn end_connections(cluster: &PgCluster, name: &str) -> usize {
    let mut asking = cluster.connect().await.expect("a connection");
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1";
    sqlx::query(end).bind(name).fetch_all(&mut asking).await.expect("they are ended").len()
}

/// A statement on each connection at once.
fn crowd(pool: &Pool, statement: &'static str) -> Vec<JoinHandle<Result<PgQueryResult, sqlx::Error>>> {
    let carry_out = |pool: Pool| async move { pool.execute(statement).await };
    (0..SIZE).map(|_| tokio::spawn(carry_out(pool.clone()))).collect()
}

/// Carries out a statement that never ends, and gives it up once it runs.
async fn give_one_up(cluster: &PgCluster, pool: &Pool, name: &str) {
    let before = running(cluster, name, NEVER).await;
    let under_way = async { while running(cluster, name, NEVER).await == before {} };
    tokio::select! {
        ended = pool.execute(NEVER) => panic!("it ended: {ended:?}"),
        () = under_way => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_one_after_the_other_share_one_connection() {
    let pool = pool(shared_cluster(), "pool one after the other");
    let first = server(&pool).await.expect("it answers");
    for _ in 0..100 {
        assert_eq!(server(&pool).await.expect("it answers"), first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_connection_begins_with_the_statement_it_was_given() {
    let pool = pool(shared_cluster(), "pool first statement");
    let row = pool.fetch_one("SELECT current_setting('bytea_output')").await.expect("it answers");
    assert_eq!(row.try_get::<String, _>(0).expect("a text"), "escape");
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_at_once_as_it_has_connections_and_no_more() {
    const NAME: &str = "pool at once";
    let cluster = shared_cluster();
    let pool = pool(cluster, NAME);
    let crowd = crowd(&pool, NEVER);
    while running(cluster, NAME, NEVER).await < i64::try_from(SIZE).expect("few") {}

    assert!(matches!(server(&pool).await, Err(sqlx::Error::PoolTimedOut)), "all are lent");

    crowd.iter().for_each(JoinHandle::abort);
    for given_up in crowd {
        assert!(given_up.await.expect_err("it was given up").is_cancelled());
    }
    server(&pool).await.expect("there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_statement_was_given_up_is_lent_to_nobody() {
    const NAME: &str = "pool given up";
    let cluster = shared_cluster();
    let pool = pool(cluster, NAME);
    let first = server(&pool).await.expect("it answers");
    // More often than it has connections: none is lost to it.
    for _ in 0..2 * SIZE {
        give_one_up(cluster, &pool, NAME).await;
        let next = timeout(Duration::from_secs(60), server(&pool)).await.expect("nobody waits for what was given up");
        assert_ne!(next.expect("it answers"), first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_nobody_answers_ends() {
    let pool = pool(shared_cluster(), "pool unanswered");
    let mut hasty = pool.clone();
    hasty.statements_within(Duration::from_millis(500));
    let first = server(&pool).await.expect("it answers");
    // More often than it has connections: none stays lent.
    for _ in 0..2 * SIZE {
        let unanswered = hasty.execute(NEVER).await;
        assert!(matches!(unanswered, Err(sqlx::Error::Io(_))), "{unanswered:?}");
    }
    assert_ne!(server(&pool).await.expect("it answers"), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_statement_costs_nobody_an_answer_or_a_connection() {
    let pool = pool(shared_cluster(), "pool refused");
    let first = server(&pool).await.expect("it answers");
    for _ in 0..10 {
        let refused = pool.execute("SELECT 1 / 0").await;
        assert!(matches!(refused, Err(sqlx::Error::Database(_))), "{refused:?}");
        assert_eq!(server(&pool).await.expect("it answers"), first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_broken_connection_tells_of_the_others() {
    const NAME: &str = "pool broken";
    let cluster = shared_cluster();
    let pool = pool(cluster, NAME);
    // All of its connections, at rest.
    for at_rest in crowd(&pool, "SELECT pg_sleep(0.2)") {
        at_rest.await.expect("it ends").expect("it answers");
    }
    assert_eq!(end_connections(cluster, NAME).await, SIZE);

    // The one that was lent a moment ago is trusted, those that rested beside it are not any more.
    let mut refused = 0;
    for _ in 0..2 * SIZE {
        refused += usize::from(server(&pool).await.is_err());
    }
    assert!(refused <= 1, "{refused} were refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_rested_is_asked_before_it_is_lent() {
    const NAME: &str = "pool rested";
    let cluster = shared_cluster();
    let pool = pool(cluster, NAME);
    server(&pool).await.expect("it answers");
    assert_eq!(end_connections(cluster, NAME).await, 1);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    server(&pool).await.expect("another one is made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_starts_is_waited_for() {
    let cluster = shared_cluster();
    let place = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let options = PgConnectOptions::from_str(&cluster.url()).expect("an address").port(place.port());
    let pool = Pool::new(options, SIZE, None).expect("a pool");
    let asking = tokio::spawn(async move { server(&pool).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!asking.is_finished(), "nobody listens there, and that is no answer yet");

    let listener = TcpListener::bind(place).await.expect("the same port");
    let (mut near, _) = listener.accept().await.expect("it is asked again");
    let mut far = TcpStream::connect(("127.0.0.1", cluster.port())).await.expect("the database accepts");
    tokio::select! {
        answer = asking => drop(answer.expect("it ends well").expect("it answers")),
        carried = copy_bidirectional(&mut near, &mut far) => panic!("the connection ended: {carried:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pool_lends_none() {
    let pool = pool(shared_cluster(), "pool closed");
    server(&pool).await.expect("it answers");
    pool.close();
    assert!(matches!(server(&pool).await, Err(sqlx::Error::PoolClosed)));
}
