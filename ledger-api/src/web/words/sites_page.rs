//! What `/sites` says.

words! {
    title: "站点与服务", "Sites and services";
    to_sites: "看全部站点和服务", "All sites and their services";
    find: "站点名称或服务项目", "Name of a site, or a service";
    on: "哪一天", "On which day";
    services: "服务项目", "Services";
    by_service: "按服务项目找", "By service";
    own: "我的站点", "My site";
    open: "启用中", "Open";
    closed_since: "已停用，自", "Closed since";
    opens_on: "未启用，启用日期", "Opens on";
    stores: "兑换网点", "Stores";
    to_redeem: "看商品，预留自提", "See the goods and set something aside";
    stores_now: "兑换网点是现在的情况。", "Stores are told as they are now.";
    others: "其他站点", "Other sites";
    none: "还没有登记站点。", "No sites are entered yet.";
    nothing_found: "没有找到这样的站点，请换一个词。", "No such site; try another word.";
    whole: "看全部站点", "All sites";
    cut: "没有全部列出，请输入名称或服务项目查找。", "Not all are listed; look for the others by name or service.";
    near: "没有地图坐标：站点按社区和上级站点排列。", "There are no coordinates: sites are arranged by community and by the site above.";
}

impl Words {
    /// How many sites there are.
    pub(in crate::web) fn count(&self, sites: usize) -> String {
        if self.english { format!("{sites} sites") } else { format!("{sites} 个站点") }
    }

    /// How many were found.
    pub(in crate::web) fn found(&self, sites: usize) -> String {
        if self.english { format!("{sites} found") } else { format!("找到 {sites} 个") }
    }
}
