//! What workers prove at a counter that they are who spends, as far as it is kept: PINs (argon2id) and printed codes
//! (digests), what was taken of what proves but once, and how often somebody was wrong. They stand with the passwords, beside
//! the journal and never in it.
//!
//! Six digits are few, so guessing is made hopeless twice: the next proof of a worker must wait after wrong ones, longer
//! every time, and so must whoever asks, whomever they name.

mod asked;
mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use ledger_core::domain::ids::{Key, WorkerId};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use self::asked::Asked;
use self::postgres::PostgresProofs;
use self::sqlite::SqliteProofs;
use super::AccessError;
use super::attempts::{Allowance, Attempts, MustWait};
use super::password::{Hashing, hash, verify};
use crate::side_store::{Beside, SideStoreError};

/// Digits of a PIN.
pub const PIN_DIGITS: usize = 6;
/// The longest wait of a worker's next proof: of a million PINs somebody tries fifty a day.
const WAIT_MAX: Duration = Duration::from_secs(1_800);
/// What whoever asks may get wrong at once, over all workers: a busy counter mistypes now and then.
const WRONG_AT_ONCE: u32 = 30;
/// And then one more each time so much time has gone by.
const WRONG_EACH: Duration = Duration::from_secs(300);
/// Characters of a printed code: none that is easily taken for another; 32 of them, so that a byte draws one evenly.
const PRINTED_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const PRINTED_GROUPS: usize = 4;
const PRINTED_GROUP: usize = 4;
/// So many PINs are drawn until one is not too easily guessed; each is with a chance of less than one in ten.
const DRAWS_MAX: usize = 32;

/// What is kept of the proofs of a journal's workers.
pub struct CounterProofs {
    /// What the district asks for, as it was looked up last.
    pub asked: Asked,
    store: Box<dyn ProofStore>,
    of_worker: Attempts,
    of_asker: Allowance,
    hashing: Hashing,
}

/// When something was made, and by whom where that was not the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// When, by the clock of this server.
    pub at: DateTime<Utc>,
    /// Who; none for one of the worker's own.
    pub given_by: Option<String>,
}

/// What proves one redemption and no second one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Who is proven.
    pub worker: WorkerId,
    /// What was shown, by a name that tells no secret.
    pub mark: String,
    /// Until when it could be shown, in minutes since 1970.
    pub minute: i64,
}

/// A secret as it is kept.
#[derive(Debug, Clone)]
struct Kept<T> {
    secret: T,
    set_at_ms: i64,
    given_by: Option<String>,
}

#[async_trait]
trait ProofStore: Send + Sync {
    async fn put_pin(&self, worker: &str, kept: Kept<String>) -> Result<(), SideStoreError>;
    async fn pin(&self, worker: &str) -> Result<Option<Kept<String>>, SideStoreError>;
    async fn put_printed(&self, worker: &str, kept: Kept<Vec<u8>>) -> Result<(), SideStoreError>;
    async fn printed(&self, worker: &str) -> Result<Option<Kept<Vec<u8>>>, SideStoreError>;
    /// Takes what proves once for a command, and tells for which it is taken now; forgets what lies before a minute.
    async fn take(&self, once: &Once, key: &str, forget_before: i64) -> Result<String, SideStoreError>;
    /// Gives back what a command took and did not use.
    async fn give_back(&self, once: &Once, key: &str) -> Result<(), SideStoreError>;
}

