//! The slip for a word (评价单): somebody for whom work was done says what it was worth by the code on a piece of paper,
//! without an account and once.
//!
//! The code is a word that the ledger signed ([`super::signed`]): it names a request and the work on it, nothing of
//! anybody, and is kept nowhere. What it is good for, the one policy says ([`crate::access::policy::Slip`]). The event's
//! actor is [`RATING_SLIP`], which no account can be: whoever audits sees that the word came by a slip.
//!
//! Whoever has the slip says the word. It is therefore given to whoever may say the word as well, the desk and whoever
//! reported the request, and never to who did the work.

use ledger_core::domain::account::RATING_SLIP;
use ledger_core::domain::ids::{Actor, HandlingId, RequestId, WorkerId};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::request::command::{Rating, Word};
use ledger_core::domain::schedule::{Activity, Scoring};
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::{Command, Context, commands};

use super::command::{prepare, submit};
use super::kept::kept;
use super::keys::{SLIP_KEYS, derived_key};
use super::reading::{Reading, may_read};
use super::requests::{line_of, scoring};
use super::{ServiceError, signed};
use crate::access::policy::{self, Read, Who};
use crate::access::{Identity, Role};
use crate::app::App;

const SLIP_KIND: &str = "nuanxin/rating-slip/1";

/// The work that a slip names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// On which request.
    pub request: RequestId,
    /// Which work.
    pub handling: HandlingId,
}

impl Slip {
    /// What is signed of it. No id holds a line's end.
    fn text(&self) -> String {
        format!("{SLIP_KIND}\n{}\n{}\n", self.request, self.handling)
    }

    /// The slip that a signed text says, whole; none of another kind.
    fn of_text(text: &str) -> Option<Slip> {
        let mut lines = text.lines();
        let kind = lines.next()?;
        let slip = Slip { request: lines.next()?.parse().ok()?, handling: lines.next()?.parse().ok()? };
        (kind == SLIP_KIND && slip.text() == text).then_some(slip)
    }

    fn who(&self) -> policy::Slip<'_> {
        policy::Slip { request: self.request.as_str(), handling: self.handling.as_str() }
    }
}

/// How the work on a slip stands, for whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSlip {
    /// It waits for a word.
    Waits,
    /// Somebody said it.
    Rated(Rating),
    /// Nobody is asked any more: the request was taken back or repeats another one, or its points do not ripen by a word.
    Over,
    /// It waits, and whoever looks is logged in as who did it.
    Own,
}

/// What a slip says. It holds nothing of anybody.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The work that it names.
    pub slip: Slip,
    /// What the activity is called.
    pub activity: String,
    /// On which day the work was done, as it was entered.
    pub done: String,
    /// How it stands.
    pub standing: OnSlip,
}

/// A slip to be given to whom the work was done for.
#[derive(Debug, Clone)]
pub struct Issued {
    /// What it says.
    pub shown: Shown,
    /// Signed by the ledger, in characters that stand in an address as they are.
    pub code: String,
}

/// What came of a word.
#[derive(Debug, Clone)]
pub struct Said {
    /// What the slip says now.
    pub shown: Shown,
    /// Whether this very word was taken, and not one before it.
    pub taken: bool,
}

/// The slip of work that waits for its word, for whoever may hand it on. Nobody gets the slip of the own work.
///
/// # Errors
/// `unknown_request`; `same_person`; `invalid_input` for what is fed back; `already_decided`;
/// [`ServiceError::Unavailable`] where no key signs here now.
pub async fn issue(app: &App, reading: Reading<'_>, slip: Slip) -> Result<Issued, ServiceError> {
    let Slip { request, handling } = &slip;
    let seen = if let Who::Bearer(identity) = reading.who { Some(identity) } else { None };
    let Some(found) = look(app, &slip).await? else {
        let message = format!("request {request} has no work {handling}; record it first (办理记录)");
        return Err(ServiceError::refused(Code::UnknownRequest, message));
    };
    let refused = |code, why: &str| Err(ServiceError::refused(code, format!("work {handling} {why}")));
    if found.scoring == Scoring::Feedback {
        return refused(
            Code::InvalidInput,
            "is fed back (反馈) and has no slip; whoever checks it says what it was worth",
        );
    }
    match found.standing_for(app, seen).await? {
        OnSlip::Waits => {}
        OnSlip::Own => {
            return refused(Code::SamePerson, "is the own; the desk or whoever reported it hands its slip on");
        }
        OnSlip::Rated(rating) => {
            return refused(Code::AlreadyDecided, &format!("was rated before, on {}", rating.on));
        }
        OnSlip::Over => return refused(Code::AlreadyDecided, "waits for no word; its request was withdrawn or merged"),
    }
    let code = signed::sign(app, &slip.text()).await?;
    Ok(Issued { shown: found.shown(slip, OnSlip::Waits), code })
}

