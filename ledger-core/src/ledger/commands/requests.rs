//! Service requests (需求清单) and the work on them (办理记录).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{Begins, nothing};
use super::content::Content;
use super::visits::name_partners;
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::{ActivityCode, HandlingId, Key, PairId, RequestId, SiteId, WorkerId};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::request::RequestCommand;
use crate::domain::request::command::{Posting, Rating, Word, Work};
use crate::domain::request::state::Handling;
use crate::domain::schedule::{Activity, Scoring};
use crate::domain::time::{BusinessTime, is_plausible};
use crate::domain::worker::command::OfWorker;
use crate::ledger::book::Book;
use crate::ledger::process::rows::{Earned, conflict, unknown_activity};
use crate::ledger::process::{Process, States};

/// Post a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRequest {
    /// The row's key.
    pub request: RequestId,
    /// What it is scored as.
    pub activity: ActivityCode,
    /// On which day; `None` for a text that is no date.
    pub on: Option<NaiveDate>,
    /// Who reported it, where a worker did.
    pub reporter: Option<WorkerId>,
    /// An earlier request that it repeats.
    pub merged_into: Option<RequestId>,
    /// The site that routes it, where one does.
    pub site: Option<SiteId>,
    /// By when it is to be done: an annotation and no content, as it stands in the sheet.
    #[serde(default)]
    pub due: Option<NaiveDate>,
}

impl Definition for PostRequest {
    fn write_content(&self, content: &mut Content) {
        content.text("post_request").text(self.activity.as_str()).maybe(self.on);
        content.maybe(self.reporter.as_ref()).maybe(self.merged_into.as_ref());
        // It came later: a row without it is what it always was.
        if let Some(site) = &self.site {
            content.text(site.as_str());
        }
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Request(self.request.clone())]);
        streams.extend(self.reporter.clone().map(StreamId::Worker));
        streams.extend(self.merged_into.clone().map(StreamId::Request));
        streams.extend(self.site.as_ref().map(|_| StreamId::Sites));
    }

    /// The order of checks: activity, that its points ripen later, the date, the reporter, the request it repeats, the
    /// site, which must be open on that day.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let code = &self.activity;
        process.require_activity(code)?;
        let programme = process.states.programme()?;
        if !programme.ripens_later(code) {
            let message = format!("activity {code} is credited when it is recorded (计分时点 is blank): use 活动记录");
            return Err(Refusal::new(Code::InvalidInput, message));
        }
        let Some(on) = self.on.filter(|on| is_plausible(*on)) else {
            return Err(Refusal::new(Code::InvalidDate, "the day on which it was posted is not a date"));
        };
        process.clock.require_past(BusinessTime::start_of(on), "the request of")?;
        if programme.activity_on(code, on).is_none() {
            return Err(unknown_activity(code, &format!(" in force on {on}")));
        }
        if let Some(reporter) = &self.reporter {
            process.require_worker(reporter)?;
        }
        if let Some(earlier) = &self.merged_into {
            process.states.request(earlier)?.require(earlier)?;
        }
        if let Some(site) = &self.site {
            process.states.sites()?.require_open(site, on)?;
        }
        let posting = Posting {
            activity: code.clone(),
            due: self.due.filter(|due| is_plausible(*due)),
            merged_into: self.merged_into.clone(),
            on,
            reporter: self.reporter.clone(),
            site: self.site.clone(),
        };
        let (at, request) = (BusinessTime::start_of(on), self.request.clone());
        let events = process.states.request(&self.request)?.decide(RequestCommand::Post { at, request, posting })?;
        Ok(events.into_iter().map(Event::Request).collect())
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.request.as_str(), "the request's number"))
    }

    fn begins(&self) -> Option<Begins<'_>> {
        let (reporter, site) = (self.reporter.as_ref(), self.site.as_ref());
        Some(Begins::Request { request: &self.request, reporter, site })
    }

    nothing!(texts, named_key, free_text, at_counter, settings);
}

