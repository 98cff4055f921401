//! Forms as a browser without script sends them: what stands in the form goes along, nothing says that a script asks, and
//! each answer is a whole page.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::{House, Visit, holds, said};
use crate::access::Role;

/// A form of a page, as it is sent when one of its buttons is pressed.
pub(super) struct Form {
    pub(super) action: String,
    pub(super) fields: Vec<(String, String)>,
}

/// The value of a tag's attribute.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    let plain = value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
    Some(plain.replace("&#38;", "&").replace("&amp;", "&"))
}

/// The tags of a kind in a form, each with what follows it.
fn tags<'a>(form: &'a str, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    form.split(kind).skip(1).filter_map(|rest| rest.split_once('>'))
}

impl Form {
    /// The first form with a button that has a text in its tag, pressed by that button.
    #[track_caller]
    pub(super) fn pressed(page: &str, button: &str) -> Form {
        let forms = page.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or_default());
        let found = forms.flat_map(|form| tags(form, "<button").map(move |(tag, _)| (form, tag)));
        let found = found.filter(|(_, tag)| tag.contains(button));
        let (form, tag) = found.into_iter().next().unwrap_or_else(|| panic!("no button {button}: {page}"));
        assert!(!tag.contains(" disabled"), "{button} cannot be pressed: {page}");
        let mut fields = Vec::new();
        for (tag, _) in tags(form, "<input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let chosen = !matches!(kind.as_str(), "checkbox" | "radio") || tag.contains(" checked");
            if let Some(name) = attribute(tag, "name").filter(|_| chosen && kind != "file") {
                fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        }
        for (tag, rest) in tags(form, "<select") {
            let options = rest.split("</select>").next().unwrap_or_default();
            let of = |(tag, rest): (&str, &str)| {
                let text = rest.split('<').next().unwrap_or_default().to_owned();
                (tag.contains(" selected"), attribute(tag, "value").unwrap_or(text))
            };
            let options: Vec<(bool, String)> = tags(options, "<option").map(of).collect();
            let option = options.iter().find(|(selected, _)| *selected).or(options.first());
            if let (Some(name), Some((_, value))) = (attribute(tag, "name"), option) {
                fields.push((name, value.clone()));
            }
        }
        for (tag, rest) in tags(form, "<textarea") {
            let text = rest.split("</textarea>").next().unwrap_or_default();
            fields.extend(attribute(tag, "name").map(|name| (name, text.to_owned())));
        }
        fields.extend(attribute(tag, "name").map(|name| (name, attribute(tag, "value").unwrap_or_default())));
        let action = attribute(form.split('>').next().unwrap_or_default(), "action").expect("a form says where to");
        Form { action, fields }
    }

    /// With something typed or chosen.
    #[track_caller]
    pub(super) fn with(mut self, name: &str, value: &str) -> Form {
        let field = self.fields.iter_mut().find(|(found, _)| found == name);
        value.clone_into(&mut field.unwrap_or_else(|| panic!("the form has no field {name}")).1);
        self
    }
}

#[track_caller]
fn whole(page: &str) {
    for part in ["<!DOCTYPE html>", "<header class=\"top\">", "<main id=\"page\"", "</html>"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
}

impl Visit<'_> {
    /// Sends a form as it stands.
    pub(super) async fn submit(&self, form: &Form) -> (StatusCode, String) {
        let fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send_raw(&form.action, &fields).await
    }

    /// Presses a button on a page, with what is typed before; gives the page that answers.
    pub(super) async fn press(&self, page: &str, button: &str, typed: &[(&str, &str)]) -> String {
        let form = typed.iter().fold(Form::pressed(page, button), |form, (name, value)| form.with(name, value));
        let (status, answer) = self.submit(&form).await;
        assert_eq!(status, StatusCode::OK, "{button}: {answer}");
        whole(&answer);
        answer
    }
}

