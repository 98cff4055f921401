//! Sheets of 200,000 rows. What a run of these takes in memory is measured from outside; here it is proved that all
//! rows come, and that the reader holds on to none of them.

use std::io::{Seek, Write};

use encoding_rs::GB18030;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::test_files::{Book, COLUMNS, Folder};
use super::{Limits, Sheet};

const ROWS: u64 = 200_000;

/// Reads every row and adds up its quantities, as an import does.
fn sum(sheet: &mut Sheet) -> (u64, i64) {
    let mut rows: u64 = 0;
    let mut total = 0;
    for row in sheet.rows().expect("rows") {
        let row = row.expect("row");
        rows += 1;
        assert_eq!(row.number(), rows + 1);
        total += row.field("数量").decimal().expect("readable").and_then(|value| value.scaled_to(1)).expect("quantity");
    }
    (rows, total)
}

#[test]
fn a_text_file_of_many_rows_is_read_to_its_end() {
    let folder = Folder::new();
    let path = folder.path().join("测试.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("file"));
    file.write_all(&GB18030.encode("编号,数量,备注\r\n").0).expect("write");
    for number in 0..ROWS {
        file.write_all(&GB18030.encode(&format!("QW-{number:06},2.5,网格员{number}\r\n")).0).expect("write");
    }
    file.flush().expect("write");
    let mut sheet = Sheet::open(&path, &Limits::default(), &COLUMNS).expect("sheet");
    assert_eq!(sum(&mut sheet), (ROWS, 25 * 200_000));
}

#[test]
fn a_workbook_of_many_rows_is_read_to_its_end() {
    let folder = Folder::new();
    let path = folder.path().join("测试.xlsx");
    let mut zip = ZipWriter::new(std::fs::File::create(&path).expect("file"));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in Book::with_header("<!-- rows -->").parts() {
        zip.start_file(name.as_str(), options).expect("entry");
        let xml = String::from_utf8(bytes).expect("XML");
        let Some((before, after)) = xml.split_once("<!-- rows -->") else {
            zip.write_all(xml.as_bytes()).expect("part");
            continue;
        };
        zip.write_all(before.as_bytes()).expect("part");
        for number in 0..ROWS {
            let row = number + 2;
            write!(zip, r#"<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>QW-{number:06}</t></is></c><c r="B{row}"><v>2.5</v></c></row>"#)
                .expect("part");
        }
        zip.write_all(after.as_bytes()).expect("part");
    }
    let bytes = zip.finish().expect("archive").stream_position().expect("size");
    assert!(bytes > 1 << 20, "{bytes}");
    let mut sheet = Sheet::open(&path, &Limits::default(), &COLUMNS).expect("sheet");
    assert_eq!(sum(&mut sheet), (ROWS, 25 * 200_000));
}
