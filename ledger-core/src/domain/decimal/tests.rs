//! What is read is what was written, exactly, in every spelling.

use proptest::prelude::{any, prop_assert_eq, proptest};

use super::{Decimal, Spelling, parse_scaled};

const SPELLINGS: [Spelling; 4] = [Spelling::PLAIN, Spelling::JSON, Spelling::TYPED, Spelling::STORED];

/// Which spellings take a text.
fn taken_by(text: &str) -> [bool; 4] {
    SPELLINGS.map(|spelling| Decimal::read(text, spelling).is_some())
}

fn read(text: &str) -> Decimal {
    Decimal::read(text, Spelling::STORED).expect("a number")
}

#[test]
fn each_spelling_takes_what_it_says_and_nothing_else() {
    let (everybody, nobody) = ([true; 4], [false; 4]);
    for text in ["0", "-0", "007", "2.50", "-0.25", "123456789012345678901234567890123456789012345678901234567890.5"] {
        assert_eq!(taken_by(text), everybody, "{text}");
    }
    for text in ["+3", ".5", "5.", "-.5", "+5."] {
        assert_eq!(taken_by(text), [false, false, true, true], "{text}");
    }
    for text in ["1e3", "1.5E+2", "1e-06", "0e40"] {
        assert_eq!(taken_by(text), [false, true, false, true], "{text}");
    }
    for text in ["1e41", "1e-1000"] {
        assert_eq!(taken_by(text), [false, false, false, true], "{text}");
    }
    assert_eq!(taken_by("5.e1"), [false, false, false, true]);
    for text in [
        "",
        "-",
        "+",
        ".",
        "-.",
        "--1",
        "+-1",
        "1-",
        "1.2.3",
        "1,000",
        "1 ",
        " 1",
        "e5",
        "1e",
        "1e+-2",
        "1e1.5",
        "1e1001",
        "1e99999999999",
        "0x10",
        "NaN",
        "inf",
        "１",
        "²",
        "½",
        "1_000",
        "1e5e5",
        "1.5\u{0}",
    ] {
        assert_eq!(taken_by(text), nobody, "{text:?}");
    }
}

#[test]
fn scaling_never_rounds_and_never_overflows() {
    assert_eq!(read("2.5").scaled_to(2), Some(250));
    assert_eq!(read("2.500").scaled_to(1), Some(25));
    assert_eq!(read("2.5").scaled_to(0), None);
    assert_eq!(read("12e3").scaled_to(2), Some(1_200_000));
    assert_eq!(read("1e-1000").scaled_to(6), None);
    assert_eq!(read("0e1000").scaled_to(6), Some(0));
    assert_eq!(read("0.0000000000000000000000000000000000000000000").scaled_to(0), Some(0));
    assert_eq!(read("1e38").scaled_to(0), Some(10_i128.pow(38)));
    assert_eq!(read("1e38").scaled_to(1), None);
    // More digits than are kept: zeros among them change nothing, others cannot be told any more.
    let long = format!("1.{}", "0".repeat(60));
    assert_eq!(read(&long).scaled_to(0), Some(1));
    assert_eq!(read(&format!("{long}1")).scaled_to(60), None);
    assert_eq!(read(&"1".repeat(60)).scaled_to(0), None);
}

#[test]
fn an_amount_in_a_text_has_at_most_thirty_characters() {
    assert_eq!(parse_scaled(&format!("-{}5", "0".repeat(29)), 2), Some(-500));
    assert_eq!(parse_scaled(&"0".repeat(31), 2), None);
    assert_eq!(parse_scaled("1e3", 2), None);
}

proptest! {
    #[test]
    fn the_text_of_a_number_reads_back(mantissa in any::<u64>(), exponent in -30_i32..=15, negative: bool) {
        let written = format!("{}{mantissa}e{exponent}", if negative { "-" } else { "" });
        let number = read(&written);
        prop_assert_eq!((number.is_negative(), number.mantissa(), number.exponent()), (negative, mantissa.into(), exponent));
        let plain = number.to_string();
        let again = Decimal::read(&plain, Spelling::PLAIN).expect("a plain number");
        let places = number.places();
        prop_assert_eq!(again.scaled_to(places), number.scaled_to(places), "{}", plain);
        prop_assert_eq!(again.to_string(), plain);
    }

    #[test]
    fn every_scale_that_holds_a_number_says_the_same_of_it(units in any::<i64>(), places in 0_u32..=8, more in 0_u32..=8) {
        // Written by splitting digits, so that no arithmetic of the reader's is used.
        let digits = format!("{:0>1$}", units.unsigned_abs(), places as usize + 1);
        let (whole, part) = digits.split_at(digits.len() - places as usize);
        let point = if places == 0 { "" } else { "." };
        let text = format!("{}{whole}{point}{part}", if units < 0 { "-" } else { "" });
        let number = Decimal::read(&text, Spelling::PLAIN).expect("a number");
        prop_assert_eq!(number.scaled_to(places), Some(i128::from(units)));
        prop_assert_eq!(number.scaled_to(places + more), Some(i128::from(units) * 10_i128.pow(more)));
        let fewer = number.without_idle_zeros().places();
        prop_assert_eq!(number.scaled_to(fewer).map(|scaled| scaled * 10_i128.pow(places - fewer)), Some(i128::from(units)));
        prop_assert_eq!(fewer.checked_sub(1).and_then(|places| number.scaled_to(places)), None);
    }

    #[test]
    fn any_text_is_answered(text in "[-+]?[0-9.eE+]{0,80}|.*") {
        for spelling in SPELLINGS {
            if let Some(number) = Decimal::read(&text, spelling) {
                let _ = (number.scaled_to(0), number.scaled_to(u32::MAX), number.without_idle_zeros(), number.to_string());
            }
        }
    }
}
