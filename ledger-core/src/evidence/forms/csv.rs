//! CSV (RFC 4180) that spreadsheet programs open without harm: a byte order mark, CRLF, and no text that acts as a
//! formula.

use std::borrow::Cow;

/// What a file opens with, or Chinese text turns to rubbish in a spreadsheet program.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What spreadsheet programs take for the start of a formula, the full-width forms of Chinese input included.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text with an apostrophe before it where it would start a formula. Whoever reads the file with a program takes one
/// apostrophe away from a text that begins with an apostrophe and one of these characters.
pub fn defused(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_STARTS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Appends a text cell, defused, quoted where RFC 4180 asks for it.
pub fn push_text(out: &mut String, text: &str) {
    let text = defused(text);
    if text.contains([',', '"', '\r', '\n']) {
        out.push('"');
        for found in text.chars() {
            if found == '"' {
                out.push('"');
            }
            out.push(found);
        }
        out.push('"');
    } else {
        out.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::{defused, push_text};

    #[test]
    fn no_text_can_start_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"] {
            assert_eq!(defused(text), format!("'{text}"));
        }
        for text in ["", "党支部", "1=1", "QW-01", "'=1"] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn a_cell_that_needs_quotes_has_them() {
        let mut out = String::new();
        for text in ["a,b", "say \"x\"", "=A1,\"B\"", "plain"] {
            push_text(&mut out, text);
            out.push('|');
        }
        assert_eq!(out, "\"a,b\"|\"say \"\"x\"\"\"|\"'=A1,\"\"B\"\"\"|plain|");
    }
}
