//! A district pack that was looked through: every file opened and read to its end, nothing written yet. Owns the order
//! in which its sheets are taken.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::time::china_offset;

use super::district::{self, Import};
use super::error::ImportError;
use super::records::{ACTIVITY_COLUMNS, REDEMPTION_COLUMNS};
use super::setup::{ITEM_COLUMNS, MERCHANT_COLUMNS, STORE_COLUMNS, WORKER_COLUMNS};
use super::sites::SITE_COLUMNS;
use super::{registers, rows};
use crate::schedule_sheet::SCHEDULE_COLUMNS;
use crate::sheets::pack::{MonthlyKind, PackFiles, SheetKind, discover};
use crate::sheets::{Column, Limits, Sheet, SheetError};

/// What a sheet of a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Setup(SheetKind),
    /// Of the month that begins on this day.
    Monthly(MonthlyKind, NaiveDate),
}

impl Kind {
    const fn columns(self) -> &'static [Column] {
        match self {
            Kind::Setup(SheetKind::Workers) => WORKER_COLUMNS,
            Kind::Setup(SheetKind::Schedule) => SCHEDULE_COLUMNS,
            Kind::Setup(SheetKind::Merchants) => MERCHANT_COLUMNS,
            Kind::Setup(SheetKind::Stores) => STORE_COLUMNS,
            Kind::Setup(SheetKind::Items) => ITEM_COLUMNS,
            Kind::Setup(SheetKind::Sites) => SITE_COLUMNS,
            Kind::Setup(SheetKind::Appointments) => registers::APPOINTMENT_COLUMNS,
            Kind::Setup(SheetKind::Pairs) => registers::PAIR_COLUMNS,
            Kind::Setup(SheetKind::Funds) => registers::FUND_COLUMNS,
            Kind::Setup(SheetKind::Benefits) => registers::BENEFIT_COLUMNS,
            Kind::Setup(SheetKind::Passes) => registers::PASS_COLUMNS,
            Kind::Setup(SheetKind::Offers) => registers::OFFER_COLUMNS,
            Kind::Monthly(MonthlyKind::Activities, _) => ACTIVITY_COLUMNS,
            Kind::Monthly(MonthlyKind::Requests, _) => rows::REQUEST_COLUMNS,
            Kind::Monthly(MonthlyKind::Handlings, _) => rows::HANDLING_COLUMNS,
            Kind::Monthly(MonthlyKind::Visits, _) => rows::VISIT_COLUMNS,
            Kind::Monthly(MonthlyKind::Applications, _) => rows::APPLICATION_COLUMNS,
            Kind::Monthly(MonthlyKind::PassUses, _) => rows::PASS_USE_COLUMNS,
            Kind::Monthly(MonthlyKind::Redemptions, _) => REDEMPTION_COLUMNS,
        }
    }
}

/// One sheet of a pack.
#[derive(Debug, Clone)]
pub(super) struct PackSheet {
    pub(super) kind: Kind,
    path: PathBuf,
}

impl PackSheet {
    pub(super) fn open(&self) -> Result<Sheet, SheetError> {
        Sheet::open(&self.path, &Limits::default(), self.kind.columns())
    }
}

/// A pack whose every file can be used.
#[derive(Debug)]
pub struct Pack {
    pub(super) settings: Settings,
    /// Whether the rows of 活动记录 are history, which counts as confirmed, or proposals.
    pub(super) history: bool,
    /// In the order in which they are taken.
    pub(super) sheets: Vec<PackSheet>,
    /// When what bears no date of its own is said to have happened, unless that lies ahead.
    pub(super) first_day: NaiveDate,
    rows: u64,
    warnings: Vec<String>,
}

impl Pack {
    /// Looks through a pack. Reads every file to its end: a file that turns out unusable half-way would otherwise leave
    /// half of it recorded.
    ///
    /// # Errors
    /// [`ImportError`] for the first thing that is missing or cannot be used.
    pub fn check(directory: &Path) -> Result<Pack, ImportError> {
        let files = discover(directory)?;
        let missing = || ImportError::District(format!("not found in {}; add it", directory.display()));
        let (settings, import) = district::read(files.district.as_deref().ok_or_else(missing)?)?;
        let sheets = in_order(&files)?;
        let mut pack = Pack {
            settings,
            history: import == Import::Confirmed,
            first_day: sheets.iter().find_map(month_of).unwrap_or_else(today),
            sheets,
            rows: 0,
            warnings: Vec::new(),
        };
        if !files.ignored.is_empty() {
            pack.warnings.push(format!("not part of a pack and not read: {}", files.ignored.join(", ")));
        }
        for sheet in &pack.sheets {
            let mut sheet = sheet.open()?;
            for name in sheet.unread_sheets() {
                let file = sheet.file_name();
                pack.warnings.push(format!("{file}: only the first sheet with this header is read, not {name:?}"));
            }
            for row in sheet.rows()? {
                row?;
                pack.rows += 1;
            }
        }
        Ok(pack)
    }

    /// The district's name.
    pub fn district(&self) -> &str {
        self.settings.name.as_deref().unwrap_or_default()
    }

    /// How many rows there are in all.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// What a person should know although the import goes on.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// Contract section 4.1: the single sheets, then month by month what was earned before what was spent.
fn in_order(files: &PackFiles) -> Result<Vec<PackSheet>, SheetError> {
    let mut sheets = Vec::new();
    for kind in SheetKind::ALL {
        if kind.is_required() || files.sheets.contains_key(&kind) {
            sheets.push(PackSheet { kind: Kind::Setup(kind), path: files.require(kind)?.to_owned() });
        }
    }
    for month in &files.months {
        let year = i32::from(month.month.year());
        let first = NaiveDate::from_ymd_opt(year, u32::from(month.month.month()), 1).unwrap_or_default();
        let files = month.files.iter();
        sheets.extend(files.map(|(kind, path)| PackSheet { kind: Kind::Monthly(*kind, first), path: path.clone() }));
    }
    Ok(sheets)
}

fn month_of(sheet: &PackSheet) -> Option<NaiveDate> {
    match sheet.kind {
        Kind::Setup(_) => None,
        Kind::Monthly(_, month) => Some(month),
    }
}

/// A pack without any month says nothing about when it holds.
fn today() -> NaiveDate {
    chrono::Utc::now().with_timezone(&china_offset()).date_naive()
}
