//! Sixty-four clients at one moment for what the documents' programmes have less of than all want: the last places of a
//! benefit, the last yuan of a fund, the last claims of a request; and places that are added or given back while others
//! apply.

use std::collections::BTreeMap;

use nuanxin_tests::{Api, Request};
use rand::Rng;
use serde_json::{Value, json};

use crate::races::{Course, RACERS, accepted, count_winners, race};
use crate::site::{Site, hundredths};
use crate::size;

on_both_journals!(
    the_last_places_of_a_benefit_are_given_and_all_others_wait,
    added_places_go_to_those_who_waited_first_however_many_apply_meanwhile,
    places_given_back_go_to_those_who_waited_first_however_many_apply_meanwhile,
    a_place_given_back_by_sixty_four_at_once_is_free_once,
    the_last_yuan_of_a_fund_are_set_aside_exactly_once,
    the_last_claims_of_a_request_are_taken_by_as_many_as_may_claim_it,
    claims_apart_are_never_more_than_may_while_others_are_given_up,
);

async fn the_last_places_of_a_benefit_are_given_and_all_others_wait(site: Site) {
    let mut course = Course::on(site).await;
    for round in 1..=size::races() {
        let places: usize = course.chance.gen_range(1..40);
        let benefit = format!("QY{round:04}");
        register(&course.api, &benefit, places, "places").await;
        let answers = race(std::slice::from_ref(&course.api), applications(&benefit, 0..RACERS)).await;
        assert_eq!(given(&answers), places, "of {places} places: {answers:?}");
        assert_eq!(figures(&course.api, &benefit).await, (places, RACERS - places));
    }
    course.ends_well();
}

async fn added_places_go_to_those_who_waited_first_however_many_apply_meanwhile(site: Site) {
    const FIRST: usize = 8;
    const ADDED: usize = 3;
    let course = Course::on(site).await;
    for round in 1..=size::races() {
        let benefit = format!("QY{round:04}");
        register(&course.api, &benefit, 1, "places").await;
        // One is given the only place, the others wait, in this order.
        for request in applications(&benefit, 0..FIRST) {
            accepted(&course.api, request).await;
        }
        let mut requests = applications(&benefit, FIRST..RACERS);
        requests.push(registering(&benefit, 1 + ADDED, "more"));
        let answers = race(std::slice::from_ref(&course.api), requests).await;
        let raised = answers.last().map(|(status, body)| (*status, body["benefit"].clone()));
        assert_eq!(raised, Some((201, json!(benefit))), "{answers:?}");
        assert_eq!(given(&answers[..RACERS - FIRST]), 0, "nobody overtakes: {answers:?}");
        assert_eq!(figures(&course.api, &benefit).await, (1 + ADDED, RACERS - 1 - ADDED));
        let granted = granted(&course.site, &benefit).await;
        let first: Vec<String> = (0..=ADDED).map(|racer| claim(&benefit, racer)).collect();
        assert_eq!(granted, first, "in the order in which they waited");
    }
    course.ends_well();
}

async fn places_given_back_go_to_those_who_waited_first_however_many_apply_meanwhile(site: Site) {
    const PLACES: usize = 3;
    const WAITING: usize = 6;
    const VALUE_FEN: i64 = 1_250;
    let course = Course::on(site).await;
    for round in 1..=size::races() {
        let (fund, benefit) = (format!("ZJ{round:04}"), format!("QY{round:04}"));
        // Money for the places alone: whoever is promoted is paid by what was freed in the same commit.
        let body = json!({"id": fund, "body": "总工会", "source": "工会经费", "year": 2025, "amount": "37.50"});
        accepted(&course.api, Request::post("/v1/funds", format!("setup-{fund}"), body)).await;
        let body = json!({"id": benefit, "kind": "place", "places": PLACES, "fund": fund, "value": "12.50"});
        accepted(&course.api, Request::post("/v1/benefits", format!("setup-{benefit}"), body)).await;
        // The first are given the places, the others wait, in this order.
        for request in applications(&benefit, 0..PLACES + WAITING) {
            accepted(&course.api, request).await;
        }
        let mut requests = applications(&benefit, PLACES + WAITING..RACERS - PLACES);
        requests.extend((0..PLACES).map(|racer| withdrawal(&benefit, racer, "back")));
        let answers = race(std::slice::from_ref(&course.api), requests).await;
        let (applied, withdrawn) = answers.split_at(RACERS - 2 * PLACES - WAITING);
        assert_eq!(given(applied), 0, "nobody overtakes: {answers:?}");
        assert!(withdrawn.iter().all(|(status, body)| (*status, &body["status"]) == (200, &json!("withdrawn"))));
        assert_eq!(figures(&course.api, &benefit).await, (PLACES, RACERS - 3 * PLACES));
        let granted = granted(&course.site, &benefit).await;
        let first: Vec<String> = (0..2 * PLACES).map(|racer| claim(&benefit, racer)).collect();
        assert_eq!(granted, first, "in the order in which they waited");
        let (status, fund) = course.api.get(&format!("/v1/funds/{fund}")).await.expect("a read is answered");
        assert_eq!(status, 200, "{fund}");
        let parts = ["appropriated", "committed", "free"].map(|part| hundredths(&fund[part]));
        assert_eq!(parts, [3 * VALUE_FEN, 3 * VALUE_FEN, 0], "{fund}");
    }
    course.ends_well();
}

