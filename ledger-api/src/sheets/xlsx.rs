//! An .xlsx workbook: which part is what, and which sheet has the header. Owns the workbook's relationships and its
//! list of sheets; the archive, the XML, the texts, the formats and the rows have files of their own.

use std::collections::BTreeMap;
use std::fs::File;

use quick_xml::events::Event;

use super::cell::Picked;
use super::error::Flaw;
use super::header::{HEADER_ROWS_MAX, HEADER_TEXT_BYTES_MAX, Header, HeaderSearch};
use super::xlsx_formats::CellFormats;
use super::xlsx_parts::Parts;
use super::xlsx_sheet::{WorkbookContext, XlsxRows};
use super::xlsx_strings::SharedStrings;
use super::xlsx_xml::{XmlPart, attribute_value, each_attribute};
use super::{Column, Limits};

/// Sheets that are looked at for the header.
const SHEETS_MAX: usize = 64;
/// Relationships of a workbook: one a sheet, and a handful besides.
const RELATIONSHIPS_MAX: usize = 4_096;

/// An opened workbook whose sheet is chosen.
#[derive(Debug)]
pub(super) struct Workbook {
    parts: Parts,
    context: WorkbookContext,
    /// The part of the chosen sheet.
    sheet: String,
    unread_sheets: Vec<String>,
}

/// A link from the package or the workbook to a part.
struct Relationship {
    /// The last word of its type, such as `worksheet`; the words before differ between editions of the standard.
    kind: String,
    path: String,
}

/// The list of sheets in workbook.xml, in the order of their tabs.
#[derive(Default)]
struct SheetList {
    /// Name and relationship of each visible sheet.
    visible: Vec<(String, String)>,
    epoch_1904: bool,
}

impl Workbook {
    /// Reads all but the rows, chooses the first visible sheet that has the header, and checks that sheet to its end.
    pub(super) fn open(file: File, limits: &Limits, columns: &[Column]) -> Result<(Header, Workbook), Flaw> {
        let mut parts = Parts::open(file, limits)?;
        let package = read_relationships(&mut parts, "_rels/.rels", "")?;
        let workbook_path = package.into_values().find(|link| link.kind == "officeDocument").map(|link| link.path);
        let workbook_path = workbook_path.filter(|path| !path.ends_with(".bin") && parts.contains(path));
        let workbook_path = workbook_path.ok_or(Flaw::Format("is an archive but not an .xlsx workbook"))?;
        let (folder, name) = workbook_path.rsplit_once('/').unwrap_or(("", &workbook_path));
        let links = read_relationships(&mut parts, &format!("{folder}/_rels/{name}.rels"), folder)?;
        let part_of_kind = |kind: &str| links.values().find(|link| link.kind == kind).map(|link| link.path.clone());

        let mut context = WorkbookContext::default();
        if let Some(part) = parts.part(&part_of_kind("sharedStrings").unwrap_or_default())? {
            context.strings = SharedStrings::read(XmlPart::new(part), limits)?;
        }
        if let Some(part) = parts.part(&part_of_kind("styles").unwrap_or_default())? {
            context.formats = CellFormats::read(XmlPart::new(part))?;
        }
        let list = match parts.part(&workbook_path)? {
            Some(part) => read_sheet_list(XmlPart::new(part))?,
            None => SheetList::default(),
        };
        context.epoch_1904 = list.epoch_1904;

        let sheets = list.visible.into_iter().filter_map(|(name, link)| {
            let link = links.get(&link).filter(|link| link.kind == "worksheet")?;
            Some((name, link.path.clone()))
        });
        let (header, sheet, unread_sheets) = choose_sheet(&mut parts, &context, sheets, columns)?;
        parts.check(&sheet)?;
        Ok((header, Workbook { parts, context, sheet, unread_sheets }))
    }

    pub(super) fn unread_sheets(&self) -> &[String] {
        &self.unread_sheets
    }

    pub(super) fn rows(&mut self, limits: &Limits) -> Result<XlsxRows<'_>, Flaw> {
        self.parts.restart_meter();
        rows_of(&mut self.parts, &self.context, &self.sheet, limits.cell_text_bytes_max)
    }
}

fn rows_of<'a>(
    parts: &'a mut Parts,
    context: &'a WorkbookContext,
    sheet: &str,
    cell_text_bytes_max: usize,
) -> Result<XlsxRows<'a>, Flaw> {
    let part = parts.part(sheet)?.ok_or_else(|| Flaw::Damaged("a sheet of the workbook is missing".to_owned()))?;
    Ok(XlsxRows::new(XmlPart::new(part), context, cell_text_bytes_max))
}

