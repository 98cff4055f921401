//! `nuanxin import`: loads a district pack and tells what became of its rows.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::journal::Journal;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::{Ledger, LedgerSettings};

use super::{CliError, CliResult, progress};
use crate::app;
use crate::import::{self, ImportError, Pack, Progress, Report, Retry, Stopped};
use crate::vault::Vault;

/// Refused rows shown for each code; the report has all.
const SHOWN_PER_CODE: usize = 3;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The folder of the pack: district.toml, 人员名册, 积分标准, 商户名录, 兑换网点, 兑换目录 and the monthly sheets
    pack_dir: PathBuf,
    /// Judge every row and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write what became of the rows to this file, as JSON with every refused row
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print the same JSON instead of a summary
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: ImportArgs, url: &JournalUrl) -> CliResult {
    check_report_path(args.report.as_deref())?;
    let directory = args.pack_dir.clone();
    let checked = tokio::task::spawn_blocking(move || Pack::check(&directory)).await;
    let pack = checked.map_err(|error| CliError::failed(format!("the pack was not read: {error}")))?;
    let pack = Arc::new(pack.map_err(|error| CliError::input(error.to_string()))?);
    for warning in pack.warnings() {
        eprintln!("nuanxin: {warning}");
    }
    let bar = progress::bar(pack.rows(), if args.dry_run { "judging" } else { "importing" });
    let advance = |rows: u64| bar.inc(rows);
    let result = if args.dry_run { judge(url, &pack, &advance).await? } else { load(url, &pack, &advance).await? };
    bar.finish_and_clear();
    let (report, stopped) = match result {
        Ok(report) => (report, None),
        Err(Stopped { cause, report }) => (report, Some(cause)),
    };
    tell(&args, &pack, &report)?;
    match stopped {
        Some(cause) => Err(ending(cause, args.dry_run)),
        None if report.errors.is_empty() => Ok(ExitCode::SUCCESS),
        None => Ok(ExitCode::from(1)),
    }
}

async fn load(url: &JournalUrl, pack: &Arc<Pack>, advance: Progress<'_>) -> Result<Result<Report, Stopped>, CliError> {
    let journal = app::open_journal(url).await?;
    let origin = format!("nuanxin/{}", uuid::Uuid::new_v4());
    let (ledger, task) = Ledger::open(journal, LedgerSettings::default(), &origin, HashSuite::Sha256).await?;
    let vault = Vault::open(url).await.map_err(|error| CliError::input(error.to_string()))?;
    let result = import::load(&ledger, Some(&vault), pack, &Retry::default(), advance).await;
    drop(ledger);
    task.finished().await;
    Ok(result)
}

async fn judge(url: &JournalUrl, pack: &Arc<Pack>, advance: Progress<'_>) -> Result<Result<Report, Stopped>, CliError> {
    let below: Arc<dyn Journal> = match url {
        // Opening would make the file.
        JournalUrl::Sqlite(path) if !path.exists() => Arc::new(MemoryJournal::default()),
        _ => app::open_journal_to_read(url).await?,
    };
    Ok(import::dry_run(below, pack, advance).await)
}

/// Told before the import, not after it.
fn check_report_path(report: Option<&Path>) -> Result<(), CliError> {
    let Some(path) = report else { return Ok(()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() || path.is_dir() {
        let what = format!("--report {}: name a file in a folder that is there", path.display());
        return Err(CliError::input(what));
    }
    Ok(())
}

fn tell(args: &ImportArgs, pack: &Pack, report: &Report) -> Result<(), CliError> {
    let unwritten = |error: &dyn std::fmt::Display| CliError::failed(format!("the report cannot be written: {error}"));
    let mut json = serde_json::to_string_pretty(report).map_err(|error| unwritten(&error))?;
    json.push('\n');
    if args.json {
        print!("{json}");
    } else {
        summarise(args, pack, report);
    }
    if let Some(path) = &args.report {
        std::fs::write(path, &json).map_err(|error| unwritten(&format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

fn summarise(args: &ImportArgs, pack: &Pack, report: &Report) {
    println!("{} from {}", pack.district(), args.pack_dir.display());
    println!("  credits taken      {:>9}  of which cut by the daily cap: {}", report.credits, report.capped);
    println!("  redemptions taken  {:>9}", report.redemptions);
    println!("  repeats            {:>9}", report.repeats);
    println!("  rows refused       {:>9}", report.errors.len());
    for (code, errors) in report.by_code() {
        println!("    {:<20} {:>7}", code.as_str(), errors.len());
        for error in errors.iter().take(SHOWN_PER_CODE) {
            println!("      {} row {}: {}", error.file, error.row, error.message);
        }
    }
    if report.errors.len() > SHOWN_PER_CODE && args.report.is_none() {
        println!("--report FILE writes every refused row; correct those rows and import the pack again");
    }
    if args.dry_run {
        println!("dry run: nothing was written");
    }
}

fn ending(cause: ImportError, dry_run: bool) -> CliError {
    let unusable = cause.is_unusable_input();
    let message = if dry_run {
        cause.to_string()
    } else {
        format!("{cause}; rows before it are recorded, and the same command again goes on from there")
    };
    if unusable { CliError::input(message) } else { CliError::failed(message) }
}
