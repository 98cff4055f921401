//! The page of sites: the tree on a day, found by name and by service, and what each role is told of stores.

use ledger_core::domain::site::Location;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::{LedgerSettings, commands};

use super::{Entrance, House, holds, routes};
use crate::access::Role;
use crate::app::App;

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

/// The map of a page, and its list.
#[track_caller]
fn map_of(page: &str) -> &str {
    let map = page.split("<figure class=\"map\">").nth(1).unwrap_or_else(|| panic!("no map: {page}"));
    map.split("</figure>").next().unwrap_or_default()
}

/// What the marks of a map lead to.
fn leads_to(map: &str) -> Vec<&str> {
    let svg = map.split("</figcaption>").next().unwrap_or_default().split("<figcaption>").next().unwrap_or_default();
    svg.split("<a href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn every_station_is_on_a_map_whose_marks_lead_to_the_list() {
    let house = House::open().await;
    let mut rider = house.enter(Role::Worker).await;
    let page = rider.read("/sites").await;
    let map = map_of(&page);
    holds(
        map,
        &["role=\"group\" aria-label=\"站点地图\"", "地图上 32 个，其余的在下面的列表里", "1 公里</text>", ">北<"],
    );
    holds(map, &["aria-label=\"暖新总站 · 总站 · 我的站点\"", "<title>", "不开放", "特色驿站", "微驿站", "招呼站"]);
    let leads = leads_to(map);
    assert_eq!(leads.len(), 32, "{leads:?}");
    for lead in leads {
        assert_eq!(page.matches(&format!("id=\"{lead}\"")).count(), 1, "{lead}");
    }
    // Nothing is asked of anybody: no picture, no script, no tiles.
    assert!(!map.contains("<img") && !map.contains("http") && !map.contains("<script"), "{map}");
    // A telephone's own map finds the way: RFC 5870 has the latitude first.
    assert_eq!(page.split("id=\"list\"").nth(1).unwrap().matches("href=\"geo:36.").count(), 32);
    holds(&page, &["aria-label=\"在地图中打开 暖新总站\""]);
    assert!(!page.contains("还没有地图"));
    rider.cookie.push_str("; nuanxin-language=en");
    let english = rider.read("/sites").await;
    holds(map_of(&english), &["Map of the sites", "32 of 49 are on the map", "Not open", "My site", ">N<"]);
}

#[tokio::test]
async fn the_map_shows_what_was_looked_for_on_the_day_that_was_asked_for() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let kits = desk.read("/sites?q=%E5%BA%94%E6%80%A5%E8%8D%AF%E7%AE%B1").await;
    let map = map_of(&kits);
    holds(map, &["地图上 8 个<", "总站"]);
    assert_eq!(leads_to(map).len(), 8);
    assert!(!map.contains("招呼站") && !map.contains("不开放"), "{map}");
    let before = desk.read("/sites?on=2025-10-27").await;
    assert!(!map_of(&before).contains("不开放"), "{before}");
    assert_eq!(map_of(&desk.read("/sites?on=2025-10-28").await).matches("· 不开放\"").count(), 1);
    assert!(!desk.read("/sites?q=%E8%A1%97%E9%81%93").await.contains("class=\"map\""), "a street is no place");
}

#[tokio::test]
async fn whoever_brings_the_register_is_told_how_a_map_comes_about() {
    let house = House::bare().await;
    let admin = house.enter(Role::Admin).await;
    let page = admin.read("/sites").await;
    holds(&page, &["还没有登记站点", "还没有地图", "经度", "纬度", "href=\"/admin/registers\""]);
    assert!(!page.contains("class=\"map\""), "{page}");
    let desk = house.enter(Role::Operator).await;
    assert!(!desk.read("/sites").await.contains("还没有地图"), "it is nothing that a desk could do");

    let details = SiteDetails {
        kind: "总站".into(),
        location: Location::new(118_504_600, -36_204_200).ok(),
        name: "新镇总站".into(),
        opened: None,
        parent: None,
        services: Vec::new(),
    };
    house.give(commands::OpenSite { site: "X1".parse().unwrap(), details, if_known: IfKnown::Refuse }).await;
    house.app.views.fresh(None).await.unwrap();
    let page = admin.read("/sites").await;
    holds(map_of(&page), &["地图上 1 个<", "新镇总站 · 总站"]);
    holds(&page, &["href=\"geo:-36.2042,118.5046\""]);
    assert!(!page.contains("还没有地图"), "{page}");
}

impl House {
    /// A district in which nothing is yet.
    async fn bare() -> House {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("nuanxin.db"));
        let (app, tasks) = App::open(&url, LedgerSettings::default()).await.unwrap();
        let router =
            routes(Entrance { demonstration: true, open: true, ..Entrance::default() }).with_state(app.clone());
        House { app, router, _tasks: tasks, _folder: folder }
    }
}
