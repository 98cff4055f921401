//! What was said of the work and the visits that a card's credits came of.
//!
//! A credit that ripens is recorded by the very command that says the word, and no word is ever changed: looked up by the
//! credit's name it is the same at every position at which the credit is there. A credit is named after the row of work
//! or the visit, whose numbers are keys of the journal, so a request and a pair of one number are told apart.

use std::collections::BTreeSet;

use ledger_core::domain::ids::{HandlingId, VisitId};
use ledger_core::domain::pair::Pair;
use ledger_core::domain::request::ServiceRequest;

use super::appraisal::CardYear;
use crate::card_line::{CardLine, Said};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::pair::PairView;
use crate::views::request::RequestView;

impl Views {
    /// Puts what was said beside the lines of cards that come from requests and pairs.
    pub(super) async fn put_words(&self, cards: &mut [CardYear]) -> Result<(), ViewError> {
        let numbers: BTreeSet<&String> = cards
            .iter()
            .flat_map(|card| &card.lines)
            .filter_map(|(line, _)| line.number.as_ref())
            .collect();
        let numbers: Vec<String> = numbers.into_iter().cloned().collect();
        let requests = self.rows_by_key::<RequestView>(&numbers).await?;
        let pairs = self.rows_by_key::<PairView>(&numbers).await?;
        for (line, _) in cards.iter_mut().flat_map(|card| &mut card.lines) {
            let Some(number) = &line.number else { continue };
            line.said = word(line, requests.get(number), pairs.get(number));
        }
        Ok(())
    }
}

/// Takes numbers away again, from lines that were sealed by a program which told none.
pub(super) fn without_numbers(cards: &mut [CardYear]) {
    for (line, _) in cards.iter_mut().flat_map(|card| &mut card.lines) {
        line.number = None;
    }
}

fn word(line: &CardLine, request: Option<&ServiceRequest>, pair: Option<&Pair>) -> Option<Said> {
    let rated = || {
        let handling = HandlingId::new(&line.credit).ok()?;
        Some(Said::Rated(request?.handling(&handling)?.rating?.word))
    };
    let confirmed = || {
        let visit = VisitId::new(&line.credit).ok()?;
        pair?.visit(&visit)?.confirmation.as_ref().map(|_| Said::Confirmed)
    };
    rated().or_else(confirmed)
}
