//! What `/requests` says.

use chrono::NaiveDate;

use crate::service::requests::Earned;
use crate::web::figures::points;

words! {
    board: "需求清单", "Requests";
    todo: "未办结", "Not settled";
    open: "待办", "To do";
    to_feed_back: "待核实", "To be checked";
    underway: "办理中", "Being done";
    to_rate: "待评价", "To be rated";
    rated: "已办结", "Settled";
    merged: "已并入", "Merged";
    withdrawn: "已撤回", "Withdrawn";
    returned: "已退回", "Given up";
    all: "全部", "All";
    none: "没有需要办理的。", "Nothing to be done.";
    none_such: "没有这样的需求。", "No such requests.";
    none_claimable: "现在没有可以认领的需求。", "Nothing can be claimed now.";
    none_own: "还没有您上报或办理的需求。", "You have neither reported nor done any yet.";
    more: "只显示前 100 件；请先办结，或用状态筛选。", "Only the first 100 are shown; filter by state.";
    claimable: "可认领", "Can be claimed";
    mine: "我认领的", "Claimed by me";
    none_mine: "没有您认领了还没办结的需求。", "You have claimed none that is not done yet.";
    own: "我的需求", "My requests";
    claim: "认领", "Claim";
    claim_for: "登记认领", "Record the claim";
    claimed: "已认领，办好后请报办结", "Claimed; report it once it is done";
    report: "报办结", "Report it done";
    reported: "已报办结，等待评价", "Reported; it waits to be rated";
    give_up: "退回", "Give up";
    given_up: "已退回，别人可以认领", "Given up; others may claim it";
    yours_claimed: "本人认领", "claimed by you";
    route: "转办", "Pass on";
    route_to: "承办单位", "Body";
    route_site: "承办站点编号（可不填）", "Site (optional)";
    routed_on: "转办日期", "Passed on from";
    routed: "已转办", "Passed on";
    routed_to: "转办", "passed on to";
    withdraw: "撤回", "Withdraw";
    withdrawn_now: "已撤回", "Withdrawn";
    post: "登记需求", "Post a request";
    post_button: "登记需求", "Post the request";
    report_hazard: "上报隐患", "Report a hazard";
    hazard_hint: "网格员核实属实后计分。", "Earns points once it was found to be true.";
    no_kinds: "积分标准里还没有按评价或反馈计分的活动；请管理员先登记。", "No activity of the schedule is scored by rating or feedback yet.";
    number: "单号", "Number";
    number_hint: "可以改成清单上的单号；一个单号只用一次。", "May be the number on your list; each is used once.";
    kind: "需求类型", "Kind";
    posted_on: "提出日期", "Posted on";
    reporter: "上报人编号", "Reported by";
    reporter_hint: "不是骑手上报的，不填。", "Blank where no rider reported it.";
    merged_into: "并入单号", "Repeats";
    merged_hint: "与哪一单重复；不重复不填。", "The number of the one it repeats; blank for none.";
    merged_to: "并入", "merged into";
    merge: "并入", "Merge";
    merge_into: "原单号", "Earlier request";
    merge_hint: "与哪一单重复；并入后不再认领，也不另外计分。", "The number of the one it repeats; nobody claims this one then, and it earns nothing of its own.";
    merge_reason: "原因（可不填）", "Reason (optional)";
    merged_now: "已并入", "Merged";
    claimed_by: "认领人", "Claimed by";
    claimer: "认领人编号", "Claimer";
    claimed_on: "认领日期", "Claimed on";
    done_on: "办结日期", "Done on";
    quantity: "数量", "Quantity";
    handle: "登记办理", "Record the work";
    handle_own: "认领并登记办理", "Claim and record the work";
    feed_back: "反馈", "Feed back";
    rate: "评价", "Rate";
    how_good: "评价结果", "Rating";
    is_true: "核实结果", "Result";
    on: "日期", "Day";
    satisfied: "满意", "Satisfied";
    mostly: "基本满意", "Mostly satisfied";
    dissatisfied: "不满意", "Not satisfied";
    truth: "属实", "True";
    untrue: "不属实", "Not true";
    waits_for_word: "等待评价", "waits to be rated";
    needs_role: "需聘任为", "For those appointed as";
    yours: "本人上报", "reported by you";
    yours_done: "本人办理", "done by you";
    reported_by: "上报人", "reported by";
    site: "站点", "Site";
    handled: "已登记办理，等待评价", "Recorded; it waits to be rated";
    rated_nothing: "已评价，不计分", "Rated; no points";
    fed_nothing: "已反馈，不计分", "Fed back; no points";
    due_day: "办理时限（可不填）", "To be done by (optional)";
    due_hint: "只供提醒和排序，不影响计分。", "For the order and as a reminder; points do not depend on it.";
    last_day_left: "今天提出", "posted today";
}

