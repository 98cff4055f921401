//! `/schedule`: the points schedule (积分标准): its versions, what differs between two of them, the lines of one; and a
//! proposed one tried ([`tried`]) before it is adopted.

mod tried;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::response::Response;
use axum::routing::get;
use ledger_core::domain::ids::ActivityCode;
use ledger_core::domain::schedule::{Activity, Scoring};
use ledger_core::domain::time::Validity;
use serde::Deserialize;

use super::back_to;
use super::figures::{minute, points};
use super::page::{Frame, Trouble, Visitor, answer, show};
use super::uploaded::BYTES_MAX;
use super::words::Words;
use crate::access::policy::{Read, Target, Who, allow};
use crate::app::App;
use crate::service::desk::today;
use crate::service::schedule::{Adopted, Change, Field, Value, differences, versions};

#[derive(Template)]
#[template(path = "schedule/page.html", config = ".askama.toml")]
struct Page {
    f: Frame,
    said: String,
    bad: String,
    versions: Vec<Version>,
    /// Whether it is told by whom each was adopted.
    tells_who: bool,
    shown: Option<Shown>,
    /// The versions to choose two of.
    choices: Vec<Choice>,
    /// Which two are compared, in words.
    compared: Option<String>,
    differences: Vec<Difference>,
    /// Whether whoever looks may try a proposed one.
    tries: bool,
    typed: Typed,
}

struct Version {
    number: u32,
    title: String,
    from: String,
    by: String,
    recorded: String,
    lines: usize,
    in_force: bool,
    here: bool,
}

/// A version that can be compared.
struct Choice {
    number: u32,
    title: String,
    is_before: bool,
    is_after: bool,
}

/// The version that is looked at.
struct Shown {
    title: String,
    from: String,
    lines: Vec<Line>,
}

struct Line {
    code: String,
    name: String,
    category: String,
    rate: String,
    caps: Vec<String>,
    card: &'static str,
    validity: String,
    more: Vec<String>,
}

/// What differs of an activity.
struct Difference {
    code: String,
    name: String,
    kind: &'static str,
    colour: &'static str,
    /// Field, before, after.
    fields: Vec<(&'static str, String, String)>,
}

/// What was typed beside a sheet.
#[derive(Default)]
struct Typed {
    holds_from: String,
    from: String,
    to: String,
}

/// What is looked at.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
struct Asked {
    #[serde(default)]
    version: Option<u32>,
    #[serde(default)]
    before: Option<u32>,
    #[serde(default)]
    after: Option<u32>,
}

/// The pages' routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/schedule", get(read).post(tried::act))
        .route("/schedule/try", back_to("/schedule").post(tried::upload).layer(DefaultBodyLimit::max(BYTES_MAX)))
}

async fn read(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let told = Told::default();
    answer(&visitor, page(&app, &visitor, asked, told).await)
}

/// What is said above the page, and what was typed.
#[derive(Default)]
struct Told {
    said: String,
    bad: String,
    typed: Typed,
}

async fn page(app: &App, visitor: &Visitor, asked: Asked, told: Told) -> Result<Response, Trouble> {
    let w = visitor.words();
    let who = Who::Bearer(&visitor.must()?.identity);
    let all = versions(app, who).await?;
    let day = today(app);
    let begun = all.iter().filter(|one| one.version.effective_from <= day);
    let in_force = begun.max_by_key(|one| (one.version.effective_from, one.version.version));
    let number = asked.version.or(in_force.or(all.last()).map(|one| one.version.version));
    let looked_at = all.iter().find(|one| Some(one.version.version) == number);
    let in_force = in_force.map(|one| one.version.version);
    let of = |number: u32| all.iter().find(|one| one.version.version == number);
    let compared = match (asked.before, asked.after) {
        (Some(before), Some(after)) => of(before).zip(of(after)),
        // The last step: the one that is looked at, and the one before it.
        _ => looked_at.and_then(|one| of(one.version.version.saturating_sub(1)).zip(Some(one))),
    };
    let tries = allow(who, Read::WhatIf, Target::District).is_ok();
    let page = Page {
        f: visitor.frame(w.schedule_page.title),
        said: told.said,
        bad: told.bad,
        tells_who: all.iter().any(|one| one.by.is_some()),
        versions: all.iter().rev().map(|one| version(w, one, in_force, number)).collect(),
        shown: looked_at.map(|one| Shown {
            title: w.schedule_page.nth(one.version.version),
            from: one.version.effective_from.to_string(),
            lines: one.version.activities.iter().map(|line| line_told(w, line)).collect(),
        }),
        choices: all
            .iter()
            .map(|one| Choice {
                number: one.version.version,
                title: w.schedule_page.nth(one.version.version),
                is_before: compared.is_some_and(|(before, _)| before.position == one.position),
                is_after: compared.is_some_and(|(_, after)| after.position == one.position),
            })
            .collect(),
        compared: compared.map(|(before, after)| {
            let [before, after] = [before, after].map(|one| w.schedule_page.nth(one.version.version));
            format!("{before} → {after}")
        }),
        differences: compared.map_or_else(Vec::new, |(before, after)| {
            differences_told(w, &before.version.activities, &after.version.activities)
        }),
        tries,
        typed: told.typed,
    };
    show(&page)
}

