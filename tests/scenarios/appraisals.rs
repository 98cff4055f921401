//! The mutual-aid points cards of a year: what `appraise` prints in any format agrees with the pack's expected answer,
//! and with what a running server answers, byte for byte at the same position.

use std::collections::{BTreeMap, BTreeSet};

use calamine::{Data, Reader, Xlsx};
use nuanxin_tests::cli::token_for;
use nuanxin_tests::{Server, scratch_dir, token};

use crate::exact::Exact;
use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, file_of};
use crate::program::{run, utf8};

const PACK: Pack = Pack::Qianwei;
const FORMATS: [(&str, &str); 3] = [
    ("json", "application/json"),
    ("csv", "text/csv"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
];

/// Branches of which the cards are asked; each asks for a fold of the whole journal.
const BRANCHES_ASKED: usize = 4;

/// Points by category, `total` among them, by card: the shape of expected.json.
type Cards = BTreeMap<String, BTreeMap<String, String>>;

fn expected(year: &str) -> Cards {
    let points = |card: &Exact| {
        card.members().iter().map(|(category, points)| (category.clone(), points.text().to_owned())).collect()
    };
    let cards = PACK.expected().get("appraisal").get(year).members();
    cards.iter().map(|(card, categories)| (card.clone(), points(categories))).collect()
}

/// Cards that nothing was credited to that year stand in an appraisal all the same; expected.json leaves them out.
fn with_points(mut cards: Cards) -> Cards {
    for card in cards.values_mut() {
        card.retain(|category, points| category == "total" || points != "0");
    }
    cards.retain(|_, card| card.get("total").is_some_and(|total| total != "0"));
    cards
}

fn cards_of_json(appraisal: &Exact) -> Cards {
    let card = |card: &Exact| {
        let categories = card.get("categories").members().iter();
        let mut points: BTreeMap<String, String> =
            categories.map(|(category, points)| (category.clone(), points.text().to_owned())).collect();
        points.insert("total".to_owned(), card.get("total").text().to_owned());
        (card.get("card_no").text().to_owned(), points)
    };
    appraisal.get("cards").elements().iter().map(card).collect()
}

/// A sheet of a workbook, every cell as text.
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let sheet = book.worksheet_range(name).unwrap_or_else(|error| panic!("the sheet {name}: {error}"));
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        cell => cell.to_string(),
    };
    sheet.rows().map(|row| row.iter().map(text).collect()).collect()
}

/// Where a title stands in a header.
fn column(header: &[String], title: &str) -> usize {
    header.iter().position(|found| found == title).unwrap_or_else(|| panic!("no column {title} in {header:?}"))
}

/// Cards of a table whose header is 积分卡号, 编号, 党支部, the categories, 合计, 服务次数, what of both is the asked branch's own
/// where one was asked, 评议意见.
fn cards_of_table(mut rows: impl Iterator<Item = Vec<String>>) -> Cards {
    let header = rows.next().expect("a header");
    assert_eq!(header[..3], ["积分卡号", "编号", "党支部"]);
    let total = column(&header, "合计");
    assert_eq!((header[total + 1].as_str(), header[header.len() - 1].as_str()), ("服务次数", "评议意见"));
    let card = |row: Vec<String>| {
        assert_eq!(row.len(), header.len());
        assert_eq!(row[row.len() - 1], "", "the decision is a person's");
        let points = header.iter().zip(&row).skip(3).take(total - 2);
        let named = points.map(|(title, points)| {
            let title = if title == "合计" { "total" } else { title };
            (title.to_owned(), points.clone())
        });
        (row[0].clone(), named.collect())
    };
    rows.map(card).collect()
}

fn cards_of_csv(bytes: &[u8]) -> Cards {
    let text = std::str::from_utf8(bytes).expect("UTF-8").trim_start_matches('\u{feff}');
    cards_of_table(text.lines().map(|line| line.split(',').map(str::to_owned).collect()))
}

/// The lines of a meeting's paper that are cards, under their header, without the names.
fn cards_of_workbook(bytes: &[u8]) -> Cards {
    let lines = sheet(bytes, "积分卡");
    let table = lines.into_iter().skip_while(|line| line[0] != "积分卡号").take_while(|line| !line[0].is_empty());
    cards_of_table(table.map(|mut line| {
        line.remove(1);
        line
    }))
}

