//! A pack in a folder of its own, made of sheets as text: a small district that every test changes in one thing.

use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use crate::import::Pack;

const DISTRICT: &str = "# 合成数据\ncode = \"000000\"\nname = \"测试区\"\npoints_step = \"1\"\n";
const WORKERS: &str = "编号,姓名,从业类型,所属平台,政治面貌,所在党支部,积分卡号\n\
    W1,甲,外卖配送员,甲平台,中共党员,B1,K1\nW2,乙,快递员,乙平台,群众,,\n";
const RULES: &str = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n\
    ZY01,社区志愿服务,志愿服务,小时,10,60,是,24\n";
const MERCHANTS: &str = "商户编号,商户名称,统一社会信用代码,类型\nSH1,一号商户,92000000MA000001H9,超市\n";
const STORES: &str = "网点编号,网点名称,层级,所在社区\nWD1,一号网点,总站,一社区\n";
const ITEMS: &str = "网点编号,商品编码,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑\n\
    WD1,SP1,水,实物,10,5,SH1,2\nWD1,SP2,米,实物,20,1,SH1,\n";

/// A pack that is deleted with it.
pub(super) struct PackFolder(TempDir);

impl PackFolder {
    pub(super) fn new() -> PackFolder {
        let folder = PackFolder(tempfile::tempdir().unwrap());
        folder
            .write("district.toml", DISTRICT)
            .write("人员名册.csv", WORKERS)
            .write("积分标准.csv", RULES)
            .write("商户名录.csv", MERCHANTS)
            .write("兑换网点.csv", STORES)
            .write("兑换目录.csv", ITEMS)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn check(&self) -> Arc<Pack> {
        Arc::new(Pack::check(self.path()).unwrap())
    }

    pub(super) fn write(self, name: &str, text: &str) -> PackFolder {
        std::fs::write(self.path().join(name), text).unwrap();
        self
    }

    pub(super) fn remove(self, name: &str) -> PackFolder {
        std::fs::remove_file(self.path().join(name)).unwrap();
        self
    }

    fn add(self, name: &str, row: &str) -> PackFolder {
        let text = std::fs::read_to_string(self.path().join(name)).unwrap();
        self.write(name, &format!("{text}{row}\n"))
    }

    pub(super) fn worker(self, row: &str) -> PackFolder {
        self.add("人员名册.csv", row)
    }

    pub(super) fn rule(self, row: &str) -> PackFolder {
        self.add("积分标准.csv", row)
    }

    pub(super) fn item(self, row: &str) -> PackFolder {
        self.add("兑换目录.csv", row)
    }

    /// With a title row above the header: the first row below it is row 3.
    pub(super) fn activities(self, month: &str, rows: &[&str]) -> PackFolder {
        let text = format!("{month}活动记录\n记录号,编号,活动代码,服务日期,数量,证明人\n{}\n", rows.join("\n"));
        self.write(&format!("活动记录-{month}.csv"), &text)
    }

    pub(super) fn redemptions(self, month: &str, rows: &[&str]) -> PackFolder {
        let text = format!("流水号,编号,网点编号,商品编码,数量,兑换时间\n{}\n", rows.join("\n"));
        self.write(&format!("兑换流水-{month}.csv"), &text)
    }
}
