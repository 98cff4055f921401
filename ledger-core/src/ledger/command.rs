//! What surrounds a command on its way to the ledger, and the values that several commands are asked with. The commands
//! themselves are in [`super::commands`].

use serde::{Deserialize, Serialize};

use super::book::Book;
use super::commands::Command;
use super::process::States;
use crate::domain::event::StreamId;
use crate::domain::ids::{Actor, Key, Sku, StoreId, WorkerId};
use crate::domain::proof::ProvenBy;
use crate::domain::time::BusinessTime;
use crate::domain::worker::Worker;

/// Around every command: its key, who gave it and when it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Unique in the journal.
    pub key: Key,
    /// The account that acts.
    pub actor: Actor,
    /// Business time where the command itself names none. Not part of the content: a retry a second later is the same
    /// command.
    pub at: BusinessTime,
}

/// A command on its way to the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Around it.
    pub context: Context,
    /// What is asked.
    pub command: Command,
}

impl Submission {
    /// The streams that deciding it reads or writes: those of the command, and the account of whoever gives it, which says
    /// which person that is; of every account its worker, and of every worker whose id was given up the one that is kept.
    pub(in crate::ledger) fn streams(&self, book: &Book) -> Vec<StreamId> {
        let mut streams = self.command.streams(book);
        streams.push(StreamId::Account((&self.context.actor).into()));
        let mut at = 0;
        while let Some(stream) = streams.get(at) {
            let further = if let StreamId::Account(account) = stream {
                book.account(account).ok().and_then(|account| account.worker())
            } else if let StreamId::Worker(worker) = stream {
                book.worker(worker).ok().and_then(Worker::merged_into).map(|(kept, _)| kept)
            } else {
                None
            };
            streams.extend(further.cloned().map(StreamId::Worker));
            at += 1;
        }
        streams
    }
}

/// When a redemption or hold was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskedTime {
    /// At the context's time.
    Now,
    /// At a time that is part of the content (兑换时间).
    At(BusinessTime),
    /// The same, as somebody states it now, and not a sheet of history: the district may limit how far back it lies
    /// (`redeem_back_days`).
    Stated(BusinessTime),
    /// A text that could not be read: refused with `invalid_date`, but only after the checks that come before.
    Unreadable,
}

/// One line of a redemption as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedLine {
    /// Which item.
    pub sku: Sku,
    /// How many; `None` for a text that is no whole number.
    pub quantity: Option<u32>,
}

/// A redemption or hold as asked for; by itself, the command to redeem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSpending {
    /// Who spends.
    pub worker: WorkerId,
    /// The store's id (网点编号).
    pub store: StoreId,
    /// On what.
    pub lines: Vec<AskedLine>,
    /// The business time that the sender states, if any.
    pub time: AskedTime,
    /// By what the worker was proven to be the one who spends. Not part of the content: the same key with a newer code is
    /// the same command.
    #[serde(default)]
    pub proven: Option<ProvenBy>,
}

/// What is asked to be decided about a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditAction {
    /// A second person confirms.
    Confirm,
    /// A second person rejects.
    Reject,
    /// Take back.
    Reverse,
    /// Object.
    Object {
        /// Whether only auditors may be told who.
        anonymous: bool,
    },
    /// Appeal the decision about an objection.
    Appeal,
    /// Decide an objection.
    Resolve {
        /// Whether it was right.
        upheld: bool,
    },
}
