//! What the program says of itself, and how it answers what it cannot use: help for every command, exit code 2 for
//! arguments, journals and a second writer.

use std::path::{Path, PathBuf};

use nuanxin_tests::{Server, cli, scratch_dir};

use crate::journals::{Database, file_of, fresh, listing};
use crate::program::{Ended, import, run, utf8};
use crate::small_pack::SmallPack;

/// Set to write golden files anew instead of comparing with them.
const BLESS: &str = "NUANXIN_BLESS";

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name)
}

/// Compares with a golden file, line by line.
#[track_caller]
pub(crate) fn assert_golden(name: &str, text: &str) {
    let path = golden(name);
    if std::env::var_os(BLESS).is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, text).expect("a golden file is written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = text.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert!(
        text == expected,
        "{} is no longer what the program says (first difference: {differing:?}); set {BLESS}=1 to accept:\n{text}",
        path.display()
    );
}

/// The commands that help lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let listed = listed.take_while(|line| !line.trim().is_empty());
    // A description that goes on in the next line stands further to the right.
    let named = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).filter(|name| name != "help").collect()
}

#[test]
fn help_is_the_golden_transcript() {
    // Lines are broken to the width of the terminal, of which nothing may be known here.
    let help =
        cli::command("sqlite:unused.db").arg("--help").env_remove("COLUMNS").output().expect("the program starts");
    assert_golden("help.txt", Ended::new(&["--help"], help).expect(0).text());
}

#[test]
fn every_command_explains_itself() {
    let help = run("sqlite:unused.db", &["--help"]).expect(0);
    let commands = commands(help.text());
    for name in ["serve", "import", "state", "replay", "verify", "appraise", "token", "bench", "backup", "restore"] {
        assert!(commands.iter().any(|command| command == name), "{name} is not among {commands:?}");
    }
    for command in &commands {
        let explained = run("sqlite:unused.db", &[command, "--help"]).expect(0);
        assert!(explained.text().contains(&format!("Usage: nuanxin {command}")), "{}", explained.text());
        assert!(explained.text().contains("--journal"), "{command} does not name the journal it works on");
        assert!(explained.stderr.is_empty(), "{command}: help is data");
    }
    for action in ["issue", "list", "revoke"] {
        run("sqlite:unused.db", &["token", action, "--help"]).expect(0);
    }
    run("sqlite:unused.db", &["tls", "self-signed", "--help"]).expect(0);
    run("sqlite:unused.db", &["--version"]).expect(0);
}

