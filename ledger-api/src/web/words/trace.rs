//! What `/audit/trace` says.

use chrono::NaiveDate;
use ledger_core::domain::proof::ProvenBy;

use crate::title;

words! {
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
