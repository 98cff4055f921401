//! The ids that a command brings in, held to hold no number of a person: what is named later has stood there before.

use super::Command;
use crate::domain::ids::Key;
use crate::domain::numbers;
use crate::domain::refusal::{Code, Decision, Refusal};

/// What is recorded stays for ever: no phone and no identity number comes into it.
pub(super) fn check_no_number(text: &str, what: &str) -> Decision<()> {
    match numbers::personal_number(text) {
        Some(number) => {
            let message = format!("{what} holds {number}; leave it out: what is recorded stays for ever");
            Err(Refusal::new(Code::InvalidInput, message))
        }
        None => Ok(()),
    }
}

impl Command {
    /// No id that comes in by this command holds a phone or identity number. Credits, redemptions and holds are named
    /// after their command's key.
    ///
    /// # Errors
    /// `invalid_input`.
    pub(in crate::ledger) fn check_new_ids(&self, key: &Key) -> Decision<()> {
        let (id, what) = match self {
            Command::RegisterWorker(command) => (command.worker.as_str(), "the worker's id"),
            Command::IssueCard(command) => (command.card_no.as_str(), "the card's number"),
            Command::OpenAccount(command) => (command.account.as_str(), "the account's id"),
            Command::RegisterMerchant(command) => (command.merchant.as_str(), "the merchant's id"),
            Command::OpenStore(command) => (command.store.as_str(), "the store's id"),
            Command::ListItem(command) => (command.sku.as_str(), "the item's number"),
            Command::OpenSite(command) => (command.site.as_str(), "the site's id"),
            Command::RegisterAppointment(command) => (command.appointment.as_str(), "the appointment's number"),
            Command::OpenPair(command) => (command.pair.as_str(), "the pair's number"),
            Command::RegisterFund(command) => (command.fund.as_str(), "the fund's number"),
            Command::RegisterBenefit(command) => (command.benefit.as_str(), "the benefit's number"),
            Command::RegisterOffer(command) => (command.offer.as_str(), "the offer's number"),
            Command::IssuePass(command) => {
                if let Some(replacement) = &command.replacement {
                    check_no_number(replacement.as_str(), "the number of the pass that replaces it")?;
                }
                (command.pass.as_str(), "the pass's number")
            }
            Command::ApplyBenefit(command) => {
                if let Some(certificate) = &command.certificate {
                    check_no_number(certificate.as_str(), "the certificate's number")?;
                }
                (command.application.as_str(), "the application's number")
            }
            Command::PostRequest(command) => (command.request.as_str(), "the request's number"),
            Command::RecordHandling(command) => (command.handling.as_str(), "the row's number"),
            Command::RecordVisit(command) => (command.visit.as_str(), "the visit's number"),
            Command::UsePass(command) => (command.slip_no.as_str(), "the slip's number"),
            Command::AnnounceSelection(command) => {
                for indicator in &command.terms.indicators {
                    check_no_number(indicator.code.as_str(), "an indicator's name")?;
                }
                (command.selection.as_str(), "the selection's id")
            }
            Command::ObjectToSelection(command) => (command.objection.as_str(), "the objection's name"),
            Command::RecordCredit(_) | Command::Redeem(_) | Command::PlaceHold(_) | Command::DisputeStatement(_) => {
                (key.as_str(), "the command's key")
            }
            // They bring in no id.
            Command::OpenJournal(_)
            | Command::Configure(_)
            | Command::AdoptSchedule(_)
            | Command::SealAppraisal(_)
            | Command::DepartWorker(_)
            | Command::EraseWorker(_)
            | Command::MoveCard(_)
            | Command::CloseCard(_)
            | Command::PaySettlement(_)
            | Command::PrepareStatement(_)
            | Command::AnswerDispute(_)
            | Command::ConfirmStatement(_)
            | Command::PayBody(_)
            | Command::CloseStore(_)
            | Command::ReopenStore(_)
            | Command::DelistItem(_)
            | Command::Restock(_)
            | Command::CountStock(_)
            | Command::WriteOffStock(_)
            | Command::JudgeCredit(_)
            | Command::SettleCredit(_)
            | Command::ReverseRedemption(_)
            | Command::CaptureHold(_)
            | Command::ReleaseHold(_)
            | Command::DeliverRedemption(_)
            | Command::SettleCase(_)
            | Command::EnrolDevice(_)
            | Command::ExpireLots(_)
            | Command::GrantRole(_)
            | Command::ConfirmGrant(_)
            | Command::EndGrant(_)
            | Command::MoveSite(_)
            | Command::CloseSite(_)
            | Command::SetServices(_)
            | Command::ConfirmVisit(_)
            | Command::RateHandling(_)
            | Command::UseBenefit(_)
            | Command::GiveWord(_)
            | Command::SealSelection(_)
            | Command::DrawSelection(_)
            | Command::AnswerObjection(_)
            | Command::ReviseSelection(_)
            | Command::RecordResult(_) => return Ok(()),
        };
        check_no_number(id, what)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::ids::Key;
    use crate::domain::refusal::Code;
    use crate::ledger::commands::{Command, OpenAccount};

    #[test]
    fn an_account_is_not_named_after_a_number_of_a_person() {
        let key = Key::new("k").unwrap();
        for (text, refused) in [("13812345678", true), ("陈静11010519491231002X", true), ("clerk-1", false)] {
            let open = Command::OpenAccount(OpenAccount { account: text.parse().unwrap(), worker: None });
            let code = open.check_new_ids(&key).map_err(|refusal| refusal.code);
            assert_eq!(code, if refused { Err(Code::InvalidInput) } else { Ok(()) }, "{text}");
        }
    }
}
