//! What the programmes hold of one person: each thing as its own stream or row has it, for the streams are the requests', the
//! pairs', the passes' and the selections', not the worker's.

use ledger_core::domain::ids::{PassNo, SelectionId, WorkerId};
use ledger_core::domain::request::ServiceRequest;
use ledger_core::domain::worker::command::AppointmentTerms;
use projections::queries::Page;

use super::{PAGE, Told};
use crate::access::policy::Who;
use crate::app::App;
use crate::document::{Cell, Name, Table, name};
use crate::service::ServiceError;
use crate::service::texts::{Written, tell};

const REQUESTS: &[Name] = &[
    name("request", "单号"),
    name("part", "本人身份"),
    name("activity", "活动代码"),
    name("on", "提出日期"),
    name("handling", "办理号"),
    name("claimed", "认领日期"),
    name("done", "办结日期"),
    name("quantity", "数量"),
    name("word", "评价"),
    name("rated_on", "评价日期"),
];
const PAIRS: &[Name] = &[
    name("pair", "结对号"),
    name("part", "本人身份"),
    name("other", "对方编号"),
    name("since", "结对日期"),
    name("ended", "解除日期"),
    name("visit", "走访号"),
    name("on", "走访日期"),
    name("reporter", "填报人编号"),
    name("confirmed_by", "确认人编号"),
    name("confirmed_on", "确认日期"),
    name("stood_in", "代为确认的党支部"),
];
const APPOINTMENTS: &[Name] = &[
    name("appointment", "聘书号"),
    name("role", "角色"),
    name("body", "聘任单位"),
    name("site", "站点"),
    name("from", "聘任日期"),
    name("through", "到期日期"),
    name("ended", "解聘日期"),
    name("review", "确认"),
    name("returned_at", "退回时间"),
    name("returned_reason", "退回理由"),
];
const APPLICATIONS: &[Name] = &[
    name("application", "登记号"),
    name("benefit", "项目编号"),
    name("at", "申请时间"),
    name("waits", "是否排队"),
    name("certificate", "证书编号"),
    name("amount", "金额（元）"),
    name("used_at", "使用时间"),
    name("merchant", "核销商户编号"),
    name("review", "审核"),
    name("returned_at", "退回时间"),
    name("returned_reason", "退回理由"),
    name("withdrawn_at", "撤回时间"),
    name("withdrawn_reason", "撤回理由"),
    name("reversed_at", "冲正时间"),
    name("reversed_reason", "冲正理由"),
];
const PASSES: &[Name] = &[
    name("pass", "卡号"),
    name("kind", "卡种"),
    name("from", "发放日期"),
    name("through", "有效期至"),
    name("lost", "挂失时间"),
    name("slip", "小票号"),
    name("at", "消费时间"),
    name("merchant", "商户编号"),
    name("price", "原价（元）"),
    name("paid", "实付（元）"),
    name("reversed_at", "冲正时间"),
    name("reversed_reason", "冲正理由"),
];
const SELECTIONS: &[Name] = &[
    name("selection", "评选编号"),
    name("title", "评选名称"),
    name("consented_on", "同意日期"),
    name("figures", "指标数值"),
    name("rank", "名次"),
    name("score", "得分"),
    name("objections", "就本人提出的异议数"),
];

/// The tables, each with all that is held up to a position.
pub(super) async fn tables(
    app: &App,
    who: Who<'_>,
    worker: &WorkerId,
    position: u64,
    told: Told,
) -> Result<Vec<Table>, ServiceError> {
    Ok(vec![
        Table::list(name("requests", "需求与办理"), REQUESTS, requests(app, worker).await?),
        Table::list(name("pairs", "帮带结对与走访"), PAIRS, pairs(app, worker).await?),
        Table::list(name("appointments", "聘任"), APPOINTMENTS, appointments(app, who, worker, told).await?),
        Table::list(name("applications", "权益申请"), APPLICATIONS, applications(app, who, worker, told).await?),
        Table::list(name("passes", "暖心卡与优惠"), PASSES, passes(app, who, worker, position, told).await?),
        Table::list(name("selections", "评选"), SELECTIONS, selections(app, worker, position).await?),
    ])
}

fn text(text: impl ToString) -> Cell {
    Cell::Text(text.to_string())
}

fn is_of(request: &ServiceRequest, worker: &WorkerId) -> bool {
    request.posting().is_some_and(|posting| posting.reporter.as_ref() == Some(worker))
        || request.handlings().any(|(_, handling)| handling.claimer.as_ref() == Some(worker))
        || request.unreported().any(|(_, claim)| claim.claimer == *worker)
}

