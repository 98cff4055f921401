//! Whoever reads what a command says: they may have read enough before its end, or find no room for it.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use nuanxin_tests::cli;

use crate::journals::{Database, fresh};
use crate::program::{Ended, import};
use crate::small_pack::SmallPack;

const QUESTIONS: [&[&str]; 3] = [&["state"], &["verify"], &["replay"]];

fn asked(journal: &str, args: &[&str]) -> Command {
    let mut command = cli::command(journal);
    command.args(args).stderr(Stdio::piped());
    command
}

#[test]
fn a_command_whose_pipe_was_closed_ends_as_it_would_have() {
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    for args in QUESTIONS {
        let mut child = asked(&journal, args).stdout(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let ended = Ended::new(args, child.wait_with_output().expect("a child can be waited for"));
        assert!(!ended.stderr.contains("panicked"), "{args:?}: {}", ended.stderr);
        ended.expect(0);
    }
}

#[test]
fn what_finds_no_room_is_told_of() {
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    for args in QUESTIONS {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a device without room");
        let output = asked(&journal, args).stdout(full).output().expect("the program starts");
        Ended::new(args, output).expect(2).says(&["standard output"]);
    }
}
