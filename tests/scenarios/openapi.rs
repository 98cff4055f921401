//! The document of the API, judged by others: a validator of OpenAPI documents, and a client that asks a running server
//! everything its document allows and much that it forbids.

use nuanxin_tests::outside::{Paths, openapi_faults, schemathesis};
use nuanxin_tests::{Offices, Server, scratch_dir, token};

use crate::journals::{Database, demonstration};

/// Half of what there is to ask: these few paths take what may look in many ways. Each half is asked of a server of its own,
/// both at the same time; every request stands for itself.
const MANIFOLD: &str = "^/v1/(batch|schedule|stores|audit)(/|$)";

/// A server with the demonstration district, and the tokens of an administrator and a desk.
fn served() -> (Server, String) {
    let journal = demonstration(Database::Sqlite);
    let server = Server::start(&journal, &["--demo"]);
    (server, token(&journal))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_of_a_running_server_is_valid_openapi() {
    let (server, token) = served();
    let (status, _, document) =
        server.api(&token).get_bytes("/openapi.json", "application/json").await.expect("an answer");
    assert_eq!(status, 200);
    let path = scratch_dir("openapi").join("openapi.json");
    std::fs::write(&path, &document).expect("the document is written");
    let faults = openapi_faults(&path);
    assert!(faults.is_empty(), "{faults}");
    let text = String::from_utf8(document).expect("UTF-8");
    assert!(text.contains("\"openapi\":\"3.1"), "the version that the contract names");
}

fn keeps_to_its_document(paths: Paths<'_>) {
    let (server, token) = served();
    let (kept, told) = schemathesis(server.base_url(), &Offices::of(&token), paths);
    assert!(kept, "{told}\n{}", server.stderr());
    assert!(!server.stderr().contains("a fault of this program"), "{}", server.stderr());
}

#[test]
fn a_server_keeps_to_its_document_whatever_it_is_asked_where_much_can_be() {
    keeps_to_its_document(Paths::Fitting(MANIFOLD));
}

#[test]
fn a_server_keeps_to_its_document_whatever_it_is_asked_elsewhere() {
    keeps_to_its_document(Paths::NotFitting(MANIFOLD));
}
