//! Appointments that a second person confirms, over HTTP: who proposes, who may say the word, and what waits meanwhile.

use axum::http::Method;
use ledger_core::domain::ids::{Actor, Key};
use ledger_core::domain::period::Period;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::{Context, Outcome, Submission, commands};
use serde_json::{Value, json};

use super::programmes::{district, taken};
use super::support::{By, Edge};
use crate::access::Role;
use crate::access::policy::{Read, Who};
use crate::service::appointing::proposed_among;
use crate::service::reading::may_ever_read;

const APPOINTMENTS: &str = "/v1/appointments";

/// From here on one person checks what another proposed.
async fn with_checks(edge: &Edge) {
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true});
    let body = json!({"effective_from": "2023-07-01", "activities": [line], "district": {"checks": 1}});
    assert_eq!(edge.put("/v1/schedule", "checks", body).await.status.as_u16(), 200);
}

fn letter(id: &str, worker: &str, site: Option<&str>) -> Value {
    json!({"id": id, "worker": worker, "role": "特聘网格员", "site": site, "from": "2024-01-01"})
}

fn word(worker: &str, id: &str, verb: &str) -> String {
    format!("/v1/workers/{worker}/appointments/{id}/{verb}")
}

async fn held(edge: &Edge, worker: &str) -> usize {
    edge.get(&format!("/v1/workers/{worker}/appointments")).await.body["appointments"].as_array().unwrap().len()
}

#[tokio::test]
async fn another_approver_confirms_and_nothing_holds_before() {
    let edge = district().await;
    with_checks(&edge).await;
    let street = By::new(&edge, Role::Approver, Some("Z")).await;
    let (other, whole) = (By::new(&edge, Role::Approver, Some("Z1")).await, By::new(&edge, Role::Approver, None).await);
    let elsewhere = By::new(&edge, Role::Approver, Some("Y")).await;
    let (operator, worker) =
        (By::new(&edge, Role::Operator, Some("Z1")).await, By::new(&edge, Role::Worker, Some("WZ")).await);
    assert_eq!(taken(&street.post(APPOINTMENTS, "PS1", letter("PS1", "WZ", None)).await)["status"], "proposed");
    assert_eq!(held(&edge, "WZ").await, 0, "nothing holds");
    let confirm = word("WZ", "PS1", "confirm");
    for nobody in [&operator, &worker, &elsewhere] {
        assert_eq!(nobody.post(&confirm, "T1", json!({})).await.no(), (403, "forbidden"));
    }
    assert_eq!(street.post(&confirm, "T1", json!({})).await.no(), (403, "same_person"));
    let sent_back = json!({"reason": "名单有误"});
    assert_eq!(street.post(&word("WZ", "PS1", "reject"), "T1", sent_back).await.no(), (403, "same_person"));
    assert_eq!(other.post(&word("WZ", "PS9", "confirm"), "T1", json!({})).await.no(), (404, "not_found"));
    assert_eq!(whole.post(&word("NOBODY", "PS1", "confirm"), "T1", json!({})).await.no(), (404, "unknown_worker"));
    let told = other.post(&confirm, "T1", json!({})).await;
    assert_eq!((&taken(&told)["status"], &told.body["appointment"]), (&json!("confirmed"), &json!("PS1")));
    assert_eq!(taken(&other.post(&confirm, "T1", json!({})).await)["status"], "confirmed", "a repeat");
    assert_eq!(whole.post(&confirm, "T2", json!({})).await.no(), (409, "already_decided"));
    let read = edge.get("/v1/workers/WZ/appointments").await.body;
    assert_eq!((&read["appointments"][0]["appointment"], held(&edge, "WZ").await), (&json!("PS1"), 1));

    // To end it is to change it, and waits as well.
    let mut ended = letter("PS1", "WZ", None);
    ended["ended"] = json!("2024-03-01");
    assert_eq!(taken(&street.post(APPOINTMENTS, "PS1-b", ended).await)["status"], "proposed");
    assert_eq!(edge.get("/v1/workers/WZ/appointments").await.body["appointments"][0]["ended"], Value::Null);
    assert_eq!(street.post(APPOINTMENTS, "PS1-c", letter("PS1", "WZ", Some("Z1"))).await.no().1, "duplicate_conflict");
    let items = json!([{"key": "T3", "command": "confirm_appointment", "worker": "WZ", "appointment": "PS1"}]);
    let told = edge.send(edge.request(Method::POST, "/v1/batch", &whole.token), items.to_string()).await;
    assert_eq!(told.body["results"][0]["status"], 200, "{told:?}");
    assert_eq!(edge.get("/v1/workers/WZ/appointments").await.body["appointments"][0]["ended"], "2024-03-01");
}

