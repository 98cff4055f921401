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
    left_to_send: "没有写入的行", "Rows that are not written";
    mend_and_send: "请按每行的说明改好，再送这几行；已写入的行不在里面，不会重复。", "Mend each as is said beside it and send these alone; what is written is not among them.";
    send_mended: "写入改好的行", "Send the mended rows";
    record_no: "记录号要填，不能有空格，也不能用身份证号或手机号，请改正。", "A record number is needed, without blanks, and never an identity or phone number.";
    no_witness: "请填证明人。", "Name a witness.";
    row_unreadable: "这一行有读不懂的内容，请逐项核对。", "Something in this row cannot be read; check each field.";
    sheet_too_large: "内容太多，请拆成几份。", "holds too much; send it in parts.";
    two_files: "这一张表不止一份，请只选一份。", "is there more than once; choose one of them.";
    bad_month: "文件名里的月份读不懂，请写成「-2024-03」这样，或不要选它。", "names no month; end its name like “-2024-03”, or leave it out.";
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
            SheetError::TwoFiles { .. } => self.two_files,
            SheetError::BadMonth { .. } => self.bad_month,
            // Of packs the last one, which no page takes whole.
            SheetError::Io { .. } | SheetError::MissingFile { .. } => self.unreadable,
        };
        self.of_file(name, what)
    }

    /// Which cell of a row cannot hold, by its column or columns and what stands in the first of them, and what goes there; in
    /// English the refusal says it itself.
    pub(in crate::web) fn cell(&self, columns: &[&str], written: &str) -> Option<String> {
        let first = columns.first().filter(|_| !self.english)?;
        let goes = goes_into(first);
        let named: String = columns.iter().map(|column| format!("“{column}”")).collect();
        Some(match written {
            _ if columns.len() > 1 => format!("{named}：{goes}"),
            "" => format!("{named}没有填。{goes}"),
            written => format!("{named}填的是“{written}”，{goes}"),
        })
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

/// What goes into a column of the schedule, or of a register.
fn goes_into(column: &str) -> &'static str {
    match column {
        "活动代码" => "请填代码，不能有空格和斜杠。",
        "每单位积分" => "请填大于 0 的数字，最多两位小数。",
        "每日上限" | "每月上限" | "每年上限" => "请填大于 0 的数字，最多两位小数；不限的留空。",
        "计入积分卡" => "请填“是”或“否”。",
        "有效月数" => "请填 1 到 1200 的整数，或“年底”；长期有效的留空。",
        "审核人数" => "请填 0、1 或 2；按全区设置的留空。",
        "公示天数" => "请填 0 到 366 的整数；按全区设置的留空。",
        "计分时点" => "请填“评价”或“反馈”，或留空。",
        "最多认领人数" => "请填大于 0 的整数；一人的留空。",
        "网点编号" | "商品编码" | "供货商户编号" | "商户编号" | "驿站编号" | "上级驿站编号" | "资金编号"
        | "项目编号" | "优惠编号" => "请填编号，不能有空格和斜杠，也不能用身份证号或手机号。",
        "统一社会信用代码" => "请核对这 18 位代码，改正后再导入一次。",
        "所需积分" => "请填数字，最多两位小数；商品的要大于 0。",
        "库存" | "名额" | "每人限额" | "每人每年限兑" => "请填整数，最小是 0。",
        "启用日期" | "停用日期" | "开始日期" | "截止日期" | "结束日期" => {
            "请填日期，写成 2026-03-05 这样。"
        }
        "经度" | "纬度" => "请填十进制度数，如 118.5046 和 36.2042，最多六位小数；经度和纬度要填都填，要么都留空。",
        "金额(元)" | "单价(元)" => "请填金额，单位是元，最多两位小数。",
        "年度" => "请填年份，如 2026。",
        "类型" => "权益项目请填“名额”“券”或“补助”；其他登记册请缩短。",
        "限额周期" => "请填“年”；不分年度的留空。",
        "折扣" => "请填折扣，如 8.5 就是付 85%。",
        "补贴比例" => "请填比例，如 50%；没有补贴的留空。",
        _ => "请补上或改正。",
    }
}
