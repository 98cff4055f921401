//! What the forms of `/statements` ask for.

use ledger_core::domain::ids::MerchantId;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::Month;
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::{Command, commands};

use crate::app::App;
use crate::service::ServiceError;
use crate::service::uses::{SeenLine, reversal_of};
use crate::web::form::{Fields, read_id};
use crate::web::page::{Trouble, Visitor, give};

/// Does what a form asks; gives what the page says of it.
pub(super) async fn carry_out(app: &App, visitor: &Visitor, fields: &Fields) -> Result<String, Trouble> {
    let w = visitor.words().statements;
    let month =
        Month::parse(fields.get("month")).ok_or_else(|| ServiceError::unreadable("month: write YYYY-MM".to_owned()))?;
    let body = fields.get("body").to_owned();
    let of = match fields.some("merchant") {
        Some(merchant) => StatementOf::Merchant(read_id(merchant)?),
        None => StatementOf::Body { body: body.clone(), funds: Vec::new() },
    };
    if fields.get("do") == "reverse" {
        let merchant = read_id(fields.get("merchant"))?;
        let line = SeenLine::of(merchant, fields.get("used"), read_id(fields.get("line"))?)?;
        let command = reversal_of(app, &line, fields.get("reason").to_owned()).await?;
        give(app, visitor, fields.get("key"), command).await?;
        return Ok(w.reversed_done.to_owned());
    }
    let reference = fields.get("reference").to_owned();
    let (command, said) = match (fields.get("do"), of) {
        ("prepare", of) => (Command::from(commands::PrepareStatement { of, month }), w.prepared_done),
        ("confirm", of) => (Command::from(commands::ConfirmStatement { of, month }), w.confirmed_done),
        ("pay", StatementOf::Merchant(merchant)) => (pay(merchant, month, fields, reference)?, w.paid_done),
        ("pay", StatementOf::Body { body, funds }) => {
            (Command::from(commands::PayBody { body, funds, month, reference }), w.paid_done)
        }
        ("uphold" | "dismiss", StatementOf::Merchant(merchant)) => {
            let (dispute, reason) = (read_id(fields.get("dispute"))?, fields.get("reason").to_owned());
            let upheld = fields.get("do") == "uphold";
            (Command::from(commands::AnswerDispute { merchant, month, dispute, upheld, reason }), w.answered_done)
        }
        _ => return Err(Trouble::NotFound),
    };
    give(app, visitor, fields.get("key"), command).await?;
    Ok(said.to_owned())
}

/// What the form says is paid: the ledger judges it.
fn pay(merchant: MerchantId, month: Month, fields: &Fields, reference: String) -> Result<Command, Trouble> {
    let number = |name: &str| {
        let unreadable = || ServiceError::unreadable(format!("{name}: a whole number is wanted"));
        fields.get(name).parse::<i64>().map_err(|_| unreadable())
    };
    let points = Points::from_hundredths(number("hundredths")?);
    let amount = Some(Fen::new(number("fen")?)).filter(|amount| *amount != Fen::ZERO);
    Ok(Command::from(commands::PaySettlement { merchant, month, points, amount, reference }))
}