async fn requests(app: &App, worker: &WorkerId) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let Page { rows: page, next, .. } = app.views.requests(&after, PAGE, |request| is_of(request, worker)).await?;
        for (id, request) in page {
            let Some(posting) = request.posting() else { continue };
            let of = |part: &str, rest: [Cell; 6]| {
                let head = [text(&id), text(part), text(&posting.activity), Cell::Day(posting.on)];
                head.into_iter().chain(rest).collect::<Vec<_>>()
            };
            if posting.reporter.as_ref() == Some(worker) {
                rows.push(of("上报", [Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank]));
            }
            for (handling, row) in request.handlings().filter(|(_, row)| row.claimer.as_ref() == Some(worker)) {
                rows.push(of(
                    "认领",
                    [
                        text(handling),
                        Cell::maybe(Some(&row.work.claimed).filter(|day| !day.is_empty())),
                        Cell::maybe(Some(&row.work.done).filter(|day| !day.is_empty())),
                        Cell::Decimal(row.quantity.to_string()),
                        Cell::maybe(row.rating.map(|rating| rating.word.chinese())),
                        Cell::day(row.rating.map(|rating| rating.on)),
                    ],
                ));
            }
            for (handling, claim) in request.unreported().filter(|(_, claim)| claim.claimer == *worker) {
                let part = if claim.returned.is_some() { "认领后退回" } else { "认领" };
                let claimed = Cell::Day(claim.on);
                rows.push(of(part, [text(handling), claimed, Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank]));
            }
        }
        match next {
            Some(next) => after = next,
            None => return Ok(rows),
        }
    }
}

async fn pairs(app: &App, worker: &WorkerId) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.views.pairs(&after, PAGE, |pair| {
            pair.terms().is_some_and(|terms| terms.helper == *worker || terms.helped == *worker)
        });
        let Page { rows: page, next, .. } = page.await?;
        for (id, pair) in page {
            let Some(terms) = pair.terms() else { continue };
            let helps = terms.helper == *worker;
            let (part, other) = if helps { ("帮带人", &terms.helped) } else { ("被帮带人", &terms.helper) };
            let of = |rest: [Cell; 6]| {
                let head = [text(&id), text(part), text(other), Cell::Day(terms.since), Cell::day(terms.ended)];
                head.into_iter().chain(rest).collect::<Vec<_>>()
            };
            let before = rows.len();
            rows.extend(pair.visits().map(|(visit, row)| {
                let word = row.confirmation.as_ref();
                of([
                    text(visit),
                    Cell::Day(row.terms.on),
                    text(&row.terms.reporter),
                    Cell::maybe(word.map(|word| &word.by)),
                    Cell::day(word.map(|word| word.on)),
                    Cell::maybe(word.and_then(|word| word.branch.as_ref())),
                ])
            }));
            if rows.len() == before {
                rows.push(of([const { Cell::Blank }; 6]));
            }
        }
        match next {
            Some(next) => after = next,
            None => return Ok(rows),
        }
    }
}

/// What is recorded, what waits for a second person, and what was sent back.
async fn appointments(app: &App, who: Who<'_>, worker: &WorkerId, told: Told) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let mut found = app.views.appointments(worker.as_str()).await?.value;
    let written = found.iter_mut().filter_map(|(id, row)| {
        let reason = &mut row.rejected.as_mut()?.reason;
        Some(Written::of_worker(worker.as_str(), Some(id.as_str()), reason))
    });
    tell(&app.vault, who, written.collect()).await;
    let of = |id: &str, terms: &AppointmentTerms, review: [Cell; 3]| -> Vec<Cell> {
        let held = [
            text(id),
            text(&terms.role),
            text(&terms.body),
            Cell::maybe(terms.site.as_ref()),
            Cell::day(terms.days.from),
            Cell::day(terms.days.through),
            Cell::day(terms.ended),
        ];
        held.into_iter().chain(review).collect()
    };
    let mut rows = Vec::new();
    for (id, row) in &found {
        rows.extend(row.terms.as_ref().map(|terms| of(id, terms, [const { Cell::Blank }; 3])));
        rows.extend(
            row.proposal.as_ref().map(|waits| of(id, &waits.terms, [text("待确认"), Cell::Blank, Cell::Blank])),
        );
        rows.extend(
            row.rejected
                .as_ref()
                .map(|back| of(id, &back.terms, [text("已退回"), told.at(Some(back.at)), text(&back.reason)])),
        );
    }
    Ok(rows)
}

/// What bodies said of an application, where any had to.
fn review(row: &projections::views::application::Application) -> Cell {
    let Some(proposal) = &row.proposal else { return Cell::Blank };
    if row.proposed {
        text("待审核")
    } else if row.rejected.is_some() {
        text("已退回")
    } else if proposal.is_approved() {
        text("已通过")
    } else {
        // It was withdrawn before they had.
        Cell::Blank
    }
}