fn appraise(journal: &str, args: &[&str]) -> Vec<u8> {
    run(journal, &[&["appraise"], args].concat()).expect(0).stdout
}

fn roster() -> String {
    let bytes = std::fs::read(PACK.folder().join("人员名册.csv")).expect("the roster");
    let (text, _, broken) = encoding_rs::GB18030.decode(&bytes);
    assert!(!broken, "the roster is GB18030");
    text.into_owned()
}

/// Which cards the roster gives to each branch.
fn cards_by_branch() -> BTreeMap<String, BTreeSet<String>> {
    let text = roster();
    let mut branches: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in text.lines().skip(1).map(|line| line.split(',').map(str::trim).collect::<Vec<_>>()) {
        if let [.., branch, card] = row[..]
            && !card.is_empty()
        {
            branches.entry(branch.to_owned()).or_default().insert(card.to_owned());
        }
    }
    branches
}

#[test]
fn the_cards_of_each_year_are_the_expected_ones_in_every_format() {
    let journal = &imported(PACK, Database::Sqlite).journal;
    for year in ["2023", "2024"] {
        let expected = expected(year);
        let json = appraise(journal, &["--year", year, "--format", "json"]);
        let json = Exact::parse(std::str::from_utf8(&json).expect("UTF-8"));
        assert_eq!(with_points(cards_of_json(&json)), expected, "json {year}");
        assert_eq!(with_points(cards_of_csv(&appraise(journal, &["--year", year, "--format", "csv"]))), expected);
        assert_eq!(with_points(cards_of_workbook(&appraise(journal, &["--year", year, "--format", "xlsx"]))), expected);
    }
    let none = appraise(journal, &["--year", "1999"]);
    let none = cards_of_json(&Exact::parse(std::str::from_utf8(&none).expect("UTF-8")));
    assert_eq!(with_points(none), Cards::new());
}

#[test]
fn the_workbook_is_the_paper_that_a_branchs_meeting_signs() {
    let journal = &imported(PACK, Database::Sqlite).journal;
    let (branch, _) = cards_by_branch().into_iter().next().expect("a branch");
    let position = imported(PACK, Database::Sqlite).state.get("position").count();
    let workbook = appraise(journal, &["--year", "2024", "--branch", &branch, "--format", "xlsx"]);
    let paper = sheet(&workbook, "积分卡");
    assert!(paper[0][0].contains("2024 年度党员互助积分卡 评议参考"), "{:?}", paper[0]);
    assert_eq!(paper[1][0], format!("党支部：{branch}"));
    assert!(paper[2][0].starts_with(&format!("截至账本序号：{position}（20")), "{:?}", paper[2]);
    let root = paper[3][0].strip_prefix("账本校验码：").expect("the journal's root").replace(' ', "");
    assert_eq!(root.len(), 64, "a whole hash: {root}");
    let signed = paper.iter().filter(|line| line[0].contains("签字：") && line[0].contains("日期：")).count();
    assert!(paper.iter().any(|line| line[0].starts_with("支部书记签字：")) && signed == 2);

    // The names are those of the roster, and nobody reads a pseudonym.
    let header = paper.iter().position(|line| line[0] == "积分卡号").expect("a header");
    let (name, id) = (column(&paper[header], "姓名"), column(&paper[header], "编号"));
    let roster = roster();
    let cards: Vec<&Vec<String>> = paper[header + 1..].iter().take_while(|line| !line[0].is_empty()).collect();
    assert!(!cards.is_empty());
    for card in cards {
        assert!(!card[name].is_empty(), "{card:?}");
        let row = roster.lines().find(|row| row.contains(&card[id])).expect("the worker is on the roster");
        assert!(row.split(',').any(|cell| cell.trim() == card[name]), "{card:?} against {row}");
    }
    let evidence = sheet(&workbook, "依据");
    let (activity, witness) = (column(&evidence[0], "活动名称"), column(&evidence[0], "证明人"));
    assert!(evidence.len() > 1);
    for line in &evidence[1..] {
        assert!(!line[activity].is_empty() && !line[witness].is_empty(), "{line:?}");
        assert!(!line[witness].starts_with("W-"), "a pseudonym says nothing to a meeting: {line:?}");
    }
}

