//! Values as they stand in JSON: exact decimals that never pass through a float, dates, times and texts.
//!
//! A value whose reading the ledger itself refuses (a service date, a quantity) is kept as "unreadable" here, so that
//! the contract's order of checks holds: an unknown worker is told before a bad date. Everything else that cannot be
//! read is refused at once, with the field named.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use ledger_core::domain::decimal::{Decimal, Spelling};
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::commands::benefits::AskedAmount;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::decimal::{decimal, text};
use super::shapes;
use crate::service::ServiceError;
use crate::service::reading::{no_date, read_date};

pub use crate::exact::PointsJson;

/// The longest text of a body that is no reason: a name, a witness, an item.
pub const TEXT_CHARS_MAX: usize = 200;

impl<'de> Deserialize<'de> for PointsJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PointsJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let points = decimal(&raw).and_then(|text| Points::parse(&text));
        points.map(PointsJson).ok_or_else(|| {
            D::Error::custom(format_args!(
                "{} is no amount of points: a number of at most two decimal places",
                cut(&raw)
            ))
        })
    }
}

/// Money in yuan: an exact decimal of at most two places; `None` when what stands there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YuanJson(pub Option<Fen>);

impl YuanJson {
    /// For rows, which the ledger judges in the order of its checks.
    pub fn asked(self) -> AskedAmount {
        self.0.map_or(AskedAmount::Unreadable, AskedAmount::Amount)
    }

    /// For registers, which name an amount or none.
    ///
    /// # Errors
    /// `invalid_amount`, naming the field.
    pub fn amount(self, field: &str) -> Result<Fen, ServiceError> {
        let told = || format!("{field}: no amount of yuan: a number from 0 on of at most two decimal places");
        self.0.ok_or_else(|| ServiceError::refused(Code::InvalidAmount, told()))
    }
}

impl<'de> Deserialize<'de> for YuanJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<YuanJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let yuan = decimal(&raw).and_then(|text| Decimal::read(&text, Spelling::PLAIN));
        Ok(YuanJson(yuan.and_then(Fen::from_yuan)))
    }
}

impl PartialSchema for YuanJson {
    fn schema() -> RefOr<Schema> {
        shapes::yuan()
    }
}

impl ToSchema for YuanJson {
    fn name() -> Cow<'static, str> {
        "Yuan".into()
    }
}

/// Units of service: an exact decimal of at most six places; `None` when what stands there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuantityJson(pub Option<Quantity>);

impl<'de> Deserialize<'de> for QuantityJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<QuantityJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(QuantityJson(decimal(&raw).and_then(|text| Quantity::parse(&text))))
    }
}

impl PartialSchema for QuantityJson {
    fn schema() -> RefOr<Schema> {
        shapes::quantity()
    }
}

impl ToSchema for QuantityJson {
    fn name() -> Cow<'static, str> {
        "Quantity".into()
    }
}

/// Whole units of an item; `None` when what stands there is no whole number from 0 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitsJson(pub Option<u32>);

impl UnitsJson {
    /// For commands that take a number: what is none counts as 0, which the ledger refuses with `invalid_quantity`.
    pub fn or_nothing(self) -> u32 {
        self.0.unwrap_or(0)
    }
}

impl<'de> Deserialize<'de> for UnitsJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<UnitsJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(UnitsJson(decimal(&raw).and_then(|text| whole(&text))))
    }
}

/// A whole number, also one with nothing but zeros behind its point.
fn whole<T: TryFrom<i128>>(decimal: &str) -> Option<T> {
    let read = Decimal::read(decimal, Spelling::PLAIN).filter(|read| !read.is_negative())?;
    T::try_from(read.scaled_to(0)?).ok()
}

impl PartialSchema for UnitsJson {
    fn schema() -> RefOr<Schema> {
        shapes::units()
    }
}

impl ToSchema for UnitsJson {
    fn name() -> Cow<'static, str> {
        "Units".into()
    }
}

/// A date that the ledger judges; what was sent when it is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateJson(pub Result<NaiveDate, String>);

/// A day of a register, where it names one.
///
/// # Errors
/// `invalid_date`, naming the field.
pub fn maybe_day(field: &str, day: Option<DateJson>) -> Result<Option<NaiveDate>, ServiceError> {
    day.map(|day| day.read(field)).transpose()
}

