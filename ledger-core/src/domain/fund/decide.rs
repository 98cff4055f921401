//! The rules of a fund: nothing is set aside that is not there.

use super::command::FundCommand;
use super::event::{
    FundCommitted, FundEvent, FundPaid, FundRecorded, FundReleased, FundStatementConfirmed, FundStatementPrepared,
};
use super::state::Fund;
use crate::domain::event::V1;
use crate::domain::ids::FundId;
use crate::domain::money::Fen;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::statement::{require_preparable, require_prepared};
use crate::domain::time::Month;

/// How a refusal names a statement.
fn named(fund: &FundId, month: Month) -> String {
    format!("the statement of fund {fund} for {month}")
}

impl Fund {
    /// Decides a command of this fund.
    ///
    /// # Errors
    /// `invalid_amount`, `fund_exhausted`; of a statement `outside_window`, `not_found`, `already_decided`, `same_person`.
    pub fn decide(&self, command: FundCommand) -> Decision<Vec<FundEvent>> {
        match command {
            FundCommand::Register { at, fund, terms } => {
                if terms.appropriated < Fen::ZERO || terms.appropriated > Fen::COMMAND_MAX {
                    let message = format!("fund {fund}: {} yuan cannot be appropriated", terms.appropriated);
                    return Err(Refusal::new(Code::InvalidAmount, message));
                }
                let gone = self.committed() + self.paid();
                if terms.appropriated < gone {
                    let message = format!("fund {fund}: {gone} yuan of it are set aside or paid already");
                    return Err(Refusal::new(Code::InvalidAmount, message));
                }
                if self.terms() == Some(&terms) {
                    return Ok(Vec::new());
                }
                let recorded = FundRecorded { at, fund, terms, v: V1 };
                Ok(vec![if self.terms().is_some() {
                    FundEvent::FundUpdated(recorded)
                } else {
                    FundEvent::FundRegistered(recorded)
                }])
            }
            FundCommand::Commit { at, amount, fund, source } => {
                if amount > self.free() {
                    let message = format!("{amount} yuan needed, fund {fund} has {} left", self.free());
                    return Err(Refusal::new(Code::FundExhausted, message));
                }
                if amount.is_positive() {
                    let month = Some(self.bearing(at.month())).filter(|month| *month != at.month());
                    return Ok(vec![FundEvent::FundCommitted(FundCommitted {
                        amount,
                        at,
                        fund,
                        month,
                        source,
                        v: V1,
                    })]);
                }
                Ok(Vec::new())
            }
            FundCommand::Release { at, amount, committed_at, fund, source } => {
                let spoken_for = self.committed() + self.paid();
                if amount > spoken_for {
                    let message = format!("{amount} yuan cannot be freed: of fund {fund} {spoken_for} are spoken for");
                    return Err(Refusal::new(Code::InvalidAmount, message));
                }
                if !amount.is_positive() {
                    return Ok(Vec::new());
                }
                // A confirmed month stays as it is: the correction lowers what is paid next.
                let set_aside_in = committed_at.month();
                let month = Some(self.bearing(set_aside_in)).filter(|month| *month != set_aside_in);
                let released = FundReleased { amount, at, committed_at, fund, month, source, v: V1 };
                Ok(vec![FundEvent::FundReleased(released)])
            }
            FundCommand::Prepare { at, fund, hand, month } => {
                let sums = self.months().get(&month).map(|month| month.sums).unwrap_or_default();
                require_preparable(self.statement(month), &named(&fund, month), at, month, &sums)?;
                let (amount, by, digest, lines) = (sums.amount, hand.by, sums.digest, sums.lines);
                let prepared = FundStatementPrepared { amount, at, by, digest, fund, lines, month, v: V1 };
                Ok(vec![FundEvent::FundStatementPrepared(prepared)])
            }
            FundCommand::Confirm { at, fund, hand, month } => {
                let sums = self.months().get(&month).map(|month| month.sums).unwrap_or_default();
                require_prepared(self.statement(month), &named(&fund, month))?.require_confirmable(
                    &named(&fund, month),
                    &hand,
                    &sums,
                )?;
                let (by, digest) = (hand.by, sums.digest);
                let confirmed = FundStatementConfirmed { at, by, digest, fund, month, v: V1 };
                Ok(vec![FundEvent::FundStatementConfirmed(confirmed)])
            }
            FundCommand::Pay { at, fund, hand, month, reference } => {
                require_prepared(self.statement(month), &named(&fund, month))?
                    .require_payable(&named(&fund, month), &hand)?;
                let amount = self.payable(month);
                if !amount.is_positive() {
                    let message = format!("{} was paid before, or all of it was freed since", named(&fund, month));
                    return Err(Refusal::new(Code::AlreadyDecided, message));
                }
                let paid = FundPaid { amount, at, by: hand.by, fund, month, reference, v: V1 };
                Ok(vec![FundEvent::FundPaid(paid)])
            }
        }
    }
}
