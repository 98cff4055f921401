//! What a merchant's own page asks: the offers given there, what is owed for them this month, and which benefit a number
//! was granted of.

use chrono::NaiveDate;
use ledger_core::domain::benefit::BenefitEvent;
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ApplicationId, BenefitId, Key};
use ledger_core::domain::money::Fen;
use ledger_core::domain::pass::command::OfferTerms;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::Month;
use projections::views::claim::Claim;

use super::ServiceError;
use super::applied::{applied, standing};
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Most offers that are looked through.
const OFFERS_MAX: usize = 10_000;

/// The offers of a merchant that hold on a day, by number.
///
/// # Errors
/// [`ServiceError`].
pub async fn offers(
    app: &App,
    who: Who<'_>,
    merchant: &str,
    on: NaiveDate,
) -> Result<Vec<(String, OfferTerms)>, ServiceError> {
    may_read(who, Read::Merchant, Target::Merchant(merchant))?.at_least(app, None).await?;
    let found = app.views.offers("", OFFERS_MAX, |offer| {
        offer.terms().is_some_and(|terms| terms.merchant.as_str() == merchant && terms.days.holds(on))
    });
    let rows = found.await?.rows.into_iter();
    Ok(rows.filter_map(|(id, offer)| Some((id, offer.terms()?.clone()))).collect())
}

/// What is to be paid of a price under an offer.
pub fn to_pay(terms: &OfferTerms, price: Fen) -> Fen {
    price.share_rounded(i64::from(terms.paid_of_thousand), 1_000)
}

/// What a merchant is owed in money for a month, newest first.
///
/// # Errors
/// [`ServiceError`].
pub async fn claims(app: &App, who: Who<'_>, merchant: &str, month: Month) -> Result<Vec<Claim>, ServiceError> {
    may_read(who, Read::Settlement, Target::Merchant(merchant))?.at_least(app, None).await?;
    let rows = app.views.claims(merchant, month).await?.value;
    let mut rows: Vec<Claim> = rows.into_iter().map(|(_, claim)| claim).collect();
    rows.sort_by_key(|claim| std::cmp::Reverse(claim.at));
    Ok(rows)
}

/// The benefit that was applied for under a number. Nothing else is told of it: the number is all that a counter is shown.
///
/// # Errors
/// `unknown_benefit` where nobody applied under it.
pub async fn benefit_of(app: &App, application: &ApplicationId) -> Result<BenefitId, ServiceError> {
    if let Some(asked) = applied(app, application).await? {
        return Ok(asked.benefit);
    }
    let message = format!("nobody applied for a benefit as {application}; look at the number again");
    Err(ServiceError::refused(Code::UnknownBenefit, message))
}

/// Why there is nothing to take under a number, other than that it was used or waits for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotGiven {
    /// It was withdrawn.
    Withdrawn,
    /// A body sent it back.
    SentBack,
    /// It waits for the word of bodies.
    InReview,
}

/// What became of what was applied for under a number, where nothing was given or it was given back; none for what was
/// given or waits for a place, and where nobody applied under it.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn not_given(app: &App, application: &ApplicationId) -> Result<Option<NotGiven>, ServiceError> {
    let Some((_, Some(row))) = standing(app, application).await? else { return Ok(None) };
    Ok(if row.withdrawn.is_some() {
        Some(NotGiven::Withdrawn)
    } else if row.rejected.is_some() {
        Some(NotGiven::SentBack)
    } else {
        row.proposed.then_some(NotGiven::InReview)
    })
}

/// Whether a form was sent before: the command of its key used what was granted under a number.
///
/// # Errors
/// [`ServiceError::Unavailable`].
pub async fn was_used_by(app: &App, key: &Key, application: &ApplicationId) -> Result<bool, ServiceError> {
    for entry in app.views.entries_of(key).await? {
        if let Event::Benefit(BenefitEvent::BenefitUsed(used)) = entry.event()?
            && used.application == *application
        {
            return Ok(true);
        }
    }
    Ok(false)
}
