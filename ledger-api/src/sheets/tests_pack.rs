//! What is found in the folder of a pack, whatever its files are called, and which names are refused.

use std::path::Path;

use super::pack::{Month, SheetKind, discover, normal_name};
use super::test_files::Folder;

fn names(folder: &Folder) -> Vec<String> {
    let found = discover(folder.path()).expect("pack");
    let name = |path: &Path| path.file_name().expect("name").to_string_lossy().into_owned();
    let months = found.months.iter().flat_map(|month| month.files.values());
    months.map(|path| name(path)).collect()
}

fn code_and_message(folder: &Folder) -> String {
    let error = discover(folder.path()).expect_err("refused");
    assert_eq!(error.code().as_str(), "invalid_input");
    error.to_string()
}

#[test]
fn a_whole_pack_is_found_in_the_order_of_its_months() {
    let folder = Folder::new();
    for kind in SheetKind::ALL {
        folder.write(&format!("{}.csv", kind.name()), b"");
    }
    for name in [
        "district.toml",
        "expected.json",
        "说明.docx",
        "活动记录-2024-02.xlsx",
        "活动记录-2023-12.csv",
        "兑换流水-2023-12.XLSX",
        "兑换流水-2024-03.csv",
        "~$活动记录-2024-02.xlsx",
        ".~人员名册.xlsx",
        ".DS_Store",
    ] {
        folder.write(name, b"");
    }
    let found = discover(folder.path()).expect("pack");
    assert!(found.district.is_some());
    assert_eq!(found.sheets.len(), SheetKind::ALL.len());
    assert!(found.require(SheetKind::Stores).expect("stores").ends_with("兑换网点.csv"));
    let months: Vec<_> = found.months.iter().map(|month| month.month.to_string()).collect();
    assert_eq!(months, ["2023-12", "2024-02", "2024-03"]);
    assert_eq!(
        names(&folder),
        ["活动记录-2023-12.csv", "兑换流水-2023-12.XLSX", "活动记录-2024-02.xlsx", "兑换流水-2024-03.csv"]
    );
    assert_eq!(found.ignored, ["expected.json", "说明.docx"]);
}

#[test]
fn names_in_full_width_are_ours() {
    let folder = Folder::new();
    folder.write("活动记录－２０２４－０１．ｘｌｓｘ", b"");
    folder.write("兑换流水 – 2024–01.csv", b"");
    folder.write(" 人员名册 .csv", b"");
    let found = discover(folder.path()).expect("pack");
    assert_eq!(found.months.len(), 1);
    assert!(found.sheets.contains_key(&SheetKind::Workers));
}

#[cfg(unix)]
#[test]
fn names_in_gb18030_are_ours() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let name = encoding_rs::GB18030.encode("人员名册.csv").0.into_owned();
    std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(&name)), b"").expect("write");
    assert!(discover(folder.path()).expect("pack").sheets.contains_key(&SheetKind::Workers));
}

#[test]
fn a_sheet_in_two_files_is_refused() {
    let folder = Folder::new();
    folder.write("积分标准.xlsx", b"");
    folder.write("积分标准.csv", b"");
    let message = code_and_message(&folder);
    assert!(message.contains("积分标准.xlsx") && message.contains("积分标准.csv"), "{message}");
    let folder = Folder::new();
    folder.write("活动记录-2024-01.xlsx", b"");
    folder.write("活动记录－2024－01.csv", b"");
    code_and_message(&folder);
}

#[test]
fn a_month_that_cannot_be_read_is_refused() {
    for name in [
        "活动记录-2024-13.xlsx",
        "活动记录-2024-1.xlsx",
        "活动记录2024-01.csv",
        "兑换流水-2024-01(1).csv",
        "兑换流水.xlsx",
        "活动记录-2024-01-副本.xlsx",
    ] {
        let folder = Folder::new();
        folder.write(name, b"");
        let message = code_and_message(&folder);
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn a_sheet_in_another_format_is_refused_and_not_passed_over() {
    for name in ["人员名册.xls", "活动记录-2024-01.et"] {
        let folder = Folder::new();
        folder.write(name, b"");
        assert!(code_and_message(&folder).contains(".xlsx"));
    }
}

#[test]
fn what_is_missing_is_named() {
    let folder = Folder::new();
    let error = discover(folder.path()).expect("empty pack").require(SheetKind::Workers).expect_err("missing");
    assert_eq!(error.code().as_str(), "invalid_input");
    assert!(error.to_string().contains("人员名册"));
    assert_eq!(discover(&folder.path().join("没有")).expect_err("no folder").code().as_str(), "invalid_input");
}

#[test]
fn months_are_four_and_two_digits() {
    assert_eq!(Month::parse("2024-03").map(|month| (month.year(), month.month())), Some((2024, 3)));
    for bad in ["2024-00", "2024-13", "24-03", "2024-3", "2024-03-01", "1024-03", "２０２４-03", "-2024-03"] {
        assert_eq!(Month::parse(bad), None, "{bad}");
    }
    assert_eq!(normal_name("活动记录 － 2024—01 .CSV"), "活动记录-2024-01 .csv");
}
