//! A sheet of 200,000 rows is imported in bounded memory, whole.

use std::fmt::Write as _;

use nuanxin_tests::scratch_dir;

use crate::exact::Exact;
use crate::journals::{Database, fresh};
use crate::program::{run_watched, state, utf8};
use crate::small_pack::{CREDITS, SmallPack};

const ROWS: u64 = 200_000;
const WORKERS: u64 = 2_000;
/// What the importing process may hold at its highest, in KiB.
const RESIDENT_KIB_MAX: u64 = 400 << 10;

/// Every worker once a day, day after day, in the order of the days.
fn large_pack() -> SmallPack {
    let pack = SmallPack::new();
    let mut roster = String::new();
    for worker in 0..WORKERS {
        let _ = writeln!(roster, "K{worker:06},测试{worker},快递员,平台甲,群众,,");
    }
    pack.append("人员名册.csv", &roster);
    let first = chrono::NaiveDate::from_ymd_opt(2024, 2, 1).expect("a day");
    let mut sheet = CREDITS.to_owned();
    for row in 0..ROWS {
        let day = first + chrono::Days::new(row / WORKERS);
        let _ = writeln!(sheet, "R{row:07},K{:06},SB01,{day},2,网格员{},", row % WORKERS, row % 97);
    }
    pack.write("活动记录-2024-02.csv", sheet);
    pack
}

#[test]
fn two_hundred_thousand_rows_are_imported_in_bounded_memory() {
    let pack = large_pack();
    let journal = fresh(Database::Sqlite);
    let report = scratch_dir("large").join("report.json");
    let (ended, highest) = run_watched(&journal, &["import", utf8(pack.folder()), "--report", utf8(&report)]);
    ended.expect(0);
    assert!(highest < RESIDENT_KIB_MAX, "the import held {highest} KiB at its highest");

    let report = Exact::parse(&std::fs::read_to_string(&report).expect("a report"));
    assert_eq!(report.get("credits").count(), ROWS + 1);
    assert_eq!(report.get("errors").elements(), []);
    let state = state(&journal, &[]);
    // 2.5 points a unit, two units a row; the small pack's own row earned 50.
    assert_eq!(state.get("totals").get("earned").count(), ROWS * 5 + 50);
    assert_eq!(state.get("workers").members().len() as u64, WORKERS + 1);
}
