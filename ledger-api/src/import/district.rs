//! district.toml: the settings of the district. Owns its keys and what is accepted for them.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use encoding_rs::GB18030;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::counter::CounterChange;
use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
use ledger_core::domain::proof::CounterProof;
use serde::Deserialize;

use super::error::ImportError;

/// A handful of settings: a larger file is something else.
const BYTES_MAX: u64 = 64 << 10;

#[derive(Deserialize)]
struct District {
    code: toml::Value,
    name: String,
    points_step: Option<toml::Value>,
    approval_required: Option<bool>,
    checks: Option<u32>,
    publicity_days: Option<u32>,
    working_days: Option<bool>,
    offline_floor: Option<toml::Value>,
    offline_total: Option<toml::Value>,
    redeem_back_days: Option<u32>,
    counter_proof: Option<String>,
    holidays: Option<Vec<toml::Value>>,
    makeup_workdays: Option<Vec<toml::Value>>,
    #[serde(default)]
    import: Import,
    #[serde(default)]
    guards: BTreeMap<String, toml::Value>,
    tiers: Option<Vec<String>>,
}

/// What the rows of 活动记录 are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Import {
    /// History, which counts as confirmed.
    #[default]
    Confirmed,
    /// Proposals, which go the way of checks and publicity.
    Proposed,
}

/// Reads the settings, and what the rows of 活动记录 are.
///
/// # Errors
/// [`ImportError::District`].
pub(super) fn read(path: &Path) -> Result<(Settings, Import), ImportError> {
    let unusable = |what: String| ImportError::District(what);
    let found = std::fs::metadata(path).map_err(|error| unusable(format!("cannot be read ({error})")))?;
    // A device or a pipe has no size, and perhaps no end.
    if !found.is_file() {
        return Err(unusable("is not a file; write the district's settings into one".into()));
    }
    let size = found.len();
    if size > BYTES_MAX {
        return Err(unusable(format!("has {size} bytes, the limit is {BYTES_MAX}; keep the settings alone in it")));
    }
    let bytes = std::fs::read(path).map_err(|error| unusable(format!("cannot be read ({error})")))?;
    parse(&text(&bytes).ok_or_else(|| unusable("is neither UTF-8 nor GB18030; save it as UTF-8".into()))?)
}

/// TOML is UTF-8, but the editors of many offices save GB18030, or UTF-8 with a mark in front.
fn text(bytes: &[u8]) -> Option<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.trim_start_matches('\u{feff}').to_owned()),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned()),
    }
}

fn parse(text: &str) -> Result<(Settings, Import), ImportError> {
    let district: District =
        toml::from_str(text).map_err(|error| ImportError::District(error.to_string().trim_end().to_owned()))?;
    let code = match district.code {
        toml::Value::String(code) => code,
        other => other.to_string(),
    };
    for (key, value) in [("code", &code), ("name", &district.name)] {
        if value.trim().is_empty() || value.chars().count() > 100 || value.chars().any(char::is_control) {
            let what = format!("{key} must be a text of 1 to 100 characters, such as {key} = \"…\"");
            return Err(ImportError::District(what));
        }
    }
    let settings = Settings {
        approval_required: district.approval_required,
        checks: district.checks,
        code: Some(code.trim().to_owned()),
        counter: CounterChange {
            counter_proof: district.counter_proof.as_deref().map(proof).transpose()?,
            offline_floor: district.offline_floor.map(|value| floor("offline_floor", value)).transpose()?,
            offline_total: district.offline_total.map(|value| floor("offline_total", value)).transpose()?,
            redeem_back_days: district.redeem_back_days,
        },
        name: Some(district.name.trim().to_owned()),
        points_step: Some(district.points_step.map_or(Ok(Points::from_whole(1)), step)?),
        publicity_days: district.publicity_days,
        guards: guards(&district.guards)?,
        holidays: district.holidays.map(|listed| days("holidays", &listed)).transpose()?,
        makeup_workdays: district.makeup_workdays.map(|listed| days("makeup_workdays", &listed)).transpose()?,
        tiers: district.tiers,
        working_days: district.working_days,
    };
    Ok((settings, district.import))
}

