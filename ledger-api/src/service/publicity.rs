//! The publicity list (公示): the credits that everybody may look at on a day, with masked names. It hangs on the wall of a
//! station, so nothing in it tells more of a person than that.

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use projections::waiting::Stage;

use super::ServiceError;
use super::reading::Reading;
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
    /// The points.
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

/// The credits that are public on a day.
///
/// # Errors
/// [`ServiceError`].
pub async fn list(
    app: &App,
    reading: &Reading<'_>,
    on: NaiveDate,
    position: Option<u64>,
) -> Result<PublicityList, ServiceError> {
    reading.at_least(app, position).await?;
    let page = app.views.proposals("", usize::MAX, |row| row.way.stage == Stage::Publicised).await?;
    let programme = app.views.programme().await?.value;
    let mut rows: Vec<_> = page
        .rows
        .into_iter()
        .filter_map(|(credit, row)| {
            let until = row.way.public_until.max(row.way.appeal_until()).filter(|until| on <= *until)?;
            Some((until, credit, row))
        })
        .collect();
    rows.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let people: Vec<(&str, &str)> = rows.iter().map(|(_, _, row)| (WORKER, row.worker.as_str())).collect();
    // A vault that is away costs the names, not the list.
    let names = app.vault.get_names(&people).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the publicity list is told without names");
        vec![None; people.len()]
    });
    let lines = rows.iter().zip(names).map(|((until, credit, row), name)| {
        let line = programme
            .version_on(row.on)
            .and_then(|version| version.activities.iter().find(|line| line.code.as_str() == row.activity));
        PublicLine {
            credit: credit.clone(),
            name: name.map_or_else(|| masked_id(&row.worker), |name| masked(&name)),
            activity: row.activity.clone(),
            activity_name: line.map(|line| line.name.clone()).unwrap_or_default(),
            on: row.on,
            points: row.points,
            public_until: *until,
        }
    });
    Ok(PublicityList { on, lines: lines.collect(), position: page.position })
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
