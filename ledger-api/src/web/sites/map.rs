//! The map on the page of sites: where each mark and each name stands. A picture of our own, with nothing asked of anybody: an
//! equirectangular projection whose degrees of longitude are as long as they are in the middle of what is shown, calculated in
//! whole numbers. Places are told in hundredths of the picture, marks and letters in px, so that letters stay as large as the
//! reader likes them on a telephone and on a desk. What it looks like is said in the template and in the style.

use std::collections::BTreeMap;

use crate::service::sites::{Place, Standing};
use crate::web::words::Words;

/// The side of the picture on a narrow telephone, in px: names that do not cover one another there do so nowhere.
const SIDE: i64 = 320;
/// Most marks of a picture: more cannot be told apart.
const MARKS_MAX: usize = 200;
/// Thousandths of a millimetre that a millionth of a degree of latitude is long, on a globe with a radius of 6,371 km.
const MICROMETRES_OF_E6: i64 = 111_195;
/// What lies farther than this (mm) from the midst of the others, in either direction, is a slip of somebody's pen.
const FAR_MM: i64 = 300_000_000;
/// What is shown is at least as wide as this (mm): a single site stands in its surroundings.
const LEAST_MM: i64 = 500_000;
/// Kinds of sites with a shape of their own; all others share one more.
const SHAPES: usize = 6;

/// The map.
pub(super) struct Map {
    pub(super) marks: Vec<Mark>,
    pub(super) tiers: Vec<Tier>,
    /// Those whose names have no room: number, where the list tells of it, and name.
    pub(super) numbered: Vec<(usize, usize, String)>,
    /// How long the bar is, as a share of the picture, and what it stands for.
    pub(super) bar: (String, String),
    /// How far around its middle the own mark has a ring, px.
    pub(super) ring: i64,
    pub(super) has_own: bool,
    pub(super) has_shut: bool,
    /// How a site that is not open is drawn in the key.
    pub(super) shut_path: String,
    pub(super) slash: String,
    /// What is told beside it: how many sites it shows and what it does not.
    pub(super) told: Vec<String>,
}

/// A site on the map.
pub(super) struct Mark {
    /// Where it stands, as shares of the picture from the left and from above.
    pub(super) x: String,
    pub(super) y: String,
    pub(super) shape: usize,
    pub(super) path: String,
    /// Where the list tells of it.
    pub(super) anchor: usize,
    pub(super) title: String,
    pub(super) own: bool,
    pub(super) open: bool,
    /// Its name, where there is room for it.
    pub(super) label: Option<Label>,
    /// Its number; blank where its name stands there.
    pub(super) number: String,
    /// How far below the middle letters that are centred upon it stand, px.
    pub(super) base: i64,
}

/// A name beside a mark, in px from its middle.
pub(super) struct Label {
    pub(super) text: String,
    pub(super) x: i64,
    pub(super) y: i64,
    /// Which end of it stands there, as SVG calls it.
    pub(super) end: &'static str,
}

/// A kind of sites in the key.
pub(super) struct Tier {
    pub(super) shape: usize,
    pub(super) path: String,
    pub(super) name: String,
}

/// How large things are, px.
#[derive(Clone, Copy)]
struct Sizes {
    /// Half of a mark.
    mark: i64,
    letter: i64,
    /// Room at the foot for the scale.
    foot: i64,
}

const USUAL: Sizes = Sizes { mark: 12, letter: 15, foot: 34 };
const LARGE: Sizes = Sizes { mark: 15, letter: 18, foot: 42 };

/// A site that lies somewhere, in mm to the east and to the north of the midst of all.
struct Lying<'a> {
    place: &'a Place,
    east: i64,
    north: i64,
}

