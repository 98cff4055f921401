//! The documents' programmes: whatever happened in them happened, by the ledger's clock, at most five minutes from now.

use super::{Desk, register, time};
use crate::domain::benefit::command::{BenefitKind, BenefitTerms};
use crate::domain::merchant::command::MerchantDetails;
use crate::domain::money::Fen;
use crate::domain::pair::command::PairTerms;
use crate::domain::pass::command::{OfferTerms, PassTerms};
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::request::command::Work;
use crate::domain::schedule::{Activity, ActivityTerms, Scoring};
use crate::domain::time::Validity;
use crate::ledger::commands::benefits::{AskedAmount, AskedUse};
use crate::ledger::commands::requests::AskedRating;
use crate::ledger::commands::visits::AskedConfirmation;
use crate::ledger::{Command, commands};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn line(code: &str, scoring: Option<Scoring>) -> Activity {
    Activity {
        category: "志愿服务".into(),
        checks: None,
        code: id(code),
        counts_for_card: true,
        daily_cap: None,
        name: "项".into(),
        points_per_unit: Points::from_whole(5),
        publicity_days: None,
        unit: "次".into(),
        validity: Validity::Months(12),
        terms: ActivityTerms { scoring, ..ActivityTerms::default() },
    }
}

/// W1 and W2, a pair, and what can be asked for, granted and honoured without points and without a fund.
async fn open() -> Desk {
    let desk = Desk::open().await;
    let always = Period { from: None, through: None };
    let benefit = BenefitTerms {
        approvals: None,
        fund: None,
        kind: BenefitKind::Place,
        limit_per_worker: None,
        limit_yearly: false,
        name: "体检".into(),
        places: None,
        price: Points::ZERO,
        value: Fen::ZERO,
        window: always,
    };
    let details = MerchantDetails { category: None, name: "商户".into(), uscc: "91310000132260250X".into() };
    let pass = PassTerms { days: always, kind: "暖心卡".into(), lost: None, since: None, worker: id("W1") };
    let offer = OfferTerms {
        days: always,
        fund: None,
        kind: "暖心卡".into(),
        merchant: id("M1"),
        paid_of_thousand: 850,
        subsidy_of_ten_thousand: 0,
    };
    let since = time("2024-01-01").date();
    let pair = PairTerms { branch: None, ended: None, helped: id("W2"), helper: id("W1"), since };
    let adopt = commands::AdoptSchedule {
        activities: vec![line("WX01", Some(Scoring::Rating)), line("LB01", None)],
        effective_from: since,
        settings: Settings::default(),
        first: false,
    };
    for command in [
        Command::AdoptSchedule(adopt),
        register("W2"),
        commands::OpenPair { pair: id("BD1"), terms: pair }.into(),
        commands::RegisterBenefit { benefit: id("QY1"), terms: benefit }.into(),
        commands::RegisterMerchant { merchant: id("M1"), details, update: true }.into(),
        commands::IssuePass { pass: id("NXK1"), terms: pass, replacement: None }.into(),
        commands::RegisterOffer { offer: id("YH1"), terms: offer }.into(),
    ] {
        assert_eq!(desk.now(command.clone()).await, None, "{command:?}");
    }
    desk
}

fn post(request: &str, day: &str) -> Command {
    Command::PostRequest(commands::PostRequest {
        request: id(request),
        activity: id("WX01"),
        on: Some(time(day).date()),
        reporter: None,
        merged_into: None,
        site: None,
        due: None,
    })
}

fn claim(claim: &str, day: &str) -> Command {
    let (claim, request, claimer) = (id(claim), id("XQ1"), id("W1"));
    Command::ClaimRequest(commands::ClaimRequest { claim, request, claimer, on: Some(time(day).date()) })
}

/// A row of work that was done on a day, and rated on another.
fn handle(handling: &str, request: &str, done: &str, rated: Option<&str>) -> Command {
    let on = Some(time(done).date());
    Command::RecordHandling(commands::RecordHandling {
        handling: id(handling),
        request: id(request),
        claimer: Some(id("W1")),
        claimed: on,
        done: on,
        quantity: Some(Quantity::from_millionths(1_000_000)),
        work: Work { claimed: done.into(), claimer: "W1".into(), done: done.into(), quantity: "1000000".into() },
        rating: rated
            .map(|rated| AskedRating { word: "满意".into(), on: Some(time(rated).date()), pairs: Vec::new() }),
        completes: false,
    })
}

fn visit(visit: &str, day: &str, confirmed: Option<&str>) -> Command {
    Command::RecordVisit(commands::RecordVisit {
        visit: id(visit),
        pair: id("BD1"),
        activity: id("LB01"),
        on: Some(time(day).date()),
        reporter: id("W1"),
        confirmation: confirmed
            .map(|confirmed| AskedConfirmation { by: Some(id("W2")), on: Some(time(confirmed).date()) }),
        completes: false,
    })
}

fn apply(application: &str, at: &str, used: Option<&str>) -> Command {
    Command::ApplyBenefit(commands::ApplyBenefit {
        application: id(application),
        benefit: id("QY1"),
        worker: id("W1"),
        at: Some(time(at)),
        certificate: None,
        amount: AskedAmount::Blank,
        used: used.map(|used| AskedUse { at: Some(time(used)), merchant: None }),
        completes: false,
    })
}

