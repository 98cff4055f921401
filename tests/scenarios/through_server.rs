//! An import beside a server that has the journal: it goes through the server, the counter goes on, and whoever is
//! stopped on the way, the same command again ends in the very state of an import without a server.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

use ledger_core::journal::sqlite::SqliteJournal;
use nuanxin_tests::{Api, Server, cli, scratch_dir, token};
use serde_json::{Value, json};

use crate::exact::Exact;
use crate::imported::{Imported, Pack, imported};
use crate::journals::{Database, file_of, fresh, in_folder};
use crate::program::{Ended, import, position, run, utf8};
use crate::small_pack::SmallPack;

const PACK: Pack = Pack::Qianwei;
/// Most redemptions that a test makes: what the shelf of [`counter`] holds.
const REDEMPTIONS_MAX: u64 = 100;

/// A store with goods and a worker with points, of no pack in the repository.
fn counter() -> SmallPack {
    let pack = SmallPack::new();
    pack.append("活动记录-2024-01.csv", "JL02,W001,SB01,2024-01-05,800,,\n");
    pack
}

/// One redemption at that store, in the very words of every run.
async fn redeem(api: &Api, number: u64) -> (u16, Value) {
    let body = json!({
        "worker": "W001", "store": "S01", "lines": [{"sku": "SW01", "quantity": 1}], "at": "2024-01-07T10:00:00+08:00",
    });
    api.post("/v1/redemptions", &format!("柜台-{number}"), body).await.expect("an answer")
}

