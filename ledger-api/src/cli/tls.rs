//! `nuanxin tls`: certificates for a server that no public authority reaches.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use clap::{Args, Subcommand};

use super::say::say;
use super::{CliError, CliResult};
use crate::certificates::self_signed;

/// What `tls` does.
#[derive(Debug, Subcommand)]
pub enum TlsCommand {
    /// Make a certificate for a counter on a local network, with the root that its devices install
    SelfSigned(SelfSignedArgs),
}

/// Arguments of `tls self-signed`.
#[derive(Debug, Args)]
pub struct SelfSignedArgs {
    /// A name or address by which devices open the server; give it once for each [default: this machine itself]
    #[arg(long = "name", value_name = "HOST")]
    names: Vec<String>,
    /// The folder for nuanxin.crt, nuanxin.key and nuanxin-root.crt; none of them may be there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the subcommand.
///
/// # Errors
/// [`CliError`].
pub fn run(command: TlsCommand) -> CliResult {
    let TlsCommand::SelfSigned(args) = command;
    let names = if args.names.is_empty() { own_names() } else { args.names };
    let written = self_signed::write(&args.out, &names, Utc::now().date_naive()).map_err(CliError::input)?;
    say!("names        {}", names.join(" "));
    say!("certificate  {}", written.files.certificate.display());
    say!("key          {}", written.files.key.display());
    say!("root         {}", written.root.display());
    say!("fingerprint  {}", written.fingerprint);
    say!("until        {}", written.until);
    Ok(ExitCode::SUCCESS)
}

/// The names by which this machine knows itself.
fn own_names() -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let system = rustix::system::uname();
    let host = system.nodename().to_string_lossy();
    let usable = !host.is_empty() && host.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '.'));
    if usable && host != "localhost" {
        names.insert(0, host.into_owned());
    }
    names
}
