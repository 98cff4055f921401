//! Steps as the ledger is asked them.

mod prelude;
mod statements;

use chrono::{Days, NaiveDate};
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::ids::{CertificateNo, IdError, Key, SiteId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::pass::command::PassTerms;
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::request::command::Work;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::commands::visits::AskedConfirmation;
use ledger_core::ledger::{Command, Context, Submission, commands};

use super::desk::{self, BENEFITS, BenefitIs, PASSES, PassIs, Use};
use super::steps::{Activity, Day, Step};
pub(crate) use prelude::prelude;
use statements::{bill, statement};

/// What the clock says: 2025-02-01 12:00 in China, after all that happens.
pub(crate) const NOW_MICROS: i64 = 1_738_382_400_000_000;

/// Who pays from all funds.
const BODY: &str = "总工会";
/// As what workers are appointed.
const ROLE: &str = "特聘网格员";

pub(crate) fn date(day: Day) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 12, 31).expect("a date") + Days::new(u64::from(day))
}

/// The time of day of whatever has one: noon.
fn noon(day: Day) -> BusinessTime {
    BusinessTime::from_civil(date(day).and_hms_opt(12, 0, 0).expect("a time"))
}

fn id<T: std::str::FromStr<Err = IdError>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn points(whole: i64) -> Points {
    Points::from_hundredths(whole * 100)
}

fn worker<T: std::str::FromStr<Err = IdError>>(number: u8) -> T {
    id(&format!("W{number}"))
}

pub(crate) fn station(number: u8) -> SiteId {
    id(&format!("X{number}"))
}

pub(crate) fn submission(key: &str, command: Command) -> Submission {
    // Who left did so in the course of the year; everything else is entered after it.
    let at = noon(if let Command::DepartWorker(_) = command { desk::LEFT_ON } else { desk::ENTERED_ON });
    Submission { context: Context { key: Key::new(key).expect("a key"), actor: id("录入员"), at }, command }
}

pub(crate) fn code(activity: Activity) -> &'static str {
    match activity {
        Activity::Plain => "ZY01",
        Activity::Rated => "XY01",
        Activity::FedBack => "YH01",
        Activity::Visit => "ZF01",
        Activity::Appointed => "PS01",
        Activity::Unknown => "MY99",
    }
}

fn period(days: (Day, Day)) -> Period {
    Period { from: Some(date(days.0)), through: Some(date(days.1)) }
}

/// One of those who propose, approve and settle.
pub(crate) fn account(by: u8) -> String {
    format!("经办{by}")
}

fn benefit(number: u8, places: Option<u32>, bodies: Option<u8>) -> Command {
    let approving = |count: u8| desk::BODIES.iter().take(count.into()).map(|body| (*body).to_owned()).collect();
    let BenefitIs { kind, limit, yearly, price, fen, window, fund } = BENEFITS[usize::from(number)];
    let terms = BenefitTerms {
        approvals: bodies.map(approving),
        fund: Some(id(&format!("F{fund}"))),
        kind,
        limit_per_worker: limit,
        limit_yearly: yearly,
        name: format!("权益{number}"),
        places,
        price: points(price),
        value: Fen::new(if kind == BenefitKind::Grant { 0 } else { fen }),
        window: period(window),
    };
    Command::RegisterBenefit(commands::RegisterBenefit { benefit: id(&format!("B{number}")), terms })
}

fn pass(number: u8) -> (PassTerms, String) {
    let PassIs { kind, worker: holder, days } = PASSES[usize::from(number)];
    (
        PassTerms { days: period(days), kind: kind.into(), lost: None, since: None, worker: worker(holder) },
        format!("K{number}"),
    )
}

fn quantity(units: u8) -> Quantity {
    Quantity::from_millionths(i64::from(units) * 1_000_000)
}

/// A credit of something that counts at once.
fn credit(of: u8, activity: Activity, day: Day, units: u8) -> Command {
    Command::RecordCredit(commands::RecordCredit {
        worker: worker(of),
        activity: id(code(activity)),
        on: Some(date(day)),
        quantity: Some(quantity(units)),
        witness: None,
        own_witness: false,
        from: None,
        to: None,
        history: false,
        worker_as_witness: Vec::new(),
        evidence: None,
    })
}

/// A step with the key that it has: a row's own number, or else the one it is given.
pub(crate) fn of(key: &str, step: &Step) -> Submission {
    let command = if let Step::Whole(row) = step { command(row, true) } else { command(step, false) };
    let mut submission = submission(&desk::own_key(step).unwrap_or_else(|| key.to_owned()), command);
    if let Step::Settle { by, .. }
    | Step::Bill { by, .. }
    | Step::Propose { by, .. }
    | Step::Approve { by, .. }
    | Step::SendBack { by, .. } = step
    {
        submission.context.actor = id(&account(*by));
    }
    // Neither says a time of its own.
    if let Step::GiveBack { day, .. } | Step::Places { day, .. } = step {
        submission.context.at = noon(*day);
    }
    submission
}

