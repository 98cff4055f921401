//! The page on which anybody checks a receipt, in a real browser: what is pasted or chosen there, and what it says in
//! return. The receipts are those of real journals, checkpoints and keys come as an office hands them out.

mod office;
mod primitives;
mod refusals;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nuanxin_tests::{Browser, Server, scratch_dir};
use serde_json::{Value, json};

use self::office::{Office, Papers};

/// The page's last verdict: `holds`, `fails`, `open` or `unreadable`, the reason's name, and all its words.
#[derive(Debug)]
struct Told {
    verdict: String,
    reason: String,
    words: String,
}

/// The page in a browser, and the server that gave it.
struct Desk {
    browser: Browser,
    server: Server,
}

impl Desk {
    /// The page as a server of this office gives it.
    fn of(office: &Office) -> Desk {
        let server = Server::start(office.journal(), &[]);
        let mut desk = Desk { browser: Browser::start(), server };
        desk.open("");
        desk
    }

    fn open(&mut self, fragment: &str) {
        self.browser.open("about:blank");
        self.browser.open(&format!("{}/receipt{fragment}", self.server.base_url()));
    }

    /// Pastes the papers, presses the button and reads the answer.
    fn check(&mut self, papers: &Papers) -> Told {
        check(&mut self.browser, papers)
    }
}

fn check(browser: &mut Browser, papers: &Papers) -> Told {
    for (field, text) in [("receipt", &papers.receipt), ("posted", &papers.posted), ("keys", &papers.keys)] {
        browser.eval(&format!("document.getElementById('{field}').value = {}; 0", json!(text)));
    }
    browser.eval("document.getElementById('result').hidden = true; document.getElementById('check').click(); 0");
    told(browser)
}

fn told(browser: &mut Browser) -> Told {
    let shown = browser.eval(
        "(({hidden, dataset, innerText}) => ({hidden, verdict: dataset.verdict ?? '', reason: dataset.reason ?? '', \
         words: innerText}))(document.getElementById('result'))",
    );
    assert_eq!(shown["hidden"], false, "the page says something");
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    Told { verdict: text("verdict"), reason: text("reason"), words: text("words") }
}

impl Told {
    #[track_caller]
    fn expect(self, verdict: &str, reason: &str) -> Told {
        assert_eq!((self.verdict.as_str(), self.reason.as_str()), (verdict, reason), "{}", self.words);
        let said = match verdict {
            "holds" => "相符：",
            "fails" => "不相符：",
            "unreadable" => "看不懂：",
            _ => "还没有核完：",
        };
        assert!(self.words.starts_with(said), "{}", self.words);
        self
    }

    #[track_caller]
    fn says(self, parts: &[&str]) -> Told {
        for part in parts {
            assert!(self.words.contains(part), "{part:?} is not said:\n{}", self.words);
        }
        self
    }
}

#[test]
fn a_receipt_that_agrees_with_the_notice_board_is_told_so_in_every_form() {
    let offices = ["sha-256", "sm3"].map(Office::new);
    let mut desk = Desk::of(&offices[0]);
    for office in &offices {
        let papers = office.papers();
        for papers in [papers.clone(), office.short(&papers), office.printed(&papers), papers.with_windows_line_ends()]
        {
            desk.check(&papers).expect("holds", "agrees").says(&[
                "积分认定·志愿服务",
                "VolunteerServiceRecorded",
                "50.00",
                "W001",
                "2024-01-05",
                "JL01",
                office.suite(),
                &format!("{} / {}", office.credit(), office.size()),
            ]);
        }
    }
    assert!(desk.browser.complaints().is_empty(), "{:?}", desk.browser.complaints());
    // A verdict does not outlive the texts it is of.
    desk.browser.eval("document.getElementById('posted').dispatchEvent(new Event('input')); 0");
    assert_eq!(desk.browser.eval("document.getElementById('result').hidden"), true);
    let wordless = desk.browser.eval(
        "[...document.querySelector('script').textContent.matchAll(/'((?:receipt|short|posted|key|path|witness|signature|\
         position|picture)_[a-z_]+)'/g)].map(([, reason]) => reason).filter((reason) => !REASONS[reason])",
    );
    assert_eq!(wordless, json!([]), "every reason has words");
}

