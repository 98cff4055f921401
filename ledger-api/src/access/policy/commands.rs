//! The commands as far as rights tell them apart, who may give each, and what each touches. A new command does not compile
//! before it stands here.

use ledger_core::ledger::command::{AskedSpending, CreditAction};
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::{Command, commands};

use super::kinds::{EVERYBODY_WHO_WRITES, kinds};
use super::target::Target;
use crate::access::Role::{Admin, Approver, Branch, Clerk, Merchant, Operator, Worker};
use crate::access::policy::Reach::{District, Everywhere, Own, OwnToday};

kinds! {
    /// What a command does, as far as rights tell commands apart.
    CommandKind {
        /// Makes the journal's first event.
        OpenJournal => &[(Admin, Everywhere)],
        /// Changes the district's settings.
        Configure => &[(Admin, Everywhere)],
        /// Adopts a points schedule.
        AdoptSchedule => &[(Admin, Everywhere)],
        /// Closes a branch's appraisal of a year.
        SealAppraisal => &[(Branch, Own)],
        /// Registers a worker.
        RegisterWorker => &[(Operator, Own)],
        /// Records that a worker leaves.
        DepartWorker => &[(Operator, Own)],
        /// Goes on with the account of one id of a person under another one.
        // Two ids may belong to two sites, and what was earned under one is spent under the other.
        MergeWorkers => &[(Approver, District)],
        /// Forgets the person behind a worker.
        // Both ask for it; a second person's word does it.
        EraseWorker => &[(Worker, Own), (Admin, Everywhere)],
        /// Issues a mutual-aid points card.
        IssueCard => &[(Branch, Own)],
        /// Moves a card to another branch.
        MoveCard => &[(Branch, Own)],
        /// Closes a card.
        CloseCard => &[(Branch, Own)],
        /// Registers a merchant.
        RegisterMerchant => &[(Admin, Everywhere)],
        /// Records a payment to a merchant.
        PaySettlement => &[(Approver, District)],
        /// Prepares a merchant's statement.
        // A statement is of the whole district, and so is whoever prepares it. One prepares, another confirms, a third pays:
        // the rules see to it that they are three.
        PrepareStatement => &[(Operator, District), (Approver, District)],
        /// Disputes a line of a merchant's statement.
        DisputeStatement => &[(Merchant, Own)],
        /// Says, as the merchant, that its statement is right.
        AcknowledgeStatement => &[(Merchant, Own)],
        /// Answers such a dispute.
        AnswerDispute => &[(Approver, District)],
        /// Confirms a merchant's statement.
        ConfirmStatement => &[(Approver, District)],
        /// Prepares a paying body's statement.
        PrepareBodyStatement => &[(Operator, District), (Approver, District)],
        /// Confirms a paying body's statement.
        ConfirmBodyStatement => &[(Approver, District)],
        /// Records that a body paid.
        PayBody => &[(Approver, District)],
        /// Opens a store.
        OpenStore => &[(Admin, Everywhere)],
        /// Closes a store.
        CloseStore => &[(Admin, Everywhere)],
        /// Opens a store again.
        ReopenStore => &[(Admin, Everywhere)],
        /// Lists an item at a store.
        ListItem => &[(Admin, Everywhere)],
        /// Takes an item off a store's list.
        DelistItem => &[(Admin, Everywhere)],
        /// Puts units on a shelf.
        Restock => &[(Clerk, Own)],
        /// Records a stocktake.
        CountStock => &[(Clerk, Own)],
        /// Writes units off.
        WriteOffStock => &[(Clerk, Own)],
        /// Records a credit.
        RecordCredit => &[(Operator, Own)],
        /// Confirms a credit.
        ConfirmCredit => &[(Approver, Own)],
        /// Rejects a credit.
        RejectCredit => &[(Approver, Own)],
        /// Takes a credit back.
        ReverseCredit => &[(Approver, Own)],
        /// Objects to a credit.
        // Anybody may say that a credit is wrong; auditors write nothing.
        ObjectToCredit => EVERYBODY_WHO_WRITES,
        /// Decides an objection.
        ResolveObjection => &[(Approver, Own)],
        /// Appeals the decision about an objection.
        // Who may appeal is told by the credit itself: the objector, or the worker.
        AppealDecision => EVERYBODY_WHO_WRITES,
        /// Carries out what comes of a credit by itself.
        // What falls due on a day moves by the rules alone; an administrator asks for it, and decides nothing.
        SettleCredit => &[(Admin, Everywhere)],
        /// Spends points.
        Redeem => &[(Clerk, Own)],
        /// Takes a redemption back.
        ReverseRedemption => &[(Clerk, OwnToday), (Approver, Own)],
        /// Sets points and goods aside.
        PlaceHold => &[(Clerk, Own), (Worker, Own)],
        /// Takes what was set aside.
        CaptureHold => &[(Clerk, Own)],
        /// Puts back what was set aside.
        ReleaseHold => &[(Clerk, Own), (Worker, Own)],
        /// Tells what a counter handed out before the ledger was asked.
        DeliverRedemption => &[(Clerk, Own)],
        /// Settles what was refused of it.
        SettleCase => &[(Clerk, Own), (Approver, Own)],
        /// Makes a device the one that captures without the network.
        EnrolDevice => &[(Clerk, Own)],
        /// Books lots that ended as expired.
        // The same.
        ExpireLots => &[(Admin, Everywhere)],
        /// Opens an account.
        OpenAccount => &[(Admin, Everywhere)],
        /// Grants an account a role.
        GrantRole => &[(Admin, Everywhere)],
        /// Confirms a grant.
        ConfirmGrant => &[(Admin, Everywhere)],
        /// Ends a grant.
        EndGrant => &[(Admin, Everywhere)],
        /// Opens a site.
        OpenSite => &[(Admin, Everywhere)],
        /// Hangs a site elsewhere.
        MoveSite => &[(Admin, Everywhere)],
        /// Closes a site.
        CloseSite => &[(Admin, Everywhere)],
        /// Changes what a site offers.
        SetServices => &[(Admin, Everywhere)],
        /// Appoints a worker.
        // Where the district asks for checks this only proposes it: another approver's word is needed.
        RegisterAppointment => &[(Approver, Own)],
        /// Confirms an appointment that another person proposed.
        // The rules see to it that it is another person, and not the worker.
        ConfirmAppointment => &[(Approver, Own)],
        /// Sends such an appointment back.
        // The same.
        RejectAppointment => &[(Approver, Own)],
        /// Pairs two workers.
        OpenPair => &[(Approver, District)],
        /// Records a visit.
        RecordVisit => &[(Operator, Own), (Worker, Own)],
        /// Confirms a visit.
        ConfirmVisit => &[(Operator, Own), (Worker, Own)],
        /// Confirms a visit in place of a partner who left.
        // The rules see to it that the pair is the branch's, and that the partner has left.
        StandInForVisit => &[(Branch, Own)],
        /// Posts a service request.
        // Of a site that routes it, or of the reporter's.
        PostRequest => &[(Operator, Own), (Worker, Own)],
        /// Records work on a request.
        RecordHandling => &[(Operator, Own), (Worker, Own)],
        /// Says what work was worth.
        // What it was worth that another did. The rules see to it that nobody rates or confirms the own work.
        RateHandling => &[(Operator, Own), (Approver, Own), (Worker, Own)],
        /// Claims a request.
        ClaimRequest => &[(Operator, Own), (Worker, Own)],
        /// Reports the work of a claim.
        // A worker of the own claim, as whoever gives it up.
        ReportHandling => &[(Operator, Own), (Worker, Own)],
        /// Gives a claim up.
        ReturnClaim => &[(Operator, Own), (Worker, Own)],
        /// Passes a request on.
        RouteRequest => &[(Operator, Own)],
        /// Takes a request back.
        // A worker what that one reported.
        WithdrawRequest => &[(Operator, Own), (Worker, Own)],
        /// Links a request to an earlier one that it repeats.
        // Whoever passes it on; the earlier one may be of another site.
        MergeRequest => &[(Operator, Own)],
        /// Registers a fund.
        RegisterFund => &[(Admin, Everywhere)],
        /// Registers a benefit.
        RegisterBenefit => &[(Admin, Everywhere)],
        /// Applies for a benefit.
        ApplyBenefit => &[(Operator, Own), (Worker, Own)],
        /// Uses a benefit.
        UseBenefit => &[(Operator, Own), (Merchant, Own)],
        /// Gives a benefit back, or waits for it no more.
        WithdrawBenefit => &[(Operator, Own), (Worker, Own)],
        /// Approves an application for a benefit, for a body.
        // The rules see to it that each body's word is another person's, and neither the proposer's nor the worker's.
        CheckBenefit => &[(Approver, Own)],
        /// Sends an application for a benefit back.
        // The same.
        RejectBenefit => &[(Approver, Own)],
        /// Takes the use of a benefit back.
        // As a clerk a redemption: the counter itself on the same day, an approver later.
        ReverseBenefitUse => &[(Merchant, OwnToday), (Approver, Own)],
        /// Issues a pass.
        IssuePass => &[(Operator, Own)],
        /// Registers an offer.
        RegisterOffer => &[(Admin, Everywhere)],
        /// Honours a pass.
        UsePass => &[(Operator, Own), (Merchant, Own)],
        /// Takes a slip back.
        // The same.
        ReversePassUse => &[(Merchant, OwnToday), (Approver, Own)],
        /// Announces a selection.
        // A selection is one of the district, and what follows from it is nobody's alone.
        AnnounceSelection => &[(Approver, District)],
        /// Agrees to be a candidate.
        // An operator by the paper that the candidate signed.
        ConsentToSelection => &[(Operator, Own), (Worker, Own)],
        /// Withdraws as a candidate.
        // The same.
        WithdrawFromSelection => &[(Operator, Own), (Worker, Own)],
        /// Fixes a selection's inputs.
        SealSelection => &[(Approver, District)],
        /// Draws a short list.
        DrawSelection => &[(Approver, District)],
        /// Objects to a selection's list.
        ObjectToSelection => EVERYBODY_WHO_WRITES,
        /// Answers an objection to a selection's list.
        AnswerObjection => &[(Approver, District)],
        /// Puts a selection's list right.
        ReviseSelection => &[(Approver, District)],
        /// Records that a meeting decided about a selection.
        RecordResult => &[(Approver, District)],
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
        // The two may belong to two sites.
        Command::MergeWorkers(_) => (CommandKind::MergeWorkers, Target::District),
        Command::EraseWorker(commands::EraseWorker { worker, .. }) => {
            (CommandKind::EraseWorker, Target::Worker(worker.as_str()))
        }
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
        Command::AcknowledgeStatement(commands::AcknowledgeStatement { merchant, .. }) => {
            (CommandKind::AcknowledgeStatement, Target::Merchant(merchant.as_str()))
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
        // To propose is to appoint: what comes of it is told by the district's checks.
        Command::ProposeAppointment(commands::ProposeAppointment { worker, .. }) => {
            (CommandKind::RegisterAppointment, Target::Worker(worker.as_str()))
        }
        // The site, where it is for one, is asked about beside.
        Command::ConfirmAppointment(commands::ConfirmAppointment { worker, .. }) => {
            (CommandKind::ConfirmAppointment, Target::Worker(worker.as_str()))
        }
        Command::RejectAppointment(commands::RejectAppointment { worker, .. }) => {
            (CommandKind::RejectAppointment, Target::Worker(worker.as_str()))
        }
        Command::OpenPair(_) => (CommandKind::OpenPair, Target::District),
        Command::RecordVisit(commands::RecordVisit { reporter, .. }) => {
            (CommandKind::RecordVisit, Target::Worker(reporter.as_str()))
        }
        Command::ConfirmVisit(commands::ConfirmVisit { by, .. }) => {
            (CommandKind::ConfirmVisit, Target::Worker(by.as_str()))
        }
        Command::StandInForVisit(commands::StandInForVisit { branch, .. }) => {
            (CommandKind::StandInForVisit, Target::Branch(branch.as_str()))
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
        Command::RateHandling(commands::RateHandling { request, handling, .. }) => {
            (CommandKind::RateHandling, Target::Handling { request: request.as_str(), handling: handling.as_str() })
        }
        Command::ClaimRequest(commands::ClaimRequest { request, claimer, .. }) => {
            (CommandKind::ClaimRequest, Target::Work { request: request.as_str(), claimer: Some(claimer.as_str()) })
        }
        Command::ReportHandling(commands::ReportHandling { request, claim, .. }) => {
            (CommandKind::ReportHandling, Target::Claim { request: request.as_str(), claim: claim.as_str() })
        }
        Command::ReturnClaim(commands::ReturnClaim { request, claim, .. }) => {
            (CommandKind::ReturnClaim, Target::Claim { request: request.as_str(), claim: claim.as_str() })
        }
        Command::RouteRequest(commands::RouteRequest { request, .. }) => {
            (CommandKind::RouteRequest, Target::Request(request.as_str()))
        }
        // Whoever reported it may think better of it.
        Command::WithdrawRequest(commands::WithdrawRequest { request, .. }) => {
            (CommandKind::WithdrawRequest, Target::Request(request.as_str()))
        }
        Command::MergeRequest(commands::MergeRequest { request, .. }) => {
            (CommandKind::MergeRequest, Target::Request(request.as_str()))
        }
        Command::RegisterFund(_) => (CommandKind::RegisterFund, Target::District),
        Command::RegisterBenefit(_) => (CommandKind::RegisterBenefit, Target::District),
        Command::ApplyBenefit(commands::ApplyBenefit { worker, .. }) => {
            (CommandKind::ApplyBenefit, Target::Worker(worker.as_str()))
        }
        // To propose is to apply: what comes of it is told by the benefit.
        Command::ProposeBenefit(commands::ProposeBenefit { worker, .. }) => {
            (CommandKind::ApplyBenefit, Target::Worker(worker.as_str()))
        }
        Command::CheckBenefit(commands::CheckBenefit { application, .. }) => {
            (CommandKind::CheckBenefit, Target::Application { application: application.as_str(), merchant: None })
        }
        Command::RejectBenefit(commands::RejectBenefit { application, .. }) => {
            (CommandKind::RejectBenefit, Target::Application { application: application.as_str(), merchant: None })
        }
        Command::UseBenefit(commands::UseBenefit { application, used, .. }) => (
            CommandKind::UseBenefit,
            Target::Application {
                application: application.as_str(),
                merchant: used.merchant.as_ref().map(|merchant| merchant.as_str()),
            },
        ),
        Command::WithdrawBenefit(commands::WithdrawBenefit { application, .. }) => {
            (CommandKind::WithdrawBenefit, Target::Application { application: application.as_str(), merchant: None })
        }
        Command::ReverseBenefitUse(commands::ReverseBenefitUse { application, .. }) => {
            (CommandKind::ReverseBenefitUse, Target::UseOf(application.as_str()))
        }
        Command::IssuePass(commands::IssuePass { terms, .. }) => {
            (CommandKind::IssuePass, Target::Worker(terms.worker.as_str()))
        }
        Command::RegisterOffer(_) => (CommandKind::RegisterOffer, Target::District),
        Command::UsePass(commands::UsePass { offer, .. }) => (CommandKind::UsePass, Target::Offer(offer.as_str())),
        Command::ReversePassUse(commands::ReversePassUse { slip_no, .. }) => {
            (CommandKind::ReversePassUse, Target::Slip(slip_no.as_str()))
        }
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
