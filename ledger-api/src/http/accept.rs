//! The one reading of `format=` and of `Accept` (RFC 9110, section 12.5.1): which of our offers a client names, or likes
//! best, and what it refuses.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use crate::preference::{Liked, liked_in};

/// What answers without a choice are written as.
const JSON: &str = "application/json";

/// What `format=` calls a form of an answer, and its media type; none for a form that is had by its name alone.
pub(super) type Form<T> = (&'static str, Option<&'static str>, T);

/// The form that `format=` names; where it names none, the one that the client likes best.
///
/// # Errors
/// `invalid_input` for a word that names no form, with what `unknown` says of it; as [`best`] without a word.
pub(super) fn form<T: Copy>(
    asked: &str,
    headers: &HeaderMap,
    forms: &[Form<T>],
    unknown: fn(&str) -> String,
) -> Result<T, ApiError> {
    if asked.is_empty() {
        let offers = forms.iter().filter_map(|(_, media, form)| Some(((*media)?, *form)));
        return best(headers, &offers.collect::<Vec<_>>());
    }
    let named = forms.iter().find(|(word, ..)| *word == asked);
    named.map(|(.., form)| *form).ok_or_else(|| ApiError::unreadable(unknown(asked)))
}

/// As [`form`], where the word may be written in capitals and between blanks, and blanks alone name none.
///
/// # Errors
/// As [`form`].
pub(super) fn form_however_written<T: Copy>(
    asked: &str,
    headers: &HeaderMap,
    forms: &[Form<T>],
    unknown: fn(&str) -> String,
) -> Result<T, ApiError> {
    let asked = asked.trim();
    let word = forms.iter().map(|(word, ..)| *word).find(|word| word.eq_ignore_ascii_case(asked));
    form(word.unwrap_or(asked), headers, forms, unknown)
}

/// The offer that a client likes best; the first of those liked alike. Whoever names nothing likes everything.
///
/// # Errors
/// 406 where none is liked, naming the offers.
pub(super) fn best<T: Copy>(headers: &HeaderMap, offers: &[(&'static str, T)]) -> Result<T, ApiError> {
    let liked = liked(headers);
    let mut best: Option<(u16, T)> = None;
    for (media, offer) in offers {
        let quality = quality(&liked, media);
        if quality > best.map_or(0, |(quality, _)| quality) {
            best = Some((quality, *offer));
        }
    }
    best.map(|(_, offer)| offer).ok_or_else(|| {
        let offers: Vec<&str> = offers.iter().map(|(media, _)| *media).collect();
        not_acceptable(&offers.join(", "))
    })
}

/// Whether a client names a media type itself, and does not refuse it.
pub(super) fn names(headers: &HeaderMap, media: &str) -> bool {
    liked(headers).iter().any(|liked| liked.what.eq_ignore_ascii_case(media) && liked.quality > 0)
}

/// Answers nothing that its client refuses. A read is judged by what it came to, for whoever chooses among formats has
/// looked at `Accept` itself; a write, whose answer is always JSON, before it does anything. What the query asks for by
/// name (`format=`) goes before `Accept`.
pub(super) async fn only_what_is_accepted(request: Request, next: Next) -> Response {
    let asked_by_name =
        request.uri().query().is_some_and(|query| query.split('&').any(|part| part.starts_with("format=")));
    if asked_by_name || !request.headers().contains_key(header::ACCEPT) {
        return next.run(request).await;
    }
    let headers = HeaderMap::from_iter(
        request.headers().get_all(header::ACCEPT).iter().map(|accept| (header::ACCEPT, accept.clone())),
    );
    if !request.method().is_safe() && !accepts(&headers, JSON) {
        return not_acceptable(JSON).into_response();
    }
    let response = next.run(request).await;
    let written = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = written.map(essence).filter(|_| response.status().is_success());
    match media {
        Some(media) if !accepts(&headers, media) => not_acceptable(media).into_response(),
        _ => response,
    }
}

fn accepts(headers: &HeaderMap, media: &str) -> bool {
    quality(&liked(headers), media) > 0
}

fn not_acceptable(offers: &str) -> ApiError {
    ApiError::not_acceptable(format!("this address answers with {offers}; name it in Accept, or leave Accept out"))
}

/// A media type without its parameters.
fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}

/// What a client says that it likes; all of it where it says nothing.
fn liked(headers: &HeaderMap) -> Vec<Liked<'_>> {
    let mut said = liked_in(headers, &header::ACCEPT);
    if said.is_empty() {
        said.push(Liked { what: "*/*", quality: 1_000 });
    }
    said
}

