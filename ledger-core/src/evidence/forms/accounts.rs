//! What accounts are called in files for people, in the words of docs/glossary.md.

use std::fmt::Write as _;

use crate::domain::event::Event;
use crate::domain::ids::WorkerId;
use crate::domain::points::Points;
use crate::domain::posting::Side;

/// Appends the account of one worker's posting: `人员:YS-0001:可用`, `兑换:YS-WD01:YS-0001`.
///
/// Every account ends in the worker it concerns, so that a worker's figures can be asked of any tool. In ids, what is
/// neither letter, digit, `-`, `_` nor `.` is written `%XX`, byte by byte: a colon would open a sub-account, and two
/// accounts never share a name.
pub fn push_account(out: &mut String, side: Side<'_>, worker: &WorkerId) {
    let (before, after) = match side {
        Side::Issuance => ("发放:", ""),
        Side::Available => ("人员:", ":可用"),
        Side::Held => ("人员:", ":预占"),
        Side::Debt => ("人员:", ":待抵扣"),
        Side::Redeemed(_) => ("兑换:", ""),
        Side::Benefit(_) => ("权益:", ""),
        Side::Expired => ("过期:", ""),
        Side::Reversed => ("冲正:", ""),
    };
    out.push_str(before);
    if let Side::Redeemed(store) = side {
        push_part(out, store.as_str());
        out.push(':');
    }
    if let Side::Benefit(benefit) = side {
        push_part(out, benefit.as_str());
        out.push(':');
    }
    push_part(out, worker.as_str());
    out.push_str(after);
}

/// The postings of one event with the names of their accounts.
#[derive(Debug, Default)]
pub struct Legs {
    names: String,
    /// Where each name ends, and its points.
    legs: Vec<(usize, Points)>,
}

impl Legs {
    /// Those of an event; none for an event that is no worker's.
    pub fn of(event: &Event) -> Legs {
        let mut legs = Legs::default();
        legs.set(event);
        legs
    }

    /// Takes those of another event instead.
    pub fn set(&mut self, event: &Event) {
        self.names.clear();
        self.legs.clear();
        let Event::Worker(own) = event else { return };
        for (side, points) in own.movements().sides() {
            self.push(side, own.worker(), points);
        }
    }

    /// Adds one.
    pub(super) fn push(&mut self, side: Side<'_>, worker: &WorkerId, points: Points) {
        push_account(&mut self.names, side, worker);
        self.legs.push((self.names.len(), points));
    }

    /// Whether no points move.
    pub const fn is_empty(&self) -> bool {
        self.legs.is_empty()
    }

    /// Each account's name, and what it gets; what it loses has a minus.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Points)> {
        let mut begin = 0;
        self.legs.iter().map(move |(end, points)| {
            let name = self.names.get(begin..*end).unwrap_or_default();
            begin = *end;
            (name, *points)
        })
    }
}

/// Appends an id as a part of an account's name.
pub(super) fn push_part(out: &mut String, id: &str) {
    let plain = |found: char| found.is_alphanumeric() || matches!(found, '-' | '_' | '.');
    if id.chars().all(plain) {
        out.push_str(id);
        return;
    }
    for found in id.chars() {
        if plain(found) {
            out.push(found);
        } else {
            let mut bytes = [0; 4];
            for byte in found.encode_utf8(&mut bytes).bytes() {
                // Writing to a string never fails.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::push_account;
    use crate::domain::ids::{StoreId, WorkerId};
    use crate::domain::posting::Side;

    fn account(side: Side<'_>, worker: &str) -> String {
        let mut name = String::new();
        push_account(&mut name, side, &WorkerId::new(worker).unwrap());
        name
    }

    #[test]
    fn no_id_can_open_a_sub_account_or_end_a_name() {
        assert_eq!(account(Side::Issuance, "骑手:1;(x)="), "发放:骑手%3A1%3B%28x%29%3D");
        let store = StoreId::new("WD%3A").unwrap();
        assert_eq!(account(Side::Redeemed(&store), "W-1"), "兑换:WD%253A:W-1");
    }
}
