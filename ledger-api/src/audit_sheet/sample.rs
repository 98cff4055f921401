//! A sample as a document: a working paper with all that is needed to draw it again.

use ledger_core::domain::event::Event;
use projections::audit::sample::{By, Drawn, Of, Sample, Status};

use crate::document::{Cell, Document, Layout, Name, Table, name};

const NOTE: &str = "同一账本、同一序号、同一种子和方法，在任何机器上抽到的都是这些条目；重抽办法见 docs/guides/audit-sample.md。\
    抽中只表示要核对，不表示有问题。";

const ITEMS: &[Name] = &[
    name("position", "序号"),
    name("turn", "抽取次序"),
    name("hits", "命中次数"),
    name("event", "事件"),
    name("word", "事件名称"),
    name("name", "记录号或流水号"),
    name("worker", "编号"),
    name("stratum", "层"),
    name("points", "积分"),
    name("day", "发生日期"),
    name("at", "办理时间"),
    name("recorded_at", "记账时间"),
    name("actor", "操作人"),
    name("witness", "证明人代号"),
    name("status", "现状"),
    name("status_position", "现状序号"),
    name("payload_sha256", "事件内容摘要"),
];

const STRATA: &[Name] =
    &[name("stratum", "层"), name("items", "条目"), name("points", "积分"), name("drawn", "抽中条目")];

/// The word for a way of drawing.
pub const fn by_word(by: By) -> &'static str {
    match by {
        By::Points => "points",
        By::Uniform => "uniform",
        By::Station => "station",
    }
}

/// The word for what is drawn from.
pub const fn of_word(of: Of) -> &'static str {
    match of {
        Of::All => "all",
        Of::Credits => "credits",
        Of::Redemptions => "redemptions",
    }
}

const fn status_word(status: Status) -> &'static str {
    match status {
        Status::Proposed => "待确认",
        Status::Confirmed => "已确认",
        Status::Rejected => "已驳回",
        Status::Redeemed => "已兑换",
        Status::Reversed => "已冲正",
    }
}

/// The document of a sample.
pub fn document(sample: &Sample) -> Document {
    let ask = &sample.ask;
    let interval = (ask.by == By::Points && sample.start.is_some()).then(|| {
        // For the eye alone; the hits themselves are counted in whole hundredths.
        let total = sample.points.hundredths();
        let hundredths = i64::try_from(ask.size).ok().and_then(|size| total.checked_div(size)).unwrap_or(0);
        Cell::Points(ledger_core::domain::points::Points::from_hundredths(hundredths))
    });
    let facts = vec![
        (name("seed", "种子"), Cell::count(ask.seed)),
        (name("size", "样本量"), Cell::Count(ask.size as i128)),
        (name("by", "方法"), Cell::Text(by_word(ask.by).to_owned())),
        (name("of", "范围"), Cell::Text(of_word(ask.of).to_owned())),
        (name("from", "起日"), Cell::day(ask.from)),
        (name("to", "止日"), Cell::day(ask.to)),
        (name("position", "账本序号"), Cell::count(ask.until)),
        (name("root", "账本根"), Cell::maybe(sample.root)),
        (name("population_items", "总体条目"), Cell::count(sample.items)),
        (name("population_points", "总体积分"), Cell::Points(sample.points)),
        (name("population_hash", "总体摘要"), Cell::Text(hex::encode(sample.population_hash))),
        (name("start_hundredths", "起点(百分之一分)"), sample.start.map_or(Cell::Blank, Cell::count)),
        (name("interval", "间隔(约)"), interval.unwrap_or(Cell::Blank)),
        (name("drawn", "抽中条目"), Cell::Count(sample.drawn.len() as i128)),
    ];
    let strata = sample.strata.iter().map(|(name, stratum)| {
        vec![
            Cell::Text(name.clone()),
            Cell::count(stratum.items),
            Cell::Points(stratum.points),
            Cell::count(stratum.drawn),
        ]
    });
    let items = Table::list(name("items", "样本"), ITEMS, sample.drawn.iter().map(item).collect());
    let strata = Table::list(name("strata", "分层"), STRATA, strata.collect());
    let tables = vec![items, strata];
    Document { title: "审计抽样".into(), note: NOTE, facts, tables, flat: true, layout: Layout::Screen }
}

fn item(drawn: &Drawn) -> Vec<Cell> {
    let item = &drawn.item;
    vec![
        Cell::count(item.position),
        Cell::count(drawn.turn),
        Cell::count(drawn.hits),
        Cell::Text(item.event.to_owned()),
        Cell::Text(Event::word_of(item.event).to_owned()),
        Cell::Text(item.name.clone()),
        Cell::Text(item.worker.clone()),
        Cell::Text(item.stratum.clone()),
        Cell::Points(item.points),
        Cell::Day(item.day),
        Cell::Text(item.at.to_string()),
        Cell::Text(item.recorded_at.to_string()),
        Cell::Text(item.actor.clone()),
        Cell::maybe(item.witness.as_deref()),
        Cell::Text(status_word(drawn.status).to_owned()),
        Cell::count(drawn.status_position),
        Cell::Text(hex::encode(item.payload_sha256)),
    ]
}
