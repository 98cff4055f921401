//! The reference: what a careful clerk answers who has the sheets' rules before her and counts on her fingers. Written from
//! the contract's section 12; it shares no rule with the ledger.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use ledger_core::domain::benefit::command::BenefitKind;
use projections::state::State;

use super::commands::date;
use super::months::{Months, Settled, YearMonth};
use super::steps::{Activity, Day, Said, Settling, Step};
use super::tree::Tree;

/// Most claims of one request.
pub(crate) const CLAIMERS_MAX: u32 = 2;
/// Points a year by rated work.
pub(crate) const RATED_YEARLY_CAP: i64 = 10;
/// Points a month by reports.
pub(crate) const FED_BACK_MONTHLY_CAP: i64 = 5;
/// Appropriated, fen.
pub(crate) const FUNDS: [i64; 2] = [10_000, 6_000];
/// Places at the beginning.
pub(crate) const PLACES: [Option<u32>; 3] = [Some(1), Some(2), None];

/// Points for a unit, and the most for a day.
pub(crate) fn rate(activity: Activity) -> (i64, Option<i64>) {
    match activity {
        Activity::Plain => (4, None),
        Activity::Rated => (3, None),
        Activity::FedBack => (5, None),
        Activity::Visit => (2, Some(2)),
        Activity::Appointed => (1, None),
        Activity::Unknown => panic!("nobody knows its points"),
    }
}

pub(crate) struct BenefitIs {
    pub(crate) kind: BenefitKind,
    pub(crate) limit: Option<u32>,
    pub(crate) yearly: bool,
    pub(crate) price: i64,
    /// 单价.
    pub(crate) fen: i64,
    pub(crate) window: (Day, Day),
    pub(crate) fund: usize,
}

pub(crate) const BENEFITS: [BenefitIs; 3] = [
    BenefitIs {
        kind: BenefitKind::Place,
        limit: Some(1),
        yearly: false,
        price: 6,
        fen: 2_000,
        window: (10, 150),
        fund: 0,
    },
    BenefitIs {
        kind: BenefitKind::Voucher,
        limit: Some(2),
        yearly: true,
        price: 0,
        fen: 1_500,
        window: (1, 120),
        fund: 1,
    },
    BenefitIs { kind: BenefitKind::Grant, limit: None, yearly: false, price: 0, fen: 0, window: (1, 366), fund: 0 },
];

/// A worker who has left the programme, and on which day.
pub(crate) const LEFT: u8 = 5;
pub(crate) const LEFT_ON: Day = 40;

/// Who helps, who is helped, from when on, and the first day no longer.
pub(crate) const PAIRS: [(u8, u8, Day, Option<Day>); 3] = [(0, 1, 20, None), (2, 3, 1, Some(100)), (LEFT, 0, 1, None)];
/// The branches of these pairs.
pub(crate) const BRANCHES: [Option<u8>; 3] = [Some(0), None, Some(0)];

pub(crate) struct PassIs {
    pub(crate) kind: &'static str,
    pub(crate) worker: u8,
    pub(crate) days: (Day, Day),
}

pub(crate) const PASSES: [PassIs; 3] = [
    PassIs { kind: "暖心卡", worker: 0, days: (1, 366) },
    PassIs { kind: "优享卡", worker: 1, days: (1, 366) },
    PassIs { kind: "暖心卡", worker: 2, days: (1, 90) },
];
/// The pass that takes the place of the first one.
const REPLACEMENT: u8 = 3;

pub(crate) struct OfferIs {
    pub(crate) kind: &'static str,
    pub(crate) merchant: u8,
    pub(crate) fund: usize,
    pub(crate) paid_of_thousand: u32,
    pub(crate) subsidy_of_ten_thousand: u32,
    pub(crate) days: (Day, Day),
}

pub(crate) const OFFERS: [OfferIs; 2] = [
    OfferIs {
        kind: "暖心卡",
        merchant: 0,
        fund: 1,
        paid_of_thousand: 850,
        subsidy_of_ten_thousand: 3_333,
        days: (11, 366),
    },
    OfferIs {
        kind: "优享卡",
        merchant: 1,
        fund: 1,
        paid_of_thousand: 795,
        subsidy_of_ten_thousand: 10_000,
        days: (1, 130),
    },
];

/// 原价 and 实付 of a slip, fen.
pub(crate) fn slip_amounts(offer: u8, yuan: u8, wrong: bool) -> (i64, i64) {
    // Not whole yuan: a discount of it is to be rounded.
    let price = i64::from(yuan) * 101;
    let part = OFFERS.get(usize::from(offer)).map_or(1_000, |offer| i64::from(offer.paid_of_thousand));
    let paid = (price * part * 2 + 1_000) / 2_000;
    (price, paid + i64::from(wrong))
}

/// The key that a row names itself.
pub(crate) fn own_key(step: &Step) -> Option<String> {
    match step {
        Step::Post { request, .. } => Some(format!("R{request}")),
        Step::Handle { handling, .. } | Step::Claim { handling, .. } => Some(format!("H{handling}")),
        Step::Visit { visit, .. } => Some(format!("V{visit}")),
        Step::Apply { application, .. } => Some(format!("A{application}")),
        Step::Slip { slip, .. } => Some(format!("L{slip}")),
        Step::Credit { .. }
        | Step::Report { .. }
        | Step::Return { .. }
        | Step::Route { .. }
        | Step::Withdraw { .. }
        | Step::Merge { .. }
        | Step::Rate { .. }
        | Step::Confirm { .. }
        | Step::StandIn { .. }
        | Step::Use { .. }
        | Step::GiveBack { .. }
        | Step::TakeBackUse { .. }
        | Step::TakeBackSlip { .. }
        | Step::Places { .. }
        | Step::Lose { .. }
        | Step::Appoint { .. }
        | Step::Serve { .. }
        | Step::OpenSite { .. }
        | Step::MoveSite { .. }
        | Step::CloseSite { .. }
        | Step::Settle { .. }
        | Step::Again(_)
        | Step::Restart => None,
    }
}

