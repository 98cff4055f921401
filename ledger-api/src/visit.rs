//! What a browser brings along besides a form: the transport it came over, its session's cookie, and whether a write
//! comes from our own pages. API and pages ask the same.

use axum::http::header::InvalidHeaderValue;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, header};

use crate::access::Identity;
use crate::access::session::{ABSOLUTE, Session};
use crate::app::App;
use crate::peer::{Peer, is_loopback};
use crate::service::{ServiceError, who};

/// The cookie of a session.
const SESSION: SecretCookie = SecretCookie { secure: "__Host-nuanxin", loopback: "nuanxin" };
/// How whoever comes with a session came in.
const WAY: &str = "session";
/// The header in which a program's write shows its session's token.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// The header in which a proxy says what its own client spoke.
const FORWARDED_PROTO: &str = "x-forwarded-proto";
/// Headers by which a proxy gives itself away.
const PROXIED: [&str; 5] = [FORWARDED_PROTO, "x-forwarded-for", "x-real-ip", "forwarded", "via"];

/// What a request came over, as far as passwords care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTPS, here or at a proxy.
    Secure,
    /// Within this machine.
    Loopback,
    /// Anybody between may read along.
    Plain,
}

impl Transport {
    /// Of a request. A proxy that says nothing of HTTPS is believed to speak none; who only pretends to be one gets a
    /// cookie that no browser sends back.
    pub fn of(headers: &HeaderMap, extensions: &Extensions) -> Transport {
        let peer = extensions.get::<Peer>();
        let https = headers.get(FORWARDED_PROTO).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"));
        if https || peer.is_some_and(|peer| peer.encrypted) {
            return Transport::Secure;
        }
        let proxied = PROXIED.iter().any(|name| headers.contains_key(*name));
        let near = peer.is_some_and(|peer| peer.address.to_canonical().is_loopback());
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if near && !proxied && is_loopback(host) { Transport::Loopback } else { Transport::Plain }
    }

    /// The cookie that gives a browser its session.
    ///
    /// # Errors
    /// Never, as a secret is a header's text.
    pub fn give(self, secret: &str) -> Result<Option<HeaderValue>, InvalidHeaderValue> {
        SESSION.set(self, secret, ABSOLUTE.as_secs())
    }

    /// The cookie that takes it away.
    ///
    /// # Errors
    /// Never.
    pub fn take(self) -> Result<Option<HeaderValue>, InvalidHeaderValue> {
        SESSION.set(self, "", 0)
    }

    /// The secret of the session that a request comes with.
    pub fn secret(self, headers: &HeaderMap) -> Option<&str> {
        SESSION.read(self, headers)
    }
}

/// A cookie of this server's that no script reads and no other site sends along with a form.
#[derive(Debug, Clone, Copy)]
pub struct SecretCookie {
    /// Its name over HTTPS. A prefix of `__Host-` makes browsers keep it to this very host, whole and secure.
    pub secure: &'static str,
    /// Its name on this very machine without HTTPS.
    pub loopback: &'static str,
}

impl SecretCookie {
    const fn name(self, transport: Transport) -> Option<&'static str> {
        match transport {
            Transport::Secure => Some(self.secure),
            Transport::Loopback => Some(self.loopback),
            Transport::Plain => None,
        }
    }

    /// Gives it to a browser for so many seconds; none over a wire that others read along.
    ///
    /// # Errors
    /// Where the value is no text of a header.
    pub fn set(
        self,
        transport: Transport,
        value: &str,
        seconds: u64,
    ) -> Result<Option<HeaderValue>, InvalidHeaderValue> {
        let Some(name) = self.name(transport) else { return Ok(None) };
        let secure = if transport == Transport::Secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(text).map(Some)
    }

    /// Its value, where a request brings it.
    pub fn read(self, transport: Transport, headers: &HeaderMap) -> Option<&str> {
        cookie(headers, self.name(transport)?)
    }
}

