//! Who may do what: every role against every operation of the document. Rights are told here a second time, by address,
//! so that a right which changes by mistake in the table of `access::policy` is seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::{Method, Request, header};
use futures_util::stream;
use serde_json::json;

use super::support::{Edge, Told};
use crate::access::{Role, ScopeRule};
use crate::service::accounts::token_for;

/// Operations that ask for no token.
const OPEN: &[(&str, &str)] = &[
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("post", "/v1/login"),
    ("post", "/v1/logout"),
    ("post", "/v1/witness/add-checkpoint"),
];
/// What any token reads.
const DESCRIPTION: (&str, &str) = ("get", "/openapi.json");
/// What the addresses name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// What is there, and is the scope of whoever asks.
    Own,
    /// What is there, and is somebody else's. Credits, redemptions and holds are all of W1 at S1.
    Others,
    /// What is not there.
    Nothing,
}

/// Whether a role reads what an address names. Operator and approver act in the whole district here.
fn reads(role: Role, path: &str, named: Named) -> bool {
    let (own, there) = (named == Named::Own, named != Named::Nothing);
    if path == "/metrics" {
        return matches!(role, Role::Admin | Role::Machine);
    }
    if matches!(path, "/v1/me" | "/v1/sites" | "/v1/publicity" | "/v1/benefits" | "/v1/benefits/{id}")
        || matches!(path, "/v1/selections" | "/v1/selections/{id}" | "/v1/selections/{id}/list")
        || path.starts_with("/v1/schedule")
    {
        return role != Role::Machine;
    }
    match role {
        // Neither holds what others do something by.
        Role::Admin | Role::Auditor if path.ends_with("/code") => false,
        Role::Admin => !matches!(path, "/v1/workers/{id}/export" | "/v1/credits/{id}/witness"),
        Role::Auditor => path != "/v1/workers/{id}/export",
        Role::Machine => false,
        Role::Clerk => match path {
            "/v1/workers/{id}/balance" => true,
            "/v1/stores/{id}" | "/v1/stores/{id}/stock" | "/v1/stores/{id}/redemptions" | "/v1/stores/{id}/cases" => {
                own
            }
            "/v1/holds/{id}/code" => there,
            "/v1/redemptions/{id}" => there,
            _ => false,
        },
        Role::Operator => matches!(
            path,
            "/v1/workers"
                | "/v1/workers/{id}"
                | "/v1/workers/{id}/appointments"
                | "/v1/appointments"
                | "/v1/credits/{id}"
                | "/v1/requests"
                | "/v1/requests/{id}"
                | "/v1/requests/{id}/handlings/{handling}/code"
                | "/v1/pairs/{id}"
                | "/v1/benefits/{id}/claims"
                | "/v1/passes/{id}"
                | "/v1/selections/{id}/candidates"
                | "/v1/merchants/{id}/statements/{month}"
                | "/v1/bodies/{body}/statements/{month}"
        ),
        Role::Approver => matches!(
            path,
            "/v1/workers"
                | "/v1/workers/{id}"
                | "/v1/credits"
                | "/v1/credits/{id}"
                | "/v1/credits/{id}/witness"
                | "/v1/redemptions/{id}"
                | "/v1/stores/{id}/cases"
                | "/v1/merchants/{id}/settlement"
                | "/v1/merchants/{id}/statements/{month}"
                | "/v1/bodies/{body}/statements/{month}"
                | "/v1/workers/{id}/appointments"
                | "/v1/appointments"
                | "/v1/requests"
                | "/v1/requests/{id}"
                | "/v1/requests/{id}/handlings/{handling}/code"
                | "/v1/pairs/{id}"
                | "/v1/benefits/{id}/claims"
                | "/v1/passes/{id}"
                | "/v1/selections/{id}/candidates"
                | "/v1/funds"
                | "/v1/funds/{id}"
        ),
        Role::Branch => false,
        Role::Merchant => {
            let settling = "/v1/merchants/{id}/statements/{month}";
            own && (matches!(path, "/v1/merchants/{id}" | "/v1/merchants/{id}/settlement") || path == settling)
        }
        Role::Worker => match path {
            "/v1/stores" | "/v1/stores/{id}" | "/v1/stores/{id}/stock" => true,
            "/v1/requests" | "/v1/requests/{id}" => true,
            "/v1/workers/{id}"
            | "/v1/workers/{id}/appointments"
            | "/v1/workers/{id}/balance"
            | "/v1/workers/{id}/statement"
            | "/v1/workers/{id}/readers"
            | "/v1/workers/{id}/export"
            | "/v1/audit/receipt/{position}" => own,
            "/v1/credits/{id}" | "/v1/redemptions/{id}" | "/v1/holds/{id}/code" => there,
            _ => false,
        },
    }
}

