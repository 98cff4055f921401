//! The mutual-aid points cards of a branch for a year: one reference in the yearly appraisal, with its evidence.
//!
//! No ranking and no grade: cards stand in the order of their numbers. The same year, branch and position give the same
//! answer, however much was recorded since.
//!
//! A branch sees every card that was its own on any day of the year, with the part that falls on those days and the whole.
//! A year that the branch sealed (封存) stays what it was at the sealed position; what changed later is told beside it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::event::{AppraisalSealed, ProgrammeEvent};
use ledger_core::domain::worker::event::WorkerEvent;

use super::card_words::{is_told_plain, without_numbers};
use crate::card_line::{CardLine, CardLines};
use crate::card_stays::Year;
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::card::{CardBranchView, CardStays, Stay};

/// One card's year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardYear {
    /// 积分卡号.
    pub card_no: String,
    /// Its holder.
    pub worker: String,
    /// The branch in which it was last in that year.
    pub branch: String,
    /// Whether the holder was on probation (中共预备党员) when the year ended: takes part in the appraisal, gets no grade.
    pub probationary: bool,
    /// Points by category, the whole year's.
    pub categories: BTreeMap<String, Points>,
    /// Their sum.
    pub total: Points,
    /// How many services they come from.
    pub services: u64,
    /// Of all that, what falls on days on which the card was the asked branch's own; all of it where none was asked.
    pub own: Part,
    /// The services, by service date, each with the branch of its day.
    pub lines: Vec<(CardLine, String)>,
    /// Of those, the credits under an open objection.
    pub disputed: Vec<String>,
}

/// What some services of a card come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Points by category.
    pub categories: BTreeMap<String, Points>,
    /// Their sum.
    pub total: Points,
    /// How many services.
    pub services: u64,
}

/// That a branch closed a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The business day on which it did.
    pub on: NaiveDate,
    /// The position of the event that says so.
    pub entry: u64,
    /// The position whose state was sealed.
    pub position: u64,
    /// SHA-256 of the appraisal's JSON at that position, hexadecimal.
    pub digest: String,
    /// What counts or no longer counts since, in the order of the journal.
    pub addendum: Vec<Addition>,
}

/// A correction after the seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The card, as it is now.
    pub card_no: String,
    /// Its holder.
    pub worker: String,
    /// The service.
    pub line: CardLine,
    /// Whether it counts since; else it no longer does.
    pub counts: bool,
    /// The position since when.
    pub position: u64,
}

/// The cards of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appraisal {
    /// The calendar year of the service dates.
    pub year: i32,
    /// The branch asked for; all branches without.
    pub branch: Option<String>,
    /// The position it was taken at. Of a sealed year the cards are those of the sealed position.
    pub position: u64,
    /// The cards, by number.
    pub cards: Vec<CardYear>,
    /// Where the branch sealed the year before that position.
    pub seal: Option<Seal>,
}

impl Appraisal {
    /// The position whose cards they are: of a sealed year, the sealed one.
    pub fn cards_at(&self) -> u64 {
        self.seal.as_ref().map_or(self.position, |seal| seal.position)
    }
}

/// What the district's programme said at a position: what a sheet names besides the cards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgrammeAt {
    /// The district's name, once given.
    pub district: Option<String>,
    /// The activities' names, by version of the schedule and code.
    pub activities: BTreeMap<(u32, String), String>,
    /// The years that branches closed, each with the position of the event that says so.
    pub seals: Vec<(u64, AppraisalSealed)>,
}

impl ProgrammeAt {
    fn fold(&mut self, position: u64, event: ProgrammeEvent) {
        match event {
            ProgrammeEvent::ProgrammeConfigured(event) => {
                self.district = Some(event.name).filter(|name| !name.is_empty());
            }
            ProgrammeEvent::ScheduleAdopted(event) => {
                let version = event.version;
                let names = event.activities.into_iter().map(|line| ((version, line.code.to_string()), line.name));
                self.activities.extend(names);
            }
            ProgrammeEvent::AppraisalSealed(event) => self.seals.push((position, event)),
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
        let mut programme = ProgrammeAt::default();
        self.each_entry_of(&StreamId::Programme, 0, position, &mut |entry, event| {
            if let Event::Programme(event) = event {
                programme.fold(entry.position, event);
            }
        })
        .await?;
        Ok(programme)
    }

    /// The cards of a branch (or of all) for a year, as of a position (or as of now). Of a year that the branch sealed before
    /// that position, the cards as they were sealed, and what changed since.
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
        // Also one that comes later: what it sealed is told at its position as it was sealed.
        let seal = match branch {
            Some(branch) => {
                let mut seals = self.programme_at(u64::MAX).await?.seals.into_iter();
                seals.rfind(|(_, seal)| seal.year == year && seal.branch.as_str() == branch)
            }
            None => None,
        };
        let is_plain = seal.as_ref().is_some_and(|(entry, seal)| is_told_plain(*entry, seal, position));
        let mut now = self.cards_of(&holders.value, year, branch, position).await?;
        let Some((entry, sealed)) = seal.filter(|(entry, _)| *entry <= position) else {
            self.finish(&mut now, is_plain).await?;
            return Ok(Appraisal { year, branch: branch.map(str::to_owned), position, cards: now, seal: None });
        };
        let mut cards = self.cards_of(&holders.value, year, branch, sealed.position).await?;
        let addendum = self.additions(year, &cards, &now, position).await?;
        self.finish(&mut cards, is_plain).await?;
        let AppraisalSealed { at, digest, position: taken, .. } = sealed;
        let seal = Some(Seal { on: at.date(), entry, position: taken, digest, addendum });
        Ok(Appraisal { year, branch: branch.map(str::to_owned), position, cards, seal })
    }

