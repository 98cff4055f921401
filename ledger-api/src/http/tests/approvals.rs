//! Benefits that bodies approve, over HTTP: who proposes, who may give which body's word, and what comes of the last one.

use serde_json::{Value, json};

use super::programmes::{district, points, taken};
use super::support::{By, Edge};
use crate::access::Role;

const CLAIMS: &str = "/v1/benefits/QY1/claims";

/// A benefit of five points with a place that two bodies approve, and ten points each for WZ and WX.
async fn with_approvals(edge: &Edge) {
    let benefit = json!({"id": "QY1", "name": "疗休养", "kind": "place", "places": 1, "limit_per_worker": 1, "price": 5,
        "approvals": ["区总工会", "市总工会"]});
    taken(&edge.post("/v1/benefits", "QY1", benefit).await);
    for worker in ["WZ", "WX"] {
        let credit =
            json!({"worker": worker, "activity": "ZY01", "on": "2024-03-01", "quantity": 1, "witness": "李四"});
        taken(&edge.post("/v1/credits", &format!("C-{worker}"), credit).await);
    }
}

fn ask(worker: &str) -> Value {
    json!({"worker": worker, "at": "2024-03-05T08:30:00+08:00"})
}

fn body(name: &str) -> Value {
    json!({"body": name})
}

fn check(claim: &str) -> String {
    format!("{CLAIMS}/{claim}/check")
}

fn reject(claim: &str) -> String {
    format!("{CLAIMS}/{claim}/reject")
}

#[tokio::test]
async fn two_bodies_approve_by_two_persons_before_anything_is_given() {
    let edge = district().await;
    with_approvals(&edge).await;
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    let (first, second) = (By::new(&edge, Role::Approver, Some("Z")).await, By::new(&edge, Role::Approver, None).await);
    let elsewhere = By::new(&edge, Role::Approver, Some("Y")).await;
    assert_eq!(taken(&worker.post(CLAIMS, "QD1", ask("WZ")).await)["status"], "proposed");
    assert_eq!(points(&edge, "WZ").await, json!(10), "nothing is spent");
    assert_eq!(worker.post(CLAIMS, "QD2", ask("WZ")).await.no().1, "limit_per_worker");
    let read = worker.get("/v1/benefits/QY1").await.body;
    let figures = ["granted", "waiting", "used", "proposed"].map(|of| read[of].clone());
    assert_eq!(figures, [json!(0), json!(0), json!(0), json!(1)], "{read}");
    assert_eq!(read["approvals"], json!(["区总工会", "市总工会"]));

    assert_eq!(worker.post(&check("QD1"), "T1", body("区总工会")).await.no(), (403, "forbidden"));
    assert_eq!(elsewhere.post(&check("QD1"), "T1", body("区总工会")).await.no(), (403, "forbidden"));
    assert_eq!(second.post(&check("QD9"), "T1", body("区总工会")).await.no(), (404, "unknown_benefit"));
    assert_eq!(first.post(&check("QD1"), "T1", body("区妇联")).await.no(), (422, "invalid_input"));
    let told = first.post(&check("QD1"), "T1", body("区总工会")).await;
    assert_eq!(taken(&told)["status"], "proposed");
    assert_eq!(first.post(&check("QD1"), "T2", body("市总工会")).await.no(), (403, "same_person"));
    assert_eq!(second.post(&check("QD1"), "T2", body("区总工会")).await.no(), (409, "already_decided"));
    let using = json!({"at": "2024-03-06T08:30:00+08:00"});
    assert_eq!(edge.post(&format!("{CLAIMS}/QD1/use"), "SY1", using.clone()).await.no(), (409, "not_eligible"));
    assert_eq!(taken(&second.post(&check("QD1"), "T2", body("市总工会")).await)["status"], "granted");
    assert_eq!(points(&edge, "WZ").await, json!(5));
    assert_eq!(second.post(&check("QD1"), "T3", body("市总工会")).await.no(), (409, "already_decided"));
    let again = worker.post(CLAIMS, "QD1", ask("WZ")).await;
    assert_eq!(taken(&again)["status"], "proposed", "a repeat is told what the first was told");
    taken(&edge.post(&format!("{CLAIMS}/QD1/use"), "SY1", using).await);

    // The desk proposes for others, and has no word in it; the place is gone meanwhile. In a batch it is the same.
    let here = By::new(&edge, Role::Operator, Some("Z")).await;
    assert_eq!(taken(&here.post(CLAIMS, "QD3", ask("WX")).await)["status"], "proposed");
    assert_eq!(here.post(&check("QD3"), "T4", body("市总工会")).await.no(), (403, "forbidden"));
    taken(&first.post(&check("QD3"), "T4", body("市总工会")).await);
    let batch = json!([
        {"key": "T5", "command": "check_benefit", "benefit": "QY1", "claim": "QD3", "body": "区总工会"},
        {"key": "T6", "command": "reject_benefit", "benefit": "QY1", "claim": "QD3", "reason": "名额已满"},
    ]);
    let told = second.post("/v1/batch", "batch", batch).await.body;
    assert_eq!(told["results"][0]["body"]["status"], "waiting", "{told}");
    assert_eq!(told["results"][1]["body"]["code"], "already_decided", "{told}");
    assert_eq!(points(&edge, "WX").await, json!(10), "who waits spends nothing");
}

