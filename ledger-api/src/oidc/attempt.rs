//! A login that was begun in one browser and may be finished in that one alone: what its cookie holds.
//!
//! The cookie has a random secret. What the provider is sent (state, nonce, and the challenge of PKCE) is derived from it, so
//! that an answer fits the browser that has the cookie and no other; nothing is kept here, and any server of the journal can
//! finish what another began.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// How long somebody may take over the provider's pages, in seconds.
pub const SECONDS: u64 = 600;
/// 256 random bits, which nobody guesses.
const SECRET_BYTES: usize = 32;
/// The same in base64.
const SECRET_CHARS: usize = 43;
/// Longest path to go on to, in bytes; a longer one is the start.
const NEXT_BYTES_MAX: usize = 1_024;

const STATE: &[u8] = b"nuanxin oidc state 1";
const NONCE: &[u8] = b"nuanxin oidc nonce 1";
const VERIFIER: &[u8] = b"nuanxin oidc verifier 1";

/// A login under way.
pub struct Attempt {
    secret: Zeroizing<String>,
    /// In seconds since 1970.
    begun: i64,
    next: String,
}

impl Attempt {
    /// A new one, which leads on to a path.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn begin(next: &str, now: i64) -> Result<Attempt, String> {
        let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES]);
        getrandom::getrandom(bytes.as_mut_slice())
            .map_err(|error| format!("the system gives no random numbers: {error}"))?;
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        let next = if next.len() > NEXT_BYTES_MAX { "/" } else { next };
        Ok(Attempt { secret, begun: now, next: next.to_owned() })
    }

    /// What the browser keeps.
    pub fn cookie(&self) -> String {
        format!("{}.{}.{}", self.secret.as_str(), self.begun, URL_SAFE_NO_PAD.encode(&self.next))
    }

    /// The one of a cookie, unless it is none or too old.
    pub fn of_cookie(cookie: &str, now: i64) -> Option<Attempt> {
        let (secret, rest) = cookie.split_once('.')?;
        let (begun, next) = rest.split_once('.')?;
        let begun: i64 = begun.parse().ok()?;
        let lasts = i64::try_from(SECONDS).unwrap_or(i64::MAX);
        let age = now.checked_sub(begun)?;
        // A server whose clock is a little behind the other's.
        if secret.len() != SECRET_CHARS || age > lasts || age < -lasts || next.len() > 2 * NEXT_BYTES_MAX {
            return None;
        }
        let next = String::from_utf8(URL_SAFE_NO_PAD.decode(next).ok()?).ok()?;
        Some(Attempt { secret: Zeroizing::new(secret.to_owned()), begun, next })
    }

    /// Where to go on to.
    pub fn next(&self) -> &str {
        &self.next
    }

    /// What the answer must bring back.
    pub fn state(&self) -> String {
        self.derived(STATE)
    }

    /// What the token must bring back.
    pub fn nonce(&self) -> String {
        self.derived(NONCE)
    }

    /// What proves to the provider that the code is asked for by whoever began.
    pub fn verifier(&self) -> String {
        self.derived(VERIFIER)
    }

    /// Whether an answer belongs to it. It takes as long whichever byte differs.
    pub fn is_answered_by(&self, state: &str) -> bool {
        URL_SAFE_NO_PAD.decode(state).is_ok_and(|state| self.mac(STATE).verify_slice(&state).is_ok())
    }

    fn derived(&self, purpose: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose).finalize().into_bytes())
    }

    fn mac(&self, purpose: &[u8]) -> Hmac<Sha256> {
        // A key of any length is one; the other branch is never taken.
        let mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes());
        mac.unwrap_or_else(|_| Hmac::new(&Default::default())).chain_update(purpose)
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, SECONDS};

    const NOW: i64 = 1_790_000_000;

    #[test]
    fn what_is_begun_is_known_again_by_its_cookie() {
        let attempt = Attempt::begin("/counter?day=2026-11-29", NOW).unwrap();
        let again = Attempt::of_cookie(&attempt.cookie(), NOW + 60).unwrap();
        assert_eq!(again.next(), "/counter?day=2026-11-29");
        assert!(again.is_answered_by(&attempt.state()));
        assert_eq!((again.nonce(), again.verifier()), (attempt.nonce(), attempt.verifier()));
        let derived = [attempt.state(), attempt.nonce(), attempt.verifier()];
        assert!(derived.iter().all(|text| text.len() == 43 && !attempt.cookie().contains(text.as_str())));
        assert!(derived[0] != derived[1] && derived[1] != derived[2]);
    }

    #[test]
    fn another_browser_s_answer_does_not_fit() {
        let (one, other) = (Attempt::begin("/", NOW).unwrap(), Attempt::begin("/", NOW).unwrap());
        for state in [other.state(), one.nonce(), String::new(), "x".to_owned(), one.state().to_lowercase()] {
            assert!(!one.is_answered_by(&state), "{state}");
        }
    }

    #[test]
    fn an_attempt_is_over_after_ten_minutes_and_nonsense_is_none() {
        let attempt = Attempt::begin("/", NOW).unwrap();
        let seconds = i64::try_from(SECONDS).unwrap();
        assert!(Attempt::of_cookie(&attempt.cookie(), NOW + seconds).is_some());
        assert!(Attempt::of_cookie(&attempt.cookie(), NOW + seconds + 1).is_none());
        let secret = "A".repeat(43);
        for cookie in [
            "",
            "a.b.c",
            ".0.",
            &secret,
            &format!("{secret}.x."),
            &format!("{secret}.{NOW}.%"),
            &format!("{secret}.{}.", i64::MIN),
        ] {
            assert!(Attempt::of_cookie(cookie, NOW).is_none(), "{cookie}");
        }
        let long = Attempt::begin(&format!("/{}", "a".repeat(2_000)), NOW).unwrap();
        assert_eq!(long.next(), "/");
    }
}