#[tokio::test]
async fn the_right_reaches_the_worker_and_the_site() {
    let edge = district().await;
    with_checks(&edge).await;
    let proposer = By::new(&edge, Role::Approver, None).await;
    let (of_worker, of_site) =
        (By::new(&edge, Role::Approver, Some("Z")).await, By::new(&edge, Role::Approver, Some("Y")).await);
    let whole = By::new(&edge, Role::Approver, None).await;
    taken(&proposer.post(APPOINTMENTS, "PS1", letter("PS1", "WZ", Some("Y"))).await);
    taken(&proposer.post(APPOINTMENTS, "PS2", letter("PS2", "WZ", Some("Z1"))).await);
    for one in [&of_worker, &of_site] {
        assert_eq!(one.post(&word("WZ", "PS1", "confirm"), "T1", json!({})).await.no(), (403, "forbidden"));
        let sent_back = json!({"reason": "名单有误"});
        assert_eq!(one.post(&word("WZ", "PS1", "reject"), "T1", sent_back).await.no(), (403, "forbidden"));
    }
    assert_eq!(taken(&of_worker.post(&word("WZ", "PS2", "confirm"), "T2", json!({})).await)["status"], "confirmed");
    assert_eq!(taken(&whole.post(&word("WZ", "PS1", "confirm"), "T3", json!({})).await)["status"], "confirmed");
}