#[test]
fn nothing_leaves_the_page_and_a_kept_copy_works_without_network() {
    let office = Office::new("sha-256");
    let papers = office.papers();
    let mut desk = Desk::of(&office);
    desk.check(&papers).expect("holds", "agrees");
    let page = format!("{}/receipt", desk.server.base_url());
    assert_eq!(desk.browser.requests().iter().filter(|url| !url.starts_with("data:")).collect::<Vec<_>>(), [&page]);
    desk.server.kill_9();
    desk.browser.set_offline(true);
    desk.check(&papers).expect("holds", "agrees");
    // The policy itself: a script that tried would be stopped.
    let sent = desk.browser.eval(&format!("fetch({}).then(() => 'sent', () => 'stopped')", json!(page)));
    assert_eq!(sent, "stopped");
    assert!(desk.browser.complaints().iter().any(|told| told.to_string().contains("connect-src")));

    let copy = office.kept("receipt.html", &office.page());
    desk.browser.open(&format!("file://{}", copy.display()));
    desk.check(&papers).expect("holds", "agrees");
    desk.check(&papers.with_index(8)).expect("fails", "position");
    assert_eq!(desk.browser.eval("document.querySelector('.served').hidden"), true, "it is kept already");
    let sent = desk.browser.eval("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'stopped')");
    assert_eq!(sent, "stopped");
    assert!(desk.browser.complaints().iter().any(|told| told.to_string().contains("connect-src")), "in the copy too");
}

#[test]
fn the_page_speaks_one_language_at_a_time_and_the_other_at_a_press_without_network_too() {
    let office = Office::new("sha-256");
    let mut desk = Desk::of(&office);
    let spoken = |desk: &mut Desk, is: [&str; 3], is_not: [&str; 3]| {
        let text =
            desk.browser.eval("document.title + document.body.innerText").as_str().unwrap_or_default().to_owned();
        assert!(is.iter().all(|word| text.contains(word)), "{is:?}: {text}");
        assert!(!is_not.iter().any(|word| text.contains(word)), "{is_not:?}: {text}");
    };
    let (chinese, english) = (["核对凭证", "相符：", "逐项核对"], ["Check a receipt", "It agrees:", "Check by check"]);
    desk.check(&office.papers()).expect("holds", "agrees");
    spoken(&mut desk, chinese, english);
    desk.server.kill_9();
    desk.browser.set_offline(true);
    for (is, is_not, language) in [(english, chinese, "en"), (chinese, english, "zh-CN")] {
        desk.browser.eval("document.getElementById('language').click(); 0");
        spoken(&mut desk, is, is_not);
        assert_eq!(desk.browser.eval("document.documentElement.lang"), language);
    }
    // Whoever chose a language on other pages finds it here.
    let mut desk = Desk::of(&office);
    let url = desk.server.base_url().to_owned();
    desk.browser.set_cookie(&url, "nuanxin-language", "en");
    desk.open("");
    let text = desk.browser.eval("document.body.innerText").as_str().unwrap_or_default().to_owned();
    assert!(text.starts_with("Check a receipt") && !text.contains("公钥"), "{text}");
}

