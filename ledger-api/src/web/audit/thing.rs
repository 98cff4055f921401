//! `/audit/trace` of what the programmes keep, of a site and of a merchant: each event with the figures after it. Which thing it is
//! the number that was typed tells.

use ledger_core::domain::money::Fen;
use ledger_core::domain::refusal::Code;
use projections::audit::trace::{Standing, Subject, TraceLine};

use super::state::position;
use super::trace::{LINES, When, about, address, happened};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::reading::{date, may_read, must_be_there};
use crate::service::traces::{named, tell_of, trace_of};
use crate::web::figures::{change, points, yuan};
use crate::web::page::{Trouble, Visitor};
use crate::web::words::Words;

/// A thing as far as it was traced.
pub(super) struct Thing {
    /// What it is.
    pub(super) kind: String,
    pub(super) told: String,
    /// What it comes to.
    pub(super) figures: Vec<(&'static str, String)>,
    pub(super) left_out: String,
    pub(super) lines: Vec<ThingLine>,
    pub(super) count: usize,
    /// The address of the lines after these.
    pub(super) later: String,
    /// What else has the number: its address, and what it is.
    pub(super) others: Vec<(String, String)>,
}

/// A line of it.
pub(super) struct ThingLine {
    pub(super) position: u64,
    pub(super) word: String,
    pub(super) subject: String,
    pub(super) at: String,
    pub(super) actor: String,
    pub(super) change: String,
    /// The figures after it, each with its name, in the order of the thing's.
    pub(super) after: Vec<(&'static str, String)>,
    pub(super) about: String,
}

/// What of a number is traced, by the kind that is asked for or else the first, and what else has it. Where nothing has the
/// number as it was typed, it is looked for in capitals.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn chosen(app: &App, number: &str, of: &str) -> Result<(Option<Subject>, Vec<Subject>), ServiceError> {
    let mut found = named(app, number).await?;
    let capitals = number.to_uppercase();
    if found.is_empty() && capitals != number {
        found = named(app, &capitals).await?;
    }
    let wanted = found.iter().position(|subject| kind_of(subject) == of).unwrap_or(0);
    let subject = (wanted < found.len()).then(|| found.remove(wanted));
    Ok((subject, found))
}

/// What a subject's kind is called in an address.
fn kind_of(subject: &Subject) -> String {
    subject.to_string().split(':').next().unwrap_or_default().to_owned()
}

/// The number of a subject, as the journal has it.
pub(super) fn number_of(subject: &Subject) -> String {
    subject.to_string().split_once(':').map(|(_, number)| number.to_owned()).unwrap_or_default()
}

/// Traces a thing at a moment.
pub(super) async fn thing_of(
    app: &App,
    visitor: &Visitor,
    subject: Subject,
    others: &[Subject],
    when: &When<'_>,
) -> Result<Thing, Trouble> {
    let w = visitor.words();
    let reading = may_read(Who::Bearer(&visitor.must()?.identity), Read::Trace, Target::District)?;
    let no_position =
        || Trouble::refused(Code::InvalidInput, &format!("at: a position is a whole number up to {}", when.head));
    let until = position(when.at, when.head).ok_or_else(no_position)?;
    must_be_there(app, Some(until)).await?;
    let as_of = date("as_of", when.as_of)?;
    let kind = kind_named(w, &subject);
    let number = number_of(&subject);
    let of = kind_of(&subject);
    let unknown = not_there(&subject);
    let mut lines: Vec<TraceLine> = Vec::new();
    let end = trace_of(app, &reading, subject, as_of, until, &mut |line| lines.push(line)).await?;
    let end = end.ok_or_else(|| Trouble::refused(unknown, &format!("there is no {of} {number:?} up to {until}")))?;
    let count = lines.len();
    let shown = lines.iter().take_while(|line| line.position <= when.after).count();
    let later = lines.get(shown + LINES).and_then(|_| lines.get(shown + LINES - 1));
    let link = |of: &str| format!("{}&of={of}", address(&number, when.at, when.as_of, 0));
    let later = later.map(|last| format!("{}&of={of}", address(&number, when.at, when.as_of, last.position)));
    let mut page: Vec<TraceLine> = lines.into_iter().skip(shown).take(LINES).collect();
    tell_of(app, &reading, &mut page).await;
    Ok(Thing {
        kind,
        told: w.state_of(until, end.as_of.map(|day| day.to_string()).as_deref()),
        figures: figures(w, &end.figures),
        left_out: if end.left_out == 0 { String::new() } else { w.trace.left_out_of(end.left_out) },
        lines: page.iter().map(|line| line_told(w, line)).collect(),
        count,
        later: later.unwrap_or_default(),
        others: others.iter().map(|other| (link(&kind_of(other)), kind_named(w, other))).collect(),
    })
}

/// What a thing is called.
fn kind_named(w: &Words, subject: &Subject) -> String {
    let word = match subject {
        Subject::Worker(_) => w.worker,
        Subject::Merchant(_) => w.merchant,
        Subject::Card(_)
        | Subject::Store(_)
        | Subject::Request(_)
        | Subject::Benefit(_)
        | Subject::Fund(_)
        | Subject::Pass(_)
        | Subject::Pair(_)
        | Subject::Selection(_)
        | Subject::Site(_) => w.trace.kind(subject),
    };
    word.to_owned()
}

/// What is said where the journal did not know it yet.
fn not_there(subject: &Subject) -> Code {
    match subject {
        Subject::Worker(_) => Code::UnknownWorker,
        Subject::Store(_) => Code::UnknownStore,
        Subject::Merchant(_) => Code::UnknownMerchant,
        Subject::Request(_) => Code::UnknownRequest,
        Subject::Benefit(_) => Code::UnknownBenefit,
        Subject::Pass(_) => Code::UnknownPass,
        Subject::Pair(_) => Code::UnknownPair,
        Subject::Site(_) => Code::UnknownSite,
        Subject::Card(_) | Subject::Fund(_) | Subject::Selection(_) => Code::NotFound,
    }
}

/// The figures of a thing, each with its name, in one order for all lines.
fn figures(w: &Words, standing: &Standing) -> Vec<(&'static str, String)> {
    let t = w.trace;
    match standing {
        Standing::Request(request) => {
            vec![(t.claims, request.claims.to_string()), (t.credited, points(request.credited))]
        }
        Standing::Benefit(benefit) => vec![
            (t.granted, benefit.figures.granted.to_string()),
            (t.queued, benefit.figures.waiting.to_string()),
            (t.used, benefit.figures.used.to_string()),
            (t.places_left, benefit.places_left().map_or_else(|| "–".to_owned(), |left| left.to_string())),
        ],
        Standing::Fund(fund) => vec![
            (t.appropriated, yuan(fund.appropriated)),
            (t.committed, yuan(fund.committed)),
            (t.paid, yuan(fund.paid)),
            (t.free, yuan(fund.free())),
        ],
        Standing::Pass(pass) => vec![
            (t.status, t.pass_status(pass.status()).to_owned()),
            (t.slips, pass.slips.to_string()),
            (t.full_price, yuan(pass.price)),
            (t.discount, yuan(pass.discount)),
        ],
        Standing::Pair(pair) => vec![
            (t.visits_waiting, pair.waiting.to_string()),
            (t.visits_confirmed, pair.confirmed.to_string()),
            (t.credited, points(pair.credited)),
        ],
        Standing::Selection(selection) => vec![
            (t.stage, t.stage_of(selection.stage).to_owned()),
            (t.candidates, selection.candidates.to_string()),
            (t.listed, selection.listed.to_string()),
            (t.objections, selection.objections.to_string()),
        ],
        Standing::Site(site) => vec![
            (t.parent, site.parent.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string)),
            (t.below, site.below.to_string()),
            (t.appointments, site.appointments.to_string()),
            (t.credited, points(site.credited)),
        ],
        Standing::Merchant(merchant) => {
            vec![(t.owed_points, points(merchant.owed())), (t.owed_money, yuan(merchant.owed_money()))]
        }
        // Those have a page of their own, or none.
        Standing::Worker(_) | Standing::Card(_) | Standing::Store(_) => Vec::new(),
    }
}

fn line_told(w: &Words, line: &TraceLine) -> ThingLine {
    let changed = match (line.points.is_zero(), line.money) {
        (false, _) => change(line.points),
        (true, Fen::ZERO) => "–".to_owned(),
        (true, money) if money.is_positive() => format!("+{}", yuan(money)),
        (true, money) => yuan(money),
    };
    ThingLine {
        position: line.position,
        word: w.event(line.event).to_owned(),
        subject: line.subject.clone(),
        at: happened(line),
        actor: line.actor.clone(),
        change: changed,
        after: figures(w, &line.after),
        about: about(w, line),
    }
}
