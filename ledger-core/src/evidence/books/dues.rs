//! What the events of one command owe each other: work and visits that somebody found good their credit, a use at a counter
//! the merchant's claim, what was granted or honoured the money that was set aside for it, and a grant its points.
//!
//! Each is told by the one event and taken by the other, for the very same and once. What is left when the next command
//! begins never came.

use chrono::NaiveDate;

use super::ways::Persons;
use crate::domain::fund::event::{FundCommitted, FundReleased};
use crate::domain::ids::{ActivityCode, ApplicationId, FundId, Key, MerchantId, WorkerId};
use crate::domain::merchant::event::{MoneyClaimed, MoneyTakenBack};
use crate::domain::money::Fen;
use crate::domain::points::Points;
use crate::domain::quantity::Quantity;
use crate::domain::time::BusinessTime;
use crate::domain::worker::event::ServiceRecorded;

/// What work or a visit earns: its credit comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Award {
    pub(super) activity: ActivityCode,
    /// The row's number, which is the credit's name.
    pub(super) credit: Key,
    /// The day of the word on it.
    pub(super) on: NaiveDate,
    pub(super) quantity: Quantity,
    /// The request or the pair.
    pub(super) source: String,
    /// Who earns.
    pub(super) worker: WorkerId,
}

/// What a merchant is owed for a use at its counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owed {
    pub(super) amount: Fen,
    /// When it was used: the month that bears it.
    pub(super) at: BusinessTime,
    pub(super) merchant: MerchantId,
    /// The row or slip.
    pub(super) source: Key,
}

/// What a merchant is not owed any more, because a use at its counter was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotOwed {
    /// What had been owed.
    pub(super) owed: Owed,
    /// When the use was taken back.
    pub(super) taken_back: BusinessTime,
}

/// What a row or a slip takes of a fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) amount: Fen,
    pub(super) fund: FundId,
}

/// What did not come yet.
#[derive(Debug, Default)]
pub(super) struct Dues {
    awards: Vec<Award>,
    owed: Vec<Owed>,
    not_owed: Vec<NotOwed>,
    set_aside: Vec<(Key, Cost)>,
    freed: Vec<Key>,
    paid: Vec<Paid>,
}

/// Points spent on an application.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Paid {
    application: ApplicationId,
    points: Points,
    worker: WorkerId,
}

impl Dues {
    /// Nothing is left of the command before.
    ///
    /// # Errors
    /// What never came.
    pub(super) fn settled(&self) -> Result<(), String> {
        if let Some(Award { credit, source, worker, .. }) = self.awards.first() {
            return Err(format!("comes before {worker} was credited {credit} of {source}, which was found good"));
        }
        if let Some(Owed { amount, merchant, source, .. }) = self.owed.first() {
            return Err(format!("comes before {merchant} was owed {amount} yuan for {source}, which was used there"));
        }
        if let Some(NotOwed { owed: Owed { amount, merchant, source, .. }, .. }) = self.not_owed.first() {
            return Err(format!(
                "comes before {amount} yuan of {merchant} for {source} were taken back, as the use of it was"
            ));
        }
        if let Some((source, Cost { amount, fund })) = self.set_aside.first() {
            return Err(format!(
                "comes after {amount} yuan of {fund} were set aside for {source}, which nobody granted"
            ));
        }
        if let Some(source) = self.freed.first() {
            return Err(format!("comes after money of {source} was freed, which nobody withdrew or took back"));
        }
        match self.paid.first() {
            Some(Paid { application, points, .. }) => {
                Err(format!("comes after {points} points were paid for {application}, which nobody granted"))
            }
            None => Ok(()),
        }
    }

    /// Somebody found work or a visit good.
    pub(super) fn earns(&mut self, award: Award) {
        self.awards.push(award);
    }

    /// A credit that says where it comes from is for what was found good just now, to the letter.
    ///
    /// # Errors
    /// What of it is not.
    pub(super) fn credited(&mut self, persons: &Persons, record: &ServiceRecorded) -> Result<(), String> {
        let Some(source) = &record.source else { return Ok(()) };
        let credit = &record.credit;
        let found = |due: &Award| due.credit.as_str() == credit.as_str() && due.source == *source;
        let Some(place) = self.awards.iter().position(found) else {
            return Err(format!(
                "credit {credit} is for {source}, of which nothing of that name was found good just now"
            ));
        };
        let Award { activity, on, quantity, worker, .. } = self.awards.swap_remove(place);
        // Who gave the id up since earns under the one that is kept.
        let earner = persons.kept(&worker);
        if earner != &record.worker {
            return Err(format!("credit {credit} of {source} goes to {}, but {earner} earned it", record.worker));
        }
        if activity != record.activity {
            return Err(format!(
                "credit {credit} of {source} is for {}, which is scored as {activity}",
                record.activity
            ));
        }
        if on != record.on {
            return Err(format!("credit {credit} of {source} is of {}, but it was found good on {on}", record.on));
        }
        if quantity != record.quantity {
            return Err(format!("credit {credit} of {source} is for {} units of {quantity}", record.quantity));
        }
        Ok(())
    }

