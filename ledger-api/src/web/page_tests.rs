//! The programmes' pages over the demonstration district, as a browser without script meets them: what stands on each, what
//! its forms do, and that a foreign role is refused. The ledger's clock stands still.

mod approvals;
mod auditing;
mod branch;
mod desk;
mod holds;
mod merging;
mod objectors;
mod overview;
mod own_page;
mod publicity;
mod rating_slip;
mod refusals;
mod registering;
mod returned;
mod schedule;
mod selections;
mod session_over;
mod sheets;
mod sites;
mod till;
mod traces;
mod unscripted;
mod visits;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use ledger_core::domain::ids::AccountId;
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::LedgerSettings;
use projections::waiting::Stage;
use tower::ServiceExt;

use super::{Entrance, routes};
use crate::access::Role;
use crate::app::{App, AppTasks};
use crate::demo;
use crate::demo::kept::Kept;
use crate::service::login::enter;

/// By the clock of [`House::open`].
static DEMONSTRATION: Kept = Kept::new(true);

/// The demonstration on a day, and its pages.
struct House {
    app: App,
    router: Router,
    _tasks: AppTasks,
    _folder: tempfile::TempDir,
}

/// Somebody who came in as a role.
struct Visit<'a> {
    house: &'a House,
    cookie: String,
    csrf: String,
}

impl House {
    async fn open() -> House {
        let noon = chrono::NaiveDate::from_ymd_opt(2026, 12, 1).and_then(|day| day.and_hms_opt(4, 0, 0)).unwrap();
        let noon = RecordedTime::from_micros(noon.and_utc().timestamp_micros());
        let settings = LedgerSettings { clock: Arc::new(move || noon), ..LedgerSettings::default() };
        let (url, folder) = DEMONSTRATION.copy(settings.clone()).await;
        let (app, tasks) = App::open(&url, settings).await.unwrap();
        let router =
            routes(Entrance { demonstration: true, open: true, ..Entrance::default() }).with_state(app.clone());
        House { app, router, _tasks: tasks, _folder: folder }
    }

    /// Where the journal's head is.
    async fn head(&self) -> u64 {
        self.app.ledger.journal().head().await.unwrap().position
    }

    async fn enter(&self, role: Role) -> Visit<'_> {
        let account = demo::account_of(&self.app.ledger, role).await.unwrap().unwrap();
        self.enter_as(&account).await
    }

    async fn enter_as(&self, account: &AccountId) -> Visit<'_> {
        let entered = enter(&self.app, account, None).await.unwrap();
        Visit { house: self, cookie: format!("__Host-nuanxin={}", entered.secret), csrf: entered.session.csrf }
    }
}

impl Visit<'_> {
    async fn ask(&self, request: axum::http::request::Builder, body: String) -> (StatusCode, String) {
        let request = request.header("x-forwarded-proto", "https").header(header::COOKIE, &self.cookie);
        let response = self.house.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn status(&self, path: &str) -> u16 {
        self.ask(Request::get(path), String::new()).await.0.as_u16()
    }

    async fn read(&self, path: &str) -> String {
        let (status, page) = self.ask(Request::get(path), String::new()).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        page
    }

    async fn send_raw(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let written = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", written(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, body.join("&")).await
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let mut all = vec![("token", self.csrf.as_str())];
        all.extend_from_slice(fields);
        let (status, page) = self.send_raw(path, &all).await;
        assert_eq!(status, StatusCode::OK, "{path} {fields:?}: {page}");
        page
    }

    /// What a page says of a form that did something.
    async fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        said(&self.send(path, fields).await, "role=\"status\">")
    }

    /// What a page says of a form that was refused.
    async fn refused(&self, path: &str, fields: &[(&str, &str)]) -> String {
        said(&self.send(path, fields).await, "role=\"alert\">")
    }
}

#[track_caller]
fn said(page: &str, mark: &str) -> String {
    let rest = page.split(mark).nth(1).unwrap_or_else(|| panic!("nothing is said with {mark}: {page}"));
    let told = rest.split("</p>").next().unwrap_or_default();
    told.rsplit('>').next().unwrap_or_default().to_owned()
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word} is missing: {page}");
    }
}

