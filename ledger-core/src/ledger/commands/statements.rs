//! Statements (对账单) of a merchant's month and of a paying body's: preparing, disputing a line, answering, confirming, and
//! that a body paid. What merchants are paid is told in `merchants`.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{About, nothing};
use super::content::Content;
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::state::FundMonth;
use crate::domain::fund::{Fund, FundCommand};
use crate::domain::ids::{DisputeId, FundId, Key, MerchantId};
use crate::domain::merchant::MerchantCommand;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::statement::{Hand, LinesDigest, Stage, Statement};
use crate::domain::time::Month;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Of whom a month is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatementOf {
    /// A merchant.
    Merchant(MerchantId),
    /// A paying body (责任单位), with its funds as they are known: what it was registered with, and none that the command
    /// is told apart by.
    Body {
        /// 责任单位, as written in 资金来源.
        body: String,
        /// 资金编号 of its funds: looked up in the views when the command is given, and no content.
        funds: Vec<FundId>,
    },
}

impl StatementOf {
    fn write(&self, content: &mut Content) {
        match self {
            StatementOf::Merchant(merchant) => content.text("merchant").text(merchant.as_str()),
            StatementOf::Body { body, .. } => content.text("body").text(body),
        };
    }

    fn body(&self) -> Option<&String> {
        match self {
            StatementOf::Merchant(_) => None,
            StatementOf::Body { body, .. } => Some(body),
        }
    }

    fn name_streams(&self, month: Month, book: &Book, streams: &mut Vec<StreamId>) {
        match self {
            StatementOf::Merchant(merchant) => name_parts(merchant, month, book, streams),
            StatementOf::Body { funds, .. } => {
                for fund in funds {
                    streams.push(StreamId::Fund(fund.clone()));
                    name_accounts(book.fund(fund).ok().and_then(|state| state.statement(month)), streams);
                }
            }
        }
    }
}

/// A merchant, and the accounts of all who had a part in a month's statement.
pub(super) fn name_parts(merchant: &MerchantId, month: Month, book: &Book, streams: &mut Vec<StreamId>) {
    streams.push(StreamId::Merchant(merchant.clone()));
    name_accounts(book.merchant(merchant).ok().and_then(|state| state.statement(month)), streams);
}

fn name_accounts(statement: Option<&Statement>, streams: &mut Vec<StreamId>) {
    let parts = statement.into_iter().flat_map(Statement::parts);
    streams.extend(parts.map(|actor| StreamId::Account(actor.into())));
}

impl<S: States> Process<'_, S> {
    /// Whoever gives the command, and as whom they had a part in a statement before.
    pub(super) fn hand_in(&self, statement: Option<&Statement>) -> Decision<Hand> {
        let by = self.context.actor.clone();
        let person = self.person(&by)?;
        let mut alike = Vec::new();
        for actor in statement.into_iter().flat_map(Statement::parts) {
            if *actor != by && self.person(actor)? == person {
                alike.push(actor.clone());
            }
        }
        Ok(Hand { by, alike })
    }

    /// Whoever has a hand in a merchant's month.
    pub(super) fn hand_of(&self, merchant: &MerchantId, month: Month) -> Decision<Hand> {
        self.hand_in(self.states.merchant(merchant)?.statement(month))
    }

    /// One event for each fund of a body whose month has something, but for those where it is done.
    fn each_fund(
        &self,
        body: &str,
        funds: &[FundId],
        month: Month,
        is_done: impl Fn(&Fund, &FundMonth) -> bool,
        mut command: impl FnMut(&FundId, Hand) -> FundCommand,
    ) -> Decision<Vec<Event>> {
        let (mut events, mut done) = (Vec::new(), false);
        for fund in funds {
            let state = self.states.fund(fund)?;
            if state.terms().is_none_or(|terms| terms.body != body) {
                let message = format!("fund {fund} is none of {body}'s by now; send this again");
                return Err(Refusal::new(Code::InvalidInput, message));
            }
            let Some(account) = state.months().get(&month) else { continue };
            if is_done(state, account) {
                done = true;
                continue;
            }
            let hand = self.hand_in(state.statement(month))?;
            events.extend(state.decide(command(fund, hand))?.into_iter().map(Event::Fund));
        }
        if events.is_empty() && done {
            let message = format!("that was done before for what funds of {body} set aside in {month}");
            return Err(Refusal::new(Code::AlreadyDecided, message));
        }
        if events.is_empty() {
            let message = format!("nothing was set aside from funds of {body} in {month}");
            return Err(Refusal::new(Code::NotFound, message));
        }
        Ok(events)
    }
}

fn is_confirmed(_: &Fund, account: &FundMonth) -> bool {
    account.stage() == Stage::Confirmed
}

/// Prepare a month's statement, of what stands in the journal by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareStatement {
    /// Of whom.
    pub of: StatementOf,
    /// The calendar month, in the zone of the district.
    pub month: Month,
}

