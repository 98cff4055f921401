//! What is returned comes back to the desk with who returned it and why, goes out again mended, and is named to the rider.

use ledger_core::domain::ids::{Actor, CreditId, Key};
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::time::BusinessTime;
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Command, Context, Outcome, Submission, commands};

use super::{House, holds, said};
use crate::access::Role;
use crate::access::policy::Who;
use crate::service::command;

const ENTER: [(&str, &str); 8] = [
    ("do", "enter"),
    ("key", "T-1"),
    ("worker", "YS-0001"),
    ("activity", "ZY01"),
    ("on", "2026-11-28"),
    ("quantity", "1.5"),
    ("witness", "网格员甲"),
    ("evidence", "签到表-7"),
];
const REJECT: [(&str, &str); 4] = [("do", "reject"), ("key", "T-2"), ("credit", "T-1"), ("reason", "签到表缺第二页")];

/// The part of a page about what was returned.
fn returned(page: &str) -> &str {
    let part = page.split("id=\"back\"").nth(1).unwrap_or_else(|| panic!("nothing was returned: {page}"));
    part.split("</section>").next().unwrap_or_default()
}

#[tokio::test]
async fn what_was_returned_is_told_to_the_desk_and_goes_out_again_mended() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    assert!(!desk.read("/credits").await.contains("最近退回"), "nothing was");
    assert!(desk.done("/credits", &ENTER).await.starts_with("已申报"));
    assert!(!desk.read("/credits?mend=T-1").await.contains("已照退回的"), "it waits");
    assert_eq!(approver.done("/credits", &REJECT).await, "已退回");

    let page = desk.read("/credits").await;
    let told = returned(&page);
    holds(told, &["最近退回", "社区志愿服务", "YS-0001", "2026-11-28", "1.5", "签到表缺第二页"]);
    holds(told, &["2026-12-01 12:00", "退回人 demo-approver", "申报人 demo-operator", "改好重报", "value=\"T-1\""]);
    assert!(!approver.read("/credits").await.contains("最近退回"), "it is for whoever records");

    // The form is what it was, but for the witness, whom a desk is not told, and its key.
    let page = desk.read("/credits?mend=T-1").await;
    holds(
        &page,
        &["已照退回的这一笔填好", "证明人请再填一次", "value=\"YS-0001\"", "<option value=\"ZY01\" selected>"],
    );
    holds(&page, &["value=\"2026-11-28\"", "name=\"quantity\" value=\"1.5\"", "value=\"签到表-7\""]);
    assert!(!page.contains("网格员甲") && !page.contains("name=\"key\" value=\"T-1\""), "{page}");
    let again = ENTER.map(|(name, value)| (name, if name == "key" { "T-3" } else { value }));
    assert!(desk.done("/credits", &again).await.starts_with("已申报"), "another key is another record");
    holds(returned(&desk.read("/credits").await), &["T-1", "签到表缺第二页"]);
    for nothing in ["T-404", "%3Cb%3Ex", "T-3"] {
        let page = desk.read(&format!("/credits?mend={nothing}")).await;
        assert!(!page.contains("已照退回的") && !page.contains("<b>x"), "{nothing}: {page}");
    }
    let mut english = house.enter(Role::Operator).await;
    english.cookie.push_str("; nuanxin-language=en");
    holds(&english.read("/credits").await, &["Returned lately", "Mend and send again"]);
}

#[tokio::test]
async fn an_objection_that_was_right_is_the_reason_and_the_rider_reads_of_what() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let rider = house.enter(Role::Worker).await;
    assert!(desk.done("/credits", &ENTER).await.starts_with("已申报"));
    assert_eq!(approver.done("/credits", &REJECT).await, "已退回");
    let page = rider.read("/me").await;
    let line = page.split("<li>").find(|line| line.contains("签到表缺第二页")).expect("the statement says why");
    holds(line.split("</li>").next().unwrap(), &["驳回 社区志愿服务", "服务日期 2026-11-28", "2026-12-01 12:00"]);

    // What an objection took away at once: whoever decided it said why.
    let own = ENTER.map(|(name, value)| (name, if name == "key" { "T-5" } else { value }));
    assert!(desk.done("/credits", &own).await.starts_with("已申报"));
    house.judge("objector-7", "T-5", CreditAction::Object { anonymous: true }).await;
    let uphold = [("do", "uphold"), ("key", "T-6"), ("credit", "T-5"), ("note", "当天没有这次活动")];
    assert_eq!(said(&approver.send("/credits", &uphold).await, "role=\"status\">"), "异议已处理");
    house.judge("demo-rider", "T-5", CreditAction::Appeal).await;
    house.judge("resolver", "T-5", CreditAction::Resolve { upheld: true }).await;
    house.app.views.fresh(None).await.unwrap();
    let page = desk.read("/credits").await;
    let told = returned(&page);
    holds(told, &["T-5", "退回人 resolver", "核对台账"]);
    assert!(!told.contains("objector-7"), "{told}");
}

#[tokio::test]
async fn what_was_returned_long_ago_is_no_longer_told() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    for (credit, day) in [("OLD-1", "2026-10-31"), ("OLD-2", "2026-11-01")] {
        let at = BusinessTime::parse(&format!("{day}T09:00:00+08:00")).unwrap();
        let record = commands::RecordCredit {
            worker: "YS-0001".parse().unwrap(),
            activity: "ZY01".parse().unwrap(),
            on: Some(at.date()),
            quantity: Quantity::parse("1"),
            witness: None,
            own_witness: false,
            evidence: None,
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
        };
        let reason = "重复".to_owned();
        let credit_id = CreditId::new(credit).unwrap();
        let judge = commands::JudgeCredit { credit: credit_id, action: CreditAction::Reject, reason };
        let all: [(&str, String, Command); 2] = [
            ("demo-operator", credit.to_owned(), Command::RecordCredit(record)),
            ("demo-approver", format!("{credit}/back"), judge.into()),
        ];
        for (by, key, command) in all {
            let context = Context { key: Key::new(&key).unwrap(), actor: Actor::new(by).unwrap(), at };
            let told = command::give(&house.app.ledger, Who::Owner, vec![Submission { context, command }]).await;
            assert!(matches!(told.as_deref(), Ok([Outcome::Committed(_)])), "{credit}: {told:?}");
        }
    }
    house.app.views.fresh(None).await.unwrap();
    let page = desk.read("/credits").await;
    let told = returned(&page);
    assert!(told.contains("OLD-2") && !told.contains("OLD-1"), "thirty days, and not one more: {told}");
}
