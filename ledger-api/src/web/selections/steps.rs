//! What can be done on a selection's page now, and doing it. Who may is asked of the policy; whether it is the time for it is
//! told beforehand, and judged by the ledger.

use chrono::NaiveDate;
use ledger_core::domain::ids::{SelectionId, WorkerId};
use ledger_core::domain::selection::state::Stage;
use ledger_core::ledger::{Command, commands};
use projections::queries::selection::SelectionRecord;

use crate::access::policy::{CommandKind, Target, Who, allow, may_ever};
use crate::app::App;
use crate::service::ServiceError;
use crate::service::keys::read_key;
use crate::service::reading::date;
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, give};
use crate::web::words::Words;

/// A worker's own word.
pub(super) struct OwnWord {
    /// The day on which it was given; blank where it was not.
    pub(super) agreed: String,
    /// It can still be taken back.
    pub(super) open: bool,
    /// It can no longer be given.
    pub(super) over: bool,
    /// Since when it stands.
    pub(super) stands: &'static str,
}

pub(super) fn own_word(w: &Words, record: &SelectionRecord, worker: &str, today: NaiveDate) -> OwnWord {
    let state = &record.state;
    let agreed = state.candidates().iter().find(|(id, _)| id.as_str() == worker).map(|(_, on)| on.to_string());
    let open = state.stage() == Stage::Announced;
    let until = state.terms().and_then(|terms| terms.consent_until);
    OwnWord {
        agreed: agreed.unwrap_or_default(),
        open,
        over: !open || until.is_some_and(|until| today > until),
        stands: w.selections.seal_told,
    }
}

/// What whoever looks can do now.
#[derive(Default)]
pub(super) struct Steps {
    /// What has to be waited for.
    pub(super) wait: String,
    pub(super) seals: bool,
    pub(super) draws: bool,
    pub(super) records: bool,
    pub(super) objects: bool,
    pub(super) revises: bool,
    /// Enters what candidates signed.
    pub(super) by_paper: bool,
}

impl Steps {
    pub(super) fn of(w: &Words, who: Who<'_>, record: &SelectionRecord, today: NaiveDate) -> Steps {
        let may = |kind: CommandKind| allow(who, kind, Target::District).is_ok();
        let (state, s) = (&record.state, w.selections);
        let Some(terms) = state.terms() else { return Steps::default() };
        let mut steps = Steps::default();
        match (state.stage(), state.list()) {
            (Stage::Announced, _) => {
                // What one may enter of oneself stands in a form of its own.
                steps.by_paper = may_ever(who, CommandKind::ConsentToSelection) && is_desk(who);
                let first = terms.consent_until.and_then(|until| until.succ_opt()).max(Some(terms.cut_off));
                let first = first.filter(|first| today < *first);
                if may(CommandKind::SealSelection) {
                    match first {
                        Some(first) => steps.wait = s.seal_from(&first.to_string()),
                        None if state.candidates().is_empty() => s.nobody_yet.clone_into(&mut steps.wait),
                        None => steps.seals = true,
                    }
                }
            }
            (Stage::Sealed, _) => steps.draws = may(CommandKind::DrawSelection),
            (Stage::Drawn, Some(list)) => {
                let public = today <= list.public_until;
                steps.objects = public && may(CommandKind::ObjectToSelection);
                steps.revises = may(CommandKind::ReviseSelection);
                let settled = state
                    .objections()
                    .values()
                    .all(|objection| objection.answer.as_ref().is_some_and(|answer| !answer.upheld || answer.followed));
                if may(CommandKind::RecordResult) {
                    if public && terms.publicity_days > 0 {
                        steps.wait = s.record_from(&list.public_until.to_string());
                    } else if settled {
                        steps.records = true;
                    } else {
                        s.settle_first.clone_into(&mut steps.wait);
                    }
                }
            }
            (Stage::Drawn, None) | (Stage::Recorded, _) => {}
        }
        steps
    }

    /// Whether there is a next step to be told.
    pub(super) const fn any(&self) -> bool {
        self.seals || self.draws || self.records || !self.wait.is_empty()
    }
}

fn is_desk(who: Who<'_>) -> bool {
    match who {
        Who::Bearer(identity) => identity.acts_as(crate::access::Role::Operator),
        Who::Owner | Who::Ledger | Who::Slip(_) => false,
    }
}

/// Does what a form asks for; gives what is said of it.
///
/// # Errors
/// [`Trouble`].
pub(super) async fn take(app: &App, visitor: &Visitor, id: &str, fields: &Fields) -> Result<&'static str, Trouble> {
    let s = visitor.words().selections;
    let selection: SelectionId = id.parse().map_err(|_| Trouble::NotFound)?;
    let key = fields.get("key");
    let word = |worker: WorkerId, withdraws: bool, on: Option<NaiveDate>, paper: Option<String>| {
        Command::from(commands::GiveWord { selection: selection.clone(), worker, withdraws, on, paper })
    };
    let own = || -> Result<WorkerId, Trouble> {
        let worker = visitor.must()?.identity.own_account().ok_or(crate::access::policy::Denied)?;
        Ok(read_id(worker)?)
    };
    let candidate = |name: &str| read_id::<WorkerId>(&fields.get(name).to_uppercase());
    let text = |name: &str| fields.get(name).to_owned();
    let (command, said) = match fields.get("do") {
        "agree" => (word(own()?, false, None, None), s.agreed),
        "withdraw" => (word(own()?, true, None, None), s.withdrawn),
        what @ ("agree_by_paper" | "withdraw_by_paper") => {
            let on = date("on", fields.get("on"))?;
            let paper = Some(text("paper").to_lowercase());
            (word(candidate("worker")?, what == "withdraw_by_paper", on, paper), s.word_entered)
        }
        "seal" => (commands::SealSelection { selection }.into(), s.seal_told),
        "draw" => (commands::DrawSelection { selection }.into(), s.draw_told),
        "object" => {
            let (objection, candidate) = ((&read_key(key)?).into(), candidate("candidate")?);
            let command = commands::ObjectToSelection { selection, objection, candidate, reason: text("reason") };
            (command.into(), s.object_told)
        }
        what @ ("uphold" | "dismiss") => {
            let (objection, upheld) = (read_id(fields.get("objection"))?, what == "uphold");
            let command = commands::AnswerObjection { selection, objection, upheld, reason: text("reason") };
            (command.into(), s.answered)
        }
        what @ ("revise" | "remove") => {
            let (candidate, remove) = (candidate("revised")?, what == "remove");
            let command = commands::ReviseSelection { selection, candidate, remove, reason: text("because") };
            (command.into(), s.revised)
        }
        "record" => {
            let minutes = text("minutes").to_lowercase();
            (commands::RecordResult { selection, minutes }.into(), s.result_told)
        }
        _ => return Err(ServiceError::unreadable("do: nothing of that name can be done here").into()),
    };
    give(app, visitor, key, command).await?;
    Ok(said)
}
