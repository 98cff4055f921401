//! The pages: one folder a URL, the template beside its handler. Chinese first, English second; readable on a telephone
//! and on paper.
//!
//! A page loads nothing from outside and needs no script to be read. A script is there only where the reader's own device
//! must do the work because nobody else should be believed, which is so for [`receipt`] alone: then it is part of the page,
//! admitted by its hash, cannot send anything, and works without this server once it is loaded.

pub mod home;
pub mod receipt;
#[cfg(test)]
mod vendor_tests;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::app::App;

/// The style sheet that all pages begin with.
const COMMON_CSS: &str = include_str!("web/common.css");

/// The pages' routes.
pub fn routes() -> Router<App> {
    Router::new().merge(home::routes()).merge(receipt::routes())
}

/// A page that could not be written, which is a fault of this program. The cause goes to the log.
struct Unwritten(askama::Error);

impl From<askama::Error> for Unwritten {
    fn from(error: askama::Error) -> Unwritten {
        Unwritten(error)
    }
}

impl IntoResponse for Unwritten {
    fn into_response(self) -> Response {
        tracing::error!(cause = %self.0, "a fault of this program");
        let told = "这是本程序的故障，日志里有说明。 A fault of this program; its log says more.";
        (StatusCode::INTERNAL_SERVER_ERROR, told).into_response()
    }
}

/// An inline text as a content security policy names it: by its hash, taken from the very text that is sent.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}
