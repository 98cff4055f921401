//! `nuanxin import`: loads a district pack and tells what became of its rows.

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use ledger_core::domain::refusal::Code;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, JournalError};
use ledger_core::ledger::Ledger;

use super::new_journal::NewJournalArgs;
use super::{CliError, CliResult, environment, progress};
use crate::app;
use crate::audit;
use crate::import::{self, ImportError, Pack, Progress, Report, Retry, Stopped};
use crate::local_socket::Client;
use crate::memory;
use crate::title;
use crate::vault::Vault;

/// Refused rows shown for each code; the report has all.
const SHOWN_PER_CODE: usize = 3;

/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(after_help = environment::OF_IMPORT)]
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
    #[command(flatten)]
    new_journal: NewJournalArgs,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: ImportArgs, url: &JournalUrl) -> CliResult {
    super::check_output_path("--report", args.report.as_deref())?;
    if args.pack_dir.is_file() {
        let folder = args.pack_dir.parent().filter(|folder| !folder.as_os_str().is_empty());
        let what = format!(
            "{} is a file; a pack is the folder that holds all its sheets: name {}",
            args.pack_dir.display(),
            folder.unwrap_or(Path::new(".")).display()
        );
        return Err(CliError::input(what).coded(Some(Code::InvalidInput)));
    }
    let directory = args.pack_dir.clone();
    let checked = tokio::task::spawn_blocking(move || Pack::check(&directory)).await;
    let pack = checked.map_err(|error| CliError::failed(format!("the pack was not read: {error}")))?;
    let pack = Arc::new(pack.map_err(|error| CliError::input(error.to_string()).coded(error.code()))?);
    for warning in pack.warnings() {
        eprintln!("nuanxin: {warning}");
    }
    let bar = progress::bar(pack.rows(), if args.dry_run { "judging" } else { "importing" });
    let advance = |rows: u64| bar.inc(rows);
    let result = if args.dry_run {
        judge(url, &pack, &advance).await?
    } else {
        load(url, &args.new_journal, &pack, &advance).await?
    };
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

async fn load(
    url: &JournalUrl,
    new_journal: &NewJournalArgs,
    pack: &Arc<Pack>,
    advance: Progress<'_>,
) -> Result<Result<Report, Stopped>, CliError> {
    let journal = match app::open_journal(url).await {
        Ok(journal) => journal,
        Err(JournalError::InUse(by)) => return load_through(&by, url, new_journal, pack, advance).await,
        Err(error) => return Err(error.into()),
    };
    new_journal.check(journal.as_ref()).await?;
    refuse_demonstration(journal.as_ref()).await?;
    let new = new_journal.wanted();
    let (ledger, task) = Ledger::open(journal, memory::ledger_settings(), &new.origin, new.suite).await?;
    let vault = Vault::open(url).await.map_err(|error| CliError::input(error.to_string()))?;
    let result = import::load(&ledger, Some(&vault), pack, &Retry::default(), advance).await;
    drop(ledger);
    task.finished().await;
    Ok(result)
}

/// Loads a pack through the server that has the journal.
async fn load_through(
    by: &str,
    url: &JournalUrl,
    new_journal: &NewJournalArgs,
    pack: &Arc<Pack>,
    advance: Progress<'_>,
) -> Result<Result<Report, Stopped>, CliError> {
    let Some(server) = Client::connect(url).await? else {
        let what = "no server takes commands beside it: another import is at work, or a server is just starting; give \
                    the same command again when that is done";
        return Err(CliError::input(format!("{by}; {what}")));
    };
    let journal = app::open_journal_to_read(url).await?;
    new_journal.check(journal.as_ref()).await?;
    refuse_demonstration(journal.as_ref()).await?;
    tracing::debug!("the rows go through the server that has the journal");
    Ok(import::load_into(&server, pack, &Retry::default(), advance).await)
}

/// A demonstration stays one: real rows among made-up ones would be believed by nobody.
async fn refuse_demonstration(journal: &dyn Journal) -> Result<(), CliError> {
    let demonstration = audit::identity(journal).await?.is_some_and(|identity| identity.demonstration);
    if demonstration {
        let what = "this journal is the demonstration's and takes no pack; name another one: --journal sqlite:data/district.db";
        return Err(CliError::input(what));
    }
    Ok(())
}

async fn judge(url: &JournalUrl, pack: &Arc<Pack>, advance: Progress<'_>) -> Result<Result<Report, Stopped>, CliError> {
    let below: Arc<dyn Journal> = match url {
        // Opening would make the file.
        JournalUrl::Sqlite(path) if !path.exists() => Arc::new(MemoryJournal::default()),
        _ => app::open_journal_to_read(url).await?,
    };
    Ok(import::dry_run(below, pack, advance).await)
}

fn tell(args: &ImportArgs, pack: &Pack, report: &Report) -> Result<(), CliError> {
    let unwritten = |error: &dyn std::fmt::Display| CliError::failed(format!("the report cannot be written: {error}"));
    let mut json = serde_json::to_string_pretty(report).map_err(|error| unwritten(&error))?;
    json.push('\n');
    let told = if args.json { json.clone() } else { summary(args, pack, report) };
    match std::io::stdout().write_all(told.as_bytes()) {
        // Whoever closed the pipe has read enough; the rows are taken all the same.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(unwritten(&error)),
        _ => {}
    }
    if let Some(path) = &args.report {
        std::fs::write(path, &json).map_err(|error| unwritten(&format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

fn summary(args: &ImportArgs, pack: &Pack, report: &Report) -> String {
    let mut text = format!("{} from {}\n", pack.district(), args.pack_dir.display());
    let mut line = |line: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    };
    line(format_args!("  credits taken      {:>9}  of which cut by the daily cap: {}", report.credits, report.capped));
    line(format_args!("  redemptions taken  {:>9}", report.redemptions));
    line(format_args!("  repeats            {:>9}", report.repeats));
    line(format_args!("  rows refused       {:>9}", report.errors.len()));
    for (code, errors) in report.by_code() {
        line(format_args!("    {:<20} {:>7}  {}", code.as_str(), errors.len(), title::chinese(code)));
        for error in errors.iter().take(SHOWN_PER_CODE) {
            line(format_args!("      {} row {}: {}", error.file, error.row, error.message));
        }
    }
    for warning in report.warnings.iter().take(SHOWN_PER_CODE) {
        line(format_args!("  look at {} row {}: {}", warning.file, warning.row, warning.message));
    }
    if report.warnings.len() > SHOWN_PER_CODE {
        line(format_args!("  and {} more rows to look at", report.warnings.len() - SHOWN_PER_CODE));
    }
    if !report.errors.is_empty() && args.report.is_none() {
        line(format_args!("--report FILE writes every refused row; correct those rows and import the pack again"));
    }
    if args.dry_run {
        line(format_args!("dry run: nothing was written"));
    }
    text
}

fn ending(cause: ImportError, dry_run: bool) -> CliError {
    let code = cause.code();
    let message = if dry_run {
        cause.to_string()
    } else {
        format!("{cause}; rows before it are recorded, and the same command again goes on from there")
    };
    let error = if cause.is_unusable_input() { CliError::input(message) } else { CliError::failed(message) };
    error.coded(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEETS: [(&str, &str); 7] = [
        ("district.toml", "code = \"000000\"\nname = \"测试区\"\n"),
        ("人员名册.csv", "编号,从业类型,政治面貌,所在党支部,积分卡号\nW1,快递员,群众,,\n"),
        ("积分标准.csv", "活动代码,活动名称,类别,每单位积分,每日上限,计入积分卡,有效月数\nZY01,服务,志愿,10,,是,\n"),
        ("商户名录.csv", "商户编号,商户名称,统一社会信用代码\n"),
        ("兑换网点.csv", "网点编号,网点名称,层级\n"),
        ("兑换目录.csv", "网点编号,商品编码,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑\n"),
        ("活动记录-2024-03.csv", "记录号,编号,活动代码,服务日期,数量\nJ1,W1,ZY01,2024-03-05,2\n"),
    ];

    /// A pack and a place for a journal, both deleted with it.
    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Place {
            let place = Place(tempfile::tempdir().unwrap());
            std::fs::create_dir(place.pack()).unwrap();
            for (name, text) in SHEETS {
                std::fs::write(place.pack().join(name), text).unwrap();
            }
            place
        }

        fn pack(&self) -> PathBuf {
            self.0.path().join("pack")
        }

        fn report(&self) -> PathBuf {
            self.0.path().join("report.json")
        }

        fn journal(&self) -> PathBuf {
            self.0.path().join("n.db")
        }

        /// The exit code; what an error says goes nowhere here.
        async fn import(&self, dry_run: bool) -> ExitCode {
            let args = ImportArgs {
                pack_dir: self.pack(),
                dry_run,
                report: Some(self.report()),
                json: false,
                new_journal: NewJournalArgs::default(),
            };
            let result = run(args, &JournalUrl::Sqlite(self.journal())).await;
            result.unwrap_or_else(|error| ExitCode::from(error.exit))
        }
    }

    #[tokio::test]
    async fn the_exit_code_tells_whether_rows_were_refused() {
        let place = Place::new();
        assert_eq!(place.import(false).await, ExitCode::SUCCESS);
        let more = "记录号,编号,活动代码,服务日期,数量\nJ1,W1,ZY01,2024-03-05,2\nJ2,W2,ZY01,2024-03-05,2\n";
        std::fs::write(place.pack().join("活动记录-2024-03.csv"), more).unwrap();
        assert_eq!(place.import(false).await, ExitCode::from(1));
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(place.report()).unwrap()).unwrap();
        let message = "no worker W2; register the worker first (人员名册)";
        let error = serde_json::json!({
            "file": "活动记录-2024-03.csv", "row": 3, "code": "unknown_worker", "message": message
        });
        let wanted = serde_json::json!({"credits": 0, "redemptions": 0, "repeats": 1, "capped": 0, "errors": [error]});
        assert_eq!(report, wanted);
    }

    #[tokio::test]
    async fn an_unusable_pack_makes_no_journal_and_no_report() {
        let place = Place::new();
        std::fs::write(place.pack().join("兑换流水-2024-03.csv"), "流水号,编号\n").unwrap();
        assert_eq!(place.import(false).await, ExitCode::from(2));
        assert!(!place.journal().exists() && !place.report().exists());
    }

    #[tokio::test]
    async fn a_dry_run_makes_no_journal() {
        let place = Place::new();
        assert_eq!(place.import(true).await, ExitCode::SUCCESS);
        assert!(!place.journal().exists() && place.report().exists());
    }

    #[tokio::test]
    async fn a_report_that_cannot_be_written_is_told_before_the_import() {
        let place = Place::new();
        let report = Some(place.0.path().join("no folder").join("report.json"));
        let args = ImportArgs {
            pack_dir: place.pack(),
            dry_run: false,
            report,
            json: true,
            new_journal: NewJournalArgs::default(),
        };
        let error = run(args, &JournalUrl::Sqlite(place.journal())).await.unwrap_err();
        assert_eq!(error.exit, 2);
        assert!(!place.journal().exists());
    }
}
