//! What `/audit/trace` says.

use chrono::NaiveDate;
use ledger_core::domain::proof::ProvenBy;

use crate::title;

words! {
    no_day: "截至日期读不懂，请写成 2026-03-05 这样。", "The day cannot be read; write it as in 2026-03-05.";
    shown_now: "下面没有按它算。", "It was left out below.";
    no_seed: "种子请填整数。", "The seed is a whole number.";
    no_size: "件数请填 1 到 1,000 的整数。", "The number of items is a whole number from 1 to 1,000.";
    no_way: "请从列表里选抽样的办法。", "Choose of the list how it is drawn.";
    title: "结余的来历", "Where a balance comes from";
    hint: "填编号，看这个账户的结余由哪些批次组成、每批从哪来、被什么用掉，逐条对得上账本的序号。时刻可以不填。", "Enter a worker's id: which lots make up the balance, what made each and what took from it, each with its position in the journal. The moment may be left blank.";
    show: "查来历", "Trace";
    lots: "有余额或待入账的批次", "Lots with something in them, or that wait";
    lots_hint: "点开一批，看它怎么来的（申报、审核、公示、入账）、怎么去的，每一步之后剩多少。", "Open a lot: how it came (recorded, checked, publicised, counted), what took from it, and what was in it after each step.";
    no_lots: "没有。", "None.";
    lot: "批次", "Lot";
    used_up: "已用完", "Used up";
    lapsed: "已过期", "Expired";
    to_spend: "可用", "Can be spent";
    lines: "逐条明细", "Line by line";
    happened: "发生时间", "Happened";
    change: "变动", "Change";
    in_lot: "批次剩余", "Left in the lot";
    about: "说明", "About";
    event_no: "事件序号", "Event at position";
    later: "后面的", "Later";
    party: "对方", "with";
    waits: "待审核或公示，尚未计入", "waits and does not count yet";
}

impl Words {
    /// Which positions there are.
    pub(in crate::web) fn only_to(&self, head: u64) -> String {
        if self.english {
            format!("The journal ends at position {head}; write a whole number from 1 to {head}.")
        } else {
            format!("序号只到 {head}，请填 1 到 {head} 的整数。")
        }
    }

    /// What a balance is made of.
    pub(in crate::web) fn sum_of(&self, lots: &str, held: &str, balance: &str) -> String {
        if self.english {
            format!("{lots} in lots that have not ended + {held} set aside = {balance}.")
        } else {
            format!("未到期批次合计 {lots} + 预占 {held} = 结余 {balance}。")
        }
    }

    /// Events after the day asked for.
    pub(in crate::web) fn left_out_of(&self, events: u64) -> String {
        if self.english {
            format!("{events} later events are left out.")
        } else {
            format!("另有 {events} 件事发生在此日之后，未计入。")
        }
    }

    /// From when and until when a lot can be spent.
    pub(in crate::web) fn days_of(&self, on: NaiveDate, last_day: Option<NaiveDate>) -> String {
        match (self.english, last_day) {
            (true, Some(last)) => format!("usable from {on} through {last}"),
            (true, None) => format!("usable from {on} on, for ever"),
            (false, Some(last)) => format!("{on} 起可用，至 {last}"),
            (false, None) => format!("{on} 起可用，长期有效"),
        }
    }

    /// The version of the points schedule.
    pub(in crate::web) fn schedule_of(&self, version: u32) -> String {
        if self.english { format!("schedule {version}") } else { format!("积分标准第 {version} 版") }
    }

    /// A cap cut a credit.
    pub(in crate::web) fn capped_from(&self, points: &str) -> String {
        if self.english { format!("capped, else {points}") } else { format!("封顶，原为 {points}") }
    }

    /// A debt was paid.
    pub(in crate::web) fn debt_paid_of(&self, points: &str) -> String {
        if self.english { format!("{points} paid an old debt") } else { format!("抵扣欠分 {points}") }
    }

    /// A debt was left.
    pub(in crate::web) fn debt_left_of(&self, points: &str) -> String {
        if self.english {
            format!("{points} were spent already and are owed")
        } else {
            format!("已用去 {points}，记为待抵扣")
        }
    }

    /// An expiry was booked, or taken out again.
    pub(in crate::web) fn booked_of(&self, points: &str) -> String {
        if self.english {
            format!("expiry of {points} booked; it counted since the lot ended")
        } else {
            format!("过期记账 {points}，有效期一过即已计入过期")
        }
    }

    /// By what somebody was proven to be the one who spends.
    pub(in crate::web) fn proven(&self, by: ProvenBy) -> String {
        if self.english {
            format!("proven by {}", by.as_str())
        } else {
            format!("本人凭证 {}", title::proven_by(by))
        }
    }
}
