//! The service as start.md sets it up and nuanxin.service describes it. The commands name the same places as the unit does;
//! carried out below a root of their own, they install a program that runs as the unit says: by a user of its own, in its
//! folder, with its environment, until it is asked to stop. What only systemd does (starting it again, sealing the rest of
//! the machine off, keeping the log) is left out.

use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use nuanxin_tests::{cli, guard, scratch_dir};
use serde_json::Value;

use super::blocks::{Step, read};
use super::{repository, text_of};

const PAGE: &str = "docs/runbooks/start.md";
const SECTION: &str = "四、交给 systemd";
/// What a fresh machine has, of what the commands and the unit name.
const FOLDERS: [&str; 4] = ["usr/local/bin", "etc/systemd/system", "etc/nuanxin", "var/lib"];
/// An example of the page for the file of variables.
const VARIABLE: &str = "NUANXIN_TRUSTED_PROXIES=127.0.0.1";
/// Where the unit listens.
const ADDRESS: &str = "127.0.0.1:8080";
const START_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// The settings of the unit, in order.
struct Unit(Vec<(String, String)>);

impl Unit {
    fn read() -> Unit {
        let text = text_of("docs/runbooks/nuanxin.service");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Unit(lines.filter_map(|line| line.split_once('=')).map(|(key, value)| (key.into(), value.into())).collect())
    }

    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// What stands there once.
    #[track_caller]
    fn one(&self, key: &str) -> &str {
        let mut all = self.0.iter().filter(|(known, _)| known == key);
        match (all.next(), all.next()) {
            (Some((_, value)), None) => value,
            (None, _) => panic!("the unit has no {key}"),
            (Some(_), Some(_)) => panic!("the unit has {key} twice"),
        }
    }

    /// The file of variables, which may be missing.
    fn environment_file(&self) -> &str {
        self.one("EnvironmentFile").strip_prefix('-').expect("without the file the defaults hold")
    }
}

/// The commands of the page that make a service of the program.
struct Commands(Vec<Step>);

impl Commands {
    fn read() -> Commands {
        let (steps, _) = read(&text_of(PAGE));
        Commands(steps.into_iter().filter(|step| step.section == SECTION).collect())
    }

    /// The words of the one that begins so.
    #[track_caller]
    fn words(&self, beginning: &str) -> Vec<&str> {
        let mut found = self.0.iter().map(Step::bare).filter(|command| command.starts_with(beginning));
        let command = found.next().unwrap_or_else(|| panic!("{PAGE} has no `{beginning}`"));
        assert_eq!(found.next(), None, "{PAGE} has `{beginning}` twice");
        command.split_whitespace().collect()
    }

    fn program(&self) -> Vec<&str> {
        self.words("install -m 0755 ")
    }

    fn unit(&self) -> Vec<&str> {
        self.words("install -m 0644 ")
    }

    fn user(&self) -> Vec<&str> {
        self.words("useradd ")
    }
}

fn last<'a>(words: &[&'a str]) -> &'a str {
    words.last().copied().expect("a command has words")
}

