//! On a card's lines, visits, wishes and orders carry their number and verdict: those of the very rows of the sheets.

use std::collections::{BTreeMap, BTreeSet};

use nuanxin_tests::{Server, token};

use crate::exact::Exact;
use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, fresh};
use crate::program::{import, run};

/// What rows of one number say: where it comes from, and what was said of it.
type Rows = BTreeMap<String, BTreeSet<(String, String)>>;

/// Reads the rows of a monthly sheet that have a verdict: its number is the first column, where it comes from the second.
fn rows(pack: Pack, sheet: &str, verdict: impl Fn(&[&str]) -> Option<String>) -> Rows {
    let mut rows = Rows::new();
    for entry in std::fs::read_dir(pack.folder()).expect("the pack is there") {
        let path = entry.expect("an entry").path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(sheet)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the sheet is UTF-8");
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            if let ([key, number, ..], Some(verdict)) = (cells.as_slice(), verdict(&cells)) {
                rows.entry((*key).to_owned()).or_default().insert(((*number).to_owned(), verdict));
            }
        }
    }
    assert!(!rows.is_empty(), "{sheet} of {pack:?} has rows");
    rows
}

fn appraise(journal: &str, args: &[&str]) -> Vec<u8> {
    run(journal, &[&["appraise"], args].concat()).expect(0).stdout
}

fn parsed(json: &[u8]) -> Exact {
    Exact::parse(std::str::from_utf8(json).expect("UTF-8"))
}

/// The workbook's evidence lines: record number, number, verdict.
fn evidence(workbook: &[u8]) -> Vec<[String; 3]> {
    use calamine::{Data, Reader, Xlsx};
    let mut book = Xlsx::new(std::io::Cursor::new(workbook)).expect("a workbook");
    let sheet = book.worksheet_range("依据").expect("the sheet of evidence");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        cell => cell.to_string(),
    };
    let mut lines = sheet.rows();
    let header: Vec<String> = lines.next().expect("a header").iter().map(text).collect();
    let columns = ["记录号", "单号", "评价"].map(|title| {
        header.iter().position(|found| found == title).unwrap_or_else(|| panic!("no column {title} in {header:?}"))
    });
    lines.map(|line| columns.map(|column| text(&line[column]))).collect()
}

fn lines_carry_what_the_sheets_say(database: Database) {
    for pack in [Pack::QianweiProgrammes, Pack::YanzhouProgrammes] {
        let works = rows(pack, "办理记录", |cells| cells.get(6).map(|word| (*word).to_owned()));
        let visits =
            rows(pack, "走访记录", |cells| cells.get(7).filter(|day| !day.is_empty()).map(|_| "已确认".to_owned()));
        let journal = &imported(pack, database).journal;
        let (mut of_works, mut of_visits) = (BTreeSet::new(), 0);
        for year in pack.expected().get("appraisal").members().keys() {
            let json = parsed(&appraise(journal, &["--year", year]));
            let mut told = Vec::new();
            for line in json.get("cards").elements().iter().flat_map(|card| card.get("lines").elements()) {
                let credit = line.get("credit").text();
                let text = |name: &str| line.find(name).map(|text| text.text().to_owned());
                match (text("number"), text("verdict")) {
                    (Some(number), Some(verdict)) => {
                        let row = (number.clone(), verdict.clone());
                        let of_work = works.get(credit).is_some_and(|rows| rows.contains(&row));
                        let of_visit = visits.get(credit).is_some_and(|rows| rows.contains(&row));
                        assert!(of_work || of_visit, "{pack:?} {credit}: {row:?}");
                        if of_work {
                            of_works.insert(verdict.clone());
                        } else {
                            of_visits += 1;
                        }
                        told.push([credit.to_owned(), number, verdict]);
                    }
                    (None, None) => {
                        let elsewhere = works.contains_key(credit) || visits.contains_key(credit);
                        assert!(!elsewhere, "{pack:?} {credit} tells neither number nor verdict");
                        told.push([credit.to_owned(), String::new(), String::new()]);
                    }
                    other => panic!("{pack:?} {credit} tells one alone: {other:?}"),
                }
            }
            assert_eq!(evidence(&appraise(journal, &["--year", year, "--format", "xlsx"])), told, "{pack:?} {year}");
        }
        let words: Vec<&str> = of_works.iter().map(String::as_str).collect();
        assert!(words.contains(&"满意") && words.contains(&"属实"), "{pack:?}: {words:?}");
        assert!(of_visits > 0, "{pack:?}: some visit counts for a card");
    }
}

#[test]
fn a_cards_lines_carry_number_and_verdict_on_sqlite() {
    lines_carry_what_the_sheets_say(Database::Sqlite);
}

#[test]
fn a_cards_lines_carry_number_and_verdict_on_postgres() {
    lines_carry_what_the_sheets_say(Database::Postgres);
}

/// The command folds up to the position and no further, the server knows what came since.
fn an_earlier_position_is_answered_as_it_was(database: Database) {
    let pack = Pack::QianweiProgrammes;
    let original = &imported(pack, database).journal;
    let head = imported(pack, database).state.get("position").count();
    // Whoever asks has an account in the journal. A copy of a schema takes no more; imported again it holds the same, for
    // witnesses are told apart by one key there.
    let journal = match database {
        Database::Sqlite => copy_of(original),
        Database::Postgres => {
            let journal = fresh(database);
            import(&journal, &pack.folder(), 1, &[]);
            journal
        }
    };
    let admin = token(&journal);
    let server = Server::start(&journal, &[]);
    let api = server.api(&admin);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    for at in [head / 2, head - 7] {
        let printed = appraise(original, &["--year", "2024", "--at", &at.to_string()]);
        let path = format!("/v1/appraisals/2024?at={at}");
        let answer = runtime.block_on(api.get_bytes(&path, "application/json"));
        let (status, _, told) = answer.expect("an answer");
        assert!(status == 200 && told == printed, "{database:?} at {at}");
        assert!(String::from_utf8_lossy(&printed).contains(r#""verdict":""#), "some line has one at {at}");
    }
}

#[test]
fn what_was_told_of_numbers_and_verdicts_is_told_again_on_sqlite() {
    an_earlier_position_is_answered_as_it_was(Database::Sqlite);
}

#[test]
fn what_was_told_of_numbers_and_verdicts_is_told_again_on_postgres() {
    an_earlier_position_is_answered_as_it_was(Database::Postgres);
}
