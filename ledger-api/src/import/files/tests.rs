//! Which files are taken, what is told of the others, and that a run brings its files in once.

use ledger_core::domain::refusal::Code;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::LedgerSettings;
use uuid::Uuid;

use super::{Change, Left, Registers, bring, has_schedule, judge, kinds_of, plain, read};
use crate::access::policy::Who;
use crate::access::{Role, acting};
use crate::app::{App, AppTasks};
use crate::import::Report;
use crate::sheets::SheetError;
use crate::sheets::pack::{MonthlyKind, SheetKind};

const MERCHANTS: &str = "商户编号,商户名称,统一社会信用代码\nSH1,一号商户,92000000MA000001H9\n";

fn file(name: &str, text: &str) -> super::File {
    (name.to_owned(), text.as_bytes().to_vec())
}

#[test]
fn an_administrator_brings_in_what_a_district_is_made_of_and_nobody_s_points_or_names() {
    let of = |role| kinds_of(Who::Bearer(&acting(role, None)));
    let district = [
        SheetKind::Sites,
        SheetKind::Schedule,
        SheetKind::Merchants,
        SheetKind::Funds,
        SheetKind::Benefits,
        SheetKind::Offers,
        SheetKind::Stores,
        SheetKind::Items,
    ];
    assert_eq!(of(Role::Admin), district);
    for role in [Role::Clerk, Role::Branch, Role::Merchant, Role::Worker, Role::Auditor, Role::Machine] {
        assert!(of(role).is_empty(), "{role:?}");
    }
    assert_eq!(kinds_of(Who::Owner), SheetKind::ALL);
}

#[test]
fn registers_are_known_by_their_names_and_all_others_are_told_apart() {
    let files = vec![
        file("资料/商户名录.csv", MERCHANTS),
        file("人员名册.csv", "编号\nW1\n"),
        file("活动记录-2026-03.csv", ""),
        file("district.toml", "x"),
        file("说明.docx", "x"),
        file("..", "x"),
        file("~$商户名录.xlsx", "x"),
    ];
    let registers = read(files, &[SheetKind::Merchants], true).unwrap();
    let sheets: Vec<_> = registers.sheets().collect();
    assert_eq!(sheets, [(SheetKind::Merchants, "商户名录.csv".to_owned())]);
    assert_eq!(registers.files(), [file("商户名录.csv", MERCHANTS)]);
    let left = [
        ("..", Left::Unknown),
        ("说明.docx", Left::Unknown),
        ("district.toml", Left::Settings),
        ("人员名册.csv", Left::OfOthers(SheetKind::Workers)),
        ("活动记录-2026-03.csv", Left::Record(MonthlyKind::Activities)),
    ];
    assert_eq!(registers.left(), left.map(|(name, why)| (name.to_owned(), why)));
}

#[test]
fn a_file_of_no_use_costs_no_other_one() {
    let kinds = [SheetKind::Merchants, SheetKind::Stores];
    let told = |files: Vec<super::File>| {
        let registers = read(files, &kinds, false).unwrap();
        let taken: Vec<SheetKind> = registers.sheets().map(|(kind, _)| kind).collect();
        let unusable: Vec<String> =
            registers.unusable().iter().flat_map(SheetError::files).map(str::to_owned).collect();
        (taken, unusable)
    };
    let good = || file("商户名录.csv", MERCHANTS);
    let cases = [
        (vec![good(), file("兑换网点.csv", "")], vec!["兑换网点.csv"]),
        (vec![file("兑换网点.xls", "x"), good()], vec!["兑换网点.xls"]),
        (vec![good(), file("兑换网点.csv", "编号,姓名\n1,甲\n")], vec!["兑换网点.csv"]),
        // The same file twice is one file.
        (vec![good(), file("旧/商户名录.csv", MERCHANTS)], vec![]),
    ];
    for (files, unusable) in cases {
        let unusable: Vec<String> = unusable.into_iter().map(str::to_owned).collect();
        assert_eq!(told(files), (vec![SheetKind::Merchants], unusable));
    }
    // Of two that differ nobody can say which one counts.
    let other = format!("{MERCHANTS}SH2,二号商户,92000000MA000001H9\n");
    let twice = told(vec![good(), file("旧/商户名录.csv", &other)]);
    assert_eq!(twice, (vec![], vec!["商户名录.csv".to_owned()]));
    let both = told(vec![good(), file("商户名录.xlsx", MERCHANTS)]);
    assert_eq!(both, (vec![], vec!["商户名录.csv".to_owned(), "商户名录.xlsx".to_owned()]));
    let row = |number: u64| format!("SH{number},商户,92000000MA000001H9\n");
    let many: String = (0..=super::ROWS_MAX).map(row).collect();
    let many = format!("商户编号,商户名称,统一社会信用代码\n{many}");
    assert_eq!(told(vec![file("商户名录.csv", &many)]), (vec![], vec!["商户名录.csv".to_owned()]));
}

