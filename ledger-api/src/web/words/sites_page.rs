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
    near: "站点按社区和上级站点排列。", "Sites are arranged by community and by the site above.";
    map: "站点地图", "Map of the sites";
    past_map: "跳过地图", "Past the map";
    north: "北", "N";
    not_open: "不开放", "Not open";
    no_kind: "其他", "Others";
    numbers: "地图上的编号", "Numbers on the map";
    too_many: "地图上没有画全，请按名称或服务项目查找。", "Not all are on the map; look for the others by name or service.";
    open_in_map: "在地图中打开", "Open in a map";
    how_to_map: "还没有地图。在驿站名录里加上「经度」「纬度」两列（手机定位的十进制度数，如 118.5046 和 36.2042），再导入一次，这里就有地图。", "There is no map yet. Add the columns 经度 (longitude) and 纬度 (latitude) to 驿站名录, in decimal degrees as a phone shows them (118.5046 and 36.2042), and bring it in again.";
    to_registers: "去导入登记册", "Bring registers in";
}

impl Words {
    /// How many sites there are.
    pub(in crate::web) fn count(&self, sites: usize) -> String {
        if self.english { format!("{sites} sites") } else { format!("{sites} 个站点") }
    }

    /// How many of those that are listed are on the map.
    pub(in crate::web) fn mapped(&self, drawn: usize, listed: usize) -> String {
        match (self.english, drawn == listed) {
            (true, true) => format!("{drawn} on the map"),
            (true, false) => format!("{drawn} of {listed} are on the map; the others are in the list below"),
            (false, true) => format!("地图上 {drawn} 个"),
            (false, false) => format!("地图上 {drawn} 个，其余的在下面的列表里"),
        }
    }

    /// How many are not drawn because they would lie far from all others.
    pub(in crate::web) fn far(&self, sites: usize) -> String {
        if self.english {
            format!("{sites} not drawn: more than 300 km from the others; check their 经度 and 纬度 in 驿站名录")
        } else {
            format!("有 {sites} 个离其他站点 300 公里以上，没有画；请核对驿站名录里的经度和纬度")
        }
    }

    /// A length on the ground.
    pub(in crate::web) fn long(&self, metres: i64) -> String {
        match (self.english, metres < 1_000) {
            (true, true) => format!("{metres} m"),
            (true, false) => format!("{} km", metres / 1_000),
            (false, true) => format!("{metres} 米"),
            (false, false) => format!("{} 公里", metres / 1_000),
        }
    }

    /// How many were found.
    pub(in crate::web) fn found(&self, sites: usize) -> String {
        if self.english { format!("{sites} found") } else { format!("找到 {sites} 个") }
    }
}