/// What a code says of the work that it names, for somebody who may be logged in besides; none for a code that no key of
/// this journal signed as a slip, and for work that is not there.
///
/// # Errors
/// [`ServiceError::Unavailable`] when it cannot be told now.
pub async fn shown(app: &App, code: &str, seen: Option<&Identity>) -> Result<Option<Shown>, ServiceError> {
    let Some(slip) = read(app, code).await? else { return Ok(None) };
    shown_of(app, &slip, seen).await
}

/// Says by a code what the work on it was worth: today, by the ledger's clock. What was said before stays, whoever said
/// it; none for a code as of [`shown`].
///
/// # Errors
/// [`ServiceError::Unreadable`] for what is no word of a rating; what the ledger refuses; [`ServiceError::Unknown`].
pub async fn rate(app: &App, code: &str, word: &str, seen: Option<&Identity>) -> Result<Option<Said>, ServiceError> {
    let Some(slip) = read(app, code).await? else { return Ok(None) };
    let Some(before) = shown_of(app, &slip, seen).await? else { return Ok(None) };
    match before.standing {
        OnSlip::Waits => {}
        OnSlip::Rated(_) | OnSlip::Over | OnSlip::Own => return Ok(Some(Said { shown: before, taken: false })),
    }
    let word = word_of(word).ok_or_else(|| ServiceError::unreadable("word: write 满意, 基本满意 or 不满意"))?;
    let at = app.ledger.now();
    // One key for the work, and not for a form: two presses, or two who share a slip, are one rating.
    let key = derived_key(SLIP_KEYS, slip.handling.as_str())?;
    let context = Context { key, actor: Actor::new(RATING_SLIP)?, at };
    let rating = AskedRating { word: word.chinese().to_owned(), on: Some(at.date()), pairs: Vec::new() };
    let (request, handling) = (slip.request.clone(), slip.handling.clone());
    let command = Command::from(commands::RateHandling { request, handling, rating });
    let prepared = prepare(app, Who::Slip(slip.who()), context, command.into()).await?;
    let taken = match submit(app.clone(), prepared).await {
        Ok(receipt) => !receipt.repeated,
        // Somebody was quicker, with this slip or at a desk.
        Err(ServiceError::Refused(refusal))
            if matches!(refusal.code, Code::AlreadyDecided | Code::DuplicateConflict) =>
        {
            false
        }
        Err(other) => return Err(other),
    };
    if taken {
        tracing::info!(request = %slip.request, handling = %slip.handling, "work was rated by its slip");
    }
    Ok(shown_of(app, &slip, seen).await?.map(|shown| Said { shown, taken }))
}

/// The words of a rating; those of a feedback are said by whoever checked.
fn word_of(text: &str) -> Option<Word> {
    match Word::parse(text)? {
        word @ (Word::Satisfied | Word::MostlySatisfied | Word::Dissatisfied) => Some(word),
        Word::True | Word::Untrue => None,
    }
}

/// The slip that a code is, where a key of this journal signed it.
async fn read(app: &App, code: &str) -> Result<Option<Slip>, ServiceError> {
    Ok(signed::read(app, code.trim()).await?.as_deref().and_then(Slip::of_text))
}

async fn shown_of(app: &App, slip: &Slip, seen: Option<&Identity>) -> Result<Option<Shown>, ServiceError> {
    let who = slip.who();
    may_read(Who::Slip(who), Read::RatingSlip, who.target())?.at_least(app, None).await?;
    let Some(found) = look(app, slip).await? else { return Ok(None) };
    let standing = found.standing_for(app, seen).await?;
    Ok(Some(found.shown(slip.clone(), standing)))
}

/// Work as it stands in the views.
struct Found {
    activity: String,
    done: String,
    scoring: Scoring,
    standing: OnSlip,
    /// Who earns by a good word.
    earner: Option<WorkerId>,
}

async fn look(app: &App, slip: &Slip) -> Result<Option<Found>, ServiceError> {
    let programme = app.views.programme().await?.value;
    let row = app.views.request(slip.request.as_str()).await?.value;
    Ok(row.and_then(|request| {
        let line = line_of(&programme, &request);
        found(&request, &slip.handling, line)
    }))
}

