//! The invented district that is measured on: what fills the journal, and the commands of the load.
//!
//! Its times are far from any clock, and nothing in it runs out: a credit gives a million points, an item costs one, and
//! shelves are filled before every run with more than it can take.

use chrono::NaiveDate;
use ledger_core::domain::ids::{ActivityCode, Actor, Key, MerchantId, Sku, StoreId, WorkerId};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::merchant::uscc::check_character;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Context, Submission, commands};
use rand::Rng;
use rand::rngs::SmallRng;

use super::{BenchArgs, failed};
use crate::cli::CliError;

/// What every key of a filled journal begins with.
pub(super) const KEYS: &str = "bench/";
const MERCHANTS: u32 = 20;
/// Service dates are spread over so many days.
const DAYS: u32 = 500;
/// More redemptions a second than any journal here will ever take: what shelves are filled for.
const REDEMPTIONS_PER_SECOND_MAX: u64 = 500_000;
/// Most workers that are brought into memory before a measurement.
const TOUCHED_MAX: u32 = 100_000;
/// Most units of one movement.
const UNITS_MAX: u64 = 10_000_000;
/// Who witnesses: a pseudonym as the journal keeps it.
const WITNESS: &str = "bench-witness";

/// The district of a measurement.
#[derive(Debug, Clone, Copy)]
pub(super) struct District {
    workers: u32,
    stores: u32,
    items: u32,
    hot: u32,
    history: u32,
    seconds: u64,
}

/// A part of the filling: its commands may be sent in any order, once those of the parts before took effect.
pub(super) type Part = Box<dyn Iterator<Item = Result<Submission, CliError>> + Send>;

impl District {
    pub(super) fn new(args: &BenchArgs) -> District {
        let BenchArgs { workers, stores, items, hot, history, seconds, .. } = *args;
        District { workers, stores, items, hot: hot.min(stores), history, seconds: u64::from(seconds) }
    }

    /// Everything before the measurement, in parts. The last of them is one command alone: where it is recorded, so is
    /// all the rest.
    pub(super) fn filling(self) -> Vec<Part> {
        let District { workers, items, .. } = self;
        let credits = u64::from(self.history) * u64::from(workers);
        let credit = move |index: u64| {
            let round = u32::try_from(index / u64::from(workers)).unwrap_or(u32::MAX);
            let number = u32::try_from(index % u64::from(workers)).unwrap_or(u32::MAX);
            submission(credit_key(number, round), record_credit(number, round % DAYS)?)
        };
        vec![
            Box::new(std::iter::once_with(|| submission(format!("{KEYS}schedule"), schedule()?))),
            Box::new((0..MERCHANTS).map(merchant)),
            Box::new((0..self.stores).map(open_store)),
            Box::new((0..self.stores).flat_map(move |number| (0..items).map(move |item| list_item(number, item)))),
            Box::new((0..workers).map(register_worker)),
            Box::new((0..credits.saturating_sub(1)).map(credit)),
            Box::new((credits.saturating_sub(1)..credits).map(credit)),
        ]
    }

    /// Keys that are recorded once such a district was filled whole.
    pub(super) fn last_keys(self) -> Result<Vec<Key>, CliError> {
        let last_item = format!("{KEYS}item/{}/{}", self.stores.saturating_sub(1), self.items.saturating_sub(1));
        let last_credit = credit_key(self.workers.saturating_sub(1), self.history.saturating_sub(1));
        [last_item, last_credit].iter().map(|key| Key::new(key).map_err(failed)).collect()
    }

    /// Fills the shelves for one run.
    pub(super) fn restocking(self, run: &str) -> Part {
        let busiest = u64::from(if self.hot == 0 { self.stores } else { self.hot }) * u64::from(self.items);
        // Warm-up and measurement, twice over.
        let units = (REDEMPTIONS_PER_SECOND_MAX * (self.seconds + self.seconds / 5 + 1) * 2 / busiest).max(1);
        let run = run.to_owned();
        let movements = (0..units.div_ceil(UNITS_MAX)).flat_map(move |movement| {
            (0..self.stores).flat_map(move |number| (0..self.items).map(move |item| (movement, number, item)))
        });
        Box::new(movements.map(move |(movement, number, item)| {
            let quantity = u32::try_from(units.min(UNITS_MAX)).map_err(failed)?;
            let restock = Command::Restock(commands::Restock {
                store: store(number)?,
                sku: sku(item)?,
                quantity,
                merchant: None,
            });
            submission(format!("{KEYS}{run}/shelf/{movement}/{number}/{item}"), restock)
        }))
    }

    /// Every worker spends once, evenly over the stores.
    pub(super) fn touching(self, run: &str) -> Part {
        let run = run.to_owned();
        Box::new((0..self.workers.min(TOUCHED_MAX)).map(move |number| {
            submission(
                format!("{KEYS}{run}/touch/{number}"),
                redeem(number, number % self.stores, number % self.items)?,
            )
        }))
    }

    /// A worker of the district, to ask for its balance.
    pub(super) fn some_worker(self) -> Result<WorkerId, CliError> {
        worker(0)
    }

    /// A credit of a worker taken evenly.
    pub(super) fn credit(self, random: &mut SmallRng) -> Result<Command, CliError> {
        record_credit(random.gen_range(0..self.workers), random.gen_range(0..DAYS))
    }

