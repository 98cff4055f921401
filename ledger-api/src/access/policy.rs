//! Who may do what: one table, role × action, and how far each right reaches.
//!
//! Actions are the commands of the ledger and the reads of its edges, never addresses: a new command or read does not
//! compile before it stands here. Whether a right that reaches no further than the own scope reaches a target is one
//! comparison ([`is_own`]), the same for every action.
//!
//! It is asked in `service`, where a command or a read has its target. [`may_ever`] asks the same table before there is
//! one, at a door that reads no body for somebody who has no such right at all.

use ledger_core::ledger::Command;
use ledger_core::ledger::command::{AskedSpending, CreditAction};
use ledger_core::ledger::commands;

use super::{Identity, Role};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// Whoever shows a token.
    Bearer(&'a Identity),
    /// Whoever has the machine that holds the journal, and may do to its file whatever is not asked here.
    Owner,
    /// The ledger, for what is due by itself.
    Ledger,
}

impl<'a> From<&'a Identity> for Who<'a> {
    fn from(identity: &'a Identity) -> Who<'a> {
        Who::Bearer(identity)
    }
}

/// An enum without fields, and the list of all that it holds.
macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $kind:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$of])* $kind,)*
        }

        impl $name {
            /// Each of them.
            pub const ALL: &'static [$name] = &[$($name::$kind,)*];
        }
    };
}

kinds! {
    /// What a command does, as far as rights tell commands apart.
    CommandKind {
        /// Makes the journal's first event.
        OpenJournal,
        /// Changes the district's settings.
        Configure,
        /// Adopts a points schedule.
        AdoptSchedule,
        /// Registers a worker.
        RegisterWorker,
        /// Records that a worker leaves.
        DepartWorker,
        /// Issues a mutual-aid points card.
        IssueCard,
        /// Moves a card to another branch.
        MoveCard,
        /// Closes a card.
        CloseCard,
        /// Registers a merchant.
        RegisterMerchant,
        /// Records a payment to a merchant.
        PaySettlement,
        /// Opens a store.
        OpenStore,
        /// Closes a store.
        CloseStore,
        /// Opens a store again.
        ReopenStore,
        /// Lists an item at a store.
        ListItem,
        /// Takes an item off a store's list.
        DelistItem,
        /// Puts units on a shelf.
        Restock,
        /// Records a stocktake.
        CountStock,
        /// Writes units off.
        WriteOffStock,
        /// Records a credit.
        RecordCredit,
        /// Confirms a credit.
        ConfirmCredit,
        /// Rejects a credit.
        RejectCredit,
        /// Takes a credit back.
        ReverseCredit,
        /// Objects to a credit.
        ObjectToCredit,
        /// Decides an objection.
        ResolveObjection,
        /// Spends points.
        Redeem,
        /// Takes a redemption back.
        ReverseRedemption,
        /// Sets points and goods aside.
        PlaceHold,
        /// Takes what was set aside.
        CaptureHold,
        /// Puts back what was set aside.
        ReleaseHold,
        /// Books lots that ended as expired.
        ExpireLots,
    }
}

