//! Traces of sites, and of the letters of appointment that name them.

use chrono::NaiveDate;
use ledger_core::domain::ids::SiteId;
use ledger_core::domain::points::Points;
use serde_json::{Value, json};

use super::{Entries, credit, fact, positions};
use crate::audit::trace::{FactName, Note, SiteStanding, Standing, TraceLine};

fn opened(site: &str, parent: Option<&str>) -> Value {
    let mut opened = json!({"kind": "微驿站", "name": format!("{site}站"), "opened": "2024-01-01", "services": ["饮水"], "site": site});
    if let Some(parent) = parent {
        opened["parent"] = parent.into();
    }
    opened
}

fn letter(site: &str, ended: Option<&str>) -> Value {
    let mut terms = json!({
        "body": "区委宣传部", "days": {"from": "2024-01-01", "through": "2024-12-31"}, "role": "政策宣讲员", "site": site,
    });
    if let Some(ended) = ended {
        terms["ended"] = ended.into();
    }
    json!({"appointment": "PS1", "terms": terms, "worker": "W2"})
}

fn judged(credit: &str, points: i64) -> Value {
    json!({"by": "T2", "credit": credit, "lot": 2, "points": points, "reason": "属实", "worker": "W1"})
}

fn site(line: &TraceLine) -> &SiteStanding {
    match &line.after {
        Standing::Site(site) => site,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_trace_tells_where_a_site_came_to_lie() {
    let mut entries = Entries::default();
    let mut located = opened("YZ1", None);
    located["location"] = json!({"lat_e6": 36_204_200, "lon_e6": -118_504_600});
    entries.record("SiteOpened", located);
    entries.record("SiteUpdated", json!({"kind": "总站", "name": "YZ1站", "opened": "2024-01-01", "site": "YZ1"}));
    let (lines, _) = entries.trace("site:YZ1").await;
    let (longitude, latitude) = (fact(&lines[0], FactName::Longitude), fact(&lines[0], FactName::Latitude));
    assert_eq!((longitude, latitude), (Some("-118.5046"), Some("36.2042")));
    assert_eq!(fact(&lines[1], FactName::Longitude), None, "nothing was said of it");
}

#[tokio::test]
async fn a_site_is_traced_with_its_place_its_letters_and_what_was_earned_there() {
    let mut entries = Entries::default();
    let above = entries.record("SiteOpened", opened("SQ1", None));
    let first = entries.record("SiteOpened", opened("YZ1", Some("SQ1")));
    let other = entries.record("SiteOpened", opened("SQ2", None));
    let registered = |site: &str| json!({"occupation": "骑手", "site": site, "worker": "W1"});
    entries.record("WorkerRegistered", registered("YZ1"));
    let appointed = entries.record("AppointmentRecorded", letter("YZ1", None));
    let credited = entries.record("VolunteerServiceRecorded", credit("JL1", "XQ1", 1_000));
    let mut waits = credit("JL2", "XQ2", 500);
    waits["proposed"] = true.into();
    let proposed = entries.record("VolunteerServiceRecorded", waits);
    let confirmed = entries.record("CreditConfirmed", judged("JL2", 500));
    let reversed = entries.record("CreditReversed", judged("JL1", 1_000));
    let offers =
        entries.record("ServicesSet", json!({"on": "2024-05-01", "services": ["饮水", "充电"], "site": "YZ1"}));
    let moved = entries.record("SiteMoved", json!({"on": "2024-06-01", "parent": "SQ2", "site": "YZ1"}));
    // Whoever goes elsewhere earns elsewhere; what was earned before stays.
    entries.record("WorkerUpdated", registered("SQ1"));
    entries.record("VolunteerServiceRecorded", credit("JL3", "XQ3", 200));
    let dismissed = entries.record("AppointmentRecorded", letter("YZ1", Some("2024-05-31")));
    let closing = json!({"on": "2024-07-01", "open_below": ["YZ9"], "reason": "搬迁", "site": "YZ1"});
    let closed = entries.record("SiteClosed", closing);

    let (lines, end) = entries.trace("site:YZ1").await;
    let expected = [first, appointed, credited, proposed, confirmed, reversed, offers, moved, dismissed, closed];
    assert_eq!(positions(&lines), expected);
    let points = Points::from_whole;
    let earned: Vec<_> = lines.iter().map(|line| (line.points, site(line).credited)).collect();
    assert_eq!(
        earned,
        [(0, 0), (0, 0), (10, 10), (0, 10), (5, 15), (-10, 5), (0, 5), (0, 5), (0, 5), (0, 5)]
            .map(|(change, after)| (points(change), points(after)))
    );
    assert_eq!((fact(&lines[0], FactName::Parent), fact(&lines[0], FactName::Services)), (Some("SQ1"), Some("饮水")));
    assert_eq!((lines[1].subject.as_str(), lines[1].party.as_deref()), ("PS1", Some("W2")));
    assert_eq!((fact(&lines[1], FactName::Role), site(&lines[1]).appointments), (Some("政策宣讲员"), 1));
    assert_eq!((lines[2].subject.as_str(), lines[2].party.as_deref()), ("JL1", Some("W1")));
    assert_eq!(lines[3].note, Some(Note::Proposed));
    assert_eq!(
        (fact(&lines[6], FactName::Services), fact(&lines[6], FactName::From)),
        (Some("饮水、充电"), Some("2024-05-01"))
    );
    assert_eq!((fact(&lines[7], FactName::Parent), fact(&lines[7], FactName::From)), (Some("SQ2"), Some("2024-06-01")));
    assert_eq!((fact(&lines[8], FactName::Dismissed), site(&lines[8]).appointments), (Some("2024-05-31"), 0));
    assert_eq!(
        (fact(&lines[9], FactName::Closed), fact(&lines[9], FactName::OpenBelow)),
        (Some("2024-07-01"), Some("YZ9"))
    );
    assert_eq!(lines[9].reason.as_deref(), Some("搬迁"));
    let standing = SiteStanding {
        parent: SiteId::new("SQ2").ok(),
        closed: NaiveDate::from_ymd_opt(2024, 7, 1),
        below: 0,
        appointments: 0,
        credited: points(5),
    };
    assert_eq!((&end.figures, end.known), (&Standing::Site(standing), true));

    // What hangs below comes, goes and closes.
    for (id, expected, below) in
        [("SQ1", vec![above, first, moved], vec![0, 1, 0]), ("SQ2", vec![other, moved, closed], vec![0, 1, 0])]
    {
        let (lines, _) = entries.trace(&format!("site:{id}")).await;
        // What was earned by who came there since stands between them.
        let lines: Vec<_> = lines.into_iter().filter(|line| line.event.starts_with("Site")).collect();
        assert_eq!(positions(&lines), expected, "{id}");
        assert_eq!(lines.iter().map(|line| site(line).below).collect::<Vec<_>>(), below, "{id}");
        assert_eq!(lines[1].subject, "YZ1");
    }
    let (_, end) = entries.trace("site:SQ1").await;
    let Standing::Site(standing) = &end.figures else { panic!("{end:?}") };
    assert_eq!(standing.credited, points(2));
    assert!(!entries.trace("site:YZ9").await.1.known);
}

#[tokio::test]
async fn a_letter_that_is_moved_to_another_site_leaves_the_first_one() {
    let mut entries = Entries::default();
    entries.record("SiteOpened", opened("YZ1", None));
    entries.record("SiteOpened", opened("YZ2", None));
    entries.record("AppointmentRecorded", letter("YZ1", None));
    let moved = entries.record("AppointmentRecorded", letter("YZ2", None));
    for (id, counted) in [("YZ1", [0, 1, 0].as_slice()), ("YZ2", [0, 1].as_slice())] {
        let (lines, _) = entries.trace(&format!("site:{id}")).await;
        assert_eq!(lines.last().map(|line| line.position), Some(moved));
        assert_eq!(lines.iter().map(|line| site(line).appointments).collect::<Vec<_>>(), counted, "{id}");
    }
}

/// A letter that is proposed, ended on a day where there is one.
fn proposed(site: &str, ended: Option<&str>) -> Value {
    let mut proposed = letter(site, ended);
    proposed["by"] = "T1".into();
    proposed
}

/// A word on it.
fn word(reason: Option<&str>) -> Value {
    let mut word = json!({"appointment": "PS1", "by": "T2", "worker": "W2"});
    if let Some(reason) = reason {
        word["reason"] = reason.into();
    }
    word
}

#[tokio::test]
async fn what_is_proposed_of_a_letter_and_the_words_on_it_are_told_of_its_worker_and_its_site() {
    let mut entries = Entries::default();
    entries.record("SiteOpened", opened("YZ1", None));
    entries.record("SiteOpened", opened("YZ2", None));
    let proposing = entries.record("AppointmentProposed", proposed("YZ1", None));
    let confirmed = entries.record("AppointmentConfirmed", word(None));
    let recorded = entries.record("AppointmentRecorded", letter("YZ1", None));
    let ending = entries.record("AppointmentProposed", proposed("YZ1", Some("2024-05-31")));
    let rejected = entries.record("AppointmentRejected", word(Some("日期有误")));
    let all = [proposing, confirmed, recorded, ending, rejected];
    for (subject, party) in [("worker:W2", None), ("site:YZ1", Some("W2"))] {
        let (lines, _) = entries.trace(subject).await;
        let lines: Vec<_> = lines.into_iter().filter(|line| line.event.starts_with("Appointment")).collect();
        assert_eq!(positions(&lines), all, "{subject}");
        assert!(lines.iter().all(|line| line.subject == "PS1" && line.party.as_deref() == party), "{lines:?}");
        assert!(lines.iter().all(|line| line.points.is_zero()), "{lines:?}");
        let told = [FactName::Role, FactName::Body, FactName::Site, FactName::From, FactName::Until];
        let wanted = ["政策宣讲员", "区委宣传部", "YZ1", "2024-01-01", "2024-12-31"];
        assert_eq!(told.map(|name| fact(&lines[0], name)), wanted.map(Some), "{subject}");
        let dismissed = [0, 3].map(|at: usize| fact(&lines[at], FactName::Dismissed));
        assert_eq!(dismissed, [None, Some("2024-05-31")], "{subject}");
        assert!(lines[1].facts.is_empty() && lines[4].facts.is_empty(), "{lines:?}");
        assert_eq!(lines[4].reason.as_deref(), Some("日期有误"));
    }
    // What is proposed counts for nothing, and another site hears nothing of it.
    let (lines, _) = entries.trace("site:YZ1").await;
    assert_eq!(lines.iter().map(|line| site(line).appointments).collect::<Vec<_>>(), [0, 0, 0, 1, 1, 1]);
    assert_eq!(entries.trace("site:YZ2").await.0.len(), 1);
}

#[tokio::test]
async fn a_workers_trace_tells_the_letters_that_were_given_and_ended() {
    let mut entries = Entries::default();
    entries.record("WorkerRegistered", json!({"occupation": "骑手", "worker": "W2"}));
    let given = entries.record("AppointmentRecorded", letter("YZ1", None));
    let ended = entries.record("AppointmentRecorded", letter("YZ1", Some("2024-05-31")));
    let (lines, _) = entries.trace("worker:W2").await;
    assert_eq!(positions(&lines)[1..], [given, ended]);
    for line in &lines[1..] {
        assert_eq!((line.subject.as_str(), line.points), ("PS1", Points::ZERO));
        let told = [FactName::Role, FactName::Body, FactName::Site, FactName::From, FactName::Until];
        let wanted = ["政策宣讲员", "区委宣传部", "YZ1", "2024-01-01", "2024-12-31"];
        assert_eq!(told.map(|name| fact(line, name)), wanted.map(Some));
    }
    assert_eq!([&lines[1], &lines[2]].map(|line| fact(line, FactName::Dismissed)), [None, Some("2024-05-31")]);
}
