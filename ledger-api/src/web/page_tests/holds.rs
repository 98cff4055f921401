//! Setting something aside and picking it up: what a rider sees of the stores near by, one tap an item, the code that is
//! shown, and the clerk who hands it out.

use ledger_core::domain::ids::{AccountId, Actor, Key, SiteId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Context, Outcome, Submission, commands};

use super::{House, Visit, holds};
use crate::access::policy::Who;
use crate::access::{Role, acting};
use crate::demo::{EXAMPLE_MERCHANT, EXAMPLE_WORKER};
use crate::service::holds::{of_worker, pick_up_code};
use crate::service::{command, due};

/// One box of water at the example store.
fn hold(key: &str) -> Vec<(&str, &str)> {
    at("YS-WD01", "SP001", key)
}

fn at<'a>(store: &'a str, sku: &'a str, key: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("do", "hold"), ("key", key), ("store", store), ("sku", sku)]
}

fn release<'a>(hold: &'a str, key: &'a str) -> [(&'a str, &'a str); 3] {
    [("do", "release"), ("key", key), ("hold", hold)]
}

fn capture<'a>(hold: &'a str, key: &'a str) -> [(&'a str, &'a str); 4] {
    [("do", "capture"), ("key", key), ("store", "YS-WD01"), ("hold", hold)]
}

fn look(named: &str) -> [(&str, &str); 3] {
    [("do", "look"), ("store", "YS-WD01"), ("named", named)]
}

/// What stands between a mark and the end of the element that begins there.
#[track_caller]
fn part<'a>(page: &'a str, mark: &str, end: &str) -> &'a str {
    let found = page.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark}: {page}"));
    found.split(end).next().unwrap_or_default()
}

/// A store on the page, unfolded.
#[track_caller]
fn shop<'a>(page: &'a str, name: &str) -> &'a str {
    let found = page.split("<details class=\"shop\"").find(|part| part.contains(&format!("grow\">{name}<br>")));
    found.and_then(|part| part.split("</details>").next()).unwrap_or_else(|| panic!("no {name}: {page}"))
}

/// What can be spent, and what is set aside, as the page says it.
fn figures(page: &str) -> (String, String) {
    let hero = part(page, "<section class=\"hero\"", "</section>");
    (part(hero, "figure\">", "</p>").to_owned(), part(hero, "<dd>", "</dd>").to_owned())
}

impl House {
    pub(super) async fn give(&self, command: impl Into<Command>) {
        let number = self.app.ledger.journal().head().await.unwrap().position;
        let key = Key::new(&format!("given/{number}")).unwrap();
        let context = Context { key, actor: Actor::new("machine-owner").unwrap(), at: self.app.ledger.now() };
        let given = vec![Submission { context, command: command.into() }];
        let told = command::give(&self.app.ledger, Who::Owner, given).await.unwrap();
        assert!(matches!(told.as_slice(), [Outcome::Committed(_)]), "{told:?}");
    }

    async fn site(&self, id: &str, kind: &str, name: &str, parent: Option<&str>) {
        let parent = parent.map(|parent| SiteId::new(parent).unwrap());
        let (kind, name) = (kind.into(), name.into());
        let details = SiteDetails { kind, location: None, name, opened: None, parent, services: Vec::new() };
        self.give(commands::OpenSite { site: SiteId::new(id).unwrap(), details, if_known: IfKnown::Refuse }).await;
    }

    async fn store_at(&self, store: &str, name: &str, site: Option<&str>, community: &str) {
        let details = StoreDetails {
            community: Some(community.into()),
            name: name.into(),
            tier: "微驿站".into(),
            site: site.map(|site| SiteId::new(site).unwrap()),
        };
        self.give(commands::OpenStore { store: store.parse().unwrap(), details, update: true }).await;
    }

