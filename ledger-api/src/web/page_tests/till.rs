//! The till of a day and the shelf: the register that is signed, what is taken back, and what is put on a shelf, counted and
//! written off.

use super::{House, holds, said};
use crate::access::Role;
use crate::demo;

/// What a table's cell says, without its tags and blanks.
fn plain(cell: &str) -> String {
    let cell = cell.split_once('>').map_or(cell, |(_, rest)| rest);
    let mut text = String::new();
    let mut within = true;
    for char in cell.chars() {
        match char {
            '<' => within = false,
            '>' => within = true,
            char if within && !char.is_whitespace() => text.push(char),
            _ => {}
        }
    }
    text
}

/// The rows of the register, cell by cell.
fn register(page: &str) -> Vec<Vec<String>> {
    let table = page.split("<table class=\"stack register\">").nth(1).unwrap_or_else(|| panic!("no register: {page}"));
    let table = table.split("</table>").next().unwrap_or_default();
    let bodies = table.split("</thead>").nth(1).unwrap_or_default();
    let row = |row: &str| {
        let cells = row.replace("<th", "<td").replace("</th>", "</td>");
        cells.split("<td").skip(1).map(|cell| plain(cell.split("</td>").next().unwrap_or_default())).collect()
    };
    bodies.split("<tr>").skip(1).map(row).collect()
}

#[tokio::test]
async fn the_register_of_a_day_says_who_got_what_what_was_left_and_who_handed_it_out() {
    let house = House::open().await;
    let clerk = house.enter(Role::Clerk).await;
    let before = register(&clerk.read("/counter/day").await);
    let page = clerk.read("/counter").await;
    let page = clerk.press(&page, "value=\"look\"", &[("named", "YS-0001")]).await;
    let page = clerk.press(&page, "aria-label=\"饮用水一箱 20 积分\"", &[]).await;
    let page = clerk.press(&page, "aria-label=\"饮用水一箱 20 积分\"", &[]).await;
    let page = clerk.press(&page, "aria-label=\"毛巾", &[]).await;
    let page = clerk.press(&page, "value=\"confirm\"", &[]).await;
    holds(&page, &["兑换成功"]);
    let after = |mark: &str| page.split(mark).nth(1).and_then(|rest| rest.split('<').next()).expect("it is told");
    let (left, redemption) = (after("余额 <b class=\"num\">").to_owned(), after("<code>").to_owned());

    let page = clerk.read("/counter/day").await;
    holds(&page, &["兑换登记表 · 暖新总站 · 2026-12-01"]);
    for word in ["序号", "时间", "编号/卡号", "商品", "数量", "单价", "积分", "结余", "领取人签字", "经办人"]
    {
        holds(&page, &[&format!("{word}</th>")]);
    }
    holds(&page, &["交班人", "接班人"]);
    let rows = register(&page);
    // Two lines of one redemption are one number: no other of this day has two.
    let at = |rows: &[Vec<String>]| rows.iter().position(|row| row.len() == 4).expect("a second line");
    let (first, second) = (&rows[at(&rows) - 1], &rows[at(&rows)]);
    assert_eq!(rows.len(), before.len() + 2);
    assert_eq!(first.len(), 10, "{rows:?}");
    assert_eq!(first[1], "12:00", "the time by the ledger's clock: {first:?}");
    assert!(first[2].starts_with("YS-0001") && first[2].ends_with("**"), "the masked name: {first:?}");
    assert_eq!((first[7].as_str(), first[8].as_str(), first[9].as_str()), (left.as_str(), "", "demo-clerk"));
    let all = [first[3..7].to_vec(), second.clone()].concat();
    let water = ["饮用水一箱", "2", "20", "40"].map(str::to_owned);
    assert!(all.windows(4).any(|line| line == water), "{all:?}");
    let units = |rows: &[Vec<String>]| rows.last().expect("totals")[1].parse::<u64>().expect("units");
    assert_eq!(units(&rows), units(&before) + 3, "{rows:?}");

    // What is taken back stays in its place, marked, and counts no more.
    let page = clerk.press(&page, "class=\"no\"", &[("redemption", redemption.as_str())]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已撤销，积分和库存都已退回");
    holds(&page, &["已撤销的照列，不计入合计"]);
    let after = register(&page);
    assert_eq!(after.len(), rows.len());
    let marked = &after[at(&after) - 1];
    assert_eq!(marked[8], "已撤销", "where it would be signed: {marked:?}");
    assert_eq!(units(&after), units(&before));
    assert_eq!(house.enter(Role::Worker).await.status("/counter/day").await, 403);
}

#[tokio::test]
async fn goods_are_put_on_a_shelf_counted_and_written_off() {
    let house = House::open().await;
    let clerk = house.enter(Role::Clerk).await;
    let page = clerk.read("/counter/shelf").await;
    let on_shelf = |page: &str| -> i64 {
        let row = page.split(demo::EXAMPLE_SKU).find(|rest| rest.contains("data-label=\"架上\"")).expect("the item");
        let cell = row.split("data-label=\"架上\"").nth(1).and_then(|cell| cell.split("</td>").next()).expect("a cell");
        plain(cell).parse().expect("a number")
    };
    let before = on_shelf(&page);
    let of = |units| [("sku", demo::EXAMPLE_SKU), ("units", units)];
    let page = clerk.press(&page, "value=\"restock\"", &of("12")).await;
    assert_eq!(said(&page, "role=\"status\">"), "已办好");
    assert_eq!(on_shelf(&page), before + 12, "补货");
    // What is lost is written off with its reason.
    let refused = clerk.press(&page, "value=\"write_off\"", &of("2")).await;
    assert_eq!(said(&refused, "role=\"alert\">"), "请写明理由，对方看得到。");
    let because = [("sku", demo::EXAMPLE_SKU), ("units", "2"), ("reason", "包装破损")];
    let page = clerk.press(&refused, "value=\"write_off\"", &because).await;
    assert_eq!(said(&page, "role=\"status\">"), "已办好");
    assert_eq!(on_shelf(&page), before + 10, "报损");
    let too_many = [("sku", demo::EXAMPLE_SKU), ("units", "99999999"), ("reason", "包装破损")];
    let refused = clerk.press(&page, "value=\"write_off\"", &too_many).await;
    assert!(!said(&refused, "role=\"alert\">").is_empty());
    assert_eq!(on_shelf(&refused), before + 10);
    let counted = (before + 9).to_string();
    let count = [("sku", demo::EXAMPLE_SKU), ("units", counted.as_str()), ("reason", "例行盘点")];
    let page = clerk.press(&page, "value=\"count\"", &count).await;
    assert_eq!(said(&page, "role=\"status\">"), "已办好");
    assert!(on_shelf(&page) <= before + 9, "a count takes in what is set aside");
}
