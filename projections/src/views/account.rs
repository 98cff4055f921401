//! One row an account: who it is and what it was granted. It is the state that the ledger decides on, row by row.

use ledger_core::domain::account::{Account, AccountEvent};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::AccountId;
use smol_str::SmolStr;

use crate::fold::View;

/// The view, keyed by account.
pub struct AccountView;

impl View for AccountView {
    type Row = Account;
    const NAME: &'static str = "account";

    fn keys(event: &Event) -> Vec<SmolStr> {
        event.as_account().map(AccountEvent::account).map(AccountId::to_smol).into_iter().collect()
    }

    fn fold(row: &mut Account, _: &str, _: u64, event: &Event) {
        if let Event::Account(event) = event {
            row.evolve(event);
        }
    }
}
