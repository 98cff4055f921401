//! The reference: who is a candidate of a selection, what is counted of each, who stands on the list, and who may do what next.
//! Written from the contract's section 12, docs/decisions/052 and the properties of programmes; it shares nothing with the
//! ledger.

mod course;
mod deeds;

use std::collections::{BTreeMap, BTreeSet};

use crate::days::Day;

/// Who acts, as steps name them.
pub(crate) type Actor = u8;
/// What of one indicator each: services of the first activity, points of all, units of the first activity, days of service.
pub(crate) type Figures = [i64; 4];

/// The accounts: which worker each says its person is. The first two are one official with two accounts, the last three are
/// of two workers who may be candidates.
pub(crate) const ACCOUNTS: [Option<u8>; 7] = [Some(OFFICIAL), Some(OFFICIAL), None, None, Some(0), Some(0), Some(1)];
/// Workers who may be candidates.
pub(crate) const WORKERS: u8 = 4;
/// The worker who is an official's person, and nobody's candidate.
pub(crate) const OFFICIAL: u8 = 5;
/// The worker who is no rider.
pub(crate) const COURIER: u8 = 3;
/// Points for a unit of each activity.
pub(crate) const RATES: [i64; 2] = [2, 1];
/// What each indicator's one is worth, in the order of [`Figures`].
pub(crate) const WEIGHTS: [i64; 4] = [2, 1, 1, 2];

/// What is published of a selection.
pub(crate) struct Published {
    pub(crate) from: Option<Day>,
    pub(crate) cut_off: Day,
    pub(crate) consent_until: Option<Day>,
    pub(crate) places: usize,
    pub(crate) publicity: Day,
    pub(crate) riders_only: bool,
    /// Which of the [`Figures`] decides between equal scores.
    pub(crate) tie_by: Option<usize>,
}

/// The selections that can be announced.
pub(crate) const SELECTIONS: [Published; 2] = [
    Published {
        from: None,
        cut_off: 5,
        consent_until: Some(4),
        places: 1,
        publicity: 2,
        riders_only: false,
        tie_by: None,
    },
    Published {
        from: Some(2),
        cut_off: 6,
        consent_until: None,
        places: 2,
        publicity: 0,
        riders_only: true,
        tie_by: Some(3),
    },
];

/// What must happen within some histories.
pub(crate) const REACHED: &[&str] = &[
    "done",
    "repeated",
    "not_found",
    "duplicate_conflict",
    "unknown_activity",
    "unknown_worker",
    "invalid_date",
    "invalid_input",
    "not_eligible",
    "already_decided",
    "outside_window",
    "same_person",
    "announced as it was before",
    "agrees oneself",
    "agrees on paper",
    "withdraws",
    "withdraws and agrees again",
    "sealed",
    "equal ones stand together",
    "the list grows by equal ones",
    "the tie rule parts equal scores",
    "what was recorded later is not in the list",
    "objects",
    "an objection was right",
    "an objection was wrong",
    "a candidate is taken off",
    "a candidate is measured anew",
    "a result is recorded",
];

/// Which terms are announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    Published,
    /// One place more.
    Other,
    /// An activity that there is not.
    Unknown,
}

/// The digest of the paper with which somebody else agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    None,
    Signed,
    NoDigest,
}

/// What is asked, with everything named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Serve { worker: u8, activity: u8, units: u8, on: Day },
    Reverse { credit: String },
    Announce { selection: u8, by: Actor, terms: Terms },
    Word { selection: u8, worker: u8, by: Actor, withdraws: bool, on: Option<Day>, paper: Paper },
    Seal { selection: u8, by: Actor },
    Draw { selection: u8, by: Actor },
    Object { selection: u8, candidate: u8, by: Actor },
    Answer { selection: u8, objection: String, upheld: bool, by: Actor },
    Revise { selection: u8, candidate: u8, remove: bool, by: Actor },
    Record { selection: u8, by: Actor, digest: bool },
}

/// What must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Repeated,
    Refused(&'static str),
}

type Refused<T = ()> = Result<T, &'static str>;

/// One who acts, whichever account they use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Person {
    Worker(u8),
    Account(Actor),
}

fn person(by: Actor) -> Person {
    ACCOUNTS[usize::from(by)].map_or(Person::Account(by), Person::Worker)
}

