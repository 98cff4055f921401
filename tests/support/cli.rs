//! The built `nuanxin` program: where it is, and commands run to their end.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// Seals the names of made-up people in Postgres journals.
const VAULT_KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// The program under test: `NUANXIN_BIN`, else built once per test process into the target directory and with the
/// profile of the tests themselves.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let path = env::var_os("NUANXIN_BIN").map_or_else(build, PathBuf::from);
        assert!(path.is_file(), "there is no program at {}; NUANXIN_BIN can name one", path.display());
        path
    })
}

/// Runs one command of the program to its end against a journal (`NUANXIN_JOURNAL`), without input.
/// Panics only when the program does not start; what it says and its exit code are the caller's to judge.
pub fn nuanxin(args: &[&str], journal: &str) -> Output {
    command(journal).args(args).output().expect("the program starts")
}

/// The tokens of an administrator and of a desk, for [`crate::Offices`]. The desk's account, `desk-a` or the next letter, is
/// operator and approver of the district, clerk wherever tests spend, and secretary of their branches.
pub fn token(journal: &str) -> String {
    token_in(journal, &[])
}

/// As [`token`], with further variables in the program's environment.
pub fn token_in(journal: &str, environment: &[(&'static str, OsString)]) -> String {
    const STORES: [&str; 13] = [
        "S0001", "S0002", "S0003", "S01", "S02", "S1", "S9", "YS-WD01", "nowhere", "S-sell", "S-count", "S-lose",
        "S-list",
    ];
    const BRANCHES: [&str; 4] = ["B1", "B2", "DZB01", "DZB02"];
    let run = |args: &[&str]| {
        let environment = environment.iter().map(|(name, value)| (name, value));
        command(journal).envs(environment).args(args).output().expect("the program starts")
    };
    let done = |args: &[&str]| {
        let output = run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    let desks = ["desk-a", "desk-b", "desk-c", "desk-d"];
    let opens = |account: &&str| run(&["account", "open", account]).status.success();
    let desk = desks.into_iter().find(opens).expect("an account for the desk");
    let grant = |role: &str, scopes: &[&str]| {
        let scopes = scopes.iter().flat_map(|scope| ["--scope", scope]);
        done(&["account", "grant", desk, "--role", role].into_iter().chain(scopes).collect::<Vec<_>>());
    };
    grant("operator", &[]);
    // Before there is an administrator: an approver would wait for the word of a second one.
    grant("approver", &[]);
    grant("clerk", &STORES);
    grant("branch", &BRANCHES);
    let desk = done(&["token", "issue", "--account", desk]);
    format!("{} {desk}", done(&["token", "issue", "--role", "admin"]))
}

/// Issues a token for a role, with further arguments such as `["--scope", "S01"]`.
pub fn token_for(journal: &str, role: &str, args: &[&str]) -> String {
    let output = nuanxin(&[&["token", "issue", "--role", role], args].concat(), journal);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "no token for {role} ({}): {stderr}", output.status);
    let token = String::from_utf8(output.stdout).expect("a token is text").trim().to_owned();
    assert!(!token.is_empty(), "`token issue` printed nothing on stdout; stderr: {stderr}");
    token
}

/// Sets an account's password, as somebody who types it.
pub fn set_password(journal: &str, account: &str, password: &str) {
    let mut command = command(journal);
    command.args(["account", "password", account]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("it was piped").write_all(format!("{password}\n").as_bytes()).expect("it is written");
    let ended = child.wait_with_output().expect("it ends");
    assert!(ended.status.success(), "no password for {account}: {}", String::from_utf8_lossy(&ended.stderr));
}

/// The program on a journal (`NUANXIN_JOURNAL`), to be given arguments and started. It ends with the test process at
/// the latest.
pub fn command(journal: &str) -> Command {
    let mut command = Command::new(binary());
    command.env("NUANXIN_JOURNAL", journal).stdin(Stdio::null());
    if journal.starts_with("postgres") {
        // Beside a file lies its own key; for a schema one would be left in the tests' working directory.
        command.env("NUANXIN_VAULT_KEY", VAULT_KEY);
        command.env("NUANXIN_SIGNING_KEY_FILE", signing_keys().join(signing_key_of(journal)));
    }
    crate::guard::adopt(&mut command);
    command
}

/// Lets a journal on Postgres, which is a copy of another one, be signed by the keys of that one.
pub fn copy_signing_keys(from: &str, to: &str) {
    let (from, to) = (signing_key_of(from), signing_key_of(to));
    for entry in std::fs::read_dir(signing_keys()).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        // Beside the keys lie their marks, under the same name with an ending.
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(&from));
        if let Some(ending) = name.map(|ending| format!("{to}{ending}")) {
            std::fs::copy(&path, signing_keys().join(ending)).expect("a copy of it");
        }
    }
}

/// Where the keys lie that sign journals on Postgres.
fn signing_keys() -> &'static Path {
    static SIGNING_KEYS: OnceLock<PathBuf> = OnceLock::new();
    SIGNING_KEYS.get_or_init(|| crate::guard::scratch_dir("signing-keys"))
}

/// The file of a journal's keys. Clusters of several tests have schemas of the same name: the whole address names it.
fn signing_key_of(journal: &str) -> String {
    journal.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' }).collect()
}

/// The directory of the tests' profile, such as `target/debug`: test programs lie in its `deps`.
fn profile_dir() -> PathBuf {
    let program = env::current_exe().expect("a test has a path");
    let deps = program.parent().expect("a program lies in a directory");
    let profile = if deps.ends_with("deps") { deps.parent() } else { Some(deps) };
    profile.expect("a target directory has a name").to_owned()
}

/// Cargo's target directory.
pub(crate) fn target_dir() -> PathBuf {
    profile_dir().parent().expect("a profile lies in a target directory").to_owned()
}

fn build() -> PathBuf {
    let profile_dir = profile_dir();
    let profile = match profile_dir.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the workspace");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "-p", "ledger-api", "--features", "oidc", "--bin", "nuanxin", "--profile", profile]);
    cargo.arg("--target-dir");
    cargo.arg(target_dir()).current_dir(workspace).stdin(Stdio::null());
    // Set by cargo for this package's tests; build scripts that watch them would rebuild for nothing.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(|prefix| text.starts_with(prefix)) {
            cargo.env_remove(&name);
        }
    }
    let output = cargo.output().expect("cargo starts");
    assert!(output.status.success(), "nuanxin does not build:\n{}", String::from_utf8_lossy(&output.stderr));
    profile_dir.join("nuanxin")
}
