//! The reference: what a careful clerk answers who has the sheets' rules before her and counts on her fingers. Written from
//! the contract's section 12; it shares no rule with the ledger.

mod benefits;
mod figures;
mod funds;
mod keys;
mod pairs;
mod passes;
mod places;
mod points;
mod requests;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::commands::date;
use super::months::{Months, YearMonth};
use super::steps::{Activity, Day, Step};
use super::tree::Tree;
use keys::content;
pub(crate) use keys::own_key;
pub(crate) use terms::{
    BENEFITS, BRANCHES, BenefitIs, CLAIMERS_MAX, FED_BACK_MONTHLY_CAP, FUNDS, LEFT, LEFT_ON, OFFERS, PAIRS, PASSES,
    PLACES, PassIs, RATED_YEARLY_CAP, rate, slip_amounts,
};

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
    "a place that comes free after the last day goes to nobody",
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

/// From a day, through another, and the first day no longer.
type Letter = (Day, Option<Day>, Option<Day>);

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
    /// Letters of appointment by worker and number.
    letters: BTreeMap<(u8, u8), Letter>,
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
            Step::GiveBack { application, benefit, day } => self.give_back(application, benefit, day)?,
            Step::Places { benefit, places, day } => return self.enlarge(benefit, places, day),
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
}
