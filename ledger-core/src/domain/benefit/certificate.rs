//! A certificate (证书编号): one claim is made on each, whatever the benefit.

use serde::{Deserialize, Serialize};

use crate::domain::event::V1;
use crate::domain::ids::{ApplicationId, BenefitId, CertificateNo, WorkerId};
use crate::domain::refusal::{Code, Decision, Refusal};

/// What a certificate was claimed for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Certificate {
    /// By which row, while one claims it.
    pub claimed_by: Option<ApplicationId>,
    /// For which proposal it is kept, while one waits for approval.
    pub reserved_for: Option<ApplicationId>,
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

/// The claim on a certificate was withdrawn: it can be claimed again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CertificateReleased {
    /// Of which row.
    pub application: ApplicationId,
    /// For which benefit it had been claimed.
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
        /// The claim was withdrawn.
        CertificateReleased(CertificateReleased) = "证书申领撤回",
        /// It is kept for a proposal.
        CertificateReserved(CertificateClaimed) = "证书待审",
    }
}

impl CertificateEvent {
    /// The certificate's number (证书编号).
    pub const fn certificate(&self) -> &CertificateNo {
        match self {
            CertificateEvent::CertificateClaimed(event) | CertificateEvent::CertificateReserved(event) => {
                &event.certificate
            }
            CertificateEvent::CertificateReleased(event) => &event.certificate,
        }
    }
}

impl Certificate {
    /// One that was never claimed may be, unless it is kept for another proposal.
    ///
    /// # Errors
    /// `already_claimed`.
    pub fn decide(&self, claim: CertificateClaimed) -> Decision<Vec<CertificateEvent>> {
        self.require_free_for(&claim)?;
        Ok(vec![CertificateEvent::CertificateClaimed(claim)])
    }

    /// The same, to keep it for a proposal.
    ///
    /// # Errors
    /// `already_claimed`.
    pub fn reserve(&self, claim: CertificateClaimed) -> Decision<Vec<CertificateEvent>> {
        self.require_free_for(&claim)?;
        Ok(vec![CertificateEvent::CertificateReserved(claim)])
    }

    fn require_free_for(&self, claim: &CertificateClaimed) -> Decision<()> {
        if let Some(earlier) = &self.claimed_by {
            let message = format!("certificate {} was claimed by {earlier}", claim.certificate);
            return Err(Refusal::new(Code::AlreadyClaimed, message));
        }
        match self.reserved_for.as_ref().filter(|kept| **kept != claim.application) {
            Some(other) => {
                let message =
                    format!("certificate {} is kept for {other}, which waits for approval", claim.certificate);
                Err(Refusal::new(Code::AlreadyClaimed, message))
            }
            None => Ok(()),
        }
    }

    /// Whoever claimed it, or has it kept, gives it back; nobody else's claim is touched.
    pub fn release(&self, release: CertificateReleased) -> Vec<CertificateEvent> {
        let by = Some(&release.application);
        let own = self.claimed_by.as_ref() == by || self.reserved_for.as_ref() == by;
        own.then_some(CertificateEvent::CertificateReleased(release)).into_iter().collect()
    }

    /// Folds one event.
    pub fn evolve(&mut self, event: &CertificateEvent) {
        let (claimed_by, reserved_for) = match event {
            CertificateEvent::CertificateClaimed(event) => (Some(event.application.clone()), None),
            CertificateEvent::CertificateReserved(event) => (None, Some(event.application.clone())),
            CertificateEvent::CertificateReleased(_) => (None, None),
        };
        (self.claimed_by, self.reserved_for) = (claimed_by, reserved_for);
    }
}
