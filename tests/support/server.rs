//! A ledger that serves, as its own process: `nuanxin serve` on a free port, to be talked to, killed and started again.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::api::Api;
use crate::cli;
use crate::clock::SetClock;
use crate::process::{signal, wait_for_exit};

/// How long a server may take until it says that it listens: it may have a journal to catch up with.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long it may take to end when asked to.
const STOP_LIMIT: Duration = Duration::from_secs(60);
/// How long what it says may be on its way.
const SAYING_LIMIT: Duration = Duration::from_secs(20);

/// A running server. Dropping it kills it.
pub struct Server {
    base_url: String,
    pid: u32,
    child: Mutex<Option<Child>>,
    stderr: Gathered,
}

/// Why a server did not come up.
#[derive(Debug)]
pub struct NotStarted {
    /// How it ended; none when it ran on without listening and was killed.
    pub status: Option<ExitStatus>,
    /// What it said on stderr.
    pub stderr: String,
}

impl Server {
    /// Serves a journal and waits until it listens. Panics with the program's stderr when it does not.
    pub fn start(journal: &str, extra_args: &[&str]) -> Server {
        Server::try_start(journal, extra_args).unwrap_or_else(|failure| {
            panic!("`nuanxin serve --journal {journal}` did not listen ({:?}):\n{}", failure.status, failure.stderr)
        })
    }

    /// As [`Server::start`], for servers that are expected to refuse.
    pub fn try_start(journal: &str, extra_args: &[&str]) -> Result<Server, NotStarted> {
        let mut command = cli::command(journal);
        command.args(["serve", "--listen", "127.0.0.1:0", "--journal", journal]).args(extra_args);
        Server::launch(&mut command)
    }

    /// As [`Server::start`], at an address that is known beforehand.
    pub fn start_at(address: &str, journal: &str, extra_args: &[&str]) -> Server {
        let mut command = cli::command(journal);
        command.args(["serve", "--listen", address, "--journal", journal]).args(extra_args);
        Server::launch(&mut command).unwrap_or_else(|failure| {
            panic!("`nuanxin serve --listen {address}` did not listen ({:?}):\n{}", failure.status, failure.stderr)
        })
    }

    /// The program as a newcomer starts it: with no word of what to do.
    pub fn start_bare(journal: &str) -> Server {
        let mut command = cli::command(journal);
        Server::launch(command.env("NUANXIN_LISTEN", "127.0.0.1:0"))
            .unwrap_or_else(|failure| panic!("`nuanxin` did not listen ({:?}):\n{}", failure.status, failure.stderr))
    }

    /// As [`Server::try_start`], with further variables in the program's environment.
    pub fn try_start_in<'a>(
        journal: &str,
        extra_args: &[&str],
        environment: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Server, NotStarted> {
        let mut command = cli::command(journal);
        command.args(["serve", "--listen", "127.0.0.1:0", "--journal", journal]).args(extra_args).envs(environment);
        Server::launch(&mut command)
    }

