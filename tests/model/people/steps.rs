//! What a history of people may ask for next. Credits and grants are named by a number among those that there are.

use proptest::prelude::*;

use super::house::{ACCOUNTS, ACTIVITIES, Actor, Ask, Day, House, WORKERS};

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Propose {
        by: Actor,
        worker: u8,
        activity: u8,
    },
    Judge {
        by: Actor,
        credit: u8,
        how: How,
    },
    /// What comes next of a dispute.
    Course {
        pick: u8,
    },
    Settle {
        credit: u8,
    },
    Spend {
        worker: u8,
        units: u8,
    },
    Grant {
        account: Actor,
        days: Option<u8>,
    },
    End {
        grant: u8,
    },
    Lapse {
        grant: u8,
    },
    Seal,
    /// Days go by.
    Wait {
        days: u8,
    },
    /// An earlier one once more.
    Again(u16),
    /// Everything falls out of memory.
    Restart,
}

/// What somebody wants of a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Check,
    Reject,
    Object { anonymous: bool },
    Resolve { upheld: bool },
    Appeal,
    Reverse,
}

impl Step {
    /// What is asked with it, where it asks for something that there is.
    pub(crate) fn asks(&self, house: &House) -> Option<Ask> {
        let credit = |nth: u8| {
            // The latest ones more often than those of long ago.
            let credits = house.credits();
            let back = usize::from(nth) % credits.len().clamp(1, 6);
            credits.len().checked_sub(back + 1).map(|nth| credits[nth].clone())
        };
        let grant = |nth: u8| {
            let grants = house.grants();
            grants[usize::from(nth) % grants.len()].clone()
        };
        Some(match *self {
            Step::Propose { by, worker, activity } => Ask::Propose { by, worker, activity },
            Step::Judge { by, credit: nth, how } => {
                let credit = credit(nth)?;
                match how {
                    How::Check => Ask::Check { by, credit },
                    How::Reject => Ask::Reject { by, credit },
                    How::Object { anonymous } => Ask::Object { by, credit, anonymous },
                    How::Resolve { upheld } => Ask::Resolve { by, credit, upheld },
                    How::Appeal => Ask::Appeal { by, credit },
                    How::Reverse => Ask::Reverse { by, credit },
                }
            }
            Step::Course { pick } => house.course(pick)?,
            Step::Settle { credit: nth } => Ask::Settle { credit: credit(nth)? },
            Step::Spend { worker, units } => Ask::Spend { worker, units },
            Step::Grant { account, days } => {
                Ask::Grant { account, until: days.map(|days| house.today + Day::from(days)) }
            }
            Step::End { grant: nth } => Ask::End { grant: grant(nth) },
            Step::Lapse { grant: nth } => Ask::Lapse { grant: grant(nth) },
            Step::Seal => Ask::Seal,
            Step::Wait { .. } | Step::Again(_) | Step::Restart => return None,
        })
    }
}

fn actor() -> BoxedStrategy<Actor> {
    let accounts = u8::try_from(ACCOUNTS.len()).expect("few accounts");
    // The two accounts of one person more often than the others.
    prop_oneof![2 => 0..2_u8, 3 => 0..accounts].boxed()
}

fn how() -> BoxedStrategy<How> {
    prop_oneof![
        6 => Just(How::Check),
        1 => Just(How::Reject),
        4 => any::<bool>().prop_map(|anonymous| How::Object { anonymous }),
        5 => any::<bool>().prop_map(|upheld| How::Resolve { upheld }),
        4 => Just(How::Appeal),
        1 => Just(How::Reverse),
    ]
    .boxed()
}

/// Any step.
pub(crate) fn next() -> BoxedStrategy<Step> {
    let activities = u8::try_from(ACTIVITIES.len()).expect("few activities");
    prop_oneof![
        6 => (actor(), 0..WORKERS, 0..activities)
            .prop_map(|(by, worker, activity)| Step::Propose { by, worker, activity }),
        24 => (actor(), any::<u8>(), how()).prop_map(|(by, credit, how)| Step::Judge { by, credit, how }),
        6 => any::<u8>().prop_map(|pick| Step::Course { pick }),
        5 => any::<u8>().prop_map(|credit| Step::Settle { credit }),
        5 => (0..WORKERS, 1..3_u8).prop_map(|(worker, units)| Step::Spend { worker, units }),
        2 => (actor(), prop::option::weighted(0.8, 0..6_u8)).prop_map(|(account, days)| Step::Grant { account, days }),
        1 => any::<u8>().prop_map(|grant| Step::End { grant }),
        1 => any::<u8>().prop_map(|grant| Step::Lapse { grant }),
        1 => Just(Step::Seal),
        5 => (1..4_u8).prop_map(|days| Step::Wait { days }),
        2 => any::<u16>().prop_map(Step::Again),
        1 => Just(Step::Restart),
    ]
    .boxed()
}
