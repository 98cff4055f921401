//! balances.xlsx: the balances as a workbook (ECMA-376), so small that its bytes can be described and made anew.
//!
//! Texts are inline strings, which no spreadsheet program takes for a formula; numbers are written as exact decimals.
//! The parts stand in the file uncompressed, in the order of [`parts`]; a verifier compares the parts.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::domain::points::Points;
use crate::evidence::books::Books;

/// Lines below the header that a sheet holds.
const LINES_MAX: usize = 1_048_575;
/// Digits that a spreadsheet program keeps; a longer number is written as text.
const DIGITS_MAX: usize = 15;

const SPREADSHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The parts of the workbook, by name, in their order.
pub fn parts(books: &Books) -> Vec<(String, String)> {
    let mut sheets = Sheets::default();
    sheets.table(
        "人员",
        &["编号", "发放", "兑换", "过期", "冲正", "待抵扣", "预占", "可用"],
        books.workers().into_iter().map(|(id, book)| {
            let amounts =
                [book.issued, book.redeemed, book.expired, book.reversed, book.debt, book.held, book.available];
            (vec![id.as_str()], amounts.map(|points| points.to_string()).to_vec())
        }),
    );
    let shelves =
        books.stores().into_iter().flat_map(|(store, shelf)| shelf.items().map(move |(sku, item)| (store, sku, item)));
    sheets.table(
        "库存",
        &["网点", "商品", "入库", "在架", "预留", "已发放", "报损"],
        shelves.map(|(store, sku, item)| {
            let units = [item.received, item.on_shelf, item.reserved, item.handed_over, item.written_off];
            (vec![store.as_str(), sku.as_str()], units.map(|units| units.to_string()).to_vec())
        }),
    );
    sheets.table(
        "商户",
        &["商户", "兑付", "已结算", "未结算"],
        books.merchants().into_iter().map(|(id, book)| {
            let owed: Points = book.honoured - book.paid;
            (vec![id.as_str()], [book.honoured, book.paid, owed].map(|points| points.to_string()).to_vec())
        }),
    );
    sheets.into_parts()
}

/// The workbook's bytes.
///
/// # Errors
/// When the zip writer fails, which it does for no such parts.
pub fn pack(parts: &[(String, String)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .large_file(false);
    for (name, content) in parts {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

#[derive(Default)]
struct Sheets(Vec<(String, String)>);

impl Sheets {
    /// A sheet for each [`LINES_MAX`] lines, at least one; the later ones are numbered.
    fn table<'a>(&mut self, name: &str, header: &[&str], lines: impl Iterator<Item = (Vec<&'a str>, Vec<String>)>) {
        let mut lines = lines.peekable();
        let mut number = 1_usize;
        loop {
            let title = if number == 1 { name.to_owned() } else { format!("{name}{number}") };
            let mut sheet = format!(
                "{DECLARATION}<worksheet xmlns=\"{SPREADSHEET}\"><sheetViews><sheetView workbookViewId=\"0\">\
                 <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView>\
                 </sheetViews><cols><col min=\"1\" max=\"{}\" width=\"16\" customWidth=\"1\"/></cols><sheetData><row>",
                header.len()
            );
            header.iter().for_each(|cell| push_text(&mut sheet, cell, true));
            sheet.push_str("</row>");
            for (texts, numbers) in lines.by_ref().take(LINES_MAX) {
                sheet.push_str("<row>");
                texts.iter().for_each(|cell| push_text(&mut sheet, cell, false));
                numbers.iter().for_each(|cell| push_number(&mut sheet, cell));
                sheet.push_str("</row>");
            }
            sheet.push_str("</sheetData></worksheet>");
            self.0.push((title, sheet));
            if lines.peek().is_none() {
                break;
            }
            number += 1;
        }
    }

    fn into_parts(self) -> Vec<(String, String)> {
        let mut types = format!(
            "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
             <Override PartName=\"/xl/styles.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>"
        );
        let mut workbook = format!(
            "{DECLARATION}<workbook xmlns=\"{SPREADSHEET}\" xmlns:r=\"{RELATIONSHIPS}\"><bookViews>\
             <workbookView/></bookViews><sheets>"
        );
        let mut relations = format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">");
        for (number, (title, _)) in (1..).zip(&self.0) {
            // Writing to a string never fails.
            let _ = write!(
                types,
                "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            );
            let _ = write!(workbook, "<sheet name=\"{title}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
            let _ = write!(
                relations,
                "<Relationship Id=\"rId{number}\" Type=\"{RELATIONSHIPS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            );
        }
        let _ = write!(
            relations,
            "<Relationship Id=\"rId{}\" Type=\"{RELATIONSHIPS}/styles\" Target=\"styles.xml\"/></Relationships>",
            self.0.len() + 1
        );
        types.push_str("</Types>");
        workbook.push_str("</sheets></workbook>");
        let package = format!(
            "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
             Type=\"{RELATIONSHIPS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        let styles = format!(
            "{DECLARATION}<styleSheet xmlns=\"{SPREADSHEET}\"><fonts count=\"2\"><font><sz val=\"11\"/></font>\
             <font><b/><sz val=\"11\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/>\
             </fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/></borders>\
             <cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"2\"><xf/><xf fontId=\"1\" \
             applyFont=\"1\"/></cellXfs></styleSheet>"
        );
        let mut parts = vec![
            ("[Content_Types].xml".to_owned(), types),
            ("_rels/.rels".to_owned(), package),
            ("xl/workbook.xml".to_owned(), workbook),
            ("xl/_rels/workbook.xml.rels".to_owned(), relations),
            ("xl/styles.xml".to_owned(), styles),
        ];
        let sheets = (1..).zip(self.0);
        parts.extend(sheets.map(|(number, (_, sheet))| (format!("xl/worksheets/sheet{number}.xml"), sheet)));
        parts
    }
}

fn push_text(sheet: &mut String, text: &str, bold: bool) {
    sheet.push_str(if bold { "<c t=\"inlineStr\" s=\"1\"><is><t>" } else { "<c t=\"inlineStr\"><is><t>" });
    for found in text.chars() {
        match found {
            '&' => sheet.push_str("&amp;"),
            '<' => sheet.push_str("&lt;"),
            '>' => sheet.push_str("&gt;"),
            // Neither may stand in XML at all.
            '\u{fffe}' | '\u{ffff}' => sheet.push('\u{fffd}'),
            found if found.is_control() => sheet.push('\u{fffd}'),
            found => sheet.push(found),
        }
    }
    sheet.push_str("</t></is></c>");
}

fn push_number(sheet: &mut String, number: &str) {
    if number.bytes().filter(u8::is_ascii_digit).count() > DIGITS_MAX {
        return push_text(sheet, number, false);
    }
    sheet.push_str("<c><v>");
    sheet.push_str(number);
    sheet.push_str("</v></c>");
}
