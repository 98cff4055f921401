//! What the sheets name: points and caps of activities, benefits with their places, funds and bodies,
//! pairs, passes and offers; and who acts.

use ledger_core::domain::benefit::command::BenefitKind;

use crate::programmes::steps::{Activity, Day};

/// Most claims of one request.
pub(crate) const CLAIMERS_MAX: u32 = 2;
/// Points a year by rated work.
pub(crate) const RATED_YEARLY_CAP: i64 = 10;
/// Points a month by reports.
pub(crate) const FED_BACK_MONTHLY_CAP: i64 = 5;
/// Appropriated, fen.
pub(crate) const FUNDS: [i64; 2] = [10_000, 6_000];
/// Places at the beginning.
pub(crate) const PLACES: [Option<u32>; 4] = [Some(1), Some(2), None, Some(1)];
/// Who approves what is proposed: so many of these at the beginning.
pub(crate) const BODIES: [&str; 3] = ["区总工会", "市总工会", "区妇联"];
/// See [`BODIES`].
pub(crate) const APPROVING: [u8; 4] = [0, 0, 0, 2];
/// Accounts that propose, approve and settle.
pub(crate) const HANDS: u8 = 5;
/// Everything is entered on this day, but for who left.
pub(crate) const ENTERED_ON: Day = 398;

/// Which worker an account's person is: the first account and the last one are a worker's.
pub(crate) fn worker_of(by: u8) -> Option<u8> {
    if person(by) == 0 { Some(1) } else { None }
}

/// Whose an account is, by the first one of that person.
pub(crate) fn person(by: u8) -> u8 {
    if by + 1 == HANDS { 0 } else { by }
}

/// Points for a unit, and the most for a day.
pub(crate) fn rate(activity: Activity) -> (i64, Option<i64>) {
    match activity {
        Activity::Plain => (4, None),
        Activity::Rated => (3, None),
        Activity::FedBack => (5, None),
        Activity::Visit => (2, Some(2)),
        Activity::Appointed => (1, None),
        Activity::Unknown => panic!("nobody knows its points"),
    }
}

pub(crate) struct BenefitIs {
    pub(crate) kind: BenefitKind,
    pub(crate) limit: Option<u32>,
    pub(crate) yearly: bool,
    pub(crate) price: i64,
    /// 单价.
    pub(crate) fen: i64,
    pub(crate) window: (Day, Day),
    pub(crate) fund: usize,
}

pub(crate) const BENEFITS: [BenefitIs; 4] = [
    BenefitIs {
        kind: BenefitKind::Place,
        limit: Some(1),
        yearly: false,
        price: 6,
        fen: 2_000,
        window: (10, 150),
        fund: 0,
    },
    BenefitIs {
        kind: BenefitKind::Voucher,
        limit: Some(2),
        yearly: true,
        price: 0,
        fen: 1_500,
        window: (1, 120),
        fund: 1,
    },
    BenefitIs { kind: BenefitKind::Grant, limit: None, yearly: false, price: 0, fen: 0, window: (1, 366), fund: 0 },
    BenefitIs {
        kind: BenefitKind::Place,
        limit: Some(1),
        yearly: false,
        price: 2,
        fen: 1_000,
        window: (5, 250),
        fund: 0,
    },
];

/// A worker who has left the programme, and on which day.
pub(crate) const LEFT: u8 = 5;
pub(crate) const LEFT_ON: Day = 40;

/// Who helps, who is helped, from when on, and the first day no longer.
pub(crate) const PAIRS: [(u8, u8, Day, Option<Day>); 3] = [(0, 1, 20, None), (2, 3, 1, Some(100)), (LEFT, 0, 1, None)];
/// The branches of these pairs.
pub(crate) const BRANCHES: [Option<u8>; 3] = [Some(0), None, Some(0)];

pub(crate) struct PassIs {
    pub(crate) kind: &'static str,
    pub(crate) worker: u8,
    pub(crate) days: (Day, Day),
}

pub(crate) const PASSES: [PassIs; 3] = [
    PassIs { kind: "暖心卡", worker: 0, days: (1, 366) },
    PassIs { kind: "优享卡", worker: 1, days: (1, 366) },
    PassIs { kind: "暖心卡", worker: 2, days: (1, 90) },
];

pub(crate) struct OfferIs {
    pub(crate) kind: &'static str,
    pub(crate) merchant: u8,
    pub(crate) fund: usize,
    pub(crate) paid_of_thousand: u32,
    pub(crate) subsidy_of_ten_thousand: u32,
    pub(crate) days: (Day, Day),
}

pub(crate) const OFFERS: [OfferIs; 2] = [
    OfferIs {
        kind: "暖心卡",
        merchant: 0,
        fund: 1,
        paid_of_thousand: 850,
        subsidy_of_ten_thousand: 3_333,
        days: (11, 366),
    },
    OfferIs {
        kind: "优享卡",
        merchant: 1,
        fund: 1,
        paid_of_thousand: 795,
        subsidy_of_ten_thousand: 10_000,
        days: (1, 130),
    },
];

/// 原价 and 实付 of a slip, fen.
pub(crate) fn slip_amounts(offer: u8, yuan: u8, wrong: bool) -> (i64, i64) {
    // Not whole yuan: a discount of it is to be rounded.
    let price = i64::from(yuan) * 101;
    let part = OFFERS.get(usize::from(offer)).map_or(1_000, |offer| i64::from(offer.paid_of_thousand));
    let paid = (price * part * 2 + 1_000) / 2_000;
    (price, paid + i64::from(wrong))
}