#[test]
fn what_is_wrong_with_a_file_counts_where_it_would_be_taken() {
    let files = vec![file("人员名册.xls", "x"), file("活动记录-三月.csv", "x"), file("积分标准.xls", "x")];
    let registers = read(files, &[SheetKind::Schedule], true).unwrap();
    assert!(registers.unusable().is_empty(), "{registers:?}");
    let left = [
        ("人员名册.xls", Left::OfOthers(SheetKind::Workers)),
        ("活动记录-三月.csv", Left::Record(MonthlyKind::Activities)),
        ("积分标准.xls", Left::ScheduleThere),
    ];
    let mut found = registers.left().to_vec();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut left = left.map(|(name, why)| (name.to_owned(), why)).to_vec();
    left.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert_eq!(found, left);
}

/// A district of nothing yet.
async fn district() -> (App, AppTasks, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = JournalUrl::Sqlite(folder.path().join("nuanxin.db"));
    let (app, tasks) = App::open(&url, LedgerSettings::default()).await.unwrap();
    (app, tasks, folder)
}

fn refused(report: &Report) -> Vec<String> {
    report.errors.iter().map(|error| format!("{}:{}:{}", error.file, error.row, error.code)).collect()
}

#[tokio::test]
async fn of_two_rows_about_one_thing_the_first_counts_and_the_second_is_told() {
    let (app, _tasks, _folder) = district().await;
    let admin = acting(Role::Admin, None);
    let kinds = [SheetKind::Merchants, SheetKind::Stores, SheetKind::Items];
    let header = "网点编号,网点名称,层级,所在社区\n";
    let stores =
        format!("{header}WD1,一号,总站,东街\nWD1,改名,总站,西街\nＷＤ１ ,一号,总站,东街\nWD2,二号,总站,西街\n");
    // A row that is refused takes no key: SP2 is taken from its second row, and its third one differs from that.
    let items = "网点编号,商品编码,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑\n\
        WD1,SP1,水,实物,10,0,SH1,\nWD2,SP1,水,实物,20,0,SH1,\nWD1,SP2,米,实物,10,0,SH9,\n\
        WD1,SP2,米,实物,10,0,SH1,\nWD1,SP2,米,实物,30,0,SH1,\n";
    let files = || {
        let files = vec![file("商户名录.csv", MERCHANTS), file("兑换网点.csv", &stores), file("兑换目录.csv", items)];
        read(files, &kinds, true).unwrap()
    };
    let conflicts =
        ["兑换网点.csv:3:duplicate_conflict", "兑换目录.csv:4:unknown_merchant", "兑换目录.csv:6:duplicate_conflict"];
    let judged = judge(&app, &admin, &files()).await.unwrap();
    assert_eq!(refused(&judged.report), conflicts);
    let message = &judged.report.errors[0].message;
    assert!(message.starts_with("rows 2 and 3 say different things of one 网点编号 (WD1)"), "{message}");
    let brought = bring(&app, &admin, &files(), Uuid::now_v7()).await.unwrap();
    assert_eq!(refused(&brought.report), conflicts);
    // Of 兑换网点: two stores, the community that the refused row names, and a repeat.
    assert_eq!(counted(&brought.report), [[1, 0, 0], [3, 1, 0], [3, 0, 2]]);
    app.views.fresh(None).await.unwrap();
    assert_eq!(app.views.store_row("WD1").await.unwrap().value.unwrap().name, "一号");
    let listed = app.views.stock("WD1", "", 10).await.unwrap().rows;
    let prices: Vec<String> = listed.iter().map(|(sku, item)| format!("{sku} {}", item.price)).collect();
    assert_eq!(prices, ["SP1 10", "SP2 10"]);
    // Nothing flips: the same files again change nothing.
    let head = head(&app).await;
    let again = bring(&app, &admin, &files(), Uuid::now_v7()).await.unwrap();
    assert_eq!(refused(&again.report), conflicts);
    assert_eq!(self::head(&app).await, head);
}

