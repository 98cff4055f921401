//! A person is given an account: opened, granted a role and given a first password by an administrator, who does not know
//! the password that the person works with.

use super::Visit;
use crate::journals::{Database, demonstration};
use crate::program::run;

fn the_administrators_story(database: Database) {
    let journal = demonstration(database);
    let mut visit = Visit::to(&journal);
    visit.enter("管理员", "/admin");
    visit.browser.press("link", "账号与授权");
    visit.browser.find("heading", "开立账号");
    // A phone number is no account's name.
    visit.browser.write("账号", "13800138000");
    visit.browser.press("button", "开立账号");
    visit.browser.told("alert", "不用姓名、电话和证件号");
    visit.browser.write("账号", "clerk-sanfang-2");
    visit.browser.write("姓名（可不填）", "演示店员");
    visit.browser.press("button", "开立账号");
    visit.browser.told("status", "账号已开立");
    assert!(visit.browser.text().contains("没有密码，还不能登录"), "{}", visit.browser.text());
    visit.browser.eval("document.getElementById('role').value = 'clerk'; 0");
    // A clerk is one at a store.
    visit.browser.press("button", "授予角色");
    visit.browser.told("alert", "店员填网点编号");
    visit.browser.eval("document.getElementById('role').value = 'clerk'; 0");
    visit.browser.write("范围", "YS-WD01");
    visit.browser.press("button", "授予角色");
    visit.browser.told("status", "已授予");
    assert!(visit.browser.text().contains("店员 YS-WD01"), "{}", visit.browser.text());
    visit.browser.press("button", "给初始密码");
    let told = visit.browser.told("status", "初始密码");
    let given = told.split_whitespace().last().expect("a password").to_owned();
    assert_eq!(given.len(), 14, "{told}");
    assert_eq!(visit.complaints(), Vec::<serde_json::Value>::new());

    // It lets nobody in, and leads to where it is exchanged.
    visit.browser.press("button", "退出");
    visit.browser.write("账号", "clerk-sanfang-2");
    visit.browser.write("密码", &given);
    visit.browser.press("button", "登录");
    visit.browser.told("status", "先改成自己的密码");
    assert_eq!(
        visit.browser.eval("fetch('/counter', {redirect: 'manual'}).then((told) => told.type)"),
        "opaqueredirect"
    );
    for (new, again, said) in
        [("another one 7", "another one 8", "不一样"), (given.as_str(), given.as_str(), "太容易猜")]
    {
        visit.browser.write("现在的密码", &given);
        visit.browser.write("新密码", new);
        visit.browser.write("再输一遍新密码", again);
        visit.browser.press("button", "修改密码");
        visit.browser.told("alert", said);
    }
    visit.browser.write("现在的密码", &given);
    visit.browser.write("新密码", "别人不知道的一句话");
    visit.browser.write("再输一遍新密码", "别人不知道的一句话");
    visit.browser.press("button", "修改密码");
    visit.wait_until("location.pathname === '/counter' && document.readyState === 'complete'");

    // A grant that ends is refused from the next request on.
    visit.enter("管理员", "/admin");
    visit.browser.press("link", "账号与授权");
    visit.browser.press("link", "clerk-sanfang-2");
    visit.browser.find("button", "终止授权");
    assert!(visit.browser.text().contains("本人自设"), "{}", visit.browser.text());
    visit.browser.write("理由", "调到别的网点");
    visit.browser.press("button", "终止授权");
    visit.browser.told("status", "授权已终止");
    for width in [390, 1280] {
        visit.browser.set_screen(width, width < 400);
        let beyond = visit.beyond();
        assert!(beyond.as_i64().is_some_and(|beyond| beyond <= 0), "{beyond} wider than {width}");
    }
    drop(visit);
    run(&journal, &["verify"]).expect(0);
}

#[test]
fn an_administrator_opens_an_account_grants_a_role_and_gives_a_first_password_on_sqlite() {
    the_administrators_story(Database::Sqlite);
}

#[test]
fn an_administrator_opens_an_account_grants_a_role_and_gives_a_first_password_on_postgres() {
    the_administrators_story(Database::Postgres);
}
