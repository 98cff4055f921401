//! Whatever a ledger accepts can be read again, however extreme the times, durations, quantities, points and texts: every
//! entry is decoded, verified and copied, and the journal opens again and takes another command.

mod prelude;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use ledger_core::domain::account::Role;
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::ids::Key;
use ledger_core::domain::means::Means;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::counter::CounterChange;
use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
use ledger_core::domain::proof::CounterProof;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::request::command::Work;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::selection::command::{Indicator, Measure, SelectionTerms};
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Month, Validity};
use ledger_core::domain::worker::command::{AppointmentTerms, WorkerDetails};
use ledger_core::evidence::hash::HashSuite;
use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::transfer::transfer;
use ledger_core::journal::{Journal, RecordedTime};
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime, CreditAction};
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::commands::visits::AskedConfirmation;
use ledger_core::ledger::{Command, Context, Ledger, LedgerSettings, Outcome, Submission, commands};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::ask::ORIGIN;
use crate::backends::Backend;
use prelude::{BODY, DIGEST, TODAY, prelude, programmes};

const COMMANDS_MAX: usize = 60;
const USCC: &str = "91350100M000100Y43";

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an identifier")
}

/// A command with its key and time, and what the clock says then.
#[derive(Debug, Clone)]
struct Given {
    key: String,
    at: BusinessTime,
    clock: i64,
    command: Command,
}

fn select<T: Clone + std::fmt::Debug + 'static>(from: &'static [T]) -> BoxedStrategy<T> {
    prop::sample::select(from).boxed()
}

/// Ordinary days, the ends of the years that are kept, and the ends of everything.
fn civil() -> BoxedStrategy<NaiveDateTime> {
    let days = select(&[
        (2024, 4, 2),
        (2024, 3, 5),
        (2024, 2, 29),
        (1900, 1, 1),
        (1899, 12, 31),
        (9898, 12, 31),
        (9997, 12, 31),
        (9998, 12, 31),
        (9999, 12, 31),
        (10_000, 1, 1),
        (0, 1, 1),
        (262_142, 12, 31),
        (-262_143, 1, 1),
    ]);
    let times = select(&[(0, 0, 0), (9, 0, 0), (23, 0, 0), (23, 59, 59)]);
    (days, times)
        .prop_map(|((year, month, day), (hour, minute, second))| {
            let day = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
            day.and_hms_opt(hour, minute, second).expect("a time")
        })
        .boxed()
}

fn time() -> BoxedStrategy<BusinessTime> {
    civil().prop_map(BusinessTime::from_civil).boxed()
}

fn day() -> BoxedStrategy<NaiveDate> {
    civil().prop_map(|civil| civil.date()).boxed()
}

fn micros(time: BusinessTime) -> i64 {
    chrono::DateTime::parse_from_rfc3339(&time.to_string()).expect("an instant").timestamp_micros()
}

fn clock() -> BoxedStrategy<i64> {
    let ordinary = BusinessTime::parse(&format!("{TODAY}T09:00:00+08:00")).expect("a time");
    let late = BusinessTime::parse("9998-12-31T23:30:00+08:00").expect("a time");
    let beyond = BusinessTime::from_civil(
        NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day").and_hms_opt(9, 0, 0).expect("a time"),
    );
    let [ordinary, late, beyond] = [ordinary, late, beyond].map(micros);
    prop_oneof![6 => Just(ordinary), 6 => Just(late), 2 => Just(beyond), 1 => select(&[0, -1, i64::MAX, i64::MIN])]
        .boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        6 => Just("骑手".to_owned()),
        1 => select(&["", " ", "\u{0}", "\n\t", "\u{7f}", "\u{2028}\u{feff}😀\"\\", "\u{10ffff}"]).prop_map(str::to_owned),
        1 => (499_usize..502).prop_map(|length| "界".repeat(length)),
    ]
    .boxed()
}

fn points() -> BoxedStrategy<Points> {
    let extreme = select(&[i64::MIN, -1, 0, 1, 50, 100_000_000_000, 100_000_000_001, i64::MAX]);
    prop_oneof![2 => Just(100_i64), 1 => extreme].prop_map(Points::from_hundredths).boxed()
}

fn units() -> BoxedStrategy<u32> {
    prop_oneof![2 => Just(1_u32), 1 => select(&[0, 10_000_000, 10_000_001, u32::MAX])].boxed()
}

fn quantity() -> BoxedStrategy<Option<Quantity>> {
    let extreme = select(&[i64::MIN, -1, 0, 1, 1_000_000_000_000, i64::MAX]);
    let quantity = prop_oneof![3 => Just(1_000_000_i64), 1 => extreme].prop_map(Quantity::from_millionths);
    prop::option::weighted(0.95, quantity).boxed()
}

fn name(prefix: &'static str) -> BoxedStrategy<String> {
    prop_oneof![12 => Just(format!("{prefix}1")), 2 => Just(format!("{prefix}2")), 1 => Just("界".repeat(64))].boxed()
}

/// The key of an earlier command of the history, by chance of the right kind.
fn earlier() -> BoxedStrategy<String> {
    let own = (0..COMMANDS_MAX).prop_map(|number| format!("k{number}"));
    prop_oneof![3 => own, 2 => (8_usize..12).prop_map(|number| format!("p{number}"))].boxed()
}

