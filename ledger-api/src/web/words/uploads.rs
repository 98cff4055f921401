//! What is said of a sheet that cannot be used.

use crate::sheets::SheetError;

words! {
    not_chosen: "请先选一个文件。", "Choose a file first.";
    too_large: "文件太大，最多 8 MB，请拆成几份。", "The file is too large; the most is 8 MB, so send it in parts.";
    too_many_rows: "一次最多 1,000 行，请拆成几份。", "at most 1,000 rows at a time; send it in parts.";
    empty: "是空的，请换一个文件。", "is empty; choose another file.";
    unreadable: "打不开，请核对后再选一次。", "cannot be read; check it and choose it again.";
    encoding: "文字编码读不懂，请另存为 .xlsx 再上传。", "is in an encoding that cannot be read; save it as .xlsx and upload it again.";
    format: "不是 .xlsx 或 .csv 表格，或者带密码，请换一个文件。", "is no .xlsx or .csv sheet, or has a password; choose another file.";
    damaged: "已损坏，请用 Excel 或 WPS 打开，另存后再上传。", "is damaged; open it in Excel or WPS, save it and upload it again.";
    sheet_too_large: "内容太多，请拆成几份。", "holds too much; send it in parts.";
}

impl Words {
    /// A sentence about a file, with its name.
    pub(in crate::web) fn of_file(&self, name: &str, what: &str) -> String {
        if self.english { format!("“{name}”: {what}") } else { format!("「{name}」{what}") }
    }

    /// Why a sheet cannot be read.
    pub(in crate::web) fn unusable(&self, name: &str, error: &SheetError) -> String {
        let what = match error {
            SheetError::Empty { .. } => self.empty,
            SheetError::Encoding { .. } => self.encoding,
            SheetError::Format { .. } => self.format,
            SheetError::Damaged { .. } => self.damaged,
            SheetError::TooLarge { .. } => self.sheet_too_large,
            SheetError::MissingColumns { columns, .. } => return self.of_file(name, &self.missing(columns)),
            SheetError::DuplicateColumn { column, .. } => return self.of_file(name, &self.twice(column)),
            // Of packs the last three, which no page takes.
            SheetError::Io { .. }
            | SheetError::MissingFile { .. }
            | SheetError::TwoFiles { .. }
            | SheetError::BadMonth { .. } => self.unreadable,
        };
        self.of_file(name, what)
    }

    fn missing(&self, columns: &[&'static str]) -> String {
        if self.english {
            let noun = if columns.len() == 1 { "column" } else { "columns" };
            format!("the {noun} {} is missing; choose another file or mend its header.", columns.join(", "))
        } else {
            let columns: Vec<String> = columns.iter().map(|column| format!("“{column}”")).collect();
            let few = if columns.len() == 1 { "这一列" } else { "这几列" };
            format!("里没有{}{few}，请换一个文件，或改正表头。", columns.join(""))
        }
    }

    fn twice(&self, column: &str) -> String {
        if self.english {
            format!("the column {column} is there more than once; keep one of them.")
        } else {
            format!("里“{column}”这一列不止一个，请只留一个。")
        }
    }
}
