//! What the program is set to, besides its arguments: by a variable of the environment, else by a line of `nuanxin.toml`,
//! else by what is usual. docs/configuration.md has all of it.
//!
//! The file is read once, before anything else. Secrets stand in no such file: it names the files that hold them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::Deserialize;

/// The file that is read where none is named and it is there.
pub const FILE: &str = "nuanxin.toml";
/// Names another file.
pub const VARIABLE: &str = "NUANXIN_CONFIG";

/// Read when the program started; empty where there is no file.
static READ: OnceLock<Configuration> = OnceLock::new();

/// A file as it is written. A test holds it to the arguments of `serve`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    journal: Option<String>,
    listen: Option<String>,
    tls_cert: Option<String>,
    tls_key: Option<String>,
    demo_open: Option<bool>,
    checkpoint_every: Option<u64>,
    log: Option<String>,
    log_format: Option<String>,
    vault_key_file: Option<String>,
    erased_file: Option<String>,
    signing_key_file: Option<String>,
    witness_key_file: Option<String>,
    rate_stranger: Option<String>,
    rate_token: Option<String>,
    rate_account: Option<String>,
    trusted_proxies: Option<Vec<String>>,
    public_url: Option<String>,
    oidc_issuer: Option<String>,
    oidc_client_id: Option<String>,
    oidc_client_secret_file: Option<String>,
    oidc_ca_file: Option<String>,
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    path: Option<PathBuf>,
    values: BTreeMap<&'static str, String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An argument.
    Argument,
    /// A variable of the environment.
    Environment,
    /// The file.
    File,
    /// Nobody said anything.
    Usual,
}

impl Source {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Source::Argument => "argument",
            Source::Environment => "environment",
            Source::File => "file",
            Source::Usual => "default",
        }
    }
}

impl Configuration {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, with the line.
    pub fn read(path: &Path) -> Result<Configuration, String> {
        let unusable = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                unusable(&format!("there is no such file; check its name (--config or {VARIABLE}), or leave it out"))
            } else {
                unusable(&error)
            }
        })?;
        let written: Written = toml::from_str(&text).map_err(|error| unusable(&error))?;
        Ok(Configuration { path: Some(path.to_owned()), values: written.values() })
    }

    /// The file, where there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }
}

impl Written {
    fn values(self) -> BTreeMap<&'static str, String> {
        let Written {
            journal,
            listen,
            tls_cert,
            tls_key,
            demo_open,
            checkpoint_every,
            log,
            log_format,
            vault_key_file,
            erased_file,
            signing_key_file,
            witness_key_file,
            rate_stranger,
            rate_token,
            rate_account,
            trusted_proxies,
            public_url,
            oidc_issuer,
            oidc_client_id,
            oidc_client_secret_file,
            oidc_ca_file,
        } = self;
        let all = [
            ("journal", journal),
            ("listen", listen),
            ("tls_cert", tls_cert),
            ("tls_key", tls_key),
            ("demo_open", demo_open.map(|open| open.to_string())),
            ("checkpoint_every", checkpoint_every.map(|seconds| seconds.to_string())),
            ("log", log),
            ("log_format", log_format),
            ("vault_key_file", vault_key_file),
            ("erased_file", erased_file),
            ("signing_key_file", signing_key_file),
            ("witness_key_file", witness_key_file),
            ("rate_stranger", rate_stranger),
            ("rate_token", rate_token),
            ("rate_account", rate_account),
            ("trusted_proxies", trusted_proxies.map(|all| all.join(","))),
            ("public_url", public_url),
            ("oidc_issuer", oidc_issuer),
            ("oidc_client_id", oidc_client_id),
            ("oidc_client_secret_file", oidc_client_secret_file),
            ("oidc_ca_file", oidc_ca_file),
        ];
        // A blank value is none, as in the environment.
        let said = all.into_iter().filter_map(|(key, value)| Some((key, value?)));
        said.filter(|(_, value)| !value.trim().is_empty()).collect()
    }
}

/// Reads the file that is named by an argument or the environment, or the one in the working folder where there is one.
/// What is read holds until the program ends.
///
/// # Errors
/// What is wrong with it; a file that is named must be there.
pub fn load(named: Option<&Path>) -> Result<&'static Configuration, String> {
    let read = match named {
        Some(path) => Configuration::read(path)?,
        None if Path::new(FILE).is_file() => Configuration::read(Path::new(FILE))?,
        None => Configuration::default(),
    };
    Ok(READ.get_or_init(|| read))
}

/// A variable of the environment; a blank one is none.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// What a variable of the environment says, else the file under the same name without `NUANXIN_` and in small letters.
pub fn setting(name: &str) -> Option<String> {
    setting_with_source(name).map(|(value, _)| value)
}

/// The same with where it comes from.
pub fn setting_with_source(name: &str) -> Option<(String, Source)> {
    if let Some(value) = variable(name) {
        return Some((value, Source::Environment));
    }
    let key = name.split_once('_')?.1.to_ascii_lowercase();
    in_file(&key).map(|value| (value, Source::File))
}

/// The file that was read, where there is one.
pub fn file() -> Option<&'static Path> {
    READ.get()?.path()
}

/// What the file says under a key.
pub fn in_file(key: &str) -> Option<String> {
    READ.get()?.get(key).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::Configuration;

    fn read(text: &str) -> Result<Configuration, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nuanxin.toml");
        std::fs::write(&path, text).unwrap();
        Configuration::read(&path)
    }

    #[test]
    fn a_file_says_what_serve_takes_and_a_blank_value_is_none() {
        let text = "listen = \"0.0.0.0:8443\"\ncheckpoint_every = 30\ndemo_open = false\nlog = \" \"\n\
                    trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\n";
        let read = read(text).unwrap();
        assert_eq!(read.get("listen"), Some("0.0.0.0:8443"));
        assert_eq!(read.get("checkpoint_every"), Some("30"));
        assert_eq!(read.get("trusted_proxies"), Some("127.0.0.1,10.0.0.0/8"));
        assert_eq!((read.get("log"), read.get("demo_open")), (None, Some("false")));
    }

    #[test]
    fn a_key_that_nobody_reads_is_told_with_its_line() {
        for (text, told) in [
            ("listen = \"127.0.0.1:1\"\nlisten_on = 1\n", "listen_on"),
            ("vault_key = \"00\"\n", "vault_key"),
            ("listen = 8080\n", "listen"),
            ("listen = \n", "line 1"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(told) && error.contains("nuanxin.toml"), "{error}");
        }
    }
}
