//! How often anybody may ask: by address before the tokens' store is asked, by token and by account afterwards.
//!
//! Each key has a bucket of its own that drips evenly (GCRA): one number a key, no timers, and nothing to forget but what is
//! full again. Memory is bounded: where too many keys are under way at once, those that come last share one bucket.
//!
//! Whoever shows a token that this server knows is not counted by address: a whole office comes from one.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::HeaderMap;

use crate::configuration::setting;
use crate::peer::Peer;

/// Keys that have asked lately, in each of the [`SHARDS`].
const KEYS_MAX: usize = 4_096;
const SHARDS: usize = 16;
/// The bucket of whoever finds no place.
const SHARED: u64 = 0;
/// The header in which proxies say for whom they ask.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// So often, evenly, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests in a second, in the long run.
    pub per_second: u32,
    /// At once, after a pause.
    pub burst: u32,
}

impl Rate {
    /// Reads `PER_SECOND/BURST`, or `off`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Option<Rate>, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("off") {
            return Ok(None);
        }
        let wrong = || format!("{text:?} is no rate: write REQUESTS_A_SECOND/BURST, as in 200/1000, or off");
        let (per_second, burst) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(wrong);
        Ok(Some(Rate { per_second: number(per_second)?, burst: number(burst)? }))
    }
}

/// Who is held to which rate, and whom is believed for whom it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSettings {
    /// An address that shows no token which this server knows.
    pub stranger: Option<Rate>,
    /// A token that this server knows.
    pub token: Option<Rate>,
    /// An account, with all its tokens.
    pub account: Option<Rate>,
    /// Proxies whose word about the address is taken.
    pub trusted_proxies: Vec<Network>,
}

/// What holds where nothing is set: far above any counter, and far below what would push others out.
pub const STRANGER: Rate = Rate { per_second: 20, burst: 200 };
/// As [`STRANGER`], for tokens and accounts: a programme that drives a whole district's counters stays below.
pub const KNOWN: Rate = Rate { per_second: 20_000, burst: 40_000 };
/// Nobody who shows a valid token is held to less.
pub const KNOWN_LEAST: Rate = Rate { per_second: 200, burst: 1_000 };

impl Default for RateSettings {
    fn default() -> RateSettings {
        RateSettings { stranger: Some(STRANGER), token: Some(KNOWN), account: Some(KNOWN), trusted_proxies: Vec::new() }
    }
}

impl RateSettings {
    /// What the environment says: `NUANXIN_RATE_STRANGER`, `NUANXIN_RATE_TOKEN`, `NUANXIN_RATE_ACCOUNT` and
    /// `NUANXIN_TRUSTED_PROXIES`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_environment() -> Result<RateSettings, String> {
        let set = setting;
        let rate = |name: &str, usual: Rate| match set(name) {
            Some(text) => Rate::parse(&text).map_err(|error| format!("{name}: {error}")),
            None => Ok(Some(usual)),
        };
        let known = |name: &str| {
            let rate = rate(name, KNOWN)?;
            let low = |rate: Rate| rate.per_second < KNOWN_LEAST.per_second || rate.burst < KNOWN_LEAST.burst;
            match rate.filter(|rate| low(*rate)) {
                Some(_) => Err(format!("{name}: at least {}/{}", KNOWN_LEAST.per_second, KNOWN_LEAST.burst)),
                None => Ok(rate),
            }
        };
        let proxies = set("NUANXIN_TRUSTED_PROXIES").unwrap_or_default();
        let proxies = proxies.split(',').map(str::trim).filter(|text| !text.is_empty());
        Ok(RateSettings {
            stranger: rate("NUANXIN_RATE_STRANGER", STRANGER)?,
            token: known("NUANXIN_RATE_TOKEN")?,
            account: known("NUANXIN_RATE_ACCOUNT")?,
            trusted_proxies: proxies
                .map(|text| {
                    Network::parse(text).ok_or_else(|| format!("NUANXIN_TRUSTED_PROXIES: {text:?} is no network"))
                })
                .collect::<Result<_, _>>()?,
        })
    }
}

