//! Numbers that name a person. The journal keeps everything for ever, so they must not get into it.

use chrono::{Datelike, NaiveDate};

/// Digits of a mobile number.
const MOBILE: usize = 11;
/// Characters of an identity number, the check character included.
const IDENTITY: usize = 18;

/// Whether a text holds a mobile number (手机号) or an identity number (身份证号): a run of digits of just that form,
/// also in full-width digits. Longer runs, such as document numbers, are neither.
pub fn names_a_person(text: &str) -> bool {
    let plain: Vec<u8> = text.chars().map(plain).collect();
    plain.split(|found| !found.is_ascii_digit() && *found != b'X').any(|run| is_mobile(run) || is_identity(run))
}

/// The character, if it can belong to such a number; otherwise one that ends it.
fn plain(found: char) -> u8 {
    match found {
        '0'..='9' | 'X' => u8::try_from(found).unwrap_or(b' '),
        'x' => b'X',
        '０'..='９' => {
            let digit = u32::from(found).wrapping_sub(u32::from('０'));
            u8::try_from(digit).map_or(b' ', |digit| b'0'.saturating_add(digit))
        }
        _ => b' ',
    }
}

fn is_mobile(run: &[u8]) -> bool {
    run.len() == MOBILE && matches!(run, [b'1', b'3'..=b'9', ..]) && run.iter().all(u8::is_ascii_digit)
}

/// Eighteen characters with a day of birth where it belongs, and a digit or X at the end. The check character is not
/// asked: a number with a slip of the pen names a person all the same.
fn is_identity(run: &[u8]) -> bool {
    let Some((_, digits)) = run.split_last().filter(|_| run.len() == IDENTITY) else { return false };
    if !digits.iter().all(u8::is_ascii_digit) || digits.first() == Some(&b'0') {
        return false;
    }
    let birth = digits.get(6..14).and_then(|birth| str::from_utf8(birth).ok());
    let birth = birth.and_then(|birth| NaiveDate::parse_from_str(birth, "%Y%m%d").ok());
    birth.is_some_and(|birth| (1900..2100).contains(&birth.year()))
}

#[cfg(test)]
mod tests {
    use super::names_a_person;

    #[test]
    fn mobile_and_identity_numbers_are_found_wherever_they_stand() {
        for text in [
            "13812345678",
            "骑手13812345678号",
            "１３８１２３４５６７８",
            "11010519491231002X",
            "110101199003071234",
            "id:11010519491231002x.",
        ] {
            assert!(names_a_person(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "",
            "HD-20240305001",
            "202403050001",
            "138123456789",
            "12812345678",
            "110105194913310021",
            "91370812MA3C4D5E6F",
        ] {
            assert!(!names_a_person(text), "{text}");
        }
    }
}
