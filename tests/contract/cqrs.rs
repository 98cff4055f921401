//! The face that the ledger shows to cqrs-es: its stores load our streams, its test framework runs our rules.

use std::sync::Arc;

use cqrs_es::persist::PersistedEventStore;
use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, AggregateContext, EventStore};
use ledger_core::domain::account::Account;
use ledger_core::domain::benefit::{Benefit, Certificate};
use ledger_core::domain::card::Card;
use ledger_core::domain::directory::Directory;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::fund::Fund;
use ledger_core::domain::ids::{ActivityCode, Actor, CreditId, RedemptionId, Sku, StoreId, WorkerId};
use ledger_core::domain::mark::Mark;
use ledger_core::domain::merchant::Merchant;
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pass::{Offer, Pass};
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::Programme;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::selection::Selection;
use ledger_core::domain::site::Sites;
use ledger_core::domain::store::RedemptionStore;
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::domain::worker::command::{CreditTerms, OfWorker, Spending};
use ledger_core::domain::worker::event::{LotPart, RedeemedLine, WorkerEvent};
use ledger_core::domain::worker::{Worker, WorkerCommand};
use ledger_core::journal::Journal;
use ledger_core::journal::postgres::PostgresJournal;
use ledger_core::ledger::cache::{Fold, Loaded};
use postgres_es::PostgresEventRepository;

use crate::backends::Backend;
use crate::batches::registered;
use crate::lived_in::live_in;

fn repository(journal: &PostgresJournal) -> PostgresEventRepository {
    PostgresEventRepository::new(journal.framework_pool().clone()).with_tables("cqrs_events", "cqrs_snapshots")
}

/// Loads an aggregate as cqrs-es does, and as we do.
async fn same<A>(journal: &PostgresJournal, stream: StreamId)
where
    A: Aggregate + Fold + PartialEq + std::fmt::Debug,
{
    let store = PersistedEventStore::<_, A>::new_event_store(repository(journal));
    let mut context = store.load_aggregate(stream.id()).await.expect("cqrs-es loads it");
    let events = store.load_events(stream.id()).await.expect("cqrs-es loads its events");
    let stored = journal.load(std::slice::from_ref(&stream), true).await.expect("it loads").remove(0);
    let loaded: Loaded<A> = Loaded::from_stored(&stored).expect("it folds").expect("its snapshot can be read");
    assert_eq!(context.aggregate(), &loaded.state, "{stream}");
    assert_eq!(events.len() as u64, loaded.sequence, "{stream}");
    assert!(events.iter().map(|event| event.sequence as u64).eq(1..=loaded.sequence), "{stream}");
    let mut folded = A::default();
    events.into_iter().for_each(|event| folded.apply(event.payload));
    assert_eq!(folded, loaded.state, "{stream}");
}

#[tokio::test]
async fn cqrs_es_loads_every_aggregate_as_the_ledger_does() {
    let Backend::Postgres { url, schema } = Backend::postgres() else { unreachable!("PostgreSQL was asked for") };
    let journal = Arc::new(PostgresJournal::open(&url, &schema).await.expect("PostgreSQL opens"));
    let until = live_in(&(Arc::clone(&journal) as Arc<dyn Journal>)).await;
    let entries = journal.read(0, until as usize).await.expect("entries");
    let mut streams: Vec<StreamId> = entries.iter().map(|entry| entry.event().expect("an event").stream()).collect();
    streams.sort();
    streams.dedup();
    assert!(streams.len() >= 8, "a lived-in journal has many streams: {streams:?}");
    for stream in streams {
        match stream {
            StreamId::Programme => same::<Programme>(&journal, stream).await,
            StreamId::Worker(_) => same::<Worker>(&journal, stream).await,
            StreamId::Merchant(_) => same::<Merchant>(&journal, stream).await,
            StreamId::Store(_) => same::<RedemptionStore>(&journal, stream).await,
            StreamId::Card(_) => same::<Card>(&journal, stream).await,
            StreamId::Mark(_) => same::<Mark>(&journal, stream).await,
            StreamId::Account(_) => same::<Account>(&journal, stream).await,
            StreamId::Directory => same::<Directory>(&journal, stream).await,
            StreamId::Sites => same::<Sites>(&journal, stream).await,
            StreamId::Request(_) => same::<ServiceRequest>(&journal, stream).await,
            StreamId::Pair(_) => same::<Pair>(&journal, stream).await,
            StreamId::Fund(_) => same::<Fund>(&journal, stream).await,
            StreamId::Benefit(_) => same::<Benefit>(&journal, stream).await,
            StreamId::Certificate(_) => same::<Certificate>(&journal, stream).await,
            StreamId::Pass(_) => same::<Pass>(&journal, stream).await,
            StreamId::Offer(_) => same::<Offer>(&journal, stream).await,
            StreamId::Selection(_) => same::<Selection>(&journal, stream).await,
        }
    }
    let nobody = PersistedEventStore::<_, Worker>::new_event_store(repository(&journal));
    let mut context = nobody.load_aggregate("nobody").await.expect("nobody loads too");
    assert_eq!(context.aggregate(), &Worker::default());
}