fn version(w: &Words, one: &Adopted, in_force: Option<u32>, here: Option<u32>) -> Version {
    let number = one.version.version;
    Version {
        number,
        title: w.schedule_page.nth(number),
        from: one.version.effective_from.to_string(),
        by: one.by.clone().unwrap_or_default(),
        recorded: minute(&one.recorded_at),
        lines: one.version.activities.len(),
        in_force: in_force == Some(number),
        here: here == Some(number),
    }
}

fn line_told(w: &Words, line: &Activity) -> Line {
    let said = w.schedule_page;
    let caps =
        [(said.daily, line.daily_cap), (said.monthly, line.terms.monthly_cap), (said.yearly, line.terms.yearly_cap)];
    let caps = caps.into_iter().filter_map(|(title, cap)| Some(format!("{title} {}", points(cap?))));
    let mut more = Vec::new();
    more.extend(line.checks.map(|checks| format!("{} {checks}", said.checks)));
    more.extend(line.publicity_days.map(|days| format!("{} {days}", said.publicity_days)));
    more.extend(line.terms.scoring.map(|_| format!("{}：{}", said.scoring, ripens(w, line.terms.scoring))));
    more.extend(line.terms.claimers_max.map(|most| format!("{} {most}", said.claimers)));
    if !line.terms.roles.is_empty() {
        more.push(format!("{}：{}", said.roles, line.terms.roles.join("、")));
    }
    Line {
        code: line.code.to_string(),
        name: line.name.clone(),
        category: line.category.clone(),
        rate: if line.unit.is_empty() {
            points(line.points_per_unit)
        } else {
            format!("{} / {}", points(line.points_per_unit), line.unit)
        },
        caps: caps.collect(),
        card: if line.counts_for_card { said.yes } else { said.no },
        validity: lasts(w, line.validity),
        more,
    }
}

fn lasts(w: &Words, validity: Validity) -> String {
    let w = w.schedule_page;
    match validity {
        Validity::Months(months) => format!("{months} {}", w.months),
        Validity::YearEnd => w.year_end.to_owned(),
        Validity::Forever => w.for_ever.to_owned(),
    }
}

const fn ripens(w: &Words, scoring: Option<Scoring>) -> &'static str {
    let w = w.schedule_page;
    match scoring {
        None => w.when_recorded,
        Some(Scoring::Rating) => w.when_rated,
        Some(Scoring::Feedback) => w.when_fed_back,
    }
}

/// What differs between two schedules, in words.
fn differences_told(w: &Words, before: &[Activity], after: &[Activity]) -> Vec<Difference> {
    let said = w.schedule_page;
    let told = |(code, name, change): (ActivityCode, String, Change)| {
        let (kind, colour, fields) = match change {
            Change::Added => (said.added, "ok", Vec::new()),
            Change::Removed => (said.removed, "bad", Vec::new()),
            Change::Changed(fields) => (said.changed, "info", fields),
        };
        let fields = fields.into_iter().map(|(field, was, is)| (title(w, field), value(w, &was), value(w, &is)));
        Difference { code: code.to_string(), name, kind, colour, fields: fields.collect() }
    };
    differences(before, after).into_iter().map(told).collect()
}

const fn title(w: &Words, field: Field) -> &'static str {
    let w = w.schedule_page;
    match field {
        Field::Name => w.name,
        Field::Category => w.category,
        Field::Unit => w.unit,
        Field::PointsPerUnit => w.rate,
        Field::DailyCap => w.daily,
        Field::MonthlyCap => w.monthly,
        Field::YearlyCap => w.yearly,
        Field::Card => w.card,
        Field::Validity => w.validity,
        Field::Checks => w.checks,
        Field::PublicityDays => w.publicity_days,
        Field::Scoring => w.scoring,
        Field::Claimers => w.claimers,
        Field::Roles => w.roles,
    }
}

fn value(w: &Words, value: &Value) -> String {
    let said = w.schedule_page;
    match value {
        Value::Text(text) if text.is_empty() => "—".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Points(Some(amount)) => points(*amount),
        Value::Points(None) => said.no_cap.to_owned(),
        Value::Count(Some(count)) => count.to_string(),
        Value::Count(None) => said.as_district.to_owned(),
        Value::Whether(true) => said.yes.to_owned(),
        Value::Whether(false) => said.no.to_owned(),
        Value::Lasts(validity) => lasts(w, *validity),
        Value::Ripens(scoring) => ripens(w, *scoring).to_owned(),
    }
}
