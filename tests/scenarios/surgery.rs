//! Bundles opened, changed and put together again, as a forger would: with every hash in the manifest made to fit. And
//! journals whose leaves, roots and head are made to fit what was changed in them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::{Hash, HashSuite};
use ledger_core::evidence::leaf::LeafFields;
use ledger_core::evidence::merkle::Frontier;
use ledger_core::evidence::note::{KeyKind, SecretKey, SignedNote};
use nuanxin_tests::scratch_dir;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::program::{Ended, run, utf8};
use crate::tables::Tables;

/// A signed note with one character of its root changed, whatever it was, and its signatures left as they are.
pub(crate) fn with_edited_root(note: &str) -> String {
    let root = note.lines().nth(2).expect("a root");
    let first = if root.starts_with('A') { "B" } else { "A" };
    note.replacen(root, &format!("{first}{}", &root[1..]), 1)
}

/// A bundle's files by name.
#[derive(Clone)]
pub(crate) struct Opened(pub(crate) BTreeMap<String, Vec<u8>>);

impl Opened {
    pub(crate) fn read(path: &Path) -> Opened {
        let bytes = std::fs::read(path).expect("a bundle");
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        let mut files = BTreeMap::new();
        for place in 0..archive.len() {
            let mut file = archive.by_index(place).expect("a file");
            let name = file.name().expect("a name").into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("it inflates");
            files.insert(name, content);
        }
        Opened(files)
    }

    /// The events, a line each.
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0["events.jsonl"].clone()).expect("events are text");
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn set_lines(&mut self, lines: &[String]) {
        self.0.insert("events.jsonl".into(), lines.iter().map(|line| format!("{line}\n")).collect::<String>().into());
    }

    /// Changes one field of an event.
    pub(crate) fn set(&mut self, position: u64, field: &str, change: impl Fn(&str) -> Value) {
        let mut lines = self.lines();
        let line = &mut lines[usize::try_from(position).expect("small") - 1];
        let mut event: Value = serde_json::from_str(line).expect("a line");
        let text = event[field].as_str().map_or_else(|| event[field].to_string(), str::to_owned);
        event[field] = change(&text);
        *line = written(&event);
        self.set_lines(&lines);
    }

    pub(crate) fn manifest(&self) -> Value {
        serde_json::from_slice(&self.0["manifest.json"]).expect("a manifest")
    }

    pub(crate) fn set_manifest(&mut self, change: impl FnOnce(&mut Value)) {
        let mut manifest = self.manifest();
        change(&mut manifest);
        self.0.insert("manifest.json".into(), serde_json::to_vec_pretty(&manifest).expect("JSON"));
    }

    /// Makes the manifest's hashes and checkpoints fit, and writes a zip.
    pub(crate) fn write(mut self) -> PathBuf {
        let mut files = Vec::new();
        let mut sizes = Vec::new();
        for (name, content) in self.0.iter().filter(|(name, _)| *name != "manifest.json") {
            let sha256 = HashSuite::Sha256.digest(content).to_string();
            files.push(json!({"name": name, "bytes": content.len(), "sha256": sha256}));
            let size = name.strip_prefix("checkpoints/").and_then(|name| name.strip_suffix(".txt"));
            sizes.extend(size.and_then(|size| size.parse::<u64>().ok()));
        }
        sizes.sort_unstable();
        self.set_manifest(|manifest| {
            manifest["files"] = Value::Array(files);
            manifest["checkpoints"] = json!(sizes);
        });
        self.pack()
    }

    /// Writes a zip with nothing made to fit.
    pub(crate) fn pack(&self) -> PathBuf {
        let path = scratch_dir("bundle").join("bundle.zip");
        let mut archive = ZipWriter::new(std::fs::File::create(&path).expect("a file"));
        for (name, content) in &self.0 {
            archive.start_file(name.as_str(), SimpleFileOptions::default()).expect("a zip");
            archive.write_all(content).expect("a zip");
        }
        archive.finish().expect("a zip");
        path
    }
}

/// A line as it is written in a bundle: the fields in their order.
pub(crate) fn written(event: &Value) -> String {
    let fields = ["position", "recorded_at", "key", "fingerprint", "actor", "type", "payload", "leaf"];
    let parts: Vec<String> = fields.iter().map(|field| format!("\"{field}\":{}", event[*field])).collect();
    format!("{{{}}}", parts.join(","))
}

