//! What a letter of appointment (聘书) says, in whichever trace it stands.

use ledger_core::domain::worker::command::AppointmentTerms;

use super::facts::{FactName, Facts};

/// As what, by whom and at which site, through which days, and from when no longer.
pub(super) fn letter(terms: &AppointmentTerms) -> Facts {
    Facts::new()
        .with(FactName::Role, &terms.role)
        .written(FactName::Body, &terms.body)
        .maybe(FactName::Site, terms.site.as_ref())
        .maybe(FactName::From, terms.days.from)
        .maybe(FactName::Until, terms.days.through)
        .maybe(FactName::Dismissed, terms.ended)
}
