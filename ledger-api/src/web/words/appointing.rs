//! What is said of appointments that a second person confirms.

words! {
    waiting: "待确认的聘任", "Appointments to confirm";
    none: "没有待确认的聘任。", "No appointment waits to be confirmed.";
    hint: "登记和解聘都要另一位审核员确认后才作数；登记的人和本人不能确认。", "What is entered holds once another approver confirms it; neither whoever entered it nor the worker may.";
    state: "待确认", "To be confirmed";
    entered_by: "登记人", "entered by";
    entered_on: "登记日期", "entered on";
    new: "新聘任", "New";
    changes: "变更已登记的聘任", "Changes what is recorded";
    ends: "解聘，从这天起不再有效：", "To end; first day no longer:";
    confirm: "确认", "Confirm";
    send_back: "退回", "Send back";
    reason: "退回原因（本人看得到）", "Why (the worker sees it)";
    confirmed: "已确认", "Confirmed";
    sent_back: "已退回聘任", "The appointment is sent back";
    proposed: "已提交，等另一位审核员确认", "Entered; another approver has to confirm it";
    end_proposed: "已提交解聘，等另一位审核员确认", "The end is entered; another approver has to confirm it";
    not_possible: "这份聘任已经办过，请看最新的列表。", "This appointment was decided before; look at the list as it stands.";
    same_person: "登记的人和本人不能确认或退回，请换一位审核员。", "Neither whoever entered it nor the worker may decide; ask another approver.";
    taken: "这个聘书号此间已由名册登记，请退回后重新登记。", "A register recorded this number meanwhile: send it back and enter it anew.";
    waits_already: "这个聘书号已有一份在等确认，请先确认或退回。", "One of this number waits already: confirm it or send it back first.";
    returned: "退回的聘任", "Appointments that were sent back";
    rejected: "已退回", "Sent back";
    rejected_on: "退回日期", "Sent back on";
    rejected_why: "退回原因：", "Why it was sent back:";
    not_yet: "确认前不作数", "Holds once it is confirmed";
}
