//! An appraisal as lines for a spreadsheet: one line a card, a column a category, the decision left blank.

use std::iter::once;

use projections::queries::appraisal::{Appraisal, CardYear};

use super::{NOTE, categories};
use crate::document::{Cell, Document, Layout, Name, Table, name};

pub(super) fn document(appraisal: &Appraisal) -> Document {
    let categories = categories(appraisal);
    let columns: Vec<Name> = [name("card_no", "积分卡号"), name("worker", "编号"), name("branch", "党支部")]
        .into_iter()
        .chain(categories.iter().map(|category| Name::of(category)))
        .chain([name("total", "合计"), name("services", "服务次数")])
        .chain(own_columns(appraisal))
        .chain(any_on_probation(appraisal).then(|| name("probationary", "预备党员")))
        .chain([name("decision", "评议意见")])
        .collect();
    let rows = appraisal.cards.iter().map(|card| {
        let texts = [&card.card_no, &card.worker, &card.branch].map(|text| Cell::Text(text.clone()));
        texts
            .into_iter()
            .chain(points(card, &categories))
            .chain(own(appraisal, card))
            .chain(any_on_probation(appraisal).then(|| Cell::maybe(card.probationary.then_some("是"))))
            .chain(once(Cell::Blank))
            .collect()
    });
    Document {
        title: "党员互助积分卡".into(),
        note: NOTE,
        facts: Vec::new(),
        tables: vec![Table::list(name("cards", "积分卡"), columns, rows.collect())],
        flat: true,
        layout: Layout::Screen,
    }
}

fn any_on_probation(appraisal: &Appraisal) -> bool {
    appraisal.cards.iter().any(|card| card.probationary)
}

/// The columns of what is the asked branch's own; none where no branch was asked.
pub(super) fn own_columns(appraisal: &Appraisal) -> Vec<Name> {
    let columns = [name("own_total", "其中本支部"), name("own_services", "本支部次数")];
    appraisal.branch.iter().flat_map(|_| columns.clone()).collect()
}

/// What stands in [`own_columns`].
pub(super) fn own(appraisal: &Appraisal, card: &CardYear) -> Vec<Cell> {
    let cells = [Cell::Points(card.own.total), Cell::count(card.own.services)];
    appraisal.branch.iter().flat_map(|_| cells.clone()).collect()
}

/// What a card has by category and in all, and from how many services.
pub(super) fn points(card: &CardYear, categories: &[&str]) -> impl Iterator<Item = Cell> {
    let of = |category: &&str| Cell::Points(card.categories.get(*category).copied().unwrap_or_default());
    let all = [Cell::Points(card.total), Cell::count(card.services)];
    categories.iter().map(of).collect::<Vec<_>>().into_iter().chain(all)
}
