//! The layouts of snapshot bodies, one an aggregate. Raise an aggregate's by one with every change to what its state
//! holds or how that is folded: a field more or less, another type, another meaning, an event that now changes it. A
//! snapshot of another layout is ignored and the whole stream is folded instead. A new `Option` field needs it too: the
//! older snapshot could be read and would lack the field's whole history. `golden/states.txt` notices what is forgotten.

use super::event::StreamId;

/// Of the programme.
pub const PROGRAMME: u32 = 6;
/// Of workers.
pub const WORKER: u32 = 10;
/// Of merchants.
pub const MERCHANT: u32 = 5;
/// Of stores.
pub const STORE: u32 = 5;
/// Of card numbers.
pub const CARD: u32 = 2;
/// Of marks.
pub const MARK: u32 = 1;
/// Of accounts.
pub const ACCOUNT: u32 = 1;
/// Of the directory of administrators.
pub const DIRECTORY: u32 = 1;
/// Of the sites.
pub const SITES: u32 = 2;
/// Of service requests.
pub const REQUEST: u32 = 3;
/// Of pairs.
pub const PAIR: u32 = 2;
/// Of funds.
pub const FUND: u32 = 3;
/// Of benefits.
pub const BENEFIT: u32 = 3;
/// Of certificates.
pub const CERTIFICATE: u32 = 3;
/// Of passes.
pub const PASS: u32 = 2;
/// Of offers.
pub const OFFER: u32 = 2;
/// Of selections.
pub const SELECTION: u32 = 1;

/// The layout that a snapshot of a stream must have to be read.
pub const fn snapshot_layout(stream: &StreamId) -> u32 {
    match stream {
        StreamId::Programme => PROGRAMME,
        StreamId::Worker(_) => WORKER,
        StreamId::Merchant(_) => MERCHANT,
        StreamId::Store(_) => STORE,
        StreamId::Card(_) => CARD,
        StreamId::Mark(_) => MARK,
        StreamId::Account(_) => ACCOUNT,
        StreamId::Directory => DIRECTORY,
        StreamId::Sites => SITES,
        StreamId::Request(_) => REQUEST,
        StreamId::Pair(_) => PAIR,
        StreamId::Fund(_) => FUND,
        StreamId::Benefit(_) => BENEFIT,
        StreamId::Certificate(_) => CERTIFICATE,
        StreamId::Pass(_) => PASS,
        StreamId::Offer(_) => OFFER,
        StreamId::Selection(_) => SELECTION,
    }
}
