//! What the register of redemptions says: the columns are those that offices know.

words! {
    title: "兑换登记表", "Register of redemptions";
    number: "序号", "No.";
    time: "时间", "Time";
    who: "编号/卡号", "Worker, card";
    balance: "结余", "Balance after";
    received: "领取人签字", "Received by (signature)";
    by: "经办人", "Handed out by";
    cut: "一天里笔数太多，这里只列出前面的；合计是全部的。", "Too many for one day: the first stand here, the totals are of all.";
    not_counted: "已撤销的照列，不计入合计。", "What was taken back stands here and is not counted.";
}
