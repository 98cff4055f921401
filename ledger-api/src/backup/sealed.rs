//! A backup of all, sealed with a passphrase: the journal, names with their key, tokens, published checkpoints, and the
//! keys that sign. What the file looks like is written down in docs/sealed-backup.md.
//!
//! It is consistent without holding anybody up. Checkpoints and what the keys signed last are taken before the journal, so
//! that nothing was signed which the copy does not hold; names and tokens after it, so that every name of the copy is there
//! and what was erased or revoked meanwhile stays so.
//!
//! Nothing is brought back before all of the file was opened and held to its seal, and to the place.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use ledger_core::journal::sqlite::{SqliteJournal, copy, private};
use ledger_core::journal::url::JournalUrl;
use ledger_core::journal::{Journal, JournalError, SigningKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::parts::{PartsReader, PartsWriter};
use super::place::{Place, opened_path};
use super::seal::{MAGIC, Opener, SealError, Sealer};
use super::{STORES, copy_into_file};
use crate::audit;
use crate::audit::keys::KeyFile;
use crate::private_file;
use crate::side_store::SideStoreError;
use crate::side_store::rows::{self, Filling, Row, RowsDigest, Store};
use crate::vault::{KeySource, VaultError};

const ABOUT: &str = "about";
const JOURNAL: &str = "journal";
const VAULT_KEY: &str = "vault-key";
const SIGNING_KEYS: &str = "signing-keys";
const SIGNED: &str = "signing-keys.signed";
const WITNESS_KEY: &str = "witness-key";
const END: &str = "end";

/// Longer is no key file of ours.
const SECRET_BYTES_MAX: u64 = 65_536;

/// Why a sealed backup could not be made or brought back.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What stands beside it.
    #[error(transparent)]
    Beside(#[from] SideStoreError),
    /// The key of the names.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The passphrase or the place does not fit; nothing was changed.
    #[error("{0}; nothing was changed")]
    Refused(String),
    /// The file does not hold what was sealed; nothing was changed.
    #[error("{0}; nothing was changed")]
    Altered(String),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
}

#[derive(Serialize, Deserialize)]
struct About {
    /// Who made it: name and version of the program.
    by: String,
    /// The journal's name in checkpoints; none for an empty one.
    origin: Option<String>,
    /// When it was begun, in milliseconds since 1970-01-01 UTC.
    begun_at_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct End {
    entries: u64,
}

/// What a sealed backup holds, but for the journal and the rows.
pub struct Contents {
    about: About,
    secrets: BTreeMap<String, Zeroizing<String>>,
    /// Store, version, what its rows come to.
    stores: Vec<(Store, usize, [u8; 32])>,
    entries: u64,
}

/// Whether a file begins as a sealed backup does.
///
/// # Errors
/// Those of the file system.
pub fn is_sealed(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    File::open(path)?.take(u64::try_from(MAGIC.len()).unwrap_or(0)).read_to_end(&mut begin)?;
    Ok(begin == MAGIC)
}

fn at(path: &Path) -> impl Fn(io::Error) -> SealedError + '_ {
    move |error| SealedError::File(path.to_owned(), error)
}

fn sealing(path: &Path) -> impl Fn(SealError) -> SealedError + '_ {
    move |error| match error {
        SealError::Io(error) => SealedError::File(path.to_owned(), error),
        other => SealedError::Refused(format!("{}: {other}", path.display())),
    }
}