/// A part of the picture, px.
#[derive(Clone, Copy)]
struct Area {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl Area {
    const fn meets(self, other: Area) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// Draws the sites that lie somewhere; none where none of them does.
pub(super) fn draw(w: &Words, places: &[&Place], own: Option<&str>, large: bool) -> Option<Map> {
    let (mut lying, far) = lying(places);
    // Where there are more than are drawn, one's own is drawn all the same; the others keep their order.
    lying.sort_by_key(|one| own != Some(one.place.id.as_str()));
    let drawn = lying.get(..lying.len().min(MARKS_MAX)).unwrap_or_default();
    let sizes = if large { LARGE } else { USUAL };
    let scale = Scale::of(drawn, sizes)?;
    let shapes = shapes(drawn);
    let shape = |place: &Place| shapes.get(place.kind.as_str()).map_or(SHAPES, |(shape, _)| *shape);
    let spots: Vec<(i64, i64)> = drawn.iter().map(|one| scale.spot(one)).collect();
    let labels = labels(drawn, &spots, &shapes, own, sizes);

    let (mut marks, mut numbered) = (Vec::with_capacity(drawn.len()), Vec::new());
    for ((one, (x, y)), label) in drawn.iter().zip(&spots).zip(labels) {
        let place = one.place;
        let number = if label.is_some() {
            String::new()
        } else {
            let number = numbered.len() + 1;
            numbered.push((number, place.nth, place.name.clone()));
            number.to_string()
        };
        let (own, open) = (own == Some(place.id.as_str()), place.standing == Standing::Open);
        marks.push(Mark {
            x: share(*x),
            y: share(*y),
            shape: shape(place),
            path: path(shape(place), sizes.mark),
            anchor: place.nth,
            title: title(w, place, own, open),
            own,
            open,
            label,
            number,
            base: sizes.letter * 36 / 100,
        });
    }
    // What is drawn last lies on top.
    marks.sort_by_key(|mark| mark.own);

    let mut told = vec![w.sites_page.mapped(drawn.len(), places.len())];
    told.extend((lying.len() > drawn.len()).then(|| w.sites_page.too_many.to_owned()));
    told.extend((far > 0).then(|| w.sites_page.far(far)));
    Some(Map {
        tiers: tiers(w, &shapes, sizes.mark),
        numbered,
        bar: scale.bar(w),
        ring: sizes.mark + 6,
        has_own: marks.iter().any(|mark| mark.own),
        has_shut: marks.iter().any(|mark| !mark.open),
        shut_path: path(0, sizes.mark),
        slash: format!("M-{0} {0}L{0} -{0}", sizes.mark),
        marks,
        told,
    })
}

/// A site's name without its kind, where that stands behind it: the mark's shape says it.
fn short(place: &Place) -> &str {
    let without = place.name.strip_suffix(place.kind.as_str()).filter(|rest| rest.chars().count() > 1);
    without.unwrap_or(&place.name)
}

/// What a mark is called: the site's name and kind, whether it is the own one and whether it is not open.
fn title(w: &Words, place: &Place, own: bool, open: bool) -> String {
    let mut title = place.name.clone();
    let told = [
        Some(place.kind.as_str()).filter(|kind| !kind.is_empty()),
        own.then_some(w.sites_page.own),
        (!open).then_some(w.sites_page.not_open),
    ];
    for part in told.into_iter().flatten() {
        title.push_str(" · ");
        title.push_str(part);
    }
    title
}

/// Where they lie around their midst, and how many are left out because they lie beyond all others.
fn lying<'a>(places: &[&'a Place]) -> (Vec<Lying<'a>>, usize) {
    let at: Vec<(&Place, i64, i64)> = places
        .iter()
        .filter_map(|place| place.location.map(|at| (*place, i64::from(at.lon_e6()), i64::from(at.lat_e6()))))
        .collect();
    let midst = |mut angles: Vec<i64>| {
        angles.sort_unstable();
        angles.get(angles.len() / 2).copied().unwrap_or(0)
    };
    let longitude = midst(at.iter().map(|(_, longitude, _)| *longitude).collect());
    let latitude = midst(at.iter().map(|(_, _, latitude)| *latitude).collect());
    let cosine = cosine_e6(latitude);
    let millimetres = |e6: i64| e6 * MICROMETRES_OF_E6 / 1_000;
    let all: Vec<Lying<'a>> = at
        .into_iter()
        .map(|(place, lon, lat)| Lying {
            place,
            east: millimetres(lon - longitude) * cosine / 1_000_000,
            north: millimetres(lat - latitude),
        })
        .collect();
    let far = all.iter().filter(|one| !is_near(one)).count();
    // Few that lie all apart have no midst that one of them is near.
    if far == all.len() {
        return (all, 0);
    }
    (all.into_iter().filter(is_near).collect(), far)
}

