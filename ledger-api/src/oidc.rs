//! Logging in with the district's identity provider (OpenID Connect): what it is set to, and behind the feature `oidc` what
//! talks to the provider. Nothing here knows an account: a provider says who somebody is, and `access::links` which account
//! that is.
//!
//! The settings are read and judged in every build, so that a program without the feature says so instead of ignoring them.

#[cfg(feature = "oidc")]
mod attempt;
#[cfg(feature = "oidc")]
mod http_client;
#[cfg(feature = "oidc")]
mod provider;

use std::path::{Path, PathBuf};

use axum::http::Uri;
use zeroize::Zeroizing;

use crate::peer::is_loopback;
use crate::private_file;

#[cfg(feature = "oidc")]
pub use attempt::{Attempt, SECONDS as ATTEMPT_SECONDS};
#[cfg(feature = "oidc")]
pub use provider::{Provider, ProviderError};

/// Where the provider sends browsers back to, below the address of this server.
pub const CALLBACK: &str = "/login/oidc/callback";
/// The longest file with a client's secret, in bytes.
const SECRET_BYTES_MAX: u64 = 4_096;
/// What to do about a program that was built without.
const WITHOUT: &str = "this program was built without OpenID Connect; build it with `cargo build --release --features oidc`, \
                       or take the oidc_ settings out";

/// What is written in the settings; blank where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// `oidc_issuer`.
    pub issuer: String,
    /// `oidc_client_id`.
    pub client_id: String,
    /// `oidc_client_secret_file`.
    pub client_secret_file: String,
    /// `oidc_ca_file`.
    pub ca_file: String,
    /// `public_url`, under which browsers come back from the provider.
    pub public_url: String,
}

/// What a provider is asked with.
#[derive(Clone)]
pub struct Settings {
    /// The provider, as it names itself.
    pub issuer: String,
    /// How it knows this server.
    pub client_id: String,
    /// By what this server proves that; none for a public client, which PKCE alone protects.
    pub client_secret: Option<Zeroizing<String>>,
    /// Whose certificates are believed, where those are not the public authorities'.
    pub ca_file: Option<PathBuf>,
    /// Where the provider sends browsers back to.
    pub redirect: String,
}

impl Written {
    /// What holds; none where no provider is named.
    ///
    /// # Errors
    /// What cannot be used, and the cure.
    pub fn settle(&self) -> Result<Option<Settings>, String> {
        self.settle_in(cfg!(feature = "oidc"))
    }

    fn settle_in(&self, built_with: bool) -> Result<Option<Settings>, String> {
        let others = [&self.client_id, &self.client_secret_file, &self.ca_file];
        if self.issuer.is_empty() {
            if others.iter().all(|text| text.is_empty()) {
                return Ok(None);
            }
            return Err("oidc_issuer: no provider is named; set it, or take the other oidc_ settings out".to_owned());
        }
        if !built_with {
            return Err(format!("oidc_issuer: {WITHOUT}"));
        }
        check_address("oidc_issuer", &self.issuer)?;
        if self.client_id.is_empty() {
            return Err("oidc_client_id: write the name under which the provider knows this server".to_owned());
        }
        if self.public_url.is_empty() {
            return Err(
                "public_url: write where browsers reach this server, such as https://ledger.example.gov.cn; the \
                        provider sends them back there"
                    .to_owned(),
            );
        }
        check_address("public_url", &self.public_url)?;
        let base = self.public_url.trim_end_matches('/');
        // The pages stand at the root of their server.
        if base.split_once("://").is_some_and(|(_, rest)| rest.contains('/')) {
            return Err(format!("public_url: {base} names a path; write the server alone"));
        }
        let client_secret = match self.client_secret_file.as_str() {
            "" => None,
            path => Some(secret_of(Path::new(path))?),
        };
        Ok(Some(Settings {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret,
            ca_file: Some(PathBuf::from(&self.ca_file)).filter(|path| !path.as_os_str().is_empty()),
            redirect: format!("{base}{CALLBACK}"),
        }))
    }
}

