//! Logging in with the district's identity provider, against one of the tests' own: the good way, and every answer that is
//! not to be believed.

mod refused;
mod settings;

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nuanxin_tests::identity_provider::{CLIENT, SECRET};
use nuanxin_tests::{Browser, IdentityProvider, Server, cli, scratch_dir};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::journals::{Database, fresh};
use crate::program::run;

const SUBJECT: &str = "248289761001";
const PASSWORD: &str = "一个好记的密码 42";
const BUTTON: &str = "用统一身份认证登录";

/// A server whose people log in with a provider.
struct District {
    journal: String,
    server: Server,
    provider: IdentityProvider,
}

/// An address that nobody listens at.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

/// A file that its owner alone reads.
fn write_secret(path: &Path, secret: &str) {
    std::fs::write(path, secret).expect("a file is written");
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).expect("it is closed to others");
}

/// The arguments of a server at an address that asks this provider.
pub(crate) fn asking(issuer: &str, address: &str) -> Vec<String> {
    let secret = scratch_dir("oidc").join("secret");
    write_secret(&secret, SECRET);
    let secret = secret.to_str().expect("UTF-8").to_owned();
    let public = format!("http://{address}");
    let pairs = [
        ("--oidc-issuer", issuer),
        ("--oidc-client-id", CLIENT),
        ("--oidc-client-secret-file", &secret),
        ("--public-url", &public),
    ];
    pairs.iter().flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()]).collect()
}

/// A server whose people log in with this provider.
pub(crate) fn serve(journal: &str, issuer: &str, more: &[&str]) -> Server {
    let address = free_address();
    let arguments = asking(issuer, &address);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    Server::start_at(&address, journal, &arguments)
}

/// An account that may read events, with a password.
fn auditor(journal: &str) {
    run(journal, &["account", "open", "auditor-1"]).expect(0);
    run(journal, &["account", "grant", "auditor-1", "--role", "auditor"]).expect(0);
    cli::set_password(journal, "auditor-1", PASSWORD);
}

impl District {
    fn begin(database: Database) -> District {
        let (journal, provider) = (fresh(database), IdentityProvider::start());
        auditor(&journal);
        let server = serve(&journal, provider.issuer(), &[]);
        District { journal, server, provider }
    }

    /// Begun, with the account that the provider's person is.
    fn linked(database: Database) -> District {
        let district = District::begin(database);
        district.link(SUBJECT);
        district
    }

    fn link(&self, subject: &str) {
        let issuer = self.provider.issuer();
        run(&self.journal, &["account", "link", "auditor-1", "--issuer", issuer, "--subject", subject]).expect(0);
    }

    fn visitor(&self) -> Visitor {
        Visitor::to(&self.server)
    }
}

/// A browser that goes where it is told, one step at a time.
struct Visitor {
    client: Client,
    base: String,
    cookies: Vec<(String, String)>,
}

impl Visitor {
    fn to(server: &Server) -> Visitor {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        Visitor { client, base: server.base_url().to_owned(), cookies: Vec::new() }
    }

