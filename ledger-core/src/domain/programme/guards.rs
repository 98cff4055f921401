//! The guards of a district (`[guards]` of district.toml): what is done where a record looks like one of the frauds of the
//! field. Which are on, and from which number on they are met, is data of the district; one that was never set is off.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::refusal::Code;

/// The guards there are, in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardKind {
    /// The evidence's digest stands in another credit.
    EvidenceReused,
    /// A worker serves more hours on a day.
    HoursOverDay,
    /// Two services of one worker at one time.
    HoursOverlap,
    /// The service lies within so many days of the worker's registration.
    NewAccount,
    /// The service is recorded more days after it.
    RecordedLate,
    /// A worker witnesses the own service.
    SelfWitness,
    /// Two workers witness for each other within so many days.
    WitnessCircle,
    /// One witness vouches for more records on a day.
    WitnessOverload,
}

impl GuardKind {
    /// Each of them.
    pub const ALL: [GuardKind; 8] = [
        GuardKind::EvidenceReused,
        GuardKind::HoursOverDay,
        GuardKind::HoursOverlap,
        GuardKind::NewAccount,
        GuardKind::RecordedLate,
        GuardKind::SelfWitness,
        GuardKind::WitnessCircle,
        GuardKind::WitnessOverload,
    ];

    /// Its code, which is also its name in settings.
    pub const fn code(self) -> Code {
        match self {
            GuardKind::EvidenceReused => Code::EvidenceReused,
            GuardKind::HoursOverDay => Code::HoursOverDay,
            GuardKind::HoursOverlap => Code::HoursOverlap,
            GuardKind::NewAccount => Code::NewAccount,
            GuardKind::RecordedLate => Code::RecordedLate,
            GuardKind::SelfWitness => Code::SelfWitness,
            GuardKind::WitnessCircle => Code::WitnessCircle,
            GuardKind::WitnessOverload => Code::WitnessOverload,
        }
    }

    /// The number that it is met beyond where its setting names none; none for a guard without a number.
    pub const fn usual_number(self) -> Option<u32> {
        match self {
            GuardKind::EvidenceReused | GuardKind::HoursOverlap | GuardKind::SelfWitness => None,
            // Hours.
            GuardKind::HoursOverDay => Some(8),
            // Days.
            GuardKind::NewAccount => Some(7),
            GuardKind::RecordedLate | GuardKind::WitnessCircle => Some(30),
            // Records.
            GuardKind::WitnessOverload => Some(20),
        }
    }

    /// The guard of a name.
    pub fn named(name: &str) -> Option<GuardKind> {
        GuardKind::ALL.into_iter().find(|kind| kind.code().as_str() == name)
    }
}

/// What a guard does when it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardAction {
    /// Nothing.
    #[default]
    Off,
    /// The credit is marked with the guard's code and needs one check more.
    Flag,
    /// The command is refused with the guard's code.
    Refuse,
}

impl GuardAction {
    /// Its name in settings and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            GuardAction::Off => "off",
            GuardAction::Flag => "flag",
            GuardAction::Refuse => "refuse",
        }
    }
}

/// A guard as it is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Guard {
    /// What it does.
    pub action: GuardAction,
    /// The number beyond which it is met: hours, days or records; none for a guard without one.
    pub over: Option<u32>,
}

/// As events hold it: a guard without a number is a word, one with a number is both.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Word(GuardAction),
    Numbered {
        #[serde(rename = "do")]
        action: GuardAction,
        over: u32,
    },
}

impl Serialize for Guard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.over {
            None => Written::Word(self.action),
            Some(over) => Written::Numbered { action: self.action, over },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Guard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Guard, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Word(action) => Guard { action, over: None },
            Written::Numbered { action, over } => Guard { action, over: Some(over) },
        })
    }
}

/// The guards of a district that are on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Guards(BTreeMap<GuardKind, Guard>);

impl Guards {
    /// Whether none is on.
    pub fn are_off(&self) -> bool {
        self.0.is_empty()
    }

    /// How a guard is set.
    pub fn get(&self, kind: GuardKind) -> Guard {
        self.0.get(&kind).copied().unwrap_or_default()
    }

    /// Whether a guard is on.
    pub fn is_on(&self, kind: GuardKind) -> bool {
        self.0.contains_key(&kind)
    }

    /// Those that are on.
    pub fn on(&self) -> impl Iterator<Item = (GuardKind, Guard)> {
        self.0.iter().map(|(kind, guard)| (*kind, *guard))
    }

    /// With those that changes turn on, and none turned off.
    #[must_use]
    pub fn and_on(&self, changes: &BTreeMap<GuardKind, Guard>) -> Guards {
        let on = changes.iter().filter(|(_, guard)| guard.action != GuardAction::Off);
        self.with(&on.map(|(kind, guard)| (*kind, *guard)).collect())
    }

    /// With some of them set anew.
    #[must_use]
    pub fn with(&self, changes: &BTreeMap<GuardKind, Guard>) -> Guards {
        let mut guards = self.0.clone();
        for (kind, guard) in changes {
            if guard.action == GuardAction::Off {
                guards.remove(kind);
            } else {
                let over = kind.usual_number().map(|usual| guard.over.unwrap_or(usual));
                guards.insert(*kind, Guard { action: guard.action, over });
            }
        }
        Guards(guards)
    }
}

impl<const N: usize> From<[(GuardKind, Guard); N]> for Guards {
    fn from(guards: [(GuardKind, Guard); N]) -> Guards {
        Guards::default().with(&BTreeMap::from(guards))
    }
}

#[cfg(test)]
mod tests {
    use super::{Guard, GuardAction, GuardKind, Guards};

    #[test]
    fn guards_stand_in_the_order_of_their_names_and_are_read_as_they_were_written() {
        let names: Vec<&str> = GuardKind::ALL.map(|kind| kind.code().as_str()).to_vec();
        assert!(names.is_sorted(), "{names:?}");
        for kind in GuardKind::ALL {
            let guard = Guard { action: GuardAction::Flag, over: kind.usual_number() };
            let written = serde_json::to_string(&Guards::from([(kind, guard)])).expect("JSON");
            assert!(written.starts_with(&format!("{{\"{}\":", kind.code())), "{written}");
            assert_eq!(serde_json::from_str::<Guards>(&written).expect("guards"), Guards::from([(kind, guard)]));
            assert_eq!(GuardKind::named(kind.code().as_str()), Some(kind));
        }
        let first = r#"{"self_witness":"refuse"}"#;
        assert_eq!(
            serde_json::to_string(&serde_json::from_str::<Guards>(first).expect("guards")).expect("JSON"),
            first
        );
    }
}
