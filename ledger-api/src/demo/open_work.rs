//! Credits that wait in the demonstration for whoever comes in as a role: from here on a second person checks each credit
//! and the list hangs out for three days. Some wait for the check, some of these with a flag; some hang out, and against one
//! of them somebody objected.

use chrono::Days;
use ledger_core::domain::ids::{ActivityCode, Actor, CreditId, Key};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::counter::CounterChange;
use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, Context, Ledger, Submission, commands};

use super::DemoError;
use super::once::{give, was_given};
use super::plan::{CHECKER, worker_id};
use crate::service::names;
use crate::vault::Vault;

/// What counters hand out while the network is away, in points: two boxes of water a person, twenty on a day.
const OFFLINE_FLOOR: i32 = 40;
const OFFLINE_TOTAL: i32 = 400;
/// What the credits need is set under this key.
const SETTINGS_KEY: &str = "demo/open-work";
/// The first of the credits: whether they were given.
const FIRST_KEY: &str = "demo/proposed/01";
/// The account of whoever objected.
const OBJECTOR: &str = "demo-clerk";

/// How far a credit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Come {
    /// It waits to be checked.
    Proposed,
    /// It was checked and is public.
    Public,
    /// Somebody objected meanwhile.
    Objected,
}
use Come::{Objected, Proposed, Public};

/// Worker, activity, quantity, how many days ago it was done, the number of its evidence, and how far it has come. The
/// guards flag what was recorded late and what comes with the evidence of another one.
const CREDITS: [(u32, &str, &str, u64, u32, Come); 14] = [
    (1, "ZY01", "2", 1, 1, Proposed),
    (4, "PA01", "1.5", 1, 2, Proposed),
    (7, "WM01", "2", 2, 3, Proposed),
    (12, "ZY02", "1", 2, 4, Proposed),
    (18, "LB01", "1", 3, 5, Proposed),
    (23, "WX01", "1", 3, 6, Proposed),
    (30, "PA02", "2", 4, 7, Proposed),
    (33, "ZY01", "2", 45, 8, Proposed),
    (41, "ZC01", "1", 2, 9, Proposed),
    (45, "ZC01", "1", 2, 9, Proposed),
    (1, "PA01", "2", 6, 11, Public),
    (14, "ZY02", "2", 5, 12, Public),
    (27, "WM02", "1", 5, 13, Public),
    (39, "WM02", "2", 6, 14, Objected),
];

/// Proposes them as the operator does; nothing where that was done.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn propose(ledger: &Ledger, vault: &Vault, operator: &Actor) -> Result<(), DemoError> {
    if was_given(ledger, FIRST_KEY).await? {
        return Ok(());
    }
    let now = ledger.now();
    let flag = Guard { action: GuardAction::Flag, over: None };
    let settings = Settings {
        checks: Some(1),
        counter: CounterChange {
            offline_floor: Some(Points::from_whole(OFFLINE_FLOOR)),
            offline_total: Some(Points::from_whole(OFFLINE_TOTAL)),
            redeem_back_days: None,
            counter_proof: None,
        },
        guards: [GuardKind::EvidenceReused, GuardKind::RecordedLate].map(|kind| (kind, flag)).into(),
        publicity_days: Some(3),
        ..Settings::default()
    };
    let context = Context { key: Key::new(SETTINGS_KEY)?, actor: Actor::new(super::ACTOR)?, at: now };
    // The guards are in force before anything is given that they look at.
    give(ledger, vec![Submission { context, command: Command::Configure(settings) }]).await?;
    let mut submissions = Vec::new();
    for (number, (worker, activity, quantity, days_ago, evidence, come)) in (1..).zip(CREDITS) {
        let witness = format!("演示网格员{number:02}");
        let record = commands::RecordCredit {
            worker: worker_id(worker)?,
            activity: ActivityCode::new(activity)?,
            on: now.date().checked_sub_days(Days::new(days_ago)),
            quantity: Quantity::parse(quantity),
            witness: names::remember_witnesses(vault, &[&witness]).await?.pop(),
            own_witness: false,
            evidence: Some(format!("演示凭据-{evidence:02}")),
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
        };
        let at = BusinessTime::start_of(now.date());
        let key = Key::new(&format!("demo/proposed/{number:02}"))?;
        let credit = CreditId::from(&key);
        let context = Context { key, actor: operator.clone(), at };
        submissions.push(Submission { context, command: Command::RecordCredit(record) });
        let judge = |by: &str, action: CreditAction, reason: &str| -> Result<Submission, DemoError> {
            let what = if action == CreditAction::Confirm { "checked" } else { "objected" };
            let context =
                Context { key: Key::new(&format!("demo/{what}/{number:02}"))?, actor: Actor::new(by)?, at: now };
            let command = commands::JudgeCredit { credit: credit.clone(), action, reason: reason.to_owned() };
            Ok(Submission { context, command: command.into() })
        };
        if come != Proposed {
            submissions.push(judge(CHECKER, CreditAction::Confirm, "")?);
        }
        if come == Objected {
            let object = CreditAction::Object { anonymous: false };
            submissions.push(judge(OBJECTOR, object, "当天只看到一次整治，请核对签到表")?);
        }
    }
    give(ledger, submissions).await
}

#[cfg(test)]
pub(super) use tests::keys;

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of all credits and of what was done about them.
    pub(in crate::demo) fn keys() -> Vec<Key> {
        let mut keys = vec![SETTINGS_KEY.to_owned()];
        for (number, (.., come)) in (1..).zip(CREDITS) {
            keys.push(format!("demo/proposed/{number:02}"));
            if come != Proposed {
                keys.push(format!("demo/checked/{number:02}"));
            }
            if come == Objected {
                keys.push(format!("demo/objected/{number:02}"));
            }
        }
        keys.iter().map(|key| Key::new(key).unwrap()).collect()
    }
}
