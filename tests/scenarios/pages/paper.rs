//! What people print: each sheet is printed to a file, read back with its places, and nothing of it is cut off.

use std::path::PathBuf;

use nuanxin_tests::outside::{PrintedPage, words_of_print};
use nuanxin_tests::scratch_dir;

use super::stops::{STOPS, Walk};

/// A point more than the edge: how far a letter may lean over it.
const LEANS: f64 = 1.0;
const A4: (f64, f64) = (210.0, 297.0);

fn millimetres(points: f64) -> f64 {
    points / 72.0 * 25.4
}

/// Prints the page at a stop and reads it back.
#[track_caller]
fn printed(walk: &mut Walk, stop: &str, paper: Option<(f64, f64)>) -> Vec<PrintedPage> {
    let found = STOPS.iter().find(|one| one.name == stop).unwrap_or_else(|| panic!("no stop {stop}"));
    walk.go(found, false, false);
    print_shown(walk, stop, paper)
}

/// Prints what is shown and reads it back.
#[track_caller]
fn print_shown(walk: &mut Walk, stop: &str, paper: Option<(f64, f64)>) -> Vec<PrintedPage> {
    let file: PathBuf = scratch_dir("print").join(format!("{stop}.pdf"));
    walk.visit.browser.print(paper, &file);
    if let Some(folder) = std::env::var_os("NUANXIN_PICTURES") {
        std::fs::copy(&file, PathBuf::from(folder).join(format!("{stop}.pdf"))).expect("a print is kept");
    }
    let pages = words_of_print(&file);
    for page in &pages {
        let (width, height) = page.size;
        for (word, [left, top, right, lower]) in &page.words {
            let within = *left >= -LEANS && *top >= -LEANS && *right <= width + LEANS && *lower <= height + LEANS;
            assert!(within, "{stop}: {word:?} is cut off: {left} {top} {right} {lower} of {width} × {height}");
        }
    }
    pages
}

#[track_caller]
fn holds(pages: &[PrintedPage], words: &[&str]) -> String {
    let text: String = pages.iter().map(PrintedPage::text).collect();
    for word in words {
        let word: String = word.split_whitespace().collect();
        assert!(text.contains(&word), "{word} is not printed: {text}");
    }
    text
}

/// What is for a screen alone stands on no paper.
#[track_caller]
fn holds_none(text: &str, words: &[&str]) {
    for word in words {
        assert!(!text.contains(word), "{word} is printed: {text}");
    }
}

#[test]
fn a_receipt_fits_the_paper_of_a_counter() {
    let mut walk = Walk::begin();
    let slip = printed(&mut walk, "counter-done", None);
    let text = holds(&slip, &["兑换成功", "暖新总站", "×1", "积分", "余额", "YS-0001", "凭证号"]);
    holds_none(&text, &["撤销", "查找", "今日台账", "退出", "演示数据"]);
    assert_eq!(slip.len(), 1, "one slip");
    let width = millimetres(slip[0].size.0);
    assert!((57.0..=59.0).contains(&width), "the style asks for a roll of 58 mm, and the slip is {width} mm wide");
    // A printer with a wider roll.
    let wide = printed(&mut walk, "counter-done", Some((80.0, 200.0)));
    holds(&wide, &["兑换成功", "×1", "积分", "余额", "YS-0001", "凭证号"]);
    assert!((79.0..=81.0).contains(&millimetres(wide[0].size.0)), "{:?}", wide[0].size);
}

#[test]
fn a_hand_over_a_year_and_a_list_for_the_wall_are_printed_whole() {
    let mut walk = Walk::begin();
    // Something to hand over.
    let done = STOPS.iter().find(|stop| stop.name == "counter-done").expect("a stop");
    walk.go(done, false, false);
    let day = printed(&mut walk, "counter-day", None);
    let text = holds(&day, &["今日台账", "2027-01-15", "交接单", "饮用水一箱", "交班人", "接班人"]);
    holds_none(&text, &["回兑换台", "打印交接单", "退出"]);
    assert_eq!(text.matches("兑换登记表").count(), 1, "what is listed for a screen is not printed beside the register");

    let year = printed(&mut walk, "branch", None);
    let text = holds(&year, &["2026", "积分卡", "姓名", "评议意见", "不排名、不评等次"]);
    holds_none(&text, &["导出Excel", "退出"]);

    let list = printed(&mut walk, "selection-public", None);
    let text =
        holds(&list, &["最美骑手", "入围名单", "位次", "得分", "评定", "公示截止", "请在公示截止日（含当日）前提出"]);
    holds_none(&text, &["演示骑手", "提出异议", "打印名单", "退出"]);

    // Something to publicise.
    let passed = STOPS.iter().find(|stop| stop.name == "credits-passed").expect("a stop");
    walk.go(passed, false, false);
    let notice = printed(&mut walk, "publicity", Some(A4));
    let words = [
        "积分公示",
        "公示日期",
        "2027-01-18",
        "姓名",
        "活动",
        "数量",
        "公示截止",
        "有异议的",
        "掩码处理",
        "截至序号",
        "默克尔根",
    ];
    let text = holds(&notice, &words);
    holds_none(&text, &["打印公示", "查看", "退出", "演示骑手"]);

    for pages in [&day, &year, &list, &notice] {
        let (width, height) = pages[0].size;
        let (width, height) = (millimetres(width), millimetres(height));
        assert!((209.0..=217.0).contains(&width) && (278.0..=298.0).contains(&height), "{width} × {height}");
    }
}

