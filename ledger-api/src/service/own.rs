//! What a worker asks about the own account.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::points::Points;
use projections::queries::account::BalanceOn;
use projections::statement::Line;
use projections::views::proposal::{Proposal, StepKind};
use projections::waiting::Stage;

use super::reading::may_read;
use super::{ServiceError, texts};
use crate::access::Identity;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::read_record::RecordedRead;

/// Lines of a statement that are read at once.
const PAGE: usize = 1_000;
/// Reads of the own record that are told of.
const READERS_MAX: usize = 20;
/// Most waiting credits that are looked for.
const WAITING_MAX: usize = 1_000;

/// A worker's account as its owner sees it.
#[derive(Debug, Clone)]
pub struct Account {
    /// What can be spent today, and what of it ends when.
    pub balance: BalanceOn,
    /// Everything that was ever credited.
    pub earned: Points,
    /// Services that count.
    pub services: u64,
    /// The mutual-aid points card and its branch.
    pub card: Option<(String, String)>,
    /// The card's points of this year by category.
    pub card_year: Vec<(String, Points)>,
    /// Credits that wait, with their names.
    pub waiting: Vec<(String, Proposal)>,
    /// The statement, oldest first.
    pub lines: Vec<Line>,
    /// What activities are called.
    pub activities: Vec<(String, String)>,
    /// The year of the card's points.
    pub year: i32,
    /// What items of the statement are called, by store and code.
    pub items: BTreeMap<(String, String), String>,
}