fn is_near(one: &Lying) -> bool {
    one.east.abs() <= FAR_MM && one.north.abs() <= FAR_MM
}

/// The cosine of a latitude in millionths, by the rule of Bhāskara I, which is off by less than two thousandths: less than a
/// px in the width of the picture, and nothing that a float of another machine would round otherwise.
fn cosine_e6(lat_e6: i64) -> i64 {
    const RIGHT_ANGLE: i64 = 90_000 * 90_000;
    let square = (lat_e6 / 1_000) * (lat_e6 / 1_000);
    4 * (RIGHT_ANGLE - square) * 1_000_000 / (4 * RIGHT_ANGLE + square)
}

/// What the picture shows, and how large.
struct Scale {
    /// Millimetres of a px.
    of_px: i64,
    /// The middle of what is shown, mm.
    east: i64,
    north: i64,
    /// How far below the upper edge that middle stands, in hundredths of a px.
    middle: i64,
}

impl Scale {
    /// One that shows all of them; none where there are none.
    fn of(drawn: &[Lying], sizes: Sizes) -> Option<Scale> {
        let (west, east) = (drawn.iter().map(|one| one.east).min()?, drawn.iter().map(|one| one.east).max()?);
        let (south, north) = (drawn.iter().map(|one| one.north).min()?, drawn.iter().map(|one| one.north).max()?);
        let margin = sizes.mark + 7;
        let (wide, high) = (SIDE - 2 * margin, SIDE - 2 * margin - sizes.foot);
        let of_px = |span: i64, px: i64| (span.max(LEAST_MM) + px - 1) / px;
        Some(Scale {
            of_px: of_px(east - west, wide).max(of_px(north - south, high)),
            east: i64::midpoint(west, east),
            north: i64::midpoint(south, north),
            middle: margin * 100 + high * 50,
        })
    }

    /// Where something stands, in hundredths of a px from the left and from above.
    fn spot(&self, one: &Lying) -> (i64, i64) {
        let px = |mm: i64| mm * 100 / self.of_px;
        (SIDE * 50 + px(one.east - self.east), self.middle - px(one.north - self.north))
    }

    /// A round length that takes at most a third of the picture.
    fn bar(&self, w: &Words) -> (String, String) {
        let most = self.of_px * SIDE / 3_000;
        let round = (0..8).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i64.pow(power)));
        let metres = round.take_while(|metres| *metres <= most).last().unwrap_or(1);
        (share(metres * 100_000 / self.of_px), w.sites_page.long(metres))
    }
}

/// Hundredths of a px as a share of the picture.
fn share(of_px: i64) -> String {
    let hundredths = (of_px * 100 / SIDE).max(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// The shape of each kind of sites, with how many there are of it: rare ones first.
fn shapes<'a>(drawn: &[Lying<'a>]) -> BTreeMap<&'a str, (usize, usize)> {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for one in drawn {
        *counted.entry(one.place.kind.as_str()).or_default() += 1;
    }
    let mut by_count: Vec<(&str, usize)> = counted.into_iter().collect();
    by_count.sort_by_key(|(kind, count)| (*count, *kind));
    // The commonest have shapes of their own; those beyond share one.
    let rare = by_count.len().saturating_sub(SHAPES);
    let shape = |nth: usize| if nth < rare { SHAPES } else { nth - rare };
    by_count.into_iter().enumerate().map(|(nth, (kind, count))| (kind, (shape(nth), count))).collect()
}

/// The key, by shape.
fn tiers(w: &Words, shapes: &BTreeMap<&str, (usize, usize)>, half: i64) -> Vec<Tier> {
    let mut by_shape: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (kind, (shape, _)) in shapes {
        by_shape.entry(*shape).or_default().push(if kind.is_empty() { w.sites_page.no_kind } else { *kind });
    }
    let tier = |(shape, kinds): (usize, Vec<&str>)| Tier { shape, path: path(shape, half), name: kinds.join("、") };
    by_shape.into_iter().map(tier).collect()
}

