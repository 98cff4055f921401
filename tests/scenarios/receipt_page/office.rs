//! An office with one worker's credit in its journal, and the papers it hands out: a receipt, the posted checkpoint, the
//! key. Papers can be falsified; each hand changes one thing.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::note::SignedNote;
use ledger_core::evidence::proof::inclusion_root;
use ledger_core::evidence::receipt::Receipt;
use nuanxin_tests::{Server, scratch_dir};

use crate::journals::{Database, fresh};
use crate::program::{import, position, run, utf8};
use crate::small_pack::SmallPack;

/// An office's journal.
pub(super) struct Office {
    journal: String,
    suite: &'static str,
    pack: SmallPack,
    size: u64,
}

/// What a worker holds and what hangs on the board.
#[derive(Clone)]
pub(super) struct Papers {
    pub(super) receipt: String,
    pub(super) posted: String,
    pub(super) keys: String,
}

impl Office {
    /// A journal on a hash suite with an origin of its own.
    pub(super) fn new(suite: &'static str) -> Office {
        Office::with(suite, &[])
    }

    /// A journal made with further arguments.
    pub(super) fn with(suite: &'static str, more: &[&str]) -> Office {
        let (journal, pack) = (fresh(Database::Sqlite), SmallPack::new());
        import(&journal, pack.folder(), 0, &[&["--hash-suite", suite], more].concat());
        run(&journal, &["key", "generate"]).expect(0);
        let size = position(&journal);
        Office { journal, suite, pack, size }
    }

    pub(super) fn journal(&self) -> &str {
        &self.journal
    }

    pub(super) fn suite(&self) -> &'static str {
        self.suite
    }

    /// Entries when the office was made.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The position of the worker's credit.
    pub(super) fn credit(&self) -> u64 {
        let said = |at: &u64| self.says(&["receipt", "make", &at.to_string()]);
        let is_credit = |at: &u64| {
            let receipt = Receipt::parse(said(at).as_bytes()).expect("a receipt");
            receipt.entry().expect("an entry").event_type == "VolunteerServiceRecorded"
        };
        (1..=self.size).rev().find(is_credit).expect("a credit")
    }

    /// The receipt of the credit, the checkpoint of its size, the key.
    pub(super) fn papers(&self) -> Papers {
        let (credit, size) = (self.credit().to_string(), self.size.to_string());
        let posted = self.says(&["checkpoint"]);
        let keys = self.says(&["key", "show"]);
        Papers { receipt: self.says(&["receipt", "make", &credit, "--size", &size]), posted, keys }
    }

    /// The same with the receipt in the form of its QR code.
    pub(super) fn short(&self, papers: &Papers) -> Papers {
        let receipt = Receipt::parse(papers.receipt.as_bytes()).expect("a receipt");
        Papers { receipt: receipt.to_compact().expect("a short form"), ..papers.clone() }
    }

    /// The same with the notice as it is printed.
    pub(super) fn printed(&self, papers: &Papers) -> Papers {
        Papers { posted: self.says(&["checkpoint", "--notice"]), ..papers.clone() }
    }

    /// One more credit, and the checkpoint after it.
    pub(super) fn grow(&self) -> String {
        self.pack.append("活动记录-2024-01.csv", "MJ7,W002,SB01,2024-01-07,1,,\n");
        import(&self.journal, self.pack.folder(), 0, &[]);
        self.says(&["checkpoint"])
    }

    /// The receipt's QR code.
    pub(super) fn picture(&self) -> PathBuf {
        let picture = scratch_dir("picture").join("code.png");
        run(&self.journal, &["receipt", "make", &self.credit().to_string(), "--short", "--qr", utf8(&picture)])
            .expect(0);
        picture
    }

    /// A file of this content.
    pub(super) fn kept(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = scratch_dir("kept").join(name);
        std::fs::write(&path, content).expect("a file is written");
        path
    }

    /// The page as it comes over the wire, to be kept as a file.
    pub(super) fn page(&self) -> Vec<u8> {
        let server = Server::start(&self.journal, &[]);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let answer = runtime.block_on(server.api("").get_bytes("/receipt", "text/html"));
        let (status, kind, page) = answer.expect("an answer without a token");
        assert!(status == 200 && kind.starts_with("text/html"), "{status} {kind}");
        page
    }

    pub(super) fn says(&self, args: &[&str]) -> String {
        run(&self.journal, args).expect(0).text().to_owned()
    }
}

