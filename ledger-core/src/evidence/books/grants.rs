//! Who acted by which right, as far as the events tell: whoever has an account acts on a day on which a role of it holds.

use chrono::NaiveDate;
use foldhash::HashMap;

use crate::domain::account::{Account, AccountEvent};

/// Who books what falls due on a day.
const BY_ITSELF: &str = "ledger";

/// The accounts of a journal with what was granted to them.
#[derive(Debug, Default)]
pub(super) struct Grants(HashMap<String, Account>);

impl Grants {
    /// Follows what is granted to an account.
    ///
    /// # Errors
    /// That the ledger itself ends a grant on another day than after its last.
    pub(super) fn follow(&mut self, event: &AccountEvent) -> Result<(), String> {
        let account = self.0.entry(event.account().to_string()).or_default();
        if let AccountEvent::GrantEnded(ended) = event
            && ended.by.as_str() == BY_ITSELF
        {
            let term = account.grant(&ended.grant).map(|held| held.term);
            let after = term.filter(|term| term.ended.is_none()).and_then(|term| term.until?.succ_opt());
            if after != Some(ended.on) || ended.at.date() < ended.on {
                return Err(format!(
                    "grant {} ends by itself on {}, which is not the day after its last",
                    ended.grant, ended.on
                ));
            }
        }
        account.evolve(event);
        Ok(())
    }

    /// Holds a command to the grants of whoever gave it.
    ///
    /// # Errors
    /// That none of them held when it was recorded.
    pub(super) fn hold(&self, actor: &str, day: impl FnOnce() -> NaiveDate) -> Result<(), String> {
        let Some(account) = self.0.get(actor) else { return Ok(()) };
        let day = day();
        if account.may_act_on(day) { Ok(()) } else { Err(format!("{actor} acts on {day}, when no role of it holds")) }
    }
}

#[cfg(test)]
mod tests {
    use super::Grants;
    use crate::domain::account::AccountEvent;
    use crate::domain::event::Event;

    fn event(event_type: &str, payload: &str) -> AccountEvent {
        match Event::decode(event_type, payload.as_bytes()) {
            Ok(Event::Account(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    fn opened() -> AccountEvent {
        event("AccountOpened", r#"{"account":"甲","at":"2024-03-01T08:00:00+08:00","v":1}"#)
    }

    fn granted(status: &str) -> AccountEvent {
        let payload = format!(
            r#"{{"account":"甲","at":"2024-03-01T08:00:00+08:00","by":"乙","from":"2024-03-05","grant":"g1","role":"clerk","scope":"S1","status":"{status}","until":"2024-03-08","v":1}}"#
        );
        event("RoleGranted", &payload)
    }

    fn ended() -> AccountEvent {
        event(
            "GrantEnded",
            r#"{"account":"甲","at":"2024-03-07T08:00:00+08:00","by":"乙","grant":"g1","on":"2024-03-07","reason":"调离","v":1}"#,
        )
    }

    /// Whether a command of 甲 is sound that was recorded on a day.
    fn sound(events: &[AccountEvent], day: &str) -> bool {
        let mut grants = Grants::default();
        events.iter().try_for_each(|event| grants.follow(event)).expect("sound so far");
        grants.hold("甲", || day.parse().expect("a day")).is_ok()
    }

    #[test]
    fn a_grant_ends_by_itself_on_the_day_after_its_last() {
        let lapsed = |on: &str, at: &str| {
            let payload = format!(
                r#"{{"account":"甲","at":"{at}T00:00:00+08:00","by":"ledger","grant":"g1","on":"{on}","reason":"授权期满","v":1}}"#
            );
            event("GrantEnded", &payload)
        };
        let told = |end: AccountEvent| {
            let mut grants = Grants::default();
            [opened(), granted("active"), end].iter().try_for_each(|event| grants.follow(event))
        };
        assert_eq!(told(lapsed("2024-03-09", "2024-03-09")), Ok(()));
        for (on, at) in [("2024-03-08", "2024-03-08"), ("2024-03-10", "2024-03-10"), ("2024-03-09", "2024-03-08")] {
            assert!(told(lapsed(on, at)).is_err(), "{on} {at}");
        }
        let mut grants = Grants::default();
        let twice =
            [opened(), granted("active"), lapsed("2024-03-09", "2024-03-09"), lapsed("2024-03-09", "2024-03-09")];
        assert!(twice.iter().try_for_each(|event| grants.follow(event)).is_err(), "once");
    }

    #[test]
    fn a_grant_is_used_on_its_days_alone() {
        let held = [opened(), granted("active")];
        let days = ["2024-03-04", "2024-03-05", "2024-03-08", "2024-03-09"];
        assert_eq!(days.map(|day| sound(&held, day)), [false, true, true, false]);
        let cut_short = [opened(), granted("active"), ended()];
        assert_eq!(["2024-03-06", "2024-03-07"].map(|day| sound(&cut_short, day)), [true, false]);
        assert!(!sound(&[opened(), granted("proposed")], "2024-03-06"), "the second word is missing");
        assert!(!sound(&[opened()], "2024-03-06"), "nothing was granted");
        assert!(sound(&[], "2024-03-06"), "no account of this journal");
    }
}
