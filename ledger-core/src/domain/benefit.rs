//! A benefit (权益项目): places, vouchers or grants of money, who was given one, who waits, and what was used. And the
//! certificate of which each is claimed once.

mod approval;
pub mod certificate;
pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;

pub use certificate::{Certificate, CertificateEvent};
pub use command::BenefitCommand;
pub use event::BenefitEvent;
pub use state::Benefit;
