//! The history as a workbook: sheets of events and sheets of movements.

use std::io::Write;

use ledger_core::domain::event::Event;
use ledger_core::evidence::forms::accounts::Legs;
use ledger_core::journal::Journal;

use super::table::{COLUMNS, texts};
use super::{ExportError, each_entry};
use crate::document::{Cell, LongTable, LongWorkbook};

const MOVEMENTS: [&str; 6] = ["position", "date", "type", "account", "points", "key"];

/// What the workbook says of itself.
const NOTE: &str = "事件: 账本全部事件，按序号排列；分录: 积分的每一笔借贷，入为正、出为负，合计为零。\
    超过单元格上限的文字以“…”截断，全文见 jsonl 导出。\
    Events in the journal's order; movements of points, which sum to zero. Texts beyond a cell's limit end in an \
    ellipsis; the jsonl export has them whole.";

pub(super) async fn write(
    journal: &dyn Journal,
    until: u64,
    out: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), ExportError> {
    let mut workbook = LongWorkbook::new(NOTE)?;
    let mut events = LongTable::new("事件", &COLUMNS);
    let mut movements = LongTable::new("分录", &MOVEMENTS);
    each_entry(journal, until, progress, |entry| {
        let position = Cell::count(entry.position);
        let line: Vec<Cell> = [position.clone()].into_iter().chain(texts(entry)?.map(Cell::Text)).collect();
        workbook.push(&mut events, &line)?;
        let event = entry.event()?;
        let Event::Worker(own) = &event else { return Ok(()) };
        for (account, points) in Legs::of(&event).iter() {
            let movement = [
                position.clone(),
                Cell::maybe(event.day()),
                Cell::Text(own.event_type().to_owned()),
                Cell::Text(account.to_owned()),
                Cell::Points(points),
                Cell::Text(entry.command.key.to_string()),
            ];
            workbook.push(&mut movements, &movement)?;
        }
        Ok::<(), ExportError>(())
    })
    .await?;
    workbook.write_to(out)
}
