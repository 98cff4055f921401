//! Files made to do harm, or harmed on their way: each is refused with a code, none panics or fills the memory.

use std::path::Path;

use ledger_core::domain::refusal::Code;
use proptest::prelude::{any, prop, proptest};
use proptest::test_runner::Config;

use super::test_files::{Book, COLUMNS, Folder, archive, open_bytes, rows_of, text_row, texts};
use super::{Fault, Limits, Sheet, SheetError};

fn read_with(limits: &Limits, name: &str, bytes: &[u8]) -> Result<usize, SheetError> {
    let folder = Folder::new();
    let mut sheet = Sheet::open(&folder.write(name, bytes), limits, &COLUMNS)?;
    let mut count = 0;
    for row in sheet.rows()? {
        row?;
        count += 1;
    }
    Ok(count)
}

fn code(result: Result<usize, SheetError>) -> &'static str {
    result.expect_err("refused").code().as_str()
}

/// A sheet of a header and many bytes of nothing below it.
fn bomb(bytes: usize) -> Book {
    let nothing = format!("<!--{}-->", " ".repeat((64 << 10) - 7));
    Book::with_header(&nothing.repeat(bytes / nothing.len()))
}

#[test]
fn a_zip_bomb_is_refused_by_what_it_inflates_to() {
    let limits = Limits { inflated_bytes_max: 8 << 20, inflation_ratio_max: u64::MAX, ..Limits::default() };
    let bytes = bomb(9 << 20).bytes();
    assert!(bytes.len() < 64 << 10, "{}", bytes.len());
    assert_eq!(code(read_with(&limits, "测试.xlsx", &bytes)), "too_large");
    assert_eq!(read_with(&limits, "测试.xlsx", &bomb(7 << 20).bytes()).expect("within the limit"), 0);
}

#[test]
fn a_zip_bomb_is_refused_by_its_ratio() {
    assert_eq!(code(read_with(&Limits::default(), "测试.xlsx", &bomb(5 << 20).bytes())), "too_large");
    assert_eq!(read_with(&Limits::default(), "测试.xlsx", &bomb(3 << 20).bytes()).expect("too small to judge"), 0);
}