/// Addresses that begin alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, or one address.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.trim().parse().ok().filter(|bits| *bits <= most))?;
        Some(Network { address, bits })
    }

    /// Whether an address is one of them.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let kept = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                own.to_bits() & kept == other.to_bits() & kept
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let kept = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                own.to_bits() & kept == other.to_bits() & kept
            }
            _ => false,
        }
    }
}

/// The address that a request comes from: the connection's, or where that is a trusted proxy's, the last one that it names
/// and that is none. None where there is no connection, as in tests.
pub fn address(request: &Request, trusted: &[Network]) -> Option<IpAddr> {
    let peer = request.extensions().get::<Peer>()?.address.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    if !is_trusted(peer) {
        return Some(peer);
    }
    Some(forwarded(request.headers()).find(|address| !is_trusted(*address)).unwrap_or(peer))
}

/// What one neighbour is counted with: an address of version 4 alone, of version 6 with its network of 64 bits, of which a
/// single household has all.
pub fn neighbourhood(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

/// The addresses that proxies name, the nearest first. After one that cannot be read nothing is believed.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = IpAddr> {
    let values: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    let addresses: Vec<Option<IpAddr>> = values
        .iter()
        .rev()
        .flat_map(|value| value.rsplit(','))
        .map(|text| text.trim().parse::<IpAddr>().ok().map(|address| address.to_canonical()))
        .collect();
    addresses.into_iter().map_while(|address| address)
}

/// Buckets of one rate.
pub struct Limiter {
    rate: Option<Rate>,
    began: Instant,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

/// Some of the buckets.
#[derive(Default)]
struct Shard {
    /// By the hash of a key, when its bucket is full again.
    buckets: HashMap<u64, u64>,
    /// When those that were full again were last looked for.
    swept: u64,
}

impl Limiter {
    /// Buckets that hold to a rate; none, and nobody is held to anything.
    pub fn new(rate: Option<Rate>) -> Limiter {
        Limiter { rate, began: Instant::now(), hasher: RandomState::new(), shards: Default::default() }
    }

