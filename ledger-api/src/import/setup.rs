//! Rows of the sheets that come first: people, merchants, stores and what they list. Each row is an upsert judged by
//! the ledger's state: what changes nothing records nothing. The points schedule is read by
//! [`crate::schedule_sheet`].

use ledger_core::domain::ids::{Actor, BranchId, CardNo, Key, MerchantId, Sku, StoreId, WorkerId};
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::merchant::uscc::is_uscc;
use ledger_core::domain::refusal::{Code, Refusal};
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::BusinessTime;
use ledger_core::domain::worker::command::{WorkerDetails, membership};
use ledger_core::ledger::{Command, Context, Submission, commands};

use super::chunk::{About, Asked};
use super::sites::Communities;
use crate::sheets::fields::{Read, blank, count, id, invalid, maybe_id, name, points, word, wrong};
use crate::sheets::pack::SheetKind;
use crate::sheets::{Column, Row};
use crate::vault::NAME_CHARS_MAX;

/// 人员名册.
pub(super) const WORKER_COLUMNS: &[Column] = &[
    Column::required("编号"),
    Column::optional("姓名"),
    Column::required("从业类型"),
    Column::optional("所属平台"),
    Column::required("政治面貌"),
    Column::required("所在党支部"),
    Column::required("积分卡号"),
    Column::optional("所在社区"),
    Column::optional("所在站点"),
];

/// 商户名录.
pub(super) const MERCHANT_COLUMNS: &[Column] = &[
    Column::required("商户编号"),
    Column::required("商户名称"),
    Column::required("统一社会信用代码"),
    Column::optional("类型"),
];

/// 兑换网点.
pub(super) const STORE_COLUMNS: &[Column] = &[
    Column::required("网点编号"),
    Column::required("网点名称"),
    Column::required("层级"),
    Column::optional("所在社区"),
    Column::optional("驿站编号"),
];

/// 兑换目录.
pub(super) const ITEM_COLUMNS: &[Column] = &[
    Column::required("网点编号"),
    Column::required("商品编码"),
    Column::required("商品名称"),
    Column::required("类型"),
    Column::required("所需积分"),
    Column::required("库存"),
    Column::required("供货商户编号"),
    Column::required("每人每年限兑"),
];

/// The columns of a register that say what a row is about; none for 积分标准, whose rows make one command together
/// ([`ScheduleRows`](crate::schedule_sheet::ScheduleRows) tells them apart).
pub(super) const fn key_columns(kind: SheetKind) -> Option<&'static [&'static str]> {
    let columns: &'static [&'static str] = match kind {
        SheetKind::Workers => &["编号"],
        SheetKind::Schedule => return None,
        SheetKind::Merchants => &["商户编号"],
        SheetKind::Stores => &["网点编号"],
        SheetKind::Items => &["网点编号", "商品编码"],
        SheetKind::Sites => &["驿站编号"],
        SheetKind::Appointments => &["聘书号"],
        SheetKind::Pairs => &["结对号"],
        SheetKind::Funds => &["资金编号"],
        SheetKind::Benefits => &["项目编号"],
        SheetKind::Passes => &["卡号"],
        SheetKind::Offers => &["优惠编号"],
    };
    Some(columns)
}

