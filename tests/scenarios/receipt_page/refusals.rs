//! What the page says of papers that were falsified, mixed up or cut: never more than was checked, and the right reason.

use ledger_core::evidence::checkpoint::Checkpoint;
use ledger_core::evidence::hash::Hash;
use ledger_core::evidence::note::SecretKey;

use super::Desk;
use super::office::{Office, Papers};
use crate::journals::{Database, file_of, fresh};
use crate::program::{run, utf8};

const ORIGIN: [&str; 2] = ["--origin", "district.example/journal"];

#[test]
fn whoever_changes_a_receipt_is_found_out_with_the_reason() {
    let other = Office::new("sha-256").papers();
    for suite in ["sha-256", "sm3"] {
        let office = Office::new(suite);
        let papers = office.papers();
        let mut desk = Desk::of(&office);
        let edited = desk.check(&papers.with_points("5000", "9000")).expect("fails", "path_root");
        edited.says(&["未经证实", "90.00", "与公示的检查点是同一个根"]);
        desk.check(&papers.with_index(office.credit())).expect("fails", "position");
        desk.check(&papers.with_cut_path()).expect("fails", "path_short").says(&["少了几行"]);
        desk.check(&papers.with_other_root()).expect("fails", "signature").says(&["检查点被改过"]);
        let key = Papers { keys: other.keys.clone(), ..papers.clone() };
        desk.check(&key).expect("fails", "key_of_other");
        let posted = Papers { posted: other.posted.clone(), ..papers.clone() };
        desk.check(&posted).expect("fails", "posted_origin").says(&["另一本账"]);

        let short = office.short(&papers);
        let more = short.with_points_in_short("5000", "9000");
        desk.check(&more).expect("fails", "signature_short");
        desk.check(&Papers { keys: other.keys.clone(), ..short.clone() }).expect("fails", "key_of_other");
        // Without the key nothing ties a forged short form to the journal but the board.
        let keyless = Papers { keys: String::new(), ..more };
        desk.check(&keyless).expect("fails", "posted_root");
        desk.check(&Papers { posted: String::new(), ..keyless }).expect("open", "key_missing_short");
    }
}

#[test]
fn two_histories_under_one_name_are_evidence() {
    let office = Office::with("sha-256", &ORIGIN);
    let twin = Office::with("sha-256", &ORIGIN);
    let papers = office.papers();
    let mut desk = Desk::of(&office);
    let posted = twin.papers();
    desk.check(&Papers { posted: posted.posted.clone(), ..papers.clone() }).expect("fails", "posted_root");
    desk.check(&twin.printed(&papers)).expect("fails", "posted_root").says(&["交审计人员"]);
    desk.check(&Papers { keys: posted.keys.clone(), ..papers.clone() }).expect("fails", "not_signed");
    let board = office.printed(&papers);
    let id = papers.keys.split('+').nth(1).expect("an id");
    let other_id = board.posted.replacen(&format!("签名密钥  {id}"), "签名密钥  00000000", 1);
    desk.check(&Papers { posted: other_id, ..board }).expect("fails", "posted_key");
    let key_of_twin = Papers { keys: posted.keys, ..office.printed(&papers) };
    desk.check(&key_of_twin).expect("fails", "not_signed");

    // The office's own key under another root: its secret half lies beside the journal.
    let keys = std::fs::read_to_string(file_of(office.journal()).with_file_name("nuanxin.signing-keys")).expect("keys");
    let key: SecretKey = keys.lines().find(|line| line.starts_with("PRIVATE")).expect("a key").parse().expect("a key");
    let forged = Checkpoint::new(ORIGIN[1], office.size(), Hash::try_from(&[7_u8; 32][..]).expect("a hash"));
    let forged = forged.expect("a checkpoint").sign(&key).expect("a signature").to_string();
    desk.check(&Papers { posted: forged.clone(), ..papers.clone() }).expect("fails", "posted_two").says(&["两本账"]);
    let torn = forged.replacen(ORIGIN[1], "district.example/other", 1);
    desk.check(&Papers { posted: torn, ..papers.clone() }).expect("fails", "posted_origin");
    let touched = papers.posted.replacen(&format!("\n{}\n", office.size()), "\n9999\n", 1);
    desk.check(&Papers { posted: touched, ..papers }).expect("fails", "posted_signature");
}

