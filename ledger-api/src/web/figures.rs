//! Points, days and times as pages write them.

use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;

pub(super) use crate::minute::minute;

/// Points with as many places as they need: 20, 2.5.
pub(super) fn points(points: Points) -> String {
    let hundredths = points.hundredths();
    let (sign, all) = (if hundredths < 0 { "−" } else { "" }, hundredths.unsigned_abs());
    let (whole, rest) = (all / 100, all % 100);
    match rest {
        0 => format!("{sign}{whole}"),
        rest if rest % 10 == 0 => format!("{sign}{whole}.{}", rest / 10),
        rest => format!("{sign}{whole}.{rest:02}"),
    }
}

/// The same with a plus where they came in.
pub(super) fn change(change: Points) -> String {
    if change.is_positive() { format!("+{}", points(change)) } else { points(change) }
}

/// Money: ¥12.50.
pub(super) fn yuan(amount: Fen) -> String {
    let (sign, fen) = (if amount.fen() < 0 { "−" } else { "" }, amount.fen().unsigned_abs());
    format!("{sign}¥{}.{:02}", fen / 100, fen % 100)
}

/// The hour and minute of an RFC 3339 time.
pub(super) fn clock(time: &str) -> &str {
    time.get(11..16).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::money::Fen;
    use ledger_core::domain::points::Points;

    use super::{change, clock, minute, points, yuan};

    #[test]
    fn figures_are_written_as_people_write_them() {
        for (hundredths, told) in [(0, "0"), (2_000, "20"), (250, "2.5"), (205, "2.05"), (-250, "−2.5"), (-7, "−0.07")]
        {
            assert_eq!(points(Points::from_hundredths(hundredths)), told);
        }
        assert_eq!(change(Points::from_hundredths(250)), "+2.5");
        assert_eq!(change(Points::from_hundredths(-250)), "−2.5");
        for (fen, told) in [(0, "¥0.00"), (5, "¥0.05"), (1_250, "¥12.50"), (-300, "−¥3.00")] {
            assert_eq!(yuan(Fen::new(fen)), told);
        }
        assert_eq!(minute("2026-11-28T09:05:07+08:00"), "2026-11-28 09:05");
        assert_eq!(clock("2026-11-28T09:05:07+08:00"), "09:05");
        assert_eq!((minute("x").as_str(), clock("x")), ("x", "x"));
    }
}