impl Words {
    /// How long ago a request was posted.
    pub(in crate::web) fn age(&self, days: i64) -> String {
        match (self.english, days) {
            (_, ..=0) => self.last_day_left.to_owned(),
            (true, 1) => "posted yesterday".to_owned(),
            (true, days) => format!("posted {days} days ago"),
            (false, days) => format!("已提出 {days} 天"),
        }
    }

    /// By when a request is to be done, and how long that is.
    pub(in crate::web) fn due(&self, left: i64, due: NaiveDate) -> String {
        let day = self.due_on(due);
        match (self.english, left) {
            (true, ..=-1) => format!("{day} · overdue by {} d", -left),
            (true, 0) => format!("{day} · today"),
            (true, days) => format!("{day} · {days} d left"),
            (false, ..=-1) => format!("{day} · 已逾期 {} 天", -left),
            (false, 0) => format!("{day} · 今天到期"),
            (false, days) => format!("{day} · 还有 {days} 天"),
        }
    }

    /// By when a request is to be done.
    pub(in crate::web) fn due_on(&self, due: NaiveDate) -> String {
        if self.english { format!("due {due}") } else { format!("办理时限 {due}") }
    }

    /// What a request earns.
    pub(in crate::web) fn worth(&self, points: &str, unit: &str) -> String {
        if self.english { format!("{points} points for each {unit}") } else { format!("{points} 积分／{unit}") }
    }

    /// How many more may claim it.
    pub(in crate::web) fn room(&self, left: usize) -> String {
        if self.english { format!("room for {left} more") } else { format!("还可认领 {left} 人") }
    }

    /// A request was posted.
    pub(in crate::web) fn posted(&self, number: &str) -> String {
        if self.english { format!("Posted as {number}") } else { format!("已登记，单号 {number}") }
    }

    /// Work was rated, and whoever did it earns.
    pub(in crate::web) fn rated(&self, of: Earned) -> String {
        let given = points(of.points);
        let told = if self.english {
            format!("Rated; {given} points are credited to whoever did it")
        } else {
            format!("已评价，办理人记 {given} 分")
        };
        self.with_limit(told, of)
    }

    /// Work was fed back and earns.
    pub(in crate::web) fn earned(&self, of: Earned) -> String {
        let given = points(of.points);
        let told = if self.english {
            format!("Done; {given} points are credited")
        } else {
            format!("已办好，入账 {given} 分")
        };
        self.with_limit(told, of)
    }

    /// With what a limit left of it, where one was met.
    fn with_limit(&self, told: String, of: Earned) -> String {
        let Some(exact) = of.uncapped.map(points) else { return told };
        if self.english {
            format!("{told}; a cap is reached, it would be {exact}")
        } else {
            format!("{told}（应记 {exact} 分，已到上限）")
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger_core::domain::points::Points;

    use super::{CHINESE, ENGLISH, Earned};

    #[test]
    fn what_a_limit_took_of_a_rating_is_told() {
        let of = |points, uncapped: Option<i64>| Earned {
            points: Points::from_hundredths(points),
            uncapped: uncapped.map(Points::from_hundredths),
        };
        assert_eq!(CHINESE.rated(of(500, None)), "已评价，办理人记 5 分");
        assert_eq!(CHINESE.rated(of(500, Some(800))), "已评价，办理人记 5 分（应记 8 分，已到上限）");
        assert_eq!(ENGLISH.earned(of(500, Some(800))), "Done; 5 points are credited; a cap is reached, it would be 8");
    }
}
