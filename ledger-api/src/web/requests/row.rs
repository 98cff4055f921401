//! A request as the page shows it, and what whoever looks may do about it from there.

use chrono::NaiveDate;
use ledger_core::domain::request::command::Word;
use ledger_core::domain::request::state::{Claim, Handling};
use ledger_core::domain::schedule::Scoring;

use super::{Doing, forms};
use crate::service::requests::{Listed, Standing, is_overdue, told};
use crate::web::figures::points;
use crate::web::page::new_key;
use crate::web::words::Words;

/// A request as the page shows it.
pub(super) struct Row {
    /// Makes the names of its fields its own.
    pub(super) at: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) worth: String,
    pub(super) age: String,
    pub(super) on: String,
    /// By when it is to be done and how long that is; blank where nobody said so.
    pub(super) due: String,
    /// Nothing was done about it by then.
    pub(super) late: bool,
    pub(super) state: &'static str,
    pub(super) colour: &'static str,
    /// Who reported it, as far as the reader is told; where it is routed; what it repeats.
    pub(super) facts: Vec<String>,
    /// The claims that are under way, and those that were given up.
    pub(super) claims: Vec<ClaimRow>,
    pub(super) works: Vec<Work>,
    /// The worker who looks may take it on from here.
    pub(super) claims_own: bool,
    pub(super) routes: bool,
    pub(super) withdraws: bool,
    pub(super) merges: bool,
    /// The request that it repeats, in words, and where the board shows that one; blank without.
    pub(super) merged: (String, String),
    pub(super) route_key: String,
    pub(super) withdraw_key: String,
    pub(super) merge_key: String,
    /// Whether work can be recorded from here, by whoever names a claimer or by the claimer.
    pub(super) handles: bool,
    pub(super) names_claimer: bool,
    pub(super) feeds_back: bool,
    /// The form was sent and refused: it is open, with what was typed.
    pub(super) open: bool,
    pub(super) typed: forms::Typed,
    pub(super) key: String,
    pub(super) today: String,
}

impl Row {
    /// Whether whoever looks claimed it and has still to do it.
    pub(super) fn is_to_do(&self) -> bool {
        self.claims.iter().any(|claim| claim.own)
    }
}

/// A claim of which the work is not reported.
pub(super) struct ClaimRow {
    pub(super) claim: String,
    pub(super) told: String,
    pub(super) word: String,
    pub(super) colour: &'static str,
    /// It is under way, and of the worker who looks.
    pub(super) own: bool,
    /// Whoever looks may say that it is done, or give it up.
    pub(super) acts: bool,
    pub(super) on: String,
    pub(super) report_key: String,
    pub(super) return_key: String,
}

/// Work on a request.
pub(super) struct Work {
    pub(super) handling: String,
    pub(super) told: String,
    pub(super) word: String,
    pub(super) colour: &'static str,
    pub(super) rates: bool,
    /// Whoever looks may hand on its slip (评价单): whoever says the word, where points ripen by a rating.
    pub(super) slips: bool,
    pub(super) words: Vec<(&'static str, &'static str)>,
    pub(super) key: String,
}

/// Where a request stands, and its colour. Work on some of it may be over while others may still claim it.
fn state_of(w: &Words, listed: &Listed) -> (&'static str, &'static str) {
    let w = w.requests;
    match (listed.standing, listed.scoring()) {
        (Standing::Open, Scoring::Feedback) => (w.to_feed_back, "wait"),
        (Standing::Open, Scoring::Rating) => (w.open, "wait"),
        (Standing::Underway, _) => (w.underway, "info"),
        (Standing::Done, _) => (w.to_rate, "info"),
        (Standing::Rated, _) if listed.claims_left() > 0 => (w.underway, "info"),
        (Standing::Rated, _) => (w.rated, "ok"),
        (Standing::Merged, _) => (w.merged, ""),
        (Standing::Withdrawn, _) => (w.withdrawn, ""),
    }
}

/// What rows are shown with.
pub(super) struct Shown<'a> {
    pub(super) w: &'static Words,
    pub(super) doing: &'a Doing<'a>,
    pub(super) today: NaiveDate,
    pub(super) typed: &'a forms::Typed,
    pub(super) roles: Vec<String>,
}

