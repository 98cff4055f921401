//! What makes two askings the same: a digest of the content that decides a command's effect.
//!
//! Witness and evidence are annotations and left out: a sheet sent again with another witness is the same record
//! (docs/decisions/004). The context's time and actor are left out, because a retry comes later, maybe from another
//! desk.

use std::fmt;

use sha2::{Digest, Sha256};

use super::command::{AskedSpending, AskedTime, Command, CreditAction};
use crate::domain::programme::command::{GuardAction, Settings};
use crate::domain::schedule::Activity;
use crate::domain::time::Validity;

/// Sixteen bytes of SHA-256 over the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The fingerprint of a command.
    pub fn of(command: &Command) -> Fingerprint {
        let mut content = Content::default();
        write_content(&mut content, command);
        let digest = content.0.finalize();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        Fingerprint(bytes)
    }

    /// From its sixteen bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Fingerprint {
        Fingerprint(bytes)
    }

    /// Its sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    /// Lower-case hex, as the leaf holds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// Fields framed by their length, so that no two contents run into one another.
#[derive(Default)]
struct Content(Sha256);

impl Content {
    fn text(&mut self, field: &str) -> &mut Content {
        self.0.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(field.as_bytes());
        self
    }

    fn number(&mut self, field: i64) -> &mut Content {
        self.0.update(field.to_be_bytes());
        self
    }

    fn maybe<T: fmt::Display>(&mut self, field: Option<T>) -> &mut Content {
        match field {
            Some(field) => self.text("+").text(&field.to_string()),
            None => self.text("-"),
        }
    }
}

fn write_content(content: &mut Content, command: &Command) {
    match command {
        Command::OpenJournal { origin, suite } => content.text("open_journal").text(origin).text(suite),
        Command::Configure(settings) => write_settings(content.text("configure"), settings),
        Command::AdoptSchedule { activities, effective_from, settings } => {
            write_settings(content.text("adopt_schedule").text(&effective_from.to_string()), settings);
            activities.iter().for_each(|activity| write_activity(content, activity));
            content
        }
        Command::RegisterWorker { worker, details, update } => content
            .text("register_worker")
            .text(worker.as_str())
            .text(&details.occupation)
            .maybe(details.party_member)
            .maybe(details.platform.as_deref())
            .number(i64::from(*update)),
        Command::DepartWorker { worker, reason } => content.text("depart_worker").text(worker.as_str()).text(reason),
        Command::IssueCard { worker, card_no, branch, update } => content
            .text("issue_card")
            .text(worker.as_str())
            .text(card_no.as_str())
            .text(branch.as_str())
            .number(i64::from(*update)),
        Command::MoveCard { worker, branch } => content.text("move_card").text(worker.as_str()).text(branch.as_str()),
        Command::CloseCard { worker, reason } => content.text("close_card").text(worker.as_str()).text(reason),
        Command::RegisterMerchant { merchant, details, update } => content
            .text("register_merchant")
            .text(merchant.as_str())
            .text(&details.name)
            .text(&details.uscc)
            .maybe(details.category.as_deref())
            .number(i64::from(*update)),
        Command::PaySettlement { merchant, month, points, reference } => content
            .text("pay_settlement")
            .text(merchant.as_str())
            .text(&month.to_string())
            .number(points.hundredths())
            .text(reference),
        Command::OpenStore { store, details, update } => content
            .text("open_store")
            .text(store.as_str())
            .text(&details.name)
            .text(&details.tier)
            .maybe(details.community.as_deref())
            .number(i64::from(*update)),
        Command::CloseStore { store, reason } => content.text("close_store").text(store.as_str()).text(reason),
        Command::ReopenStore { store } => content.text("reopen_store").text(store.as_str()),
        Command::ListItem { store, sku, terms, opening_stock } => content
            .text("list_item")
            .text(store.as_str())
            .text(sku.as_str())
            .text(&terms.kind)
            .text(&terms.name)
            .number(terms.price.hundredths())
            .maybe(terms.limit_per_worker_year)
            .maybe(terms.merchant.as_ref())
            .number(i64::from(*opening_stock)),
        Command::DelistItem { store, sku, reason } => {
            content.text("delist_item").text(store.as_str()).text(sku.as_str()).text(reason)
        }
        Command::Restock { store, sku, quantity, merchant } => content
            .text("restock")
            .text(store.as_str())
            .text(sku.as_str())
            .number(i64::from(*quantity))
            .maybe(merchant.as_ref()),
        Command::CountStock { store, sku, counted, reason } => {
            content.text("count_stock").text(store.as_str()).text(sku.as_str()).number(i64::from(*counted)).text(reason)
        }
        Command::WriteOffStock { store, sku, quantity, reason } => content
            .text("write_off_stock")
            .text(store.as_str())
            .text(sku.as_str())
            .number(i64::from(*quantity))
            .text(reason),
        Command::RecordCredit { worker, activity, on, quantity, witness: _, own_witness: _, evidence: _ } => content
            .text("record_credit")
            .text(worker.as_str())
            .text(activity.as_str())
            .maybe(*on)
            .maybe(quantity.map(|quantity| quantity.millionths())),
        Command::JudgeCredit { credit, action, reason } => {
            content.text("judge_credit").text(credit.as_str()).text(action_name(*action)).text(reason)
        }
        Command::Redeem(spending) => write_spending(content.text("redeem"), spending),
        Command::ReverseRedemption { redemption, reason } => {
            content.text("reverse_redemption").text(redemption.as_str()).text(reason)
        }
        Command::PlaceHold { spending, lasts_seconds } => {
            write_spending(content.text("place_hold"), spending).number(i64::from(*lasts_seconds))
        }
        Command::CaptureHold { hold } => content.text("capture_hold").text(hold.as_str()),
        Command::ReleaseHold { hold, expired, reason } => {
            let content = content.text("release_hold").text(hold.as_str()).number(i64::from(*expired));
            // Without a reason it is what it was before there were any.
            match reason {
                Some(reason) => content.text(reason),
                None => content,
            }
        }
        Command::ExpireLots { worker, through } => {
            content.text("expire_lots").text(worker.as_str()).text(&through.to_string())
        }
    };
}

