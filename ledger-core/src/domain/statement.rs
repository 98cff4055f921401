//! A month's statement (对账单), of a merchant or of a fund: what its lines came to when somebody prepared it, what was
//! disputed, and who confirmed it. Who prepares, who confirms and who pays are three persons.
//!
//! Lines are kept as a chain of digests, so that a month of any length is fixed by a few numbers and anybody who has its
//! lines comes to the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::ids::{Actor, DisputeId, Key};
use super::money::Fen;
use super::points::Points;
use super::refusal::{Code, Decision, Refusal};
use super::text::read_text;
use super::time::{BusinessTime, Month};

/// The digest of a month's lines: SHA-256 over the digest of the lines before and the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinesDigest([u8; 32]);

impl LinesDigest {
    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<LinesDigest> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 32];
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? * 16 + digit(*low)?;
        }
        Some(LinesDigest(bytes))
    }

    /// With one line more.
    #[must_use]
    pub fn with(self, line: &str) -> LinesDigest {
        LinesDigest(Sha256::new().chain_update(self.0).chain_update(line.as_bytes()).finalize().into())
    }
}

impl fmt::Display for LinesDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for LinesDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LinesDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LinesDigest, D::Error> {
        read_text(deserializer, "a digest", |text| {
            LinesDigest::parse(text).ok_or("not 64 lower-case hexadecimal digits")
        })
    }
}

/// What a line of a month is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Goods were handed out or a voucher honoured, for points.
    Honoured,
    /// A claim in points was taken back.
    TakenBack,
    /// A benefit was used or a discount given, for yuan.
    Money,
    /// A claim in yuan was taken back.
    MoneyTakenBack,
    /// Money was set aside from a fund.
    Committed,
    /// Money set aside was freed.
    Released,
}

impl LineKind {
    /// As it stands in a line that is digested, and in what programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            LineKind::Honoured => "honoured",
            LineKind::TakenBack => "taken_back",
            LineKind::Money => "money",
            LineKind::MoneyTakenBack => "money_taken_back",
            LineKind::Committed => "committed",
            LineKind::Released => "released",
        }
    }
}

/// A line of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// The redemption, or the row of a sheet.
    pub source: Key,
    /// When it happened.
    pub at: BusinessTime,
    /// Points, less than nothing for what was taken back.
    pub points: Points,
    /// Money, less than nothing for what was taken back or freed.
    pub amount: Fen,
}

impl Line {
    /// The text that is digested: kind, source, seconds since 1970-01-01 UTC, hundredths of points, fen, parted by tabs.
    pub fn text(&self) -> String {
        let Line { kind, source, at, points, amount } = self;
        let (kind, at) = (kind.as_str(), at.unix_seconds());
        format!("{kind}\t{source}\t{at}\t{}\t{}\n", points.hundredths(), amount.fen())
    }
}

/// What lines come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Their money, fen.
    pub amount: Fen,
    /// SHA-256, chained line by line from 32 zero bytes on.
    pub digest: LinesDigest,
    /// How many they are.
    pub lines: u32,
    /// Sum over the lines, in exact hundredths.
    pub points: Points,
}

impl Sums {
    /// Takes one line more.
    pub fn add(&mut self, line: &Line) {
        self.amount += line.amount;
        self.digest = self.digest.with(&line.text());
        self.lines = self.lines.saturating_add(1);
        self.points += line.points;
    }
}

/// Whoever gives a command, and as whom the same person had a part in the month before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// With which account.
    pub by: Actor,
    /// Other actors who are the same person.
    pub alike: Vec<Actor>,
}

impl Hand {
    /// Whether an actor is the same person.
    fn is(&self, actor: &Actor) -> bool {
        self.by == *actor || self.alike.contains(actor)
    }
}

/// What was said against a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The account that acts.
    pub by: Actor,
    /// Which line: its redemption, or its row.
    pub line: Key,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// How it was answered.
    #[serde(default)]
    pub answer: Option<Answer>,
}

/// The answer to a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The account that acts.
    pub by: Actor,
    /// The reason, or the reference that the vault gave for it.
    pub reason: String,
    /// Whether the merchant was right: what is wrong is put right, and the statement prepared again.
    pub upheld: bool,
}

/// A statement as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Statement {
    /// What the lines came to when it was prepared last.
    pub sums: Sums,
    /// Everybody who prepared it.
    pub prepared_by: BTreeSet<Actor>,
    /// What was disputed, by the key of the command that said so.
    #[serde(default)]
    pub disputes: BTreeMap<DisputeId, Dispute>,
    /// Whether a dispute was right since it was prepared.
    #[serde(default)]
    pub due_again: bool,
    /// By whom it was confirmed.
    #[serde(default)]
    pub confirmed_by: Option<Actor>,
    /// What the merchant found right last, and disputed no line of since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
}

/// That a merchant found a statement right (确认无误).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The account that acts.
    pub by: Actor,
    /// The digest of the lines that were found right.
    pub digest: LinesDigest,
}

