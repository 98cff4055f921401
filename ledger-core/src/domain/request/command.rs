//! What is asked of a service request, and the values it is asked with.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{ActivityCode, HandlingId, RequestId, SiteId, WorkerId};
use crate::domain::quantity::Quantity;
use crate::domain::schedule::Scoring;
use crate::domain::time::BusinessTime;

/// What is said of work that was done (评价, 反馈).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// 满意.
    Satisfied,
    /// 基本满意.
    MostlySatisfied,
    /// 不满意.
    Dissatisfied,
    /// 属实.
    True,
    /// 不属实.
    Untrue,
}

impl Word {
    /// Reads the field's word.
    pub fn parse(text: &str) -> Option<Word> {
        match text {
            "满意" => Some(Word::Satisfied),
            "基本满意" => Some(Word::MostlySatisfied),
            "不满意" => Some(Word::Dissatisfied),
            "属实" => Some(Word::True),
            "不属实" => Some(Word::Untrue),
            _ => None,
        }
    }

    /// The field's word.
    pub const fn chinese(self) -> &'static str {
        match self {
            Word::Satisfied => "满意",
            Word::MostlySatisfied => "基本满意",
            Word::Dissatisfied => "不满意",
            Word::True => "属实",
            Word::Untrue => "不属实",
        }
    }

    /// Whether the work earns points.
    pub const fn earns(self) -> bool {
        match self {
            Word::Satisfied | Word::MostlySatisfied | Word::True => true,
            Word::Dissatisfied | Word::Untrue => false,
        }
    }
}

/// A request as posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// What it is scored as.
    pub activity: ActivityCode,
    /// By when it is to be done (办理时限): an annotation, by which nothing is judged.
    #[serde(default)]
    pub due: Option<NaiveDate>,
    /// An earlier request that it repeats (并入单号).
    pub merged_into: Option<RequestId>,
    /// On which day (提出日期).
    pub on: NaiveDate,
    /// Who reported it, where a worker did.
    pub reporter: Option<WorkerId>,
    /// The site that routes it, where one does.
    #[serde(default)]
    pub site: Option<SiteId>,
}

/// Work on a request: the first columns of a row, which its key stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// When it was claimed, as read: content, and judged where it is rated.
    pub claimed: String,
    /// Who claimed it, as written; blank for what is fed back.
    pub claimer: String,
    /// When it was done, as read.
    pub done: String,
    /// How much, millionths as text; content as read.
    pub quantity: String,
}

/// What was said of the work, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// On which day.
    pub on: NaiveDate,
    /// What is said.
    pub word: Word,
}

/// Who sees to a request (转办).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// The body (承办单位), where one is named.
    pub body: Option<String>,
    /// From which day on.
    pub on: NaiveDate,
    /// The site, where one is named.
    pub site: Option<SiteId>,
}

/// A claim as it is made (认领).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claiming {
    /// Who claims it.
    pub claimer: WorkerId,
    /// How many may claim it.
    pub claimers_max: u32,
    /// Its number, under which the work will be reported.
    pub handling: HandlingId,
    /// On which day.
    pub on: NaiveDate,
}

/// Commands of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestCommand {
    /// Post it.
    Post {
        /// When it is entered.
        at: BusinessTime,
        /// The request's number (单号).
        request: RequestId,
        /// What it moves between accounts.
        posting: Posting,
    },
    /// Record work on it; its dates and people are judged already.
    Handle {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// The row's number (办理号).
        handling: HandlingId,
        /// The row's content.
        work: Work,
        /// Who claimed it, where somebody did.
        claimer: Option<WorkerId>,
        /// Units.
        quantity: Quantity,
        /// When points ripen.
        scoring: Scoring,
        /// How many may claim it.
        claimers_max: u32,
    },
    /// Record what was said of work that waits.
    Rate {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// The row's number (办理号).
        handling: HandlingId,
        /// What was said.
        rating: Rating,
    },
    /// Pass it on to whoever is to see to it.
    Route {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// To whom.
        routing: Routing,
    },
    /// Claim it; its day and the claimer's roles are judged already.
    Claim {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// Who claims it, and when.
        claiming: Claiming,
    },
    /// Report the work of a claim.
    Report {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// The claim's number.
        handling: HandlingId,
        /// On which day it was done; judged already.
        done: NaiveDate,
        /// Units.
        quantity: Quantity,
    },
    /// Give a claim up.
    Return {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// The claim's number.
        handling: HandlingId,
        /// On which day.
        on: NaiveDate,
    },
    /// Take the request back.
    Withdraw {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// On which day.
        on: NaiveDate,
    },
    /// Link it to an earlier one that it repeats; that one is judged already.
    Merge {
        /// When it is entered.
        at: BusinessTime,
        /// 单号, or the key of the command that posted it.
        request: RequestId,
        /// The earlier one.
        into: RequestId,
        /// Why, where somebody says.
        reason: Option<String>,
    },
}
