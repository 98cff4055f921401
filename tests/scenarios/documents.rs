//! README and the guides, run as a newcomer runs them: every shell block, command by command and in order, in a fresh
//! folder with the demonstration served. What they say must be true as it stands, for whoever copies it. The runbooks are
//! run in `runbooks`, and what makes a service of the program in `service`.

mod blocks;
mod runbooks;
mod service;

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
    ("nuanxin serve --listen 127.0.0.1:8081", Instead::Served),
    (
        "nuanxin serve --listen 0.0.0.0:443 --tls-cert /etc/ssl/ledger.crt --tls-key /etc/ssl/ledger.key",
        Instead::Nothing("names the certificate of an authority; further on one of one's own is served"),
    ),
    ("nuanxin serve --listen 0.0.0.0:8443 --tls-cert tls/nuanxin.crt --tls-key tls/nuanxin.key", Instead::Served),
    ("NUANXIN_TRUSTED_PROXIES=127.0.0.1 nuanxin serve --listen 127.0.0.1:8080", Instead::Served),
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
    ("what-if --schedule tests/packs/yanzhou", 0, &[]),
    ("receipt verify", 0, &["valid"]),
    ("checkpoint --notice", 0, &["积分账本检查点", "截至序号"]),
    ("python3 重抽.py", 0, &["\"drawn\""]),
    ("tls self-signed", 0, &["192.168.1.10 ledger.lan", "tls/nuanxin-root.crt", "fingerprint"]),
];

#[derive(Debug, Clone, Copy)]
enum Instead {
    Nothing(&'static str),
    /// Serves until it is stopped: started on a free port and a journal of its own, and stopped once it listens.
    Served,
}

/// Documents whose commands are not run, with the reason. All that is not here and holds commands is run.
const NOT_RUN: &[(&str, &str)] = &[
    ("docs/bundle.md", "measures a bundle of the reader's own with a program of the profile for releases"),
    ("docs/evidence.md", "says how its commands are called; scenarios/evidence.rs and checkpoints.rs call them"),
    ("docs/pages.md", "measures the counter with a program of the profile for releases"),
    ("docs/security.md", "measures strangers with a program of the profile for releases"),
    ("docs/performance.md", "takes about an hour"),
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the workspace").to_owned()
}

/// Every document, by its path in the repository, but the runbooks and the decisions.
fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned()];
    for folder in ["docs", "docs/guides", "docs/guides/programmes"] {
        for entry in std::fs::read_dir(repository().join(folder)).expect("a folder of documents") {
            let name = entry.expect("a document").file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                found.push(format!("{folder}/{name}"));
            }
        }
    }
    found.sort();
    found
}

fn text_of(document: &str) -> String {
    std::fs::read_to_string(repository().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
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

/// The commands of a document.
fn commands(text: &str) -> Vec<String> {
    blocks::read(text).0.into_iter().map(|step| step.command).collect()
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

/// Serves as a command says, but on a free port and a journal of its own in the folder.
fn serve_as(command: &str, number: usize, folder: &Path) {
    let words: Vec<&str> = command.split("  #").next().unwrap_or(command).split_whitespace().collect();
    let at = words.iter().position(|word| *word == "nuanxin").expect("it is the program's");
    let environment = words[..at].iter().map(|word| word.split_once('=').expect("a variable"));
    let arguments = words[at + 1..].iter().filter(|word| **word != "serve");
    let arguments: Vec<String> = arguments
        .map(|word| match folder.join(word) {
            file if file.is_file() => file.display().to_string(),
            _ => (*word).to_owned(),
        })
        .collect();
    let listen = arguments.iter().position(|word| word == "--listen").expect("it says where it listens");
    let more: Vec<&str> = arguments[..listen].iter().chain(&arguments[listen + 2..]).map(String::as_str).collect();
    let journal = format!("sqlite:{}", folder.join(format!("data/served-{number}.db")).display());
    let server = Server::try_start_in(&journal, &more, environment);
    let server = server.unwrap_or_else(|failure| panic!("`{command}` did not listen: {}", failure.stderr));
    assert!(server.terminate().success());
}

/// Runs a document; gives how many commands it had.
fn run_document(name: &str) -> usize {
    let text = text_of(name);
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
            Some(Instead::Served) => serve_as(command, number, &folder),
            None => judge(name, command, number, &folder),
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

/// A test for each document that is run, and the list of them.
macro_rules! documents_that_are_run {
    ($($test:ident: $document:literal),* $(,)?) => {
        const RUN: &[&str] = &[$($document),*];
        $(
            #[test]
            fn $test() {
                assert!(run_document($document) > 0, "{} holds no command", $document);
            }
        )*
    };
}

documents_that_are_run! {
    the_readme_is_true_command_by_command: "README.md",
    the_quick_start_is_true_command_by_command: "docs/guides/quickstart.md",
    the_auditors_guide_is_true_command_by_command: "docs/guides/auditor.md",
    the_administrators_guide_is_true_command_by_command: "docs/guides/admin.md",
    the_guide_to_samples_is_true_command_by_command: "docs/guides/audit-sample.md",
    the_guide_to_https_is_true_command_by_command: "docs/guides/https.md",
}

/// Where the links and pictures of a document lead, as far as that is a file of the repository.
fn leads(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split("](").skip(1).filter_map(|after| after.split(')').next());
    ends.filter(|to| !to.contains("://") && !to.contains(char::is_whitespace)).filter_map(|to| to.split('#').next())
}

#[test]
fn every_link_and_picture_of_a_document_leads_to_a_file() {
    let mut astray = Vec::new();
    for document in documents() {
        let text = text_of(&document);
        let path = repository().join(&document);
        let folder = path.parent().expect("a document lies in a folder");
        let missing = leads(&text).filter(|to| !folder.join(to).exists());
        astray.extend(missing.map(|to| format!("{document}: {to}")));
    }
    assert_eq!(astray, Vec::<String>::new());
}

#[test]
fn every_document_is_run_or_empty_of_commands_and_nothing_stands_apart_that_no_document_says() {
    let documents = documents();
    for document in &documents {
        let name = document.as_str();
        let holds = !commands(&text_of(name)).is_empty();
        let (is_run, reason) = (RUN.contains(&name), NOT_RUN.iter().find(|(known, _)| *known == name));
        assert_eq!(
            holds,
            is_run || reason.is_some(),
            "{name} holds commands and needs a test, or holds none and has one"
        );
        assert!(!is_run || reason.is_none(), "{name} is run and is said not to be");
    }
    let named = RUN.iter().chain(NOT_RUN.iter().map(|(name, _)| name));
    for name in named {
        assert!(documents.iter().any(|known| known == name), "there is no {name}");
    }
    let all: Vec<String> = RUN.iter().flat_map(|name| commands(&text_of(name))).collect();
    for (known, _) in APART {
        assert!(all.iter().any(|command| command.trim_start().starts_with(known)), "no document says {known}");
    }
    for (part, ..) in TOLD {
        assert!(all.iter().any(|command| command.contains(part)), "no document says {part}");
    }
}
