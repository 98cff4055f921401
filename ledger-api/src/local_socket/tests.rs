//! The socket itself, and a server and its clients in one process: what goes over it comes out the same, whoever ends
//! first.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener as StdListener;
use std::path::Path;

use ledger_core::domain::ids::Actor;
use ledger_core::domain::merchant::command::MerchantDetails;
use ledger_core::domain::points::Points;
use ledger_core::domain::programme::command::Settings;
use ledger_core::domain::quantity::Quantity;
use ledger_core::domain::schedule::Activity;
use ledger_core::domain::store::command::{ItemTerms, StoreDetails};
use ledger_core::domain::time::{BusinessTime, Validity};
use ledger_core::domain::worker::command::WorkerDetails;
use ledger_core::journal::url::JournalUrl;
use ledger_core::ledger::command::{AskedLine, AskedSpending, AskedTime};
use ledger_core::ledger::{Command, Context, LedgerSettings, Submission, commands};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::message::{Asked, Hello, receive, send};
use super::{AskError, Client, Socket, serve, socket_path};
use crate::access::Role;
use crate::app::{App, AppTasks};
use crate::service::accounts::AskedToken;
use crate::service::destination::{Destination, DestinationError, Told, machine_owner};
use crate::stopping::Stopping;

fn at(text: &str) -> BusinessTime {
    BusinessTime::parse(text).unwrap()
}

fn submission(key: &str, command: Command) -> Submission {
    let context = Context { key: key.parse().unwrap(), actor: Actor::new("somebody").unwrap(), at: at("2024-03-05") };
    Submission { context, command }
}

fn register(key: &str, worker: &str) -> Submission {
    let details = WorkerDetails {
        occupation: "快递员".into(),
        party_member: Some(true),
        platform: None,
        probationary: false,
        site: None,
    };
    submission(
        key,
        Command::RegisterWorker(commands::RegisterWorker { worker: worker.parse().unwrap(), details, update: true }),
    )
}

/// One of every kind that an import gives, with what is absent and what could not be read.
fn commands_of_an_import() -> Vec<Command> {
    let worker = || "W1".parse().unwrap();
    let activity = Activity {
        category: "志愿".into(),
        checks: None,
        code: "ZY01".parse().unwrap(),
        counts_for_card: true,
        daily_cap: Points::parse("60"),
        name: "服务".into(),
        points_per_unit: Points::from_hundredths(250),
        publicity_days: None,
        unit: "小时".into(),
        validity: Validity::Months(24),
        terms: Default::default(),
    };
    let forever = Activity { daily_cap: None, validity: Validity::Forever, ..activity.clone() };
    let line = |quantity| AskedLine { sku: "SP1".parse().unwrap(), quantity };
    let redeem = |time, lines| {
        Command::Redeem(AskedSpending { worker: worker(), store: "S1".parse().unwrap(), lines, time, proven: None })
    };
    let credit = |on: Option<&str>, quantity, witness: Option<&str>| {
        Command::RecordCredit(commands::RecordCredit {
            worker: worker(),
            activity: "ZY01".parse().unwrap(),
            on: on.map(|on| on.parse().unwrap()),
            quantity,
            witness: witness.map(str::to_owned),
            own_witness: witness.is_some(),
            from: None,
            to: None,
            history: false,
            worker_as_witness: Vec::new(),
            evidence: None,
        })
    };
    vec![
        Command::Configure(Settings {
            name: Some("甲区".into()),
            points_step: Points::parse("0.5"),
            ..Settings::default()
        }),
        Command::AdoptSchedule(commands::AdoptSchedule {
            activities: vec![activity, forever],
            effective_from: "1900-01-01".parse().unwrap(),
            settings: Settings::default(),
            first: false,
        }),
        register("k", "W1").command,
        Command::IssueCard(commands::IssueCard {
            worker: worker(),
            card_no: "HZ1".parse().unwrap(),
            branch: "DZB1".parse().unwrap(),
            update: true,
        }),
        Command::RegisterMerchant(commands::RegisterMerchant {
            merchant: "M1".parse().unwrap(),
            details: MerchantDetails { category: None, name: "店".into(), uscc: String::new() },
            update: true,
        }),
        Command::OpenStore(commands::OpenStore {
            store: "S1".parse().unwrap(),
            details: StoreDetails {
                community: Some("某社区".into()),
                name: "网点".into(),
                tier: "微驿站".into(),
                site: None,
            },
            update: true,
        }),
        Command::ListItem(commands::ListItem {
            store: "S1".parse().unwrap(),
            sku: "SP1".parse().unwrap(),
            terms: ItemTerms {
                kind: "实物".into(),
                limit_per_worker_year: Some(2),
                merchant: None,
                name: "水".into(),
                price: Points::from_whole(20),
            },
            opening_stock: 100,
        }),
        credit(Some("2024-02-29"), Quantity::parse("2.5"), Some("w-1")),
        credit(None, None, None),
        redeem(AskedTime::At(at("2024-03-06T10:00:00+08:00")), vec![line(Some(1)), line(None)]),
        redeem(AskedTime::Unreadable, vec![line(Some(u32::MAX))]),
        redeem(AskedTime::Now, Vec::new()),
    ]
}

