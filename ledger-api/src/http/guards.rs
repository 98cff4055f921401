//! The guards of a district as they stand in bodies: a word, or a word with the number beyond which the guard is met.

use std::collections::BTreeMap;

use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind, Guards};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::wire::{Object, whole_number};

/// The district's guards; what is left out stays as it is.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GuardsJson {
    /// The evidence's digest stands in another credit.
    #[serde(default)]
    evidence_reused: Option<GuardJson>,
    /// The worker serves more than so many hours on a day.
    #[serde(default)]
    hours_over_day: Option<GuardJson>,
    /// Two services of the worker lie at one time.
    #[serde(default)]
    hours_overlap: Option<GuardJson>,
    /// The service lies within so many days of the worker's registration.
    #[serde(default)]
    new_account: Option<GuardJson>,
    /// The service is recorded more than so many days after it.
    #[serde(default)]
    recorded_late: Option<GuardJson>,
    /// The worker who served is named as the witness.
    #[serde(default)]
    self_witness: Option<GuardJson>,
    /// Two workers witness for each other within so many days.
    #[serde(default)]
    witness_circle: Option<GuardJson>,
    /// One witness vouches for more than so many records on a day.
    #[serde(default)]
    witness_overload: Option<GuardJson>,
}

/// What a guard does: `off` nothing, `flag` marks the credit, which then needs one check more, `refuse` takes none.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GuardWord {
    Off,
    Flag,
    Refuse,
}

/// A guard, with or without its number.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(untagged)]
enum GuardJson {
    Word(GuardWord),
    Numbered(NumberedJson),
}

impl<'de> Deserialize<'de> for GuardJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<GuardJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let read = if raw.get().starts_with('"') {
            serde_json::from_str(raw.get()).map(GuardJson::Word)
        } else {
            serde_json::from_str(raw.get()).map(|Object(numbered)| GuardJson::Numbered(numbered))
        };
        read.map_err(|_| {
            D::Error::custom(
                "a guard is \"off\", \"flag\" or \"refuse\", or {\"do\": \"flag\", \"over\": 8} with its number",
            )
        })
    }
}

/// A guard with the number beyond which it is met: hours, days or records.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NumberedJson {
    #[serde(rename = "do")]
    action: GuardWord,
    #[serde(deserialize_with = "whole_number")]
    #[schema(maximum = 10000)]
    over: u32,
}

impl GuardJson {
    const fn guard(self) -> Guard {
        let (word, over) = match self {
            GuardJson::Word(word) => (word, None),
            GuardJson::Numbered(NumberedJson { action, over }) => (action, Some(over)),
        };
        let action = match word {
            GuardWord::Off => GuardAction::Off,
            GuardWord::Flag => GuardAction::Flag,
            GuardWord::Refuse => GuardAction::Refuse,
        };
        Guard { action, over }
    }
}

impl From<Guard> for GuardJson {
    fn from(guard: Guard) -> GuardJson {
        let word = match guard.action {
            GuardAction::Off => GuardWord::Off,
            GuardAction::Flag => GuardWord::Flag,
            GuardAction::Refuse => GuardWord::Refuse,
        };
        guard.over.map_or(GuardJson::Word(word), |over| GuardJson::Numbered(NumberedJson { action: word, over }))
    }
}

impl GuardsJson {
    /// The guards to set anew.
    pub(super) fn changes(&self) -> BTreeMap<GuardKind, Guard> {
        let set = |kind| self.of(kind).map(|guard| (kind, guard.guard()));
        GuardKind::ALL.into_iter().filter_map(set).collect()
    }

    const fn of(&self, kind: GuardKind) -> Option<GuardJson> {
        match kind {
            GuardKind::EvidenceReused => self.evidence_reused,
            GuardKind::HoursOverDay => self.hours_over_day,
            GuardKind::HoursOverlap => self.hours_overlap,
            GuardKind::NewAccount => self.new_account,
            GuardKind::RecordedLate => self.recorded_late,
            GuardKind::SelfWitness => self.self_witness,
            GuardKind::WitnessCircle => self.witness_circle,
            GuardKind::WitnessOverload => self.witness_overload,
        }
    }
}

impl From<&Guards> for GuardsJson {
    fn from(guards: &Guards) -> GuardsJson {
        let of = |kind| Some(guards.get(kind).into());
        GuardsJson {
            evidence_reused: of(GuardKind::EvidenceReused),
            hours_over_day: of(GuardKind::HoursOverDay),
            hours_overlap: of(GuardKind::HoursOverlap),
            new_account: of(GuardKind::NewAccount),
            recorded_late: of(GuardKind::RecordedLate),
            self_witness: of(GuardKind::SelfWitness),
            witness_circle: of(GuardKind::WitnessCircle),
            witness_overload: of(GuardKind::WitnessOverload),
        }
    }
}
