//! `nuanxin config check`: what the settings come to and where each comes from, and whether all of it can be used: before a
//! server is started, or while it runs.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{IpAddr, ToSocketAddrs};
use std::process::ExitCode;

use clap::Subcommand;
use ledger_core::domain::time::BusinessTime;
use ledger_core::journal::url::JournalUrl;
use serde_json::json;

use super::account::accounts;
use super::oidc::OidcArgs;
use super::serve::{Tls, checkpoint_every, demo_open, listen, open_certificates};
use super::{CliError, CliResult, Setting};
use crate::app::open_journal_to_read;
use crate::configuration::{self, Source};
use crate::server;
use crate::service::administrators::is_one_alone;
use crate::service::staffing::{Staffing, staffing};
use crate::vault::Vault;

/// Sites named one by one.
const SHOWN: usize = 10;

/// Subcommands of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting with where it comes from, and what of it cannot be used; exit code 1 where something cannot
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What was found.
#[derive(Default)]
struct Found {
    settings: Vec<(&'static str, String, Source)>,
    /// Nothing can be served like this.
    wrong: Vec<String>,
    /// It can, and somebody should know.
    warnings: Vec<String>,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub async fn run(command: ConfigCommand, journal: &Setting, url: &JournalUrl) -> CliResult {
    let ConfigCommand::Check { json: as_json } = command;
    let mut found = Found::default();
    found.set("journal", Setting { value: without_password(&journal.value), source: journal.source });
    check_server(&mut found);
    check_provider(&mut found).await;
    for variable in OF_ENVIRONMENT {
        let (value, source) =
            configuration::setting_with_source(variable).unwrap_or_else(|| ("".to_owned(), Source::Usual));
        found.set(variable, Setting { value, source });
    }
    // Whether one is there is all that is told of it.
    let key = configuration::variable("NUANXIN_VAULT_KEY");
    let told = key.as_ref().map_or((String::new(), Source::Usual), |_| ("(set)".to_owned(), Source::Environment));
    found.settings.push(("NUANXIN_VAULT_KEY", told.0, told.1));
    check_journal(&mut found, url).await;
    let text = if as_json { found.json()? } else { found.text() };
    let mut output = std::io::stdout().lock();
    let printed = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    printed.map_err(|error| CliError::failed(format!("standard output: {error}")))?;
    Ok(if found.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What the environment or the file says, and no argument.
const OF_ENVIRONMENT: &[&str] = &[
    "NUANXIN_LOG",
    "NUANXIN_LOG_FORMAT",
    "NUANXIN_VAULT_KEY_FILE",
    "NUANXIN_ERASED_FILE",
    "NUANXIN_SIGNING_KEY_FILE",
    "NUANXIN_WITNESS_KEY_FILE",
    "NUANXIN_RATE_STRANGER",
    "NUANXIN_RATE_TOKEN",
    "NUANXIN_RATE_ACCOUNT",
    "NUANXIN_TRUSTED_PROXIES",
];

/// An address may hold a password.
fn without_password(journal: &str) -> String {
    let Some((scheme, rest)) = journal.split_once("://") else { return journal.to_owned() };
    let Some((who, place)) = rest.split_once('@') else { return journal.to_owned() };
    let who = who.split_once(':').map_or(who, |(name, _)| name);
    format!("{scheme}://{who}@{place}")
}

fn check_server(found: &mut Found) {
    let address = listen(None);
    let tls = Tls::of(None, None);
    let open = match address.value.to_socket_addrs() {
        Ok(mut addresses) => addresses.any(|address| !IpAddr::is_loopback(&address.ip())),
        Err(error) => {
            found.wrong.push(format!("listen: {} is no ADDRESS:PORT: {error}", address.value));
            false
        }
    };
    match tls.files() {
        Ok(None) if open => found.warnings.push(
            "listen: others reach this server without HTTPS, and no password is taken so; set tls_cert and tls_key, or \
             listen on 127.0.0.1 behind a proxy that has a certificate (docs/guides/https.md)"
                .to_owned(),
        ),
        Ok(None) => {}
        Ok(Some(files)) => {
            if let Err(error) = open_certificates(files) {
                found.wrong.push(format!("tls_cert, tls_key: {}", error.message()));
            }
        }
        Err(error) => found.wrong.push(error.message().to_owned()),
    }
    if let Err(error) = server::rates() {
        found.wrong.push(error);
    }
    found.set("listen", address);
    found.set("tls_cert", tls.certificate);
    found.set("tls_key", tls.key);
    found.set("demo_open", demo_open());
    found.set("checkpoint_every", checkpoint_every());
}

/// The identity provider is asked what it says of itself: one that does not answer is a warning, since passwords go on.
async fn check_provider(found: &mut Found) {
    let oidc = OidcArgs::default().written();
    #[cfg(feature = "oidc")]
    match oidc.provider() {
        Ok(None) => {}
        Ok(Some(provider)) => {
            if let Err(error) = provider.discover().await {
                found.warnings.push(format!("oidc_issuer: {error}; until it answers, people log in with a password"));
            }
        }
        Err(error) => found.wrong.push(error.message().to_owned()),
    }
    #[cfg(not(feature = "oidc"))]
    if let Err(error) = oidc.settle() {
        found.wrong.push(error.message().to_owned());
    }
    // With a provider it was looked at above.
    if let (true, Err(error)) = (oidc.issuer.value.trim().is_empty(), oidc.address()) {
        found.wrong.push(error.message().to_owned());
    }
    found.set("public_url", oidc.public_url);
    found.set("oidc_issuer", oidc.issuer);
    found.set("oidc_client_id", oidc.client_id);
    found.set("oidc_client_secret_file", oidc.client_secret_file);
    found.set("oidc_ca_file", oidc.ca_file);
}

async fn check_journal(found: &mut Found, url: &JournalUrl) {
    if matches!(url, JournalUrl::Sqlite(path) if !path.exists()) {
        found.warnings.push("journal: there is none yet; serve and import make one".to_owned());
        return;
    }
    let journal = match open_journal_to_read(url).await {
        Ok(journal) => journal,
        Err(error) => return found.wrong.push(format!("journal: {error}")),
    };
    if let Err(error) = Vault::open_if_there(url).await {
        found.wrong.push(format!("the vault of names: {error}"));
    }
    let today = BusinessTime::from_instant(&chrono::Utc::now()).date();
    match is_one_alone(journal.as_ref(), today).await {
        Ok(true) => found.warnings.push(
            "accounts: a single person administers, so nobody gives approvers and administrators a second word; open a \
             second administrator's account"
                .to_owned(),
        ),
        Ok(false) => {}
        Err(error) => found.wrong.push(format!("journal: {error}")),
    }
    let accounts = match accounts(journal.as_ref()).await {
        Ok(accounts) => accounts,
        Err(error) => return found.wrong.push(format!("journal: {}", error.message())),
    };
    match staffing(journal.as_ref(), accounts.iter(), today).await {
        Ok(staffing) => found.warnings.extend(too_few(&staffing)),
        Err(error) => found.wrong.push(format!("journal: {error}")),
    }
}

/// Where people are missing, in sentences.
fn too_few(staffing: &Staffing) -> Vec<String> {
    if staffing.suffices() {
        return Vec::new();
    }
    let need = staffing.need;
    if staffing.sites == 0 {
        let have = staffing.district;
        return vec![format!(
            "approvers: checks, an objection and an appeal take {need} different people, and {have} can approve"
        )];
    }
    let mut told: Vec<String> = staffing
        .short
        .iter()
        .take(SHOWN)
        .map(|(id, name, have)| {
            format!("approvers: site {id} {name} has {have} of the {need} people whom checks, an objection and an appeal take")
        })
        .collect();
    if let Some(more) = staffing.short.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        told.push(format!(
            "approvers: the same of {more} sites more; approvers of a higher site may stand in for all of them"
        ));
    }
    told
}

impl Found {
    fn set(&mut self, name: &'static str, setting: Setting) {
        self.settings.push((name, setting.value, setting.source));
    }

    fn json(&self) -> Result<String, CliError> {
        let settings: Vec<_> = self
            .settings
            .iter()
            .map(|(name, value, source)| json!({"name": name, "value": value, "source": source.as_str()}))
            .collect();
        let file = configuration::file().map(|path| path.display().to_string());
        let all = json!({"file": file, "settings": settings, "wrong": self.wrong, "warnings": self.warnings});
        let text = serde_json::to_string_pretty(&all);
        text.map(|text| format!("{text}\n")).map_err(|error| CliError::failed(format!("the settings as JSON: {error}")))
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let file = configuration::file().map_or("none".to_owned(), |path| path.display().to_string());
        let _ = writeln!(text, "file: {file}");
        for (name, value, source) in &self.settings {
            let shown = if value.is_empty() { "-" } else { value };
            let _ = writeln!(text, "{name:<26} {shown}  ({})", source.as_str());
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "warning 提醒: {warning}");
        }
        for wrong in &self.wrong {
            let _ = writeln!(text, "wrong 不能用: {wrong}");
        }
        if self.wrong.is_empty() {
            let _ = writeln!(text, "ok 可以使用");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_in_an_address_is_not_printed() {
        assert_eq!(without_password("postgres://u:secret@h/d?schema=s"), "postgres://u@h/d?schema=s");
        assert_eq!(without_password("postgres://u@h/d"), "postgres://u@h/d");
        assert_eq!(without_password("sqlite:data/nuanxin.db"), "sqlite:data/nuanxin.db");
    }
}
