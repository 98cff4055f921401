//! What is asked of the sites, and the values it is asked with.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::location::Location;
use crate::domain::ids::SiteId;
use crate::domain::time::BusinessTime;

/// A site's particulars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteDetails {
    /// Its kind (层级), such as 社区, 总站 or 微驿站: a word of the district.
    pub kind: String,
    /// Where it lies (经度, 纬度). Of a known site that is brought up to date, none says nothing: what is known stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// 驿站名称.
    pub name: String,
    /// Its first day (启用日期), where one is known.
    pub opened: Option<NaiveDate>,
    /// Under which site it hangs; none is a root.
    pub parent: Option<SiteId>,
    /// What it offers (服务项目).
    pub services: Vec<String>,
}

/// What becomes of a site that is known already when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IfKnown {
    /// It is refused: its id is somebody else's (the API).
    Refuse,
    /// It is brought up to date (a register's sheet); the day is its first day closed, where it has one.
    Update {
        /// 停用日期.
        closed: Option<NaiveDate>,
    },
    /// It stays as it is (a community that a sheet names in passing).
    Keep,
}

/// Commands of the sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteCommand {
    /// Open a site.
    Open {
        /// When it is entered.
        at: BusinessTime,
        /// Its particulars.
        details: SiteDetails,
        /// What becomes of one that is known.
        if_known: IfKnown,
        /// The site's id (驿站编号).
        site: SiteId,
    },
    /// Hang a site under another one, or make it a root.
    Move {
        /// When it is entered.
        at: BusinessTime,
        /// From which day on.
        on: NaiveDate,
        /// Under which.
        parent: Option<SiteId>,
        /// The site's id (驿站编号).
        site: SiteId,
    },
    /// Close a site; what hangs below it stays open.
    Close {
        /// When it is entered.
        at: BusinessTime,
        /// The first day closed.
        on: NaiveDate,
        /// The reason, where one was given.
        reason: Option<String>,
        /// The site's id (驿站编号).
        site: SiteId,
    },
    /// Change what a site offers.
    SetServices {
        /// When it is entered.
        at: BusinessTime,
        /// From which day on.
        on: NaiveDate,
        /// What it offers.
        services: Vec<String>,
        /// The site's id (驿站编号).
        site: SiteId,
    },
}
