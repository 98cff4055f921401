//! What can be done: the commands of the ledger and the reads of its edges, as far as rights tell them apart. A new command
//! does not compile before it stands here.

use ledger_core::ledger::command::{AskedSpending, CreditAction};
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::{Command, commands};

use super::target::Target;

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

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $($name::$kind => stringify!($kind),)* }
            }
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
        /// Closes a branch's appraisal of a year.
        SealAppraisal,
        /// Registers a worker.
        RegisterWorker,
        /// Records that a worker leaves.
        DepartWorker,
        /// Forgets the person behind a worker.
        EraseWorker,
        /// Goes on with the account of one id of a person under another one.
        MergeWorkers,
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
        /// Prepares a merchant's statement.
        PrepareStatement,
        /// Disputes a line of a merchant's statement.
        DisputeStatement,
        /// Answers such a dispute.
        AnswerDispute,
        /// Confirms a merchant's statement.
        ConfirmStatement,
        /// Prepares a paying body's statement.
        PrepareBodyStatement,
        /// Confirms a paying body's statement.
        ConfirmBodyStatement,
        /// Records that a body paid.
        PayBody,
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
        /// Appeals the decision about an objection.
        AppealDecision,
        /// Carries out what comes of a credit by itself.
        SettleCredit,
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
        /// Tells what a counter handed out before the ledger was asked.
        DeliverRedemption,
        /// Settles what was refused of it.
        SettleCase,
        /// Makes a device the one that captures without the network.
        EnrolDevice,
        /// Books lots that ended as expired.
        ExpireLots,
        /// Opens an account.
        OpenAccount,
        /// Grants an account a role.
        GrantRole,
        /// Confirms a grant.
        ConfirmGrant,
        /// Ends a grant.
        EndGrant,
        /// Opens a site.
        OpenSite,
        /// Hangs a site elsewhere.
        MoveSite,
        /// Closes a site.
        CloseSite,
        /// Changes what a site offers.
        SetServices,
        /// Appoints a worker.
        RegisterAppointment,
        /// Pairs two workers.
        OpenPair,
        /// Records a visit.
        RecordVisit,
        /// Confirms a visit.
        ConfirmVisit,
        /// Posts a service request.
        PostRequest,
        /// Records work on a request.
        RecordHandling,
        /// Says what work was worth.
        RateHandling,
        /// Registers a fund.
        RegisterFund,
        /// Registers a benefit.
        RegisterBenefit,
        /// Applies for a benefit.
        ApplyBenefit,
        /// Uses a benefit.
        UseBenefit,
        /// Issues a pass.
        IssuePass,
        /// Registers an offer.
        RegisterOffer,
        /// Honours a pass.
        UsePass,
        /// Announces a selection.
        AnnounceSelection,
        /// Agrees to be a candidate.
        ConsentToSelection,
        /// Withdraws as a candidate.
        WithdrawFromSelection,
        /// Fixes a selection's inputs.
        SealSelection,
        /// Draws a short list.
        DrawSelection,
        /// Objects to a selection's list.
        ObjectToSelection,
        /// Answers an objection to a selection's list.
        AnswerObjection,
        /// Puts a selection's list right.
        ReviseSelection,
        /// Records that a meeting decided about a selection.
        RecordResult,
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
        /// A person's name, masked: enough to tell whom one has in front of oneself.
        MaskedName,
        /// Workers, by the whole name or phone.
        Search,
        /// Who read a worker's record.
        Readers,
        /// A reason or note as it was written.
        FreeText,
        /// Who witnessed a credit, by name.
        Witness,
        /// Everything that is held of a person.
        OwnData,
        /// What was refused to whom.
        Security,
        /// A worker's balance.
        Balance,
        /// A worker's statement.
        Statement,
        /// Why a worker's balance is what it is.
        Trace,
        /// The credits that wait for a decision.
        WaitingCredits,
        /// The credits that are public, with masked names.
        Publicity,
        /// Who objected to a credit anonymously.
        Objectors,
        /// A credit.
        Credit,
        /// A redemption.
        Redemption,
        /// What a counter sees of a worker: masked name, balance, and what of it can be had there.
        Counter,
        /// What a store handed out before the ledger was asked, and was refused.
        Cases,
        /// What a store gave out on a day.
        StoreDay,
        /// The holds that are open.
        Holds,
        /// The signed code of a hold, by which a counter without a network takes it.
        HoldCode,
        /// The list of merchants.
        Merchants,
        /// A merchant's particulars.
        Merchant,
        /// What a merchant is owed and was paid.
        Settlement,
        /// A month's lines, of a merchant or of a paying body, and how far their statement has come.
        Settling,
        /// The sites.
        Sites,
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
        /// Service requests, with the work on them.
        Request,
        /// A worker's appointments.
        Appointments,
        /// A pair, with its visits.
        Pair,
        /// Benefits: how many there are, were given and are waited for.
        Benefit,
        /// Funds: what was appropriated and is set aside.
        Fund,
        /// A pass.
        Pass,
        /// Selections: the formula, how far each has come, and the short list.
        Selection,
        /// What a selection's formula takes of a candidate, and what was objected.
        Candidacy,
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
        /// The district's figures at a glance.
        Overview,
        /// The figures of this process.
        Metrics,
        /// The accounts, with what each was granted.
        Accounts,
        /// The own account.
        Me,
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
    /// To have a worker's name and phone kept, or taken away.
    KeepPerson,
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

