//! Peers (a) and (e): cqrs-es with postgres-es or sqlite-es, used as their documentation says.
//!
//! A framework of one aggregate a transaction makes a redemption a saga of three commands: hold the points, take the
//! goods, capture the hold. A conflict is tried again at once. No time-outs, no compensation, no queries: the peer's best
//! case. Every stream begins each run with fifty events.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, DomainEvent};
use rand::rngs::SmallRng;
use serde::{Deserialize, Serialize};

use crate::load::{self, Caller, Skew};
use crate::reading::Reading;
use crate::sql::Operation;

mod postgres;
mod sqlite;

pub(crate) use postgres::OnPostgres;
pub(crate) use sqlite::OnSqlite;

/// Events of every stream before a run.
const HISTORY: u32 = 50;
const METADATA: &str = r#"{"actor":"peers"}"#;

/// A rule that does not hold.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(&'static str);

/// A worker's points.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Account {
    available: i64,
    held: i64,
}

#[derive(Debug)]
pub(crate) enum AccountCommand {
    Credit { worker: String },
    Hold { worker: String, store: String },
    Capture { worker: String, store: String },
}

/// Each carries about 205 bytes, as the other peers' rows do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum AccountEvent {
    Credited(Moved),
    Held(Moved),
    Captured(Moved),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moved {
    at: String,
    worker: String,
    store: String,
    points: i64,
    balance: i64,
    reference: String,
}

impl Moved {
    fn new(worker: String, store: String, points: i64, balance: i64) -> Moved {
        let (at, reference) = ("2025-08-23T00:00:00+08:00".into(), "peer/4f2a9c1e/31/10482".into());
        Moved { at, worker, store, points, balance, reference }
    }
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        match self {
            AccountEvent::Credited(_) => "Credited",
            AccountEvent::Held(_) => "Held",
            AccountEvent::Captured(_) => "Captured",
        }
        .into()
    }

    fn event_version(&self) -> String {
        "1.0".into()
    }
}

impl Aggregate for Account {
    const TYPE: &'static str = "account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = Refused;
    type Services = ();

    async fn handle(&mut self, command: AccountCommand, (): &(), sink: &EventSink<Self>) -> Result<(), Refused> {
        let event = match command {
            AccountCommand::Credit { worker } => {
                AccountEvent::Credited(Moved::new(worker, String::new(), 1_000_000, self.available + 1_000_000))
            }
            AccountCommand::Hold { .. } if self.available < 100 => return Err(Refused("insufficient points")),
            AccountCommand::Hold { worker, store } => {
                AccountEvent::Held(Moved::new(worker, store, 100, self.available - 100))
            }
            AccountCommand::Capture { .. } if self.held < 100 => return Err(Refused("nothing is held")),
            AccountCommand::Capture { worker, store } => {
                AccountEvent::Captured(Moved::new(worker, store, 100, self.available))
            }
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Credited(moved) => self.available += moved.points,
            AccountEvent::Held(moved) => {
                self.available -= moved.points;
                self.held += moved.points;
            }
            AccountEvent::Captured(moved) => self.held -= moved.points,
        }
    }
}

/// A store's shelf.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Shelf {
    on_shelf: i64,
}