/// What a redemption asks for.
fn proof(name: &str) -> Result<CounterProof, ImportError> {
    CounterProof::read(name).ok_or_else(|| {
        ImportError::District(format!("counter_proof: {name:?} is none; write \"id\", \"code\" or \"pin\""))
    })
}

/// A list of dates, each a date of TOML or a text.
fn days(key: &str, listed: &[toml::Value]) -> Result<Vec<NaiveDate>, ImportError> {
    let day = |value: &toml::Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| {
            let what = format!("{key}: {value} is no date; write it like \"2026-10-01\"");
            ImportError::District(what)
        })
    };
    listed.iter().map(day).collect()
}

/// What `[guards]` says: each guard `off`, `flag` or `refuse`, or a table that names its number as well. A guard that is
/// not known is not passed over: who asked for it must know.
fn guards(listed: &BTreeMap<String, toml::Value>) -> Result<BTreeMap<GuardKind, Guard>, ImportError> {
    let unusable = |what: String| Err(ImportError::District(format!("guards: {what}")));
    let mut guards = BTreeMap::new();
    for (name, value) in listed {
        let Some(kind) = GuardKind::named(name) else {
            let known = GuardKind::ALL.map(|kind| kind.code().as_str()).join(", ");
            return unusable(format!("there is no guard {name}; the guards are {known}"));
        };
        let (action, over) = match value {
            toml::Value::Table(table) => {
                let number = table.iter().filter(|(key, _)| *key != "do");
                let [number] = number.collect::<Vec<_>>()[..] else {
                    return unusable(format!("{name}: write it like {name} = {{ do = \"flag\", over = 8 }}"));
                };
                (table.get("do"), Some(number))
            }
            plain => (Some(plain), None),
        };
        let action = match action.and_then(toml::Value::as_str) {
            Some("off") => GuardAction::Off,
            Some("flag") => GuardAction::Flag,
            Some("refuse") => GuardAction::Refuse,
            _ => return unusable(format!("{name} is \"off\", \"flag\" or \"refuse\", not {value}")),
        };
        let over = match number_of(kind, over) {
            Ok(over) => over,
            Err(what) => return unusable(format!("{name}: {what}")),
        };
        guards.insert(kind, Guard { action, over });
    }
    Ok(guards)
}

/// The number of a guard, whichever word it stands under.
fn number_of(kind: GuardKind, given: Option<(&String, &toml::Value)>) -> Result<Option<u32>, String> {
    const WORDS: [&str; 4] = ["over", "days", "hours", "rows"];
    let Some((word, value)) = given else { return Ok(None) };
    if kind.usual_number().is_none() {
        return Err("it takes no number".to_owned());
    }
    if !WORDS.contains(&word.as_str()) {
        return Err(format!("{word} is none of {}", WORDS.join(", ")));
    }
    let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
    number.map(Some).ok_or_else(|| format!("{word} is a whole number from 0 on, not {value}"))
}

/// A decimal as it was typed.
fn typed(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.trim().to_owned(),
        // The shortest text of a float is the decimal that was typed; so is a whole number's.
        other => other.to_string(),
    }
}

/// Points that a counter may hand out while the network is away.
fn floor(key: &str, value: toml::Value) -> Result<Points, ImportError> {
    let text = typed(&value);
    Points::parse(&text).filter(|points| *points >= Points::ZERO).ok_or_else(|| {
        let what = format!("{key} {text:?} is no decimal from 0 on of at most two places; write it like {key} = 20");
        ImportError::District(what)
    })
}

fn step(value: toml::Value) -> Result<Points, ImportError> {
    let text = typed(&value);
    Points::parse(&text).filter(|step| step.is_positive()).ok_or_else(|| {
        let what = format!("points_step {text:?} is no decimal above 0 of at most two places; write it like \"0.5\"");
        ImportError::District(what)
    })
}

#[cfg(test)]
mod tests {
    use super::{Guard, GuardAction, GuardKind, Import, Points, parse, text};

    fn step_of(line: &str) -> Option<Points> {
        parse(&format!("code = \"370812\"\nname = \"兖州区\"\n{line}\n"))
            .ok()
            .and_then(|(settings, _)| settings.points_step)
    }

