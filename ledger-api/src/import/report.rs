//! What an import did, in the shape that `--report` writes (contract section 2). Owns the counting; does not own
//! how a person is told.

use std::collections::BTreeMap;

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
}

/// A row that was taken and should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowWarning {
    /// The file's name, without its folder.
    #[serde(serialize_with = "shared_text")]
    pub file: std::sync::Arc<str>,
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
    pub file: std::sync::Arc<str>,
    /// The row as a person sees it in the sheet, counted from 1 with title and header.
    pub row: u64,
    /// The stable code.
    pub code: Code,
    /// What is wrong and how to cure it.
    pub message: String,
}

fn shared_text<S: Serializer>(text: &std::sync::Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

impl Report {
    /// Notes a refused row.
    pub(super) fn refuse(&mut self, place: &Place, refusal: Refusal) {
        let Refusal { code, message } = refusal;
        self.errors.push(RowError { file: place.file.clone(), row: place.row, code, message });
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
