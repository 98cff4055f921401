//! `import --dry-run` tells what the import would come to, by the same rules, and writes nothing at all.

use nuanxin_tests::scratch_dir;

use crate::imported::{Pack, imported};
use crate::journals::{self, Database, fresh, listing};
use crate::program::{import, position};
use crate::small_pack::SmallPack;

#[test]
fn a_dry_run_on_no_journal_makes_none_and_reports_what_the_import_then_reports() {
    let folder = scratch_dir("dry");
    let journal = journals::in_folder(&folder);
    let judged = import(&journal, &Pack::Qianwei.folder(), 1, &["--dry-run"]);
    assert_eq!(listing(&folder), Vec::<String>::new(), "nothing was made");
    let imported = imported(Pack::Qianwei, Database::Sqlite);
    judged.assert_same(&imported.report, "the dry run's report");
}

#[test]
fn a_dry_run_on_an_imported_journal_reports_repeats_and_leaves_it_alone() {
    let pack = Pack::Qianwei;
    for database in [Database::Sqlite, Database::Postgres] {
        let imported = imported(pack, database);
        let judged = import(&imported.journal, &pack.folder(), 1, &["--dry-run"]);
        let taken = pack.total("credits") + pack.total("redemptions") + pack.total("repeats");
        assert_eq!(judged.get("repeats").count(), taken);
        assert_eq!(judged.get("credits").count() + judged.get("redemptions").count(), 0);
        pack.assert_refused_again(&judged);
        assert_eq!(position(&imported.journal), imported.state.get("position").count());
    }
}

#[test]
fn a_dry_run_judges_new_rows_on_top_of_what_is_recorded() {
    for database in [Database::Sqlite, Database::Postgres] {
        let journal = fresh(database);
        let pack = SmallPack::new();
        import(&journal, pack.folder(), 0, &[]);
        let before = position(&journal);
        // 30 of 50 points are left: enough for one more at 20, not for two, unless the new credit counts.
        pack.append("活动记录-2024-01.csv", "JL02,W001,ZY01,2024-01-08,1,,\nJL03,W404,ZY01,2024-01-08,1,,\n");
        pack.append(
            "兑换流水-2024-01.csv",
            "LS02,W001,S01,SW01,2,2024-01-09 10:00:00\nLS03,W001,S01,SW01,1,2024-01-09 11:00:00\n",
        );
        let judged = import(&journal, pack.folder(), 1, &["--dry-run"]);
        assert_eq!(position(&journal), before, "a dry run writes nothing");
        let done = import(&journal, pack.folder(), 1, &[]);
        judged.assert_same(&done, "judged and done");
        assert_eq!(done.get("credits").count(), 1);
        assert_eq!(done.get("redemptions").count(), 1);
        assert_eq!(done.get("errors").elements().len(), 2);
    }
}
