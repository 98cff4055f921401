//! The command line: one file a subcommand. Data goes to stdout, everything else to stderr; exit codes are 0 done, 1 the
//! thing asked for does not hold, 2 unusable input or arguments.

pub mod account;
pub mod appraise;
pub mod as_of;
pub mod audit;
pub mod backup;
pub mod bench;
mod branches;
pub mod bundle;
pub mod checkpoint;
pub mod config;
pub mod due;
mod environment;
pub mod export;
pub mod import;
pub mod key;
pub mod new_journal;
mod oidc;
mod passphrase;
pub mod progress;
pub mod proof;
pub mod receipt;
pub mod replay;
mod say;
pub mod serve;
pub mod state;
pub mod tls;
pub mod token;
pub mod trace;
pub mod verify;
pub mod what_if;
pub mod witness;
mod writer;

use std::error::Error as _;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{Parser, Subcommand};
use ledger_core::domain::refusal::Code;
use ledger_core::journal::JournalError;
use ledger_core::journal::url::JournalUrl;
use projections::ViewError;

use crate::app::OpenError;
use crate::configuration::{self, Source};
use crate::local_socket::AskError;
use crate::title;

/// The journal when none is named.
const JOURNAL_DEFAULT: &str = "sqlite:data/nuanxin.db";
/// Names it in the environment.
const VARIABLE_OF_JOURNAL: &str = "NUANXIN_JOURNAL";

/// Nuanxin (暖新积分账本): a points and incentive ledger for one district.
///
/// Without a subcommand it serves the demonstration district on the default journal.
#[derive(Debug, Parser)]
#[command(name = "nuanxin", version, after_help = environment::POINTER)]
pub struct Cli {
    /// Where the journal is: sqlite:PATH or postgres://USER@HOST/DATABASE?schema=NAME [env: NUANXIN_JOURNAL] [default:
    /// sqlite:data/nuanxin.db]
    #[arg(long, global = true)]
    journal: Option<String>,

    /// A file with settings [default: nuanxin.toml, where there is one in the working folder]
    #[arg(long, value_name = "FILE", global = true, env = configuration::VARIABLE, hide_env_values = true)]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Commands>,
}

#[derive(Debug, Subcommand)]
enum Commands {
    /// Serve the HTTP API and the pages
    Serve(serve::ServeArgs),
    /// Load a district pack: the sheets a district office keeps
    Import(import::ImportArgs),
    /// Tell what the journal says, folded from events alone
    State(state::StateArgs),
    /// Make every view anew beside the live ones and compare them
    Replay(replay::ReplayArgs),
    /// Recompute the Merkle log and check order, invariants and views
    Verify(verify::VerifyArgs),
    /// Draw a sample that anybody can draw again, or list what is worth asking about
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Write the whole history for other people's tools
    Export(export::ExportArgs),
    /// Write evidence that an auditor takes away and checks with no database and no network
    Bundle(bundle::BundleArgs),
    /// Print the mutual-aid points cards of a branch for a year
    Appraise(appraise::AppraiseArgs),
    /// Try a proposed points schedule on a year's credits; nothing is written
    WhatIf(what_if::WhatIfArgs),
    /// Say what the settings come to, and whether all of it can be used
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Open accounts, and grant and end what they may do
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Issue, list and revoke access tokens
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Print a signed checkpoint of the journal, or its block for the publicity notice
    Checkpoint(checkpoint::CheckpointArgs),
    /// Prove that an entry is in the journal, or that the journal only grew
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    /// Make and check receipts: one entry with its proof, to be checked offline
    #[command(subcommand)]
    Receipt(receipt::ReceiptCommand),
    /// Make, show, rotate and retire the keys that sign checkpoints
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Be the witness of other journals: cosign their checkpoints
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Make certificates for HTTPS where no public authority reaches
    #[command(subcommand)]
    Tls(tls::TlsCommand),
    /// Measure durable commands per second, in process or over HTTP
    Bench(bench::BenchArgs),
    /// Do at once what is due by itself: publicity over, holds run out, lots expired
    Due(due::DueArgs),
    /// Write a consistent copy of the journal, while it is being served
    Backup(backup::BackupArgs),
    /// Bring a copy back into an empty journal
    Restore(backup::RestoreArgs),
}