/// Seals everything into a new file; gives the journal's size.
///
/// # Errors
/// [`SealedError`]; what was written does not open then.
pub async fn seal(
    url: &JournalUrl,
    journal: &dyn Journal,
    keys: Vec<SigningKey>,
    passphrase: &str,
    path: &Path,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, SealedError> {
    let file = private::options().write(true).create_new(true).open(path).map_err(at(path))?;
    let sealer = Sealer::new(BufWriter::new(file), passphrase).map_err(sealing(path))?;
    let mut parts = PartsWriter::new(sealer);
    let about = About {
        by: format!("nuanxin {}", env!("CARGO_PKG_VERSION")),
        origin: audit::identity(journal).await?.map(|identity| identity.origin),
        begun_at_ms: audit::now_ms(),
    };
    parts.put(ABOUT, &json(&about)?).map_err(at(path))?;
    for (name, place) in key_files(url) {
        if let Some(text) = private_file::read(&place, SECRET_BYTES_MAX).map_err(at(&place))? {
            parts.put(name, text.as_bytes()).map_err(at(path))?;
        }
    }
    let [checkpoints, later @ ..] = STORES;
    seal_store(url, checkpoints, &mut parts).await?;

    let plain = unsealed_journal(path);
    copy::remove(&plain)?;
    let entries = copy_into_file(journal, keys, &plain, progress).await?;
    let mut part = parts.begin(JOURNAL).map_err(at(path))?;
    io::copy(&mut File::open(&plain).map_err(at(&plain))?, &mut part).map_err(at(path))?;
    part.end().map_err(at(path))?;
    copy::remove(&plain)?;

    if let Some(text) = KeySource::from_environment(url).text()? {
        parts.put(VAULT_KEY, text.as_bytes()).map_err(at(path))?;
    }
    for store in later {
        seal_store(url, store, &mut parts).await?;
    }
    parts.put(END, &json(&End { entries })?).map_err(at(path))?;
    let sealer = parts.finish().map_err(at(path))?;
    let file = sealer.finish().map_err(sealing(path))?.into_inner().map_err(|error| at(path)(error.into_error()))?;
    file.sync_all().map_err(at(path))?;
    Ok(entries)
}

/// Where the journal is copied to on its way into a sealed file.
pub fn unsealed_journal(path: &Path) -> PathBuf {
    private::with_suffix(path, ".journal")
}

async fn seal_store<W: Write + Send>(
    url: &JournalUrl,
    store: Store,
    parts: &mut PartsWriter<W>,
) -> Result<(), SealedError> {
    // The version stands in the part's name, and is known once the rows were read: they are few beside the journal.
    let mut lines = Vec::new();
    let version = rows::read(url, store, &mut |row: &Row| {
        lines.extend(row.to_line()?);
        Ok(())
    })
    .await?;
    if let Some(version) = version {
        let name = format!("store/{}/{version}", store.name);
        parts.put(&name, &lines).map_err(|error| SideStoreError::Unavailable(error.to_string()))?;
    }
    Ok(())
}

/// The files of keys, by their part's name.
fn key_files(url: &JournalUrl) -> [(&'static str, PathBuf); 3] {
    let signing = KeyFile::signing(url);
    [
        (SIGNED, signing.sidecar_path(".signed")),
        (SIGNING_KEYS, signing.path().to_owned()),
        (WITNESS_KEY, KeyFile::witness(url).path().to_owned()),
    ]
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, SideStoreError> {
    serde_json::to_vec(value).map_err(|error| SideStoreError::Unusable(error.to_string()))
}

fn opener(path: &Path, passphrase: &str) -> Result<PartsReader<BufReader<Opener<File>>>, SealedError> {
    let file = File::open(path).map_err(at(path))?;
    Ok(PartsReader::new(BufReader::new(Opener::new(file, passphrase).map_err(sealing(path))?)))
}

fn altered(path: &Path) -> impl Fn(io::Error) -> SealedError + '_ {
    move |error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            SealedError::Altered(format!("{}: {error}", path.display()))
        }
        _ => SealedError::File(path.to_owned(), error),
    }
}

impl Contents {
    /// Opens all of a sealed backup once, to its end, and keeps nothing but what is small.
    ///
    /// # Errors
    /// [`SealedError`].
    pub fn check(path: &Path, passphrase: &str) -> Result<Contents, SealedError> {
        let newer = |what: &str| {
            SealedError::Refused(format!("{} holds {what:?}, of a newer program; use that one", path.display()))
        };
        let mut parts = opener(path, passphrase)?;
        let (mut about, mut end) = (None, None);
        let (mut secrets, mut stores) = (BTreeMap::new(), Vec::new());
        while let Some((name, mut part)) = parts.next().map_err(altered(path))? {
            match name.as_str() {
                ABOUT | END => {
                    let mut bytes = Vec::new();
                    part.read_to_end(&mut bytes).map_err(altered(path))?;
                    if name == ABOUT {
                        about = serde_json::from_slice(&bytes).ok();
                    } else {
                        end = serde_json::from_slice(&bytes).ok();
                    }
                }
                JOURNAL => {
                    io::copy(&mut part, &mut io::sink()).map_err(altered(path))?;
                }
                SIGNING_KEYS | SIGNED | WITNESS_KEY | VAULT_KEY => {
                    let mut text = Zeroizing::new(String::new());
                    part.read_to_string(&mut text).map_err(altered(path))?;
                    secrets.insert(name, text);
                }
                _ => {
                    let (store, version) = store_of(&name).ok_or_else(|| newer(&name))?;
                    store.untouched(version)?;
                    let mut hasher = Sha256::new();
                    let mut page = vec![0; 65_536];
                    loop {
                        let read = part.read(&mut page).map_err(altered(path))?;
                        if read == 0 {
                            break;
                        }
                        hasher.update(page.get(..read).unwrap_or_default());
                    }
                    stores.push((store, version, hasher.finalize().into()));
                }
            }
        }
        let whole = about.zip(end).map(|(about, end): (About, End)| (about, end.entries));
        let (about, entries) = whole.ok_or_else(|| newer("no end"))?;
        Ok(Contents { about, secrets, stores, entries })
    }

    /// How many entries its journal has.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Its journal's name; none for an empty one.
    pub fn origin(&self) -> Option<&str> {
        self.about.origin.as_deref()
    }