fn activity() -> BoxedStrategy<Activity> {
    let validity = prop_oneof![
        select(&[0_u32, 1, 12, 1_200, 1_201, u32::MAX]).prop_map(Validity::Months),
        Just(Validity::YearEnd),
        Just(Validity::Forever),
    ];
    (text(), points(), prop::option::of(points()), validity, text())
        .prop_map(|(name, points_per_unit, daily_cap, validity, unit)| Activity {
            category: "志愿服务".into(),
            checks: None,
            code: id("A1"),
            counts_for_card: true,
            daily_cap,
            name,
            points_per_unit,
            publicity_days: None,
            unit,
            validity,
            terms: Default::default(),
        })
        .boxed()
}

fn settings() -> BoxedStrategy<Settings> {
    (
        prop::option::of(any::<bool>()),
        prop::option::of(text()),
        prop::option::weighted(0.3, points()),
        prop::option::of(select(&[0_u32, 3, 366, 367, u32::MAX])),
        guards(),
        prop::option::of(0_u32..4),
        prop::option::of(any::<bool>()),
        prop::option::weighted(0.2, prop::collection::vec(day(), 0..3)),
        prop::option::weighted(0.2, prop::collection::vec(text(), 0..3)),
    )
        .prop_map(
            |(approval_required, name, points_step, publicity_days, guards, checks, working_days, holidays, tiers)| {
                Settings {
                    approval_required,
                    checks,
                    code: name.clone(),
                    counter: CounterChange {
                        counter_proof: working_days.map(|on| if on { CounterProof::Pin } else { CounterProof::Code }),
                        offline_floor: points_step,
                        offline_total: points_step,
                        redeem_back_days: publicity_days,
                    },
                    guards,
                    makeup_workdays: holidays.clone(),
                    holidays,
                    name,
                    points_step,
                    publicity_days,
                    tiers,
                    working_days,
                }
            },
        )
        .boxed()
}

fn guards() -> BoxedStrategy<BTreeMap<GuardKind, Guard>> {
    let guard = (
        select(&[GuardAction::Off, GuardAction::Flag, GuardAction::Refuse]),
        prop::option::of(select(&[0_u32, 8, 10_000, 10_001, u32::MAX])),
    );
    let guard = guard.prop_map(|(action, over)| Guard { action, over });
    prop::collection::btree_map(select(&GuardKind::ALL), guard, 0..3).boxed()
}

fn spending() -> BoxedStrategy<AskedSpending> {
    let line = (name("P"), prop::option::weighted(0.95, units()))
        .prop_map(|(sku, quantity)| AskedLine { sku: id(&sku), quantity });
    let when =
        prop_oneof![3 => Just(AskedTime::Now), 6 => time().prop_map(AskedTime::At), 1 => Just(AskedTime::Unreadable)];
    (name("W"), name("S"), prop::collection::vec(line, 0..3), when)
        .prop_map(|(worker, store, lines, time)| AskedSpending {
            worker: id(&worker),
            store: id(&store),
            lines,
            time,
            proven: None,
        })
        .boxed()
}

fn people() -> BoxedStrategy<Command> {
    let details = (text(), prop::option::of(any::<bool>()), prop::option::of(text())).prop_map(
        |(occupation, party_member, platform)| WorkerDetails {
            occupation,
            party_member,
            platform,
            probationary: false,
            site: None,
        },
    );
    let action = select(&[
        CreditAction::Confirm,
        CreditAction::Confirm,
        CreditAction::Reject,
        CreditAction::Reverse,
        CreditAction::Object { anonymous: false },
        CreditAction::Object { anonymous: true },
        CreditAction::Appeal,
        CreditAction::Resolve { upheld: true },
        CreditAction::Resolve { upheld: false },
    ]);
    prop_oneof![
        3 => (name("W"), details, any::<bool>())
            .prop_map(|(worker, details, update)| Command::RegisterWorker(commands::RegisterWorker { worker: id(&worker), details, update })),
        1 => (name("W"), text(), any::<bool>())
            .prop_map(|(worker, reason, oneself)| Command::EraseWorker(commands::EraseWorker { worker: id(&worker), reason, oneself })),
        1 => text().prop_map(|reason| Command::DepartWorker(commands::DepartWorker { worker: id("W2"), reason })),
        1 => (name("W"), text()).prop_map(|(kept, reason)| {
            // The last command of every history is W1's.
            Command::MergeWorkers(commands::MergeWorkers { kept: id(&kept), absorbed: id("W2"), reason })
        }),
        2 => (name("W"), name("C"), name("B"), any::<bool>()).prop_map(|(worker, card, branch, update)| {
            Command::IssueCard(commands::IssueCard { worker: id(&worker), card_no: id(&card), branch: id(&branch), update })
        }),
        2 => (name("W"), name("B")).prop_map(|(worker, branch)| Command::MoveCard(commands::MoveCard { worker: id(&worker), branch: id(&branch) })),
        1 => (name("W"), text()).prop_map(|(worker, reason)| Command::CloseCard(commands::CloseCard { worker: id(&worker), reason })),
        8 => (name("W"), prop::option::weighted(0.95, day()), quantity(), prop::option::of(text()), any::<bool>()).prop_map(
            |(worker, on, quantity, witness, own_witness)| Command::RecordCredit(commands::RecordCredit {
                worker: id(&worker),
                activity: id("A1"),
                on,
                quantity,
                evidence: witness.clone(),
                witness,
                own_witness,
                from: None,
                to: None,
                history: false,
                worker_as_witness: Vec::new(),
            })),
        4 => (earlier(), action, text())
            .prop_map(|(credit, action, reason)| Command::JudgeCredit(commands::JudgeCredit { credit: id(&credit), action, reason })),
        2 => prop_oneof![earlier(), public()].prop_map(|credit| Command::SettleCredit(commands::SettleCredit { credit: id(&credit) })),
        4 => (name("W"), day()).prop_map(|(worker, through)| Command::ExpireLots(commands::ExpireLots { worker: id(&worker), through })),
    ]
    .boxed()
}

