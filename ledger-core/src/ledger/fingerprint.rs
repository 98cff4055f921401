//! What makes two askings the same: a digest of the content that decides a command's effect.
//!
//! Witness and evidence are annotations and left out: a sheet sent again with another witness is the same record
//! (docs/decisions/004). The context's time and actor are left out, because a retry comes later, maybe from another
//! desk.

use super::commands::Command;
use super::commands::content::Content;
use crate::journal::fingerprint::Fingerprint;

/// The fingerprint of a command.
pub fn fingerprint(command: &Command) -> Fingerprint {
    let mut content = Content::default();
    command.write_content(&mut content);
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(content.digest()) {
        *to = from;
    }
    Fingerprint::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::fingerprint;
    use crate::domain::ids::{ActivityCode, WorkerId};
    use crate::domain::points::Points;
    use crate::domain::programme::command::Settings;
    use crate::domain::programme::guards::{Guard, GuardKind};
    use crate::domain::quantity::Quantity;
    use crate::ledger::commands::samples::samples;
    use crate::ledger::commands::{self, Command};

    fn credit(quantity: &str, witness: Option<&str>) -> Command {
        Command::RecordCredit(commands::RecordCredit {
            worker: WorkerId::new("W1").expect("id"),
            activity: ActivityCode::new("ZY01").expect("code"),
            on: chrono::NaiveDate::from_ymd_opt(2024, 3, 5),
            quantity: Quantity::parse(quantity),
            witness: witness.map(str::to_owned),
            own_witness: witness == Some("b"),
            evidence: None,
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
        })
    }

    fn golden_path() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ledger/golden/fingerprints.txt"))
    }

    /// Journals hold fingerprints for ever: a command sent again must have the one it had. Lines of the golden file are
    /// never edited; `NUANXIN_BLESS=1` appends those of samples that it does not have yet.
    #[test]
    fn a_command_has_the_fingerprint_it_always_had() {
        let sampled: BTreeSet<&str> = samples().iter().map(|(_, command)| command.name()).collect();
        assert_eq!(sampled, Command::NAMES.iter().copied().collect(), "every command has a sample");
        let mut golden = std::fs::read_to_string(golden_path()).unwrap_or_default();
        let mut missing = Vec::new();
        for (name, command) in samples() {
            let now = fingerprint(&command).to_string();
            match golden.lines().filter_map(|line| line.split_once(' ')).find(|(known, _)| *known == name) {
                Some((_, before)) => assert_eq!(now, before, "{name}"),
                None => missing.push(format!("{name} {now}\n")),
            }
        }
        if !missing.is_empty() && std::env::var_os("NUANXIN_BLESS").is_some() {
            golden.extend(missing.drain(..));
            std::fs::write(golden_path(), &golden).expect("the golden file is written");
        }
        assert!(missing.is_empty(), "without a golden value: {missing:?}");
        assert_eq!(golden.lines().count(), samples().len(), "a sample is gone");
    }

    #[test]
    fn settings_that_came_later_change_no_fingerprint_of_a_command_without_them() {
        let settings = Settings {
            approval_required: Some(true),
            code: None,
            name: Some("兖州区".to_owned()),
            points_step: Some(Points::from_hundredths(50)),
            publicity_days: Some(3),
            ..Settings::default()
        };
        let of = |settings: &Settings| fingerprint(&Command::Configure(settings.clone())).to_string();
        assert_eq!(of(&settings), "20145a39021cda9414923d1f2af39b83");
        let guards = [(GuardKind::SelfWitness, Guard::default())].into();
        let guarded = Settings { guards, ..settings.clone() };
        let tiered = Settings { tiers: Some(Vec::new()), ..settings.clone() };
        assert_ne!(of(&guarded), of(&settings));
        assert_ne!(of(&tiered), of(&guarded));
    }

    #[test]
    fn a_witness_is_no_content_and_a_quantity_is() {
        let of = |command: Command| fingerprint(&command);
        assert_eq!(of(credit("2", Some("a"))), of(credit("2.0", Some("b"))));
        assert_ne!(of(credit("2", None)), of(credit("2.5", None)));
        assert_ne!(of(credit("2", None)), of(credit("x", None)));
        assert_eq!(of(credit("2", None)).to_string().len(), 32);
    }
}