#[derive(Debug, Clone)]
struct Credit {
    worker: u8,
    activity: u8,
    units: u8,
    on: Day,
    reversed: bool,
}

#[derive(Debug, Clone)]
struct Objection {
    nth: usize,
    candidate: u8,
    by: Person,
    /// Whether it was right, once that was said.
    answer: Option<bool>,
    /// Whether its candidate was put right since.
    followed: bool,
}

/// A list that hangs out, or hung out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    /// Rank, score in hundredths, worker.
    pub(crate) lines: Vec<(usize, i64, u8)>,
    /// The last day of its publicity.
    pub(crate) until: Day,
}

#[derive(Debug, Clone)]
struct Selection {
    /// One place more than was published.
    other: bool,
    announcer: Person,
    candidates: BTreeSet<u8>,
    /// Who withdrew at any time.
    left: BTreeSet<u8>,
    /// What was sealed first.
    sealed: Option<BTreeMap<u8, Figures>>,
    /// The same, as it was put right since.
    inputs: BTreeMap<u8, Figures>,
    lists: Vec<List>,
    /// Whoever sealed, drew or revised.
    hands: Vec<Person>,
    objections: BTreeMap<String, Objection>,
    recorded: bool,
}

impl Selection {
    /// Nobody runs what one stands in oneself.
    fn no_candidate(&self, by: Actor) -> Refused {
        match person(by) {
            Person::Worker(worker) if self.candidates.contains(&worker) => Err("same_person"),
            Person::Worker(_) | Person::Account(_) => Ok(()),
        }
    }

    fn list(&self) -> Refused<&List> {
        self.lists.last().ok_or("outside_window")
    }

    /// An objection that asks for an answer, or for the list to be revised as the answer says.
    fn unsettled(&self) -> Option<(&String, &Objection)> {
        let asks = |objection: &Objection| match objection.answer {
            None => true,
            Some(upheld) => upheld && !objection.followed,
        };
        self.objections.iter().find(|(_, objection)| asks(objection))
    }
}

/// Everything that was decided.
#[derive(Debug, Clone)]
pub(crate) struct Office {
    pub(crate) today: Day,
    keys: BTreeMap<String, Ask>,
    credits: BTreeMap<String, Credit>,
    selections: BTreeMap<u8, Selection>,
    met: BTreeSet<&'static str>,
}

/// What was sealed of a selection, its lists, first to last, and whether its result is recorded.
pub(crate) type Told<'a> = (Option<&'a BTreeMap<u8, Figures>>, &'a [List], bool);

impl Office {
    pub(crate) fn open() -> Office {
        let (credits, selections) = (BTreeMap::new(), BTreeMap::new());
        Office { today: 1, keys: BTreeMap::new(), credits, selections, met: BTreeSet::new() }
    }