fn accounts() -> BoxedStrategy<Command> {
    let role = prop::sample::select(Role::ALL.to_vec());
    let days = (prop::option::of(day()), prop::option::of(day()));
    let scope = prop::option::of(prop_oneof![2 => name("S"), 1 => text()]);
    let grant = || prop_oneof![2 => Just("p17".to_owned()), 1 => earlier()];
    prop_oneof![
        2 => (name("A"), prop::option::of(name("W"))).prop_map(|(account, worker)| {
            Command::OpenAccount(commands::OpenAccount { account: id(&account), worker: worker.map(|worker| id(&worker)) })
        }),
        4 => (name("A"), role, scope, days).prop_map(|(account, role, scope, (from, until))| {
            Command::GrantRole(commands::GrantRole { account: id(&account), role, scope, from, until })
        }),
        2 => grant().prop_map(|grant| Command::ConfirmGrant(commands::ConfirmGrant { grant: id(&grant) })),
        2 => (grant(), prop::option::of(day()), text(), any::<bool>()).prop_map(|(grant, on, reason, over)| {
            Command::EndGrant(commands::EndGrant { grant: id(&grant), on, reason, over })
        }),
    ]
    .boxed()
}

fn goods() -> BoxedStrategy<Command> {
    let merchant = || prop::option::of(name("M").prop_map(|merchant| id(&merchant)));
    let terms = (text(), prop::option::of(units()), merchant(), points()).prop_map(|(name, limit, merchant, price)| {
        ItemTerms { kind: name.clone(), limit_per_worker_year: limit, merchant, name, price }
    });
    let shelf = || (name("S"), name("P"));
    prop_oneof![
        2 => (name("M"), text(), select(&[USCC, USCC, "123", ""]), any::<bool>()).prop_map(|(merchant, name, uscc, update)| {
            let details = MerchantDetails { category: Some(name.clone()), name, uscc: uscc.into() };
            Command::RegisterMerchant(commands::RegisterMerchant { merchant: id(&merchant), details, update })
        }),
        3 => (name("M"), day(), points(), text()).prop_map(|(merchant, day, points, reference)| {
            Command::PaySettlement(commands::PaySettlement { merchant: id(&merchant), month: Month::of(day), points, amount: None, reference })
        }),
        1 => (name("S"), text(), text(), any::<bool>()).prop_map(|(store, name, tier, update)| {
            let details = StoreDetails { community: Some(tier.clone()), name, tier, site: None };
            Command::OpenStore(commands::OpenStore { store: id(&store), details, update })
        }),
        1 => (name("S"), text()).prop_map(|(store, reason)| Command::CloseStore(commands::CloseStore { store: id(&store), reason })),
        2 => name("S").prop_map(|store| Command::ReopenStore(commands::ReopenStore { store: id(&store) })),
        3 => (shelf(), terms, units()).prop_map(|((store, sku), terms, opening_stock)| {
            Command::ListItem(commands::ListItem { store: id(&store), sku: id(&sku), terms, opening_stock })
        }),
        1 => (shelf(), text()).prop_map(|((store, sku), reason)| Command::DelistItem(commands::DelistItem { store: id(&store), sku: id(&sku), reason })),
        3 => (shelf(), units(), merchant()).prop_map(|((store, sku), quantity, merchant)| {
            Command::Restock(commands::Restock { store: id(&store), sku: id(&sku), quantity, merchant })
        }),
        2 => (shelf(), units(), text()).prop_map(|((store, sku), counted, reason)| {
            Command::CountStock(commands::CountStock { store: id(&store), sku: id(&sku), counted, reason })
        }),
        2 => (shelf(), units(), text()).prop_map(|((store, sku), quantity, reason)| {
            Command::WriteOffStock(commands::WriteOffStock { store: id(&store), sku: id(&sku), quantity, reason })
        }),
    ]
    .boxed()
}

fn sites() -> BoxedStrategy<Command> {
    let details = (text(), prop::option::of(day()), prop::option::of(name("Y")), prop::collection::vec(text(), 0..3))
        .prop_map(|(name, opened, parent, services)| SiteDetails {
            kind: name.clone(),
            name,
            opened,
            parent: parent.map(|parent| id(&parent)),
            services,
        });
    let if_known = prop_oneof![
        Just(IfKnown::Refuse),
        Just(IfKnown::Keep),
        prop::option::of(day()).prop_map(|closed| IfKnown::Update { closed }),
    ];
    prop_oneof![
        4 => (name("Y"), details, if_known)
            .prop_map(|(site, details, if_known)| Command::OpenSite(commands::OpenSite { site: id(&site), details, if_known })),
        2 => (name("Y"), prop::option::of(name("Y")), prop::option::of(day())).prop_map(|(site, parent, on)| {
            Command::MoveSite(commands::MoveSite { site: id(&site), parent: parent.map(|parent| id(&parent)), on })
        }),
        2 => (name("Y"), prop::option::of(day()), prop::option::of(text()))
            .prop_map(|(site, on, reason)| Command::CloseSite(commands::CloseSite { site: id(&site), on, reason })),
        2 => (name("Y"), prop::collection::vec(text(), 0..3), prop::option::of(day()))
            .prop_map(|(site, services, on)| Command::SetServices(commands::SetServices { site: id(&site), services, on })),
    ]
    .boxed()
}

