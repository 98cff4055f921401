//! Samples of appointments that a second person confirms: the proposal, the word, and one that was sent back.

use super::super::super::{Event, V1, WorkerEvent};
use super::{actor, at, date, worker};
use crate::domain::period::Period;
use crate::domain::worker::command::AppointmentTerms;
use crate::domain::worker::event::{AppointmentConfirmed, AppointmentProposed, AppointmentRejected};

pub(crate) fn samples() -> Vec<Event> {
    let appointment = || "PS-0001".parse().expect("an id");
    let proposed = AppointmentProposed {
        appointment: appointment(),
        at: at(),
        by: actor(),
        terms: AppointmentTerms {
            body: "区委组织部".into(),
            days: Period { from: Some(date("2024-01-01")), through: Some(date("2024-12-31")) },
            ended: Some(date("2024-06-01")),
            role: "特聘网格员".into(),
            site: Some("YZ-YZ0002".parse().expect("an id")),
        },
        v: V1,
        worker: worker(),
    };
    let confirmed = AppointmentConfirmed { appointment: appointment(), at: at(), by: actor(), v: V1, worker: worker() };
    let rejected = AppointmentRejected {
        appointment: appointment(),
        at: at(),
        by: actor(),
        reason: "名单有误".into(),
        v: V1,
        worker: worker(),
    };
    vec![
        Event::Worker(WorkerEvent::AppointmentProposed(proposed)),
        Event::Worker(WorkerEvent::AppointmentConfirmed(confirmed)),
        Event::Worker(WorkerEvent::AppointmentRejected(rejected)),
    ]
}
