//! Benefits (权益项目, 权益登记), kept from the events alone: places are given to who applied within the window and below the
//! limit, one certificate stands for one application at a time, what bodies approve is given after the word of each, and what
//! was given is used once, in time.

mod approvals;

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::dues::{Cost, Dues, NotOwed, Owed};
use super::ways::Persons;
use crate::domain::benefit::command::{ApplicationTerms, BenefitKind, BenefitTerms, Use};
use crate::domain::benefit::event::{BenefitApplied, BenefitUseReversed, BenefitUsed, BenefitWithdrawn};
use crate::domain::benefit::{BenefitEvent, CertificateEvent};
use crate::domain::ids::{ApplicationId, BenefitId, CertificateNo, Key, WorkerId};
use crate::domain::money::Fen;
use approvals::Proposal;

/// What is known of each.
#[derive(Debug, Default)]
pub(super) struct Benefits {
    benefits: HashMap<BenefitId, BenefitBook>,
    certificates: Certificates,
}

/// By which row each certificate is claimed, or for which it is kept.
#[derive(Debug, Default)]
struct Certificates(HashMap<CertificateNo, (Hold, ApplicationId)>);

/// How a certificate is bound to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    Claimed,
    Reserved,
}

/// A benefit's places.
#[derive(Debug)]
struct BenefitBook {
    /// By the register's last word.
    terms: BenefitTerms,
    granted: u32,
    applications: HashMap<ApplicationId, Application>,
    /// Granted, waiting and proposed, by worker and year of the application.
    had: HashMap<WorkerId, BTreeMap<i32, u32>>,
}

/// An application.
#[derive(Debug)]
struct Application {
    standing: Standing,
    terms: ApplicationTerms,
    /// Whether money was set aside for it.
    cost: bool,
    /// What bodies said of it, where it was proposed to them.
    proposal: Option<Proposal>,
    /// How it is used, and what its merchant is owed for it.
    used: Option<(Use, Option<Owed>)>,
}

/// How far an application has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Proposed,
    Waits,
    Granted,
    Used,
    Withdrawn,
    Rejected,
}

impl Benefits {
    /// Follows an event of a benefit.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn follow(&mut self, persons: &Persons, dues: &mut Dues, event: &BenefitEvent) -> Result<(), String> {
        if let BenefitEvent::BenefitRegistered(event) | BenefitEvent::BenefitUpdated(event) = event {
            match self.benefits.get_mut(&event.benefit) {
                // Places taken back later take nothing from who was given one.
                Some(book) => book.terms = event.terms.clone(),
                None => {
                    let (applications, had) = (HashMap::default(), HashMap::default());
                    let book = BenefitBook { terms: event.terms.clone(), granted: 0, applications, had };
                    self.benefits.insert(event.benefit.clone(), book);
                }
            }
            return Ok(());
        }
        let Benefits { benefits, certificates } = self;
        let Some(book) = benefits.get_mut(event.benefit()) else {
            return Err(format!("benefit {} was never registered", event.benefit()));
        };
        match event {
            BenefitEvent::BenefitRegistered(_) | BenefitEvent::BenefitUpdated(_) => Ok(()),
            BenefitEvent::BenefitGranted(event) => book.grant(persons, certificates, dues, event),
            BenefitEvent::BenefitQueued(event) => book.queue(persons, certificates, event),
            BenefitEvent::BenefitUsed(event) => book.take(dues, event),
            BenefitEvent::BenefitWithdrawn(event) => book.withdraw(certificates, dues, event),
            BenefitEvent::BenefitProposed(event) => book.propose(persons, certificates, event),
            BenefitEvent::BenefitChecked(event) => book.check(persons, event),
            BenefitEvent::BenefitRejected(event) => book.reject(persons, certificates, event),
            BenefitEvent::BenefitUseReversed(event) => book.take_back(dues, event),
        }
    }

    /// Follows an event of a certificate.
    ///
    /// # Errors
    /// What cannot be.
    pub(super) fn certificate(&mut self, event: &CertificateEvent) -> Result<(), String> {
        let claims = &mut self.certificates.0;
        match event {
            CertificateEvent::CertificateClaimed(event) => {
                let earlier = claims.insert(event.certificate.clone(), (Hold::Claimed, event.application.clone()));
                match earlier {
                    Some((Hold::Claimed, earlier)) => Err(format!("claims a certificate that {earlier} claims")),
                    Some((Hold::Reserved, earlier)) if earlier != event.application => {
                        Err(format!("claims a certificate that is kept for {earlier}"))
                    }
                    Some((Hold::Reserved, _)) | None => Ok(()),
                }
            }
            CertificateEvent::CertificateReserved(event) => {
                let earlier = claims.insert(event.certificate.clone(), (Hold::Reserved, event.application.clone()));
                earlier.map_or(Ok(()), |(_, earlier)| Err(format!("is kept, and was bound to {earlier}")))
            }
            CertificateEvent::CertificateReleased(event) => {
                let claimed_by = claims.remove(&event.certificate);
                let own = claimed_by.as_ref().is_some_and(|(_, by)| *by == event.application);
                if own { Ok(()) } else { Err(format!("gives back a claim that {} does not hold", event.application)) }
            }
        }
    }
}

