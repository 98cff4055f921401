//! Samples of every command: each optional part once there and once not. A new command fails to compile here, and then
//! needs a sample.

mod programmes;
mod selections;
mod statements;

use chrono::NaiveDate;

use super::Command;
use crate::domain::account::Role;
use crate::domain::means::Means;
use crate::domain::merchant::command::MerchantDetails;
use crate::domain::points::Points;
use crate::domain::programme::command::Settings;
use crate::domain::programme::counter::CounterChange;
use crate::domain::proof::CounterProof;
use crate::domain::quantity::Quantity;
use crate::domain::schedule::Activity;
use crate::domain::site::Location;
use crate::domain::site::command::{IfKnown, SiteDetails};
use crate::domain::store::command::{ItemTerms, StoreDetails};
use crate::domain::time::{BusinessTime, ClockTime, Month, Validity};
use crate::domain::worker::command::WorkerDetails;
use crate::ledger::command::{AskedLine, AskedSpending, AskedTime, CreditAction};
use crate::ledger::commands;

/// An id of any kind.
fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an id")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

const fn points(hundredths: i64) -> Points {
    Points::from_hundredths(hundredths)
}

/// Every field set, some, none, and a name with what is written in other words or not at all.
fn settings() -> [Settings; 4] {
    let full = Settings {
        approval_required: Some(true),
        code: Some("370812".into()),
        name: Some("兖州区".into()),
        points_step: Some(points(50)),
        publicity_days: Some(7),
        ..Settings::default()
    };
    let some = Settings { approval_required: Some(false), points_step: Some(points(-5)), ..Settings::default() };
    let awkward = "\"暖新\"\\\0\t\r\n\u{1}\u{7f}\u{85}\u{301}e\u{301}'\u{200b}\u{2028}\u{378}\u{e000}\u{feff}😀";
    let awkward = Settings { name: Some(awkward.into()), ..Settings::default() };
    [full, some, Settings::default(), awkward]
}

/// What a redemption asks for, and nothing else.
fn counter_proof() -> Settings {
    let counter = CounterChange { counter_proof: Some(CounterProof::Code), ..CounterChange::default() };
    Settings { counter, ..Settings::default() }
}

fn activity(code: &str, daily_cap: Option<Points>, validity: Validity) -> Activity {
    Activity {
        category: "志愿服务".into(),
        checks: None,
        code: id(code),
        counts_for_card: daily_cap.is_some(),
        daily_cap,
        name: "社区志愿服务".into(),
        points_per_unit: points(1050),
        publicity_days: None,
        unit: "小时".into(),
        validity,
        terms: Default::default(),
    }
}

fn spending(time: AskedTime, quantity: Option<u32>) -> AskedSpending {
    let lines = vec![AskedLine { sku: id("SP001"), quantity }, AskedLine { sku: id("SP002"), quantity: Some(2) }];
    AskedSpending { worker: id("YZ-骑手-001"), store: id("YZ-WD001"), lines, time, proven: None }
}

fn delivery(means: Means, worker: Option<&str>, hold: Option<&str>) -> Command {
    Command::DeliverRedemption(commands::DeliverRedemption {
        means,
        device: hold.map(|_| id("7f3d")),
        hold: hold.map(id),
        worker: worker.map(id),
        note: if worker.is_none() { Some("HZ-2024-000一".into()) } else { None },
        store: id("YZ-WD001"),
        lines: vec![AskedLine { sku: id("SP001"), quantity: Some(2) }],
        given_at: BusinessTime::parse("2024-03-05T08:30:00+08:00").expect("a time"),
        proof: commands::ProofTold::NotAsked,
    })
}

