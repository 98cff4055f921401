//! What can be traced, and how it is written: a kind and an id, as in `worker:QW-000092`.

use ledger_core::domain::ids::{
    BenefitId, CardNo, FundId, IdError, MerchantId, PairId, PassNo, RequestId, SelectionId, SiteId, StoreId, WorkerId,
};

/// Whose figures are traced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A worker's account.
    Worker(WorkerId),
    /// A mutual-aid points card.
    Card(CardNo),
    /// A store's shelf.
    Store(StoreId),
    /// A merchant's claims.
    Merchant(MerchantId),
    /// A service request (单号), with the work on it and what was credited for it.
    Request(RequestId),
    /// A benefit (项目编号): who was given one, waits or used one.
    Benefit(BenefitId),
    /// A fund (资金编号): every movement of its money.
    Fund(FundId),
    /// A pass (卡号), with its slips.
    Pass(PassNo),
    /// A pair (结对号), with its visits.
    Pair(PairId),
    /// A selection (评选编号), step by step.
    Selection(SelectionId),
    /// A site (驿站编号): its place, its letters of appointment, and what was earned there.
    Site(SiteId),
}

/// Why a text names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// No such kind of subject.
    #[error(
        "{0:?} cannot be traced; write worker:ID, card:NO, store:ID, merchant:ID, request:NO, benefit:NO, fund:NO, \
         pass:NO, pair:NO, selection:ID or site:ID"
    )]
    Unknown(String),
    /// The identifier.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl std::str::FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Subject, SubjectError> {
        match text.split_once(':') {
            Some(("worker", id)) => Ok(Subject::Worker(WorkerId::new(id)?)),
            Some(("card", id)) => Ok(Subject::Card(CardNo::new(id)?)),
            Some(("store", id)) => Ok(Subject::Store(StoreId::new(id)?)),
            Some(("merchant", id)) => Ok(Subject::Merchant(MerchantId::new(id)?)),
            Some(("request", id)) => Ok(Subject::Request(RequestId::new(id)?)),
            Some(("benefit", id)) => Ok(Subject::Benefit(BenefitId::new(id)?)),
            Some(("fund", id)) => Ok(Subject::Fund(FundId::new(id)?)),
            Some(("pass", id)) => Ok(Subject::Pass(PassNo::new(id)?)),
            Some(("pair", id)) => Ok(Subject::Pair(PairId::new(id)?)),
            Some(("selection", id)) => Ok(Subject::Selection(SelectionId::new(id)?)),
            Some(("site", id)) => Ok(Subject::Site(SiteId::new(id)?)),
            _ => Err(SubjectError::Unknown(text.to_owned())),
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Worker(id) => write!(f, "worker:{id}"),
            Subject::Card(id) => write!(f, "card:{id}"),
            Subject::Store(id) => write!(f, "store:{id}"),
            Subject::Merchant(id) => write!(f, "merchant:{id}"),
            Subject::Request(id) => write!(f, "request:{id}"),
            Subject::Benefit(id) => write!(f, "benefit:{id}"),
            Subject::Fund(id) => write!(f, "fund:{id}"),
            Subject::Pass(id) => write!(f, "pass:{id}"),
            Subject::Pair(id) => write!(f, "pair:{id}"),
            Subject::Selection(id) => write!(f, "selection:{id}"),
            Subject::Site(id) => write!(f, "site:{id}"),
        }
    }
}