    #[test]
    fn the_step_is_read_however_it_is_written() {
        for line in ["points_step = \"0.5\"", "points_step = 0.5", "points_step = \"0.50\" # 向下"] {
            assert_eq!(step_of(line), Points::parse("0.5"), "{line}");
        }
        assert_eq!(step_of("points_step = 1"), Points::parse("1"));
        assert_eq!(step_of(""), Points::parse("1"));
    }

    #[test]
    fn a_step_that_cannot_hold_is_refused() {
        for line in ["points_step = 0", "points_step = -1", "points_step = \"0.005\"", "points_step = true"] {
            assert_eq!(step_of(line), None, "{line}");
        }
    }

    #[test]
    fn the_rules_of_approval_are_optional() {
        let (settings, _) =
            parse("code=\"1\"\nname=\"甲\"\napproval_required=true\npublicity_days=7\nother=1").unwrap();
        assert_eq!((settings.approval_required, settings.publicity_days), (Some(true), Some(7)));
        assert_eq!(parse("code=1\nname=\"甲\"").unwrap().0.approval_required, None);
        assert!(parse("name=\"甲\"").is_err());
        assert!(parse("code=\" \"\nname=\"甲\"").is_err());
    }

    #[test]
    fn a_guard_is_a_word_or_a_word_and_a_number() {
        let read = |lines: &str| parse(&format!("code=1\nname=\"甲\"\n[guards]\n{lines}"));
        let guard = |line: &str, kind| read(line).unwrap().0.guards.get(&kind).copied();
        let of = |action, over| Some(Guard { action, over });
        assert_eq!(guard("", GuardKind::SelfWitness), None);
        assert_eq!(guard("self_witness = \"refuse\"", GuardKind::SelfWitness), of(GuardAction::Refuse, None));
        assert_eq!(guard("witness_circle = \"off\"", GuardKind::WitnessCircle), of(GuardAction::Off, None));
        let hours = "hours_over_day = { do = \"flag\", over = 8 }";
        assert_eq!(guard(hours, GuardKind::HoursOverDay), of(GuardAction::Flag, Some(8)));
        let late = "recorded_late = { do = \"refuse\", days = 10 }";
        assert_eq!(guard(late, GuardKind::RecordedLate), of(GuardAction::Refuse, Some(10)));
        for line in [
            "self_witness = \"maybe\"",
            "self_witness = true",
            "evidence_reused = { do = \"flag\", over = 8 }",
            "hours_over_day = { do = \"flag\", over = -1 }",
            "hours_over_day = { do = \"flag\", over = 8, days = 3 }",
            "hours_over_day = { over = 8 }",
            "unheard_of = \"off\"",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_calendar_and_the_way_of_the_rows_are_settings() {
        let text = "code=1\nname=\"甲\"\nchecks=2\nworking_days=true\nimport=\"proposed\"\n\
                    holidays=[2026-10-01, \"2026-10-02\"]\nmakeup_workdays=[\"2026-10-10\"]";
        let (settings, import) = parse(text).unwrap();
        assert_eq!((settings.checks, settings.working_days, import), (Some(2), Some(true), Import::Proposed));
        assert_eq!(settings.holidays.map(|days| days.len()), Some(2));
        assert_eq!(settings.makeup_workdays, Some(vec!["2026-10-10".parse().unwrap()]));
        assert_eq!(parse("code=1\nname=\"甲\"").unwrap().1, Import::Confirmed);
        for line in ["holidays=[\"10月1日\"]", "import=\"maybe\"", "working_days=\"yes\""] {
            assert!(parse(&format!("code=1\nname=\"甲\"\n{line}")).is_err(), "{line}");
        }
    }

    #[test]
    fn the_encodings_of_offices_are_read() {
        let (gb18030, _, _) = encoding_rs::GB18030.encode("name = \"犍为县\"");
        assert_eq!(text(&gb18030).as_deref(), Some("name = \"犍为县\""));
        assert_eq!(text("\u{feff}x = 1".as_bytes()).as_deref(), Some("x = 1"));
        assert_eq!(text(&[0xff, 0xff, 0xff]), None);
    }
}