#[tokio::test]
async fn the_desk_posts_a_request_records_the_work_and_the_word_on_it() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let page = desk.read("/requests").await;
    holds(
        &page,
        &["需求清单", "登记需求", "待办", "待核实", "待评价", "YS-XQ05", "已提出 12 天", "上报人 YS-0001", "登记办理"],
    );
    assert!(!page.contains("YS-XQ06") && !page.contains("YS-XQ07"), "what is over is not to be done: {page}");
    // By the day it is due; what has none comes behind, longest waiting first.
    holds(&page, &["已逾期 2 天", "还有 3 天"]);
    let places = ["YS-XQ01", "YS-XQ03", "YS-XQ02", "YS-XQ08", "YS-XQ05", "YS-XQ09"].map(|id| page.find(id));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    holds(&desk.read("/requests?state=merged").await, &["YS-XQ07", "已并入", "并入 YS-XQ01"]);

    let post = [("do", "post"), ("number", "T-1"), ("activity", "WX02"), ("on", "2026-11-30")];
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-1");
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-1", "the same form again is the same request");
    assert!(desk.read("/requests?state=open").await.contains("T-1"));
    let work = [
        ("do", "handle"),
        ("key", "T-1-work"),
        ("request", "T-1"),
        ("claimer", "ys-0002"),
        ("claimed", "2026-11-30"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(desk.done("/requests", &work).await, "已登记办理，等待评价");
    let late = [("do", "rate"), ("key", "T-1-early"), ("request", "T-1"), ("handling", "T-1-work"), ("word", "满意")];
    let early = [late.as_slice(), &[("on", "2026-11-30")]].concat();
    assert!(desk.refused("/requests", &early).await.contains("日期"), "nobody rates what is not done yet");
    let rate = [("do", "rate"), ("key", "T-1-word"), ("request", "T-1"), ("handling", "T-1-work"), ("word", "满意")];
    assert_eq!(desk.done("/requests", &rate).await, "已评价，办理人记 20 分");
    holds(&desk.read("/requests?state=rated").await, &["T-1", "已办结", "认领人 YS-0002"]);
    // A hazard is found true in one step.
    let true_one = [("do", "feed_back"), ("key", "T-2"), ("request", "YS-XQ09"), ("word", "属实"), ("quantity", "1")];
    assert_eq!(desk.done("/requests", &true_one).await, "已办好，入账 5 分");
    // Claimed apart, given up, passed on and taken back.
    let post = [("do", "post"), ("number", "T-4"), ("activity", "WX02"), ("on", "2026-11-30")];
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-4");
    let claim =
        [("do", "claim"), ("key", "T-4-claim"), ("request", "T-4"), ("claimer", "ys-0002"), ("claimed", "2026-11-30")];
    assert_eq!(desk.done("/requests", &claim).await, "已认领，办好后请报办结");
    holds(&desk.read("/requests?state=underway").await, &["T-4", "办理中", "认领人 YS-0002", "报办结", "退回"]);
    let withdraw = [("do", "withdraw"), ("key", "T-4-withdraw"), ("request", "T-4")];
    assert!(!desk.refused("/requests", &withdraw).await.is_empty(), "somebody has it to do");
    let give_up = [("do", "give_up"), ("key", "T-4-return"), ("request", "T-4"), ("claim", "T-4-claim")];
    assert_eq!(desk.done("/requests", &give_up).await, "已退回，别人可以认领");
    let route = [("do", "route"), ("key", "T-4-route"), ("request", "T-4"), ("body", "区住建局"), ("on", "2026-12-01")];
    assert_eq!(desk.done("/requests", &route).await, "已转办");
    holds(&desk.read("/requests?state=open").await, &["T-4", "转办 区住建局（2026-12-01）", "已退回 2026-12-01"]);
    assert_eq!(desk.done("/requests", &withdraw).await, "已撤回");
    holds(&desk.read("/requests?state=withdrawn").await, &["T-4", "已撤回 2026-12-01"]);
    // The same thing posted twice is linked to the first, which the board shows however it stands.
    let post = [("do", "post"), ("number", "T-5"), ("activity", "WX02"), ("on", "2026-11-30")];
    assert_eq!(desk.done("/requests", &post).await, "已登记，单号 T-5");
    holds(&desk.read("/requests?request=T-5").await, &["T-5", "待办", "原单号", "value=\"merge\""]);
    let merge =
        |into| [("do", "merge"), ("key", "T-5-merge"), ("request", "T-5"), ("into", into), ("reason", "同一处")];
    let page = desk.send("/requests", &merge("YS-XQ07")).await;
    holds(
        &page,
        &["role=\"alert\"", "已经并到别的单", "value=\"YS-XQ07\"", "value=\"同一处\"", "<details open><summary>并入"],
    );
    assert_eq!(desk.done("/requests", &merge("T-1")).await, "已并入");
    assert_eq!(desk.done("/requests", &merge("T-1")).await, "已并入", "the same form again merges nothing twice");
    holds(&desk.read("/requests?state=merged").await, &["T-5", "href=\"/requests?request=T-1\">并入 T-1</a>"]);
    let page = desk.read("/requests?request=T-1").await;
    holds(&page, &["T-1", "已办结"]);
    assert!(!page.contains("YS-XQ01"), "one alone: {page}");
    assert!(desk.read("/requests?request=T-99").await.contains("没有这样的需求。"));
    // What was typed stays where it is refused.
    let wrong = [("do", "handle"), ("key", "T-3"), ("request", "YS-XQ01"), ("claimer", "YS-9999"), ("quantity", "2")];
    let wrong = [wrong.as_slice(), &[("claimed", "2026-12-01"), ("done", "2026-12-01")]].concat();
    let page = desk.send("/requests", &wrong).await;
    holds(&page, &["role=\"alert\"", "没有此人员", "value=\"YS-9999\"", "<details open>"]);
    // Who checks says what work was worth, and posts nothing.
    let approver = house.enter(Role::Approver).await;
    let page = approver.read("/requests").await;
    holds(&page, &["需求清单", "评价结果"]);
    assert!(!page.contains("value=\"post\"") && !page.contains("value=\"handle\""), "{page}");
    assert!(approver.refused("/requests", &post).await.contains("不能办理"));
}

#[tokio::test]
async fn a_worker_claims_reports_and_rates_and_is_told_nobody_else_s_id() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    let page = rider.read("/requests").await;
    holds(&page, &["可认领", "我的需求", "上报隐患", "认领并登记办理", "本人上报", "YS-XQ01", "YS-XQ05"]);
    for other in ["YS-0004", "YS-0007", "YS-0012", "YS-XQ09"] {
        assert!(!page.contains(other), "{other}: {page}");
    }
    let work = [
        ("do", "handle"),
        ("key", "R-1"),
        ("request", "YS-XQ01"),
        ("claimer", "YS-0002"),
        ("claimed", "2026-12-01"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(rider.done("/requests", &work).await, "已登记办理，等待评价");
    let page = rider.read("/requests").await;
    holds(&page, &["本人办理"]);
    // Nobody says what the own work was worth.
    let own = [("do", "rate"), ("key", "R-2"), ("request", "YS-XQ01"), ("handling", "R-1"), ("word", "满意")];
    assert!(rider.refused("/requests", &own).await.contains("不能办理"));
    let others =
        [("do", "rate"), ("key", "R-3"), ("request", "YS-XQ05"), ("handling", "YS-BL02"), ("word", "基本满意")];
    assert_eq!(rider.done("/requests", &others).await, "已评价，办理人记 20 分");
    // What one means to do, and has still to do.
    let claim =
        [("do", "claim"), ("key", "R-6"), ("request", "YS-XQ02"), ("claimer", "YS-0004"), ("claimed", "2026-12-01")];
    assert_eq!(rider.done("/requests", &claim).await, "已认领，办好后请报办结");
    holds(&rider.read("/requests").await, &["我认领的", "本人认领", "报办结", "退回"]);
    let done = [
        ("do", "done"),
        ("key", "R-7"),
        ("request", "YS-XQ02"),
        ("claim", "R-6"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(rider.done("/requests", &done).await, "已报办结，等待评价");
    assert!(rider.read("/requests").await.contains("没有您认领了还没办结的需求。"));
    let hazard = [("do", "report"), ("key", "R-4"), ("activity", "YH01"), ("on", "2026-12-01")];
    assert_eq!(rider.done("/requests", &hazard).await, "已登记，单号 R-4");
    let found = [("do", "feed_back"), ("key", "R-5"), ("request", "R-4"), ("word", "属实"), ("quantity", "1")];
    assert!(!rider.refused("/requests", &found).await.is_empty(), "nobody finds the own report true");
    let merge = [("do", "merge"), ("key", "R-8"), ("request", "R-4"), ("into", "YS-XQ09")];
    assert!(rider.refused("/requests", &merge).await.contains("不能办理"), "a duplicate is for the desk to find");
}

#[tokio::test]
async fn a_worker_sees_benefits_pairs_and_papers_applies_and_confirms_a_visit() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    let page = rider.read("/me").await;
    for word in ["可用积分", "我的权益", "爱心餐券", "已发放", "排队第 2 位", "还剩 90 天", "YS-DJ05", "申请权益"]
    {
        holds(&page, &[word]);
    }
    holds(&page, &["我的结对与走访", "帮带", "YS-0006", "待您确认", "确认走访", "填报走访"]);
    holds(&page, &["我的聘书", "兼职网格员", "有效", "我的暖心卡", "YS-NK0001", "还剩 265 天"]);
    assert!(!page.contains("困难补助"), "money for oneself is asked for at the desk");

    let apply = [("do", "apply"), ("key", "A-1"), ("benefit", "YS-QY03"), ("at", "2026-12-01T11:00:00+08:00")];
    assert!(rider.done("/me", &apply).await.starts_with("已发放"));
    assert!(rider.done("/me", &apply).await.starts_with("已发放"), "the same form again is the same application");
    let again = [("do", "apply"), ("key", "A-2"), ("benefit", "YS-QY03"), ("at", "2026-12-01T11:00:00+08:00")];
    assert!(!rider.refused("/me", &again).await.is_empty(), "one for each worker");
    let back = |key| [("do", "withdraw"), ("key", key), ("benefit", "YS-QY03"), ("application", "A-1")];
    holds(&rider.read("/me").await, &["撤回申请 A-1", "名额给排队的下一位", "撤回后不再排队"]);
    assert_eq!(rider.done("/me", &back("W-1")).await, "已撤回申请");
    assert!(!rider.refused("/me", &back("W-2")).await.is_empty(), "once");
    let page = rider.read("/me").await;
    holds(&page, &["已撤回", "撤回日期 2026-12-01", "子女托管班名额（"]);
    assert!(!page.contains("撤回申请 A-1"), "and it can be applied for again");
    let confirm =
        [("do", "confirm_visit"), ("key", "C-1"), ("pair", "YS-JD01"), ("visit", "YS-ZF01"), ("on", "2026-12-01")];
    assert!(rider.done("/me", &confirm).await.contains("走访已确认"));
    assert!(!rider.read("/me").await.contains("value=\"confirm_visit\""), "nothing is left to confirm");
    let report =
        [("do", "report_visit"), ("key", "V-1"), ("pair", "YS-JD01"), ("activity", "LB01"), ("on", "2026-12-01")];
    assert!(rider.done("/me", &report).await.contains("走访已填报"));
    assert!(rider.read("/me").await.contains("等对方确认"));
    // The pair of others is not the rider's.
    let foreign =
        [("do", "report_visit"), ("key", "V-2"), ("pair", "YS-JD02"), ("activity", "LB01"), ("on", "2026-12-01")];
    assert!(!rider.refused("/me", &foreign).await.is_empty());
    // To object works as ever.
    let objection = [("key", "O-1"), ("credit", "demo/proposed/01"), ("reason", "数量不对")];
    assert_eq!(rider.done("/me", &objection).await, "异议已提交，处理结果会写在明细里");
}

#[tokio::test]
async fn a_merchant_is_told_what_is_to_be_paid_honours_a_pass_and_takes_a_voucher_once() {
    let house = House::open().await;
    let merchant = house.enter(Role::Merchant).await;
    let page = merchant.read("/merchant").await;
    holds(&page, &["核销优惠", "核销权益券", "8.5 折", "本月应付金额", "¥3.00", "YS-XP0001", "结算"]);
    let slip = [("do", "honour"), ("slip", "S-1"), ("pass", "ys-nk0001"), ("offer", "YS-YH01"), ("price", "100")];
    let slip = [slip.as_slice(), &[("at", "2026-12-01T11:30")]].concat();
    let asked = merchant.send("/merchant", &slip).await;
    holds(&asked, &["应收 ¥85.00", "value=\"85\"", "value=\"S-1\""]);
    assert!(!merchant.read("/merchant").await.contains("S-1<"), "nothing is recorded before it was looked at");
    // What would be refused is refused before anything is paid.
    for (pass, no) in [("YS-NK9999", "没有此暖心卡"), ("", "读不懂")] {
        let strange: Vec<_> =
            slip.iter().map(|(name, value)| (*name, if *name == "pass" { pass } else { value })).collect();
        let refused = merchant.send("/merchant", &strange).await;
        assert!(refused.contains(no) && !refused.contains("应收 ¥"), "{refused}");
    }
    let wrong = [slip.as_slice(), &[("paid", "90")]].concat();
    holds(&merchant.send("/merchant", &wrong).await, &["role=\"alert\"", "金额无效", "应收 ¥85.00"]);
    let right = [slip.as_slice(), &[("paid", "85.00")]].concat();
    assert_eq!(merchant.done("/merchant", &right).await, "已核销，应付贵店 ¥7.50");
    assert_eq!(merchant.done("/merchant", &right).await, "已核销，应付贵店 ¥7.50", "the same slip is entered once");
    let page = merchant.read("/merchant").await;
    holds(&page, &["S-1<", "¥10.50"]);

    let take = [("do", "take"), ("key", "U-1"), ("number", "ys-dj05")];
    assert_eq!(merchant.done("/merchant", &take).await, "已核销权益券，应付贵店 ¥15.00");
    assert!(merchant.done("/merchant", &take).await.contains("没有重复"));
    let again = [("do", "take"), ("key", "U-2"), ("number", "YS-DJ05")];
    assert_eq!(merchant.refused("/merchant", &again).await, "这张券已使用，不能再核销。");
    let queued = [("do", "take"), ("key", "U-3"), ("number", "YS-DJ04")];
    assert!(merchant.refused("/merchant", &queued).await.contains("还在排队"), "what waits cannot be used");
    let nobody = [("do", "take"), ("key", "U-4"), ("number", "QY-00000-00000")];
    assert!(merchant.refused("/merchant", &nobody).await.contains("没有这个登记号"));
    holds(&merchant.read("/merchant").await, &["¥25.50"]);

    // What was entered today by mistake is taken back, once; a voucher may then be taken again.
    let page = merchant.read("/merchant").await;
    holds(&page, &["aria-label=\"撤销 S-1\"", "aria-label=\"撤销 YS-DJ05\""]);
    let back = |line, key| {
        [("do", "take-back"), ("key", key), ("line", line), ("used", used_at(&page, line)), ("reason", "核错了")]
    };
    assert_eq!(merchant.done("/merchant", &back("S-1", "B-1")).await, "已撤销，应付贵店减少 ¥7.50");
    assert_eq!(
        merchant.done("/merchant", &back("S-1", "B-1")).await,
        "已撤销，应付贵店减少 ¥7.50",
        "the same form again"
    );
    assert!(merchant.refused("/merchant", &back("S-1", "B-2")).await.contains("不用再撤"));
    let (line, used) = (("line", "YS-DJ05"), ("used", "2026-12-01T08:00:00+08:00"));
    let of_another_use = [("do", "take-back"), ("key", "B-3"), line, used, ("reason", "核错了")];
    assert!(merchant.refused("/merchant", &of_another_use).await.contains("不用再撤"), "a page from before");
    assert_eq!(merchant.done("/merchant", &back("YS-DJ05", "B-3")).await, "已撤销，应付贵店减少 ¥15.00");
    let after = merchant.read("/merchant").await;
    holds(&after, &["已撤销", "¥3.00"]);
    assert!(!after.contains("aria-label=\"撤销 S-1\""), "nothing is left to take back");
    let retaken = [("do", "take"), ("key", "U-5"), ("number", "YS-DJ05")];
    assert_eq!(merchant.done("/merchant", &retaken).await, "已核销权益券，应付贵店 ¥15.00");
    let auditor = house.enter(Role::Auditor).await;
    holds(&auditor.read("/audit?type=MoneyTakenBack").await, &["补贴冲正", "demo-merchant"]);
}

/// When a line was used, as the form that takes it back has it.
#[track_caller]
fn used_at<'a>(page: &'a str, line: &str) -> &'a str {
    let begins = format!("name=\"line\" value=\"{line}\"><input type=\"hidden\" name=\"used\" value=\"");
    let (_, rest) = page.split_once(&begins).unwrap_or_else(|| panic!("no form takes {line} back"));
    rest.split('"').next().unwrap_or_default()
}

#[tokio::test]
async fn an_approver_takes_a_line_in_yuan_back_from_the_statement() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let own = format!("/statements?merchant={}&month=2026-12", demo::EXAMPLE_MERCHANT);
    let page = approver.read(&own).await;
    holds(&page, &["aria-label=\"冲正 YS-XP0001\"", "¥3.00"]);
    assert!(!desk.read(&own).await.contains("value=\"reverse\""), "an operator does not");
    let back = |key| {
        let line = [("line", "YS-XP0001"), ("used", used_at(&page, "YS-XP0001")), ("reason", "当天没有这张小票")];
        [
            [("do", "reverse"), ("key", key), ("merchant", demo::EXAMPLE_MERCHANT), ("month", "2026-12")].as_slice(),
            &line,
        ]
        .concat()
    };
    assert!(approver.done("/statements", &back("CZ-1")).await.contains("已冲正"));
    assert!(!approver.refused("/statements", &back("CZ-2")).await.is_empty(), "once");
    let page = approver.read(&own).await;
    holds(&page, &["冲正", "−¥3.00"]);
    assert!(!page.contains("aria-label=\"冲正 YS-XP0001\""), "nothing is left to take back");
}

