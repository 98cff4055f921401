//! What a counter asks of whoever spends, on the page: a code or a PIN is seen once, and the page carries the ledger's word
//! for it from then on, never the PIN itself.

use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::proof::CounterProof;

use crate::access::Identity;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::counter_proof::{ProofError, Why, see};
use crate::web::form::read_id;
use crate::web::words::Words;

/// What the page asks for.
pub(super) struct Asked {
    /// Whether it is a PIN, which nobody else should read.
    pub(super) is_pin: bool,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
}

/// What the page asks for, where the district asks for anything.
pub(super) const fn asked(w: &Words, proof: CounterProof) -> Option<Asked> {
    match proof {
        CounterProof::Id => None,
        CounterProof::Code => Some(Asked { is_pin: false, label: w.proof.ask_code, hint: w.proof.ask_code_hint }),
        CounterProof::Pin => Some(Asked { is_pin: true, label: w.proof.ask_pin, hint: "" }),
    }
}

/// Sees what is shown: the word for it, or what is said where it proves nothing.
///
/// # Errors
/// [`ServiceError`] when it cannot be told now.
pub(super) async fn look(
    app: &App,
    w: &Words,
    identity: &Identity,
    store: &str,
    worker: &str,
    shown: &str,
) -> Result<Result<String, String>, ServiceError> {
    let worker: WorkerId = read_id(worker)?;
    match see(app, identity.id.as_str(), store, &worker, shown).await {
        Ok(word) => Ok(Ok(word)),
        Err(ProofError::Why(why)) => Ok(Err(sentence(w, why))),
        Err(ProofError::Service(error)) => Err(error),
    }
}

fn sentence(w: &Words, why: Why) -> String {
    let p = w.proof;
    let told = match why {
        Why::Missing(CounterProof::Pin) => p.missing_pin,
        Why::Missing(_) => p.missing_code,
        Why::Wrong(CounterProof::Pin) => p.wrong_pin,
        Why::Wrong(_) => p.wrong_code,
        Why::Used => p.used,
        Why::TooOld => p.too_old,
        Why::NoPin => p.no_pin,
        Why::TooSoon(wait) => return p.too_soon(wait.seconds),
    };
    told.to_owned()
}

/// What is said where the word for a proof is taken no more; nothing where the no is about something else.
pub(super) fn about_proof(w: &Words, error: &ServiceError) -> Option<&'static str> {
    let ServiceError::Refused(refusal) = error else { return None };
    if refusal.message == Why::Used.to_string() {
        return Some(w.proof.used);
    }
    refusal.message.starts_with("proof:").then_some(w.proof.again)
}