    async fn get(&mut self, address: &str) -> Response {
        let here = address.starts_with('/') || address.starts_with(&format!("{}/", self.base));
        let url = if address.starts_with('/') { format!("{}{address}", self.base) } else { address.to_owned() };
        let mut request = self.client.get(url);
        if here && !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", all.join("; "));
        }
        let response = request.send().await.expect("an answer");
        if here {
            for set in response.headers().get_all("set-cookie") {
                let set = set.to_str().expect("text");
                assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
                let (name, value) = set.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
                self.cookies.retain(|(kept, _)| kept != name);
                if !value.is_empty() {
                    self.cookies.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        response
    }

    /// Goes to the provider and is sent back: the address to come back by.
    async fn leave(&mut self, next: &str) -> String {
        let sent = self.get(&format!("/login/oidc?next={next}")).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let asked = self.get(&location(&sent)).await;
        assert_eq!(asked.status(), StatusCode::SEE_OTHER, "{}", asked.text().await.unwrap_or_default());
        location(&asked)
    }

    /// The whole way.
    async fn log_in(&mut self) -> Response {
        let back = self.leave("/audit").await;
        self.get(&back).await
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(kept, _)| kept == name).map(|(_, value)| value.as_str())
    }

    /// What somebody with this session may read.
    async fn reads(&mut self) -> StatusCode {
        self.get("/v1/events?limit=1").await.status()
    }
}

fn location(response: &Response) -> String {
    response.headers().get("location").expect("a place").to_str().expect("text").to_owned()
}

async fn whoever_is_linked_logs_in(database: Database) {
    let district = District::linked(database);
    let mut visitor = district.visitor();
    let page = visitor.get("/login?next=/audit").await.text().await.expect("text");
    assert!(page.contains(BUTTON) && page.contains("/login/oidc?next=%2Faudit"), "{page}");
    let back = visitor.leave("/audit%3Ftype%3DRedeemed").await;
    let (address, answer) = back.split_once('?').expect("an answer");
    assert_eq!(address, format!("{}/login/oidc/callback", district.server.base_url()));
    let attempt = visitor.cookie("nuanxin-oidc").expect("the attempt's cookie").to_owned();
    assert!(!answer.contains(attempt.split('.').next().expect("a secret")), "the secret stays in the browser");
    let entered = visitor.get(&back).await;
    assert_eq!((entered.status(), location(&entered)), (StatusCode::SEE_OTHER, "/audit?type=Redeemed".to_owned()));
    assert_eq!(visitor.cookie("nuanxin-oidc"), None, "the attempt is over");
    assert_eq!(visitor.reads().await, StatusCode::OK);
    let page = visitor.get("/audit").await.text().await.expect("text");
    assert!(page.contains("auditor-1"), "{page}");

    // A session is made anew by each login, and the one before ends: nobody can have planted it.
    let mut before = district.visitor();
    before.cookies.clone_from(&visitor.cookies);
    assert_eq!(visitor.log_in().await.status(), StatusCode::SEE_OTHER);
    assert_ne!(visitor.cookie("nuanxin"), before.cookie("nuanxin"));
    assert_eq!((visitor.reads().await, before.reads().await), (StatusCode::OK, StatusCode::UNAUTHORIZED));

    // What is told of it, and how it ends: with the link, at once.
    let listed = run(&district.journal, &["account", "list"]).expect(0);
    assert!(listed.text().contains(&format!("linked  {}  {SUBJECT}", district.provider.issuer())), "{}", listed.text());
    let listed = run(&district.journal, &["account", "list", "--json"]).expect(0);
    let listed: serde_json::Value = serde_json::from_str(listed.text()).expect("JSON");
    assert_eq!(listed[0]["links"][0]["subject"], SUBJECT);
    let who = ["--issuer", district.provider.issuer(), "--subject", SUBJECT];
    let unlinked = run(&district.journal, &[&["account", "unlink", "auditor-1"], &who[..]].concat()).expect(0);
    assert!(unlinked.stderr.contains("no longer"), "{}", unlinked.stderr);
    assert_eq!(visitor.reads().await, StatusCode::UNAUTHORIZED);
    assert_eq!(visitor.log_in().await.status(), StatusCode::FORBIDDEN);
    let log = district.server.stderr();
    assert!(!log.contains(SUBJECT) && !log.contains(SECRET), "neither subject nor secret in the log:\n{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_linked_logs_in_with_the_provider_on_sqlite() {
    whoever_is_linked_logs_in(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_linked_logs_in_with_the_provider_on_postgres() {
    whoever_is_linked_logs_in(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_the_provider_s_gives_what_the_account_may_and_no_more() {
    let district = District::linked(Database::Sqlite);
    let mut visitor = district.visitor();
    assert_eq!(visitor.log_in().await.status(), StatusCode::SEE_OTHER);
    assert_eq!(visitor.reads().await, StatusCode::OK);
    let listed = run(&district.journal, &["account", "list", "--json"]).expect(0);
    let listed: serde_json::Value = serde_json::from_str(listed.text()).expect("JSON");
    let grant = listed[0]["roles"][0]["grant"].as_str().expect("a grant");
    run(&district.journal, &["account", "end", grant, "--reason", "left"]).expect(0);
    // The same as with a password: a session may last, and nothing is open to it.
    assert_eq!(visitor.reads().await, StatusCode::FORBIDDEN);
    let mut again = district.visitor();
    again.log_in().await;
    assert_eq!(again.reads().await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_the_provider_changed_are_asked_for_again_and_not_at_every_wrong_token() {
    let district = District::linked(Database::Sqlite);
    let before = district.provider.asked();
    assert_eq!((before.discovery, before.keys), (0, 0), "nothing is asked before somebody logs in");
    for _ in 0..3 {
        assert_eq!(district.visitor().log_in().await.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(district.provider.asked().keys, 1, "they are kept");
    district.provider.changes_its_key();
    assert_eq!(district.visitor().log_in().await.status(), StatusCode::SEE_OTHER);
    assert_eq!(district.provider.asked().keys, 2);
    district.provider.is_wrong_in(nuanxin_tests::identity_provider::Wrong::UnknownKey);
    for _ in 0..5 {
        assert_eq!(district.visitor().log_in().await.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(district.provider.asked().keys, 2, "it was asked a moment ago");
}

#[test]
fn in_a_browser_one_tap_leads_through_the_provider_to_the_page_that_was_asked_for() {
    let district = District::linked(Database::Sqlite);
    let mut browser = Browser::start();
    let wait = |browser: &mut Browser, path: &str| {
        let there = format!("location.pathname === {path:?} && document.readyState === 'complete'");
        for _ in 0..200 {
            if browser.try_eval(&there).is_some_and(|there| there == true) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{path} is not reached:\n{}", browser.text());
    };
    browser.open(&format!("{}/audit", district.server.base_url()));
    wait(&mut browser, "/login");
    browser.press("link", BUTTON);
    wait(&mut browser, "/audit");
    browser.find("button", "立即核对");
    assert_eq!(browser.eval("document.cookie"), "", "no script reads a cookie");

    // Somebody else of the provider's is told whom to ask, and goes on with a password.
    browser.press("button", "退出");
    wait(&mut browser, "/login");
    district.provider.finds("somebody-new");
    browser.press("link", BUTTON);
    let told = browser.told("alert", "请把下面两行告诉管理员");
    assert!(!told.contains("auditor-1"), "{told}");
    assert!(browser.text().contains("somebody-new"), "{}", browser.text());
    browser.press("link", "回登录页");
    wait(&mut browser, "/login");
    browser.write("账号", "auditor-1");
    browser.write("密码", PASSWORD);
    browser.press("button", "登录");
    wait(&mut browser, "/audit");
}