    /// Puts beside lines what was said of what they came of, or tells neither that nor their numbers.
    async fn finish(&self, cards: &mut [CardYear], is_plain: bool) -> Result<(), ViewError> {
        if is_plain {
            without_numbers(cards);
            return Ok(());
        }
        self.put_words(cards).await
    }

    /// What counts now and did not when the year was sealed, and what no longer does.
    async fn additions(
        &self,
        year: i32,
        sealed: &[CardYear],
        now: &[CardYear],
        position: u64,
    ) -> Result<Vec<Addition>, ViewError> {
        let (before, after) = (credits(sealed), credits(now));
        let mut additions = Vec::new();
        for card in now {
            let new = card.lines.iter().map(|(line, _)| line).filter(|line| !before.contains(&line.credit));
            additions.extend(new.map(|line| card.changed(line.clone(), true)));
        }
        for card in sealed {
            let gone: BTreeSet<&str> = card
                .lines
                .iter()
                .map(|(line, _)| line.credit.as_str())
                .filter(|credit| !after.contains(*credit))
                .collect();
            if gone.is_empty() {
                continue;
            }
            // The sealed lines do not know yet what became of them.
            let lines = self.lines_of(&card.worker, year, position).await?;
            let lines = lines.into_iter().filter(|line| gone.contains(line.credit.as_str()));
            additions.extend(lines.map(|line| card.changed(line, false)));
        }
        additions.sort_by_key(|addition| addition.position);
        Ok(additions)
    }

    async fn cards_of(
        &self,
        holders: &[(String, CardStays)],
        year: i32,
        branch: Option<&str>,
        position: u64,
    ) -> Result<Vec<CardYear>, ViewError> {
        let mut cards = Vec::new();
        for (worker, holder) in holders {
            let Some(stays) = Year::of(&holder.stays, year, position) else { continue };
            if branch.is_some_and(|branch| !stays.touches(branch)) {
                continue;
            }
            let lines = self.lines_of(worker, year, position).await?.into_iter();
            let lines = lines.filter(|line| line.on.year() == year && line.counts_at(position));
            let probationary = holder.on_probation(year, position);
            cards.push(CardYear {
                probationary,
                ..card_year(&stays, worker.clone(), branch, lines.collect(), position)
            });
        }
        cards.sort_by(|one, other| one.card_no.cmp(&other.card_no));
        Ok(cards)
    }

    /// The evidence lines of a holder for a year, as far as recorded at a position; with those of other ids of the person
    /// that never held a card, from the year on in which each was given up: earlier years were appraised without them.
    async fn lines_of(&self, worker: &str, year: i32, position: u64) -> Result<Vec<CardLine>, ViewError> {
        let mut lines = CardLines::default();
        let mut absorbed: BTreeMap<String, u64> = BTreeMap::new();
        self.each_event_of(worker, position, &mut |at, event| {
            lines.fold(at, event);
            let taken = event.as_worker().and_then(WorkerEvent::as_taken_over);
            if let Some(taken) = taken.filter(|taken| taken.at.date().year() <= year) {
                absorbed.entry(taken.absorbed.to_string()).or_insert(at);
            }
        })
        .await?;
        let mut lines: Vec<CardLine> = lines.into_lines().collect();
        for (other, since) in absorbed {
            let (mut others, mut held_a_card) = (CardLines::default(), false);
            self.each_event_of(&other, position, &mut |at, event| {
                held_a_card |= event.as_worker().is_some_and(|event| event.as_card_step().is_some());
                others.fold(at, event);
            })
            .await?;
            let others = others.into_lines().filter(|_| !held_a_card);
            lines.extend(others.map(|line| line.counting_since(since)));
        }
        Ok(lines)
    }
}

fn card_year(stays: &Year, worker: String, branch: Option<&str>, mut lines: Vec<CardLine>, position: u64) -> CardYear {
    lines.sort_by_key(|line| (line.on, line.recorded));
    let Stay { card_no, branch: last, .. } = stays.last();
    let lines: Vec<(CardLine, String)> = lines
        .into_iter()
        .map(|line| {
            let of_day = stays.branch_on(line.on).unwrap_or_default().to_owned();
            (line, of_day)
        })
        .collect();
    let whole = Part::of(lines.iter().map(|(line, _)| line));
    let own = match branch {
        Some(branch) => Part::of(lines.iter().filter(|(_, of_day)| of_day == branch).map(|(line, _)| line)),
        None => whole.clone(),
    };
    let disputed = lines.iter().map(|(line, _)| line).filter(|line| line.objected_at(position));
    CardYear {
        card_no: card_no.clone(),
        worker,
        branch: last.clone(),
        probationary: false,
        total: whole.total,
        categories: whole.categories,
        services: whole.services,
        own,
        disputed: disputed.map(|line| line.credit.clone()).collect(),
        lines,
    }
}

impl Part {
    fn of<'a>(lines: impl Iterator<Item = &'a CardLine>) -> Part {
        let mut part = Part::default();
        for line in lines {
            *part.categories.entry(line.category.clone()).or_default() += line.points;
            part.total += line.points;
            part.services += 1;
        }
        part
    }
}

fn credits(cards: &[CardYear]) -> BTreeSet<String> {
    cards.iter().flat_map(|card| &card.lines).map(|(line, _)| line.credit.clone()).collect()
}

impl CardYear {
    fn changed(&self, line: CardLine, counts: bool) -> Addition {
        Addition {
            card_no: self.card_no.clone(),
            worker: self.worker.clone(),
            counts,
            position: if counts { line.confirmed } else { line.reversed }.unwrap_or_default(),
            line,
        }
    }
}
