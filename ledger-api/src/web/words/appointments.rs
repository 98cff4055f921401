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
    withdraw_note: "没有使用的才能撤回。已发放的退回积分和资金，名额给排队的下一位；排队的不再排队。", "Only what was not used. Of what was granted points and money go back, and the place goes to the next in the queue; who waits leaves the queue.";
    withdraw_reason: "原因（本人看得到）", "Why (the worker sees it)";
    withdraw_button: "撤回", "Withdraw";
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
