//! What stands on the page that brings registers in.

use crate::import::files::Left;
use crate::sheets::pack::{MonthlyKind, SheetKind};

words! {
    title: "登记册导入", "Bring registers in";
    back: "回到区县", "Back to the district";
    choose: "选登记册", "Choose registers";
    files: "登记册文件", "Files of registers";
    hint: "可以一次选多份，把文件夹里的全选也行；.xlsx 或 .csv，合计最多 4 MB、20,000 行。先逐行核对，看清楚了再导入；只选文件不记账。", "Several at once, all of a folder's if you like; .xlsx or .csv, 4 MB and 20,000 rows together at most. Every row is judged first; choosing records nothing.";
    too_large: "文件太大，合计最多 4 MB，请分几次选。", "The files are too large: 4 MB together at most. Choose them in several goes.";
    too_many_rows: "行数太多，一次最多 20,000 行，请分几次选；更大的由服务器保管人用 nuanxin import 导入。", "Too many rows: 20,000 at a time at most. Choose them in several goes; larger packs are imported on the server with nuanxin import.";
    judge_button: "核对", "Judge them";
    bring_button: "导入", "Bring them in";
    again_button: "再导入一次", "Bring them in again";
    download: "下载不收的行", "Download the refused rows";
    not_written: "还没有写入。请看清楚下面每份登记册是什么、新增和变更多少行、哪些行不收，再点「导入」。", "Nothing is written yet. See below as what each file is known, how many rows are new or changed and which are refused, and only then bring them in.";
    all_there: "账本里都已经有了，没有要写入的行。", "The ledger has all of it; there is nothing to write.";
    none: "选的文件里没有可以在这里导入的登记册。", "None of these files is a register that can be brought in here.";
    stopped: "中途停下了：下面写着已写入的行已经记账。请再导入一次，会接着办，不会重复。", "It stopped on the way: the rows told as written are recorded. Bring them in again; it goes on from there and nothing happens twice.";
    register: "登记册", "Register";
    file: "文件", "File";
    would: "要写入", "To be written";
    written: "已写入", "Written";
    new: "新增", "New";
    changed: "变更", "Changed";
    unchanged: "没有变化", "No change";
    changes: "要变更的行", "Rows that change something";
    from_to_what: "由什么改成什么", "From what to what";
    no_rows: "没有数据行，只有表头", "No rows below the header";
    refused: "不收", "Refused";
    row: "行", "Row";
    code: "代码", "Code";
    why: "原因和改法", "Why, and the cure";
    message: "英文说明", "In English";
    refused_row: "不收的行号", "Refused row";
    refused_code: "不收代码", "Refused code";
    refused_why: "不收原因和改法", "Why refused, and the cure";
    refused_note: "不收的行，和原表一样；最后四列写着行号、代码、原因和改法，系统不读。改好后不用改文件名，直接再选一次。", "The refused rows as they stood. The last four columns say which row, why and what cures it, and nobody reads them: mend the rows and choose the file again under the same name.";
    refused_rows: "不收的行", "Refused rows";
    mend: "请在原表里改好这些行，再选一次文件；也可以下载不收的行，改好后直接选下载的文件。其余的行照常写入；已经写入的不会重复。", "Mend these rows in the sheet and choose it again, or download the refused rows, mend them and choose that file. All other rows are written; what is written already does not happen twice.";
    looks: "照收，但请核对的行", "Rows taken that should be looked at";
    left: "没有读的文件", "Files that are not read";
    takes: "收哪些登记册", "Which registers are taken";
    needs: "必须有的列", "Columns it needs";
    may_have: "可以有的列", "Columns it may have";
    rights: "这里导入的都记在您的账号名下。管理员管区县由什么组成；不登记人，不记积分，也不动库存，这些归各岗位办理。", "Everything is recorded under your own account. An administrator keeps what a district is made of, and records no person, no points and no goods: those are for the desks.";
    by_name: "按文件名认：文件名就是登记册的名字，如下表；行号按打开表格看到的算。", "Registers are known by the names of their files, as below; rows are counted as the sheet shows them.";
    no_stock: "「库存」只核对、不入账：进了多少货，由店员在库存页补货。", "Stock is read and not recorded: what arrives is entered at the counter's shelf.";
    from_the_first: "只在还没有积分标准时收，从最早的服务起适用；有不收的行，请先改好再导入。以后改标准请到积分标准页：那里可以先试算，再定起用日期。", "Taken only while there is no schedule; it holds from the earliest service on, so mend refused rows before you bring it in. Later it is changed on its own page, where it is tried first and begins on a day of your choice.";
    row_unreadable: "这一行有内容用不了（如名称太长，或写了身份证号、手机号），请逐项核对。", "Something in this row cannot be used, such as a name that is too long or an identity or phone number; check each field.";
    days: "请核对日期：结束不能早于开始。", "Check the days: nothing ends before it begins.";
}