/// Whether a role gets as far as having its body read: it may give such a command somewhere.
fn writes(role: Role, path: &str) -> bool {
    const COUNTER: &[&str] = &[
        "/v1/redemptions",
        "/v1/redemptions/{id}/reverse",
        "/v1/holds",
        "/v1/holds/{id}/capture",
        "/v1/holds/{id}/release",
        "/v1/stores/{id}/restock",
        "/v1/stores/{id}/stocktake",
        "/v1/stores/{id}/write-off",
        "/v1/stores/{id}/deliveries",
        "/v1/stores/{id}/device",
        "/v1/stores/{id}/tickets",
        "/v1/stores/{id}/cases/{case}/settle",
    ];
    const APPROVING: &[&str] = &[
        "/v1/credits/{id}/confirm",
        "/v1/credits/{id}/reject",
        "/v1/credits/{id}/reverse",
        "/v1/credits/{id}/resolve",
        "/v1/redemptions/{id}/reverse",
        "/v1/benefits/{id}/claims/{claim}/use/reverse",
        "/v1/honours/{slip}/reverse",
        "/v1/stores/{id}/cases/{case}/settle",
        "/v1/merchants/{id}/settlements",
        "/v1/merchants/{id}/statements",
        "/v1/merchants/{id}/statements/{month}/disputes/{dispute}/answer",
        "/v1/merchants/{id}/statements/{month}/confirm",
        "/v1/bodies/{body}/statements",
        "/v1/bodies/{body}/statements/{month}/confirm",
        "/v1/bodies/{body}/statements/{month}/pay",
        "/v1/workers/search",
        "/v1/requests/{id}/handlings/{handling}/rate",
        "/v1/benefits/{id}/claims/{claim}/check",
        "/v1/benefits/{id}/claims/{claim}/reject",
        "/v1/appointments",
        "/v1/workers/{id}/appointments/{appointment}/confirm",
        "/v1/workers/{id}/appointments/{appointment}/reject",
        "/v1/pairs",
        "/v1/workers/{id}/merge",
        "/v1/selections",
        "/v1/selections/{id}/seal",
        "/v1/selections/{id}/draw",
        "/v1/selections/{id}/objections/{objection}/answer",
        "/v1/selections/{id}/revise",
        "/v1/selections/{id}/result",
    ];
    const OPERATING: &[&str] = &[
        "/v1/workers",
        "/v1/workers/{id}/depart",
        "/v1/workers/{id}/person",
        "/v1/workers/search",
        "/v1/credits",
        "/v1/benefits/{id}/claims/{claim}/use",
        "/v1/passes",
        "/v1/honours",
        "/v1/merchants/{id}/statements",
        "/v1/bodies/{body}/statements",
        "/v1/requests/{id}/route",
        "/v1/requests/{id}/merge",
    ];
    // What a worker does for oneself, and an operator for the workers of the site.
    const TAKING_PART: &[&str] = &[
        "/v1/requests",
        "/v1/requests/{id}/handlings",
        "/v1/requests/{id}/handlings/{handling}/rate",
        "/v1/requests/{id}/claims",
        "/v1/requests/{id}/claims/{claim}/report",
        "/v1/requests/{id}/claims/{claim}/return",
        "/v1/requests/{id}/withdraw",
        "/v1/pairs/{id}/visits",
        "/v1/pairs/{id}/visits/{visit}/confirm",
        "/v1/benefits/{id}/claims",
        "/v1/benefits/{id}/claims/{claim}/withdraw",
        "/v1/selections/{id}/consents",
        "/v1/selections/{id}/withdraw",
    ];
    const CARDS: &[&str] = &[
        "/v1/appraisals/{year}/seal",
        "/v1/workers/{id}/card",
        "/v1/workers/{id}/card/move",
        "/v1/workers/{id}/card/close",
        "/v1/pairs/{id}/visits/{visit}/stand-in",
    ];
    const ADMINISTERING: &[&str] = &[
        "/v1/schedule",
        "/v1/merchants",
        "/v1/stores",
        "/v1/stores/{id}/close",
        "/v1/stores/{id}/reopen",
        "/v1/stores/{id}/items",
        "/v1/stores/{id}/items/{sku}/delist",
        "/v1/sites",
        "/v1/sites/{id}/move",
        "/v1/sites/{id}/close",
        "/v1/sites/{id}/services",
        "/v1/accounts",
        "/v1/accounts/{id}/roles",
        "/v1/grants/{grant}/confirm",
        "/v1/grants/{grant}/end",
        "/v1/due",
        "/v1/expiries",
        "/v1/audit/cosignatures",
        "/v1/workers/{id}/erase",
        "/v1/funds",
        "/v1/benefits",
        "/v1/offers",
    ];
    match role {
        // A body says what is tried; nothing is written.
        _ if path == "/v1/schedule/what-if" => matches!(role, Role::Approver | Role::Auditor | Role::Admin),
        Role::Auditor | Role::Machine => false,
        _ if matches!(path, "/v1/batch" | "/v1/credits/{id}/object" | "/v1/credits/{id}/appeal") => true,
        _ if path == "/v1/selections/{id}/objections" => true,
        Role::Admin => ADMINISTERING.contains(&path),
        Role::Clerk => COUNTER.contains(&path),
        Role::Operator => OPERATING.contains(&path) || TAKING_PART.contains(&path),
        Role::Approver => APPROVING.contains(&path),
        Role::Branch => CARDS.contains(&path),
        Role::Merchant => {
            let own = ["acknowledge", "disputes"].map(|act| format!("/v1/merchants/{{id}}/statements/{{month}}/{act}"));
            matches!(path, "/v1/benefits/{id}/claims/{claim}/use" | "/v1/honours")
                || matches!(path, "/v1/benefits/{id}/claims/{claim}/use/reverse" | "/v1/honours/{slip}/reverse")
                || own.iter().any(|own| own == path)
        }
        Role::Worker => {
            TAKING_PART.contains(&path)
                || matches!(path, "/v1/holds" | "/v1/holds/{id}/release" | "/v1/workers/{id}/erase")
        }
    }
}

