//! The pages: one folder a URL, the template beside its handler. Chinese first, switched to English in the corner, one
//! language at a time; made for a telephone first, and for paper.
//!
//! Pages are thin over `service`, as the API is. Every form works without script; with it, htmx puts the answer into the
//! page without loading all of it. Style and scripts are files of our own ([`assets`]); nothing is inline, and nothing is
//! loaded from outside.
//!
//! [`receipt`] stands apart: there the reader's own device must do the work because nobody else should be believed. Its
//! script is part of the page, admitted by its hash, cannot send anything, and works without this server once loaded.
//!
//! Registers go from files to commands by the importer of the command line ([`crate::import`]): one reading of a sheet.
//!
//! Reading order: [`page`] (who sees it, the frame, how a no is shown), [`form`], [`words`], then any page.

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants))]

mod accounts;
mod address;
mod admin;
mod applied;
mod appointments;
mod assets;
mod audit;
mod branch;
mod counter;
mod credits;
mod download;
mod figures;
mod form;
mod funds;
mod login;
mod me;
mod merchant;
#[cfg(feature = "oidc")]
mod oidc;
mod page;
#[cfg(test)]
mod page_tests;
mod password;
mod publicity;
mod rate;
pub mod receipt;
mod requests;
mod roles;
mod schedule;
mod selections;
mod sites;
mod statements;
#[cfg(test)]
mod template_tests;
mod trouble;
mod unsent;
mod uploaded;
#[cfg(test)]
mod vendor_tests;
mod words;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Extension, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::service::audit::Verifications;

/// How people get in.
#[derive(Debug, Clone, Default)]
pub struct Entrance {
    /// The journal is the demonstration's: roles can be tried by a tap.
    pub demonstration: bool,
    /// Also by whoever is not on this machine.
    pub open: bool,
    /// Where browsers reach this server, without a slash at its end; none where the district does not say so.
    pub public_url: Option<String>,
    /// The district's identity provider, where there is one.
    #[cfg(feature = "oidc")]
    pub provider: Option<Arc<crate::oidc::Provider>>,
}

impl Entrance {
    /// Whether the district's identity provider lets people in.
    fn has_provider(&self) -> bool {
        #[cfg(feature = "oidc")]
        return self.provider.is_some();
        #[cfg(not(feature = "oidc"))]
        return false;
    }
}

/// The pages' routes.
pub fn routes(entrance: Entrance) -> Router<App> {
    #[cfg(feature = "oidc")]
    let by_provider = entrance.provider.clone().map(oidc::routes).unwrap_or_default();
    #[cfg(not(feature = "oidc"))]
    let by_provider = Router::new();
    Router::new()
        .merge(by_provider)
        .merge(login::routes())
        .merge(counter::routes())
        .merge(credits::routes())
        .merge(branch::routes())
        .merge(me::routes())
        .merge(requests::routes())
        .merge(rate::routes())
        .merge(appointments::routes())
        .merge(selections::routes())
        .merge(statements::routes())
        .merge(merchant::routes())
        .merge(admin::routes())
        .merge(accounts::routes())
        .merge(password::routes())
        .merge(publicity::routes())
        .merge(schedule::routes())
        .merge(sites::routes())
        .merge(audit::routes())
        .merge(assets::routes())
        .merge(receipt::routes())
        .layer(Extension(Arc::new(Verifications::default())))
        .layer(Extension(entrance))
}

/// What a browser is shown at an address where nothing is.
pub fn nothing(entrance: Entrance) -> MethodRouter<App> {
    get(|visitor: page::Visitor| async move { visitor.trouble(&page::Trouble::NotFound) }).layer(Extension(entrance))
}

/// The way back to the page of a form, for whoever comes to the address that the form is sent to.
fn back_to(page: &'static str) -> MethodRouter<App> {
    get(move || async move { page::go(page) })
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