#[tokio::test]
async fn every_command_of_an_import_arrives_as_it_was_sent_and_by_the_machines_owner() {
    for command in commands_of_an_import() {
        let sent = submission("import/run/人员名册/3", command);
        let (mut one, mut other) = UnixStream::pair().unwrap();
        send(&mut one, &Asked::of(&sent)).await.unwrap();
        let received: Asked = receive(&mut other).await.unwrap().unwrap();
        let received = received.by(machine_owner().unwrap());
        assert_eq!(received.context.actor.as_str(), "machine-owner");
        assert_eq!(received.command, sent.command);
        assert_eq!((&received.context.key, received.context.at), (&sent.context.key, sent.context.at));
    }
}

/// A journal that is served over its socket alone.
struct Served {
    folder: tempfile::TempDir,
    url: JournalUrl,
    stop: watch::Sender<bool>,
    socket: JoinHandle<()>,
    tasks: AppTasks,
}

impl Served {
    async fn new() -> Served {
        let folder = tempfile::tempdir().unwrap();
        let url = JournalUrl::Sqlite(folder.path().join("d.db"));
        let (app, tasks) = App::open(&url, LedgerSettings::default()).await.unwrap();
        let (stop, stopping) = Stopping::new();
        let socket = tokio::spawn(serve(Socket::bind(&folder.path().join("d.db")).unwrap(), app, stopping));
        Served { folder, url, stop, socket, tasks }
    }

    async fn client(&self) -> Client {
        Client::connect(&self.url).await.unwrap().unwrap()
    }

    /// Ends it, and waits until the journal is given back.
    async fn stop(self) -> tempfile::TempDir {
        self.stop.send_replace(true);
        self.socket.await.unwrap();
        self.tasks.finished().await;
        self.folder
    }
}

fn taken(told: &[Told]) -> Vec<bool> {
    told.iter().map(|one| matches!(one, Told::Taken { .. })).collect()
}

#[tokio::test]
async fn clients_beside_one_another_are_answered_and_one_that_breaks_off_disturbs_none() {
    let served = Served::new().await;
    let (first, second) = (served.client().await, served.client().await);
    assert_eq!(taken(&first.submit(&[register("k1", "W1"), register("k2", "W2")]).await.unwrap()), [true, true]);
    // Half a message, and gone.
    let mut broken = UnixStream::connect(socket_path(&served.folder.path().join("d.db"))).await.unwrap();
    let _: Hello = receive(&mut broken).await.unwrap().unwrap();
    broken.write_all(&[0, 0, 1, 0, b'{']).await.unwrap();
    drop(broken);
    let told = second.submit(&[register("k1", "W1"), register("k1", "W9")]).await.unwrap();
    assert!(matches!(told[0], Told::Taken { repeated: true, .. }), "{told:?}");
    assert!(matches!(&told[1], Told::Refused { code, .. } if code.as_str() == "duplicate_conflict"), "{told:?}");
    let pseudonyms = first.remember_witnesses(&["甲", "乙", "甲"]).await.unwrap().unwrap();
    assert_eq!(pseudonyms[0], pseudonyms[2]);
    let asked = |role, scope: Option<&str>| {
        let role = Some((role, scope.map(str::to_owned)));
        AskedToken { account: None, role, name: "审计".into(), until: None }
    };
    let issued = first.issue_token(&asked(Role::Auditor, None)).await.unwrap();
    assert!(issued.token.starts_with("nx_") && issued.account.as_str().starts_with("auditor-"), "{issued:?}");
    assert!(first.revoke_token(&issued.id).await.unwrap() && !first.revoke_token("t-00000000").await.unwrap());
    let refused = first.issue_token(&asked(Role::Admin, Some("S1"))).await.unwrap_err();
    assert!(matches!(refused, AskError::Failed { unusable: true, .. }), "{refused}");
    served.stop().await;
}

