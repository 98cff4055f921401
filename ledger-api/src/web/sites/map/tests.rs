//! The map, given where sites lie.

use ledger_core::domain::site::Location;
use proptest::prelude::*;

use super::{Map, cosine_e6, draw};
use crate::service::sites::{Place, Standing};
use crate::web::words::{CHINESE, ENGLISH};

fn place(nth: usize, kind: &str, longitude: i64, latitude: i64) -> Place {
    Place {
        nth,
        id: format!("Z{nth}"),
        name: format!("{nth}号驿站"),
        kind: kind.into(),
        standing: Standing::Open,
        location: Location::new(longitude, latitude).ok(),
        services: Vec::new(),
        outlets: Vec::new(),
        depth: 0,
        above: Vec::new(),
    }
}

fn drawn(places: &[Place]) -> Map {
    draw(&CHINESE, &places.iter().collect::<Vec<_>>(), None, false).expect("a map")
}

/// A share of the picture in hundredths of percent.
fn hundredths(share: &str) -> i64 {
    let (whole, part) = share.trim_end_matches('%').split_once('.').expect("a share");
    whole.parse::<i64>().expect("a number") * 100 + part.parse::<i64>().expect("a number")
}

/// Where the mark of the site of that number stands.
fn spot(map: &Map, nth: usize) -> (i64, i64) {
    let mark = map.marks.iter().find(|mark| mark.anchor == nth).expect("a mark");
    (hundredths(&mark.x), hundredths(&mark.y))
}

#[test]
fn without_places_there_is_no_map_and_one_alone_stands_in_the_middle() {
    assert!(draw(&CHINESE, &[], None, false).is_none());
    let nowhere = Place { location: None, ..place(1, "微驿站", 0, 0) };
    assert!(draw(&CHINESE, &[&nowhere], None, false).is_none());
    let map = drawn(&[place(1, "微驿站", 118_500_000, 36_200_000)]);
    assert_eq!(spot(&map, 1).0, 5_000);
    assert_eq!(map.bar.1, "200 米");
    assert_eq!(map.told, ["地图上 1 个"]);
}

#[test]
fn north_is_up_east_is_right_and_a_kilometre_is_as_long_either_way() {
    // At 60 degrees a degree of longitude is half as long as one of latitude.
    let map = drawn(&[
        place(1, "总站", 20_000_000, 60_000_000),
        place(2, "总站", 20_020_000, 60_000_000),
        place(3, "总站", 20_000_000, 60_010_000),
    ]);
    let ((west, low), (east, _), (_, high)) = (spot(&map, 1), spot(&map, 2), spot(&map, 3));
    assert!(west < east && high < low, "{west} {east} {low} {high}");
    assert!(((east - west) - (low - high)).abs() <= 10, "{} {}", east - west, low - high);
    // 1,112 m, of which the bar is a part.
    let metres = (east - west) * 200 / hundredths(&map.bar.0);
    assert_eq!(map.bar.1, "200 米");
    assert!((1_080..1_140).contains(&metres), "{metres}");
}

#[test]
fn the_cosine_is_off_by_less_than_two_thousandths() {
    for degrees in -90_i32..=90 {
        let exact = f64::from(degrees).to_radians().cos();
        let told = cosine_e6(i64::from(degrees) * 1_000_000);
        let told = f64::from(i32::try_from(told).expect("millionths")) / 1e6;
        assert!((told - exact).abs() < 0.002, "{degrees}: {told} {exact}");
    }
}

#[test]
fn what_lies_far_from_all_others_is_told_and_not_drawn() {
    let mut places: Vec<Place> =
        (1..=5).map(|nth| place(nth, "微驿站", 118_500_000, 36_200_000 + 5_000 * nth as i64)).collect();
    places.push(place(6, "微驿站", 36_200_000, 36_200_000));
    let map = drawn(&places);
    assert_eq!(map.marks.len(), 5);
    assert!(map.told.iter().any(|told| told.contains("有 1 个离其他站点 300 公里以上")), "{:?}", map.told);
    // Of two that lie apart nobody can say which one is wrong.
    assert_eq!(drawn(&[place(1, "总站", 0, 45_000_000), place(2, "总站", 90_000_000, 0)]).marks.len(), 2);
}