impl Words {
    /// What was written.
    pub(in crate::web) fn done(&self, taken: u64, refused: u64) -> String {
        match (self.english, refused) {
            (true, 0) => format!("{taken} rows were written"),
            (true, _) => format!("{taken} rows were written, {refused} were refused"),
            (false, 0) => format!("已写入 {taken} 行"),
            (false, _) => format!("已写入 {taken} 行，另有 {refused} 行不收"),
        }
    }

    /// That more rows are refused than are shown.
    pub(in crate::web) fn more(&self, more: usize) -> String {
        if self.english {
            format!("And {more} more; the download has all of them.")
        } else {
            format!("另有 {more} 行，下载的文件里都有。")
        }
    }

    /// That more rows should be looked at than are shown.
    pub(in crate::web) fn more_looks(&self, more: usize) -> String {
        if self.english {
            format!("And {more} more of this kind.")
        } else {
            format!("另有 {more} 行也是这样。")
        }
    }

    /// That two rows of a sheet say different things of one.
    pub(in crate::web) fn two_rows(&self, first: u64, second: u64) -> String {
        if self.english {
            format!("Rows {first} and {second} say different things of one; row {first} counts. Keep the right one.")
        } else {
            format!("第 {first} 行和第 {second} 行编号相同、内容不同，只收第 {first} 行；请留对的一行，删去另一行。")
        }
    }

    /// What becomes of a column.
    pub(in crate::web) fn column_change(&self, column: &str, from: &str, to: &str) -> String {
        let nothing = if self.english { "(blank)" } else { "（空）" };
        let shown = |text: &str| if text.is_empty() { nothing.to_owned() } else { text.to_owned() };
        let colon = if self.english { ": " } else { "：" };
        format!("“{column}”{colon}{} → {}", shown(from), shown(to))
    }

    /// That of a workbook only the first sheet is read.
    pub(in crate::web) fn unread(&self, file: &str, sheet: &str) -> String {
        if self.english {
            format!("“{file}”: only the first sheet with this header is read, not “{sheet}”.")
        } else {
            format!("「{file}」只读第一张有这个表头的工作表，没有读「{sheet}」。")
        }
    }

    /// What is to be known of a register before it is brought in; mostly nothing.
    pub(in crate::web) const fn note(&self, kind: SheetKind) -> &'static str {
        match kind {
            SheetKind::Items => self.no_stock,
            SheetKind::Schedule => self.from_the_first,
            SheetKind::Sites
            | SheetKind::Workers
            | SheetKind::Merchants
            | SheetKind::Appointments
            | SheetKind::Pairs
            | SheetKind::Funds
            | SheetKind::Benefits
            | SheetKind::Passes
            | SheetKind::Offers
            | SheetKind::Stores => "",
        }
    }

    /// Why a file is not read, and who sees to what is in it.
    pub(in crate::web) const fn left_why(&self, left: Left) -> &'static str {
        match (left, self.english) {
            (Left::OfOthers(kind), english) => of_others(kind, english),
            (Left::Record(kind), english) => record(kind, english),
            (Left::ScheduleThere, false) => "积分标准已经有了。改标准请到积分标准页，那里可以先试算，再定起用日期。",
            (Left::ScheduleThere, true) => {
                "There is a schedule already. Change it on its own page, where it is tried first and begins on a day of your choice."
            }
            (Left::Settings, false) => "区县设置：由服务器保管人用 nuanxin import 导入。",
            (Left::Settings, true) => "The district's settings: imported on the server with nuanxin import.",
            (Left::Unknown, false) => "不是登记册的名字，没有读。是登记册的，请照下表改文件名再选。",
            (Left::Unknown, true) => {
                "This is no register's name. If it is a register, name it as below and choose it again."
            }
        }
    }
}

