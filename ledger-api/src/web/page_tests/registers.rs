//! Registers that an administrator brings in from files: judged before anything is written, mended, brought in once, and
//! nothing that others record.

use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::unscripted::Form;
use super::{House, Visit, holds, said};
use crate::access::Role;

pub(super) const MERCHANTS: (&str, &str) =
    ("商户名录.csv", "商户编号,商户名称,统一社会信用代码,类型\nDR-SH1,新商户,92000000MA000001H9,超市\n");
pub(super) const STORES: (&str, &str) = ("兑换网点.csv", "网点编号,网点名称,层级,所在社区\nDR-WD1,新网点,总站,\n");
pub(super) const ITEMS: &str = "网点编号,商品编码,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑\n\
    DR-WD1,DR-1,水,实物,10,5,DR-SH1,2\n";
const BAD_ITEMS: &str = "DR-WD1,DR-2,米,实物,20,5,DR-SH9,\nDR-WD1,DR-3,面,实物,二十,5,DR-SH1,\n";
const MENDED_ITEMS: &str = "DR-WD1,DR-2,米,实物,20,5,DR-SH1,\nDR-WD1,DR-3,面,实物,20,5,DR-SH1,\n";

impl Visit<'_> {
    /// What is told of files before anything is written.
    async fn judged(&self, files: &[(&str, &str)]) -> String {
        let (status, page) = self.send_files("/admin/registers/judge", files, &[]).await;
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        assert_eq!(status, StatusCode::OK, "{names:?}: {page}");
        page
    }
}

/// The figures of a register's row: new, changed, unchanged, refused; once they are written: written, unchanged, refused.
#[track_caller]
pub(super) fn figures(page: &str, register: &str) -> Vec<u64> {
    let row = page.split(&format!("<th scope=\"row\">{register}")).nth(1).unwrap_or_else(|| panic!("{page}"));
    let row = row.split("</tr>").next().unwrap_or_default();
    let cells = row.split("<td class=\"num\">").skip(1);
    let figure =
        |cell: &str| cell.trim_start_matches("<span class=\"tag bad\">").split('<').next().unwrap().parse::<u64>();
    cells.map(|cell| figure(cell).unwrap_or_else(|_| panic!("{cell}"))).collect()
}

