//! Where the district key comes from: the environment, or a file made on first use.
//!
//! Whoever has this key and the vault reads every name; whoever loses it has lost the names. It is kept apart from the
//! vault so that a copy of the data alone tells nobody's name.

use std::path::{Path, PathBuf};

use ledger_core::journal::url::JournalUrl;
use zeroize::Zeroizing;

use super::VaultError;
use super::seal::{KEY_BYTES, SecretKey, fill};
use crate::configuration::{setting, variable};
use crate::private_file;
use crate::sidecar::sidecar_path;

/// The key itself, as hexadecimal digits.
const KEY_VARIABLE: &str = "NUANXIN_VAULT_KEY";
/// The path of a file that holds it.
const FILE_VARIABLE: &str = "NUANXIN_VAULT_KEY_FILE";

/// A longer file holds no key; what is read stays small.
const FILE_BYTES_MAX: u64 = 1024;

/// Where the district key is taken from.
pub enum KeySource {
    /// 64 hexadecimal digits, given by whoever started the program.
    Given(Zeroizing<String>),
    /// A file with the same; made, for its owner alone, when a new vault has none yet.
    File(PathBuf),
}

impl KeySource {
    /// What the environment says for this journal: `NUANXIN_VAULT_KEY`, else the file `NUANXIN_VAULT_KEY_FILE`, else a
    /// file in a folder `keys` of its own. Where an earlier program made one beside the data, that one is used on.
    pub fn from_environment(url: &JournalUrl) -> KeySource {
        // The key itself is in no file of settings.
        if let Some(key) = variable(KEY_VARIABLE) {
            return KeySource::Given(Zeroizing::new(key));
        }
        KeySource::File(match (setting(FILE_VARIABLE), url) {
            (Some(path), _) => PathBuf::from(path),
            (None, url) => {
                let beside_data = beside_data(url);
                if beside_data.is_file() { beside_data } else { keys_file(url, "vault-key") }
            }
        })
    }

    /// The key as text, if there is one: for backups, which take it along.
    ///
    /// # Errors
    /// [`VaultError::Key`] for a file that cannot be read.
    pub(crate) fn text(&self) -> Result<Option<Zeroizing<String>>, VaultError> {
        match self {
            KeySource::Given(text) => Ok(Some(text.clone())),
            KeySource::File(path) => private_file::read(path, FILE_BYTES_MAX).map_err(|error| unusable(path, &error)),
        }
    }

    /// The key. A file that is not there is made only for a vault that is new too: for one in use, another key would
    /// leave its names unreadable for ever.
    pub(super) fn key(&self, vault_is_new: bool) -> Result<SecretKey, VaultError> {
        match self {
            KeySource::Given(text) => parse(text, KEY_VARIABLE),
            KeySource::File(path) => match read(path)? {
                Some(key) => Ok(key),
                None if vault_is_new => make(path),
                None => Err(VaultError::Key(format!(
                    "the key file {} is not there, but the vault is in use; put the file back, or set {KEY_VARIABLE} \
                     or {FILE_VARIABLE}",
                    path.display()
                ))),
            },
        }
    }
}

/// Where an earlier program made the key.
fn beside_data(url: &JournalUrl) -> PathBuf {
    match url {
        JournalUrl::Sqlite(path) => sidecar_path(path, "vault-key"),
        JournalUrl::Postgres { schema, .. } => PathBuf::from(format!("data/nuanxin-{schema}.vault-key")),
    }
}

/// A file in the folder of keys: apart from the data, so that a copy of the data takes no key along.
pub(super) fn keys_file(url: &JournalUrl, what: &str) -> PathBuf {
    let beside = match url {
        JournalUrl::Sqlite(path) => sidecar_path(path, what),
        JournalUrl::Postgres { schema, .. } => PathBuf::from(format!("data/nuanxin-{schema}.{what}")),
    };
    let name = beside.file_name().map(std::ffi::OsStr::to_owned).unwrap_or_else(|| what.into());
    beside.with_file_name("keys").join(name)
}

fn parse(text: &str, place: &str) -> Result<SecretKey, VaultError> {
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    // What was found is not repeated: it may be a key with one digit too few.
    hex::decode_to_slice(text.trim(), key.as_mut_slice())
        .map_err(|_| VaultError::Key(format!("{place} must hold 64 hexadecimal digits")))?;
    Ok(key)
}

fn read(path: &Path) -> Result<Option<SecretKey>, VaultError> {
    match private_file::read(path, FILE_BYTES_MAX).map_err(|error| unusable(path, &error))? {
        Some(text) => parse(&text, &path.display().to_string()).map(Some),
        None => Ok(None),
    }
}

/// Makes the file whole or not at all. When another process was first, its key is the key.
fn make(path: &Path) -> Result<SecretKey, VaultError> {
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    fill(key.as_mut_slice())?;
    let text = Zeroizing::new(format!("{}\n", hex::encode(key.as_slice())));
    if private_file::create(path, &text).map_err(|error| unusable(path, &error))? {
        tracing::info!(path = %path.display(), "made a key file for the vault of names; keep a copy of it in a safe place");
        return Ok(key);
    }
    read(path)?.ok_or_else(|| VaultError::Key(format!("the key file {} came and went; start again", path.display())))
}

fn unusable(path: &Path, error: &std::io::Error) -> VaultError {
    VaultError::Key(format!("the key file {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::KeySource;

    #[test]
    fn a_file_is_made_once_for_its_owner_alone_and_then_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys").join("district.vault-key");
        let source = KeySource::File(path.clone());
        assert!(source.key(false).is_err(), "a vault in use gets no new key");
        let made = source.key(true).unwrap();
        assert_eq!(*source.key(true).unwrap(), *made);
        assert_eq!(*source.key(false).unwrap(), *made);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        let digits = "ab".repeat(32);
        let given = |text: &str| KeySource::Given(Zeroizing::new(text.to_owned())).key(true);
        assert!(given(&format!(" {digits}\n")).is_ok());
        for text in ["", "abc", &digits[2..], &format!("{digits}00"), &digits.replace('a', "g")] {
            let error = given(text).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
}
