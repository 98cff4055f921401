//! A counter without a network: what the page takes along (`/counter/away`), the worker that keeps the page at hand
//! (`/counter/worker.js`), and what is left to people afterwards: slips written by hand and cases (`/counter/cases`).

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use ledger_core::domain::means::Means;
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::command::AskedLine;
use ledger_core::ledger::{Command, Receipt, commands};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{LINES_MAX, OfStore, UNITS_MAX, give, own_store};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::away::{Provisions, cases, provisions, ticket};
use crate::service::command::worker_event;
use crate::service::counter::{shelves, store_name};
use crate::service::foresight::foresee;
use crate::service::keys::read_key;
use crate::service::reading::may_read_here;
use crate::title;
use crate::web::assets::{AWAY, HTMX, PAGES, READER, SIGNED, STYLE};
use crate::web::figures::{minute, points};
use crate::web::form::{Fields, Sent, read_id};
use crate::web::me::PICK_UP;
use crate::web::page::{Frame, Trouble, Visitor, answer, new_key, show};
use crate::web::trouble;
use crate::web::words::Words;

/// Most cases on a page.
const CASES_MAX: usize = 200;
/// Lines of a slip that are offered at first.
const BLANK_LINES: usize = 4;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/counter/away", get(take_along))
        .route("/counter/worker.js", get(worker))
        .route("/counter/cases", get(read).post(act))
}

/// What a page takes along.
#[derive(Serialize)]
struct Along {
    store: String,
    account: String,
    /// What a write of this session must show.
    csrf: String,
    ticket: String,
    until_ms: i64,
    /// The ledger's clock, milliseconds since 1970: a device's own may be wrong.
    now_ms: i64,
    floor: String,
    total: String,
    /// What a redemption asks for.
    proof: &'static str,
    device: Option<String>,
    key: Option<String>,
    goods: Vec<Good>,
    /// How the number of something that was set aside on a page begins.
    pick_up: &'static str,
    /// What reads codes where the browser itself does not.
    reader: &'static str,
    words: AwayWords,
}

#[derive(Serialize)]
struct Good {
    sku: String,
    name: String,
    price: String,
    label: String,
}

/// What the page says by itself.
#[derive(Serialize)]
struct AwayWords {
    title: &'static str,
    named: &'static str,
    look: &'static str,
    goods: &'static str,
    chosen: &'static str,
    less: &'static str,
    confirm: &'static str,
    done: &'static str,
    later: &'static str,
    told: &'static str,
    refused: &'static str,
    back: &'static str,
    undo: &'static str,
    none: &'static str,
    over_floor: &'static str,
    over_total: &'static str,
    ticket_over: &'static str,
    waiting: &'static str,
    as_case: &'static str,
    stuck: &'static str,
    log_in: &'static str,
    hold: &'static str,
    unanswered: &'static str,
    hold_bad: &'static str,
    hold_over: &'static str,
    hold_elsewhere: &'static str,
    hold_taken: &'static str,
    hold_number: &'static str,
    hold_device: &'static str,
    enrol: &'static str,
    enrolled: &'static str,
    not_enrolled: &'static str,
    ready: &'static str,
    points: &'static str,
    all_cases: &'static str,
    ask_code: &'static str,
    missing_code: &'static str,
    code_used: &'static str,
    scan: &'static str,
    no_camera: &'static str,
}

