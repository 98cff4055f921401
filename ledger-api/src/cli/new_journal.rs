//! What a journal is to be, for the subcommands that make one: its name in checkpoints and its hash suite. Both stand in
//! its first event and never change.

use clap::Args;
use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::note::KeyName;
use ledger_core::journal::Journal;

use super::CliError;
use crate::app::NewJournal;
use crate::audit;

/// Arguments of subcommands that may make a journal. They have no key in `nuanxin.toml`: they hold once and for ever, and a
/// line that goes on standing there would be refused by every journal that was made otherwise.
#[derive(Debug, Args, Default)]
pub struct NewJournalArgs {
    /// For a new journal: sha-256, which other tools know, or sm3 (GB/T 32905) where commercial cryptography of China is
    /// required
    #[arg(long, value_name = "SUITE")]
    hash_suite: Option<HashSuite>,
    /// For a new journal: its name in checkpoints, such as district.example/journal; by default one that nobody else has
    #[arg(long, value_name = "NAME")]
    origin: Option<KeyName>,
}

impl NewJournalArgs {
    /// What an empty journal is to be.
    pub fn wanted(&self) -> NewJournal {
        let usual = NewJournal::default();
        NewJournal {
            origin: self.origin.as_ref().map_or(usual.origin, ToString::to_string),
            suite: self.hash_suite.unwrap_or(usual.suite),
        }
    }

    /// Whether a journal is what was asked for; one that is there already may be another.
    ///
    /// # Errors
    /// [`CliError`] with exit code 2.
    pub async fn check(&self, journal: &dyn Journal) -> Result<(), CliError> {
        let Some(is) = audit::identity(journal).await? else { return Ok(()) };
        if let Some(suite) = self.hash_suite.filter(|suite| *suite != is.suite) {
            let what =
                format!("this journal was made with {}, which never changes; leave --hash-suite {suite} out", is.suite);
            return Err(CliError::input(what));
        }
        match self.origin.as_ref().filter(|origin| origin.as_str() != is.origin) {
            Some(origin) => {
                let what = format!("this journal is named {}, for ever; leave --origin {origin} out", is.origin);
                Err(CliError::input(what))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command};

    use crate::cli::serve::ServeArgs;
    use crate::configuration::Configuration;

    /// What says what a journal is to be when it is made, and nothing afterwards: a line in a file would go on standing there.
    const ARGUMENTS_ALONE: [&str; 3] = ["demo", "hash_suite", "origin"];

    #[test]
    fn a_file_takes_what_serve_takes_but_for_what_is_said_once() {
        let command = ServeArgs::augment_args(Command::new("serve"));
        let arguments: Vec<&str> = command.get_arguments().map(|argument| argument.get_id().as_str()).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nuanxin.toml");
        let takes = |key: &str| {
            std::fs::write(&path, format!("{key} = \"\"\n")).unwrap();
            // Another type may be wanted; only a key that nobody reads is an unknown field.
            !matches!(Configuration::read(&path), Err(told) if told.contains("unknown field"))
        };
        assert!(arguments.contains(&"listen") && !takes("listen_on"), "{arguments:?}");
        for argument in &arguments {
            assert_eq!(takes(argument), !ARGUMENTS_ALONE.contains(argument), "{argument}");
        }
        for alone in ARGUMENTS_ALONE {
            assert!(arguments.contains(&alone), "serve takes no {alone} any more");
            let document = include_str!("../../../docs/configuration.md");
            let row = format!("| `--{}` | ", alone.replace('_', "-"));
            assert!(document.contains(&row), "docs/configuration.md says nothing of --{alone}");
        }
    }
}