const fn action_name(action: CreditAction) -> &'static str {
    match action {
        CreditAction::Confirm => "confirm",
        CreditAction::Reject => "reject",
        CreditAction::Reverse => "reverse",
        CreditAction::Object => "object",
        CreditAction::Resolve { upheld: true } => "uphold",
        CreditAction::Resolve { upheld: false } => "dismiss",
    }
}

fn write_activity(content: &mut Content, activity: &Activity) {
    content
        .text(activity.code.as_str())
        .text(&activity.name)
        .text(&activity.category)
        .text(&activity.unit)
        .number(activity.points_per_unit.hundredths())
        .maybe(activity.daily_cap)
        .number(i64::from(activity.counts_for_card))
        .text(&validity_text(activity.validity));
}

/// As one text, in the words that the first version of this program happened to use, to the last blank: journals hold
/// digests of it for ever. A field that comes later must not stand in it. It is written behind it, and only where it is
/// set, so that a command without it stays the command it was: `content.text("tiers").text(…)`.
fn write_settings<'a>(content: &'a mut Content, settings: &Settings) -> &'a mut Content {
    let Settings { approval_required, code, name, points_step, publicity_days, self_witness, tiers } = settings;
    let approval_required = in_some(approval_required.map(|required| required.to_string()));
    let code = in_some(code.as_deref().map(quoted));
    let name = in_some(name.as_deref().map(quoted));
    let points_step = in_some(points_step.map(|step| format!("Points({})", step.hundredths())));
    let publicity_days = in_some(publicity_days.map(|days| days.to_string()));
    // What came later stands here only where it is set: a command without it is the command it always was.
    let later = [
        self_witness.map(|action| format!(", self_witness: {}", guard_name(action))),
        tiers.as_ref().map(|tiers| {
            format!(", tiers: [{}]", tiers.iter().map(|tier| quoted(tier)).collect::<Vec<_>>().join(", "))
        }),
    ];
    let later: String = later.into_iter().flatten().collect();
    content.text(&format!(
        "Settings {{ approval_required: {approval_required}, code: {code}, name: {name}, \
         points_step: {points_step}, publicity_days: {publicity_days}{later} }}"
    ))
}

const fn guard_name(action: GuardAction) -> &'static str {
    match action {
        GuardAction::Off => "off",
        GuardAction::Refuse => "refuse",
    }
}

fn in_some(value: Option<String>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}

/// In double quotes. Outside ASCII it rests on the standard library for which characters are written as numbers: those
/// that Unicode has not assigned, that cannot be seen, or that belong to the one before.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for found in text.chars() {
        match found {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\0' => quoted.push_str("\\0"),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            ' '..='~' => quoted.push(found),
            '\u{1}'..='\u{7f}' => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(found))),
            _ => quoted.extend(found.escape_debug()),
        }
    }
    quoted.push('"');
    quoted
}

