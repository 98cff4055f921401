//! Benefits (权益登记) and passes (优惠核销): applying, using, honouring.

use serde::{Deserialize, Serialize};

use super::Definition;
use super::beforehand::{Begins, nothing};
use super::content::Content;
use crate::domain::benefit::BenefitCommand;
use crate::domain::benefit::certificate::CertificateClaimed;
use crate::domain::benefit::command::{ApplicationTerms, BenefitKind, Use};
use crate::domain::benefit::decide::quota_full;
use crate::domain::event::{Event, StreamId, V1};
use crate::domain::ids::{ApplicationId, BenefitId, CertificateNo, Key, MerchantId, OfferId, PassNo, SlipNo, WorkerId};
use crate::domain::money::Fen;
use crate::domain::pass::PassCommand;
use crate::domain::pass::command::Slip;
use crate::domain::refusal::{Code, Decision, Refusal};
use crate::domain::time::{BusinessTime, is_plausible};
use crate::domain::worker::{Worker, WorkerCommand};
use crate::ledger::book::Book;
use crate::ledger::command::AskedTime;
use crate::ledger::process::rows::conflict;
use crate::ledger::process::{Process, States};

/// Money as a cell has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskedAmount {
    /// Nothing stands there.
    Blank,
    /// An amount.
    Amount(Fen),
    /// A text that is no amount.
    Unreadable,
}

impl AskedAmount {
    fn write(self, content: &mut Content) {
        match self {
            AskedAmount::Blank => content.text("-"),
            AskedAmount::Amount(amount) => content.text("+").number(amount.fen()),
            AskedAmount::Unreadable => content.text("?"),
        };
    }
}

/// The last columns of the row, as far as they are filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedUse {
    /// When; `None` where it is blank or no time.
    pub at: Option<BusinessTime>,
    /// At whose counter, where at one.
    pub merchant: Option<MerchantId>,
}

/// Apply for a benefit, or record the use of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyBenefit {
    /// The row's key.
    pub application: ApplicationId,
    /// 项目编号.
    pub benefit: BenefitId,
    /// Who applies.
    pub worker: WorkerId,
    /// When; `None` for a text that is no time.
    pub at: Option<BusinessTime>,
    /// A certificate that it rests on.
    pub certificate: Option<CertificateNo>,
    /// The money asked for.
    pub amount: AskedAmount,
    /// The last columns; `None` where all of them are blank.
    pub used: Option<AskedUse>,
    /// Whether a row that waits is completed. Its key is another one than the row's.
    pub completes: bool,
}

impl Definition for ApplyBenefit {
    /// The row's key stands for its first columns; what completes it has a key of its own.
    fn write_content(&self, content: &mut Content) {
        content.text("apply_benefit").text(self.benefit.as_str()).text(self.worker.as_str()).maybe(self.at);
        content.maybe(self.certificate.as_ref());
        self.amount.write(content);
        if let (true, Some(used)) = (self.completes, &self.used) {
            content.text("completes").text(self.application.as_str()).maybe(used.at).maybe(used.merchant.as_ref());
        }
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Benefit(self.benefit.clone()), StreamId::Worker(self.worker.clone())]);
        streams.extend(self.certificate.clone().map(StreamId::Certificate));
        let merchant = self.used.as_ref().and_then(|used| used.merchant.clone());
        streams.extend(merchant.map(StreamId::Merchant));
        let terms = book.benefit(&self.benefit).ok().and_then(|benefit| benefit.terms());
        streams.extend(terms.and_then(|terms| terms.fund.clone()).map(StreamId::Fund));
        // Holds that ran out are given back before anything is spent, and their stores with them.
        let holds = book.worker(&self.worker).into_iter().flat_map(Worker::holds);
        streams.extend(holds.map(|(_, hold)| StreamId::Store(hold.store.clone())));
    }

    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        if self.completes { self.complete(process, Said::Again) } else { self.record(process, Stage::New) }
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        let certificate = self.certificate.iter().map(|certificate| (certificate.as_str(), "the certificate's number"));
        certificate.chain([(self.application.as_str(), "the application's number")])
    }

    fn begins(&self) -> Option<Begins<'_>> {
        Some(Begins::Act { worker: &self.worker, store: None, time: &AskedTime::Now })
    }

    nothing!(texts, named_key, free_text, at_counter, settings);
}

