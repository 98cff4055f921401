//! What of the programmes is open today: requests in every state, pairs with visits to confirm, appointments, benefits
//! with a queue, passes and an offer. Each role finds something to do. Days are counted back from the day on which it is
//! filled in, as those of the credits that wait are.

use chrono::{Days, NaiveDate};
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::ids::{Actor, IdError, WorkerId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::request::command::Work;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::commands::benefits::AskedAmount;
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::{Command, Ledger, commands};

use super::district::branch_of;
use super::once;
use super::plan::{community_id, worker_id};
use super::schedule::{GRID_WORKER, VISIT};
use super::{DemoError, EXAMPLE_MERCHANT};

/// The first of these commands: whether they were given.
const FIRST_KEY: &str = "demo/programmes";
pub(super) const FUND: &str = "YS-ZJ01";
/// Whose fund that is.
pub(super) const UNION: &str = "演示总工会";
/// Another body, which approves what is about somebody's health.
const HEALTH: &str = "演示卫生健康局";
/// What both approve.
const APPROVED: &str = "YS-QY10";
/// Who applied for it.
const PROPOSED: [u32; 2] = [5, 9];
/// The appointment that waits for the approver, entered by the district; and who is to be appointed.
const LETTER: &str = "YS-PS50";
const LETTER_KEY: &str = "demo/appointment/YS-PS50";
const APPOINTED: u32 = 18;
/// Who is helped by a pair and has left.
const LEAVES: u32 = 234;
/// Health tests that a trade union pays, and the workers who want one: thirty more than there are tests.
const TESTS: u32 = 100;
const APPLICANTS: std::ops::RangeInclusive<u32> = 101..=226;
/// Of these, those who applied before the two whom visitors meet.
const EARLY: u32 = TESTS - 2;
const PASS_KIND: &str = "暖心卡";
/// Since when registers hold, and until when, in days from the day of filling.
const SINCE: u64 = 100;
const UNTIL: u64 = 265;

/// Gives them as the operator does, but for the appointment, which is no operator's to enter; nothing where that was done.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn begin(ledger: &Ledger, operator: &Actor) -> Result<(), DemoError> {
    let most_by_operator = |now| {
        let planned = plan(now)?.into_iter();
        let given = |(key, command): (String, Command)| {
            let by_district = key == LETTER_KEY;
            (key, by_district, command)
        };
        Ok(planned.map(given).collect())
    };
    once::begin(ledger, operator, FIRST_KEY, most_by_operator).await
}

/// All of them with their keys, in order.
fn plan(now: BusinessTime) -> Result<Vec<(String, Command)>, IdError> {
    let plan = Plan { now, today: now.date() };
    let mut commands = plan.benefits()?;
    commands.extend(plan.appointments()?);
    commands.extend(plan.requests()?);
    commands.extend(plan.pairs()?);
    commands.extend(plan.passes()?);
    Ok(commands)
}

struct Plan {
    now: BusinessTime,
    today: NaiveDate,
}

