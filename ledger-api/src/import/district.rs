//! district.toml: the settings of the district. Owns its keys and what is accepted for them.

use std::collections::BTreeMap;
use std::path::Path;

use encoding_rs::GB18030;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::{GuardAction, Settings};
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
    publicity_days: Option<u32>,
    #[serde(default)]
    guards: BTreeMap<String, toml::Value>,
    tiers: Option<Vec<String>>,
}

/// Reads the settings.
///
/// # Errors
/// [`ImportError::District`].
pub(super) fn read(path: &Path) -> Result<Settings, ImportError> {
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

fn parse(text: &str) -> Result<Settings, ImportError> {
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
    Ok(Settings {
        approval_required: district.approval_required,
        code: Some(code.trim().to_owned()),
        name: Some(district.name.trim().to_owned()),
        points_step: Some(district.points_step.map_or(Ok(Points::from_whole(1)), step)?),
        publicity_days: district.publicity_days,
        self_witness: self_witness(&district.guards)?,
        tiers: district.tiers,
    })
}

/// What `[guards]` says. A guard that this version does not have is not passed over: who asked for it must know.
fn self_witness(guards: &BTreeMap<String, toml::Value>) -> Result<Option<GuardAction>, ImportError> {
    let mut action = None;
    for (guard, value) in guards {
        action = match (guard.as_str(), value.as_str()) {
            ("self_witness", Some("refuse")) => Some(GuardAction::Refuse),
            ("self_witness", Some("off")) => Some(GuardAction::Off),
            (_, Some("off")) => action,
            ("self_witness", _) => {
                let what = format!("guards: self_witness is \"off\" or \"refuse\", not {value}");
                return Err(ImportError::District(what));
            }
            _ => {
                let what = format!("guards: {guard} is not available in this version; set it \"off\" or leave it out");
                return Err(ImportError::District(what));
            }
        };
    }
    Ok(action)
}

fn step(value: toml::Value) -> Result<Points, ImportError> {
    let text = match &value {
        toml::Value::String(text) => text.trim().to_owned(),
        toml::Value::Integer(number) => number.to_string(),
        // The shortest text of a float is the decimal that was typed.
        toml::Value::Float(number) => number.to_string(),
        other => other.to_string(),
    };
    Points::parse(&text).filter(|step| step.is_positive()).ok_or_else(|| {
        let what = format!("points_step {text:?} is no decimal above 0 of at most two places; write it like \"0.5\"");
        ImportError::District(what)
    })
}

#[cfg(test)]
mod tests {
    use super::{GuardAction, Points, parse, text};

    fn step_of(line: &str) -> Option<Points> {
        parse(&format!("code = \"370812\"\nname = \"兖州区\"\n{line}\n")).ok().and_then(|settings| settings.points_step)
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
        let settings = parse("code=\"1\"\nname=\"甲\"\napproval_required=true\npublicity_days=7\nother=1").unwrap();
        assert_eq!((settings.approval_required, settings.publicity_days), (Some(true), Some(7)));
        assert_eq!(parse("code=1\nname=\"甲\"").unwrap().approval_required, None);
        assert!(parse("name=\"甲\"").is_err());
        assert!(parse("code=\" \"\nname=\"甲\"").is_err());
    }

    #[test]
    fn a_guard_is_set_or_told_not_to_be_there() {
        let guard =
            |lines: &str| parse(&format!("code=1\nname=\"甲\"\n[guards]\n{lines}")).map(|read| read.self_witness);
        assert_eq!(guard("").unwrap(), None);
        assert_eq!(guard("self_witness = \"refuse\"").unwrap(), Some(GuardAction::Refuse));
        assert_eq!(guard("self_witness = \"off\"\nwitness_circle = \"off\"").unwrap(), Some(GuardAction::Off));
        for line in ["self_witness = \"flag\"", "self_witness = true", "hours_over_day = { do = \"flag\", over = 8 }"] {
            assert!(guard(line).is_err(), "{line}");
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
