//! A real browser without a window, spoken to in its own protocol (DevTools) over a pipe: no driver program, no port,
//! no library. A page is steered as a person would, by what is on it, and asked what it then shows.

mod chromium;
mod hand;
mod sheets;

use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use chromium::Lent;

pub use hand::Element;
pub use sheets::Difference;

/// A browser with a profile of its own and one page. Dropping it ends it.
pub struct Browser {
    chromium: Lent,
    /// Its profile, where it has one within a Chromium that others use after it.
    context: Option<String>,
    /// The page that is turned to.
    session: Option<String>,
    /// All its pages.
    sessions: Vec<String>,
    /// Whether pages may run scripts.
    scripted: bool,
    /// The method that was called last.
    asked: String,
    /// What the page reported without being asked.
    events: Vec<Value>,
}

impl Browser {
    /// A browser with a fresh profile and an empty page. Panics with advice when there is none.
    pub fn start() -> Browser {
        let mut browser = Browser::of(Lent::any());
        let made = browser.call("Target.createBrowserContext", json!({}));
        browser.context = made["browserContextId"].as_str().map(str::to_owned);
        browser.open_tab();
        browser
    }

    /// As [`Browser::start`], in a process of its own with more flags: a camera that shows a film, say.
    pub fn start_with(flags: &[String]) -> Browser {
        let mut browser = Browser::of(Lent::with(flags));
        browser.open_tab();
        browser
    }

    fn of(chromium: Lent) -> Browser {
        Browser {
            chromium,
            context: None,
            session: None,
            sessions: Vec::new(),
            scripted: true,
            asked: String::new(),
            events: Vec::new(),
        }
    }

    /// Opens another tab and turns to it; gives the one that was turned to before. Both have the same cookies.
    pub fn open_tab(&mut self) -> Tab {
        let before = self.session.take();
        let mut tab = json!({"url": "about:blank"});
        if let Some(context) = &self.context {
            tab["browserContextId"] = context.as_str().into();
        }
        let target = self.call("Target.createTarget", tab);
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call("Target.attachToTarget", attach);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        self.sessions.extend(self.session.clone());
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
        method.clone_into(&mut self.asked);
        let asked = self.chromium.ask(method, &params, self.session.as_deref());
        let asked =
            asked.unwrap_or_else(|error| panic!("the browser does not listen ({error}):\n{}", self.chromium.said()));
        let mut answer = self.answer(asked);
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }

    /// As [`Browser::call`], for what may be gone meanwhile.
    fn try_call(&mut self, method: &str, params: Value) -> Option<Value> {
        let asked = self.chromium.ask(method, &params, Some(self.session.as_deref()?)).ok()?;
        let mut answer = self.answer(asked);
        answer["error"].is_null().then(|| answer["result"].take())
    }

    /// The answer to what was asked; what is reported before is kept.
    fn answer(&mut self, asked: u64) -> Value {
        loop {
            let answer = self.receive();
            if answer["id"] == asked {
                return answer;
            }
            self.events.push(answer);
        }
    }

    fn receive(&self) -> Value {
        loop {
            let heard = self.chromium.hear();
            let asked = &self.asked;
            let heard = heard.unwrap_or_else(|error| {
                panic!("the browser does not answer {asked} ({error}):\n{}", self.chromium.said())
            });
            // Of a page of whoever used this Chromium before.
            let is_foreign = |of: &str| !self.sessions.iter().any(|session| session == of);
            if !heard["sessionId"].as_str().is_some_and(is_foreign) {
                return heard;
            }
        }
    }

    /// Takes the profile away with all that was done in it; nothing where the browser does not say so.
    fn forget(&mut self) -> Option<()> {
        let context = self.context.take()?;
        let disposed =
            self.chromium.ask("Target.disposeBrowserContext", &json!({"browserContextId": context}), None).ok()?;
        loop {
            let heard = self.chromium.hear().ok()?;
            if heard["id"] == disposed {
                return heard["error"].is_null().then_some(());
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Who knows what state it is in that failed a test.
        if !thread::panicking() && self.forget().is_some() {
            self.chromium.rest();
        }
    }
}

fn asked_for(expression: &str) -> Value {
    json!({"expression": expression, "returnByValue": true, "awaitPromise": true})
}

fn come_to(expression: &str, answer: &Value) -> Value {
    assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
    answer["result"]["value"].clone()
}

/// A tab of a browser that is not turned to.
#[derive(Debug)]
pub struct Tab(Option<String>);
