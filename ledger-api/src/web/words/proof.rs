//! What is said of proofs at the counter: codes and PINs, on `/counter`, `/me` and `/credits/proof`.

words! {
    ask_code: "顾客的动态码", "Customer's code";
    ask_code_hint: "请顾客出示「我的」页面上的 6 位动态码，或扫纸质积分码。", "The six digits on the customer's own page, or the printed code.";
    ask_pin: "兑换密码（请顾客本人输入）", "PIN (the customer types it)";
    proven: "本人凭证已核对", "Proof checked";
    missing_code: "请先让顾客出示动态码，再确认。", "Ask for the customer's code, then confirm.";
    missing_pin: "请顾客本人输入兑换密码，再确认。", "Let the customer type the PIN, then confirm.";
    wrong_code: "码不对，或已过期。请顾客出示现在显示的码。", "Not this customer's code, or run out. Ask for the one that is shown now.";
    wrong_pin: "兑换密码不对，请顾客再输一次。", "Not the customer's PIN; let it be typed again.";
    used: "这个码已经用过一次。请等顾客的页面换出下一个码（一分钟内）。", "This code was used. Wait for the customer's next one, within a minute.";
    too_old: "这个码太久了。请按手工单补录。", "This code is too old. Enter it as a slip.";
    no_pin: "顾客还没有兑换密码：请在「我的」页面自己设一个，或请所在站点的录入员发一个。", "The customer has no PIN: it is set on the own page, or given by an operator of the site.";
    again: "凭证已失效，请顾客再出示一次。", "The proof ran out; ask for it again.";
    away_code_used: "这个码刚用过。请等顾客的页面换出下一个码。", "This code was just used. Wait for the next one.";
    away_pin: "断网时不能核对兑换密码。可以用取货码，或写纸单，联网后补录。", "A PIN cannot be checked without the network. Take a hold by its code, or write a slip.";
    code_now: "动态码", "Code";
    code_how: "在兑换网点出示二维码，或报编号和这 6 位数。每分钟换一次，每个码只能用一次。", "Show it at a store, or tell your id and these digits. It changes every minute and is good once.";
    seconds_left: "秒后更换", "seconds left";
    run_out: "已过期，请刷新", "Run out; load anew";
    reload: "刷新", "Load anew";
    paper: "纸质积分码", "Code on paper";
    paper_how: "没有手机时带纸质码。它不会变，请像保管银行卡一样保管；重做之后，旧的立即作废。", "For days without a phone. It does not change: keep it like a bank card. Made anew, the old one is void.";
    paper_make: "做一张纸质码", "Make a code for paper";
    paper_again: "重做纸质码（旧的作废）", "Make it anew (the old one is void)";
    paper_made: "纸质积分码（只显示这一次，请打印或抄下）", "Code for paper (shown once: print it or write it down)";
    pin: "兑换密码", "PIN";
    pin_how: "6 位数字，在兑换网点用。不要用生日、连号、重复的数字，也不要用编号和卡号里的数字。", "Six digits for the store. No birthday, run or repetition, and nothing of your id or card number.";
    pin_new: "新的兑换密码", "New PIN";
    pin_again: "再输一遍", "Once more";
    pin_set: "设置兑换密码", "Set the PIN";
    pin_done: "兑换密码已设置。", "The PIN is set.";
    pin_differ: "两次输入的不一样，请重输。", "The two differ; type them again.";
    pin_easy: "这个密码太容易猜：要 6 位数字，不能是生日、连号、重复的数字，也不能是编号或卡号里的数字。", "Too easily guessed: six digits, no birthday, run or repetition, and nothing of your id or card number.";
    last_made: "上次设置", "Last made";
    by_oneself: "本人", "by oneself";
    desk: "积分码与兑换密码", "Codes and PINs";
    desk_how: "本人没有手机时代为办理。请先当面核对本人；办理会记入本人的「谁看过我的记录」。", "For whoever has no phone. Make sure of the person first; it stands in that person's own record of readers.";
    desk_pin: "发一个兑换密码", "Give a PIN";
    desk_pin_given: "兑换密码（只显示这一次，请当面交给本人）", "PIN (shown once: hand it over in person)";
    desk_back: "回积分申报", "Back to the desk";
}

impl Words {
    /// Too many were wrong.
    pub(in crate::web) fn too_soon(&self, seconds: u64) -> String {
        if self.english {
            format!("Too many were wrong. Try again in {seconds} seconds.")
        } else {
            format!("输错次数太多，请 {seconds} 秒后再试。")
        }
    }
}
