//! A worker's statement: a line for each event of the account, in order, folded from the worker's own stream when it is
//! asked for. Nothing of it is stored a second time: the journal holds every line already, in this order.

use ledger_core::domain::event::{Event, Party, Subject};
use ledger_core::domain::points::Points;
use ledger_core::domain::posting::Side;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{LotPart, Lots, RedeemedLine, WorkerEvent};
use ledger_core::journal::{Entry, RecordedTime};

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its position in the journal.
    pub position: u64,
    /// The event's type.
    pub event: &'static str,
    /// When it happened.
    pub at: BusinessTime,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// What it changed in what can be spent, hundredths; signed.
    pub points: Points,
    /// The credit, redemption or hold it is about.
    pub subject: String,
    /// Whether that is a credit.
    pub of_credit: bool,
    /// The hold that was picked up, for a redemption that came of one.
    pub picked_up: Option<String>,
    /// Where, for redemptions and holds.
    pub store: Option<String>,
    /// The activity, for credits.
    pub activity: Option<String>,
    /// Category, for credits.
    pub category: Option<String>,
    /// The service date, for credits.
    pub on: Option<chrono::NaiveDate>,
    /// On what, for redemptions and holds.
    pub lines: Vec<RedeemedLine>,
    /// The lots it touched, with how much.
    pub lots: Vec<LotPart>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// The line of an entry on its worker's statement; none for entries of other aggregates.
pub fn line(entry: &Entry, event: &Event) -> Option<Line> {
    let Event::Worker(event) = event else { return None };
    let moved = event.movements();
    let available = moved.sides().filter(|(side, _)| *side == Side::Available).map(|(_, points)| points);
    let (record, basket) = (event.as_service(), event.basket());
    Some(Line {
        position: entry.position,
        event: event.event_type(),
        at: event.at(),
        recorded_at: entry.command.recorded_at,
        points: available.sum(),
        subject: subject(event),
        of_credit: event.subject().is_some_and(|subject| matches!(subject, Subject::Credit(_))),
        picked_up: picked_up(event),
        store: basket.map(|basket| basket.store.to_string()),
        activity: record.map(|record| record.activity.to_string()),
        category: record.map(|record| record.category.clone()),
        on: record.map(|record| record.on),
        lines: basket.map(|basket| basket.lines.to_vec()).unwrap_or_default(),
        lots: touched(event.lots()),
        reason: event.reason().map(str::to_owned),
    })
}

/// What it is about; the other id, where two are one person.
fn subject(event: &WorkerEvent) -> String {
    match event.party() {
        Some(Party::Worker(other)) => other.to_string(),
        Some(Party::Store(_) | Party::Merchant(_)) | None => {
            event.subject().map(|subject| subject.to_string()).unwrap_or_default()
        }
    }
}

/// The hold whose goods were handed out.
fn picked_up(event: &WorkerEvent) -> Option<String> {
    if let WorkerEvent::HoldCaptured(event) = event { Some(event.hold.to_string()) } else { None }
}

/// The lots that points came into or went out of, with how much; those of an expiry are told by its booking alone.
fn touched(lots: Lots<'_>) -> Vec<LotPart> {
    match lots {
        Lots::Credited(part) => vec![part],
        Lots::TakenBack { lot, left, expired } => vec![LotPart(lot, left + expired)],
        Lots::Taken(parts) | Lots::Spent(parts) | Lots::Returned(parts) => parts.to_vec(),
        Lots::Moved(moved) => moved.iter().map(|moved| LotPart(moved.lot, moved.points)).collect(),
        Lots::Expired(_) | Lots::Unexpired(_) | Lots::About(_) | Lots::None => Vec::new(),
    }
}
