//! The only adapter to cqrs-es and postgres-es: our aggregates under its trait, its repository for loading streams.
//!
//! What is not used of them, and why, stands in docs/decisions/002: appending, snapshots, replay and query dispatch.

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, PersistenceError, SerializedEvent};
use cqrs_es::{Aggregate, DomainEvent};
use postgres_es::PostgresEventRepository;
use serde::de::DeserializeOwned;

use crate::domain::account::{Account, AccountCommand, AccountEvent};
use crate::domain::benefit::certificate::CertificateClaimed;
use crate::domain::benefit::{Benefit, BenefitCommand, BenefitEvent, Certificate, CertificateEvent};
use crate::domain::card::{AssignNumber, Card, CardEvent};
use crate::domain::directory::{Directory, DirectoryCommand, DirectoryEvent};
use crate::domain::event::{Event, StreamId};
use crate::domain::fund::{Fund, FundCommand, FundEvent};
use crate::domain::ids::{AccountId, MerchantId};
use crate::domain::mark::{Mark, MarkEvent};
use crate::domain::merchant::{Merchant, MerchantCommand, MerchantEvent};
use crate::domain::pair::{Pair, PairCommand, PairEvent};
use crate::domain::pass::{Offer, OfferCommand, OfferEvent, Pass, PassCommand, PassEvent};
use crate::domain::programme::{Programme, ProgrammeCommand, ProgrammeEvent};
use crate::domain::refusal::{Decision, Refusal};
use crate::domain::request::{RequestCommand, RequestEvent, ServiceRequest};
use crate::domain::selection::{Selection, SelectionCommand, SelectionEvent};
use crate::domain::site::{SiteCommand, SiteEvent, Sites};
use crate::domain::store::command::AtStore;
use crate::domain::store::{RedemptionStore, StoreCommand, StoreEvent};
use crate::domain::worker::command::OfWorker;
use crate::domain::worker::{Worker, WorkerCommand, WorkerEvent};
use crate::journal::{JournalError, StreamEvent};

/// The payload version of all events, as cqrs-es asks for it.
const EVENT_VERSION: &str = "1";

macro_rules! aggregate {
    ($aggregate:ty, $type:literal, $event:ty, $command:ty, |$state:ident, $asked:ident| $decide:expr) => {
        impl DomainEvent for $event {
            fn event_type(&self) -> String {
                <$event>::event_type(self).to_owned()
            }

            fn event_version(&self) -> String {
                EVENT_VERSION.to_owned()
            }
        }

        impl Aggregate for $aggregate {
            const TYPE: &'static str = $type;
            type Command = $command;
            type Event = $event;
            type Error = Refusal;
            type Services = ();

            async fn handle(
                &mut self,
                $asked: Self::Command,
                _services: &Self::Services,
                sink: &EventSink<Self>,
            ) -> Result<(), Self::Error> {
                let decided: Decision<Vec<$event>> = {
                    let $state = &*self;
                    $decide
                };
                for event in decided? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                self.evolve(&event);
            }
        }
    };
}

aggregate!(Programme, "Programme", ProgrammeEvent, ProgrammeCommand, |state, asked| state.decide(asked));
aggregate!(Worker, "Worker", WorkerEvent, (OfWorker, WorkerCommand), |state, asked| state.decide(&asked.0, asked.1));
aggregate!(Merchant, "Merchant", MerchantEvent, (MerchantId, MerchantCommand), |state, asked| state
    .decide(&asked.0, asked.1));
aggregate!(RedemptionStore, "RedemptionStore", StoreEvent, (AtStore, StoreCommand), |state, asked| state
    .decide(&asked.0, asked.1));
aggregate!(Card, "Card", CardEvent, AssignNumber, |state, asked| state.decide(asked));
aggregate!(Mark, "Mark", MarkEvent, MarkEvent, |state, asked| state.decide(asked));
aggregate!(Account, "Account", AccountEvent, (AccountId, AccountCommand), |state, asked| state
    .decide(&asked.0, asked.1));
