//! The OpenAPI document and the router say the same, and the document says it whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::support::Edge;

/// Pages for people, which the document leaves out.
const PAGES: &[&str] = &[
    "/",
    "/admin",
    "/admin/accounts",
    "/admin/registers",
    "/admin/registers/judge",
    "/appointments",
    "/appointments/pairs",
    "/appointments/passes",
    "/assets/{file}",
    "/audit",
    "/audit/bundle",
    "/audit/report",
    "/audit/sample",
    "/audit/state",
    "/audit/trace",
    "/audit/verify",
    "/branch",
    "/branch/export",
    "/branch/visits",
    "/counter",
    "/counter/away",
    "/counter/cases",
    "/counter/day",
    "/counter/holds",
    "/counter/shelf",
    "/counter/worker.js",
    "/credits",
    "/credits/merge",
    "/credits/proof",
    "/credits/sheet",
    "/credits/sheet/send",
    "/docs",
    "/docs/",
    "/docs/{*file}",
    "/likes",
    "/login",
    "/login/as",
    "/login/oidc",
    "/logout",
    "/me",
    "/me/stores",
    "/merchant",
    "/password",
    "/publicity",
    "/rate",
    "/receipt",
    "/receipt/",
    "/requests",
    "/requests/slip",
    "/schedule",
    "/schedule/try",
    "/selections",
    "/selections/{id}",
    "/sites",
    "/statements",
];

const METHODS: &[Method] = &[Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(|(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// An address of a route, with something in each of its places.
fn filled(path: &str) -> String {
    path.replace("{position}", "1").replace("{year}", "2024").replace("{id}", "X").replace("{sku}", "X")
}

#[tokio::test]
async fn the_router_takes_what_the_document_says_and_nothing_else() {
    let edge = Edge::open().await;
    let document = crate::http::document().unwrap();
    let mut described: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (path, method, _) in operations(&document) {
        described.entry(path).or_default().insert(method);
    }
    for (path, methods) in described {
        for method in METHODS {
            let request = Request::builder().method(method).uri(filled(path));
            let request = request.header(header::AUTHORIZATION, format!("Bearer {}", edge.token));
            let response = edge.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let taken = methods.contains(method.as_str().to_lowercase().as_str());
            assert_eq!(response.status() != 405, taken, "{method} {path}");
            if !taken {
                let allowed = response.headers().get(header::ALLOW).map(|value| value.to_str().unwrap().to_owned());
                let allowed = allowed.unwrap_or_else(|| panic!("{method} {path}: RFC 9110 wants Allow with a 405"));
                let named = |method: &&str| allowed.split(',').any(|one| one.trim().eq_ignore_ascii_case(method));
                assert!(methods.iter().all(named), "{path} allows {allowed}");
            }
        }
    }
}

/// The reverse, from the source: what is registered without a description is a page.
#[test]
fn every_route_without_a_description_is_a_page() {
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut texts = Vec::new();
    for folder in ["src/http", "src/web"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut texts);
    }
    let opening = concat!(".rou", "te(\"");
    // A router of a test's own stands behind this mark.
    let product = texts.iter().map(|text| text.split("#[cfg(test)]").next().unwrap());
    let mut pages = BTreeSet::new();
    for text in product.filter(|text| !text.contains("super::support::Edge")) {
        pages.extend(text.split(opening).skip(1).map(|rest| rest.split('"').next().unwrap()));
    }
    let unknown: Vec<&&str> = pages.iter().filter(|page| !PAGES.contains(page)).collect();
    assert!(unknown.is_empty(), "{unknown:?} are in no document; describe them with routes!()");
}

#[test]
fn every_answer_says_what_it_is() {
    let document = crate::http::document().unwrap();
    let mut names = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{method} {path}: its name is another's");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
        for (status, response) in responses {
            let told = response["description"].as_str().unwrap_or_default();
            assert!(!told.trim().is_empty(), "{method} {path} {status} says nothing");
        }
        // A witness of other journals believes signatures and asks nobody for a token; neither does the way in and out.
        let open = ["/v1/witness/add-checkpoint", "/v1/login", "/v1/logout"].contains(&path);
        if path.starts_with("/v1/") && !open {
            for status in ["401", "403", "429", "500", "503"] {
                assert!(responses.contains_key(status), "{method} {path} can answer {status}");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    assert!(document.pointer(target.trim_start_matches('#')).is_some(), "nothing is at {target}");
                }
                members.values().for_each(|member| walk(document, member));
            }
            Value::Array(elements) => elements.iter().for_each(|element| walk(document, element)),
            _ => {}
        }
    }
    let document = crate::http::document().unwrap();
    walk(&document, &document);
}

#[test]
fn bodies_take_no_field_that_is_not_described() {
    let document = crate::http::document().unwrap();
    for (path, method, operation) in operations(&document) {
        let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema/$ref") else { continue };
        let schema = document.pointer(schema.as_str().unwrap().trim_start_matches('#')).unwrap();
        assert_eq!(schema["additionalProperties"], json!(false), "{method} {path}");
    }
}

#[tokio::test]
async fn the_document_says_who_may_do_what_as_the_table_has_it() {
    let document = crate::http::document().unwrap();
    let said = |path: &str, method: &str| document["paths"][path][method]["description"].as_str().unwrap_or_default();
    assert!(said("/v1/redemptions", "post").ends_with("Who may (谁可以): clerk (own)."), "{document:#}");
    assert!(said("/v1/due", "post").contains("admin (all)") && !said("/v1/due", "post").contains("clerk"));
    for (path, method, operation) in operations(&document) {
        let open = matches!(path, "/healthz" | "/readyz" | "/openapi.json" | "/v1/login" | "/v1/logout")
            || path == "/v1/witness/add-checkpoint";
        let told = operation["description"].as_str().is_some_and(|text| text.contains("Who may"));
        assert_eq!(told, !open, "{method} {path}");
    }
}
