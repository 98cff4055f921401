//! `nuanxin proof`: RFC 9162 proofs from stored tiles, in the shape of the HTTP answers.

use std::process::ExitCode;

use clap::Subcommand;
use ledger_core::evidence::hash::Hash;
use ledger_core::journal::url::JournalUrl;
use serde_json::json;

use super::key::open_audit;
use super::say::say;
use super::{CliError, CliResult};
use crate::audit::{Audit, AuditError};

/// What to prove.
#[derive(Debug, Subcommand)]
pub enum ProofCommand {
    /// That the entry at a position is in the journal
    Inclusion {
        /// The entry's position
        position: u64,
        /// The tree to prove it for: any number of entries from the position on; the latest checkpoint's by default
        #[arg(long, value_name = "N")]
        size: Option<u64>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// That the journal only grew between two sizes
    Consistency {
        /// Number of entries of the earlier tree, such as that of a checkpoint kept from before
        #[arg(long, value_name = "N")]
        from: u64,
        /// Number of entries of the later tree; the latest checkpoint's by default
        #[arg(long, value_name = "M")]
        to: Option<u64>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(command: ProofCommand, url: &JournalUrl) -> CliResult {
    let audit = open_audit(url).await?;
    let suite = audit.identity().suite.to_string();
    match command {
        ProofCommand::Inclusion { position, size, json } => {
            let (size, note) = tree(&audit, size, position).await?;
            let proof = audit.inclusion(position, size).await?;
            if json {
                print_json(&json!({
                    "position": position, "leaf_index": position.saturating_sub(1), "tree_size": size,
                    "leaf_hash": proof.leaf.to_base64(), "inclusion_path": texts(&proof.path),
                    "root_hash": proof.root.to_base64(), "hash_suite": suite, "checkpoint": note,
                }));
            } else {
                say!("position   {position} of {size}\nleaf       {}", proof.leaf.to_base64());
                proof.path.iter().for_each(|hash| say!("           {}", hash.to_base64()));
                say!("root       {} ({suite})", proof.root.to_base64());
            }
        }
        ProofCommand::Consistency { from, to, json } => {
            let (to, note) = tree(&audit, to, from).await?;
            let proof = audit.consistency(from, to).await?;
            if json {
                print_json(&json!({
                    "tree_size_1": from, "root_hash_1": proof.from_root.to_base64(),
                    "tree_size_2": to, "root_hash_2": proof.to_root.to_base64(),
                    "consistency_path": texts(&proof.path), "hash_suite": suite, "checkpoint": note,
                }));
            } else {
                say!("from       {from}\nroot       {}", proof.from_root.to_base64());
                proof.path.iter().for_each(|hash| say!("           {}", hash.to_base64()));
                say!("to         {to}\nroot       {} ({suite})", proof.to_root.to_base64());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The size to prove for, with its checkpoint if one was published. Where nothing can be signed here and nothing was, the
/// journal's end.
async fn tree(audit: &Audit, size: Option<u64>, covering: u64) -> Result<(u64, Option<String>), CliError> {
    let published = match size {
        Some(size) => audit.store().of_size(size).await.map_err(AuditError::from)?,
        None => match audit.checkpoint(covering).await {
            Err(AuditError::NoKey) => None,
            published => Some(published?),
        },
    };
    let size = match size.or(published.as_ref().map(|published| published.size)) {
        Some(size) => size,
        None => audit.head().await?.0,
    };
    Ok((size, published.map(|published| published.note.to_string())))
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hash.to_base64()).collect()
}

fn print_json(value: &serde_json::Value) {
    say!("{value}");
}
