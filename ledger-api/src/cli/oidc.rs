//! The district's identity provider, as `serve` and `config check` are set to it.

use clap::Args;

use super::{CliError, Setting};
use crate::oidc::{Settings, Written};

/// Arguments about the identity provider.
#[derive(Debug, Default, Args)]
pub(super) struct OidcArgs {
    /// Where browsers reach this server, such as https://ledger.example.gov.cn
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Let people log in with the district's identity provider (OpenID Connect), which names itself so; takes a program that
    /// was built with the feature oidc
    #[arg(long, value_name = "URL")]
    oidc_issuer: Option<String>,
    /// The name under which the provider knows this server
    #[arg(long, value_name = "ID")]
    oidc_client_id: Option<String>,
    /// A file that holds the secret of that name; none for a public client
    #[arg(long, value_name = "FILE")]
    oidc_client_secret_file: Option<String>,
    /// The certificates (PEM) of the authority that the provider's is from; the public ones without
    #[arg(long, value_name = "FILE")]
    oidc_ca_file: Option<String>,
}

/// What is written about the provider, with where that comes from.
pub(super) struct Oidc {
    pub(super) public_url: Setting,
    pub(super) issuer: Setting,
    pub(super) client_id: Setting,
    pub(super) client_secret_file: Setting,
    pub(super) ca_file: Setting,
}

impl OidcArgs {
    /// The arguments, or what the file says.
    pub(super) fn written(&self) -> Oidc {
        let of = |argument: &Option<String>, key: &str| Setting::of_file(argument.clone(), key, "");
        Oidc {
            public_url: of(&self.public_url, "public_url"),
            issuer: of(&self.oidc_issuer, "oidc_issuer"),
            client_id: of(&self.oidc_client_id, "oidc_client_id"),
            client_secret_file: of(&self.oidc_client_secret_file, "oidc_client_secret_file"),
            ca_file: of(&self.oidc_ca_file, "oidc_ca_file"),
        }
    }
}

impl Oidc {
    /// What holds; none where no provider is named.
    ///
    /// # Errors
    /// [`CliError`] for what cannot be used.
    pub(super) fn settle(&self) -> Result<Option<Settings>, CliError> {
        let text = |setting: &Setting| setting.value.trim().to_owned();
        let written = Written {
            issuer: text(&self.issuer),
            client_id: text(&self.client_id),
            client_secret_file: text(&self.client_secret_file),
            ca_file: text(&self.ca_file),
            public_url: text(&self.public_url),
        };
        written.settle().map_err(CliError::input)
    }

    /// Where browsers reach this server, for what is printed; none where that is not said.
    ///
    /// # Errors
    /// [`CliError`] for what is no address of a server.
    pub(super) fn address(&self) -> Result<Option<String>, CliError> {
        let address = self.public_url.value.trim().trim_end_matches('/');
        if address.is_empty() {
            return Ok(None);
        }
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let is_server = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
        if is_server {
            return Ok(Some(address.to_owned()));
        }
        Err(CliError::input(format!("public_url: {address} is no address of a server; write https://HOST")))
    }

    /// The provider; none where none is named. It is not asked yet.
    ///
    /// # Errors
    /// As [`Oidc::settle`], and where the certificates cannot be used.
    #[cfg(feature = "oidc")]
    pub(super) fn provider(&self) -> Result<Option<crate::oidc::Provider>, CliError> {
        self.settle()?.map(crate::oidc::Provider::new).transpose().map_err(CliError::input)
    }
}
