//! What a form says of a no, where the code alone would not tell whoever filled it in what to mend.

use axum::http::{Request, StatusCode, header};

use super::{House, Visit, holds, said};
use crate::access::Role;

impl Visit<'_> {
    /// Sends a file as a browser does, with some fields.
    pub(super) async fn send_file(&self, path: &str, name: &str, bytes: &str, fields: &[(&str, &str)]) -> String {
        let (status, page) = self.send_files(path, &[(name, bytes)], fields).await;
        assert_eq!(status, StatusCode::OK, "{path} {name}: {page}");
        page
    }

    /// Sends several files of one field.
    pub(super) async fn send_files(
        &self,
        path: &str,
        files: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> (StatusCode, String) {
        const MARK: &str = "a-line-between-parts";
        let mut body = String::new();
        for (name, value) in [("token", self.csrf.as_str())].iter().chain(fields) {
            body += &format!("--{MARK}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        for (name, bytes) in files {
            body += &format!(
                "--{MARK}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n{bytes}\r\n"
            );
        }
        body += &format!("--{MARK}--\r\n");
        let request = Request::post(path).header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={MARK}"));
        self.ask(request, body).await
    }
}

#[tokio::test]
async fn a_sheet_of_no_use_is_told_beside_the_form_that_takes_another() {
    let house = House::open().await;
    let (desk, admin) = (house.enter(Role::Operator).await, house.enter(Role::Admin).await);
    for (name, bytes, told) in [
        ("八月.csv", "记录号,编号,服务日期\nR-1,YS-0001,2026-12-01\n", "「八月.csv」里没有“活动代码”“数量”这几列"),
        ("空.csv", "", "「空.csv」是空的"),
        ("坏.xlsx", "PK\u{3}\u{4}no workbook at all", "「坏.xlsx」"),
        ("", "", "请先选一个文件。"),
    ] {
        let page = desk.send_file("/credits/sheet", name, bytes, &[]).await;
        assert!(said(&page, "role=\"alert\">").contains(told), "{name}: {page}");
        holds(&page, &["整表上传", "name=\"file\""]);
        let days = [("holds_from", "2027-01-01"), ("from", ""), ("to", "")];
        let page = admin.send_file("/schedule/try", name, bytes, &days).await;
        let told = said(&page, "role=\"alert\">");
        let own = if name.is_empty() { "请先选一个文件。".to_owned() } else { format!("「{name}」") };
        assert!(told.contains(&own) && !told.contains("sheet"), "{name}: {told}");
        holds(&page, &["积分标准表", "value=\"2027-01-01\""]);
    }
    let days = [("holds_from", "2027-01-01"), ("from", "2026-05-01"), ("to", "2026-01-01")];
    let sheet = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\nZY01,社区巡逻,志愿服务,小时,1,,是,24\n";
    let page = admin.send_file("/schedule/try", "积分标准.csv", sheet, &days).await;
    assert_eq!(said(&page, "role=\"alert\">"), "结束日期早于开始日期，请核对。");
}

#[tokio::test]
async fn a_number_that_is_taken_is_named() {
    let house = House::open().await;
    let (desk, approver, admin) =
        (house.enter(Role::Operator).await, house.enter(Role::Approver).await, house.enter(Role::Admin).await);
    let worker = [("do", "register"), ("key", "R-1"), ("new", "ys-0001"), ("occupation", "别的")];
    assert_eq!(desk.refused("/credits", &worker).await, "「YS-0001」已登记过，请换一个。");
    let identity = [("do", "register"), ("key", "R-2"), ("new", "11010519900307123x"), ("occupation", "外卖配送员")];
    assert!(desk.refused("/credits", &identity).await.contains("编号不能用身份证号"));
    let pass = [
        ("do", "issue"),
        ("key", "K-1"),
        ("id", "YS-NK0001"),
        ("worker", "YS-0003"),
        ("kind", "暖心卡"),
        ("from", "2026-12-01"),
        ("until", "2027-11-30"),
    ];
    assert_eq!(desk.refused("/appointments/passes", &pass).await, "「YS-NK0001」已登记过，请换一个。");
    let ends = [&pass[..2], &[("id", "NK-77")], &pass[3..6], &[("until", "2026-11-30")]].concat();
    assert_eq!(desk.refused("/appointments/passes", &ends).await, "结束日期早于开始日期，请核对。");
    let oneself = [
        ("do", "open"),
        ("key", "J-1"),
        ("id", "JD-77"),
        ("helper", "YS-0003"),
        ("helped", "ys-0003"),
        ("since", "2026-12-01"),
    ];
    assert_eq!(approver.refused("/appointments/pairs", &oneself).await, "帮带人和被帮带人不能是同一人。");
    let appoint = [
        ("do", "appoint"),
        ("key", "P-1"),
        ("id", "PS-77"),
        ("worker", "YS-0003"),
        ("role", "兼职网格员"),
        ("from", "2026-12-01"),
        ("until", "2026-11-30"),
    ];
    assert_eq!(approver.refused("/appointments", &appoint).await, "结束日期早于开始日期，请核对。");
    let new_role = [&appoint[..4], &[("role", "网格"), ("from", "2026-12-01")]].concat();
    let page = approver.send("/appointments", &new_role).await;
    holds(&page, &["「网格」以前没有用过", "name=\"sure\" value=\"网格\"", "<option value=\"兼职网格员\">"]);

    let blank = [("do", "open"), ("key", "A-1"), ("account", "柜 台 九"), ("name", "某人")];
    let page = admin.send("/admin/accounts", &blank).await;
    assert_eq!(said(&page, "role=\"alert\">"), "账号里不能有空格。");
    assert!(page.contains("value=\"柜 台 九\"") && !page.contains("还没有账号"), "{page}");
    let none = admin.read("/admin/accounts?id=zzz").await;
    assert!(none.contains("没有找到") && !none.contains("<ul class=\"cells\">"), "{none}");
}

#[tokio::test]
async fn an_application_is_refused_in_the_words_of_its_form() {
    let house = House::open().await;
    let (desk, merchant) = (house.enter(Role::Operator).await, house.enter(Role::Merchant).await);
    let other = [
        ("do", "withdraw"),
        ("key", "W-1"),
        ("benefit", "YS-QY04"),
        ("application", "QY-00000-00000"),
        ("reason", "本人来电"),
    ];
    assert_eq!(desk.refused("/appointments", &other).await, "登记号和项目对不上，请核对。");
    let slip = |price, paid| {
        [
            ("do", "honour"),
            ("slip", "S-9"),
            ("pass", "YS-NK0001"),
            ("offer", "YS-YH01"),
            ("at", "2026-12-01T11:30"),
            ("price", price),
            ("paid", paid),
        ]
    };
    assert!(merchant.done("/merchant", &slip("100", "85")).await.contains("已核销"));
    assert_eq!(merchant.refused("/merchant", &slip("200", "170")).await, "这个小票号用过了，请换一个。");
}

#[tokio::test]
async fn who_objects_twice_is_told_that_they_did() {
    let house = House::open().await;
    let rider = house.enter(Role::Worker).await;
    let object = |key| [("do", "object"), ("key", key), ("credit", "demo/proposed/01"), ("reason", "数量不对")];
    rider.done("/me", &object("O-1")).await;
    assert_eq!(rider.refused("/me", &object("O-2")).await, "这一笔您已提过异议，同一笔只能提一次。");
    // Whoever answered it passes the record no more, and is told why.
    let approver = house.enter(Role::Approver).await;
    let judge = |what, key| [("do", what), ("key", key), ("credit", "demo/proposed/01"), ("note", "核实无误")];
    approver.done("/credits", &judge("dismiss", "D-1")).await;
    let told = approver.refused("/credits", &judge("confirm", "D-2")).await;
    assert_eq!(told, "您裁决过这一笔的异议，请另一位审核员办理。");
}

#[tokio::test]
async fn a_request_that_is_there_or_not_posted_yet_is_told_by_number_and_day() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let post = |activity, key| [("do", "post"), ("number", key), ("activity", activity), ("on", "2026-11-30")];
    desk.done("/requests", &post("WX02", "T-7")).await;
    let other = [&post("WX02", "T-7")[..3], &[("on", "2026-11-29")]].concat();
    assert_eq!(desk.refused("/requests", &other).await, "「T-7」已登记过，请换一个。");
    let work = |claimed, done| {
        [
            ("do", "handle"),
            ("key", "T-7-work"),
            ("request", "T-7"),
            ("claimer", "YS-0002"),
            ("claimed", claimed),
            ("done", done),
            ("quantity", "1"),
        ]
    };
    let early = desk.refused("/requests", &work("2026-11-29", "2026-12-01")).await;
    assert_eq!(early, "认领日期早于提出日期，请核对。");
    let reversed = desk.refused("/requests", &work("2026-12-01", "2026-11-30")).await;
    assert_eq!(reversed, "办结日期早于认领日期，请核对。");
}

#[tokio::test]
async fn a_count_below_what_is_set_aside_is_told_as_that() {
    let house = House::open().await;
    let clerk = house.enter(Role::Clerk).await;
    // Of the demonstration's water some is set aside.
    let before = house.head().await;
    let count =
        [("do", "count"), ("key", "C-1"), ("store", "YS-WD01"), ("sku", "SP001"), ("units", "0"), ("reason", "清点")];
    let page = clerk.send("/counter/shelf", &count).await;
    assert!(said(&page, "role=\"alert\">").contains("不能少于预留的件数"), "{page}");
    assert_eq!(house.head().await, before);
}