fn fen() -> BoxedStrategy<Fen> {
    let extreme = select(&[i64::MIN, -1, 0, 1, 850, 1_000_000_000_000, 1_000_000_000_001, i64::MAX]);
    prop_oneof![2 => Just(1_000_i64), 1 => extreme].prop_map(Fen::new).boxed()
}

fn period() -> BoxedStrategy<Period> {
    (prop::option::weighted(0.3, day()), prop::option::weighted(0.3, day()))
        .prop_map(|(from, through)| Period { from, through })
        .boxed()
}

/// What an office keeps and sends again: always of the first of its kind, so that rows find it.
fn registers() -> BoxedStrategy<Command> {
    let appointment = (name("W"), text(), period(), prop::option::of(day())).prop_map(|(worker, role, days, ended)| {
        let terms = AppointmentTerms { body: role.clone(), days, ended, role, site: None };
        commands::RegisterAppointment { appointment: id("PS1"), worker: id(&worker), terms }.into()
    });
    let pair =
        (name("W"), name("W"), day(), prop::option::weighted(0.2, day())).prop_map(|(helper, helped, since, ended)| {
            let terms = PairTerms { branch: None, ended, helped: id(&helped), helper: id(&helper), since };
            commands::OpenPair { pair: id("BD1"), terms }.into()
        });
    let fund = (fen(), text()).prop_map(|(appropriated, body)| {
        let terms = FundTerms { appropriated, source: body.clone(), body, year: None };
        commands::RegisterFund { fund: id("ZJ1"), terms }.into()
    });
    let kind = select(&[BenefitKind::Place, BenefitKind::Voucher, BenefitKind::Grant]);
    let benefit = (kind, prop::option::of(units()), points(), fen(), period(), any::<bool>()).prop_map(
        |(kind, places, price, value, window, funded)| {
            let (fund, name) = (funded.then(|| id("ZJ1")), "体检".to_owned());
            let (limit_per_worker, limit_yearly) = (places, funded);
            let terms = BenefitTerms { fund, kind, limit_per_worker, limit_yearly, name, places, price, value, window };
            commands::RegisterBenefit { benefit: id("QY1"), terms }.into()
        },
    );
    let pass = (name("W"), period(), prop::option::weighted(0.3, time())).prop_map(|(worker, days, lost)| {
        let terms = PassTerms { days, kind: "优享卡".into(), lost, since: None, worker: id(&worker) };
        commands::IssuePass { pass: id("NXK1"), terms, replacement: Some(id("NXK2")) }.into()
    });
    let offer = (period(), units(), units()).prop_map(|(days, paid, subsidy)| {
        let terms = OfferTerms {
            days,
            fund: Some(id("ZJ1")),
            kind: "优享卡".into(),
            merchant: id("M1"),
            paid_of_thousand: paid.saturating_mul(850),
            subsidy_of_ten_thousand: subsidy,
        };
        commands::RegisterOffer { offer: id("YH1"), terms }.into()
    });
    prop_oneof![appointment, pair, fund, benefit, pass, offer].boxed()
}

/// Selections, of which the histories find one at each of its steps.
fn selections() -> BoxedStrategy<Command> {
    let of = || select(&["PX1", "PX2", "PX3", "PX4", "PX5"]).prop_map(id).boxed();
    let drawn = || select(&["PX3", "PX4", "PX4", "PX1"]).prop_map(id).boxed();
    let measure = select(&[Measure::CreditedPoints, Measure::Services, Measure::ServiceDays]);
    let announce = (of(), day(), prop::option::weighted(0.2, day()), measure, 1_u32..4).prop_map(
        |(selection, cut_off, from, measure, few)| {
            let indicator = Indicator { activities: Vec::new(), code: id("I1"), measure, weight: few };
            let terms = SelectionTerms {
                consent_until: None,
                cut_off,
                from,
                indicators: vec![indicator],
                name: "最美骑手".into(),
                occupations: Vec::new(),
                places: few,
                publicity_days: few,
                tie_by: None,
            };
            commands::AnnounceSelection { selection, terms }.into()
        },
    );
    let word =
        (of(), name("W"), any::<bool>(), prop::option::of(day())).prop_map(|(selection, worker, withdraws, on)| {
            let paper = Some(DIGEST.to_owned());
            commands::GiveWord { selection, worker: id(&worker), withdraws, on, paper }.into()
        });
    let seal = of().prop_map(|selection| commands::SealSelection { selection }.into());
    let draw = of().prop_map(|selection| commands::DrawSelection { selection }.into());
    let row = || prop_oneof![1 => Just(0_usize), 1 => 0_usize..4];
    let object = (drawn(), row(), name("W"), text()).prop_map(|(selection, row, candidate, reason)| {
        let (objection, candidate) = (id(&format!("YY{row}")), id(&candidate));
        commands::ObjectToSelection { selection, objection, candidate, reason }.into()
    });
    let answer = (drawn(), row(), any::<bool>(), text()).prop_map(|(selection, row, upheld, reason)| {
        commands::AnswerObjection { selection, objection: id(&format!("YY{row}")), upheld, reason }.into()
    });
    let revise = (drawn(), name("W"), any::<bool>(), text()).prop_map(|(selection, candidate, remove, reason)| {
        commands::ReviseSelection { selection, candidate: id(&candidate), remove, reason }.into()
    });
    let record = drawn().prop_map(|selection| commands::RecordResult { selection, minutes: DIGEST.to_owned() }.into());
    prop_oneof![3 => announce, 6 => word, 3 => seal, 3 => draw, 2 => object, 5 => answer, 4 => revise, 1 => record]
        .boxed()
}

