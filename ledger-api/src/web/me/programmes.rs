//! What `/me` shows of the programmes, and what its forms ask for: to apply for a benefit, to report and confirm visits.

use chrono::NaiveDate;
use ledger_core::domain::ids::{CertificateNo, WorkerId};
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pair::state::Visit;
use ledger_core::domain::pass::command::PassTerms;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::commands::benefits::AskedAmount;
use ledger_core::ledger::{Command, commands};

use super::letters::letters;
use crate::access::policy::Who;
use crate::app::App;
use crate::qr::Picture;
use crate::service::applied::{Became, became};
use crate::service::desk::today;
use crate::service::keys::read_key;
use crate::service::programmes::{OwnApplication, Programmes, of_worker};
use crate::service::reading::read_date;
use crate::web::applied::bodies;
use crate::web::figures::points;
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, give, new_key, new_number};
use crate::web::words::Words;

/// Visits of a pair that are over and shown.
const VISITS_SHOWN: usize = 5;

/// What the page shows.
pub(super) struct Part {
    pub(super) benefits: Vec<Benefit>,
    /// Value and words of those that can be applied for.
    pub(super) offered: Vec<(String, String)>,
    pub(super) number: String,
    pub(super) pairs: Vec<OwnPair>,
    pub(super) visit_kinds: Vec<(String, String)>,
    pub(super) letters: Vec<Paper>,
    pub(super) passes: Vec<Paper>,
    pub(super) today: String,
    /// When the page was made: a form that is sent twice says the same.
    pub(super) now: String,
}

pub(super) struct Benefit {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) state: String,
    pub(super) colour: &'static str,
    /// The last day to use it, and how long that is.
    pub(super) until: String,
    pub(super) when: String,
    /// The number as a picture, while it can be shown to somebody.
    pub(super) code: String,
    /// The benefit's own number, and the key of the form that withdraws; none where nothing can be withdrawn.
    pub(super) of: String,
    pub(super) key: Option<String>,
    /// Whether it waits: then nothing comes back.
    pub(super) waits: bool,
    /// When a use was taken back last, and why.
    pub(super) back_on: String,
    pub(super) back_why: String,
    /// Why it was withdrawn, where somebody said.
    pub(super) reason: String,
    /// Whether it waits for the word of bodies: then nothing comes back either.
    pub(super) proposed: bool,
    /// The bodies that approved, and those that have not yet.
    pub(super) passed: String,
    pub(super) still: String,
    /// Why it was sent back.
    pub(super) rejected: String,
}

pub(super) struct OwnPair {
    pub(super) id: String,
    pub(super) other: String,
    pub(super) since: String,
    pub(super) ended: bool,
    pub(super) visits: Vec<OwnVisit>,
    /// The activity of the last visit.
    pub(super) usual: String,
    pub(super) key: String,
}

pub(super) struct OwnVisit {
    pub(super) id: String,
    pub(super) told: String,
    pub(super) state: &'static str,
    pub(super) colour: &'static str,
    pub(super) confirms: bool,
    pub(super) key: String,
}

/// An appointment or a pass.
pub(super) struct Paper {
    pub(super) what: String,
    pub(super) id: String,
    pub(super) state: &'static str,
    pub(super) colour: &'static str,
    pub(super) days: String,
    pub(super) more: String,
}

/// What a worker has, as the page shows it.
pub(super) async fn part(app: &App, visitor: &Visitor, worker: &str, number: Option<String>) -> Result<Part, Trouble> {
    let w = visitor.words();
    let today = today(app);
    let found = of_worker(app, Who::Bearer(&visitor.must()?.identity), worker, today).await?;
    let Programmes {
        applications,
        offered,
        pairs,
        visit_kinds,
        appointments,
        appointments_proposed,
        appointments_returned,
        passes,
    } = found;
    let benefits = applications.iter().map(|own| benefit(w, own, today)).collect::<Result<_, _>>()?;
    let called = |code: &str| {
        let kind = visit_kinds.iter().find(|(found, _)| found == code);
        kind.map_or_else(|| code.to_owned(), |(_, name)| name.clone())
    };
    let offered = offered.into_iter().map(|offer| {
        let price = if offer.terms.price.is_positive() {
            w.with_points(&points(offer.terms.price))
        } else {
            w.programmes.free.to_owned()
        };
        (offer.id, w.programmes.offer(&offer.terms.name, &price, offer.left, offer.waiting))
    });
    Ok(Part {
        benefits,
        offered: offered.collect(),
        number: number.unwrap_or_else(|| new_number("QY")),
        pairs: pairs.iter().filter_map(|(id, row)| pair(w, id, row, worker, &called, today)).collect(),
        letters: letters(w, appointments, appointments_proposed, appointments_returned, today),
        passes: passes.into_iter().map(|(id, terms)| pass(w, id, &terms, today)).collect(),
        visit_kinds,
        today: today.to_string(),
        now: app.ledger.now().to_string(),
    })
}

