//! What a branch sees of its pairs, and which pairs help each other.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pair::command::{PairTerms, VisitTerms};

use super::kept::kept;
use super::reading::{may_ever_read, may_read};
use super::rosters::{LOOKED_MAX, SHOWN_MAX, is_of_own, shown_since};
use super::{ServiceError, names};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Somebody of a pair, as a branch sees them.
#[derive(Debug, Clone)]
pub struct Partner {
    /// The id (编号): of several, the one that is kept.
    pub worker: String,
    /// The name, where the branch may know it: of whoever has a card there.
    pub name: Option<String>,
    /// Whether this one has left.
    pub departed: bool,
}

/// A visit within a branch's pairs that waits for a word.
#[derive(Debug, Clone)]
pub struct BranchVisit {
    /// Its number.
    pub id: String,
    /// 结对号.
    pub pair: String,
    /// The visit.
    pub terms: VisitTerms,
    /// Who reported it.
    pub reporter: Partner,
    /// Whose word it waits for; the branch says it once that one has left.
    pub other: Partner,
}

/// The visits within the pairs of a branch that wait for a word, the oldest first.
///
/// # Errors
/// [`ServiceError`].
pub async fn waiting_of_branch(app: &App, who: Who<'_>, branch: &str) -> Result<Vec<BranchVisit>, ServiceError> {
    let reading = may_read(who, Read::PairsOfBranch, Target::Branch(branch))?;
    reading.at_least(app, None).await?;
    let mut found: Vec<BranchVisit> = Vec::new();
    for Waiting { id, pair, two, terms } in waiting(app, branch).await? {
        let reporter = partner(app, who, &terms.reporter).await?;
        let helper = partner(app, who, &two.helper).await?;
        let other = if helper.worker == reporter.worker { partner(app, who, &two.helped).await? } else { helper };
        found.push(BranchVisit { id, pair, terms, reporter, other });
    }
    let both = found.iter().flat_map(|row: &BranchVisit| [row.reporter.worker.as_str(), row.other.worker.as_str()]);
    let both: Vec<&str> = both.collect();
    reading.note_list(app, both.into_iter());
    Ok(found)
}

/// How many there are of them: whose they are is told to nobody.
///
/// # Errors
/// [`ServiceError`].
pub async fn count_waiting(app: &App, who: Who<'_>, branch: &str) -> Result<usize, ServiceError> {
    may_read(who, Read::PairsOfBranch, Target::Branch(branch))?.at_least(app, None).await?;
    Ok(waiting(app, branch).await?.len())
}

/// A visit that waits, with the two of its pair.
struct Waiting {
    id: String,
    pair: String,
    two: PairTerms,
    terms: VisitTerms,
}

async fn waiting(app: &App, branch: &str) -> Result<Vec<Waiting>, ServiceError> {
    let wanted = |pair: &Pair| {
        let own = pair.terms().and_then(|terms| terms.branch.as_ref()).is_some_and(|of| of.as_str() == branch);
        own && pair.visits().any(|(_, visit)| visit.confirmation.is_none())
    };
    let mut waiting = Vec::new();
    for (id, pair) in app.views.pairs("", LOOKED_MAX, wanted).await?.rows {
        let Some(terms) = pair.terms() else { continue };
        for (visit, row) in pair.visits().filter(|(_, visit)| visit.confirmation.is_none()) {
            let (id, pair) = (visit.to_string(), id.clone());
            waiting.push(Waiting { id, pair, two: terms.clone(), terms: row.terms.clone() });
        }
    }
    waiting.sort_by(|one: &Waiting, other| (one.terms.on, &one.id).cmp(&(other.terms.on, &other.id)));
    waiting.truncate(SHOWN_MAX);
    Ok(waiting)
}

async fn partner(app: &App, who: Who<'_>, worker: &WorkerId) -> Result<Partner, ServiceError> {
    let (id, row) = kept(app, worker.as_str()).await?;
    let name = names::of_worker(app, who, &id).await;
    Ok(Partner { worker: id, name, departed: row.is_some_and(|row| row.departed) })
}

/// The pairs in which the two of one help each other the other way round at the same time, told by the ids of the register:
/// for whoever may read that one, and so reads these.
///
/// # Errors
/// [`ServiceError`].
pub async fn reciprocal_to(app: &App, terms: &PairTerms) -> Result<Vec<String>, ServiceError> {
    let turned = |pair: &Pair| pair.terms().is_some_and(|other| terms.is_reciprocal_to(other));
    Ok(app.views.pairs("", LOOKED_MAX, turned).await?.rows.into_iter().map(|(id, _)| id).collect())
}

/// Two pairs of the same two, who help each other at the same time.
#[derive(Debug, Clone)]
pub struct Reciprocal {
    /// The one that began first, with its number.
    pub one: (String, PairTerms),
    /// The one that began later, with its number.
    pub other: (String, PairTerms),
}

/// Pairs of people who help each other at the same time (互相帮带), of those of which whoever asks may read one; none of
/// which either is over for long. They are flagged, and nothing refuses them.
///
/// # Errors
/// [`ServiceError`].
pub async fn reciprocals(app: &App, who: Who<'_>, today: NaiveDate) -> Result<Vec<Reciprocal>, ServiceError> {
    let reading = may_ever_read(who, Read::Pair)?;
    reading.at_least(app, None).await?;
    let since = shown_since(today);
    let recent = |pair: &Pair| pair.terms().is_some_and(|terms| terms.ended.is_none_or(|ended| since <= ended));
    let rows = app.views.pairs("", LOOKED_MAX, recent).await?.rows;
    let mut all: Vec<(String, PairTerms)> =
        rows.into_iter().filter_map(|(id, pair)| Some((id, pair.terms()?.clone()))).collect();
    all.sort_by(|one, other| (one.1.since, &one.0).cmp(&(other.1.since, &other.0)));
    let mut by_two: BTreeMap<(&WorkerId, &WorkerId), Vec<usize>> = BTreeMap::new();
    for (nth, (_, terms)) in all.iter().enumerate() {
        by_two.entry((&terms.helper, &terms.helped)).or_default().push(nth);
    }
    let mut found = Vec::new();
    for (nth, one) in all.iter().enumerate() {
        let turned = by_two.get(&(&one.1.helped, &one.1.helper)).into_iter().flatten();
        // Each two once: with the one that began first.
        let others = turned.filter(|other| nth < **other).filter_map(|other| all.get(*other));
        for other in others.filter(|(_, other)| one.1.is_reciprocal_to(other)) {
            if found.len() < SHOWN_MAX
                && (is_of_own(app, who, Read::Pair, one.1.helper.as_str()).await?
                    || is_of_own(app, who, Read::Pair, one.1.helped.as_str()).await?)
            {
                found.push(Reciprocal { one: one.clone(), other: other.clone() });
            }
        }
    }
    let two = |row: &Reciprocal| [row.one.1.helper.to_string(), row.one.1.helped.to_string()];
    let both: Vec<String> = found.iter().flat_map(two).collect();
    reading.note_list(app, both.iter().map(String::as_str));
    Ok(found)
}
