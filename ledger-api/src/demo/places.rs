//! Where the demonstration district does what it does: its sites, the stores that stand on them, the merchants and what
//! is listed. All names are made up and say so.

use ledger_core::domain::ids::{IdError, MerchantId, SiteId, Sku, StoreId};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::merchant::uscc::check_character;
use ledger_core::domain::points::Points;
use ledger_core::domain::site::Location;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::ledger::commands;

use super::plan::{FIRST_DAY, Planned, community_id, day, merchant_id};

pub(super) const COMMUNITIES: u32 = 8;
/// Sites below each community.
const STATIONS: u32 = 5;
pub(super) const MERCHANTS: u32 = 30;
/// What each store lists of the items below.
const ITEMS_PER_STORE: usize = 6;
const STREET: &str = "YS-JD";
/// Stations that were closed, and on which day of the past.
const CLOSED: [(u32, u64); 2] = [(35, 300), (40, 420)];

/// The south-western corner of the district, in millionths of a degree: a place in the hills where no such town is.
const CORNER: (i64, i64) = (118_500_000, 36_200_000);
/// How far apart the communities lie, three in a row: about 900 m either way.
const APART: (i64, i64) = (10_000, 8_100);
/// Where in its community each station stands; a grid is no place to go to.
const SPOTS: [Option<(i64, i64)>; STATIONS as usize] =
    [Some((5_000, 4_200)), Some((1_600, 6_600)), Some((8_200, 6_100)), None, Some((4_300, 900))];

const MAIN: &str = "暖新总站";
/// Where the feature stations (特色驿站) stand: one in each community but the first, which has the main station.
const FEATURES: [&str; 7] = ["火车站", "商圈", "园区", "物流港", "大学城", "体育馆", "老城"];
/// Where the micro stations (微驿站) stand: two in each community.
const MICROS: [&str; 16] = [
    "东街", "西街", "南街", "北街", "河滨", "桥头", "市场", "公园", "学府", "医院", "车站", "花园", "湖畔", "新城",
    "厂前", "滨江",
];
const TRADES: [&str; 4] = ["餐饮", "超市", "维修", "影院"];

/// An item that stores list.
pub(super) struct Item {
    pub(super) sku: &'static str,
    name: &'static str,
    kind: &'static str,
    pub(super) price: i32,
    pub(super) limit: Option<u32>,
    pub(super) stock: u32,
}

const fn item(
    sku: &'static str,
    name: &'static str,
    kind: &'static str,
    price: i32,
    limit: Option<u32>,
    stock: u32,
) -> Item {
    Item { sku, name, kind, price, limit, stock }
}

/// The first one has no limit and stock for years, so that a newcomer can redeem it over and over.
const ITEMS: [Item; 12] = [
    item("SP001", "饮用水一箱", "实物", 20, None, 2_000),
    item("SP002", "毛巾礼盒", "实物", 35, Some(4), 120),
    item("SP003", "骑行手套", "实物", 45, Some(4), 80),
    item("SP004", "食用油5升", "实物", 120, Some(12), 60),
    item("SP005", "大米10公斤", "实物", 150, Some(12), 60),
    item("SP006", "反光背心", "实物", 30, Some(2), 100),
    item("QJ001", "五折观影券", "券", 50, Some(12), 200),
    item("QJ002", "餐饮折上折券", "券", 25, Some(12), 300),
    item("QJ003", "低价租房抵用券", "券", 500, Some(1), 5),
    item("FW001", "免费理发", "服务", 40, Some(12), 100),
    item("FW002", "健康体检", "服务", 300, Some(1), 8),
    item("FW003", "车辆检修", "服务", 80, Some(4), 40),
];

/// A store's listing of an item.
pub(super) struct Listing {
    pub(super) store: StoreId,
    pub(super) sku: Sku,
    pub(super) merchant: MerchantId,
    pub(super) item: &'static Item,
}

/// A store on its station.
struct Shop {
    name: String,
    tier: &'static str,
    station: u32,
}

fn station_id(number: u32) -> Result<SiteId, IdError> {
    SiteId::new(&format!("YS-YZ{number:02}"))
}

fn store_id(number: u32) -> Result<StoreId, IdError> {
    StoreId::new(&format!("YS-WD{number:02}"))
}

/// The number of a community's station.
const fn station(community: u32, place: u32) -> u32 {
    (community - 1) * STATIONS + place
}

/// Where a community's station lies: no two of them in line, as in any town.
fn spot(community: u32, place: u32) -> Option<Location> {
    let (east, north) = usize::try_from(place).ok().and_then(|place| SPOTS.get(place.checked_sub(1)?).copied())??;
    let (row, nth) = (i64::from((community - 1) / 3), i64::from((community - 1) % 3));
    let number = i64::from(station(community, place));
    let astray = |step: i64| (number * step) % 7 - 3;
    let longitude = CORNER.0 + nth * APART.0 + east + astray(37) * 60;
    let latitude = CORNER.1 - row * APART.1 + north + astray(53) * 50;
    Location::new(longitude, latitude).ok()
}

/// The station that somebody belongs to: communities in turn, and in each of them its stations but the call point.
pub(super) fn station_of(number: u32) -> Result<SiteId, IdError> {
    let turn = number.wrapping_sub(1);
    let community = turn.checked_rem(COMMUNITIES).unwrap_or(0) + 1;
    let place = turn.checked_div(COMMUNITIES).and_then(|round| round.checked_rem(STATIONS - 1)).unwrap_or(0) + 1;
    station_id(station(community, place))
}

