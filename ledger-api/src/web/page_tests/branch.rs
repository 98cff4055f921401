//! What a branch reads of each line on its cards: where it comes from, who proves it, and what is disputed; and how it seals
//! its year.

use ledger_core::domain::programme::command::Settings;
use ledger_core::ledger::Command;
use ledger_core::ledger::command::CreditAction;

use super::{House, holds, said};
use crate::access::Role;

const YEAR: &str = "/branch?year=2026";

/// The part of a page about what is disputed.
fn disputed(page: &str) -> &str {
    let part = page.split("id=\"disputed\"").nth(1).unwrap_or_else(|| panic!("nothing is disputed: {page}"));
    part.split("</section>").next().unwrap_or_default()
}

/// The row of a page's evidence about a credit.
fn row<'a>(page: &'a str, credit: &str) -> &'a str {
    let mark = format!("<span class=\"hash\">{credit}</span>");
    let rows = page.split("<tr>").filter(|row| row.contains(&mark));
    rows.last().and_then(|row| row.split("</tr>").next()).unwrap_or_else(|| panic!("no row of {credit}: {page}"))
}

#[tokio::test]
async fn the_evidence_of_a_card_tells_number_verdict_witness_and_digest() {
    let house = House::open().await;
    let (rider, desk) = (house.enter(Role::Worker).await, house.enter(Role::Operator).await);
    let work = [
        ("do", "handle"),
        ("key", "EV-1"),
        ("request", "YS-XQ01"),
        ("claimer", "YS-0001"),
        ("claimed", "2026-12-01"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(rider.done("/requests", &work).await, "已登记办理，等待评价");
    let rate = [("do", "rate"), ("key", "EV-2"), ("request", "YS-XQ01"), ("handling", "EV-1"), ("word", "基本满意")];
    assert!(desk.done("/requests", &rate).await.starts_with("已评价"));
    // Nothing waits from here on, so that it counts at once.
    let settings = Settings { checks: Some(0), publicity_days: Some(0), ..Settings::default() };
    house.give(Command::Configure(settings)).await;
    let enter = [
        ("do", "enter"),
        ("key", "EV-3"),
        ("worker", "YS-0001"),
        ("activity", "ZY01"),
        ("on", "2026-12-01"),
        ("quantity", "1"),
        ("witness", "网格员甲"),
        ("evidence", "签到表-7"),
    ];
    assert!(desk.done("/credits", &enter).await.starts_with("已入账"));

    let branch = house.enter(Role::Branch).await;
    let page = branch.read(YEAR).await;
    holds(&page, &["单号或结对号", "证明人", "证据摘要"]);
    holds(row(&page, "EV-1"), &["认领微心愿", "<td>YS-XQ01</td><td>基本满意</td>"]);
    holds(row(&page, "EV-3"), &["<td></td><td></td>", "<td>网格员甲</td>", "签到表-7"]);
    let mut english = house.enter(Role::Branch).await;
    english.cookie.push_str("; nuanxin-language=en");
    let page = english.read(YEAR).await;
    holds(&page, &["Request or pair", "Evidence digest"]);
    assert!(!row(&page, "EV-1").contains("基本满意"), "in the reader's language");
}

#[tokio::test]
async fn the_records_that_are_disputed_are_named_with_since_when_and_how_far() {
    let house = House::open().await;
    let branch = house.enter(Role::Branch).await;
    assert!(!branch.read(YEAR).await.contains("有异议的记录"));
    let cards = house.app.views.appraisal(2026, Some("YS-DZB01"), None).await.unwrap().cards;
    let card = cards.iter().find(|card| card.lines.len() > 1).expect("a card with records");
    let (line, other) = (&card.lines[0].0, &card.lines[1].0);
    house.judge("objector-7", &line.credit, CreditAction::Object { anonymous: true }).await;
    house.app.views.fresh(None).await.unwrap();

    let page = branch.read(YEAR).await;
    let told = disputed(&page);
    holds(told, &["有异议的记录", &card.card_no, &line.credit, &line.on.to_string(), "2026-12-01 起", "异议处理中"]);
    assert!(!told.contains(&other.credit) && !page.contains("objector-7"), "{told}");
    assert!(row(&page, &line.credit).contains("有异议") && !row(&page, &other.credit).contains("有异议"));
    // Once it is decided there is nothing left of it.
    house.judge("resolver", &line.credit, CreditAction::Resolve { upheld: false }).await;
    house.app.views.fresh(None).await.unwrap();
    assert!(!branch.read(YEAR).await.contains("有异议"));
}

#[tokio::test]
async fn a_branch_seals_its_year_once_as_the_meeting_saw_it() {
    let house = House::open().await;
    let branch = house.enter(Role::Branch).await;
    let page = branch.read("/branch?year=2026").await;
    holds(&page, &["封存本年度", "封存后不能撤回"]);
    let of = page.split("name=\"at\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(of.parse::<u64>().is_ok(), "{of}");
    let form = |key: &'static str, sure: &'static str| {
        vec![("branch", "YS-DZB01"), ("year", "2026"), ("at", of), ("key", key), ("sure", sure)]
    };
    assert!(!branch.refused("/branch", &form("SEAL-1", "")).await.is_empty(), "nobody seals by a slip of the hand");
    // The year still runs: that is said, and asked once.
    let head = house.head().await;
    let page = branch.send("/branch", &form("SEAL-1", "1")).await;
    let asked = said(&page, "role=\"alert\">");
    assert!(asked.contains("2026 年还没有结束") && asked.contains("补记") && asked.contains("再按一次"), "{asked}");
    holds(&page, &["name=\"early\" value=\"2026\"", " checked>", &format!("name=\"at\" value=\"{of}\"")]);
    assert_eq!(house.head().await, head, "nothing is sealed yet");
    let other = [form("SEAL-1", "1"), vec![("early", "2025")]].concat();
    assert!(branch.refused("/branch", &other).await.contains("2026 年还没有结束"), "that was another year");
    let form = |key, sure| [form(key, sure), vec![("early", "2026")]].concat();
    assert_eq!(branch.done("/branch", &form("SEAL-1", "1")).await, "本年度已封存");
    let page = branch.read("/branch?year=2026").await;
    holds(&page, &["数据摘要", "封存后没有更正", of]);
    assert!(!page.contains("封存本年度"), "once");
    assert!(branch.refused("/branch", &form("SEAL-2", "1")).await.contains("已"), "a seal cannot be made twice");
}
