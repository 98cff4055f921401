//! What the program reads besides its arguments is all written down: docs/configuration.md and `--help` against the
//! source.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::program::run;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the workspace").to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The source that becomes the program: all of the crates but their tests.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, found);
        } else if name.ends_with(".rs")
            && !path.components().any(|part| part.as_os_str() == "tests")
            && name != "tests.rs"
        {
            let text = std::fs::read_to_string(&path).expect("a source");
            // What only tests read stands below this line, or in a module for tests alone.
            let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
            if name != "worked_example.rs" {
                found.push(program);
            }
        }
    }
}

/// The names of variables in a text: what stands in quotes and begins with NUANXIN_, and NO_COLOR.
fn variables(text: &str) -> BTreeSet<String> {
    let is_name = |part: &&str| {
        (part.starts_with("NUANXIN_") || *part == "NO_COLOR")
            && part.chars().all(|one| one.is_ascii_uppercase() || one == '_')
    };
    text.split('"').filter(is_name).map(str::to_owned).collect()
}

/// The first column of a section's table.
fn listed(document: &str, heading: &str) -> BTreeSet<String> {
    let section = document.split("\n## ").find(|section| section.starts_with(heading)).expect("the section is there");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0.to_owned())).collect()
}

#[test]
fn every_environment_variable_is_documented() {
    let mut found = Vec::new();
    for krate in ["ledger-api/src", "ledger-core/src", "projections/src"] {
        sources(&repository().join(krate), &mut found);
    }
    let mut read_by_source: BTreeSet<String> = found.iter().flat_map(|text| variables(text)).collect();
    // It makes golden files of tests anew.
    read_by_source.remove("NUANXIN_BLESS");
    assert!(read_by_source.contains("NUANXIN_JOURNAL"), "{read_by_source:?}");
    assert_eq!(listed(&read("docs/configuration.md"), "Environment variables"), read_by_source);

    let help = run("sqlite:unused.db", &["serve", "--help"]).expect(0);
    // These are for `bench`, for `backup` and `restore`, and a convention of every program.
    for variable in read_by_source.iter().filter(|name| {
        !["NUANXIN_TOKEN", "NUANXIN_ADMIN_TOKEN", "NUANXIN_BACKUP_PASSPHRASE", "NO_COLOR"].contains(&name.as_str())
    }) {
        assert!(help.text().contains(variable), "serve --help does not name {variable}");
    }
}

#[test]
fn every_key_of_district_toml_is_documented() {
    let source = read("ledger-api/src/import/district.rs");
    let fields = source.split("struct District {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the keys");
    let keys: BTreeSet<String> =
        fields.lines().filter_map(|line| Some(line.trim().split_once(':')?.0.to_owned())).collect();
    assert!(keys.contains("points_step"), "{keys:?}");
    assert_eq!(listed(&read("docs/configuration.md"), "district.toml"), keys);
    let help = run("sqlite:unused.db", &["import", "--help"]).expect(0);
    for key in &keys {
        assert!(help.text().contains(key.as_str()), "import --help does not name {key}");
    }
}