impl AwayWords {
    fn of(w: &Words, proof: CounterProof) -> AwayWords {
        AwayWords {
            title: w.away_title,
            named: w.code_or_card,
            look: w.look_up,
            goods: w.affordable,
            chosen: w.chosen,
            less: w.less,
            confirm: w.confirm_redeem,
            done: w.redeemed,
            later: w.away_later,
            told: w.away_told,
            refused: w.away_refused,
            back: w.away_back,
            undo: w.undo,
            none: if proof == CounterProof::Pin { w.proof.away_pin } else { w.away_none },
            over_floor: w.away_over_floor,
            over_total: w.away_over_total,
            ticket_over: w.away_ticket_over,
            waiting: w.away_waiting,
            as_case: w.away_as_case,
            stuck: w.away_stuck,
            log_in: w.away_log_in,
            hold: w.away_hold,
            unanswered: w.away_unanswered,
            hold_bad: w.away_hold_bad,
            hold_over: w.away_hold_over,
            hold_elsewhere: w.away_hold_elsewhere,
            hold_taken: w.away_hold_taken,
            hold_number: w.away_hold_number,
            hold_device: w.away_hold_device,
            enrol: w.away_enrol,
            enrolled: w.away_enrolled,
            not_enrolled: w.away_not_enrolled,
            ready: w.away_ready,
            points: w.points,
            all_cases: w.cases,
            ask_code: w.proof.ask_code,
            missing_code: w.proof.missing_code,
            code_used: w.proof.away_code_used,
            scan: w.scan,
            no_camera: w.no_camera,
        }
    }
}

async fn take_along(State(app): State<App>, visitor: Visitor, Query(asked): Query<OfStore>) -> Response {
    let made = async {
        let store = own_store(&visitor, &asked.store)?;
        let found = visitor.must()?;
        let w = visitor.words();
        let Provisions { device, floor, total, proof, key, goods } =
            provisions(&app, Who::Bearer(&found.identity), &store).await?;
        let ticket = ticket(&app, &found.identity, &store).await?;
        let goods = goods.into_iter().map(|(sku, name, price)| {
            let price = points(price);
            Good { sku, label: format!("{name} {}", w.with_points(&price)), name, price }
        });
        let along = Along {
            account: ticket.account,
            csrf: found.session.csrf.clone(),
            ticket: ticket.ticket,
            until_ms: ticket.until_ms,
            now_ms: ticket.issued_ms,
            floor: floor.to_string(),
            total: total.to_string(),
            proof: proof.as_str(),
            device,
            key,
            goods: goods.collect(),
            pick_up: PICK_UP,
            reader: &READER.path,
            words: AwayWords::of(w, proof),
            store,
        };
        Ok(([(header::CACHE_CONTROL, "no-store")], Json(along)).into_response())
    };
    answer(&visitor, made.await)
}