/// An address of a server, encrypted unless it is this very machine.
fn check_address(what: &str, address: &str) -> Result<(), String> {
    let wrong = |told: &str| Err(format!("{what}: {address} {told}"));
    let parsed = address.parse::<Uri>().ok().filter(|_| !address.contains(['#', '?', '@']));
    let Some((scheme, authority)) = parsed.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?))) else {
        return wrong("is no address of a server; write https://HOST");
    };
    match scheme {
        "https" => Ok(()),
        "http" if is_loopback(authority.as_str()) => Ok(()),
        _ => wrong("is not encrypted; write https://HOST"),
    }
}

fn secret_of(path: &Path) -> Result<Zeroizing<String>, String> {
    let wrong = |told: &dyn std::fmt::Display| format!("oidc_client_secret_file: {}: {told}", path.display());
    let text = private_file::read(path, SECRET_BYTES_MAX).map_err(|error| wrong(&error))?;
    let text = text.ok_or_else(|| wrong(&"there is no such file; write the client's secret into it"))?;
    let secret = Zeroizing::new(text.trim().to_owned());
    if secret.is_empty() {
        return Err(wrong(&"the file is empty; write the client's secret into it"));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::Written;

    fn written() -> Written {
        Written {
            issuer: "https://id.example/realms/district".to_owned(),
            client_id: "nuanxin".to_owned(),
            public_url: "https://ledger.example/".to_owned(),
            ..Written::default()
        }
    }

    #[test]
    fn a_provider_is_settled_with_where_it_sends_browsers_back_to() {
        let settings = written().settle_in(true).unwrap().unwrap();
        assert_eq!(settings.redirect, "https://ledger.example/login/oidc/callback");
        assert_eq!(settings.issuer, "https://id.example/realms/district");
        assert!(settings.client_secret.is_none() && settings.ca_file.is_none());
        assert!(Written::default().settle_in(true).unwrap().is_none());
        // The address alone asks for no provider, in any build.
        let address = Written { public_url: "https://ledger.example".to_owned(), ..Written::default() };
        assert!(address.settle_in(false).unwrap().is_none());
    }

    #[test]
    fn a_secret_is_read_from_its_file_without_the_line_s_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "s3cret\n").unwrap();
        let path = path.to_string_lossy().into_owned();
        let settings = Written { client_secret_file: path.clone(), ..written() }.settle_in(true).unwrap().unwrap();
        assert_eq!(settings.client_secret.unwrap().as_str(), "s3cret");
        std::fs::write(&path, " \n").unwrap();
        for path in [path, "nowhere/secret".to_owned()] {
            let wrong = Written { client_secret_file: path, ..written() }.settle_in(true).err().unwrap();
            assert!(wrong.starts_with("oidc_client_secret_file: "), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_used_names_the_setting() {
        let with = |change: &dyn Fn(&mut Written)| {
            let mut written = written();
            change(&mut written);
            written.settle_in(true).err().unwrap_or_default()
        };
        for (told, wrong) in [
            ("oidc_issuer", with(&|written| written.issuer = String::new())),
            ("oidc_issuer", with(&|written| written.issuer = "id.example".to_owned())),
            ("oidc_issuer", with(&|written| written.issuer = "http://id.example".to_owned())),
            ("oidc_issuer", with(&|written| written.issuer = "https://id.example/?a=b".to_owned())),
            ("oidc_issuer", with(&|written| written.issuer = "https://user@id.example/".to_owned())),
            ("oidc_client_id", with(&|written| written.client_id = String::new())),
            ("public_url", with(&|written| written.public_url = String::new())),
            ("public_url", with(&|written| written.public_url = "http://ledger.example".to_owned())),
            ("public_url", with(&|written| written.public_url = "https://ledger.example/points".to_owned())),
        ] {
            assert!(wrong.starts_with(told), "{told}: {wrong:?}");
        }
        let local = Written {
            issuer: "http://127.0.0.1:9".to_owned(),
            public_url: "http://localhost:8".to_owned(),
            ..written()
        };
        assert!(local.settle_in(true).is_ok());
    }

    #[test]
    fn a_program_without_it_says_how_to_get_one_with_it() {
        let wrong = written().settle_in(false).err().unwrap();
        assert!(wrong.contains("--features oidc"), "{wrong}");
    }
}