impl DateJson {
    /// The day.
    ///
    /// # Errors
    /// `invalid_date`, naming the field.
    pub fn read(self, field: &str) -> Result<NaiveDate, ServiceError> {
        self.0.map_err(|sent| ServiceError::refused(Code::InvalidDate, no_date(field, &sent)))
    }

    /// What is said of it should the ledger find in its turn that it is no day; none where it is one.
    pub fn no_date(&self, field: &str) -> Option<String> {
        self.0.as_ref().err().map(|sent| no_date(field, sent))
    }
}

impl<'de> Deserialize<'de> for DateJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DateJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(DateJson(text(&raw).and_then(|text| read_date(&text)).ok_or_else(|| cut(&raw))))
    }
}

impl Serialize for DateJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(day) => serializer.collect_str(day),
            Err(sent) => serializer.serialize_str(sent),
        }
    }
}

impl PartialSchema for DateJson {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .pattern(Some(shapes::DATE_PATTERN))
            .description(Some("A civil date of the district, YYYY-MM-DD."))
            .into()
    }
}

impl ToSchema for DateJson {
    fn name() -> Cow<'static, str> {
        "Date".into()
    }
}

/// A business time that the ledger judges; what was sent when it is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeJson(pub Result<BusinessTime, String>);

impl<'de> Deserialize<'de> for TimeJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TimeJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(TimeJson(text(&raw).and_then(|text| BusinessTime::parse(&text)).ok_or_else(|| cut(&raw))))
    }
}

impl PartialSchema for TimeJson {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A business time in RFC 3339 with offset, kept to the second in +08:00."))
            .into()
    }
}

impl ToSchema for TimeJson {
    fn name() -> Cow<'static, str> {
        "Time".into()
    }
}

/// A text with something in it; blanks around it do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let text = String::deserialize(deserializer)?;
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(D::Error::custom("the text is blank; fill it in"));
        }
        Ok(Text(trimmed.to_owned()))
    }
}

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .min_length(Some(1))
            .pattern(Some(shapes::TEXT_PATTERN))
            .description(Some("A text that is not blank."))
            .into()
    }
}

impl ToSchema for Text {
    fn name() -> Cow<'static, str> {
        "Text".into()
    }
}

/// A text that may be missing, null or blank, which are the same.
///
/// # Errors
/// When what stands there is no text.
pub fn maybe_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// An object inside of a body: serde alone would also take a list, whose elements are the fields in their order.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        struct Reader<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Reader(PhantomData)).map(Object)
    }
}

/// An object that may be missing or null, and no list.
///
/// # Errors
/// When what stands there is none.
pub fn maybe_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(read)| read))
}

/// A whole number that may be missing or null; `2.0` is one as well, for JSON has no whole numbers of its own.
///
/// # Errors
/// When what stands there is none.
pub fn maybe_whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else { return Ok(None) };
    let number = Some(&raw).filter(|raw| !raw.get().trim_start().starts_with('"'));
    let read = number.and_then(|raw| decimal(raw)).and_then(|text| whole(&text));
    let most = u32::MAX;
    read.map(Some).ok_or_else(|| D::Error::custom(format_args!("{} is no whole number from 0 to {most}", cut(&raw))))
}

/// As [`maybe_whole`], for a number that must be there.
///
/// # Errors
/// When what stands there is none.
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    maybe_whole(deserializer)?.ok_or_else(|| D::Error::custom("null is no whole number"))
}

/// As [`maybe_whole`], for a position.
///
/// # Errors
/// When what stands there is none.
pub fn maybe_position<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else { return Ok(None) };
    let number = Some(&raw).filter(|raw| !raw.get().trim_start().starts_with('"'));
    let read = number.and_then(|raw| decimal(raw)).and_then(|text| whole(&text));
    read.map(Some).ok_or_else(|| D::Error::custom(format_args!("{} is no position", cut(&raw))))
}

