//! A real browser without a window, spoken to in its own protocol (DevTools) over a pipe: no driver program, no port,
//! no library. A page is steered as a person would, by what is on it, and asked what it then shows.

mod sheets;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::guard::{adopt, scratch_dir};

pub use sheets::Difference;

/// How long the browser may take for any one thing; a machine under load starts it slowly.
const PATIENCE: Duration = Duration::from_secs(60);
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

/// A running browser with one page. Dropping it ends it.
pub struct Browser {
    child: Child,
    sender: ChildStdin,
    receiver: Receiver<Value>,
    session: Option<String>,
    sent: u64,
    /// Whether pages may run scripts.
    scripted: bool,
    /// The method that was called last.
    asked: String,
    /// What the page reported without being asked.
    events: Vec<Value>,
    log: PathBuf,
}

impl Browser {
    /// Starts Chromium with a fresh profile and an empty page. Panics with advice when there is none.
    pub fn start() -> Browser {
        Browser::start_with(&[])
    }

    /// As [`Browser::start`], with more flags: a camera that shows a film, say.
    pub fn start_with(flags: &[String]) -> Browser {
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
        let mut browser = Browser {
            child,
            sender,
            receiver,
            session: None,
            sent: 0,
            scripted: true,
            asked: String::new(),
            events: Vec::new(),
            log,
        };
        browser.open_tab();
        browser
    }

    /// Opens another tab and turns to it; gives the one that was turned to before. Both have the same cookies.
    pub fn open_tab(&mut self) -> Tab {
        let before = self.session.take();
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call("Target.attachToTarget", attach);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log", "DOM", "Accessibility"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
        Tab(before)
    }

    /// Turns to another tab and gives the one that was turned to before.
    pub fn turn_to(&mut self, tab: Tab) -> Tab {
        self.events.clear();
        Tab(std::mem::replace(&mut self.session, tab.0))
    }

    /// Goes to an address and waits until it is loaded.
    pub fn open(&mut self, url: &str) {
        self.events.clear();
        let mut answer = self.call("Page.navigate", json!({"url": url}));
        // What the page before was still about comes in between.
        for _ in 0..20 {
            if answer["errorText"] != "net::ERR_ABORTED" {
                break;
            }
            thread::sleep(Duration::from_millis(100));
            self.events.clear();
            answer = self.call("Page.navigate", json!({"url": url}));
        }
        assert!(answer["errorText"].is_null(), "{url}: {answer}");
        // Another place of the same document is there at once.
        while !answer["loaderId"].is_null() && !self.happened("Page.loadEventFired") {
            let event = self.receive();
            self.events.push(event);
        }
    }

    /// What an expression comes to, also one that must be waited for. Panics with what it throws.
    pub fn eval(&mut self, expression: &str) -> Value {
        let answer = self.call("Runtime.evaluate", asked_for(expression));
        come_to(expression, &answer)
    }

    /// As [`Browser::eval`]; nothing where the page is just being exchanged for another.
    pub fn try_eval(&mut self, expression: &str) -> Option<Value> {
        let answer = self.try_call("Runtime.evaluate", asked_for(expression))?;
        Some(come_to(expression, &answer))
    }

    /// Puts a file into the file field that a selector names, as its dialogue would.
    pub fn choose(&mut self, selector: &str, file: &Path) {
        self.choose_all(selector, &[file]);
    }

    /// Puts several files into a field that takes them.
    pub fn choose_all(&mut self, selector: &str, files: &[&Path]) {
        let expression = format!("document.querySelector({})", json!(selector));
        let found = self.call("Runtime.evaluate", json!({"expression": expression}));
        let object = &found["result"]["objectId"];
        self.call("DOM.setFileInputFiles", json!({"objectId": object, "files": files}));
    }

    /// Lets pages run no script from the next one on, or lets them again. What a test asks of a page still is answered.
    pub fn set_scripted(&mut self, scripted: bool) {
        self.scripted = scripted;
        self.call("Emulation.setScriptExecutionDisabled", json!({"value": !scripted}));
    }

    /// Cuts the page off from every network, or lets it back.
    pub fn set_offline(&mut self, offline: bool) {
        let conditions = json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.call("Network.emulateNetworkConditions", conditions);
    }

