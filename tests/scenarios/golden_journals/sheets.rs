//! The sheets of the story: a district of before, imported three times as its registers go on. What the last import finds
//! repeated is what every later one finds repeated.

use std::fs;
use std::path::Path;

use nuanxin_tests::{SetClock, scratch_dir};

use super::story::run;
use crate::program::utf8;
use crate::small_pack::{CREDITS, REDEMPTIONS, SmallPack};

const DISTRICT: &str = "code = \"320500\"\nname = \"测试区\"\npoints_step = \"0.5\"\n\
    [guards]\nevidence_reused = \"flag\"\nwitness_overload = \"flag\"\n";
const SCHEDULE: &str = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数,计分时点,最多认领人数
ZY01,社区志愿服务,志愿服务,小时,10,60,是,24,,
SB01,隐患上报,社会治理,件,2.5,,否,,,
WX01,微心愿,志愿服务,件,4,,是,24,评价,2
LB01,两帮走访,党建引领,次,6,,是,24,,
";
const WORKERS: &str = "编号,姓名,从业类型,所属平台,政治面貌,所在党支部,积分卡号,所在站点
W001,测试人员一,快递员,平台甲,中共党员,DZB01,HZ001,Z1
W002,测试人员二,网约车司机,平台乙,群众,,,
W003,测试人员三,外卖配送员,平台乙,中共预备党员,DZB01,HZ003,Z2
";
/// A sheet's name, what stood in it first, and what of it is replaced by what before the second import and the third.
type Sheet = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Each register as it was first, and what is told of it later.
const REGISTERS: &[Sheet] = &[
    (
        "驿站名录.csv",
        "驿站编号,驿站名称,层级,上级驿站编号,服务项目,启用日期,停用日期
Z1,测试总站,总站,,饮水机,2023-09-01,
Z2,测试驿站,特色驿站,Z1,饮水机、充电器,2023-09-01,
Z3,测试微驿站,微驿站,Z2,休息椅,2023-10-01,
",
        &[
            (
                "Z2,测试驿站,特色驿站,Z1,饮水机、充电器,2023-09-01,\nZ3,测试微驿站,微驿站,Z2,休息椅,2023-10-01,",
                "Z2,测试驿站（西门）,特色驿站,Z1,饮水机,2023-09-01,\nZ3,测试微驿站,微驿站,Z1,休息椅,2023-10-01,2024-12-02",
            ),
            ("2023-10-01,2024-12-02", "2023-10-01,"),
        ],
    ),
    (
        "聘任名册.csv",
        "聘书号,编号,角色,聘任单位,驿站编号,聘任日期,到期日期,解聘日期
PS1,W001,特聘网格员,测试街道,Z2,2024-01-01,,
",
        &[("Z2,2024-01-01,,", "Z2,2024-01-01,,2024-12-31"), ("", "")],
    ),
    (
        "帮带结对.csv",
        "结对号,帮带人编号,被帮带人编号,所在党支部,结对日期,解除日期
BD1,W001,W002,DZB01,2024-01-02,
",
        &[("2024-01-02,", "2024-01-02,2024-12-31"), ("", "")],
    ),
    (
        "资金来源.csv",
        "资金编号,责任单位,来源类型,年度,金额(元)
ZJ1,union,工会经费,2024,300.00
",
        &[("300.00", "500.00"), ("", "")],
    ),
    (
        "权益项目.csv",
        "项目编号,项目名称,类型,资金编号,名额,每人限额,限额周期,开始日期,截止日期,所需积分,单价(元)
QY1,体检,名额,ZJ1,1,1,年,2024-01-01,2025-12-31,5,60.00
QY2,理发券,券,ZJ1,5,2,年,2024-01-01,2025-12-31,,15.00
",
        &[("QY1,体检,", "QY1,免费体检,"), ("", "")],
    ),
    (
        "暖心卡.csv",
        "卡号,编号,卡种,发放日期,有效期至,挂失时间,补发卡号
NXK1,W001,优享卡,2024-01-01,2025-12-31,,
",
        &[("2025-12-31,,", "2025-12-31,2024-06-01 09:00:00,NXK2"), ("", "")],
    ),
    (
        "优惠协议.csv",
        "优惠编号,商户编号,卡种,折扣,补贴比例,资金编号,开始日期,结束日期
YH1,M01,优享卡,8.5,50%,ZJ1,2024-01-01,2025-12-31
",
        &[("2025-12-31", "2025-06-30"), ("", "")],
    ),
];
/// Rows of January, with what is filled in later.
const ROWS: &[Sheet] = &[
    (
        "走访记录-2024-01.csv",
        "走访号,结对号,活动代码,走访类型,走访日期,填报人编号,确认人编号,确认日期
ZF1,BD1,LB01,重大节日必走访,2024-01-10,W001,,
",
        &[("W001,,", "W001,W002,2024-01-12"), ("", "")],
    ),
    (
        "需求清单-2024-01.csv",
        "单号,活动代码,来源渠道,提出日期,上报人编号,承办单位,办理时限,并入单号
XQ1,WX01,微信群,2024-01-08,W002,测试街道,2024-01-31,
XQ2,WX01,微信群,2024-01-09,W002,测试街道,,XQ1
",
        &[("", ""), ("", "")],
    ),
    (
        "办理记录-2024-01.csv",
        "办理号,单号,认领人编号,认领日期,办结日期,数量,评价,评价日期
BL1,XQ1,W001,2024-01-09,2024-01-11,1,,
",
        &[("2024-01-11,1,,", "2024-01-11,1,满意,2024-01-12"), ("", "")],
    ),
    (
        "权益登记-2024-01.csv",
        "登记号,项目编号,编号,申请时间,证书编号,金额(元),使用时间,核销商户编号
QD1,QY1,W001,2024-01-15 09:00:00,,,,
QD2,QY1,W002,2024-01-16 09:00:00,,,,
QD3,QY2,W001,2024-01-17 09:00:00,ZS1,,,
",
        &[("ZS1,,,", "ZS1,,2024-01-20 10:00:00,M01"), ("", "")],
    ),
    (
        "优惠核销-2024-01.csv",
        "小票号,卡号,优惠编号,消费时间,原价(元),实付(元)
XP1,NXK1,YH1,2024-01-18 12:00:00,20.00,17.00
",
        &[("", ""), ("", "")],
    ),
];

