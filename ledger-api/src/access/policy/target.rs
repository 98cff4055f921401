//! What an action touches, and whose it is.

use chrono::NaiveDate;

/// What an action touches, as far as rights may end there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// The whole district, or what is nobody's own.
    District,
    /// A site (站点) and what belongs to it.
    Site(&'a str),
    /// A worker's account.
    Worker(&'a str),
    /// A worker's card, and the branch it comes to.
    Card {
        /// The worker's id (编号).
        worker: &'a str,
        /// Which branch; none where it is the one that it is in.
        branch: Option<&'a str>,
    },
    /// A store, with its list and its shelves.
    Store(&'a str),
    /// A worker at the counter of a store.
    Counter {
        /// Who spends.
        worker: &'a str,
        /// The store's id (网点编号).
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
    /// A service request that is posted.
    Posting {
        /// Who reported it, where a worker did.
        reporter: Option<&'a str>,
        /// The site that routes it; without one it is where the reporter belongs.
        site: Option<&'a str>,
    },
    /// A service request. Who reported it and which site routes it stands in the journal.
    Request(&'a str),
    /// Work on a service request: whoever did it, and where the request is.
    Work {
        /// On which request.
        request: &'a str,
        /// Who did it, where somebody claimed it.
        claimer: Option<&'a str>,
    },
    /// A claim of a service request. Who made it, and where the request is, stands in the journal.
    Claim {
        /// On which request.
        request: &'a str,
        /// The key of the command that claimed.
        claim: &'a str,
    },
    /// Work on a service request, to be rated. Who reported the request, and where it is, stands in the journal.
    Handling {
        /// On which request.
        request: &'a str,
        /// Which work.
        handling: &'a str,
    },
    /// An application for a benefit, to be used or withdrawn. Whose it is stands in the journal.
    Application {
        /// 登记号, or the key of the command that applied.
        application: &'a str,
        /// At whose counter, where at one.
        merchant: Option<&'a str>,
    },
    /// An offer for holders of passes. Whose it is stands in the journal.
    Offer(&'a str),
    /// The use of what was applied for, to be taken back. Whose and at whose counter it is stands in the journal.
    UseOf(&'a str),
    /// A slip that was honoured, to be taken back. Whose it is and of which counter stands in the journal.
    Slip(&'a str),
    /// Any of them, with what was looked up.
    Known(&'a Whereabouts),
}

/// What the journal tells of a target, as far as rights may end there. Of what is not there it tells nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// Whose it is.
    pub worker: Option<String>,
    /// At which store.
    pub store: Option<String>,
    /// Whose counter it is.
    pub merchant: Option<String>,
    /// The branch of the worker's card.
    pub branch: Option<String>,
    /// Its site and all above it.
    pub sites: Vec<String>,
    /// The business day on which it was made.
    pub made_on: Option<NaiveDate>,
    /// The business day now.
    pub today: Option<NaiveDate>,
}

impl<'a> Target<'a> {
    /// Whose it is, as far as the target says it.
    pub fn worker(self) -> Option<&'a str> {
        match self {
            Target::Worker(worker) | Target::Card { worker, .. } | Target::Counter { worker, .. } => Some(worker),
            Target::Posting { reporter: worker, .. } | Target::Work { claimer: worker, .. } => worker,
            Target::Known(known) => known.worker.as_deref(),
            Target::District
            | Target::Site(_)
            | Target::Store(_)
            | Target::Merchant(_)
            | Target::Branch(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_)
            | Target::Request(_)
            | Target::Claim { .. }
            | Target::Handling { .. }
            | Target::Application { .. }
            | Target::Offer(_)
            | Target::UseOf(_)
            | Target::Slip(_) => None,
        }
    }

    pub(super) fn store(self) -> Option<&'a str> {
        match self {
            Target::Store(store) | Target::Counter { store, .. } => Some(store),
            Target::Known(known) => known.store.as_deref(),
            Target::District
            | Target::Site(_)
            | Target::Worker(_)
            | Target::Card { .. }
            | Target::Merchant(_)
            | Target::Branch(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_)
            | Target::Posting { .. }
            | Target::Request(_)
            | Target::Work { .. }
            | Target::Claim { .. }
            | Target::Handling { .. }
            | Target::Application { .. }
            | Target::Offer(_)
            | Target::UseOf(_)
            | Target::Slip(_) => None,
        }
    }

    pub(super) fn merchant(self) -> Option<&'a str> {
        match self {
            Target::Merchant(merchant) => Some(merchant),
            Target::Application { merchant, .. } => merchant,
            Target::Known(known) => known.merchant.as_deref(),
            Target::District
            | Target::Site(_)
            | Target::Worker(_)
            | Target::Card { .. }
            | Target::Store(_)
            | Target::Counter { .. }
            | Target::Branch(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_)
            | Target::Posting { .. }
            | Target::Request(_)
            | Target::Work { .. }
            | Target::Claim { .. }
            | Target::Handling { .. }
            | Target::Offer(_)
            | Target::UseOf(_)
            | Target::Slip(_) => None,
        }
    }

    pub(super) fn branch(self) -> Option<&'a str> {
        match self {
            Target::Branch(branch) => Some(branch),
            Target::Card { branch, .. } => branch,
            Target::Known(known) => known.branch.as_deref(),
            Target::District
            | Target::Site(_)
            | Target::Worker(_)
            | Target::Store(_)
            | Target::Counter { .. }
            | Target::Merchant(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_)
            | Target::Posting { .. }
            | Target::Request(_)
            | Target::Work { .. }
            | Target::Claim { .. }
            | Target::Handling { .. }
            | Target::Application { .. }
            | Target::Offer(_)
            | Target::UseOf(_)
            | Target::Slip(_) => None,
        }
    }

    /// Whether it belongs to a site or to one below it.
    pub(super) fn is_at_or_below(self, site: &str) -> bool {
        match self {
            Target::Site(own) => own == site,
            Target::Posting { site: Some(own), .. } => own == site,
            Target::Known(known) => known.sites.iter().any(|above| above == site),
            Target::Posting { site: None, .. }
            | Target::District
            | Target::Worker(_)
            | Target::Card { .. }
            | Target::Store(_)
            | Target::Counter { .. }
            | Target::Merchant(_)
            | Target::Branch(_)
            | Target::Credit(_)
            | Target::Redemption(_)
            | Target::Hold(_)
            | Target::Request(_)
            | Target::Work { .. }
            | Target::Claim { .. }
            | Target::Handling { .. }
            | Target::Application { .. }
            | Target::Offer(_)
            | Target::UseOf(_)
            | Target::Slip(_) => false,
        }
    }

    /// Whether it is known to have been made today.
    pub(super) fn is_of_today(self) -> bool {
        if let Target::Known(known) = self { known.made_on.is_some() && known.made_on == known.today } else { false }
    }
}
