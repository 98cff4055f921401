//! One row a caring merchant: its particulars.

use ledger_core::domain::event::Event;
use ledger_core::domain::merchant::event::{MerchantEvent, MerchantRecorded};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::fold::View;

/// A merchant's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Merchant {
    /// 商户名称.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Line of business.
    pub category: Option<String>,
}

/// The view, keyed by merchant.
pub struct MerchantView;

impl View for MerchantView {
    type Row = Merchant;
    const NAME: &'static str = "merchant";

    fn keys(event: &Event) -> Vec<SmolStr> {
        particulars(event).map(|event| event.merchant.to_smol()).into_iter().collect()
    }

    fn fold(row: &mut Merchant, _: &str, _: u64, event: &Event) {
        if let Some(event) = particulars(event) {
            row.name.clone_from(&event.name);
            row.uscc.clone_from(&event.uscc);
            row.category.clone_from(&event.category);
        }
    }
}

fn particulars(event: &Event) -> Option<&MerchantRecorded> {
    event.as_merchant().and_then(MerchantEvent::as_particulars)
}
