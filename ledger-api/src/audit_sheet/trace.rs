//! A trace, line by line: as JSON objects ([`json`]), and as a table of fixed columns that needs to know no line before the
//! next.

mod json;
mod things;

use ledger_core::domain::event::Event;
use ledger_core::domain::money::Fen;
use ledger_core::domain::points::Points;
use projections::audit::trace::{Note, Standing, Subject, TraceEnd, TraceLine};

use crate::document::{one_line, padded};
use crate::title;
use crate::vault::short;

pub use json::{TraceEndJson, TraceLineJson};

/// A column of the table: its title and its width.
struct Column(&'static str, usize, bool);

const BEFORE: [Column; 7] = [
    Column("序号", 8, true),
    Column("发生", 19, false),
    Column("记账", 19, false),
    Column("操作人", 14, false),
    Column("事件", 20, false),
    Column("对象", 18, false),
    Column("变动", 9, true),
];

fn figures_columns(subject: &Subject) -> &'static [Column] {
    match subject {
        Subject::Worker(_) => {
            const {
                &[
                    Column("余额", 9, true),
                    Column("其中预占", 9, true),
                    Column("过期", 9, true),
                    Column("待抵扣", 9, true),
                ]
            }
        }
        Subject::Card(_) => const { &[Column("卡上合计", 9, true)] },
        Subject::Store(_) => const { &[Column("在架", 9, true)] },
        Subject::Merchant(_) => const { &[Column("应付", 9, true)] },
        Subject::Request(_) => const { &[Column("认领", 6, true), Column("积分", 9, true)] },
        Subject::Benefit(_) => {
            const {
                &[Column("已发", 6, true), Column("排队", 6, true), Column("已用", 6, true), Column("余名额", 6, true)]
            }
        }
        Subject::Fund(_) => {
            const {
                &[
                    Column("拨入(元)", 12, true),
                    Column("占用(元)", 12, true),
                    Column("已付(元)", 12, true),
                    Column("可用(元)", 12, true),
                ]
            }
        }
        Subject::Pass(_) => {
            const {
                &[
                    Column("状态", 6, false),
                    Column("小票", 6, true),
                    Column("原价合计(元)", 12, true),
                    Column("优惠合计(元)", 12, true),
                ]
            }
        }
        Subject::Pair(_) => {
            const { &[Column("待确认", 6, true), Column("已确认", 6, true), Column("积分", 9, true)] }
        }
        Subject::Selection(_) => {
            const {
                &[Column("步骤", 10, false), Column("参评", 6, true), Column("入围", 6, true), Column("异议", 6, true)]
            }
        }
        Subject::Site(_) => const { &[Column("下级", 6, true), Column("聘书", 6, true), Column("积分", 9, true)] },
    }
}

/// The first lines of the table.
pub fn head(subject: &Subject) -> String {
    let columns = BEFORE.iter().chain(figures_columns(subject));
    let cells: Vec<String> = columns.map(|Column(title, width, right)| padded(title, *width, *right)).collect();
    format!("{}  说明\n", cells.join("  "))
}

/// A line of the table.
pub fn row(subject: &Subject, line: &TraceLine) -> String {
    let happened = match (line.on, line.at) {
        (Some(on), _) => on.to_string(),
        (None, Some(at)) => civil(&at.to_string()),
        (None, None) => "-".to_owned(),
    };
    let change = change(&line.after, line);
    let before = [
        line.position.to_string(),
        happened,
        civil(&line.recorded_at.to_string()),
        line.actor.clone(),
        Event::word_of(line.event).to_owned(),
        if line.subject.is_empty() { "-".to_owned() } else { line.subject.clone() },
        change,
    ];
    let columns = BEFORE.iter().chain(figures_columns(subject));
    let after = after(&line.after);
    let cells: Vec<String> = columns
        .zip(before.iter().chain(&after))
        .map(|(Column(_, width, right), cell)| padded(&one_line(cell), *width, *right))
        .collect();
    let about = one_line(&about(line));
    format!("{}  {about}\n", cells.join("  "))
}