    /// Takes a drop out of a key's bucket.
    ///
    /// # Errors
    /// How long to wait, where the bucket is empty.
    pub fn take(&self, key: &impl Hash) -> Result<(), Duration> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: &impl Hash, now: Instant) -> Result<(), Duration> {
        let Some(rate) = self.rate else { return Ok(()) };
        let now = u64::try_from(now.saturating_duration_since(self.began).as_nanos()).unwrap_or(u64::MAX);
        let every = 1_000_000_000 / u64::from(rate.per_second.max(1));
        let holds = every.saturating_mul(u64::from(rate.burst));
        // Never the shared one's: 0 is nobody's own hash.
        let hash = self.hasher.hash_one(key).max(1);
        let shard = usize::try_from(hash % 16).ok().and_then(|shard| self.shards.get(shard));
        let Some(shard) = shard else { return Ok(()) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let Shard { buckets, swept } = &mut *shard;
        // A bucket that is full again is as good as none. Looked for at every key, that would cost most where most ask; no
        // bucket is full again sooner than one drop takes.
        if buckets.len() >= KEYS_MAX && now.saturating_sub(*swept) >= every && !buckets.contains_key(&hash) {
            buckets.retain(|_, full_at| *full_at > now);
            *swept = now;
        }
        let key = if buckets.len() >= KEYS_MAX && !buckets.contains_key(&hash) { SHARED } else { hash };
        let full_at = buckets.entry(key).or_insert(now);
        let next = (*full_at).max(now).saturating_add(every);
        let late = next.saturating_sub(now).saturating_sub(holds);
        if late > 0 {
            return Err(Duration::from_nanos(late));
        }
        *full_at = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::time::{Duration, Instant};

    use axum::body::Body;
    use axum::http::Request;

    use super::{KEYS_MAX, Limiter, Network, Rate, SHARDS, address};
    use crate::peer::Peer;

    #[test]
    fn a_burst_is_let_through_and_then_so_many_a_second() {
        let limiter = Limiter::new(Some(Rate { per_second: 10, burst: 5 }));
        let start = Instant::now();
        let through = |after: u64| limiter.take_at(&"A", start + Duration::from_millis(after)).is_ok();
        assert_eq!((0..20).filter(|_| through(0)).count(), 5);
        assert_eq!((0..20).filter(|_| through(1_000)).count(), 5, "full again, and no fuller");
        let within = |from: u64| (from..from + 1_000).filter(|after| through(*after)).count();
        assert_eq!(within(1_001), 10);
        assert!(
            limiter.take_at(&"B", start + Duration::from_millis(2_000)).is_ok(),
            "others have buckets of their own"
        );
    }

    #[test]
    fn whoever_is_sent_away_is_told_when_to_come_back() {
        let limiter = Limiter::new(Some(Rate { per_second: 2, burst: 1 }));
        let start = Instant::now();
        limiter.take_at(&1, start).unwrap();
        let wait = limiter.take_at(&1, start).unwrap_err();
        assert!(limiter.take_at(&1, start + wait).is_ok());
    }

    #[test]
    fn a_flood_of_keys_fills_no_memory_and_locks_nobody_out_for_long() {
        let limiter = Limiter::new(Some(Rate { per_second: 10, burst: 10 }));
        let start = Instant::now();
        for key in 0..1_000_000_u32 {
            let _ = limiter.take_at(&key, start);
        }
        let kept: usize = limiter.shards.iter().map(|shard| shard.lock().unwrap().buckets.len()).sum();
        assert!(kept <= (KEYS_MAX + 1) * SHARDS, "{kept}");
        assert!(limiter.take_at(&"honest", start + Duration::from_secs(2)).is_ok());
    }

    #[test]
    fn rates_and_networks_are_read() {
        assert_eq!(Rate::parse(" 200/1000 "), Ok(Some(Rate { per_second: 200, burst: 1_000 })));
        assert_eq!(Rate::parse("off"), Ok(None));
        for text in ["", "200", "0/5", "5/0", "a/b", "-1/2"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
        let holds =
            |network: &str, address: &str| Network::parse(network).unwrap().holds(address.parse::<IpAddr>().unwrap());
        assert!(holds("10.0.0.0/8", "10.9.8.7") && holds("127.0.0.1", "127.0.0.1") && holds("0.0.0.0/0", "1.2.3.4"));
        assert!(holds("10.0.0.0/8", "::ffff:10.1.1.1") && holds("fd00::/8", "fd12::1") && holds("::/0", "fd12::1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1") && !holds("10.0.0.0/8", "fd12::1") && !holds("10.0.0.1", "10.0.0.2"));
        for text in ["", "10.0.0.0/33", "x", "fd00::/129", "10.0.0.0/"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_is_believed_of_trusted_proxies_alone() {
        let of = |peer: &str, forwarded: &[&str], trusted: &[&str]| {
            let mut request = Request::builder();
            for value in forwarded {
                request = request.header("X-Forwarded-For", *value);
            }
            let mut request = request.body(Body::empty()).unwrap();
            request.extensions_mut().insert(Peer { address: peer.parse().unwrap(), encrypted: false });
            let trusted: Vec<Network> = trusted.iter().map(|text| Network::parse(text).unwrap()).collect();
            address(&request, &trusted).unwrap().to_string()
        };
        let proxies: &[&str] = &["10.0.0.0/8"];
        assert_eq!(of("8.8.8.8", &["1.1.1.1"], &[]), "8.8.8.8", "nobody is trusted");
        assert_eq!(of("8.8.8.8", &["1.1.1.1"], proxies), "8.8.8.8", "a stranger's word");
        assert_eq!(of("10.0.0.1", &["1.1.1.1"], proxies), "1.1.1.1");
        assert_eq!(
            of("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], proxies),
            "1.1.1.1",
            "what a client made up stands first"
        );
        assert_eq!(of("10.0.0.1", &["6.6.6.6", "1.1.1.1"], proxies), "1.1.1.1", "several headers are one list");
        assert_eq!(of("10.0.0.1", &["1.1.1.1, unknown"], proxies), "10.0.0.1", "nothing is believed beyond nonsense");
        assert_eq!(of("10.0.0.1", &[], proxies), "10.0.0.1");
    }
}
