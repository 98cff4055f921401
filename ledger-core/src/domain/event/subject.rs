//! What an event is about, and who else has a part in it: the same for every reader that names it.

use std::fmt;

use crate::domain::ids::{CardNo, CreditId, GrantId, HoldId, Key, MerchantId, RedemptionId, Sku, StoreId, WorkerId};
use crate::domain::time::Month;

/// What an event is about, within the stream it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A credit.
    Credit(&'a CreditId),
    /// A redemption.
    Redemption(&'a RedemptionId),
    /// A hold.
    Hold(&'a HoldId),
    /// A card.
    Card(&'a CardNo),
    /// An item of a store.
    Item(&'a Sku),
    /// A grant of a role.
    Grant(&'a GrantId),
    /// A month of a merchant's claims, or of what a fund set aside.
    Month(Month),
}

impl Subject<'_> {
    /// The key of the command that began it, for what is named by one.
    pub fn key(self) -> Option<Key> {
        match self {
            Subject::Credit(credit) => Some(credit.into()),
            Subject::Redemption(redemption) => Some(redemption.into()),
            Subject::Hold(hold) => Some(hold.into()),
            Subject::Grant(grant) => Some(grant.into()),
            Subject::Card(_) | Subject::Item(_) | Subject::Month(_) => None,
        }
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Credit(credit) => credit.fmt(f),
            Subject::Redemption(redemption) => redemption.fmt(f),
            Subject::Hold(hold) => hold.fmt(f),
            Subject::Grant(grant) => grant.fmt(f),
            Subject::Card(card_no) => card_no.fmt(f),
            Subject::Item(sku) => sku.fmt(f),
            Subject::Month(month) => month.fmt(f),
        }
    }
}

/// Who has a part in an event beside the one whose event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party<'a> {
    /// Where points were spent or a claim arose.
    Store(&'a StoreId),
    /// Who supplies or honours an item.
    Merchant(&'a MerchantId),
    /// To whom a card number went, or who acts with an account.
    Worker(&'a WorkerId),
}

impl fmt::Display for Party<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Store(store) => store.fmt(f),
            Party::Merchant(merchant) => merchant.fmt(f),
            Party::Worker(worker) => worker.fmt(f),
        }
    }
}