kinds! {
    /// What is read.
    Read {
        /// The list of workers.
        Workers,
        /// A worker's particulars and lifetime figures.
        Worker,
        /// A person's name.
        Name,
        /// A worker's balance.
        Balance,
        /// A worker's statement.
        Statement,
        /// Why a worker's balance is what it is.
        Trace,
        /// The credits that wait for a decision.
        WaitingCredits,
        /// A credit.
        Credit,
        /// A redemption.
        Redemption,
        /// What a store gave out on a day.
        StoreDay,
        /// The holds that are open.
        Holds,
        /// The list of merchants.
        Merchants,
        /// A merchant's particulars.
        Merchant,
        /// What a merchant is owed and was paid.
        Settlement,
        /// The list of stores.
        Stores,
        /// A store's particulars.
        Store,
        /// A store's shelves.
        Stock,
        /// The points schedule.
        Schedule,
        /// The mutual-aid points cards of a year.
        Appraisal,
        /// The Party branches.
        Branches,
        /// The sums of all accounts.
        TrialBalance,
        /// The events as they are recorded.
        Events,
        /// A sample for auditors.
        Sample,
        /// A report for auditors.
        Report,
        /// Signed checkpoints, also on paper.
        Checkpoint,
        /// Proofs against a checkpoint.
        Proof,
        /// The public keys.
        Keys,
        /// The receipt of an entry.
        Receipt,
        /// The figures of this process.
        Metrics,
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// To give a command.
    Command(CommandKind),
    /// To read something.
    Read(Read),
    /// To hand in a checkpoint that other offices cosigned.
    Cosign,
    /// Something that nobody offers, such as a method that an address does not take. Who is refused everything is not told
    /// so.
    Nothing,
}

impl From<CommandKind> for Action {
    fn from(kind: CommandKind) -> Action {
        Action::Command(kind)
    }
}

impl From<Read> for Action {
    fn from(read: Read) -> Action {
        Action::Read(read)
    }
}

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

/// The action that a command is, and what it touches.
pub fn of_command(command: &Command) -> (CommandKind, Target<'_>) {
    match command {
        Command::OpenJournal(_) => (CommandKind::OpenJournal, Target::District),
        Command::Configure(_) => (CommandKind::Configure, Target::District),
        Command::AdoptSchedule(_) => (CommandKind::AdoptSchedule, Target::District),
        Command::RegisterWorker(commands::RegisterWorker { worker, .. }) => {
            (CommandKind::RegisterWorker, Target::Worker(worker.as_str()))
        }
        Command::DepartWorker(commands::DepartWorker { worker, .. }) => {
            (CommandKind::DepartWorker, Target::Worker(worker.as_str()))
        }
        Command::IssueCard(commands::IssueCard { worker, branch, .. }) => {
            (CommandKind::IssueCard, Target::Card { worker: worker.as_str(), branch: Some(branch.as_str()) })
        }
        Command::MoveCard(commands::MoveCard { worker, branch }) => {
            (CommandKind::MoveCard, Target::Card { worker: worker.as_str(), branch: Some(branch.as_str()) })
        }
        Command::CloseCard(commands::CloseCard { worker, .. }) => {
            (CommandKind::CloseCard, Target::Card { worker: worker.as_str(), branch: None })
        }
        Command::RegisterMerchant(commands::RegisterMerchant { merchant, .. }) => {
            (CommandKind::RegisterMerchant, Target::Merchant(merchant.as_str()))
        }
        Command::PaySettlement(commands::PaySettlement { merchant, .. }) => {
            (CommandKind::PaySettlement, Target::Merchant(merchant.as_str()))
        }
        Command::OpenStore(commands::OpenStore { store, .. }) => {
            (CommandKind::OpenStore, Target::Store(store.as_str()))
        }
        Command::CloseStore(commands::CloseStore { store, .. }) => {
            (CommandKind::CloseStore, Target::Store(store.as_str()))
        }
        Command::ReopenStore(commands::ReopenStore { store }) => {
            (CommandKind::ReopenStore, Target::Store(store.as_str()))
        }
        Command::ListItem(commands::ListItem { store, .. }) => (CommandKind::ListItem, Target::Store(store.as_str())),
        Command::DelistItem(commands::DelistItem { store, .. }) => {
            (CommandKind::DelistItem, Target::Store(store.as_str()))
        }
        Command::Restock(commands::Restock { store, .. }) => (CommandKind::Restock, Target::Store(store.as_str())),
        Command::CountStock(commands::CountStock { store, .. }) => {
            (CommandKind::CountStock, Target::Store(store.as_str()))
        }
        Command::WriteOffStock(commands::WriteOffStock { store, .. }) => {
            (CommandKind::WriteOffStock, Target::Store(store.as_str()))
        }
        Command::RecordCredit(commands::RecordCredit { worker, .. }) => {
            (CommandKind::RecordCredit, Target::Worker(worker.as_str()))
        }
        Command::JudgeCredit(commands::JudgeCredit { credit, action, .. }) => {
            (judgement(*action), Target::Credit(credit.as_str()))
        }
        Command::Redeem(spending) => (CommandKind::Redeem, counter(spending)),
        Command::ReverseRedemption(commands::ReverseRedemption { redemption, .. }) => {
            (CommandKind::ReverseRedemption, Target::Redemption(redemption.as_str()))
        }
        Command::PlaceHold(commands::PlaceHold { spending, .. }) => (CommandKind::PlaceHold, counter(spending)),
        Command::CaptureHold(commands::CaptureHold { hold }) => (CommandKind::CaptureHold, Target::Hold(hold.as_str())),
        Command::ReleaseHold(commands::ReleaseHold { hold, .. }) => {
            (CommandKind::ReleaseHold, Target::Hold(hold.as_str()))
        }
        Command::ExpireLots(commands::ExpireLots { worker, .. }) => {
            (CommandKind::ExpireLots, Target::Worker(worker.as_str()))
        }
    }
}

fn judgement(action: CreditAction) -> CommandKind {
    match action {
        CreditAction::Confirm => CommandKind::ConfirmCredit,
        CreditAction::Reject => CommandKind::RejectCredit,
        CreditAction::Reverse => CommandKind::ReverseCredit,
        CreditAction::Object => CommandKind::ObjectToCredit,
        CreditAction::Resolve { .. } => CommandKind::ResolveObjection,
    }
}

fn counter(spending: &AskedSpending) -> Target<'_> {
    Target::Counter { worker: spending.worker.as_str(), store: spending.store.as_str() }
}

