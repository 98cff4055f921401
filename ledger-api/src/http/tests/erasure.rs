//! Reasons in the vault, and a person forgotten: what is left of either, searched byte by byte.

use std::io::{Cursor, Read};
use std::path::Path;

use axum::body::Body;
use axum::http::Method;
use http_body_util::BodyExt;
use ledger_core::journal::url::JournalUrl;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::support::{Edge, Told};
use crate::access::Role;
use crate::service::accounts::token_for;
use crate::vault::{ACCOUNT, CASE, WITNESS, is_reference};

const NAME: &str = "欧阳不可忘";
const PHONE: &str = "0595-87654321";
const REASON: &str = "欧阳不可忘本人未到场";
/// As the account knows the same person.
const OF_ACCOUNT: &str = "欧阳锋镝";
const OF_GRANT: &str = "欧阳锋镝不再记账";

async fn ask(edge: &Edge, token: &str, method: Method, path: &str, key: &str, body: Value) -> Told {
    edge.send(edge.request(method, path, token).header("Idempotency-Key", key), body.to_string()).await
}

/// A credit taken back and a redemption given back, each with a reason, and a stocktake with one.
async fn lived_in() -> Edge {
    let edge = Edge::with_district().await;
    let person = json!({"name": NAME, "phone": PHONE});
    assert_eq!(edge.put("/v1/workers/W1/person", "-", person).await.status.as_u16(), 200);
    for key in ["C1", "C2"] {
        let body = json!({"worker": "W1", "activity": "ZY01", "on": "2024-03-05", "quantity": 2, "witness": NAME});
        assert_eq!(edge.post("/v1/credits", key, body).await.status.as_u16(), 201);
    }
    let spending = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}],
        "at": "2024-03-06T10:00:00+08:00"});
    assert_eq!(edge.post("/v1/redemptions", "R1", spending).await.status.as_u16(), 201);
    for (path, key) in [("/v1/credits/C2/reverse", "x1"), ("/v1/redemptions/R1/reverse", "x2")] {
        let told = edge.other_post(path, key, json!({"reason": REASON})).await;
        assert_eq!(told.status.as_u16(), 200, "{told:?}");
    }
    let counted = json!({"sku": "P1", "counted": 19, "reason": "月末盘点"});
    assert_eq!(edge.post("/v1/stores/S1/stocktake", "x3", counted).await.status.as_u16(), 201);
    edge
}

async fn reason_of(edge: &Edge, token: &str, path: &str, pointer: &str) -> String {
    let told = ask(edge, token, Method::GET, path, "-", json!({})).await;
    told.body.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{path}: {told:?}")).to_owned()
}

/// The files below a folder that hold some bytes.
fn holding(folder: &Path, wanted: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, wanted));
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else { continue };
        if bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn no_event_holds_a_reason_and_whoever_may_is_told_it() {
    let edge = lived_in().await;
    let events = edge.get("/v1/events?limit=1000").await.body;
    let mut references = 0;
    for event in events["events"].as_array().unwrap() {
        if let Some(reason) = event["payload"]["reason"].as_str() {
            assert!(is_reference(reason), "{event}");
            references += 1;
        }
    }
    assert_eq!(references, 3);
    let folder = edge.file("").to_path_buf();
    for secret in [REASON, NAME, PHONE, "月末盘点"] {
        assert_eq!(holding(&folder, secret), [""; 0], "{secret}");
    }

    // Administrators and auditors read reasons, with the subject's own name masked.
    let audits = token_for(&edge.app, Role::Auditor, None).await;
    let masked = "欧**本人未到场";
    for (path, pointer) in [
        ("/v1/credits/C2", "/steps/1/reason"),
        ("/v1/redemptions/R1", "/reversed/reason"),
        ("/v1/audit/report?format=json", "/corrections/rows/0/reason"),
    ] {
        let told = ask(&edge, &audits, Method::GET, path, "-", json!({})).await;
        assert!(told.body.to_string().contains(masked), "{path}: {}", told.body);
        assert!(!told.body.to_string().contains(NAME), "{path}");
        let _ = pointer;
    }
    assert!(
        ask(&edge, &audits, Method::GET, "/v1/audit/report?format=json", "-", json!({}))
            .await
            .body
            .to_string()
            .contains("月末盘点")
    );
    assert_eq!(reason_of(&edge, &edge.desk, "/v1/credits/C2", "/steps/1/reason").await, REASON);
}

