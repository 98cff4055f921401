//! What a person sees when a text file is read: which rows come, with which numbers, and what is refused.

use encoding_rs::GB18030;

use super::test_files::{open_bytes, rows_of, texts};
use super::{Fault, SheetError};

fn read(text: &str) -> Vec<String> {
    texts(&rows_of("测试.csv", text.as_bytes()).expect("rows"))
}

fn refusal(text: &str) -> SheetError {
    rows_of("测试.csv", text.as_bytes()).expect_err("refused")
}

#[test]
fn rows_below_the_header_come_with_their_numbers() {
    assert_eq!(read("编号,数量,备注\r\n甲,1,\r\n乙,2,好\r\n"), ["2 甲 1 -", "3 乙 2 好"]);
}

#[test]
fn utf8_with_and_without_mark_and_gb18030_are_read_alike() {
    let text = "编号,数量\r\n㐂甲,1\r\n";
    let expected = ["2 㐂甲 1 -"];
    assert_eq!(read(text), expected);
    assert_eq!(read(&format!("\u{FEFF}{text}")), expected);
    assert_eq!(texts(&rows_of("测试.csv", &GB18030.encode(text).0).expect("rows")), expected);
}

#[test]
fn columns_are_found_in_any_order_among_others() {
    assert_eq!(read("备注,序号,数　量,其他, 编号 \n好,1,2,x,甲\n"), ["2 甲 2 好"]);
}

#[test]
fn titles_above_the_header_are_skipped_and_counted() {
    let text = "某区积分台账（试行）,,\n\n填表人：某某,,2024年1月\n编号,数量,备注\n甲,1,\n";
    let sheet = open_bytes("测试.csv", text.as_bytes()).expect("sheet");
    assert_eq!(sheet.header_row(), 4);
    assert_eq!(read(text), ["5 甲 1 -"]);
}

#[test]
fn blank_lines_and_blank_records_are_skipped_and_counted() {
    assert_eq!(read("编号,数量\n\n甲,1\n , \u{3000}\n\n\n乙,2\n,,x\n"), ["3 甲 1 -", "7 乙 2 -", "8 - - -"]);
    assert_eq!(read("编号,数量\r\r甲,1\r"), ["3 甲 1 -"]);
}

#[test]
fn a_quoted_field_over_several_lines_is_one_row() {
    let text = "编号,数量,备注\n甲,1,\"一\r\n\r\n\"\"二\"\",三\"\n\n乙,2,好";
    let rows = rows_of("测试.csv", text.as_bytes()).expect("rows");
    let remarks: Vec<_> = rows.iter().map(|row| row.field("备注").original().into_owned()).collect();
    assert_eq!(remarks, ["一\n\n\"二\",三", "好"]);
    assert_eq!(rows.iter().map(super::Row::number).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn tabs_and_semicolons_separate_where_commas_do_not() {
    assert_eq!(read("编号\t数量\n甲,乙\t1\n"), ["2 甲,乙 1 -"]);
    assert_eq!(read("编号;数量\n甲;1\n"), ["2 甲 1 -"]);
    let wide: Vec<u8> = "\u{FEFF}编号\t数量\r\n甲\t1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(texts(&rows_of("测试.txt", &wide).expect("rows")), ["2 甲 1 -"]);
}

#[test]
fn short_rows_read_as_blank_and_long_rows_as_usual() {
    assert_eq!(read("编号,数量,备注\n甲\n乙,2,好,多,余\n"), ["2 甲 - -", "3 乙 2 好"]);
}

#[test]
fn a_header_without_rows_is_a_sheet_without_rows() {
    assert_eq!(read("编号,数量\n"), Vec::<String>::new());
    assert_eq!(read("编号,数量"), Vec::<String>::new());
}

#[test]
fn a_sheet_can_be_read_twice() {
    let mut sheet = open_bytes("测试.csv", "编号,数量\n甲,1\n".as_bytes()).expect("sheet");
    for _ in 0..2 {
        let rows: Vec<_> = sheet.rows().expect("rows").collect::<Result<_, _>>().expect("row");
        assert_eq!(texts(&rows), ["2 甲 1 -"]);
    }
    assert!(sheet.has_column("数量") && !sheet.has_column("备注"));
}

#[test]
fn an_empty_file_is_refused() {
    for text in ["", "\u{FEFF}", "\n\n", " ,\t,\n"] {
        let error = refusal(text);
        assert!(matches!(error, SheetError::Empty { .. }), "{error}");
        assert_eq!(error.code().as_str(), "invalid_input");
    }
}

#[test]
fn missing_columns_are_named_with_file_and_place() {
    let error = refusal("台账\n编号,备注\n甲,1\n");
    assert_eq!(error.code().as_str(), "invalid_input");
    let message = error.to_string();
    assert!(message.contains("测试.csv") && message.contains("「数量」") && message.contains("row 2"), "{message}");
    let message = refusal(&format!("{}编号,数量\n", "\n".repeat(20))).to_string();
    assert!(message.contains("first 20 rows"), "{message}");
    let message = refusal("a,b\n1,2\n").to_string();
    assert!(message.contains("「编号」, 「数量」") && message.contains("UTF-8"), "{message}");
}

#[test]
fn a_column_that_stands_twice_is_refused() {
    let error = refusal("编号,数量,编 号\n甲,1,乙\n");
    assert!(matches!(error, SheetError::DuplicateColumn { row: 1, column: "编号", .. }), "{error}");
    assert_eq!(error.code().as_str(), "invalid_input");
}

#[test]
fn bytes_in_no_known_encoding_are_refused_before_any_row() {
    let bytes = ["编号,数量\n甲,1\n".as_bytes(), b"\xFF\xFE\xFF,1\n"].concat();
    let error = open_bytes("测试.csv", &bytes).expect_err("refused");
    assert!(matches!(error, SheetError::Encoding { line: 3, .. }), "{error}");
    assert_eq!(error.code().as_str(), "invalid_input");
}

#[test]
fn a_quotation_mark_that_never_closes_is_not_passed_over() {
    let error = refusal("编号,数量\n甲,1\n\"乙,2\n丙,3\n");
    assert!(matches!(error, SheetError::Damaged { .. }) && error.to_string().contains("row 3"), "{error}");
}

#[test]
fn an_unreadable_field_quotes_itself_and_names_its_place() {
    let rows = rows_of("测试.csv", "编号,数量\n甲, 若干 \n乙,1e5\n".as_bytes()).expect("rows");
    let errors: Vec<_> = rows.iter().map(|row| row.field("数量").decimal().expect_err("unreadable")).collect();
    assert_eq!(errors.first().map(|error| (error.row(), error.column(), error.original())), Some((2, "数量", "若干")));
    assert_eq!(
        errors.first().map(ToString::to_string).as_deref(),
        Some("「数量」: \"若干\" is not a number; write it like 2 or 2.5")
    );
    assert_eq!(errors.last().map(super::CellError::fault), Some(Fault::Exponent));
}

#[test]
fn a_column_that_was_not_asked_for_reads_as_blank() {
    let rows = rows_of("测试.csv", "编号,数量,电话\n甲,1,123\n".as_bytes()).expect("rows");
    assert!(rows.iter().all(|row| row.field("电话").is_blank() && row.field("备注").is_blank()));
}
