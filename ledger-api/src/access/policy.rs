//! Who may do what: one table, role × action, and how far each right reaches.
//!
//! Actions are the commands of the ledger and the reads of its edges, never addresses: a new command or read does not
//! compile before it stands here. Whether a right that reaches no further than the own scope reaches a target is one
//! comparison ([`is_own`]), the same for every action. What only the journal tells of a target, such as the site of a
//! worker or the store of a hold, `service` looks up before it asks ([`Whereabouts`]).
//!
//! It is asked in `service`, where a command or a read has its target. [`may_ever`] asks the same table before there is
//! one, at a door that reads no body for somebody who has no such right at all.

mod action;
#[cfg(test)]
mod document;
mod target;
#[cfg(test)]
mod tests;

pub use action::{Action, CommandKind, Read, of_command};
pub use target::{Target, Whereabouts};

use super::{Held, Identity, Role};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// Whoever came in with a token or a session.
    Bearer(&'a Identity),
    /// Whoever has the machine that holds the journal, and may do to its file whatever is not asked here.
    Owner,
    /// The ledger, for what is due by itself.
    Ledger,
}

impl Who<'_> {
    /// Whether whoever asks is that worker.
    pub fn is_worker(&self, worker: &str) -> bool {
        match self {
            Who::Bearer(identity) => {
                let scoped = |held: &Held| held.role == Role::Worker && held.scope.as_deref() == Some(worker);
                identity.worker.as_ref().is_some_and(|own| own.as_str() == worker) || identity.roles.iter().any(scoped)
            }
            Who::Owner | Who::Ledger => false,
        }
    }
}

impl<'a> From<&'a Identity> for Who<'a> {
    fn from(identity: &'a Identity) -> Who<'a> {
        Who::Bearer(identity)
    }
}

/// That somebody may not do what was asked. It tells nothing of what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role of this access token may not do this")]
pub struct Denied;

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// There is none.
    Nowhere,
    /// To what is the scope's own, where it was made today.
    OwnToday,
    /// To what is the scope's own; without a scope that is the whole district.
    Own,
    /// Through the whole district, for whoever has no scope.
    District,
    /// Through the whole district.
    Everywhere,
}

impl Reach {
    /// How docs/roles.md and the API's description say it.
    pub const fn word(self) -> &'static str {
        match self {
            Reach::Nowhere => "",
            Reach::OwnToday => "own, today",
            Reach::Own => "own",
            Reach::District => "district",
            Reach::Everywhere => "all",
        }
    }
}

/// Whether somebody may do something to a target.
///
/// # Errors
/// [`Denied`].
pub fn allow(who: Who<'_>, action: impl Into<Action>, target: Target<'_>) -> Result<(), Denied> {
    let action = action.into();
    let reaches = match who {
        Who::Bearer(identity) => {
            identity.roles.iter().any(|held| reaches(held, action, target)) || is_of_nobody(identity, action)
        }
        Who::Owner => true,
        Who::Ledger => is_due(action),
    };
    if reaches { Ok(()) } else { Err(Denied) }
}

/// Whether there is any target to which somebody may do something.
pub fn may_ever(who: Who<'_>, action: impl Into<Action>) -> bool {
    let action = action.into();
    match who {
        Who::Bearer(identity) => {
            identity.roles.iter().any(|held| reach(held.role, action) != Reach::Nowhere)
                || is_of_nobody(identity, action)
        }
        Who::Owner => true,
        Who::Ledger => is_due(action),
    }
}

/// The role in which somebody may do something to whatever target, for records of what was done: of several the one that
/// reaches least.
pub fn acting_role(identity: &Identity, action: impl Into<Action>) -> Option<Role> {
    let action = action.into();
    let reaching = |wanted: Reach| identity.roles.iter().find(|held| reach(held.role, action) == wanted);
    let narrow_first = [Reach::OwnToday, Reach::Own, Reach::District, Reach::Everywhere];
    narrow_first.into_iter().find_map(reaching).map(|held| held.role)
}

