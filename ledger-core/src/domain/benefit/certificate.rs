//! A certificate (证书编号): one claim is made on each, whatever the benefit.

use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId, CertificateNo, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};

/// What a certificate was claimed for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Certificate {
    /// By which row, once it was.
    pub claimed_by: Option<ApplicationId>,
}

/// A certificate was claimed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CertificateClaimed {
    /// By which row.
    pub application: ApplicationId,
    /// For which benefit.
    pub benefit: BenefitId,
    /// The certificate's number (证书编号).
    pub certificate: CertificateNo,
    /// Payload version.
    pub v: V1,
    /// The worker's id (编号).
    pub worker: WorkerId,
}

events! {
    /// Events of a certificate.
    CertificateEvent {
        /// It was claimed.
        CertificateClaimed(CertificateClaimed) = "证书申领",
    }
}

impl CertificateEvent {
    /// The certificate's number (证书编号).
    pub const fn certificate(&self) -> &CertificateNo {
        let CertificateEvent::CertificateClaimed(event) = self;
        &event.certificate
    }
}

impl Certificate {
    /// One that was never claimed may be.
    ///
    /// # Errors
    /// `already_claimed`.
    pub fn decide(&self, claim: CertificateClaimed) -> Decision<Vec<CertificateEvent>> {
        if let Some(earlier) = &self.claimed_by {
            let message = format!("certificate {} was claimed by {earlier}", claim.certificate);
            return Err(Refusal::new(Code::AlreadyClaimed, message));
        }
        Ok(vec![CertificateEvent::CertificateClaimed(claim)])
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &CertificateEvent) {
        let CertificateEvent::CertificateClaimed(event) = event;
        self.claimed_by = Some(event.application.clone());
    }
}