/// Samples of sites, and of what belongs to one.
fn at_sites() -> Vec<(&'static str, Command)> {
    let open = |opened: Option<&str>, parent: Option<&str>, services: &[&str], if_known| {
        Command::OpenSite(commands::OpenSite {
            site: id("YZ-YZ0002"),
            details: SiteDetails {
                kind: "特色驿站".into(),
                location: None,
                name: "鼓楼驿站".into(),
                opened: opened.map(day),
                parent: parent.map(id),
                services: services.iter().map(|service| (*service).to_owned()).collect(),
            },
            if_known,
        })
    };
    let moved = |parent: Option<&str>, on: Option<&str>| {
        Command::MoveSite(commands::MoveSite { site: id("YZ-YZ0002"), parent: parent.map(id), on: on.map(day) })
    };
    let close = |on: Option<&str>, reason: Option<&str>| {
        let reason = reason.map(str::to_owned);
        Command::CloseSite(commands::CloseSite { site: id("YZ-YZ0002"), on: on.map(day), reason })
    };
    let services = |on: Option<&str>| {
        let services = vec!["饮水机".to_owned(), "充电器".to_owned()];
        Command::SetServices(commands::SetServices { site: id("YZ-YZ0002"), services, on: on.map(day) })
    };
    let update = |closed: Option<&str>| IfKnown::Update { closed: closed.map(day) };
    let located = Command::OpenSite(commands::OpenSite {
        site: id("YZ-YZ0002"),
        details: SiteDetails {
            kind: "特色驿站".into(),
            location: Location::new(121_473_700, -31_230_001).ok(),
            name: "鼓楼驿站".into(),
            opened: None,
            parent: None,
            services: Vec::new(),
        },
        if_known: update(None),
    });
    vec![
        (
            "open_site/full",
            open(Some("2024-01-01"), Some("YZ-YZ0001"), &["饮水机", "充电器"], update(Some("2024-12-10"))),
        ),
        ("open_site/none", open(None, None, &[], IfKnown::Refuse)),
        ("open_site/update", open(None, None, &[], update(None))),
        ("open_site/keep", open(None, None, &[], IfKnown::Keep)),
        ("open_site/located", located),
        ("move_site/full", moved(Some("YZ-YZ0001"), Some("2024-06-01"))),
        ("move_site/none", moved(None, None)),
        ("close_site/full", close(Some("2024-12-10"), Some("搬迁"))),
        ("close_site/none", close(None, None)),
        ("set_services/full", services(Some("2024-05-01"))),
        ("set_services/none", services(None)),
        (
            "register_worker/site",
            Command::RegisterWorker(commands::RegisterWorker {
                worker: id("YZ-骑手-001"),
                details: WorkerDetails {
                    occupation: "外卖骑手".into(),
                    party_member: None,
                    platform: None,
                    probationary: false,
                    site: Some(id("YZ-YZ0002")),
                },
                update: false,
            }),
        ),
        (
            "register_worker/probationary",
            Command::RegisterWorker(commands::RegisterWorker {
                worker: id("YZ-骑手-001"),
                details: WorkerDetails {
                    occupation: "外卖骑手".into(),
                    party_member: Some(true),
                    platform: None,
                    probationary: true,
                    site: None,
                },
                update: true,
            }),
        ),
        (
            "open_store/site",
            Command::OpenStore(commands::OpenStore {
                store: id("YZ-WD001"),
                details: StoreDetails {
                    community: None,
                    name: "鼓楼积分兑换超市".into(),
                    site: Some(id("YZ-YZ0002")),
                    tier: "街道".into(),
                },
                update: false,
            }),
        ),
    ]
}

