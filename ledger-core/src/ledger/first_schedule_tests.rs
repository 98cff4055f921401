//! A schedule that is to be the district's first, decided where another one may stand already.

use std::sync::Arc;

use super::commands;
use super::ripened_tests::{activity, day, give, open};
use crate::domain::programme::command::Settings;
use crate::domain::refusal::Code;
use crate::journal::Journal;
use crate::journal::memory::MemoryJournal;

fn adopt(code: &str, first: bool) -> commands::AdoptSchedule {
    commands::AdoptSchedule {
        activities: vec![activity(code, None)],
        effective_from: day("1900-01-01"),
        settings: Settings::default(),
        first,
    }
}

#[tokio::test]
async fn a_schedule_that_is_to_be_the_first_is_none_where_there_is_one() {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
    let ledger = open(&journal).await;
    for (key, command, code) in [
        ("one", adopt("ZY01", true), None),
        // Sent again it is answered as before, and another one is none.
        ("one", adopt("ZY01", true), None),
        ("two", adopt("ZY02", true), Some(Code::DuplicateConflict)),
        ("three", adopt("ZY01", true), Some(Code::DuplicateConflict)),
        // Whoever means a later version says so; under the key of a first one it is another command.
        ("one", adopt("ZY01", false), Some(Code::DuplicateConflict)),
        ("four", adopt("ZY02", false), None),
    ] {
        let told = give(&ledger, key, "甲", command).await;
        assert_eq!(told.code(), code, "{key}: {told:?}");
    }
}
