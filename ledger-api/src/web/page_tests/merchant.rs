//! What merchants are owed in yuan: slips and vouchers that they take, and what is taken back by them or from the statement.

use super::{House, holds};
use crate::access::Role;
use crate::demo;

#[tokio::test]
async fn a_merchant_is_told_what_is_to_be_paid_honours_a_pass_and_takes_a_voucher_once() {
    let house = House::open().await;
    let merchant = house.enter(Role::Merchant).await;
    let page = merchant.read("/merchant").await;
    holds(&page, &["核销优惠", "核销权益券", "8.5 折", "本月应付金额", "¥3.00", "YS-XP0001", "结算"]);
    let slip = [("do", "honour"), ("slip", "S-1"), ("pass", "ys-nk0001"), ("offer", "YS-YH01"), ("price", "100")];
    let slip = [slip.as_slice(), &[("at", "2026-12-01T11:30")]].concat();
    let asked = merchant.send("/merchant", &slip).await;
    holds(&asked, &["应收 ¥85.00", "value=\"85\"", "value=\"S-1\""]);
    assert!(!merchant.read("/merchant").await.contains("S-1<"), "nothing is recorded before it was looked at");
    // What would be refused is refused before anything is paid.
    for (pass, no) in [("YS-NK9999", "没有此暖心卡"), ("", "读不懂")] {
        let strange: Vec<_> =
            slip.iter().map(|(name, value)| (*name, if *name == "pass" { pass } else { value })).collect();
        let refused = merchant.send("/merchant", &strange).await;
        assert!(refused.contains(no) && !refused.contains("应收 ¥"), "{refused}");
    }
    let wrong = [slip.as_slice(), &[("paid", "90")]].concat();
    holds(&merchant.send("/merchant", &wrong).await, &["role=\"alert\"", "金额无效", "应收 ¥85.00"]);
    let right = [slip.as_slice(), &[("paid", "85.00")]].concat();
    assert_eq!(merchant.done("/merchant", &right).await, "已核销，应付贵店 ¥7.50");
    assert_eq!(merchant.done("/merchant", &right).await, "已核销，应付贵店 ¥7.50", "the same slip is entered once");
    let page = merchant.read("/merchant").await;
    holds(&page, &["S-1<", "¥10.50"]);

    let take = [("do", "take"), ("key", "U-1"), ("number", "ys-dj05")];
    assert_eq!(merchant.done("/merchant", &take).await, "已核销权益券，应付贵店 ¥15.00");
    assert!(merchant.done("/merchant", &take).await.contains("没有重复"));
    let again = [("do", "take"), ("key", "U-2"), ("number", "YS-DJ05")];
    assert_eq!(merchant.refused("/merchant", &again).await, "这张券已使用，不能再核销。");
    let queued = [("do", "take"), ("key", "U-3"), ("number", "YS-DJ04")];
    assert!(merchant.refused("/merchant", &queued).await.contains("还在排队"), "what waits cannot be used");
    let nobody = [("do", "take"), ("key", "U-4"), ("number", "QY-00000-00000")];
    assert!(merchant.refused("/merchant", &nobody).await.contains("没有这个登记号"));
    holds(&merchant.read("/merchant").await, &["¥25.50"]);

    // What was entered today by mistake is taken back, once; a voucher may then be taken again.
    let page = merchant.read("/merchant").await;
    holds(&page, &["aria-label=\"撤销 S-1\"", "aria-label=\"撤销 YS-DJ05\""]);
    let back = |line, key| {
        [("do", "take-back"), ("key", key), ("line", line), ("used", used_at(&page, line)), ("reason", "核错了")]
    };
    assert_eq!(merchant.done("/merchant", &back("S-1", "B-1")).await, "已撤销，应付贵店减少 ¥7.50");
    assert_eq!(
        merchant.done("/merchant", &back("S-1", "B-1")).await,
        "已撤销，应付贵店减少 ¥7.50",
        "the same form again"
    );
    assert!(merchant.refused("/merchant", &back("S-1", "B-2")).await.contains("不用再撤"));
    let (line, used) = (("line", "YS-DJ05"), ("used", "2026-12-01T08:00:00+08:00"));
    let of_another_use = [("do", "take-back"), ("key", "B-3"), line, used, ("reason", "核错了")];
    assert!(merchant.refused("/merchant", &of_another_use).await.contains("不用再撤"), "a page from before");
    assert_eq!(merchant.done("/merchant", &back("YS-DJ05", "B-3")).await, "已撤销，应付贵店减少 ¥15.00");
    let after = merchant.read("/merchant").await;
    holds(&after, &["已撤销", "¥3.00"]);
    assert!(!after.contains("aria-label=\"撤销 S-1\""), "nothing is left to take back");
    let retaken = [("do", "take"), ("key", "U-5"), ("number", "YS-DJ05")];
    assert_eq!(merchant.done("/merchant", &retaken).await, "已核销权益券，应付贵店 ¥15.00");
    let auditor = house.enter(Role::Auditor).await;
    holds(&auditor.read("/audit?type=MoneyTakenBack").await, &["补贴冲正", "demo-merchant"]);
}

/// When a line was used, as the form that takes it back has it.
#[track_caller]
fn used_at<'a>(page: &'a str, line: &str) -> &'a str {
    let begins = format!("name=\"line\" value=\"{line}\"><input type=\"hidden\" name=\"used\" value=\"");
    let (_, rest) = page.split_once(&begins).unwrap_or_else(|| panic!("no form takes {line} back"));
    rest.split('"').next().unwrap_or_default()
}

#[tokio::test]
async fn an_approver_takes_a_line_in_yuan_back_from_the_statement() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let own = format!("/statements?merchant={}&month=2026-12", demo::EXAMPLE_MERCHANT);
    let page = approver.read(&own).await;
    holds(&page, &["aria-label=\"冲正 YS-XP0001\"", "¥3.00"]);
    assert!(!desk.read(&own).await.contains("value=\"reverse\""), "an operator does not");
    let back = |key| {
        let line = [("line", "YS-XP0001"), ("used", used_at(&page, "YS-XP0001")), ("reason", "当天没有这张小票")];
        [
            [("do", "reverse"), ("key", key), ("merchant", demo::EXAMPLE_MERCHANT), ("month", "2026-12")].as_slice(),
            &line,
        ]
        .concat()
    };
    assert!(approver.done("/statements", &back("CZ-1")).await.contains("已冲正"));
    assert!(!approver.refused("/statements", &back("CZ-2")).await.is_empty(), "once");
    let page = approver.read(&own).await;
    holds(&page, &["冲正", "−¥3.00"]);
    assert!(!page.contains("aria-label=\"冲正 YS-XP0001\""), "nothing is left to take back");
}
