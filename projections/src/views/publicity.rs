//! What hung on the wall (公示), kept for good: one row a credit that was ever public, with the days on which it was; and a
//! mark for each month in which it may have been, by which a past day's list is found.

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::event::Event;
use ledger_core::domain::points::Points;
use ledger_core::domain::worker::event::{Judgement, Verdict, WorkerEvent};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::under;
use crate::fold::View;
use crate::waiting::{Stage, Waiting};

/// What the keys of credits begin with; a mark's begin with [`MARK`].
const CREDIT: &str = "credit";
/// See [`CREDIT`].
const MARK: &str = "month";
/// Marks that one event makes at most: no publicity is longer than this many months.
const MARKS_MAX: usize = 24;

/// A credit that was public, or a mark.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Publicity {
    /// The worker's id (编号).
    pub worker: String,
    /// 活动代码.
    pub activity: String,
    /// The service date.
    pub on: NaiveDate,
    /// In exact hundredths.
    pub points: Points,
    /// When it hung on the wall, in order.
    pub spans: Vec<Span>,
    /// Where it stands on its way.
    way: Waiting,
    /// The credit that a mark is for.
    marked: Option<String>,
}

/// Days on which a credit was public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, as was said then.
    pub until: NaiveDate,
    /// The day on which it was taken off, where it was: because somebody objected, or because it was decided.
    pub taken_off: Option<NaiveDate>,
}

impl Span {
    /// Whether it hung on the wall on a day, also for a part of it.
    pub fn holds(&self, day: NaiveDate) -> bool {
        let last = self.taken_off.map_or(self.until, |off| off.min(self.until));
        self.from <= day && day <= last
    }
}

impl Publicity {
    /// The last day of its publicity as the list of a past day said it; none where it did not hang there.
    pub fn until_on(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.spans.iter().rfind(|span| span.holds(day)).map(|span| span.until)
    }

    /// The credit that a mark is for.
    pub fn marked(&self) -> Option<&str> {
        self.marked.as_deref()
    }

    fn follow(&mut self, day: NaiveDate) {
        let hangs = self.way.due_after().filter(|_| self.way.stage == Stage::Publicised);
        let open = self.spans.last_mut().filter(|span| span.taken_off.is_none());
        match (open, hangs) {
            (Some(span), Some(until)) => span.until = until,
            (Some(span), None) => span.taken_off = Some(day),
            (None, Some(until)) => self.spans.push(Span { from: day, until, taken_off: None }),
            (None, None) => {}
        }
    }
}

/// The view, keyed by credit, and by month and credit.
pub struct PublicityView;

/// The key of a credit's row.
pub(crate) fn of_credit(credit: &str) -> SmolStr {
    under(CREDIT, credit)
}

/// What the keys of a month's marks begin with.
pub(crate) fn of_month(day: NaiveDate) -> String {
    format!("{MARK}/{}/", month(day))
}

fn month(day: NaiveDate) -> SmolStr {
    format_smolstr!("{:04}-{:02}", day.year(), day.month())
}

/// The credit of an event, and the days for which the event puts it on the wall.
fn touched(event: &WorkerEvent) -> Option<(SmolStr, Option<(NaiveDate, NaiveDate)>)> {
    let day = event.at().date();
    if let Some(record) = event.as_service().filter(|record| record.proposed) {
        return Some((record.credit.to_smol(), record.public_until.map(|until| (day, until))));
    }
    let Judgement { credit, verdict, .. } = event.as_judgement()?;
    let days = match verdict {
        Verdict::Publicised { until } => Some((day, until)),
        Verdict::Resolved { upheld: false, public_until, appeal_until } => {
            Some((day, public_until.max(appeal_until).unwrap_or(day)))
        }
        Verdict::Checked
        | Verdict::Confirmed { .. }
        | Verdict::Rejected
        | Verdict::Objected { .. }
        | Verdict::Appealed { .. }
        | Verdict::Resolved { upheld: true, .. } => None,
        // What was confirmed and is taken back was off the wall before.
        Verdict::Reversed { .. } => return None,
    };
    Some((credit.to_smol(), days))
}

/// The months from a day through a day.
fn months(from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = SmolStr> {
    let last = (until.year(), until.month());
    let mut next = NaiveDate::from_ymd_opt(from.year(), from.month(), 1);
    std::iter::from_fn(move || {
        let this = next.filter(|day| (day.year(), day.month()) <= last)?;
        next = this.checked_add_months(chrono::Months::new(1));
        Some(month(this))
    })
    .take(MARKS_MAX)
}

impl View for PublicityView {
    type Row = Publicity;
    const NAME: &'static str = "publicity";

    fn keys(event: &Event) -> Vec<SmolStr> {
        let Event::Worker(event) = event else { return Vec::new() };
        let Some((credit, days)) = touched(event) else { return Vec::new() };
        let mut keys = vec![of_credit(&credit)];
        let marks = days.into_iter().flat_map(|(from, until)| months(from, until));
        keys.extend(marks.map(|month| format_smolstr!("{MARK}/{month}/{credit}")));
        keys
    }

    fn fold(row: &mut Publicity, key: &str, _: u64, event: &Event) {
        let Event::Worker(event) = event else { return };
        let Some((credit, _)) = touched(event) else { return };
        if key.starts_with(MARK) {
            row.marked = Some(credit.to_string());
            return;
        }
        if let Some(record) = event.as_service() {
            *row = Publicity {
                worker: record.worker.to_string(),
                activity: record.activity.to_string(),
                on: record.on,
                points: record.points,
                way: Waiting::begin(record),
                ..Publicity::default()
            };
        } else if let Some(judged) = event.as_judgement() {
            // What counted already when somebody objected was never on the wall.
            if row.worker.is_empty() {
                return;
            }
            row.way.fold(&judged);
        }
        row.follow(event.at().date());
        // What never hung there is forgotten once it is decided.
        if row.spans.is_empty() && !row.way.is_pending() {
            *row = Publicity::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NaiveDate, Span, months};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_span_ends_with_its_last_day_or_when_it_was_taken_off() {
        let span = |taken_off: Option<&str>| Span {
            from: day("2024-03-05"),
            until: day("2024-03-08"),
            taken_off: taken_off.map(day),
        };
        let held = |span: Span| {
            let days = (4..10).map(|number| day(&format!("2024-03-{number:02}")));
            days.filter(|day| span.holds(*day)).map(|day| day.to_string()).collect::<Vec<_>>()
        };
        let whole = ["2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"];
        assert_eq!(held(span(None)), whole);
        assert_eq!(held(span(Some("2024-03-09"))), whole, "decided the day after");
        assert_eq!(held(span(Some("2024-03-06"))), whole[..2], "objected to");
    }

    #[test]
    fn each_month_of_a_publicity_is_marked() {
        let told = |from: &str, until: &str| months(day(from), day(until)).collect::<Vec<_>>();
        assert_eq!(told("2024-12-30", "2025-01-02"), ["2024-12", "2025-01"]);
        assert_eq!(told("2024-03-05", "2024-03-08"), ["2024-03"]);
        assert_eq!(told("2024-03-05", "2024-02-08").len(), 0);
    }
}
