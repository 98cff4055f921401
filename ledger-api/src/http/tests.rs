//! Requests against the whole edge on a journal of its own: what comes back, to the letter.

mod access;
mod appraisals;
mod away;
mod batch;
mod counter_proof;
mod dated;
mod days;
mod described;
mod document;
mod erasure;
mod evidence;
mod flows;
mod frauds;
mod lost_commits;
mod malformed;
mod names;
mod negotiation;
mod objectors;
mod programmes;
mod reads;
mod rights;
mod roles;
mod selections;
mod statements;
mod strangers;
pub(crate) mod support;
mod waiting;
