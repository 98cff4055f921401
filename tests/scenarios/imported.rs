//! The two district packs that stand in the repository, and journals into which each was imported once for all tests of
//! this program. Those journals are only read: who wants to change one copies it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::exact::Exact;
use crate::journals::{self, Database};
use crate::program;

/// A pack with the answer that is right for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pack {
    /// 14,000 rows.
    Qianwei,
    /// 52,000 rows.
    Yanzhou,
    /// With the sheets of the documents' programmes.
    QianweiProgrammes,
    /// The same, of the other district.
    YanzhouProgrammes,
}

impl Pack {
    /// Its folder.
    pub(crate) fn folder(self) -> PathBuf {
        let name = match self {
            Pack::Qianwei => "qianwei",
            Pack::Yanzhou => "yanzhou",
            Pack::QianweiProgrammes => "qianwei-programmes",
            Pack::YanzhouProgrammes => "yanzhou-programmes",
        };
        Path::new(env!("CARGO_MANIFEST_DIR")).join("packs").join(name)
    }

    /// What an import must come to.
    pub(crate) fn expected(self) -> &'static Exact {
        static EXPECTED: [OnceLock<Exact>; 4] = [const { OnceLock::new() }; 4];
        EXPECTED[self as usize].get_or_init(|| {
            let path = self.folder().join("expected.json");
            Exact::parse(&std::fs::read_to_string(&path).expect("a pack has its expected.json"))
        })
    }

    /// Whether it has the sheets of the documents' programmes.
    pub(crate) const fn has_programmes(self) -> bool {
        matches!(self, Pack::QianweiProgrammes | Pack::YanzhouProgrammes)
    }

    /// The day of the expected answer.
    pub(crate) fn as_of(self) -> &'static str {
        self.expected().get("as_of").text()
    }

    /// The state of a journal on that day.
    #[track_caller]
    pub(crate) fn state_of(self, journal: &str) -> Exact {
        program::state(journal, &["--as-of", self.as_of()])
    }

    /// Panics unless a state is the expected one, its position aside.
    #[track_caller]
    pub(crate) fn assert_state(self, state: &Exact) {
        let expected = self.expected();
        for part in ["as_of", "workers", "stock", "appraisal"] {
            state.get(part).assert_same(expected.get(part), part);
        }
        if self.has_programmes() {
            for part in ["requests", "benefits", "funds", "settlement"] {
                state.get(part).assert_same(expected.get(part), part);
            }
        }
        for figure in ["earned", "redeemed", "expired", "balance"] {
            let (found, right) = (state.get("totals").get(figure), expected.get("totals").get(figure));
            found.assert_same(right, &format!("totals.{figure}"));
        }
    }

    /// Panics unless a report refuses the expected rows, in order.
    #[track_caller]
    pub(crate) fn assert_refusals(self, report: &Exact) {
        refusals(report).assert_same(self.expected().get("errors"), "errors");
    }

    /// Panics unless a report of rows sent again refuses the very rows that were refused at first. They were judged anew,
    /// on what the whole pack left: of the checks at the counter another one may come first now, all others stay.
    #[track_caller]
    pub(crate) fn assert_refused_again(self, report: &Exact) {
        const AT_THE_COUNTER: [&str; 3] = ["limit_per_worker", "insufficient_points", "out_of_stock"];
        let leveled = |refusals: &Exact| {
            let level = |refusal: &Exact| {
                let mut members = refusal.members().clone();
                // Of the programmes' rows, a key may be a later row's by now, and places and claims are another's.
                if self.has_programmes() || AT_THE_COUNTER.contains(&refusal.get("code").text()) {
                    members.insert("code".to_owned(), Exact::Text("at the counter".to_owned()));
                }
                Exact::Object(members)
            };
            Exact::List(refusals.elements().iter().map(level).collect())
        };
        leveled(&refusals(report)).assert_same(&leveled(self.expected().get("errors")), "errors");
    }

    /// One of the expected totals.
    pub(crate) fn total(self, name: &str) -> u64 {
        self.expected().get("totals").get(name).count()
    }
}

/// File, row and code of what a report refuses; every message must be there and say something.
#[track_caller]
pub(crate) fn refusals(report: &Exact) -> Exact {
    let place = |error: &Exact| {
        assert!(error.get("message").text().chars().count() > 8, "a message that says nothing: {error:?}");
        let kept = ["file", "row", "code"].map(|name| (name.to_owned(), error.get(name).clone()));
        assert_eq!(error.members().len(), 4, "{error:?}");
        Exact::Object(kept.into())
    };
    Exact::List(report.get("errors").elements().iter().map(place).collect())
}

/// A pack in a journal, imported without interruption.
pub(crate) struct Imported {
    /// Where.
    pub(crate) journal: String,
    /// What the import reported.
    pub(crate) report: Exact,
    /// What the journal says as of the expected day.
    pub(crate) state: Exact,
}

/// A pack imported into a new journal, once in this test program.
pub(crate) fn imported(pack: Pack, database: Database) -> &'static Imported {
    static ALL: [[OnceLock<Imported>; 2]; 4] = [const { [const { OnceLock::new() }; 2] }; 4];
    ALL[pack as usize][database as usize].get_or_init(|| {
        let journal = journals::fresh(database);
        // Both packs hold rows that must be refused.
        let report = program::import(&journal, &pack.folder(), 1, &[]);
        let state = pack.state_of(&journal);
        Imported { journal, report, state }
    })
}
