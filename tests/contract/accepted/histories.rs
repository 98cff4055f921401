//! Histories of commands of every kind, by chance of what is there.

use ledger_core::domain::account::Role;
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::means::Means;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::request::command::Work;
use ledger_core::domain::selection::command::{Indicator, Measure, SelectionTerms};
use ledger_core::domain::site::Location;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::statement::LinesDigest;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Month};
use ledger_core::domain::worker::command::{AppointmentTerms, WorkerDetails};
use ledger_core::journal::RecordedTime;
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};
use ledger_core::ledger::commands::requests::AskedRating;
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::commands::visits::AskedConfirmation;
use ledger_core::ledger::{Command, commands};
use proptest::prelude::*;

use super::prelude::{BODY, DIGEST, prelude};
use super::values::{
    activity, clock, day, earlier, fen, name, period, points, quantity, select, settings, spending, text, time, units,
};
use super::{Given, USCC, id};

/// The most commands of a history.
pub(super) const COMMANDS_MAX: usize = 60;

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
    let place = (-180_000_000_i64..=180_000_000, -90_000_000_i64..=90_000_000)
        .prop_map(|(longitude, latitude)| Location::new(longitude, latitude).expect("a place"));
    let told = (text(), prop::option::of(place), prop::option::of(day()), prop::option::of(name("Y")));
    let details =
        (told, prop::collection::vec(text(), 0..3)).prop_map(|((name, location, opened, parent), services)| {
            SiteDetails {
                kind: name.clone(),
                location,
                name,
                opened,
                parent: parent.map(|parent| id(&parent)),
                services,
            }
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
    let bodies = prop::option::weighted(0.3, prop::collection::vec(text(), 0..3));
    let benefit = (kind, prop::option::of(units()), points(), fen(), period(), any::<bool>(), bodies).prop_map(
        |(kind, places, price, value, window, funded, approvals)| {
            let (fund, name) = (funded.then(|| id("ZJ1")), "体检".to_owned());
            let (limit_per_worker, limit_yearly) = (places, funded);
            let terms = BenefitTerms {
                approvals,
                fund,
                kind,
                limit_per_worker,
                limit_yearly,
                name,
                places,
                price,
                value,
                window,
            };
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
    let digest = || prop_oneof![2 => Just(None), 1 => Just(Some(LinesDigest::default()))];
    let acknowledge = (month(), digest())
        .prop_map(|(month, digest)| commands::AcknowledgeStatement { merchant: id("M1"), month, digest }.into());
    let pay = (body(), month(), text()).prop_map(|(body, month, reference)| {
        commands::PayBody { body, funds: vec![id("ZJ1")], month, reference }.into()
    });
    prop_oneof![4 => prepare, 3 => confirm, 2 => dispute, 2 => acknowledge, 3 => answer, 3 => pay].boxed()
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
    let rating =
        prop::option::of((word, on()).prop_map(|(word, on)| AskedRating { on, pairs: Vec::new(), word: word.into() }));
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
        commands::RateHandling { request, handling, rating: AskedRating { on, pairs: Vec::new(), word: word.into() } }
            .into()
    });
    let waiting = || prop_oneof![3 => Just(0_usize), 1 => row()];
    let by = prop_oneof![1 => Just("W2".to_owned()), 1 => name("W")];
    let confirm = (waiting(), by, on()).prop_map(|(row, by, on)| {
        commands::ConfirmVisit { pair: id("BD1"), visit: id(&format!("ZF{row}")), by: id(&by), on }.into()
    });
    let stand_in = (name("B"), on()).prop_map(|(branch, on)| {
        commands::StandInForVisit { pair: id("BD2"), visit: id("ZF30"), branch: id(&branch), on }.into()
    });
    let using = (row(), at(), prop::option::of(name("M"))).prop_map(|(row, at, merchant)| {
        let used = AskedUse { at, merchant: merchant.map(|merchant| id(&merchant)) };
        commands::UseBenefit { benefit: id("QY1"), application: id(&format!("QD{row}")), used }.into()
    });
    let withdraw = (row(), prop::option::of(text())).prop_map(|(row, reason)| {
        commands::WithdrawBenefit { benefit: id("QY1"), application: id(&format!("QD{row}")), reason }.into()
    });
    prop_oneof![
        8 => prop_oneof![visit, request, handling, apply, slip, rate, confirm, stand_in, using, withdraw],
        1 => reversals(),
        3 => claims(),
        3 => approvals(),
        3 => appointments(),
    ]
    .boxed()
}

/// Appointments that a second person confirms, of which two wait from the beginning.
fn appointments() -> BoxedStrategy<Command> {
    let propose = (2_usize..6, name("W"), text(), period(), prop::option::of(day())).prop_map(
        |(number, worker, role, days, ended)| {
            let terms = AppointmentTerms { body: role.clone(), days, ended, role, site: None };
            let appointment = id(&format!("PS{number}"));
            commands::ProposeAppointment { appointment, worker: id(&worker), terms }.into()
        },
    );
    let number = |usual: usize| prop_oneof![3 => Just(usual), 1 => 2_usize..6];
    let confirm = (number(2), prop_oneof![3 => Just("W1".to_owned()), 1 => name("W")]).prop_map(|(number, worker)| {
        commands::ConfirmAppointment { worker: id(&worker), appointment: id(&format!("PS{number}")), proposed_at: None }
            .into()
    });
    let reject = (number(3), text()).prop_map(|(number, reason)| {
        commands::RejectAppointment {
            worker: id("W1"),
            appointment: id(&format!("PS{number}")),
            reason,
            proposed_at: None,
        }
        .into()
    });
    prop_oneof![2 => propose, 2 => confirm, 1 => reject].boxed()
}

/// What a body approves, of which two wait from the beginning.
fn approvals() -> BoxedStrategy<Command> {
    let row = || 0_usize..20;
    let at = || prop::option::weighted(0.95, time());
    let certificate = prop::option::weighted(0.3, row());
    let propose = (row(), name("W"), at(), certificate).prop_map(|(row, worker, at, certificate)| {
        let certificate = certificate.map(|row| id(&format!("ZS{row}")));
        let (application, benefit, worker) = (id(&format!("QP{row}")), id("QY2"), id(&worker));
        let amount = AskedAmount::Blank;
        commands::ProposeBenefit { application, benefit, worker, at, certificate, amount }.into()
    });
    let body = prop_oneof![4 => Just(BODY.to_owned()), 1 => text()];
    let check = (prop_oneof![3 => Just(0_usize), 1 => row()], body).prop_map(|(row, body)| {
        commands::CheckBenefit { benefit: id("QY2"), application: id(&format!("QP{row}")), body }.into()
    });
    let reject = (prop_oneof![3 => Just(1_usize), 1 => row()], text()).prop_map(|(row, reason)| {
        commands::RejectBenefit { benefit: id("QY2"), application: id(&format!("QP{row}")), reason }.into()
    });
    prop_oneof![2 => propose, 2 => check, 1 => reject].boxed()
}

/// Uses and slips that are taken back, with whatever is said of it.
fn reversals() -> BoxedStrategy<Command> {
    // What the prelude used and honoured is there to be taken back.
    let row = || prop_oneof![1 => Just(30_usize), 1 => 0_usize..20];
    let reversed_use = (row(), text()).prop_map(|(row, reason)| {
        commands::ReverseBenefitUse { benefit: id("QY1"), application: id(&format!("QD{row}")), reason }.into()
    });
    let reversed_slip = (row(), prop::option::weighted(0.9, Just("NXK1")), text()).prop_map(|(row, pass, reason)| {
        commands::ReversePassUse { slip_no: id(&format!("XP{row}")), pass: pass.map(id), reason }.into()
    });
    prop_oneof![reversed_use, reversed_slip].boxed()
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
    let repeats = prop_oneof![3 => Just("XQ32".to_owned()), 1 => request()];
    let merge = (repeats, request(), prop::option::of(text())).prop_map(|(request, into, reason)| {
        commands::MergeRequest { request: id(&request), into: id(&into), reason }.into()
    });
    prop_oneof![made, report, give_up, route, withdraw, merge].boxed()
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
            Command::AdoptSchedule(commands::AdoptSchedule { activities, effective_from, settings, first: false })
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

/// A row's number is its key, as every edge has it; what completes a row, and all else, has a key of its own.
fn key_of(number: usize, command: &Command) -> String {
    match command {
        Command::PostRequest(row) => row.request.to_string(),
        Command::ClaimRequest(claim) => claim.claim.to_string(),
        Command::RecordHandling(row) if !row.completes => row.handling.to_string(),
        Command::RecordVisit(row) if !row.completes => row.visit.to_string(),
        Command::ApplyBenefit(row) if !row.completes => row.application.to_string(),
        Command::ProposeBenefit(row) => row.application.to_string(),
        Command::UsePass(row) => row.slip_no.to_string(),
        _ => format!("k{number}"),
    }
}

pub(super) fn history() -> BoxedStrategy<Vec<Given>> {
    let one = (command(), prop::option::weighted(0.3, time()), clock());
    prop::collection::vec(one, 1..COMMANDS_MAX)
        .prop_map(|commands| {
            let given = |(number, (command, at, clock)): (usize, (Command, Option<BusinessTime>, i64))| {
                let now = RecordedTime::from_micros(clock).to_business();
                Given { key: key_of(number, &command), at: at.unwrap_or(now), clock, command }
            };
            commands.into_iter().enumerate().map(given).collect()
        })
        .boxed()
}