/// A cookie's value.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Whether a write may come from one of our own pages, by what the browser says of it: the origin is ours, where it is
/// said. Some old browsers say nothing; the session's token decides then.
pub fn is_from_here(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        let site = site.as_bytes();
        if site != b"same-origin" && site != b"none" {
            return false;
        }
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    matches!((origin, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// Who, and what the account may do now.
    pub identity: Identity,
    /// The session that the cookie names.
    pub session: Session,
}

/// Who came in at the door, for whoever works on the request behind it: asked once.
#[derive(Debug, Clone)]
pub struct CameIn(pub Option<LoggedIn>);

/// Whether a request comes with a session's cookie that this process has not seen to be valid: whoever made one up is a
/// stranger.
pub fn shows_unknown(app: &App, headers: &HeaderMap, extensions: &Extensions) -> bool {
    Transport::of(headers, extensions).secret(headers).is_some_and(|secret| !app.sessions.has_seen(secret))
}

/// Who comes with a session's cookie; nobody where the session is over, or its account may do nothing any more.
///
/// # Errors
/// [`ServiceError::Unavailable`] when that cannot be told now.
pub async fn logged_in(
    app: &App,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Option<LoggedIn>, ServiceError> {
    let Some(secret) = Transport::of(headers, extensions).secret(headers) else { return Ok(None) };
    let Some(session) = app.sessions.find(secret).await? else { return Ok(None) };
    let identity = who::of_account(app, &session.account, WAY.into()).await?;
    Ok(identity.map(|identity| LoggedIn { identity, session }))
}

/// Whether a request that comes with a session's cookie and this token may change something.
pub fn may_change(method: &Method, headers: &HeaderMap, session: &Session, token: Option<&str>) -> bool {
    method.is_safe() || (is_from_here(headers) && token.is_some_and(|token| session.is_shown(token)))
}

#[cfg(test)]
mod tests {
    use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};

    use super::{Peer, Transport, is_from_here};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn transport(address: &str, encrypted: bool, pairs: &[(&'static str, &'static str)]) -> Transport {
        let mut extensions = Extensions::new();
        extensions.insert(Peer { address: address.parse().unwrap(), encrypted });
        Transport::of(&headers(pairs), &extensions)
    }

    #[test]
    fn only_what_stays_within_the_machine_goes_without_https() {
        for host in ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080"] {
            assert_eq!(transport("127.0.0.1", false, &[("host", host)]), Transport::Loopback, "{host}");
            assert_eq!(transport("192.168.1.7", false, &[("host", host)]), Transport::Plain, "{host}");
        }
        assert_eq!(transport("::ffff:127.0.0.1", false, &[("host", "localhost")]), Transport::Loopback);
        for host in ["ledger.example", "127.0.0.1.example", "192.168.1.2:8080", "", "[::2]:1"] {
            assert_eq!(transport("127.0.0.1", false, &[("host", host)]), Transport::Plain, "{host}");
        }
        // A proxy on this machine that forwards plain HTTP, and one that ends HTTPS.
        let proxied = [("host", "127.0.0.1:8080"), ("x-forwarded-for", "10.0.0.9")];
        assert_eq!(transport("127.0.0.1", false, &proxied), Transport::Plain);
        let ended = [("host", "ledger.example"), ("x-forwarded-proto", "https")];
        assert_eq!(transport("127.0.0.1", false, &ended), Transport::Secure);
        assert_eq!(transport("10.0.0.9", true, &[("host", "ledger.example")]), Transport::Secure);
        assert_eq!(Transport::of(&headers(&[("host", "localhost")]), &Extensions::new()), Transport::Plain);
    }

    #[test]
    fn a_cookie_is_as_strict_as_its_transport_allows() {
        let given = |transport: Transport| transport.give("s").unwrap().map(|value| value.to_str().unwrap().to_owned());
        let over_https = "__Host-nuanxin=s; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(given(Transport::Secure).as_deref(), Some(over_https));
        assert_eq!(
            given(Transport::Loopback).as_deref(),
            Some("nuanxin=s; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax")
        );
        assert_eq!(given(Transport::Plain), None);
        let sent = headers(&[("cookie", "a=b; nuanxin=one;__Host-nuanxin=two")]);
        assert_eq!(Transport::Loopback.secret(&sent), Some("one"));
        assert_eq!(Transport::Secure.secret(&sent), Some("two"));
        assert_eq!(Transport::Plain.secret(&sent), None);
    }

    #[test]
    fn a_write_from_another_site_is_known_by_what_its_browser_says() {
        let host = ("host", "ledger.example:8443");
        assert!(is_from_here(&headers(&[host])));
        assert!(is_from_here(&headers(&[host, ("origin", "https://ledger.example:8443")])));
        assert!(is_from_here(&headers(&[host, ("sec-fetch-site", "same-origin")])));
        for other in ["https://evil.example", "null", "https://ledger.example", "https://ledger.example:8443.evil"] {
            assert!(!is_from_here(&headers(&[host, ("origin", other)])), "{other}");
        }
        for site in ["cross-site", "same-site", "x"] {
            assert!(!is_from_here(&headers(&[host, ("sec-fetch-site", site)])), "{site}");
        }
    }
}
