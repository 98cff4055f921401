//! What moves yuan, as transactions of the plain-text journal: a commodity of its own beside the points, never turned into
//! them.
//!
//! A fund has what a body appropriated, and of that something is free, set aside or paid. A merchant is owed for a month and
//! paid for it. Each transaction sums to zero.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use foldhash::HashMap;

use super::accounts::push_part;
use super::figures::{push_day, push_number};
use super::plain_text::push_plain;
use crate::domain::event::Event;
use crate::domain::fund::FundEvent;
use crate::domain::ids::{FundId, MerchantId};
use crate::domain::merchant::MerchantEvent;
use crate::domain::money::Fen;
use crate::domain::time::Month;

/// What it is called.
pub const COMMODITY: &str = "CNY";

/// What an event does with yuan, as far as it can be told without those before it.
#[derive(Debug, Clone)]
pub struct Yuan {
    day: NaiveDate,
    position: u64,
    word: &'static str,
    key: String,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// A fund has so much of a body from now on, whatever it had before.
    Appropriated { fund: FundId, body: String, amount: Fen },
    /// From one account to another.
    Moved { from: String, to: String, amount: Fen },
}

/// What an event does with yuan; nothing for most. A fund that is registered does something, be it with nothing in it.
pub fn of(position: u64, key: &str, event: &Event) -> Option<Yuan> {
    let (at, word, what) = match event {
        Event::Fund(event) => (event.at(), event.event_type(), of_fund(event)?),
        Event::Merchant(event) => (event.at(), event.event_type(), of_merchant(event)?),
        Event::Programme(_)
        | Event::Worker(_)
        | Event::Store(_)
        | Event::Card(_)
        | Event::Account(_)
        | Event::Directory(_)
        | Event::Sites(_)
        | Event::Mark(_)
        | Event::Request(_)
        | Event::Pair(_)
        | Event::Benefit(_)
        | Event::Certificate(_)
        | Event::Pass(_)
        | Event::Offer(_)
        | Event::Selection(_) => return None,
    };
    Some(Yuan { day: at.date(), position, word: Event::word_of(word), key: key.to_owned(), what })
}

fn of_fund(event: &FundEvent) -> Option<What> {
    let (from, to, amount) = match event {
        FundEvent::FundRegistered(event) | FundEvent::FundUpdated(event) => {
            let (fund, body) = (event.fund.clone(), event.terms.body.clone());
            return Some(What::Appropriated { fund, body, amount: event.terms.appropriated });
        }
        FundEvent::FundCommitted(event) => (FREE, COMMITTED, event.amount),
        FundEvent::FundReleased(event) => (COMMITTED, FREE, event.amount),
        FundEvent::FundPaid(event) => (COMMITTED, PAID, event.amount),
        FundEvent::FundStatementPrepared(_) | FundEvent::FundStatementConfirmed(_) => return None,
    };
    moved(of_the_fund(event.fund(), from), of_the_fund(event.fund(), to), amount)
}

fn of_merchant(event: &MerchantEvent) -> Option<What> {
    match event {
        MerchantEvent::MoneyClaimed(event) => {
            let month = event.borne_in();
            moved(subsidy(&event.merchant, month), of_the_merchant(&event.merchant, OWED, month), event.amount)
        }
        MerchantEvent::MoneyTakenBack(event) => {
            let (merchant, month) = (&event.merchant, event.month);
            moved(of_the_merchant(merchant, OWED, month), subsidy(merchant, month), event.amount)
        }
        MerchantEvent::SettlementPaid(event) => {
            let [owed, paid] = [OWED, PAID].map(|side| of_the_merchant(&event.merchant, side, event.month));
            moved(owed, paid, event.amount?)
        }
        MerchantEvent::MerchantRegistered(_)
        | MerchantEvent::MerchantUpdated(_)
        | MerchantEvent::VoucherHonoured(_)
        | MerchantEvent::HonourReversed(_)
        | MerchantEvent::StatementPrepared(_)
        | MerchantEvent::StatementDisputed(_)
        | MerchantEvent::StatementAcknowledged(_)
        | MerchantEvent::StatementDisputeAnswered(_)
        | MerchantEvent::StatementConfirmed(_) => None,
    }
}