#[tokio::test]
async fn what_waits_is_listed_to_its_end_for_whom_the_right_reaches() {
    let edge = district().await;
    with_checks(&edge).await;
    let proposer = By::new(&edge, Role::Approver, None).await;
    for (id, worker) in [("PS1", "WX"), ("PS2", "WX"), ("PS3", "WY"), ("PS4", "WZ"), ("PS5", "WZ")] {
        taken(&proposer.post(APPOINTMENTS, id, letter(id, worker, None)).await);
    }
    let desk = By::new(&edge, Role::Operator, Some("Z")).await;
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("/v1/appointments?status=proposed&limit=1&after={after}")).await.body;
        let rows = page["appointments"].as_array().unwrap().clone();
        assert_eq!(rows.len(), 1, "{page}");
        found.extend(rows.iter().map(|row| row["appointment"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, ["PS1", "PS2", "PS4", "PS5"], "WY is another street's");
    let all = edge.get("/v1/appointments").await.body;
    let first = &all["appointments"][0];
    assert_eq!((all["appointments"].as_array().map(Vec::len), &all["next"]), (Some(5), &Value::Null));
    assert_eq!(
        ["worker", "role", "status", "stands", "from"].map(|of| first[of].clone()),
        [json!("WX"), json!("特聘网格员"), json!("proposed"), json!(false), json!("2024-01-01")]
    );
    assert_eq!(edge.get("/v1/appointments?status=confirmed").await.no(), (400, "invalid_input"));
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    assert_eq!(worker.get("/v1/appointments").await.no(), (403, "forbidden"));
    let own = worker.get("/v1/workers/WZ/export?format=json").await.body["appointments"].clone();
    assert_eq!((own.as_array().map(Vec::len), own.to_string().contains("待确认")), (Some(2), true), "{own}");
}

#[tokio::test]
async fn no_more_than_so_many_appointments_are_looked_through_for_a_page() {
    let edge = district().await;
    let proposer = By::new(&edge, Role::Approver, None).await;
    for id in ["PS1", "PS2", "PS3", "PS4", "PS5"] {
        taken(&proposer.post(APPOINTMENTS, id, letter(id, "WX", None)).await);
    }
    with_checks(&edge).await;
    for (id, worker) in [("PS3-2", "WX"), ("PS6", "WZ"), ("PS7", "WZ")] {
        taken(&proposer.post(APPOINTMENTS, id, letter(id, worker, None)).await);
    }
    edge.app.views.fresh(None).await.unwrap();
    let reading = may_ever_read(Who::Owner, Read::ProposedAppointments).expect("the machine's owner reads all");
    let first = proposed_among(&edge.app, &reading, ("", 1), 2).await.unwrap();
    assert_eq!((first.rows.len(), first.next.as_deref()), (0, Some("WX/PS2")), "so few hold nothing that waits");
    let (mut found, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = proposed_among(&edge.app, &reading, (after.as_str(), 1), 2).await.unwrap();
        assert!(page.rows.len() <= 1 && page.position > 0, "{page:?}");
        found.extend(page.rows.into_iter().map(|row| row.id));
        pages += 1;
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!(found, ["PS3-2", "PS6", "PS7"], "nothing is left out and nothing told twice");
    assert!(pages < 10, "{pages}");
}

#[tokio::test]
async fn a_number_that_a_register_took_meanwhile_is_told() {
    let edge = district().await;
    with_checks(&edge).await;
    let proposer = By::new(&edge, Role::Approver, None).await;
    taken(&proposer.post(APPOINTMENTS, "PS1", letter("PS1", "WZ", None)).await);
    let of = |body: Value| ["stands", "taken"].map(|of| body["appointments"][0][of].clone());
    assert_eq!(of(edge.get(APPOINTMENTS).await.body), [json!(false), json!(false)]);
    let terms = AppointmentTerms {
        body: "街道".into(),
        days: Period { from: "2024-01-01".parse().ok(), through: None },
        ended: None,
        role: "特聘网格员".into(),
        site: None,
    };
    let row =
        commands::RegisterAppointment { appointment: "PS1".parse().unwrap(), worker: "WZ".parse().unwrap(), terms };
    let context = Context {
        key: Key::new("R-1").unwrap(),
        actor: Actor::new("machine-owner").unwrap(),
        at: edge.app.ledger.now(),
    };
    let told = edge.app.ledger.submit(Submission { context, command: row.into() }).await;
    assert!(matches!(told, Outcome::Committed(_)), "{told:?}");
    assert_eq!(of(edge.get(APPOINTMENTS).await.body), [json!(true), json!(true)]);
    let other = By::new(&edge, Role::Approver, None).await;
    assert_eq!(other.post(&word("WZ", "PS1", "confirm"), "T1", json!({})).await.no(), (409, "duplicate_conflict"));
    taken(&other.post(&word("WZ", "PS1", "reject"), "T2", json!({"reason": "名册已有"})).await);
    assert_eq!(edge.get(APPOINTMENTS).await.body["appointments"], json!([]));
}

#[tokio::test]
async fn what_is_sent_back_says_why_and_the_reason_is_no_part_of_the_journal() {
    let edge = district().await;
    with_checks(&edge).await;
    let (proposer, other) =
        (By::new(&edge, Role::Approver, None).await, By::new(&edge, Role::Approver, Some("Z1")).await);
    taken(&proposer.post(APPOINTMENTS, "PS1", letter("PS1", "WZ", None)).await);
    let reject = word("WZ", "PS1", "reject");
    assert_eq!(other.post(&reject, "T1", json!({})).await.status.as_u16(), 400, "a reason is given");
    let told = other.post(&reject, "T1", json!({"reason": "名单里没有此人"})).await;
    assert_eq!(taken(&told)["status"], "rejected");
    let entries = edge.app.ledger.journal().read(0, 10_000).await.unwrap();
    let rejected = entries.iter().find(|entry| entry.event_type == "AppointmentRejected").expect("it is recorded");
    assert!(!String::from_utf8_lossy(&rejected.payload).contains("名单里没有此人"), "it stands in the vault");
    assert_eq!(other.post(&word("WZ", "PS1", "confirm"), "T2", json!({})).await.no(), (409, "already_decided"));
    let worker = By::new(&edge, Role::Worker, Some("WZ")).await;
    let own = worker.get("/v1/workers/WZ/export?format=json").await.body["appointments"].to_string();
    assert!(own.contains("已退回") && own.contains("名单里没有此人"), "{own}");
    taken(&proposer.post(APPOINTMENTS, "PS1-b", letter("PS1", "WZ", Some("Z1"))).await);
    assert_eq!(taken(&other.post(&word("WZ", "PS1", "confirm"), "T3", json!({})).await)["status"], "confirmed");
}

#[tokio::test]
async fn where_no_check_is_asked_for_it_stands_at_once() {
    let edge = district().await;
    let proposer = By::new(&edge, Role::Approver, Some("Z")).await;
    assert_eq!(taken(&proposer.post(APPOINTMENTS, "PS1", letter("PS1", "WZ", None)).await)["status"], "confirmed");
    assert_eq!(held(&edge, "WZ").await, 1);
    with_checks(&edge).await;
    assert_eq!(taken(&proposer.post(APPOINTMENTS, "PS1", letter("PS1", "WZ", None)).await)["status"], "confirmed");
    assert_eq!(taken(&proposer.post(APPOINTMENTS, "PS2", letter("PS2", "WZ", None)).await)["status"], "proposed");
}
