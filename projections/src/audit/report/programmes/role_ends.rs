//! Roles whose end was entered after the fact, and the credits that relied on them from that end on. A credit was right by
//! what was known when it was recorded: it is told of here and stays as it is until somebody decides about it.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ActivityCode, AppointmentId, HandlingId, RequestId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::Programme;
use ledger_core::domain::request::RequestEvent;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::domain::worker::event::{AppointmentRecorded, ServiceRecorded, Verdict, WorkerEvent};
use ledger_core::domain::worker::rating::holds_one_of;
use ledger_core::journal::Entry;

use crate::audit::listed::Listed;
use crate::audit::report::Tally;

/// An end that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleEnd {
    /// The position at which it was.
    pub position: u64,
    /// The letter's number (聘书号).
    pub appointment: String,
    /// The worker's id (编号).
    pub worker: String,
    /// As what.
    pub role: String,
    /// The first day no longer.
    pub ended: NaiveDate,
    /// The day on which it was entered, by the journal's clock.
    pub recorded_on: NaiveDate,
    /// Who entered it.
    pub actor: String,
    /// Credits that relied on the role from that day on and still stand.
    pub credits: Tally,
}

/// A credit that relied on a role that had ended, as it turned out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlaggedCredit {
    /// Of the entry in the journal, from 1.
    pub position: u64,
    /// 记录号, or the key of the command that recorded it.
    pub credit: String,
    /// The worker's id (编号) at that time.
    pub worker: String,
    /// 活动代码.
    pub activity: String,
    /// The day on which the role was asked for: of the service, or of the claim.
    pub on: NaiveDate,
    /// In exact hundredths.
    pub points: Points,
    /// The letter's number (聘书号) of the role.
    pub appointment: String,
    /// The position at which its end was entered.
    pub ended_at: u64,
    /// The position at which the credit was taken back or turned down since.
    pub gone_at: Option<u64>,
}

/// An end of an appointment that came earlier than what was known before.
struct End {
    position: u64,
    /// The terms as they were before.
    before: AppointmentTerms,
    ended: NaiveDate,
    recorded_on: NaiveDate,
    actor: String,
}

/// An appointment with the ends that were entered for it.
struct Known {
    terms: AppointmentTerms,
    ends: Vec<End>,
}

/// A credit that asked for a role.
struct Asked {
    position: u64,
    credit: String,
    activity: ActivityCode,
    roles: Vec<String>,
    on: NaiveDate,
    points: Points,
}

/// Follows appointments, and the credits that ask for roles.
#[derive(Default)]
pub(super) struct RoleEndsFold {
    appointments: BTreeMap<WorkerId, BTreeMap<AppointmentId, Known>>,
    asked: BTreeMap<WorkerId, Vec<Asked>>,
    /// Where a credit that asked for a role was taken back or turned down.
    gone: HashMap<String, Option<u64>>,
    /// Requests of activities that ask for a role, with those roles.
    requests: HashMap<RequestId, Vec<String>>,
    /// Work on those: by whom it was claimed, and on which day.
    handlings: HashMap<HandlingId, (RequestId, WorkerId, NaiveDate)>,
}

impl RoleEndsFold {
    pub(super) fn entry(&mut self, entry: &Entry, event: &Event, programme: &Programme) {
        if let Some(event) = event.as_request() {
            self.request(event, programme);
        }
        let Some(event) = event.as_worker() else { return };
        if let WorkerEvent::AppointmentRecorded(recorded) = event {
            self.appointed(entry, recorded);
        } else if let Some(record) = event.as_service() {
            self.credited(entry, record, programme);
        } else if let Some(judged) = event.as_judgement() {
            let taken_back = match judged.verdict {
                Verdict::Rejected | Verdict::Reversed { .. } | Verdict::Resolved { upheld: true, .. } => true,
                Verdict::Resolved { upheld: false, .. }
                | Verdict::Checked
                | Verdict::Publicised { .. }
                | Verdict::Confirmed { .. }
                | Verdict::Objected { .. }
                | Verdict::Appealed { .. } => false,
            };
            if taken_back && let Some(gone) = self.gone.get_mut(judged.credit.as_str()) {
                gone.get_or_insert(entry.position);
            }
        }
    }

    fn appointed(&mut self, entry: &Entry, recorded: &AppointmentRecorded) {
        let of_worker = self.appointments.entry(recorded.worker.clone()).or_default();
        let Some(known) = of_worker.get_mut(&recorded.appointment) else {
            let known = Known { terms: recorded.terms.clone(), ends: Vec::new() };
            of_worker.insert(recorded.appointment.clone(), known);
            return;
        };
        let before = std::mem::replace(&mut known.terms, recorded.terms.clone());
        let Some(ended) = first_day_no_longer(&recorded.terms) else { return };
        if first_day_no_longer(&before).is_none_or(|known| ended < known) {
            let recorded_on = entry.command.recorded_at.to_business().date();
            let actor = entry.command.actor.to_string();
            known.ends.push(End { position: entry.position, before, ended, recorded_on, actor });
        }
    }