/// The last columns of a row, as far as they are filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedRating {
    /// When; `None` where it is blank or no date.
    pub on: Option<NaiveDate>,
    /// The pairs of whoever says it, where that is a worker who is known: whoever gives the command looks them up, for no
    /// worker's own stream tells them. No content; a sheet names no rater.
    #[serde(default)]
    pub pairs: Vec<PairId>,
    /// What was said, as written; blank where it is blank.
    pub word: String,
}

impl AskedRating {
    /// The pairs, and who is in them.
    fn name_pairs(&self, book: &Book, streams: &mut Vec<StreamId>) {
        for pair in &self.pairs {
            streams.push(StreamId::Pair(pair.clone()));
            name_partners(pair, book, streams);
        }
    }
}

/// Record work on a request, or complete the row of work that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordHandling {
    /// The row's key.
    pub handling: HandlingId,
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Who claimed it; `None` where it is blank.
    pub claimer: Option<WorkerId>,
    /// When it was claimed; `None` for what is no date.
    pub claimed: Option<NaiveDate>,
    /// When it was done; `None` for what is no date.
    pub done: Option<NaiveDate>,
    /// Units; `None` for a text that is no quantity.
    pub quantity: Option<Quantity>,
    /// The row's content as it was given.
    pub work: Work,
    /// The last columns; `None` where all of them are blank.
    pub rating: Option<AskedRating>,
    /// Whether a row that waits is completed. Its key is another one than the row's.
    pub completes: bool,
}

impl Definition for RecordHandling {
    /// The row's key stands for its first columns; what completes it has a key of its own.
    fn write_content(&self, content: &mut Content) {
        let Work { claimer, claimed, done, quantity } = &self.work;
        content.text("record_handling").text(self.request.as_str());
        content.text(claimer).text(claimed).text(done).text(quantity);
        if let (true, Some(rating)) = (self.completes, &self.rating) {
            content.text("completes").text(self.handling.as_str()).text(&rating.word).maybe(rating.on);
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        let Work { claimer, claimed, done, quantity } = &self.work;
        [claimer, claimed, done, quantity].into_iter().chain(self.rating.iter().map(|rating| &rating.word))
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Request(self.request.clone())]);
        // Who earns is the claimer, or the reporter whom the request names.
        streams.extend(self.claimer.clone().map(StreamId::Worker));
        name_reporter(&self.request, book, streams);
        self.rating.iter().for_each(|rating| rating.name_pairs(book, streams));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        if self.completes { self.complete(process) } else { self.record(process) }
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.handling.as_str(), "the row's number"))
    }

    nothing!(named_key, free_text, begins, at_counter, settings);
}

/// What a request is scored as, and when its points ripen.
pub(super) fn scored<'a, S: States>(
    process: &'a Process<'_, S>,
    posting: &Posting,
) -> Decision<(&'a Activity, Scoring)> {
    let programme = process.states.programme()?;
    let (activity, _) = programme
        .activity_on(&posting.activity, posting.on)
        .ok_or_else(|| unknown_activity(&posting.activity, &format!(" in force on {}", posting.on)))?;
    Ok((activity, activity.terms.scoring.unwrap_or(Scoring::Rating)))
}

/// Whoever reported a request claims it under no other id either; under the same one the request itself says so.
pub(super) fn require_another_id<S: States>(
    process: &Process<'_, S>,
    posting: &Posting,
    claimer: &WorkerId,
) -> Decision<()> {
    match &posting.reporter {
        Some(reporter) if reporter != claimer => {
            process.require_two_persons(claimer, reporter, "report a request and claim it")
        }
        Some(_) | None => Ok(()),
    }
}

