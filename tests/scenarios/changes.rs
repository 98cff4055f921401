//! Ways to change a journal's tables that leave it looking like a journal: each with the first position that cannot be
//! believed any more. They are made in the middle, where a command of a single event stands before another such.

use serde_json::{Value, json};

use crate::surgery::leaf_of;
use crate::tables::Tables;

/// A change around a position.
pub(crate) struct Change {
    pub(crate) what: &'static str,
    pub(crate) make: fn(&mut Tables, u64) -> u64,
}

/// What is written over, removed, inserted, exchanged or moved in place: that of the tamper matrix which needs no hash to
/// be made to fit.
pub(crate) const IN_PLACE: [Change; 9] = [
    Change { what: "payload", make: one_digit },
    Change {
        what: "metadata",
        make: |db, at| db.run(&format!("UPDATE event SET actor = 'somebody' WHERE position = {at}")),
    },
    Change {
        what: "time",
        make: |db, at| db.run(&format!("UPDATE event SET recorded_at = recorded_at + 1 WHERE position = {at}")),
    },
    Change { what: "key", make: |db, at| db.run(&format!("UPDATE event SET key = key || 'x' WHERE position = {at}")) },
    Change { what: "middle event deleted", make: |db, at| db.run(&format!("DELETE FROM event WHERE position = {at}")) },
    Change {
        // What two neighbours say is exchanged, and their positions are left.
        what: "swapped",
        make: |db, at| {
            db.run(&format!("UPDATE event SET position = -1 WHERE position = {at}"));
            db.run(&format!("UPDATE event SET position = {at} WHERE position = {at} + 1"));
            db.run(&format!("UPDATE event SET position = {at} + 1 WHERE position = -1"))
        },
    },
    Change {
        what: "inserted",
        make: |db, at| {
            moved(db, at - 1, 1);
            db.run(&copied(&format!("{at}"), &format!("{at} + 1")))
        },
    },
    Change {
        what: "renumbered",
        make: |db, at| {
            db.run(&format!("DELETE FROM event WHERE position = {at}"));
            moved(db, at, -1)
        },
    },
    Change {
        what: "two records glued",
        make: |db, at| {
            let mut payload = db.payload(at);
            payload.extend(db.payload(at + 1));
            db.set_payload(at, &payload);
            db.run(&format!("DELETE FROM event WHERE position = {at} + 1"))
        },
    },
];

/// Further ones, beyond the matrix.
pub(crate) const MORE_IN_PLACE: [Change; 4] = [
    Change {
        what: "an event's type",
        make: |db, at| db.run(&format!("UPDATE event SET type = (SELECT max(type) FROM event) WHERE position = {at}")),
    },
    Change {
        what: "what a command says of itself removed",
        make: |db, at| db.run(&format!("UPDATE event SET key = NULL, actor = NULL WHERE position = {at}")),
    },
    Change {
        what: "the fingerprint",
        make: |db, at| {
            let nothing = db.literal(&[0; 32]);
            db.run(&format!("UPDATE event SET fingerprint = {nothing} WHERE position = {at}"))
        },
    },
    Change {
        what: "the sequence within an aggregate",
        make: |db, at| db.run(&format!("UPDATE event SET sequence = sequence + 100000 WHERE position = {at}")),
    },
];

/// Events of the documents' programmes: a digit changed in one of each is found as it is in any other.
pub(crate) const OF_PROGRAMMES: [&str; 12] = [
    "FundRegistered",
    "FundCommitted",
    "MoneyClaimed",
    "BenefitRegistered",
    "BenefitGranted",
    "BenefitUsed",
    "PassIssued",
    "PassUsed",
    "RequestPosted",
    "HandlingRated",
    "PairOpened",
    "VisitConfirmed",
];

/// A lie about the programmes, told with the event's own hash made to fit: the books alone can find it, and do so at the
/// very event, whatever is signed later.
pub(crate) struct Forgery {
    pub(crate) what: &'static str,
    event_type: &'static str,
    /// Changes the payload of the last event of the type that has something to change; told that of the first one as well.
    forge: fn(&mut Value, &Value) -> bool,
    /// Part of what is said of it.
    pub(crate) why: &'static str,
}

