//! The statement of a month, from its preparation over a dispute to its payment by a third person.

use super::{House, holds};
use crate::access::Role;
use crate::demo;

#[tokio::test]
async fn a_month_is_prepared_looked_over_disputed_answered_and_confirmed() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let shop = house.enter(Role::Merchant).await;
    let page = desk.read("/statements").await;
    holds(&page, &["待结算月份", "待编制", "待确认"]);
    let address = format!("/statements?merchant={}", demo::EXAMPLE_MERCHANT);
    // The month before is prepared already: it is prepared again.
    let month = "2026-11".to_owned();
    assert!(page.contains(&address), "a month of the merchant's own: {page}");
    let own = format!("{address}&month={month}");
    let page = desk.read(&own).await;
    holds(&page, &["重新编制", "明细"]);
    assert!(!page.contains("登记付款"), "nothing is paid before it is confirmed");
    holds(&desk.read(&format!("{address}&month=2026-06")).await, &["编制对账单"]);
    let merchant = demo::EXAMPLE_MERCHANT;
    let form = |does: &'static str, key: &'static str| {
        vec![("merchant", merchant), ("body", ""), ("month", month.as_str()), ("key", key), ("do", does)]
    };
    assert!(desk.done("/statements", &form("prepare", "DZ-1")).await.contains("已编制"));
    let page = shop.read("/merchant").await;
    holds(&page, &["提出异议", "待确认"]);
    let line = page.split("<option value=\"").find_map(|rest| rest.split('"').next().filter(|it| it.contains("demo")));
    let line = line.or_else(|| page.split("id=\"line\"").nth(1)?.split("value=\"").nth(1)?.split('"').next());
    let line = line.expect("a line to dispute");
    let dispute =
        [("month", month.as_str()), ("line", line), ("reason", "数量不对"), ("key", "YY-9"), ("do", "dispute")];
    assert!(shop.done("/merchant", &dispute).await.contains("异议已提交"));
    holds(&shop.read("/merchant").await, &["数量不对", "等待答复"]);
    assert!(!approver.refused("/statements", &form("confirm", "DZ-2")).await.is_empty(), "a dispute waits");
    let mut answer = form("dismiss", "DZ-3");
    answer.extend([("dispute", "YY-9"), ("reason", "与流水一致")]);
    assert!(approver.done("/statements", &answer).await.contains("异议已答复"));
    holds(&shop.read("/merchant").await, &["异议不成立：与流水一致"]);
    // The merchant finds it right, as it is shown; the approver sees that, and confirms it.
    holds(&approver.read(&own).await, &["商户还没有确认无误", "确认对账单"]);
    let page = shop.read("/merchant").await;
    let zeros = "0".repeat(64);
    let stale = [("month", month.as_str()), ("digest", zeros.as_str()), ("key", "WX-0"), ("do", "acknowledge")];
    assert!(shop.refused("/merchant", &stale).await.contains("和您看的不一样"), "what was looked over is no more");
    let said = shop.press(&page, "value=\"acknowledge\"", &[]).await;
    holds(&said, &["已确认无误，审核员确认后付款", "商户已确认无误", "提出异议"]);
    assert!(!said.contains("value=\"acknowledge\""), "once");
    let digest =
        page.split("name=\"digest\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a digest");
    let again = [("month", month.as_str()), ("digest", digest), ("key", "WX-1"), ("do", "acknowledge")];
    assert!(shop.refused("/merchant", &again).await.contains("不用再按"));
    holds(&approver.read(&own).await, &["商户已确认无误", "商户确认无误", "demo-merchant", "确认对账单"]);
    holds(&approver.read("/statements").await, &["商户已确认无误"]);
    let auditor = house.enter(Role::Auditor).await;
    holds(&auditor.read("/audit?type=StatementAcknowledged").await, &["商户确认无误", "demo-merchant"]);
    assert!(approver.done("/statements", &form("confirm", "DZ-4")).await.contains("已确认"));
    let mut pay = form("pay", "DZ-5");
    pay.extend([("reference", "财付9号"), ("hundredths", "100"), ("fen", "0")]);
    assert!(!approver.refused("/statements", &pay).await.is_empty(), "a third person pays");
}
