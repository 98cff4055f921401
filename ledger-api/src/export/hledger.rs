//! The movements as a plain-text journal, as in a bundle's journal.hledger.
//!
//! The history is read twice: how many decimals the amounts need, and whether any are of yuan, must be known in the first
//! lines.

use std::io::Write;

use chrono::NaiveDate;
use ledger_core::domain::posting::postings;
use ledger_core::evidence::books::Books;
use ledger_core::evidence::forms::accounts::Legs;
use ledger_core::evidence::forms::plain_text::{PlainText, decimals, opening};
use ledger_core::evidence::forms::yuan;
use ledger_core::journal::{Journal, JournalError};

use super::{ExportError, each_entry};

pub(super) async fn write(
    journal: &dyn Journal,
    until: u64,
    as_of: Option<NaiveDate>,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), ExportError> {
    let (mut needed, mut with_yuan) = (0, false);
    each_entry(journal, until, &|_| (), |entry| {
        let event = entry.event()?;
        with_yuan |= yuan::of(entry.position, "", &event).is_some();
        needed = postings(&event).iter().map(|leg| decimals(leg.points)).fold(needed, usize::max);
        Ok::<(), ExportError>(())
    })
    .await?;
    out.write_all(opening(needed, with_yuan).as_bytes())?;
    let mut plain = PlainText::new(with_yuan);
    let mut books = Books::default();
    let mut text = String::new();
    let mut legs = Legs::default();
    each_entry(journal, until, progress, |entry| {
        let event = entry.event()?;
        let damaged = |what: String| JournalError::Damaged { position: entry.position, what };
        books.book(&event).map_err(damaged)?;
        legs.set(&event);
        text.clear();
        plain.push_event(&mut text, entry.position, &entry.command.key, &event, &legs);
        out.write_all(text.as_bytes()).map_err(ExportError::from)
    })
    .await?;
    text.clear();
    let as_of = as_of.or(plain.latest());
    if let Some(as_of) = as_of {
        plain.push_lapsed(&mut text, &books, as_of);
    }
    plain.push_assertions(&mut text, as_of);
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