#[test]
fn names_that_cannot_be_had_leave_the_paper_and_its_points() {
    let journal = copy_of(&imported(PACK, Database::Sqlite).journal);
    let args = ["--year", "2024", "--format", "xlsx"];
    let without = appraise(&journal, &args);
    assert_eq!(with_points(cards_of_workbook(&without)), expected("2024"), "nobody ever kept a name here");

    // A vault whose key is gone: the paper says so, and nobody goes without it.
    let vault = file_of(&imported(PACK, Database::Sqlite).journal).with_extension("vault.db");
    std::fs::copy(&vault, file_of(&journal).with_extension("vault.db")).expect("the vault is copied");
    let away = appraise(&journal, &args);
    let paper = sheet(&away, "积分卡");
    let header = paper.iter().position(|line| line[0] == "积分卡号").expect("a header");
    assert_eq!(paper[header + 1][column(&paper[header], "姓名")], "姓名暂不可取");
    let evidence = sheet(&away, "依据");
    assert_eq!(evidence[1][column(&evidence[0], "证明人")], "已登记证明人");
    assert_eq!(cards_of_workbook(&away), cards_of_workbook(&without));
}

#[test]
fn the_evidence_lines_of_a_card_add_up_to_it() {
    let journal = &imported(PACK, Database::Sqlite).journal;
    let json = run(journal, &["appraise", "--year", "2024"]).expect(0).json();
    let hundredths = |points: &Exact| {
        let (whole, places) = points.text().split_once('.').unwrap_or((points.text(), ""));
        format!("{whole}{places:0<2}").parse::<i64>().expect("at most two places")
    };
    let cards = json.get("cards").elements();
    for card in cards {
        let lines = card.get("lines").elements();
        assert_eq!(lines.len() as u64, card.get("services").count());
        assert_eq!(lines.iter().map(|line| hundredths(line.get("points"))).sum::<i64>(), hundredths(card.get("total")));
        assert!(lines.iter().all(|line| line.get("on").text().starts_with("2024-")));
    }
    let numbers: Vec<&str> = cards.iter().map(|card| card.get("card_no").text()).collect();
    assert!(numbers.is_sorted(), "by card number, never a ranking");
}

#[test]
fn a_branch_sees_its_own_cards_alone() {
    let journal = &imported(PACK, Database::Sqlite).journal;
    let branches = cards_by_branch();
    assert!(branches.len() > 1);
    let all = cards_of_csv(&appraise(journal, &["--year", "2024", "--format", "csv"]));
    for (branch, roster) in branches.iter().take(BRANCHES_ASKED) {
        let own = cards_of_csv(&appraise(journal, &["--year", "2024", "--branch", branch, "--format", "csv"]));
        let found: BTreeSet<String> = own.keys().cloned().collect();
        assert!(found.is_subset(roster), "{branch}: cards of others");
        let with_points = |cards: &Cards| with_points(cards.clone()).into_keys().collect::<BTreeSet<_>>();
        let due: BTreeSet<String> = with_points(&all).intersection(roster).cloned().collect();
        assert_eq!(with_points(&own), due, "{branch}");
    }
}

#[test]
fn both_databases_print_the_same_bytes() {
    let [sqlite, postgres] = [Database::Sqlite, Database::Postgres].map(|database| &imported(PACK, database).journal);
    let args = ["--year", "2023", "--format", "csv"];
    assert!(appraise(sqlite, &args) == appraise(postgres, &args));
    // Witnesses stand under pseudonyms that each vault draws for itself.
    let [left, right] = [sqlite, postgres].map(|journal| {
        let json = appraise(journal, &["--year", "2023", "--format", "json"]);
        without_witnesses(std::str::from_utf8(&json).expect("UTF-8"))
    });
    left.assert_same(&right, "the cards of 2023");
}

