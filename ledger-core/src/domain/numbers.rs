//! Numbers that name a person: mobile phones (11 digits from 13 to 19 on) and identity numbers (18 digits, with a day of birth
//! among them).
//!
//! A journal is never rewritten, so such a number must not come into it, whatever somebody types into a reason or takes
//! for an id.

use chrono::{Datelike, NaiveDate};

/// Digits of a mobile phone.
const PHONE_DIGITS: usize = 11;
/// Digits of an identity number, its check digit included.
const IDENTITY_DIGITS: usize = 18;

/// What a text holds of somebody's numbers, in words; none where it holds none.
pub fn personal_number(text: &str) -> Option<&'static str> {
    // Nearly all ids and most reasons have too few digits.
    if text.chars().filter(|letter| half_width(*letter).is_ascii_digit()).count() < PHONE_DIGITS {
        return None;
    }
    let letters: Vec<char> = text.chars().map(half_width).collect();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        if !letter.is_ascii_digit() {
            at += 1;
            continue;
        }
        let rest = letters.get(at..).unwrap_or_default();
        let length = rest.iter().take_while(|letter| letter.is_ascii_digit()).count();
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let after = rest.get(length);
        if is_identity(rest, length) {
            return Some("an identity number (身份证号)");
        }
        // Digits within a hexadecimal word are part of a digest or of a random name, and no number of anybody's.
        let of_a_word = [before, after].into_iter().flatten().any(|letter| letter.is_ascii_hexdigit());
        if !of_a_word && (is_phone(rest, length) || is_phone_in_groups(rest, length)) {
            return Some("a phone number (手机号)");
        }
        at += length;
    }
    None
}

/// Digits and the letter X as sheets write them too.
fn half_width(letter: char) -> char {
    match letter {
        '０'..='９' => char::from_digit(u32::from(letter) - u32::from('０'), 10).unwrap_or(letter),
        'Ｘ' | 'ｘ' => 'X',
        letter => letter,
    }
}

fn digits(letters: &[char]) -> Vec<u32> {
    letters.iter().filter_map(|letter| letter.to_digit(10)).collect()
}

fn is_phone(rest: &[char], length: usize) -> bool {
    let digits = digits(rest.get(..length).unwrap_or_default());
    let own = match (digits.len(), digits.get(..2)) {
        (PHONE_DIGITS, _) => digits.as_slice(),
        // With the country's number before it.
        (13, Some([8, 6])) => digits.get(2..).unwrap_or_default(),
        _ => return false,
    };
    matches!(own, [1, 3..=9, ..])
}

/// As people write it: 138 0013 8000 or 138-0013-8000.
fn is_phone_in_groups(rest: &[char], length: usize) -> bool {
    let separator = |letter: Option<&char>| matches!(letter, Some(' ' | '-'));
    let group = |from: usize, count: usize| {
        let group = rest.get(from..from + count).unwrap_or_default();
        group.len() == count && group.iter().all(char::is_ascii_digit)
    };
    length == 3
        && matches!(digits(rest.get(..2).unwrap_or_default()).as_slice(), [1, 3..=9])
        && separator(rest.get(3))
        && group(4, 4)
        && separator(rest.get(8))
        && group(9, 4)
        && !rest.get(13).is_some_and(|letter| letter.is_ascii_alphanumeric())
}

/// Eighteen characters with a day of birth where it belongs, the last one perhaps an X. The check digit is not asked: a
/// number with a slip of the pen names a person all the same.
fn is_identity(rest: &[char], length: usize) -> bool {
    let is_whole = match length {
        IDENTITY_DIGITS => true,
        17 => matches!(rest.get(17), Some('X' | 'x')),
        _ => false,
    };
    let birth: String = rest.get(6..14).unwrap_or_default().iter().collect();
    let birth = NaiveDate::parse_from_str(&birth, "%Y%m%d").ok();
    is_whole && rest.first() != Some(&'0') && birth.is_some_and(|birth| (1900..2100).contains(&birth.year()))
}

#[cfg(test)]
mod tests {
    use super::personal_number;

    #[test]
    fn phones_are_found_however_they_are_written() {
        for text in [
            "13800138000",
            "电话13800138000。",
            "１３８００１３８０００",
            "+8613800138000",
            "tel 138-0013-8000",
            "138 0013 8000",
            "W19912345678",
            "骑手13812345678号",
        ] {
            assert_eq!(personal_number(text), Some("a phone number (手机号)"), "{text}");
        }
    }

    #[test]
    fn identity_numbers_are_found_by_the_day_of_birth_in_them() {
        for text in ["11010519491231002X", "证件号：11010519491231002x。", "１１０１０１１９９００３０７１２３４"]
        {
            assert_eq!(personal_number(text), Some("an identity number (身份证号)"), "{text}");
        }
        for text in ["440524188001010014", "110105194913310021", "1101051949123100", "202403051234567890"] {
            assert_eq!(personal_number(text), None, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_let_through() {
        for text in [
            "20240305001",
            "12345678901",
            "138001380001",
            "1380013800",
            "2024-03-05 09:00",
            "YZ-2024-000123",
            "0595-12345678",
            "1700000000000",
            "91350100M000100Y43",
            "3f2b1d4e-0c1a-4b5e-9d3f-a13812345678",
            "sha256:9f86d081884c7d659a2feaa0c55ad015",
            "text:13812345678aaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(personal_number(text), None, "{text}");
        }
    }
}
