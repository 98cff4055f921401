//! What is said of visits for which a branch may give its word, and of pairs who help each other.

words! {
    title: "走访确认", "Visits to confirm";
    back: "回党支部", "Back to the branch";
    for_branch: "等支部代为确认", "For the branch to confirm";
    for_branch_hint: "对方已经退出，只能由支部代为确认。核实确有此事再点；账本写明是支部代为确认，填报人照常记分。", "The partner has left, so the branch gives the word. Make sure that it happened; the ledger says that the branch stood in, and whoever reported it earns as usual.";
    none_for_branch: "没有要支部代为确认的走访。", "No visit waits for the branch.";
    for_partner: "等对方本人确认", "Waiting for the partner";
    none_for_partner: "没有等对方确认的走访。", "No visit waits for a partner.";
    confirm: "支部代为确认", "Confirm for them";
    confirmed: "已代为确认，填报人记分", "Confirmed for them; whoever reported it earns the points";
    not_possible: "不能代为确认：对方还没有退出，或不是本支部的结对。", "Not possible: the partner has not left, or the pair is not of this branch.";
    by_branch: "支部代为确认", "Confirmed by the branch";
    reciprocal: "互相帮带", "Help each other";
    reciprocal_pairs: "互相帮带的结对", "Pairs who help each other";
    reciprocal_hint: "同一时期两人互为帮带人。系统不拦，请审核员了解走访是否属实。", "The same two help each other at one time. Nothing refuses that; find out whether the visits are real.";
}

impl Words {
    /// How many wait.
    pub(in crate::web) fn waiting(&self, visits: usize) -> String {
        if self.english { format!("{} ({visits})", self.title) } else { format!("{}（{visits}）", self.title) }
    }
}
