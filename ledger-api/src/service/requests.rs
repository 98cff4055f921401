//! Service requests as boards show them: those of a site, those that a worker may claim, and the own ones. Whose ids
//! are told to whom is told here once.

use std::str::FromStr;

use chrono::NaiveDate;
use ledger_core::domain::ids::RequestId;
use ledger_core::domain::points::Points;
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::schedule::{Activity, Scoring};
use ledger_core::domain::worker::event::ServiceRecorded;
use ledger_core::ledger::Receipt;
use projections::queries::Page;
use projections::queries::catalogue::Programme;

use super::ServiceError;
use super::command::worker_event;
use super::publicity::Within;
use super::reading::{may_read, may_read_here, site_of_list};
use crate::access::policy::{Read, Target, Who, may_ever};
use crate::app::App;

/// Most requests that are looked through for a board.
const LOOKED_MAX: usize = 10_000;
/// Most that a board shows.
pub const SHOWN_MAX: usize = 100;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was done about it yet, and nobody has it to do.
    Open,
    /// Somebody claimed it and has not done it yet.
    Underway,
    /// Something was done, and of some of it nobody said yet what it was worth.
    Done,
    /// Of all that was done somebody said what it was worth.
    Rated,
    /// It repeats another one, and is worked on there.
    Merged,
    /// It was taken back.
    Withdrawn,
}

impl Standing {
    /// All of them.
    const ALL: [Standing; 6] =
        [Standing::Open, Standing::Underway, Standing::Done, Standing::Rated, Standing::Merged, Standing::Withdrawn];

    /// Where a request stands.
    pub fn of(request: &ServiceRequest) -> Standing {
        if request.posting().is_some_and(|posting| posting.merged_into.is_some()) {
            return Standing::Merged;
        }
        if request.withdrawn().is_some() {
            return Standing::Withdrawn;
        }
        if request.handlings().any(|(_, work)| work.rating.is_none()) {
            return Standing::Done;
        }
        if request.underway().next().is_some() {
            return Standing::Underway;
        }
        if request.claims() == 0 { Standing::Open } else { Standing::Rated }
    }

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::Underway => "underway",
            Standing::Done => "done",
            Standing::Rated => "rated",
            Standing::Merged => "merged",
            Standing::Withdrawn => "withdrawn",
        }
    }
}

impl FromStr for Standing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Standing, &'static str> {
        let named = Standing::ALL.into_iter().find(|standing| standing.word() == text);
        named.ok_or("a status is open, underway, done, rated, merged or withdrawn")
    }
}

/// Whether nothing was done about a request by the day that was said (办理时限), be it claimed or not.
pub fn is_overdue(request: &ServiceRequest, today: NaiveDate) -> bool {
    let due = request.posting().and_then(|posting| posting.due);
    matches!(Standing::of(request), Standing::Open | Standing::Underway) && due.is_some_and(|due| due < today)
}

/// An id as far as the reader may be told whose: a worker is told the own one alone.
pub fn told<'a>(who: Who<'_>, worker: Option<&'a str>) -> Option<&'a str> {
    worker.filter(|worker| who.is_worker(worker) || may_ever(who, Read::Workers) || may_ever(who, Read::Events))
}

/// Whether a request was taken in by a site or one below it or reported by a worker of it, or is passed on to it.
///
/// # Errors
/// [`ServiceError::Unavailable`] when it cannot be looked up now.
pub async fn is_within(app: &App, within: &mut Within, request: &ServiceRequest) -> Result<bool, ServiceError> {
    let Some(posting) = request.posting() else { return Ok(false) };
    let routed = request.routing().and_then(|routing| routing.site.as_ref());
    if let Some(routed) = routed
        && within.has_site(app, Some(routed.as_str())).await?
    {
        return Ok(true);
    }
    match (&posting.site, &posting.reporter) {
        (Some(own), _) => within.has_site(app, Some(own.as_str())).await,
        (None, Some(reporter)) => within.holds(app, reporter.as_str()).await,
        (None, None) => Ok(within.is_everywhere()),
    }
}

/// A request on a board.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its number.
    pub id: String,
    /// As it was posted, and the work on it.
    pub request: ServiceRequest,
    /// Where it stands.
    pub standing: Standing,
    /// The line of the schedule that it is scored as; none where there was none on its day.
    pub activity: Option<Activity>,
}

impl Listed {
    fn of(programme: &Programme, id: String, request: ServiceRequest) -> Listed {
        let activity = line_of(programme, &request).cloned();
        Listed { id, standing: Standing::of(&request), activity, request }
    }

    /// The day on which it was posted.
    pub fn on(&self) -> NaiveDate {
        self.request.posting().map(|posting| posting.on).unwrap_or_default()
    }

