//! What a report asks of the documents' programmes: a table each, and only where there is something to ask about.

use ledger_core::domain::money::Fen;
use projections::audit::listed::Listed;
use projections::audit::report::{
    BodyYear, FlaggedCredit, FundRow, OfProgrammes, Overdue, Reciprocal, RoleEnd, Unrated, UseReversal, Withdrawal,
};

use super::{listed, tally, text};
use crate::document::{Cell, Name, Table, name};

const FUNDS: &[Name] = &[
    name("fund", "资金编号"),
    name("body", "责任单位"),
    name("year", "年度"),
    name("appropriated", "拨入(元)"),
    name("committed", "占用(元)"),
    name("paid", "已付(元)"),
    name("free", "可用(元)"),
    name("payments", "支付笔数"),
    name("overdrawn_position", "首次超支序号"),
    name("overpaid_position", "首次付超占用序号"),
    name("first_position", "首序号"),
    name("last_position", "末序号"),
];
const RECIPROCAL: &[Name] = &[
    name("position", "序号"),
    name("pair", "结对号"),
    name("other_pair", "另一结对号"),
    name("helper", "帮带人"),
    name("helped", "被帮带人"),
    name("from", "重叠自"),
    name("ended", "解除日期"),
];
const ROLE_ENDS: &[Name] = &[
    name("position", "序号"),
    name("appointment", "聘书号"),
    name("worker", "编号"),
    name("role", "角色"),
    name("ended", "解聘日期"),
    name("recorded_on", "记账日期"),
    name("actor", "操作人"),
    name("credits", "涉及笔数"),
    name("points", "涉及积分"),
];
const FLAGGED: &[Name] = &[
    name("position", "序号"),
    name("credit", "记录号"),
    name("worker", "编号"),
    name("activity", "活动代码"),
    name("on", "任职判定日"),
    name("points", "积分"),
    name("appointment", "聘书号"),
    name("ended_position", "解聘序号"),
    name("gone_position", "冲正或驳回序号"),
];
const OVERDUE: &[Name] = &[
    name("position", "序号"),
    name("request", "单号"),
    name("activity", "活动代码"),
    name("on", "提出日期"),
    name("due", "办理时限"),
    name("days", "超期天数"),
    name("underway", "认领未办"),
    name("body", "承办单位"),
];
const UNRATED: &[Name] = &[
    name("position", "序号"),
    name("handling", "办理号"),
    name("request", "单号"),
    name("claimer", "认领人"),
    name("done", "办结日期"),
    name("days", "已过天数"),
];
const WITHDRAWALS: &[Name] = &[
    name("position", "序号"),
    name("benefit", "项目编号"),
    name("application", "登记号"),
    name("worker", "编号"),
    name("waited", "尚未发放"),
    name("freed", "退回资金(元)"),
    name("at", "办理时间"),
    name("actor", "操作人"),
    name("reason", "理由"),
];
const REVERSALS: &[Name] = &[
    name("position", "序号"),
    name("source", "登记号或小票号"),
    name("worker", "编号"),
    name("merchant", "商户编号"),
    name("yuan", "减少应付(元)"),
    name("month", "记入月份"),
    name("used_at", "使用时间"),
    name("at", "冲正时间"),
    name("actor", "操作人"),
    name("reason", "理由"),
];
const BODIES: &[Name] = &[
    name("year", "年度"),
    name("body", "承办单位"),
    name("posted", "提出"),
    name("done", "办结"),
    name("rated", "已评价"),
    name("overdue", "超期未办"),
    name("withdrawn", "撤回"),
    name("merged", "并入他单"),
];

/// The tables that have something to say.
pub(super) fn tables(found: &OfProgrammes) -> Vec<Table> {
    let tables = [
        some(&found.funds, funds),
        some(&found.reciprocal, reciprocal),
        some(&found.role_ends, role_ends),
        some(&found.flagged, flagged),
        some(&found.overdue, overdue),
        some(&found.unrated, unrated),
        some(&found.withdrawals, withdrawals),
        some(&found.reversals, reversals),
        some(&found.bodies, bodies),
    ];
    tables.into_iter().flatten().collect()
}

fn some<T>(list: &Listed<T>, table: fn(&Listed<T>) -> Table) -> Option<Table> {
    (list.total > 0).then(|| table(list))
}

fn money(amount: Fen) -> Cell {
    Cell::Decimal(amount.to_string())
}

fn position(position: Option<u64>) -> Cell {
    position.map_or(Cell::Blank, Cell::count)
}

fn maybe(words: Option<&String>) -> Cell {
    words.map_or(Cell::Blank, |words| text(words))
}

