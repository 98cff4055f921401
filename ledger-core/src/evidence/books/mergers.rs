//! Two ids of one person: what the one handed over is what the other takes over, lot by lot, and nothing comes in between.
//! Whose id was given up gets no more than corrections of what was before.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::caps::Caps;
use super::limits::Limits;
use super::reading::MergingEntry;
use super::ways::Persons;
use super::worker::WorkerBook;
use crate::domain::ids::WorkerId;
use crate::domain::points::Points;
use crate::domain::time::BusinessTime;
use crate::domain::worker::event::{LotPart, WorkerAbsorbed, WorkerMerged};

/// A lot as both sides tell it: its number under the id that was given up, its first and its last day, what is in it.
type Told = (u32, NaiveDate, NaiveDate, Points);

/// What was handed over and not taken over yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Handed {
    absorbed: WorkerId,
    into: WorkerId,
    at: BusinessTime,
    debt: Points,
    points: Points,
    lots: Vec<Told>,
    credited: BTreeMap<(NaiveDate, u32), Points>,
    had: BTreeMap<(u32, i32), i64>,
}

/// The merges of a journal.
#[derive(Debug, Default)]
pub(super) struct Mergers(Option<Handed>);

impl Mergers {
    /// Nothing comes between the two sides of a merge.
    ///
    /// # Errors
    /// What came.
    pub(super) fn admit(&self, taking: Option<&WorkerAbsorbed>) -> Result<(), String> {
        match (&self.0, taking) {
            (None, None) | (Some(_), Some(_)) => Ok(()),
            (None, Some(event)) => Err(format!("takes over from {} what nobody handed over", event.absorbed)),
            (Some(_), None) => self.settled(),
        }
    }

    /// Follows an event of a worker whose book has it already.
    ///
    /// # Errors
    /// What of it cannot be.
    pub(super) fn follow(
        &mut self,
        persons: &Persons,
        caps: &mut Caps,
        limits: &mut Limits,
        book: &mut WorkerBook,
        of: &WorkerId,
        entry: MergingEntry<'_>,
    ) -> Result<(), String> {
        match entry {
            MergingEntry::HandedOver(event) => self.hand_over(persons, book, event),
            MergingEntry::TakenOver(event) => self.take_over(caps, limits, event),
            MergingEntry::Corrects => Ok(()),
            MergingEntry::GoesOn => match persons.kept(of) {
                kept if kept == of => Ok(()),
                kept => Err(format!("is of {of}, which was merged into {kept}")),
            },
        }
    }

    /// Nothing is left that was handed over and that nobody took.
    ///
    /// # Errors
    /// Whose account it is.
    pub(super) fn settled(&self) -> Result<(), String> {
        match &self.0 {
            Some(handed) => Err(format!("comes before {} took over what {} handed over", handed.into, handed.absorbed)),
            None => Ok(()),
        }
    }

    fn hand_over(&mut self, persons: &Persons, book: &mut WorkerBook, event: &WorkerMerged) -> Result<(), String> {
        let (absorbed, into) = (event.worker.clone(), event.into.clone());
        if persons.kept(&absorbed) != &into || persons.kept(&into) != &into {
            return Err(format!("{absorbed} is merged into {into}, though one of them was merged before"));
        }
        let told = |part: &LotPart| {
            let days = book.days_of(part.0).ok_or_else(|| format!("lot {} does not exist", part.0))?;
            Ok((part.0, days.0, days.1, part.1))
        };
        let lots = event.lots.iter().map(told).collect::<Result<_, String>>()?;
        let (at, debt, points) = (event.at, event.debt, event.points);
        let (credited, had) = (book.used.hand_over(), book.units.hand_over());
        self.0 = Some(Handed { absorbed, into, at, debt, points, lots, credited, had });
        Ok(())
    }

    fn take_over(&mut self, caps: &mut Caps, limits: &mut Limits, event: &WorkerAbsorbed) -> Result<(), String> {
        let lots = event.lots.iter().map(|lot| {
            let last_day = lot.last_day.unwrap_or(NaiveDate::MAX);
            (lot.from, lot.on, last_day, lot.points)
        });
        let taken = Handed {
            absorbed: event.absorbed.clone(),
            into: event.worker.clone(),
            at: event.at,
            debt: event.debt,
            points: event.points,
            lots: lots.collect(),
            credited: caps.told(&event.credited),
            had: limits.told(&event.had),
        };
        match self.0.take() {
            Some(handed) if handed == taken => Ok(()),
            Some(_) | None => Err(format!("takes over from {} other than was handed over", event.absorbed)),
        }
    }
}
