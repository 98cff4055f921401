//! The program over HTTPS: certificates of its own making, and a browser's cookie.

use std::path::Path;
use std::sync::Arc;

use nuanxin_tests::{Server, cli, scratch_dir};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::journals::{Database, demonstration, fresh};
use crate::program::{run, utf8};

/// All that a server answers to a request, by a client that trusts one root alone.
fn ask(address: &str, root: &Path, request: &str) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(root).expect("a root in PEM")).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let name = ServerName::try_from("127.0.0.1").expect("an address");
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("hands are shaken");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut said = String::new();
        stream.read_to_string(&mut said).await.expect("the server answers in text");
        said
    })
}

#[test]
fn a_counter_without_a_public_authority_serves_https_and_its_cookies_are_secure() {
    let folder = scratch_dir("https");
    let made =
        run("sqlite:unused.db", &["tls", "self-signed", "--name", "127.0.0.1", "--out", utf8(&folder)]).expect(0);
    assert!(made.text().contains("fingerprint"), "{}", made.text());
    run("sqlite:unused.db", &["tls", "self-signed", "--out", utf8(&folder)]).expect(2).says(&["is there already"]);
    let (certificate, key) = (folder.join("nuanxin.crt"), folder.join("nuanxin.key"));
    let args = ["--demo", "--tls-cert", utf8(&certificate), "--tls-key", utf8(&key)];
    let server = Server::start(&demonstration(Database::Sqlite), &args);
    let address = server.base_url().strip_prefix("https://").expect("the address says HTTPS").to_owned();
    let root = folder.join("nuanxin-root.crt");
    let health = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let said = ask(&address, &root, &health);
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    let login = format!(
        "POST /v1/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: 39\r\n\r\n{}",
        r#"{"account":"nobody","password":"wrong"}"#
    );
    let said = ask(&address, &root, &login);
    // Over HTTPS a password is asked for and judged; plain HTTP from elsewhere would be sent away before.
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
    assert!(server.terminate().success());
}

/// An account with a password.
fn auditor(journal: &str, password: &str) -> &'static str {
    run(journal, &["account", "open", "auditor-1"]).expect(0);
    run(journal, &["account", "grant", "auditor-1", "--role", "auditor"]).expect(0);
    cli::set_password(journal, "auditor-1", password);
    "auditor-1"
}

#[test]
fn the_cookie_of_a_session_over_https_is_for_this_host_and_for_no_script() {
    let folder = scratch_dir("https-cookie");
    run("sqlite:unused.db", &["tls", "self-signed", "--name", "127.0.0.1", "--out", utf8(&folder)]).expect(0);
    let (certificate, key) = (folder.join("nuanxin.crt"), folder.join("nuanxin.key"));
    let journal = fresh(Database::Sqlite);
    let account = auditor(&journal, "easily kept 42");
    let server = Server::start(&journal, &["--tls-cert", utf8(&certificate), "--tls-key", utf8(&key)]);
    let address = server.base_url().strip_prefix("https://").expect("the address says HTTPS").to_owned();
    let root = folder.join("nuanxin-root.crt");
    let post = |path: &str, kind: &str, body: &str| {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        ask(&address, &root, &request)
    };
    let json = format!(r#"{{"account":"{account}","password":"easily kept 42"}}"#);
    let form = format!("account={account}&password=easily+kept+42&next=");
    let answers = [
        ("200", post("/v1/login", "application/json", &json)),
        ("303", post("/login", "application/x-www-form-urlencoded", &form)),
    ];
    for (status, said) in answers {
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{said}");
        let cookies: Vec<&str> = said
            .lines()
            .filter_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")))
            .map(|(_, cookie)| cookie)
            .collect();
        let [cookie] = cookies.as_slice() else { panic!("one cookie: {said}") };
        let mut parts = cookie.split("; ");
        let secret = parts.next().and_then(|pair| pair.strip_prefix("__Host-nuanxin="));
        assert!(secret.is_some_and(|secret| secret.len() >= 40), "{cookie}");
        let parts: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        for part in ["secure", "httponly", "samesite=lax", "path=/"] {
            assert!(parts.iter().any(|one| one == part), "{part}: {cookie}");
        }
        assert!(!parts.iter().any(|part| part.starts_with("domain")), "for this host alone: {cookie}");
    }
    assert!(server.terminate().success());
}

#[test]
fn a_certificate_that_cannot_be_served_is_told_before_anything_is_made() {
    let folder = scratch_dir("https-bad");
    run("sqlite:unused.db", &["tls", "self-signed", "--out", utf8(&folder)]).expect(0);
    let (certificate, journal) = (folder.join("nuanxin.crt"), folder.join("none.db"));
    let journal = format!("sqlite:{}", journal.display());
    let args = ["serve", "--listen", "127.0.0.1:0", "--tls-cert", utf8(&certificate), "--tls-key", utf8(&certificate)];
    run(&journal, &args).expect(2).says(&["nuanxin.crt", "no private key"]);
    assert!(!folder.join("none.db").exists());
}
