//! Who there is in the demonstration district: its settings, workers and cards, and what became of some of them. All
//! names are made up and say so.

use ledger_core::domain::ids::{BranchId, CardNo, IdError};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::{Command, commands};

use super::plan::{DAYS, FIRST_DAY, Planned, day, worker_id};
use super::{FIRST_KEY, places, schedule};

/// How many ids of workers there are. The last [`MERGED`] belong to persons who had one already.
pub(super) const WORKERS: u32 = 600;
pub(super) const MERGED: u32 = 15;
/// The first of those whose second id was given up.
const KEPT_FROM: u32 = 401;
/// Every so many-th worker is a Party member with a card, up to [`MEMBERS_UNTIL`]: eighty in all.
const MEMBER_EVERY: u32 = 5;
const MEMBERS_UNTIL: u32 = 400;
/// Of those, one in five is on probation.
const PROBATIONARY_EVERY: u32 = 25;
const BRANCHES: u32 = 5;
/// Whose card moved to which branch, on which day of the past.
const MOVED: [(u32, u32, u64); 6] =
    [(76, 3, 120), (101, 2, 181), (31, 1, 240), (36, 1, 300), (141, 5, 365), (166, 1, 480)];
/// Whose card was closed, on which day.
const CLOSED: [(u32, u64); 3] = [(386, 200), (391, 330), (396, 470)];

/// Occupation (从业类型) and what its people are called.
const OCCUPATIONS: [(&str, &str); 5] = [
    ("外卖配送员", "骑手"),
    ("快递员", "快递员"),
    ("网约车司机", "网约车司机"),
    ("货车司机", "货车司机"),
    ("网络主播", "主播"),
];
const PLATFORMS: [&str; 4] = ["演示平台甲", "演示平台乙", "演示平台丙", "演示平台丁"];

/// What a worker is called in the vault: 演示骑手01. Two ids of one person have one name.
pub(super) fn worker_name(number: u32) -> String {
    let number = if number > WORKERS - MERGED { number - (WORKERS - MERGED) + KEPT_FROM - 1 } else { number };
    let (_, called) = occupation(number);
    format!("演示{called}{number:02}")
}

fn occupation(number: u32) -> (&'static str, &'static str) {
    pick(&OCCUPATIONS, number.wrapping_sub(1)).unwrap_or_default()
}

fn pick<T: Copy>(choices: &[T], number: u32) -> Option<T> {
    let index = usize::try_from(number).ok()?.checked_rem(choices.len())?;
    choices.get(index).copied()
}

pub(super) fn branch_id(number: u32) -> Result<BranchId, IdError> {
    BranchId::new(&format!("YS-DZB{number:02}"))
}

/// The branch that gave a member the card.
pub(super) fn branch_of(member: u32) -> Result<BranchId, IdError> {
    branch_id(member / MEMBER_EVERY % BRANCHES + 1)
}

/// Settings, schedules, places and people, each with its key.
pub(super) fn setup() -> Result<Vec<Planned>, IdError> {
    let settings = Settings {
        approval_required: Some(false),
        code: Some("000000".into()),
        name: Some("暖新演示区(合成数据)".into()),
        points_step: Some(Points::from_hundredths(50)),
        publicity_days: Some(0),
        guards: [(GuardKind::SelfWitness, Guard { action: GuardAction::Refuse, over: None })].into(),
        ..Settings::default()
    };
    let mut planned = vec![Planned::on(FIRST_DAY, FIRST_KEY, Command::Configure(settings))];
    planned.extend(schedule::setup()?);
    planned.extend(places::setup()?);
    for number in 1..=WORKERS {
        planned.extend(worker(number)?);
    }
    Ok(planned)
}

fn worker(number: u32) -> Result<Vec<Planned>, IdError> {
    let worker = worker_id(number)?;
    let member = number % MEMBER_EVERY == 1 && number <= MEMBERS_UNTIL;
    let details = WorkerDetails {
        occupation: occupation(number).0.to_owned(),
        party_member: Some(member),
        platform: pick(&PLATFORMS, number).map(str::to_owned),
        probationary: member && number % PROBATIONARY_EVERY == 6,
        site: Some(places::station_of(number)?),
    };
    let register = commands::RegisterWorker { worker: worker.clone(), details, update: false };
    let mut planned = vec![Planned::on(FIRST_DAY, format!("demo/worker/{worker}"), register)];
    if member {
        let card_no = CardNo::new(&format!("YS-HZ{number:04}"))?;
        let key = format!("demo/card/{card_no}");
        let issue = commands::IssueCard { worker, card_no, branch: branch_of(number)?, update: false };
        planned.push(Planned::on(FIRST_DAY, key, issue));
    }
    Ok(planned)
}

/// Cards that moved to another branch or were closed.
pub(super) fn cards() -> Result<Vec<Planned>, IdError> {
    let mut planned = Vec::new();
    for (number, branch, nth) in MOVED {
        let (worker, branch) = (worker_id(number)?, branch_id(branch)?);
        let key = format!("demo/card-moved/{worker}");
        planned.push(Planned::on(day(nth), key, commands::MoveCard { worker, branch }));
    }
    for (number, nth) in CLOSED {
        let worker = worker_id(number)?;
        let key = format!("demo/card-closed/{worker}");
        let reason = "组织关系转出本区".to_owned();
        planned.push(Planned::on(day(nth), key, commands::CloseCard { worker, reason }));
    }
    Ok(planned)
}

/// The ids of persons who had come to the district over two platforms: on the last day of the past, the one that came
/// later is given up.
pub(super) fn mergers() -> Result<Vec<Planned>, IdError> {
    let merged = (0..MERGED).map(|nth| {
        let (kept, absorbed) = (worker_id(KEPT_FROM + nth)?, worker_id(WORKERS - MERGED + 1 + nth)?);
        let key = format!("demo/merged/{absorbed}");
        let reason = "同一人在两个平台各登记了一次".to_owned();
        Ok(Planned::on(day(DAYS - 1), key, commands::MergeWorkers { kept, absorbed, reason }))
    });
    merged.collect()
}