#[test]
fn wrong_arguments_are_unusable_input() {
    let folder = scratch_dir("arguments");
    let journal = crate::journals::in_folder(&folder);
    let pack = SmallPack::new();
    let pack = utf8(pack.folder());
    let wrong: &[&[&str]] = &[
        &["nonsense"],
        &["--nonsense"],
        &["import"],
        &["import", pack, "--report"],
        &["import", pack, pack],
        &["state", "--as-of", "2024-13-01", "--json"],
        &["state", "--at", "-1", "--json"],
        &["state", "--at", "many", "--json"],
        &["replay", "--until", "x"],
        &["verify", "--checkpoint"],
        &["appraise"],
        &["appraise", "--year", "MMXXIV"],
        &["token"],
        &["token", "issue", "--role", ""],
        &["backup"],
        &["restore"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen", "127.0.0.1:0", "--tls-cert", "one.crt"],
        &["serve", "--listen", "127.0.0.1:0", "--tls-cert", "none.crt", "--tls-key", "none.key"],
        &["tls", "self-signed"],
        &["bench", "--mix", "lots"],
    ];
    for args in wrong {
        let ended = run(&journal, args).expect(2);
        assert!(ended.stdout.is_empty(), "{args:?}: errors go to stderr");
        assert!(!ended.stderr.trim().is_empty(), "{args:?}: says nothing");
        assert_eq!(listing(&folder), Vec::<String>::new(), "{args:?} left something behind");
    }
}

#[test]
fn a_journal_that_cannot_be_used_is_named() {
    let pack = SmallPack::new();
    let import = ["import", utf8(pack.folder())];
    run("mysql://somewhere", &import).expect(2).says(&["输入或参数不能用", "sqlite:PATH", "postgres://"]);
    run("postgres://h/d?schema=A;DROP", &import).expect(2).says(&["schema"]);
    run("postgres://postgres@127.0.0.1:1/none", &["state", "--json"]).expect(2).says(&["journal"]);
    let folder = scratch_dir("arguments");
    let text = folder.join("text.db");
    std::fs::write(&text, "this is no database, but a text of more than a hundred bytes ".repeat(20)).expect("a file");
    run(&format!("sqlite:{}", text.display()), &import).expect(2).says(&["text.db"]);
}

#[test]
fn a_place_that_cannot_be_used_is_named_with_the_cure() {
    let folder = scratch_dir("places");
    let here = format!("sqlite:{}", folder.display());
    let pack = SmallPack::new();
    for args in [&["state", "--json"][..], &["import", utf8(pack.folder())], &["serve", "--listen", "127.0.0.1:0"]] {
        run(&here, args).expect(2).says(&[utf8(&folder), "is a folder", "name a file"]);
        assert_eq!(listing(&folder), Vec::<String>::new(), "{args:?} left something behind");
    }
    let journal = fresh(Database::Sqlite);
    import(&journal, pack.folder(), 0, &[]);
    let nowhere = folder.join("nowhere.db");
    run(&journal, &["restore", utf8(&nowhere)]).expect(2).says(&["nowhere.db", "backup"]);
    run(&journal, &["restore", utf8(&folder)]).expect(2).says(&[utf8(&folder), "backup"]);
    // Told before the cards are made, and nothing is printed instead.
    for out in [folder.clone(), folder.join("no folder").join("cards.csv")] {
        let ended = run(&journal, &["appraise", "--year", "2024", "--out", utf8(&out)]).expect(2);
        assert!(ended.stdout.is_empty());
        ended.says(&["--out", utf8(&out)]);
    }
    // Nobody knows the one; the other had no services that year.
    let nobody = run(&journal, &["appraise", "--year", "2024", "--branch", "没有这个支部"]).expect(1);
    assert!(nobody.stdout.is_empty());
    nobody.says(&["没有此内容 not_found", "没有这个支部", "DZB01"]);
    let idle = run(&journal, &["appraise", "--year", "2019", "--branch", "DZB01", "--format", "csv"]).expect(0);
    assert!(idle.stderr.is_empty(), "{}", idle.stderr);
    assert_eq!(listing(&folder), Vec::<String>::new());
}

#[test]
fn questions_to_a_journal_that_is_not_there_make_none() {
    let folder = scratch_dir("arguments");
    let journal = crate::journals::in_folder(&folder);
    let out = folder.join("out.db");
    let questions: &[&[&str]] =
        &[&["state", "--json"], &["replay"], &["verify"], &["appraise", "--year", "2024"], &["backup", utf8(&out)]];
    for args in questions {
        run(&journal, args).expect(2).says(&["nuanxin.db"]);
        assert_eq!(listing(&folder), Vec::<String>::new(), "{args:?} left something behind");
    }
}

#[test]
fn a_second_writer_is_told_who_holds_the_journal() {
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    let server = Server::start(&journal, &[]);
    let holder = format!("process {}", server.pid());
    let file = file_of(&journal);
    let said = [utf8(&file), holder.as_str()];
    let Err(second) = Server::try_start(&journal, &[]) else { panic!("two servers write one file") };
    assert_eq!(second.status.and_then(|status| status.code()), Some(2), "{}", second.stderr);
    assert!(said.iter().all(|part| second.stderr.contains(part)), "{}", second.stderr);

    // Whoever only reads goes on reading.
    run(&journal, &["state", "--json"]).expect(0);
    run(&journal, &["verify"]).expect(0);
    run(&journal, &["replay"]).expect(0);
    // A server that was killed holds nothing any more.
    server.kill_9();
    import(&journal, pack.folder(), 0, &[]);
}

#[test]
fn what_is_no_number_no_year_or_not_there_is_told_with_the_cure() {
    let folder = scratch_dir("cures");
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    for args in [
        &["receipt", "make", "abc"][..],
        &["audit", "sample", "--seed", "x", "--size", "5"],
        &["audit", "report", "--late-days", "x"],
    ] {
        run(&journal, args).expect(2).says(&["whole number in digits"]);
    }
    run(&journal, &["receipt", "make", "999999"]).expect(2).says(&["999999", "positions are 1 to"]);
    run(&journal, &["appraise", "--year", "24"]).expect(2).says(&["--year", "four digits"]);
    run(&journal, &["serve", "--listen", "8793"]).expect(2).says(&["8793", "ADDRESS:PORT"]);
    let absent = folder.join("nothere.txt");
    let no_such_file = ["nothere.txt", "no such file"];
    run(&journal, &["verify", "--checkpoint", utf8(&absent)]).expect(2).says(&no_such_file);
    run(&journal, &["--config", utf8(&absent), "state"]).expect(2).says(&no_such_file);
    let sheet = folder.join("积分标准.csv");
    std::fs::write(&sheet, "活动代码\n").expect("a file");
    run(&journal, &["import", utf8(&sheet)]).expect(2).says(&["is a file", "name ", utf8(&folder)]);
}

#[test]
fn a_paper_that_is_there_is_not_written_over() {
    let folder = scratch_dir("papers");
    let journal = fresh(Database::Sqlite);
    import(&journal, SmallPack::new().folder(), 0, &[]);
    let out = folder.join("signed.csv");
    std::fs::write(&out, "signed by three people").expect("a file");
    for args in [
        &["appraise", "--year", "2024", "--format", "csv"][..],
        &["audit", "report"],
        &["audit", "sample", "--seed", "1", "--size", "1"],
    ] {
        run(&journal, &[args, &["--out", utf8(&out)]].concat()).expect(2).says(&["signed.csv", "already"]);
        assert_eq!(std::fs::read_to_string(&out).expect("it is there"), "signed by three people");
    }
}

#[test]
fn a_server_that_makes_a_journal_says_so() {
    let folder = scratch_dir("mistyped");
    let journal = format!("sqlite:{}", folder.join("nofolder").join("a.db").display());
    let made = Server::start(&journal, &[]);
    made.says("NEW EMPTY");
    made.says("nofolder/a.db");
    made.terminate();
    let again = Server::start(&journal, &[]);
    again.terminate();
    assert!(!again.stderr().contains("NEW EMPTY"), "{}", again.stderr());
}