fn benefit(w: &Words, own: &OwnApplication, today: NaiveDate) -> Result<Benefit, Trouble> {
    let p = w.programmes;
    let until = own.benefit.window.through;
    let left = until.map(|day| (day - today).num_days());
    let a = w.approvals;
    let bodies = bodies(own.proposal.as_ref());
    let (state, colour) = match (&own.withdrawn, &own.used, own.place) {
        _ if own.rejected.is_some() => (a.rejected.to_owned(), "bad"),
        _ if own.proposed => (a.in_review(bodies.passed.len(), bodies.all()), "wait"),
        (Some(_), ..) => (p.withdrawn.to_owned(), "info"),
        (None, Some(_), _) => (p.used.to_owned(), "ok"),
        // After the last day no place is given any more.
        (None, None, Some(_)) if left.is_some_and(|left| left < 0) => (p.queue_over.to_owned(), "info"),
        (None, None, Some(place)) => (p.place(place), "wait"),
        (None, None, None) => (p.granted.to_owned(), "info"),
    };
    let open = own.is_open() && own.place.is_none() && !own.proposed;
    let usable = open && left.is_none_or(|left| left >= 0);
    let code = if usable {
        let drawn = Picture::Svg.draw(&own.id).map_err(|error| Trouble::Fault(error.to_string()))?;
        String::from_utf8(drawn).map_err(|error| Trouble::Fault(error.to_string()))?
    } else {
        String::new()
    };
    let until = until.zip(left).filter(|_| open);
    Ok(Benefit {
        name: own.benefit.name.clone(),
        id: own.id.clone(),
        state,
        colour,
        until: until.map(|(day, left)| format!("{} {day} · {}", p.use_until, p.left(left))).unwrap_or_default(),
        when: match (&own.withdrawn, &own.rejected, &own.used) {
            (Some(withdrawn), ..) => format!("{} {}", p.withdrawn_on, withdrawn.at.date()),
            (None, Some(rejected), _) => format!("{} {}", a.rejected_on, rejected.at.date()),
            (None, None, Some(used)) => format!("{} {}", p.used_on, used.at.date()),
            (None, None, None) => format!("{} {}", p.applied_on, own.terms.at.date()),
        },
        code,
        of: own.of.clone(),
        key: own.is_open().then(|| new_key("withdrawal")),
        waits: own.place.is_some(),
        back_on: own.reversed.as_ref().map(|reversed| reversed.at.date().to_string()).unwrap_or_default(),
        back_why: own.reversed.as_ref().map(|reversed| reversed.reason.clone()).unwrap_or_default(),
        reason: own.withdrawn.as_ref().and_then(|withdrawn| withdrawn.reason.clone()).unwrap_or_default(),
        proposed: own.proposed,
        passed: bodies.passed.join("、"),
        still: if own.proposed { bodies.still.join("、") } else { String::new() },
        rejected: own.rejected.as_ref().map(|rejected| rejected.reason.clone()).unwrap_or_default(),
    })
}

fn pair(
    w: &Words,
    id: &str,
    row: &Pair,
    worker: &str,
    called: &dyn Fn(&str) -> String,
    today: NaiveDate,
) -> Option<OwnPair> {
    let p = w.programmes;
    let terms = row.terms()?;
    let helps = terms.helper.as_str() == worker;
    let (how, other) = if helps { (p.helps, &terms.helped) } else { (p.helped_by, &terms.helper) };
    let mut visits: Vec<_> = row.visits().collect();
    visits.sort_by_key(|(id, visit)| (visit.confirmation.is_some(), std::cmp::Reverse((visit.terms.on, id.as_str()))));
    let usual = visits.iter().max_by_key(|(_, visit)| visit.terms.on);
    Some(OwnPair {
        id: id.to_owned(),
        other: format!("{how} {other}"),
        since: format!("{} {}", p.since, terms.since),
        ended: !terms.holds(today),
        usual: usual.map(|(_, visit)| visit.terms.activity.to_string()).unwrap_or_default(),
        visits: visits
            .iter()
            .scan(0_usize, |over, (id, visit)| {
                *over += usize::from(visit.confirmation.is_some());
                Some((*over <= VISITS_SHOWN).then(|| own_visit(w, id.as_str(), visit, worker, called)))
            })
            .flatten()
            .collect(),
        key: new_number("ZF"),
    })
}