/// Of the ranges that fit a media type, the narrowest counts.
fn quality(liked: &[Liked<'_>], media: &str) -> u16 {
    let fitting = liked.iter().filter(|liked| fits(liked.what, media));
    fitting.max_by_key(|liked| (narrowness(liked.what), liked.quality)).map_or(0, |liked| liked.quality)
}

/// Whether a range that a client names holds a media type.
fn fits(range: &str, media: &str) -> bool {
    match range.strip_suffix("/*") {
        Some("*") => true,
        Some(kind) => media.split('/').next().is_some_and(|own| own.eq_ignore_ascii_case(kind)),
        None => range.eq_ignore_ascii_case(media),
    }
}

fn narrowness(range: &str) -> u8 {
    match range {
        "*/*" => 0,
        range if range.ends_with("/*") => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

    use super::{Form, best, form, form_however_written, names};

    const OFFERS: &[(&str, &str)] = &[("application/json", "json"), ("text/csv", "csv"), ("image/png", "png")];

    fn headers(accept: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())])
    }

    #[test]
    fn the_offer_liked_best_is_chosen_and_of_those_liked_alike_the_first() {
        assert_eq!(best(&HeaderMap::new(), OFFERS), Ok("json"));
        for (accept, chosen) in [
            ("", "json"),
            ("*/*", "json"),
            ("application/*", "json"),
            ("text/csv, application/json", "json"),
            ("text/csv", "csv"),
            ("TEXT/CSV", "csv"),
            ("text/*", "csv"),
            ("text/csv; charset=utf-8", "csv"),
            ("text/csv;x=\"a,b;q=0\"", "csv"),
            ("application/json;q=0.2, text/csv;q=0.8", "csv"),
            ("application/json;q=0, */*", "csv"),
            ("text/csv;q=0, application/json;Q=0, */*;q=0.001", "png"),
            ("text/*;q=0, */*", "json"),
            ("text/html, image/png;q=0.9", "png"),
            ("text/csv;q=1.000, application/json;q=0.999", "csv"),
        ] {
            assert_eq!(best(&headers(accept), OFFERS), Ok(chosen), "{accept}");
        }
        let mut two = headers("text/html");
        two.append(header::ACCEPT, HeaderValue::from_static("image/*"));
        assert_eq!(best(&two, OFFERS), Ok("png"), "several headers are one list");
    }

    #[test]
    fn a_form_that_is_named_goes_before_what_is_liked() {
        const FORMS: &[Form<u8>] =
            &[("json", Some("application/json"), 1), ("csv", Some("text/csv"), 2), ("text", None, 3)];
        let unknown = |asked: &str| format!("not {asked:?}");
        let exact = |asked: &str| form(asked, &headers("*/*"), FORMS, unknown);
        assert_eq!((exact("csv"), exact("")), (Ok(2), Ok(1)));
        for asked in [" csv", "CSV", " "] {
            assert_eq!(exact(asked).unwrap_err().status(), StatusCode::BAD_REQUEST, "{asked:?}");
        }
        let form = |asked: &str, accept: &str| form_however_written(asked, &headers(accept), FORMS, unknown);
        for (asked, accept, chosen) in
            [("csv", "application/json", 2), (" CSV ", "*/*", 2), ("text", "", 3), ("", "text/csv", 2), (" ", "*/*", 1)]
        {
            assert_eq!(form(asked, accept), Ok(chosen), "{asked:?} {accept}");
        }
        let no = form("", "text/plain").unwrap_err();
        assert_eq!(
            (no.status(), no.detail().contains("text/plain")),
            (StatusCode::NOT_ACCEPTABLE, false),
            "not offered"
        );
        let no = form("xml", "*/*").unwrap_err();
        assert_eq!((no.status(), no.detail()), (StatusCode::BAD_REQUEST, "not \"xml\""));
    }

    #[test]
    fn what_is_refused_is_not_sent() {
        for accept in
            ["image/jpeg", "application/json;q=0", "*/*;q=0", "text/csv;q=0.0", "text/csv;q=2", "application/json;q=x"]
        {
            let no = best(&headers(accept), OFFERS).unwrap_err();
            assert_eq!(no.status(), StatusCode::NOT_ACCEPTABLE, "{accept}");
            assert!(no.detail().contains("text/csv"), "the offers are named: {}", no.detail());
        }
    }

    #[test]
    fn a_type_is_named_only_by_its_own_name() {
        assert!(names(&headers("text/html, text/event-stream"), "text/event-stream"));
        assert!(!names(&headers("text/event-stream;q=0"), "text/event-stream"));
        assert!(!names(&headers("*/*"), "text/event-stream"));
        assert!(!names(&HeaderMap::new(), "text/event-stream"));
    }
}