/// What of a row its key stands for: all but the columns that may follow later.
fn content(step: &Step) -> Step {
    let mut content = step.clone();
    match &mut content {
        Step::Handle { word, .. } => *word = None,
        Step::Visit { confirmed, .. } => *confirmed = None,
        Step::Apply { used, .. } => *used = None,
        Step::Credit { .. }
        | Step::Post { .. }
        | Step::Claim { .. }
        | Step::Report { .. }
        | Step::Return { .. }
        | Step::Route { .. }
        | Step::Withdraw { .. }
        | Step::Merge { .. }
        | Step::Rate { .. }
        | Step::Confirm { .. }
        | Step::StandIn { .. }
        | Step::Use { .. }
        | Step::GiveBack { .. }
        | Step::TakeBackUse { .. }
        | Step::TakeBackSlip { .. }
        | Step::Places { .. }
        | Step::Slip { .. }
        | Step::Lose { .. }
        | Step::Appoint { .. }
        | Step::Serve { .. }
        | Step::OpenSite { .. }
        | Step::MoveSite { .. }
        | Step::CloseSite { .. }
        | Step::Settle { .. }
        | Step::Again(_)
        | Step::Restart => {}
    }
    content
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Repeated,
    Refused(&'static str),
}

/// What some history must come to.
pub(crate) const REACHED: &[&str] = &[
    "done",
    "repeated",
    "duplicate_conflict",
    "unknown_worker",
    "unknown_activity",
    "unknown_merchant",
    "unknown_request",
    "unknown_pair",
    "unknown_benefit",
    "unknown_pass",
    "unknown_offer",
    "unknown_site",
    "site_closed",
    "invalid_input",
    "invalid_date",
    "invalid_quantity",
    "invalid_amount",
    "not_found",
    "daily_cap_reached",
    "monthly_cap_reached",
    "yearly_cap_reached",
    "limit_per_worker",
    "insufficient_points",
    "same_person",
    "already_decided",
    "merged_request",
    "request_taken",
    "pair_ended",
    "not_a_partner",
    "outside_window",
    "already_claimed",
    "voucher_expired",
    "quota_full",
    "fund_exhausted",
    "pass_lost",
    "pass_expired",
    "not_eligible",
    "offer_ended",
    "a row waits in a queue",
    "somebody who waited is given a place",
    "somebody leaves the queue",
    "a place that was given back goes to the next",
    "a certificate is claimed again",
    "a use is taken back",
    "what was taken back is used again",
    "a slip is taken back",
    "a row is capped",
    "late and without a place",
    "a branch stands in",
    "a claim is reported",
    "a claim is given up",
    "a request is routed",
    "a request is withdrawn",
    "a request is merged later",
    "a site closes and what hangs below it stays open",
    "a service counts by a letter that has ended since",
    "a body's month is confirmed",
    "a body's month is paid",
    "what comes after the confirmation is borne by a later month",
    "what was paid is given back",
];

pub(crate) type Refused<T = ()> = Result<T, &'static str>;

#[derive(Debug, Clone)]
struct Lot {
    day: Day,
    /// The first day on which it cannot be spent; none for ever.
    ends: Option<chrono::NaiveDate>,
    left: i64,
}

#[derive(Debug, Clone)]
struct Request {
    activity: Activity,
    day: Day,
    reporter: Option<u8>,
    merged: bool,
    claims: u32,
    credited: i64,
    withdrawn: bool,
    /// The last day on which a claim was given up.
    returned: Option<Day>,
}

/// A claim of which the work is not reported.
#[derive(Debug, Clone)]
struct Claimed {
    request: u8,
    claimer: u8,
    day: Day,
    returned: bool,
}

#[derive(Debug, Clone)]
struct Work {
    request: u8,
    earner: u8,
    done: Day,
    units: u8,
    rated: bool,
}

#[derive(Debug, Clone)]
struct Visited {
    pair: u8,
    reporter: u8,
    day: Day,
    confirmed: bool,
}

#[derive(Debug, Clone)]
struct Applied {
    worker: u8,
    day: Day,
    fen: Option<u16>,
    waits: bool,
    used: bool,
    /// When and at whose counter it was used last, be that taken back since.
    last_use: Option<(Day, Option<u8>)>,
    withdrawn: bool,
    certificate: Option<u8>,
    /// From which lots it was paid, with how much.
    paid: Vec<(usize, i64)>,
}

impl Applied {
    fn is_given(&self) -> bool {
        !self.waits && !self.withdrawn
    }
}

#[derive(Debug, Clone)]
struct Benefit {
    places: Option<u32>,
    granted: u32,
    queue: Vec<u8>,
    rows: BTreeMap<u8, Applied>,
    /// The latest month of which anything is known.
    latest: Option<(i32, u32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pass {
    kind: &'static str,
    days: (Day, Day),
    /// Void from this day's noon on.
    lost: Option<Day>,
    /// Good from this day's noon on.
    since: Option<Day>,
}

/// A slip that was honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Honoured {
    pass: u8,
    offer: u8,
    day: Day,
    /// What the merchant is owed for it, fen.
    owed: i64,
    taken_back: bool,
}

/// Everything that is known.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    keys: BTreeMap<String, Step>,
    lots: [Vec<Lot>; 4],
    /// Points credited, by worker, activity and day of the credit.
    earned: Vec<(u8, Activity, Day, i64)>,
    spent: [i64; 4],
    requests: BTreeMap<u8, Request>,
    claims: BTreeMap<u8, Claimed>,
    work: BTreeMap<u8, Work>,
    visits: BTreeMap<u8, Visited>,
    benefits: Vec<Benefit>,
    certificates: BTreeSet<u8>,
    /// Set aside and not given back, paid or not.
    committed: [i64; 2],
    /// The same by the months that bear it.
    months: [Months; 2],
    /// The sites.
    pub(crate) tree: Tree,
    /// Letters of appointment by worker and number: from a day, through another, and the first day no longer.
    letters: BTreeMap<(u8, u8), (Day, Option<Day>, Option<Day>)>,
    passes: BTreeMap<u8, Pass>,
    slips: BTreeMap<u8, Honoured>,
    /// By month and merchant, with entries of nothing.
    owed: BTreeMap<(i32, u32, u8), i64>,
    met: BTreeSet<&'static str>,
}

fn month(day: Day) -> YearMonth {
    (date(day).year(), date(day).month())
}

impl Desk {
    /// As the prelude leaves it.
    pub(crate) fn open() -> Desk {
        let benefit = |places: &Option<u32>| Benefit {
            places: *places,
            granted: 0,
            queue: Vec::new(),
            rows: BTreeMap::new(),
            latest: None,
        };
        let pass = |(number, pass): (u8, &PassIs)| {
            (number, Pass { kind: pass.kind, days: pass.days, lost: None, since: None })
        };
        Desk {
            keys: BTreeMap::new(),
            lots: Default::default(),
            earned: Vec::new(),
            spent: [0; 4],
            requests: BTreeMap::new(),
            claims: BTreeMap::new(),
            work: BTreeMap::new(),
            visits: BTreeMap::new(),
            benefits: PLACES.iter().map(benefit).collect(),
            certificates: BTreeSet::new(),
            committed: [0; 2],
            months: Default::default(),
            tree: Tree::default(),
            letters: BTreeMap::new(),
            passes: (0..).zip(&PASSES).map(pass).collect(),
            slips: BTreeMap::new(),
            owed: BTreeMap::new(),
            met: BTreeSet::new(),
        }
    }

    /// What came to pass besides answers.
    pub(crate) fn met(&self) -> impl Iterator<Item = &'static str> {
        self.met.iter().copied()
    }

    /// Answers a step that has a key, by its own or the one it is given.
    pub(crate) fn ask(&mut self, key: &str, step: &Step) -> Answer {
        let key = own_key(step).unwrap_or_else(|| key.to_owned());
        if let Some(known) = self.keys.get(&key) {
            return if *known == content(step) { Answer::Repeated } else { Answer::Refused("duplicate_conflict") };
        }
        // What is refused leaves nothing, however far it came.
        let mut after = self.clone();
        match after.judge(step) {
            Ok(changed) => {
                if changed {
                    after.keys.insert(key, content(step));
                }
                *self = after;
                Answer::Done
            }
            Err(code) => Answer::Refused(code),
        }
    }

    /// Whether anything was recorded.
    fn judge(&mut self, step: &Step) -> Refused<bool> {
        match step.clone() {
            Step::Credit { worker, day, units } => self.credit(worker, day, units)?,
            Step::Post { request, activity, day, reporter, merged_into } => {
                self.post(request, activity, day, reporter, merged_into)?;
            }
            Step::Handle { handling, request, claimer, claimed, done, quantity, word } => {
                self.handle(handling, (request, claimer), (claimed, done), quantity, word)?;
            }
            Step::Claim { handling, request, claimer, day } => self.claim(handling, request, claimer, day)?,
            Step::Report { handling, request, done, quantity } => self.report(handling, request, done, quantity)?,
            Step::Return { handling, request, day } => self.give_up(handling, request, day)?,
            Step::Route { request, named, day } => self.route(request, named, day)?,
            Step::Withdraw { request, day } => self.withdraw(request, day)?,
            Step::Merge { request, into } => self.merge(request, into)?,
            Step::Rate { handling, request, word, day } => self.rate_waiting(handling, request, word, day)?,
            Step::Visit { visit, pair, activity, day, reporter, confirmed } => {
                self.visit(visit, pair, activity, (day, reporter), confirmed)?;
            }
            Step::Confirm { visit, pair, by, day } => self.confirm_waiting(visit, pair, by, day)?,
            Step::StandIn { visit, pair, branch, day } => self.stand_in(visit, pair, branch, day)?,
            Step::Apply { application, benefit, worker, day, certificate, fen, used } => {
                self.apply(application, benefit, (worker, day), certificate, fen, used)?;
            }
            Step::Use { application, benefit, day, merchant } => self.use_later(application, benefit, day, merchant)?,
            Step::GiveBack { application, benefit } => self.give_back(application, benefit)?,
            Step::Places { benefit, places } => return self.enlarge(benefit, places),
            Step::TakeBackUse { application, benefit } => self.take_back_use(application, benefit)?,
            Step::Slip { slip, pass, offer, day, yuan, wrong } => self.slip((slip, pass), offer, day, yuan, wrong)?,
            Step::TakeBackSlip { slip, pass } => self.take_back_slip(slip, pass)?,
            Step::Lose { day } => return Ok(self.lose(day)),
            Step::Appoint { worker, letter, from, through, ended } => {
                return self.appoint(worker, letter, (from, through, ended));
            }
            Step::Serve { worker, day, units } => self.serve(worker, day, units)?,
            Step::OpenSite { site, parent, day } => self.tree.open(site, parent, day)?,
            Step::MoveSite { site, parent, day } => return self.tree.hang(site, parent, day),
            Step::CloseSite { site, day } => {
                self.tree.close(site, day)?;
                if !self.tree.open_below(site).is_empty() {
                    self.met.insert("a site closes and what hangs below it stays open");
                }
            }
            Step::Settle { stage, month, by } => self.settle(stage, (2024, u32::from(month)), by)?,
            Step::Again(_) | Step::Restart => panic!("{step:?} is not judged"),
        }
        Ok(true)
    }

    fn known(worker: u8) -> Refused {
        if worker < 4 || worker == LEFT { Ok(()) } else { Err("unknown_worker") }
    }

    fn credit(&mut self, worker: u8, day: Day, units: u8) -> Refused {
        Desk::known(worker)?;
        if units == 0 {
            return Err("invalid_quantity");
        }
        self.earn(worker, Activity::Plain, day, units).map(|_| ())
    }

    /// Whether anything is new.
    fn appoint(&mut self, worker: u8, letter: u8, days: (Day, Option<Day>, Option<Day>)) -> Refused<bool> {
        Desk::known(worker)?;
        let (from, through, ended) = days;
        if through.is_some_and(|through| through < from) || ended.is_some_and(|ended| ended < from) {
            return Err("invalid_date");
        }
        Ok(self.letters.insert((worker, letter), days) != Some(days))
    }

    /// By the letters that hold on its day, whatever day it is entered on.
    fn serve(&mut self, worker: u8, day: Day, units: u8) -> Refused {
        Desk::known(worker)?;
        if units == 0 {
            return Err("invalid_quantity");
        }
        let own = self.letters.iter().filter(|((who, _), _)| *who == worker).map(|(_, days)| *days);
        let mut held = own.filter(|(from, through, ended)| {
            *from <= day && through.is_none_or(|through| day <= through) && ended.is_none_or(|ended| day < ended)
        });
        let (.., ended) = held.next().ok_or("not_eligible")?;
        self.earn(worker, Activity::Appointed, day, units)?;
        if ended.is_some() {
            self.met.insert("a service counts by a letter that has ended since");
        }
        Ok(())
    }

    /// A step with the month of the body whose funds these are: with each of them that has anything in it.
    fn settle(&mut self, stage: Settling, month: YearMonth, by: u8) -> Refused {
        let (mut now, mut before) = (false, false);
        for (months, set_aside) in self.months.iter_mut().zip(self.committed) {
            match months.settle(stage, month, by, set_aside)? {
                Settled::Nothing => {}
                Settled::Before => before = true,
                Settled::Now(paid) => {
                    now = true;
                    if stage == Settling::Confirm {
                        self.met.insert("a body's month is confirmed");
                    }
                    if paid > 0 {
                        self.met.insert("a body's month is paid");
                    }
                }
            }
        }
        match (now, before) {
            (true, _) => Ok(()),
            (false, true) => Err("already_decided"),
            (false, false) => Err("not_found"),
        }
    }

    /// Points for so many units on a day: what is left of the caps at most.
    fn earn(&mut self, worker: u8, activity: Activity, day: Day, units: u8) -> Refused<i64> {
        let (rate, daily) = rate(activity);
        let sum = |of: &dyn Fn(Day) -> bool| -> i64 {
            let own = self.earned.iter().filter(|(who, what, on, _)| *who == worker && *what == activity && of(*on));
            own.map(|(_, _, _, points)| points).sum()
        };
        let monthly = (activity == Activity::FedBack).then_some(FED_BACK_MONTHLY_CAP);
        let yearly = (activity == Activity::Rated).then_some(RATED_YEARLY_CAP);
        let left = [
            (daily.map(|cap| cap - sum(&|on| on == day)), "daily_cap_reached"),
            (monthly.map(|cap| cap - sum(&|on| month(on) == month(day))), "monthly_cap_reached"),
            (yearly.map(|cap| cap - sum(&|on| month(on).0 == month(day).0)), "yearly_cap_reached"),
        ];
        let mut points = rate * i64::from(units);
        for (left, code) in left {
            let Some(left) = left else { continue };
            if left <= 0 {
                return Err(code);
            }
            if left < points {
                self.met.insert("a row is capped");
            }
            points = points.min(left);
        }
        // 有效月数: the same day so many months later is the last one.
        let ends = (activity == Activity::Plain).then(|| date(day) + chrono::Months::new(24) + chrono::Days::new(1));
        self.lots[usize::from(worker)].push(Lot { day, ends, left: points });
        self.earned.push((worker, activity, day, points));
        Ok(points)
    }

    fn post(&mut self, number: u8, activity: Activity, day: Day, reporter: Option<u8>, merged: Option<u8>) -> Refused {
        match activity {
            Activity::Unknown => return Err("unknown_activity"),
            Activity::Plain | Activity::Visit | Activity::Appointed => return Err("invalid_input"),
            Activity::Rated | Activity::FedBack => {}
        }
        reporter.map_or(Ok(()), Desk::known)?;
        if merged.is_some_and(|earlier| !self.requests.contains_key(&earlier)) {
            return Err("unknown_request");
        }
        let merged = merged.is_some();
        let (withdrawn, returned) = (false, None);
        let posted = Request { activity, day, reporter, merged, claims: 0, credited: 0, withdrawn, returned };
        self.requests.insert(number, posted);
        Ok(())
    }

    fn handle(
        &mut self,
        number: u8,
        (request, claimer): (u8, Option<u8>),
        (claimed, done): (Day, Day),
        units: u8,
        word: Option<(Said, Day)>,
    ) -> Refused {
        let known = self.requests.get(&request).ok_or("unknown_request")?.clone();
        let rated = known.activity == Activity::Rated;
        let earner = if rated { claimer } else { known.reporter }.ok_or("unknown_worker")?;
        Desk::known(earner)?;
        if rated && (claimed < known.day || done < claimed) {
            return Err("invalid_date");
        }
        let done = if rated { done } else { known.day };
        if word.is_some_and(|(_, day)| day < done) {
            return Err("invalid_date");
        }
        Desk::current(&known)?;
        if !rated && known.claims > 0 {
            return Err("already_decided");
        }
        if rated && claimer == known.reporter {
            return Err("same_person");
        }
        if rated && known.claims >= CLAIMERS_MAX {
            return Err("request_taken");
        }
        if units == 0 {
            return Err("invalid_quantity");
        }
        if let Some(request) = self.requests.get_mut(&request) {
            request.claims += 1;
        }
        self.work.insert(number, Work { request, earner, done, units, rated: false });
        word.map_or(Ok(()), |(said, day)| self.say(number, said, day))
    }

    /// Worked on under its own number, and not taken back.
    fn current(known: &Request) -> Refused {
        if known.merged {
            return Err("merged_request");
        }
        if known.withdrawn { Err("already_decided") } else { Ok(()) }
    }

    fn claim(&mut self, number: u8, request: u8, claimer: u8, day: Day) -> Refused {
        let known = self.requests.get_mut(&request).ok_or("unknown_request")?;
        if known.activity == Activity::FedBack {
            return Err("invalid_input");
        }
        Desk::known(claimer)?;
        if day < known.day {
            return Err("invalid_date");
        }
        Desk::current(known)?;
        if Some(claimer) == known.reporter {
            return Err("same_person");
        }
        if known.claims >= CLAIMERS_MAX {
            return Err("request_taken");
        }
        known.claims += 1;
        self.claims.insert(number, Claimed { request, claimer, day, returned: false });
        Ok(())
    }

    /// A claim of a request that is neither reported nor given up.
    fn underway(&self, number: u8, request: u8) -> Refused<Claimed> {
        if !self.requests.contains_key(&request) {
            return Err("unknown_request");
        }
        if self.work.get(&number).is_some_and(|work| work.request == request) {
            return Err("already_decided");
        }
        let claim = self.claims.get(&number).filter(|claim| claim.request == request).ok_or("unknown_request")?;
        if claim.returned { Err("already_decided") } else { Ok(claim.clone()) }
    }

    fn report(&mut self, number: u8, request: u8, done: Day, units: u8) -> Refused {
        let Claimed { claimer, day, .. } = self.underway(number, request)?;
        if done < day {
            return Err("invalid_date");
        }
        if units == 0 {
            return Err("invalid_quantity");
        }
        self.claims.remove(&number);
        self.work.insert(number, Work { request, earner: claimer, done, units, rated: false });
        self.met.insert("a claim is reported");
        Ok(())
    }

    fn give_up(&mut self, number: u8, request: u8, day: Day) -> Refused {
        let claim = self.underway(number, request)?;
        if day < claim.day {
            return Err("invalid_date");
        }
        self.claims.insert(number, Claimed { returned: true, ..claim });
        let known = self.requests.get_mut(&request).expect("it was claimed");
        known.claims -= 1;
        known.returned = known.returned.max(Some(day));
        self.met.insert("a claim is given up");
        Ok(())
    }

    fn route(&mut self, request: u8, named: bool, day: Day) -> Refused {
        let known = self.requests.get(&request).ok_or("unknown_request")?;
        if day < known.day {
            return Err("invalid_date");
        }
        Desk::current(known)?;
        if !named {
            return Err("invalid_input");
        }
        self.met.insert("a request is routed");
        Ok(())
    }

    fn withdraw(&mut self, request: u8, day: Day) -> Refused {
        let known = self.requests.get_mut(&request).ok_or("unknown_request")?;
        if day < known.day {
            return Err("invalid_date");
        }
        Desk::current(known)?;
        if self.work.values().any(|work| work.request == request && work.rated) {
            return Err("already_decided");
        }
        if known.claims > 0 {
            return Err("request_taken");
        }
        if known.returned.is_some_and(|returned| day < returned) {
            return Err("invalid_date");
        }
        known.withdrawn = true;
        self.met.insert("a request is withdrawn");
        Ok(())
    }

    /// Entered on a day when all of them were posted.
    fn merge(&mut self, request: u8, into: u8) -> Refused {
        let known = self.requests.get(&request).ok_or("unknown_request")?;
        let earlier = self.requests.get(&into).ok_or("unknown_request")?;
        if request == into {
            return Err("invalid_input");
        }
        Desk::current(known)?;
        Desk::current(earlier)?;
        if self.work.values().any(|work| work.request == request && work.rated) {
            return Err("already_decided");
        }
        if known.claims > 0 {
            return Err("request_taken");
        }
        self.requests.get_mut(&request).expect("it was found").merged = true;
        self.met.insert("a request is merged later");
        Ok(())
    }

    fn rate_waiting(&mut self, number: u8, request: u8, said: Said, day: Day) -> Refused {
        let known = self.work.get(&number).filter(|work| work.request == request).ok_or("unknown_request")?;
        if known.rated {
            return Err("already_decided");
        }
        if day < known.done {
            return Err("invalid_date");
        }
        self.say(number, said, day)
    }

    fn say(&mut self, number: u8, said: Said, day: Day) -> Refused {
        let work = self.work.get_mut(&number).expect("it was recorded");
        let earns = match said {
            Said::Satisfied | Said::MostlySatisfied | Said::True => true,
            Said::Dissatisfied | Said::Untrue => false,
            Said::Nonsense => return Err("invalid_input"),
        };
        work.rated = true;
        let Work { request, earner, units, .. } = *work;
        if !earns {
            return Ok(());
        }
        let activity = self.requests[&request].activity;
        let points = self.earn(earner, activity, day, units)?;
        if let Some(request) = self.requests.get_mut(&request) {
            request.credited += points;
        }
        Ok(())
    }

    fn visit(
        &mut self,
        number: u8,
        pair: u8,
        activity: Activity,
        (day, reporter): (Day, u8),
        confirmed: Option<(u8, Day)>,
    ) -> Refused {
        let (_, _, since, ended) = PAIRS.get(usize::from(pair)).ok_or("unknown_pair")?;
        if activity == Activity::Unknown {
            return Err("unknown_activity");
        }
        if confirmed.is_some_and(|(_, on)| on < day) {
            return Err("invalid_date");
        }
        if day < *since || ended.is_some_and(|ended| ended <= day) {
            return Err("pair_ended");
        }
        Desk::known(reporter)?;
        let by = confirmed.map(|(by, _)| by);
        by.map_or(Ok(()), Desk::known)?;
        Desk::partners(pair, reporter, by)?;
        self.visits.insert(number, Visited { pair, reporter, day, confirmed: false });
        confirmed.map_or(Ok(()), |(_, on)| self.confirmed(number, on))
    }

    fn partners(pair: u8, reporter: u8, by: Option<u8>) -> Refused {
        let (helper, helped, ..) = PAIRS[usize::from(pair)];
        if by == Some(reporter) {
            return Err("same_person");
        }
        let both = [Some(reporter), by].into_iter().flatten().all(|one| one == helper || one == helped);
        if both { Ok(()) } else { Err("not_a_partner") }
    }

    fn confirm_waiting(&mut self, number: u8, pair: u8, by: u8, on: Day) -> Refused {
        if usize::from(pair) >= PAIRS.len() {
            return Err("unknown_pair");
        }
        let known = self.visits.get(&number).filter(|visit| visit.pair == pair).ok_or("unknown_pair")?.clone();
        if known.confirmed {
            return Err("already_decided");
        }
        if on < known.day {
            return Err("invalid_date");
        }
        Desk::known(by)?;
        Desk::partners(pair, known.reporter, Some(by))?;
        self.confirmed(number, on)
    }

    fn stand_in(&mut self, number: u8, pair: u8, branch: u8, on: Day) -> Refused {
        let (helper, helped, ..) = *PAIRS.get(usize::from(pair)).ok_or("unknown_pair")?;
        let known = self.visits.get(&number).filter(|visit| visit.pair == pair).ok_or("unknown_pair")?.clone();
        if known.confirmed {
            return Err("already_decided");
        }
        if on < known.day {
            return Err("invalid_date");
        }
        let other = if known.reporter == helper { helped } else { helper };
        if BRANCHES[usize::from(pair)] != Some(branch) || other != LEFT || on < LEFT_ON {
            return Err("not_a_partner");
        }
        self.confirmed(number, on)?;
        self.met.insert("a branch stands in");
        Ok(())
    }

    fn confirmed(&mut self, number: u8, on: Day) -> Refused {
        let visit = self.visits.get_mut(&number).expect("it was reported");
        visit.confirmed = true;
        let reporter = visit.reporter;
        self.earn(reporter, Activity::Visit, on, 1).map(|_| ())
    }

    fn apply(
        &mut self,
        number: u8,
        benefit: u8,
        (worker, day): (u8, Day),
        certificate: Option<u8>,
        fen: Option<u16>,
        used: Option<(Day, Option<u8>)>,
    ) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        Desk::known(worker)?;
        if used.is_some_and(|(on, _)| on < day) {
            return Err("invalid_date");
        }
        if day < is.window.0 || is.window.1 < day {
            return Err("outside_window");
        }
        if certificate.is_some_and(|number| !self.certificates.insert(number)) {
            return Err("already_claimed");
        }
        let claimed_before = |row: &Applied| certificate.is_some() && row.certificate == certificate;
        if self.benefits.iter().flat_map(|of| of.rows.values()).any(claimed_before) {
            self.met.insert("a certificate is claimed again");
        }
        let at = usize::from(benefit);
        let own = self.benefits[at].rows.values().filter(|row| row.worker == worker && !row.withdrawn);
        let had = own.filter(|row| !is.yearly || month(row.day).0 == month(day).0).count();
        if is.limit.is_some_and(|limit| had >= limit as usize) {
            return Err("limit_per_worker");
        }
        let cost = Desk::cost(is, fen)?;
        if let Some((on, merchant)) = used {
            Desk::usable(is, on, merchant)?;
        }
        let has_place = self.has_place(at);
        if !has_place && used.is_some() {
            return Err("quota_full");
        }
        let late = self.benefits[at].latest.is_some_and(|latest| month(day) < latest);
        let mut paid = Vec::new();
        if has_place || late {
            let mut after = self.clone();
            let parts = after.spend(worker, day, is.price)?;
            after.commit(is.fund, cost, day)?;
            if has_place {
                *self = after;
                paid = parts;
            } else {
                self.met.insert("late and without a place");
            }
        }
        let of = &mut self.benefits[at];
        of.latest = of.latest.max(Some(month(day)));
        let (waits, used_yet, withdrawn) = (!has_place, false, false);
        let last_use = None;
        let row = Applied { worker, day, fen, waits, used: used_yet, last_use, withdrawn, certificate, paid };
        of.rows.insert(number, row);
        if has_place {
            of.granted += 1;
        } else {
            of.queue.push(number);
            self.met.insert("a row waits in a queue");
        }
        used.map_or(Ok(()), |(on, merchant)| self.used(number, benefit, on, merchant))
    }

    fn cost(is: &BenefitIs, fen: Option<u16>) -> Refused<i64> {
        match (is.kind, fen) {
            (BenefitKind::Grant, Some(fen)) if fen > 0 => Ok(i64::from(fen)),
            (BenefitKind::Grant, _) => Err("invalid_amount"),
            (BenefitKind::Place | BenefitKind::Voucher, _) => Ok(is.fen),
        }
    }

    fn usable(is: &BenefitIs, on: Day, merchant: Option<u8>) -> Refused {
        if is.window.1 < on {
            return Err("voucher_expired");
        }
        if merchant.is_some_and(|merchant| merchant >= 2) { Err("unknown_merchant") } else { Ok(()) }
    }

    fn has_place(&self, at: usize) -> bool {
        self.benefits[at].places.is_none_or(|places| self.benefits[at].granted < places)
    }

    /// What ends first is spent first, then what was recorded first; only what can be spent on the day.
    /// Tells from which.
    fn spend(&mut self, worker: u8, day: Day, price: i64) -> Refused<Vec<(usize, i64)>> {
        let on = date(day);
        let lots = &mut self.lots[usize::from(worker)];
        let mut open: Vec<usize> = (0..lots.len())
            .filter(|lot| lots[*lot].day <= day && lots[*lot].ends.is_none_or(|ends| on < ends))
            .collect();
        open.sort_by_key(|lot| (lots[*lot].ends.is_none(), lots[*lot].ends, *lot));
        let (mut missing, mut parts) = (price, Vec::new());
        for lot in open {
            let part = missing.min(lots[lot].left);
            lots[lot].left -= part;
            missing -= part;
            parts.push((lot, part));
        }
        self.spent[usize::from(worker)] += price;
        if missing > 0 { Err("insufficient_points") } else { Ok(parts) }
    }

    fn commit(&mut self, fund: usize, fen: i64, day: Day) -> Refused {
        self.committed[fund] += fen;
        if self.committed[fund] > FUNDS[fund] {
            return Err("fund_exhausted");
        }
        self.bear(fund, fen, day);
        Ok(())
    }

    /// A line of the month of a day, where there is anything to say.
    fn bear(&mut self, fund: usize, fen: i64, day: Day) {
        if fen != 0 && self.months[fund].bear(month(day), fen) {
            self.met.insert("what comes after the confirmation is borne by a later month");
        }
    }

    fn owe(&mut self, merchant: u8, day: Day, fen: i64) {
        let (year, month) = month(day);
        *self.owed.entry((year, month, merchant)).or_default() += fen;
    }

    fn use_later(&mut self, number: u8, benefit: u8, on: Day, merchant: Option<u8>) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        let known = self.benefits[usize::from(benefit)].rows.get(&number).ok_or("unknown_benefit")?;
        if known.used || known.withdrawn {
            return Err("already_decided");
        }
        if on < known.day {
            return Err("invalid_date");
        }
        Desk::usable(is, on, merchant)?;
        if known.waits {
            return Err("quota_full");
        }
        self.used(number, benefit, on, merchant)
    }

    fn used(&mut self, number: u8, benefit: u8, on: Day, merchant: Option<u8>) -> Refused {
        let at = usize::from(benefit);
        let of = &mut self.benefits[at];
        of.latest = of.latest.max(Some(month(on)));
        let row = of.rows.get_mut(&number).expect("it was applied for");
        row.used = true;
        if row.last_use.replace((on, merchant)).is_some() {
            self.met.insert("what was taken back is used again");
        }
        if let (Some(merchant), BenefitKind::Place | BenefitKind::Voucher) = (merchant, BENEFITS[at].kind) {
            self.owe(merchant, on, BENEFITS[at].fen);
        }
        Ok(())
    }

    /// The claim goes with the use; what was set aside stays, for it is granted still.
    fn take_back_use(&mut self, number: u8, benefit: u8) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        let row = self.benefits[usize::from(benefit)].rows.get_mut(&number).ok_or("unknown_benefit")?;
        if !row.used {
            return Err("already_decided");
        }
        row.used = false;
        if let (Some((on, Some(merchant))), BenefitKind::Place | BenefitKind::Voucher) = (row.last_use, is.kind) {
            self.owe(merchant, on, -is.fen);
        }
        self.met.insert("a use is taken back");
        Ok(())
    }

    /// All that it cost goes back to where it came from, the certificate to its holder, and the place to the next.
    fn give_back(&mut self, number: u8, benefit: u8) -> Refused {
        let is = BENEFITS.get(usize::from(benefit)).ok_or("unknown_benefit")?;
        let of = &mut self.benefits[usize::from(benefit)];
        let row = of.rows.get_mut(&number).ok_or("unknown_benefit")?;
        if row.used || row.withdrawn {
            return Err("already_decided");
        }
        row.withdrawn = true;
        let row = row.clone();
        if let Some(certificate) = row.certificate {
            self.certificates.remove(&certificate);
        }
        if row.waits {
            of.queue.retain(|waiting| *waiting != number);
            self.met.insert("somebody leaves the queue");
        } else {
            of.granted -= 1;
            let cost = Desk::cost(is, row.fen).expect("it was judged");
            self.committed[is.fund] -= cost;
            if self.months[is.fund].is_paid(month(row.day)) {
                self.met.insert("what was paid is given back");
            }
            self.bear(is.fund, -cost, row.day);
            self.spent[usize::from(row.worker)] -= is.price;
            for (lot, part) in row.paid {
                self.lots[usize::from(row.worker)][lot].left += part;
            }
        }
        if self.promote(benefit) {
            self.met.insert("a place that was given back goes to the next");
        }
        Ok(())
    }

    /// Never fewer than were given.
    fn enlarge(&mut self, benefit: u8, places: u32) -> Refused<bool> {
        let of = &mut self.benefits[usize::from(benefit)];
        if places < of.granted {
            return Err("invalid_quantity");
        }
        let changed = of.places != Some(places);
        of.places = Some(places);
        Ok(self.promote(benefit) | changed)
    }

    /// Those who wait are given places in their order: who has too few points goes on waiting, and where the fund has too
    /// little nobody behind gets ahead. Whether anybody is.
    fn promote(&mut self, benefit: u8) -> bool {
        let (at, is) = (usize::from(benefit), &BENEFITS[usize::from(benefit)]);
        let mut changed = false;
        for number in self.benefits[at].queue.clone() {
            if !self.has_place(at) {
                break;
            }
            let row = self.benefits[at].rows[&number].clone();
            let mut after = self.clone();
            let Ok(paid) = after.spend(row.worker, row.day, is.price) else { continue };
            if after.commit(is.fund, Desk::cost(is, row.fen).expect("it was judged"), row.day).is_err() {
                break;
            }
            *self = after;
            let of = &mut self.benefits[at];
            of.granted += 1;
            of.queue.retain(|waiting| *waiting != number);
            let row = of.rows.get_mut(&number).expect("it waits");
            (row.waits, row.paid) = (false, paid);
            self.met.insert("somebody who waited is given a place");
            changed = true;
        }
        changed
    }

    fn slip(&mut self, (number, pass): (u8, u8), offer: u8, day: Day, yuan: u8, wrong: bool) -> Refused {
        let held = pass;
        let pass = *self.passes.get(&pass).ok_or("unknown_pass")?;
        let is = OFFERS.get(usize::from(offer)).ok_or("unknown_offer")?;
        if pass.lost.is_some_and(|lost| lost <= day) {
            return Err("pass_lost");
        }
        if day < pass.days.0 || pass.days.1 < day || pass.since.is_some_and(|since| day < since) {
            return Err("pass_expired");
        }
        if pass.kind != is.kind {
            return Err("not_eligible");
        }
        if day < is.days.0 || is.days.1 < day {
            return Err("offer_ended");
        }
        let (price, paid) = slip_amounts(offer, yuan, wrong);
        if price <= 0 || wrong {
            return Err("invalid_amount");
        }
        let owed = (price - paid) * i64::from(is.subsidy_of_ten_thousand) / 10_000;
        self.commit(is.fund, owed, day)?;
        self.owe(is.merchant, day, owed);
        self.slips.insert(number, Honoured { pass: held, offer, day, owed, taken_back: false });
        Ok(())
    }

    /// The claim goes with the slip, and the money back to the fund; its number stays taken.
    fn take_back_slip(&mut self, number: u8, pass: u8) -> Refused {
        let slip = self.slips.get_mut(&number).filter(|slip| slip.pass == pass).ok_or("unknown_pass")?;
        if slip.taken_back {
            return Err("already_decided");
        }
        slip.taken_back = true;
        let (is, day, owed) = (&OFFERS[usize::from(slip.offer)], slip.day, slip.owed);
        self.committed[is.fund] -= owed;
        self.bear(is.fund, -owed, day);
        self.owe(is.merchant, day, -owed);
        self.met.insert("a slip is taken back");
        Ok(())
    }

    fn lose(&mut self, day: Day) -> bool {
        let lost = Pass { lost: Some(day), ..self.passes[&0] };
        let days = (1, PASSES[0].days.1);
        let replacing = Pass { kind: lost.kind, days, lost: None, since: Some(day) };
        let before = (self.passes.insert(0, lost), self.passes.insert(REPLACEMENT, replacing));
        before != (Some(lost), Some(replacing))
    }

    /// What holds whatever was asked.
    pub(crate) fn check(&self) {
        for (of, is) in self.benefits.iter().zip(&BENEFITS) {
            let given = of.rows.values().filter(|row| row.is_given()).count();
            assert_eq!(given, of.granted as usize);
            assert!(of.places.is_none_or(|places| of.granted <= places), "{of:?}");
            for worker in 0..4 {
                let had = of.rows.values().filter(|row| row.worker == worker && !row.withdrawn).count();
                assert!(is.limit.is_none_or(|limit| had <= limit as usize), "{of:?}");
            }
        }
        for (committed, appropriated) in self.committed.iter().zip(FUNDS) {
            assert!((0..=appropriated).contains(committed), "{committed} of {appropriated}");
        }
        for (months, set_aside) in self.months.iter().zip(self.committed) {
            months.check(set_aside);
        }
        assert!(self.tree.is_a_tree(), "{:?}", self.tree);
        for (number, request) in &self.requests {
            let underway = self.claims.values().filter(|claim| claim.request == *number && !claim.returned).count();
            let done = self.work.values().filter(|work| work.request == *number).count();
            assert_eq!(request.claims as usize, underway + done, "{request:?}");
            assert!(!request.withdrawn || request.claims == 0, "{request:?}");
            let allowed = if request.activity == Activity::Rated { CLAIMERS_MAX } else { 1 };
            assert!(request.claims <= allowed && !(request.merged && request.claims > 0), "{request:?}");
        }
        for lots in &self.lots {
            assert!(lots.iter().all(|lot| lot.left >= 0), "{lots:?}");
        }
    }

    /// The figures of `state` are these.
    pub(crate) fn compare(&self, told: &State) {
        let programmes = &told.programmes;
        for (number, of) in self.benefits.iter().enumerate() {
            let figures = programmes.benefits.get(&format!("B{number}")).copied().unwrap_or_default();
            let used = of.rows.values().filter(|row| row.used).count() as u64;
            let expected = (u64::from(of.granted), of.queue.len() as u64, used);
            assert_eq!((figures.granted, figures.waiting, figures.used), expected, "benefit {number}");
        }
        for (number, committed) in self.committed.iter().enumerate() {
            let figures = programmes.funds[&format!("F{number}")];
            let paid = self.months[number].paid();
            let told = (figures.appropriated.fen(), figures.committed.fen(), figures.paid.fen(), figures.free().fen());
            let expected = (FUNDS[number], committed - paid, paid, FUNDS[number] - committed);
            assert_eq!(told, expected, "fund {number}");
        }
        for (number, request) in &self.requests {
            let figures = programmes.requests[&format!("R{number}")];
            let told = (figures.claims, figures.credited.hundredths());
            assert_eq!(told, (u64::from(request.claims), request.credited * 100), "request {number}");
        }
        let owed: BTreeMap<_, _> = programmes
            .settlement
            .iter()
            .flat_map(|(month, of)| of.iter().map(move |(merchant, owed)| ((month.clone(), merchant.clone()), owed)))
            .map(|(key, owed)| (key, owed.money.fen()))
            .collect();
        let expected: BTreeMap<_, _> = self
            .owed
            .iter()
            .map(|((year, month, merchant), fen)| ((format!("{year}-{month:02}"), format!("M{merchant}")), *fen))
            .collect();
        assert_eq!(owed, expected, "what merchants are owed");
        for worker in 0..4_u8 {
            let figures = told.workers.get(&format!("W{worker}")).copied().unwrap_or_default();
            let earned: i64 =
                self.earned.iter().filter(|(who, ..)| *who == worker).map(|(_, _, _, points)| points).sum();
            let told = (figures.earned.hundredths(), figures.redeemed.hundredths());
            assert_eq!(told, (earned * 100, self.spent[usize::from(worker)] * 100), "worker {worker}");
        }
    }
}
