//! What an import did, in the shape that `--report` writes (contract section 2). Owns the counting; does not own
//! how a person is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger_core::domain::refusal::{Code, Refusal};
use serde::{Serialize, Serializer};

use super::chunk::Place;

/// What an import did. Counts are of rows of every month's sheets; errors are of every sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Credits newly taken.
    pub credits: u64,
    /// Redemptions newly taken.
    pub redemptions: u64,
    /// Rows taken before, here or in an earlier run.
    pub repeats: u64,
    /// Credits newly taken that were cut by the daily cap.
    pub capped: u64,
    /// Rows refused, in the order of the files.
    pub errors: Vec<RowError>,
    /// Rows taken that a person should look at, in the order of the files. Left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<RowWarning>,
    /// What became of the rows of each file, in the order of the files. The JSON has sums and errors alone.
    #[serde(skip)]
    pub sheets: Vec<SheetCounts>,
}

/// What became of the rows of one file. Each row is in one of the three; one that is taken in part is taken, and stands among the errors all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetCounts {
    /// The file's name, without its folder.
    pub file: Arc<str>,
    /// Rows by which something was recorded.
    pub taken: u64,
    /// Rows that say what is so already.
    pub unchanged: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// Rows of which one command is made for all, which is not answered yet.
    together: u64,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Something was recorded.
    Taken,
    /// It says what is so already.
    Unchanged,
    /// It was refused.
    Refused,
    /// It waits for the one command that is made of it and others.
    Together,
}

/// A row that was taken and should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowWarning {
    /// The file's name, without its folder.
    #[serde(serialize_with = "shared_text")]
    pub file: Arc<str>,
    /// The row as a person sees it in the sheet, counted from 1 with title and header.
    pub row: u64,
    /// What is odd and how to cure it.
    pub message: String,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The file's name, without its folder.
    #[serde(serialize_with = "shared_text")]
    pub file: Arc<str>,
    /// The row as a person sees it in the sheet, counted from 1 with title and header.
    pub row: u64,
    /// The stable code.
    pub code: Code,
    /// What is wrong and how to cure it.
    pub message: String,
}

fn shared_text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

impl Report {
    /// Notes a refused row.
    pub(super) fn refuse(&mut self, place: &Place, refusal: Refusal) {
        let Refusal { code, message } = refusal;
        self.errors.push(RowError { file: place.file.clone(), row: place.row, code, message });
    }

    /// Counts a row of a file; where a command was made of all rows that wait for one, those.
    pub(super) fn count(&mut self, file: &Arc<str>, has_command: bool, fate: Fate) {
        if !self.sheets.iter().any(|sheet| sheet.file == *file) {
            let new = SheetCounts { file: Arc::clone(file), taken: 0, unchanged: 0, refused: 0, together: 0 };
            self.sheets.push(new);
        }
        let Some(sheet) = self.sheets.iter_mut().find(|sheet| sheet.file == *file) else { return };
        let rows = if has_command { std::mem::take(&mut sheet.together).max(1) } else { 1 };
        match fate {
            Fate::Taken => sheet.taken += rows,
            Fate::Unchanged => sheet.unchanged += rows,
            Fate::Refused => sheet.refused += rows,
            Fate::Together => sheet.together += rows,
        }
    }

    /// Notes a row that was taken and should be looked at.
    pub(super) fn warn(&mut self, place: &Place, message: String) {
        self.warnings.push(RowWarning { file: place.file.clone(), row: place.row, message });
    }

    /// The refused rows of each code, in the order of the files.
    pub fn by_code(&self) -> BTreeMap<Code, Vec<&RowError>> {
        let mut codes: BTreeMap<Code, Vec<&RowError>> = BTreeMap::new();
        for error in &self.errors {
            codes.entry(error.code).or_default().push(error);
        }
        codes
    }
}
