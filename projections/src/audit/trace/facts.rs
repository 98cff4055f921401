//! What an event of the programmes says beside its figures: named values, each with its words for people.

use std::borrow::Cow;

use chrono::NaiveDate;
use ledger_core::domain::money::Fen;
use ledger_core::domain::site::Location;
use ledger_core::domain::time::BusinessTime;

/// A named value of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// One of those known: programs and people read words of it.
    pub name: FactName,
    /// Its value, as people and programs read it: ids, days, quantities, yuan.
    pub value: String,
}

impl Fact {
    /// Its value for people, in Chinese: a yes or no in words.
    pub fn in_chinese(&self) -> &str {
        self.worded("是", "否")
    }

    /// Its value for people, in English.
    pub fn in_english(&self) -> &str {
        self.worded("yes", "no")
    }

    fn worded<'a>(&'a self, yes: &'a str, no: &'a str) -> &'a str {
        let is_flag = matches!(self.name, FactName::Waited | FactName::Upheld);
        match self.value.as_str() {
            "true" if is_flag => yes,
            "false" if is_flag => no,
            value => value,
        }
    }
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $chinese:literal;)*) => {
        /// What a value is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum FactName {
            $($(#[$doc])* $name,)*
        }

        impl FactName {
            /// For programs.
            pub const fn as_str(self) -> &'static str {
                match self { $(FactName::$name => $key,)* }
            }

            /// For people, as the sheets call it.
            pub const fn chinese(self) -> &'static str {
                match self { $(FactName::$name => $chinese,)* }
            }
        }
    };
}

facts! {
    /// What it is called.
    Name = "name", "名称";
    /// What it was called before.
    NameBefore = "name_before", "原名称";
    /// Of which kind.
    Kind = "kind", "类型";
    /// Of which kind it was before.
    KindBefore = "kind_before", "原类型";
    /// The unified social credit code.
    CreditCode = "credit_code", "统一社会信用代码";
    /// The one of before.
    CreditCodeBefore = "credit_code_before", "原统一社会信用代码";
    /// What it is scored as.
    Activity = "activity", "活动";
    /// On which day, where that is not the day of the event.
    On = "on", "日期";
    /// By when it is to be done.
    Due = "due", "办理时限";
    /// The earlier request that it repeats.
    MergedInto = "merged_into", "并入";
    /// At which site.
    Site = "site", "站点";
    /// Which body.
    Body = "body", "单位";
    /// When it was claimed.
    Claimed = "claimed", "认领日期";
    /// When it was done.
    Done = "done", "办结日期";
    /// How much, in the unit of the activity.
    Quantity = "quantity", "数量";
    /// What was said of it.
    Rating = "rating", "评价";
    /// Which fund pays.
    Fund = "fund", "资金";
    /// How many there are.
    Places = "places", "名额";
    /// Most of them for one worker.
    LimitPerWorker = "limit_per_worker", "每人限额";
    /// Points for one.
    Price = "points_each", "所需积分";
    /// Money, yuan.
    Amount = "amount", "金额(元)";
    /// The first day.
    From = "from", "自";
    /// The last day.
    Until = "until", "至";
    /// The first day no longer.
    Ended = "ended", "解除日期";
    /// The first day no longer, of a letter of appointment.
    Dismissed = "dismissed", "解聘日期";
    /// As what somebody is appointed.
    Role = "role", "角色";
    /// Which level of sites it is of, in a word of the district.
    Level = "level", "层级";
    /// Under which site it hangs.
    Parent = "parent", "上级站点";
    /// How far east it lies, in degrees.
    Longitude = "longitude", "经度";
    /// How far north it lies, in degrees.
    Latitude = "latitude", "纬度";
    /// What it offers.
    Services = "services", "服务项目";
    /// The first day closed.
    Closed = "closed", "停用日期";
    /// What stays open right below it.
    OpenBelow = "open_below", "仍启用的下级";
    /// The certificate that it rests on.
    Certificate = "certificate", "证书编号";
    /// At whose counter.
    Merchant = "merchant", "商户";
    /// The bodies that approve it.
    Approvals = "approvals", "审核单位";
    /// Whether it was not granted yet: it waited for a place, or for the word of bodies.
    Waited = "waited", "尚未发放";
    /// Where the money comes from.
    Source = "source", "来源";
    /// For which year.
    Year = "year", "年度";
    /// The month that bears it.
    Month = "month", "记入月份";
    /// How many lines.
    Lines = "lines", "行数";
    /// From when on it is void.
    Lost = "lost", "挂失时间";
    /// From when on it is good.
    Since = "since", "生效时间";
    /// Which pass it replaces.
    Replaces = "replaces", "补发自";
    /// Which pass replaces it.
    ReplacedBy = "replaced_by", "补发卡号";
    /// Under which offer.
    Offer = "offer", "优惠";
    /// What it costs, yuan.
    FullPrice = "full_price", "原价(元)";
    /// What was paid, yuan.
    Paid = "paid", "实付(元)";
    /// What was not, yuan.
    Discount = "discount", "优惠额(元)";
    /// Who helps.
    Helper = "helper", "帮带人";
    /// Who is helped.
    Helped = "helped", "被帮带人";
    /// The Party branch.
    Branch = "branch", "党支部";
    /// The last service date that counts.
    CutOff = "cut_off", "截止日期";
    /// Candidates.
    Candidates = "candidates", "参评人数";
    /// How many stand on the short list.
    Listed = "listed", "入围人数";
    /// The last day of the publicity.
    PublicUntil = "public_until", "公示至";
    /// Whether an objection or a dispute was right.
    Upheld = "upheld", "成立";
    /// A digest, hexadecimal.
    Digest = "digest", "摘要";
    /// Which line of a statement.
    Line = "line", "明细";
    /// Which dispute.
    Dispute = "dispute", "异议号";
}

