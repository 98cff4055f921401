//! What is recorded of the sites. Fields stand in alphabetical order: that is the canonical order of the bytes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::location::Location;
use crate::domain::event::V1;
use crate::domain::ids::SiteId;
use crate::domain::time::BusinessTime;

/// A site opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteOpened {
    /// When it was entered.
    pub at: BusinessTime,
    /// Its kind: a word of the district.
    pub kind: String,
    /// Where it lies, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// 驿站名称.
    pub name: String,
    /// Its first day, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub opened: Option<NaiveDate>,
    /// Under which site it hangs; absent for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SiteId>,
    /// What it offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Payload version.
    pub v: V1,
}

/// A site's name, kind, first day or place on the map changed; on no day in particular, for a slip of the pen was always one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteUpdated {
    /// When it was entered.
    pub at: BusinessTime,
    /// 层级, in a word of the district.
    pub kind: String,
    /// Where it lies; absent where nothing was said of it, and what is known stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// 驿站名称.
    pub name: String,
    /// Its first day, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::domain::time::date_if_any")]
    pub opened: Option<NaiveDate>,
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Payload version.
    pub v: V1,
}

/// A site hangs under another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteMoved {
    /// When it was entered.
    pub at: BusinessTime,
    /// From which day on.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// Under which; absent for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SiteId>,
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Payload version.
    pub v: V1,
}

/// A site closed, or its closing was put on another day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteClosed {
    /// When it was entered.
    pub at: BusinessTime,
    /// The first day closed.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// The sites right below it that are open on that day, and stay so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_below: Vec<SiteId>,
    /// Why, where somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Payload version.
    pub v: V1,
}

/// A closing that a later sheet no longer has: the site is taken for open all the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteReopened {
    /// When it was entered.
    pub at: BusinessTime,
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Payload version.
    pub v: V1,
}

/// What a site offers changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServicesSet {
    /// When it was entered.
    pub at: BusinessTime,
    /// From which day on.
    #[serde(deserialize_with = "crate::domain::time::date")]
    pub on: NaiveDate,
    /// What it offers.
    pub services: Vec<String>,
    /// The site's id (驿站编号).
    pub site: SiteId,
    /// Payload version.
    pub v: V1,
}

events! {
    /// Events of the sites.
    SiteEvent of site: SiteId {
        /// One opened.
        SiteOpened(SiteOpened) = "站点启用",
        /// Its particulars changed.
        SiteUpdated(SiteUpdated) = "站点变更",
        /// It hangs elsewhere.
        SiteMoved(SiteMoved) = "站点调整",
        /// It closed.
        SiteClosed(SiteClosed) = "站点停用",
        /// It did not close.
        SiteReopened(SiteReopened) = "站点停用撤销",
        /// What it offers changed.
        ServicesSet(ServicesSet) = "服务项目变更",
    }
}

impl SiteEvent {
    /// Why, where a reason was given.
    pub fn reason(&self) -> Option<&str> {
        match self {
            SiteEvent::SiteClosed(event) => event.reason.as_deref(),
            SiteEvent::SiteOpened(_)
            | SiteEvent::SiteUpdated(_)
            | SiteEvent::SiteMoved(_)
            | SiteEvent::SiteReopened(_)
            | SiteEvent::ServicesSet(_) => None,
        }
    }

    /// What a closing says.
    pub const fn as_closing(&self) -> Option<&SiteClosed> {
        match self {
            SiteEvent::SiteClosed(event) => Some(event),
            SiteEvent::SiteOpened(_)
            | SiteEvent::SiteUpdated(_)
            | SiteEvent::SiteMoved(_)
            | SiteEvent::SiteReopened(_)
            | SiteEvent::ServicesSet(_) => None,
        }
    }
}
