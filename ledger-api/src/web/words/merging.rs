//! What `/credits/merge` says.

words! {
    title: "一人多号合并", "One person, two ids";
    step_one: "第一步：哪两个编号", "First: which two ids";
    step_two: "第二步：核对，再合并", "Second: look at both, then merge";
    hint: "同一个人登记了两个编号时用。先请录入员核对确是同一人；有积分卡的编号要保留。", "For a person who was registered twice. Let an operator make sure first; the id with a points card is the one to keep.";
    given_up: "要停用的编号", "Id to give up";
    kept: "要保留的编号", "Id to keep";
    look: "查看两个编号", "Look at both";
    others: "换两个编号", "Other ids";
    swap: "两个编号对调", "The other way round";
    same_name: "两个编号登记的姓名相同。", "Both ids have the same name.";
    other_name: "两个编号登记的姓名不同，请先核对确是同一人。", "The two ids have different names: make sure that they are one person.";
    no_names: "至少有一个编号没有登记姓名，请另行核对确是同一人。", "A name is missing: make sure in another way that they are one person.";
    work: "从业与平台", "Work and platform";
    debt: "待抵扣", "Owed";
    without: "没有", "none";
    happens: "合并以后", "What will happen";
    counted_together: "每日、每月、每年上限和每人每年限兑，两个编号合起来算。", "Caps of day, month and year and yearly limits count both ids together.";
    for_good: "合并以后不能撤销。合并以前的账照样可以冲正，多退少补算到保留的编号上。", "A merge cannot be taken back. What was before can still be corrected, to the account of the id that is kept.";
    reason_hint: "写明怎么核对的；不要写姓名、电话和证件号。", "Say how it was made sure of; no names, phone or identity numbers.";
    sure: "已核对确是同一个人，明白合并不能撤销", "They are one person, and I know that this cannot be taken back";
    merge: "合并", "Merge";
    two_cards: "两个编号都有积分卡。请所在党支部先注销其中一张，再来合并。", "Both ids have an open card. Let the branch close one of them first.";
    card_given_up: "要停用的编号有积分卡，请保留它：把两个编号对调。", "The id to give up has an open card: keep that one, the other way round.";
    held_first: "要停用的编号还有没领取的预留，请先领取或释放，再来合并。", "The id to give up has a hold that is open: capture or release it first.";
    own_or_same: "不能合并：两个编号要不同，自己的编号请别的审核员办。", "Not possible: two different ids are needed, and the own one is another approver's to merge.";
}

impl Words {
    /// What is left goes over.
    pub(in crate::web) fn goes_over(&self, points: &str, lots: usize, kept: &str) -> String {
        if self.english {
            format!("{points} points in {lots} lots go over to {kept}, with the days they always had.")
        } else {
            format!("剩余 {points} 积分（{lots} 批）转到 {kept}，有效期不变。")
        }
    }

    /// So does what is owed.
    pub(in crate::web) fn debt_goes_over(&self, points: &str, kept: &str) -> String {
        if self.english {
            format!("{points} points that are owed go over to {kept}.")
        } else {
            format!("待抵扣的 {points} 积分一并转到 {kept}。")
        }
    }

    /// One id is given up.
    pub(in crate::web) fn given_up_for_good(&self, given_up: &str, kept: &str) -> String {
        if self.english {
            format!("{given_up} takes no new entry any more; {kept} is used instead.")
        } else {
            format!("{given_up} 停用，不再录入，以后都用 {kept}。")
        }
    }

    /// Credits wait for a decision.
    pub(in crate::web) fn waiting_first(&self, credits: usize) -> String {
        if self.english {
            format!("The id to give up has {credits} credits that are not decided yet: decide them first.")
        } else {
            format!("要停用的编号还有 {credits} 笔积分没有审完，请先审完，再来合并。")
        }
    }

    /// It was done.
    pub(in crate::web) fn done(&self, given_up: &str, kept: &str, points: &str) -> String {
        if self.english {
            format!("Merged: {given_up} into {kept}; {points} points went over")
        } else {
            format!("已合并：{given_up} 并入 {kept}，转入 {points} 积分")
        }
    }
}
