//! What may be read, and from which state: whoever may not read something is refused before anything is looked up, and
//! an answer includes everything that anybody was answered before.

use chrono::NaiveDate;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use projections::ViewError;

use super::ServiceError;
use super::reach::may;
use crate::access::policy::{Denied, Reach, Read, Target, Who, allow, may_ever, reach};
use crate::app::App;

/// A read that was allowed: without one the views are not waited for.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub(super) who: Who<'a>,
    pub(super) read: Read,
}

/// Lets whoever asks read something of a target.
///
/// # Errors
/// [`Denied`].
pub fn may_read<'a>(who: impl Into<Who<'a>>, read: Read, target: Target<'_>) -> Result<Reading<'a>, Denied> {
    let who = who.into();
    allow(who, read, target)?;
    Ok(Reading { who, read })
}

/// As [`may_read`], for a target of which only the journal tells whose and where it is.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Unavailable`] when it cannot be looked up now.
pub async fn may_read_here<'a>(
    app: &App,
    who: impl Into<Who<'a>>,
    read: Read,
    target: Target<'_>,
) -> Result<Reading<'a>, ServiceError> {
    let who = who.into();
    may(app, who, read, target).await?;
    Ok(Reading { who, read })
}

/// Lets whoever asks read something where they may read it of anybody at all; what is answered is then held to each target.
///
/// # Errors
/// [`Denied`].
pub fn may_ever_read<'a>(who: impl Into<Who<'a>>, read: Read) -> Result<Reading<'a>, Denied> {
    let who = who.into();
    if may_ever(who, read) { Ok(Reading { who, read }) } else { Err(Denied) }
}

/// The site whose rows a list answers with: the one asked for, else the own one of whoever may not read all of them; blank
/// for the whole district.
pub fn site_of_list(who: Who<'_>, read: Read, asked: &str) -> String {
    let asked = asked.trim();
    let Who::Bearer(identity) = who else { return asked.to_owned() };
    if !asked.is_empty() || allow(who, read, Target::District).is_ok() {
        return asked.to_owned();
    }
    let mut own = identity.roles.iter().filter(|held| reach(held.role, read.into()) == Reach::Own);
    own.find_map(|held| held.scope.as_deref()).unwrap_or_default().to_owned()
}

impl Reading<'_> {
    /// Waits until the views include everything that anybody was answered before this request came in, and a position
    /// besides. What is read of them afterwards is of that position, or of a later one.
    ///
    /// # Errors
    /// `not_found` for a position beyond the journal's head; `journal_unavailable` when the views do not get there within
    /// ten seconds.
    pub async fn at_least(&self, app: &App, min_position: Option<u64>) -> Result<u64, ServiceError> {
        Ok(app.views.fresh(min_position).await?)
    }
}

/// Refuses a position that is not in the journal.
///
/// # Errors
/// `not_found`, naming the journal's last position.
pub async fn must_be_there(app: &App, position: Option<u64>) -> Result<(), ServiceError> {
    let Some(wanted) = position else { return Ok(()) };
    let head = app.ledger.journal().head().await?.position;
    if wanted > head { Err(ViewError::NoSuchPosition { head, wanted }.into()) } else { Ok(()) }
}

/// The business time now, +08:00, for questions about today. Commands take the ledger's own clock.
pub fn now() -> BusinessTime {
    BusinessTime::from_instant(&chrono::Utc::now())
}

/// A date that somebody asks about; a blank one is none.
///
/// # Errors
/// `invalid_date`, naming the field.
pub fn date(name: &str, text: &str) -> Result<Option<NaiveDate>, ServiceError> {
    match text.trim() {
        "" => Ok(None),
        text => read_date(text)
            .map(Some)
            .ok_or_else(|| ServiceError::refused(Code::InvalidDate, no_date(name, &format!("{text:?}")))),
    }
}

/// Reads `YYYY-MM-DD` and nothing else.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shape { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// What a caller is told of a field that holds no date: what was sent, and what is wanted.
pub fn no_date(field: &str, sent: &str) -> String {
    format!("{field}: {sent} is no date; write YYYY-MM-DD, as in \"2024-03-05\"")
}

/// What a caller is told of a field that holds no time.
pub fn no_time(field: &str, sent: &str) -> String {
    format!("{field}: {sent} is no time; write RFC 3339 with an offset, as in \"2024-03-05T09:00:00+08:00\"")
}