impl CounterProofs {
    /// Opens what is kept beside a journal, making its place on first use.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn open(beside: impl Into<Beside<'_>>) -> Result<CounterProofs, AccessError> {
        let store: Box<dyn ProofStore> = match beside.into() {
            Beside::Sqlite(path) => Box::new(SqliteProofs::open(path).await?),
            Beside::Postgres(place) => Box::new(PostgresProofs::open(place).await?),
        };
        Ok(CounterProofs {
            asked: Asked::default(),
            store,
            of_worker: Attempts::new(WAIT_MAX),
            of_asker: Allowance::new(WRONG_AT_ONCE, WRONG_EACH),
            hashing: Hashing::default(),
        })
    }

    /// Counts a proof as wrong before it is looked at; [`CounterProofs::was_right`] takes that back.
    ///
    /// # Errors
    /// [`MustWait`]: it is not looked at now.
    pub fn begin(&self, worker: &WorkerId, asker: &str) -> Result<(), MustWait> {
        // Whoever may not ask makes nobody else wait.
        self.of_asker.begin(asker)?;
        self.of_worker.begin(worker.as_str()).inspect_err(|_| self.of_asker.give_back(asker))
    }

    /// That a proof was right.
    pub fn was_right(&self, worker: &WorkerId, asker: &str) {
        self.of_worker.forget(worker.as_str());
        self.of_asker.give_back(asker);
    }

    /// Sets the PIN that a worker chose.
    ///
    /// # Errors
    /// [`AccessError`], also for a PIN that is too easily guessed.
    pub async fn set_pin(&self, worker: &WorkerId, card: Option<&str>, pin: &str) -> Result<(), AccessError> {
        check_pin(pin, &[worker.as_str(), card.unwrap_or_default()])?;
        self.put_pin(worker, Zeroizing::new(pin.to_owned()), None).await
    }

    /// Gives a worker a random PIN instead of the one there was. It is told once, here.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn give_pin(
        &self,
        worker: &WorkerId,
        card: Option<&str>,
        by: &str,
    ) -> Result<Zeroizing<String>, AccessError> {
        for _ in 0..DRAWS_MAX {
            let pin = draw_pin()?;
            if check_pin(&pin, &[worker.as_str(), card.unwrap_or_default()]).is_ok() {
                self.put_pin(worker, pin.clone(), Some(by.to_owned())).await?;
                return Ok(pin);
            }
        }
        Err(SideStoreError::Unavailable("the system's random numbers repeat themselves".into()).into())
    }

    async fn put_pin(
        &self,
        worker: &WorkerId,
        pin: Zeroizing<String>,
        given_by: Option<String>,
    ) -> Result<(), AccessError> {
        let secret = self.hashing.run(move || hash(&pin)).await??;
        let kept = Kept { secret, set_at_ms: Utc::now().timestamp_millis(), given_by };
        self.store.put_pin(worker.as_str(), kept).await?;
        self.of_worker.forget(worker.as_str());
        Ok(())
    }

    /// Whether a PIN is a worker's; none where that worker has none.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn is_pin(&self, worker: &WorkerId, pin: &str) -> Result<Option<bool>, AccessError> {
        let Some(kept) = self.store.pin(worker.as_str()).await? else { return Ok(None) };
        if !is_digits(pin) {
            return Ok(Some(false));
        }
        let pin = Zeroizing::new(pin.to_owned());
        Ok(Some(self.hashing.run(move || verify(Some(&kept.secret), &pin)).await??))
    }

    /// When a worker's PIN was set; none where there is none.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn pin_made(&self, worker: &WorkerId) -> Result<Option<Made>, AccessError> {
        Ok(self.store.pin(worker.as_str()).await?.map(|kept| made(&kept)).transpose()?)
    }

    /// Makes a worker's printed code anew; the one before is void. It is told once, here. `by` is who made it, where that is
    /// not the worker.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn make_printed(&self, worker: &WorkerId, by: Option<&str>) -> Result<String, AccessError> {
        let code = draw_printed()?;
        let secret = digest(&code).ok_or_else(|| SideStoreError::Unusable("a code has no letters".into()))?;
        let kept = Kept { secret, set_at_ms: Utc::now().timestamp_millis(), given_by: by.map(str::to_owned) };
        self.store.put_printed(worker.as_str(), kept).await?;
        Ok(code)
    }

    /// Whether a text is a worker's printed code.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn is_printed(&self, worker: &WorkerId, code: &str) -> Result<bool, AccessError> {
        let Some(shown) = digest(code) else { return Ok(false) };
        // What is compared are digests of what is random: the time that it takes tells nothing.
        Ok(self.store.printed(worker.as_str()).await?.is_some_and(|kept| kept.secret == shown))
    }

    /// When a worker's printed code was made; none where there is none.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn printed_made(&self, worker: &WorkerId) -> Result<Option<Made>, AccessError> {
        Ok(self.store.printed(worker.as_str()).await?.map(|kept| made(&kept)).transpose()?)
    }

    /// Takes what proves once for a command; `false` where another one has it. What lies before a minute is forgotten: none
    /// of it is taken any more.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn take(&self, once: &Once, key: &Key, forget_before: i64) -> Result<bool, AccessError> {
        Ok(self.store.take(once, key.as_str(), forget_before).await? == key.as_str())
    }

    /// Gives back what a command took and that the ledger refused.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn give_back(&self, once: &Once, key: &Key) -> Result<(), AccessError> {
        Ok(self.store.give_back(once, key.as_str()).await?)
    }
}

