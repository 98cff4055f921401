//! Views made anew beside the live ones: identical, or told where not; swapped in under everybody's eyes.

use std::sync::Arc;

use ledger_core::journal::Journal;
use ledger_core::journal::url::JournalUrl;
use nuanxin_tests::{scratch_dir, shared_cluster};
use projections::ViewError;
use projections::handle::open_store;
use projections::rebuild::{Difference, rebuild};
use projections::runner::{Runner, digests};
use projections::store::{Checkpoint, ViewStore};

use crate::backends::Backend;
use crate::lived_in::live_in;

struct Site {
    url: JournalUrl,
    journal: Arc<dyn Journal>,
    until: u64,
}

impl Site {
    async fn new(url: JournalUrl) -> Site {
        let backend = match &url {
            JournalUrl::Sqlite(path) => Backend::Sqlite(path.clone()),
            JournalUrl::Postgres { url, schema } => Backend::Postgres { url: url.clone(), schema: schema.clone() },
        };
        let journal = backend.open().await;
        let until = live_in(&journal).await;
        Site { url, journal, until }
    }

    async fn live(&self) -> Arc<dyn ViewStore> {
        let store = open_store(&self.url).await.expect("the views open");
        self.fold(&store).await;
        store
    }

    async fn fold(&self, store: &Arc<dyn ViewStore>) {
        let mut runner = Runner::new(Arc::clone(&self.journal), Arc::clone(store));
        let reached = runner.run_until(u64::MAX, &mut |_| ()).await.expect("views follow");
        assert_eq!(reached, self.until);
    }

    async fn differences(&self, live: &dyn ViewStore) -> Vec<Difference> {
        let rebuilt = self.rebuilt().await;
        let differences = rebuilt.compare(live).await.expect("they are compared");
        rebuilt.discard().await.expect("they are thrown away");
        differences
    }

    async fn rebuilt(&self) -> projections::rebuild::Rebuilt {
        let made = rebuild(&self.url, Arc::clone(&self.journal), u64::MAX, &mut |_| ()).await;
        let made = made.expect("views are made anew");
        assert_eq!(made.position, self.until);
        made
    }

    async fn check(self) {
        let live = self.live().await;
        let expected = digests(live.as_ref()).await.expect("digests");
        assert_eq!(self.differences(live.as_ref()).await, []);

        let rows = live.scan("balance", "", "", 100).await.expect("rows");
        let (first, last) = (rows[0].0.clone(), rows[rows.len() - 1].0.clone());
        let tampered =
            vec![(first.clone(), None), (last.clone(), Some(b"{}".to_vec())), ("Z".into(), Some(b"1".to_vec()))];
        let at = live.checkpoint().await.expect("a checkpoint");
        let further = Checkpoint { position: at.position + 1, ..at };
        live.write(at, at, vec![("balance", tampered)]).await.expect("rows are written");
        let keys = vec![first, last, "Z".to_owned()];
        assert_eq!(self.differences(live.as_ref()).await, [Difference { view: "balance", keys }]);

        live.write(at, further, Vec::new()).await.expect("the checkpoint moves");
        let rebuilt = self.rebuilt().await;
        let compared = rebuilt.compare(live.as_ref()).await;
        assert!(matches!(compared, Err(ViewError::Behind { .. })), "{compared:?}");
        if matches!(self.url, JournalUrl::Sqlite(_)) {
            // Nobody may keep the file that another takes the place of.
            assert!(matches!(rebuilt.swap().await, Err(ViewError::InUse(_))));
            drop(live);
            self.rebuilt().await.swap().await.expect("they are swapped in");
        } else {
            rebuilt.swap().await.expect("they are swapped in");
            let written = live.write(at, further, Vec::new()).await;
            assert!(matches!(written, Err(ViewError::Replaced)), "who kept the old ones is told: {written:?}");
            live.write(at, at, Vec::new()).await.expect("and goes on with the new ones");
        }
        let swapped = open_store(&self.url).await.expect("the views open");
        assert_eq!(digests(swapped.as_ref()).await.expect("digests"), expected);
        assert_eq!(self.differences(swapped.as_ref()).await, []);
    }
}

#[tokio::test]
async fn views_in_a_file_are_made_anew_compared_and_swapped() {
    Site::new(JournalUrl::Sqlite(scratch_dir("contract").join("nuanxin.db"))).await.check().await;
}

#[tokio::test]
async fn views_in_a_schema_are_made_anew_compared_and_swapped() {
    let url = shared_cluster().fresh_schema_url().parse().expect("an address");
    Site::new(url).await.check().await;
}
