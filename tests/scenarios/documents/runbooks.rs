//! The runbooks, run as whoever is called at night runs them: each block, command by command and in order, on a journal
//! that was lived in, with the damage that the page is about. Exit codes and what is answered must be as the page says.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use nuanxin_tests::{cli, guard, scratch_dir};

use super::blocks::{Step, read, tells};
use super::repository;
use crate::views::falsified;

/// What a test machine cannot do as it stands, with the reason and what is done instead.
const APART: &[(&str, &str, &str)] = &[
    ("scp move.sealed 新服务器:", "there is no second machine, but a second folder", "cp move.sealed ../新/"),
    ("scp data/keys/nuanxin.erased 新服务器:", "the same", "cp data/keys/nuanxin.erased ../新/"),
    ("rsync -a data/ 新服务器:data/", "the same", "mkdir ../新/data && cp -a data/. ../新/data/"),
    (
        "install -m 0755 target/dist/nuanxin /usr/local/bin/nuanxin",
        "changes the machine: service.rs does it below a root of its own",
        "",
    ),
    ("useradd --system --user-group --home-dir /var/lib/nuanxin --shell /usr/sbin/nologin nuanxin", "the same", ""),
    ("install -m 0644 docs/runbooks/nuanxin.service /etc/systemd/system/nuanxin.service", "the same", ""),
    ("systemctl daemon-reload", "needs systemd: service_unit.rs has the unit judged by systemd-analyze", ""),
    ("systemctl enable --now nuanxin", "needs systemd: service.rs starts the program as the unit says", ""),
    ("journalctl -u nuanxin -f", "needs systemd: service.rs reads what it would keep", ""),
    (
        "nuanxin --journal \"postgres://USER@HOST/DB?schema=yanzhou\" restore --all all.sealed",
        "names no real server: sealed_backups.rs restores into one",
        "",
    ),
    (
        "nuanxin receipt verify receipt.txt --key 旧公钥 --key 新公钥",
        "the receipt and the keys are the reader's own: signing_keys.rs has them",
        "",
    ),
];

/// A page, or some sections of it, with what comes before.
struct Run {
    page: &'static str,
    sections: &'static [&'static str],
    /// In the folder of the journal, as shell.
    before: &'static str,
    /// What is broken then.
    damage: Option<fn(&Path)>,
    /// What must be so afterwards, as shell.
    after: &'static str,
}

const RUNS: &[Run] = &[
    Run {
        page: "start.md", sections: &["一、执行", "二、确认"], before: "rm -rf data", damage: None, after: ""
    },
    Run { page: "start.md", sections: &["三、起不来"], before: "", damage: None, after: "" },
    Run {
        page: "stop.md",
        sections: &["一、正常停止", "二、强行停止、断电"],
        before: "serve",
        damage: None,
        after: "",
    },
    Run {
        page: "upgrade.md",
        sections: &["一、先留退路", "二、换程序", "三、确认", "四、退回去"],
        // A copy of the program stands for the new one and is put in the place of the one that serves.
        before: "cp \"$(readlink -f \"$(command -v nuanxin)\")\" program && mkdir 新程序 && cp program 新程序/nuanxin && \
                 rm \"$TOP/bin/nuanxin\" && mv program \"$TOP/bin/nuanxin\" && serve",
        damage: None,
        after: "cmp \"$TOP/bin/nuanxin\" nuanxin.旧 && cmp data/keys/nuanxin.erased data.升级后/keys/nuanxin.erased",
    },
    Run {
        page: "full-disk.md",
        sections: &["二、先看是谁占的", "四、自己接着走"],
        before: "",
        damage: None,
        after: "",
    },
    Run {
        page: "backup-restore.md",
        sections: &["做普通备份", "做封存备份", "在新机器上整套恢复", "只恢复账本", "签名私钥丢了"],
        before: "",
        damage: None,
        after: "cmp \"$TOP/这台/data/keys/nuanxin.erased\" \"$TOP/这台/新机器/data/keys/nuanxin.erased\"",
    },
    Run {
        page: "moved-server.md",
        sections: &["步骤"],
        before: "mkdir ../旧 ../新 && mv data ../旧/ && cp -p 口令.txt ../旧/ && cp -p 口令.txt ../新/ && cd ../旧 && serve",
        damage: None,
        after: "test -s \"$TOP/旧/data/keys/nuanxin.erased\" && cmp \"$TOP/旧/data/keys/nuanxin.erased\" \"$TOP/新/data/keys/nuanxin.erased\"",
    },
    Run {
        page: "moved-server.md",
        sections: &["不用口令、直接拷文件夹"],
        before: "mkdir ../旧 ../新 && mv data ../旧/ && cd ../旧 && serve",
        damage: None,
        after: "test \"$(stat -c %a \"$TOP/新/data/keys/nuanxin.vault-key\")\" = 600 && cmp \"$TOP/旧/data/keys/nuanxin.erased\" \"$TOP/新/data/keys/nuanxin.erased\"",
    },
    Run { page: "damaged-file.md", sections: &["文件损坏"], before: "", damage: None, after: "" },
    Run {
        page: "damaged-file.md",
        sections: &["索引（`nuanxin.db.index`）"],
        before: "",
        damage: Some(spoil_index),
        after: "",
    },
    Run { page: "damaged-file.md", sections: &["内容不对"], before: "", damage: Some(falsify_balance), after: "" },
    Run {
        page: "damaged-file.md",
        sections: &["文件整个不是数据库了"],
        before: "",
        damage: Some(spoil_views),
        after: "",
    },
    Run {
        page: "damaged-file.md",
        sections: &["文件里面有坏页"],
        before: "",
        damage: Some(spoil_pages_of_views),
        after: "",
    },
    Run {
        page: "damaged-file.md", sections: &["有一笔被改过"], before: "", damage: Some(change_entry), after: ""
    },
    Run {
        page: "damaged-file.md",
        sections: &["文件坏了"],
        before: "",
        damage: Some(spoil_pages_of_journal),
        after: "",
    },
    Run {
        page: "damaged-file.md",
        sections: &["换成好的备份"],
        before: "mkdir backups && nuanxin backup backups/2026-01-31.db && serve && nuanxin token issue --role clerk --scope \
                 YS-WD01 >/dev/null && nuanxin checkpoint >/dev/null && stop",
        damage: Some(change_entry),
        after: "",
    },
    Run {
        page: "damaged-file.md",
        sections: &["姓名保管库坏了（`nuanxin.vault.db`）"],
        before: "mkdir backups && nuanxin backup --all backups/all.sealed --passphrase-file 口令.txt",
        damage: Some(spoil_vault),
        after: "test ! -e 找回",
    },
    Run {
        page: "damaged-file.md",
        sections: &["姓名保管库的密钥丢了（`keys/nuanxin.vault-key`）"],
        before: "mkdir backups && nuanxin backup --all backups/all.sealed --passphrase-file 口令.txt",
        damage: Some(lose_vault_key),
        after: "test ! -e 找回",
    },
];