#[tokio::test]
async fn whoever_proposed_it_has_no_word_in_it() {
    let edge = district().await;
    with_approvals(&edge).await;
    // The desk of these tests is operator and approver at once.
    assert_eq!(taken(&edge.post(CLAIMS, "QD1", ask("WZ")).await)["status"], "proposed");
    assert_eq!(edge.post(&check("QD1"), "T1", body("区总工会")).await.no(), (403, "same_person"));
    assert_eq!(edge.post(&reject("QD1"), "T1", json!({"reason": "材料不全"})).await.no(), (403, "same_person"));
    taken(&edge.other_post(&check("QD1"), "T1", body("区总工会")).await);
    assert_eq!(edge.other_post(&check("QD1"), "T2", body("市总工会")).await.no(), (403, "same_person"));
}

#[tokio::test]
async fn what_is_sent_back_is_free_to_be_asked_again_and_the_reason_is_no_part_of_the_journal() {
    let edge = district().await;
    with_approvals(&edge).await;
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    let approver = By::new(&edge, Role::Approver, Some("Z1")).await;
    let certified = |worker: &str| {
        let mut asked = ask(worker);
        asked["certificate"] = json!("ZS-1");
        asked
    };
    taken(&worker.post(CLAIMS, "QD1", certified("WZ")).await);
    assert_eq!(edge.post(CLAIMS, "QD2", certified("WX")).await.no(), (409, "already_claimed"));
    assert_eq!(approver.post(&reject("QD1"), "T1", json!({})).await.status.as_u16(), 400, "a reason is given");
    let told = approver.post(&reject("QD1"), "T1", json!({"reason": "缺诊断证明原件"})).await;
    assert_eq!(taken(&told)["status"], "rejected");
    assert_eq!(approver.post(&check("QD1"), "T2", body("区总工会")).await.no(), (409, "already_decided"));
    let journal = edge.app.ledger.journal();
    let entries = journal.read(0, 10_000).await.unwrap();
    let rejected = entries.iter().find(|entry| entry.event_type == "BenefitRejected").expect("it is recorded");
    assert!(!String::from_utf8_lossy(&rejected.payload).contains("缺诊断证明原件"), "it stands in the vault");
    taken(&edge.post(CLAIMS, "QD2", certified("WX")).await);
    taken(&worker.post(CLAIMS, "QD3", ask("WZ")).await);
    let back = worker.post(&format!("{CLAIMS}/QD3/withdraw"), "CH1", json!({})).await;
    assert_eq!((&taken(&back)["status"], &back.body["points"]), (&json!("withdrawn"), &json!(0)));
    let read = worker.get("/v1/benefits/QY1").await.body;
    assert_eq!([&read["granted"], &read["proposed"]], [&json!(0), &json!(1)], "{read}");
    // What was proposed and is withdrawn had not been granted; it stood in no queue.
    let report = edge.get("/v1/audit/report?format=text").await.body.to_string();
    assert!(report.contains("尚未发放") && !report.contains("排队中"), "{report}");
}

