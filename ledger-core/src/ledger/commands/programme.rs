//! The district's programme: the journal's first event, settings, the points schedule.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::beforehand::nothing;
use super::content::Content;
use super::{Definition, check_text};
use crate::domain::event::{Event, StreamId};
use crate::domain::ids::BranchId;
use crate::domain::programme::command::Settings;
use crate::domain::programme::counter::CounterChange;
use crate::domain::programme::guards::{GuardAction, GuardKind};
use crate::domain::programme::{Programme, ProgrammeCommand};
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::schedule::{Activity, ActivityTerms, Scoring};
use crate::domain::time::Validity;
use crate::ledger::book::Book;
use crate::ledger::process::{Process, States};

/// Make the journal's first event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenJournal {
    /// The log's origin.
    pub origin: String,
    /// The hash suite's name.
    pub suite: String,
    /// Whether all that follows is made up, to show a ledger with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
}

impl Definition for OpenJournal {
    fn write_content(&self, content: &mut Content) {
        content.text("open_journal").text(&self.origin).text(&self.suite);
        if self.demonstration {
            content.text("demonstration");
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        [&self.origin, &self.suite].into_iter()
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let OpenJournal { origin, suite, demonstration } = self.clone();
        process.programme(ProgrammeCommand::Open { origin, suite, demonstration })
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

impl Definition for Settings {
    fn write_content(&self, content: &mut Content) {
        write_settings(content.text("configure"), self);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.code.iter().chain(&self.name).chain(self.tiers.iter().flatten())
    }

    fn says_when(&self) -> bool {
        false
    }

    fn settings(&self) -> Option<&Settings> {
        Some(self)
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        process.programme(ProgrammeCommand::Configure(self.clone()))
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter);
}

/// Adopt a schedule, with settings in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptSchedule {
    /// The lines.
    pub activities: Vec<Activity>,
    /// First service date it holds for.
    pub effective_from: NaiveDate,
    /// Settings to change along with it.
    pub settings: Settings,
    /// Whether it is refused where the district has a schedule: of two that were judged while there was none, one holds.
    #[serde(default)]
    pub first: bool,
}

impl AdoptSchedule {
    /// Refuses what could be adopted in no district, as its adoption would.
    ///
    /// # Errors
    /// `invalid_input`, `invalid_date`, `too_large`.
    pub fn check_alone(&self) -> Decision<()> {
        self.texts().try_for_each(|text| check_text(text))?;
        let AdoptSchedule { activities, effective_from, settings, first: _ } = self.clone();
        let nothing_known = Programme::default();
        nothing_known.decide(ProgrammeCommand::Configure(settings))?;
        nothing_known.decide(ProgrammeCommand::AdoptSchedule { activities, effective_from })?;
        Ok(())
    }
}

impl Definition for AdoptSchedule {
    fn write_content(&self, content: &mut Content) {
        let name = if self.first { "adopt_first_schedule" } else { "adopt_schedule" };
        write_settings(content.text(name).text(&self.effective_from.to_string()), &self.settings);
        self.activities.iter().for_each(|activity| write_activity(content, activity));
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        let of_lines = self.activities.iter().flat_map(|line| [&line.name, &line.category, &line.unit]);
        self.settings.texts().chain(of_lines)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn settings(&self) -> Option<&Settings> {
        Some(&self.settings)
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
    }

    /// That there is none where it is to be the first, then the settings, then the lines.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let AdoptSchedule { activities, effective_from, settings, first } = self.clone();
        if first && !process.states.programme()?.schedules().is_empty() {
            let message =
                "the district has a schedule already; change it by a version of its own, from a day of your choice";
            return Err(Refusal::new(Code::DuplicateConflict, message));
        }
        let mut events = process.programme(ProgrammeCommand::Configure(settings))?;
        events.extend(process.programme(ProgrammeCommand::AdoptSchedule { activities, effective_from })?);
        Ok(events)
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter);
}

/// Close a branch's appraisal of a year at a position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealAppraisal {
    /// 所在党支部, whose year it is.
    pub branch: BranchId,
    /// The calendar year.
    pub year: i32,
    /// The position that was asked for, if one was.
    pub asked: Option<u64>,
    /// The position whose state was appraised. It follows from what was asked and when, so it is no content: asked again
    /// later, the command is the same.
    pub position: u64,
    /// SHA-256 of the appraisal's JSON at the position, hexadecimal; no content either.
    pub digest: String,
}

impl Definition for SealAppraisal {
    fn write_content(&self, content: &mut Content) {
        content.text("seal_appraisal").text(self.branch.as_str()).number(i64::from(self.year)).maybe(self.asked);
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.digest)
    }

    fn says_when(&self) -> bool {
        false
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Programme);
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let SealAppraisal { branch, year, position, digest, .. } = self.clone();
        process.programme(ProgrammeCommand::SealAppraisal { at: process.context.at, branch, digest, position, year })
    }

    nothing!(named_key, new_ids, free_text, begins, at_counter, settings);
}