/// Who reported a request, where a worker did.
pub(super) fn name_reporter(request: &RequestId, book: &Book, streams: &mut Vec<StreamId>) {
    let posting = book.request(request).ok().and_then(|request| request.posting());
    streams.extend(posting.and_then(|posting| posting.reporter.clone()).map(StreamId::Worker));
}

/// What a row of work is judged by.
struct Judged<'a> {
    activity: &'a Activity,
    scoring: Scoring,
    /// Who earns.
    earner: WorkerId,
    /// By when the work was done.
    done_on: NaiveDate,
}

impl RecordHandling {
    /// The order of checks: request, worker, dates, that the request was not merged, then for a feedback that it is the
    /// first, for a rating who claims, how many did, and the role; then quantity, word, points and caps.
    fn record<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        let posting = request.require(&self.request)?;
        let (activity, scoring) = scored(process, posting)?;
        let (earner, done_on) = match scoring {
            Scoring::Rating => {
                let claimer =
                    self.known_worker(process, self.claimer.as_ref(), "the row names no claimer (认领人编号)")?;
                (claimer, self.require_dates(process, posting)?)
            }
            Scoring::Feedback => {
                // Nobody is judged as the claimer of a report, so whoever names the own person here is no clerk of a desk:
                // the row would take the place of the one that feeds back.
                if let Some(claimer) = &self.claimer {
                    process.require_other_than(claimer, "claim a report that is fed back")?;
                }
                let missing = || Refusal::new(Code::UnknownWorker, "the request names no reporter (上报人编号)");
                // The reporter may have given the id up since: what ripens goes to the one that is kept.
                let reporter = posting.reporter.clone().ok_or_else(missing)?;
                process.require_worker(&process.kept_id(&reporter)?)?;
                (reporter, posting.on)
            }
        };
        let rated_on = self.rated_on(process, done_on)?;
        request.require_current(&self.request)?;
        if request.claim(&self.handling).is_some() {
            return Err(conflict(&self.handling));
        }
        let claimer = if scoring == Scoring::Rating { self.claimer.clone() } else { None };
        if let Some(claimer) = &claimer {
            require_another_id(process, posting, claimer)?;
        }
        request.require_claimable(
            &self.request,
            scoring,
            claimer.as_ref(),
            activity.terms.claimers_max.unwrap_or(1),
        )?;
        if let (Scoring::Rating, Some(claimed)) = (scoring, self.claimed) {
            let of = OfWorker { worker: earner.clone(), at: process.context.at };
            process.states.worker(&earner)?.require_role(&of, &activity.terms.roles, claimed)?;
        }
        let Some(quantity) = self.quantity.filter(|quantity| quantity.millionths() > 0) else {
            return Err(Refusal::new(Code::InvalidQuantity, "the quantity is not a number above 0"));
        };
        let judged = Judged { activity, scoring, earner, done_on };
        let rating = self.word_of(rated_on)?;
        let credit = self.credit(process, &judged, quantity, rating)?;
        let handle = RequestCommand::Handle {
            at: BusinessTime::start_of(done_on),
            request: self.request.clone(),
            handling: self.handling.clone(),
            work: self.work.clone(),
            claimer,
            quantity,
            scoring: judged.scoring,
            claimers_max: judged.activity.terms.claimers_max.unwrap_or(1),
        };
        let mut events: Vec<Event> = request.decide(handle)?.into_iter().map(Event::Request).collect();
        if let Some(rating) = rating {
            events.extend(self.rate(process, rating)?);
        }
        events.extend(credit);
        Ok(events)
    }

    /// Only what is added is checked: dates, word, points, caps.
    fn complete<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        let posting = request.require(&self.request)?;
        let Some(known) = request.handling(&self.handling).filter(|known| known.work == self.work) else {
            return Err(conflict(&self.handling));
        };
        let (activity, scoring) = scored(process, posting)?;
        let (earner, done_on) = match scoring {
            // Whatever stands in the row, nothing was done before it was asked for.
            Scoring::Rating => (known.claimer.clone(), self.done.unwrap_or(posting.on).max(posting.on)),
            Scoring::Feedback => (posting.reporter.clone(), posting.on),
        };
        let Some(earner) = earner else { return Err(conflict(&self.handling)) };
        if let Some(rating) = known.rating {
            return self.same(rating);
        }
        let rating = self.word_of(self.rated_on(process, done_on)?)?;
        let Some(rating) = rating else { return Ok(Vec::new()) };
        let Handling { quantity, .. } = known;
        let judged = Judged { activity, scoring, earner, done_on };
        let credit = self.credit(process, &judged, *quantity, Some(rating))?;
        let mut events = self.rate(process, rating)?;
        events.extend(credit);
        Ok(events)
    }

    /// What was said before and is said again is no other content.
    fn same(&self, known: Rating) -> Decision<Vec<Event>> {
        let asked = self.rating.as_ref();
        let same = asked.is_some_and(|asked| asked.on == Some(known.on) && asked.word == known.word.chinese());
        if same { Ok(Vec::new()) } else { Err(conflict(&self.handling)) }
    }

    fn known_worker<S: States>(
        &self,
        process: &Process<'_, S>,
        worker: Option<&WorkerId>,
        missing: &str,
    ) -> Decision<WorkerId> {
        let worker = worker.ok_or_else(|| Refusal::new(Code::UnknownWorker, missing))?;
        process.require_worker(worker)?;
        Ok(worker.clone())
    }

    /// 提出 ≤ 认领 ≤ 办结; gives the day on which it was done.
    fn require_dates<S: States>(&self, process: &Process<'_, S>, posting: &Posting) -> Decision<NaiveDate> {
        let days = self.claimed.zip(self.done).filter(|(claimed, done)| is_plausible(*claimed) && is_plausible(*done));
        let Some((claimed, done)) = days else {
            let message = "认领日期 and 办结日期 must both be dates";
            return Err(Refusal::new(Code::InvalidDate, message));
        };
        if claimed < posting.on || done < claimed {
            let message = format!("posted on {}, claimed on {claimed}, done on {done}: out of order", posting.on);
            return Err(Refusal::new(Code::InvalidDate, message));
        }
        process.clock.require_past(BusinessTime::start_of(done), "the work of")?;
        Ok(done)
    }

    /// The day of the rating, where there is one: not before the work was done.
    fn rated_on<S: States>(&self, process: &Process<'_, S>, done_on: NaiveDate) -> Decision<Option<NaiveDate>> {
        let Some(rating) = &self.rating else { return Ok(None) };
        match rating.on.filter(|on| is_plausible(*on) && !rating.word.is_empty()) {
            Some(on) if done_on <= on => {
                process.clock.require_past(BusinessTime::start_of(on), "the rating of")?;
                Ok(Some(on))
            }
            Some(on) => {
                let message = format!("what was done on {done_on} cannot be rated before, on {on}");
                Err(Refusal::new(Code::InvalidDate, message))
            }
            None => {
                let message = "a rating has both 评价 and 评价日期, a date; or leave both blank";
                Err(Refusal::new(Code::InvalidDate, message))
            }
        }
    }

    fn word_of(&self, rated_on: Option<NaiveDate>) -> Decision<Option<Rating>> {
        let (Some(on), Some(rating)) = (rated_on, &self.rating) else { return Ok(None) };
        match Word::parse(&rating.word) {
            Some(word) => Ok(Some(Rating { on, word })),
            None => {
                let message = "评价 is one of 满意, 基本满意, 不满意, 属实, 不属实";
                Err(Refusal::new(Code::InvalidInput, message))
            }
        }
    }

    fn credit<S: States>(
        &self,
        process: &Process<'_, S>,
        judged: &Judged<'_>,
        quantity: Quantity,
        rating: Option<Rating>,
    ) -> Decision<Vec<Event>> {
        let Some(rating) = rating else { return Ok(Vec::new()) };
        process.require_other_than(&judged.earner, "say what the own work was worth")?;
        self.require_no_partner(process, &judged.earner, rating.on)?;
        if !rating.word.earns() {
            return Ok(Vec::new());
        }
        process.earn(Earned {
            activity: &judged.activity.code,
            credit: (&Key::from(&self.handling)).into(),
            done_on: judged.done_on,
            of: OfWorker { worker: judged.earner.clone(), at: BusinessTime::start_of(rating.on) },
            on: rating.on,
            quantity,
            source: self.request.to_string(),
        })
    }

    /// Whoever says what work was worth is no partner of who earns by it, in a pair that is open on that day.
    fn require_no_partner<S: States>(
        &self,
        process: &Process<'_, S>,
        earner: &WorkerId,
        on: NaiveDate,
    ) -> Decision<()> {
        let pairs = self.rating.iter().flat_map(|rating| &rating.pairs);
        let (rater, earner) = (process.person(&process.context.actor)?, process.kept_id(earner)?);
        for pair in pairs {
            let Some(terms) = process.states.pair(pair)?.terms().filter(|terms| terms.holds(on)) else { continue };
            let (helper, helped) = (process.kept_id(&terms.helper)?, process.kept_id(&terms.helped)?);
            if (helper == earner && rater.is(&helped)) || (helped == earner && rater.is(&helper)) {
                let message = format!(
                    "{helper} and {helped} are paired ({pair}) on {on}; somebody else must say what it was worth"
                );
                return Err(Refusal::new(Code::SamePerson, message));
            }
        }
        Ok(())
    }

    fn rate<S: States>(&self, process: &Process<'_, S>, rating: Rating) -> Decision<Vec<Event>> {
        let (at, request, handling) = (BusinessTime::start_of(rating.on), self.request.clone(), self.handling.clone());
        let rate = RequestCommand::Rate { at, request, handling, rating };
        let events = process.states.request(&self.request)?.decide(rate)?;
        Ok(events.into_iter().map(Event::Request).collect())
    }
}

