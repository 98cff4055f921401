//! What becomes of the ledger when things break: servers killed, alone and beside another, clients that hang up, a
//! database that goes away, syncs that fail, a full disk, clocks that jump, races, hostile bytes, strangers by the thousand. Every test runs the built program as its own process and judges by what it answered and what its
//! journal holds afterwards.
//!
//! `cargo test -p nuanxin-tests --test faults` runs them all at the size that must be shown; `NUANXIN_BIN` names another
//! build of the program to break. Sizes, through environment variables (see [`size`]):
//!
//! | variable | default | what |
//! | --- | --- | --- |
//! | `NUANXIN_FAULT_KILLS` | 30 | kills of the server, on each journal |
//! | `NUANXIN_FAULT_RACES` | 5 | races of each kind, on each journal |
//! | `NUANXIN_FAULT_SHARED_SECONDS` | 8 | seconds of load on two servers of one journal |
//! | `NUANXIN_FAULT_HANG_UPS` | 10000 | requests whose client hangs up, on SQLite |
//! | `NUANXIN_FAULT_HANG_UPS_POSTGRES` | 10000 | the same, on PostgreSQL |
//! | `NUANXIN_FAULT_OUTAGES` | 5 | times the database goes away under load |
//! | `NUANXIN_FAULT_SURVIVALS` | 12 | kills of one of two servers |
//! | `NUANXIN_FAULT_SYNCS` | 4 | times that syncs fail, on each journal |
//! | `NUANXIN_FAULT_FULL_DISKS` | 3 | times that the disk is full, on each journal |
//! | `NUANXIN_FAULT_STRANGERS` | 10000; 2000 of a debug build | unknown tokens a second beside clerks |
//! | `NUANXIN_FAULT_SEED` | 1 | where chance begins |
//!
//! Failing syncs need `strace` and the right to trace one's own processes, full disks the right to mount; where a machine
//! gives no such right the test says so on stderr and shows nothing. With `CI` set it fails instead, unless
//! `NUANXIN_FAULTS_MAY_SKIP` is set too.

/// Makes a test on each journal of each function named; they take a [`site::Site`].
macro_rules! on_both_journals {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name(crate::site::Site::sqlite()).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name(crate::site::Site::postgres(nuanxin_tests::shared_cluster())).await;
            })*
        }
    };
}

mod audit;
mod probe;
mod record;
mod site;
mod size;
mod traffic;
mod wire;

mod clocks;
mod database_away;
mod full_disk;
mod hang_ups;
mod hostile;
mod kills;
mod programme_races;
mod races;
mod shutdown;
mod strangers;
mod survivor;
mod syncs;
mod two_servers;
