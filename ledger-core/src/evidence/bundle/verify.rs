//! Judging a bundle: from its files, the keys that the auditor trusts, and nothing else.
//!
//! Every event's bytes are hashed anew and lead to the log's root, which must be the one that was signed; order, keys,
//! and every invariant are held at every position; and every other file is made anew from the events and compared. Reading
//! and hashing run on all processors, the fold runs in order. Nothing is ever repaired.

mod checkpoints;
mod papers;
mod prepare;
mod spare;
mod stream;
mod walk;

use std::path::Path;

use self::checkpoints::Checkpoints;
use self::walk::Walk;
use super::archive::{Archive, Read256, Unreadable};
use super::manifest::{Manifest, Scope};
use super::{FORMAT, FORMAT_WITH_YUAN, MANIFEST, NODES, README};
use crate::evidence::checkpoint::Checkpoint;
use crate::evidence::hash::{Hash, HashSuite};
use crate::evidence::note::KeyRing;

/// Most bytes of a manifest.
const MANIFEST_BYTES_MAX: u64 = 16 << 20;
/// Most bytes of the README.
const README_BYTES_MAX: u64 = 1 << 20;

/// What an auditor brings along: the verifier's own input, never the bundle's.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Keys of the journal; all bear its origin as their name. With none, no signature counts.
    pub journal: KeyRing,
    /// Keys of cosigners.
    pub cosigners: KeyRing,
    /// A checkpoint kept from earlier or had from somebody else: the bundle must hold what it was taken over.
    pub kept: Option<Checkpoint>,
}

/// The four verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everything holds and a trusted key signed it.
    Valid,
    /// Something does not hold; with the first position that cannot be believed, where one can be named.
    Invalid {
        /// From 1; none where what is wrong is no entry.
        position: Option<u64>,
        /// In words, for people.
        what: String,
    },
    /// Not a bundle, or one that cannot be read to its end.
    Unreadable(String),
    /// Everything holds together, but nothing is signed by a key that the auditor trusts.
    NothingSigned(String),
}

/// What a verification came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What all checks together came to.
    pub verdict: Verdict,
    /// What the bundle says of itself, as far as it could be read.
    pub manifest: Option<Manifest>,
    /// Events verified.
    pub events: u64,
    /// The log's root, recomputed.
    pub root: Option<Hash>,
    /// The streams' root, recomputed; for a whole journal alone.
    pub streams_root: Option<Hash>,
    /// The largest size that a trusted key of the journal signed.
    pub signed_size: Option<u64>,
    /// The trusted keys of the journal that signed it, as `name+id`.
    pub signers: Vec<String>,
    /// The trusted cosigners of it, as `name+id`.
    pub cosigners: Vec<String>,
    /// Whether a trusted signature covers the streams' root, and with it that nothing of a worker is missing.
    pub streams_signed: bool,
}

/// Why a verification ended.
#[derive(Debug)]
enum End {
    Invalid { position: Option<u64>, what: String },
    Unreadable(String),
}

impl From<Unreadable> for End {
    fn from(error: Unreadable) -> End {
        End::Unreadable(error.0)
    }
}

fn invalid(position: impl Into<Option<u64>>, what: impl Into<String>) -> End {
    End::Invalid { position: position.into(), what: what.into() }
}

/// Verifies a bundle. `progress` is told the position reached.
pub fn verify_bundle(path: &Path, trust: &Trust, progress: &mut dyn FnMut(u64)) -> Report {
    let mut report = Report {
        verdict: Verdict::Valid,
        manifest: None,
        events: 0,
        root: None,
        streams_root: None,
        signed_size: None,
        signers: Vec::new(),
        cosigners: Vec::new(),
        streams_signed: false,
    };
    report.verdict = match judge(path, trust, &mut report, progress) {
        Ok(()) if report.signed_size.is_some() => Verdict::Valid,
        Ok(()) if trust.journal.keys().next().is_none() => {
            Verdict::NothingSigned("no key of the journal was given, so no signature counts".into())
        }
        Ok(()) => Verdict::NothingSigned("no checkpoint in it covers what is given".into()),
        Err(End::Invalid { position, what }) => Verdict::Invalid { position, what },
        Err(End::Unreadable(what)) => Verdict::Unreadable(what),
    };
    report
}

fn judge(path: &Path, trust: &Trust, report: &mut Report, progress: &mut dyn FnMut(u64)) -> Result<(), End> {
    let archive = Archive::open(path)?;
    let (content, _) = archive.hold(MANIFEST, MANIFEST_BYTES_MAX)?;
    let manifest: Manifest = serde_json::from_slice(&content)
        .map_err(|error| End::Unreadable(format!("{MANIFEST} is not that of a bundle: {error}")))?;
    if ![FORMAT, FORMAT_WITH_YUAN].contains(&manifest.format.as_str()) {
        return Err(End::Unreadable("it is of another form; a newer program may read it".into()));
    }
    let suite: HashSuite =
        manifest.suite.parse().map_err(|_| End::Unreadable("its hash suite is unknown here".to_owned()))?;
    report.manifest = Some(manifest.clone());
    let files = Files::listed(&archive, &manifest)?;
    let checkpoints = Checkpoints::read(&archive, &files, &manifest, trust)?;
    let walk = Walk::new(suite, &manifest, checkpoints)?;
    let verified = stream::run(&archive, &files, walk, progress)?;
    files.hold(README, archive.hold(README, README_BYTES_MAX)?.1)?;
    report.events = verified.events;
    report.root = Some(verified.root);
    report.streams_root = verified.streams_root;
    report.streams_signed = verified.streams_signed;
    if let Some(signed) = verified.signed {
        report.signed_size = Some(signed.size);
        report.signers = signed.signers;
        report.cosigners = signed.cosigners;
    }
    Ok(())
}

/// What the manifest says of the files.
struct Files<'a>(&'a Manifest);

impl<'a> Files<'a> {
    /// Holds the list of files against those that are there, and against what the scope needs.
    fn listed(archive: &Archive, manifest: &'a Manifest) -> Result<Files<'a>, End> {
        let mut listed: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
        listed.sort_unstable();
        let there: Vec<&str> = archive.names().filter(|name| *name != MANIFEST).collect();
        if listed != there {
            let odd =
                there.iter().find(|name| !listed.contains(name)).map(|name| format!("{name} is not in the manifest"));
            let odd = odd.unwrap_or_else(|| "a file of the manifest is missing or stands there twice".to_owned());
            return Err(invalid(None, odd));
        }
        if archive.has(NODES) == matches!(manifest.scope, Scope::Journal) {
            return Err(invalid(None, format!("{NODES} stands in bundles of a part of a journal, and in these alone")));
        }
        Ok(Files(manifest))
    }

    /// Holds a file against the manifest.
    fn hold(&self, name: &str, read: Read256) -> Result<(), End> {
        let known = self.0.files.iter().find(|file| file.name == name);
        match known {
            Some(known) if known.bytes == read.bytes && known.sha256 == read.sha256.to_string() => Ok(()),
            _ => Err(invalid(None, format!("{name} is not the file that the manifest names"))),
        }
    }
}
