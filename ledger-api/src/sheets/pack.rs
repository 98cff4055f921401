//! The files of a district pack: which sheet is which, and which months there are. Owns the names of the files and
//! what is said about a name that nearly fits; does not open any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;

use super::SheetError;
use super::text::{half_width, quotable, trim};

/// The sheets of which a pack has one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SheetKind {
    /// 人员名册
    Workers,
    /// 积分标准
    Schedule,
    /// 商户名录
    Merchants,
    /// 兑换网点
    Stores,
    /// 兑换目录
    Items,
}

impl SheetKind {
    /// All of them, in the order in which they are loaded.
    pub const ALL: [SheetKind; 5] =
        [SheetKind::Workers, SheetKind::Schedule, SheetKind::Merchants, SheetKind::Stores, SheetKind::Items];

    /// The name of the file without its ending.
    pub const fn name(self) -> &'static str {
        match self {
            SheetKind::Workers => "人员名册",
            SheetKind::Schedule => "积分标准",
            SheetKind::Merchants => "商户名录",
            SheetKind::Stores => "兑换网点",
            SheetKind::Items => "兑换目录",
        }
    }
}

/// A month of the Gregorian calendar, written `2024-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// The year.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// Reads `YYYY-MM`.
    fn parse(text: &str) -> Option<Month> {
        let (year, month) = text.split_once('-')?;
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        ((1..=12).contains(&month) && year >= 1_900).then_some(Month { year, month })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The files of one month; at least one of them is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthFiles {
    /// Which month.
    pub month: Month,
    /// 活动记录
    pub activities: Option<PathBuf>,
    /// 兑换流水
    pub redemptions: Option<PathBuf>,
}

/// What a pack's folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackFiles {
    /// The folder.
    pub directory: PathBuf,
    /// district.toml
    pub district: Option<PathBuf>,
    /// The single sheets that are there.
    pub sheets: BTreeMap<SheetKind, PathBuf>,
    /// The monthly sheets, in the order of the months.
    pub months: Vec<MonthFiles>,
    /// Names of files and folders that are none of the above, sorted; temporary files are left out.
    pub ignored: Vec<String>,
}

impl PackFiles {
    /// The path of a single sheet that the caller cannot do without.
    pub fn require(&self, kind: SheetKind) -> Result<&Path, SheetError> {
        match self.sheets.get(&kind) {
            Some(path) => Ok(path),
            None => Err(SheetError::MissingFile {
                directory: quotable(&self.directory.to_string_lossy()),
                name: kind.name().to_owned(),
            }),
        }
    }
}

const ACTIVITIES: &str = "活动记录";
const REDEMPTIONS: &str = "兑换流水";

/// Endings of spreadsheets that are not read; a file of ours with one of them must not be passed over in silence.
const OTHER_SPREADSHEETS: [&str; 9] = ["xls", "et", "ods", "xlsm", "xlsb", "xltx", "numbers", "tsv", "txt"];

/// Looks through the folder of a pack, not into its subfolders. Names may be in full width, in any case, with any
/// kind of hyphen, and in GB18030 where a Chinese archive was unpacked elsewhere. (Decomposed names, as some file
/// systems store them, need no care: none of the characters decomposes.)
pub fn discover(directory: &Path) -> Result<PackFiles, SheetError> {
    let unreadable = |source| SheetError::Io { file: quotable(&directory.to_string_lossy()), source };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(display_name).unwrap_or_default();
        entries.push((name, path));
    }
    // The order of a folder's listing is chance; what is reported first should not be.
    entries.sort();
    let mut found = Discovery::default();
    found.files.directory = directory.to_owned();
    for (name, path) in entries {
        found.take(name, path)?;
    }
    Ok(found.finish())
}

#[derive(Default)]
struct Discovery {
    files: PackFiles,
    activities: BTreeMap<Month, PathBuf>,
    redemptions: BTreeMap<Month, PathBuf>,
}

