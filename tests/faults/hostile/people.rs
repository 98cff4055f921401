//! Who else there is: a third person, for what two have a part in already, who can also be logged in; and the controls of
//! coming in and going out.

use nuanxin_tests::{Server, cli, nuanxin};
use serde_json::{Value, json};

use super::controls::{Control, post};
use super::kinds::Kind;
use crate::wire;

/// The third person's account: an approver with no part in what the others do.
const THIRD: &str = "third";
const PASSWORD: &str = "一个好记的密码 42";
/// No password is taken over a wire that others read.
const OVER_HTTPS: &str = "X-Forwarded-Proto: https";

/// Opens the third person's account, and gives a token of it. Comes before the first administrator: an approver would wait
/// for the word of a second one.
pub(super) fn third(journal: &str) -> String {
    let run = |args: &[&str]| {
        let output = nuanxin(args, journal);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    run(&["account", "open", THIRD]);
    run(&["account", "grant", THIRD, "--role", "approver"]);
    cli::set_password(journal, THIRD, PASSWORD);
    run(&["token", "issue", "--account", THIRD])
}

fn login() -> Value {
    json!({"account": THIRD, "password": PASSWORD})
}

/// A session of the third person's.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// What its cookie holds.
    pub(super) secret: String,
    /// What a write shows beside the cookie.
    pub(super) csrf: String,
}

impl Session {
    /// Logs the third person in.
    pub(super) async fn begin(server: &Server) -> Session {
        let headers = [OVER_HTTPS, "Content-Type: application/json"].map(str::to_owned);
        let bytes = wire::request("POST", "/v1/login", &headers, login().to_string().as_bytes());
        let reply = wire::exchange(wire::address(server), &bytes).await.expect("the server lives");
        let reply = reply.expect("an answer");
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        let cookie = reply.head.split_once("__Host-nuanxin=").and_then(|(_, rest)| rest.split(';').next());
        let answer: Value = serde_json::from_slice(&reply.body).expect("JSON");
        let csrf = answer["csrf"].as_str().expect("a token of the session").to_owned();
        Session { secret: cookie.expect("a cookie").to_owned(), csrf }
    }
}

/// Neither reads a token. A shot shows one all the same: whoever shows one that the server knows is no stranger, and strangers
/// may ask little at once.
pub(super) fn controls() -> Vec<Control> {
    vec![
        Control {
            headers: &[OVER_HTTPS],
            ..post("/v1/login", &[], login(), &[("/account", Kind::Secret), ("/password", Kind::Secret)], 200)
        },
        Control {
            method: "POST",
            path: "/v1/logout",
            headers: &[OVER_HTTPS, "Cookie: __Host-nuanxin=SECRET", "X-CSRF-Token: SHOWN"],
            ..Control::NONE
        },
    ]
}
