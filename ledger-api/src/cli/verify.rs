//! `nuanxin verify`: recomputes the Merkle log, the order and the invariants from the stored bytes, and the views from
//! the events. Reads only; repairs nothing.

mod bundle;
mod signatures;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use ledger_core::evidence::note::PublicKey;
use ledger_core::evidence::verifier::{self, Claim, Finding, Verdict};
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, JournalError};
use projections::ViewError;
use projections::handle::views_path;
use projections::runner::{Runner, digests};
use projections::store::ViewStore;
use projections::store::postgres::PostgresViews;
use projections::store::sqlite::SqliteViews;
use serde::Serialize;

use super::say::say;
use super::{CliError, CliResult, progress};
use crate::app;
use crate::appraisal_sheet::paper::recorded_on;
use crate::audit;
use crate::service::administrators;
pub use signatures::{Signatures, read_note, store_of};

/// A running server moves its views on while they are compared: so often is the comparison made again.
const TRIES_MAX: u32 = 20;

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// An earlier checkpoint (C2SP tlog-checkpoint): the journal must still hold what it was taken over
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Verify a bundle instead of a journal: no database, no network
    #[arg(long, value_name = "FILE", conflicts_with = "journal_only")]
    bundle: Option<PathBuf>,
    /// A verifier key that must have signed the bundle or the checkpoint, of the journal or of a witness; may be given
    /// several times. Without, the keys known beside the journal count
    #[arg(long = "key", value_name = "VKEY")]
    keys: Vec<PublicKey>,
    /// Leave the views out
    #[arg(long)]
    journal_only: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    verdict: &'static str,
    size: u64,
    root: Option<String>,
    first_bad_position: Option<u64>,
    reason: Option<String>,
    /// What is known of who signed the checkpoint given.
    signatures: Option<String>,
    /// Published checkpoints that the journal still holds.
    published: usize,
    views: Option<String>,
    /// Said where a single person administers: nobody gives approvers and administrators a second word.
    single_administrator: Option<&'static str>,
}

