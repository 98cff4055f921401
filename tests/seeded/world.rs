//! A small world on one simulated journal: servers that crash and come back, clients that ask until they know.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, Actor, Key, MerchantId, Sku, StoreId, WorkerId};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::RecordedTime;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Outcome, Receipt, Submission};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::watch;

use crate::backend::{SimulatedJournal, Weather};

const SERVERS: u64 = 2;
const CLIENTS: u64 = 6;
const ASKS: u64 = 12;
const WORKERS: u32 = 3;

/// How a client's question ended.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Acknowledged(Receipt),
    Refused(Code),
    /// The client went away without an answer.
    GivenUp,
}

/// A question with when it was first sent and when it ended, in the order of the world.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) key: Key,
    pub(crate) command: Command,
    pub(crate) sent: u64,
    pub(crate) ended: u64,
    pub(crate) end: End,
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) kept: MemoryJournal,
    pub(crate) asked: Vec<Asked>,
    pub(crate) crashes: u64,
}

type Live = Option<(Ledger, SimulatedJournal)>;

struct Server {
    live: watch::Receiver<Live>,
}

pub(crate) fn id<T>(made: Result<T, ledger_core::domain::ids::IdError>) -> T {
    made.expect("a fixed id")
}

pub(crate) fn submission(key: &str, command: Command) -> Submission {
    let at = BusinessTime::parse("2024-06-01").expect("a fixed time");
    Submission { context: Context { key: id(Key::new(key)), actor: id(Actor::new("client")), at }, command }
}

/// Settings that make everything happen often: tiny batches, caches of a few, snapshots after every other event.
fn settings(random: &mut ChaCha8Rng, clock: &Arc<AtomicI64>) -> LedgerSettings {
    let clock = Arc::clone(clock);
    LedgerSettings {
        batch_max: random.gen_range(1..8),
        cached_aggregates_max: random.gen_range(1..4),
        snapshot_every: random.gen_range(1..4),
        resolve_for: Duration::from_secs(random.gen_range(0..8)),
        clock: Arc::new(move || RecordedTime::from_micros(clock.fetch_add(7, Ordering::SeqCst))),
        ..LedgerSettings::default()
    }
}

async fn serve(
    kept: MemoryJournal,
    seed: u64,
    weather: Weather,
    clock: Arc<AtomicI64>,
    crashes: Arc<AtomicU64>,
    live: watch::Sender<Live>,
) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    loop {
        let journal = SimulatedJournal::new(kept.clone(), random.r#gen(), weather);
        let opening =
            Ledger::open(Arc::new(journal.clone()), settings(&mut random, &clock), "simulation", HashSuite::Sha256);
        let opened = tokio::select! {
            opened = opening => opened.ok(),
            () = journal.died() => None,
        };
        if let Some((ledger, _task)) = opened {
            live.send_replace(Some((ledger, journal.clone())));
            journal.died().await;
            live.send_replace(None);
        }
        if journal.is_dead() {
            crashes.fetch_add(1, Ordering::SeqCst);
        } else {
            journal.crash();
        }
        tokio::time::sleep(Duration::from_millis(random.gen_range(1..2_000))).await;
    }
}