#[derive(Debug)]
pub(crate) enum ShelfCommand {
    Take { worker: String, store: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum ShelfEvent {
    Stocked(Units),
    Taken(Units),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Units {
    at: String,
    worker: String,
    store: String,
    sku: String,
    quantity: i64,
    reference: String,
}

impl Units {
    fn new(worker: String, store: String, quantity: i64) -> Units {
        let (at, reference) = ("2025-08-23T00:00:00+08:00".into(), "peer/4f2a9c1e/31/10482".into());
        Units { at, worker, store, sku: "SP000".into(), quantity, reference }
    }
}

impl DomainEvent for ShelfEvent {
    fn event_type(&self) -> String {
        match self {
            ShelfEvent::Stocked(_) => "Stocked",
            ShelfEvent::Taken(_) => "Taken",
        }
        .into()
    }

    fn event_version(&self) -> String {
        "1.0".into()
    }
}

impl Aggregate for Shelf {
    const TYPE: &'static str = "shelf";
    type Command = ShelfCommand;
    type Event = ShelfEvent;
    type Error = Refused;
    type Services = ();

    async fn handle(&mut self, command: ShelfCommand, (): &(), sink: &EventSink<Self>) -> Result<(), Refused> {
        let ShelfCommand::Take { worker, store } = command;
        if self.on_shelf < 1 {
            return Err(Refused("out of stock"));
        }
        sink.write(ShelfEvent::Taken(Units::new(worker, store, 1)), self).await;
        Ok(())
    }

    fn apply(&mut self, event: ShelfEvent) {
        match event {
            ShelfEvent::Stocked(units) => self.on_shelf += units.quantity,
            ShelfEvent::Taken(units) => self.on_shelf -= units.quantity,
        }
    }
}

/// A stored event, for the histories.
struct Row {
    aggregate_type: &'static str,
    aggregate_id: String,
    sequence: i64,
    event_type: String,
    payload: String,
}

/// Fifty events for every worker and every store.
fn histories(skew: Skew) -> impl Iterator<Item = Result<Row>> {
    let accounts = (0..skew.workers).flat_map(|number| {
        (1..=HISTORY).map(move |sequence| {
            let moved = Moved::new(worker_id(number), String::new(), 1_000_000, 1_000_000 * i64::from(sequence));
            row(Account::TYPE, worker_id(number), sequence, &AccountEvent::Credited(moved))
        })
    });
    let shelves = (0..skew.stores).flat_map(|number| {
        (1..=HISTORY).map(move |sequence| {
            let units = Units::new(String::new(), store_id(number), 1_000_000_000);
            row(Shelf::TYPE, store_id(number), sequence, &ShelfEvent::Stocked(units))
        })
    });
    accounts.chain(shelves)
}

fn row(kind: &'static str, id: String, sequence: u32, event: &impl DomainEvent) -> Result<Row> {
    Ok(Row {
        aggregate_type: kind,
        aggregate_id: id,
        sequence: i64::from(sequence),
        event_type: event.event_type(),
        payload: serde_json::to_string(event)?,
    })
}

fn worker_id(number: u32) -> String {
    format!("PEER-W{number:07}")
}

fn store_id(number: u32) -> String {
    format!("PEER-S{number:05}")
}

type Store<A, R> = PersistedEventStore<R, A>;

/// The two aggregates over one database.
pub(crate) struct Frameworks<R: PersistedEventRepository> {
    accounts: CqrsFramework<Account, Store<Account, R>>,
    shelves: CqrsFramework<Shelf, Store<Shelf, R>>,
}

impl<R: PersistedEventRepository> Frameworks<R> {
    fn new(repository: impl Fn() -> R) -> Frameworks<R> {
        Frameworks {
            accounts: CqrsFramework::new(PersistedEventStore::new_event_store(repository()), Vec::new(), ()),
            shelves: CqrsFramework::new(PersistedEventStore::new_event_store(repository()), Vec::new(), ()),
        }
    }
}

async fn run<R: PersistedEventRepository + 'static>(
    frameworks: Frameworks<R>,
    skew: Skew,
    operation: Operation,
    callers: u32,
    time: Duration,
) -> Result<Reading> {
    let skew = if operation == Operation::RedeemAtOne { skew.one_store() } else { skew };
    let frameworks = Arc::new(frameworks);
    let callers = (0..callers).map(|number| Saga {
        frameworks: Arc::clone(&frameworks),
        skew,
        operation,
        random: load::random(usize::try_from(number).unwrap_or(0)),
    });
    load::drive(callers.collect(), time).await
}

struct Saga<R: PersistedEventRepository> {
    frameworks: Arc<Frameworks<R>>,
    skew: Skew,
    operation: Operation,
    random: SmallRng,
}

/// Executes a command until it is not in conflict; gives how often it was.
macro_rules! insist {
    ($framework:expr, $id:expr, $command:expr) => {{
        let mut again = 0u64;
        loop {
            match $framework.execute($id, $command).await {
                Ok(()) => break again,
                Err(error) if may_be_tried_again(&error) => again += 1,
                Err(error) => bail!("{error:?}"),
            }
        }
    }};
}

impl<R: PersistedEventRepository + 'static> Caller for Saga<R> {
    async fn once(&mut self) -> Result<u64> {
        let worker = worker_id(self.skew.worker(&mut self.random));
        let Frameworks { accounts, shelves } = self.frameworks.as_ref();
        if self.operation == Operation::Credit {
            return Ok(insist!(accounts, &worker, AccountCommand::Credit { worker: worker.clone() }));
        }
        let store = store_id(self.skew.store(&mut self.random));
        let names = || (worker.clone(), store.clone());
        let mut again = insist!(accounts, &worker, {
            let (worker, store) = names();
            AccountCommand::Hold { worker, store }
        });
        again += insist!(shelves, &store, {
            let (worker, store) = names();
            ShelfCommand::Take { worker, store }
        });
        again += insist!(accounts, &worker, {
            let (worker, store) = names();
            AccountCommand::Capture { worker, store }
        });
        Ok(again)
    }
}

/// Conflicts, and SQLite's "database is locked", which sqlite-es has no name for.
fn may_be_tried_again<E: std::error::Error>(error: &AggregateError<E>) -> bool {
    match error {
        AggregateError::AggregateConflict => true,
        AggregateError::UnexpectedError(cause) | AggregateError::DatabaseConnectionError(cause) => {
            cause.to_string().contains("database is locked")
        }
        _ => false,
    }
}
