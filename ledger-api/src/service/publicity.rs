//! The publicity list (公示): the credits that everybody may look at on a day, with masked names. It hangs on the wall of a
//! station, so nothing in it tells more of a person than that.

use std::collections::HashMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::{CreditId, SiteId};
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use projections::queries::At;
use projections::queries::publicity::Hanging;
use projections::views::proposal::{Proposal, StepKind};
use projections::waiting::Stage;

use super::ServiceError;
use super::own::ObjectionStanding;
use super::reading::{Reading, may_read};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::vault::WORKER;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicLine {
    /// The credit's name.
    pub credit: String,
    /// The worker's masked name; the id's end where no name is kept, or the vault is away.
    pub name: String,
    /// The activity's code.
    pub activity: String,
    /// The activity's name, where the schedule has it.
    pub activity_name: String,
    /// The service date.
    pub on: NaiveDate,
    /// Units of service, of what hangs there now.
    pub quantity: Option<String>,
    /// In exact hundredths.
    pub points: Points,
    /// The last day of its publicity.
    pub public_until: NaiveDate,
}

/// The list as it hangs on the wall on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicityList {
    /// The day.
    pub on: NaiveDate,
    /// The credits, by the day on which their publicity ends.
    pub lines: Vec<PublicLine>,
    /// Taken from a state that includes this position.
    pub position: u64,
}

/// The credits that are public on a day, of workers who belong to a site or to one below it; of the whole district for a
/// blank one.
///
/// # Errors
/// `unknown_site`; [`ServiceError`].
pub async fn list(
    app: &App,
    reading: &Reading<'_>,
    site: &str,
    on: NaiveDate,
    position: Option<u64>,
) -> Result<PublicityList, ServiceError> {
    reading.at_least(app, position).await?;
    let mut within = Within::of(app, site).await?;
    // Of a day that is over, whatever became of a credit since; of today, what hangs there now.
    let At { position, value: hanging } =
        if on < app.ledger.now().date() { app.views.public_on(on).await? } else { hangs_now(app, on).await? };
    let programme = app.views.programme().await?.value;
    let mut rows = Vec::with_capacity(hanging.len());
    for row in hanging {
        if within.holds(app, &row.worker).await? {
            rows.push(row);
        }
    }
    rows.sort_by(|one, other| (one.public_until, &one.credit).cmp(&(other.public_until, &other.credit)));
    let people: Vec<&str> = rows.iter().map(|row| row.worker.as_str()).collect();
    let names = wall_names(app, &people).await;
    let lines = rows.into_iter().zip(names).map(|(row, name)| {
        let line = programme
            .version_on(row.on)
            .and_then(|version| version.activities.iter().find(|line| line.code.as_str() == row.activity));
        PublicLine {
            activity_name: line.map(|line| line.name.clone()).unwrap_or_default(),
            credit: row.credit,
            name,
            activity: row.activity,
            on: row.on,
            quantity: row.quantity,
            points: row.points,
            public_until: row.public_until,
        }
    });
    Ok(PublicityList { on, lines: lines.collect(), position })
}

/// Why an objection to a credit is not taken any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// Somebody's objection to it waits for a decision.
    Waits,
    /// It was returned, or taken back: it does not count anyway.
    Returned,
    /// The same person objected to it before.
    Before,
}

/// Why the ledger takes no objection to a credit from whoever asks, once it said so; nothing where there is no such credit.
///
/// # Errors
/// [`ServiceError`].
pub async fn why_not_taken(app: &App, who: Who<'_>, credit: &CreditId) -> Result<Option<NotTaken>, ServiceError> {
    let position = may_read(who, Read::Publicity, Target::District)?.at_least(app, None).await?;
    let found = app.views.credit(credit, position).await?;
    let Some(found) = found else { return Ok(None) };
    Ok(Some(match ObjectionStanding::of(found.objected, found.way.stage) {
        ObjectionStanding::Waits => NotTaken::Waits,
        ObjectionStanding::Upheld => NotTaken::Returned,
        ObjectionStanding::Dismissed => NotTaken::Before,
    }))
}

