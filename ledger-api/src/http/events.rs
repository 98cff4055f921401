//! The event feed for auditors: pages of the journal in its order, or the same followed live.
//!
//! Read from the journal itself, not from a view. The live feed pulls: it reads on only when its client has taken what
//! was read before, so a slow client costs one page of memory and loses nothing, and a position is neither left out nor
//! sent twice. It ends when the server stops; a client then comes back with `Last-Event-ID`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::{Stream, StreamExt, stream};
use ledger_core::journal::{Entry, Journal, JournalError};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::accounts::PositionQuery;
use super::door::{Routes, Shown};
use super::error::ApiError;
use super::extract::{ApiQuery, Caller};
use super::{accept, cloud_events};
use crate::access::Identity;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::objectors::{Objectors, objectors, seen_by};
use crate::service::reading::may_read;
use crate::stopping::Stopping;

const LAST_EVENT_ID: &str = "last-event-id";
/// A comment is sent after so long without an event, so that nothing between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often the journal is looked at without having been told: what another server appends may be told too early.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Events of the live feed that are read at once.
const PAGE: usize = 500;

/// How events are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One page.
    Page,
    /// One page of CloudEvents.
    Clouds,
    /// Followed live.
    Live,
}

const FORMS: &[(&str, Form)] =
    &[("application/json", Form::Page), (cloud_events::BATCH, Form::Clouds), ("text/event-stream", Form::Live)];

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Events, routes!(read_events))
}

/// An event as it is recorded.
#[derive(Debug, Serialize, ToSchema)]
struct EventJson {
    position: u64,
    /// When it was recorded.
    recorded_at: String,
    /// The key of its command.
    key: String,
    /// Who gave the command: an account. Blank where the reader may not know who objected to a credit; the payload then
    /// has no `by` either, and is not the one that was hashed.
    actor: String,
    #[serde(rename = "type")]
    event_type: String,
    /// Digest of the command's content.
    fingerprint: String,
    /// The payload, byte for byte as it was recorded and hashed. Amounts in it are whole hundredths.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
}

#[derive(Debug, Serialize, ToSchema)]
struct EventList {
    events: Vec<EventJson>,
    /// The position to ask on after; null at the end of the journal.
    next: Option<u64>,
    /// The end of the journal.
    position: u64,
}

/// The events after a position, in order; with `Accept: text/event-stream`, followed live.
///
/// Live, each event has its position as id, its type as event, and the same JSON object as data. `Last-Event-ID` goes
/// before `after`.
///
/// With `Accept: application/cloudevents-batch+json` a page is a batch of CloudEvents 1.0, and the next page stands in the
/// header `Link`; with `Accept: text/event-stream, application/cloudevents+json` the data of the live feed are CloudEvents.
#[utoipa::path(get, path = "/v1/events", tag = "audit",
    params(PositionQuery, ("Last-Event-ID" = Option<u64>, Header, description = "The last position seen of the live feed.")),
    responses((status = 200, description = "A page of events, or the live feed.", content((EventList = "application/json"), (String = "text/event-stream"),
        (Vec<serde_json::Value> = "application/cloudevents-batch+json")))))]
async fn read_events(
    State(app): State<App>,
    caller: Caller,
    Extension(stopping): Extension<Stopping>,
    Extension(shown): Extension<Shown>,
    ApiQuery(query): ApiQuery<PositionQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let reading = caller.may(Read::Events, Target::District)?;
    reading.at_least(&app, query.min_position).await?;
    let after = query.after.unwrap_or(0);
    reading.note_events(&app, after);
    let journal = Arc::clone(app.ledger.journal());
    let form = accept::best(&headers, FORMS)?;
    let wants_clouds = match form {
        Form::Clouds => true,
        // The data of the feed are CloudEvents where these are named as well.
        Form::Live => accept::names(&headers, cloud_events::ONE) || accept::names(&headers, cloud_events::BATCH),
        Form::Page => false,
    };
    let source = if wants_clouds { Some(cloud_events::source(journal.as_ref()).await?) } else { None };
    if form == Form::Live {
        let after = last_seen(&headers)?.unwrap_or(after);
        let foreign = journal.changes();
        let (committed, read) = (app.ledger.committed(), VecDeque::new());
        let feed = Feed { journal, committed, foreign, after, read, source, reader: caller.0.clone() };
        // It ends with the token, too: whoever may read no more is told no more.
        let ended = until_refused(app.clone(), shown, objectors(&caller.0));
        let events = follow(feed).take_until(stopping.raised()).take_until(ended);
        return Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response());
    }
    let head = journal.head().await?.position;
    let entries = journal.read(after, query.limit.0).await?;
    let last = entries.last().map(|entry| entry.position);
    let position = last.map_or(head, |last| last.max(head));
    let next = last.filter(|last| *last < position);
    let reader = Who::Bearer(&caller.0);
    if let Some(source) = source {
        return batch(&entries, reader, &source, next, query.limit.0);
    }
    let told = |entry: &Entry| event_json(&*seen_by(reader, entry)?);
    let events = entries.iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(EventList { events, next, position }).into_response())
}

