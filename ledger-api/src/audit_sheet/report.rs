//! A report as a document. Every table asks something and names positions; none says that anybody did wrong.

mod programmes;

use projections::audit::listed::Listed;
use projections::audit::report::{
    Burst, Correction, CorrectionKind, CounterCase, Gap, Gaps, Neighbours, Person, Report, StockDifference, Tally,
};

use crate::document::{Cell, Document, Layout, Name, Table, name};
use crate::title;

const NOTE: &str = "以下各项只是请人核对的问题，不是结论，更不是对任何人的指认：每一行给出账本序号，可逐条查阅原始事件。\
    记账时间取账本自己的时钟，谁也不能改；整批导入的表格会显示为迟录和集中录入，属正常现象，请结合导入批次理解。\
    人员、操作人、证明人均为编号或代号，不含姓名。";

const PEOPLE: &[Name] = &[
    name("actor", "操作人"),
    name("entered", "录入笔数"),
    name("entered_points", "录入积分"),
    name("counted_at_once", "录入即生效"),
    name("counted_at_once_points", "录入即生效积分"),
    name("late", "迟录笔数"),
    name("late_points", "迟录积分"),
    name("confirmed", "确认笔数"),
    name("confirmed_points", "确认积分"),
    name("self_confirmed", "自录自确"),
    name("rejected", "驳回笔数"),
    name("objected", "异议笔数"),
    name("resolved", "处理异议"),
    name("reversed", "冲正笔数"),
    name("reversed_points", "冲正积分"),
    name("redemptions", "兑换笔数"),
    name("redemption_points", "兑换积分"),
    name("redemptions_reversed", "兑换冲正"),
    name("redemptions_reversed_points", "兑换冲正积分"),
    name("stock_entries", "盘点报损"),
    name("first_position", "首序号"),
    name("last_position", "末序号"),
];
const PAIRS: &[Name] = &[
    name("maker", "经办"),
    name("checker", "复核"),
    name("confirmed", "确认笔数"),
    name("points", "积分"),
    name("first_position", "首序号"),
    name("last_position", "末序号"),
];
const SELF_CONFIRMED: &[Name] = &[
    name("position", "序号"),
    name("proposed_position", "录入序号"),
    name("credit", "记录号"),
    name("worker", "编号"),
    name("points", "积分"),
    name("actor", "操作人"),
];
const PROOFS: &[Name] = &[
    name("store", "网点"),
    name("actor", "操作人"),
    name("proven_by", "凭证代码"),
    name("proof", "凭证"),
    name("redemptions", "兑换笔数"),
    name("points", "积分"),
    name("first_position", "首序号"),
    name("last_position", "末序号"),
];
const PENDING: &[Name] = &[
    name("position", "序号"),
    name("credit", "记录号"),
    name("worker", "编号"),
    name("points", "积分"),
    name("proposer", "操作人"),
    name("recorded_on", "记账日期"),
    name("days", "等待天数"),
];
const SUMMARY: &[Name] = &[
    name("kind", "种类"),
    name("entries", "笔数"),
    name("points", "积分"),
    name("median_days", "中位天数"),
    name("p95_days", "95%以内天数"),
    name("longest_days", "最长天数"),
    name("late", "迟录笔数"),
    name("late_points", "迟录积分"),
    name("early", "先录笔数"),
];
const RANGES: &[Name] = &[name("days", "相隔天数"), name("credits", "积分认定"), name("redemptions", "兑换")];
const GAPS: &[Name] = &[
    name("position", "序号"),
    name("name", "记录号或流水号"),
    name("worker", "编号"),
    name("points", "积分"),
    name("day", "发生日期"),
    name("recorded_on", "记账日期"),
    name("days", "相隔天数"),
    name("actor", "操作人"),
];
const HOURS: &[Name] = &[
    name("witness", "证明人代号"),
    name("day", "日期"),
    name("hour", "时"),
    name("entries", "笔数"),
    name("workers", "人数"),
    name("points", "积分"),
    name("first_position", "首序号"),
    name("last_position", "末序号"),
];
const DAYS: &[Name] = &[
    name("witness", "证明人代号"),
    name("service_date", "服务日期"),
    name("entries", "笔数"),
    name("points", "积分"),
    name("first_position", "首序号"),
    name("last_position", "末序号"),
];
const RUNS: &[Name] = &[
    name("person", "操作人或证明人"),
    name("workers", "人数"),
    name("entries", "笔数"),
    name("points", "积分"),
    name("from", "起"),
    name("to", "止"),
    name("first_position", "首序号"),
    name("last_position", "末序号"),
];
const STOCK: &[Name] = &[
    name("position", "序号"),
    name("store", "网点"),
    name("sku", "商品编码"),
    name("units", "差异件数"),
    name("counted", "盘点件数"),
    name("at", "办理时间"),
    name("actor", "操作人"),
    name("reason", "说明"),
];
const STORES: &[Name] = &[
    name("store", "网点"),
    name("stocktakes", "盘点次数"),
    name("found", "盘盈件数"),
    name("missing", "盘亏件数"),
    name("written_off", "报损件数"),
];
const CORRECTIONS: &[Name] = &[
    name("position", "序号"),
    name("kind", "种类"),
    name("name", "记录号或流水号"),
    name("worker", "编号"),
    name("points", "积分"),
    name("at", "办理时间"),
    name("actor", "操作人"),
    name("reason", "理由"),
];

