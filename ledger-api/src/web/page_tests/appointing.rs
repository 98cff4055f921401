//! Appointments that a second person confirms, from the form of whoever enters one to what the other one and the worker see.

use ledger_core::domain::ids::{Actor, Key};
use ledger_core::domain::period::Period;
use ledger_core::domain::worker::command::AppointmentTerms;
use ledger_core::ledger::{Command, Context, Outcome, Submission, commands};

use super::{House, holds};
use crate::access::Role;
use crate::access::policy::Who;
use crate::demo::EXAMPLE_WORKER;
use crate::service::command;

/// When everything here is proposed: the clock stands still.
const NOW: &str = "2026-12-01T12:00:00+08:00";

/// The part of the desk's page about what waits.
fn part(page: &str) -> &str {
    let part = page.split("id=\"appointing\"").nth(1).unwrap_or_else(|| panic!("nothing of it: {page}"));
    part.split("</section>").next().unwrap_or_default()
}

/// The card of one that waits.
#[track_caller]
fn card<'a>(page: &'a str, id: &str) -> &'a str {
    let found = part(page).split("<article").find(|part| part.contains(&format!("aria-label=\"待确认 {id}\"")));
    found.and_then(|part| part.split("</article>").next()).unwrap_or_else(|| panic!("no {id}: {page}"))
}

fn confirm<'a>(key: &'a str, worker: &'a str, id: &'a str) -> [(&'a str, &'a str); 5] {
    [("do", "confirm_appointment"), ("key", key), ("worker", worker), ("id", id), ("at", NOW)]
}

fn reject<'a>(key: &'a str, worker: &'a str, id: &'a str, reason: &'a str) -> [(&'a str, &'a str); 6] {
    [("do", "reject_appointment"), ("key", key), ("worker", worker), ("id", id), ("reason", reason), ("at", NOW)]
}

impl House {
    /// What another approver than the demonstration's does.
    async fn by_another(&self, key: &str, command: Command) {
        let context = Context {
            key: Key::new(key).unwrap(),
            actor: Actor::new("demo-checker").unwrap(),
            at: self.app.ledger.now(),
        };
        let told = command::give(&self.app.ledger, Who::Owner, vec![Submission { context, command }]).await.unwrap();
        assert!(matches!(told.as_slice(), [Outcome::Committed(_)]), "{told:?}");
        self.app.views.fresh(None).await.unwrap();
    }

    /// The word of that one.
    pub(super) async fn other_confirms(&self, key: &str, worker: &str, id: &str) {
        let (worker, appointment) = (worker.parse().unwrap(), id.parse().unwrap());
        self.by_another(key, commands::ConfirmAppointment { worker, appointment, proposed_at: None }.into()).await;
    }

    /// That one enters an appointment.
    async fn other_proposes(&self, worker: &str, id: &str) {
        let (appointment, worker, terms) = (id.parse().unwrap(), worker.parse().unwrap(), terms());
        self.by_another(id, commands::ProposeAppointment { appointment, worker, terms }.into()).await;
    }

    /// A register says it, and nobody is asked.
    async fn registered(&self, key: &str, worker: &str, id: &str) {
        let (appointment, worker) = (id.parse().unwrap(), worker.parse().unwrap());
        let terms = AppointmentTerms { body: "名册街道".into(), ..terms() };
        self.by_another(key, commands::RegisterAppointment { appointment, worker, terms }.into()).await;
    }
}

/// What is proposed here.
fn terms() -> AppointmentTerms {
    let days = Period { from: Some("2026-12-01".parse().unwrap()), through: None };
    AppointmentTerms { body: "演示街道".into(), days, ended: None, role: "兼职网格员".into(), site: None }
}

#[tokio::test]
async fn an_approver_confirms_what_another_person_entered() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let page = approver.read("/appointments").await;
    holds(part(&page), &["待确认的聘任", "另一位审核员确认后才作数"]);
    holds(card(&page, "YS-PS50"), &["YS-0018", "新聘任", "登记人 demo", "value=\"confirm_appointment\"", "退回"]);
    let seen = desk.read("/appointments").await;
    assert!(!card(&seen, "YS-PS50").contains("<form"), "the desk decides nothing: {seen}");
    let word = confirm("T-1", "YS-0018", "YS-PS50");
    assert!(desk.refused("/appointments", &word).await.contains("不能办理"));
    assert_eq!(approver.done("/appointments", &word).await, "已确认");
    assert_eq!(approver.done("/appointments", &word).await, "已确认", "once");
    let page = approver.read("/appointments").await;
    holds(&page, &["没有待确认的聘任", "聘书号 YS-PS50"]);
    let late = approver.refused("/appointments", &reject("T-2", "YS-0018", "YS-PS50", "名单有误")).await;
    assert_eq!(late, "这份聘任已经办过，请看最新的列表。");
}

