//! An appraisal as a workbook: the paper that a branch's meeting works with and signs, the evidence lines, and a sheet
//! that says what this is.

use projections::card_line::{CardLine, Said};
use projections::queries::appraisal::{Addition, Appraisal, CardYear};

use super::list::{own, own_columns, points};
use super::paper::Paper;
use super::{NOTE, categories};
use crate::document::{Cell, Document, HeadLine, Layout, Name, Share, Sheet, Table, name};

/// Where a meeting signs.
const SIGNATURES: &[&str] = &[
    "支部书记签字：____________________        日期：________ 年 ____ 月 ____ 日",
    "记录人签字：______________________        日期：________ 年 ____ 月 ____ 日",
];
const ROOT_NOTE: &str = "校验码是账本到上述序号为止的默克尔根；同一序号的检查点写的是同一个码，nuanxin verify 与 \
    /v1/audit/consistency 可核对。";
const NAMES_NOTE: &str = "姓名与证明人取自姓名库，是制表时的现名；姓名库取不到时写明，积分不受影响。";

/// The part of a meeting's members who may be found excellent (民主评议党员: 优秀 not above a third).
const EXCELLENT: Share = Share {
    column: "decision",
    word: "优秀",
    of: 3,
    label: "优秀人数（自动计数）",
    warning: "优秀超过三分之一，请复核",
};
const UNGRADED: &str = "不评定等次";
const PROBATION_NOTE: &str = "预备党员参加民主评议，不评定等次；积分照常记录。";
const ADDENDUM_NOTE: &str = "封存之后的更正只列在本表，不改动已封存的积分卡。";

/// Columns of the evidence lines, with their widths.
const EVIDENCE: [(&str, &str, u32); 15] = [
    ("card_no", "积分卡号", 18),
    ("name", "姓名", 14),
    ("worker", "编号", 16),
    ("branch", "党支部", 26),
    ("on", "服务日期", 12),
    ("activity", "活动代码", 14),
    ("activity_name", "活动名称", 24),
    ("category", "类别", 12),
    ("quantity", "数量", 10),
    ("points", "积分", 10),
    ("credit", "记录号", 24),
    ("witness", "证明人", 16),
    ("evidence", "证据摘要", 24),
    ("schedule", "积分标准版本", 8),
    ("disputed", "异议", 12),
];

/// Columns of what lines come from, behind [`BEFORE_NUMBERS`]; only where any line comes from a request or a pair.
const NUMBERS: [(&str, &str, u32); 2] = [("number", "单号", 24), ("verdict", "评价", 12)];
const BEFORE_NUMBERS: &str = "credit";

pub(super) fn document(appraisal: &Appraisal, paper: &Paper) -> Document {
    let text = |text: String| Cell::Text(text);
    Document {
        title: title(appraisal, paper).into(),
        note: NOTE,
        facts: vec![
            (name("year", "年度"), text(appraisal.year.to_string())),
            (name("branch", "党支部"), text(branch(appraisal))),
            (name("position", "账本序号"), text(taken(appraisal, paper))),
            (name("root", "账本校验码"), Cell::maybe(paper.root.as_deref())),
            (name("root_note", "校验码用法"), text(ROOT_NOTE.to_owned())),
            (name("names_note", "姓名"), text(NAMES_NOTE.to_owned())),
        ],
        tables: [cards(appraisal, paper)]
            .into_iter()
            .chain(on_probation(appraisal, paper))
            .chain([evidence(appraisal, paper)])
            .chain(addendum(appraisal))
            .collect(),
        flat: false,
        layout: Layout::Paper,
    }
}

fn title(appraisal: &Appraisal, paper: &Paper) -> String {
    let district = paper.programme.district.as_deref().unwrap_or_default();
    format!("{district}{} 年度党员互助积分卡 评议参考", appraisal.year)
}

fn branch(appraisal: &Appraisal) -> String {
    appraisal.branch.clone().unwrap_or_else(|| "全部党支部".to_owned())
}

/// The position, and the day on which the journal had come that far.
fn taken(appraisal: &Appraisal, paper: &Paper) -> String {
    let day = paper.day.map_or_else(String::new, |day| format!("（{day} 记账）"));
    format!("{}{day}", appraisal.position)
}

/// The sheet that lies on the table of the branch's meeting: a head, a line for each card of a full member, and where to sign.
fn cards(appraisal: &Appraisal, paper: &Paper) -> Table {
    let (columns, widths) = card_columns(appraisal);
    let members = appraisal.cards.iter().filter(|card| !card.probationary);
    let rows = members.map(|card| card_row(appraisal, card, paper, Cell::Blank)).collect();
    let head = vec![
        (HeadLine::Title, title(appraisal, paper)),
        (HeadLine::Line, format!("党支部：{}", branch(appraisal))),
        (HeadLine::Line, format!("截至账本序号：{}", taken(appraisal, paper))),
        (HeadLine::Line, format!("账本校验码：{}", paper.root.as_deref().unwrap_or("无"))),
        (HeadLine::Line, sealed(appraisal)),
        (HeadLine::Small, NOTE.to_owned()),
    ];
    let sheet = Sheet { head, widths, signatures: SIGNATURES, share: Some(EXCELLENT) };
    Table { sheet, ..Table::list(name("cards", "积分卡"), columns, rows) }
}

