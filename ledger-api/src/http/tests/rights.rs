//! Rights that end at the own store, site, branch or account, over HTTP with whole bodies: alone and inside of batches. What
//! is foreign and what is not there are refused with the very same words.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Edge, Told};
use crate::access::Role;
use crate::service::accounts::token_for;

/// Two of everything: W1 without a site; WZ at Z1, which hangs under Z, and WY at Y; stores S1 and S2.
async fn district() -> Edge {
    let edge = Edge::with_district().await;
    // What is earned once can be spent whenever this runs.
    let forever = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "unit": "小时", "points_per_unit": 10,
        "counts_for_card": true});
    let schedule = json!({"effective_from": "2023-06-01", "activities": [forever]});
    assert_eq!(edge.put("/v1/schedule", "schedule-2", schedule).await.status.as_u16(), 200);
    for (path, body) in [
        ("/v1/sites", json!({"id": "Z", "name": "鼓楼街道", "kind": "street"})),
        ("/v1/sites", json!({"id": "Z1", "name": "和平社区", "kind": "community", "parent": "Z"})),
        ("/v1/sites", json!({"id": "Y", "name": "龙桥街道", "kind": "street"})),
        ("/v1/workers", json!({"id": "WZ", "occupation": "骑手", "party_member": true, "site": "Z1"})),
        ("/v1/workers", json!({"id": "WY", "occupation": "骑手", "party_member": true, "site": "Y"})),
        ("/v1/stores", json!({"id": "S2", "name": "二号网点", "tier": "社区", "site": "Z1"})),
        ("/v1/stores/S2/items", json!({"sku": "P1", "name": "毛巾", "kind": "实物", "price": 5, "merchant": "M1"})),
        ("/v1/stores/S2/restock", json!({"sku": "P1", "quantity": 20})),
    ] {
        let told =
            edge.post(path, &format!("set-up-{}", body["id"].as_str().unwrap_or(path).replace('/', "-")), body).await;
        assert_eq!(told.status.as_u16(), 201, "{path}: {told:?}");
    }
    for worker in ["W1", "WZ", "WY"] {
        let credit =
            json!({"worker": worker, "activity": "ZY01", "on": "2024-03-05", "quantity": 4, "witness": "李四"});
        assert_eq!(edge.post("/v1/credits", &format!("C-{worker}"), credit).await.status.as_u16(), 201);
    }
    edge
}

async fn ask(edge: &Edge, token: &str, method: Method, path: &str, key: &str, body: &Value) -> Told {
    let request = edge.request(method.clone(), path, token).header("Idempotency-Key", key);
    if method == Method::GET {
        return edge.finish(request.body(Body::empty()).unwrap()).await;
    }
    edge.send(request, body.to_string()).await
}

fn forbidden() -> Value {
    json!({
        "type": "urn:nuanxin:problem:forbidden", "title": "该角色无权办理", "status": 403,
        "detail": "the role of this access token may not do this", "code": "forbidden",
    })
}

/// Reads, each with whether it is for them to read.
async fn reads(edge: &Edge, token: &str, cases: &[(&str, bool)]) {
    for (path, may) in cases {
        let told = ask(edge, token, Method::GET, path, "", &Value::Null).await;
        if *may {
            assert_eq!(told.status.as_u16(), 200, "{path}: {told:?}");
        } else {
            assert_eq!(told.body, forbidden(), "{path}");
        }
    }
}

/// Commands, each as an item of a batch with the path of its own route, and whether it is theirs to give. Each that is not
/// is tried both ways.
async fn commands(edge: &Edge, token: &str, cases: &[(&str, &[&str], Value, bool)]) {
    for (number, (path, in_path, item, may)) in cases.iter().enumerate() {
        let key = format!("k{number}-{}", &token[3..11]);
        let mut body = item.clone();
        let fields = body.as_object_mut().unwrap();
        fields.remove("command");
        in_path.iter().for_each(|field| drop(fields.remove(*field)));
        if !may {
            let told = ask(edge, token, Method::POST, path, &key, &body).await;
            assert_eq!(told.body, forbidden(), "{path} {body}");
        }
        let mut item = item.clone();
        item["key"] = json!(key);
        let told = ask(edge, token, Method::POST, "/v1/batch", "", &json!([item])).await;
        let result = &told.body["results"][0];
        if *may {
            assert!(result["status"].as_u64().is_some_and(|status| status < 300), "{item}: {told:?}");
            // Asked again by its own route it is the first answer.
            let again = ask(edge, token, Method::POST, path, &key, &body).await;
            assert!(again.status.is_success() && again.header("idempotency-replayed").is_some(), "{path}: {again:?}");
        } else {
            assert_eq!(result["body"], forbidden(), "{item}");
        }
    }
}

