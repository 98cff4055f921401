//! What holds for all templates, read from their sources.

use std::path::{Path, PathBuf};

/// Every template but the receipt page's, which is a program of its own.
fn templates() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    for folder in std::fs::read_dir(root).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() || folder.ends_with("receipt") || folder.ends_with("vendor") {
            continue;
        }
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "html") {
                let text = std::fs::read_to_string(&file).unwrap();
                found.push((file, text));
            }
        }
    }
    assert!(found.len() > 10, "{}", found.len());
    found
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_outside() {
    for (file, text) in templates() {
        for forbidden in [
            "<style",
            " style=",
            "onclick",
            "onload",
            "onsubmit",
            "javascript:",
            "src=\"http",
            "href=\"http",
            "<script>",
        ] {
            assert!(!text.contains(forbidden), "{}: {forbidden}", file.display());
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_its_session_s_token() {
    for (file, text) in templates() {
        for form in text.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let open = form.split('>').next().unwrap_or_default();
            // Before there is a session (a password is exchanged by whoever shows it, a word is said by whoever has its
            // slip), and for what is remembered by the device alone.
            let free = ["/login", "/likes", "/password", "/rate\""]
                .iter()
                .any(|path| open.contains(&format!("action=\"{path}")));
            assert!(open.contains("action=\"/"), "{}: {open}", file.display());
            if open.contains("method=\"post\"") && !free {
                assert!(form.contains("name=\"token\" value=\"{{ f.csrf }}\""), "{}: {open}", file.display());
            }
        }
    }
}

#[test]
fn every_field_has_a_name_for_people() {
    for (file, text) in templates() {
        for kind in ["<input", "<select", "<textarea"] {
            for field in text.split(kind).skip(1) {
                let field = field.split('>').next().unwrap_or_default();
                let hidden = field.contains("type=\"hidden\"");
                let id = field.split("id=\"").nth(1).and_then(|rest| rest.split('"').next());
                let labelled = id.is_some_and(|id| text.contains(&format!("for=\"{id}\"")));
                let wrapped = field.contains("type=\"checkbox\"");
                assert!(hidden || labelled || wrapped || field.contains("aria-label="), "{}: {field}", file.display());
            }
        }
    }
}
