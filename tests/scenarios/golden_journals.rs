//! Journals that earlier versions wrote, kept in `golden/journals` as they are: every later version opens them, finds
//! them sound and unchanged, answers what was told before as it was told, and goes on.

mod asked;
mod offices;
mod sheets;
mod story;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ledger_core::domain::event::Event;
use ledger_core::evidence::hash::HashSuite;
use nuanxin_tests::{Api, Server, scratch_dir, token};
use serde_json::{Value, json};

use crate::exact::Exact;
use crate::journals::{self, Database};
use crate::program::{import, run, state, utf8};
use crate::sealed_backups::passphrase_file;
use crate::surgery::rehash;
use crate::tables::Tables;

/// Opens what stood beside a golden journal. Nothing in it is real.
const PASSPHRASE: &str = "golden journals hold nothing real";
/// Kinds of events that the newest golden journal does not hold, each with the reason: what came in since it was made. The
/// story has them already; once the next one is made, none is left here.
const NOT_YET: &[(&str, &str)] = &[];

/// What one version left.
struct Golden {
    folder: PathBuf,
    /// What clients sent, in order, and what they were told.
    told: Vec<Value>,
}

fn all() -> Vec<Golden> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/journals");
    let entries = std::fs::read_dir(&folder).expect("golden journals are kept");
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    assert!(!folders.is_empty(), "there is no golden journal in {}", folder.display());
    folders.into_iter().map(Golden::read).collect()
}

impl Golden {
    fn read(folder: PathBuf) -> Golden {
        let lines = std::fs::read_to_string(folder.join("told.jsonl")).expect("what was told is kept");
        let told = lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
        Golden { folder, told }
    }

