//! What is recorded late is judged by its day: the same acts, entered in any order within their month or months after it, come
//! to the same points, places and money.
//!
//! Where the journal's order decides (the last place, the last claim, points that are not there yet), it does so by what was
//! entered first; such acts are in none of these histories.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::exact::Exact;
use crate::journals::{Database, fresh};
use crate::program::{import, state};
use crate::small_pack::{CREDITS, REDEMPTIONS, SmallPack};

const SHEETS: [(&str, &str); 6] = [
    ("活动记录", CREDITS),
    ("办理记录", "办理号,单号,认领人编号,认领日期,办结日期,数量,评价,评价日期\n"),
    ("走访记录", "走访号,结对号,活动代码,走访类型,走访日期,填报人编号,确认人编号,确认日期\n"),
    ("权益登记", "登记号,项目编号,编号,申请时间,证书编号,金额(元),使用时间,核销商户编号\n"),
    ("优惠核销", "小票号,卡号,优惠编号,消费时间,原价(元),实付(元)\n"),
    ("兑换流水", REDEMPTIONS),
];

/// Acts of March, by sheet: on both sides of the day on which something ended, and beyond caps.
const ACTS: [(&str, &[&str]); 6] = [
    (
        "活动记录",
        &[
            // 60 points a day at most, whichever of them is entered first.
            "A01,W001,ZY01,2024-03-05,4,网格员甲,",
            "A02,W001,ZY01,2024-03-05,3,网格员乙,",
            "A03,W001,ZY01,2024-03-06,2,网格员甲,",
            "A04,W002,ZY01,2024-03-05,1.5,网格员甲,",
            // The role ended on the fifteenth.
            "A05,W002,XJ01,2024-03-14,1,网格员甲,",
            "A06,W002,XJ01,2024-03-15,1,网格员甲,",
            "A07,W002,XJ01,2024-03-20,1,网格员甲,",
            // A month's cap, crossed by whichever comes last.
            "A08,W003,YX01,2024-03-02,3,网格员甲,",
            "A09,W003,YX01,2024-03-12,3,网格员甲,",
            "A10,W003,YX01,2024-03-22,3,网格员甲,",
        ],
    ),
    (
        "办理记录",
        &[
            "B01,X01,W002,2024-03-02,2024-03-04,1,满意,2024-03-06",
            "B02,X01,W003,2024-03-03,2024-03-04,2,基本满意,2024-03-07",
            "B03,X02,W002,2024-03-05,2024-03-08,1,不满意,2024-03-09",
            "B04,X03,W001,2024-03-11,2024-03-12,1,满意,2024-03-12",
            // Rated before it was finished.
            "B05,X04,W003,2024-03-11,2024-03-12,1,满意,2024-03-11",
            "B06,X05,,,,1,属实,2024-03-19",
        ],
    ),
    (
        "走访记录",
        &[
            // The pair ended on the sixteenth.
            "C01,P01,LB01,遇到困难必到访,2024-03-03,W001,W002,2024-03-04",
            "C02,P01,LB01,遇到困难必到访,2024-03-15,W002,W001,2024-03-18",
            "C03,P01,LB01,遇到困难必到访,2024-03-16,W001,W002,2024-03-18",
            "C04,P01,LB01,遇到困难必到访,2024-03-10,W003,W001,2024-03-11",
        ],
    ),
    (
        "权益登记",
        &[
            "D01,Q01,W001,2024-03-03 09:00:00,,,2024-03-10 10:00:00,M01",
            "D02,Q01,W002,2024-03-04 09:00:00,,,,",
            // After its last day.
            "D03,Q01,W003,2024-03-05 09:00:00,,,2024-04-02 10:00:00,M01",
            "D04,Q02,W001,2024-03-06 09:00:00,ZS01,801.01,,",
            "D05,Q02,W003,2024-04-01 00:00:00,ZS02,900.00,,",
        ],
    ),
    (
        "优惠核销",
        &[
            // Lost at noon on the fifteenth.
            "E01,K01,Y01,2024-03-15 11:59:59,99.99,84.99",
            "E02,K01,Y01,2024-03-15 12:00:00,50.00,42.50",
            "E03,K02,Y01,2024-03-15 12:00:00,50.00,42.50",
            "E04,K02,Y01,2024-03-15 11:59:59,20.00,17.00",
            "E05,K02,Y01,2024-03-28 11:59:59,20.00,18.00",
        ],
    ),
    (
        "兑换流水",
        &[
            // Its site closed on the twentieth.
            "F01,W001,S01,SW01,1,2024-03-05 10:00:00",
            "F02,W003,S01,SW01,2,2024-03-19 23:59:59",
            "F03,W001,S01,SW01,1,2024-03-20 00:00:00",
        ],
    ),
];

