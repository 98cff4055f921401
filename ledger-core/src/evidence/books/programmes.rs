//! Funds and places, kept from the events alone: nothing is set aside that was not appropriated, nothing given that was not
//! there.

use foldhash::HashMap;

use super::statements::Statements;
use super::ways::Persons;
use crate::domain::benefit::{BenefitEvent, CertificateEvent};
use crate::domain::fund::FundEvent;
use crate::domain::fund::event::FundReleased;
use crate::domain::ids::{ApplicationId, BenefitId, CertificateNo, FundId, Key};
use crate::domain::money::Fen;
use crate::domain::time::BusinessTime;

/// What is known of each.
#[derive(Debug, Default)]
pub(super) struct Programmes {
    /// What each has.
    funds: HashMap<FundId, FundBook>,
    /// Who has what of each.
    benefits: HashMap<BenefitId, BenefitBook>,
    /// By which row each certificate is claimed.
    certificates: HashMap<CertificateNo, ApplicationId>,
}

/// A benefit's places.
#[derive(Debug, Default)]
struct BenefitBook {
    /// None for no end of them.
    places: Option<u32>,
    granted: u32,
    applications: HashMap<ApplicationId, Standing>,
}

/// How far an application has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Waits,
    Granted,
    Used,
    Withdrawn,
}

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

impl Programmes {
    /// Follows an event of a fund.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn fund(&mut self, persons: &Persons, event: &FundEvent, part: bool) -> Result<(), String> {
        let book = self.funds.entry(event.fund().clone()).or_default();
        let (stated, mut freed) = (book.statements.of_fund(persons, event), Ok(()));
        match event {
            FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => {
                book.appropriated = event.terms.appropriated;
            }
            FundEvent::FundCommitted(event) => {
                book.committed += event.amount;
                book.rows.insert(event.source.clone(), (event.amount, event.at));
            }
            FundEvent::FundReleased(event) => freed = book.free(event),
            FundEvent::FundPaid(event) => {
                book.committed -= event.amount;
                book.paid += event.amount;
            }
            FundEvent::FundStatementPrepared(_) | FundEvent::FundStatementConfirmed(_) => {}
        }
        let FundBook { appropriated, committed, paid, .. } = book;
        // Of a part of a history nobody knows what stood before it.
        if part {
            return Ok(());
        }
        stated?;
        freed?;
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

