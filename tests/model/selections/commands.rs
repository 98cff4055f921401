//! What is asked as the ledger is asked it, and the district that every history begins with.

use ledger_core::domain::account::Role;
use ledger_core::domain::ids::{ActivityCode, IdError, IndicatorCode, Key, SelectionId, WorkerId};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule;
use ledger_core::domain::selection::command::{Indicator, Measure, SelectionTerms};
use ledger_core::domain::time::Validity;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, Context, Submission, commands};

use super::office::{
    ACCOUNTS, Actor, Ask, COURIER, OFFICIAL, Paper, Published, RATES, SELECTIONS, Terms, WEIGHTS, WORKERS,
};
use crate::days::{Day, date, noon};

/// Who records services and takes them back, opens accounts and grants roles: nobody with an account.
const DESK: &str = "录入员";
/// See [`DESK`]: another person.
const CHECKER: &str = "复核员";

fn id<T: std::str::FromStr<Err = IdError>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn account(number: Actor) -> String {
    format!("A{number}")
}

fn worker(number: u8) -> WorkerId {
    id(&format!("W{number}"))
}

/// A selection's id.
pub(crate) fn selection(number: u8) -> SelectionId {
    id(&format!("PX{number}"))
}

/// Of a paper, or of minutes.
fn digest() -> String {
    "0f".repeat(32)
}

fn given(key: &str, by: &str, day: Day, command: Command) -> Submission {
    Submission { context: Context { key: Key::new(key).expect("a key"), actor: id(by), at: noon(day) }, command }
}

/// What there is before anything is asked.
pub(crate) fn prelude() -> Vec<Submission> {
    let line = |(number, points): (usize, i64)| schedule::Activity {
        category: "志愿服务".into(),
        checks: None,
        code: id(&format!("ZY{number}")),
        counts_for_card: true,
        daily_cap: None,
        name: "服务".into(),
        points_per_unit: Points::from_hundredths(points * 100),
        publicity_days: None,
        unit: "次".into(),
        validity: Validity::Forever,
        terms: Default::default(),
    };
    let adopt = commands::AdoptSchedule {
        activities: RATES.into_iter().enumerate().map(line).collect(),
        effective_from: date(0),
        settings: Settings::default(),
        first: false,
    };
    let mut all = vec![("schedule".to_owned(), Command::AdoptSchedule(adopt))];
    for number in (0..WORKERS).chain([OFFICIAL]) {
        let occupation = if number == COURIER { "快递员" } else { "骑手" };
        let details = WorkerDetails {
            occupation: occupation.into(),
            party_member: None,
            platform: None,
            probationary: false,
            site: None,
        };
        let register = commands::RegisterWorker { worker: worker(number), details, update: false };
        all.push((format!("w{number}"), Command::RegisterWorker(register)));
    }
    for (number, is) in (0..).zip(ACCOUNTS) {
        let (name, role) = (account(number), Role::Operator);
        let open = commands::OpenAccount { account: id(&name), worker: is.map(worker) };
        all.push((format!("open-{name}"), Command::OpenAccount(open)));
        let give = commands::GrantRole { account: id(&name), role, scope: None, from: None, until: None };
        all.push((format!("grant-{name}"), Command::GrantRole(give)));
    }
    all.into_iter().map(|(key, command)| given(&key, DESK, 1, command)).collect()
}