/// Whether it is open to an account without any role: as whom they came in, and that nothing is granted to them.
fn is_of_nobody(identity: &Identity, action: Action) -> bool {
    identity.roles.is_empty() && action == Action::Read(Read::Me)
}

/// Whether the ledger does it by itself.
fn is_due(action: Action) -> bool {
    use CommandKind as C;
    const DUE: [CommandKind; 4] = [C::ReleaseHold, C::SettleCredit, C::ExpireLots, C::EndGrant];
    DUE.iter().any(|kind| action == Action::Command(*kind))
}

fn reaches(held: &Held, action: Action, target: Target<'_>) -> bool {
    match reach(held.role, action) {
        Reach::Everywhere => true,
        Reach::District => held.scope.is_none(),
        Reach::Own => is_own(held, target),
        Reach::OwnToday => is_own(held, target) && target.is_of_today(),
        Reach::Nowhere => false,
    }
}

/// The table: how far a role's right to an action reaches. docs/roles.md is written from it.
pub fn reach(role: Role, action: Action) -> Reach {
    let own = match role {
        Role::Admin => admin(action),
        Role::Auditor => auditor(action),
        Role::Clerk => clerk(action),
        Role::Operator => operator(action),
        Role::Approver => approver(action),
        Role::Branch => branch(action),
        Role::Merchant => merchant(action),
        Role::Worker => worker(action),
        Role::Machine => return machine(action),
    };
    if own == Reach::Nowhere { of_anybody(role, action) } else { own }
}

