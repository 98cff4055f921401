//! The normal form of texts: what counts as blank at the ends, full-width letters and digits, quoting in messages.
//! Does not own Unicode normalisation: only the full-width forms of ASCII are mapped, Chinese marks stay as they are.

use std::borrow::Cow;

/// White space of any script, and the invisible marks that copying from web pages and chat programs leaves behind.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{2069}'
                | '\u{FEFF}'
        )
}

/// The text without blanks at its ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Full-width letters, digits and signs as their ASCII forms; the ideographic space as a space.
pub(super) fn half_width(text: &str) -> Cow<'_, str> {
    // Both ranges are three bytes long in UTF-8 and start with one of these two.
    if !text.bytes().any(|byte| byte == 0xEF || byte == 0xE3) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(half_width_character).collect())
}

fn half_width_character(character: char) -> char {
    const FULL_WIDTH_OFFSET: u32 = 0xFEE0;
    match character {
        '\u{FF01}'..='\u{FF5E}' => {
            u32::from(character).checked_sub(FULL_WIDTH_OFFSET).and_then(char::from_u32).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        other => other,
    }
}

/// What two header texts are compared by: half width and no blanks at all, since offices space out short headers
/// (`编 号`) and break long ones over two lines.
pub(super) fn header_key(text: &str) -> String {
    half_width(text).chars().filter(|character| !is_blank(*character)).collect()
}

/// A text made fit for a message: on one line, without control characters, and whole, as a path must be to be found.
pub(super) fn one_line(text: &str) -> String {
    let clean = |character: char| if is_blank(character) && character != ' ' { '\u{FFFD}' } else { character };
    text.chars().map(clean).collect()
}

/// A text of unknown origin made fit for a message, and short.
pub(super) fn quotable(text: &str) -> String {
    const CHARACTERS_MAX: usize = 40;
    let mut quoted = one_line(&text.chars().take(CHARACTERS_MAX).collect::<String>());
    if text.chars().nth(CHARACTERS_MAX).is_some() {
        quoted.push('…');
    }
    quoted
}

/// The longest start of `text` that has at most `bytes_max` bytes and cuts no character.
pub(super) fn prefix(text: &str, bytes_max: usize) -> &str {
    let mut end = bytes_max.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::{half_width, header_key, prefix, quotable, trim};

    #[test]
    fn blanks_of_every_kind_are_trimmed_and_inner_ones_kept() {
        assert_eq!(trim("\u{FEFF}\u{A0} \u{3000}\t李 明\u{200B}\u{202C}\r\n"), "李 明");
        assert_eq!(trim("\u{3000}\u{200B}"), "");
    }

    #[test]
    fn only_full_width_ascii_is_mapped() {
        assert_eq!(half_width("ＱＷ－０００１９８"), "QW-000198");
        assert_eq!(half_width("２０２４／０１／０２\u{3000}０８：００"), "2024/01/02 08:00");
        assert_eq!(half_width("、。“”①㎡"), "、。“”①㎡");
    }

    #[test]
    fn headers_are_compared_without_any_blank() {
        assert_eq!(header_key(" 编\u{3000}号\n"), "编号");
        assert_eq!(header_key("ＩＤ号"), "ID号");
    }

    #[test]
    fn quoted_texts_are_short_and_harmless() {
        assert_eq!(quotable("a\u{1B}[31m\nb"), "a\u{FFFD}[31m\u{FFFD}b");
        assert_eq!(quotable(&"长".repeat(100)).chars().count(), 41);
    }

    #[test]
    fn a_prefix_never_cuts_a_character() {
        assert_eq!(prefix("长长", 4), "长");
        assert_eq!(prefix("ab", 10), "ab");
    }
}
