//! A document for a person at a terminal: columns aligned by the width that characters take there.

use unicode_width::UnicodeWidthStr;

use super::{Cell, Document, Table};

pub(super) fn render(document: &Document) -> String {
    let mut text = format!("{}\n{}\n{}\n", document.title, "=".repeat(document.title.width()), document.note);
    let wide = document.facts.iter().map(|(name, _)| name.title.width()).max().unwrap_or(0);
    if !document.facts.is_empty() {
        text.push('\n');
    }
    for (name, cell) in &document.facts {
        text.push_str(&padded(&name.title, wide, false));
        text.push_str("  ");
        text.push_str(&shown_cell(cell));
        text.push('\n');
    }
    for table in &document.tables {
        text.push('\n');
        write_table(&mut text, table);
    }
    text
}

fn write_table(text: &mut String, table: &Table) {
    let shown = table.rows.len() as u64;
    text.push_str(&format!("{} ({})\n", table.name.title, table.total));
    if !table.question.is_empty() {
        text.push_str(&format!("{}\n", table.question));
    }
    if table.rows.is_empty() {
        text.push_str(if table.total == 0 { "  无\n" } else { "  未列出\n" });
        return;
    }
    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(shown_cell).collect()).collect();
    let widths: Vec<usize> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let cells = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.width());
            cells.chain([name.title.width()]).max().unwrap_or(0)
        })
        .collect();
    // Numbers stand to the right, below one another.
    let right: Vec<bool> = (0..table.columns.len())
        .map(|index| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(index));
            cells.all(|cell| matches!(cell, Cell::Count(_) | Cell::Points(_) | Cell::Decimal(_) | Cell::Blank))
        })
        .collect();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut row = String::from(" ");
        for ((cell, width), right) in cells.zip(&widths).zip(&right) {
            row.push(' ');
            row.push_str(&padded(cell, *width, *right));
            row.push(' ');
        }
        text.push_str(row.trim_end());
        text.push('\n');
    };
    line(&mut table.columns.iter().map(|name| name.title.as_ref()));
    for row in &rows {
        line(&mut row.iter().map(String::as_str));
    }
    if shown < table.total {
        text.push_str(&format!("  另有 {} 行未列出\n", table.total - shown));
    }
}

/// A cell on one line, whatever a text holds.
fn shown_cell(cell: &Cell) -> String {
    match cell {
        Cell::Blank => "-".to_owned(),
        other => one_line(&other.to_string()),
    }
}

/// A text without what would move the cursor: what was recorded must not write over what stands beside it.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// A text with blanks up to a width.
pub(crate) fn padded(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}
