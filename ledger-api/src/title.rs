//! What a code is called in Chinese, for every edge that tells a person of it: the title of a problem over HTTP, the start of
//! an error of the command line. The sentence behind it names the place and the cure. And what roles and reads are called, in
//! what people take away.

use ledger_core::domain::proof::ProvenBy;
use ledger_core::domain::refusal::Code;
use ledger_core::domain::selection::state::Stage;
use projections::audit::trace::PassStatus;

use crate::access::Role;
use crate::access::policy::Read;

/// What a role is called in Chinese.
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Clerk => "店员",
        Role::Operator => "录入员",
        Role::Approver => "审核员",
        Role::Branch => "支部书记",
        Role::Merchant => "商户",
        Role::Worker => "骑手",
        Role::Auditor => "审计员",
        Role::Admin => "管理员",
        Role::Machine => "程序",
    }
}

/// What is read, in Chinese.
pub const fn read(read: Read) -> &'static str {
    match read {
        Read::Workers => "人员名单",
        Read::Worker => "人员资料",
        Read::Name => "姓名",
        Read::MaskedName => "遮住的姓名",
        Read::Merging => "合并编号前的核对",
        Read::Search => "按姓名或电话查找",
        Read::Readers => "查看记录",
        Read::FreeText => "理由和备注",
        Read::Witness => "证明人",
        Read::OwnData => "本人全部信息",
        Read::Security => "被拒绝的操作",
        Read::Balance => "积分余额",
        Read::Statement => "积分明细",
        Read::Trace => "积分追溯",
        Read::WaitingCredits => "待审核的积分",
        Read::Publicity => "积分公示",
        Read::Objectors => "匿名异议人",
        Read::Credit => "积分记录",
        Read::Redemption => "兑换记录",
        Read::Counter => "兑换台查询",
        Read::Cases => "补报待处理",
        Read::StoreDay => "网点当日台账",
        Read::Holds => "待取的预留",
        Read::HoldCode => "取货码",
        Read::Merchants => "商户名单",
        Read::Merchant => "商户资料",
        Read::Settlement => "商户结算",
        Read::Settling => "对账",
        Read::Sites => "站点",
        Read::Stores => "网点名单",
        Read::Store => "网点资料",
        Read::Stock => "库存",
        Read::Schedule => "积分标准",
        Read::WhatIf => "积分标准试算",
        Read::Appraisal => "年度积分卡",
        Read::Branches => "党支部名单",
        Read::TrialBalance => "全账合计",
        Read::Request => "服务需求",
        Read::RatingSlip => "评价单",
        Read::Appointments => "聘任",
        Read::ProposedAppointments => "待确认的聘任",
        Read::Pair => "结对与走访",
        Read::PairsOfBranch => "本支部的结对",
        Read::Benefit => "权益项目",
        Read::Proposals => "待审核的权益申请",
        Read::Fund => "出资",
        Read::Pass => "暖心卡",
        Read::Selection => "评选",
        Read::Candidacy => "参评人的数字",
        Read::Events => "账本事件",
        Read::Sample => "审计抽样",
        Read::Report => "审计报告",
        Read::Checkpoint => "检查点",
        Read::Proof => "凭证的证明",
        Read::Keys => "公钥",
        Read::Receipt => "凭证",
        Read::Overview => "全区概况",
        Read::Metrics => "运行数字",
        Read::Accounts => "账号和授权",
        Read::Me => "本人账号",
    }
}

/// What proves who spends, in Chinese.
pub const fn proven_by(by: ProvenBy) -> &'static str {
    match by {
        ProvenBy::Account => "本人账号",
        ProvenBy::Code => "动态码",
        ProvenBy::Paper => "手工单签字",
        ProvenBy::Pin => "兑换密码",
        ProvenBy::PrintedCode => "纸质积分码",
    }
}

/// How a pass stands, in Chinese.
pub const fn pass_status(status: PassStatus) -> &'static str {
    match status {
        PassStatus::Valid => "有效",
        PassStatus::Lost => "已挂失",
        PassStatus::Replaced => "已补发",
    }
}

/// How far a selection has come, in Chinese.
pub const fn selection_stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Announced => "已公告",
        Stage::Sealed => "已封存",
        Stage::Drawn => "已公示",
        Stage::Recorded => "已登记结果",
    }
}

