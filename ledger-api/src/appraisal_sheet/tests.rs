//! What the written cards look like, and that nothing but the appraisal goes into them.

use std::io::{Cursor, Read};

use chrono::NaiveDate;
use ledger_core::domain::points::Points;
use ledger_core::domain::request::command::Word;
use projections::card_line::{CardLine, Said};
use projections::queries::appraisal::{Addition, Appraisal, CardYear, Part, Seal};

use super::paper::{Names, Paper};
use super::{Format, SheetError};

fn line(credit: &str, category: &str, points: &str) -> CardLine {
    CardLine {
        credit: credit.into(),
        activity: "HD01".into(),
        category: category.into(),
        on: NaiveDate::from_ymd_opt(2024, 3, 5).unwrap(),
        quantity: "2.5".into(),
        points: Points::parse(points).unwrap(),
        counts: true,
        schedule: 1,
        witness: Some("W-9".into()),
        ..CardLine::default()
    }
}

fn card(card_no: &str, branch: &str, lines: Vec<CardLine>) -> CardYear {
    let mut card = CardYear {
        card_no: card_no.into(),
        worker: format!("worker of {card_no}"),
        branch: branch.into(),
        probationary: false,
        categories: Default::default(),
        total: lines.iter().map(|line| line.points).sum(),
        services: lines.len().try_into().unwrap(),
        own: Part::default(),
        disputed: vec!["C-2".into()],
        lines: lines.into_iter().map(|line| (line, branch.to_owned())).collect(),
    };
    for (line, _) in &card.lines {
        *card.categories.entry(line.category.clone()).or_default() += line.points;
    }
    card
}

fn appraisal() -> Appraisal {
    let first = vec![line("C-1", "志愿服务", "20"), line("C-2", "文明创建", "2.5")];
    let cards = vec![card("K-1", "第一支部", first), card("K-2", "=cmd|'/c calc'!A1", vec![])];
    Appraisal { year: 2024, branch: None, position: 77, cards, seal: None }
}

fn paper() -> Paper {
    let mut paper =
        Paper { day: NaiveDate::from_ymd_opt(2024, 12, 31), root: Some("3f2a91c0 77b6".into()), ..Paper::default() };
    paper.programme.district = Some("暖新区".into());
    paper.programme.activities.insert((1, "HD01".into()), "社区巡逻".into());
    paper.names = Names::Known {
        workers: [("worker of K-1".into(), "王骑手".into())].into(),
        witnesses: [("W-9".into(), "李网格".into())].into(),
    };
    paper
}

fn render(appraisal: &Appraisal, format: Format) -> Result<Vec<u8>, SheetError> {
    super::render(appraisal, &paper(), format)
}

/// The parts of a workbook by name.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn json_shows_points_as_exact_numbers_and_leaves_the_decision_blank() {
    let bytes = render(&appraisal(), Format::Json).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let expected = concat!(
        r#"{"year":2024,"branch":null,"position":77,"cards":[{"card_no":"K-1","worker":"worker of K-1","#,
        r#""branch":"第一支部","categories":{"志愿服务":20,"文明创建":2.5},"total":22.5,"services":2,"#,
        r#""disputed":["C-2"],"lines":[{"credit":"C-1","on":"2024-03-05","activity":"HD01","category":"志愿服务","#,
        r#""quantity":2.5,"points":20,"witness":"W-9","evidence":null,"schedule":1,"branch":"第一支部"},"#,
    );
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains(r#""decision":"""#));
    assert!(text.ends_with("\n"));
}

