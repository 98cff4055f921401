//! Samples of what came with proofs at the counter: the district's setting, and by what a worker was proven.

use super::super::super::{Event, ProgrammeEvent, WorkerEvent};
use super::first_samples;
use crate::domain::programme::counter::CounterRules;
use crate::domain::programme::event::ProgrammeConfigured;
use crate::domain::proof::{CounterProof, ProvenBy};

/// The samples: the setting's two words, and each way to be proven.
pub(crate) fn samples() -> Vec<Event> {
    let mut told = Vec::new();
    for event in first_samples() {
        match event {
            Event::Programme(ProgrammeEvent::ProgrammeConfigured(event)) => {
                for counter_proof in [CounterProof::Code, CounterProof::Pin] {
                    let counter = CounterRules { counter_proof, ..event.counter.clone() };
                    told.push(
                        ProgrammeEvent::ProgrammeConfigured(ProgrammeConfigured { counter, ..event.clone() }).into(),
                    );
                }
            }
            Event::Worker(WorkerEvent::Redeemed(event)) => {
                for proven_by in [ProvenBy::Code, ProvenBy::Paper, ProvenBy::Pin, ProvenBy::PrintedCode] {
                    let mut event = event.clone();
                    event.proven_by = Some(proven_by);
                    told.push(WorkerEvent::Redeemed(event).into());
                }
            }
            Event::Worker(WorkerEvent::PointsHeld(mut event)) => {
                event.proven_by = Some(ProvenBy::Account);
                told.push(WorkerEvent::PointsHeld(event).into());
            }
            _ => {}
        }
    }
    told
}
