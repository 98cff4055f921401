//! Samples of the documents' programmes.

use super::super::super::{Event, V1, WorkerEvent};
use super::{at, date, first_samples, merchant, points, worker};
use crate::domain::benefit::certificate::{CertificateClaimed, CertificateEvent};
use crate::domain::benefit::command::{ApplicationTerms, BenefitKind, BenefitTerms, Use};
use crate::domain::benefit::event::{BenefitApplied, BenefitEvent, BenefitRecorded, BenefitUsed};
use crate::domain::fund::command::FundTerms;
use crate::domain::fund::event::{FundCommitted, FundEvent, FundRecorded};
use crate::domain::ids::{CertificateNo, Key, WorkerId};
use crate::domain::merchant::event::{MerchantEvent, MoneyClaimed};
use crate::domain::money::Fen;
use crate::domain::pair::command::{Confirmation, PairTerms, VisitTerms};
use crate::domain::pair::event::{PairEvent, PairRecorded, VisitConfirmed, VisitReported};
use crate::domain::pass::command::{OfferTerms, PassTerms, Slip};
use crate::domain::pass::event::{OfferEvent, OfferRecorded, PassEvent, PassRecorded, PassUsed};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::request::command::{Rating, Word, Work};
use crate::domain::request::event::{
    ClaimReturned, HandlingRated, HandlingRecorded, RequestClaimed, RequestEvent, RequestMerged, RequestPosted,
    RequestRouted, RequestWithdrawn,
};
use crate::domain::worker::command::AppointmentTerms;
use crate::domain::worker::event::{AppointmentRecorded, BenefitPointsSpent, LotPart};

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an id")
}

fn days() -> Period {
    Period { from: Some(date("2024-01-01")), through: Some(date("2024-12-31")) }
}

pub(crate) fn samples() -> Vec<Event> {
    let mut all = workers();
    all.extend(requests().into_iter().map(Event::Request));
    all.extend(pairs().into_iter().map(Event::Pair));
    all.extend(funds().into_iter().map(Event::Fund));
    all.extend(benefits());
    all.extend(passes());
    all
}

fn workers() -> Vec<Event> {
    let terms = AppointmentTerms {
        body: "区委组织部".into(),
        days: days(),
        ended: Some(date("2024-06-01")),
        role: "特聘网格员".into(),
        site: Some(id("YZ-YZ0002")),
    };
    let spent = BenefitPointsSpent {
        application: id("QD-0001"),
        at: at(),
        balance: points(100),
        benefit: id("QY03"),
        lots: vec![LotPart(3, points(2_000))],
        points: points(2_000),
        v: V1,
        worker: worker(),
    };
    let ripened = first_samples().into_iter().filter_map(|event| {
        let mut record = event.as_worker()?.as_service()?.clone();
        record.source = Some("XQ-0001".into());
        Some(Event::Worker(WorkerEvent::service(record)))
    });
    let claimed = MoneyClaimed {
        amount: Fen::new(1_276),
        at: at(),
        merchant: merchant(),
        month: None,
        source: id("XP-0001"),
        v: V1,
    };
    let appointed = AppointmentRecorded { appointment: id("PS-0001"), at: at(), terms, v: V1, worker: worker() };
    [
        Event::Worker(WorkerEvent::AppointmentRecorded(appointed)),
        Event::Worker(WorkerEvent::BenefitPointsSpent(spent)),
        Event::Merchant(MerchantEvent::MoneyClaimed(claimed)),
    ]
    .into_iter()
    .chain(ripened)
    .collect()
}

fn requests() -> Vec<RequestEvent> {
    let posted = |merged_into, reporter| {
        RequestEvent::RequestPosted(RequestPosted {
            activity: id("WX01"),
            at: at(),
            due: None,
            merged_into,
            on: date("2024-03-01"),
            reporter,
            request: id("XQ-0002"),
            site: None,
            v: V1,
        })
    };
    let handled = |claimer: Option<WorkerId>| {
        let work = Work {
            claimer: claimer.as_ref().map(ToString::to_string).unwrap_or_default(),
            claimed: "2024-03-02".into(),
            done: "2024-03-03".into(),
            quantity: "1000000".into(),
        };
        RequestEvent::HandlingRecorded(HandlingRecorded {
            at: at(),
            claimer,
            handling: id("BL-0001"),
            quantity: Quantity::from_millionths(1_000_000),
            request: id("XQ-0002"),
            v: V1,
            work,
        })
    };
    let rating = Rating { on: date("2024-03-05"), word: Word::Satisfied };
    vec![
        posted(Some(id("XQ-0001")), Some(worker())),
        posted(None, None),
        handled(Some(worker())),
        handled(None),
        RequestEvent::HandlingRated(HandlingRated {
            at: at(),
            handling: id("BL-0001"),
            rating,
            request: id("XQ-0002"),
            v: V1,
        }),
    ]
}

