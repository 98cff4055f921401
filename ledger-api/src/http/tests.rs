//! Requests against the whole edge on a journal of its own: what comes back, to the letter.

mod access;
mod batch;
mod described;
mod evidence;
mod flows;
mod lost_commits;
mod malformed;
pub(crate) mod support;
mod waiting;
