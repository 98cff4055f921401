//! One question's look at the views: the rows in memory over those in the store, all of one position.
//!
//! While a question is answered nothing is folded, and a store that another server wrote further on makes it begin anew;
//! so no answer mixes positions. Nobody waits for a row to be written.

use std::collections::BTreeMap;

use tokio::sync::RwLockReadGuard;

use crate::error::ViewError;
use crate::fold::{View, decode_row};
use crate::handle::{Views, WAIT_MAX};
use crate::memory::{Memory, Span};
use crate::queries::{At, Page};

/// Rows read at once while walking a view.
const PAGE: usize = 1_000;

/// What a question looks at.
enum Look<'a> {
    /// Rows that a runner of this process folds.
    Memory(RwLockReadGuard<'a, Memory>, Span),
    /// Stored rows alone, and once some were read, the position they are of.
    Stored(Option<u64>),
}

/// Why a question has to begin anew.
enum Again {
    /// The store holds what is not folded here yet.
    From(u64),
    /// The store stands before what it held: the views were put anew in its place.
    Replaced(u64),
}

impl Look<'_> {
    /// The position of an answer that rests on rows of a store which stood at `checkpoint`.
    fn position(&mut self, checkpoint: u64) -> Result<u64, Again> {
        match self {
            Look::Memory(_, span) if checkpoint > span.folded => Err(Again::From(checkpoint)),
            Look::Memory(_, span) if checkpoint < span.stored => Err(Again::Replaced(checkpoint)),
            Look::Memory(_, span) => Ok(span.folded),
            Look::Stored(at) => {
                let at = *at.get_or_insert(checkpoint);
                if at == checkpoint { Ok(at) } else { Err(Again::From(checkpoint)) }
            }
        }
    }

    /// A row in memory and its position.
    fn row<V: View>(&self, key: &str) -> Option<(Option<&V::Row>, u64)> {
        let Look::Memory(memory, span) = self else { return None };
        memory.cache::<V>()?.peek(key).map(|row| (row, span.folded))
    }

    fn unstored<V: View>(&self, prefix: &str, after: &str) -> BTreeMap<&str, Option<&V::Row>> {
        let Look::Memory(memory, _) = self else { return BTreeMap::new() };
        memory.cache::<V>().map(|cache| cache.unstored(prefix, after)).unwrap_or_default()
    }
}