impl FactName {
    /// For people, in English.
    pub fn english(self) -> Cow<'static, str> {
        if self == FactName::Waited {
            return Cow::Borrowed("not yet granted");
        }
        Cow::Owned(self.as_str().replace('_', " "))
    }
}

/// Facts of a line, in the order in which they are told.
#[derive(Debug, Default)]
pub(super) struct Facts(Vec<Fact>);

impl Facts {
    pub(super) fn new() -> Facts {
        Facts::default()
    }

    #[must_use]
    pub(super) fn with(mut self, name: FactName, value: impl ToString) -> Facts {
        self.0.push(Fact { name, value: value.to_string() });
        self
    }

    #[must_use]
    pub(super) fn maybe(self, name: FactName, value: Option<impl ToString>) -> Facts {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A day that is not the event's own.
    #[must_use]
    pub(super) fn on(self, day: NaiveDate, at: BusinessTime) -> Facts {
        self.maybe(FactName::On, (day != at.date()).then_some(day))
    }

    /// A text as a sheet had it; a blank one says nothing.
    #[must_use]
    pub(super) fn written(self, name: FactName, text: &str) -> Facts {
        self.maybe(name, (!text.is_empty()).then_some(text))
    }

    /// Where something lies, where that was said.
    #[must_use]
    pub(super) fn lying(self, location: Option<Location>) -> Facts {
        let longitude = location.map(Location::longitude);
        self.maybe(FactName::Longitude, longitude).maybe(FactName::Latitude, location.map(Location::latitude))
    }

    /// Money, where there is any.
    #[must_use]
    pub(super) fn money(self, name: FactName, amount: Fen) -> Facts {
        self.maybe(name, (amount != Fen::ZERO).then_some(amount))
    }

    /// That something is so, where it is.
    #[must_use]
    pub(super) fn so(self, name: FactName, is_so: bool) -> Facts {
        self.maybe(name, is_so.then_some(true))
    }

    pub(super) fn told(self) -> Vec<Fact> {
        self.0
    }
}