    /// Follows an event of a benefit.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn benefit(&mut self, event: &BenefitEvent, part: bool) -> Result<(), String> {
        let book = self.benefits.entry(event.benefit().clone()).or_default();
        let followed = book.follow(event);
        // Of a part of a history nobody knows who applied before it.
        if part {
            return Ok(());
        }
        followed?;
        match book.places {
            Some(places) if book.granted > places => {
                Err(format!("{} were given of {places} of {}", book.granted, event.benefit()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Follows an event of a certificate.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn certificate(&mut self, event: &CertificateEvent, part: bool) -> Result<(), String> {
        let followed = match event {
            CertificateEvent::CertificateClaimed(event) => {
                let earlier = self.certificates.insert(event.certificate.clone(), event.application.clone());
                earlier.map_or(Ok(()), |earlier| Err(format!("claims a certificate that {earlier} claims")))
            }
            CertificateEvent::CertificateReleased(event) => {
                let claimed_by = self.certificates.remove(&event.certificate);
                let own = claimed_by.as_ref() == Some(&event.application);
                if own { Ok(()) } else { Err(format!("gives back a claim that {} does not hold", event.application)) }
            }
        };
        if part { Ok(()) } else { followed }
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

impl BenefitBook {
    /// Places are given to who applies or waits; what was given is used or given back, and nothing is either twice.
    fn follow(&mut self, event: &BenefitEvent) -> Result<(), String> {
        use Standing::{Granted, Used, Waits, Withdrawn};
        let (application, from, to) = match event {
            BenefitEvent::BenefitRegistered(event) | BenefitEvent::BenefitUpdated(event) => {
                // Places taken back later take nothing from who was given one.
                self.places = event.terms.places;
                return Ok(());
            }
            BenefitEvent::BenefitGranted(event) => {
                self.granted = self.granted.saturating_add(1);
                (&event.application, [None, Some(Waits)], Granted)
            }
            BenefitEvent::BenefitQueued(event) => (&event.application, [None, None], Waits),
            BenefitEvent::BenefitUsed(event) => (&event.application, [Some(Granted), Some(Granted)], Used),
            BenefitEvent::BenefitWithdrawn(event) => {
                let from = if event.waited { Waits } else { Granted };
                self.granted = self.granted.saturating_sub(u32::from(!event.waited));
                (&event.application, [Some(from), Some(from)], Withdrawn)
            }
        };
        let stood = self.applications.insert(application.clone(), to);
        if from.contains(&stood) {
            return Ok(());
        }
        Err(format!(
            "{application} cannot become {to:?}: it was {}",
            stood.map_or("unheard of".into(), |of| format!("{of:?}"))
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ways::Persons;
    use super::Programmes;
    use crate::domain::benefit::BenefitEvent;
    use crate::domain::benefit::command::{ApplicationTerms, BenefitKind, BenefitTerms, Use};
    use crate::domain::benefit::event::{BenefitApplied, BenefitRecorded, BenefitUsed, BenefitWithdrawn};
    use crate::domain::event::V1;
    use crate::domain::fund::FundEvent;
    use crate::domain::fund::command::FundTerms;
    use crate::domain::fund::event::{FundCommitted, FundRecorded, FundReleased};
    use crate::domain::ids::{ApplicationId, BenefitId, FundId, WorkerId};
    use crate::domain::money::Fen;
    use crate::domain::period::Period;
    use crate::domain::points::Points;
    use crate::domain::time::BusinessTime;

    fn at() -> BusinessTime {
        BusinessTime::parse("2024-03-05").expect("a time")
    }

    fn row(number: u8) -> ApplicationId {
        format!("QD{number}").parse().expect("a row")
    }

    fn benefit() -> BenefitId {
        "QY1".parse().expect("a benefit")
    }

    fn worker() -> WorkerId {
        "W1".parse().expect("a worker")
    }

    fn registered(places: u32) -> BenefitEvent {
        let terms = BenefitTerms {
            fund: None,
            kind: BenefitKind::Place,
            limit_per_worker: None,
            limit_yearly: false,
            name: "体检".into(),
            places: Some(places),
            price: Points::ZERO,
            value: Fen::ZERO,
            window: Period { from: None, through: None },
        };
        BenefitEvent::BenefitRegistered(BenefitRecorded { at: at(), benefit: benefit(), terms, v: V1 })
    }

    fn applied(number: u8) -> BenefitApplied {
        let terms = ApplicationTerms { amount: None, at: at(), certificate: None, worker: worker() };
        BenefitApplied { application: row(number), at: at(), benefit: benefit(), terms, v: V1 }
    }

    fn granted(number: u8) -> BenefitEvent {
        BenefitEvent::BenefitGranted(applied(number))
    }

    fn queued(number: u8) -> BenefitEvent {
        BenefitEvent::BenefitQueued(applied(number))
    }

    fn used(number: u8) -> BenefitEvent {
        let (application, used) = (row(number), Use { at: at(), merchant: None });
        let (benefit, worker) = (benefit(), worker());
        BenefitEvent::BenefitUsed(BenefitUsed { application, at: at(), benefit, used, v: V1, worker })
    }

    fn withdrawn(number: u8, waited: bool) -> BenefitEvent {
        let (application, benefit, worker) = (row(number), benefit(), worker());
        let withdrawn = BenefitWithdrawn { application, at: at(), benefit, reason: None, v: V1, waited, worker };
        BenefitEvent::BenefitWithdrawn(withdrawn)
    }

    /// Books all but the last, which must be sound, and says what is found of the last.
    fn last_of(events: &[BenefitEvent]) -> Result<(), String> {
        let mut books = Programmes::default();
        let (last, before) = events.split_last().expect("events");
        before.iter().for_each(|event| books.benefit(event, false).expect("sound"));
        books.benefit(last, false)
    }

    #[test]
    fn a_place_given_back_goes_to_the_next_and_whatever_cannot_be_is_found() {
        let story = || vec![registered(1), granted(1), queued(2), queued(3), withdrawn(3, true), withdrawn(1, false)];
        let promoted = [story(), vec![granted(2), used(2)]].concat();
        for length in 1..=promoted.len() {
            assert_eq!(last_of(&promoted[..length]), Ok(()), "{length}");
        }
        let wrong = [
            vec![registered(1), granted(1), granted(2)],
            vec![registered(1), granted(1), queued(2), withdrawn(2, false)],
            vec![registered(1), granted(1), withdrawn(1, true)],
            vec![registered(1), withdrawn(1, false)],
            [story(), vec![withdrawn(1, false)]].concat(),
            [story(), vec![granted(1)]].concat(),
            [story(), vec![granted(3)]].concat(),
            [story(), vec![used(1)]].concat(),
            [story(), vec![used(2)]].concat(),
            [promoted.clone(), vec![withdrawn(2, false)]].concat(),
            [promoted, vec![used(2)]].concat(),
        ];
        for events in wrong {
            assert!(last_of(&events).is_err(), "{events:?}");
        }
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
            let (mut books, persons) = (Programmes::default(), Persons::default());
            let (last, before) = events.split_last().expect("events");
            before.iter().for_each(|event| books.fund(&persons, event, false).expect("sound"));
            books.fund(&persons, last, false)
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
