//! A counter without a network: what a device takes along so that it can go on, and what it tells afterwards.
//!
//! What was handed out is told under the account of the clerk who confirmed it. That clerk's ticket proves it, be it told
//! by whomever: it was signed by the ledger while the clerk was logged in at that store.

use ledger_core::domain::ids::{AccountId, HoldId};
use ledger_core::domain::points::Points;
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Command, Context, Receipt, commands};
use projections::queries::Page;
use projections::views::case::Case;

use super::command::{Asked, prepare, submit};
use super::counter_proof::{meant, parted};
use super::reading::{Reading, may_read};
use super::texts::{self, Written};
use super::{ServiceError, reach, signed, who};
use crate::access::Identity;
use crate::access::policy::{CommandKind, Read, Target, Who};
use crate::app::App;

/// How long a ticket covers what is handed out: a long working day and the night after it.
const TICKET_HOURS: i64 = 24;
/// How far a device's clock may differ from ours, as in the contract's business time.
const CLOCKS_DIFFER_MS: i64 = 5 * 60 * 1_000;
const TICKET_KIND: &str = "nuanxin/counter-ticket/1";
const HOLD_KIND: &str = "nuanxin/hold-code/1";

/// What lets a clerk's redemptions be told later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The word itself.
    pub ticket: String,
    /// Whose redemptions it covers.
    pub account: String,
    /// When it was made, milliseconds since 1970 by the ledger's clock.
    pub issued_ms: i64,
    /// Until when they may be made, milliseconds since 1970.
    pub until_ms: i64,
}

/// A ticket for whoever asks, at a store of theirs.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Unavailable`].
pub async fn ticket(app: &App, identity: &Identity, store: &str) -> Result<Ticket, ServiceError> {
    reach::may(app, Who::Bearer(identity), CommandKind::DeliverRedemption, Target::Store(store)).await?;
    let issued_ms = milliseconds(app.ledger.now());
    let until_ms = issued_ms.saturating_add(TICKET_HOURS * 3_600 * 1_000);
    let text = format!("{TICKET_KIND}\n{}\n{store}\n{issued_ms}\n{until_ms}\n", identity.id);
    let ticket = signed::sign(app, &text).await?;
    Ok(Ticket { ticket, account: identity.id.to_string(), issued_ms, until_ms })
}

/// Whose a ticket is, where it covers a store at a time.
async fn covered(app: &App, ticket: &str, store: &str, at: BusinessTime) -> Result<Option<AccountId>, ServiceError> {
    let Some(text) = signed::read(app, ticket).await? else { return Ok(None) };
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default();
    let (kind, account, named) = (line(), line(), line());
    let (Ok(issued), Ok(until)) = (line().parse::<i64>(), line().parse::<i64>()) else { return Ok(None) };
    let at = milliseconds(at);
    let covers = kind == TICKET_KIND && named == store && at >= issued - CLOCKS_DIFFER_MS && at <= until;
    Ok(if covers { AccountId::new(account).ok() } else { None })
}

/// Tells what a counter handed out. With a ticket its clerk is who acts, judged by what was granted to them on that day;
/// whoever brings it must be allowed to tell such things at that store.
///
/// # Errors
/// [`ServiceError`]; `forbidden` for a ticket that does not cover it.
pub async fn deliver(
    app: &App,
    caller: &Identity,
    context: Context,
    asked: Asked,
    ticket: Option<&str>,
) -> Result<(Command, Receipt), ServiceError> {
    let denied = || ServiceError::Denied(crate::access::policy::Denied);
    let Command::DeliverRedemption(told) = &asked.command else { return Err(denied()) };
    let (store, given_at) = (told.store.to_string(), told.given_at);
    reach::may(app, Who::Bearer(caller), CommandKind::DeliverRedemption, Target::Store(&store)).await?;
    let Some(ticket) = ticket else { return give(app, caller, context, asked).await };
    let Some(account) = covered(app, ticket, &store, given_at).await? else { return Err(denied()) };
    let clerk = who::of_account_on(app, &account, caller.way.clone(), given_at.date()).await?.ok_or_else(denied)?;
    let context = Context { actor: clerk.id.clone(), ..context };
    give(app, &clerk, context, asked).await
}

async fn give(
    app: &App,
    identity: &Identity,
    context: Context,
    asked: Asked,
) -> Result<(Command, Receipt), ServiceError> {
    let prepared = prepare(app, Who::Bearer(identity), context, asked).await?;
    let command = prepared.command().clone();
    Ok((command, submit(app.clone(), prepared).await?))
}

/// Finds who is meant by what was typed at a counter; what names nobody stays as it was typed, unless it holds a number
/// that is nobody's business.
///
/// A code that stood behind the name is told apart: it is nothing to keep.
pub(super) async fn name_worker(app: &App, command: &mut Command) -> Result<Option<String>, ServiceError> {
    let Command::DeliverRedemption(told) = command else { return Ok(None) };
    let (None, Some(typed)) = (&told.worker, &told.note) else { return Ok(None) };
    app.views.fresh(None).await?;
    let (worker, code) = meant(app, typed).await?;
    if let Some(worker) = worker {
        told.worker = Some(worker);
        told.note = None;
        return Ok(code);
    }
    let (who, _) = parted(typed);
    told.note = Some(who).filter(|who| commands::check_text(who).is_ok());
    Ok(None)
}