/// Whose a register is that is not brought in here.
const fn of_others(kind: SheetKind, english: bool) -> &'static str {
    match (kind, english) {
        (SheetKind::Workers, false) => {
            "人员和姓名归录入员，积分卡归党支部：录入员在积分申报页登记新来的人；整份名册由服务器保管人用 nuanxin import 导入。"
        }
        (SheetKind::Workers, true) => {
            "Workers and their names are an operator's, cards a Party branch's: newcomers are registered at the desk, a whole roster is imported on the server with nuanxin import."
        }
        (SheetKind::Appointments, false) => "聘任归审核员，在聘任走访页办理。",
        (SheetKind::Appointments, true) => "Appointments are an approver's, on the page of appointments.",
        (SheetKind::Pairs, false) => "结对归全区的审核员，在聘任走访页办理。",
        (SheetKind::Pairs, true) => "Pairs are for an approver of the whole district, on the page of appointments.",
        (SheetKind::Passes, false) => "发卡、挂失归录入员，在聘任走访页办理。",
        (SheetKind::Passes, true) => "Passes are an operator's, on the page of appointments.",
        (
            SheetKind::Sites
            | SheetKind::Schedule
            | SheetKind::Merchants
            | SheetKind::Funds
            | SheetKind::Benefits
            | SheetKind::Offers
            | SheetKind::Stores
            | SheetKind::Items,
            false,
        ) => "您的账号没有这项权限。",
        (
            SheetKind::Sites
            | SheetKind::Schedule
            | SheetKind::Merchants
            | SheetKind::Funds
            | SheetKind::Benefits
            | SheetKind::Offers
            | SheetKind::Stores
            | SheetKind::Items,
            true,
        ) => "Your account has no right to it.",
    }
}

/// Where what happened is recorded.
const fn record(kind: MonthlyKind, english: bool) -> &'static str {
    match (kind, english) {
        (MonthlyKind::Activities, false) => "记录，不是登记册：录入员在积分申报页整表上传。",
        (MonthlyKind::Activities, true) => "Records and no register: an operator uploads the sheet at the desk.",
        (MonthlyKind::Redemptions, false) => "记录，不是登记册：店员在兑换台办理。",
        (MonthlyKind::Redemptions, true) => "Records and no register: clerks redeem at the counter.",
        (MonthlyKind::Requests | MonthlyKind::Handlings, false) => "记录，不是登记册：在需求办理页办理。",
        (MonthlyKind::Requests | MonthlyKind::Handlings, true) => {
            "Records and no register: kept on the page of requests."
        }
        (MonthlyKind::Visits | MonthlyKind::Applications, false) => "记录，不是登记册：在聘任走访页办理。",
        (MonthlyKind::Visits | MonthlyKind::Applications, true) => {
            "Records and no register: kept on the page of appointments."
        }
        (MonthlyKind::PassUses, false) => "记录，不是登记册：商户在自己的页上核销。",
        (MonthlyKind::PassUses, true) => "Records and no register: merchants enter them on their own page.",
    }
}

#[cfg(test)]
mod tests {
    use super::{CHINESE, ENGLISH};
    use crate::import::files::Left;
    use crate::sheets::pack::{MonthlyKind, SheetKind};

    #[test]
    fn each_file_that_is_left_has_its_reason_in_both_languages() {
        let registers = SheetKind::ALL.into_iter().map(Left::OfOthers);
        let records = MonthlyKind::ALL.into_iter().map(Left::Record);
        for left in registers.chain(records).chain([Left::ScheduleThere, Left::Settings, Left::Unknown]) {
            let is_chinese = |text: &str| text.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char));
            assert!(is_chinese(CHINESE.left_why(left)) && !is_chinese(ENGLISH.left_why(left)), "{left:?}");
        }
    }
}
