//! What waits in the demonstration for whoever comes in as a role: from here on a second person checks each credit, and a
//! few of the last days' are there to be checked.

use chrono::Days;
use ledger_core::domain::ids::{ActivityCode, Actor, Key};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::counter::CounterChange;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Context, Ledger, Submission, commands};

use super::{DemoError, district};
use crate::access::policy::Who;
use crate::service::{command, names};
use crate::vault::Vault;

/// What counters hand out while the network is away, in points: two boxes of water a person, twenty on a day.
const OFFLINE_FLOOR: i32 = 40;
const OFFLINE_TOTAL: i32 = 400;
/// The first of these commands: whether they were given.
const FIRST_KEY: &str = "demo/open-work";
/// Worker, activity, quantity, and how many days ago it was done.
const PROPOSED: [(u32, &str, &str, u64); 7] = [
    (1, "ZY01", "2", 1),
    (4, "PA01", "1.5", 1),
    (7, "WM01", "2", 2),
    (12, "ZY02", "1", 2),
    (18, "LB01", "1", 3),
    (23, "WX01", "1", 3),
    (30, "PA02", "2", 4),
];

/// Proposes them as the operator does; nothing where that was done.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn propose(ledger: &Ledger, vault: &Vault, operator: &Actor) -> Result<(), DemoError> {
    let first = Key::new(FIRST_KEY)?;
    if ledger.journal().find(std::slice::from_ref(&first)).await?.iter().any(Option::is_some) {
        return Ok(());
    }
    let now = ledger.now();
    let settings = Settings {
        checks: Some(1),
        counter: CounterChange {
            offline_floor: Some(Points::from_whole(OFFLINE_FLOOR)),
            offline_total: Some(Points::from_whole(OFFLINE_TOTAL)),
            redeem_back_days: None,
            counter_proof: None,
        },
        publicity_days: Some(3),
        ..Settings::default()
    };
    let context = Context { key: first, actor: Actor::new(super::ACTOR)?, at: now };
    let mut submissions = vec![Submission { context, command: Command::Configure(settings) }];
    for (number, (worker, activity, quantity, days_ago)) in (1..).zip(PROPOSED) {
        let witness = format!("演示网格员{number:02}");
        let record = commands::RecordCredit {
            worker: district::worker_id(worker)?,
            activity: ActivityCode::new(activity)?,
            on: now.date().checked_sub_days(Days::new(days_ago)),
            quantity: Quantity::parse(quantity),
            witness: names::remember_witnesses(vault, &[&witness]).await?.pop(),
            own_witness: false,
            evidence: Some(format!("演示凭据-{number:02}")),
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
        };
        let at = BusinessTime::start_of(now.date());
        let context = Context { key: Key::new(&format!("demo/proposed/{number:02}"))?, actor: operator.clone(), at };
        submissions.push(Submission { context, command: Command::RecordCredit(record) });
    }
    command::give(ledger, Who::Owner, submissions).await?;
    Ok(())
}
