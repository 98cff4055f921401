//! The checkpoint in a form that fits on the printed publicity notice (公示): a short block of text, and the signed note
//! itself as a QR code beside it.
//!
//! ```text
//! 积分账本检查点
//! 账本标识  nuanxin/0c5f…
//! 截至序号  1204
//! 默克尔根  3f2a91c0 77b6…  (eight groups of eight hexadecimal digits, to be compared by eye)
//! 杂凑算法  sha-256
//! 签名密钥  1f2e3d4c
//! 验证公钥  nuanxin/0c5f…+1f2e3d4c+AQ…  (a key that signed, whole: with it a receipt is checked)
//! ```
//!
//! The code holds the very bytes of the note, so whoever scans it has what `nuanxin verify --checkpoint` reads.

use std::fmt::Write as _;

use ledger_core::evidence::checkpoint::{Checkpoint, CheckpointError};
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::note::{KeyRing, SignedNote};

/// Hexadecimal digits in a group.
const GROUP: usize = 8;

/// The keys of the journal among those that signed a checkpoint, whole.
pub fn signed_with(note: &SignedNote, checkpoint: &Checkpoint, known: &KeyRing) -> Vec<String> {
    let own = |id: &str| {
        let mut signatures = note.signatures().iter();
        signatures.any(|signature| signature.name().as_str() == checkpoint.origin() && signature.id().to_string() == id)
    };
    known.keys().filter(|key| own(&key.id().to_string())).map(ToString::to_string).collect()
}

/// The text for the notice, with the keys of the journal among the signers, where they are known: who reads it on the
/// board has them by another way than from the server.
///
/// # Errors
/// [`CheckpointError`] for a note that is no checkpoint.
pub fn notice(note: &SignedNote, known: &KeyRing) -> Result<String, CheckpointError> {
    let checkpoint: Checkpoint = note.text().parse()?;
    let mut ids: Vec<String> = Vec::new();
    let mut cosigners: Vec<String> = Vec::new();
    for signature in note.signatures() {
        if signature.name().as_str() == checkpoint.origin() {
            ids.push(signature.id().to_string());
        } else {
            cosigners.push(format!("{}+{}", signature.name(), signature.id()));
        }
    }
    let mut text = String::from("积分账本检查点\n");
    let suite = checkpoint.suite()?;
    let [upper, lower] = grouped(checkpoint.root());
    for (name, value) in [
        ("账本标识", checkpoint.origin().to_owned()),
        ("截至序号", checkpoint.size().to_string()),
        ("默克尔根", upper),
        ("　　　　", lower),
        ("杂凑算法", suite.to_string()),
        ("签名密钥", ids.join(" ")),
    ] {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}  {value}");
    }
    for key in signed_with(note, &checkpoint, known) {
        let _ = writeln!(text, "验证公钥  {key}");
    }
    for cosigner in cosigners {
        let _ = writeln!(text, "见证签名  {cosigner}");
    }
    Ok(text)
}

/// The root in two lines of four groups.
pub fn grouped(root: Hash) -> [String; 2] {
    let digits = root.to_string();
    let groups: Vec<&str> = (0..digits.len()).step_by(GROUP).filter_map(|at| digits.get(at..at + GROUP)).collect();
    let line = |half: Option<&[&str]>| half.unwrap_or_default().join(" ");
    [line(groups.get(..4)), line(groups.get(4..))]
}