    /// Somebody new of whom no site is known.
    async fn newcomer(&self) -> Visit<'_> {
        let details = WorkerDetails {
            occupation: "外卖配送员".into(),
            party_member: Some(false),
            platform: None,
            probationary: false,
            site: None,
        };
        let worker = WorkerId::new("N-1").unwrap();
        self.give(commands::RegisterWorker { worker: worker.clone(), details, update: false }).await;
        let account = AccountId::new("newcomer").unwrap();
        self.give(commands::OpenAccount { account: account.clone(), worker: Some(worker.clone()) }).await;
        let (role, scope) = (Role::Worker, Some(worker.to_string()));
        self.give(commands::GrantRole { account: account.clone(), role, scope, from: None, until: None }).await;
        self.app.views.fresh(None).await.unwrap();
        self.enter_as(&account).await
    }

    /// How many holds are open.
    async fn open_holds(&self) -> usize {
        self.app.views.open_holds().await.unwrap().len()
    }

    /// Lists something at a store that nobody of the demonstration can pay for; gives its price.
    async fn lists_dear(&self, store: &str, sku: &str, name: &str) -> f64 {
        const PRICE: i32 = 5_000;
        let terms = ItemTerms {
            kind: "实物".into(),
            limit_per_worker_year: None,
            merchant: Some(EXAMPLE_MERCHANT.parse().unwrap()),
            name: name.into(),
            price: Points::from_whole(PRICE),
        };
        let (store, sku) = (store.parse().unwrap(), sku.parse().unwrap());
        self.give(commands::ListItem { store, sku, terms, opening_stock: 3 }).await;
        f64::from(PRICE)
    }

    async fn empty_shelf(&self, store: &str, sku: &str) {
        let (store, sku) = (store.parse().unwrap(), sku.parse().unwrap());
        self.give(commands::CountStock { store, sku, counted: 0, reason: "盘点".into() }).await;
    }

    async fn close(&self, store: &str) {
        self.give(commands::CloseStore { store: store.parse().unwrap(), reason: "停业".into() }).await;
    }

    /// A hold of somebody, placed at a time and for a while; gives its name.
    async fn holds_for(&self, worker: &str, store: &str, sku: &str, at: &str, seconds: u32) -> String {
        let name = format!("given/{}", self.app.ledger.journal().head().await.unwrap().position);
        let lines = vec![AskedLine { sku: sku.parse().unwrap(), quantity: Some(1) }];
        let time = AskedTime::At(BusinessTime::parse(at).unwrap());
        let (worker, store) = (worker.parse().unwrap(), store.parse().unwrap());
        let spending = AskedSpending { worker, store, lines, time, proven: None };
        self.give(commands::PlaceHold { spending, lasts_seconds: seconds }).await;
        self.app.views.fresh(None).await.unwrap();
        name
    }
}

impl Visit<'_> {
    async fn figures(&self) -> (f64, f64) {
        let (available, held) = figures(&self.read("/me/stores").await);
        (available.parse().unwrap(), held.parse().unwrap())
    }
}