#[tokio::test]
async fn registers_are_judged_mended_and_brought_in_once() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let before = house.head().await;
    holds(&admin.read("/admin").await, &["href=\"/admin/registers\""]);
    let page = admin.read("/admin/registers").await;
    holds(&page, &["action=\"/admin/registers/judge\"", "multiple", "商户名录", "统一社会信用代码", "不登记人"]);
    holds(&page, &["合计最多 4 MB、20,000 行。"]);

    // In whatever order they are chosen: what others name comes first.
    let items = format!("{ITEMS}{BAD_ITEMS}");
    let page = admin.judged(&[("兑换目录.csv", items.as_str()), STORES, MERCHANTS]).await;
    holds(&page, &["还没有写入", "「库存」只核对、不入账", "“DR-SH9”：没有此商户。", "unknown_merchant"]);
    holds(&page, &["“所需积分”填的是“二十”，请填数字", "<td>兑换目录.csv</td><td class=\"num\">4</td>"]);
    assert_eq!(figures(&page, "商户名录"), [1, 0, 0, 0]);
    assert_eq!(figures(&page, "兑换网点"), [1, 0, 0, 0]);
    assert_eq!(figures(&page, "兑换目录"), [1, 0, 0, 2]);
    assert_eq!(house.head().await, before, "nothing is written");

    let bring = Form::pressed(&page, "value=\"bring\"");
    let page = admin.press(&page, "value=\"bring\"", &[]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已写入 3 行，另有 2 行不收");
    assert_eq!(figures(&page, "兑换目录"), [1, 0, 2]);
    let entries = house.app.ledger.journal().read(before, 10).await.unwrap();
    let recorded: Vec<(&str, &str)> =
        entries.iter().map(|entry| (entry.event_type.as_str(), entry.command.actor.as_str())).collect();
    let by_admin = ["MerchantRegistered", "StoreOpened", "ItemListed"].map(|event| (event, "demo-admin"));
    assert_eq!(recorded, by_admin, "in the order of an import, by the account, and no stock");

    // A hand that presses twice, and the same files chosen again.
    let (status, again) = admin.submit(&bring).await;
    assert_eq!((status, said(&again, "role=\"status\">").as_str()), (StatusCode::OK, "已写入 3 行，另有 2 行不收"));
    let page = admin.judged(&[STORES, MERCHANTS, ("兑换目录.csv", items.as_str())]).await;
    assert_eq!(figures(&page, "兑换目录"), [0, 0, 1, 2]);
    assert!(!page.contains("value=\"bring\""), "nothing is to be written: {page}");
    assert_eq!(house.head().await, before + 3);

    let mended = format!("{ITEMS}{MENDED_ITEMS}");
    let page = admin.judged(&[("兑换目录.csv", mended.as_str())]).await;
    assert_eq!(figures(&page, "兑换目录"), [2, 0, 1, 0]);
    let page = admin.press(&page, "value=\"bring\"", &[]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已写入 2 行");
    assert_eq!(house.head().await, before + 5);
    let page = admin.judged(&[("兑换目录.csv", mended.as_str())]).await;
    holds(&page, &["账本里都已经有了"]);
    assert_eq!(house.head().await, before + 5);
}

#[tokio::test]
async fn what_others_keep_or_record_is_told_and_not_read() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let before = house.head().await;
    let files = [
        ("人员名册.csv", "编号,姓名\nDR-1,某人\n"),
        ("聘任名册.csv", "聘书号\n"),
        ("活动记录-2026-11.csv", "记录号\n"),
        ("district.toml", "code = \"1\""),
        ("说明.txt", "x"),
    ];
    let page = admin.judged(&files).await;
    holds(&page, &["没有可以在这里导入的登记册", "没有读的文件", "人员和姓名归录入员", "聘任归审核员"]);
    holds(&page, &["录入员在积分申报页整表上传", "区县设置", "不是登记册的名字"]);
    assert!(!page.contains("value=\"bring\"") && !page.contains("某人"), "{page}");
    // Beside one that is taken they are not carried on either.
    let page = admin.judged(&[MERCHANTS, files[0]]).await;
    holds(&page, &["name=\"name\" value=\"商户名录.csv\"", "人员和姓名归录入员"]);
    assert!(!page.contains("value=\"人员名册.csv\""), "{page}");
    let page = admin.press(&page, "value=\"bring\"", &[]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已写入 1 行");
    // Nor are they taken from a form that carries them.
    let roster = [("do", "bring"), ("run", "01890000-0000-7000-8000-000000000000"), ("name", "人员名册.csv")];
    let page = admin.send("/admin/registers", &[&roster[..], &[("bytes", "57yW5Y-3Cg")]].concat()).await;
    holds(&page, &["人员和姓名归录入员", "已写入 0 行"]);
    assert_eq!(house.head().await, before + 1);
}

#[tokio::test]
async fn a_row_that_is_taken_and_should_be_looked_at_is_told() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let sheet = "商户编号,商户名称,统一社会信用代码\nDR-SH2,新商户,123\n";
    let page = admin.judged(&[("商户名录.csv", sheet)]).await;
    holds(&page, &["照收，但请核对的行", "“统一社会信用代码”填的是“123”，请核对这 18 位代码"]);
    assert_eq!(figures(&page, "商户名录"), [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_row_is_told_by_what_stands_in_it() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let items = format!("{ITEMS}DR-WD1,DR-2,米,实物,-5,5,DR-SH1,\nDR-WD1,DR-3,面,实物,0,5,DR-SH1,\n");
    let page = admin.judged(&[MERCHANTS, STORES, ("兑换目录.csv", items.as_str())]).await;
    assert_eq!(figures(&page, "兑换目录"), [1, 0, 0, 2]);
    holds(&page, &["“所需积分”填的是“-5”，请填数字，最多两位小数；商品的要大于 0。", "“所需积分”填的是“0”，"]);
    let page = admin.judged(&[MERCHANTS, ("兑换目录.csv", ITEMS)]).await;
    holds(&page, &["“DR-WD1”：没有此网点。", "unknown_store"]);
    let site = "网点编号,网点名称,层级,所在社区,驿站编号\nDR-WD2,新网点,总站,,DR-Z9\n";
    holds(&admin.judged(&[("兑换网点.csv", site)]).await, &["“DR-Z9”：没有此站点。", "unknown_site"]);
}

#[tokio::test]
async fn a_schedule_is_left_where_there_is_one_and_a_form_that_carries_it_writes_nothing() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let before = house.head().await;
    let sheet =
        "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\nZY91,巡逻,志愿服务,小时,1,,是,24\n";
    let told = "积分标准已经有了。改标准请到积分标准页，那里可以先试算，再定起用日期。";
    let page = admin.judged(&[("积分标准.csv", sheet)]).await;
    holds(&page, &["没有可以在这里导入的登记册", "没有读的文件", told]);
    assert!(!page.contains("value=\"bring\""), "{page}");
    // Beside one that is taken it is not carried on.
    let page = admin.judged(&[("积分标准.csv", sheet), MERCHANTS]).await;
    holds(&page, &[told, "name=\"name\" value=\"商户名录.csv\""]);
    assert!(!page.contains("value=\"积分标准.csv\""), "{page}");
    // Nor is it taken from a form that carries it, as one does that was judged before there was a schedule.
    let bytes = URL_SAFE_NO_PAD.encode(sheet);
    let run = ("run", "01890000-0000-7000-8000-000000000000");
    let carried = [("do", "bring"), run, ("name", "积分标准.csv"), ("bytes", bytes.as_str())];
    holds(&admin.send("/admin/registers", &carried).await, &[told, "已写入 0 行"]);
    assert_eq!(house.head().await, before);
}

#[tokio::test]
async fn a_file_of_no_use_is_told_and_the_others_are_judged() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let page = admin.judged(&[]).await;
    assert_eq!(said(&page, "role=\"alert\">"), "请先选一个文件。");
    let cases: [((&str, &str), &str); 4] = [
        (("兑换网点.csv", ""), "「兑换网点.csv」是空的"),
        (("兑换网点.csv", "编号,姓名\n1,甲\n"), "「兑换网点.csv」里没有“网点编号”"),
        (("兑换网点.xls", "x"), "不是 .xlsx 或 .csv"),
        (("活动记录-三月.csv", "x"), "录入员在积分申报页整表上传"),
    ];
    for (file, told) in cases {
        let page = admin.judged(&[file, MERCHANTS]).await;
        holds(&page, &["没有读的文件", told, "id=\"files\"", "value=\"bring\""]);
        assert_eq!(figures(&page, "商户名录"), [1, 0, 0, 0], "{told}");
        assert!(!page.contains(&format!("name=\"name\" value=\"{}\"", file.0)), "{told}: it is not carried on");
    }
    // Of two that differ neither is taken; one that was chosen twice is one file.
    let page = admin.judged(&[STORES, MERCHANTS, ("旧/商户名录.csv", "商户编号\n")]).await;
    holds(&page, &["这一张表不止一份，请只选一份。"]);
    assert_eq!(figures(&page, "兑换网点"), [1, 0, 0, 0]);
    assert!(!page.contains("name=\"name\" value=\"商户名录.csv\""), "{page}");
    let page = admin.judged(&[MERCHANTS, MERCHANTS]).await;
    assert_eq!(figures(&page, "商户名录"), [1, 0, 0, 0]);
    let page = admin.judged(&[("兑换网点.csv", "网点编号,网点名称,层级\n"), MERCHANTS]).await;
    holds(&page, &["没有数据行，只有表头"]);
    assert_eq!(figures(&page, "兑换网点"), [0, 0, 0, 0]);
}