const SINGLE_ADMINISTRATOR: &str = "a single person administers: grants of approvers and administrators have no second word (只有一名管理员，授权无人复核)";

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: VerifyArgs, url: &JournalUrl) -> CliResult {
    if let Some(path) = &args.bundle {
        return bundle::run(path, &args.keys, args.checkpoint.as_deref(), args.json);
    }
    if !args.keys.is_empty() && args.checkpoint.is_none() {
        return Err(CliError::input("--key goes with --checkpoint or --bundle: it says who must have signed them"));
    }
    let earlier = args.checkpoint.as_deref().map(read_note).transpose()?;
    let journal = app::open_journal_to_read(url).await?;
    // A first event that cannot be read is found by the walk.
    let identity = audit::identity(journal.as_ref()).await.ok().flatten();
    let origin = identity.as_ref().map(|identity| identity.origin.as_str());
    let store = signatures::store_of(url).await?;
    let mut claims = Vec::new();
    let mut doubt: Option<Finding> = None;
    if let Some(store) = &store {
        match signatures::published(store, origin).await? {
            Ok(published) => claims.extend(published),
            Err((position, what)) => doubt = Some(Finding { position, what }),
        }
    }
    let published = claims.len();
    let mut signed = None;
    if let Some((checkpoint, note)) = &earlier {
        let found = signatures::judge(note.as_ref(), &args.keys, store.as_ref(), origin).await?;
        if !found.hold(!args.keys.is_empty()) {
            doubt = Some(Finding { position: checkpoint.size(), what: found.to_string() });
        }
        signed = Some(found);
        claims.push(Claim { size: checkpoint.size(), root: checkpoint.root(), by: "the checkpoint" });
    }
    claims.sort_by_key(|claim| claim.size);
    let verdict = match (verify_journal(&journal, &claims).await, doubt) {
        // What the journal itself shows names the very entry, so it goes first.
        (Verdict::Valid { .. } | Verdict::Empty, Some(doubt)) => Verdict::Invalid(doubt),
        (verdict, _) => verdict,
    };
    let views = match (&verdict, args.journal_only) {
        (Verdict::Valid { .. }, false) => Some(verify_views(url, Arc::clone(&journal)).await?),
        _ => None,
    };
    let mut report = report(&verdict, views.as_ref());
    report.signatures = signed.map(|signed| signed.to_string());
    report.published = published;
    report.single_administrator = match &verdict {
        Verdict::Valid { size, .. } => {
            is_administered_alone(journal.as_ref(), *size).await?.then_some(SINGLE_ADMINISTRATOR)
        }
        Verdict::Invalid(_) | Verdict::Unreadable(_) | Verdict::Empty => None,
    };
    if args.json {
        let json = serde_json::to_string(&report).map_err(|error| CliError::failed(error.to_string()))?;
        say!("{json}");
    } else {
        print(&report);
    }
    let views_hold = views.is_none_or(|views| views.is_ok());
    let holds = matches!(verdict, Verdict::Valid { .. } | Verdict::Empty) && views_hold;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn report(verdict: &Verdict, views: Option<&Result<String, String>>) -> Report {
    let mut report = Report {
        verdict: "valid",
        size: 0,
        root: None,
        first_bad_position: None,
        reason: None,
        signatures: None,
        published: 0,
        views: None,
        single_administrator: None,
    };
    match verdict {
        Verdict::Valid { size, root } => (report.size, report.root) = (*size, Some(root.to_string())),
        Verdict::Invalid(Finding { position, what }) => {
            report.verdict = "invalid";
            report.first_bad_position = Some(*position);
            report.reason = Some(what.clone());
        }
        Verdict::Unreadable(what) => {
            report.verdict = "unreadable";
            report.reason = Some(what.clone());
        }
        Verdict::Empty => report.verdict = "empty",
    }
    match views {
        Some(Ok(said)) => report.views = Some(said.clone()),
        Some(Err(differences)) => {
            report.verdict = "views differ";
            report.views = Some(differences.clone());
        }
        None => {}
    }
    report
}

fn print(report: &Report) {
    say!("verdict    {}", report.verdict);
    if let Some(root) = &report.root {
        say!("entries    {}\nroot       {root}", report.size);
    }
    if let Some(position) = report.first_bad_position {
        say!("first bad  {position}");
    }
    if let Some(reason) = &report.reason {
        say!("reason     {reason}");
    }
    if let Some(signatures) = &report.signatures {
        say!("signed     {signatures}");
    }
    if report.published > 0 {
        say!("published  {} checkpoints", report.published);
    }
    if let Some(views) = &report.views {
        say!("views      {views}");
    }
    if let Some(said) = report.single_administrator {
        say!("note       {said}");
    }
}

/// Whether one person alone administered when the last entry was recorded: a verdict does not depend on today's date.
async fn is_administered_alone(journal: &dyn Journal, size: u64) -> Result<bool, CliError> {
    match recorded_on(journal, size).await? {
        Some(day) => Ok(administrators::is_one_alone(journal, day).await?),
        None => Ok(false),
    }
}

async fn verify_journal(journal: &Arc<dyn Journal>, claims: &[Claim]) -> Verdict {
    let mut bar = None;
    let mut show = |reached, of| {
        bar.get_or_insert_with(|| progress::bar(of, "verifying")).set_position(reached);
    };
    let verdict = verifier::verify(journal, claims, &mut show).await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    verdict
}

/// Folds the journal anew and compares with the stored views, as they stand: what they say, or how they differ.
async fn verify_views(url: &JournalUrl, journal: Arc<dyn Journal>) -> Result<Result<String, String>, CliError> {
    let live: Arc<dyn ViewStore> = match url {
        JournalUrl::Sqlite(path) => match SqliteViews::open_read_only(&views_path(path)) {
            Ok(views) => Arc::new(views),
            Err(_) => return Ok(Ok("none kept yet".into())),
        },
        JournalUrl::Postgres { url, schema } => Arc::new(PostgresViews::open(url, schema).await?),
    };
    let folder = tempfile::tempdir().map_err(|error| CliError::failed(error.to_string()))?;
    let fresh: Arc<dyn ViewStore> = Arc::new(SqliteViews::open(&folder.path().join("views.db"))?);
    let mut runner = Runner::new(journal, Arc::clone(&fresh));
    for _ in 0..TRIES_MAX {
        let stands = live.checkpoint().await?;
        let at = stands.position;
        let bar = progress::bar(at, "folding views");
        let reached = match runner.run_until(at, &mut |at| bar.set_position(at)).await {
            Ok(reached) => reached,
            Err(ViewError::Journal(JournalError::Damaged { position, what })) => {
                return Ok(Err(format!("cannot be folded at {position}: {what}")));
            }
            Err(error) => return Err(error.into()),
        };
        bar.finish_and_clear();
        if reached != at {
            return Ok(Err(format!("stand at {at}, beyond the journal's end at {reached}")));
        }
        let (stored, folded) = (digests(live.as_ref()).await?, digests(fresh.as_ref()).await?);
        if live.checkpoint().await? != stands {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        }
        let differing: Vec<&str> =
            folded.iter().filter(|(view, digest)| stored.get(*view) != Some(digest)).map(|(view, _)| *view).collect();
        return Ok(if differing.is_empty() {
            Ok(format!("identical at position {at}"))
        } else {
            Err(format!("{} differ at position {at}; nuanxin replay --swap makes them anew", differing.join(", ")))
        });
    }
    Err(CliError::failed("the views move faster than they can be compared; stop the load and try again"))
}
