//! Where somebody comes by who walks through all pages: each page once as each role that has it, with the states of it that
//! look different. What looks at all of them takes them from here.

mod walk;

pub(super) use walk::Walk;

/// What is done on a page before it is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Writes into a field.
    Write(&'static str, &'static str),
    /// Presses on an element, and waits for another one.
    Press(&'static str, &'static str),
    /// Chooses a file for a field.
    Choose(&'static str, &'static str),
    /// Chooses several, each by its name.
    ChooseAll(&'static str, &'static [(&'static str, &'static str)]),
    /// Unfolds whatever is folded, but for the rest of a long list.
    Unfold,
    /// Waits for an element without which the page would not be what it is called here.
    Await(&'static str),
    /// Cuts the page off from the network, once it has taken along what it needs; it is back before the next stop.
    Cut,
}
use Act::{Await, Choose, ChooseAll, Cut, Press, Unfold, Write};

/// A page in a state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) name: &'static str,
    /// Nobody where blank.
    pub(super) role: &'static str,
    pub(super) path: &'static str,
    pub(super) acts: &'static [Act],
    /// What the district asks of whoever spends (`counter_proof`).
    asks: &'static str,
    /// Made of parts that other stops have too: what keeps people from it is looked for in two of the four ways of liking
    /// pages, both languages and both sizes of letters among them.
    pub(super) alike: bool,
    /// Drawn by the server for a size of letters, which elsewhere is a class of the whole page and nothing else.
    pub(super) sized: bool,
}

const fn stop(name: &'static str, role: &'static str, path: &'static str, acts: &'static [Act]) -> Stop {
    Stop { name, role, path, acts, asks: "id", alike: false, sized: false }
}

impl Stop {
    const fn alike(self) -> Stop {
        Stop { alike: true, ..self }
    }

    const fn sized(self) -> Stop {
        Stop { sized: true, ..self }
    }

    /// Where the district asks for a code or a PIN.
    const fn asking(self, asks: &'static str) -> Stop {
        Stop { asks, alike: true, ..self }
    }
}

const SHEET: &str = "记录号,编号,活动代码,服务日期,数量,证明人\nD-1,YS-0002,ZY01,2027-01-10,2,网格员甲\nD-2,YS-9999,ZY01,2027-01-10,2,网格员甲\n";

const SCHEDULE: &str = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n\
    ZY01,社区志愿服务,志愿服务,小时,12,60,是,24\nZY02,为独居老人送餐,志愿服务,次,5,10,是,24\n\
    WM01,文明劝导,文明创建,小时,6,24,是,年底\nWM02,环境整治,文明创建,次,6,12,是,24\n\
    PA01,平安巡查,平安建设,小时,8,32,否,24\n";
/// A rate that is none, and a line without its name.
const BAD_SCHEDULE: &str = "活动代码,活动名称,类别,计分单位,每单位积分,每日上限,计入积分卡,有效月数\n\
    ZY01,社区志愿服务,志愿服务,小时,许多,60,是,24\nZY02,,志愿服务,次,5,10,也许,24\n";
const TRY: &[Act] = &[
    Choose("#file", SCHEDULE),
    Write("#holds-from", "2027-02-01"),
    Press("form[action='/schedule/try'] button", "form[action='/schedule'] [name=proposal]"),
];

/// Registers of which one has rows that are refused, and a file that is somebody else's.
const REGISTERS: &[(&str, &str)] = &[
    ("商户名录.csv", "商户编号,商户名称,统一社会信用代码,类型\nYS-SH77,演示新商户,92000000MA000001H9,超市\n"),
    (
        "兑换目录.csv",
        "网点编号,商品编码,商品名称,类型,所需积分,库存,供货商户编号,每人每年限兑\n\
         YS-WD01,SP077,挂面,实物,20,5,YS-SH77,2\nYS-WD01,SP078,大米,实物,二十,5,YS-SH77,\n\
         YS-WD99,SP079,食盐,实物,10,5,YS-SH77,\n",
    ),
    ("人员名册.csv", "编号,从业类型,政治面貌,所在党支部,积分卡号\n"),
];
const JUDGE: &[Act] = &[
    ChooseAll("#files", REGISTERS),
    Press("form[action='/admin/registers/judge'] button", "form[action='/admin/registers'] [value=bring]"),
];