impl Papers {
    /// What a file became that went through another system.
    pub(super) fn with_windows_line_ends(&self) -> Papers {
        let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
        Papers { receipt: windows(&self.receipt), posted: windows(&self.posted), keys: windows(&self.keys) }
    }

    /// Other points in the entry; nothing else is touched.
    pub(super) fn with_points(&self, from: &str, to: &str) -> Papers {
        self.with_entry(|entry| other_points(entry, from, to))
    }

    /// Another entry in a receipt of the long form.
    pub(super) fn with_entry(&self, change: impl Fn(&str) -> String) -> Papers {
        self.with_line("extra ", |line| {
            let entry = String::from_utf8(STANDARD.decode(line).expect("base64")).expect("an entry is text");
            STANDARD.encode(change(&entry))
        })
    }

    /// Other points in the entry of a short form, which has no root that could betray it.
    pub(super) fn with_points_in_short(&self, from: &str, to: &str) -> Papers {
        let mut receipt = Receipt::parse(self.receipt.as_bytes()).expect("a short receipt");
        let entry = String::from_utf8(receipt.leaf).expect("an entry is text");
        receipt.leaf = other_points(&entry, from, to).into_bytes();
        let note = receipt.note.to_string();
        let (_, signatures) = note.split_once("\n\n").expect("a note");
        let claimed: Checkpoint = receipt.note.text().parse().expect("a checkpoint");
        let suite = claimed.suite().expect("a known suite");
        let root = inclusion_root(suite, suite.leaf_hash(&receipt.leaf), receipt.index, claimed.size(), &receipt.path);
        let root = root.expect("a proof of the right length");
        let text = Checkpoint::of_suite(suite, claimed.origin(), claimed.size(), root).expect("a checkpoint");
        receipt.note = SignedNote::parse(format!("{text}\n{signatures}").as_bytes()).expect("a note");
        Papers { receipt: receipt.to_compact().expect("a short form"), ..self.clone() }
    }

    /// Another position than the entry's.
    pub(super) fn with_index(&self, index: u64) -> Papers {
        self.with_line("index ", |_| index.to_string())
    }

    /// One hash of the proof less, the last.
    pub(super) fn with_cut_path(&self) -> Papers {
        let (head, note) = self.receipt.split_once("\n\n").expect("a receipt");
        let (head, _) = head.rsplit_once('\n').expect("a proof");
        Papers { receipt: format!("{head}\n\n{note}"), ..self.clone() }
    }

    /// Another root in the receipt's own checkpoint.
    pub(super) fn with_other_root(&self) -> Papers {
        let (head, note) = self.receipt.split_once("\n\n").expect("a receipt");
        let mut lines: Vec<String> = note.split('\n').map(str::to_owned).collect();
        lines[2] = STANDARD.encode([7; 32]);
        Papers { receipt: format!("{head}\n\n{}", lines.join("\n")), ..self.clone() }
    }

    fn with_line(&self, prefix: &str, change: impl Fn(&str) -> String) -> Papers {
        let changed = |line: &str| match line.strip_prefix(prefix) {
            Some(rest) => format!("{prefix}{}", change(rest)),
            None => line.to_owned(),
        };
        let lines: Vec<String> = self.receipt.split('\n').map(changed).collect();
        Papers { receipt: lines.join("\n"), ..self.clone() }
    }
}

fn other_points(entry: &str, from: &str, to: &str) -> String {
    let changed = entry.replacen(&format!("\"points\":{from}"), &format!("\"points\":{to}"), 1);
    assert_ne!(entry, changed, "there is something to change");
    changed
}
