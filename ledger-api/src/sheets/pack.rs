//! The files of a district pack: which sheet is which, and which months there are. Owns the names of the files and
//! what is said about a name that nearly fits; does not open any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;

use super::SheetError;
use super::text::{half_width, one_line, quotable, trim};

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
    /// 驿站名录
    Sites,
    /// 聘任名册
    Appointments,
    /// 帮带结对
    Pairs,
    /// 资金来源
    Funds,
    /// 权益项目
    Benefits,
    /// 暖心卡
    Passes,
    /// 优惠协议
    Offers,
}

impl SheetKind {
    /// All of them, in the order in which they are loaded: what others name comes before them.
    pub const ALL: [SheetKind; 12] = [
        SheetKind::Sites,
        SheetKind::Workers,
        SheetKind::Schedule,
        SheetKind::Merchants,
        SheetKind::Appointments,
        SheetKind::Pairs,
        SheetKind::Funds,
        SheetKind::Benefits,
        SheetKind::Passes,
        SheetKind::Offers,
        SheetKind::Stores,
        SheetKind::Items,
    ];

    /// Whether no pack can do without it.
    pub const fn is_required(self) -> bool {
        match self {
            SheetKind::Workers | SheetKind::Schedule | SheetKind::Merchants | SheetKind::Stores | SheetKind::Items => {
                true
            }
            SheetKind::Sites
            | SheetKind::Appointments
            | SheetKind::Pairs
            | SheetKind::Funds
            | SheetKind::Benefits
            | SheetKind::Passes
            | SheetKind::Offers => false,
        }
    }

    /// The name of the file without its ending.
    pub const fn name(self) -> &'static str {
        match self {
            SheetKind::Workers => "人员名册",
            SheetKind::Schedule => "积分标准",
            SheetKind::Merchants => "商户名录",
            SheetKind::Stores => "兑换网点",
            SheetKind::Items => "兑换目录",
            SheetKind::Sites => "驿站名录",
            SheetKind::Appointments => "聘任名册",
            SheetKind::Pairs => "帮带结对",
            SheetKind::Funds => "资金来源",
            SheetKind::Benefits => "权益项目",
            SheetKind::Passes => "暖心卡",
            SheetKind::Offers => "优惠协议",
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
    pub(super) fn parse(text: &str) -> Option<Month> {
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

/// The sheets of which a pack has one for each month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonthlyKind {
    /// 活动记录
    Activities,
    /// 需求清单
    Requests,
    /// 办理记录
    Handlings,
    /// 走访记录
    Visits,
    /// 权益登记
    Applications,
    /// 优惠核销
    PassUses,
    /// 兑换流水
    Redemptions,
}

impl MonthlyKind {
    /// All of them, in the order in which a month is loaded: what is earned comes before what is spent.
    pub const ALL: [MonthlyKind; 7] = [
        MonthlyKind::Activities,
        MonthlyKind::Requests,
        MonthlyKind::Handlings,
        MonthlyKind::Visits,
        MonthlyKind::Applications,
        MonthlyKind::PassUses,
        MonthlyKind::Redemptions,
    ];

    /// The name of the file before its month.
    pub const fn name(self) -> &'static str {
        match self {
            MonthlyKind::Activities => "活动记录",
            MonthlyKind::Requests => "需求清单",
            MonthlyKind::Handlings => "办理记录",
            MonthlyKind::Visits => "走访记录",
            MonthlyKind::Applications => "权益登记",
            MonthlyKind::PassUses => "优惠核销",
            MonthlyKind::Redemptions => "兑换流水",
        }
    }
}

/// The files of one month; at least one of them is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthFiles {
    /// From the name of the file, as in 活动记录-2024-01.csv.
    pub month: Month,
    /// Its files, in the order in which they are loaded.
    pub files: BTreeMap<MonthlyKind, PathBuf>,
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
                directory: one_line(&self.directory.to_string_lossy()),
                name: kind.name().to_owned(),
            }),
        }
    }
}

/// Endings of spreadsheets that are not read; a file of ours with one of them must not be passed over in silence.
const OTHER_SPREADSHEETS: [&str; 9] = ["xls", "et", "ods", "xlsm", "xlsb", "xltx", "numbers", "tsv", "txt"];

