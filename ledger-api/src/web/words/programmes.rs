//! What pages say of benefits, pairs, appointments and passes.

words! {
    benefits: "我的权益", "My benefits";
    no_benefits: "还没有申请过权益。", "Nothing was applied for yet.";
    granted: "已发放", "Granted";
    used: "已使用", "Used";
    number: "登记号", "Number";
    show_number: "出示登记号", "Show the number";
    number_as_qr: "登记号二维码", "The number as QR";
    show_how: "使用时给商户看，或报登记号。", "Show it to the merchant, or say the number.";
    use_until: "使用期至", "Use until";
    applied_on: "申请日期", "Applied on";
    used_on: "使用日期", "Used on";
    use_back_on: "核销冲正日期", "Its use was taken back on";
    use_back_why: "冲正原因：", "Why it was taken back:";
    apply: "申请权益", "Apply for a benefit";
    which: "权益项目", "Benefit";
    certificate: "证书编号", "Certificate number";
    certificate_hint: "要凭证书的才填；一张证书只能用一次。", "Only where a certificate is asked for; each serves once.";
    apply_button: "申请", "Apply";
    apply_note: "发放时扣积分；名额已满就排队，排队不扣积分。", "Points are spent when it is granted; who waits in the queue spends none.";
    none_offered: "现在没有可以申请的权益。", "Nothing can be applied for now.";
    applied_granted: "已发放，使用前请记下登记号", "Granted; keep the number for its use";
    queue_over: "已截止，不再递补", "Over: no more places are given";
    applied_queued: "名额已满，已排队", "Places are gone; you stand in the queue";
    withdraw: "撤回申请", "Withdraw";
    withdraw_note: "没有使用的可以撤回：积分退回原来的批次（已过期的不能再用），名额给排队的下一位，截止日期后空着。撤回后不能恢复，只能重新申请。", "What was not used can be withdrawn: points go back where they came from (what expired since cannot be spent), and the place goes to the next in the queue, or after the last day to nobody. It cannot be undone; you can apply again.";
    withdraw_queued_note: "撤回后不再排队；重新申请要从队尾排起。", "You leave the queue; whoever applies again waits at its end.";
    withdraw_button: "确认撤回", "Withdraw it";
    withdrawn: "已撤回", "Withdrawn";
    withdrawn_on: "撤回日期", "Withdrawn on";
    withdrawn_why: "撤回原因：", "Why it was withdrawn:";
    withdrawal_done: "已撤回申请", "The application is withdrawn";
    no_end: "不限量", "no limit";
    free: "不用积分", "no points";
    pairs: "我的结对与走访", "My pairs and visits";
    no_pairs: "还没有结对。", "No pair yet.";
    helps: "我帮带", "I help";
    helped_by: "帮带我的", "Helped by";
    pair_no: "结对号", "Pair";
    since: "结对日期", "Since";
    ended: "已解除", "Ended";
    to_confirm: "待您确认", "For you to confirm";
    waits_for_other: "等对方确认", "Waits for the other";
    confirmed: "已确认", "Confirmed";
    visited_on: "走访日期", "Visited on";
    reported_by: "填报人", "reported by";
    confirm_visit: "确认走访", "Confirm the visit";
    visit_confirmed: "走访已确认，填报人记分", "Confirmed; whoever reported it earns the points";
    report_visit: "填报走访", "Report a visit";
    report_button: "填报", "Report";
    visit_kind: "走访活动", "Activity";
    visit_reported: "走访已填报，等对方确认", "Reported; the other one has to confirm it";
    letters: "我的聘书", "My appointments";
    no_letters: "没有聘书。", "No appointments.";
    letter_no: "聘书号", "Number";
    appointed_by: "聘任单位", "By";
    in_force: "有效", "Holds";
    not_yet: "未开始", "Not yet";
    over: "已到期", "Over";
    dismissed: "已解聘", "Ended";
    passes: "我的暖心卡", "My passes";
    no_passes: "还没有暖心卡。", "No pass yet.";
    pass_no: "卡号", "Number";
    lost: "已挂失", "Lost";
    no_last_day: "长期有效", "without an end";
    through: "有效期至", "Through";
}

impl Words {
    /// How long until a last day, or since it.
    pub(in crate::web) fn left(&self, days: i64) -> String {
        match (self.english, days) {
            (true, 0) => "ends today".to_owned(),
            (true, 1) => "1 day left".to_owned(),
            (true, 2..) => format!("{days} days left"),
            (true, _) => format!("over for {} days", -days),
            (false, 0) => "今天到期".to_owned(),
            (false, 1..) => format!("还剩 {days} 天"),
            (false, _) => format!("超期 {} 天", -days),
        }
    }

    /// For how long a visit waits.
    pub(in crate::web) fn waits_since(&self, days: i64) -> String {
        match (self.english, days) {
            (true, ..=0) => "visited today".to_owned(),
            (true, days) => format!("waiting for {days} days"),
            (false, ..=0) => "今天走访".to_owned(),
            (false, days) => format!("已等 {days} 天"),
        }
    }

    /// At which place somebody waits.
    pub(in crate::web) fn place(&self, place: usize) -> String {
        if self.english { format!("No. {place} in the queue") } else { format!("排队第 {place} 位") }
    }

    /// A benefit among those to choose from.
    pub(in crate::web) fn offer(&self, name: &str, price: &str, left: Option<u64>, waiting: usize) -> String {
        let left = match (self.english, left) {
            (_, None) => self.no_end.to_owned(),
            (true, Some(0)) => format!("none left, {waiting} wait"),
            (false, Some(0)) => format!("名额已满，{waiting} 人排队"),
            (true, Some(left)) => format!("{left} left"),
            (false, Some(left)) => format!("余 {left}"),
        };
        if self.english { format!("{name} ({price}; {left})") } else { format!("{name}（{price}，{left}）") }
    }
}
