//! What a history of the programmes may ask for next. Numbers are few, so that rows meet: the same key with other content,
//! a row that is completed twice, a request of which too much is claimed.

use proptest::prelude::*;

use super::desk::LEFT;

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
    /// Another number of places than before, from a day on.
    Places { benefit: u8, places: u32, day: Day },
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

fn day() -> BoxedStrategy<Day> {
    // Every tenth day of the first half of 2024, those of March more often, and some of the second half.
    prop_oneof![6 => (6_u16..9).prop_map(|tens| 10 * tens + 5), 8 => (0_u16..18).prop_map(|tens| 10 * tens + 5), 1 => (19_u16..36).prop_map(|tens| 10 * tens)].boxed()
}

/// A day and one on or after it, for the most part.
fn days() -> BoxedStrategy<(Day, Day)> {
    prop_oneof![
        8 => (day(), 0_u16..3).prop_map(|(day, more)| (day, day + 10 * more)),
        1 => (day(), day()),
    ]
    .boxed()
}

/// One of so many, rarely one that is not there.
fn of(count: u8) -> BoxedStrategy<u8> {
    prop_oneof![20 => 0..count, 1 => Just(count)].boxed()
}

fn said() -> BoxedStrategy<Said> {
    prop_oneof![
        6 => Just(Said::Satisfied),
        2 => Just(Said::MostlySatisfied),
        2 => Just(Said::Dissatisfied),
        3 => Just(Said::True),
        1 => Just(Said::Untrue),
        1 => Just(Said::Nonsense),
    ]
    .boxed()
}