/// The statements of a month in which many histories redeem, and of the two before, which they find prepared.
fn statements() -> BoxedStrategy<Command> {
    let month =
        || select(&["2024-01", "2024-02", "2024-03"]).prop_map(|month| Month::parse(month).expect("a month")).boxed();
    let body = || prop_oneof![3 => Just(BODY.to_owned()), 1 => text()];
    let of = || {
        prop_oneof![
            3 => name("M").prop_map(|merchant| StatementOf::Merchant(id(&merchant))),
            1 => body().prop_map(|body| StatementOf::Body { body, funds: vec![id("ZJ1")] }),
        ]
    };
    let prepare = (of(), month()).prop_map(|(of, month)| commands::PrepareStatement { of, month }.into());
    let confirm = (of(), month()).prop_map(|(of, month)| commands::ConfirmStatement { of, month }.into());
    let line = || prop_oneof![2 => select(&["line-1", "line-2", "dispute"]).prop_map(str::to_owned), 1 => earlier()];
    let dispute = (month(), line(), text()).prop_map(|(month, line, reason)| {
        commands::DisputeStatement { merchant: id("M1"), month, line: id(&line), reason }.into()
    });
    let answer = (
        prop_oneof![2 => Just(Month::parse("2024-02").expect("a month")), 1 => month()],
        prop_oneof![2 => Just("dispute".to_owned()), 1 => line()],
        any::<bool>(),
        text(),
    )
        .prop_map(|(month, dispute, upheld, reason)| {
            let (merchant, dispute) = (id("M1"), id(&dispute));
            commands::AnswerDispute { merchant, month, dispute, upheld, reason }.into()
        });
    let pay = (body(), month(), text()).prop_map(|(body, month, reference)| {
        commands::PayBody { body, funds: vec![id("ZJ1")], month, reference }.into()
    });
    prop_oneof![4 => prepare, 3 => confirm, 2 => dispute, 3 => answer, 3 => pay].boxed()
}

/// Rows of the documents' programmes.
fn rows() -> BoxedStrategy<Command> {
    let at = || prop::option::weighted(0.95, time());
    let on = || prop::option::weighted(0.95, day());
    let amount = || prop_oneof![4 => fen().prop_map(AskedAmount::Amount), 1 => Just(AskedAmount::Unreadable)];
    let row = || 0_usize..20;
    let visit = (row(), on(), name("W"), prop::option::of((name("W"), on())), any::<bool>()).prop_map(
        |(row, on, reporter, confirmed, completes)| {
            let confirmation = confirmed.map(|(by, on)| AskedConfirmation { by: Some(id(&by)), on });
            let (visit, pair) = (id(&format!("ZF{row}")), id("BD1"));
            let (activity, reporter) = (id("A1"), id(&reporter));
            commands::RecordVisit { visit, pair, activity, on, reporter, confirmation, completes }.into()
        },
    );
    let request = (row(), on(), prop::option::of(name("W")), prop::option::weighted(0.2, row())).prop_map(
        |(row, on, reporter, merged)| {
            let (request, merged_into) = (id(&format!("XQ{row}")), merged.map(|row| id(&format!("XQ{row}"))));
            let reporter = reporter.map(|reporter| id(&reporter));
            commands::PostRequest { request, activity: id("A3"), on, reporter, merged_into, site: None, due: on }.into()
        },
    );
    let word = select(&["满意", "满意", "基本满意", "不满意", "属实", "不属实", "很好", ""]);
    let rating = prop::option::of((word, on()).prop_map(|(word, on)| AskedRating { word: word.into(), on }));
    let handling =
        ((row(), prop_oneof![3 => Just(0_usize), 1 => row()]), name("W"), on(), quantity(), rating, any::<bool>())
            .prop_map(|((row, request), claimer, day, quantity, rating, completes)| {
                let work = Work {
                    claimer: claimer.clone(),
                    claimed: String::new(),
                    done: String::new(),
                    quantity: String::new(),
                };
                let (handling, request) = (id(&format!("BL{row}")), id(&format!("XQ{request}")));
                let (claimer, claimed, done) = (Some(id(&claimer)), day, day);
                commands::RecordHandling {
                    handling,
                    request,
                    claimer,
                    claimed,
                    done,
                    quantity,
                    work,
                    rating,
                    completes,
                }
                .into()
            });
    let used = prop::option::of((at(), prop::option::of(name("M"))));
    let apply = (row(), name("W"), at(), prop::option::weighted(0.3, row()), amount(), used, any::<bool>()).prop_map(
        |(row, worker, at, certificate, amount, used, completes)| {
            let used = used.map(|(at, merchant)| AskedUse { at, merchant: merchant.map(|merchant| id(&merchant)) });
            let certificate = certificate.map(|row| id(&format!("ZS{row}")));
            let (application, benefit, worker) = (id(&format!("QD{row}")), id("QY1"), id(&worker));
            commands::ApplyBenefit { application, benefit, worker, at, certificate, amount, used, completes }.into()
        },
    );
    let slip = (row(), at(), any::<bool>()).prop_map(|(row, at, right)| {
        let paid = AskedAmount::Amount(Fen::new(if right { 850 } else { 849 }));
        let (slip_no, pass, offer) = (id(&format!("XP{row}")), id("NXK1"), id("YH1"));
        commands::UsePass { slip_no, pass, offer, at, price: AskedAmount::Amount(Fen::new(1_000)), paid }.into()
    });
    let word = select(&["满意", "基本满意", "属实", "很好"]);
    let rate = (row(), prop_oneof![3 => Just(0_usize), 1 => row()], word, on()).prop_map(|(row, request, word, on)| {
        let (request, handling) = (id(&format!("XQ{request}")), id(&format!("BL{row}")));
        commands::RateHandling { request, handling, rating: AskedRating { word: word.into(), on } }.into()
    });
    let waiting = || prop_oneof![3 => Just(0_usize), 1 => row()];
    let by = prop_oneof![1 => Just("W2".to_owned()), 1 => name("W")];
    let confirm = (waiting(), by, on()).prop_map(|(row, by, on)| {
        commands::ConfirmVisit { pair: id("BD1"), visit: id(&format!("ZF{row}")), by: id(&by), on }.into()
    });
    let using = (row(), at(), prop::option::of(name("M"))).prop_map(|(row, at, merchant)| {
        let used = AskedUse { at, merchant: merchant.map(|merchant| id(&merchant)) };
        commands::UseBenefit { benefit: id("QY1"), application: id(&format!("QD{row}")), used }.into()
    });
    let withdraw = (row(), prop::option::of(text())).prop_map(|(row, reason)| {
        commands::WithdrawBenefit { benefit: id("QY1"), application: id(&format!("QD{row}")), reason }.into()
    });
    prop_oneof![
        8 => prop_oneof![visit, request, handling, apply, slip, rate, confirm, using, withdraw],
        3 => claims(),
    ]
    .boxed()
}

