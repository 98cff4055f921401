//! What stands on a selection's page: its terms in words, the list with equal ones together, and every figure with what it is
//! worth, so that anybody named comes to the same score.

use std::collections::BTreeMap;

use ledger_core::domain::points::Points;
use ledger_core::domain::selection::command::SelectionTerms;
use ledger_core::domain::selection::formula::Figure;
use ledger_core::domain::selection::state::{Objection, Stage};
use projections::queries::selection::{Listed, SelectionRecord};

use crate::access::Identity;
use crate::access::policy::{CommandKind, Read, Target, Who, allow};
use crate::app::App;
use crate::service::names;
use crate::service::publicity::wall_names;
use crate::service::selections::digest_of;
use crate::service::texts::{self, Written};
use crate::web::figures::points;
use crate::web::page::new_key;
use crate::web::words::Words;

pub(super) struct IndicatorLine {
    pub(super) code: String,
    pub(super) counts: &'static str,
    pub(super) activities: String,
    pub(super) weight: u32,
}

pub(super) struct ShownList {
    pub(super) lines: Vec<ListLine>,
    pub(super) public_until: String,
    pub(super) position: u64,
}

pub(super) struct ListLine {
    pub(super) rank: u32,
    /// How many have this rank, on the first of them; 0 on the others.
    pub(super) span: usize,
    pub(super) worker: String,
    pub(super) name: String,
    pub(super) score: String,
    pub(super) own: bool,
}

/// What the formula takes of a candidate.
pub(super) struct Calc {
    pub(super) worker: String,
    /// One an indicator; none before the seal and for who was taken off since.
    pub(super) rows: Vec<CalcRow>,
    pub(super) score: String,
    pub(super) place: String,
    /// Taken off since.
    pub(super) off: bool,
}

pub(super) struct CalcRow {
    pub(super) code: String,
    pub(super) figure: String,
    pub(super) weight: u32,
    pub(super) product: String,
}

pub(super) struct Earlier {
    pub(super) position: u64,
    pub(super) public_until: String,
    pub(super) replaced_by: String,
    pub(super) lines: String,
}

pub(super) struct SealLine {
    pub(super) position: u64,
    pub(super) candidates: usize,
    pub(super) digest: String,
}

pub(super) struct Objected {
    pub(super) objection: String,
    pub(super) candidate: String,
    pub(super) status: &'static str,
    pub(super) colour: &'static str,
    pub(super) by: String,
    pub(super) reason: String,
    pub(super) answer: String,
    /// Whoever looks may answer it.
    pub(super) answers: bool,
    pub(super) key: String,
}

fn figure(figure: Figure) -> String {
    points(Points::from_hundredths(figure.hundredths()))
}

/// What was announced beside the formula.
pub(super) fn facts(w: &Words, terms: &SelectionTerms, record: &SelectionRecord) -> Vec<(&'static str, String)> {
    let s = w.selections;
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let candidates = record.state.inputs().map_or_else(|| record.state.candidates().len(), BTreeMap::len);
    vec![
        (s.days_that_count, s.days(day(terms.from), &terms.cut_off.to_string())),
        (s.consent_until, day(terms.consent_until).unwrap_or_else(|| s.until_sealed.to_owned())),
        (s.candidates, candidates.to_string()),
        (s.places, terms.places.to_string()),
        (s.publicity_days, terms.publicity_days.to_string()),
        (s.tie_by, terms.tie_by.as_ref().map_or_else(|| s.tie_none.to_owned(), ToString::to_string)),
        (s.open_to, if terms.occupations.is_empty() { s.anybody.to_owned() } else { terms.occupations.join("、") }),
    ]
}

pub(super) fn indicators(w: &Words, terms: &SelectionTerms, called: &BTreeMap<String, String>) -> Vec<IndicatorLine> {
    let activity = |code: &str| called.get(code).map_or_else(|| code.to_owned(), |name| format!("{name} {code}"));
    let lines = terms.indicators.iter().map(|indicator| IndicatorLine {
        code: indicator.code.to_string(),
        counts: w.selections.measure(indicator.measure),
        activities: if indicator.activities.is_empty() {
            w.selections.all_activities.to_owned()
        } else {
            indicator.activities.iter().map(|code| activity(code.as_str())).collect::<Vec<_>>().join("、")
        },
        weight: indicator.weight,
    });
    lines.collect()
}

/// The formula as a sentence: 得分 = 时长 × 10 + 天数 × 1.
pub(super) fn formula(w: &Words, terms: &SelectionTerms) -> String {
    let parts: Vec<String> =
        terms.indicators.iter().map(|indicator| format!("{} × {}", indicator.code, indicator.weight)).collect();
    format!("{} = {}", w.selections.score_is, parts.join(" + "))
}

