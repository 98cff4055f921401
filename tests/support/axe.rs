//! axe-core, which finds what keeps people from a page: contrast, names, structure. It comes from PyPI in a package whose hash
//! is known, goes into the page that a test has open, and is part of no program.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::cli::target_dir;

/// The package that carries axe-core 4.12.1, as PyPI names it, and what its file is.
const PACKAGE: &str = "axe-playwright-python==0.1.8 \
    --hash=sha256:fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8\n";
/// Where it is within the package.
const INSIDE: &str = "axe_playwright_python/axe.min.js";
/// A script that was fetched by other means.
const NAMED: &str = "NUANXIN_AXE";
const ADVICE: &str = "axe-core cannot be fetched for the tests: it needs Debian's `python3-venv` and PyPI's \
    axe-playwright-python 0.1.8; NUANXIN_AXE can name an axe.min.js";

/// A page has few colours, and axe-core reads the text of each again for every element and everything behind it, which is a
/// third of all it does. Here a text is read once and what it came to is kept; one that cannot be read is read, and told of, each
/// time. It is of the version that is named above: another one is left as it is.
const COLOURS_READ_ONCE: &str = ";(() => {
    if (axe.version !== '4.12.1') return;
    const colour = axe.commons.color.Color.prototype, read = colour.parseString, known = new Map();
    colour.parseString = function (text) {
        const kept = known.get(text);
        if (kept) [this.r, this.g, this.b, this.alpha] = kept;
        else {
            read.call(this, text);
            known.set(text, [this.r, this.g, this.b, this.alpha]);
        }
        return this;
    };
})()";

/// What axe-core finds wrong with the page that is open: a line for each rule, with how bad it is and where.
pub fn faults(browser: &mut Browser) -> Vec<String> {
    if browser.eval("typeof axe") == "undefined" {
        browser.eval(&format!("{};0", script()));
    }
    let found = browser.eval("axe.run(document, {resultTypes: ['violations']}).then((told) => told.violations)");
    let rules = found.as_array().cloned().unwrap_or_default();
    rules.iter().map(told).collect()
}

fn told(rule: &Value) -> String {
    let nodes = rule["nodes"].as_array().cloned().unwrap_or_default();
    let first: Vec<String> = nodes
        .iter()
        .take(3)
        .map(|node| format!("{} {}", node["html"].as_str().unwrap_or_default(), node["failureSummary"]))
        .collect();
    let (id, impact) = (&rule["id"], rule["impact"].as_str().unwrap_or("none"));
    format!("{impact}: {} on {} elements, such as {}", json!(id), nodes.len(), first.join(" | "))
}

fn script() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let file = std::env::var_os(NAMED).map_or_else(fetched, PathBuf::from);
        let script = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        script + COLOURS_READ_ONCE
    })
}

/// The script in the target directory, which is put there on first use.
fn fetched() -> PathBuf {
    let home = target_dir().join("tmp/axe");
    let script = home.join("packages").join(INSIDE);
    std::fs::create_dir_all(&home).expect("the target directory can be written");
    let lock = File::create(target_dir().join("tmp/axe.lock")).expect("the target directory can be written");
    lock.lock().expect("a lock");
    if script.is_file() {
        return script;
    }
    let wanted = home.join("wanted.txt");
    std::fs::write(&wanted, PACKAGE).expect("a file is written");
    run(Command::new("python3").args(["-m", "venv"]).arg(home.join("venv")));
    // The package's own dependencies, which drive a browser from Python, are not wanted.
    run(Command::new(home.join("venv/bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"])
        .arg("--target")
        .arg(home.join("packages"))
        .arg("-r")
        .arg(Path::new(&wanted)));
    script
}

fn run(command: &mut Command) {
    let ended = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{ADVICE}: {error}"));
    assert!(ended.status.success(), "{ADVICE}:\n{}", String::from_utf8_lossy(&ended.stderr));
}
