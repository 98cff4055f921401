//! postings.csv: every movement of points, a line for each side, in the journal's order.
//!
//! Points that come to an account stand under `plus`, points that leave it under `minus`: no cell begins with a sign.

use super::accounts::Legs;
use super::csv;
use super::figures::{push_day, push_magnitude, push_number};
use crate::domain::event::Event;

/// The first line, with the byte order mark.
pub const HEADER: &str = "\u{feff}position,date,type,account,plus,minus,key\r\n";

/// Appends the lines of one event.
pub fn push_rows(out: &mut String, position: u64, key: &str, event: &Event, legs: &Legs) {
    let Event::Worker(own) = event else { return };
    for (account, points) in legs.iter() {
        push_number(out, position);
        out.push(',');
        if let Some(day) = event.day() {
            push_day(out, day);
        }
        out.push(',');
        out.push_str(own.event_type());
        out.push(',');
        csv::push_text(out, account);
        out.push(',');
        if points.is_positive() {
            push_magnitude(out, points);
        }
        out.push(',');
        if !points.is_positive() {
            push_magnitude(out, points);
        }
        out.push(',');
        csv::push_text(out, key);
        out.push_str("\r\n");
    }
}