/// A worker: mostly the same ones, whose caps are reached.
fn worker() -> BoxedStrategy<u8> {
    prop_oneof![3 => Just(0), 3 => Just(1), 1 => of(4)].boxed()
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(some: u32, none: u32, of: BoxedStrategy<T>) -> BoxedStrategy<Option<T>> {
    prop_oneof![some => of.prop_map(Some), none => Just(None)].boxed()
}

fn request() -> BoxedStrategy<Step> {
    let activity = prop_oneof![
        8 => Just(Activity::Rated),
        6 => Just(Activity::FedBack),
        1 => Just(Activity::Plain),
        1 => Just(Activity::Unknown),
    ];
    (0_u8..6, activity, day(), maybe(4, 1, worker()), maybe(1, 6, of(6)))
        .prop_map(|(request, activity, day, reporter, merged_into)| Step::Post {
            request,
            activity,
            day,
            reporter,
            merged_into,
        })
        .boxed()
}

fn handling() -> BoxedStrategy<Step> {
    let word = maybe(3, 1, (said(), day()).boxed());
    (0_u8..12, of(6), maybe(8, 1, worker()), days(), 0_u8..6, word)
        .prop_map(|(handling, request, claimer, (claimed, done), quantity, word)| Step::Handle {
            handling,
            request,
            claimer,
            claimed,
            done,
            quantity,
            word: word.map(|(said, day)| (said, day.max(done))),
        })
        .boxed()
}

/// Claims apart from the work. A claim's request is mostly the one that it was made of: the one of its number.
fn claim() -> BoxedStrategy<Step> {
    let named =
        || (0_u8..12).prop_flat_map(|handling| (Just(handling), prop_oneof![5 => Just(handling % 6), 1 => of(6)]));
    let made = (named(), worker(), day()).prop_map(|((handling, request), claimer, day)| Step::Claim {
        handling,
        request,
        claimer,
        day,
    });
    let report = (named(), day(), prop_oneof![1 => Just(0_u8), 8 => 1_u8..6])
        .prop_map(|((handling, request), done, quantity)| Step::Report { handling, request, done, quantity });
    let give_up = (named(), day()).prop_map(|((handling, request), day)| Step::Return { handling, request, day });
    prop_oneof![6 => made, 5 => report, 3 => give_up].boxed()
}

/// Two who are mostly the partners of a pair.
fn partners() -> BoxedStrategy<(u8, u8, u8)> {
    let of_pair = (0_u8..2, any::<bool>()).prop_map(|(pair, turned)| match turned {
        true => (pair, 2 * pair + 1, 2 * pair),
        false => (pair, 2 * pair, 2 * pair + 1),
    });
    // The third pair is of one who is there and one who has left.
    prop_oneof![4 => of_pair, 2 => Just((2, 0, LEFT)), 1 => (of(3), of(4), of(4))].boxed()
}

fn visit() -> BoxedStrategy<Step> {
    let activity = prop_oneof![10 => Just(Activity::Visit), 1 => Just(Activity::Unknown)];
    let later = maybe(3, 1, prop_oneof![6 => Just(1_u16), 1 => 0_u16..20].boxed());
    (0_u8..10, partners(), activity, day(), later)
        .prop_map(|(visit, (pair, reporter, by), activity, day, later)| Step::Visit {
            visit,
            pair,
            activity,
            day,
            reporter,
            // Now and then before the visit.
            confirmed: later.map(|later| (by, (day + later).saturating_sub(1).max(1))),
        })
        .boxed()
}

/// Mostly of the pair whose partner has left, by its own branch.
fn stand_in() -> BoxedStrategy<Step> {
    let pair = prop_oneof![6 => Just(2_u8), 1 => of(3)];
    (0_u8..10, pair, prop_oneof![4 => Just(0_u8), 1 => Just(1)], day())
        .prop_map(|(visit, pair, branch, day)| Step::StandIn { visit, pair, branch, day })
        .boxed()
}

fn application() -> BoxedStrategy<Step> {
    let used = maybe(1, 5, (0_u16..30, maybe(4, 1, of(2))).boxed());
    let fen = maybe(5, 1, prop_oneof![6 => 1_u16..4_000, 1 => Just(0)].boxed());
    (0_u8..14, of(3), of(4), day(), maybe(1, 4, (0_u8..3).boxed()), fen, used)
        .prop_map(|(application, benefit, worker, day, certificate, fen, used)| Step::Apply {
            application,
            benefit,
            worker,
            day,
            certificate,
            fen,
            used: used.map(|(later, merchant)| ((day + later).saturating_sub(1).max(1), merchant)),
        })
        .boxed()
}

/// Mostly letters that begin early, some of which end, be it before they begin.
fn appointment() -> BoxedStrategy<Step> {
    let from = prop_oneof![5 => Just(25_u16), 1 => day()];
    (of(4), of(2), from, maybe(1, 3, day()), maybe(1, 2, day()))
        .prop_map(|(worker, letter, from, through, ended)| Step::Appoint { worker, letter, from, through, ended })
        .boxed()
}

/// Few sites, that are opened early for the most part and moved on any day, be it before they were opened.
fn site() -> BoxedStrategy<Step> {
    let opened = prop_oneof![3 => Just(5_u16), 2 => day()];
    let open =
        (0_u8..4, maybe(1, 2, of(4)), opened).prop_map(|(site, parent, day)| Step::OpenSite { site, parent, day });
    let hang = (of(4), maybe(5, 1, of(4)), day()).prop_map(|(site, parent, day)| Step::MoveSite { site, parent, day });
    let close = (of(4), day()).prop_map(|(site, day)| Step::CloseSite { site, day });
    prop_oneof![4 => open, 6 => hang, 1 => close].boxed()
}

/// Mostly of the month of which there is most.
fn settlement() -> BoxedStrategy<Step> {
    let stage = prop_oneof![3 => Just(Settling::Prepare), 4 => Just(Settling::Confirm), 4 => Just(Settling::Pay)];
    (stage, prop_oneof![6 => Just(3_u8), 1 => 1_u8..7], 0_u8..3)
        .prop_map(|(stage, month, by)| Step::Settle { stage, month, by })
        .boxed()
}

/// What a history is mostly about: in one of everything few ways are gone to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Everything,
    Requests,
    Pairs,
    Benefits,
    Passes,
    Places,
}

