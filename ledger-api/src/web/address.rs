//! Texts within addresses that pages make; templates have the filter `urlencode_strict` for the same.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// What has a meaning in an address or cannot stand in one: all but the unreserved characters (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as it stands in an address, be it a part of the path or a value.
pub(super) fn in_address(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

#[cfg(test)]
mod tests {
    use super::in_address;

    #[test]
    fn what_means_something_in_an_address_is_written_in_hexadecimals() {
        for (text, written) in [
            ("W-1_a.b~c", "W-1_a.b~c"),
            ("a&b=c#d", "a%26b%3Dc%23d"),
            ("一 /?+%", "%E4%B8%80%20%2F%3F%2B%25"),
            ("", ""),
        ] {
            assert_eq!(in_address(text).to_string(), written, "{text}");
        }
    }
}
