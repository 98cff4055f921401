//! What the program reads besides its arguments is all written down: docs/configuration.md and `--help` against the
//! source.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ledger_core::domain::programme::guards::{GuardAction, GuardKind};

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

/// The guards of the documentation's table, each with its default number.
fn documented_guards(document: &str) -> Vec<(String, Option<u32>)> {
    let section = document.split("\n## ").find(|section| section.starts_with("Guards")).expect("the section is there");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        assert_eq!(cells[2] == "none", cells[3] == "-", "a default number where there is a number: {row}");
        (cells[1].to_owned(), (cells[3] != "-").then(|| cells[3].parse().expect("a number")))
    })
    .collect()
}

#[test]
fn every_guard_is_documented_with_what_it_may_do_and_its_number() {
    const ACTIONS: [GuardAction; 3] = [GuardAction::Off, GuardAction::Flag, GuardAction::Refuse];
    let document = read("docs/configuration.md");
    let known: Vec<_> =
        GuardKind::ALL.into_iter().map(|kind| (kind.code().as_str().to_owned(), kind.usual_number())).collect();
    assert_eq!(documented_guards(&document), known);
    let section = document.split("\n## ").find(|section| section.starts_with("Guards")).expect("the section is there");
    let help = run("sqlite:unused.db", &["import", "--help"]).expect(0);
    for (place, text) in [("docs/configuration.md", section), ("import --help", help.text())] {
        for action in ACTIONS.map(GuardAction::as_str) {
            assert!(text.contains(&format!("\"{action}\"")), "{place} does not name {action}");
        }
        for (name, _) in &known {
            assert!(text.contains(name.as_str()), "{place} does not name {name}");
        }
    }
}

/// The blocks of TOML in a text.
fn toml_blocks(text: &str) -> Vec<&str> {
    text.split("```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

#[test]
fn the_settings_that_the_documents_show_are_taken_as_they_stand() {
    let quickstart = read("docs/guides/quickstart.md");
    let configuration = read("docs/configuration.md");
    let whole = toml_blocks(&quickstart).into_iter().map(str::to_owned);
    let guards = toml_blocks(&configuration).into_iter().filter(|block| block.starts_with("[guards]"));
    let guards = guards.map(|block| format!("code = \"370812\"\nname = \"济宁市兖州区\"\n{block}"));
    let shown: Vec<String> = whole.chain(guards).collect();
    assert_eq!(shown.len(), 2, "a block of settings that nobody tries");
    let known: BTreeSet<String> = listed(&configuration, "district.toml")
        .into_iter()
        .chain(GuardKind::ALL.map(|kind| kind.code().as_str().to_owned()))
        .collect();
    for settings in shown {
        let pack = nuanxin_tests::scratch_dir("settings-of-documents");
        for entry in std::fs::read_dir(repository().join("tests/packs/qianwei")).expect("a pack") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name");
            // The registers alone: the months are what takes its time.
            if !["活动记录", "兑换流水"].iter().any(|month| name.to_string_lossy().starts_with(month)) {
                std::fs::copy(&path, pack.join(name)).expect("a copy");
            }
        }
        std::fs::write(pack.join("district.toml"), &settings).expect("a file");
        let pack = pack.to_str().expect("UTF-8");
        let said = run(&crate::journals::fresh(crate::journals::Database::Sqlite), &["import", pack, "--dry-run"]);
        assert!(matches!(said.code, Some(0 | 1)), "{settings}\n{}", said.stderr);
        // A key that is misspelt would be passed over without a word.
        for key in settings.lines().filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())) {
            assert!(known.contains(&key), "{key} is no setting");
        }
    }
}

#[test]
fn a_file_of_settings_is_documented_key_by_key() {
    let source = read("ledger-api/src/configuration.rs");
    let fields = source.split("struct Written {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the keys");
    let document = read("docs/configuration.md");
    let section = document.split("\n## ").find(|section| section.starts_with("nuanxin.toml")).expect("its section");
    for key in fields.lines().filter_map(|line| Some(line.trim().split_once(':')?.0)) {
        assert!(section.contains(&format!("`{key}`")), "{key} is not documented");
    }
}

#[test]
fn settings_come_from_the_argument_the_environment_and_the_file_in_this_order() {
    let folder = nuanxin_tests::scratch_dir("settings");
    let (file, journal) = (folder.join("district.toml"), format!("sqlite:{}", folder.join("d.db").display()));
    let text = "journal = \"sqlite:elsewhere.db\"\nlisten = \"127.0.0.1:7001\"\nrate_stranger = \"5/50\"\n";
    std::fs::write(&file, text).expect("a file is written");
    let file = file.to_str().expect("UTF-8");
    let said = run(&journal, &["config", "check", "--json", "--config", file]).expect(0);
    let told: serde_json::Value = serde_json::from_str(said.text()).expect("JSON");
    let value = |name: &str| {
        let all = told["settings"].as_array().expect("a list");
        let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {told}"));
        (one["value"].as_str().expect("text").to_owned(), one["source"].as_str().expect("text").to_owned())
    };
    assert_eq!(value("journal"), (journal.clone(), "environment".to_owned()));
    assert_eq!(value("listen"), ("127.0.0.1:7001".to_owned(), "file".to_owned()));
    assert_eq!(value("NUANXIN_RATE_STRANGER"), ("5/50".to_owned(), "file".to_owned()));
    assert_eq!(value("checkpoint_every").1, "default");
    let named = run(&journal, &["--journal", "sqlite:third.db", "config", "check", "--config", file]).expect(0);
    assert!(named.text().contains("sqlite:third.db  (argument)"), "{}", named.text());
    // What is wrong is told before anything is served, with the cure.
    for (text, told) in [
        ("listen = \"nowhere\"\n", "listen: nowhere is no ADDRESS:PORT"),
        ("tls_cert = \"cert.pem\"\n", "belong together"),
        ("rate_account = \"1/1\"\n", "at least 200/1000"),
    ] {
        std::fs::write(file, text).expect("a file is written");
        let said = run(&journal, &["config", "check", "--config", file]).expect(1);
        assert!(said.text().contains(told), "{}", said.text());
    }
    std::fs::write(file, "listen_on = 1\n").expect("a file is written");
    for command in [vec!["config", "check", "--config", file], vec!["serve", "--config", file]] {
        let said = run(&journal, &command).expect(2);
        assert!(said.stderr.contains("listen_on") && said.stderr.contains("line 1"), "{}", said.stderr);
    }
    run(&journal, &["config", "check", "--config", "missing.toml"]).expect(2);
}

#[test]
fn a_check_of_the_settings_says_where_people_are_missing() {
    let journal = crate::journals::fresh(crate::journals::Database::Sqlite);
    run(&journal, &["account", "open", "admin-1"]).expect(0);
    run(&journal, &["account", "grant", "admin-1", "--role", "admin"]).expect(0);
    let said = run(&journal, &["config", "check"]).expect(0);
    assert!(said.text().contains("a single person administers"), "{}", said.text());
}
