//! What `/appointments` says beside what is said of the same things on a worker's page.

words! {
    visits: "待确认的走访", "Visits to confirm";
    no_visits: "没有等待确认的走访。", "No visit waits to be confirmed.";
    by_other: "待确认人", "to be confirmed by";
    confirm_for: "本人已确认，代为登记", "They confirmed it: enter that";
    appointments: "聘任", "Appointments";
    none: "没有在聘的人员。", "Nobody is appointed.";
    dismiss: "解聘", "End the appointment";
    dismissed_on: "解聘日期（从这天起不再有效）", "First day no longer";
    dismissed: "已登记解聘", "The end is recorded";
    appoint: "登记聘任", "Appoint somebody";
    appoint_button: "登记聘任", "Appoint";
    appointed: "已登记聘任", "Appointed";
    letter_no: "聘书号", "Number";
    worker: "编号", "Worker";
    role: "角色", "As";
    body: "聘任单位", "By which body";
    site: "驿站编号", "Site";
    site_hint: "不限驿站的不填。", "Blank where it is for no single site.";
    from: "聘任日期", "First day";
    until: "到期日期", "Last day";
    until_hint: "没有期限的不填。", "Blank for no end.";
    benefits: "权益与排队", "Benefits and queues";
    no_benefits: "还没有权益项目；请管理员登记。", "No benefits yet; the administrator registers them.";
    apply_for: "代为申请权益", "Apply for somebody";
    apply_button: "代为申请", "Apply";
    which: "权益项目", "Benefit";
    amount: "金额（元）", "Amount (yuan)";
    amount_hint: "补助才填金额；不能给自己申请补助。", "For a subsidy alone; nobody enters the own one.";
    certificate: "证书编号", "Certificate number";
    granted_for: "已发放，登记号", "Granted as";
    queued_for: "名额已满，已排队，登记号", "Places are gone; queued as";
    applied: "申请于", "applied on";
    application: "登记号", "Number of the application";
    withdraw_for: "代为撤回申请", "Withdraw for somebody";
    withdraw_note: "没有使用的才能撤回。已发放的退回积分和资金，名额给排队的下一位，截止日期后空着；排队的不再排队。", "Only what was not used. Of what was granted points and money go back, and the place goes to the next in the queue, or after the last day to nobody; who waits leaves the queue.";
    withdraw_reason: "原因（本人看得到）", "Why (the worker sees it)";
    withdraw_button: "撤回", "Withdraw";
    back: "回聘任与走访", "Back";
    pairs: "帮带结对", "Pairs";
    no_pairs: "还没有结对。", "No pairs yet.";
    open_pair: "登记结对", "Pair two workers";
    pair_no: "结对号", "Number";
    helper: "帮带人编号", "Who helps";
    helped: "被帮带人编号", "Who is helped";
    branch: "所在党支部", "Party branch";
    branch_hint: "不由党支部结对的不填。", "Blank where no branch made the pair.";
    since: "结对日期", "First day";
    end_pair: "解除结对", "End the pair";
    ended_on: "解除日期（从这天起不再有效）", "First day no longer";
    holds: "结对中", "Holds";
    not_yet: "未开始", "Not yet";
    ended: "已解除", "Ended";
    pair_opened: "已登记结对", "Paired";
    pair_ended: "已登记解除", "The end is recorded";
    by_register: "结对由审核员登记和解除；走访由本人填报。", "Approvers open and end pairs; visits are reported by the two themselves.";
    passes: "暖心卡", "Passes";
    no_passes: "没有找到暖心卡。", "No passes found.";
    find_letter: "按编号查聘任", "Appointments of a worker";
    find_pair: "按编号查结对", "Pairs of a worker";
    find_pass: "按编号查卡", "Passes of a worker";
    none_of: "没有找到此编号的聘任。", "This worker has no appointment.";
    no_pair_of: "没有找到此编号的结对。", "This worker is in no pair.";
    cut: "没有全部列出；其他的请按编号查找。", "Not all are listed; look for the others by worker.";
    find: "查找", "Find";
    issue: "发放暖心卡", "Issue a pass";
    issue_button: "发放", "Issue";
    issued: "已发放，卡号", "Issued as";
    pass_no: "卡号", "Number";
    pass_hint: "空白卡上印有号码的，照卡填写。", "Where the blank card bears a number, write that.";
    kind: "卡种", "Kind";
    from_issued: "发放日期", "First day";
    lose: "挂失并补发", "Lost: issue another";
    lost_at: "挂失时间（从这时起旧卡作废）", "Void from";
    replacement: "补发卡号", "Number of the new pass";
    replacement_hint: "暂不补发的不填。", "Blank where none is issued yet.";
    lost_done: "已挂失，旧卡作废", "The pass is void";
    replaced_done: "已挂失，补发卡号", "The pass is void; replaced by";
    replaces: "补发卡，启用于", "A replacement, good from";
    lost_since: "挂失于", "Lost at";
}

impl Words {
    /// How many of a benefit were given, and are waited for.
    pub(in crate::web) fn given(&self, granted: u64, places: Option<u32>, used: u64, withdrawn: u64) -> String {
        let given = match (self.english, places) {
            (true, Some(places)) => format!("{granted} of {places} granted, {used} used"),
            (true, None) => format!("{granted} granted, {used} used"),
            (false, Some(places)) => format!("已发放 {granted}／{places}，已使用 {used}"),
            (false, None) => format!("已发放 {granted}，已使用 {used}"),
        };
        match (withdrawn, self.english) {
            (0, _) => given,
            (_, true) => format!("{given}, {withdrawn} withdrawn"),
            (_, false) => format!("{given}，已撤回 {withdrawn}"),
        }
    }

    /// How many wait.
    pub(in crate::web) fn waiting(&self, waiting: usize) -> String {
        if self.english { format!("{waiting} waiting") } else { format!("{waiting} 人排队") }
    }

    /// Who waits at which place.
    pub(in crate::web) fn queued(&self, place: usize, worker: &str, on: &str, application: &str) -> String {
        if self.english {
            format!("No. {place}: {worker}, {} {on} as {application}", self.applied)
        } else {
            format!("第 {place} 位 {worker}，{} {on}，登记号 {application}", self.applied)
        }
    }
}

impl super::Words {
    /// A pair's number is another pair's.
    pub(in crate::web) fn pair_taken(&self, pair: &str, helper: &str, helped: &str) -> String {
        if self.english {
            format!("Number {pair} is that of {helper} and {helped}: choose another one, or end that pair first.")
        } else {
            format!("结对号 {pair} 已用于 {helper} 与 {helped}，请换一个号；要改原来的结对，请先登记解除。")
        }
    }
}
