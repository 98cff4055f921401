//! The secret halves of signing keys: files of their owner alone, beside the journal or where the environment says.
//!
//! A file holds a key a line in the C2SP form, `PRIVATE+KEY+NAME+ID+BASE64`; lines that begin with `#` say what it is.
//! Whoever has the file signs in the journal's name; whoever loses it signs no more, and nothing that was signed is lost.
//! Which keys sign, and until when, is told by the public halves in the [`super::store`].

use std::path::{Path, PathBuf};

use ledger_core::evidence::note::{KeyKind, KeyName, SecretKey};
use ledger_core::journal::url::JournalUrl;
use zeroize::Zeroizing;

use super::AuditError;
use crate::configuration::setting;
use crate::private_file;
use crate::sidecar::sidecar_path;

/// The path of the file with the keys that sign this journal's checkpoints.
const SIGNING_VARIABLE: &str = "NUANXIN_SIGNING_KEY_FILE";
/// The path of the file with the key by which this office cosigns for others.
const WITNESS_VARIABLE: &str = "NUANXIN_WITNESS_KEY_FILE";
/// What stands above the signing keys.
const SIGNING_ABOUT: &str =
    "# Keys that sign the checkpoints of a points journal. Whoever has this file signs in its name.";
/// Longer files hold no keys of ours.
const FILE_BYTES_MAX: u64 = 65_536;

/// A file of secret keys.
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
    /// What stands above the keys.
    about: &'static str,
}

impl KeyFile {
    /// The file of this journal's signing keys: `NUANXIN_SIGNING_KEY_FILE`, else `nuanxin.signing-keys` beside a SQLite
    /// journal, or `data/nuanxin-SCHEMA.signing-keys` for a Postgres one.
    pub fn signing(url: &JournalUrl) -> KeyFile {
        KeyFile::at(place(SIGNING_VARIABLE, url, "signing-keys"))
    }

    /// The file of the key by which this office cosigns: `NUANXIN_WITNESS_KEY_FILE`, else `nuanxin.witness-key` beside.
    pub fn witness(url: &JournalUrl) -> KeyFile {
        let about =
            "# The key by which this office cosigns checkpoints of other journals. It is used for nothing else.";
        KeyFile { path: place(WITNESS_VARIABLE, url, "witness-key"), about }
    }

    /// Signing keys in a file of this path.
    pub fn at(path: PathBuf) -> KeyFile {
        KeyFile { path, about: SIGNING_ABOUT }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys in it, in order; none when it is not there.
    ///
    /// # Errors
    /// [`AuditError::Key`] for a file or a line that cannot be read; a line is never repeated.
    pub fn read(&self) -> Result<Vec<SecretKey>, AuditError> {
        let Some(text) = private_file::read(&self.path, FILE_BYTES_MAX).map_err(|error| self.unusable(&error))? else {
            return Ok(Vec::new());
        };
        let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
        let keys = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        keys.map(|(line, number): (&str, u32)| {
            line.parse().map_err(|error| self.unusable(&format_args!("line {number}: {error}")))
        })
        .collect()
    }

    /// Adds a new key of random bytes.
    ///
    /// # Errors
    /// [`AuditError::Key`].
    pub fn generate(&self, name: &str, kind: KeyKind) -> Result<SecretKey, AuditError> {
        let name: KeyName = name.parse().map_err(|error| AuditError::Key(format!("the name {name:?}: {error}")))?;
        let mut seed = Zeroizing::new([0_u8; 32]);
        getrandom::getrandom(seed.as_mut_slice())
            .map_err(|error| AuditError::Key(format!("the system gives no random bytes: {error}")))?;
        let key = SecretKey::from_seed(name, kind, &seed).map_err(|error| AuditError::Key(error.to_string()))?;
        let mut keys = self.read()?;
        keys.push(key.clone());
        self.write(&keys)?;
        Ok(key)
    }

    /// Takes a key out; `false` when it is not in the file.
    ///
    /// # Errors
    /// [`AuditError::Key`].
    pub fn remove(&self, key: &SecretKey) -> Result<bool, AuditError> {
        let mut keys = self.read()?;
        let before = keys.len();
        keys.retain(|kept| kept.public() != key.public());
        if keys.len() == before {
            return Ok(false);
        }
        self.write(&keys)?;
        Ok(true)
    }

    /// A file beside it, such as the mark of what was signed last.
    pub fn sidecar_path(&self, ending: &str) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    }

    fn write(&self, keys: &[SecretKey]) -> Result<(), AuditError> {
        let mut text = Zeroizing::new(format!("{}\n", self.about));
        for key in keys {
            let line = Zeroizing::new(key.to_secret_text());
            text.push_str(&line);
            text.push('\n');
        }
        private_file::replace(&self.path, &text).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, what: &dyn std::fmt::Display) -> AuditError {
        AuditError::Key(format!("the key file {}: {what}", self.path.display()))
    }
}

fn place(variable: &str, url: &JournalUrl, ending: &str) -> PathBuf {
    match (setting(variable), url) {
        (Some(path), _) => PathBuf::from(path),
        (None, JournalUrl::Sqlite(path)) => sidecar_path(path, ending),
        (None, JournalUrl::Postgres { schema, .. }) => PathBuf::from(format!("data/nuanxin-{schema}.{ending}")),
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::evidence::note::KeyKind;
    use ledger_core::journal::url::JournalUrl;

    use super::KeyFile;

    #[test]
    fn keys_are_kept_for_their_owner_alone_and_taken_out_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::signing(&JournalUrl::Sqlite(folder.path().join("d.db")));
        assert!(file.read().unwrap().is_empty());
        let first = file.generate("district.example/journal", KeyKind::Ed25519).unwrap();
        let second = file.generate("district.example/journal", KeyKind::Ed25519).unwrap();
        assert_ne!(first.public(), second.public());
        let publics = |file: &KeyFile| file.read().unwrap().iter().map(|key| key.public().clone()).collect::<Vec<_>>();
        assert_eq!(publics(&file), [first.public().clone(), second.public().clone()]);
        assert!(file.remove(&first).unwrap());
        assert!(!file.remove(&first).unwrap());
        assert_eq!(publics(&file), [second.public().clone()]);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(file.path()).unwrap());
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(file.generate("with blank", KeyKind::Ed25519).is_err());
        std::fs::write(file.path(), "PRIVATE+KEY+secret\n").unwrap();
        let error = file.read().unwrap_err().to_string();
        assert!(error.contains("line 1") && !error.contains("secret"), "{error}");
    }
}
