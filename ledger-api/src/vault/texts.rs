//! Free texts (reasons, notes): sealed under the key of whom they are about, while the event holds a reference to them.
//!
//! The reference is a keyed digest made with the subject's own key. The same text about the same subject gives the same
//! one, so that a command that is sent again is known; and once the key is destroyed nobody can even test a guess.
//! Events of earlier programs hold their texts themselves, and are told as they are.

use std::collections::BTreeMap;
use std::time::Duration;

use super::store::{Place, Subject};
use super::{TRIES_MAX, Vault, VaultError, being_erased, subject};

/// How a reference begins.
const PREFIX: &str = "text:";
/// Digits of its digest.
const DIGITS: usize = 32;
/// Digits of it that are shown to whoever may not read the text.
const SHOWN_DIGITS: usize = 8;

/// Whether what stands in an event for a text is a reference, and no text.
pub fn is_reference(text: &str) -> bool {
    digits(text).is_some()
}

/// A reference in short, for whoever may not read its text or where it is gone; a text as it is.
pub fn short(text: &str) -> String {
    match digits(text).and_then(|digits| digits.get(..SHOWN_DIGITS)) {
        Some(digits) => format!("#{digits}"),
        None => text.to_owned(),
    }
}

fn digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix(PREFIX)?;
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (digits.len() == DIGITS && digits.bytes().all(hex)).then_some(digits)
}

impl Vault {
    /// Keeps texts, each as (kind, id, text), all or none, and gives their references in the order given.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn keep_texts(&self, batch: &[(&str, String, String)]) -> Result<Vec<String>, VaultError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let subjects: Vec<Subject> = batch.iter().map(|(kind, id, _)| subject(kind, id)).collect::<Result<_, _>>()?;
        for tried in 0..TRIES_MAX {
            tokio::time::sleep(Duration::from_millis(tried)).await;
            let places = |field: &dyn Fn(usize) -> String| -> Vec<Place> {
                let place = |(at, subject): (usize, &Subject)| Place { subject: subject.clone(), field: field(at) };
                subjects.iter().enumerate().map(place).collect()
            };
            let keys = self.find_or_add_keys(places(&|_| String::new())).await?;
            let mut references = Vec::with_capacity(batch.len());
            for ((subject, found), (_, _, text)) in subjects.iter().zip(&keys).zip(batch) {
                let Some(wrapped) = &found.key else { break };
                let digest = self.keys.unwrap(subject, wrapped)?.digest(text)?;
                references.push(format!("{PREFIX}{digest}"));
            }
            // A key that is gone again belonged to somebody who was just erased.
            if references.len() < batch.len() {
                continue;
            }
            let places = places(&|at| references.get(at).cloned().unwrap_or_default());
            let found = self.store.find(places.clone()).await?;
            // Whoever was erased since would get another reference for the text.
            let same = |(before, now): (&super::Found, &super::Found)| {
                before.key.as_ref().map(|key| key.key_id) == now.key.as_ref().map(|key| key.key_id)
            };
            if !keys.iter().zip(&found).all(same) {
                continue;
            }
            let texts: BTreeMap<Place, (String, &super::Found)> = places
                .into_iter()
                .zip(batch)
                .zip(&found)
                .map(|((place, (_, _, text)), found)| (place, (text.clone(), found)))
                .collect();
            let found: Vec<super::Found> = texts.values().map(|(_, found)| (*found).clone()).collect();
            let kept: BTreeMap<Place, String> = texts.into_iter().map(|(place, (text, _))| (place, text)).collect();
            let Some(fields) = self.seal_changed(&kept, &found)? else { continue };
            if fields.is_empty() || self.store.put(fields).await? {
                return Ok(references);
            }
        }
        Err(being_erased())
    }

    /// The texts of references, each asked for as (kind, id, reference); one answer each, none where it is gone.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn texts<K, I, R>(&self, batch: &[(K, I, R)]) -> Result<Vec<Option<String>>, VaultError>
    where
        K: AsRef<str> + Sync,
        I: AsRef<str> + Sync,
        R: AsRef<str> + Sync,
    {
        let place = |(kind, id, reference): &(K, I, R)| {
            subject(kind.as_ref(), id.as_ref()).map(|subject| Place { subject, field: reference.as_ref().to_owned() })
        };
        let places: Vec<Place> = batch.iter().map(place).collect::<Result<_, _>>()?;
        self.read(&places).await
    }

    /// Every text that is kept about a subject, with its reference.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn all_texts(&self, kind: &str, id: &str) -> Result<BTreeMap<String, String>, VaultError> {
        let held = self.store.held_of(subject(kind, id)?).await?;
        held.iter()
            .filter(|held| is_reference(&held.field))
            .map(|held| Ok((held.field.clone(), self.open_held(held)?)))
            .collect()
    }
}
