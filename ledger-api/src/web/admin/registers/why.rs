//! Why a row of a register is refused, by what stands in it.

use ledger_core::domain::refusal::{Code, Refusal};

use crate::import::files::Left;
use crate::service::ServiceError;
use crate::web::trouble;
use crate::web::words::Words;

/// Why a row is refused and what goes there, by its column where a cell is to blame.
pub(super) fn why(w: &Words, english: bool, code: Code, message: &str) -> String {
    let said = w.registers_page;
    if let Some((first, second)) = two_rows(code, message).filter(|_| !english) {
        return said.two_rows(first, second);
    }
    // The rows of a schedule, where somebody adopted one meanwhile.
    if code == Code::DuplicateConflict && message.starts_with("the district has a schedule") && !english {
        return said.left_why(Left::ScheduleThere).to_owned();
    }
    let own = [
        (Code::InvalidInput, said.row_unreadable),
        (Code::TooLarge, said.row_unreadable),
        (Code::InvalidDate, said.days),
    ];
    let own: &[(Code, &str)] = if english { &[] } else { &own };
    let refused = || ServiceError::Refused(Refusal::new(code, message));
    cell(w, message).unwrap_or_else(|| {
        let said = trouble::said_by(w, english, &refused(), own);
        // English readers have the message itself.
        let named = if english { None } else { unknown(code, message) };
        named.map_or_else(|| said.clone(), |id| format!("“{id}”：{said}"))
    })
}

/// The rows that say different things of one, where the message is about such ones.
fn two_rows(code: Code, message: &str) -> Option<(u64, u64)> {
    let rest = message.strip_prefix("rows ").filter(|_| code == Code::DuplicateConflict)?;
    let (first, rest) = rest.split_once(" and ")?;
    Some((first.parse().ok()?, rest.split(' ').next()?.parse().ok()?))
}

/// The identifier that a row names and nothing has, where the message begins with it.
fn unknown(code: Code, message: &str) -> Option<&str> {
    let (_, opening) =
        [(Code::UnknownSite, "no site "), (Code::UnknownStore, "no store "), (Code::UnknownMerchant, "no merchant ")]
            .into_iter()
            .find(|(of, _)| *of == code)?;
    let id = message.strip_prefix(opening)?.split([' ', ';']).next()?;
    (!id.is_empty()).then_some(id)
}

/// What is wrong with a cell: a message about one begins with its column in corner brackets, and quotes what stands there.
/// English readers have the message itself.
pub(super) fn cell(w: &Words, message: &str) -> Option<String> {
    let (column, rest) = message.strip_prefix('「')?.split_once('」')?;
    let written = rest.strip_prefix(": \"").and_then(|rest| rest.split_once("\" ")).map_or("", |(written, _)| written);
    w.uploads.cell(&[column], written)
}