/// How far a month has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nobody prepared a statement.
    Open,
    /// It was prepared, and what was disputed was answered.
    Prepared,
    /// A dispute waits for an answer.
    Disputed,
    /// It must be prepared again: lines came in since, or a dispute was right.
    Stale,
    /// It was confirmed.
    Confirmed,
}

impl Stage {
    /// As programs read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Prepared => "prepared",
            Stage::Disputed => "disputed",
            Stage::Stale => "stale",
            Stage::Confirmed => "confirmed",
        }
    }
}

impl Statement {
    /// How far it has come, where the month's lines come to this by now.
    pub fn stage(&self, now: &Sums) -> Stage {
        if self.confirmed_by.is_some() {
            Stage::Confirmed
        } else if self.open_dispute().is_some() {
            Stage::Disputed
        } else if self.due_again || self.sums != *now {
            Stage::Stale
        } else {
            Stage::Prepared
        }
    }

    /// Everybody who had a part in it.
    pub fn parts(&self) -> impl Iterator<Item = &Actor> {
        let disputes = self.disputes.values();
        let said = disputes.flat_map(|dispute| dispute.answer.iter().map(|answer| &answer.by).chain([&dispute.by]));
        self.prepared_by.iter().chain(&self.confirmed_by).chain(said)
    }

    /// A dispute that waits for an answer.
    pub fn open_dispute(&self) -> Option<(&DisputeId, &Dispute)> {
        self.disputes.iter().find(|(_, dispute)| dispute.answer.is_none())
    }

    /// Folds that it was prepared.
    pub fn prepare(&mut self, by: &Actor, sums: Sums) {
        self.sums = sums;
        self.prepared_by.insert(by.clone());
        self.due_again = false;
    }

    /// Folds that a line was disputed: whoever found it right does not any more.
    pub fn dispute(&mut self, id: &DisputeId, dispute: Dispute) {
        self.disputes.insert(id.clone(), dispute);
        self.acknowledged = None;
    }

    /// Folds that the merchant found it right.
    pub fn acknowledge(&mut self, by: &Actor, digest: LinesDigest) {
        self.acknowledged = Some(Acknowledged { by: by.clone(), digest });
    }

    /// By whom the lines that were prepared last were found right.
    pub fn acknowledged_by(&self) -> Option<&Actor> {
        let acknowledged = self.acknowledged.as_ref()?;
        (acknowledged.digest == self.sums.digest).then_some(&acknowledged.by)
    }

    /// Folds that a dispute was answered.
    pub fn answer(&mut self, id: &DisputeId, answer: Answer) {
        self.due_again |= answer.upheld;
        if let Some(dispute) = self.disputes.get_mut(id) {
            dispute.answer = Some(answer);
        }
    }

    /// Nobody else prepares what was confirmed, and nobody confirms what they prepared.
    ///
    /// # Errors
    /// `already_decided`, `same_person`, `outside_window`.
    pub fn require_confirmable(&self, of: &str, hand: &Hand, now: &Sums) -> Decision<()> {
        self.require_unconfirmed(of)?;
        if self.prepared_by.iter().any(|actor| hand.is(actor)) {
            return Err(same_person(&hand.by, &format!("prepared {of}"), "confirm it"));
        }
        self.require_up_to_date(of, now)
    }

    /// What is said of it is said of the lines as they were prepared, with every dispute answered.
    fn require_up_to_date(&self, of: &str, now: &Sums) -> Decision<()> {
        match self.stage(now) {
            Stage::Disputed => {
                let line = self.open_dispute().map(|(_, dispute)| dispute.line.to_string()).unwrap_or_default();
                Err(not_yet(&format!("line {line} of {of} is disputed; answer that first")))
            }
            Stage::Stale if self.due_again => {
                Err(not_yet(&format!("a dispute of {of} was right; put the line right and prepare it again")))
            }
            Stage::Stale => Err(not_yet(&format!("{of} has other lines by now; prepare it again"))),
            Stage::Open | Stage::Prepared | Stage::Confirmed => Ok(()),
        }
    }

    /// The merchant finds it right once, of the lines that were looked over, until it is confirmed.
    ///
    /// # Errors
    /// `already_decided`, `outside_window`.
    pub fn require_acknowledgeable(&self, of: &str, now: &Sums, looked_over: Option<LinesDigest>) -> Decision<()> {
        self.require_unconfirmed(of)?;
        self.require_up_to_date(of, now)?;
        if looked_over.is_some_and(|digest| digest != now.digest) {
            return Err(not_yet(&format!("{of} has other lines than were looked over; read it again")));
        }
        if let Some(by) = self.acknowledged_by() {
            return Err(Refusal::new(Code::AlreadyDecided, format!("{of} was found right by {by} before")));
        }
        Ok(())
    }

    /// What was confirmed stands.
    ///
    /// # Errors
    /// `already_decided`.
    pub fn require_unconfirmed(&self, of: &str) -> Decision<()> {
        if self.confirmed_by.is_none() {
            return Ok(());
        }
        let message = format!("{of} was confirmed; what comes later is a correction in the month after");
        Err(Refusal::new(Code::AlreadyDecided, message))
    }

