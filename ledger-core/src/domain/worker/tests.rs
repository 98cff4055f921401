//! Given what was accepted before, when a command, then events or a code. Owns the helper and the small world (one
//! worker, one activity, one item worth a point) that the sentences in the files below share.

mod appointments;
mod cards;
mod credits;
mod expiry;
mod histories;
mod holds;
mod merging;
mod proposals;
mod redemptions;
mod ways;

use chrono::NaiveDate;

use super::WorkerCommand;
use super::command::{CreditTerms, CreditVerdict, Judge, OfWorker, Spending, WayTerms, WorkerDetails};
use super::event::{
    CreditReversed, ExpiryBooked, HoldCaptured, HoldEnded, LotPart, PointsHeld, Redeemed, RedeemedLine,
    RedemptionReversed, ServiceRecorded, WorkerEvent,
};
use super::state::Worker;
use crate::domain::event::V1;
use crate::domain::ids::{ActivityCode, Actor, CreditId, HoldId, RedemptionId, Sku, StoreId, WorkerId};
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision};
use crate::domain::schedule::Activity;
use crate::domain::time::{BusinessTime, Validity};

/// A worker after what was accepted before.
#[derive(Clone)]
struct Given(Worker);

/// What the rules said to a command.
struct Outcome(Decision<Vec<WorkerEvent>>);

/// A registered worker of whom no more is known.
fn given() -> Given {
    Given(Worker::default()).and("2024-01-01", register(None))
}

impl Given {
    #[track_caller]
    fn and(mut self, at: &str, command: WorkerCommand) -> Given {
        match self.0.decide(&of(at), command) {
            Ok(events) => events.iter().for_each(|event| self.0.evolve(event)),
            Err(refusal) => panic!("what is given was refused: {refusal}"),
        }
        self
    }

    fn when(&self, at: &str, command: WorkerCommand) -> Outcome {
        Outcome(self.0.decide(&of(at), command))
    }

    fn available(&self, day: &str) -> Points {
        self.0.available_on(date(day))
    }
}

impl Outcome {
    #[track_caller]
    fn then<const N: usize>(self, events: [WorkerEvent; N]) {
        assert_eq!(self.0, Ok(Vec::from(events)));
    }

    #[track_caller]
    fn accepted(self) {
        assert!(self.0.is_ok(), "{:?}", self.0);
    }

    #[track_caller]
    fn refused(self, code: Code) {
        assert_eq!(self.0.map_err(|refusal| refusal.code), Err(code));
    }

    /// The service record, where that is the whole answer.
    #[track_caller]
    fn then_credited(self) -> ServiceRecorded {
        match self.0.as_deref() {
            Ok([event]) => event.as_service().expect("a service record").clone(),
            other => panic!("one service record expected, not {other:?}"),
        }
    }

    /// The reversal, where that is the whole answer.
    #[track_caller]
    fn then_reversed(self) -> CreditReversed {
        match self.0.as_deref() {
            Ok([WorkerEvent::CreditReversed(event)]) => event.clone(),
            other => panic!("one reversal of a credit expected, not {other:?}"),
        }
    }
}

// The world.

fn worker() -> WorkerId {
    WorkerId::new("W1").expect("worker")
}

fn store() -> StoreId {
    StoreId::new("S1").expect("store")
}

fn sku(text: &str) -> Sku {
    Sku::new(text).expect("sku")
}

fn actor(text: &str) -> Actor {
    Actor::new(text).expect("actor")
}

fn credit_id(text: &str) -> CreditId {
    CreditId::new(text).expect("credit")
}

fn redemption_id(text: &str) -> RedemptionId {
    RedemptionId::new(text).expect("redemption")
}

fn hold_id(text: &str) -> HoldId {
    HoldId::new(text).expect("hold")
}

/// A date, or a civil date and time.
fn at(text: &str) -> BusinessTime {
    BusinessTime::parse(text).expect("time")
}

fn date(text: &str) -> NaiveDate {
    at(text).date()
}

fn of(text: &str) -> OfWorker {
    OfWorker { worker: worker(), at: at(text) }
}

const fn points(whole: i32) -> Points {
    Points::from_whole(whole)
}

fn decimal(text: &str) -> Points {
    Points::parse(text).expect("points")
}

fn parts(lots: &[(u32, i32)]) -> Vec<LotPart> {
    lots.iter().map(|(lot, whole)| LotPart(*lot, points(*whole))).collect()
}

