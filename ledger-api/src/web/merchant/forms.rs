//! What the forms of `/merchant` ask for: to honour a pass, to take what was granted to somebody, and to take back what was
//! used today.

use ledger_core::domain::event::Event;
use ledger_core::domain::ids::{ApplicationId, MerchantId};
use ledger_core::domain::money::Fen;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::commands::benefits::{AskedAmount, AskedUse};
use ledger_core::ledger::{Command, Receipt, commands};

use super::{Told, statement};
use crate::access::policy::Who;
use crate::app::App;
use crate::service::ServiceError;
use crate::service::desk::today;
use crate::service::foresight::foresee;
use crate::service::keys::read_key;
use crate::service::merchant::{NotGiven, benefit_of, not_given, offers, to_pay, was_used_by};
use crate::service::uses::{SeenLine, reversal_of};
use crate::web::figures::yuan;
use crate::web::form::{Fields, asked_yuan, read_id};
use crate::web::page::{Trouble, Visitor, give};
use crate::web::trouble;

/// What was typed, to be shown again where it was not taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) slip: String,
    pub(super) pass: String,
    pub(super) offer: String,
    pub(super) at: String,
    pub(super) price: String,
    pub(super) paid: String,
    pub(super) number: String,
}

impl Typed {
    fn of(fields: &Fields) -> Typed {
        let get = |name| fields.get(name).to_owned();
        Typed {
            slip: get("slip"),
            pass: get("pass"),
            offer: get("offer"),
            at: get("at"),
            price: get("price"),
            paid: get("paid"),
            number: get("number"),
        }
    }
}

/// Does what a form asks; gives what the page says of it.
pub(super) async fn carry_out(app: &App, visitor: &Visitor, merchant: &str, fields: &Fields) -> Result<Told, Trouble> {
    let mut typed = Typed::of(fields);
    let honours = fields.get("do") == "honour";
    let due = if honours { due(app, visitor, merchant, fields).await? } else { None };
    if let Some((told, fen)) = &due
        && typed.paid.is_empty()
    {
        // Nobody pays before the card, the offer and the slip are known to be good.
        if let Err(error) = would_honour(app, visitor, fields, *fen).await {
            let bad = no(app, visitor, fields, &error).await?;
            return Ok(Told { bad, typed, ..Told::default() });
        }
        typed.paid = fen.to_string();
        return Ok(Told { wait: told.clone(), typed, ..Told::default() });
    }
    let done = match fields.get("do") {
        "honour" => honour(app, visitor, fields).await,
        "dispute" => statement::dispute(app, visitor, merchant, fields).await,
        "acknowledge" => statement::acknowledge(app, visitor, merchant, fields).await,
        "take-back" => take_back(app, visitor, merchant, fields).await,
        _ => take(app, visitor, merchant, fields).await,
    };
    match done {
        Ok(said) => Ok(Told { said, ..Told::default() }),
        Err(Trouble::Service(error)) => {
            let bad = no(app, visitor, fields, &error).await?;
            // What was to be paid is told with the no, unless that was paid.
            let due = due.filter(|(_, fen)| asked_yuan(&typed.paid) != AskedAmount::Amount(*fen));
            Ok(Told { bad, wait: due.map(|(told, _)| told).unwrap_or_default(), typed, ..Told::default() })
        }
        Err(other) => Err(other),
    }
}

/// Why it was refused, in words for a counter.
async fn no(app: &App, visitor: &Visitor, fields: &Fields, error: &ServiceError) -> Result<String, Trouble> {
    let (w, r) = (visitor.words(), visitor.words().refusals);
    let told = |own: &[(Code, &str)]| trouble::said_by(w, visitor.english, error, own);
    Ok(match fields.get("do") {
        "honour" => told(&[(Code::DuplicateConflict, r.slip_taken)]),
        "acknowledge" => told(&statement::not_right(w)),
        "take-back" => told(&[(Code::AlreadyDecided, r.reversed_before)]),
        "take" => {
            let not_given = match read_id(&fields.get("number").to_uppercase()) {
                Ok(application) => not_given(app, &application).await?,
                Err(_) => None,
            };
            let mut own = vec![(Code::UnknownBenefit, r.number_unknown), (Code::QuotaFull, r.still_queued)];
            own.push(match not_given {
                Some(NotGiven::Withdrawn) => (Code::AlreadyDecided, r.voucher_withdrawn),
                Some(NotGiven::SentBack) => (Code::AlreadyDecided, r.voucher_returned),
                Some(NotGiven::InReview) => (Code::NotEligible, r.still_in_review),
                None => (Code::AlreadyDecided, r.voucher_used),
            });
            told(&own)
        }
        _ => told(&[]),
    })
}

