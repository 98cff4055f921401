//! Who and what there is in the demonstration district: settings, schedule, people, merchants, stores and listings. All
//! names are made up and say so.

use ledger_core::domain::ids::{CardNo, IdError, MerchantId, Sku, StoreId, WorkerId};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::programme::guards::{Guard, GuardAction, GuardKind};
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::Validity;
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::ledger::{Command, commands};

/// How many workers there are.
pub(super) const WORKERS: u32 = 60;
const MERCHANTS: u32 = 8;
/// Every so many-th worker is a Party member with a card: twelve in all.
const MEMBER_EVERY: u32 = 5;
/// Of those, one in five is on probation.
const PROBATIONARY_EVERY: u32 = 25;
const BRANCHES: u32 = 3;
/// What each store lists of the items below.
const ITEMS_PER_STORE: usize = 6;

/// Occupation (从业类型) and what its people are called.
const OCCUPATIONS: [(&str, &str); 5] = [
    ("外卖配送员", "骑手"),
    ("快递员", "快递员"),
    ("网约车司机", "网约车司机"),
    ("货车司机", "货车司机"),
    ("网络主播", "主播"),
];
const PLATFORMS: [&str; 4] = ["演示平台甲", "演示平台乙", "演示平台丙", "演示平台丁"];
const TRADES: [&str; 4] = ["餐饮", "超市", "维修", "影院"];
/// Unified social credit codes with right check characters, of a region that does not exist.
const CREDIT_CODES: [&str; 8] = [
    "92000000MA0DEM001C",
    "92000000MA0DEM002F",
    "92000000MA0DEM003J",
    "92000000MA0DEM004M",
    "92000000MA0DEM005Q",
    "92000000MA0DEM006U",
    "92000000MA0DEM007Y",
    "92000000MA0DEM0082",
];

/// Store and tier (层级).
const STORES: [(&str, &str); 5] = [
    ("暖新总站", "总站"),
    ("火车站特色驿站", "特色驿站"),
    ("商圈特色驿站", "特色驿站"),
    ("东街微驿站", "微驿站"),
    ("西街微驿站", "微驿站"),
];

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

/// An activity with the quantities that are usual for it.
pub(super) struct Usual {
    pub(super) code: &'static str,
    name: &'static str,
    category: &'static str,
    unit: &'static str,
    rate: &'static str,
    cap: &'static str,
    counts_for_card: bool,
    validity: Validity,
    pub(super) quantities: &'static [&'static str],
}

const HOURS: &[&str] = &["1", "1.5", "2", "2", "2.5", "3"];
const TIMES: &[&str] = &["1", "1", "1", "2"];
const MONTHS_24: Validity = Validity::Months(24);
const MONTHS_12: Validity = Validity::Months(12);

macro_rules! usual {
    ($code:literal $name:literal $category:literal $unit:literal $rate:literal $cap:literal $card:literal $validity:expr, $quantities:expr) => {
        Usual {
            code: $code,
            name: $name,
            category: $category,
            unit: $unit,
            rate: $rate,
            cap: $cap,
            counts_for_card: $card,
            validity: $validity,
            quantities: $quantities,
        }
    };
}

/// The schedule, as districts publish it. The last one's quantities pass its daily cap now and then.
pub(super) const ACTIVITIES: [Usual; 12] = [
    usual!("ZY01" "社区志愿服务" "志愿服务" "小时" "10" "60" true MONTHS_24, HOURS),
    usual!("ZY02" "为独居老人送餐" "志愿服务" "次" "5" "20" true MONTHS_24, TIMES),
    usual!("WM01" "文明劝导" "文明创建" "小时" "8" "32" true Validity::YearEnd, HOURS),
    usual!("WM02" "环境整治" "文明创建" "次" "6" "12" true MONTHS_24, &["1", "2", "3"]),
    usual!("PA01" "平安巡查" "平安建设" "小时" "8" "32" true MONTHS_24, HOURS),
    usual!("PA02" "安全隐患上报" "平安建设" "件" "2.5" "20" true MONTHS_12, TIMES),
    usual!("SC01" "食品安全随手拍" "市场监管" "件" "3" "15" false MONTHS_12, TIMES),
    usual!("ZC01" "政策宣讲" "政策宣传" "次" "10" "20" true MONTHS_24, TIMES),
    usual!("LB01" "联络帮带" "联络帮带" "次" "15" "30" true MONTHS_24, TIMES),
    usual!("WX01" "认领办理微心愿" "微心愿" "件" "20" "60" true Validity::Forever, &["1"]),
    usual!("PD01" "网格派单" "网格派单" "件" "6" "30" true Validity::YearEnd, TIMES),
    usual!("XX01" "线上学习打卡" "政策宣传" "次" "1" "1" false Validity::YearEnd, &["1", "1", "1", "3"]),
];

/// A store's listing of an item.
pub(super) struct Listing {
    pub(super) store: StoreId,
    pub(super) sku: Sku,
    pub(super) merchant: MerchantId,
    pub(super) item: &'static Item,
}

pub(super) fn worker_id(number: u32) -> Result<WorkerId, IdError> {
    WorkerId::new(&format!("YS-{number:04}"))
}

/// What a worker is called in the vault: 演示骑手01.
pub(super) fn worker_name(number: u32) -> String {
    let (_, called) = occupation(number);
    format!("演示{called}{number:02}")
}

