//! README and the guides, run as a newcomer runs them: every shell block, command by command and in order, in a fresh
//! folder with the demonstration served. What they say must be true as it stands, for whoever copies it.

use std::fmt::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use nuanxin_tests::{Server, cli, guard, scratch_dir};

use crate::journals::in_folder;

/// What cannot run in a test as it stands, with the reason or with what stands for it.
const APART: &[(&str, Instead)] = &[
    ("cargo run --release", Instead::Nothing("the test serves the demonstration district, which is what it does")),
    ("tests/run", Instead::Nothing("it runs this very test")),
    ("nuanxin account password admin-1", Instead::Nothing("it asks for the password at a terminal")),
    ("nuanxin serve --listen 127.0.0.1:8081", Instead::Served("sqlite:data/mine.db")),
    ("nuanxin --journal 'postgres://用户@主机/库名?schema=qx370812' serve", Instead::Nothing("names no real server")),
];

/// Commands that end otherwise than with 0, or whose output says something that the reader is told to look for. A command
/// is known by a part of it.
const TOLD: &[(&str, i32, &[&str])] = &[
    ("import tests/packs/qianwei --dry-run", 1, &["rows refused", "nothing was written"]),
    ("import tests/packs/qianwei --report", 1, &["credits taken"]),
    ("-X POST http://127.0.0.1:8080/v1/redemptions", 0, &["\"redemption\":", "\"points\":20", "\"balance\":"]),
    ("/v1/workers/YS-0001/balance", 0, &["\"available\":", "\"expiring\":"]),
    ("appraise --year 2024 --branch QW-DZB04 --format csv", 0, &["QW-HZ"]),
    ("state --json", 0, &["\"totals\""]),
    ("nuanxin --journal sqlite:data/我们区.db replay    #", 0, &["identical"]),
    ("nuanxin --journal sqlite:data/我们区.db verify ", 0, &["valid"]),
    ("nuanxin verify --bundle", 0, &["valid"]),
    ("nuanxin verify --checkpoint", 0, &["valid"]),
    ("receipt verify", 0, &["valid"]),
    ("checkpoint --notice", 0, &["积分账本检查点", "截至序号"]),
    ("python3 重抽.py", 0, &["\"drawn\""]),
];

#[derive(Debug, Clone, Copy)]
enum Instead {
    Nothing(&'static str),
    /// Serves until it is stopped: started on this journal, and stopped once it listens.
    Served(&'static str),
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the workspace").to_owned()
}

/// The documents that are run: README and every guide.
fn documents() -> Vec<PathBuf> {
    let guides = std::fs::read_dir(repository().join("docs/guides")).expect("there are guides");
    let mut found: Vec<PathBuf> = guides.map(|guide| guide.expect("a guide").path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    found.sort();
    found.insert(0, repository().join("README.md"));
    found
}

/// The blocks of a language, in order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}");
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == opening {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push(block.join("\n"));
        }
    }
    found
}

/// The commands of a document's shell blocks; one that goes on in the next line stays one.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for block in blocks(text, "sh") {
        let mut command = String::new();
        for line in block.lines() {
            command.push_str(line);
            if line.ends_with('\\') {
                command.push('\n');
                continue;
            }
            let command = std::mem::take(&mut command);
            if !command.trim().is_empty() && !command.trim_start().starts_with('#') {
                found.push(command);
            }
        }
    }
    found
}

fn apart(command: &str) -> Option<Instead> {
    let bare = command.split("  #").next().unwrap_or(command).trim();
    APART.iter().find(|(known, _)| *known == bare).map(|(_, instead)| *instead)
}

/// A folder as a newcomer has it after building: the repository's tests with the packs, and the program.
fn newcomers_folder() -> PathBuf {
    let folder = scratch_dir("newcomer");
    symlink(repository().join("tests"), folder.join("tests")).expect("a link");
    std::fs::create_dir_all(folder.join("target/release")).expect("a folder");
    symlink(cli::binary(), folder.join("target/release/nuanxin")).expect("a link");
    folder
}

/// A shell script that runs each command in one shell, and leaves what it said and its exit code in files.
fn script(commands: &[String], server: &Server) -> String {
    let mut script = String::from("mkdir .said\n");
    for (number, command) in commands.iter().enumerate() {
        let command = command.replace("http://127.0.0.1:8080", server.base_url());
        if apart(&command).is_none() {
            // In the shell itself, so that variables stay.
            let _ = write!(script, "{{ {command}\n}} >.said/{number}.out 2>.said/{number}.err\n");
            let _ = writeln!(script, "echo $? >.said/{number}.code");
        }
    }
    script
}

