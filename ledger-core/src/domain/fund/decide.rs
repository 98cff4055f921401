//! The rules of a fund: nothing is set aside that is not there.

use super::command::FundCommand;
use super::event::{FundCommitted, FundEvent, FundRecorded};
use super::state::Fund;
use crate::domain::event::V1;
use crate::domain::money::Fen;
use crate::domain::refusal::{Code, Decision, Refusal};

impl Fund {
    /// Decides a command of this fund.
    ///
    /// # Errors
    /// `invalid_amount`, `fund_exhausted`.
    pub fn decide(&self, command: FundCommand) -> Decision<Vec<FundEvent>> {
        match command {
            FundCommand::Register { at, fund, terms } => {
                if terms.appropriated < Fen::ZERO || terms.appropriated > Fen::COMMAND_MAX {
                    let message = format!("fund {fund}: {} yuan cannot be appropriated", terms.appropriated);
                    return Err(Refusal::new(Code::InvalidAmount, message));
                }
                if terms.appropriated < self.committed() {
                    let message = format!("fund {fund}: {} yuan of it are set aside already", self.committed());
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
                    return Ok(vec![FundEvent::FundCommitted(FundCommitted { amount, at, fund, source, v: V1 })]);
                }
                Ok(Vec::new())
            }
        }
    }
}
