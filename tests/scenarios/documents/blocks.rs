//! The commands that stand in a document's blocks, each with what the document says that it answers.

/// A command of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The heading above it.
    pub(super) section: String,
    /// On whose machine, where the prompt says so (`旧$ `).
    pub(super) machine: Option<String>,
    /// As it stands, with its comment.
    pub(super) command: String,
}

impl Step {
    /// The exit code that the comment tells (`# 退出码 2`); 0 where it tells none.
    pub(super) fn exit_code(&self) -> i32 {
        let told = self.command.split_once('#').and_then(|(_, comment)| Some(comment.split_once("退出码")?.1));
        let digits = told.map(|rest| rest.trim_start().chars().take_while(char::is_ascii_digit).collect::<String>());
        digits.map_or(0, |digits| digits.parse().expect("the comment tells a number"))
    }

    /// Without its comment.
    pub(super) fn bare(&self) -> &str {
        self.command.split("  #").next().unwrap_or(&self.command).trim()
    }
}

/// A line that a document says is answered, by one of the steps of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) by: std::ops::Range<usize>,
    pub(super) line: String,
}

/// The steps of a document in order, and what they answer: below a prompt the lines that follow it, below a block of
/// commands the block of text.
pub(super) fn read(text: &str) -> (Vec<Step>, Vec<Told>) {
    let (mut steps, mut told) = (Vec::new(), Vec::new());
    let mut section = String::new();
    let mut last_block = 0..0;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let Some(language) = line.trim_start().strip_prefix("```") else {
            if ["# ", "## ", "### "].iter().any(|mark| line.starts_with(mark)) {
                section = line.trim_start_matches('#').trim().to_owned();
                last_block = 0..0;
            }
            continue;
        };
        let block = lines.by_ref().take_while(|line| line.trim() != "```").map(|line| line.get(indent..).unwrap_or(""));
        match language {
            "sh" => {
                let before = steps.len();
                for command in whole_commands(block) {
                    steps.push(Step { section: section.clone(), machine: None, command });
                }
                last_block = before..steps.len();
            }
            "console" => {
                for line in block {
                    match line.split_once("$ ") {
                        // A prompt is `$`, with the name of a machine at most before it.
                        Some((machine, command)) if machine.chars().count() <= 2 && !machine.contains(' ') => {
                            let machine = (!machine.is_empty()).then(|| machine.to_owned());
                            steps.push(Step { section: section.clone(), machine, command: command.to_owned() });
                        }
                        _ => {
                            let by = steps.len() - 1..steps.len();
                            told.push(Told { by, line: line.to_owned() });
                        }
                    }
                }
                last_block = 0..0;
            }
            "text" if !last_block.is_empty() => {
                told.extend(block.map(|line| Told { by: last_block.clone(), line: line.to_owned() }));
            }
            _ => block.for_each(drop),
        }
    }
    (steps, told)
}

/// The commands of a block; one that goes on in the next line stays one.
fn whole_commands<'a>(block: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (mut found, mut command) = (Vec::new(), String::new());
    for line in block {
        command.push_str(line);
        if line.ends_with('\\') {
            command.push('\n');
            continue;
        }
        let command = std::mem::take(&mut command);
        if !command.trim().is_empty() && !command.trim_start().starts_with('#') {
            found.push(command);
        }
    }
    found
}

/// Whether one line of what was said is the line that a document tells: numbers, hashes and times may be others, blanks
/// more or fewer, and `…` stands for anything.
pub(super) fn tells(line: &str, said: &str) -> bool {
    let told = even(line);
    let parts: Vec<&str> = told.split('…').map(str::trim).filter(|part| !part.is_empty()).collect();
    said.lines().map(even).any(|said| {
        let mut rest = said.as_str();
        parts.iter().all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    })
}

/// A line with `#` for each number and each hash, and one blank for many.
fn even(line: &str) -> String {
    let mut found = String::new();
    let mut word = String::new();
    for one in line.chars().chain(['\n']) {
        if one.is_alphanumeric() {
            word.push(one);
            continue;
        }
        let is_hash = word.chars().all(|one| one.is_ascii_hexdigit());
        if !word.is_empty() && is_hash && (word.len() >= 8 || word.contains(|one: char| one.is_ascii_digit())) {
            found.push('#');
        } else {
            for one in word.chars() {
                if !one.is_ascii_digit() {
                    found.push(one);
                } else if !found.ends_with('#') {
                    found.push('#');
                }
            }
        }
        word.clear();
        if !(one.is_whitespace() && found.ends_with(' ')) {
            found.push(if one.is_whitespace() { ' ' } else { one });
        }
    }
    found.trim().to_owned()
}

#[test]
fn a_line_is_told_whatever_its_numbers_are() {
    assert!(tells("2406 entries in backups/2026-01-31.db", "warned\n31 entries in backups/2026-01-31.db\n"));
    assert!(tells(
        "journal  signs  here  …  nuanxin/25eb1891-…+dd777342+…",
        "journal signs   here  2026 - nuanxin/0f-1-2+abcdabcd+AQ"
    ));
    assert!(tells(
        "root       4474f7fc…",
        "root       9eb4a161937a9838d5d1bb8dc93ec8ab91d2ad165f11710a5e5d20fe29ec0db3"
    ));
    assert!(!tells("verdict    valid", "verdict    invalid"));
    assert!(!tells("first bad  1000", "verdict invalid\nreason  its bytes"));
    assert!(!tells("one … two", "two one"));
}

#[test]
fn steps_are_read_with_what_they_answer() {
    let text = "## 一\n```sh\ntrue     # 退出码 0\nfalse \\\n  x  # 连不上，退出码 7\n```\n\n```text\nyes\n```\n### 二\n1. 先\n\n   ```console\n   旧$ one\n   two\n   $ three\n   ```\n```text\nfree\n```\n";
    let (steps, told) = read(text);
    let seen: Vec<_> =
        steps.iter().map(|step| (step.section.as_str(), step.machine.as_deref(), step.exit_code())).collect();
    assert_eq!(seen, [("一", None, 0), ("一", None, 7), ("二", Some("旧"), 0), ("二", None, 0)]);
    assert_eq!(steps[3].bare(), "three");
    let told: Vec<_> = told.into_iter().map(|told| (told.by, told.line)).collect();
    assert_eq!(told, [(0..2, "yes".to_owned()), (2..3, "two".to_owned())]);
}
