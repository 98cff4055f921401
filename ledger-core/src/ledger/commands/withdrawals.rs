//! Withdrawals (撤回申请): whoever was granted a benefit gives it back unused, and whoever waits for one, or for its approval,
//! waits no more. The place goes to the next in the queue in the same commit.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::approvals::release;
use super::beforehand::{About, nothing};
use super::content::Content;
use crate::domain::benefit::BenefitCommand;
use crate::domain::benefit::state::Application;
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::FundCommand;
use crate::domain::ids::{ApplicationId, BenefitId, Key};
use crate::domain::refusal::Decision;
use crate::domain::worker::WorkerCommand;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Withdraw an application for a benefit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawBenefit {
    /// 项目编号.
    pub benefit: BenefitId,
    /// 登记号, or the key of the command that applied.
    pub application: ApplicationId,
    /// Why, where somebody says.
    pub reason: Option<String>,
}

impl Definition for WithdrawBenefit {
    fn write_content(&self, content: &mut Content) {
        content.text("withdraw_benefit").text(self.benefit.as_str()).text(self.application.as_str());
        content.maybe(self.reason.as_ref());
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.reason.iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Benefit(self.benefit.clone()));
        let Ok(benefit) = book.benefit(&self.benefit) else { return };
        let Some(known) = benefit.application(&self.application) else { return };
        streams.push(StreamId::Worker(known.terms.worker.clone()));
        streams.extend(known.terms.certificate.clone().map(StreamId::Certificate));
        streams.extend(known.set_aside.as_ref().map(|aside| StreamId::Fund(aside.fund.clone())));
        streams.extend(benefit.terms().and_then(|terms| terms.fund.clone()).map(StreamId::Fund));
        // Who waits is given the place that comes free.
        if !(known.waits || known.proposal.is_some()) || benefit.has_place() {
            streams.extend(benefit.waiting().map(|(_, asked)| StreamId::Worker(asked.worker.clone())));
        }
    }

    /// The benefit, the application, that it was neither used nor withdrawn, the time; then points go back to their lots,
    /// money to the fund, the certificate to its holder, and the place to the next who waits.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let mut state = process.states.benefit(&self.benefit)?.clone();
        state.require(&self.benefit)?;
        let known = state.require_open(&self.benefit, &self.application)?.clone();
        let (benefit, application) = (self.benefit.clone(), self.application.clone());
        let (at, reason) = (process.context.at, self.reason.clone());
        let withdrawn = state.decide(BenefitCommand::Withdraw { at, benefit, application, reason })?;
        withdrawn.iter().for_each(|event| state.evolve(event));
        let mut events = self.give_back(process, &known)?;
        events.extend(withdrawn.into_iter().map(Event::Benefit));
        events.extend(process.promote(&self.benefit, state, &events)?);
        Ok(events)
    }

    fn free_text(&mut self) -> Option<(About, &mut String)> {
        self.reason.as_mut().map(|reason| (About::Named((&self.application).into()), reason))
    }

    nothing!(named_key, new_ids, begins, at_counter, settings);
}

impl WithdrawBenefit {
    /// What was spent and set aside for it, by the terms of when it was granted; nothing for what waits or was proposed.
    fn give_back<S: States>(&self, process: &Process<'_, S>, known: &Application) -> Decision<Vec<Event>> {
        let (at, worker) = (process.context.at, known.terms.worker.clone());
        let (application, benefit) = (self.application.clone(), self.benefit.clone());
        let returned = WorkerCommand::ReturnBenefit { application, benefit };
        let mut events = process.worker(worker.clone(), returned.clone())?;
        // Whoever gave the id up while the row waited paid under the one that is kept.
        let kept = process.kept_id(&worker)?;
        if events.is_empty() && kept != worker {
            events = process.worker(kept, returned)?;
        }
        if let Some(aside) = &known.set_aside {
            let (amount, committed_at, fund) = (aside.amount, known.terms.at, aside.fund.clone());
            let source = Key::from(&self.application);
            let release = FundCommand::Release { at, amount, committed_at, fund, source };
            let released = process.states.fund(&aside.fund)?.decide(release)?;
            events.extend(released.into_iter().map(Event::Fund));
        }
        events.extend(release(process, &self.benefit, &self.application, known)?);
        Ok(events)
    }
}