    /// Lets the page show a token with whatever it asks for from now on, as a program does, or none.
    pub fn set_token(&mut self, token: Option<&str>) {
        let headers = token.map_or_else(|| json!({}), |token| json!({"Authorization": format!("Bearer {token}")}));
        self.call("Network.setExtraHTTPHeaders", json!({"headers": headers}));
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
        let picture = self.call("Page.captureScreenshot", json!({"format": "png", "captureBeyondViewport": false}));
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
        method.clone_into(&mut self.asked);
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
        let asked = &self.asked;
        received.unwrap_or_else(|error| panic!("the browser does not answer {asked} ({error}):\n{}", self.said()))
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

fn asked_for(expression: &str) -> Value {
    json!({"expression": expression, "returnByValue": true, "awaitPromise": true})
}

fn come_to(expression: &str, answer: &Value) -> Value {
    assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
    answer["result"]["value"].clone()
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

/// Where a hand would press an element: in its middle, once it lies still and nothing lies over it; nothing otherwise.
/// It is scrolled into the middle, because what sticks to an edge of the page must not hide it. A page behind another one
/// paints no frames: there a short while stands for one.
const MIDDLE_AT_REST: &str = "async function () {
    const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 50); });
    this.scrollIntoView({ block: 'center', behavior: 'instant' });
    const before = this.getBoundingClientRect();
    await frame();
    await frame();
    const box = this.getClientRects()[0];
    const now = this.getBoundingClientRect();
    if (!box || now.x !== before.x || now.y !== before.y) return null;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const hit = document.elementFromPoint(x, y);
    const label = hit && hit.closest('label');
    return this.contains(hit) || (label && label.control === this) ? { x, y } : null;
}";

/// Steering a page as a person does: by what things are and what they are called, with a hand and a keyboard.
impl Browser {
    /// The elements of a role whose accessible name holds a text, in the order of the page, each with its whole name.
    pub fn named(&mut self, role: &str, name: &str) -> Vec<(Element, String)> {
        let found = self.of_role(role);
        // An older browser calls a picture by the word's first letters.
        let found = if found.is_empty() && role == "image" { self.of_role("img") } else { found };
        found.into_iter().filter(|(_, called)| called.contains(name)).collect()
    }

    /// All elements of a role. The browser looks for them: all that a page says would be told anew, and read anew here, for each
    /// that is looked for.
    #[track_caller]
    fn of_role(&mut self, role: &str) -> Vec<(Element, String)> {
        // Asked again where the page is just being exchanged for another: no answer is not the answer that there is none.
        let told = self.until(|browser| {
            let document = browser.try_call("Runtime.evaluate", json!({"expression": "document"}))?;
            let page = &document["result"]["objectId"];
            browser.try_call("Accessibility.queryAXTree", json!({"objectId": page, "role": role}))
        });
        let told = told.unwrap_or_else(|| panic!("the browser does not look for a {role}:\n{}", self.text()));
        let nodes = told["nodes"].as_array().cloned().unwrap_or_default().into_iter();
        let read = |node: Value| {
            let called = node["name"]["value"].as_str().unwrap_or_default().to_owned();
            Some((Element(node["backendDOMNodeId"].as_u64()?), called))
        };
        nodes.filter(|node| node["ignored"] == false).filter_map(read).collect()
    }

    /// The first of them, waited for.
    #[track_caller]
    pub fn find(&mut self, role: &str, name: &str) -> Element {
        self.find_all(role, name)[0].0
    }

    /// All of them, waited for: at least one.
    #[track_caller]
    fn find_all(&mut self, role: &str, name: &str) -> Vec<(Element, String)> {
        let found = self.until(|browser| Some(browser.named(role, name)).filter(|found| !found.is_empty()));
        found.unwrap_or_else(|| panic!("no {role} {name:?}:\n{}", self.text()))
    }

    /// Waits until an element of a role shows a text, and gives all that it shows.
    #[track_caller]
    pub fn told(&mut self, role: &str, text: &str) -> String {
        let shown = self.until(|browser| {
            let elements = browser.named(role, "");
            elements.into_iter().map(|(element, _)| browser.text_of(element)).find(|shown| shown.contains(text))
        });
        shown.unwrap_or_else(|| panic!("no {role} shows {text:?}:\n{}", self.text()))
    }

    /// Waits until no part of the page is just being exchanged: what was found on it would be lost.
    pub fn rest(&mut self) {
        let at_rest = "!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')";
        self.until(|browser| (browser.try_eval(at_rest)? == true).then_some(()));
    }

