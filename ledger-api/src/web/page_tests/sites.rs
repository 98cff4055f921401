//! The page of sites: the tree on a day, found by name and by service, and what each role is told of stores.

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn a_rider_finds_the_own_site_first_and_the_way_to_its_store() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    holds(&rider.read("/me").await, &["href=\"/sites\"", "看全部站点和服务"]);
    let page = rider.read("/sites").await;
    holds(&page, &["我的站点", "演示街道 › 演示1社区", "饮水、充电、休息、应急药箱", "49 个站点", "看商品，预留自提"]);
    // The own one, and the community in which it is, unfolded.
    let own = page.split("id=\"own\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    holds(own, &["暖新总站", "启用中", "<a href=\"/me/stores\">暖新总站</a>"]);
    assert_eq!(page.matches("<details open>").count(), 1, "{page}");
    let first = page.split("<details open>").nth(1).unwrap();
    holds(first.split("</details>").next().unwrap(), &["演示1社区", "5 个站点", "招呼站", "网格"]);
}

#[tokio::test]
async fn sites_are_found_by_name_and_by_service_without_script() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    holds(&desk.read("/credits").await, &["href=\"/sites\""]);
    let page = desk.read("/sites").await;
    holds(&page, &["按服务项目找", "/sites?q=%E5%BA%94%E6%80%A5%E8%8D%AF%E7%AE%B1"]);
    assert!(!page.contains("兑换网点") && !page.contains("/me/stores"), "an operator reads no list of stores: {page}");
    let kits = desk.read("/sites?q=%E5%BA%94%E6%80%A5%E8%8D%AF%E7%AE%B1").await;
    holds(&kits, &["找到 8 个", "暖新总站", "火车站特色驿站", "演示街道 › 演示2社区", "看全部站点"]);
    assert!(!kits.contains("东街微驿站"), "{kits}");
    let named = desk.read("/sites?q=%E7%81%AB%E8%BD%A6").await;
    holds(&named, &["找到 1 个", "火车站特色驿站", "value=\"火车\""]);
    let odd = desk.read("/sites?q=%3Cb%3Ex%3C%2Fb%3E").await;
    assert!(odd.contains("没有找到这样的站点") && !odd.contains("<b>x"), "{odd}");
}

#[tokio::test]
async fn a_day_shows_the_tree_as_it_was() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    holds(&admin.read("/admin").await, &["href=\"/sites\""]);
    // The call points that were given up: 2025-10-28 is the first day of one, 2026-02-25 of the other.
    let today = admin.read("/sites").await;
    assert_eq!(today.matches("已停用，自").count(), 2, "{today}");
    holds(&today, &["兑换网点", "已停用，自 2025-10-28"]);
    let before = admin.read("/sites?on=2025-10-27").await;
    assert!(!before.contains("已停用"), "{before}");
    holds(&before, &["value=\"2025-10-27\"", "兑换网点是现在的情况"]);
    assert_eq!(admin.read("/sites?on=2025-10-28").await.matches("已停用，自").count(), 1);
    holds(&admin.read("/sites?on=2024-12-31").await, &["未启用，启用日期 2025-01-01"]);
    let wrong = admin.read("/sites?on=2025-13-01").await;
    holds(&wrong, &["role=\"alert\"", "日期或时间无效", "已停用，自 2025-10-28"]);
}