async fn applications(app: &App, who: Who<'_>, worker: &WorkerId, told: Told) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let mut rows = app.views.applications(worker.as_str()).await?.value;
    let written = rows.iter_mut().flat_map(|(id, row)| {
        let rejected = row.rejected.as_mut().map(|rejected| &mut rejected.reason);
        let withdrawn = row.withdrawn.as_mut().and_then(|withdrawn| withdrawn.reason.as_mut());
        let reversed = row.reversed.as_mut().map(|reversed| &mut reversed.reason);
        let id = id.as_str();
        let reasons = rejected.into_iter().chain(withdrawn).chain(reversed);
        reasons.map(move |reason| Written::of_worker(worker.as_str(), Some(id), reason))
    });
    tell(&app.vault, who, written.collect()).await;
    let row = |(id, row): (String, projections::views::application::Application)| {
        let review = review(&row);
        let terms = row.terms?;
        Some(vec![
            text(id),
            Cell::maybe(row.benefit.as_ref()),
            told.at(Some(terms.at)),
            text(if row.waits { "是" } else { "否" }),
            Cell::maybe(terms.certificate.as_ref()),
            Cell::maybe(terms.amount),
            told.at(row.used.as_ref().map(|used| used.at)),
            Cell::maybe(row.used.as_ref().and_then(|used| used.merchant.as_ref())),
            review,
            told.at(row.rejected.as_ref().map(|rejected| rejected.at)),
            Cell::maybe(row.rejected.as_ref().map(|rejected| &rejected.reason)),
            told.at(row.withdrawn.as_ref().map(|withdrawn| withdrawn.at)),
            Cell::maybe(row.withdrawn.as_ref().and_then(|withdrawn| withdrawn.reason.as_ref())),
            told.at(row.reversed.as_ref().map(|reversed| reversed.at)),
            Cell::maybe(row.reversed.as_ref().map(|reversed| &reversed.reason)),
        ])
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// What was taken back stays in the list, and says so by its last columns.
async fn passes(
    app: &App,
    who: Who<'_>,
    worker: &WorkerId,
    position: u64,
    told: Told,
) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let mut rows = Vec::new();
    for (id, pass) in app.views.passes(worker.as_str()).await?.value {
        let Some(terms) = pass.terms() else { continue };
        let of = |rest: [Cell; 7]| {
            let (from, through) = (Cell::day(terms.days.from), Cell::day(terms.days.through));
            let head = [text(&id), text(&terms.kind), from, through, told.at(terms.lost)];
            head.into_iter().chain(rest).collect::<Vec<_>>()
        };
        let number = PassNo::new(&id).map_err(|error| ServiceError::fault(&error))?;
        let mut slips = app.views.slips(number, position).await?;
        let written = slips.iter_mut().filter_map(|slip| {
            let reason = &mut slip.reversed.as_mut()?.reason;
            Some(Written::of_worker(worker.as_str(), Some(slip.used.slip_no.as_str()), reason))
        });
        tell(&app.vault, who, written.collect()).await;
        if slips.is_empty() {
            rows.push(of([const { Cell::Blank }; 7]));
        }
        rows.extend(slips.iter().map(|record| {
            let (used, slip) = (&record.used, &record.used.slip);
            let reversed = record.reversed.as_ref();
            of([
                text(&used.slip_no),
                told.at(Some(used.at)),
                text(&used.merchant),
                text(slip.price),
                text(slip.paid),
                told.at(reversed.map(|reversed| reversed.at)),
                Cell::maybe(reversed.map(|reversed| &reversed.reason)),
            ])
        }));
    }
    Ok(rows)
}

async fn selections(app: &App, worker: &WorkerId, position: u64) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let Page { rows: page, next, .. } = app.views.selections(&after, PAGE).await?;
        for (id, _) in page {
            let of = SelectionId::new(&id).map_err(|error| ServiceError::fault(&error))?;
            let Some(record) = app.views.selection(of, position).await? else { continue };
            let state = &record.state;
            let Some(terms) = state.terms() else { continue };
            let about = state.objections().values().filter(|objection| objection.candidate == *worker).count();
            let (consented, sealed) = (state.candidates().get(worker), state.inputs().and_then(|all| all.get(worker)));
            if consented.is_none() && sealed.is_none() && about == 0 {
                continue;
            }
            let named = sealed.into_iter().flat_map(|figures| terms.indicators.iter().zip(figures));
            let figures = named.map(|(indicator, figure)| format!("{} {figure}", indicator.code)).collect::<Vec<_>>();
            let figures = figures.join("；");
            let line = state.list().and_then(|list| list.lines.iter().find(|line| line.worker == *worker));
            rows.push(vec![
                text(&id),
                text(&terms.name),
                Cell::day(consented.copied()),
                Cell::maybe(Some(figures).filter(|figures| !figures.is_empty())),
                line.map_or(Cell::Blank, |line| Cell::count(line.rank)),
                line.map_or(Cell::Blank, |line| Cell::Decimal(line.score.to_string())),
                Cell::count(u64::try_from(about).unwrap_or(u64::MAX)),
            ]);
        }
        match next {
            Some(next) => after = next,
            None => return Ok(rows),
        }
    }
}
