//! What `/admin` says of what ends, of funds and of the server's health; of funds `/audit` says the same.

words! {
    ending_soon: "30 天内到期", "Ending within 30 days";
    ending: "按月到期（没兑完的）", "Ending by month, if not spent";
    funds: "资金", "Funds";
    no_funds: "还没有登记资金。", "No funds are registered yet.";
    fund: "资金编号", "Fund";
    body: "责任单位", "Paying body";
    appropriated: "金额", "Appropriated";
    committed: "已用未付", "Committed, not paid";
    paid: "已付", "Paid";
    free: "余额", "Left";
    used_up: "已用完", "used up";
    total: "合计", "Total";
    verified: "上次核对", "Last verified";
    never_verified: "启动以来没有核对", "not since the start";
    valid: "完整", "valid";
    invalid: "对不上", "invalid";
    unreadable: "读不到底", "unreadable";
    empty: "空", "empty";
    checkpoint: "最近的检查点", "Last checkpoint";
    no_checkpoint: "还没有签过检查点", "none was signed yet";
    room: "磁盘剩余", "Disk, free";
    little_room: "快满了", "nearly full";
}

impl Words {
    /// What bodies appropriated, and what became of it.
    pub(in crate::web) fn borne(&self, appropriated: &str, committed: &str, paid: &str, free: &str) -> String {
        if self.english {
            format!("Of {appropriated} appropriated, {paid} are paid, {committed} are committed and {free} are left.")
        } else {
            format!("资金一共 {appropriated}：已付 {paid}，已用未付 {committed}，还剩 {free}。")
        }
    }

    /// What a checkpoint covers, and when it was signed.
    pub(in crate::web) fn signed(&self, size: u64, at: &str) -> String {
        if self.english { format!("up to position {size}, {at}") } else { format!("签到序号 {size}，{at}") }
    }

    /// How much room there is, in units that people know.
    pub(in crate::web) fn bytes(&self, bytes: u64) -> String {
        const UNITS: [(u64, &str); 3] = [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB")];
        let (unit, name) = UNITS.into_iter().find(|(unit, _)| bytes >= *unit).unwrap_or((1 << 20, "MB"));
        // Rounded down: nobody counts on room that is not there.
        let (whole, tenth) = (bytes / unit, bytes % unit * 10 / unit);
        if whole >= 100 { format!("{whole} {name}") } else { format!("{whole}.{tenth} {name}") }
    }
}

#[cfg(test)]
mod tests {
    use super::CHINESE;

    #[test]
    fn room_is_told_in_units_that_people_know() {
        for (bytes, told) in [
            (0, "0.0 MB"),
            (1_572_864, "1.5 MB"),
            (1_073_741_823, "1023 MB"),
            (1 << 30, "1.0 GB"),
            (250 << 30, "250 GB"),
            (3 << 40, "3.0 TB"),
        ] {
            assert_eq!(CHINESE.bytes(bytes), told);
        }
    }
}