/// Runs a document; gives how many commands it had.
fn run_document(path: &Path) -> usize {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).expect("a document");
    let commands = commands(&text);
    let folder = newcomers_folder();
    for program in blocks(&text, "python") {
        std::fs::write(folder.join("重抽.py"), program).expect("a file");
    }
    std::fs::create_dir(folder.join("data")).expect("a folder");
    let demonstration = in_folder(&folder.join("data"));
    let server = Server::start(&demonstration, &["--demo"]);

    let mut shell = Command::new("bash");
    shell.arg("-c").arg(script(&commands, &server)).current_dir(&folder);
    for variable in ["NUANXIN_JOURNAL", "NUANXIN_VAULT_KEY", "NUANXIN_SIGNING_KEY_FILE"] {
        shell.env_remove(variable);
    }
    // Who reads a later guide has done what the first one says.
    if !text.contains("export PATH=\"$PWD/target/release:$PATH\"") {
        let path = std::env::var("PATH").expect("there is a PATH");
        shell.env("PATH", format!("{}:{path}", folder.join("target/release").display()));
    }
    guard::adopt(&mut shell);
    let ended = shell.output().expect("bash runs");
    assert!(ended.status.success(), "{name}: {}", String::from_utf8_lossy(&ended.stderr));

    for (number, command) in commands.iter().enumerate() {
        match apart(command) {
            Some(Instead::Nothing(why)) => assert!(!why.is_empty()),
            Some(Instead::Served(journal)) => {
                let journal = journal.replace("sqlite:", &format!("sqlite:{}/", folder.display()));
                assert!(Server::start(&journal, &[]).terminate().success());
            }
            None => judge(&name, command, number, &folder),
        }
    }
    assert!(server.terminate().success());
    commands.len()
}

fn judge(name: &str, command: &str, number: usize, folder: &Path) {
    let said = |what: &str| {
        let path = folder.join(format!(".said/{number}.{what}"));
        String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
    };
    let (code, out, err) = (said("code"), said("out"), said("err"));
    let told: Vec<_> = TOLD.iter().filter(|(part, ..)| command.contains(part)).collect();
    let wanted = told.first().map_or(0, |(_, code, _)| *code);
    assert_eq!(code.trim(), wanted.to_string(), "{name}: `{command}` ended otherwise\n{err}\n{out:.2000}");
    for part in told.iter().flat_map(|(.., parts)| parts.iter()) {
        assert!(out.contains(part), "{name}: `{command}` does not say {part}\n{err}\n{out:.2000}");
    }
}

fn run_one(name: &str) {
    let path = documents().into_iter().find(|path| path.ends_with(name)).expect("the document is there");
    assert!(run_document(&path) > 0, "{name} holds no command");
}

#[test]
fn the_readme_is_true_command_by_command() {
    run_one("README.md");
}

#[test]
fn the_quick_start_is_true_command_by_command() {
    run_one("quickstart.md");
}

#[test]
fn the_auditors_guide_is_true_command_by_command() {
    run_one("auditor.md");
}

#[test]
fn the_administrators_guide_is_true_command_by_command() {
    run_one("admin.md");
}

#[test]
fn the_guide_to_samples_is_true_command_by_command() {
    run_one("audit-sample.md");
}

#[test]
fn every_guide_is_run_and_nothing_stands_apart_that_no_guide_says() {
    let names: Vec<String> =
        documents().iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(
        names,
        [
            "README.md",
            "admin.md",
            "approver.md",
            "audit-sample.md",
            "auditor.md",
            "branch.md",
            "clerk.md",
            "https.md",
            "merchant.md",
            "operator.md",
            "quickstart.md",
            "selection.md",
            "worker.md"
        ],
        "a new guide needs a test here"
    );
    for of_pages_alone in
        ["approver.md", "branch.md", "clerk.md", "merchant.md", "operator.md", "selection.md", "worker.md"]
    {
        let path = documents().into_iter().find(|path| path.ends_with(of_pages_alone)).expect("the document is there");
        let text = std::fs::read_to_string(path).expect("a document");
        assert!(commands(&text).is_empty(), "{of_pages_alone} holds commands and needs a test that runs them");
    }
    let all: Vec<String> =
        documents().iter().flat_map(|path| commands(&std::fs::read_to_string(path).expect("a document"))).collect();
    for (known, _) in APART {
        assert!(all.iter().any(|command| command.trim_start().starts_with(known)), "no document says {known}");
    }
    for (part, ..) in TOLD {
        assert!(all.iter().any(|command| command.contains(part)), "no document says {part}");
    }
}
