//! What pages say of where to redeem near by, and of what is set aside to be picked up.

words! {
    title: "附近可兑换", "Where to redeem";
    lead: "看附近兑换网点有什么、积分够不够，先预留、再到网点取。", "See what stores near by have and whether your points are enough; set it aside, then pick it up.";
    to_stores: "看附近网点，预留自提", "See stores near by and set something aside";
    back: "回我的积分", "Back to my points";
    at_own: "本站点", "At my site";
    at_neighbours: "同社区、邻近站点", "Close to my site";
    at_district: "区内其他网点", "Elsewhere in the district";
    at_all: "全区网点", "All stores of the district";
    no_site: "您还没有登记所在站点，先按全区列出；登记请找所在站点的录入员。", "Your site is not known yet, so all stores are listed; the desk of your site enters it.";
    no_stores: "现在没有兑换网点。", "There are no stores now.";
    more: "看更多网点", "More stores";
    open: "营业", "Open";
    closed: "已停业", "Closed";
    site_closed: "所在站点已停用", "Its site is closed";
    shut_note: "这里现在不能兑换，也不能预留。", "Nothing can be redeemed or set aside here now.";
    none_listed: "这里还没有上架商品。", "Nothing is on the list here yet.";
    none_left: "架上没有了", "None left";
    departed: "您已退出，积分不能再兑换。", "You have left; points are spent no more.";
    hold: "预留", "Set aside";
    hold_note: "点「预留」留一件：积分先留出来，一天内到网点出示取货码领取；过期没取，积分自动退回，商品放回架上。", "Set aside keeps one: its points are put aside, and you pick it up within a day with its code. What is not picked up in time goes back by itself, points and goods.";
    own: "我的预留", "Set aside for me";
    no_holds: "现在没有预留的商品。", "Nothing is set aside.";
    over: "已过期没取，积分正在退回", "Run out; the points are on their way back";
    show_code: "出示取货码", "Show the pick-up code";
    code: "取货码", "Pick-up code";
    code_as_qr: "取货码二维码", "The pick-up code as QR";
    code_how: "到这个网点让店员扫一扫，或报取货码。", "Let the clerk of this store scan it, or read it out.";
    cancel: "取消预留", "Cancel";
    cancelled: "已取消预留，积分已退回", "Cancelled; the points are back";
    cancel_reason: "本人取消", "cancelled by the worker";
    passes: "暖心卡可用的商户", "Merchants that honour my pass";
    no_passes: "现在没有您的卡能用的优惠。", "No offer is for your passes now.";
    at_counter: "待取预留", "To be picked up";
    counter_hint: "请顾客出示取货码，或核对姓名、编号后再交付；不用再扣积分。", "Ask for the pick-up code, or make sure of name and id, before handing it out; no points are spent again.";
    none_at_counter: "现在没有待取的预留。", "Nothing waits to be picked up.";
    hand_out: "交付", "Hand out";
    held_here: "这位顾客在这里预留了", "Set aside here for this customer";
    no_such_code: "没有这个取货码。请顾客打开「我的积分」，照「取货码」核对。", "There is no such pick-up code. Ask the customer to open the own page and compare it.";
    taken: "这个预留已经取走了，不能再取。", "This was picked up before.";
    given_back: "这个预留已经取消，积分已退回本人。要的话按平常兑换。", "This was cancelled, and its points are back. Redeem as usual.";
    ran_out: "这个预留已过期，积分退回本人，商品放回架上。要的话按平常兑换。", "This ran out: its points go back, and the goods stay on the shelf. Redeem as usual.";
    own_taken: "这个预留已经取走了。", "This was picked up before.";
    own_given_back: "这个预留已经取消，积分已退回。", "This was cancelled before; the points are back.";
    own_ran_out: "这个预留已过期，不用取消：积分自动退回。", "This ran out and need not be cancelled: its points go back by themselves.";
    named_over: "这个预留已经取走、取消或过期。请顾客在「我的积分」里看一看，再按平常兑换。", "This was picked up, cancelled or ran out. Ask the customer to look at the own page, then redeem as usual.";
}

impl Words {
    /// Something was set aside, and until when.
    pub(in crate::web) fn held(&self, item: &str, store: &str, until: &str) -> String {
        if self.english {
            format!("{item} is set aside at {store} until {until}")
        } else {
            format!("已预留「{item}」，请在 {until} 前到{store}领取")
        }
    }

    /// Until when something is set aside.
    pub(in crate::web) fn held_until(&self, until: &str) -> String {
        if self.english { format!("Set aside until {until}") } else { format!("预留到 {until}") }
    }

    /// How many are left.
    pub(in crate::web) fn units_left(&self, units: i64) -> String {
        if self.english { format!("{units} left") } else { format!("余 {units} 件") }
    }

    /// What a store has, in short.
    pub(in crate::web) fn has_items(&self, items: usize, affordable: usize) -> String {
        if self.english {
            format!("{items} items, {affordable} within your points")
        } else {
            format!("{items} 样商品，{affordable} 样够兑")
        }
    }
}