/// Those who take part in the meeting and get no grade (中共预备党员), apart: they count in no share of it.
fn on_probation(appraisal: &Appraisal, paper: &Paper) -> Option<Table> {
    let (columns, widths) = card_columns(appraisal);
    let ungraded = || Cell::Text(UNGRADED.to_owned());
    let cards = appraisal.cards.iter().filter(|card| card.probationary);
    let rows: Vec<Vec<Cell>> = cards.map(|card| card_row(appraisal, card, paper, ungraded())).collect();
    let head = vec![(HeadLine::Title, "预备党员".to_owned()), (HeadLine::Small, PROBATION_NOTE.to_owned())];
    let sheet = Sheet { head, widths, ..Sheet::default() };
    let table = Table { sheet, ..Table::list(name("probationary", "预备党员"), columns, rows) };
    appraisal.cards.iter().any(|card| card.probationary).then_some(table)
}

fn card_row(appraisal: &Appraisal, card: &CardYear, paper: &Paper, decision: Cell) -> Vec<Cell> {
    let mut row = who(card, &card.branch, paper);
    row.extend(points(card, &categories(appraisal)));
    row.extend(own(appraisal, card));
    row.push(decision);
    row
}

fn card_columns(appraisal: &Appraisal) -> (Vec<Name>, Vec<u32>) {
    let categories = categories(appraisal);
    let mut columns = vec![
        (name("card_no", "积分卡号"), 18),
        (name("name", "姓名"), 14),
        (name("worker", "编号"), 16),
        (name("branch", "党支部"), 26),
    ];
    columns.extend(categories.iter().map(|category| (Name::of(category), 12)));
    columns.extend([(name("total", "合计"), 12), (name("services", "服务次数"), 10)]);
    columns.extend(own_columns(appraisal).into_iter().map(|column| (column, 12)));
    columns.push((name("decision", "评议意见"), 36));
    columns.into_iter().unzip()
}

/// What every service adds to a card, with what proves it.
fn evidence(appraisal: &Appraisal, paper: &Paper) -> Table {
    let numbered = any_numbered(appraisal);
    let columns = EVIDENCE.iter().flat_map(|column| {
        let numbers: &[_] = if numbered && column.0 == BEFORE_NUMBERS { &NUMBERS } else { &[] };
        std::iter::once(column).chain(numbers)
    });
    let (columns, widths): (Vec<Name>, Vec<u32>) =
        columns.map(|(key, title, width)| (name(key, title), *width)).unzip();
    let lines = appraisal.cards.iter().flat_map(|card| card.lines.iter().map(move |line| (card, line)));
    let rows = lines.map(|(card, (line, of_day))| proof(card, line, of_day, paper, numbered)).collect();
    let sheet = Sheet { widths, ..Sheet::default() };
    Table { sheet, ..Table::list(name("evidence", "依据"), columns, rows) }
}

fn any_numbered(appraisal: &Appraisal) -> bool {
    appraisal.cards.iter().flat_map(|card| &card.lines).any(|(line, _)| line.number.is_some())
}

fn proof(card: &CardYear, line: &CardLine, of_day: &str, paper: &Paper, numbered: bool) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let activity = paper.programme.activities.get(&(line.schedule, line.activity.clone()));
    let disputed = if card.disputed.contains(&line.credit) { "异议处理中" } else { "" };
    let mut row = who(card, of_day, paper);
    row.extend([
        Cell::Day(line.on),
        text(&line.activity),
        Cell::maybe(activity),
        text(&line.category),
        Cell::Decimal(line.quantity.clone()),
        Cell::Points(line.points),
        text(&line.credit),
    ]);
    if numbered {
        row.extend([Cell::maybe(line.number.as_deref()), Cell::maybe(line.said.map(Said::chinese))]);
    }
    row.extend([
        text(paper.names.witness(line.witness.as_deref())),
        Cell::maybe(line.evidence.as_deref()),
        Cell::count(line.schedule),
        text(disputed),
    ]);
    row
}

/// Whether the branch closed the year.
fn sealed(appraisal: &Appraisal) -> String {
    match &appraisal.seal {
        Some(seal) => {
            format!("已于 {} 封存：账本序号 {}，内容摘要 {}", seal.on, seal.position, seal.digest)
        }
        None => "尚未封存".to_owned(),
    }
}

/// What changed after the year was sealed.
fn addendum(appraisal: &Appraisal) -> Option<Table> {
    let seal = appraisal.seal.as_ref()?;
    let columns = [
        (name("card_no", "积分卡号"), 18),
        (name("worker", "编号"), 16),
        (name("credit", "记录号"), 24),
        (name("on", "服务日期"), 12),
        (name("category", "类别"), 12),
        (name("points", "积分"), 10),
        (name("change", "更正"), 12),
        (name("position", "账本序号"), 12),
    ];
    let (columns, widths): (Vec<Name>, Vec<u32>) = columns.into_iter().unzip();
    let rows = seal.addendum.iter().map(added).collect();
    let head = vec![(HeadLine::Title, "封存后更正".to_owned()), (HeadLine::Small, ADDENDUM_NOTE.to_owned())];
    let sheet = Sheet { head, widths, ..Sheet::default() };
    Some(Table { sheet, ..Table::list(name("addendum", "封存后更正"), columns, rows) })
}

fn added(addition: &Addition) -> Vec<Cell> {
    let Addition { card_no, worker, line, counts, position } = addition;
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![
        text(card_no),
        text(worker),
        text(&line.credit),
        Cell::Day(line.on),
        text(&line.category),
        Cell::Points(line.points),
        text(if *counts { "补记" } else { "撤销" }),
        Cell::count(*position),
    ]
}

/// The columns that say whose card it is.
fn who(card: &CardYear, branch: &str, paper: &Paper) -> Vec<Cell> {
    [&card.card_no, paper.names.worker(&card.worker), &card.worker, branch]
        .map(|text: &str| Cell::Text(text.to_owned()))
        .to_vec()
}
