//! Figures for Prometheus: requests as they are answered, and the ledger's own counts when they are asked for.
//!
//! Labels are routes as they are registered, never addresses as they were asked: no id gets into a label, and the number
//! of series stays bounded.

use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus::core::Collector;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};
use utoipa_axum::routes;

use super::door::Routes;
use super::error::ApiError;
use super::extract::Caller;
use crate::access::policy::{Read, Target};
use crate::app::App;

/// Upper bounds in seconds: from a read out of memory to the longest that a request may take.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// The label of requests that no route matched.
const NO_ROUTE: &str = "none";
/// Methods that are told apart; a client may send any word as a method.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The requests of this process. Figures of a process are one set, as its memory and processor time are.
static REQUESTS: LazyLock<prometheus::Result<Requests>> = LazyLock::new(Requests::new);

struct Requests {
    registry: Registry,
    answered: IntCounterVec,
    seconds: HistogramVec,
}

impl Requests {
    fn new() -> prometheus::Result<Requests> {
        let registry = Registry::new();
        let answered = IntCounterVec::new(
            Opts::new("nuanxin_http_requests_total", "Requests answered, by method, route and status."),
            &["method", "route", "status"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("nuanxin_http_request_seconds", "Seconds until an answer began.")
                .buckets(SECONDS.to_vec()),
            &["method", "route"],
        )?;
        registry.register(Box::new(answered.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        Ok(Requests { registry, answered, seconds })
    }

    fn count(&self, method: &str, route: &str, status: &str, seconds: f64) {
        self.answered.with_label_values(&[method, route, status]).inc();
        self.seconds.with_label_values(&[method, route]).observe(seconds);
    }
}

/// The routes of this resource.
pub fn routes() -> Routes {
    Routes::new().route(Read::Metrics, routes!(read_metrics))
}

/// A request that is being answered.
pub(super) struct Measured {
    begun: Instant,
    method: &'static str,
    route: Option<MatchedPath>,
}

impl Measured {
    /// From now on.
    pub(super) fn begin(request: &Request) -> Measured {
        let method = METHODS.iter().find(|known| **known == request.method().as_str()).copied().unwrap_or("other");
        Measured { begun: Instant::now(), method, route: request.extensions().get().cloned() }
    }

    /// Counts it and the time until its answer began.
    pub(super) fn end(&self, response: &Response) {
        if let Ok(requests) = &*REQUESTS {
            let route = self.route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
            requests.count(self.method, route, response.status().as_str(), self.begun.elapsed().as_secs_f64());
        }
    }
}

/// Figures for Prometheus, in its text format.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "The figures.", body = String, content_type = "text/plain")))]
async fn read_metrics(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    caller.may(Read::Metrics, Target::District)?;
    let text = gather(&app).map_err(|error| ApiError::fault(&error))?;
    Ok(([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response())
}

fn gather(app: &App) -> prometheus::Result<Vec<u8>> {
    let mut families = match &*REQUESTS {
        Ok(requests) => requests.registry.gather(),
        Err(error) => return Err(prometheus::Error::Msg(error.to_string())),
    };
    families.extend(ledger(app)?.gather());
    let mut text = Vec::new();
    TextEncoder::new().encode(&families, &mut text)?;
    Ok(text)
}

/// The ledger's counts as they stand now.
fn ledger(app: &App) -> prometheus::Result<Registry> {
    let stats = app.ledger.stats();
    let of = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    let registry = Registry::new();
    let commands = IntCounterVec::new(
        Opts::new("nuanxin_commands_total", "Commands answered since this process began, by outcome."),
        &["outcome"],
    )?;
    for (outcome, count) in [("committed", &stats.committed), ("refused", &stats.refused), ("unknown", &stats.unknown)]
    {
        commands.with_label_values(&[outcome]).inc_by(of(count));
    }
    registry.register(Box::new(commands))?;
    let counters = [
        ("nuanxin_transactions_total", "Transactions committed since this process began.", of(&stats.batches)),
        ("nuanxin_events_total", "Events appended since this process began.", of(&stats.events)),
        ("nuanxin_checkpoints_signed_total", "Checkpoints that this process signed.", of(&app.audit.counts().signed)),
        (
            "nuanxin_checkpoints_refused_total",
            "Times that this process refused to sign: the journal was rolled back or forked. Must stay 0.",
            of(&app.audit.counts().refused),
        ),
    ];
    for (name, help, value) in counters {
        let counter = IntCounter::new(name, help)?;
        counter.inc_by(value);
        registry.register(boxed(counter))?;
    }
    let seen = app.views.position();
    let committed = (*app.ledger.committed().borrow()).max(seen);
    let signed_at = app.audit.counts().signed_at_ms.load(Ordering::Relaxed).max(0).unsigned_abs() / 1_000;
    let gauges = [
        ("nuanxin_commands_waiting", "Commands waiting in the queue.", of(&stats.waiting)),
        ("nuanxin_state_bytes", "About how many bytes the state in memory takes.", of(&stats.cached_bytes)),
        ("nuanxin_committed_position", "The last position committed or seen.", committed),
        ("nuanxin_checkpoint_size", "Entries that the last checkpoint covers.", of(&app.audit.counts().size)),
        ("nuanxin_checkpoint_signed_seconds", "When it was signed, seconds since 1970-01-01 UTC.", signed_at),
        ("nuanxin_views_position", "The position the views have reached.", seen),
        ("nuanxin_views_lag", "How far the views are behind.", committed - seen),
    ];
    for (name, help, value) in gauges {
        let gauge = IntGauge::new(name, help)?;
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(boxed(gauge))?;
    }
    let built = IntGauge::with_opts(
        Opts::new("nuanxin_build_info", "Always 1; the label tells the version.")
            .const_label("version", env!("CARGO_PKG_VERSION")),
    )?;
    built.set(1);
    registry.register(boxed(built))?;
    Ok(registry)
}

fn boxed(collector: impl Collector + 'static) -> Box<dyn Collector> {
    Box::new(collector)
}

#[cfg(test)]
mod tests {
    use super::Requests;

    #[test]
    fn the_figures_of_requests_can_be_kept() {
        let requests = Requests::new().unwrap();
        requests.count("GET", "/v1/stores", "200", 0.002);
        let families = requests.registry.gather();
        let names: Vec<&str> = families.iter().map(|family| family.name()).collect();
        assert_eq!(names, ["nuanxin_http_request_seconds", "nuanxin_http_requests_total"]);
    }
}
