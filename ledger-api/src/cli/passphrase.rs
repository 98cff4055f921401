//! The passphrase of a sealed backup: from a file, the environment or standard input, never from an argument, which every
//! user of the machine can see.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::CliError;
use crate::private_file;

const VARIABLE: &str = "NUANXIN_BACKUP_PASSPHRASE";
/// Longer than any passphrase, shorter than a file named by mistake.
const BYTES_MAX: u64 = 1_024;
/// A sealed file can be guessed at by whoever has it, for as long as they like.
const CHARS_MIN: usize = 12;

/// The passphrase to open a backup with.
///
/// # Errors
/// [`CliError`] with exit code 2 when none is given.
pub(super) fn to_open(file: Option<&Path>) -> Result<Zeroizing<String>, CliError> {
    given(file, false)
}

/// The passphrase to seal a backup with: typed twice at a terminal, and long enough.
///
/// # Errors
/// [`CliError`] with exit code 2.
pub(super) fn to_seal(file: Option<&Path>) -> Result<Zeroizing<String>, CliError> {
    let passphrase = given(file, true)?;
    if passphrase.chars().count() < CHARS_MIN {
        let what = format!("the passphrase is shorter than {CHARS_MIN} characters; take several words");
        return Err(CliError::input(what));
    }
    Ok(passphrase)
}

fn given(file: Option<&Path>, twice: bool) -> Result<Zeroizing<String>, CliError> {
    let unusable = |what: &dyn std::fmt::Display| CliError::input(format!("the passphrase: {what}"));
    let text = match (file, std::env::var(VARIABLE)) {
        (Some(path), _) => private_file::read(path, BYTES_MAX)
            .map_err(|error| unusable(&format_args!("{}: {error}", path.display())))?
            .ok_or_else(|| unusable(&format_args!("there is no file {}", path.display())))?,
        (None, Ok(text)) => Zeroizing::new(text),
        (None, Err(_)) if std::io::stdin().is_terminal() => {
            let first = typed("passphrase: ").map_err(|error| unusable(&error))?;
            if twice && *typed("the same again: ").map_err(|error| unusable(&error))? != *first {
                return Err(unusable(&"what was typed differs"));
            }
            first
        }
        (None, Err(_)) => line().map_err(|error| unusable(&error))?,
    };
    let text = Zeroizing::new(text.lines().next().unwrap_or_default().to_owned());
    if text.is_empty() {
        let what = format!("none is given; write it to standard input, name --passphrase-file FILE, or set {VARIABLE}");
        return Err(CliError::input(what));
    }
    Ok(text)
}

/// A line of standard input.
fn line() -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().lock().take(BYTES_MAX).read_line(&mut text)?;
    Ok(text)
}

/// A line typed at a terminal that does not show it.
pub(super) fn typed(prompt: &str) -> std::io::Result<Zeroizing<String>> {
    let terminal = std::io::stdin();
    let shown = tcgetattr(&terminal)?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    let mut out = std::io::stderr().lock();
    write!(out, "{prompt}")?;
    out.flush()?;
    tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
    let text = line();
    tcsetattr(&terminal, OptionalActions::Flush, &shown)?;
    writeln!(out)?;
    text
}
