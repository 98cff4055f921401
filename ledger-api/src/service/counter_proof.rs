//! By what a counter makes sure that whoever spends is the worker (`counter_proof`): asked here, in one place, of every
//! command that spends, whichever edge it comes from.
//!
//! A code of a minute is made of the worker and the minute with a key that only servers of this journal have; it is judged
//! by the redemption's own time, so that a counter without a network can show it later. It proves one redemption, and so
//! does a word that the ledger gives a page for a proof which it has seen: the goods are chosen after the code is scanned.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use ledger_core::domain::ids::{Key, WorkerId};
use ledger_core::domain::means::Means;
use ledger_core::domain::proof::{CounterProof, ProvenBy};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::command::{AskedSpending, AskedTime};
use ledger_core::ledger::commands::beforehand::AtCounter;
use ledger_core::ledger::commands::{DeliverRedemption, ProofTold};
use ledger_core::ledger::{Command, Context};
use uuid::Uuid;

use super::ServiceError;
use super::counter::{named_worker, plain};
use crate::access::password::MustWait;
use crate::access::policy::Who;
use crate::access::proofs::{Once, is_digits};
use crate::app::App;
use crate::vault::Vault;

/// How long a code is shown, in seconds.
pub const STEP_SECONDS: i64 = 60;
/// Codes before and after the one of the moment that are taken as well: clocks differ, and people read and type.
const STEPS_AROUND: [i64; 3] = [0, -1, 1];
/// How long a code can be told after it was shown: as long as a counter is without its network at the worst. Of what is
/// older nobody remembers which was used.
const TOLD_MINUTES: i64 = 7 * 24 * 60;
/// How long a page may take from the proof to the redemption.
const WORD_MINUTES: i64 = 10;
/// What stands between whom a code names and the code.
const BETWEEN: char = '#';
/// The beginning of a word for a proof that was seen.
const WORD: &str = "seen.";
/// Bytes of a word's code.
const WORD_BYTES: usize = 16;
const MILLION: u32 = 1_000_000;

/// Why what was shown proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing was shown.
    Missing(CounterProof),
    /// It is not the worker's, or not of that time.
    Wrong(CounterProof),
    /// It proved another redemption before.
    Used,
    /// It was shown too long ago.
    TooOld,
    /// The worker has no PIN yet.
    NoPin,
    /// It was not looked at: too many were wrong before.
    TooSoon(MustWait),
}

impl Why {
    /// The code of the refusal.
    pub const fn code(self) -> Code {
        match self {
            Why::TooSoon(_) => Code::TooManyRequests,
            Why::Missing(_) | Why::Wrong(_) | Why::Used | Why::TooOld | Why::NoPin => Code::InvalidInput,
        }
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Why::Missing(CounterProof::Pin) => "proof: missing; this district asks for the worker's PIN (counter_proof)",
            Why::Missing(_) => "proof: missing; this district asks for the worker's points code (counter_proof)",
            Why::Wrong(CounterProof::Pin) => "proof: not this worker's PIN; let the worker type it again",
            Why::Wrong(_) => {
                "proof: not a code of this worker at that time, or run out; take the one that the worker's page shows now"
            }
            Why::Used => "proof: this code was used for another redemption; take the worker's next one, within a minute",
            Why::TooOld => "proof: a code is told within 7 days of the redemption; enter what is older as a slip",
            Why::NoPin => "proof: this worker has no PIN; it is set at /me, or given by an operator of the worker's site",
            Why::TooSoon(wait) => {
                return write!(f, "proof: too many were wrong; try again in {} seconds", wait.seconds);
            }
        })
    }
}

impl From<Why> for ServiceError {
    fn from(why: Why) -> ServiceError {
        ServiceError::refused(why.code(), why.to_string())
    }
}

/// A no, or why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// What was shown proves nothing.
    #[error("{0}")]
    Why(Why),
    /// It cannot be told now.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<Why> for ProofError {
    fn from(why: Why) -> ProofError {
        ProofError::Why(why)
    }
}

impl From<ProofError> for ServiceError {
    fn from(error: ProofError) -> ServiceError {
        match error {
            ProofError::Why(why) => why.into(),
            ProofError::Service(error) => error,
        }
    }
}

/// A proof that a command took: given back where the ledger refuses the command.
#[derive(Debug, Clone)]
pub(super) struct Taken(Once);

impl Taken {
    /// Gives it back. Where that fails the worker's next code is a minute away.
    pub(super) async fn give_back(&self, app: &App, key: &Key) {
        if let Err(error) = app.proofs.give_back(&self.0, key).await {
            tracing::warn!(%error, "a proof that was not used could not be given back");
        }
    }
}

