//! Everything that is held of one person, as one document (个人信息保护法 45: 查阅、复制).

mod programmes;

use chrono::{DateTime, Utc};
use ledger_core::domain::event::Event;
use ledger_core::domain::ids::WorkerId;
use ledger_core::domain::time::BusinessTime;
use projections::queries::At;

use super::ServiceError;
use super::erasure::accounts_of;
use super::readers::{LEDGER_ROLE, NO_ROLE, OWNER_ROLE};
use super::reading::now;
use super::texts;
use crate::access::Role;
use crate::access::policy::{Read, Target, Who, allow};
use crate::app::App;
use crate::document::{Cell, Document, Form, Layout, Name, Table, name};
use crate::minute::minute;
use crate::title;
use crate::vault::{ACCOUNT, Person};

/// Rows that are read at once.
const PAGE: usize = 1_000;
/// Readers that are told; the oldest beyond them stay in the record, which is read page by page.
const READERS_MAX: usize = 100_000;

const NOTE: &str = "本账本所存您的全部信息：姓名库中的姓名和电话（密封保存，不入账），本人的账号及其角色，账本中的登记、积分卡和逐笔记录，需求、走访、聘任、权益、暖心卡和评选，以及谁查看过您的记录。\
    证明人在账本中只有代号。账本是只增不改的记录：更正另记一笔，删除个人信息请找管理员办理（接口 POST /v1/workers/{id}/erase）。";

/// Whom the document is for: what stands for itself in a program is a word or a time of the district for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Names and times as they are kept.
    Programs,
    /// Words, and times as pages write them.
    People,
}

impl Told {
    const fn of(form: Form) -> Told {
        match form {
            Form::Json => Told::Programs,
            Form::Text | Form::Csv | Form::Xlsx => Told::People,
        }
    }

    fn word(self, code: &str, word: &str) -> Cell {
        Cell::Text(if self == Told::Programs { code } else { word }.to_owned())
    }

    /// A time that is written with the district's offset.
    fn time(self, text: &str) -> Cell {
        self.word(text, &minute(text))
    }

    fn at(self, at: Option<BusinessTime>) -> Cell {
        at.map_or(Cell::Blank, |at| self.time(&at.to_string()))
    }

    /// A time by this server's clock.
    fn instant(self, at: &DateTime<Utc>) -> Cell {
        match self {
            Told::Programs => Cell::Text(at.to_rfc3339()),
            Told::People => self.time(&BusinessTime::from_instant(at).to_string()),
        }
    }

    fn role(self, role: &str) -> Cell {
        let named = match role {
            OWNER_ROLE => "本机管理员",
            LEDGER_ROLE => "账本自动办理",
            NO_ROLE => "没有角色",
            _ => match role.parse::<Role>() {
                Ok(known) => title::role(known),
                Err(_) => role,
            },
        };
        self.word(role, named)
    }

    fn read(self, what: &str) -> Cell {
        let named = Read::ALL.iter().find(|read| read.name() == what);
        self.word(what, named.map_or(what, |read| title::read(*read)))
    }
}

/// Where among the entries' columns the event has its name for programs.
const EVENT: usize = 1;
const ENTRIES: &[Name] = &[
    name("position", "序号"),
    name("event", "事件"),
    name("word", "事件名称"),
    name("at", "发生时间"),
    name("recorded_at", "记账时间"),
    name("points", "积分变动"),
    name("subject", "记录号或流水号"),
    name("activity", "活动代码"),
    name("category", "类别"),
    name("on", "服务日期"),
    name("store", "网点"),
    name("goods", "物品"),
    name("reason", "理由"),
];

const ACCOUNTS: &[Name] = &[
    name("account", "账号"),
    name("name", "账号姓名"),
    name("role", "角色"),
    name("scope", "范围"),
    name("from", "起"),
    name("until", "止"),
];

const READERS: &[Name] = &[
    name("at", "时间"),
    name("reader", "查看人（账号）"),
    name("role", "角色"),
    name("what", "查看内容"),
    name("of_everybody", "是否全体记录"),
];

