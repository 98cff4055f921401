//! The mutual-aid points cards of a branch for a year: one reference in the yearly appraisal, with its evidence.
//!
//! No ranking and no grade: cards stand in the order of their numbers. The same year, branch and position give the same
//! answer, however much was recorded since.

use std::collections::BTreeMap;

use chrono::Datelike;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::event::ProgrammeEvent;

use super::PAGE;
use crate::card_line::{CardLine, CardLines};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::card::CardBranchView;

/// One card's year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardYear {
    /// The card.
    pub card_no: String,
    /// Its holder.
    pub worker: String,
    /// The branch at that position.
    pub branch: String,
    /// Points by category.
    pub categories: BTreeMap<String, Points>,
    /// Their sum.
    pub total: Points,
    /// How many services they come from.
    pub services: u64,
    /// The services, by service date.
    pub lines: Vec<CardLine>,
    /// Of those, the credits under an open objection.
    pub disputed: Vec<String>,
}

/// The cards of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appraisal {
    /// The calendar year of the service dates.
    pub year: i32,
    /// The branch asked for; all branches without.
    pub branch: Option<String>,
    /// The position it was taken at.
    pub position: u64,
    /// The cards, by number.
    pub cards: Vec<CardYear>,
}

/// What the district's programme said at a position: what a sheet names besides the cards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgrammeAt {
    /// The district's name, once given.
    pub district: Option<String>,
    /// The activities' names, by version of the schedule and code.
    pub activities: BTreeMap<(u32, String), String>,
}

impl ProgrammeAt {
    fn fold(&mut self, event: ProgrammeEvent) {
        match event {
            ProgrammeEvent::ProgrammeConfigured(event) => {
                self.district = Some(event.name).filter(|name| !name.is_empty());
            }
            ProgrammeEvent::ScheduleAdopted(event) => {
                let version = event.version;
                let names = event.activities.into_iter().map(|line| ((version, line.code.to_string()), line.name));
                self.activities.extend(names);
            }
            ProgrammeEvent::JournalOpened(_) => {}
        }
    }
}

impl Views {
    /// The programme as of a position, folded from its own stream: what a district is called later changes no sheet that
    /// is asked for again.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn programme_at(&self, position: u64) -> Result<ProgrammeAt, ViewError> {
        let (mut programme, mut after) = (ProgrammeAt::default(), 0);
        loop {
            let entries = self.journal().read_stream(&StreamId::Programme, after, PAGE).await?;
            for entry in entries.iter().take_while(|entry| entry.position <= position) {
                if let Event::Programme(event) = entry.event()? {
                    programme.fold(event);
                }
            }
            match entries.last() {
                Some(last) if entries.len() == PAGE && last.position < position => after = last.position,
                _ => return Ok(programme),
            }
        }
    }

    /// The cards of a branch (or of all) for a year, as of a position (or as of now).
    ///
    /// # Errors
    /// [`ViewError`], also [`ViewError::Behind`] for a position the views have not reached.
    pub async fn appraisal(&self, year: i32, branch: Option<&str>, at: Option<u64>) -> Result<Appraisal, ViewError> {
        if let Some(position) = at {
            self.wait_for(position).await?;
        }
        // Rows keep what held at every earlier position as well.
        let holders = self.rows_under::<CardBranchView>("").await?;
        let position = at.unwrap_or(holders.position);
        let mut cards = Vec::new();
        for (worker, holder) in holders.value {
            let Some(stay) = holder.stays.into_iter().find(|stay| stay.holds_at(position)) else { continue };
            if branch.is_some_and(|branch| branch != stay.branch) {
                continue;
            }
            let mut lines = CardLines::default();
            self.each_event_of(&worker, position, &mut |at, event| lines.fold(at, event)).await?;
            let lines = lines.into_lines().filter(|line| line.on.year() == year && line.counts_at(position));
            cards.push(card_year(stay.card_no, worker, stay.branch, lines.collect(), position));
        }
        cards.sort_by(|one, other| one.card_no.cmp(&other.card_no));
        Ok(Appraisal { year, branch: branch.map(str::to_owned), position, cards })
    }
}

fn card_year(card_no: String, worker: String, branch: String, mut lines: Vec<CardLine>, position: u64) -> CardYear {
    lines.sort_by_key(|line| (line.on, line.recorded));
    let mut categories: BTreeMap<String, Points> = BTreeMap::new();
    for line in &lines {
        *categories.entry(line.category.clone()).or_default() += line.points;
    }
    CardYear {
        card_no,
        worker,
        branch,
        total: categories.values().copied().sum(),
        categories,
        services: u64::try_from(lines.len()).unwrap_or(u64::MAX),
        disputed: lines.iter().filter(|line| line.objected_at(position)).map(|line| line.credit.clone()).collect(),
        lines,
    }
}