/// The worker keeps the counter's page and its files at hand; it must be served from the folder that it works for.
async fn worker() -> Response {
    let files = [&STYLE, &HTMX, &PAGES, &AWAY, &SIGNED, &READER].map(|file| format!("'{}'", file.path)).join(", ");
    let text = include_str!("worker.js").replace("__FILES__", &files);
    let mut response = ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("service-worker-allowed", HeaderValue::from_static("/counter"));
    // A worker is held to the policy that it came with, and not to that of the page.
    let policy = HeaderValue::from_static("default-src 'none'; connect-src 'self'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

#[derive(Template)]
#[template(path = "counter/cases.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    store: String,
    store_name: String,
    said: String,
    bad: String,
    /// Code, item with its price.
    goods: Vec<(String, String)>,
    rows: Vec<Row>,
    /// What was filled in, to mend it in place.
    named: String,
    at: String,
    /// Lines of the slip: the item's code, blank where nothing is chosen, and how many.
    lines: Vec<(String, String)>,
    /// The slip that would be refused, to be sent as it is.
    as_it_is: String,
}

struct Row {
    case: String,
    at: String,
    items: String,
    to: String,
    means: &'static str,
    why: String,
    /// How it was settled; blank while it is open.
    settled: String,
    key: String,
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<OfStore>) -> Response {
    let made = async {
        let store = own_store(&visitor, &asked.store)?;
        page(&app, &visitor, &store, Shown::default()).await
    };
    answer(&visitor, made.await)
}

/// What the page says beside its lists.
#[derive(Default)]
struct Shown {
    said: String,
    bad: String,
    named: String,
    at: String,
    lines: Vec<(String, String)>,
    as_it_is: String,
}

async fn act(State(app): State<App>, visitor: Visitor, sent: Sent) -> Response {
    let made = async {
        let fields = Fields::of(&visitor, sent)?;
        let store = own_store(&visitor, fields.get("store"))?;
        let w = visitor.words();
        let settles = fields.get("do") == "settle";
        let done = async {
            if settles {
                give(&app, &visitor, fields.get("key"), settling(&store, &fields)?).await?;
                return Ok(Shown { said: w.case_settled.to_owned(), ..Shown::default() });
            }
            enter_slip(&app, &visitor, &store, &fields).await
        };
        let shown = match done.await {
            Ok(shown) => shown,
            Err(Trouble::Service(error)) => {
                Shown { bad: trouble::said(w, visitor.english, &error), ..filled_in(&fields) }
            }
            Err(other) => return Err(other),
        };
        page(&app, &visitor, &store, shown).await
    };
    answer(&visitor, made.await)
}

/// What was filled in of a slip, to be shown again.
fn filled_in(fields: &Fields) -> Shown {
    Shown {
        named: fields.get("named").to_owned(),
        at: fields.get("at").to_owned(),
        lines: slip_lines(fields).map(|(sku, units)| (sku.to_owned(), units.to_owned())).collect(),
        ..Shown::default()
    }
}

/// Enters a slip. The same person, time and goods are the same slip, whoever enters it and how often. What the ledger would
/// refuse is told first, for most of it is a slip of the pen; sent once more as it is, it becomes a case.
async fn enter_slip(app: &App, visitor: &Visitor, store: &str, fields: &Fields) -> Result<Shown, Trouble> {
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let (command, key) = (slip(store, fields)?, slip_key(store, fields));
    if fields.get("as_it_is") != key {
        let foreseen = foresee(app, Who::Bearer(identity), &identity.id, read_key(&key)?, command.clone()).await?;
        let refused = case_of(&foreseen).filter(|_| !foreseen.repeated);
        if let Some(code) = refused {
            let why = if visitor.english { code.as_str().replace('_', " ") } else { title::chinese(code).to_owned() };
            return Ok(Shown { bad: format!("{why}。{}", w.slip_refused), as_it_is: key, ..filled_in(fields) });
        }
    }
    let receipt = give(app, visitor, &key, command).await?;
    Ok(told(w, &receipt))
}

/// The key of a slip: made of what stands on it.
fn slip_key(store: &str, fields: &Fields) -> String {
    let mut content = Sha256::new();
    let named = fields.get("named").to_uppercase();
    let lines = slip_lines(fields).flat_map(|(sku, units)| [sku, units]);
    for part in [store, &named, fields.get("at")].into_iter().chain(lines) {
        content.update(part.len().to_be_bytes());
        content.update(part);
    }
    format!("slip/{}", hex::encode(&content.finalize()[..16]))
}

fn settling(store: &str, fields: &Fields) -> Result<Command, Trouble> {
    Ok(Command::SettleCase(commands::SettleCase {
        store: read_id(store)?,
        case: read_id(fields.get("case"))?,
        reason: fields.get("reason").to_owned(),
    }))
}

/// The lines of a slip on which something is chosen.
fn slip_lines(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    fields.all("sku").zip(fields.all("units")).filter(|(sku, _)| !sku.is_empty())
}

/// A slip: who, what and when, as it was written by hand.
fn slip(store: &str, fields: &Fields) -> Result<Command, Trouble> {
    let time = || ServiceError::refused(Code::InvalidDate, "at: write the time on the slip, as in 2024-03-05T09:00");
    // A browser sends the time as it stands on the slip: to the minute, by the district's clock.
    let given_at = BusinessTime::parse(&format!("{}:00+08:00", fields.get("at"))).ok_or_else(time)?;
    let mut lines = Vec::new();
    for (sku, units) in slip_lines(fields) {
        let quantity = units.parse().ok().filter(|units| (1..=UNITS_MAX).contains(units));
        lines.push(AskedLine { sku: read_id(sku)?, quantity });
    }
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(Trouble::refused(Code::InvalidInput, "lines: choose what stands on the slip"));
    }
    Ok(Command::DeliverRedemption(commands::DeliverRedemption {
        means: Means::Slip,
        device: None,
        hold: None,
        worker: None,
        note: Some(fields.get("named").to_owned()),
        store: read_id(store)?,
        lines,
        given_at,
        proof: commands::ProofTold::NotAsked,
    }))
}