/// Asks until there is an answer, or gives up after many tries.
async fn ask(servers: &[Server], random: &mut ChaCha8Rng, asked: &Submission, tries: u32) -> End {
    for _ in 0..tries {
        let Some(server) = servers.get(random.gen_range(0..servers.len())) else { continue };
        let live = server.live.borrow().clone();
        if let Some((ledger, journal)) = live {
            let answered = tokio::select! {
                outcome = ledger.submit(asked.clone()) => Some(outcome),
                () = journal.died() => None,
                () = tokio::time::sleep(Duration::from_secs(60)) => None,
            };
            match answered {
                Some(Outcome::Committed(receipt)) if !journal.is_dead() => return End::Acknowledged(receipt),
                Some(Outcome::Refused(refusal)) if refusal.code != Code::JournalUnavailable => {
                    return End::Refused(refusal.code);
                }
                _ => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(random.gen_range(1..500))).await;
    }
    End::GivenUp
}

fn district() -> Vec<Submission> {
    let activity = Activity {
        category: "志愿服务".into(),
        code: id(ActivityCode::new("ZY01")),
        counts_for_card: true,
        daily_cap: Some(Points::from_whole(60)),
        name: "社区志愿服务".into(),
        points_per_unit: Points::from_whole(10),
        unit: "小时".into(),
        validity: Validity::Months(24),
    };
    let effective_from = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a fixed date");
    let adopt = Command::AdoptSchedule { activities: vec![activity], effective_from, settings: Settings::default() };
    let merchant = id(MerchantId::new("M1"));
    let details = MerchantDetails { category: None, name: "商户".into(), uscc: "9137".into() };
    let register = Command::RegisterMerchant { merchant: merchant.clone(), details, update: true };
    let details = StoreDetails { community: None, name: "网点".into(), tier: "微驿站".into() };
    let open = Command::OpenStore { store: id(StoreId::new("S1")), details, update: true };
    let terms = ItemTerms {
        kind: "实物".into(),
        limit_per_worker_year: None,
        merchant: Some(merchant),
        name: "毛巾".into(),
        price: Points::from_whole(10),
    };
    let list = Command::ListItem { store: id(StoreId::new("S1")), sku: id(Sku::new("SP1")), terms, opening_stock: 15 };
    let mut all = vec![adopt, register, open, list];
    for number in 0..WORKERS {
        let details = WorkerDetails { occupation: "骑手".into(), party_member: None, platform: None };
        let worker = id(WorkerId::new(&format!("W{number}")));
        all.push(Command::RegisterWorker { worker, details, update: true });
    }
    all.into_iter().enumerate().map(|(index, command)| submission(&format!("district/{index}"), command)).collect()
}

fn command(random: &mut ChaCha8Rng) -> Command {
    let worker = id(WorkerId::new(&format!("W{}", random.gen_range(0..WORKERS))));
    if random.gen_bool(0.5) {
        let day = random.gen_range(1..4);
        return Command::RecordCredit {
            worker,
            activity: id(ActivityCode::new("ZY01")),
            on: NaiveDate::from_ymd_opt(2024, 3, day),
            quantity: Some(Quantity::from_millionths(1_000_000 * random.gen_range(1..4))),
            witness: None,
            evidence: None,
        };
    }
    let line = AskedLine { sku: id(Sku::new("SP1")), quantity: Some(1) };
    let store = id(StoreId::new("S1"));
    Command::Redeem(AskedSpending { worker, store, lines: vec![line], time: AskedTime::Now })
}

/// Runs the world of a seed to its end.
pub(crate) async fn run(seed: u64) -> Run {
    let kept = MemoryJournal::default();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let weather = Weather {
        refuses: random.gen_range(0..80),
        stalls: random.gen_range(0..120),
        loses: random.gen_range(0..200),
        crashes: random.gen_range(0..25),
    };
    let (clock, order) = (Arc::new(AtomicI64::new(1)), Arc::new(AtomicU64::new(0)));
    let crashes = Arc::new(AtomicU64::new(0));
    let mut servers = Vec::new();
    let mut processes = Vec::new();
    for _ in 0..SERVERS {
        let (sender, live) = watch::channel(None);
        let (kept, clock, crashes) = (kept.clone(), Arc::clone(&clock), Arc::clone(&crashes));
        processes.push(tokio::spawn(serve(kept, random.r#gen(), weather, clock, crashes, sender)));
        servers.push(Server { live });
    }
    let servers = Arc::new(servers);
    let mut asked = Vec::new();
    for submission in district() {
        let sent = order.fetch_add(1, Ordering::SeqCst);
        let end = ask(&servers, &mut random, &submission, 10_000).await;
        assert!(matches!(end, End::Acknowledged(_)), "the district: {end:?}");
        let ended = order.fetch_add(1, Ordering::SeqCst);
        asked.push(Asked { key: submission.context.key, command: submission.command, sent, ended, end });
    }
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let (servers, order) = (Arc::clone(&servers), Arc::clone(&order));
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ (number << 32));
        clients.push(tokio::spawn(async move {
            let mut asked = Vec::new();
            for count in 0..ASKS {
                let submission = submission(&format!("client/{number}/{count}"), command(&mut random));
                // Some people have no patience.
                let tries = if random.gen_bool(0.1) { 1 } else { 10_000 };
                let sent = order.fetch_add(1, Ordering::SeqCst);
                let end = ask(&servers, &mut random, &submission, tries).await;
                let ended = order.fetch_add(1, Ordering::SeqCst);
                asked.push(Asked { key: submission.context.key, command: submission.command, sent, ended, end });
            }
            asked
        }));
    }
    for client in clients {
        asked.extend(client.await.expect("a client ends"));
    }
    processes.iter().for_each(tokio::task::JoinHandle::abort);
    Run { kept, asked, crashes: crashes.load(Ordering::SeqCst) }
}
