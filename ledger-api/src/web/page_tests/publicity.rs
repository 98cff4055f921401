//! The list for the wall: read by anybody with an account, with masked names and the checkpoint beneath it.

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn whoever_has_an_account_reads_the_list_for_the_wall_with_a_checkpoint_to_print() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let pass = [("do", "confirm"), ("key", "P-1"), ("credit", "demo/proposed/02")];
    approver.done("/credits", &pass).await;
    for role in [Role::Clerk, Role::Worker, Role::Branch, Role::Auditor, Role::Operator, Role::Approver, Role::Merchant]
    {
        let page = house.enter(role).await.read("/publicity").await;
        holds(&page, &["积分公示", "公示日期 2026-12-01", "demo/proposed/02", "2026-12-04", "打印公示", "data-print"]);
        holds(&page, &["账本检查点", "截至序号", "默克尔根", "验证公钥", "<svg", "请在公示截止日（含当日）前提出"]);
        assert!(!page.contains("YS-0004"), "the list tells {role:?} more of a person than the masked name: {page}");
    }
}