    /// By when it is to be done, where that was said.
    pub fn due(&self) -> Option<NaiveDate> {
        self.request.posting().and_then(|posting| posting.due)
    }

    /// When its points ripen.
    pub fn scoring(&self) -> Scoring {
        scoring(self.activity.as_ref())
    }

    /// How many more may claim it; of what is fed back, whether it was not yet.
    pub fn claims_left(&self) -> usize {
        claims_left(&self.request, self.activity.as_ref())
    }

    /// Whether nothing is left to do about it.
    pub fn is_over(&self) -> bool {
        is_over(&self.request, self.activity.as_ref())
    }

    /// Whether a worker reported it or did something about it.
    pub fn is_of(&self, worker: &str) -> bool {
        is_of(&self.request, worker)
    }
}

/// The line of the schedule that a request is scored as.
pub(super) fn line_of<'a>(programme: &'a Programme, request: &ServiceRequest) -> Option<&'a Activity> {
    let posting = request.posting()?;
    programme.version_on(posting.on)?.activity(&posting.activity)
}

/// When the points of a line of the schedule ripen, where its requests are worked on.
pub(super) fn scoring(line: Option<&Activity>) -> Scoring {
    line.and_then(|line| line.terms.scoring).unwrap_or(Scoring::Rating)
}

fn claims_left(request: &ServiceRequest, line: Option<&Activity>) -> usize {
    match Standing::of(request) {
        Standing::Merged | Standing::Withdrawn => return 0,
        Standing::Open | Standing::Underway | Standing::Done | Standing::Rated => {}
    }
    let most = match scoring(line) {
        Scoring::Feedback => 1,
        Scoring::Rating => line.and_then(|line| line.terms.claimers_max).unwrap_or(1),
    };
    usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(request.claims())
}

fn is_over(request: &ServiceRequest, line: Option<&Activity>) -> bool {
    match Standing::of(request) {
        Standing::Open | Standing::Underway | Standing::Done => false,
        Standing::Rated => claims_left(request, line) == 0,
        Standing::Merged | Standing::Withdrawn => true,
    }
}

/// Whether a worker reported a request, has it to do, or did something about it.
fn is_of(request: &ServiceRequest, worker: &str) -> bool {
    let reporter = request.posting().and_then(|posting| posting.reporter.as_ref());
    let claimers = request.handlings().filter_map(|(_, work)| work.claimer.as_ref());
    let underway = request.underway().map(|(_, claim)| &claim.claimer);
    reporter.into_iter().chain(claimers).chain(underway).any(|own| own.as_str() == worker)
}

