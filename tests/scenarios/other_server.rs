//! Two servers of one Postgres journal: what is taken from somebody at one of them, or on the machine beside it, is refused
//! with the very next request by the other, and a feed that the other has open ends.

use std::time::Duration;

use nuanxin_tests::{Api, Server, cli};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::journals::{Database, fresh};
use crate::program::run;

/// Grants that are given and ended one after the other: one that is believed a moment too long is met by one of them.
const ROUNDS: usize = 12;
/// Feeds look once a second whether they may still be told anything.
const FEED_ENDS_WITHIN: Duration = Duration::from_secs(15);
const PASSWORD: &str = "两台服务器一个密码 42";

struct Town {
    journal: String,
    servers: [Server; 2],
    admin: String,
}

impl Town {
    fn new() -> Town {
        let journal = fresh(Database::Postgres);
        let admin = cli::token_for(&journal, "admin", &[]);
        let servers = [Server::start(&journal, &[]), Server::start(&journal, &[])];
        Town { journal, servers, admin }
    }

    /// An account without any role, and a token of it.
    fn account(&self, id: &str) -> String {
        run(&self.journal, &["account", "open", id]).expect(0);
        run(&self.journal, &["token", "issue", "--account", id, "--name", id]).expect(0).text().trim().to_owned()
    }

    fn apis(&self, token: &str) -> [Api; 2] {
        [self.servers[0].api(token), self.servers[1].api(token)]
    }

    async fn grant(&self, at: usize, account: &str, role: &str, key: &str) -> String {
        let api = self.servers[at].api(&self.admin);
        let path = format!("/v1/accounts/{account}/roles");
        let (status, granted) = api.post(&path, key, json!({"role": role})).await.expect("an answer");
        assert_eq!((status, &granted["status"]), (201, &json!("active")), "{granted}");
        granted["grant"].as_str().expect("a grant").to_owned()
    }

    async fn end(&self, at: usize, grant: &str) {
        let path = format!("/v1/grants/{grant}/end");
        let ended =
            self.servers[at].api(&self.admin).post(&path, &format!("end-{grant}"), json!({"reason": "调离"})).await;
        assert_eq!(ended.as_ref().map(|(status, _)| *status), Ok(200), "{ended:?}");
    }
}

async fn status(api: &Api) -> (u16, Value) {
    let (status, body) = api.get("/v1/events?limit=1").await.expect("an answer");
    (status, body["code"].clone())
}

/// A feed that has begun.
async fn feed(api: &Api) -> Response {
    let ask = api.request(Method::GET, "/v1/events").header("accept", "text/event-stream");
    let mut feed = ask.send().await.expect("an answer");
    assert_eq!(feed.status(), 200);
    assert!(feed.chunk().await.expect("a piece").is_some(), "it begins");
    feed
}

