//! The values that a worker's commands are asked with. Everything ambient arrives inside: times, prices, the
//! schedule's line.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::{CreditedOn, HadIn, MovedLot, RedeemedLine};
use crate::domain::ids::{Actor, CreditId, SiteId, StoreId};
use crate::domain::period::Period;
use crate::domain::points::Points;
use crate::domain::proof::ProvenBy;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Code;
use crate::domain::schedule::Activity;
use crate::domain::time::{BusinessTime, ClockTime};

/// A worker's particulars: no name, phone or identity number, which live in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerDetails {
    /// Occupation (从业类型).
    pub occupation: String,
    /// Whether a Party member, where known.
    pub party_member: Option<bool>,
    /// Platform (所属平台).
    pub platform: Option<String>,
    /// Whether still on probation (中共预备党员): a Party member who takes part in the appraisal and gets no grade in it.
    #[serde(default)]
    pub probationary: bool,
    /// The site the worker belongs to (所在站点, 所在社区). An update that names none leaves it as it is.
    #[serde(default)]
    pub site: Option<SiteId>,
}

/// What a 政治面貌 says: whether somebody is a Party member (中共党员, 中共预备党员), and whether on probation.
pub fn membership(political_status: &str) -> (bool, bool) {
    let member = political_status.starts_with("中共");
    (member, member && political_status.contains("预备"))
}

/// An appointment as a register has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentTerms {
    /// By which body (聘任单位).
    pub body: String,
    /// Its days, the last one included (聘任日期, 到期日期).
    pub days: Period,
    /// The first day no longer (解聘日期).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub ended: Option<NaiveDate>,
    /// As what (角色).
    pub role: String,
    /// At which site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
}

impl AppointmentTerms {
    /// Whether it holds on a day.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.days.holds(day) && self.ended.is_none_or(|ended| day < ended)
    }
}

/// A credit as decided upon: the schedule's line is already looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditTerms {
    /// The line of the schedule.
    pub activity: Activity,
    /// The credit's name.
    pub credit: CreditId,
    /// On which day the worker must hold one of the roles that the activity asks for; none where it is asked elsewhere.
    pub eligible_on: Option<NaiveDate>,
    /// The day on which it enters the ledger, by the journal's clock.
    pub entered_on: NaiveDate,
    /// Digest of its evidence.
    pub evidence: Option<String>,
    /// The service date.
    pub on: NaiveDate,
    /// The guards that were met.
    pub flags: Vec<Code>,
    /// How many hours it took, where the district watches over them.
    pub hours: Option<Quantity>,
    /// Who records it.
    pub proposer: Actor,
    /// Units of service.
    pub quantity: Quantity,
    /// The schedule's version.
    pub schedule: u32,
    /// From when to when it was done, where that was told.
    pub span: Option<(ClockTime, ClockTime)>,
    /// By which day the work was done, where that is another than the service date: who left since still earns.
    pub done_on: Option<NaiveDate>,
    /// What it comes from, where from a request or a visit.
    pub source: Option<String>,
    /// The district's rounding step.
    pub step: Points,
    /// What it goes through before it counts; nothing where it counts at once.
    pub way: Option<WayTerms>,
    /// Who witnessed it (证明人), as a pseudonym.
    pub witness: Option<String>,
}

/// What a credit goes through before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WayTerms {
    /// How many people check it.
    pub checks: u32,
    /// The last day of its publicity, where that begins at once.
    pub public_until: Option<NaiveDate>,
}

/// Who decides about a credit, and which of those who had a part in it are the same person with another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judge {
    /// The account that acts.
    pub by: Actor,
    /// Other accounts of the same person.
    pub alike: Vec<Actor>,
    /// Whether the person is the worker whose credit it is.
    pub is_worker: bool,
}

impl Judge {
    /// Whether it is the person who acted under a name.
    pub fn is(&self, actor: &Actor) -> bool {
        &self.by == actor || self.alike.contains(actor)
    }
}

/// A redemption or hold as decided upon: the store has already quoted its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// Priced lines.
    pub lines: Vec<RedeemedLine>,
    /// For each line, the yearly limit the store's listing sets.
    pub limits: Vec<Option<u32>>,
    /// By what the worker was proven to be the one who spends.
    pub proven: Option<ProvenBy>,
    /// The store's id (网点编号).
    pub store: StoreId,
}

/// What is decided about a credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreditVerdict {
    /// A second person checks it.
    Confirm {
        /// Days of publicity in force now, for a credit that was proposed before its own were recorded with it.
        publicity_days: u32,
        /// The last day of the publicity that begins now, where the credit must be public.
        public_until: Option<NaiveDate>,
    },
    /// A second person rejects it.
    Reject,
    /// It is taken back.
    Reverse,
    /// Somebody objects.
    Object {
        /// Whether only auditors may be told who.
        anonymous: bool,
        /// Days of its publicity that are left now.
        days_left: u32,
    },
    /// An objection is decided.
    Resolve {
        /// Whether the objection was right: the credit is then rejected or reversed.
        upheld: bool,
        /// The last day of the publicity that goes on, where one does.
        public_until: Option<NaiveDate>,
        /// The last day of an appeal, where one is still possible.
        appeal_until: NaiveDate,
    },
    /// The decision about an objection is appealed.
    Appeal {
        /// The day on which the appeal enters the ledger.
        today: NaiveDate,
        /// Days of its publicity that are left now.
        days_left: u32,
    },
    /// What comes of it by itself once a day is over.
    Settle {
        /// The day, which is over.
        over: NaiveDate,
    },
}

/// What an id that is given up hands over to the other id of the same person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Estate {
    /// What is left in the lots, numbered as they are where they leave.
    pub lots: Vec<MovedLot>,
    /// What is owed.
    pub debt: Points,
    /// What counted against caps.
    pub credited: Vec<CreditedOn>,
    /// What counted against yearly limits.
    pub had: Vec<HadIn>,
}

impl Estate {
    /// Whether there is nothing to hand over.
    pub fn is_empty(&self) -> bool {
        *self == Estate::default()
    }

    /// What is left in the lots together.
    pub fn points(&self) -> Points {
        self.lots.iter().map(|lot| lot.points).sum()
    }
}

/// When a worker's command happened, and who the worker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfWorker {
    /// 编号, as in 人员名册.
    pub worker: crate::domain::ids::WorkerId,
    /// Business time: when it happened, not when it was entered.
    pub at: BusinessTime,
}
