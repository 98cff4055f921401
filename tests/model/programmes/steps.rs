//! What a history of the programmes may ask for next. Numbers are few, so that rows meet: the same key with other content,
//! a row that is completed twice, a request of which too much is claimed.

mod chances;
mod money;
mod work;

use proptest::prelude::*;

use super::desk::{PAIRS, Use};
use chances::{day, maybe, of, said};

/// Days after 2023-12-31 are counted from 1.
pub(crate) type Day = u16;

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Points that count at once.
    Credit { worker: u8, day: Day, units: u8 },
    /// 需求清单.
    Post { request: u8, activity: Activity, day: Day, reporter: Option<u8>, merged_into: Option<u8> },
    /// 办理记录.
    Handle {
        handling: u8,
        request: u8,
        claimer: Option<u8>,
        claimed: Day,
        done: Day,
        quantity: u8,
        word: Option<(Said, Day)>,
    },
    /// 认领, apart from the work. It has a row's number.
    Claim { handling: u8, request: u8, claimer: u8, day: Day },
    /// 办结 of a claim.
    Report { handling: u8, request: u8, done: Day, quantity: u8 },
    /// 退回 of a claim.
    Return { handling: u8, request: u8, day: Day },
    /// 转办.
    Route { request: u8, named: bool, day: Day },
    /// 撤回.
    Withdraw { request: u8, day: Day },
    /// 并入, after it was posted.
    Merge { request: u8, into: u8 },
    /// The word on work that waits.
    Rate { handling: u8, request: u8, word: Said, day: Day },
    /// 走访记录.
    Visit { visit: u8, pair: u8, activity: Activity, day: Day, reporter: u8, confirmed: Option<(u8, Day)> },
    /// The word of the other one.
    Confirm { visit: u8, pair: u8, by: u8, day: Day },
    /// The word of a branch, in place of the other one.
    StandIn { visit: u8, pair: u8, branch: u8, day: Day },
    /// 权益登记.
    Apply {
        application: u8,
        benefit: u8,
        worker: u8,
        day: Day,
        certificate: Option<u8>,
        fen: Option<u16>,
        used: Option<(Day, Option<u8>)>,
    },
    /// The use of what was given.
    Use { application: u8, benefit: u8, day: Day, merchant: Option<u8> },
    /// What was applied for is given back on a day, or waited for no more.
    GiveBack { application: u8, benefit: u8, day: Day },
    /// The use of what was given is taken back.
    TakeBackUse { application: u8, benefit: u8 },
    /// An application for what bodies approve.
    Propose { application: u8, benefit: u8, worker: u8, day: Day, certificate: Option<u8>, fen: Option<u16>, by: u8 },
    /// Somebody says a body's word.
    Approve { application: u8, benefit: u8, body: u8, by: u8 },
    /// Somebody sends a proposal back.
    SendBack { application: u8, benefit: u8, by: u8 },
    /// Another number of places than before, from a day on, and where it says so, of bodies that approve.
    Places { benefit: u8, places: u32, bodies: Option<u8>, day: Day },
    /// 优惠核销.
    Slip { slip: u8, pass: u8, offer: u8, day: Day, yuan: u8, wrong: bool },
    /// A slip is taken back.
    TakeBackSlip { slip: u8, pass: u8 },
    /// A pass was lost, and another one is given for it.
    Lose { day: Day },
    /// 聘任名册: one of the few letters of a worker, with its last day and the first day no longer.
    Appoint { worker: u8, letter: u8, from: Day, through: Option<Day>, ended: Option<Day> },
    /// What only those who are appointed are credited for.
    Serve { worker: u8, day: Day, units: u8 },
    /// 驿站名录: a new site, from a day on.
    OpenSite { site: u8, parent: Option<u8>, day: Day },
    /// A site hangs elsewhere from a day on.
    MoveSite { site: u8, parent: Option<u8>, day: Day },
    /// A site's first day closed.
    CloseSite { site: u8, day: Day },
    /// A month's statement of the body that pays.
    Settle { stage: Settling, month: u8, by: u8 },
    /// A month's statement of a merchant.
    Bill { merchant: u8, month: u8, deed: Deed, by: u8 },
    /// One of the rows asked so far comes again, with last columns.
    Complete { which: u16, last: Last },
    /// What that comes to: a row that completes the one with its number.
    Whole(Box<Step>),
    /// An earlier one once more.
    Again(u16),
    /// Everything falls out of memory.
    Restart,
}

/// What something is scored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    /// At once.
    Plain,
    /// 评价.
    Rated,
    /// 反馈.
    FedBack,
    /// A visit.
    Visit,
    /// At once, and for those alone who are appointed.
    Appointed,
    /// None that there is.
    Unknown,
}

/// How far a statement is brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settling {
    Prepare,
    Confirm,
    Pay,
    /// Whatever comes next.
    Next,
}

/// What is done with a merchant's statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Prepare,
    /// A line is wrong, as a dispute of a number says.
    Dispute {
        dispute: u8,
        line: u8,
    },
    Answer {
        dispute: u8,
        upheld: bool,
    },
    /// The merchant finds it right, having looked over these lines or others.
    FindRight {
        others: bool,
    },
    Confirm,
    Pay(Pays),
    /// Whatever comes next, or now and then what comes too early.
    Next(u8),
}

/// How much of it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pays {
    All,
    Half,
    TooMuch,
    Nothing,
    /// What one of these comes to.
    Fen(i64),
}

/// The last columns of a row that comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Last {
    /// Those that it had, where it had any.
    as_it_was: bool,
    /// Its first columns are others.
    other: bool,
    said: Said,
    /// Who confirms a visit; the other one of the pair where it is nobody else.
    by: Option<u8>,
    merchant: Option<u8>,
    /// How many days later, and one.
    later: u16,
}

