//! Statements of months, kept from the events alone: what a statement says is what the lines before it come to, counted and
//! digested here anew; who prepared, who confirmed and who paid are three persons; what was confirmed bears nothing more.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::ways::Persons;
use crate::domain::fund::FundEvent;
use crate::domain::ids::{Actor, DisputeId};
use crate::domain::merchant::MerchantEvent;
use crate::domain::merchant::event::{HonourReversed, MoneyClaimed, MoneyTakenBack, VoucherHonoured};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::time::{BusinessTime, Month};

/// The months of a merchant or a fund.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Statements(BTreeMap<Month, Stated>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stated {
    points: Points,
    amount: Fen,
    lines: u32,
    digest: [u8; 32],
    prepared_by: BTreeSet<Actor>,
    /// What it came to when it was prepared last, unless a dispute was right since.
    prepared: Option<[u8; 32]>,
    /// Disputes without an answer, with who disputes.
    open: BTreeMap<DisputeId, Actor>,
    confirmed_by: Option<Actor>,
    money_paid: Fen,
}

impl Statements {
    /// Whether a month was confirmed.
    pub(super) fn is_confirmed(&self, month: Month) -> bool {
        self.0.get(&month).is_some_and(|month| month.confirmed_by.is_some())
    }

    /// Follows an event of a merchant.
    ///
    /// # Errors
    /// What of it cannot be.
    pub(super) fn of_merchant(&mut self, persons: &Persons, event: &MerchantEvent) -> Result<(), String> {
        match event {
            MerchantEvent::VoucherHonoured(VoucherHonoured { at, month, points, redemption, .. }) => {
                self.line(*at, at.month(), *month, ("honoured", redemption.as_str()), (*points, Fen::ZERO))
            }
            MerchantEvent::HonourReversed(HonourReversed { at, month, points, redemption, .. }) => {
                let taken_back = Points::ZERO - *points;
                self.take(*month, ("taken_back", redemption.as_str()), *at, taken_back, Fen::ZERO)
            }
            MerchantEvent::MoneyClaimed(MoneyClaimed { amount, at, month, source, .. }) => {
                self.line(*at, at.month(), *month, ("money", source.as_str()), (Points::ZERO, *amount))
            }
            MerchantEvent::MoneyTakenBack(event) => self.take_money_back(event),
            MerchantEvent::StatementPrepared(event) => {
                let said = (event.points, event.amount, event.lines, event.digest.to_string());
                self.prepare(event.month, &event.by, event.at, &said)
            }
            MerchantEvent::StatementDisputed(event) => {
                let month = self.month(event.month);
                month.open.insert(event.dispute.clone(), event.by.clone());
                if month.prepared_by.is_empty() || month.confirmed_by.is_some() {
                    return Err(format!("disputes a line of {}, which is not to be confirmed", event.month));
                }
                Ok(())
            }
            MerchantEvent::StatementDisputeAnswered(event) => {
                let month = self.month(event.month);
                if event.upheld {
                    month.prepared = None;
                }
                let Some(disputed_by) = month.open.remove(&event.dispute) else {
                    return Err(format!("answers {}, which waits for no answer", event.dispute));
                };
                let mut parts = month.prepared_by.iter().chain([&disputed_by]);
                match parts.find(|actor| persons.same(actor, &event.by)) {
                    Some(actor) => Err(format!("is answered by {}, who is {actor}", event.by)),
                    None => Ok(()),
                }
            }
            MerchantEvent::StatementAcknowledged(event) => self.acknowledge(event.month, &event.digest.to_string()),
            MerchantEvent::StatementConfirmed(event) => {
                self.confirm(persons, event.month, &event.by, &event.digest.to_string())
            }
            MerchantEvent::SettlementPaid(event) => {
                let month = self.month(event.month);
                month.money_paid += event.amount.unwrap_or_default();
                if month.money_paid > month.amount {
                    return Err(format!(
                        "pays {} yuan for {} in all, which has {}",
                        month.money_paid, event.month, month.amount
                    ));
                }
                if month.prepared_by.is_empty() && event.amount.is_none() {
                    return Ok(());
                }
                month.paid_by(persons, event.month, event.by.as_ref())
            }
            MerchantEvent::MerchantRegistered(_) | MerchantEvent::MerchantUpdated(_) => Ok(()),
        }
    }