#[tokio::test]
async fn the_same_reason_again_is_a_repeat_and_another_one_a_conflict() {
    let edge = lived_in().await;
    let again = edge.other_post("/v1/credits/C2/reverse", "x1", json!({"reason": REASON})).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, Some("true")), "{again:?}");
    let other = edge.other_post("/v1/credits/C2/reverse", "x1", json!({"reason": "另一个理由"})).await;
    assert_eq!(other.no(), (409, "duplicate_conflict"));
    let fresh = chrono::Utc::now().with_timezone(&chrono::FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive();
    edge.credit("C9", "ZY01", &fresh.to_string(), json!(1)).await;
    let batch = json!([
        {"key": "H1", "command": "hold", "worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]},
        {"key": "H1-x", "command": "release_hold", "hold": "H1", "reason": "不来取了"},
    ]);
    for _ in 0..2 {
        let told = edge.post("/v1/batch", "-", batch.clone()).await;
        assert_eq!(
            told.body["results"][1]["status"], 200,
            "what begins in a batch is known to what follows it: {told:?}"
        );
    }
    let statement = edge.get("/v1/workers/W1/statement").await.body;
    assert!(statement.to_string().contains("不来取了"), "{statement}");
}

#[tokio::test]
async fn numbers_of_people_are_refused_in_reasons_ids_and_keys() {
    let edge = lived_in().await;
    for reason in ["请致电13800138000", "证件 11010519491231002X"] {
        let told = edge.post("/v1/workers/W1/depart", "n1", json!({"reason": reason})).await;
        assert_eq!(told.no(), (422, "invalid_input"), "{reason}");
    }
    let told = edge.post("/v1/workers", "n2", json!({"id": "13800138000", "occupation": "快递员"})).await;
    assert_eq!(told.no(), (422, "invalid_input"));
    let told = edge.post("/v1/workers", "13800138000", json!({"id": "W5", "occupation": "快递员"})).await;
    assert_eq!(told.no(), (400, "invalid_input"));
    for (path, body) in [
        ("/v1/sites", json!({"id": "Z13800138000", "name": "和平社区", "kind": "community"})),
        ("/v1/stores", json!({"id": "S13800138000", "name": "鼓楼超市", "tier": "community"})),
        ("/v1/merchants", json!({"id": "M-13800138000", "name": "便民超市", "uscc": "91350100M000100Y43"})),
        ("/v1/accounts", json!({"id": "13800138000"})),
        ("/v1/pairs", json!({"id": "BD-13800138000", "helper": "W1", "helped": "W2", "since": "2024-01-08"})),
        ("/v1/passes", json!({"id": "13800138000", "worker": "W1", "kind": "暖心卡", "from": "2024-01-01"})),
        (
            "/v1/appointments",
            json!({"id": "PS13800138000", "worker": "W1", "role": "特聘网格员", "from": "2024-01-01"}),
        ),
        ("/v1/funds", json!({"id": "ZJ13800138000", "body": "区总工会", "year": 2024, "amount": 100})),
    ] {
        let told = edge.post(path, &format!("n3{path}"), body).await;
        assert_eq!(told.no(), (422, "invalid_input"), "{path}");
        assert!(told.body["detail"].as_str().unwrap().contains("手机号"), "{told:?}");
    }
    assert_eq!(holding(&edge.file(""), "13800138000"), [""; 0]);
}

#[tokio::test]
async fn a_person_is_forgotten_by_two_and_nothing_of_the_person_is_left() {
    let edge = lived_in().await;
    let own = token_for(&edge.app, Role::Worker, Some("W1")).await;
    let own_too = token_for(&edge.app, Role::Worker, Some("W1")).await;
    let before = edge.get("/v1/workers/W1/balance").await.body;
    let receipts = receipts(&edge).await;
    let path = "/v1/workers/W1/erase";
    let body = || json!({"reason": "不再参加"});

    let asked = ask(&edge, &own, Method::POST, path, "e1", body()).await;
    assert_eq!((asked.status.as_u16(), &asked.body["status"]), (200, &json!("asked")), "{asked:?}");
    for (token, key) in [(&own, "e2"), (&own_too, "e3")] {
        let told = ask(&edge, token, Method::POST, path, key, body()).await;
        assert_eq!(told.no(), (403, "same_person"), "also with another token");
    }
    assert_eq!(edge.get("/v1/workers/W1").await.body["name"], NAME, "nothing happens before the second word");
    let done = ask(&edge, &edge.token, Method::POST, path, "e4", body()).await;
    assert_eq!((done.status.as_u16(), &done.body["status"]), (200, &json!("erased")), "{done:?}");
    let again = ask(&edge, &edge.other_token, Method::POST, path, "e5", body()).await;
    assert_eq!(again.no(), (409, "already_decided"));

    // Nobody is told anything of the person any more.
    assert_eq!(edge.get("/v1/workers/W1").await.body.get("name"), None);
    let found = edge.post("/v1/workers/search", "-", json!({"name": NAME})).await;
    assert_eq!(found.body["workers"], json!([]));
    for path in ["/v1/credits/C2", "/v1/redemptions/R1", "/v1/workers/W1/statement", "/v1/credits/C1/witness"] {
        let told = edge.get(path).await;
        assert_eq!(told.status.as_u16(), 200, "{told:?}");
        assert!(!told.body.to_string().contains("欧") && !told.body.to_string().contains("未到场"), "{}", told.body);
    }
    let pseudonym = edge.app.vault.pseudonym(WITNESS, NAME);
    assert_eq!(edge.app.vault.get_name(WITNESS, &pseudonym).await.unwrap(), None);
    for secret in [NAME, PHONE, "059587654321", REASON, "不再参加"] {
        assert_eq!(holding(&edge.file(""), secret), [""; 0], "{secret}");
    }

    // Sums, receipts and checkpoints are what they were, and redeeming by code goes on.
    let after = edge.get("/v1/workers/W1/balance").await.body;
    assert_eq!((&after["available"], &after["held"]), (&before["available"], &before["held"]));
    assert_eq!(self::receipts(&edge).await, receipts);
    let spending = json!({"worker": "W1", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}],
        "at": "2024-03-07T10:00:00+08:00"});
    assert_eq!(edge.post("/v1/redemptions", "R2", spending).await.status.as_u16(), 201);

    // No sheet brings the name back.
    edge.app.vault.put_name(crate::vault::WORKER, "W1", NAME).await.unwrap();
    assert_eq!(edge.get("/v1/workers/W1").await.body.get("name"), None);
    let told = edge.put("/v1/workers/W1/person", "-", json!({"name": NAME})).await;
    assert_eq!(told.no(), (409, "already_decided"));
}

