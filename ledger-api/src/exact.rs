//! Points in JSON: the exact decimal as a number (10, 2.5), written from integers and never through a float.

use std::fmt::Display;

use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

/// Writes a value whose text form is a JSON number as that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact<T>(pub T);

impl<T: Display> Serialize for Exact<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}
