//! `nuanxin replay`: makes every view anew beside the live ones, compares, and on request puts the new ones in place. With
//! `--trace` it tells instead why one figure is what it is ([`super::trace`]).

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use ledger_core::journal::url::JournalUrl;
use projections::ViewError;
use projections::audit::trace::Subject;
use projections::handle::views_path;
use projections::rebuild::{Difference, rebuild};
use projections::runner::Runner;
use projections::store::ViewStore;
use projections::store::sqlite::SqliteViews;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::as_of::AsOfArgs;
use super::say::say;
use super::{CliError, CliResult, progress, trace};
use crate::app;

/// A running server moves its views on while they are compared: so often is the comparison made again.
const TRIES_MAX: u32 = 20;

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Replay up to this position only
    #[arg(long, value_name = "POSITION")]
    until: Option<u64>,
    /// Put the rebuilt views in the place of the live ones
    #[arg(long, conflicts_with = "trace")]
    swap: bool,
    /// Tell event by event why a figure is what it is: worker:ID, card:NO, store:ID, merchant:ID, request:NO (单号),
    /// benefit:NO (项目编号), fund:NO (资金编号), pass:NO (卡号), pair:NO (结对号), selection:ID (评选编号) or
    /// site:ID (驿站编号)
    #[arg(long, value_name = "SUBJECT")]
    trace: Option<Subject>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    past: AsOfArgs,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: ReplayArgs, url: &JournalUrl) -> CliResult {
    if let Some(subject) = args.trace {
        return trace::run(subject, &args.past, args.until, args.json, url).await;
    }
    if args.past.as_of.is_some() || args.past.recorded_as_of.is_some() {
        return Err(CliError::input("--as-of and --recorded-as-of go with --trace"));
    }
    let journal = app::open_journal_to_read(url).await?;
    let head = journal.head().await?.position;
    let until = args.until.unwrap_or(head);
    if until > head {
        return Err(CliError::input(format!("the journal ends at position {head}; {until} does not exist yet")));
    }
    if args.swap && args.until.is_some_and(|until| until != head) {
        return Err(CliError::input("--swap puts complete views in place; leave --until out"));
    }
    let live = live_views(url).await?;
    if live.writable {
        let bar = progress::bar(until, "live views");
        let mut runner = Runner::new(Arc::clone(&journal), Arc::clone(&live.store));
        runner.run_until(until, &mut |at| bar.set_position(at)).await?;
        bar.finish_and_clear();
    }
    let live_at = live.store.checkpoint().await?.position;
    let until = if args.until.is_none() { live_at.max(until) } else { until };
    let bar = progress::bar(until, "replaying");
    let mut rebuilt = rebuild(url, Arc::clone(&journal), until, &mut |at| bar.set_position(at)).await?;
    bar.finish_and_clear();
    if args.until.is_some_and(|until| until < live_at) {
        let told = Told {
            position: rebuilt.position,
            live_position: live_at,
            identical: None,
            differences: &[],
            swapped: false,
        };
        tell(&told, args.json)?;
        rebuilt.discard().await?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut differences = None;
    for _ in 0..TRIES_MAX {
        match rebuilt.compare(live.store.as_ref()).await {
            Ok(found) if live.store.checkpoint().await?.position == rebuilt.position => {
                differences = Some(found);
                break;
            }
            // A server moved the live views meanwhile: follow it and look again.
            Ok(_) | Err(ViewError::Behind { .. }) => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                let at = live.store.checkpoint().await?.position;
                rebuilt.carry_on(Arc::clone(&journal), at).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let Some(differences) = differences else {
        return Err(CliError::failed(
            "the live views move faster than they can be compared; stop the load and try again",
        ));
    };
    drop(live);
    let position = rebuilt.position;
    if args.swap {
        rebuilt.swap().await?;
        eprintln!("the rebuilt views are in place");
    } else {
        rebuilt.discard().await?;
    }
    let identical = differences.is_empty();
    let told = Told {
        position,
        live_position: position,
        identical: Some(identical),
        differences: &differences,
        swapped: args.swap,
    };
    tell(&told, args.json)?;
    Ok(if identical { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What a replay found.
#[derive(Serialize)]
struct Told<'a> {
    /// The position up to which the views were rebuilt.
    position: u64,
    /// Where the live views stand.
    live_position: u64,
    /// Whether the rebuilt views are the live ones; none where they stand at different positions.
    identical: Option<bool>,
    /// Per view, the first keys at which they differ.
    #[serde(serialize_with = "by_view")]
    differences: &'a [Difference],
    /// Whether the rebuilt views were put in the place of the live ones.
    swapped: bool,
}

fn by_view<S: Serializer>(differences: &[Difference], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(differences.iter().map(|one| json!({"view": one.view, "keys": one.keys})))
}

fn tell(told: &Told<'_>, as_json: bool) -> Result<(), CliError> {
    if as_json {
        let text = serde_json::to_string(told).map_err(|error| CliError::failed(error.to_string()))?;
        say!("{text}");
        return Ok(());
    }
    let Told { position, live_position, .. } = told;
    match told.identical {
        None => {
            say!("replayed to {position}; the live views stand at {live_position}, so there is nothing to compare with")
        }
        Some(true) => say!("identical at position {position}"),
        Some(false) => {
            for difference in told.differences {
                say!("view {} differs, first at: {}", difference.view, difference.keys.join(", "));
            }
        }
    }
    Ok(())
}

struct Live {
    store: Arc<dyn ViewStore>,
    writable: bool,
}

/// The live views: to carry along ourselves where no server does, else to read beside it.
async fn live_views(url: &JournalUrl) -> Result<Live, CliError> {
    match projections::handle::open_store(url).await {
        Ok(store) => Ok(Live { store, writable: true }),
        Err(ViewError::InUse(who)) => match url {
            JournalUrl::Sqlite(path) => {
                let store = Arc::new(SqliteViews::open_read_only(&views_path(path))?);
                Ok(Live { store, writable: false })
            }
            JournalUrl::Postgres { .. } => Err(CliError::failed(who)),
        },
        Err(error) => Err(error.into()),
    }
}