/// What is to be paid under one of the merchant's own offers, where offer and price say so.
async fn due(app: &App, visitor: &Visitor, merchant: &str, fields: &Fields) -> Result<Option<(String, Fen)>, Trouble> {
    let who = Who::Bearer(&visitor.must()?.identity);
    let AskedAmount::Amount(price) = asked_yuan(fields.get("price")) else { return Ok(None) };
    let offers = offers(app, who, merchant, today(app)).await?;
    let Some((_, terms)) = offers.into_iter().find(|(id, _)| id == fields.get("offer")) else { return Ok(None) };
    let (w, due) = (visitor.words().merchant_words, to_pay(&terms, price));
    Ok(Some((w.to_pay(&w.discount(terms.paid_of_thousand), &yuan(due)), due)))
}

/// What a form asks to be honoured, for so much paid.
fn pass_used(fields: &Fields, paid: AskedAmount) -> Result<Command, ServiceError> {
    Ok(Command::from(commands::UsePass {
        slip_no: (&read_key(fields.get("slip"))?).into(),
        pass: read_id(&fields.get("pass").to_uppercase())?,
        offer: read_id(fields.get("offer"))?,
        at: civil(fields.get("at")),
        price: asked_yuan(fields.get("price")),
        paid,
    }))
}

/// Refuses what would be refused once it is paid.
async fn would_honour(app: &App, visitor: &Visitor, fields: &Fields, paid: Fen) -> Result<(), ServiceError> {
    let Ok(found) = visitor.must() else { return Ok(()) };
    let identity = &found.identity;
    let command = pass_used(fields, AskedAmount::Amount(paid))?;
    foresee(app, Who::Bearer(identity), &identity.id, read_key(fields.get("slip"))?, command).await.map(drop)
}

async fn honour(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let w = visitor.words().merchant_words;
    // The number is the key: a slip that is entered a second time is the same slip.
    let key = fields.get("slip");
    let receipt = give(app, visitor, key, pass_used(fields, asked_yuan(fields.get("paid")))?).await?;
    Ok(w.owed(w.honoured, &yuan(claimed(&receipt))))
}

async fn take(app: &App, visitor: &Visitor, merchant: &str, fields: &Fields) -> Result<String, Trouble> {
    let w = visitor.words().merchant_words;
    let merchant: MerchantId = read_id(merchant)?;
    let application: ApplicationId = read_id(&fields.get("number").to_uppercase())?;
    let key = read_key(fields.get("key"))?;
    // A use is of now, so that the same form sent twice would say two things.
    if was_used_by(app, &key, &application).await? {
        return Ok(w.used_before.to_owned());
    }
    let command = commands::UseBenefit {
        benefit: benefit_of(app, &application).await?,
        application,
        used: AskedUse { at: Some(app.ledger.now()), merchant: Some(merchant) },
    };
    let receipt = give(app, visitor, key.as_str(), Command::from(command)).await?;
    Ok(w.owed(w.used, &yuan(claimed(&receipt))))
}

/// Takes back what was used, or the slip that was entered, today.
async fn take_back(app: &App, visitor: &Visitor, merchant: &str, fields: &Fields) -> Result<String, Trouble> {
    let line = SeenLine::of(read_id(merchant)?, fields.get("used"), read_id(fields.get("line"))?)?;
    let command = reversal_of(app, &line, fields.get("reason").to_owned()).await?;
    let receipt = give(app, visitor, fields.get("key"), command).await?;
    Ok(visitor.words().merchant_words.not_owed(&yuan(-claimed(&receipt))))
}

/// What a merchant is owed by a command; less than nothing for what is taken back.
fn claimed(receipt: &Receipt) -> Fen {
    let claims = receipt.events.iter().filter_map(Event::as_merchant).filter_map(|event| event.line());
    claims.fold(Fen::ZERO, |sum, (_, line)| sum + line.amount)
}

/// A time of a form, with or without its seconds.
fn civil(text: &str) -> Option<BusinessTime> {
    let seconds = if text.len() == "2026-11-28T09:05".len() { ":00" } else { "" };
    BusinessTime::parse(&format!("{text}{seconds}+08:00"))
}
