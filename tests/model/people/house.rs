//! The reference: who may take which part in a credit, when it counts, and what can be spent. Written from the contract's
//! sections 7 and 8; it shares nothing with the ledger.

use std::collections::{BTreeMap, BTreeSet};

/// Days are counted from the first one of a history.
pub(crate) type Day = u16;

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
/// Days for an appeal.
const APPEAL: Day = 3;

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

    /// What comes next on the way of a disputed credit, by somebody who may: decisions and appeals that chance alone seldom
    /// comes to.
    pub(crate) fn course(&self, pick: u8) -> Option<Ask> {
        let all: Vec<Ask> = self.credits.iter().filter_map(|(name, credit)| self.next_of(credit, name, pick)).collect();
        all.get(usize::from(pick) % all.len().max(1)).cloned()
    }

    fn next_of(&self, credit: &Credit, name: &str, pick: u8) -> Option<Ask> {
        let credit_name = || name.to_owned();
        let mut accounts = (0..).take(ACCOUNTS.len());
        match credit.stage {
            Stage::Objected => {
                let fresh = |by: &Actor| {
                    let is = person(*by);
                    self.may_act(*by) && is != Person::Worker(credit.worker) && !credit.parts.contains(&is)
                };
                let by = accounts.find(fresh)?;
                Some(Ask::Resolve { by, credit: credit_name(), upheld: pick.is_multiple_of(2) })
            }
            Stage::Upheld => {
                let by = accounts.find(|by| person(*by) == Person::Worker(credit.worker))?;
                Some(Ask::Appeal { by, credit: credit_name() })
            }
            Stage::Proposed | Stage::Public => {
                let objector = credit.disputes.last()?.objector;
                let by = accounts.find(|by| person(*by) == objector)?;
                Some(Ask::Appeal { by, credit: credit_name() })
            }
            Stage::Counts if credit.objected => {
                // Now and then by somebody who had a part, to be refused.
                let had = pick.is_multiple_of(3);
                let by = accounts.find(|by| self.may_act(*by) && credit.parts.contains(&person(*by)) == had)?;
                Some(Ask::Resolve { by, credit: credit_name(), upheld: pick.is_multiple_of(4) })
            }
            Stage::Counts | Stage::Rejected | Stage::Reversed => None,
        }
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

    fn decide(&mut self, key: &str, ask: &Ask) -> Result<(), &'static str> {
        let today = self.today;
        match ask {
            Ask::Propose { by, worker, activity } => {
                self.acts(*by)?;
                if person(*by) == Person::Worker(*worker) {
                    return Err("proposes for oneself");
                }
                let (checks, days) = ACTIVITIES[usize::from(*activity)];
                let public_until = Some(today + days).filter(|_| checks == 0 && days > 0);
                let stage = match (checks, public_until) {
                    (0, None) => Stage::Counts,
                    (0, Some(_)) => Stage::Public,
                    _ => Stage::Proposed,
                };
                let nth = self.credits.len();
                let credit = Credit {
                    nth,
                    worker: *worker,
                    activity: *activity,
                    stage: Stage::Proposed,
                    checks: 0,
                    parts: vec![person(*by)],
                    public_until,
                    disputes: Vec::new(),
                    objected: false,
                    objectors: Vec::new(),
                    left: 0,
                };
                self.credits.insert(key.to_owned(), Credit { stage, ..credit });
                if stage == Stage::Counts {
                    self.counts(key);
                }
                Ok(())
            }
            Ask::Check { by, credit } => {
                self.acts(*by)?;
                self.at(credit, &[Stage::Proposed])?;
                self.takes_part(*by, credit)?;
                let one = self.credit(credit);
                one.checks += 1;
                let (checks, days) = ACTIVITIES[usize::from(one.activity)];
                if one.checks < checks {
                    return Ok(());
                }
                match Some(today + days).filter(|_| days > 0).or(one.appeal_until()) {
                    Some(until) => (one.stage, one.public_until) = (Stage::Public, Some(until)),
                    None => self.counts(credit),
                }
                Ok(())
            }
            Ask::Reject { by, credit } => {
                self.acts(*by)?;
                self.at(credit, &[Stage::Proposed, Stage::Objected])?;
                let one = self.credit(credit);
                if one.public_until.is_some() || one.open().is_some_and(|open| one.disputes[open].appealed) {
                    return Err("rejects what is public or appealed");
                }
                self.takes_part(*by, credit)?;
                self.credit(credit).stage = Stage::Rejected;
                Ok(())
            }
            Ask::Object { by, credit, .. } => self.object(*by, credit),
            Ask::Resolve { by, credit, upheld } => self.resolve(*by, credit, *upheld),
            Ask::Appeal { by, credit } => self.appeal(*by, credit),
            Ask::Reverse { by, credit } => {
                self.acts(*by)?;
                self.at(credit, &[Stage::Counts])?;
                if person(*by) == Person::Worker(self.credit(credit).worker) {
                    return Err("decides about the own credit");
                }
                // Taking it back says that the open objection was right, which is a decision about it.
                if self.credit(credit).objected {
                    self.may_take_part(*by, credit).map_err(|_| "answers with a reversal")?;
                }
                self.reverse(credit);
                Ok(())
            }
            Ask::Settle { credit } => {
                let due = self.credit(credit).due_after().ok_or("nothing comes by itself")?;
                if due >= today {
                    return Err("a day is not over");
                }
                if self.credit(credit).stage == Stage::Upheld {
                    self.credit(credit).stage = Stage::Rejected;
                    self.met.insert("rejected for good");
                } else {
                    self.counts(credit);
                }
                Ok(())
            }
            Ask::Spend { worker, units } => {
                let mut price = i64::from(*units) * POINTS;
                if price > self.available(*worker) {
                    return Err("too few points");
                }
                let mut lots: Vec<&mut Credit> = self.credits.values_mut().collect();
                lots.retain(|credit| credit.worker == *worker && credit.stage == Stage::Counts);
                lots.sort_by_key(|credit| credit.nth);
                for lot in lots {
                    let taken = lot.left.min(price);
                    lot.left -= taken;
                    price -= taken;
                }
                Ok(())
            }
            Ask::Grant { account, until } => {
                if until.is_some_and(|until| until < today) {
                    return Err("ends before it begins");
                }
                let grant = Grant { account: *account, from: today, until: *until, ended: None };
                self.grants.insert(key.to_owned(), grant);
                Ok(())
            }
            Ask::End { grant } => {
                let grant = self.grants.get_mut(grant).ok_or("no grant")?;
                if !grant.reaches(today) {
                    return Err("ended before");
                }
                grant.ended = Some(today);
                Ok(())
            }
            Ask::Lapse { grant } => {
                let grant = self.grants.get_mut(grant).ok_or("no grant")?;
                let Some(until) = grant.until.filter(|_| grant.ended.is_none()) else {
                    return Err("nothing lapses");
                };
                if until >= today {
                    return Err("the last day is not over");
                }
                grant.ended = Some(until + 1);
                self.met.insert("lapsed");
                Ok(())
            }
            Ask::Seal => {
                if self.sealed.is_some() {
                    return Err("sealed before");
                }
                self.sealed = Some(CARDS.iter().map(|worker| (*worker, self.on_card(*worker))).collect());
                Ok(())
            }
        }
    }

    fn object(&mut self, by: Actor, credit: &str) -> Result<(), &'static str> {
        self.acts(by)?;
        self.at(credit, &[Stage::Proposed, Stage::Public, Stage::Counts])?;
        let (today, by) = (self.today, person(by));
        let one = self.credit(credit);
        if one.objected {
            return Err("is objected to");
        }
        if one.objectors.contains(&by) {
            return Err(if one.stage == Stage::Counts { "objects again once it counts" } else { "objects twice" });
        }
        one.objectors.push(by);
        one.parts.push(by);
        if one.stage == Stage::Counts {
            one.objected = true;
            return Ok(());
        }
        let left = one.public_until.map_or(0, |until| until.saturating_sub(today));
        one.disputes.push(Dispute { objector: by, appealed: false, until: None, left, upheld: false });
        one.stage = Stage::Objected;
        Ok(())
    }

    fn resolve(&mut self, by: Actor, credit: &str, upheld: bool) -> Result<(), &'static str> {
        self.acts(by)?;
        self.at(credit, &[Stage::Objected, Stage::Counts])?;
        let today = self.today;
        if self.credit(credit).stage == Stage::Counts {
            if !self.credit(credit).objected {
                return Err("no objection");
            }
            self.takes_part(by, credit)?;
            self.credit(credit).objected = false;
            self.met.insert("decided once it counts");
            if upheld {
                self.reverse(credit);
            }
            return Ok(());
        }
        self.takes_part(by, credit)?;
        let one = self.credit(credit);
        let open = one.open().ok_or("no objection")?;
        let left = one.disputes[open].left;
        let dispute = &mut one.disputes[open];
        dispute.upheld = upheld;
        let last = dispute.appealed;
        dispute.until = Some(today + APPEAL).filter(|_| !last);
        if upheld {
            one.stage = if last { Stage::Rejected } else { Stage::Upheld };
        } else if one.public_until.is_some() {
            (one.stage, one.public_until) = (Stage::Public, Some(today + left));
        } else {
            one.stage = Stage::Proposed;
        }
        self.met.insert(if last { "decided for good" } else { "decided" });
        Ok(())
    }

    fn appeal(&mut self, by: Actor, credit: &str) -> Result<(), &'static str> {
        self.acts(by)?;
        self.at(credit, &[Stage::Upheld, Stage::Proposed, Stage::Public])?;
        let (today, by) = (self.today, person(by));
        let one = self.credit(credit);
        let found = if one.stage == Stage::Upheld {
            one.disputes.len().checked_sub(1).filter(|_| by == Person::Worker(one.worker))
        } else {
            one.disputes.iter().rposition(|dispute| dispute.objector == by)
        };
        let nth = found.ok_or("no appellant")?;
        let until = one.disputes[nth].until.ok_or("nothing to appeal")?;
        if until < today {
            return Err("appeals too late");
        }
        let left = one.public_until.map_or(0, |until| until.saturating_sub(today));
        let dispute = &mut one.disputes[nth];
        dispute.appealed = true;
        if !dispute.upheld && one.public_until.is_some() {
            dispute.left = left;
        }
        one.stage = Stage::Objected;
        one.parts.push(by);
        self.met.insert("appealed");
        Ok(())
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