impl Certificates {
    /// Whether it is claimed by a row.
    fn is_of(&self, certificate: &CertificateNo, application: &ApplicationId) -> bool {
        self.0.get(certificate).is_some_and(|(hold, by)| *hold == Hold::Claimed && by == application)
    }

    /// Whether it is kept for a row.
    fn is_kept_for(&self, certificate: &CertificateNo, application: &ApplicationId) -> bool {
        self.0.get(certificate).is_some_and(|(hold, by)| *hold == Hold::Reserved && by == application)
    }

    /// Whether it is bound to a row in either way.
    fn is_bound_to(&self, certificate: &CertificateNo, application: &ApplicationId) -> bool {
        self.0.get(certificate).is_some_and(|(_, by)| by == application)
    }
}

impl BenefitBook {
    /// A place goes to who applies or waits, as long as there is one, with its points paid and its money set aside.
    fn grant(
        &mut self,
        persons: &Persons,
        certificates: &Certificates,
        dues: &mut Dues,
        event: &BenefitApplied,
    ) -> Result<(), String> {
        let BenefitApplied { application, benefit, terms, .. } = event;
        let proposal = self.applications.get(application).and_then(|known| known.proposal.clone());
        match self.applications.get(application) {
            None => self.admit(persons, certificates, event)?,
            Some(known) if known.standing == Standing::Waits && known.terms == *terms => {}
            Some(known) if known.standing == Standing::Waits => {
                return Err(format!("{application} is given a place of {benefit} otherwise than it waited for one"));
            }
            Some(known) if known.standing == Standing::Proposed => known.require_approved(certificates, event)?,
            Some(known) => return Err(known.cannot_become(application, Standing::Granted)),
        }
        self.granted = self.granted.saturating_add(1);
        if let Some(places) = self.terms.places.filter(|places| *places < self.granted) {
            return Err(format!("{} were given of {places} of {benefit}", self.granted));
        }
        let amount = self.amount(application, terms)?;
        let cost = self.terms.fund.clone().filter(|_| amount.is_positive()).map(|fund| Cost { amount, fund });
        let known = Application {
            standing: Standing::Granted,
            terms: terms.clone(),
            cost: cost.is_some(),
            used: None,
            proposal,
        };
        self.applications.insert(application.clone(), known);
        dues.costs(&Key::from(application), cost)?;
        dues.priced(persons, (&terms.worker, application), self.terms.price)
    }

    /// Who waits does so because the places are gone.
    fn queue(&mut self, persons: &Persons, certificates: &Certificates, event: &BenefitApplied) -> Result<(), String> {
        let BenefitApplied { application, benefit, terms, .. } = event;
        let proposal = self.applications.get(application).and_then(|known| known.proposal.clone());
        match self.applications.get(application) {
            None => self.admit(persons, certificates, event)?,
            Some(known) if known.standing == Standing::Proposed => known.require_approved(certificates, event)?,
            Some(known) => return Err(known.cannot_become(application, Standing::Waits)),
        }
        self.amount(application, terms)?;
        let known = Application { standing: Standing::Waits, terms: terms.clone(), cost: false, used: None, proposal };
        self.applications.insert(application.clone(), known);
        match self.terms.places {
            Some(places) if places <= self.granted => Ok(()),
            Some(_) | None => Err(format!("{application} waits for {benefit}, of which there is a place left")),
        }
    }