/// That somebody may not do what was asked. It tells nothing of what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role of this access token may not do this")]
pub struct Denied;

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// There is none.
    Nowhere,
    /// To what is the scope's own.
    Own,
    /// Through the whole district.
    Everywhere,
}

/// Whether somebody may do something to a target.
///
/// # Errors
/// [`Denied`].
pub fn allow(who: Who<'_>, action: impl Into<Action>, target: Target<'_>) -> Result<(), Denied> {
    let reaches = match (reach(who, action.into()), who) {
        (Reach::Everywhere, _) => true,
        (Reach::Own, Who::Bearer(identity)) => is_own(identity, target),
        (Reach::Own, Who::Owner | Who::Ledger) | (Reach::Nowhere, _) => false,
    };
    if reaches { Ok(()) } else { Err(Denied) }
}

/// Whether there is any target to which somebody may do something.
pub fn may_ever(who: Who<'_>, action: impl Into<Action>) -> bool {
    reach(who, action.into()) != Reach::Nowhere
}

fn reach(who: Who<'_>, action: Action) -> Reach {
    match who {
        Who::Bearer(identity) => reach_of_role(identity.role, action),
        Who::Owner => Reach::Everywhere,
        Who::Ledger if action == Action::Command(CommandKind::ReleaseHold) => Reach::Everywhere,
        Who::Ledger => Reach::Nowhere,
    }
}

/// The table.
fn reach_of_role(role: Role, action: Action) -> Reach {
    match role {
        Role::Admin => Reach::Everywhere,
        Role::Auditor => match action {
            Action::Read(read) if is_audited(read) => Reach::Everywhere,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::Nothing => Reach::Nowhere,
        },
        Role::Worker => match action {
            Action::Read(Read::Receipt) => Reach::Own,
            Action::Read(_) | Action::Command(_) | Action::Cosign | Action::Nothing => Reach::Nowhere,
        },
        Role::Clerk | Role::Operator | Role::Approver | Role::Branch | Role::Merchant => Reach::Nowhere,
    }
}

/// What auditors read: events and what is folded from them, never a name.
fn is_audited(read: Read) -> bool {
    match read {
        Read::Trace
        | Read::Credit
        | Read::Redemption
        | Read::StoreDay
        | Read::Holds
        | Read::Settlement
        | Read::Appraisal
        | Read::Branches
        | Read::TrialBalance
        | Read::Events
        | Read::Sample
        | Read::Report
        | Read::Checkpoint
        | Read::Proof
        | Read::Keys
        | Read::Receipt => true,
        Read::Workers
        | Read::Worker
        | Read::Name
        | Read::Balance
        | Read::Statement
        | Read::WaitingCredits
        | Read::Merchants
        | Read::Merchant
        | Read::Stores
        | Read::Store
        | Read::Stock
        | Read::Schedule
        | Read::Metrics => false,
    }
}