fn registers() -> SmallPack {
    let pack = SmallPack::new();
    pack.append("人员名册.csv", "W003,测试人员三,外卖员,平台乙,中共党员,DZB01,HZ003\n");
    pack.write(
        "积分标准.csv",
        "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数,计分时点,最多认领人数,需具角色,每月上限
ZY01,社区志愿服务,志愿服务,小时,10,60,是,24,,,,
SB01,隐患上报,社会治理,件,2.5,,否,,,,,
XJ01,政策宣讲,政策宣传,次,8,,是,24,,,政策宣讲员,
YX01,夜间巡防,社会治理,次,5,,是,24,,,,37
WX01,微心愿,志愿服务,个,20,,是,24,评价,2,,
YH01,隐患反馈,社会治理,件,6,,是,24,反馈,,,
LB01,三必访,联络帮带,次,4,,是,24,,,,
",
    );
    pack.write(
        "驿站名录.csv",
        "驿站编号,驿站名称,层级,上级驿站编号,服务项目,启用日期,停用日期\nZ01,测试驿站,微驿站,,饮水机,2024-01-01,2024-03-20\n",
    );
    pack.write("兑换网点.csv", "网点编号,网点名称,层级,所在社区,驿站编号\nS01,测试网点一,微驿站,测试社区,Z01\n");
    pack.write(
        "聘任名册.csv",
        "聘书号,编号,角色,聘任单位,驿站编号,聘任日期,到期日期,解聘日期\nR01,W002,政策宣讲员,区委宣传部,,2024-01-01,,2024-03-15\n",
    );
    pack.write(
        "帮带结对.csv",
        "结对号,帮带人编号,被帮带人编号,所在党支部,结对日期,解除日期\nP01,W001,W002,DZB01,2024-01-01,2024-03-16\n",
    );
    pack.write("资金来源.csv", "资金编号,责任单位,来源类型,年度,金额(元)\nJ01,区总工会,工会经费,2024,5000.00\n");
    pack.write(
        "权益项目.csv",
        "项目编号,项目名称,类型,资金编号,名额,每人限额,限额周期,开始日期,截止日期,所需积分,单价(元)
Q01,观影券,券,J01,20,1,年,2024-03-01,2024-03-31,5,30.00
Q02,学费补助,补助,J01,20,1,,2024-03-01,2024-03-31,,
",
    );
    pack.write(
        "暖心卡.csv",
        "卡号,编号,卡种,发放日期,有效期至,挂失时间,补发卡号\nK01,W001,暖心卡,2024-01-01,2024-12-31,2024-03-15 12:00:00,K02\n",
    );
    pack.write(
        "优惠协议.csv",
        "优惠编号,商户编号,卡种,折扣,补贴比例,资金编号,开始日期,结束日期\nY01,M01,暖心卡,8.5,50%,J01,2024-01-01,2024-12-31\n",
    );
    // Points enough for whatever is asked of them in March.
    pack.write(
        "活动记录-2024-01.csv",
        format!(
            "{CREDITS}JL01,W001,ZY01,2024-01-05,5,网格员甲,\nJL02,W002,ZY01,2024-01-05,5,网格员甲,\nJL03,W003,ZY01,2024-01-05,5,网格员甲,\nJL04,W003,ZY01,2024-01-06,5,网格员甲,\n"
        ),
    );
    pack.write(
        "需求清单-2024-03.csv",
        "单号,活动代码,来源渠道,提出日期,上报人编号,承办单位,办理时限,并入单号
X01,WX01,微信群,2024-03-01,W001,区民政局,,
X02,WX01,微信群,2024-03-02,,区民政局,,
X03,WX01,指导员走访,2024-03-10,W002,,,
X04,WX01,指导员走访,2024-03-10,,,,
X05,YH01,招呼站,2024-03-18,W003,区应急局,,
",
    );
    pack
}