/// What a row of a register is about; nothing where its key cannot be read, for which it is refused anyway.
pub(super) fn about(row: &Row, sheet: &'static str, columns: &'static [&'static str]) -> Option<About> {
    let key = columns.iter().map(|column| word(row, column).ok().flatten());
    Some(About { sheet, columns, key: key.collect::<Option<Vec<String>>>()? })
}

/// What the commands of one setup sheet have in common.
pub(super) struct SetupFrame {
    pub(super) actor: Actor,
    /// Names this run: judged by state, setup rows need keys that no earlier run has used.
    pub(super) run: String,
    pub(super) sheet: &'static str,
    pub(super) at: BusinessTime,
}

/// What the keys of a run's setup rows begin with.
pub(super) fn keys_of(run: &str) -> String {
    format!("import/{run}/")
}

impl SetupFrame {
    /// A command of a row; `part` tells several of one row apart.
    pub(super) fn submission(&self, row: u64, part: &str, command: Command) -> Read<Submission> {
        let key = format!("{}{}/{row}{part}", keys_of(&self.run), self.sheet);
        let key = Key::new(&key).map_err(|error| error.to_string())?;
        Ok(Submission { context: Context { key, actor: self.actor.clone(), at: self.at }, command })
    }

    pub(super) fn alone(&self, row: &Row, command: Command) -> Read<Asked> {
        Ok(Asked { submissions: vec![self.submission(row.number(), "", command)?], ..Asked::default() })
    }
}

/// 人员名册: a worker, and a card where the row has one. A card that cannot be issued, or a name that cannot be read,
/// leaves the worker registered.
pub(super) fn worker(row: &Row, frame: &SetupFrame, communities: &mut Communities) -> Read<Asked> {
    let worker: WorkerId = id(row, "编号")?;
    let place = communities.place(row, "所在站点", frame)?;
    let (party_member, probationary) = word(row, "政治面貌")?.map(|status| membership(&status)).unzip();
    let details = WorkerDetails {
        occupation: name(row, "从业类型")?.unwrap_or_default(),
        party_member,
        platform: name(row, "所属平台")?,
        probationary: probationary.unwrap_or(false),
        site: place.site.clone(),
    };
    let register = Command::RegisterWorker(commands::RegisterWorker { worker: worker.clone(), details, update: true });
    let mut asked = place.before(frame.alone(row, register)?);
    match card(row, frame, &worker) {
        Ok(issue) => asked.submissions.extend(issue),
        Err(refusal) => asked.refusal = Some(refusal),
    }
    match name(row, "姓名") {
        Ok(Some(name)) if name.chars().count() > NAME_CHARS_MAX => {
            let what = format!("is longer than {NAME_CHARS_MAX} characters; shorten it");
            asked.refusal = Some(invalid(wrong(row, "姓名", &what)));
        }
        Ok(name) => asked.name = name.map(|name| (worker, name)),
        Err(sentence) => asked.refusal = Some(invalid(sentence)),
    }
    Ok(asked)
}

fn card(row: &Row, frame: &SetupFrame, worker: &WorkerId) -> Result<Option<Submission>, Refusal> {
    let Some(card_no) = maybe_id::<CardNo>(row, "积分卡号").map_err(invalid)? else { return Ok(None) };
    let branch = maybe_id::<BranchId>(row, "所在党支部").map_err(invalid)?;
    let branch = branch.ok_or_else(|| invalid(format!("{}: a card belongs to a Party branch", blank("所在党支部"))))?;
    let issue = Command::IssueCard(commands::IssueCard { worker: worker.clone(), card_no, branch, update: true });
    frame.submission(row.number(), "/card", issue).map(Some).map_err(invalid)
}

/// 商户名录.
pub(super) fn merchant(row: &Row, frame: &SetupFrame) -> Read<Asked> {
    let merchant: MerchantId = id(row, "商户编号")?;
    let details = MerchantDetails {
        category: name(row, "类型")?,
        // A name forgotten is no reason to refuse everything that hangs on the row.
        name: name(row, "商户名称")?.unwrap_or_else(|| merchant.to_string()),
        uscc: word(row, "统一社会信用代码")?.unwrap_or_default(),
    };
    // The merchant is taken all the same: its goods and the redemptions of a whole pack hang on the row.
    let warning = (!is_uscc(&details.uscc)).then(|| {
        let what = "is no unified social credit code (GB 32100-2015: 18 characters, the last of them a check character); \
                    correct it and import the pack again";
        wrong(row, "统一社会信用代码", what)
    });
    let asked =
        frame.alone(row, Command::RegisterMerchant(commands::RegisterMerchant { merchant, details, update: true }))?;
    Ok(Asked { warning, ..asked })
}

/// 兑换网点.
pub(super) fn store(row: &Row, frame: &SetupFrame, communities: &mut Communities) -> Read<Asked> {
    let store: StoreId = id(row, "网点编号")?;
    let place = communities.place(row, "驿站编号", frame)?;
    let details = StoreDetails {
        community: name(row, "所在社区")?,
        name: name(row, "网点名称")?.unwrap_or_else(|| store.to_string()),
        tier: name(row, "层级")?.unwrap_or_default(),
        site: place.site.clone(),
    };
    let open = frame.alone(row, Command::OpenStore(commands::OpenStore { store, details, update: true }))?;
    Ok(place.before(open))
}

/// 兑换目录. The stock is what stood on the shelf when the item was listed there first; later it is the ledger's. Whoever may
/// list and not stock has the column read all the same, and the shelf stays empty.
pub(super) fn item(row: &Row, frame: &SetupFrame, stocks: bool) -> Read<Asked> {
    let store: StoreId = id(row, "网点编号")?;
    let sku: Sku = id(row, "商品编码")?;
    let terms = ItemTerms {
        kind: name(row, "类型")?.unwrap_or_default(),
        limit_per_worker_year: count(row, "每人每年限兑")?,
        merchant: maybe_id(row, "供货商户编号")?,
        name: name(row, "商品名称")?.unwrap_or_else(|| sku.to_string()),
        price: points(row, "所需积分")?.ok_or_else(|| blank("所需积分"))?,
    };
    let stock = count(row, "库存")?.ok_or_else(|| blank("库存"))?;
    let opening_stock = if stocks { stock } else { 0 };
    // The ledger refuses it; what stood in the cell is known here.
    let too_low = (!terms.price.is_positive())
        .then(|| (Code::InvalidInput, wrong(row, "所需积分", "is not above 0; write how many points one costs")));
    let asked = frame.alone(row, Command::ListItem(commands::ListItem { store, sku, terms, opening_stock }))?;
    Ok(Asked { sentences: too_low.into_iter().collect(), ..asked })
}
