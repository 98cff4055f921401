//! The points schedule's page: its versions, a sheet tried before anything is written, and its adoption by whoever may.

use axum::http::{Request, StatusCode, header};

use super::{House, Visit, holds, said};
use crate::access::Role;

const HEAD: &str = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n";
const LAST_YEAR: [(&str, &str); 3] = [("holds_from", "2027-01-01"), ("from", "2026-01-01"), ("to", "2026-12-31")];

impl Visit<'_> {
    /// Sends a sheet with some fields.
    async fn upload(&self, rows: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        const MARK: &str = "a-line-between-parts";
        let mut body = String::new();
        for (name, value) in [("token", self.csrf.as_str())].iter().chain(fields) {
            body += &format!("--{MARK}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        body += &format!(
            "--{MARK}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"积分标准.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{HEAD}{rows}\r\n--{MARK}--\r\n"
        );
        let request = Request::post("/schedule/try")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={MARK}"));
        self.ask(request, body).await
    }

    async fn tried(&self, rows: &str) -> String {
        let (status, page) = self.upload(rows, &LAST_YEAR).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    }
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {page}"));
    let value = rest.split('"').next().unwrap();
    value.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&")
}

#[tokio::test]
async fn everybody_reads_the_schedule_and_few_may_try_another() {
    let house = House::open().await;
    for (role, tries) in [
        (Role::Operator, false),
        (Role::Worker, false),
        (Role::Approver, true),
        (Role::Auditor, true),
        (Role::Admin, true),
    ] {
        let page = house.enter(role).await.read("/schedule").await;
        holds(&page, &["积分标准", "第 1 版", "今天在用", "ZY01", "每日上限"]);
        assert_eq!(page.contains("试算拟用的标准"), tries, "{role:?}");
        assert_eq!(page.contains("采用账号"), tries, "{role:?}");
    }
    for (role, path) in [(Role::Operator, "/credits"), (Role::Approver, "/credits"), (Role::Admin, "/admin")] {
        holds(&house.enter(role).await.read(path).await, &["href=\"/schedule\""]);
    }
}

#[tokio::test]
async fn a_sheet_is_tried_before_anything_is_written_and_adopted_once() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let before = house.head().await;
    let page = admin.tried("ZY01,社区巡逻,志愿服务,小时,1,,是,24\n").await;
    holds(
        &page,
        &["只是试算", "2026-01-01 至 2026-12-31", "按类别", "按活动", "标准中没有", "差额从哪里来", "减少最多"],
    );
    holds(&page, &["和现行标准比", "取消", "采用新标准", "能不能承受"]);
    assert_eq!(house.head().await, before, "nothing is written by trying");

    let proposal = hidden(&page, "proposal");
    let key = hidden(&page, "key");
    let fields = |what: &'static str| {
        let mut fields = vec![("do", what), ("proposal", proposal.as_str()), ("key", key.as_str())];
        fields.extend(LAST_YEAR);
        fields
    };
    let again = admin.send("/schedule", &fields("try")).await;
    holds(&again, &["只是试算", "采用新标准"]);
    assert_eq!(house.head().await, before);
    let adopted = admin.send("/schedule", &fields("adopt")).await;
    assert_eq!(said(&adopted, "role=\"status\">"), "已采用：第 3 版，自 2027-01-01 起用");
    holds(&adopted, &["第 3 版", "比较两个版本", "取消"]);
    assert_eq!(house.head().await, before + 1);
    // The same form again is the same command.
    let twice = admin.send("/schedule", &fields("adopt")).await;
    assert_eq!(said(&twice, "role=\"status\">"), "已采用：第 3 版，自 2027-01-01 起用");
    assert_eq!(house.head().await, before + 1);
    let read = admin.read("/schedule").await;
    assert!(read.find("今天在用") > read.find("第 2 版"), "the one before still holds today: {read}");
    holds(&admin.read("/schedule?before=2&after=3").await, &["第 2 版 → 第 3 版", "每单位积分"]);
}

#[tokio::test]
async fn whoever_may_not_adopt_it_tries_it_all_the_same() {
    let house = House::open().await;
    for role in [Role::Auditor, Role::Approver] {
        let visit = house.enter(role).await;
        let page = visit.tried("ZY01,社区巡逻,志愿服务,小时,100,,是,24\n").await;
        holds(&page, &["只是试算", "采用由管理员办理", "增加最多"]);
        assert_eq!(page.contains("能不能承受"), role == Role::Auditor, "{role:?}");
        assert!(!page.contains("value=\"adopt\""), "{role:?}");
        let before = house.head().await;
        let proposal = hidden(&page, "proposal");
        let mut fields = vec![("do", "adopt"), ("proposal", proposal.as_str()), ("key", "forced")];
        fields.extend(LAST_YEAR);
        let told = visit.send("/schedule", &fields).await;
        holds(&told, &["role=\"alert\"", "您的角色不能办理这件事"]);
        assert_eq!(house.head().await, before);
    }
    let (status, _) = house.enter(Role::Operator).await.upload("", &LAST_YEAR).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn rows_that_cannot_be_used_are_told_before_anything_is_tried() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let rows =
        "ZY01,社区巡逻,志愿服务,小时,0,,是,24\nZY02,清扫,志愿服务,小时,1,,也许,24\nZY03,助老,志愿服务,小时,2,,是,24\n";
    let page = admin.tried(rows).await;
    holds(&page, &["有几行用不了", "每单位积分", "计入积分卡", "回到积分标准"]);
    assert!(!page.contains("按类别") && !page.contains("value=\"adopt\""), "{page}");
    let (_, page) = admin.upload("ZY01,社区巡逻,志愿服务,小时,1,,是,24\n", &[("holds_from", "明年")]).await;
    holds(&page, &["role=\"alert\"", "起用日期不是日期"]);
    let (_, page) = admin
        .upload(
            "ZY01,社区巡逻,志愿服务,小时,1,,是,24\n",
            &[("holds_from", "2027-01-01"), ("from", "2026-05-01"), ("to", "2026-01-01")],
        )
        .await;
    holds(&page, &["role=\"alert\"", "重新试算"]);
    // Blank days are the last full year of business.
    let (_, page) = admin.upload("ZY01,社区巡逻,志愿服务,小时,1,,是,24\n", &[("holds_from", "2027-01-01")]).await;
    holds(&page, &["只是试算", "2025-01-01 至 2025-12-31", "按类别"]);
}
