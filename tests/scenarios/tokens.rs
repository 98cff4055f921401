//! Access tokens on the command line: printed once and alone, listed without the secret, and gone within a second of
//! being revoked, also while a server runs.

use std::time::{Duration, Instant};

use nuanxin_tests::Server;

use crate::exact::Exact;
use crate::journals::{Database, file_of, fresh, listing};
use crate::program::{import, run};
use crate::small_pack::SmallPack;

/// Issues an auditor's token; gives the token and its id.
fn issue(journal: &str, name: &str) -> (String, String) {
    let issued = run(journal, &["token", "issue", "--role", "auditor", "--name", name]).expect(0);
    let token = issued.text().strip_suffix('\n').expect("one line").to_owned();
    assert!(token.len() > 20 && !token.contains(char::is_whitespace), "the token stands alone");
    assert!(!issued.stderr.contains(&token), "the token is told once");
    (token, id_of(journal, name))
}

fn list(journal: &str) -> Exact {
    run(journal, &["token", "list", "--json"]).expect(0).json()
}

fn id_of(journal: &str, name: &str) -> String {
    let list = list(journal);
    let found = list.elements().iter().find(|record| record.get("name").text() == name);
    found.expect("the token is listed").get("id").text().to_owned()
}

async fn works(server: &Server, token: &str) -> u16 {
    server.api(token).get("/v1/events?limit=1").await.expect("an answer").0
}

async fn issued_and_revoked_while_serving(journal: &str) {
    let (early, early_id) = issue(journal, "early");
    let server = Server::start(journal, &[]);
    assert_eq!(works(&server, &early).await, 200);
    assert_eq!(works(&server, "").await, 401);
    assert_eq!(works(&server, "nx_nobody").await, 401);

    let (late, late_id) = issue(journal, "late");
    assert_eq!(works(&server, &late).await, 200, "a token issued while the server runs works at once");

    run(journal, &["token", "revoke", &early_id]).expect(0);
    let revoked = Instant::now();
    while works(&server, &early).await == 200 {
        assert!(revoked.elapsed() < Duration::from_secs(1), "a revoked token worked on for a second");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(works(&server, &early).await, 401);
    assert_eq!(works(&server, &late).await, 200, "the other token still works");
    run(journal, &["token", "revoke", &late_id]).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_issued_and_revoked_beside_a_server_on_sqlite() {
    issued_and_revoked_while_serving(&fresh(Database::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_issued_and_revoked_beside_a_server_on_postgres() {
    issued_and_revoked_while_serving(&fresh(Database::Postgres)).await;
}

#[test]
fn a_list_shows_every_token_and_no_secret() {
    let journal = fresh(Database::Sqlite);
    let (token, id) = issue(&journal, "审计");
    let (_, other) = issue(&journal, "第二个");
    run(&journal, &["token", "revoke", &other]).expect(0);
    let listed = list(&journal);
    assert_eq!(listed.elements().len(), 2);
    let record = |id: &str| listed.elements().iter().find(|record| record.get("id").text() == id).expect("listed");
    assert_eq!(record(&id).get("revoked_at").text(), "null");
    assert_ne!(record(&other).get("revoked_at").text(), "null");
    for args in [&["token", "list"][..], &["token", "list", "--json"]] {
        let said = run(&journal, args).expect(0);
        assert!(said.text().contains(&id) && said.text().contains("审计"), "{}", said.text());
        assert!(!said.text().contains(&token));
    }
}

#[test]
fn what_cannot_be_issued_or_revoked_says_why() {
    let journal = fresh(Database::Sqlite);
    run(&journal, &["token", "issue"]).expect(2).says(&["--role", "--account"]);
    run(&journal, &["token", "issue", "--role", "king"]).expect(2).says(&["king", "clerk"]);
    run(&journal, &["token", "issue", "--role", "clerk"]).expect(2).says(&["scope"]);
    run(&journal, &["token", "issue", "--role", "admin", "--scope", "S01"]).expect(2).says(&["scope"]);
    // A journal that is not there has no store, and looking for one makes none.
    run(&journal, &["token", "issue", "--role", "clerk", "--scope", "S01"]).expect(1).says(&["unknown_store", "S01"]);
    assert_eq!(listing(file_of(&journal).parent().expect("a folder")), Vec::<String>::new());
    // Whoever issues a branch's first card acts for it.
    run(&journal, &["token", "issue", "--role", "branch", "--scope", "B1"]).expect(0).says(&["B1", "no branch yet"]);
    run(&journal, &["token", "revoke", "t-00000000"]).expect(1).says(&["t-00000000", "token list"]);
}

fn issued_for_what_is_there(journal: &str) {
    let pack = SmallPack::new();
    import(journal, pack.folder(), 0, &[]);
    let issue = |role, scope| run(journal, &["token", "issue", "--role", role, "--scope", scope]);
    for (role, scope, missing, code) in [
        ("clerk", "S01", "S02", "unknown_store"),
        ("merchant", "M01", "S01", "unknown_merchant"),
        ("worker", "W001", "M01", "unknown_worker"),
    ] {
        issue(role, scope).expect(0);
        let refused = issue(role, missing).expect(1);
        assert!(refused.stdout.is_empty(), "a token was printed");
        refused.says(&[missing, code]);
    }
    issue("branch", "DZB01").expect(0);
    issue("branch", "W001").expect(0).says(&["W001", "DZB01"]);
    // A community is opened by no event.
    issue("operator", "测试社区").expect(0);
}

#[test]
fn a_token_is_issued_for_what_the_journal_knows_in_sqlite() {
    let journal = fresh(Database::Sqlite);
    issued_for_what_is_there(&journal);
    let server = Server::start(&journal, &[]);
    issued_for_what_is_there(&journal);
    assert!(server.terminate().success());
}

#[test]
fn a_token_is_issued_for_what_the_journal_knows_in_postgres() {
    issued_for_what_is_there(&fresh(Database::Postgres));
}

#[test]
fn a_district_with_a_single_administrator_is_told_so_by_verify_and_the_report() {
    let journal = fresh(Database::Sqlite);
    let admin = || run(&journal, &["token", "issue", "--role", "admin"]).expect(0);
    let told = || {
        let verdict = run(&journal, &["verify"]).expect(0);
        let report = run(&journal, &["audit", "report", "--format", "json"]).expect(0);
        [verdict.text().contains("a single person administers"), report.text().contains("single_administrator")]
    };
    admin();
    assert_eq!(told(), [true, true]);
    admin();
    assert_eq!(told(), [false, false]);
}
