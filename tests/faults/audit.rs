//! Compares what clients were told with what the journal holds: nothing acknowledged is lost, nothing happened twice,
//! and what became of a lost request is one of the two things that may.

use std::collections::BTreeMap;
use std::fmt;

use nuanxin_tests::Request;
use serde_json::Value;

use crate::record::Attempt;
use crate::site::{Recorded, hundredths};

/// How many faults are told at once.
const FAULTS_TOLD_MAX: usize = 20;

/// What an audit counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Keys whose command a server acknowledged.
    pub(crate) acknowledged: usize,
    /// Keys with a refusal and nothing else.
    pub(crate) refused: usize,
    /// Requests that got no answer, or one that named the outcome unknown.
    pub(crate) unknown_attempts: usize,
    /// Keys nobody was told about that are in the journal.
    pub(crate) unknown_there: usize,
    /// Keys nobody was told about that are not.
    pub(crate) unknown_not_there: usize,
    /// Acknowledgements given again for a key.
    pub(crate) repeated: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} acknowledged, {} acknowledged again, {} refused, {} requests lost; of the keys left unknown {} are there, {} not",
            self.acknowledged,
            self.repeated,
            self.refused,
            self.unknown_attempts,
            self.unknown_there,
            self.unknown_not_there
        )
    }
}

/// Audits what clients of one journal were told. Keys that begin with `setup-` are the test's own preparations.
pub(crate) fn audit(attempts: &[Attempt], commands: &BTreeMap<String, Recorded>) -> Tally {
    let mut by_key: BTreeMap<&str, Vec<&Attempt>> = BTreeMap::new();
    for attempt in attempts {
        if let Some(key) = &attempt.request.key {
            by_key.entry(key).or_default().push(attempt);
        }
    }
    let mut tally = Tally::default();
    let mut faults: Vec<String> = Vec::new();
    for (key, attempts) in &by_key {
        if let Err(fault) = audit_key(attempts, commands.get(*key), &mut tally) {
            faults.push(format!("{key}: {fault}; sent: {attempts:#?}"));
        }
    }
    for key in commands.keys() {
        // The tokens' accounts and grants are in the journal, too, and what is due comes by itself.
        let ours = ["setup-", "journal/", "open-admin-", "grant-admin-", "account-", "grant-", "lots-expired/"]
            .iter()
            .any(|begins| key.starts_with(begins));
        if !ours && !by_key.contains_key(key.as_str()) {
            faults.push(format!("{key} is in the journal, and nobody sent it"));
        }
    }
    let count = faults.len();
    faults.truncate(FAULTS_TOLD_MAX);
    assert!(faults.is_empty(), "{count} keys are not as their clients were told ({tally}):\n{}", faults.join("\n"));
    tally
}

fn audit_key(attempts: &[&Attempt], recorded: Option<&Recorded>, tally: &mut Tally) -> Result<(), String> {
    let unknown = attempts.iter().filter(|attempt| attempt.is_unknown()).count();
    tally.unknown_attempts += unknown;
    let acknowledged: Vec<&&Attempt> = attempts.iter().filter(|attempt| attempt.is_acknowledged()).collect();
    let Some(first) = acknowledged.first() else {
        match (recorded.is_some(), unknown > 0) {
            (true, true) => tally.unknown_there += 1,
            (false, true) => tally.unknown_not_there += 1,
            (true, false) => return Err("it was refused or called not recorded, yet it is in the journal".into()),
            (false, false) => tally.refused += 1,
        }
        return Ok(());
    };
    tally.acknowledged += 1;
    let recorded = recorded.ok_or("it was acknowledged and is not in the journal: lost")?;
    for attempt in &acknowledged {
        let Ok((_, answer)) = &attempt.answer else { continue };
        agrees(&attempt.request, answer, recorded)?;
    }
    for again in acknowledged.iter().skip(1) {
        tally.repeated += 1;
        if again.request.body != first.request.body {
            return Err("two contents were acknowledged under one key".into());
        }
        if again.answer.as_ref().map(|(_, body)| body) != first.answer.as_ref().map(|(_, body)| body) {
            return Err("the repeated key did not get the first answer".into());
        }
    }
    // Once told yes, the same question is never told no.
    let told_at = first.sent_at + first.took;
    let later = attempts.iter().filter(|attempt| attempt.sent_at > told_at && attempt.request == first.request);
    match later.clone().find(|attempt| matches!(attempt.answer, Ok((400..=499, _)))) {
        Some(refused) => Err(format!("acknowledged, and later refused: {:?}", refused.answer)),
        None => Ok(()),
    }
}

