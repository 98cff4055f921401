//! What is said of applications for benefits that bodies approve.

words! {
    waiting: "待审核的权益申请", "Applications for approval";
    none: "没有待审核的权益申请。", "No application waits for approval.";
    hint: "每个审核单位由不同的人各审一次；登记的人、申请人本人不能审。最后一个单位通过时才扣积分、占名额。", "Each body approves once, by another person; neither whoever entered it nor the applicant may. Points are spent and the place is taken with the last word.";
    passed: "已通过：", "Approved by:";
    still: "还差：", "Still to approve:";
    entered_by: "登记人", "entered by";
    as_body: "代表哪个单位通过", "For which body";
    approve: "通过", "Approve";
    send_back: "退回", "Send back";
    reason: "退回原因（本人看得到）", "Why (the worker sees it)";
    approved: "已登记通过，还要其他单位审核", "Approved; another body has a word in it";
    approved_granted: "审核通过，已发放", "Approved and granted";
    approved_queued: "审核通过，名额已满，已排队", "Approved; places are gone, so it waits in the queue";
    sent_back: "已退回申请", "The application is sent back";
    not_possible: "这个申请已经办过，请看最新的列表。", "This application was decided before; look at the list as it stands.";
    same_person: "登记的人、申请人本人和审过的人不能再审，请换一位审核员。", "Whoever entered it, approved it or applied may not decide; ask another approver.";
    proposed_for: "已提交，等待审核，登记号", "Entered, to be approved, as";
    proposed: "已提交，等待审核；审核通过前不扣积分", "Entered, to be approved; no points are spent before";
    returned: "退回的权益申请", "Applications that were sent back";
    rejected: "已退回", "Sent back";
    rejected_on: "退回日期", "Sent back on";
    rejected_why: "退回原因：", "Why it was sent back:";
    withdraw_note: "撤回后不再审核；可以重新申请。", "It is not decided any more; you can apply again.";
}

impl Words {
    /// How many of the bodies have approved.
    pub(in crate::web) fn in_review(&self, said: usize, all: usize) -> String {
        if self.english { format!("Under review {said}/{all}") } else { format!("待审 {said}/{all}") }
    }
}