/// The formula: one indicator for each figure, in the order of the office's.
fn terms(number: u8, terms: Terms) -> SelectionTerms {
    let Published { from, cut_off, consent_until, places, publicity, riders_only, tie_by } =
        &SELECTIONS[usize::from(number)];
    let first = || vec![id::<ActivityCode>(if terms == Terms::Unknown { "MY99" } else { "ZY0" })];
    let counted = [
        ("次数", Measure::Services, first()),
        ("积分", Measure::CreditedPoints, Vec::new()),
        ("数量", Measure::Quantity, first()),
        ("天数", Measure::ServiceDays, Vec::new()),
    ];
    let code = |at: usize| id::<IndicatorCode>(counted[at].0);
    let indicator = |(at, weight): (usize, i64)| Indicator {
        activities: counted[at].2.clone(),
        code: code(at),
        measure: counted[at].1,
        weight: u32::try_from(weight).expect("a weight"),
    };
    SelectionTerms {
        consent_until: consent_until.map(date),
        cut_off: date(*cut_off),
        from: from.map(date),
        indicators: WEIGHTS.into_iter().enumerate().map(indicator).collect(),
        name: "最美骑手".into(),
        occupations: if *riders_only { vec!["骑手".to_owned()] } else { Vec::new() },
        places: u32::try_from(*places).expect("few places") + u32::from(terms == Terms::Other),
        publicity_days: u32::from(*publicity),
        tie_by: tie_by.map(code),
    }
}

/// What is asked under a key on a day.
pub(crate) fn of(key: &str, ask: &Ask, day: Day) -> Submission {
    let reason = || "核对".to_owned();
    let (by, command) = match *ask {
        Ask::Serve { worker: of, activity, units, on } => {
            let record = commands::RecordCredit {
                worker: worker(of),
                activity: id(&format!("ZY{activity}")),
                on: Some(date(on)),
                quantity: Some(Quantity::from_millionths(i64::from(units) * 1_000_000)),
                witness: None,
                own_witness: false,
                from: None,
                to: None,
                history: false,
                worker_as_witness: Vec::new(),
                evidence: None,
            };
            return given(key, DESK, day, Command::RecordCredit(record));
        }
        Ask::Reverse { ref credit } => {
            let (credit, action) = (id(credit), CreditAction::Reverse);
            let judge = commands::JudgeCredit { credit, action, reason: reason() };
            return given(key, CHECKER, day, Command::JudgeCredit(judge));
        }
        Ask::Announce { selection: number, by, terms: asked } => {
            let announce = commands::AnnounceSelection { selection: selection(number), terms: terms(number, asked) };
            (by, Command::AnnounceSelection(announce))
        }
        Ask::Word { selection: number, worker: of, by, withdraws, on, paper } => {
            let paper = match paper {
                Paper::None => None,
                Paper::Signed => Some(digest()),
                Paper::NoDigest => Some("0F".into()),
            };
            let (selection, worker) = (selection(number), worker(of));
            (by, Command::GiveWord(commands::GiveWord { selection, worker, withdraws, on: on.map(date), paper }))
        }
        Ask::Seal { selection: number, by } => {
            (by, Command::SealSelection(commands::SealSelection { selection: selection(number) }))
        }
        Ask::Draw { selection: number, by } => {
            (by, Command::DrawSelection(commands::DrawSelection { selection: selection(number) }))
        }
        Ask::Object { selection: number, candidate, by } => {
            let (selection, objection, candidate) = (selection(number), id(key), worker(candidate));
            let object = commands::ObjectToSelection { selection, objection, candidate, reason: reason() };
            (by, Command::ObjectToSelection(object))
        }
        Ask::Answer { selection: number, ref objection, upheld, by } => {
            let (selection, objection) = (selection(number), id(objection));
            let answer = commands::AnswerObjection { selection, objection, upheld, reason: reason() };
            (by, Command::AnswerObjection(answer))
        }
        Ask::Revise { selection: number, candidate, remove, by } => {
            let (selection, candidate) = (selection(number), worker(candidate));
            let revise = commands::ReviseSelection { selection, candidate, remove, reason: reason() };
            (by, Command::ReviseSelection(revise))
        }
        Ask::Record { selection: number, by, digest: whole } => {
            let minutes = if whole { digest() } else { "纪要".into() };
            (by, Command::RecordResult(commands::RecordResult { selection: selection(number), minutes }))
        }
    };
    given(key, &account(by), day, command)
}