async fn a_place_given_back_by_sixty_four_at_once_is_free_once(site: Site) {
    let course = Course::on(site).await;
    for round in 1..=size::races() {
        let benefit = format!("QY{round:04}");
        register(&course.api, &benefit, 1, "places").await;
        for request in applications(&benefit, 0..3) {
            accepted(&course.api, request).await;
        }
        let requests = (0..RACERS).map(|racer| withdrawal(&benefit, 0, &racer.to_string())).collect();
        let answers = race(std::slice::from_ref(&course.api), requests).await;
        assert_eq!(count_winners(&answers, "already_decided"), 1, "{answers:?}");
        assert_eq!(figures(&course.api, &benefit).await, (1, 1));
        assert_eq!(granted(&course.site, &benefit).await, [claim(&benefit, 0), claim(&benefit, 1)]);
    }
    course.ends_well();
}

async fn the_last_yuan_of_a_fund_are_set_aside_exactly_once(site: Site) {
    const VALUE_FEN: i64 = 1_250;
    let mut course = Course::on(site).await;
    for round in 1..=size::races() {
        let (winners, rest) = (course.chance.gen_range(1..40), course.chance.gen_range(0..VALUE_FEN));
        let fen = winners * VALUE_FEN + rest;
        let (fund, benefit) = (format!("ZJ{round:04}"), format!("QY{round:04}"));
        let amount = format!("{}.{:02}", fen / 100, fen % 100);
        let body = json!({"id": fund, "body": "总工会", "source": "工会经费", "year": 2025, "amount": amount});
        accepted(&course.api, Request::post("/v1/funds", format!("setup-{fund}"), body)).await;
        let body = json!({"id": benefit, "kind": "voucher", "fund": fund, "value": "12.50"});
        accepted(&course.api, Request::post("/v1/benefits", format!("setup-{benefit}"), body)).await;
        let answers = race(std::slice::from_ref(&course.api), applications(&benefit, 0..RACERS)).await;
        let won = count_winners(&answers, "fund_exhausted");
        assert_eq!(i64::try_from(won), Ok(winners), "of {amount} yuan: {answers:?}");
        let told = answers.iter().filter_map(|(_, body)| body["position"].as_u64()).max().unwrap_or(0);
        let (status, fund) =
            course.api.get(&format!("/v1/funds/{fund}?min_position={told}")).await.expect("a read is answered");
        assert_eq!(status, 200, "{fund}");
        let parts = ["committed", "free"].map(|part| hundredths(&fund[part]));
        assert_eq!((parts, hundredths(&fund["appropriated"])), ([winners * VALUE_FEN, rest], fen), "{fund}");
    }
    course.ends_well();
}

/// Up to so many may claim a request of this activity.
async fn wishes(course: &Course, claimers: usize) {
    let line = json!({"code": "WX01", "name": "微心愿", "category": "志愿服务", "unit": "件", "points_per_unit": 10,
        "counts_for_card": true, "valid_months": null, "scoring": "rating", "claimers_max": claimers});
    let schedule = json!({"effective_from": "2025-07-01", "activities": [line]});
    accepted(&course.api, Request::put("/v1/schedule", "setup-wishes", schedule)).await;
}