/// The stores: of each kind the first ones are those that guides name.
fn shops() -> Vec<Shop> {
    let mut features = (2..).zip(FEATURES).map(|(community, name)| Shop {
        name: format!("{name}特色驿站"),
        tier: "特色驿站",
        station: station(community, 1),
    });
    let mut micros = (0..).zip(MICROS).map(|(nth, name)| Shop {
        name: format!("{name}微驿站"),
        tier: "微驿站",
        station: station(nth / 2 + 1, nth % 2 + 2),
    });
    let mut shops = vec![Shop { name: MAIN.to_owned(), tier: "总站", station: 1 }];
    shops.extend(features.by_ref().take(2));
    shops.extend(micros.by_ref().take(2));
    shops.extend(features.chain(micros));
    shops
}

/// The sites, the merchants, then the stores on their sites with what they list.
pub(super) fn setup() -> Result<Vec<Planned>, IdError> {
    let mut planned = sites()?;
    for number in 1..=MERCHANTS {
        planned.push(merchant(number)?);
    }
    for (number, shop) in (1..).zip(shops()) {
        let store = store_id(number)?;
        let community = (shop.station - 1) / STATIONS + 1;
        let details = StoreDetails {
            community: Some(community_name(community)),
            name: shop.name,
            tier: shop.tier.to_owned(),
            site: Some(station_id(shop.station)?),
        };
        let key = format!("demo/store/{store}");
        planned.push(Planned::on(FIRST_DAY, key, commands::OpenStore { store, details, update: false }));
    }
    for Listing { store, sku, merchant, item } in listings()? {
        let terms = ItemTerms {
            kind: item.kind.to_owned(),
            limit_per_worker_year: item.limit,
            merchant: Some(merchant),
            name: item.name.to_owned(),
            price: Points::from_whole(item.price),
        };
        let key = format!("demo/item/{store}/{sku}");
        let command = commands::ListItem { store, sku, terms, opening_stock: item.stock };
        planned.push(Planned::on(FIRST_DAY, key, command));
    }
    Ok(planned)
}

fn community_name(number: u32) -> String {
    format!("演示{number}社区")
}

/// One street, its communities, and below each of these a station with more to offer, two micro stations, a grid and a
/// call point.
fn sites() -> Result<Vec<Planned>, IdError> {
    const OFFERED: [&str; 4] = ["饮水", "充电", "休息", "应急药箱"];
    let open = |site: SiteId, kind: &str, name: String, parent: Option<SiteId>, offered: usize, location| {
        let services = OFFERED.iter().take(offered).map(|service| (*service).to_owned()).collect();
        let kind = kind.to_owned();
        let details = SiteDetails { kind, location, name, opened: Some(FIRST_DAY), parent, services };
        let key = format!("demo/site/{site}");
        Planned::on(FIRST_DAY, key, commands::OpenSite { site, details, if_known: IfKnown::Refuse })
    };
    let street = SiteId::new(STREET)?;
    let mut planned = vec![open(street.clone(), "街道", "演示街道".to_owned(), None, 0, None)];
    for community in 1..=COMMUNITIES {
        let (id, name) = (community_id(community)?, community_name(community));
        planned.push(open(id, "社区", name, Some(street.clone()), 0, None));
    }
    let shops = shops();
    for community in 1..=COMMUNITIES {
        for place in 1..=STATIONS {
            let number = station(community, place);
            let (kind, name, offered) = match shops.iter().find(|shop| shop.station == number) {
                Some(shop) => (shop.tier, shop.name.clone(), if place == 1 { OFFERED.len() } else { 2 }),
                None if place == STATIONS => ("招呼站", format!("{}招呼站", community_name(community)), 1),
                None => ("网格", format!("{}第一网格", community_name(community)), 0),
            };
            let (site, above) = (station_id(number)?, community_id(community)?);
            planned.push(open(site, kind, name, Some(above), offered, spot(community, place)));
        }
    }
    Ok(planned)
}

/// The stations that were given up.
pub(super) fn closings() -> Result<Vec<Planned>, IdError> {
    let closed = CLOSED.into_iter().map(|(number, nth)| {
        let (site, on) = (station_id(number)?, day(nth));
        let key = format!("demo/closed/{site}");
        let command = commands::CloseSite { site, on: Some(on), reason: Some("招呼站并入微驿站".to_owned()) };
        Ok(Planned::on(on, key, command))
    });
    closed.collect()
}

fn merchant(number: u32) -> Result<Planned, IdError> {
    let merchant = merchant_id(number)?;
    // Of a region that does not exist.
    let code = format!("92000000MA0DEM{number:03}");
    let check = check_character(&code).unwrap_or_default();
    let trade = usize::try_from(number).ok().and_then(|number| TRADES.get(number % TRADES.len()));
    let details = MerchantDetails {
        category: trade.map(|trade| (*trade).to_owned()),
        name: format!("演示爱心商户{number:02}"),
        uscc: format!("{code}{check}"),
    };
    let key = format!("demo/merchant/{merchant}");
    Ok(Planned::on(FIRST_DAY, key, commands::RegisterMerchant { merchant, details, update: false }))
}

/// Every store lists six items in a row of the list above, each store from another one on.
pub(super) fn listings() -> Result<Vec<Listing>, IdError> {
    let mut listings = Vec::new();
    for (nth, number) in (0_usize..).zip(1..=u32::try_from(shops().len()).unwrap_or(0)) {
        let items = ITEMS.iter().cycle().skip(nth * 2).take(ITEMS_PER_STORE);
        for (place, item) in (0_u32..).zip(items) {
            listings.push(Listing {
                store: store_id(number)?,
                sku: item.sku.parse()?,
                merchant: merchant_id((place * 3 + number) % MERCHANTS + 1)?,
                item,
            });
        }
    }
    Ok(listings)
}