impl Views {
    /// Looks at the views once they include a position.
    async fn look(&self, least: u64) -> Result<Look<'_>, ViewError> {
        let Some(memory) = self.memory() else { return Ok(Look::Stored(None)) };
        let mut reached = self.reached();
        loop {
            // What is folded from here on wakes the wait below.
            reached.mark_unchanged();
            let memory = memory.read().await;
            if let Some(span) = memory.span().filter(|span| span.folded >= least) {
                return Ok(Look::Memory(memory, span));
            }
            drop(memory);
            self.want(least);
            if reached.changed().await.is_err() {
                return Err(ViewError::Behind { at: self.position(), wanted: least });
            }
        }
    }

    /// What is to be done before a question begins anew: the position to wait for.
    async fn again(&self, again: Again) -> u64 {
        match again {
            Again::From(position) => position,
            Again::Replaced(checkpoint) => {
                if let Some(memory) = self.memory() {
                    let mut memory = memory.write().await;
                    if memory.span().is_some_and(|span| checkpoint < span.stored) {
                        tracing::info!("the views were put anew in their place; what was in memory is forgotten");
                        memory.forget();
                    }
                }
                self.told()
            }
        }
    }

    /// A row by key.
    pub(crate) async fn row<V: View>(&self, key: &str) -> Result<At<Option<V::Row>>, ViewError> {
        let mut least = self.told();
        let answer = async {
            loop {
                let mut look = self.look(least).await?;
                if let Some((row, position)) = look.row::<V>(key) {
                    return Ok(At { position, value: row.cloned() });
                }
                let stored = self.store().get_with_checkpoint(V::NAME, &[key.to_owned()]).await?;
                match look.position(stored.checkpoint) {
                    Ok(position) => {
                        let bytes = stored.rows.into_iter().next().flatten();
                        let value = bytes.map(|bytes| decode_row::<V>(key, &bytes)).transpose()?;
                        return Ok(At { position, value });
                    }
                    Err(again) => {
                        drop(look);
                        least = self.again(again).await.max(least);
                    }
                }
            }
        };
        let answer = self.in_time(answer).await?;
        self.tell(answer.position);
        Ok(answer)
    }

    /// The rows with these keys, all of one position; those that are not there are left out.
    pub(crate) async fn rows_by_key<V: View>(&self, keys: &[String]) -> Result<BTreeMap<String, V::Row>, ViewError> {
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut least = self.told();
        let answer = async {
            loop {
                let mut look = self.look(least).await?;
                match self.collect::<V>(&mut look, keys).await? {
                    Ok(found) => return Ok(found),
                    Err(again) => {
                        drop(look);
                        least = self.again(again).await.max(least);
                    }
                }
            }
        };
        let At { position, value } = self.in_time(answer).await?;
        self.tell(position);
        Ok(value)
    }

    async fn collect<V: View>(
        &self,
        look: &mut Look<'_>,
        keys: &[String],
    ) -> Result<Result<At<BTreeMap<String, V::Row>>, Again>, ViewError> {
        let (mut rows, mut unseen, mut position) = (BTreeMap::new(), Vec::new(), 0);
        for key in keys {
            match look.row::<V>(key) {
                Some((row, at)) => {
                    position = at;
                    rows.extend(row.map(|row| (key.clone(), row.clone())));
                }
                None => unseen.push(key.clone()),
            }
        }
        for asked in unseen.chunks(PAGE) {
            let stored = self.store().get_with_checkpoint(V::NAME, asked).await?;
            position = match look.position(stored.checkpoint) {
                Ok(position) => position,
                Err(again) => return Ok(Err(again)),
            };
            for (key, bytes) in asked.iter().zip(stored.rows) {
                if let Some(bytes) = bytes {
                    rows.insert(key.clone(), decode_row::<V>(key, &bytes)?);
                }
            }
        }
        Ok(Ok(At { position, value: rows }))
    }

    /// The rows whose key starts with `prefix` and comes after `after`, of those that `keep` wants at most `limit`.
    pub(crate) async fn page_of<V: View>(
        &self,
        prefix: &str,
        after: &str,
        limit: usize,
        keep: impl Fn(&V::Row) -> bool + Send + Sync,
    ) -> Result<Page<V::Row>, ViewError> {
        let mut least = self.told();
        let answer = async {
            loop {
                let mut look = self.look(least).await?;
                match self.walk::<V>(&mut look, prefix, after, limit, &keep).await? {
                    Ok(page) => return Ok(page),
                    Err(again) => {
                        drop(look);
                        least = self.again(again).await.max(least);
                    }
                }
            }
        };
        let answer = self.in_time(answer).await?;
        self.tell(answer.position);
        Ok(answer)
    }

    async fn walk<V: View>(
        &self,
        look: &mut Look<'_>,
        prefix: &str,
        after: &str,
        limit: usize,
        keep: &(impl Fn(&V::Row) -> bool + Sync),
    ) -> Result<Result<Page<V::Row>, Again>, ViewError> {
        // One more than asked for tells whether there is more.
        let enough = limit.saturating_add(1);
        let mut rows: Vec<(String, V::Row)> = Vec::new();
        let mut cursor = after.to_owned();
        let position = loop {
            let asked = (enough - rows.len()).min(PAGE);
            let stored = self.store().scan_with_checkpoint(V::NAME, prefix, &cursor, asked).await?;
            let position = match look.position(stored.checkpoint) {
                Ok(position) => position,
                Err(again) => return Ok(Err(again)),
            };
            let ended = stored.rows.len() < asked;
            let mut newer = look.unstored::<V>(prefix, &cursor).into_iter().peekable();
            let mut take = |key: &str, row: Option<&V::Row>| {
                if let Some(row) = row.filter(|row| keep(row)) {
                    rows.push((key.to_owned(), row.clone()));
                }
            };
            for (key, bytes) in stored.rows {
                while let Some((key, row)) = newer.next_if(|(newer, _)| *newer < key.as_str()) {
                    take(key, row);
                }
                match newer.next_if(|(newer, _)| *newer == key) {
                    Some((key, row)) => take(key, row),
                    None => take(&key, Some(&decode_row::<V>(&key, &bytes)?)),
                }
                cursor = key;
            }
            if ended {
                newer.for_each(|(key, row)| take(key, row));
            }
            if ended || rows.len() >= enough {
                break position;
            }
        };
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|(key, _)| key.clone()) } else { None };
        Ok(Ok(Page { rows, next, position }))
    }

    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, ViewError>>) -> Result<T, ViewError> {
        match tokio::time::timeout(WAIT_MAX, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(ViewError::Behind { at: self.position(), wanted: self.told() }),
        }
    }
}
