//! The programmes' pages over the demonstration district, as a browser without script meets them: what stands on each, what
//! its forms do, and that a foreign role is refused. The ledger's clock stands still.

mod appeals;
mod appointing;
mod appointments;
mod approvals;
mod auditing;
mod branch;
mod desk;
mod english;
mod holds;
mod merchant;
mod merging;
mod objectors;
mod overview;
mod own_page;
mod publicity;
mod rating_slip;
mod refusals;
mod registering;
mod registers;
mod registers_mended;
mod requests;
mod returned;
mod roles;
mod schedule;
mod selections;
mod session_over;
mod sheets;
mod sites;
mod statements;
mod till;
mod traces;
mod unscripted;
mod visits;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use ledger_core::domain::ids::AccountId;
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::LedgerSettings;
use tower::ServiceExt;

use super::{Entrance, routes};
use crate::access::Role;
use crate::app::{App, AppTasks};
use crate::demo;
use crate::demo::kept::Kept;
use crate::service::login::enter;

/// By the clock of [`House::open`].
static DEMONSTRATION: Kept = Kept::new(true);

/// The demonstration on a day, and its pages.
struct House {
    app: App,
    router: Router,
    _tasks: AppTasks,
    _folder: tempfile::TempDir,
}

/// Somebody who came in as a role.
struct Visit<'a> {
    house: &'a House,
    cookie: String,
    csrf: String,
}

impl House {
    async fn open() -> House {
        let noon = chrono::NaiveDate::from_ymd_opt(2026, 12, 1).and_then(|day| day.and_hms_opt(4, 0, 0)).unwrap();
        let noon = RecordedTime::from_micros(noon.and_utc().timestamp_micros());
        let settings = LedgerSettings { clock: Arc::new(move || noon), ..LedgerSettings::default() };
        let (url, folder) = DEMONSTRATION.copy(settings.clone()).await;
        let (app, tasks) = App::open(&url, settings).await.unwrap();
        let router =
            routes(Entrance { demonstration: true, open: true, ..Entrance::default() }).with_state(app.clone());
        House { app, router, _tasks: tasks, _folder: folder }
    }

    /// Where the journal's head is.
    async fn head(&self) -> u64 {
        self.app.ledger.journal().head().await.unwrap().position
    }

    async fn enter(&self, role: Role) -> Visit<'_> {
        let account = demo::account_of(&self.app.ledger, role).await.unwrap().unwrap();
        self.enter_as(&account).await
    }

    async fn enter_as(&self, account: &AccountId) -> Visit<'_> {
        let entered = enter(&self.app, account, None).await.unwrap();
        Visit { house: self, cookie: format!("__Host-nuanxin={}", entered.secret), csrf: entered.session.csrf }
    }
}

impl Visit<'_> {
    async fn ask(&self, request: axum::http::request::Builder, body: String) -> (StatusCode, String) {
        let request = request.header("x-forwarded-proto", "https").header(header::COOKIE, &self.cookie);
        let response = self.house.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn status(&self, path: &str) -> u16 {
        self.ask(Request::get(path), String::new()).await.0.as_u16()
    }

    async fn read(&self, path: &str) -> String {
        let (status, page) = self.ask(Request::get(path), String::new()).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        page
    }

    async fn send_raw(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let written = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", written(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, body.join("&")).await
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let mut all = vec![("token", self.csrf.as_str())];
        all.extend_from_slice(fields);
        let (status, page) = self.send_raw(path, &all).await;
        assert_eq!(status, StatusCode::OK, "{path} {fields:?}: {page}");
        page
    }

    /// What a page says of a form that did something.
    async fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        said(&self.send(path, fields).await, "role=\"status\">")
    }

    /// What a page says of a form that was refused.
    async fn refused(&self, path: &str, fields: &[(&str, &str)]) -> String {
        said(&self.send(path, fields).await, "role=\"alert\">")
    }
}

#[track_caller]
fn said(page: &str, mark: &str) -> String {
    let rest = page.split(mark).nth(1).unwrap_or_else(|| panic!("nothing is said with {mark}: {page}"));
    let told = rest.split("</p>").next().unwrap_or_default();
    told.rsplit('>').next().unwrap_or_default().to_owned()
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word} is missing: {page}");
    }
}
