//! What stands on the page of the points schedule and its what-if.

words! {
    title: "积分标准", "Points schedule";
    tried_title: "积分标准试算", "A schedule tried";
    versions: "历次版本", "Versions";
    version: "版本", "Version";
    holds_from: "起用日期", "Holds from";
    adopted_by: "采用账号", "Adopted by";
    recorded: "记账时间", "Recorded";
    lines: "活动数", "Activities";
    in_force: "今天在用", "In force today";
    none_yet: "还没有积分标准。", "There is no points schedule yet.";
    unit: "单位", "Unit";
    category: "类别", "Category";
    rate: "每单位积分", "Points per unit";
    name: "活动名称", "Activity name";
    caps: "上限", "Caps";
    daily: "每日上限", "Daily cap";
    monthly: "每月上限", "Monthly cap";
    yearly: "每年上限", "Yearly cap";
    card: "计入积分卡", "Counts for the card";
    validity: "有效期", "Lasts";
    checks: "审核人数", "Checks";
    publicity_days: "公示天数", "Days of publicity";
    scoring: "计分时点", "Points ripen";
    claimers: "最多认领人数", "Claimers at most";
    roles: "需具角色", "Role asked for";
    yes: "是", "yes";
    no: "否", "no";
    no_cap: "不限", "no cap";
    as_district: "按全区设置", "as the district";
    for_ever: "长期", "for ever";
    year_end: "到年底", "to the year's end";
    months: "个月", "months";
    when_recorded: "记录时", "when recorded";
    when_rated: "评价时", "when rated";
    when_fed_back: "反馈时", "when fed back";
    added: "新增", "New";
    removed: "取消", "Gone";
    changed: "改动", "Changed";
    compare: "比较两个版本", "Compare two versions";
    from_version: "原版本", "Before";
    to_version: "新版本", "After";
    compare_button: "比较", "Compare";
    no_difference: "两版没有差别。", "There is no difference.";
    try_one: "试算拟用的标准", "Try a proposed schedule";
    sheet: "积分标准表", "Sheet of the schedule";
    try_hint: "选一份「积分标准」表（.xlsx 或 .csv，和资料包里的一样）。先试算，看清楚了再采用；试算不记账。", "Choose a sheet of the points schedule (.xlsx or .csv, as in a pack). It is tried first and adopted only after a look; trying records nothing.";
    holds_from_hint: "采用后从这一天的服务起按新标准计分。", "Once adopted, services from this day on are rated by it.";
    period: "用哪段时间的服务试算", "Services of which days";
    period_hint: "不填就用最近一个完整年度；那一年没有积分的，用今年。", "Blank: the last full year, or this one where that has no credits.";
    first_day: "起", "From";
    last_day: "止", "To";
    try_button: "试算", "Try it";
    again_button: "重新试算", "Try again";
    only_tried: "只是试算：账本没有改动。", "Tried only: nothing in the ledger has changed.";
    bad_rows: "表里有几行用不了，请改正后重新上传", "Some rows cannot be used; mend them and upload again";
    row: "行", "Row";
    why: "原因", "Why";
    before: "原积分", "Before";
    after: "试算积分", "Tried";
    change: "差额", "Change";
    credits_counted: "有效笔数", "Credits that count";
    differing: "变化笔数", "Credits that change";
    gain: "增加人数", "Workers with more";
    lose: "减少人数", "Workers with less";
    equal: "不变人数", "Workers the same";
    nothing_in_period: "这段时间没有有效的积分，请换一段时间再试。", "No credit of these days counts; try other days.";
    by_category: "按类别", "By category";
    by_activity: "按活动", "By activity";
    cut: "上限扣减", "Cut by caps";
    not_there: "标准中没有", "Not in it";
    causes: "差额从哪里来", "What the change comes from";
    cause_rates: "单价与取整", "Points per unit, and rounding";
    cause_caps: "每日、每月、每年上限", "Caps of day, month and year";
    cause_roles: "需具角色", "Roles asked for";
    cause_absent: "标准中没有该活动", "Activities that it does not have";
    most_gain: "增加最多", "Greatest gains";
    most_lose: "减少最多", "Greatest losses";
    nobody: "没有", "Nobody";
    not_judged: "没有重判的", "Not judged again";
    not_roles: "来自需求和走访，角色在办理那天判断", "Of requests and visits: the role is asked on the day of the work";
    not_ripening: "计分时点变了，按原来的日期计", "Ripens at another time: tried on its day as it was";
    not_waiting: "还在审核或公示，两边都不计", "Still waits: counts on neither side";
    not_refused: "当时因满上限等没有记上的服务不在账本里，放宽上限也算不出来；审核、公示、到期和兑换不重算。", "What was refused then, for a full cap or else, is not in the ledger and cannot be tried; checks, publicity, expiry and spending are not judged again.";
    bears: "能不能承受", "Can it be borne";
    differs: "和现行标准比，改了什么", "What it changes of the schedule in force";
    adopt: "采用新标准", "Adopt it";
    adopt_hint: "采用后记入账本，旧版照样可查；起用日期以前的服务仍按旧标准。", "It is recorded, and earlier versions stay readable; services before its day are rated as before.";
    adopt_button: "采用", "Adopt";
    adopt_no: "采用由管理员办理；把这份表和试算结果交给管理员。", "The administrator adopts it; hand over the sheet and these figures.";
    back: "回到积分标准", "Back to the schedule";
    unreadable_day: "起用日期不是日期", "The day from which it holds is no date";
}

impl Words {
    /// A version with its number.
    pub(in crate::web) fn nth(&self, version: u32) -> String {
        if self.english { format!("Version {version}") } else { format!("第 {version} 版") }
    }

    /// What was adopted.
    pub(in crate::web) fn adopted(&self, version: u32, from: &str) -> String {
        if self.english {
            format!("Adopted: version {version} holds from {from}")
        } else {
            format!("已采用：第 {version} 版，自 {from} 起用")
        }
    }

    /// That nothing had to be adopted.
    pub(in crate::web) fn adopted_before(&self, from: &str) -> String {
        if self.english {
            format!("In force from {from} already; nothing was recorded")
        } else {
            format!("自 {from} 起用的就是这一份，没有再记账")
        }
    }

    /// The days that were tried.
    pub(in crate::web) fn days(&self, from: &str, to: &str, position: u64) -> String {
        if self.english {
            format!("Services of {from} to {to}, ledger up to entry {position}")
        } else {
            format!("{from} 至 {to} 的服务，账本截至序号 {position}")
        }
    }

    /// Whether what is owed could be borne.
    pub(in crate::web) fn bear(&self, outstanding: &str, after: &str, stock: &str) -> String {
        if self.english {
            format!(
                "{outstanding} points are outstanding now; with the change {after}, if none of it were spent or expired. The shelves hold goods for {stock} points."
            )
        } else {
            format!(
                "现在未兑 {outstanding} 分，加上差额是 {after} 分（差额部分没有兑换也没有到期的话）；货架上的商品合 {stock} 分。"
            )
        }
    }
}
