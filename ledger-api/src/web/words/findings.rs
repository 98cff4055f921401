//! What `/audit` shows an auditor first, and what `/audit/state` says of its sliders.

words! {
    title: "先看这些", "To look at first";
    hint: "都只是值得问一问的，不等于有问题。", "Worth asking about; none of it is a finding against anybody.";
    not_yet: "核对以后，这里列出整本账的迟录、给自己记分、集中记分和带提示的记录。", "Once the journal is verified, its late entries, credits of oneself, bursts and flagged records are counted here.";
    waiting: "待审核、带提示的", "Flagged, waiting to be checked";
    none_waiting: "没有", "none";
    late_credits: "迟录的服务（31 天以上）", "Services entered late (31 days or more)";
    late_redemptions: "迟录的兑换（超过一天）", "Redemptions entered late (more than a day)";
    own_credits: "给本人记分", "Credits of oneself";
    own_confirmations: "自己提出又自己确认", "Proposed and confirmed by one person";
    bursts: "同一证明人集中证明", "One witness for much at once";
    runs: "短时间连续给多人记分", "Many accounts credited close together";
    flagged: "带提示的记录", "Flagged records";
    in_report: "见报告", "see the report";
    only: "只看", "Only";
    only_late_credits: "迟录的服务", "services entered late";
    only_late_redemptions: "迟录的兑换", "redemptions entered late";
    only_flagged: "带提示的记录", "flagged records";
    funds: "资金与付款", "Funds against payments";
    month_before: "上月", "Month before";
    month_after: "下月", "Month after";
    days: "有记录的日期：", "Days on record:";
    follows: "拖动滑块选序号，松手后显示当时的账。", "Move the slider; the books of that moment follow once you let go.";
}

impl Words {
    /// Up to where, and when, figures were counted.
    pub(in crate::web) fn counted(&self, position: u64, at: &str) -> String {
        if self.english {
            format!("up to position {position}, {at}")
        } else {
            format!("序号 {position} 以前，{at}")
        }
    }

    /// How many of something.
    pub(in crate::web) fn of_them(&self, count: u64) -> String {
        if self.english { count.to_string() } else { format!("{count} 条") }
    }

    /// Entries that came after a checkpoint.
    pub(in crate::web) fn unsigned(&self, since: u64) -> String {
        if self.english { format!("{since} entries came after it") } else { format!("其后 {since} 条未签") }
    }

    /// What can be paid now of what is set aside.
    pub(in crate::web) fn due_of(&self, due: &str) -> String {
        if self.english {
            format!("Of what is committed, {due} stand on confirmed statements and are to be paid now.")
        } else {
            format!("已用未付里，对账单已确认、等付款的 {due}。")
        }
    }
}
