//! The documents' programmes: requests, appointments, pairs, benefits, funds, passes.

use ledger_core::domain::event::StreamId;
use ledger_core::domain::fund::Fund;
use ledger_core::domain::ids::{PairId, PassNo};
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pass::Pass;
use ledger_core::domain::request::ServiceRequest;

use super::{At, Page};
use crate::error::ViewError;
use crate::handle::Views;
use crate::views::appointment::{Appointment, AppointmentView};
use crate::views::benefit::{Benefit, BenefitView};
use crate::views::fund::FundView;
use crate::views::request::RequestView;

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
}
