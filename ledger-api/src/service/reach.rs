//! Whether a right reaches a target of which only the journal tells whose and where it is: what is not told by the request
//! itself is looked up, and only for whoever has a right that ends somewhere.
//!
//! Of what is not there nothing is found, so that it is nobody's own: a no tells nothing of what exists.

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::ids::{
    ApplicationId, CreditId, Key, OfferId, RedemptionId, RequestId, SiteId, SlipNo, StoreId, WorkerId,
};
use ledger_core::domain::pass::OfferEvent;
use ledger_core::domain::request::{RequestEvent, ServiceRequest};
use ledger_core::domain::worker::event::{CardStep, WorkerEvent};
use projections::queries::At;

use super::ServiceError;
use super::applied::applied;
use super::begun::{Begun, Posted};
use super::stream::each_entry;
use super::uses::{last_use, slip};
use crate::access::policy::{Action, Denied, Target, Whereabouts, Who, allow, may_ever};
use crate::app::App;

/// Lets whoever asks do something to a target.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Unavailable`] when it cannot be looked up now.
pub async fn may(app: &App, who: Who<'_>, action: impl Into<Action>, target: Target<'_>) -> Result<(), ServiceError> {
    may_after(app, who, action, target, &Begun::default()).await
}

/// As [`may`], for one of many commands: what those before it begin belongs where they said, unless the journal knows it.
///
/// # Errors
/// As [`may`].
pub async fn may_after(
    app: &App,
    who: Who<'_>,
    action: impl Into<Action>,
    target: Target<'_>,
    begun: &Begun,
) -> Result<(), ServiceError> {
    let action = action.into();
    if allow(who, action, target).is_ok() {
        return Ok(());
    }
    if !may_ever(who, action) {
        return Err(Denied.into());
    }
    app.views.fresh(None).await?;
    let mut known = whereabouts(app, target).await?;
    // What the journal knows is where it is, whatever a command says that will be refused for it.
    if known == Whereabouts::default() {
        known = of_begun(app, begun, target).await?;
    }
    if let Target::Claim { claim, .. } = target
        && known.worker.is_none()
    {
        known.worker = begun.claimer(claim).map(ToString::to_string);
    }
    known.today = Some(app.ledger.now().date());
    Ok(allow(who, action, Target::Known(&known))?)
}

async fn of_begun(app: &App, begun: &Begun, target: Target<'_>) -> Result<Whereabouts, ServiceError> {
    let journal = app.ledger.journal();
    if let Some((key, act)) = begun.act_of(target) {
        if journal.find(std::slice::from_ref(key)).await?.into_iter().flatten().next().is_some() {
            return Ok(Whereabouts::default());
        }
        let known = match &act.store {
            Some(store) => of_store(app, store.as_str()).await?,
            None => of_worker(app, act.worker.as_str()).await?,
        };
        return Ok(Whereabouts { worker: Some(act.worker.to_string()), made_on: Some(act.made_on), ..known });
    }
    if let Target::Request(request)
    | Target::Work { request, .. }
    | Target::Claim { request, .. }
    | Target::Handling { request, .. } = target
    {
        let Ok(request) = RequestId::new(request) else { return Ok(Whereabouts::default()) };
        let Some(Posted { reporter, site }) = begun.request(&request) else { return Ok(Whereabouts::default()) };
        if first_event(app, StreamId::Request(request)).await?.is_some() {
            return Ok(Whereabouts::default());
        }
        let told = ToldOfRequest { reporter: reporter.clone(), site: site.clone(), ..ToldOfRequest::default() };
        return of_request(app, target, &told).await;
    }
    let Some(Ok(worker)) = target.worker().map(WorkerId::new) else { return Ok(Whereabouts::default()) };
    let Some(site) = begun.site_of(&worker) else { return Ok(Whereabouts::default()) };
    // Views may not have come to a worker whom somebody else registered just now.
    if !journal.read_stream(&StreamId::Worker(worker.clone()), 0, 1).await?.is_empty() {
        return Ok(Whereabouts::default());
    }
    Ok(Whereabouts {
        worker: Some(worker.to_string()),
        sites: upwards(app, site.map(SiteId::as_str)).await?,
        ..Whereabouts::default()
    })
}

