//! Reading a value out of a text in an event, without a copy of the text in between: events are read by the million.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error, Visitor};

struct Text<F, T, R> {
    expecting: &'static str,
    read: F,
    made: PhantomData<(T, R)>,
}

impl<T, R, F> Visitor<'_> for Text<F, T, R>
where
    R: fmt::Display,
    F: FnOnce(&str) -> Result<T, R>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).map_err(E::custom)
    }
}

/// Reads a value from a text; `expecting` says in an error what should have stood there.
pub(super) fn read_text<'de, D, T, R>(
    deserializer: D,
    expecting: &'static str,
    read: impl FnOnce(&str) -> Result<T, R>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    R: fmt::Display,
{
    deserializer.deserialize_str(Text { expecting, read, made: PhantomData })
}
