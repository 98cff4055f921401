//! `export`: whoever reads it finds what is recorded, with tools that are not ours.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use ledger_core::domain::points::Points;
use nuanxin_tests::{outside, scratch_dir};
use serde_json::Value;

use crate::imported::{Pack, imported};
use crate::journals::Database;
use crate::program::{run, run_watched, utf8};
use crate::small_pack::{CREDITS, SmallPack};
use crate::surgery::leaf_of;

/// Accounts in yuan begin with one of these.
const YUAN: [&str; 4] = ["拨款:", "资金:", "补贴:", "商户:"];

/// Balances by account, as a tool prints them: a line each, account and amount. Of points and of yuan both have two places.
fn balances(lines: &str, separator: char) -> BTreeMap<String, Points> {
    let amount = |text: &str| {
        let text = text.trim_matches(['"', ' ']).trim_end_matches(" PTS").trim_end_matches(" CNY");
        Points::parse(text).unwrap_or_else(|| panic!("no amount: {text}"))
    };
    let line = |line: &str| {
        let (account, balance) = line.split_once(separator)?;
        let account = account.trim_matches('"');
        (account != "account").then(|| (account.to_owned(), amount(balance)))
    };
    lines.lines().filter_map(line).collect()
}

/// Holds balances against the expected figures of every worker and of all together.
fn hold(pack: Pack, balances: &BTreeMap<String, Points>) {
    let mut figures: BTreeMap<&str, [Points; 4]> = BTreeMap::new();
    for (account, points) in balances.iter().filter(|(account, _)| !YUAN.iter().any(|yuan| account.starts_with(yuan))) {
        let parts: Vec<&str> = account.split(':').collect();
        let (worker, figure) = match parts[..] {
            ["发放", worker] => (worker, 0),
            ["兑换" | "权益", _, worker] => (worker, 1),
            ["过期", worker] => (worker, 2),
            ["人员", worker, "可用" | "预占"] => (worker, 3),
            _ => panic!("an account that no pack needs: {account}"),
        };
        let own = &mut figures.entry(worker).or_default()[figure];
        *own += if figure == 0 { Points::ZERO - *points } else { *points };
    }
    let expected = pack.expected();
    let names = ["earned", "redeemed", "expired", "balance"];
    let workers = expected.get("workers").members();
    assert_eq!(figures.len(), workers.len(), "{pack:?}");
    for (worker, right) in workers {
        let found = figures[worker.as_str()].map(|points| points.to_string());
        assert_eq!(found.each_ref().map(String::as_str), names.map(|name| right.get(name).text()), "{pack:?} {worker}");
    }
    for (index, name) in names.iter().enumerate() {
        let sum: Points = figures.values().map(|own| own[index]).sum();
        assert_eq!(sum.to_string(), expected.get("totals").get(name).text(), "{pack:?} {name}");
    }
}

/// Holds balances against the expected figures of every fund, and of every merchant by month.
fn hold_yuan(pack: Pack, balances: &BTreeMap<String, Points>) {
    let of = |account: String| balances.get(&account).copied().unwrap_or(Points::ZERO);
    let told = |points: Points| points.to_string();
    let mut seen = 0;
    for (fund, right) in pack.expected().get("funds").members() {
        let side = |side: &str| of(format!("资金:{fund}:{side}"));
        let appropriated: Points = [side("可用"), side("占用"), side("已付")].into_iter().sum();
        let figures = [appropriated, side("占用"), side("可用")].map(told);
        let names = ["appropriated", "committed", "free"];
        assert_eq!(figures.each_ref().map(String::as_str), names.map(|name| right.get(name).text()), "{pack:?} {fund}");
        let of_bodies = balances
            .iter()
            .filter(|(account, _)| account.starts_with("拨款:") && account.ends_with(&format!(":{fund}")));
        let of_bodies: Points = of_bodies.map(|(_, points)| *points).sum();
        assert_eq!(Points::ZERO - of_bodies, appropriated, "{pack:?} {fund}");
        seen += 1;
    }
    let mut owed = Points::ZERO;
    for (month, merchants) in pack.expected().get("settlement").members() {
        for (merchant, right) in merchants.members() {
            let claimed = Points::ZERO - of(format!("补贴:{merchant}:{month}"));
            assert_eq!(told(claimed), right.get("yuan").text(), "{pack:?} {month} {merchant}");
            let [due, paid] = ["应付", "已付"].map(|side| of(format!("商户:{merchant}:{side}:{month}")));
            assert_eq!(due + paid, claimed, "{pack:?} {month} {merchant}");
            owed += claimed;
            seen += 1;
        }
    }
    assert!(seen > 10 && owed.is_positive(), "{pack:?}: {seen} figures, {owed} yuan owed");
    let all: Points = balances
        .iter()
        .filter(|(account, _)| YUAN.iter().any(|yuan| account.starts_with(yuan)))
        .map(|(_, points)| *points)
        .sum();
    assert_eq!(all, Points::ZERO, "{pack:?}");
}