/// What the district asks for. A change by another server of the journal is seen a second later at the most.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn asked(app: &App) -> Result<CounterProof, ServiceError> {
    let look = match app.proofs.asked.known() {
        Ok(asked) => return Ok(asked),
        Err(look) => look,
    };
    app.views.fresh(None).await?;
    let settings = app.views.programme().await?.value.settings;
    let asked = settings.map(|settings| settings.counter.counter_proof).unwrap_or_default();
    app.proofs.asked.keep(look, asked);
    Ok(asked)
}

/// The step of a time, in seconds since 1970.
const fn step_of(seconds: i64) -> i64 {
    seconds.div_euclid(STEP_SECONDS)
}

/// The six digits of a worker at a step (RFC 4226 cuts them so).
fn digits(vault: &Vault, worker: &WorkerId, step: i64) -> String {
    let mac = vault.counter_mac(&[b"code", worker.as_str().as_bytes(), &step.to_be_bytes()]);
    let at = usize::from(mac[mac.len() - 1] & 0x0f);
    let four = mac.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % MILLION)
}

/// A worker's code as it is shown now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCode {
    /// What is typed by hand.
    pub digits: String,
    /// What the QR holds: whose, and the code.
    pub text: String,
    /// How long it is shown yet, in seconds.
    pub left: i64,
}

/// The code of a worker now.
pub fn shown_now(app: &App, worker: &WorkerId) -> ShownCode {
    let now = Utc::now().timestamp();
    let digits = digits(&app.vault, worker, step_of(now));
    ShownCode { text: with_code(worker, &digits), digits, left: STEP_SECONDS - now.rem_euclid(STEP_SECONDS) }
}

/// What a QR holds that names a worker and shows a code.
pub fn with_code(worker: &WorkerId, code: &str) -> String {
    format!("{worker}{BETWEEN}{code}")
}

/// Who is meant by what was typed or scanned, and the code that stood behind it.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub(super) async fn meant(app: &App, typed: &str) -> Result<(Option<WorkerId>, Option<String>), ServiceError> {
    // An id may hold whatever parts a code from it: what names somebody as a whole is a name.
    if let Some(worker) = named_worker(app, typed).await? {
        return Ok((Some(worker), None));
    }
    let (who, code) = parted(typed);
    match code {
        Some(code) => Ok((named_worker(app, &who).await?, Some(code))),
        None => Ok((None, None)),
    }
}

/// Whom a text names, and the code behind that: `YS-0001#123456`, or with a blank between.
pub(super) fn parted(typed: &str) -> (String, Option<String>) {
    let text: String = typed.trim().chars().map(plain).collect();
    let parts = text.rsplit_once(BETWEEN).or_else(|| text.rsplit_once(char::is_whitespace));
    match parts {
        Some((who, code)) if is_code(code.trim()) => (who.trim().to_owned(), Some(code.trim().to_owned())),
        _ => (text, None),
    }
}

