//! What bodies and answers of selections have in common: what an indicator counts, and a short list.

use chrono::NaiveDate;
use ledger_core::domain::selection::command::Measure;
use ledger_core::domain::selection::formula::{Figure, ShortListed};
use projections::queries::selection::Listed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::exact::Exact;
use crate::service::selections::digest_of;

/// What an indicator counts, of services that were confirmed and not taken back.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureJson {
    /// 积分.
    CreditedPoints,
    /// 服务时长 or 数量: units of service, cut to hundredths. It names the activities of that unit.
    Quantity,
    /// 服务天数.
    ServiceDays,
    /// 服务次数.
    Services,
}

impl From<MeasureJson> for Measure {
    fn from(measure: MeasureJson) -> Measure {
        match measure {
            MeasureJson::CreditedPoints => Measure::CreditedPoints,
            MeasureJson::Quantity => Measure::Quantity,
            MeasureJson::ServiceDays => Measure::ServiceDays,
            MeasureJson::Services => Measure::Services,
        }
    }
}

impl From<Measure> for MeasureJson {
    fn from(measure: Measure) -> MeasureJson {
        match measure {
            Measure::CreditedPoints => MeasureJson::CreditedPoints,
            Measure::Quantity => MeasureJson::Quantity,
            Measure::ServiceDays => MeasureJson::ServiceDays,
            Measure::Services => MeasureJson::Services,
        }
    }
}

/// A line of a short list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShortListedJson {
    /// 位次: one more than how many stand before it. Equal ones have the same.
    rank: u32,
    worker: String,
    /// 得分.
    #[schema(value_type = f64)]
    score: Exact<Figure>,
}

/// A short list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShortListJson {
    /// By rank, and within one rank by id.
    list: Vec<ShortListedJson>,
    /// The last day of its publicity.
    #[schema(value_type = String, format = Date)]
    public_until: NaiveDate,
    /// SHA-256 of the list, as the event has it in canonical JSON.
    digest: String,
    /// The position at which it was drawn.
    position: u64,
}

impl ShortListJson {
    /// A list drawn at a position.
    pub(super) fn new(position: u64, lines: &[ShortListed], public_until: NaiveDate) -> ShortListJson {
        let line = |line: &ShortListed| ShortListedJson {
            rank: line.rank,
            worker: line.worker.to_string(),
            score: Exact(line.score),
        };
        ShortListJson { list: lines.iter().map(line).collect(), public_until, digest: digest_of(lines), position }
    }
}

impl From<&Listed> for ShortListJson {
    fn from(listed: &Listed) -> ShortListJson {
        ShortListJson::new(listed.position, &listed.lines, listed.public_until)
    }
}
