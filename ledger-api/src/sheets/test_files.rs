//! Files for the tests of this module: folders that vanish, texts, and small workbooks built part by part.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Column, Limits, Row, Sheet, SheetError};

/// A folder that is removed with all it holds when it goes out of scope.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Folder {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("sheets-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("folder");
        Folder(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("write");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file open for reading and writing that no folder lists any more.
pub(super) fn unnamed() -> File {
    let folder = Folder::new();
    File::options().read(true).write(true).create_new(true).open(folder.path().join("unnamed")).expect("file")
}

pub(super) const COLUMNS: [Column; 3] = [Column::required("编号"), Column::required("数量"), Column::optional("备注")];

pub(super) fn open_bytes(name: &str, bytes: &[u8]) -> Result<Sheet, SheetError> {
    let folder = Folder::new();
    Sheet::open(&folder.write(name, bytes), &Limits::default(), &COLUMNS)
}

/// All rows of [`COLUMNS`], or the first error.
pub(super) fn rows_of(name: &str, bytes: &[u8]) -> Result<Vec<Row>, SheetError> {
    open_bytes(name, bytes)?.rows()?.collect()
}

/// Number and the text of each of [`COLUMNS`], `-` where blank and `!` where unreadable.
pub(super) fn texts(rows: &[Row]) -> Vec<String> {
    let text = |row: &Row, column: &Column| match row.field(column.name()).text() {
        Ok(Some(text)) => text.into_owned(),
        Ok(None) => "-".to_owned(),
        Err(_) => "!".to_owned(),
    };
    let line = |row: &Row| {
        let fields: Vec<String> = COLUMNS.iter().map(|column| text(row, column)).collect();
        format!("{} {}", row.number(), fields.join(" "))
    };
    rows.iter().map(line).collect()
}

/// A workbook made of given XML, with the surroundings that the format asks for.
pub(super) struct Book {
    pub(super) sheets: Vec<(String, String)>,
    pub(super) workbook_properties: String,
    pub(super) styles: Option<String>,
    pub(super) strings: Option<String>,
    pub(super) sheet_attributes: Vec<String>,
}

impl Book {
    /// One sheet whose `sheetData` holds this.
    pub(super) fn of_rows(rows: &str) -> Book {
        Book {
            sheets: vec![("Sheet1".to_owned(), format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"))],
            workbook_properties: String::new(),
            styles: None,
            strings: None,
            sheet_attributes: Vec::new(),
        }
    }

    /// A header in row 1 and these rows.
    pub(super) fn with_header(rows: &str) -> Book {
        Book::of_rows(&format!("{}{rows}", text_row(1, &["编号", "数量", "备注"])))
    }

    pub(super) fn parts(&self) -> Vec<(String, Vec<u8>)> {
        const TYPE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut links = String::new();
        let mut tabs = String::new();
        let mut parts = Vec::new();
        for (place, (name, xml)) in self.sheets.iter().enumerate() {
            let attributes = self.sheet_attributes.get(place).map_or("", String::as_str);
            links += &format!(
                r#"<Relationship Id="rId{place}" Type="{TYPE}/worksheet" Target="worksheets/sheet{place}.xml"/>"#
            );
            tabs += &format!(r#"<sheet name="{name}" sheetId="{}" {attributes} r:id="rId{place}"/>"#, place + 1);
            parts.push((format!("xl/worksheets/sheet{place}.xml"), xml.clone().into_bytes()));
        }
        for (kind, path, xml) in
            [("styles", "styles.xml", &self.styles), ("sharedStrings", "sharedStrings.xml", &self.strings)]
        {
            if let Some(xml) = xml {
                links += &format!(r#"<Relationship Id="{kind}" Type="{TYPE}/{kind}" Target="/xl/{path}"/>"#);
                parts.push((format!("xl/{path}"), xml.clone().into_bytes()));
            }
        }
        let workbook = format!("<workbook>{}<sheets>{tabs}</sheets></workbook>", self.workbook_properties);
        let package = format!(
            r#"<Relationships><Relationship Id="a" Type="{TYPE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        );
        parts.push(("xl/workbook.xml".to_owned(), workbook.into_bytes()));
        parts.push((
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships>{links}</Relationships>").into_bytes(),
        ));
        parts.push(("_rels/.rels".to_owned(), package.into_bytes()));
        parts
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        archive(&self.parts())
    }

    pub(super) fn rows(&self) -> Result<Vec<Row>, SheetError> {
        rows_of("测试.xlsx", &self.bytes())
    }
}

/// A zip archive of these parts.
pub(super) fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, bytes) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(path.as_str(), options).expect("entry");
        zip.write_all(bytes).expect("part");
    }
    zip.finish().expect("archive").into_inner()
}

/// A row of inline strings from column A on.
pub(super) fn text_row(number: u64, texts: &[&str]) -> String {
    let cell = |text: &&str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
    format!(r#"<row r="{number}">{}</row>"#, texts.iter().map(cell).collect::<String>())
}