fn start_import(journal: &str, report: &Path) -> Child {
    let mut command = cli::command(journal);
    command.args(["import", utf8(&PACK.folder()), "--report", utf8(report)]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn ended(child: Child) -> Ended {
    let output: Output = child.wait_with_output().expect("a child can be waited for");
    Ended::new(&["import"], output)
}

/// Waits until an import beside a server has written something: from then on it is in the middle.
fn wait_for_the_middle(journal: &str, before: u64) {
    let begun = std::time::Instant::now();
    while position(journal) < before + 500 {
        assert!(begun.elapsed().as_secs() < 60, "the import writes nothing");
    }
}

fn socket_of(journal: &str) -> PathBuf {
    file_of(journal).with_extension("sock")
}

/// Who gave the commands that recorded events, except those of the program itself, each once.
fn actors(journal: &str) -> Vec<String> {
    let events = run(journal, &["export", "--format", "jsonl"]).expect(0);
    let mut actors: Vec<String> =
        events.text().lines().skip(1).map(|line| Exact::parse(line).get("actor").text().to_owned()).collect();
    actors.sort();
    actors.dedup();
    actors
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_pack_goes_through_the_server_while_the_counter_redeems() {
    let journal = fresh(Database::Sqlite);
    let (key, counter) = (token(&journal), counter());
    import(&journal, counter.folder(), 0, &[]);
    let server = Server::start(&journal, &[]);
    let api = server.api(&key);
    let report = scratch_dir("report").join("report.json");
    let mut child = start_import(&journal, &report);
    let (mut redeemed, mut during) = (0, 0);
    while redeemed < REDEMPTIONS_MAX - 1 {
        let running = child.try_wait().expect("a child can be waited for").is_none();
        if !running && redeemed > 0 {
            break;
        }
        let (status, body) = redeem(&api, redeemed).await;
        assert_eq!(status, 201, "{body}");
        redeemed += 1;
        during += u64::from(running && child.try_wait().expect("a child can be waited for").is_none());
    }
    ended(child).expect(1);
    assert!(during > 0, "the counter redeemed while the import was at work");
    let told = Exact::parse(&std::fs::read_to_string(&report).expect("a report"));
    PACK.assert_refusals(&told);
    // Names went to the server's vault, and are known at once.
    let worker = PACK.expected().get("workers").members().keys().next().expect("a worker").clone();
    let (status, known) = api.get(&format!("/v1/workers/{worker}")).await.expect("an answer");
    assert_eq!(status, 200);
    assert!(known["name"].as_str().is_some_and(|name| !name.is_empty()), "{known}");
    assert!(server.terminate().success());

    // The same without a server, one after the other.
    let alone = fresh(Database::Sqlite);
    let key = token(&alone);
    import(&alone, counter.folder(), 0, &[]);
    import(&alone, &PACK.folder(), 1, &[]).assert_same(&told, "the report");
    let server = Server::start(&alone, &[]);
    for number in 0..redeemed {
        assert_eq!(redeem(&server.api(&key), number).await.0, 201);
    }
    assert!(server.terminate().success());
    PACK.state_of(&journal).assert_same(&PACK.state_of(&alone), "the state");
    run(&journal, &["verify"]).expect(0);
    // By whom is told the same, with a server and without; the first event is the journal's own.
    let by = actors(&journal);
    assert!(by.contains(&"machine-owner".to_owned()) && by.len() == 2, "{by:?}");
    assert!(actors(&alone).contains(&"machine-owner".to_owned()));
}

/// Sends the pack again, through a new server, and compares everything with an import that was never stopped.
fn ends_alike(journal: &str, reference: &Imported) {
    let server = Server::start(journal, &[]);
    let report = import(journal, &PACK.folder(), 1, &[]);
    PACK.assert_refused_again(&report);
    assert!(server.terminate().success());
    // But for the position: a token's account is in the journal, too.
    let state = PACK.state_of(journal);
    for (name, figures) in reference.state.members().iter().filter(|(name, _)| name.as_str() != "position") {
        state.get(name).assert_same(figures, name);
    }
    run(journal, &["verify", "--journal-only"]).expect(0);
}

#[test]
fn a_server_that_ends_in_the_middle_of_an_import_is_told_and_the_same_command_completes_it() {
    let reference = imported(PACK, Database::Sqlite);
    let report = scratch_dir("report").join("report.json");
    let journal = fresh(Database::Sqlite);
    for end in [Server::kill_9, |server: &Server| assert!(server.terminate().success())] {
        let server = Server::start(&journal, &[]);
        let before = position(&journal);
        let child = start_import(&journal, &report);
        wait_for_the_middle(&journal, before);
        end(&server);
        ended(child).expect(1).says(&["the server that has the journal stopped", "the same command again"]);
        assert!(position(&journal) < reference.state.get("position").count(), "it was stopped in the middle");
    }
    ends_alike(&journal, reference);
}

#[test]
fn a_client_that_is_killed_in_the_middle_leaves_the_server_whole() {
    let reference = imported(PACK, Database::Sqlite);
    let report = scratch_dir("report").join("report.json");
    let journal = fresh(Database::Sqlite);
    let server = Server::start(&journal, &[]);
    let mut child = start_import(&journal, &report);
    wait_for_the_middle(&journal, position(&journal));
    child.kill().expect("a child can be killed");
    child.wait().expect("a child can be waited for");
    let at = position(&journal);
    assert!(at < reference.state.get("position").count(), "it was killed in the middle");
    // The server goes on at once, for the next import as for anybody.
    run(&journal, &["token", "issue", "--role", "auditor"]).expect(0);
    assert!(server.terminate().success());
    ends_alike(&journal, reference);
}

#[test]
fn the_socket_is_its_owners_alone_and_goes_with_the_server() {
    let folder = scratch_dir("journal");
    // Longer than a socket's path may be.
    let deep = folder.join("很长的文件夹名".repeat(8));
    std::fs::create_dir(&deep).expect("a folder");
    let journal = in_folder(&deep);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    let server = Server::start(&journal, &[]);
    let mode = std::fs::metadata(socket_of(&journal)).expect("a socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = import(&journal, pack.folder(), 0, &[]);
    assert_eq!(again.get("repeats").count(), 2);
    server.kill_9();
    // What a killed server leaves stands in nobody's way.
    assert!(socket_of(&journal).exists());
    run(&journal, &["token", "list"]).expect(0);
    import(&journal, pack.folder(), 0, &[]);
    let server = Server::start(&journal, &[]);
    import(&journal, pack.folder(), 0, &[]);
    assert!(server.terminate().success());
    assert!(!socket_of(&journal).exists());
}

#[test]
fn an_import_beside_whoever_is_no_server_is_told_what_to_do() {
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    let held = SqliteJournal::open(&file_of(&journal)).expect("a journal that nobody has");
    let holder = format!("process {}", std::process::id());
    run(&journal, &["import", utf8(pack.folder())]).expect(2).says(&[&holder, "another import", "again"]);
    drop(held);
    import(&journal, pack.folder(), 0, &[]);
}

#[test]
fn what_a_journal_is_cannot_be_changed_through_its_server_either() {
    let journal = fresh(Database::Sqlite);
    let pack = SmallPack::new();
    import(&journal, pack.folder(), 0, &[]);
    let server = Server::start(&journal, &[]);
    run(&journal, &["import", utf8(pack.folder()), "--hash-suite", "sm3"]).expect(2).says(&["--hash-suite"]);
    // Judging writes nothing, and needs nobody.
    run(&journal, &["import", utf8(pack.folder()), "--dry-run"]).expect(0);
    assert!(server.terminate().success());
}