/// What every account may do that a person acts with.
fn of_anybody(role: Role, action: Action) -> Reach {
    match action {
        Action::Read(Read::Me | Read::Schedule | Read::Sites | Read::Publicity | Read::Benefit | Read::Selection) => {
            Reach::Everywhere
        }
        // Anybody may say that a credit is wrong; auditors write nothing.
        // Who may appeal is told by the credit itself: the objector, or the worker.
        Action::Command(CommandKind::ObjectToCredit | CommandKind::AppealDecision | CommandKind::ObjectToSelection)
            if role != Role::Auditor =>
        {
            Reach::Everywhere
        }
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

fn machine(action: Action) -> Reach {
    match action {
        Action::Read(Read::Metrics) => Reach::Everywhere,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

/// What a district is made of, who may act in it, and what an auditor reads; nothing that moves points or goods, no credit,
/// no name.
fn admin(action: Action) -> Reach {
    use CommandKind as C;
    match action {
        Action::Command(
            C::OpenJournal
            | C::Configure
            | C::AdoptSchedule
            | C::RegisterMerchant
            | C::OpenStore
            | C::CloseStore
            | C::ReopenStore
            | C::ListItem
            | C::DelistItem
            | C::OpenAccount
            | C::GrantRole
            | C::ConfirmGrant
            | C::EndGrant
            | C::OpenSite
            | C::MoveSite
            | C::CloseSite
            | C::SetServices
            | C::RegisterFund
            | C::RegisterBenefit
            | C::RegisterOffer
            // What falls due on a day moves by the rules alone; an administrator asks for it, and decides nothing.
            | C::SettleCredit
            | C::ExpireLots
            // Asks for it; a second person's word does it.
            | C::EraseWorker,
        )
        | Action::Cosign
        | Action::Nothing => Reach::Everywhere,
        // Who objected anonymously is told to auditors alone.
        Action::Read(Read::Objectors | Read::Witness) => Reach::Nowhere,
        Action::Read(Read::Metrics | Read::Me) => Reach::Everywhere,
        Action::Read(read) if is_audited(read) => Reach::Everywhere,
        Action::Read(_) | Action::Command(_) | Action::KeepPerson => Reach::Nowhere,
    }
}

fn auditor(action: Action) -> Reach {
    match action {
        Action::Read(read) if is_audited(read) => Reach::Everywhere,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

/// At the own store; of any worker who comes to the counter, what it needs to know.
fn clerk(action: Action) -> Reach {
    use CommandKind as C;
    match action {
        Action::Command(
            C::Redeem
            | C::PlaceHold
            | C::CaptureHold
            | C::ReleaseHold
            | C::DeliverRedemption
            | C::SettleCase
            | C::EnrolDevice
            | C::Restock
            | C::CountStock
            | C::WriteOffStock,
        ) => Reach::Own,
        Action::Command(C::ReverseRedemption) => Reach::OwnToday,
        Action::Read(
            Read::Counter
            | Read::Cases
            | Read::Store
            | Read::Stock
            | Read::StoreDay
            | Read::Holds
            | Read::HoldCode
            | Read::Redemption
            | Read::FreeText,
        ) => Reach::Own,
        Action::Read(Read::Balance | Read::MaskedName) => Reach::Everywhere,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

/// At the own site and all below it.
fn operator(action: Action) -> Reach {
    use CommandKind as C;
    match action {
        Action::Command(C::RegisterWorker | C::DepartWorker | C::RecordCredit) | Action::KeepPerson => Reach::Own,
        Action::Command(
            C::RecordVisit | C::ConfirmVisit | C::ApplyBenefit | C::UseBenefit | C::IssuePass | C::UsePass,
        ) => Reach::Own,
        // A statement is of the whole district, and so is whoever prepares it.
        Action::Command(C::PrepareStatement | C::PrepareBodyStatement) | Action::Read(Read::Settling) => {
            Reach::District
        }
        // By the paper that the candidate signed.
        Action::Command(C::ConsentToSelection | C::WithdrawFromSelection) => Reach::Own,
        // Of a site that routes it, or of the reporter's.
        Action::Command(C::PostRequest | C::RecordHandling | C::RateHandling) => Reach::Own,
        Action::Read(
            Read::Workers
            | Read::Worker
            | Read::Name
            | Read::MaskedName
            | Read::Search
            | Read::Credit
            | Read::Request
            | Read::Appointments
            | Read::Pair
            | Read::Pass
            | Read::Candidacy
            | Read::FreeText,
        ) => Reach::Own,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::Nothing => Reach::Nowhere,
    }
}

/// At the own site and all below it, or in the district.
fn approver(action: Action) -> Reach {
    use CommandKind as C;
    match action {
        Action::Command(
            C::ConfirmCredit
            | C::RejectCredit
            | C::ReverseCredit
            | C::ResolveObjection
            | C::ReverseRedemption
            | C::RateHandling
            | C::SettleCase
            | C::RegisterAppointment,
        ) => Reach::Own,
        // One prepares a statement, another confirms it, a third pays: the rules see to it that they are three.
        Action::Command(
            C::PaySettlement
            | C::PrepareStatement
            | C::AnswerDispute
            | C::ConfirmStatement
            | C::PrepareBodyStatement
            | C::ConfirmBodyStatement
            | C::PayBody
            // Two ids may belong to two sites, and what was earned under one is spent under the other.
            | C::MergeWorkers
            | C::OpenPair,
        )
        | Action::Read(Read::Settlement | Read::Settling | Read::Fund) => Reach::District,
        // A selection is one of the district, and what follows from it is nobody's alone.
        Action::Command(
            C::AnnounceSelection
            | C::SealSelection
            | C::DrawSelection
            | C::AnswerObjection
            | C::ReviseSelection
            | C::RecordResult,
        ) => Reach::District,
        Action::Read(
            Read::WaitingCredits
            | Read::Request
            | Read::Appointments
            | Read::Pair
            | Read::Pass
            | Read::Candidacy
            | Read::Credit
            | Read::Redemption
            | Read::Cases
            | Read::Workers
            | Read::Worker
            | Read::Name
            | Read::MaskedName
            | Read::Search
            | Read::FreeText
            | Read::Witness,
        ) => Reach::Own,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

/// The cards of the own branch, and who holds them.
fn branch(action: Action) -> Reach {
    use CommandKind as C;
    match action {
        Action::Command(C::IssueCard | C::MoveCard | C::CloseCard | C::SealAppraisal) => Reach::Own,
        Action::Read(Read::Appraisal | Read::Name | Read::MaskedName) => Reach::Own,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

fn merchant(action: Action) -> Reach {
    match action {
        Action::Command(CommandKind::UseBenefit | CommandKind::UsePass | CommandKind::DisputeStatement) => Reach::Own,
        Action::Read(Read::Merchant | Read::Settlement | Read::Settling | Read::FreeText) => Reach::Own,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

/// The own account; and where there is something to redeem.
fn worker(action: Action) -> Reach {
    use CommandKind as C;
    match action {
        Action::Command(C::PlaceHold | C::ReleaseHold | C::EraseWorker) => Reach::Own,
        // What one reports, does and asks for oneself; of what another did for one, what it was worth. The rules see to it
        // that nobody rates or confirms the own work.
        Action::Command(
            C::PostRequest | C::RecordHandling | C::RateHandling | C::RecordVisit | C::ConfirmVisit | C::ApplyBenefit,
        ) => Reach::Own,
        Action::Command(C::ConsentToSelection | C::WithdrawFromSelection) => Reach::Own,
        Action::Read(
            Read::Worker
            | Read::Name
            | Read::MaskedName
            | Read::Balance
            | Read::Statement
            | Read::Credit
            | Read::Redemption
            | Read::Holds
            | Read::HoldCode
            | Read::Receipt
            | Read::Readers
            | Read::FreeText
            | Read::Appointments
            | Read::Pair
            | Read::Pass
            | Read::Candidacy
            | Read::OwnData,
        ) => Reach::Own,
        // What is to be done is open to whoever might do it; of others no id is told.
        Action::Read(Read::Stores | Read::Store | Read::Stock | Read::Request) => Reach::Everywhere,
        Action::Read(_) | Action::Command(_) | Action::Cosign | Action::KeepPerson | Action::Nothing => Reach::Nowhere,
    }
}

/// What auditors read: everything but names, also masked ones at a counter, and the figures of a process.
const fn is_audited(read: Read) -> bool {
    match read {
        Read::Workers
        | Read::Worker
        | Read::Readers
        | Read::FreeText
        | Read::Witness
        | Read::Security
        | Read::Balance
        | Read::Statement
        | Read::Trace
        | Read::WaitingCredits
        | Read::Publicity
        | Read::Objectors
        | Read::Credit
        | Read::Redemption
        | Read::Cases
        | Read::StoreDay
        | Read::Holds
        | Read::Merchants
        | Read::Merchant
        | Read::Settlement
        | Read::Settling
        | Read::Sites
        | Read::Stores
        | Read::Store
        | Read::Stock
        | Read::Schedule
        | Read::Appraisal
        | Read::Branches
        | Read::TrialBalance
        | Read::Request
        | Read::Appointments
        | Read::Pair
        | Read::Benefit
        | Read::Fund
        | Read::Pass
        | Read::Selection
        | Read::Candidacy
        | Read::Events
        | Read::Sample
        | Read::Report
        | Read::Checkpoint
        | Read::Proof
        | Read::Keys
        | Read::Receipt
        | Read::Overview
        | Read::Accounts => true,
        Read::Counter
        | Read::HoldCode
        | Read::Name
        | Read::MaskedName
        | Read::Search
        | Read::OwnData
        | Read::Metrics
        | Read::Me => false,
    }
}

/// Whether a target is what the scope names.
fn is_own(held: &Held, target: Target<'_>) -> bool {
    let own = match held.role {
        Role::Worker => target.worker(),
        Role::Clerk => target.store(),
        Role::Merchant => target.merchant(),
        Role::Branch => target.branch(),
        Role::Operator | Role::Approver => {
            return held.scope.as_deref().is_none_or(|site| target.is_at_or_below(site));
        }
        // No scope names the district.
        Role::Auditor | Role::Admin | Role::Machine => None,
    };
    own.is_some() && own == held.scope.as_deref()
}
