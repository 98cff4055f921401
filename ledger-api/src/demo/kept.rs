//! The demonstration for tests of pages and routes: filled once for the whole test program, kept as the bytes of its files,
//! and written down anew for each test.

use std::path::{Path, PathBuf};

use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::LedgerSettings;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::{fill, open_doors};
use crate::app::App;

/// A demonstration that is kept; each clock, and each state of it, has one of its own.
pub(crate) struct Kept {
    files: OnceCell<Vec<(PathBuf, Vec<u8>)>>,
    /// Whether it has the open work of today.
    open: bool,
}

impl Kept {
    pub(crate) const fn new(open: bool) -> Kept {
        Kept { files: OnceCell::const_new(), open }
    }

    /// A folder with a copy of it, and where its journal lies.
    pub(crate) async fn copy(&self, settings: LedgerSettings) -> (JournalUrl, TempDir) {
        let files = self.files.get_or_init(|| self.fill(settings)).await;
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        (journal_in(folder.path()), folder)
    }

    async fn fill(&self, settings: LedgerSettings) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        let (app, tasks) = App::open(&journal_in(folder.path()), settings).await.unwrap();
        fill(&app.ledger, &app.vault).await.unwrap();
        if self.open {
            open_doors(&app.ledger, &app.vault).await.unwrap();
        }
        let head = *app.ledger.committed().borrow();
        app.views.wait_for(head).await.unwrap();
        drop(app);
        tasks.finished().await;
        let mut files = Vec::new();
        read_into(folder.path(), folder.path(), &mut files);
        files
    }
}

fn journal_in(folder: &Path) -> JournalUrl {
    JournalUrl::Sqlite(folder.join("nuanxin.db"))
}

fn read_into(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_into(root, &path, files);
        } else if path.is_file() {
            files.push((path.strip_prefix(root).unwrap().to_owned(), std::fs::read(&path).unwrap()));
        }
    }
}
