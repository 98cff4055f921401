//! The texts of a workbook: string items, which may be made of formatted runs, and the table of shared ones. Owns
//! the escapes `_xHHHH_` of spreadsheet texts. The table is the only thing of a workbook kept whole in memory.

use std::borrow::Cow;

use quick_xml::events::Event;

use super::Limits;
use super::cell::{CappedText, Cell};
use super::error::Flaw;
use super::xlsx_xml::{XmlPart, cut_off};

/// The shared texts, one after another in one allocation.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    /// Where each text ends in `text`.
    ends: Vec<usize>,
    /// The indexes of texts that were cut at the limit of a cell, ascending.
    cut: Vec<usize>,
}

impl SharedStrings {
    /// Reads the table. Its declared count is not believed.
    pub(super) fn read(mut xml: XmlPart<'_>, limits: &Limits) -> Result<SharedStrings, Flaw> {
        let mut strings = SharedStrings::default();
        loop {
            let item = match xml.next()? {
                Event::Start(start) => start.local_name().as_ref() == "si",
                Event::End(end) if end.local_name().as_ref() == "sst" => return Ok(strings),
                Event::Eof => return Err(cut_off()),
                _ => false,
            };
            if item {
                let mut text = CappedText::new(limits.cell_text_bytes_max);
                read_string_item(&mut xml, &mut text)?;
                strings.push(&text);
                let index_bytes = strings.ends.len().saturating_mul(size_of::<usize>());
                if strings.text.len().saturating_add(index_bytes) > limits.shared_text_bytes_max {
                    let bytes_max = limits.shared_text_bytes_max;
                    return Err(Flaw::TooLarge(format!("the texts of the workbook have more than {bytes_max} bytes")));
                }
            }
        }
    }

    fn push(&mut self, text: &CappedText) {
        if text.overflow {
            self.cut.push(self.ends.len());
        }
        self.text.push_str(&unescape(&text.text));
        self.ends.push(self.text.len());
    }

    /// The cell that refers to the text of this index; `None` where the table has no such text.
    pub(super) fn cell(&self, index: usize) -> Option<Cell> {
        let end = *self.ends.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let text = self.text.get(start..end)?;
        if self.cut.binary_search(&index).is_ok() {
            return Some(Cell::TooLong(text.to_owned()));
        }
        Some(Cell::from_text(text))
    }
}

/// Reads the string item whose start was the last event: its text, or those of its runs, without phonetic hints.
pub(super) fn read_string_item(xml: &mut XmlPart<'_>, text: &mut CappedText) -> Result<(), Flaw> {
    enum Inside {
        Text,
        Run,
        Other,
        End,
    }
    let mut open_runs: usize = 0;
    loop {
        let inside = match xml.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "t" => Inside::Text,
                "r" => Inside::Run,
                _ => Inside::Other,
            },
            Event::End(_) => Inside::End,
            Event::Eof => return Err(cut_off()),
            _ => continue,
        };
        match inside {
            Inside::Text => xml.element_text(text)?,
            Inside::Run => open_runs = open_runs.saturating_add(1),
            Inside::Other => xml.skip_element()?,
            Inside::End => match open_runs.checked_sub(1) {
                Some(runs) => open_runs = runs,
                None => return Ok(()),
            },
        }
    }
}

/// Resolves `_xHHHH_`, by which characters are written that XML does not allow, such as a carriage return.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut units: Vec<u16> = Vec::new();
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(unit) = escaped_unit(rest) {
            units.push(unit);
            rest = rest.get(7..).unwrap_or("");
            continue;
        }
        // A character outside the first plane is escaped as two units, which only together mean anything.
        resolved.push_str(&String::from_utf16_lossy(&units));
        units.clear();
        resolved.push(character);
        rest = rest.get(character.len_utf8()..).unwrap_or("");
    }
    resolved.push_str(&String::from_utf16_lossy(&units));
    Cow::Owned(resolved)
}

fn escaped_unit(text: &str) -> Option<u16> {
    let escape = text.get(..7)?;
    let digits = escape.strip_prefix("_x")?.strip_suffix('_')?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_of_spreadsheet_texts_are_resolved() {
        assert_eq!(unescape("a_x000D_b"), "a\rb");
        assert_eq!(unescape("_x005F_x000D_"), "_x000D_");
        assert_eq!(unescape("_xD83D__xDE00_"), "😀");
        assert_eq!(unescape("_xD83D_!"), "\u{FFFD}!");
        for plain in ["_x", "_x00_", "_x00ZZ_", "x000D_", "工号_x1", "_x长长_"] {
            assert_eq!(unescape(plain), plain);
        }
    }
}