/// Claims made apart from their work, and where requests go before anybody works on them.
fn claims() -> BoxedStrategy<Command> {
    let row = || 0_usize..20;
    let on = || prop::option::weighted(0.95, day());
    let request = || prop_oneof![3 => Just("XQ30".to_owned()), 1 => row().prop_map(|row| format!("XQ{row}"))];
    let claim = || prop_oneof![3 => Just(0_usize), 1 => row()].prop_map(|row| format!("RL{row}"));
    let made = (request(), claim(), name("W"), on()).prop_map(|(request, claim, claimer, on)| {
        commands::ClaimRequest { claim: id(&claim), request: id(&request), claimer: id(&claimer), on }.into()
    });
    let report = (request(), claim(), on(), quantity()).prop_map(|(request, claim, done, quantity)| {
        commands::ReportHandling { request: id(&request), claim: id(&claim), done, quantity }.into()
    });
    let give_up = (request(), claim(), on())
        .prop_map(|(request, claim, on)| commands::ReturnClaim { request: id(&request), claim: id(&claim), on }.into());
    let route = (request(), prop::option::of(Just("区住建局".to_owned())), on())
        .prop_map(|(request, body, on)| commands::RouteRequest { request: id(&request), body, site: None, on }.into());
    let free = prop_oneof![3 => Just("XQ31".to_owned()), 1 => request()];
    let withdraw =
        (free, on()).prop_map(|(request, on)| commands::WithdrawRequest { request: id(&request), on }.into());
    prop_oneof![made, report, give_up, route, withdraw].boxed()
}

/// What counters tell that handed goods out before the ledger was asked.
fn away() -> BoxedStrategy<Command> {
    let means = select(&[Means::Floor, Means::Hold, Means::Slip]);
    let to = (prop::option::weighted(0.8, name("W")), prop::option::weighted(0.3, text()));
    let hold = prop::option::weighted(0.2, earlier());
    let delivery =
        (means, to, hold, spending(), time()).prop_map(|(means, (worker, note), hold, spending, given_at)| {
            commands::DeliverRedemption {
                means,
                device: hold.as_ref().map(|_| id("D1")),
                hold: hold.map(|hold| id(&hold)),
                worker: worker.map(|worker| id(&worker)),
                note,
                store: spending.store,
                lines: spending.lines,
                given_at,
                proof: commands::ProofTold::NotAsked,
            }
            .into()
        });
    let case = prop_oneof![1 => Just("case".to_owned()), 1 => earlier()];
    let settle = (case, name("S"), text())
        .prop_map(|(case, store, reason)| commands::SettleCase { store: id(&store), case: id(&case), reason }.into());
    let enrol = (name("D"), name("S"))
        .prop_map(|(device, store)| commands::EnrolDevice { store: id(&store), device: id(&device) }.into());
    prop_oneof![4 => delivery, 2 => settle, 1 => enrol].boxed()
}

