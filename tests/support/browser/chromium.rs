//! A running Chromium: its process, and the pipe over which its protocol is spoken. Starting one takes three times as long as
//! a profile of its own within one that runs, so it is handed from test to test.

use std::io::{self, BufRead, BufReader, Write};
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::guard::{adopt, scratch_dir};

/// How long the browser may take for any one thing; a machine under load starts it slowly.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// Its names in Debian and elsewhere. First the same browser without the window, its tool bars and the services behind them, which
/// no page here sees: it starts in a third of the processor time.
const PROGRAMS: [&str; 5] = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"];
/// No window, no account, no talk with anybody but the pages of the test. A test may run as root, where the browser's
/// own sandbox does not start.
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--remote-debugging-pipe",
];
/// The protocol is spoken on the descriptors 3 and 4, which a shell can set without unsafe code.
const LAUNCH: &str = r#"log=$1; shift; exec "$@" 3<&0 4>&1 </dev/null >"$log" 2>&1"#;

/// Those that nobody uses now. None holds anything of what was done in it.
static RESTING: Mutex<Vec<Chromium>> = Mutex::new(Vec::new());

/// A running Chromium. Dropping it ends it.
pub(super) struct Chromium {
    child: Child,
    sender: ChildStdin,
    receiver: Receiver<Value>,
    sent: u64,
    log: PathBuf,
}

impl Chromium {
    /// Starts one with an empty profile. Panics with advice when there is none.
    fn start(flags: &[String]) -> Chromium {
        let folder = scratch_dir("browser");
        let log = folder.join("log");
        let mut command = Command::new("sh");
        command.args(["-c", LAUNCH, "sh"]).arg(&log).arg(program()).args(FLAGS).args(flags);
        command.arg(format!("--user-data-dir={}", folder.join("profile").display())).arg("about:blank");
        command.env("HOME", &folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = adopt(&mut command).spawn().expect("`sh` starts");
        let sender = child.stdin.take().expect("it was piped");
        let stdout = child.stdout.take().expect("it was piped");
        let (forward, receiver) = mpsc::channel();
        thread::spawn(move || {
            for message in BufReader::new(stdout).split(0).map_while(Result::ok) {
                let _ = serde_json::from_slice(&message).map(|message| forward.send(message));
            }
        });
        Chromium { child, sender, receiver, sent: 0, log }
    }

    /// Asks for something, of a page or of the browser itself; gives the number that the answer will bear.
    pub(super) fn ask(&mut self, method: &str, params: &Value, session: Option<&str>) -> io::Result<u64> {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.sender.write_all(&bytes)?;
        self.sender.flush()?;
        Ok(self.sent)
    }

    /// What it says next, be it an answer or an event.
    pub(super) fn hear(&self) -> Result<Value, RecvTimeoutError> {
        self.receiver.recv_timeout(PATIENCE)
    }

    /// What it wrote into its log.
    pub(super) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Chromium in the hands of one test. It ends with it, unless it is laid down to rest.
pub(super) struct Lent(Option<Chromium>);

impl Lent {
    /// One that rests, or else a new one.
    pub(super) fn any() -> Lent {
        let resting = RESTING.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent(Some(resting.unwrap_or_else(|| Chromium::start(&[]))))
    }

    /// A new one with flags of its own.
    pub(super) fn with(flags: &[String]) -> Lent {
        Lent(Some(Chromium::start(flags)))
    }

    /// Lays it down for the next test.
    pub(super) fn rest(&mut self) {
        RESTING.lock().unwrap_or_else(PoisonError::into_inner).extend(self.0.take());
    }
}

impl Deref for Lent {
    type Target = Chromium;

    fn deref(&self) -> &Chromium {
        self.0.as_ref().expect("it is used until it rests")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Chromium {
        self.0.as_mut().expect("it is used until it rests")
    }
}

/// `NUANXIN_CHROMIUM`, else what the search path has.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("NUANXIN_CHROMIUM") {
        return PathBuf::from(named);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).flat_map(|folder| PROGRAMS.map(|name| folder.join(name)));
    places.find(|place| place.is_file()).unwrap_or_else(|| {
        panic!(
            "no browser: install the Debian package `chromium-headless-shell`, as `tests/run` does by itself, or name one in \
            NUANXIN_CHROMIUM"
        )
    })
}