/// A worker's account.
///
/// # Errors
/// [`ServiceError`].
pub async fn account(app: &App, who: Who<'_>, worker: &str) -> Result<Option<Account>, ServiceError> {
    let reading = may_read(who, Read::Statement, Target::Worker(worker))?;
    may_read(who, Read::Balance, Target::Worker(worker))?;
    let position = reading.at_least(app, None).await?;
    let today = app.ledger.now().date();
    let Some(row) = app.views.worker(worker).await?.value else { return Ok(None) };
    reading.note_worker(app, worker);
    let balance = app.views.balance_of(worker, &row, today).await?;
    let waiting = app.views.proposals("", WAITING_MAX, |row| row.worker == worker).await?.rows;
    let (mut lines, mut after) = (Vec::new(), 0);
    loop {
        let (page, next) = app.views.statement(worker, after, position, PAGE).await?;
        let mut page = page;
        texts::tell(&app.vault, who, texts::of_lines(worker, &mut page)).await;
        lines.extend(page);
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    let card_year = match &row.card {
        Some((card_no, branch)) => {
            let appraisal = app.views.appraisal(today.year(), Some(branch), None).await?;
            let own = appraisal.cards.into_iter().find(|card| card.card_no == *card_no);
            own.map(|card| card.categories.into_iter().collect()).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let stores: BTreeSet<&String> = lines.iter().filter_map(|line| line.store.as_ref()).collect();
    let mut items = BTreeMap::new();
    for store in stores {
        for (sku, item) in app.views.stock(store, "", PAGE).await?.rows {
            items.insert((store.clone(), sku), item.name);
        }
    }
    Ok(Some(Account {
        items,
        balance,
        earned: row.account.earned,
        services: row.services,
        card: row.card,
        card_year,
        waiting,
        lines,
        activities: activities(app).await?,
        year: today.year(),
    }))
}

/// The decisions that whoever is logged in may still appeal today: about the own credits, where an objection was upheld, and
/// about credits of anybody, where the own objection was dismissed. With each, whether the objection was upheld.
///
/// # Errors
/// [`ServiceError`].
pub async fn appealable(app: &App, identity: &Identity) -> Result<Vec<(String, Proposal, bool)>, ServiceError> {
    let today = app.ledger.now().date();
    let own = |row: &Proposal| identity.own_account() == Some(row.worker.as_str());
    // The last objection that was dismissed, where nobody appealed since, is the one that its objector may appeal.
    let dismissed = |row: &Proposal| {
        let last = row.steps.iter().rposition(|step| step.what == StepKind::ObjectionDismissed)?;
        let (before, after) = row.steps.split_at(last);
        let objection =
            before.iter().rfind(|step| matches!(step.what, StepKind::Objected | StepKind::ObjectedUnnamed))?;
        let appealed = after.iter().chain(before).any(|step| step.what == StepKind::Appealed);
        Some(objection.by == identity.id.as_str() && !appealed)
    };
    let open = |row: &Proposal| {
        let in_time = row.way.appeal_until().is_some_and(|until| today <= until);
        in_time
            && match row.way.stage {
                Stage::Upheld => own(row),
                Stage::Publicised | Stage::Proposed => dismissed(row) == Some(true),
                Stage::Objected | Stage::Appealed | Stage::Confirmed | Stage::Rejected | Stage::Reversed => false,
            }
    };
    let rows = app.views.proposals("", WAITING_MAX, open).await?.rows;
    let told = rows.into_iter().map(|(credit, row)| {
        let upheld = row.way.stage == Stage::Upheld;
        (credit, row, upheld)
    });
    Ok(told.collect())
}

/// What became of an objection so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectionStanding {
    /// Nobody has decided yet.
    Waits,
    /// It was not right.
    Dismissed,
    /// It was right.
    Upheld,
}

impl ObjectionStanding {
    /// What became of the last objection to a credit; one to what counts leaves it counting.
    pub(super) const fn of(objected: bool, stage: Stage) -> ObjectionStanding {
        if objected {
            return ObjectionStanding::Waits;
        }
        match stage {
            Stage::Objected | Stage::Appealed => ObjectionStanding::Waits,
            Stage::Upheld | Stage::Rejected | Stage::Reversed => ObjectionStanding::Upheld,
            Stage::Proposed | Stage::Publicised | Stage::Confirmed => ObjectionStanding::Dismissed,
        }
    }
}

/// The credits that whoever is logged in objected to and that nothing is final about yet, with what became of the objection;
/// those that wait first.
///
/// # Errors
/// [`ServiceError`].
pub async fn own_objections(
    app: &App,
    identity: &Identity,
) -> Result<Vec<(String, Proposal, ObjectionStanding)>, ServiceError> {
    may_read(Who::Bearer(identity), Read::Publicity, Target::District)?.at_least(app, None).await?;
    let objects = |what: StepKind| matches!(what, StepKind::Objected | StepKind::ObjectedUnnamed);
    let own = |row: &Proposal| row.steps.iter().any(|step| objects(step.what) && step.by == identity.id.as_str());
    let rows = app.views.proposals("", WAITING_MAX, own).await?.rows;
    let told = rows.into_iter().map(|(credit, row)| {
        let standing = ObjectionStanding::of(row.objected, row.way.stage);
        (credit, row, standing)
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by_key(|(_, row, standing)| (*standing != ObjectionStanding::Waits, std::cmp::Reverse(row.on)));
    Ok(told)
}

/// Who read a worker's record, newest first: when, who, in which role, and what.
///
/// # Errors
/// [`ServiceError`].
pub async fn readers(app: &App, who: Who<'_>, worker: &str) -> Result<Vec<RecordedRead>, ServiceError> {
    may_read(who, Read::Readers, Target::Worker(worker))?;
    let found = app.readers.of(worker, None, READERS_MAX).await;
    found.map_err(|error| ServiceError::Unavailable(error.to_string()))
}

/// What activities are called, by code; where versions of the schedule differ, by the newest. Everybody may read the schedule.
///
/// # Errors
/// [`ServiceError`].
pub async fn activities(app: &App) -> Result<Vec<(String, String)>, ServiceError> {
    let programme = app.views.programme().await?.value;
    let all = programme.versions.iter().flat_map(|version| &version.activities);
    let names: BTreeMap<String, String> = all.map(|line| (line.code.to_string(), line.name.clone())).collect();
    Ok(names.into_iter().collect())
}

/// The activities that can be recorded on a day, with what they are called and their unit.
///
/// # Errors
/// [`ServiceError`].
pub async fn schedule_on(
    app: &App,
    who: Who<'_>,
    on: NaiveDate,
) -> Result<Vec<(String, String, String)>, ServiceError> {
    may_read(who, Read::Schedule, Target::District)?.at_least(app, None).await?;
    let programme = app.views.programme().await?.value;
    let version = programme.version_on(on);
    let lines = version.map(|version| version.activities.as_slice()).unwrap_or_default();
    Ok(lines.iter().map(|line| (line.code.to_string(), line.name.clone(), line.unit.clone())).collect())
}

/// What a worker is appointed as on a day.
///
/// # Errors
/// [`ServiceError`].
pub async fn roles_on(app: &App, who: Who<'_>, worker: &str, on: NaiveDate) -> Result<Vec<String>, ServiceError> {
    may_read(who, Read::Appointments, Target::Worker(worker))?.at_least(app, None).await?;
    let terms = app.views.appointments(worker).await?.value.into_iter().filter_map(|(_, row)| row.terms);
    Ok(terms.filter(|terms| terms.holds(on)).map(|terms| terms.role).collect())
}
