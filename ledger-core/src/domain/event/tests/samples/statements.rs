//! Samples of statements, of what they carry into a later month, and of a request that is to be done by a day.

use super::super::super::{Event, V1};
use super::{at, date, merchant, month, points, redemption, store};
use crate::domain::fund::event::{FundCommitted, FundEvent, FundPaid, FundStatementConfirmed, FundStatementPrepared};
use crate::domain::ids::{Actor, FundId};
use crate::domain::merchant::event::{
    MerchantEvent, MoneyClaimed, SettlementPaid, StatementConfirmed, StatementDisputeAnswered, StatementDisputed,
    StatementPrepared, VoucherHonoured,
};
use crate::domain::money::Fen;
use crate::domain::request::event::{RequestEvent, RequestPosted};
use crate::domain::statement::LinesDigest;

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an id")
}

fn by(name: &str) -> Actor {
    id(name)
}

fn digest() -> LinesDigest {
    LinesDigest::parse("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").expect("a digest")
}

/// The samples.
pub(crate) fn samples() -> Vec<Event> {
    let mut all: Vec<Event> = of_merchants().into_iter().map(Event::Merchant).collect();
    all.extend(of_funds().into_iter().map(Event::Fund));
    all.push(Event::Request(RequestEvent::RequestPosted(RequestPosted {
        activity: id("WX01"),
        at: at(),
        due: Some(date("2024-03-08")),
        merged_into: None,
        on: date("2024-03-01"),
        reporter: None,
        request: id("XQ-0004"),
        site: None,
        v: V1,
    })));
    all
}

fn of_merchants() -> Vec<MerchantEvent> {
    vec![
        MerchantEvent::VoucherHonoured(VoucherHonoured {
            at: at(),
            merchant: merchant(),
            month: Some(month().next()),
            points: points(500),
            redemption: redemption(),
            store: store(),
            v: V1,
        }),
        MerchantEvent::MoneyClaimed(MoneyClaimed {
            amount: Fen::new(1_276),
            at: at(),
            merchant: merchant(),
            month: Some(month().next()),
            source: id("XP-0002"),
            v: V1,
        }),
        MerchantEvent::StatementPrepared(StatementPrepared {
            amount: Fen::new(1_276),
            at: at(),
            by: by("op-1"),
            digest: digest(),
            lines: 2,
            merchant: merchant(),
            month: month(),
            points: points(500),
            v: V1,
        }),
        MerchantEvent::StatementDisputed(StatementDisputed {
            at: at(),
            by: by("shop-1"),
            dispute: id("DZ-0001"),
            line: id("XP-0002"),
            merchant: merchant(),
            month: month(),
            reason: "金额不符".into(),
            v: V1,
        }),
        MerchantEvent::StatementDisputeAnswered(StatementDisputeAnswered {
            at: at(),
            by: by("ap-1"),
            dispute: id("DZ-0001"),
            merchant: merchant(),
            month: month(),
            reason: "与小票一致".into(),
            upheld: false,
            v: V1,
        }),
        MerchantEvent::StatementConfirmed(StatementConfirmed {
            at: at(),
            by: by("ap-1"),
            digest: digest(),
            merchant: merchant(),
            month: month(),
            v: V1,
        }),
        MerchantEvent::SettlementPaid(SettlementPaid {
            amount: Some(Fen::new(1_276)),
            at: at(),
            by: Some(by("ap-2")),
            merchant: merchant(),
            month: month(),
            points: points(500),
            reference: "财付〔2024〕13号".into(),
            v: V1,
        }),
    ]
}

fn of_funds() -> Vec<FundEvent> {
    let fund = || id::<FundId>("ZJ01");
    vec![
        FundEvent::FundCommitted(FundCommitted {
            amount: Fen::new(6_050),
            at: at(),
            fund: fund(),
            month: Some(month().next()),
            source: id("QD-0002"),
            v: V1,
        }),
        FundEvent::FundStatementPrepared(FundStatementPrepared {
            amount: Fen::new(6_050),
            at: at(),
            by: by("op-1"),
            digest: digest(),
            fund: fund(),
            lines: 1,
            month: month(),
            v: V1,
        }),
        FundEvent::FundStatementConfirmed(FundStatementConfirmed {
            at: at(),
            by: by("ap-1"),
            digest: digest(),
            fund: fund(),
            month: month(),
            v: V1,
        }),
        FundEvent::FundPaid(FundPaid {
            amount: Fen::new(6_050),
            at: at(),
            by: by("ap-2"),
            fund: fund(),
            month: month(),
            reference: "工付〔2024〕3号".into(),
            v: V1,
        }),
    ]
}
