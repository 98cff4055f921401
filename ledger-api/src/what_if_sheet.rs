//! A what-if (试算) of the points schedule as a document: what a period would have come to, by category, by activity and for
//! whom, with what it comes from and what was not judged again.

use ledger_core::domain::points::Points;
use projections::audit::listed::Listed;
use projections::what_if::{Compared, OfActivity, OfWorker, WhatIf};

use crate::document::{Cell, Document, Layout, Name, Table, name};

const NOTE: &str = "试算只读账本，不记任何一笔：把这一时期每一笔有效的积分，用记账时的同一套算法，按拟用的积分标准重算一遍，\
    每日、每月、每年上限按账本的先后顺序逐笔扣减。没有重判的有：当时因满上限等原因没有记上的服务（账本里没有，放宽上限也不会出现）；\
    审核、公示、防护规则和认领人数；来自需求和走访的积分，其角色在办理那天判断；改了计分时点的活动，按原来的日期计；\
    有效期变了，到期和兑换不重算。这一时期以外的积分不变，仍占当月、当年的上限。";

const CATEGORIES: &[Name] = &[
    name("category", "类别"),
    name("credits", "笔数"),
    name("before", "原积分"),
    name("after", "试算积分"),
    name("change", "差额"),
];
const ACTIVITIES: &[Name] = &[
    name("activity", "活动代码"),
    name("name", "活动名称"),
    name("in_schedule", "拟用标准中"),
    name("credits", "笔数"),
    name("before", "原积分"),
    name("after", "试算积分"),
    name("change", "差额"),
    name("cut_before", "原上限扣减"),
    name("cut_after", "试算上限扣减"),
];
const CAUSES: &[Name] = &[name("cause", "原因代码"), name("title", "原因"), name("change", "差额")];
const NOT_JUDGED: &[Name] = &[
    name("what", "代码"),
    name("title", "没有重判的"),
    name("credits", "笔数"),
    name("before", "原积分"),
    name("after", "试算积分"),
];
const WORKERS: &[Name] =
    &[name("worker", "编号"), name("before", "原积分"), name("after", "试算积分"), name("change", "差额")];

/// The document. What the district owes and what lies on its shelves is told where it is known.
pub fn document(told: &WhatIf, bears: Option<(Points, Points)>) -> Document {
    Document {
        title: "积分标准试算".into(),
        note: NOTE,
        facts: facts(told, bears),
        tables: vec![categories(told), activities(told), causes(told), gains(told), losses(told), not_judged(told)],
        flat: false,
        layout: Layout::Screen,
    }
}

fn facts(told: &WhatIf, bears: Option<(Points, Points)>) -> Vec<(Name, Cell)> {
    let mut facts = vec![
        (name("position", "账本序号"), Cell::count(told.position)),
        (name("from", "服务日期起"), Cell::Day(told.from)),
        (name("to", "服务日期止"), Cell::Day(told.to)),
        (name("credits", "有效笔数"), Cell::count(told.totals.credits)),
        (name("differing", "变化笔数"), Cell::count(told.differing)),
        (name("before", "原积分"), Cell::Points(told.totals.before)),
        (name("after", "试算积分"), Cell::Points(told.totals.after)),
        (name("change", "差额"), Cell::Points(told.totals.change())),
        (name("card_before", "计入积分卡原积分"), Cell::Points(told.card.before)),
        (name("card_after", "计入积分卡试算积分"), Cell::Points(told.card.after)),
        (name("workers_gain", "增加人数"), Cell::count(told.workers.gain)),
        (name("workers_lose", "减少人数"), Cell::count(told.workers.lose)),
        (name("workers_equal", "不变人数"), Cell::count(told.workers.equal)),
    ];
    if let Some((outstanding, stock)) = bears {
        // As if the difference had neither been spent nor expired.
        let after = outstanding + told.totals.change();
        facts.extend([
            (name("outstanding", "未兑积分"), Cell::Points(outstanding)),
            (name("outstanding_after", "加上差额的未兑积分"), Cell::Points(after)),
            (name("stock_points", "货架可兑积分"), Cell::Points(stock)),
        ]);
    }
    facts
}

fn compared(told: Compared) -> [Cell; 4] {
    [Cell::count(told.credits), Cell::Points(told.before), Cell::Points(told.after), Cell::Points(told.change())]
}

fn categories(told: &WhatIf) -> Table {
    let rows = told
        .categories
        .iter()
        .map(|(category, points)| std::iter::once(Cell::Text(category.clone())).chain(compared(*points)).collect());
    Table::list(name("categories", "按类别"), CATEGORIES, rows.collect())
}

fn activities(told: &WhatIf) -> Table {
    let rows = told.activities.iter().map(|(code, OfActivity { name, is_there, points, cut })| {
        let told = [
            Cell::Text(code.to_string()),
            Cell::Text(name.clone()),
            Cell::Text(if *is_there { "有" } else { "没有" }.to_owned()),
        ];
        let cut = [Cell::Points(cut.before), Cell::Points(cut.after)];
        told.into_iter().chain(compared(*points)).chain(cut).collect()
    });
    Table::list(name("activities", "按活动"), ACTIVITIES, rows.collect())
}

fn causes(told: &WhatIf) -> Table {
    let causes = told.causes;
    let rows = [
        ("rates", "单价与取整", causes.rates),
        ("caps", "每日、每月、每年上限", causes.caps),
        ("roles", "需具角色", causes.roles),
        ("absent", "标准中没有该活动", causes.absent),
    ];
    let rows = rows.map(|(key, title, change)| {
        vec![Cell::Text(key.to_owned()), Cell::Text(title.to_owned()), Cell::Points(change)]
    });
    Table::list(name("causes", "差额的来由"), CAUSES, rows.into())
}

fn not_judged(told: &WhatIf) -> Table {
    let of = told.not_judged;
    let rows = [
        ("roles", "来自需求和走访，角色没有重判", of.roles),
        ("ripening", "计分时点变了，按原来的日期计", of.ripening),
        ("waiting", "还在审核或公示，两边都不计", of.waiting),
    ];
    let rows = rows.map(|(key, title, points)| {
        vec![
            Cell::Text(key.to_owned()),
            Cell::Text(title.to_owned()),
            Cell::count(points.credits),
            Cell::Points(points.before),
            Cell::Points(points.after),
        ]
    });
    Table::list(name("not_judged", "没有重判的"), NOT_JUDGED, rows.into())
}

fn gains(told: &WhatIf) -> Table {
    workers(name("gains", "增加最多"), &told.gains)
}

fn losses(told: &WhatIf) -> Table {
    workers(name("losses", "减少最多"), &told.losses)
}

fn workers(name: Name, told: &Listed<OfWorker>) -> Table {
    let rows = told.rows.iter().map(|OfWorker { worker, before, after }| {
        let change = *after - *before;
        vec![Cell::Text(worker.to_string()), Cell::Points(*before), Cell::Points(*after), Cell::Points(change)]
    });
    Table { total: told.total, ..Table::list(name, WORKERS, rows.collect()) }
}
