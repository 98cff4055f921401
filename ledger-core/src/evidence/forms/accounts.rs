//! What accounts are called in files for people, in the words of docs/glossary.md.

use std::fmt::Write as _;

use crate::domain::event::Event;
use crate::domain::ids::WorkerId;
use crate::domain::points::Points;
use crate::domain::posting::{Account, Posting};

/// The account of one worker's posting: `人员:YS-0001:可用`, `兑换:YS-WD01:YS-0001`.
///
/// Every account ends in the worker it concerns, so that a worker's figures can be asked of any tool. In ids, what is
/// neither letter, digit, `-`, `_` nor `.` is written `%XX`, byte by byte: a colon would open a sub-account, and two
/// accounts never share a name.
pub fn account_name(account: &Account, worker: &WorkerId) -> String {
    let worker = name_part(worker.as_str());
    match account {
        Account::Issuance => format!("发放:{worker}"),
        Account::Available(_) => format!("人员:{worker}:可用"),
        Account::Held(_) => format!("人员:{worker}:预占"),
        Account::Debt(_) => format!("人员:{worker}:待抵扣"),
        Account::Redeemed(store) => format!("兑换:{}:{worker}", name_part(store.as_str())),
        Account::Expired(_) => format!("过期:{worker}"),
        Account::Reversed => format!("冲正:{worker}"),
    }
}

/// The postings of an event with the names of their accounts; none for an event that is no worker's.
pub fn named(event: &Event, moved: &[Posting]) -> Vec<(String, Points)> {
    let Event::Worker(own) = event else { return Vec::new() };
    moved.iter().map(|leg| (account_name(&leg.account, own.worker()), leg.points)).collect()
}

fn name_part(id: &str) -> std::borrow::Cow<'_, str> {
    let plain = |found: char| found.is_alphanumeric() || matches!(found, '-' | '_' | '.');
    if id.chars().all(plain) {
        return id.into();
    }
    let mut name = String::with_capacity(id.len() * 3);
    for found in id.chars() {
        if plain(found) {
            name.push(found);
        } else {
            let mut bytes = [0; 4];
            for byte in found.encode_utf8(&mut bytes).bytes() {
                // Writing to a string never fails.
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use super::account_name;
    use crate::domain::ids::{StoreId, WorkerId};
    use crate::domain::posting::Account;

    #[test]
    fn no_id_can_open_a_sub_account_or_end_a_name() {
        let worker = WorkerId::new("骑手:1;(x)=").unwrap();
        assert_eq!(account_name(&Account::Issuance, &worker), "发放:骑手%3A1%3B%28x%29%3D");
        let store = Account::Redeemed(StoreId::new("WD%3A").unwrap());
        assert_eq!(account_name(&store, &WorkerId::new("W-1").unwrap()), "兑换:WD%253A:W-1");
    }
}
