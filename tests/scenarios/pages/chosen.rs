//! A selection from its announcement to the recorded result, in a browser: formula, candidates, sealed figures, short list, and
//! each named person counts the own line again.

use serde_json::{Value, json};

use super::Visit;
use super::settled::{enter_as_the_third, with_a_third};
use crate::journals::{Database, demonstration};
use crate::program::{position, run};

const SELECTION: &str = "T-PX01";
const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Goes to the selection's page.
fn open(visit: &mut Visit) {
    visit.browser.open(&format!("{}/selections/{SELECTION}", visit.server.base_url()));
    visit.wait_until(&format!("location.pathname === '/selections/{SELECTION}' && document.readyState === 'complete'"));
}

/// Announces it: days of service count threefold, and services once; through yesterday, with no days of publicity.
fn announce(visit: &mut Visit) {
    visit.browser.open(&format!("{}/selections", visit.server.base_url()));
    visit.wait_until("location.pathname === '/selections' && document.readyState === 'complete'");
    visit.browser.write("评选编号", SELECTION);
    visit.browser.write("评选名称", "月度之星");
    visit.browser.write("入围名额", "2");
    visit.browser.write("公示天数", "0");
    visit.browser.write("指标 1", "天数");
    visit.browser.write("权重 1", "3");
    visit.browser.write("指标 2", "次数");
    visit.browser.write("权重 2", "1");
    visit.browser.eval(
        "(() => { const set = (id, value) => { document.getElementById(id).value = value };
           set('measure-1', 'service_days'); set('measure-2', 'services');
           set('cut_off', new Date(Date.now() - 86400000).toISOString().slice(0, 10)); return 0; })()",
    );
    visit.browser.press("button", "发布评选公告");
    visit.wait_until(&format!("location.pathname === '/selections/{SELECTION}' && document.readyState === 'complete'"));
    let text = visit.browser.text();
    for word in ["得分 = 天数 × 3 + 次数 × 1", "报名中", "还没有人报名"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

/// What stands in the own table and on the wall: figure, weight and worth of each line, the sum, and the score of the list.
fn own_line(visit: &mut Visit) -> (Vec<[f64; 3]>, f64, f64) {
    let told = visit.browser.eval(
        "(() => { const numbers = (row) => [...row.querySelectorAll('td.num')].map((cell) => Number(cell.innerText));
           const own = document.querySelector('[aria-labelledby=own] table');
           return [[...own.querySelectorAll('tbody tr')].map(numbers), numbers(own.querySelector('tfoot tr'))[0],
               numbers(document.querySelector('tr.own'))[0]]; })()",
    );
    let number = |told: &Value| told.as_f64().unwrap_or_else(|| panic!("{told}"));
    let lines = told[0].as_array().expect("lines").iter().map(|line| [0, 1, 2].map(|at| number(&line[at])));
    (lines.collect(), number(&told[1]), number(&told[2]))
}

fn a_selection_goes_its_way(database: Database) {
    let journal = demonstration(database);
    with_a_third(&journal);
    let mut visit = Visit::to(&journal);
    visit.enter("审核员", "/credits");
    announce(&mut visit);
    assert!(visit.browser.named("button", "封存数字").is_empty(), "nobody agreed yet");

    // One agrees by the own word, another by a signed paper.
    visit.enter("骑手", "/me");
    open(&mut visit);
    visit.browser.press("button", "同意参评");
    visit.browser.told("status", "已报名参评");
    assert!(visit.browser.text().contains("还没有封存"), "{}", visit.browser.text());
    visit.enter("录入员", "/credits");
    open(&mut visit);
    visit.browser.eval(&format!(
        "document.getElementById('worker').value = 'YS-0008'; document.getElementById('digest').value = '{DIGEST}'; 0"
    ));
    visit.browser.press("button", "登记同意");
    visit.browser.told("status", "已登记");

    visit.enter("审核员", "/credits");
    open(&mut visit);
    visit.browser.press("button", "封存数字");
    visit.browser.told("status", "已封存");
    visit.browser.press("button", "抽出名单并公示");
    visit.browser.told("status", "名单已抽出");
    let text = visit.browser.text();
    assert!(text.contains("全部参评人的数字 (2)"), "{text}");
    // The list says who comes first by the formula, and leaves the decision to the meeting.
    let decided = "[...document.querySelectorAll('[aria-labelledby=list] tbody tr')].map((row) => row.lastElementChild.innerText)";
    let decided = visit.browser.eval(decided);
    let blank =
        decided.as_array().is_some_and(|cells| !cells.is_empty() && cells.iter().all(|cell| *cell == json!("")));
    assert!(blank, "{decided}");
    assert!(visit.browser.named("button", "抽出名单并公示").is_empty(), "a list is drawn once");
    // Whoever announced it records no result.
    let before = position(&journal);
    visit.browser.write("会议纪要的 SHA-256", DIGEST);
    visit.browser.press("button", "登记会议结果");
    visit.browser.told("alert", "另一人办理");
    assert_eq!(position(&journal), before);

    // Each counts the own line again; nobody reads another one's figures.
    visit.enter("骑手", "/me");
    open(&mut visit);
    let (lines, sum, wall) = own_line(&mut visit);
    assert_eq!(lines.len(), 2);
    for [figure, weight, worth] in &lines {
        assert!((figure * weight - worth).abs() < 1e-9, "{lines:?}");
    }
    let counted: f64 = lines.iter().map(|[_, _, worth]| worth).sum();
    assert!(counted > 0.0 && (counted - sum).abs() < 1e-9 && (counted - wall).abs() < 1e-9, "{lines:?} {sum} {wall}");
    assert!(!visit.browser.text().contains("全部参评人的数字"), "{}", visit.browser.text());

    enter_as_the_third(&mut visit);
    open(&mut visit);
    visit.browser.write("会议纪要的 SHA-256", DIGEST);
    visit.browser.press("button", "登记会议结果");
    visit.browser.told("status", "会议结果已登记");
    let text = visit.browser.text();
    assert!(text.contains("会议已决定") && text.contains(DIGEST), "{text}");
    assert_eq!(visit.complaints(), Vec::<Value>::new());
    drop(visit);
    // Whoever verifies measures the candidates anew and draws the list again.
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn a_selection_goes_from_its_announcement_to_the_recorded_result_on_sqlite() {
    a_selection_goes_its_way(Database::Sqlite);
}

#[test]
fn a_selection_goes_from_its_announcement_to_the_recorded_result_on_postgres() {
    a_selection_goes_its_way(Database::Postgres);
}