/// Hours of volunteering at one point an hour; lots last for twelve months.
fn activity() -> Activity {
    Activity {
        category: "志愿服务".into(),
        checks: None,
        code: ActivityCode::new("ZY01").expect("activity"),
        counts_for_card: true,
        daily_cap: None,
        name: "社区志愿服务".into(),
        points_per_unit: points(1),
        publicity_days: None,
        unit: "小时".into(),
        validity: Validity::Months(12),
        terms: Default::default(),
    }
}

/// Units of an item that costs one point.
fn line(item: &str, quantity: u32) -> RedeemedLine {
    RedeemedLine { kind: "实物".into(), merchant: None, price: points(1), quantity, sku: sku(item) }
}

fn lines(parts: &[(u32, i32)]) -> Vec<RedeemedLine> {
    let whole: i32 = parts.iter().map(|part| part.1).sum();
    vec![line("SP001", whole.unsigned_abs())]
}

// Commands.

fn register(party_member: Option<bool>) -> WorkerCommand {
    let details = WorkerDetails {
        occupation: "骑手".into(),
        party_member,
        platform: Some("平台甲".into()),
        probationary: false,
        site: None,
    };
    WorkerCommand::Register { details, update: true }
}

fn depart() -> WorkerCommand {
    WorkerCommand::Depart { reason: "离开本市".into() }
}

fn terms(id: &str, on: &str, quantity: &str) -> CreditTerms {
    CreditTerms {
        activity: activity(),
        credit: credit_id(id),
        entered_on: date("2024-03-05"),
        evidence: None,
        flags: Vec::new(),
        hours: None,
        on: date(on),
        proposer: actor("maker"),
        quantity: Quantity::parse(quantity).expect("quantity"),
        schedule: 1,
        span: None,
        step: points(1),
        way: None,
        witness: None,
        eligible_on: None,
        done_on: None,
        source: None,
    }
}

fn credit_as(id: &str, on: &str, quantity: &str, change: impl FnOnce(&mut CreditTerms)) -> WorkerCommand {
    let mut terms = terms(id, on, quantity);
    change(&mut terms);
    WorkerCommand::Credit(Box::new(terms))
}

fn credit(id: &str, on: &str, whole: u32) -> WorkerCommand {
    credit_as(id, on, &whole.to_string(), |_| {})
}

fn lasting(id: &str, on: &str, whole: u32, validity: Validity) -> WorkerCommand {
    credit_as(id, on, &whole.to_string(), |terms| terms.activity.validity = validity)
}

fn proposal(id: &str, on: &str, whole: u32) -> WorkerCommand {
    credit_as(id, on, &whole.to_string(), |terms| terms.way = checked_once())
}

/// A way with one check and no publicity.
const fn checked_once() -> Option<WayTerms> {
    Some(WayTerms { checks: 1, public_until: None })
}

const CONFIRM: CreditVerdict = CreditVerdict::Confirm { publicity_days: 0, public_until: None };
const OBJECT: CreditVerdict = CreditVerdict::Object { anonymous: false, days_left: 0 };

/// An objection decided so that the decision can be appealed through a day.
fn resolve(upheld: bool, appeal_until: &str) -> CreditVerdict {
    CreditVerdict::Resolve { upheld, public_until: None, appeal_until: date(appeal_until) }
}

fn judge(id: &str, verdict: CreditVerdict) -> WorkerCommand {
    judge_as("checker", id, verdict)
}

fn judge_as(by: &str, id: &str, verdict: CreditVerdict) -> WorkerCommand {
    let judge = Judge { by: actor(by), alike: Vec::new(), is_worker: false };
    WorkerCommand::JudgeCredit { credit: credit_id(id), verdict, judge, reason: "核对台账".into() }
}

fn spending(lines: Vec<RedeemedLine>, limit: Option<u32>) -> Spending {
    let limits = lines.iter().map(|_| limit).collect();
    Spending { lines, limits, proven: None, store: store() }
}

fn redeem(id: &str, units: u32) -> WorkerCommand {
    redeem_lines(id, vec![line("SP001", units)], None)
}

fn redeem_lines(id: &str, lines: Vec<RedeemedLine>, limit: Option<u32>) -> WorkerCommand {
    WorkerCommand::Redeem { redemption: redemption_id(id), spending: spending(lines, limit) }
}

