//! Whose a credit, redemption, hold or grant is, told by the events of the command that made it.

use crate::domain::event::{Event, StreamId, Subject};
use crate::domain::ids::Key;

/// The keyed thing an event made, if it made one: later commands name it by that key alone.
pub fn named_by(event: &Event) -> Option<Key> {
    match event {
        Event::Worker(event) => event.begins(),
        Event::Account(event) => event.begins(),
        // A store's part in what a worker's command began.
        Event::Store(_)
        | Event::Programme(_)
        | Event::Merchant(_)
        | Event::Card(_)
        | Event::Directory(_)
        | Event::Sites(_)
        | Event::Mark(_)
        | Event::Request(_)
        | Event::Pair(_)
        | Event::Fund(_)
        | Event::Benefit(_)
        | Event::Certificate(_)
        | Event::Pass(_)
        | Event::Offer(_)
        | Event::Selection(_) => None,
    }
    .and_then(Subject::key)
}

/// The worker or account a keyed thing belongs to, told by the event that made it: other events of its command may be of
/// others.
pub fn owner_of(key: &Key, events: &[Event]) -> Option<StreamId> {
    events.iter().find(|event| named_by(event).as_ref() == Some(key)).map(Event::stream)
}

#[cfg(test)]
mod tests {
    use super::owner_of;
    use crate::domain::event::Event;
    use crate::domain::ids::Key;

    fn event(event_type: &str, payload: &str) -> Event {
        Event::decode(event_type, payload.as_bytes()).expect("a payload")
    }

    #[test]
    fn a_keyed_thing_belongs_to_the_worker_of_the_event_that_made_it() {
        let events = [
            event(
                "HoldExpired",
                r#"{"at":"2024-03-05T08:00:00+08:00","held_at":"2024-03-04T08:00:00+08:00","hold":"H1","lines":[],"lots":[],
                    "points":100,"store":"S1","v":1,"worker":"W2"}"#,
            ),
            event(
                "Redeemed",
                r#"{"at":"2024-03-05T08:00:00+08:00","balance":0,"lines":[],"lots":[],"points":100,"redemption":"R1",
                    "store":"S1","v":1,"worker":"W1"}"#,
            ),
        ];
        let owner = |key: &str| owner_of(&Key::new(key).expect("a key"), &events).map(|owner| owner.to_string());
        assert_eq!(owner("R1").as_deref(), Some("Worker/W1"));
        assert_eq!(owner("H1"), None, "it ended here and was made by another command");
    }
}
