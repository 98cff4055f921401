//! Benefits that two bodies approve, from the form of whoever applies to what each of the others sees of it.

use ledger_core::domain::ids::{Actor, Key};
use ledger_core::ledger::{Context, Outcome, Submission, commands};

use super::{House, holds};
use crate::access::policy::Who;
use crate::access::{Identity, Role, acting};
use crate::service::approvals::approvals as look;
use crate::service::command;

const BENEFIT: &str = "YS-QY10";
const UNION: &str = "演示总工会";
const HEALTH: &str = "演示卫生健康局";

/// The part of the desk's page about approvals.
fn approvals(page: &str) -> &str {
    let part = page.split("id=\"approvals\"").nth(1).unwrap_or_else(|| panic!("no approvals: {page}"));
    part.split("</section>").next().unwrap_or_default()
}

/// The card of an application in it.
#[track_caller]
fn card<'a>(page: &'a str, application: &str) -> &'a str {
    let found = page.split("<article").find(|part| part.contains(&format!("aria-label=\"{application}\"")));
    found.and_then(|part| part.split("</article>").next()).unwrap_or_else(|| panic!("no {application}: {page}"))
}

fn check<'a>(key: &'a str, application: &'a str, body: &'a str) -> [(&'a str, &'a str); 5] {
    [("do", "check_benefit"), ("key", key), ("benefit", BENEFIT), ("application", application), ("body", body)]
}

fn reject<'a>(key: &'a str, application: &'a str, reason: &'a str) -> [(&'a str, &'a str); 5] {
    [("do", "reject_benefit"), ("key", key), ("benefit", BENEFIT), ("application", application), ("reason", reason)]
}

impl House {
    /// The word of a body by another approver than the demonstration's.
    async fn other_approves(&self, application: &str, body: &str) {
        let context = Context {
            key: Key::new(&format!("other/{application}")).unwrap(),
            actor: Actor::new("demo-checker").unwrap(),
            at: self.app.ledger.now(),
        };
        let (benefit, application) = (BENEFIT.parse().unwrap(), application.parse().unwrap());
        let command = commands::CheckBenefit { benefit, application, body: body.to_owned() }.into();
        let told = command::give(&self.app.ledger, Who::Owner, vec![Submission { context, command }]).await.unwrap();
        assert!(matches!(told.as_slice(), [Outcome::Committed(_)]), "{told:?}");
        self.app.views.fresh(None).await.unwrap();
    }
}

#[tokio::test]
async fn an_approver_gives_the_word_of_one_body_and_another_one_that_of_the_other() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let page = approver.read("/appointments").await;
    holds(approvals(&page), &["待审核的权益申请", "YS-0005 · 心理关爱名额", "YS-DS01", "待审 0/2"]);
    holds(approvals(&page), &["value=\"演示总工会\"", "value=\"演示卫生健康局\"", "value=\"check_benefit\"", "退回"]);
    let seen = desk.read("/appointments").await;
    holds(approvals(&seen), &["待审 0/2", "还差："]);
    assert!(!approvals(&seen).contains("value=\"check_benefit\""), "the desk decides nothing: {seen}");
    assert!(desk.refused("/appointments", &check("T-0", "YS-DS01", UNION)).await.contains("不能办理"));

    let first = check("T-1", "YS-DS01", UNION);
    assert_eq!(approver.done("/appointments", &first).await, "已登记通过，还要其他单位审核");
    assert_eq!(approver.done("/appointments", &first).await, "已登记通过，还要其他单位审核", "once");
    let page = approver.read("/appointments").await;
    holds(card(&page, "YS-DS01"), &["待审 1/2", "已通过： 演示总工会", "还差： 演示卫生健康局"]);
    assert!(
        !card(&page, "YS-DS01").contains("<form"),
        "whoever spoke for one body does not speak for the other: {page}"
    );
    holds(card(&page, "YS-DS02"), &["value=\"check_benefit\"", "value=\"reject_benefit\""]);
    let again = approver.refused("/appointments", &check("T-2", "YS-DS01", HEALTH)).await;
    assert_eq!(again, "登记的人、申请人本人和审过的人不能再审，请换一位审核员。");
    house.other_approves("YS-DS01", HEALTH).await;
    let page = approver.read("/appointments").await;
    assert!(!approvals(&page).contains("YS-DS01"), "nothing waits any more: {page}");
    let late = approver.refused("/appointments", &reject("T-3", "YS-DS01", "名单有误")).await;
    assert_eq!(late, "这个申请已经办过，请看最新的列表。");

    house.other_approves("YS-DS02", UNION).await;
    let granted = approver.done("/appointments", &check("T-4", "YS-DS02", HEALTH)).await;
    assert_eq!(granted, "审核通过，已发放", "the last word");
}

