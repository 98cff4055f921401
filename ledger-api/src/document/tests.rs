//! The four forms of a small document.

use std::io::{Cursor, Read};

use chrono::NaiveDate;
use ledger_core::domain::points::Points;

use super::{Cell, Document, Form, Layout, Name, Table, name, render};

const COLUMNS: &[Name] =
    &[name("position", "序号"), name("who", "操作人"), name("points", "积分"), name("day", "日期")];

fn document(flat: bool) -> Document {
    let row = |position: u64, who: &str, points: i64, day: &str| {
        vec![
            Cell::count(position),
            Cell::Text(who.into()),
            Cell::Points(Points::from_hundredths(points)),
            Cell::day(NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()),
        ]
    };
    let rows = vec![row(7, "操作员甲", -250, "2024-03-05"), row(1234, "=1+1\u{1b}[2J", 1_000, "")];
    let question = if flat { "" } else { "为什么？" };
    let table = Table { question, total: 5, ..Table::list(name("rows", "明细"), COLUMNS, rows) };
    Document {
        title: "核对".into(),
        note: "只列问题。",
        facts: vec![(name("seed", "种子"), Cell::count(u64::MAX))],
        tables: vec![table],
        flat,
        layout: Layout::Screen,
    }
}

fn written(flat: bool, form: Form) -> String {
    String::from_utf8(render(&document(flat), form).unwrap()).unwrap()
}

#[test]
fn text_stands_in_columns_and_no_recorded_text_moves_the_cursor() {
    let expected = "核对\n====\n只列问题。\n\n种子  18446744073709551615\n\n明细 (5)\n为什么？\n  \
        序号  操作人    积分  日期\n     7  操作员甲  -2.5  2024-03-05\n  1234  =1+1 [2J    10  -\n  另有 3 行未列出\n";
    assert_eq!(written(false, Form::Text), expected);
}

#[test]
fn json_has_exact_numbers_and_the_rows_that_were_left_out() {
    let expected = "{\"seed\":18446744073709551615,\"rows\":{\"question\":\"为什么？\",\"total\":5,\"rows\":[\
        {\"position\":7,\"who\":\"操作员甲\",\"points\":-2.5,\"day\":\"2024-03-05\"},\
        {\"position\":1234,\"who\":\"=1+1\\u001b[2J\",\"points\":10,\"day\":null}]},\"note\":\"只列问题。\"}\n";
    assert_eq!(written(false, Form::Json), expected);
    assert!(written(true, Form::Json).contains("\"rows\":[{\"position\":7"), "a plain list is a list");
}

#[test]
fn csv_is_one_table_with_the_facts_on_every_line_or_all_tables() {
    let flat = "\u{feff}序号,操作人,积分,日期,种子\r\n7,操作员甲,-2.5,2024-03-05,18446744073709551615\r\n\
        1234,'=1+1\u{1b}[2J,10,,18446744073709551615\r\n";
    assert_eq!(written(true, Form::Csv), flat);
    let stacked = "\u{feff}核对,只列问题。\r\n种子,18446744073709551615\r\n\"\"\r\n明细,为什么？\r\n序号,操作人,积分,日期\r\n\
        7,操作员甲,-2.5,2024-03-05\r\n1234,'=1+1\u{1b}[2J,10,\r\n";
    assert_eq!(written(false, Form::Csv), stacked);
}

#[test]
fn a_workbook_is_the_same_each_time_and_has_no_formula() {
    let bytes = render(&document(false), Form::Xlsx).unwrap();
    assert_eq!(bytes, render(&document(false), Form::Xlsx).unwrap());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert!(part("xl/workbook.xml").contains("明细"));
    let sheet = part("xl/worksheets/sheet2.xml");
    assert!(sheet.contains("<v>-2.5</v>") && !sheet.contains("<f>"), "{sheet}");
    assert!(part("xl/sharedStrings.xml").contains("18446744073709551615"), "a number beyond a cell's stays text");
}
