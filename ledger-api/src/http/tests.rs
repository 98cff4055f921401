//! Requests against the whole edge on a journal of its own: what comes back, to the letter.

mod access;
mod batch;
mod described;
mod document;
mod evidence;
mod flows;
mod lost_commits;
mod malformed;
mod reads;
pub(crate) mod support;
mod waiting;