#[tokio::test]
async fn a_clerk_redeems_takes_back_and_enters_a_slip_without_script() {
    let house = House::open().await;
    let clerk = house.enter(Role::Clerk).await;
    let page = clerk.read("/counter").await;
    whole(&page);
    let page = clerk.press(&page, "value=\"look\"", &[("named", "YS-0001")]).await;
    let page = clerk.press(&page, "aria-label=\"饮用水一箱 20 积分\"", &[]).await;
    let page = clerk.press(&page, "aria-label=\"饮用水一箱 20 积分\"", &[]).await;
    holds(&page, &["饮用水一箱 ×2"]);
    let page = clerk.press(&page, "aria-label=\"减少 饮用水一箱\"", &[]).await;
    holds(&page, &["饮用水一箱 ×1"]);
    let confirming = Form::pressed(&page, "value=\"confirm\"");
    let before = house.head().await;
    let page = clerk.press(&page, "value=\"confirm\"", &[]).await;
    holds(&page, &["兑换成功", "饮用水一箱 ×1"]);
    let after = house.head().await;
    assert!(after > before);
    // The back button and the same form again are the same redemption.
    let (status, page) = clerk.submit(&confirming).await;
    assert!(status == StatusCode::OK && page.contains("兑换成功"), "{page}");
    assert_eq!(house.head().await, after);

    let day = clerk.read("/counter/day").await;
    let standing = day.matches("class=\"no\"").count();
    let page = clerk.press(&day, "class=\"no\"", &[("reason", "商品拿错")]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已撤销，积分和库存都已退回");
    assert_eq!(page.matches("class=\"no\"").count(), standing - 1, "once");

    let cases = clerk.read("/counter/cases").await;
    let slip = [("named", "YS-9999"), ("at", "2026-12-01T09:00"), ("sku", "SP001")];
    let page = clerk.press(&cases, "value=\"slip\"", &slip).await;
    assert!(said(&page, "role=\"alert\">").contains("还没有记录"), "{page}");
    let page = clerk.press(&page, "value=\"slip\"", &[]).await;
    assert!(said(&page, "role=\"alert\">").contains("已列入待处理"), "{page}");
    let page = clerk.press(&page, "value=\"settle\"", &[("reason", "区里承担")]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已结案");
    let slip = [("named", "YS-0002"), ("at", "2026-12-01T09:30"), ("sku", "SP001")];
    let page = clerk.press(&page, "value=\"slip\"", &slip).await;
    assert!(said(&page, "role=\"status\">").contains("兑换成功"), "{page}");
}

#[tokio::test]
async fn a_sheet_is_uploaded_mended_and_sent_without_script() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let page = desk.read("/credits").await;
    holds(&page, &["action=\"/credits/sheet\" enctype=\"multipart/form-data\""]);
    let rows = "记录号,编号,活动代码,服务日期,数量,证明人\nN-1,YS-0002,ZY01,2026-11-20,2,网格员甲\n\
        N-2,YS-9999,ZY01,2026-11-20,2,网格员甲\n";
    let before = house.head().await;
    let page = desk.send_file("/credits/sheet", "活动记录.csv", rows, &[]).await;
    whole(&page);
    holds(&page, &["没有此人员", "写入可以写入的行"]);
    let mended = page.replace("value=\"YS-9999\"", "value=\"YS-0003\"");
    let page = desk.press(&mended, "value=\"judge\"", &[]).await;
    assert!(!page.contains("没有此人员"), "{page}");
    assert_eq!(house.head().await, before, "nothing is written yet");
    let page = desk.press(&page, "value=\"send\"", &[]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已写入 2 行");
    assert_eq!(house.head().await, before + 2);
}

#[tokio::test]
async fn an_account_is_opened_and_its_password_changed_without_script() {
    let house = House::open().await;
    let admin = house.enter(Role::Admin).await;
    let page = admin.read("/admin/accounts").await;
    let page = admin.press(&page, "value=\"open\"", &[("account", "clerk-plain")]).await;
    assert!(said(&page, "role=\"status\">").contains("账号已开立"), "{page}");
    let page = admin.press(&page, "value=\"grant\"", &[("role", "clerk"), ("scope", "YS-WD01")]).await;
    assert_eq!(said(&page, "role=\"status\">"), "已授予。");
    let page = admin.press(&page, "value=\"password\"", &[]).await;
    let given = page.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).expect("a password");

    // Whoever was given it exchanges it, and is in.
    let stranger = Visit { house: &house, cookie: "nuanxin-large=0".to_owned(), csrf: String::new() };
    let page = stranger.read("/login").await;
    let login = Form::pressed(&page, "class=\"go full\"").with("account", "clerk-plain").with("password", given);
    let (status, page) = stranger.submit(&login).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{page}");
    whole(&page);
    holds(&page, &["先改成自己的密码"]);
    let own = "别人不知道的一句话";
    let change = || Form::pressed(&page, "class=\"go full\"").with("password", given).with("new", own);
    let (status, differ) = stranger.submit(&change().with("again", "另外的一句话")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    whole(&differ);
    holds(&differ, &["不一样"]);
    let (status, answer) = stranger.submit(&change().with("again", own)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{answer}");
}

#[tokio::test]
async fn whoever_guesses_a_password_is_told_kindly_how_long_to_wait() {
    let house = House::open().await;
    let stranger = Visit { house: &house, cookie: "nuanxin-large=0".to_owned(), csrf: String::new() };
    let page = stranger.read("/login").await;
    let wrong = Form::pressed(&page, "class=\"go full\"").with("account", "demo-clerk").with("password", "a wrong one");
    let mut told = Vec::new();
    for _ in 0..6 {
        told.push(stranger.submit(&wrong).await);
    }
    let (status, page) = told.iter().find(|(status, _)| *status == StatusCode::TOO_MANY_REQUESTS).expect("a wait");
    whole(page);
    let sentence = said(page, "role=\"alert\">");
    assert!(
        sentence.starts_with("密码错得太多了，请 ") && sentence.ends_with("秒后再试；忘了请管理员重设。"),
        "{status}: {sentence}"
    );
    holds(page, &["value=\"demo-clerk\"", "name=\"password\""]);
    let (first, page) = &told[0];
    assert_eq!(*first, StatusCode::UNAUTHORIZED);
    assert_eq!(said(page, "role=\"alert\">"), "账号和密码对不上，请核对后再试。");
    let english = Visit { house: &house, cookie: "nuanxin-language=en".to_owned(), csrf: String::new() };
    let (_, page) = english.submit(&wrong).await;
    assert!(said(&page, "role=\"alert\">").starts_with("Too many wrong passwords."), "{page}");
}

/// Nothing of the answers above depends on a header that a script sends: the same page comes with it and without it.
#[tokio::test]
async fn a_page_is_whole_whoever_asks() {
    let house = House::open().await;
    let clerk = house.enter(Role::Clerk).await;
    for script in [false, true] {
        let mut request = Request::get("/counter/shelf").header("x-forwarded-proto", "https");
        request = request.header(header::COOKIE, &clerk.cookie);
        if script {
            request = request.header("HX-Request", "true").header("HX-Boosted", "true");
        }
        let asked = request.body(Body::empty()).expect("a request");
        let answer = house.router.clone().oneshot(asked).await.expect("an answer");
        let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
        whole(&String::from_utf8_lossy(&bytes));
    }
}