#[tokio::test]
async fn nothing_is_left_of_how_the_persons_accounts_were_named_and_why_their_grants_ended() {
    let edge = lived_in().await;
    let account = json!({"id": "rider-1", "name": OF_ACCOUNT, "worker": "W1"});
    assert_eq!(edge.post("/v1/accounts", "a1", account).await.status.as_u16(), 201);
    let stranger = json!({"id": "rider-2", "name": "司徒无关", "worker": "W2"});
    assert_eq!(edge.post("/v1/accounts", "a2", stranger).await.status.as_u16(), 201);
    let granted = edge.post("/v1/accounts/rider-1/roles", "g1", json!({"role": "clerk", "scope": "S1"})).await;
    assert_eq!(granted.status.as_u16(), 201, "{granted:?}");
    let ended = edge.post("/v1/grants/g1/end", "g2", json!({"reason": OF_GRANT})).await;
    assert_eq!(ended.status.as_u16(), 200, "{ended:?}");
    let reference = edge.get("/v1/events?limit=1000").await.body;
    let reference = reference["events"].as_array().unwrap().iter().find(|event| event["type"] == "GrantEnded").unwrap();
    let reference = reference["payload"]["reason"].as_str().unwrap().to_owned();
    // A witness was written down by the name that the account has.
    let body = json!({"worker": "W1", "activity": "ZY01", "on": "2024-03-08", "quantity": 1, "witness": OF_ACCOUNT});
    assert_eq!(edge.post("/v1/credits", "C3", body).await.status.as_u16(), 201);
    let vault = &edge.app.vault;
    let pseudonym = vault.pseudonym(WITNESS, OF_ACCOUNT);
    assert_eq!(vault.get_name(ACCOUNT, "rider-1").await.unwrap().as_deref(), Some(OF_ACCOUNT));
    assert_eq!(vault.texts(&[(CASE, "g1", reference.as_str())]).await.unwrap(), [Some(OF_GRANT.to_owned())]);

    ask(&edge, &edge.token, Method::POST, "/v1/workers/W1/erase", "e1", json!({"reason": "x"})).await;
    let done = ask(&edge, &edge.other_token, Method::POST, "/v1/workers/W1/erase", "e2", json!({"reason": "y"})).await;
    assert_eq!(done.body["status"], "erased", "{done:?}");
    assert_eq!(vault.get_name(ACCOUNT, "rider-1").await.unwrap(), None);
    assert_eq!(vault.texts(&[(CASE, "g1", reference.as_str())]).await.unwrap(), [None]);
    assert_eq!(vault.get_name(WITNESS, &pseudonym).await.unwrap(), None);
    assert_eq!(vault.get_name(ACCOUNT, "rider-2").await.unwrap().as_deref(), Some("司徒无关"), "somebody else");
    for secret in [OF_ACCOUNT, OF_GRANT] {
        assert_eq!(holding(&edge.file(""), secret), [""; 0], "{secret}");
    }
    // No other account of the person brings a name back.
    let another = edge.post("/v1/accounts", "a3", json!({"id": "rider-3", "name": OF_ACCOUNT, "worker": "W1"})).await;
    assert_eq!(another.no(), (409, "already_decided"));
    let unnamed = edge.post("/v1/accounts", "a3", json!({"id": "rider-3", "worker": "W1"})).await;
    assert_eq!(unnamed.status.as_u16(), 201, "{unnamed:?}");
}

