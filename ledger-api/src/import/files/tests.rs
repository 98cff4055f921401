//! Which files are taken, what is told of the others, and that a run brings its files in once.

use ledger_core::domain::refusal::Code;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::LedgerSettings;
use uuid::Uuid;

use super::{Left, Registers, Unusable, bring, has_schedule, judge, kinds_of, plain, read};
use crate::access::policy::Who;
use crate::access::{Role, acting};
use crate::app::App;
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
fn one_file_of_no_use_is_told_before_any_is_judged() {
    let kinds = [SheetKind::Merchants, SheetKind::Stores];
    let refused = |files| read(files, &kinds, false).unwrap_err();
    let empty = refused(vec![file("商户名录.csv", MERCHANTS), file("兑换网点.csv", "")]);
    assert!(matches!(&empty, Unusable::Sheet(error @ SheetError::Empty { .. }) if error.file() == "兑换网点.csv"));
    let twice = refused(vec![file("商户名录.csv", MERCHANTS), file("旧/商户名录.csv", MERCHANTS)]);
    assert!(matches!(twice, Unusable::Sheet(SheetError::TwoFiles { .. })), "{twice:?}");
    let both = refused(vec![file("商户名录.csv", MERCHANTS), file("商户名录.xlsx", MERCHANTS)]);
    assert!(matches!(both, Unusable::Sheet(SheetError::TwoFiles { .. })), "{both:?}");
    let old = refused(vec![file("商户名录.xls", "x")]);
    assert!(matches!(old, Unusable::Sheet(SheetError::Format { .. })), "{old:?}");
    let row = |number: u64| format!("SH{number},商户,92000000MA000001H9\n");
    let many: String = (0..=super::ROWS_MAX).map(row).collect();
    let many = refused(vec![file("商户名录.csv", &format!("商户编号,商户名称,统一社会信用代码\n{many}"))]);
    assert!(matches!(many, Unusable::Sheet(SheetError::TooLarge { .. })), "{many:?}");
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
    let folder = tempfile::tempdir().unwrap();
    let url = JournalUrl::Sqlite(folder.path().join("nuanxin.db"));
    let (app, _tasks) = App::open(&url, LedgerSettings::default()).await.unwrap();
    let (admin, run) = (acting(Role::Admin, None), Uuid::now_v7());
    let sheet = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n\
                 ZY01,社区巡逻,志愿服务,小时,1,,是,24\nZY02,送餐,志愿服务,小时,一分,,是,24\nZY03,清洁,志愿服务,小时,1,,否,\n";
    let judged = judge(&app, &admin, &sent(&app, sheet, None).await).await.unwrap();
    assert_eq!(counted(&judged), [[2, 0, 1]], "all its rows, with the one version that is made of them");
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