/// The outline of a shape around its middle.
fn path(shape: usize, half: i64) -> String {
    let (more, less) = (half + 3, half / 2);
    match shape {
        // A circle, a square, a triangle, a square on its corner, a hexagon and a cross; the others a triangle on its corner.
        0 => format!("M-{half} 0a{half} {half} 0 1 0 {0} 0a{half} {half} 0 1 0 -{0} 0z", 2 * half),
        1 => format!("M-{half} -{half}H{half}V{half}H-{half}z"),
        2 => format!("M0 -{more}L{more} {half}H-{more}z"),
        3 => format!("M0 -{more}L{more} 0L0 {more}L-{more} 0z"),
        4 => format!("M-{more} 0L-{less} -{half}H{less}L{more} 0L{less} {half}H-{less}z"),
        5 => format!(
            "M-{less} -{more}H{less}V-{less}H{more}V{less}H{less}V{more}H-{less}V{less}H-{more}V-{less}H-{less}z"
        ),
        _ => format!("M0 {more}L{more} -{half}H-{more}z"),
    }
}

/// The names that have room beside their marks: the own one first, then kinds of which there are few. What is left goes by
/// number.
fn labels(
    drawn: &[Lying],
    spots: &[(i64, i64)],
    shapes: &BTreeMap<&str, (usize, usize)>,
    own: Option<&str>,
    sizes: Sizes,
) -> Vec<Option<Label>> {
    let middles: Vec<(i64, i64)> = spots.iter().map(|(x, y)| (x / 100, y / 100)).collect();
    let around =
        |(x, y): (i64, i64), half: i64| Area { left: x - half, top: y - half, right: x + half, bottom: y + half };
    let mut order: Vec<usize> = (0..drawn.len()).collect();
    order.sort_by_key(|nth| {
        let place = drawn.get(*nth).map(|one| one.place);
        let count = place.and_then(|place| shapes.get(place.kind.as_str())).map_or(0, |(_, count)| *count);
        (place.map(|place| place.id.as_str()) != own, count, *nth)
    });
    let mut labels: Vec<Option<Label>> = drawn.iter().map(|_| None).collect();
    let mut taken: Vec<Area> = Vec::new();
    for nth in order {
        let (Some(one), Some(&(x, y)), Some(label)) = (drawn.get(nth), middles.get(nth), labels.get_mut(nth)) else {
            continue;
        };
        let name = short(one.place);
        let long: i64 = name.chars().map(|one| if one.is_ascii() { sizes.letter * 6 / 10 } else { sizes.letter }).sum();
        let (high, gap) = (sizes.letter * 5 / 4, sizes.mark + 4);
        let is_free = |area: &Area| {
            let within = area.left >= 2 && area.right <= SIDE - 2 && area.top >= 2 && area.bottom <= SIDE - sizes.foot;
            let others = middles.iter().enumerate().filter(|(other, _)| *other != nth);
            within
                && others.map(|(_, middle)| around(*middle, sizes.mark)).all(|mark| !mark.meets(*area))
                && taken.iter().all(|other| !other.meets(*area))
        };
        let beside = |left: i64| Area { left, top: y - high / 2, right: left + long, bottom: y - high / 2 + high };
        let upon = |top: i64| Area { left: x - long / 2, top, right: x - long / 2 + long, bottom: top + high };
        let base = sizes.letter * 36 / 100;
        let ways = [
            (beside(x + gap), gap, base, "start"),
            (beside(x - gap - long), -gap, base, "end"),
            (upon(y - gap - high), 0, base - gap - high / 2, "middle"),
            (upon(y + gap), 0, base + gap + high / 2, "middle"),
        ];
        if let Some((area, x, y, end)) = ways.into_iter().find(|(area, ..)| is_free(area)) {
            taken.push(area);
            *label = Some(Label { text: name.to_owned(), x, y, end });
        }
    }
    labels
}

#[cfg(test)]
mod tests;
