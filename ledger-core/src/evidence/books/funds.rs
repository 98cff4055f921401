//! Funds (资金来源), kept from the events alone: nothing is set aside that was not appropriated, nothing freed that was not set
//! aside, nothing paid beyond it.

use foldhash::HashMap;

use super::dues::Dues;
use super::statements::Statements;
use super::ways::Persons;
use crate::domain::fund::FundEvent;
use crate::domain::fund::event::FundReleased;
use crate::domain::ids::{FundId, Key};
use crate::domain::money::Fen;
use crate::domain::time::BusinessTime;

/// What each has.
#[derive(Debug, Default)]
pub(super) struct Funds(HashMap<FundId, FundBook>);

/// A fund's money.
#[derive(Debug, Default)]
struct FundBook {
    appropriated: Fen,
    committed: Fen,
    paid: Fen,
    statements: Statements,
    /// What each row had set aside and did not give back.
    rows: HashMap<Key, (Fen, BusinessTime)>,
}

impl Funds {
    /// Follows an event of a fund.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn follow(&mut self, persons: &Persons, dues: &mut Dues, event: &FundEvent) -> Result<(), String> {
        let book = self.0.entry(event.fund().clone()).or_default();
        book.statements.of_fund(persons, event)?;
        match event {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => {
                book.appropriated = event.terms.appropriated;
            }
            FundEvent::FundCommitted(event) => {
                book.committed += event.amount;
                book.rows.insert(event.source.clone(), (event.amount, event.at));
                dues.sets_aside(event);
            }
            FundEvent::FundReleased(event) => {
                book.free(event)?;
                dues.frees(event);
            }
            FundEvent::FundPaid(event) => {
                book.committed -= event.amount;
                book.paid += event.amount;
            }
            FundEvent::FundStatementPrepared(_) | FundEvent::FundStatementConfirmed(_) => {}
        }
        let FundBook { appropriated, committed, paid, .. } = book;
        // What was paid and is given back makes up for what is set aside next, so that this alone may fall below zero.
        if event.as_paid().is_some() && *committed < Fen::ZERO {
            return Err(format!("pays more of fund {} than was set aside", event.fund()));
        }
        if *committed + *paid < Fen::ZERO {
            return Err(format!("frees more of fund {} than was set aside", event.fund()));
        }
        if *committed + *paid <= *appropriated {
            return Ok(());
        }
        Err(format!(
            "{committed} yuan are set aside and {paid} paid of fund {}, which has {appropriated}",
            event.fund()
        ))
    }
}

impl FundBook {
    /// What a row had set aside is freed whole, and once.
    fn free(&mut self, event: &FundReleased) -> Result<(), String> {
        self.committed -= event.amount;
        match self.rows.remove(&event.source) {
            Some(set_aside) if set_aside == (event.amount, event.committed_at) => Ok(()),
            Some((amount, at)) => Err(format!(
                "frees {} yuan of {} for {}, which had {amount} set aside at {at}",
                event.amount, event.committed_at, event.source
            )),
            None => Err(format!("frees what nobody had set aside for {}", event.source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dues::Dues;
    use super::super::ways::Persons;
    use super::Funds;
    use crate::domain::event::V1;
    use crate::domain::fund::FundEvent;
    use crate::domain::fund::command::FundTerms;
    use crate::domain::fund::event::{FundCommitted, FundRecorded, FundReleased};
    use crate::domain::ids::{ApplicationId, FundId};
    use crate::domain::money::Fen;
    use crate::domain::time::BusinessTime;

    fn at() -> BusinessTime {
        BusinessTime::parse("2024-03-05").expect("a time")
    }

    fn row(number: u8) -> ApplicationId {
        format!("QD{number}").parse().expect("a row")
    }

    fn fund() -> FundId {
        "ZJ1".parse().expect("a fund")
    }

    fn committed(fen: i64, number: u8) -> FundEvent {
        let source = (&row(number)).into();
        FundEvent::FundCommitted(FundCommitted {
            amount: Fen::new(fen),
            at: at(),
            fund: fund(),
            month: None,
            source,
            v: V1,
        })
    }

    fn released(fen: i64, number: u8) -> FundEvent {
        let (amount, source) = (Fen::new(fen), (&row(number)).into());
        let (at, committed_at) = (at(), at());
        FundEvent::FundReleased(FundReleased { amount, at, committed_at, fund: fund(), month: None, source, v: V1 })
    }

    #[test]
    fn what_a_row_had_set_aside_is_freed_whole_and_once() {
        let appropriated = |fen| {
            let (body, source) = ("区总工会".into(), "工会经费".into());
            let terms = FundTerms { appropriated: Fen::new(fen), body, source, year: None };
            FundEvent::FundRegistered(FundRecorded { at: at(), fund: fund(), terms, v: V1 })
        };
        let last_of = |events: &[FundEvent]| {
            let (mut books, persons, mut dues) = (Funds::default(), Persons::default(), Dues::default());
            let (last, before) = events.split_last().expect("events");
            before.iter().for_each(|event| books.follow(&persons, &mut dues, event).expect("sound"));
            books.follow(&persons, &mut dues, last)
        };
        let story = [appropriated(600), committed(600, 1), released(600, 1), committed(600, 2)];
        for length in 1..=story.len() {
            assert_eq!(last_of(&story[..length]), Ok(()), "{length}");
        }
        let wrong = [
            vec![appropriated(600), committed(600, 1), released(599, 1)],
            vec![appropriated(600), committed(600, 1), released(600, 2)],
            vec![appropriated(600), committed(600, 1), released(600, 1), released(600, 1)],
            vec![appropriated(600), committed(600, 1), committed(1, 2)],
        ];
        for events in wrong {
            assert!(last_of(&events).is_err(), "{events:?}");
        }
    }
}
