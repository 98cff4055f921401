//! What the population is, in which order it stands, and how it is hashed.
//!
//! An item is an event that records a credit (in whatever category, proposed or not) or that spends points (a redemption
//! or a hold that was captured), whatever became of it later. Items stand in the order of their positions. The hash is
//! SHA-256 over one line for each, in UTF-8, its fields parted by tabs (none of them can hold one) and ended by a line
//! feed: position, recorded time, key, actor, event type, points in hundredths, SHA-256 of the payload in lower-case
//! hexadecimal digits. So it changes when anything of any item does. The root covers all other events as well.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::merkle::Frontier;
use ledger_core::journal::Entry;
use ledger_core::journal::entry::LeafWriter;
use sha2::{Digest, Sha256};

use super::{Item, Of, SampleAsk};

/// The item that an event is, if it belongs to the population asked for.
pub(super) fn item(ask: &SampleAsk, entry: &Entry, event: &Event) -> Option<Item> {
    let Event::Worker(event) = event else { return None };
    let (name, stratum, points, day, witness) = if let Some(record) = event.as_service() {
        if ask.of == Of::Redemptions {
            return None;
        }
        let stratum = format!("category:{}", record.category);
        (record.credit.to_string(), stratum, record.points, record.on, record.witness.clone())
    } else {
        if ask.of == Of::Credits {
            return None;
        }
        let made = event.as_redemption()?;
        let stratum = format!("store:{}", made.basket.store);
        (made.redemption.to_string(), stratum, made.points, made.at.date(), None)
    };
    if ask.from.is_some_and(|from| day < from) || ask.to.is_some_and(|to| day > to) {
        return None;
    }
    Some(Item {
        position: entry.position,
        event: event.event_type(),
        name,
        worker: event.worker().to_string(),
        stratum,
        points,
        day,
        at: event.at(),
        recorded_at: entry.command.recorded_at,
        actor: entry.command.actor.to_string(),
        witness,
        payload_sha256: Sha256::digest(&entry.payload).into(),
    })
}

/// A population counted to its end.
pub(super) struct Population {
    pub(super) items: u64,
    pub(super) points: Points,
    /// The same, where a sum of so many could pass what points hold.
    pub(super) hundredths: u128,
    pub(super) hash: [u8; 32],
    pub(super) root: Option<Hash>,
}

/// A population being counted.
#[derive(Default)]
pub(super) struct Register {
    items: u64,
    points: Points,
    hundredths: u128,
    hash: Sha256,
    frontier: Option<Frontier>,
    leaves: LeafWriter,
}

impl Register {
    /// Takes any entry into the Merkle root.
    pub(super) fn root(&mut self, entry: &Entry, event: &Event) {
        if self.frontier.is_none() {
            self.frontier = event.as_opening().and_then(|opened| opened.suite.parse().ok()).map(Frontier::new);
        }
        let Some(frontier) = &mut self.frontier else { return };
        let leaf = frontier.suite().leaf_hash(self.leaves.leaf(&entry.view()));
        if frontier.push(leaf).is_err() {
            self.frontier = None;
        }
    }

    /// Takes an item of the population.
    pub(super) fn item(&mut self, entry: &Entry, item: &Item) {
        let hundredths = hundredths(item.points);
        self.items += 1;
        self.points += item.points;
        self.hundredths = self.hundredths.saturating_add(hundredths);
        let (command, digest) = (&entry.command, hex(&item.payload_sha256));
        let line = format!(
            "{}\t{}\t{}\t{}\t{}\t{hundredths}\t{digest}\n",
            entry.position, command.recorded_at, command.key, command.actor, item.event
        );
        self.hash.update(line);
    }

    pub(super) fn finish(self) -> Population {
        let Register { items, points, hundredths, hash, frontier, .. } = self;
        Population {
            items,
            points,
            hundredths,
            hash: hash.finalize().into(),
            root: frontier.map(|frontier| frontier.root()),
        }
    }
}

/// An item's points as units to be hit; no item has fewer than none.
pub(super) fn hundredths(points: Points) -> u128 {
    u128::try_from(points.hundredths()).unwrap_or(0)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}
