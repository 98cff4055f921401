//! What is asked of the ledger, in plain texts and whole numbers: the reference model and the real ledger are given
//! the same. Points are hundredths, quantities millionths, as in the contract. Owns the translation into the ledger's
//! own commands and nothing of what they mean.

use std::fmt::Debug;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Month, Validity};
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime, CreditAction};
use ledger_core::ledger::{Command, Context, Submission, commands};

/// How long lots last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasting {
    Months(u32),
    YearEnd,
    Forever,
}

/// A line of the points schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) code: &'static str,
    pub(crate) category: &'static str,
    pub(crate) rate: i64,
    pub(crate) cap: Option<i64>,
    pub(crate) lasting: Lasting,
    pub(crate) card: bool,
}

/// What is decided about a credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Confirm,
    Reject,
    Reverse,
    Object,
    Uphold,
    Dismiss,
    Appeal,
}

/// When a redemption or hold was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Now,
    At(NaiveDateTime),
    Unreadable,
}

/// What somebody wants to spend points on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Basket {
    pub(crate) worker: String,
    pub(crate) store: String,
    pub(crate) lines: Vec<(String, Option<u32>)>,
    pub(crate) when: When,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    #[allow(dead_code, reason = "the contract suite shares this vocabulary and uses less of it")]
    Open,
    Configure {
        checks: Option<u32>,
        publicity_days: Option<u32>,
        step: Option<i64>,
        /// Whether only working days count, from Monday to Friday but for a holiday.
        working: Option<bool>,
    },
    Adopt {
        lines: Vec<Line>,
        from: NaiveDate,
    },
    Register {
        worker: String,
        occupation: String,
        party_member: Option<bool>,
        update: bool,
    },
    Depart {
        worker: String,
    },
    IssueCard {
        worker: String,
        card: String,
        branch: String,
        update: bool,
    },
    MoveCard {
        worker: String,
        branch: String,
    },
    CloseCard {
        worker: String,
    },
    RegisterMerchant {
        merchant: String,
        name: String,
        update: bool,
    },
    Pay {
        merchant: String,
        month: NaiveDate,
        points: i64,
    },
    OpenStore {
        store: String,
        name: String,
        update: bool,
    },
    CloseStore {
        store: String,
    },
    ReopenStore {
        store: String,
    },
    List {
        store: String,
        sku: String,
        price: i64,
        limit: Option<u32>,
        merchant: Option<String>,
        opening: u32,
    },
    Delist {
        store: String,
        sku: String,
    },
    Restock {
        store: String,
        sku: String,
        quantity: u32,
        merchant: Option<String>,
    },
    Count {
        store: String,
        sku: String,
        counted: u32,
    },
    WriteOff {
        store: String,
        sku: String,
        quantity: u32,
    },
    Credit {
        worker: String,
        activity: String,
        on: Option<NaiveDate>,
        quantity: Option<i64>,
    },
    Judge {
        credit: String,
        verdict: Verdict,
    },
    Settle {
        credit: String,
    },
    Redeem(Basket),
    Reverse {
        redemption: String,
    },
    Hold {
        basket: Basket,
        seconds: u32,
    },
    Capture {
        hold: String,
    },
    Release {
        hold: String,
        expired: bool,
    },
    Expire {
        worker: String,
        through: NaiveDate,
    },
}

/// A command with its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) key: String,
    pub(crate) actor: &'static str,
    pub(crate) at: NaiveDateTime,
    pub(crate) ask: Ask,
}

/// The log's origin in every journal of these tests.
pub(crate) const ORIGIN: &str = "nuanxin/model";

const REASON: &str = "核对台账";

fn id<T: FromStr>(text: &str) -> T
where
    T::Err: Debug,
{
    text.parse().expect("the tests' identifiers can be read")
}

impl Asked {
    /// As the ledger takes it.
    pub(crate) fn submission(&self) -> Submission {
        let context = Context { key: id(&self.key), actor: id(self.actor), at: BusinessTime::from_civil(self.at) };
        Submission { context, command: self.ask.command() }
    }
}

