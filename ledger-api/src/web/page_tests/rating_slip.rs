//! A word by the code on a slip: the desk prints it, somebody without an account says once what the work was worth, and
//! what is no slip, or no slip any more, is told so.

use axum::http::{Request, StatusCode};
use ledger_core::domain::account::RATING_SLIP;
use ledger_core::domain::event::StreamId;
use ledger_core::domain::ids::RequestId;

use super::{House, Visit, holds, said};
use crate::access::Role;

/// What the demonstration has that waits: done by YS-0007, and by YS-0012 for YS-0001.
const ONE: &str = "/requests/slip?request=YS-XQ03&handling=YS-BL01";
const OTHER: &str = "/requests/slip?request=YS-XQ05&handling=YS-BL02";

impl House {
    /// Somebody whom nobody knows.
    fn stranger(&self) -> Visit<'_> {
        Visit { house: self, cookie: String::new(), csrf: String::new() }
    }

    /// Whoever rated the work of a request, by the events.
    async fn rated_by(&self, request: &str) -> Vec<String> {
        let stream = StreamId::Request(RequestId::new(request).unwrap());
        let entries = self.app.ledger.journal().read_stream(&stream, 0, 100).await.unwrap();
        let rated = entries.iter().filter(|entry| entry.event_type == "HandlingRated");
        rated.map(|entry| entry.command.actor.to_string()).collect()
    }
}

/// The address of the page that a slip leads to.
#[track_caller]
fn address(slip: &str) -> String {
    let rest = slip.split("href=\"").find(|rest| rest.contains("/rate?code="));
    let href = rest.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no address: {slip}"));
    href[href.find("/rate?").unwrap()..].to_owned()
}

fn code(address: &str) -> &str {
    address.split_once('=').unwrap().1
}

/// The page after a word, whatever its status.
async fn say(visit: &Visit<'_>, code: &str, word: &str) -> (StatusCode, String) {
    visit.send_raw("/rate", &[("code", code), ("word", word)]).await
}

#[tokio::test]
async fn the_desk_prints_a_slip_and_whoever_has_it_rates_once_without_an_account() {
    let house = House::open().await;
    let desk = house.enter(Role::Operator).await;
    let board = desk.read("/requests").await;
    holds(&board, &["href=\"/requests/slip?request=YS-XQ03&amp;handling=YS-BL01\"", "aria-label=\"评价单 YS-BL01\""]);
    assert!(!board.contains("request=YS-XQ09"), "what is fed back has no slip");
    let slip = desk.read(ONE).await;
    holds(&slip, &["评价单", "评价二维码", "服务日期 2026-11-28", "YS-XQ03", "不用登录，只能评一次", "data-print"]);
    let page = slip.split("<main").nth(1).unwrap();
    assert!(!page.contains("YS-0007") && !page.contains("YS-BL01"), "nothing on it is of anybody: {page}");
    let address = address(&slip);

    let resident = house.stranger();
    let page = resident.read(&address).await;
    holds(&page, &["服务评价", "服务日期 2026-11-28", "YS-XQ03", "这次服务怎么样？", "name=\"code\""]);
    let words = ["满意", "基本满意", "不满意"].map(|word| page.find(&format!("name=\"word\" value=\"{word}\"")));
    assert!(words.iter().all(Option::is_some) && words.is_sorted(), "{page}");
    assert!(!page.contains("YS-0007") && !page.contains("name=\"token\""), "{page}");
    let before = house.head().await;
    let (status, page) = say(&resident, code(&address), "").await;
    assert_eq!((status.as_u16(), said(&page, "role=\"alert\">").as_str()), (422, "请在三项里选一项。"));
    holds(&page, &["这次服务怎么样？"]);
    assert_eq!(say(&resident, code(&address), "属实").await.0.as_u16(), 422, "that is said by whoever checked");
    assert_eq!(house.head().await, before, "nothing is written yet");

    let (status, page) = say(&resident, code(&address), "基本满意").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(said(&page, "role=\"status\">"), "谢谢，已记下您的评价：基本满意");
    assert!(!page.contains("name=\"word\""), "once: {page}");
    let after = house.head().await;
    assert_eq!(after, before + 2, "the word, and the credit with it");
    assert_eq!(house.rated_by("YS-XQ03").await, [RATING_SLIP]);

    // The same slip again, be it opened or sent, with the same word or another one.
    let stands = "这次服务 2026-12-01 已评价：基本满意，不再改动";
    assert_eq!(said(&resident.read(&address).await, "role=\"status\">"), stands);
    for word in ["基本满意", "不满意"] {
        let (status, page) = say(&resident, code(&address), word).await;
        assert_eq!((status, said(&page, "role=\"status\">").as_str()), (StatusCode::OK, stands));
    }
    assert_eq!(house.head().await, after);
    // What it named alone was rated, and there is no slip of it any more.
    assert!(house.rated_by("YS-XQ05").await.is_empty());
    assert_eq!(desk.status(ONE).await, 422);
    holds(&desk.read("/requests?state=rated").await, &["YS-XQ03", "基本满意 2026-12-01"]);
}

