//! The walk: a browser before the demonstration by its own clock, which goes from stop to stop.

use std::time::{SystemTime, UNIX_EPOCH};

use nuanxin_tests::{Browser, Server, SetClock, scratch_dir};

use super::Act::{self, Await, Choose, ChooseAll, Cut, Press, Unfold, Write};
use super::Stop;
use crate::journals::demonstration_by;
use crate::oidc::{asking, free_address};
use crate::pages::Visit;
use crate::pages::proof::configure;

/// Whom the login offers besides passwords; nobody on a walk goes there.
const PROVIDER: &str = "http://127.0.0.1:9";
/// By what clock the demonstration is filled and shown, so that its days are the same on any day.
const CLOCK: &str = "2027-01-15T10:00:00+08:00";
/// Whether the counter says how it goes on without a network: it asks for that by itself, once it is there.
const SAYS_AWAY: &str = "((away) => !away || !!away.firstChild)(document.querySelector('[data-away]'))";
/// What is folded, but the rest of a long list.
const FOLDED: &str = "document.querySelectorAll('details:not(.rest):not([open])')";
/// Whether nothing waits there to be told any more.
const TOLD_ALL: &str = "!document.querySelector('#away details')";

/// A walk through the demonstration by its own clock.
pub(in crate::pages) struct Walk {
    pub(in crate::pages) visit: Visit,
    role: &'static str,
    /// What the district asks of whoever spends.
    asks: &'static str,
    /// The page has no network.
    cut: bool,
}

impl Walk {
    pub(in crate::pages) fn begin() -> Walk {
        let clock = SetClock::new();
        let shown = chrono::DateTime::parse_from_rfc3339(CLOCK).expect("a time").timestamp();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        clock.set(shown - i64::try_from(now).expect("a time of our days"));
        let journal = demonstration_by(&clock);
        let address = free_address();
        let provider = asking(PROVIDER, &address);
        let arguments: Vec<&str> = provider.iter().map(String::as_str).chain(["--demo"]).collect();
        let server = Server::start_at_by(&address, &journal, &arguments, &clock);
        Walk { visit: Visit::of(&journal, server, Browser::start()), role: "", asks: "id", cut: false }
    }

    /// Goes to a stop and does there what is done. Whoever comes in is asked in Chinese.
    pub(in crate::pages) fn go(&mut self, stop: &Stop, english: bool, large: bool) {
        let base = self.visit.server.base_url().to_owned();
        self.join();
        self.ask_for(stop.asks);
        if self.role != stop.role {
            self.visit.like(false, false);
            self.enter(stop.role);
        }
        self.visit.like(english, large);
        self.visit.browser.open(&format!("{base}{}", stop.path));
        self.visit.wait_until("document.readyState === 'complete'");
        for act in stop.acts {
            self.act(stop, *act);
        }
        if !self.cut {
            self.visit.wait_until(SAYS_AWAY);
        }
    }

    /// Gives the page its network back, and time to tell what waits.
    fn join(&mut self) {
        if self.cut {
            self.visit.browser.set_offline(false);
            self.visit.wait_until(TOLD_ALL);
            self.cut = false;
        }
    }

    /// Lets the district ask for this of whoever spends.
    fn ask_for(&mut self, asks: &'static str) {
        if self.asks == asks {
            return;
        }
        self.visit.like(false, false);
        let key = format!("{asks}-after-{}", self.asks);
        configure(&mut self.visit, &key, &format!("{{ counter_proof: {asks:?} }}"));
        (self.role, self.asks) = ("管理员", asks);
    }

    fn enter(&mut self, role: &'static str) {
        self.role = role;
        if role.is_empty() {
            return;
        }
        let base = self.visit.server.base_url().to_owned();
        self.visit.browser.open(&format!("{base}/login"));
        if self.visit.browser.eval("location.pathname") != "/login" {
            self.visit.browser.press("button", "退出");
            self.visit.browser.find("textbox", "账号");
        }
        self.visit.browser.press("button", &format!("以{role}身份体验"));
        self.visit.wait_until("location.pathname !== '/login' && document.readyState === 'complete'");
    }

    fn act(&mut self, stop: &Stop, act: Act) {
        let visit = &mut self.visit;
        match act {
            Write(field, text) => {
                visit.browser.eval(&format!("document.querySelector({field:?}).value = {text:?}; 0"));
            }
            Press(what, then) => {
                let there = format!("!!document.querySelector({what:?})");
                visit.wait_until(&there);
                visit.browser.eval(&format!("document.querySelector({what:?}).click(); 0"));
                visit.wait_until(&format!(
                    "!!document.querySelector({then:?}) && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
                ));
            }
            Choose(field, text) => {
                let file = scratch_dir(stop.name).join("活动记录-2027-01.csv");
                std::fs::write(&file, text).expect("a file is written");
                visit.browser.choose(field, &file);
            }
            ChooseAll(field, all) => {
                let folder = scratch_dir(stop.name);
                let files: Vec<_> = all.iter().map(|(name, _)| folder.join(name)).collect();
                for (file, (_, text)) in files.iter().zip(all) {
                    std::fs::write(file, text).expect("a file is written");
                }
                let files: Vec<_> = files.iter().map(std::path::PathBuf::as_path).collect();
                visit.browser.choose_all(field, &files);
            }
            Unfold => {
                visit.browser.eval(&format!("{FOLDED}.forEach((one) => {{ one.open = true }}); 0"));
            }
            Await(what) => visit.wait_until(&format!("!!document.querySelector({what:?})")),
            Cut => {
                visit.wait_until(SAYS_AWAY);
                visit.browser.set_offline(true);
                self.cut = true;
            }
        }
    }

    /// Unfolds whatever is folded but the rest of a long list.
    pub(in crate::pages) fn unfold(&mut self) {
        let unfold = format!("{FOLDED}.forEach((one) => {{ one.open = true; one.cameFolded = true }}); 0");
        self.visit.browser.eval(&unfold);
    }

    /// Shows the page that is open in large letters, as it came: folded again.
    pub(in crate::pages) fn enlarge(&mut self) {
        let fold = "document.querySelectorAll('details').forEach((one) => { if (one.cameFolded) one.open = false }); 0";
        self.visit.browser.eval(fold);
        self.visit.enlarge(true);
    }
}