/// The receipts of the first entries against the checkpoint of now, which earlier ones are a part of.
async fn receipts(edge: &Edge) -> Vec<Value> {
    let mut receipts = Vec::new();
    for position in 1..=10 {
        let told = edge.get(&format!("/v1/audit/inclusion/{position}?size=10")).await;
        assert_eq!(told.status.as_u16(), 200, "{told:?}");
        receipts.push(told.body);
    }
    receipts
}

#[tokio::test]
async fn a_key_that_comes_back_with_a_backup_is_destroyed_before_anything_is_told() {
    let edge = lived_in().await;
    let vault = edge.file("nuanxin.vault.db");
    let backup = std::fs::read(&vault).unwrap();
    ask(&edge, &edge.token, Method::POST, "/v1/workers/W1/erase", "e1", json!({"reason": "x"})).await;
    ask(&edge, &edge.other_token, Method::POST, "/v1/workers/W1/erase", "e2", json!({"reason": "y"})).await;
    let url = JournalUrl::Sqlite(edge.file("nuanxin.db"));
    std::fs::write(&vault, backup).unwrap();
    let reopened = crate::vault::Vault::open(&url).await.unwrap();
    assert_eq!(reopened.get_name(crate::vault::WORKER, "W1").await.unwrap(), None);
    assert_eq!(reopened.person("W1").await.unwrap(), crate::vault::Person::default());
}

