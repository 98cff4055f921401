//! Nothing outlives a test process: the servers it started are ended and its scratch directories removed when it ends,
//! also when it is killed or leaves a static behind that nobody drops.
//!
//! How: one small shell per test process reads from a pipe of which only the test process holds the writing end. The
//! system closes that end when the process ends in whatever way; the shell then kills all that carries this process's
//! mark in its environment and removes the directory. No polling, and no pid that may meanwhile be somebody else's.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The environment variable that marks what a test process started.
const MARK: &str = "NUANXIN_TEST_GUARD";

/// Longest path of the scratch directory under which PostgreSQL's socket still fits into a socket address.
const SCRATCH_PATH_MAX: usize = 70;

const SCRIPT: &str = r#"
trap '' HUP INT TERM
read -r _
marked() {
    printf '%s' "$1" | grep -lsF -f - /proc/[0-9]*/environ | cut -d/ -f3
}
for pid in $(marked "$1"); do
    # QUIT lets a postmaster give back its shared memory; anything else is killed.
    if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = postgres ]; then kill -s QUIT "$pid"; else kill -s KILL "$pid"; fi
done
tries=0
while [ -n "$(marked "$1")" ] && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
for pid in $(marked "$1"); do kill -s KILL "$pid"; done
for lock in "$2"/*/data/postmaster.pid; do
    # A postmaster that was killed leaves its System V segment behind; line 7 of its lock file holds key and id.
    if [ -f "$lock" ]; then ipcrm -m "$(sed -n '7s/.* //p' "$lock")"; fi
done
# A small disk that is still mounted there would keep the directory.
grep -sF " $2/" /proc/mounts | cut -d' ' -f2 | while read -r disk; do umount -l "$disk"; done
tries=0
until rm -rf "$2" || [ "$tries" -ge 20 ]; do sleep 0.1; tries=$((tries + 1)); done
"#;

struct Guard {
    mark: String,
    dir: PathBuf,
    /// Holds the writing end of the pipe, for as long as the test process lives.
    _shell: Child,
}

fn guard() -> &'static Guard {
    static GUARD: OnceLock<Guard> = OnceLock::new();
    GUARD.get_or_init(|| {
        let dir = new_scratch_root();
        let name = dir.file_name().expect("a scratch directory has a name").to_string_lossy();
        let mark = format!("{MARK}={name}");
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "nuanxin-test-guard", &mark])
            .arg(&dir)
            .current_dir("/")
            .env_remove(MARK)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("`sh` starts");
        Guard { mark, dir, _shell: shell }
    })
}

fn new_scratch_root() -> PathBuf {
    let preferred = std::env::temp_dir();
    let parent = if preferred.as_os_str().len() > SCRATCH_PATH_MAX { Path::new("/tmp") } else { &preferred };
    let dir = tempfile::Builder::new()
        .prefix("nuanxin-tests-")
        .tempdir_in(parent)
        .unwrap_or_else(|error| panic!("no scratch directory can be made in {}: {error}", parent.display()))
        .keep();
    // Others may pass through to what is theirs below (a cluster started by root belongs to `postgres`), not look.
    fs::set_permissions(&dir, Permissions::from_mode(0o711)).expect("an own directory's mode can be set");
    dir
}

/// Marks what a command will start as belonging to this test process, so that it ends with it at the latest. It gets
/// a process group of its own: an interrupt at the terminal reaches the test process only, which is enough.
pub fn adopt(command: &mut Command) -> &mut Command {
    let (variable, value) = guard().mark.split_once('=').expect("a mark is an assignment");
    command.env(variable, value).process_group(0)
}

/// A new empty directory that is removed when this test process ends.
pub fn scratch_dir(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let dir = guard().dir.join(format!("{name}-{number}"));
    fs::create_dir(&dir).unwrap_or_else(|error| panic!("{} cannot be made: {error}", dir.display()));
    dir
}
