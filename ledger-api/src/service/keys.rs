//! The keys of commands: which ones anybody may take, and which the ledger makes for its own work.

use ledger_core::domain::ids::{IdError, Key};
use ledger_core::domain::numbers::personal_number;
use ledger_core::evidence::hash::HashSuite;

use super::ServiceError;

/// Keys under which the server itself gives back holds that ran out start with this.
pub const RELEASE_KEYS: &str = "hold-expired/";
/// Keys under which holds are given back because their site closed start with this.
pub const CLOSING_KEYS: &str = "site-closed/";
/// Keys under which credits are confirmed once their publicity is over start with this.
pub const PUBLICITY_KEYS: &str = "publicity-over/";
/// Keys under which credits are rejected for good once nobody may appeal any more start with this.
pub const OBJECTION_KEYS: &str = "objection-final/";
/// Keys under which the ends of grants that ran out are booked start with this.
pub const GRANT_KEYS: &str = "grant-over/";
/// Keys under which lots that ended are booked by themselves start with this.
pub const EXPIRY_KEYS: &str = "lots-expired/";
/// Keys under which work is rated by the code on its slip start with this: one for each, whoever shows it how often.
pub const SLIP_KEYS: &str = "slip-rated/";
/// Keys that the ledger's own work uses: nobody else may take them first.
pub const RESERVED_KEYS: &[&str] =
    &["journal/", RELEASE_KEYS, CLOSING_KEYS, PUBLICITY_KEYS, OBJECTION_KEYS, GRANT_KEYS, EXPIRY_KEYS, SLIP_KEYS];

/// Reads the key of a command.
///
/// # Errors
/// [`ServiceError::Unreadable`].
pub fn read_key(text: &str) -> Result<Key, ServiceError> {
    let key = Key::new(text).map_err(|error| ServiceError::unreadable(format!("the command's key: {error}")))?;
    if let Some(number) = personal_number(text) {
        let what = format!("the command's key holds {number}; choose another: keys are recorded for ever");
        return Err(ServiceError::unreadable(what));
    }
    match RESERVED_KEYS.iter().find(|prefix| text.starts_with(**prefix)) {
        Some(prefix) => Err(ServiceError::unreadable(format!("keys that start with {prefix} are the ledger's own"))),
        None => Ok(key),
    }
}

/// A key made from another name. Where both together are too long for a key, their digest stands for them.
///
/// # Errors
/// [`IdError`] when no key comes out, which no name of the ledger's own gives.
pub fn derived_key(prefix: &str, name: &str) -> Result<Key, IdError> {
    Key::new(&format!("{prefix}{name}")).or_else(|_| digest_key(prefix, name))
}

fn digest_key(prefix: &str, name: &str) -> Result<Key, IdError> {
    // The start stays readable, and stays within what is reserved for the ledger's own work.
    const SHOWN_CHARS: usize = 40;
    let digest = HashSuite::Sha256.leaf_hash(format!("{prefix}{name}").as_bytes());
    let hex: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let shown: String = prefix.chars().take(SHOWN_CHARS).collect();
    Key::new(&format!("{shown}/{hex}"))
}

#[cfg(test)]
mod tests {
    use super::{RESERVED_KEYS, read_key};

    #[test]
    fn keys_of_the_ledgers_own_work_cannot_be_taken() {
        assert!(read_key("2024-03/0001").is_ok());
        for key in ["", "a b", &"x".repeat(129)] {
            assert!(read_key(key).is_err(), "{key:?}");
        }
        for prefix in RESERVED_KEYS {
            assert!(read_key(&format!("{prefix}X1")).is_err(), "{prefix}");
        }
    }
}