fn pairs() -> Vec<PairEvent> {
    let recorded = || PairRecorded {
        at: at(),
        pair: id("BD-0001"),
        terms: PairTerms {
            branch: Some(id("外卖骑手第一党支部")),
            ended: Some(date("2024-10-15")),
            helped: id("YZ-骑手-002"),
            helper: worker(),
            since: date("2024-01-08"),
        },
        v: V1,
    };
    let terms = VisitTerms { activity: id("LB01"), on: date("2024-03-04"), reporter: worker() };
    let confirmation = Confirmation { branch: None, by: id("YZ-骑手-002"), on: date("2024-03-05") };
    vec![
        PairEvent::PairOpened(recorded()),
        PairEvent::PairUpdated(recorded()),
        PairEvent::VisitReported(VisitReported { at: at(), pair: id("BD-0001"), terms, v: V1, visit: id("ZF-0001") }),
        PairEvent::VisitConfirmed(VisitConfirmed {
            at: at(),
            confirmation,
            pair: id("BD-0001"),
            v: V1,
            visit: id("ZF-0001"),
        }),
    ]
}

fn funds() -> Vec<FundEvent> {
    let recorded = || FundRecorded {
        at: at(),
        fund: id("ZJ01"),
        terms: FundTerms {
            appropriated: Fen::new(2_000_000),
            body: "区总工会".into(),
            source: "工会经费".into(),
            year: Some(2024),
        },
        v: V1,
    };
    let source: Key = id("QD-0001");
    vec![
        FundEvent::FundRegistered(recorded()),
        FundEvent::FundUpdated(recorded()),
        FundEvent::FundCommitted(FundCommitted {
            amount: Fen::new(6_050),
            at: at(),
            fund: id("ZJ01"),
            month: None,
            source,
            v: V1,
        }),
    ]
}

fn benefits() -> Vec<Event> {
    let recorded = || BenefitRecorded {
        at: at(),
        benefit: id("QY03"),
        terms: BenefitTerms {
            approvals: None,
            fund: Some(id("ZJ01")),
            kind: BenefitKind::Place,
            limit_per_worker: Some(1),
            limit_yearly: true,
            name: "免费健康体检".into(),
            places: Some(10),
            price: points(2_000),
            value: Fen::new(6_050),
            window: days(),
        },
        v: V1,
    };
    let certificate: CertificateNo = id("ZS00003");
    let applied = || BenefitApplied {
        application: id("QD-0001"),
        at: at(),
        benefit: id("QY03"),
        terms: ApplicationTerms {
            amount: Some(Fen::new(361_700)),
            at: at(),
            certificate: Some(id("ZS00003")),
            worker: worker(),
        },
        v: V1,
    };
    let claimed =
        CertificateClaimed { application: id("QD-0001"), benefit: id("QY03"), certificate, v: V1, worker: worker() };
    let used = Use { at: at(), merchant: Some(merchant()) };
    vec![
        Event::Benefit(BenefitEvent::BenefitRegistered(recorded())),
        Event::Benefit(BenefitEvent::BenefitUpdated(recorded())),
        Event::Benefit(BenefitEvent::BenefitGranted(applied())),
        Event::Benefit(BenefitEvent::BenefitQueued(applied())),
        Event::Benefit(BenefitEvent::BenefitUsed(BenefitUsed {
            application: id("QD-0001"),
            at: at(),
            benefit: id("QY03"),
            used,
            v: V1,
            worker: worker(),
        })),
        Event::Certificate(CertificateEvent::CertificateClaimed(claimed)),
    ]
}