fn may(role: Role, method: &str, path: &str, named: Named) -> bool {
    // What somebody may do to the own record alone.
    let own_alone =
        matches!((role, path), (Role::Worker, "/v1/workers/{id}/erase") | (Role::Clerk, "/v1/stores/{id}/tickets"))
            || (role == Role::Merchant && path == "/v1/merchants/{id}/statements/{month}/acknowledge");
    if method == "get" { reads(role, path, named) } else { writes(role, path) && (!own_alone || named == Named::Own) }
}

/// A district in which each thing is there twice.
struct District {
    edge: Edge,
    /// The entries that registered W1 and W2.
    registered: [u64; 2],
}

impl District {
    async fn new() -> District {
        let edge = Edge::with_district().await;
        for (path, key, body) in [
            ("/v1/workers", "w2", json!({"id": "W2", "occupation": "快递员"})),
            ("/v1/merchants", "m2", json!({"id": "M2", "name": "便民超市", "uscc": "91350100M000100Y43"})),
            ("/v1/stores", "s2", json!({"id": "S2", "name": "二号网点", "tier": "社区"})),
        ] {
            assert_eq!(edge.post(path, key, body).await.status.as_u16(), 201, "{path}");
        }
        for number in 1..=2 {
            assert_eq!(edge.credit(&format!("C{number}"), "ZY01", "2024-03-05", json!(2)).await.status.as_u16(), 201);
            let lines = json!([{"sku": "P1", "quantity": 1}]);
            let at = "2024-03-06T10:00:00+08:00";
            let spending = json!({"worker": "W1", "store": "S1", "lines": lines, "at": at});
            assert_eq!(
                edge.post("/v1/redemptions", &format!("R{number}"), spending.clone()).await.status.as_u16(),
                201
            );
            assert_eq!(edge.post("/v1/holds", &format!("H{number}"), spending).await.status.as_u16(), 201);
        }
        let events = edge.get("/v1/events?limit=1000").await.body;
        let of = |key: &str| {
            let registered = events["events"].as_array().unwrap().iter().find(|event| event["key"] == key).unwrap();
            registered["position"].as_u64().unwrap()
        };
        let registered = [of("w"), of("w2")];
        District { edge, registered }
    }

