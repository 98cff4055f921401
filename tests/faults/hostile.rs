//! Hostile input: every malformed body, id, date and number is answered with a coded problem document and never with a
//! 5xx; the server lives on, in bounded memory, and its journal stays sound.

mod controls;
mod kinds;
mod outlaws;
mod people;
mod programmes;
mod provisions;
mod reads;
mod refusals;
mod requests;
mod routes;
mod settling;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nuanxin_tests::{Api, District, Offices, Server, token};
use reqwest::Method;
use serde_json::json;

use controls::Control;
use people::Session;

use crate::races::fund;
use crate::site::Site;
use crate::wire::{self, Reply};

/// The most memory the server may ever have taken, in KiB, as a debug build: 262 to 285 MiB were seen on SQLite, where each
/// store beside the journal has connections of its own.
const MEMORY_MAX_KIB: u64 = 640 << 10;
/// Memory is counted as it is asked for. In huge pages, of which the allocator takes two megabytes for the first of many small
/// things of a thread, the same requests came to 560 to 872 MiB by chance.
const NO_HUGE_PAGES: (&str, &str) = ("MIMALLOC_ALLOW_THP", "0");
/// Requests on their way at once.
const AT_ONCE: usize = 8;
/// How long the server is listened to after bytes that are hardly a request.
const OUTLAW_WAIT: Duration = Duration::from_secs(3);
/// How long a shot waits that was told to come again.
const COME_AGAIN: Duration = Duration::from_millis(50);
/// How many faults are told at once.
const FAULTS_TOLD_MAX: usize = 30;

on_both_journals!(
    every_route_answers_hostile_ids_queries_and_bodies_with_a_coded_problem,
    the_schedule_answers_hostile_bodies_with_a_coded_problem,
    what_cannot_hold_is_refused_with_its_code,
);

async fn every_route_answers_hostile_ids_queries_and_bodies_with_a_coded_problem(site: Site) {
    let controls = controls::controls();
    let tried = controls.iter().map(|control| {
        let queries = control.queries.iter().map(|(query, ..)| (*query).to_owned()).collect();
        (format!("{} {}", control.method, control.path), queries)
    });
    let tried: BTreeMap<String, BTreeSet<String>> = tried.collect();
    let target = Target::new(site).await.with_a_stage().await;
    let mut operations = routes::operations(&target.api).await;
    for (elsewhere, reason) in routes::OF_OTHER_OFFICES {
        assert!(!reason.is_empty() && operations.remove(elsewhere).is_some(), "{elsewhere} is no operation any more");
    }
    assert_eq!(operations, tried, "every operation has a request that it accepts, with each query");
    let (waiting, rest): (Vec<_>, Vec<_>) =
        controls.iter().filter(|control| !control.sets_the_rules).partition(|control| control.asks_for_approval);
    // Those that wait for approval are provided for last: from then on all credits wait.
    target.fire_at(&[rest, waiting].concat()).await;
    target.ends_unharmed().await;
}

/// On a district of its own: what is accepted here changes what is accepted elsewhere.
async fn the_schedule_answers_hostile_bodies_with_a_coded_problem(site: Site) {
    let controls = controls::controls();
    let controls: Vec<_> = controls.iter().filter(|control| control.sets_the_rules).collect();
    let target = Target::new(site).await;
    target.fire_at(&controls).await;
    target.ends_unharmed().await;
}

