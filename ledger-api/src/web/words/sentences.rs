//! Sentences with something in them: a figure, a day, a name.

use ledger_core::domain::worker::rating::Cap;

use super::Words;
use crate::service::capped::Capped;
use crate::service::desk::Taken;
use crate::web::figures::points;

impl Words {
    /// 以店员身份体验.
    pub(in crate::web) fn as_role(&self, role: &str) -> String {
        if self.english { format!("Try as {role}") } else { format!("以{role}身份体验") }
    }

    /// How long a password must wait.
    pub(in crate::web) fn unsent_on(&self, page: &str) -> String {
        if self.english {
            format!(
                "The last step on “{page}” was not written. Continue sends it again; what was written already is not written twice."
            )
        } else {
            format!("「{page}」的上一步没有写入。按「继续」再送一次；已经写入的不会重复。")
        }
    }

    pub(in crate::web) fn login_wait(&self, seconds: u64) -> String {
        if self.english {
            format!("Too many wrong passwords. Try again in {seconds} seconds, or ask the administrator for a new one.")
        } else {
            format!("密码错得太多了，请 {seconds} 秒后再试；忘了请管理员重设。")
        }
    }

    /// Points with their unit.
    pub(in crate::web) fn with_points(&self, points: &str) -> String {
        if self.english { format!("{points} points") } else { format!("{points} 积分") }
    }

    /// How much of what is on its way is not public yet.
    pub(in crate::web) fn still_checked(&self, points: &str) -> String {
        if self.english {
            format!("Pending: {points} of these points are still being checked, and not public yet.")
        } else {
            format!("公示中的 {points} 分还在审核或核实，通过后才公示。")
        }
    }

    /// What is missing for an item.
    pub(in crate::web) fn short_of(&self, points: &str) -> String {
        if self.english { format!("{points} more needed") } else { format!("还差 {points} 分") }
    }

    /// What an event is called.
    pub(in crate::web) fn event<'a>(&self, event_type: &'a str) -> &'a str {
        if self.english { event_type } else { ledger_core::domain::event::Event::word_of(event_type) }
    }

    /// Points that a taken-back credit still owes.
    pub(in crate::web) fn owes(&self, points: &str) -> String {
        if self.english {
            format!("{points} points of credits that were taken back are owed; later credits pay them first.")
        } else {
            format!("有 {points} 积分因冲正待补，以后的积分先补足。")
        }
    }

    /// What a card's figures are of.
    pub(in crate::web) fn card_of(&self, year: i32) -> String {
        if self.english {
            format!("{year}, by category; spending changes nothing here")
        } else {
            format!("{year} 年度，按类别；兑换不影响")
        }
    }

    /// A credit was recorded and waits.
    pub(in crate::web) fn recorded_waits(&self, points: &str) -> String {
        if self.english {
            format!("Recorded: {points} points, once checked")
        } else {
            format!("已申报 {points} 分，等待审核")
        }
    }

    /// A credit was recorded and counts.
    pub(in crate::web) fn recorded_counts(&self, points: &str) -> String {
        if self.english { format!("Recorded: {points} points") } else { format!("已入账 {points} 分") }
    }

    /// That a limit took from a credit: how much it would be, how much it is, and by which; empty where none did.
    pub(in crate::web) fn limit_met(&self, taken: &Taken) -> String {
        let Some(Capped { exact, by }) = taken.capped else { return String::new() };
        let (exact, given) = (points(exact), points(taken.points));
        let limit = by.map(|(cap, limit)| {
            let (zh, en) = match cap {
                Cap::Daily => ("每日上限", "daily"),
                Cap::Monthly => ("每月上限", "monthly"),
                Cap::Yearly => ("每年上限", "yearly"),
            };
            if self.english {
                format!("the {en} cap of {}", points(limit))
            } else {
                format!("{zh} {} 分", points(limit))
            }
        });
        match (self.english, limit) {
            (true, limit) => {
                let limit = limit.unwrap_or_else(|| "a cap".to_owned());
                format!("The quantity comes to {exact} points; {limit} is reached, so {given} are recorded.")
            }
            (false, limit) => {
                let limit = limit.unwrap_or_else(|| "上限".to_owned());
                format!("按数量应记 {exact} 分，已到{limit}，只记 {given} 分。")
            }
        }
    }

    /// Until when a credit is public.
    pub(in crate::web) fn public_until(&self, day: &str) -> String {
        if self.english {
            format!("Public through {day}; counts from the next day on")
        } else {
            format!("公示到 {day}，期满次日入账")
        }
    }

    /// Rows of a sheet were written, and others are left.
    pub(in crate::web) fn rows_written(&self, rows: usize, left: usize) -> String {
        match (self.english, left) {
            (true, 0) => format!("{rows} rows are written"),
            (true, _) => format!("{rows} rows are written, {left} are not"),
            (false, 0) => format!("已写入 {rows} 行"),
            (false, _) => format!("已写入 {rows} 行，还有 {left} 行没有写入"),
        }
    }

    /// Why a credit is returned.
    pub(in crate::web) fn back_reasons(&self) -> Vec<&'static str> {
        if self.english {
            vec![
                "Not enough evidence",
                "Date or quantity is wrong",
                "Recorded twice",
                "Not a service of the schedule",
                "Other",
            ]
        } else {
            vec!["凭据不足", "日期或数量不符", "重复申报", "不属于积分标准的活动", "其他"]
        }
    }

    /// What a verification went through.
    pub(in crate::web) fn verified_of(&self, entries: u64, at: &str, took_ms: u128) -> String {
        if self.english {
            format!("{entries} entries, at {at}, in {took_ms} ms")
        } else {
            format!("{at} 核对了 {entries} 条，用时 {took_ms} 毫秒")
        }
    }

    /// Which state is shown.
    pub(in crate::web) fn state_of(&self, position: u64, as_of: Option<&str>) -> String {
        let day = as_of.unwrap_or("–");
        if self.english {
            format!("Up to position {position}, as of {day}")
        } else {
            format!("序号 {position} 以前，截至 {day}")
        }
    }

    /// Points that wait.
    pub(in crate::web) fn pending_of(&self, waiting: usize, points: &str) -> String {
        if self.english { format!("{points} ({waiting})") } else { format!("{points}（{waiting} 件）") }
    }

    /// What is outstanding against what lies on the shelves.
    pub(in crate::web) fn bear(&self, outstanding: &str, stock: &str) -> String {
        if self.english {
            format!("Workers hold {outstanding} points; all goods on the shelves come to {stock} points.")
        } else {
            format!("大家手里还有 {outstanding} 积分没有兑；架上商品合计 {stock} 积分。")
        }
    }

    /// The views are behind.
    pub(in crate::web) fn behind(&self, entries: u64) -> String {
        if self.english { format!("behind by {entries}") } else { format!("落后 {entries} 条") }
    }

    /// Why a redemption is taken back.
    pub(in crate::web) fn undo_reasons(&self) -> Vec<&'static str> {
        if self.english {
            vec!["Wrong item", "Wrong number", "Changed their mind", "Damaged", "Other"]
        } else {
            vec!["商品拿错", "数量点错", "本人改变主意", "商品有损坏", "其他"]
        }
    }
}
