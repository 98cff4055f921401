//! What `/audit/trace` says.

use chrono::NaiveDate;
use ledger_core::domain::proof::ProvenBy;
use ledger_core::domain::selection::state::Stage;
use projections::audit::trace::{Fact, PassStatus, Subject};

use crate::title;

words! {
    no_day: "截至日期读不懂，请写成 2026-03-05 这样。", "The day cannot be read; write it as in 2026-03-05.";
    shown_now: "下面没有按它算。", "It was left out below.";
    no_seed: "种子请填整数。", "The seed is a whole number.";
    no_size: "件数请填 1 到 1,000 的整数。", "The number of items is a whole number from 1 to 1,000.";
    no_way: "请从列表里选抽样的办法。", "Choose of the list how it is drawn.";
    title: "结余的来历", "Where a balance comes from";
    hint: "填编号，看这个账户的结余由哪些批次组成、每批从哪来、被什么用掉，逐条对得上账本的序号。时刻可以不填。填单号、项目编号、资金编号、暖心卡号、结对号、评选编号、驿站编号或商户编号，看那一件的来历。", "Enter a worker's id: which lots make up the balance, what made each and what took from it, each with its position in the journal. The moment may be left blank. The number of a request, benefit, fund, pass, pair, selection, site or merchant is traced as well.";
    no_such: "没有此编号。可以填人员编号、单号、项目编号、资金编号、暖心卡号、结对号、评选编号、驿站编号或商户编号。", "Nothing has this number. Enter the id of a worker, or the number of a request, benefit, fund, pass, pair, selection, site or merchant.";
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
    others: "同号的还有", "Also of this number";
    request: "需求", "Request";
    benefit: "权益项目", "Benefit";
    fund: "资金", "Fund";
    pass: "暖心卡", "Pass";
    pair: "结对", "Pair";
    selection: "评选", "Selection";
    site: "站点", "Site";
    parent: "上级站点", "Above it";
    below: "下级站点", "Right below it";
    appointments: "聘书", "Appointments";
    claims: "认领次数", "Claims";
    credited: "记分", "Credited";
    granted: "已发", "Given";
    queued: "排队", "Waiting";
    used: "已用", "Used";
    places_left: "余名额", "Places left";
    appropriated: "拨入", "Appropriated";
    committed: "占用", "Set aside";
    paid: "已付", "Paid";
    free: "可用", "Free";
    status: "状态", "Status";
    valid: "有效", "valid";
    lost: "已挂失", "lost";
    replaced: "已补发", "replaced";
    slips: "小票", "Slips";
    full_price: "原价合计", "Full price";
    discount: "优惠合计", "Discount";
    visits_waiting: "待确认走访", "Visits that wait";
    visits_confirmed: "已确认走访", "Visits confirmed";
    stage: "步骤", "Stage";
    announced: "已公告", "announced";
    sealed: "已封存", "sealed";
    drawn: "已公示", "drawn";
    recorded: "已登记结果", "recorded";
    candidates: "参评", "Candidates";
    listed: "入围", "Short-listed";
    objections: "待办异议", "Open objections";
    owed_points: "应付积分", "Owed in points";
    owed_money: "应付金额", "Owed in money";
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

    /// What kind of thing is traced.
    pub(in crate::web) const fn kind(&self, subject: &Subject) -> &'static str {
        match subject {
            Subject::Request(_) => self.request,
            Subject::Benefit(_) => self.benefit,
            Subject::Fund(_) => self.fund,
            Subject::Pass(_) => self.pass,
            Subject::Pair(_) => self.pair,
            Subject::Selection(_) => self.selection,
            Subject::Site(_) => self.site,
            Subject::Worker(_) | Subject::Card(_) | Subject::Store(_) | Subject::Merchant(_) => "",
        }
    }

    /// How a pass stands.
    pub(in crate::web) const fn pass_status(&self, status: PassStatus) -> &'static str {
        match status {
            PassStatus::Valid => self.valid,
            PassStatus::Lost => self.lost,
            PassStatus::Replaced => self.replaced,
        }
    }

    /// How far a selection has come.
    pub(in crate::web) const fn stage_of(&self, stage: Stage) -> &'static str {
        match stage {
            Stage::Announced => self.announced,
            Stage::Sealed => self.sealed,
            Stage::Drawn => self.drawn,
            Stage::Recorded => self.recorded,
        }
    }

    /// A named value of an event.
    pub(in crate::web) fn fact(&self, fact: &Fact) -> String {
        if self.english {
            format!("{} {}", fact.name.english(), fact.in_english())
        } else {
            format!("{} {}", fact.name.chinese(), fact.in_chinese())
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