    /// A redemption of one unit by a worker taken evenly, nine in ten of them at the hot stores.
    pub(super) fn redemption(self, random: &mut SmallRng) -> Result<Command, CliError> {
        let hot = self.hot > 0 && random.gen_range(0..10) < 9;
        let store = random.gen_range(0..if hot { self.hot } else { self.stores });
        redeem(random.gen_range(0..self.workers), store, random.gen_range(0..self.items))
    }
}

pub(super) fn submission(key: String, command: Command) -> Result<Submission, CliError> {
    let context = Context {
        key: Key::new(&key).map_err(failed)?,
        actor: Actor::new("bench").map_err(failed)?,
        at: BusinessTime::start_of(day(DAYS + 100)?),
    };
    Ok(Submission { context, command })
}

fn credit_key(number: u32, round: u32) -> String {
    format!("{KEYS}credit/{number}/{round}")
}

fn worker(number: u32) -> Result<WorkerId, CliError> {
    WorkerId::new(&format!("BENCH-W{number:07}")).map_err(failed)
}

fn store(number: u32) -> Result<StoreId, CliError> {
    StoreId::new(&format!("BENCH-S{number:05}")).map_err(failed)
}

fn sku(number: u32) -> Result<Sku, CliError> {
    Sku::new(&format!("SP{number:03}")).map_err(failed)
}

fn merchant_id(number: u32) -> Result<MerchantId, CliError> {
    MerchantId::new(&format!("BENCH-M{number:03}")).map_err(failed)
}

fn activity() -> Result<ActivityCode, CliError> {
    ActivityCode::new("BENCH").map_err(failed)
}

fn day(number: u32) -> Result<NaiveDate, CliError> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1);
    first
        .and_then(|first| first.checked_add_days(chrono::Days::new(u64::from(number))))
        .ok_or_else(|| failed("the calendar ends"))
}

fn schedule() -> Result<Command, CliError> {
    let activity = Activity {
        category: "志愿服务".into(),
        checks: None,
        code: activity()?,
        counts_for_card: true,
        daily_cap: None,
        name: "测速".into(),
        points_per_unit: Points::from_whole(1_000_000),
        publicity_days: None,
        unit: "次".into(),
        validity: Validity::Forever,
        terms: Default::default(),
    };
    let effective_from = day(0)?;
    Ok(Command::AdoptSchedule(commands::AdoptSchedule {
        activities: vec![activity],
        effective_from,
        settings: Settings::default(),
        first: false,
    }))
}

fn merchant(number: u32) -> Result<Submission, CliError> {
    let details = MerchantDetails { category: None, name: format!("商户{number}"), uscc: uscc(number)? };
    let register = Command::RegisterMerchant(commands::RegisterMerchant {
        merchant: merchant_id(number)?,
        details,
        update: false,
    });
    submission(format!("{KEYS}merchant/{number}"), register)
}

/// A unified social credit code from a range that nobody holds.
fn uscc(number: u32) -> Result<String, CliError> {
    let body = format!("9200{number:013}");
    let check = check_character(&body).ok_or_else(|| failed(format!("{body} begins no unified social credit code")))?;
    Ok(body + check)
}

fn open_store(number: u32) -> Result<Submission, CliError> {
    let details =
        StoreDetails { community: None, name: format!("网点{number}"), tier: "微驿站".into(), site: None };
    let open = Command::OpenStore(commands::OpenStore { store: store(number)?, details, update: false });
    submission(format!("{KEYS}store/{number}"), open)
}

fn list_item(number: u32, item: u32) -> Result<Submission, CliError> {
    let terms = ItemTerms {
        kind: "实物".into(),
        limit_per_worker_year: None,
        merchant: Some(merchant_id((number + item) % MERCHANTS)?),
        name: format!("商品{item}"),
        price: Points::from_whole(1),
    };
    let list =
        Command::ListItem(commands::ListItem { store: store(number)?, sku: sku(item)?, terms, opening_stock: 0 });
    submission(format!("{KEYS}item/{number}/{item}"), list)
}

fn register_worker(number: u32) -> Result<Submission, CliError> {
    let details = WorkerDetails {
        occupation: "快递员".into(),
        party_member: None,
        platform: None,
        probationary: false,
        site: None,
    };
    let register =
        Command::RegisterWorker(commands::RegisterWorker { worker: worker(number)?, details, update: false });
    submission(format!("{KEYS}worker/{number}"), register)
}

fn redeem(number: u32, at: u32, item: u32) -> Result<Command, CliError> {
    let (worker, store) = (worker(number)?, store(at)?);
    let lines = vec![AskedLine { sku: sku(item)?, quantity: Some(1) }];
    Ok(Command::Redeem(AskedSpending { worker, store, lines, time: AskedTime::Now, proven: None }))
}

fn record_credit(number: u32, on: u32) -> Result<Command, CliError> {
    Ok(Command::RecordCredit(commands::RecordCredit {
        worker: worker(number)?,
        activity: activity()?,
        on: Some(day(on)?),
        quantity: Some(Quantity::from_millionths(1_000_000)),
        witness: Some(WITNESS.into()),
        own_witness: false,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
        evidence: None,
    }))
}
