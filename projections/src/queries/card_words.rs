//! What was said of the work and the visits that a card's credits came of.
//!
//! A credit that ripens is recorded by the very command that says the word, and no word is ever changed: looked up by the
//! credit's name it is the same at every position at which the credit is there. A credit is named after the row of work
//! or the visit, whose numbers are keys of the journal, so a request and a pair of one number are told apart.

use std::collections::BTreeSet;

use ledger_core::domain::ids::{HandlingId, VisitId};
use ledger_core::domain::pair::Pair;
use ledger_core::domain::programme::event::AppraisalSealed;
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
        let numbers: BTreeSet<&String> =
            cards.iter().flat_map(|card| &card.lines).filter_map(|(line, _)| line.number.as_ref()).collect();
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

/// Whether a branch's year is told without numbers at a position: where a program that told none sealed it before, and at
/// the very position that such a program sealed, for the bytes there are those of the seal's digest.
pub(super) fn is_told_plain(entry: u64, seal: &AppraisalSealed, position: u64) -> bool {
    !seal.numbered && (entry <= position || seal.position == position)
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

#[cfg(test)]
mod tests {
    use ledger_core::domain::event::{Event, V1};
    use ledger_core::domain::ids::BranchId;
    use ledger_core::domain::pair::Pair;
    use ledger_core::domain::programme::event::AppraisalSealed;
    use ledger_core::domain::request::ServiceRequest;
    use ledger_core::domain::request::command::Word;
    use ledger_core::domain::time::BusinessTime;
    use serde_json::{Value, json};

    use super::{is_told_plain, word};
    use crate::card_line::{CardLine, Said};

    fn event(event_type: &str, mut payload: Value) -> Event {
        payload["v"] = 1.into();
        payload["at"] = "2024-03-01T00:00:00+08:00".into();
        Event::decode(event_type, payload.to_string().as_bytes()).unwrap()
    }

    /// Work B1 of request X that was found good, B2 that waits.
    fn request() -> ServiceRequest {
        let mut request = ServiceRequest::default();
        let work = json!({"claimed": "2024-03-01", "claimer": "W1", "done": "2024-03-01", "quantity": "1000000"});
        let handled = |id: &str| json!({"handling": id, "quantity": 1_000_000, "request": "X", "work": work});
        let rated =
            json!({"handling": "B1", "rating": {"on": "2024-03-02", "word": "mostly_satisfied"}, "request": "X"});
        for event in [
            event("RequestPosted", json!({"activity": "WX01", "on": "2024-03-01", "request": "X"})),
            event("HandlingRecorded", handled("B1")),
            event("HandlingRecorded", handled("B2")),
            event("HandlingRated", rated),
        ] {
            request.evolve(event.as_request().unwrap());
        }
        request
    }

    /// Visit Z1 of a pair of the same number that was confirmed, Z2 that waits.
    fn pair() -> Pair {
        let mut pair = Pair::default();
        let terms = json!({"activity": "LB01", "on": "2024-03-01", "reporter": "W1"});
        let reported = |id: &str| json!({"pair": "X", "terms": terms, "visit": id});
        let confirmed = json!({"confirmation": {"by": "W2", "on": "2024-03-02"}, "pair": "X", "visit": "Z1"});
        for event in [
            event("VisitReported", reported("Z1")),
            event("VisitReported", reported("Z2")),
            event("VisitConfirmed", confirmed),
        ] {
            pair.evolve(event.as_pair().unwrap());
        }
        pair
    }

    #[test]
    fn a_credit_has_the_word_on_its_own_work_or_visit() {
        let (request, pair) = (request(), pair());
        let of = |credit: &str| {
            let line = CardLine { credit: credit.into(), number: Some("X".into()), ..CardLine::default() };
            word(&line, Some(&request), Some(&pair))
        };
        assert_eq!(of("B1"), Some(Said::Rated(Word::MostlySatisfied)));
        assert_eq!(of("Z1"), Some(Said::Confirmed));
        assert_eq!([of("B2"), of("Z2"), of("C1")], [None; 3]);
        let line = CardLine { credit: "B1".into(), ..CardLine::default() };
        assert_eq!(word(&line, None, None), None);
    }

    #[test]
    fn what_an_earlier_program_sealed_is_told_as_it_was_sealed() {
        let seal = |numbered| AppraisalSealed {
            at: BusinessTime::parse("2025-01-09T09:00:00+08:00").unwrap(),
            branch: BranchId::new("甲").unwrap(),
            digest: "9f86d081".into(),
            numbered,
            position: 77,
            v: V1,
            year: 2024,
        };
        let plain = |position| is_told_plain(80, &seal(false), position);
        assert_eq!([plain(76), plain(77), plain(79), plain(80), plain(99)], [false, true, false, true, true]);
        assert!([76, 77, 80, 99].iter().all(|position| !is_told_plain(80, &seal(true), *position)));
    }
}
