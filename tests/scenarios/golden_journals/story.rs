//! The life of a small district, told to a program with every kind of event in it, and what is kept of it. Played under a
//! clock that is set, so that a hold runs out and a publicity passes. Holds no real person or place.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use nuanxin_tests::{Api, District, Request, Server, SetClock, cli, scratch_dir};
use reqwest::Method;
use serde_json::{Value, json};

use super::sheets::imported;
use crate::journals;
use crate::program::{Ended, utf8};
use crate::sealed_backups::{passphrase_file, vault_key};

/// Proposes.
pub(super) const RECORDER: &str = "recorder";
/// Decides about what another proposed.
pub(super) const CHECKER: &str = "checker";
/// Stands at the counter.
pub(super) const CLERK: &str = "clerk";
/// Sets the district up.
pub(super) const ADMIN: &str = "admin";
/// Pays what two others prepared and confirmed. Has an account from early on in the story.
pub(super) const PAYER: &str = "payer";
/// Decides where the others had a part.
pub(super) const DEPUTY: &str = "deputy";
/// A worker.
pub(super) const RIDER: &str = "rider";
/// A merchant's.
pub(super) const SHOP: &str = "shop";
/// Whose commands are told again later, each with a token of the own.
pub(super) const PERSONS: [&str; 4] = [RECORDER, CHECKER, CLERK, ADMIN];