aggregate!(Directory, "Directory", DirectoryEvent, DirectoryCommand, |state, asked| state.decide(asked));
aggregate!(Sites, "Sites", SiteEvent, SiteCommand, |state, asked| state.decide(asked));
aggregate!(ServiceRequest, "ServiceRequest", RequestEvent, RequestCommand, |state, asked| state.decide(asked));
aggregate!(Pair, "Pair", PairEvent, PairCommand, |state, asked| state.decide(asked));
aggregate!(Fund, "Fund", FundEvent, FundCommand, |state, asked| state.decide(asked));
aggregate!(Benefit, "Benefit", BenefitEvent, BenefitCommand, |state, asked| state.decide(asked));
aggregate!(Certificate, "Certificate", CertificateEvent, CertificateClaimed, |state, asked| state.decide(asked));
aggregate!(Pass, "Pass", PassEvent, PassCommand, |state, asked| state.decide(asked));
aggregate!(Offer, "Offer", OfferEvent, OfferCommand, |state, asked| state.decide(asked));
aggregate!(Selection, "Selection", SelectionEvent, SelectionCommand, |state, asked| state.decide(asked));

/// Loads one stream's events after a sequence through postgres-es.
///
/// # Errors
/// [`JournalError`].
pub async fn load_stream(
    repository: &PostgresEventRepository,
    stream: &StreamId,
    after: u64,
) -> Result<Vec<StreamEvent>, JournalError> {
    match stream {
        StreamId::Programme => load::<Programme>(repository, stream, after).await,
        StreamId::Worker(_) => load::<Worker>(repository, stream, after).await,
        StreamId::Merchant(_) => load::<Merchant>(repository, stream, after).await,
        StreamId::Store(_) => load::<RedemptionStore>(repository, stream, after).await,
        StreamId::Card(_) => load::<Card>(repository, stream, after).await,
        StreamId::Mark(_) => load::<Mark>(repository, stream, after).await,
        StreamId::Account(_) => load::<Account>(repository, stream, after).await,
        StreamId::Directory => load::<Directory>(repository, stream, after).await,
        StreamId::Sites => load::<Sites>(repository, stream, after).await,
        StreamId::Request(_) => load::<ServiceRequest>(repository, stream, after).await,
        StreamId::Pair(_) => load::<Pair>(repository, stream, after).await,
        StreamId::Fund(_) => load::<Fund>(repository, stream, after).await,
        StreamId::Benefit(_) => load::<Benefit>(repository, stream, after).await,
        StreamId::Certificate(_) => load::<Certificate>(repository, stream, after).await,
        StreamId::Pass(_) => load::<Pass>(repository, stream, after).await,
        StreamId::Offer(_) => load::<Offer>(repository, stream, after).await,
        StreamId::Selection(_) => load::<Selection>(repository, stream, after).await,
    }
}

async fn load<A>(
    repository: &PostgresEventRepository,
    stream: &StreamId,
    after: u64,
) -> Result<Vec<StreamEvent>, JournalError>
where
    A: Aggregate,
    A::Event: Into<Event> + DeserializeOwned,
{
    let after = usize::try_from(after).unwrap_or(usize::MAX);
    let stored = repository.get_last_events::<A>(stream.id(), after).await.map_err(|error| match error {
        PersistenceError::ConnectionError(cause) => JournalError::Unavailable(cause.to_string()),
        other => JournalError::Unavailable(other.to_string()),
    })?;
    stored.into_iter().map(decode::<A>).collect()
}

fn decode<A>(stored: SerializedEvent) -> Result<StreamEvent, JournalError>
where
    A: Aggregate,
    A::Event: Into<Event> + DeserializeOwned,
{
    let sequence = u64::try_from(stored.sequence).unwrap_or(0);
    let event: A::Event = serde_json::from_value(stored.payload).map_err(|error| JournalError::Damaged {
        position: 0,
        what: format!("event {sequence} of {}/{}: {error}", stored.aggregate_type, stored.aggregate_id),
    })?;
    Ok(StreamEvent { sequence, event: event.into() })
}
