//! One redemption as the journal has it, and a store's day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{RedemptionId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::proof::ProvenBy;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{LotPart, RedeemedLine, WorkerEvent};
use ledger_core::journal::{Entry, RecordedTime};

use super::{At, PAGE};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::redemption::{Redemption, RedemptionView};

/// Seconds that an entry may follow what it records before it is late (contract, `POST /v1/redemptions`).
const LATE_SECONDS: i64 = 24 * 60 * 60;

/// Whether what was made at a time was recorded more than a day after it.
pub(crate) fn is_entered_late(at: BusinessTime, recorded: BusinessTime) -> bool {
    at.plus_seconds(LATE_SECONDS).is_some_and(|limit| limit < recorded)
}

/// A redemption.
#[derive(Debug, Clone, PartialEq)]
pub struct RedemptionRecord {
    /// Whose points.
    pub worker: WorkerId,
    /// The store's id (网点编号).
    pub store: String,
    /// Points, exact hundredths.
    pub points: Points,
    /// On what.
    pub lines: Vec<RedeemedLine>,
    /// From which lots.
    pub lots: Vec<LotPart>,
    /// The hold that was captured, where one was.
    pub hold: Option<String>,
    /// By what the worker was proven to be the one who spends, where the district asked for it.
    pub proven_by: Option<ProvenBy>,
    /// When it was made, by business time.
    pub at: BusinessTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// Who recorded it.
    pub actor: String,
    /// The position that made it.
    pub position: u64,
    /// Who gave it back, where somebody did.
    pub reversed: Option<ReversalRecord>,
}

/// How a redemption was given back.
#[derive(Debug, Clone, PartialEq)]
pub struct ReversalRecord {
    /// When, by business time.
    pub at: BusinessTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The account that acts.
    pub actor: String,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// The position that gave it back.
    pub position: u64,
}

impl RedemptionRecord {
    /// Whether it was entered more than a day after it was made.
    pub fn is_late(&self) -> bool {
        is_entered_late(self.at, self.recorded_at.to_business())
    }

    fn of(name: &RedemptionId, entry: &Entry, event: &Event) -> Option<RedemptionRecord> {
        let event = event.as_worker()?;
        let made = event.as_redemption().filter(|made| made.redemption == name)?;
        Some(RedemptionRecord {
            worker: event.worker().clone(),
            store: made.basket.store.to_string(),
            points: made.points,
            lines: made.basket.lines.to_vec(),
            lots: made.lots.to_vec(),
            hold: made.hold.map(ToString::to_string),
            proven_by: made.proven_by,
            at: made.at,
            recorded_at: entry.command.recorded_at,
            actor: entry.command.actor.to_string(),
            position: entry.position,
            reversed: None,
        })
    }
}

/// A redemption on a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its name.
    pub redemption: String,
    /// When it was made, as written.
    pub at: String,
    /// The rest.
    pub row: Redemption,
}

/// What a store gave out on a day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StoreDay {
    /// A page of the day's redemptions, in the order of their times.
    pub redemptions: Vec<Listed>,
    /// What to ask on after; none at the end.
    pub next: Option<String>,
    /// How many of the day's redemptions stand.
    pub standing: u64,
    /// Sum of theirs, in exact hundredths.
    pub points: Points,
    /// How many were given back.
    pub reversed: u64,
    /// Units and points by item, of those that stand.
    pub items: BTreeMap<String, (u64, Points)>,
}

impl Views {
    /// A redemption by its name, as it stood at a position; none where there was no such one.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn redemption(&self, name: &RedemptionId, until: u64) -> Result<Option<RedemptionRecord>, ViewError> {
        let mut record = None;
        for entry in self.entries_of(&name.into()).await?.into_iter().filter(|entry| entry.position <= until) {
            let made = RedemptionRecord::of(name, &entry, &entry.event()?);
            record = record.or(made);
        }
        let Some(mut record) = record else { return Ok(None) };
        record.reversed = self.reversal(name, &record, until).await?;
        Ok(Some(record))
    }

    /// The reversal of a redemption, looked for in its worker's own stream from where it was made.
    async fn reversal(
        &self,
        name: &RedemptionId,
        made: &RedemptionRecord,
        until: u64,
    ) -> Result<Option<ReversalRecord>, ViewError> {
        let (stream, mut after) = (StreamId::Worker(made.worker.clone()), made.position);
        loop {
            let entries = self.journal().read_stream(&stream, after, PAGE).await?;
            for entry in entries.iter().take_while(|entry| entry.position <= until) {
                let event = entry.event()?;
                let reversal = event.as_worker().and_then(WorkerEvent::as_return);
                if let Some(event) = reversal.filter(|event| event.redemption == *name) {
                    return Ok(Some(ReversalRecord {
                        at: event.at,
                        recorded_at: entry.command.recorded_at,
                        actor: entry.command.actor.to_string(),
                        reason: event.reason.clone(),
                        position: entry.position,
                    }));
                }
            }
            match entries.last() {
                Some(last) if entries.len() == PAGE && last.position < until => after = last.position,
                _ => return Ok(None),
            }
        }
    }

    /// A store's redemptions of a business day after a place in it, and the totals of the whole day. Reads that day's rows
    /// and nothing else.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn store_day(
        &self,
        store: &str,
        day: NaiveDate,
        after: &str,
        limit: usize,
    ) -> Result<At<StoreDay>, ViewError> {
        let prefix = format!("{store}/");
        let mut found = StoreDay::default();
        let mut last = None;
        let At { position, value: rows } = self.rows_under::<RedemptionView>(&format!("{prefix}{day}T")).await?;
        for (key, row) in rows {
            let place = key.strip_prefix(&prefix).unwrap_or(&key).to_owned();
            if row.reversed.is_some() {
                found.reversed += 1;
            } else {
                found.standing += 1;
                found.points += row.points;
                for (sku, units, points) in &row.items {
                    let item = found.items.entry(sku.clone()).or_default();
                    item.0 += u64::from(*units);
                    item.1 += *points;
                }
            }
            if place.as_str() <= after {
                continue;
            }
            if found.redemptions.len() == limit {
                found.next.clone_from(&last);
                continue;
            }
            // A name may hold slashes, a time holds none.
            let (at, name) = place.split_once('/').unwrap_or((place.as_str(), ""));
            found.redemptions.push(Listed { redemption: name.to_owned(), at: at.to_owned(), row });
            last = Some(place);
        }
        Ok(At { position, value: found })
    }
}
