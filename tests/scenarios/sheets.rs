//! What offices really send: sheets in every encoding they use, and packs that cannot be used. A pack that cannot be
//! used writes nothing and says which file it is and what to do.

use std::io::Write;
use std::path::Path;

use nuanxin_tests::scratch_dir;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::journals::{self, Database, fresh, listing};
use crate::program::{import, run, run_watched, state, utf8};
use crate::small_pack::{SmallPack, WORKERS};

/// What a process may hold at its highest while it finds out that a workbook is a bomb, in KiB.
const BOMB_KIB_MAX: u64 = 100 << 10;

/// Imports a pack that cannot be used: exit code 2, all of this said, and nothing written, however it is asked.
#[track_caller]
fn unusable(pack: &Path, says: &[&str]) {
    for more in [&[][..], &["--dry-run"]] {
        let folder = scratch_dir("unusable");
        let journal = journals::in_folder(&folder);
        let ended = run(&journal, &[&["import", utf8(pack)], more].concat()).expect(2).says(says);
        assert_eq!(listing(&folder), Vec::<String>::new(), "nothing was written");
        assert!(ended.stdout.is_empty(), "no summary of an import that was not made");
    }
}

#[test]
fn a_sheet_without_its_columns_is_named_with_what_is_missing() {
    let pack = SmallPack::new();
    pack.write("人员名册.csv", WORKERS.replace("从业类型", "工种"));
    unusable(pack.folder(), &["invalid_input", "人员名册.csv", "「从业类型」", "correct the header"]);
    let pack = SmallPack::new();
    pack.write("活动记录-2024-01.csv", "随便写的一行\n另一行\n");
    unusable(pack.folder(), &["invalid_input", "活动记录-2024-01.csv", "「记录号」", "correct the header"]);
}

#[test]
fn an_empty_sheet_is_named() {
    for content in ["", "\n\n", "\u{feff}", " ,, \n"] {
        let pack = SmallPack::new();
        pack.write("商户名录.csv", content);
        unusable(pack.folder(), &["invalid_input", "商户名录.csv", "empty", "send the sheet"]);
    }
}

#[test]
fn a_missing_required_sheet_is_named() {
    for name in ["人员名册", "积分标准", "商户名录", "兑换网点", "兑换目录"] {
        let pack = SmallPack::new();
        pack.remove(&format!("{name}.csv"));
        unusable(pack.folder(), &["invalid_input", name, "add"]);
    }
    let pack = SmallPack::new();
    pack.remove("district.toml");
    unusable(pack.folder(), &["invalid_input", "district.toml", "add"]);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let missing = scratch_dir("packs").join("nowhere");
    unusable(&missing, &["invalid_input", "nowhere"]);
}

#[test]
fn the_same_sheet_twice_is_refused_rather_than_guessed_at() {
    let pack = SmallPack::new();
    pack.write("人员名册.xlsx", workbook(&sheet_of("")));
    unusable(pack.folder(), &["invalid_input", "人员名册.csv", "人员名册.xlsx", "keep the one that counts"]);
}

#[test]
fn settings_that_cannot_be_read_are_named() {
    let pack = SmallPack::new();
    pack.write("district.toml", "code = \"320500\"\nname = \"测试区\"\npoints_step = \"0.005\"\n");
    unusable(pack.folder(), &["invalid_input", "district.toml", "points_step"]);
}

#[test]
fn settings_that_are_no_file_are_named_and_not_read_without_end() {
    let pack = SmallPack::new();
    pack.remove("district.toml");
    std::os::unix::fs::symlink("/dev/zero", pack.folder().join("district.toml")).expect("a link");
    unusable(pack.folder(), &["invalid_input", "district.toml", "is not a file"]);
}

#[test]
fn a_workbook_that_is_none_is_named() {
    let pack = SmallPack::new();
    pack.remove("人员名册.csv");
    pack.write("人员名册.xlsx", "PK\u{3}\u{4} but no archive follows");
    unusable(pack.folder(), &["invalid_input", "人员名册.xlsx", "save it"]);
}

