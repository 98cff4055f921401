//! Who pays in the demonstration district and for what: the funds of five bodies and of an award, and what was granted of
//! them in the past.

use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::ids::{ApplicationId, IdError};
use ledger_core::domain::money::Fen;
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::refusal::Code;
use ledger_core::ledger::commands;
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};

use super::plan::{FIRST_DAY, Moved, Planned, at, day, merchant_id, worker_id};

/// Number, body, source and yuan. The open work brings the sixth one, of the trade union.
pub(super) const FUNDS: [(&str, &str, &str, i64); 5] = [
    (SUBSIDIES, "演示街道办事处", "财政支持", 80_000),
    ("YS-ZJ03", "演示平台甲", "税前列支", 60_000),
    ("YS-ZJ04", "演示街道党工委", "党费拨返", 20_000),
    ("YS-ZJ05", "演示区委组织部", "党费补助", 10_000),
    ("YS-ZJ06", "演示区人社局", "财政支持", 10_000),
];
/// What bears discounts and stays at the seaside.
pub(super) const SUBSIDIES: &str = "YS-ZJ02";
const POLICIES: u32 = 300;
const STAYS: u32 = 60;
/// Of the stays, those that were used.
const STAYS_USED: u32 = 41;
/// Who takes the guests.
const HOTEL: u32 = 20;
/// What the diploma cost, in fen: half of it is borne, rounded down. The last claim names the third one's diploma again.
const TUITIONS: [(u32, i64); 8] = [
    (15, 389_900),
    (48, 420_001),
    (92, 365_055),
    (127, 510_000),
    (163, 298_733),
    (204, 450_000),
    (251, 402_599),
    (92, 365_055),
];
const REPEATED: (usize, usize) = (8, 3);
const AWARDS: [u32; 4] = [48, 127, 204, 251];
/// Members who were looked after in a hard time.
const CARED_FOR: [u32; 5] = [56, 111, 181, 236, 351];

/// The funds, and what they pay for.
pub(super) fn setup() -> Result<Vec<Planned>, IdError> {
    let mut planned = Vec::new();
    for (fund, body, source, yuan) in FUNDS {
        let terms = FundTerms {
            appropriated: Fen::new(yuan * 100),
            body: body.to_owned(),
            source: source.to_owned(),
            year: None,
        };
        let command = commands::RegisterFund { fund: fund.parse()?, terms };
        planned.push(Planned::on(FIRST_DAY, format!("demo/fund/{fund}"), command));
    }
    for (id, name, kind, places, limit, fen) in [
        (POLICY.0, "新就业群体意外险", BenefitKind::Place, Some(POLICIES), Some(1), 12_000),
        (STAY.0, "疗休养券", BenefitKind::Voucher, Some(STAYS), Some(1), 80_000),
        (TUITION.0, "学历提升补助", BenefitKind::Grant, None, None, 0),
        (AWARD.0, "技能证书奖励", BenefitKind::Grant, None, Some(1), 0),
        (CARE.0, "党员关爱帮扶", BenefitKind::Grant, None, Some(1), 0),
    ] {
        let fund = [POLICY, STAY, TUITION, AWARD, CARE].into_iter().find(|known| known.0 == id).map(|known| known.1);
        let terms = BenefitTerms {
            approvals: None,
            fund: fund.map(str::parse).transpose()?,
            kind,
            limit_per_worker: limit,
            limit_yearly: false,
            name: name.to_owned(),
            places,
            price: Points::ZERO,
            value: Fen::new(fen),
            // To the end of the second year after, so that what was granted still holds when it is looked at.
            window: Period { from: Some(day(31)), through: Some(day(1_094)) },
        };
        let command = commands::RegisterBenefit { benefit: id.parse()?, terms };
        planned.push(Planned::on(FIRST_DAY, format!("demo/benefit/{id}"), command));
    }
    Ok(planned)
}

