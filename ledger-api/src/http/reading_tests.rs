//! What reading answers, through the whole edge: router, door, handlers, views of a SQLite journal in a folder of its own.

mod accounts;
mod appraisals;
mod audits;
mod events;
mod operation;
mod shelves;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use ledger_core::domain::ids::{Actor, Key};
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::{Command, Context, LedgerSettings, Submission};
use serde_json::Value;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::access::Role;
use crate::app::{App, AppTasks};
use crate::demo::kept::Kept;
use crate::server::router;
use crate::service::accounts::token_for;
use crate::stopping::Stopping;
use crate::web::Entrance;

/// A ledger with its HTTP edge, and an administrator's token.
struct Edge {
    app: App,
    router: Router,
    token: String,
    stop: watch::Sender<bool>,
    _tasks: AppTasks,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Edge {
    /// With nothing in it but the journal's first event.
    async fn empty() -> Edge {
        Edge::with(LedgerSettings::default()).await
    }

    /// The same, of a ledger with settings of its own.
    async fn with(settings: LedgerSettings) -> Edge {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("nuanxin.db"));
        Edge::over(&url, folder, settings).await
    }

    /// The same, of a journal that lies in a folder.
    async fn over(url: &JournalUrl, folder: tempfile::TempDir, settings: LedgerSettings) -> Edge {
        let (app, tasks) = App::open(url, settings).await.unwrap();
        let token = token_for(&app, Role::Admin, None).await;
        let (stop, stopping) = Stopping::new();
        let router = router(app.clone(), Entrance::default(), stopping).unwrap();
        Edge { app, router, token, stop, _tasks: tasks, _folder: folder }
    }

    /// With the demonstration district in it, and the views at its end.
    async fn demo() -> Edge {
        static DEMONSTRATION: Kept = Kept::new(false);
        Edge::of_kept(&DEMONSTRATION).await
    }

    /// As [`Edge::demo`], with what is open today.
    async fn demo_of_today() -> Edge {
        static DEMONSTRATION: Kept = Kept::new(true);
        Edge::of_kept(&DEMONSTRATION).await
    }

    async fn of_kept(demonstration: &Kept) -> Edge {
        let (url, folder) = demonstration.copy(LedgerSettings::default()).await;
        let edge = Edge::over(&url, folder, LedgerSettings::default()).await;
        let head = edge.head();
        edge.app.views.wait_for(head).await.unwrap();
        edge
    }

    fn head(&self) -> u64 {
        *self.app.ledger.committed().borrow()
    }

    /// Asks with the given headers and nothing else.
    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> axum::response::Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    /// Asks as the administrator with further headers.
    async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![(header::AUTHORIZATION.as_str(), bearer.as_str())];
        all.extend_from_slice(headers);
        answer(self.ask(path, &all).await).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// The JSON of an answer that must be a success.
    async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        answer.json()
    }

    /// The status and code of an answer that must be a no.
    async fn no(&self, path: &str) -> (u16, String) {
        let answer = self.get(path).await;
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        (answer.status.as_u16(), answer.json()["code"].as_str().unwrap().to_owned())
    }

    /// Gives a command straight to the ledger; it must take effect. Gives its position.
    async fn command(&self, key: &str, at: &str, command: Command) -> u64 {
        let context = Context {
            key: Key::new(key).unwrap(),
            actor: Actor::new("test").unwrap(),
            at: BusinessTime::parse(at).unwrap(),
        };
        let outcome = self.app.ledger.submit(Submission { context, command }).await;
        outcome.receipt().unwrap_or_else(|| panic!("{outcome:?}")).position
    }
}

async fn answer(response: axum::response::Response) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

/// Walks a list page by page to its end; gives the rows of all pages.
async fn walk(edge: &Edge, path: &str, rows: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = String::new();
    for _ in 0..10_000 {
        let page = edge.json(&format!("{path}?limit={limit}&after={after}")).await;
        let found = page[rows].as_array().unwrap().clone();
        assert!(found.len() <= limit);
        all.extend(found);
        match &page["next"] {
            Value::Null => return all,
            Value::String(next) => after = next.clone(),
            Value::Number(next) => after = next.to_string(),
            other => panic!("{other}"),
        }
    }
    panic!("{path} has no end");
}
