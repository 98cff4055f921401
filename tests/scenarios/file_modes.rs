//! What lies on the disk is its owner's alone: the journal and everything beside it.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nuanxin_tests::{Server, scratch_dir, token};
use serde_json::json;

use crate::journals::in_folder;
use crate::program::{import, run};
use crate::small_pack::SmallPack;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// The files of a folder with their modes, but for those that are their owner's alone.
fn open_to_others(folder: &Path) -> Vec<(String, u32)> {
    let files = std::fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("a file").path());
    let modes = files.map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), mode(&path)));
    // A folder of keys is entered by its owner alone.
    modes.filter(|(name, mode)| *mode != if folder.join(name).is_dir() { 0o700 } else { 0o600 }).collect()
}

async fn served(journal: &str, folder: &Path, key: &str) {
    let admin = token(journal);
    let server = Server::start(journal, &[]);
    let api = server.api(&admin);
    let body = json!({"id": format!("M-{key}"), "name": "店", "uscc": "92000000MA000001H9"});
    let (status, answer) = api.post("/v1/merchants", key, body).await.expect("an answer");
    assert_eq!(status, 201, "{answer}");
    for part in ["nuanxin.db-wal", "nuanxin.db-shm", "nuanxin.db.index", "nuanxin.views.db-wal", "nuanxin.db.lock"] {
        assert!(folder.join(part).exists(), "{part} is not there to be judged");
    }
    assert_eq!(open_to_others(folder), [], "while it is served");
    drop(server);
    assert_eq!(open_to_others(folder), [], "afterwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_and_what_lies_beside_it_are_their_owners_alone_also_those_of_an_older_program() {
    let folder = scratch_dir("modes").join("not").join("there");
    let journal = in_folder(&folder);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    assert_eq!((mode(&folder), mode(folder.parent().expect("a folder"))), (0o700, 0o700));
    served(&journal, &folder, "new").await;

    for file in std::fs::read_dir(&folder).expect("the folder is there") {
        let path = file.expect("a file").path();
        // What a server that was killed had begun to write has a name of no meaning, and no later one looks at it.
        if path.is_dir() || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".tmp")) {
            continue;
        }
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).expect("an own file");
    }
    // Keys may have been opened on purpose: whoever did that is warned instead.
    for keys in ["nuanxin.signing-keys", "nuanxin.signing-keys.signed", "keys/nuanxin.vault-key"] {
        let _ = std::fs::set_permissions(folder.join(keys), std::fs::Permissions::from_mode(0o600));
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("an own folder");
    served(&journal, &folder, "again").await;
    assert_eq!(mode(&folder), 0o755, "a folder that was there is its owner's to decide");

    let copy = scratch_dir("modes").join("copy.db");
    run(&journal, &["backup", copy.to_str().expect("text")]).expect(0);
    assert_eq!(mode(&copy), 0o600);
}
