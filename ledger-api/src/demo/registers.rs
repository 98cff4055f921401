//! The registers of the district's past: who is appointed and who is paired with whom, with their visits; passes, what
//! merchants give for them and the slips of it.

use chrono::NaiveDate;
use ledger_core::domain::ids::{IdError, PassNo};
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::period::Period;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::commands;
use ledger_core::ledger::commands::benefits::AskedAmount;
use ledger_core::ledger::commands::visits::AskedConfirmation;

use super::benefits::SUBSIDIES;
use super::dice::Dice;
use super::district::branch_of;
use super::plan::{Moved, Planned, at, community_id, day, merchant_id, worker_id};
use super::schedule::{GRID_WORKER, VISIT};

const SEED: u64 = 20_260_102;
/// The registers' last day: long after the past, so that they still hold when the demonstration is looked at.
const UNTIL: NaiveDate = match NaiveDate::from_ymd_opt(2028, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// As what people are appointed, the night patrol's grid workers first.
const ROLES: [&str; 6] = [GRID_WORKER, "特聘网格员", "政策宣讲员", "民情速递员", "文明劝导员", "邻里互助员"];
/// Those of the past; the open work brings three more.
const APPOINTMENTS: u32 = 33;
/// Which of them were ended before their time, on which day.
const APPOINTMENTS_ENDED: [(u32, u64); 5] = [(8, 210), (15, 300), (20, 365), (26, 430), (33, 500)];
const PAIRS: u32 = 38;
const PAIRS_ENDED: [(u32, u64); 5] = [(9, 260), (17, 330), (23, 390), (30, 450), (36, 520)];
/// Visits that each pair made, or what of them fell into its time.
const VISITS: u32 = 3;

/// Passes by their number; the first and the seventh come with the open work.
pub(super) const PASSES: u32 = 76;
const PASSES_APART: [u32; 2] = [1, 7];
/// Passes that were lost, with those that replaced them and the day of the loss.
const LOST: [(u32, u32, u64); 4] = [(10, 77, 150), (20, 78, 260), (30, 79, 370), (40, 80, 480)];
const PASS_KIND: &str = "暖心卡";
/// Merchant, what is paid of a thousand, and what of the discount is borne, of ten thousand.
const OFFERS: [(u32, u32, u32); 5] =
    [(5, 900, 5_000), (9, 850, 10_000), (12, 800, 5_000), (16, 880, 3_000), (24, 900, 10_000)];
const SLIPS: u32 = 70;

/// Who among the grid workers may claim an order at night: those whose appointment was not ended.
pub(super) const NIGHT_PATROL: [u32; 5] = [13, 43, 63, 83, 93];

fn holds(from: u64) -> Period {
    Period { from: Some(day(from)), through: Some(UNTIL) }
}

/// Appointments, and the end of some.
pub(super) fn appointments() -> Result<Vec<Planned>, IdError> {
    let mut planned = Vec::new();
    for nth in 1..=APPOINTMENTS {
        let since = 30 + u64::from(nth) * 2;
        let role = usize::try_from(nth).ok().and_then(|nth| ROLES.get((nth - 1) % ROLES.len())).copied();
        // A grid worker is every sixth one: these are the numbers above.
        let number = if nth % 6 == 1 { *NIGHT_PATROL.get(place(nth / 6)).unwrap_or(&103) } else { nth * 10 + 4 };
        let terms = |ended: Option<NaiveDate>| -> Result<AppointmentTerms, IdError> {
            Ok(AppointmentTerms {
                body: "演示街道".to_owned(),
                days: holds(since),
                ended,
                role: role.unwrap_or_default().to_owned(),
                site: Some(community_id(number)?),
            })
        };
        let id = format!("YS-PS{:02}", nth + 3);
        let appoint = |ended| -> Result<commands::RegisterAppointment, IdError> {
            Ok(commands::RegisterAppointment {
                appointment: id.parse()?,
                worker: worker_id(number)?,
                terms: terms(ended)?,
            })
        };
        planned.push(Planned::on(day(since), format!("demo/appointment/{id}"), appoint(None)?));
        if let Some((_, ended)) = APPOINTMENTS_ENDED.iter().find(|(ended, _)| *ended == nth) {
            let key = format!("demo/appointment-ended/{id}");
            planned.push(Planned::on(day(*ended), key, appoint(Some(day(*ended)))?));
        }
    }
    Ok(planned)
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Pairs of a member and somebody who is helped, their visits, and the end of some pairs.
pub(super) fn pairs() -> Result<Vec<Planned>, IdError> {
    let mut planned = Vec::new();
    for nth in 1..=PAIRS {
        // Members are numbered 1, 6, 11 and so on; the open work pairs the first three of them.
        let (helper, helped) = (nth * 5 + 16, nth * 7 + 220);
        let since = 40 + u64::from(nth) * 3;
        let pair = format!("YS-JD{:02}", nth + 2);
        let ended = PAIRS_ENDED.iter().find(|(ended, _)| *ended == nth).map(|(_, ended)| *ended);
        let open = |ended: Option<u64>| -> Result<commands::OpenPair, IdError> {
            let terms = PairTerms {
                branch: Some(branch_of(helper)?),
                ended: ended.map(day),
                helped: worker_id(helped)?,
                helper: worker_id(helper)?,
                since: day(since),
            };
            Ok(commands::OpenPair { pair: pair.parse()?, terms })
        };
        planned.push(Planned::on(day(since), format!("demo/pair/{pair}"), open(None)?));
        for visit in 0..VISITS {
            let on = since + 20 + u64::from(visit) * 110 + u64::from(nth % 5);
            if ended.is_some_and(|ended| ended <= on) {
                continue;
            }
            let id = format!("YS-ZF{:02}{}", nth + 2, visit + 1);
            let confirmation = AskedConfirmation { by: Some(worker_id(helped)?), on: Some(day(on + 1)) };
            let command = commands::RecordVisit {
                visit: id.parse()?,
                pair: pair.parse()?,
                activity: VISIT.parse()?,
                on: Some(day(on)),
                reporter: worker_id(helper)?,
                confirmation: Some(confirmation),
                completes: false,
            };
            planned.push(Planned::on(day(on + 1), id, command));
        }
        if let Some(ended) = ended {
            planned.push(Planned::on(day(ended), format!("demo/pair-ended/{pair}"), open(Some(ended))?));
        }
    }
    Ok(planned)
}

fn pass_no(number: u32) -> Result<PassNo, IdError> {
    PassNo::new(&format!("YS-NK{number:04}"))
}

/// Passes, what was lost of them, offers, and the slips of merchants with the money that they move.
pub(super) fn passes() -> Result<(Vec<Planned>, Vec<Moved>), IdError> {
    let mut planned = Vec::new();
    for number in (1..=PASSES).filter(|number| !PASSES_APART.contains(number)) {
        planned.push(Planned::on(day(31), format!("demo/pass/{}", pass_no(number)?), issue(number, None)?));
    }
    for (number, replacement, nth) in LOST {
        let key = format!("demo/pass-lost/{}", pass_no(number)?);
        planned.push(Planned::on(day(nth), key, issue(number, Some((replacement, nth)))?));
    }
    for (nth, (merchant, paid_of_thousand, subsidy_of_ten_thousand)) in (2..).zip(OFFERS) {
        let terms = OfferTerms {
            days: holds(31),
            fund: Some(SUBSIDIES.parse()?),
            kind: PASS_KIND.to_owned(),
            merchant: merchant_id(merchant)?,
            paid_of_thousand,
            subsidy_of_ten_thousand,
        };
        let offer = format!("YS-YH{nth:02}");
        let command = commands::RegisterOffer { offer: offer.parse()?, terms };
        planned.push(Planned::on(day(31), format!("demo/offer/{offer}"), command));
    }
    let (slips, moved) = slips()?;
    planned.extend(slips);
    Ok((planned, moved))
}

fn issue(number: u32, lost: Option<(u32, u64)>) -> Result<commands::IssuePass, IdError> {
    let terms = PassTerms {
        days: holds(31),
        kind: PASS_KIND.to_owned(),
        // Whoever lost it said so at noon.
        lost: lost.map(|(_, nth)| at(day(nth), 720)),
        since: None,
        worker: worker_id(number)?,
    };
    let replacement = lost.map(|(replacement, _)| pass_no(replacement)).transpose()?;
    Ok(commands::IssuePass { pass: pass_no(number)?, terms, replacement })
}

fn slips() -> Result<(Vec<Planned>, Vec<Moved>), IdError> {
    let mut dice = Dice::new(SEED);
    let (mut planned, mut moved) = (Vec::new(), Vec::new());
    for nth in 1..=SLIPS {
        let Some((offer, (merchant, paid, subsidy))) = dice.one_of(&OFFERS).map(|offer| {
            let place = OFFERS.iter().position(|known| known == offer).unwrap_or(0);
            (format!("YS-YH{:02}", place + 2), *offer)
        }) else {
            continue;
        };
        let time = at(day(40 + u64::from(nth) * 7), 690 + i64::from(dice.below(540)));
        let price = Fen::new(1_200 + i64::from(dice.below(120)) * 50);
        let paid = price.share_rounded(i64::from(paid), 1_000);
        let slip_no = format!("YS-XP1{nth:03}");
        let command = commands::UsePass {
            slip_no: slip_no.parse()?,
            pass: pass_no(45 + nth % 25)?,
            offer: offer.parse()?,
            at: Some(time),
            price: AskedAmount::Amount(price),
            paid: AskedAmount::Amount(paid),
        };
        let borne = (price - paid).share_down(i64::from(subsidy), 10_000);
        let owed = Some((merchant_id(merchant)?, borne));
        moved.push(Moved { at: time, owed, fund: Some(SUBSIDIES.parse()?) });
        planned.push(Planned::new(slip_no, time, command));
    }
    Ok((planned, moved))
}
