//! What breaks a machine on purpose: programs that must be installed, and rights that not every machine gives.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A program of the search path. Panics with advice where there is none: `tests/run` installs it.
pub(crate) fn program(name: &str, package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|dir| dir.join(name)).find(|candidate| candidate.is_file());
    found.unwrap_or_else(|| {
        panic!("`{name}` is not installed: install the Debian package `{package}`, as `tests/run` does")
    })
}

/// Says, past what the test harness captures, that a test shows nothing on this machine. Where `CI` is set the test
/// fails all the same, unless `NUANXIN_FAULTS_MAY_SKIP` says that this machine can never do it.
pub fn cannot(what: &str, why: &str) {
    let words = format!("NOT TESTED: {what}: {why}");
    let _ = writeln!(std::io::stderr(), "\n{words}");
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    assert!(
        !is_set("CI") || is_set("NUANXIN_FAULTS_MAY_SKIP"),
        "{words}; where this machine can never do it, NUANXIN_FAULTS_MAY_SKIP=1 passes over this test"
    );
}

/// The first file of a name below the directories of shared libraries.
pub(crate) fn library(relative: &str) -> Option<PathBuf> {
    let roots = ["/usr/lib", "/usr/local/lib", "/usr/lib64"].map(Path::new);
    let below = roots.iter().filter_map(|root| std::fs::read_dir(root).ok()).flatten();
    let dirs = roots.iter().map(|root| root.to_path_buf()).chain(below.filter_map(|entry| Some(entry.ok()?.path())));
    dirs.map(|dir| dir.join(relative)).find(|candidate| candidate.is_file())
}
