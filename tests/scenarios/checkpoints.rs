//! `verify --checkpoint`: the journal must still hold what an earlier checkpoint was taken over. The checkpoints are
//! written by hand here, as an auditor's note of size and root in the C2SP form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nuanxin_tests::scratch_dir;
use rusqlite::Connection;

use crate::imported::{Pack, imported};
use crate::journals::{Database, copy_of, file_of, fresh};
use crate::program::{import, run, utf8};
use crate::small_pack::SmallPack;

/// Verifies against a checkpoint of this size and root; gives the exit code and what was printed.
fn verify_against(journal: &str, size: u64, root: &[u8]) -> (Option<i32>, String) {
    let path = scratch_dir("checkpoint").join("checkpoint.txt");
    let note = format!("nuanxin/test\n{size}\n{}\n", STANDARD.encode(root));
    std::fs::write(&path, note).expect("a checkpoint is written");
    let ended = run(journal, &["verify", "--journal-only", "--checkpoint", utf8(&path)]);
    (ended.code, ended.text().to_owned())
}

/// Sizes and roots that the journal recorded: the first, one in the middle, the last.
fn recorded(journal: &str) -> [(u64, Vec<u8>); 3] {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(file_of(journal), flags).expect("a journal is a database");
    [
        "SELECT min(size) FROM root",
        "SELECT max(size) FROM root WHERE size < (SELECT position / 2 FROM head)",
        "SELECT max(size) FROM root",
    ]
    .map(|size| {
        let query = format!("SELECT size, root FROM root WHERE size = ({size})");
        db.query_row(&query, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("a root")
    })
}

#[test]
fn every_earlier_checkpoint_still_holds() {
    let journal = &imported(Pack::Qianwei, Database::Sqlite).journal;
    for (size, root) in recorded(journal) {
        let (code, said) = verify_against(journal, size, &root);
        assert_eq!(code, Some(0), "at {size}: {said}");
    }
}

#[test]
fn a_checkpoint_with_another_root_does_not_hold() {
    let journal = &imported(Pack::Qianwei, Database::Sqlite).journal;
    for (size, mut root) in recorded(journal) {
        root[7] ^= 1;
        let (code, said) = verify_against(journal, size, &root);
        assert_eq!(code, Some(1), "at {size}: {said}");
        assert!(said.contains(&size.to_string()) && said.contains("checkpoint"), "{said}");
    }
}

#[test]
fn a_checkpoint_of_a_longer_journal_does_not_hold() {
    let journal = &imported(Pack::Qianwei, Database::Sqlite).journal;
    let [_, _, (size, root)] = recorded(journal);
    let (code, said) = verify_against(journal, size + 1, &root);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&(size + 1).to_string()), "{said}");
}

#[test]
fn a_journal_put_back_to_what_it_once_was_is_found_by_the_checkpoint_alone() {
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    let earlier = copy_of(&journal);
    pack.append("活动记录-2024-01.csv", "JL02,W002,SB01,2024-01-07,1,,\n");
    import(&journal, pack.folder(), 0, &[]);
    let [_, _, (size, root)] = recorded(&journal);
    assert_eq!(verify_against(&journal, size, &root).0, Some(0));

    run(&earlier, &["verify"]).expect(0);
    let (code, said) = verify_against(&earlier, size, &root);
    assert_eq!(code, Some(1), "{said}");
}

#[test]
fn a_file_that_is_no_checkpoint_is_unusable_input() {
    let journal = &imported(Pack::Qianwei, Database::Sqlite).journal;
    let folder = scratch_dir("checkpoint");
    for (number, text) in ["", "one line\n", "origin\nmany\nAAAA\n", "origin\n05\n\n"].into_iter().enumerate() {
        let path = folder.join(format!("{number}.txt"));
        std::fs::write(&path, text).expect("a file is written");
        run(journal, &["verify", "--checkpoint", utf8(&path)]).expect(2).says(&[".txt"]);
    }
    run(journal, &["verify", "--checkpoint", utf8(&folder.join("missing.txt"))]).expect(2).says(&["missing.txt"]);
}
