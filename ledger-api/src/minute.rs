//! A moment as people read it.

/// The minute of an RFC 3339 time, without its offset, which is the district's own.
pub(crate) fn minute(time: &str) -> String {
    let day = time.get(..10).unwrap_or(time);
    match time.get(11..16) {
        Some(minute) => format!("{day} {minute}"),
        None => day.to_owned(),
    }
}