    /// That nothing at the place is in the way: what is there already must be what would be put there.
    ///
    /// # Errors
    /// [`SealedError::Refused`].
    pub async fn fits(&self, url: &JournalUrl) -> Result<(), SealedError> {
        for (name, place) in key_files(url) {
            let Some(wanted) = self.secrets.get(name).filter(|_| name != SIGNED) else { continue };
            let Some(found) = private_file::read(&place, SECRET_BYTES_MAX).map_err(at(&place))? else { continue };
            let lines = |text: &str| -> Vec<Zeroizing<String>> {
                let keys = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
                keys.map(|line| Zeroizing::new(line.to_owned())).collect()
            };
            let held = lines(&found);
            if !lines(wanted).iter().all(|key| held.contains(key)) {
                let what = format!("{} holds other keys than the backup; move it away first", place.display());
                return Err(SealedError::Refused(what));
            }
        }
        if let (Some(wanted), Some(found)) = (self.secrets.get(VAULT_KEY), KeySource::from_environment(url).text()?)
            && wanted.trim() != found.trim()
        {
            let what = "another key for the vault of names is set here already, in its key file or in \
                        NUANXIN_VAULT_KEY(_FILE); take it away first";
            return Err(SealedError::Refused(what.to_owned()));
        }
        for store in STORES {
            let mut digest = RowsDigest::default();
            let Some(version) = rows::read(url, store, &mut |row| digest.take(row)).await? else { continue };
            let found = digest.finish();
            let own = self.stores.iter().any(|(other, _, wanted)| other.name == store.name && *wanted == found);
            if !own && found != store.untouched(version)? {
                let what =
                    format!("there is {} beside {url} that is not of this backup; move it away first", store.name);
                return Err(SealedError::Refused(what));
            }
        }
        Ok(())
    }
}

fn store_of(part: &str) -> Option<(Store, usize)> {
    let (name, version) = part.strip_prefix("store/")?.split_once('/')?;
    let store = STORES.into_iter().find(|store| store.name == name)?;
    Some((store, version.parse().ok()?))
}

/// Brings everything of a checked backup back into a place that it fits into, but for the keys, which
/// [`Contents::put_keys`] brings; gives the journal's size.
///
/// # Errors
/// [`SealedError`]; whatever was begun is never served.
pub async fn open(
    path: &Path,
    passphrase: &str,
    contents: &Contents,
    place: &Place,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64, SealedError> {
    let staged = place.staged();
    // Only names of no meaning are left where a kill comes in between; nobody else may read it meanwhile.
    let folder = tempfile::tempdir().map_err(at(Path::new("a temporary folder")))?;
    let plain = match &staged {
        JournalUrl::Sqlite(staged) => opened_path(staged),
        JournalUrl::Postgres { .. } => folder.path().join("journal.db"),
    };
    let copy = place.begin().await?;
    let mut parts = opener(path, passphrase)?;
    while let Some((name, mut part)) = parts.next().map_err(altered(path))? {
        if name == JOURNAL {
            let mut file = private::options().write(true).create_new(true).open(&plain).map_err(at(&plain))?;
            io::copy(&mut part, &mut file).map_err(altered(path))?;
        } else if let Some((store, version)) = store_of(&name) {
            let mut filling = Filling::begin(&staged, store, version).await?;
            let mut lines = BufReader::new(part);
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).map_err(altered(path))? > 0 {
                let row: Row = serde_json::from_slice(&line)
                    .map_err(|error| SealedError::Altered(format!("{}: a row: {error}", path.display())))?;
                filling.take(&row).await?;
                line.clear();
            }
            filling.finish().await?;
        } else {
            io::copy(&mut part, &mut io::sink()).map_err(altered(path))?;
        }
    }
    let from = SqliteJournal::open_read_only(&plain)?;
    let size = copy.fill(&from, from.signing_keys().await?, progress).await?;
    drop(from);
    copy::remove(&plain)?;
    if size != contents.entries {
        let what = format!("{} holds {size} entries, but was sealed with {}", path.display(), contents.entries);
        return Err(SealedError::Altered(what));
    }
    Ok(size)
}

impl Contents {
    /// The stores that come back beside the journal.
    pub(crate) fn stores(&self) -> Vec<Store> {
        self.stores.iter().map(|(store, _, _)| *store).collect()
    }

    /// Puts the keys where they are looked for. What is there stays: it holds them already, and the mark of what was signed
    /// last never goes back.
    ///
    /// # Errors
    /// [`SealedError::File`].
    pub fn put_keys(&self, url: &JournalUrl) -> Result<(), SealedError> {
        for (name, place) in key_files(url) {
            if let Some(text) = self.secrets.get(name) {
                private_file::create(&place, text).map_err(at(&place))?;
            }
        }
        if let (Some(text), KeySource::File(place)) = (self.secrets.get(VAULT_KEY), KeySource::from_environment(url)) {
            private_file::create(&place, text).map_err(at(&place))?;
        }
        Ok(())
    }
}