#[tokio::test]
async fn an_erasure_that_was_cut_short_is_finished_before_anything_is_served() {
    let edge = lived_in().await;
    ask(&edge, &edge.token, Method::POST, "/v1/workers/W1/erase", "e1", json!({"reason": "x"})).await;
    ask(&edge, &edge.other_token, Method::POST, "/v1/workers/W1/erase", "e2", json!({"reason": "y"})).await;
    let edge = lived_in_again(edge).await;
    crate::service::erasure::resume(&edge.app).await.unwrap();
    assert_eq!(edge.app.vault.begun_erasures().await.unwrap(), []);
    assert_eq!(
        edge.app.vault.texts(&[("worker", "W1", "text:00000000000000000000000000000000")]).await.unwrap(),
        [None]
    );
}

/// As if the server had been killed between the ledger's word and the vault's.
async fn lived_in_again(edge: Edge) -> Edge {
    edge.app.vault.begin_erasure("W1", "e2").await.unwrap();
    edge.app.vault.begin_erasure("W2", "never-sent").await.unwrap();
    edge
}

#[tokio::test]
async fn everything_that_is_held_of_a_person_is_the_persons_to_take() {
    let edge = lived_in().await;
    let own = token_for(&edge.app, Role::Worker, Some("W1")).await;
    edge.get("/v1/workers/W1/balance").await;
    let told = ask(&edge, &own, Method::GET, "/v1/workers/W1/export?format=json", "-", json!({})).await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let account = json!({"id": "rider-1", "name": OF_ACCOUNT, "worker": "W1"});
    assert_eq!(edge.post("/v1/accounts", "a1", account).await.status.as_u16(), 201);
    let told = ask(&edge, &own, Method::GET, "/v1/workers/W1/export?format=json", "-", json!({})).await;
    for held in [NAME, "059587654321", REASON, "快递员", "C1", "R1", "available", OF_ACCOUNT, "rider-1", "worker-"] {
        assert!(told.body.to_string().contains(held), "{held}: {}", told.body);
    }
    let workbook = ask(&edge, &own, Method::GET, "/v1/workers/W1/export?format=xlsx", "-", json!({})).await;
    assert_eq!(workbook.status.as_u16(), 200);
    assert!(workbook.header("content-disposition").unwrap().contains("own-data"));
    assert_eq!(ask(&edge, &own, Method::GET, "/v1/workers/W2/export", "-", json!({})).await.no(), (403, "forbidden"));
    assert_eq!(edge.get("/v1/credits/C1/witness").await.body["name"], NAME);
}

#[tokio::test]
async fn what_a_person_takes_is_words_and_times_of_the_district_in_a_workbook_and_names_in_json() {
    let edge = lived_in().await;
    let own = token_for(&edge.app, Role::Worker, Some("W1")).await;
    edge.get("/v1/workers/W1/balance").await;
    let told = ask(&edge, &own, Method::GET, "/v1/workers/W1/export?format=json", "-", json!({})).await;
    let read = told.body["readers"].as_array().unwrap().iter().find(|read| read["what"] == "Balance").unwrap();
    assert_eq!(read["role"], "admin");
    let at: chrono::DateTime<chrono::Utc> = read["at"].as_str().unwrap().parse().unwrap();
    assert!(told.body["entries"].to_string().contains("CreditReversed"), "{}", told.body);

    let request = edge.request(Method::GET, "/v1/workers/W1/export?format=xlsx", &own).body(Body::empty()).unwrap();
    let bytes = edge.router.clone().oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    let mut texts = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    archive.by_name("xl/sharedStrings.xml").unwrap().read_to_string(&mut texts).unwrap();
    let here = at.with_timezone(&chrono::FixedOffset::east_opt(8 * 3_600).unwrap());
    let minute = here.format("%Y-%m-%d %H:%M").to_string();
    for told in ["积分余额", "管理员", "2024-03-06 10:00", minute.as_str()] {
        assert!(texts.contains(told), "{told}: {texts}");
    }
    for kept in ["Balance", "admin<", "CreditReversed", "+08:00", "+00:00"] {
        assert!(!texts.contains(kept), "{kept}: {texts}");
    }
}
