//! The random ids of keys that were destroyed: a list that no backup takes along.
//!
//! Backups made before an erasure still hold the key. Whenever a vault is opened, and so after each restore before
//! anything is served, every key on this list is deleted again. An id tells nothing: it was drawn at random, and what it
//! was the id of is gone.
//!
//! The list stands in the folder of the vault's key, or where `NUANXIN_ERASED_FILE` says. A copy of each id goes to the
//! list of this machine (`$XDG_STATE_HOME/nuanxin/erased`, else `~/.local/state/nuanxin/erased`), for whoever moves the
//! data and their keys away and restores into an empty place.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use ledger_core::journal::sqlite::private;
use ledger_core::journal::url::JournalUrl;

use super::VaultError;
use super::key::keys_file;
use super::seal::KEY_ID_BYTES;
use super::store::KeyId;
use crate::configuration::{setting, variable};

/// The path of the list, instead of the usual one.
const FILE_VARIABLE: &str = "NUANXIN_ERASED_FILE";

pub(super) struct ErasedKeys {
    /// What is put down stands here, or nothing is erased.
    list: PathBuf,
    /// The list of this machine, where it can have one.
    of_machine: Option<PathBuf>,
}

impl ErasedKeys {
    pub(super) fn of(url: &JournalUrl) -> ErasedKeys {
        match setting(FILE_VARIABLE) {
            Some(path) => ErasedKeys { list: PathBuf::from(path), of_machine: None },
            None => {
                let state = variable("XDG_STATE_HOME").map(PathBuf::from);
                let state =
                    state.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".local").join("state")));
                ErasedKeys {
                    list: keys_file(url, "erased"),
                    of_machine: state.filter(|path| path.is_absolute()).map(|path| path.join("nuanxin").join("erased")),
                }
            }
        }
    }

    /// Every id that was put down.
    pub(super) fn keys(&self) -> Result<Vec<KeyId>, VaultError> {
        let mut keys = read(&self.list).map_err(|error| unusable(&self.list, &error))?;
        if let Some(path) = &self.of_machine {
            match read(path) {
                Ok(more) => keys.extend(more),
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "this machine's list of erasures cannot be read")
                }
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    /// Puts ids down, durably.
    pub(super) fn put_down(&self, keys: &[KeyId]) -> Result<(), VaultError> {
        if keys.is_empty() {
            return Ok(());
        }
        append(&self.list, keys).map_err(|error| unusable(&self.list, &error))?;
        if let Some(path) = &self.of_machine
            && let Err(error) = append(path, keys)
        {
            tracing::warn!(path = %path.display(), %error, "an erasure stands in the journal's own list alone");
        }
        Ok(())
    }
}

fn read(path: &Path) -> std::io::Result<Vec<KeyId>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    // A last line that a crash cut short names a key that was not deleted either.
    Ok(text.lines().filter_map(|line| <[u8; KEY_ID_BYTES]>::try_from(hex::decode(line.trim()).ok()?).ok()).collect())
}

fn append(path: &Path, keys: &[KeyId]) -> std::io::Result<()> {
    private::make_folder_of(path)?;
    let lines: String = keys.iter().map(|key| format!("{}\n", hex::encode(key))).collect();
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // After a line that was cut short a new one begins; a blank one is none.
    file.write_all(format!("\n{lines}").as_bytes())?;
    file.sync_all()?;
    private::sync_folder_of(path)
}

fn unusable(path: &Path, error: &std::io::Error) -> VaultError {
    VaultError::Key(format!("the list of erasures {}: {error}", path.display()))
}