fn in_plain_text(pack: Pack) -> String {
    let path = scratch_dir("export").join("journal.hledger");
    let journal = &imported(pack, Database::Sqlite).journal;
    run(journal, &["export", "--format", "hledger", "--as-of", pack.as_of(), "--out", utf8(&path)]).expect(0);
    utf8(&path).to_owned()
}

fn held_by_hledger_and_ledger(pack: Pack) {
    let path = in_plain_text(pack);
    // Its strict checks are made of whatever it is asked.
    let told = outside::hledger(&["-f", &path, "balance", "--strict", "--no-total", "--empty", "--flat", "-O", "csv"]);
    assert!(told.status.success(), "hledger refuses: {}", String::from_utf8_lossy(&told.stderr));
    let by_hledger = balances(&String::from_utf8_lossy(&told.stdout), ',');
    hold(pack, &by_hledger);

    let format = "%(account)\t%(quantity(scrub(display_total)))\n";
    let told = outside::ledger(&["-f", &path, "balance", "--flat", "--no-total", "--empty", "--format", format]);
    assert!(told.status.success(), "ledger refuses: {}", String::from_utf8_lossy(&told.stderr));
    let by_ledger = balances(&String::from_utf8_lossy(&told.stdout), '\t');
    hold(pack, &by_ledger);
    let text = std::fs::read_to_string(&path).expect("the export");
    assert_eq!(text.contains("CNY"), pack.has_programmes(), "{pack:?}: yuan stand where there are any");
    if pack.has_programmes() {
        hold_yuan(pack, &by_hledger);
        hold_yuan(pack, &by_ledger);
    }
}

#[test]
fn hledger_and_ledger_come_to_the_expected_figures_of_one_pack() {
    held_by_hledger_and_ledger(Pack::Qianwei);
}

#[test]
fn hledger_and_ledger_come_to_the_expected_figures_of_the_other() {
    held_by_hledger_and_ledger(Pack::Yanzhou);
}

#[test]
fn hledger_and_ledger_come_to_the_points_and_yuan_of_one_pack_with_programmes() {
    held_by_hledger_and_ledger(Pack::QianweiProgrammes);
}

#[test]
fn hledger_and_ledger_come_to_the_points_and_yuan_of_the_other_with_programmes() {
    held_by_hledger_and_ledger(Pack::YanzhouProgrammes);
}

#[test]
fn a_bundle_of_a_history_with_yuan_is_of_its_own_form_and_verifies() {
    let journal = &imported(Pack::QianweiProgrammes, Database::Sqlite).journal;
    let plain = &imported(Pack::Qianwei, Database::Sqlite).journal;
    let folder = scratch_dir("export");
    for (journal, name, args, form) in [
        (journal, "whole.zip", &[][..], "nuanxin-bundle/2"),
        (journal, "range.zip", &["--from", "100", "--to", "4000"][..], "nuanxin-bundle/2"),
        (plain, "plain.zip", &[][..], "nuanxin-bundle/1"),
    ] {
        let path = folder.join(name);
        run(journal, &[&["bundle", utf8(&path)], args].concat()).expect(0);
        run("sqlite:/nowhere/nuanxin.db", &["verify", "--bundle", utf8(&path)]).expect(0);
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).expect("a bundle")).expect("a zip");
        let mut manifest = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("manifest.json").expect("a manifest"), &mut manifest)
            .expect("text");
        assert!(manifest.contains(&format!("\"format\": \"{form}\"")), "{name}: {manifest}");
    }
}

#[test]
fn hledger_and_ledger_refuse_a_planted_error() {
    let path = in_plain_text(Pack::Qianwei);
    let text = std::fs::read_to_string(&path).expect("the export");
    // One side of a posting, and then both: the first does not balance, the second not with the closing assertion.
    let start = text.find(") 兑换 ").expect("a redemption");
    let amounts: Vec<usize> = text[start..].match_indices(" PTS\n").take(2).map(|(at, _)| start + at).collect();
    let mut unbalanced = text.clone();
    unbalanced.insert(amounts[0], '1');
    let mut balanced = text.clone();
    balanced.insert(amounts[1], '1');
    balanced.insert(amounts[0], '1');
    for (what, planted) in [("one side", unbalanced), ("both sides", balanced)] {
        std::fs::write(&path, planted).expect("an error is planted");
        let hledger = outside::hledger(&["-f", &path, "check"]);
        assert!(!hledger.status.success(), "hledger accepts {what}");
        assert!(!outside::ledger(&["-f", &path, "balance"]).status.success(), "ledger accepts {what}");
    }
}

