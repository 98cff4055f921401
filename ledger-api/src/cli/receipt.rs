//! `nuanxin receipt`: makes the receipt of one entry, and checks one with nothing but a public key.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::leaf::LeafFields;
use ledger_core::evidence::note::{KeyRing, PublicKey, SignedNote};
use ledger_core::evidence::receipt::Receipt;
use ledger_core::journal::url::JournalUrl;
use serde_json::json;

use super::checkpoint::{put, write_file};
use super::key::open_audit;
use super::say::say;
use super::{CliError, CliResult};
use crate::qr::Picture;

/// What to do with receipts.
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Make the receipt of the entry at a position: a file that needs no database and no network (C2SP tlog-proof)
    Make {
        /// The entry's position: a credit's, a redemption's, any
        position: u64,
        /// Under the published checkpoint of so many entries; the latest by default
        #[arg(long, value_name = "N")]
        size: Option<u64>,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Draw the short form as a QR code into this file, .svg or .png
        #[arg(long, value_name = "FILE")]
        qr: Option<PathBuf>,
        /// Print the short form, which the QR code holds, instead of the file
        #[arg(long)]
        short: bool,
    },
    /// Check a receipt, or the text of its QR code, against the journal's public key; offline
    Verify {
        /// The receipt
        file: PathBuf,
        /// A verifier key of the journal, from nuanxin key show or from the office; may be given several times
        #[arg(long = "key", value_name = "VKEY", required = true)]
        keys: Vec<PublicKey>,
        /// A verifier key of a witness that must have cosigned; may be given several times
        #[arg(long = "witness", value_name = "VKEY")]
        witnesses: Vec<PublicKey>,
        /// A checkpoint from elsewhere, such as the one posted on the notice board: where it is of the same size, its root
        /// must be the same
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(command: ReceiptCommand, url: &JournalUrl) -> CliResult {
    match command {
        ReceiptCommand::Make { position, size, out, qr, short } => {
            let picture = qr.as_deref().map(Picture::of_file).transpose();
            let picture = picture.map_err(|error| CliError::input(error.to_string()))?;
            let audit = open_audit(url).await?;
            let head = audit.head().await?.0;
            if position == 0 || position > head {
                let what =
                    format!("nothing is recorded at position {position}; the journal's positions are 1 to {head}");
                return Err(CliError::input(what));
            }
            let entry = audit.entry(position).await?;
            audit.prepare_keys().await?;
            let published = audit.checkpoint_for(size, position).await?;
            let receipt = audit.receipt(&entry, &published).await?;
            let compact = || receipt.to_compact().map_err(|error| CliError::failed(error.to_string()));
            if let Some((path, picture)) = qr.as_deref().zip(picture) {
                let drawn = picture.draw(&compact()?).map_err(|error| CliError::failed(error.to_string()))?;
                write_file(path, &drawn)?;
            }
            let text = if short { format!("{}\n", compact()?) } else { receipt.to_string() };
            put(out.as_deref(), &text)?;
            Ok(ExitCode::SUCCESS)
        }
        ReceiptCommand::Verify { file, keys, witnesses, checkpoint, json } => {
            let unreadable = |what: String| CliError::input(format!("{}: {what}", file.display()));
            let bytes = super::read_named(&file)?;
            let receipt = Receipt::parse(&bytes).map_err(|error| unreadable(error.to_string()))?;
            let posted = checkpoint.map(|path| super::verify::read_note(&path)).transpose()?;
            let verdict = judge(&receipt, &keys, &witnesses, posted.as_ref());
            tell(&receipt, verdict.as_ref(), json);
            Ok(if verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
    }
}

/// The checkpoint that the receipt leads to, and how many witnesses cosigned it.
fn judge(
    receipt: &Receipt,
    keys: &[PublicKey],
    witnesses: &[PublicKey],
    posted: Option<&(Checkpoint, Option<SignedNote>)>,
) -> Result<(Checkpoint, usize), String> {
    let (keys, trusted) = (ring(keys)?, ring(witnesses)?);
    let verified = receipt.verify(&keys, &trusted).map_err(|error| error.to_string())?;
    if verified.cosignatures.len() < witnesses.len() {
        return Err(format!("{} of {} witnesses cosigned", verified.cosignatures.len(), witnesses.len()));
    }
    let own = verified.checkpoint;
    if let Some((posted, _)) = posted {
        if posted.origin() != own.origin() {
            return Err(format!("the posted checkpoint is of the journal {}", posted.origin()));
        }
        if posted.contradicts(&own) {
            return Err("the posted checkpoint has another root for the same size: two histories were shown".into());
        }
    }
    Ok((own, verified.cosignatures.len()))
}

fn ring(keys: &[PublicKey]) -> Result<KeyRing, String> {
    let mut ring = KeyRing::new();
    for key in keys {
        ring.trust(key.clone()).map_err(|error| error.to_string())?;
    }
    Ok(ring)
}

fn tell(receipt: &Receipt, verdict: Result<&(Checkpoint, usize), &String>, as_json: bool) {
    let entry = receipt.entry().ok();
    let payload = |entry: &LeafFields<'_>| String::from_utf8_lossy(entry.payload).into_owned();
    if as_json {
        let payload = entry.as_ref().and_then(|entry| serde_json::from_slice::<serde_json::Value>(entry.payload).ok());
        say!(
            "{}",
            json!({
                "verdict": if verdict.is_ok() { "valid" } else { "invalid" },
                "reason": verdict.err(),
                "origin": verdict.ok().map(|(checkpoint, _)| checkpoint.origin()),
                "size": verdict.ok().map(|(checkpoint, _)| checkpoint.size()),
                "cosigned_by": verdict.ok().map(|(_, count)| *count),
                "position": entry.as_ref().map(|entry| entry.position),
                "recorded_at": entry.as_ref().map(|entry| entry.recorded_at),
                "type": entry.as_ref().map(|entry| entry.event_type),
                "payload": payload,
            })
        );
        return;
    }
    match verdict {
        Ok((checkpoint, cosigned)) => {
            say!("verdict    valid\njournal    {}\nsize       {}", checkpoint.origin(), checkpoint.size());
            say!("cosigned   by {cosigned}");
        }
        Err(reason) => say!("verdict    invalid\nreason     {reason}"),
    }
    if let (Some(entry), Ok(_)) = (&entry, verdict) {
        say!("position   {}\nrecorded   {}", entry.position, entry.recorded_at);
        say!("event      {}\npayload    {}", entry.event_type, payload(entry));
    }
}