impl Definition for PrepareStatement {
    fn write_content(&self, content: &mut Content) {
        content.text("prepare_statement");
        self.of.write(content);
        content.text(&self.month.to_string());
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.of.body().into_iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        self.of.name_streams(self.month, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let (at, month) = (process.context.at, self.month);
        match &self.of {
            StatementOf::Merchant(merchant) => {
                let hand = process.hand_of(merchant, month)?;
                process.merchant(merchant, MerchantCommand::Prepare { at, hand, month })
            }
            StatementOf::Body { body, funds } => process.each_fund(body, funds, month, is_confirmed, |fund, hand| {
                FundCommand::Prepare { at, fund: fund.clone(), hand, month }
            }),
        }
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Say that a line of a merchant's statement is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeStatement {
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// Which line: its redemption, or its row.
    pub line: Key,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for DisputeStatement {
    fn write_content(&self, content: &mut Content) {
        content.text("dispute_statement").text(self.merchant.as_str()).text(&self.month.to_string());
        content.text(self.line.as_str()).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.merchant, self.month, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let DisputeStatement { merchant, month, line, reason } = self.clone();
        let (at, dispute) = (process.context.at, DisputeId::from(&process.context.key));
        let hand = process.hand_of(&merchant, month)?;
        process.merchant(&merchant, MerchantCommand::Dispute { at, hand, month, dispute, line, reason })
    }

    fn new_ids<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((key.as_str(), "the command's key"))
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Itself(self.line.to_string()), &mut self.reason))
    }

    nothing!(named_key, begins, at_counter, settings);
}

/// Say that a merchant's statement is right, as the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcknowledgeStatement {
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// The digest of the lines that were looked over, where whoever asks tells it.
    pub digest: Option<LinesDigest>,
}

impl Definition for AcknowledgeStatement {
    fn write_content(&self, content: &mut Content) {
        content.text("acknowledge_statement").text(self.merchant.as_str()).text(&self.month.to_string());
        content.maybe(self.digest);
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.merchant, self.month, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let AcknowledgeStatement { merchant, month, digest } = self.clone();
        let (at, hand) = (process.context.at, process.hand_of(&merchant, month)?);
        process.merchant(&merchant, MerchantCommand::Acknowledge { at, hand, month, digest })
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Answer what was disputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerDispute {
    /// 商户编号.
    pub merchant: MerchantId,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// The key of the command that disputed.
    pub dispute: DisputeId,
    /// Whether the merchant was right.
    pub upheld: bool,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
}

impl Definition for AnswerDispute {
    fn write_content(&self, content: &mut Content) {
        content.text("answer_dispute").text(self.merchant.as_str()).text(&self.month.to_string());
        content.text(self.dispute.as_str()).number(i64::from(self.upheld)).text(&self.reason);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.reason)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        name_parts(&self.merchant, self.month, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let AnswerDispute { merchant, month, dispute, upheld, reason } = self.clone();
        let (at, hand) = (process.context.at, process.hand_of(&merchant, month)?);
        process.merchant(&merchant, MerchantCommand::Answer { at, hand, month, dispute, upheld, reason })
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        Some((About::Itself(self.dispute.to_string()), &mut self.reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

/// Confirm a month's statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmStatement {
    /// Of whom.
    pub of: StatementOf,
    /// The calendar month, in the zone of the district.
    pub month: Month,
}

impl Definition for ConfirmStatement {
    fn write_content(&self, content: &mut Content) {
        content.text("confirm_statement");
        self.of.write(content);
        content.text(&self.month.to_string());
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.of.body().into_iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        self.of.name_streams(self.month, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let (at, month) = (process.context.at, self.month);
        match &self.of {
            StatementOf::Merchant(merchant) => {
                let hand = process.hand_of(merchant, month)?;
                process.merchant(merchant, MerchantCommand::Confirm { at, hand, month })
            }
            StatementOf::Body { body, funds } => process.each_fund(body, funds, month, is_confirmed, |fund, hand| {
                FundCommand::Confirm { at, fund: fund.clone(), hand, month }
            }),
        }
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Record that a body paid what its confirmed statement says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayBody {
    /// 责任单位, as written in 资金来源.
    pub body: String,
    /// Its funds, as they are known.
    pub funds: Vec<FundId>,
    /// The calendar month, in the zone of the district.
    pub month: Month,
    /// The payment's reference.
    pub reference: String,
}

impl Definition for PayBody {
    fn write_content(&self, content: &mut Content) {
        content.text("pay_body").text(&self.body).text(&self.month.to_string()).text(&self.reference);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.body, &self.reference].into_iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        let (body, funds) = (self.body.clone(), self.funds.clone());
        StatementOf::Body { body, funds }.name_streams(self.month, book, streams);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let PayBody { body, funds, month, reference } = self;
        let (at, month) = (process.context.at, *month);
        // Where later months took all of it back nothing is paid either.
        let is_paid =
            |fund: &Fund, account: &FundMonth| is_confirmed(fund, account) && !fund.payable(month).is_positive();
        process.each_fund(body, funds, month, is_paid, |fund, hand| {
            let (fund, reference) = (fund.clone(), reference.clone());
            FundCommand::Pay { at, fund, hand, month, reference }
        })
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}
