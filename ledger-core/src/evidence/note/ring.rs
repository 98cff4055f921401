//! The keys a reader trusts for one purpose.
//!
//! Owns: that no signature can be attributed to two keys, and no signer be counted twice. Does not
//! own for how long a key is trusted: a ring is built for the question at hand.

use std::collections::BTreeMap;

use super::key::{KeyError, PublicKey};
use super::name::{KeyId, KeyName};

/// Keys that are trusted for one purpose, such as all keys of one journal, or all its witnesses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRing {
    keys: BTreeMap<(KeyName, KeyId), PublicKey>,
}

impl KeyRing {
    /// A ring without keys; nothing verifies against it.
    #[must_use]
    pub const fn new() -> Self {
        Self { keys: BTreeMap::new() }
    }

    /// Trusts one more key; the same key again changes nothing.
    ///
    /// # Errors
    /// [`KeyError::Ambiguous`] when name and id already stand for another key, or when the key is
    /// trusted under another name: one signer must not count as two.
    pub fn trust(&mut self, key: PublicKey) -> Result<(), KeyError> {
        let slot = (key.name().clone(), key.id());
        let clash = self.keys.iter().any(|(known, other)| {
            (*known == slot || (other.kind() == key.kind() && other.as_bytes() == key.as_bytes())) && *other != key
        });
        if clash {
            return Err(KeyError::Ambiguous);
        }
        self.keys.insert(slot, key);
        Ok(())
    }

    /// The trusted keys, by name and id.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.values()
    }

    pub(super) fn find(&self, name: &KeyName, id: KeyId) -> Option<&PublicKey> {
        self.keys.get(&(name.clone(), id))
    }
}
