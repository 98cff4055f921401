//! A what-if of the schedule that a pack was rated by changes nothing, whatever caps were met; of another one it tells what
//! a new journal comes to under it.

use std::path::Path;

use crate::exact::Exact;
use crate::imported::{Pack, imported};
use crate::journals::{self, Database};
use crate::program::{import, position, run};

fn schedule_of(folder: &Path) -> String {
    folder.join("积分标准.xlsx").display().to_string()
}

fn what_if(journal: &str, schedule: &str, more: &[&str]) -> Exact {
    let mut args = vec!["what-if", "--json", "--schedule", schedule, "--from", "2020-01-01", "--to", "2030-12-31"];
    args.extend_from_slice(more);
    let ended = run(journal, &args).expect(0);
    Exact::parse(&String::from_utf8_lossy(&ended.stdout))
}

#[track_caller]
fn changes_nothing(pack: Pack, database: Database) {
    let imported = imported(pack, database);
    let before = position(&imported.journal);
    let told = what_if(&imported.journal, &schedule_of(&pack.folder()), &[]);
    assert_eq!(told.get("differing").count(), 0, "{pack:?}");
    assert_eq!((told.get("workers_gain").count(), told.get("workers_lose").count()), (0, 0), "{pack:?}");
    told.get("before").assert_same(told.get("after"), "the points");
    told.get("before").assert_same(imported.state.get("totals").get("earned"), "what the journal says was earned");
    for activity in told.get("activities").elements() {
        activity.get("cut_before").assert_same(activity.get("cut_after"), "what caps cut");
    }
    for cause in told.get("causes").elements() {
        assert_eq!(cause.get("change").text(), "0", "{cause:?}");
    }
    assert_eq!(position(&imported.journal), before, "nothing is written");
}

#[test]
fn the_schedule_of_qianwei_changes_nothing_in_qianwei() {
    changes_nothing(Pack::Qianwei, Database::Sqlite);
    changes_nothing(Pack::Qianwei, Database::Postgres);
}

#[test]
fn the_schedule_of_yanzhou_changes_nothing_in_yanzhou() {
    changes_nothing(Pack::Yanzhou, Database::Sqlite);
}

#[test]
fn the_schedules_of_the_programmes_change_nothing_either() {
    changes_nothing(Pack::QianweiProgrammes, Database::Sqlite);
    changes_nothing(Pack::YanzhouProgrammes, Database::Sqlite);
}

/// Caps halved, and rates where there is no cap, against the same pack entered anew under that schedule. No row that was
/// refused at first is taken then: a lower cap is full wherever a higher one was.
#[test]
fn a_pack_entered_anew_under_another_schedule_earns_what_was_told() {
    let pack = Pack::Qianwei;
    let told = imported(pack, Database::Sqlite);
    let folder = nuanxin_tests::scratch_dir("halved").join("pack");
    copy(&pack.folder(), &folder);
    std::fs::remove_file(folder.join("积分标准.xlsx")).expect("the sheet is there");
    let csv = folder.join("积分标准.csv");
    std::fs::write(&csv, halved(&told.journal)).expect("a sheet can be written");
    let said = what_if(&told.journal, &csv.display().to_string(), &[]);
    assert!(said.get("differing").count() > 1_000, "{:?}", said.get("differing"));
    let anew = journals::fresh(Database::Sqlite);
    import(&anew, &folder, 1, &[]);
    let state = pack.state_of(&anew);
    said.get("after").assert_same(state.get("totals").get("earned"), "what the new journal says was earned");
}

#[test]
fn a_sheet_with_rows_that_cannot_be_used_is_not_tried() {
    let journal = &imported(Pack::Qianwei, Database::Sqlite).journal;
    let sheet = nuanxin_tests::scratch_dir("bad-schedule").join("积分标准.csv");
    let rows = "活动代码,活动名称,类别,每单位积分,每日上限,计入积分卡,有效月数\nA1,巡查,志愿服务,0,,是,12\n";
    std::fs::write(&sheet, rows).expect("a sheet can be written");
    let path = sheet.display().to_string();
    let ended = run(journal, &["what-if", "--schedule", &path]).expect(1);
    assert!(ended.stderr.contains("积分标准.csv 2:") && ended.stderr.contains("1 of its rows"), "{}", ended.stderr);
    assert!(ended.stdout.is_empty());
    run(journal, &["what-if", "--schedule", "nowhere.csv"]).expect(2);
    run(journal, &["what-if", "--schedule", &path, "--from", "2024-13-01"]).expect(2);
    run(journal, &["what-if", "--schedule", &path, "--list", "1001"]).expect(2);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for file in std::fs::read_dir(from).expect("the pack is there") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), to.join(file.file_name())).expect("a file can be copied");
    }
}

/// The schedule of a journal as a sheet, with half of each cap, and of the rate where there is none.
fn halved(journal: &str) -> String {
    let ended = run(journal, &["export", "--format", "jsonl"]).expect(0);
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    let adopted = text.lines().find(|line| line.contains("ScheduleAdopted")).expect("a schedule was adopted");
    let mut entry: serde_json::Value = serde_json::from_str(adopted).expect("an entry");
    // A payload is told as the text that was hashed.
    if let Some(payload) = entry["payload"].as_str() {
        entry = serde_json::from_str(payload).expect("a payload");
    }
    let lines = find(&entry, "activities").expect("lines").as_array().expect("a list").clone();
    let half = |value: &serde_json::Value| {
        value.as_i64().map_or_else(String::new, |hundredths| {
            assert_eq!(hundredths % 2, 0, "half a hundredth is none");
            format!("{}.{:02}", hundredths / 200, hundredths / 2 % 100)
        })
    };
    let rate = |line: &serde_json::Value| {
        let terms = &line["terms"];
        let capped = [&line["daily_cap"], &terms["monthly_cap"], &terms["yearly_cap"]].iter().any(|cap| cap.is_i64());
        let rate = line["points_per_unit"].as_i64().expect("a rate");
        half(&serde_json::json!(if capped { rate * 2 } else { rate }))
    };
    let mut sheet =
        String::from("活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数,每月上限,每年上限\n");
    for line in lines {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let validity = match &line["validity"] {
            serde_json::Value::Object(months) => months["months"].to_string(),
            other if other == "year_end" => "年底".to_owned(),
            _ => String::new(),
        };
        sheet += &format!(
            "{},{},{},{},{},{},{},{validity},{},{}\n",
            text("code"),
            text("name"),
            text("category"),
            text("unit"),
            rate(&line),
            half(&line["daily_cap"]),
            if line["counts_for_card"] == true { "是" } else { "否" },
            half(&line["terms"]["monthly_cap"]),
            half(&line["terms"]["yearly_cap"]),
        );
    }
    sheet
}

/// A member of an entry, however deep it stands.
fn find<'a>(value: &'a serde_json::Value, name: &str) -> Option<&'a serde_json::Value> {
    match value {
        serde_json::Value::Object(members) => {
            members.get(name).or_else(|| members.values().find_map(|member| find(member, name)))
        }
        serde_json::Value::Array(elements) => elements.iter().find_map(|element| find(element, name)),
        _ => None,
    }
}
