//! `nuanxin checkpoint`: a signed checkpoint now, one published before, its form for the notice board, and the exchange
//! of files with a witness.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use ledger_core::evidence::note::SignedNote;
use ledger_core::evidence::witness::with_lines;
use ledger_core::journal::url::JournalUrl;

use super::key::open_audit;
use super::say::say;
use super::{CliError, CliResult};
use crate::audit::notice::notice;
use crate::audit::store::Published;
use crate::audit::{Audit, AuditError, time};
use crate::qr::Picture;

/// Checkpoints read at once for a list.
const PAGE: usize = 500;

/// Arguments of `checkpoint`.
#[derive(Debug, Args)]
pub struct CheckpointArgs {
    /// The published checkpoint of so many entries; by default one over the journal as it stands, signed now if needed
    #[arg(long, value_name = "N")]
    size: Option<u64>,
    /// Print the short block for the publicity notice (公示) instead of the signed note
    #[arg(long)]
    notice: bool,
    /// Draw the signed note as a QR code into this file, .svg or .png
    #[arg(long, value_name = "FILE")]
    qr: Option<PathBuf>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write what a witness is asked (C2SP add-checkpoint): the checkpoint, and the proof that it extends what the witness
    /// cosigned last, OLD entries, 0 for a new witness
    #[arg(long, value_name = "OLD", conflicts_with_all = ["notice", "list", "accept"])]
    for_witness: Option<u64>,
    /// Take back a checkpoint that a witness cosigned, or, with --size, the lines that a witness answered
    #[arg(long, value_name = "FILE", conflicts_with_all = ["notice", "list", "qr", "out"])]
    accept: Option<PathBuf>,
    /// List the published checkpoints
    #[arg(long, conflicts_with_all = ["notice", "size", "qr", "out"])]
    list: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(args: CheckpointArgs, url: &JournalUrl) -> CliResult {
    let picture = args.qr.as_deref().map(Picture::of_file).transpose();
    let picture = picture.map_err(|error| CliError::input(error.to_string()))?;
    let audit = open_audit(url).await?;
    if args.list {
        return list(&audit).await;
    }
    if let Some(path) = &args.accept {
        return accept(&audit, path, args.size).await;
    }
    audit.prepare_keys().await?;
    let published = audit.checkpoint_for(args.size, 0).await?;
    if let Some((path, picture)) = args.qr.as_deref().zip(picture) {
        let drawn = picture.draw(&published.note.to_string()).map_err(|error| CliError::failed(error.to_string()))?;
        write_file(path, &drawn)?;
    }
    let text = if let Some(old) = args.for_witness {
        audit.witness_request(old, &published).await?.to_string()
    } else if args.notice {
        notice(&published.note, &audit.journal_keys().await?).map_err(|error| CliError::failed(error.to_string()))?
    } else {
        published.note.to_string()
    };
    put(args.out.as_deref(), &text)?;
    Ok(ExitCode::SUCCESS)
}

async fn accept(audit: &Audit, path: &Path, size: Option<u64>) -> CliResult {
    let unreadable = |what: String| CliError::input(format!("{}: {what}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let note = match size {
        None => SignedNote::parse(&bytes).map_err(|error| unreadable(error.to_string()))?,
        Some(_) => {
            let published: Published = audit.checkpoint_for(size, 0).await?;
            let lines = String::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
            with_lines(&published.note, &lines).map_err(|error| unreadable(error.to_string()))?
        }
    };
    for cosigner in audit.accept_cosigned(&note).await? {
        say!("{cosigner}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(audit: &Audit) -> CliResult {
    let mut after = 0;
    loop {
        let page = audit.store().list(after, PAGE).await.map_err(AuditError::from)?;
        for published in &page {
            let signers = published.note.signatures();
            let signers: Vec<String> = signers.iter().map(|one| format!("{}+{}", one.name(), one.id())).collect();
            say!("{:>12} {} {}", published.size, time(published.signed_at_ms), signers.join(" "));
        }
        match page.last() {
            Some(last) => after = last.size,
            None => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// Writes to a file, or to standard output.
///
/// # Errors
/// [`CliError`].
pub fn put(path: Option<&Path>, text: &str) -> Result<(), CliError> {
    match path {
        Some(path) => write_file(path, text.as_bytes()),
        None => {
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes())
                .and_then(|()| out.flush())
                .map_err(|error| CliError::failed(format!("standard output: {error}")))
        }
    }
}

/// Writes a file.
///
/// # Errors
/// [`CliError`].
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    std::fs::write(path, bytes).map_err(|error| CliError::input(format!("{}: {error}", path.display())))
}