/// Claims made apart, rows of work, and claims that are given up meanwhile: whatever comes first, no more are taken than may
/// be, and every claim that was told to be made is either there or was given up.
async fn claims_apart_are_never_more_than_may_while_others_are_given_up(site: Site) {
    const CLAIMERS: usize = 5;
    let course = Course::on(site).await;
    wishes(&course, CLAIMERS).await;
    for round in 1..=size::races() {
        let request = format!("XQ{round:04}");
        let posted = json!({"activity": "WX01", "on": "2025-08-01"});
        accepted(&course.api, Request::post("/v1/requests", request.clone(), posted)).await;
        let claim = |racer: usize| {
            let body = json!({"claimer": format!("W{:04}", racer + 1), "on": "2025-08-02"});
            Request::post(format!("/v1/requests/{request}/claims"), format!("RL{round:04}-{racer}"), body)
        };
        let work = |racer: usize| {
            let body = json!({"claimer": format!("W{:04}", racer + 1), "claimed": "2025-08-02", "done": "2025-08-03",
                "quantity": 1});
            Request::post(format!("/v1/requests/{request}/handlings"), format!("BL{round:04}-{racer}"), body)
        };
        let give_up = |racer: usize| {
            let address = format!("/v1/requests/{request}/claims/RL{round:04}-{racer}/return");
            Request::post(address, format!("TH{round:04}-{racer}"), json!({"on": "2025-08-03"}))
        };
        // Two claims are there already, and are given up while all others want one.
        const FIRST: usize = 2;
        for racer in 0..FIRST {
            accepted(&course.api, claim(racer)).await;
        }
        let rest = (FIRST..RACERS).map(|racer| if racer % 2 == 0 { claim(racer) } else { work(racer) });
        let requests: Vec<Request> = (0..FIRST).map(give_up).chain(rest).collect();
        let answers = race(std::slice::from_ref(&course.api), requests).await;
        assert!(answers[..FIRST].iter().all(|(status, _)| *status == 200), "{answers:?}");
        let won = count_winners(&answers[FIRST..], "request_taken");
        // Whoever came before the places were given back was refused: three places were free all the time.
        assert!((CLAIMERS - FIRST..=CLAIMERS).contains(&won), "{won}: {answers:?}");
        let told = answers.iter().filter_map(|(_, body)| body["position"].as_u64()).max().unwrap_or(0);
        let (status, read) =
            course.api.get(&format!("/v1/requests/{request}?min_position={told}")).await.expect("a read is answered");
        assert_eq!(status, 200, "{read}");
        let underway = read["claims"].as_array().expect("claims").iter().filter(|claim| claim["returned"].is_null());
        assert_eq!(underway.count() + read["handlings"].as_array().expect("work").len(), won, "{read}");
    }
    course.ends_well();
}

async fn the_last_claims_of_a_request_are_taken_by_as_many_as_may_claim_it(site: Site) {
    const CLAIMERS: usize = 5;
    let course = Course::on(site).await;
    wishes(&course, CLAIMERS).await;
    for round in 1..=size::races() {
        let request = format!("XQ{round:04}");
        let posted = json!({"activity": "WX01", "on": "2025-08-01"});
        accepted(&course.api, Request::post("/v1/requests", request.clone(), posted)).await;
        let work = |racer: usize| {
            let body = json!({"claimer": format!("W{:04}", racer + 1), "claimed": "2025-08-02", "done": "2025-08-03",
                "quantity": 1});
            Request::post(format!("/v1/requests/{request}/handlings"), format!("BL{round:04}-{racer}"), body)
        };
        let answers = race(std::slice::from_ref(&course.api), (0..RACERS).map(work).collect()).await;
        assert_eq!(count_winners(&answers, "request_taken"), CLAIMERS, "{answers:?}");
    }
    course.ends_well();
}

fn registering(benefit: &str, places: usize, what: &str) -> Request {
    let body = json!({"id": benefit, "name": "体检", "kind": "place", "places": places});
    Request::post("/v1/benefits", format!("setup-{benefit}-{what}"), body)
}

async fn register(api: &Api, benefit: &str, places: usize, what: &str) {
    accepted(api, registering(benefit, places, what)).await;
}

fn claim(benefit: &str, racer: usize) -> String {
    format!("{benefit}-{racer}")
}

/// One application each, by another worker each.
fn applications(benefit: &str, racers: std::ops::Range<usize>) -> Vec<Request> {
    let one = |racer: usize| {
        let body = json!({"worker": format!("W{:04}", racer + 1), "at": "2025-09-01T09:00:00+08:00"});
        Request::post(format!("/v1/benefits/{benefit}/claims"), claim(benefit, racer), body)
    };
    racers.map(one).collect()
}

/// An application withdrawn, under a key of its own.
fn withdrawal(benefit: &str, racer: usize, key: &str) -> Request {
    let claim = claim(benefit, racer);
    Request::post(format!("/v1/benefits/{benefit}/claims/{claim}/withdraw"), format!("{claim}-{key}"), json!({}))
}

/// How many were given a place at once. All others wait; nobody is refused.
fn given(answers: &[(u16, Value)]) -> usize {
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for (status, body) in answers {
        assert_eq!(*status, 201, "{body}");
        *told.entry(body["status"].as_str().expect("a status")).or_default() += 1;
    }
    assert!(told.keys().all(|status| ["granted", "waiting"].contains(status)), "{told:?}");
    told.get("granted").copied().unwrap_or_default()
}

/// Given and waiting.
async fn figures(api: &Api, benefit: &str) -> (usize, usize) {
    let (status, read) = api.get(&format!("/v1/benefits/{benefit}")).await.expect("a read is answered");
    assert_eq!(status, 200, "{read}");
    let figure = |name: &str| usize::try_from(read[name].as_u64().expect("a figure")).expect("a small one");
    (figure("granted"), figure("waiting"))
}

/// The applications of a benefit that were given a place, in the order of the journal.
async fn granted(site: &Site, benefit: &str) -> Vec<String> {
    let granted = site.events_of("BenefitGranted").await.into_iter().filter(|payload| payload["benefit"] == benefit);
    granted.map(|payload| payload["application"].as_str().expect("a name").to_owned()).collect()
}
