//! The reference: what a careful clerk answers who has the sheets' rules before her and counts on her fingers. Written from
//! the contract's section 12; it shares no rule with the ledger.

mod benefits;
mod figures;
mod funds;
mod keys;
mod known;
mod pairs;
mod passes;
mod places;
mod points;
mod proposals;
mod requests;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use super::bills::Bills;
use super::commands::date;
use super::months::{Months, YearMonth};
use super::steps::{Activity, Day, Step};
use super::tree::Tree;
use keys::content;
pub(crate) use keys::own_key;
pub(crate) use known::Use;
use known::{Asked, Benefit, Claimed, Honoured, Lot, Pass, Request, Visited, Work};
pub(crate) use terms::{
    APPROVING, BENEFITS, BODIES, BRANCHES, BenefitIs, CLAIMERS_MAX, ENTERED_ON, FED_BACK_MONTHLY_CAP, FUNDS, HANDS,
    LEFT, LEFT_ON, OFFERS, PAIRS, PASSES, PLACES, PassIs, RATED_YEARLY_CAP, rate, slip_amounts, worker_of,
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
    "bodies are asked",
    "nobody has to approve it",
    "a first body approves",
    "the last word gives it",
    "the last word lets it wait",
    "a proposal is sent back",
    "a proposal is withdrawn",
    "a line is disputed",
    "a dispute is right",
    "a dispute is wrong",
    "a merchant finds a statement right",
    "a merchant's month is confirmed",
    "a merchant's month is paid",
    "a claim is borne by a later month",
    "a correction is carried on",
    "a row's word follows later",
    "a row's confirmation follows later",
    "a row's use follows later",
    "a row says again what it said",
];

pub(crate) type Refused<T = ()> = Result<T, &'static str>;

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
    /// What each merchant is owed.
    bills: [Bills; 2],
    met: BTreeSet<&'static str>,
}

fn month(day: Day) -> YearMonth {
    (date(day).year(), date(day).month())
}

impl Desk {
    /// As the prelude leaves it.
    pub(crate) fn open() -> Desk {
        let benefit = |(places, bodies): (&Option<u32>, &u8)| Benefit {
            places: *places,
            bodies: *bodies,
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
            benefits: PLACES.iter().zip(&APPROVING).map(benefit).collect(),
            certificates: BTreeSet::new(),
            committed: [0; 2],
            months: Default::default(),
            tree: Tree::default(),
            letters: BTreeMap::new(),
            passes: (0..).zip(&PASSES).map(pass).collect(),
            slips: BTreeMap::new(),
            bills: Default::default(),
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
                self.apply(Asked { application, benefit, worker, day, certificate, fen }, used, None)?;
            }
            Step::Use { application, benefit, day, merchant } => {
                self.use_later(application, benefit, (day, merchant))?;
            }
            Step::GiveBack { application, benefit, day } => self.give_back(application, benefit, day)?,
            Step::Propose { application, benefit, worker, day, certificate, fen, by } => {
                self.propose(Asked { application, benefit, worker, day, certificate, fen }, by)?;
            }
            Step::Approve { application, benefit, body, by } => self.approve(application, benefit, body, by)?,
            Step::SendBack { application, benefit, by } => self.send_back(application, benefit, by)?,
            Step::Places { benefit, places, bodies, day } => return self.enlarge(benefit, places, bodies, day),
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
            Step::Bill { merchant, month, deed, by } => self.bill(merchant, (2024, u32::from(month)), deed, by)?,
            Step::Whole(row) => return self.complete(&row),
            Step::Complete { .. } | Step::Again(_) | Step::Restart => panic!("{step:?} is not judged"),
        }
        Ok(true)
    }

    /// A row that comes again with its last columns, under a key of its own. Whether that is news: what it said before it
    /// may say again, and nothing but what is added is judged.
    fn complete(&mut self, row: &Step) -> Refused<bool> {
        match *row {
            Step::Handle { handling, request, claimer, claimed, done, quantity, word } => {
                self.complete_work(handling, request, (claimer, claimed, done, quantity), word)
            }
            Step::Visit { visit, pair, activity, day, reporter, confirmed } => {
                self.complete_visit(visit, pair, (activity, day, reporter), confirmed)
            }
            Step::Apply { application, benefit, worker, day, certificate, fen, used } => {
                self.complete_application(Asked { application, benefit, worker, day, certificate, fen }, used)
            }
            _ => panic!("{row:?} has no second part"),
        }
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
                let had = of.rows.values().filter(|row| row.asked.worker == worker && row.counts()).count();
                assert!(is.limit.is_none_or(|limit| had <= limit as usize), "{of:?}");
            }
        }
        for (committed, appropriated) in self.committed.iter().zip(FUNDS) {
            assert!((0..=appropriated).contains(committed), "{committed} of {appropriated}");
        }
        for (months, set_aside) in self.months.iter().zip(self.committed) {
            months.check(set_aside);
        }
        self.bills.iter().for_each(Bills::check);
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
