//! What a worker has of the programmes: benefits granted and waited for, pairs with their visits, appointments, passes; and
//! what can be asked for today.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use ledger_core::domain::benefit::command::{ApplicationTerms, BenefitKind, BenefitTerms, Use};
use ledger_core::domain::benefit::state::Proposal;
use ledger_core::domain::pair::Pair;
use ledger_core::domain::pass::command::{OfferTerms, PassTerms};
use ledger_core::domain::pass::{Offer, Pass};
use ledger_core::domain::worker::command::AppointmentTerms;
use projections::views::application::{Rejection, Reversal, Withdrawal};
use projections::views::appointment::{self, Appointment};
use projections::views::benefit::Benefit;

use super::ServiceError;
use super::reading::may_read;
use super::texts::{Written, tell};
use crate::access::policy::{Read, Target, Who};
use crate::app::App;

/// Most benefits and pairs of a district that are looked through.
const LOOKED_MAX: usize = 10_000;

/// A worker's programmes.
#[derive(Debug, Clone, Default)]
pub struct Programmes {
    /// Applications, newest first.
    pub applications: Vec<OwnApplication>,
    /// Benefits that can be applied for today, and that the worker has not had as often as one may.
    pub offered: Vec<Offered>,
    /// Pairs, with their numbers.
    pub pairs: Vec<(String, Pair)>,
    /// Activities that a visit can be scored as, with what they are called.
    pub visit_kinds: Vec<(String, String)>,
    /// Appointments, with their numbers.
    pub appointments: Vec<(String, AppointmentTerms)>,
    /// What of appointments waits for a second person, with their numbers.
    pub appointments_proposed: Vec<(String, appointment::Proposal)>,
    /// What of appointments was sent back, with their numbers.
    pub appointments_returned: Vec<(String, appointment::Rejection)>,
    /// Passes, with their numbers.
    pub passes: Vec<(String, PassTerms)>,
}

/// An application of a worker.
#[derive(Debug, Clone)]
pub struct OwnApplication {
    /// Its number.
    pub id: String,
    /// For which benefit.
    pub of: String,
    /// What was asked.
    pub terms: ApplicationTerms,
    /// The benefit's particulars.
    pub benefit: BenefitTerms,
    /// At which place it waits; none once it was granted.
    pub place: Option<usize>,
    /// How it was used, once it was.
    pub used: Option<Use>,
    /// When and why a use was taken back last, be it used again since.
    pub reversed: Option<Reversal>,
    /// When and why it was withdrawn, once it was.
    pub withdrawn: Option<Withdrawal>,
    /// Whether it waits for the word of bodies.
    pub proposed: bool,
    /// What these said of it, where it was proposed to them.
    pub proposal: Option<Proposal>,
    /// When and why it was sent back, once it was.
    pub rejected: Option<Rejection>,
}

impl OwnApplication {
    /// Whether it can be withdrawn.
    pub const fn is_open(&self) -> bool {
        self.used.is_none() && self.withdrawn.is_none() && self.rejected.is_none()
    }
}

/// A benefit that can be applied for.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The id, as it stands in the journal.
    pub id: String,
    /// Its particulars.
    pub terms: BenefitTerms,
    /// How many are left; none where there is no end of them.
    pub left: Option<u64>,
    /// How many wait.
    pub waiting: usize,
}

/// What a worker has of the programmes on a day.
///
/// # Errors
/// [`ServiceError`].
pub async fn of_worker(app: &App, who: Who<'_>, worker: &str, today: NaiveDate) -> Result<Programmes, ServiceError> {
    let own = Target::Worker(worker);
    for read in [Read::Statement, Read::Pair, Read::Appointments] {
        may_read(who, read, own)?;
    }
    let reading = may_read(who, Read::Pass, own)?;
    reading.at_least(app, None).await?;
    reading.note_worker(app, worker);
    let benefits: BTreeMap<String, Benefit> = app.views.benefits("", LOOKED_MAX).await?.rows.into_iter().collect();
    let applications = applications(app, who, worker, &benefits).await?;
    let is_of = |pair: &Pair| {
        pair.terms().is_some_and(|terms| [&terms.helper, &terms.helped].iter().any(|one| one.as_str() == worker))
    };
    let letters = letters(app, who, worker).await?;
    let passes = app.views.passes(worker).await?.value;
    Ok(Programmes {
        offered: offered(&benefits, &applications, today),
        applications,
        pairs: app.views.pairs("", LOOKED_MAX, is_of).await?.rows,
        visit_kinds: visit_kinds(app, today).await?,
        appointments_proposed: letters
            .iter()
            .filter_map(|(id, row)| Some((id.clone(), row.proposal.clone()?)))
            .collect(),
        appointments_returned: letters
            .iter()
            .filter_map(|(id, row)| Some((id.clone(), row.rejected.clone()?)))
            .collect(),
        appointments: letters.into_iter().filter_map(|(id, row)| Some((id, row.terms?))).collect(),
        passes: passes.into_iter().filter_map(|(id, row)| Some((id, row.terms()?.clone()))).collect(),
    })
}

