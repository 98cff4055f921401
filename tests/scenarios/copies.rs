//! A district as large as a city, made of several copies of a pack under ids of their own: each copy comes out as the pack
//! does alone, since none knows of the others.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use calamine::{Data, Reader, Xlsx};
use encoding_rs::GB18030;
use nuanxin_tests::scratch_dir;

use crate::exact::Exact;
use crate::imported::Pack;
use crate::journals::{Database, fresh};
use crate::program::import;

/// What all ids of the pack begin with, and those of its diplomas.
const IDS: [&str; 2] = ["YZ-", "ZS0"];
/// More than Yanzhou has: 4,517 workers, 165 merchants, 139 sites.
const WHOLE_CITY: usize = 7;
/// So long it may take with the released program.
const IN_ALL: Duration = Duration::from_secs(10);

/// Whether the machine has nothing else to do, and the program is the released one.
fn is_timed() -> bool {
    std::env::var_os("NUANXIN_TIMED").is_some_and(|value| !value.is_empty())
}

fn of_copy(text: &str, copy: usize) -> String {
    IDS.iter().fold(text.to_owned(), |text, id| text.replace(id, &format!("{copy}{id}")))
}

fn cell(data: &Data) -> String {
    let text = match data {
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let on = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { on } else { format!("{on} {hour:02}:{minute:02}:{second:02}") }
        }
        other => other.to_string(),
    };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A sheet as CSV, whichever way it was saved: all through the names of its columns, and the rows below.
fn sheet(path: &Path) -> (String, String) {
    let bytes = std::fs::read(path).expect("a sheet");
    let text = if path.extension().is_some_and(|extension| extension == "xlsx") {
        let mut book = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
        let rows = book.worksheet_range_at(0).expect("a first sheet").expect("rows");
        let mut text = String::new();
        for row in rows.rows() {
            let cells: Vec<String> = row.iter().map(cell).collect();
            let _ = writeln!(text, "{}", cells.join(","));
        }
        text
    } else {
        match String::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(not_utf8) => GB18030.decode(not_utf8.as_bytes()).0.into_owned(),
        }
    };
    // A title may stand above them.
    let names = text.lines().position(|line| line.split(',').any(|cell| cell.trim().ends_with("编号")));
    let mut lines = text.lines().map(|line| format!("{line}\n"));
    let head = lines.by_ref().take(names.expect("names of columns") + 1).collect();
    (head, lines.collect())
}

/// The pack so many times over, in one.
fn copies_of(pack: Pack, copies: usize) -> std::path::PathBuf {
    let folder = scratch_dir("copies");
    for entry in std::fs::read_dir(pack.folder()).expect("the pack") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        // The schedule is one for all.
        if name == "district.toml" || name.starts_with("积分标准") {
            std::fs::copy(&path, folder.join(&name)).expect("copied");
            continue;
        }
        let Some(stem) = name.strip_suffix(".xlsx").or_else(|| name.strip_suffix(".csv")) else { continue };
        let (mut text, rows) = sheet(&path);
        for copy in 1..=copies {
            text.push_str(&of_copy(&rows, copy));
        }
        std::fs::write(folder.join(format!("{stem}.csv")), text).expect("written");
    }
    folder
}

fn by_code(errors: &Exact) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for error in errors.elements() {
        *counts.entry(error.get("code").text().to_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn a_district_as_large_as_a_city_is_what_each_of_its_parts_is_alone() {
    let pack = Pack::YanzhouProgrammes;
    let copies = if is_timed() { WHOLE_CITY } else { 2 };
    let folder = copies_of(pack, copies);
    let journal = fresh(Database::Sqlite);

    let began = Instant::now();
    let report = import(&journal, &folder, 1, &[]);
    let took = began.elapsed();
    println!("{copies} copies imported in {took:?}");

    let times = u64::try_from(copies).expect("few");
    let refused = by_code(pack.expected().get("errors"));
    let expected: BTreeMap<String, u64> = refused.into_iter().map(|(code, count)| (code, count * times)).collect();
    assert_eq!(by_code(report.get("errors")), expected);
    for count in ["credits", "redemptions", "repeats", "capped"] {
        assert_eq!(report.get(count).count(), pack.total(count) * times, "{count}");
    }
    let state = pack.state_of(&journal);
    let alone = std::fs::read_to_string(pack.folder().join("expected.json")).expect("what is right");
    for copy in 1..=copies {
        let right = Exact::parse(&of_copy(&alone, copy));
        for part in ["workers", "stock", "requests", "benefits", "funds"] {
            let (found, right) = (state.get(part), right.get(part));
            assert_eq!(found.members().len(), right.members().len() * copies, "{part}");
            for (id, right) in right.members() {
                found.get(id).assert_same(right, id);
            }
        }
        for part in ["appraisal", "settlement"] {
            for (when, right) in right.get(part).members() {
                for (whose, right) in right.members() {
                    state.get(part).get(when).get(whose).assert_same(right, &format!("{part} {when} {whose}"));
                }
            }
        }
    }
    assert!(!is_timed() || took < IN_ALL, "{took:?}");
}