    /// Whoever applies does so within the window, below the limit, and with a certificate that is claimed by this row alone.
    fn admit(&mut self, persons: &Persons, certificates: &Certificates, event: &BenefitApplied) -> Result<(), String> {
        require_claim(certificates, event)?;
        self.count(persons, event)
    }

    /// Whoever applies does so within the window and below the limit.
    fn count(&mut self, persons: &Persons, event: &BenefitApplied) -> Result<(), String> {
        let BenefitApplied { application, at, benefit, terms, .. } = event;
        if *at != terms.at {
            return Err(format!("{application} of {} is entered as of {at}", terms.at));
        }
        let (day, window) = (terms.at.date(), &self.terms.window);
        if window.from.is_some_and(|from| day < from) || window.through.is_some_and(|through| through < day) {
            return Err(format!("{application} is of {day}, when nobody could apply for {benefit}"));
        }
        let year = terms.at.year();
        let had = persons.ids_of(&terms.worker).map(|id| self.had_by(id, year)).fold(0, u32::saturating_add);
        if let Some(limit) = self.terms.limit_per_worker.filter(|limit| *limit <= had) {
            let per = if self.terms.limit_yearly { format!(" in {year}") } else { String::new() };
            let worker = &terms.worker;
            return Err(format!(
                "{worker} has or waits for {had} of {benefit}{per}, and applies again; the limit is {limit}"
            ));
        }
        let count = self.had.entry(terms.worker.clone()).or_default().entry(year).or_default();
        *count = count.saturating_add(1);
        Ok(())
    }

    /// What one id has or waits for: in a year where the limit is one of the year, else ever.
    fn had_by(&self, worker: &WorkerId, year: i32) -> u32 {
        let years = self.had.get(worker).into_iter().flatten();
        let counted = years.filter(|(of, _)| !self.terms.limit_yearly || **of == year);
        counted.map(|(_, count)| *count).fold(0, u32::saturating_add)
    }

    /// What one costs: of a subsidy what the row names, else what the benefit says.
    fn amount(&self, application: &ApplicationId, terms: &ApplicationTerms) -> Result<Fen, String> {
        match self.terms.kind {
            BenefitKind::Place | BenefitKind::Voucher => Ok(self.terms.value),
            BenefitKind::Grant => {
                let amount = terms.amount.filter(|amount| amount.is_positive());
                amount.ok_or_else(|| format!("{application} is a subsidy of no amount"))
            }
        }
    }

    /// What was given is used once, not before it was applied for and not after the last day; at a counter, the merchant is
    /// owed the price.
    fn take(&mut self, dues: &mut Dues, event: &BenefitUsed) -> Result<(), String> {
        let BenefitUsed { application, at, benefit, used, worker, .. } = event;
        let Some(known) = self.applications.get_mut(application) else { return Err(unheard_of(application)) };
        if known.standing != Standing::Granted {
            return Err(known.cannot_become(application, Standing::Used));
        }
        known.standing = Standing::Used;
        if *worker != known.terms.worker {
            return Err(format!("{application} of {} is used by {worker}", known.terms.worker));
        }
        if *at != used.at || used.at < known.terms.at {
            return Err(format!("{application} of {} is used at {} and entered as of {at}", known.terms.at, used.at));
        }
        if let Some(through) = self.terms.window.through.filter(|through| *through < used.at.date()) {
            return Err(format!("{application} is used at {}, and {benefit} could be used until {through}", used.at));
        }
        let owed = used.merchant.as_ref().and_then(|merchant| match self.terms.kind {
            BenefitKind::Place | BenefitKind::Voucher => {
                let (amount, merchant, source) = (self.terms.value, merchant.clone(), Key::from(application));
                Some(Owed { amount, at: used.at, merchant, source })
            }
            // Paid to the worker.
            BenefitKind::Grant => None,
        });
        if let Some(owed) = &owed {
            dues.owes(owed.clone());
        }
        known.used = Some((used.clone(), owed));
        Ok(())
    }

