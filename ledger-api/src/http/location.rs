//! Places on the globe as bodies have them: two angles in degrees, which never pass through a float.

use ledger_core::domain::decimal::{Decimal, Spelling};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::site::location::{DEGREE_PLACES, Location, NoLocation};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::decimal::decimal;
use crate::service::ServiceError;

/// An angle in millionths of a degree, from an exact decimal of at most six places; `None` when what stands there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DegreesJson(Option<i64>);

impl DegreesJson {
    fn millionths(self, field: &str) -> Result<i64, ServiceError> {
        let told = || format!("{field}: no degrees: a decimal number of at most six decimal places, such as 118.5046");
        self.0.ok_or_else(|| ServiceError::refused(Code::InvalidInput, told()))
    }
}

impl<'de> Deserialize<'de> for DegreesJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DegreesJson, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let degrees = decimal(&raw).and_then(|text| Decimal::read(&text, Spelling::PLAIN));
        let millionths = degrees.and_then(|degrees| degrees.scaled_to(DEGREE_PLACES.into()));
        Ok(DegreesJson(millionths.and_then(|angle| i64::try_from(angle).ok())))
    }
}

/// Where something lies: both angles or neither.
///
/// # Errors
/// `invalid_input`, naming the field.
pub(super) fn location(
    longitude: Option<DegreesJson>,
    latitude: Option<DegreesJson>,
) -> Result<Option<Location>, ServiceError> {
    const LONGITUDE: &str = "longitude";
    const LATITUDE: &str = "latitude";
    let refused = |field: &str, what: &str| ServiceError::refused(Code::InvalidInput, format!("{field}: {what}"));
    match (longitude, latitude) {
        (Some(longitude), Some(latitude)) => {
            let angles = (longitude.millionths(LONGITUDE)?, latitude.millionths(LATITUDE)?);
            let location = Location::new(angles.0, angles.1).map_err(|none| match none {
                NoLocation::Longitude => refused(LONGITUDE, &none.to_string()),
                NoLocation::Latitude => refused(LATITUDE, &none.to_string()),
            })?;
            Ok(Some(location))
        }
        (None, None) => Ok(None),
        (Some(_), None) => Err(refused(LATITUDE, "is missing; send it with the longitude, or neither of them")),
        (None, Some(_)) => Err(refused(LONGITUDE, "is missing; send it with the latitude, or neither of them")),
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::site::Location;

    use super::{DegreesJson, location};

    fn read(json: &str) -> Option<i64> {
        serde_json::from_str::<DegreesJson>(json).unwrap().0
    }

    #[test]
    fn degrees_are_read_exactly_and_never_rounded() {
        assert_eq!(read("118.5046"), Some(118_504_600));
        assert_eq!(read("\"-36.204201\""), Some(-36_204_201));
        assert_eq!(read("1e-06"), Some(1));
        assert_eq!(read("118.50460000"), Some(118_504_600));
        for json in ["118.5046001", "\"118°30'\"", "null", "true", "[118]", "1e30"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn a_place_is_two_angles_or_none() {
        let angle = |degrees: Option<i64>| degrees.map(|degrees| DegreesJson(Some(degrees * 1_000_000)));
        let told = |longitude, latitude| location(angle(longitude), angle(latitude));
        assert_eq!(told(None, None).unwrap(), None);
        assert_eq!(told(Some(118), Some(36)).unwrap(), Location::new(118_000_000, 36_000_000).ok());
        for (longitude, latitude, field) in [
            (Some(118), None, "latitude: "),
            (None, Some(36), "longitude: "),
            (Some(181), Some(36), "longitude: "),
            (Some(36), Some(118), "latitude: "),
        ] {
            let refused = format!("{:?}", told(longitude, latitude).unwrap_err());
            assert!(refused.contains(field) && refused.contains("InvalidInput"), "{refused}");
        }
    }
}