/// The signed code of a hold: what a counter without a network takes it by.
#[derive(Debug, Clone)]
pub struct HoldCode {
    /// The hold's name: the key of the command that placed it.
    pub hold: HoldId,
    /// The worker's id (编号).
    pub worker: String,
    /// The store's id (网点编号).
    pub store: String,
    /// It is void from here on.
    pub expires_at: String,
    /// The points set aside.
    pub points: Points,
    /// As the QR shows it, signed by the ledger.
    pub code: String,
}

/// The code of an open hold.
///
/// # Errors
/// [`ServiceError::Denied`]; `unknown_redemption` where there is no open hold of that name.
pub async fn hold_code(app: &App, reading: Reading<'_>, hold: &HoldId) -> Result<Option<HoldCode>, ServiceError> {
    let Some(row) = app.views.hold(hold.as_str()).await?.value else { return Ok(None) };
    let Some(expires_at) = row.expires_at else { return Ok(None) };
    reading.note_worker(app, &row.worker);
    let until = milliseconds(expires_at);
    let mut text = format!("{HOLD_KIND}\n{hold}\n{}\n{}\n{until}\n{}\n", row.store, row.worker, row.points);
    for line in &row.lines {
        text.push_str(&format!("{} {}\n", line.sku, line.quantity));
    }
    Ok(Some(HoldCode {
        hold: hold.clone(),
        worker: row.worker,
        store: row.store,
        expires_at: expires_at.to_string(),
        points: row.points,
        code: signed::sign(app, &text).await?,
    }))
}

/// The hold and the store that a code names which a key of this journal signed; none for any other text.
///
/// # Errors
/// [`ServiceError::Unavailable`] when the keys cannot be asked now.
pub(super) async fn read_hold_code(app: &App, code: &str) -> Result<Option<(String, String)>, ServiceError> {
    let Some(text) = signed::read(app, code).await? else { return Ok(None) };
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default().to_owned();
    let (kind, hold, store) = (line(), line(), line());
    Ok((kind == HOLD_KIND).then_some((hold, store)))
}

/// The cases of a store: what was handed out unheard and refused, in the order of their names, open or settled as asked.
///
/// # Errors
/// [`ServiceError`].
pub async fn cases(
    app: &App,
    reading: Reading<'_>,
    store: &str,
    open: Option<bool>,
    after: &str,
    limit: usize,
) -> Result<Page<Case>, ServiceError> {
    let wanted = |case: &Case| open.is_none_or(|open| case.settled.is_none() == open);
    let mut page = app.views.cases(store, after, limit, wanted).await?;
    let workers: Vec<&str> = page.rows.iter().filter_map(|(_, case)| case.worker.as_deref()).collect();
    reading.note_store(app, store, workers.into_iter());
    let mut written = Vec::new();
    for (_, case) in &mut page.rows {
        written.extend(case.note.as_mut().map(|note| Written::of_store(store, note)));
        written.extend(case.settled.as_mut().map(|(_, reason)| Written::of_store(store, reason)));
    }
    texts::tell(&app.vault, reading.who, written).await;
    Ok(page)
}

/// What a store's counter takes along to go on without a network.
#[derive(Debug, Clone)]
pub struct Provisions {
    /// The device that captures holds.
    pub device: Option<String>,
    /// Most points for one worker.
    pub floor: Points,
    /// Most points on a day.
    pub total: Points,
    /// What a redemption asks for.
    pub proof: CounterProof,
    /// The key that signs codes of holds, base64.
    pub key: Option<String>,
    /// What there is: code, name, price.
    pub goods: Vec<(String, String, Points)>,
}

/// What a counter takes along.
///
/// # Errors
/// [`ServiceError`].
pub async fn provisions(app: &App, who: Who<'_>, store: &str) -> Result<Provisions, ServiceError> {
    let reading = may_read(who, Read::Counter, Target::Store(store))?;
    reading.at_least(app, None).await?;
    let rules = app.views.programme().await?.value.settings.map(|settings| settings.counter).unwrap_or_default();
    let row = app.views.store_row(store).await?.value;
    let shelves = super::counter::shelves(app, who, store).await?;
    let goods = shelves.into_iter().filter(|(_, item)| item.listed && item.on_shelf > 0);
    Ok(Provisions {
        device: row.and_then(|row| row.device),
        // Nothing on a device can tell a PIN, and none is kept there.
        floor: if rules.counter_proof == CounterProof::Pin { Points::ZERO } else { rules.offline_floor },
        proof: rules.counter_proof,
        total: rules.offline_total,
        key: signed::public_key(app).await?,
        goods: goods.map(|(sku, item)| (sku, item.name, item.price)).collect(),
    })
}

/// As a browser's clock counts: since 1970.
fn milliseconds(time: BusinessTime) -> i64 {
    time.unix_seconds().saturating_mul(1_000)
}
