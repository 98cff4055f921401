//! 有效月数 as it stands in JSON: a number of months, `"year_end"` (年底), or null for ever.

use std::borrow::Cow;

use ledger_core::domain::time::Validity;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

const YEAR_END: &str = "year_end";
const YEAR_END_CHINESE: &str = "年底";

/// How long what an activity earns can be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ValidityJson(pub(super) Validity);

impl Default for ValidityJson {
    fn default() -> ValidityJson {
        ValidityJson(Validity::Forever)
    }
}

impl Serialize for ValidityJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Validity::Months(months) => serializer.serialize_u32(months),
            Validity::YearEnd => serializer.serialize_str(YEAR_END),
            Validity::Forever => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for ValidityJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ValidityJson, D::Error> {
        deserializer.deserialize_any(Reader).map(ValidityJson)
    }
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = Validity;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number of months, \"year_end\" (年底), or null for ever")
    }

    fn visit_u64<E: Error>(self, months: u64) -> Result<Validity, E> {
        u32::try_from(months).map(Validity::Months).map_err(|_| E::custom("too many months"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Validity, E> {
        match text.trim() {
            YEAR_END | YEAR_END_CHINESE => Ok(Validity::YearEnd),
            "" => Ok(Validity::Forever),
            months => {
                months.parse().map(Validity::Months).map_err(|_| E::custom("neither a number of months nor 年底"))
            }
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Validity, E> {
        Ok(Validity::Forever)
    }
}

impl PartialSchema for ValidityJson {
    fn schema() -> RefOr<Schema> {
        let months =
            ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).minimum(Some(1)).maximum(Some(1_200));
        let year_end = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(r"^(year_end|年底|([1-9][0-9]{0,2}|1[01][0-9]{2}|1200)?)$"));
        let forever = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
        OneOfBuilder::new()
            .item(months)
            .item(year_end)
            .item(forever)
            .description(Some("Months after the service date, to 31 December of its year (年底), or null for ever."))
            .into()
    }
}

impl ToSchema for ValidityJson {
    fn name() -> Cow<'static, str> {
        "Validity".into()
    }
}

#[cfg(test)]
mod tests {
    use super::ValidityJson;

    #[test]
    fn validity_is_months_the_years_end_or_for_ever() {
        for (json, written) in [
            ("24", "24"),
            ("\"年底\"", "\"year_end\""),
            ("\"year_end\"", "\"year_end\""),
            ("null", "null"),
            ("\"12\"", "12"),
        ] {
            let read: ValidityJson = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), written, "{json}");
        }
        for json in ["-1", "1.5", "\"soon\"", "true", "[]", "99999999999"] {
            assert!(serde_json::from_str::<ValidityJson>(json).is_err(), "{json}");
        }
    }
}
