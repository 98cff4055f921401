//! 驿站名录, and the sites that rows of other sheets name in passing.

use std::collections::BTreeSet;

use ledger_core::domain::ids::SiteId;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::site::location::{DEGREE_PLACES, Location, NoLocation};
use ledger_core::ledger::{Command, Submission, commands};

use super::chunk::Asked;
use super::setup::SetupFrame;
use crate::sheets::fields::{Read, blank, day, id, invalid, maybe_id, name, words, wrong};
use crate::sheets::{Column, Row};

/// 驿站名录.
pub(super) const SITE_COLUMNS: &[Column] = &[
    Column::required("驿站编号"),
    Column::required("驿站名称"),
    Column::required("层级"),
    Column::required("上级驿站编号"),
    Column::optional("服务项目"),
    Column::optional("启用日期"),
    Column::optional("停用日期"),
    Column::optional(LONGITUDE),
    Column::optional(LATITUDE),
];

const LONGITUDE: &str = "经度";
const LATITUDE: &str = "纬度";

/// What a community is called among the kinds of sites.
const COMMUNITY: &str = "社区";

/// 驿站名录: a site, open or closed.
pub(super) fn site(row: &Row, frame: &SetupFrame) -> Read<Asked> {
    let site: SiteId = id(row, "驿站编号")?;
    let details = SiteDetails {
        kind: name(row, "层级")?.unwrap_or_default(),
        location: location(row)?,
        name: name(row, "驿站名称")?.unwrap_or_else(|| site.to_string()),
        opened: day(row, "启用日期")?,
        parent: maybe_id(row, "上级驿站编号")?,
        services: words(row, "服务项目")?,
    };
    let closed = day(row, "停用日期")?;
    frame.alone(row, Command::OpenSite(commands::OpenSite { site, details, if_known: IfKnown::Update { closed } }))
}

/// Where it lies: both angles or neither, in degrees as a telephone shows them.
fn location(row: &Row) -> Read<Option<Location>> {
    let (longitude, latitude) = match (degrees(row, LONGITUDE)?, degrees(row, LATITUDE)?) {
        (Some(longitude), Some(latitude)) => (longitude, latitude),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(format!("{} as well, or leave 「{LONGITUDE}」 blank too", blank(LATITUDE))),
        (None, Some(_)) => return Err(format!("{} as well, or leave 「{LATITUDE}」 blank too", blank(LONGITUDE))),
    };
    Location::new(longitude, latitude).map(Some).map_err(|none| {
        let column = match none {
            NoLocation::Longitude => LONGITUDE,
            NoLocation::Latitude => LATITUDE,
        };
        wrong(row, column, &format!("is no place: {none}; write decimal degrees, each angle in its own column"))
    })
}

/// An angle in millionths of a degree.
fn degrees(row: &Row, column: &str) -> Read<Option<i64>> {
    let Some(decimal) = row.field(column).decimal().map_err(|error| error.to_string())? else { return Ok(None) };
    let angle = decimal.scaled_to(DEGREE_PLACES);
    angle.map(Some).ok_or_else(|| wrong(row, column, "is too large; write decimal degrees"))
}

/// The communities that rows of one sheet named so far: each is opened once, where nobody knows it.
#[derive(Default)]
pub(super) struct Communities(BTreeSet<SiteId>);

/// Where a row says that its worker or store is.
pub(super) struct RowPlace {
    /// The station where one is named, else the community.
    pub(super) site: Option<SiteId>,
    opening: Option<Submission>,
    /// Why the community cannot be used. The row is taken without it: whole months hang on its worker or store.
    unusable: Option<String>,
}

impl Communities {
    /// Reads 所在社区 and the column that names a station. A community's id is its name, without the blanks that no id
    /// holds.
    pub(super) fn place(&mut self, row: &Row, station: &str, frame: &SetupFrame) -> Read<RowPlace> {
        const COLUMN: &str = "所在社区";
        let station = maybe_id(row, station)?;
        let Some(called) = name(row, COLUMN)? else {
            return Ok(RowPlace { site: station, opening: None, unusable: None });
        };
        let plain: String = called.chars().filter(|found| !found.is_whitespace()).collect();
        let site: SiteId = match plain.parse() {
            Ok(site) => site,
            Err(error) => {
                let unusable = Some(wrong(row, COLUMN, &format!("cannot be used: {error}")));
                return Ok(RowPlace { site: station, opening: None, unusable });
            }
        };
        let opening = if self.0.insert(site.clone()) {
            let details = SiteDetails {
                kind: COMMUNITY.to_owned(),
                location: None,
                name: called,
                opened: None,
                parent: None,
                services: Vec::new(),
            };
            let open = Command::OpenSite(commands::OpenSite { site: site.clone(), details, if_known: IfKnown::Keep });
            Some(frame.submission(row.number(), "/community", open)?)
        } else {
            None
        };
        Ok(RowPlace { site: station.or(Some(site)), opening, unusable: None })
    }
}

impl RowPlace {
    /// The row's own command, after the one that opens its community.
    pub(super) fn before(self, mut own: Asked) -> Asked {
        if let Some(opening) = self.opening {
            own.submissions.insert(0, opening);
            own.leading += 1;
        }
        own.refusal = self.unusable.map(invalid);
        own
    }
}
