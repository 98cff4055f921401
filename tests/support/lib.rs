//! What the tests that cross crates stand on: real PostgreSQL clusters and real ledger processes that can be killed,
//! disks that are full, syncs that fail and clocks that are set,
//! a client that tells an unsent request from a lost answer, a small district, and seeded traffic for it.
//! Holds no rule of the ledger: what is right is said by the tests, never by their support.

pub mod api;
pub mod axe;
pub mod browser;
pub mod cli;
pub mod clock;
pub mod disk;
pub mod district;
pub mod guard;
pub mod identity_provider;
pub mod means;
pub mod offices;
pub mod outside;
pub mod postgres;
pub mod server;
pub mod syscalls;
pub mod workload;

mod process;

pub use api::{Answer, Api, Request, Unanswered};
pub use browser::Browser;
pub use cli::{nuanxin, token};
pub use clock::SetClock;
pub use disk::SmallDisk;
pub use district::District;
pub use guard::scratch_dir;
pub use identity_provider::IdentityProvider;
pub use offices::Offices;
pub use postgres::{PgCluster, shared_cluster};
pub use server::Server;
pub use syscalls::{FailingSyncs, Syncs};
pub use workload::{Intent, Step, Workload};
