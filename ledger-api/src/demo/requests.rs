//! The service requests of the district's past: wishes (微心愿) from 转 to 评, orders (网格派单) as sheets bring them, and
//! hazards (隐患) that were reported, some of them twice. The open work brings a few more of each.

use ledger_core::domain::ids::{IdError, WorkerId};
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::request::command::Work;
use ledger_core::ledger::commands;
use ledger_core::ledger::commands::requests::AskedRating;

use super::plan::{Planned, community_id, day, worker_id};
use super::registers::NIGHT_PATROL;
use super::schedule::REFORM;

const WISHES: u32 = 56;
const ORDERS: u32 = 148;
const HAZARDS: u32 = 78;
/// Hazards that somebody had reported the day before.
pub(super) const DUPLICATES: u32 = 12;
/// Work that nobody said anything about yet: the last of the orders.
const UNRATED: u32 = 2;
const ONE: Quantity = Quantity::from_millionths(1_000_000);

/// All of them.
pub(super) fn past() -> Result<Vec<Planned>, IdError> {
    let mut planned = wishes()?;
    planned.extend(orders()?);
    planned.extend(hazards()?);
    Ok(planned)
}

fn rating(word: &str, nth: u64) -> AskedRating {
    AskedRating { on: Some(day(nth)), pairs: Vec::new(), word: word.to_owned() }
}

fn post(id: &str, activity: &str, nth: u64, reporter: Option<WorkerId>) -> Result<commands::PostRequest, IdError> {
    Ok(commands::PostRequest {
        request: id.parse()?,
        activity: activity.parse()?,
        on: Some(day(nth)),
        reporter,
        merged_into: None,
        site: None,
        due: None,
    })
}

/// Posted, routed, claimed, reported, rated; some taken back, some claims given up first.
fn wishes() -> Result<Vec<Planned>, IdError> {
    let mut planned = Vec::new();
    for number in 1..=WISHES {
        let (id, posted) = (format!("YS-WX{number:04}"), 8 + u64::from(number) * 9);
        // Every third came over a chat group, and names nobody.
        let reporter = (number % 3 != 0).then(|| worker_id(150 + number)).transpose()?;
        let posting = commands::PostRequest {
            site: Some(community_id(number)?),
            due: Some(day(posted + 10)),
            ..post(&id, "WX02", posted, reporter)?
        };
        planned.push(Planned::on(day(posted), id.clone(), posting));
        let route = commands::RouteRequest {
            request: id.parse()?,
            body: Some("演示街道社会工作办公室".to_owned()),
            site: Some(community_id(number)?),
            on: Some(day(posted + 1)),
        };
        planned.push(Planned::on(day(posted + 1), format!("demo/routed/{id}"), route));
        if number % 14 == 13 {
            let withdraw = commands::WithdrawRequest { request: id.parse()?, on: Some(day(posted + 3)) };
            planned.push(Planned::on(day(posted + 3), format!("demo/withdrawn/{id}"), withdraw));
            continue;
        }
        let claim = |name: &str, claimer: u32, nth: u64| -> Result<Planned, IdError> {
            let command = commands::ClaimRequest {
                claim: name.parse()?,
                request: id.parse()?,
                claimer: worker_id(claimer)?,
                on: Some(day(nth)),
            };
            Ok(Planned::on(day(nth), name, command))
        };
        let name = format!("{id}-R1");
        planned.push(claim(&name, 20 + number, posted + 2)?);
        let (name, claimed) = if number % 11 == 5 {
            let on = Some(day(posted + 4));
            let give_up = commands::ReturnClaim { request: id.parse()?, claim: name.parse()?, on };
            planned.push(Planned::on(day(posted + 4), format!("demo/returned/{name}"), give_up));
            let name = format!("{id}-R2");
            planned.push(claim(&name, 80 + number, posted + 5)?);
            (name, posted + 5)
        } else {
            (name, posted + 2)
        };
        let (request, done) = (id.parse()?, Some(day(claimed + 3)));
        let report = commands::ReportHandling { request, claim: name.parse()?, done, quantity: Some(ONE) };
        planned.push(Planned::on(day(claimed + 3), format!("demo/done/{name}"), report));
        let word = match number % 9 {
            0 => "不满意",
            3 => "基本满意",
            _ => "满意",
        };
        let rate =
            commands::RateHandling { request: id.parse()?, handling: name.parse()?, rating: rating(word, claimed + 5) };
        planned.push(Planned::on(day(claimed + 5), format!("demo/rated/{name}"), rate));
    }
    Ok(planned)
}

