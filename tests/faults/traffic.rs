//! Clients under load: each sends one request after the other to a server that may be gone, asks again with the same
//! key until it gets a definite answer, and now and then gives a lost request up, as people do.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use nuanxin_tests::{Api, District, Intent, Request, Step, Unanswered, Workload};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::record::Record;

/// How long a client may go without a definite answer to one request before the test fails.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long clients may take to come home once the traffic is stopped.
const HOME_LIMIT: Duration = Duration::from_secs(60);

/// The clients of a test and the servers they talk to.
pub(crate) struct Traffic {
    /// What they were told.
    pub(crate) record: Record,
    apis: RwLock<Vec<Api>>,
    /// Passed by every attempt.
    gate: tokio::sync::RwLock<()>,
    stopped: AtomicBool,
}

impl Traffic {
    /// Traffic to one server, which may be replaced.
    pub(crate) fn new(api: Api) -> Arc<Traffic> {
        Traffic::over(vec![api])
    }

    /// Traffic to several servers of one journal: each attempt goes to one of them by chance.
    pub(crate) fn over(apis: Vec<Api>) -> Arc<Traffic> {
        Arc::new(Traffic {
            record: Record::new(),
            apis: RwLock::new(apis),
            gate: tokio::sync::RwLock::default(),
            stopped: AtomicBool::new(false),
        })
    }

    /// From now on clients talk to another server.
    pub(crate) fn turn_to(&self, api: Api) {
        self.turn_to_all(vec![api]);
    }

    /// From now on clients talk to these servers.
    pub(crate) fn turn_to_all(&self, apis: Vec<Api>) {
        *self.apis.write().unwrap_or_else(PoisonError::into_inner) = apis;
    }

    /// Does something while no request is under way.
    pub(crate) async fn between_requests<T>(&self, act: impl FnOnce() -> T) -> T {
        let _alone = self.gate.write().await;
        act()
    }

    /// Starts so many clients, each with a workload of its own on a district that they share.
    pub(crate) fn start(self: &Arc<Traffic>, clients: u64, seed: u64, district: &District) -> Clients {
        let one = |number: u64| {
            let workload = Workload::new(seed * 1_000 + number, district);
            tokio::spawn(Arc::clone(self).client(workload, ChaCha8Rng::seed_from_u64(seed ^ (number << 32))))
        };
        Clients { traffic: Arc::clone(self), handles: (0..clients).map(one).collect() }
    }

    async fn client(self: Arc<Traffic>, mut workload: Workload, mut random: ChaCha8Rng) {
        while !self.stopped.load(Ordering::Relaxed) {
            let Some(step) = workload.next() else { return };
            if let Some(answer) = self.settle(&step.request, &mut random).await {
                judge(&step, &answer);
            }
        }
    }

    /// Sends a request until there is a definite answer; none when it was given up after it had been lost.
    pub(crate) async fn settle(&self, request: &Request, random: &mut ChaCha8Rng) -> Option<(u16, Value)> {
        let began = Instant::now();
        loop {
            let api = {
                let apis = self.apis.read().unwrap_or_else(PoisonError::into_inner);
                apis[random.gen_range(0..apis.len())].clone()
            };
            let answer = {
                let _passes = self.gate.read().await;
                self.record.send(&api, request).await
            };
            let last = match answer {
                Ok((503, body)) => format!("503 {body}"),
                Ok(definite) => return Some(definite),
                Err(Unanswered::Lost(_)) if random.gen_ratio(1, 5) => return None,
                Err(unanswered) => format!("{unanswered:?}"),
            };
            assert!(began.elapsed() < PATIENCE, "{request:?} has no definite answer after {PATIENCE:?}: {last}");
            tokio::time::sleep(Duration::from_millis(random.gen_range(5..60))).await;
        }
    }
}

/// Clients that run until they are called home.
pub(crate) struct Clients {
    traffic: Arc<Traffic>,
    handles: Vec<JoinHandle<()>>,
}

impl Clients {
    /// Lets every client finish its request and waits for it. Panics where one failed or does not come home.
    pub(crate) async fn call_home(self) {
        self.traffic.stopped.store(true, Ordering::Relaxed);
        for handle in self.handles {
            let home = tokio::time::timeout(HOME_LIMIT, handle).await;
            home.expect("clients come home in time").expect("a client failed");
        }
    }
}

/// What can be said of an answer by the request alone.
fn judge(step: &Step, (status, body): &(u16, Value)) {
    let told = format!("{step:?} was answered {status} {body}");
    assert!(*status < 500, "{told}");
    match step.intent {
        Intent::Worker | Intent::Restock => assert!((200..300).contains(status), "{told}"),
        // A worker whose registration was lost and given up is unknown.
        Intent::Refused(code) => assert!([code, "unknown_worker"].iter().any(|code| body["code"] == *code), "{told}"),
        // What these are told depends on what came before, or on others; the audit looks at it.
        Intent::Credit | Intent::Redemption | Intent::Reversal(_) | Intent::Repeat(_) | Intent::Conflict(_) => {
            assert!(*status < 300 || body["code"].is_string(), "{told}");
        }
    }
}