fn moved(from: String, to: String, amount: Fen) -> Option<What> {
    (amount != Fen::ZERO).then_some(What::Moved { from, to, amount })
}

const FREE: &str = ":可用";
const COMMITTED: &str = ":占用";
const PAID: &str = ":已付";
const OWED: &str = ":应付";

/// `资金:ZJ1:可用`: what of a fund is free, set aside or paid.
fn of_the_fund(fund: &FundId, side: &str) -> String {
    let mut name = String::from("资金:");
    push_part(&mut name, fund.as_str());
    name.push_str(side);
    name
}

/// `拨款:区总工会:ZJ1`: minus what a body appropriated.
fn appropriation(body: &str, fund: &FundId) -> String {
    let mut name = String::from("拨款:");
    // A part of a name is never blank.
    push_part(&mut name, if body.is_empty() { "-" } else { body });
    name.push(':');
    push_part(&mut name, fund.as_str());
    name
}

/// `商户:SH1:应付:2024-03`: what is still owed for a month, or was paid.
fn of_the_merchant(merchant: &MerchantId, side: &str, month: Month) -> String {
    let mut name = String::from("商户:");
    push_part(&mut name, merchant.as_str());
    // Writing to a string never fails, here and below.
    let _ = write!(name, "{side}:{month}");
    name
}

/// `补贴:SH1:2024-03`: minus what came to be owed for a month.
fn subsidy(merchant: &MerchantId, month: Month) -> String {
    let mut name = String::from("补贴:");
    push_part(&mut name, merchant.as_str());
    let _ = write!(name, ":{month}");
    name
}

/// The accounts in yuan, in the journal's order.
#[derive(Debug, Default)]
pub struct YuanBook {
    balances: BTreeMap<String, Fen>,
    /// What each fund has, and of which body.
    funds: HashMap<FundId, (String, Fen)>,
    moved: bool,
}

impl YuanBook {
    /// Whether anything came by that has to do with yuan.
    pub const fn moved(&self) -> bool {
        self.moved
    }

    /// Appends an event's transaction, with what is declared before it.
    pub fn push(&mut self, out: &mut String, yuan: &Yuan) {
        self.moved = true;
        let mut legs = match &yuan.what {
            What::Moved { from, to, amount } => vec![(from.clone(), -*amount), (to.clone(), *amount)],
            What::Appropriated { fund, body, amount } => self.appropriated(fund, body, *amount),
        };
        legs.retain(|(_, amount)| *amount != Fen::ZERO);
        if legs.is_empty() {
            return;
        }
        for (account, amount) in &legs {
            if let Some(balance) = self.balances.get_mut(account) {
                *balance += *amount;
            } else {
                let _ = writeln!(out, "account {account}");
                self.balances.insert(account.clone(), *amount);
            }
        }
        push_day(out, yuan.day);
        out.push_str(" (");
        push_number(out, yuan.position);
        let _ = write!(out, ") {} ", yuan.word);
        push_plain(out, &yuan.key);
        out.push('\n');
        for (account, amount) in &legs {
            let _ = writeln!(out, "    {account}  {amount} {COMMODITY}");
        }
        out.push('\n');
    }

    /// A change of what was appropriated: of another body, all of it goes over.
    fn appropriated(&mut self, fund: &FundId, body: &str, amount: Fen) -> Vec<(String, Fen)> {
        let before = self.funds.insert(fund.clone(), (body.to_owned(), amount));
        let free = of_the_fund(fund, FREE);
        match before {
            Some((other, was)) if other != body => {
                vec![(appropriation(&other, fund), was), (appropriation(body, fund), -amount), (free, amount - was)]
            }
            before => {
                let more = amount - before.map_or(Fen::ZERO, |(_, was)| was);
                vec![(appropriation(body, fund), -more), (free, more)]
            }
        }
    }

