//! What an action touches, and whose it is.

/// What an action touches, as far as rights may end there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// The whole district, or what is nobody's own.
    District,
    /// A worker's account.
    Worker(&'a str),
    /// A worker's card, and the branch it comes to.
    Card {
        /// Whose.
        worker: &'a str,
        /// Which branch; none where it stays where it is.
        branch: Option<&'a str>,
    },
    /// A store, with its list and its shelves.
    Store(&'a str),
    /// A worker at the counter of a store.
    Counter {
        /// Who spends.
        worker: &'a str,
        /// Where.
        store: &'a str,
    },
    /// A merchant.
    Merchant(&'a str),
    /// The cards of a Party branch.
    Branch(&'a str),
    /// A credit. Whose it is stands in the journal.
    Credit(&'a str),
    /// A redemption. Whose and where it is stands in the journal.
    Redemption(&'a str),
    /// A hold. Whose and where it is stands in the journal.
    Hold(&'a str),
}

impl<'a> Target<'a> {
    pub(super) fn worker(self) -> Option<&'a str> {
        match self {
            Target::Worker(worker) | Target::Card { worker, .. } | Target::Counter { worker, .. } => Some(worker),
            Target::District
            | Target::Store(_)
            | Target::Merchant(_)
            | Target::Branch(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_) => None,
        }
    }

    pub(super) fn store(self) -> Option<&'a str> {
        match self {
            Target::Store(store) | Target::Counter { store, .. } => Some(store),
            Target::District
            | Target::Worker(_)
            | Target::Card { .. }
            | Target::Merchant(_)
            | Target::Branch(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_) => None,
        }
    }

    pub(super) fn merchant(self) -> Option<&'a str> {
        match self {
            Target::Merchant(merchant) => Some(merchant),
            Target::District
            | Target::Worker(_)
            | Target::Card { .. }
            | Target::Store(_)
            | Target::Counter { .. }
            | Target::Branch(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_) => None,
        }
    }

    pub(super) fn branch(self) -> Option<&'a str> {
        match self {
            Target::Branch(branch) => Some(branch),
            Target::Card { branch, .. } => branch,
            Target::District
            | Target::Worker(_)
            | Target::Store(_)
            | Target::Counter { .. }
            | Target::Merchant(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_) => None,
        }
    }
}
