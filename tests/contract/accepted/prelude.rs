//! What every history begins with: a district that is set up, and of each of the documents' programmes something that
//! waits for the next step, so that chance meets every step.

use chrono::NaiveDate;
use ledger_core::domain::account::Role;
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::means::Means;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::period::Period;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::request::command::Work;
use ledger_core::domain::schedule::{Activity, ActivityTerms, Scoring};
use ledger_core::domain::selection::command::{Indicator, Measure, SelectionTerms};
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Month, Validity};
use ledger_core::domain::worker::command::{AppointmentTerms, WorkerDetails};
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::{Command, commands};

use super::{USCC, id};

/// The day on which the histories begin, as the clock says.
pub(super) const TODAY: &str = "2024-04-02";
/// The digest of some paper.
pub(super) const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
/// The paying body whose fund there is.
pub(super) const BODY: &str = "骑手";

/// What is credited when it is rated.
fn rated() -> ActivityTerms {
    ActivityTerms { claimers_max: Some(3), scoring: Some(Scoring::Rating), ..ActivityTerms::default() }
}

/// What most commands need: a schedule, a merchant, a store with goods, a worker who can spend.
pub(super) fn prelude() -> Vec<Command> {
    let activity = |code: &str, validity| Activity {
        category: "志愿服务".into(),
        checks: None,
        code: id(code),
        counts_for_card: true,
        daily_cap: None,
        name: "巡查".into(),
        points_per_unit: Points::from_whole(100),
        publicity_days: None,
        unit: "次".into(),
        validity,
        terms: Default::default(),
    };
    let credit = |code: &str, day: u32| {
        Command::RecordCredit(commands::RecordCredit {
            worker: id("W1"),
            activity: id(code),
            on: NaiveDate::from_ymd_opt(2024, 1, day),
            quantity: Some(Quantity::from_millionths(1_000_000)),
            witness: None,
            own_witness: false,
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
            evidence: None,
        })
    };
    let spending = || AskedSpending {
        worker: id("W1"),
        store: id("S1"),
        lines: vec![AskedLine { sku: id("P1"), quantity: Some(1) }],
        time: AskedTime::Now,
        proven: None,
    };
    let hold = || Command::PlaceHold(commands::PlaceHold { spending: spending(), lasts_seconds: 86_400 });
    let terms = ItemTerms {
        kind: "实物".into(),
        limit_per_worker_year: None,
        merchant: Some(id("M1")),
        name: "毛巾".into(),
        price: Points::from_whole(1),
    };
    let worker = |name: &str| {
        Command::RegisterWorker(commands::RegisterWorker {
            worker: id(name),
            details: WorkerDetails {
                occupation: "骑手".into(),
                party_member: None,
                platform: None,
                probationary: false,
                site: None,
            },
            update: false,
        })
    };
    vec![
        Command::AdoptSchedule(commands::AdoptSchedule {
            activities: vec![
                activity("A1", Validity::Forever),
                activity("A2", Validity::Months(1)),
                Activity { terms: rated(), ..activity("A3", Validity::Forever) },
            ],
            effective_from: NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day"),
            settings: Settings::default(),
            first: false,
        }),
        Command::RegisterMerchant(commands::RegisterMerchant {
            merchant: id("M1"),
            details: MerchantDetails { category: None, name: "一号店".into(), uscc: USCC.into() },
            update: false,
        }),
        Command::OpenStore(commands::OpenStore {
            store: id("S1"),
            details: StoreDetails { community: None, name: "网点".into(), tier: "总站".into(), site: None },
            update: false,
        }),
        Command::ListItem(commands::ListItem { store: id("S1"), sku: id("P1"), terms, opening_stock: 1_000 }),
        worker("W1"),
        worker("W2"),
        Command::IssueCard(commands::IssueCard {
            worker: id("W1"),
            card_no: id("C1"),
            branch: id("B1"),
            update: false,
        }),
        // From here on what others decide about: p7 and p8, p9 and p10, p11.
        credit("A2", 1),
        credit("A1", 2),
        hold(),
        hold(),
        Command::Redeem(spending()),
        // Two who administer, and p17, which waits for the other one's word.
        open_account("甲"),
        open_account("乙"),
        grant_role("甲", Role::Admin),
        grant_role("乙", Role::Admin),
        open_account("A1"),
        grant_role("A1", Role::Approver),
        // A site that is open, to be closed.
        Command::OpenSite(commands::OpenSite {
            site: id("Y1"),
            details: SiteDetails {
                kind: "社区".into(),
                location: None,
                name: "鼓楼社区".into(),
                opened: None,
                parent: None,
                services: Vec::new(),
            },
            if_known: IfKnown::Refuse,
        }),
        // And what comes of a credit by itself.
        Command::Configure(Settings { publicity_days: Some(1), ..Settings::default() }),
        credit("A1", 3),
        Command::Configure(Settings { publicity_days: Some(0), ..Settings::default() }),
    ]
}