#[tokio::test]
async fn what_is_no_question_is_answered_with_the_reason_and_the_end() {
    let served = Served::new().await;
    let mut stranger = UnixStream::connect(socket_path(&served.folder.path().join("d.db"))).await.unwrap();
    let _: Hello = receive(&mut stranger).await.unwrap().unwrap();
    send(&mut stranger, &"anything").await.unwrap();
    let answer: serde_json::Value = receive(&mut stranger).await.unwrap().unwrap();
    assert_eq!(answer["failed"]["unusable"], true, "{answer}");
    assert!(receive::<serde_json::Value>(&mut stranger).await.unwrap().is_none());
    // A length that nobody would believe takes no room and ends the same way.
    let mut boaster = UnixStream::connect(socket_path(&served.folder.path().join("d.db"))).await.unwrap();
    boaster.write_all(&[0xff; 4]).await.unwrap();
    let _: Hello = receive(&mut boaster).await.unwrap().unwrap();
    let answer: serde_json::Value = receive(&mut boaster).await.unwrap().unwrap();
    assert!(answer["failed"]["message"].as_str().unwrap().contains("longer than"), "{answer}");
    served.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_is_told_as_such_and_leaves_no_socket() {
    let served = Served::new().await;
    let client = served.client().await;
    client.submit(&[register("k1", "W1")]).await.unwrap();
    let url = served.url.clone();
    let folder = served.stop().await;
    let gone = client.submit(&[register("k2", "W2")]).await.unwrap_err();
    let DestinationError::Server(gone) = gone else { panic!("{gone}") };
    assert!(matches!(gone.downcast_ref(), Some(AskError::Gone)), "{gone}");
    assert!(!socket_path(&folder.path().join("d.db")).exists());
    assert!(Client::connect(&url).await.unwrap().is_none());
}

#[tokio::test]
async fn a_server_of_another_version_is_not_talked_to() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("d.db");
    let listener = tokio::net::UnixListener::bind(socket_path(&journal)).unwrap();
    let other = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        send(&mut stream, &Hello { version: "0.0.0".into() }).await.unwrap();
    });
    let error = Client::connect(&JournalUrl::Sqlite(journal)).await.unwrap_err();
    assert!(error.to_string().contains("0.0.0") && error.to_string().contains(env!("CARGO_PKG_VERSION")), "{error}");
    other.await.unwrap();
}

fn assert_private(path: &Path) {
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
}

#[tokio::test]
async fn a_socket_is_its_owners_alone_and_takes_the_place_of_one_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("d.db");
    // What a killed server leaves: a file at which nobody listens.
    drop(StdListener::bind(socket_path(&journal)).unwrap());
    assert!(Client::connect(&JournalUrl::Sqlite(journal.clone())).await.unwrap().is_none());
    let socket = Socket::bind(&journal).unwrap();
    assert_private(&socket_path(&journal));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no folder it was made in stays");
    drop(socket);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_path_too_long_for_a_socket_is_reached_through_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("x".repeat(200));
    std::fs::create_dir(&deep).unwrap();
    let socket = Socket::bind(&deep.join("d.db")).unwrap();
    assert_private(&socket_path(&deep.join("d.db")));
    assert!(super::place::connect(&deep.join("d.db")).await.unwrap().is_some());
    drop(socket);
    // A name that is itself too long has no way round, and says so.
    let error = Socket::bind(&deep.join(format!("{}.db", "x".repeat(120)))).unwrap_err();
    assert!(error.to_string().contains("too long"), "{error}");
    assert_eq!(std::fs::read_dir(&deep).unwrap().count(), 0);
}
