//! The unified social credit code of an organisation (统一社会信用代码), as GB 32100-2015 defines it: 18 characters of
//! digits and capitals without I, O, S, V and Z, of which the last one is a check character over the others.

/// The characters by their value.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Characters before the check character.
const BODY: usize = 17;

/// Whether a text is such a code, its check character included.
pub fn is_uscc(code: &str) -> bool {
    code.split_at_checked(BODY).is_some_and(|(body, check)| check_character(body).is_some_and(|right| check == right))
}

/// The check character for the first 17 characters of a code; none where these cannot begin one.
pub fn check_character(body: &str) -> Option<&'static str> {
    if body.len() != BODY {
        return None;
    }
    let mut weight = 1;
    let mut sum = 0;
    for character in body.bytes() {
        sum += weight * ALPHABET.iter().position(|known| *known == character)?;
        weight = weight * 3 % ALPHABET.len();
    }
    let index = (ALPHABET.len() - sum % ALPHABET.len()) % ALPHABET.len();
    str::from_utf8(ALPHABET.get(index..=index)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{check_character, is_uscc};

    #[test]
    fn a_code_of_the_standard_is_one_and_a_slip_of_the_pen_is_none() {
        // The example of GB 32100-2015 and codes of registers that are open to everybody.
        for code in ["91350100M000100Y43", "92000000MA000001H9", "92000000MA0DEM001C"] {
            assert!(is_uscc(code), "{code}");
        }
        for slip in [
            "",
            "123",
            "91350100M000100Y44",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "91350100m000100y43",
            "91350100M00010OY43",
            "9135O100M000100Y43",
            "19350100M000100Y43",
            "９1350100M000100Y4",
        ] {
            assert!(!is_uscc(slip), "{slip:?}");
        }
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        let code = "91350100M000100Y43";
        for place in 0..code.len() {
            for other in "0123456789ABCDEFGHJKLMNPQRTUWXY".chars() {
                let slip: String =
                    code.chars().enumerate().map(|(at, was)| if at == place { other } else { was }).collect();
                assert_eq!(is_uscc(&slip), slip == code, "{slip}");
            }
        }
        assert_eq!(check_character("I1350100M000100Y4"), None);
    }
}
