//! An appraisal as CSV (RFC 4180): one line a card, a column a category, the decision left blank.
//!
//! It opens with a byte order mark, or Chinese headers turn to rubbish in a spreadsheet program, and no text in it can
//! act as a formula there.

use ::csv::{Terminator, WriterBuilder};
use ledger_core::evidence::forms::csv::{BYTE_ORDER_MARK, defused};
use projections::queries::appraisal::Appraisal;

use super::{SheetError, categories};

pub(super) fn render(appraisal: &Appraisal) -> Result<Vec<u8>, SheetError> {
    let categories = categories(appraisal);
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let header = ["积分卡号", "编号", "党支部"].into_iter().chain(categories.iter().copied()).chain([
        "合计",
        "服务次数",
        "评议意见",
    ]);
    writer.write_record(header.map(|title| defused(title).into_owned()))?;
    for card in &appraisal.cards {
        for text in [&card.card_no, &card.worker, &card.branch] {
            writer.write_field(defused(text).as_bytes())?;
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
