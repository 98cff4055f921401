//! The documents' programmes: requests, appointments, pairs, benefits, funds, passes.

use ledger_core::domain::event::StreamId;
use ledger_core::domain::fund::Fund;
use ledger_core::domain::ids::{PairId, PassNo};
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pass::event::{PassUseReversed, PassUsed};
use ledger_core::domain::pass::{Offer, Pass, PassEvent};
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::time::Month;

use super::{At, Page};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::application::{Application, ApplicationView};
use crate::views::appointment::{Appointment, AppointmentView};
use crate::views::benefit::{Benefit, BenefitView};
use crate::views::claim::{Claim, ClaimView};
use crate::views::fund::FundView;
use crate::views::offer::OfferView;
use crate::views::pair::PairView;
use crate::views::pass::PassView;
use crate::views::request::RequestView;

/// What a pass was used for, be it taken back since.
#[derive(Debug, Clone, PartialEq)]
pub struct SlipRecord {
    /// The slip.
    pub used: PassUsed,
    /// That it was taken back, once it was; the reason is the reference that the vault gave for it.
    pub reversed: Option<PassUseReversed>,
}

impl Views {
    /// A service request.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn request(&self, request: &str) -> Result<At<Option<ServiceRequest>>, ViewError> {
        self.row::<RequestView>(request).await
    }

    /// Service requests in the order of their names, of those that `keep` wants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn requests(
        &self,
        after: &str,
        limit: usize,
        keep: impl Fn(&ServiceRequest) -> bool + Send + Sync,
    ) -> Result<Page<ServiceRequest>, ViewError> {
        self.page_of::<RequestView>("", after, limit, keep).await
    }

    /// A worker's appointments, keyed by appointment.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn appointments(&self, worker: &str) -> Result<At<Vec<(String, Appointment)>>, ViewError> {
        self.rows_of::<AppointmentView>(worker).await
    }

    /// Appointments keyed by worker and appointment, of those that `keep` wants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn all_appointments(
        &self,
        after: &str,
        limit: usize,
        keep: impl Fn(&Appointment) -> bool + Send + Sync,
    ) -> Result<Page<Appointment>, ViewError> {
        self.page_of::<AppointmentView>("", after, limit, keep).await
    }

    /// Pairs in the order of their ids, of those that `keep` wants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn pairs(
        &self,
        after: &str,
        limit: usize,
        keep: impl Fn(&Pair) -> bool + Send + Sync,
    ) -> Result<Page<Pair>, ViewError> {
        self.page_of::<PairView>("", after, limit, keep).await
    }

    /// A worker's passes, keyed by pass.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn passes(&self, worker: &str) -> Result<At<Vec<(String, Pass)>>, ViewError> {
        self.rows_of::<PassView>(worker).await
    }

    /// Passes keyed by worker and pass, of those that `keep` wants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn all_passes(
        &self,
        after: &str,
        limit: usize,
        keep: impl Fn(&Pass) -> bool + Send + Sync,
    ) -> Result<Page<Pass>, ViewError> {
        self.page_of::<PassView>("", after, limit, keep).await
    }

    /// Offers in the order of their ids, of those that `keep` wants.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn offers(
        &self,
        after: &str,
        limit: usize,
        keep: impl Fn(&Offer) -> bool + Send + Sync,
    ) -> Result<Page<Offer>, ViewError> {
        self.page_of::<OfferView>("", after, limit, keep).await
    }

    /// A worker's applications for benefits, keyed by application.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn applications(&self, worker: &str) -> Result<At<Vec<(String, Application)>>, ViewError> {
        self.rows_of::<ApplicationView>(worker).await
    }

    /// A merchant's claims of a month in money, keyed by what they are for.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn claims(&self, merchant: &str, month: Month) -> Result<At<Vec<(String, Claim)>>, ViewError> {
        self.rows_under::<ClaimView>(&format!("{merchant}/{month}/")).await
    }

    /// A benefit.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn benefit(&self, benefit: &str) -> Result<At<Option<Benefit>>, ViewError> {
        self.row::<BenefitView>(benefit).await
    }

    /// Benefits in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn benefits(&self, after: &str, limit: usize) -> Result<Page<Benefit>, ViewError> {
        self.page::<BenefitView>("", after, limit).await
    }

    /// A fund.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn fund(&self, fund: &str) -> Result<At<Option<Fund>>, ViewError> {
        self.row::<FundView>(fund).await
    }

    /// Funds in the order of their ids.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn funds(&self, after: &str, limit: usize) -> Result<Page<Fund>, ViewError> {
        self.page::<FundView>("", after, limit).await
    }

    /// A pair with its visits, from its own stream, as it stood at a position; none where there was no such one.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn pair(&self, pair: PairId, until: u64) -> Result<Option<Pair>, ViewError> {
        let mut state = Pair::default();
        self.each_entry_of(&StreamId::Pair(pair), 0, until, &mut |_, event| {
            event.as_pair().into_iter().for_each(|event| state.evolve(event));
        })
        .await?;
        Ok(Some(state).filter(|state| state.terms().is_some()))
    }

    /// A pass, from its own stream, as it stood at a position; none where there was no such one.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn pass(&self, pass: PassNo, until: u64) -> Result<Option<Pass>, ViewError> {
        let mut state = Pass::default();
        self.each_entry_of(&StreamId::Pass(pass), 0, until, &mut |_, event| {
            event.as_pass().into_iter().for_each(|event| state.evolve(event));
        })
        .await?;
        Ok(Some(state).filter(|state| state.terms().is_some()))
    }

    /// What a pass was used for up to a position, in the order of the journal, with what was taken back of it.
    ///
    /// # Errors
    /// [`ViewError`].
    pub async fn slips(&self, pass: PassNo, until: u64) -> Result<Vec<SlipRecord>, ViewError> {
        let mut slips: Vec<SlipRecord> = Vec::new();
        self.each_entry_of(&StreamId::Pass(pass), 0, until, &mut |_, event| match event.as_pass() {
            Some(PassEvent::PassUsed(used)) => slips.push(SlipRecord { used: used.clone(), reversed: None }),
            Some(PassEvent::PassUseReversed(reversed)) => {
                if let Some(slip) = slips.iter_mut().find(|slip| slip.used.slip_no == reversed.slip_no) {
                    slip.reversed = Some(reversed.clone());
                }
            }
            Some(PassEvent::PassIssued(_) | PassEvent::PassUpdated(_)) | None => {}
        })
        .await?;
        Ok(slips)
    }
}
