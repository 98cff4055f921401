//! Samples of the documents' programmes.

use super::{day, id, points};
use crate::domain::benefit::command::{BenefitKind, BenefitTerms};
use crate::domain::fund::command::FundTerms;
use crate::domain::money::Fen;
use crate::domain::pair::command::PairTerms;
use crate::domain::pass::command::{OfferTerms, PassTerms};
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::request::command::Work;
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::AppointmentTerms;
use crate::ledger::Command;
use crate::ledger::commands;
use crate::ledger::commands::benefits::{AskedAmount, AskedUse};
use crate::ledger::commands::requests::AskedRating;
use crate::ledger::commands::visits::AskedConfirmation;

fn days(full: bool) -> Period {
    let day = |text| full.then(|| day(text));
    Period { from: day("2024-01-01"), through: day("2024-12-31") }
}

fn time() -> BusinessTime {
    BusinessTime::parse("2024-03-05T08:30:00+08:00").expect("a time")
}

/// Each command, with all that it may have, and with nothing of that.
pub(super) fn samples() -> Vec<(&'static str, Command)> {
    let appointment = |full: bool| commands::RegisterAppointment {
        appointment: id("PS-0001"),
        worker: id("YZ-骑手-001"),
        terms: AppointmentTerms {
            body: "区委组织部".into(),
            days: days(full),
            ended: full.then(|| day("2024-06-01")),
            role: "特聘网格员".into(),
            site: full.then(|| id("YZ-YZ0002")),
        },
    };
    let proposed = |full: bool| {
        let commands::RegisterAppointment { appointment, worker, terms } = appointment(full);
        commands::ProposeAppointment { appointment, worker, terms }
    };
    let confirmed =
        commands::ConfirmAppointment { worker: id("YZ-骑手-001"), appointment: id("PS-0001"), proposed_at: None };
    let sent_back = commands::RejectAppointment {
        worker: id("YZ-骑手-001"),
        appointment: id("PS-0001"),
        reason: "名单有误".into(),
        proposed_at: None,
    };
    let pair = |full: bool| commands::OpenPair {
        pair: id("BD-0001"),
        terms: PairTerms {
            branch: full.then(|| id("外卖骑手第一党支部")),
            ended: full.then(|| day("2024-10-15")),
            helped: id("YZ-骑手-002"),
            helper: id("YZ-骑手-001"),
            since: day("2024-01-08"),
        },
    };
    let visit = |full: bool, completes: bool| commands::RecordVisit {
        visit: id("ZF-0001"),
        pair: id("BD-0001"),
        activity: id("LB01"),
        on: full.then(|| day("2024-03-04")),
        reporter: id("YZ-骑手-001"),
        confirmation: full.then(|| AskedConfirmation { by: Some(id("YZ-骑手-002")), on: Some(day("2024-03-05")) }),
        completes,
    };
    let request = |full: bool, site: bool| commands::PostRequest {
        request: id("XQ-0002"),
        activity: id("WX01"),
        on: full.then(|| day("2024-03-01")),
        reporter: full.then(|| id("YZ-骑手-001")),
        merged_into: full.then(|| id("XQ-0001")),
        site: site.then(|| id("YZ-YZ0002")),
        due: site.then(|| day("2024-03-08")),
    };
    let handling = |full: bool, completes: bool| commands::RecordHandling {
        handling: id("BL-0001"),
        request: id("XQ-0002"),
        claimer: full.then(|| id("YZ-骑手-001")),
        claimed: full.then(|| day("2024-03-02")),
        done: full.then(|| day("2024-03-03")),
        quantity: full.then(|| Quantity::from_millionths(1_000_000)),
        work: Work {
            claimer: "YZ-骑手-001".into(),
            claimed: "2024-03-02".into(),
            done: "2024-03-03".into(),
            quantity: "1000000".into(),
        },
        rating: full.then(|| AskedRating { on: Some(day("2024-03-05")), pairs: Vec::new(), word: "满意".into() }),
        completes,
    };
    let fund = |full: bool| commands::RegisterFund {
        fund: id("ZJ01"),
        terms: FundTerms {
            appropriated: Fen::new(2_000_000),
            body: "区总工会".into(),
            source: "工会经费".into(),
            year: full.then_some(2024),
        },
    };
    let benefit = |full: bool, kind| commands::RegisterBenefit {
        benefit: id("QY03"),
        terms: BenefitTerms {
            approvals: None,
            fund: full.then(|| id("ZJ01")),
            kind,
            limit_per_worker: full.then_some(1),
            limit_yearly: full,
            name: "免费健康体检".into(),
            places: full.then_some(10),
            price: if full { points(2_000) } else { Points::ZERO },
            value: if full { Fen::new(6_050) } else { Fen::ZERO },
            window: days(full),
        },
    };
    let apply = |full: bool, amount, completes: bool| commands::ApplyBenefit {
        application: id("QD-0001"),
        benefit: id("QY03"),
        worker: id("YZ-骑手-001"),
        at: full.then(time),
        certificate: full.then(|| id("ZS00003")),
        amount,
        used: full.then(|| AskedUse { at: Some(time()), merchant: Some(id("YZ-SH001")) }),
        completes,
    };
    let pass = |full: bool| commands::IssuePass {
        pass: id("NXK-0001"),
        terms: PassTerms {
            days: days(full),
            kind: "优享卡".into(),
            lost: full.then(time),
            since: full.then(time),
            worker: id("YZ-骑手-001"),
        },
        replacement: full.then(|| id("NXK-0002")),
    };
    let offer = |full: bool| commands::RegisterOffer {
        offer: id("YH-0001"),
        terms: OfferTerms {
            days: days(full),
            fund: full.then(|| id("ZJ01")),
            kind: "优享卡".into(),
            merchant: id("YZ-SH001"),
            paid_of_thousand: 850,
            subsidy_of_ten_thousand: if full { 5_000 } else { 0 },
        },
    };
    let slip = |full: bool, amount| commands::UsePass {
        slip_no: id("XP-0001"),
        pass: id("NXK-0001"),
        offer: id("YH-0001"),
        at: full.then(time),
        price: amount,
        paid: AskedAmount::Amount(Fen::new(2_128)),
    };
    let rate = |full: bool| commands::RateHandling {
        request: id("XQ-0002"),
        handling: id("BL-0001"),
        rating: AskedRating { on: full.then(|| day("2024-03-05")), pairs: Vec::new(), word: "满意".into() },
    };
    let confirm = |full: bool| commands::ConfirmVisit {
        pair: id("BD-0001"),
        visit: id("ZF-0001"),
        by: id("YZ-骑手-002"),
        on: full.then(|| day("2024-03-05")),
    };
    let stand_in = |full: bool| commands::StandInForVisit {
        pair: id("BD-0001"),
        visit: id("ZF-0001"),
        branch: id("外卖骑手第一党支部"),
        on: full.then(|| day("2024-03-05")),
    };
    let using = |full: bool| commands::UseBenefit {
        benefit: id("QY03"),
        application: id("QD-0001"),
        used: AskedUse { at: full.then(time), merchant: full.then(|| id("YZ-SH001")) },
    };
    let claim = |full: bool| commands::ClaimRequest {
        claim: id("RL-0001"),
        request: id("XQ-0002"),
        claimer: id("YZ-骑手-001"),
        on: full.then(|| day("2024-03-02")),
    };
    let report = |full: bool| commands::ReportHandling {
        request: id("XQ-0002"),
        claim: id("RL-0001"),
        done: full.then(|| day("2024-03-03")),
        quantity: full.then(|| Quantity::from_millionths(1_000_000)),
    };
    let give_up = |full: bool| commands::ReturnClaim {
        request: id("XQ-0002"),
        claim: id("RL-0001"),
        on: full.then(|| day("2024-03-03")),
    };
    let route = |full: bool| commands::RouteRequest {
        request: id("XQ-0002"),
        body: full.then(|| "区住建局".into()),
        site: full.then(|| id("YZ-YZ0002")),
        on: full.then(|| day("2024-03-01")),
    };
    let withdraw =
        |full: bool| commands::WithdrawRequest { request: id("XQ-0002"), on: full.then(|| day("2024-03-04")) };
    let merge = |full: bool| commands::MergeRequest {
        request: id("XQ-0002"),
        into: id("XQ-0001"),
        reason: full.then(|| "同一处井盖".into()),
    };
    let give_back = |full: bool| commands::WithdrawBenefit {
        benefit: id("QY03"),
        application: id("QD-0001"),
        reason: full.then(|| "本人不再需要".into()),
    };
    let approved = |full: bool, bodies: &[&str]| {
        let mut command = benefit(full, if full { BenefitKind::Place } else { BenefitKind::Grant });
        command.terms.approvals = Some(bodies.iter().map(|body| (*body).to_owned()).collect());
        command
    };
    // The same content as of a row: whether it is granted at once or proposed is told by the benefit.
    let propose = |full: bool, amount| commands::ProposeBenefit {
        application: id("QD-0001"),
        benefit: id("QY03"),
        worker: id("YZ-骑手-001"),
        at: full.then(time),
        certificate: full.then(|| id("ZS00003")),
        amount,
    };
    let check = commands::CheckBenefit { benefit: id("QY03"), application: id("QD-0001"), body: "市总工会".into() };
    let reject =
        commands::RejectBenefit { benefit: id("QY03"), application: id("QD-0001"), reason: "材料不全".into() };
    let reverse_use = commands::ReverseBenefitUse {
        benefit: id("QY03"),
        application: id("QD-0001"),
        reason: "核错了，当天并未到店".into(),
    };
    let reverse_slip =
        commands::ReversePassUse { slip_no: id("XP-0001"), pass: Some(id("NXK-0001")), reason: "原价写错".into() };
    let amount = AskedAmount::Amount(Fen::new(2_504));
    vec![
        ("register_appointment/full", appointment(true).into()),
        ("register_appointment/none", appointment(false).into()),
        ("open_pair/full", pair(true).into()),
        ("open_pair/none", pair(false).into()),
        ("record_visit/full", visit(true, false).into()),
        ("record_visit/none", visit(false, false).into()),
        ("record_visit/completes", visit(true, true).into()),
        ("post_request/full", request(true, false).into()),
        ("post_request/none", request(false, false).into()),
        ("record_handling/full", handling(true, false).into()),
        ("record_handling/none", handling(false, false).into()),
        ("record_handling/completes", handling(true, true).into()),
        ("register_fund/full", fund(true).into()),
        ("register_fund/none", fund(false).into()),
        ("register_benefit/full", benefit(true, BenefitKind::Place).into()),
        ("register_benefit/voucher", benefit(true, BenefitKind::Voucher).into()),
        ("register_benefit/none", benefit(false, BenefitKind::Grant).into()),
        ("apply_benefit/full", apply(true, amount, false).into()),
        ("apply_benefit/none", apply(false, AskedAmount::Blank, false).into()),
        ("apply_benefit/unreadable", apply(false, AskedAmount::Unreadable, false).into()),
        ("apply_benefit/completes", apply(true, amount, true).into()),
        ("issue_pass/full", pass(true).into()),
        ("issue_pass/none", pass(false).into()),
        ("register_offer/full", offer(true).into()),
        ("register_offer/none", offer(false).into()),
        ("use_pass/full", slip(true, amount).into()),
        ("use_pass/none", slip(false, AskedAmount::Blank).into()),
        ("post_request/site", request(true, true).into()),
        ("rate_handling/full", rate(true).into()),
        ("rate_handling/none", rate(false).into()),
        ("confirm_visit/full", confirm(true).into()),
        ("confirm_visit/none", confirm(false).into()),
        ("use_benefit/full", using(true).into()),
        ("use_benefit/none", using(false).into()),
        ("claim_request/full", claim(true).into()),
        ("claim_request/none", claim(false).into()),
        ("report_handling/full", report(true).into()),
        ("report_handling/none", report(false).into()),
        ("return_claim/full", give_up(true).into()),
        ("return_claim/none", give_up(false).into()),
        ("route_request/full", route(true).into()),
        ("route_request/none", route(false).into()),
        ("withdraw_request/full", withdraw(true).into()),
        ("withdraw_request/none", withdraw(false).into()),
        ("withdraw_benefit/full", give_back(true).into()),
        ("withdraw_benefit/none", give_back(false).into()),
        ("merge_request/full", merge(true).into()),
        ("merge_request/none", merge(false).into()),
        ("stand_in_for_visit/full", stand_in(true).into()),
        ("stand_in_for_visit/none", stand_in(false).into()),
        ("register_benefit/approved", approved(true, &["区总工会", "市总工会"]).into()),
        ("register_benefit/unapproved", approved(false, &[]).into()),
        ("propose_benefit/full", propose(true, amount).into()),
        ("propose_benefit/none", propose(false, AskedAmount::Blank).into()),
        ("check_benefit", check.into()),
        ("reject_benefit", reject.into()),
        ("reverse_benefit_use", reverse_use.into()),
        ("reverse_pass_use", reverse_slip.into()),
        ("propose_appointment/full", proposed(true).into()),
        ("propose_appointment/none", proposed(false).into()),
        ("confirm_appointment", confirmed.into()),
        ("reject_appointment", sent_back.into()),
    ]
}
