//! Peer (b): SQL by hand, one transaction an operation with row locks, through sqlx.
//!
//! Two forms: five round trips (BEGIN, two conditional UPDATEs, INSERT of a log row, COMMIT), and one statement with
//! common table expressions, the best a hand-tuner does. Neither keeps idempotency keys, projections or hashes.

use std::time::Duration;

use anyhow::{Result, ensure};
use rand::rngs::SmallRng;
use sqlx::{Connection, Executor, PgConnection};

use crate::load::{self, Caller, Skew};
use crate::reading::Reading;

/// Points that nobody spends to the end.
const PLENTY: i64 = 1_000_000_000_000;

/// How a transaction is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    RoundTrips,
    Statement,
}

impl Form {
    pub(crate) const ALL: [Form; 2] = [Form::RoundTrips, Form::Statement];
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Operation {
    /// Points spent at the stores, nine in ten at the hot ones.
    Redeem,
    /// Points spent at one store.
    RedeemAtOne,
    /// Points earned.
    Credit,
}

pub(crate) const DEBIT: &str = "UPDATE worker SET balance = balance - 100 WHERE id = $1 AND balance >= 100";
pub(crate) const ISSUE: &str = "UPDATE stock SET on_shelf = on_shelf - 1 WHERE store = $1 AND on_shelf >= 1";
pub(crate) const LOG_REDEMPTION: &str =
    "INSERT INTO log (kind, worker, store, payload) VALUES ('redemption', $1, $2, $3::json)";
pub(crate) const REDEEM_IN_ONE: &str = "WITH debit AS (UPDATE worker SET balance = balance - 100 WHERE id = $1 AND \
     balance >= 100 RETURNING id), issue AS (UPDATE stock SET on_shelf = on_shelf - 1 WHERE store = $2 AND on_shelf \
     >= 1 AND EXISTS (SELECT FROM debit) RETURNING store) INSERT INTO log (kind, worker, store, payload) SELECT \
     'redemption', debit.id, issue.store, $3::json FROM debit, issue";
const EARN: &str = "UPDATE worker SET balance = balance + 100 WHERE id = $1";
const LOG_CREDIT: &str = "INSERT INTO log (kind, worker, store, payload) VALUES ('credit', $1, NULL, $2::json)";
const CREDIT_IN_ONE: &str = "WITH earn AS (UPDATE worker SET balance = balance + 100 WHERE id = $1 RETURNING id) \
     INSERT INTO log (kind, worker, store, payload) SELECT 'credit', id, NULL, $2::json FROM earn";

/// The JSON of a log row: what an auditor would want to see, about 205 bytes as in the events of the other peers.
pub(crate) const PAYLOAD: &str = r#"{"at":"2025-08-23T00:00:00+08:00","balance":48999900,"lines":[{"points":100,"quantity":1,"sku":"SP000"}],"points":100,"redemption":"peer/4f2a9c1e/31/10482","store":"PEER-S00007","worker":"PEER-W0004711"}"#;

/// Makes the tables and fills them.
pub(crate) async fn prepare(url: &str, skew: Skew) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    connection
        .execute(
            "DROP TABLE IF EXISTS worker, stock, log;
             CREATE TABLE worker (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
             CREATE TABLE stock (store bigint PRIMARY KEY, on_shelf bigint NOT NULL CHECK (on_shelf >= 0));
             CREATE TABLE log (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), kind text NOT NULL,
                 worker bigint NOT NULL, store bigint, payload json NOT NULL);",
        )
        .await?;
    let workers = "INSERT INTO worker SELECT number, $2 FROM generate_series(0, $1 - 1) AS number";
    sqlx::query(workers).bind(i64::from(skew.workers)).bind(PLENTY).execute(&mut connection).await?;
    let stores = "INSERT INTO stock SELECT number, $2 FROM generate_series(0, $1 - 1) AS number";
    sqlx::query(stores).bind(i64::from(skew.stores)).bind(PLENTY).execute(&mut connection).await?;
    connection.execute("VACUUM ANALYZE worker, stock, log").await?;
    Ok(connection.close().await?)
}

/// Runs the operation over so many connections.
pub(crate) async fn run(
    url: &str,
    skew: Skew,
    form: Form,
    operation: Operation,
    connections: u32,
    time: Duration,
) -> Result<Reading> {
    let skew = if operation == Operation::RedeemAtOne { skew.one_store() } else { skew };
    let mut callers = Vec::new();
    for number in 0..connections {
        let connection = PgConnection::connect(url).await?;
        callers.push(Session { connection, skew, form, operation, random: load::random(usize::try_from(number)?) });
    }
    load::drive(callers, time).await
}

struct Session {
    connection: PgConnection,
    skew: Skew,
    form: Form,
    operation: Operation,
    random: SmallRng,
}

impl Caller for Session {
    async fn once(&mut self) -> Result<u64> {
        let worker = i64::from(self.skew.worker(&mut self.random));
        let done = match (self.operation, self.form) {
            (Operation::Credit, Form::RoundTrips) => {
                let mut transaction = self.connection.begin().await?;
                let earned = sqlx::query(EARN).bind(worker).execute(&mut *transaction).await?;
                sqlx::query(LOG_CREDIT).bind(worker).bind(PAYLOAD).execute(&mut *transaction).await?;
                transaction.commit().await?;
                earned.rows_affected()
            }
            (Operation::Credit, Form::Statement) => {
                let query = sqlx::query(CREDIT_IN_ONE).bind(worker).bind(PAYLOAD);
                query.execute(&mut self.connection).await?.rows_affected()
            }
            (Operation::Redeem | Operation::RedeemAtOne, form) => {
                let store = i64::from(self.skew.store(&mut self.random));
                match form {
                    Form::RoundTrips => {
                        let mut transaction = self.connection.begin().await?;
                        let paid = sqlx::query(DEBIT).bind(worker).execute(&mut *transaction).await?;
                        let issued = sqlx::query(ISSUE).bind(store).execute(&mut *transaction).await?;
                        let logged = sqlx::query(LOG_REDEMPTION).bind(worker).bind(store).bind(PAYLOAD);
                        logged.execute(&mut *transaction).await?;
                        transaction.commit().await?;
                        paid.rows_affected().min(issued.rows_affected())
                    }
                    Form::Statement => {
                        let query = sqlx::query(REDEEM_IN_ONE).bind(worker).bind(store).bind(PAYLOAD);
                        query.execute(&mut self.connection).await?.rows_affected()
                    }
                }
            }
        };
        ensure!(done == 1, "a transaction took no effect: points or stock ran out");
        Ok(0)
    }
}
