//! What `/publicity` says.

words! {
    title: "积分公示", "Points made public";
    on: "公示日期", "Day";
    site_hint: "不填为全区。", "Blank: the whole district.";
    none: "这一天没有公示中的积分。", "Nothing is public on this day.";
    until: "公示截止", "Public until";
    credit: "记录号", "Record";
    print: "打印公示", "Print the list";
    object: "对公示内容有异议的，请在公示截止日（含当日）前提出。姓名已作掩码处理。", "Objections are taken through the last day. Names are masked.";
    board: "账本检查点", "The ledger's checkpoint";
    board_hint: "扫码得到检查点全文。拿它可以核对：公示时账本里有哪些记录，此后有没有被改过。", "The code holds the whole checkpoint: with it anybody can check what the ledger held then, and that none of it was changed since.";
    no_board: "检查点现在取不到，请稍后再打印。", "No checkpoint can be had now; print it later.";
    open: "公示栏", "The list for the wall, to print";
}
