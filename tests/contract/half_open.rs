//! A connection that is dead and says nothing: no read waits for it without end, and none is lent it again.

use std::sync::Arc;
use std::time::Duration;

use ledger_core::journal::postgres::PostgresJournal;
use ledger_core::journal::{Journal, JournalError};
use nuanxin_tests::shared_cluster;
use sqlx::Executor;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::backends::Backend;
use crate::batches::furnished;

/// As many as a journal has connections for reading.
const READS: i64 = 8;
/// How long a read may take here.
const READ_MAX: Duration = Duration::from_secs(2);
/// Far beyond any limit of the journal's own: whoever waits longer waits without end.
const WITHOUT_END: Duration = Duration::from_secs(120);

/// Stands between a journal and its database. Once it is cut, nothing comes through on the connections it has, and
/// nothing tells either end; those made later work.
struct Wire {
    url: String,
    cuts: watch::Sender<u64>,
}

impl Wire {
    async fn to(url: &str) -> Wire {
        let database = format!("127.0.0.1:{}", shared_cluster().port());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let here = listener.local_addr().expect("an address").to_string();
        assert!(url.contains(&database), "{url} goes to {database}");
        let url = url.replace(&database, &here);
        let (cuts, cut) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&database).await.expect("the database accepts");
                tokio::spawn(carry(near, far, cut.clone()));
            }
        });
        Wire { url, cuts }
    }

    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn carry(mut near: TcpStream, mut far: TcpStream, mut cut: watch::Receiver<u64>) {
    cut.mark_unchanged();
    let cut_off = tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => false,
        _ = cut.changed() => true,
    };
    if cut_off {
        // Both stay open, and nobody reads or writes any more.
        std::future::pending::<()>().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_on_a_dead_connection_ends_and_later_ones_get_another() {
    let Backend::Postgres { url, schema } = Backend::postgres() else { unreachable!("PostgreSQL was asked for") };
    let wire = Wire::to(&url).await;
    let mut journal = PostgresJournal::open(&wire.url, &schema).await.expect("it opens");
    journal.read_within(READ_MAX);
    let author = furnished(&journal).await;
    let journal = Arc::new(journal);

    // Reads that are under way when the wire is cut: the database holds them back until then.
    let mut holder = shared_cluster().connect().await.expect("a connection");
    let hold = format!("BEGIN; LOCK TABLE {schema}.head IN ACCESS EXCLUSIVE MODE");
    holder.execute(hold.as_str()).await.expect("the lock");
    let reads: Vec<_> = (0..READS)
        .map(|_| {
            let journal = Arc::clone(&journal);
            tokio::spawn(async move { journal.head().await })
        })
        .collect();
    let waiting = format!("SELECT count(*) FROM pg_locks WHERE relation = '{schema}.head'::regclass AND NOT granted");
    let mut most = 0;
    while most < READS && !reads.iter().all(|read| read.is_finished()) {
        let now: i64 = sqlx::query_scalar(&waiting).fetch_one(&mut holder).await.expect("a count");
        most = most.max(now);
    }
    assert_eq!(most, READS, "all were under way at once");
    wire.cut();
    holder.execute("ROLLBACK").await.expect("the lock is given back");

    for read in reads {
        let read = timeout(WITHOUT_END, read).await.expect("it ends").expect("it ends well");
        assert!(matches!(read, Err(JournalError::Unavailable(_))), "{read:?}");
    }
    let found = timeout(WITHOUT_END, async {
        loop {
            if let Ok(head) = journal.head().await {
                return head;
            }
        }
    });
    assert_eq!(found.await.expect("another connection is made").position, 9);
    author.check(journal.as_ref()).await;
}