    /// A use is taken back as it was, and not before: what was given is as if it had not been used, and its merchant is owed
    /// nothing for it.
    fn take_back(&mut self, dues: &mut Dues, event: &BenefitUseReversed) -> Result<(), String> {
        let BenefitUseReversed { application, at, used, worker, .. } = event;
        let Some(known) = self.applications.get_mut(application) else { return Err(unheard_of(application)) };
        let Some((was, owed)) = known.used.take() else {
            return Err(format!("takes the use of {application} back, which is not used"));
        };
        known.standing = Standing::Granted;
        if *used != was || *worker != known.terms.worker {
            return Err(format!("takes the use of {application} back otherwise than it was used"));
        }
        if *at < used.at {
            return Err(format!("takes the use of {application} at {} back before, at {at}", used.at));
        }
        if let Some(owed) = owed {
            dues.owes_no_more(NotOwed { owed, taken_back: *at });
        }
        Ok(())
    }

    /// What was given or waits is given back, with the certificate and the money.
    fn withdraw(
        &mut self,
        certificates: &Certificates,
        dues: &mut Dues,
        event: &BenefitWithdrawn,
    ) -> Result<(), String> {
        let BenefitWithdrawn { application, at, waited, worker, .. } = event;
        let Some(known) = self.applications.get_mut(application) else { return Err(unheard_of(application)) };
        let had_no_place = match known.standing {
            Standing::Proposed | Standing::Waits => true,
            Standing::Granted => false,
            Standing::Used | Standing::Withdrawn | Standing::Rejected => {
                return Err(known.cannot_become(application, Standing::Withdrawn));
            }
        };
        if had_no_place != *waited {
            return Err(known.cannot_become(application, Standing::Withdrawn));
        }
        known.standing = Standing::Withdrawn;
        self.granted = self.granted.saturating_sub(u32::from(!waited));
        count_no_more(&mut self.had, &known.terms);
        if *worker != known.terms.worker || *at < known.terms.at {
            return Err(format!(
                "{application} of {} by {} is withdrawn at {at} by {worker}",
                known.terms.at, known.terms.worker
            ));
        }
        known.require_no_certificate(certificates, application)?;
        dues.frees_of(&Key::from(application), known.cost)
    }
}

impl Application {
    /// Whoever is given no benefit claims no certificate for it, and has none kept.
    fn require_no_certificate(&self, certificates: &Certificates, application: &ApplicationId) -> Result<(), String> {
        match self.terms.certificate.as_ref().filter(|of| certificates.is_bound_to(of, application)) {
            Some(certificate) => Err(format!("{application} is given up and keeps certificate {certificate}")),
            None => Ok(()),
        }
    }

    fn cannot_become(&self, application: &ApplicationId, to: Standing) -> String {
        format!("{application} cannot become {to:?}: it was {:?}", self.standing)
    }
}

/// What rests on a certificate claims it.
fn require_claim(certificates: &Certificates, event: &BenefitApplied) -> Result<(), String> {
    let BenefitApplied { application, terms, .. } = event;
    match terms.certificate.as_ref().filter(|of| !certificates.is_of(of, application)) {
        Some(certificate) => Err(format!("{application} rests on certificate {certificate}, which it does not claim")),
        None => Ok(()),
    }
}

fn count_no_more(had: &mut HashMap<WorkerId, BTreeMap<i32, u32>>, terms: &ApplicationTerms) {
    let years = had.get_mut(&terms.worker);
    if let Some(count) = years.and_then(|years| years.get_mut(&terms.at.year())) {
        *count = count.saturating_sub(1);
    }
}

fn unheard_of(application: &ApplicationId) -> String {
    format!("nobody applied as {application}")
}

#[cfg(test)]
mod tests;