/// A day after everything.
const AS_OF: &str = "2026-06-30";
/// How long what happens by itself may take.
const BY_ITSELF_LIMIT: Duration = Duration::from_secs(30);
pub(super) struct Teller {
    journal: String,
    clock: SetClock,
    server: Server,
    tokens: Vec<(&'static str, String)>,
    told: Vec<Value>,
}

fn set(clock: &SetClock, time: &str) {
    let wanted = DateTime::parse_from_rfc3339(time).expect("a time").timestamp();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the machine's clock is not before 1970");
    clock.set(wanted - i64::try_from(since.as_secs()).expect("a time of our days"));
}

pub(super) fn run(journal: &str, clock: &SetClock, args: &[&str]) -> Ended {
    let output = cli::command(journal).envs(clock.environment()).args(args).output();
    Ended::new(args, output.expect("the program starts"))
}

/// Plays the story and keeps what it leaves in a folder that is not there yet.
pub(super) fn make(folder: &Path) {
    fs::create_dir_all(folder.parent().expect("a folder has a parent")).expect("a folder can be made");
    fs::create_dir(folder).expect("the folder is new");
    let clock = SetClock::new();
    let place = scratch_dir("golden");
    let journal = journals::in_folder(&place);
    // The key that the tests give journals on Postgres: there as here the names can be opened later.
    fs::write(place.join("nuanxin.vault-key"), vault_key()).expect("a file can be written");
    set(&clock, "2025-01-02T09:00:00+08:00");
    imported(&journal, &clock, folder);
    // Who records and who checks are two; a third administrator would wait for the word of a second.
    let two = [(); 2].map(|()| cli::token_in(&journal, &clock.environment()));
    let mut turn = two.iter().cycle();
    let tokens = PERSONS.map(|person| (person, turn.next().expect("a token").clone()));
    let server = Server::start_in(&journal, clock.environment());
    let mut teller = Teller { journal, clock, server, tokens: tokens.to_vec(), told: Vec::new() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(teller.tell());
    teller.keep(folder);
}

impl Teller {
    pub(super) fn api(&self, by: &str) -> Api {
        let (_, token) = self.tokens.iter().find(|(person, _)| *person == by).expect("a person of the story");
        self.server.api(token)
    }

    /// Sends a command, which must be taken, and writes down what was told.
    async fn ask(&mut self, by: &str, request: Request) -> Value {
        let (status, answer) = self.api(by).send(&request).await.expect("the server answers");
        assert!((200..300).contains(&status), "{request:?} was answered {status} {answer}");
        if !PERSONS.contains(&by) {
            return answer;
        }
        self.told.push(json!({"by": by, "method": request.method.as_str(), "path": request.path, "key": request.key,
            "body": request.body, "answer": answer}));
        answer
    }

    /// A token for somebody who comes in later.
    pub(super) fn issue(&mut self, person: &'static str, args: &[&str]) {
        let issued = run(&self.journal, &self.clock, &[&["token", "issue"], args].concat()).expect(0);
        self.tokens.push((person, issued.text().trim().to_owned()));
    }

    pub(super) async fn post(&mut self, by: &str, path: &str, key: &str, body: Value) -> Value {
        self.ask(by, Request { method: Method::POST, path: path.into(), key: Some(key.into()), body }).await
    }

    /// A credit: worker, activity, day, quantity.
    async fn credit(&mut self, key: &str, (worker, activity, on, quantity): (&str, &str, &str, f64)) {
        let body =
            json!({"worker": worker, "activity": activity, "on": on, "quantity": quantity, "witness": "网格员甲"});
        self.post(RECORDER, "/v1/credits", key, body).await;
    }

    pub(super) async fn judge(&mut self, credit: &str, verb: &str, body: Value) {
        // Whoever objects does not decide about it.
        let by = if verb == "object" { CLERK } else { CHECKER };
        self.post(by, &format!("/v1/credits/{credit}/{verb}"), &format!("{verb}-{credit}"), body).await;
    }

    async fn until_recorded(&self, event_type: &str) {
        let began = Instant::now();
        while !self.kinds().await.contains(event_type) {
            assert!(began.elapsed() < BY_ITSELF_LIMIT, "no {event_type} was recorded");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The kinds of events recorded so far.
    async fn kinds(&self) -> BTreeSet<String> {
        let (_, page) = self.api(ADMIN).get("/v1/events?after=0&limit=1000").await.expect("the server answers");
        let events = page["events"].as_array().expect("a page has events").iter();
        events.map(|event| event["type"].as_str().expect("an event has a type").to_owned()).collect()
    }

    async fn tell(&mut self) {
        self.set_up().await;
        self.people().await;
        self.accounts().await;
        self.credits().await;
        self.spending().await;
        self.months_later().await;
    }

    async fn set_up(&mut self) {
        set(&self.clock, "2025-01-06T09:00:00+08:00");
        let line = |code: &str, category: &str, points: f64, cap: Value, card: bool, months: Value| {
            json!({"code": code, "name": format!("{category}{code}"), "category": category, "unit": "小时",
                "points_per_unit": points, "daily_cap": cap, "counts_for_card": card, "valid_months": months})
        };
        let before = json!({"effective_from": "2025-01-01",
            "district": {"name": "测试区", "code": "320500", "points_step": 0.5},
            "activities": [line("ZY01", "志愿服务", 12.0, json!(60), true, json!(24)),
                line("WM01", "文明创建", 5.0, json!(20), true, json!("year_end")),
                line("SB01", "社会治理", 20.0, Value::Null, false, Value::Null),
                line("DX01", "短效", 8.0, Value::Null, false, json!(1))]});
        self.ask(ADMIN, Request::put("/v1/schedule", "schedule-1", before)).await;
        let merchant = &District::new(0, 0).requests()[2].body;
        let body = json!({"id": "M02", "name": "测试商户二", "uscc": merchant["uscc"], "category": "餐饮"});
        self.post(ADMIN, "/v1/merchants", "merchant-2", body).await;
        let body = json!({"id": "S02", "name": "测试网点二", "tier": "街道", "community": "测试社区二"});
        self.post(ADMIN, "/v1/stores", "store-2", body).await;
        for (sku, kind, price, limit, merchant) in
            [("Q01", "券", 10.0, json!(4), json!("M02")), ("YS01", "实物", 7.5, Value::Null, Value::Null)]
        {
            let body = json!({"sku": sku, "name": format!("商品{sku}"), "kind": kind, "price": price,
                "limit_per_worker_year": limit, "merchant": merchant});
            self.post(ADMIN, "/v1/stores/S02/items", &format!("item-{sku}"), body).await;
            let body = json!({"sku": sku, "quantity": 30, "merchant": merchant});
            self.post(CLERK, "/v1/stores/S02/restock", &format!("restock-{sku}"), body).await;
        }
        let body = json!({"sku": "YS01", "counted": 28, "reason": "盘点少两件"});
        self.post(CLERK, "/v1/stores/S02/stocktake", "stocktake-1", body).await;
        let body = json!({"sku": "YS01", "quantity": 3, "reason": "破损"});
        self.post(CLERK, "/v1/stores/S02/write-off", "write-off-1", body).await;
        self.post(ADMIN, "/v1/stores/S02/close", "close-1", json!({"reason": "装修"})).await;
        self.post(ADMIN, "/v1/stores/S02/reopen", "reopen-1", json!({})).await;
    }

    async fn people(&mut self) {
        for (id, member) in [("C001", true), ("C002", false), ("C003", true), ("C004", false), ("C005", true)] {
            let body = json!({"id": id, "occupation": "外卖配送员", "platform": "平台甲", "name": format!("测试人员{id}"),
                "party_member": member});
            self.post(ADMIN, "/v1/workers", &format!("worker-{id}"), body).await;
        }
        for (id, card_no) in [("C001", "HZ-C001"), ("C003", "HZ-C003"), ("C005", "HZ-C005")] {
            let body = json!({"card_no": card_no, "branch": "DZB01"});
            self.post(ADMIN, &format!("/v1/workers/{id}/card"), &format!("card-{id}"), body).await;
        }
        self.post(ADMIN, "/v1/workers/C003/card/move", "move-C003", json!({"branch": "DZB02"})).await;
        self.post(ADMIN, "/v1/workers/C005/card/close", "close-C005", json!({"reason": "组织关系转出"})).await;
        self.post(ADMIN, "/v1/workers/C005/depart", "depart-C005", json!({"reason": "离开本区"})).await;
    }

    async fn credits(&mut self) {
        for (key, credit) in [
            ("c-1", ("C001", "ZY01", "2025-01-05", 3.0)),
            ("c-2", ("C001", "WM01", "2025-01-05", 6.0)),
            ("c-3", ("C002", "SB01", "2025-01-04", 2.0)),
            ("c-4", ("C003", "ZY01", "2025-01-03", 2.5)),
            ("c-5", ("C004", "SB01", "2025-01-04", 5.0)),
            ("c-6", ("C004", "DX01", "2025-01-05", 4.0)),
            ("c-7", ("C003", "SB01", "2025-01-05", 1.0)),
        ] {
            self.credit(key, credit).await;
        }
        self.judge("c-7", "object", json!({"reason": "不属实"})).await;
        self.judge("c-7", "resolve", json!({"reason": "查无此事", "upheld": true})).await;
        self.judge("c-4", "object", json!({"reason": "时长有误"})).await;
        self.judge("c-4", "resolve", json!({"reason": "核实无误", "upheld": false})).await;
        // From here on a second person confirms, after days of publicity.
        let activities = json!([
            {"code": "ZY01", "name": "社区志愿服务", "category": "志愿服务", "unit": "小时", "points_per_unit": 15,
                "daily_cap": 60, "counts_for_card": true, "valid_months": 24},
            {"code": "SB01", "name": "隐患上报", "category": "社会治理", "points_per_unit": 20, "counts_for_card": false},
        ]);
        let after = json!({"effective_from": "2025-02-01", "activities": activities,
            "district": {"checks": 2, "publicity_days": 2}});
        self.ask(ADMIN, Request::put("/v1/schedule", "schedule-2", after)).await;
        set(&self.clock, "2025-02-10T09:00:00+08:00");
        for (key, credit) in [
            ("p-1", ("C001", "ZY01", "2025-02-08", 2.0)),
            ("p-2", ("C001", "ZY01", "2025-02-09", 1.0)),
            ("p-3", ("C002", "SB01", "2025-02-09", 1.0)),
        ] {
            self.credit(key, credit).await;
        }
        self.judge("p-2", "reject", json!({"reason": "证明人不在场"})).await;
        set(&self.clock, "2025-02-14T09:00:00+08:00");
        self.judge("p-1", "confirm", json!({"reason": "台账相符"})).await;
        self.disputed().await;
        let items = json!([
            {"key": "b-1", "command": "record_credit", "worker": "C003", "activity": "ZY01", "on": "2025-02-12",
                "quantity": 1.5, "witness": "网格员丙"},
            {"key": "b-2", "command": "record_credit", "worker": "C004", "activity": "SB01", "on": "2025-02-12",
                "quantity": 1, "witness": "网格员丙"}]);
        self.post(RECORDER, "/v1/batch?atomic=true", "batch-1", items).await;
    }

    async fn spending(&mut self) {
        set(&self.clock, "2025-03-03T10:00:00+08:00");
        self.until_recorded("CreditConfirmed").await;
        let spending = |worker: &str, store: &str, sku: &str, quantity: u32| json!({"worker": worker, "store": store, "lines": [{"sku": sku, "quantity": quantity}]});
        self.post(CLERK, "/v1/redemptions", "r-1", spending("C001", "S01", "SW01", 1)).await;
        let mut dated = spending("C002", "S02", "Q01", 3);
        dated["at"] = json!("2025-03-02T16:20:00+08:00");
        self.post(CLERK, "/v1/redemptions", "r-2", dated).await;
        let body = json!({"worker": "C004", "store": "S02",
            "lines": [{"sku": "Q01", "quantity": 1}, {"sku": "YS01", "quantity": 2}]});
        self.post(CLERK, "/v1/redemptions", "r-3", body).await;
        self.post(CLERK, "/v1/redemptions/r-3/reverse", "reverse-r-3", json!({"reason": "拿错商品"})).await;
        // Spent before it was taken back: a debt, which the next credit pays.
        self.judge("c-3", "reverse", json!({"reason": "重复上报"})).await;
        self.judge("p-3", "confirm", json!({"reason": "台账相符"})).await;
        for (hold, minutes) in [("h-1", 600), ("h-2", 600), ("h-3", 60), ("h-4", 43_200)] {
            let mut body = spending("C004", "S02", "YS01", 1);
            body["lasts_minutes"] = json!(minutes);
            self.post(CLERK, "/v1/holds", hold, body).await;
        }
        self.post(CLERK, "/v1/holds/h-1/capture", "capture-h-1", json!({})).await;
        self.post(CLERK, "/v1/holds/h-2/release", "release-h-2", json!({})).await;
        set(&self.clock, "2025-03-03T12:00:00+08:00");
        self.until_recorded("HoldExpired").await;
    }

    async fn months_later(&mut self) {
        set(&self.clock, "2025-03-05T09:00:00+08:00");
        // The server may have been quicker.
        self.untold(ADMIN, "/v1/expiries", "expiries-1", json!({"through": "2025-02-28"})).await;
        // A slip found later, from a day on which the lot that was booked as expired could still be spent.
        let late = json!({"worker": "C004", "store": "S02", "lines": [{"sku": "YS01", "quantity": 2}],
            "at": "2025-02-03T11:00:00+08:00"});
        self.post(CLERK, "/v1/redemptions", "r-late", late).await;
        self.selection().await;
        self.afterwards().await;
        self.asked().await;
        self.given_back().await;
        self.approved().await;
        self.appointed().await;
        self.taken_back().await;
        self.twice_entered().await;
        self.post(ADMIN, "/v1/stores/S02/items/Q01/delist", "delist-1", json!({"reason": "协议到期"})).await;
        set(&self.clock, "2025-04-02T09:00:00+08:00");
        self.settled().await;
        self.closing().await;
    }

    /// Ends the server and keeps the journal with what was told, signed and packed.
    fn keep(self, folder: &Path) {
        let Teller { journal, clock, server, told, .. } = self;
        assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
        no_administrator_is_left(&journal, &clock);
        let exported = run(&journal, &clock, &["export", "--format", "jsonl"]).expect(0);
        let missing = super::kinds_missing(exported.text());
        assert!(missing.is_empty(), "the story has none of {missing:?}");
        let path = |name: &str| utf8(&folder.join(name)).to_owned();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file can be written");
        run(&journal, &clock, &["verify"]).expect(0);
        run(&journal, &clock, &["checkpoint", "--out", &path("checkpoint.txt")]).expect(0);
        write("key.txt", run(&journal, &clock, &["key", "show"]).expect(0).text());
        write("state.json", run(&journal, &clock, &["state", "--as-of", AS_OF, "--json"]).expect(0).text());
        run(&journal, &clock, &["bundle", &path("bundle.zip"), "--checkpoint", &path("checkpoint.txt")]).expect(0);
        run(&journal, &clock, &["backup", &path("journal.sqlite")]).expect(0);
        let passphrase = passphrase_file(super::PASSPHRASE);
        let sealed = path("all.sealed");
        run(&journal, &clock, &["backup", "--all", &sealed, "--passphrase-file", utf8(&passphrase)]).expect(0);
        let lines: String = told.iter().map(|line| format!("{line}\n")).collect();
        write("told.jsonl", &lines);
    }
}

/// Whoever opens the journal later begins as if nobody had administered it: desks and administrators of their own need no
/// second word.
fn no_administrator_is_left(journal: &str, clock: &SetClock) {
    let listed = run(journal, clock, &["account", "list"]).expect(0);
    let mut grants = listed.text().lines().map(str::split_whitespace).filter_map(|mut words| {
        let grant = words.next()?;
        (words.next() == Some("admin")).then(|| grant.to_owned())
    });
    for grant in [grants.next().expect("an administrator"), grants.next().expect("a second one")] {
        run(journal, clock, &["account", "end", &grant, "--reason", "故事结束"]).expect(0);
    }
}