fn funds(list: &Listed<FundRow>) -> Table {
    let question = "每项资金的拨入、占用、已付、可用是否相符？超支或付出多于占用的（有序号的）是怎么来的？";
    listed(name("funds", "资金与支付"), question, FUNDS, list, |row| {
        vec![
            text(&row.fund),
            text(&row.body),
            row.year.map_or(Cell::Blank, Cell::count),
            money(row.figures.appropriated),
            money(row.figures.committed),
            money(row.figures.paid),
            money(row.figures.free()),
            Cell::count(row.payments),
            position(row.overdrawn_at),
            position(row.overpaid_at),
            Cell::count(row.first),
            Cell::count(row.last),
        ]
    })
}

fn reciprocal(list: &Listed<Reciprocal>) -> Table {
    let question = "两人同时互为帮带人和被帮带人，走访是互相确认的，各自真的帮了吗？";
    listed(name("reciprocal_pairs", "互相结对"), question, RECIPROCAL, list, |row| {
        vec![
            Cell::count(row.position),
            text(&row.pair),
            text(&row.other),
            text(&row.helper),
            text(&row.helped),
            Cell::Day(row.from),
            Cell::day(row.ended),
        ]
    })
}

fn role_ends(list: &Listed<RoleEnd>) -> Table {
    let question =
        "解聘的日子早于记账的日子：是什么时候定的，为什么现在才记？涉及的积分不会自动冲正，要不要冲正由人定，怎么定？";
    listed(name("role_ends", "倒签解聘"), question, ROLE_ENDS, list, |row| {
        let [credits, points] = tally(&row.credits);
        vec![
            Cell::count(row.position),
            text(&row.appointment),
            text(&row.worker),
            text(&row.role),
            Cell::Day(row.ended),
            Cell::Day(row.recorded_on),
            text(&row.actor),
            credits,
            points,
        ]
    })
}

fn flagged(list: &Listed<FlaggedCredit>) -> Table {
    let question = "这些积分要求任职，而任职在那一天之前已经解除（记分时账本还不知道）。当时的服务算不算？";
    listed(name("role_end_credits", "倒签解聘涉及的积分"), question, FLAGGED, list, |row| {
        vec![
            Cell::count(row.position),
            text(&row.credit),
            text(&row.worker),
            text(&row.activity),
            Cell::Day(row.on),
            Cell::Points(row.points),
            text(&row.appointment),
            Cell::count(row.ended_at),
            position(row.gone_at),
        ]
    })
}

fn overdue(list: &Listed<Overdue>) -> Table {
    let question = "办理时限已过，还没有办：卡在哪里，谁在办？";
    listed(name("overdue_requests", "超期未办"), question, OVERDUE, list, |row| {
        vec![
            Cell::count(row.position),
            text(&row.request),
            text(&row.activity),
            Cell::Day(row.on),
            Cell::Day(row.due),
            Cell::count(row.days),
            Cell::count(row.underway),
            maybe(row.body.as_ref()),
        ]
    })
}

fn unrated(list: &Listed<Unrated>) -> Table {
    let question = "办结超过三十天还没有评价，请回访：办了没有，满意吗？";
    listed(name("unrated_work", "待回访"), question, UNRATED, list, |row| {
        vec![
            Cell::count(row.position),
            text(&row.handling),
            text(&row.request),
            maybe(row.claimer.as_ref()),
            Cell::Day(row.done),
            Cell::count(row.days),
        ]
    })
}

fn withdrawals(list: &Listed<Withdrawal>) -> Table {
    let question = "权益为什么撤回？是本人的意思吗，有没有集中在某个项目或某个经办人？";
    listed(name("withdrawals", "权益撤回"), question, WITHDRAWALS, list, |row| {
        vec![
            Cell::count(row.position),
            text(&row.benefit),
            text(&row.application),
            text(&row.worker),
            text(if row.waited { "是" } else { "否" }),
            money(row.freed),
            Cell::Text(row.at.to_string()),
            text(&row.actor),
            text(&row.reason),
        ]
    })
}

fn reversals(list: &Listed<UseReversal>) -> Table {
    let question = "核销过的为什么又冲正？有没有集中在某个商户或某个经办人，付过款的冲完了没有？";
    listed(name("use_reversals", "核销冲正"), question, REVERSALS, list, |row| {
        vec![
            Cell::count(row.position),
            text(&row.name),
            maybe(row.worker.as_ref()),
            maybe(row.merchant.as_ref()),
            money(row.amount),
            maybe(row.month.map(|month| month.to_string()).as_ref()),
            Cell::Text(row.used_at.to_string()),
            Cell::Text(row.at.to_string()),
            text(&row.actor),
            text(&row.reason),
        ]
    })
}

fn bodies(list: &Listed<BodyYear>) -> Table {
    let question = "各单位一年办了多少？以转办时写明的单位为准：需求清单的承办单位只是备注，账本不留，没有转办的算在单位空白的一行。空白的多不多？";
    listed(name("requests_by_body", "各单位年度需求"), question, BODIES, list, |row| {
        let counts = [row.posted, row.done, row.rated, row.overdue, row.withdrawn, row.merged];
        [Cell::count(row.year), maybe(row.body.as_ref())].into_iter().chain(counts.map(Cell::count)).collect()
    })
}
