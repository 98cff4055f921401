//! docs/roles.md is the table, written out: the test here compares them, and `NUANXIN_BLESS=1` writes it anew.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::{Action, CommandKind, Read, reach};
use crate::access::Role;

const HEAD: &str = "# Roles

Who may do what, written from the one table in the code (`commands.rs` and `reads.rs` in `ledger-api/src/access/policy`); a test holds this page to it.
Rows are commands and reads, columns roles. A cell says how far the right reaches:

- **own**: what the role's scope names, which is a clerk's store, an operator's or approver's site (站点) and all below it, a Party branch, a merchant, a worker's own account; an operator or approver without a scope acts in the whole district;
- **own, today**: the same, as long as it was made today;
- **district**: only for whoever has the role without a scope;
- **all**: the whole district.

A blank cell is 403 `forbidden`, whether the thing exists or not, for a route and for each item of a batch alike.
An account may hold several roles, each from a day through a day; whoever holds `admin` holds no role that records or decides.

谁可以做什么：本页由程序里唯一的权限表生成。own 为本人、本网点、本站点及下级、本支部或本商户；district 只限无范围的角色；all 为全区；空白为无权，一律答复 403。
";

fn table(text: &mut String, title: &str, rows: impl Iterator<Item = (&'static str, Action)>) {
    let heads: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    write!(text, "\n## {title}\n\n| | {} |\n|{}\n", heads.join(" | "), " --- |".repeat(heads.len() + 1))
        .expect("a text takes everything");
    for (name, action) in rows {
        let cells: Vec<&str> = Role::ALL.iter().map(|role| reach(*role, action).word()).collect();
        writeln!(text, "| {name} | {} |", cells.join(" | ")).expect("a text takes everything");
    }
}

fn written() -> String {
    let mut text = HEAD.to_owned();
    table(&mut text, "Commands", CommandKind::ALL.iter().map(|kind| (kind.name(), Action::Command(*kind))));
    table(&mut text, "Reads", Read::ALL.iter().map(|read| (read.name(), Action::Read(*read))));
    let others = [("Cosign", Action::Cosign), ("KeepPerson", Action::KeepPerson)];
    table(&mut text, "Beside the journal", others.into_iter());
    text
}

#[test]
fn the_page_of_roles_is_the_table() {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/roles.md"));
    if std::env::var_os("NUANXIN_BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&path, written()).expect("docs/roles.md is written");
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == written(), "docs/roles.md is not the table any more; NUANXIN_BLESS=1 writes it anew");
}
