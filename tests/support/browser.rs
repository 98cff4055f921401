//! A real browser without a window, spoken to in its own protocol (DevTools) over a pipe: no driver program, no port,
//! no library. A page is steered as a person would, by what is on it, and asked what it then shows.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::guard::{adopt, scratch_dir};

/// How long the browser may take for any one thing; a machine under load starts it slowly.
const PATIENCE: Duration = Duration::from_secs(60);
/// Its names in Debian and elsewhere.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
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

/// A running browser with one page. Dropping it ends it.
pub struct Browser {
    child: Child,
    sender: ChildStdin,
    receiver: Receiver<Value>,
    session: Option<String>,
    sent: u64,
    /// What the page reported without being asked.
    events: Vec<Value>,
    log: PathBuf,
}

impl Browser {
    /// Starts Chromium with a fresh profile and an empty page. Panics with advice when there is none.
    pub fn start() -> Browser {
        let folder = scratch_dir("browser");
        let log = folder.join("log");
        let mut command = Command::new("sh");
        command.args(["-c", LAUNCH, "sh"]).arg(&log).arg(program()).args(FLAGS);
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
        let mut browser = Browser { child, sender, receiver, session: None, sent: 0, events: Vec::new(), log };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Goes to an address and waits until it is loaded.
    pub fn open(&mut self, url: &str) {
        self.events.clear();
        let answer = self.call("Page.navigate", json!({"url": url}));
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        // Another place of the same document is there at once.
        while !answer["loaderId"].is_null() && !self.happened("Page.loadEventFired") {
            let event = self.receive();
            self.events.push(event);
        }
    }

    /// What an expression comes to, also one that must be waited for. Panics with what it throws.
    pub fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Puts a file into the file field that a selector names, as its dialogue would.
    pub fn choose(&mut self, selector: &str, file: &Path) {
        let expression = format!("document.querySelector({})", json!(selector));
        let found = self.call("Runtime.evaluate", json!({"expression": expression}));
        let object = &found["result"]["objectId"];
        self.call("DOM.setFileInputFiles", json!({"objectId": object, "files": [file]}));
    }

    /// Cuts the page off from every network, or lets it back.
    pub fn set_offline(&mut self, offline: bool) {
        let conditions = json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.call("Network.emulateNetworkConditions", conditions);
    }

    /// Gives the page a screen of this width.
    pub fn set_screen(&mut self, width: u32, telephone: bool) {
        let scale = if telephone { 2 } else { 1 };
        let screen = json!({"width": width, "height": 900, "deviceScaleFactor": scale, "mobile": telephone});
        self.call("Emulation.setDeviceMetricsOverride", screen);
    }

    /// Shows the page as it would be printed, or again as on a screen.
    pub fn set_paper(&mut self, paper: bool) {
        self.call("Emulation.setEmulatedMedia", json!({"media": if paper { "print" } else { "" }}));
    }

    /// The whole page as a picture: PNG in base64.
    pub fn picture(&mut self) -> String {
        let picture = self.call("Page.captureScreenshot", json!({"format": "png", "captureBeyondViewport": true}));
        picture["data"].as_str().expect("a picture").to_owned()
    }

    /// The addresses that the page has asked for since it was opened, its own among them.
    pub fn requests(&mut self) -> Vec<String> {
        // An answer to anything comes after all that was reported before.
        self.eval("0");
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned)).collect()
    }

    /// What the page threw and what the browser refused or warned of since it was opened.
    pub fn complaints(&mut self) -> Vec<Value> {
        self.eval("0");
        let told =
            |event: &&Value| matches!(event["method"].as_str(), Some("Runtime.exceptionThrown" | "Log.entryAdded"));
        self.events.iter().filter(told).map(|event| event["params"].clone()).collect()
    }

    fn happened(&self, method: &str) -> bool {
        self.events.iter().any(|event| event["method"] == method)
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        if let Err(error) = self.sender.write_all(&bytes).and_then(|()| self.sender.flush()) {
            panic!("the browser does not listen ({error}):\n{}", self.said());
        }
        loop {
            let mut answer = self.receive();
            if answer["id"] != self.sent {
                self.events.push(answer);
                continue;
            }
            assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
            return answer["result"].take();
        }
    }

    fn receive(&self) -> Value {
        let received = self.receiver.recv_timeout(PATIENCE);
        received.unwrap_or_else(|error| panic!("the browser does not answer ({error}):\n{}", self.said()))
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
            "no browser: install the Debian package `chromium`, as `tests/run` does by itself, or name one in \
            NUANXIN_CHROMIUM"
        )
    })
}