async fn whereabouts(app: &App, target: Target<'_>) -> Result<Whereabouts, ServiceError> {
    Ok(match target {
        Target::Worker(worker) => of_worker(app, worker).await?,
        Target::Card { worker, branch: None } => {
            let known = of_worker(app, worker).await?;
            let branch = if known.branch.is_some() { known.branch } else { last_branch(app, worker).await? };
            Whereabouts { branch, ..known }
        }
        Target::Counter { worker, store } => {
            Whereabouts { store: Some(store.to_owned()), ..of_worker(app, worker).await? }
        }
        Target::Store(store) => of_store(app, store).await?,
        Target::Site(site) => Whereabouts { sites: upwards(app, Some(site)).await?, ..Whereabouts::default() },
        Target::Credit(credit) => {
            let Ok(credit) = CreditId::new(credit) else { return Ok(Whereabouts::default()) };
            match app.views.credit(&credit, app.views.position()).await? {
                Some(found) => of_worker(app, found.record.worker.as_str()).await?,
                None => Whereabouts::default(),
            }
        }
        Target::Redemption(redemption) => {
            let Ok(redemption) = RedemptionId::new(redemption) else { return Ok(Whereabouts::default()) };
            match app.views.redemption(&redemption, app.views.position()).await? {
                Some(found) => Whereabouts {
                    worker: Some(found.worker.to_string()),
                    made_on: Some(found.at.date()),
                    ..of_store(app, &found.store).await?
                },
                None => Whereabouts::default(),
            }
        }
        Target::Hold(hold) => of_hold(app, hold).await?,
        Target::Posting { reporter, site: None } => match reporter {
            Some(reporter) => of_worker(app, reporter).await?,
            None => Whereabouts::default(),
        },
        Target::Posting { site: Some(site), .. } => {
            Whereabouts { sites: upwards(app, Some(site)).await?, ..Whereabouts::default() }
        }
        Target::Request(request)
        | Target::Work { request, .. }
        | Target::Claim { request, .. }
        | Target::Handling { request, .. } => {
            let Ok(request) = RequestId::new(request) else { return Ok(Whereabouts::default()) };
            match told_of_request(app, target, request).await? {
                Some(told) => of_request(app, target, &told).await?,
                None => Whereabouts::default(),
            }
        }
        Target::Application { application, .. } => of_application(app, application).await?,
        Target::Offer(offer) => {
            let Ok(offer) = OfferId::new(offer) else { return Ok(Whereabouts::default()) };
            // An offer that changes hands is the last one's.
            let Some(merchant) = merchant_of(app, offer).await? else { return Ok(Whereabouts::default()) };
            Whereabouts { merchant: Some(merchant), ..Whereabouts::default() }
        }
        Target::UseOf(application) => of_use(app, application).await?,
        Target::Slip(slip) => of_slip(app, slip).await?,
        // All that rights ask of these is in the request.
        Target::District
        | Target::Card { branch: Some(_), .. }
        | Target::Merchant(_)
        | Target::Branch(_)
        | Target::Known(_) => Whereabouts::default(),
    })
}

/// What a request's own events tell of whose it is.
#[derive(Default)]
struct ToldOfRequest {
    reporter: Option<WorkerId>,
    /// The site that took it in.
    site: Option<SiteId>,
    /// The site that it was passed on to.
    routed: Option<SiteId>,
    /// Who made the claim that is asked about.
    claimer: Option<WorkerId>,
}