/// Samples with names that tell them apart.
pub(crate) fn samples() -> Vec<(&'static str, Command)> {
    let [full, some, none, awkward] = settings();
    let at = BusinessTime::parse("2024-03-05T08:30:00+08:00").expect("a time");
    let adopt = |activities, settings| {
        Command::AdoptSchedule(commands::AdoptSchedule {
            activities,
            effective_from: day("2024-01-01"),
            settings,
            first: false,
        })
    };
    let activities = vec![
        activity("ZY01", Some(points(4_050)), Validity::Months(24)),
        activity("ZY02", None, Validity::YearEnd),
        activity("ZY03", None, Validity::Forever),
    ];
    let worker = |party_member, platform: Option<&str>, update| {
        Command::RegisterWorker(commands::RegisterWorker {
            worker: id("YZ-骑手-001"),
            details: WorkerDetails {
                occupation: "外卖骑手".into(),
                party_member,
                platform: platform.map(str::to_owned),
                probationary: false,
                site: None,
            },
            update,
        })
    };
    let card = |update| {
        Command::IssueCard(commands::IssueCard {
            worker: id("YZ-骑手-001"),
            card_no: id("HZ-2024-0001"),
            branch: id("外卖骑手第一党支部"),
            update,
        })
    };
    let merchant = |category: Option<&str>, update| {
        Command::RegisterMerchant(commands::RegisterMerchant {
            merchant: id("YZ-SH001"),
            details: MerchantDetails {
                category: category.map(str::to_owned),
                name: "暖心面馆".into(),
                uscc: "91370812MA3C4D5E6F".into(),
            },
            update,
        })
    };
    let open_store = |community: Option<&str>, update| {
        Command::OpenStore(commands::OpenStore {
            store: id("YZ-WD001"),
            details: StoreDetails {
                community: community.map(str::to_owned),
                name: "鼓楼积分兑换超市".into(),
                tier: "街道".into(),
                site: None,
            },
            update,
        })
    };
    let list = |limit_per_worker_year, merchant: Option<&str>, opening_stock| {
        Command::ListItem(commands::ListItem {
            store: id("YZ-WD001"),
            sku: id("SP001"),
            terms: ItemTerms {
                kind: "实物".into(),
                limit_per_worker_year,
                merchant: merchant.map(id),
                name: "保温杯".into(),
                price: points(3_550),
            },
            opening_stock,
        })
    };
    let restock = |merchant: Option<&str>| {
        Command::Restock(commands::Restock {
            store: id("YZ-WD001"),
            sku: id("SP001"),
            quantity: 120,
            merchant: merchant.map(id),
        })
    };
    let credit = |on: Option<&str>, quantity: Option<&str>, noted: Option<&str>| {
        Command::RecordCredit(commands::RecordCredit {
            worker: id("YZ-骑手-001"),
            activity: id("ZY01"),
            on: on.map(day),
            quantity: quantity.and_then(Quantity::parse),
            own_witness: false,
            witness: noted.map(str::to_owned),
            evidence: noted.map(str::to_owned),
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
        })
    };
    let timed = |from: &str, to: &str| match credit(Some("2024-03-04"), Some("2.5"), None) {
        Command::RecordCredit(command) => Command::RecordCredit(commands::RecordCredit {
            from: ClockTime::parse(from),
            to: ClockTime::parse(to),
            ..command
        }),
        other => other,
    };
    let judge = |action| {
        Command::JudgeCredit(commands::JudgeCredit { credit: id("HD-0001"), action, reason: "公示无异议".into() })
    };
    let resolve = |upheld| judge(CreditAction::Resolve { upheld });
    let hold = |time, quantity, lasts_seconds| {
        Command::PlaceHold(commands::PlaceHold { spending: spending(time, quantity), lasts_seconds })
    };
    let release = |expired| Command::ReleaseHold(commands::ReleaseHold { hold: id("YL-0001"), expired, reason: None });
    let open_account = |worker: Option<&str>| {
        Command::OpenAccount(commands::OpenAccount { account: id("chen-jing"), worker: worker.map(id) })
    };
    let grant_role = |role, scope: Option<&str>, from: Option<&str>, until: Option<&str>| {
        Command::GrantRole(commands::GrantRole {
            account: id("chen-jing"),
            role,
            scope: scope.map(str::to_owned),
            from: from.map(day),
            until: until.map(day),
        })
    };
    let end_grant = |on: Option<&str>, over: bool| {
        Command::EndGrant(commands::EndGrant { grant: id("SQ-0001"), on: on.map(day), reason: "调离".into(), over })
    };
    vec![
        (
            "open_journal",
            Command::OpenJournal(commands::OpenJournal {
                origin: "nuanxin/yanzhou".into(),
                suite: "sha-256".into(),
                demonstration: false,
            }),
        ),
        ("configure/full", Command::Configure(full.clone())),
        ("configure/some", Command::Configure(some)),
        ("configure/none", Command::Configure(none.clone())),
        ("configure/awkward", Command::Configure(awkward)),
        ("configure/counter_proof", Command::Configure(counter_proof())),
        ("adopt_schedule/full", adopt(activities, full)),
        ("adopt_schedule/none", adopt(Vec::new(), none)),
        (
            "seal_appraisal/now",
            Command::SealAppraisal(commands::SealAppraisal {
                branch: id("外卖骑手第一党支部"),
                year: 2024,
                asked: None,
                position: 4_517,
                digest: "9f86d081".into(),
            }),
        ),
        (
            "seal_appraisal/then",
            Command::SealAppraisal(commands::SealAppraisal {
                branch: id("外卖骑手第一党支部"),
                year: 2024,
                asked: Some(4_517),
                position: 4_517,
                digest: "9f86d081".into(),
            }),
        ),
        ("register_worker/full", worker(Some(true), Some("平台甲"), true)),
        ("register_worker/no_member", worker(Some(false), None, true)),
        ("register_worker/none", worker(None, None, false)),
        (
            "depart_worker",
            Command::DepartWorker(commands::DepartWorker { worker: id("YZ-骑手-001"), reason: "离开".into() }),
        ),
        (
            "erase_worker",
            Command::EraseWorker(commands::EraseWorker {
                worker: id("YZ-骑手-001"),
                reason: "本人申请".into(),
                oneself: true,
            }),
        ),
        (
            "merge_workers",
            Command::MergeWorkers(commands::MergeWorkers {
                kept: id("YZ-骑手-001"),
                absorbed: id("YZ-骑手-077"),
                reason: "同一人在两个平台登记".into(),
            }),
        ),
        ("issue_card", card(false)),
        ("issue_card/update", card(true)),
        (
            "move_card",
            Command::MoveCard(commands::MoveCard { worker: id("YZ-骑手-001"), branch: id("流动党员党支部") }),
        ),
        ("close_card", Command::CloseCard(commands::CloseCard { worker: id("YZ-骑手-001"), reason: "转出".into() })),
        ("register_merchant/full", merchant(Some("餐饮"), true)),
        ("register_merchant/none", merchant(None, false)),
        (
            "pay_settlement",
            Command::PaySettlement(commands::PaySettlement {
                merchant: id("YZ-SH001"),
                month: Month::parse("2024-03").expect("a month"),
                points: points(100_050),
                amount: None,
                reference: "财付〔2024〕12号".into(),
            }),
        ),
        ("open_store/full", open_store(Some("鼓楼街道"), true)),
        ("open_store/none", open_store(None, false)),
        ("close_store", Command::CloseStore(commands::CloseStore { store: id("YZ-WD001"), reason: "装修".into() })),
        ("reopen_store", Command::ReopenStore(commands::ReopenStore { store: id("YZ-WD001") })),
        ("list_item/full", list(Some(3), Some("YZ-SH001"), 120)),
        ("list_item/none", list(None, None, 0)),
        (
            "delist_item",
            Command::DelistItem(commands::DelistItem {
                store: id("YZ-WD001"),
                sku: id("SP001"),
                reason: "停产".into(),
            }),
        ),
        ("restock/full", restock(Some("YZ-SH001"))),
        ("restock/none", restock(None)),
        (
            "count_stock",
            Command::CountStock(commands::CountStock {
                store: id("YZ-WD001"),
                sku: id("SP001"),
                counted: 118,
                reason: "月末盘点".into(),
            }),
        ),
        (
            "write_off_stock",
            Command::WriteOffStock(commands::WriteOffStock {
                store: id("YZ-WD001"),
                sku: id("SP001"),
                quantity: 2,
                reason: "过期".into(),
            }),
        ),
        ("record_credit/full", credit(Some("2024-03-04"), Some("2.5"), Some("网格员-07"))),
        ("record_credit/none", credit(None, None, None)),
        ("record_credit/timed", timed("08:30", "11:00")),
        ("settle_credit", Command::SettleCredit(commands::SettleCredit { credit: id("HD-0001") })),
        ("judge_credit/confirm", judge(CreditAction::Confirm)),
        ("judge_credit/reject", judge(CreditAction::Reject)),
        ("judge_credit/reverse", judge(CreditAction::Reverse)),
        ("judge_credit/object", judge(CreditAction::Object { anonymous: false })),
        ("judge_credit/object_unnamed", judge(CreditAction::Object { anonymous: true })),
        ("judge_credit/appeal", judge(CreditAction::Appeal)),
        ("judge_credit/uphold", resolve(true)),
        ("judge_credit/dismiss", resolve(false)),
        ("redeem/at", Command::Redeem(spending(AskedTime::At(at), Some(3)))),
        ("redeem/now", Command::Redeem(spending(AskedTime::Now, None))),
        ("redeem/unreadable", Command::Redeem(spending(AskedTime::Unreadable, Some(3)))),
        (
            "reverse_redemption",
            Command::ReverseRedemption(commands::ReverseRedemption {
                redemption: id("DH-0001"),
                reason: "货品损坏".into(),
            }),
        ),
        ("deliver_redemption/floor", delivery(Means::Floor, Some("YZ-骑手-001"), None)),
        ("deliver_redemption/hold", delivery(Means::Hold, Some("YZ-骑手-001"), Some("H-1"))),
        ("deliver_redemption/named", delivery(Means::Slip, None, None)),
        (
            "settle_case",
            Command::SettleCase(commands::SettleCase {
                store: id("YZ-WD001"),
                case: id("DH-1"),
                reason: "区里承担".into(),
            }),
        ),
        ("enrol_device", Command::EnrolDevice(commands::EnrolDevice { store: id("YZ-WD001"), device: id("7f3d") })),
        ("place_hold/at", hold(AskedTime::At(at), Some(3), 3_600)),
        ("place_hold/now", hold(AskedTime::Now, None, 0)),
        ("place_hold/unreadable", hold(AskedTime::Unreadable, None, u32::MAX)),
        ("capture_hold", Command::CaptureHold(commands::CaptureHold { hold: id("YL-0001") })),
        ("release_hold", release(false)),
        ("release_hold/expired", release(true)),
        (
            "release_hold/reason",
            Command::ReleaseHold(commands::ReleaseHold {
                hold: id("YL-0001"),
                expired: false,
                reason: Some("不来取了".into()),
            }),
        ),
        (
            "expire_lots",
            Command::ExpireLots(commands::ExpireLots { worker: id("YZ-骑手-001"), through: day("2024-12-31") }),
        ),
        ("open_account/full", open_account(Some("YZ-骑手-001"))),
        ("open_account/none", open_account(None)),
        ("grant_role/full", grant_role(Role::Approver, Some("鼓楼社区"), Some("2024-03-06"), Some("2025-03-05"))),
        ("grant_role/none", grant_role(Role::Admin, None, None, None)),
        ("confirm_grant", Command::ConfirmGrant(commands::ConfirmGrant { grant: id("SQ-0001") })),
        ("end_grant/on", end_grant(Some("2024-06-01"), false)),
        ("end_grant/now", end_grant(None, false)),
        ("end_grant/over", end_grant(None, true)),
    ]
    .into_iter()
    .chain(at_sites())
    .chain(programmes::samples())
    .chain(selections::samples())
    .chain(statements::samples())
    .collect()
}