/// A worker's appointments, with what waits and what was sent back, and why as it was written.
async fn letters(app: &App, who: Who<'_>, worker: &str) -> Result<Vec<(String, Appointment)>, ServiceError> {
    let mut rows = app.views.appointments(worker).await?.value;
    let written = rows.iter_mut().filter_map(|(id, row)| {
        let reason = &mut row.rejected.as_mut()?.reason;
        Some(Written::of_worker(worker, Some(id.as_str()), reason))
    });
    tell(&app.vault, who, written.collect()).await;
    Ok(rows)
}

/// What the passes that a worker can show on a day are good for: the merchant's name and the terms of each offer.
///
/// # Errors
/// [`ServiceError`].
pub async fn honoured(
    app: &App,
    who: Who<'_>,
    worker: &str,
    today: NaiveDate,
) -> Result<Vec<(String, OfferTerms)>, ServiceError> {
    let reading = may_read(who, Read::Pass, Target::Worker(worker))?;
    reading.at_least(app, None).await?;
    reading.note_worker(app, worker);
    let passes = app.views.passes(worker).await?.value;
    let valid = |pass: &Pass| {
        let terms = pass.terms()?;
        (terms.lost.is_none() && terms.days.holds(today)).then(|| terms.kind.clone())
    };
    let kinds: BTreeSet<String> = passes.iter().filter_map(|(_, pass)| valid(pass)).collect();
    let suits =
        |offer: &Offer| offer.terms().is_some_and(|terms| kinds.contains(&terms.kind) && terms.days.holds(today));
    let mut found = Vec::new();
    for (_, offer) in app.views.offers("", LOOKED_MAX, suits).await?.rows {
        let Some(terms) = offer.terms().cloned() else { continue };
        let row = app.views.merchant(terms.merchant.as_str()).await?.value;
        let name = row.map(|row| row.name).filter(|name| !name.is_empty());
        found.push((name.unwrap_or_else(|| terms.merchant.to_string()), terms));
    }
    Ok(found)
}

async fn applications(
    app: &App,
    who: Who<'_>,
    worker: &str,
    benefits: &BTreeMap<String, Benefit>,
) -> Result<Vec<OwnApplication>, ServiceError> {
    let rows = app.views.applications(worker).await?.value.into_iter().filter_map(|(id, row)| {
        let of = row.benefit?.to_string();
        let benefit = benefits.get(&of)?;
        let place = if row.waits { benefit.place_of(&id) } else { None };
        let (benefit, used, withdrawn) = (benefit.terms.clone()?, row.used, row.withdrawn);
        let (proposed, proposal, rejected) = (row.proposed, row.proposal, row.rejected);
        let (terms, reversed) = (row.terms?, row.reversed);
        Some(OwnApplication { of, place, terms, benefit, used, reversed, withdrawn, proposed, proposal, rejected, id })
    });
    let mut rows: Vec<OwnApplication> = rows.collect();
    let written = rows.iter_mut().flat_map(|row| {
        let withdrawn = row.withdrawn.as_mut().and_then(|withdrawn| withdrawn.reason.as_mut());
        let rejected = row.rejected.as_mut().map(|rejected| &mut rejected.reason);
        let reversed = row.reversed.as_mut().map(|reversed| &mut reversed.reason);
        let id = row.id.as_str();
        let reasons = withdrawn.into_iter().chain(rejected).chain(reversed);
        reasons.map(move |reason| Written::of_worker(worker, Some(id), reason))
    });
    tell(&app.vault, who, written.collect()).await;
    rows.sort_by_key(|row| std::cmp::Reverse(row.terms.at));
    Ok(rows)
}

/// Money that the applicant names is another person's word: what is a subsidy is applied for at the desk.
fn offered(benefits: &BTreeMap<String, Benefit>, had: &[OwnApplication], today: NaiveDate) -> Vec<Offered> {
    let open = benefits.iter().filter_map(|(id, row)| {
        let terms = row.terms.as_ref()?;
        let year = chrono::Datelike::year(&today);
        let stands = |own: &&OwnApplication| own.of == *id && own.withdrawn.is_none() && own.rejected.is_none();
        let counted = had.iter().filter(stands).filter(|own| !terms.limit_yearly || own.terms.at.year() == year);
        let below =
            terms.limit_per_worker.is_none_or(|limit| counted.count() < usize::try_from(limit).unwrap_or(usize::MAX));
        let open = terms.kind != BenefitKind::Grant && terms.window.holds(today) && below;
        open.then(|| Offered { id: id.clone(), terms: terms.clone(), left: row.places_left(), waiting: row.waiting() })
    });
    open.collect()
}

/// The activities of a day whose points do not ripen later.
async fn visit_kinds(app: &App, today: NaiveDate) -> Result<Vec<(String, String)>, ServiceError> {
    let programme = app.views.programme().await?.value;
    let lines = programme.version_on(today).map(|version| version.activities.as_slice()).unwrap_or_default();
    let plain = lines.iter().filter(|line| line.terms.scoring.is_none());
    Ok(plain.map(|line| (line.code.to_string(), line.name.clone())).collect())
}