#[tokio::test]
async fn the_nearest_stores_come_first_and_what_cannot_be_had_is_told_in_words() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    holds(&rider.read("/me").await, &["附近可兑换", "href=\"/me/stores\""]);
    let page = rider.read("/me/stores").await;
    holds(&page, &["可用积分", "本站点", "同社区", "现在没有预留的商品", "暖新总站", "西街微驿站", "区内其他网点"]);
    let shop_1 = shop(&page, "暖新总站");
    holds(shop_1, &["营业", "饮用水一箱", "20 积分", "余 ", "预留 饮用水一箱 暖新总站"]);
    // What the own pass is good for.
    holds(&page, &["暖心卡可用的商户", "演示爱心商户02", "8.5 折"]);
    let page = house.newcomer().await.read("/me/stores").await;
    holds(&page, &["全区网点", "您还没有登记所在站点", "现在没有预留的商品", "暖新总站", "西街微驿站", "看更多网点"]);

    // A tree: the own station stands in a community, another one beside it, and a third one elsewhere.
    house.site("ST", "街道", "演示街道", None).await;
    house.site("C1", "社区", "甲社区", Some("ST")).await;
    house.site("C2", "社区", "乙社区", Some("ST")).await;
    house.site("Z1", "微驿站", "甲社区驿站", Some("C1")).await;
    house.site("Z2", "微驿站", "乙社区驿站", Some("C2")).await;
    house.store_at("YS-WD05", "五号网点", Some("Z1"), "C1").await;
    house.store_at("YS-WD03", "三号网点", None, "C1").await;
    house.store_at("YS-WD02", "二号网点", Some("Z2"), "C2").await;
    let details = WorkerDetails {
        occupation: "外卖配送员".into(),
        party_member: Some(true),
        platform: None,
        probationary: false,
        site: Some(SiteId::new("Z1").unwrap()),
    };
    let worker = EXAMPLE_WORKER.parse().unwrap();
    house.give(commands::RegisterWorker { worker, details, update: true }).await;
    house.empty_shelf("YS-WD05", "SP002").await;
    house.close("YS-WD03").await;
    house.give(commands::CloseSite { site: SiteId::new("Z2").unwrap(), on: None, reason: None }).await;

    let page = rider.read("/me/stores").await;
    let order = ["本站点", "五号网点", "同社区", "三号网点", "区内其他网点", "暖新总站"].map(|name| {
        page.find(&format!("{name}<br>"))
            .or_else(|| page.find(&format!("<h2>{name}")))
            .unwrap_or_else(|| panic!("{name}: {page}"))
    });
    assert!(order.is_sorted(), "{order:?}: {page}");
    assert!(!page.contains("您还没有登记所在站点"), "{page}");
    let own = shop(&page, "五号网点");
    holds(own, &[" open", "毛巾礼盒", "架上没有了", "甲社区驿站"]);
    assert!(
        own.contains("预留 饮用水一箱") && !own.contains("预留 毛巾礼盒"),
        "nothing is set aside of what is gone: {own}"
    );
    let closed = shop(&page, "三号网点");
    assert!(closed.contains("已停业") && closed.contains("不能预留") && !closed.contains("value=\"hold\""), "{closed}");
    let shut = shop(&page, "二号网点");
    assert!(shut.contains("所在站点已停用") && !shut.contains("value=\"hold\""), "{shut}");
}

#[tokio::test]
async fn one_tap_sets_one_aside_once_and_it_is_handed_out_once() {
    let house = House::open().await;
    let (rider, clerk) = (house.enter(Role::Worker).await, house.enter(Role::Clerk).await);
    let (before, none) = rider.figures().await;
    assert_eq!(none, 0.0);
    let others = house.open_holds().await;
    let told = "已预留「饮用水一箱 ×1」，请在 2026-12-02 12:00 前到暖新总站领取";
    assert_eq!(rider.done("/me/stores", &hold("YL-1")).await, told);
    assert_eq!(rider.done("/me/stores", &hold("YL-1")).await, told, "the same form again is the same hold");
    assert_eq!(house.open_holds().await, others + 1);
    assert_eq!(rider.figures().await, (before - 20.0, 20.0));
    for page in ["/me", "/me/stores"] {
        let page = rider.read(page).await;
        holds(
            &page,
            &[
                "我的预留",
                "饮用水一箱 ×1",
                "预留到 2026-12-02 12:00",
                "取货码 <code>YL-1</code>",
                "取货码二维码",
                "取消预留",
            ],
        );
    }

    // The clerk sees it in the list, by the customer, and by either code.
    holds(&clerk.read("/counter").await, &[&format!("待取预留 {}", others + 1)]);
    holds(
        &clerk.read("/counter/holds").await,
        &["饮用水一箱 ×1", "演**", "YS-0001", "预留到 2026-12-02 12:00", "交付"],
    );
    let own = acting(Role::Worker, Some(EXAMPLE_WORKER));
    let held = of_worker(&house.app, Who::Bearer(&own), EXAMPLE_WORKER).await.unwrap().remove(0);
    let signed = pick_up_code(&house.app, Who::Bearer(&own), &held).await.unwrap();
    assert!(signed.len() > 100, "it is the ledger's word: {signed}");
    for named in [EXAMPLE_WORKER, "yl-1", signed.as_str()] {
        let page = clerk.send("/counter", &look(named)).await;
        holds(&page, &["这位顾客在这里预留了", "饮用水一箱 ×1", "value=\"capture\"", "演**"]);
    }
    for unknown in ["YL-2", " yl－2"] {
        holds(&clerk.send("/counter", &look(unknown)).await, &["role=\"alert\"", "没有这个取货码"]);
    }

    for _ in 0..2 {
        let page = clerk.send("/counter", &capture("YL-1", "K-1")).await;
        holds(&page, &["role=\"status\"", "兑换成功", "饮用水一箱 ×1", "演** YS-0001", "撤销"]);
    }
    let page = clerk.send("/counter", &capture("YL-1", "K-2")).await;
    assert!(page.contains("这个预留已经取走了") && !page.contains("兑换成功"), "once: {page}");
    assert_eq!(rider.figures().await, (before - 20.0, 0.0), "spent, and spent once");
    holds(&rider.read("/me").await, &["预占转兑换 饮用水一箱 ×1"]);
    assert!(rider.read("/me/stores").await.contains("现在没有预留的商品"));
    assert!(!clerk.read("/counter/holds").await.contains("YL-1"));
    for named in [signed.as_str(), "yl-1"] {
        holds(&clerk.send("/counter", &look(named)).await, &["role=\"alert\"", "这个预留已经取走了"]);
    }
    // What was handed out is taken back as any redemption.
    let undo = [("do", "undo"), ("key", "U-1"), ("store", "YS-WD01"), ("redemption", "K-1"), ("reason", "其他")];
    holds(&clerk.send("/counter", &undo).await, &["已撤销"]);
    assert_eq!(rider.figures().await, (before, 0.0));
}