/// The acts, each in the sheet of some month from March on and somewhere in it; in March and in their order for `None`.
fn entered(seed: Option<u64>) -> SmallPack {
    let pack = registers();
    let mut random = seed.map(ChaCha8Rng::seed_from_u64);
    for (sheet, acts) in ACTS {
        let head = SHEETS.iter().find(|(name, _)| *name == sheet).map(|(_, head)| *head).expect("its columns");
        let mut acts = acts.to_vec();
        let mut months: BTreeMap<u32, String> = BTreeMap::new();
        if let Some(random) = &mut random {
            acts.shuffle(random);
        }
        for act in acts {
            let month = random.as_mut().map_or(Some(&3), |random| [3, 4, 5].choose(random)).expect("a month");
            let rows = months.entry(*month).or_insert_with(|| head.to_owned());
            rows.push_str(act);
            rows.push('\n');
        }
        for (month, rows) in months {
            pack.write(&format!("{sheet}-2024-{month:02}.csv"), rows);
        }
    }
    pack
}

/// What it all came to: the state but for its position, and how often each refusal was told.
fn outcome(pack: &SmallPack, database: Database) -> (Exact, BTreeMap<String, usize>, Vec<String>) {
    let journal = fresh(database);
    let report = import(&journal, pack.folder(), 1, &[]);
    let Exact::Object(mut state) = state(&journal, &["--as-of", "2024-06-30"]) else { panic!("a state") };
    state.remove("position");
    let mut refused = BTreeMap::new();
    for error in report.get("errors").elements() {
        *refused.entry(error.get("code").text().to_owned()).or_default() += 1;
    }
    let counts = ["credits", "redemptions", "capped"].map(|name| format!("{name} {}", report.get(name).text()));
    (Exact::Object(state), refused, counts.into())
}

#[track_caller]
fn comes_to_the_same(database: Database, seeds: std::ops::Range<u64>) {
    let (timely, refused, counts) = outcome(&entered(None), database);
    let expected = [
        ("invalid_date", 1),
        ("invalid_amount", 1),
        ("not_a_partner", 1),
        ("not_eligible", 2),
        ("outside_window", 1),
        ("pair_ended", 1),
        ("pass_expired", 1),
        ("pass_lost", 1),
        ("site_closed", 1),
        ("voucher_expired", 1),
    ];
    let expected: BTreeMap<String, usize> = expected.map(|(code, count)| (code.to_owned(), count)).into();
    assert_eq!(refused, expected);
    for seed in seeds {
        let (late, refused_late, counts_late) = outcome(&entered(Some(seed)), database);
        late.assert_same(&timely, &format!("the state, entered late by seed {seed}"));
        assert_eq!((&refused_late, &counts_late), (&refused, &counts), "seed {seed}");
    }
}

#[test]
fn late_entry_equals_timely_entry_in_sqlite() {
    comes_to_the_same(Database::Sqlite, 0..8);
}

#[test]
fn late_entry_equals_timely_entry_in_postgres() {
    comes_to_the_same(Database::Postgres, 8..11);
}
