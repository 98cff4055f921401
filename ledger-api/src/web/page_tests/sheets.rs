//! Sheets that are sent: rows that are not taken stay to be mended, and each is told in the reader's language.

use super::{House, holds, said};
use crate::access::Role;

/// A row of a sheet as the form carries it.
fn row<'a>(record: &'a str, worker: &'a str, quantity: &'a str, witness: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("record", record),
        ("worker", worker),
        ("activity", "ZY01"),
        ("on", "2026-06-01"),
        ("quantity", quantity),
        ("witness", witness),
    ]
}

#[tokio::test]
async fn rows_that_were_not_taken_are_mended_and_sent_alone() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let before = house.head().await;
    let rows = [
        vec![("do", "send")],
        row("S-1", "YS-0002", "2", "网格员甲"),
        row("S-2", "YS-9999", "2", "网格员甲"),
        row("S-3", "YS-0003", "2", ""),
        row("S 4", "YS-0003", "2", "网格员甲"),
    ];
    let page = desk.send("/credits/sheet/send", &rows.concat()).await;
    assert_eq!(said(&page, "role=\"status\">"), "已写入 1 行，还有 3 行没有写入");
    assert_eq!(house.head().await, before + 1);
    holds(&page, &["<td>S-1</td>", "value=\"S-2\"", "value=\"YS-9999\"", "value=\"S-3\"", "value=\"S 4\""]);
    holds(&page, &["没有此人员", "请填证明人。", "记录号要填，不能有空格", "写入改好的行", "再核对一次"]);
    assert!(!page.contains("value=\"S-1\""), "what is written is not sent again: {page}");
    let open =
        page.split("action=\"/credits/sheet/send\"").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap();
    assert!(open.contains("S-2") && !open.contains("S-1") && !open.contains("disabled"), "{page}");

    // Judged again and sent, the mended ones alone.
    let mended = [row("S-2", "YS-0003", "2", "网格员甲"), row("S-3", "YS-0003", "0", "网格员甲")];
    let page = desk.send("/credits/sheet/send", &[vec![("do", "judge")], mended.concat()].concat()).await;
    holds(&page, &["可以写入", "数量无效", "还没有写入"]);
    assert_eq!(house.head().await, before + 1);
    let page = desk.send("/credits/sheet/send", &[vec![("do", "send")], mended.concat()].concat()).await;
    assert_eq!(said(&page, "role=\"status\">"), "已写入 1 行，还有 1 行没有写入");
    assert_eq!(house.head().await, before + 2);
    // The same form once more, and a number that another record has.
    let again = [mended[0].clone(), row("S-1", "YS-0002", "1", "网格员甲")];
    let page = desk.send("/credits/sheet/send", &[vec![("do", "send")], again.concat()].concat()).await;
    holds(&page, &["此前已有", "<td>S-2</td>", "「S-1」已登记过，请换一个。", "value=\"S-1\""]);
    assert_eq!(house.head().await, before + 2);
}

#[tokio::test]
async fn a_row_without_a_witness_is_told_before_anything_is_written() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let bytes = "记录号,编号,活动代码,服务日期,数量\nS-1,YS-0002,ZY01,2026-06-01,2\n";
    let page = desk.send_file("/credits/sheet", "六月.csv", bytes, &[]).await;
    holds(&page, &["不能写入", "请填证明人。", "value=\"S-1\""]);
}

#[tokio::test]
async fn a_row_of_a_schedule_is_told_by_its_column_in_the_readers_language() {
    let house = House::open().await;
    let mut admin = house.enter(Role::Admin).await;
    let days = [("holds_from", "2027-01-01"), ("from", ""), ("to", "")];
    let bytes = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n\
                 ZY01,社区巡逻,志愿服务,小时,一分,,是,24\n\
                 ZY02,,志愿服务,小时,1,,是,24\n\
                 ZY03,社区清洁,志愿服务,小时,1,,也许,24\n\
                 ZY04,社区清洁,志愿服务,小时,0,,是,24\n";
    let page = admin.send_file("/schedule/try", "积分标准.csv", bytes, &days).await;
    holds(
        &page,
        &[
            "“每单位积分”填的是“一分”，请填大于 0 的数字，最多两位小数。",
            "“活动名称”没有填。请补上或改正。",
            "“每单位积分”填的是“0”",
            "“计入积分卡”填的是“也许”，请填“是”或“否”。",
        ],
    );
    assert!(!page.contains("lang=\"en\"") && !page.contains("write") && !page.contains("fill"), "{page}");
    admin.cookie.push_str("; nuanxin-language=en");
    let page = admin.send_file("/schedule/try", "积分标准.csv", bytes, &days).await;
    holds(&page, &["is blank; fill it in", "is neither 是 nor 否"]);
}
