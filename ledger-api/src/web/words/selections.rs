//! What `/selections` says.

use ledger_core::domain::selection::command::Measure;
use ledger_core::domain::selection::state::Stage;

words! {
    title: "评选", "Selections";
    none: "还没有评选公告。", "No selection was announced yet.";
    how: "按公告的公式，从账本里的服务记录算出入围名单；评上谁，由会议决定。", "A published formula makes the short list from services in the ledger; a meeting decides who is chosen.";
    all: "全部评选", "All selections";
    candidates: "参评人", "Candidates";
    places: "入围名额", "Places";
    places_hint: "并列的一起入围，名单可以更长", "equal ones stand together, so the list may be longer";
    days_that_count: "统计的服务日期", "Services that count";
    consent_until: "报名截止", "Agree until";
    until_sealed: "到封存为止", "until it is sealed";
    publicity_days: "公示天数", "Days of publicity";
    public_until: "公示截止", "Public until";
    tie_by: "得分相同时先比", "Between equal scores";
    tie_none: "不再比，并列", "nothing: they stand together";
    open_to: "参评范围", "Open to";
    anybody: "不限从业类型", "any occupation";
    formula: "公式", "Formula";
    score_is: "得分", "Score";
    indicator: "指标", "Indicator";
    counts: "怎么计", "What is counted";
    weight: "权重", "Weight";
    figure: "数字", "Figure";
    product: "得分", "Worth";
    all_activities: "全部活动", "all activities";
    list: "入围名单", "Short list";
    not_drawn: "名单还没有抽出。", "The list is not drawn yet.";
    rank: "位次", "Rank";
    tied: "并列", "tied";
    decision: "评定", "Decision";
    decision_note: "评定栏由会议填写；位次只按公式，不代表评定结果。", "The meeting fills in the decision. The rank is the formula's alone.";
    yours: "本人", "you";
    own: "我的数字", "My figures";
    own_hint: "封存时账本里的数字。每项乘以权重，加起来就是得分；可以自己算一遍。", "What the ledger said when it was sealed. Each figure times its weight, added up, is the score: count it yourself.";
    own_listed: "在入围名单上", "on the short list";
    own_not_listed: "不在入围名单上", "not on the short list";
    taken_off: "已从名单中取消", "taken off since";
    not_sealed: "还没有封存；封存后这里有您的每项数字。", "Not sealed yet; your figures stand here afterwards.";
    agreed_on: "报名日期", "Agreed on";
    agree: "同意参评", "Agree to be a candidate";
    agree_hint: "同意后，入围时您的编号、姓氏和得分会公示。封存前可以退出。", "Whoever is listed is shown with id, first letter of the name and score. You may withdraw until it is sealed.";
    withdraw: "退出参评", "Withdraw";
    agreed: "已报名参评", "You are a candidate";
    withdrawn: "已退出参评", "You withdrew";
    agree_over: "报名已经截止。", "The last day to agree has passed.";
    by_paper: "代为登记（凭签字的纸）", "Enter a signed paper";
    paper: "签字纸的 SHA-256", "SHA-256 of the paper";
    paper_hint: "扫描件的 64 位摘要：sha256sum 扫描件.pdf", "Of its scan: sha256sum scan.pdf";
    paper_day: "签字日期", "Signed on";
    enter_consent: "登记同意", "Enter the agreement";
    enter_withdrawal: "登记退出", "Enter the withdrawal";
    word_entered: "已登记", "Entered";
    next_step: "下一步", "What comes next";
    seal: "封存数字", "Seal the figures";
    seal_hint: "封存的那一刻，每位参评人的数字写进账本，以后补录、冲正都不改。", "Every candidate's figures enter the ledger at that moment; later entries change nothing.";
    seal_told: "已封存", "Sealed";
    sealed_at: "封存序号", "Sealed at";
    digest: "摘要", "Digest";
    draw: "抽出名单并公示", "Draw the list and hang it out";
    draw_told: "名单已抽出，开始公示", "The list is drawn and public";
    all_figures: "全部参评人的数字", "All candidates' figures";
    objections: "异议", "Objections";
    no_objections: "没有异议。", "No objections.";
    object: "提出异议", "Object";
    object_to: "对哪一位参评人", "To which candidate";
    object_told: "异议已提交，由没有经手的审核员答复", "The objection is recorded; an approver without a part answers it";
    object_hint: "只有办理的审核员和审计员看得到是谁提的。", "Only those who decide and auditors see who objected.";
    open: "待答复", "open";
    dismissed: "不成立", "dismissed";
    upheld: "成立，待修订", "upheld, to be revised";
    followed: "成立，已修订", "upheld and followed";
    by: "提出人", "By";
    answer: "答复", "Answer";
    uphold: "异议成立", "Uphold";
    dismiss: "异议不成立", "Dismiss";
    answered: "已答复", "Answered";
    revise: "修订名单", "Revise the list";
    revise_hint: "先把服务记录改对，再重新计算这一位；新名单重新公示满天数。", "Correct the services first, then measure this candidate anew. The new list hangs out for the whole time again.";
    measure_anew: "重新计算", "Measure anew";
    remove: "取消参评", "Take off";
    revised: "名单已修订，重新公示", "The list is revised and public anew";
    earlier: "以前的名单", "Earlier lists";
    because_of: "修订后换下", "replaced by a revision of";
    result: "登记会议结果", "Record the result";
    minutes: "会议纪要的 SHA-256", "SHA-256 of the minutes";
    minutes_hint: "sha256sum 会议纪要.pdf；纪要本身不进账本。", "sha256sum minutes.pdf; the minutes themselves stay outside.";
    result_told: "会议结果已登记", "The result is recorded";
    result_recorded: "会议已决定", "A meeting decided";
    settle_first: "还有异议没有办结，先答复、修订，再登记结果。", "An objection is still unsettled: answer it and revise the list first.";
    nobody_yet: "还没有人报名，封存不了。", "Nobody agreed yet; there is nothing to seal.";
    print_list: "打印名单", "Print the list";
    announce: "发布评选公告", "Announce a selection";
    announce_hint: "公告发出就不能改；要改，另发一个。", "What is announced stands; another formula is another selection.";
    number: "评选编号", "Number";
    name: "评选名称", "Name";
    from: "统计起始日", "Services from";
    cut_off: "统计截止日", "Services through";
    blank_whole: "空着：全部活动", "blank: all of them";
    activities: "活动代码", "Activities";
    line_hint: "不用的行空着。计数量要写活动代码，几个用顿号隔开。", "Leave lines blank that are not needed. A quantity names its activities.";
    occupations: "从业类型", "Occupations";
    occupations_hint: "几个用顿号隔开；空着不限。", "Blank: open to all.";
    wall_note: "对名单有异议的，请在公示截止日（含当日）前提出。", "Objections are taken through the last day of publicity.";
}

