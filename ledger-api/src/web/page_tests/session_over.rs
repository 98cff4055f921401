//! A form that is sent when the session is over: nothing is written, and it goes along through the login.

use axum::http::{Request, StatusCode, header};

use super::{House, Visit, holds};
use crate::access::Role;
use crate::service::login::logout;

/// The fields with a token of a session that is over, as a browser sends them.
async fn sent_too_late(desk: &Visit<'_>) -> String {
    let secret = desk.cookie.split_once('=').map(|(_, secret)| secret).unwrap();
    logout(&desk.house.app, secret).await.unwrap();
    let before = desk.house.head().await;
    let post = [
        ("token", desk.csrf.as_str()),
        ("do", "post"),
        ("number", "T-1"),
        ("activity", "WX02"),
        ("on", "2026-11-30"),
        ("description", "\"><script>"),
    ];
    let (status, page) = desk.send_raw("/requests", &post).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let after = desk.house.head().await;
    assert_eq!(after, before, "nothing is written");
    page
}

#[tokio::test]
async fn what_was_sent_goes_along_through_the_login_and_is_offered_again() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let page = sent_too_late(&desk).await;
    holds(&page, &["刚才这一步没有写入", "name=\"next\" value=\"/requests\"", "name=\"unsent\"", "T-1"]);
    assert!(!page.contains(&desk.csrf) && !page.contains("\"><script>"), "{page}");
    let unsent = r#"[["do","post"],["number","T-1"],["activity","WX02"],["on","2026-11-30"],["pin","123456"]]"#;
    let (status, page) =
        desk.send_raw("/login/as", &[("role", "operator"), ("next", "/requests"), ("unsent", unsent)]).await;
    assert_eq!(status, StatusCode::OK);
    holds(&page, &["「需求", "action=\"/requests\"", "name=\"number\" value=\"T-1\"", "name=\"token\"", "继续"]);
    assert!(!page.contains("123456"), "{page}");
    // What is no form of ours leads where a login leads.
    for (next, unsent) in [("//evil.example", unsent), ("/requests", "[]"), ("/requests", "nonsense")] {
        let (status, page) =
            desk.send_raw("/login/as", &[("role", "operator"), ("next", next), ("unsent", unsent)]).await;
        assert!(!page.contains("evil"), "{page}");
        assert!(status == StatusCode::SEE_OTHER || page.contains("action=\"/\""), "{status}: {page}");
    }
}

#[tokio::test]
async fn a_page_that_is_only_read_leads_to_the_login_as_before() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    sent_too_late(&desk).await;
    let (status, _) = desk.ask(Request::get("/requests").header(header::ACCEPT, "text/html"), String::new()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}