/// No database any more, and nothing beside it that could mend it.
fn spoil(file: &Path) {
    std::fs::write(file, "this was a database once\n".repeat(1_000)).expect("a file");
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
}

/// All pages but the first few hold nothing.
fn spoil_pages(file: &Path) {
    let database = rusqlite::Connection::open(file).expect("a database");
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("its log is put into it");
    database.close().expect("the file is closed");
    let mut bytes = std::fs::read(file).expect("a file");
    bytes[4_096..].fill(0xff);
    std::fs::write(file, bytes).expect("a file");
}

fn spoil_index(data: &Path) {
    spoil(&data.join("nuanxin.db.index"));
}

fn spoil_views(data: &Path) {
    spoil(&data.join("nuanxin.views.db"));
}

fn spoil_vault(data: &Path) {
    spoil(&data.join("nuanxin.vault.db"));
}

fn lose_vault_key(data: &Path) {
    std::fs::remove_file(data.join("keys/nuanxin.vault-key")).expect("the key was there");
}

fn spoil_pages_of_views(data: &Path) {
    spoil_pages(&data.join("nuanxin.views.db"));
}

fn spoil_pages_of_journal(data: &Path) {
    spoil_pages(&data.join("nuanxin.db"));
}

fn falsify_balance(data: &Path) {
    let views = rusqlite::Connection::open(data.join("nuanxin.views.db")).expect("the views are a database");
    let select = "SELECT row FROM view_balance WHERE key = 'YS-0001'";
    let row: Vec<u8> = views.query_row(select, [], |row| row.get(0)).expect("a balance");
    let changed = views.execute("UPDATE view_balance SET row = ?1 WHERE key = 'YS-0001'", [falsified(&row)]);
    assert_eq!(changed.expect("a change"), 1);
}

fn change_entry(data: &Path) {
    let journal = rusqlite::Connection::open(data.join("nuanxin.db")).expect("a database");
    let update = "UPDATE event SET payload = CAST(CAST(payload AS TEXT) || ' ' AS BLOB) WHERE position = 1000";
    assert_eq!(journal.execute(update, []).expect("a change"), 1);
}

