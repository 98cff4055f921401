//! What `/branch` says of sealing a year, and `/me` of appeals.

use chrono::NaiveDate;

words! {
    seal: "封存本年度", "Seal the year";
    seal_hint: "民主评议会后封存：本年度的数据定在这一刻；以后的更正只列为补记，不改已封存的数据。封存后不能撤回。", "After the meeting: the year stays as it is now. Later corrections are told beside it and change nothing of it. A seal cannot be taken back.";
    seal_sure: "会议已按上面的数据评议，可以封存", "The meeting appraised the figures above; they can be sealed";
    sealed: "本年度已封存", "The year is sealed";
    sealed_at: "封存时的序号", "Sealed at position";
    digest: "数据摘要", "Digest";
    addendum: "封存后的补记", "Corrections after the seal";
    probationary: "预备党员（参加评议，不评定等次）", "On probation (take part in the appraisal, get no grade)";
    ungraded: "不评定等次", "no grade";
    no_addendum: "封存后没有更正。", "Nothing was corrected since.";
    counts_since: "补记", "counts since";
    gone_since: "已冲正", "no longer counts";
    disputed_records: "有异议的记录", "Records under objection";
    waits_for_decision: "异议处理中", "Waits for a decision";
    source_no: "单号或结对号", "Request or pair";
    source_word: "评价", "What was said";
    evidence_digest: "证据摘要", "Evidence digest";
    visit_confirmed: "已确认", "confirmed";
    appeals: "可以申诉的", "Can be appealed";
    appeal_upheld: "异议成立，这笔积分不算。您可以申诉一次。", "The objection was upheld and this credit does not count. You may appeal once.";
    appeal_dismissed: "您的异议没有成立。您可以申诉一次。", "Your objection was dismissed. You may appeal once.";
    appeal_until: "最后一天", "Last day";
    appeal_why: "申诉理由", "Why you appeal";
    appeal: "提出申诉", "Appeal";
    appealed: "申诉已提交，由没有参与过的审核员最后决定。", "The appeal is recorded; an approver who had no part decides for good.";
}

impl Words {
    /// Since when an objection waits.
    pub(in crate::web) fn objected_since(&self, day: NaiveDate) -> String {
        if self.english { format!("since {day}") } else { format!("{day} 起") }
    }

    /// That a year is not over yet, before it is sealed.
    pub(in crate::web) fn still_runs(&self, year: i32) -> String {
        if self.english {
            format!(
                "{year} is not over: points recorded later will stand beside the sealed figures as an addendum. If it is to be sealed now, press again."
            )
        } else {
            format!("{year} 年还没有结束：以后再记的积分只列为补记，不改封存的数据。确实现在封存，请再按一次。")
        }
    }
}
