//! One row a version of the points schedule, and one for the district's settings.

use ledger_core::domain::event::Event;
use ledger_core::domain::programme::event::{ProgrammeConfigured, ProgrammeEvent};
use ledger_core::domain::schedule::ScheduleVersion;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::fold::View;

/// The key of the settings' row; versions are keyed by their number, ten digits.
pub const SETTINGS_KEY: &str = "settings";

/// A version or the settings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ScheduleRow {
    /// A version of the schedule.
    pub version: Option<ScheduleVersion>,
    /// What the entry said of the settings, where it said anything.
    pub settings: Option<ProgrammeConfigured>,
    /// The position that recorded it.
    pub position: u64,
}

/// The view.
pub struct ScheduleView;

impl View for ScheduleView {
    type Row = ScheduleRow;
    const NAME: &'static str = "schedule";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Programme(event) = event else { return Vec::new() };
        match event {
            ProgrammeEvent::ScheduleAdopted(event) => vec![format_smolstr!("{:010}", event.version)],
            ProgrammeEvent::ProgrammeConfigured(_) => vec![SmolStr::new_static(SETTINGS_KEY)],
            ProgrammeEvent::JournalOpened(_) | ProgrammeEvent::AppraisalSealed(_) => Vec::new(),
        }
    }

    fn fold(row: &mut ScheduleRow, _: &str, position: u64, event: &Event) {
        row.position = position;
        let Event::Programme(event) = event else { return };
        match event {
            ProgrammeEvent::ScheduleAdopted(event) => {
                row.version = Some(ScheduleVersion {
                    activities: event.activities.clone(),
                    effective_from: event.effective_from,
                    version: event.version,
                });
            }
            ProgrammeEvent::ProgrammeConfigured(event) => row.settings = Some(event.clone()),
            ProgrammeEvent::JournalOpened(_) | ProgrammeEvent::AppraisalSealed(_) => {}
        }
    }
}
