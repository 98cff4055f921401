//! System calls of running processes that fail on purpose, through `strace`'s fault injection.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::guard::{adopt, scratch_dir};
use crate::means::program;
use crate::process::{signal, wait_for_exit, wait_until};

/// How long it may take to take hold of processes.
const ATTACH_LIMIT: Duration = Duration::from_secs(20);
/// How long it may take to let go of them.
const DETACH_LIMIT: Duration = Duration::from_secs(20);

/// Processes whose every `fsync` and `fdatasync` fails with EIO. Dropping it lets them go on unharmed.
pub struct FailingSyncs {
    strace: Child,
    trace: PathBuf,
}

/// Which syncs of a process fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// All, of every thread, those to come too.
    All,
    /// The first of each process.
    First,
}

impl FailingSyncs {
    /// Takes hold of processes.
    ///
    /// # Errors
    /// Why this machine does not allow it. Panics where `strace` is not installed.
    pub fn of(pids: &[u32], which: Syncs) -> Result<FailingSyncs, String> {
        let dir = scratch_dir("strace");
        let (trace, said) = (dir.join("trace"), dir.join("said"));
        let mut command = Command::new(program("strace", "strace"));
        let which = match which {
            Syncs::All => {
                command.arg("-f");
                ""
            }
            Syncs::First => ":when=1",
        };
        command.args(["-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o"]).arg(&trace);
        command.args(["-e", &format!("inject=fsync,fdatasync:error=EIO{which}")]);
        command.args(pids.iter().map(|pid| format!("--attach={pid}")));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&said).expect("a file can be made"));
        let mut strace = adopt(&mut command).spawn().expect("strace starts");
        let said = || fs::read_to_string(&said).unwrap_or_default();
        let (mut ended, all_held) =
            (false, |words: &str| pids.iter().all(|pid| words.contains(&format!("Process {pid} attached"))));
        wait_until(ATTACH_LIMIT, || {
            ended = strace.try_wait().expect("a child can be waited for").is_some();
            ended || all_held(&said())
        });
        if ended || !all_held(&said()) {
            let _ = strace.kill();
            let _ = strace.wait();
            return Err(format!("strace: {}", said().trim()));
        }
        Ok(FailingSyncs { strace, trace })
    }

    /// How many syncs have failed so far.
    pub fn failed(&self) -> usize {
        fs::read_to_string(&self.trace).unwrap_or_default().matches("(INJECTED)").count()
    }

    /// Lets go of the processes; how many syncs failed.
    pub fn end(mut self) -> usize {
        self.let_go();
        self.failed()
    }

    fn let_go(&mut self) {
        signal("TERM", &[self.strace.id()]);
        if wait_for_exit(&mut self.strace, DETACH_LIMIT).is_none() {
            let _ = self.strace.kill();
            let _ = self.strace.wait();
        }
    }
}

impl Drop for FailingSyncs {
    fn drop(&mut self) {
        self.let_go();
    }
}
