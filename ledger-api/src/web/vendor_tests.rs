//! What was taken from others is what was recorded when it was taken.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Record {
    package: Vec<Package>,
    /// SHA-256 of each file, in hexadecimal.
    files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// Of the package as the registry gives it.
    integrity: String,
    licence: String,
    /// The one file that was taken by itself; none where it is joined into what the receipt page has.
    file: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/vendor")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn record() -> Record {
    toml::from_str(&text("vendor.toml")).unwrap()
}

#[test]
fn every_vendored_file_has_the_hash_that_was_recorded() {
    let record = record();
    for (name, hash) in &record.files {
        assert_eq!(&hex::encode(Sha256::digest(text(name))), hash, "{name}");
    }
    // Nothing lies here unrecorded but what says how the rest was made.
    let ours =
        ["README.md", "bundle", "entry.js", "older-browsers.js", "package.json", "package-lock.json", "vendor.toml"];
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(record.files.contains_key(&name) || ours.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn every_vendored_package_is_the_one_that_would_be_taken_again_and_comes_with_its_licence() {
    let record = record();
    let lock: serde_json::Value = serde_json::from_str(&text("package-lock.json")).unwrap();
    let wanted = lock["packages"][""]["dependencies"].as_object().unwrap();
    assert_eq!(wanted.len(), record.package.len());
    for Package { name, version, integrity, licence, file } in &record.package {
        assert_eq!(wanted[name], version.as_str(), "{name}");
        let locked = &lock["packages"][format!("node_modules/{name}")];
        assert_eq!((&locked["version"], &locked["integrity"]), (&version.as_str().into(), &integrity.as_str().into()));
        assert!(record.files.contains_key(licence), "{licence}");
        let there = match file {
            Some(file) => {
                let says = [format!("version:\"{version}\""), format!("/*! {name} {version},")];
                record.files.contains_key(file) && says.iter().any(|says| text(file).contains(says.as_str()))
            }
            None => text("receipt.js").contains(&format!("// node_modules/{name}/")),
        };
        assert!(there, "{name} is in what the pages have");
    }
}