/// The header, the part of the first sheet that has it, and the names of later sheets that have it too.
fn choose_sheet(
    parts: &mut Parts,
    context: &WorkbookContext,
    sheets: impl Iterator<Item = (String, String)>,
    columns: &[Column],
) -> Result<(Header, String, Vec<String>), Flaw> {
    let mut vain: Option<HeaderSearch<'_>> = None;
    let mut chosen: Option<(Header, String)> = None;
    let mut unread = Vec::new();
    for (name, path) in sheets {
        let mut search = HeaderSearch::new(columns);
        let mut rows = rows_of(parts, context, &path, HEADER_TEXT_BYTES_MAX)?;
        let found = find_header(&mut rows, &mut search);
        match (found, &chosen) {
            (Ok(Some(header)), None) => chosen = Some((header, path)),
            (Ok(Some(_)) | Err(Flaw::DuplicateColumn { .. }), Some(_)) => unread.push(name),
            (Ok(None), None) => {
                vain = Some(match vain {
                    Some(earlier) => earlier.closer(search),
                    None => search,
                });
            }
            (Err(flaw), None) => return Err(flaw),
            // What is wrong with a sheet that is not read does not matter.
            (Ok(None) | Err(_), Some(_)) => {}
        }
    }
    match chosen {
        Some((header, path)) => Ok((header, path, unread)),
        None => Err(vain.map_or(Flaw::Empty, |search| search.in_vain("an .xlsx workbook"))),
    }
}

fn find_header(rows: &mut XlsxRows<'_>, search: &mut HeaderSearch<'_>) -> Result<Option<Header>, Flaw> {
    while let Some(row) = rows.next_row(&Picked::All)? {
        if let Some(header) = search.offer(&row)? {
            return Ok(Some(header));
        }
        if row.number > HEADER_ROWS_MAX {
            break;
        }
    }
    Ok(None)
}

/// The relationships of a part, by their identifiers; none where the part has none.
fn read_relationships(parts: &mut Parts, path: &str, folder: &str) -> Result<BTreeMap<String, Relationship>, Flaw> {
    let mut links = BTreeMap::new();
    let Some(part) = parts.part(path)? else { return Ok(links) };
    let mut xml = XmlPart::new(part);
    loop {
        match xml.next()? {
            Event::Start(start) if start.local_name().as_ref() == "Relationship" => {
                let mut id = String::new();
                let mut link = Relationship { kind: String::new(), path: String::new() };
                each_attribute(&start, |name, attribute| {
                    let value = attribute_value(attribute);
                    match name {
                        "Id" => id = value.into_owned(),
                        "Type" => link.kind = value.rsplit('/').next().unwrap_or_default().to_owned(),
                        "Target" => link.path = resolve(folder, &value),
                        _ => {}
                    }
                })?;
                if links.len() < RELATIONSHIPS_MAX {
                    links.insert(id, link);
                }
            }
            Event::Eof => return Ok(links),
            _ => {}
        }
    }
}

/// The path of a relationship's target, which is relative to the folder unless it starts with a slash.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let from_root = target.starts_with('/');
    let mut path: Vec<&str> = if from_root { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    path.join("/")
}

fn read_sheet_list(mut xml: XmlPart<'_>) -> Result<SheetList, Flaw> {
    let mut list = SheetList::default();
    loop {
        match xml.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "sheet" => {
                    let (mut name, mut link, mut visible) = (String::new(), String::new(), true);
                    each_attribute(&start, |key, attribute| {
                        let value = attribute_value(attribute);
                        match key {
                            "name" => name = value.into_owned(),
                            "id" => link = value.into_owned(),
                            // Nobody sees what stands in a hidden sheet, so nobody can have meant it to be read.
                            "state" => visible = value == "visible",
                            _ => {}
                        }
                    })?;
                    if visible && list.visible.len() < SHEETS_MAX {
                        list.visible.push((name, link));
                    }
                }
                "workbookPr" => each_attribute(&start, |key, attribute| {
                    if key == "date1904" {
                        list.epoch_1904 = matches!(attribute.value.as_ref(), "1" | "true" | "on");
                    }
                })?,
                _ => {}
            },
            Event::Eof => return Ok(list),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_are_resolved_like_paths() {
        assert_eq!(resolve("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "../xl/./styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("", "xl\\workbook.xml"), "xl/workbook.xml");
        assert_eq!(resolve("xl", "../../../etc/passwd"), "etc/passwd");
    }
}