/// The document of a worker as a form has it, and the position it is of.
///
/// # Errors
/// [`ServiceError::Denied`]; `unknown_worker`; [`ServiceError::Unavailable`], also where the vault cannot be asked: an
/// answer without what it holds would not be everything.
pub async fn document(app: &App, who: Who<'_>, worker: &str, form: Form) -> Result<(Document, u64), ServiceError> {
    let told = Told::of(form);
    allow(who, Read::OwnData, Target::Worker(worker))?;
    super::names::registered(app, worker).await?;
    let At { position, value: row } = app.views.worker(worker).await?;
    let row = row.unwrap_or_default();
    let Person { name: known_as, phone } = app.vault.person(worker).await?;
    let balance = app.views.balance_of(worker, &row, now().date()).await?;
    let (card, branch) = row.card.clone().unzip();
    let points = |points| Cell::Points(points);
    let facts = vec![
        (name("worker", "编号"), Cell::Text(worker.to_owned())),
        (name("name", "姓名"), Cell::maybe(known_as)),
        (name("phone", "电话"), Cell::maybe(phone)),
        (name("occupation", "从业类型"), Cell::Text(row.occupation.clone())),
        (name("platform", "所属平台"), Cell::maybe(row.platform.clone())),
        (
            name("party_member", "是否中共党员"),
            Cell::maybe(row.party_member.map(|member| if member { "是" } else { "否" })),
        ),
        (
            name("probationary", "是否预备党员"),
            Cell::maybe(row.party_member.filter(|member| *member).map(|_| if row.probationary { "是" } else { "否" })),
        ),
        (name("departed", "是否已退出"), Cell::Text(if row.departed { "是" } else { "否" }.to_owned())),
        (name("merged_into", "并入编号"), Cell::maybe(row.merged_into.clone())),
        (name("card_no", "积分卡号"), Cell::maybe(card)),
        (name("branch", "所在党支部"), Cell::maybe(branch)),
        (name("available", "可用积分"), points(balance.available)),
        (name("held", "预占积分"), points(balance.held)),
        (name("earned", "累计获得"), points(row.account.earned)),
        (name("redeemed", "累计兑换"), points(row.account.redeemed)),
        (name("expired", "累计过期"), points(row.account.expired)),
        // Together with what can be spent, what the records add up to.
        (name("ended", "到期尚未记账"), points(balance.ended.iter().map(|(_, left)| *left).sum())),
        (name("position", "账本序号"), Cell::count(position)),
    ];
    let entries = entries(app, who, worker, position, told).await?;
    let readers = Table::list(name("readers", "谁查看过我的记录"), READERS, readers(app, worker, told).await?);
    let accounts = Table::list(name("accounts", "本人账号"), ACCOUNTS, accounts(app, worker, told).await?);
    let id = WorkerId::new(worker).map_err(|error| ServiceError::fault(&error))?;
    let mut tables = vec![entries];
    tables.extend(programmes::tables(app, who, &id, position, told).await?);
    tables.extend([accounts, readers]);
    let document =
        Document { title: "本人信息".into(), note: NOTE, facts, tables, flat: false, layout: Layout::Screen };
    Ok((document, position))
}

async fn entries(app: &App, who: Who<'_>, worker: &str, until: u64, told: Told) -> Result<Table, ServiceError> {
    let (mut rows, mut after) = (Vec::new(), 0);
    loop {
        let (mut lines, next) = app.views.statement(worker, after, until, PAGE).await?;
        texts::tell(&app.vault, who, texts::of_lines(worker, &mut lines)).await;
        for line in lines {
            let goods = line.lines.iter().map(|part| format!("{} × {}", part.kind, part.quantity));
            let goods = goods.collect::<Vec<_>>().join("；");
            rows.push(vec![
                Cell::count(line.position),
                Cell::Text(line.event.to_owned()),
                Cell::Text(Event::word_of(line.event).to_owned()),
                told.at(Some(line.at)),
                told.time(&line.recorded_at.to_string()),
                Cell::Points(line.points),
                Cell::Text(line.subject),
                Cell::maybe(line.activity),
                Cell::maybe(line.category),
                Cell::day(line.on),
                Cell::maybe(line.store),
                Cell::Text(goods),
                Cell::maybe(line.reason),
            ]);
        }
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    let mut columns = ENTRIES.to_vec();
    if told == Told::People {
        // The word beside it says the same.
        columns.remove(EVENT);
        rows.iter_mut().for_each(|row| drop(row.remove(EVENT)));
    }
    Ok(Table::list(name("entries", "逐笔记录"), columns, rows))
}

/// The accounts that the person acts with, each with the name that is kept and what it was granted.
async fn accounts(app: &App, worker: &str, told: Told) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let worker = WorkerId::new(worker).map_err(|error| ServiceError::fault(&error))?;
    let mut rows = Vec::new();
    for (account, row) in accounts_of(app, &worker).await? {
        let known_as = app.vault.get_name(ACCOUNT, &account).await?;
        let of = |rest: [Cell; 4]| {
            [Cell::Text(account.clone()), Cell::maybe(known_as.clone())].into_iter().chain(rest).collect::<Vec<_>>()
        };
        let held = row.grants().map(|(_, held)| {
            of([
                told.role(held.role.as_str()),
                Cell::maybe(held.scope.clone()),
                Cell::Day(held.term.from),
                Cell::day(held.term.last_day()),
            ])
        });
        let before = rows.len();
        rows.extend(held);
        if rows.len() == before {
            rows.push(of([Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank]));
        }
    }
    Ok(rows)
}

async fn readers(app: &App, worker: &str, told: Told) -> Result<Vec<Vec<Cell>>, ServiceError> {
    let unavailable = |error: crate::side_store::SideStoreError| ServiceError::Unavailable(error.to_string());
    let (mut rows, mut before) = (Vec::new(), None);
    while rows.len() < READERS_MAX {
        let page = app.readers.of(worker, before, PAGE).await.map_err(unavailable)?;
        before = page.last().and_then(|last| last.id.parse().ok());
        let more = page.len() == PAGE;
        rows.extend(page.into_iter().map(|read| {
            vec![
                told.instant(&read.at),
                Cell::Text(read.reader),
                told.role(&read.role),
                told.read(&read.what),
                Cell::Text(if read.of_everybody { "是" } else { "否" }.to_owned()),
            ]
        }));
        if !more {
            break;
        }
    }
    Ok(rows)
}
