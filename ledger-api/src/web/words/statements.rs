//! What `/statements` says, and `/merchant` of a statement.

words! {
    three: "对账单由一人编制、另一人确认、第三人付款。商户有异议的，答复后才能确认。", "One person prepares a statement, another confirms it, a third pays. What a merchant disputes is answered before that.";
    waiting: "待结算月份", "Months to settle";
    none: "没有待结算的月份。", "No month waits to be settled.";
    more: "只列出前面一部分，办完再看。", "There are more; settle these first.";
    open: "待编制", "To be prepared";
    prepared: "待确认", "To be confirmed";
    disputed: "有异议", "Disputed";
    stale: "须重新编制", "To be prepared again";
    confirmed: "已确认，待付款", "Confirmed, to be paid";
    settled: "已付清", "Paid";
    answered: "异议已答复", "Objection answered";
    body: "责任单位", "Paying body";
    honoured: "兑付", "Honoured";
    taken_back: "冲正", "Taken back";
    money: "补贴", "Subsidy";
    released: "撤回退款", "Given back";
    source: "流水号或单号", "Number";
    amount: "金额", "Amount";
    owed: "应付", "Owed";
    units: "份数", "Units";
    carried: "上月结转", "Carried over";
    lines: "明细", "Lines";
    lines_word: "笔", "lines";
    prepared_by: "编制人", "Prepared by";
    confirmed_by: "确认人", "Confirmed by";
    digest: "明细摘要", "Digest of the lines";
    prepare: "编制对账单", "Prepare the statement";
    prepare_again: "重新编制", "Prepare again";
    confirm: "确认对账单", "Confirm the statement";
    pay: "登记付款", "Record the payment";
    uphold: "异议成立", "The merchant is right";
    dismiss: "异议不成立", "The line is right";
    upheld: "异议成立", "Upheld";
    dismissed: "异议不成立", "Dismissed";
    workbook: "下载表格", "Download the table";
    prepared_done: "对账单已编制，请另一人确认", "Prepared; another person confirms it";
    confirmed_done: "对账单已确认，请第三人付款", "Confirmed; a third person pays";
    paid_done: "付款已登记", "The payment is recorded";
    answered_done: "异议已答复", "The dispute is answered";
    own: "对账单", "Statement";
    own_hint: "请核对每一笔；有出入的，选中那一笔写明理由；没有出入的不用按，由审核员确认。确认以后才补录的，记入以后月份。", "Check every line; where one is wrong, choose it and say why. Where all is right there is nothing to press: an approver confirms it. What comes after the confirmation is the next month's.";
    which: "哪一笔", "Which line";
    dispute: "提出异议", "Dispute the line";
    disputed_done: "异议已提交，答复会写在这里", "Recorded; the answer will stand here";
    waits: "等待答复", "waits for an answer";
}
