//! Fills a journal with invented workers, stores and credits. What is there already is not made again.

use std::time::Instant;

use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, Actor, Key, MerchantId, Sku, StoreId, WorkerId};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::journal::JournalError;
use ledger_core::ledger::{Command, Context, Ledger, Outcome, Submission};
use serde::Serialize;

use super::BenchArgs;
use crate::cli::CliError;

/// Items that every store lists.
pub(super) const ITEMS: u32 = 5;
const MERCHANTS: u32 = 20;
/// Submissions queued at once while filling.
const CHUNK: usize = 1_000;
const CHUNKS_UNDER_WAY: usize = 4;

/// What filling took.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Filled {
    pub(super) commands: u64,
    pub(super) seconds: f64,
}

fn unusable(error: impl std::fmt::Display) -> CliError {
    CliError::failed(error.to_string())
}

pub(super) fn worker(number: u32) -> Result<WorkerId, CliError> {
    WorkerId::new(&format!("BENCH-W{number:07}")).map_err(unusable)
}

pub(super) fn store(number: u32) -> Result<StoreId, CliError> {
    StoreId::new(&format!("BENCH-S{number:05}")).map_err(unusable)
}

pub(super) fn sku(number: u32) -> Result<Sku, CliError> {
    Sku::new(&format!("SP{number:03}")).map_err(unusable)
}

pub(super) fn activity() -> Result<ActivityCode, CliError> {
    ActivityCode::new("BENCH").map_err(unusable)
}

/// The invented business time: far from any clock, so that no result depends on today.
pub(super) fn day(number: u32) -> Result<NaiveDate, CliError> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1);
    first
        .and_then(|first| first.checked_add_days(chrono::Days::new(u64::from(number))))
        .ok_or_else(|| unusable("calendar"))
}

pub(super) fn submission(key: &str, command: Command) -> Result<Submission, CliError> {
    let context = Context {
        key: Key::new(key).map_err(unusable)?,
        actor: Actor::new("bench").map_err(unusable)?,
        at: BusinessTime::start_of(day(600)?),
    };
    Ok(Submission { context, command })
}

pub(super) async fn fill(ledger: &Ledger, args: &BenchArgs) -> Result<Filled, CliError> {
    let started = Instant::now();
    refuse_a_real_journal(ledger).await?;
    let mut sink = Sink { ledger, waiting: Vec::new(), under_way: Vec::new(), commands: 0 };
    sink.send("bench/schedule", schedule()?).await?;
    for number in 0..MERCHANTS {
        let details =
            MerchantDetails { category: None, name: format!("商户{number}"), uscc: format!("9200{number:014}") };
        let merchant = MerchantId::new(&format!("BENCH-M{number:03}")).map_err(unusable)?;
        let command = Command::RegisterMerchant { merchant, details, update: true };
        sink.send(&format!("bench/merchant/{number}"), command).await?;
    }
    for number in 0..args.stores {
        let details = StoreDetails { community: None, name: format!("网点{number}"), tier: "微驿站".into() };
        let open = Command::OpenStore { store: store(number)?, details, update: true };
        sink.send(&format!("bench/store/{number}"), open).await?;
        for item in 0..ITEMS {
            let merchant = MerchantId::new(&format!("BENCH-M{:03}", (number + item) % MERCHANTS)).map_err(unusable)?;
            let terms = ItemTerms {
                kind: "实物".into(),
                limit_per_worker_year: None,
                merchant: Some(merchant),
                name: format!("商品{item}"),
                price: Points::from_whole(1),
            };
            let list = Command::ListItem { store: store(number)?, sku: sku(item)?, terms, opening_stock: 10_000_000 };
            sink.send(&format!("bench/item/{number}/{item}"), list).await?;
        }
    }
    for number in 0..args.workers {
        let details = WorkerDetails { occupation: "快递员".into(), party_member: None, platform: None };
        let register = Command::RegisterWorker { worker: worker(number)?, details, update: true };
        sink.send(&format!("bench/worker/{number}"), register).await?;
    }
    for round in 0..args.history {
        for number in 0..args.workers {
            let credit = Command::RecordCredit {
                worker: worker(number)?,
                activity: activity()?,
                on: Some(day(round % 500)?),
                quantity: Some(Quantity::from_millionths(1_000_000)),
                witness: None,
                evidence: None,
            };
            sink.send(&format!("bench/credit/{number}/{round}"), credit).await?;
        }
    }
    let commands = sink.finish().await?;
    Ok(Filled { commands, seconds: started.elapsed().as_secs_f64() })
}

fn schedule() -> Result<Command, CliError> {
    let activity = Activity {
        category: "志愿服务".into(),
        code: activity()?,
        counts_for_card: true,
        daily_cap: None,
        name: "测速".into(),
        points_per_unit: Points::from_whole(10_000),
        unit: "次".into(),
        validity: Validity::Forever,
    };
    let effective_from = day(0)?;
    Ok(Command::AdoptSchedule { activities: vec![activity], effective_from, settings: Settings::default() })
}

/// A journal with a district's own entries must not be filled with invented ones.
async fn refuse_a_real_journal(ledger: &Ledger) -> Result<(), CliError> {
    let entries = ledger.journal().read(1, 1).await?;
    let own = |entry: &ledger_core::journal::Entry| entry.command.key.starts_with("bench/");
    if entries.iter().all(own) {
        return Ok(());
    }
    let what = "the journal holds entries of a district; give bench a journal of its own".to_owned();
    Err(JournalError::Unusable(what).into())
}

struct Sink<'a> {
    ledger: &'a Ledger,
    waiting: Vec<Submission>,
    under_way: Vec<ledger_core::ledger::handle::Answers>,
    commands: u64,
}

impl Sink<'_> {
    async fn send(&mut self, key: &str, command: Command) -> Result<(), CliError> {
        self.waiting.push(submission(key, command)?);
        self.commands += 1;
        if self.waiting.len() >= CHUNK {
            self.flush(CHUNKS_UNDER_WAY).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, under_way_max: usize) -> Result<(), CliError> {
        let chunk = std::mem::take(&mut self.waiting);
        if !chunk.is_empty() {
            self.under_way.push(self.ledger.queue(chunk, false).await);
        }
        while self.under_way.len() > under_way_max {
            for outcome in self.under_way.remove(0).wait().await {
                match outcome {
                    Outcome::Committed(_) => {}
                    Outcome::Refused(refusal) => {
                        return Err(CliError::failed(format!("filling was refused: {refusal}")));
                    }
                    Outcome::Unknown => return Err(CliError::failed("the journal went away while it was filled")),
                }
            }
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<u64, CliError> {
        self.flush(0).await?;
        Ok(self.commands)
    }
}
