//! The reference: who may take which part in a credit, when it counts, and what can be spent. Written from the contract's
//! sections 7 and 8; it shares nothing with the ledger.

mod course;
mod decisions;
mod objections;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use crate::days::Day;

/// Who acts, as steps name them.
pub(crate) type Actor = u8;

/// The accounts: which worker each says its person is. The first two are one person with two accounts, the last one is a
/// worker whose credits others decide about.
pub(crate) const ACCOUNTS: [Option<u8>; 7] = [Some(3), Some(3), None, None, None, None, Some(0)];
/// Workers.
pub(crate) const WORKERS: u8 = 4;
/// Workers who hold a card of the branch.
pub(crate) const CARDS: [u8; 2] = [0, 1];
/// What activities ask for: checks, days of publicity.
pub(crate) const ACTIVITIES: [(u8, Day); 5] = [(0, 0), (1, 0), (2, 3), (0, 5), (1, 3)];
/// Points of a credit, and of what is bought with them.
pub(crate) const POINTS: i64 = 10;
/// What must happen within some histories: what people are refused with, and what comes of credits and grants.
pub(crate) const REACHED: &[&str] = &[
    "proposes for oneself",
    "rejects what is public or appealed",
    "decides about the own credit",
    "two parts",
    "decided, or not yet so far",
    "no grant holds",
    "nothing comes by itself",
    "a day is not over",
    "too few points",
    "ended before",
    "nothing lapses",
    "the last day is not over",
    "sealed before",
    "is objected to",
    "objects twice",
    "objects again once it counts",
    "answers with a reversal",
    "decided once it counts",
    "no objection",
    "no appellant",
    "nothing to appeal",
    "appeals too late",
    "appealed",
    "decided",
    "decided for good",
    "rejected for good",
    "counts",
    "reversed",
    "reversed after it was spent",
    "lapsed",
    "repeated",
];

/// What is asked, with everything named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Propose {
        by: Actor,
        worker: u8,
        activity: u8,
    },
    Check {
        by: Actor,
        credit: String,
    },
    Reject {
        by: Actor,
        credit: String,
    },
    Object {
        by: Actor,
        credit: String,
        anonymous: bool,
    },
    Resolve {
        by: Actor,
        credit: String,
        upheld: bool,
    },
    Appeal {
        by: Actor,
        credit: String,
    },
    Reverse {
        by: Actor,
        credit: String,
    },
    /// What the ledger does by itself.
    Settle {
        credit: String,
    },
    Spend {
        worker: u8,
        units: u8,
    },
    /// Through a day, or without end.
    Grant {
        account: Actor,
        until: Option<Day>,
    },
    End {
        grant: String,
    },
    /// What the ledger does by itself.
    Lapse {
        grant: String,
    },
    Seal,
}

/// What must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Repeated,
    Refused,
}

/// One who acts, whichever account they use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Person {
    Worker(u8),
    Account(Actor),
}

fn person(by: Actor) -> Person {
    ACCOUNTS[usize::from(by)].map_or(Person::Account(by), Person::Worker)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Proposed,
    Public,
    Objected,
    Upheld,
    Counts,
    Rejected,
    Reversed,
}

#[derive(Debug, Clone)]
struct Dispute {
    objector: Person,
    appealed: bool,
    /// Through which day the decision may be appealed.
    until: Option<Day>,
    /// Days of publicity that were left when the clock stopped.
    left: Day,
    upheld: bool,
}

#[derive(Debug, Clone)]
struct Credit {
    nth: usize,
    worker: u8,
    activity: u8,
    stage: Stage,
    checks: u8,
    /// Everybody who proposed, checked, objected, decided or appealed.
    parts: Vec<Person>,
    public_until: Option<Day>,
    disputes: Vec<Dispute>,
    /// Whether an objection to what counts already is open, which leaves it counting.
    objected: bool,
    /// Everybody who objected, before it counted or afterwards.
    objectors: Vec<Person>,
    left: i64,
}

impl Credit {
    /// The last day on which any decision can still be appealed, of those that wait for no other decision.
    fn appeal_until(&self) -> Option<Day> {
        let closed = if self.stage == Stage::Objected { self.open() } else { None };
        let others = self.disputes.iter().enumerate().filter(|(nth, _)| Some(*nth) != closed);
        others.filter_map(|(_, dispute)| dispute.until).max()
    }

    /// The dispute that waits for a decision.
    fn open(&self) -> Option<usize> {
        let appealed = self.disputes.iter().position(|dispute| dispute.appealed && dispute.until.is_some());
        if self.stage != Stage::Objected { None } else { appealed.or(self.disputes.len().checked_sub(1)) }
    }

    fn due_after(&self) -> Option<Day> {
        match self.stage {
            Stage::Public => self.public_until.max(self.appeal_until()),
            Stage::Upheld => self.appeal_until(),
            Stage::Proposed | Stage::Objected | Stage::Counts | Stage::Rejected | Stage::Reversed => None,
        }
    }
}