    fn path(&self, name: &str) -> String {
        utf8(&self.folder.join(name)).to_owned()
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn json(&self, name: &str) -> Exact {
        Exact::parse(&self.text(name))
    }

    /// The verifier key of the district that was.
    fn key(&self) -> String {
        self.text("key.txt").trim().to_owned()
    }

    /// A journal of its own that holds the same: a copy of the file, or a schema into which it was brought.
    fn opened(&self, database: Database) -> String {
        let journal = journals::fresh(database);
        match database {
            Database::Sqlite => {
                std::fs::copy(self.path("journal.sqlite"), journals::file_of(&journal)).expect("a file can be copied");
            }
            Database::Postgres => {
                run(&journal, &["restore", &self.path("journal.sqlite")]).expect(0);
            }
        }
        journal
    }

    /// As [`Golden::opened`], with what stood beside it where that was kept: texts are known again by the vault's keys alone.
    fn opened_with_all(&self, database: Database) -> String {
        let sealed = self.path("all.sealed");
        if !Path::new(&sealed).is_file() {
            return self.opened(database);
        }
        let journal = journals::fresh(database);
        let passphrase = passphrase_file(PASSPHRASE);
        run(&journal, &["restore", "--all", &sealed, "--passphrase-file", utf8(&passphrase)]).expect(0);
        journal
    }

    /// Verified by itself and against the checkpoint that was signed then.
    fn assert_sound(&self, journal: &str) {
        run(journal, &["verify", "--journal-only"]).expect(0);
        let checkpoint = self.path("checkpoint.txt");
        run(journal, &["verify", "--journal-only", "--checkpoint", &checkpoint, "--key", &self.key()]).expect(0);
    }

    /// Every figure that was told of these entries then is told now; a later version may tell more.
    fn assert_state(&self, journal: &str) {
        let then = self.json("state.json");
        let at = then.get("position").count().to_string();
        let now = state(journal, &["--as-of", then.get("as_of").text(), "--at", &at]);
        for (name, figures) in then.members() {
            now.get(name).assert_same(figures, name);
        }
    }

    /// The same sheets again are repeats, and what was refused is refused again.
    fn assert_imported_before(&self, journal: &str) {
        let then = self.json("report.json");
        // Stores name their community by now: the first import of this version opens those, and no later one does.
        import(journal, &self.folder.join("pack"), 1, &[]);
        let position = state(journal, &[]).get("position").count();
        let now = import(journal, &self.folder.join("pack"), 1, &[]);
        let rows = |report: &Exact| -> u64 {
            ["credits", "redemptions", "repeats"].map(|count| report.get(count).count()).iter().sum()
        };
        assert_eq!(now.get("repeats").count(), rows(&then), "rows taken then are repeats now");
        assert_eq!((now.get("credits").count(), now.get("redemptions").count()), (0, 0));
        let refused = |report: &Exact| crate::imported::refusals(report);
        refused(&now).assert_same(&refused(&then), "rows refused");
        assert_eq!(state(journal, &[]).get("position").count(), position, "no new position");
    }

    /// Whoever asks again is answered as then; the same key with other content is refused.
    async fn assert_told_again(&self, apis: &dyn Fn(&str) -> Api) {
        for line in &self.told {
            let text = |name: &str| line[name].as_str().unwrap_or_else(|| panic!("{name} of {line}"));
            let api = apis(text("by"));
            let send = |body: Value| {
                let request = match text("method") {
                    "PUT" => nuanxin_tests::Request::put(text("path"), text("key"), body),
                    _ => nuanxin_tests::Request::post(text("path"), text("key"), body),
                };
                let api = api.clone();
                async move { api.send(&request).await.expect("a server answers") }
            };
            let (status, again) = send(line["body"].clone()).await;
            assert!((200..300).contains(&status), "{line} was answered {status} {again}");
            // A later version may tell more, and nothing else of what was told.
            for (now, then) in bodies(&again).iter().zip(bodies(&line["answer"])) {
                for (field, told) in then.as_object().into_iter().flatten() {
                    assert_eq!(&now[field], told, "{field} of {line}");
                }
            }
            assert_eq!(bodies(&again).len(), bodies(&line["answer"]).len(), "{line}");
            if line["path"] == "/v1/credits" {
                let mut other = line["body"].clone();
                other["quantity"] = json!(7);
                let (status, refused) = send(other).await;
                assert_eq!((status, &refused["code"]), (409, &json!("duplicate_conflict")), "{line}: {refused}");
            }
        }
    }
}

/// What an answer says; of a batch what it says of each item, which tells repeats from first answers beside it.
fn bodies(answer: &Value) -> Vec<Value> {
    match answer["results"].as_array() {
        Some(results) => results.iter().map(|result| result["body"].clone()).collect(),
        None => vec![answer.clone()],
    }
}

/// New commands on top of what was there.
async fn goes_on(api: &Api) {
    let credit =
        json!({"worker": "C004", "activity": "SB01", "on": "2025-06-01", "quantity": 8, "witness": "网格员丙"});
    let redemption = json!({"worker": "C004", "store": "S01", "lines": [{"sku": "SW01", "quantity": 1}]});
    let worker = json!({"id": "NEW1", "occupation": "快递员", "platform": "平台丙", "name": "测试人员新"});
    let (status, told) = api.post("/v1/credits", "new-credit", credit).await.expect("an answer");
    assert_eq!(status, 201, "{told}");
    assert_eq!(told["status"], "proposed", "the schedule that asks for a second person still holds: {told}");
    let (status, told) = api.post("/v1/redemptions", "new-redemption", redemption).await.expect("an answer");
    assert_eq!(status, 201, "{told}");
    let (status, told) = api.post("/v1/workers", "new-worker", worker).await.expect("an answer");
    assert_eq!(status, 201, "{told}");
    let path = format!("/v1/workers/NEW1/balance?min_position={}", told["position"]);
    let (status, balance) = api.get(&path).await.expect("an answer");
    assert_eq!((status, &balance["available"]), (200, &json!(0)), "{balance}");
}

fn sound_unchanged_and_open(database: Database) {
    for golden in all() {
        golden.assert_sound(&golden.opened(database));
        let journal = golden.opened_with_all(database);
        golden.assert_sound(&journal);
        golden.assert_state(&journal);
        golden.assert_imported_before(&journal);
        let said = run(&journal, &["replay"]).expect(0);
        assert!(said.text().contains("identical") || said.stderr.contains("identical"), "{}", said.stderr);

        // Who records and who checks are two; a third administrator would wait for the word of a second.
        let two = [token(&journal), token(&journal)];
        let mut turn = two.iter().cycle();
        let tokens = story::PERSONS.map(|person| (person, turn.next().expect("a token").clone()));
        let server = Server::start(&journal, &[]);
        let apis = |person: &str| {
            let (_, token) = tokens.iter().find(|(name, _)| *name == person).expect("a person of the story");
            server.api(token)
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            golden.assert_told_again(&apis).await;
            goes_on(&apis(story::RECORDER)).await;
        });
        assert_eq!(server.terminate().code(), Some(0), "{}", server.stderr());
        golden.assert_sound(&journal);
        run(&journal, &["verify"]).expect(0);
        golden.assert_state(&journal);
    }
}

#[test]
fn journals_of_earlier_versions_are_sound_unchanged_and_open_in_sqlite() {
    sound_unchanged_and_open(Database::Sqlite);
}

#[test]
fn journals_of_earlier_versions_are_sound_unchanged_and_open_in_postgres() {
    sound_unchanged_and_open(Database::Postgres);
}

