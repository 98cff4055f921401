//! What `/credits` says of what was returned.

words! {
    returned_lately: "最近退回", "Returned lately";
    returned_hint: "最近 30 天退回的，最近的在前。改好以后重报是另外一笔，退回的那笔照旧留在账本里。", "What was returned in the last 30 days, the last one first. What is mended and sent again is another record; the returned one stays as it is.";
    returned_by: "退回人", "returned by";
    mend: "改好重报", "Mend and send again";
    mends: "已照退回的这一笔填好，请改好再录入：", "Filled in as this returned record was; mend it and record it:";
    witness_again: "证明人请再填一次", "name the witness again";
}