/// Which sheet a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// One of which a pack has one.
    Single(SheetKind),
    /// One of which a pack has one for each month.
    Monthly(MonthlyKind),
}

/// Which sheet the name of a file is of, whatever its ending and whether or not its month can be read.
pub fn named(name: &str) -> Option<Named> {
    let plain = normal_name(name);
    named_by(plain.rsplit_once('.').map_or(plain.as_str(), |(stem, _)| trim(stem)))
}

fn named_by(stem: &str) -> Option<Named> {
    let single = SheetKind::ALL.into_iter().find(|kind| kind.name() == stem).map(Named::Single);
    let monthly = || MonthlyKind::ALL.into_iter().find(|kind| stem.starts_with(kind.name())).map(Named::Monthly);
    single.or_else(monthly)
}

/// Looks through the folder of a pack, not into its subfolders. Names may be in full width, in any case, with any
/// kind of hyphen, and in GB18030 where a Chinese archive was unpacked elsewhere. (Decomposed names, as some file
/// systems store them, need no care: none of the characters decomposes.)
pub fn discover(directory: &Path) -> Result<PackFiles, SheetError> {
    let (files, mut unusable) = discover_each(directory)?;
    // What is reported first is the first one by its name.
    if unusable.is_empty() { Ok(files) } else { Err(unusable.swap_remove(0)) }
}

/// As [`discover`], with what is wrong with each file that cannot be taken, in the order of their names: the others are found all
/// the same. Of a single sheet that is there twice none is found, for nobody can say which one counts.
///
/// # Errors
/// [`SheetError::Io`] where the folder itself cannot be read.
pub fn discover_each(directory: &Path) -> Result<(PackFiles, Vec<SheetError>), SheetError> {
    let unreadable = |source| SheetError::Io { file: one_line(&directory.to_string_lossy()), source };
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
    let mut unusable = Vec::new();
    for (name, path) in entries {
        unusable.extend(found.take(name, path).err());
    }
    Ok((found.finish(), unusable))
}

#[derive(Default)]
struct Discovery {
    files: PackFiles,
    months: BTreeMap<Month, BTreeMap<MonthlyKind, PathBuf>>,
    /// Single sheets that are there more than once.
    twice: BTreeSet<SheetKind>,
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
        let named = named_by(stem);
        if path.is_dir() {
            self.files.ignored.push(name);
            return Ok(());
        }
        if OTHER_SPREADSHEETS.contains(&ending) && named.is_some() {
            return Err(SheetError::Format { file: quotable(&name), what: "is not an .xlsx or .csv file" });
        }
        if plain == "district.toml" {
            return match self.files.district.replace(path) {
                Some(earlier) => Err(two_files(&earlier, &name)),
                None => Ok(()),
            };
        }
        let earlier = match named {
            Some(Named::Single(kind)) if ours => {
                let earlier = self.files.sheets.insert(kind, path);
                self.twice.extend(earlier.as_ref().map(|_| kind));
                earlier
            }
            Some(Named::Monthly(kind)) if ours => {
                let kind_name = kind.name();
                let month = stem.strip_prefix(kind_name).and_then(|rest| Month::parse(rest.strip_prefix('-')?));
                let month = month.ok_or_else(|| SheetError::BadMonth { file: quotable(&name), kind: kind_name })?;
                self.months.entry(month).or_default().insert(kind, path)
            }
            Some(Named::Single(_) | Named::Monthly(_)) | None => {
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
        self.files.sheets.retain(|kind, _| !self.twice.contains(kind));
        let months = std::mem::take(&mut self.months);
        self.files.months = months.into_iter().map(|(month, files)| MonthFiles { month, files }).collect();
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
pub(super) fn normal_name(name: &str) -> String {
    let half_width = half_width(trim(name)).to_lowercase();
    let hyphens = |character| if matches!(character, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { character };
    let plain: String = half_width.chars().map(hyphens).collect();
    plain.split('-').map(trim).collect::<Vec<_>>().join("-")
}