    /// Follows an event of a fund.
    ///
    /// # Errors
    /// What of it cannot be.
    pub(super) fn of_fund(&mut self, persons: &Persons, event: &FundEvent) -> Result<(), String> {
        match event {
            FundEvent::FundCommitted(event) => {
                let (at, source) = (event.at, event.source.as_str());
                self.line(at, at.month(), event.month, ("committed", source), (Points::ZERO, event.amount))
            }
            // Where it had been set aside, be it that the row was withdrawn much later.
            FundEvent::FundReleased(event) => {
                let (since, source) = (event.committed_at.month(), event.source.as_str());
                self.line(event.at, since, event.month, ("released", source), (Points::ZERO, -event.amount))
            }
            FundEvent::FundStatementPrepared(event) => {
                let said = (Points::ZERO, event.amount, event.lines, event.digest.to_string());
                self.prepare(event.month, &event.by, event.at, &said)
            }
            FundEvent::FundStatementConfirmed(event) => {
                self.confirm(persons, event.month, &event.by, &event.digest.to_string())
            }
            FundEvent::FundPaid(event) => {
                // What later months took back is not paid any more.
                let owed_in_all = self.0.values().fold(Fen::ZERO, |sum, month| sum + month.amount - month.money_paid);
                let month = self.month(event.month);
                let owed = (month.amount - month.money_paid).min(owed_in_all);
                month.money_paid += event.amount;
                if event.amount != owed {
                    return Err(format!("pays {} yuan for {}, which is owed {owed}", event.amount, event.month));
                }
                month.paid_by(persons, event.month, Some(&event.by))
            }
            FundEvent::FundRegistered(_) | FundEvent::FundUpdated(_) => Ok(()),
        }
    }

    /// A claim stands in the month that it is of; where that was confirmed, in the first after it that was not.
    fn line(
        &mut self,
        at: BusinessTime,
        of: Month,
        month: Option<Month>,
        named: (&str, &str),
        (points, amount): (Points, Fen),
    ) -> Result<(), String> {
        let mut bears = of;
        while self.is_confirmed(bears) {
            bears = bears.next();
        }
        let stands = month.unwrap_or(of);
        let taken = self.take(stands, named, at, points, amount);
        if stands == bears { taken } else { Err(format!("stands in {stands}, where {bears} bears it")) }
    }

    /// Money that was claimed is taken back in the month of the use; where that was confirmed or has not so much left, in
    /// the first month from the reversal on that was not confirmed.
    fn take_money_back(&mut self, event: &MoneyTakenBack) -> Result<(), String> {
        let MoneyTakenBack { amount, at, claimed_in, month, source, .. } = event;
        let of = claimed_in.unwrap_or(*month);
        let left = self.0.get(&of).map_or(Fen::ZERO, |of| of.amount - of.money_paid);
        let mut bears = of;
        if self.is_confirmed(of) || left < *amount {
            bears = bears.max(at.month());
            while self.is_confirmed(bears) {
                bears = bears.next();
            }
        }
        self.take(*month, ("money_taken_back", source.as_str()), *at, Points::ZERO, -*amount)?;
        if *month != bears || *claimed_in == Some(*month) {
            return Err(format!("takes money of {of} back in {month}, where {bears} bears it"));
        }
        Ok(())
    }

    fn take(
        &mut self,
        stands: Month,
        (kind, source): (&str, &str),
        at: BusinessTime,
        points: Points,
        amount: Fen,
    ) -> Result<(), String> {
        let month = self.month(stands);
        month.points += points;
        month.amount += amount;
        month.lines = month.lines.saturating_add(1);
        let mut digest = Sha256::new();
        digest.update(month.digest);
        let (seconds, hundredths, fen) = (at.unix_seconds(), points.hundredths(), amount.fen());
        digest.update(format!("{kind}\t{source}\t{seconds}\t{hundredths}\t{fen}\n"));
        month.digest = digest.finalize().into();
        if month.confirmed_by.is_some() { Err(format!("changes {stands}, which was confirmed")) } else { Ok(()) }
    }

