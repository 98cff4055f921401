//! A machine's clock that is set under load, back by hours and ahead by days. Nothing is lost and nothing happens twice,
//! and the recorded time never goes back.

use std::time::Duration;

use nuanxin_tests::{Api, District, Server, SetClock, cli};
use serde_json::json;

use crate::audit::audit;
use crate::probe::Probe;
use crate::site::{Site, days_from_now};
use crate::size;
use crate::traffic::Traffic;

/// Clients that send all the time.
const CLIENTS: u64 = 8;
/// How long the clock stays where it was set.
const STAY: Duration = Duration::from_millis(700);
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Where it is set to, in seconds ahead of the machine's.
const JUMPS: [i64; 6] = [-5 * HOUR, 3 * DAY, -2 * HOUR, 10 * DAY, 9 * DAY, 0];

on_both_journals!(a_clock_that_jumps_costs_no_command_and_turns_no_recorded_time_back);

async fn a_clock_that_jumps_costs_no_command_and_turns_no_recorded_time_back(site: Site) {
    let clock = SetClock::new();
    // A grant holds from the day of its making on, and no clock here is set back before that.
    clock.set(-DAY);
    let token = cli::token_in(site.url(), &clock.environment());
    clock.set(0);
    let mut server = Server::start_in(site.url(), clock.environment());
    let mut district = District::new(40, 3);
    district.stock = 100_000;
    district.set_up(&server.api(&token)).await;
    let mut probe = Probe::enroll(&server.api(&token)).await;
    let traffic = Traffic::new(server.api(&token));
    let clients = traffic.start(CLIENTS, size::seed(), &district);
    let mut positions = Vec::new();
    for (round, ahead) in JUMPS.into_iter().enumerate() {
        // A command that was dated before and is decided after a clock was set back lies ahead of it and is refused.
        traffic.between_requests(|| clock.set(ahead)).await;
        probe.is_taken(&traffic.record, &server.api(&token)).await;
        tokio::time::sleep(STAY).await;
        probe.is_taken(&traffic.record, &server.api(&token)).await;
        positions.push(probe.standing().1);
        probe.reads(&server.api(&token)).await;
        if ahead < 0 {
            refuses_what_lies_ahead(&server.api(&token), round).await;
        }
        assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
        if round == JUMPS.len() / 2 {
            // A server that starts finds a journal from days ahead of its clock.
            server.kill_9();
            clock.set(-HOUR);
            server = Server::start_in(site.url(), clock.environment());
            traffic.turn_to(server.api(&token));
        }
    }
    clients.call_home().await;

    let api = server.api(&token);
    site.balances_agree_on(&api, traffic.record.highest_position(), &days_from_now(12)).await;
    site.feed_agrees(&api).await;
    assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
    assert!(!server.stderr().contains("panicked"), "{}", server.stderr());
    let entries = site.entries().await;
    let recorded: Vec<i64> = entries.iter().map(|entry| entry.command.recorded_at.micros()).collect();
    assert!(recorded.is_sorted(), "the recorded time goes back");
    let at = |position: u64| recorded[usize::try_from(position).expect("a small journal") - 1];
    let days = |from: i64, to: i64| (to - from) / 1_000_000 / DAY;
    assert_eq!(days(at(positions[0]), at(positions[1])), 3, "the clock that was set ahead was seen");
    assert_eq!(days(at(positions[1]), at(positions[2])), 0, "and waited for after it was set back");
    let tally = audit(&traffic.record.attempts(), &site.commands().await);
    println!("clocks set on {}: {tally}", site.url());
    assert!(tally.acknowledged > 100, "too little happened to show anything: {tally}");
    site.is_verified_and_replays_identically();
}

/// What is said to have happened at the machine's time lies ahead of a server whose clock was set back.
async fn refuses_what_lies_ahead(api: &Api, round: usize) {
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let body = json!({"worker": "PROBE", "store": "S0001", "lines": [{"sku": "SW02", "quantity": 1}], "at": now});
    let answer = api.post("/v1/redemptions", &format!("ahead-{round}"), body).await.expect("a command is answered");
    assert_eq!((answer.0, &answer.1["code"]), (422, &json!("invalid_date")), "{answer:?}");
}
