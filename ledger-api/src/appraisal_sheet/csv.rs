//! An appraisal as CSV (RFC 4180): one line a card, a column a category, the decision left blank.
//!
//! It opens with a byte order mark, or Chinese headers turn to rubbish in a spreadsheet program, and no text in it can
//! act as a formula there.

use std::borrow::Cow;

use ::csv::{Terminator, WriterBuilder};
use projections::queries::appraisal::Appraisal;

use super::{SheetError, categories};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What spreadsheet programs take for the start of a formula, the full-width forms of Chinese input included.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

pub(super) fn render(appraisal: &Appraisal) -> Result<Vec<u8>, SheetError> {
    let categories = categories(appraisal);
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
    let header = ["积分卡号", "编号", "党支部"].into_iter().chain(categories.iter().copied()).chain([
        "合计",
        "服务次数",
        "评议意见",
    ]);
    writer.write_record(header.map(|title| guarded(title).into_owned()))?;
    for card in &appraisal.cards {
        for text in [&card.card_no, &card.worker, &card.branch] {
            writer.write_field(guarded(text).as_bytes())?;
        }
        for category in &categories {
            writer.write_field(card.categories.get(*category).copied().unwrap_or_default().to_string())?;
        }
        writer.write_field(card.total.to_string())?;
        writer.write_field(card.services.to_string())?;
        writer.write_field("")?;
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| SheetError::Csv(error.into_error().into()))
}

/// A text with an apostrophe before it where it would start a formula.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_STARTS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn no_text_can_start_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["", "党支部", "1=1", "QW-01", "'=1"] {
            assert_eq!(guarded(text), text);
        }
    }
}