    fn address(&self, path: &str, named: Named) -> String {
        let number = match named {
            Named::Own => "1",
            Named::Others => "2",
            Named::Nothing => "9",
        };
        let position = match named {
            Named::Own => self.registered[0],
            Named::Others => self.registered[1],
            Named::Nothing => 1_000_000,
        };
        let letter = match path.split('/').nth(2) {
            Some("workers") => "W",
            Some("merchants") => "M",
            Some("stores") => "S",
            Some("credits") => "C",
            Some("redemptions") => "R",
            _ => "H",
        };
        path.replace("{id}", &format!("{letter}{number}"))
            .replace("{sku}", &format!("P{number}"))
            .replace("{handling}", "BL1")
            .replace("{visit}", "ZF1")
            .replace("{claim}", "QD1")
            .replace("{slip}", "XP1")
            .replace("{appointment}", "PS1")
            .replace("{objection}", "YY1")
            .replace("{dispute}", "DZ1")
            .replace("{month}", "2024-03")
            .replace("{body}", "union")
            .replace("{position}", &position.to_string())
            .replace("{year}", "2024")
    }

    async fn ask(&self, token: Option<&str>, method: &str, address: &str) -> Told {
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
        let mut request = Request::builder().method(method).uri(address);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.edge.send(request.header("Idempotency-Key", address.replace('/', "-")), "{}").await
    }

    async fn token(&self, role: Role) -> String {
        let scope = match role {
            Role::Clerk => Some("S1"),
            Role::Operator | Role::Approver => None,
            Role::Branch => Some("B1"),
            Role::Merchant => Some("M1"),
            Role::Worker => Some("W1"),
            Role::Auditor | Role::Admin | Role::Machine => None,
        };
        assert_eq!(scope.is_some(), matches!(role.scope_rule(), ScopeRule::Required(_)));
        token_for(&self.edge.app, role, scope).await
    }
}

/// The operations of the document, each as method and path.
fn operations() -> Vec<(String, String)> {
    let document = crate::http::document().unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            operations.push((method.clone(), path.clone()));
        }
    }
    assert!(operations.len() > 60, "{}", operations.len());
    operations
}