#[test]
fn a_zip_bomb_is_refused_before_it_unfolds() {
    let pack = SmallPack::new();
    pack.remove("人员名册.csv");
    // Half a gigabyte of blanks between two rows, in half a megabyte.
    let blanks = [b' '; 1 << 20];
    let sheet = sheet_of(WORKERS);
    let (before, after) = sheet.split_at(sheet.rfind("<row>").expect("a row"));
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, xml) in surroundings() {
        zip.start_file(path, deflated()).expect("an entry");
        zip.write_all(xml.as_bytes()).expect("a part");
    }
    zip.start_file("xl/worksheets/sheet1.xml", deflated()).expect("an entry");
    zip.write_all(before.as_bytes()).expect("rows");
    for _ in 0..512 {
        zip.write_all(&blanks).expect("blanks");
    }
    zip.write_all(after.as_bytes()).expect("rows");
    let bomb = zip.finish().expect("an archive").into_inner();
    assert!(bomb.len() < 2 << 20, "{} bytes", bomb.len());
    pack.write("人员名册.xlsx", bomb);
    unusable(pack.folder(), &["too_large", "人员名册.xlsx", "split the sheet"]);
    let (_, highest) = run_watched(&fresh(Database::Sqlite), &["import", utf8(pack.folder())]);
    assert!(highest < BOMB_KIB_MAX, "{highest} KiB were held to refuse a bomb");
}

#[test]
fn the_same_pack_in_any_encoding_and_format_comes_to_the_same_state() {
    type Encode = fn(&str) -> Vec<u8>;
    let encodings: [(&str, Encode); 4] = [
        ("UTF-8", |text| text.as_bytes().to_vec()),
        ("UTF-8 with a mark", |text| format!("\u{feff}{text}").into_bytes()),
        ("GB18030", |text| encoding_rs::GB18030.encode(text).0.into_owned()),
        ("UTF-8 with a title and CRLF", |text| format!("测试区的表格\n{text}").replace('\n', "\r\n").into_bytes()),
    ];
    let names = ["人员名册", "积分标准", "商户名录", "兑换网点", "兑换目录", "活动记录-2024-01", "兑换流水-2024-01"];
    let content = |pack: &SmallPack, name: &str| {
        std::fs::read_to_string(pack.folder().join(format!("{name}.csv"))).expect("a sheet of the small pack")
    };
    let plain = fresh(Database::Sqlite);
    import(&plain, SmallPack::new().folder(), 0, &[]);
    let expected = state(&plain, &[]);
    for (encoding, encode) in encodings {
        let pack = SmallPack::new();
        for name in names {
            pack.write(&format!("{name}.csv"), encode(&content(&pack, name)));
        }
        let journal = fresh(Database::Sqlite);
        import(&journal, pack.folder(), 0, &[]);
        state(&journal, &[]).assert_same(&expected, encoding);
    }
    let pack = SmallPack::new();
    for name in names {
        let book = workbook(&sheet_of(&content(&pack, name)));
        pack.remove(&format!("{name}.csv"));
        pack.write(&format!("{name}.xlsx"), book);
    }
    let journal = fresh(Database::Sqlite);
    import(&journal, pack.folder(), 0, &[]);
    state(&journal, &[]).assert_same(&expected, "workbooks");
}

#[test]
fn what_is_not_part_of_a_pack_is_passed_over_and_named() {
    let pack = SmallPack::new();
    pack.write("说明.docx", "something else");
    let journal = fresh(Database::Sqlite);
    run(&journal, &["import", utf8(pack.folder())]).expect(0).says(&["说明.docx"]);
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn cell(text: &str) -> String {
    format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// The XML of a sheet with the rows of a CSV text, every cell a text.
fn sheet_of(csv: &str) -> String {
    let row = |line: &str| format!("<row>{}</row>", line.split(',').map(cell).collect::<String>());
    format!("<worksheet><sheetData>{}</sheetData></worksheet>", csv.lines().map(row).collect::<String>())
}

/// The parts around the only sheet of a workbook.
fn surroundings() -> [(&'static str, String); 3] {
    const TYPE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let link = |kind: &str, target: &str| {
        format!(r#"<Relationships><Relationship Id="r1" Type="{TYPE}/{kind}" Target="{target}"/></Relationships>"#)
    };
    [
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>"#.to_owned(),
        ),
    ]
}

/// A workbook of one sheet.
fn workbook(sheet: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, xml) in surroundings().into_iter().chain([("xl/worksheets/sheet1.xml", sheet.to_owned())]) {
        zip.start_file(path, deflated()).expect("an entry");
        zip.write_all(xml.as_bytes()).expect("a part");
    }
    zip.finish().expect("an archive").into_inner()
}