#[tokio::test]
async fn what_rows_change_is_told_by_column() {
    let (app, _tasks, _folder) = district().await;
    let admin = acting(Role::Admin, None);
    let kinds = [
        SheetKind::Sites,
        SheetKind::Merchants,
        SheetKind::Funds,
        SheetKind::Offers,
        SheetKind::Stores,
        SheetKind::Items,
    ];
    let merchants = "商户编号,商户名称,统一社会信用代码,类型\nSH1,一号,92000000MA000001H9,\n";
    let sites = "驿站编号,驿站名称,层级,上级驿站编号,停用日期\nZ1,一站,总站,,\n";
    let funds = "资金编号,责任单位,金额(元)\nZJ1,总工会,100\n";
    let offers = "优惠编号,商户编号,卡种,折扣,补贴比例,资金编号,开始日期,结束日期\nYH1,SH1,金卡,8.5,50%,ZJ1,2024-01-01,2099-12-31\n";
    let stores = "网点编号,网点名称,层级\nWD1,一号,总站\n";
    let items = "网点编号,商品编码,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑\nWD1,SP1,水,实物,10,0,SH1,\n";
    let files = |change: &dyn Fn(&str) -> String| {
        let sheets = [
            ("驿站名录.csv", sites),
            ("商户名录.csv", merchants),
            ("资金来源.csv", funds),
            ("优惠协议.csv", offers),
            ("兑换网点.csv", stores),
            ("兑换目录.csv", items),
        ];
        read(sheets.map(|(name, text)| file(name, &change(text))).to_vec(), &kinds, true).unwrap()
    };
    let as_is = |text: &str| text.to_owned();
    let judged = judge(&app, &admin, &files(&as_is)).await.unwrap();
    assert!(judged.report.errors.is_empty(), "{:?}", judged.report.errors);
    assert_eq!(judged.changes.len(), 6);
    assert!(judged.changes.iter().all(|change| change.change == Change::New), "{:?}", judged.changes);
    bring(&app, &admin, &files(&as_is), Uuid::now_v7()).await.unwrap();
    assert!(judge(&app, &admin, &files(&as_is)).await.unwrap().changes.is_empty());
    let changed = |text: &str| {
        let text = text.replace("Z1,一站,总站,,", "Z1,新站,总站,,2030-01-01").replace("H9,\n", "H9,超市\n");
        let text = text.replace("总工会,100", "总工会,250.5").replace("8.5,50%", "9,50%");
        text.replace("WD1,一号,总站", "WD1,一号,微站").replace("实物,10,0,SH1,", "实物,12.5,0,SH1,2")
    };
    let judged = judge(&app, &admin, &files(&changed)).await.unwrap();
    assert!(judged.report.errors.is_empty(), "{:?}", judged.report.errors);
    let mut told = Vec::new();
    for change in &judged.changes {
        let Change::Changed(columns) = &change.change else { panic!("{change:?}") };
        assert_eq!(change.row, 2, "{change:?}");
        told.extend(columns.iter().map(|column| format!("{}: {} → {}", column.column, column.from, column.to)));
    }
    let expected = [
        "驿站名称: 一站 → 新站",
        "停用日期:  → 2030-01-01",
        "类型:  → 超市",
        "金额(元): 100 → 250.5",
        "折扣: 8.5 → 9",
        "层级: 总站 → 微站",
        "所需积分: 10 → 12.5",
        "每人每年限兑:  → 2",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_is_judged_is_refused_as_the_writing_refuses_it() {
    let (app, _tasks, _folder) = district().await;
    let admin = acting(Role::Admin, None);
    let kinds = [SheetKind::Merchants, SheetKind::Schedule, SheetKind::Funds];
    let (long, control) = ("长".repeat(501), "甲\u{7}乙");
    let identity = "11010519491231002X";
    let texts = [long.as_str(), control, identity];
    let merchants: String =
        texts.iter().zip(1..).map(|(text, nth)| format!("SH{nth},{text},92000000MA000001H9\n")).collect();
    let funds: String = texts.iter().zip(1..).map(|(text, nth)| format!("ZJ{nth},{text},100\n")).collect();
    let lines: String =
        texts.iter().zip(1..).map(|(text, nth)| format!("ZY{nth},{text},志愿服务,小时,1,,是,24\n")).collect();
    let schedule = format!(
        "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n{lines}ZY9,巡逻,志愿服务,小时,1,,是,24\n"
    );
    let files = || {
        let files = vec![
            file(
                "商户名录.csv",
                &format!("商户编号,商户名称,统一社会信用代码\n{merchants}SH9,好,92000000MA000001H9\n"),
            ),
            file("资金来源.csv", &format!("资金编号,责任单位,金额(元)\n{funds}ZJ9,总工会,100\n")),
            file("积分标准.csv", &schedule),
        ];
        read(files, &kinds, false).unwrap()
    };
    let judged = judge(&app, &admin, &files()).await.unwrap().report;
    // Every bad row costs itself alone, also in a schedule, whose rows are one command.
    assert_eq!(counted(&judged), [[1, 0, 3]; 3], "{:?}", judged.errors);
    let codes: Vec<Code> = judged.errors.iter().map(|error| error.code).collect();
    assert_eq!(codes, [Code::TooLarge, Code::InvalidInput, Code::InvalidInput].repeat(3));
    let brought = bring(&app, &admin, &files(), Uuid::now_v7()).await.unwrap().report;
    assert_eq!((&brought.errors, counted(&brought)), (&judged.errors, counted(&judged)));
}

#[tokio::test]
async fn a_sheet_of_a_header_alone_stops_nothing() {
    let (app, _tasks, _folder) = district().await;
    let admin = acting(Role::Admin, None);
    let stores = file("兑换网点.csv", "网点编号,网点名称,层级\n");
    let files = vec![stores, file("商户名录.csv", MERCHANTS)];
    let registers = read(files, &[SheetKind::Merchants, SheetKind::Stores], true).unwrap();
    assert_eq!(registers.sheets().count(), 2);
    assert_eq!(counted(&judge(&app, &admin, &registers).await.unwrap().report), [[1, 0, 0]]);
}

#[tokio::test]
async fn of_two_first_schedules_in_the_same_instant_one_holds() {
    let (app, _tasks, _folder) = district().await;
    let admin = acting(Role::Admin, None);
    let header = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n";
    let (one, other) = (
        format!("{header}ZY01,社区巡逻,志愿服务,小时,1,,是,24\n"),
        format!("{header}ZY02,送餐,志愿服务,小时,2,,否,\n"),
    );
    let runs = [Uuid::now_v7(), Uuid::now_v7()];
    // Both are found while there is none, and only then brought in.
    let (first, second) = (sent(&app, &one, Some(runs[0])).await, sent(&app, &other, Some(runs[1])).await);
    let (first, second) = tokio::join!(bring(&app, &admin, &first, runs[0]), bring(&app, &admin, &second, runs[1]));
    let reports = [first.unwrap().report, second.unwrap().report];
    let mut counts: Vec<[u64; 3]> = reports.iter().flat_map(counted).collect();
    counts.sort_unstable();
    assert_eq!(counts, [[0, 0, 1], [1, 0, 0]]);
    assert_eq!(reports.iter().flat_map(refused).collect::<Vec<_>>(), ["积分标准.csv:1:duplicate_conflict"]);
    app.views.fresh(None).await.unwrap();
    assert_eq!(app.views.adoptions().await.unwrap().value.len(), 1);
}

/// A schedule as somebody sends it, for a run or to be judged.
async fn sent(app: &App, sheet: &str, run: Option<Uuid>) -> Registers {
    let there = has_schedule(app, run).await.unwrap();
    read(vec![file("积分标准.csv", sheet)], &[SheetKind::Schedule], there).unwrap()
}

async fn head(app: &App) -> u64 {
    app.ledger.journal().head().await.unwrap().position
}

fn counted(report: &Report) -> Vec<[u64; 3]> {
    report.sheets.iter().map(|sheet| [sheet.taken, sheet.unchanged, sheet.refused]).collect()
}

#[tokio::test]
async fn a_schedule_is_brought_in_once_by_the_run_that_makes_the_first_version() {
    let (app, _tasks, _folder) = district().await;
    let (admin, run) = (acting(Role::Admin, None), Uuid::now_v7());
    let sheet = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n\
                 ZY01,社区巡逻,志愿服务,小时,1,,是,24\nZY02,送餐,志愿服务,小时,一分,,是,24\nZY03,清洁,志愿服务,小时,1,,否,\n";
    let judged = judge(&app, &admin, &sent(&app, sheet, None).await).await.unwrap();
    assert_eq!(counted(&judged.report), [[2, 0, 1]], "all its rows, with the one version that is made of them");
    let mut heads = Vec::new();
    for press in ["first", "second"] {
        let brought = bring(&app, &admin, &sent(&app, sheet, Some(run)).await, run).await.unwrap();
        assert_eq!(counted(&brought.report), [[2, 0, 1]], "{press}");
        heads.push(head(&app).await);
    }
    assert_eq!(heads[0], heads[1], "one version");
    // Under the name of that run, wherever its header stands, another schedule is none either.
    let other = format!("积分标准\n{}", sheet.replace("一分", "2"));
    let brought = bring(&app, &admin, &sent(&app, &other, Some(run)).await, run).await.unwrap();
    let codes: Vec<Code> = brought.report.errors.iter().map(|error| error.code).collect();
    assert_eq!(codes, [Code::DuplicateConflict]);
    for run in [None, Some(Uuid::now_v7())] {
        let registers = sent(&app, sheet, run).await;
        assert_eq!(registers.left(), [("积分标准.csv".to_owned(), Left::ScheduleThere)]);
        assert!(registers.files().is_empty() && registers.sheets().next().is_none());
    }
    assert_eq!(head(&app).await, heads[0]);
    assert_eq!(app.views.adoptions().await.unwrap().value.len(), 1);
}

#[test]
fn a_file_s_name_leads_nowhere_else() {
    for (name, taken) in [
        ("商户名录.csv", Some("商户名录.csv")),
        ("资料/二/商户名录.csv", Some("商户名录.csv")),
        ("C:\\资料\\商户名录.csv", Some("商户名录.csv")),
        ("../../etc/passwd", Some("passwd")),
        ("..", None),
        ("a/", None),
        ("", None),
        ("a\0b.csv", None),
    ] {
        assert_eq!(plain(name), taken, "{name:?}");
    }
    assert_eq!(plain(&"长".repeat(81)), None);
}