/// What stands there, cut short for a sentence.
fn cut(raw: &RawValue) -> String {
    const SHOWN: usize = 40;
    let shown: String = raw.get().chars().take(SHOWN).collect();
    if shown.len() < raw.get().len() { format!("{shown}…") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::{DateJson, PointsJson, QuantityJson, Text, TimeJson, UnitsJson};
    use serde::de::DeserializeOwned;

    fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn points_are_read_and_written_exactly() {
        for (json, written) in [
            ("10", "10"),
            ("2.5", "2.5"),
            ("2.50", "2.5"),
            ("\"0.25\"", "0.25"),
            ("1e2", "100"),
            ("25e-2", "0.25"),
            ("1.5E+1", "15"),
            ("-3", "-3"),
            ("0.1", "0.1"),
            ("123456789.01", "123456789.01"),
        ] {
            let points: PointsJson = read(json).unwrap_or_else(|| panic!("{json} is read"));
            assert_eq!(serde_json::to_string(&points).unwrap(), written, "{json}");
        }
        for json in ["1.005", "true", "null", "[]", "\"\"", "\"1 \"", "1e99", "1e999999999999", "\"１\"", "NaN"] {
            assert!(read::<PointsJson>(json).is_none(), "{json}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_left_to_the_ledger() {
        let millionths =
            |json: &str| read::<QuantityJson>(json).map(|quantity| quantity.0.map(|read| read.millionths()));
        assert_eq!(millionths("1.5"), Some(Some(1_500_000)));
        assert_eq!(millionths("1e-06"), Some(Some(1)));
        assert_eq!(millionths("0"), Some(Some(0)));
        assert_eq!(millionths("-1"), Some(Some(-1_000_000)));
        for json in ["\"x\"", "null", "true", "{\"a\":[1]}", "0.0000001", "1e30", "99999999999999999999"] {
            assert_eq!(millionths(json), Some(None), "{json}");
        }
    }

    #[test]
    fn units_are_whole() {
        let units = |json: &str| read::<UnitsJson>(json).map(|units| units.0);
        assert_eq!(units("2"), Some(Some(2)));
        assert_eq!(units("2.0"), Some(Some(2)));
        // More than any record of service may carry: a shelf is not a service.
        assert_eq!(units("2396750.0"), Some(Some(2_396_750)));
        assert_eq!(units("4294967295"), Some(Some(u32::MAX)));
        for json in ["1.5", "-1", "\"+1\"", "\"1.\"", "\"two\"", "4294967296", "null"] {
            assert_eq!(units(json), Some(None), "{json}");
        }
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point_and_never_as_a_text() {
        #[derive(serde::Deserialize)]
        struct Body {
            #[serde(default, deserialize_with = "super::maybe_whole")]
            units: Option<u32>,
        }
        let units = |json: &str| read::<Body>(json).map(|body| body.units);
        assert_eq!(units(r#"{"units":2.0}"#), Some(Some(2)));
        assert_eq!(units(r#"{"units":4294967295}"#), Some(Some(u32::MAX)));
        for json in ["{}", r#"{"units":null}"#] {
            assert_eq!(units(json), Some(None), "{json}");
        }
        for json in [r#"{"units":"2"}"#, r#"{"units":1.5}"#, r#"{"units":-1}"#, r#"{"units":4294967296}"#] {
            assert_eq!(units(json), None, "{json}");
        }
    }

    #[test]
    fn dates_and_times_that_cannot_be_read_are_left_to_the_ledger() {
        let date = |json: &str| read::<DateJson>(json).map(|date| date.0.is_ok());
        assert_eq!(date("\"2024-02-29\""), Some(true));
        for json in
            ["\"2023-02-29\"", "\"2024-3-5\"", "\"+024-03-05\"", "\"20240305\"", "20240305", "null", "\"\\ud800\""]
        {
            assert_eq!(date(json), Some(false), "{json}");
        }
        let time = |json: &str| read::<TimeJson>(json).map(|time| time.0.ok().map(|time| time.to_string()));
        assert_eq!(time("\"2024-03-05T01:02:03Z\""), Some(Some("2024-03-05T09:02:03+08:00".into())));
        assert_eq!(time("\"noon\""), Some(None));
    }

    #[test]
    fn a_blank_text_is_none() {
        assert_eq!(read::<Text>("\" 王 \"").map(|text| text.0).as_deref(), Some("王"));
        assert_eq!(read::<Text>("\"\u{3000} \""), None);
    }
}
