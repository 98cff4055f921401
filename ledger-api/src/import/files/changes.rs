//! What rows that would be written change: something new, or which columns of what the ledger has, from what to what.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chrono::NaiveDate;
use ledger_core::domain::benefit::command::{BenefitKind, BenefitTerms};
use ledger_core::domain::fund::Fund;
use ledger_core::domain::fund::command::FundTerms;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::pass::Offer;
use ledger_core::domain::pass::command::OfferTerms;
use ledger_core::domain::points::Points;
use ledger_core::domain::site::command::{IfKnown, SiteDetails};
use ledger_core::domain::site::location::Location;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::ledger::{Command, Submission};
use projections::queries::Page;
use projections::views::benefit::Benefit;
use projections::views::merchant::Merchant;
use projections::views::site::Site;
use projections::views::stock::Stock;
use projections::views::store::Store;

use crate::app::App;
use crate::service::ServiceError;
use crate::service::destination::{Destination, DestinationError, OwnLedger, Told};
use crate::sheets::pack::SheetKind;

/// A row that would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// Of which register.
    pub kind: SheetKind,
    /// The row as a person sees it in the sheet.
    pub row: u64,
    /// What it does.
    pub change: Change,
}

/// What a row does to what the ledger has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The ledger has nothing of that key.
    New,
    /// It has, with other content in these columns.
    Changed(Vec<ColumnChange>),
}

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChange {
    /// The column, as the register's header has it.
    pub column: &'static str,
    /// What the ledger has; blank where nothing.
    pub from: String,
    /// What the row says; blank where nothing.
    pub to: String,
}

/// A row's command that something would be recorded of.
pub(super) type Recorded = (SheetKind, u64, Command);

/// A ledger that is told rows, and which of them it would record something of.
pub(super) struct Watched<'a> {
    own: OwnLedger<'a>,
    /// What the keys of the run's rows begin with.
    keys: String,
    recorded: Mutex<Vec<Recorded>>,
}