#[test]
fn the_unit_and_the_commands_that_set_it_up_name_the_same_places() {
    let (unit, commands, page) = (Unit::read(), Commands::read(), text_of(PAGE));
    let program = commands.program();
    assert!(page.contains(&format!("得到 `{}`", program[3])), "what is installed is what the page builds");
    assert_eq!(unit.one("ExecStart").split(' ').next(), Some(last(&program)));
    assert!(unit.one("ExecStart").contains(ADDRESS), "where the page asks whether it is there");

    let useradd = commands.user();
    let user = last(&useradd);
    assert_eq!([unit.one("User"), unit.one("Group")], [user, user]);
    // Not every system makes a group for each user by itself.
    assert!(useradd.contains(&"--user-group"), "{useradd:?}");
    let home = unit.one("WorkingDirectory");
    let of = useradd.iter().position(|word| *word == "--home-dir").and_then(|at| useradd.get(at + 1));
    assert_eq!(of, Some(&home));
    assert_eq!(home, format!("/var/lib/{}", unit.one("StateDirectory")));
    let kept = unit.all("Environment").find_map(|one| one.strip_prefix("XDG_STATE_HOME="));
    // Commands by hand (`sudo -u`) know no variable of the unit, and look below the home.
    assert_eq!(kept, Some(format!("{home}/.local/state").as_str()));

    let installed = commands.unit();
    assert!(repository().join(installed[3]).is_file(), "{}", installed[3]);
    let name = last(&commands.words("systemctl enable ")).to_owned();
    assert_eq!(last(&installed), format!("/etc/systemd/system/{name}.service"));
    assert!(commands.words("journalctl ").contains(&name.as_str()));

    let told = [
        format!("`{home}/data/nuanxin.db`"),
        format!("`{home}/data/keys`"),
        format!("`{home}/nuanxin.toml`"),
        format!("`{}`", unit.environment_file()),
        format!("`{VARIABLE}`"),
        format!("systemctl restart {name}"),
        format!("systemctl edit {name}"),
    ];
    for told in told {
        assert!(page.contains(&told), "{PAGE} does not say {told}");
    }
}

/// Runs a command to its end, which must be a good one.
#[track_caller]
fn done(command: &mut Command) -> String {
    let ended = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{command:?}: {}\n{out}\n{err}", ended.status);
    out.into_owned()
}

/// Who the service is on a machine: made there by root, or whoever runs the test and may not make anybody.
struct User {
    uid: u32,
    gid: u32,
    /// Whether the test becomes somebody else.
    is_another: bool,
}

/// A root of its own in the place of a machine's.
struct Machine {
    folder: PathBuf,
    root: PathBuf,
    user: User,
}

impl Machine {
    /// Set up by the page's commands, with the folders that systemd makes when it starts the unit.
    fn set_up(unit: &Unit, commands: &Commands) -> Machine {
        let folder = scratch_dir("service");
        let root = folder.join("root");
        // Another user passes through.
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("an own folder");
        done(Command::new("install").args(["-d", "-m", "0755"]).args(FOLDERS.map(|below| root.join(below))));
        let here = folder.join("repository");
        fs::create_dir_all(here.join("target/dist")).expect("a folder");
        symlink(cli::binary(), here.join("target/dist/nuanxin")).expect("a link");
        symlink(repository().join("docs"), here.join("docs")).expect("a link");
        for words in [commands.program(), commands.unit()] {
            let (to, words) = words.split_last().expect("a command has words");
            done(Command::new(words[0]).args(&words[1..]).arg(below(&root, to)).current_dir(&here));
        }
        let own = fs::metadata("/proc/self").expect("Linux tells it");
        let user = match own.uid() {
            0 => added(&root, unit.one("User"), &commands.user()),
            uid => User { uid, gid: own.gid(), is_another: false },
        };
        let machine = Machine { folder, root, user };
        let mut home = Command::new("install");
        home.args(["-d", "-m", unit.one("StateDirectoryMode")]);
        if machine.user.is_another {
            let User { uid, gid, .. } = machine.user;
            home.args([format!("--owner={uid}"), format!("--group={gid}")]);
        }
        done(home.arg(machine.home(unit)));
        fs::write(machine.below(unit.environment_file()), format!("{VARIABLE}\n")).expect("a file");
        machine
    }

    fn below(&self, place: &str) -> PathBuf {
        below(&self.root, place)
    }

    fn home(&self, unit: &Unit) -> PathBuf {
        self.below(unit.one("WorkingDirectory"))
    }

