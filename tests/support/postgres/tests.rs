//! That clusters keep what was committed through every way of stopping, and never outlive their test process.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use sqlx::{Connection, PgConnection, Row};

use super::{PgCluster, shared_cluster};
use crate::guard;
use crate::process::{is_running, wait_until};

const HOLD: &str = "NUANXIN_TEST_HOLD_SERVERS";

async fn note(cluster: &PgCluster, text: &str) {
    let mut connection = cluster.connect().await.expect("the cluster accepts");
    sqlx::query("CREATE TABLE IF NOT EXISTS notes (text text NOT NULL)").execute(&mut connection).await.expect("DDL");
    sqlx::query("INSERT INTO notes VALUES ($1)").bind(text).execute(&mut connection).await.expect("an insert");
    // Left open on purpose: whatever stops the server has a connection to break.
    std::mem::forget(connection);
}

async fn notes(cluster: &PgCluster) -> Vec<String> {
    let mut connection = cluster.connect().await.expect("the cluster accepts");
    let rows = sqlx::query("SELECT text FROM notes ORDER BY text").fetch_all(&mut connection).await.expect("a select");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn setting(cluster: &PgCluster, name: &str) -> String {
    let mut connection = cluster.connect().await.expect("the cluster accepts");
    sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(&mut connection).await.expect("a setting")
}

#[tokio::test]
async fn a_cluster_is_durable_unless_told_otherwise() {
    for (name, value) in
        [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on"), ("max_connections", "200")]
    {
        assert_eq!(setting(shared_cluster(), name).await, value, "{name}");
    }
    let careless = PgCluster::start_with("fsync = off");
    assert_eq!(setting(&careless, "fsync").await, "off");
}

#[tokio::test]
async fn committed_rows_survive_a_kill_and_an_immediate_stop() {
    let cluster = PgCluster::start();
    let url = cluster.url();
    note(&cluster, "before the kill").await;
    cluster.kill_9();
    assert_eq!(cluster.pid(), None);
    assert!(PgConnection::connect(&url).await.is_err(), "a killed cluster accepts nothing");

    cluster.start_again();
    assert_eq!(cluster.url(), url);
    assert!(cluster.log().contains("automatic recovery in progress"), "{}", cluster.log());
    note(&cluster, "before the stop").await;
    cluster.stop_immediate();
    cluster.start_again();
    assert_eq!(notes(&cluster).await, ["before the kill", "before the stop"]);
}

#[tokio::test]
async fn terminating_backends_cuts_clients_and_keeps_the_server() {
    let cluster = PgCluster::start();
    let mut client = cluster.connect().await.expect("the cluster accepts");
    assert_eq!(cluster.terminate_backends().await.expect("an answer"), 1);
    assert!(client.ping().await.is_err());
    cluster.connect().await.expect("the cluster still accepts").ping().await.expect("an answer");
}

#[test]
fn a_dropped_cluster_leaves_no_process_and_no_directory() {
    let cluster = PgCluster::start();
    let (pid, home) = (cluster.pid().expect("it runs"), cluster.home.clone());
    drop(cluster);
    assert!(!is_running(pid));
    assert!(!home.exists());
}

#[test]
fn schema_urls_are_of_the_applications_form_and_never_repeat() {
    let cluster = shared_cluster();
    assert_eq!(
        cluster.url_with_schema("a"),
        format!("postgres://postgres@127.0.0.1:{}/postgres?schema=a", cluster.port())
    );
    assert_ne!(cluster.fresh_schema_url(), cluster.fresh_schema_url());
}

/// The process that the next test kills; on its own it has nothing to do.
#[test]
fn servers_are_held_until_killed() {
    if env::var_os(HOLD).is_some() {
        let killed = PgCluster::start();
        killed.kill_9();
        let held = shared_cluster();
        let mut other = guard::adopt(Command::new("sleep").arg("600")).spawn().expect("`sleep` starts");
        let (postmaster, home) = (held.pid().expect("it runs"), held.home.display());
        println!("\nholding {postmaster} {} {home}", other.id());
        other.wait().expect("a child can be waited for");
    }
}

#[test]
fn nothing_is_left_when_the_test_process_is_killed() {
    let mut holder = Command::new(env::current_exe().expect("a test has a path"))
        .args(["--exact", "postgres::tests::servers_are_held_until_killed", "--nocapture"])
        .env(HOLD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test process starts");
    let stdout = holder.stdout.take().expect("it was piped");
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let line = lines.find_map(|line| line.strip_prefix("holding ").map(str::to_owned)).expect("it says what it holds");
    let [postmaster, other, home] = line.splitn(3, ' ').collect::<Vec<_>>().try_into().expect("two pids, a directory");
    let pids: [u32; 2] = [postmaster, other].map(|pid| pid.parse().expect("a pid"));
    let root = Path::new(home).parent().expect("a cluster lives in the scratch directory");
    assert!(pids.into_iter().all(is_running) && root.is_dir());

    holder.kill().expect("an own child can be killed");
    holder.wait().expect("a child can be waited for");
    let all_gone = || !pids.into_iter().any(is_running) && !root.exists();
    assert!(wait_until(Duration::from_secs(30), all_gone), "some of {pids:?} and {} is left", root.display());
}