fn certified(certificate: Option<u8>) -> Option<CertificateNo> {
    certificate.map(|number| id(&format!("C{number}")))
}

fn amount(fen: Option<u16>) -> AskedAmount {
    fen.map_or(AskedAmount::Blank, |fen| AskedAmount::Amount(Fen::new(i64::from(fen))))
}

/// What a step asks; of a row of two parts whether it completes one that waits.
fn command(step: &Step, completes: bool) -> Command {
    let used = |(day, merchant): Use| AskedUse {
        at: Some(noon(day)),
        merchant: merchant.map(|merchant| id(&format!("M{merchant}"))),
    };
    match step.clone() {
        Step::Credit { worker: of, day, units } => credit(of, Activity::Plain, day, units),
        Step::Serve { worker: of, day, units } => credit(of, Activity::Appointed, day, units),
        Step::Appoint { worker: of, letter, from, through, ended } => {
            let days = Period { from: Some(date(from)), through: through.map(date) };
            let terms =
                AppointmentTerms { body: "街道".into(), days, ended: ended.map(date), role: ROLE.into(), site: None };
            Command::RegisterAppointment(commands::RegisterAppointment {
                appointment: id(&format!("PS{of}-{letter}")),
                worker: worker(of),
                terms,
            })
        }
        Step::OpenSite { site, parent, day } => {
            let details = SiteDetails {
                kind: "微驿站".into(),
                location: None,
                name: format!("驿站{site}"),
                opened: Some(date(day)),
                parent: parent.map(station),
                services: Vec::new(),
            };
            Command::OpenSite(commands::OpenSite { site: station(site), details, if_known: IfKnown::Refuse })
        }
        Step::MoveSite { site, parent, day } => Command::MoveSite(commands::MoveSite {
            site: station(site),
            parent: parent.map(station),
            on: Some(date(day)),
        }),
        Step::CloseSite { site, day } => {
            Command::CloseSite(commands::CloseSite { site: station(site), on: Some(date(day)), reason: None })
        }
        Step::Settle { stage, month, by: _ } => statement(stage, month),
        Step::Bill { merchant, month, deed, by: _ } => bill(merchant, month, deed),
        Step::Post { request, activity, day, reporter, merged_into } => Command::PostRequest(commands::PostRequest {
            request: id(&format!("R{request}")),
            activity: id(code(activity)),
            on: Some(date(day)),
            reporter: reporter.map(worker),
            merged_into: merged_into.map(|earlier| id(&format!("R{earlier}"))),
            site: None,
            due: None,
        }),
        Step::Handle { handling, request, claimer, claimed, done, quantity: units, word } => {
            Command::RecordHandling(commands::RecordHandling {
                handling: id(&format!("H{handling}")),
                request: id(&format!("R{request}")),
                claimer: claimer.map(worker),
                claimed: Some(date(claimed)),
                done: Some(date(done)),
                quantity: Some(quantity(units)),
                work: Work {
                    claimed: date(claimed).to_string(),
                    claimer: claimer.map(|claimer| format!("W{claimer}")).unwrap_or_default(),
                    done: date(done).to_string(),
                    quantity: quantity(units).millionths().to_string(),
                },
                rating: word.map(|(word, day)| AskedRating {
                    on: Some(date(day)),
                    pairs: Vec::new(),
                    word: word.chinese().into(),
                }),
                completes,
            })
        }
        Step::Claim { handling, request, claimer, day } => Command::ClaimRequest(commands::ClaimRequest {
            claim: id(&format!("H{handling}")),
            request: id(&format!("R{request}")),
            claimer: worker(claimer),
            on: Some(date(day)),
        }),
        Step::Report { handling, request, done, quantity: units } => {
            Command::ReportHandling(commands::ReportHandling {
                request: id(&format!("R{request}")),
                claim: id(&format!("H{handling}")),
                done: Some(date(done)),
                quantity: Some(quantity(units)),
            })
        }
        Step::Return { handling, request, day } => Command::ReturnClaim(commands::ReturnClaim {
            request: id(&format!("R{request}")),
            claim: id(&format!("H{handling}")),
            on: Some(date(day)),
        }),
        Step::Route { request, named, day } => Command::RouteRequest(commands::RouteRequest {
            request: id(&format!("R{request}")),
            body: named.then(|| "区住建局".into()),
            site: None,
            on: Some(date(day)),
        }),
        Step::Withdraw { request, day } => Command::WithdrawRequest(commands::WithdrawRequest {
            request: id(&format!("R{request}")),
            on: Some(date(day)),
        }),
        Step::Merge { request, into } => Command::MergeRequest(commands::MergeRequest {
            request: id(&format!("R{request}")),
            into: id(&format!("R{into}")),
            reason: None,
        }),
        Step::Rate { handling, request, word, day } => Command::RateHandling(commands::RateHandling {
            request: id(&format!("R{request}")),
            handling: id(&format!("H{handling}")),
            rating: AskedRating { on: Some(date(day)), pairs: Vec::new(), word: word.chinese().into() },
        }),
        Step::Visit { visit, pair, activity, day, reporter, confirmed } => {
            Command::RecordVisit(commands::RecordVisit {
                visit: id(&format!("V{visit}")),
                pair: id(&format!("P{pair}")),
                activity: id(code(activity)),
                on: Some(date(day)),
                reporter: worker(reporter),
                confirmation: confirmed
                    .map(|(by, day)| AskedConfirmation { by: Some(worker(by)), on: Some(date(day)) }),
                completes,
            })
        }
        Step::Confirm { visit, pair, by, day } => Command::ConfirmVisit(commands::ConfirmVisit {
            pair: id(&format!("P{pair}")),
            visit: id(&format!("V{visit}")),
            by: worker(by),
            on: Some(date(day)),
        }),
        Step::StandIn { visit, pair, branch, day } => Command::StandInForVisit(commands::StandInForVisit {
            pair: id(&format!("P{pair}")),
            visit: id(&format!("V{visit}")),
            branch: id(&format!("Z{branch}")),
            on: Some(date(day)),
        }),
        Step::Apply { application, benefit, worker: of, day, certificate, fen, used: at } => {
            Command::ApplyBenefit(commands::ApplyBenefit {
                application: id(&format!("A{application}")),
                benefit: id(&format!("B{benefit}")),
                worker: worker(of),
                at: Some(noon(day)),
                certificate: certified(certificate),
                amount: amount(fen),
                used: at.map(used),
                completes,
            })
        }
        Step::Use { application, benefit, day, merchant } => Command::UseBenefit(commands::UseBenefit {
            benefit: id(&format!("B{benefit}")),
            application: id(&format!("A{application}")),
            used: used((day, merchant)),
        }),
        Step::GiveBack { application, benefit, .. } => Command::WithdrawBenefit(commands::WithdrawBenefit {
            benefit: id(&format!("B{benefit}")),
            application: id(&format!("A{application}")),
            reason: None,
        }),
        Step::TakeBackUse { application, benefit } => Command::ReverseBenefitUse(commands::ReverseBenefitUse {
            benefit: id(&format!("B{benefit}")),
            application: id(&format!("A{application}")),
            reason: "核错了".into(),
        }),
        Step::TakeBackSlip { slip, pass } => Command::ReversePassUse(commands::ReversePassUse {
            slip_no: id(&format!("L{slip}")),
            pass: Some(id(&format!("K{pass}"))),
            reason: "原价写错".into(),
        }),
        Step::Places { benefit: number, places, bodies, .. } => benefit(number, Some(places), bodies),
        Step::Propose { application, benefit, worker: of, day, certificate, fen, by: _ } => {
            Command::ProposeBenefit(commands::ProposeBenefit {
                application: id(&format!("A{application}")),
                benefit: id(&format!("B{benefit}")),
                worker: worker(of),
                at: Some(noon(day)),
                certificate: certified(certificate),
                amount: amount(fen),
            })
        }
        Step::Approve { application, benefit, body, by: _ } => Command::CheckBenefit(commands::CheckBenefit {
            benefit: id(&format!("B{benefit}")),
            application: id(&format!("A{application}")),
            body: desk::BODIES[usize::from(body)].into(),
        }),
        Step::SendBack { application, benefit, by: _ } => Command::RejectBenefit(commands::RejectBenefit {
            benefit: id(&format!("B{benefit}")),
            application: id(&format!("A{application}")),
            reason: "材料不全".into(),
        }),
        Step::Slip { slip, pass, offer, day, yuan, wrong } => {
            let (price, paid) = desk::slip_amounts(offer, yuan, wrong);
            Command::UsePass(commands::UsePass {
                slip_no: id(&format!("L{slip}")),
                pass: id(&format!("K{pass}")),
                offer: id(&format!("O{offer}")),
                at: Some(noon(day)),
                price: AskedAmount::Amount(Fen::new(price)),
                paid: AskedAmount::Amount(Fen::new(paid)),
            })
        }
        Step::Lose { day } => {
            let (terms, number) = pass(0);
            Command::IssuePass(commands::IssuePass {
                pass: id(&number),
                terms: PassTerms { lost: Some(noon(day)), ..terms },
                replacement: Some(id("K3")),
            })
        }
        Step::Whole(_) | Step::Complete { .. } | Step::Again(_) | Step::Restart => panic!("{step:?} is no command"),
    }
}
