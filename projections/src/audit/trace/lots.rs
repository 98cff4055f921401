//! What a worker's balance is made of: the lots of a trace, each with the lines that made it and those that took from it.

use std::collections::BTreeMap;

use ledger_core::domain::points::Points;

use super::TraceLine;
use crate::account::Lot;

/// A lot along a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedLot {
    /// Its number within the account.
    pub lot: u32,
    /// As it is after the last line.
    pub now: Lot,
    /// What happened to it, in order. The first line made it: a service that was recorded, or another id that was taken over.
    pub steps: Vec<LotStep>,
}

/// A line of the trace, for one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LotStep {
    /// Which line, counted from 0.
    pub line: usize,
    /// What came into the lot, or was taken from it; nothing where something was only decided about it.
    pub change: Points,
    /// What is in it afterwards.
    pub left: Points,
}

impl TracedLot {
    /// Whether anything was ever in it: a credit that waits, or was rejected, makes a lot with nothing in it.
    pub fn counted(&self) -> bool {
        self.steps.iter().any(|step| !step.change.is_zero())
    }
}

/// The lots that lines from the beginning of a worker's trace touch, by number.
pub fn lots_of(lines: &[TraceLine]) -> Vec<TracedLot> {
    let mut lots: BTreeMap<u32, TracedLot> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        for (number, now) in &line.touched {
            let lot = lots.entry(*number).or_insert_with(|| TracedLot { lot: *number, now: *now, steps: Vec::new() });
            let before = lot.steps.last().map_or(Points::ZERO, |step| step.left);
            lot.now = *now;
            lot.steps.push(LotStep { line: at, change: now.left() - before, left: now.left() });
        }
    }
    lots.into_values().collect()
}
