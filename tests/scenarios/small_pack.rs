//! A pack small enough to be read at a glance, and every sheet of it open to change. Holds no real person or place.

use std::path::{Path, PathBuf};

use nuanxin_tests::scratch_dir;

/// 人员名册: one Party member with a card, and one worker who is none.
pub(crate) const WORKERS: &str = "编号,姓名,从业类型,所属平台,政治面貌,所在党支部,积分卡号
W001,测试人员一,快递员,平台甲,中共党员,DZB01,HZ001
W002,测试人员二,网约车司机,平台乙,群众,,
";
/// 积分标准: an activity that counts for the card and has a cap, and one for ever without.
pub(crate) const SCHEDULE: &str = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数
ZY01,社区志愿服务,志愿服务,小时,10,60,是,24
SB01,隐患上报,社会治理,件,2.5,,否,
";
/// 商户名录.
pub(crate) const MERCHANTS: &str = "商户编号,商户名称,统一社会信用代码,类型
M01,测试商户一,92000000MA000001H9,超市
";
/// 兑换网点.
pub(crate) const STORES: &str = "网点编号,网点名称,层级,所在社区
S01,测试网点一,微驿站,测试社区
";
/// 兑换目录: water at 20 points, a hundred on the shelf.
pub(crate) const ITEMS: &str = "网点编号,商品编码,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑
S01,SW01,饮用水,实物,20,100,M01,
";
/// The header of 活动记录.
pub(crate) const CREDITS: &str = "记录号,编号,活动代码,服务日期,数量,证明人,备注
";
/// The header of 兑换流水.
pub(crate) const REDEMPTIONS: &str = "流水号,编号,网点编号,商品编码,数量,兑换时间
";

/// A pack of UTF-8 sheets in a folder of its own.
pub(crate) struct SmallPack {
    folder: PathBuf,
}

impl SmallPack {
    /// Two workers, one store, one month in which the first worker earns 50 points and spends 20.
    pub(crate) fn new() -> SmallPack {
        let pack = SmallPack { folder: scratch_dir("pack") };
        pack.write("district.toml", "code = \"320500\"\nname = \"测试区\"\npoints_step = \"0.5\"\n");
        pack.write("人员名册.csv", WORKERS);
        pack.write("积分标准.csv", SCHEDULE);
        pack.write("商户名录.csv", MERCHANTS);
        pack.write("兑换网点.csv", STORES);
        pack.write("兑换目录.csv", ITEMS);
        pack.write("活动记录-2024-01.csv", format!("{CREDITS}JL01,W001,ZY01,2024-01-05,5,网格员甲,\n"));
        pack.write("兑换流水-2024-01.csv", format!("{REDEMPTIONS}LS01,W001,S01,SW01,1,2024-01-06 10:00:00\n"));
        pack
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file of the pack, in place of what stood there.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.join(name), content).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Adds rows to a sheet of the pack.
    pub(crate) fn append(&self, name: &str, rows: &str) {
        let content = std::fs::read(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        self.write(name, [content.as_slice(), rows.as_bytes()].concat());
    }

    /// Takes a file away.
    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
