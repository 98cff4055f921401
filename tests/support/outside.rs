//! Programs that are not ours and that judge what we give out: hledger and ledger from Debian, DuckDB, a validator
//! of OpenAPI documents and Schemathesis, which tries a server out by its document, from PyPI.

use crate::offices::Offices;
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

/// The words of a print with the page on which each stands and its left, top, right and lower edge in points, and the size of
/// the pages. Panics with advice where poppler is not installed.
pub fn words_of_print(file: &Path) -> Vec<PrintedPage> {
    let program = crate::means::program("pdftotext", "poppler-utils");
    let output = Command::new(program).args(["-bbox"]).arg(file).arg("-").stdin(Stdio::null()).output();
    let output = output.expect("pdftotext starts");
    assert!(output.status.success(), "pdftotext refuses:\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.split("<page ").skip(1).map(PrintedPage::read).collect()
}

/// A page of a print.
#[derive(Debug, Clone)]
pub struct PrintedPage {
    /// Its size in points.
    pub size: (f64, f64),
    /// Its words with their edges: left, top, right, lower.
    pub words: Vec<(String, [f64; 4])>,
}

impl PrintedPage {
    fn read(text: &str) -> PrintedPage {
        let number = |text: &str, name: &str| {
            let value = text.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
            value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {text:?}"))
        };
        let words = text.split("<word ").skip(1).map(|word| {
            let said = word.split('>').nth(1).and_then(|rest| rest.split("</word").next()).unwrap_or_default();
            (said.to_owned(), ["xMin", "yMin", "xMax", "yMax"].map(|edge| number(word, edge)))
        });
        PrintedPage { size: (number(text, "width"), number(text, "height")), words: words.collect() }
    }

    /// All its words, one behind the other without blanks.
    pub fn text(&self) -> String {
        self.words.iter().map(|(word, _)| word.as_str()).collect()
    }
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

/// The Python that has DuckDB: `NUANXIN_DUCKDB_PYTHON`, else one in the target directory.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| python_with("duckdb", "NUANXIN_DUCKDB_PYTHON", "duckdb", &["duckdb>=1.1,<3"]))
}

/// Judges an OpenAPI document by the specification's own schema; gives what is wrong with it, nothing where all is well.
pub fn openapi_faults(document: &Path) -> String {
    let output = Command::new(openapi_python()).args(["-m", "openapi_spec_validator"]).arg(document).output();
    let output = output.expect("Python starts");
    if output.status.success() {
        return String::new();
    }
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    told.concat()
}

/// Which operations of a document are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths<'a> {
    /// Those whose path fits a regular expression.
    Fitting(&'a str),
    /// All others.
    NotFitting(&'a str),
}

/// Lets Schemathesis ask a running server what its document says it answers at some paths, as `tests/support/schemathesis`
/// sets it up; gives whether nothing was found, and what it says.
pub fn schemathesis(base_url: &str, offices: &Offices, paths: Paths<'_>) -> (bool, String) {
    let (which, fits) = match paths {
        Paths::Fitting(fits) => ("--include-path-regex", fits),
        Paths::NotFitting(fits) => ("--exclude-path-regex", fits),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/schemathesis");
    let scratch = crate::scratch_dir("schemathesis");
    let output = Command::new(openapi_python())
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(folder.join("schemathesis.toml"))
        .args(["run", &format!("{base_url}/openapi.json"), which, fits])
        .env("NUANXIN_ADMIN_TOKEN", offices.admin())
        .env("NUANXIN_DESK_TOKEN", offices.desk())
        .env("PYTHONPATH", &folder)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // Only ever talks to a server on this machine, whatever proxy the environment names.
        .env("NO_PROXY", "*")
        // It leaves a folder of found examples where it runs.
        .current_dir(scratch)
        .stdin(Stdio::null())
        .output()
        .expect("Python starts");
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), told.concat())
}

/// The Python that judges the API's description: `NUANXIN_OPENAPI_PYTHON`, else one in the target directory.
fn openapi_python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let packages = ["openapi-spec-validator>=0.7,<1", "schemathesis>=4.32,<5"];
        python_with("openapi", "NUANXIN_OPENAPI_PYTHON", "openapi_spec_validator, schemathesis", &packages)
    })
}

/// A Python with packages from PyPI: the one that a variable names, else one in a virtual environment in the target
/// directory, which is made on first use.
fn python_with(name: &str, variable: &str, modules: &str, packages: &[&str]) -> PathBuf {
    if let Some(named) = std::env::var_os(variable) {
        return PathBuf::from(named);
    }
    let home = target_dir().join("tmp").join(name);
    let python = home.join("bin/python");
    std::fs::create_dir_all(&home).expect("the target directory can be written");
    // Held while it is made: the other test processes then wait instead of doing the same work.
    let lock = target_dir().join(format!("tmp/{name}.lock"));
    let lock = File::create(lock).expect("the target directory can be written");
    lock.lock().expect("a lock");
    let works = || Command::new(&python).args(["-c", &format!("import {modules}")]).stderr(Stdio::null()).status();
    if works().is_ok_and(|status| status.success()) {
        return python;
    }
    let made = Command::new("python3").args(["-m", "venv"]).arg(&home).output();
    let advice = format!(
        "{modules} cannot be installed for the tests: they need Debian's `python3-venv` and, from PyPI, {}; {variable} can \
         name a Python that has them",
        packages.join(" and ")
    );
    let made = made.unwrap_or_else(|error| panic!("{advice}: {error}"));
    assert!(made.status.success(), "{advice}:\n{}", String::from_utf8_lossy(&made.stdout));
    let pip = Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages).output();
    let pip = pip.unwrap_or_else(|error| panic!("{advice}: {error}"));
    assert!(pip.status.success(), "{advice}:\n{}", String::from_utf8_lossy(&pip.stderr));
    python
}