    /// Appends the assertion of every balance.
    pub(super) fn push_assertions(&self, out: &mut String) {
        for (account, balance) in &self.balances {
            let _ = writeln!(out, "    {account}  0 {COMMODITY} = {balance} {COMMODITY}");
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.balances.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{YuanBook, of};
    use crate::domain::event::Event;

    fn told(events: &[(&str, &str)]) -> String {
        let (mut book, mut out) = (YuanBook::default(), String::new());
        for (position, (event_type, payload)) in (1..).zip(events) {
            let event = Event::decode(event_type, payload.as_bytes()).expect("an event");
            if let Some(yuan) = of(position, "K;1", &event) {
                book.push(&mut out, &yuan);
            }
        }
        book.push_assertions(&mut out);
        out
    }

    fn fund(appropriated: i64, body: &str) -> String {
        format!(
            r#"{{"at":"2024-01-01T08:00:00+08:00","fund":"ZJ1","terms":{{"appropriated":{appropriated},"body":"{body}","source":"工会经费"}},"v":1}}"#
        )
    }

    #[test]
    fn a_change_of_a_fund_is_what_it_has_more_and_another_body_takes_all_of_it_over() {
        let told = told(&[
            ("FundRegistered", &fund(100_000, "区总工会")),
            ("FundUpdated", &fund(100_000, "区总工会")),
            ("FundUpdated", &fund(150_050, "区总工会")),
            ("FundUpdated", &fund(150_050, "街道 工会")),
        ]);
        let wanted = "account 拨款:区总工会:ZJ1\naccount 资金:ZJ1:可用\n2024-01-01 (1) 资金登记 K_1\n    拨款:区总工会:ZJ1  -1000 CNY\n    资金:ZJ1:可用  1000 CNY\n\n\
                      2024-01-01 (3) 资金变更 K_1\n    拨款:区总工会:ZJ1  -500.5 CNY\n    资金:ZJ1:可用  500.5 CNY\n\n\
                      account 拨款:街道%20工会:ZJ1\n2024-01-01 (4) 资金变更 K_1\n    拨款:区总工会:ZJ1  1500.5 CNY\n    拨款:街道%20工会:ZJ1  -1500.5 CNY\n\n";
        assert!(told.starts_with(wanted), "{told}");
        assert!(told.ends_with("    资金:ZJ1:可用  0 CNY = 1500.5 CNY\n"), "{told}");
        assert!(told.contains("    拨款:区总工会:ZJ1  0 CNY = 0 CNY\n"), "{told}");
    }

    #[test]
    fn what_a_fund_and_a_merchant_do_with_yuan_stands_on_both_sides() {
        let at = r#""at":"2024-03-05T08:00:00+08:00""#;
        let row = |amount: i64, more: &str| format!(r#"{{"amount":{amount},{at},{more},"source":"DJ1","v":1}}"#);
        let claimed = row(1_500, r#""merchant":"SH1""#);
        let nothing = row(0, r#""merchant":"SH1""#);
        let paid = r#"{"amount":1500,"at":"2024-04-02T08:00:00+08:00","merchant":"SH1","month":"2024-03","points":0,"reference":"财付1号","v":1}"#;
        let of_points = r#"{"at":"2024-04-02T08:00:00+08:00","merchant":"SH1","month":"2024-03","points":100,"reference":"财付2号","v":1}"#;
        let told = told(&[
            ("FundCommitted", &row(1_500, r#""fund":"ZJ1""#)),
            ("MoneyClaimed", &claimed),
            ("MoneyClaimed", &nothing),
            ("SettlementPaid", paid),
            ("SettlementPaid", of_points),
            ("MoneyTakenBack", &row(1_500, r#""claimed_in":"2024-03","merchant":"SH1","month":"2024-04""#)),
        ]);
        for wanted in [
            "(1) 资金占用 K_1\n    资金:ZJ1:可用  -15 CNY\n    资金:ZJ1:占用  15 CNY\n",
            "2024-03-05 (2) 补贴应付 K_1\n    补贴:SH1:2024-03  -15 CNY\n    商户:SH1:应付:2024-03  15 CNY\n",
            "2024-04-02 (4) 商户结算 K_1\n    商户:SH1:应付:2024-03  -15 CNY\n    商户:SH1:已付:2024-03  15 CNY\n",
            "2024-03-05 (6) 补贴冲正 K_1\n    商户:SH1:应付:2024-04  -15 CNY\n    补贴:SH1:2024-04  15 CNY\n",
            "    商户:SH1:应付:2024-03  0 CNY = 0 CNY\n",
        ] {
            assert!(told.contains(wanted), "{wanted} is missing: {told}");
        }
        assert!(!told.contains("(3)") && !told.contains("(5)"), "{told}");
    }
}
