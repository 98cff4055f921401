//! What a journal holds can be copied and verified, whichever journal it is.

use ledger_core::evidence::verifier::{Verdict, Verifier};
use ledger_core::journal::Journal;
use ledger_core::journal::memory::MemoryJournal;
use ledger_core::journal::transfer::transfer;

use crate::backends::Backend;
use crate::batches::furnished;

pub(crate) async fn a_copy_has_the_same_bytes_and_the_auditor_finds_nothing(backend: Backend) {
    let journal = backend.open().await;
    let author = furnished(journal.as_ref()).await;
    verify(journal.as_ref()).await;

    let elsewhere = MemoryJournal::default();
    let copied = transfer(journal.as_ref(), &elsewhere, &mut |_| ()).await.expect("it is copied");
    assert_eq!(copied, 9);
    author.check(&elsewhere).await;

    let back = match backend {
        Backend::Memory(_) => Backend::memory(),
        Backend::Sqlite(_) => Backend::sqlite(),
        Backend::Postgres { .. } => Backend::postgres(),
    };
    let back = back.open().await;
    transfer(&elsewhere, back.as_ref(), &mut |_| ()).await.expect("it is copied back");
    author.check(back.as_ref()).await;
    verify(back.as_ref()).await;
    assert!(transfer(&elsewhere, back.as_ref(), &mut |_| ()).await.is_err(), "a copy goes into an empty journal");
}

async fn verify(journal: &dyn Journal) {
    let mut verifier = Verifier::default();
    let roots = journal.roots(0, 100).await.expect("roots");
    for entry in journal.read(0, 100).await.expect("entries") {
        verifier.entry(&entry).expect("nothing is found");
        if let Some((size, root)) = roots.iter().find(|(size, _)| *size == entry.position) {
            let own = (verifier.size(), verifier.root().map(|root| *root.as_bytes()));
            assert_eq!(own, (*size, Some(*root)), "a recorded root is true");
        }
    }
    let verdict = verifier.finish(&journal.head().await.expect("a head"));
    assert!(matches!(verdict, Verdict::Valid { size: 9, .. }), "{verdict:?}");
}
