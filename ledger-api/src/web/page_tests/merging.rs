//! Two ids of one person, merged on a page: looked at first, merged then, and refused with what helps.

use ledger_core::domain::points::Points;

use super::{House, holds, said};
use crate::access::Role;

impl House {
    /// Workers of the demonstration with points and nothing under way: of those with a card, or of those without.
    async fn settled(&self, with_card: bool) -> Vec<String> {
        let mut found = Vec::new();
        for number in 2..=40 {
            let worker = format!("YS-{number:04}");
            let Some(row) = self.app.views.worker(&worker).await.unwrap().value else { continue };
            let balance = self.app.views.balance_of(&worker, &row, self.app.ledger.now().date()).await.unwrap();
            let quiet = row.pending.is_empty() && balance.held.is_zero() && balance.available.is_positive();
            if quiet && row.card.is_some() == with_card {
                found.push(worker);
            }
        }
        found
    }

    async fn left(&self, worker: &str) -> Points {
        self.app.views.fresh(None).await.unwrap();
        let row = self.app.views.worker(worker).await.unwrap().value.unwrap();
        row.account.lots.iter().map(|lot| lot.left()).sum()
    }
}

#[tokio::test]
async fn two_ids_are_looked_at_and_then_merged_for_good() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    holds(&approver.read("/credits").await, &["href=\"/credits/merge\"", "一人多号合并"]);
    assert!(!house.enter(Role::Operator).await.read("/credits").await.contains("/credits/merge"));
    let without = house.settled(false).await;
    let [given_up, kept, ..] = without.as_slice() else { panic!("{without:?}") };
    let (head, left) = (house.head().await, [house.left(given_up).await, house.left(kept).await]);
    let lower = given_up.to_lowercase();
    let both = [("given_up", lower.as_str()), ("kept", kept.as_str())];
    let page = approver.send("/credits/merge", &[&both[..], &[("do", "look")]].concat()).await;
    holds(&page, &["第二步", "姓名不同", "演**", "合并以后", "不能撤销", "没有", given_up, kept]);
    assert!(!page.contains("演示骑手"), "names are masked: {page}");
    assert_eq!(house.head().await, head, "nothing was written by looking");

    let merge = |key: &'static str, sure: &'static str| {
        [&both[..], &[("do", "merge"), ("key", key), ("reason", "核对了两个平台的登记"), ("sure", sure)]].concat()
    };
    let page = approver.send("/credits/merge", &merge("M-1", "")).await;
    holds(&page, &["role=\"alert\"", "第二步", "value=\"核对了两个平台的登记\""]);
    assert_eq!(house.head().await, head, "nobody merges by a slip of the hand");
    let told = approver.done("/credits/merge", &merge("M-2", "1")).await;
    assert!(told.starts_with(&format!("已合并：{given_up} 并入 {kept}")), "{told}");
    assert_eq!(
        approver.done("/credits/merge", &merge("M-2", "1")).await,
        told,
        "the same form again merges nothing twice"
    );
    assert_eq!(house.left(given_up).await, Points::ZERO);
    assert_eq!(house.left(kept).await, left[0] + left[1]);
    // Once.
    let again = approver.send("/credits/merge", &[&both[..], &[("do", "look")]].concat()).await;
    assert!(!said(&again, "role=\"alert\">").is_empty() && !again.contains("value=\"merge\""), "{again}");
}

#[tokio::test]
async fn a_merge_that_cannot_be_is_refused_with_what_helps() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let (with, without) = (house.settled(true).await, house.settled(false).await);
    let ([first, second, ..], [plain, ..]) = (with.as_slice(), without.as_slice()) else { panic!("{with:?}") };
    let head = house.head().await;
    let ask = async |given_up: &str, kept: &str| {
        approver.send("/credits/merge", &[("do", "look"), ("given_up", given_up), ("kept", kept)]).await
    };
    let two_cards = ask(first, second).await;
    assert!(said(&two_cards, "role=\"alert\">").contains("两个编号都有积分卡"), "{two_cards}");
    assert!(!two_cards.contains("value=\"merge\"") && !two_cards.contains("对调"), "{two_cards}");
    // The form of another page, or of before: the ledger says the same.
    let forced =
        [("do", "merge"), ("key", "M-9"), ("given_up", first.as_str()), ("kept", second.as_str()), ("sure", "1")];
    let forced = [forced.as_slice(), &[("reason", "同一人")]].concat();
    assert!(approver.refused("/credits/merge", &forced).await.contains("已有积分卡"));
    let one_card = ask(first, plain).await;
    assert!(said(&one_card, "role=\"alert\">").contains("请保留它"), "{one_card}");
    holds(&one_card, &["两个编号对调"]);
    // The other way round it can be.
    holds(&ask(plain, first).await, &["合并以后", "value=\"merge\""]);
    assert!(said(&ask(plain, plain).await, "role=\"alert\">").contains("两个编号要不同"));
    let nobody = ask("YS-9999", plain).await;
    assert!(said(&nobody, "role=\"alert\">").contains("没有此人员"), "{nobody}");
    holds(&nobody, &["第一步", "value=\"YS-9999\""]);
    assert_eq!(house.head().await, head, "nothing was written");
}