/// Why a subcommand ended without doing what was asked.
#[derive(Debug)]
pub struct CliError {
    /// For a person, on stderr.
    pub message: String,
    /// The exit code.
    pub exit: u8,
    /// The stable code, where there is one.
    pub code: Option<Code>,
}

impl CliError {
    /// Unusable input or arguments: exit code 2.
    pub fn input(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), exit: 2, code: None }
    }

    /// The thing asked for does not hold or could not be done: exit code 1.
    pub fn failed(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), exit: 1, code: None }
    }

    /// What is wrong, in a sentence.
    fn message(&self) -> &str {
        &self.message
    }

    /// The same under a stable code.
    pub fn coded(self, code: Option<Code>) -> CliError {
        CliError { code, ..self }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.exit) {
            (Some(code), _) => write!(f, "{} {code}: {}", title::chinese(code), self.message),
            (None, 2) => write!(f, "输入或参数不能用: {}", self.message),
            (None, _) => write!(f, "没有做成: {}", self.message),
        }
    }
}

/// What SQLite says of a file whose pages are spoilt.
const SPOILT_FILE: &str = "malformed";

impl From<JournalError> for CliError {
    fn from(error: JournalError) -> CliError {
        match &error {
            JournalError::Damaged { .. } => CliError::failed(error.to_string()),
            // Waiting mends no file, so nobody is told that it may.
            JournalError::Unavailable(what) if what.contains(SPOILT_FILE) => CliError::failed(format!(
                "the journal's file is damaged ({what}) and waiting does not mend it; stop the server and put a good \
                 backup in its place (docs/runbooks/damaged-file.md)"
            )),
            JournalError::Unavailable(_) => CliError::input(error.to_string()).coded(Some(Code::JournalUnavailable)),
            _ => CliError::input(error.to_string()),
        }
    }
}

impl From<ViewError> for CliError {
    fn from(error: ViewError) -> CliError {
        match error {
            ViewError::Journal(error) => error.into(),
            other => CliError::failed(other.to_string()),
        }
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> CliError {
        match error {
            OpenError::Journal(error) => error.into(),
            OpenError::Views(error) => error.into(),
            OpenError::Beside(message) => CliError::input(message),
        }
    }
}

impl From<AskError> for CliError {
    fn from(error: AskError) -> CliError {
        match &error {
            AskError::Gone | AskError::Failed { unusable: false, .. } => CliError::failed(error.to_string()),
            AskError::Unreachable { .. }
            | AskError::OtherVersion { .. }
            | AskError::Unreadable(_)
            | AskError::Failed { unusable: true, .. } => CliError::input(error.to_string()),
        }
    }
}

/// A file to write that cannot be one is told before the work, not after it.
fn check_output_path(option: &str, path: Option<&Path>) -> Result<(), CliError> {
    let Some(path) = path else { return Ok(()) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() || path.is_dir() {
        let what = format!("{option} {}: name a file in a folder that is there", path.display());
        return Err(CliError::input(what));
    }
    Ok(())
}

/// A paper that was made before is never written over: somebody may have signed it, or written on it by hand.
fn refuse_existing(option: &str, path: Option<&Path>) -> Result<(), CliError> {
    match path.filter(|path| path.is_file()) {
        Some(path) => {
            let what =
                format!("{option} {}: is there already; name another file, or move that one away", path.display());
            Err(CliError::input(what))
        }
        None => Ok(()),
    }
}

/// Reads a file that an argument names.
fn read_named(path: &Path) -> Result<Vec<u8>, CliError> {
    let told = |error: std::io::Error| CliError::input(format!("{}: {}", path.display(), unreadable(&error)));
    std::fs::read(path).map_err(told)
}

/// Why a file that somebody named cannot be read, with what helps.
pub(crate) fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file; check its name and the folder you are in".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder; name the file in it".to_owned(),
        std::io::ErrorKind::PermissionDenied => "may not be read by this user; ask who owns it".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// Where an argument is no number: in what form it is wanted. All else says so itself.
fn with_cure(mut error: clap::Error) -> clap::Error {
    let no_number = error.source().is_some_and(|source| source.is::<std::num::ParseIntError>());
    if no_number {
        let cure = "write a whole number in digits, as in 100".to_owned().into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![cure]));
    }
    error
}

