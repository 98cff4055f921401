//! Points in JSON: the exact decimal as a number (10, 2.5), written from integers and never through a float.

use std::borrow::Cow;
use std::fmt::Display;

use ledger_core::domain::points::Points;
use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Writes a value whose text form is a JSON number as that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact<T>(pub T);

impl<T: Display> Serialize for Exact<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Points: a JSON number of at most two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointsJson(pub Points);

impl Serialize for PointsJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Exact(self.0).serialize(serializer)
    }
}

impl PartialSchema for PointsJson {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .multiple_of(Some(0.01))
            .description(Some("Points: an exact decimal of at most two places."))
            .into()
    }
}

impl ToSchema for PointsJson {
    fn name() -> Cow<'static, str> {
        "Points".into()
    }
}