fn occupation(number: u32) -> (&'static str, &'static str) {
    pick(&OCCUPATIONS, number.wrapping_sub(1)).unwrap_or_default()
}

fn pick<T: Copy>(choices: &[T], number: u32) -> Option<T> {
    let index = usize::try_from(number).ok()?.checked_rem(choices.len())?;
    choices.get(index).copied()
}

/// Settings, schedule, people, merchants, stores and listings, each with the end of its key.
pub(super) fn setup() -> Result<Vec<(String, Command)>, IdError> {
    let settings = Settings {
        approval_required: Some(false),
        code: Some("000000".into()),
        name: Some("暖新演示区(合成数据)".into()),
        points_step: Some(Points::from_hundredths(50)),
        publicity_days: Some(0),
        guards: [(GuardKind::SelfWitness, Guard { action: GuardAction::Refuse, over: None })].into(),
        ..Settings::default()
    };
    let mut commands =
        vec![("district".to_owned(), Command::Configure(settings)), ("schedule".to_owned(), schedule()?)];
    for number in 1..=WORKERS {
        commands.extend(worker(number)?);
    }
    for number in 1..=MERCHANTS {
        commands.push(merchant(number)?);
    }
    for (number, (name, tier)) in (1..).zip(STORES) {
        let store = store_id(number)?;
        let details = StoreDetails {
            community: Some(format!("演示{number}社区")),
            name: name.to_owned(),
            tier: tier.to_owned(),
            site: None,
        };
        commands.push((
            format!("store/{store}"),
            Command::OpenStore(commands::OpenStore { store, details, update: false }),
        ));
    }
    for listing in listings()? {
        let Listing { store, sku, merchant, item } = listing;
        let terms = ItemTerms {
            kind: item.kind.to_owned(),
            limit_per_worker_year: item.limit,
            merchant: Some(merchant),
            name: item.name.to_owned(),
            price: Points::from_whole(item.price),
        };
        let key = format!("item/{store}/{sku}");
        commands.push((key, Command::ListItem(commands::ListItem { store, sku, terms, opening_stock: item.stock })));
    }
    Ok(commands)
}

/// The lines of the schedule.
pub(super) fn schedule_lines() -> Result<Vec<Activity>, IdError> {
    let lines = ACTIVITIES.iter().map(|usual| {
        Ok(Activity {
            category: usual.category.to_owned(),
            checks: None,
            code: usual.code.parse()?,
            counts_for_card: usual.counts_for_card,
            daily_cap: Points::parse(usual.cap),
            name: usual.name.to_owned(),
            points_per_unit: Points::parse(usual.rate).unwrap_or_default(),
            publicity_days: None,
            unit: usual.unit.to_owned(),
            validity: usual.validity,
            terms: Default::default(),
        })
    });
    lines.collect()
}

fn schedule() -> Result<Command, IdError> {
    let (activities, effective_from) = (schedule_lines()?, super::history::FIRST_DAY);
    Ok(Command::AdoptSchedule(commands::AdoptSchedule { activities, effective_from, settings: Settings::default() }))
}

fn worker(number: u32) -> Result<Vec<(String, Command)>, IdError> {
    let worker = worker_id(number)?;
    let member = number % MEMBER_EVERY == 1;
    let details = WorkerDetails {
        occupation: occupation(number).0.to_owned(),
        party_member: Some(member),
        platform: pick(&PLATFORMS, number).map(str::to_owned),
        probationary: member && number % PROBATIONARY_EVERY == 6,
        site: None,
    };
    let register = Command::RegisterWorker(commands::RegisterWorker { worker: worker.clone(), details, update: false });
    let mut commands = vec![(format!("worker/{worker}"), register)];
    if member {
        let card_no = CardNo::new(&format!("YS-HZ{number:04}"))?;
        let branch = format!("YS-DZB{:02}", number / MEMBER_EVERY % BRANCHES + 1).parse()?;
        commands.push((
            format!("card/{card_no}"),
            Command::IssueCard(commands::IssueCard { worker, card_no, branch, update: false }),
        ));
    }
    Ok(commands)
}

fn merchant_id(number: u32) -> Result<MerchantId, IdError> {
    MerchantId::new(&format!("YS-SH{number:02}"))
}

fn merchant(number: u32) -> Result<(String, Command), IdError> {
    let merchant = merchant_id(number)?;
    let details = MerchantDetails {
        category: pick(&TRADES, number).map(str::to_owned),
        name: format!("演示爱心商户{number:02}"),
        uscc: pick(&CREDIT_CODES, number.wrapping_sub(1)).unwrap_or_default().to_owned(),
    };
    Ok((
        format!("merchant/{merchant}"),
        Command::RegisterMerchant(commands::RegisterMerchant { merchant, details, update: false }),
    ))
}

fn store_id(number: u32) -> Result<StoreId, IdError> {
    StoreId::new(&format!("YS-WD{number:02}"))
}

/// Every store lists six items in a row of the list above, each store from another one on.
pub(super) fn listings() -> Result<Vec<Listing>, IdError> {
    let mut listings = Vec::new();
    for (nth, number) in (0_usize..).zip(1..=u32::try_from(STORES.len()).unwrap_or(0)) {
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