    /// Something was used at a counter.
    pub(super) fn owes(&mut self, owed: Owed) {
        self.owed.push(owed);
    }

    /// A merchant's claim to money is for what was used there just now, to the letter.
    ///
    /// # Errors
    /// What of it is not.
    pub(super) fn claimed(&mut self, event: &MoneyClaimed) -> Result<(), String> {
        let MoneyClaimed { amount, at, merchant, source, .. } = event;
        let found = |due: &Owed| due.source == *source && due.merchant == *merchant;
        let Some(place) = self.owed.iter().position(found) else {
            return Err(format!("claims {amount} yuan for {source}, which was not used at {merchant} just now"));
        };
        let due = self.owed.swap_remove(place);
        if due.amount != *amount {
            return Err(format!("claims {amount} yuan for {source}, which comes to {}", due.amount));
        }
        if due.at != *at {
            return Err(format!("claims money for {source} at {at}, which was used at {}", due.at));
        }
        Ok(())
    }

    /// A use at a counter was taken back.
    pub(super) fn owes_no_more(&mut self, not_owed: NotOwed) {
        self.not_owed.push(not_owed);
    }

    /// A claim to money is taken back because its use was just now, to the letter.
    ///
    /// # Errors
    /// What of it is not.
    pub(super) fn taken_back(&mut self, event: &MoneyTakenBack) -> Result<(), String> {
        let MoneyTakenBack { amount, at, claimed_in, merchant, month, source, .. } = event;
        let found = |due: &NotOwed| due.owed.source == *source && due.owed.merchant == *merchant;
        let Some(place) = self.not_owed.iter().position(found) else {
            return Err(format!("takes {amount} yuan of {merchant} back for {source}, whose use was not just now"));
        };
        let NotOwed { owed, taken_back } = self.not_owed.swap_remove(place);
        if owed.amount != *amount {
            return Err(format!("takes {amount} yuan back for {source}, for which {} were owed", owed.amount));
        }
        if taken_back != *at {
            return Err(format!("takes money back for {source} at {at}, whose use was taken back at {taken_back}"));
        }
        let (said, used_in) = (claimed_in.unwrap_or(*month), owed.at.month());
        if said != used_in {
            return Err(format!("takes money of {said} back for {source}, which was used in {used_in}"));
        }
        Ok(())
    }

    /// Money is set aside for a row or a slip.
    pub(super) fn sets_aside(&mut self, event: &FundCommitted) {
        let FundCommitted { amount, fund, source, .. } = event;
        self.set_aside.push((source.clone(), Cost { amount: *amount, fund: fund.clone() }));
    }

    /// What was set aside for a row or a slip is what it costs; nothing, where it costs no fund anything.
    ///
    /// # Errors
    /// What was set aside, and what it costs.
    pub(super) fn costs(&mut self, source: &Key, cost: Option<Cost>) -> Result<(), String> {
        let place = self.set_aside.iter().position(|(aside, _)| aside == source);
        let aside = place.map(|place| self.set_aside.swap_remove(place).1);
        if aside == cost {
            return Ok(());
        }
        let told =
            |cost: Option<Cost>| cost.map_or("nothing".to_owned(), |of| format!("{} yuan of {}", of.amount, of.fund));
        Err(format!("{source} costs {}, and {} is set aside for it", told(cost), told(aside)))
    }

    /// Money of a row is freed.
    pub(super) fn frees(&mut self, event: &FundReleased) {
        self.freed.push(event.source.clone());
    }

    /// Money of a row that is withdrawn, or of a slip that is taken back, was freed where some was set aside for it, and only there.
    ///
    /// # Errors
    /// Which of the two.
    pub(super) fn frees_of(&mut self, source: &Key, cost: bool) -> Result<(), String> {
        let place = self.freed.iter().position(|freed| freed == source);
        match (place.map(|place| self.freed.swap_remove(place)), cost) {
            (Some(_), true) | (None, false) => Ok(()),
            (Some(_), false) => Err(format!("money is freed for {source} that was not set aside for it")),
            (None, true) => Err(format!("{source} stands no more, and its money is not freed")),
        }
    }

    /// A worker pays points for an application.
    pub(super) fn pays(&mut self, worker: &WorkerId, application: &ApplicationId, points: Points) {
        self.paid.push(Paid { application: application.clone(), points, worker: worker.clone() });
    }

    /// What was paid for an application is the price, by whoever applied; nothing where it has none.
    ///
    /// # Errors
    /// The price, and what was paid.
    pub(super) fn priced(
        &mut self,
        persons: &Persons,
        (worker, application): (&WorkerId, &ApplicationId),
        price: Points,
    ) -> Result<(), String> {
        let place = self.paid.iter().position(|paid| paid.application == *application);
        let paid = place.map(|place| self.paid.swap_remove(place));
        if let Some(by) = paid.as_ref().map(|paid| &paid.worker)
            && persons.kept(by) != persons.kept(worker)
        {
            return Err(format!("{application} is {worker}'s, and {by} pays for it"));
        }
        let paid = paid.map_or(Points::ZERO, |paid| paid.points);
        if paid == price {
            Ok(())
        } else {
            Err(format!("{application} costs {price} points, and {paid} are paid for it"))
        }
    }
}