/// Which requests a board shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// Those about which something is left to do.
    ToDo,
    /// Those that stand so.
    Standing(Standing),
    /// All of them.
    All,
    /// Those that a worker may claim: reported by somebody else, not claimed by the worker, and with room.
    ClaimableBy(&'a str),
    /// Those that a worker reported or did something about.
    Of(&'a str),
    /// The one of that number, where there is one.
    Named(&'a str),
}

impl Wanted<'_> {
    fn wants(self, request: &ServiceRequest, line: Option<&Activity>) -> bool {
        match self {
            Wanted::ToDo => !is_over(request, line),
            Wanted::Standing(standing) => Standing::of(request) == standing,
            Wanted::All | Wanted::Named(_) => true,
            Wanted::ClaimableBy(worker) => {
                scoring(line) == Scoring::Rating && claims_left(request, line) > 0 && !is_of(request, worker)
            }
            Wanted::Of(worker) => is_of(request, worker),
        }
    }
}

/// A board.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// What is due first comes first, behind it what has no such day, longest waiting first; what is over comes newest
    /// first.
    pub rows: Vec<Listed>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// A page of requests of a site, full wherever there are so many.
#[derive(Debug)]
pub struct Listing {
    /// By name.
    pub rows: Vec<(String, ServiceRequest)>,
    /// What to ask on after; none at the end.
    pub next: Option<String>,
    /// The position that the page is of.
    pub position: u64,
}

/// The requests of a site in the order of their names, of those that `keep` wants. Whether one is of the site is not told by
/// its row alone, so that pages of rows are looked through until there are enough.
///
/// # Errors
/// [`ServiceError::Unavailable`] when they cannot be read now.
pub async fn list(
    app: &App,
    within: &mut Within,
    after: &str,
    limit: usize,
    keep: impl Fn(&ServiceRequest) -> bool + Send + Sync,
) -> Result<Listing, ServiceError> {
    let mut rows: Vec<(String, ServiceRequest)> = Vec::new();
    let (mut after, mut looked) = (after.to_owned(), 0_usize);
    loop {
        // One more than asked for tells whether there is more.
        let page = app.views.requests(&after, limit.saturating_add(1), &keep).await?;
        for (id, row) in page.rows {
            looked += 1;
            after.clone_from(&id);
            if is_within(app, within, &row).await? {
                rows.push((id, row));
                if rows.len() > limit {
                    rows.truncate(limit);
                    let next = rows.last().map(|(id, _)| id.clone());
                    return Ok(Listing { rows, next, position: page.position });
                }
            }
        }
        // A district with very many is not looked through to its end for one answer: where to go on is told.
        if page.next.is_none() || looked >= LOOKED_MAX {
            return Ok(Listing { rows, next: page.next, position: page.position });
        }
    }
}

/// A request, as a page of one.
async fn one(app: &App, id: &str) -> Result<Page<ServiceRequest>, ServiceError> {
    // What cannot be a number is not looked for: PostgreSQL takes no NUL, not even to compare with.
    let known = if RequestId::new(id).is_ok() { Some(app.views.request(id).await?) } else { None };
    let position = known.as_ref().map_or_else(|| app.views.position(), |known| known.position);
    let row = known.and_then(|known| known.value).filter(|row| row.posting().is_some());
    Ok(Page { rows: row.into_iter().map(|row| (id.to_owned(), row)).collect(), next: None, position })
}

/// The requests that somebody may read, of their own site and all below it.
///
/// # Errors
/// [`ServiceError`].
pub async fn board(app: &App, who: Who<'_>, wanted: Wanted<'_>) -> Result<Board, ServiceError> {
    let site = site_of_list(who, Read::Request, "");
    let target = if site.is_empty() { Target::District } else { Target::Site(&site) };
    let reading = may_read_here(app, who, Read::Request, target).await?;
    reading.at_least(app, None).await?;
    let programme = app.views.programme().await?.value;
    let wants = |row: &ServiceRequest| row.posting().is_some() && wanted.wants(row, line_of(&programme, row));
    let found = match wanted {
        Wanted::Named(id) => one(app, id).await?,
        Wanted::ToDo | Wanted::Standing(_) | Wanted::All | Wanted::ClaimableBy(_) | Wanted::Of(_) => {
            app.views.requests("", LOOKED_MAX, wants).await?
        }
    };
    let rows = found.rows.into_iter().map(|(id, row)| Listed::of(&programme, id, row));
    let mut rows: Vec<Listed> = rows.collect();
    // What waits comes first: by the day it is due, then what has none, longest waiting first; behind it what is over,
    // newest first.
    rows.sort_by(|one, other| {
        let day = |listed: &Listed| (listed.due().unwrap_or(NaiveDate::MAX), listed.on());
        let by_day = if one.is_over() { other.on().cmp(&one.on()) } else { day(one).cmp(&day(other)) };
        one.is_over().cmp(&other.is_over()).then(by_day).then_with(|| one.id.cmp(&other.id))
    });
    let mut within = Within::of(app, &site).await?;
    let mut board = Board { more: found.next.is_some(), ..Board::default() };
    for listed in rows {
        if !is_within(app, &mut within, &listed.request).await? {
            continue;
        }
        if board.rows.len() >= SHOWN_MAX {
            board.more = true;
            break;
        }
        board.rows.push(listed);
    }
    let reporters = board.rows.iter().filter_map(|listed| listed.request.posting()?.reporter.as_ref());
    // Nobody is told that they looked at themselves.
    let shown = reporters.filter_map(|reporter| told(who, Some(reporter.as_str())));
    let shown: Vec<&str> = shown.filter(|reporter| !who.is_worker(reporter)).collect();
    reading.note_list(app, shown.into_iter());
    Ok(board)
}

/// What somebody's work earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned {
    /// In exact hundredths.
    pub points: Points,
    /// What they would be without the limit that was met, where one was.
    pub uncapped: Option<Points>,
}

/// What a word on somebody's work earned: points ripen with it, and wait for nobody else.
pub fn earned(receipt: &Receipt) -> Option<Earned> {
    let earned = |record: &ServiceRecorded| Earned { points: record.points, uncapped: record.uncapped };
    worker_event(receipt, |event| event.as_service().map(earned))
}

/// The activities that requests can be posted of on a day: those that ripen later.
///
/// # Errors
/// [`ServiceError`].
pub async fn kinds_on(app: &App, who: Who<'_>, on: NaiveDate) -> Result<Vec<Activity>, ServiceError> {
    may_read(who, Read::Schedule, Target::District)?.at_least(app, None).await?;
    let programme = app.views.programme().await?.value;
    let lines = programme.version_on(on).map(|version| version.activities.clone()).unwrap_or_default();
    Ok(lines.into_iter().filter(|line| line.terms.scoring.is_some()).collect())
}
