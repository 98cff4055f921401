//! The two points schedules (积分标准) of the demonstration district, as districts publish them: that of 2025, and the one
//! that reformed it a year later. Credits keep the rate of their day.

use chrono::NaiveDate;
use ledger_core::domain::ids::IdError;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::schedule::{Activity, ActivityTerms, Scoring};
use ledger_core::domain::time::Validity;
use ledger_core::ledger::commands;

use super::plan::{FIRST_DAY, Planned};

/// From when on the second schedule holds.
pub(super) const REFORM: NaiveDate = match NaiveDate::from_ymd_opt(2026, 1, 1) {
    Some(day) => day,
    None => FIRST_DAY,
};
/// Who is appointed to go round at night.
pub(super) const GRID_WORKER: &str = "兼职网格员";
/// What a confirmed visit within a pair is scored as.
pub(super) const VISIT: &str = "LB02";

/// An activity with the quantities that are usual for it.
pub(super) struct Usual {
    pub(super) code: &'static str,
    name: &'static str,
    category: &'static str,
    unit: &'static str,
    rate: &'static str,
    cap: &'static str,
    counts_for_card: bool,
    validity: Validity,
    pub(super) quantities: &'static [&'static str],
}

const HOURS: &[&str] = &["1", "1.5", "2", "2", "2.5", "3"];
const TIMES: &[&str] = &["1", "1", "1", "2"];
const MONTHS_24: Validity = Validity::Months(24);
const MONTHS_12: Validity = Validity::Months(12);

macro_rules! usual {
    ($code:literal $name:literal $category:literal $unit:literal $rate:literal $cap:literal $card:literal $validity:expr, $quantities:expr) => {
        Usual {
            code: $code,
            name: $name,
            category: $category,
            unit: $unit,
            rate: $rate,
            cap: $cap,
            counts_for_card: $card,
            validity: $validity,
            quantities: $quantities,
        }
    };
}

/// What is scored when it is recorded. The last one's quantities pass its daily cap now and then.
pub(super) const ACTIVITIES: [Usual; 12] = [
    usual!("ZY01" "社区志愿服务" "志愿服务" "小时" "10" "60" true MONTHS_24, HOURS),
    usual!("ZY02" "为独居老人送餐" "志愿服务" "次" "5" "20" true MONTHS_24, TIMES),
    usual!("WM01" "文明劝导" "文明创建" "小时" "8" "32" true Validity::YearEnd, HOURS),
    usual!("WM02" "环境整治" "文明创建" "次" "6" "12" true MONTHS_24, &["1", "2", "3"]),
    usual!("PA01" "平安巡查" "平安建设" "小时" "8" "32" true MONTHS_24, HOURS),
    usual!("PA02" "安全隐患上报" "平安建设" "件" "2.5" "20" true MONTHS_12, TIMES),
    usual!("SC01" "食品安全随手拍" "市场监管" "件" "3" "15" false MONTHS_12, TIMES),
    usual!("ZC01" "政策宣讲" "政策宣传" "次" "10" "20" true MONTHS_24, TIMES),
    usual!("LB01" "联络帮带" "联络帮带" "次" "15" "30" true MONTHS_24, TIMES),
    usual!("WX01" "认领办理微心愿" "微心愿" "件" "20" "60" true Validity::Forever, &["1"]),
    usual!("PD01" "网格派单" "网格派单" "件" "6" "30" true Validity::YearEnd, TIMES),
    usual!("XX01" "线上学习打卡" "政策宣传" "次" "1" "1" false Validity::YearEnd, &["1", "1", "1", "3"]),
];
/// What the first schedule gave for a unit where the second one gives something else.
const BEFORE: [(&str, &str); 4] = [("LB01", "12"), ("PD02", "5"), ("WX02", "15"), ("YH01", "3")];

/// Both schedules.
pub(super) fn setup() -> Result<Vec<Planned>, IdError> {
    let adopt = |key: &str, effective_from: NaiveDate| {
        let activities = lines(effective_from)?;
        let command =
            commands::AdoptSchedule { activities, effective_from, settings: Settings::default(), first: false };
        Ok(Planned::on(FIRST_DAY, key, command))
    };
    Ok(vec![adopt("demo/schedule", FIRST_DAY)?, adopt("demo/schedule/reform", REFORM)?])
}

/// The lines of the schedule that holds from a day on.
fn lines(from: NaiveDate) -> Result<Vec<Activity>, IdError> {
    let reformed = from >= REFORM;
    let usual = ACTIVITIES.iter().map(|usual| {
        Ok(Activity {
            category: usual.category.to_owned(),
            checks: None,
            code: usual.code.parse()?,
            counts_for_card: usual.counts_for_card,
            daily_cap: Points::parse(usual.cap),
            name: usual.name.to_owned(),
            points_per_unit: rate(usual.code, usual.rate, reformed),
            publicity_days: None,
            unit: usual.unit.to_owned(),
            validity: usual.validity,
            terms: ActivityTerms::default(),
        })
    });
    let mut lines = usual.collect::<Result<Vec<_>, IdError>>()?;
    // An order could be claimed by one alone before the reform.
    let claimers = reformed.then_some(2);
    let rating = |claimers_max, roles: &[&str]| ActivityTerms {
        claimers_max,
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        scoring: Some(Scoring::Rating),
        ..ActivityTerms::default()
    };
    let feedback = ActivityTerms { scoring: Some(Scoring::Feedback), ..ActivityTerms::default() };
    for (code, name, category, unit, points, terms) in [
        ("WX02", "认领微心愿", "微心愿", "件", "20", rating(None, &[])),
        ("PD02", "网格派单办理", "网格派单", "件", "6", rating(claimers, &[])),
        ("PD03", "夜间巡护派单", "网格派单", "件", "12", rating(None, &[GRID_WORKER])),
        ("YH01", "安全隐患随手报", "平安建设", "件", "5", feedback),
        (VISIT, "三必访走访", "联络帮带", "次", "4", ActivityTerms::default()),
    ] {
        let points_per_unit = rate(code, points, reformed);
        lines.push(Activity {
            category: category.to_owned(),
            checks: None,
            code: code.parse()?,
            counts_for_card: true,
            daily_cap: Some(points_per_unit + points_per_unit + points_per_unit),
            name: name.to_owned(),
            points_per_unit,
            publicity_days: None,
            terms,
            unit: unit.to_owned(),
            validity: MONTHS_24,
        });
    }
    Ok(lines)
}

fn rate(code: &str, now: &str, reformed: bool) -> Points {
    let before = BEFORE.iter().find(|(known, _)| !reformed && *known == code).map(|(_, rate)| *rate);
    Points::parse(before.unwrap_or(now)).unwrap_or_default()
}
