//! Places of a benefit that came free: they go to those who wait, in the commit that frees them (docs/decisions/060).

use std::collections::BTreeMap;

use super::{Process, States};
use crate::domain::benefit::{Benefit, BenefitCommand};
use crate::domain::event::Event;
use crate::domain::fund::{Fund, FundCommand};
use crate::domain::ids::{BenefitId, FundId, Key, WorkerId};
use crate::domain::refusal::Decision;
use crate::domain::time::BusinessTime;
use crate::domain::worker::command::OfWorker;
use crate::domain::worker::{Worker, WorkerCommand};

impl<S: States> Process<'_, S> {
    /// Gives what places a benefit has to those who wait, in their order. Who has too few points is passed over and goes on
    /// waiting; where the fund is exhausted nobody behind gets ahead. After the last day nobody is given one: it could not be
    /// used any more.
    ///
    /// `state` is the benefit after `decided`, which the same command decided of workers and funds before.
    pub(in crate::ledger) fn promote(
        &self,
        benefit: &BenefitId,
        mut state: Benefit,
        decided: &[Event],
    ) -> Decision<Vec<Event>> {
        let Some(terms) = state.terms().cloned() else { return Ok(Vec::new()) };
        if terms.window.is_over(self.context.at.date()) {
            return Ok(Vec::new());
        }
        let waiting: Vec<_> = state.waiting().map(|(id, asked)| (id.clone(), asked.clone())).collect();
        let mut workers: BTreeMap<WorkerId, Worker> = BTreeMap::new();
        let mut fund = terms.fund.as_ref().map(|fund| self.fund_after(fund, decided)).transpose()?;
        let mut events = Vec::new();
        for (application, asked) in waiting {
            if !state.has_place() {
                break;
            }
            let of = self.pays_as(&asked.worker, asked.at)?;
            if !workers.contains_key(&of.worker) {
                workers.insert(of.worker.clone(), self.worker_after(&of.worker, decided)?);
            }
            let (Some(worker), Ok(amount)) = (workers.get_mut(&of.worker), terms.cost(&asked)) else { continue };
            let (row, id) = (application.clone(), benefit.clone());
            let pay = WorkerCommand::PayBenefit { application: row, benefit: id, points: terms.price };
            let Ok(paid) = worker.decide(&of, pay) else { continue };
            let committed = match (&mut fund, &terms.fund) {
                (Some(state), Some(fund)) => {
                    let (fund, source) = (fund.clone(), Key::from(&application));
                    // The month of the application bears it, under whichever id.
                    let Ok(committed) = state.decide(FundCommand::Commit { at: asked.at, amount, fund, source }) else {
                        break;
                    };
                    committed.iter().for_each(|event| state.evolve(event));
                    committed
                }
                (None, _) | (_, None) => Vec::new(),
            };
            paid.iter().for_each(|event| worker.evolve(event));
            let apply = BenefitCommand::Apply { benefit: benefit.clone(), application, terms: asked };
            let granted = state.decide(apply)?;
            granted.iter().for_each(|event| state.evolve(event));
            events.extend(paid.into_iter().map(Event::Worker));
            events.extend(committed.into_iter().map(Event::Fund));
            events.extend(granted.into_iter().map(Event::Benefit));
        }
        Ok(events)
    }

    /// As whom a worker pays for what was applied for at a time: whoever gave the id up since pays under the one that is kept,
    /// out of what came there that day.
    pub(in crate::ledger) fn pays_as(&self, worker: &WorkerId, at: BusinessTime) -> Decision<OfWorker> {
        Ok(match self.states.worker(worker)?.merged_into() {
            Some((kept, since)) => OfWorker { worker: kept.clone(), at: at.max(since) },
            None => OfWorker { worker: worker.clone(), at },
        })
    }

    fn worker_after(&self, id: &WorkerId, decided: &[Event]) -> Decision<Worker> {
        let mut worker = self.states.worker(id)?.clone();
        let own = decided.iter().filter_map(Event::as_worker).filter(|event| event.worker() == id);
        own.for_each(|event| worker.evolve(event));
        Ok(worker)
    }

    fn fund_after(&self, id: &FundId, decided: &[Event]) -> Decision<Fund> {
        let mut fund = self.states.fund(id)?.clone();
        let own = decided.iter().filter_map(Event::as_fund).filter(|event| event.fund() == id);
        own.for_each(|event| fund.evolve(event));
        Ok(fund)
    }
}
