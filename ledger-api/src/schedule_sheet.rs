//! 积分标准 as a sheet: its rows become the lines of one version of the points schedule. Owns how a row is read; whether it
//! can hold is asked of the programme's own rules, row by row, so that one bad row does not cost the others.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::ActivityCode;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::refusal::Refusal;
use ledger_core::domain::schedule::{Activity, ActivityTerms, Scoring};
use ledger_core::domain::time::Validity;
use ledger_core::ledger::commands;

use crate::sheets::fields::{
    Read, blank, count, id, invalid, name, points, required_name, said_otherwise, word, words, wrong,
};
use crate::sheets::{Column, Row, Sheet, SheetError};

/// 积分标准.
pub const SCHEDULE_COLUMNS: &[Column] = &[
    Column::required("活动代码"),
    Column::required("活动名称"),
    Column::required("类别"),
    Column::optional("计分单位"),
    Column::required("每单位积分"),
    Column::required("每日上限"),
    Column::required("计入积分卡"),
    Column::required("有效月数"),
    Column::optional("审核人数"),
    Column::optional("公示天数"),
    Column::optional("计分时点"),
    Column::optional("最多认领人数"),
    Column::optional("需具角色"),
    Column::optional("每月上限"),
    Column::optional("每年上限"),
];

/// The rows of the sheet, gathered until its end.
#[derive(Debug, Default)]
pub struct ScheduleRows {
    activities: Vec<Activity>,
    /// Where each code stands among them, and in which row it stood first.
    places: BTreeMap<ActivityCode, (usize, u64)>,
}

impl ScheduleRows {
    /// Takes a row. A code that stands twice holds as its last row says, as in every other setup sheet.
    ///
    /// # Errors
    /// `invalid_input`.
    pub fn take(&mut self, row: &Row, effective_from: NaiveDate) -> Result<(), Refusal> {
        let activity = alone(row, effective_from)?;
        match self.places.get(&activity.code).and_then(|(place, _)| self.activities.get_mut(*place)) {
            Some(earlier) => *earlier = activity,
            None => self.add(row, activity),
        }
        Ok(())
    }

    /// Takes a row of a sheet that says one thing of each code: where two rows differ, the first one holds.
    ///
    /// # Errors
    /// As [`ScheduleRows::take`]; `duplicate_conflict`, naming both rows.
    pub fn take_once(&mut self, row: &Row, effective_from: NaiveDate) -> Result<(), Refusal> {
        let activity = alone(row, effective_from)?;
        let earlier = self.places.get(&activity.code);
        match earlier.and_then(|(place, first)| Some((self.activities.get(*place)?, *first))) {
            Some((earlier, _)) if *earlier == activity => {}
            Some((_, first)) => {
                let key = [activity.code.to_string()];
                return Err(said_otherwise(&["活动代码"], &key, first, row.number()));
            }
            None => self.add(row, activity),
        }
        Ok(())
    }

    fn add(&mut self, row: &Row, activity: Activity) {
        self.places.insert(activity.code.clone(), (self.activities.len(), row.number()));
        self.activities.push(activity);
    }

    /// What was gathered.
    pub fn activities(self) -> Vec<Activity> {
        self.activities
    }
}

/// A whole sheet.
#[derive(Debug, Default)]
pub struct ReadSchedule {
    /// The lines of the rows that can hold.
    pub activities: Vec<Activity>,
    /// The other rows.
    pub refused: Vec<RefusedRow>,
}

/// A row that cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// As whoever opens the sheet sees it.
    pub number: u64,
    /// The columns that it fails by; none where it is the sheet's day.
    pub columns: Vec<&'static str>,
    /// What stands in the first of them.
    pub written: String,
    /// Why, for programs and for whoever reads English.
    pub refusal: Refusal,
}

impl RefusedRow {
    fn of(row: &Row, refusal: Refusal) -> RefusedRow {
        let columns = columns_of(&refusal.message);
        let written = columns.first().map(|column| row.field(column).original().chars().take(WRITTEN_CHARS).collect());
        RefusedRow { number: row.number(), columns, written: written.unwrap_or_default(), refusal }
    }
}

/// So much of a cell is told.
const WRITTEN_CHARS: usize = 40;