/// Whether an acknowledgement says what its events say, and both what was asked.
fn agrees(request: &Request, answer: &Value, recorded: &Recorded) -> Result<(), String> {
    let equal = |what: &str, told: &Value, found: &Value| {
        if told == found { Ok(()) } else { Err(format!("{what}: told {told}, recorded {found}")) }
    };
    let same_points = |what: &str, told: &Value, found: &Value| {
        let found = found.as_i64().ok_or_else(|| format!("{what}: none are recorded"))?;
        if hundredths(told) == found {
            Ok(())
        } else {
            Err(format!("{what}: told {told}, recorded {found} hundredths"))
        }
    };
    equal("position", &answer["position"], &recorded.last.into())?;
    let key = Value::from(request.key.as_deref().unwrap_or_default());
    match request.path.as_str() {
        "/v1/credits" => {
            let event = payload(recorded, |event_type| event_type.ends_with("Recorded"))?;
            equal("credit", &answer["credit"], &key)?;
            equal("credit", &event["credit"], &key)?;
            same_points("points", &answer["points"], &event["points"])?;
            for field in ["worker", "activity", "on"] {
                equal(field, &request.body[field], &event[field])?;
            }
            let asked = request.body["quantity"].as_f64().map(|quantity| (quantity * 1e6).round() as i64);
            equal("quantity", &asked.into(), &event["quantity"])
        }
        "/v1/redemptions" => {
            let event = payload(recorded, |event_type| event_type == "Redeemed")?;
            equal("redemption", &answer["redemption"], &key)?;
            equal("redemption", &event["redemption"], &key)?;
            same_points("points", &answer["points"], &event["points"])?;
            same_points("balance", &answer["balance"], &event["balance"])?;
            equal("worker", &request.body["worker"], &event["worker"])?;
            equal("store", &request.body["store"], &event["store"])?;
            equal("lines", &lines(&request.body["lines"]), &lines(&event["lines"]))?;
            payload(recorded, |event_type| event_type == "StockIssued").map(|_| ())
        }
        path if path.ends_with("/restock") => {
            let event = payload(recorded, |event_type| event_type == "StockReceived")?;
            equal("quantity", &request.body["quantity"], &event["quantity"])
        }
        _ => Ok(()),
    }
}

fn payload(recorded: &Recorded, wanted: impl Fn(&str) -> bool) -> Result<&Value, String> {
    let found = recorded.events.iter().find(|(event_type, _)| wanted(event_type));
    found.map(|(_, payload)| payload).ok_or_else(|| format!("its events are {:?}", recorded.events))
}

/// What the lines of a redemption ask for, without what an event adds to them.
fn lines(lines: &Value) -> Value {
    let pairs = lines.as_array().into_iter().flatten().map(|line| serde_json::json!([line["sku"], line["quantity"]]));
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use nuanxin_tests::{Answer, Request, Unanswered};
    use serde_json::{Value, json};

    use super::{audit, audit_key};
    use crate::record::Attempt;
    use crate::site::Recorded;

    fn attempt(sent_ms: u64, answer: Answer) -> Attempt {
        let body = json!({"worker": "W1", "activity": "A", "on": "2025-01-01", "quantity": 1.5});
        let (sent_at, took) = (Duration::from_millis(sent_ms), Duration::from_millis(1));
        Attempt { sent_at, took, request: Request::post("/v1/credits", "K", body), answer }
    }

    fn acknowledged(points: f64) -> Answer {
        Ok((201, json!({"credit": "K", "points": points, "status": "confirmed", "position": 7})))
    }

    fn recorded() -> Recorded {
        let event = json!({"credit": "K", "worker": "W1", "activity": "A", "on": "2025-01-01", "quantity": 1_500_000, "points": 250});
        Recorded { last: 7, events: vec![("CivicCreationRecorded".into(), event)] }
    }

    fn fault(attempts: &[Attempt], recorded: Option<&Recorded>) -> Option<String> {
        audit_key(&attempts.iter().collect::<Vec<_>>(), recorded, &mut Default::default()).err()
    }

    #[test]
    fn what_was_told_and_recorded_alike_passes() {
        let lost = attempt(0, Err(Unanswered::Lost(String::new())));
        assert_eq!(
            fault(&[lost.clone(), attempt(5, acknowledged(2.5)), attempt(9, acknowledged(2.5))], Some(&recorded())),
            None
        );
        assert_eq!(fault(std::slice::from_ref(&lost), Some(&recorded())), None);
        assert_eq!(fault(&[lost], None), None);
    }

    #[test]
    fn a_lost_command_is_found() {
        assert!(fault(&[attempt(0, acknowledged(2.5))], None).is_some_and(|fault| fault.contains("lost")));
    }

    #[test]
    fn another_answer_than_the_record_is_found() {
        assert!(fault(&[attempt(0, acknowledged(2.0))], Some(&recorded())).is_some());
        let elsewhere = Recorded { last: 8, ..recorded() };
        assert!(fault(&[attempt(0, acknowledged(2.5))], Some(&elsewhere)).is_some());
    }

    #[test]
    fn a_second_answer_unlike_the_first_is_found() {
        let refused = |status: u16| Ok((status, json!({"code": "daily_cap_reached"})));
        assert!(fault(&[attempt(0, acknowledged(2.5)), attempt(5, refused(409))], Some(&recorded())).is_some());
        let other: Answer = Ok((201, json!({"credit": "K", "points": 2.5, "status": "proposed", "position": 7})));
        assert!(fault(&[attempt(0, acknowledged(2.5)), attempt(5, other)], Some(&recorded())).is_some());
    }

    #[test]
    fn a_refused_command_that_took_effect_is_found() {
        let refusals: [Value; 2] = [json!({"code": "unknown_worker"}), json!({"code": "journal_unavailable"})];
        for (status, body) in [422, 503].into_iter().zip(refusals) {
            assert!(fault(&[attempt(0, Ok((status, body)))], Some(&recorded())).is_some());
        }
        let unknown = json!({"code": "journal_unavailable", "outcome": "unknown"});
        assert_eq!(fault(&[attempt(0, Ok((503, unknown)))], Some(&recorded())), None);
    }

    #[test]
    #[should_panic(expected = "nobody sent it")]
    fn a_command_that_nobody_sent_is_found() {
        audit(&[], &BTreeMap::from([("K".to_owned(), recorded())]));
    }
}
