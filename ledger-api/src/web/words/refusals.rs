//! What a form says of a no whose code alone would not tell whoever filled it in what to mend.

words! {
    number_unknown: "没有这个登记号，请骑手打开「出示登记号」再核对。", "Nobody has this number; ask the rider to open Show the number, and check it.";
    still_queued: "还在排队，没有发放，不能核销。", "It waits in the queue and is not granted yet: it cannot be taken.";
    still_in_review: "还在审核，没有发放，不能核销。", "It is under review and not granted yet: it cannot be taken.";
    voucher_returned: "这个申请已退回，没有发放，不能核销。", "This application was sent back and nothing was granted: it cannot be taken.";
    voucher_used: "这张券已使用，不能再核销。", "This was used before and cannot be taken again.";
    voucher_withdrawn: "这张券已撤回，不能核销。", "This was withdrawn and cannot be taken.";
    reversed_before: "这一笔已撤销或还没有核销，不用再撤。", "This was taken back before, or was never used: there is nothing to take back.";
    slip_taken: "这个小票号用过了，请换一个。", "This slip number was entered before; choose another one.";
    objected_before: "这一笔您已提过异议，同一笔只能提一次。", "You objected to this record before, which is possible once.";
    ends_before: "结束日期早于开始日期，请核对。", "It would end before it begins; check both days.";
    agreed_before_today: "报名截止已经过了，没有人能报名；请改成今天或以后，或留空。", "The last day to agree is over, so nobody could; choose today or a later day, or leave it blank.";
    claimed_before: "认领日期早于提出日期，请核对。", "It was claimed before it was posted; check the day.";
    done_before: "办结日期早于认领日期，请核对。", "It was done before it was claimed; check both days.";
    merged_before: "两单中有一单已经并到别的单；原单号请填最后那一单。", "One of the two was merged before; name the one that the others were merged into.";
    merges_taken: "这一单有人在办，不能并入；请先退回。", "Somebody works on it, so it cannot be merged; have the claim given up first.";
    rates_partner: "本人或与本人结对的人得分的，请另一人评价。", "What you or your partner in a pair earn from is for somebody else to rate.";
    had_this_year: "这项权益今年已申请过，达到每人限额。", "This benefit was applied for this year already: the limit for one person is reached.";
    had_before: "这项权益已申请过，达到每人限额。", "This benefit was applied for before: the limit for one person is reached.";
    other_benefit: "登记号和项目对不上，请核对。", "The number is of no application for this benefit; check both.";
    same_pair: "帮带人和被帮带人不能是同一人。", "Nobody is paired with oneself.";
    answered_it: "您裁决过这一笔的异议，请另一位审核员办理。", "You decided about an objection to this record; another approver has to pass it.";
    personal_id: "编号不能用身份证号或手机号，请用工牌号。", "An id may be no identity or phone number; take the number of the badge.";
    account_blank: "账号里不能有空格。", "An account has no blanks in it.";
    committed: "已经办成，但还有一项没有存好（如姓名）。请原样再按一次：不会办两次。", "It is done, but something beside it, such as the name, is not kept yet. Press again: it will not happen twice.";
    counted_too_few: "盘点数要连同预留的一起数，不能少于预留的件数；请核对，或先处理待取的预留。", "A count takes in what is set aside and is never less than that; count again, or see to the open holds first.";
    account_nobody: "没有找到，请核对代号。", "No account has this in its id; check it.";
}

impl Words {
    /// A word that nobody used before.
    pub(in crate::web) fn new_word(&self, word: &str, known: &[String]) -> String {
        if self.english {
            format!("“{word}” was not used before (known: {}). If it is right, press again.", known.join(", "))
        } else {
            format!("「{word}」以前没有用过（已有：{}）。确实要用，请再按一次。", known.join("、"))
        }
    }

    /// What was to be entered anew is there already.
    pub(in crate::web) fn taken(&self, number: &str) -> String {
        if self.english {
            format!("“{number}” is entered already, with other particulars; choose another number.")
        } else {
            format!("「{number}」已登记过，请换一个。")
        }
    }
}