#[tokio::test]
async fn the_desk_sees_what_waits_appoints_and_ends_an_appointment() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let page = approver.read("/appointments").await;
    holds(&page, &["待确认的走访", "YS-ZF02", "已等 4 天", "聘任", "YS-PS02", "还剩 20 天"]);
    holds(&page, &["权益与排队", "30 人排队", "第 1 位 YS-0012", "登记聘任"]);
    assert!(!page.contains("value=\"confirm\""), "a visit is confirmed by the other one, or entered at the desk");
    let appoint = [
        ("do", "appoint"),
        ("key", "P-1"),
        ("id", "PS-9"),
        ("worker", "YS-0003"),
        ("role", "兼职网格员"),
        ("from", "2026-12-01"),
        ("until", "2027-11-30"),
    ];
    assert_eq!(approver.done("/appointments", &appoint).await, "已登记聘任");
    holds(&approver.read("/appointments").await, &["PS-9", "还剩 364 天"]);
    let fields = [appoint.as_slice(), &[("ended", "2026-12-01")]].concat();
    let dismiss: Vec<(&str, &str)> = fields
        .into_iter()
        .map(|(name, value)| match name {
            "do" => (name, "dismiss"),
            "key" => (name, "P-2"),
            _ => (name, value),
        })
        .collect();
    assert_eq!(approver.done("/appointments", &dismiss).await, "已登记解聘");
    assert!(approver.read("/appointments").await.contains("已解聘"));
    // What was typed comes back as text, whatever it is.
    let odd = [("do", "appoint"), ("key", "P-3"), ("id", "PS-8"), ("worker", "NOBODY"), ("role", "<b>x</b>")];
    let odd = [odd.as_slice(), &[("from", "2026-12-01"), ("sure", "<b>x</b>")]].concat();
    let page = approver.send("/appointments", &odd).await;
    assert!(page.contains("没有此人员") && !page.contains("<b>x</b>"), "{page}");

    let operator = house.enter(Role::Operator).await;
    let confirm = [
        ("do", "confirm"),
        ("key", "P-4"),
        ("pair", "YS-JD02"),
        ("visit", "YS-ZF02"),
        ("by", "YS-0013"),
        ("on", "2026-12-01"),
    ];
    holds(&operator.read("/appointments").await, &["本人已确认，代为登记"]);
    assert!(operator.done("/appointments", &confirm).await.contains("走访已确认"));
    assert!(operator.refused("/appointments", &appoint).await.contains("不能办理"));
    // A subsidy names its amount, and is entered at the desk.
    let subsidy = [
        ("do", "apply"),
        ("key", "B-1"),
        ("worker", "ys-0002"),
        ("benefit", "YS-QY04"),
        ("at", "2026-12-01T11:00:00+08:00"),
    ];
    assert!(operator.refused("/appointments", &subsidy).await.contains("金额无效"));
    let named = [subsidy.as_slice(), &[("amount", "300")]].concat();
    assert_eq!(operator.done("/appointments", &named).await, "已发放，登记号 B-1");
    // What is given back at the desk goes to the next in the queue, and the worker is told why.
    let back = |application| {
        let of = [("do", "withdraw"), ("key", "B-2"), ("benefit", "YS-QY01"), ("reason", "本人出差")];
        [of.as_slice(), &[("application", application)]].concat()
    };
    holds(&operator.read("/appointments").await, &["代为撤回申请", "第 1 位 YS-0012", "登记号 YS-DJ03"]);
    let refused = operator.send("/appointments", &back("YS-DJ99")).await;
    holds(&refused, &["role=\"alert\"", "value=\"YS-DJ99\"", "value=\"本人出差\""]);
    assert_eq!(operator.done("/appointments", &back("YS-DJ01")).await, "已撤回申请");
    holds(&operator.read("/appointments").await, &["29 人排队", "第 1 位 YS-0001", "已撤回 1"]);
    assert!(!approver.read("/appointments").await.contains("代为撤回申请"), "an approver does not");
    let rider = house.enter(Role::Worker).await;
    holds(&rider.read("/me").await, &["排队第 1 位"]);
    let own = [("do", "withdraw"), ("key", "B-3"), ("benefit", "YS-QY01"), ("application", "YS-DJ04")];
    assert_eq!(rider.done("/me", &own).await, "已撤回申请");
    assert!(!rider.read("/me").await.contains("排队第"), "who leaves the queue waits no more");
    let others = [("do", "withdraw"), ("key", "B-4"), ("benefit", "YS-QY01"), ("application", "YS-DJ03")];
    assert!(!rider.refused("/me", &others).await.is_empty(), "another's place is not the rider's to give back");
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