#[test]
fn what_was_not_given_or_is_of_another_size_is_never_called_agreeing() {
    let office = Office::new("sha-256");
    let papers = office.papers();
    let later = office.grow();
    let early = office.says(&["receipt", "make", "1"]);
    let mut desk = Desk::of(&office);
    desk.check(&Papers { posted: String::new(), ..papers.clone() }).expect("open", "posted_missing");
    desk.check(&Papers { keys: String::new(), ..papers.clone() }).expect("open", "key_missing");
    desk.check(&Papers { receipt: String::new(), ..papers.clone() }).expect("open", "receipt_missing");
    let other_size =
        desk.check(&Papers { posted: later.clone(), ..papers.clone() }).expect("open", "posted_other_size");
    other_size.says(&["不能说公示的那份里有没有这一笔", "receipt make", "签名成立"]);
    // The last entry, and a notice from before it.
    let last = office.says(&["receipt", "make", &(office.size() + 1).to_string()]);
    desk.check(&Papers { receipt: last, ..papers.clone() }).expect("open", "posted_before");
    desk.check(&Papers { receipt: early, posted: later, ..papers }).expect("holds", "agrees").says(&["账本建立"]);
}

#[test]
fn a_cosigner_counts_if_its_key_is_given_and_not_otherwise() {
    let office = Office::new("sha-256");
    let bureau = fresh(Database::Sqlite);
    let witness = run(&bureau, &["witness", "key", "--name", "audit.example/w1"]).expect(0).text().to_owned();
    let bare = office.papers();
    run(&bureau, &["witness", "watch", bare.keys.trim()]).expect(0);
    let asked = office.kept("asked", office.says(&["checkpoint", "--for-witness", "0"]).as_bytes());
    let cosigned = run(&bureau, &["witness", "cosign", utf8(&asked)]).expect(0).text().to_owned();
    office.says(&["key", "accept-witness", witness.trim()]);
    office.says(&["checkpoint", "--accept", utf8(&office.kept("cosigned", cosigned.as_bytes()))]);
    let papers = office.papers();
    let mut desk = Desk::of(&office);
    let both = |papers: &Papers| Papers { keys: format!("{}\n{witness}", papers.keys), ..papers.clone() };
    desk.check(&papers).expect("holds", "agrees").says(&["audit.example/w1", "不作数"]);
    desk.check(&both(&papers)).expect("holds", "agrees").says(&["见证签名成立"]);
    desk.check(&both(&office.short(&papers))).expect("holds", "agrees").says(&["见证签名成立"]);
    // The board may have the cosignature before the receipt does.
    let board = Papers { posted: cosigned, ..both(&bare) };
    desk.check(&board).expect("holds", "agrees").says(&["见证签名成立"]);
    desk.check(&both(&bare)).expect("fails", "witness_missing");
    desk.check(&Papers { keys: witness.clone(), ..papers }).expect("open", "key_missing");
}

#[test]
fn what_is_no_receipt_no_checkpoint_and_no_key_is_said_to_be_unreadable() {
    let office = Office::new("sm3");
    let good = office.papers();
    let short = office.short(&good);
    let mut desk = Desk::of(&office);
    let receipts = [
        ("你好", "receipt_form"),
        ("{\"position\":3}", "receipt_form"),
        ("NXR1:", "short_broken"),
        ("NXR1:abc", "short_broken"),
        (&short.receipt[..short.receipt.len() - 3], "short_broken"),
        // The first two bytes are version and suite: 1 and 2 here, then 1 and 3.
        (&short.receipt.replacen("NXR1:X5", "NXR1:Y5", 1), "short_version"),
        (&good.receipt.replacen("extra ", "extra  ", 1), "receipt_broken"),
        (&good.receipt.replacen("index ", "index 0", 1), "receipt_broken"),
        (&good.receipt.replacen("hash sm3", "hash md5", 1), "receipt_note"),
        (good.receipt.split_once("\n\n— ").expect("a note").0, "receipt_note_unsigned"),
        (&good.with_entry(|entry| entry.replacen(':', ";", 1)).receipt, "receipt_entry"),
        (&good.with_entry(|entry| format!("{entry}1:x,")).receipt, "receipt_entry"),
        (&good.with_entry(|entry| format!("0{entry}")).receipt, "receipt_entry"),
    ];
    for (receipt, reason) in receipts {
        desk.check(&Papers { receipt: receipt.to_owned(), ..good.clone() }).expect("unreadable", reason);
    }
    for (posted, reason) in [
        ("公示", "posted"),
        (good.receipt.as_str(), "posted_receipt"),
        (good.posted.split_once("\n\n").expect("a note").0, "posted_unsigned"),
        ("积分账本检查点\n账本标识  x\n默克尔根  0011\n", "posted_block"),
    ] {
        desk.check(&Papers { posted: posted.to_owned(), ..good.clone() }).expect("unreadable", reason);
    }
    let (name, rest) = good.keys.split_once('+').expect("a key");
    for (keys, reason) in [
        ("一串字母".to_owned(), "key_form"),
        (format!("{name}x+{rest}"), "key_id"),
        (format!("PRIVATE+KEY+{}", good.keys), "key_secret"),
    ] {
        desk.check(&Papers { keys, ..good.clone() }).expect("unreadable", reason);
    }
}