/// A benefit's number and the fund that pays for it.
type Paid = (&'static str, &'static str);
const POLICY: Paid = ("YS-QY05", "YS-ZJ03");
const STAY: Paid = ("YS-QY06", SUBSIDIES);
const TUITION: Paid = ("YS-QY07", "YS-ZJ04");
const AWARD: Paid = ("YS-QY08", "YS-ZJ06");
const CARE: Paid = ("YS-QY09", "YS-ZJ05");

/// What was applied for, and the money that it moved.
#[derive(Default)]
pub(super) struct Past {
    pub(super) planned: Vec<Planned>,
    pub(super) moved: Vec<Moved>,
}

impl Past {
    pub(super) fn new() -> Result<Past, IdError> {
        let mut past = Past::default();
        for number in 1..=POLICIES {
            past.apply(POLICY, &format!("YS-BX{number:04}"), number, 60 + u64::from(number / 10), None, None)?;
        }
        past.stays()?;
        past.tuitions()?;
        for (nth, worker) in (1..).zip(AWARDS) {
            past.apply(AWARD, &format!("YS-JL{nth:02}"), worker, 250 + nth * 40, None, Some(Fen::new(100_000)))?;
        }
        for (nth, worker) in (1..).zip(CARED_FOR) {
            past.apply(CARE, &format!("YS-GA{nth:02}"), worker, 360 + nth * 25, None, Some(Fen::new(50_000)))?;
        }
        Ok(past)
    }

    fn apply(
        &mut self,
        (benefit, fund): Paid,
        id: &str,
        worker: u32,
        nth: u64,
        certificate: Option<String>,
        amount: Option<Fen>,
    ) -> Result<(), IdError> {
        let time = at(day(nth), 540);
        let command = commands::ApplyBenefit {
            application: id.parse()?,
            benefit: benefit.parse()?,
            worker: worker_id(worker)?,
            at: Some(time),
            certificate: certificate.map(|number| number.parse()).transpose()?,
            amount: amount.map_or(AskedAmount::Blank, AskedAmount::Amount),
            used: None,
            completes: false,
        };
        self.planned.push(Planned::new(id, time, command));
        self.moved.push(Moved { at: time, owed: None, fund: Some(fund.parse()?) });
        Ok(())
    }

    fn stays(&mut self) -> Result<(), IdError> {
        for number in 1..=STAYS {
            let id = format!("YS-LX{number:04}");
            let nth = 150 + u64::from(number) * 2;
            self.apply(STAY, &id, 300 + number, nth, None, None)?;
            if number > STAYS_USED {
                continue;
            }
            let (time, merchant) = (at(day(nth + 30 + u64::from(number % 7)), 900), merchant_id(HOTEL)?);
            let used = AskedUse { at: Some(time), merchant: Some(merchant.clone()) };
            let application: ApplicationId = id.parse()?;
            let command = commands::UseBenefit { benefit: STAY.0.parse()?, application, used };
            self.planned.push(Planned::new(format!("demo/used/{id}"), time, command));
            self.moved.push(Moved { at: time, owed: Some((merchant, Fen::new(80_000))), fund: None });
        }
        Ok(())
    }

    fn tuitions(&mut self) -> Result<(), IdError> {
        for (number, (worker, tuition)) in (1_usize..).zip(TUITIONS) {
            let (last, first) = REPEATED;
            let diploma = if number == last { first } else { number };
            let half = Fen::new(tuition).share_down(1, 2);
            let nth = 90 + u64::try_from(number).unwrap_or(0) * 50;
            let certificate = Some(format!("YS-ZS{diploma:02}"));
            self.apply(TUITION, &format!("YS-XF{number:02}"), worker, nth, certificate, Some(half))?;
            if number == last {
                self.moved.pop();
                if let Some(claim) = self.planned.last_mut() {
                    claim.refused = Some(Code::AlreadyClaimed);
                }
            }
        }
        Ok(())
    }
}
