//! A disk without space under load. The server says so with a code, reads go on, nothing acknowledged is lost, and
//! commands are taken again by themselves once there is space.

use std::time::{Duration, Instant};

use nuanxin_tests::means::cannot;
use nuanxin_tests::{District, PgCluster, Server, SmallDisk, token};
use sqlx::{Connection, Executor};

use crate::audit::audit;
use crate::probe::Probe;
use crate::site::Site;
use crate::size;
use crate::traffic::Traffic;

/// Clients that send all the time.
const CLIENTS: u64 = 8;
/// Space for what a test records, and for what lies beside it.
const DISK_MEBIBYTES: u32 = 256;
/// How long the load runs before the disk is full.
const UP: Duration = Duration::from_millis(800);
/// How long the load may take to use what space files have within them.
const REFUSED_LIMIT: Duration = Duration::from_secs(60);
/// How long the disk stays full.
const FULL: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_is_told_reads_go_on_and_space_is_all_it_takes_in_sqlite() {
    let disk = match SmallDisk::mount(DISK_MEBIBYTES) {
        Ok(disk) => disk,
        Err(why) => return cannot("a full disk, on SQLite", &why),
    };
    filled_and_freed(&Site::sqlite_in(disk.path()), &disk, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_is_told_reads_go_on_and_space_is_all_it_takes_in_postgres() {
    let disk = match SmallDisk::mount(DISK_MEBIBYTES) {
        Ok(disk) => disk,
        Err(why) => return cannot("a full disk, on PostgreSQL", &why),
    };
    let cluster = PgCluster::start();
    let space = disk.path().join("space");
    std::fs::create_dir(&space).expect("a directory can be made");
    cluster.take_over(&space);
    let mut connection = cluster.connect().await.expect("the cluster accepts");
    // The tables lie on the small disk, the write-ahead log does not: without space for that PostgreSQL ends itself.
    let made = format!("CREATE TABLESPACE small LOCATION '{}'", space.display());
    connection.execute(made.as_str()).await.expect("a tablespace can be made");
    connection.execute("ALTER DATABASE postgres SET default_tablespace = small").await.expect("a setting");
    connection.close().await.expect("a connection can be closed");
    filled_and_freed(&Site::postgres(&cluster), &disk, false).await;
    drop(cluster);
}

/// With `restarts`, the server is also killed while the disk is full.
async fn filled_and_freed(site: &Site, disk: &SmallDisk, restarts: bool) {
    let token = token(site.url());
    let mut server = Server::start(site.url(), &[]);
    let mut district = District::new(40, 3);
    district.stock = 100_000;
    district.set_up(&server.api(&token)).await;
    let mut probe = Probe::enroll(&server.api(&token)).await;
    let traffic = Traffic::new(server.api(&token));
    let clients = traffic.start(CLIENTS, size::seed(), &district);
    let mut refused = 0;
    for round in 1..=size::full_disks() {
        tokio::time::sleep(UP).await;
        probe.is_taken(&traffic.record, &server.api(&token)).await;
        probe.reads(&server.api(&token)).await;
        let standing = probe.standing();
        disk.fill();
        let began = Instant::now();
        while probe.is_taken_or_told(&traffic.record, &server.api(&token)).await {
            assert!(began.elapsed() < REFUSED_LIMIT, "commands are taken although the disk is full");
        }
        let began = Instant::now();
        while began.elapsed() < FULL {
            refused += u32::from(!probe.is_taken_or_told(&traffic.record, &server.api(&token)).await);
            probe.reads_since(standing, &server.api(&token)).await;
        }
        assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
        if restarts && round == 2 {
            server.kill_9();
            server = started_while_full(site, disk).await;
            traffic.turn_to(server.api(&token));
        } else {
            disk.free();
        }
        probe.is_taken_soon(&traffic.record, &server.api(&token)).await;
        probe.reads(&server.api(&token)).await;
    }
    tokio::time::sleep(UP).await;
    clients.call_home().await;

    let api = server.api(&token);
    site.balances_agree(&api, traffic.record.highest_position()).await;
    site.feed_agrees(&api).await;
    assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    let tally = audit(&traffic.record.attempts(), &site.commands().await);
    println!("{} full disks on {}: {tally}; {refused} commands of the probe refused", size::full_disks(), site.url());
    assert!(tally.acknowledged > 100 && refused > 0, "too little happened to show anything: {tally}, {refused}");
    site.is_verified_and_replays_identically();
}

/// A server that starts on a full disk begins to serve by itself once there is space, or says why it cannot start.
async fn started_while_full(site: &Site, disk: &SmallDisk) -> Server {
    let url = site.url().to_owned();
    let starting = tokio::task::spawn_blocking(move || Server::try_start(&url, &[]));
    tokio::time::sleep(FULL).await;
    disk.free();
    match starting.await.expect("a start ends") {
        Ok(server) => server,
        Err(why) => {
            assert!(matches!(why.status.and_then(|status| status.code()), Some(1 | 2)), "{why:?}");
            assert!(why.stderr.contains("full"), "it does not name the disk: {why:?}");
            assert!(!why.stderr.contains("panicked"), "{why:?}");
            Server::start(site.url(), &[])
        }
    }
}