#[tokio::test]
async fn whoever_objected_appeals_a_dismissal_once_and_another_approver_decides() {
    let house = House::open().await;
    let (rider, approver) = (house.enter(Role::Worker).await, house.enter(Role::Approver).await);
    assert!(!rider.read("/me").await.contains("可以申诉的"));
    let waiting = house.app.views.proposals("", 1_000, |row| row.way.stage == Stage::Proposed).await.unwrap();
    let credit = waiting.rows.first().expect("something waits").0.clone();
    let object = [("credit", credit.as_str()), ("key", "YY-1"), ("reason", "数量不对"), ("anonymous", "1")];
    assert!(rider.done("/me", &object).await.contains("异议已提交"));
    let dismiss = [("credit", credit.as_str()), ("key", "YY-2"), ("do", "dismiss"), ("note", "与签到表一致")];
    assert!(!approver.done("/credits", &dismiss).await.is_empty());
    let page = rider.read("/me").await;
    holds(&page, &["可以申诉的", "您的异议没有成立"]);
    let appeal = [("credit", credit.as_str()), ("key", "SS-1"), ("do", "appeal"), ("reason", "签到表抄错了")];
    assert!(rider.done("/me", &appeal).await.contains("申诉已提交"));
    assert!(!rider.read("/me").await.contains("可以申诉的"), "once");
    // Whoever dismissed the objection has had a part.
    let again = [("credit", credit.as_str()), ("key", "SS-2"), ("do", "dismiss"), ("note", "不变")];
    assert!(!approver.refused("/credits", &again).await.is_empty());
}