impl Shown<'_> {
    pub(super) fn row(&self, at: &str, listed: &Listed) -> Row {
        let (w, doing) = (self.w, self.doing);
        let (state, colour) = state_of(w, listed);
        let line = listed.activity.as_ref();
        let feedback = listed.scoring() == Scoring::Feedback;
        let reporter = listed.request.posting().and_then(|posting| posting.reporter.as_ref());
        let reported_here = doing.worker.is_some() && reporter.map(|id| id.as_str()) == doing.worker;
        let claims = self.is_claimable(listed);
        let works = listed.request.handlings().map(|(id, work)| self.work(feedback, reported_here, id.as_str(), work));
        let shown = listed.request.unreported().filter(|(_, claim)| doing.desk || claim.returned.is_none());
        let claim_rows = shown.map(|(id, claim)| self.claim(id.as_str(), claim)).collect();
        let is_idle = listed.standing == Standing::Open;
        let open = self.typed.request == listed.id;
        let mut typed = if open { self.typed.clone() } else { forms::Typed::default() };
        typed.begin(self.today);
        Row {
            id: listed.id.clone(),
            name: line.map_or_else(
                || listed.request.posting().map(|posting| posting.activity.to_string()).unwrap_or_default(),
                |line| line.name.clone(),
            ),
            worth: line.map(|line| w.requests.worth(&points(line.points_per_unit), &line.unit)).unwrap_or_default(),
            age: w.requests.age((self.today - listed.on()).num_days()),
            on: listed.on().to_string(),
            due: listed.due().map(|due| self.due(listed, due)).unwrap_or_default(),
            late: is_overdue(&listed.request, self.today),
            state,
            colour,
            facts: self.facts(listed, reported_here),
            claims: claim_rows,
            works: works.collect(),
            claims_own: claims && !doing.handles && listed.claims_left() > 0,
            routes: doing.routes && !listed.is_over(),
            route_key: new_key("route"),
            withdraw_key: new_key("withdraw"),
            withdraws: is_idle && (doing.routes || reported_here),
            merges: is_idle && doing.routes,
            merge_key: new_key("merge"),
            merged: self.merged(listed),
            handles: listed.claims_left() > 0 && (doing.handles || claims),
            names_claimer: doing.handles,
            feeds_back: feedback,
            key: typed.key_or(new_key("handling")),
            open,
            typed,
            today: self.today.to_string(),
            at: at.to_owned(),
        }
    }

    /// By when it is to be done; of what nothing was done about yet, how long that is.
    fn due(&self, listed: &Listed, due: NaiveDate) -> String {
        let w = self.w.requests;
        match listed.standing {
            Standing::Open | Standing::Underway => w.due((due - self.today).num_days(), due),
            Standing::Done | Standing::Rated | Standing::Merged | Standing::Withdrawn => w.due_on(due),
        }
    }

    /// Whether whoever looks may claim it as a worker.
    fn is_claimable(&self, listed: &Listed) -> bool {
        let Some(worker) = self.doing.worker else { return false };
        listed.scoring() == Scoring::Rating && !listed.is_of(worker) && self.missing_roles(listed).is_none()
    }

    /// The roles of which whoever looks would need one to claim it.
    fn missing_roles(&self, listed: &Listed) -> Option<String> {
        let asked = listed.activity.as_ref().map(|line| line.terms.roles.as_slice()).unwrap_or_default();
        let has = asked.is_empty() || asked.iter().any(|role| self.roles.contains(role));
        if has { None } else { Some(asked.join("、")) }
    }

    fn facts(&self, listed: &Listed, reported_here: bool) -> Vec<String> {
        let w = self.w.requests;
        let Some(posting) = listed.request.posting() else { return Vec::new() };
        let mut facts = Vec::new();
        if reported_here {
            facts.push(w.yours.to_owned());
        } else if let Some(reporter) = told(self.doing.who(), posting.reporter.as_ref().map(|id| id.as_str())) {
            facts.push(format!("{} {reporter}", w.reported_by));
        }
        if let Some(site) = &posting.site {
            facts.push(format!("{} {site}", w.site));
        }
        if let Some(routing) = listed.request.routing() {
            let site = routing.site.as_ref().map(|site| site.as_str());
            let to: Vec<&str> = routing.body.as_deref().into_iter().chain(site).collect();
            facts.push(format!("{} {}（{}）", w.routed_to, to.join(" "), routing.on));
        }
        if let Some(on) = listed.request.withdrawn() {
            facts.push(format!("{} {on}", w.withdrawn));
        }
        // The board shows that one; a worker need not be told more of it.
        if let (Some(into), false) = (&posting.merged_into, self.doing.desk) {
            facts.push(format!("{} {into}", w.merged_to));
        }
        if listed.scoring() == Scoring::Rating && listed.claims_left() > 0 && listed.request.claims() > 0 {
            facts.push(w.room(listed.claims_left()));
        }
        if let Some(roles) = self.missing_roles(listed).filter(|_| listed.claims_left() > 0) {
            facts.push(format!("{} {roles}", w.needs_role));
        }
        facts
    }

    /// For the desk, which request it repeats, and that one's number.
    fn merged(&self, listed: &Listed) -> (String, String) {
        let into = listed.request.posting().and_then(|posting| posting.merged_into.as_ref());
        match into.filter(|_| self.doing.desk) {
            Some(into) => (format!("{} {into}", self.w.requests.merged_to), into.to_string()),
            None => Default::default(),
        }
    }

    fn claim(&self, id: &str, claim: &Claim) -> ClaimRow {
        let w = self.w.requests;
        let own = self.doing.worker == Some(claim.claimer.as_str());
        let by = match told(self.doing.who(), Some(claim.claimer.as_str())) {
            _ if own => w.yours_claimed.to_owned(),
            Some(claimer) => format!("{} {claimer}", w.claimed_by),
            None => String::new(),
        };
        let facts = [by, format!("{} {}", w.claimed_on, claim.on)];
        let facts: Vec<String> = facts.into_iter().filter(|told| !told.is_empty()).collect();
        let underway = claim.returned.is_none();
        let (word, colour) = match claim.returned {
            Some(on) => (format!("{} {on}", w.returned), ""),
            None => (w.underway.to_owned(), "info"),
        };
        ClaimRow {
            claim: id.to_owned(),
            told: facts.join(" · "),
            word,
            colour,
            own: own && underway,
            acts: underway && (own || self.doing.handles),
            on: claim.on.to_string(),
            report_key: new_key("report"),
            return_key: new_key("return"),
        }
    }

    fn work(&self, feedback: bool, reported_here: bool, id: &str, work: &Handling) -> Work {
        let w = self.w.requests;
        let claimer = work.claimer.as_ref().map(|id| id.as_str());
        let own = claimer.is_some() && claimer == self.doing.worker;
        let by = match told(self.doing.who(), claimer) {
            _ if own => w.yours_done.to_owned(),
            Some(claimer) => format!("{} {claimer}", w.claimed_by),
            None => String::new(),
        };
        let days = [(w.claimed_on, &work.work.claimed), (w.done_on, &work.work.done)];
        let days = days.into_iter().filter(|(_, day)| !day.is_empty()).map(|(called, day)| format!("{called} {day}"));
        let quantity = format!("{} {}", w.quantity, work.quantity);
        let told: Vec<String> =
            std::iter::once(by).chain(days).chain([quantity]).filter(|told| !told.is_empty()).collect();
        let (word, colour) = match &work.rating {
            Some(rating) => {
                let colour = if rating.word.earns() { "ok" } else { "bad" };
                (format!("{} {}", word_told(self.w, rating.word), rating.on), colour)
            }
            None => (w.waits_for_word.to_owned(), "info"),
        };
        // Who reported a wish says what the work was worth; who earns by a report does not.
        let rates = work.rating.is_none() && !own && (self.doing.desk || (reported_here && !feedback));
        Work {
            handling: id.to_owned(),
            told: told.join(" · "),
            word,
            colour,
            rates,
            slips: rates && !feedback,
            words: words_for(self.w, feedback),
            key: new_key("rate"),
        }
    }
}

/// The words among which somebody chooses.
fn words_for(w: &Words, feedback: bool) -> Vec<(&'static str, &'static str)> {
    if feedback { named(w, &[Word::True, Word::Untrue]) } else { words_of_rating(w) }
}

/// The words of a rating, each as it is recorded and as it is told.
pub(in crate::web) fn words_of_rating(w: &Words) -> Vec<(&'static str, &'static str)> {
    named(w, &[Word::Satisfied, Word::MostlySatisfied, Word::Dissatisfied])
}

fn named(w: &Words, words: &[Word]) -> Vec<(&'static str, &'static str)> {
    words.iter().map(|word| (word.chinese(), word_told(w, *word))).collect()
}

/// A word on work that was done, in the reader's language.
pub(in crate::web) const fn word_told(w: &Words, word: Word) -> &'static str {
    let w = w.requests;
    match word {
        Word::Satisfied => w.satisfied,
        Word::MostlySatisfied => w.mostly,
        Word::Dissatisfied => w.dissatisfied,
        Word::True => w.truth,
        Word::Untrue => w.untrue,
    }
}
