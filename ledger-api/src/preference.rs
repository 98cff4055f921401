//! How a client says in a header what it likes and what it refuses: values with qualities (RFC 9110, section 12.4.2).

use axum::http::{HeaderMap, HeaderName};

/// What a client names, and how much it likes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Liked<'a> {
    /// The value: a media range, an encoding.
    pub what: &'a str,
    /// In thousandths; 0 is a no.
    pub quality: u16,
}

/// All that a header names, in its order.
pub fn liked_in<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<Liked<'a>> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| parts(value, ',')).filter_map(Liked::read).collect()
}

/// Whether a content coding may be used: it is named with a quality above 0.
pub fn takes_encoding(headers: &HeaderMap, coding: &str) -> bool {
    let named = liked_in(headers, &axum::http::header::ACCEPT_ENCODING);
    named.iter().any(|liked| liked.what.eq_ignore_ascii_case(coding) && liked.quality > 0)
}

impl<'a> Liked<'a> {
    fn read(text: &'a str) -> Option<Liked<'a>> {
        let mut parts = parts(text, ';');
        let what = parts.next()?.trim();
        if what.is_empty() {
            return None;
        }
        let named = parts.filter_map(|part| part.split_once('=')).map(|(name, value)| (name.trim(), value.trim()));
        let quality =
            named.filter(|(name, _)| name.eq_ignore_ascii_case("q")).map(|(_, value)| thousandths(value)).next();
        Some(Liked { what, quality: quality.unwrap_or(1_000) })
    }
}

/// `0` to `1` with at most three places; anything else is a no.
fn thousandths(quality: &str) -> u16 {
    let (whole, part) = quality.split_once('.').unwrap_or((quality, ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" if digits && part.bytes().all(|byte| byte == b'0') => 1_000,
        "0" if digits => format!("{part:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// The parts of a header between separators that stand in no quoted text.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |char: char| {
        let within = quoted;
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        char == separator && !within
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::takes_encoding;

    #[test]
    fn an_encoding_that_is_refused_is_not_taken() {
        for (said, takes) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000, br", false),
            ("identity", false),
            ("xgzip", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(said))]);
            assert_eq!(takes_encoding(&headers, "gzip"), takes, "{said}");
        }
        assert!(!takes_encoding(&HeaderMap::new(), "gzip"));
    }
}
