//! Duplicates of a request share one award, whether a sheet says so when they are posted or the desk afterwards; and a sheet
//! that is read again says nothing new of either.

use nuanxin_tests::{Request, Server, cli};
use serde_json::json;

use crate::exact::Exact;
use crate::journals::{Database, fresh};
use crate::program::{import, position, run, state};
use crate::small_pack::SmallPack;

/// The district, with requests of March: X02 and X03 repeat X01, and X05 repeats X04, which is fed back. Where `linked`, the
/// sheet says so.
fn registers(linked: bool) -> SmallPack {
    let pack = SmallPack::new();
    pack.append("人员名册.csv", "W003,测试人员三,外卖员,平台乙,群众,,\n");
    pack.write(
        "积分标准.csv",
        "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数,计分时点,最多认领人数
ZY01,社区志愿服务,志愿服务,小时,10,60,是,24,,
WX01,微心愿,志愿服务,个,20,,是,24,评价,1
YH01,隐患反馈,社会治理,件,6,,是,24,反馈,
",
    );
    let into = |number: &str| if linked { number.to_owned() } else { String::new() };
    let (wish, hazard) = (into("X01"), into("X04"));
    pack.write(
        "需求清单-2024-03.csv",
        format!(
            "单号,活动代码,来源渠道,提出日期,上报人编号,承办单位,办理时限,并入单号
X01,WX01,微信群,2024-03-01,W001,区民政局,,
X02,WX01,指导员走访,2024-03-02,,区民政局,,{wish}
X03,WX01,行业接访,2024-03-02,W002,,,{wish}
X04,YH01,招呼站,2024-03-05,W001,区应急局,,
X05,YH01,招呼站,2024-03-05,W003,区应急局,,{hazard}
"
        ),
    );
    pack
}

/// What was done of it, and said: on a duplicate nobody works.
fn with_work(pack: &SmallPack) {
    pack.write(
        "办理记录-2024-03.csv",
        "办理号,单号,认领人编号,认领日期,办结日期,数量,评价,评价日期
B01,X01,W002,2024-03-02,2024-03-04,1,满意,2024-03-06
B02,X02,W003,2024-03-02,2024-03-04,1,满意,2024-03-06
B03,X04,,,,1,属实,2024-03-08
B04,X05,,,,1,属实,2024-03-08
",
    );
}

fn without_position(journal: &str) -> Exact {
    let Exact::Object(mut state) = state(journal, &["--as-of", "2024-06-30"]) else { panic!("a state") };
    state.remove("position");
    Exact::Object(state)
}

#[track_caller]
fn refuses_work_on_duplicates(report: &Exact) {
    let errors = report.get("errors").elements();
    let codes: Vec<&str> = errors.iter().map(|error| error.get("code").text()).collect();
    assert_eq!(codes, ["merged_request", "merged_request"], "{report:?}");
}

async fn linked_by_the_sheet_or_by_the_desk(database: Database) {
    let at_posting = fresh(database);
    let pack = registers(true);
    with_work(&pack);
    refuses_work_on_duplicates(&import(&at_posting, pack.folder(), 1, &[]));

    // One by the sheet and two by the desk would be the same; here the desk links all of them, the last first.
    let later = fresh(database);
    let pack = registers(false);
    import(&later, pack.folder(), 0, &[]);
    let offices = cli::token(&later);
    let server = Server::start(&later, &[]);
    let api = server.api(&offices);
    for (request, into) in [("X05", "X04"), ("X03", "X01"), ("X02", "X01")] {
        let body = json!({"into": into, "reason": "同一件事"});
        let merge = Request::post(format!("/v1/requests/{request}/merge"), format!("link-{request}"), body);
        let (status, told) = api.send(&merge).await.expect("an answer");
        assert_eq!(status, 200, "{request}: {told}");
    }
    server.terminate();
    // The same sheet again, with nothing in 并入单号, is what it was; and then the month's work comes.
    let before = position(&later);
    import(&later, pack.folder(), 0, &[]);
    assert_eq!(position(&later), before);
    with_work(&pack);
    refuses_work_on_duplicates(&import(&later, pack.folder(), 1, &[]));

    let told = without_position(&later);
    told.assert_same(&without_position(&at_posting), "the state, linked by the desk");
    let requests = r#"{"X01":{"claims":1,"credited":20},"X04":{"claims":1,"credited":6}}"#;
    told.get("requests").clone().assert_same(&Exact::parse(requests), "one award each");
    let after = position(&later);
    refuses_work_on_duplicates(&import(&later, pack.folder(), 1, &[]));
    assert_eq!(position(&later), after);
    for journal in [&at_posting, &later] {
        run(journal, &["replay"]).expect(0);
        run(journal, &["verify"]).expect(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_linked_by_the_sheet_or_by_the_desk_are_the_same_on_sqlite() {
    linked_by_the_sheet_or_by_the_desk(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_linked_by_the_sheet_or_by_the_desk_are_the_same_on_postgres() {
    linked_by_the_sheet_or_by_the_desk(Database::Postgres).await;
}