/// The bytes of which a branch's seal names the digest are had again at the position it sealed, whatever lines tell by now.
#[test]
fn what_a_branch_sealed_is_told_as_it_was_sealed() {
    let golden = all().into_iter().find(|golden| golden.folder.ends_with("v0.2")).expect("v0.2");
    let journal = golden.opened(Database::Sqlite);
    let exported = run(&journal, &["export", "--format", "jsonl"]).expect(0);
    let events = exported.text().lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    let seals: Vec<Value> = events.filter(|event| event["type"] == "AppraisalSealed").collect();
    assert!(!seals.is_empty(), "a branch sealed a year");
    for seal in seals {
        let sealed: Value = serde_json::from_str(seal["payload"].as_str().expect("a payload")).expect("JSON");
        let (year, at) = (sealed["year"].to_string(), sealed["position"].to_string());
        let branch = sealed["branch"].as_str().expect("a branch");
        let bytes = run(&journal, &["appraise", "--year", &year, "--branch", branch, "--at", &at]).expect(0).stdout;
        assert_eq!(sealed["digest"], HashSuite::Sha256.digest(&bytes).to_string(), "{seal}");
    }
}

/// The journal of v0.2 holds objections to what counted already; in a copy one of them is decided by whoever made it, with
/// every hash made to fit.
#[test]
fn whoever_objected_to_what_counted_cannot_have_decided_it() {
    let golden = all().into_iter().find(|golden| golden.folder.ends_with("v0.2")).expect("v0.2");
    let journal = golden.opened(Database::Sqlite);
    let mut db = Tables::of(&journal);
    let at = db.number(
        "SELECT max(position) FROM event WHERE type = 'ObjectionResolved' AND CAST(payload AS TEXT) LIKE '%\"c-4\"%'",
    );
    let payload = String::from_utf8(db.payload(at)).expect("text");
    let changed = payload.replacen("\"by\":\"desk-b\"", "\"by\":\"desk-a\"", 1);
    assert_ne!(payload, changed);
    db.set_payload(at, changed.as_bytes());
    drop(db);
    rehash(&journal);
    let report = run(&journal, &["verify", "--journal-only", "--json"]).expect(1).json();
    assert_eq!(report.get("first_bad_position").count(), at, "{report:?}");
    assert!(report.get("reason").text().contains("two parts"), "{report:?}");
}

#[test]
fn bundles_of_earlier_versions_verify_and_their_journals_give_new_ones() {
    for golden in all() {
        let bundle = ["verify", "--bundle", &golden.path("bundle.zip"), "--key", &golden.key()];
        run("sqlite:/nowhere/nuanxin.db", &bundle).expect(0);
        let journal = golden.opened(Database::Sqlite);
        let own = scratch_dir("bundle").join("own.zip");
        run(&journal, &["bundle", utf8(&own)]).expect(0);
        run("sqlite:/nowhere/nuanxin.db", &["verify", "--bundle", utf8(&own)]).expect(0);
    }
}

/// The kinds of events that there are and that an export does not hold.
fn kinds_missing(exported: &str) -> Vec<&'static str> {
    let kinds: BTreeSet<String> = exported
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"))
        .map(|event| event["type"].as_str().expect("an event has a type").to_owned())
        .collect();
    Event::all_types().filter(|kind| !kinds.contains(*kind)).collect()
}

/// A new kind of event belongs into the story, and a journal of it into the newest folder before a version is released.
#[test]
fn the_newest_golden_journal_holds_every_kind_of_event() {
    let newest = all().pop().expect("a golden journal");
    let journal = newest.opened(Database::Sqlite);
    let exported = run(&journal, &["export", "--format", "jsonl"]).expect(0);
    let missing: Vec<_> = kinds_missing(exported.text())
        .into_iter()
        .filter(|kind| !NOT_YET.iter().any(|(known, _)| known == kind))
        .collect();
    assert!(missing.is_empty(), "{} holds none of {missing:?}", newest.folder.display());
    for (kind, reason) in NOT_YET {
        assert!(!reason.is_empty() && Event::all_types().any(|known| known == *kind), "there is no {kind}");
    }
}

/// So that one command makes the next one: the story fails where it goes past a kind.
#[test]
fn the_story_goes_through_every_kind_of_event() {
    story::make(&scratch_dir("golden").join("next"));
}

#[test]
#[ignore = "makes a golden journal of the program that NUANXIN_BIN names, in the folder that NUANXIN_GOLDEN names"]
fn make_a_golden_journal() {
    let folder = std::env::var_os("NUANXIN_GOLDEN").expect("NUANXIN_GOLDEN names a folder that is not there yet");
    story::make(Path::new(&folder));
}