/// Whether a text is as long as a PIN, and digits alone.
pub fn is_digits(text: &str) -> bool {
    text.len() == PIN_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a PIN must be: six digits that nobody tries first. `own` are numbers that stand on what the worker carries.
fn check_pin(pin: &str, own: &[&str]) -> Result<(), AccessError> {
    if !is_digits(pin) {
        return Err(AccessError::Input(format!("the PIN is not {PIN_DIGITS} digits; choose {PIN_DIGITS} digits")));
    }
    let digits: Vec<i16> = pin.bytes().map(|byte| i16::from(byte) - i16::from(b'0')).collect();
    let steps: Vec<i16> = digits.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // One digit over and over, or up or down by one.
    let is_run = [0, 1, -1].iter().any(|by| steps.iter().all(|step| step == by));
    let halves = pin.split_at(PIN_DIGITS / 2);
    let pairs = digits.chunks(2).all(|pair| Some(pair) == digits.get(..2));
    // Two digits at most: 112222, 101010.
    let mut kinds = digits.clone();
    kinds.sort_unstable();
    kinds.dedup();
    let is_date = |text: &str| {
        let number = |from: usize| text.get(from..from + 2).and_then(|two| two.parse::<u32>().ok()).unwrap_or(0);
        (1..=12).contains(&number(2)) && (1..=31).contains(&number(4)) && number(0) >= 40
    };
    if is_run || halves.0 == halves.1 || pairs || kinds.len() < 3 {
        return Err(AccessError::Input("the PIN is one of those that are tried first; choose another one".into()));
    }
    if is_date(pin) {
        return Err(AccessError::Input("the PIN looks like a date of birth; choose another one".into()));
    }
    let tail = |text: &str| -> String {
        let found: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        found.iter().rev().take(PIN_DIGITS).rev().collect()
    };
    let is_own = |text: &&str| {
        let tail = tail(text);
        !tail.is_empty() && (pin == format!("{tail:0>PIN_DIGITS$}") || (tail.len() >= 4 && pin.ends_with(&tail)))
    };
    if own.iter().any(is_own) {
        return Err(AccessError::Input("the PIN stands in the own number or card number; choose another one".into()));
    }
    Ok(())
}

fn random(bytes: &mut [u8]) -> Result<(), AccessError> {
    getrandom::getrandom(bytes)
        .map_err(|error| SideStoreError::Unavailable(format!("the system gives no random numbers: {error}")).into())
}

fn draw_pin() -> Result<Zeroizing<String>, AccessError> {
    // Sixteen bytes over a million: no PIN is likelier than another by more than a hair.
    let mut bytes = [0_u8; 16];
    random(&mut bytes)?;
    let number = u128::from_be_bytes(bytes) % 10_u128.pow(6);
    Ok(Zeroizing::new(format!("{number:0>PIN_DIGITS$}")))
}

fn draw_printed() -> Result<String, AccessError> {
    let mut bytes = [0_u8; PRINTED_GROUPS * PRINTED_GROUP];
    random(&mut bytes)?;
    let letter = |byte: &u8| char::from(PRINTED_LETTERS[usize::from(byte % 32)]);
    let groups = bytes.chunks(PRINTED_GROUP).map(|group| group.iter().map(letter).collect::<String>());
    Ok(groups.collect::<Vec<_>>().join("-"))
}

/// The digest of what may be a printed code, however it was typed.
fn digest(code: &str) -> Option<Vec<u8>> {
    let letters: String = code.chars().filter(|char| *char != '-').map(|char| char.to_ascii_uppercase()).collect();
    let is_one =
        letters.len() == PRINTED_GROUPS * PRINTED_GROUP && letters.bytes().all(|byte| PRINTED_LETTERS.contains(&byte));
    is_one.then(|| Sha256::digest(letters.as_bytes()).to_vec())
}

fn made<T>(kept: &Kept<T>) -> Result<Made, SideStoreError> {
    let at = DateTime::from_timestamp_millis(kept.set_at_ms)
        .ok_or_else(|| SideStoreError::Unusable("a proof was set at no time".to_owned()))?;
    Ok(Made { at, given_by: kept.given_by.clone() })
}