const CASES: &[Name] = &[
    name("position", "序号"),
    name("store", "网点"),
    name("name", "流水号"),
    name("worker", "编号"),
    name("items", "商品与件数"),
    name("code", "未通过原因"),
    name("means", "兑出方式"),
    name("given_at", "兑出时间"),
    name("actor", "操作人"),
    name("reason", "怎么处理的"),
    name("settled_by", "结案人"),
    name("settled_position", "结案序号"),
];

/// The document of a report.
pub fn document(report: &Report) -> Document {
    let thresholds = &report.thresholds;
    let mut facts = vec![
        (name("position", "账本序号"), Cell::count(report.position)),
        (name("recorded_at", "该序号记账时间"), Cell::maybe(report.recorded_at)),
        (name("late_days", "迟录界限(天)"), Cell::count(thresholds.late_days)),
        (name("burst_entries", "集中界限(笔)"), Cell::count(thresholds.burst_entries)),
        (name("neighbour_accounts", "相邻界限(人)"), Cell::count(thresholds.neighbour_accounts)),
        (name("pause_minutes", "相邻间隔(分钟)"), Cell::count(thresholds.pause_minutes)),
        (name("list", "每表最多行数"), Cell::Count(thresholds.list as i128)),
    ];
    facts.push((name("administrators", "管理员人数"), Cell::Count(report.administrators as i128)));
    if report.administrators == 1 {
        facts.push((name("single_administrator", "只有一名管理员"), text("审核员和管理员的授权没有第二人复核")));
    }
    let mut tables = people(report);
    tables.extend(times(report));
    tables.extend(bursts(report));
    tables.extend(differences(report));
    // Districts whose counters always have their network need not read of those that do not.
    if report.cases.total > 0 {
        tables.push(cases(report));
    }
    // Nor those that ask nobody for a proof of this.
    if !report.proofs.is_empty() {
        tables.push(proofs(report));
    }
    // Nor those that keep nothing of the programmes, or have nothing to ask about them.
    tables.extend(programmes::tables(&report.programmes));
    let title = "审计报告：请核对的问题".into();
    Document { title, note: NOTE, facts, tables, flat: false, layout: Layout::Screen }
}

fn table(name: Name, question: &'static str, columns: &'static [Name], rows: Vec<Vec<Cell>>) -> Table {
    Table { question, ..Table::list(name, columns, rows) }
}