/// The credits that are public now and on a day.
async fn hangs_now(app: &App, on: NaiveDate) -> Result<At<Vec<Hanging>>, ServiceError> {
    let page = app.views.proposals("", usize::MAX, |row| row.way.stage == Stage::Publicised).await?;
    let hangs = |(credit, row): (String, Proposal)| {
        let public_until = row.way.public_until.max(row.way.appeal_until()).filter(|until| on <= *until)?;
        let begun = public_since(&row).is_none_or(|since| since <= on);
        let Proposal { worker, activity, on, points, quantity, .. } = row;
        begun.then_some(Hanging { credit, worker, activity, on, quantity: Some(quantity), points, public_until })
    };
    Ok(At { position: page.position, value: page.rows.into_iter().filter_map(hangs).collect() })
}

/// The day on which a credit was put on the wall: when the last check was made, or when it was recorded and needed none.
fn public_since(row: &Proposal) -> Option<NaiveDate> {
    let published = row.steps.iter().find(|step| step.what == StepKind::Publicised);
    published.map(|step| step.at).or(row.at).map(|at| at.date())
}

/// The workers who belong to a site, or to one below it.
pub struct Within {
    /// None for the whole district.
    site: Option<SiteId>,
    /// What was told of a worker's site before.
    known: HashMap<String, bool>,
}

impl Within {
    /// Of a site by its id; of the whole district where it is blank.
    ///
    /// # Errors
    /// `unknown_site`.
    pub async fn of(app: &App, site: &str) -> Result<Within, ServiceError> {
        let shown: String = site.chars().take(64).collect();
        let unknown = || ServiceError::refused(Code::UnknownSite, format!("site: there is no site {shown:?}"));
        let site = match site.trim() {
            "" => None,
            text => Some(SiteId::new(text).map_err(|_| unknown())?),
        };
        if let Some(site) = &site
            && app.views.site(site.as_str()).await?.value.is_none()
        {
            return Err(unknown());
        }
        Ok(Within { site, known: HashMap::new() })
    }

    /// Whether it is the whole district.
    pub const fn is_everywhere(&self) -> bool {
        self.site.is_none()
    }

    /// Whether a worker belongs to it.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] when it cannot be looked up now.
    pub async fn holds(&mut self, app: &App, worker: &str) -> Result<bool, ServiceError> {
        if self.site.is_none() {
            return Ok(true);
        }
        let Some(row) = app.views.worker(worker).await?.value else { return Ok(false) };
        self.has_site(app, row.site.as_deref()).await
    }

    /// Whether a site belongs to it.
    ///
    /// # Errors
    /// [`ServiceError::Unavailable`] when it cannot be looked up now.
    pub async fn has_site(&mut self, app: &App, site: Option<&str>) -> Result<bool, ServiceError> {
        let Some(wanted) = &self.site else { return Ok(true) };
        let Some(Ok(own)) = site.map(SiteId::new) else { return Ok(false) };
        if let Some(known) = self.known.get(own.as_str()) {
            return Ok(*known);
        }
        let above = app.views.ancestors(&own, app.ledger.now().date()).await?;
        let holds = own == *wanted || above.contains(wanted);
        self.known.insert(own.to_string(), holds);
        Ok(holds)
    }
}

/// Workers' names as they hang on the wall, in the order asked: masked, or the end of the id where no name is kept. A vault that
/// is away costs the names, not the list.
pub async fn wall_names(app: &App, workers: &[&str]) -> Vec<String> {
    let people: Vec<(&str, &str)> = workers.iter().map(|worker| (WORKER, *worker)).collect();
    let names = app.vault.get_names(&people).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a list for the wall is told without names");
        vec![None; people.len()]
    });
    let shown = workers.iter().zip(names);
    shown.map(|(worker, name)| name.map_or_else(|| masked_id(worker), |name| masked(&name))).collect()
}

/// The first character of a name, and a star for each of the others: 张**.
pub fn masked(name: &str) -> String {
    let mut letters = name.chars().filter(|letter| !letter.is_whitespace());
    let first = letters.next().map(String::from).unwrap_or_default();
    first + &"*".repeat(letters.count().clamp(1, 3))
}

/// The last two characters of an id, where no name is kept.
fn masked_id(id: &str) -> String {
    let end: Vec<char> = id.chars().rev().take(2).collect();
    format!("**{}", end.into_iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{masked, masked_id};

    #[test]
    fn a_name_keeps_its_first_character_alone() {
        assert_eq!(masked("张小明"), "张**");
        assert_eq!(masked("王 五"), "王*");
        assert_eq!(masked("李"), "李*");
        assert_eq!(masked("阿卜杜拉·买买提"), "阿***");
        assert_eq!(masked(""), "*");
        assert_eq!(masked_id("QW-0012"), "**12");
    }
}