/// The Chinese title of a code; docs/codes.md lists them.
pub const fn chinese(code: Code) -> &'static str {
    match code {
        Code::DuplicateConflict => "编号已用于其他内容",
        Code::UnknownWorker => "没有此人员",
        Code::UnknownActivity => "没有此活动",
        Code::UnknownStore => "没有此网点",
        Code::UnknownItem => "该网点没有此商品",
        Code::UnknownMerchant => "没有此商户",
        Code::UnknownCredit => "没有此积分记录",
        Code::UnknownRedemption => "没有此兑换或预留",
        Code::InvalidDate => "日期或时间无效",
        Code::InvalidQuantity => "数量无效",
        Code::InvalidInput => "请求内容有误",
        Code::DailyCapReached => "已达每日上限",
        Code::LimitPerWorker => "已达每人每年限兑",
        Code::InsufficientPoints => "积分不足",
        Code::OutOfStock => "库存不足",
        Code::SamePerson => "须由另一人办理",
        Code::AlreadyDecided => "此前已作出决定",
        Code::AlreadyReversed => "此前已冲销",
        Code::HoldExpired => "预留已过期",
        Code::NotAPartyMember => "仅限党员办理积分卡",
        Code::CardExists => "已有积分卡",
        Code::StoreClosed => "网点已停用",
        Code::WorkerDeparted => "人员已退出",
        Code::HoursOverlap => "服务时间重叠",
        Code::HoursOverDay => "当日服务时数过多",
        Code::WitnessOverload => "证明人当日证明过多",
        Code::EvidenceReused => "佐证已用于其他记录",
        Code::RecordedLate => "补录过晚",
        Code::NewAccount => "新登记人员",
        Code::UnknownAccount => "没有此账号",
        Code::MonthlyCapReached => "已达每月上限",
        Code::YearlyCapReached => "已达每年上限",
        Code::NotEligible => "不符合条件",
        Code::UnknownSite => "没有此站点",
        Code::SiteClosed => "站点已停用",
        Code::UnknownRequest => "没有此需求",
        Code::MergedRequest => "需求已并入另一单",
        Code::RequestTaken => "需求已被认领",
        Code::UnknownPair => "没有此结对",
        Code::PairEnded => "结对不在有效期",
        Code::NotAPartner => "不是结对双方",
        Code::UnknownBenefit => "没有此权益项目",
        Code::OutsideWindow => "不在申请期",
        Code::AlreadyClaimed => "证书已申领",
        Code::InvalidAmount => "金额无效",
        Code::VoucherExpired => "券已过期",
        Code::QuotaFull => "名额已满",
        Code::FundExhausted => "资金不足",
        Code::UnknownPass => "没有此暖心卡",
        Code::PassLost => "卡已挂失",
        Code::PassExpired => "卡不在有效期",
        Code::UnknownOffer => "没有此优惠",
        Code::OfferEnded => "优惠不在有效期",
        Code::SelfWitness => "证明人须为另一人",
        Code::WitnessCircle => "互相证明",
        Code::Unauthenticated => "未登录或令牌无效",
        Code::Forbidden => "该角色无权办理",
        Code::NotFound => "没有此内容",
        Code::TooLarge => "内容过大",
        Code::TooManyRequests => "请求过多",
        Code::JournalUnavailable => "账本暂时无法访问",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{chinese, read};
    use crate::access::policy::Read;
    use ledger_core::domain::refusal::Code;

    #[test]
    fn every_read_has_a_name_of_its_own_in_chinese() {
        let names: BTreeSet<&str> = Read::ALL.iter().map(|one| read(*one)).collect();
        assert_eq!(names.len(), Read::ALL.len(), "two reads are called the same");
    }

    #[test]
    fn every_code_has_a_title_of_its_own_in_chinese() {
        let titles: BTreeSet<&str> = Code::ALL.iter().map(|code| chinese(*code)).collect();
        assert_eq!(titles.len(), Code::ALL.len(), "two codes are called the same");
        for title in titles {
            assert!(title.chars().all(|char| ('\u{4e00}'..='\u{9fff}').contains(&char)), "{title}");
        }
    }
}