#[test]
fn jsonl_holds_every_event_with_the_text_that_was_hashed() {
    let imported = imported(Pack::Qianwei, Database::Sqlite);
    let exported = run(&imported.journal, &["export", "--format", "jsonl"]).expect(0);
    let mut position = 0;
    for line in exported.text().lines() {
        let event: Value = serde_json::from_str(line).expect("a line of JSON");
        position += 1;
        assert_eq!(event["position"].as_u64(), Some(position));
        assert_eq!(event["leaf"].as_str(), Some(leaf_of(&event).to_string().as_str()), "at {position}");
    }
    assert_eq!(position, imported.state.get("position").count());
    let postgres = &crate::imported::imported(Pack::Qianwei, Database::Postgres).journal;
    let exported = run(postgres, &["export", "--format", "jsonl"]).expect(0);
    for line in exported.text().lines().step_by(97) {
        let event: Value = serde_json::from_str(line).expect("a line of JSON");
        assert_eq!(event["leaf"].as_str(), Some(leaf_of(&event).to_string().as_str()));
    }
    assert_eq!(exported.text().lines().count(), usize::try_from(position).expect("small"));
}

/// A journal with texts that would act as formulas.
fn with_formulas() -> String {
    let pack = SmallPack::new();
    pack.write(
        "活动记录-2024-02.csv",
        format!("{CREDITS}=1+1,W001,ZY01,2024-02-05,1,@SUM(A1),\n-2,W001,ZY01,2024-02-06,0.25,\"a,\"\"b\"\"\",\n"),
    );
    let journal = crate::journals::fresh(Database::Sqlite);
    crate::program::import(&journal, pack.folder(), 0, &[]);
    journal
}

#[test]
fn csv_opens_with_a_mark_and_has_no_formula() {
    let journal = with_formulas();
    let exported = run(&journal, &["export", "--format", "csv"]).expect(0);
    let text = exported.text().strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(text.starts_with("position,recorded_at,business_day,type,stream,key,actor,fingerprint,payload\r\n"));
    let folder = scratch_dir("csv");
    std::fs::write(folder.join("events.csv"), &exported.stdout).expect("it is written");
    let jsonl = run(&journal, &["export", "--format", "jsonl"]).expect(0);
    std::fs::write(folder.join("events.jsonl"), &jsonl.stdout).expect("it is written");
    let formulas = outside::duckdb(
        &folder,
        "SELECT count(*) FILTER (regexp_matches(key, '^[=+@\\t\\r-]')), count(*) FILTER (key IN ('''=1+1', '''-2')),
                count(*), count(*) FILTER (c.payload = j.payload)
         FROM read_csv('events.csv', all_varchar = true) c
         JOIN read_json('events.jsonl', columns = {position: 'VARCHAR', payload: 'VARCHAR'}) j USING (position)",
    );
    let count = crate::program::position(&journal);
    assert_eq!(formulas, format!("0\t2\t{count}\t{count}"));
}

#[test]
fn a_workbook_holds_events_and_movements_that_sum_to_zero() {
    let journal = with_formulas();
    let exported = run(&journal, &["export", "--format", "xlsx"]).expect(0);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(&exported.stdout)).expect("a workbook");
    assert_eq!(workbook.sheet_names(), ["说明", "事件", "分录"]);
    let events = workbook.worksheet_range("事件").expect("events");
    let count = usize::try_from(crate::program::position(&journal)).expect("small");
    assert_eq!(events.height(), count + 1);
    assert!(events.rows().any(|row| row[5] == Data::String("=1+1".into())), "a key is text as it is");
    let movements = workbook.worksheet_range("分录").expect("movements");
    let amount = |row: &[Data]| match row[4] {
        Data::Float(points) => (points * 100.0).round() as i64,
        ref other => panic!("no amount: {other}"),
    };
    let amounts: Vec<i64> = movements.rows().skip(1).map(amount).collect();
    assert!(amounts.len() > 4 && amounts.iter().sum::<i64>() == 0, "{amounts:?}");
}

#[test]
fn memory_does_not_grow_with_the_history() {
    let [small, large] = [Pack::Qianwei, Pack::Yanzhou].map(|pack| &imported(pack, Database::Sqlite).journal);
    for format in ["jsonl", "csv"] {
        let out = scratch_dir("export").join("out");
        let args = ["export", "--format", format, "--out", utf8(&out)];
        let (ended, least) = run_watched(small, &args);
        ended.expect(0);
        let (ended, most) = run_watched(large, &args);
        ended.expect(0);
        assert!(most < least + 8_000, "{format}: {least} KiB for 16,000 events, {most} KiB for 60,000");
    }
}
