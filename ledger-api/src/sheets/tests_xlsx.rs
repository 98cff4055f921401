//! What a person sees when a workbook is read: the kinds of cells, the sheets, and what is refused.

use chrono::{NaiveDate, NaiveDateTime};

use super::test_files::{Book, open_bytes, text_row, texts};
use super::{CellError, Fault, Row, SheetError};

const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>
    <numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>"#;

fn read(rows: &str) -> Vec<String> {
    texts(&Book::with_header(rows).rows().expect("rows"))
}

fn rows_with_styles(rows: &str) -> Vec<Row> {
    Book { styles: Some(STYLES.to_owned()), ..Book::with_header(rows) }.rows().expect("rows")
}

/// The only row's 数量.
fn quantity(cell: &str) -> Row {
    let mut rows = rows_with_styles(&format!(r#"<row r="2">{cell}</row>"#));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn date(cell: &str) -> Result<Option<NaiveDate>, Fault> {
    quantity(cell).field("数量").date().map_err(|error| error.fault())
}

fn date_time(cell: &str) -> Result<Option<NaiveDateTime>, Fault> {
    quantity(cell).field("数量").date_time().map_err(|error| error.fault())
}

fn decimal(cell: &str) -> Result<Option<String>, CellError> {
    quantity(cell).field("数量").decimal().map(|value| value.map(|value| value.to_string()))
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("date")
}

#[test]
fn texts_are_read_from_every_kind_of_cell() {
    let strings = "<sst uniqueCount=\"99999999999999\"><si><t> 编号 </t></si><si><t>数</t><rPh><t>ignored</t></rPh><phoneticPr/></si>\
        <si><r><rPr/><t>一</t></r><r><t xml:space=\"preserve\"> 二&amp;&#x4E09;</t></r></si><si/><si><t><![CDATA[<四>]]>_x000D_</t></si></sst>";
    let rows = r#"<row r="1"><c r="B1" t="s"><v>0</v></c><c r="A1" t="inlineStr"><is><t>数量</t></is></c></row>
        <row r="2"><c r="B2" t="s"><v>2</v></c><c r="A2" t="str"><f>"x"&amp;1</f><v>x_x0031_</v></c></row>
        <row r="4"><c r="A4" t="s"><v>3</v></c><c r="B4" t="s"><v>4</v></c></row>
        <row><c/><c t="inlineStr"><is><r><t>五</t></r></is><v>7</v></c></row>"#;
    let book = Book { strings: Some(strings.to_owned()), ..Book::of_rows(rows) };
    assert_eq!(texts(&book.rows().expect("rows")), ["2 一 二&三 x1 -", "4 <四> - -", "5 五 - -"]);
}

#[test]
fn numbers_are_read_exactly_and_as_the_user_typed_them() {
    for (stored, typed) in [("2", "2"), ("2.5", "2.5"), ("0.30000000000000004", "0.3"), ("1E3", "1000"), ("-1", "-1")] {
        assert_eq!(decimal(&format!(r#"<c r="B2"><v>{stored}</v></c>"#)), Ok(Some(typed.to_owned())));
        assert_eq!(
            decimal(&format!(r#"<c r="B2" t="n"><f>A1*2</f><v> {stored} </v></c>"#)),
            Ok(Some(typed.to_owned()))
        );
        assert_eq!(decimal(&format!(r#"<c r="B2" t="str"><v>{typed}</v></c>"#)), Ok(Some(typed.to_owned())));
    }
    assert_eq!(decimal(r#"<c r="B2" t="inlineStr"><is><t>　２．５ </t></is></c>"#), Ok(Some("2.5".to_owned())));
}

#[test]
fn identifiers_typed_as_numbers_are_read_as_texts() {
    assert_eq!(
        read(r#"<row r="2"><c r="A2"><v>10086</v></c><c r="B2"><v>1.2345E4</v></c></row>"#),
        ["2 10086 12345 -"]
    );
    let row = quantity(r#"<c r="B2"><v>3.70812199001011E+17</v></c>"#);
    let error = row.field("数量").text().expect_err("digits are lost");
    assert_eq!((error.fault(), error.original()), (Fault::DigitsLost, "3.70812199001011E17"));
}

#[test]
fn date_cells_are_read_in_every_format() {
    for style in [1, 2, 3] {
        assert_eq!(date(&format!(r#"<c r="B2" s="{style}"><v>45467</v></c>"#)), Ok(Some(day(2024, 6, 24))));
    }
    assert_eq!(date(r#"<c r="B2"><v>45467</v></c>"#), Ok(Some(day(2024, 6, 24))));
    assert_eq!(date(r#"<c r="B2"><v>20240624</v></c>"#), Ok(Some(day(2024, 6, 24))));
    assert_eq!(date(r#"<c r="B2" t="d"><v>2024-06-24T00:00:00</v></c>"#), Ok(Some(day(2024, 6, 24))));
    assert_eq!(date(r#"<c r="B2" t="inlineStr"><is><t>２０２４年６月２４日</t></is></c>"#), Ok(Some(day(2024, 6, 24))));
    assert_eq!(
        date_time(r#"<c r="B2" s="2"><v>45292.334444444445</v></c>"#),
        Ok(day(2024, 1, 1).and_hms_opt(8, 1, 36))
    );
    assert_eq!(date(r#"<c r="B2" s="2"><v>45292.334444444445</v></c>"#), Err(Fault::TimeOfDay));
    assert_eq!(date(r#"<c r="B2" s="4"><v>1.5</v></c>"#), Err(Fault::NotADate));
    assert_eq!(date(r#"<c r="B2" t="b"><v>1</v></c>"#), Err(Fault::NotADate));
    assert_eq!(decimal(r#"<c r="B2" s="1"><v>3</v></c>"#).map_err(|error| error.fault()), Err(Fault::DateNotNumber));
}

#[test]
fn the_1904_day_count_of_a_workbook_is_kept() {
    let rows = r#"<row r="2"><c r="B2" s="1"><v>44005</v></c></row>"#;
    let properties = r#"<workbookPr date1904="1"/>"#.to_owned();
    let book = Book { styles: Some(STYLES.to_owned()), workbook_properties: properties, ..Book::with_header(rows) };
    let rows = book.rows().expect("rows");
    assert_eq!(rows.first().map(|row| row.field("数量").date()), Some(Ok(Some(day(2024, 6, 24)))));
}

#[test]
fn what_a_formula_could_not_work_out_is_unreadable_and_not_blank() {
    for (cell, fault, original) in [
        (r##"<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>"##, Fault::FormulaError, "#N/A"),
        (r##"<c r="B2" t="e"><v>#SPILL!</v></c>"##, Fault::FormulaError, "#SPILL!"),
        (r#"<c r="B2"><f>SUM(A1:A9)</f><v></v></c>"#, Fault::NotCalculated, "="),
        (r#"<c r="B2"><f>SUM(A1:A9)</f></c>"#, Fault::NotCalculated, "="),
    ] {
        let row = quantity(cell);
        let field = row.field("数量");
        assert!(!field.is_blank());
        assert_eq!(
            field.text().map_err(|error| (error.fault(), error.original().to_owned())).expect_err(cell),
            (fault, original.to_owned())
        );
        assert_eq!(field.decimal().map_err(|error| error.fault()), Err(fault));
        assert_eq!(field.date().map_err(|error| error.fault()), Err(fault));
    }
    assert_eq!(read(r#"<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2"><v>1</v></c></row>"#), ["2 - 1 -"]);
    assert_eq!(read(r#"<row r="2"><c r="B2" t="b"><v>1</v></c></row>"#), ["2 - TRUE -"]);
}

#[test]
fn row_numbers_are_those_beside_the_rows() {
    let rows = format!("{}{}{}", text_row(1, &["台账"]), text_row(3, &["编号", "数量"]), text_row(7, &["甲", "1"]));
    let mut sheet = open_bytes("测试.xlsx", &Book::of_rows(&rows).bytes()).expect("sheet");
    assert_eq!(sheet.header_row(), 3);
    let rows: Vec<_> = sheet.rows().expect("rows").collect::<Result<_, _>>().expect("row");
    assert_eq!(texts(&rows), ["7 甲 1 -"]);
}

#[test]
fn blank_rows_are_skipped_also_those_prepared_with_formats_or_formulas() {
    let rows = r#"<row r="2"/><row r="3"><c r="A3" s="1"/><c r="B3" t="inlineStr"><is><t> </t></is></c></row>
        <row r="4"><c r="F4"><f>B4*2</f></c></row><row r="5"><c r="F5"><v>0</v></c></row><row r="6"><c r="A6"><f>B6</f></c></row>"#;
    assert_eq!(read(rows), ["5 - - -", "6 ! - -"]);
}

#[test]
fn the_first_visible_sheet_with_the_header_is_read_and_others_are_named() {
    let sheet =
        |rows: &str| format!("<x:worksheet><x:sheetData>{rows}</x:sheetData></x:worksheet>").replace("<row", "<x:row");
    let sheet = |rows: &str| sheet(rows).replace("</row", "</x:row");
    let with_header = |id: &str| sheet(&format!("{}{}", text_row(1, &["编号", "数量"]), text_row(2, &[id, "1"])));
    let mut book = Book::of_rows("");
    book.sheets = vec![
        ("隐藏".to_owned(), with_header("隐")),
        ("说明".to_owned(), sheet(&text_row(1, &["填表说明"]))),
        ("一月&amp;".to_owned(), with_header("甲")),
        ("二月".to_owned(), with_header("乙")),
    ];
    book.sheet_attributes = vec![r#"state="hidden""#.to_owned()];
    assert_eq!(texts(&book.rows().expect("rows")), ["2 甲 1 -"]);
    let sheet = open_bytes("测试.xlsx", &book.bytes()).expect("sheet");
    assert_eq!(sheet.unread_sheets(), ["二月"]);
}

#[test]
fn headers_are_looked_for_and_refused_as_in_text_files() {
    assert!(matches!(Book::of_rows("").rows(), Err(SheetError::Empty { .. })));
    assert_eq!(Book::with_header("").rows().map(|rows| rows.len()).expect("rows"), 0);
    let missing = Book::of_rows(&text_row(2, &["编号", "台账"])).rows().expect_err("missing column");
    assert!(missing.to_string().contains("「数量」") && missing.to_string().contains("row 2"), "{missing}");
    let twice = Book::of_rows(&text_row(1, &["编号", "数量", "数 量"])).rows().expect_err("duplicate");
    assert!(matches!(twice, SheetError::DuplicateColumn { column: "数量", .. }), "{twice}");
}

#[test]
fn a_workbook_by_the_name_of_a_text_file_is_a_workbook() {
    let bytes = Book::with_header(&text_row(2, &["甲", "1"])).bytes();
    assert_eq!(texts(&super::test_files::rows_of("测试.csv", &bytes).expect("rows")), ["2 甲 1 -"]);
    assert_eq!(
        texts(&super::test_files::rows_of("测试.xlsx", "编号,数量\n甲,1".as_bytes()).expect("rows")),
        ["2 甲 1 -"]
    );
}

#[test]
fn paths_inside_the_archive_may_be_written_carelessly() {
    let mut parts = Book::with_header(&text_row(2, &["甲", "1"])).parts();
    for (path, _) in &mut parts {
        *path = path.replace('/', "\\").replace("sheet0", "Sheet0");
    }
    let bytes = super::test_files::archive(&parts);
    assert_eq!(texts(&super::test_files::rows_of("测试.xlsx", &bytes).expect("rows")), ["2 甲 1 -"]);
}
