//! Who reads which page, by role, and what becomes of a form that is forged.

use axum::http::{Request, StatusCode};

use super::{House, Visit};
use crate::access::Role;
use crate::demo;

#[tokio::test]
async fn foreign_roles_and_forged_forms_are_refused() {
    let house = House::open().await;
    let everybody = demo::ENTRANCES.map(|(role, _, _)| role);
    let all = [
        ("/requests", &[Role::Operator, Role::Approver, Role::Worker] as &[Role]),
        ("/requests/slip?request=YS-XQ05&handling=YS-BL02", &[Role::Operator, Role::Approver, Role::Worker]),
        ("/appointments", &[Role::Operator, Role::Approver]),
        ("/me", &[Role::Worker]),
        ("/me/stores", &[Role::Worker]),
        ("/statements", &[Role::Operator, Role::Approver]),
        ("/appointments/pairs", &[Role::Operator, Role::Approver]),
        ("/appointments/passes", &[Role::Operator, Role::Approver]),
        ("/merchant", &[Role::Merchant]),
        ("/counter", &[Role::Clerk]),
        ("/counter/away", &[Role::Clerk]),
        ("/counter/cases", &[Role::Clerk]),
        ("/counter/day", &[Role::Clerk]),
        ("/counter/holds", &[Role::Clerk]),
        ("/counter/shelf", &[Role::Clerk]),
        ("/credits", &[Role::Operator, Role::Approver]),
        ("/credits/merge", &[Role::Approver]),
        ("/credits/proof", &[Role::Operator]),
        ("/branch", &[Role::Branch]),
        ("/branch/visits", &[Role::Branch]),
        ("/audit", &[Role::Auditor, Role::Admin]),
        ("/audit/state", &[Role::Auditor, Role::Admin]),
        ("/audit/trace", &[Role::Auditor, Role::Admin]),
        ("/audit/trace?worker=YS-0001", &[Role::Auditor, Role::Admin]),
        ("/audit/trace?worker=YS-ZJ01", &[Role::Auditor, Role::Admin]),
        ("/admin", &[Role::Admin, Role::Auditor]),
        ("/admin/accounts", &[Role::Admin, Role::Auditor]),
        ("/admin/registers", &[Role::Admin]),
        ("/publicity", &everybody),
        ("/schedule", &everybody),
        ("/sites", &everybody),
    ];
    let mut wrong = Vec::new();
    for (role, _, _) in demo::ENTRANCES {
        let visit = house.enter(role).await;
        for (path, of) in all {
            let expected = if of.contains(&role) { 200 } else { 403 };
            let told = visit.status(path).await;
            if told != expected {
                wrong.push(format!("{path} {role:?}: {told} and not {expected}"));
            }
            let (status, _) = visit.send_raw(path, &[("do", "post"), ("token", "forged")]).await;
            // Some pages take no form at all.
            if !matches!(status, StatusCode::FORBIDDEN | StatusCode::METHOD_NOT_ALLOWED) {
                wrong.push(format!("a forged form to {path} as {role:?}: {status}"));
            }
        }
        // Each finds the pages that are there for one.
        let home = visit.ask(Request::get("/"), String::new()).await.0;
        assert_eq!(home, StatusCode::SEE_OTHER);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let stranger = Visit { house: &house, cookie: "nuanxin-large=1".to_owned(), csrf: String::new() };
    assert_eq!(stranger.status("/requests").await, 303, "the way to the login");
}
