//! Who objected, on every way out by page: told to auditors, to resolvers where it was not done anonymously, to nobody else.

use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use ledger_core::domain::ids::{Actor, Key};
use ledger_core::ledger::command::CreditAction;
use ledger_core::ledger::{Context, Outcome, Submission, commands};
use tower::ServiceExt;

use super::{House, Visit, holds};
use crate::access::Role;
use crate::access::policy::Who;
use crate::demo::{ENTRANCES, EXAMPLE_WORKER};
use crate::service::command;

/// Who objected without a name, and appealed; who objected by name to what waits; who did to what counts already.
const UNNAMED: &str = "objector-1";
const NAMED: &str = "objector-2";
const LATE: &str = "objector-3";
/// Whose credits they are: the worker's whom the demonstration lets in, but for the second.
const OBJECTED: [&str; 2] = ["demo/proposed/01", "demo/proposed/02"];
/// Every page that somebody looks at, and every file that is taken from one.
const WAYS_OUT: [&str; 26] = [
    "/",
    "/admin",
    "/admin/accounts",
    "/appointments",
    "/audit",
    "/audit?type=CreditObjected",
    "/audit?type=CreditAppealed",
    "/audit?about=demo%2Fproposed%2F01",
    "/audit/bundle",
    "/audit/report",
    "/audit/sample?seed=7&size=200",
    "/audit/state",
    "/audit/trace?worker=YS-0001",
    "/branch",
    "/branch/export?year=2026",
    "/counter",
    "/counter/day",
    "/counter/holds",
    "/credits",
    "/me",
    "/me/stores",
    "/merchant",
    "/publicity",
    "/requests",
    "/selections",
    "/statements",
];

impl House {
    pub(super) async fn judge(&self, by: &str, credit: &str, action: CreditAction) {
        // Keys are told with the events: whoever objects does not write the own name into one.
        let number = self.app.ledger.journal().head().await.unwrap().position;
        let key = Key::new(&format!("{credit}/{number}")).unwrap();
        let context = Context { key, actor: Actor::new(by).unwrap(), at: self.app.ledger.now() };
        let judge = commands::JudgeCredit { credit: credit.parse().unwrap(), action, reason: "核对台账".into() };
        let given = vec![Submission { context, command: judge.into() }];
        let told = command::give(&self.app.ledger, Who::Owner, given).await.unwrap();
        assert!(matches!(told.as_slice(), [Outcome::Committed(_)]), "{by} {action:?} {credit}: {told:?}");
    }

    /// A credit of the worker whom the demonstration lets in that counts.
    async fn counted(&self) -> String {
        let lines = self.app.views.statement(EXAMPLE_WORKER, 0, u64::MAX, 1_000).await.unwrap().0;
        lines.into_iter().find(|line| line.activity.is_some() && line.points.is_positive()).unwrap().subject
    }

    /// Somebody objected thrice, in each way; gives the credit that counts.
    async fn objected(&self) -> String {
        let [first, second] = OBJECTED;
        self.judge("checker", first, CreditAction::Confirm).await;
        self.judge(UNNAMED, first, CreditAction::Object { anonymous: true }).await;
        self.judge("resolver", first, CreditAction::Resolve { upheld: false }).await;
        self.judge(UNNAMED, first, CreditAction::Appeal).await;
        self.judge(NAMED, second, CreditAction::Object { anonymous: false }).await;
        self.app.views.fresh(None).await.unwrap();
        let counted = self.counted().await;
        self.judge(LATE, &counted, CreditAction::Object { anonymous: false }).await;
        self.app.views.fresh(None).await.unwrap();
        counted
    }
}

impl Visit<'_> {
    /// All that a way out tells, workbooks and archives opened; none where it is not for this role.
    async fn told(&self, path: &str) -> Option<String> {
        let request = Request::get(path).header("x-forwarded-proto", "https").header(header::COOKIE, &self.cookie);
        let response = self.house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!status.is_server_error(), "{path}: {status}");
        status.is_success().then(|| opened(&bytes))
    }
}

fn opened(bytes: &[u8]) -> String {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let mut all = String::new();
    for index in 0..archive.len() {
        let mut part = Vec::new();
        archive.by_index(index).unwrap().read_to_end(&mut part).unwrap();
        all.push_str(&opened(&part));
    }
    all
}

#[tokio::test]
async fn no_page_tells_who_objected_but_to_whom_it_is_meant_for() {
    let house = House::open().await;
    house.objected().await;
    let mut seen = 0;
    for (role, _, _) in ENTRANCES {
        let visit = house.enter(role).await;
        for path in WAYS_OUT {
            let Some(told) = visit.told(path).await else { continue };
            seen += 1;
            for (objector, may) in [
                (UNNAMED, role == Role::Auditor),
                (NAMED, matches!(role, Role::Auditor | Role::Approver)),
                (LATE, matches!(role, Role::Auditor | Role::Approver)),
            ] {
                assert!(may || !told.contains(objector), "{path} tells {role:?} that {objector} objected");
            }
        }
    }
    assert!(seen > 30, "only {seen} ways out were open to anybody");

    // It is told to whom it is meant for, or nothing above would show anything.
    let auditor = house.enter(Role::Auditor).await;
    for path in ["/audit?type=CreditObjected", "/audit/bundle", "/audit/report"] {
        holds(&auditor.told(path).await.expect(path), &[UNNAMED, NAMED, LATE]);
    }
    holds(&house.enter(Role::Approver).await.read("/credits").await, &[NAMED, LATE]);
    // Nobody finds it out by looking for it either.
    let admin = house.enter(Role::Admin).await;
    holds(&admin.read("/audit?type=CreditObjected").await, &OBJECTED);
    for objector in [UNNAMED, NAMED, LATE] {
        let sought = admin.read(&format!("/audit?actor={objector}")).await;
        assert!(!sought.contains("demo/proposed"), "{objector}: {sought}");
    }
    assert!(admin.told("/audit/bundle").await.is_none(), "all entries as they were hashed tell it");
}

#[tokio::test]
async fn what_counts_and_was_objected_to_is_decided_on_the_page_of_the_desk() {
    let house = House::open().await;
    let credit = house.objected().await;
    let approver = house.enter(Role::Approver).await;
    let page = approver.read("/credits").await;
    let card =
        page.split("<article").find(|card| card.contains(&format!("aria-label=\"{credit}\""))).expect("it waits");
    let card = card.split("</article>").next().unwrap();
    holds(card, &["有异议", "异议成立", "异议不成立", "提出异议"]);
    assert!(!card.contains("1970") && !card.contains("<b class=\"grow\"></b>"), "its particulars are told: {card}");
    // Why somebody objected is read by whoever decides, and why it is decided so by whoever objected.
    assert!(!card.contains("text:"), "{card}");
    let silent = [("do", "dismiss"), ("key", "D-0"), ("credit", credit.as_str()), ("note", " ")];
    assert!(approver.refused("/credits", &silent).await.contains("请写明理由"));
    let decide = [("do", "dismiss"), ("key", "D-1"), ("credit", credit.as_str()), ("note", "核实无误")];
    approver.done("/credits", &decide).await;
    house.app.views.fresh(None).await.unwrap();
    assert!(!approver.read("/credits").await.contains(&format!("aria-label=\"{credit}\"")), "it is decided");
}
