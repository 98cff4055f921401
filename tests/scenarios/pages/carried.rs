//! A receipt as a rider has it from the own page, and the checkpoint as it hangs on the wall, carried to another telephone
//! that knows nobody: its page says that they agree.

use nuanxin_tests::Browser;
use serde_json::{Value, json};

use super::Visit;
use super::proof::picture_of;
use crate::journals::{Database, demonstration};
use crate::program::run;

/// What hangs on the wall beside the list: size, keys, and how its code is drawn.
fn wall(visit: &mut Visit) -> (String, Vec<String>, String) {
    visit.browser.open(&format!("{}/publicity", visit.server.base_url()));
    visit.wait_until("!!document.querySelector('.posted svg') && document.readyState === 'complete'");
    let told = visit.browser.eval(
        "(() => { const rows = [...document.querySelectorAll('.posted dl div')];
           const of = (label) => rows.filter((row) => row.firstElementChild.innerText.trim() === label)
               .map((row) => row.querySelector('dd').innerText.trim());
           const paths = [...document.querySelectorAll('.posted svg path')].map((one) => one.getAttribute('d'));
           return [of('截至序号')[0], of('验证公钥'), paths.sort((a, b) => b.length - a.length)[0]]; })()",
    );
    let text = |told: &Value| told.as_str().expect("a text").to_owned();
    (text(&told[0]), told[1].as_array().expect("keys").iter().map(text).collect(), text(&told[2]))
}

/// What the page of receipts says on a telephone where nobody is logged in: its verdict and its words.
fn judged(phone: &mut Browser, papers: [(&str, &str); 3]) -> (Value, String) {
    for (field, text) in papers {
        phone.eval(&format!("document.getElementById('{field}').value = {}; 0", json!(text)));
    }
    phone.eval("document.getElementById('check').click(); 0");
    let told =
        phone.eval("(({dataset, innerText}) => [dataset.verdict, innerText])(document.getElementById('result'))");
    (told[0].clone(), told[1].as_str().unwrap_or_default().to_owned())
}

fn a_receipt_goes_to_another_telephone(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("骑手", "/me");
    let link = "document.querySelector('.cells a.num[download]').getAttribute('href')";
    let link = visit.browser.eval(link).as_str().expect("a receipt of a line").to_owned();
    let (size, keys, code) = wall(&mut visit);
    assert!(!keys.is_empty(), "the wall names the key");
    let fetched = format!("(async () => (await fetch('{link}')).text())()");
    let receipt = visit.browser.eval(&fetched).as_str().expect("a receipt").to_owned();
    assert!(receipt.starts_with("c2sp.org/tlog-proof@v1"), "{receipt}");
    // What a telephone reads from the code on the wall is the signed checkpoint itself.
    let note = run(&journal, &["checkpoint"]).expect(0).text().to_owned();
    assert_eq!(note.lines().nth(1), Some(size.as_str()), "nothing was recorded since: {note}");
    assert!(
        code.len() > 1_000 && picture_of(&note).contains(&code),
        "the code on the wall is another text than {note}"
    );

    let mut phone = Browser::start();
    phone.open(&format!("{}/receipt", visit.server.base_url()));
    let keys = keys.join("\n");
    let (verdict, words) = judged(&mut phone, [("receipt", &receipt), ("posted", &note), ("keys", &keys)]);
    assert_eq!(verdict, "holds", "{words}");
    assert!(words.starts_with("相符：") && words.contains(&format!("/ {size}")), "{words}");
    // With one figure of it changed it is another receipt, and none of this ledger's.
    let other = changed(&receipt);
    let (verdict, words) = judged(&mut phone, [("receipt", &other), ("posted", &note), ("keys", &keys)]);
    assert!(verdict == "fails" || verdict == "unreadable", "{verdict}: {words}");
    assert_eq!(phone.complaints(), Vec::<Value>::new());
    assert_eq!(visit.complaints(), Vec::<Value>::new());
}

/// A receipt of which the position is the one after.
fn changed(receipt: &str) -> String {
    let index = receipt.lines().find(|line| line.starts_with("index ")).expect("a position");
    let number: u64 = index["index ".len()..].trim().parse().expect("a number");
    receipt.replacen(index, &format!("index {}", number + 1), 1)
}

#[test]
fn a_rider_s_receipt_and_the_code_on_the_wall_agree_on_any_telephone_on_sqlite() {
    a_receipt_goes_to_another_telephone(Database::Sqlite);
}

#[test]
fn a_rider_s_receipt_and_the_code_on_the_wall_agree_on_any_telephone_on_postgres() {
    a_receipt_goes_to_another_telephone(Database::Postgres);
}