fn passes() -> Vec<Event> {
    let recorded = |replaces| PassRecorded {
        at: at(),
        pass: id("NXK-0001"),
        replaces,
        terms: PassTerms {
            days: days(), kind: "优享卡".into(), lost: Some(at()), since: Some(at()), worker: worker()
        },
        v: V1,
    };
    let offer = || OfferRecorded {
        at: at(),
        offer: id("YH-0001"),
        terms: OfferTerms {
            days: days(),
            fund: Some(id("ZJ01")),
            kind: "优享卡".into(),
            merchant: merchant(),
            paid_of_thousand: 850,
            subsidy_of_ten_thousand: 5_000,
        },
        v: V1,
    };
    let slip = Slip { at: at(), offer: id("YH-0001"), paid: Fen::new(2_128), price: Fen::new(2_504) };
    vec![
        Event::Pass(PassEvent::PassIssued(recorded(Some(id("NXK-0000"))))),
        Event::Pass(PassEvent::PassIssued(recorded(None))),
        Event::Pass(PassEvent::PassUpdated(recorded(Some(id("NXK-0000"))))),
        Event::Pass(PassEvent::PassUpdated(recorded(None))),
        Event::Pass(PassEvent::PassUsed(PassUsed {
            at: at(),
            fund: None,
            merchant: merchant(),
            owed: None,
            pass: id("NXK-0001"),
            slip,
            slip_no: id("XP-0001"),
            v: V1,
        })),
        Event::Offer(OfferEvent::OfferRegistered(offer())),
        Event::Offer(OfferEvent::OfferUpdated(offer())),
    ]
}

/// A request that a site routes: the field came later.
pub(in super::super) fn routed_samples() -> Vec<Event> {
    let posted = RequestPosted {
        activity: id("WX01"),
        at: at(),
        due: None,
        merged_into: None,
        on: date("2024-03-01"),
        reporter: Some(worker()),
        request: id("XQ-0003"),
        site: Some(id("YZ-YZ0002")),
        v: V1,
    };
    vec![Event::Request(RequestEvent::RequestPosted(posted))]
}

/// A request that is passed on, claimed apart from its work, given up and taken back: these came later.
pub(in super::super) fn claim_samples() -> Vec<Event> {
    let routed = |body: Option<&str>, site| {
        let body = body.map(str::to_owned);
        let on = date("2024-03-01");
        RequestEvent::RequestRouted(RequestRouted { at: at(), body, on, request: id("XQ-0004"), site, v: V1 })
    };
    let claimed = |handling: &str| {
        RequestEvent::RequestClaimed(RequestClaimed {
            at: at(),
            claimer: worker(),
            handling: id(handling),
            on: date("2024-03-02"),
            request: id("XQ-0004"),
            v: V1,
        })
    };
    let returned =
        ClaimReturned { at: at(), handling: id("RL-0001"), on: date("2024-03-03"), request: id("XQ-0004"), v: V1 };
    let withdrawn = RequestWithdrawn { at: at(), on: date("2024-03-04"), request: id("XQ-0004"), v: V1 };
    let posted = RequestPosted {
        activity: id("WX01"),
        at: at(),
        due: None,
        merged_into: None,
        on: date("2024-03-01"),
        reporter: None,
        request: id("XQ-0004"),
        site: Some(id("YZ-YZ0002")),
        v: V1,
    };
    let events = vec![
        RequestEvent::RequestPosted(posted),
        routed(Some("区住建局"), None),
        routed(None, Some(id("YZ-YZ0002"))),
        claimed("RL-0001"),
        RequestEvent::ClaimReturned(returned),
        claimed("RL-0002"),
        RequestEvent::RequestWithdrawn(withdrawn),
    ];
    events.into_iter().map(Event::Request).collect()
}

/// A request that is linked to an earlier one after it was posted: this came later.
pub(in super::super) fn merged_samples() -> Vec<Event> {
    let merged = |reason: Option<&str>| {
        let (into, request) = (id("XQ-0001"), id("XQ-0005"));
        RequestEvent::RequestMerged(RequestMerged { at: at(), into, reason: reason.map(Into::into), request, v: V1 })
    };
    [merged(Some("同一处井盖")), merged(None)].into_iter().map(Event::Request).collect()
}
