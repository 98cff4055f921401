//! `nuanxin verify --bundle`: a bundle's judgement, for people and as JSON. Opens no journal and no network.

use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

use ledger_core::evidence::bundle::manifest::Scope;
use ledger_core::evidence::bundle::verify::{Report, Trust, Verdict, verify_bundle};
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::note::{KeyKind, KeyRing, PublicKey, SignedNote};
use serde::Serialize;

use crate::cli::say::say;
use crate::cli::{CliError, CliResult, progress};

/// Exit code of a bundle that holds together, though nothing in it is signed by a key that was given.
const NOTHING_SIGNED: u8 = 3;

#[derive(Serialize)]
struct Told<'a> {
    verdict: &'static str,
    first_bad_position: Option<u64>,
    reason: Option<&'a str>,
    origin: Option<&'a str>,
    scope: Option<&'a Scope>,
    suite: Option<&'a str>,
    /// Entries of the log that the bundle proves against.
    size: Option<u64>,
    /// Events verified.
    events: u64,
    root: Option<String>,
    streams_root: Option<String>,
    /// Whether a trusted signature says that nothing of a worker is missing.
    streams_signed: bool,
    signed_size: Option<u64>,
    signers: &'a [String],
    cosigners: &'a [String],
}

/// Judges a bundle. Keys that cosign are those of cosigners, all others the journal's.
///
/// # Errors
/// [`CliError`] for keys that cannot be told apart.
pub(super) fn run(path: &Path, keys: &[PublicKey], kept: Option<&Path>, json: bool) -> CliResult {
    let kept = kept.map(|kept| read_checkpoint(kept, keys)).transpose()?;
    let (journal, cosigners) = rings(keys)?;
    let trust = Trust { journal, cosigners, kept };
    let bar = progress::bar(0, "verifying");
    let report = verify_bundle(path, &trust, &mut |at| bar.set_position(at));
    bar.finish_and_clear();
    let told = told(&report);
    if json {
        let json = serde_json::to_string(&told).map_err(|error| CliError::failed(error.to_string()))?;
        say!("{json}");
    } else {
        print(&told);
    }
    Ok(match &report.verdict {
        Verdict::Valid => ExitCode::SUCCESS,
        Verdict::Invalid { .. } => ExitCode::from(1),
        Verdict::Unreadable(_) => ExitCode::from(2),
        // Who gives no key asks only whether the bundle holds together, and it does.
        Verdict::NothingSigned(_) if keys.is_empty() => ExitCode::SUCCESS,
        Verdict::NothingSigned(_) => ExitCode::from(NOTHING_SIGNED),
    })
}

/// Reads a checkpoint kept from earlier; with keys given, one that they did not sign is refused.
fn read_checkpoint(path: &Path, keys: &[PublicKey]) -> Result<Checkpoint, CliError> {
    let unreadable = |what: String| CliError::input(format!("{}: {what}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let text = match SignedNote::parse(&bytes) {
        Ok(note) => note.text().to_owned(),
        Err(_) => String::from_utf8(bytes.clone()).map_err(|error| unreadable(error.to_string()))?,
    };
    let checkpoint = Checkpoint::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    if !keys.is_empty() {
        let (journal, cosigners) = rings(keys)?;
        Checkpoint::open(&bytes, checkpoint.origin(), &journal, &cosigners)
            .map_err(|error| CliError::failed(format!("the checkpoint given cannot be believed: {error}")))?;
    }
    Ok(checkpoint)
}

/// The keys of the journal and those of cosigners, told apart by their kind.
///
/// # Errors
/// [`CliError`] for keys that cannot be told apart.
fn rings(keys: &[PublicKey]) -> Result<(KeyRing, KeyRing), CliError> {
    let (mut journal, mut cosigners) = (KeyRing::new(), KeyRing::new());
    for key in keys {
        let ring = if key.kind() == KeyKind::Ed25519 { &mut journal } else { &mut cosigners };
        ring.trust(key.clone()).map_err(|error| CliError::input(format!("--key {key}: {error}")))?;
    }
    Ok((journal, cosigners))
}

fn told(report: &Report) -> Told<'_> {
    let (verdict, first_bad_position, reason) = match &report.verdict {
        Verdict::Valid => ("valid", None, None),
        Verdict::Invalid { position, what } => ("invalid", *position, Some(what.as_str())),
        Verdict::Unreadable(what) => ("unreadable", None, Some(what.as_str())),
        Verdict::NothingSigned(what) => ("nothing signed yet", None, Some(what.as_str())),
    };
    let manifest = report.manifest.as_ref();
    let own_streams = |manifest: &ledger_core::evidence::bundle::manifest::Manifest| {
        matches!(manifest.scope, Scope::Worker { .. }).then(|| manifest.streams_root.clone())
    };
    Told {
        verdict,
        first_bad_position,
        reason,
        origin: manifest.map(|manifest| manifest.origin.as_str()),
        scope: manifest.map(|manifest| &manifest.scope),
        suite: manifest.map(|manifest| manifest.suite.as_str()),
        size: manifest.map(|manifest| manifest.size),
        events: report.events,
        root: report.root.map(|root| root.to_string()),
        streams_root: report.streams_root.map(|root| root.to_string()).or_else(|| manifest.and_then(own_streams)),
        streams_signed: report.streams_signed,
        signed_size: report.signed_size,
        signers: &report.signers,
        cosigners: &report.cosigners,
    }
}

fn print(told: &Told<'_>) {
    say!("verdict    {}", told.verdict);
    if let Some(position) = told.first_bad_position {
        say!("first bad  {position}");
    }
    if let Some(reason) = told.reason {
        say!("reason     {reason}");
    }
    if let (Some(origin), Some(size)) = (told.origin, told.size) {
        say!("journal    {origin}\nentries    {} verified, of {size}", told.events);
    }
    if let Some(root) = &told.root {
        say!("root       {root}");
    }
    if let Some(root) = &told.streams_root {
        let signed = if told.streams_signed { "signed" } else { "compare with a bundle of the whole journal" };
        say!("streams    {root} ({signed})");
    }
    if let Some(size) = told.signed_size {
        say!("signed     through position {size} by {}", told.signers.join(", "));
        if told.size.is_some_and(|all| all > size) {
            say!("           what follows is not signed yet");
        }
        if !told.cosigners.is_empty() {
            say!("cosigned   by {}", told.cosigners.join(", "));
        }
    }
}