#[test]
fn the_register_of_a_day_is_printed_to_be_signed() {
    let mut walk = Walk::begin();
    let done = STOPS.iter().find(|stop| stop.name == "counter-done").expect("a stop");
    walk.go(done, false, false);
    let day = printed(&mut walk, "counter-day", Some(A4));
    let columns = ["序号", "时间", "编号/卡号", "商品", "数量", "单价", "积分", "结余", "领取人签字", "经办人"];
    holds(&day, &columns);
    let words = ["兑换登记表", "暖新总站", "YS-WD01", "2027-01-15", "YS-0001", "饮用水一箱", "20", "demo-clerk"];
    let text = holds(&day, &words);
    holds(&day, &["合计", "交班人", "接班人", "时间："]);
    holds_none(&text, &["商品拿错", "打印交接单"]);
    // What is taken back on this page keeps its line, marked where somebody would sign.
    walk.visit.browser.press("button", "撤销");
    walk.visit.browser.told("status", "已撤销，积分和库存都已退回");
    let after = print_shown(&mut walk, "counter-day-undone", Some(A4));
    let text = holds(&after, &["已撤销的照列，不计入合计", "兑换登记表", "YS-0001"]);
    assert!(text.matches("已撤销").count() >= 3, "the tile, the line and the note: {text}");
}

#[test]
fn a_merchant_s_settlement_is_printed_for_both_seals() {
    let mut walk = Walk::begin();
    let merchant = STOPS.iter().find(|stop| stop.name == "merchant").expect("a stop");
    walk.go(merchant, false, false);
    walk.visit.browser.eval("window.printed = 0; window.print = () => { window.printed += 1 }; 0");
    walk.visit.browser.press("button", "打印结算单");
    assert_eq!(walk.visit.browser.eval("window.printed"), 1);
    let pages = print_shown(&mut walk, "merchant", Some(A4));
    let words =
        ["演示爱心商户02", "YS-SH02", "对账单", "待确认", "结算", "月份", "2026-12", "兑换笔数", "已提供", "已付"];
    let text = holds(&pages, &words);
    holds(&pages, &["应付积分", "应付金额", "付款凭证", "商户签章", "经办人签章", "日期"]);
    holds_none(&text, &["打印结算单", "确认无误", "提出异议", "核销优惠", "扫码", "退出"]);
}

#[test]
fn the_own_code_is_printed_alone_and_the_account_as_before() {
    let mut walk = Walk::begin();
    let account = printed(&mut walk, "me", Some(A4));
    let text = holds(&account, &["我的积分码", "YS-0001", "可用积分", "明细"]);
    holds_none(&text, &["打印积分码", "退出"]);

    // The button calls the browser's printing, which has nobody to ask here: the page is printed as it stands then.
    let browser = &mut walk.visit.browser;
    browser.eval("window.printed = 0; window.print = () => { window.printed += 1 }; 0");
    browser.press("button", "打印积分码");
    assert_eq!(browser.eval("window.printed"), 1);
    let code = print_shown(&mut walk, "me-code", Some(A4));
    let text = holds(&code, &["我的积分码", "YS-0001"]);
    holds_none(&text, &["可用积分", "明细", "公示", "打印积分码", "退出"]);
    assert_eq!(code.len(), 1, "one sheet");
    // What is printed afterwards is whole again.
    let account = print_shown(&mut walk, "me-after", Some(A4));
    holds(&account, &["可用积分", "明细"]);
}

#[test]
fn a_rating_slip_is_one_sheet_and_says_nothing_of_anybody() {
    let mut walk = Walk::begin();
    let slip = printed(&mut walk, "rating-slip", Some(A4));
    let text = holds(&slip, &["评价单", "服务日期", "YS-XQ03", "请用手机扫码", "不用登录，只能评一次"]);
    holds_none(&text, &["YS-0007", "YS-BL01", "打印评价单", "不要交给办理人", "评价页", "回需求办理", "退出"]);
    assert_eq!(slip.len(), 1, "one sheet");
}
