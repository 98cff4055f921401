//! How the server fares, line by line: each says in words what its colour says.

use ledger_core::evidence::verifier::Verdict;

use crate::service::audit::Verified;
use crate::service::health::Health;
use crate::web::figures::minute;
use crate::web::words::Words;

/// A line: what it is about, a tag with its colour, and what else is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) tag: Option<(&'static str, String)>,
    pub(super) told: String,
}

/// All lines.
pub(super) fn lines(w: &Words, health: &Health, verified: Option<Verified>) -> Vec<Line> {
    let mut lines = vec![
        Line { name: w.views, tag: Some(views(w, health.behind)), told: String::new() },
        verification(w, verified),
        match &health.checkpoint {
            Some(signed) => {
                let told = w.overview.signed(signed.size, &minute(&signed.at));
                Line { name: w.overview.checkpoint, tag: None, told }
            }
            None => Line { name: w.overview.checkpoint, tag: None, told: w.overview.no_checkpoint.to_owned() },
        },
    ];
    if let Some(free) = health.free_bytes {
        let tag = health.lacks_room().then(|| ("wait", w.overview.little_room.to_owned()));
        lines.push(Line { name: w.overview.room, tag, told: w.overview.bytes(free) });
    }
    lines
}

/// Whether the views keep up with the journal.
fn views(w: &Words, behind: u64) -> (&'static str, String) {
    if behind == 0 { ("ok", w.caught_up.to_owned()) } else { ("wait", w.behind(behind)) }
}

fn verification(w: &Words, verified: Option<Verified>) -> Line {
    let name = w.overview.verified;
    let Some(Verified { verdict, at, .. }) = verified else {
        return Line { name, tag: Some(("wait", w.overview.never_verified.to_owned())), told: String::new() };
    };
    let (colour, word) = match verdict {
        Verdict::Valid { .. } => ("ok", w.overview.valid),
        Verdict::Invalid(_) => ("bad", w.overview.invalid),
        Verdict::Unreadable(_) => ("bad", w.overview.unreadable),
        Verdict::Empty => ("wait", w.overview.empty),
    };
    Line { name, tag: Some((colour, word.to_owned())), told: minute(&at) }
}

#[cfg(test)]
mod tests {
    use ledger_core::evidence::verifier::Verdict;

    use super::lines;
    use crate::service::audit::Verified;
    use crate::service::health::{Health, LastCheckpoint};
    use crate::web::words::CHINESE;

    #[test]
    fn each_line_is_green_only_while_all_is_well() {
        let well = Health {
            behind: 0,
            free_bytes: Some(250 << 30),
            checkpoint: Some(LastCheckpoint { size: 12, at: "2026-12-01T12:00:00+08:00".to_owned(), since: 3 }),
        };
        let told = lines(&CHINESE, &well, None);
        let tags: Vec<_> = told.iter().map(|line| line.tag.as_ref().map(|(colour, _)| *colour)).collect();
        assert_eq!(tags, [Some("ok"), Some("wait"), None, None], "nothing was verified yet");
        assert!(told[2].told.contains("12") && told[2].told.contains("2026-12-01 12:00"), "{told:?}");
        assert_eq!(told[3].told, "250 GB");

        let ill = Health { behind: 7, free_bytes: Some(5 << 20), checkpoint: None };
        let at = "2026-12-01T12:00:00+08:00".to_owned();
        let verified = |verdict| Some(Verified { verdict, findings: None, at: at.clone(), took_ms: 1 });
        let told = lines(&CHINESE, &ill, verified(Verdict::Unreadable("no".to_owned())));
        let tags: Vec<_> = told.iter().map(|line| line.tag.clone()).collect();
        let tag = |colour: &'static str, word: &str| Some((colour, word.to_owned()));
        assert_eq!(tags, [tag("wait", "落后 7 条"), tag("bad", "读不到底"), None, tag("wait", "快满了")]);
        assert_eq!(told[1].told, "2026-12-01 12:00");

        // A database's disk is another machine's to tell of.
        assert_eq!(lines(&CHINESE, &Health { free_bytes: None, ..ill }, None).len(), 3);
    }
}
