//! What pages say, by key: one language at a time. A key that misses a language does not compile.

macro_rules! words {
    ($(@with [$($part:ident),* $(,)?])? $($key:ident: $chinese:literal, $english:literal;)*) => {
        /// What pages say in one language.
        #[allow(missing_docs, reason = "each key is named after what it says")]
        pub(in crate::web) struct Words {
            /// Whether it is English.
            #[allow(dead_code, reason = "not every part asks for it")]
            pub(in crate::web) english: bool,
            $($(pub(in crate::web) $part: &'static $part::Words,)*)?
            $(pub(in crate::web) $key: &'static str,)*
        }

        /// 中文.
        pub(in crate::web) static CHINESE: Words =
            Words { english: false, $($($part: &$part::CHINESE,)*)? $($key: $chinese,)* };
        /// English.
        pub(in crate::web) static ENGLISH: Words =
            Words { english: true, $($($part: &$part::ENGLISH,)*)? $($key: $english,)* };

        #[cfg(test)]
        pub(in crate::web) const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $chinese, $english),)*];
    };
}

mod accounts;
mod appointing;
mod appointments;
mod approvals;
mod decisions;
mod desk_words;
mod findings;
mod holds;
mod merchant_words;
mod merging;
#[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "a program without it says little of it"))]
mod oidc;
mod overview;
mod programmes;
mod proof;
mod publicity_page;
mod rating_slip;
mod refusals;
mod register;
mod registers_page;
mod requests;
mod schedule_page;
mod selections;
mod sentences;
mod sites_page;
mod statements;
mod trace;
mod uploads;
mod visits;

