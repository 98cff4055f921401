//! Ways to change a journal's tables that leave it looking like a journal: each with the first position that cannot be
//! believed any more. They are made in the middle, where a command of a single event stands before another such.

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