fn validity_text(validity: Validity) -> String {
    match validity {
        Validity::Months(months) => format!("Months({months})"),
        Validity::YearEnd => "YearEnd".to_owned(),
        Validity::Forever => "Forever".to_owned(),
    }
}

fn write_spending<'a>(content: &'a mut Content, spending: &AskedSpending) -> &'a mut Content {
    content.text(spending.worker.as_str()).text(spending.store.as_str());
    match spending.time {
        AskedTime::Now => content.text("now"),
        AskedTime::At(time) => content.text(&time.to_string()),
        AskedTime::Unreadable => content.text("unreadable"),
    };
    for line in &spending.lines {
        content.text(line.sku.as_str()).maybe(line.quantity);
    }
    content
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::{Fingerprint, quoted};
    use crate::domain::ids::{ActivityCode, WorkerId};
    use crate::domain::points::Points;
    use crate::domain::programme::command::{GuardAction, Settings};
    use crate::domain::quantity::Quantity;
    use crate::ledger::command::Command;
    use crate::ledger::command::samples::{VARIANTS, samples, variant};

    fn credit(quantity: &str, witness: Option<&str>) -> Command {
        Command::RecordCredit {
            worker: WorkerId::new("W1").expect("id"),
            activity: ActivityCode::new("ZY01").expect("code"),
            on: chrono::NaiveDate::from_ymd_opt(2024, 3, 5),
            quantity: Quantity::parse(quantity),
            witness: witness.map(str::to_owned),
            own_witness: witness == Some("b"),
            evidence: None,
        }
    }

    fn golden_path() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ledger/golden/fingerprints.txt"))
    }

    /// Journals hold fingerprints for ever: a command sent again must have the one it had. Lines of the golden file are
    /// never edited; `NUANXIN_BLESS=1` appends those of samples that it does not have yet.
    #[test]
    fn a_command_has_the_fingerprint_it_always_had() {
        let sampled: BTreeSet<&str> = samples().iter().map(|(_, command)| variant(command)).collect();
        assert_eq!(sampled, VARIANTS.iter().copied().collect(), "every command has a sample");
        let mut golden = std::fs::read_to_string(golden_path()).unwrap_or_default();
        let mut missing = Vec::new();
        for (name, command) in samples() {
            let now = Fingerprint::of(&command).to_string();
            match golden.lines().filter_map(|line| line.split_once(' ')).find(|(known, _)| *known == name) {
                Some((_, before)) => assert_eq!(now, before, "{name}"),
                None => missing.push(format!("{name} {now}\n")),
            }
        }
        if !missing.is_empty() && std::env::var_os("NUANXIN_BLESS").is_some() {
            golden.extend(missing.drain(..));
            std::fs::write(golden_path(), &golden).expect("the golden file is written");
        }
        assert!(missing.is_empty(), "without a golden value: {missing:?}");
        assert_eq!(golden.lines().count(), samples().len(), "a sample is gone");
    }

    proptest! {
        /// The words of the first version were those of `Debug`.
        #[test]
        fn texts_are_quoted_as_they_were(text in any::<String>()) {
            prop_assert_eq!(quoted(&text), format!("{text:?}"));
        }
    }

    #[test]
    fn every_character_is_quoted_as_it_was() {
        let all: String = (char::MIN..=char::MAX).collect();
        assert!(quoted(&all) == format!("{all:?}"));
    }

    #[test]
    fn settings_that_came_later_change_no_fingerprint_of_a_command_without_them() {
        let settings = Settings {
            approval_required: Some(true),
            code: None,
            name: Some("兖州区".to_owned()),
            points_step: Some(Points::from_hundredths(50)),
            publicity_days: Some(3),
            ..Settings::default()
        };
        let of = |settings: &Settings| Fingerprint::of(&Command::Configure(settings.clone())).to_string();
        assert_eq!(of(&settings), "20145a39021cda9414923d1f2af39b83");
        let guarded = Settings { self_witness: Some(GuardAction::Off), ..settings.clone() };
        let tiered = Settings { tiers: Some(Vec::new()), ..settings.clone() };
        assert_ne!(of(&guarded), of(&settings));
        assert_ne!(of(&tiered), of(&guarded));
    }

    #[test]
    fn a_witness_is_no_content_and_a_quantity_is() {
        let of = |command: Command| Fingerprint::of(&command);
        assert_eq!(of(credit("2", Some("a"))), of(credit("2.0", Some("b"))));
        assert_ne!(of(credit("2", None)), of(credit("2.5", None)));
        assert_ne!(of(credit("2", None)), of(credit("x", None)));
        assert_eq!(of(credit("2", None)).to_string().len(), 32);
    }
}
