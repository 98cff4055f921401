//! Samples of the fields that came when the past began to be judged by its own day: what fixes a publicity, the month that
//! bears a correction, guards and tiers; and why a hold was released.

use super::super::super::{Event, MerchantEvent, ProgrammeEvent, WorkerEvent};
use super::{date, first_samples};
use crate::domain::programme::guards::{Guard, GuardAction, GuardKind};
use crate::domain::time::Month;

/// The first samples whose types gained a field, with it.
pub(crate) fn samples() -> Vec<Event> {
    first_samples().into_iter().filter_map(with_later_fields).collect()
}

fn with_later_fields(event: Event) -> Option<Event> {
    Some(match event {
        Event::Programme(ProgrammeEvent::ProgrammeConfigured(mut event)) => {
            event.guards = [(GuardKind::SelfWitness, Guard { action: GuardAction::Refuse, over: None })].into();
            event.tiers = vec!["总站".into(), "微驿站".into()];
            Event::Programme(ProgrammeEvent::ProgrammeConfigured(event))
        }
        Event::Merchant(MerchantEvent::HonourReversed(mut event)) => {
            event.claimed_in = Month::parse("2024-01");
            Event::Merchant(MerchantEvent::HonourReversed(event))
        }
        Event::Worker(WorkerEvent::HoldReleased(mut event)) => {
            event.reason = Some("不来取了".into());
            Event::Worker(WorkerEvent::HoldReleased(event))
        }
        Event::Worker(event) => {
            let mut record = event.as_service().filter(|record| record.proposed)?.clone();
            record.entered_on = Some(date("2024-03-07"));
            record.publicity_days = Some(3);
            Event::Worker(WorkerEvent::service(record))
        }
        _ => return None,
    })
}
