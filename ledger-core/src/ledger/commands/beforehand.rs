//! What can be said of a command before it is decided: for those who stand between its sender and the ledger.

use crate::domain::ids::{HandlingId, Key, RequestId, SiteId, StoreId, WorkerId};
use crate::domain::numbers;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::ledger::command::{AskedSpending, AskedTime};

use super::DeliverRedemption;

/// Whom a free text is about: under whose key it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A worker: the text goes when the person is forgotten.
    Worker(WorkerId),
    /// The worker of what the command with this key began.
    Named(Key),
    /// A store.
    Store(StoreId),
    /// No worker and no store: what bears this name of its own.
    Itself(String),
}

/// What a command begins that a later one of its batch may name, while the journal does not know it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins<'a> {
    /// A credit, redemption, hold or application, named after the command.
    Act {
        /// Whose account it concerns.
        worker: &'a WorkerId,
        /// The store, unless it is a credit or an application.
        store: Option<&'a StoreId>,
        /// The time that it says of itself.
        time: &'a AskedTime,
    },
    /// A service request.
    Request {
        /// Its number (单号).
        request: &'a RequestId,
        /// The worker who reported it; `None` for one that a site took in.
        reporter: Option<&'a WorkerId>,
        /// The site that routes it.
        site: Option<&'a SiteId>,
    },
    /// A claim of a service request.
    Claim {
        /// Its number.
        claim: &'a HandlingId,
        /// Who claims.
        claimer: &'a WorkerId,
    },
    /// A worker.
    Worker {
        /// The new worker's id.
        worker: &'a WorkerId,
        /// The site that the worker belongs to (所在站点).
        site: Option<&'a SiteId>,
    },
}

/// What a command does at a counter, where the customer may have to prove who they are (contract section 7,
/// `counter_proof`).
#[derive(Debug)]
pub enum AtCounter<'a> {
    /// It hands out goods for points.
    Redeems(&'a mut AskedSpending),
    /// It sets goods and points aside.
    SetsAside(&'a mut AskedSpending),
    /// It tells what was handed out without the network.
    Tells(&'a mut DeliverRedemption),
}

/// What is recorded stays for ever: no phone and no identity number comes into it.
///
/// # Errors
/// `invalid_input`.
pub(super) fn check_no_number(text: &str, what: &str) -> Decision<()> {
    match numbers::personal_number(text) {
        Some(number) => {
            let message = format!("{what} holds {number}; leave it out: what is recorded stays for ever");
            Err(Refusal::new(Code::InvalidInput, message))
        }
        None => Ok(()),
    }
}

/// The methods of [`super::Definition`] that a command has no answer to, by name. Each is named on purpose: the trait has no
/// defaults.
macro_rules! nothing {
    (texts) => {
        fn texts(&self) -> impl Iterator<Item = &String> {
            std::iter::empty()
        }
    };
    (named_key) => {
        fn named_key(&self) -> Option<$crate::domain::ids::Key> {
            None
        }
    };
    (new_ids) => {
        fn new_ids<'a>(&'a self, _: &'a $crate::domain::ids::Key) -> impl Iterator<Item = (&'a str, &'static str)> {
            std::iter::empty()
        }
    };
    (free_text) => {
        fn free_text(&mut self) -> Option<($crate::ledger::commands::beforehand::About, &mut String)> {
            None
        }
    };
    (begins) => {
        fn begins(&self) -> Option<$crate::ledger::commands::beforehand::Begins<'_>> {
            None
        }
    };
    (at_counter) => {
        fn at_counter(&mut self) -> Option<$crate::ledger::commands::beforehand::AtCounter<'_>> {
            None
        }
    };
    (settings) => {
        fn settings(&self) -> Option<&$crate::domain::programme::command::Settings> {
            None
        }
    };
    ($($method:ident),+ $(,)?) => {
        $(nothing!($method);)+
    };
}

pub(super) use nothing;

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