    /// What is paid was confirmed, and is paid by a third person.
    ///
    /// # Errors
    /// `outside_window`, `same_person`.
    pub fn require_payable(&self, of: &str, hand: &Hand) -> Decision<()> {
        let Some(confirmed_by) = &self.confirmed_by else {
            return Err(not_yet(&format!("{of} was prepared and not confirmed; another person confirms it first")));
        };
        if self.prepared_by.iter().any(|actor| hand.is(actor)) {
            return Err(same_person(&hand.by, &format!("prepared {of}"), "pay it"));
        }
        if hand.is(confirmed_by) {
            return Err(same_person(&hand.by, &format!("confirmed {of}"), "pay it"));
        }
        Ok(())
    }

    /// A dispute that can be answered by somebody with no part in it.
    ///
    /// # Errors
    /// `not_found`, `already_decided`, `same_person`.
    pub fn require_answerable(&self, of: &str, id: &DisputeId, hand: &Hand) -> Decision<&Dispute> {
        let Some(dispute) = self.disputes.get(id) else {
            return Err(Refusal::new(Code::NotFound, format!("{of} has no dispute {id}")));
        };
        if dispute.answer.is_some() {
            return Err(Refusal::new(Code::AlreadyDecided, format!("dispute {id} was answered before")));
        }
        if self.prepared_by.iter().any(|actor| hand.is(actor)) {
            return Err(same_person(&hand.by, &format!("prepared {of}"), "answer what is disputed in it"));
        }
        if hand.is(&dispute.by) {
            return Err(same_person(&hand.by, "disputed the line", "answer that"));
        }
        Ok(dispute)
    }
}

/// How far a month has come whose lines come to this by now.
pub fn stage_of(statement: Option<&Statement>, now: &Sums) -> Stage {
    statement.map_or(Stage::Open, |statement| statement.stage(now))
}

/// The first month from one on that can still bear something: what was confirmed stays as it is.
pub fn bearing<'a>(mut month: Month, statement: impl Fn(Month) -> Option<&'a Statement>) -> Month {
    while statement(month).is_some_and(|statement| statement.confirmed_by.is_some()) {
        month = month.next();
    }
    month
}

/// A statement is prepared of a month that is over, has lines and was not confirmed.
///
/// # Errors
/// `already_decided`, `outside_window`.
pub fn require_preparable(
    statement: Option<&Statement>,
    of: &str,
    at: BusinessTime,
    month: Month,
    now: &Sums,
) -> Decision<()> {
    statement.map_or(Ok(()), |statement| statement.require_unconfirmed(of))?;
    if at.month() <= month {
        return Err(not_yet(&format!("{of} cannot be prepared before the month is over")));
    }
    if now.lines == 0 {
        return Err(not_yet(&format!("{of} has no line; there is nothing to state")));
    }
    Ok(())
}

/// A statement that somebody prepared.
///
/// # Errors
/// `not_found`.
pub fn require_prepared<'a>(statement: Option<&'a Statement>, of: &str) -> Decision<&'a Statement> {
    statement.ok_or_else(|| Refusal::new(Code::NotFound, format!("{of} was not prepared; prepare it first")))
}

/// Something must come before.
pub fn not_yet(message: &str) -> Refusal {
    Refusal::new(Code::OutsideWindow, message.to_owned())
}

fn same_person(by: &Actor, did: &str, wants: &str) -> Refusal {
    Refusal::new(Code::SamePerson, format!("{by} {did}, or is the person who did; another person must {wants}"))
}

#[cfg(test)]
mod tests {
    use super::{Line, LineKind, LinesDigest, Sums};
    use crate::domain::ids::Key;
    use crate::domain::money::Fen;
    use crate::domain::points::Points;
    use crate::domain::time::BusinessTime;

    #[test]
    fn lines_are_chained_as_the_decision_says() {
        let at = BusinessTime::parse("2024-06-03T10:00:00+08:00").expect("a time");
        let source = Key::new("XP-1").expect("a key");
        let line = Line { kind: LineKind::Money, source, at, points: Points::ZERO, amount: Fen::new(1_276) };
        assert_eq!(line.text(), "money\tXP-1\t1717380000\t0\t1276\n");
        let mut sums = Sums::default();
        sums.add(&line);
        // printf '%64s' '' | tr ' ' 0 | xxd -r -p | cat - <(printf 'money\tXP-1\t1717380000\t0\t1276\n') | sha256sum
        assert_eq!(sums.digest.to_string(), CHAINED);
        assert_eq!(LinesDigest::parse(CHAINED), Some(sums.digest));
        assert_eq!((sums.lines, sums.amount, sums.points), (1, Fen::new(1_276), Points::ZERO));
        assert_eq!(LinesDigest::parse("00"), None);
    }

    const CHAINED: &str = "3aec1c59af998caf2e713a2aadd4415da8e301fca2e3ce35bf61ba0a46272ae5";
}