/// How far a row has come before it is granted or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nobody has heard of it.
    New,
    /// The bodies that approve it all did. Who may apply was judged when it was proposed, and it counted for the limit since.
    Approved,
}

/// Who says that something was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// A sheet, which may say what it said before.
    Again,
    /// A counter, for the first time.
    Now,
}

impl ApplyBenefit {
    /// The order of checks: that its number is new, benefit, worker, dates (also used before applied), the window, the certificate, the worker's
    /// limit, the amount, that the voucher still held, the merchant; then, places gone: it waits, and what waits is not
    /// used; places left: points, then the fund.
    pub(super) fn record<S: States>(&self, process: &Process<'_, S>, stage: Stage) -> Decision<Vec<Event>> {
        let benefit = process.states.benefit(&self.benefit)?;
        if stage == Stage::New && benefit.application(&self.application).is_some() {
            return Err(conflict(&self.application));
        }
        let terms = benefit.require(&self.benefit)?;
        if stage == Stage::New {
            process.require_worker(&self.worker)?;
        }
        let Some(at) = self.at.filter(|at| is_plausible(at.date())) else {
            return Err(Refusal::new(Code::InvalidDate, "the time of application is not a time"));
        };
        process.clock.require_past(at, "the application at")?;
        let used = self.used_at(process, at)?;
        let amount = match self.amount {
            AskedAmount::Amount(amount) => Some(amount),
            AskedAmount::Blank | AskedAmount::Unreadable => None,
        };
        let asked = ApplicationTerms { amount, at, certificate: self.certificate.clone(), worker: self.worker.clone() };
        terms.require_window(&asked)?;
        let mut events = self.claim(process)?;
        if stage == Stage::New {
            benefit.require_below_limit(&self.benefit, &asked, process.states.worker(&self.worker)?.absorbed())?;
        }
        let cost = terms.cost(&asked)?;
        // Money that the applicant names is another person's word.
        if stage == Stage::New && terms.kind == BenefitKind::Grant {
            process.require_other_than(&self.worker, "enter the own subsidy (补助)")?;
        }
        self.require_use(process, used.as_ref())?;
        let key = Key::from(&self.application);
        let has_place = benefit.has_place();
        if !has_place && used.is_some() {
            return Err(quota_full(&self.application));
        }
        // Who had no points in a month that is over does not wait because places went since: a row that was refused is
        // refused again, however late it is sent. A proposal was taken when it was made, and may wait.
        if has_place || (stage == Stage::New && benefit.is_late(at)) {
            let of = process.pays_as(&self.worker, at)?;
            let (worker, given_back) = process.after_due_holds(&of)?;
            let (application, id) = (self.application.clone(), self.benefit.clone());
            let pay = WorkerCommand::PayBenefit { application, benefit: id, points: terms.price };
            let paid = worker.decide(&of, pay)?;
            let committed = process.commit(terms.fund.as_ref(), cost, at, &key)?;
            if has_place {
                events.extend(given_back);
                events.extend(paid.into_iter().map(Event::Worker));
                events.extend(committed);
            }
        }
        let (application, id) = (self.application.clone(), self.benefit.clone());
        let apply = BenefitCommand::Apply { benefit: id, application, terms: asked };
        events.extend(benefit.decide(apply)?.into_iter().map(Event::Benefit));
        if let Some(used) = used {
            let mut after = benefit.clone();
            events.iter().filter_map(Event::as_benefit).for_each(|event| after.evolve(event));
            let (application, id) = (self.application.clone(), self.benefit.clone());
            let using = BenefitCommand::Use { benefit: id, application, used: used.clone() };
            events.extend(after.decide(using)?.into_iter().map(Event::Benefit));
            events.extend(self.owe(process, terms.owed(), &used)?);
        }
        Ok(events)
    }

