//! 经度 and 纬度 of 驿站名录: filled in by a later sheet, kept by one without them, refused where they are no place.

use ledger_core::domain::event::{Event, StreamId};
use ledger_core::domain::site::Sites;

use super::pack_files::PackFolder;
use super::{District, assert_report};

const WITHOUT: &str = "驿站编号,驿站名称,层级,上级驿站编号,服务项目,启用日期,停用日期\n";
const WITH: &str = "驿站编号,驿站名称,层级,上级驿站编号,服务项目,启用日期,停用日期,经度,纬度\n";

fn sheet(head: &str, rows: &[&str]) -> String {
    format!("{head}{}\n", rows.join("\n"))
}

impl District {
    /// Where a site lies: longitude and latitude in degrees.
    async fn lies(&self, site: &str) -> Option<(String, String)> {
        let stored = self.journal.load(&[StreamId::Sites], false).await.unwrap();
        let mut sites = Sites::default();
        for event in stored.into_iter().flat_map(|stored| stored.events) {
            if let Event::Sites(event) = event.event {
                sites.evolve(&event);
            }
        }
        let at = sites.site(&site.parse().unwrap())?.location?;
        Some((at.longitude().to_string(), at.latitude().to_string()))
    }
}

fn at(longitude: &str, latitude: &str) -> Option<(String, String)> {
    Some((longitude.to_owned(), latitude.to_owned()))
}

#[tokio::test]
async fn a_register_brought_again_fills_in_where_sites_lie_and_takes_nothing_away() {
    let district = District::new().await;
    let plain = ["Z1,一号驿站,微驿站,,饮水机,2024-01-01,"];
    let folder = PackFolder::new().write("驿站名录.csv", &sheet(WITHOUT, &plain));
    assert_report(&district.import(&folder).await, [0; 4], &[]);
    assert_eq!(district.lies("Z1").await, None);

    let located = ["Z1,一号驿站,微驿站,,饮水机,2024-01-01,,１18.504600,36.2042"];
    let folder = folder.write("驿站名录.csv", &sheet(WITH, &located));
    assert_report(&district.import(&folder).await, [0; 4], &[]);
    assert_eq!(district.lies("Z1").await, at("118.5046", "36.2042"));

    let head = district.head().await;
    assert_report(&district.import(&folder).await, [0; 4], &[]);
    let blank = sheet(WITH, &["Z1,一号驿站,微驿站,,饮水机,2024-01-01,,,"]);
    for same in [sheet(WITHOUT, &plain), blank] {
        let folder = PackFolder::new().write("驿站名录.csv", &same);
        assert_report(&district.import(&folder).await, [0; 4], &[]);
    }
    assert_eq!(district.head().await, head, "what is not said again is no change");
    assert_eq!(district.lies("Z1").await, at("118.5046", "36.2042"));

    let moved = ["Z1,一号驿站,微驿站,,饮水机,2024-01-01,,118.504601,36.2042"];
    district.import(&PackFolder::new().write("驿站名录.csv", &sheet(WITH, &moved))).await;
    assert_eq!(district.lies("Z1").await, at("118.504601", "36.2042"));
    assert_eq!(district.head().await, head + 1);
}

#[tokio::test]
async fn a_place_that_is_none_is_refused_with_the_column_and_the_cure() {
    let district = District::new().await;
    let rows = [
        "Z1,甲,微驿站,,,,,181,36",
        "Z2,乙,微驿站,,,,,36.2042,118.5046",
        "Z3,丙,微驿站,,,,,118.5046,",
        "Z4,丁,微驿站,,,,,,36.2042",
        "Z5,戊,微驿站,,,,,118.5046001,36",
        "Z6,己,微驿站,,,,,东经118度,36",
        "Z7,庚,微驿站,,,,,-180,-90",
    ];
    let folder = PackFolder::new().write("驿站名录.csv", &sheet(WITH, &rows));
    let report = district.import(&folder).await;
    let refused: Vec<String> = (2..8).map(|row| format!("驿站名录.csv:{row}:invalid_input")).collect();
    assert_report(&report, [0; 4], &refused.iter().map(String::as_str).collect::<Vec<_>>());
    let named = ["经度", "纬度", "纬度", "经度", "经度", "经度"];
    for (error, column) in report.errors.iter().zip(named) {
        assert!(error.message.starts_with(&format!("「{column}」")), "{}", error.message);
    }
    assert_eq!(district.lies("Z1").await, None);
    assert_eq!(district.lies("Z7").await, at("-180", "-90"));
}