#[tokio::test]
async fn a_month_is_prepared_looked_over_disputed_answered_and_confirmed() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let shop = house.enter(Role::Merchant).await;
    let page = desk.read("/statements").await;
    holds(&page, &["待结算月份", "待编制", "待确认"]);
    let address = format!("/statements?merchant={}", demo::EXAMPLE_MERCHANT);
    // The month before is prepared already: it is prepared again.
    let month = "2026-11".to_owned();
    assert!(page.contains(&address), "a month of the merchant's own: {page}");
    let own = format!("{address}&month={month}");
    let page = desk.read(&own).await;
    holds(&page, &["重新编制", "明细"]);
    assert!(!page.contains("登记付款"), "nothing is paid before it is confirmed");
    holds(&desk.read(&format!("{address}&month=2026-06")).await, &["编制对账单"]);
    let merchant = demo::EXAMPLE_MERCHANT;
    let form = |does: &'static str, key: &'static str| {
        vec![("merchant", merchant), ("body", ""), ("month", month.as_str()), ("key", key), ("do", does)]
    };
    assert!(desk.done("/statements", &form("prepare", "DZ-1")).await.contains("已编制"));
    let page = shop.read("/merchant").await;
    holds(&page, &["提出异议", "待确认"]);
    let line = page.split("<option value=\"").find_map(|rest| rest.split('"').next().filter(|it| it.contains("demo")));
    let line = line.or_else(|| page.split("id=\"line\"").nth(1)?.split("value=\"").nth(1)?.split('"').next());
    let line = line.expect("a line to dispute");
    let dispute =
        [("month", month.as_str()), ("line", line), ("reason", "数量不对"), ("key", "YY-9"), ("do", "dispute")];
    assert!(shop.done("/merchant", &dispute).await.contains("异议已提交"));
    holds(&shop.read("/merchant").await, &["数量不对", "等待答复"]);
    assert!(!approver.refused("/statements", &form("confirm", "DZ-2")).await.is_empty(), "a dispute waits");
    let mut answer = form("dismiss", "DZ-3");
    answer.extend([("dispute", "YY-9"), ("reason", "与流水一致")]);
    assert!(approver.done("/statements", &answer).await.contains("异议已答复"));
    holds(&shop.read("/merchant").await, &["异议不成立：与流水一致"]);
    // The merchant finds it right, as it is shown; the approver sees that, and confirms it.
    holds(&approver.read(&own).await, &["商户还没有确认无误", "确认对账单"]);
    let page = shop.read("/merchant").await;
    let zeros = "0".repeat(64);
    let stale = [("month", month.as_str()), ("digest", zeros.as_str()), ("key", "WX-0"), ("do", "acknowledge")];
    assert!(shop.refused("/merchant", &stale).await.contains("和您看的不一样"), "what was looked over is no more");
    let said = shop.press(&page, "value=\"acknowledge\"", &[]).await;
    holds(&said, &["已确认无误，审核员确认后付款", "商户已确认无误", "提出异议"]);
    assert!(!said.contains("value=\"acknowledge\""), "once");
    let digest =
        page.split("name=\"digest\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a digest");
    let again = [("month", month.as_str()), ("digest", digest), ("key", "WX-1"), ("do", "acknowledge")];
    assert!(shop.refused("/merchant", &again).await.contains("不用再按"));
    holds(&approver.read(&own).await, &["商户已确认无误", "商户确认无误", "demo-merchant", "确认对账单"]);
    holds(&approver.read("/statements").await, &["商户已确认无误"]);
    let auditor = house.enter(Role::Auditor).await;
    holds(&auditor.read("/audit?type=StatementAcknowledged").await, &["商户确认无误", "demo-merchant"]);
    assert!(approver.done("/statements", &form("confirm", "DZ-4")).await.contains("已确认"));
    let mut pay = form("pay", "DZ-5");
    pay.extend([("reference", "财付9号"), ("hundredths", "100"), ("fen", "0")]);
    assert!(!approver.refused("/statements", &pay).await.is_empty(), "a third person pays");
}