impl Words {
    /// How far one has come, and its colour.
    pub(in crate::web) const fn stage(&self, stage: Stage, public: bool) -> (&'static str, &'static str) {
        let (chinese, english, colour) = match (stage, public) {
            (Stage::Announced, _) => ("报名中", "announced", "info"),
            (Stage::Sealed, _) => ("已封存", "sealed", "wait"),
            (Stage::Drawn, true) => ("公示中", "public", "wait"),
            (Stage::Drawn, false) => ("公示已满", "publicity over", "wait"),
            (Stage::Recorded, _) => ("已决定", "decided", "ok"),
        };
        (if self.english { english } else { chinese }, colour)
    }

    /// What an indicator counts.
    pub(in crate::web) const fn measure(&self, measure: Measure) -> &'static str {
        let (chinese, english) = match measure {
            Measure::CreditedPoints => ("积分", "points credited"),
            Measure::Quantity => ("服务数量（时长）", "units of service"),
            Measure::ServiceDays => ("服务天数", "days of service"),
            Measure::Services => ("服务次数", "services"),
        };
        if self.english { english } else { chinese }
    }

    /// From when the figures can be sealed.
    pub(in crate::web) fn seal_from(&self, day: &str) -> String {
        if self.english { format!("Can be sealed from {day} on.") } else { format!("{day} 起可以封存。") }
    }

    /// From when the result can be recorded.
    pub(in crate::web) fn record_from(&self, day: &str) -> String {
        if self.english {
            format!("The list is public through {day}; the result can be recorded after it.")
        } else {
            format!("名单公示到 {day}，期满后登记会议结果。")
        }
    }

    /// Which days count.
    pub(in crate::web) fn days(&self, from: Option<String>, through: &str) -> String {
        match (from, self.english) {
            (Some(from), true) => format!("{from} to {through}"),
            (Some(from), false) => format!("{from} 至 {through}"),
            (None, true) => format!("through {through}"),
            (None, false) => format!("{through} 及以前"),
        }
    }

    /// A candidate's rank.
    pub(in crate::web) fn rank_of(&self, rank: u32) -> String {
        if self.english { format!("rank {rank}") } else { format!("第 {rank} 位") }
    }
}