    /// A command of the service's user in the service's folder, to be given its words; it can never become more.
    fn as_user(&self, unit: &Unit) -> Command {
        let mut command = Command::new("setpriv");
        command.env_clear().current_dir(self.home(unit));
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.below("/usr/local/bin").display()));
        command.env("HOME", self.home(unit)).env("LC_ALL", "C.UTF-8");
        command.arg("--no-new-privs");
        if self.user.is_another {
            let User { uid, gid, .. } = self.user;
            command.args([format!("--reuid={uid}"), format!("--regid={gid}")]);
            command.args(["--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]);
        }
        guard::adopt(&mut command);
        command.arg("--");
        command
    }

    /// The service, as the unit starts it, at another address.
    fn start(&self, unit: &Unit, address: &str) -> Service {
        let mut command = self.as_user(unit);
        for one in unit.all("Environment") {
            let (name, value) = one.split_once('=').expect("an assignment");
            if value.starts_with('/') {
                command.env(name, self.below(value));
            } else {
                command.env(name, value);
            }
        }
        let file = fs::read_to_string(self.below(unit.environment_file())).expect("the file of variables");
        command.envs(file.lines().filter_map(|line| line.split_once('=')));
        command.args(["sh", "-c", r#"umask "$1" && shift && exec "$@""#, "sh", unit.one("UMask")]);
        let line = unit.one("ExecStart").replace(ADDRESS, address);
        let (program, arguments) = line.split_once(' ').expect("a program with arguments");
        command.arg(self.below(program)).args(arguments.split(' '));
        let said = [self.folder.join("out"), self.folder.join("err")];
        let [out, err] = said.each_ref().map(|path| File::create(path).expect("a file"));
        let child = command.stdout(out).stderr(err).spawn().expect("the service starts");
        Service { child, said }
    }
}

/// A place below another root.
fn below(root: &Path, place: &str) -> PathBuf {
    root.join(place.trim_start_matches('/'))
}

/// Adds the user to a machine that has the same others as this one, so that the number is nobody's here.
fn added(root: &Path, user: &str, useradd: &[&str]) -> User {
    for list in ["etc/passwd", "etc/group"] {
        let others = fs::read_to_string(Path::new("/").join(list)).expect("the machine has users");
        let others = others.lines().filter(|line| line.split(':').next() != Some(user));
        fs::write(root.join(list), others.fold(String::new(), |text, line| text + line + "\n")).expect("a file");
    }
    for list in ["etc/shadow", "etc/gshadow"] {
        fs::write(root.join(list), "").expect("a file");
    }
    // It lies beside what root alone has in its search path.
    let mut command = Command::new("sh");
    command.args(["-c", r#"PATH=$PATH:/usr/sbin:/sbin && exec "$@""#, "sh", useradd[0], "--prefix"]);
    done(command.arg(root).args(&useradd[1..]));
    let entry = |list: &str, name: &str| -> Vec<String> {
        let text = fs::read_to_string(root.join(list)).expect("a list");
        let line = text.lines().find(|line| line.split(':').next() == Some(name));
        line.unwrap_or_else(|| panic!("{list} has no {name}: {text}")).split(':').map(str::to_owned).collect()
    };
    let (passwd, group) = (entry("etc/passwd", user), entry("etc/group", user));
    assert_eq!(passwd[3], group[2], "the group of that name is the user's own");
    let number = |text: &str| -> u32 { text.parse().expect("a number") };
    User { uid: number(&passwd[2]), gid: number(&passwd[3]), is_another: true }
}

/// A service that was started; it ends with the test at the latest.
struct Service {
    child: Child,
    said: [PathBuf; 2],
}

impl Service {
    fn out(&self) -> String {
        fs::read_to_string(&self.said[0]).expect("a file")
    }

    fn err(&self) -> String {
        fs::read_to_string(&self.said[1]).expect("a file")
    }

    /// How it ends within a time.
    fn ends(&mut self, limit: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < limit {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return Some(status);
            }
            std::thread::sleep(POLL);
        }
        None
    }

    /// Waits until it listens.
    fn listens(&mut self, address: &str) {
        let begun = Instant::now();
        while self.out() != format!("listening on http://{address}\n") {
            let ended = self.ends(POLL);
            assert_eq!(ended, None, "it ended before it listened: {}", self.err());
            assert!(begun.elapsed() < START_LIMIT, "it does not listen: {}", self.err());
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is answered at an address.
fn asked(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// All that lies below a folder.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(all_below(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn installed_as_the_runbook_says_the_program_runs_as_the_unit_says() {
    let (unit, commands) = (Unit::read(), Commands::read());
    let machine = Machine::set_up(&unit, &commands);
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o7777;
    assert_eq!(mode(&machine.below(last(&commands.program()))), 0o755);
    assert_eq!(mode(&machine.below(last(&commands.unit()))), 0o644);

    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
    let address = free.to_string();
    let mut service = machine.start(&unit, &address);
    service.listens(&address);
    for path in ["/healthz", "/readyz"] {
        let answer = asked(&address, path);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    let status = fs::read_to_string(format!("/proc/{}/status", service.child.id())).expect("it runs");
    let told = |name: &str| -> Vec<&str> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().collect()
    };
    let (uid, gid) = (machine.user.uid.to_string(), machine.user.gid.to_string());
    assert_eq!((told("Uid:"), told("Gid:")), (vec![uid.as_str(); 4], vec![gid.as_str(); 4]));
    assert_eq!((told("NoNewPrivs:"), unit.one("NoNewPrivileges")), (vec!["1"], "true"));
    if machine.user.is_another {
        assert_eq!((told("CapEff:"), told("CapBnd:")), (vec!["0000000000000000"], vec!["0000000000000000"]));
        assert_eq!((told("Groups:"), unit.one("CapabilityBoundingSet")), (vec![], ""));
        for place in FOLDERS {
            let writes = machine.as_user(&unit).args(["test", "-w"]).arg(machine.root.join(place)).status();
            assert_eq!(writes.expect("`test` runs").code(), Some(1), "the service may write to {place}");
        }
    }

    // What the page gives to whoever looks after it, by the same user in the same folder, beside the service.
    let page = text_of(PAGE);
    let beginning = format!("cd {} && sudo -u {} ", unit.one("WorkingDirectory"), unit.one("User"));
    let by_hand: Vec<&str> = page.split('`').filter_map(|text| text.strip_prefix(&beginning)).collect();
    assert!(by_hand.len() >= 2, "{by_hand:?}");
    for command in by_hand {
        done(machine.as_user(&unit).args(command.split(' ')));
    }

    let signal = unit.one("KillSignal").strip_prefix("SIG").expect("the name of a signal");
    let pid = service.child.id().to_string();
    done(Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "sh", signal, pid.as_str()]));
    let limit = Duration::from_secs(unit.one("TimeoutStopSec").parse().expect("seconds"));
    assert_eq!(service.ends(limit).and_then(|status| status.code()), Some(0), "{}", service.err());

    // A line on standard output, and on standard error what journald keeps: objects, beside what is said to a person.
    assert_eq!(service.out().lines().count(), 1, "{}", service.out());
    let said = service.err();
    let (to_people, logged): (Vec<&str>, Vec<&str>) = said.lines().partition(|line| line.starts_with("nuanxin: "));
    assert!(to_people.iter().all(|line| line.contains("nuanxin.db")), "{to_people:?}");
    let logged = logged.into_iter().map(|line| serde_json::from_str::<Value>(line).expect("an object a line"));
    let messages: Vec<String> = logged.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect();
    for message in ["made a key that signs checkpoints", "stopping"] {
        assert!(messages.iter().any(|told| told.starts_with(message)), "{message}: {messages:?}");
    }

    let home = machine.home(&unit);
    assert!(home.join("data/nuanxin.db").is_file());
    for path in all_below(&machine.root) {
        let found = fs::symlink_metadata(&path).expect("it is there");
        let is_own = path.starts_with(&home);
        if machine.user.is_another {
            assert_eq!(found.uid() == machine.user.uid, is_own, "{} is of {}", path.display(), found.uid());
        }
        assert!(!is_own || found.mode() & 0o077 == 0, "{}: {:o}", path.display(), found.mode());
    }
}