    /// As [`Server::start`], with further variables in the program's environment.
    pub fn start_in(journal: &str, environment: Vec<(&'static str, OsString)>) -> Server {
        let mut command = cli::command(journal);
        command.args(["serve", "--listen", "127.0.0.1:0", "--journal", journal]).envs(environment);
        Server::launch(&mut command).unwrap_or_else(|failure| {
            panic!("`nuanxin serve --journal {journal}` did not listen ({:?}):\n{}", failure.status, failure.stderr)
        })
    }

    /// As [`Server::start`], by another clock.
    pub fn start_by(journal: &str, extra_args: &[&str], clock: &SetClock) -> Server {
        Server::start_at_by("127.0.0.1:0", journal, extra_args, clock)
    }

    /// As [`Server::start_by`], at an address that is known beforehand.
    pub fn start_at_by(address: &str, journal: &str, extra_args: &[&str], clock: &SetClock) -> Server {
        let mut command = cli::command(journal);
        command.args(["serve", "--listen", address, "--journal", journal]).args(extra_args);
        Server::launch(command.envs(clock.environment())).unwrap_or_else(|failure| {
            panic!("`nuanxin serve --journal {journal}` did not listen ({:?}):\n{}", failure.status, failure.stderr)
        })
    }

    fn launch(command: &mut Command) -> Result<Server, NotStarted> {
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.expect("the program starts");
        let stdout = child.stdout.take().expect("it was piped");
        let stderr = Gathered::from(child.stderr.take().expect("it was piped"));
        let (sender, receiver) = mpsc::channel();
        // Reads on after the address has come, so that the server never waits for a reader.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(url) = line.trim().strip_prefix("listening on ") {
                    let _ = sender.send(url.to_owned());
                }
            }
        });
        match receiver.recv_timeout(START_LIMIT) {
            Ok(base_url) => Ok(Server { base_url, pid: child.id(), child: Mutex::new(Some(child)), stderr }),
            Err(error) => {
                let patience = if error == RecvTimeoutError::Timeout { Duration::ZERO } else { STOP_LIMIT };
                let status = wait_for_exit(&mut child, patience);
                let _ = child.kill();
                let _ = child.wait();
                Err(NotStarted { status, stderr: stderr.finish() })
            }
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A client with an access token.
    pub fn api(&self, token: &str) -> Api {
        Api::new(&self.base_url, token)
    }

    /// Its process id; meaningless once it has ended.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What it has said on stderr so far.
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// Waits until what it has said on stderr holds a text: what is said beside the address comes on its own way, and later on a
    /// busy machine. Panics with all of it when the text does not come.
    #[track_caller]
    pub fn says(&self, text: &str) {
        let begun = Instant::now();
        loop {
            let said = self.stderr();
            if said.contains(text) {
                return;
            }
            assert!(begun.elapsed() < SAYING_LIMIT, "the server does not say {text:?}:\n{said}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it (SIGKILL) and waits until it is gone. Nothing happens when it has ended before.
    pub fn kill_9(&self) {
        if let Some(mut child) = self.take_child() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks it to end (SIGTERM) and waits for its exit status. Panics when it has ended before or does not end.
    pub fn terminate(&self) -> ExitStatus {
        let mut child = self.take_child().expect("the server has not been ended before");
        signal("TERM", &[child.id()]);
        let status = wait_for_exit(&mut child, STOP_LIMIT);
        let _ = child.kill();
        let _ = child.wait();
        self.stderr.settle();
        status.unwrap_or_else(|| panic!("the server did not end within {STOP_LIMIT:?}:\n{}", self.stderr()))
    }

    fn take_child(&self) -> Option<Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill_9();
    }
}

/// A stream read by a thread of its own.
struct Gathered {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Gathered {
    fn from(mut stream: impl Read + Send + 'static) -> Gathered {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                sink.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&chunk[..count]);
            }
        });
        Gathered { bytes, reader }
    }

    fn so_far(&self) -> String {
        text(&self.bytes)
    }

    /// Waits a moment until the stream ends, as it does with its process unless another holds it open.
    fn settle(&self) {
        let begun = Instant::now();
        while !self.reader.is_finished() && begun.elapsed() < Duration::from_secs(2) {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// All of it; waits until the stream ends.
    fn finish(self) -> String {
        let _ = self.reader.join();
        text(&self.bytes)
    }
}

fn text(bytes: &Mutex<Vec<u8>>) -> String {
    String::from_utf8_lossy(&bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{NotStarted, Server};
    use crate::process::is_running;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    /// Stands for the program: a shell that does as told.
    fn launch(script: &str) -> Result<Server, NotStarted> {
        Server::launch(crate::guard::adopt(Command::new("sh").args(["-c", script])))
    }

    #[test]
    fn a_server_is_known_by_the_address_it_prints() {
        let server =
            launch("echo warming up; echo listening on http://127.0.0.1:9; exec sleep 600").expect("it listens");
        assert_eq!(server.base_url(), "http://127.0.0.1:9");
        assert_eq!(server.terminate().signal(), Some(15));
    }

    #[test]
    fn a_dropped_server_is_gone() {
        let server = launch("echo listening on http://127.0.0.1:9; exec sleep 600").expect("it listens");
        let pid = server.pid();
        assert!(is_running(pid));
        drop(server);
        assert!(!is_running(pid));
    }

    #[test]
    fn a_server_that_does_not_listen_tells_why() {
        let failure = launch("echo the journal is locked >&2; exit 2").err().expect("it does not listen");
        assert_eq!(failure.status.and_then(|status| status.code()), Some(2));
        assert_eq!(failure.stderr, "the journal is locked\n");
    }
}