#[test]
fn kinds_have_shapes_and_what_is_not_open_or_the_own_one_is_told_in_words() {
    let closed = Place {
        standing: Standing::Closed("2024-07-01".parse().expect("a day")),
        ..place(3, "招呼站", 118_504_000, 36_204_000)
    };
    let places = [place(1, "总站", 118_500_000, 36_200_000), place(2, "微驿站", 118_508_000, 36_200_000), closed];
    let map = draw(&ENGLISH, &places.iter().collect::<Vec<_>>(), Some("Z2"), true).expect("a map");
    assert_eq!(map.tiers.len(), 3);
    assert!(map.has_shut && map.has_own);
    let titles: Vec<&str> = map.marks.iter().map(|mark| mark.title.as_str()).collect();
    assert_eq!(titles, ["1号驿站 · 总站", "3号驿站 · 招呼站 · Not open", "2号驿站 · 微驿站 · My site"]);
    let shapes: std::collections::BTreeSet<usize> = map.marks.iter().map(|mark| mark.shape).collect();
    assert_eq!(shapes.len(), 3, "each kind has its own");
}

#[test]
fn a_name_leaves_out_the_kind_that_its_mark_shows() {
    let called = |name: &str, kind: &str| Place { name: name.into(), ..place(1, kind, 118_500_000, 36_200_000) };
    let label = |place: Place| drawn(&[place]).marks.remove(0).label.map(|label| label.text);
    assert_eq!(label(called("东街微驿站", "微驿站")).as_deref(), Some("东街"));
    assert_eq!(label(called("一站", "站")).as_deref(), Some("一站"), "a single character names nothing");
    assert_eq!(label(called("鼓楼", "")).as_deref(), Some("鼓楼"));
}

#[test]
fn one_s_own_site_is_drawn_also_where_others_are_left_out() {
    let places: Vec<Place> =
        (1..=250).map(|nth| place(nth, "微驿站", 118_500_000 + 1_000 * nth as i64, 36_200_000)).collect();
    let map = draw(&CHINESE, &places.iter().collect::<Vec<_>>(), Some("Z250"), false).expect("a map");
    assert_eq!((map.marks.len(), map.marks.iter().filter(|mark| mark.own).count()), (200, 1));
}

#[test]
fn more_kinds_than_there_are_shapes_share_the_last_one() {
    let places: Vec<Place> =
        (1..=9).map(|nth| place(nth, &format!("第{nth}类"), 118_500_000 + 1_000 * nth as i64, 36_200_000)).collect();
    let map = drawn(&places);
    assert_eq!(map.tiers.len(), 7);
    assert_eq!(map.tiers.iter().map(|tier| tier.name.split('、').count()).sum::<usize>(), 9);
}

proptest! {
    /// Wherever sites lie, each mark is in the picture and says what it is: by a name that covers nothing, or by a number.
    #[test]
    fn every_site_is_in_the_picture_with_a_name_or_a_number(
        places in prop::collection::vec((-180_000_000_i64..=180_000_000, -90_000_000_i64..=90_000_000), 1..30),
        near: bool,
        large: bool,
    ) {
        let places: Vec<Place> = (1..)
            .zip(places)
            .map(|(nth, (longitude, latitude))| {
                let (longitude, latitude) = if near { (longitude / 5_000, latitude / 5_000) } else { (longitude, latitude) };
                place(nth, if nth % 3 == 0 { "总站" } else { "微驿站" }, longitude, latitude)
            })
            .collect();
        let map = draw(&CHINESE, &places.iter().collect::<Vec<_>>(), Some("Z1"), large).expect("a map");
        prop_assert!(!near || map.marks.len() == places.len());
        for mark in &map.marks {
            prop_assert!((0..=10_000).contains(&hundredths(&mark.x)) && (0..=10_000).contains(&hundredths(&mark.y)));
            prop_assert_eq!(mark.label.is_some(), mark.number.is_empty(), "{}", mark.title);
        }
        let numbers: Vec<usize> = map.numbered.iter().map(|(number, _, _)| *number).collect();
        prop_assert_eq!(numbers, (1..=map.numbered.len()).collect::<Vec<_>>());
        prop_assert!(hundredths(&map.bar.0) <= 3_400, "{}", map.bar.0);
    }
}
