//! What the read models say, compared with what the reference knows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger_core::domain::ids::Sku;
use ledger_core::domain::points::Points;
use ledger_core::domain::time::Month;
use ledger_core::domain::worker::Worker;
use projections::Views;
use projections::queries::account::BalanceOn;
use projections::state::{Figures, State};

use super::books::Books;
use super::reference::District;
use super::reference::account::{Account, Status};
use super::steps::SKUS;

/// More rows than any history makes.
const ALL: usize = 10_000;

fn figures(account: &Account, as_of: NaiveDate) -> Figures {
    let (earned, redeemed, expired, balance) = account.figures(as_of);
    let [earned, redeemed, expired, balance] = [earned, redeemed, expired, balance].map(Points::from_hundredths);
    Figures { earned, redeemed, expired, balance }
}

/// The state folded from events alone, as contract section 5 has it.
pub(crate) fn state(state: &State, district: &District) {
    let as_of = state.as_of.expect("a history has days");
    let workers: BTreeMap<String, Figures> = district
        .accounts
        .iter()
        .map(|(worker, account)| (worker.clone(), figures(account, as_of)))
        .filter(|(_, figures)| *figures != Figures::default())
        .collect();
    assert_eq!(state.workers, workers, "workers as of {as_of}");
    let mut totals = Figures::default();
    for figures in workers.values() {
        totals.earned += figures.earned;
        totals.redeemed += figures.redeemed;
        totals.expired += figures.expired;
        totals.balance += figures.balance;
    }
    assert_eq!(state.totals, totals);
    balanced(state);
    assert!(state.workers.values().all(|figures| figures.balance >= Points::ZERO), "{:?}", state.workers);

    let mut stock = BTreeMap::new();
    for (store, shop) in &district.shops {
        stock.extend(shop.items.iter().map(|(sku, item)| (format!("{store}/{sku}"), item.shelf)));
    }
    assert_eq!(state.stock, stock);

    let mut appraisal: BTreeMap<i32, BTreeMap<String, BTreeMap<String, Points>>> = BTreeMap::new();
    for account in district.accounts.values() {
        let Some(card) = &account.last_card else { continue };
        for (year, categories) in account.card_points() {
            let row = appraisal.entry(year).or_default().entry(card.clone()).or_default();
            for (category, points) in categories {
                row.insert(category.to_owned(), Points::from_hundredths(points));
                *row.entry("total".to_owned()).or_default() += Points::from_hundredths(points);
            }
        }
    }
    assert_eq!(state.appraisal, appraisal);
}

/// What yearly limits count, which no answer tells until one of them is met.
pub(crate) fn limits(workers: &BTreeMap<String, Worker>, district: &District) {
    for (worker, account) in &district.accounts {
        for sku in SKUS.map(|sku| sku.parse::<Sku>().expect("an item")) {
            for year in 2023..=2026 {
                let counted = workers.get(worker).map_or(0, |worker| worker.units(&sku, year));
                assert_eq!(u64::from(counted), account.had(sku.as_str(), year), "units of {sku} of {worker} in {year}");
            }
        }
    }
}

/// `earned = redeemed + expired + balance`, for every worker and in all.
pub(crate) fn balanced(state: &State) {
    for figures in state.workers.values().chain([&state.totals]) {
        let Figures { earned, redeemed, expired, balance } = *figures;
        assert_eq!(earned, redeemed + expired + balance, "as of {:?}", state.as_of);
    }
}

/// Whatever day one asks for, nothing is shown below zero, and the balance is the state's. Where entries made late leave
/// less than nothing in a lot, the state adds that up with the others; what can be spent is never less than nothing.
pub(crate) async fn past_balances(views: &Views, district: &District, state: &State, day: NaiveDate) {
    for worker in district.accounts.keys() {
        let on = views.balance_on(worker, day).await.expect("views").value.expect("a registered worker");
        let [available, held, debt] = [on.available, on.held, on.debt].map(Points::hundredths);
        assert!(available >= 0 && held >= 0 && debt >= 0, "{worker} on {day}: {on:?}");
        let told = state.workers.get(worker).copied().unwrap_or_default();
        assert!(on.available + on.held >= told.balance, "{worker} on {day}: {on:?}, the state says {told:?}");
    }
}

