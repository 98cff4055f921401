//! What a code is called in Chinese, for every edge that tells a person of it. The sentence behind it names the place and
//! the cure.

use ledger_core::domain::refusal::Code;

/// The codes by their text, with their titles.
const TITLES: &[(&str, &str)] = &[
    ("duplicate_conflict", "同一编号，内容不同"),
    ("unknown_worker", "没有这名人员"),
    ("unknown_activity", "没有这项活动"),
    ("unknown_store", "没有这个网点"),
    ("unknown_item", "网点没有这件商品"),
    ("unknown_merchant", "没有这家商户"),
    ("unknown_credit", "没有这笔积分"),
    ("unknown_redemption", "没有这笔兑换"),
    ("invalid_date", "日期不能用"),
    ("invalid_quantity", "数量不能用"),
    ("invalid_input", "输入不能用"),
    ("daily_cap_reached", "已达每日上限"),
    ("limit_per_worker", "已达每人限兑"),
    ("insufficient_points", "积分不足"),
    ("out_of_stock", "库存不足"),
    ("same_person", "不能自己审自己"),
    ("already_decided", "已经办结"),
    ("already_reversed", "已经冲正"),
    ("hold_expired", "预占已过期"),
    ("not_a_party_member", "不是党员"),
    ("card_exists", "已有积分卡"),
    ("store_closed", "网点已关闭"),
    ("worker_departed", "人员已离开"),
    ("monthly_cap_reached", "已达每月上限"),
    ("yearly_cap_reached", "已达每年上限"),
    ("not_eligible", "不具备条件"),
    ("unknown_site", "没有这个站点"),
    ("site_closed", "站点已关闭"),
    ("unknown_account", "没有这个账户"),
    ("unknown_request", "没有这张单"),
    ("merged_request", "已并入另一张单"),
    ("request_taken", "认领人数已满"),
    ("unknown_pair", "没有这个结对"),
    ("pair_ended", "结对不在期内"),
    ("not_a_partner", "不是结对双方"),
    ("unknown_benefit", "没有这个权益项目"),
    ("outside_window", "不在申请期内"),
    ("already_claimed", "证书已用过"),
    ("invalid_amount", "金额不能用"),
    ("voucher_expired", "券已过期"),
    ("quota_full", "名额已满"),
    ("fund_exhausted", "资金不足"),
    ("unknown_pass", "没有这张卡"),
    ("pass_lost", "卡已挂失"),
    ("pass_expired", "卡不在有效期内"),
    ("unknown_offer", "没有这项优惠"),
    ("offer_ended", "优惠不在期内"),
    ("hours_overlap", "服务时间重叠"),
    ("hours_over_day", "一天时数过多"),
    ("witness_overload", "证明人一天证明过多"),
    ("evidence_reused", "佐证已用过"),
    ("recorded_late", "录入过迟"),
    ("new_account", "登记时间太短"),
    ("self_witness", "不能为自己证明"),
    ("witness_circle", "互相证明"),
    ("unauthenticated", "没有有效的令牌"),
    ("forbidden", "无权这样做"),
    ("not_found", "没有找到"),
    ("too_large", "太大"),
    ("too_many_requests", "请求太多，请稍后再试"),
    ("journal_unavailable", "账本暂时无法使用"),
];

/// The Chinese title of a code.
pub fn chinese(code: Code) -> &'static str {
    TITLES.iter().find(|(text, _)| *text == code.as_str()).map_or("不能这样做", |(_, title)| *title)
}

/// The code of this text.
pub fn code_of(text: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.as_str() == text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{TITLES, chinese, code_of};
    use ledger_core::domain::refusal::Code;

    #[test]
    fn every_code_has_a_title_of_its_own_in_chinese() {
        for code in Code::ALL {
            assert!(TITLES.iter().any(|(text, _)| *text == code.as_str()), "{code} has no title");
            assert_eq!(code_of(code.as_str()), Some(*code));
        }
        let titles: BTreeSet<&str> = Code::ALL.iter().map(|code| chinese(*code)).collect();
        assert_eq!(titles.len(), Code::ALL.len(), "two codes are called the same");
        assert!(titles.iter().all(|title| !title.is_ascii()));
        assert_eq!(code_of("no_code"), None);
    }
}