/// The list that holds, with names for those who may read them and masked ones for everybody else.
pub(super) async fn list(app: &App, who: Who<'_>, record: &SelectionRecord, own: Option<&str>) -> Option<ShownList> {
    let listed = record.lists.last()?;
    let workers: Vec<&str> = listed.lines.iter().map(|line| line.worker.as_str()).collect();
    let masked = wall_names(app, &workers).await;
    let mut lines = Vec::with_capacity(listed.lines.len());
    for (at, (line, masked)) in listed.lines.iter().zip(masked).enumerate() {
        let worker = line.worker.as_str();
        let is_own = own == Some(worker);
        let name = if is_own || allow(who, Read::Name, Target::District).is_ok() {
            names::of_worker(app, who, worker).await
        } else {
            None
        };
        lines.push(ListLine {
            rank: line.rank,
            span: span(listed, at),
            worker: worker.to_owned(),
            name: name.unwrap_or(masked),
            score: figure(line.score),
            own: is_own,
        });
    }
    Some(ShownList { lines, public_until: listed.public_until.to_string(), position: listed.position })
}

/// How many stand together from a line on; 0 where it is not the first of them.
fn span(listed: &Listed, at: usize) -> usize {
    let rank = |at: usize| listed.lines.get(at).map(|line| line.rank);
    if at > 0 && rank(at - 1) == rank(at) {
        return 0;
    }
    listed.lines.iter().filter(|line| Some(line.rank) == rank(at)).count()
}

/// What the formula takes of a candidate; none for who is none.
pub(super) fn calc(w: &Words, record: &SelectionRecord, worker: &str) -> Option<Calc> {
    let (terms, state) = (record.state.terms()?, &record.state);
    let (id, _) = state.candidates().iter().find(|(id, _)| id.as_str() == worker)?;
    let figures = state.inputs().and_then(|inputs| inputs.get(id));
    let rank = state.list().and_then(|list| list.lines.iter().find(|line| line.worker == *id)).map(|line| line.rank);
    let s = w.selections;
    let place = match (rank, state.list()) {
        (Some(rank), _) => format!("{} · {}", s.own_listed, s.rank_of(rank)),
        (None, Some(_)) => s.own_not_listed.to_owned(),
        (None, None) => s.not_drawn.to_owned(),
    };
    let rows = figures.into_iter().flat_map(|figures| terms.indicators.iter().zip(figures));
    let rows = rows.map(|(indicator, of)| CalcRow {
        code: indicator.code.to_string(),
        figure: figure(*of),
        weight: indicator.weight,
        product: figure(Figure::from_hundredths(of.hundredths().saturating_mul(i64::from(indicator.weight)))),
    });
    Some(Calc {
        worker: worker.to_owned(),
        rows: rows.collect(),
        score: figures.and_then(|figures| terms.score(figures).ok()).map(figure).unwrap_or_default(),
        place,
        off: state.stage() != Stage::Announced && figures.is_none(),
    })
}

/// The lists that a revision replaced, first to last.
pub(super) fn earlier(_: &Words, record: &SelectionRecord) -> Vec<Earlier> {
    let replaced = record.lists.iter().zip(record.lists.iter().skip(1));
    let told = replaced.map(|(list, next)| Earlier {
        position: list.position,
        public_until: list.public_until.to_string(),
        replaced_by: next.revised.as_ref().map(|(candidate, _)| candidate.clone()).unwrap_or_default(),
        lines: list
            .lines
            .iter()
            .map(|line| format!("{}. {} {}", line.rank, line.worker, figure(line.score)))
            .collect::<Vec<_>>()
            .join("；"),
    });
    told.collect()
}

pub(super) fn seal(record: &SelectionRecord) -> Option<SealLine> {
    let sealed = record.sealed.as_ref()?;
    let digest = digest_of(&sealed.inputs);
    Some(SealLine { position: sealed.position, candidates: sealed.inputs.len(), digest })
}

/// The objections; who made them and why is told to those who decide, to auditors, and to whoever objected.
pub(super) async fn objections(app: &App, identity: &Identity, w: &Words, record: &SelectionRecord) -> Vec<Objected> {
    let who = Who::Bearer(identity);
    let sees_all = allow(who, Read::Candidacy, Target::District).is_ok();
    let answers = allow(who, CommandKind::AnswerObjection, Target::District).is_ok();
    let told = record.state.objections().iter().map(|(name, objection)| {
        let seen = sees_all || objection.by.as_str() == identity.id.as_str();
        let (status, colour) = status(w, objection);
        Objected {
            objection: name.to_string(),
            candidate: objection.candidate.to_string(),
            status,
            colour,
            by: if seen { objection.by.to_string() } else { String::new() },
            reason: if seen { objection.reason.clone() } else { String::new() },
            answer: objection.answer.as_ref().filter(|_| seen).map(|one| one.reason.clone()).unwrap_or_default(),
            answers: answers && objection.answer.is_none(),
            key: new_key("selection"),
        }
    });
    let mut told: Vec<Objected> = told.collect();
    let mut written = Vec::new();
    for Objected { objection, candidate, reason, answer, .. } in &mut told {
        for text in [reason, answer] {
            written.push(Written::of_worker(candidate, Some(objection), text));
        }
    }
    texts::tell(&app.vault, who, written).await;
    told
}

fn status(w: &Words, objection: &Objection) -> (&'static str, &'static str) {
    let s = w.selections;
    match &objection.answer {
        None => (s.open, "wait"),
        Some(answer) if !answer.upheld => (s.dismissed, ""),
        Some(answer) if answer.followed => (s.followed, "ok"),
        Some(_) => (s.upheld, "bad"),
    }
}
