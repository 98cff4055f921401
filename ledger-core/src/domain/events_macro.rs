//! One macro that ties an event enum to its type names, its words and its canonical JSON, so that they cannot drift
//! apart.

/// Defines an aggregate's event enum over payload structs, with its type names, words, encoder and decoder.
///
/// `of owner: Id` names the field that says whose event it is, where every payload has it beside `at`.
macro_rules! events {
    (
        $(#[$doc:meta])* $enum:ident $(of $owner:ident: $owner_id:ty)?
        { $($(#[$variant_doc:meta])* $variant:ident($payload:ty) = $word:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum $enum {
            $($(#[$variant_doc])* $variant($payload),)*
        }

        impl $enum {
            /// The type names of this aggregate's events.
            pub const TYPES: &'static [&'static str] = &[$(stringify!($variant),)*];

            /// The same, each with the event's name for people.
            pub const WORDS: &'static [(&'static str, &'static str)] = &[$((stringify!($variant), $word),)*];

            /// The event's type name, as recorded.
            pub const fn event_type(&self) -> &'static str {
                match self { $($enum::$variant(_) => stringify!($variant),)* }
            }

            /// Appends the canonical JSON of the payload.
            ///
            /// # Errors
            /// When the serializer fails, which no payload type of ours does.
            pub fn encode_into(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
                match self { $($enum::$variant(payload) => serde_json::to_writer(out, payload),)* }
            }

            /// Reads a payload of the named type; `None` when the type is not this aggregate's.
            pub fn decode(event_type: &str, payload: &str) -> Option<serde_json::Result<$enum>> {
                match event_type {
                    $(stringify!($variant) => Some(serde_json::from_str(payload).map($enum::$variant)),)*
                    _ => None,
                }
            }
        }

        events! { @owned $enum { $($variant)* } $($owner: $owner_id)? }
    };
    (@owned $enum:ident { $($variant:ident)* }) => {};
    (@owned $enum:ident { $($variant:ident)* } $owner:ident: $owner_id:ty) => {
        impl $enum {
            /// Whose event it is.
            pub const fn $owner(&self) -> &$owner_id {
                match self { $($enum::$variant(payload) => &payload.$owner,)* }
            }

            /// When it happened.
            pub const fn at(&self) -> $crate::domain::time::BusinessTime {
                match self { $($enum::$variant(payload) => payload.at,)* }
            }
        }
    };
}