    /// Only what is added is checked: dates, that the voucher still held, the merchant, that it does not wait.
    /// What a sheet said of a use before changes nothing, be that use taken back since.
    fn complete<S: States>(&self, process: &Process<'_, S>, said: Said) -> Decision<Vec<Event>> {
        let benefit = process.states.benefit(&self.benefit)?;
        let terms = benefit.require(&self.benefit)?;
        let Some(known) = benefit.application(&self.application) else { return Err(conflict(&self.application)) };
        let amount = match (self.amount, known.terms.amount) {
            (AskedAmount::Amount(asked), Some(known)) => asked == known,
            (AskedAmount::Blank | AskedAmount::Unreadable, None) => true,
            (AskedAmount::Amount(_), None) | (AskedAmount::Blank | AskedAmount::Unreadable, Some(_)) => false,
        };
        let same = amount
            && Some(known.terms.at) == self.at
            && known.terms.certificate == self.certificate
            && known.terms.worker == self.worker;
        if !same {
            return Err(conflict(&self.application));
        }
        let Some(used) = self.used_at(process, known.terms.at)? else { return Ok(Vec::new()) };
        let known_of = known.used.as_ref() == Some(&used) || (said == Said::Again && known.taken_back.contains(&used));
        if known_of {
            return Ok(Vec::new());
        }
        if known.used.is_some() {
            return Err(conflict(&self.application));
        }
        self.require_use(process, Some(&used))?;
        let (application, id) = (self.application.clone(), self.benefit.clone());
        let using = BenefitCommand::Use { benefit: id, application, used: used.clone() };
        let mut events: Vec<Event> = benefit.decide(using)?.into_iter().map(Event::Benefit).collect();
        events.extend(self.owe(process, terms.owed(), &used)?);
        Ok(events)
    }

    /// The use, where there is one: not before it was applied for.
    fn used_at<S: States>(&self, process: &Process<'_, S>, applied: BusinessTime) -> Decision<Option<Use>> {
        let Some(used) = &self.used else { return Ok(None) };
        match used.at.filter(|at| is_plausible(at.date())) {
            Some(at) if applied <= at => {
                process.clock.require_past(at, "the use at")?;
                Ok(Some(Use { at, merchant: used.merchant.clone() }))
            }
            Some(at) => {
                let message = format!("what was applied for at {applied} cannot be used before, at {at}");
                Err(Refusal::new(Code::InvalidDate, message))
            }
            None => Err(Refusal::new(Code::InvalidDate, "a use has a time (使用时间)")),
        }
    }

    fn require_use<S: States>(&self, process: &Process<'_, S>, used: Option<&Use>) -> Decision<()> {
        let Some(used) = used else { return Ok(()) };
        process.states.benefit(&self.benefit)?.require(&self.benefit)?.require_usable(used)?;
        used.merchant.as_ref().map_or(Ok(()), |merchant| process.require_merchant(merchant))
    }

    fn claim<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let Some(claim) = self.claims() else { return Ok(Vec::new()) };
        let claimed = process.states.certificate(&claim.certificate.clone())?.decide(claim)?;
        Ok(claimed.into_iter().map(Event::Certificate).collect())
    }

    /// The claim on the certificate that it rests on.
    pub(super) fn claims(&self) -> Option<CertificateClaimed> {
        Some(CertificateClaimed {
            application: self.application.clone(),
            benefit: self.benefit.clone(),
            certificate: self.certificate.clone()?,
            v: V1,
            worker: self.worker.clone(),
        })
    }

    fn owe<S: States>(&self, process: &Process<'_, S>, owed: Option<Fen>, used: &Use) -> Decision<Vec<Event>> {
        let (Some(amount), Some(merchant)) = (owed, &used.merchant) else { return Ok(Vec::new()) };
        process.owe(merchant, amount, used.at, &Key::from(&self.application))
    }
}

/// Use what was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseBenefit {
    /// 项目编号.
    pub benefit: BenefitId,
    /// 登记号, or the key of the command that applied.
    pub application: ApplicationId,
    /// 使用时间 and 核销商户, as they were given.
    pub used: AskedUse,
}

impl Definition for UseBenefit {
    fn write_content(&self, content: &mut Content) {
        content.text("use_benefit").text(self.benefit.as_str()).text(self.application.as_str());
        content.maybe(self.used.at).maybe(self.used.merchant.as_ref());
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, _: &Book, streams: &mut Vec<StreamId>) {
        streams.push(StreamId::Benefit(self.benefit.clone()));
        streams.extend(self.used.merchant.clone().map(StreamId::Merchant));
    }

