//! What the page of registers says of rows that change something, of two rows about one thing, and the refused rows that are
//! taken away, mended and sent again; and files that are too large, however they come.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::stream;
use http_body_util::BodyExt;
use ledger_core::domain::refusal::Code;
use tower::ServiceExt;

use super::registers::{ITEMS, MERCHANTS, STORES, figures};
use super::unscripted::Form;
use super::{House, Visit, holds, said};
use crate::access::Role;
use crate::import::files::{self, BYTES_MAX};
use crate::sheets::pack::SheetKind;

const MARK: &str = "a-line-between-parts";
const TOO_LARGE: &str = "文件太大，合计最多 4 MB，请分几次选。";

impl Visit<'_> {
    /// Sends a request with a body as it is; gives the bytes of the answer, and how the answer calls them as a file.
    async fn exchange(&self, request: axum::http::request::Builder, body: Body) -> (StatusCode, String, Vec<u8>) {
        let request = request.header("x-forwarded-proto", "https").header(header::COOKIE, &self.cookie);
        let response = self.house.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let called = parts.headers.get(header::CONTENT_DISPOSITION).map(|called| called.to_str().unwrap().to_owned());
        (parts.status, called.unwrap_or_default(), body.collect().await.unwrap().to_bytes().to_vec())
    }

    /// Has files judged that come in pieces of some length.
    async fn judged_in_pieces(&self, files: &[(&str, &str)], length: usize) -> (StatusCode, String) {
        let token = &self.csrf;
        let mut body =
            format!("--{MARK}\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n").into_bytes();
        for (name, text) in files {
            let part = format!(
                "--{MARK}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n{text}\r\n"
            );
            body.extend(part.bytes());
        }
        body.extend(format!("--{MARK}--\r\n").bytes());
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            body.chunks(length).map(|piece| Ok(piece.to_vec())).collect();
        let request = Request::post("/admin/registers/judge")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={MARK}"));
        let (status, _, page) = self.exchange(request, Body::from_stream(stream::iter(pieces))).await;
        (status, String::from_utf8_lossy(&page).into_owned())
    }

    /// The refused rows of a register as they are taken away.
    async fn refused_rows(&self, page: &str, register: &str) -> Vec<u8> {
        let Form { action, fields } = Form::pressed(page, &format!("value=\"refused/{register}\""));
        let written = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", written(value))).collect();
        let request = Request::post(&action).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (status, called, bytes) = self.exchange(request, Body::from(body.join("&"))).await;
        assert_eq!(status, StatusCode::OK, "{register}");
        let name = written(register);
        assert!(called.contains(&format!("filename*=UTF-8''{name}%2Exlsx")), "{called}");
        bytes
    }
}

/// The rows of a register as the importer would refuse them, each by its line and code, of a workbook alone.
async fn judged_alone(house: &House, name: &str, bytes: Vec<u8>) -> Vec<(u64, Code)> {
    let kinds = [SheetKind::Items];
    let registers = files::read(vec![(name.to_owned(), bytes)], &kinds, true).unwrap();
    assert_eq!(registers.sheets().count(), 1, "{registers:?}");
    let admin = crate::access::acting(Role::Admin, None);
    let report = files::judge(&house.app, &admin, &registers).await.unwrap().report;
    report.errors.iter().map(|error| (error.row, error.code)).collect()
}

#[tokio::test]
async fn changed_rows_are_told_from_new_ones_and_by_what_they_change() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let sheets = [MERCHANTS, STORES, ("兑换目录.csv", ITEMS)];
    let (_, page) = admin.send_files("/admin/registers/judge", &sheets, &[]).await;
    admin.press(&page, "value=\"bring\"", &[]).await;
    let merchants = MERCHANTS.1.replace("新商户", "改名商户").replace("超市", "");
    let merchants = format!("{merchants}DR-SH2,又一家,92000000MA000001H9,\n");
    let items = ITEMS.replace("实物,10,", "实物,12.5,");
    let sheets = [(MERCHANTS.0, merchants.as_str()), STORES, ("兑换目录.csv", items.as_str())];
    let (_, page) = admin.send_files("/admin/registers/judge", &sheets, &[]).await;
    assert_eq!(figures(&page, "商户名录"), [1, 1, 0, 0]);
    assert_eq!(figures(&page, "兑换网点"), [0, 0, 1, 0]);
    assert_eq!(figures(&page, "兑换目录"), [0, 1, 0, 0]);
    holds(&page, &["要变更的行", "“商户名称”：新商户 → 改名商户", "“类型”：超市 → （空）", "“所需积分”：10 → 12.5"]);
}

#[tokio::test]
async fn of_two_rows_about_one_thing_both_are_named() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let twice = format!("{}DR-SH1,另一个名字,92000000MA000001H9,超市\n", MERCHANTS.1);
    let (_, page) = admin.send_files("/admin/registers/judge", &[(MERCHANTS.0, &twice)], &[]).await;
    assert_eq!(figures(&page, "商户名录"), [1, 0, 0, 1]);
    holds(&page, &["第 2 行和第 3 行编号相同、内容不同，只收第 2 行", "duplicate_conflict"]);
    let page = admin.press(&page, "value=\"bring\"", &[]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已写入 1 行，另有 1 行不收");
    house.app.views.fresh(None).await.unwrap();
    assert_eq!(house.app.views.merchant("DR-SH1").await.unwrap().value.unwrap().name, "新商户");
}