#[derive(Debug, Clone)]
struct Grant {
    account: Actor,
    from: Day,
    until: Option<Day>,
    ended: Option<Day>,
}

impl Grant {
    fn reaches(&self, day: Day) -> bool {
        self.until.is_none_or(|until| day <= until) && self.ended.is_none_or(|ended| day < ended)
    }
}

/// Everything that was decided.
#[derive(Debug, Clone)]
pub(crate) struct House {
    pub(crate) today: Day,
    keys: BTreeSet<String>,
    credits: BTreeMap<String, Credit>,
    grants: BTreeMap<String, Grant>,
    debts: BTreeMap<u8, i64>,
    /// The points on the branch's cards when the year was sealed.
    pub(crate) sealed: Option<BTreeMap<u8, i64>>,
    /// What happened, for the test that everything does.
    met: BTreeSet<&'static str>,
}

impl House {
    /// Every account has a grant without end.
    pub(crate) fn open() -> House {
        let grant = |account| Grant { account, from: 0, until: None, ended: None };
        let accounts = (0..).take(ACCOUNTS.len());
        House {
            today: 0,
            keys: BTreeSet::new(),
            credits: BTreeMap::new(),
            grants: accounts.map(|account: Actor| (format!("g{account}"), grant(account))).collect(),
            debts: BTreeMap::new(),
            sealed: None,
            met: BTreeSet::new(),
        }
    }

    pub(crate) fn credits(&self) -> Vec<&String> {
        let mut credits: Vec<_> = self.credits.iter().collect();
        credits.sort_by_key(|(_, credit)| credit.nth);
        credits.into_iter().map(|(name, _)| name).collect()
    }

    pub(crate) fn grants(&self) -> Vec<&String> {
        self.grants.keys().collect()
    }

    pub(crate) fn met(&self) -> impl Iterator<Item = &'static str> {
        self.met.iter().copied()
    }

    /// What is on a worker's card of the year.
    pub(crate) fn on_card(&self, worker: u8) -> i64 {
        self.counting(worker).count() as i64 * POINTS
    }

    /// What a worker can spend.
    pub(crate) fn available(&self, worker: u8) -> i64 {
        self.counting(worker).map(|credit| credit.left).sum()
    }

    fn counting(&self, worker: u8) -> impl Iterator<Item = &Credit> {
        self.credits.values().filter(move |credit| credit.worker == worker && credit.stage == Stage::Counts)
    }

    fn may_act(&self, by: Actor) -> bool {
        let holds = |grant: &Grant| grant.account == by && grant.from <= self.today && grant.reaches(self.today);
        self.grants.values().any(holds)
    }

    /// Answers as the contract says.
    pub(crate) fn ask(&mut self, key: &str, ask: &Ask) -> Answer {
        if self.keys.contains(key) {
            return Answer::Repeated;
        }
        match self.decide(key, ask) {
            Ok(()) => {
                self.keys.insert(key.to_owned());
                Answer::Done
            }
            Err(why) => {
                self.met.insert(why);
                Answer::Refused
            }
        }
    }

    fn acts(&self, by: Actor) -> Result<(), &'static str> {
        if self.may_act(by) { Ok(()) } else { Err("no grant holds") }
    }

    fn credit(&mut self, name: &str) -> &mut Credit {
        self.credits.get_mut(name).expect("a credit that there is")
    }

    fn at(&mut self, name: &str, stages: &[Stage]) -> Result<(), &'static str> {
        if stages.contains(&self.credit(name).stage) { Ok(()) } else { Err("decided, or not yet so far") }
    }

    fn may_take_part(&mut self, by: Actor, name: &str) -> Result<(), &'static str> {
        let credit = self.credit(name);
        if person(by) == Person::Worker(credit.worker) {
            return Err("decides about the own credit");
        }
        if credit.parts.contains(&person(by)) {
            return Err("two parts");
        }
        Ok(())
    }

    fn takes_part(&mut self, by: Actor, name: &str) -> Result<(), &'static str> {
        self.may_take_part(by, name)?;
        self.credit(name).parts.push(person(by));
        Ok(())
    }

    /// A debt is paid first.
    fn counts(&mut self, name: &str) {
        let worker = self.credit(name).worker;
        let debt = self.debts.entry(worker).or_default();
        let paid = POINTS.min(*debt);
        *debt -= paid;
        let credit = self.credit(name);
        (credit.stage, credit.left) = (Stage::Counts, POINTS - paid);
        self.met.insert("counts");
    }

    fn reverse(&mut self, name: &str) {
        let credit = self.credit(name);
        let (worker, spent) = (credit.worker, POINTS - credit.left);
        (credit.stage, credit.left) = (Stage::Reversed, 0);
        *self.debts.entry(worker).or_default() += spent;
        self.met.insert(if spent > 0 { "reversed after it was spent" } else { "reversed" });
    }
}
