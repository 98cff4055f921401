//! The refused rows of a register, to be mended and sent again.

use std::collections::BTreeMap;

use axum::response::Response;

use super::why::why;
use crate::app::App;
use crate::document::{Cell, Document, Form, Layout, Name, Table, name, render};
use crate::import::RowError;
use crate::import::files::{self, Registers};
use crate::sheets::pack::SheetKind;
use crate::web::download;
use crate::web::page::{Trouble, Visitor};
use crate::web::words::{CHINESE, ENGLISH, Words};

/// The refused rows of a register as a workbook by its name, judged as of now: what was brought in meanwhile is not among them.
/// Each is whole as it stood, with why it is refused in columns of its own that nobody reads: mended, it is sent as it is.
/// None where no row is to be mended by now, or only the sheet as a whole is refused.
pub(super) async fn refused_rows(
    app: &App,
    visitor: &Visitor,
    registers: &Registers,
    kind: SheetKind,
) -> Result<Option<Response>, Trouble> {
    let w = visitor.words();
    let said = w.registers_page;
    let report = files::judge(app, &visitor.must()?.identity, registers).await?.report;
    let file = registers.sheets().find(|(of, _)| *of == kind).map(|(_, file)| file).unwrap_or_default();
    let mut refused: BTreeMap<u64, Vec<&RowError>> = BTreeMap::new();
    for error in report.errors.iter().filter(|error| *error.file == *file) {
        refused.entry(error.row).or_default().push(error);
    }
    let whole = registers.whole_rows(kind, refused.keys().copied().collect()).await?;
    if whole.rows.is_empty() {
        return Ok(None);
    }
    // A file that was taken away before has these columns already.
    let added = |words: &Words| {
        let said = words.registers_page;
        [said.refused_row, said.refused_code, said.refused_why, said.message]
    };
    let is_added = |title: &str| added(&CHINESE).contains(&title) || added(&ENGLISH).contains(&title);
    let kept: Vec<usize> =
        whole.header.iter().enumerate().filter(|(_, title)| !is_added(title)).map(|(at, _)| at).collect();
    let titles = kept.iter().filter_map(|at| whole.header.get(*at)).map(|title| Name::of(title));
    let reasons = ["refused_row", "code", "why", "message"].into_iter().zip(added(w));
    let columns: Vec<Name> = titles.chain(reasons.map(|(key, title)| name(key, title))).collect();
    let row = |(number, texts): &(u64, Vec<String>)| {
        let errors = refused.get(number).map(Vec::as_slice).unwrap_or_default();
        let told = |of: &dyn Fn(&RowError) -> String| {
            Cell::Text(errors.iter().map(|error| of(error)).collect::<Vec<String>>().join(" "))
        };
        let cells = kept.iter().filter_map(|at| texts.get(*at)).map(|text| Cell::Text(text.clone()));
        let mut cells: Vec<Cell> = cells.collect();
        cells.extend([
            Cell::count(*number),
            told(&|error| error.code.as_str().to_owned()),
            told(&|error| why(w, visitor.english, error.code, &error.message)),
            told(&|error| error.message.clone()),
        ]);
        cells
    };
    let rows = whole.rows.iter().map(row).collect();
    let document = Document {
        title: said.refused_rows.into(),
        note: said.refused_note,
        facts: Vec::new(),
        tables: vec![Table::list(Name::of(kind.name()), columns, rows)],
        flat: true,
        layout: Layout::Screen,
    };
    let bytes = render(&document, Form::Xlsx).map_err(|error| Trouble::Fault(error.to_string()))?;
    let named = format!("{}.xlsx", kind.name());
    download::named_file(Form::Xlsx.content_type(), "refused-rows.xlsx", &named, bytes).map(Some)
}
