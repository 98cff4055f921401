//! The views, one file each.

pub mod account;
pub mod application;
pub mod appointment;
pub mod balance;
pub mod benefit;
pub mod card;
pub mod case;
pub mod claim;
pub mod fund;
pub mod hold;
pub mod holder;
pub mod merchant;
pub mod offer;
pub mod pair;
pub mod pass;
pub mod proposal;
pub mod publicity;
pub mod redemption;
pub mod request;
pub mod returned;
pub mod schedule;
pub mod selection;
pub mod settlement;
pub mod site;
pub mod stock;
pub mod store;
pub mod trial_balance;

use smol_str::{SmolStr, format_smolstr};

use crate::fold::{Cache, Folder};

/// Raised with every change to a view's keys, rows or fold, or to what is stored with them: stored views of another version are thrown away and made
/// anew from the journal.
pub const VERSION: u32 = 23;

/// The names of all views.
pub const NAMES: &[&str] = &[
    "account",
    "balance",
    "hold",
    "card_branch",
    "card_holder",
    "counter_case",
    "proposal",
    "publicity",
    "returned",
    "redemption",
    "site",
    "stock",
    "store",
    "merchant",
    "settlement",
    "trial_balance",
    "schedule",
    "request",
    "appointment",
    "benefit",
    "fund",
    "application",
    "claim",
    "offer",
    "pair",
    "pass",
    "selection",
];

/// Views of earlier versions, whose tables are dropped.
pub const FORMER: &[&str] = &["card_line"];

/// Every view with an empty cache.
pub fn all() -> Vec<Box<dyn Folder>> {
    vec![
        Box::new(Cache::<account::AccountView>::default()),
        Box::new(Cache::<balance::BalanceView>::default()),
        Box::new(Cache::<hold::HoldView>::default()),
        Box::new(Cache::<card::CardBranchView>::default()),
        Box::new(Cache::<holder::HolderView>::default()),
        Box::new(Cache::<case::CaseView>::default()),
        Box::new(Cache::<proposal::ProposalView>::default()),
        Box::new(Cache::<publicity::PublicityView>::default()),
        Box::new(Cache::<returned::ReturnedView>::default()),
        Box::new(Cache::<redemption::RedemptionView>::default()),
        Box::new(Cache::<site::SiteView>::default()),
        Box::new(Cache::<stock::StockView>::default()),
        Box::new(Cache::<store::StoreView>::default()),
        Box::new(Cache::<merchant::MerchantView>::default()),
        Box::new(Cache::<settlement::SettlementView>::default()),
        Box::new(Cache::<trial_balance::TrialBalanceView>::default()),
        Box::new(Cache::<schedule::ScheduleView>::default()),
        Box::new(Cache::<request::RequestView>::default()),
        Box::new(Cache::<appointment::AppointmentView>::default()),
        Box::new(Cache::<benefit::BenefitView>::default()),
        Box::new(Cache::<fund::FundView>::default()),
        Box::new(Cache::<application::ApplicationView>::default()),
        Box::new(Cache::<claim::ClaimView>::default()),
        Box::new(Cache::<offer::OfferView>::default()),
        Box::new(Cache::<pair::PairView>::default()),
        Box::new(Cache::<pass::PassView>::default()),
        Box::new(Cache::<selection::SelectionView>::default()),
    ]
}

/// A worker's rows start with the id and a slash, which no id holds.
pub(crate) fn under(id: &str, rest: impl std::fmt::Display) -> SmolStr {
    format_smolstr!("{id}/{rest}")
}
