//! Seeded traffic for a small district: valid commands, repeats of them, keys taken again with other content, and
//! commands that must be refused. The same seed and district always give the same requests; no clock is read.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use crate::api::Request;
use crate::district::{self, District};

/// Years of the service dates; all have passed, so that every lot begins before today.
const SERVICE_YEARS: [u32; 2] = [2024, 2025];

/// One request of a workload and what it is meant to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is sent.
    pub request: Request,
    /// What it is meant to be.
    pub intent: Intent,
}

/// What a request is meant to be. What the ledger answers may depend on what came before: a redemption may meet an
/// empty account, and a key of a refused command is free again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Registers a worker who is new.
    Worker,
    /// Credits a worker of the district.
    Credit,
    /// Redeems at a store of the district.
    Redemption,
    /// Puts goods on a shelf.
    Restock,
    /// Takes back the credit or the redemption of the step at this index.
    Reversal(usize),
    /// The very request of the step at this index once more.
    Repeat(usize),
    /// The key of the step at this index with other content.
    Conflict(usize),
    /// Must be refused with this code, whatever came before.
    Refused(&'static str),
}

/// An endless, deterministic run of steps.
pub struct Workload {
    seed: u64,
    random: ChaCha8Rng,
    district: District,
    /// Everything yielded so far: what repeats and conflicts refer to.
    steps: Vec<Step>,
    workers_added: usize,
}

impl Workload {
    /// The workload of a seed against a district, whose workers, stores and items must not be empty.
    pub fn new(seed: u64, district: &District) -> Workload {
        let random = ChaCha8Rng::seed_from_u64(seed);
        Workload { seed, random, district: district.clone(), steps: Vec::new(), workers_added: 0 }
    }

    /// What was yielded so far, by index.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn step(&mut self) -> Step {
        match self.random.gen_range(0..100) {
            0..4 => self.worker(),
            4..44 => self.credit(),
            44..72 => self.redemption(),
            72..75 => self.restock(),
            75..79 => self.reversal(),
            79..86 => self.repeat(),
            86..91 => self.conflict(),
            _ => self.refused(),
        }
    }

    fn worker(&mut self) -> Step {
        self.workers_added += 1;
        let id = format!("N{}-{:04}", self.seed, self.workers_added);
        let request = Request::post("/v1/workers", self.key(), district::worker(&id, self.workers_added));
        // Later steps credit and redeem for this worker too.
        self.district.workers.push(id);
        Step { request, intent: Intent::Worker }
    }

    fn credit(&mut self) -> Step {
        let body = self.credit_body();
        Step { request: Request::post("/v1/credits", self.key(), body), intent: Intent::Credit }
    }

    fn redemption(&mut self) -> Step {
        let body = self.redemption_body();
        Step { request: Request::post("/v1/redemptions", self.key(), body), intent: Intent::Redemption }
    }

    fn restock(&mut self) -> Step {
        let path = format!("/v1/stores/{}/restock", pick(&mut self.random, &self.district.stores));
        let body = json!({"sku": self.sku(), "quantity": self.random.gen_range(1..=50)});
        Step { request: Request::post(path, self.key(), body), intent: Intent::Restock }
    }

    fn reversal(&mut self) -> Step {
        let Some(of) = self.earlier(|intent| matches!(intent, Intent::Credit | Intent::Redemption)) else {
            return self.credit();
        };
        let request = &self.steps[of].request;
        let path = format!("{}/{}/reverse", request.path, request.key.as_deref().unwrap_or_default());
        Step {
            request: Request::post(path, self.key(), json!({"reason": "测试撤销"})), intent: Intent::Reversal(of)
        }
    }

    fn repeat(&mut self) -> Step {
        match self.earlier(|_| true) {
            Some(of) => Step { request: self.steps[of].request.clone(), intent: Intent::Repeat(of) },
            None => self.credit(),
        }
    }

    fn conflict(&mut self) -> Step {
        let Some(of) = self.earlier(|intent| matches!(intent, Intent::Credit | Intent::Redemption)) else {
            return self.credit();
        };
        let mut request = self.steps[of].request.clone();
        let quantity = match request.body.pointer_mut("/quantity") {
            Some(quantity) => quantity,
            None => &mut request.body["lines"][0]["quantity"],
        };
        *quantity = json!(quantity.as_f64().unwrap_or(0.0) as u64 + 1);
        Step { request, intent: Intent::Conflict(of) }
    }

    fn refused(&mut self) -> Step {
        let mut credit = self.credit_body();
        let mut redemption = self.redemption_body();
        // A fault is the only one of its command, so that the order of the checks does not matter.
        let (path, body, code) = match self.random.gen_range(0..10) {
            0 => ("/v1/credits", with(&mut credit, "/worker", json!("nobody")), "unknown_worker"),
            1 => ("/v1/credits", with(&mut credit, "/activity", json!("nothing")), "unknown_activity"),
            2 => ("/v1/credits", with(&mut credit, "/on", json!("2025-02-30")), "invalid_date"),
            3 => ("/v1/credits", with(&mut credit, "/quantity", json!(0)), "invalid_quantity"),
            4 => ("/v1/credits", with(&mut credit, "/quantity", json!(-1)), "invalid_quantity"),
            5 => ("/v1/redemptions", with(&mut redemption, "/worker", json!("nobody")), "unknown_worker"),
            6 => ("/v1/redemptions", with(&mut redemption, "/store", json!("nowhere")), "unknown_store"),
            7 => ("/v1/redemptions", with(&mut redemption, "/lines/0/sku", json!("nothing")), "unknown_item"),
            8 => ("/v1/redemptions/no-such-redemption/reverse", json!({"reason": "测试"}), "unknown_redemption"),
            _ => ("/v1/credits/no-such-credit/reverse", json!({"reason": "测试"}), "unknown_credit"),
        };
        Step { request: Request::post(path, self.key(), body), intent: Intent::Refused(code) }
    }

    fn credit_body(&mut self) -> Value {
        let year = SERVICE_YEARS[self.random.gen_range(0..SERVICE_YEARS.len())];
        let (month, day) = (self.random.gen_range(1..=12), self.random.gen_range(1..=28));
        let activity = self.district.activities.choose(&mut self.random).expect("a district has activities").code;
        let halves: u32 = self.random.gen_range(2..=8);
        let quantity = if halves.is_multiple_of(2) { json!(halves / 2) } else { json!(f64::from(halves) / 2.0) };
        json!({
            "worker": pick(&mut self.random, &self.district.workers), "activity": activity,
            "on": format!("{year}-{month:02}-{day:02}"), "quantity": quantity,
            "witness": format!("证明人{}", self.random.gen_range(1..=5)),
        })
    }

    fn redemption_body(&mut self) -> Value {
        let mut skus: Vec<&str> = self.district.items.iter().map(|item| item.sku).collect();
        skus.shuffle(&mut self.random);
        skus.truncate(self.random.gen_range(1..=2));
        let lines: Vec<Value> =
            skus.iter().map(|sku| json!({"sku": sku, "quantity": self.random.gen_range(1..=3)})).collect();
        let worker = pick(&mut self.random, &self.district.workers);
        json!({"worker": worker, "store": pick(&mut self.random, &self.district.stores), "lines": lines})
    }

    fn sku(&mut self) -> &'static str {
        self.district.items.choose(&mut self.random).expect("a district has items").sku
    }

    /// The index of some earlier step of such an intent; none when chance finds none.
    fn earlier(&mut self, wanted: impl Fn(Intent) -> bool) -> Option<usize> {
        const TRIES_MAX: usize = 20;
        let count = self.steps.len();
        if count == 0 {
            return None;
        }
        (0..TRIES_MAX).map(|_| self.random.gen_range(0..count)).find(|&index| wanted(self.steps[index].intent))
    }

    /// The next step's own key.
    fn key(&self) -> String {
        format!("k{}-{:06}", self.seed, self.steps.len())
    }
}