    pub(crate) fn met(&self) -> impl Iterator<Item = &'static str> {
        self.met.iter().copied()
    }

    /// Credits that count.
    pub(crate) fn credits(&self) -> Vec<&String> {
        self.credits.iter().filter(|(_, credit)| !credit.reversed).map(|(name, _)| name).collect()
    }

    /// Objections to a selection's lists, first to last.
    pub(crate) fn objections(&self, selection: u8) -> Vec<&String> {
        let mut all: Vec<_> = self.selections.get(&selection).iter().flat_map(|known| &known.objections).collect();
        all.sort_by_key(|(_, objection)| objection.nth);
        all.into_iter().map(|(name, _)| name).collect()
    }

    /// What was sealed of a selection, and its lists, first to last; none before it was announced.
    pub(crate) fn told(&self, selection: u8) -> Option<Told<'_>> {
        let known = self.selections.get(&selection)?;
        Some((known.sealed.as_ref(), known.lists.as_slice(), known.recorded))
    }

    /// What the ledger says of a worker for a selection: services of its days that were not taken back.
    fn figures(&self, selection: u8, worker: u8) -> Figures {
        let is = &SELECTIONS[usize::from(selection)];
        let counts = |credit: &&Credit| {
            let in_time = credit.on <= is.cut_off && is.from.is_none_or(|from| from <= credit.on);
            credit.worker == worker && !credit.reversed && in_time
        };
        let (mut services, mut points, mut units, mut days) = (0, 0, 0, BTreeSet::new());
        for credit in self.credits.values().filter(counts) {
            points += RATES[usize::from(credit.activity)] * i64::from(credit.units);
            days.insert(credit.on);
            if credit.activity == 0 {
                services += 1;
                units += i64::from(credit.units);
            }
        }
        [services, points, units, i64::try_from(days.len()).expect("few days")]
    }

    /// Everybody before whom fewer stand than there are places: whose score is higher, or equal with more by the tie rule.
    fn hang_out(&mut self, selection: u8) {
        let is = &SELECTIONS[usize::from(selection)];
        let known = self.selections.get_mut(&selection).expect("it was announced");
        let places = is.places + usize::from(known.other);
        let score =
            |figures: &Figures| WEIGHTS.iter().zip(figures).map(|(weight, figure)| weight * figure).sum::<i64>();
        let standing = |figures: &Figures| (score(figures), is.tie_by.map_or(0, |at| figures[at]));
        let mut lines = Vec::new();
        for (worker, own) in &known.inputs {
            let before = known.inputs.values().filter(|other| standing(other) > standing(own)).count();
            if before < places {
                lines.push((before + 1, 100 * score(own), *worker));
            }
        }
        lines.sort_unstable_by_key(|(rank, _, worker)| (*rank, *worker));
        for pair in lines.windows(2) {
            if pair[0].0 == pair[1].0 {
                self.met.insert("equal ones stand together");
            } else if pair[0].1 == pair[1].1 {
                self.met.insert("the tie rule parts equal scores");
            }
        }
        if lines.len() > places {
            self.met.insert("the list grows by equal ones");
        }
        known.lists.push(List { lines, until: self.today + is.publicity });
    }

    /// Answers as the documents say.
    pub(crate) fn ask(&mut self, key: &str, ask: &Ask) -> Answer {
        if self.keys.contains_key(key) {
            return Answer::Repeated;
        }
        // What is refused leaves nothing, however far it came.
        let mut after = self.clone();
        match after.judge(key, ask) {
            Ok(changed) => {
                if changed {
                    after.keys.insert(key.to_owned(), ask.clone());
                }
                *self = after;
                Answer::Done
            }
            Err(code) => Answer::Refused(code),
        }
    }

    /// Whether anything was recorded.
    fn judge(&mut self, key: &str, ask: &Ask) -> Refused<bool> {
        match *ask {
            Ask::Serve { worker, activity, units, on } => {
                let later = |(number, known): (&u8, &Selection)| {
                    known.inputs.contains_key(&worker) && on <= SELECTIONS[usize::from(*number)].cut_off
                };
                if self.selections.iter().any(later) {
                    self.met.insert("what was recorded later is not in the list");
                }
                self.credits.insert(key.to_owned(), Credit { worker, activity, units, on, reversed: false });
            }
            Ask::Reverse { ref credit } => {
                self.credits.get_mut(credit).expect("a credit that there is").reversed = true;
            }
            Ask::Announce { selection, by, terms } => return self.announce(selection, by, terms),
            Ask::Word { selection, worker, by, withdraws, on, paper } => {
                self.word((selection, worker), by, withdraws, on, paper)?;
            }
            Ask::Seal { selection, by } => self.seal(selection, by)?,
            Ask::Draw { selection, by } => self.draw(selection, by)?,
            Ask::Object { selection, candidate, by } => self.object(key, selection, candidate, by)?,
            Ask::Answer { selection, ref objection, upheld, by } => self.answer(selection, objection, upheld, by)?,
            Ask::Revise { selection, candidate, remove, by } => self.revise(selection, candidate, remove, by)?,
            Ask::Record { selection, by, digest } => self.record(selection, by, digest)?,
        }
        Ok(true)
    }

    /// What holds whatever was asked.
    pub(crate) fn check(&self) {
        for known in self.selections.values() {
            let sealed = known.sealed.as_ref();
            assert!(sealed.is_none_or(|sealed| sealed.keys().eq(&known.candidates)), "{known:?}");
            assert!(known.lists.is_empty() || sealed.is_some(), "{known:?}");
            assert!(!known.recorded || known.unsettled().is_none(), "{known:?}");
        }
    }
}
