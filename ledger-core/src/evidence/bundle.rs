//! A bundle: one zip that an auditor takes away and checks with no database and no network.
//!
//! Owns what a bundle is made of and how it is judged; writing one is the affair of whoever has the journal. What each
//! file holds, byte by byte, stands in docs/bundle.md.

pub mod archive;
pub mod cover;
pub mod manifest;
pub mod streams;
pub mod verify;

/// The name of the form, in the manifest. A change of any file's bytes is a new form with a new name.
pub const FORMAT: &str = "nuanxin-bundle/1";
/// The same, with yuan beside the points in the plain-text journal: of a history in which any move.
pub const FORMAT_WITH_YUAN: &str = "nuanxin-bundle/2";

/// The events, one a line.
pub const EVENTS: &str = "events.jsonl";
/// What stands in the log between the events given: roots of hidden subtrees, one a line.
pub const NODES: &str = "nodes.jsonl";
/// The movements of points.
pub const POSTINGS: &str = "postings.csv";
/// The balances as a workbook.
pub const BALANCES: &str = "balances.xlsx";
/// The movements as a plain-text journal.
pub const JOURNAL: &str = "journal.hledger";
/// How to check all this.
pub const README: &str = "README.md";
/// The SHA-256 of each file, and what the bundle says of itself.
pub const MANIFEST: &str = "manifest.json";
/// Where checkpoints stand, each named by its size: `checkpoints/42.txt`.
pub const CHECKPOINTS: &str = "checkpoints/";

/// The file of a checkpoint over so many entries.
pub fn checkpoint_name(size: u64) -> String {
    format!("{CHECKPOINTS}{size}.txt")
}