fn own_visit(w: &Words, id: &str, visit: &Visit, worker: &str, called: &dyn Fn(&str) -> String) -> OwnVisit {
    let p = w.programmes;
    let own = visit.terms.reporter.as_str() == worker;
    let (state, colour) = match (&visit.confirmation, own) {
        (Some(word), _) if word.branch.is_some() => (w.visits.by_branch, "ok"),
        (Some(_), _) => (p.confirmed, "ok"),
        (None, true) => (p.waits_for_other, "info"),
        (None, false) => (p.to_confirm, "wait"),
    };
    OwnVisit {
        id: id.to_owned(),
        told: format!(
            "{} {} · {} · {} {}",
            p.visited_on,
            visit.terms.on,
            called(visit.terms.activity.as_str()),
            p.reported_by,
            visit.terms.reporter
        ),
        state,
        colour,
        confirms: visit.confirmation.is_none() && !own,
        key: new_key("confirm"),
    }
}

/// The last day, and how long that is.
pub(in crate::web) fn days_left(w: &Words, through: Option<NaiveDate>, today: NaiveDate) -> String {
    let p = w.programmes;
    let told = through.map(|day| format!("{} {day} · {}", p.through, p.left((day - today).num_days())));
    told.unwrap_or_else(|| p.no_last_day.to_owned())
}

fn pass(w: &Words, id: String, terms: &PassTerms, today: NaiveDate) -> Paper {
    let (state, colour) = pass_state(w, terms, today);
    Paper {
        what: terms.kind.clone(),
        id,
        state,
        colour,
        days: days_left(w, terms.days.through, today),
        more: String::new(),
    }
}

/// Whether a pass holds, in words.
pub(in crate::web) fn pass_state(w: &Words, terms: &PassTerms, today: NaiveDate) -> (&'static str, &'static str) {
    let p = w.programmes;
    match terms.lost {
        Some(_) => (p.lost, "bad"),
        None if terms.days.holds(today) => (p.in_force, "ok"),
        None if terms.days.from.is_some_and(|from| today < from) => (p.not_yet, "info"),
        None => (p.over, "bad"),
    }
}

/// Does what a form asks; gives what is said of it, and nothing where the form is none of these.
pub(super) async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<Option<String>, Trouble> {
    let w = visitor.words().programmes;
    let own = visitor.must()?.identity.own_account().unwrap_or_default();
    let key = fields.get("key");
    let said = match fields.get("do") {
        "apply" => {
            let certificate = fields.some("certificate").map(read_id::<CertificateNo>).transpose()?;
            let command = commands::ProposeBenefit {
                application: (&read_key(key)?).into(),
                benefit: read_id(fields.get("benefit"))?,
                worker: read_id(own)?,
                at: BusinessTime::parse(fields.get("at")),
                certificate,
                amount: AskedAmount::Blank,
            };
            let receipt = give(app, visitor, key, Command::from(command)).await?;
            match became(&receipt) {
                Some(Became::Granted) | None => w.applied_granted,
                Some(Became::Queued) => w.applied_queued,
                Some(Became::Proposed) => visitor.words().approvals.proposed,
            }
        }
        "withdraw" => {
            let command = withdrawal(fields)?;
            give(app, visitor, key, command).await?;
            w.withdrawal_done
        }
        "report_visit" => {
            let command = commands::RecordVisit {
                visit: (&read_key(key)?).into(),
                pair: read_id(fields.get("pair"))?,
                activity: read_id(fields.get("activity"))?,
                on: read_date(fields.get("on")),
                reporter: read_id(own)?,
                confirmation: None,
                completes: false,
            };
            give(app, visitor, key, Command::from(command)).await?;
            w.visit_reported
        }
        "confirm_visit" => {
            let by: WorkerId = read_id(own)?;
            let command = commands::ConfirmVisit {
                pair: read_id(fields.get("pair"))?,
                visit: read_id(fields.get("visit"))?,
                by,
                on: read_date(fields.get("on")),
            };
            give(app, visitor, key, Command::from(command)).await?;
            w.visit_confirmed
        }
        _ => return Ok(None),
    };
    Ok(Some(said.to_owned()))
}

/// What a form asks for that withdraws an application, here and at the desk.
pub(in crate::web) fn withdrawal(fields: &Fields) -> Result<Command, Trouble> {
    let (benefit, application) = (read_id(fields.get("benefit"))?, read_id(fields.get("application"))?);
    let reason = fields.some("reason").map(str::to_owned);
    Ok(commands::WithdrawBenefit { benefit, application, reason }.into())
}