/// The columns of a refusal: of a cell it begins with the header, in 「」; a rule names headers in brackets.
fn columns_of(message: &str) -> Vec<&'static str> {
    let between = |open: &str, close: char| Some(message.split_once(open)?.1.split_once(close)?.0);
    let named = if message.starts_with('「') { between("「", '」') } else { between(" (", ')') };
    let named: Vec<&str> = named.unwrap_or_default().split(", ").collect();
    SCHEDULE_COLUMNS.iter().map(Column::name).filter(|name| named.contains(name)).collect()
}

/// Reads a sheet whose lines would hold from a day on.
///
/// # Errors
/// [`SheetError`].
pub fn read(sheet: &mut Sheet, effective_from: NaiveDate) -> Result<ReadSchedule, SheetError> {
    let (mut rows, mut refused) = (ScheduleRows::default(), Vec::new());
    for row in sheet.rows()? {
        let row = row?;
        if let Err(refusal) = rows.take(&row, effective_from) {
            refused.push(RefusedRow::of(&row, refusal));
        }
    }
    Ok(ReadSchedule { activities: rows.activities(), refused })
}

/// The line of a row, held to all that the adoption of the whole sheet is: one bad row does not cost the others.
fn alone(row: &Row, effective_from: NaiveDate) -> Result<Activity, Refusal> {
    let activity = activity(row).map_err(invalid)?;
    for (column, text) in [("活动名称", &activity.name), ("类别", &activity.category), ("计分单位", &activity.unit)]
    {
        commands::check_text(text).map_err(|Refusal { code, message }| {
            Refusal::new(code, wrong(row, column, &format!("cannot be used: {message}")))
        })?;
    }
    let (activities, settings) = (vec![activity.clone()], Settings::default());
    commands::AdoptSchedule { activities, effective_from, settings, first: false }.check_alone()?;
    Ok(activity)
}

fn activity(row: &Row) -> Read<Activity> {
    Ok(Activity {
        category: word(row, "类别")?.ok_or_else(|| blank("类别"))?,
        checks: count(row, "审核人数")?,
        code: id(row, "活动代码")?,
        counts_for_card: counts_for_card(row)?,
        daily_cap: points(row, "每日上限")?,
        name: required_name(row, "活动名称")?,
        points_per_unit: points(row, "每单位积分")?.ok_or_else(|| blank("每单位积分"))?,
        publicity_days: count(row, "公示天数")?,
        terms: ActivityTerms {
            claimers_max: count(row, "最多认领人数")?,
            monthly_cap: points(row, "每月上限")?,
            roles: words(row, "需具角色")?,
            scoring: scoring(row)?,
            yearly_cap: points(row, "每年上限")?,
        },
        unit: name(row, "计分单位")?.unwrap_or_default(),
        validity: validity(row)?,
    })
}

fn scoring(row: &Row) -> Read<Option<Scoring>> {
    const COLUMN: &str = "计分时点";
    match word(row, COLUMN)?.as_deref() {
        None => Ok(None),
        Some("评价") => Ok(Some(Scoring::Rating)),
        Some("反馈") => Ok(Some(Scoring::Feedback)),
        Some(_) => Err(wrong(row, COLUMN, "is neither 评价 nor 反馈; write one of them, or leave it blank")),
    }
}

fn counts_for_card(row: &Row) -> Read<bool> {
    const COLUMN: &str = "计入积分卡";
    match word(row, COLUMN)?.as_deref() {
        Some("是") => Ok(true),
        Some("否") | None => Ok(false),
        Some(_) => Err(wrong(row, COLUMN, "is neither 是 nor 否; write one of them")),
    }
}

fn validity(row: &Row) -> Read<Validity> {
    const COLUMN: &str = "有效月数";
    if word(row, COLUMN).is_ok_and(|text| text.as_deref() == Some("年底")) {
        return Ok(Validity::YearEnd);
    }
    match count(row, COLUMN) {
        Ok(Some(months)) => Ok(Validity::Months(months)),
        Ok(None) => Ok(Validity::Forever),
        Err(_) => Err(wrong(row, COLUMN, "is no number of months; write one, or 年底, or leave it blank for ever")),
    }
}