fn take_back(id: &str) -> WorkerCommand {
    WorkerCommand::ReverseRedemption { redemption: redemption_id(id), reason: "货品损坏".into() }
}

fn hold(id: &str, units: u32, expires_at: &str) -> WorkerCommand {
    hold_lines(id, vec![line("SP001", units)], None, expires_at)
}

fn hold_lines(id: &str, lines: Vec<RedeemedLine>, limit: Option<u32>, expires_at: &str) -> WorkerCommand {
    WorkerCommand::Hold { hold: hold_id(id), spending: spending(lines, limit), expires_at: at(expires_at) }
}

fn capture(hold: &str, redemption: &str) -> WorkerCommand {
    WorkerCommand::Capture { hold: hold_id(hold), redemption: redemption_id(redemption) }
}

fn release(hold: &str) -> WorkerCommand {
    WorkerCommand::Release { hold: hold_id(hold), expired: false, reason: None }
}

fn run_out(hold: &str) -> WorkerCommand {
    WorkerCommand::Release { hold: hold_id(hold), expired: true, reason: None }
}

fn expire(through: &str) -> WorkerCommand {
    WorkerCommand::Expire { through: date(through) }
}

// Expected events.

fn sum(lots: &[(u32, i32)]) -> Points {
    lots.iter().map(|part| points(part.1)).sum()
}

fn redeemed(id: &str, when: &str, lots: &[(u32, i32)], balance: i32) -> WorkerEvent {
    WorkerEvent::Redeemed(Redeemed {
        at: at(when),
        balance: points(balance),
        lines: lines(lots),
        lots: parts(lots),
        means: None,
        points: sum(lots),
        proven_by: None,
        redemption: redemption_id(id),
        store: store(),
        v: V1,
        worker: worker(),
    })
}

/// A redemption of `spent` (made at `redeemed_at`) that comes back: to `lots`, the rest to the debt.
fn returned(id: &str, (redeemed_at, spent): (&str, i32), when: &str, lots: &[(u32, i32)], balance: i32) -> WorkerEvent {
    WorkerEvent::RedemptionReversed(RedemptionReversed {
        at: at(when),
        balance: points(balance),
        debt_paid: points(spent) - sum(lots),
        lines: lines(&[(0, spent)]),
        lots: parts(lots),
        points: points(spent),
        reason: "货品损坏".into(),
        redeemed_at: at(redeemed_at),
        redemption: redemption_id(id),
        store: store(),
        v: V1,
        worker: worker(),
    })
}

fn held(id: &str, (when, until): (&str, &str), lots: &[(u32, i32)], balance: i32) -> WorkerEvent {
    WorkerEvent::PointsHeld(PointsHeld {
        at: at(when),
        balance: points(balance),
        expires_at: at(until),
        hold: hold_id(id),
        lines: lines(lots),
        lots: parts(lots),
        points: sum(lots),
        proven_by: None,
        store: store(),
        v: V1,
        worker: worker(),
    })
}

fn captured(
    (hold, redemption): (&str, &str),
    (held_at, when): (&str, &str),
    lots: &[(u32, i32)],
    balance: i32,
) -> WorkerEvent {
    WorkerEvent::HoldCaptured(HoldCaptured {
        at: at(when),
        balance: points(balance),
        held_at: at(held_at),
        hold: hold_id(hold),
        lines: lines(lots),
        lots: parts(lots),
        means: None,
        points: sum(lots),
        redemption: redemption_id(redemption),
        store: store(),
        v: V1,
        worker: worker(),
    })
}

/// A hold of `points` that ended: to `lots`, the rest to the debt.
fn ended(id: &str, (held_at, whole): (&str, i32), when: &str, lots: &[(u32, i32)]) -> HoldEnded {
    HoldEnded {
        at: at(when),
        debt_paid: points(whole) - sum(lots),
        held_at: at(held_at),
        hold: hold_id(id),
        lines: lines(&[(0, whole)]),
        lots: parts(lots),
        points: points(whole),
        reason: None,
        store: store(),
        v: V1,
        worker: worker(),
    }
}

fn booked(when: &str, lots: &[(u32, i32)]) -> ExpiryBooked {
    ExpiryBooked { at: at(when), lots: parts(lots), points: sum(lots), v: V1, worker: worker() }
}
