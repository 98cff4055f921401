//! `nuanxin serve` killed with SIGKILL, again and again, under sixteen clients.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use nuanxin_tests::{District, Server, cli, guard, token};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::audit::audit;
use crate::site::Site;
use crate::size;
use crate::traffic::Traffic;

/// Clients that send all the time.
const CLIENTS: u64 = 16;
/// How long a server lives before it is killed, in milliseconds.
const LIFE_MS: std::ops::Range<u64> = 60..500;
/// How long a server that is killed while it starts lives, in milliseconds.
const BIRTH_MS: std::ops::Range<u64> = 1..250;

on_both_journals!(nothing_acknowledged_is_lost_and_nothing_happens_twice_when_the_server_is_killed);

async fn nothing_acknowledged_is_lost_and_nothing_happens_twice_when_the_server_is_killed(site: Site) {
    let token = token(site.url());
    let district = District::new(40, 3);
    let mut server = Server::start(site.url(), &[]);
    district.set_up(&server.api(&token)).await;
    let traffic = Traffic::new(server.api(&token));
    let clients = traffic.start(CLIENTS, size::seed(), &district);
    let mut chance = ChaCha8Rng::seed_from_u64(size::seed());

    let kills = size::kills();
    for kill in 1..=kills {
        tokio::time::sleep(Duration::from_millis(chance.gen_range(LIFE_MS))).await;
        server.kill_9();
        assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
        if kill % 3 == 0 {
            kill_while_starting(site.url(), Duration::from_millis(chance.gen_range(BIRTH_MS)));
        }
        if kill % 10 == 0 {
            // What a crash leaves is sound as it lies, before anything repairs or recovers it.
            site.is_verified();
        }
        server = Server::start(site.url(), &[]);
        traffic.turn_to(server.api(&token));
    }
    tokio::time::sleep(Duration::from_millis(LIFE_MS.end)).await;
    clients.call_home().await;

    site.balances_agree(&server.api(&token), traffic.record.highest_position()).await;
    site.feed_agrees(&server.api(&token)).await;
    assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    let tally = audit(&traffic.record.attempts(), &site.commands().await);
    println!("{kills} kills on {}: {tally}", site.url());
    let kills = usize::try_from(kills).expect("a small number");
    assert!(tally.acknowledged >= 10 * kills, "too little happened to show anything: {tally}");
    assert!(tally.unknown_attempts >= kills / 2, "too few kills met a request: {tally}");
    site.is_verified_and_replays_identically();
}

/// Starts a server and kills it, most likely before it listens.
fn kill_while_starting(journal: &str, life: Duration) {
    let mut command = Command::new(cli::binary());
    command.args(["serve", "--listen", "127.0.0.1:0", "--journal", journal]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = guard::adopt(&mut command).spawn().expect("the program starts");
    thread::sleep(life);
    child.kill().expect("an own child can be killed");
    child.wait().expect("a child can be waited for");
}
