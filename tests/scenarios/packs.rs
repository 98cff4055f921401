//! Both district packs into both journals: the state, the report and the exit code are the right ones, and the same pack
//! again changes nothing. (Contract, sections 4 and 5.)

use crate::exact::Exact;
use crate::imported::{Pack, imported, refusals};
use crate::journals::Database;
use crate::program::{import, position, run};

#[track_caller]
fn comes_out_right(pack: Pack, database: Database) {
    let imported = imported(pack, database);
    pack.assert_state(&imported.state);
    for count in ["credits", "redemptions", "repeats", "capped"] {
        let expected = pack.total(count);
        assert_eq!(imported.report.get(count).count(), expected, "{count} in the report");
    }
    pack.assert_refusals(&imported.report);
    assert_eq!(refusals(&imported.report).elements().len() as u64, pack.total("errors"));
    // What the sheets' rules gave, the auditor's books find right: rates, caps, awards, places, claims and slips.
    run(&imported.journal, &["verify", "--journal-only"]).expect(0);
}

#[track_caller]
fn again_changes_nothing(pack: Pack, database: Database) {
    let imported = imported(pack, database);
    let before = imported.state.get("position").count();
    let again = import(&imported.journal, &pack.folder(), 1, &[]);
    assert_eq!(position(&imported.journal), before, "a pack imported again adds no position");
    let taken = pack.total("credits") + pack.total("redemptions") + pack.total("repeats");
    for count in ["credits", "redemptions", "capped"] {
        assert_eq!(again.get(count).count(), 0, "{count} in the second report");
    }
    // Rows that were neither a credit nor a redemption are repeats as well.
    let repeats = again.get("repeats").count();
    assert!(if pack.has_programmes() { repeats > taken } else { repeats == taken }, "{repeats} of {taken} repeats");
    pack.assert_refused_again(&again);
    pack.state_of(&imported.journal).assert_same(&imported.state, "the state after the second import");
}

#[test]
fn qianwei_comes_out_right_in_sqlite_and_again_changes_nothing() {
    comes_out_right(Pack::Qianwei, Database::Sqlite);
    again_changes_nothing(Pack::Qianwei, Database::Sqlite);
}

#[test]
fn qianwei_comes_out_right_in_postgres_and_again_changes_nothing() {
    comes_out_right(Pack::Qianwei, Database::Postgres);
    again_changes_nothing(Pack::Qianwei, Database::Postgres);
}

#[test]
fn yanzhou_comes_out_right_in_sqlite_and_again_changes_nothing() {
    comes_out_right(Pack::Yanzhou, Database::Sqlite);
    again_changes_nothing(Pack::Yanzhou, Database::Sqlite);
}

#[test]
fn yanzhou_comes_out_right_in_postgres_and_again_changes_nothing() {
    comes_out_right(Pack::Yanzhou, Database::Postgres);
    again_changes_nothing(Pack::Yanzhou, Database::Postgres);
}

#[test]
fn the_programmes_of_qianwei_come_out_right_in_sqlite_and_again_change_nothing() {
    comes_out_right(Pack::QianweiProgrammes, Database::Sqlite);
    again_changes_nothing(Pack::QianweiProgrammes, Database::Sqlite);
}

#[test]
fn the_programmes_of_qianwei_come_out_right_in_postgres_and_again_change_nothing() {
    comes_out_right(Pack::QianweiProgrammes, Database::Postgres);
    again_changes_nothing(Pack::QianweiProgrammes, Database::Postgres);
}

#[test]
fn the_programmes_of_yanzhou_come_out_right_in_sqlite_and_again_change_nothing() {
    comes_out_right(Pack::YanzhouProgrammes, Database::Sqlite);
    again_changes_nothing(Pack::YanzhouProgrammes, Database::Sqlite);
}

#[test]
fn the_programmes_of_yanzhou_come_out_right_in_postgres_and_again_change_nothing() {
    comes_out_right(Pack::YanzhouProgrammes, Database::Postgres);
    again_changes_nothing(Pack::YanzhouProgrammes, Database::Postgres);
}

#[test]
fn both_databases_number_the_same_pack_alike() {
    let [sqlite, postgres] = [Database::Sqlite, Database::Postgres].map(|database| imported(Pack::Qianwei, database));
    sqlite.state.assert_same(&postgres.state, "sqlite and postgres");
    // Whole messages too: where a row is refused, both say the same.
    sqlite.report.assert_same(&postgres.report, "the reports");
}

#[test]
fn every_worker_earned_what_was_redeemed_expired_and_is_left() {
    let state = &imported(Pack::Qianwei, Database::Sqlite).state;
    let hundredths = |figures: &Exact, name: &str| {
        let text = figures.get(name).text();
        let (whole, places) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{places:0<2}").parse::<i64>().expect("at most two places")
    };
    let mut sums = [0; 4];
    let names = ["earned", "redeemed", "expired", "balance"];
    for (worker, figures) in state.get("workers").members() {
        let [earned, redeemed, expired, balance] = names.map(|name| hundredths(figures, name));
        assert_eq!(earned, redeemed + expired + balance, "{worker}");
        assert!(balance >= 0, "{worker}");
        sums = [sums[0] + earned, sums[1] + redeemed, sums[2] + expired, sums[3] + balance];
    }
    assert_eq!(sums, names.map(|name| hundredths(state.get("totals"), name)), "the totals are the workers' sums");
}