/// The leaf hash of a line, computed anew.
pub(crate) fn leaf_of(event: &Value) -> Hash {
    let text = |field: &str| event[field].as_str().expect("a text");
    let fields = LeafFields {
        position: event["position"].as_u64().expect("a position"),
        recorded_at: text("recorded_at"),
        key: text("key"),
        fingerprint: text("fingerprint"),
        actor: text("actor"),
        event_type: text("type"),
        payload: text("payload").as_bytes(),
    };
    let mut leaf = Vec::new();
    fields.encode_into(&mut leaf);
    HashSuite::Sha256.leaf_hash(&leaf)
}

/// The office's key for a journal.
pub(crate) fn key(origin: &str, seed: u8) -> SecretKey {
    SecretKey::from_seed(origin.parse().expect("an origin is a key's name"), KeyKind::Ed25519, &[seed; 32])
        .expect("a key")
}

/// The origin of a journal.
pub(crate) fn origin_of(journal: &str) -> String {
    let payload: Value = serde_json::from_slice(&Tables::of(journal).payload(1)).expect("JSON");
    payload["origin"].as_str().expect("an origin").to_owned()
}

/// Checkpoints of a journal, signed: at four places and at its end.
pub(crate) fn checkpoints(journal: &str, signer: &SecretKey) -> Vec<(u64, SignedNote)> {
    let mut db = Tables::of(journal);
    let quarter = |part: u64| {
        let size =
            db.number(&format!("SELECT min(size) FROM root WHERE size >= (SELECT position * {part} / 4 FROM head)"));
        (size, db.bytes(&format!("SELECT root FROM root WHERE size = {size}")))
    };
    let mut all: Vec<(u64, Vec<u8>)> = (1..=4).map(quarter).collect();
    all.dedup();
    all.into_iter()
        .map(|(size, root)| {
            let root = Hash::try_from(root.as_slice()).expect("a hash");
            (
                size,
                Checkpoint::new(signer.public().name().as_str(), size, root)
                    .expect("an origin")
                    .sign(signer)
                    .expect("signed"),
            )
        })
        .collect()
}

/// A note in a file.
pub(crate) fn in_file(note: &SignedNote) -> PathBuf {
    let path = scratch_dir("note").join("checkpoint.txt");
    std::fs::write(&path, note.to_string()).expect("a note is written");
    path
}

/// Bundles a journal with checkpoints.
#[track_caller]
pub(crate) fn bundle(journal: &str, notes: &[(u64, SignedNote)], more: &[&str]) -> PathBuf {
    let path = scratch_dir("bundle").join("bundle.zip");
    let files: Vec<PathBuf> = notes.iter().map(|(_, note)| in_file(note)).collect();
    let mut args = vec!["bundle", utf8(&path)];
    files.iter().for_each(|file| args.extend(["--checkpoint", utf8(file)]));
    args.extend(more);
    run(journal, &args).expect(0);
    path
}

/// Verifies a bundle; there is no journal at the address given.
pub(crate) fn verify(bundle: &Path, more: &[&str]) -> Ended {
    run("sqlite:/nonexistent/none.db", &[&["verify", "--json", "--bundle", utf8(bundle)], more].concat())
}

/// Makes leaves, roots and head of a journal fit what its rows say now.
pub(crate) fn rehash(journal: &str) {
    let exported = run(journal, &["export", "--format", "jsonl"]).expect(0);
    let mut frontier = Frontier::new(HashSuite::Sha256);
    let (mut leaves, mut roots) = (Vec::new(), Vec::new());
    for line in exported.text().lines() {
        let event: Value = serde_json::from_str(line).expect("a line");
        let leaf = leaf_of(&event);
        frontier.push(leaf).expect("a small tree");
        leaves.push((frontier.size(), leaf.as_bytes().to_vec()));
        roots.push((frontier.size(), frontier.root().as_bytes().to_vec()));
    }
    let mut db = Tables::of(journal);
    db.set("event", "leaf", "position", &leaves);
    db.set("root", "root", "size", &roots);
    let frontier = db.literal(&frontier.to_bytes());
    db.run(&format!("UPDATE head SET frontier = {frontier}"));
}
