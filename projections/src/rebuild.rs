//! Making the views anew beside the live ones, comparing them by digest, and putting them in place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger_core::journal::Journal;
use ledger_core::journal::url::JournalUrl;

use crate::error::ViewError;
use crate::handle::views_path;
use crate::runner::{Runner, digests};
use crate::store::ViewStore;
use crate::store::postgres::PostgresViews;
use crate::store::sqlite::SqliteViews;

/// Views made anew, beside the live ones.
pub struct Rebuilt {
    url: JournalUrl,
    store: RebuiltStore,
    /// The position they reach.
    pub position: u64,
}

enum RebuiltStore {
    Sqlite(Arc<SqliteViews>),
    Postgres(Arc<PostgresViews>),
}

impl RebuiltStore {
    fn shared(&self) -> Arc<dyn ViewStore> {
        match self {
            RebuiltStore::Sqlite(store) => Arc::clone(store) as Arc<dyn ViewStore>,
            RebuiltStore::Postgres(store) => Arc::clone(store) as Arc<dyn ViewStore>,
        }
    }
}

/// A view that came out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// By its name, such as `balance`.
    pub view: &'static str,
    /// The keys of the first rows that differ, at most ten.
    pub keys: Vec<String>,
}

fn rebuild_path(journal: &Path) -> PathBuf {
    views_path(journal).with_extension("rebuild.db")
}

fn rebuild_schema(schema: &str) -> String {
    format!("{schema}_rebuild")
}

/// Folds the journal from its first entry into new, empty views.
///
/// # Errors
/// [`ViewError`].
pub async fn rebuild(
    url: &JournalUrl,
    journal: Arc<dyn Journal>,
    until: u64,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Rebuilt, ViewError> {
    let store = match url {
        JournalUrl::Sqlite(path) => {
            let target = rebuild_path(path);
            SqliteViews::remove(&target)?;
            RebuiltStore::Sqlite(Arc::new(SqliteViews::open(&target)?))
        }
        JournalUrl::Postgres { url, schema } => {
            RebuiltStore::Postgres(Arc::new(PostgresViews::open_empty(url, &rebuild_schema(schema)).await?))
        }
    };
    let mut runner = Runner::new(journal, store.shared());
    let position = runner.run_until(until, progress).await?;
    Ok(Rebuilt { url: url.clone(), store, position })
}

impl Rebuilt {
    /// Compares with live views that stand at the same position.
    ///
    /// # Errors
    /// [`ViewError::Behind`] when the live views stand elsewhere.
    pub async fn compare(&self, live: &dyn ViewStore) -> Result<Vec<Difference>, ViewError> {
        let at = live.checkpoint().await?.position;
        if at != self.position {
            return Err(ViewError::Behind { at, wanted: self.position });
        }
        let rebuilt = self.store.shared();
        let (live_digests, new_digests) = (digests(live).await?, digests(rebuilt.as_ref()).await?);
        let mut differences = Vec::new();
        for (view, digest) in new_digests {
            if live_digests.get(view) != Some(&digest) {
                differences.push(Difference { view, keys: differing_keys(live, rebuilt.as_ref(), view).await? });
            }
        }
        Ok(differences)
    }

    /// Folds on to a later position.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn carry_on(&mut self, journal: Arc<dyn Journal>, until: u64) -> Result<(), ViewError> {
        self.position = Runner::new(journal, self.store.shared()).run_until(until, &mut |_| ()).await?;
        Ok(())
    }

    /// Throws these views away.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn discard(self) -> Result<(), ViewError> {
        match (self.store, &self.url) {
            (RebuiltStore::Sqlite(store), JournalUrl::Sqlite(path)) => {
                drop(store);
                SqliteViews::remove(&rebuild_path(path))
            }
            (RebuiltStore::Postgres(store), JournalUrl::Postgres { url, schema }) => {
                drop(store);
                PostgresViews::drop_schema(url, &rebuild_schema(schema)).await
            }
            _ => Ok(()),
        }
    }

    /// Puts these views in the place of the live ones.
    ///
    /// # Errors
    /// [`ViewError::InUse`] when a running server keeps the live ones in a file.
    pub async fn swap(self) -> Result<(), ViewError> {
        match (self.store, &self.url) {
            (RebuiltStore::Sqlite(store), JournalUrl::Sqlite(path)) => match Arc::try_unwrap(store) {
                Ok(store) => store.replace(&views_path(path)),
                Err(_) => Err(ViewError::InUse("the rebuilt views are being read".into())),
            },
            (RebuiltStore::Postgres(store), JournalUrl::Postgres { url, schema }) => {
                drop(store);
                PostgresViews::replace(url, &rebuild_schema(schema), schema).await
            }
            _ => Err(ViewError::Unavailable("the rebuilt views belong to another journal".into())),
        }
    }
}

async fn differing_keys(
    live: &dyn ViewStore,
    rebuilt: &dyn ViewStore,
    view: &'static str,
) -> Result<Vec<String>, ViewError> {
    const KEYS_MAX: usize = 10;
    const PAGE: usize = 1_000;
    let mut keys = Vec::new();
    let (mut after_live, mut after_new) = (String::new(), String::new());
    let (mut rows_live, mut rows_new) = (Vec::new().into_iter().peekable(), Vec::new().into_iter().peekable());
    while keys.len() < KEYS_MAX {
        if rows_live.peek().is_none() {
            rows_live = live.scan(view, "", &after_live, PAGE).await?.into_iter().peekable();
        }
        if rows_new.peek().is_none() {
            rows_new = rebuilt.scan(view, "", &after_new, PAGE).await?.into_iter().peekable();
        }
        let order = match (rows_live.peek(), rows_new.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((live_key, _)), Some((new_key, _))) => live_key.cmp(new_key),
        };
        let live_row = if order.is_le() { rows_live.next() } else { None };
        let new_row = if order.is_ge() { rows_new.next() } else { None };
        if let Some((key, _)) = &live_row {
            after_live.clone_from(key);
        }
        if let Some((key, _)) = &new_row {
            after_new.clone_from(key);
        }
        if live_row != new_row {
            keys.extend(live_row.or(new_row).map(|(key, _)| key));
        }
    }
    Ok(keys)
}