#[tokio::test]
async fn a_rider_sees_who_approved_and_why_something_was_sent_back() {
    let house = House::open().await;
    let (rider, approver) = (house.enter(Role::Worker).await, house.enter(Role::Approver).await);
    let apply =
        |key: &'static str| [("do", "apply"), ("key", key), ("benefit", BENEFIT), ("at", "2026-12-01T11:00:00+08:00")];
    let said = rider.done("/me", &apply("A-1")).await;
    assert_eq!(said, "已提交，等待审核；审核通过前不扣积分");
    holds(&rider.read("/me").await, &["心理关爱名额", "待审 0/2", "还差： 演示总工会、演示卫生健康局"]);
    approver.done("/appointments", &check("T-1", "A-1", UNION)).await;
    holds(&rider.read("/me").await, &["待审 1/2", "已通过： 演示总工会", "撤回后不再审核"]);
    assert!(approver.refused("/appointments", &reject("T-2", "A-1", "缺证明")).await.contains("请换一位"));
    let withdraw = [("do", "withdraw"), ("key", "W-1"), ("benefit", BENEFIT), ("application", "A-1")];
    assert_eq!(rider.done("/me", &withdraw).await, "已撤回申请");

    rider.done("/me", &apply("A-2")).await;
    assert!(!approver.refused("/appointments", &reject("T-3", "A-2", "")).await.is_empty(), "a reason is given");
    assert_eq!(approver.done("/appointments", &reject("T-3", "A-2", "缺诊断证明")).await, "已退回申请");
    let page = rider.read("/me").await;
    holds(&page, &["已退回", "退回日期 2026-12-01", "退回原因： 缺诊断证明"]);
    let desk = house.enter(Role::Operator).await;
    holds(approvals(&desk.read("/appointments").await), &["退回的权益申请", "YS-0001", "A-2", "缺诊断证明"]);
    // It counts no more.
    assert_eq!(rider.done("/me", &apply("A-3")).await, "已提交，等待审核；审核通过前不扣积分");

    let mut english = house.enter(Role::Approver).await;
    english.cookie.push_str("; nuanxin-language=en");
    let page = english.read("/appointments").await;
    holds(approvals(&page), &["Applications for approval", "Under review 0/2", "Send back", "Why it was sent back:"]);
}

#[tokio::test]
async fn the_desk_applies_for_somebody_and_gives_no_word_of_its_own() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let apply = [
        ("do", "apply"),
        ("key", "B-1"),
        ("worker", "ys-0003"),
        ("benefit", BENEFIT),
        ("at", "2026-12-01T11:00:00+08:00"),
    ];
    assert_eq!(desk.done("/appointments", &apply).await, "已提交，等待审核，登记号 B-1");
    holds(approvals(&desk.read("/appointments").await), &["YS-0003 · 心理关爱名额", "登记人 demo-operator", "B-1"]);
}

#[tokio::test]
async fn a_counter_is_told_that_what_is_shown_is_under_review_or_was_sent_back() {
    let house = House::open().await;
    let (merchant, approver) = (house.enter(Role::Merchant).await, house.enter(Role::Approver).await);
    let take = |key: &'static str| [("do", "take"), ("key", key), ("number", "YS-DS01")];
    assert_eq!(merchant.refused("/merchant", &take("U-1")).await, "还在审核，没有发放，不能核销。");
    assert_eq!(approver.done("/appointments", &reject("T-1", "YS-DS01", "材料不全")).await, "已退回申请");
    assert_eq!(merchant.refused("/merchant", &take("U-2")).await, "这个申请已退回，没有发放，不能核销。");
}

/// Whoever enters for the whole district and approves for one station sees all that waits, and has a word in a part of it.
#[tokio::test]
async fn a_word_is_asked_only_of_whom_the_right_reaches() {
    let house = House::open().await;
    house.app.views.fresh(None).await.unwrap();
    let worker = house.app.views.worker("YS-0005").await.unwrap().value.unwrap();
    let roles = [acting(Role::Operator, None), acting(Role::Approver, worker.site.as_deref())];
    let roles = roles.iter().flat_map(|one| one.roles.iter().cloned()).collect();
    let both = Identity { roles, ..acting(Role::Operator, None) };
    let found = look(&house.app, Who::Bearer(&both)).await.unwrap().waiting;
    let told: Vec<_> = found.iter().map(|row| (row.proposed.application.as_str(), row.decides)).collect();
    assert_eq!(told, [("YS-DS01", true), ("YS-DS02", false)]);
    let (desk, own) =
        (acting(Role::Operator, None), Identity { worker: Some("YS-0005".parse().unwrap()), ..both.clone() });
    for nobody in [desk, own] {
        let found = look(&house.app, Who::Bearer(&nobody)).await.unwrap().waiting;
        assert!(found.iter().all(|row| !row.decides), "{nobody:?}");
    }
}
