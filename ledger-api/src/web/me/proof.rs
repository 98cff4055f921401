//! What `/me` shows of the proofs at a counter: the code of the minute, a code for paper, a PIN; and their forms.

use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;

use crate::access::policy::Who;
use crate::access::proofs::Made;
use crate::app::App;
use crate::qr::Picture;
use crate::service::ServiceError;
use crate::service::own_proof::{choose_pin, own, print_own};
use crate::web::figures::minute;
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor};
use crate::web::words::Words;

/// What the page shows.
pub(super) struct Part {
    /// The QR of the worker, with the code of the minute where the district asks for one.
    pub(super) code: String,
    /// The digits that are shown now; empty where none are asked for.
    pub(super) digits: String,
    /// How long yet, in seconds.
    pub(super) left: i64,
    pub(super) asks_code: bool,
    pub(super) asks_pin: bool,
    /// When the code on paper was made, and by whom; empty where there is none.
    pub(super) printed: String,
    pub(super) pin: String,
    /// A code for paper that was just made: its picture and its text.
    pub(super) made: Option<(String, String)>,
}

/// What was just made or said.
pub(super) enum Done {
    /// This is said.
    Said(String),
    /// This is wrong.
    Bad(String),
    /// A code for paper was made.
    Printed(String),
}

/// The part, for the worker whose page it is.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn part(app: &App, visitor: &Visitor, worker: &str, printed: Option<String>) -> Result<Part, Trouble> {
    let w = visitor.words();
    let worker: WorkerId = read_id(worker)?;
    let found = own(app, Who::Bearer(&visitor.must()?.identity), &worker).await?;
    let text = found.shown.as_ref().map_or(worker.as_str(), |shown| shown.text.as_str());
    Ok(Part {
        code: picture(text)?,
        digits: found.shown.as_ref().map(|shown| shown.digits.clone()).unwrap_or_default(),
        left: found.shown.as_ref().map_or(0, |shown| shown.left),
        asks_code: found.asked == CounterProof::Code,
        asks_pin: found.asked == CounterProof::Pin,
        printed: found.printed.map(|made| told(w, &made)).unwrap_or_default(),
        pin: found.pin.map(|made| told(w, &made)).unwrap_or_default(),
        made: printed.map(|text| Ok::<_, Trouble>((picture(&text)?, text))).transpose()?,
    })
}

/// A text as a QR.
///
/// # Errors
/// [`Trouble::Fault`].
pub(in crate::web) fn picture(text: &str) -> Result<String, Trouble> {
    let drawn = Picture::Svg.draw(text).map_err(|error| Trouble::Fault(error.to_string()))?;
    String::from_utf8(drawn).map_err(|error| Trouble::Fault(error.to_string()))
}

fn told(w: &Words, made: &Made) -> String {
    let at = minute(&BusinessTime::from_instant(&made.at).to_string());
    format!("{} {at} · {}", w.proof.last_made, made.given_by.as_deref().unwrap_or(w.proof.by_oneself))
}

/// Does what a form of this part asks; nothing where it is none of them.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<Option<Done>, Trouble> {
    let wanted = fields.get("do");
    if wanted != "pin" && wanted != "print_code" {
        return Ok(None);
    }
    let w = visitor.words();
    let identity = &visitor.must()?.identity;
    let worker: WorkerId = read_id(identity.own_account().ok_or(crate::access::policy::Denied)?)?;
    let who = Who::Bearer(identity);
    if wanted == "print_code" {
        return Ok(Some(Done::Printed(print_own(app, who, &worker).await?)));
    }
    let pin = fields.get("pin");
    if pin != fields.get("again") {
        return Ok(Some(Done::Bad(w.proof.pin_differ.to_owned())));
    }
    match choose_pin(app, who, &worker, pin).await {
        Ok(()) => Ok(Some(Done::Said(w.proof.pin_done.to_owned()))),
        Err(ServiceError::Refused(refusal)) if refusal.code == Code::InvalidInput => {
            Ok(Some(Done::Bad(w.proof.pin_easy.to_owned())))
        }
        Err(other) => Err(other.into()),
    }
}
