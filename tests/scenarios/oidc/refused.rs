//! What lets nobody in: answers that belong to no login of this browser, tokens that are not to be believed, people whom
//! nobody linked, a provider that is away.

use std::time::{Duration, Instant};

use nuanxin_tests::identity_provider::Wrong;
use nuanxin_tests::{IdentityProvider, Server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{BUTTON, District, PASSWORD, SUBJECT, auditor, location, serve};
use crate::journals::{Database, fresh};
use crate::program::run;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_taken_in_the_browser_that_asked_and_once() {
    let district = District::linked(Database::Sqlite);
    let mut owner = district.visitor();
    let back = owner.leave("/audit").await;
    // Whoever is sent another's answer: without an attempt of the own, and with one.
    let mut victim = district.visitor();
    assert_eq!(victim.get(&back).await.status(), StatusCode::BAD_REQUEST);
    victim.leave("/").await;
    assert_eq!(victim.get(&back).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(victim.cookie("nuanxin"), None);
    // A state that was changed, one that is missing, and one that is there twice.
    for (from, to) in [("state=", "state=x"), ("state=", "other="), ("state=", "state=x&state=")] {
        let mut visitor = district.visitor();
        let back = visitor.leave("/").await.replace(from, to);
        assert_eq!(visitor.get(&back).await.status(), StatusCode::BAD_REQUEST, "{back}");
        assert_eq!(visitor.cookie("nuanxin"), None);
    }
    let asked = district.provider.asked();
    assert_eq!(asked.tokens, 0, "no code was shown to the provider for any of them");
    // The owner's own way is still open; the same answer again is nobody's, also with the attempt's cookie kept.
    let mut thief = district.visitor();
    thief.cookies.clone_from(&owner.cookies);
    assert_eq!(owner.get(&back).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(thief.get(&back).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!((thief.cookie("nuanxin"), district.provider.asked().tokens), (None, 2));
    // Whoever goes back to it while logged in is led on.
    let again = owner.get(&back).await;
    assert_eq!((again.status(), location(&again)), (StatusCode::SEE_OTHER, "/audit".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_wrong_in_anything_lets_nobody_in() {
    let district = District::linked(Database::Sqlite);
    for wrong in [
        Wrong::Nonce,
        Wrong::NoNonce,
        Wrong::Audience,
        Wrong::Audiences,
        Wrong::Issuer,
        Wrong::Expired,
        Wrong::Signature,
        Wrong::Changed,
        Wrong::Unsigned,
        Wrong::BySecret,
        Wrong::UnknownKey,
        Wrong::NoToken,
        Wrong::NoJwt,
        Wrong::Declined,
    ] {
        district.provider.is_wrong_in(wrong);
        let mut visitor = district.visitor();
        let refused = visitor.log_in().await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{wrong:?}");
        assert_eq!(visitor.cookies, [], "{wrong:?}");
        let page = refused.text().await.expect("text");
        assert!(page.contains("role=\"alert\"") && page.contains("href=\"/login\""), "{wrong:?}: {page}");
        assert!(!page.contains(SUBJECT), "{wrong:?}");
    }
    // An answer in the name of another provider.
    let mut visitor = district.visitor();
    district.provider.is_wrong_in(Wrong::Nothing);
    let back = visitor.leave("/").await.replace("iss=http", "iss=https");
    assert_eq!(visitor.get(&back).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(district.visitor().log_in().await.status(), StatusCode::SEE_OTHER, "and then a right one does");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_linked_is_told_whom_to_ask_and_auditors_see_it() {
    let district = District::linked(Database::Sqlite);
    district.provider.finds("<b>new</b>&one");
    let mut visitor = district.visitor();
    let refused = visitor.log_in().await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let page = refused.text().await.expect("text");
    assert!(page.contains("管理员") && page.contains(district.provider.issuer()), "{page}");
    assert!(!page.contains("<b>new") && page.contains("new"), "what the provider says is shown as text: {page}");
    assert_eq!(visitor.cookies, []);
    assert!(!run(&district.journal, &["account", "list"]).expect(0).text().contains("new"), "nothing is opened by it");
    // An answer of no login as well.
    assert_eq!(visitor.get("/login/oidc/callback?code=x&state=y").await.status(), StatusCode::BAD_REQUEST);

    district.provider.finds(SUBJECT);
    assert_eq!(visitor.log_in().await.status(), StatusCode::SEE_OTHER);
    let told: Value = visitor.get("/v1/audit/security").await.json().await.expect("JSON");
    let rows: Vec<(&str, &str, &str)> = told["refusals"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or_default();
            (text("code"), text("route"), text("address"))
        })
        .collect();
    for code in ["forbidden", "unauthenticated"] {
        assert!(rows.contains(&(code, "GET /login/oidc/callback", "127.0.0.1")), "{code}: {rows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_to_another_site() {
    let district = District::linked(Database::Sqlite);
    for foreign in ["//evil.example", "https://evil.example/", "%2F%5Cevil.example", "%2F%2Fevil.example"] {
        let mut visitor = district.visitor();
        let back = visitor.leave(foreign).await;
        assert_eq!(location(&visitor.get(&back).await), "/", "{foreign}");
    }
    // Also where somebody put it into the attempt's own cookie: `//evil.example` in base64.
    let mut visitor = district.visitor();
    let back = visitor.leave("/").await;
    let (_, cookie) = visitor.cookies.last_mut().expect("the attempt's");
    let kept = cookie.rsplit_once('.').expect("its parts").0.to_owned();
    *cookie = format!("{kept}.Ly9ldmlsLmV4YW1wbGU");
    assert_eq!(location(&visitor.get(&back).await), "/");
}

async fn password_goes_on(server: &Server) {
    let body = json!({"account": "auditor-1", "password": PASSWORD});
    let entered = server.api("").request(Method::POST, "/v1/login").json(&body).send().await.expect("an answer");
    assert_eq!(entered.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_or_silent_keeps_nobody_from_a_password() {
    let journal = fresh(Database::Sqlite);
    auditor(&journal);
    // Nobody listens there: the server starts all the same.
    let nobody = format!("http://{}", super::free_address());
    let server = serve(&journal, &nobody, &[]);
    let mut visitor = super::Visitor::to(&server);
    let away = visitor.get("/login/oidc").await;
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.text().await.expect("text").contains("请用密码登录"));
    let page = visitor.get("/login").await.text().await.expect("text");
    assert!(page.contains(BUTTON) && page.contains("type=\"password\""), "{page}");
    password_goes_on(&server).await;
    drop(server);

    let provider = IdentityProvider::start();
    let server = serve(&journal, provider.issuer(), &[]);
    run(&journal, &["account", "link", "auditor-1", "--issuer", provider.issuer(), "--subject", SUBJECT]).expect(0);
    provider.is_silent(true);
    // A crowd waits once, not one after the other.
    let began = Instant::now();
    let crowd: Vec<_> = (0..8)
        .map(|_| {
            let mut visitor = super::Visitor::to(&server);
            tokio::spawn(async move { visitor.get("/login/oidc").await.status() })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    password_goes_on(&server).await;
    assert!(began.elapsed() < Duration::from_secs(4), "a password does not wait for the provider");
    for one in crowd {
        assert_eq!(one.await.expect("it ends"), StatusCode::SERVICE_UNAVAILABLE);
    }
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    provider.is_silent(false);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut visitor = super::Visitor::to(&server);
    assert_eq!(visitor.log_in().await.status(), StatusCode::SEE_OTHER);
    // It goes silent between the two steps.
    provider.is_wrong_in(Wrong::Hangs);
    assert_eq!(super::Visitor::to(&server).log_in().await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_begun_over_a_wire_that_others_read() {
    let district = District::linked(Database::Sqlite);
    let api = district.server.api("");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let address = format!("{}/login/oidc", district.server.base_url());
    let plain = client.get(&address).header("host", "ledger.example").send().await.expect("an answer");
    assert_eq!((plain.status(), location(&plain)), (StatusCode::SEE_OTHER, "/login".to_owned()));
    assert!(plain.headers().get("set-cookie").is_none());
    let page = api.request(Method::GET, "/login").header("host", "ledger.example").send().await.expect("an answer");
    assert!(!page.text().await.expect("text").contains(BUTTON));
    // Behind a proxy that ends HTTPS the cookie is the host's alone.
    let proxied = client.get(&address).header("host", "ledger.example").header("x-forwarded-proto", "https");
    let proxied = proxied.send().await.expect("an answer");
    let set = proxied.headers().get("set-cookie").expect("a cookie").to_str().expect("text").to_owned();
    assert!(
        set.starts_with("__Host-nuanxin-oidc=") && set.ends_with("; Secure") && set.contains("Max-Age=600"),
        "{set}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_too_often_is_held_as_a_stranger() {
    let (journal, provider) = (fresh(Database::Sqlite), IdentityProvider::start());
    let file = nuanxin_tests::scratch_dir("oidc").join("nuanxin.toml");
    std::fs::write(&file, "rate_stranger = \"1/5\"\n").expect("a file is written");
    let server = serve(&journal, provider.issuer(), &["--config", file.to_str().expect("UTF-8")]);
    let mut visitor = super::Visitor::to(&server);
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(visitor.get("/login/oidc/callback?code=x&state=y").await.status().as_u16());
    }
    assert!(statuses.starts_with(&[400; 5]) && statuses.ends_with(&[429]), "{statuses:?}");
}
