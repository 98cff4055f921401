//! What the values of bodies look like, as JSON Schema: as narrow as their reading, so that a client which keeps to the
//! document is refused by the ledger's rules alone. The types here only describe; values are read in [`super::wire`].

use std::borrow::Cow;

use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// No blank, no control character, no byte order mark, no slash: [`ledger_core::domain::ids`].
pub const ID_PATTERN: &str = r"^[^\s/\u0000-\u001f\u007f-\u009f\ufeff]+$";
/// The same with slashes.
pub const KEY_PATTERN: &str = r"^[^\s\u0000-\u001f\u007f-\u009f\ufeff]+$";
/// Years 1900 to 9998, months 01 to 12.
pub const MONTH_PATTERN: &str = r"^(19[0-9]{2}|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(0[1-9]|1[0-2])$";
/// A civil date as it is written.
pub const DATE_PATTERN: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
/// A civil date of the years that the ledger keeps, 1900 to 9998.
pub const DAY_PATTERN: &str = r"^(19[0-9]{2}|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-[0-9]{2}-[0-9]{2}$";
/// A moment in RFC 3339; what falls on no day or hour is refused by the format.
pub const MOMENT_PATTERN: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$";
/// Something that is no blank.
pub const TEXT_PATTERN: &str = r"\S";
/// The same without control characters but line breaks and tabs.
const REASON_PATTERN: &str = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$";
/// The same on one line.
const NAME_PATTERN: &str =
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
/// A text on one line, or nothing: control characters at its ends are blanks around it.
const LINE_PATTERN: &str = r"^[\t-\r \u0085]*[^\u0000-\u001f\u007f-\u009f]*[\t-\r \u0085]*$";
/// A decimal above zero of at most two places, below ten to the sixteenth: points are counted in signed 64 bits.
const POINTS_PATTERN: &str = r"^0*[1-9][0-9]{0,15}(\.[0-9]{1,2}0*)?$|^0+\.([1-9][0-9]?|0[1-9])0*$";
/// A decimal from zero on of at most two places, below ten billion.
const YUAN_PATTERN: &str = r"^0*[0-9]{1,10}(\.[0-9]{1,2}0*)?$";
/// A decimal above zero of at most six places.
const QUANTITY_PATTERN: &str = r"^[0-9]*[1-9][0-9]*(\.[0-9]{1,6}0*)?$|^0+\.0{0,5}[1-9][0-9]{0,5}$";

/// The most that one command moves: a billion points.
const POINTS_MAX: i64 = 1_000_000_000;
/// The most whole points that can be written in hundredths.
const POINTS_WRITTEN_MAX: i64 = 92_233_720_368_547_758;
/// The most yuan that one command names.
const YUAN_MAX: i64 = 10_000_000_000;
/// The most units of service of one record.
const QUANTITY_MAX: i64 = 1_000_000;
/// The most units of an item that are moved at once.
const UNITS_MAX: i64 = 10_000_000;
/// The longest decimal that is read.
const DECIMAL_CHARS_MAX: usize = 30;

/// A string of so many characters that fits a pattern.
pub fn string(chars_max: usize, pattern: &str) -> ObjectBuilder {
    let string = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).min_length(Some(1));
    string.max_length(Some(chars_max)).pattern(Some(pattern))
}

/// A number above zero in steps, or the same as a decimal string.
fn decimal(step: f64, most: Option<i64>, pattern: &str) -> AnyOfBuilder {
    let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
    let number = number.exclusive_minimum(Some(0)).maximum(most).multiple_of(Some(step));
    AnyOfBuilder::new().item(number).item(string(DECIMAL_CHARS_MAX, pattern))
}

/// A number from zero on in steps, or the same as a decimal string.
fn from_nothing(step: f64, most: i64, pattern: &str) -> AnyOfBuilder {
    let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
    let number = number.minimum(Some(0)).maximum(Some(most)).multiple_of(Some(step));
    AnyOfBuilder::new().item(number).item(string(DECIMAL_CHARS_MAX, pattern))
}

/// Whole units in a range, or the same as a decimal string.
fn whole(least: i64, pattern: &str) -> AnyOfBuilder {
    let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer));
    let number = number.minimum(Some(least)).maximum(Some(UNITS_MAX));
    AnyOfBuilder::new().item(number).item(string(DECIMAL_CHARS_MAX, pattern))
}

/// Degrees to either side of zero, or the same as a decimal string.
fn degrees(most: i64, pattern: &str) -> AnyOfBuilder {
    let number = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
    let number = number.minimum(Some(-most)).maximum(Some(most)).multiple_of(Some(0.000_001));
    AnyOfBuilder::new().item(number).item(string(DECIMAL_CHARS_MAX, pattern))
}

