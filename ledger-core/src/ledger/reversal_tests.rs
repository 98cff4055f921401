//! Uses and slips that are taken back, on a real ledger: with what they had owed, in the round in which they are made as in
//! a later one, and once.

use std::sync::Arc;

use super::commands::benefits::{AskedAmount, AskedUse};
use super::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use crate::domain::account::Role;
use crate::domain::benefit::BenefitEvent;
use crate::domain::benefit::command::{BenefitKind, BenefitTerms};
use crate::domain::event::Event;
use crate::domain::fund::FundEvent;
use crate::domain::fund::command::FundTerms;
use crate::domain::merchant::MerchantEvent;
use crate::domain::merchant::command::MerchantDetails;
use crate::domain::money::Fen;
use crate::domain::pass::PassEvent;
use crate::domain::pass::command::{OfferTerms, PassTerms};
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::WorkerDetails;
use crate::evidence::hash::HashSuite;
use crate::journal::memory::MemoryJournal;
use crate::journal::{Journal, RecordedTime};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn time(text: &str) -> BusinessTime {
    BusinessTime::parse(text).expect("a time")
}

async fn opened(journal: &Arc<dyn Journal>) -> Ledger {
    let now = chrono::DateTime::parse_from_rfc3339("2024-04-10T10:00:00+08:00").expect("an instant");
    let now = RecordedTime::from_micros(now.timestamp_micros());
    let settings = LedgerSettings { clock: Arc::new(move || now), ..LedgerSettings::default() };
    Ledger::open(Arc::clone(journal), settings, "test", HashSuite::Sha256).await.expect("a ledger").0
}

fn submission(ledger: &Ledger, key: &str, command: Command) -> Submission {
    Submission { context: Context { key: id(key), actor: id("甲"), at: ledger.now() }, command }
}

async fn give(ledger: &Ledger, key: &str, command: Command) -> Outcome {
    ledger.submit(submission(ledger, key, command)).await
}

#[track_caller]
fn events(outcome: &Outcome) -> Vec<Event> {
    outcome.receipt().unwrap_or_else(|| panic!("{outcome:?}")).events.to_vec()
}

/// W1 has a pass; M1 takes a voucher of 15 yuan and gives a discount, both of a fund of 1,000.
async fn district(journal: &Arc<dyn Journal>) -> Ledger {
    let ledger = opened(journal).await;
    let always = Period { from: None, through: None };
    let (occupation, party_member, platform) = ("骑手".into(), None, None);
    let worker = WorkerDetails { occupation, party_member, platform, probationary: false, site: None };
    let merchant = MerchantDetails { category: None, name: "商户".into(), uscc: "91310000132260250X".into() };
    let (body, source) = ("区总工会".into(), "工会经费".into());
    let fund = FundTerms { appropriated: Fen::new(100_000), body, source, year: None };
    let benefit = BenefitTerms {
        approvals: None,
        fund: Some(id("ZJ1")),
        kind: BenefitKind::Voucher,
        limit_per_worker: None,
        limit_yearly: false,
        name: "餐券".into(),
        places: None,
        price: Points::ZERO,
        value: Fen::new(1_500),
        window: always,
    };
    let pass = PassTerms { days: always, kind: "优享卡".into(), lost: None, since: None, worker: id("W1") };
    let offer = OfferTerms {
        days: always,
        fund: Some(id("ZJ1")),
        kind: "优享卡".into(),
        merchant: id("M1"),
        paid_of_thousand: 850,
        subsidy_of_ten_thousand: 5_000,
    };
    let registers: [(&str, Command); 6] = [
        ("W1", commands::RegisterWorker { worker: id("W1"), details: worker, update: false }.into()),
        ("M1", commands::RegisterMerchant { merchant: id("M1"), details: merchant, update: false }.into()),
        ("ZJ1", commands::RegisterFund { fund: id("ZJ1"), terms: fund }.into()),
        ("QY1", commands::RegisterBenefit { benefit: id("QY1"), terms: benefit }.into()),
        ("NXK1", commands::IssuePass { pass: id("NXK1"), terms: pass, replacement: None }.into()),
        ("YH1", commands::RegisterOffer { offer: id("YH1"), terms: offer }.into()),
    ];
    for (key, command) in registers {
        assert_eq!(give(&ledger, key, command).await.code(), None, "{key}");
    }
    ledger
}

fn slip(number: &str) -> Command {
    let amount = |fen| AskedAmount::Amount(Fen::new(fen));
    let at = Some(time("2024-03-05T12:00:00+08:00"));
    let (slip_no, pass, offer) = (id(number), id("NXK1"), id("YH1"));
    commands::UsePass { slip_no, pass, offer, at, price: amount(1_000), paid: amount(850) }.into()
}

fn slip_back(number: &str) -> Command {
    commands::ReversePassUse { slip_no: id(number), pass: Some(id("NXK1")), reason: "原价写错".into() }.into()
}

fn applied_and_used(number: &str) -> Command {
    let at = Some(time("2024-03-05T12:00:00+08:00"));
    let used = Some(AskedUse { at, merchant: Some(id("M1")) });
    commands::ApplyBenefit {
        application: id(number),
        benefit: id("QY1"),
        worker: id("W1"),
        at,
        certificate: None,
        amount: AskedAmount::Blank,
        used,
        completes: false,
    }
    .into()
}

fn use_back(number: &str) -> Command {
    commands::ReverseBenefitUse { benefit: id("QY1"), application: id(number), reason: "核错了".into() }.into()
}

