//! An appraisal as a workbook: the paper that a branch's meeting works with and signs, the evidence lines, and a sheet
//! that says what this is.

use projections::card_line::CardLine;
use projections::queries::appraisal::{Appraisal, CardYear};

use super::list::points;
use super::paper::Paper;
use super::{NOTE, categories};
use crate::document::{Cell, Document, HeadLine, Layout, Name, Sheet, Table, name};

/// Where a meeting signs.
const SIGNATURES: &[&str] = &[
    "支部书记签字：____________________        日期：________ 年 ____ 月 ____ 日",
    "记录人签字：______________________        日期：________ 年 ____ 月 ____ 日",
];
const ROOT_NOTE: &str = "校验码是账本到上述序号为止的默克尔根；同一序号的检查点写的是同一个码，nuanxin verify 与 \
    /v1/audit/consistency 可核对。";
const NAMES_NOTE: &str = "姓名与证明人取自姓名库，是制表时的现名；姓名库取不到时写明，积分不受影响。";

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
        tables: vec![cards(appraisal, paper), evidence(appraisal, paper)],
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

/// The sheet that lies on the table of the branch's meeting: a head, a line for each card, and where to sign.
fn cards(appraisal: &Appraisal, paper: &Paper) -> Table {
    let categories = categories(appraisal);
    let mut columns = vec![
        (name("card_no", "积分卡号"), 18),
        (name("name", "姓名"), 14),
        (name("worker", "编号"), 16),
        (name("branch", "党支部"), 26),
    ];
    columns.extend(categories.iter().map(|category| (Name::of(category), 12)));
    columns.extend([
        (name("total", "合计"), 12),
        (name("services", "服务次数"), 10),
        (name("decision", "评议意见"), 36),
    ]);
    let rows = appraisal.cards.iter().map(|card| {
        let mut row = who(card, paper);
        row.extend(points(card, &categories));
        row.push(Cell::Blank);
        row
    });
    let head = vec![
        (HeadLine::Title, title(appraisal, paper)),
        (HeadLine::Line, format!("党支部：{}", branch(appraisal))),
        (HeadLine::Line, format!("截至账本序号：{}", taken(appraisal, paper))),
        (HeadLine::Line, format!("账本校验码：{}", paper.root.as_deref().unwrap_or("无"))),
        (HeadLine::Small, NOTE.to_owned()),
    ];
    let (columns, widths): (Vec<Name>, Vec<u32>) = columns.into_iter().unzip();
    let sheet = Sheet { head, widths, signatures: SIGNATURES };
    Table { sheet, ..Table::list(name("cards", "积分卡"), columns, rows.collect()) }
}

/// What every service adds to a card, with what proves it.
fn evidence(appraisal: &Appraisal, paper: &Paper) -> Table {
    let columns: Vec<Name> = EVIDENCE.iter().map(|(key, title, _)| name(key, title)).collect();
    let widths = EVIDENCE.iter().map(|(_, _, width)| *width).collect();
    let lines = appraisal.cards.iter().flat_map(|card| card.lines.iter().map(move |line| (card, line)));
    let rows = lines.map(|(card, line)| proof(card, line, paper)).collect();
    let sheet = Sheet { widths, ..Sheet::default() };
    Table { sheet, ..Table::list(name("evidence", "依据"), columns, rows) }
}

fn proof(card: &CardYear, line: &CardLine, paper: &Paper) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let activity = paper.programme.activities.get(&(line.schedule, line.activity.clone()));
    let disputed = if card.disputed.contains(&line.credit) { "异议处理中" } else { "" };
    let mut row = who(card, paper);
    row.extend([
        Cell::Day(line.on),
        text(&line.activity),
        Cell::maybe(activity),
        text(&line.category),
        Cell::Decimal(line.quantity.clone()),
        Cell::Points(line.points),
        text(&line.credit),
        text(paper.names.witness(line.witness.as_deref())),
        Cell::maybe(line.evidence.as_deref()),
        Cell::count(line.schedule),
        text(disputed),
    ]);
    row
}

/// The columns that say whose card it is.
fn who(card: &CardYear, paper: &Paper) -> Vec<Cell> {
    [&card.card_no, paper.names.worker(&card.worker), &card.worker, &card.branch]
        .map(|text: &str| Cell::Text(text.to_owned()))
        .to_vec()
}