#[tokio::test]
async fn whoever_entered_it_has_no_word_in_it() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    let appoint = [
        ("do", "appoint"),
        ("key", "P-1"),
        ("id", "PS-9"),
        ("worker", "ys-0003"),
        ("role", "兼职网格员"),
        ("sure", "兼职网格员"),
        ("from", "2026-12-01"),
    ];
    assert_eq!(approver.done("/appointments", &appoint).await, "已提交，等另一位审核员确认");
    let page = approver.read("/appointments").await;
    holds(card(&page, "PS-9"), &["YS-0003 · 兼职网格员", "登记人 demo-approver", "登记日期 2026-12-01"]);
    assert!(!card(&page, "PS-9").contains("<form"), "none is offered: {page}");
    let own = approver.refused("/appointments", &confirm("T-1", "YS-0003", "PS-9")).await;
    assert_eq!(own, "登记的人和本人不能确认或退回，请换一位审核员。");
    house.other_confirms("T-2", "YS-0003", "PS-9").await;
    holds(&approver.read("/appointments").await, &["聘书号 PS-9"]);
}

#[tokio::test]
async fn a_rider_sees_what_waits_and_why_it_was_sent_back() {
    let house = House::open().await;
    let (rider, approver) = (house.enter(Role::Worker).await, house.enter(Role::Approver).await);
    house.other_proposes(EXAMPLE_WORKER, "PS-9").await;
    let days = "拟自 2026-12-01 起，无期限";
    let own = rider.read("/me").await;
    holds(&own, &["兼职网格员", "PS-9", "待确认", "聘任单位 演示街道 · 确认前不作数", days]);
    holds(card(&approver.read("/appointments").await, "PS-9"), &["聘任单位 演示街道", days]);
    let unsaid = reject("T-1", EXAMPLE_WORKER, "PS-9", "");
    assert!(!approver.refused("/appointments", &unsaid).await.is_empty(), "a reason is given");
    let said = approver.done("/appointments", &reject("T-1", EXAMPLE_WORKER, "PS-9", "名单有误")).await;
    assert_eq!(said, "已退回聘任");
    holds(&rider.read("/me").await, &["PS-9", "退回日期 2026-12-01", "退回原因： 名单有误"]);
    let desk = house.enter(Role::Operator).await;
    holds(part(&desk.read("/appointments").await), &["退回的聘任", "PS-9", "名单有误"]);
    // It can be entered anew.
    let appoint = [("do", "appoint"), ("key", "P-1"), ("id", "PS-9"), ("worker", EXAMPLE_WORKER)];
    let again =
        [appoint.as_slice(), &[("role", "兼职网格员"), ("sure", "兼职网格员"), ("from", "2026-12-02")]].concat();
    assert_eq!(approver.done("/appointments", &again).await, "已提交，等另一位审核员确认");
    assert!(!rider.read("/me").await.contains("退回原因"), "what was sent back was entered anew");

    let mut english = house.enter(Role::Approver).await;
    english.cookie.push_str("; nuanxin-language=en");
    holds(part(&english.read("/appointments").await), &["Appointments to confirm", "To be confirmed", "Send back"]);
}

#[tokio::test]
async fn what_is_proposed_of_an_appointment_that_stands_leaves_it_as_it_is_until_it_is_confirmed() {
    let house = House::open().await;
    let (rider, approver) = (house.enter(Role::Worker).await, house.enter(Role::Approver).await);
    house.app.views.fresh(None).await.unwrap();
    let number = "YS-PS01";
    let rows = house.app.views.appointments(EXAMPLE_WORKER).await.unwrap().value;
    let terms = rows.into_iter().find(|(id, _)| id == number).and_then(|(_, row)| row.terms).expect("it stands");
    let propose = |terms: AppointmentTerms| -> Command {
        let (appointment, worker) = (number.parse().unwrap(), EXAMPLE_WORKER.parse().unwrap());
        commands::ProposeAppointment { appointment, worker, terms }.into()
    };

    let ended = AppointmentTerms { ended: Some("2026-12-31".parse().unwrap()), ..terms.clone() };
    house.by_another("E-1", propose(ended)).await;
    holds(&rider.read("/me").await, &["解聘待确认", "2026-12-31 · 确认前聘任照旧有效"]);
    let page = approver.read("/appointments").await;
    holds(card(&page, number), &["解聘待确认", "解聘，从这天起不再有效： 2026-12-31", "自 "]);
    assert!(!card(&page, number).contains("拟自"), "the days are those that hold: {page}");
    let said = approver.done("/appointments", &reject("T-1", EXAMPLE_WORKER, number, "还在任")).await;
    assert_eq!(said, "已退回解聘");
    holds(&rider.read("/me").await, &["解聘已退回", "解聘未获确认，聘任照旧有效 · 退回原因： 还在任"]);
    holds(part(&approver.read("/appointments").await), &["解聘已退回", "还在任"]);

    let days = Period { from: terms.days.from, through: None };
    house.by_another("E-2", propose(AppointmentTerms { days, ..terms })).await;
    holds(&rider.read("/me").await, &["变更待确认", "确认前按原来的聘任", "起，无期限"]);
    holds(card(&approver.read("/appointments").await, number), &["变更待确认", "变更已登记的聘任", "拟自"]);
    let said = approver.done("/appointments", &reject("T-2", EXAMPLE_WORKER, number, "没有批")).await;
    assert_eq!(said, "已退回变更");
    holds(&rider.read("/me").await, &["变更已退回", "变更未获确认，仍按原来的聘任 · 退回原因： 没有批"]);
}

