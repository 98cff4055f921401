//! Selections, kept from the events alone: every list is held against the inputs that were sealed, by counting who stands
//! before whom. The ledger numbers them as it goes along a sorted list, so that both would have to be wrong alike.

use std::collections::BTreeSet;

use foldhash::HashMap;

use crate::domain::ids::{SelectionId, WorkerId};
use crate::domain::selection::SelectionEvent;
use crate::domain::selection::command::SelectionTerms;
use crate::domain::selection::formula::{Figure, InputLine, Inputs, ShortListed};

/// What is known of each.
#[derive(Debug, Default)]
pub(super) struct Selections(HashMap<SelectionId, Known>);

#[derive(Debug, Default)]
struct Known {
    terms: Option<SelectionTerms>,
    candidates: BTreeSet<WorkerId>,
    inputs: Inputs,
    drawn: bool,
    minutes: bool,
}

impl Selections {
    /// Follows an event.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn follow(&mut self, event: &SelectionEvent) -> Result<(), String> {
        let known = self.0.entry(event.selection().clone()).or_default();
        match event {
            SelectionEvent::SelectionAnnounced(event) => {
                if known.terms.replace(event.terms.clone()).is_some() {
                    return Err(format!("announces {} a second time", event.selection));
                }
            }
            SelectionEvent::SelectionSealed(event) => {
                if !known.inputs.is_empty() {
                    return Err(format!("seals the inputs of {} a second time", event.selection));
                }
                if !event.inputs.iter().map(|line| &line.worker).eq(&known.candidates) {
                    return Err(format!("seals others than agreed to be candidates of {}", event.selection));
                }
                let lines = event.inputs.iter();
                known.inputs = lines.map(|line| (line.worker.clone(), line.figures.clone())).collect();
            }
            SelectionEvent::SelectionDrawn(event) => {
                if std::mem::replace(&mut known.drawn, true) {
                    return Err(format!("draws the list of {} a second time", event.selection));
                }
                known.holds(&event.list)?;
            }
            SelectionEvent::SelectionRevised(event) => {
                if known.minutes {
                    return Err(format!("revises the list of {} after its result", event.selection));
                }
                match &event.figures {
                    Some(figures) => known.inputs.insert(event.candidate.clone(), figures.clone()),
                    None => known.inputs.remove(&event.candidate),
                };
                known.holds(&event.list)?;
            }
            SelectionEvent::SelectionResultRecorded(_) => known.minutes = true,
            SelectionEvent::CandidateConsented(event) => {
                known.candidates.insert(event.worker.clone());
            }
            SelectionEvent::CandidateWithdrawn(event) => {
                known.candidates.remove(&event.worker);
            }
            SelectionEvent::SelectionObjected(_) | SelectionEvent::SelectionObjectionAnswered(_) => {}
        }
        Ok(())
    }
}

impl Selections {
    /// What an event says of candidates, and by which terms.
    pub(super) fn measured_by(&self, event: &SelectionEvent) -> Option<(SelectionTerms, Vec<InputLine>)> {
        let lines = match event {
            SelectionEvent::SelectionSealed(event) => event.inputs.clone(),
            SelectionEvent::SelectionRevised(event) => {
                vec![InputLine { figures: event.figures.clone()?, worker: event.candidate.clone() }]
            }
            SelectionEvent::SelectionAnnounced(_)
            | SelectionEvent::CandidateConsented(_)
            | SelectionEvent::CandidateWithdrawn(_)
            | SelectionEvent::SelectionDrawn(_)
            | SelectionEvent::SelectionObjected(_)
            | SelectionEvent::SelectionObjectionAnswered(_)
            | SelectionEvent::SelectionResultRecorded(_) => return None,
        };
        Some((self.0.get(event.selection())?.terms.clone()?, lines))
    }
}

