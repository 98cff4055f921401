//! Sidecar files: what belongs to a SQLite journal and is no part of it (views, names, tokens, keys) stands beside it, under
//! its name.

use std::path::{Path, PathBuf};

/// The file of a SQLite journal for something: `nuanxin.db` → `nuanxin.views.db`.
pub fn sidecar_path(journal: &Path, what: &str) -> PathBuf {
    let stem = journal.file_stem().map_or_else(|| "nuanxin".into(), |stem| stem.to_string_lossy().into_owned());
    journal.with_file_name(format!("{stem}.{what}"))
}