#[tokio::test]
async fn what_is_taken_back_takes_its_claim_and_its_money_with_it_once() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let ledger = district(&journal).await;
    assert_eq!(give(&ledger, "XP1", slip("XP1")).await.code(), None);
    assert_eq!(give(&ledger, "QD1", applied_and_used("QD1")).await.code(), None);
    // What was recorded is read again: by a ledger that has nothing of it in memory.
    let ledger = opened(&journal).await;
    let taken = events(&give(&ledger, "CZ1", slip_back("XP1")).await);
    let [
        Event::Fund(FundEvent::FundReleased(freed)),
        Event::Pass(PassEvent::PassUseReversed(_)),
        Event::Merchant(MerchantEvent::MoneyTakenBack(back)),
    ] = taken.as_slice()
    else {
        panic!("{taken:?}")
    };
    assert_eq!((freed.amount, back.amount, back.month.to_string().as_str()), (Fen::new(75), Fen::new(75), "2024-03"));
    assert_eq!(give(&ledger, "CZ2", slip_back("XP1")).await.code(), Some(Code::AlreadyDecided));
    assert_eq!(give(&ledger, "CZ3", slip_back("XP9")).await.code(), Some(Code::UnknownPass));
    let nameless = commands::ReversePassUse { slip_no: id("XP1"), pass: None, reason: "原价写错".into() };
    assert_eq!(give(&ledger, "CZ4", nameless.into()).await.code(), Some(Code::UnknownPass));

    let taken = events(&give(&ledger, "CZ5", use_back("QD1")).await);
    let [Event::Benefit(BenefitEvent::BenefitUseReversed(_)), Event::Merchant(MerchantEvent::MoneyTakenBack(back))] =
        taken.as_slice()
    else {
        panic!("{taken:?}")
    };
    assert_eq!((back.amount, back.source.as_str()), (Fen::new(1_500), "QD1"));
    assert_eq!(give(&ledger, "CZ6", use_back("QD1")).await.code(), Some(Code::AlreadyDecided));
    assert_eq!(give(&ledger, "CZ7", use_back("QD9")).await.code(), Some(Code::UnknownBenefit));
}

#[tokio::test]
async fn a_row_that_is_sent_again_does_not_use_again_what_was_taken_back() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let ledger = district(&journal).await;
    let completed = |at: &str| {
        let Command::ApplyBenefit(mut row) = applied_and_used("QD1") else { panic!("a row") };
        let used = Some(AskedUse { at: Some(time(at)), merchant: Some(id("M1")) });
        (row.completes, row.used) = (true, used);
        Command::from(row)
    };
    let (first, second) = ("2024-03-05T12:00:00+08:00", "2024-04-09T12:00:00+08:00");
    assert_eq!(give(&ledger, "QD1", applied_and_used("QD1")).await.code(), None);
    assert_eq!(give(&ledger, "CZ1", use_back("QD1")).await.code(), None);
    // The same sheet once more: its rows are repeats, and what completes them leaves no key behind.
    assert!(events(&give(&ledger, "QD1/completed", completed(first)).await).is_empty());
    let using = |at: &str| {
        let used = AskedUse { at: Some(time(at)), merchant: Some(id("M1")) };
        Command::from(commands::UseBenefit { benefit: id("QY1"), application: id("QD1"), used })
    };
    // A counter may use it again, and the sheet still says nothing new.
    assert_eq!(events(&give(&ledger, "HX2", using(second)).await).len(), 2);
    assert!(events(&give(&ledger, "QD1/completed", completed(first)).await).is_empty());
    assert_eq!(
        give(&ledger, "QD1/completed", completed("2024-04-01T12:00:00+08:00")).await.code(),
        Some(Code::DuplicateConflict)
    );
    // Nor where it was given back since.
    assert_eq!(give(&ledger, "CZ2", use_back("QD1")).await.code(), None);
    let withdrawn = commands::WithdrawBenefit { benefit: id("QY1"), application: id("QD1"), reason: None };
    assert_eq!(give(&ledger, "CH1", withdrawn.into()).await.code(), None);
    assert!(events(&give(&ledger, "QD1/completed", completed(second)).await).is_empty());
}

#[tokio::test]
async fn nobody_takes_the_own_use_back() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let ledger = district(&journal).await;
    assert_eq!(give(&ledger, "XP1", slip("XP1")).await.code(), None);
    assert_eq!(give(&ledger, "QD1", applied_and_used("QD1")).await.code(), None);
    let opened = commands::OpenAccount { account: id("骑手"), worker: Some(id("W1")) };
    assert_eq!(give(&ledger, "KH1", opened.into()).await.code(), None);
    let (account, role) = (id("骑手"), Role::Approver);
    let granted = commands::GrantRole { account, role, scope: None, from: None, until: None };
    assert_eq!(give(&ledger, "SQ1", granted.into()).await.code(), None);
    for (key, command) in [("CZ1", use_back("QD1")), ("CZ2", slip_back("XP1"))] {
        let mut own = submission(&ledger, key, command);
        own.context.actor = id("骑手");
        assert_eq!(ledger.submit(own).await.code(), Some(Code::SamePerson), "{key}");
    }
}

#[tokio::test]
async fn a_round_takes_back_what_it_made_itself() {
    for atomic in [false, true] {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        drop(district(&journal).await);
        // Nothing of it is in memory when the round begins.
        let ledger = opened(&journal).await;
        let round = [
            ("XP1", slip("XP1")),
            ("CZ1", slip_back("XP1")),
            ("QD1", applied_and_used("QD1")),
            ("CZ2", use_back("QD1")),
        ];
        let round = round.map(|(key, command)| submission(&ledger, key, command)).into();
        let told = ledger.submit_all(round, atomic).await;
        let codes: Vec<_> = told.iter().map(Outcome::code).collect();
        assert_eq!(codes, [None; 4], "atomic {atomic}");
    }
}