#[tokio::test]
async fn a_clerk_works_at_the_own_store() {
    let edge = district().await;
    let token = token_for(&edge.app, Role::Clerk, Some("S1")).await;
    let redeem = |store: &str| json!({"command": "redeem", "worker": "WY", "store": store, "lines": [{"sku": "P1", "quantity": 1}]});
    let hold = |store: &str| json!({"command": "hold", "worker": "WY", "store": store, "lines": [{"sku": "P1", "quantity": 1}]});
    let stock = |command: &str, store: &str| json!({"command": command, "store": store, "sku": "P1", "quantity": 1});
    let of_store: &[&str] = &["store"];
    let mut cases = vec![
        (
            "/v1/credits",
            &[][..],
            json!({"command": "credit", "worker": "WY", "activity": "ZY01", "on": "2024-03-06", "quantity": 1, "witness": "李四"}),
            false,
        ),
        ("/v1/stores/S1/restock", of_store, stock("restock", "S1"), true),
    ];
    for (store, path, may) in [
        ("S1", "/v1/stores/S1/restock", true),
        ("S2", "/v1/stores/S2/restock", false),
        ("S9", "/v1/stores/S9/restock", false),
    ] {
        cases.push(("/v1/redemptions", &[], redeem(store), may));
        cases.push(("/v1/holds", &[], hold(store), may));
        cases.push((path, of_store, stock("restock", store), may));
    }
    commands(&edge, &token, &cases).await;
    reads(
        &edge,
        &token,
        &[
            ("/v1/stores/S1/stock", true),
            ("/v1/stores/S2/stock", false),
            ("/v1/stores/S9/stock", false),
            ("/v1/workers/WY/balance", true),
            ("/v1/workers/WY/statement", false),
            ("/v1/workers/WY", false),
            ("/v1/workers", false),
            ("/v1/me", true),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_clerk_takes_back_a_redemption_of_the_day_and_an_approver_a_later_one() {
    let edge = district().await;
    let clerk = token_for(&edge.app, Role::Clerk, Some("S2")).await;
    let elsewhere = token_for(&edge.app, Role::Clerk, Some("S1")).await;
    let approver = token_for(&edge.app, Role::Approver, Some("Z")).await;
    let stranger = token_for(&edge.app, Role::Approver, Some("Y")).await;
    let lines = json!([{"sku": "P1", "quantity": 1}]);
    for (key, at) in [("today", None), ("before", Some("2024-03-06T10:00:00+08:00"))] {
        let mut body = json!({"worker": "WZ", "store": "S2", "lines": lines});
        if let Some(at) = at {
            body["at"] = json!(at);
        }
        assert_eq!(edge.post("/v1/redemptions", key, body).await.status.as_u16(), 201);
    }
    let reverse =
        |redemption: &str| json!({"command": "reverse_redemption", "redemption": redemption, "reason": "退货"});
    let of: &[&str] = &["redemption"];
    let (today, before, nothing) =
        ("/v1/redemptions/today/reverse", "/v1/redemptions/before/reverse", "/v1/redemptions/nothing/reverse");
    for token in [&elsewhere, &stranger] {
        let cases = [
            (today, of, reverse("today"), false),
            (before, of, reverse("before"), false),
            (nothing, of, reverse("nothing"), false),
        ];
        commands(&edge, token, &cases).await;
    }
    commands(
        &edge,
        &clerk,
        &[
            (before, of, reverse("before"), false),
            (nothing, of, reverse("nothing"), false),
            (today, of, reverse("today"), true),
        ],
    )
    .await;
    commands(&edge, &approver, &[(before, of, reverse("before"), true), (nothing, of, reverse("nothing"), false)])
        .await;
}

#[tokio::test]
async fn operators_and_approvers_act_at_the_own_site_and_below() {
    let edge = district().await;
    let operator = token_for(&edge.app, Role::Operator, Some("Z")).await;
    let approver = token_for(&edge.app, Role::Approver, Some("Z1")).await;
    let credit = |worker: &str| json!({"command": "credit", "worker": worker, "activity": "ZY01", "on": "2024-03-07", "quantity": 1, "witness": "李四"});
    let register = |id: &str, site: &str| json!({"command": "worker", "id": id, "occupation": "骑手", "site": site});
    commands(
        &edge,
        &operator,
        &[
            ("/v1/credits", &[], credit("WZ"), true),
            ("/v1/credits", &[], credit("WY"), false),
            ("/v1/credits", &[], credit("W1"), false),
            ("/v1/credits", &[], credit("W9"), false),
            ("/v1/workers", &[], register("WN", "Z1"), true),
            ("/v1/workers", &[], register("WM", "Y"), false),
            ("/v1/workers", &[], json!({"command": "worker", "id": "WO", "occupation": "骑手"}), true),
        ],
    )
    .await;
    reads(
        &edge,
        &operator,
        &[
            ("/v1/workers/WZ", true),
            ("/v1/workers/WO", true),
            ("/v1/workers/WY", false),
            ("/v1/workers/W9", false),
            ("/v1/credits/C-WZ", true),
            ("/v1/credits/C-WY", false),
            ("/v1/credits/C-W9", false),
            ("/v1/workers/WZ/balance", false),
        ],
    )
    .await;
    let judge = |credit: &str| json!({"command": "reverse_credit", "credit": credit, "reason": "核对"});
    commands(
        &edge,
        &approver,
        &[
            ("/v1/credits/C-WY/reverse", &["credit"], judge("C-WY"), false),
            ("/v1/credits/C-W9/reverse", &["credit"], judge("C-W9"), false),
            ("/v1/credits/C-WZ/reverse", &["credit"], judge("C-WZ"), true),
            ("/v1/credits", &[], credit("WZ"), false),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_branch_looks_after_its_own_cards() {
    let edge = district().await;
    let token = token_for(&edge.app, Role::Branch, Some("B1")).await;
    let other = json!({"card_no": "C2", "branch": "B2"});
    assert_eq!(edge.post("/v1/workers/WY/card", "card", other).await.status.as_u16(), 201);
    let issue =
        |worker: &str, branch: &str| json!({"command": "card", "worker": worker, "card_no": "C1", "branch": branch});
    let close = |worker: &str| json!({"command": "close_card", "worker": worker, "reason": "转出"});
    let of: &[&str] = &["worker"];
    commands(
        &edge,
        &token,
        &[
            ("/v1/workers/WZ/card", of, issue("WZ", "B2"), false),
            ("/v1/workers/WZ/card", of, issue("WZ", "B1"), true),
            ("/v1/workers/WY/card/close", of, close("WY"), false),
            ("/v1/workers/W9/card/close", of, close("W9"), false),
            ("/v1/workers/WZ/card/close", of, close("WZ"), true),
        ],
    )
    .await;
    reads(
        &edge,
        &token,
        &[
            ("/v1/appraisals/2024?branch=B1", true),
            ("/v1/appraisals/2024?branch=B2", false),
            ("/v1/appraisals/2024?branch=B9", false),
            ("/v1/appraisals/2024", false),
            ("/v1/workers/WZ/balance", false),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_worker_reads_and_holds_for_oneself() {
    let edge = district().await;
    let token = token_for(&edge.app, Role::Worker, Some("WZ")).await;
    let hold = |worker: &str| json!({"command": "hold", "worker": worker, "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]});
    let object = |credit: &str| json!({"command": "object_to_credit", "credit": credit, "reason": "没看见"});
    let redeem = json!({"command": "redeem", "worker": "WZ", "store": "S1", "lines": [{"sku": "P1", "quantity": 1}]});
    commands(
        &edge,
        &token,
        &[
            ("/v1/holds", &[], hold("WZ"), true),
            ("/v1/holds", &[], hold("WY"), false),
            ("/v1/holds", &[], hold("W9"), false),
            ("/v1/redemptions", &[], redeem, false),
            ("/v1/credits/C-WY/object", &["credit"], object("C-WY"), true),
        ],
    )
    .await;
    reads(
        &edge,
        &token,
        &[
            ("/v1/workers/WZ", true),
            ("/v1/workers/WZ/balance", true),
            ("/v1/workers/WZ/statement", true),
            ("/v1/workers/WY/statement", false),
            ("/v1/workers/W9/statement", false),
            ("/v1/credits/C-WZ", true),
            ("/v1/credits/C-WY", false),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_grant_that_was_ended_is_refused_with_the_next_request() {
    let edge = district().await;
    let token = token_for(&edge.app, Role::Clerk, Some("S1")).await;
    let me = ask(&edge, &token, Method::GET, "/v1/me", "", &Value::Null).await.body;
    assert_eq!((&me["roles"][0]["role"], &me["roles"][0]["scope"]), (&json!("clerk"), &json!("S1")));
    reads(&edge, &token, &[("/v1/stores/S1/stock", true)]).await;
    let path = format!("/v1/grants/{}/end", me["roles"][0]["grant"].as_str().unwrap());
    let ended = edge.post(&path, "end", json!({"reason": "调离"})).await;
    assert_eq!((ended.status.as_u16(), &ended.body["status"]), (200, &json!("ended")));
    reads(&edge, &token, &[("/v1/stores/S1/stock", false), ("/v1/me", true)]).await;
}

#[tokio::test]
async fn a_role_holds_on_its_days_alone_and_waits_for_a_second_administrator() {
    let edge = district().await;
    assert_eq!(edge.post("/v1/accounts", "a", json!({"id": "chen", "name": "陈静"})).await.status.as_u16(), 201);
    let grant = async |key: &str, body: Value| edge.post("/v1/accounts/chen/roles", key, body).await;
    for (key, body) in [
        ("later", json!({"role": "clerk", "scope": "S1", "from": "2999-01-01"})),
        ("over", json!({"role": "clerk", "scope": "S1", "from": "2024-01-01", "until": "2024-12-31"})),
        ("now", json!({"role": "operator"})),
    ] {
        let told = grant(key, body).await;
        assert_eq!(
            (told.status.as_u16(), &told.body["grant"], &told.body["status"]),
            (201, &json!(key), &json!("active"))
        );
    }
    let told = grant("approves", json!({"role": "approver"})).await;
    assert_eq!((told.status.as_u16(), &told.body["status"]), (201, &json!("proposed")));
    assert_eq!(edge.post("/v1/grants/approves/confirm", "c1", json!({})).await.no(), (403, "same_person"));
    let confirmed = edge.other_post("/v1/grants/approves/confirm", "c2", json!({})).await;
    assert_eq!((confirmed.status.as_u16(), &confirmed.body["status"]), (200, &json!("active")));
    assert_eq!(grant("admin", json!({"role": "admin"})).await.no(), (409, "not_eligible"));
    assert_eq!(grant("worker", json!({"role": "worker"})).await.no(), (422, "invalid_input"));
    assert_eq!(grant("day", json!({"role": "auditor", "from": "soon"})).await.no(), (422, "invalid_date"));
    assert_eq!(
        edge.post("/v1/accounts/nobody/roles", "n", json!({"role": "auditor"})).await.no(),
        (404, "unknown_account")
    );
    assert_eq!(edge.post("/v1/grants/none/end", "e", json!({"reason": "x"})).await.no(), (404, "not_found"));
    assert_eq!(edge.post("/v1/accounts", "p", json!({"id": "13812345678"})).await.no(), (422, "invalid_input"));
    let account = "chen".parse().unwrap();
    let me = crate::service::who::of_account(&edge.app, &account, "test".into()).await.unwrap().unwrap();
    let mut roles: Vec<Role> = me.roles.iter().map(|held| held.role).collect();
    roles.sort_unstable();
    assert_eq!(roles, [Role::Operator, Role::Approver]);
    let events = edge.get("/v1/events?limit=1000").await.body.to_string();
    assert!(!events.contains("陈静"), "the name is in the vault");
}

#[tokio::test]
async fn a_token_whose_account_the_journal_does_not_know_is_told_to_be_issued_anew() {
    let edge = Edge::open().await;
    let account = "stranger".parse().unwrap();
    let new = crate::access::NewToken { account: &account, role: None, scope: None, name: "", until: None };
    let (_, token) = edge.app.access.issue(&new).await.unwrap();
    let told = ask(&edge, &token, Method::GET, "/v1/me", "", &Value::Null).await;
    assert_eq!(told.no(), (401, "unauthenticated"));
    assert!(told.body["detail"].as_str().unwrap().contains("token issue"), "{told:?}");
}

#[tokio::test]
async fn in_a_batch_an_operator_of_a_site_goes_on_with_whom_it_registers_there_and_with_nobody_elses() {
    let edge = Edge::with_district().await;
    for id in ["Z1", "Z2"] {
        let site = json!({"id": id, "name": id, "kind": "community"});
        assert_eq!(edge.post("/v1/sites", id, site).await.status.as_u16(), 201);
    }
    let there = json!({"id": "WZ2", "occupation": "骑手", "site": "Z2"});
    assert_eq!(edge.post("/v1/workers", "WZ2", there).await.status.as_u16(), 201);
    let operator = token_for(&edge.app, Role::Operator, Some("Z1")).await;
    let of = |worker: &str| {
        json!([
            {"key": format!("r-{worker}"), "command": "register_worker", "id": worker, "occupation": "骑手", "site": "Z1"},
            {"key": format!("c-{worker}"), "command": "record_credit", "worker": worker, "activity": "ZY01",
             "on": "2024-03-01", "quantity": 1, "witness": "李四"},
        ])
    };
    let told = edge.post_by(&operator, "/v1/batch", "-", of("WZ1")).await.body;
    assert_eq!((&told["results"][0]["status"], &told["results"][1]["status"]), (&json!(201), &json!(201)), "{told}");
    // Saying that somebody is one's own, and being refused for it, opens nothing.
    let told = edge.post_by(&operator, "/v1/batch", "-", of("WZ2")).await.body;
    assert_eq!(told["results"][1]["status"], json!(403), "{told}");
    assert_ne!(told["results"][0]["status"], json!(201), "{told}");
}

#[tokio::test]
async fn whoever_has_one_site_lists_its_workers_and_those_below_and_nobody_elses() {
    let edge = district().await;
    let listed = async |token: &str, query: &str| {
        let request = edge.request(Method::GET, &format!("/v1/workers{query}"), token);
        let told = edge.finish(request.body(Body::empty()).unwrap()).await;
        let workers = told.body["workers"].as_array();
        let ids = workers.map(|all| all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
        (told.status.as_u16(), ids.unwrap_or_default())
    };
    for role in [Role::Operator, Role::Approver] {
        let of_street = token_for(&edge.app, role, Some("Z")).await;
        assert_eq!(listed(&of_street, "").await, (200, vec!["WZ".to_owned()]), "{role}: Z1 hangs below Z");
        assert_eq!(listed(&of_street, "?site=Z1").await, (200, vec!["WZ".to_owned()]), "{role}");
        assert_eq!(listed(&of_street, "?site=Y").await, (403, Vec::new()), "{role}");
        assert_eq!(listed(&of_street, "?site=nowhere").await, (403, Vec::new()), "{role}");
        let of_all = token_for(&edge.app, role, None).await;
        assert_eq!(listed(&of_all, "?site=Y").await, (200, vec!["WY".to_owned()]), "{role}");
        assert_eq!(listed(&of_all, "").await.1.len(), 3, "{role}");
        let (status, ids) = listed(&of_all, "?site=Z&limit=1").await;
        assert_eq!((status, ids.len()), (200, 1), "{role}");
    }
}