/// Units of service.
pub fn quantity() -> RefOr<Schema> {
    let about = "Units of service: an exact decimal above 0 of at most six places, as a number or a decimal string.";
    decimal(0.000_001, Some(QUANTITY_MAX), QUANTITY_PATTERN).description(Some(about)).into()
}

/// Money.
pub fn yuan() -> RefOr<Schema> {
    let about = "Yuan from 0 on: an exact decimal of at most two places, as a number or a decimal string.";
    from_nothing(0.01, YUAN_MAX, YUAN_PATTERN).description(Some(about)).into()
}

/// Units of an item that are moved.
pub fn units() -> RefOr<Schema> {
    let about = "Whole units of an item, at least 1, as a number or a decimal string.";
    whole(1, r"^0*[1-9][0-9]{0,7}(\.0+)?$").description(Some(about)).into()
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident = $component:literal, $about:literal, $schema:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ($schema).description(Some($about)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                $component.into()
            }
        }
    )*};
}

shapes! {
    /// What workers, stores, items, merchants, branches, cards and activities are known by.
    Id = "Id", "An id: 1 to 64 characters without blanks, control characters and slashes.", string(64, ID_PATTERN);
    /// What accounts are known by.
    AccountName = "AccountName", "An account's id: 1 to 64 characters without blanks and control characters.",
        string(64, KEY_PATTERN);
    /// A command's key, which also names the credit, redemption or hold that the command made.
    KeyName = "Key", "A key: 1 to 128 characters without blanks and control characters.", string(128, KEY_PATTERN);
    /// A calendar month.
    MonthText = "Month", "A calendar month, YYYY-MM.", string(7, MONTH_PATTERN);
    /// The code of an organisation; its last character checks the others.
    Uscc = "Uscc", "统一社会信用代码, with its check character (GB 32100-2015).",
        string(18, r"^[0-9A-HJ-NPQRTUWXY]{18}$");
    /// A free text.
    Reason = "Reason", "A text of at most 500 characters that is not blank.", string(500, REASON_PATTERN);
    /// A name.
    NameText = "Name", "A text on one line of at most 200 characters that is not blank.", string(200, NAME_PATTERN);
    /// A name or a phone that may be left out.
    LineText = "OneLine", "A text on one line of at most 200 characters; a blank one is none.",
        string(200, LINE_PATTERN).min_length(None);
    /// Points above zero.
    PositivePoints = "PositivePoints",
        "Points above 0: an exact decimal of at most two places, as a number or a decimal string.",
        decimal(0.01, Some(POINTS_WRITTEN_MAX), POINTS_PATTERN);
    /// Points that one command moves.
    Price = "Price",
        "Points above 0, at most a billion: an exact decimal of at most two places, as a number or a decimal string.",
        decimal(0.01, Some(POINTS_MAX), POINTS_PATTERN);
    /// Points of a benefit, which may be free.
    PriceOrNothing = "PriceOrNothing",
        "Points from 0 to a billion: an exact decimal of at most two places, as a number or a decimal string.",
        from_nothing(0.01, POINTS_MAX, r"^0*[0-9]{1,9}(\.[0-9]{1,2}0*)?$");
    /// A digest.
    Sha256Text = "Sha256", "A SHA-256: 64 hexadecimal digits in lower case.", string(64, r"^[0-9a-f]{64}$");
    /// 折扣: what is paid of ten.
    Discount = "Discount", "What is paid, of ten (折扣): 8.5 is 85 %. Above 0 and at most 10, of at most two places.",
        decimal(0.01, Some(10), r"^0*([1-9](\.[0-9]{1,2}0*)?|10(\.0+)?|0\.([1-9][0-9]?|0[1-9])0*)$");
    /// 补贴比例.
    Share = "Share", "A share from 0 to 1 of at most four places.",
        from_nothing(0.0001, 1, r"^0*(0(\.[0-9]{1,4}0*)?|1(\.0+)?)$");
    /// 经度.
    Longitude = "Longitude",
        "Degrees of longitude (经度), WGS-84, negative to the west: an exact decimal of at most six places, as a number or a \
         decimal string.",
        degrees(180, r"^-?0*(180(\.0+)?|(1[0-7][0-9]|[0-9]{1,2})(\.[0-9]{1,6}0*)?)$");
    /// 纬度.
    Latitude = "Latitude",
        "Degrees of latitude (纬度), WGS-84, negative to the south: an exact decimal of at most six places, as a number or a \
         decimal string.",
        degrees(90, r"^-?0*(90(\.0+)?|[0-8]?[0-9](\.[0-9]{1,6}0*)?)$");
    /// Units that a stocktake found.
    Counted = "Counted", "Whole units of an item from 0 on, as a number or a decimal string.",
        whole(0, r"^[0-9]{1,8}(\.0+)?$");
}
