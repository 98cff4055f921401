//! Samples of selections.

use super::{day, id};
use crate::domain::selection::command::{Indicator, Measure, SelectionTerms};
use crate::ledger::Command;
use crate::ledger::commands;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Each command, with all that it may have, and with nothing of that.
pub(super) fn samples() -> Vec<(&'static str, Command)> {
    let indicator = |code: &str, measure, full: bool| Indicator {
        activities: if full { vec![id("ZY01"), id("ZY02")] } else { Vec::new() },
        code: id(code),
        measure,
        weight: 3,
    };
    let announce = |full: bool| commands::AnnounceSelection {
        selection: id("PX-2024-01"),
        terms: SelectionTerms {
            consent_until: full.then(|| day("2024-03-01")),
            cut_off: day("2024-02-29"),
            from: full.then(|| day("2024-01-01")),
            indicators: vec![
                indicator("积分", Measure::CreditedPoints, full),
                indicator("次数", Measure::Services, full),
                indicator("天数", Measure::ServiceDays, full),
                indicator("时长", Measure::Quantity, full),
            ],
            name: "最美骑手".into(),
            occupations: if full { vec!["外卖骑手".into(), "快递员".into()] } else { Vec::new() },
            places: 10,
            publicity_days: 5,
            tie_by: full.then(|| id("时长")),
        },
    };
    let word = |withdraws: bool, full: bool| commands::GiveWord {
        selection: id("PX-2024-01"),
        worker: id("YZ-骑手-001"),
        withdraws,
        on: full.then(|| day("2024-02-28")),
        paper: full.then(|| DIGEST.to_owned()),
    };
    let answer = |upheld| commands::AnswerObjection {
        selection: id("PX-2024-01"),
        objection: id("YY-0001"),
        upheld,
        reason: "核对无误".into(),
    };
    let revise = |remove| commands::ReviseSelection {
        selection: id("PX-2024-01"),
        candidate: id("YZ-骑手-001"),
        remove,
        reason: "本人退出".into(),
    };
    let object = commands::ObjectToSelection {
        selection: id("PX-2024-01"),
        objection: id("YY-0001"),
        candidate: id("YZ-骑手-001"),
        reason: "服务天数有误".into(),
    };
    vec![
        ("announce_selection/full", announce(true).into()),
        ("announce_selection/none", announce(false).into()),
        ("consent_to_selection/full", word(false, true).into()),
        ("consent_to_selection/none", word(false, false).into()),
        ("withdraw_from_selection/full", word(true, true).into()),
        ("withdraw_from_selection/none", word(true, false).into()),
        ("seal_selection", commands::SealSelection { selection: id("PX-2024-01") }.into()),
        ("draw_selection", commands::DrawSelection { selection: id("PX-2024-01") }.into()),
        ("object_to_selection", object.into()),
        ("answer_objection/upheld", answer(true).into()),
        ("answer_objection/dismissed", answer(false).into()),
        ("revise_selection/remove", revise(true).into()),
        ("revise_selection/measure", revise(false).into()),
        ("record_result", commands::RecordResult { selection: id("PX-2024-01"), minutes: DIGEST.into() }.into()),
    ]
}
