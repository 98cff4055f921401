//! Samples of selections.

use super::super::super::{Event, V1};
use super::{AWKWARD, at, date, worker};
use crate::domain::ids::{Actor, SelectionId, WorkerId};
use crate::domain::selection::command::{Indicator, Measure, SelectionTerms};
use crate::domain::selection::event::{
    CandidateWord, InputsSealed, ListDrawn, ListRevised, ObjectionAnswered, ObjectionMade, ResultRecorded,
    SelectionAnnounced, SelectionEvent,
};
use crate::domain::selection::formula::{Figure, InputLine, ShortListed};

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn selection() -> SelectionId {
    SelectionId::new("PX-2024-01").expect("a selection")
}

fn by() -> Actor {
    Actor::new("shenhe-wang").expect("an actor")
}

fn second() -> WorkerId {
    WorkerId::new("YZ-骑手-002").expect("a worker")
}

fn terms(full: bool) -> SelectionTerms {
    let indicator = |code: &str, measure, weight| Indicator {
        activities: if full { vec!["ZY01".parse().expect("an activity")] } else { Vec::new() },
        code: code.parse().expect("a code"),
        measure,
        weight,
    };
    SelectionTerms {
        consent_until: full.then(|| date("2024-03-01")),
        cut_off: date("2024-02-29"),
        from: full.then(|| date("2024-01-01")),
        indicators: vec![
            indicator("积分", Measure::CreditedPoints, 3),
            indicator("次数", Measure::Services, 2),
            indicator("天数", Measure::ServiceDays, 1),
            indicator("时长", Measure::Quantity, 10),
        ],
        name: "最美骑手".into(),
        occupations: if full { vec!["外卖骑手".into(), "快递员".into()] } else { Vec::new() },
        places: 10,
        publicity_days: 5,
        tie_by: full.then(|| "时长".parse().expect("a code")),
    }
}

fn figures() -> Vec<Figure> {
    [1_250, 300, 200, 150].map(Figure::from_hundredths).to_vec()
}

fn list() -> Vec<ShortListed> {
    let line = |worker| ShortListed { rank: 1, score: Figure::from_hundredths(6_050), worker };
    vec![line(worker()), line(second())]
}

pub(crate) fn samples() -> Vec<Event> {
    let announced = |full| SelectionAnnounced { at: at(), by: by(), selection: selection(), terms: terms(full), v: V1 };
    let word = |paper: bool| CandidateWord {
        at: at(),
        by: by(),
        on: date("2024-02-28"),
        paper: paper.then(|| DIGEST.to_owned()),
        selection: selection(),
        v: V1,
        worker: worker(),
    };
    let inputs = [worker(), second()].map(|worker| InputLine { figures: figures(), worker }).to_vec();
    let objection = || "YY-0001".parse().expect("an objection");
    let revised = |figures| ListRevised {
        at: at(),
        by: by(),
        candidate: second(),
        figures,
        list: list(),
        public_until: date("2024-03-12"),
        reason: AWKWARD.into(),
        selection: selection(),
        v: V1,
    };
    [
        SelectionEvent::SelectionAnnounced(announced(true)),
        SelectionEvent::SelectionAnnounced(announced(false)),
        SelectionEvent::CandidateConsented(word(true)),
        SelectionEvent::CandidateConsented(word(false)),
        SelectionEvent::CandidateWithdrawn(word(true)),
        SelectionEvent::CandidateWithdrawn(word(false)),
        SelectionEvent::SelectionSealed(InputsSealed { at: at(), by: by(), inputs, selection: selection(), v: V1 }),
        SelectionEvent::SelectionDrawn(ListDrawn {
            at: at(),
            by: by(),
            list: list(),
            public_until: date("2024-03-10"),
            selection: selection(),
            v: V1,
        }),
        SelectionEvent::SelectionObjected(ObjectionMade {
            at: at(),
            by: by(),
            candidate: second(),
            objection: objection(),
            reason: AWKWARD.into(),
            selection: selection(),
            v: V1,
        }),
        SelectionEvent::SelectionObjectionAnswered(ObjectionAnswered {
            at: at(),
            by: by(),
            candidate: second(),
            objection: objection(),
            reason: AWKWARD.into(),
            selection: selection(),
            upheld: true,
            v: V1,
        }),
        SelectionEvent::SelectionRevised(revised(Some(figures()))),
        SelectionEvent::SelectionRevised(revised(None)),
        SelectionEvent::SelectionResultRecorded(ResultRecorded {
            at: at(),
            by: by(),
            minutes: DIGEST.into(),
            selection: selection(),
            v: V1,
        }),
    ]
    .map(Event::Selection)
    .to_vec()
}