#[tokio::test]
async fn what_cannot_be_set_aside_is_refused_in_words_and_takes_nothing() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    let (before, _) = rider.figures().await;
    let others = house.open_holds().await;
    // A limit of one a year, and too few points for what is dear.
    let dear = house.lists_dear("YS-WD04", "SP900", "电动自行车").await;
    assert!(rider.done("/me/stores", &at("YS-WD03", "QJ003", "YL-1")).await.starts_with("已预留"));
    let page = rider.read("/me/stores").await;
    holds(shop(&page, "商圈特色驿站"), &["今年已兑到上限"]);
    assert!(rider.refused("/me/stores", &at("YS-WD03", "QJ003", "YL-2")).await.contains("限"));
    let short = dear - (before - 500.0);
    assert!(short > 0.0, "the demonstration's rider is richer than this test thinks: {before}");
    let told = shop(&page, "东街微驿站");
    holds(told, &["电动自行车", &format!("还差 {short} 分")]);
    assert!(!told.contains("预留 电动自行车"), "{told}");
    assert!(rider.refused("/me/stores", &at("YS-WD04", "SP900", "YL-3")).await.contains("积分不足"));
    house.empty_shelf("YS-WD01", "SP002").await;
    assert!(rider.refused("/me/stores", &at("YS-WD01", "SP002", "YL-4")).await.contains("库存不足"));
    house.close("YS-WD02").await;
    assert!(rider.refused("/me/stores", &at("YS-WD02", "SP003", "YL-5")).await.contains("请到其他网点"));
    assert!(!rider.refused("/me/stores", &at("YS-WD09", "SP003", "YL-6")).await.is_empty());
    assert!(!rider.refused("/me/stores", &at("YS-WD01", "SP404", "YL-7")).await.is_empty());
    let odd = rider.send("/me/stores", &at("<b>x</b>", "SP001", "YL-8")).await;
    assert!(odd.contains("role=\"alert\"") && !odd.contains("<b>x</b>"), "{odd}");
    assert_eq!(rider.figures().await, (before - 500.0, 500.0));
    assert_eq!(house.open_holds().await, others + 1);
    // The last one that somebody else has set aside is not on the shelf for anybody.
    let clerk = house.enter(Role::Clerk).await;
    house
        .give(commands::CountStock {
            store: "YS-WD01".parse().unwrap(),
            sku: "SP006".parse().unwrap(),
            counted: 2,
            reason: "盘点".into(),
        })
        .await;
    house.holds_for("YS-0001", "YS-WD01", "SP006", "2026-12-01T11:00:00+08:00", 86_400).await;
    let page = clerk.send("/counter", &look("YS-0001")).await;
    assert!(page.contains("反光背心 30 积分"), "one of two is left, and can be had: {page}");
}