/// Serving in the background, as a second terminal would.
const FUNCTIONS: &str = r#"
serve_as() {
    before=$SERVER served=$SERVED
    SERVED=$1; shift
    ( exec nuanxin serve "$@" ) >"$SAID/$SERVED.out" 2>"$SAID/$SERVED.err" &
    SERVER=$!
    tries=0
    until grep -q '^listening on' "$SAID/$SERVED.out"; do
        tries=$((tries + 1))
        if [ "$tries" -ge 600 ]; then cat "$SAID/$SERVED.err" >&2; return 1; fi
        if ! kill -0 "$SERVER" 2>/dev/null; then
            cat "$SAID/$SERVED.err" >&2
            code=0
            wait "$SERVER" || code=$?
            # One that served before goes on.
            SERVER=$before SERVED=$served
            [ "$code" -ne 0 ] || code=1
            return "$code"
        fi
        sleep 0.1
    done
}
serve() { serve_as before --listen "127.0.0.1:$PORT" "$@"; }
stop() { kill -TERM "$SERVER"; wait "$SERVER"; SERVER=; }
"#;

/// A demonstration that was lived in: names, tokens, a signed checkpoint, and somebody whom two people forgot.
const LIVED_IN: &str = r#"
serve --demo
nuanxin token issue --role operator --name t >令牌 2>/dev/null
ask() {
    curl -sf -X POST -H "Authorization: Bearer $1" -H "Idempotency-Key: $2" -H 'Content-Type: application/json' \
        -d '{"reason":"本人要求"}' "http://127.0.0.1:$PORT/v1/workers/YS-0009/erase" >/dev/null
}
ask "$(nuanxin token issue --role worker --scope YS-0009 2>/dev/null)" forget-1
ask "$(nuanxin token issue --role admin 2>/dev/null)" forget-2
nuanxin checkpoint >/dev/null
stop
(umask 077 && echo 'correct horse battery staple' >口令.txt && echo 'incorrect horse battery' >别的口令.txt)
"#;

/// Runs a script in a folder of a site; gives what it said where it failed.
#[track_caller]
fn shell(site: &Path, folder: &Path, script: &str) {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let script = script.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(format!("{FUNCTIONS}\n{script}")).current_dir(folder);
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("NUANXIN_") || name == "XDG_STATE_HOME" {
            bash.env_remove(&variable);
        }
    }
    let path = std::env::var("PATH").expect("there is a PATH");
    bash.env("PATH", format!("{}:{path}", site.join("bin").display())).env("HOME", site.join("home"));
    bash.env("TOP", site).env("SAID", site.join("said")).env("PORT", port.to_string());
    bash.env("LC_ALL", "C.UTF-8");
    guard::adopt(&mut bash);
    let ended = bash.output().expect("bash runs");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{}\n{script}\n{out}\n{err}", ended.status);
}

/// A folder with the program, and room for machines.
fn new_site() -> PathBuf {
    let site = scratch_dir("runbook");
    for folder in ["bin", "home", "said", "这台"] {
        std::fs::create_dir(site.join(folder)).expect("a folder");
    }
    std::fs::set_permissions(&site, std::fs::Permissions::from_mode(0o700)).expect("its mode is set");
    symlink(cli::binary(), site.join("bin/nuanxin")).expect("a link");
    site
}

/// As [`LIVED_IN`], made once.
fn lived_in() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let site = new_site();
        shell(&site, &site.join("这台"), &format!("set -e\n{LIVED_IN}"));
        site
    })
}

fn copy_of_lived_in() -> PathBuf {
    let site = new_site();
    for folder in ["这台", "home"] {
        let from = lived_in().join(folder).join(".");
        let copied = Command::new("cp").arg("-a").arg(from).arg(site.join(folder)).status().expect("cp runs");
        assert!(copied.success());
    }
    site
}

fn apart(step: &Step) -> Option<&'static str> {
    APART.iter().find(|(known, ..)| *known == step.bare()).map(|(.., instead)| *instead)
}

/// A script that runs each step in one shell and leaves what it said and its exit code in files.
fn script(steps: &[Step], after: &str) -> String {
    let mut script = String::from("TOKEN=$(cat \"$TOP/这台/令牌\")\n");
    for (number, step) in steps.iter().enumerate() {
        let command = apart(step).unwrap_or(&step.command);
        if let Some(machine) = &step.machine {
            // Each machine keeps a list of its own of what was destroyed.
            let _ = writeln!(
                script,
                "cd \"$TOP/{machine}\" && mkdir -p \"$TOP/home-{machine}\" && export HOME=\"$TOP/home-{machine}\""
            );
        }
        if command.is_empty() {
            continue;
        }
        let said = format!(">\"$SAID/{number}.out\" 2>\"$SAID/{number}.err\"");
        let code = format!("\"$SAID/{number}.code\"");
        if let Some(arguments) = command.strip_prefix("nuanxin serve") {
            let listen = if arguments.contains("--listen") { "" } else { " --listen 127.0.0.1:8080" };
            let _ = writeln!(script, "serve_as {number}{listen}{arguments}\necho $? >{code}");
        } else if command.starts_with("kill ") {
            // What it ended tells how it ended.
            let _ = writeln!(script, "{{ {command}\n}} {said} || kill -KILL $SERVER");
            let _ = writeln!(script, "wait $SERVER; echo $? >{code}; SERVER=");
            let _ = writeln!(script, "cat \"$SAID/$SERVED.err\" >>\"$SAID/{number}.err\"");
        } else {
            let _ = writeln!(script, "{{ {command}\n}} {said}\necho $? >{code}");
        }
    }
    let _ = writeln!(script, "[ -z \"$SERVER\" ] || stop");
    let _ = writeln!(script, "{}", if after.is_empty() { "true" } else { after });
    script
}

