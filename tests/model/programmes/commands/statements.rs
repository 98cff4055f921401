//! What is done with the months of bodies and of merchants, as the ledger is asked it.

use ledger_core::domain::ids::FundId;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use ledger_core::domain::statement::LinesDigest;
use ledger_core::domain::time::Month;
use ledger_core::ledger::commands::statements::StatementOf;
use ledger_core::ledger::{Command, commands};

use super::{BODY, id};
use crate::programmes::desk::FUNDS;
use crate::programmes::steps::{Deed, Pays, Settling};

fn of_2024(month: u8) -> Month {
    Month::parse(&format!("2024-{month:02}")).expect("a month")
}

/// The statement of a month of 2024, brought so far.
pub(super) fn statement(stage: Settling, month: u8) -> Command {
    let month = of_2024(month);
    let funds: Vec<FundId> = (0..FUNDS.len()).map(|number| id(&format!("F{number}"))).collect();
    let of = StatementOf::Body { body: BODY.into(), funds: funds.clone() };
    match stage {
        Settling::Prepare => Command::PrepareStatement(commands::PrepareStatement { of, month }),
        Settling::Confirm => Command::ConfirmStatement(commands::ConfirmStatement { of, month }),
        Settling::Pay => {
            let (body, reference) = (BODY.into(), "工付1号".into());
            Command::PayBody(commands::PayBody { body, funds, month, reference })
        }
        Settling::Next => panic!("{stage:?} is no command"),
    }
}

/// What somebody does with a merchant's month of 2024.
pub(super) fn bill(merchant: u8, month: u8, deed: Deed) -> Command {
    let (merchant, month, reason) = (id(&format!("M{merchant}")), of_2024(month), "对不上".to_owned());
    let named = |dispute: u8| id(&format!("D{dispute}"));
    match deed {
        Deed::Prepare => {
            Command::PrepareStatement(commands::PrepareStatement { of: StatementOf::Merchant(merchant), month })
        }
        Deed::Dispute { line, .. } => Command::DisputeStatement(commands::DisputeStatement {
            merchant,
            month,
            line: id(&format!("L{line}")),
            reason,
        }),
        Deed::Answer { dispute, upheld } => {
            Command::AnswerDispute(commands::AnswerDispute { merchant, month, dispute: named(dispute), upheld, reason })
        }
        Deed::FindRight { others } => Command::AcknowledgeStatement(commands::AcknowledgeStatement {
            merchant,
            month,
            // No lines have this digest.
            digest: others.then(LinesDigest::default),
        }),
        Deed::Confirm => {
            Command::ConfirmStatement(commands::ConfirmStatement { of: StatementOf::Merchant(merchant), month })
        }
        Deed::Pay(pays) => Command::PaySettlement(commands::PaySettlement {
            merchant,
            month,
            points: Points::ZERO,
            amount: if let Pays::Fen(fen) = pays { Some(Fen::new(fen)) } else { None },
            reference: "商付1号".into(),
        }),
        Deed::Next(_) => panic!("{deed:?} is no command"),
    }
}