fn listed<T>(
    name: Name,
    question: &'static str,
    columns: &'static [Name],
    list: &Listed<T>,
    row: impl Fn(&T) -> Vec<Cell>,
) -> Table {
    Table { question, total: list.total, ..Table::list(name, columns, list.rows.iter().map(row).collect()) }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn tally(tally: &Tally) -> [Cell; 2] {
    [Cell::count(tally.count), Cell::Points(tally.points)]
}

fn people(report: &Report) -> Vec<Table> {
    let pairs = report.pairs.iter().map(|((maker, checker), pair)| {
        let [confirmed, points] = tally(&pair.confirmed);
        vec![text(maker), text(checker), confirmed, points, Cell::count(pair.first), Cell::count(pair.last)]
    });
    vec![
        table(
            name("people", "经办与复核"),
            "谁录入、谁确认？分工是否合理，是否有人长期只由同一人复核？",
            PEOPLE,
            report.people.iter().map(|(actor, person)| of_person(actor, person)).collect(),
        ),
        table(
            name("pairs", "经办与复核配对"),
            "谁确认了谁录入的？同一对人之间的笔数是否过于集中？",
            PAIRS,
            pairs.collect(),
        ),
        listed(
            name("self_confirmed", "自录自确"),
            "录入与确认为同一人，按规则应为零；若不为零，这些序号是如何产生的？",
            SELF_CONFIRMED,
            &report.self_confirmed,
            |found| {
                vec![
                    Cell::count(found.position),
                    Cell::count(found.proposed_position),
                    text(&found.credit),
                    text(&found.worker),
                    Cell::Points(found.points),
                    text(&found.actor),
                ]
            },
        ),
        listed(
            name("pending", "待确认"),
            "哪些积分还在等第二个人？等得久的，原因是什么？",
            PENDING,
            &report.pending,
            |waiting| {
                vec![
                    Cell::count(waiting.position),
                    text(&waiting.credit),
                    text(&waiting.worker),
                    Cell::Points(waiting.points),
                    text(&waiting.proposer),
                    Cell::Day(waiting.recorded_on),
                    Cell::count(waiting.days),
                ]
            },
        ),
    ]
}

fn of_person(actor: &str, person: &Person) -> Vec<Cell> {
    let tallies = |all: &[&Tally]| all.iter().flat_map(|one| tally(one)).collect::<Vec<_>>();
    let mut row = vec![text(actor)];
    row.extend(tallies(&[&person.entered, &person.counted_at_once, &person.late, &person.confirmed]));
    row.push(Cell::count(person.self_confirmed));
    row.extend([person.rejected.count, person.objected.count, person.resolved].map(Cell::count));
    row.extend(tallies(&[&person.reversed, &person.redemptions, &person.redemptions_reversed]));
    row.extend([person.stock_entries, person.first, person.last].map(Cell::count));
    row
}

fn times(report: &Report) -> Vec<Table> {
    let (credits, redemptions) = (&report.credit_gaps, &report.redemption_gaps);
    let maybe = |days: Option<i64>| days.map_or(Cell::Blank, Cell::count);
    let summary = |kind: &str, gaps: &Gaps| {
        let [entries, points] = tally(&gaps.entries);
        let [late, late_points] = tally(&gaps.late);
        let [median, p95, longest] = [gaps.median, gaps.p95, gaps.longest].map(maybe);
        vec![text(kind), entries, points, median, p95, longest, late, late_points, Cell::count(gaps.early.total)]
    };
    let mut begins: Option<i64> = None;
    let ranges = credits.ranges.iter().zip(&redemptions.ranges).map(|((end, credits), (_, redemptions))| {
        let words = match (begins, end) {
            (None, _) => "发生之前".to_owned(),
            (Some(first), Some(end)) if first == *end => format!("{end}"),
            (Some(first), Some(end)) => format!("{first}–{end}"),
            (Some(first), None) => format!("{first} 以上"),
        };
        begins = end.map(|end| end + 1);
        vec![Cell::Text(words), Cell::count(*credits), Cell::count(*redemptions)]
    });
    let ranges = ranges.collect();
    vec![
        table(
            name("gaps", "发生到记账"),
            "从服务或兑换到记账相隔几天？",
            SUMMARY,
            vec![summary("积分认定", credits), summary("兑换", redemptions)],
        ),
        table(name("gap_ranges", "相隔天数分布"), "多数是当时就录的吗？", RANGES, ranges),
        listed(
            name("late_credits", "迟录的积分"),
            "为什么过了这么久才录入？当时的记录还在吗？",
            GAPS,
            &credits.latest,
            gap,
        ),
        listed(name("late_redemptions", "迟录的兑换"), "为什么过了这么久才录入？", GAPS, &redemptions.latest, gap),
        listed(
            name("early_credits", "先录后做"),
            "服务日期还没到就录入了，服务后来做了吗？",
            GAPS,
            &credits.early,
            gap,
        ),
    ]
}

fn gap(gap: &Gap) -> Vec<Cell> {
    vec![
        Cell::count(gap.position),
        text(&gap.name),
        text(&gap.worker),
        Cell::Points(gap.points),
        Cell::Day(gap.day),
        Cell::Day(gap.recorded_on),
        Cell::count(gap.days),
        text(&gap.actor),
    ]
}

fn bursts(report: &Report) -> Vec<Table> {
    let hour = |burst: &Burst| {
        vec![
            text(&burst.witness),
            Cell::Day(burst.day),
            burst.hour.map_or(Cell::Blank, Cell::count),
            Cell::count(burst.entries),
            burst.workers.map_or(Cell::Blank, Cell::count),
            Cell::Points(burst.points),
            Cell::count(burst.first),
            Cell::count(burst.last),
        ]
    };
    let day = |burst: &Burst| {
        vec![
            text(&burst.witness),
            Cell::Day(burst.day),
            Cell::count(burst.entries),
            Cell::Points(burst.points),
            Cell::count(burst.first),
            Cell::count(burst.last),
        ]
    };
    vec![
        listed(
            name("witness_hours", "证明人每小时记账"),
            "同一证明人在一小时内记账这么多笔，是集中补录，还是确实同时见证？",
            HOURS,
            &report.witness_hours,
            hour,
        ),
        listed(
            name("witness_days", "证明人每日见证"),
            "同一证明人一天见证这么多笔，做得到吗？",
            DAYS,
            &report.witness_days,
            day,
        ),
        listed(
            name("actor_runs", "同一操作人连续记账"),
            "同一操作人在几分钟内给许多账户记账，依据是同一张名单吗？",
            RUNS,
            &report.actor_runs,
            run,
        ),
        listed(
            name("witness_runs", "同一证明人连续记账"),
            "凭同一证明人，几分钟内许多账户记账，依据是同一次活动吗？",
            RUNS,
            &report.witness_runs,
            run,
        ),
    ]
}

fn run(run: &Neighbours) -> Vec<Cell> {
    vec![
        text(&run.person),
        Cell::count(run.workers),
        Cell::count(run.entries),
        Cell::Points(run.points),
        Cell::Text(run.from.to_string()),
        Cell::Text(run.to.to_string()),
        Cell::count(run.first),
        Cell::count(run.last),
    ]
}

fn cases(report: &Report) -> Table {
    let question = "断网或纸单兑出、补报没有通过的，由谁承担？是否集中在某个网点或某些人？";
    listed(name("cases", "补报未通过"), question, CASES, &report.cases, |case: &CounterCase| {
        let items: Vec<String> = case.items.iter().map(|(sku, units)| format!("{sku} ×{units}")).collect();
        let (reason, by, position) = match &case.settled {
            Some((reason, by, position)) => (text(reason), text(by), Cell::count(*position)),
            None => (Cell::Blank, Cell::Blank, Cell::Blank),
        };
        vec![
            Cell::count(case.position),
            text(&case.store),
            text(&case.name),
            case.worker.as_deref().map_or(Cell::Blank, text),
            Cell::Text(items.join("、")),
            text(case.code.as_str()),
            text(case.means),
            Cell::Text(case.given_at.to_string()),
            text(&case.actor),
            reason,
            by,
            position,
        ]
    })
}

fn proofs(report: &Report) -> Table {
    let question = "兑换时凭什么证明是本人？未证明、手工单或纸质码的，是否集中在某个网点或某些人？";
    let rows = report.proofs.iter().map(|((store, actor, how), proven)| {
        let [redemptions, points] = tally(&proven.redemptions);
        let (code, told) = how.map_or(("none", "未证明"), |how| (how.as_str(), title::proven_by(how)));
        let (first, last) = (Cell::count(proven.first), Cell::count(proven.last));
        vec![text(store), text(actor), text(code), text(told), redemptions, points, first, last]
    });
    table(name("proofs", "兑换凭证"), question, PROOFS, rows.collect())
}

fn differences(report: &Report) -> Vec<Table> {
    let stores = report.stores.iter().map(|(store, differences)| {
        let counts = [differences.stocktakes, differences.found, differences.missing, differences.written_off];
        [text(store)].into_iter().chain(counts.map(Cell::count)).collect()
    });
    vec![
        table(name("stores", "网点库存差异"), "哪些网点的账实差异较大？", STORES, stores.collect()),
        listed(
            name("stock", "盘点差异与报损"),
            "每一处差异的说明是否成立？",
            STOCK,
            &report.stock,
            |difference: &StockDifference| {
                vec![
                    Cell::count(difference.position),
                    text(&difference.store),
                    text(&difference.sku),
                    Cell::count(difference.units),
                    difference.counted.map_or(Cell::Blank, Cell::count),
                    Cell::Text(difference.at.to_string()),
                    text(&difference.actor),
                    text(&difference.reason),
                ]
            },
        ),
        listed(
            name("corrections", "冲正与驳回"),
            "理由是否充分？是否集中在某些人？",
            CORRECTIONS,
            &report.corrections,
            |correction: &Correction| {
                let kind = match correction.kind {
                    CorrectionKind::CreditReversed => "积分冲正",
                    CorrectionKind::CreditRejected => "驳回",
                    CorrectionKind::ObjectionUpheld => "异议成立",
                    CorrectionKind::RedemptionReversed => "兑换冲正",
                };
                vec![
                    Cell::count(correction.position),
                    text(kind),
                    text(&correction.name),
                    text(&correction.worker),
                    Cell::Points(correction.points),
                    Cell::Text(correction.at.to_string()),
                    text(&correction.actor),
                    text(&correction.reason),
                ]
            },
        ),
    ]
}