fn page(name: &str) -> String {
    std::fs::read_to_string(repository().join("docs/runbooks").join(name)).expect("a runbook")
}

impl Run {
    /// The numbers of the page's steps that it runs.
    fn numbers(&self, steps: &[Step]) -> Vec<usize> {
        (0..steps.len()).filter(|number| self.sections.contains(&steps[*number].section.as_str())).collect()
    }

    fn run(&self) {
        let (all, told) = read(&page(self.page));
        let numbers = self.numbers(&all);
        let steps: Vec<Step> = numbers.iter().map(|number| all[*number].clone()).collect();
        let place = format!("{} {:?}", self.page, self.sections);
        assert!(!steps.is_empty(), "{place} holds no command");
        let site = copy_of_lived_in();
        let here = site.join("这台");
        // Before anything is broken.
        let then = if let Some(damage) = self.damage {
            shell(&site, &here, &format!("set -e\n{}\n", self.before));
            damage(&here.join("data"));
            String::new()
        } else {
            format!("{}\n", self.before)
        };
        shell(&site, &here, &format!("{then}{}", script(&steps, self.after)));

        let said = |number: usize, what: &str| {
            let path = site.join(format!("said/{number}.{what}"));
            String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
        };
        let both = |number: usize| format!("{}\n{}", said(number, "out"), said(number, "err"));
        for (number, step) in steps.iter().enumerate() {
            if apart(step).is_none_or(|instead| !instead.is_empty()) {
                let (found, wanted) = (said(number, "code"), step.exit_code().to_string());
                assert_eq!(found.trim(), wanted, "{place}: `{}` ended otherwise\n{}", step.command, both(number));
            }
        }
        for told in told.iter().filter(|told| numbers.contains(&told.by.start)) {
            let by = told.by.clone().filter(|number| apart(&all[*number]).is_none_or(|instead| !instead.is_empty()));
            let by: Vec<usize> = by.filter_map(|of_all| numbers.iter().position(|number| *number == of_all)).collect();
            if by.is_empty() {
                continue;
            }
            let heard: String = by.into_iter().map(both).collect();
            assert!(tells(&told.line, &heard), "{place}: nothing answers {:?}, but\n{heard}", told.line);
        }
    }
}

/// All runs of a page.
#[track_caller]
fn run_page(name: &str) {
    let runs: Vec<&Run> = RUNS.iter().filter(|run| run.page == name).collect();
    assert!(!runs.is_empty(), "{name} is run nowhere");
    for run in runs {
        run.run();
    }
}

#[test]
fn starting_is_as_its_runbook_says() {
    run_page("start.md");
}

#[test]
fn stopping_is_as_its_runbook_says() {
    run_page("stop.md");
}

#[test]
fn an_upgrade_is_as_its_runbook_says() {
    run_page("upgrade.md");
}

#[test]
fn looking_for_room_is_as_the_runbook_of_a_full_disk_says() {
    run_page("full-disk.md");
}

#[test]
fn backing_up_and_restoring_are_as_their_runbook_says() {
    run_page("backup-restore.md");
}

#[test]
fn moving_to_another_server_is_as_its_runbook_says() {
    run_page("moved-server.md");
}

#[test]
fn damaged_files_are_mended_as_their_runbook_says() {
    run_page("damaged-file.md");
}

#[test]
fn every_command_of_the_runbooks_is_run_or_stands_apart_with_its_reason() {
    let folder = std::fs::read_dir(repository().join("docs/runbooks")).expect("the runbooks");
    let mut known = Vec::new();
    for entry in folder {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        if !name.ends_with(".md") {
            continue;
        }
        let (steps, _) = read(&page(&name));
        let run: Vec<usize> = RUNS.iter().filter(|run| run.page == name).flat_map(|run| run.numbers(&steps)).collect();
        for (number, step) in steps.iter().enumerate() {
            let times = run.iter().filter(|run| **run == number).count();
            let stands_apart = apart(step).is_some_and(str::is_empty);
            assert!(times == 1 || stands_apart && times == 0, "{name}: `{}` is run {times} times", step.command);
        }
        known.extend(steps.into_iter().map(|step| step.bare().to_owned()));
    }
    for (command, reason, _) in APART {
        assert!(!reason.is_empty() && known.iter().any(|known| known == command), "no runbook says {command}");
    }
}