impl<'a> Watched<'a> {
    pub(super) fn new(own: OwnLedger<'a>, keys: String) -> Watched<'a> {
        Watched { own, keys, recorded: Mutex::default() }
    }

    pub(super) fn recorded(self) -> Vec<Recorded> {
        self.recorded.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row whose own command this is; none for those that prepare its way, and for one that is made of all rows.
    fn row_of(&self, submission: &Submission) -> Option<(SheetKind, u64)> {
        let (sheet, row) = submission.context.key.as_str().strip_prefix(&self.keys)?.split_once('/')?;
        let kind = SheetKind::ALL.into_iter().find(|kind| kind.name() == sheet)?;
        Some((kind, row.parse().ok()?))
    }
}

#[async_trait]
impl Destination for Watched<'_> {
    fn today(&self) -> NaiveDate {
        self.own.today()
    }

    async fn submit(&self, submissions: &[Submission]) -> Result<Vec<Told>, DestinationError> {
        let answers = self.own.submit(submissions).await?;
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        for (submission, answer) in submissions.iter().zip(&answers) {
            if let Told::Taken { repeated: false, changed: true, .. } = answer
                && let Some((kind, row)) = self.row_of(submission)
            {
                recorded.push((kind, row, submission.command.clone()));
            }
        }
        Ok(answers)
    }

    async fn remember_witnesses(&self, names: &[&str]) -> Result<Option<Vec<String>>, DestinationError> {
        self.own.remember_witnesses(names).await
    }

    async fn are_own_witnesses(&self, asked: Vec<(WorkerId, String)>) -> Result<Vec<bool>, DestinationError> {
        self.own.are_own_witnesses(asked).await
    }

    async fn as_witnesses(
        &self,
        workers: Vec<(WorkerId, Option<String>)>,
    ) -> Result<Vec<Vec<String>>, DestinationError> {
        self.own.as_witnesses(workers).await
    }

    async fn keep_names(&self, names: Vec<(String, String)>) -> Result<(), DestinationError> {
        self.own.keep_names(names).await
    }
}

/// What a register says of one thing, by column.
type Cells = Vec<(&'static str, String)>;

/// What the ledger has of the registers that rows are about.
#[derive(Default)]
struct Known {
    sites: HashMap<String, Site>,
    merchants: HashMap<String, Merchant>,
    funds: HashMap<String, Fund>,
    benefits: HashMap<String, Benefit>,
    offers: HashMap<String, Offer>,
    stores: HashMap<String, Store>,
    /// Keyed by store and item.
    items: HashMap<(String, String), Stock>,
}

fn by_key<T>(page: Page<T>) -> HashMap<String, T> {
    page.rows.into_iter().collect()
}

impl Known {
    /// Reads each register once, as a whole: there are some thousand rows at most, and rows are asked for by the thousand.
    async fn read(app: &App, rows: &[Recorded]) -> Result<Known, ServiceError> {
        const ALL: usize = usize::MAX;
        let (views, mut known) = (&app.views, Known::default());
        views.fresh(None).await?;
        let kinds: BTreeSet<SheetKind> = rows.iter().map(|(kind, ..)| *kind).collect();
        for kind in kinds {
            match kind {
                SheetKind::Sites => known.sites = by_key(views.sites("", ALL).await?),
                SheetKind::Merchants => known.merchants = by_key(views.merchants("", ALL).await?),
                SheetKind::Funds => known.funds = by_key(views.funds("", ALL).await?),
                SheetKind::Benefits => known.benefits = by_key(views.benefits("", ALL).await?),
                SheetKind::Offers => known.offers = by_key(views.offers("", ALL, |_| true).await?),
                SheetKind::Stores => known.stores = by_key(views.stores("", ALL).await?),
                SheetKind::Items => {
                    let listed = rows.iter().filter_map(|(_, _, command)| {
                        let Command::ListItem(command) = command else { return None };
                        Some(command.store.to_string())
                    });
                    for store in listed.collect::<BTreeSet<String>>() {
                        let items = views.stock(&store, "", ALL).await?.rows;
                        known.items.extend(items.into_iter().map(|(sku, item)| ((store.clone(), sku), item)));
                    }
                }
                // Kept by others, or made of all rows together.
                SheetKind::Workers
                | SheetKind::Schedule
                | SheetKind::Appointments
                | SheetKind::Pairs
                | SheetKind::Passes => {}
            }
        }
        Ok(known)
    }

    /// What the ledger has of what a command is about, if anything, and what the command says; nothing for a command
    /// that is not the one of its register, and for registers that are kept by others.
    fn before_and_after(&self, kind: SheetKind, command: &Command, today: NaiveDate) -> Option<(Option<Cells>, Cells)> {
        Some(match kind {
            SheetKind::Sites => {
                let Command::OpenSite(command) = command else { return None };
                let IfKnown::Update { closed } = command.if_known else { return None };
                let day = command.details.opened.map_or(today, |opened| opened.max(today));
                let known = self.sites.get(command.site.as_str());
                // Where a sheet is silent of where a site lies, that stays.
                let location = command.details.location.or(known.and_then(|site| site.location));
                let before = known.map(|site| {
                    let details = SiteDetails {
                        kind: site.kind.clone(),
                        location: site.location,
                        name: site.name.clone(),
                        opened: site.opened,
                        parent: site.parent(day).cloned(),
                        services: site.services(day).to_vec(),
                    };
                    site_cells(&details, site.closed)
                });
                let details = SiteDetails { location, ..command.details.clone() };
                (before, site_cells(&details, closed))
            }
            SheetKind::Merchants => {
                let Command::RegisterMerchant(command) = command else { return None };
                let before = self.merchants.get(command.merchant.as_str()).map(|merchant| {
                    let Merchant { name, uscc, category } = merchant.clone();
                    merchant_cells(&MerchantDetails { category, name, uscc })
                });
                (before, merchant_cells(&command.details))
            }
            SheetKind::Funds => {
                let Command::RegisterFund(command) = command else { return None };
                let before = self.funds.get(command.fund.as_str()).and_then(Fund::terms).map(fund_cells);
                (before, fund_cells(&command.terms))
            }
            SheetKind::Benefits => {
                let Command::RegisterBenefit(command) = command else { return None };
                let before = self.benefits.get(command.benefit.as_str());
                let before = before.and_then(|benefit| benefit.terms.as_ref()).map(benefit_cells);
                (before, benefit_cells(&command.terms))
            }
            SheetKind::Offers => {
                let Command::RegisterOffer(command) = command else { return None };
                let before = self.offers.get(command.offer.as_str()).and_then(Offer::terms).map(offer_cells);
                (before, offer_cells(&command.terms))
            }
            SheetKind::Stores => {
                let Command::OpenStore(command) = command else { return None };
                let StoreDetails { community, name, site, tier } = &command.details;
                let after = store_cells(name, tier, community.as_deref(), site.as_ref().map(|site| site.as_str()));
                let before = self.stores.get(command.store.as_str()).map(|store| {
                    store_cells(&store.name, &store.tier, store.community.as_deref(), store.site.as_deref())
                });
                (before, after)
            }
            SheetKind::Items => {
                let Command::ListItem(command) = command else { return None };
                let ItemTerms { kind, limit_per_worker_year, merchant, name, price } = &command.terms;
                let merchant = merchant.as_ref().map(|merchant| merchant.as_str());
                let after = item_cells(name, kind, *price, merchant, *limit_per_worker_year, true);
                let of = (command.store.to_string(), command.sku.to_string());
                let before = self.items.get(&of).map(|item| {
                    let (merchant, limit) = (item.merchant.as_deref(), item.limit_per_worker_year);
                    item_cells(&item.name, &item.kind, item.price, merchant, limit, item.listed)
                });
                (before, after)
            }
            SheetKind::Workers
            | SheetKind::Schedule
            | SheetKind::Appointments
            | SheetKind::Pairs
            | SheetKind::Passes => return None,
        })
    }
}

/// What rows that would be written change in what the ledger has now.
///
/// # Errors
/// [`ServiceError`] when the views cannot be read.
pub(super) async fn changes_of(app: &App, rows: Vec<Recorded>) -> Result<Vec<RowChange>, ServiceError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (known, today) = (Known::read(app, &rows).await?, app.ledger.now().date());
    let change = |(kind, row, command): &Recorded| {
        let (before, after) = known.before_and_after(*kind, command, today)?;
        let change = before.map_or(Change::New, |before| Change::Changed(columns(before, after)));
        Some(RowChange { kind: *kind, row: *row, change })
    };
    Ok(rows.iter().filter_map(change).collect())
}

/// The columns in which two differ.
fn columns(before: Cells, after: Cells) -> Vec<ColumnChange> {
    let both = before.into_iter().zip(after);
    let changed = both.filter(|((_, from), (_, to))| from != to);
    changed.map(|((column, from), (_, to))| ColumnChange { column, from, to }).collect()
}

fn maybe(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A number of hundredths as its shortest exact decimal.
fn hundredths(number: u32) -> String {
    Points::from_hundredths(i64::from(number)).to_string()
}

fn site_cells(details: &SiteDetails, closed: Option<NaiveDate>) -> Cells {
    vec![
        ("驿站名称", details.name.clone()),
        ("层级", details.kind.clone()),
        ("上级驿站编号", maybe(details.parent.as_ref())),
        ("服务项目", details.services.join("、")),
        ("启用日期", maybe(details.opened)),
        ("停用日期", maybe(closed)),
        ("经度", maybe(details.location.map(Location::longitude))),
        ("纬度", maybe(details.location.map(Location::latitude))),
    ]
}

fn merchant_cells(details: &MerchantDetails) -> Cells {
    vec![
        ("商户名称", details.name.clone()),
        ("统一社会信用代码", details.uscc.clone()),
        ("类型", maybe(details.category.as_ref())),
    ]
}

fn fund_cells(terms: &FundTerms) -> Cells {
    vec![
        ("责任单位", terms.body.clone()),
        ("来源类型", terms.source.clone()),
        ("年度", maybe(terms.year)),
        ("金额(元)", terms.appropriated.to_string()),
    ]
}

fn benefit_cells(terms: &BenefitTerms) -> Cells {
    let kind = match terms.kind {
        BenefitKind::Place => "名额",
        BenefitKind::Voucher => "券",
        BenefitKind::Grant => "补助",
    };
    vec![
        ("项目名称", terms.name.clone()),
        ("类型", kind.to_owned()),
        ("资金编号", maybe(terms.fund.as_ref())),
        ("名额", maybe(terms.places)),
        ("每人限额", maybe(terms.limit_per_worker)),
        ("限额周期", if terms.limit_yearly { "年".to_owned() } else { String::new() }),
        ("开始日期", maybe(terms.window.from)),
        ("截止日期", maybe(terms.window.through)),
        ("所需积分", terms.price.to_string()),
        ("单价(元)", terms.value.to_string()),
    ]
}

fn offer_cells(terms: &OfferTerms) -> Cells {
    vec![
        ("商户编号", terms.merchant.to_string()),
        ("卡种", terms.kind.clone()),
        ("折扣", hundredths(terms.paid_of_thousand)),
        ("补贴比例", format!("{}%", hundredths(terms.subsidy_of_ten_thousand))),
        ("资金编号", maybe(terms.fund.as_ref())),
        ("开始日期", maybe(terms.days.from)),
        ("结束日期", maybe(terms.days.through)),
    ]
}

fn store_cells(name: &str, tier: &str, community: Option<&str>, site: Option<&str>) -> Cells {
    vec![
        ("网点名称", name.to_owned()),
        ("层级", tier.to_owned()),
        ("所在社区", maybe(community)),
        ("驿站编号", maybe(site)),
    ]
}

fn item_cells(
    name: &str,
    kind: &str,
    price: Points,
    merchant: Option<&str>,
    limit: Option<u32>,
    is_listed: bool,
) -> Cells {
    vec![
        ("商品名称", name.to_owned()),
        ("类型", kind.to_owned()),
        ("所需积分", price.to_string()),
        ("供货商户编号", maybe(merchant)),
        ("每人每年限兑", maybe(limit)),
        // No column of the sheet: a row lists again what was taken off the list.
        ("上架", if is_listed { "是" } else { "否" }.to_owned()),
    ]
}
