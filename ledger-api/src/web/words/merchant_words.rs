//! What `/merchant` says beside the settlement.

words! {
    honour: "核销优惠", "Honour a pass";
    slip_no: "小票号", "Slip number";
    slip_hint: "可以改成小票上的号；一张小票只记一次。", "May be the number on the slip; each is entered once.";
    pass_no: "卡号", "Pass number";
    offer: "优惠", "Offer";
    no_offers: "今天没有贵店的优惠协议；请联系管理员。", "You have no offer in force today; ask the administrator.";
    at: "消费时间", "Time";
    price: "原价（元）", "Price (yuan)";
    paid: "实付（元）", "Paid (yuan)";
    paid_hint: "先留空，按「核销优惠」会算出应收多少。", "Leave it blank: the button tells first what is to be paid.";
    honour_button: "核销优惠", "Honour";
    honoured: "已核销", "Honoured";
    use_voucher: "核销权益券", "Take a voucher";
    number: "登记号", "Number";
    number_hint: "扫骑手出示的二维码，或输入登记号。", "Scan the rider's code, or type the number.";
    use_button: "核销权益券", "Take the voucher";
    used: "已核销权益券", "The voucher is taken";
    used_before: "这张券刚才已经核销过了，没有重复。", "This was taken a moment ago; nothing happened twice.";
    month_yuan: "本月应付金额", "Yuan this month";
    month_points: "本月积分", "Points this month";
    lines: "本月优惠与权益明细", "This month's honours and vouchers";
    no_lines: "本月还没有核销优惠或权益券。", "None this month.";
    time: "时间", "Time";
    source: "小票号或登记号", "Slip or number";
    amount: "应付", "Owed";
    total: "合计", "Total";
    yuan: "应付金额", "Yuan owed";
    take_back: "撤销", "Take back";
    taken_back: "已撤销", "Taken back";
    take_back_why: "撤销原因", "Why it is taken back";
    take_back_hint: "只能撤销今天的；以前的请联系审核员冲正。", "Today's alone; ask an approver about earlier ones.";
}

impl Words {
    /// A discount as it is said: 8.5 折.
    pub(in crate::web) fn discount(&self, paid_of_thousand: u32) -> String {
        if self.english {
            let percent = paid_of_thousand / 10;
            return match paid_of_thousand % 10 {
                0 => format!("{percent} % is paid"),
                rest => format!("{percent}.{rest} % is paid"),
            };
        }
        let (whole, rest) = (paid_of_thousand / 100, paid_of_thousand % 100);
        match rest {
            0 => format!("{whole} 折"),
            rest if rest % 10 == 0 => format!("{whole}.{} 折", rest / 10),
            rest => format!("{whole}.{rest:02} 折"),
        }
    }

    /// What is to be paid, to look at before it is recorded.
    pub(in crate::web) fn to_pay(&self, discount: &str, yuan: &str) -> String {
        if self.english {
            format!("{discount}: {yuan} is to be paid. Check it, then press again.")
        } else {
            format!("按 {discount}，应收 {yuan}。核对后再按一次「核销优惠」。")
        }
    }

    /// What the merchant is not owed any more.
    pub(in crate::web) fn not_owed(&self, yuan: &str) -> String {
        if self.english {
            format!("{}; {yuan} less is owed to you", self.taken_back)
        } else {
            format!("{}，应付贵店减少 {yuan}", self.taken_back)
        }
    }

    /// What the merchant is owed for it.
    pub(in crate::web) fn owed(&self, done: &str, yuan: &str) -> String {
        if self.english { format!("{done}; {yuan} is owed to you") } else { format!("{done}，应付贵店 {yuan}") }
    }
}
