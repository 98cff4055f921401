//! A ledger in a folder of its own with its HTTP edge, and requests to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, RecordedTime};
use ledger_core::ledger::LedgerSettings;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::described::assert_described;
use crate::access::Role;
use crate::app::{App, AppTasks, NewJournal, open_journal};
use crate::server::router;
use crate::service::accounts::{desk_for, token_for};
use crate::stopping::Stopping;
use crate::web::Entrance;

/// A ledger with its edge, the tokens of two administrators, and of two desks that may do whatever is done at desks and
/// counters: each request goes by whom it is for, unless it names its token.
pub(crate) struct Edge {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) token: String,
    pub(crate) desk: String,
    pub(crate) other_token: String,
    pub(crate) other_desk: String,
    _tasks: AppTasks,
    /// Kept: a sender that is gone means that the server stops.
    _stop: tokio::sync::watch::Sender<bool>,
    folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Told {
    /// The status as a number and the code of a problem document.
    pub(crate) fn no(&self) -> (u16, &str) {
        let code = self.body["code"].as_str().unwrap_or_else(|| panic!("no problem document: {self:?}"));
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["status"], self.status.as_u16());
        (self.status.as_u16(), code)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Edge {
    pub(crate) async fn open() -> Edge {
        Edge::over(|journal| journal).await
    }

    /// An edge whose ledger's clock is behind the machine's by as many days as are told; they can be told anew.
    pub(crate) async fn days_ago(days: Arc<AtomicI64>) -> Edge {
        const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
        let clock = move || {
            let behind = days.load(Ordering::SeqCst) * DAY_MICROS;
            RecordedTime::from_micros(chrono::Utc::now().timestamp_micros() - behind)
        };
        Edge::with(|journal| journal, Arc::new(clock)).await
    }

    /// An edge on a journal with something in front of it.
    pub(crate) async fn over(front: impl FnOnce(Arc<dyn Journal>) -> Arc<dyn Journal>) -> Edge {
        Edge::with(front, LedgerSettings::default().clock).await
    }

    async fn with(
        front: impl FnOnce(Arc<dyn Journal>) -> Arc<dyn Journal>,
        clock: Arc<dyn Fn() -> RecordedTime + Send + Sync>,
    ) -> Edge {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("nuanxin.db"));
        let journal = front(open_journal(&url).await.unwrap());
        // Nobody waits long for the outcome of a lost commit here.
        let settings = LedgerSettings { resolve_for: Duration::from_millis(50), clock, ..LedgerSettings::default() };
        let (app, tasks) = App::open_on(journal, &url, settings, &NewJournal::default()).await.unwrap();
        let token = token_for(&app, Role::Admin, None).await;
        let desk = desk_for(&app).await;
        let other_desk = desk_for(&app).await;
        let other_token = token_for(&app, Role::Admin, None).await;
        let (stop, stopping) = Stopping::new();
        let router = router(app.clone(), Entrance::default(), stopping).unwrap();
        Edge { app, router, token, desk, other_token, other_desk, _tasks: tasks, _stop: stop, folder }
    }

    /// A district with a schedule, a worker, a merchant and a store that lists one item, 20 on the shelf.
    pub(crate) async fn with_district() -> Edge {
        Edge::open().await.set_up().await
    }

    /// With that district.
    pub(crate) async fn set_up(self) -> Edge {
        let edge = self;
        let activities = json!([
            {"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "unit": "小时", "points_per_unit": 10,
             "daily_cap": 40, "counts_for_card": true, "valid_months": 24},
            {"code": "WM01", "name": "文明劝导", "category": "文明创建", "points_per_unit": 2.5,
             "counts_for_card": false, "valid_months": "年底"},
        ]);
        let schedule =
            json!({"effective_from": "2023-01-01", "activities": activities, "district": {"points_step": 0.5}});
        let told = edge.put("/v1/schedule", "schedule-1", schedule).await;
        assert_eq!((told.status.as_u16(), &told.body["version"]), (200, &json!(1)), "{told:?}");
        for (path, key, body) in [
            ("/v1/workers", "w", json!({"id": "W1", "occupation": "快递员", "name": "王小明"})),
            ("/v1/merchants", "m", json!({"id": "M1", "name": "便民超市", "uscc": "91350100M000100Y43"})),
            ("/v1/stores", "s", json!({"id": "S1", "name": "一号网点", "tier": "社区"})),
            (
                "/v1/stores/S1/items",
                "i",
                json!({"sku": "P1", "name": "毛巾", "kind": "实物", "price": 5,
                "limit_per_worker_year": 6, "merchant": "M1"}),
            ),
            ("/v1/stores/S1/restock", "r", json!({"sku": "P1", "quantity": 20})),
        ] {
            let told = edge.post(path, key, body).await;
            assert_eq!(told.status, StatusCode::CREATED, "{path}: {told:?}");
            assert!(told.body["position"].is_u64(), "{told:?}");
        }
        edge
    }

    /// A file of this ledger.
    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: Value) -> Told {
        self.send(self.asking(Method::POST, path, key), body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, key: &str, body: Value) -> Told {
        self.send(self.asking(Method::PUT, path, key), body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Told {
        let request = self.request(Method::GET, path, self.whose(&Method::GET, path));
        self.finish(request.body(Body::empty()).unwrap()).await
    }

    /// As [`Edge::post`], by the other administrator or the other desk.
    pub(crate) async fn other_post(&self, path: &str, key: &str, body: Value) -> Told {
        let token = if is_of_the_district(&Method::POST, path) { &self.other_token } else { &self.other_desk };
        self.post_by(token, path, key, body).await
    }

    /// The token of whoever asks such a thing.
    pub(crate) fn whose(&self, method: &Method, path: &str) -> &str {
        if is_of_the_district(method, path) { &self.token } else { &self.desk }
    }

    /// The token of one more desk.
    pub(crate) async fn another_desk(&self) -> String {
        desk_for(&self.app).await
    }

    /// As [`Edge::post`], with a token.
    pub(crate) async fn post_by(&self, token: &str, path: &str, key: &str, body: Value) -> Told {
        let request = self.request(Method::POST, path, token).header("Idempotency-Key", key);
        self.send(request, body.to_string()).await
    }

    /// A credit of `quantity` of an activity for W1.
    pub(crate) async fn credit(&self, key: &str, activity: &str, on: &str, quantity: Value) -> Told {
        let body = json!({"worker": "W1", "activity": activity, "on": on, "quantity": quantity, "witness": "李四"});
        self.post("/v1/credits", key, body).await
    }

    /// A request with token and key.
    pub(crate) fn asking(&self, method: Method, path: &str, key: &str) -> axum::http::request::Builder {
        let token = self.whose(&method, path);
        self.request(method, path, token).header("Idempotency-Key", key)
    }

    pub(crate) fn request(&self, method: Method, path: &str, token: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    /// Sends a JSON body.
    pub(crate) async fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Told {
        self.finish(request.header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()).await
    }

    pub(crate) async fn finish(&self, request: Request<Body>) -> Told {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        let told = Told { status: parts.status, headers: parts.headers, body };
        assert_described(&method, &path, told.status, told.header("content-type").unwrap_or_default(), &told.body);
        told
    }
}

/// Somebody with a role.
pub(crate) struct By<'a> {
    edge: &'a Edge,
    pub(crate) token: String,
}

impl By<'_> {
    pub(crate) async fn new<'a>(edge: &'a Edge, role: Role, scope: Option<&str>) -> By<'a> {
        By { edge, token: token_for(&edge.app, role, scope).await }
    }

    pub(crate) async fn get(&self, path: &str) -> Told {
        let request = self.edge.request(Method::GET, path, &self.token);
        self.edge.finish(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: Value) -> Told {
        self.edge.post_by(&self.token, path, key, body).await
    }
}

/// Whether an administrator asks such a thing, and not a desk: all that is read without a name, and what a district is
/// made of.
fn is_of_the_district(method: &Method, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["v1", "holds", _, "code"] | ["v1", "requests", _, "handlings", _, "code"] => false,
        ["v1", "workers"] | ["v1", "workers", _] | ["v1", "credits", _, "witness"] => false,
        _ if method == Method::GET => true,
        ["v1", "stores"] | ["v1", "stores", _, "items" | "close" | "reopen" | "delist", ..] => true,
        ["v1", "merchants" | "funds" | "benefits" | "offers"] | ["healthz"] => true,
        ["v1", "schedule" | "settings" | "sites" | "accounts" | "grants" | "due" | "expiries" | "audit", ..] => true,
        ["v1", "workers", _, "erase"] => true,
        _ => false,
    }
}