#[test]
fn csv_has_a_column_a_category_and_no_formula() {
    let bytes = render(&appraisal(), Format::Csv).unwrap();
    let expected = "\u{feff}积分卡号,编号,党支部,志愿服务,文明创建,合计,服务次数,评议意见\r\n\
        K-1,worker of K-1,第一支部,20,2.5,22.5,2,\r\n\
        K-2,worker of K-2,'=cmd|'/c calc'!A1,0,0,0,0,\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

/// A line of a wish that was found good, one of a visit, and one of a service.
fn numbered() -> Appraisal {
    let from = |number: &str, said: Said, line: CardLine| CardLine {
        number: Some(number.into()),
        said: Some(said),
        evidence: Some("sha256:1f".into()),
        ..line
    };
    let lines = vec![
        from("XQ-7", Said::Rated(Word::MostlySatisfied), line("BL-1", "志愿服务", "20")),
        from("JD-1", Said::Confirmed, line("ZF-1", "志愿服务", "5")),
        line("C-3", "志愿服务", "1"),
    ];
    Appraisal { cards: vec![card("K-1", "第一支部", lines)], ..appraisal() }
}

#[test]
fn a_line_carries_the_number_and_the_verdict_of_what_it_came_of() {
    let json = String::from_utf8(render(&numbered(), Format::Json).unwrap()).unwrap();
    for (credit, told) in [
        ("BL-1", r#""branch":"第一支部","number":"XQ-7","verdict":"基本满意"}"#),
        ("ZF-1", r#""branch":"第一支部","number":"JD-1","verdict":"已确认"}"#),
        ("C-3", r#""branch":"第一支部"}"#),
    ] {
        let line = json.split(&format!(r#"{{"credit":"{credit}""#)).nth(1).unwrap();
        let line = &line[..=line.find('}').unwrap()];
        assert!(line.ends_with(told), "{credit}: {line}");
    }
    let workbook = render(&numbered(), Format::Xlsx).unwrap();
    let strings = part(&workbook, "xl/sharedStrings.xml");
    let order = ["记录号", "单号", "评价", "证明人", "证据摘要"].map(|title| strings.find(&format!(">{title}<")));
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?} in {strings}");
    for text in ["XQ-7", "基本满意", "JD-1", "已确认"] {
        assert!(strings.contains(text), "{text} stands in none of {strings}");
    }
    // Of a year without them, the paper is what it always was.
    let without = part(&render(&appraisal(), Format::Xlsx).unwrap(), "xl/sharedStrings.xml");
    assert!(!without.contains("单号") && !without.contains(">评价<"), "{without}");
}

#[test]
fn a_workbook_is_the_same_byte_for_byte_each_time_it_is_written() {
    let first = render(&appraisal(), Format::Xlsx).unwrap();
    for _ in 0..5 {
        assert!(render(&appraisal(), Format::Xlsx).unwrap() == first);
    }
}

#[test]
fn a_workbook_holds_cards_evidence_and_notes_and_no_clock() {
    let workbook = render(&appraisal(), Format::Xlsx).unwrap();
    let sheets = part(&workbook, "xl/workbook.xml");
    assert!(sheets.contains("积分卡") && sheets.contains("依据") && sheets.contains("说明"), "{sheets}");
    assert!(part(&workbook, "docProps/core.xml").contains("2000-01-01T00:00:00Z"));
    let cards = part(&workbook, "xl/worksheets/sheet1.xml");
    assert!(cards.contains("<v>22.5</v>") && cards.contains("state=\"frozen\""), "{cards}");
    let evidence = part(&workbook, "xl/worksheets/sheet2.xml");
    assert_eq!(evidence.matches("<row ").count(), 3, "{evidence}");
    assert!(part(&workbook, "xl/styles.xml").contains("0.00") || evidence.contains("numFmtId=\"2\""));
    assert_eq!(cards.matches("<f>").count(), 1, "a text never becomes a formula; the count of 优秀 is the only one");
}

#[test]
fn the_paper_of_a_meeting_says_whose_it_is_and_where_to_sign() {
    let workbook = render(&appraisal(), Format::Xlsx).unwrap();
    let strings = part(&workbook, "xl/sharedStrings.xml");
    for text in [
        "暖新区2024 年度党员互助积分卡 评议参考",
        "党支部：全部党支部",
        "截至账本序号：77（2024-12-31 记账）",
        "账本校验码：3f2a91c0 77b6",
        "王骑手",
        "社区巡逻",
        "李网格",
        "支部书记签字：",
        "评议意见",
    ] {
        assert!(strings.contains(text), "{text} stands in none of {strings}");
    }
    assert!(!strings.contains("W-9"), "a pseudonym says nothing to a meeting");
}

#[test]
fn whoever_may_not_know_names_reads_that_somebody_witnessed() {
    for (names, holder) in [(Names::Hidden, "不显示"), (Names::Away, "姓名暂不可取")] {
        let workbook = super::render(&appraisal(), &Paper { names, ..paper() }, Format::Xlsx).unwrap();
        let strings = part(&workbook, "xl/sharedStrings.xml");
        assert!(strings.contains(holder) && strings.contains("已登记证明人"), "{strings}");
        assert!(!strings.contains("王骑手") && !strings.contains("李网格") && !strings.contains("W-9"));
    }
    let erased = Names::none_kept();
    assert_eq!((erased.worker("W"), erased.witness(Some("W-9")), erased.witness(None)), ("", "已登记证明人", ""));
}

#[test]
fn texts_and_numbers_beyond_a_cell_do_not_stop_the_workbook() {
    let mut huge = line("C-9", "志愿服务", "1000000000");
    huge.evidence = Some("证".repeat(40_000));
    huge.quantity = "1234567890123456.5".into();
    huge.on = NaiveDate::from_ymd_opt(1899, 1, 1).unwrap();
    let appraisal = Appraisal { cards: vec![card("K-3", "", vec![huge])], ..appraisal() };
    let workbook = render(&appraisal, Format::Xlsx).unwrap();
    let strings = part(&workbook, "xl/sharedStrings.xml");
    assert!(strings.contains("1234567890123456.5") && strings.contains("1899-01-01") && strings.contains('…'));
}

#[test]
fn more_lines_than_a_sheet_holds_are_refused_with_the_cure() {
    let lines = vec![line("C-1", "志愿服务", "1"); 1_048_501];
    let appraisal = Appraisal { cards: vec![card("K-1", "一", lines)], ..appraisal() };
    assert!(matches!(render(&appraisal, Format::Xlsx), Err(SheetError::TooLarge { lines: 1_048_501, .. })));
}

#[test]
fn the_decision_is_blank_and_beside_it_stands_a_count_that_warns_above_a_third() {
    let cards = part(&render(&appraisal(), Format::Xlsx).unwrap(), "xl/worksheets/sheet1.xml");
    let formula = "COUNTIF($I$8:$I$9,\"优秀*\")&amp;IF(COUNTIF($I$8:$I$9,\"优秀*\")*3&gt;2";
    assert!(cards.contains(&formula.replace('"', "&quot;")) || cards.contains(formula), "{cards}");
}

#[test]
fn a_branch_reads_its_own_part_and_the_whole() {
    let mut asked = Appraisal { branch: Some("第一支部".into()), ..appraisal() };
    asked.cards[0].own = Part {
        categories: [("志愿服务".to_owned(), Points::from_whole(20))].into(),
        total: Points::from_whole(20),
        services: 1,
    };
    let json = String::from_utf8(render(&asked, Format::Json).unwrap()).unwrap();
    assert!(json.contains(r#""total":22.5,"services":2,"own":{"categories":{"志愿服务":20},"total":20,"services":1}"#));
    let csv = String::from_utf8(render(&asked, Format::Csv).unwrap()).unwrap();
    assert!(csv.contains("合计,服务次数,其中本支部,本支部次数,评议意见") && csv.contains(",22.5,2,20,1,\r\n"), "{csv}");
}

#[test]
fn what_was_corrected_after_the_seal_is_told_beside_what_was_sealed() {
    let addition = Addition {
        card_no: "K-1".into(),
        worker: "worker of K-1".into(),
        line: line("C-9", "志愿服务", "5"),
        counts: false,
        position: 91,
    };
    let on = NaiveDate::from_ymd_opt(2025, 1, 9).unwrap();
    let seal = Seal { on, entry: 80, position: 77, digest: "9f86d081".into(), addendum: vec![addition] };
    let sealed = Appraisal { seal: Some(seal), position: 99, ..appraisal() };
    let json = String::from_utf8(render(&sealed, Format::Json).unwrap()).unwrap();
    let expected = concat!(
        r#""seal":{"on":"2025-01-09","position":77,"entry":80,"digest":"9f86d081","addendum":[{"card_no":"K-1","#,
        r#""worker":"worker of K-1","credit":"C-9","on":"2024-03-05","category":"志愿服务","points":5,"#,
        r#""change":"withdrawn","position":91}]}"#,
    );
    assert!(json.contains(expected), "{json}");
    let strings = part(&render(&sealed, Format::Xlsx).unwrap(), "xl/sharedStrings.xml");
    assert!(strings.contains("已于 2025-01-09 封存：账本序号 77") && strings.contains("封存后更正"), "{strings}");
}

#[test]
fn a_member_on_probation_stands_apart_and_counts_in_no_share() {
    let mut appraisal = appraisal();
    appraisal
        .cards
        .push(CardYear { probationary: true, ..card("K-3", "第一支部", vec![line("C-3", "志愿服务", "5")]) });
    let json = String::from_utf8(render(&appraisal, Format::Json).unwrap()).unwrap();
    assert_eq!(json.matches(r#""probationary":true"#).count(), 1, "{json}");
    assert!(
        json.contains(r#""branch":"第一支部","probationary":true,"categories":{"志愿服务":5},"total":5"#),
        "{json}"
    );
    let csv = String::from_utf8(render(&appraisal, Format::Csv).unwrap()).unwrap();
    assert!(
        csv.contains("服务次数,预备党员,评议意见") && csv.contains("K-3,worker of K-3,第一支部,5,0,5,1,是,\r\n"),
        "{csv}"
    );
    let workbook = render(&appraisal, Format::Xlsx).unwrap();
    let members = part(&workbook, "xl/worksheets/sheet1.xml");
    assert!(members.contains("*3&gt;2"), "the share is of the two who are graded: {members}");
    let strings = part(&workbook, "xl/sharedStrings.xml");
    assert!(strings.contains("预备党员参加民主评议，不评定等次") && strings.contains("不评定等次"), "{strings}");
}
