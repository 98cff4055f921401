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
    pub(super) const fn columns(self) -> &'static [Column] {
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
    limits: Limits,
}

impl PackSheet {
    pub(super) fn open(&self) -> Result<Sheet, SheetError> {
        Sheet::open(&self.path, &self.limits, self.kind.columns())
    }

    /// Reads it to its end; gives how many rows it has and the names of the workbook's sheets that are not read.
    fn read_through(&self) -> Result<(u64, Vec<String>), SheetError> {
        let mut sheet = self.open()?;
        let unread = sheet.unread_sheets().to_vec();
        let mut rows = 0;
        for row in sheet.rows()? {
            row?;
            rows += 1;
        }
        Ok((rows, unread))
    }

    /// The name of its file, as the rows' places and the report have it.
    pub(super) fn file_name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }
}

/// A pack whose every file can be used.
#[derive(Debug)]
pub struct Pack {
    /// None where registers came alone.
    pub(super) settings: Option<Settings>,
    /// Whether the rows of 活动记录 are history, which counts as confirmed, or proposals.
    pub(super) history: bool,
    /// Whether 库存 of 兑换目录 fills the shelf of what is listed for the first time.
    pub(super) stocks: bool,
    /// Whether it brings registers alone: then a sheet that says two things of one is told so, and a schedule is the district's
    /// first. In a pack the later row counts, as a later sheet does.
    pub(super) registers_alone: bool,
    /// In the order in which they are taken.
    pub(super) sheets: Vec<PackSheet>,
    /// When what bears no date of its own is said to have happened, unless that lies ahead.
    pub(super) first_day: NaiveDate,
    rows: u64,
    /// Names of files that are no part of it.
    ignored: Vec<String>,
    /// Sheets of workbooks that are not read, each behind the name of its file.
    unread: Vec<(String, String)>,
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
            settings: Some(settings),
            history: import == Import::Confirmed,
            stocks: true,
            registers_alone: false,
            first_day: sheets.iter().find_map(month_of).unwrap_or_else(today),
            sheets,
            rows: 0,
            ignored: files.ignored,
            unread: Vec::new(),
        };
        for sheet in std::mem::take(&mut pack.sheets) {
            pack.add(sheet)?;
        }
        Ok(pack)
    }

    /// Looks through registers of some kinds that came without the rest of a pack; those that are not there are not missed, and
    /// those that cannot be used are none of it: why not stands beside it. No settings go with them, and no stock.
    pub(super) fn of_registers(files: &PackFiles, kinds: &[SheetKind], limits: &Limits) -> (Pack, Vec<SheetError>) {
        let there = |kind: SheetKind| {
            let path = files.sheets.get(&kind).filter(|_| kinds.contains(&kind))?.clone();
            Some(PackSheet { kind: Kind::Setup(kind), path, limits: limits.clone() })
        };
        let mut pack = Pack {
            settings: None,
            history: true,
            stocks: false,
            registers_alone: true,
            sheets: Vec::new(),
            // Registers say nothing of when they hold: from today on, by whichever clock judges them.
            first_day: NaiveDate::MAX,
            rows: 0,
            ignored: Vec::new(),
            unread: Vec::new(),
        };
        let sheets = SheetKind::ALL.into_iter().filter_map(there);
        let unusable = sheets.filter_map(|sheet| pack.add(sheet).err()).collect();
        (pack, unusable)
    }

    /// Adds a sheet that can be read to its end.
    fn add(&mut self, sheet: PackSheet) -> Result<(), SheetError> {
        let (rows, unread) = sheet.read_through()?;
        let file = sheet.file_name();
        self.unread.extend(unread.into_iter().map(|name| (file.clone(), name)));
        self.rows += rows;
        self.sheets.push(sheet);
        Ok(())
    }

    /// The district's name.
    pub fn district(&self) -> &str {
        self.settings.as_ref().and_then(|settings| settings.name.as_deref()).unwrap_or_default()
    }

    /// How many rows there are in all.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Sheets of workbooks that are not read, each behind the name of its file: only the first one with a header is.
    pub(super) fn unread(&self) -> &[(String, String)] {
        &self.unread
    }

    /// What a person should know although the import goes on.
    pub fn warnings(&self) -> Vec<String> {
        let ignored =
            (!self.ignored.is_empty()).then(|| format!("not part of a pack and not read: {}", self.ignored.join(", ")));
        let unread = self
            .unread
            .iter()
            .map(|(file, name)| format!("{file}: only the first sheet with this header is read, not {name:?}"));
        ignored.into_iter().chain(unread).collect()
    }
}

/// Contract section 4.1: the single sheets, then month by month what was earned before what was spent.
fn in_order(files: &PackFiles) -> Result<Vec<PackSheet>, SheetError> {
    let mut sheets = Vec::new();
    for kind in SheetKind::ALL {
        if kind.is_required() || files.sheets.contains_key(&kind) {
            let path = files.require(kind)?.to_owned();
            sheets.push(PackSheet { kind: Kind::Setup(kind), path, limits: Limits::default() });
        }
    }
    for month in &files.months {
        let year = i32::from(month.month.year());
        let first = NaiveDate::from_ymd_opt(year, u32::from(month.month.month()), 1).unwrap_or_default();
        let files = month.files.iter();
        sheets.extend(files.map(|(kind, path)| PackSheet {
            kind: Kind::Monthly(*kind, first),
            path: path.clone(),
            limits: Limits::default(),
        }));
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
