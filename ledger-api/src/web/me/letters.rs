//! A worker's letters of appointment on `/me`: what is recorded, what waits for a second person, and what was sent back.

use chrono::NaiveDate;
use ledger_core::domain::worker::command::AppointmentTerms;
use projections::views::appointment::{Proposal, Rejection};

use super::programmes::{Paper, days_left};
use crate::service::appointing::Aim;
use crate::web::words::Words;

/// All of them, each with its number: those that are recorded first.
pub(super) fn letters(
    w: &Words,
    recorded: Vec<(String, AppointmentTerms)>,
    waiting: Vec<(String, Proposal)>,
    returned: Vec<(String, Rejection)>,
    today: NaiveDate,
) -> Vec<Paper> {
    let recorded_as = |number: &String| recorded.iter().find(|(id, _)| id == number).map(|(_, terms)| terms);
    let mut unsettled = Vec::new();
    for (id, waits) in waiting {
        let standing = recorded_as(&id);
        unsettled.push(proposed(w, id, waits, standing, today));
    }
    for (id, rejection) in returned {
        let standing = recorded_as(&id);
        unsettled.push(sent_back(w, id, rejection, standing, today));
    }
    recorded.into_iter().map(|(id, terms)| letter(w, id, terms, today)).chain(unsettled).collect()
}

fn letter(w: &Words, id: String, terms: AppointmentTerms, today: NaiveDate) -> Paper {
    let (state, colour) = letter_state(w, &terms, today);
    let p = w.programmes;
    let body = if terms.body.is_empty() { String::new() } else { format!("{} {}", p.appointed_by, terms.body) };
    Paper { days: days_left(w, terms.days.through, today), what: terms.role, id, state, colour, more: body }
}

/// What waits for a second person, of an appointment that stands or of a new one.
fn proposed(w: &Words, id: String, waits: Proposal, standing: Option<&AppointmentTerms>, today: NaiveDate) -> Paper {
    let (g, terms) = (w.appointing, waits.terms);
    let aim = Aim::of(&terms, waits.stood);
    let told = [
        (!terms.body.is_empty()).then(|| format!("{} {}", w.programmes.appointed_by, terms.body)),
        terms.site.map(|site| format!("{} {site}", w.appointments.site)),
        terms.ended.map(|ended| format!("{} {ended}", g.ends)),
        Some(g.until_then(aim, standing.is_some_and(|standing| lasts(standing, today))).to_owned()),
    ];
    Paper {
        days: g.days(terms.days, aim != Aim::Ends),
        what: terms.role,
        id,
        state: g.waits(aim),
        colour: "wait",
        more: told.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// What a second person sent back, of an appointment that stands or of a new one.
fn sent_back(
    w: &Words,
    id: String,
    returned: Rejection,
    standing: Option<&AppointmentTerms>,
    today: NaiveDate,
) -> Paper {
    let g = w.appointing;
    let aim = Aim::of(&returned.terms, returned.stood);
    let since = g.since_then(aim, standing.is_some_and(|standing| lasts(standing, today)));
    let why = format!("{} {}", g.rejected_why, returned.reason);
    Paper {
        days: format!("{} {}", g.rejected_on, returned.at.date()),
        what: returned.terms.role,
        id,
        state: g.was_rejected(aim),
        colour: if aim == Aim::Appoints { "bad" } else { "info" },
        more: if since.is_empty() { why } else { format!("{since} · {why}") },
    }
}

/// Whether an appointment holds, or will.
fn lasts(terms: &AppointmentTerms, today: NaiveDate) -> bool {
    terms.days.through.is_none_or(|last| today <= last) && terms.ended.is_none_or(|ended| today < ended)
}

/// Whether an appointment holds, in words.
pub(in crate::web) fn letter_state(
    w: &Words,
    terms: &AppointmentTerms,
    today: NaiveDate,
) -> (&'static str, &'static str) {
    let p = w.programmes;
    if terms.ended.is_some_and(|ended| ended <= today) {
        (p.dismissed, "bad")
    } else if terms.holds(today) {
        (p.in_force, "ok")
    } else if terms.days.from.is_some_and(|from| today < from) {
        (p.not_yet, "info")
    } else {
        (p.over, "bad")
    }
}