fn found(request: &ServiceRequest, handling: &HandlingId, line: Option<&Activity>) -> Option<Found> {
    let (posting, work) = (request.posting()?, request.handling(handling)?);
    let scoring = scoring(line);
    let over = scoring == Scoring::Feedback || posting.merged_into.is_some() || request.withdrawn().is_some();
    let standing = match work.rating {
        Some(rating) => OnSlip::Rated(rating),
        None if over => OnSlip::Over,
        None => OnSlip::Waits,
    };
    let activity = line.map_or_else(|| posting.activity.to_string(), |line| line.name.clone());
    Some(Found { activity, done: work.work.done.clone(), scoring, standing, earner: work.claimer.clone() })
}

impl Found {
    /// How it stands for somebody who may be logged in.
    async fn standing_for(&self, app: &App, seen: Option<&Identity>) -> Result<OnSlip, ServiceError> {
        if let (OnSlip::Waits, Some(identity), Some(earner)) = (self.standing, seen, &self.earner)
            && is_one(app, identity, earner).await?
        {
            return Ok(OnSlip::Own);
        }
        Ok(self.standing)
    }

    fn shown(self, slip: Slip, standing: OnSlip) -> Shown {
        Shown { slip, activity: self.activity, done: self.done, standing }
    }
}

/// Whether an account is a worker's, by whichever of the ids that one person had.
async fn is_one(app: &App, identity: &Identity, worker: &WorkerId) -> Result<bool, ServiceError> {
    let own = identity.worker.iter().map(WorkerId::as_str).chain(identity.scopes_of(Role::Worker));
    let (earner, _) = kept(app, worker.as_str()).await?;
    for id in own {
        if kept(app, id).await?.0 == earner {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::request::{RequestEvent, ServiceRequest};

    use super::{OnSlip, Slip, found, word_of};

    fn slip() -> Slip {
        Slip { request: "XQ-1".parse().unwrap(), handling: "handling/0192".parse().unwrap() }
    }

    #[test]
    fn a_signed_text_is_a_slip_whole_or_not_at_all() {
        let text = slip().text();
        assert_eq!(Slip::of_text(&text), Some(slip()));
        for other in [
            text.replace("rating-slip", "hold-code"),
            text.replace("/1\n", "/2\n"),
            text.trim_end().to_owned(),
            format!("{text}more\n"),
            format!("{text}\n"),
            text.replace('\n', "\r\n"),
            text.replace("XQ-1", ""),
            String::new(),
        ] {
            assert_eq!(Slip::of_text(&other), None, "{other:?}");
        }
    }

    #[test]
    fn three_words_are_said_of_what_was_done_for_somebody() {
        let said = ["满意", "基本满意", "不满意"].map(|text| word_of(text).map(|word| word.chinese()));
        assert_eq!(said, [Some("满意"), Some("基本满意"), Some("不满意")]);
        for text in ["属实", "不属实", "", "很好"] {
            assert_eq!(word_of(text), None, "{text}");
        }
    }

    fn event(kind: &str, payload: &str) -> RequestEvent {
        RequestEvent::decode(kind, payload).unwrap().unwrap()
    }

    /// How work stands on a request that was posted with a field more, once something came after the work.
    fn standing(more: &str, after: Option<RequestEvent>) -> Option<OnSlip> {
        let at = "2024-03-01T00:00:00+08:00";
        let posted = format!(r#"{{"activity":"WX01","at":"{at}",{more}"on":"2024-03-01","request":"XQ-1","v":1}}"#);
        let recorded = format!(
            r#"{{"at":"{at}","claimer":"W1","handling":"handling/0192","quantity":1000000,"request":"XQ-1","v":1,
                "work":{{"claimed":"2024-03-02","claimer":"W1","done":"2024-03-03","quantity":"1000000"}}}}"#
        );
        let mut request = ServiceRequest::default();
        let before = [event("RequestPosted", &posted), event("HandlingRecorded", &recorded)];
        before.iter().chain(&after).for_each(|event| request.evolve(event));
        found(&request, &slip().handling, None).map(|found| found.standing)
    }

    #[test]
    fn what_waits_for_no_word_any_more_is_told_apart() {
        assert_eq!(standing("", None), Some(OnSlip::Waits));
        let at = "2024-03-04T00:00:00+08:00";
        let withdrawn = format!(r#"{{"at":"{at}","on":"2024-03-04","request":"XQ-1","v":1}}"#);
        assert_eq!(standing("", Some(event("RequestWithdrawn", &withdrawn))), Some(OnSlip::Over));
        assert_eq!(standing(r#""merged_into":"XQ-0","#, None), Some(OnSlip::Over));
        assert!(found(&ServiceRequest::default(), &slip().handling, None).is_none());
    }
}
