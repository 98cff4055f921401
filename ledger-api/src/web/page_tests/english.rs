//! The pages in English, whoever reads them.

use super::{House, holds};
use crate::access::Role;

#[tokio::test]
async fn the_pages_speak_english_without_a_chinese_word_of_their_own() {
    let house = House::open().await;
    for (role, path, words) in [
        (Role::Operator, "/requests", ["Post a request", "To be rated", "posted 12 days ago"]),
        (Role::Worker, "/me", ["My benefits", "No. 2 in the queue", "Confirm the visit"]),
        (Role::Worker, "/me/stores", ["At my site", "20 points", "Merchants that honour my pass"]),
        (Role::Clerk, "/counter/holds", ["To be picked up", "Back to the counter", "Ask for the pick-up code"]),
        (Role::Merchant, "/merchant", ["Take a voucher", "85 % is paid", "Yuan this month"]),
        (Role::Approver, "/appointments", ["Visits to confirm", "30 waiting", "20 days left"]),
        (Role::Admin, "/admin/registers", ["Choose registers", "Which registers are taken", "Columns it needs"]),
        (Role::Admin, "/schedule", ["In force today", "Try a proposed schedule", "Version 1"]),
        (Role::Worker, "/sites", ["My site", "Name of a site, or a service", "49 sites"]),
        (Role::Branch, "/branch/visits", ["For the branch to confirm", "Confirm for them", "has left"]),
    ] {
        let mut visit = house.enter(role).await;
        visit.cookie.push_str("; nuanxin-language=en");
        holds(&visit.read(path).await, &words);
    }
}