/// Every stored view, with what can be spent told for a day after which nothing happened.
pub(crate) async fn views(views: &Views, district: &District, books: &Books, day: NaiveDate) {
    for (worker, account) in &district.accounts {
        worker_rows(views, worker, account).await;
        let on = views.balance_on(worker, day).await.expect("views").value.expect("a registered worker");
        let [available, held, debt] = [on.available, on.held, on.debt].map(Points::hundredths);
        assert_eq!((available, held, debt), (account.balance(day), account.held(), account.debt), "{worker} on {day}");
        let expiring: BTreeMap<NaiveDate, i64> =
            on.expiring.iter().map(|(last, points)| (*last, points.hundredths())).collect();
        assert_eq!(expiring, account.ending(day), "{worker} on {day}");
        adds_up(views, worker, account, &on, day).await;
    }
    waiting(views, district).await;
    shops(views, district).await;
    merchants(views, district, books).await;
    cards(views, district).await;
    let trial: BTreeMap<String, i64> = views
        .trial_balance()
        .await
        .expect("views")
        .value
        .into_iter()
        .map(|(group, points)| (group, points.hundredths()))
        .filter(|(_, points)| *points != 0)
        .collect();
    assert_eq!(trial, books.trial_balance());
    assert_eq!(trial.values().sum::<i64>(), 0);
}

/// A statement adds up to what can be spent and to what ended and is not booked as expired yet, but for what was booked on
/// the very last day of its lot.
async fn adds_up(views: &Views, worker: &str, account: &Account, on: &BalanceOn, day: NaiveDate) {
    let (lines, more) = views.statement(worker, 0, views.position(), ALL).await.expect("views");
    let moved: Points = lines.iter().map(|line| line.points).sum();
    let ended: Points = on.ended.iter().map(|(_, left)| *left).sum();
    let holds = account.credits.iter().filter(|credit| credit.last.is_none_or(|last| day <= last));
    let early: i64 = holds.map(|credit| credit.lapsed).sum();
    let told = (on.available + ended).hundredths() - early;
    assert_eq!((moved.hundredths(), more), (told, None), "{worker} on {day}: {on:?}");
}

async fn worker_rows(views: &Views, worker: &str, account: &Account) {
    let row = views.worker(worker).await.expect("views").value.expect("a registered worker");
    let of = |wanted: &[Status]| -> i64 {
        account.credits.iter().filter(|credit| wanted.contains(&credit.status)).map(|credit| credit.points).sum()
    };
    let books = &row.account;
    let figures = [books.earned, books.reversed, books.redeemed, books.expired, books.held, books.debt];
    let figures = figures.map(Points::hundredths);
    let expected = [
        of(&[Status::Confirmed, Status::Reversed]),
        of(&[Status::Reversed]),
        account.redeemed(),
        account.credits.iter().map(|credit| credit.lapsed).sum(),
        account.held(),
        account.debt,
    ];
    assert_eq!(figures, expected, "earned, reversed, redeemed, expired, held and debt of {worker}");
    assert_eq!(row.services, account.standing().count() as u64, "services of {worker}");
    assert_eq!((row.departed, &row.card), (account.departed.is_some(), &account.card), "{worker}");
    assert_eq!((&row.occupation, row.party_member), (&account.occupation, account.party_member), "{worker}");

    let lots: Vec<_> = books.lots.iter().map(|lot| (lot.on, lot.last_day, [lot.remaining, lot.expired])).collect();
    let expected: Vec<_> = account
        .credits
        .iter()
        .map(|credit| {
            let points = [credit.left, credit.lapsed].map(Points::from_hundredths);
            (credit.on, credit.last, points)
        })
        .collect();
    assert_eq!(lots, expected, "lots of {worker}");
}

/// Credits that somebody must still decide about, and open holds.
async fn waiting(views: &Views, district: &District) {
    let mut proposals = BTreeMap::new();
    let mut holds = BTreeMap::new();
    for (worker, account) in &district.accounts {
        for credit in account.credits.iter().filter(|credit| credit.status != Status::Reversed) {
            let proposed = credit.status == Status::Proposed;
            if proposed || credit.is_objected() {
                proposals.insert(credit.name.clone(), (worker.clone(), proposed, credit.is_objected(), credit.points));
            }
        }
        holds.extend(account.holds.iter().map(|(name, hold)| (name.clone(), (worker.clone(), hold.points))));
    }
    let rows = views.proposals("", ALL, |_| true).await.expect("views").rows;
    let rows: BTreeMap<_, _> = rows
        .into_iter()
        .map(|(name, row)| (name, (row.worker, row.proposed, row.objected, row.points.hundredths())))
        .collect();
    assert_eq!(rows, proposals, "credits that wait");

    let rows = views.open_holds().await.expect("views");
    let rows: BTreeMap<_, _> =
        rows.into_iter().map(|(name, row)| (name, (row.worker, row.points.hundredths()))).collect();
    assert_eq!(rows, holds, "open holds");
}

