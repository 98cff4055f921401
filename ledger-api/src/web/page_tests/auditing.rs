//! What an auditor sees first, what the filters of the timeline find, and the steps between the books of two months.

use super::{House, Visit, holds};
use crate::access::Role;

async fn verified(auditor: &Visit<'_>) {
    let (status, _) = auditor.send_raw("/audit/verify", &[("token", auditor.csrf.as_str())]).await;
    assert_eq!(status, 303);
}

/// How many rows the timeline shows.
fn rows(page: &str) -> usize {
    page.matches("<tr id=\"p").count()
}

/// A page with its addresses as a browser reads them.
fn plain(page: &str) -> String {
    page.replace("&amp;", "&").replace("&#38;", "&")
}

#[tokio::test]
async fn an_auditor_sees_what_waits_with_a_flag_before_anything_is_verified_and_the_whole_journal_s_afterwards() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    let before = auditor.read("/audit").await;
    holds(&before, &["还没有核对", "先看这些", "补录过晚 1 条", "佐证已用于其他记录 1 条", "核对以后，这里列出"]);
    holds(&before, &["资金与付款", "演示总工会", "对账单已确认、等付款的"]);
    verified(&auditor).await;
    let page = auditor.read("/audit").await;
    assert!(!page.contains("核对以后，这里列出"), "{page}");
    holds(&page, &["给本人记分</dt><dd>0 条</dd>", "自己提出又自己确认</dt><dd>0 条</dd>", "带提示的记录："]);
    holds(&page, &[&format!("序号 {} 以前，2026-12-01 12:00", house.head().await)]);
    // A year and a half that was entered in one go is late, and much at once.
    for (what, href) in [
        ("迟录的服务（31 天以上）", "/audit?only=late_credits#events"),
        ("迟录的兑换（超过一天）", "/audit?only=late_redemptions#events"),
        ("同一证明人集中证明", "/audit/report"),
        ("短时间连续给多人记分", "/audit/report"),
    ] {
        let of = page.split(&format!("<dt>{what}</dt><dd>")).nth(1).unwrap_or_else(|| panic!("no {what}: {page}"));
        assert!(of.starts_with(&format!("<a href=\"{href}\"")), "{what}: {of}");
    }
    // Counted when it was verified, and not again by whoever looks.
    let head = house.head().await;
    let approver = house.enter(Role::Approver).await;
    approver.done("/credits", &[("do", "confirm"), ("key", "P-1"), ("credit", "demo/proposed/02")]).await;
    assert!(house.head().await > head);
    holds(&auditor.read("/audit").await, &[&format!("序号 {head} 以前，")]);
}

#[tokio::test]
async fn what_is_counted_is_what_its_link_lists() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    let late = auditor.read("/audit?only=recorded_late").await;
    assert_eq!(rows(&late), 1, "{late}");
    holds(&late, &["demo/proposed/08", "<option value=\"recorded_late\" selected>补录过晚</option>"]);
    let reused = auditor.read("/audit?only=evidence_reused").await;
    assert_eq!(rows(&reused), 1, "{reused}");
    let flagged = auditor.read("/audit?only=flagged").await;
    assert!(rows(&flagged) >= 2 && flagged.contains("demo/proposed/08"), "{flagged}");
    for name in ["late_credits", "late_redemptions"] {
        let page = plain(&auditor.read(&format!("/audit?only={name}")).await);
        assert!(rows(&page) > 0 && page.contains(&format!("&only={name}\"")), "the earlier ones as well: {page}");
    }
    let credits = auditor.read("/audit?only=late_credits").await;
    assert!(!credits.contains("<td>兑换<"), "{credits}");
    assert!(rows(&auditor.read("/audit?only=new_account").await) == 0, "a guard that never was on");
    // A name that nothing has asks for everything.
    assert!(rows(&auditor.read("/audit?only=x").await) > 1);
}

#[tokio::test]
async fn the_timeline_is_filtered_by_the_day_of_recording_from_and_to() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    // All of the demonstration is recorded on the day on which the clock stands.
    for (asked, found) in [
        ("from=2026-12-01", true),
        ("from=2026-12-02", false),
        ("to=2026-12-01", true),
        ("to=2026-11-30", false),
        ("from=2026-11-30&to=2026-12-01", true),
        ("from=2026-11-01&to=2026-11-30", false),
        ("from=2026-12-01&to=2026-12-01&type=WorkerRegistered", true),
    ] {
        let page = auditor.read(&format!("/audit?{asked}")).await;
        assert_eq!(rows(&page) > 0, found, "{asked}: {page}");
        assert_eq!(page.contains("没有符合的事件"), !found, "{asked}");
        if found {
            let days = page.matches("<td class=\"num\">2026-12-01 ").count();
            assert_eq!(days, rows(&page), "{asked}: each was recorded on a day asked for");
        }
    }
    // The filter goes along to the earlier ones, and stands in its fields.
    let page = plain(&auditor.read("/audit?from=2026-12-01&to=2026-12-01").await);
    let next = page.split("href=\"/audit?before=").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(next.ends_with("&from=2026-12-01&to=2026-12-01"), "{next}");
    assert!(rows(&auditor.read(&format!("/audit?before={next}")).await) > 0);
    holds(
        &page,
        &["name=\"from\" type=\"date\" value=\"2026-12-01\"", "name=\"to\" type=\"date\" value=\"2026-12-01\""],
    );
}

#[tokio::test]
async fn steps_lead_from_month_to_month_back_to_the_first_day_and_on_again() {
    let house = House::open().await;
    let auditor = house.enter(Role::Auditor).await;
    let link = |page: &str, name: &str| -> Option<String> {
        let (before, _) = page.split_once(&format!("aria-label=\"{name} "))?;
        Some(plain(before.rsplit("href=\"").next()?.split('"').next()?))
    };
    let at = house.head().await;
    let mut page = auditor.read(&format!("/audit/state?at={at}")).await;
    holds(&page, &["data-follow=\"at-now\"", &format!("aria-hidden=\"true\">{at}</b>"), "有记录的日期："]);
    assert_eq!(link(&page, "下月"), None, "nothing is recorded after today");
    let mut days = Vec::new();
    while let Some(before) = link(&page, "上月") {
        assert!(before.starts_with(&format!("/audit/state?at={at}&as_of=")), "{before}");
        days.push(before.rsplit('=').next().unwrap().to_owned());
        page = auditor.read(&before).await;
        holds(&page, &[&format!("序号 {at} 以前，截至 {}", days.last().unwrap())]);
        assert!(days.len() < 150, "{days:?}");
    }
    assert!(days.first().is_some_and(|day| day == "2026-11-30"), "{days:?}");
    assert!(days.is_sorted_by(|one, other| one > other) && days.len() > 12, "more than a year: {days:?}");
    let first = days.last().unwrap();
    holds(&page, &[&format!("{first} – 2026-12-01")]);
    let next = link(&page, "下月").unwrap();
    let page = auditor.read(&next).await;
    assert!(next.rsplit('=').next() > Some(first.as_str()) && link(&page, "上月").is_some(), "{next}");
}
