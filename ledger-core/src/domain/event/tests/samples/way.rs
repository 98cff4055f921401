//! Samples of what came with the way from proposal to points: calendars, checks and guards in settings and schedule, what a
//! record carries of them, the new decisions about a credit, and marks.

use super::super::super::{Event, MarkEvent, ProgrammeEvent, WorkerEvent};
use super::super::V1;
use super::{actor, at, credit, date, first_samples, points, worker};
use crate::domain::calendar::Calendar;
use crate::domain::mark::CreditMarked;
use crate::domain::points::Points;
use crate::domain::programme::guards::{Guard, GuardAction, GuardKind};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::time::ClockTime;
use crate::domain::worker::event::{CreditJudged, CreditPublicised};

/// The first samples whose types gained a field, with it, and the new types.
pub(crate) fn samples() -> Vec<Event> {
    let later = first_samples().into_iter().filter_map(with_later_fields);
    later.chain(decisions().into_iter().map(Event::from)).chain(marks().into_iter().map(Event::from)).collect()
}

fn with_later_fields(event: Event) -> Option<Event> {
    Some(match event {
        Event::Programme(ProgrammeEvent::ProgrammeConfigured(mut event)) => {
            event.calendar = Calendar::new(vec![date("2026-10-01"), date("2026-10-02")], vec![date("2026-10-10")]);
            event.checks = Some(2);
            event.guards = [
                (GuardKind::EvidenceReused, Guard { action: GuardAction::Refuse, over: None }),
                (GuardKind::HoursOverDay, Guard { action: GuardAction::Flag, over: Some(8) }),
            ]
            .into();
            event.working_days = true;
            ProgrammeEvent::ProgrammeConfigured(event).into()
        }
        Event::Programme(ProgrammeEvent::ScheduleAdopted(mut event)) => {
            for activity in &mut event.activities {
                (activity.checks, activity.publicity_days) = (Some(2), Some(7));
            }
            ProgrammeEvent::ScheduleAdopted(event).into()
        }
        Event::Worker(WorkerEvent::CreditObjected(mut event)) if event.debt_paid.is_zero() => {
            event.anonymous = true;
            event.days_left = Some(2);
            WorkerEvent::CreditObjected(event).into()
        }
        Event::Worker(WorkerEvent::ObjectionResolved(mut event)) => {
            event.appeal_until = Some(date("2024-03-08"));
            event.public_until = Some(date("2024-03-07"));
            event.upheld = false;
            WorkerEvent::ObjectionResolved(event).into()
        }
        Event::Worker(event) => {
            let mut record = event.as_service().filter(|record| record.proposed)?.clone();
            record.checks = Some(0);
            record.flags = vec![Code::HoursOverDay, Code::RecordedLate];
            record.from = ClockTime::parse("08:30");
            record.hours = Some(Quantity::from_millionths(9_500_000));
            record.public_until = Some(date("2024-03-08"));
            record.to = ClockTime::parse("18:00");
            WorkerEvent::service(record).into()
        }
        _ => return None,
    })
}

fn decisions() -> Vec<WorkerEvent> {
    let judged = |anonymous, days_left, debt_paid, objection| CreditJudged {
        anonymous,
        at: at(),
        by: actor(),
        credit: credit(),
        days_left,
        debt_paid,
        lot: 3,
        objection,
        points: points(1000),
        reason: "台账与照片相符".into(),
        v: V1,
        worker: worker(),
    };
    let publicised = CreditPublicised {
        at: at(),
        by: actor(),
        credit: credit(),
        lot: 3,
        points: points(1000),
        public_until: date("2024-03-08"),
        reason: "同意公示".into(),
        v: V1,
        worker: worker(),
    };
    vec![
        WorkerEvent::CreditChecked(judged(false, None, Points::ZERO, None)),
        WorkerEvent::CreditPublicised(publicised),
        WorkerEvent::CreditAppealed(judged(false, Some(1), Points::ZERO, Some(1))),
        WorkerEvent::CreditAppealed(judged(false, None, Points::ZERO, None)),
    ]
}

fn marks() -> Vec<MarkEvent> {
    let marked = |mark: &str, own: &[&str]| CreditMarked {
        at: at(),
        credit: credit(),
        mark: mark.parse().expect("a mark"),
        on: date("2024-03-04"),
        v: V1,
        worker: worker(),
        worker_marks: own.iter().map(|mark| mark.parse().expect("a mark")).collect(),
    };
    vec![
        MarkEvent::ServiceWitnessed(marked("witness/9f86d081", &["witness/60303ae2", "witness/fd61a03a"])),
        MarkEvent::ServiceWitnessed(marked("witness/9f86d081", &[])),
        MarkEvent::EvidenceLodged(marked("evidence/2c26b46b", &["witness/60303ae2"])),
        MarkEvent::EvidenceLodged(marked("evidence/2c26b46b", &[])),
    ]
}
