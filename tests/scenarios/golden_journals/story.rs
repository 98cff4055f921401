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

use crate::journals;
use crate::program::{Ended, utf8};
use crate::small_pack::{CREDITS, REDEMPTIONS, SmallPack};

/// Proposes.
pub(super) const RECORDER: &str = "recorder";
/// Decides about what another proposed.
pub(super) const CHECKER: &str = "checker";
/// Stands at the counter.
pub(super) const CLERK: &str = "clerk";
/// Sets the district up.
pub(super) const ADMIN: &str = "admin";
/// Everybody, each with a token of the own.
pub(super) const PERSONS: [&str; 4] = [RECORDER, CHECKER, CLERK, ADMIN];

/// A day after everything.
const AS_OF: &str = "2026-06-30";
/// How long what happens by itself may take.
const BY_ITSELF_LIMIT: Duration = Duration::from_secs(30);
/// Every kind of event that a golden journal holds.
const KINDS: &str = "CardClosed CardIssued CardMoved CardNumberAssigned CivicCreationRecorded CommunityServiceRecorded
    CreditConfirmed CreditObjected CreditRejected CreditReversed ExpiryReversed HoldCaptured HoldExpired HoldReleased
    HonourReversed ItemDelisted ItemListed JournalOpened MerchantRegistered MerchantUpdated ObjectionResolved
    PointsExpired PointsHeld ProgrammeConfigured Redeemed RedemptionReversed ScheduleAdopted SettlementPaid StockCounted
    StockIssued StockReceived StockReserved StockReturned StockUnreserved StockWrittenOff StoreClosed StoreOpened
    StoreReopened StoreUpdated VolunteerServiceRecorded VoucherHonoured WorkerDeparted WorkerRegistered WorkerUpdated";

struct Teller {
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

fn run(journal: &str, clock: &SetClock, args: &[&str]) -> Ended {
    let output = cli::command(journal).envs(clock.environment()).args(args).output();
    Ended::new(args, output.expect("the program starts"))
}

/// Plays the story and keeps what it leaves in a folder that is not there yet.
pub(super) fn make(folder: &Path) {
    fs::create_dir_all(folder.parent().expect("a folder has a parent")).expect("a folder can be made");
    fs::create_dir(folder).expect("the folder is new");
    let clock = SetClock::new();
    let journal = journals::in_folder(&scratch_dir("golden"));
    set(&clock, "2025-01-02T09:00:00+08:00");
    imported(&journal, &clock, folder);
    // Who records and who checks are two; a third administrator would wait for the word of a second.
    let two = [RECORDER, CHECKER].map(|person| {
        let issued = run(&journal, &clock, &["token", "issue", "--role", "admin", "--name", person]).expect(0);
        issued.text().trim().to_owned()
    });
    let mut turn = two.iter().cycle();
    let tokens = PERSONS.map(|person| (person, turn.next().expect("a token").clone()));
    let server = Server::start_in(&journal, clock.environment());
    let mut teller = Teller { journal, clock, server, tokens: tokens.to_vec(), told: Vec::new() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(teller.tell());
    teller.keep(folder);
}

/// A pack, and the same again with registers brought up to date.
fn imported(journal: &str, clock: &SetClock, folder: &Path) {
    let pack = SmallPack::new();
    pack.append(
        "活动记录-2024-01.csv",
        "JL02,W001,ZY01,2024-01-05,5,网格员甲,\nJL03,W002,SB01,2024-01-08,3,网格员乙,\n",
    );
    pack.append(
        "活动记录-2024-01.csv",
        "JL04,W009,ZY01,2024-01-09,1,网格员甲,\nJL05,W001,ZY01,2024-01-05,1,网格员甲,\n",
    );
    pack.append("兑换流水-2024-01.csv", "LS02,W002,S01,SW01,1,2024-01-20 10:00:00\n");
    let origin = ["--origin", "golden.nuanxin.example/district"];
    let arguments = |report: &Path| {
        let report = utf8(report).to_owned();
        let pack = utf8(pack.folder()).to_owned();
        move |more: &[&str]| {
            let mut all: Vec<String> = vec!["import".into(), pack.clone(), "--report".into(), report.clone()];
            all.extend(more.iter().map(|&one| one.to_owned()));
            all
        }
    };
    let first = arguments(&scratch_dir("report").join("first.json"))(&origin);
    run(journal, clock, &first.iter().map(String::as_str).collect::<Vec<_>>()).expect(1);
    for (name, from, to) in [
        ("人员名册.csv", "平台乙", "平台丙"),
        ("商户名录.csv", "超市", "便利店"),
        ("兑换网点.csv", "测试网点一", "测试网点一（东门）"),
    ] {
        let sheet = fs::read_to_string(pack.folder().join(name)).expect("a sheet of the pack");
        pack.write(name, sheet.replace(from, to));
    }
    pack.write("活动记录-2024-02.csv", format!("{CREDITS}JL06,W001,ZY01,2024-02-03,2.5,网格员甲,\n"));
    pack.write("兑换流水-2024-02.csv", format!("{REDEMPTIONS}LS03,W001,S01,SW01,1,2024-02-06 15:30:00\n"));
    // What the second import reports as taken or repeated is what every later one finds repeated.
    let second = arguments(&folder.join("report.json"))(&[]);
    run(journal, clock, &second.iter().map(String::as_str).collect::<Vec<_>>()).expect(1);
    let kept = folder.join("pack");
    fs::create_dir(&kept).expect("the folder is new");
    for entry in fs::read_dir(pack.folder()).expect("the pack's folder") {
        let entry = entry.expect("a file of the pack");
        fs::copy(entry.path(), kept.join(entry.file_name())).expect("a file can be copied");
    }
}

impl Teller {
    fn api(&self, by: &str) -> Api {
        let (_, token) = self.tokens.iter().find(|(person, _)| *person == by).expect("a person of the story");
        self.server.api(token)
    }

    /// Sends a command, which must be taken, and writes down what was told.
    async fn ask(&mut self, by: &str, request: Request) -> Value {
        let (status, answer) = self.api(by).send(&request).await.expect("the server answers");
        assert!((200..300).contains(&status), "{request:?} was answered {status} {answer}");
        self.told.push(json!({"by": by, "method": request.method.as_str(), "path": request.path, "key": request.key,
            "body": request.body, "answer": answer}));
        answer
    }

    async fn post(&mut self, by: &str, path: &str, key: &str, body: Value) -> Value {
        self.ask(by, Request { method: Method::POST, path: path.into(), key: Some(key.into()), body }).await
    }

    /// A credit: worker, activity, day, quantity.
    async fn credit(&mut self, key: &str, (worker, activity, on, quantity): (&str, &str, &str, f64)) {
        let body =
            json!({"worker": worker, "activity": activity, "on": on, "quantity": quantity, "witness": "网格员甲"});
        self.post(RECORDER, "/v1/credits", key, body).await;
    }

    async fn judge(&mut self, credit: &str, verb: &str, body: Value) {
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
        self.credits().await;
        self.spending().await;
        self.months_later().await;
        let kinds = self.kinds().await;
        let missing: Vec<&str> = KINDS.split_whitespace().filter(|kind| !kinds.contains(*kind)).collect();
        assert!(missing.is_empty(), "the story has none of {missing:?}");
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
            "district": {"approval_required": true, "publicity_days": 2}});
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
        self.judge("p-1", "confirm", json!({"reason": "公示期满"})).await;
        let items = json!([
            {"key": "b-1", "command": "record_credit", "worker": "C003", "activity": "ZY01", "on": "2025-02-12",
                "quantity": 1.5, "witness": "网格员丙"},
            {"key": "b-2", "command": "record_credit", "worker": "C004", "activity": "SB01", "on": "2025-02-12",
                "quantity": 1, "witness": "网格员丙"}]);
        self.post(RECORDER, "/v1/batch?atomic=true", "batch-1", items).await;
    }