fn of(day: &str) -> OfWorker {
    OfWorker { worker: "W1".parse::<WorkerId>().expect("a worker"), at: BusinessTime::parse(day).expect("a day") }
}

fn credit(name: &str, day: &str, points: i32, months: u32) -> (OfWorker, WorkerCommand) {
    let activity = Activity {
        category: "志愿服务".into(),
        checks: None,
        code: "ZY01".parse::<ActivityCode>().expect("an activity"),
        counts_for_card: true,
        daily_cap: Some(Points::from_whole(20)),
        name: "社区巡逻".into(),
        points_per_unit: Points::from_whole(points),
        publicity_days: None,
        unit: "次".into(),
        validity: Validity::Months(months),
        terms: Default::default(),
    };
    let terms = CreditTerms {
        activity,
        credit: name.parse::<CreditId>().expect("a credit"),
        entered_on: of(day).at.date(),
        evidence: None,
        on: of(day).at.date(),
        flags: Vec::new(),
        hours: None,
        proposer: "经办人".parse::<Actor>().expect("an actor"),
        quantity: Quantity::from_millionths(1_000_000),
        schedule: 1,
        span: None,
        step: Points::from_whole(1),
        way: None,
        witness: None,
        eligible_on: None,
        done_on: None,
        source: None,
    };
    (of(day), WorkerCommand::Credit(Box::new(terms)))
}

fn redeem(day: &str, points: i32) -> (OfWorker, WorkerCommand) {
    let line = RedeemedLine {
        kind: "实物".into(),
        merchant: None,
        price: Points::from_whole(points),
        quantity: 1,
        sku: "SP001".parse::<Sku>().expect("an item"),
    };
    let spending = Spending {
        lines: vec![line],
        limits: vec![None],
        proven: None,
        store: "S1".parse::<StoreId>().expect("a store"),
    };
    (of(day), WorkerCommand::Redeem { redemption: "R1".parse::<RedemptionId>().expect("a name"), spending })
}

/// Events that commands made, each against what the ones before left.
fn given(commands: impl IntoIterator<Item = (OfWorker, WorkerCommand)>) -> Vec<WorkerEvent> {
    let ledger_core::domain::event::Event::Worker(joined) = registered("W1", "骑手") else {
        unreachable!("a worker joins")
    };
    let mut worker = Worker::default();
    worker.evolve(&joined);
    let mut events = vec![joined];
    for (of, command) in commands {
        let decided = worker.decide(&of, command).expect("what is given was accepted");
        decided.iter().for_each(|event| worker.evolve(event));
        events.extend(decided);
    }
    events
}

/// Given two lots, when points are spent, then the one that expires first goes first, whichever was recorded first.
#[test]
fn the_lot_that_expires_first_is_spent_first() {
    let long = || credit("long", "2024-03-05", 10, 12);
    let short = || credit("short", "2024-03-06", 10, 1);
    for (order, parts) in [
        ([long(), short()], [LotPart(2, Points::from_whole(10)), LotPart(1, Points::from_whole(4))]),
        ([short(), long()], [LotPart(1, Points::from_whole(10)), LotPart(2, Points::from_whole(4))]),
    ] {
        let result =
            TestFramework::<Worker>::with(()).given(given(order)).when(redeem("2024-03-10", 14)).inspect_result();
        let Ok([WorkerEvent::Redeemed(redeemed)]) = result.as_deref() else { panic!("a redemption: {result:?}") };
        assert_eq!((redeemed.lots.as_slice(), redeemed.balance), (&parts[..], Points::from_whole(6)));
    }
}

/// Given most of a day's cap, when a credit crosses it, then it gets what is left; when one meets it full, it is refused.
#[test]
fn a_daily_cap_is_never_passed() {
    let most = given([credit("first", "2024-03-05", 15, 12)]);
    let mut with_rest = given([credit("first", "2024-03-05", 15, 12), credit("second", "2024-03-05", 15, 12)]);
    let second = with_rest.pop().expect("the second credit");
    assert_eq!(second.as_service().map(|record| record.points), Some(Points::from_whole(5)));
    TestFramework::<Worker>::with(())
        .given(most)
        .when(credit("second", "2024-03-05", 15, 12))
        .then_expect_events(vec![second.clone()]);
    with_rest.push(second);
    let refused =
        TestFramework::<Worker>::with(()).given(with_rest).when(credit("third", "2024-03-05", 1, 12)).inspect_result();
    assert_eq!(refused.map_err(|refusal| refusal.code), Err(Code::DailyCapReached));
}