impl Discovery {
    fn take(&mut self, name: String, path: PathBuf) -> Result<(), SheetError> {
        // `~$` marks the lock files of Excel, `.~` those of WPS and LibreOffice.
        if name.starts_with('.') || name.starts_with("~$") {
            return Ok(());
        }
        let plain = normal_name(&name);
        let (stem, ending) = plain.rsplit_once('.').map_or((plain.as_str(), ""), |(stem, ending)| (trim(stem), ending));
        let ours = ending == "xlsx" || ending == "csv";
        let single = SheetKind::ALL.into_iter().find(|kind| kind.name() == stem);
        let monthly = [ACTIVITIES, REDEMPTIONS].into_iter().find(|kind| stem.starts_with(kind));
        if path.is_dir() {
            self.files.ignored.push(name);
            return Ok(());
        }
        if OTHER_SPREADSHEETS.contains(&ending) && (single.is_some() || monthly.is_some()) {
            return Err(SheetError::Format { file: quotable(&name), what: "is not an .xlsx or .csv file" });
        }
        if plain == "district.toml" {
            return match self.files.district.replace(path) {
                Some(earlier) => Err(two_files(&earlier, &name)),
                None => Ok(()),
            };
        }
        let earlier = match (single, monthly) {
            (Some(kind), _) if ours => self.files.sheets.insert(kind, path),
            (None, Some(kind)) if ours => {
                let month = stem.strip_prefix(kind).and_then(|rest| Month::parse(rest.strip_prefix('-')?));
                let month = month.ok_or_else(|| SheetError::BadMonth { file: quotable(&name), kind })?;
                let months = if kind == ACTIVITIES { &mut self.activities } else { &mut self.redemptions };
                months.insert(month, path)
            }
            _ => {
                self.files.ignored.push(name);
                return Ok(());
            }
        };
        match earlier {
            Some(earlier) => Err(two_files(&earlier, &name)),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> PackFiles {
        let months: BTreeSet<Month> = self.activities.keys().chain(self.redemptions.keys()).copied().collect();
        for month in months {
            let activities = self.activities.remove(&month);
            let redemptions = self.redemptions.remove(&month);
            self.files.months.push(MonthFiles { month, activities, redemptions });
        }
        self.files
    }
}

fn two_files(earlier: &Path, name: &str) -> SheetError {
    let earlier = earlier.file_name().map(display_name).unwrap_or_default();
    SheetError::TwoFiles { first: quotable(&earlier), second: quotable(name) }
}

/// The name as text. Archives made on Chinese Windows leave GB18030 names behind where nothing converts them.
fn display_name(name: &OsStr) -> String {
    if let Some(name) = name.to_str() {
        return name.to_owned();
    }
    let decoded = GB18030.decode_without_bom_handling_and_without_replacement(name.as_encoded_bytes());
    decoded.map_or_else(|| name.to_string_lossy().into_owned(), |name| name.into_owned())
}

/// The name in half width and lower case, with plain hyphens and without blanks beside them.
fn normal_name(name: &str) -> String {
    let half_width = half_width(trim(name)).to_lowercase();
    let hyphens = |character| if matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { character };
    let plain: String = half_width.chars().map(hyphens).collect();
    plain.split('-').map(trim).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Month, SheetKind, discover, normal_name};
    use crate::sheets::test_files::Folder;

    fn names(folder: &Folder) -> Vec<String> {
        let found = discover(folder.path()).expect("pack");
        let name = |path: &Path| path.file_name().expect("name").to_string_lossy().into_owned();
        let months = found.months.iter().flat_map(|month| [&month.activities, &month.redemptions]);
        months.flatten().map(|path| name(path)).collect()
    }

    fn code_and_message(folder: &Folder) -> String {
        let error = discover(folder.path()).expect_err("refused");
        assert_eq!(error.code(), "invalid_input");
        error.to_string()
    }

    #[test]
    fn a_whole_pack_is_found_in_the_order_of_its_months() {
        let folder = Folder::new();
        for kind in SheetKind::ALL {
            folder.write(&format!("{}.csv", kind.name()), b"");
        }
        for name in ["district.toml", "expected.json", "说明.docx", "活动记录-2024-02.xlsx", "活动记录-2023-12.csv",
            "兑换流水-2023-12.XLSX", "兑换流水-2024-03.csv", "~$活动记录-2024-02.xlsx", ".~人员名册.xlsx", ".DS_Store"] {
            folder.write(name, b"");
        }
        let found = discover(folder.path()).expect("pack");
        assert!(found.district.is_some());
        assert_eq!(found.sheets.len(), 5);
        assert!(found.require(SheetKind::Stores).expect("stores").ends_with("兑换网点.csv"));
        let months: Vec<_> = found.months.iter().map(|month| month.month.to_string()).collect();
        assert_eq!(months, ["2023-12", "2024-02", "2024-03"]);
        assert_eq!(names(&folder), ["活动记录-2023-12.csv", "兑换流水-2023-12.XLSX", "活动记录-2024-02.xlsx", "兑换流水-2024-03.csv"]);
        assert_eq!(found.ignored, ["expected.json", "说明.docx"]);
    }

    #[test]
    fn names_in_full_width_are_ours() {
        let folder = Folder::new();
        folder.write("活动记录－２０２４－０１．ｘｌｓｘ", b"");
        folder.write("兑换流水 – 2024–01.csv", b"");
        folder.write(" 人员名册 .csv", b"");
        let found = discover(folder.path()).expect("pack");
        assert_eq!(found.months.len(), 1);
        assert!(found.sheets.contains_key(&SheetKind::Workers));
    }

    #[cfg(unix)]
    #[test]
    fn names_in_gb18030_are_ours() {
        use std::os::unix::ffi::OsStrExt;
        let folder = Folder::new();
        let name = encoding_rs::GB18030.encode("人员名册.csv").0.into_owned();
        std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(&name)), b"").expect("write");
        assert!(discover(folder.path()).expect("pack").sheets.contains_key(&SheetKind::Workers));
    }

    #[test]
    fn a_sheet_in_two_files_is_refused() {
        let folder = Folder::new();
        folder.write("积分标准.xlsx", b"");
        folder.write("积分标准.csv", b"");
        let message = code_and_message(&folder);
        assert!(message.contains("积分标准.xlsx") && message.contains("积分标准.csv"), "{message}");
        let folder = Folder::new();
        folder.write("活动记录-2024-01.xlsx", b"");
        folder.write("活动记录－2024－01.csv", b"");
        code_and_message(&folder);
    }

    #[test]
    fn a_month_that_cannot_be_read_is_refused() {
        for name in ["活动记录-2024-13.xlsx", "活动记录-2024-1.xlsx", "活动记录2024-01.csv", "兑换流水-2024-01(1).csv", "兑换流水.xlsx",
            "活动记录-2024-01-副本.xlsx"] {
            let folder = Folder::new();
            folder.write(name, b"");
            let message = code_and_message(&folder);
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn a_sheet_in_another_format_is_refused_and_not_passed_over() {
        for name in ["人员名册.xls", "活动记录-2024-01.et"] {
            let folder = Folder::new();
            folder.write(name, b"");
            assert!(code_and_message(&folder).contains(".xlsx"));
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = Folder::new();
        let error = discover(folder.path()).expect("empty pack").require(SheetKind::Workers).expect_err("missing");
        assert_eq!(error.code(), "invalid_input");
        assert!(error.to_string().contains("人员名册"));
        assert_eq!(discover(&folder.path().join("没有")).expect_err("no folder").code(), "invalid_input");
    }

    #[test]
    fn months_are_four_and_two_digits() {
        assert_eq!(Month::parse("2024-03").map(|month| (month.year(), month.month())), Some((2024, 3)));
        for bad in ["2024-00", "2024-13", "24-03", "2024-3", "2024-03-01", "1024-03", "２０２４-03", "-2024-03"] {
            assert_eq!(Month::parse(bad), None, "{bad}");
        }
        assert_eq!(normal_name("活动记录 － 2024—01 .CSV"), "活动记录-2024-01 .csv");
    }
}