    async fn spending(&mut self) {
        set(&self.clock, "2025-03-03T10:00:00+08:00");
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
        self.judge("p-3", "confirm", json!({"reason": "公示期满"})).await;
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
        self.post(ADMIN, "/v1/expiries", "expiries-1", json!({"through": "2025-02-28"})).await;
        // A slip found later, from a day on which the lot that was booked as expired could still be spent.
        let late = json!({"worker": "C004", "store": "S02", "lines": [{"sku": "YS01", "quantity": 2}],
            "at": "2025-02-03T11:00:00+08:00"});
        self.post(CLERK, "/v1/redemptions", "r-late", late).await;
        let body = json!({"month": "2025-03", "points": 20, "reference": "银行回单 0001"});
        self.post(ADMIN, "/v1/merchants/M02/settlements", "settlement-1", body).await;
        self.post(ADMIN, "/v1/stores/S02/items/Q01/delist", "delist-1", json!({"reason": "协议到期"})).await;
    }

    /// Ends the server and keeps the journal with what was told, signed and packed.
    fn keep(self, folder: &Path) {
        let Teller { journal, clock, server, told, .. } = self;
        assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
        let path = |name: &str| utf8(&folder.join(name)).to_owned();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file can be written");
        run(&journal, &clock, &["verify"]).expect(0);
        run(&journal, &clock, &["checkpoint", "--out", &path("checkpoint.txt")]).expect(0);
        write("key.txt", run(&journal, &clock, &["key", "show"]).expect(0).text());
        write("state.json", run(&journal, &clock, &["state", "--as-of", AS_OF, "--json"]).expect(0).text());
        run(&journal, &clock, &["bundle", &path("bundle.zip"), "--checkpoint", &path("checkpoint.txt")]).expect(0);
        run(&journal, &clock, &["backup", &path("journal.sqlite")]).expect(0);
        let lines: String = told.iter().map(|line| format!("{line}\n")).collect();
        write("told.jsonl", &lines);
    }
}
