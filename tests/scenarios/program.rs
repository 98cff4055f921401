//! The program run to its end, with what it said and its exit code ready to be judged; and the few questions that most
//! journeys ask of a journal.

use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::Duration;

use nuanxin_tests::{cli, nuanxin};

use crate::exact::Exact;

/// How a command ended.
pub(crate) struct Ended {
    /// The command, for messages.
    what: String,
    /// The exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Data.
    pub(crate) stdout: Vec<u8>,
    /// Everything else it said.
    pub(crate) stderr: String,
}

/// Runs a command on a journal.
pub(crate) fn run(journal: &str, args: &[&str]) -> Ended {
    Ended::new(args, nuanxin(args, journal))
}

/// Runs a command and watches its memory; gives also the highest resident size it came to, in KiB.
pub(crate) fn run_watched(journal: &str, args: &[&str]) -> (Ended, u64) {
    let mut command = cli::command(journal);
    let child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let pid = child.id();
    // Seen at once: a program that has little to do may have ended before another thread runs.
    let mut highest = high_water(pid).unwrap_or(0);
    let watch = thread::spawn(move || {
        while let Some(kib) = high_water(pid) {
            highest = highest.max(kib);
            thread::sleep(Duration::from_millis(10));
        }
        highest
    });
    let output = child.wait_with_output().expect("a child can be waited for");
    let highest = watch.join().expect("the watch ends");
    assert!(highest > 0, "the memory of the child was seen");
    (Ended::new(args, output), highest)
}

/// The highest resident size so far of a running process, in KiB; none once it has ended.
fn high_water(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

impl Ended {
    /// Takes what a command of these arguments left.
    pub(crate) fn new(args: &[&str], output: Output) -> Ended {
        Ended {
            what: format!("nuanxin {}", args.join(" ")),
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The data as text.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap_or_else(|error| panic!("{}: stdout is no text: {error}", self.what))
    }

    /// The data as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Exact {
        Exact::parse(self.text())
    }

    /// Panics with everything it said when it did not end with this exit code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Ended {
        let Ended { what, code: found, stderr, .. } = &self;
        let said = String::from_utf8_lossy(&self.stdout);
        let said: String = said.chars().take(2_000).collect();
        assert_eq!(*found, Some(code), "`{what}` ended otherwise\nstderr: {stderr}\nstdout: {said}");
        self
    }

    /// Panics when stderr lacks one of these.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Ended {
        for part in parts {
            assert!(self.stderr.contains(part), "`{}` does not say {part:?}:\n{}", self.what, self.stderr);
        }
        self
    }
}

/// Imports a pack with a report in a file of its own; gives the report.
#[track_caller]
pub(crate) fn import(journal: &str, pack: &Path, code: i32, more: &[&str]) -> Exact {
    let report = nuanxin_tests::scratch_dir("report").join("report.json");
    let (pack, path) = (utf8(pack), utf8(&report));
    run(journal, &[&["import", pack, "--report", path], more].concat()).expect(code);
    let json = std::fs::read_to_string(&report).unwrap_or_else(|error| panic!("no report at {path}: {error}"));
    Exact::parse(&json)
}

/// The state of a journal as JSON.
#[track_caller]
pub(crate) fn state(journal: &str, more: &[&str]) -> Exact {
    run(journal, &[&["state", "--json"], more].concat()).expect(0).json()
}

/// The last position of a journal.
#[track_caller]
pub(crate) fn position(journal: &str) -> u64 {
    state(journal, &[]).get("position").count()
}

/// A path as an argument.
#[track_caller]
pub(crate) fn utf8(path: &Path) -> &str {
    path.to_str().expect("scratch paths are text")
}