/// Imports the sheets as they were first, second and last, and keeps the last with its report.
pub(super) fn imported(journal: &str, clock: &SetClock, folder: &Path) {
    let pack = SmallPack::new();
    for (name, content) in [("district.toml", DISTRICT), ("积分标准.csv", SCHEDULE), ("人员名册.csv", WORKERS)]
    {
        pack.write(name, content);
    }
    pack.append(
        "活动记录-2024-01.csv",
        "JL02,W001,ZY01,2024-01-05,5,网格员甲,\nJL03,W002,SB01,2024-01-08,3,网格员乙,\n\
         JL04,W009,ZY01,2024-01-09,1,网格员甲,\nJL05,W001,ZY01,2024-01-05,1,网格员甲,\n",
    );
    pack.append("兑换流水-2024-01.csv", "LS02,W002,S01,SW01,1,2024-01-20 10:00:00\n");
    let sheets = || REGISTERS.iter().chain(ROWS);
    for (name, first, _) in sheets() {
        pack.write(name, first);
    }
    let import = |report: &Path, more: &[&str]| {
        let arguments = ["import", utf8(pack.folder()), "--report", utf8(report)];
        run(journal, clock, &[&arguments, more].concat()).expect(1);
    };
    let passing = scratch_dir("report").join("passing.json");
    import(&passing, &["--origin", "golden.nuanxin.example/district"]);

    let change = |name: &str, from: &str, to: &str| {
        let sheet = fs::read_to_string(pack.folder().join(name)).expect("a sheet of the pack");
        assert!(sheet.contains(from), "{name} holds no {from:?}");
        pack.write(name, sheet.replace(from, to));
    };
    for (name, from, to) in [
        ("人员名册.csv", "W002,测试人员二,网约车司机,平台乙", "W002,测试人员二,网约车司机,平台丙"),
        ("商户名录.csv", "超市", "便利店"),
        ("兑换网点.csv", "测试网点一", "测试网点一（东门）"),
    ] {
        change(name, from, to);
    }
    pack.write("活动记录-2024-02.csv", format!("{CREDITS}JL06,W001,ZY01,2024-02-03,2.5,网格员甲,\n"));
    pack.write("兑换流水-2024-02.csv", format!("{REDEMPTIONS}LS03,W001,S01,SW01,1,2024-02-06 15:30:00\n"));
    for later in 0..2 {
        for (name, _, changes) in sheets() {
            let (from, to) = changes[later];
            if from != to {
                change(name, from, to);
            }
        }
        import(&passing, &[]);
    }
    import(&folder.join("report.json"), &[]);
    let kept = folder.join("pack");
    fs::create_dir(&kept).expect("the folder is new");
    for entry in fs::read_dir(pack.folder()).expect("the pack's folder") {
        let entry = entry.expect("a file of the pack");
        fs::copy(entry.path(), kept.join(entry.file_name())).expect("a file can be copied");
    }
}