    /// Presses on an element in its middle.
    #[track_caller]
    pub fn press(&mut self, role: &str, name: &str) {
        self.rest();
        for _ in 0..20 {
            let element = self.find(role, name);
            if self.press_on(element).is_some() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{role} {name:?} could not be pressed:\n{}", self.text());
    }

    fn press_on(&mut self, element: Element) -> Option<()> {
        let (x, y) = if self.scripted { self.middle_at_rest(element)? } else { self.middle(element)? };
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.try_call("Input.dispatchMouseEvent", event)?;
        }
        Some(())
    }

    fn middle_at_rest(&mut self, element: Element) -> Option<(f64, f64)> {
        let node = json!({"backendNodeId": element.0});
        let found = self.try_call("DOM.resolveNode", node)?;
        let call = json!({"objectId": found["object"]["objectId"], "functionDeclaration": MIDDLE_AT_REST,
            "awaitPromise": true, "returnByValue": true});
        let middle = self.try_call("Runtime.callFunctionOn", call)?;
        Some((middle["result"]["value"]["x"].as_f64()?, middle["result"]["value"]["y"].as_f64()?))
    }

    /// The same of a page that runs no script, which stands still by itself and whose frames nobody can wait for.
    fn middle(&mut self, element: Element) -> Option<(f64, f64)> {
        let node = json!({"backendNodeId": element.0});
        self.try_call("DOM.scrollIntoViewIfNeeded", node.clone())?;
        let told = self.try_call("DOM.getContentQuads", node)?;
        let corners: Vec<f64> = told["quads"][0].as_array()?.iter().filter_map(Value::as_f64).collect();
        let [left, top, right, _, _, lower, ..] = corners.as_slice() else { return None };
        Some(((left + right) / 2.0, (top + lower) / 2.0))
    }

    /// Writes into a field instead of what stands there: into the one that is called so and no more, where there is one.
    #[track_caller]
    pub fn write(&mut self, name: &str, text: &str) {
        self.write_as("textbox", name, text);
    }

    /// The same into a field of another role, such as one that offers known words.
    #[track_caller]
    pub fn write_as(&mut self, role: &str, name: &str, text: &str) {
        let found = self.find_all(role, name);
        let (element, _) = found.iter().find(|(_, called)| called == name).unwrap_or(&found[0]);
        self.call("DOM.focus", json!({"backendNodeId": element.0}));
        self.eval("document.activeElement.select(); 0");
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Types a text wherever the page's focus is, as a scanner at a keyboard's place does, and Enter.
    pub fn scan(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
        self.press_enter();
    }

    /// Presses Enter where the focus is.
    pub fn press_enter(&mut self) {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"});
            self.call("Input.dispatchKeyEvent", key);
        }
    }

    /// Presses the tabulator: the focus goes on to what comes next.
    pub fn press_tab(&mut self) {
        for kind in ["rawKeyDown", "keyUp"] {
            let key = json!({"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9});
            self.call("Input.dispatchKeyEvent", key);
        }
    }

    /// What the page shows, as text.
    pub fn text(&mut self) -> String {
        self.eval("document.body ? document.body.innerText : ''").as_str().unwrap_or_default().to_owned()
    }

    fn text_of(&mut self, element: Element) -> String {
        let Some(found) = self.try_call("DOM.resolveNode", json!({"backendNodeId": element.0})) else {
            return String::new();
        };
        let ask = json!({"objectId": found["object"]["objectId"], "functionDeclaration": "function () { return this.innerText }",
            "returnByValue": true});
        let told = self.try_call("Runtime.callFunctionOn", ask);
        told.and_then(|told| told["result"]["value"].as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Asks again and again until there is an answer.
    fn until<T>(&mut self, mut ask: impl FnMut(&mut Browser) -> Option<T>) -> Option<T> {
        let begun = std::time::Instant::now();
        while begun.elapsed() < PATIENCE / 2 {
            if let Some(answer) = ask(self) {
                return Some(answer);
            }
            thread::sleep(Duration::from_millis(50));
        }
        None
    }

    /// As [`Browser::call`], for what may be gone meanwhile.
    fn try_call(&mut self, method: &str, params: Value) -> Option<Value> {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": params});
        message["sessionId"] = self.session.as_deref()?.into();
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.sender.write_all(&bytes).and_then(|()| self.sender.flush()).ok()?;
        loop {
            let mut answer = self.receive();
            if answer["id"] != self.sent {
                self.events.push(answer);
                continue;
            }
            return answer["error"].is_null().then(|| answer["result"].take());
        }
    }
}

/// A tab of a browser that is not turned to.
#[derive(Debug)]
pub struct Tab(Option<String>);

/// An element of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element(u64);