/// What a line changed, in what is traced: points, units on the shelf, yuan. Of what is only counted it says nothing.
fn change(standing: &Standing, line: &TraceLine) -> String {
    match standing {
        Standing::Store(_) if !line.units.is_empty() => {
            line.units.iter().map(|(_, units)| format!("{units:+}")).collect::<Vec<_>>().join(",")
        }
        Standing::Worker(_)
        | Standing::Card(_)
        | Standing::Store(_)
        | Standing::Merchant(_)
        | Standing::Request(_)
        | Standing::Pair(_)
        | Standing::Site(_) => {
            if line.points.is_zero() {
                "0".to_owned()
            } else {
                signed(line.points)
            }
        }
        Standing::Fund(_) => match line.money {
            money if money.is_positive() => format!("+{money}"),
            money => money.to_string(),
        },
        Standing::Benefit(_) | Standing::Pass(_) | Standing::Selection(_) => "-".to_owned(),
    }
}

fn after(standing: &Standing) -> Vec<String> {
    match standing {
        Standing::Worker(worker) => {
            let figures = [worker.figures.balance, worker.held, worker.figures.expired, worker.debt];
            figures.map(|points| points.to_string()).into()
        }
        Standing::Card(years) => {
            let total: Points = years.values().filter_map(|card| card.get("total").copied()).sum();
            vec![total.to_string()]
        }
        Standing::Store(shelf) => vec![shelf.values().map(i64::to_string).collect::<Vec<_>>().join(",")],
        Standing::Merchant(merchant) => vec![merchant.owed().to_string()],
        Standing::Request(request) => vec![request.claims.to_string(), request.credited.to_string()],
        Standing::Benefit(benefit) => {
            let counted = [benefit.figures.granted, benefit.figures.waiting, benefit.figures.used];
            let left = benefit.places_left().map_or_else(|| "-".to_owned(), |left| left.to_string());
            counted.iter().map(u64::to_string).chain([left]).collect()
        }
        Standing::Fund(fund) => {
            [fund.appropriated, fund.committed, fund.paid, fund.free()].map(|amount| amount.to_string()).into()
        }
        Standing::Pass(pass) => {
            let status = title::pass_status(pass.status()).to_owned();
            vec![status, pass.slips.to_string(), pass.price.to_string(), pass.discount.to_string()]
        }
        Standing::Pair(pair) => {
            vec![pair.waiting.to_string(), pair.confirmed.to_string(), pair.credited.to_string()]
        }
        Standing::Selection(selection) => {
            let counted = [selection.candidates, selection.listed, selection.objections];
            let stage = title::selection_stage(selection.stage).to_owned();
            std::iter::once(stage).chain(counted.iter().map(u64::to_string)).collect()
        }
        Standing::Site(site) => {
            vec![site.below.to_string(), site.appointments.to_string(), site.credited.to_string()]
        }
    }
}

/// What does not stand in a column, in words.
fn about(line: &TraceLine) -> String {
    let mut parts = vec![line.event.to_owned()];
    if let (Some(_), Some(at)) = (line.on, line.at) {
        parts.push(format!("办理 {}", civil(&at.to_string())));
    }
    let lots: Vec<String> = line.lots.iter().map(|part| format!("{}({})", part.0, signed(part.1))).collect();
    if !lots.is_empty() {
        parts.push(format!("批次 {}", lots.join(" ")));
    }
    let units: Vec<String> = line.units.iter().map(|(sku, units)| format!("{sku}({units:+})")).collect();
    if !units.is_empty() {
        parts.push(format!("商品 {}", units.join(" ")));
    }
    if let Some(last_day) = line.last_day {
        parts.push(format!("有效至 {last_day}"));
    }
    if let Some(schedule) = line.schedule {
        parts.push(format!("积分标准第 {schedule} 版"));
    }
    parts.extend(line.activity.as_ref().map(|activity| format!("活动 {activity}")));
    parts.extend(line.party.as_ref().map(|party| format!("对方 {party}")));
    parts.extend(line.witness.as_ref().map(|witness| format!("证明人 {witness}")));
    parts.extend(line.facts.iter().map(|fact| format!("{} {}", fact.name.chinese(), fact.in_chinese())));
    if let (Standing::Merchant(merchant), true) = (&line.after, line.money != Fen::ZERO) {
        parts.push(format!("应付 {} 元", merchant.owed_money()));
    }
    parts.extend(line.note.as_ref().map(|note| match note {
        Note::Proposed => "待确认，尚未计入".to_owned(),
        Note::Capped(points) => format!("封顶，原为 {points}"),
        Note::DebtPaid(points) => format!("抵扣欠分 {points}"),
        Note::DebtLeft(points) => format!("已用去 {points}，记为待抵扣"),
        Note::Booked(points) => format!("过期记账 {points}，有效期一过即已计入过期"),
        Note::Proven(by) => format!("本人凭证 {}", title::proven_by(*by)),
    }));
    parts.extend(
        line.reason.as_ref().filter(|reason| !reason.is_empty()).map(|reason| format!("理由 {}", short(reason))),
    );
    parts.join("；")
}

