//! Samples of what is asked about statements.

use super::super::Command;
use super::{id, points};
use crate::domain::money::Fen;
use crate::domain::statement::LinesDigest;
use crate::domain::time::Month;
use crate::ledger::commands;
use crate::ledger::commands::statements::StatementOf;

pub(super) fn samples() -> Vec<(&'static str, Command)> {
    let month = Month::parse("2024-03").expect("a month");
    let merchant = || StatementOf::Merchant(id("YZ-SH001"));
    let body = || StatementOf::Body { body: "区总工会".into(), funds: vec![id("ZJ01"), id("ZJ02")] };
    let paid = |amount| commands::PaySettlement {
        merchant: id("YZ-SH001"),
        month,
        points: points(3_550),
        amount,
        reference: "财付〔2024〕12号".into(),
    };
    let dispute =
        commands::DisputeStatement {
            merchant: id("YZ-SH001"), month, line: id("XP-0001"), reason: "金额不符".into()
        };
    let answer = |upheld| commands::AnswerDispute {
        merchant: id("YZ-SH001"),
        month,
        dispute: id("DZ-0001"),
        upheld,
        reason: "与小票一致".into(),
    };
    let acknowledge = |digest| commands::AcknowledgeStatement { merchant: id("YZ-SH001"), month, digest };
    let pay_body = commands::PayBody {
        body: "区总工会".into(),
        funds: vec![id("ZJ01")],
        month,
        reference: "工付〔2024〕3号".into(),
    };
    vec![
        ("prepare_statement/merchant", commands::PrepareStatement { of: merchant(), month }.into()),
        ("prepare_statement/body", commands::PrepareStatement { of: body(), month }.into()),
        ("dispute_statement", dispute.into()),
        ("answer_dispute/upheld", answer(true).into()),
        ("answer_dispute/dismissed", answer(false).into()),
        ("confirm_statement/merchant", commands::ConfirmStatement { of: merchant(), month }.into()),
        ("confirm_statement/body", commands::ConfirmStatement { of: body(), month }.into()),
        ("pay_settlement/money", paid(Some(Fen::new(1_276))).into()),
        ("pay_body", pay_body.into()),
        ("acknowledge_statement/full", acknowledge(Some(LinesDigest::default())).into()),
        ("acknowledge_statement/none", acknowledge(None).into()),
    ]
}