fn open_account(account: &str) -> Command {
    Command::OpenAccount(commands::OpenAccount { account: id(account), worker: None })
}

fn grant_role(account: &str, role: Role) -> Command {
    Command::GrantRole(commands::GrantRole { account: id(account), role, scope: None, from: None, until: None })
}

/// A command of the programmes: its key, who gives it, on which day of 2024 at nine.
pub(super) struct Step {
    pub(super) key: &'static str,
    pub(super) actor: &'static str,
    pub(super) at: BusinessTime,
    pub(super) command: Command,
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn nine_on(text: &str) -> BusinessTime {
    BusinessTime::parse(&format!("{text}T09:00:00+08:00")).expect("a time")
}

/// Of each programme something that waits: a visit and a handling for a word, a place for its use, selections at each of
/// their steps, statements to be confirmed, disputed and paid, a case to be settled.
pub(super) fn programmes() -> Vec<Step> {
    let mut steps = Vec::new();
    let on = TODAY;
    let mut step = |on: &str, actor: &'static str, key: &'static str, command: Command| {
        steps.push(Step { key, actor, at: nine_on(on), command });
    };
    // Three settle a month. Whoever has an account acts by a role that holds.
    step(on, "甲", "account-3", open_account("丙"));
    step(on, "甲", "grant-3", grant_role("丙", Role::Operator));

    let details = |name: &str| SiteDetails {
        kind: "驿站".into(),
        location: None,
        name: name.into(),
        opened: None,
        parent: None,
        services: Vec::new(),
    };
    let site = commands::OpenSite { site: id("Y2"), details: details("二号驿站"), if_known: IfKnown::Refuse };
    step(on, "甲", "site", site.into());

    // Two that wait for a second person, since when one more check was asked for.
    let checks = |checks: u32| Command::Configure(Settings { checks: Some(checks), ..Settings::default() });
    step(on, "甲", "checks", checks(1));
    for appointment in ["PS2", "PS3"] {
        let days = Period { from: Some(day("2024-01-01")), through: None };
        let terms = AppointmentTerms { body: BODY.into(), days, ended: None, role: "网格员".into(), site: None };
        let propose = commands::ProposeAppointment { appointment: id(appointment), worker: id("W1"), terms };
        step(on, "甲", appointment, propose.into());
    }
    step(on, "甲", "no-checks", checks(0));

    let terms = PairTerms { branch: None, ended: None, helped: id("W2"), helper: id("W1"), since: day("2024-01-01") };
    step(on, "甲", "pair", commands::OpenPair { pair: id("BD1"), terms }.into());
    let visit = commands::RecordVisit {
        visit: id("ZF0"),
        pair: id("BD1"),
        activity: id("A1"),
        on: Some(day("2024-03-01")),
        reporter: id("W1"),
        confirmation: None,
        completes: false,
    };
    step(on, "甲", "ZF0", visit.into());
    // One whose partner has left, for the branch to say.
    let details = WorkerDetails {
        occupation: "骑手".into(),
        party_member: None,
        platform: None,
        probationary: false,
        site: None,
    };
    step(on, "甲", "W3", commands::RegisterWorker { worker: id("W3"), details, update: false }.into());
    let terms =
        PairTerms { branch: Some(id("B1")), ended: None, helped: id("W3"), helper: id("W1"), since: day("2024-01-01") };
    step(on, "甲", "pair-2", commands::OpenPair { pair: id("BD2"), terms }.into());
    let visit = commands::RecordVisit {
        visit: id("ZF30"),
        pair: id("BD2"),
        activity: id("A1"),
        on: Some(day("2024-03-01")),
        reporter: id("W1"),
        confirmation: None,
        completes: false,
    };
    step(on, "甲", "ZF30", visit.into());
    step(on, "甲", "leaves", commands::DepartWorker { worker: id("W3"), reason: "离开本区".into() }.into());

    let request = commands::PostRequest {
        request: id("XQ0"),
        activity: id("A3"),
        on: Some(day("2024-03-01")),
        reporter: Some(id("W2")),
        merged_into: None,
        site: None,
        due: None,
    };
    step(on, "甲", "XQ0", request.into());
    let work = Work { claimer: "W1".into(), claimed: String::new(), done: String::new(), quantity: String::new() };
    let handling = commands::RecordHandling {
        handling: id("BL0"),
        request: id("XQ0"),
        claimer: Some(id("W1")),
        claimed: Some(day("2024-03-02")),
        done: Some(day("2024-03-02")),
        quantity: Some(Quantity::from_millionths(1_000_000)),
        work,
        rating: None,
        completes: false,
    };
    step(on, "甲", "BL0", handling.into());

    // One that is claimed and not done yet, and two that are nobody's.
    for request in ["XQ30", "XQ31", "XQ32"] {
        let posted = commands::PostRequest {
            request: id(request),
            activity: id("A3"),
            on: Some(day("2024-03-01")),
            reporter: Some(id("W2")),
            merged_into: None,
            site: None,
            due: None,
        };
        step(on, "甲", request, posted.into());
    }
    let (claim, request, claimer) = (id("RL0"), id("XQ30"), id("W1"));
    let claimed = commands::ClaimRequest { claim, request, claimer, on: Some(day("2024-03-02")) };
    step(on, "甲", "RL0", claimed.into());

    let terms =
        FundTerms { appropriated: Fen::new(1_000_000), source: "税前列支".into(), body: BODY.into(), year: None };
    step(on, "甲", "fund", commands::RegisterFund { fund: id("ZJ1"), terms }.into());
    let open = || Period { from: None, through: None };
    let terms = BenefitTerms {
        approvals: None,
        fund: Some(id("ZJ1")),
        kind: BenefitKind::Voucher,
        limit_per_worker: None,
        limit_yearly: false,
        name: "体检".into(),
        places: None,
        price: Points::ZERO,
        value: Fen::new(1_000),
        window: open(),
    };
    let approved = BenefitTerms { approvals: Some(vec![BODY.into()]), ..terms.clone() };
    step(on, "甲", "benefit", commands::RegisterBenefit { benefit: id("QY1"), terms }.into());
    step(on, "甲", "approved", commands::RegisterBenefit { benefit: id("QY2"), terms: approved }.into());
    for application in ["QP0", "QP1"] {
        let (certificate, amount) = (None, AskedAmount::Blank);
        let (benefit, worker, at) = (id("QY2"), id("W1"), Some(nine_on("2024-03-01")));
        let propose =
            commands::ProposeBenefit { application: id(application), benefit, worker, at, certificate, amount };
        step(on, "甲", application, propose.into());
    }
    let apply = |application: &str, at: &str, used: Option<AskedUse>| commands::ApplyBenefit {
        application: id(application),
        benefit: id("QY1"),
        worker: id("W1"),
        at: Some(nine_on(at)),
        certificate: None,
        amount: AskedAmount::Amount(Fen::new(1_000)),
        used,
        completes: false,
    };
    step(on, "甲", "QD0", apply("QD0", "2024-03-01", None).into());
    let used = AskedUse { at: Some(nine_on("2024-02-11")), merchant: Some(id("M1")) };
    step(on, "甲", "QD30", apply("QD30", "2024-02-10", Some(used)).into());

    let terms = PassTerms { days: open(), kind: "优享卡".into(), lost: None, since: None, worker: id("W1") };
    step(on, "甲", "pass", commands::IssuePass { pass: id("NXK1"), terms, replacement: None }.into());
    let terms = OfferTerms {
        days: open(),
        fund: Some(id("ZJ1")),
        kind: "优享卡".into(),
        merchant: id("M1"),
        paid_of_thousand: 850,
        subsidy_of_ten_thousand: 5_000,
    };
    step(on, "甲", "offer", commands::RegisterOffer { offer: id("YH1"), terms }.into());
    let amount = |fen| AskedAmount::Amount(Fen::new(fen));
    let (slip_no, pass, offer, at) = (id("XP30"), id("NXK1"), id("YH1"), Some(nine_on("2024-03-01")));
    let slip = commands::UsePass { slip_no, pass, offer, at, price: amount(1_000), paid: amount(850) };
    step(on, "甲", "XP30", slip.into());

    for (selection, far) in [("PX1", 0), ("PX2", 1), ("PX3", 2), ("PX4", 3)] {
        let of = || id(selection);
        let key = |what: &str| -> &'static str { format!("{selection}-{what}").leak() };
        let terms = SelectionTerms {
            consent_until: None,
            cut_off: day("2024-03-01"),
            from: None,
            indicators: vec![Indicator {
                activities: Vec::new(),
                code: id("I1"),
                measure: Measure::Services,
                weight: 1,
            }],
            name: "最美骑手".into(),
            occupations: Vec::new(),
            places: 1,
            publicity_days: 3,
            tie_by: None,
        };
        step(on, "甲", key("announce"), commands::AnnounceSelection { selection: of(), terms }.into());
        for (worker, what) in [("W1", "w1"), ("W2", "w2")] {
            let word = commands::GiveWord {
                selection: of(),
                worker: id(worker),
                withdraws: false,
                on: None,
                paper: Some(DIGEST.to_owned()),
            };
            step(on, "甲", key(what), word.into());
        }
        if far >= 1 {
            step(on, "甲", key("seal"), commands::SealSelection { selection: of() }.into());
        }
        if far >= 2 {
            step(on, "甲", key("draw"), commands::DrawSelection { selection: of() }.into());
        }
        if far >= 3 {
            let objection = commands::ObjectToSelection {
                selection: of(),
                objection: id("YY0"),
                candidate: id("W1"),
                reason: "核对".into(),
            };
            step(on, "丙", key("object"), objection.into());
        }
    }

    let given = |at: &str, quantity: u32| AskedSpending {
        worker: id("W1"),
        store: id("S1"),
        lines: vec![AskedLine { sku: id("P1"), quantity: Some(quantity) }],
        time: AskedTime::At(nine_on(at)),
        proven: None,
    };
    for (key, at) in [("line-0", "2024-01-10"), ("line-1", "2024-02-10"), ("line-2", "2024-02-11")] {
        step(on, "甲", key, Command::Redeem(given(at, 1)));
    }
    let case = commands::DeliverRedemption {
        means: Means::Slip,
        device: None,
        hold: None,
        worker: Some(id("W1")),
        note: None,
        store: id("S1"),
        lines: given(on, 900).lines,
        given_at: nine_on(on),
        proof: commands::ProofTold::NotAsked,
    };
    step(on, "甲", "case", case.into());

    let month = |month: &str| Month::parse(month).expect("a month");
    let february = || month("2024-02");
    let of_body = || StatementOf::Body { body: BODY.into(), funds: vec![id("ZJ1")] };
    let of_merchant = || StatementOf::Merchant(id("M1"));
    step(on, "甲", "prepare-0", commands::PrepareStatement { of: of_merchant(), month: month("2024-01") }.into());
    step(on, "甲", "prepare", commands::PrepareStatement { of: of_merchant(), month: february() }.into());
    let dispute =
        commands::DisputeStatement {
            merchant: id("M1"), month: february(), line: id("line-1"), reason: "核对".into()
        };
    step(on, "丙", "dispute", dispute.into());
    step(on, "甲", "prepare-body", commands::PrepareStatement { of: of_body(), month: february() }.into());
    step(on, "乙", "confirm-body", commands::ConfirmStatement { of: of_body(), month: february() }.into());
    steps
}
