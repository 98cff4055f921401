//! Events in the words of docs/glossary.md, beside their types.

/// An event's name for people; blank for a type that this version does not know.
pub fn event_word(event_type: &str) -> &'static str {
    match event_type {
        "JournalOpened" => "账本建立",
        "ProgrammeConfigured" => "制度设置",
        "ScheduleAdopted" => "积分标准公布",
        "WorkerRegistered" => "人员登记",
        "WorkerUpdated" => "人员变更",
        "WorkerDeparted" => "人员退出",
        "CardNumberAssigned" => "积分卡号分配",
        "CardIssued" => "积分卡发放",
        "CardMoved" => "积分卡转移",
        "CardClosed" => "积分卡注销",
        "VolunteerServiceRecorded" => "积分认定·志愿服务",
        "CivicCreationRecorded" => "积分认定·文明创建",
        "CommunityServiceRecorded" => "积分认定",
        "CreditConfirmed" => "确认",
        "CreditRejected" => "驳回",
        "CreditObjected" => "异议",
        "ObjectionResolved" => "异议处理",
        "CreditReversed" => "积分冲正",
        "Redeemed" => "兑换",
        "RedemptionReversed" => "兑换冲正",
        "PointsHeld" => "预占",
        "HoldCaptured" => "预占转兑换",
        "HoldReleased" => "释放预占",
        "HoldExpired" => "预占到期",
        "PointsExpired" => "过期记账",
        "ExpiryReversed" => "过期转回",
        "MerchantRegistered" => "商户登记",
        "MerchantUpdated" => "商户变更",
        "VoucherHonoured" => "兑付",
        "HonourReversed" => "兑付冲正",
        "SettlementPaid" => "商户结算",
        "StoreOpened" => "网点开业",
        "StoreUpdated" => "网点变更",
        "StoreClosed" => "网点停业",
        "StoreReopened" => "网点复业",
        "ItemListed" => "商品上架",
        "ItemDelisted" => "商品下架",
        "StockReceived" => "入库",
        "StockIssued" => "出库",
        "StockReturned" => "退回入库",
        "StockReserved" => "库存预占",
        "StockUnreserved" => "库存释放",
        "StockCounted" => "盘点",
        "StockWrittenOff" => "报损",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ledger_core::domain::event::Event;

    use super::event_word;

    #[test]
    fn every_event_has_a_word_of_its_own() {
        let words: Vec<_> = Event::all_types().map(event_word).collect();
        assert!(words.iter().all(|word| !word.is_empty()));
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
        assert_eq!(event_word("Unheard"), "");
    }
}