#[tokio::test]
async fn bodies_are_left_as_they_were_until_they_are_named_anew() {
    let edge = district().await;
    with_approvals(&edge).await;
    let register = |approvals: Option<Value>| {
        let mut benefit = json!({"id": "QY1", "name": "疗休养", "kind": "place"});
        if let Some(approvals) = approvals {
            benefit["approvals"] = approvals;
        }
        benefit
    };
    taken(&edge.post("/v1/benefits", "QY1-2", register(None)).await);
    assert_eq!(edge.get("/v1/benefits/QY1").await.body["approvals"], json!(["区总工会", "市总工会"]));
    let three = register(Some(json!(["甲", "乙", "丙"])));
    assert_eq!(edge.post("/v1/benefits", "QY1-3", three).await.no(), (422, "invalid_input"));
    taken(&edge.post("/v1/benefits", "QY1-3", register(Some(json!([])))).await);
    assert_eq!(taken(&edge.post(CLAIMS, "QD1", ask("WZ")).await)["status"], "granted", "nobody approves it any more");
}

/// The names of the applications of a list.
fn names(list: &Value) -> Vec<&str> {
    let claims = list["claims"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    claims.iter().map(|claim| claim["claim"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_waits_for_the_word_of_bodies_is_listed_for_those_in_whose_reach_it_is() {
    let edge = district().await;
    with_approvals(&edge).await;
    let here = By::new(&edge, Role::Operator, Some("Z")).await;
    let (first, second) =
        (By::new(&edge, Role::Approver, Some("Z1")).await, By::new(&edge, Role::Approver, None).await);
    let elsewhere = By::new(&edge, Role::Approver, Some("Y")).await;
    assert_eq!(names(&first.get(CLAIMS).await.body), [""; 0]);
    let mut certified = ask("WZ");
    certified["certificate"] = json!("ZS-1");
    taken(&here.post(CLAIMS, "QD2", certified).await);
    taken(&here.post(CLAIMS, "QD1", ask("WX")).await);
    taken(&first.post(&check("QD1"), "T1", body("市总工会")).await);

    let list = first.get(&format!("{CLAIMS}?status=proposed")).await.body;
    assert_eq!(names(&list), ["QD1", "QD2"], "by their numbers");
    let (checked, certified) = (&list["claims"][0], &list["claims"][1]);
    assert_eq!([&checked["worker"], &checked["status"]], [&json!("WX"), &json!("proposed")]);
    assert_eq!([&checked["at"], &checked["amount"]], [&json!("2024-03-05T08:30:00+08:00"), &Value::Null]);
    assert_eq!(checked["approvals"], json!(["区总工会", "市总工会"]));
    assert_eq!(checked["checks"][0]["body"], json!("市总工会"), "{checked}");
    assert!(checked["checks"][0]["by"].is_string() && checked["checks"][0]["by"] != checked["by"], "{checked}");
    assert_eq!([&certified["certificate"], &certified["checks"]], [&json!("ZS-1"), &json!([])]);
    assert_eq!(checked["by"], certified["by"], "the desk entered both");

    let page = first.get(&format!("{CLAIMS}?limit=1")).await.body;
    assert_eq!((names(&page), &page["next"]), (vec!["QD1"], &json!("QD1")));
    let page = first.get(&format!("{CLAIMS}?limit=1&after=QD1")).await.body;
    assert_eq!((names(&page), &page["next"]), (vec!["QD2"], &Value::Null));

    let auditor = By::new(&edge, Role::Auditor, None).await;
    assert_eq!(names(&auditor.get(CLAIMS).await.body), ["QD1", "QD2"]);
    assert_eq!(names(&here.get(CLAIMS).await.body), ["QD1", "QD2"]);
    assert_eq!(names(&elsewhere.get(CLAIMS).await.body), [""; 0], "out of reach");
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    assert_eq!(worker.get(CLAIMS).await.no(), (403, "forbidden"));
    assert_eq!(first.get("/v1/benefits/QY9/claims").await.no(), (404, "unknown_benefit"));
    assert_eq!(first.get(&format!("{CLAIMS}?status=granted")).await.status.as_u16(), 400, "nothing else is listed");

    // What was decided waits no more; a page goes on after one that is gone.
    assert_eq!(taken(&second.post(&check("QD1"), "T2", body("区总工会")).await)["status"], "granted");
    assert_eq!(names(&first.get(&format!("{CLAIMS}?after=QD1")).await.body), ["QD2"]);
    taken(&first.post(&reject("QD2"), "T3", json!({"reason": "缺证明"})).await);
    assert_eq!(names(&first.get(CLAIMS).await.body), [""; 0]);
}
