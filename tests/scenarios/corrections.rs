//! What an office does after an import: it corrects its sheets and sends them again. Only what changed is recorded.

use crate::exact::Exact;
use crate::journals::{Database, fresh};
use crate::program::{import, position, run, state};
use crate::small_pack::{CREDITS, REDEMPTIONS, SmallPack};

/// Code and row of every refusal.
fn codes(report: &Exact) -> Vec<(String, u64)> {
    let errors = report.get("errors").elements();
    errors.iter().map(|error| (error.get("code").text().to_owned(), error.get("row").count())).collect()
}

fn counts(report: &Exact) -> [u64; 3] {
    ["credits", "redemptions", "repeats"].map(|count| report.get(count).count())
}

fn each_database(journey: impl Fn(&str)) {
    journey(&fresh(Database::Sqlite));
    journey(&fresh(Database::Postgres));
}

#[test]
fn a_row_refused_for_a_missing_worker_is_taken_once_the_roster_has_the_worker() {
    each_database(|journal| {
        let pack = SmallPack::new();
        pack.append("活动记录-2024-01.csv", "JL02,W003,SB01,2024-01-07,8,,\n");
        pack.append("兑换流水-2024-01.csv", "LS02,W003,S01,SW01,1,2024-01-08 10:00:00\n");
        let report = import(journal, pack.folder(), 1, &[]);
        assert_eq!(codes(&report), [("unknown_worker".to_owned(), 3), ("unknown_worker".to_owned(), 3)]);
        assert_eq!(counts(&report), [1, 1, 0]);

        pack.append("人员名册.csv", "W003,测试人员三,外卖配送员,平台丙,群众,,\n");
        let report = import(journal, pack.folder(), 0, &[]);
        assert_eq!(codes(&report), []);
        assert_eq!(counts(&report), [1, 1, 2], "the two rows refused before are taken, the two taken are repeats");
        let worker = state(journal, &["--as-of", "2024-02-01"]).get("workers").get("W003").clone();
        worker.assert_same(&Exact::parse(r#"{"earned":20,"redeemed":20,"expired":0,"balance":0}"#), "W003");
    });
}

#[test]
fn a_refused_row_that_was_corrected_is_taken_under_its_key() {
    each_database(|journal| {
        let pack = SmallPack::new();
        pack.write("活动记录-2024-01.csv", format!("{CREDITS}JL01,W001,ZY01,2024-01-05,五,,\n"));
        let report = import(journal, pack.folder(), 1, &[]);
        assert_eq!(codes(&report)[0], ("invalid_quantity".to_owned(), 2));
        pack.write("活动记录-2024-01.csv", format!("{CREDITS}JL01,W001,ZY01,2024-01-05,5,,\n"));
        assert_eq!(counts(&import(journal, pack.folder(), 0, &[])), [1, 1, 0]);
        // Taken, it is fixed: other content under its key is a conflict, and the first stays.
        pack.write("活动记录-2024-01.csv", format!("{CREDITS}JL01,W001,ZY01,2024-01-05,6,,\n"));
        let report = import(journal, pack.folder(), 1, &[]);
        assert_eq!(codes(&report), [("duplicate_conflict".to_owned(), 2)]);
        assert_eq!(state(journal, &[]).get("totals").get("earned").text(), "50");
    });
}

#[test]
fn a_changed_roster_row_moves_the_card_to_its_new_branch() {
    each_database(|journal| {
        let pack = SmallPack::new();
        import(journal, pack.folder(), 0, &[]);
        let before = position(journal);
        let cards = |branch: &str| {
            let args = ["appraise", "--year", "2024", "--branch", branch, "--format", "json"];
            run(journal, &args).expect(0).json().get("cards").elements().len()
        };
        assert_eq!(cards("DZB01"), 1);
        // No card was ever issued in the other branch: it is not known yet.
        run(journal, &["appraise", "--year", "2024", "--branch", "DZB02", "--format", "json"]).expect(1);
        let roster = crate::small_pack::WORKERS.replace("DZB01", "DZB02");
        pack.write("人员名册.csv", &roster);
        assert_eq!(counts(&import(journal, pack.folder(), 0, &[])), [0, 0, 2]);
        assert_eq!([cards("DZB01"), cards("DZB02")], [0, 1]);
        assert_eq!(position(journal), before + 1, "one row changed, one event says so");
        import(journal, pack.folder(), 0, &[]);
        assert_eq!(position(journal), before + 1, "nothing changed since");
    });
}

#[test]
fn a_changed_platform_is_recorded_once() {
    each_database(|journal| {
        let pack = SmallPack::new();
        import(journal, pack.folder(), 0, &[]);
        let before = position(journal);
        pack.write("人员名册.csv", crate::small_pack::WORKERS.replace("平台乙", "平台丁"));
        import(journal, pack.folder(), 0, &[]);
        assert_eq!(position(journal), before + 1);
        import(journal, pack.folder(), 0, &[]);
        assert_eq!(position(journal), before + 1);
    });
}

#[test]
fn a_changed_price_holds_for_later_redemptions_and_adds_no_stock() {
    each_database(|journal| {
        let pack = SmallPack::new();
        import(journal, pack.folder(), 0, &[]);
        let stock = |journal: &str| state(journal, &[]).get("stock").get("S01/SW01").count();
        assert_eq!(stock(journal), 99);

        pack.write("兑换目录.csv", crate::small_pack::ITEMS.replace(",20,100,", ",12.5,100,"));
        let before = position(journal);
        import(journal, pack.folder(), 0, &[]);
        assert_eq!(stock(journal), 99, "the shelf is the ledger's; the sheet only said what stood there first");
        assert_eq!(position(journal), before + 1);

        pack.write("兑换流水-2024-02.csv", format!("{REDEMPTIONS}LS02,W001,S01,SW01,1,2024-02-01 09:00:00\n"));
        assert_eq!(counts(&import(journal, pack.folder(), 0, &[])), [0, 1, 2]);
        assert_eq!(stock(journal), 98);
        assert_eq!(state(journal, &[]).get("totals").get("redeemed").text(), "32.5");
    });
}