fn command() -> BoxedStrategy<Command> {
    let seconds = select(&[0_u32, 1, 60, 3_600, 86_400, u32::MAX]);
    prop_oneof![
        24 => people(),
        8 => accounts(),
        8 => sites(),
        14 => registers(),
        14 => selections(),
        9 => statements(),
        20 => rows(),
        20 => goods(),
        9 => spending().prop_map(Command::Redeem),
        6 => (spending(), seconds).prop_map(|(spending, lasts_seconds)| Command::PlaceHold(commands::PlaceHold { spending, lasts_seconds })),
        3 => earlier().prop_map(|hold| Command::CaptureHold(commands::CaptureHold { hold: id(&hold) })),
        3 => (earlier(), any::<bool>(), prop::option::of(text()))
            .prop_map(|(hold, expired, reason)| Command::ReleaseHold(commands::ReleaseHold { hold: id(&hold), expired, reason })),
        3 => (earlier(), text())
            .prop_map(|(redemption, reason)| Command::ReverseRedemption(commands::ReverseRedemption { redemption: id(&redemption), reason })),
        7 => away(),
        2 => settings().prop_map(Command::Configure),
        2 => (prop::collection::vec(activity(), 0..2), day(), settings()).prop_map(|(activities, effective_from, settings)| {
            Command::AdoptSchedule(commands::AdoptSchedule { activities, effective_from, settings })
        }),
        1 => (name("B"), any::<i32>(), prop::option::of(any::<u64>()), any::<u64>(), text()).prop_map(
            |(branch, year, asked, position, digest)| Command::SealAppraisal(commands::SealAppraisal {
                branch: id(&branch),
                year: 2020 + year % 6,
                asked,
                position,
                digest,
            })),
        1 => (text(), text(), any::<bool>()).prop_map(|(origin, suite, demonstration)| {
            Command::OpenJournal(commands::OpenJournal { origin, suite, demonstration })
        }),
    ]
    .boxed()
}

/// The credit of the prelude that is public for a day.
fn public() -> BoxedStrategy<String> {
    Just(format!("p{}", prelude().len() - 2)).boxed()
}

fn history() -> BoxedStrategy<Vec<Given>> {
    let one = (command(), prop::option::weighted(0.3, time()), clock());
    prop::collection::vec(one, 1..COMMANDS_MAX)
        .prop_map(|commands| {
            let given = |(number, (command, at, clock)): (usize, (Command, Option<BusinessTime>, i64))| {
                let now = RecordedTime::from_micros(clock).to_business();
                Given { key: format!("k{number}"), at: at.unwrap_or(now), clock, command }
            };
            commands.into_iter().enumerate().map(given).collect()
        })
        .boxed()
}

/// The command's name. A new command belongs into the histories above before it is named here.
const fn kind(command: &Command) -> &'static str {
    match command {
        Command::OpenJournal(_) => "open journal",
        Command::Configure(_) => "configure",
        Command::AdoptSchedule(_) => "adopt schedule",
        Command::SealAppraisal(_) => "seal appraisal",
        Command::RegisterWorker(_) => "register worker",
        Command::DepartWorker(_) => "depart worker",
        Command::EraseWorker(_) => "erase worker",
        Command::MergeWorkers(_) => "merge workers",
        Command::IssueCard(_) => "issue card",
        Command::MoveCard(_) => "move card",
        Command::CloseCard(_) => "close card",
        Command::RegisterMerchant(_) => "register merchant",
        Command::PaySettlement(_) => "pay settlement",
        Command::PrepareStatement(_) => "prepare statement",
        Command::DisputeStatement(_) => "dispute statement",
        Command::AnswerDispute(_) => "answer dispute",
        Command::ConfirmStatement(_) => "confirm statement",
        Command::PayBody(_) => "pay body",
        Command::OpenStore(_) => "open store",
        Command::CloseStore(_) => "close store",
        Command::ReopenStore(_) => "reopen store",
        Command::ListItem(_) => "list item",
        Command::DelistItem(_) => "delist item",
        Command::Restock(_) => "restock",
        Command::CountStock(_) => "count stock",
        Command::WriteOffStock(_) => "write off stock",
        Command::RecordCredit(_) => "record credit",
        Command::JudgeCredit(_) => "judge credit",
        Command::SettleCredit(_) => "settle credit",
        Command::Redeem(_) => "redeem",
        Command::ReverseRedemption(_) => "reverse redemption",
        Command::PlaceHold(_) => "place hold",
        Command::CaptureHold(_) => "capture hold",
        Command::ReleaseHold(_) => "release hold",
        Command::DeliverRedemption(_) => "deliver redemption",
        Command::SettleCase(_) => "settle case",
        Command::EnrolDevice(_) => "enrol device",
        Command::ExpireLots(_) => "expire lots",
        Command::OpenAccount(_) => "open account",
        Command::GrantRole(_) => "grant role",
        Command::ConfirmGrant(_) => "confirm grant",
        Command::EndGrant(_) => "end grant",
        Command::OpenSite(_) => "open site",
        Command::MoveSite(_) => "move site",
        Command::CloseSite(_) => "close site",
        Command::SetServices(_) => "set services",
        Command::RegisterAppointment(_) => "register appointment",
        Command::OpenPair(_) => "open pair",
        Command::RecordVisit(_) => "record visit",
        Command::ConfirmVisit(_) => "confirm visit",
        Command::PostRequest(_) => "post request",
        Command::RecordHandling(_) => "record handling",
        Command::RateHandling(_) => "rate handling",
        Command::ClaimRequest(_) => "claim request",
        Command::ReportHandling(_) => "report handling",
        Command::ReturnClaim(_) => "return claim",
        Command::RouteRequest(_) => "route request",
        Command::WithdrawRequest(_) => "withdraw request",
        Command::RegisterFund(_) => "register fund",
        Command::RegisterBenefit(_) => "register benefit",
        Command::ApplyBenefit(_) => "apply for a benefit",
        Command::UseBenefit(_) => "use a benefit",
        Command::WithdrawBenefit(_) => "withdraw a benefit",
        Command::IssuePass(_) => "issue pass",
        Command::RegisterOffer(_) => "register offer",
        Command::UsePass(_) => "use pass",
        Command::AnnounceSelection(_) => "announce selection",
        Command::GiveWord(_) => "agree to a selection",
        Command::SealSelection(_) => "seal selection",
        Command::DrawSelection(_) => "draw selection",
        Command::ObjectToSelection(_) => "object to selection",
        Command::AnswerObjection(_) => "answer objection",
        Command::ReviseSelection(_) => "revise selection",
        Command::RecordResult(_) => "record result",
    }
}
const KINDS: usize = 74;