    fn prepare(
        &mut self,
        of: Month,
        by: &Actor,
        at: BusinessTime,
        said: &(Points, Fen, u32, String),
    ) -> Result<(), String> {
        let month = self.month(of);
        month.prepared_by.insert(by.clone());
        month.prepared = Some(month.digest);
        let comes_to = (month.points, month.amount, month.lines, hexadecimal(month.digest));
        if comes_to != *said {
            return Err(format!("says {said:?} of {of}, whose lines come to {comes_to:?}"));
        }
        if month.confirmed_by.is_some() {
            return Err(format!("prepares {of} after it was confirmed"));
        }
        if at.month() <= of { Err(format!("prepares {of} before it was over")) } else { Ok(()) }
    }

    fn acknowledge(&mut self, of: Month, digest: &str) -> Result<(), String> {
        let month = self.month(of);
        if month.prepared != Some(month.digest) || hexadecimal(month.digest) != digest {
            return Err(format!("finds {of} right as nobody prepared it"));
        }
        if month.confirmed_by.is_some() || !month.open.is_empty() {
            return Err(format!("finds {of} right, which was confirmed or waits for an answer"));
        }
        Ok(())
    }

    fn confirm(&mut self, persons: &Persons, of: Month, by: &Actor, digest: &str) -> Result<(), String> {
        let month = self.month(of);
        if month.confirmed_by.replace(by.clone()).is_some() {
            return Err(format!("confirms {of} a second time"));
        }
        if month.prepared != Some(month.digest) || hexadecimal(month.digest) != digest {
            return Err(format!("confirms {of} as nobody prepared it"));
        }
        if let Some((dispute, _)) = month.open.first_key_value() {
            return Err(format!("confirms {of} while {dispute} waits for an answer"));
        }
        match month.prepared_by.iter().find(|actor| persons.same(actor, by)) {
            Some(actor) => Err(format!("is confirmed by {by}, who is {actor} and prepared it")),
            None => Ok(()),
        }
    }

    fn month(&mut self, month: Month) -> &mut Stated {
        self.0.entry(month).or_default()
    }
}

impl Stated {
    /// What has a statement is paid by a third person, once it was confirmed.
    fn paid_by(&self, persons: &Persons, of: Month, by: Option<&Actor>) -> Result<(), String> {
        let (Some(confirmed_by), Some(by)) = (&self.confirmed_by, by) else {
            return Err(format!("pays {of}, whose statement was not confirmed, or does not say who paid"));
        };
        match self.prepared_by.iter().chain([confirmed_by]).find(|actor| persons.same(actor, by)) {
            Some(actor) => Err(format!("is paid by {by}, who is {actor} and prepared or confirmed {of}")),
            None => Ok(()),
        }
    }
}