/// The slip of work that waits for its word, at the desk; and one of what was done for the rider.
const SLIP: &str = "/requests/slip?request=YS-XQ03&handling=YS-BL01";
const HANDED_ON: &str = "/requests/slip?request=YS-XQ05&handling=YS-BL02";

/// Somebody at the counter who shows nothing where the district asks for something.
const UNPROVEN: &[Act] = &[
    Write("#named", "YS-0001"),
    Press("[value=look]", ".customer"),
    Press("[name=add]", "#proof"),
    Press("button.go[value=confirm]", "[role=alert]#told"),
];
/// A box of water, at a counter without a network.
const WATER: &str = ".goods button[aria-label^='饮用水一箱']";
/// What a trace shows of a thing that was found.
const FIGURES: &[Act] = &[Await("dl.tiles"), Await("table.wrap")];

/// All of them, in the order in which they can be walked through on one demonstration.
pub(super) const STOPS: &[Stop] = &[
    stop("login", "", "/login", &[]),
    stop(
        "login-refused",
        "",
        "/login",
        &[Write("#account", "nobody"), Write("#password", "wrong"), Press("form button.go", "[role=alert]")],
    ),
    stop("receipt", "", "/receipt", &[]),
    stop(
        "receipt-unreadable",
        "",
        "/receipt",
        &[
            Await("#work:not([hidden])"),
            Write("#receipt", "这里不是凭证"),
            Press("#check", "#result.unreadable:not([hidden])"),
        ],
    ),
    stop("rate-nothing", "", "/rate", &[]),
    stop("counter", "店员", "/counter", &[]),
    stop(
        "counter-nobody",
        "店员",
        "/counter",
        &[Write("#named", "YS-9999"), Press("[value=look]", "[role=alert]#told")],
    ),
    stop(
        "counter-basket",
        "店员",
        "/counter",
        &[Write("#named", "YS-0001"), Press("[value=look]", ".customer"), Press("[name=add]", "[value=confirm]")],
    ),
    stop(
        "counter-done",
        "店员",
        "/counter",
        &[
            Write("#named", "YS-0001"),
            Press("[value=look]", ".customer"),
            Press("[name=add]", "[value=confirm]"),
            Press("[value=confirm]", ".said.slip"),
        ],
    ),
    stop("counter-day", "店员", "/counter/day", &[]),
    stop("counter-shelf", "店员", "/counter/shelf", &[]),
    stop("counter-cases", "店员", "/counter/cases", &[]),
    stop("me", "骑手", "/me", &[]),
    stop("me-unfolded", "骑手", "/me", &[Unfold]),
    stop("me-stores", "骑手", "/me/stores", &[]),
    stop("sites-rider", "骑手", "/sites", &[]).sized(),
    stop("requests-rider", "骑手", "/requests", &[Unfold]),
    stop("selections-rider", "骑手", "/selections", &[]),
    stop("selection-rider", "骑手", "/selections/YS-PX01", &[]),
    stop("selection-open", "骑手", "/selections/YS-PX02", &[]),
    stop("not-allowed", "骑手", "/counter", &[]),
    stop("not-found", "骑手", "/selections/YS-PX99", &[]),
    stop("password", "骑手", "/password", &[]),
    stop("publicity-rider", "骑手", "/publicity", &[]),
    stop("branch", "支部书记", "/branch?year=2026", &[]),
    stop("branch-unfolded", "支部书记", "/branch?year=2026", &[Unfold]),
    stop("branch-empty", "支部书记", "/branch?year=2024", &[]),
    stop("branch-visits", "支部书记", "/branch/visits", &[]),
    stop("credits-operator", "录入员", "/credits", &[]),
    stop(
        "credits-sheet",
        "录入员",
        "/credits",
        &[Choose("#file", SHEET), Press("form[action='/credits/sheet'] button", "form[action='/credits/sheet/send']")],
    ),
    stop("credits-proof", "录入员", "/credits/proof", &[]),
    stop("requests-operator", "录入员", "/requests", &[]),
    stop("requests-operator-unfolded", "录入员", "/requests?state=all", &[Unfold]),
    stop("rating-slip", "录入员", SLIP, &[]),
    stop("rate", "录入员", SLIP, &[Press("a[href*='/rate?code=']", "form[action='/rate']")]),
    stop("selection-paper", "录入员", "/selections/YS-PX02", &[]),
    stop("appointments-operator", "录入员", "/appointments", &[]),
    stop("passes", "录入员", "/appointments/passes", &[Unfold]),
    stop("pairs-operator", "录入员", "/appointments/pairs", &[]),
    stop("credits-approver", "审核员", "/credits", &[]),
    stop(
        "credits-merge",
        "审核员",
        "/credits/merge",
        &[Write("#given_up", "YS-0002"), Write("#kept", "YS-0001"), Press("[value=look]", ".halves")],
    ),
    stop("requests-approver", "审核员", "/requests", &[]),
    stop("appointments-approver", "审核员", "/appointments", &[]),
    stop("pairs-approver", "审核员", "/appointments/pairs", &[Unfold]),
    stop("selections-approver", "审核员", "/selections", &[]),
    stop("selection-approver", "审核员", "/selections/YS-PX01", &[Unfold]),
    stop("statements", "审核员", "/statements", &[]),
    stop("statement", "审核员", "/statements?merchant=YS-SH02&month=2026-12", &[]),
    stop("selection-public", "商户", "/selections/YS-PX01", &[]),
    stop("merchant", "商户", "/merchant", &[Unfold]),
    stop("audit", "审计员", "/audit", &[Press("form[action='/audit/verify'] button", ".hash")]),
    stop("audit-filtered", "审计员", "/audit?type=CardIssued", &[Unfold]),
    stop("audit-state", "审计员", "/audit/state?at=9000", &[]),
    stop("audit-trace", "审计员", "/audit/trace?worker=YS-0001", &[Unfold]),
    stop("audit-trace-request", "审计员", "/audit/trace?worker=YS-XQ06", FIGURES).alike(),
    stop("audit-trace-benefit", "审计员", "/audit/trace?worker=YS-QY01", FIGURES).alike(),
    stop("audit-trace-fund", "审计员", "/audit/trace?worker=YS-ZJ01", FIGURES).alike(),
    stop("audit-trace-pass", "审计员", "/audit/trace?worker=YS-NK0007", FIGURES).alike(),
    stop("audit-trace-pair", "审计员", "/audit/trace?worker=YS-JD01", FIGURES).alike(),
    stop("audit-trace-selection", "审计员", "/audit/trace?worker=YS-PX01", FIGURES).alike(),
    stop("audit-trace-merchant", "审计员", "/audit/trace?worker=YS-SH02", FIGURES).alike(),
    stop("audit-accounts", "审计员", "/admin/accounts", &[]),
    stop("schedule", "录入员", "/schedule", &[]),
    stop("admin", "管理员", "/admin", &[]),
    stop("admin-accounts", "管理员", "/admin/accounts", &[]),
    stop("sites-admin", "管理员", "/sites", &[Unfold]).sized(),
    stop("sites-found", "管理员", "/sites?q=%E5%85%85%E7%94%B5", &[]).sized(),
    stop("schedule-admin", "管理员", "/schedule", &[]),
    stop("schedule-tried", "管理员", "/schedule", TRY),
    stop(
        "schedule-bad",
        "管理员",
        "/schedule",
        &[
            Choose("#file", BAD_SCHEDULE),
            Write("#holds-from", "2027-02-01"),
            Press("form[action='/schedule/try'] button", "[role=alert].said"),
        ],
    ),
    stop("admin-account", "管理员", "/admin/accounts?id=demo-clerk", &[]),
    stop("registers", "管理员", "/admin/registers", &[]),
    stop("registers-judged", "管理员", "/admin/registers", JUDGE),
    // What others look at stands before these: they write.
    stop(
        "merchant-disputed",
        "商户",
        "/merchant",
        &[Write("#why", "这一笔没有收到货款"), Press("[value=dispute]", "[role=status].said")],
    ),
    stop("credits-passed", "审核员", "/credits", &[Press("[value=confirm]", "[role=status].said")]),
    stop("publicity", "录入员", "/publicity", &[]),
    stop("publicity-objects", "骑手", "/publicity", &[Unfold]),
    stop(
        "rate-said",
        "骑手",
        HANDED_ON,
        &[
            Press("a[href*='/rate?code=']", "form[action='/rate']"),
            Press("form[action='/rate'] button", "[role=status].said"),
        ],
    ),
    stop("me-held", "骑手", "/me/stores", &[Press("[value=hold]", "[role=status].said"), Unfold]),
    stop("counter-holds", "店员", "/counter/holds", &[]),
    stop("counter-held", "店员", "/counter", &[Write("#named", "YS-0001"), Press("[value=look]", "[value=capture]")]),
    stop(
        "away-refused",
        "店员",
        "/counter",
        &[Cut, Write("#named", "YL-12345-67890"), Press("[value=look]", "#offline ~ [role=alert]")],
    )
    .alike(),
    stop(
        "away-basket",
        "店员",
        "/counter",
        &[
            Cut,
            Write("#named", "YS-0001"),
            Press("[value=look]", "#offline ~ * .goods"),
            Press(WATER, "[data-confirm]"),
        ],
    )
    .alike(),
    stop(
        "away-done",
        "店员",
        "/counter",
        &[
            Cut,
            Write("#named", "YS-0001"),
            Press("[value=look]", "#offline ~ * .goods"),
            Press(WATER, "[data-confirm]"),
            Press("[data-confirm]", "#away details"),
        ],
    )
    .alike(),
    stop(
        "credits-sheet-sent",
        "录入员",
        "/credits",
        &[
            Choose("#file", SHEET),
            Press("form[action='/credits/sheet'] button", "form[action='/credits/sheet/send']"),
            Press("form[action='/credits/sheet/send'] [value=send]", "[role=status].said"),
        ],
    ),
    stop(
        "registers-brought",
        "管理员",
        "/admin/registers",
        &[
            ChooseAll("#files", REGISTERS),
            Press("form[action='/admin/registers/judge'] button", "form[action='/admin/registers'] [value=bring]"),
            Press("[value=bring]", "div[role=status].said"),
        ],
    ),
    stop(
        "credits-proof-pin",
        "录入员",
        "/credits/proof",
        &[Write("#worker", "YS-0002"), Press("[value=pin]", "[role=status].said code")],
    )
    .alike(),
    stop(
        "credits-proof-paper",
        "录入员",
        "/credits/proof",
        &[Write("#worker", "YS-0002"), Press("[value=print_code]", "[role=status].qr")],
    )
    .alike(),
    stop("me-code", "骑手", "/me", &[Await(".digits")]).asking("code"),
    stop("me-paper", "骑手", "/me", &[Press("[value=print_code]", "[aria-labelledby=paper-made]")]).asking("code"),
    stop("counter-code", "店员", "/counter", UNPROVEN).asking("code"),
    stop(
        "away-code",
        "店员",
        "/counter",
        &[
            Cut,
            Write("#named", "YS-0002"),
            Press("[value=look]", "#offline ~ * .goods"),
            Press(WATER, "#proof"),
            Press("[data-confirm]", "#offline ~ [role=alert]"),
        ],
    )
    .asking("code"),
    stop("counter-pin", "店员", "/counter", UNPROVEN).asking("pin"),
    stop(
        "me-pin",
        "骑手",
        "/me",
        &[Write("#pin", "123456"), Write("#pin-again", "123456"), Press("[value=pin]", "[role=alert].said")],
    )
    .asking("pin"),
];
