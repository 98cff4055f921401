//! What a history of selections may ask for next. Credits and objections are named by a number among those that there are.

use proptest::prelude::*;

use super::office::{ACCOUNTS, Actor, Ask, Office, Paper, SELECTIONS, Terms, WORKERS};

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A service of so many days ago.
    Serve {
        worker: u8,
        activity: u8,
        units: u8,
        back: u8,
    },
    Reverse {
        credit: u8,
    },
    Announce {
        selection: u8,
        by: Actor,
        terms: Terms,
    },
    /// A candidate's word, of so many days ago or of tomorrow.
    Word {
        selection: u8,
        worker: u8,
        by: Actor,
        withdraws: bool,
        said: When,
        paper: Paper,
    },
    Act {
        selection: u8,
        by: Actor,
        deed: Deed,
    },
    /// What comes next of a selection.
    Course {
        selection: u8,
        pick: u8,
    },
    /// Days go by.
    Wait {
        days: u8,
    },
    /// An earlier one once more.
    Again(u16),
    /// Everything falls out of memory.
    Restart,
}

/// On which day a word was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Nobody says.
    Unsaid,
    Back(u8),
    Tomorrow,
}

/// What somebody does with a selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Seal,
    Draw,
    Object { candidate: u8 },
    Answer { objection: u8, upheld: bool },
    Revise { candidate: u8, remove: bool },
    Record { digest: bool },
}

impl Step {
    /// What is asked with it, where it asks for something that there is.
    pub(crate) fn asks(&self, office: &Office) -> Option<Ask> {
        let today = office.today;
        let past = |back: u8| today.saturating_sub(back.into()).max(1);
        Some(match *self {
            Step::Serve { worker, activity, units, back } => Ask::Serve { worker, activity, units, on: past(back) },
            Step::Reverse { credit } => {
                let credits = office.credits();
                Ask::Reverse { credit: (*credits.get(usize::from(credit) % credits.len().max(1))?).clone() }
            }
            Step::Announce { selection, by, terms } => Ask::Announce { selection, by, terms },
            Step::Word { selection, worker, by, withdraws, said, paper } => {
                let on = match said {
                    When::Unsaid => None,
                    When::Back(back) => Some(past(back)),
                    When::Tomorrow => Some(today + 1),
                };
                Ask::Word { selection, worker, by, withdraws, on, paper }
            }
            Step::Act { selection, by, deed } => match deed {
                Deed::Seal => Ask::Seal { selection, by },
                Deed::Draw => Ask::Draw { selection, by },
                Deed::Object { candidate } => Ask::Object { selection, candidate, by },
                Deed::Answer { objection: nth, upheld } => {
                    let all = office.objections(selection);
                    let known = all.get(usize::from(nth) % all.len().max(1));
                    let objection = known.map_or_else(|| "nothing".to_owned(), |name| (*name).clone());
                    Ask::Answer { selection, objection, upheld, by }
                }
                Deed::Revise { candidate, remove } => Ask::Revise { selection, candidate, remove, by },
                Deed::Record { digest } => Ask::Record { selection, by, digest },
            },
            Step::Course { selection, pick } => office.course(selection, pick),
            Step::Wait { .. } | Step::Again(_) | Step::Restart => return None,
        })
    }
}

/// Mostly one that can be announced.
fn selection() -> BoxedStrategy<u8> {
    let count = u8::try_from(SELECTIONS.len()).expect("few selections");
    prop_oneof![12 => 0..count, 1 => Just(count)].boxed()
}

fn actor() -> BoxedStrategy<Actor> {
    (0..u8::try_from(ACCOUNTS.len()).expect("few accounts")).boxed()
}

/// Mostly one of those who may be candidates.
fn candidate() -> BoxedStrategy<u8> {
    prop_oneof![12 => 0..WORKERS, 1 => Just(WORKERS)].boxed()
}

fn announcement() -> BoxedStrategy<Step> {
    let terms = prop_oneof![6 => Just(Terms::Published), 2 => Just(Terms::Other), 1 => Just(Terms::Unknown)];
    let count = u8::try_from(SELECTIONS.len()).expect("few selections");
    (0..count, actor(), terms).prop_map(|(selection, by, terms)| Step::Announce { selection, by, terms }).boxed()
}

fn word() -> BoxedStrategy<Step> {
    let said = prop_oneof![6 => Just(When::Unsaid), 3 => (0_u8..4).prop_map(When::Back), 1 => Just(When::Tomorrow)];
    let paper = prop_oneof![2 => Just(Paper::None), 6 => Just(Paper::Signed), 1 => Just(Paper::NoDigest)];
    (selection(), candidate(), actor(), prop::bool::weighted(0.2), said, paper)
        .prop_map(|(selection, worker, by, withdraws, said, paper)| Step::Word {
            selection,
            worker,
            by,
            withdraws,
            said,
            paper,
        })
        .boxed()
}

fn deed() -> BoxedStrategy<Deed> {
    prop_oneof![
        3 => Just(Deed::Seal),
        2 => Just(Deed::Draw),
        4 => candidate().prop_map(|candidate| Deed::Object { candidate }),
        4 => (any::<u8>(), any::<bool>()).prop_map(|(objection, upheld)| Deed::Answer { objection, upheld }),
        4 => (candidate(), any::<bool>()).prop_map(|(candidate, remove)| Deed::Revise { candidate, remove }),
        2 => prop::bool::weighted(0.8).prop_map(|digest| Deed::Record { digest }),
    ]
    .boxed()
}

/// Any step.
pub(crate) fn next() -> BoxedStrategy<Step> {
    let served = (0..WORKERS, 0..2_u8, 1..3_u8, 0..8_u8);
    prop_oneof![
        9 => served.prop_map(|(worker, activity, units, back)| Step::Serve { worker, activity, units, back }),
        2 => any::<u8>().prop_map(|credit| Step::Reverse { credit }),
        2 => announcement(),
        7 => word(),
        12 => (selection(), actor(), deed()).prop_map(|(selection, by, deed)| Step::Act { selection, by, deed }),
        12 => (0..2_u8, any::<u8>()).prop_map(|(selection, pick)| Step::Course { selection, pick }),
        5 => (1..3_u8).prop_map(|days| Step::Wait { days }),
        2 => any::<u16>().prop_map(Step::Again),
        1 => Just(Step::Restart),
    ]
    .boxed()
}
