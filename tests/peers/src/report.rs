//! The table: medians over rounds of the ratios within a round, and the same as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::probe::Probe;
use crate::reading::Reading;
use crate::row::{By, Row};

/// One reading, as it was taken.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Taken {
    pub(crate) round: u32,
    pub(crate) probe: String,
    #[serde(flatten)]
    pub(crate) reading: Reading,
    /// Mean steal while it was taken, in percent of one core.
    pub(crate) steal: f64,
}

/// A row's outcome.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    row: &'static str,
    figure: &'static str,
    ours: f64,
    peer: f64,
    unit: &'static str,
    ratio: f64,
    ratio_min: f64,
    ratio_max: f64,
    rounds: usize,
    must: Option<f64>,
    aim: Option<f64>,
    more_is_better: bool,
}

/// The outcomes of rows over all rounds.
pub(crate) fn lines(rows: &[Row], rounds: &[BTreeMap<Probe, Reading>]) -> Vec<Line> {
    rows.iter().filter_map(|row| line(row, rounds)).collect()
}

fn line(row: &Row, rounds: &[BTreeMap<Probe, Reading>]) -> Option<Line> {
    let compared: Vec<(f64, f64, f64)> = rounds
        .iter()
        .filter_map(|readings| row.compare(|probe| readings.get(&probe).map(|reading| row.by.of(reading))))
        .collect();
    let ratios: Vec<f64> = compared.iter().map(|(ratio, ..)| *ratio).collect();
    Some(Line {
        row: row.name,
        figure: row.figure,
        ours: median(compared.iter().map(|(_, ours, _)| *ours))?,
        peer: median(compared.iter().map(|(.., peer)| *peer))?,
        unit: row.by.unit(),
        ratio: median(ratios.iter().copied())?,
        ratio_min: ratios.iter().copied().reduce(f64::min)?,
        ratio_max: ratios.iter().copied().reduce(f64::max)?,
        rounds: ratios.len(),
        must: row.must,
        aim: row.aim,
        more_is_better: row.by.more_is_better(),
    })
}

/// The value in the middle; of an even number the mean of the two.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    Some((lower + upper) / 2.0)
}

impl Line {
    /// What became of a goal.
    fn outcome(&self) -> &'static str {
        let reached = |goal: Option<f64>| {
            goal.map(|goal| if self.more_is_better { self.ratio >= goal } else { self.ratio <= goal })
        };
        match (reached(self.must), reached(self.aim)) {
            (_, Some(true)) => "aim",
            (Some(true), _) => "must",
            (Some(false), _) => "missed",
            _ => "",
        }
    }

    /// The line as a row of a Markdown table.
    pub(crate) fn markdown(&self) -> String {
        let goal = |goal: Option<f64>| goal.map_or_else(String::new, short);
        let peer = if self.unit == By::Seconds.unit() { String::new() } else { amount(self.peer, self.unit) };
        format!(
            "| {} | {} | {peer} | **{}** ({} to {}) | {} | {} | {} |",
            self.figure,
            amount(self.ours, self.unit),
            short(self.ratio),
            short(self.ratio_min),
            short(self.ratio_max),
            goal(self.must),
            goal(self.aim),
            self.outcome(),
        )
    }
}

/// The head of the table.
pub(crate) const HEAD: &str = "| figure | ours | peer | ratio: median (min to max) | must | aim | reached |\n\
                               | --- | --- | --- | --- | --- | --- | --- |";

fn amount(value: f64, unit: &str) -> String {
    format!("{}{unit}", short(value))
}

/// Three figures that count.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => grouped(value),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::{median, short};

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), Some(2.5));
        assert_eq!(median(std::iter::empty()), None);
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([0.25, 4.0, 40.0, 1_234_567.0].map(short), ["0.250", "4.00", "40.0", "1,234,567"]);
    }
}