impl Iterator for Workload {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let step = self.step();
        self.steps.push(step.clone());
        Some(step)
    }
}

fn pick(random: &mut ChaCha8Rng, ids: &[String]) -> String {
    ids.choose(random).expect("a district is not empty").clone()
}

fn with(body: &mut Value, pointer: &str, value: Value) -> Value {
    *body.pointer_mut(pointer).expect("bodies have this member") = value;
    body.take()
}

#[cfg(test)]
mod tests {
    use super::{Intent, Step, Workload};
    use crate::district::District;

    fn steps(seed: u64) -> Vec<Step> {
        Workload::new(seed, &District::new(5, 2)).take(2_000).collect()
    }

    #[test]
    fn a_seed_always_gives_the_same_requests() {
        assert_eq!(steps(7), steps(7));
        assert_ne!(steps(7), steps(8));
    }

    #[test]
    fn only_repeats_and_conflicts_take_a_key_again() {
        let steps = steps(7);
        for (index, step) in steps.iter().enumerate() {
            let key = step.request.key.as_deref().expect("every command has a key");
            match step.intent {
                Intent::Repeat(of) => assert_eq!(step.request, steps[of].request),
                Intent::Conflict(of) => {
                    assert_eq!(
                        (key, &step.request.path),
                        (steps[of].request.key.as_deref().unwrap_or(""), &steps[of].request.path)
                    );
                    assert_ne!(step.request.body, steps[of].request.body);
                }
                _ => assert_eq!(key, format!("k7-{index:06}")),
            }
        }
    }

    #[test]
    fn every_intent_and_every_refusal_occurs() {
        let steps = steps(7);
        let codes = [
            "unknown_worker",
            "unknown_activity",
            "unknown_store",
            "unknown_item",
            "unknown_credit",
            "unknown_redemption",
            "invalid_date",
            "invalid_quantity",
        ];
        for code in codes {
            assert!(steps.iter().any(|step| step.intent == Intent::Refused(code)), "{code}");
        }
        let kinds: std::collections::HashSet<_> =
            steps.iter().map(|step| std::mem::discriminant(&step.intent)).collect();
        assert_eq!(kinds.len(), 8);
    }
}