#[tokio::test]
async fn two_telephones_with_one_slip_are_one_rating() {
    let house = House::open().await;
    let address = address(&house.enter(Role::Approver).await.read(OTHER).await);
    let (one, other) = (house.stranger(), house.stranger());
    let before = house.head().await;
    let ((_, first), (_, second)) =
        tokio::join!(say(&one, code(&address), "满意"), say(&other, code(&address), "不满意"));
    let told = [&first, &second].map(|page| said(page, "role=\"status\">"));
    let thanked = told.iter().filter(|told| told.starts_with("谢谢")).count();
    assert_eq!(thanked, 1, "{told:?}");
    let rated = house.rated_by("YS-XQ05").await;
    assert_eq!(rated, [RATING_SLIP]);
    assert!(house.head().await <= before + 2);
    let word = if told[0].starts_with("谢谢") { "满意" } else { "不满意" };
    assert!(told.iter().all(|told| told.contains(&format!("：{word}"))), "the second is told what stands: {told:?}");
}

#[tokio::test]
async fn a_code_that_was_altered_or_is_of_something_else_is_told_so_and_does_nothing() {
    let house = House::open().await;
    let resident = house.stranger();
    let desk = house.enter(Role::Operator).await;
    let (address, other) = (address(&desk.read(ONE).await), address(&desk.read(OTHER).await));
    let (good, other) = (code(&address), code(&other));
    let (text, signature) = good.split_once('.').unwrap();
    let mixed = format!("{}.{signature}", other.split_once('.').unwrap().0);
    let altered = format!("{}A.{signature}", &text[..text.len() - 1]);
    let before = house.head().await;
    for bad in ["x", ".", "YS-BL01", mixed.as_str(), altered.as_str(), text, &"A".repeat(20_000)] {
        let (status, page) = resident.ask(Request::get(format!("/rate?code={bad}")), String::new()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{bad:.60}");
        assert!(said(&page, "role=\"alert\">").starts_with("这个评价码不对"), "{page}");
        assert!(!page.contains("name=\"word\""), "{page}");
        let (status, page) = say(&resident, bad, "满意").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{bad:.60}");
        assert!(said(&page, "role=\"alert\">").starts_with("这个评价码不对"), "{page}");
    }
    assert_eq!(house.head().await, before);
    assert_eq!(said(&resident.read("/rate").await, "role=\"status\">"), "请用手机扫评价单上的二维码。");
    // A code is no way to anything else.
    for path in [ONE, "/requests", "/me"] {
        assert_eq!(resident.status(path).await, 303, "{path}");
    }
}

#[tokio::test]
async fn whoever_did_the_work_neither_gets_its_slip_nor_rates_by_it() {
    let house = House::open().await;
    let (desk, rider) = (house.enter(Role::Operator).await, house.enter(Role::Worker).await);
    let work = [
        ("do", "handle"),
        ("key", "R-1"),
        ("request", "YS-XQ01"),
        ("claimed", "2026-12-01"),
        ("done", "2026-12-01"),
        ("quantity", "1"),
    ];
    assert_eq!(rider.done("/requests", &work).await, "已登记办理，等待评价");
    let own = "/requests/slip?request=YS-XQ01&handling=R-1";
    let board = rider.read("/requests").await;
    assert!(!board.contains("request=YS-XQ01&amp;handling"), "{board}");
    holds(&board, &["request=YS-XQ05&amp;handling=YS-BL02"]);
    assert_eq!(rider.status(own).await, 403);
    // The slip of what was done for one is one's own to hand on.
    holds(&rider.read(OTHER).await, &["评价单", "YS-XQ05"]);
    let address = address(&desk.read(own).await);
    let before = house.head().await;
    let (status, page) = rider.ask(Request::get(&address), String::new()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(page.contains("这是您本人办理的") && !page.contains("name=\"word\""), "{page}");
    let (status, page) = say(&rider, code(&address), "满意").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(page.contains("这是您本人办理的"), "{page}");
    assert_eq!(house.head().await, before);
    let (_, page) = say(&house.stranger(), code(&address), "满意").await;
    holds(&page, &["谢谢，已记下您的评价：满意"]);
}

#[tokio::test]
async fn the_slip_and_its_page_speak_english_and_the_switch_leads_back() {
    let house = House::open().await;
    let mut desk = house.enter(Role::Operator).await;
    desk.cookie.push_str("; nuanxin-language=en");
    let slip = desk.read(ONE).await;
    holds(&slip, &["Rating slip", "Service date 2026-11-28", "Scan it with a phone", "Print the slip"]);
    let address = address(&slip);
    let mut resident = house.stranger();
    // The switches of the frame lead back to the very slip.
    holds(&resident.read(&address).await, &[&format!("name=\"back\" value=\"{address}\"")]);
    resident.cookie.push_str("nuanxin-language=en");
    holds(&resident.read(&address).await, &["Rate a service", "How was it?", ">Mostly satisfied<", "Once only"]);
    let (_, page) = say(&resident, code(&address), "不满意").await;
    assert_eq!(said(&page, "role=\"status\">"), "Thank you. You said: Not satisfied");
    let told = said(&resident.read(&address).await, "role=\"status\">");
    assert_eq!(told, "It was rated before, on 2026-12-01: Not satisfied. Nothing is changed.");
}