impl Known {
    /// The list must be what the formula makes of the inputs.
    fn holds(&self, list: &[ShortListed]) -> Result<(), String> {
        let Some(terms) = &self.terms else { return Err("draws the list of what was never announced".to_owned()) };
        let mut standings = HashMap::default();
        for (worker, figures) in &self.inputs {
            standings.insert(worker, standing(terms, figures));
        }
        let mut scores: Vec<(i128, i128)> = standings.values().copied().collect();
        scores.sort_unstable();
        // How many stand before: those whose standing is higher.
        let before = |own: (i128, i128)| scores.len() - scores.partition_point(|other| *other <= own);
        let listed: HashMap<_, _> = list.iter().map(|line| (&line.worker, line)).collect();
        if listed.len() != list.len() {
            return Err("names a candidate twice on a list".to_owned());
        }
        let places = usize::try_from(terms.places).unwrap_or(usize::MAX);
        for (worker, own) in &standings {
            let before = before(*own);
            match listed.get(worker) {
                None if before < places => return Err(format!("leaves {worker} off, before whom {before} stand")),
                None => {}
                Some(_) if before >= places => {
                    return Err(format!("lists {worker}, before whom {before} stand, for {places} places"));
                }
                Some(line) => {
                    if i128::from(line.score.hundredths()) != own.0 {
                        return Err(format!(
                            "gives {worker} a score of {}, which the inputs do not come to",
                            line.score
                        ));
                    }
                    if usize::try_from(line.rank).ok() != before.checked_add(1) {
                        return Err(format!("gives {worker} rank {}, before whom {before} stand", line.rank));
                    }
                }
            }
        }
        match list.iter().find(|line| !standings.contains_key(&line.worker)) {
            Some(line) => Err(format!("lists {}, who is no candidate", line.worker)),
            None => Ok(()),
        }
    }
}

/// The score, and what decides where it is equal.
fn standing(terms: &SelectionTerms, figures: &[Figure]) -> (i128, i128) {
    let mut standing = (0, 0);
    for (indicator, figure) in terms.indicators.iter().zip(figures) {
        let figure = i128::from(figure.hundredths());
        standing.0 += i128::from(indicator.weight) * figure;
        if Some(&indicator.code) == terms.tie_by.as_ref() {
            standing.1 = figure;
        }
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::Selections;
    use crate::domain::event::Event;

    const ANNOUNCED: &str = r#"{"at":"2024-03-05T08:00:00+08:00","by":"a","selection":"PX1","terms":{"cut_off":"2024-03-01",
        "indicators":[{"code":"hours","measure":"services","weight":2}],"name":"最美骑手","places":1,"publicity_days":0},"v":1}"#;
    const SEALED: &str = r#"{"at":"2024-03-05T08:00:00+08:00","by":"a","inputs":[{"figures":[300],"worker":"W1"},
        {"figures":[300],"worker":"W2"},{"figures":[100],"worker":"W3"}],"selection":"PX1","v":1}"#;

    /// What the books say of a list of these lines, each (rank, score, worker).
    fn drawn(lines: &[(u32, i64, &str)]) -> Result<(), String> {
        let lines: Vec<String> = lines
            .iter()
            .map(|(rank, score, worker)| format!(r#"{{"rank":{rank},"score":{score},"worker":"{worker}"}}"#))
            .collect();
        let drawn = format!(
            r#"{{"at":"2024-03-05T08:00:00+08:00","by":"a","list":[{}],"public_until":"2024-03-05","selection":"PX1","v":1}}"#,
            lines.join(",")
        );
        let mut books = Selections::default();
        for worker in ["W1", "W2", "W3"] {
            let consented = format!(
                r#"{{"at":"2024-03-05T08:00:00+08:00","by":"a","on":"2024-03-05","selection":"PX1","v":1,"worker":"{worker}"}}"#
            );
            let event = Event::decode("CandidateConsented", consented.as_bytes()).expect("a payload");
            books.follow(event.as_selection().expect("an event of a selection"))?;
        }
        for (event_type, payload) in
            [("SelectionAnnounced", ANNOUNCED), ("SelectionSealed", SEALED), ("SelectionDrawn", &drawn)]
        {
            let event = Event::decode(event_type, payload.as_bytes()).expect("a payload");
            books.follow(event.as_selection().expect("an event of a selection"))?;
        }
        Ok(())
    }

    #[test]
    fn a_list_is_what_the_sealed_inputs_come_to_and_nothing_else() {
        assert_eq!(drawn(&[(1, 600, "W1"), (1, 600, "W2")]), Ok(()));
        let wrong: [&[(u32, i64, &str)]; 7] = [
            &[(1, 600, "W1")],
            &[(1, 600, "W1"), (2, 600, "W2")],
            &[(1, 600, "W1"), (1, 601, "W2")],
            &[(1, 600, "W1"), (1, 600, "W1"), (1, 600, "W2")],
            &[(1, 600, "W1"), (1, 600, "W2"), (3, 200, "W3")],
            &[(1, 600, "W1"), (1, 600, "W2"), (1, 600, "W9")],
            &[],
        ];
        for lines in wrong {
            assert!(drawn(lines).is_err(), "{lines:?}");
        }
    }
}