#[tokio::test]
async fn foreign_roles_and_forged_forms_are_refused() {
    let house = House::open().await;
    let everybody = demo::ENTRANCES.map(|(role, _, _)| role);
    let all = [
        ("/requests", &[Role::Operator, Role::Approver, Role::Worker] as &[Role]),
        ("/requests/slip?request=YS-XQ05&handling=YS-BL02", &[Role::Operator, Role::Approver, Role::Worker]),
        ("/appointments", &[Role::Operator, Role::Approver]),
        ("/me", &[Role::Worker]),
        ("/me/stores", &[Role::Worker]),
        ("/statements", &[Role::Operator, Role::Approver]),
        ("/appointments/pairs", &[Role::Operator, Role::Approver]),
        ("/appointments/passes", &[Role::Operator, Role::Approver]),
        ("/merchant", &[Role::Merchant]),
        ("/counter", &[Role::Clerk]),
        ("/counter/away", &[Role::Clerk]),
        ("/counter/cases", &[Role::Clerk]),
        ("/counter/day", &[Role::Clerk]),
        ("/counter/holds", &[Role::Clerk]),
        ("/counter/shelf", &[Role::Clerk]),
        ("/credits", &[Role::Operator, Role::Approver]),
        ("/credits/merge", &[Role::Approver]),
        ("/credits/proof", &[Role::Operator]),
        ("/branch", &[Role::Branch]),
        ("/branch/visits", &[Role::Branch]),
        ("/audit", &[Role::Auditor, Role::Admin]),
        ("/audit/state", &[Role::Auditor, Role::Admin]),
        ("/audit/trace", &[Role::Auditor, Role::Admin]),
        ("/audit/trace?worker=YS-0001", &[Role::Auditor, Role::Admin]),
        ("/audit/trace?worker=YS-ZJ01", &[Role::Auditor, Role::Admin]),
        ("/admin", &[Role::Admin, Role::Auditor]),
        ("/admin/accounts", &[Role::Admin, Role::Auditor]),
        ("/publicity", &everybody),
        ("/schedule", &everybody),
        ("/sites", &everybody),
    ];
    let mut wrong = Vec::new();
    for (role, _, _) in demo::ENTRANCES {
        let visit = house.enter(role).await;
        for (path, of) in all {
            let expected = if of.contains(&role) { 200 } else { 403 };
            let told = visit.status(path).await;
            if told != expected {
                wrong.push(format!("{path} {role:?}: {told} and not {expected}"));
            }
            let (status, _) = visit.send_raw(path, &[("do", "post"), ("token", "forged")]).await;
            // Some pages take no form at all.
            if !matches!(status, StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED) {
                wrong.push(format!("a forged form to {path} as {role:?}: {status}"));
            }
        }
        // Each finds the pages that are there for one.
        let home = visit.ask(Request::get("/"), String::new()).await.0;
        assert_eq!(home, StatusCode::SEE_OTHER);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let stranger = Visit { house: &house, cookie: "nuanxin-large=1".to_owned(), csrf: String::new() };
    assert_eq!(stranger.status("/requests").await, 303, "the way to the login");
}

#[tokio::test]
async fn the_pages_speak_english_without_a_chinese_word_of_their_own() {
    let house = House::open().await;
    for (role, path, words) in [
        (Role::Operator, "/requests", ["Post a request", "To be rated", "posted 12 days ago"]),
        (Role::Worker, "/me", ["My benefits", "No. 2 in the queue", "Confirm the visit"]),
        (Role::Worker, "/me/stores", ["At my site", "20 points", "Merchants that honour my pass"]),
        (Role::Clerk, "/counter/holds", ["To be picked up", "Back to the counter", "Ask for the pick-up code"]),
        (Role::Merchant, "/merchant", ["Take a voucher", "85 % is paid", "Yuan this month"]),
        (Role::Approver, "/appointments", ["Visits to confirm", "30 waiting", "20 days left"]),
        (Role::Admin, "/schedule", ["In force today", "Try a proposed schedule", "Version 1"]),
        (Role::Worker, "/sites", ["My site", "Name of a site, or a service", "49 sites"]),
        (Role::Branch, "/branch/visits", ["For the branch to confirm", "Confirm for them", "has left"]),
    ] {
        let mut visit = house.enter(role).await;
        visit.cookie.push_str("; nuanxin-language=en");
        holds(&visit.read(path).await, &words);
    }
}