/// Read from its stream: who may act on it now is no matter of how far views have come.
async fn told_of_request(
    app: &App,
    target: Target<'_>,
    request: RequestId,
) -> Result<Option<ToldOfRequest>, ServiceError> {
    let mut state = ServiceRequest::default();
    let mut claimer = None;
    each_entry(app.ledger.journal().as_ref(), &StreamId::Request(request), |entry| {
        let event = entry.event()?;
        let Some(event) = event.as_request() else { return Ok(()) };
        if let (RequestEvent::RequestClaimed(made), Target::Claim { claim, .. }) = (event, target)
            && made.handling.as_str() == claim
        {
            claimer = Some(made.claimer.clone());
        }
        state.evolve(event);
        Ok(())
    })
    .await?;
    let routed = state.routing().and_then(|routing| routing.site.clone());
    Ok(state.posting().map(|posting| ToldOfRequest {
        reporter: posting.reporter.clone(),
        site: posting.site.clone(),
        routed,
        claimer,
    }))
}

/// A request, and who acts in it: whoever claims it, or else whoever reported it. It is of the site that took it in, and of
/// the one that it was passed on to.
async fn of_request(app: &App, target: Target<'_>, told: &ToldOfRequest) -> Result<Whereabouts, ServiceError> {
    let id = |worker: &Option<WorkerId>| worker.as_ref().map(ToString::to_string);
    let mut sites = match (&told.site, &told.reporter) {
        (Some(site), _) => upwards(app, Some(site.as_str())).await?,
        (None, Some(reporter)) => of_worker(app, reporter.as_str()).await?.sites,
        (None, None) => Vec::new(),
    };
    if let Some(routed) = &told.routed {
        sites.extend(upwards(app, Some(routed.as_str())).await?);
    }
    // Of work nobody acts but who did it: a reporter who earns by it would be the own witness.
    let worker = if let Target::Work { claimer, .. } = target {
        claimer.map(str::to_owned)
    } else if let Target::Claim { .. } = target {
        id(&told.claimer)
    } else {
        id(&told.reporter)
    };
    Ok(Whereabouts { worker, sites, ..Whereabouts::default() })
}

async fn first_event(app: &App, stream: StreamId) -> Result<Option<Event>, ServiceError> {
    let entries = app.ledger.journal().read_stream(&stream, 0, 1).await?;
    Ok(entries.first().map(|entry| entry.event()).transpose()?)
}

/// Whoever applied under a name, be it granted, waiting or to be approved.
async fn of_application(app: &App, application: &str) -> Result<Whereabouts, ServiceError> {
    let Ok(application) = ApplicationId::new(application) else { return Ok(Whereabouts::default()) };
    match applied(app, &application).await? {
        Some(asked) => of_worker(app, asked.worker.as_str()).await,
        None => Ok(Whereabouts::default()),
    }
}

/// The last use of what was applied for, be it taken back since: whoever asks a second time is told what was told the first
/// time.
async fn of_use(app: &App, application: &str) -> Result<Whereabouts, ServiceError> {
    let Ok(application) = ApplicationId::new(application) else { return Ok(Whereabouts::default()) };
    let Some((worker, used)) = last_use(app, &application).await? else { return Ok(Whereabouts::default()) };
    let known = of_worker(app, &worker).await?;
    let merchant = used.as_ref().and_then(|used| used.merchant.as_ref()).map(ToString::to_string);
    Ok(Whereabouts { merchant, made_on: used.map(|used| used.at.date()), ..known })
}

/// A slip: of the holder of its pass, and of the counter that gave the discount.
async fn of_slip(app: &App, slip_no: &str) -> Result<Whereabouts, ServiceError> {
    let Ok(slip_no) = SlipNo::new(slip_no) else { return Ok(Whereabouts::default()) };
    let Some(used) = slip(app, &slip_no).await? else { return Ok(Whereabouts::default()) };
    let pass = app.views.pass(used.pass, app.views.position()).await?;
    let known = match pass.as_ref().and_then(|pass| pass.terms()) {
        Some(terms) => of_worker(app, terms.worker.as_str()).await?,
        None => Whereabouts::default(),
    };
    Ok(Whereabouts { merchant: Some(used.merchant.to_string()), made_on: Some(used.at.date()), ..known })
}

