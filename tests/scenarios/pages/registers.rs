//! A small district's registers, brought in by its administrator in a browser: two sheets are judged, a refused row is mended
//! in its sheet, and both are brought in, once.

use std::path::Path;

use nuanxin_tests::scratch_dir;

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

const SITES: &str = "驿站编号,驿站名称,层级,上级驿站编号,服务项目,启用日期,停用日期,经度,纬度\n\
    XZ-JD,新镇,街道,,,2024-01-01,,,\nXZ-Z1,新镇总站,总站,XZ-JD,饮水、充电,2024-01-01,,118.5046,36.2042\n";
const STORES: &str = "网点编号,网点名称,层级,所在社区,驿站编号\nXZ-WD1,新镇网点,总站,,XZ-Z1\n";
/// Its site is one that no register has.
const BAD_STORE: &str = "XZ-WD2,河东网点,总站,,XZ-Z9\n";
const MENDED_STORE: &str = "XZ-WD2,河东网点,总站,,XZ-Z1\n";

/// Chooses both registers and has them judged.
fn judge(visit: &mut Visit, folder: &Path, stores: &str) {
    let files = [folder.join("驿站名录.csv"), folder.join("兑换网点.csv")];
    for (file, text) in files.iter().zip([SITES, stores]) {
        std::fs::write(file, text).expect("a file is written");
    }
    visit.browser.choose_all("#files", &[files[0].as_path(), files[1].as_path()]);
    visit.browser.press("button", "核对");
    // Both are in the table, and not in the list of what is taken alone.
    visit.wait_until("!!document.body && document.body.innerText.includes('驿站名录.csv')");
}

fn a_districts_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("管理员", "/admin");
    visit.browser.press("link", "登记册导入");
    visit.browser.find("heading", "选登记册");
    let (before, folder) = (position(&journal), scratch_dir("registers"));

    judge(&mut visit, &folder, &format!("{STORES}{BAD_STORE}"));
    let text = visit.browser.text();
    for word in ["还没有写入", "没有此站点", "请核对站点编号", "兑换网点.csv"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!(position(&journal), before, "nothing is written");

    // Mended in the sheet, and judged again.
    judge(&mut visit, &folder, &format!("{STORES}{MENDED_STORE}"));
    visit.wait_until("!!document.body && !document.body.innerText.includes('没有此站点')");
    assert_eq!(position(&journal), before, "still nothing");
    visit.browser.press("button", "导入");
    visit.browser.told("status", "已写入 4 行");
    let after = position(&journal);
    assert!(after > before);

    // What was brought in is there, and the same files add nothing.
    visit.browser.open(&format!("{}/sites?q=%E6%96%B0%E9%95%87", visit.server.base_url()));
    visit.wait_until("!!document.body && document.body.innerText.includes('新镇总站')");
    // The station is on a map, and its mark leads to its entry, from which a telephone finds the way.
    let lead = visit.browser.eval("document.querySelector('.map svg a[aria-label^=新镇总站]').getAttribute('href')");
    let entry = format!(
        "document.querySelector('{} a[href=\"geo:36.2042,118.5046\"]') !== null",
        lead.as_str().expect("a link")
    );
    assert_eq!(visit.browser.eval(&entry), true, "{lead}");
    visit.browser.open(&format!("{}/admin/registers", visit.server.base_url()));
    visit.browser.find("heading", "选登记册");
    judge(&mut visit, &folder, &format!("{STORES}{MENDED_STORE}"));
    visit.browser.told("status", "账本里都已经有了");
    assert_eq!(position(&journal), after);
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn an_administrator_brings_a_districts_registers_in_on_sqlite() {
    a_districts_story(Database::Sqlite);
}

#[test]
fn an_administrator_brings_a_districts_registers_in_on_postgres() {
    a_districts_story(Database::Postgres);
}