#[test]
fn a_zip_bomb_that_lies_about_its_size_is_refused() {
    let honest = bomb(9 << 20);
    let real = u32::try_from(honest.parts().remove(0).1.len()).expect("size").to_le_bytes();
    let mut lying = honest.bytes();
    // The size stands once before the part and once in the directory.
    let places: Vec<usize> = (0..lying.len() - 4).filter(|at| lying[*at..*at + 4] == real).collect();
    assert_eq!(places.len(), 2);
    for at in places {
        lying[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    let error = read_with(&Limits::default(), "测试.xlsx", &lying).expect_err("refused");
    assert!(matches!(error, SheetError::Damaged { .. } | SheetError::TooLarge { .. }), "{error}");
}

#[test]
fn shared_texts_are_bounded_whatever_their_declared_count() {
    let strings =
        format!("<sst uniqueCount=\"18446744073709551615\">{}</sst>", "<si><t>长长长长</t></si>".repeat(10_000));
    let book = Book { strings: Some(strings), ..Book::with_header("") };
    assert_eq!(read_with(&Limits::default(), "测试.xlsx", &book.bytes()).expect("rows"), 0);
    let limits = Limits { shared_text_bytes_max: 100_000, ..Limits::default() };
    assert_eq!(code(read_with(&limits, "测试.xlsx", &book.bytes())), "too_large");
}

#[test]
fn one_text_without_end_is_refused() {
    let long = "长".repeat(1 << 20);
    for rows in [
        text_row(2, &["甲", &long]),
        format!("<row r=\"2\"><c r=\"B2\"><v>{long}</v></c></row>"),
        format!("<!--{long}-->"),
    ] {
        let limits = Limits { inflation_ratio_max: u64::MAX, ..Limits::default() };
        assert_eq!(code(read_with(&limits, "测试.xlsx", &Book::with_header(&rows).bytes())), "too_large");
    }
}

#[test]
fn a_long_cell_spoils_only_its_own_field() {
    let long = "长".repeat(2_000);
    let book = Book::with_header(&text_row(2, &["甲", "1", &long])).rows().expect("rows");
    let text = rows_of("测试.csv", format!("编号,数量,备注\n甲,1,{long}\n").as_bytes()).expect("rows");
    for rows in [book, text] {
        assert_eq!(texts(&rows), ["2 甲 1 !"]);
        let fault = rows.first().map(|row| row.field("备注").text().map_err(|error| error.fault()).map(drop));
        assert_eq!(fault, Some(Err(Fault::TooLong)));
    }
    let elsewhere = rows_of("测试.csv", format!("编号,数量,说明\n甲,1,{long}\n").as_bytes()).expect("rows");
    assert_eq!(texts(&elsewhere), ["2 甲 1 -"]);
}

#[test]
fn rows_and_files_past_the_limits_are_refused() {
    let text = "编号,数量\n甲,1\n\n乙,2\n";
    let limits = Limits { rows_max: 2, ..Limits::default() };
    assert_eq!(read_with(&limits, "测试.csv", text.as_bytes()).expect("rows"), 2);
    let limits = Limits { rows_max: 1, ..Limits::default() };
    let error = read_with(&limits, "测试.csv", text.as_bytes()).expect_err("refused");
    assert!(error.code() == Code::TooLarge && error.to_string().contains("row 4"), "{error}");
    let limits = Limits { file_bytes_max: 10, ..Limits::default() };
    assert_eq!(code(read_with(&limits, "测试.csv", text.as_bytes())), "too_large");
}

#[test]
fn damaged_workbooks_are_refused() {
    let whole = Book::with_header(&text_row(2, &["甲", "1"])).bytes();
    for kept in [4, 30, whole.len() / 2, whole.len() - 1] {
        assert_eq!(code(read_with(&Limits::default(), "测试.xlsx", &whole[..kept])), "invalid_input");
    }
    for rows in [
        r#"<row r="2"><c r="B2" t="s"><v>0</v></c></row>"#,
        r#"<row r="3"/><row r="2"><c r="B2"><v>1</v></c></row>"#,
        r#"<row r="99999999999"><c r="B2"><v>1</v></c></row>"#,
        r#"<row r="2"><c r="ZZZZZZZZZZ2"><v>1</v></c></row>"#,
        r#"<row r="2"><c r="2"><v>1</v></c></row>"#,
        r#"<row r="2"><row r="3"></row></row>"#,
        r#"<row r="2"><c r="B2"><v>1</c></row>"#,
        r#"<row r="2"><c r="B2"><v>1"#,
        &"<a>".repeat(100),
        &format!(r#"<row r="2">{}</row>"#, "<c><v>1</v></c>".repeat(16_385)),
    ] {
        assert_eq!(
            code(read_with(&Limits::default(), "测试.xlsx", &Book::with_header(rows).bytes())),
            "invalid_input",
            "{rows}"
        );
    }
}

#[test]
fn a_changed_byte_inside_a_workbook_is_found_before_any_row() {
    let parts = Book::with_header(&text_row(2, &["甲", "1"])).parts();
    let whole = archive(&parts);
    // The first part is the sheet; its compressed bytes start after the 30 bytes of the local header and the path.
    let start = 30 + parts[0].0.len();
    for at in start..start + 40 {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        assert!(open_bytes("测试.xlsx", &changed).is_err(), "byte {at}");
    }
}

#[test]
fn files_of_other_kinds_are_refused_by_what_they_are() {
    let old = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600]].concat();
    assert!(open_bytes("测试.xlsx", &old).expect_err("refused").to_string().contains("password"));
    let other = archive(&[("content.xml".to_owned(), b"<a/>".to_vec())]);
    assert!(open_bytes("测试.xlsx", &other).expect_err("refused").to_string().contains("not an .xlsx"));
    let twice = Book { sheets: vec![("a".to_owned(), String::new())], ..Book::with_header("") }.parts();
    let twice: Vec<_> = twice.iter().cloned().chain([("XL/WORKBOOK.XML".to_owned(), Vec::new())]).collect();
    assert!(open_bytes("测试.xlsx", &archive(&twice)).expect_err("refused").to_string().contains("twice"));
    let error = Sheet::open(Path::new("没有这个文件.csv"), &Limits::default(), &COLUMNS).expect_err("refused");
    assert!(matches!(error, SheetError::Io { .. }) && error.to_string().starts_with("没有这个文件.csv"));
    let folder = Folder::new();
    assert_eq!(
        Sheet::open(folder.path(), &Limits::default(), &COLUMNS).expect_err("refused").code().as_str(),
        "invalid_input"
    );
}

#[test]
fn an_archive_of_countless_entries_is_refused_before_its_directory_is_read() {
    let bytes = [b"PK\x03\x04".as_slice(), &b"PK\x01\x02".repeat(10_001)].concat();
    assert_eq!(code(read_with(&Limits::default(), "测试.xlsx", &bytes)), "too_large");
}

#[test]
fn messages_carry_no_control_characters() {
    let rows = rows_of("测试.csv", "编号,数量\n甲,\u{1B}[2J1\n".as_bytes()).expect("rows");
    let message = rows[0].field("数量").decimal().expect_err("unreadable").to_string();
    assert!(!message.contains('\u{1B}'), "{message:?}");
    let message = open_bytes("a\nb\u{1B}.csv", b"x").expect_err("refused").to_string();
    assert!(!message.contains(['\u{1B}', '\n']), "{message:?}");
}

#[test]
fn sheets_and_rows_can_be_sent_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Sheet>();
    is_send::<super::Rows<'_>>();
    is_send::<SheetError>();
}

