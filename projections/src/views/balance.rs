//! One row a worker: particulars, and the account, whose lots tell what can be spent on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::worker::event::{Verdict, WorkerAct, WorkerEvent};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::account::Account;
pub use crate::account::Lot;
use crate::fold::View;
use crate::waiting::Waiting;

/// A worker's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// 从业类型, as in 人员名册.
    pub occupation: String,
    /// 所属平台, as in 人员名册.
    pub platform: Option<String>,
    /// Whether known to be a Party member.
    pub party_member: Option<bool>,
    /// Whether still on probation as a Party member (中共预备党员).
    pub probationary: bool,
    /// The site the worker belongs to.
    pub site: Option<String>,
    /// Whether the worker left.
    pub departed: bool,
    /// The id of the same person under which the account goes on, where that is another one.
    pub merged_into: Option<String>,
    /// The open card and its branch.
    pub card: Option<(String, String)>,
    /// Points by what can be done with them, in exact hundredths.
    pub account: Account,
    /// Confirmed credits.
    pub services: u64,
    /// The latest day on which anything happened, by business time.
    pub latest: Option<NaiveDate>,
    /// The last event folded in.
    pub position: u64,
    /// Credits that do not count yet, by name.
    pub pending: BTreeMap<String, Pending>,
}

/// A credit that does not count yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// 活动代码.
    pub activity: String,
    /// The service date.
    pub on: NaiveDate,
    /// Where it stands on its way.
    pub way: Waiting,
}

impl Balance {
    /// Follows the credits that do not count yet.
    fn wait(&mut self, event: &WorkerEvent) {
        if let Some(record) = event.as_service().filter(|record| record.proposed) {
            let (activity, way) = (record.activity.to_string(), Waiting::begin(record));
            self.pending.insert(record.credit.to_string(), Pending { activity, on: record.on, way });
        }
        let Some(judged) = event.as_judgement() else { return };
        let Some(pending) = self.pending.get_mut(judged.credit.as_str()) else { return };
        pending.way.fold(&judged);
        if !pending.way.is_pending() {
            self.pending.remove(judged.credit.as_str());
        }
    }
}

/// The view.
pub struct BalanceView;

impl View for BalanceView {
    type Row = Balance;
    const NAME: &'static str = "balance";
    const TERSE: bool = true;

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_worker().map(|event| event.worker().to_smol()).into_iter().collect()
    }

    fn begins(event: &Event) -> bool {
        matches!(event, Event::Worker(WorkerEvent::WorkerRegistered(_)))
    }

    fn fold(row: &mut Balance, _: &str, position: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        row.position = position;
        row.latest = row.latest.max(Some(event.at().date()));
        row.account.fold(event);
        row.wait(event);
        match event.act() {
            WorkerAct::Particulars(event) => {
                row.occupation.clone_from(&event.occupation);
                row.platform.clone_from(&event.platform);
                row.party_member = event.party_member;
                row.probationary = event.probationary;
                row.site = event.site.as_ref().map(ToString::to_string);
            }
            WorkerAct::Departure(_) => row.departed = true,
            WorkerAct::Card(step) => {
                row.card = step.branch().map(|branch| (step.card_no().to_string(), branch.to_string()));
            }
            WorkerAct::Service(record) => row.services += u64::from(!record.proposed),
            WorkerAct::Judgement(judged) => match judged.verdict {
                Verdict::Confirmed { .. } => row.services += 1,
                Verdict::Reversed { .. } => row.services = row.services.saturating_sub(1),
                Verdict::Checked
                | Verdict::Publicised { .. }
                | Verdict::Rejected
                | Verdict::Objected { .. }
                | Verdict::Appealed { .. }
                | Verdict::Resolved { .. } => {}
            },
            WorkerAct::HandedOver(event) => row.merged_into = Some(event.into.to_string()),
            WorkerAct::TakenOver(_)
            | WorkerAct::Erasure(_)
            | WorkerAct::Appointment(_)
            | WorkerAct::AppointmentWord(_)
            | WorkerAct::Benefit(_)
            | WorkerAct::BenefitReturn(_)
            | WorkerAct::Hold(_)
            | WorkerAct::HoldEnd(_)
            | WorkerAct::Redemption(_)
            | WorkerAct::Return(_)
            | WorkerAct::Expiry(..) => {}
        }
    }
}