impl Last {
    fn day(&self, first: Day) -> Day {
        (first + self.later).saturating_sub(1).max(1)
    }
}

impl Step {
    /// A row of two parts with its last columns; nothing for what has none.
    pub(crate) fn completed(&self, last: &Last) -> Option<Step> {
        let mut row = match self {
            // A number that was proposed may stand in a sheet.
            Step::Propose { application, benefit, worker, day, certificate, fen, .. } => Step::Apply {
                application: *application,
                benefit: *benefit,
                worker: *worker,
                day: *day,
                certificate: *certificate,
                fen: *fen,
                used: None,
            },
            row => row.clone(),
        };
        let keeps = |has: bool| last.as_it_was && has;
        match &mut row {
            Step::Handle { done, quantity, word, .. } => {
                *word = if keeps(word.is_some()) { *word } else { Some((last.said, last.day(*done))) };
                *quantity += u8::from(last.other);
            }
            Step::Visit { pair, day, reporter, confirmed, .. } => {
                let (helper, helped, ..) = PAIRS[usize::from(*pair) % PAIRS.len()];
                let other = if *reporter == helper { helped } else { helper };
                let kept = *confirmed;
                *confirmed =
                    if keeps(kept.is_some()) { kept } else { Some((last.by.unwrap_or(other), last.day(*day))) };
                *reporter = if last.other { other } else { *reporter };
            }
            Step::Apply { day, fen, used, .. } => {
                let follows: Use = (last.day(*day), last.merchant);
                *used = if keeps(used.is_some()) { *used } else { Some(follows) };
                *fen = if last.other { Some(fen.map_or(1, |fen| fen + 1)) } else { *fen };
            }
            Step::Credit { .. }
            | Step::Post { .. }
            | Step::Claim { .. }
            | Step::Report { .. }
            | Step::Return { .. }
            | Step::Route { .. }
            | Step::Withdraw { .. }
            | Step::Merge { .. }
            | Step::Rate { .. }
            | Step::Confirm { .. }
            | Step::StandIn { .. }
            | Step::Use { .. }
            | Step::GiveBack { .. }
            | Step::TakeBackUse { .. }
            | Step::Propose { .. }
            | Step::Approve { .. }
            | Step::SendBack { .. }
            | Step::Places { .. }
            | Step::Slip { .. }
            | Step::TakeBackSlip { .. }
            | Step::Lose { .. }
            | Step::Appoint { .. }
            | Step::Serve { .. }
            | Step::OpenSite { .. }
            | Step::MoveSite { .. }
            | Step::CloseSite { .. }
            | Step::Settle { .. }
            | Step::Bill { .. }
            | Step::Complete { .. }
            | Step::Whole(_)
            | Step::Again(_)
            | Step::Restart => return None,
        }
        Some(Step::Whole(Box::new(row)))
    }
}

/// What was said of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Satisfied,
    MostlySatisfied,
    Dissatisfied,
    True,
    Untrue,
    Nonsense,
}

impl Said {
    pub(crate) fn chinese(self) -> &'static str {
        match self {
            Said::Satisfied => "满意",
            Said::MostlySatisfied => "基本满意",
            Said::Dissatisfied => "不满意",
            Said::True => "属实",
            Said::Untrue => "不属实",
            Said::Nonsense => "还行",
        }
    }
}

/// What a history is mostly about: in one of everything few ways are gone to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Everything,
    Requests,
    Pairs,
    Benefits,
    Proposals,
    Passes,
    Bills,
    Places,
}

/// Any theme.
pub(crate) fn theme() -> BoxedStrategy<Theme> {
    prop_oneof![
        3 => Just(Theme::Everything),
        1 => Just(Theme::Requests),
        1 => Just(Theme::Pairs),
        1 => Just(Theme::Benefits),
        2 => Just(Theme::Proposals),
        1 => Just(Theme::Passes),
        2 => Just(Theme::Bills),
        1 => Just(Theme::Places),
    ]
    .boxed()
}

/// The next step: of the theme mostly, and now and then any other.
pub(crate) fn next(theme: Theme) -> BoxedStrategy<Step> {
    let weight = |of: Theme, usual: u32| if of == theme { 8 * usual } else { usual };
    prop_oneof![
        weight(Theme::Requests, 28) => work::of_requests(),
        weight(Theme::Pairs, 8) => work::of_pairs(),
        weight(Theme::Benefits, 22) => money::of_benefits(),
        weight(Theme::Proposals, 10) => money::of_proposals(),
        weight(Theme::Passes, 8) => money::of_passes(),
        weight(Theme::Bills, 14) => money::of_bills(),
        weight(Theme::Places, 12) => work::of_places(),
        4 => (of(4), day(), 0_u8..5).prop_map(|(worker, day, units)| Step::Credit { worker, day, units }),
        9 => money::settlement(),
        6 => complete(),
        3 => any::<u16>().prop_map(Step::Again),
        1 => Just(Step::Restart),
    ]
    .boxed()
}

/// Mostly what was asked, and by whom it may be said.
fn complete() -> BoxedStrategy<Step> {
    let later = prop_oneof![1 => Just(0_u16), 8 => 1_u16..30];
    let last = (prop::bool::weighted(0.5), prop::bool::weighted(0.1), said(), maybe(1, 4, of(4)), maybe(4, 1, of(2)));
    (any::<u16>(), last, later)
        .prop_map(|(which, (as_it_was, other, said, by, merchant), later)| Step::Complete {
            which,
            last: Last { as_it_was, other, said, by, merchant, later },
        })
        .boxed()
}
