//! What a page's form sends: its fields, once it is sure that it comes from one of our own pages and from whoever is
//! logged in.

use std::str::FromStr;

use axum::http::Method;
use ledger_core::domain::decimal::{Decimal, Spelling};
use ledger_core::domain::ids::IdError;
use ledger_core::domain::money::Fen;
use ledger_core::ledger::commands::benefits::AskedAmount;

use super::page::{Trouble, Visitor};
use super::unsent::Unsent;
use crate::service::ServiceError;
use crate::service::reading::read_date;
use crate::visit;

/// The hidden field with the session's token.
const TOKEN: &str = "token";

/// What is said where nobody said why.
pub(super) const NO_REASON: &str = "reason: nothing is written; say why, for whoever reads it";

/// Fields as they are sent.
pub(super) type Sent = axum::extract::Form<Vec<(String, String)>>;

/// A field as it was typed, blanks included, of a form of whoever is not logged in yet; empty where it is not there.
pub(super) fn field<'a>(sent: &'a [(String, String)], name: &str) -> &'a str {
    sent.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// Reads an id from what was typed or chosen.
///
/// # Errors
/// What is wrong with it, as of anything that cannot be read.
pub(super) fn read_id<T: FromStr<Err = IdError>>(text: &str) -> Result<T, ServiceError> {
    text.parse().map_err(|error: IdError| ServiceError::unreadable(error.to_string()))
}

/// Whether the second of two days that were typed is before the first.
pub(super) fn ends_before(fields: &Fields, from: &str, until: &str) -> bool {
    let days = read_date(fields.get(from)).zip(read_date(fields.get(until)));
    days.is_some_and(|(from, until)| until < from)
}

/// Whether a word is to be looked at once more: others are known, it is none of them, and nobody said that it is right.
pub(super) fn is_new_word(word: &str, known: &[String], sure: &str) -> bool {
    !word.is_empty() && !known.is_empty() && !known.iter().any(|one| one == word) && word != sure
}

/// Yuan as they are typed; what is no amount is judged by the ledger.
pub(super) fn asked_yuan(text: &str) -> AskedAmount {
    if text.is_empty() {
        return AskedAmount::Blank;
    }
    let yuan = Decimal::read(text, Spelling::TYPED).and_then(Fen::from_yuan);
    yuan.map_or(AskedAmount::Unreadable, AskedAmount::Amount)
}

/// Fields of a form, in order; a name may come more than once.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The fields of whoever is logged in.
    ///
    /// # Errors
    /// [`Trouble::SessionOver`], [`Trouble::LogIn`] where nothing can be carried, [`Trouble::Forged`].
    pub(super) fn of(visitor: &Visitor, Sent { 0: sent }: Sent) -> Result<Fields, Trouble> {
        let fields = Fields(sent);
        let checked = fields.check(visitor);
        if let Err(Trouble::LogIn(path)) = &checked
            && let Some(unsent) = Unsent::of(path, &fields.0)
        {
            return Err(Trouble::SessionOver(unsent));
        }
        checked.map(|()| fields)
    }

    /// Fields that came with a file. Of a form that was cut off for its length the token may not have been read; nothing is
    /// done with it but to say so.
    ///
    /// # Errors
    /// [`Trouble::LogIn`], [`Trouble::Forged`].
    pub(super) fn of_parts(visitor: &Visitor, sent: Vec<(String, String)>, was_cut: bool) -> Result<Fields, Trouble> {
        let fields = Fields(sent);
        if was_cut {
            visitor.must()?;
        } else {
            fields.check(visitor)?;
        }
        Ok(fields)
    }

    fn check(&self, visitor: &Visitor) -> Result<(), Trouble> {
        let session = &visitor.must()?.session;
        let shown = visit::may_change(&Method::POST, &visitor.headers, session, Some(self.get(TOKEN)));
        if shown { Ok(()) } else { Err(Trouble::Forged) }
    }

    /// A field, without the blanks around it; empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// A field that may be left out.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|text| !text.is_empty())
    }

    /// Why something is done, which somebody else will read.
    ///
    /// # Errors
    /// [`NO_REASON`].
    pub(super) fn reason(&self, name: &str) -> Result<&str, ServiceError> {
        self.some(name).ok_or_else(|| ServiceError::unreadable(NO_REASON))
    }

    /// Every value of a name.
    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.trim())
    }
}
