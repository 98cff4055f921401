//! Checkpoints, proofs, receipts and cosignatures as a stranger meets them: what is answered is checked with the public
//! key and the RFC's algorithms alone.

use axum::body::Body;
use axum::http::Method;
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::{Hash, HashSuite};
use ledger_core::evidence::leaf::LeafFields;
use ledger_core::evidence::note::{KeyKind, KeyRing, PublicKey, SecretKey, SignedNote};
use ledger_core::evidence::proof::{verify_consistency, verify_inclusion};
use ledger_core::evidence::receipt::Receipt;
use serde_json::{Value, json};

use super::support::{Edge, Told};
use crate::access::Role;
use crate::audit::now_ms;
use crate::audit::store::{KeyUse, SignedHead};
use crate::service::accounts::token_for;

fn text(told: &Told) -> &str {
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    told.body.as_str().unwrap_or_else(|| panic!("no text: {told:?}"))
}

/// The journal's keys, as the auditor is told them.
async fn keys(edge: &Edge) -> KeyRing {
    let told = edge.get("/v1/audit/keys").await;
    let mut ring = KeyRing::new();
    for key in told.body["keys"].as_array().unwrap().iter().filter(|key| key["usage"] == "journal") {
        ring.trust(key["key"].as_str().unwrap().parse().unwrap()).unwrap();
    }
    ring
}