/// Say what work that waits was worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateHandling {
    /// 单号, or the key of the command that posted it.
    pub request: RequestId,
    /// Which work on it.
    pub handling: HandlingId,
    /// What is said of it.
    pub rating: AskedRating,
}

impl Definition for RateHandling {
    fn write_content(&self, content: &mut Content) {
        content.text("rate_handling").text(self.request.as_str()).text(self.handling.as_str());
        content.text(&self.rating.word).maybe(self.rating.on);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.rating.word)
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Programme, StreamId::Request(self.request.clone())]);
        if let Ok(request) = book.request(&self.request) {
            let claimer = request.handling(&self.handling).and_then(|work| work.claimer.clone());
            let reporter = request.posting().and_then(|posting| posting.reporter.clone());
            streams.extend([claimer, reporter].into_iter().flatten().map(StreamId::Worker));
        }
        self.rating.name_pairs(book, streams);
    }

    /// The request, the work on it, that nothing was said of it yet; then as a row that is completed.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let request = process.states.request(&self.request)?;
        request.require(&self.request)?;
        let Some(known) = request.handling(&self.handling) else {
            let message = format!("request {} has no work {}; record it first (办理记录)", self.request, self.handling);
            return Err(Refusal::new(Code::UnknownRequest, message));
        };
        if known.rating.is_some() {
            return Err(Refusal::new(Code::AlreadyDecided, format!("work {} was rated before", self.handling)));
        }
        let row = RecordHandling {
            handling: self.handling.clone(),
            request: self.request.clone(),
            claimer: known.claimer.clone(),
            claimed: None,
            done: known.work.done.parse().ok(),
            quantity: Some(known.quantity),
            work: known.work.clone(),
            rating: Some(self.rating.clone()),
            completes: true,
        };
        row.complete(process)
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}