/// The arguments of this program; help and what cannot be used end it here.
pub fn parse() -> Cli {
    Cli::try_parse().unwrap_or_else(|error| with_cure(error).exit())
}

/// What a subcommand gives.
pub type CliResult = Result<ExitCode, CliError>;

/// Runs the command line to its exit code.
pub fn run(cli: Cli) -> ExitCode {
    // Before the log, which is set there too.
    if let Err(what) = configuration::load(cli.config.as_deref()) {
        eprintln!("nuanxin: {}", CliError::input(what));
        return ExitCode::from(2);
    }
    crate::telemetry::init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("nuanxin: no runtime could be started: {error}");
            return ExitCode::from(2);
        }
    };
    let result = runtime.block_on(dispatch(cli));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match result {
        Ok(code) if say::all_told() => code,
        Ok(_) => {
            eprintln!("nuanxin: not all of it could be written to the standard output");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("nuanxin: {error}");
            ExitCode::from(error.exit)
        }
    }
}

/// A setting with where it comes from.
#[derive(Debug, Clone)]
pub struct Setting {
    value: String,
    source: Source,
}

impl Setting {
    /// An argument, else the environment, else the file, else what is usual.
    fn of(argument: Option<String>, variable: &str, usual: &str) -> Setting {
        let given = argument.filter(|text| !text.trim().is_empty()).map(|text| (text, Source::Argument));
        let (value, source) = given
            .or_else(|| configuration::setting_with_source(variable))
            .unwrap_or_else(|| (usual.to_owned(), Source::Usual));
        Setting { value, source }
    }

    /// An argument, else the file, else what is usual: no variable of the environment says it.
    fn of_file(argument: Option<String>, key: &str, usual: &str) -> Setting {
        let given = argument.map(|text| (text, Source::Argument));
        let said = given.or_else(|| configuration::in_file(key).map(|text| (text, Source::File)));
        let (value, source) = said.unwrap_or_else(|| (usual.to_owned(), Source::Usual));
        Setting { value, source }
    }
}

async fn dispatch(cli: Cli) -> CliResult {
    let journal = Setting::of(cli.journal.clone(), VARIABLE_OF_JOURNAL, JOURNAL_DEFAULT);
    let url: JournalUrl = journal.value.parse()?;
    match cli.command {
        None => serve::run(serve::ServeArgs::demonstration(), &url).await,
        Some(Commands::Serve(args)) => serve::run(args, &url).await,
        Some(Commands::Import(args)) => import::run(args, &url).await,
        Some(Commands::State(args)) => state::run(args, &url).await,
        Some(Commands::Replay(args)) => replay::run(args, &url).await,
        Some(Commands::Verify(args)) => verify::run(args, &url).await,
        Some(Commands::Audit(command)) => audit::run(command, &url).await,
        Some(Commands::Export(args)) => export::run(args, &url).await,
        Some(Commands::Bundle(args)) => bundle::run(args, &url).await,
        Some(Commands::Appraise(args)) => appraise::run(args, &url).await,
        Some(Commands::WhatIf(args)) => what_if::run(args, &url).await,
        Some(Commands::Config(command)) => config::run(command, &journal, &url).await,
        Some(Commands::Account(command)) => account::run(command, &url).await,
        Some(Commands::Token(command)) => token::run(command, &url).await,
        Some(Commands::Checkpoint(args)) => checkpoint::run(args, &url).await,
        Some(Commands::Proof(command)) => proof::run(command, &url).await,
        Some(Commands::Receipt(command)) => receipt::run(command, &url).await,
        Some(Commands::Key(command)) => key::run(command, &url).await,
        Some(Commands::Witness(command)) => witness::run(command, &url).await,
        Some(Commands::Tls(command)) => tls::run(command),
        Some(Commands::Bench(args)) => bench::run(args, &url).await,
        Some(Commands::Due(args)) => due::run(args, &url).await,
        Some(Commands::Backup(args)) => backup::backup(args, &url).await,
        Some(Commands::Restore(args)) => backup::restore(args, &url).await,
    }
}
