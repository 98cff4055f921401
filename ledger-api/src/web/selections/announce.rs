//! Announcing a selection: the form's lines become the formula. What was typed comes back where it is refused.

use chrono::{Datelike, NaiveDate};
use ledger_core::domain::ids::{ActivityCode, IndicatorCode};
use ledger_core::domain::refusal::Code;
use ledger_core::domain::selection::command::{Indicator, Measure, SelectionTerms};
use ledger_core::ledger::{Command, commands};

use crate::access::policy::{CommandKind, Target, Who, allow};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::reading::{date, read_date};
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, give};

/// How many lines the form has; longer formulas are announced over the API.
pub(super) const INDICATORS: usize = 4;
/// Fields that a form sends, and that are shown again.
const KEPT: &[&str] = &[
    "id",
    "name",
    "from",
    "cut_off",
    "consent_until",
    "places",
    "publicity_days",
    "code",
    "measure",
    "activities",
    "weight",
    "tie_by",
    "occupations",
    "minutes",
    "candidate",
    "reason",
    "revised",
    "because",
    "worker",
    "on",
    "paper",
];

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct Typed(Vec<(&'static str, Vec<String>)>);

impl Typed {
    pub(super) fn of(fields: &Fields) -> Typed {
        Typed(KEPT.iter().map(|name| (*name, fields.all(name).map(str::to_owned).collect())).collect())
    }

    /// What a new announcement begins with.
    pub(super) fn fresh(number: String, today: NaiveDate) -> Typed {
        let first = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
        let one = |name, value: String| (name, vec![value]);
        Typed(vec![
            one("id", number),
            one("from", first.to_string()),
            one("cut_off", today.to_string()),
            one("places", "10".to_owned()),
            one("publicity_days", "5".to_owned()),
            one("weight", "1".to_owned()),
        ])
    }

    pub(super) fn is_blank(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.nth(name, &1)
    }

    /// What was typed, or else something.
    pub(super) fn or<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        Some(self.get(name)).filter(|text| !text.is_empty()).unwrap_or(otherwise)
    }

    /// Of a field that comes more than once, the first one being 1.
    pub(super) fn nth(&self, name: &str, nth: &usize) -> &str {
        let values = self.0.iter().find(|(found, _)| *found == name).map(|(_, values)| values);
        values.and_then(|values| values.get(nth.checked_sub(1)?)).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn is(&self, name: &str, nth: &usize) -> bool {
        self.get(name) == nth.to_string()
    }
}

/// Announces what a form says; gives its id.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn announce(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    allow(Who::Bearer(&visitor.must()?.identity), CommandKind::AnnounceSelection, Target::District)?;
    let (selection, terms) = (read_id(fields.get("id"))?, terms(fields)?);
    if let Some(until) = terms.consent_until.filter(|until| *until < today(app)) {
        let what =
            format!("consent_until: {until} is over, so nobody could agree; write today or a later day, or none");
        return Err(ServiceError::refused(Code::InvalidDate, what).into());
    }
    let command = commands::AnnounceSelection { selection, terms };
    let id = command.selection.to_string();
    give(app, visitor, fields.get("key"), Command::from(command)).await?;
    Ok(id)
}

/// Whether nobody could agree any more to what a form announces.
pub(super) fn is_over(app: &App, fields: &Fields) -> bool {
    read_date(fields.get("consent_until")).is_some_and(|until| until < today(app))
}

fn terms(fields: &Fields) -> Result<SelectionTerms, ServiceError> {
    let lines = (0..INDICATORS).filter_map(|at| line(fields, at).transpose());
    let indicators: Vec<(usize, Indicator)> = lines.collect::<Result<_, _>>()?;
    let chosen: Option<usize> = fields.get("tie_by").parse::<usize>().ok().and_then(|nth| nth.checked_sub(1));
    let tie_by = match chosen {
        None => None,
        Some(at) => {
            let found = indicators.iter().find(|(line, _)| *line == at).map(|(_, indicator)| indicator.code.clone());
            Some(found.ok_or_else(|| wrong(&format!("tie_by: line {} of the formula is blank", at + 1)))?)
        }
    };
    let missing = || ServiceError::refused(Code::InvalidDate, "cut_off: no date is given; write YYYY-MM-DD");
    Ok(SelectionTerms {
        consent_until: date("consent_until", fields.get("consent_until"))?,
        cut_off: date("cut_off", fields.get("cut_off"))?.ok_or_else(missing)?,
        from: date("from", fields.get("from"))?,
        indicators: indicators.into_iter().map(|(_, indicator)| indicator).collect(),
        name: fields.get("name").to_owned(),
        occupations: named(fields.get("occupations")).map(str::to_owned).collect(),
        places: whole("places", fields.get("places"))?,
        publicity_days: whole("publicity_days", fields.get("publicity_days"))?,
        tie_by,
    })
}

/// A line of the formula; none where its name is blank.
fn line(fields: &Fields, at: usize) -> Result<Option<(usize, Indicator)>, ServiceError> {
    let of = |name: &str| fields.all(name).nth(at).unwrap_or_default();
    if of("code").is_empty() {
        return Ok(None);
    }
    let measure = match of("measure") {
        "credited_points" => Measure::CreditedPoints,
        "quantity" => Measure::Quantity,
        "services" => Measure::Services,
        _ => Measure::ServiceDays,
    };
    let activities = named(of("activities")).map(read_id::<ActivityCode>).collect::<Result<_, _>>()?;
    let (code, weight) = (read_id::<IndicatorCode>(of("code"))?, whole("weight", of("weight"))?);
    Ok(Some((at, Indicator { activities, code, measure, weight })))
}

/// Several in one field.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split(['、', ',', '，', ';', '；', ' ', '　']).filter(|one| !one.is_empty())
}

fn whole(name: &str, text: &str) -> Result<u32, ServiceError> {
    text.parse().map_err(|_| wrong(&format!("{name}: a whole number is needed")))
}

fn wrong(message: &str) -> ServiceError {
    ServiceError::refused(Code::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn several_in_one_field_are_parted_however_people_part_them() {
        assert_eq!(named("ZY01、ZY02，LB01 WX01,").collect::<Vec<_>>(), ["ZY01", "ZY02", "LB01", "WX01"]);
        assert_eq!(named(" ").count(), 0);
    }
}