/// Whether a target is what the scope names.
fn is_own(identity: &Identity, target: Target<'_>) -> bool {
    let own = match identity.role {
        Role::Worker => target.worker(),
        Role::Clerk => target.store(),
        Role::Merchant => target.merchant(),
        Role::Branch => target.branch(),
        // Which worker or store belongs to which community is not recorded, and no scope names the district.
        Role::Operator | Role::Approver | Role::Auditor | Role::Admin => None,
    };
    own.is_some() && own == identity.scope.as_deref()
}

impl<'a> Target<'a> {
    fn worker(self) -> Option<&'a str> {
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

    fn store(self) -> Option<&'a str> {
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

    fn merchant(self) -> Option<&'a str> {
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

    fn branch(self) -> Option<&'a str> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ledger_core::domain::ids::Actor;

    use super::{Action, CommandKind, Denied, Read, Target, Who, allow, is_own, may_ever};
    use crate::access::{Identity, Role};

    fn identity(role: Role, scope: Option<&str>) -> Identity {
        Identity { id: Actor::new("t").unwrap(), role, scope: scope.map(Arc::from), name: Arc::from("test") }
    }

    fn actions() -> impl Iterator<Item = Action> {
        let commands = CommandKind::ALL.iter().map(|kind| Action::Command(*kind));
        commands.chain(Read::ALL.iter().map(|read| Action::Read(*read))).chain([Action::Cosign, Action::Nothing])
    }

    const TARGETS: &[Target<'_>] = &[
        Target::District,
        Target::Worker("X"),
        Target::Card { worker: "X", branch: Some("X") },
        Target::Store("X"),
        Target::Counter { worker: "X", store: "X" },
        Target::Merchant("X"),
        Target::Branch("X"),
        Target::Credit("X"),
        Target::Redemption("X"),
        Target::Hold("X"),
    ];

    #[test]
    fn who_is_let_through_the_door_may_do_it_to_something_and_nobody_else() {
        for role in Role::ALL {
            let identity = identity(role, Some("X"));
            for action in actions() {
                let somewhere = TARGETS.iter().any(|target| allow(Who::Bearer(&identity), action, *target).is_ok());
                assert_eq!(may_ever(Who::Bearer(&identity), action), somewhere, "{role} {action:?}");
            }
        }
    }

    #[test]
    fn a_right_to_the_own_ends_at_what_is_not_the_own() {
        let receipt = |identity: &Identity, target| allow(Who::Bearer(identity), Read::Receipt, target);
        let own = identity(Role::Worker, Some("W1"));
        assert_eq!(receipt(&own, Target::Worker("W1")), Ok(()));
        for target in [Target::Worker("W2"), Target::Worker(""), Target::District, Target::Store("W1")] {
            assert_eq!(receipt(&own, target), Err(Denied), "{target:?}");
        }
        assert_eq!(receipt(&identity(Role::Worker, None), Target::Worker("W1")), Err(Denied));
    }

    #[test]
    fn each_scope_names_targets_of_its_own_kind_alone() {
        for (role, own) in [(Role::Worker, 3), (Role::Clerk, 2), (Role::Merchant, 1), (Role::Branch, 2)] {
            let (here, elsewhere) = (identity(role, Some("X")), identity(role, Some("Y")));
            assert_eq!(TARGETS.iter().filter(|target| is_own(&here, **target)).count(), own, "{role}");
            assert!(!TARGETS.iter().any(|target| is_own(&elsewhere, *target)), "{role}");
        }
        for role in [Role::Operator, Role::Approver, Role::Auditor, Role::Admin] {
            assert!(!TARGETS.iter().any(|target| is_own(&identity(role, Some("X")), *target)), "{role}");
        }
    }

    #[test]
    fn nobody_but_admins_gives_commands_and_the_ledger_gives_back_what_ran_out() {
        for kind in CommandKind::ALL {
            for role in Role::ALL {
                assert_eq!(may_ever(Who::Bearer(&identity(role, None)), *kind), role == Role::Admin, "{role} {kind:?}");
            }
            assert!(may_ever(Who::Owner, *kind), "{kind:?}");
            assert_eq!(may_ever(Who::Ledger, *kind), *kind == CommandKind::ReleaseHold, "{kind:?}");
        }
    }

    #[test]
    fn auditors_read_no_name() {
        assert!(!may_ever(Who::Bearer(&identity(Role::Auditor, None)), Read::Name));
    }
}
