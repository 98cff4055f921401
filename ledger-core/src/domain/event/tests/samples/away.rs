//! Samples of what came with counters that go on without a network: their rules, the mark on what they handed out, and cases.

use super::super::super::{Event, ProgrammeEvent, StoreEvent, V1, WorkerEvent};
use super::{at, earlier, first_samples, hold, points, redemption, sku, store, worker};
use crate::domain::ids::DeviceId;
use crate::domain::means::Means;
use crate::domain::programme::counter::CounterRules;
use crate::domain::refusal::Code;
use crate::domain::store::event::{CaseSettled, DeliveryRefused, DeviceEnrolled, StockLine};

pub(crate) fn samples() -> Vec<Event> {
    let refused = |means, hold, note, worker| {
        StoreEvent::DeliveryRefused(DeliveryRefused {
            at: at(),
            code: Code::InsufficientPoints,
            given_at: earlier(),
            hold,
            lines: vec![StockLine { quantity: 2, sku: sku() }],
            means,
            note,
            redemption: redemption(),
            store: store(),
            v: V1,
            worker,
        })
    };
    let device = DeviceId::new("7f3d").expect("a device");
    let at_stores = [
        StoreEvent::DeviceEnrolled(DeviceEnrolled { at: at(), device, store: store(), v: V1 }),
        refused(Means::Hold, Some(hold()), None, Some(worker())),
        refused(Means::Floor, None, Some("HZ-2024-000一".into()), None),
        StoreEvent::CaseSettled(CaseSettled {
            at: at(),
            reason: "区里承担".into(),
            redemption: redemption(),
            store: store(),
            v: V1,
        }),
    ];
    let later = first_samples().into_iter().filter_map(with_later_fields);
    later.chain(at_stores.into_iter().map(Event::Store)).collect()
}

fn with_later_fields(event: Event) -> Option<Event> {
    Some(match event {
        Event::Programme(ProgrammeEvent::ProgrammeConfigured(mut event)) => {
            event.counter = CounterRules {
                offline_floor: points(2_000),
                offline_total: points(20_000),
                redeem_back_days: Some(7),
                ..CounterRules::default()
            };
            ProgrammeEvent::ProgrammeConfigured(event).into()
        }
        Event::Worker(WorkerEvent::Redeemed(mut event)) => {
            event.means = Some(Means::Slip);
            WorkerEvent::Redeemed(event).into()
        }
        Event::Worker(WorkerEvent::HoldCaptured(mut event)) => {
            event.means = Some(Means::Hold);
            WorkerEvent::HoldCaptured(event).into()
        }
        _ => return None,
    })
}
