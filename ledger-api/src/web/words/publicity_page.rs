//! What stands on the publicity notice.

words! {
    title: "积分公示", "Publicity list";
    print: "打印公示", "Print the notice";
    to_print: "公示：查看和打印", "The publicity list, to read and to print";
    whole: "看全部公示", "The whole list";
    of_site: "哪个站点", "Of which site";
    district: "全区", "The whole district";
    on: "公示日期", "As of";
    count: "条数", "Lines:";
    masked: "姓名已作掩码处理", "names are masked";
    until: "公示截止", "Through";
    credit: "记录号", "Record";
    how_to_object: "有异议的，请在公示截止日（含当日）前提出：登录后打开「积分公示」页面，点姓名下面的「提出异议」，可以匿名；没有手机的，到所在站点写明记录号和理由。公示期满没有异议的积分才能使用。", "Objections are taken through the last day. Log in and press Object below the name on the page Publicity list, anonymously if wished; without a phone, write the record's number and the reason at the own site. Points can be spent once their days are over without an objection.";
    objected: "异议已收到。这一条先从公示里撤下，由没有参与过这一条的审核员核实；公示的天数停下来等结果。", "The objection is taken. The record leaves the list, an approver who had no part in it looks into it, and its days stand still meanwhile.";
    not_taken_waits: "这一条已经有人提出异议，审核员正在核实，不用再提一次。", "Somebody objected to this record already and an approver is looking into it; there is no need to do so again.";
    not_taken_returned: "这一条已经退回或冲正，不记分，不用再提异议。", "This record was returned or taken back and does not count; there is nothing to object to.";
    not_taken_before: "这一条您已经提过异议，同一条只能提一次。对处理结果有意见，可以在三天内申诉一次。", "You objected to this record before, which is possible once. If you disagree with the decision, appeal within three days.";
    not_taken_reason: "异议没有提交：理由要写，不超过 200 字，里面不要有电话和证件号。请改一改再提交。", "The objection is not taken yet: give a reason of at most 200 letters, without phone or identity numbers.";
    why: "哪里不对", "What is wrong";
    why_hint: "写清楚哪里不对就行，例如人数、日期、数量；不要写姓名、电话和证件号。", "Say what is wrong, such as the day or the quantity; no names, phone or identity numbers.";
    send: "提交异议", "Send the objection";
    own: "我提出的异议", "My objections";
    own_waits: "审核员正在核实", "Being looked into";
    own_dismissed: "没有成立，公示继续", "Dismissed; the publicity goes on";
    own_upheld: "成立，这一条不记分", "Upheld; the record does not count";
    checkpoint: "账本检查点", "The ledger's checkpoint";
    checkpoint_how: "和本人凭证上的条数、默克尔根对一对：一致，就是同一本账。扫码得到带签名的全文，可在「核对凭证」页面使用。", "Hold entries and root against those of a receipt: where they agree, it is the same ledger. The code holds the signed note, which the page Check a receipt takes.";
    code: "检查点二维码", "The checkpoint as QR";
    size: "截至序号", "Entries";
    root: "默克尔根", "Root hash";
    origin: "账本标识", "Journal";
    key: "验证公钥", "Public key";
    no_checkpoint: "本服务器没有签名密钥，不能出具检查点；请管理员取回密钥文件。", "This server holds no signing key and can give no checkpoint; the administrator brings the key's file back.";
    seal: "张贴单位（章）：＿＿＿＿＿＿　张贴日期：＿＿＿＿＿＿　撤下日期：＿＿＿＿＿＿", "Posted by: ______  Posted on: ______  Taken down on: ______";
}