/// Plays a history; gives the kinds of commands that left something behind.
async fn play(backend: &Backend, given: &[Given]) -> BTreeSet<&'static str> {
    let journal = backend.open().await;
    let clock = Arc::new(std::sync::atomic::AtomicI64::new(0));
    let ordinary = micros(BusinessTime::parse(&format!("{TODAY}T09:00:00+08:00")).expect("a time"));
    let mut accepted = BTreeSet::new();
    {
        let (ledger, task) = open(&journal, &clock, ordinary).await;
        for (number, command) in prelude().into_iter().enumerate() {
            let outcome = submit(&ledger, &format!("p{number}"), ledger.now(), command).await;
            assert!(outcome.receipt().is_some(), "{outcome:?}");
        }
        for step in programmes() {
            clock.store(micros(step.at), std::sync::atomic::Ordering::SeqCst);
            let context = Context { key: id(step.key), actor: id(step.actor), at: step.at };
            let outcome = ledger.submit(Submission { context, command: step.command }).await;
            assert!(outcome.receipt().is_some(), "{}: {outcome:?}", step.key);
        }
        for Given { key, at, clock: says, command } in given {
            clock.store(*says, std::sync::atomic::Ordering::SeqCst);
            match submit(&ledger, key, *at, command.clone()).await {
                Outcome::Committed(receipt) if receipt.events.is_empty() => {}
                Outcome::Committed(_) => drop(accepted.insert(kind(command))),
                Outcome::Refused(refusal) => {
                    assert_ne!(refusal.code.as_str(), "journal_unavailable", "{command:?} at {at}: {refusal}");
                }
                Outcome::Unknown => panic!("nobody knows what became of {command:?}"),
            }
        }
        drop(ledger);
        task.finished().await;
    }
    check(journal.as_ref()).await;
    drop(journal);
    let journal = backend.open().await;
    let (ledger, task) = open(&journal, &clock, ordinary).await;
    let depart = Command::DepartWorker(commands::DepartWorker { worker: id("W1"), reason: "核对".into() });
    let outcome = submit(&ledger, "last", ledger.now(), depart).await;
    assert!(outcome.receipt().is_some(), "the journal takes no more: {outcome:?}");
    drop(ledger);
    task.finished().await;
    accepted
}

async fn open(
    journal: &Arc<dyn Journal>,
    clock: &Arc<std::sync::atomic::AtomicI64>,
    now: i64,
) -> (Ledger, ledger_core::ledger::handle::LedgerTask) {
    clock.store(now, std::sync::atomic::Ordering::SeqCst);
    let shown = Arc::clone(clock);
    let settings = LedgerSettings {
        clock: Arc::new(move || RecordedTime::from_micros(shown.load(std::sync::atomic::Ordering::SeqCst))),
        snapshot_every: 3,
        ..LedgerSettings::default()
    };
    Ledger::open(Arc::clone(journal), settings, ORIGIN, HashSuite::Sha256).await.expect("the ledger opens")
}

async fn submit(ledger: &Ledger, key: &str, at: BusinessTime, command: Command) -> Outcome {
    // Whoever decides is mostly not who proposed. Nobody may do anything before the first accounts are granted something.
    let first = key.starts_with('p') && matches!(command, Command::OpenAccount(_) | Command::GrantRole(_));
    let actor = if first {
        "machine-owner"
    } else if key.ends_with(['1', '4', '7']) {
        "甲"
    } else if key.starts_with('k') && key.ends_with(['2', '5', '8']) {
        "丙"
    } else {
        "乙"
    };
    let context = Context { key: Key::new(key).expect("a key"), actor: id(actor), at };
    ledger.submit(Submission { context, command }).await
}

/// Everything is decoded, the auditor finds nothing, and a copy is made.
async fn check(journal: &dyn Journal) {
    let entries = journal.read(0, usize::MAX >> 1).await.expect("entries");
    let mut verifier = Verifier::default();
    for entry in &entries {
        entry.event().expect("what was accepted is read again");
        verifier.entry(entry).expect("the auditor finds nothing");
    }
    let verdict = verifier.finish(&journal.head().await.expect("a head"));
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
    let copy = MemoryJournal::default();
    let copied = transfer(journal, &copy, &mut |_| {}).await.expect("a copy");
    assert_eq!(copied, entries.len() as u64);
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_accepted_can_be_read_again(given in history()) {
        run(play(&Backend::memory(), &given));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_database_accepts_can_be_read_again(given in history()) {
        run(async {
            play(&Backend::sqlite(), &given).await;
            play(&Backend::postgres(), &given).await;
        });
    }
}

/// What the histories above are made of is not left to chance: each command is accepted in some of them.
#[test]
fn every_command_is_accepted_in_some_history() {
    let mut runner = TestRunner::deterministic();
    let strategy = history();
    // A journal is opened by its ledger, before anybody can ask.
    let mut accepted = BTreeSet::from(["open journal"]);
    for _ in 0..400 {
        let given = strategy.new_tree(&mut runner).expect("a history").current();
        accepted.extend(run(play(&Backend::memory(), &given)));
    }
    assert_eq!(accepted.len(), KINDS, "only {accepted:?}");
}