fn write_activity(content: &mut Content, activity: &Activity) {
    content
        .text(activity.code.as_str())
        .text(&activity.name)
        .text(&activity.category)
        .text(&activity.unit)
        .number(activity.points_per_unit.hundredths())
        .maybe(activity.daily_cap)
        .number(i64::from(activity.counts_for_card))
        .text(&validity_text(activity.validity));
    for (name, number) in [("checks", activity.checks), ("publicity_days", activity.publicity_days)] {
        if let Some(number) = number {
            content.text(name).number(i64::from(number));
        }
    }
    if !activity.terms.is_plain() {
        let ActivityTerms { claimers_max, monthly_cap, roles, scoring, yearly_cap } = &activity.terms;
        let scoring = scoring.map(|scoring| match scoring {
            Scoring::Rating => "rating",
            Scoring::Feedback => "feedback",
        });
        content.text("terms").maybe(*claimers_max).maybe(*monthly_cap).maybe(scoring).maybe(*yearly_cap);
        roles.iter().for_each(|role| {
            content.text(role);
        });
    }
}

/// As one text, in the words that the first version of this program happened to use, to the last blank: journals hold
/// digests of it for ever. A field that comes later must not stand in it. It is written behind it, and only where it is
/// set, so that a command without it stays the command it was: `content.text("tiers").text(…)`.
fn write_settings<'a>(content: &'a mut Content, settings: &Settings) -> &'a mut Content {
    let Settings {
        approval_required,
        checks,
        code,
        counter,
        guards,
        holidays,
        makeup_workdays,
        name,
        points_step,
        publicity_days,
        tiers,
        working_days,
    } = settings;
    let approval_required = in_some(approval_required.map(|required| required.to_string()));
    let code = in_some(code.as_deref().map(quoted));
    let name = in_some(name.as_deref().map(quoted));
    let points_step = in_some(points_step.map(|step| format!("Points({})", step.hundredths())));
    let publicity_days = in_some(publicity_days.map(|days| days.to_string()));
    // What came later stands here only where it is set: a command without it is the command it always was.
    let self_witness = guards.get(&GuardKind::SelfWitness);
    let later = [
        self_witness.map(|guard| format!(", self_witness: {}", guard.action.as_str())),
        tiers.as_ref().map(|tiers| {
            format!(", tiers: [{}]", tiers.iter().map(|tier| quoted(tier)).collect::<Vec<_>>().join(", "))
        }),
    ];
    let later: String = later.into_iter().flatten().collect();
    content.text(&format!(
        "Settings {{ approval_required: {approval_required}, code: {code}, name: {name}, \
         points_step: {points_step}, publicity_days: {publicity_days}{later} }}"
    ));
    if let Some(checks) = checks {
        content.text("checks").number(i64::from(*checks));
    }
    for (name, days) in [("holidays", holidays), ("makeup_workdays", makeup_workdays)] {
        if let Some(days) = days {
            content.text(name).number(i64::try_from(days.len()).unwrap_or(i64::MAX));
            days.iter().for_each(|day| {
                content.maybe(Some(*day));
            });
        }
    }
    if let Some(working_days) = working_days {
        content.text("working_days").number(i64::from(*working_days));
    }
    let CounterChange { counter_proof, offline_floor, offline_total, redeem_back_days } = counter;
    for (name, points) in [("offline_floor", offline_floor), ("offline_total", offline_total)] {
        if let Some(points) = points {
            content.text(name).number(points.hundredths());
        }
    }
    if let Some(days) = redeem_back_days {
        content.text("redeem_back_days").number(i64::from(*days));
    }
    if let Some(proof) = counter_proof {
        content.text("counter_proof").text(proof.as_str());
    }
    for (kind, guard) in guards.iter().filter(|(kind, _)| **kind != GuardKind::SelfWitness) {
        let over = if guard.action == GuardAction::Off { None } else { guard.over };
        content.text("guard").text(kind.code().as_str()).text(guard.action.as_str()).maybe(over.map(i64::from));
    }
    content
}

fn in_some(value: Option<String>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}

/// In double quotes. Outside ASCII it rests on the standard library for which characters are written as numbers: those
/// that Unicode has not assigned, that cannot be seen, or that belong to the one before.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for found in text.chars() {
        match found {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\0' => quoted.push_str("\\0"),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            ' '..='~' => quoted.push(found),
            '\u{1}'..='\u{7f}' => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(found))),
            _ => quoted.extend(found.escape_debug()),
        }
    }
    quoted.push('"');
    quoted
}

fn validity_text(validity: Validity) -> String {
    match validity {
        Validity::Months(months) => format!("Months({months})"),
        Validity::YearEnd => "YearEnd".to_owned(),
        Validity::Forever => "Forever".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::quoted;

    proptest! {
        /// The words of the first version were those of `Debug`.
        #[test]
        fn texts_are_quoted_as_they_were(text in any::<String>()) {
            prop_assert_eq!(quoted(&text), format!("{text:?}"));
        }
    }

    #[test]
    fn every_character_is_quoted_as_it_was() {
        let all: String = (char::MIN..=char::MAX).collect();
        assert!(quoted(&all) == format!("{all:?}"));
    }
}