    /// Of a request the role is asked for on the day of the claim.
    fn request(&mut self, event: &RequestEvent, programme: &Programme) {
        match event {
            RequestEvent::RequestPosted(posted) => {
                let line = programme.activity_on(&posted.activity, posted.on);
                if let Some((line, _)) = line.filter(|(line, _)| !line.terms.roles.is_empty()) {
                    self.requests.insert(posted.request.clone(), line.terms.roles.clone());
                }
            }
            RequestEvent::HandlingRecorded(recorded) => {
                let claimed = NaiveDate::parse_from_str(&recorded.work.claimed, "%Y-%m-%d").ok();
                if let (Some(claimer), Some(claimed), true) =
                    (&recorded.claimer, claimed, self.requests.contains_key(&recorded.request))
                {
                    let work = (recorded.request.clone(), claimer.clone(), claimed);
                    self.handlings.insert(recorded.handling.clone(), work);
                }
            }
            RequestEvent::HandlingRated(_)
            | RequestEvent::RequestMerged(_)
            | RequestEvent::RequestRouted(_)
            | RequestEvent::RequestClaimed(_)
            | RequestEvent::ClaimReturned(_)
            | RequestEvent::RequestWithdrawn(_) => {}
        }
    }

    fn credited(&mut self, entry: &Entry, record: &ServiceRecorded, programme: &Programme) {
        let (worker, roles, on) = if let Some(source) = &record.source {
            // A credit of a request is named after the work; one of a visit asks for no role.
            let Some((request, claimer, claimed)) = self.handlings.get(record.credit.as_str()) else { return };
            let Some(roles) = self.requests.get(request).filter(|_| request.as_str() == source) else { return };
            (claimer.clone(), roles.clone(), *claimed)
        } else {
            let Some(line) = programme.line(record.schedule, &record.activity) else { return };
            (record.worker.clone(), line.terms.roles.clone(), record.on)
        };
        if roles.is_empty() {
            return;
        }
        let (credit, activity, points) = (record.credit.to_string(), record.activity.clone(), record.points);
        self.gone.insert(credit.clone(), None);
        let asked = Asked { position: entry.position, credit, activity, roles, on, points };
        self.asked.entry(worker).or_default().push(asked);
    }

    pub(super) fn finish(self, rows_max: usize) -> (Listed<RoleEnd>, Listed<FlaggedCredit>) {
        let (mut ends, mut flagged) = (Vec::new(), Vec::new());
        for (worker, appointments) in &self.appointments {
            let all = || appointments.values().map(|known| &known.terms);
            let asked: &[Asked] = self.asked.get(worker).map_or(&[], Vec::as_slice);
            for (appointment, known) in appointments {
                for end in &known.ends {
                    let relied = asked.iter().filter(|asked| {
                        asked.position < end.position
                            && end.ended <= asked.on
                            && holds_one_of([&end.before], &asked.roles, asked.on)
                            && !holds_one_of(all(), &asked.roles, asked.on)
                    });
                    let mut credits = Tally::default();
                    let before = flagged.len();
                    for asked in relied {
                        let gone_at = self.gone.get(&asked.credit).copied().flatten();
                        if gone_at.is_none() {
                            credits.add(asked.points);
                        }
                        flagged.push(FlaggedCredit {
                            position: asked.position,
                            credit: asked.credit.clone(),
                            worker: worker.to_string(),
                            activity: asked.activity.to_string(),
                            on: asked.on,
                            points: asked.points,
                            appointment: appointment.to_string(),
                            ended_at: end.position,
                            gone_at,
                        });
                    }
                    // An end that was put right since, and that no credit met, is nothing to ask about.
                    let stands = first_day_no_longer(&known.terms).is_some_and(|ended| ended <= end.ended);
                    if flagged.len() > before || (stands && end.ended < end.recorded_on) {
                        ends.push(RoleEnd {
                            position: end.position,
                            appointment: appointment.to_string(),
                            worker: worker.to_string(),
                            role: end.before.role.clone(),
                            ended: end.ended,
                            recorded_on: end.recorded_on,
                            actor: end.actor.clone(),
                            credits,
                        });
                    }
                }
            }
        }
        ends.sort_by_key(|end| end.position);
        flagged.sort_by_key(|credit| (credit.position, credit.ended_at));
        let (mut listed, mut credits) = (Listed::default(), Listed::default());
        ends.into_iter().for_each(|end| listed.push(end, rows_max));
        flagged.into_iter().for_each(|credit| credits.push(credit, rows_max));
        (listed, credits)
    }
}

/// The first day on which an appointment holds no longer, by whatever ends it first.
fn first_day_no_longer(terms: &AppointmentTerms) -> Option<NaiveDate> {
    let after = terms.days.through.and_then(|through| through.succ_opt());
    match (terms.ended, after) {
        (Some(ended), Some(after)) => Some(ended.min(after)),
        (ended, after) => ended.or(after),
    }
}