/// The merchant of an offer.
async fn merchant_of(app: &App, offer: OfferId) -> Result<Option<String>, ServiceError> {
    let mut merchant = None;
    each_entry(app.ledger.journal().as_ref(), &StreamId::Offer(offer), |entry| {
        if let Event::Offer(OfferEvent::OfferRegistered(told) | OfferEvent::OfferUpdated(told)) = entry.event()? {
            merchant = Some(told.terms.merchant.to_string());
        }
        Ok(())
    })
    .await?;
    Ok(merchant)
}

/// A hold, be it open or ended: whoever asks a second time to end it is told what was told the first time.
async fn of_hold(app: &App, hold: &str) -> Result<Whereabouts, ServiceError> {
    let Ok(key) = Key::new(hold) else { return Ok(Whereabouts::default()) };
    for entry in app.views.entries_of(&key).await? {
        let event = entry.event()?;
        let placed = event.as_worker().and_then(WorkerEvent::as_hold);
        if let Some(placed) = placed.filter(|placed| placed.hold.as_str() == hold) {
            let worker = Some(placed.worker.to_string());
            return Ok(Whereabouts { worker, ..of_store(app, placed.store.as_str()).await? });
        }
    }
    Ok(Whereabouts::default())
}

/// The branch in which a worker's last card was, where none is open: as for a hold that has ended.
async fn last_branch(app: &App, worker: &str) -> Result<Option<String>, ServiceError> {
    let Ok(worker) = WorkerId::new(worker) else { return Ok(None) };
    let mut branch = None;
    each_entry(app.ledger.journal().as_ref(), &StreamId::Worker(worker), |entry| {
        // Told by the type first: few entries are about cards, and each need not be decoded.
        if entry.event_type.starts_with("Card") {
            let event = entry.event()?;
            let step = event.as_worker().and_then(WorkerEvent::as_card_step);
            branch = step.and_then(CardStep::branch).map(ToString::to_string).or(branch.take());
        }
        Ok(())
    })
    .await?;
    Ok(branch)
}

async fn of_worker(app: &App, worker: &str) -> Result<Whereabouts, ServiceError> {
    // What cannot be an id is not looked for: PostgreSQL takes no NUL, not even to compare with.
    if WorkerId::new(worker).is_err() {
        return Ok(Whereabouts::default());
    }
    let At { value, .. } = app.views.worker(worker).await?;
    let Some(row) = value else { return Ok(Whereabouts::default()) };
    Ok(Whereabouts {
        worker: Some(worker.to_owned()),
        branch: row.card.map(|(_, branch)| branch),
        sites: upwards(app, row.site.as_deref()).await?,
        ..Whereabouts::default()
    })
}

async fn of_store(app: &App, store: &str) -> Result<Whereabouts, ServiceError> {
    if StoreId::new(store).is_err() {
        return Ok(Whereabouts::default());
    }
    let At { value, .. } = app.views.store_row(store).await?;
    let site = value.and_then(|row| row.site);
    Ok(Whereabouts {
        store: Some(store.to_owned()),
        sites: upwards(app, site.as_deref()).await?,
        ..Whereabouts::default()
    })
}

/// A site and all above it, as they hang today.
async fn upwards(app: &App, site: Option<&str>) -> Result<Vec<String>, ServiceError> {
    let Some(Ok(site)) = site.map(SiteId::new) else { return Ok(Vec::new()) };
    let above = app.views.ancestors(&site, app.ledger.now().date()).await?;
    Ok(std::iter::once(site).chain(above).map(|site| site.to_string()).collect())
}
