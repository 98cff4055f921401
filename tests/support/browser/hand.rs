//! Steering a page as a person does: by what things are and what they are called, with a hand and a keyboard.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Browser;
use super::chromium::PATIENCE;

/// An element of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element(u64);

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
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE / 2 {
            if let Some(answer) = ask(self) {
                return Some(answer);
            }
            thread::sleep(Duration::from_millis(50));
        }
        None
    }
}