#[tokio::test]
async fn nobody_but_an_administrator_brings_registers_in() {
    let house = House::open().await;
    for role in [Role::Operator, Role::Approver, Role::Auditor, Role::Clerk] {
        let visit = house.enter(role).await;
        let before = house.head().await;
        let (status, _) = visit.send_files("/admin/registers/judge", &[MERCHANTS], &[]).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role:?}");
        let fields = [("token", visit.csrf.as_str()), ("do", "bring"), ("run", "x")];
        assert_eq!(visit.send_raw("/admin/registers", &fields).await.0, StatusCode::FORBIDDEN, "{role:?}");
        assert_eq!(house.head().await, before, "{role:?}");
    }
    assert!(!house.enter(Role::Auditor).await.read("/admin").await.contains("/admin/registers"));
    let admin = house.enter(Role::Admin).await;
    let before = house.head().await;
    let forged = Visit { csrf: "forged".to_owned(), cookie: admin.cookie.clone(), house: &house };
    assert_eq!(forged.send_files("/admin/registers/judge", &[MERCHANTS], &[]).await.0, StatusCode::FORBIDDEN);
    // What came back otherwise than it was sent.
    let torn =
        [("token", admin.csrf.as_str()), ("do", "bring"), ("run", "x"), ("name", "商户名录.csv"), ("bytes", "!")];
    assert_eq!(admin.send_raw("/admin/registers", &torn).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let back = admin.ask(Request::get("/admin/registers/judge"), String::new()).await.0;
    assert_eq!(back, StatusCode::SEE_OTHER, "a form's address leads to its page");
    assert_eq!(house.head().await, before);
}
