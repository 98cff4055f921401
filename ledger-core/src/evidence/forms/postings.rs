//! postings.csv: every movement of points, a line for each side, in the journal's order.
//!
//! Points that come to an account stand under `plus`, points that leave it under `minus`: no cell begins with a sign.

use super::{business_day, csv};
use crate::domain::event::Event;
use crate::domain::points::Points;

/// The first line, with the byte order mark.
pub const HEADER: &str = "\u{feff}position,date,type,account,plus,minus,key\r\n";

/// Appends the lines of one event, whose postings were named by [`super::accounts::named`].
pub fn push_rows(out: &mut String, position: u64, key: &str, event: &Event, legs: &[(String, Points)]) {
    let Event::Worker(own) = event else { return };
    if legs.is_empty() {
        return;
    }
    let date = business_day(event).map(|day| day.to_string()).unwrap_or_default();
    for (account, points) in legs {
        out.push_str(&position.to_string());
        for text in [&date, own.event_type()] {
            out.push(',');
            out.push_str(text);
        }
        out.push(',');
        csv::push_text(out, account);
        let magnitude = points.hundredths().unsigned_abs();
        let magnitude = Points::from_hundredths(i64::try_from(magnitude).unwrap_or(i64::MAX));
        out.push(',');
        if points.is_positive() {
            out.push_str(&magnitude.to_string());
        }
        out.push(',');
        if !points.is_positive() {
            out.push_str(&magnitude.to_string());
        }
        out.push(',');
        csv::push_text(out, key);
        out.push_str("\r\n");
    }
}