    /// The benefit, the application, that it was neither used nor withdrawn yet; then as a row that is completed.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let benefit = process.states.benefit(&self.benefit)?;
        benefit.require(&self.benefit)?;
        let known = benefit.require_open(&self.benefit, &self.application)?;
        let ApplicationTerms { amount, at, certificate, worker } = known.terms.clone();
        let row = ApplyBenefit {
            application: self.application.clone(),
            benefit: self.benefit.clone(),
            worker,
            at: Some(at),
            certificate,
            amount: amount.map_or(AskedAmount::Blank, AskedAmount::Amount),
            used: Some(self.used.clone()),
            completes: true,
        };
        row.complete(process, Said::Now)
    }

    nothing!(texts, named_key, new_ids, free_text, begins, at_counter, settings);
}

/// Record that a merchant honoured a pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsePass {
    /// The row's key.
    pub slip_no: SlipNo,
    /// 卡号, as in 暖心卡.
    pub pass: PassNo,
    /// 优惠编号, as in 优惠协议.
    pub offer: OfferId,
    /// When; `None` for a text that is no time.
    pub at: Option<BusinessTime>,
    /// 原价.
    pub price: AskedAmount,
    /// 实付.
    pub paid: AskedAmount,
}

impl Definition for UsePass {
    fn write_content(&self, content: &mut Content) {
        content.text("use_pass").text(self.pass.as_str()).text(self.offer.as_str()).maybe(self.at);
        self.price.write(content);
        self.paid.write(content);
    }

    fn says_when(&self) -> bool {
        true
    }

    fn name_streams(&self, book: &Book, streams: &mut Vec<StreamId>) {
        streams.extend([StreamId::Pass(self.pass.clone()), StreamId::Offer(self.offer.clone())]);
        if let Some(terms) = book.offer(&self.offer).ok().and_then(|offer| offer.terms()) {
            streams.push(StreamId::Merchant(terms.merchant.clone()));
            streams.extend(terms.fund.clone().map(StreamId::Fund));
        }
    }

    /// The order of checks: pass, offer, time, that the pass was not lost and holds, its kind, the offer's days, the
    /// amounts, the fund.
    fn decide<S: States>(&self, process: &Process<'_, S>) -> Decision<Vec<Event>> {
        let pass = process.states.pass(&self.pass)?;
        let held = pass.require(&self.pass)?;
        let offer = process.states.offer(&self.offer)?.require(&self.offer)?;
        let Some(at) = self.at.filter(|at| is_plausible(at.date())) else {
            return Err(Refusal::new(Code::InvalidDate, "the time of the slip is not a time"));
        };
        process.clock.require_past(at, "the slip of")?;
        held.require_good(&self.pass, at)?;
        let amounts = match (self.price, self.paid) {
            (AskedAmount::Amount(price), AskedAmount::Amount(paid)) => (price, paid),
            // No price is zero or less: it is found wrong where amounts are.
            (AskedAmount::Blank | AskedAmount::Unreadable, _) | (_, AskedAmount::Blank | AskedAmount::Unreadable) => {
                (Fen::ZERO, Fen::ZERO)
            }
        };
        let slip = Slip { at, offer: self.offer.clone(), paid: amounts.1, price: amounts.0 };
        let owed = offer.owed(held, &slip)?;
        let claim = offer.claim(&slip);
        let key = Key::from(&self.slip_no);
        let mut events = process.commit(offer.fund.as_ref(), owed, at, &key)?;
        let merchant = offer.merchant.clone();
        let using = PassCommand::Use { pass: self.pass.clone(), slip_no: self.slip_no.clone(), slip, merchant, claim };
        events.extend(pass.decide(using)?.into_iter().map(Event::Pass));
        events.extend(process.owe(&offer.merchant, owed, at, &key)?);
        Ok(events)
    }

    fn new_ids<'a>(&'a self, _: &'a Key) -> impl Iterator<Item = (&'a str, &'static str)> {
        std::iter::once((self.slip_no.as_str(), "the slip's number"))
    }

    nothing!(texts, named_key, free_text, begins, at_counter, settings);
}