impl Plan {
    fn ago(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today)
    }

    fn ahead(&self, days: u64) -> NaiveDate {
        self.today.checked_add_days(Days::new(days)).unwrap_or(self.today)
    }

    fn holding(&self) -> Period {
        Period { from: Some(self.ago(SINCE)), through: Some(self.ahead(UNTIL)) }
    }

    fn appointments(&self) -> Result<Vec<(String, Command)>, IdError> {
        let appointed =
            [("YS-PS01", 1, UNTIL), ("YS-PS02", 7, 20), ("YS-PS03", 12, UNTIL)].map(|(id, worker, until)| {
                let terms = AppointmentTerms {
                    body: "演示街道".to_owned(),
                    days: Period { from: Some(self.ago(SINCE)), through: Some(self.ahead(until)) },
                    ended: None,
                    role: GRID_WORKER.to_owned(),
                    site: None,
                };
                let command =
                    commands::RegisterAppointment { appointment: id.parse()?, worker: worker_id(worker)?, terms };
                Ok((format!("demo/appointment/{id}"), command.into()))
            });
        let mut commands = appointed.into_iter().collect::<Result<Vec<_>, IdError>>()?;
        let terms = AppointmentTerms {
            body: "演示街道".to_owned(),
            days: Period { from: Some(self.today), through: Some(self.ahead(UNTIL)) },
            ended: None,
            role: GRID_WORKER.to_owned(),
            site: None,
        };
        let propose =
            commands::ProposeAppointment { appointment: LETTER.parse()?, worker: worker_id(APPOINTED)?, terms };
        commands.push((LETTER_KEY.to_owned(), propose.into()));
        Ok(commands)
    }

    /// One or more in every state, some of them of the example worker.
    fn requests(&self) -> Result<Vec<(String, Command)>, IdError> {
        let posted = [
            ("YS-XQ01", "WX02", 9, None, None, Some(-2)),
            ("YS-XQ02", "WX02", 4, Some(4), None, Some(3)),
            ("YS-XQ03", "PD02", 6, None, None, Some(-1)),
            ("YS-XQ04", "YH01", 3, Some(1), None, None),
            ("YS-XQ05", "WX02", 12, Some(1), None, None),
            ("YS-XQ06", "WX02", 20, None, None, None),
            ("YS-XQ07", "WX02", 8, Some(9), Some("YS-XQ01"), None),
            ("YS-XQ08", "PD03", 2, None, None, Some(5)),
            ("YS-XQ09", "YH01", 5, Some(23), None, None),
        ];
        let mut commands = Vec::new();
        for (number, (id, activity, days, reporter, merged_into, due)) in (1..).zip(posted) {
            let command =
                commands::PostRequest {
                    request: id.parse()?,
                    activity: activity.parse()?,
                    on: Some(self.ago(days)),
                    reporter: reporter.map(worker_id).transpose()?,
                    merged_into: merged_into.map(str::parse).transpose()?,
                    // What nobody reported came in at a community.
                    site: reporter.is_none().then(|| community_id(number)).transpose()?,
                    // So many days from now, or before now.
                    due: due.map(|days: i64| {
                        if days < 0 { self.ago(days.unsigned_abs()) } else { self.ahead(days.unsigned_abs()) }
                    }),
                };
            commands.push((id.to_owned(), command.into()));
        }
        // Two know where to go; whoever has the desk sends the others on.
        for (number, id) in [(2, "YS-XQ02"), (5, "YS-XQ05")] {
            let (request, site) = (id.parse()?, Some(community_id(number)?));
            let body = Some("演示街道社会工作办公室".to_owned());
            let route = commands::RouteRequest { request, body, site, on: Some(self.ago(1)) };
            commands.push((format!("demo/routed/{id}"), route.into()));
        }
        for (id, request, worker, claimed, done) in
            [("YS-BL01", "YS-XQ03", 7, 5, 3), ("YS-BL02", "YS-XQ05", 12, 10, 7), ("YS-BL03", "YS-XQ06", 18, 19, 16)]
        {
            let rating = (request == "YS-XQ06").then(|| AskedRating {
                on: Some(self.ago(15)),
                pairs: Vec::new(),
                word: "满意".to_owned(),
            });
            let quantity = Quantity::from_millionths(1_000_000);
            let work = Work {
                claimed: self.ago(claimed).to_string(),
                claimer: worker_id(worker)?.to_string(),
                done: self.ago(done).to_string(),
                quantity: quantity.millionths().to_string(),
            };
            let command = commands::RecordHandling {
                handling: id.parse()?,
                request: request.parse()?,
                claimer: Some(worker_id(worker)?),
                claimed: Some(self.ago(claimed)),
                done: Some(self.ago(done)),
                quantity: Some(quantity),
                work,
                rating,
                completes: false,
            };
            commands.push((id.to_owned(), command.into()));
        }
        Ok(commands)
    }

    /// Each has a visit that waits for the other one; so has one of the pairs of the past, of the same branch as the first,
    /// whose other one has left: the branch gives the word.
    fn pairs(&self) -> Result<Vec<(String, Command)>, IdError> {
        let mut commands = Vec::new();
        for (pair, visit, activity, helper, helped, reporter, days) in [
            ("YS-JD01", "YS-ZF01", "LB01", 1, 6, 6, 2),
            ("YS-JD02", "YS-ZF02", "LB01", 11, 13, 11, 4),
            ("YS-JD04", "YS-ZF03", VISIT, 26, LEAVES, 26, 1),
        ] {
            if pair != "YS-JD04" {
                let terms = PairTerms {
                    branch: Some(branch_of(helper)?),
                    ended: None,
                    helped: worker_id(helped)?,
                    helper: worker_id(helper)?,
                    since: self.ago(SINCE),
                };
                let open = commands::OpenPair { pair: pair.parse()?, terms };
                commands.push((format!("demo/pair/{pair}"), open.into()));
            }
            let report = commands::RecordVisit {
                visit: visit.parse()?,
                pair: pair.parse()?,
                activity: activity.parse()?,
                on: Some(self.ago(days)),
                reporter: worker_id(reporter)?,
                confirmation: None,
                completes: false,
            };
            commands.push((visit.to_owned(), report.into()));
        }
        let leaves = commands::DepartWorker { worker: worker_id(LEAVES)?, reason: "离开本区".to_owned() };
        commands.push((format!("demo/left/{LEAVES}"), leaves.into()));
        Ok(commands)
    }

    /// Places that are gone and have a queue, a voucher that the example worker can use, and what is there to be asked.
    fn benefits(&self) -> Result<Vec<(String, Command)>, IdError> {
        const APPROPRIATED: Fen = Fen::new(5_000_000);
        let terms = FundTerms {
            appropriated: APPROPRIATED,
            body: UNION.to_owned(),
            source: "工会经费".to_owned(),
            year: Some(self.now.year()),
        };
        let mut commands = vec![(FIRST_KEY.to_owned(), commands::RegisterFund { fund: FUND.parse()?, terms }.into())];
        for (id, name, kind, places, limit, price, fen) in [
            ("YS-QY01", "暖新体检名额", BenefitKind::Place, Some(TESTS), Some(1), 0, 30_000),
            ("YS-QY02", "爱心餐券", BenefitKind::Voucher, Some(200), Some(4), 30, 1_500),
            ("YS-QY03", "子女托管班名额", BenefitKind::Place, Some(20), Some(1), 0, 0),
            ("YS-QY04", "困难补助", BenefitKind::Grant, None, Some(1), 0, 0),
        ] {
            let terms = BenefitTerms {
                approvals: None,
                fund: (fen > 0 || kind == BenefitKind::Grant).then(|| FUND.parse()).transpose()?,
                kind,
                limit_per_worker: limit,
                limit_yearly: true,
                name: name.to_owned(),
                places,
                price: Points::from_whole(price),
                value: Fen::new(fen),
                window: Period { from: Some(self.ago(SINCE)), through: Some(self.ahead(90)) },
            };
            let command = commands::RegisterBenefit { benefit: id.parse()?, terms };
            commands.push((format!("demo/benefit/{id}"), command.into()));
        }
        let known = |number: u32, benefit: &'static str, worker: u32| (format!("YS-DJ{number:02}"), benefit, worker);
        let applicants = (1..).zip(APPLICANTS).map(|(nth, worker)| (format!("YS-TJ{nth:03}"), "YS-QY01", worker));
        let mut applicants: Vec<_> =
            [known(1, "YS-QY01", 4), known(2, "YS-QY01", 7)].into_iter().chain(applicants).collect();
        let places = usize::try_from(EARLY + 2).unwrap_or(0).min(applicants.len());
        applicants.splice(places..places, [known(3, "YS-QY01", 12), known(4, "YS-QY01", 1)]);
        applicants.push(known(5, "YS-QY02", 1));
        for (id, benefit, worker) in applicants {
            let command = self.applies(&id, benefit, worker_id(worker)?)?;
            commands.push((id, command));
        }
        commands.extend(self.approvals()?);
        Ok(commands)
    }

    /// What two bodies have to approve, and two applications of which neither has said anything yet.
    fn approvals(&self) -> Result<Vec<(String, Command)>, IdError> {
        let terms = BenefitTerms {
            approvals: Some(vec![UNION.to_owned(), HEALTH.to_owned()]),
            fund: None,
            kind: BenefitKind::Place,
            limit_per_worker: Some(1),
            limit_yearly: true,
            name: "心理关爱名额".to_owned(),
            places: Some(6),
            price: Points::ZERO,
            value: Fen::ZERO,
            window: Period { from: Some(self.ago(SINCE)), through: Some(self.ahead(90)) },
        };
        let register = commands::RegisterBenefit { benefit: APPROVED.parse()?, terms };
        let mut commands = vec![(format!("demo/benefit/{APPROVED}"), register.into())];
        for (nth, worker) in (1..).zip(PROPOSED) {
            let id = format!("YS-DS{nth:02}");
            let command = commands::ProposeBenefit {
                application: id.parse()?,
                benefit: APPROVED.parse()?,
                worker: worker_id(worker)?,
                at: Some(self.now),
                certificate: None,
                amount: AskedAmount::Blank,
            };
            commands.push((id, command.into()));
        }
        Ok(commands)
    }

    fn applies(&self, id: &str, benefit: &str, worker: WorkerId) -> Result<Command, IdError> {
        let command = commands::ApplyBenefit {
            application: id.parse()?,
            benefit: benefit.parse()?,
            worker,
            at: Some(self.now),
            certificate: None,
            amount: AskedAmount::Blank,
            used: None,
            completes: false,
        };
        Ok(command.into())
    }

    fn passes(&self) -> Result<Vec<(String, Command)>, IdError> {
        let mut commands = Vec::new();
        for (id, worker) in [("YS-NK0001", 1), ("YS-NK0007", 7)] {
            let terms = PassTerms {
                days: self.holding(),
                kind: PASS_KIND.to_owned(),
                lost: None,
                since: None,
                worker: worker_id(worker)?,
            };
            let command = commands::IssuePass { pass: id.parse()?, terms, replacement: None };
            commands.push((format!("demo/pass/{id}"), command.into()));
        }
        let terms = OfferTerms {
            days: self.holding(),
            fund: Some(FUND.parse()?),
            kind: PASS_KIND.to_owned(),
            merchant: EXAMPLE_MERCHANT.parse()?,
            paid_of_thousand: 850,
            subsidy_of_ten_thousand: 5_000,
        };
        let offer = commands::RegisterOffer { offer: "YS-YH01".parse()?, terms };
        commands.push(("demo/offer/YS-YH01".to_owned(), offer.into()));
        let slip = commands::UsePass {
            slip_no: "YS-XP0001".parse()?,
            pass: "YS-NK0007".parse()?,
            offer: "YS-YH01".parse()?,
            at: Some(self.now),
            price: AskedAmount::Amount(Fen::new(4_000)),
            paid: AskedAmount::Amount(Fen::new(3_400)),
        };
        commands.push(("YS-XP0001".to_owned(), slip.into()));
        Ok(commands)
    }
}

#[cfg(test)]
pub(super) use tests::keys;

#[cfg(test)]
mod tests {
    use ledger_core::domain::ids::Key;

    use super::*;

    /// The keys of all that is given.
    pub(in crate::demo) fn keys(now: BusinessTime) -> Vec<Key> {
        plan(now).unwrap().into_iter().map(|(key, _)| Key::new(&key).unwrap()).collect()
    }
}
