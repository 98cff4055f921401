//! An appeal against a dismissal, from the page of whoever objected to the desk that decides.

use projections::waiting::Stage;

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn whoever_objected_appeals_a_dismissal_once_and_another_approver_decides() {
    let house = House::open().await;
    let (rider, approver) = (house.enter(Role::Worker).await, house.enter(Role::Approver).await);
    assert!(!rider.read("/me").await.contains("可以申诉的"));
    let waiting = house.app.views.proposals("", 1_000, |row| row.way.stage == Stage::Proposed).await.unwrap();
    let credit = waiting.rows.first().expect("something waits").0.clone();
    let object = [("credit", credit.as_str()), ("key", "YY-1"), ("reason", "数量不对"), ("anonymous", "1")];
    assert!(rider.done("/me", &object).await.contains("异议已提交"));
    let dismiss = [("credit", credit.as_str()), ("key", "YY-2"), ("do", "dismiss"), ("note", "与签到表一致")];
    assert!(!approver.done("/credits", &dismiss).await.is_empty());
    let page = rider.read("/me").await;
    holds(&page, &["可以申诉的", "您的异议没有成立"]);
    let appeal = [("credit", credit.as_str()), ("key", "SS-1"), ("do", "appeal"), ("reason", "签到表抄错了")];
    assert!(rider.done("/me", &appeal).await.contains("申诉已提交"));
    assert!(!rider.read("/me").await.contains("可以申诉的"), "once");
    // Whoever dismissed the objection has had a part.
    let again = [("credit", credit.as_str()), ("key", "SS-2"), ("do", "dismiss"), ("note", "不变")];
    assert!(!approver.refused("/credits", &again).await.is_empty());
}