/// As many claim an order as the schedule of its day allows, so that none of them stays on the board.
fn orders() -> Result<Vec<Planned>, IdError> {
    let mut planned = Vec::new();
    for number in 1..=ORDERS {
        let (id, posted) = (format!("YS-PD{number:04}"), 5 + u64::from(number) * 7 / 2);
        // The night patrol was appointed in the first spring.
        let patrol = number % 6 == 0 && posted > 120;
        let posting = commands::PostRequest {
            site: Some(community_id(number)?),
            due: Some(day(posted + 7)),
            ..post(&id, if patrol { "PD03" } else { "PD02" }, posted, None)?
        };
        planned.push(Planned::on(day(posted), id.clone(), posting));
        let both = !patrol && day(posted) >= REFORM;
        for nth in 1..=(if both { 2 } else { 1 }) {
            let guard = usize::try_from(number / 6).ok().and_then(|at| NIGHT_PATROL.get(at % NIGHT_PATROL.len()));
            let claimer = match guard {
                Some(guard) if patrol => *guard,
                Some(_) | None => 60 + (number * 2 + nth) % 300,
            };
            let word = if number % 17 == 0 { "基本满意" } else { "满意" };
            let said = (number <= ORDERS - UNRATED).then(|| rating(word, posted + 4));
            let handling = format!("YS-BL{number:04}{nth}");
            let on = if said.is_some() { posted + 4 } else { posted + 3 };
            let command = handle(&handling, &id, Some((worker_id(claimer)?, posted + 1, posted + 3)), said)?;
            planned.push(Planned::on(day(on), handling, command));
        }
    }
    Ok(planned)
}

/// Who reported earns when it is fed back; of two who reported the same, one award is made.
fn hazards() -> Result<Vec<Planned>, IdError> {
    let name = |number: u32| format!("YS-YH{number:04}");
    let posted = |number: u32| 8 + u64::from(number - 1) * 6;
    let mut planned = Vec::new();
    for number in 1..=HAZARDS {
        let reporter = Some(worker_id(200 + number)?);
        if number % 6 == 0 && number / 6 <= DUPLICATES {
            let on = posted(number - 1) + 1;
            let merged_into = Some(name(number - 1).parse()?);
            let posting = commands::PostRequest { merged_into, ..post(&name(number), "YH01", on, reporter)? };
            planned.push(Planned::on(day(on), name(number), posting));
            continue;
        }
        let on = posted(number);
        planned.push(Planned::on(day(on), name(number), post(&name(number), "YH01", on, reporter)?));
        let word = if number % 13 == 0 { "不属实" } else { "属实" };
        let handling = format!("YS-FK{number:04}");
        let command = handle(&handling, &name(number), None, Some(rating(word, on + 4)))?;
        planned.push(Planned::on(day(on + 4), handling, command));
    }
    Ok(planned)
}

/// A row of work, by somebody who claimed it and did it on days of the past; of what is fed back there is nobody.
fn handle(
    handling: &str,
    request: &str,
    by: Option<(WorkerId, u64, u64)>,
    rating: Option<AskedRating>,
) -> Result<commands::RecordHandling, IdError> {
    let (claimer, claimed, done) = match by {
        Some((worker, claimed, done)) => (Some(worker), Some(day(claimed)), Some(day(done))),
        None => (None, None, None),
    };
    let text = |of: Option<String>| of.unwrap_or_default();
    let work = Work {
        claimed: text(claimed.map(|day| day.to_string())),
        claimer: text(claimer.as_ref().map(WorkerId::to_string)),
        done: text(done.map(|day| day.to_string())),
        quantity: ONE.millionths().to_string(),
    };
    Ok(commands::RecordHandling {
        handling: handling.parse()?,
        request: request.parse()?,
        claimer,
        claimed,
        done,
        quantity: Some(ONE),
        work,
        rating,
        completes: false,
    })
}