#[test]
fn files_are_chosen_and_addresses_carry_the_short_form() {
    let office = Office::new("sm3");
    let papers = office.papers();
    let mut desk = Desk::of(&office);
    let choose = |desk: &mut Desk, field: &str, file: &Path| {
        desk.browser.choose(&format!("input[data-field={field}]"), file);
        let waited =
            format!("new Promise((done) => setTimeout(() => done(document.getElementById('{field}').value), 300))");
        desk.browser.eval(&waited).as_str().unwrap_or_default().to_owned()
    };
    let taken = choose(&mut desk, "receipt", &office.kept("r.tlog-proof", papers.receipt.as_bytes()));
    assert_eq!(taken, papers.receipt);
    choose(&mut desk, "posted", &office.kept("posted.txt", papers.posted.as_bytes()));
    desk.browser.eval(&format!("document.getElementById('keys').value = {}; 0", json!(papers.keys)));
    desk.browser.eval("document.getElementById('check').click(); 0");
    told(&mut desk.browser).expect("holds", "agrees");
    choose(&mut desk, "posted", &office.kept("posted.bin", &[0xff, 0xfe, 0x00]));
    told(&mut desk.browser).expect("unreadable", "file");
    // The picture of the code, on a browser that reads pictures and on one that does not.
    let short = office.short(&papers);
    let picture = office.picture();
    desk.browser.eval("delete window.BarcodeDetector; 0");
    choose(&mut desk, "receipt", &picture);
    told(&mut desk.browser).expect("unreadable", "picture_unknown").says(&["扫码软件"]);
    let reader = format!("class {{ async detect() {{ return [{{rawValue: {}}}]; }} }}", json!(short.receipt.trim()));
    desk.browser.eval(&format!("window.BarcodeDetector = {reader}; 0"));
    assert_eq!(choose(&mut desk, "receipt", &picture), short.receipt.trim());

    let escaped: String = short.receipt.trim().bytes().map(|byte| format!("%{byte:02X}")).collect();
    for fragment in [escaped, short.receipt.trim().to_owned()] {
        desk.open(&format!("#{fragment}"));
        let told = told(&mut desk.browser).expect("open", "key_missing_short");
        told.says(&["只有签名能证明", "未经证实", "50.00", "还没有与公示的检查点比对"]);
        assert_eq!(desk.browser.eval("document.getElementById('receipt').value"), short.receipt.trim());
    }
    desk.open("#other");
    assert_eq!(desk.browser.eval("document.getElementById('result').hidden"), true);
}

#[test]
fn the_page_fits_a_telephone_and_keeps_hostile_text_as_text() {
    let office = Office::new("sha-256");
    let mut desk = Desk::of(&office);
    let folder = scratch_dir("pictures");
    for (width, telephone) in [(390, true), (1280, false)] {
        desk.browser.set_screen(width, telephone);
        desk.open("");
        let blank = desk.browser.picture();
        for (name, papers) in [
            ("holds", office.papers()),
            ("fails", office.papers().with_points("5000", "9000")),
            ("open", Papers { posted: String::new(), ..office.papers() }),
        ] {
            desk.check(&papers);
            let wide = desk.browser.eval("document.documentElement.scrollWidth - innerWidth");
            assert!(wide.as_i64().is_some_and(|beyond| beyond <= 0), "{name} is {wide} wider than {width}");
            keep(&folder.join(format!("{name}-{width}.png")), &desk.browser.picture());
            desk.browser.set_paper(true);
            keep(&folder.join(format!("{name}-{width}-paper.png")), &desk.browser.picture());
            desk.browser.set_paper(false);
        }
        keep(&folder.join(format!("blank-{width}.png")), &blank);
    }
    let hostile = Papers { keys: "<img src=x onerror=alert(1)>+00000000+AAAA".to_owned(), ..office.papers() };
    desk.check(&hostile).expect("unreadable", "key_form").says(&["<img src=x"]);
    assert_eq!(desk.browser.eval("document.querySelectorAll('img').length"), Value::from(0));
}

/// Pictures are for people: they are left where `NUANXIN_PICTURES` says, and otherwise go with the scratch directory.
fn keep(path: &Path, picture: &str) {
    let bytes = STANDARD.decode(picture).expect("base64");
    let named =
        std::env::var_os("NUANXIN_PICTURES").map(|folder| Path::new(&folder).join(path.file_name().expect("a name")));
    std::fs::write(named.as_deref().unwrap_or(path), bytes).expect("a picture is written");
}