/// The action that a command is, and what it touches.
pub fn of_command(command: &Command) -> (CommandKind, Target<'_>) {
    match command {
        Command::OpenJournal(_) => (CommandKind::OpenJournal, Target::District),
        Command::Configure(_) => (CommandKind::Configure, Target::District),
        Command::AdoptSchedule(_) => (CommandKind::AdoptSchedule, Target::District),
        Command::SealAppraisal(commands::SealAppraisal { branch, .. }) => {
            (CommandKind::SealAppraisal, Target::Branch(branch.as_str()))
        }
        // Who is to be registered belongs nowhere yet but to the site that is named.
        Command::RegisterWorker(commands::RegisterWorker { details, .. }) => (
            CommandKind::RegisterWorker,
            details.site.as_ref().map_or(Target::District, |site| Target::Site(site.as_str())),
        ),
        Command::DepartWorker(commands::DepartWorker { worker, .. }) => {
            (CommandKind::DepartWorker, Target::Worker(worker.as_str()))
        }
        Command::EraseWorker(commands::EraseWorker { worker, .. }) => {
            (CommandKind::EraseWorker, Target::Worker(worker.as_str()))
        }
        // The two may belong to two sites.
        Command::MergeWorkers(_) => (CommandKind::MergeWorkers, Target::District),
        Command::IssueCard(commands::IssueCard { worker, branch, .. }) => {
            (CommandKind::IssueCard, Target::Card { worker: worker.as_str(), branch: Some(branch.as_str()) })
        }
        // The branch that has the card gives it away.
        Command::MoveCard(commands::MoveCard { worker, .. }) => {
            (CommandKind::MoveCard, Target::Card { worker: worker.as_str(), branch: None })
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
        Command::PrepareStatement(commands::PrepareStatement { of, .. }) => match of {
            StatementOf::Merchant(merchant) => (CommandKind::PrepareStatement, Target::Merchant(merchant.as_str())),
            StatementOf::Body { .. } => (CommandKind::PrepareBodyStatement, Target::District),
        },
        Command::DisputeStatement(commands::DisputeStatement { merchant, .. }) => {
            (CommandKind::DisputeStatement, Target::Merchant(merchant.as_str()))
        }
        Command::AnswerDispute(commands::AnswerDispute { merchant, .. }) => {
            (CommandKind::AnswerDispute, Target::Merchant(merchant.as_str()))
        }
        Command::ConfirmStatement(commands::ConfirmStatement { of, .. }) => match of {
            StatementOf::Merchant(merchant) => (CommandKind::ConfirmStatement, Target::Merchant(merchant.as_str())),
            StatementOf::Body { .. } => (CommandKind::ConfirmBodyStatement, Target::District),
        },
        Command::PayBody(_) => (CommandKind::PayBody, Target::District),
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
        Command::SettleCredit(commands::SettleCredit { credit }) => {
            (CommandKind::SettleCredit, Target::Credit(credit.as_str()))
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
        // To whom is told by what was typed; the store is whose goods went.
        Command::DeliverRedemption(commands::DeliverRedemption { store, .. }) => {
            (CommandKind::DeliverRedemption, Target::Store(store.as_str()))
        }
        Command::SettleCase(commands::SettleCase { store, .. }) => {
            (CommandKind::SettleCase, Target::Store(store.as_str()))
        }
        Command::EnrolDevice(commands::EnrolDevice { store, .. }) => {
            (CommandKind::EnrolDevice, Target::Store(store.as_str()))
        }
        Command::ExpireLots(commands::ExpireLots { worker, .. }) => {
            (CommandKind::ExpireLots, Target::Worker(worker.as_str()))
        }
        Command::OpenAccount(_) => (CommandKind::OpenAccount, Target::District),
        Command::GrantRole(_) => (CommandKind::GrantRole, Target::District),
        Command::ConfirmGrant(_) => (CommandKind::ConfirmGrant, Target::District),
        Command::EndGrant(_) => (CommandKind::EndGrant, Target::District),
        Command::OpenSite(_) => (CommandKind::OpenSite, Target::District),
        Command::MoveSite(_) => (CommandKind::MoveSite, Target::District),
        Command::CloseSite(_) => (CommandKind::CloseSite, Target::District),
        Command::SetServices(_) => (CommandKind::SetServices, Target::District),
        Command::RegisterAppointment(commands::RegisterAppointment { worker, .. }) => {
            (CommandKind::RegisterAppointment, Target::Worker(worker.as_str()))
        }
        Command::OpenPair(_) => (CommandKind::OpenPair, Target::District),
        Command::RecordVisit(commands::RecordVisit { reporter, .. }) => {
            (CommandKind::RecordVisit, Target::Worker(reporter.as_str()))
        }
        Command::ConfirmVisit(commands::ConfirmVisit { by, .. }) => {
            (CommandKind::ConfirmVisit, Target::Worker(by.as_str()))
        }
        Command::PostRequest(commands::PostRequest { reporter, site, .. }) => (
            CommandKind::PostRequest,
            Target::Posting {
                reporter: reporter.as_ref().map(|reporter| reporter.as_str()),
                site: site.as_ref().map(|site| site.as_str()),
            },
        ),
        Command::RecordHandling(commands::RecordHandling { request, claimer, .. }) => (
            CommandKind::RecordHandling,
            Target::Work { request: request.as_str(), claimer: claimer.as_ref().map(|claimer| claimer.as_str()) },
        ),
        // Whoever reported it says what the work was worth.
        Command::RateHandling(commands::RateHandling { request, .. }) => {
            (CommandKind::RateHandling, Target::Request(request.as_str()))
        }
        Command::RegisterFund(_) => (CommandKind::RegisterFund, Target::District),
        Command::RegisterBenefit(_) => (CommandKind::RegisterBenefit, Target::District),
        Command::ApplyBenefit(commands::ApplyBenefit { worker, .. }) => {
            (CommandKind::ApplyBenefit, Target::Worker(worker.as_str()))
        }
        Command::UseBenefit(commands::UseBenefit { application, used, .. }) => (
            CommandKind::UseBenefit,
            Target::Application {
                application: application.as_str(),
                merchant: used.merchant.as_ref().map(|merchant| merchant.as_str()),
            },
        ),
        Command::IssuePass(commands::IssuePass { terms, .. }) => {
            (CommandKind::IssuePass, Target::Worker(terms.worker.as_str()))
        }
        Command::RegisterOffer(_) => (CommandKind::RegisterOffer, Target::District),
        Command::UsePass(commands::UsePass { offer, .. }) => (CommandKind::UsePass, Target::Offer(offer.as_str())),
        Command::AnnounceSelection(_) => (CommandKind::AnnounceSelection, Target::District),
        Command::GiveWord(commands::GiveWord { worker, withdraws, .. }) => (
            if *withdraws { CommandKind::WithdrawFromSelection } else { CommandKind::ConsentToSelection },
            Target::Worker(worker.as_str()),
        ),
        Command::SealSelection(_) => (CommandKind::SealSelection, Target::District),
        Command::DrawSelection(_) => (CommandKind::DrawSelection, Target::District),
        Command::ObjectToSelection(_) => (CommandKind::ObjectToSelection, Target::District),
        Command::AnswerObjection(_) => (CommandKind::AnswerObjection, Target::District),
        Command::ReviseSelection(_) => (CommandKind::ReviseSelection, Target::District),
        Command::RecordResult(_) => (CommandKind::RecordResult, Target::District),
    }
}

fn judgement(action: CreditAction) -> CommandKind {
    match action {
        CreditAction::Confirm => CommandKind::ConfirmCredit,
        CreditAction::Reject => CommandKind::RejectCredit,
        CreditAction::Reverse => CommandKind::ReverseCredit,
        CreditAction::Object { .. } => CommandKind::ObjectToCredit,
        CreditAction::Appeal => CommandKind::AppealDecision,
        CreditAction::Resolve { .. } => CommandKind::ResolveObjection,
    }
}

fn counter(spending: &AskedSpending) -> Target<'_> {
    Target::Counter { worker: spending.worker.as_str(), store: spending.store.as_str() }
}