words! {
    @with [
        accounts, appointing, appointments, approvals, decisions, desk_words, findings, holds, merchant_words, merging, oidc, overview, programmes, proof, publicity_page, rating_slip, refusals, register, registers_page, requests, schedule_page, selections, sites_page, statements, trace, uploads, visits,
    ]
    // The frame.
    product: "暖新积分", "Nuanxin";
    skip: "跳到正文", "Skip to the page";
    pages: "页面", "Pages";
    large: "大字", "Large";
    log_out: "退出", "Log out";
    foot: "每一笔都有见证，只增不改，人人可以核验。", "Every entry is witnessed, none is ever changed, and anyone may check.";
    check_receipt: "核对凭证", "Check a receipt";
    demo_label: "演示", "Demonstration";
    demo_note: "演示数据，人物与商户均为虚构", "Demonstration: all people and merchants are made up";
    error: "有误", "Error";
    reason: "理由", "Reason";
    no_reason: "请写明理由，对方看得到。", "Say why: others read it.";
    whole_units: "请填整数，不带小数。", "Write a whole number.";
    print: "打印", "Print";
    show: "查看", "Show";
    done: "已办好", "Done";
    points: "积分", "Points";
    day: "日期", "Day";
    no_network: "网络不通，请检查后再试；没有确认的不会重复兑换。", "No network. Check it and try again; nothing happens twice.";
    // Trouble.
    not_allowed: "不能办理", "Not allowed";
    not_found: "没有此页", "Not found";
    unavailable: "暂时不能用", "Not available now";
    fault: "程序故障", "A fault";
    not_done: "没有办成", "Not done";
    to_start: "回到首页", "To the start";
    session_over: "登录已结束，刚才这一步没有写入。登录后按「继续」就再送一次，不用重填。", "The session is over; the last step was not written. Log in and press Continue to send it again.";
    unsent: "还有一步没有送出", "One step was not sent";
    send_on: "继续", "Continue";
    leave_it: "不送了", "Leave it";
    log_in_again: "请先登录。", "Log in first.";
    forged: "页面过期，请回到上一页刷新后再试。", "This page is too old; go back, reload it and try again.";
    nothing_here: "这里没有内容，请核对地址。", "There is nothing here; check the address.";
    fault_told: "这是本程序的故障，日志里有说明；请告诉管理员。", "A fault of this program; its log says more. Tell the administrator.";
    unreadable: "填写的内容读不懂，请核对后再试。", "What was filled in cannot be read; check it and try again.";
    denied_told: "您的角色不能办理这件事；需要时请联系管理员。", "Your role may not do this; ask the administrator if it should.";
    unknown_outcome: "还不知道是否办成，请再按一次：同一笔不会办两次。", "Whether it happened is not known yet. Press again: it will not happen twice.";
    unavailable_told: "账本暂时连不上，请稍后再试。", "The ledger cannot be reached now; try again later.";
    // Login.
    log_in: "登录", "Log in";
    account: "账号", "Account";
    password: "密码", "Password";
    forgot: "忘了密码？请管理员重设。", "Forgot the password? The administrator sets a new one.";
    try_as: "先体验一下", "Try it";
    login_wrong: "账号和密码对不上，请核对后再试。", "Account and password do not fit together; check both and try again.";
    https_needed: "这里不能输入密码", "No password here";
    https_how: "网页没有加密（http://），密码会被旁人看到。请让管理员启用 https:// ，或在服务器本机上打开。", "This page is not encrypted (http://), so others could read the password. Ask the administrator for https://, or open it on the server itself.";
    // Roles.
    clerk: "店员", "clerk";
    operator: "录入员", "operator";
    approver: "审核员", "approver";
    secretary: "支部书记", "Party branch";
    merchant_role: "商户", "merchant";
    worker: "骑手", "rider";
    auditor: "审计员", "auditor";
    administrator: "管理员", "administrator";
    machine: "程序", "program";
    // The pages.
    credits: "积分申报", "Credits";
    branch: "党支部", "Branch";
    me: "我的积分", "My points";
    appointments_page: "聘任走访", "Appointments";
    statements_page: "对账结算", "Statements";
    requests_page: "需求办理", "Requests";
    merchant: "商户", "Merchant";
    admin: "区县", "District";
    one_administrator: "只有一名管理员：审核员和管理员的授权没有第二人复核。请再开一个管理员账号。", "A single person administers: nobody gives the grants of approvers and administrators a second word. Open a second administrator's account.";
    audit: "审计", "Audit";
    // Counter.
    counter: "兑换台", "Counter";
    code_or_card: "积分码或卡号", "Code or card number";
    look_up: "查找", "Look up";
    scan: "扫码", "Scan";
    no_camera: "打不开摄像头：本机没有，或没有允许使用。请用扫码枪扫，或输入号码。", "No camera here, or it may not be used. Use a scanner, or type the number.";
    close: "关闭", "Close";
    nobody_named: "没有找到，请核对积分码、卡号、编号或取货码。", "There is no such code, card number, id or pick-up code; check it.";
    available: "可用积分", "Available";
    affordable: "可以兑换", "Can be redeemed";
    nothing_affordable: "这里暂时没有兑得起的商品。", "Nothing here can be had for these points yet.";
    not_affordable: "还差一点的", "Not quite yet";
    left: "余", "left";
    out_of_stock: "库存不足", "not enough on the shelf";
    limit_reached: "今年已兑到上限", "the year's limit is reached";
    chosen: "已选", "Chosen";
    choose: "点商品加入。", "Tap an item to add it.";
    less: "减少", "One less of";
    sum: "合计", "Sum";
    balance_after: "兑换后余额", "Balance afterwards";
    confirm_redeem: "确认兑换", "Redeem";
    next_customer: "换一位", "Next person";
    redeemed: "兑换成功", "Redeemed";
    undone_told: "已撤销，积分和库存都已退回", "Taken back: points and goods are returned";
    points_spent: "积分", "Points";
    new_balance: "余额", "Balance";
    receipt_no: "凭证号", "Receipt";
    undo: "撤销", "Undo";
    departed: "已退出", "has left";
    no_name: "（未登记姓名）", "(no name kept)";
    till_today: "今日台账", "Today's till";
    waits_here: "待取与缺货", "To be picked up and running low";
    kept_more: "另有待取预留", "More to be picked up:";
    the_others: "其余", "The others";
    runs_low: "库存偏低", "Running low";
    back_to_counter: "回兑换台", "Back to the counter";
    redemptions: "兑换笔数", "Redemptions";
    points_out: "兑出积分", "Points redeemed";
    undone: "已撤销", "Taken back";
    print_handover: "打印交接单", "Print to hand over";
    handover: "交接单", "To hand over";
    item: "商品", "Item";
    units: "数量", "Units";
    sign_lines: "交班人：＿＿＿＿＿＿　接班人：＿＿＿＿＿＿　时间：＿＿＿＿＿＿", "Handed over by: ______  to: ______  at: ______";
    none_today: "这一天还没有兑换。", "Nothing was redeemed on this day.";
    shelf: "库存", "Shelf";
    price: "单价", "Price";
    on_shelf: "架上", "On the shelf";
    reserved: "预留", "Set aside";
    handed_over: "已兑出", "Handed out";
    delisted: "已下架", "Delisted";
    restock: "补货", "Restock";
    stocktake: "盘点", "Stocktake";
    write_off: "报损", "Write off";
    stocktake_reason: "例行盘点", "Usual stocktake";
    // The counter without a network.
    away_title: "离线兑换：网络不通，先记在本机，通了自动补报", "Offline: kept on this device, told when the network is back";
    away_later: "已记在本机，联网后自动补报", "Kept on this device; told when the network is back";
    away_told: "已补报，账本已入账；要退请到今日台账撤销。", "Told and recorded; to take it back, use today's till.";
    away_refused: "补报没有通过", "The ledger refused it";
    away_back: "网络已恢复，可以照常兑换。", "The network is back: go on as usual.";
    away_none: "本区没有开通离线额度。可以用取货码，或写纸单，联网后补录。", "The district allows no offline redemptions. Take a hold by its code, or write a slip.";
    away_over_floor: "超过每人离线限额", "Over the offline limit for one person";
    away_over_total: "超过本台今日离线总额", "Over this counter's offline total for today";
    away_unanswered: "网络刚断，这一笔记上没有还不知道。请再按一次确认兑换：已经记上的不会记第二次。", "The network went, and nobody knows whether this was recorded. Confirm it again: what was recorded is not recorded twice.";
    away_ticket_over: "离线时间太长，本机凭据已过期；请写纸单，联网后补录。", "Offline for too long: this device's ticket has ended. Write a slip and enter it later.";
    away_waiting: "待补报", "Waiting to be told";
    away_as_case: "补报未通过，已列入待处理", "Refused: it stands among the cases now";
    away_stuck: "补报被退回，请告诉管理员", "Sent back; tell the administrator";
    away_log_in: "登录后自动补报", "Log in to have it told";
    away_hold: "取货码有效", "The hold's code is genuine";
    away_hold_bad: "不是本账本签发的取货码", "Not a code that this ledger signed";
    away_hold_over: "预留已到期，请按限额兑换", "The hold has ended";
    away_hold_elsewhere: "这是别的网点的预留", "The hold is at another store";
    away_hold_taken: "本机已经兑过这个预留", "This device has taken this hold already";
    away_hold_number: "断网时不能按号取预留，请扫骑手的取货码", "Without a network a hold is not taken by its number: scan the rider's code";
    away_hold_device: "本机不是本网点登记的离线设备，预留只能联网兑换", "This is not the store's offline device: take the hold online";
    away_enrol: "把本机登记为离线设备", "Make this the store's offline device";
    away_enrolled: "本机是本网点的离线设备", "This is the store's offline device";
    away_not_enrolled: "没有登记成功，请再按一次；还不行，请告诉管理员。", "Not enrolled. Press once more; if it fails again, tell the administrator.";
    away_ready: "断网也能兑换，每人限额", "Works without a network; limit for one person";
    cases: "补报待处理", "Cases";
    cases_hint: "离线或纸单兑出的商品，补报时账本没有通过的，在这里逐笔说明怎么处理。", "Goods handed out offline or by slip that the ledger refused: say of each how it was settled.";
    no_cases: "没有待处理的。", "No cases.";
    how_settled: "怎么处理的", "How it was settled";
    settle: "结案", "Settle";
    case_settled: "已结案", "Settled";
    means_floor: "离线", "offline";
    means_hold: "取货码", "hold";
    means_slip: "纸单", "slip";
    slip: "纸单补录", "Enter a slip";
    slip_refused: "还没有记录。请核对编号、时间和商品，改好再补录；货已按这样交出的，不改再按一次，列入待处理。", "Nothing is recorded yet. Check number, time and goods and mend them; where the goods were handed out so, send it again as it is: it becomes a case.";
    slip_before: "这张纸单此前已补录，没有重复记录。", "This slip was entered before; nothing is recorded twice.";
    slip_hint: "断网时手写的兑换单，按单上的时间补录。一样商品一行，没有的行留空。", "A slip written by hand, entered with the time that stands on it. A line for each item; leave the others blank.";
    slip_time: "纸单上的时间", "Time on the slip";
    enter_slip: "补录纸单", "Enter the slip";
    // Own account.
    in_publicity: "公示中", "Pending";
    not_in_yet: "公示与待审核", "On their way";
    expiring_soon: "即将到期", "Expiring soon";
    set_aside: "已预留", "Set aside";
    earned_ever: "累计获得", "Earned so far";
    own_code: "我的积分码", "My code";
    code_as_qr: "积分码二维码", "Code as QR";
    own_code_how: "在兑换网点出示，或报编号。没有手机也可以打印带上。", "Show it at a store or tell the id; print it where no phone is at hand.";
    print_code: "打印积分码", "Print the code";
    served_on: "服务日期", "Served on";
    usable_through: "可用到", "Usable through";
    statement: "明细", "Statement";
    nothing_yet: "还没有记录。参加志愿服务后，由录入员申报。", "Nothing yet. After a service, the desk records it.";
    came_in: "收", "in";
    went_out: "支", "out";
    points_card: "积分卡", "Points card";
    no_card: "还没有积分卡；党员由所在党支部发放。", "No card; Party members get theirs from the branch.";
    publicity: "公示", "Publicity list";
    nothing_publicised: "现在没有公示中的积分。", "Nothing is being publicised now.";
    objection: "提出异议", "Object to a record";
    which_record: "哪一条", "Which record";
    why_object: "为什么", "Why";
    why_hint: "写明哪里不对；不要写姓名、电话和证件号。", "Say what is wrong; no names, phone or identity numbers.";
    anonymous: "匿名（仅审计员可见是谁）", "Anonymous (auditors alone see who)";
    object: "提出异议", "Object";
    objected: "异议已提交，处理结果会写在明细里", "The objection is recorded; the decision will stand in the statement";
    who_looked: "谁看过我的记录", "Who looked at my record";
    own_data: "我的数据", "My data";
    own_data_hint: "账本和姓名库里关于本人的全部记录，一份表格。", "Everything the ledger and the vault of names hold about you, as one workbook.";
    own_receipts: "明细里每一笔的 # 序号可以点开，存下那一笔的凭证；任何手机都能在「核对凭证」页面核对它。", "Each # in the statement opens the receipt of that entry, which any phone can check on the page Check a receipt.";
    receipt_of: "下载凭证", "Receipt";
    own_data_take: "下载我的数据", "Download my data";
    nobody_looked: "还没有人看过。", "Nobody has.";
    being_checked: "待审核", "Being checked";
    under_objection: "有异议", "Under objection";
    // Desk.
    queue: "待审核", "To check";
    queue_empty: "都处理完了。", "Nothing waits.";
    quantity: "数量", "Quantity";
    recorded_by: "申报人", "recorded by";
    evidence: "凭据", "Evidence";
    evidence_hint: "照片或签到表的摘要，或存放位置；可以不填。", "A digest of the photo or list, or where it is kept; may be left blank.";
    flag: "提示", "Flag";
    uphold: "异议成立", "Uphold";
    dismiss: "异议不成立", "Dismiss";
    reason_back: "退回理由", "Reason to return";
    reject: "退回", "Return";
    pass: "通过", "Pass";
    passed: "已通过", "Passed";
    returned: "已退回", "Returned";
    resolved: "异议已处理", "The objection is decided";
    checked_reason: "核对无误", "checked";
    still_waiting: "已申报，等待审核", "Recorded and waiting";
    enter_one: "录入一笔", "Record one";
    worker_id: "编号", "Worker";
    activity: "活动", "Activity";
    service_date: "服务日期", "Service date";
    witness: "证明人", "Witness";
    record: "录入", "Record";
    register_worker: "登记新人员", "Register somebody new";
    worker_registered: "已登记", "Registered";
    new_hint: "新编号，登记后不能改；可以用工牌号，不要用身份证号。", "A new id, which stays; never an identity number.";
    new_name_hint: "加密保存，不进账本；可以不填。", "Kept encrypted outside the journal; may be left blank.";
    occupation: "从业类型", "Occupation";
    platform: "所属平台", "Platform";
    own_site: "所在站点", "Site";
    political: "政治面貌", "Party membership";
    political_unknown: "不清楚", "not known";
    political_none: "群众等", "no member";
    political_member: "中共党员", "member";
    political_probation: "中共预备党员", "member on probation";
    upload_sheet: "整表上传", "A whole sheet";
    sheet_file: "活动记录表", "Sheet of services";
    sheet_hint: "xlsx 或 csv，列名：记录号、编号、活动代码、服务日期、数量、证明人。先逐行核对，不会马上写入。", "xlsx or csv with the columns 记录号, 编号, 活动代码, 服务日期, 数量, 证明人. Rows are judged first; nothing is written yet.";
    judge_first: "上传表格", "Upload the sheet";
    recorded_before: "此前已经申报过，没有重复", "Recorded before; nothing happened twice";
    back_to_credits: "回积分申报", "Back to the desk";
    rows: "行数", "Rows";
    rows_good: "可以写入", "Good";
    rows_bad: "有问题", "Refused";
    not_written_yet: "还没有写入。有问题的行可以在表里直接改，再核对一次。", "Nothing is written yet. Mend rows in place and judge them again.";
    record_no: "记录号", "Record no.";
    verdict: "结果", "Verdict";
    judge_again: "再核对一次", "Judge again";
    send_good: "写入可以写入的行", "Send the good rows";
    then_checked: "写入后等待审核", "then waits for a check";
    row_good: "可以写入", "good";
    row_taken: "已写入", "taken";
    row_repeated: "此前已有", "was there";
    row_refused: "不能写入", "refused";
    row_unknown: "未确定", "not known";
    appealed: "已申诉", "Appealed";
    counts: "已入账", "Counts";
    step_checked: "审核一次", "checked once";
    step_publicised: "通过并公示", "passed and made public";
    step_appealed: "申诉", "appealed";
    step_recorded: "申报", "recorded";
    step_confirmed: "通过", "passed";
    step_rejected: "退回", "returned";
    step_objected: "提出异议", "objected";
    step_upheld: "异议成立", "objection upheld";
    step_dismissed: "异议不成立", "objection dismissed";
    step_reversed: "冲正", "taken back";
    // Branch.
    year: "年度", "Year";
    as_of_position: "账本序号", "journal position";
    reference_only: "仅作参考", "a reference only";
    export_excel: "导出 Excel", "Export Excel";
    cards: "积分卡", "Cards";
    no_cards: "这一年没有积分卡记录。", "No cards in this year.";
    chart_label: "各卡积分，按类别", "Points of each card by category";
    cards_by_category: "按类别的积分", "Points by category";
    card_no: "卡号", "Card";
    name: "姓名", "Name";
    total: "合计", "Total";
    services: "次数", "Services";
    opinion: "评议意见", "Opinion";
    evidence_of_cards: "每张卡的凭据", "Evidence of each card";
    category: "类别", "Category";
    no_grades: "积分仅为民主评议的参考之一；系统不排名、不评等次，意见由党支部填写。", "Points are one reference only: nobody is ranked or graded here, the branch writes its opinion.";
    // Audit.
    verify_now: "立即核对", "Verify now";
    not_verified_yet: "还没有核对", "Not verified yet";
    not_verified_hint: "本服务启动以来还没有核对过。核对会重算全部哈希、次序和规则，不改动账本。", "Not since this server began. It recomputes every hash, the order and every rule, and changes nothing.";
    valid: "账本完整，未被改动", "Valid: nothing was altered";
    invalid: "账本对不上", "Invalid";
    unreadable_journal: "账本读不到底", "Unreadable";
    empty_journal: "账本是空的", "Empty";
    first_bad: "第一处在序号", "first at position";
    root: "根哈希", "Root";
    events: "事件", "Events";
    event_type: "事件类型", "Type of event";
    any: "全部", "Any";
    about: "与谁或什么有关", "About";
    about_hint: "编号、网点、记录号", "worker, store, record";
    actor: "操作人", "Actor";
    from_day: "记账日期从", "Recorded from";
    to_day: "到", "to";
    filter: "筛选", "Filter";
    payload_hint: "账本里的原文。积分按百分之一分写：1200 就是 12 分；金额按分写：1200 就是 12 元。", "As it stands in the ledger. Points are written in hundredths: 1200 is 12 points; money in fen: 1200 is 12 yuan.";
    no_events: "没有符合的事件。", "No such events.";
    journal_end: "账本末尾", "the journal ends at";
    position: "序号", "Position";
    event: "事件", "Event";
    recorded_at: "记账时间", "Recorded at";
    earlier: "更早的", "Earlier";
    state_at: "某一刻的账", "The books at a moment";
    as_of_day: "截至日期", "As of";
    show_state: "看当时的账", "Show the books then";
    sample: "抽样", "Sample";
    seed: "种子", "Seed";
    size: "件数", "Items";
    drawn_by: "办法", "By";
    by_points: "按积分", "points";
    by_item: "逐条", "item";
    by_station: "按站点", "station";
    draw: "抽样并下载", "Draw and download";
    sample_hint: "同一种子在任何机器上抽到相同的条目。", "The same seed draws the same items on any machine.";
    take_away: "带走", "Take away";
    bundle_hint: "证据包不需要数据库和网络就能核对。", "A bundle is checked with no database and no network.";
    bundle: "下载证据包", "Download the bundle";
    report: "审计报告", "Audit report";
    back_to_audit: "回审计", "Back to the audit";
    earned: "获得", "Earned";
    redeemed_points: "兑出", "Redeemed";
    expired: "过期", "Expired";
    balance: "结余", "Balance";
    equation: "获得 = 兑出 + 过期 + 结余，每个人都成立。", "earned = redeemed + expired + balance, for everybody.";
    accounts_then: "当时的账户", "Accounts then";
    accounts_cut: "这里只列前面的账户；全部账户见 nuanxin state。", "Only the first accounts are listed; `nuanxin state` tells all of them.";
    // Merchant.
    still_owed: "待结算", "Still owed";
    print_statement: "打印结算单", "Print the statement";
    settlement: "结算", "Settlement";
    month: "月份", "Month";
    honoured: "已提供", "Handed out";
    corrected: "冲正", "Corrected";
    paid: "已付", "Paid";
    owed: "应付积分", "Points owed";
    reference: "付款凭证", "Reference";
    settled: "已结清", "settled";
    nothing_honoured: "还没有记录。", "Nothing yet.";
    settlement_note: "积分按协议单价折算付款；优惠和权益券按金额付款，不折成积分。", "Points are paid at the agreed rate; discounts and vouchers are paid in yuan and never turned into points.";
    seal_lines: "商户签章：＿＿＿＿＿＿　经办人签章：＿＿＿＿＿＿　日期：＿＿＿＿＿＿", "Merchant: ______  Office: ______  Date: ______";
    // District.
    workers: "人员", "Workers";
    pending: "待审核", "Pending";
    outstanding: "未兑积分对库存和资金", "Outstanding against stock and funds";
    by_store: "各网点兑出（多的在前）", "Redeemed by store, most first";
    store: "网点", "Store";
    running_out: "快没有的商品", "Running out";
    shelves_full: "各网点库存充足。", "All shelves have enough.";
    health: "运行", "Health";
    version: "版本", "Version";
    journal: "账本", "Journal";
    views: "视图", "Views";
    caught_up: "已跟上", "caught up";
    for_programs: "给程序用的接口", "For programs";
    shelf_hint: "补货填增加的数量；盘点填实际点到的数量，连同预占的；报损填损坏的数量。", "Restock: units added. Stocktake: units found, those set aside among them. Write off: units lost.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{
        ALL, accounts, appointing, appointments, approvals, decisions, desk_words, findings, holds, merchant_words,
        merging, oidc, overview, programmes, proof, publicity_page, rating_slip, refusals, register, registers_page,
        requests, schedule_page, selections, sites_page, statements, trace, uploads, visits,
    };

    const PARTS: &[&[(&str, &str, &str)]] = &[
        ALL,
        accounts::ALL,
        appointing::ALL,
        appointments::ALL,
        approvals::ALL,
        decisions::ALL,
        desk_words::ALL,
        findings::ALL,
        holds::ALL,
        merchant_words::ALL,
        merging::ALL,
        oidc::ALL,
        overview::ALL,
        programmes::ALL,
        proof::ALL,
        publicity_page::ALL,
        rating_slip::ALL,
        refusals::ALL,
        register::ALL,
        registers_page::ALL,
        requests::ALL,
        schedule_page::ALL,
        selections::ALL,
        sites_page::ALL,
        statements::ALL,
        trace::ALL,
        uploads::ALL,
        visits::ALL,
    ];

    #[test]
    fn every_word_is_there_once_in_each_language() {
        for part in PARTS {
            let keys: BTreeSet<&str> = part.iter().map(|(key, _, _)| *key).collect();
            assert_eq!(keys.len(), part.len());
        }
        let chinese = |text: &str| text.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char));
        for (key, zh, en) in PARTS.iter().copied().flatten() {
            // The columns of a sheet have one name in every language.
            let names_columns = matches!(*key, "sheet_hint" | "how_to_map");
            assert!(chinese(zh) && (names_columns || !chinese(en)) && !en.is_empty(), "{key}: {zh:?}, {en:?}");
        }
    }
}