/// Any theme.
pub(crate) fn theme() -> BoxedStrategy<Theme> {
    prop_oneof![
        3 => Just(Theme::Everything),
        1 => Just(Theme::Requests),
        1 => Just(Theme::Pairs),
        1 => Just(Theme::Benefits),
        1 => Just(Theme::Passes),
        1 => Just(Theme::Places),
    ]
    .boxed()
}

/// The next step: of the theme mostly, and now and then any other.
pub(crate) fn next(theme: Theme) -> BoxedStrategy<Step> {
    let weight = |of: Theme, usual: u32| if of == theme { 8 * usual } else { usual };
    prop_oneof![
        weight(Theme::Requests, 28) => of_requests(),
        weight(Theme::Pairs, 8) => of_pairs(),
        weight(Theme::Benefits, 20) => of_benefits(),
        weight(Theme::Passes, 8) => of_passes(),
        weight(Theme::Places, 12) => of_places(),
        4 => (of(4), day(), 0_u8..5).prop_map(|(worker, day, units)| Step::Credit { worker, day, units }),
        9 => settlement(),
        3 => any::<u16>().prop_map(Step::Again),
        1 => Just(Step::Restart),
    ]
    .boxed()
}

fn of_requests() -> BoxedStrategy<Step> {
    prop_oneof![
        5 => request(),
        8 => handling(),
        8 => claim(),
        1 => (of(6), any::<bool>(), day()).prop_map(|(request, named, day)| Step::Route { request, named, day }),
        1 => (of(6), day()).prop_map(|(request, day)| Step::Withdraw { request, day }),
        1 => (of(6), of(6)).prop_map(|(request, into)| Step::Merge { request, into }),
        3 => (0_u8..12, of(6), said(), day())
            .prop_map(|(handling, request, word, day)| Step::Rate { handling, request, word, day }),
    ]
    .boxed()
}

fn of_pairs() -> BoxedStrategy<Step> {
    prop_oneof![
        4 => visit(),
        2 => (0_u8..10, of(3), of(4), day()).prop_map(|(visit, pair, by, day)| Step::Confirm { visit, pair, by, day }),
        2 => stand_in(),
    ]
    .boxed()
}

/// When a place comes free: mostly on the last day of the voucher, which is one of the other benefits too, else on the day after
/// it, on any day, or when all is over.
fn freed() -> BoxedStrategy<Day> {
    prop_oneof![6 => Just(120_u16), 1 => Just(121), 1 => day(), 1 => Just(398)].boxed()
}

fn of_benefits() -> BoxedStrategy<Step> {
    let application = || (0_u8..14, of(3));
    prop_oneof![
        8 => self::application(),
        4 => (application(), day(), maybe(4, 1, of(2)))
            .prop_map(|((application, benefit), day, merchant)| Step::Use { application, benefit, day, merchant }),
        4 => (application(), freed())
            .prop_map(|((application, benefit), day)| Step::GiveBack { application, benefit, day }),
        2 => application().prop_map(|(application, benefit)| Step::TakeBackUse { application, benefit }),
        2 => (0_u8..3, 1_u32..6, freed()).prop_map(|(benefit, places, day)| Step::Places { benefit, places, day }),
    ]
    .boxed()
}

fn of_passes() -> BoxedStrategy<Step> {
    let slip = (0_u8..20, of(4), of(2), day(), 0_u8..60, prop::bool::weighted(0.1));
    prop_oneof![
        5 => slip.prop_map(|(slip, pass, offer, day, yuan, wrong)| Step::Slip { slip, pass, offer, day, yuan, wrong }),
        2 => (0_u8..20, of(4)).prop_map(|(slip, pass)| Step::TakeBackSlip { slip, pass }),
        1 => day().prop_map(|day| Step::Lose { day }),
    ]
    .boxed()
}

fn of_places() -> BoxedStrategy<Step> {
    prop_oneof![
        2 => appointment(),
        3 => (of(4), day(), 0_u8..4).prop_map(|(worker, day, units)| Step::Serve { worker, day, units }),
        7 => site(),
    ]
    .boxed()
}