async fn shops(views: &Views, district: &District) {
    for (store, shop) in &district.shops {
        let row = views.store_row(store).await.expect("views").value.expect("an opened store");
        assert_eq!((&row.name, row.closed), (&shop.name, shop.closed()), "{store}");
        let rows = views.stock(store, "", ALL).await.expect("views").rows;
        let rows: BTreeMap<_, _> = rows
            .into_iter()
            .map(|(sku, row)| {
                let units = [row.on_shelf, row.reserved, row.handed_over, row.written_off, row.received];
                let terms = (row.price.hundredths(), row.limit_per_worker_year, row.merchant);
                (sku, (row.listed.then_some(terms), units))
            })
            .collect();
        let expected: BTreeMap<_, _> = shop
            .items
            .iter()
            .map(|(sku, item)| {
                let units = [item.shelf, item.reserved, item.out, item.lost, item.received];
                let terms = item.terms().map(|terms| (terms.price, terms.limit, terms.merchant.clone()));
                (sku.clone(), (terms, units))
            })
            .collect();
        assert_eq!(rows, expected, "items of {store}");
    }
}

async fn merchants(views: &Views, district: &District, books: &Books) {
    for (merchant, known) in &district.merchants {
        let row = views.merchant(merchant).await.expect("views").value.expect("a registered merchant");
        assert_eq!(row.name, known.name);
        let mut owed = 0;
        for (month, book) in &known.months {
            let row = views.settlement(merchant, Month::parse(month).expect("a month")).await.expect("views").value;
            let figures = [row.honoured, row.corrected, row.paid].map(Points::hundredths);
            let of_row = (figures, row.redemptions, row.references.len());
            let of_book = ([book.honoured, book.corrected, book.paid], book.redemptions, book.payments);
            assert_eq!(of_row, of_book, "{merchant} in {month}");
            let due = views.due(merchant, Month::parse(month).expect("a month")).await.expect("views").value;
            assert_eq!(due.owed.hundredths(), known.due(month), "{merchant} for {month}");
            owed += book.honoured - book.corrected - book.paid;
        }
        assert_eq!(books.owed(merchant), owed, "{merchant}");
    }
}

/// A branch's cards: confirmed credits alone.
async fn cards(views: &Views, district: &District) {
    for year in [2023, 2024, 2025, 2026] {
        let appraisal = views.appraisal(year, None, None).await.expect("views");
        let rows: BTreeMap<_, _> = appraisal
            .cards
            .into_iter()
            .map(|card| {
                let categories: BTreeMap<String, i64> =
                    card.categories.into_iter().map(|(category, points)| (category, points.hundredths())).collect();
                let mut disputed = card.disputed;
                disputed.sort();
                let total = card.total.hundredths();
                (card.card_no, (card.worker, card.branch, categories, total, card.services, disputed))
            })
            .collect();
        let mut expected = BTreeMap::new();
        for (worker, account) in &district.accounts {
            let Some((card, branch)) = account.card_in(year) else { continue };
            let categories = account.card_points().remove(&year).unwrap_or_default();
            let total: i64 = categories.values().sum();
            let categories = categories.into_iter().map(|(category, points)| (category.to_owned(), points)).collect();
            let counting: Vec<_> = account
                .standing()
                .filter(|credit| credit.counts && chrono::Datelike::year(&credit.on) == year)
                .collect();
            let mut disputed: Vec<String> =
                counting.iter().filter(|credit| credit.objector.is_some()).map(|credit| credit.name.clone()).collect();
            disputed.sort();
            let services = counting.len() as u64;
            let row = (worker.clone(), branch, categories, total, services, disputed);
            expected.insert(card, row);
        }
        assert_eq!(rows, expected, "cards of {year}");
    }
}