fn is_forbidden(told: &Told) -> bool {
    told.status.as_u16() == 403 && told.body["code"] == "forbidden"
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    let district = District::new().await;
    let operations = operations();
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let token = district.token(role).await;
        for (method, path) in &operations {
            for named in [Named::Own, Named::Others, Named::Nothing] {
                let (method, path) = (method.as_str(), path.as_str());
                // Nothing has to be said there, so that whose it is decides, and it can be had only once.
                if matches!(path, "/v1/holds/{id}/capture" | "/v1/holds/{id}/release")
                    || path == "/v1/benefits/{id}/claims/{claim}/withdraw"
                {
                    continue;
                }
                let told = district.ask(Some(&token), method, &district.address(path, named)).await;
                let free = OPEN.contains(&(method, path)) || DESCRIPTION == (method, path);
                let expected = free || may(role, method, path, named);
                if is_forbidden(&told) == expected || told.status.as_u16() == 401 {
                    wrong.push(format!("{role} {method} {path} ({named:?}): {} {}", told.status, told.body));
                }
                // A no tells nothing of what exists.
                if !expected && told.body["detail"] != "the role of this access token may not do this" {
                    wrong.push(format!("{role} {method} {path} ({named:?}) says more: {}", told.body));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn without_a_token_only_the_open_operations_answer() {
    let district = District::new().await;
    for (method, path) in operations() {
        let address = district.address(&path, Named::Own);
        let open = OPEN.contains(&(method.as_str(), path.as_str()));
        for token in [None, Some("nx_unknown")] {
            let told = district.ask(token, &method, &address).await;
            assert_eq!(told.status.as_u16() == 401, !open, "{method} {path}: {told:?}");
        }
    }
}

#[tokio::test]
async fn a_head_is_a_read_like_its_get() {
    let district = District::new().await;
    for role in [Role::Admin, Role::Auditor, Role::Clerk] {
        let token = district.token(role).await;
        for (_, path) in operations().into_iter().filter(|(method, path)| method == "get" && path.starts_with("/v1/")) {
            let request = district.edge.request(Method::HEAD, &district.address(&path, Named::Own), &token);
            let told = district.edge.finish(request.body(Body::empty()).unwrap()).await;
            assert_eq!(told.status.as_u16() == 403, !may(role, "get", &path, Named::Own), "{role} HEAD {path}");
        }
    }
}

#[tokio::test]
async fn nobody_without_any_right_to_a_command_makes_the_server_read_a_body() {
    let district = District::new().await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Admin) {
        let token = district.token(role).await;
        let writes = operations().into_iter().filter(|(method, _)| method != "get");
        let writes = writes.filter(|(_, path)| !self::writes(role, path));
        for (method, path) in writes.filter(|(method, path)| !OPEN.contains(&(method.as_str(), path.as_str()))) {
            let read = Arc::new(AtomicBool::new(false));
            let reading = Arc::clone(&read);
            let body = Body::from_stream(stream::poll_fn(move |_| {
                reading.store(true, Ordering::Relaxed);
                std::task::Poll::Ready(Some(Err::<Vec<u8>, _>(std::io::Error::other("nobody should read this"))))
            }));
            let verb = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
            let request = district.edge.request(verb, &district.address(&path, Named::Own), &token);
            let told = district.edge.send(request.header("Idempotency-Key", "k"), body).await;
            assert!(is_forbidden(&told), "{role} {method} {path}: {told:?}");
            assert!(!read.load(Ordering::Relaxed), "{role} {method} {path}: the body was read");
        }
    }
}

/// A no is the same whether the body could be read or not, and whether a key was sent.
#[tokio::test]
async fn a_role_that_may_not_is_told_so_before_anything_else_is_wrong() {
    let district = District::new().await;
    for role in [Role::Auditor, Role::Machine] {
        let token = district.token(role).await;
        for body in ["", "{", "[]", "[{\"key\": \"k\", \"command\": \"redeem\"}]"] {
            for path in ["/v1/batch", "/v1/redemptions", "/v1/credits/a%20b/confirm", "/v1/workers/%20/depart"] {
                let request = district.edge.request(Method::POST, path, &token);
                assert!(is_forbidden(&district.edge.send(request, body).await), "{role} {path} {body:?}");
            }
        }
        let unreadable = district.edge.request(Method::GET, "/v1/workers/W1/balance?as_of=never", &token);
        let told = district.edge.finish(unreadable.body(Body::empty()).unwrap()).await;
        assert_eq!(is_forbidden(&told), role == Role::Machine, "{role}");
    }
}

#[tokio::test]
async fn every_no_to_a_role_is_the_same_problem() {
    let district = District::new().await;
    let token = district.token(Role::Clerk).await;
    let problem = json!({
        "type": "urn:nuanxin:problem:forbidden",
        "title": "该角色无权办理",
        "status": 403,
        "detail": "the role of this access token may not do this",
        "code": "forbidden",
    });
    for (method, address) in [("post", "/v1/credits"), ("get", "/v1/workers/W1"), ("get", "/v1/workers/W9")] {
        assert_eq!(district.ask(Some(&token), method, address).await.body, problem, "{method} {address}");
    }
}

#[test]
fn only_what_walks_the_whole_district_may_take_its_time() {
    let (_, doors) = crate::http::guarded().into_parts();
    let walking = [
        ("GET", "/v1/audit/report"),
        ("GET", "/v1/audit/sample"),
        ("GET", "/v1/benefits/{id}/trace"),
        ("GET", "/v1/funds/{id}/trace"),
        ("GET", "/v1/merchants/{id}/trace"),
        ("GET", "/v1/pairs/{id}/trace"),
        ("GET", "/v1/passes/{id}/trace"),
        ("GET", "/v1/requests/{id}/trace"),
        ("GET", "/v1/selections/{id}/trace"),
        ("GET", "/v1/sites/{id}/trace"),
        ("GET", "/v1/workers/{id}/trace"),
        ("POST", "/v1/appraisals/{year}/seal"),
        ("POST", "/v1/due"),
        ("POST", "/v1/expiries"),
        ("POST", "/v1/schedule/what-if"),
    ];
    assert_eq!(doors.walking(), walking);
}
