//! What is said of appointments that a second person confirms.

use ledger_core::domain::period::Period;

use crate::service::appointing::Aim;

words! {
    waiting: "待确认的聘任", "Appointments to confirm";
    none: "没有待确认的聘任。", "No appointment waits to be confirmed.";
    hint: "登记和解聘都要另一位审核员确认后才作数；登记的人和本人不能确认。", "What is entered holds once another approver confirms it; neither whoever entered it nor the worker may.";
    state: "待确认", "To be confirmed";
    end_waits: "解聘待确认", "End to be confirmed";
    change_waits: "变更待确认", "Change to be confirmed";
    holds_until: "确认前聘任照旧有效", "The appointment holds as before until it is confirmed";
    unchanged_until: "确认前按原来的聘任", "The appointment stays as it is recorded until it is confirmed";
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
    end_sent_back: "已退回解聘", "The end is sent back";
    change_sent_back: "已退回变更", "The change is sent back";
    proposed: "已提交，等另一位审核员确认", "Entered; another approver has to confirm it";
    end_proposed: "已提交解聘，等另一位审核员确认", "The end is entered; another approver has to confirm it";
    not_possible: "这份聘任已经办过，请看最新的列表。", "This appointment was decided before; look at the list as it stands.";
    same_person: "登记的人和本人不能确认或退回，请换一位审核员。", "Neither whoever entered it nor the worker may decide; ask another approver.";
    duplicate: "与名册重复", "Recorded by a register";
    taken: "这个聘书号此间已由名册登记，请退回后重新登记。", "A register recorded this number meanwhile: send it back and enter it anew.";
    waits_already: "这个聘书号已有一份在等确认，请先确认或退回。", "One of this number waits already: confirm it or send it back first.";
    mends_new: "已照退回的这一份填好，聘书号是新的，原号也可以再用；请改好再提交：", "Filled in as this one that was sent back, under a new number, though the old one may be used again; mend it and enter it:";
    mends_change: "已照退回的这份变更填好，请改好再提交：", "Filled in as this change that was sent back; mend it and enter it:";
    returned: "退回的聘任", "Appointments that were sent back";
    rejected: "已退回", "Sent back";
    end_rejected: "解聘已退回", "End sent back";
    change_rejected: "变更已退回", "Change sent back";
    end_failed: "解聘未获确认", "The end was not confirmed";
    end_failed_holds: "解聘未获确认，聘任照旧有效", "The end was not confirmed; the appointment holds as before";
    change_failed: "变更未获确认，仍按原来的聘任", "The change was not confirmed; the appointment stays as it is recorded";
    rejected_on: "退回日期", "Sent back on";
    rejected_why: "退回原因：", "Why it was sent back:";
    not_yet: "确认前不作数", "Holds once it is confirmed";
}

impl Words {
    /// That something waits.
    pub(in crate::web) const fn waits(&self, aim: Aim) -> &'static str {
        match aim {
            Aim::Appoints => self.state,
            Aim::Changes => self.change_waits,
            Aim::Ends => self.end_waits,
        }
    }

    /// What holds before it is confirmed; `lasts` where what is recorded holds, or will.
    pub(in crate::web) const fn until_then(&self, aim: Aim, lasts: bool) -> &'static str {
        match (aim, lasts) {
            (Aim::Appoints, _) => self.not_yet,
            (Aim::Ends, true) => self.holds_until,
            (Aim::Changes, _) | (Aim::Ends, false) => self.unchanged_until,
        }
    }

    /// That something was sent back.
    pub(in crate::web) const fn was_rejected(&self, aim: Aim) -> &'static str {
        match aim {
            Aim::Appoints => self.rejected,
            Aim::Changes => self.change_rejected,
            Aim::Ends => self.end_rejected,
        }
    }

    /// What holds since it was sent back; `lasts` as before, blank where nothing does.
    pub(in crate::web) const fn since_then(&self, aim: Aim, lasts: bool) -> &'static str {
        match (aim, lasts) {
            (Aim::Appoints, _) => "",
            (Aim::Changes, _) => self.change_failed,
            (Aim::Ends, true) => self.end_failed_holds,
            (Aim::Ends, false) => self.end_failed,
        }
    }

    /// What is said to whoever sent something back.
    pub(in crate::web) const fn was_sent_back(&self, aim: Aim) -> &'static str {
        match aim {
            Aim::Appoints => self.sent_back,
            Aim::Changes => self.change_sent_back,
            Aim::Ends => self.end_sent_back,
        }
    }

    /// The days of an appointment; `proposed` where they are yet to be confirmed.
    pub(in crate::web) fn days(&self, days: Period, proposed: bool) -> String {
        let to_be = match (proposed, self.english) {
            (false, _) => "",
            (true, true) => "proposed ",
            (true, false) => "拟",
        };
        let told = match (days.from, days.through, self.english) {
            (Some(from), Some(through), true) => format!("from {from} through {through}"),
            (Some(from), Some(through), false) => format!("自 {from} 至 {through}"),
            (Some(from), None, true) => format!("from {from}, without an end"),
            (Some(from), None, false) => format!("自 {from} 起，无期限"),
            (None, Some(through), true) => format!("through {through}"),
            (None, Some(through), false) => format!("至 {through}"),
            (None, None, true) => "without an end".to_owned(),
            (None, None, false) => "无期限".to_owned(),
        };
        format!("{to_be}{told}")
    }
}
