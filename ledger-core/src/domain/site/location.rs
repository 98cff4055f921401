//! Where a site lies on the globe: two angles in whole millionths of a degree, which is a tenth of a metre and exactly what
//! was written. No angle passes through a float.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::decimal::Decimal;

/// Decimal places of a degree that are kept.
pub const DEGREE_PLACES: u8 = 6;
/// Millionths of a degree from the meridian of Greenwich to the last one.
const LONGITUDE_MAX: i32 = 180_000_000;
/// Millionths of a degree from the equator to a pole.
const LATITUDE_MAX: i32 = 90_000_000;

/// A place by longitude (经度) and latitude (纬度), in the WGS-84 degrees that a telephone's receiver shows. Others that maps
/// in China use (GCJ-02, BD-09) lie some hundred metres beside it and cannot be told from the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Location {
    lat_e6: i32,
    lon_e6: i32,
}

/// A place as bytes have it, before it is known to be one.
#[derive(Deserialize)]
struct Written {
    lat_e6: i32,
    lon_e6: i32,
}

/// Which of two numbers is no angle of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLocation {
    /// 经度 lies outside -180 to 180 degrees.
    Longitude,
    /// 纬度 lies outside -90 to 90 degrees.
    Latitude,
}

impl fmt::Display for NoLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoLocation::Longitude => "a longitude (经度) lies from -180 to 180 degrees",
            NoLocation::Latitude => "a latitude (纬度) lies from -90 to 90 degrees",
        })
    }
}

/// An angle as people write it: a decimal number of degrees with no idle zeros, negative to the west and the south.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Degrees(i32);

impl fmt::Display for Degrees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let degrees = Decimal::new(self.0 < 0, self.0.unsigned_abs().into(), -i32::from(DEGREE_PLACES));
        fmt::Display::fmt(&degrees.without_idle_zeros(), f)
    }
}

impl Location {
    /// The place at so many millionths of a degree.
    ///
    /// # Errors
    /// [`NoLocation`], the longitude's before the latitude's.
    pub fn new(lon_e6: i64, lat_e6: i64) -> Result<Location, NoLocation> {
        let within = |angle: i64, most: i32| i32::try_from(angle).ok().filter(|angle| (-most..=most).contains(angle));
        Ok(Location {
            lon_e6: within(lon_e6, LONGITUDE_MAX).ok_or(NoLocation::Longitude)?,
            lat_e6: within(lat_e6, LATITUDE_MAX).ok_or(NoLocation::Latitude)?,
        })
    }

    /// 经度 in millionths of a degree, negative to the west.
    pub const fn lon_e6(self) -> i32 {
        self.lon_e6
    }

    /// 纬度 in millionths of a degree, negative to the south.
    pub const fn lat_e6(self) -> i32 {
        self.lat_e6
    }

    /// 经度 in degrees.
    pub const fn longitude(self) -> Degrees {
        Degrees(self.lon_e6)
    }

    /// 纬度 in degrees.
    pub const fn latitude(self) -> Degrees {
        Degrees(self.lat_e6)
    }
}

impl TryFrom<Written> for Location {
    type Error = NoLocation;

    fn try_from(written: Written) -> Result<Location, NoLocation> {
        Location::new(written.lon_e6.into(), written.lat_e6.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{LATITUDE_MAX, LONGITUDE_MAX, Location, NoLocation};
    use crate::domain::decimal::{Decimal, Spelling};

    fn told(lon_e6: i64, lat_e6: i64) -> (String, String) {
        let location = Location::new(lon_e6, lat_e6).expect("a place");
        (location.longitude().to_string(), location.latitude().to_string())
    }

    #[test]
    fn a_place_is_told_in_degrees_without_idle_zeros() {
        assert_eq!(told(121_473_700, 31_230_001), ("121.4737".to_owned(), "31.230001".to_owned()));
        assert_eq!(told(-180_000_000, 90_000_000), ("-180".to_owned(), "90".to_owned()));
        assert_eq!(told(0, -1), ("0".to_owned(), "-0.000001".to_owned()));
    }

    #[test]
    fn what_lies_beyond_the_last_meridian_or_a_pole_is_no_place() {
        assert_eq!(Location::new(180_000_001, 0), Err(NoLocation::Longitude));
        assert_eq!(Location::new(-180_000_001, 99_000_000), Err(NoLocation::Longitude));
        // Longitude and latitude of a place in China, one in the other's column.
        assert_eq!(Location::new(31_230_000, 121_473_700), Err(NoLocation::Latitude));
        assert_eq!(Location::new(i64::MAX, i64::MIN), Err(NoLocation::Longitude));
    }

    #[test]
    fn bytes_that_are_no_place_are_not_read_as_one() {
        let read = |json: &str| serde_json::from_str::<Location>(json).ok();
        assert_eq!(read(r#"{"lat_e6":31230000,"lon_e6":121473700}"#), Location::new(121_473_700, 31_230_000).ok());
        for json in [r#"{"lat_e6":90000001,"lon_e6":0}"#, r#"{"lat_e6":0}"#, r#"{"lat_e6":0.5,"lon_e6":0}"#, "[]"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn the_degrees_of_a_place_are_read_back_as_they_were(
            lon_e6 in -LONGITUDE_MAX..=LONGITUDE_MAX,
            lat_e6 in -LATITUDE_MAX..=LATITUDE_MAX,
        ) {
            let location = Location::new(lon_e6.into(), lat_e6.into()).expect("a place");
            let read = |degrees: &str| Decimal::read(degrees, Spelling::PLAIN).and_then(|read| read.scaled_to(6));
            prop_assert_eq!(read(&location.longitude().to_string()), Some(i128::from(lon_e6)));
            prop_assert_eq!(read(&location.latitude().to_string()), Some(i128::from(lat_e6)));
            let bytes = serde_json::to_vec(&location).expect("bytes");
            prop_assert_eq!(serde_json::from_slice::<Location>(&bytes).expect("read"), location);
        }
    }
}
