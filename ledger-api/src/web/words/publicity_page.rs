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
    how_to_object: "有异议的，请在公示截止日（含当日）前提出。本人的记录：登录后在「我的积分」页面点「提出异议」，可以匿名；没有手机的，到所在站点写明记录号和理由。公示期满没有异议的积分才能使用。", "Objections are taken through the last day. Of an own record: log in and press Object on the own page, anonymously if wished; without a phone, write the record's number and the reason at the own site. Points can be spent once their days are over without an objection.";
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