/// Whether a text has the shape of a code.
fn is_code(text: &str) -> bool {
    is_digits(text) || (text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// Looks at what was shown for a worker at a time; the step of a code of a minute comes with it.
async fn look_at(
    app: &App,
    asker: &str,
    worker: &WorkerId,
    asked: CounterProof,
    shown: &str,
    at: BusinessTime,
) -> Result<(ProvenBy, Option<i64>), ProofError> {
    let shown = shown.trim();
    if shown.is_empty() {
        return Err(Why::Missing(asked).into());
    }
    app.proofs.begin(worker, asker).map_err(Why::TooSoon)?;
    let found = match asked {
        CounterProof::Id => None,
        CounterProof::Code => by_code(app, worker, shown, at).await?,
        CounterProof::Pin => {
            let pin: String = shown.chars().map(plain).collect();
            match app.proofs.is_pin(worker, &pin).await.map_err(ServiceError::from)? {
                Some(true) => Some((ProvenBy::Pin, None)),
                Some(false) => None,
                None => return Err(Why::NoPin.into()),
            }
        }
    };
    let Some(found) = found else {
        note_wrong(app, asker, worker, asked);
        return Err(Why::Wrong(asked).into());
    };
    app.proofs.was_right(worker, asker);
    if found.1.is_some_and(|step| step < step_of(Utc::now().timestamp()) - TOLD_MINUTES) {
        return Err(Why::TooOld.into());
    }
    Ok(found)
}

/// Puts down for auditors that somebody showed a wrong proof, and whose it should have been: whoever guesses is seen.
fn note_wrong(app: &App, asker: &str, worker: &WorkerId, asked: CounterProof) {
    tracing::info!(%worker, by = asker, "a proof at the counter was wrong");
    app.security.note(Code::InvalidInput.as_str(), asker, "", &format!("proof {} of {worker}", asked.as_str()));
}

async fn by_code(
    app: &App,
    worker: &WorkerId,
    shown: &str,
    at: BusinessTime,
) -> Result<Option<(ProvenBy, Option<i64>)>, ServiceError> {
    let (who, code) = parted(shown);
    let code = match code {
        // A code says whose it is.
        Some(code) if named_worker(app, &who).await?.as_ref() == Some(worker) => code,
        Some(_) => return Ok(None),
        None => who,
    };
    let now = step_of(at.unix_seconds());
    let step = STEPS_AROUND.iter().map(|by| now + by).find(|step| digits(&app.vault, worker, *step) == code);
    if step.is_some() {
        return Ok(Some((ProvenBy::Code, step)));
    }
    Ok(app.proofs.is_printed(worker, &code).await?.then_some((ProvenBy::PrintedCode, None)))
}

/// A word for a proof that was seen.
struct Word {
    by: ProvenBy,
    once: Once,
}

/// Looks at what somebody shows before the goods are chosen, and gives the word that the redemption then shows in its place.
///
/// # Errors
/// [`ProofError`].
pub async fn see(app: &App, asker: &str, store: &str, worker: &WorkerId, shown: &str) -> Result<String, ProofError> {
    let asked = asked(app).await?;
    let now = app.ledger.now();
    let (by, step) = look_at(app, asker, worker, asked, shown, now).await?;
    let until = Utc::now().timestamp().div_euclid(60) + WORD_MINUTES;
    // A code that was seen is used by the redemption that follows, and by no other that shows it itself.
    let mark = step.map_or_else(|| format!("word/{}", Uuid::new_v4().simple()), mark_of_step);
    let text = format!("{worker}\n{store}\n{asker}\n{}\n{mark}\n{until}", by.as_str());
    let code = app.vault.counter_mac(&[b"word", text.as_bytes()]);
    let code = code.get(..WORD_BYTES).unwrap_or_default();
    Ok(format!("{WORD}{}.{}", URL_SAFE_NO_PAD.encode(text), hex::encode(code)))
}

fn mark_of_step(step: i64) -> String {
    format!("code/{step}")
}

/// Reads a word that the ledger gave for a worker at a store to whoever asks.
fn read_word(app: &App, asker: &str, store: &str, worker: &WorkerId, word: &str) -> Option<Word> {
    let (text, code) = word.strip_prefix(WORD)?.split_once('.')?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let same = hex::decode(code)
        .is_ok_and(|code| code.len() == WORD_BYTES && app.vault.begins_counter_mac(&[b"word", text.as_bytes()], &code));
    if !same {
        return None;
    }
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default();
    let (of, at, to, by, mark, until) = (line(), line(), line(), line(), line(), line());
    let by = [ProvenBy::Code, ProvenBy::PrintedCode, ProvenBy::Pin].into_iter().find(|one| one.as_str() == by)?;
    let minute: i64 = until.parse().ok()?;
    let holds = of == worker.as_str() && at == store && to == asker && Utc::now().timestamp().div_euclid(60) <= minute;
    holds.then(|| Word { by, once: Once { worker: worker.clone(), mark: mark.to_owned(), minute } })
}

const fn fits(asked: CounterProof, by: ProvenBy) -> bool {
    match by {
        ProvenBy::Code | ProvenBy::PrintedCode => matches!(asked, CounterProof::Code),
        ProvenBy::Pin => matches!(asked, CounterProof::Pin),
        ProvenBy::Account | ProvenBy::Paper => false,
    }
}

/// What a spending is proven by; what proves but once is taken for its command.
async fn prove(
    app: &App,
    asker: &str,
    context: &Context,
    spending: &AskedSpending,
    asked: CounterProof,
    shown: Option<&str>,
) -> Result<(ProvenBy, Option<Taken>), ProofError> {
    let worker = &spending.worker;
    let shown = shown.map(str::trim).filter(|shown| !shown.is_empty()).ok_or(Why::Missing(asked))?;
    let (by, once) = if shown.starts_with(WORD) {
        let word = read_word(app, asker, spending.store.as_str(), worker, shown);
        let word = word.filter(|word| fits(asked, word.by)).ok_or_else(|| {
            note_wrong(app, asker, worker, asked);
            Why::Wrong(asked)
        })?;
        (word.by, Some(word.once))
    } else {
        let at = match spending.time {
            AskedTime::At(at) | AskedTime::Stated(at) => at,
            AskedTime::Now | AskedTime::Unreadable => context.at,
        };
        let (by, step) = look_at(app, asker, worker, asked, shown, at).await?;
        (by, step.map(|step| Once { worker: worker.clone(), mark: mark_of_step(step), minute: step }))
    };
    let Some(once) = once else { return Ok((by, None)) };
    let forget_before = Utc::now().timestamp().div_euclid(60) - TOLD_MINUTES;
    if !app.proofs.take(&once, &context.key, forget_before).await.map_err(ServiceError::from)? {
        return Err(Why::Used.into());
    }
    Ok((by, Some(Taken(once))))
}

/// Holds a command that spends to what the district asks for, and writes into it by what the worker was proven. A command
/// whose key was used records nothing, so nothing is asked: it is answered as it was.
///
/// # Errors
/// `invalid_input` at `proof` for what is missing, wrong, run out or used; `too_many_requests`; `unknown_worker`.
pub(super) async fn require(
    app: &App,
    who: Who<'_>,
    context: &Context,
    command: &mut Command,
    shown: Option<&str>,
) -> Result<Option<Taken>, ServiceError> {
    // Whoever has the machine brings history in, which needs none.
    let Who::Bearer(identity) = who else { return Ok(None) };
    let Some(doing) = command.at_counter() else { return Ok(None) };
    let asked = asked(app).await?;
    if asked == CounterProof::Id || is_used(app, &context.key).await? {
        return Ok(None);
    }
    let asker = identity.id.as_str();
    let (spending, own) = match doing {
        AtCounter::Tells(told) => return prove_told(app, asker, context, told, asked, shown).await,
        AtCounter::Redeems(spending) => (spending, false),
        AtCounter::SetsAside(spending) => (spending, true),
    };
    if own && who.is_worker(spending.worker.as_str()) {
        spending.proven = Some(ProvenBy::Account);
        return Ok(None);
    }
    app.views.fresh(None).await?;
    if app.views.worker(spending.worker.as_str()).await?.value.is_none() {
        let sentence = format!("no worker {} (人员)", spending.worker);
        return Err(ServiceError::refused(Code::UnknownWorker, sentence));
    }
    let (by, taken) = prove(app, asker, context, spending, asked, shown).await?;
    spending.proven = Some(by);
    Ok(taken)
}

/// What a counter tells afterwards was proven by: nothing is refused any more for it.
async fn prove_told(
    app: &App,
    asker: &str,
    context: &Context,
    told: &mut DeliverRedemption,
    asked: CounterProof,
    shown: Option<&str>,
) -> Result<Option<Taken>, ServiceError> {
    let (proof, taken) = match (told.means, &told.worker) {
        (Means::Slip, _) => (ProofTold::By(ProvenBy::Paper), None),
        // The worker placed it, or was proven then; and of nobody there is nothing to prove.
        (Means::Hold, _) | (Means::Floor, None) => (ProofTold::NotAsked, None),
        (Means::Floor, Some(worker)) => {
            let (worker, store) = (worker.clone(), told.store.clone());
            let time = AskedTime::Stated(told.given_at);
            let spending = AskedSpending { worker, store, lines: Vec::new(), time, proven: None };
            match prove(app, asker, context, &spending, asked, shown).await {
                Ok((by, taken)) => (ProofTold::By(by), taken),
                // The goods are gone: people decide. Only what was not looked at may be told again.
                Err(ProofError::Why(why @ Why::TooSoon(_))) => return Err(why.into()),
                Err(ProofError::Why(_)) => (ProofTold::Missing, None),
                Err(ProofError::Service(error)) => return Err(error),
            }
        }
    };
    told.proof = proof;
    Ok(taken)
}

async fn is_used(app: &App, key: &Key) -> Result<bool, ServiceError> {
    let found = app.ledger.journal().find(std::slice::from_ref(key)).await?;
    Ok(found.into_iter().flatten().next().is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{STEP_SECONDS, parted, step_of};

    #[test]
    fn a_code_stands_behind_the_name_however_it_is_typed() {
        let named = |who: &str, code: &str| (who.to_owned(), Some(code.to_owned()));
        assert_eq!(parted("YS-0001#123456"), named("YS-0001", "123456"));
        assert_eq!(parted(" ＹＳ－０００１＃１２３４５６\n"), named("YS-0001", "123456"));
        assert_eq!(parted("HZ 2024-1 123456"), named("HZ 2024-1", "123456"));
        assert_eq!(parted("YS-0001#ABCD-EFGH-JKLM-NPQR"), named("YS-0001", "ABCD-EFGH-JKLM-NPQR"));
        // A name alone, also one that has such a sign in it.
        for name in ["YS-0001", "A#1", "张 三", "", "#"] {
            assert_eq!(parted(name), (name.to_owned(), None), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_lost_or_breaks_the_reading(text in "\\PC{0,40}") {
            let (who, code) = parted(&text);
            prop_assert!(code.is_none_or(|code| code.len() >= 6) && who.chars().count() <= text.chars().count());
        }

        #[test]
        fn a_minute_has_one_step(seconds in -4_000_000_000_i64..4_000_000_000) {
            let step = step_of(seconds);
            prop_assert!(step * STEP_SECONDS <= seconds && seconds < (step + 1) * STEP_SECONDS);
        }
    }
}