/// A page as a batch of CloudEvents; the next page stands in a link (RFC 8288).
fn batch(
    entries: &[Entry],
    reader: Who<'_>,
    source: &str,
    next: Option<u64>,
    limit: usize,
) -> Result<Response, ApiError> {
    let told = |entry: &Entry| cloud_events::json(entry, &*seen_by(reader, entry)?, source);
    let events = entries.iter().map(told).collect::<Result<Vec<_>, _>>()?;
    let body = format!("[{}]", events.join(","));
    let mut response = ([(header::CONTENT_TYPE, cloud_events::BATCH)], body).into_response();
    let link = next.map(|next| format!("</v1/events?after={next}&limit={limit}>; rel=\"next\""));
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Is done once a token is revoked or a session ended, or its account may no longer read events, or all of them. It holds the ledger only as long as the
/// server serves: connections are closed before that ends.
async fn until_refused(app: App, shown: Shown, told: Objectors) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match shown.now(&app).await {
            Ok(Some(identity))
                if may_read(&identity, Read::Events, Target::District).is_ok() && objectors(&identity) >= told => {}
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, "an event stream goes on: who follows it cannot be told now"),
        }
    }
}

fn last_seen(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    match value.to_str().map(str::trim) {
        Ok("") => Ok(None),
        Ok(text) if text.parse::<u64>().is_ok() => Ok(text.parse().ok()),
        _ => Err(ApiError::unreadable("the header Last-Event-ID is no position; send the id of the last event seen")),
    }
}

fn event_json(entry: &Entry) -> Result<EventJson, JournalError> {
    let damaged = |what: String| JournalError::Damaged { position: entry.position, what };
    let payload = String::from_utf8(entry.payload.clone()).map_err(|error| damaged(error.to_string()))?;
    Ok(EventJson {
        position: entry.position,
        recorded_at: entry.command.recorded_at.to_string(),
        key: entry.command.key.to_string(),
        actor: entry.command.actor.to_string(),
        event_type: entry.event_type.clone(),
        fingerprint: entry.command.fingerprint.to_string(),
        payload: RawValue::from_string(payload).map_err(|error| damaged(error.to_string()))?,
    })
}

fn sent(entry: &Entry, reader: &Identity, source: Option<&str>) -> Result<Event, String> {
    let seen = seen_by(Who::Bearer(reader), entry).map_err(|error| error.to_string())?;
    let data = match source {
        Some(source) => cloud_events::json(entry, &seen, source).map_err(|error| error.to_string())?,
        None => {
            let event = event_json(&seen).map_err(|error| error.to_string())?;
            serde_json::to_string(&event).map_err(|error| error.to_string())?
        }
    };
    // Recorded JSON has no bare line break; with one, a client would read another event than was recorded.
    if [&data, &entry.event_type].into_iter().any(|text| text.contains(['\r', '\n'])) {
        return Err("a line break stands bare in the recorded event".into());
    }
    Ok(Event::default().id(entry.position.to_string()).event(&entry.event_type).data(data))
}

/// Where a live feed stands. It holds the journal but not the ledger, so it keeps no writer alive.
struct Feed {
    journal: Arc<dyn Journal>,
    committed: watch::Receiver<u64>,
    foreign: watch::Receiver<u64>,
    /// The last position read.
    after: u64,
    /// What was read and not yet sent.
    read: VecDeque<Entry>,
    /// The journal's origin, where CloudEvents are wanted.
    source: Option<String>,
    /// Whoever follows it, as they came in.
    reader: Identity,
}

/// The events after a position, without end.
fn follow(feed: Feed) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(feed, |mut feed| async move {
        let entry = match feed.next().await {
            Ok(entry) => entry,
            Err(error) => {
                tracing::error!(%error, after = feed.after, "an event stream ends early");
                return None;
            }
        };
        let position = entry.position;
        match sent(&entry, &feed.reader, feed.source.as_deref()) {
            Ok(event) => Some((Ok(event), feed)),
            Err(error) => {
                tracing::error!(%error, position, "an event stream ends early");
                None
            }
        }
    })
}

impl Feed {
    /// The next event; waits for one.
    async fn next(&mut self) -> Result<Entry, JournalError> {
        loop {
            if let Some(entry) = self.read.pop_front() {
                return Ok(entry);
            }
            // What is committed from here on wakes the wait below, even if this reading does not see it yet.
            self.committed.mark_unchanged();
            self.foreign.mark_unchanged();
            match self.journal.read(self.after, PAGE).await {
                Ok(entries) => self.take(entries)?,
                // The journal is away for a moment: the client keeps its place.
                Err(JournalError::Unavailable(cause)) => {
                    tracing::warn!(cause, "an event stream waits for the journal");
                    tokio::time::sleep(LOOK_EVERY).await;
                    continue;
                }
                Err(error) => return Err(error),
            }
            if self.read.is_empty() {
                self.wait().await;
            }
        }
    }

    fn take(&mut self, entries: Vec<Entry>) -> Result<(), JournalError> {
        for entry in entries {
            let expected = self.after.saturating_add(1);
            if entry.position != expected {
                let what = format!("the events go on at {}", entry.position);
                return Err(JournalError::Damaged { position: expected, what });
            }
            self.after = entry.position;
            self.read.push_back(entry);
        }
        Ok(())
    }

    async fn wait(&mut self) {
        tokio::select! {
            changed = self.committed.changed() => {
                if changed.is_err() {
                    // The writer is gone; other servers may go on.
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
            Ok(()) = self.foreign.changed() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
