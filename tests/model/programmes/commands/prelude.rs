//! The district that every history begins with.

use ledger_core::domain::account::Role;
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::money::Fen;
use ledger_core::domain::pair::command::PairTerms;
use ledger_core::domain::pass::command::OfferTerms;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::schedule::{self, ActivityTerms, Scoring};
use ledger_core::domain::time::Validity;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::{Command, commands};

use super::{BODY, ROLE, account, benefit, code, date, id, pass, period, points, worker};
use crate::programmes::desk::{self, BRANCHES, FUNDS, OFFERS, PAIRS};
use crate::programmes::steps::Activity;

fn line(activity: Activity, terms: ActivityTerms) -> schedule::Activity {
    let (rate, daily_cap) = desk::rate(activity);
    schedule::Activity {
        category: "志愿服务".into(),
        checks: None,
        code: id(code(activity)),
        counts_for_card: true,
        daily_cap: daily_cap.map(points),
        name: "服务".into(),
        points_per_unit: points(rate),
        publicity_days: None,
        unit: "次".into(),
        validity: if activity == Activity::Plain { Validity::Months(24) } else { Validity::Forever },
        terms,
    }
}

/// What there is before anything is asked.
pub(crate) fn prelude() -> Vec<Command> {
    let rated = ActivityTerms {
        claimers_max: Some(desk::CLAIMERS_MAX),
        scoring: Some(Scoring::Rating),
        yearly_cap: Some(points(desk::RATED_YEARLY_CAP)),
        ..ActivityTerms::default()
    };
    let fed_back = ActivityTerms {
        scoring: Some(Scoring::Feedback),
        monthly_cap: Some(points(desk::FED_BACK_MONTHLY_CAP)),
        ..ActivityTerms::default()
    };
    let activities = vec![
        line(Activity::Plain, ActivityTerms::default()),
        line(Activity::Rated, rated),
        line(Activity::FedBack, fed_back),
        line(Activity::Visit, ActivityTerms::default()),
        line(Activity::Appointed, ActivityTerms { roles: vec![ROLE.into()], ..ActivityTerms::default() }),
    ];
    let mut commands = vec![Command::AdoptSchedule(commands::AdoptSchedule {
        activities,
        effective_from: date(1),
        settings: Settings::default(),
        first: false,
    })];
    commands.extend((0..4).chain([desk::LEFT]).map(|number| {
        let details = WorkerDetails {
            occupation: "骑手".into(),
            party_member: None,
            platform: None,
            probationary: false,
            site: None,
        };
        Command::RegisterWorker(commands::RegisterWorker { worker: worker(number), details, update: false })
    }));
    commands.extend((0..2).map(|number| {
        let uscc = "91350100M000100Y43".to_owned();
        let details = MerchantDetails { category: None, name: format!("商户{number}"), uscc };
        Command::RegisterMerchant(commands::RegisterMerchant {
            merchant: id(&format!("M{number}")),
            details,
            update: false,
        })
    }));
    commands.extend(FUNDS.iter().enumerate().map(|(number, fen)| {
        let terms =
            FundTerms { appropriated: Fen::new(*fen), body: BODY.into(), source: "工会经费".into(), year: None };
        Command::RegisterFund(commands::RegisterFund { fund: id(&format!("F{number}")), terms })
    }));
    commands.extend((0_u8..4).map(|number| {
        let of = usize::from(number);
        benefit(number, desk::PLACES[of], Some(desk::APPROVING[of]))
    }));
    for by in 0..desk::HANDS {
        let Some(of) = desk::worker_of(by) else { continue };
        let account = account(by);
        commands.push(Command::OpenAccount(commands::OpenAccount { account: id(&account), worker: Some(worker(of)) }));
        let (account, role) = (id(&account), Role::Operator);
        let (scope, from, until) = (None, None, None);
        commands.push(Command::GrantRole(commands::GrantRole { account, role, scope, from, until }));
    }
    commands.extend(PAIRS.iter().zip(BRANCHES).enumerate().map(
        |(number, ((helper, helped, since, ended), branch))| {
            let terms = PairTerms {
                branch: branch.map(|branch| id(&format!("Z{branch}"))),
                ended: ended.map(date),
                helped: worker(*helped),
                helper: worker(*helper),
                since: date(*since),
            };
            Command::OpenPair(commands::OpenPair { pair: id(&format!("P{number}")), terms })
        },
    ));
    commands.push(commands::DepartWorker { worker: worker(desk::LEFT), reason: "离开本区".into() }.into());
    commands.extend((0..3).map(|number| {
        let (terms, number) = pass(number);
        Command::IssuePass(commands::IssuePass { pass: id(&number), terms, replacement: None })
    }));
    commands.extend(OFFERS.iter().enumerate().map(|(number, offer)| {
        let terms = OfferTerms {
            days: period(offer.days),
            fund: Some(id(&format!("F{}", offer.fund))),
            kind: offer.kind.into(),
            merchant: id(&format!("M{}", offer.merchant)),
            paid_of_thousand: offer.paid_of_thousand,
            subsidy_of_ten_thousand: offer.subsidy_of_ten_thousand,
        };
        Command::RegisterOffer(commands::RegisterOffer { offer: id(&format!("O{number}")), terms })
    }));
    commands
}