#[tokio::test]
async fn what_a_register_took_meanwhile_says_so_and_can_only_be_sent_back() {
    let house = House::open().await;
    let approver = house.enter(Role::Approver).await;
    house.other_proposes("YS-0003", "PS-9").await;
    assert!(!card(&approver.read("/appointments").await, "PS-9").contains("与名册重复"), "nobody took it");
    house.registered("R-1", "YS-0003", "PS-9").await;
    let page = approver.read("/appointments").await;
    holds(card(&page, "PS-9"), &["与名册重复", "请退回后重新登记", "新聘任", "value=\"reject_appointment\""]);
    assert!(!card(&page, "PS-9").contains("value=\"confirm_appointment\""), "it cannot be: {page}");
    let word = approver.refused("/appointments", &confirm("T-1", "YS-0003", "PS-9")).await;
    assert_eq!(word, "这个聘书号此间已由名册登记，请退回后重新登记。");
    let said = approver.done("/appointments", &reject("T-2", "YS-0003", "PS-9", "名册已有")).await;
    assert_eq!(said, "已退回聘任", "it was no change of what the register has");
}

#[tokio::test]
async fn what_was_sent_back_fills_the_form_to_be_mended() {
    let house = House::open().await;
    let (desk, approver) = (house.enter(Role::Operator).await, house.enter(Role::Approver).await);
    let mend = "/appointments?mend=YS-0003%2FPS-9";
    house.other_proposes("YS-0003", "PS-9").await;
    assert!(!approver.read(mend).await.contains("已照退回的"), "it waits");
    approver.done("/appointments", &reject("T-1", "YS-0003", "PS-9", "名单有误")).await;
    let page = approver.read("/appointments").await;
    holds(part(&page), &["退回的聘任", "改好重报", "name=\"mend\" value=\"YS-0003/PS-9\""]);
    assert!(!part(&desk.read("/appointments").await).contains("改好重报"), "the desk appoints nobody");
    assert!(!desk.read(mend).await.contains("已照退回的"), "nor does it mend");

    let page = approver.read(mend).await;
    let form = page.split("aria-labelledby=\"appoint\"").nth(1).and_then(|rest| rest.split("</form>").next());
    let form = form.expect("a form");
    holds(form, &["已照退回的这一份填好", "value=\"YS-0003\"", "value=\"兼职网格员\"", "value=\"演示街道\""]);
    holds(form, &["name=\"from\" type=\"date\" value=\"2026-12-01\"", "name=\"id\" value=\"PS"]);
    assert!(!form.contains("name=\"id\" value=\"PS-9\""), "it is another one: {form}");
    for nothing in ["YS-0003%2FPS-8", "PS-9", "%3Cb%3Ex"] {
        let page = approver.read(&format!("/appointments?mend={nothing}")).await;
        assert!(!page.contains("已照退回的") && !page.contains("<b>x"), "{nothing}: {page}");
    }

    // What changes an appointment is about its number; an end is entered anew at what stands.
    house.registered("R-1", "YS-0003", "PS-7").await;
    for (id, ended) in [("E-1", None), ("E-2", Some("2026-12-31".parse().unwrap()))] {
        let (appointment, worker) = ("PS-7".parse().unwrap(), "YS-0003".parse().unwrap());
        let terms = AppointmentTerms { ended, ..terms() };
        house.by_another(id, commands::ProposeAppointment { appointment, worker, terms }.into()).await;
        approver.done("/appointments", &reject(&format!("T-{id}"), "YS-0003", "PS-7", "没有批")).await;
        let page = approver.read("/appointments?mend=YS-0003%2FPS-7").await;
        let mends = page.contains("已照退回的这份变更填好") && page.contains("id=\"id\" name=\"id\" value=\"PS-7\"");
        assert_eq!(mends, ended.is_none(), "{id}: {page}");
    }
}
