//! Pages that stand between two sessions and that no walk comes by: a login over a form that was not taken, that form offered
//! again, and a first password that must be exchanged. Nothing keeps people from them either.

use nuanxin_tests::axe;

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::run;

/// Looks at the page that is open as the walk looks at all others.
fn looked_at(visit: &mut Visit, name: &str, found: &mut Vec<String>) {
    visit.browser.rest();
    found.extend(axe::faults(&mut visit.browser).iter().map(|fault| format!("{name}: {fault}")));
    for (width, telephone) in [(1280, false), (390, true)] {
        visit.browser.set_screen(width, telephone);
        let beyond = visit.beyond();
        if beyond.as_i64().is_none_or(|beyond| beyond > 0) {
            found.push(format!("{name}: {beyond} wider than {width}"));
        }
    }
}

/// Somebody leaves in another tab while a reason stands in a form; what is sent then comes back after the login.
fn an_unsent_form(visit: &mut Visit, found: &mut Vec<String>) {
    visit.enter("骑手", "/me");
    visit.browser.write("为什么", "这一天我还参加了一小时");
    visit.browser.eval(
        "(async () => { const token = document.querySelector('[name=token]').value;
           await fetch('/logout', {method: 'POST', body: new URLSearchParams({token})}); })()",
    );
    visit.browser.press("button", "提出异议");
    visit.browser.told("alert", "没有写入");
    looked_at(visit, "login over an unsent form", found);
    visit.browser.press("button", "以骑手身份体验");
    visit.browser.find("button", "继续");
    looked_at(visit, "unsent form", found);
}

/// What an administrator gives is exchanged before anything else.
fn a_first_password(visit: &mut Visit, account: &str, found: &mut Vec<String>) {
    visit.enter("管理员", "/admin");
    visit.browser.open(&format!("{}/admin/accounts?id={account}", visit.server.base_url()));
    visit.wait_until("location.pathname === '/admin/accounts' && document.readyState === 'complete'");
    visit.browser.press("button", "给初始密码");
    let told = visit.browser.told("status", "初始密码");
    looked_at(visit, "first password given", found);
    let given = told.split_whitespace().last().expect("a password").to_owned();
    visit.browser.press("button", "退出");
    visit.browser.write("账号", account);
    visit.browser.write("密码", &given);
    visit.browser.press("button", "登录");
    visit.browser.told("status", "先改成自己的密码");
    looked_at(visit, "first password to be exchanged", found);
    visit.browser.write("现在的密码", &given);
    visit.browser.write("新密码", "another one 7");
    visit.browser.write("再输一遍新密码", "another one 8");
    visit.browser.press("button", "修改密码");
    visit.browser.told("alert", "不一样");
    looked_at(visit, "first password refused", found);
}

#[test]
fn nothing_keeps_people_from_pages_between_two_sessions() {
    const ACCOUNT: &str = "clerk-new";
    let journal = demonstration(Database::Sqlite);
    run(&journal, &["account", "open", ACCOUNT]).expect(0);
    run(&journal, &["account", "grant", ACCOUNT, "--role", "clerk", "--scope", "YS-WD01"]).expect(0);
    let mut visit = Visit::to(&journal);
    let mut found = Vec::new();
    an_unsent_form(&mut visit, &mut found);
    a_first_password(&mut visit, ACCOUNT, &mut found);
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}