async fn what_cannot_hold_is_refused_with_its_code(site: Site) {
    let target = Target::new(site).await;
    target.fire(refusals::controls()).await;
    target.fire(refusals::shots()).await;
    target.ends_unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bytes_that_are_hardly_http_do_no_harm_and_smuggle_nothing() {
    let target = Target::new(Site::sqlite()).await;
    let requests = outlaws::requests(target.offices.desk());
    let address = wire::address(&target.server);
    let all = join_all(requests.iter().map(|(_, bytes)| wire::listen(address, bytes, OUTLAW_WAIT))).await;
    for ((name, _), said) in requests.iter().zip(all) {
        // Below the routes there are no problem documents: a status, or the connection is closed, or the server waits for
        // the rest of what never was a request.
        let status = wire::first_status(&said);
        assert!(matches!(status, None | Some(200..=499 | 501 | 505)), "{name}: {}", String::from_utf8_lossy(&said));
    }
    let commands = target.site.commands().await;
    let smuggled: Vec<&String> = commands.keys().filter(|key| key.starts_with("smuggled")).collect();
    assert!(smuggled.is_empty(), "requests inside requests took effect: {smuggled:?}");
    target.ends_unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn oversized_bodies_at_once_and_clients_that_never_finish_leave_room_for_others() {
    let target = Target::new(Site::sqlite()).await;
    let idle = outlaws::crowd_that_never_finishes(&target.server, target.offices.desk()).await;
    let body = outlaws::oversized_body();
    let mut told = 0;
    for _ in 0..3 {
        let bytes = wire::request("POST", "/v1/workers", &target.headers("oversized", "POST", "/v1/workers"), &body);
        let at_once = (0..16).map(|_| wire::exchange(wire::address(&target.server), &bytes));
        for reply in join_all(at_once).await {
            // A server that has heard enough may close before the client hears why.
            if let Some(reply) = reply.expect("the server lives") {
                assert_eq!((reply.status, reply.problem_code()), (413, Ok("too_large".into())));
                told += 1;
            }
        }
    }
    assert!(told > 0, "nobody was told why");
    target.ends_unharmed().await;
    drop(idle);
}

/// One hostile request and what it may be told.
#[derive(Debug, Clone)]
struct Shot {
    /// What is wrong with it.
    name: String,
    method: String,
    target: String,
    /// Beside the token and the key; a header named here is sent as it stands.
    headers: Vec<String>,
    body: Vec<u8>,
    verdict: Verdict,
    /// Whether it may make something of a hostile name.
    makes: bool,
}

/// What a hostile request may be told.
#[derive(Debug, Clone, Copy)]
enum Verdict {
    /// Done, with this status.
    Done(u16),
    /// A no with this status and code.
    Refused(u16, &'static str),
}

impl Verdict {
    /// Done, in the words of an operation.
    fn of(self, control: &Control) -> Verdict {
        if matches!(self, Verdict::Done(_)) { Verdict::Done(control.status) } else { self }
    }
}

/// A server under fire, on a journal with a small district.
struct Target {
    site: Site,
    offices: Offices,
    server: Server,
    api: Api,
    /// Another person, who set the district up.
    office: Api,
    /// A third person, for what two have a part in already.
    third: Api,
    /// Of the third person's, once the stage is set.
    session: Session,
    district: District,
    /// The size of a checkpoint that is published.
    signed: u64,
    keys: AtomicUsize,
}

impl Target {
    async fn new(site: Site) -> Target {
        let third = people::third(site.url());
        let [token, other] = [token(site.url()), token(site.url())];
        let (name, value) = NO_HUGE_PAGES;
        let server = Server::start_in(site.url(), vec![(name, value.into())]);
        let (api, office, third) = (server.api(&token), server.api(&other), server.api(&third));
        let district = District::new(6, 2);
        district.set_up(&office).await;
        fund(&office, &district.workers).await;
        Target {
            site,
            offices: Offices::of(&token),
            server,
            api,
            office,
            third,
            session: Session::default(),
            district,
            signed: 0,
            keys: AtomicUsize::new(0),
        }
    }

    /// The headers of an honest request of whoever asks such a thing; each has a key of its own.
    fn headers(&self, name: &str, method: &str, target: &str) -> Vec<String> {
        let number = self.keys.fetch_add(1, Ordering::Relaxed);
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        vec![
            format!("Authorization: Bearer {}", self.offices.of_request(&method, target)),
            format!("Idempotency-Key: {name}-{number}"),
            "Content-Type: application/json".to_owned(),
        ]
    }

    /// With what many shots share, and a checkpoint of it.
    async fn with_a_stage(mut self) -> Target {
        self.adopt("stage-schedule", false).await;
        self.batch("stage", controls::stage()).await;
        self.session = Session::begin(&self.server).await;
        let (_, checkpoint) = self.api.get("/v1/audit/checkpoint").await.expect("the server answers");
        // A signed note: the origin, the size, the root.
        let size = checkpoint.as_str().and_then(|note| note.lines().nth(1)).and_then(|size| size.parse().ok());
        self.signed = size.unwrap_or_else(|| panic!("no checkpoint: {checkpoint}"));
        self
    }

    /// Fires each control unchanged, then everything that can be changed about it.
    async fn fire_at(&self, controls: &[&Control]) {
        let (mut unchanged, mut changed) = (Vec::new(), Vec::new());
        for control in controls {
            if control.asks_for_approval {
                self.ask_for_approval().await;
            }
            let (mut first, mut then) = (routes::unchanged(control), routes::shots(control));
            self.provide(control, first.iter_mut().chain(&mut then)).await;
            unchanged.extend(first);
            changed.extend(then);
        }
        // What is made is there for whoever is shot at later: it is made last.
        let (making, changed): (Vec<_>, Vec<_>) = changed.into_iter().partition(|shot| shot.makes);
        for shots in [unchanged, changed, making] {
            self.fire(shots).await;
        }
    }

    /// Sends every shot and judges the answers; panics with what was told wrongly.
    async fn fire(&self, shots: Vec<Shot>) {
        let next = AtomicUsize::new(0);
        let faults = Mutex::new(Vec::new());
        let counts = Mutex::new(std::collections::BTreeMap::<u16, usize>::new());
        let gunner = || async {
            loop {
                let Some(shot) = shots.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                let reply = self.shoot(shot).await;
                let status = reply.as_ref().map_or(0, |reply| reply.as_ref().map_or(0, |reply| reply.status));
                *counts.lock().expect("no gunner panics").entry(status).or_default() += 1;
                if let Err(fault) = judge(shot, reply) {
                    let body = String::from_utf8_lossy(&shot.body[..shot.body.len().min(300)]).into_owned();
                    let target: String = shot.target.chars().take(200).collect();
                    let told = format!("{}: {} {target} {body}\n    {fault}", shot.name, shot.method);
                    faults.lock().expect("no gunner panics").push(told);
                }
            }
        };
        join_all((0..AT_ONCE).map(|_| gunner())).await;
        let mut faults = faults.into_inner().expect("no gunner panics");
        let count = faults.len();
        faults.truncate(FAULTS_TOLD_MAX);
        let counts = counts.into_inner().expect("no gunner panics");
        println!("{} hostile requests on {}; answers by status: {counts:?}", shots.len(), self.site.url());
        let stderr = self.server.stderr();
        let last: String = stderr.chars().rev().take(3_000).collect::<Vec<_>>().into_iter().rev().collect();
        assert!(faults.is_empty(), "{count} of {} were told wrongly:\n{}\n{last}", shots.len(), faults.join("\n"));
    }

    async fn shoot(&self, shot: &Shot) -> io::Result<Option<Reply>> {
        let named = |header: &String| header.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let replaced: Vec<String> = shot.headers.iter().map(named).collect();
        let mut headers: Vec<String> = self
            .headers("hostile", &shot.method, &shot.target)
            .into_iter()
            .filter(|header| !replaced.contains(&named(header)))
            .collect();
        // A header with nothing after its colon stands for one that is left out.
        headers.extend(shot.headers.iter().filter(|header| !header.ends_with(':')).cloned());
        let bytes = wire::request(&shot.method, &shot.target, &headers, &shot.body);
        loop {
            let reply = wire::exchange(wire::address(&self.server), &bytes).await;
            // Few may walk the whole journal at once; whoever is told to come again does.
            let again = |reply: &Reply| reply.status == 429 && reply.problem_code() == Ok("too_many_requests".into());
            if !matches!(&reply, Ok(Some(reply)) if again(reply)) {
                return reply;
            }
            tokio::time::sleep(COME_AGAIN).await;
        }
    }

    /// That the server lives, works, never panicked and never grew beyond bounds, and that its journal is sound.
    async fn ends_unharmed(self) {
        let body = json!({"id": "after-the-fire", "occupation": "快递员"});
        let (status, answer) = self.api.post("/v1/workers", "after-the-fire", body).await.expect("the server lives");
        assert_eq!(status, 201, "{answer}");
        let path = format!("/v1/workers/after-the-fire?min_position={}", answer["position"]);
        let (status, answer) = self.api.get(&path).await.expect("the server lives");
        assert_eq!(status, 200, "{answer}");
        let peak = peak_memory_kib(self.server.pid());
        println!("peak memory on {}: {} MiB", self.site.url(), peak >> 10);
        assert!(peak < MEMORY_MAX_KIB, "the server took {peak} KiB");
        assert!(!self.server.stderr().contains("panicked"), "{}", self.server.stderr());
        assert_eq!(self.server.terminate().code(), Some(0), "{}", self.server.stderr());
        self.site.is_verified_and_replays_identically();
    }
}

fn judge(shot: &Shot, reply: io::Result<Option<Reply>>) -> Result<(), String> {
    let reply = match reply {
        Ok(Some(reply)) => reply,
        Ok(None) => return Err("the server closed without an answer".into()),
        Err(error) => return Err(error.to_string()),
    };
    if reply.status >= 500 {
        return Err(format!("a fault: {}\n{}", reply.head, String::from_utf8_lossy(&reply.body)));
    }
    let code = if reply.status >= 400 && shot.method != "HEAD" { Some(reply.problem_code()?) } else { None };
    match (&shot.verdict, code) {
        (Verdict::Done(status), None) if *status == reply.status => Ok(()),
        (Verdict::Done(status), _) => {
            Err(format!("told {}, not {status}: {}", reply.status, String::from_utf8_lossy(&reply.body)))
        }
        (Verdict::Refused(status, expected), Some(code)) if *status == reply.status && *expected == code => Ok(()),
        (Verdict::Refused(status, expected), code) => {
            let body = String::from_utf8_lossy(&reply.body);
            Err(format!("told {} {code:?}, not {status} {expected}: {body}", reply.status))
        }
    }
}

/// The most memory a process has ever held, in KiB.
fn peak_memory_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the server runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number of KiB")
}

/// Runs futures at once on this task and waits for all of them.
async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|future| Some(Box::pin(future))).collect();
    let mut done: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (slot, result) in running.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                (*slot, *result) = (None, Some(output));
            }
        }
        if running.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}
