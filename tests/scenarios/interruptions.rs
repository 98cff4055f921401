//! An import that is killed again and again and started again each time ends in the very state of one that ran through:
//! no row twice, none lost, the same positions.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;

use nuanxin_tests::{cli, scratch_dir};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::imported::{Imported, Pack, imported};
use crate::journals::{self, Database};
use crate::program::{import, run, utf8};

const PACK: Pack = Pack::Qianwei;

/// Imports that may end before their kill; more means that the moments are badly chosen.
const UNHURT_MAX: u32 = 20;

fn start(journal: &str, report: &Path) -> Child {
    let mut command = cli::command(journal);
    command.args(["import", utf8(&PACK.folder()), "--report", utf8(report)]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Kills an import of the pack this many times at seeded moments, each time starting again on the same journal, or on a
/// new one after an import came to its end. Every journal must end like the one that was never interrupted.
fn killed_and_started_again(database: Database, seed: u64, kills: u32) {
    let reference = imported(PACK, database);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let report = scratch_dir("killed").join("report.json");
    let mut journal = journals::fresh(database);
    let (mut killed, mut unhurt) = (0, 0);
    let mut takes = reference.took;
    while killed < kills {
        let moment = takes.mul_f64(random.gen_range(0.02..0.95));
        let mut child = start(&journal, &report);
        thread::sleep(moment);
        if child.try_wait().expect("a child can be waited for").is_some() {
            unhurt += 1;
            // The machine is less busy than it was when the reference was made.
            takes = moment;
            assert!(unhurt <= UNHURT_MAX, "{unhurt} imports ended before they were killed");
            ends_alike(&journal, reference);
            journal = journals::fresh(database);
            continue;
        }
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
        killed += 1;
    }
    ends_alike(&journal, reference);
}

/// Imports to the end and compares everything, positions included.
fn ends_alike(journal: &str, reference: &Imported) {
    let report = import(journal, &PACK.folder(), 1, &[]);
    PACK.state_of(journal).assert_same(&reference.state, "the state after the kills");
    PACK.assert_refused_again(&report);
    let taken = |report: &crate::exact::Exact| -> u64 {
        ["credits", "redemptions", "repeats"].map(|count| report.get(count).count()).iter().sum()
    };
    assert_eq!(taken(&report), taken(&reference.report), "rows taken, now or before");
    run(journal, &["verify", "--journal-only"]).expect(0);
}

#[test]
fn an_import_killed_twenty_times_ends_as_if_never_killed_in_sqlite() {
    killed_and_started_again(Database::Sqlite, 20_240_305, 20);
}

#[test]
fn an_import_killed_twenty_times_ends_as_if_never_killed_in_postgres() {
    killed_and_started_again(Database::Postgres, 20_240_306, 20);
}
