//! Pages that no walk comes by: a login over a form that was not taken, that form offered again, somebody whom the district's
//! identity provider knows and no account, and a first password that must be exchanged; and the API's page, which is for
//! whoever writes programs. Nothing keeps people from them either, in both languages and both sizes of letters.

use nuanxin_tests::{Browser, IdentityProvider, axe};

use super::Visit;
use super::barriers::{too_small, too_wide};
use crate::journals::{Database, demonstration};
use crate::oidc::serve;
use crate::program::run;

/// Looks at the page that is open as the walk looks at all others, in both sizes of letters: which one is a class of the whole
/// page and nothing else, so a page that came of a form need not be sent again.
fn looked_at(visit: &mut Visit, name: &str, found: &mut Vec<String>) {
    visit.browser.rest();
    visit.browser.set_screen(390, true);
    for (large, least) in [(true, 60), (false, 44)] {
        visit.enlarge(large);
        let mut told = axe::faults(&mut visit.browser);
        told.extend(too_small(visit, least));
        told.extend(too_wide(visit));
        let how = if large { "large" } else { "usual" };
        found.extend(told.into_iter().map(|fault| format!("{name}, {how}: {fault}")));
    }
}

/// Presses on what a selector names, whatever it is called in the language of the page, and waits for another thing.
fn press(visit: &mut Visit, what: &str, then: &str) {
    visit.wait_until(&format!("!!document.querySelector({what:?})"));
    visit.browser.eval(&format!("document.querySelector({what:?}).click(); 0"));
    visit.wait_until(&format!("!!document.querySelector({then:?}) && document.readyState === 'complete'"));
}

fn write(visit: &mut Visit, field: &str, text: &str) {
    visit.browser.eval(&format!("document.querySelector({field:?}).value = {text:?}; 0"));
}

/// Comes in as a role and opens a page of it in a language.
fn come(visit: &mut Visit, role: (&str, &str), path: &str, english: bool) {
    visit.like(false, false);
    visit.enter(role.0, role.1);
    visit.like(english, false);
    open(visit, path);
}

fn open(visit: &mut Visit, path: &str) {
    visit.browser.open(&format!("{}{path}", visit.server.base_url()));
    visit.wait_until("document.readyState === 'complete'");
}

/// Somebody leaves in another tab while a reason stands in a form; what is sent then comes back after the login.
fn an_unsent_form(visit: &mut Visit, english: bool, found: &mut Vec<String>) {
    come(visit, ("骑手", "/me"), "/me", english);
    write(visit, "#why", "这一天我还参加了一小时");
    visit.browser.eval(
        "(async () => { const token = document.querySelector('[name=token]').value;
           await fetch('/logout', {method: 'POST', body: new URLSearchParams({token})}); })()",
    );
    press(visit, "[name=do][value=object]", "form[action='/login'] [name=unsent]");
    looked_at(visit, "login over an unsent form", found);
    press(visit, "form[action='/login/as'] [value=worker]", "form[action='/me'] button.go[autofocus]");
    assert!(
        visit
            .browser
            .eval("document.querySelector('[name=reason]').value")
            .as_str()
            .is_some_and(|told| !told.is_empty())
    );
    looked_at(visit, "unsent form", found);
}

/// The provider says who somebody is, and no account is that person's yet.
fn a_stranger_of_the_provider_s(visit: &mut Visit, english: bool, found: &mut Vec<String>) {
    visit.like(english, false);
    open(visit, "/login");
    if visit.browser.eval("location.pathname") != "/login" {
        press(visit, "form[action='/logout'] button", "#password");
    }
    press(visit, "a[href^='/login/oidc']", "dl.card code");
    looked_at(visit, "unknown to the ledger", found);
}

/// What an administrator gives is exchanged before anything else.
fn a_first_password(visit: &mut Visit, account: &str, english: bool, found: &mut Vec<String>) {
    come(visit, ("管理员", "/admin"), &format!("/admin/accounts?id={account}"), english);
    press(visit, "[name=do][value=password]", "[role=status] .big code");
    let given = visit.browser.eval("document.querySelector('[role=status] .big code').textContent");
    let given = given.as_str().expect("a password").trim().to_owned();
    looked_at(visit, "first password given", found);
    press(visit, "form[action='/logout'] button", "#password");
    write(visit, "#account", account);
    write(visit, "#password", &given);
    press(visit, "form[action='/login'] button.go", "form[action='/password'] [name=given]");
    looked_at(visit, "first password to be exchanged", found);
    write(visit, "#password", &given);
    write(visit, "#new", "another one 7");
    write(visit, "#again", "another one 8");
    press(visit, "form[action='/password'] button.go", "[role=alert].said");
    looked_at(visit, "first password refused", found);
}

/// The calls as Swagger UI lists them, which has one language and one size of letters. Its headings skip a level, and a call's
/// address can be copied by a button within the one that unfolds it: its script makes them, and no style sheet mends that.
fn the_api_s_page(visit: &mut Visit, token: &str, found: &mut Vec<String>) {
    visit.browser.set_token(Some(token));
    open(visit, "/docs/");
    visit.wait_until("!!document.querySelector('main .opblock-summary')");
    let faults = axe::faults(&mut visit.browser);
    let its_own = |fault: &String| {
        ["heading-order", "nested-interactive"].iter().any(|rule| fault.contains(&format!("\"{rule}\"")))
    };
    found.extend(faults.iter().filter(|fault| !its_own(fault)).map(|fault| format!("docs: {fault}")));
    visit.browser.set_token(None);
}

#[test]
fn nothing_keeps_people_from_pages_between_two_sessions() {
    // An account for each language: a first password is given once.
    const ACCOUNTS: [(bool, &str); 2] = [(false, "clerk-new"), (true, "clerk-newer")];
    let journal = demonstration(Database::Sqlite);
    for (_, account) in ACCOUNTS {
        run(&journal, &["account", "open", account]).expect(0);
        run(&journal, &["account", "grant", account, "--role", "clerk", "--scope", "YS-WD01"]).expect(0);
    }
    let token = run(&journal, &["token", "issue", "--role", "auditor"]).expect(0).text().trim().to_owned();
    let provider = IdentityProvider::start();
    let server = serve(&journal, provider.issuer(), &["--demo"]);
    let mut visit = Visit::of(&journal, server, Browser::start());
    let mut found = Vec::new();
    for (english, account) in ACCOUNTS {
        an_unsent_form(&mut visit, english, &mut found);
        a_stranger_of_the_provider_s(&mut visit, english, &mut found);
        a_first_password(&mut visit, account, english, &mut found);
    }
    the_api_s_page(&mut visit, &token, &mut found);
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}
