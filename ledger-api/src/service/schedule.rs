//! The versions of the points schedule (积分标准): from which day each holds, who adopted it, and what differs between two.

use std::collections::BTreeMap;

use ledger_core::domain::ids::ActivityCode;
use ledger_core::domain::points::Points;
use ledger_core::domain::schedule::{Activity, ActivityTerms, ScheduleVersion, Scoring};
use ledger_core::domain::time::Validity;

use super::ServiceError;
use super::reading::may_read;
use crate::access::policy::{Read, Target, Who, allow};
use crate::app::App;

/// A version with its adoption.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// Its number, first day and lines.
    pub version: ScheduleVersion,
    /// The entry that recorded it.
    pub position: u64,
    /// When it was recorded, RFC 3339.
    pub recorded_at: String,
    /// By which account, for whoever may know.
    pub by: Option<String>,
}

/// All versions, in order of adoption.
///
/// # Errors
/// [`ServiceError`].
pub async fn versions(app: &App, who: Who<'_>) -> Result<Vec<Adopted>, ServiceError> {
    let reading = may_read(who, Read::Schedule, Target::District)?;
    reading.at_least(app, None).await?;
    let told = allow(who, Read::WhatIf, Target::District).is_ok();
    let mut adopted = Vec::new();
    for (version, position) in app.views.adoptions().await?.value {
        let entry = app.ledger.journal().read(position.saturating_sub(1), 1).await?.into_iter().next();
        let Some(entry) = entry else { continue };
        adopted.push(Adopted {
            version,
            position,
            recorded_at: entry.command.recorded_at.to_string(),
            by: told.then(|| entry.command.actor.to_string()),
        });
    }
    Ok(adopted)
}

/// What a line says of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 活动名称.
    Name,
    /// 类别.
    Category,
    /// 计分单位.
    Unit,
    /// 每单位积分.
    PointsPerUnit,
    /// 每日上限.
    DailyCap,
    /// 每月上限.
    MonthlyCap,
    /// 每年上限.
    YearlyCap,
    /// 计入积分卡.
    Card,
    /// 有效月数.
    Validity,
    /// 审核人数.
    Checks,
    /// 公示天数.
    PublicityDays,
    /// 计分时点.
    Scoring,
    /// 最多认领人数.
    Claimers,
    /// 需具角色.
    Roles,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words.
    Text(String),
    /// Points; none where there is no cap.
    Points(Option<Points>),
    /// A number; none where the district's holds.
    Count(Option<u32>),
    /// Yes or no.
    Whether(bool),
    /// How long.
    Lasts(Validity),
    /// When points ripen; none when recorded.
    Ripens(Option<Scoring>),
}

/// What became of an activity from one schedule to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has other terms: each with before and after.
    Changed(Vec<(Field, Value, Value)>),
}

/// What a line says, field by field, in the order of the sheet.
pub fn fields(line: &Activity) -> [(Field, Value); 14] {
    let Activity {
        category,
        checks,
        code: _,
        counts_for_card,
        daily_cap,
        name,
        points_per_unit,
        publicity_days,
        terms: ActivityTerms { claimers_max, monthly_cap, roles, scoring, yearly_cap },
        unit,
        validity,
    } = line;
    [
        (Field::Name, Value::Text(name.clone())),
        (Field::Category, Value::Text(category.clone())),
        (Field::Unit, Value::Text(unit.clone())),
        (Field::PointsPerUnit, Value::Points(Some(*points_per_unit))),
        (Field::DailyCap, Value::Points(*daily_cap)),
        (Field::MonthlyCap, Value::Points(*monthly_cap)),
        (Field::YearlyCap, Value::Points(*yearly_cap)),
        (Field::Card, Value::Whether(*counts_for_card)),
        (Field::Validity, Value::Lasts(*validity)),
        (Field::Checks, Value::Count(*checks)),
        (Field::PublicityDays, Value::Count(*publicity_days)),
        (Field::Scoring, Value::Ripens(*scoring)),
        (Field::Claimers, Value::Count(*claimers_max)),
        (Field::Roles, Value::Text(roles.join("、"))),
    ]
}

/// What differs between two schedules, by activity: its code, its name, what became of it.
pub fn differences(before: &[Activity], after: &[Activity]) -> Vec<(ActivityCode, String, Change)> {
    let by_code = |lines: &[Activity]| -> BTreeMap<ActivityCode, Activity> {
        lines.iter().map(|line| (line.code.clone(), line.clone())).collect()
    };
    let (old, new) = (by_code(before), by_code(after));
    let mut differences = Vec::new();
    for (code, line) in &new {
        let change = match old.get(code) {
            None => Change::Added,
            Some(was) if was == line => continue,
            Some(was) => {
                let pairs = fields(was).into_iter().zip(fields(line));
                let changed = pairs.filter(|((_, was), (_, is))| was != is);
                Change::Changed(changed.map(|((field, was), (_, is))| (field, was, is)).collect())
            }
        };
        differences.push((code.clone(), line.name.clone(), change));
    }
    let gone = old.iter().filter(|entry| !new.contains_key(entry.0));
    differences.extend(gone.map(|(code, line)| (code.clone(), line.name.clone(), Change::Removed)));
    differences
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::points::Points;
    use ledger_core::domain::schedule::{Activity, ActivityTerms};
    use ledger_core::domain::time::Validity;

    use super::{Change, Field, Value, differences};

    fn line(code: &str) -> Activity {
        Activity {
            category: "志愿服务".into(),
            checks: None,
            code: code.parse().unwrap(),
            counts_for_card: true,
            daily_cap: None,
            name: format!("活动{code}"),
            points_per_unit: Points::from_whole(2),
            publicity_days: None,
            terms: ActivityTerms::default(),
            unit: "次".into(),
            validity: Validity::Forever,
        }
    }

    #[test]
    fn what_is_new_what_is_gone_and_what_changed_is_told_by_field() {
        let cap = Some(Points::from_whole(10));
        let changed = Activity { daily_cap: cap, counts_for_card: false, ..line("B") };
        let told = differences(&[line("A"), line("B"), line("C")], &[line("C"), changed, line("D")]);
        let of = |code: &str| told.iter().find(|(other, ..)| other.as_str() == code).map(|(_, _, change)| change);
        assert_eq!((of("A"), of("C"), of("D")), (Some(&Change::Removed), None, Some(&Change::Added)));
        let fields = vec![
            (Field::DailyCap, Value::Points(None), Value::Points(cap)),
            (Field::Card, Value::Whether(true), Value::Whether(false)),
        ];
        assert_eq!(of("B"), Some(&Change::Changed(fields)));
    }
}
