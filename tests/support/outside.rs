//! Programs that are not ours and that judge what we give out: hledger and ledger from Debian, DuckDB from PyPI.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::cli::target_dir;

/// Runs hledger. Panics with advice when it is not there.
pub fn hledger<S: AsRef<OsStr>>(args: &[S]) -> Output {
    run("hledger", args)
}

/// Runs ledger. Panics with advice when it is not there.
pub fn ledger<S: AsRef<OsStr>>(args: &[S]) -> Output {
    run("ledger", args)
}

fn run<S: AsRef<OsStr>>(program: &str, args: &[S]) -> Output {
    // Neither a journal nor settings of the developer's own may be read.
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8").env("HOME", "/nonexistent");
    command.env_remove("LEDGER_FILE").output().unwrap_or_else(|error| {
        panic!(
            "{program} does not start ({error}): install the Debian package `{program}`, as `tests/run` does by itself"
        )
    })
}

/// Runs statements in DuckDB, in a folder; gives the last statement's rows, a line each with tabs between.
pub fn duckdb(folder: &Path, statements: &str) -> String {
    const SCRIPT: &str = "import sys, duckdb\n\
        connection = duckdb.connect()\n\
        rows = connection.execute(sys.stdin.read()).fetchall()\n\
        print('\\n'.join('\\t'.join(str(value) for value in row) for row in rows))\n";
    let file = folder.join("statements.sql");
    std::fs::write(&file, statements).expect("statements are written");
    let input = File::open(&file).expect("statements are read");
    let output = Command::new(python()).args(["-c", SCRIPT]).current_dir(folder).stdin(input).output();
    let output = output.expect("Python starts");
    assert!(output.status.success(), "DuckDB refuses:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("rows are text").trim_end().to_owned()
}

/// The Python that has DuckDB: `NUANXIN_DUCKDB_PYTHON`, else one in a virtual environment in the target directory,
/// which is made on first use.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        if let Some(named) = std::env::var_os("NUANXIN_DUCKDB_PYTHON") {
            return PathBuf::from(named);
        }
        let home = target_dir().join("tmp/duckdb");
        let python = home.join("bin/python");
        std::fs::create_dir_all(&home).expect("the target directory can be written");
        // Held while it is made: the other test processes then wait instead of doing the same work.
        let lock = File::create(target_dir().join("tmp/duckdb.lock")).expect("the target directory can be written");
        lock.lock().expect("a lock");
        let works = || Command::new(&python).args(["-c", "import duckdb"]).stderr(Stdio::null()).status();
        if works().is_ok_and(|status| status.success()) {
            return python;
        }
        let made = Command::new("python3").args(["-m", "venv"]).arg(&home).output();
        let advice = "DuckDB cannot be installed for the tests: it needs Debian's `python3-venv` and PyPI's `duckdb`; \
            NUANXIN_DUCKDB_PYTHON can name a Python that has it";
        let made = made.unwrap_or_else(|error| panic!("{advice}: {error}"));
        assert!(made.status.success(), "{advice}:\n{}", String::from_utf8_lossy(&made.stdout));
        let pip = Command::new(&python).args(["-m", "pip", "install", "--quiet", "duckdb>=1.1,<3"]).output();
        let pip = pip.unwrap_or_else(|error| panic!("{advice}: {error}"));
        assert!(pip.status.success(), "{advice}:\n{}", String::from_utf8_lossy(&pip.stderr));
        python
    })
}