fn hexadecimal(digest: [u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::ways::Persons;
    use super::Statements;
    use crate::domain::event::V1;
    use crate::domain::fund::event::{
        FundCommitted, FundEvent, FundPaid, FundStatementConfirmed, FundStatementPrepared,
    };
    use crate::domain::ids::{Actor, FundId, MerchantId};
    use crate::domain::merchant::event::{MerchantEvent, MoneyClaimed, StatementAcknowledged, StatementPrepared};
    use crate::domain::money::Fen;
    use crate::domain::points::Points;
    use crate::domain::statement::{LinesDigest, Sums};
    use crate::domain::time::{BusinessTime, Month};

    fn at(text: &str) -> BusinessTime {
        BusinessTime::parse(text).expect("a time")
    }

    fn month() -> Month {
        Month::parse("2024-03").expect("a month")
    }

    fn by(name: &str) -> Actor {
        Actor::new(name).expect("an actor")
    }

    fn fund() -> FundId {
        FundId::new("ZJ1").expect("a fund")
    }

    fn committed(fen: i64, month: Option<Month>) -> FundEvent {
        let (amount, at, source) = (Fen::new(fen), at("2024-03-05"), "QD1".parse().expect("a key"));
        FundEvent::FundCommitted(FundCommitted { amount, at, fund: fund(), month, source, v: V1 })
    }

    /// What the write path digests, of one line.
    fn sums(fen: i64) -> Sums {
        let mut sums = Sums::default();
        let (_, line) = committed(fen, None).line().expect("a line");
        sums.add(&line);
        sums
    }

    fn prepared(who: &str, amount: Fen, digest: LinesDigest) -> FundEvent {
        let (at, by, lines) = (at("2024-04-01"), by(who), 1);
        FundEvent::FundStatementPrepared(FundStatementPrepared {
            amount,
            at,
            by,
            digest,
            fund: fund(),
            lines,
            month: month(),
            v: V1,
        })
    }

    fn confirmed(who: &str, digest: LinesDigest) -> FundEvent {
        let (at, by) = (at("2024-04-02"), by(who));
        FundEvent::FundStatementConfirmed(FundStatementConfirmed {
            at,
            by,
            digest,
            fund: fund(),
            month: month(),
            v: V1,
        })
    }

    fn paid(who: &str, fen: i64) -> FundEvent {
        let (amount, at, by, reference) = (Fen::new(fen), at("2024-04-03"), by(who), "P-1".into());
        FundEvent::FundPaid(FundPaid { amount, at, by, fund: fund(), month: month(), reference, v: V1 })
    }

    #[test]
    fn a_merchant_finds_right_what_was_prepared_and_nothing_else() {
        let (of, source) = (MerchantId::new("M1").expect("a merchant"), "XP1".parse().expect("a key"));
        let (amount, at_noon) = (Fen::new(188), at("2024-03-05"));
        let claimed = MoneyClaimed { amount, at: at_noon, merchant: of.clone(), month: None, source, v: V1 };
        let claimed = MerchantEvent::MoneyClaimed(claimed);
        let mut sums = Sums::default();
        let (_, line) = claimed.line().expect("a line");
        sums.add(&line);
        let prepared = MerchantEvent::StatementPrepared(StatementPrepared {
            amount,
            at: at("2024-04-01"),
            by: by("a"),
            digest: sums.digest,
            lines: 1,
            merchant: of.clone(),
            month: month(),
            points: Points::ZERO,
            v: V1,
        });
        let right = |digest| {
            let (at, by, merchant) = (at("2024-04-02"), by("shop"), of.clone());
            MerchantEvent::StatementAcknowledged(StatementAcknowledged {
                at,
                by,
                digest,
                merchant,
                month: month(),
                v: V1,
            })
        };
        let said = |events: &[&MerchantEvent]| {
            let (mut statements, persons) = (Statements::default(), Persons::default());
            events.iter().map(|event| statements.of_merchant(&persons, event)).last().expect("events")
        };
        assert_eq!(said(&[&claimed, &prepared, &right(sums.digest)]), Ok(()));
        assert!(said(&[&claimed, &right(sums.digest)]).is_err(), "nobody prepared it");
        assert!(said(&[&claimed, &prepared, &right(LinesDigest::default())]).is_err(), "other lines");
        assert!(said(&[&claimed, &prepared, &claimed, &right(sums.digest)]).is_err(), "a line came in since");
    }

    /// Books all but the last, which must be sound, and says what is found of the last.
    fn last_of(events: &[FundEvent]) -> Result<(), String> {
        let (mut statements, persons) = (Statements::default(), Persons::default());
        let (last, before) = events.split_last().expect("events");
        before.iter().for_each(|event| statements.of_fund(&persons, event).expect("sound"));
        statements.of_fund(&persons, last)
    }

    #[test]
    fn a_month_that_three_settle_is_sound_and_whatever_is_altered_is_found() {
        let Sums { amount, digest, .. } = sums(600);
        let other = sums(601).digest;
        let line = || committed(600, None);
        let story = [line(), prepared("a", amount, digest), confirmed("b", digest), paid("c", 600)];
        for length in 1..=story.len() {
            assert_eq!(last_of(&story[..length]), Ok(()), "{length}");
        }
        let [first, preparing, confirming, paying] = story;
        let wrong: [&[FundEvent]; 9] = [
            &[line(), prepared("a", amount, other)],
            &[line(), prepared("a", Fen::new(601), digest)],
            &[line(), preparing.clone(), confirmed("a", digest)],
            &[line(), preparing.clone(), confirmed("b", other)],
            &[line(), preparing.clone(), line(), confirmed("b", digest)],
            &[line(), preparing.clone(), paying.clone()],
            &[line(), preparing.clone(), confirming.clone(), paid("a", 600)],
            &[line(), preparing.clone(), confirming.clone(), paid("c", 599)],
            &[first, preparing, confirming, line()],
        ];
        for events in wrong {
            assert!(last_of(events).is_err(), "{events:?}");
        }
    }
}