/// One of each kind that the books hold.
pub(crate) const FORGERIES: [Forgery; 15] = [
    Forgery {
        what: "a service credited beyond its rate",
        event_type: "VolunteerServiceRecorded",
        forge: |credit, _| credit["source"].is_null() && credit["uncapped"].is_null() && add(credit, "/points", 100),
        why: " come to ",
    },
    Forgery {
        what: "a visit credited beyond its rate",
        event_type: "CommunityServiceRecorded",
        forge: |credit, _| credit["source"].is_string() && credit["uncapped"].is_null() && add(credit, "/points", 100),
        why: " come to ",
    },
    Forgery {
        what: "an award for work that nobody did",
        event_type: "CommunityServiceRecorded",
        forge: |credit, _| credit["source"].is_string() && put(credit, "/credit", json!("BL-FORGED")),
        why: "of which nothing of that name was found good just now",
    },
    Forgery {
        what: "an award for more than was done",
        event_type: "CommunityServiceRecorded",
        forge: |credit, _| credit["source"].is_string() && add(credit, "/quantity", 1_000_000),
        why: " units of ",
    },
    Forgery {
        what: "a word on work that nobody did",
        event_type: "HandlingRated",
        forge: |rated, _| put(rated, "/handling", json!("BL-FORGED")),
        why: "is rated and does not wait for it",
    },
    Forgery {
        what: "a visit confirmed by a stranger",
        event_type: "VisitConfirmed",
        forge: |confirmed, _| put(confirmed, "/confirmation/by", json!("FORGED")),
        why: "names FORGED, who is neither",
    },
    Forgery {
        what: "a visit before the pair",
        event_type: "VisitReported",
        forge: |reported, _| put(reported, "/terms/on", json!("2019-01-01")),
        why: "is no pair",
    },
    Forgery {
        what: "a merchant owed a fen more",
        event_type: "MoneyClaimed",
        forge: |claimed, _| add(claimed, "/amount", 1),
        why: ", which comes to ",
    },
    Forgery {
        what: "a merchant owed for what nobody used",
        event_type: "MoneyClaimed",
        forge: |claimed, _| put(claimed, "/source", json!("QD-FORGED")),
        why: "was not used at",
    },
    Forgery {
        what: "a slip at another price",
        event_type: "PassUsed",
        forge: |used, _| add(used, "/slip/paid", 100),
        why: "by an offer of",
    },
    Forgery {
        what: "a slip honoured twice",
        event_type: "PassUsed",
        forge: |used, first| put(used, "/slip_no", first["slip_no"].clone()),
        why: "is honoured a second time",
    },
    Forgery {
        what: "a slip before the pass",
        event_type: "PassUsed",
        forge: |used, _| at(used, "/slip/at", "2019-01-01T09:00:00+08:00"),
        why: "is used at 2019-01-01",
    },
    Forgery {
        what: "a benefit granted outside its window",
        event_type: "BenefitGranted",
        forge: |granted, _| at(granted, "/terms/at", "2019-01-01T09:00:00+08:00"),
        why: "when nobody could apply for",
    },
    Forgery {
        what: "a benefit used too late",
        event_type: "BenefitUsed",
        forge: |used, _| at(used, "/used/at", "2098-01-01T09:00:00+08:00"),
        why: "could be used until",
    },
    Forgery {
        what: "more set aside than was appropriated",
        event_type: "FundCommitted",
        forge: |committed, _| add(committed, "/amount", 1_000_000_000),
        why: "are set aside and",
    },
];

impl Forgery {
    /// The line in which the lie is told, of a journal's lines, with its position.
    #[track_caller]
    pub(crate) fn told(&self, lines: &[String]) -> (u64, Value) {
        let mut of_type: Vec<Value> = lines
            .iter()
            .map(|line| serde_json::from_str::<Value>(line).expect("a line"))
            .filter(|event| event["type"] == self.event_type)
            .collect();
        let payload = |event: &Value| -> Value {
            serde_json::from_str(event["payload"].as_str().expect("text")).expect("a payload")
        };
        let first = payload(of_type.first().expect("an event of the type"));
        let told = of_type.iter_mut().rev().find_map(|event| {
            let mut forged = payload(event);
            (self.forge)(&mut forged, &first).then(|| {
                event["payload"] = json!(forged.to_string());
                event["leaf"] = json!(leaf_of(event).to_string());
                event.take()
            })
        });
        let told = told.unwrap_or_else(|| panic!("{}: nothing to change", self.what));
        (told["position"].as_u64().expect("a position"), told)
    }
}

/// Puts something else in the place of what stands there.
fn put(payload: &mut Value, place: &str, forged: Value) -> bool {
    payload.pointer_mut(place).is_some_and(|said| {
        let differs = *said != forged;
        *said = forged;
        differs
    })
}

fn add(payload: &mut Value, place: &str, more: i64) -> bool {
    let sum = payload.pointer(place).and_then(Value::as_i64).map(|said| said + more);
    sum.is_some_and(|sum| put(payload, place, json!(sum)))
}

/// Puts another time in the place of one, and into the event's own.
fn at(payload: &mut Value, place: &str, time: &str) -> bool {
    put(payload, place, json!(time)) && put(payload, "/at", json!(time))
}

/// Another digit in a payload.
pub(crate) fn one_digit(db: &mut Tables, at: u64) -> u64 {
    let mut payload = db.payload(at);
    let digit = payload.iter().rposition(u8::is_ascii_digit).expect("a payload has a digit");
    payload[digit] = if payload[digit] == b'9' { b'8' } else { payload[digit] + 1 };
    db.set_payload(at, &payload)
}

/// The statement that inserts the event of one position again at another, under a key of its own.
pub(crate) fn copied(to: &str, from: &str) -> String {
    format!(
        "INSERT INTO event (position, nth, stream_no, sequence, type, payload, leaf, count, key, fingerprint, actor,
                            recorded_at)
         SELECT {to}, 0, stream_no, sequence + 100000, type, payload, leaf, 1, 'forged', fingerprint, actor, recorded_at
         FROM event WHERE position = {from}"
    )
}

/// Moves every entry behind a position.
fn moved(db: &mut Tables, at: u64, by: i64) -> u64 {
    db.run(&format!("UPDATE event SET position = -position WHERE position > {at}"));
    db.run(&format!("UPDATE event SET position = {by} - position WHERE position < 0"));
    db.run(&format!("UPDATE head SET position = position + {by}"))
}