/// Reads all that can be read, in every way.
fn exercise(name: &str, bytes: &[u8]) {
    let Ok(mut sheet) = open_bytes(name, bytes) else { return };
    let Ok(rows) = sheet.rows() else { return };
    for row in rows {
        let Ok(row) = row else { return };
        for column in &COLUMNS {
            let field = row.field(column.name());
            let _ = (field.text(), field.verbatim(), field.date(), field.date_time(), field.decimal(), field.integer());
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 300, ..Config::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..2_000), start in 0_usize..4) {
        let starts: [&[u8]; 4] = [b"", b"PK\x03\x04", "编号,数量\n".as_bytes(), b"\xB1\xE0\xBA\xC5,\xCA\xFD\xC1\xBF\n"];
        exercise("测试.csv", &[starts[start], &bytes].concat());
    }

    #[test]
    fn any_change_to_a_workbook_is_answered(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = Book::with_header(&text_row(2, &["甲", "1"])).bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        exercise("测试.xlsx", &bytes);
    }

    #[test]
    fn any_xml_in_a_workbook_is_answered(pieces in prop::collection::vec(prop::sample::select(vec![
        "<row>", "</row>", "<row r=\"3\">", "<row r='0'>", "<c>", "</c>", "<c r=\"B2\" t=\"s\">", "<c t=\"b\" s=\"9\">", "<c r=\"A2\" t=\"inlineStr\">",
        "<v>", "</v>", "<is>", "</is>", "<t>", "</t>", "<r>", "</r>", "<f>", "</f>", "<f/>", "<v/>", "1", "-1e9", "&amp;", "&x;", "&#0;", "&#xD800;", "甲",
        "<![CDATA[x]]>", "<!-- -->", "</sheetData>", "<?x?>", "<!DOCTYPE a [<!ENTITY x \"y\">]>", "<", ">", "&", "\0",
    ]), 0..30)) {
        exercise("测试.xlsx", &Book::with_header(&pieces.concat()).bytes());
        let styles = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", pieces.concat());
        let strings = format!("<sst><si>{}</si></sst>", pieces.concat());
        let book = Book { styles: Some(styles), strings: Some(strings), ..Book::with_header(&text_row(2, &["甲", "1"])) };
        exercise("测试.xlsx", &book.bytes());
    }
}