#[tokio::test]
async fn a_hold_is_given_up_by_its_owner_and_by_nobody_else() {
    let house = House::open().await;
    let (rider, clerk) = (house.enter(Role::Worker).await, house.enter(Role::Clerk).await);
    let (before, _) = rider.figures().await;
    let open = house.open_holds().await;
    rider.done("/me/stores", &hold("YL-1")).await;
    assert_eq!(rider.done("/me/stores", &release("YL-1", "R-1")).await, "已取消预留，积分已退回");
    assert_eq!(
        rider.done("/me/stores", &release("YL-1", "R-1")).await,
        "已取消预留，积分已退回",
        "the same form again"
    );
    let again = rider.refused("/me/stores", &release("YL-1", "R-2")).await;
    assert_eq!(again, "这个预留已经取消，积分已退回。", "once");
    holds(&clerk.send("/counter", &look("YL-1")).await, &["role=\"alert\"", "这个预留已经取消，积分已退回本人"]);
    assert_eq!(rider.figures().await, (before, 0.0));
    // The same form as at first, once more: it is the same hold, which is over.
    assert_eq!(rider.done("/me/stores", &hold("YL-1")).await, "已办好");

    let others = house.holds_for("YS-0004", "YS-WD01", "SP001", "2026-12-01T11:00:00+08:00", 86_400).await;
    let theirs = rider.refused("/me/stores", &release(&others, "R-3")).await;
    assert_eq!(theirs, rider.refused("/me/stores", &release("NOBODY-S", "R-4")).await, "an answer tells nothing");
    assert!(!rider.read("/me/stores").await.contains(&others));
    assert_eq!(house.open_holds().await, open + 1);
    // A clerk hands out what is set aside at the own store alone, and finds nothing else by its number.
    let far = house.holds_for("YS-0004", "YS-WD02", "SP003", "2026-12-01T11:00:00+08:00", 86_400).await;
    let page = clerk.send("/counter", &look(&far)).await;
    assert!(page.contains("没有找到"), "{page}");
    let page = clerk.send("/counter", &capture(&far, "K-1")).await;
    assert!(page.contains("role=\"alert\"") && !page.contains("兑换成功"), "{page}");
    assert!(!clerk.read("/counter/holds").await.contains(&far));
    assert_eq!(clerk.status("/counter/holds?store=YS-WD02").await, 403);
}

#[tokio::test]
async fn what_ran_out_is_handed_out_no_more_and_its_points_come_back() {
    let house = House::open().await;
    let (rider, clerk) = (house.enter(Role::Worker).await, house.enter(Role::Clerk).await);
    let (before, _) = rider.figures().await;
    let over = house.holds_for(EXAMPLE_WORKER, "YS-WD01", "SP001", "2026-12-01T09:00:00+08:00", 3_600).await;
    let page = rider.read("/me/stores").await;
    assert!(page.contains("已过期没取，积分正在退回") && !page.contains("value=\"release\""), "{page}");
    assert!(!clerk.read("/counter/holds").await.contains(&over));
    assert!(!clerk.send("/counter", &look(EXAMPLE_WORKER)).await.contains("value=\"capture\""));
    let told = "这个预留已过期，积分退回本人，商品放回架上。";
    holds(&clerk.send("/counter", &capture(&over, "K-1")).await, &["role=\"alert\"", told]);
    holds(&clerk.send("/counter", &look(&over)).await, &["role=\"alert\"", told]);
    due::release_holds(&house.app).await.unwrap();
    holds(&clerk.send("/counter", &look(&over)).await, &["role=\"alert\"", told]);
    holds(&clerk.send("/counter", &capture(&over, "K-2")).await, &["role=\"alert\"", told]);
    let late = rider.refused("/me/stores", &release(&over, "R-1")).await;
    assert_eq!(late, "这个预留已过期，不用取消：积分自动退回。");
    assert_eq!(rider.figures().await, (before, 0.0));
    assert!(rider.read("/me/stores").await.contains("现在没有预留的商品"));
    holds(&rider.read("/me").await, &["预占到期"]);
}
