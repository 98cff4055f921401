//! One row a worker: particulars and lifetime totals. What can be spent on a day is told by the lots.

use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::WorkerEvent;
use ledger_core::journal::Entry;
use serde::{Deserialize, Serialize};

use crate::fold::View;

/// A worker's row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Occupation.
    pub occupation: String,
    /// Platform.
    pub platform: Option<String>,
    /// Whether known to be a Party member.
    pub party_member: Option<bool>,
    /// Whether the worker left.
    pub departed: bool,
    /// The open card and its branch.
    pub card: Option<(String, String)>,
    /// Confirmed credits, never less.
    pub earned: Points,
    /// Credits taken back.
    pub reversed: Points,
    /// Spent, less what came back.
    pub redeemed: Points,
    /// Booked as expired.
    pub expired: Points,
    /// Set aside.
    pub held: Points,
    /// Owed from credits taken back.
    pub debt: Points,
    /// Confirmed credits.
    pub services: u64,
    /// The last event folded in.
    pub position: u64,
}

/// The view.
pub struct BalanceView;

impl View for BalanceView {
    type Row = Balance;
    const NAME: &'static str = "balance";

    fn keys(_: &Entry, event: &Event) -> Vec<String> {
        match event {
            Event::Worker(event) => vec![event.worker().to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(row: &mut Balance, _: &str, entry: &Entry, event: &Event) {
        let Event::Worker(event) = event else { return };
        row.position = entry.position;
        match event {
            WorkerEvent::WorkerRegistered(event) | WorkerEvent::WorkerUpdated(event) => {
                row.occupation.clone_from(&event.occupation);
                row.platform.clone_from(&event.platform);
                row.party_member = event.party_member;
            }
            WorkerEvent::WorkerDeparted(_) => row.departed = true,
            WorkerEvent::CardIssued(event) => {
                row.card = Some((event.card_no.to_string(), event.branch.to_string()));
            }
            WorkerEvent::CardMoved(event) => row.card = Some((event.card_no.to_string(), event.branch.to_string())),
            WorkerEvent::CardClosed(_) => row.card = None,
            WorkerEvent::VolunteerServiceRecorded(record)
            | WorkerEvent::CivicCreationRecorded(record)
            | WorkerEvent::CommunityServiceRecorded(record) => {
                if !record.proposed {
                    row.earned += record.points;
                    row.debt -= record.debt_paid;
                    row.services += 1;
                }
            }
            WorkerEvent::CreditConfirmed(event) => {
                row.earned += event.points;
                row.debt -= event.debt_paid;
                row.services += 1;
            }
            WorkerEvent::CreditReversed(event) => {
                row.reversed += event.points;
                row.debt += event.debt;
                row.expired -= event.from_expired;
                row.services = row.services.saturating_sub(1);
            }
            WorkerEvent::Redeemed(event) => row.redeemed += event.points,
            WorkerEvent::RedemptionReversed(event) => {
                row.redeemed -= event.points;
                row.debt -= event.debt_paid;
            }
            WorkerEvent::PointsHeld(event) => row.held += event.points,
            WorkerEvent::HoldCaptured(event) => {
                row.held -= event.points;
                row.redeemed += event.points;
            }
            WorkerEvent::HoldReleased(event) | WorkerEvent::HoldExpired(event) => {
                row.held -= event.points;
                row.debt -= event.debt_paid;
            }
            WorkerEvent::PointsExpired(event) => row.expired += event.points,
            WorkerEvent::ExpiryReversed(event) => row.expired -= event.points,
            WorkerEvent::CreditRejected(_) | WorkerEvent::CreditObjected(_) | WorkerEvent::ObjectionResolved(_) => {}
        }
    }
}
