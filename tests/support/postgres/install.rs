//! The PostgreSQL of this machine: where its programs are, under which account they run, and how a data directory is
//! laid. Knows nothing of running clusters.

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::cli::target_dir;

const MISSING: &str = "PostgreSQL's server programs (initdb, postgres) are in none of $NUANXIN_PG_BIN, $PATH and \
                       /usr/lib/postgresql/*/bin: install the Debian package `postgresql`, as `tests/run` does by itself";

/// An installation.
pub(super) struct Install {
    bin: PathBuf,
    version: String,
    /// User and group the server runs as when the tests run as root, which PostgreSQL refuses to run as.
    account: Option<(u32, u32)>,
}

/// The installation found on this machine. Panics with advice when there is none.
pub(super) fn install() -> &'static Install {
    static INSTALL: OnceLock<Install> = OnceLock::new();
    INSTALL.get_or_init(|| {
        let bin = find_programs().unwrap_or_else(|| panic!("{MISSING}"));
        let version = read_output(Command::new(bin.join("postgres")).arg("--version"));
        Install { bin, version, account: server_account() }
    })
}

impl Install {
    /// One of the programs, to be run under the server's account in a directory that this account may enter.
    pub(super) fn program(&self, name: &str, home: &Path) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.current_dir(home).stdin(Stdio::null()).env("LC_ALL", "C");
        // Variables such as PGDATA or PGOPTIONS speak of the developer's own database.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    /// Lays a data directory at `home/data`, copied from a template that is made once for this target directory.
    pub(super) fn lay_data(&self, home: &Path) {
        self.give(home);
        match self.lay_through_template(home) {
            Ok(()) => {}
            // A target directory that cannot be written costs time, not the test.
            Err(_) if !home.join("data").exists() => self.init_data(home),
            Err(error) => panic!("a data directory could not be copied to {}: {error}", home.display()),
        }
    }

    /// Gives a directory to the server's account.
    pub(super) fn give(&self, dir: &Path) {
        if let Some((user, group)) = self.account {
            chown(dir, Some(user), Some(group)).expect("root may give a directory away");
        }
    }

    fn lay_through_template(&self, home: &Path) -> io::Result<()> {
        let cache = target_dir().join("tmp/postgres-templates");
        fs::create_dir_all(&cache)?;
        let owner = self.account.map_or_else(own_user, |(user, _)| user);
        let template =
            cache.join(format!("{}-user-{owner}", self.version.replace(|c: char| !c.is_alphanumeric(), "_")));
        let data = home.join("data");

        // Held while a template is made: the other test processes then wait instead of doing the same work.
        let lock = File::create(cache.join(format!("lock-{}", own_user())))?;
        lock.lock()?;
        if template.is_dir() {
            drop(lock);
            return copy_tree(&template, &data);
        }
        self.init_data(home);
        let staging = cache.join("staging");
        if staging.exists() {
            fs::remove_dir_all(&staging)?;
        }
        copy_tree(&data, &staging)?;
        fs::rename(&staging, &template)
    }

    fn init_data(&self, home: &Path) {
        // --no-sync leaves out one flush of the new directory; what the server later writes is flushed as always.
        let output = self
            .program("initdb", home)
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
            .arg(home.join("data"))
            .output()
            .expect("initdb starts");
        assert!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn find_programs() -> Option<PathBuf> {
    if let Some(named) = env::var_os("NUANXIN_PG_BIN") {
        let named = PathBuf::from(named);
        assert!(has_programs(&named), "NUANXIN_PG_BIN names {}, which holds no initdb and postgres", named.display());
        return Some(named);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    if let Some(found) = env::split_paths(&path).find(|dir| has_programs(dir)) {
        return Some(found);
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let number = |dir: &PathBuf| dir.file_name()?.to_str()?.parse::<u32>().ok();
    let mut versions: Vec<PathBuf> = versions.filter_map(|entry| Some(entry.ok()?.path())).collect();
    versions.sort_by_key(number);
    versions.into_iter().rev().map(|dir| dir.join("bin")).find(|bin| has_programs(bin))
}

fn has_programs(dir: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| dir.join(program).is_file())
}

fn server_account() -> Option<(u32, u32)> {
    if own_user() != 0 {
        return None;
    }
    let id = |flag: &str| read_output(Command::new("id").args([flag, "postgres"])).parse().ok();
    let account = id("-u").zip(id("-g"));
    assert!(
        account.is_some(),
        "PostgreSQL does not run as root and there is no user `postgres` to run it as: {MISSING}"
    );
    account
}

/// The user this process runs as.
fn own_user() -> u32 {
    fs::metadata("/proc/self").expect("/proc is readable").uid()
}

fn read_output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Copies with owners and modes.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let output = Command::new("cp").arg("-a").arg(from).arg(to).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}
