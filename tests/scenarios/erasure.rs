//! A person forgotten on a running server: no byte of the person is left in files, write-ahead logs, databases, exports or
//! logs, while every sum is the same and every earlier checkpoint still leads on to today's.

use std::path::{Path, PathBuf};

use nuanxin_tests::{Request, Server, cli, scratch_dir, shared_cluster};
use serde_json::json;

use crate::journals::{Database, file_of, fresh};
use crate::program::{run, state, utf8};

const NAME: &str = "欧阳不可忘";
const OF_ACCOUNT: &str = "欧阳锋镝";
const PHONE: &str = "059587654321";
const REASON: &str = "欧阳不可忘本人未到场";
const GONE: [&str; 4] = [NAME, OF_ACCOUNT, PHONE, REASON];

/// The files below a folder that hold some bytes.
fn holding(folder: &Path, wanted: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, wanted));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
        {
            found.push(path);
        }
    }
    found
}

async fn nothing_is_left_of_whoever_was_forgotten(journal: &str, folder: &Path) {
    let offices = cli::token(journal);
    let second = cli::token_for(journal, "admin", &[]);
    let server = Server::start(journal, &[]);
    let api = server.api(&offices);
    let ask = async |request: Request, status: u16| {
        let (found, body) = api.send(&request).await.expect("an answer");
        assert_eq!(found, status, "{request:?}: {body}");
        body
    };
    let line = json!({"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": 24});
    let schedule = json!({"effective_from": "2023-01-01", "activities": [line], "district": {}});
    ask(Request::put("/v1/schedule", "schedule", schedule), 200).await;
    ask(Request::post("/v1/workers", "w", json!({"id": "W1", "occupation": "快递员", "name": NAME})), 201).await;
    ask(Request::put("/v1/workers/W1/person", "-", json!({"phone": "0595-87654321"})), 200).await;
    ask(Request::post("/v1/accounts", "a", json!({"id": "rider-1", "name": OF_ACCOUNT, "worker": "W1"})), 201).await;
    for (key, witness) in [("C1", NAME), ("C2", OF_ACCOUNT)] {
        let credit = json!({"worker": "W1", "activity": "ZY01", "on": "2024-03-05", "quantity": 2, "witness": witness});
        ask(Request::post("/v1/credits", key, credit), 201).await;
    }
    ask(Request::post("/v1/credits/C2/reverse", "x", json!({"reason": REASON})), 200).await;
    let kept = scratch_dir("erasure");
    let checkpoint = kept.join("before.txt");
    run(journal, &["checkpoint", "--out", utf8(&checkpoint)]).expect(0);
    let before = state(journal, &[]);

    ask(Request::post("/v1/workers/W1/erase", "e1", json!({"reason": "本人要求"})), 200).await;
    let second = server.api(&second);
    let (_, done) =
        second.post("/v1/workers/W1/erase", "e2", json!({"reason": "已核对身份"})).await.expect("an answer");
    assert_eq!(done["status"], "erased", "{done}");

    // What memory holds is told: nothing of the person is.
    for path in
        ["/v1/workers/W1", "/v1/credits/C1", "/v1/credits/C2", "/v1/credits/C1/witness", "/v1/events?limit=1000"]
    {
        let told = ask(Request::get(path), 200).await.to_string();
        assert!(GONE.iter().all(|gone| !told.contains(gone)), "{path}: {told}");
    }
    for (format, ending) in [("jsonl", "jsonl"), ("csv", "csv"), ("hledger", "hledger")] {
        let out = kept.join(format!("after.{ending}"));
        run(journal, &["export", "--format", format, "--out", utf8(&out)]).expect(0);
    }
    run(journal, &["backup", utf8(&kept.join("backup"))]).expect(0);
    let log = server.stderr();
    assert!(GONE.iter().all(|gone| !log.contains(gone)), "{log}");
    let (before, after) = (before.get("totals"), state(journal, &[]));
    after.get("totals").assert_same(before, "every sum");
    run(journal, &["verify", "--checkpoint", utf8(&checkpoint)]).expect(0);
    server.terminate();
    for gone in GONE {
        for place in [folder, kept.as_path()] {
            assert_eq!(holding(place, gone), Vec::<PathBuf>::new(), "{gone}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_whoever_was_forgotten_on_sqlite() {
    let journal = fresh(Database::Sqlite);
    let folder = file_of(&journal).parent().expect("a folder").to_owned();
    nothing_is_left_of_whoever_was_forgotten(&journal, &folder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_whoever_was_forgotten_on_postgres() {
    let journal = fresh(Database::Postgres);
    nothing_is_left_of_whoever_was_forgotten(&journal, shared_cluster().home()).await;
}