/// Why a slip became a case, where it did.
fn case_of(receipt: &Receipt) -> Option<Code> {
    receipt.events.iter().filter_map(|event| event.as_store()?.as_case()).map(|case| case.code).next()
}

/// What became of a slip.
fn told(w: &Words, receipt: &Receipt) -> Shown {
    if receipt.repeated {
        return Shown { said: w.slip_before.to_owned(), ..Shown::default() };
    }
    if case_of(receipt).is_some() {
        return Shown { bad: w.away_as_case.to_owned(), ..Shown::default() };
    }
    let made = worker_event(receipt, |event| {
        event.as_redemption().map(|made| (event.worker().to_string(), points(made.points), points(made.balance)))
    });
    let of =
        made.map(|(worker, spent, left)| format!(" · {worker} · {} · {} {left}", w.with_points(&spent), w.balance));
    Shown { said: format!("{}{}", w.redeemed, of.unwrap_or_default()), ..Shown::default() }
}

/// What was filled in, and lines for more: a slip of paper seldom holds more items.
fn with_blank_lines(mut lines: Vec<(String, String)>) -> Vec<(String, String)> {
    lines.truncate(LINES_MAX);
    let blank = BLANK_LINES.saturating_sub(lines.len()).max(1);
    lines.extend(std::iter::repeat_n((String::new(), "1".to_owned()), blank));
    lines
}

async fn page(app: &App, visitor: &Visitor, store: &str, shown: Shown) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let shelves = shelves(app, who, store).await?;
    let name = |sku: &str| {
        shelves.iter().find(|(found, _)| found == sku).map_or_else(|| sku.to_owned(), |(_, item)| item.name.clone())
    };
    let reading = may_read_here(app, who, Read::Cases, Target::Store(store)).await?;
    reading.at_least(app, None).await?;
    let found = cases(app, reading, store, None, "", CASES_MAX).await?;
    let mut rows: Vec<(u64, Row)> = Vec::with_capacity(found.rows.len());
    for (case, row) in found.rows {
        let items = row.lines.iter().map(|line| format!("{} ×{}", name(line.sku.as_str()), line.quantity));
        let code = Code::ALL.iter().find(|code| code.as_str() == row.code);
        let why = match code.filter(|_| !visitor.english) {
            Some(code) => title::chinese(*code).to_owned(),
            None => row.code.replace('_', " "),
        };
        let shown = Row {
            at: minute(&row.given_at),
            items: items.collect::<Vec<_>>().join("、"),
            to: row.worker.or(row.note).unwrap_or_default(),
            means: match row.means.as_str() {
                "hold" => w.means_hold,
                "slip" => w.means_slip,
                _ => w.means_floor,
            },
            why,
            settled: row.settled.map(|(_, reason)| reason).unwrap_or_default(),
            key: new_key("settle"),
            case,
        };
        rows.push((row.position, shown));
    }
    // What is open comes first, the newest before the older.
    rows.sort_by_key(|(position, row)| (!row.settled.is_empty(), std::cmp::Reverse(*position)));
    let listed = shelves.iter().filter(|(_, item)| item.listed);
    let page = Page {
        f: visitor.frame(w.cases),
        store_name: store_name(app, who, store).await?,
        store: store.to_owned(),
        said: shown.said,
        bad: shown.bad,
        goods: listed
            .map(|(sku, item)| (sku.clone(), format!("{} {}", item.name, w.with_points(&points(item.price)))))
            .collect(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        named: shown.named,
        at: shown.at,
        lines: with_blank_lines(shown.lines),
        as_it_is: shown.as_it_is,
    };
    show(&page)
}