fn without_witnesses(json: &str) -> Exact {
    fn strip(value: Exact) -> Exact {
        match value {
            Exact::Object(mut members) => {
                members.remove("witness");
                Exact::Object(members.into_iter().map(|(name, value)| (name, strip(value))).collect())
            }
            Exact::List(elements) => Exact::List(elements.into_iter().map(strip).collect()),
            other => other,
        }
    }
    strip(Exact::parse(json))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_the_very_bytes_that_the_command_prints() {
    let journal = copy_of(&imported(PACK, Database::Sqlite).journal);
    let admin = token(&journal);
    let branch = cards_by_branch().into_keys().next().expect("a branch");
    let secretary = token_for(&journal, "branch", &["--scope", &branch]);
    let server = Server::start(&journal, &[]);
    let (api, of_branch) = (server.api(&admin), server.api(&secretary));
    let head = imported(PACK, Database::Sqlite).state.get("position").count();
    for (format, media) in FORMATS {
        for branch in [None, Some(branch.as_str())] {
            let mut args = vec!["--year", "2024", "--format", format];
            let mut path = format!("/v1/appraisals/2024?min_position={head}");
            if let Some(branch) = branch {
                args.extend(["--branch", branch]);
                path.push_str(&format!("&branch={branch}"));
            }
            let printed = appraise(&journal, &args);
            // Names are for the branch alone.
            let named = *format == *"xlsx";
            let api = if branch.is_some() { &of_branch } else { &api };
            let (status, content_type, by_accept) = api.get_bytes(&path, media).await.expect("an answer");
            assert_eq!((status, content_type.split(';').next()), (200, Some(media)), "{path}");
            assert_eq!(by_accept == printed, !named || branch.is_some(), "{format} of {branch:?} by Accept");
            let by_name = format!("{path}&format={format}");
            let (_, _, by_name) = api.get_bytes(&by_name, "*/*").await.expect("an answer");
            assert_eq!(by_name == printed, !named || branch.is_some(), "{format} of {branch:?} by name");
        }
    }

    // Later events change what is answered now, and nothing of what was answered at a position.
    let at_head = head.to_string();
    let before = appraise(&journal, &["--year", "2024", "--at", &at_head]);
    let paper = appraise(&journal, &["--year", "2024", "--branch", &branch, "--format", "xlsx", "--at", &at_head]);
    let worker = Exact::parse(std::str::from_utf8(&before).expect("UTF-8")).get("cards").elements()[0]
        .get("worker")
        .text()
        .to_owned();
    let body = serde_json::json!({"worker": worker, "activity": "ZY01", "on": "2024-12-30", "quantity": 1, "witness": "网格员甲"});
    let (status, answer) = api.post("/v1/credits", "later-1", body).await.expect("an answer");
    assert_eq!(status, 201, "{answer}");
    let at = format!("/v1/appraisals/2024?at={head}");
    let (_, _, again) = api.get_bytes(&at, "application/json").await.expect("an answer");
    assert!(again == before, "asked at an earlier position, the bytes are the same");
    let at_as_paper = format!("{at}&format=xlsx&branch={branch}");
    let (_, _, again) = of_branch.get_bytes(&at_as_paper, "*/*").await.expect("an answer");
    assert!(again == paper, "and so are a workbook's, as long as no name is corrected");
    let printed = appraise(&journal, &["--year", "2024", "--at", &head.to_string()]);
    assert!(printed == before, "and so is what the command prints");
    assert!(appraise(&journal, &["--year", "2024"]) != before);
}

#[test]
fn the_cards_go_into_a_file_where_asked() {
    let journal = &imported(PACK, Database::Sqlite).journal;
    let path = scratch_dir("cards").join("2024.xlsx");
    let printed = appraise(journal, &["--year", "2024", "--format", "xlsx"]);
    assert!(appraise(journal, &["--year", "2024", "--format", "xlsx", "--out", utf8(&path)]).is_empty());
    assert!(std::fs::read(&path).expect("the file") == printed);
    run(journal, &["appraise", "--year", "2024", "--format", "pdf"]).expect(2);
    run(journal, &["appraise", "--format", "csv"]).expect(2);
}