impl Ask {
    fn command(&self) -> Command {
        let reason = REASON.to_owned();
        match self.clone() {
            Ask::Open => Command::OpenJournal(commands::OpenJournal {
                origin: ORIGIN.to_owned(),
                suite: "sha-256".to_owned(),
                demonstration: false,
            }),
            Ask::Configure { checks, publicity_days, step, working } => Command::Configure(Settings {
                checks,
                working_days: working,
                points_step: step.map(Points::from_hundredths),
                publicity_days,
                ..Settings::default()
            }),
            Ask::Adopt { lines, from } => Command::AdoptSchedule(commands::AdoptSchedule {
                activities: lines.iter().map(activity).collect(),
                effective_from: from,
                settings: Settings::default(),
                first: false,
            }),
            Ask::Register { worker, occupation, party_member, update } => {
                let details =
                    WorkerDetails { occupation, party_member, platform: None, probationary: false, site: None };
                Command::RegisterWorker(commands::RegisterWorker { worker: id(&worker), details, update })
            }
            Ask::Depart { worker } => Command::DepartWorker(commands::DepartWorker { worker: id(&worker), reason }),
            Ask::IssueCard { worker, card, branch, update } => Command::IssueCard(commands::IssueCard {
                worker: id(&worker),
                card_no: id(&card),
                branch: id(&branch),
                update,
            }),
            Ask::MoveCard { worker, branch } => {
                Command::MoveCard(commands::MoveCard { worker: id(&worker), branch: id(&branch) })
            }
            Ask::CloseCard { worker } => Command::CloseCard(commands::CloseCard { worker: id(&worker), reason }),
            Ask::RegisterMerchant { merchant, name, update } => {
                let details = MerchantDetails { category: None, name, uscc: "91350100M000100Y43".to_owned() };
                Command::RegisterMerchant(commands::RegisterMerchant { merchant: id(&merchant), details, update })
            }
            Ask::Pay { merchant, month, points } => Command::PaySettlement(commands::PaySettlement {
                merchant: id(&merchant),
                month: Month::of(month),
                points: Points::from_hundredths(points),
                amount: None,
                reference: "凭证".to_owned(),
            }),
            Ask::OpenStore { store, name, update } => {
                let details = StoreDetails { community: None, name, tier: "社区级".to_owned(), site: None };
                Command::OpenStore(commands::OpenStore { store: id(&store), details, update })
            }
            Ask::CloseStore { store } => Command::CloseStore(commands::CloseStore { store: id(&store), reason }),
            Ask::ReopenStore { store } => Command::ReopenStore(commands::ReopenStore { store: id(&store) }),
            Ask::List { store, sku, price, limit, merchant, opening } => Command::ListItem(commands::ListItem {
                store: id(&store),
                sku: id(&sku),
                terms: ItemTerms {
                    kind: "实物".to_owned(),
                    limit_per_worker_year: limit,
                    merchant: merchant.as_deref().map(id),
                    name: "毛巾".to_owned(),
                    price: Points::from_hundredths(price),
                },
                opening_stock: opening,
            }),
            Ask::Delist { store, sku } => {
                Command::DelistItem(commands::DelistItem { store: id(&store), sku: id(&sku), reason })
            }
            Ask::Restock { store, sku, quantity, merchant } => Command::Restock(commands::Restock {
                store: id(&store),
                sku: id(&sku),
                quantity,
                merchant: merchant.as_deref().map(id),
            }),
            Ask::Count { store, sku, counted } => {
                Command::CountStock(commands::CountStock { store: id(&store), sku: id(&sku), counted, reason })
            }
            Ask::WriteOff { store, sku, quantity } => {
                Command::WriteOffStock(commands::WriteOffStock { store: id(&store), sku: id(&sku), quantity, reason })
            }
            Ask::Credit { worker, activity, on, quantity } => Command::RecordCredit(commands::RecordCredit {
                worker: id(&worker),
                activity: id(&activity),
                on,
                quantity: quantity.map(Quantity::from_millionths),
                witness: Some("证明人甲".to_owned()),
                own_witness: false,
                from: None,
                to: None,
                history: false,
                worker_as_witness: Vec::new(),
                evidence: None,
            }),
            Ask::Judge { credit, verdict } => {
                Command::JudgeCredit(commands::JudgeCredit { credit: id(&credit), action: action(verdict), reason })
            }
            Ask::Settle { credit } => Command::SettleCredit(commands::SettleCredit { credit: id(&credit) }),
            Ask::Redeem(basket) => Command::Redeem(spending(&basket)),
            Ask::Reverse { redemption } => {
                Command::ReverseRedemption(commands::ReverseRedemption { redemption: id(&redemption), reason })
            }
            Ask::Hold { basket, seconds } => {
                Command::PlaceHold(commands::PlaceHold { spending: spending(&basket), lasts_seconds: seconds })
            }
            Ask::Capture { hold } => Command::CaptureHold(commands::CaptureHold { hold: id(&hold) }),
            Ask::Release { hold, expired } => {
                Command::ReleaseHold(commands::ReleaseHold { hold: id(&hold), expired, reason: None })
            }
            Ask::Expire { worker, through } => {
                Command::ExpireLots(commands::ExpireLots { worker: id(&worker), through })
            }
        }
    }
}

fn activity(line: &Line) -> Activity {
    Activity {
        category: line.category.to_owned(),
        checks: None,
        code: id(line.code),
        counts_for_card: line.card,
        daily_cap: line.cap.map(Points::from_hundredths),
        name: "活动".to_owned(),
        points_per_unit: Points::from_hundredths(line.rate),
        publicity_days: None,
        unit: "小时".to_owned(),
        validity: match line.lasting {
            Lasting::Months(months) => Validity::Months(months),
            Lasting::YearEnd => Validity::YearEnd,
            Lasting::Forever => Validity::Forever,
        },
        terms: Default::default(),
    }
}

const fn action(verdict: Verdict) -> CreditAction {
    match verdict {
        Verdict::Confirm => CreditAction::Confirm,
        Verdict::Reject => CreditAction::Reject,
        Verdict::Reverse => CreditAction::Reverse,
        Verdict::Object => CreditAction::Object { anonymous: false },
        Verdict::Appeal => CreditAction::Appeal,
        Verdict::Uphold => CreditAction::Resolve { upheld: true },
        Verdict::Dismiss => CreditAction::Resolve { upheld: false },
    }
}

fn spending(basket: &Basket) -> AskedSpending {
    AskedSpending {
        worker: id(&basket.worker),
        proven: None,
        store: id(&basket.store),
        lines: basket.lines.iter().map(|(sku, quantity)| AskedLine { sku: id(sku), quantity: *quantity }).collect(),
        time: match basket.when {
            When::Now => AskedTime::Now,
            When::At(time) => AskedTime::At(BusinessTime::from_civil(time)),
            When::Unreadable => AskedTime::Unreadable,
        },
    }
}