/// Something said of a day, as a command.
type OfDay = fn(&str) -> Command;

#[tokio::test]
async fn a_day_of_a_request_or_a_visit_begins_no_later_than_clocks_differ() {
    let desk = open().await;
    let today = "2024-03-05";
    let of_day: [(&str, OfDay); 15] = [
        ("posted", |day| post("XQ1", day)),
        ("routed", |day| {
            let (body, on) = (Some("区住建局".into()), Some(time(day).date()));
            Command::RouteRequest(commands::RouteRequest { request: id("XQ1"), body, site: None, on })
        }),
        ("claimed", |day| claim("RL1", day)),
        ("returned", |day| {
            let (claim, on) = (id("RL1"), Some(time(day).date()));
            Command::ReturnClaim(commands::ReturnClaim { request: id("XQ1"), claim, on })
        }),
        ("claimed again", |day| claim("RL2", day)),
        ("reported", |day| {
            let (done, quantity) = (Some(time(day).date()), Some(Quantity::from_millionths(1_000_000)));
            let claim = id("RL2");
            Command::ReportHandling(commands::ReportHandling { request: id("XQ1"), claim, done, quantity })
        }),
        ("rated", |day| {
            let rating = AskedRating { word: "满意".into(), on: Some(time(day).date()), pairs: Vec::new() };
            Command::RateHandling(commands::RateHandling { request: id("XQ1"), handling: id("RL2"), rating })
        }),
        ("posted to be done", |day| post("XQ2", day)),
        ("done, as a row", |day| handle("BL2", "XQ2", day, None)),
        ("posted to be withdrawn", |day| post("XQ3", day)),
        ("withdrawn", |day| {
            Command::WithdrawRequest(commands::WithdrawRequest { request: id("XQ3"), on: Some(time(day).date()) })
        }),
        ("posted to be rated", |day| post("XQ4", day)),
        ("rated, as a row", |day| handle("BL4", "XQ4", "2024-03-05", Some(day))),
        ("visited", |day| visit("ZF1", day, None)),
        ("confirmed, as a row", |day| visit("ZF2", "2024-03-04", Some(day))),
    ];
    for (what, of_day) in of_day {
        for ahead in ["2024-03-06", "2099-01-01"] {
            assert_eq!(desk.now(of_day(ahead)).await, Some(Code::InvalidDate), "{what} on {ahead}");
        }
        assert_eq!(desk.now(of_day(today)).await, None, "{what} today");
    }
    let confirm = |day: &str| {
        let (visit, on) = (id("ZF1"), Some(time(day).date()));
        Command::ConfirmVisit(commands::ConfirmVisit { pair: id("BD1"), visit, by: id("W2"), on })
    };
    assert_eq!(desk.now(confirm("2024-03-06")).await, Some(Code::InvalidDate), "confirmed tomorrow");
    desk.set_clock("2024-03-05T23:54:59+08:00");
    assert_eq!(desk.now(confirm("2024-03-06")).await, Some(Code::InvalidDate), "confirmed in more than five minutes");
    desk.set_clock("2024-03-05T23:55:00+08:00");
    assert_eq!(desk.now(confirm("2024-03-06")).await, None, "tomorrow begins in five minutes");
}

#[tokio::test]
async fn nothing_of_a_benefit_or_a_slip_happened_more_than_five_minutes_from_now() {
    let desk = open().await;
    let at: [(&str, OfDay); 4] = [
        ("applied for", |at| apply("QD1", at, None)),
        ("used at once", |at| apply("QD2", "2024-03-05T09:00:00+08:00", Some(at))),
        ("used", |at| {
            let used = AskedUse { at: Some(time(at)), merchant: None };
            Command::UseBenefit(commands::UseBenefit { benefit: id("QY1"), application: id("QD1"), used })
        }),
        ("honoured", |at| {
            let amount = |fen| AskedAmount::Amount(Fen::new(fen));
            Command::UsePass(commands::UsePass {
                slip_no: id("XP1"),
                pass: id("NXK1"),
                offer: id("YH1"),
                at: Some(time(at)),
                price: amount(1_000),
                paid: amount(850),
            })
        }),
    ];
    let (soon, ahead) = ("2024-03-05T10:05:00+08:00", "2024-03-05T10:05:01+08:00");
    for (what, of_time) in at {
        for ahead in [ahead, "2099-01-01T00:00:00+08:00"] {
            assert_eq!(desk.now(of_time(ahead)).await, Some(Code::InvalidDate), "{what} at {ahead}");
        }
        assert_eq!(desk.now(of_time(soon)).await, None, "{what} at {soon}");
    }
    // A withdrawal says no time of its own: it is of the command's.
    assert_eq!(desk.now(apply("QD3", "2024-03-05T09:00:00+08:00", None)).await, None);
    let withdraw = || {
        let (benefit, application) = (id("QY1"), id("QD3"));
        Command::WithdrawBenefit(commands::WithdrawBenefit { benefit, application, reason: None })
    };
    assert_eq!(desk.at(time(ahead), withdraw()).await, Some(Code::InvalidDate), "withdrawn at {ahead}");
    assert_eq!(desk.at(time(soon), withdraw()).await, None, "withdrawn at {soon}");
}