async fn checkpoint(edge: &Edge, path: &str) -> Checkpoint {
    let told = edge.get(path).await;
    assert!(told.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")), "{told:?}");
    let origin = edge.app.audit.identity().origin.clone();
    Checkpoint::open(text(&told).as_bytes(), &origin, &keys(edge).await, &KeyRing::new()).unwrap().checkpoint
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(|hash| Hash::from_base64(hash.as_str().unwrap()).unwrap()).collect()
}

/// The leaf's hash from what the event feed tells.
fn leaf_hash(event: &Value) -> Hash {
    let of = |name: &str| event[name].as_str().unwrap();
    let payload = event["payload"].to_string();
    let mut leaf = Vec::new();
    let fields = LeafFields {
        position: event["position"].as_u64().unwrap(),
        recorded_at: of("recorded_at"),
        key: of("key"),
        fingerprint: of("fingerprint"),
        actor: of("actor"),
        event_type: of("type"),
        payload: payload.as_bytes(),
    };
    fields.encode_into(&mut leaf);
    HashSuite::Sha256.leaf_hash(&leaf)
}

#[tokio::test]
async fn every_event_is_proved_under_a_signed_checkpoint_and_the_journal_is_shown_to_grow() {
    let edge = Edge::with_district().await;
    let early = checkpoint(&edge, "/v1/audit/checkpoint").await;
    for number in 0..10 {
        let told = edge.credit(&format!("K{number}"), "WM01", "2024-03-05", json!(1)).await;
        let position = told.body["position"].as_u64().unwrap();
        let covering = checkpoint(&edge, &format!("/v1/audit/checkpoint?min_position={position}")).await;
        assert!(covering.size() >= position);
    }
    let late = checkpoint(&edge, "/v1/audit/checkpoint").await;
    assert!(late.size() > early.size());
    assert_eq!(checkpoint(&edge, &format!("/v1/audit/checkpoint?size={}", early.size())).await, early);

    let feed = edge.get("/v1/events?limit=1000").await;
    for event in feed.body["events"].as_array().unwrap() {
        let position = event["position"].as_u64().unwrap();
        let proof = edge.get(&format!("/v1/audit/inclusion/{position}")).await.body;
        assert_eq!((&proof["tree_size"], &proof["leaf_index"]), (&json!(late.size()), &json!(position - 1)));
        let path = hashes(&proof["inclusion_path"]);
        verify_inclusion(HashSuite::Sha256, leaf_hash(event), position - 1, late.size(), &path, late.root()).unwrap();
        let opened: SignedNote = SignedNote::parse(proof["checkpoint"].as_str().unwrap().as_bytes()).unwrap();
        opened.verify(&keys(&edge).await).unwrap();
    }
    let proof = edge.get(&format!("/v1/audit/consistency?from={}", early.size())).await.body;
    let path = hashes(&proof["consistency_path"]);
    let suite = HashSuite::Sha256;
    verify_consistency(suite, early.size(), late.size(), early.root(), late.root(), &path).unwrap();

    let list = edge.get("/v1/audit/checkpoints?limit=2").await.body;
    assert_eq!(list["checkpoints"].as_array().unwrap().len(), 2);
    assert_eq!(list["checkpoints"][0]["size"], early.size());
    let json = edge.request(Method::GET, "/v1/audit/checkpoint", &edge.token).header("accept", "application/json");
    let json = edge.finish(json.body(Body::empty()).unwrap()).await;
    assert_eq!((&json.body["size"], &json.body["hash_suite"]), (&json!(late.size()), &json!("sha-256")));
    assert!(json.body["checkpoint"].as_str().unwrap().contains("\n\n— "));
}

#[tokio::test]
async fn what_cannot_be_proved_is_told() {
    let edge = Edge::with_district().await;
    let head = edge.get("/v1/events").await.body["position"].as_u64().unwrap();
    for (path, no) in [
        ("/v1/audit/inclusion/0", (404, "not_found")),
        (&format!("/v1/audit/inclusion/{}", head + 1) as &str, (404, "not_found")),
        ("/v1/audit/inclusion/5?size=4", (404, "not_found")),
        ("/v1/audit/inclusion/x", (400, "invalid_input")),
        ("/v1/audit/consistency", (400, "invalid_input")),
        ("/v1/audit/consistency?from=-1", (400, "invalid_input")),
        (&format!("/v1/audit/consistency?from={}", head + 1), (404, "not_found")),
        ("/v1/audit/consistency?from=3&to=2", (404, "not_found")),
        ("/v1/audit/checkpoint?size=1", (404, "not_found")),
        ("/v1/audit/checkpoint?min_position=9223372036854775807", (404, "not_found")),
        ("/v1/audit/checkpoint?min_position=9223372036854775808", (400, "invalid_input")),
        ("/v1/audit/inclusion/1?min_position=99999", (404, "not_found")),
        ("/v1/audit/checkpoint?format=xml", (400, "invalid_input")),
        (&format!("/v1/audit/receipt/{}", head + 1), (404, "not_found")),
    ] {
        assert_eq!(edge.get(path).await.no(), no, "{path}");
    }
    let empty = edge.get("/v1/audit/consistency?from=0").await.body;
    assert_eq!(hashes(&empty["consistency_path"]), []);
    assert_eq!(empty["root_hash_1"], HashSuite::Sha256.empty_root().to_base64());
}

#[tokio::test]
async fn auditors_read_evidence_and_workers_their_own_receipts() {
    let edge = Edge::with_district().await;
    let own = edge.credit("K1", "WM01", "2024-03-05", json!(1)).await.body["position"].as_u64().unwrap();
    let auditor = token_for(&edge.app, Role::Auditor, None).await;
    let worker = token_for(&edge.app, Role::Worker, Some("W1")).await;
    let other = token_for(&edge.app, Role::Worker, Some("W2")).await;
    let clerk = token_for(&edge.app, Role::Clerk, Some("S1")).await;
    let ask = async |token: &str, path: &str| {
        edge.finish(edge.request(Method::GET, path, token).body(Body::empty()).unwrap()).await
    };
    let receipt = format!("/v1/audit/receipt/{own}");
    let inclusion = format!("/v1/audit/inclusion/{own}");
    for path in ["/v1/audit/checkpoint", "/v1/audit/consistency?from=1", "/v1/audit/keys", &inclusion, &receipt] {
        let told = ask(&auditor, path).await;
        assert_eq!(told.status.as_u16(), 200, "{path}: {told:?}");
        assert!(!told.body.to_string().contains("王小明"), "{path}");
        assert_eq!(ask(&clerk, path).await.no(), (403, "forbidden"), "{path}");
        if path != receipt {
            assert_eq!(ask(&worker, path).await.no(), (403, "forbidden"), "{path}");
        }
    }
    assert_eq!(ask(&worker, &receipt).await.status.as_u16(), 200);
    for path in [&receipt, "/v1/audit/receipt/1", "/v1/audit/receipt/999999"] {
        assert_eq!(ask(&other, path).await.no(), (403, "forbidden"), "{path}");
    }
}

#[tokio::test]
async fn a_receipt_needs_nothing_but_the_public_key() {
    let edge = Edge::with_district().await;
    let position = edge.credit("K1", "WM01", "2024-03-05", json!(1)).await.body["position"].as_u64().unwrap();
    edge.credit("K2", "WM01", "2024-03-06", json!(2)).await;
    let path = format!("/v1/audit/receipt/{position}");
    let receipt = Receipt::parse(text(&edge.get(&path).await).as_bytes()).unwrap();
    receipt.verify(&keys(&edge).await, &KeyRing::new()).unwrap();
    assert_eq!(receipt.entry().unwrap().position, position);
    for (format, kind) in [("svg", "image/svg+xml"), ("png", "image/png")] {
        for path in [format!("{path}?format={format}"), format!("/v1/audit/notice?format={format}")] {
            let told = edge.get(&path).await;
            assert_eq!((told.status.as_u16(), told.header("content-type")), (200, Some(kind)), "{path}");
        }
    }
    let notice = edge.get("/v1/audit/notice").await;
    let origin = &edge.app.audit.identity().origin;
    assert!(text(&notice).contains(origin.as_str()) && text(&notice).contains("截至序号"), "{notice:?}");
}

/// The journal stands still and what was signed moves: to the signer that is the same as a journal put back or forked.
#[tokio::test]
async fn nothing_is_signed_below_or_beside_what_was_signed_last() {
    for beyond in [0, 5] {
        let edge = Edge::with_district().await;
        let signed = checkpoint(&edge, "/v1/audit/checkpoint").await;
        let other = HashSuite::Sha256.empty_root();
        let claimed = Checkpoint::new(signed.origin(), signed.size() + beyond, other).unwrap();
        let key = edge.app.audit.signing_keys().await.unwrap().remove(0);
        let last = SignedHead { size: signed.size(), root: signed.root() };
        let note = claimed.sign(&key).unwrap();
        assert!(edge.app.audit.store().record(Some(last), &claimed, &note, now_ms()).await.unwrap());

        let told = edge.get("/v1/audit/checkpoint").await;
        assert_eq!(told.no(), (503, "journal_unavailable"));
        assert!(told.body["detail"].as_str().unwrap().contains("nothing is signed"), "{told:?}");
        let metrics = edge.get("/metrics").await;
        assert!(text(&metrics).contains("nuanxin_checkpoints_refused_total 1"), "{metrics:?}");
        // What was published before can still be had; so can proofs for it.
        let proof = edge.get(&format!("/v1/audit/inclusion/1?size={}", signed.size())).await;
        assert_eq!(proof.status.as_u16(), 200, "{proof:?}");
    }
}

#[tokio::test]
async fn a_database_put_back_with_its_memory_is_known_by_the_mark_beside_the_keys() {
    let edge = Edge::with_district().await;
    let signed = checkpoint(&edge, "/v1/audit/checkpoint").await;
    let key = edge.app.audit.signing_keys().await.unwrap().remove(0);
    let later = Checkpoint::new(signed.origin(), signed.size() + 3, signed.root()).unwrap();
    let mark = crate::audit::mark::Mark::sidecar_of(edge.app.audit.key_file());
    mark.write(&later.sign(&key).unwrap()).unwrap();
    edge.credit("K1", "WM01", "2024-03-05", json!(1)).await;
    let told = edge.get("/v1/audit/checkpoint").await;
    assert_eq!(told.no(), (503, "journal_unavailable"));
    assert!(told.body["detail"].as_str().unwrap().contains("this server's keys"), "{told:?}");
}

#[tokio::test]
async fn another_office_cosigns_what_extends_and_the_journal_serves_it() {
    let (edge, office) = (Edge::with_district().await, Edge::open().await);
    let submit = async |body: String| {
        let request = axum::http::Request::builder().method(Method::POST).uri("/v1/witness/add-checkpoint");
        office.finish(request.body(Body::from(body)).unwrap()).await
    };
    let first = edge.app.audit.checkpoint(0).await.unwrap();
    let asked = edge.app.audit.witness_request(0, &first).await.unwrap().to_string();
    assert_eq!(submit(asked.clone()).await.no(), (404, "not_found"), "this office is no witness yet");

    let witness = office.app.audit.witness().key_file().generate("audit.example/w1", KeyKind::CosignatureV1).unwrap();
    assert_eq!(submit(asked.clone()).await.no(), (404, "not_found"), "the journal is not watched");
    for key in keys(&edge).await.keys() {
        office.app.audit.store().add_key(key, KeyUse::Watched, false, 0).await.unwrap();
    }
    assert_eq!(submit("nonsense".into()).await.no(), (400, "invalid_input"));
    let stranger = SecretKey::from_seed(edge.app.audit.identity().origin.parse().unwrap(), KeyKind::Ed25519, &[7; 32]);
    let forged: Checkpoint = first.note.text().parse().unwrap();
    let forged = format!("old 0\n\n{}", forged.sign(&stranger.unwrap()).unwrap());
    assert_eq!(submit(forged).await.no(), (403, "forbidden"));

    let line = submit(asked.clone()).await;
    assert!(text(&line).starts_with("— audit.example/w1 "), "{line:?}");
    let again = submit(asked).await;
    assert_eq!((again.status.as_u16(), again.header("content-type")), (409, Some("text/x.tlog.size")));
    assert_eq!(again.body, json!(first.size), "the size cosigned last, as the body");

    edge.credit("K1", "WM01", "2024-03-05", json!(1)).await;
    let second = edge.app.audit.checkpoint(0).await.unwrap();
    let asked = edge.app.audit.witness_request(first.size, &second).await.unwrap();
    let unproved =
        ledger_core::evidence::witness::AddCheckpoint { proof: vec![HashSuite::Sha256.empty_root()], ..asked.clone() };
    assert_eq!(submit(unproved.to_string()).await.no(), (422, "invalid_input"));
    let line = submit(asked.to_string()).await;
    let cosigned = format!("{}{}", second.note, text(&line));

    let give_back =
        async |key: &str, note: &str| edge.post("/v1/audit/cosignatures", key, json!({"checkpoint": note})).await;
    assert_eq!(give_back("c1", &cosigned).await.no(), (422, "invalid_input"), "the cosigner is not trusted yet");
    let cosigner: &PublicKey = witness.public();
    edge.app.audit.store().add_key(cosigner, KeyUse::Cosigner, false, 0).await.unwrap();
    assert_eq!(give_back("c2", &second.note.to_string()).await.no(), (422, "invalid_input"), "nobody cosigned");
    let taken = give_back("c3", &cosigned).await;
    assert_eq!((taken.status.as_u16(), &taken.body["size"]), (200, &json!(second.size)), "{taken:?}");
    let served = edge.get("/v1/audit/checkpoint").await;
    assert_eq!(text(&served), cosigned);
}