/// Panics where a feed goes on, or breaks off otherwise than by its end.
async fn ends(mut feed: Response, what: &str) {
    let to_the_end = async { while feed.chunk().await.expect("it breaks off").is_some() {} };
    tokio::time::timeout(FEED_ENDS_WITHIN, to_the_end).await.unwrap_or_else(|_| panic!("the feed goes on: {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_one_server_ended_is_refused_by_the_other_with_the_next_request() {
    let town = Town::new();
    let apis = town.apis(&town.account("auditor-1"));
    for round in 0..ROUNDS {
        let (one, other) = (round % 2, (round + 1) % 2);
        let grant = town.grant(one, "auditor-1", "auditor", &format!("g{round}")).await;
        for api in &apis {
            assert_eq!(status(api).await.0, 200, "round {round}: what was granted holds with the next request");
        }
        let feeds = if round < 2 { vec![feed(&apis[one]).await, feed(&apis[other]).await] } else { Vec::new() };
        town.end(one, &grant).await;
        assert_eq!(status(&apis[other]).await, (403, json!("forbidden")), "round {round}: the other server");
        assert_eq!(status(&apis[one]).await, (403, json!("forbidden")), "round {round}: the same server");
        for followed in feeds {
            ends(followed, "its grant was ended").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_no_longer_write_at_one_server_writes_nothing_at_the_other() {
    let town = Town::new();
    let apis = town.apis(&town.account("operator-1"));
    for round in 0..ROUNDS {
        let (one, other) = (round % 2, (round + 1) % 2);
        let grant = town.grant(one, "operator-1", "operator", &format!("g{round}")).await;
        let register = async |api: &Api, id: String| {
            let body = json!({"id": id, "occupation": "快递员"});
            let (status, told) = api.post("/v1/workers", &id, body).await.expect("an answer");
            (status, told["code"].clone())
        };
        assert_eq!(register(&apis[other], format!("W{round}")).await.0, 201, "round {round}");
        town.end(one, &grant).await;
        let no = (403, json!("forbidden"));
        assert_eq!(register(&apis[other], format!("V{round}")).await, no, "round {round}");
        // The same inside a batch.
        let item = json!({"key": format!("b{round}"), "command": "register_worker", "id": format!("U{round}"), "occupation": "快递员"});
        let (status, told) =
            apis[other].post("/v1/batch", &format!("b{round}"), json!([item])).await.expect("an answer");
        assert!(status == 403 || told.to_string().contains("forbidden"), "round {round}: {status} {told}");
    }
    let workers =
        town.servers[0].api(&cli::token_for(&town.journal, "operator", &[])).get("/v1/workers?limit=100").await;
    let listed = workers.expect("an answer").1.to_string();
    assert!(listed.contains("W0") && !listed.contains("V0") && !listed.contains("U0"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_is_refused_by_every_server_with_the_next_request() {
    let town = Town::new();
    for round in 0..ROUNDS / 3 {
        let account = format!("auditor-{round}");
        let apis = town.apis(&town.account(&account));
        town.grant(round % 2, &account, "auditor", &format!("g{round}")).await;
        for api in &apis {
            assert_eq!(status(api).await.0, 200, "round {round}");
        }
        let feeds = if round == 0 { vec![feed(&apis[0]).await, feed(&apis[1]).await] } else { Vec::new() };
        let list = run(&town.journal, &["token", "list", "--json"]).expect(0).json();
        let record = list.elements().iter().find(|record| record.get("name").text() == account).expect("it is listed");
        run(&town.journal, &["token", "revoke", record.get("id").text()]).expect(0);
        for api in &apis {
            assert_eq!(status(api).await, (401, json!("unauthenticated")), "round {round}");
        }
        for followed in feeds {
            ends(followed, "its token was revoked").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_left_at_one_server_is_over_at_the_other() {
    let town = Town::new();
    town.account("auditor-1");
    town.grant(0, "auditor-1", "auditor", "g").await;
    cli::set_password(&town.journal, "auditor-1", PASSWORD);
    let [one, other] = town.apis("");
    let body = json!({"account": "auditor-1", "password": PASSWORD});
    let entered = one.request(Method::POST, "/v1/login").json(&body).send().await.expect("an answer");
    assert_eq!(entered.status(), 200);
    let cookie = entered.headers().get("set-cookie").expect("a cookie").to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let csrf = entered.json::<Value>().await.expect("JSON")["csrf"].as_str().expect("a token").to_owned();
    let read = async |api: &Api| {
        let ask = api.request(Method::GET, "/v1/events?limit=1").header("cookie", &cookie);
        ask.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!((read(&one).await, read(&other).await), (200, 200), "one session for both");
    let ask = other.request(Method::GET, "/v1/events").header("accept", "text/event-stream").header("cookie", &cookie);
    let mut followed = ask.send().await.expect("an answer");
    assert!(followed.chunk().await.expect("a piece").is_some(), "it begins");
    let out = one.request(Method::POST, "/v1/logout").header("cookie", &cookie).header("x-csrf-token", &csrf);
    assert_eq!(out.send().await.expect("an answer").status(), 200);
    assert_eq!((read(&other).await, read(&one).await), (401, 401));
    ends(followed, "its session was left").await;
}
