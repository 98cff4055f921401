//! Coming in with a password, over the API and the page: cookies, tokens against forged writes, and what strangers meet.

use nuanxin_tests::{Api, Server, cli};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::journals::{Database, demonstration, fresh};
use crate::program::run;

const PASSWORD: &str = "一个好记的密码 42";

/// An account that may read events, with a password.
fn auditor(journal: &str) -> String {
    let account = "auditor-1".to_owned();
    run(journal, &["account", "open", &account]).expect(0);
    run(journal, &["account", "grant", &account, "--role", "auditor"]).expect(0);
    cli::set_password(journal, &account, PASSWORD);
    account
}

async fn login(api: &Api, account: &str, password: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = api.request(Method::POST, "/v1/login").json(&json!({"account": account, "password": password}));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

fn cookie(response: &Response) -> String {
    let set = response.headers().get("set-cookie").expect("a cookie").to_str().expect("text");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    set.split(';').next().expect("a pair").to_owned()
}

async fn a_session_is_what_its_account_is(journal: &str) {
    let account = auditor(journal);
    let server = Server::start(journal, &[]);
    let api = server.api("");
    assert_eq!(login(&api, &account, "wrong", &[]).await.status(), 401);
    assert_eq!(login(&api, "nobody", PASSWORD, &[]).await.status(), 401);
    let entered = login(&api, &account, PASSWORD, &[]).await;
    assert_eq!(entered.status(), 200);
    let cookie = cookie(&entered);
    assert!(cookie.starts_with("nuanxin="), "{cookie}");
    let answer: Value = entered.json().await.expect("JSON");
    assert_eq!(answer["account"], account.as_str());
    let csrf = answer["csrf"].as_str().expect("a token").to_owned();

    let read = |cookie: String| api.request(Method::GET, "/v1/events?limit=1").header("Cookie", cookie).send();
    assert_eq!(read(cookie.clone()).await.expect("an answer").status(), 200);
    assert_eq!(read("nuanxin=".to_owned() + &"A".repeat(43)).await.expect("an answer").status(), 401);
    // A write is refused for what it is, once it shows that it is no forgery.
    let write = |headers: Vec<(&'static str, String)>| {
        let mut request = api.request(Method::POST, "/v1/logout").header("Cookie", &cookie);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send()
    };
    for forged in [
        vec![],
        vec![("x-csrf-token", "wrong".to_owned())],
        vec![("x-csrf-token", csrf.clone()), ("origin", "https://evil.example".to_owned())],
        vec![("x-csrf-token", csrf.clone()), ("sec-fetch-site", "cross-site".to_owned())],
    ] {
        assert_eq!(write(forged.clone()).await.expect("an answer").status(), 403, "{forged:?}");
    }
    // A new login ends the session before it: nobody keeps a planted one.
    let again = login(&api, &account, PASSWORD, &[("cookie", &cookie)]).await;
    assert_eq!(again.status(), 200);
    assert_eq!(read(cookie.clone()).await.expect("an answer").status(), 401);
    let (planted, cookie) = (cookie, self::cookie(&again));
    assert_ne!(planted, cookie, "a session begins anew, whatever cookie the browser brought");
    let old = api.request(Method::POST, "/v1/logout").header("Cookie", &cookie).header("x-csrf-token", &csrf);
    assert_eq!(old.send().await.expect("an answer").status(), 403, "the token of the session before");
    let csrf = again.json::<Value>().await.expect("JSON")["csrf"].as_str().expect("a token").to_owned();
    let out = api.request(Method::POST, "/v1/logout").header("Cookie", &cookie).header("x-csrf-token", &csrf);
    assert_eq!(out.send().await.expect("an answer").status(), 200);
    assert_eq!(read(cookie.clone()).await.expect("an answer").status(), 401);
    // All that it has to say has arrived once it has ended.
    assert!(server.terminate().success());
    assert!(!server.stderr().contains(PASSWORD), "no password in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_begun_by_a_password_and_ended_on_sqlite() {
    a_session_is_what_its_account_is(&fresh(Database::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_begun_by_a_password_and_ended_on_postgres() {
    a_session_is_what_its_account_is(&fresh(Database::Postgres)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_is_taken_over_a_wire_that_others_read() {
    let journal = fresh(Database::Sqlite);
    let account = auditor(&journal);
    let server = Server::start(&journal, &[]);
    let api = server.api("");
    for headers in [&[("host", "ledger.example")][..], &[("x-forwarded-for", "10.0.0.7")]] {
        let refused = login(&api, &account, PASSWORD, headers).await;
        assert_eq!(refused.status(), 403, "{headers:?}");
        assert!(refused.headers().get("set-cookie").is_none());
    }
    let proxied = [("host", "ledger.example"), ("x-forwarded-proto", "https")];
    let entered = login(&api, &account, PASSWORD, &proxied).await;
    assert_eq!(entered.status(), 200);
    let set = entered.headers().get("set-cookie").expect("a cookie").to_str().expect("text").to_owned();
    assert!(set.starts_with("__Host-nuanxin=") && set.contains("Secure"), "{set}");
    // The page says how to get HTTPS, and has no field for a password.
    let page = api.request(Method::GET, "/login").header("host", "ledger.example").send().await.expect("an answer");
    let page = page.text().await.expect("text");
    assert!(page.contains("https://") && !page.contains("type=\"password\""), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_waits_and_is_told_how_long() {
    let journal = fresh(Database::Sqlite);
    let account = auditor(&journal);
    let server = Server::start(&journal, &[]);
    let api = server.api("");
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(login(&api, &account, "a wrong one", &[]).await.status().as_u16());
    }
    assert!(statuses.starts_with(&[401; 4]) && statuses.contains(&429), "{statuses:?}");
    let told = login(&api, &account, PASSWORD, &[]).await;
    assert_eq!(told.status(), 429, "also the right one waits");
    assert!(told.headers().get("retry-after").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_tried_by_a_tap_on_a_demonstration_alone_and_it_takes_no_pack() {
    let journal = demonstration(Database::Sqlite);
    let server = Server::start(&journal, &["--demo"]);
    let api = server.api("");
    let page = |host: &'static str| api.request(Method::GET, "/login").header("host", host).send();
    let shown = page("127.0.0.1").await.expect("an answer").text().await.expect("text");
    for role in ["店员", "骑手", "支部书记", "审计员", "录入员", "审核员", "商户", "管理员"] {
        assert!(shown.contains(&format!("以{role}身份体验")), "{role}");
    }
    let shown = page("ledger.example").await.expect("an answer").text().await.expect("text");
    assert!(!shown.contains("身份体验"), "not for whoever is not on this machine");
    drop(server);
    let pack = crate::small_pack::SmallPack::new();
    let refused = run(&journal, &["import", pack.folder().to_str().expect("text")]).expect(2);
    assert!(refused.stderr.contains("demonstration"), "{}", refused.stderr);

    let district = fresh(Database::Sqlite);
    crate::program::import(&district, crate::small_pack::SmallPack::new().folder(), 0, &[]);
    let server = Server::start(&district, &[]);
    let shown = server.api("").request(Method::GET, "/login").send().await.expect("an answer").text().await;
    assert!(!shown.expect("text").contains("身份体验"));
}
