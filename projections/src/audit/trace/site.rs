//! A site, line by line: where it hangs in the tree and what hangs right below it, what it offered from when on, its closing,
//! the letters of appointment that name it or would, and what was credited to those who belong to it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use ledger_core::domain::event::Event;
use ledger_core::domain::history::History;
use ledger_core::domain::ids::{AppointmentId, SiteId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::site::SiteEvent;
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::event::{AppointmentRecorded, AppointmentWord, Verdict, WorkerEvent};
use ledger_core::journal::Entry;

use super::facts::{FactName, Facts};
use super::letter::letter;
use super::thing::{Follow, of_credit};
use super::{SiteStanding, Standing, TraceLine, begun};

pub(super) struct SiteTrace {
    site: SiteId,
    standing: SiteStanding,
    /// How all sites hang.
    tree: BTreeMap<SiteId, Hung>,
    /// Who belongs to it now.
    members: BTreeSet<WorkerId>,
    /// The letters that name it, each with whether it was ended.
    letters: BTreeMap<(WorkerId, AppointmentId), bool>,
    /// The letters of which something waits for a second person that names it, or is about one that names it.
    waiting: BTreeSet<(WorkerId, AppointmentId)>,
    /// What counts of each credit of those who belonged to it when it was recorded.
    credits: BTreeMap<String, Points>,
}

/// How a site hangs.
#[derive(Default)]
struct Hung {
    parents: History<Option<SiteId>>,
    closed: Option<NaiveDate>,
}

impl Hung {
    /// Under which site, from the latest day on that is known.
    fn parent(&self) -> Option<&SiteId> {
        self.parents.latest().and_then(Option::as_ref)
    }
}

impl SiteTrace {
    pub(super) fn new(site: SiteId) -> SiteTrace {
        SiteTrace {
            site,
            standing: SiteStanding::default(),
            tree: BTreeMap::new(),
            members: BTreeSet::new(),
            letters: BTreeMap::new(),
            waiting: BTreeSet::new(),
            credits: BTreeMap::new(),
        }
    }

    /// Whether an event of another site is of what hangs right below this one: it comes, goes, closes or opens again.
    fn is_below(&self, event: &SiteEvent) -> bool {
        let hangs = || self.tree.get(event.site()).and_then(Hung::parent) == Some(&self.site);
        match event {
            SiteEvent::SiteOpened(event) => event.parent.as_ref() == Some(&self.site),
            SiteEvent::SiteMoved(event) => event.parent.as_ref() == Some(&self.site) || hangs(),
            SiteEvent::SiteClosed(_) | SiteEvent::SiteReopened(_) => hangs(),
            SiteEvent::SiteUpdated(_) | SiteEvent::ServicesSet(_) => false,
        }
    }

    /// Whether it is a letter that names the site, or named it before.
    fn appoints(&self, event: &WorkerEvent) -> bool {
        event.as_appointment().is_some_and(|recorded| {
            recorded.terms.site.as_ref() == Some(&self.site)
                || self.letters.contains_key(&(recorded.worker.clone(), recorded.appointment.clone()))
        })
    }

    /// Whether it is proposed that a letter names the site, or what becomes of one that does; or a word on that.
    fn concerns(&self, event: &WorkerEvent) -> bool {
        event.as_appointment_word().is_some_and(|word| match word {
            AppointmentWord::Proposed(event) => {
                event.terms.site.as_ref() == Some(&self.site) || self.letters.contains_key(&letter_of(word))
            }
            AppointmentWord::Confirmed(_) | AppointmentWord::Rejected(_) => self.waiting.contains(&letter_of(word)),
        })
    }

    /// Whether a credit's event is of one of those who belonged to it.
    fn credited(&self, event: &WorkerEvent) -> bool {
        (event.as_service().is_some() && self.members.contains(event.worker()))
            || event.as_judgement().is_some_and(|judged| self.credits.contains_key(judged.credit.as_str()))
    }

    /// Follows any site: what hangs where is told by those that hang.
    fn hang(&mut self, event: &SiteEvent) {
        let hung = self.tree.entry(event.site().clone()).or_default();
        match event {
            SiteEvent::SiteOpened(event) => {
                let since = event.opened.unwrap_or_else(|| event.at.date());
                hung.parents.record(BusinessTime::start_of(since), event.parent.clone());
            }
            SiteEvent::SiteMoved(event) => {
                hung.parents.record(BusinessTime::start_of(event.on), event.parent.clone());
            }
            SiteEvent::SiteClosed(event) => hung.closed = Some(event.on),
            SiteEvent::SiteReopened(_) => hung.closed = None,
            SiteEvent::SiteUpdated(_) | SiteEvent::ServicesSet(_) => {}
        }
    }

    /// Its place, as the tree is now.
    fn place(&mut self) {
        let own = self.tree.get(&self.site);
        let parent = own.and_then(Hung::parent).cloned();
        let closed = own.and_then(|own| own.closed);
        let below = self.tree.values().filter(|hung| hung.parent() == Some(&self.site) && hung.closed.is_none());
        let below = count(below.count());
        self.standing = SiteStanding { parent, closed, below, ..self.standing.clone() };
    }

    fn appoint(&mut self, recorded: &AppointmentRecorded) {
        let letter = (recorded.worker.clone(), recorded.appointment.clone());
        if recorded.terms.site.as_ref() == Some(&self.site) {
            self.letters.insert(letter, recorded.terms.ended.is_some());
        } else {
            self.letters.remove(&letter);
        }
        self.standing.appointments = count(self.letters.values().filter(|ended| !**ended).count());
    }

    /// What is proposed waits until a word is said on it.
    fn hear(&mut self, word: AppointmentWord<'_>) {
        match word {
            AppointmentWord::Proposed(_) => {
                self.waiting.insert(letter_of(word));
            }
            AppointmentWord::Confirmed(_) | AppointmentWord::Rejected(_) => {
                self.waiting.remove(&letter_of(word));
            }
        }
    }

    /// What counts of a credit: nothing before it is confirmed, and nothing once it was taken back.
    fn credit(&mut self, event: &WorkerEvent) {
        let (credit, counts) = if let Some(record) = event.as_service() {
            (&record.credit, if record.proposed { Points::ZERO } else { record.points })
        } else if let Some(judged) = event.as_judgement() {
            let counts = match judged.verdict {
                Verdict::Confirmed { .. } => judged.points,
                Verdict::Rejected | Verdict::Reversed { .. } => Points::ZERO,
                Verdict::Checked
                | Verdict::Publicised { .. }
                | Verdict::Objected { .. }
                | Verdict::Appealed { .. }
                | Verdict::Resolved { .. } => return,
            };
            (judged.credit, counts)
        } else {
            return;
        };
        let counted = self.credits.insert(credit.to_string(), counts).unwrap_or_default();
        self.standing.credited += counts - counted;
    }
}

/// Which letter a word is about.
fn letter_of(word: AppointmentWord<'_>) -> (WorkerId, AppointmentId) {
    let (worker, appointment) = match word {
        AppointmentWord::Proposed(event) => (&event.worker, &event.appointment),
        AppointmentWord::Confirmed(event) => (&event.worker, &event.appointment),
        AppointmentWord::Rejected(event) => (&event.worker, &event.appointment),
    };
    (worker.clone(), appointment.clone())
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl Follow for SiteTrace {
    fn owns(&self, event: &Event) -> bool {
        event.as_site().is_some_and(|own| own.site() == &self.site || self.is_below(own))
            || event.as_worker().is_some_and(|own| self.appoints(own) || self.concerns(own) || self.credited(own))
    }

    fn line(&mut self, entry: &Entry, event: &Event) -> Option<TraceLine> {
        let is_own = self.owns(event);
        if let Some(told) = event.as_site() {
            self.hang(told);
            if !is_own {
                return None;
            }
            self.place();
            let subject = if told.site() == &self.site { String::new() } else { told.site().to_string() };
            return Some(TraceLine { subject, facts: facts(told).told(), ..begun(entry, event, self.standing()) });
        }
        let told = event.as_worker()?;
        if let Some(recorded) = told.as_particulars() {
            if recorded.site.as_ref() == Some(&self.site) {
                self.members.insert(recorded.worker.clone());
            } else {
                self.members.remove(&recorded.worker);
            }
        }
        if !is_own {
            return None;
        }
        if let Some(recorded) = told.as_appointment() {
            self.appoint(recorded);
            let (subject, party) = (recorded.appointment.to_string(), Some(recorded.worker.to_string()));
            let facts = letter(&recorded.terms).told();
            return Some(TraceLine { subject, party, facts, ..begun(entry, event, self.standing()) });
        }
        if let Some(word) = told.as_appointment_word() {
            self.hear(word);
        }
        let before = self.standing.credited;
        self.credit(told);
        let points = self.standing.credited - before;
        Some(TraceLine { points, ..of_credit(entry, event, told, self.standing()) })
    }

    fn standing(&self) -> Standing {
        Standing::Site(self.standing.clone())
    }
}

fn facts(event: &SiteEvent) -> Facts {
    let facts = Facts::new();
    match event {
        SiteEvent::SiteOpened(event) => facts
            .with(FactName::Name, &event.name)
            .with(FactName::Level, &event.kind)
            .maybe(FactName::Parent, event.parent.as_ref())
            .maybe(FactName::From, event.opened)
            .written(FactName::Services, &event.services.join("、"))
            .lying(event.location),
        SiteEvent::SiteUpdated(event) => facts
            .with(FactName::Name, &event.name)
            .with(FactName::Level, &event.kind)
            .maybe(FactName::From, event.opened)
            .lying(event.location),
        SiteEvent::SiteMoved(event) => {
            facts.maybe(FactName::Parent, event.parent.as_ref()).with(FactName::From, event.on)
        }
        SiteEvent::SiteClosed(event) => {
            let below: Vec<&str> = event.open_below.iter().map(SiteId::as_str).collect();
            facts.with(FactName::Closed, event.on).written(FactName::OpenBelow, &below.join("、"))
        }
        SiteEvent::SiteReopened(_) => facts,
        SiteEvent::ServicesSet(event) => {
            facts.with(FactName::Services, event.services.join("、")).with(FactName::From, event.on)
        }
    }
}
