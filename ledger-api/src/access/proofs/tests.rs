use ledger_core::domain::ids::{Key, WorkerId};
use ledger_core::journal::url::JournalUrl;
use proptest::prelude::*;

use super::{CounterProofs, Once, check_pin, digest, draw_pin, draw_printed, is_digits};
use crate::access::AccessError;

async fn proofs() -> (tempfile::TempDir, CounterProofs) {
    let folder = tempfile::tempdir().unwrap();
    let proofs = CounterProofs::open(&JournalUrl::Sqlite(folder.path().join("d.db"))).await.unwrap();
    (folder, proofs)
}

fn rider() -> WorkerId {
    WorkerId::new("YS-0001").unwrap()
}

#[tokio::test]
async fn a_pin_is_known_again_stands_nowhere_and_is_replaced_by_the_next_one() {
    let (folder, proofs) = proofs().await;
    assert_eq!(proofs.is_pin(&rider(), "847291").await.unwrap(), None);
    proofs.set_pin(&rider(), None, "847291").await.unwrap();
    assert_eq!(proofs.is_pin(&rider(), "847291").await.unwrap(), Some(true));
    for wrong in ["847292", "", "８４７２９１", "84729", "8472911"] {
        assert_eq!(proofs.is_pin(&rider(), wrong).await.unwrap(), Some(false), "{wrong}");
    }
    let kept = std::fs::read(folder.path().join("d.passwords.db")).unwrap();
    assert!(!kept.windows(6).any(|window| window == b"847291"));
    let given = proofs.give_pin(&rider(), None, "desk-1").await.unwrap();
    assert!(is_digits(&given));
    assert_eq!(proofs.is_pin(&rider(), &given).await.unwrap(), Some(true));
    assert_eq!(proofs.is_pin(&rider(), "847291").await.unwrap(), Some(false));
    assert_eq!(proofs.pin_made(&rider()).await.unwrap().unwrap().given_by.as_deref(), Some("desk-1"));
}

#[test]
fn a_pin_that_is_tried_first_is_none() {
    for easy in [
        "", "12345", "1234567", "12345a", "000000", "123456", "987654", "121212", "123123", "112211", "900101",
        "000001", "010001",
    ] {
        assert!(matches!(check_pin(easy, &["YS-0001", "HZ-88010001"]), Err(AccessError::Input(_))), "{easy}");
    }
    assert!(check_pin("847291", &["YS-0001", "HZ-88010001"]).is_ok());
    // The last digits of what stands on the card.
    assert!(check_pin("835271", &["YS-0001", "HZ-835271"]).is_err());
    assert!(check_pin("847291", &["YS-7291", ""]).is_err());
}

#[tokio::test]
async fn a_printed_code_is_read_however_it_is_typed_and_void_once_made_anew() {
    let (_folder, proofs) = proofs().await;
    let first = proofs.make_printed(&rider(), Some("desk-1")).await.unwrap();
    assert_eq!(first.len(), 19);
    assert!(proofs.is_printed(&rider(), &first.to_lowercase().replace('-', "")).await.unwrap());
    let other = WorkerId::new("YS-0002").unwrap();
    assert!(!proofs.is_printed(&other, &first).await.unwrap(), "another worker's");
    let second = proofs.make_printed(&rider(), None).await.unwrap();
    assert!(!proofs.is_printed(&rider(), &first).await.unwrap(), "void");
    assert!(proofs.is_printed(&rider(), &second).await.unwrap());
}

#[tokio::test]
async fn what_proves_once_is_one_command_s_until_that_is_refused() {
    let (_folder, proofs) = proofs().await;
    let (first, second) = (Key::new("r1").unwrap(), Key::new("r2").unwrap());
    let once = Once { worker: rider(), mark: "code/100".into(), minute: 100 };
    assert!(proofs.take(&once, &first, 0).await.unwrap());
    assert!(proofs.take(&once, &first, 0).await.unwrap(), "the same command again");
    assert!(!proofs.take(&once, &second, 0).await.unwrap());
    proofs.give_back(&once, &second).await.unwrap();
    assert!(!proofs.take(&once, &second, 0).await.unwrap(), "nobody gives back what another took");
    proofs.give_back(&once, &first).await.unwrap();
    assert!(proofs.take(&once, &second, 0).await.unwrap());
    // What nobody can show any more is forgotten.
    assert!(proofs.take(&once, &first, 101).await.unwrap());
}

#[tokio::test]
async fn whoever_guesses_waits_for_one_worker_and_over_all_of_them() {
    let (_folder, proofs) = proofs().await;
    for _ in 0..4 {
        proofs.begin(&rider(), "clerk-1").unwrap();
    }
    assert!(proofs.begin(&rider(), "clerk-2").is_err(), "whoever asks");
    proofs.was_right(&rider(), "clerk-1");
    proofs.begin(&rider(), "clerk-2").unwrap();
    // Thirty over all workers, however few of each; right ones in between buy nothing.
    let (_folder, proofs) = self::proofs().await;
    let of = |number: u32| WorkerId::new(&format!("W-{number}")).unwrap();
    for number in 0..30 {
        proofs.begin(&of(number), "clerk-1").unwrap();
        if proofs.begin(&rider(), "clerk-1").is_ok() {
            proofs.was_right(&rider(), "clerk-1");
        }
    }
    assert!(proofs.begin(&of(99), "clerk-1").is_err());
    assert!(proofs.begin(&of(99), "clerk-2").is_ok());
}

proptest! {
    #[test]
    fn what_is_drawn_can_be_used(_again in 0..64) {
        prop_assert!(is_digits(&draw_pin().unwrap()));
        prop_assert!(digest(&draw_printed().unwrap()).is_some());
    }

    #[test]
    fn no_text_breaks_the_reading(text in ".{0,40}") {
        let _ = check_pin(&text, &[&text]);
        let _ = digest(&text);
    }
}
