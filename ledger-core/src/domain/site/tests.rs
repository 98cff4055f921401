//! The rules of the sites, given what was recorded.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::command::{IfKnown, SiteCommand, SiteDetails};
use super::event::SiteEvent;
use super::location::Location;
use super::state::Sites;
use crate::domain::ids::SiteId;
use crate::domain::refusal::Code;
use crate::domain::time::BusinessTime;

fn id(text: &str) -> SiteId {
    SiteId::new(text).expect("a site")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at() -> BusinessTime {
    BusinessTime::parse("2024-01-01").expect("a time")
}

fn open(site: &str, parent: Option<&str>, if_known: IfKnown) -> SiteCommand {
    let details = SiteDetails {
        kind: "微驿站".into(),
        location: None,
        name: site.into(),
        opened: Some(day("2024-01-01")),
        parent: parent.map(id),
        services: vec!["饮水机".into()],
    };
    SiteCommand::Open { at: at(), details, if_known, site: id(site) }
}

/// B as a sheet has it that says where it lies, in millionths of a degree, or does not.
fn located(place: Option<(i64, i64)>, name: &str) -> SiteCommand {
    let details = SiteDetails {
        kind: "微驿站".into(),
        location: place.map(|(longitude, latitude)| Location::new(longitude, latitude).expect("a place")),
        name: name.into(),
        opened: Some(day("2024-01-01")),
        parent: Some(id("A")),
        services: vec!["饮水机".into()],
    };
    SiteCommand::Open { at: at(), details, if_known: IfKnown::Update { closed: None }, site: id("B") }
}

fn moved(site: &str, parent: &str, on: &str) -> SiteCommand {
    SiteCommand::Move { at: at(), on: day(on), parent: Some(id(parent)), site: id(site) }
}

fn close(site: &str, on: &str) -> SiteCommand {
    SiteCommand::Close { at: at(), on: day(on), reason: None, site: id(site) }
}

fn given(commands: impl IntoIterator<Item = SiteCommand>) -> Sites {
    let mut sites = Sites::default();
    for command in commands {
        when(&mut sites, command).expect("given");
    }
    sites
}

fn when(sites: &mut Sites, command: SiteCommand) -> Result<Vec<SiteEvent>, Code> {
    let events = sites.decide(command).map_err(|refusal| refusal.code)?;
    events.iter().for_each(|event| sites.evolve(event));
    Ok(events)
}

fn tree() -> Sites {
    given([
        open("A", None, IfKnown::Refuse),
        open("B", Some("A"), IfKnown::Refuse),
        open("C", Some("B"), IfKnown::Refuse),
    ])
}

#[test]
fn a_site_hangs_under_one_that_is_known() {
    assert_eq!(when(&mut Sites::default(), open("B", Some("A"), IfKnown::Refuse)), Err(Code::UnknownSite));
    let sites = tree();
    assert_eq!(sites.ancestors(&id("C"), day("2024-05-01")), [&id("B"), &id("A")]);
}

#[test]
fn a_site_never_stands_above_itself_on_any_day() {
    let mut sites = tree();
    assert_eq!(when(&mut sites, moved("A", "C", "2024-06-01")), Err(Code::InvalidInput));
    assert_eq!(when(&mut sites, moved("A", "A", "2024-06-01")), Err(Code::InvalidInput));
    when(&mut sites, SiteCommand::Move { at: at(), on: day("2024-06-01"), parent: None, site: id("B") })
        .expect("a root");
    assert_eq!(when(&mut sites, moved("A", "C", "2024-05-01")), Err(Code::InvalidInput), "in May it hangs below");
    when(&mut sites, moved("A", "C", "2024-06-01")).expect("from June on nothing is below it");
    assert_eq!(sites.ancestors(&id("A"), day("2024-06-01")), [&id("C"), &id("B")]);
    assert_eq!(sites.ancestors(&id("C"), day("2024-05-31")), [&id("B"), &id("A")]);
}

/// Whoever came to hang elsewhere before its first day hangs there on all days before, also on those on which others hung
/// below it for a while.
#[test]
fn a_site_that_is_moved_before_its_first_day_stands_above_itself_on_no_day_before() {
    let mut sites = given(["A", "B", "C"].map(|name| open(name, None, IfKnown::Refuse)));
    for (parent, on) in [("C", "2023-01-01"), ("A", "2023-02-01"), ("C", "2023-03-01")] {
        assert_eq!(when(&mut sites, moved("B", parent, on)).expect("moved").len(), 1);
    }
    assert_eq!(when(&mut sites, moved("A", "B", "2023-06-01")), Err(Code::InvalidInput), "B hung below A in February");
    assert!(sites.ancestors(&id("A"), day("2023-02-15")).is_empty());
}

#[test]
fn a_site_that_closes_names_what_stays_open_right_below_it() {
    let mut sites = tree();
    let events = when(&mut sites, close("A", "2024-07-01")).expect("closed");
    let closing = events.iter().find_map(SiteEvent::as_closing).expect("a closing");
    assert_eq!(closing.open_below, [id("B")]);
    assert_eq!(when(&mut sites, close("A", "2024-08-01")), Err(Code::AlreadyDecided));
    assert!(!sites.site(&id("B")).expect("B").is_closed(day("2024-07-01")), "nothing below closes with it");
    assert!(sites.require_open(&id("A"), day("2024-06-30")).is_ok());
    assert_eq!(sites.require_open(&id("A"), day("2024-07-01")).map_err(|no| no.code), Err(Code::SiteClosed));
}

#[test]
fn a_site_does_not_close_before_its_first_day() {
    assert_eq!(when(&mut tree(), close("A", "2023-12-31")), Err(Code::InvalidDate));
}

#[test]
fn a_later_sheet_closes_a_site_and_one_without_the_day_opens_it_again() {
    let mut sites = tree();
    let closed = |on: Option<&str>| open("B", Some("A"), IfKnown::Update { closed: on.map(day) });
    assert_eq!(when(&mut sites, closed(Some("2024-03-01"))).expect("closed").len(), 1);
    assert_eq!(when(&mut sites, closed(Some("2024-03-01"))).expect("the same").len(), 0);
    assert_eq!(sites.site(&id("B")).expect("B").closed, Some(day("2024-03-01")));
    assert_eq!(when(&mut sites, closed(None)).expect("open").len(), 1);
    assert_eq!(sites.site(&id("B")).expect("B").closed, None);
}

#[test]
fn a_later_sheet_fills_in_where_a_site_lies_and_one_without_it_takes_nothing_away() {
    let mut sites = tree();
    let lies = |sites: &Sites| sites.site(&id("B")).and_then(|site| site.location).map(|at| (at.lon_e6(), at.lat_e6()));
    assert_eq!(lies(&sites), None);
    let first = Some((121_473_700, 31_230_000));
    assert_eq!(when(&mut sites, located(first, "B")).expect("filled in").len(), 1);
    assert_eq!(lies(&sites), Some((121_473_700, 31_230_000)));
    assert_eq!(when(&mut sites, located(first, "B")).expect("the same").len(), 0);
    assert_eq!(when(&mut sites, located(None, "B")).expect("not said").len(), 0);
    assert_eq!(when(&mut sites, located(None, "鼓楼驿站")).expect("another name").len(), 1);
    assert_eq!(lies(&sites), Some((121_473_700, 31_230_000)), "another name moves nothing");
    assert_eq!(when(&mut sites, located(Some((121_473_701, 31_230_000)), "鼓楼驿站")).expect("corrected").len(), 1);
    assert_eq!(lies(&sites), Some((121_473_701, 31_230_000)));
    assert_eq!(sites.ancestors(&id("B"), day("2024-05-01")), [&id("A")], "it hangs where it hung");
}

#[test]
fn a_site_may_open_with_its_place() {
    let sites = given([open("A", None, IfKnown::Refuse), located(Some((0, -90_000_000)), "B")]);
    let told = sites.site(&id("B")).and_then(|site| site.location).expect("a place");
    assert_eq!((told.longitude().to_string(), told.latitude().to_string()), ("0".to_owned(), "-90".to_owned()));
}

#[test]
fn what_a_site_offers_can_be_read_for_every_day() {
    let mut sites = tree();
    let services = vec!["饮水机".to_owned(), "充电器".to_owned()];
    let set = SiteCommand::SetServices { at: at(), on: day("2024-05-01"), services: services.clone(), site: id("C") };
    when(&mut sites, set).expect("set");
    let site = sites.site(&id("C")).expect("C");
    assert_eq!(site.services(day("2024-04-30")), ["饮水机"]);
    assert_eq!(site.services(day("2024-05-01")), services);
}

#[test]
fn a_community_named_in_passing_changes_nothing_that_is_known() {
    let mut sites = tree();
    assert_eq!(when(&mut sites, open("B", None, IfKnown::Keep)).expect("kept").len(), 0);
    assert_eq!(when(&mut sites, open("B", None, IfKnown::Refuse)), Err(Code::DuplicateConflict));
}

proptest! {
    /// Whatever is moved when, nobody stands above itself on any day.
    #[test]
    fn no_day_has_a_circle(moves in prop::collection::vec((0_usize..5, 0_usize..5, 1_u32..6, 2023_u32..2025), 0..24)) {
        const NAMES: [&str; 5] = ["A", "B", "C", "D", "E"];
        let mut sites = given(NAMES.map(|name| open(name, None, IfKnown::Refuse)));
        for (site, parent, month, year) in moves {
            // What would circle is refused; the rest is recorded.
            let _ = when(&mut sites, moved(NAMES[site], NAMES[parent], &format!("{year}-0{month}-01")));
        }
        for (year, month) in (2022..2025).flat_map(|year| (1..=6).map(move |month| (year, month))) {
            let day = day(&format!("{year}-0{month}-15"));
            for name in NAMES {
                prop_assert!(!sites.ancestors(&id(name), day).contains(&&id(name)));
            }
        }
    }
}
