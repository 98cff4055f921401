//! The formula: from sealed inputs to a short list, by integers alone. The same inputs give the same list on any machine,
//! in whatever order the candidates came.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::command::SelectionTerms;
use crate::domain::ids::WorkerId;
use crate::domain::points::Points;
use crate::domain::refusal::{Code, Decision, Refusal};

/// What was counted, or what it comes to, in whole hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Figure(i64);

impl Figure {
    /// From whole hundredths.
    pub const fn from_hundredths(hundredths: i64) -> Figure {
        Figure(hundredths)
    }

    /// In whole hundredths.
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Figure {
    /// The shortest exact decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Points::from_hundredths(self.0).fmt(f)
    }
}

/// What each candidate has of each indicator, in the order of the formula.
pub type Inputs = BTreeMap<WorkerId, Vec<Figure>>;

/// A candidate's inputs, as they are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputLine {
    /// One an indicator, in the order of the formula, hundredths.
    pub figures: Vec<Figure>,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// A line of the short list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortListed {
    /// The place: one more than how many stand before it. Equal ones have the same.
    pub rank: u32,
    /// The score, hundredths.
    pub score: Figure,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

/// The inputs as they are sealed, in the order of the candidates' ids.
pub fn lines(inputs: &Inputs) -> Vec<InputLine> {
    inputs.iter().map(|(worker, figures)| InputLine { figures: figures.clone(), worker: worker.clone() }).collect()
}

impl SelectionTerms {
    /// What a candidate's figures come to: the sum of weight × figure.
    ///
    /// # Errors
    /// `invalid_quantity` where that is more than can be counted.
    pub fn score(&self, figures: &[Figure]) -> Decision<Figure> {
        let terms = self.indicators.iter().zip(figures);
        let sum = terms.map(|(indicator, figure)| i128::from(indicator.weight) * i128::from(figure.0)).sum::<i128>();
        i64::try_from(sum).map(Figure).map_err(|_| {
            Refusal::new(Code::InvalidQuantity, "a candidate's score passes what can be counted; use smaller weights")
        })
    }

    /// What stands between two candidates: the score, and of the tie rule's indicator where there is one. Higher is before.
    fn standing(&self, figures: &[Figure]) -> Decision<(Figure, Figure)> {
        let tie = self.indicators.iter().position(|indicator| Some(&indicator.code) == self.tie_by.as_ref());
        let second = tie.and_then(|at| figures.get(at)).copied().unwrap_or_default();
        Ok((self.score(figures)?, second))
    }

    /// The short list: everybody before whom fewer stand than there are places, so that equal ones are never parted.
    ///
    /// # Errors
    /// `invalid_quantity` where a score is more than can be counted.
    pub fn short_list(&self, inputs: &Inputs) -> Decision<Vec<ShortListed>> {
        let mut standings = Vec::with_capacity(inputs.len());
        for (worker, figures) in inputs {
            standings.push((self.standing(figures)?, worker));
        }
        // Within equal standing by id, which is an order and no merit: the rank says that they are equal.
        standings.sort_by_key(|(standing, worker)| (Reverse(*standing), *worker));
        let mut list: Vec<ShortListed> = Vec::new();
        let mut last = None;
        for (place, (standing, worker)) in (1_u32..).zip(standings) {
            let rank = match (last, list.last()) {
                (Some(before), Some(line)) if before == standing => line.rank,
                _ => place,
            };
            if rank > self.places {
                break;
            }
            last = Some(standing);
            list.push(ShortListed { rank, score: standing.0, worker: worker.clone() });
        }
        Ok(list)
    }
}