#[tokio::test]
async fn refused_rows_are_taken_away_whole_and_sent_again_once_they_are_mended() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let (_, page) = admin.send_files("/admin/registers/judge", &[MERCHANTS, STORES], &[]).await;
    admin.press(&page, "value=\"bring\"", &[]).await;
    // A title above, and a column that nobody reads.
    let items = "兑换目录（试）,,,,,,,,\n\
        网点编号,商品编码,备注,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑\n\
        DR-WD1,DR-1,进价 8 元,水,实物,10,5,DR-SH1,2\nDR-WD1,DR-2,面议,米,实物,20,5,DR-SH9,\n\
        DR-WD1,DR-3,,面,实物,二十,5,DR-SH1,\n";
    let (_, page) = admin.send_files("/admin/registers/judge", &[("兑换目录.csv", items)], &[]).await;
    assert_eq!(figures(&page, "兑换目录"), [1, 0, 0, 2]);
    let workbook = admin.refused_rows(&page, "兑换目录").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("兑换目录.xlsx");
    std::fs::write(&path, &workbook).unwrap();
    let columns = files::columns_of(SheetKind::Items);
    let mut sheet = crate::sheets::Sheet::open(&path, &crate::sheets::Limits::default(), columns).unwrap();
    let whole = sheet.whole_rows(&(1..10).collect()).unwrap();
    let titles =
        ["网点编号", "商品编码", "备注", "商品名称", "类型", "所需积分", "库存", "供货商户编号", "每人每年限兑"];
    assert_eq!(whole.header[..9], titles);
    assert_eq!(whole.header[9..], ["不收的行号", "不收代码", "不收原因和改法", "英文说明"]);
    let rows: Vec<&[String]> = whole.rows.iter().map(|(_, row)| row.as_slice()).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(rows[0][..8], ["DR-WD1", "DR-2", "面议", "米", "实物", "20", "5", "DR-SH9"]);
    assert_eq!(rows[0][9..11], ["4", "unknown_merchant"]);
    assert_eq!(rows[1][..8], ["DR-WD1", "DR-3", "", "面", "实物", "二十", "5", "DR-SH1"]);
    assert!(rows[1][11].contains("“所需积分”填的是“二十”"), "{rows:?}");
    // Sent as it is, its rows are refused as before; mended, they are taken. It can be taken away again without growing.
    let first = whole.rows[0].0;
    let again = judged_alone(&house, "兑换目录.xlsx", workbook).await;
    assert_eq!(again, [(first, Code::UnknownMerchant), (first + 1, Code::InvalidInput)]);
    let line = |row: &[String]| row.join(",").replace('\n', " ");
    let csv = format!("{}\n{}\n{}\n", line(&whole.header), line(rows[0]), line(rows[1]));
    let mended = csv.replace("DR-SH9", "DR-SH1").replacen("二十", "20", 1);
    let (_, page) = admin.send_files("/admin/registers/judge", &[("兑换目录.csv", &mended)], &[]).await;
    assert_eq!(figures(&page, "兑换目录"), [2, 0, 0, 0]);
}

#[tokio::test]
async fn files_that_are_too_large_are_told_however_they_come() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let before = house.head().await;
    let row = "SH9,商户,92000000MA000001H9\n";
    let large = format!("商户编号,商户名称,统一社会信用代码\n{}", row.repeat(BYTES_MAX / row.len() + 1));
    for length in [16 << 10, 1 << 20] {
        let (status, page) = admin.judged_in_pieces(&[(MERCHANTS.0, &large)], length).await;
        assert_eq!(status, StatusCode::OK, "{length}: {page}");
        assert_eq!(said(&page, "role=\"alert\">"), TOO_LARGE, "{length}");
        holds(&page, &["id=\"files\""]);
        assert!(!page.contains("value=\"bring\""), "{length}");
    }
    // Wherever the limit falls: within a file, or between two of them.
    let second = "x".repeat(1_000);
    for room in (100..=700).step_by(100) {
        let first = "x".repeat(BYTES_MAX - room);
        let files = [(MERCHANTS.0, first.as_str()), (STORES.0, second.as_str())];
        let (status, page) = admin.judged_in_pieces(&files, 100).await;
        assert_eq!(status, StatusCode::OK, "{room}: {page}");
        assert_eq!(said(&page, "role=\"alert\">"), TOO_LARGE, "{room}");
    }
    // In pieces as small as they come, what is not too large is judged.
    let (status, page) = admin.judged_in_pieces(&[MERCHANTS], 7).await;
    assert_eq!((status, figures(&page, "商户名录")), (StatusCode::OK, vec![1, 0, 0, 0]), "{page}");
    assert_eq!(house.head().await, before);
}
