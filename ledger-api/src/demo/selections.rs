//! Two selections of the demonstration district: one whose list hangs out, with equal ones on it and an objection to answer,
//! and one that candidates can still agree to. Days are counted back from the day on which it is filled in.

use chrono::{Days, NaiveDate};
use ledger_core::domain::ids::{ActivityCode, Actor, IdError};
use ledger_core::domain::selection::command::{Indicator, Measure, SelectionTerms};
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::{Ledger, commands};

use super::DemoError;
use super::once::{self, Plan};
use super::plan::worker_id;

/// The first of these commands: whether they were given.
const FIRST_KEY: &str = "demo/selections";
/// The one whose list hangs out.
pub(super) const PUBLIC: &str = "YS-PX01";
/// The one that candidates agree to.
const OPEN: &str = "YS-PX02";
/// Who agreed to either, by the number of the worker. Of the first list, the eighth and the fourteenth come out equal, at its
/// last place.
const CANDIDATES: [&[u32]; 2] = [&[1, 3, 8, 9, 12, 14, 19, 20], &[2, 5, 9]];
/// Of the paper that each of them signed: made up, as they are.
const PAPER: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Gives them: what the district does is done by nobody who can be tried, so that each role still has a part to take.
///
/// # Errors
/// [`DemoError`].
pub(super) async fn begin(ledger: &Ledger, operator: &Actor) -> Result<(), DemoError> {
    once::begin(ledger, operator, FIRST_KEY, plan).await
}

/// All of them with their keys and whether the district itself gives them, in order.
fn plan(now: BusinessTime) -> Result<Plan, IdError> {
    let today = now.date();
    let ago = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let ahead = |days: u64| today.checked_add_days(Days::new(days)).unwrap_or(today);
    let public = SelectionTerms {
        places: 3,
        tie_by: None,
        ..terms(
            "最美骑手",
            ago(1),
            Some(ago(2)),
            vec![
                indicator("服务天数", Measure::ServiceDays, 2, &[])?,
                indicator("助老次数", Measure::Services, 5, &["ZY02"])?,
            ],
        )
    };
    let open =
        terms("旅游年卡", ahead(15), Some(ahead(10)), vec![indicator("志愿时长", Measure::Quantity, 1, &["ZY01"])?]);
    let mut commands = Vec::new();
    for (id, terms, workers, days) in [(PUBLIC, public, CANDIDATES[0], 3), (OPEN, open, CANDIDATES[1], 1)] {
        let announce = commands::AnnounceSelection { selection: id.parse()?, terms };
        let key = if id == PUBLIC { FIRST_KEY.to_owned() } else { format!("demo/announced/{id}") };
        commands.push((key, true, announce.into()));
        for worker in workers {
            let worker = worker_id(*worker)?;
            let key = format!("demo/agreed/{id}/{worker}");
            let (on, paper) = (Some(ago(days)), Some(PAPER.to_owned()));
            let word = commands::GiveWord { selection: id.parse()?, worker, withdraws: false, on, paper };
            commands.push((key, false, word.into()));
        }
    }
    let selection = || PUBLIC.parse();
    commands.push(("demo/sealed".to_owned(), true, commands::SealSelection { selection: selection()? }.into()));
    commands.push(("demo/drawn".to_owned(), true, commands::DrawSelection { selection: selection()? }.into()));
    let objection = commands::ObjectToSelection {
        selection: selection()?,
        objection: "demo/selection-objection".parse()?,
        candidate: worker_id(CANDIDATES[0][0])?,
        reason: "有一天的服务记了两次，请核对签到表".to_owned(),
    };
    commands.push(("demo/selection-objection".to_owned(), false, objection.into()));
    Ok(commands)
}

fn terms(
    name: &str,
    cut_off: NaiveDate,
    consent_until: Option<NaiveDate>,
    indicators: Vec<Indicator>,
) -> SelectionTerms {
    SelectionTerms {
        consent_until,
        cut_off,
        from: None,
        indicators,
        name: name.to_owned(),
        occupations: Vec::new(),
        places: 10,
        publicity_days: 5,
        tie_by: None,
    }
}

fn indicator(code: &str, measure: Measure, weight: u32, activities: &[&str]) -> Result<Indicator, IdError> {
    let activities = activities.iter().map(|code| code.parse()).collect::<Result<Vec<ActivityCode>, _>>()?;
    Ok(Indicator { activities, code: code.parse()?, measure, weight })
}
