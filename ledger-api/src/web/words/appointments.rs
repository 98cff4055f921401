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
    applied: "申请于", "applied on";
}

impl Words {
    /// How many of a benefit were given, and are waited for.
    pub(in crate::web) fn given(&self, granted: u64, places: Option<u32>, used: u64) -> String {
        match (self.english, places) {
            (true, Some(places)) => format!("{granted} of {places} granted, {used} used"),
            (true, None) => format!("{granted} granted, {used} used"),
            (false, Some(places)) => format!("已发放 {granted}／{places}，已使用 {used}"),
            (false, None) => format!("已发放 {granted}，已使用 {used}"),
        }
    }

    /// How many wait.
    pub(in crate::web) fn waiting(&self, waiting: usize) -> String {
        if self.english { format!("{waiting} waiting") } else { format!("{waiting} 人排队") }
    }

    /// Who waits at which place.
    pub(in crate::web) fn queued(&self, place: usize, worker: &str, on: &str) -> String {
        if self.english {
            format!("No. {place}: {worker}, {} {on}", self.applied)
        } else {
            format!("第 {place} 位 {worker}，{} {on}", self.applied)
        }
    }
}
