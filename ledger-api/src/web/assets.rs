//! Style and scripts of the pages: part of the program, each at an address that names its content, so that a browser
//! keeps it for good and asks anew only for what changed. Nothing is loaded from anywhere else.

use std::io::Write;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::preference::takes_encoding;

/// So much of a hash tells two contents apart.
const HASH_CHARS: usize = 12;

/// The style sheet of all pages.
pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("app", "css", "text/css; charset=utf-8", include_str!("layout/layout.css")));
/// What turns forms and links into parts of a page.
pub(super) static HTMX: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("htmx", "js", SCRIPT, include_str!("vendor/htmx.min.js")));
/// What our own pages do beyond that.
pub(super) static PAGES: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("pages", "js", SCRIPT, include_str!("layout/layout.js")));

/// How a counter goes on without a network.
pub(super) static AWAY: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("away", "js", SCRIPT, include_str!("counter/away.js")));
/// What checks the ledger's signature on a device: loaded when a code is scanned without a network.
pub(super) static SIGNED: LazyLock<Asset> = LazyLock::new(|| Asset::new("signed", "js", SCRIPT, SIGNED_TEXT));
/// The libraries of the receipt page, in a room of their own: other scripts of the page keep their names.
const SIGNED_TEXT: &str = concat!(
    "(function () {\n",
    include_str!("vendor/receipt.js"),
    include_str!("receipt/bytes.js"),
    include_str!("receipt/libraries.js"),
    include_str!("receipt/ed25519.js"),
    include_str!("counter/signed.js"),
    "})();\n"
);

/// What reads QR codes where the browser does not: loaded when the camera's button is pressed there.
pub(super) static READER: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("jsqr", "js", SCRIPT, include_str!("vendor/jsqr.min.js")));

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A file that pages load.
pub(super) struct Asset {
    /// Its address.
    pub(super) path: String,
    media_type: &'static str,
    bytes: &'static str,
    gzip: Vec<u8>,
}

impl Asset {
    fn new(name: &str, ending: &str, media_type: &'static str, bytes: &'static str) -> Asset {
        let hash = hex::encode(Sha256::digest(bytes));
        let hash = hash.get(..HASH_CHARS).unwrap_or_default();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        // Into memory; were it to fail, the file goes out as it is.
        let gzip = gzip.write_all(bytes.as_bytes()).and_then(|()| gzip.finish()).unwrap_or_default();
        Asset { path: format!("/assets/{name}-{hash}.{ending}"), media_type, bytes, gzip }
    }
}

/// The files' routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/assets/{file}", get(read))
}

async fn read(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let all = [&*STYLE, &*HTMX, &*PAGES, &*AWAY, &*SIGNED, &*READER];
    let Some(asset) = all.into_iter().find(|asset| asset.path.strip_prefix("/assets/") == Some(file.as_str())) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let frame = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "Accept-Encoding"),
    ];
    if takes_encoding(&headers, "gzip") && !asset.gzip.is_empty() {
        return (frame, [(header::CONTENT_ENCODING, "gzip")], asset.gzip.as_slice()).into_response();
    }
    (frame, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::{AWAY, HTMX, PAGES, READER, SIGNED, STYLE};

    #[test]
    fn what_every_page_loads_is_light() {
        let sizes = [&*STYLE, &*HTMX, &*PAGES].map(|asset| asset.gzip.len());
        assert!(sizes.iter().all(|size| *size > 0));
        let together: usize = sizes.iter().sum();
        assert!(together < 40 << 10, "{sizes:?} bytes compressed");
    }

    #[test]
    fn a_counter_is_light_whatever_it_needs() {
        let sizes = [&*STYLE, &*HTMX, &*PAGES, &*AWAY, &*SIGNED, &*READER].map(|asset| asset.gzip.len());
        let together: usize = sizes.iter().sum();
        // With room for the page itself, which is sent as it is.
        assert!(together < 105 << 10, "{sizes:?} bytes compressed");
    }

    #[test]
    fn the_style_loads_nothing_and_the_scripts_make_none() {
        for forbidden in ["@import", "url(", "http:", "https:"] {
            assert!(!STYLE.bytes.contains(forbidden), "{forbidden}");
        }
        for forbidden in ["eval(", "innerHTML", "document.write", "localStorage"] {
            assert!(!PAGES.bytes.contains(forbidden), "{forbidden}");
        }
    }
}