/// The last lines: what expired, what was left out, and the figures.
pub fn foot(end: &TraceEnd) -> String {
    let mut text = String::new();
    for lot in &end.ended {
        text.push_str(&format!("批次 {} 于 {} 到期，余 {} 过期\n", lot.lot, lot.last_day, lot.points));
    }
    if end.left_out > 0 {
        let first = end.left_out_first.map_or_else(String::new, |first| format!("，首个序号 {first}"));
        text.push_str(&format!("另有 {} 件事发生在此日之后，未计入{first}\n", end.left_out));
    }
    match &end.figures {
        Standing::Worker(worker) => {
            let figures = &worker.figures;
            text.push_str(&format!(
                "累计 {} = 兑换 {} + 过期 {} + 余额 {}（其中预占 {}）；待抵扣 {}\n",
                figures.earned, figures.redeemed, figures.expired, figures.balance, worker.held, worker.debt
            ));
        }
        Standing::Card(years) => {
            for (year, categories) in years {
                let points: Vec<String> = categories.iter().map(|(name, points)| format!("{name} {points}")).collect();
                text.push_str(&format!("{year} 年：{}\n", points.join("，")));
            }
        }
        Standing::Store(shelf) => {
            for (sku, units) in shelf {
                text.push_str(&format!("{sku} 在架 {units}\n"));
            }
        }
        Standing::Merchant(merchant) => {
            text.push_str(&format!("兑付 {} − 已付 {} = 应付 {}\n", merchant.honoured, merchant.paid, merchant.owed()));
            if merchant.has_money() {
                let (claimed, paid) = (merchant.claimed_money, merchant.paid_money);
                text.push_str(&format!("补贴 {claimed} − 已付 {paid} = 应付 {} 元\n", merchant.owed_money()));
            }
        }
        Standing::Request(request) => {
            text.push_str(&format!("认领 {} 次，记分 {}\n", request.claims, request.credited));
        }
        Standing::Benefit(benefit) => {
            let figures = &benefit.figures;
            text.push_str(&format!("已发 {}，排队 {}，已用 {}", figures.granted, figures.waiting, figures.used));
            if let (Some(places), Some(left)) = (benefit.places, benefit.places_left()) {
                text.push_str(&format!("；名额 {places}，余 {left}"));
            }
            text.push('\n');
        }
        Standing::Fund(fund) => text.push_str(&format!(
            "拨入 {} = 可用 {} + 占用 {} + 已付 {}（元）\n",
            fund.appropriated,
            fund.free(),
            fund.committed,
            fund.paid
        )),
        Standing::Pass(pass) => text.push_str(&format!(
            "{}；小票 {} 张，原价合计 {} 元，优惠合计 {} 元\n",
            title::pass_status(pass.status()),
            pass.slips,
            pass.price,
            pass.discount
        )),
        Standing::Pair(pair) => {
            let ended = pair.ended.map_or_else(String::new, |ended| format!("；{ended} 起解除"));
            text.push_str(&format!(
                "走访 {} 次已确认，{} 次待确认，记分 {}{ended}\n",
                pair.confirmed, pair.waiting, pair.credited
            ));
        }
        Standing::Selection(selection) => text.push_str(&format!(
            "{}；参评 {} 人，入围 {} 人，待办异议 {} 件\n",
            title::selection_stage(selection.stage),
            selection.candidates,
            selection.listed,
            selection.objections
        )),
        Standing::Site(site) => {
            let parent = site.parent.as_ref().map_or_else(String::new, |parent| format!("上级 {parent}；"));
            let closed = site.closed.map_or_else(String::new, |closed| format!("；{closed} 起停用"));
            text.push_str(&format!(
                "{parent}下级站点 {} 个，聘书 {} 份，记分 {}{closed}\n",
                site.below, site.appointments, site.credited
            ));
        }
    }
    text
}

fn signed(points: Points) -> String {
    if points.is_positive() { format!("+{points}") } else { points.to_string() }
}

/// A time of the district without its offset, to the second: `2024-01-01 08:01:36`.
fn civil(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}
