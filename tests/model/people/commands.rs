//! What is asked as the ledger is asked it, and the district that every history begins with.

use ledger_core::domain::account::Role;
use ledger_core::domain::ids::{IdError, Key};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::Validity;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime, CreditAction};
use ledger_core::ledger::{Command, Context, Submission, commands};

use super::house::{ACCOUNTS, ACTIVITIES, Actor, Ask, CARDS, POINTS, WORKERS};
use crate::days::{Day, YEAR, date, noon};

/// The branch whose cards are appraised.
pub(crate) const BRANCH: &str = "第一支部";
/// Who grants, with the machine in hand at first.
const ADMINISTRATOR: &str = "甲";
/// Who does what comes by itself.
const LEDGER: &str = "ledger";
/// Who hands out goods and seals years: nobody with an account.
const DESK: &str = "柜台";

fn id<T: std::str::FromStr<Err = IdError>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn account(number: Actor) -> String {
    format!("A{number}")
}

fn worker(number: u8) -> String {
    format!("W{number}")
}

fn given(key: &str, by: &str, day: Day, command: Command) -> Submission {
    Submission { context: Context { key: Key::new(key).expect("a key"), actor: id(by), at: noon(day) }, command }
}

fn line(number: usize, (checks, days): (u8, Day)) -> schedule::Activity {
    schedule::Activity {
        category: "志愿服务".into(),
        checks: Some(checks.into()),
        code: id(&format!("ZY{number}")),
        counts_for_card: true,
        daily_cap: None,
        name: "服务".into(),
        points_per_unit: Points::from_hundredths(POINTS * 100),
        publicity_days: Some(days.into()),
        unit: "次".into(),
        validity: Validity::Forever,
        terms: Default::default(),
    }
}

/// What there is before anything is asked.
pub(crate) fn prelude() -> Vec<Submission> {
    let activities = ACTIVITIES.iter().enumerate().map(|(number, terms)| line(number, *terms)).collect();
    let mut all: Vec<(String, &str, Command)> = vec![(
        "schedule".into(),
        DESK,
        Command::AdoptSchedule(commands::AdoptSchedule {
            activities,
            effective_from: date(0),
            settings: Settings::default(),
            first: false,
        }),
    )];
    for number in 0..WORKERS {
        let party_member = Some(CARDS.contains(&number));
        let details =
            WorkerDetails {
                occupation: "骑手".into(), party_member, platform: None, probationary: false, site: None
            };
        let register = commands::RegisterWorker { worker: id(&worker(number)), details, update: false };
        all.push((format!("w{number}"), DESK, Command::RegisterWorker(register)));
    }
    for number in CARDS {
        let (worker, card_no) = (id(&worker(number)), id(&format!("K{number}")));
        let issue = commands::IssueCard { worker, card_no, branch: id(BRANCH), update: false };
        all.push((format!("k{number}"), DESK, Command::IssueCard(issue)));
    }
    let details = StoreDetails { community: None, name: "网点".into(), tier: "微驿站".into(), site: None };
    let open = commands::OpenStore { store: id("S1"), details, update: false };
    all.push(("s".into(), DESK, Command::OpenStore(open)));
    let terms = ItemTerms {
        kind: "实物".into(),
        limit_per_worker_year: None,
        merchant: None,
        name: "毛巾".into(),
        price: Points::from_hundredths(POINTS * 100),
    };
    let list = commands::ListItem { store: id("S1"), sku: id("P1"), terms, opening_stock: 100_000 };
    all.push(("p".into(), DESK, Command::ListItem(list)));
    let mut people = vec![(ADMINISTRATOR.to_owned(), None, Role::Admin, "admin".to_owned())];
    people.extend((0..).zip(ACCOUNTS).map(|(number, is)| (account(number), is, Role::Approver, format!("g{number}"))));
    for (name, is, role, grant) in people {
        let open = commands::OpenAccount { account: id(&name), worker: is.map(|is| id(&worker(is))) };
        all.push((format!("open-{name}"), "machine-owner", Command::OpenAccount(open)));
        let give = commands::GrantRole { account: id(&name), role, scope: None, from: None, until: None };
        all.push((grant, "machine-owner", Command::GrantRole(give)));
    }
    all.into_iter().map(|(key, by, command)| given(&key, by, 0, command)).collect()
}

fn judged(key: &str, by: Actor, day: Day, credit: &str, action: CreditAction) -> Submission {
    let command = commands::JudgeCredit { credit: id(credit), action, reason: "核对".into() };
    given(key, &account(by), day, Command::JudgeCredit(command))
}

/// What is asked under a key on a day; a seal is of the state at a position.
pub(crate) fn of(key: &str, ask: &Ask, day: Day, position: u64) -> Submission {
    let (by, command) = match ask {
        Ask::Check { by, credit } => return judged(key, *by, day, credit, CreditAction::Confirm),
        Ask::Reject { by, credit } => return judged(key, *by, day, credit, CreditAction::Reject),
        Ask::Object { by, credit, anonymous } => {
            return judged(key, *by, day, credit, CreditAction::Object { anonymous: *anonymous });
        }
        Ask::Resolve { by, credit, upheld } => {
            return judged(key, *by, day, credit, CreditAction::Resolve { upheld: *upheld });
        }
        Ask::Appeal { by, credit } => return judged(key, *by, day, credit, CreditAction::Appeal),
        Ask::Reverse { by, credit } => return judged(key, *by, day, credit, CreditAction::Reverse),
        Ask::Propose { by, worker: of, activity } => {
            let record = commands::RecordCredit {
                worker: id(&worker(*of)),
                activity: id(&format!("ZY{activity}")),
                // The very day on which it is first asked, also when it is asked again.
                on: Some(date(0)),
                quantity: Some(Quantity::from_millionths(1_000_000)),
                witness: None,
                own_witness: false,
                from: None,
                to: None,
                history: false,
                worker_as_witness: Vec::new(),
                evidence: None,
            };
            (account(*by), Command::RecordCredit(record))
        }
        Ask::Settle { credit } => (LEDGER.into(), Command::SettleCredit(commands::SettleCredit { credit: id(credit) })),
        Ask::Spend { worker: of, units } => {
            let lines = vec![AskedLine { sku: id("P1"), quantity: Some((*units).into()) }];
            let (worker, store) = (id(&worker(*of)), id("S1"));
            let spending = AskedSpending { worker, store, lines, time: AskedTime::Now, proven: None };
            (DESK.into(), Command::Redeem(spending))
        }
        Ask::Grant { account: to, until } => {
            let until = until.map(date);
            let role = Role::Approver;
            let grant = commands::GrantRole { account: id(&account(*to)), role, scope: None, from: None, until };
            (ADMINISTRATOR.into(), Command::GrantRole(grant))
        }
        Ask::End { grant } => {
            let end = commands::EndGrant { grant: id(grant), on: None, reason: "调离".into(), over: false };
            (ADMINISTRATOR.into(), Command::EndGrant(end))
        }
        Ask::Lapse { grant } => {
            let end = commands::EndGrant { grant: id(grant), on: None, reason: "授权期满".into(), over: true };
            (LEDGER.into(), Command::EndGrant(end))
        }
        Ask::Seal => {
            let branch = id(BRANCH);
            let seal = commands::SealAppraisal { branch, year: YEAR, asked: None, position, digest: "0".repeat(64) };
            (DESK.into(), Command::SealAppraisal(seal))
        }
    };
    given(key, &by, day, command)
}
