//! Who imports whom, read from the sources of this crate and held to docs/architecture.md: the edges are strangers to each
//! other, all of them stand on `service`, and there is no circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// The rooms, each with those that it may import. What is no room (the vault, sheets, documents, …) may be imported by
/// anybody, and counts for whatever it imports itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("access", &[]),
    ("service", &["access"]),
    ("http", &["access", "service"]),
    ("web", &["access", "service", "import"]),
    ("import", &["access", "service"]),
    ("local_socket", &["access", "service"]),
    ("server", &["access", "http", "web"]),
    ("cli", &["access", "service", "import", "local_socket", "server"]),
];

/// What of a room gives commands to a ledger itself: the measuring of the ledger alone.
const MEASURES_THE_LEDGER: &str = "cli::bench";

/// A module, and what it says where.
struct Module {
    /// Its path from the crate on.
    path: String,
    /// Its text without comments, texts and tests, line by line.
    lines: Vec<String>,
}

/// An import, with a place to look at.
#[derive(Debug, Clone)]
struct Import {
    from: String,
    to: String,
    place: String,
}

fn modules() -> Vec<Module> {
    fn walk(folder: &Path, path: &[String], found: &mut Vec<Module>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap().path();
            let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
            // Tests may look from outside at what they test.
            let tests = name == "tests"
                || name.ends_with("_tests")
                || ["tests_", "test_"].iter().any(|test| name.starts_with(test));
            if tests || name == "who_imports_whom" {
                continue;
            }
            let mut path = path.to_vec();
            if !matches!(name.as_str(), "lib" | "main") {
                path.push(name);
            }
            if entry.is_dir() {
                walk(&entry, &path, found);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&entry).unwrap();
                found.push(Module { path: path.join("::"), lines: bare(&text) });
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &[], &mut found);
    found
}

/// The lines of a source without comments, texts and the tests at its end.
fn bare(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    source
        .lines()
        .map(|line| {
            let line = line.split("//").next().unwrap_or_default();
            // Every second part between quotes is a text.
            line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
        })
        .collect()
}

/// The paths that begin with `crate::` or `super::` in a module, written out from the crate on.
fn named(module: &Module) -> Vec<(String, usize)> {
    let text = module.lines.join("\n");
    let mut found = Vec::new();
    for prefix in ["crate::", "super::"] {
        for (at, _) in text.match_indices(prefix) {
            // `super::super::…` is read from its beginning, and `ledger_crate::…` is none.
            let before = text[..at].chars().next_back().unwrap_or(' ');
            if before == ':' || before == '_' || before.is_alphanumeric() {
                continue;
            }
            let mut base: Vec<&str> = module.path.split("::").filter(|part| !part.is_empty()).collect();
            let mut rest = &text[at..];
            if let Some(after) = rest.strip_prefix("crate::") {
                (base, rest) = (Vec::new(), after);
            }
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
            let line = text[..at].matches('\n').count() + 1;
            for leaf in leaves(rest) {
                let parts: Vec<&str> = base.iter().copied().chain(leaf.iter().map(String::as_str)).collect();
                found.push((parts.join("::"), line));
            }
        }
    }
    found
}

/// The paths of a tree of imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn leaves(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim_start();
    if let Some(group) = tree.strip_prefix('{') {
        let (mut depth, mut parts, mut part) = (0_u32, Vec::new(), String::new());
        for char in group.chars() {
            match char {
                '}' if depth == 0 => break,
                ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
                _ => {
                    depth = match char {
                        '{' => depth + 1,
                        '}' => depth - 1,
                        _ => depth,
                    };
                    part.push(char);
                }
            }
        }
        parts.push(part);
        return parts.iter().filter(|part| !part.trim().is_empty()).flat_map(|part| leaves(part)).collect();
    }
    let end = tree.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(tree.len());
    let (name, rest) = tree.split_at(end);
    match rest.strip_prefix("::") {
        Some(rest) => leaves(rest)
            .into_iter()
            .map(|mut leaf| {
                leaf.insert(0, name.to_owned());
                leaf
            })
            .collect(),
        None => vec![vec![name.to_owned()]],
    }
}

/// The imports between modules, told for the modules as `name_of` calls them.
fn imports(modules: &[Module], name_of: impl Fn(&str) -> Option<String>) -> Vec<Import> {
    let known: BTreeSet<&str> = modules.iter().map(|module| module.path.as_str()).collect();
    let mut found = Vec::new();
    for module in modules {
        let Some(from) = name_of(&module.path) else { continue };
        for (path, line) in named(module) {
            // The longest beginning of a path that is a module: what follows is something in it.
            let ends = path.match_indices("::").map(|(at, _)| at).chain([path.len()]);
            let Some(target) = ends.map(|end| &path[..end]).filter(|path| known.contains(path)).last() else {
                continue;
            };
            let Some(to) = name_of(target).filter(|to| *to != from) else { continue };
            found.push(Import { from: from.clone(), to, place: format!("{}:{line}", module.path) });
        }
    }
    found
}

type Graph = BTreeMap<String, BTreeMap<String, String>>;

fn graph(imports: &[Import]) -> Graph {
    let mut graph = Graph::new();
    for import in imports {
        graph.entry(import.from.clone()).or_default().entry(import.to.clone()).or_insert(import.place.clone());
    }
    graph
}

/// A circle of a graph, each step with the place that makes it.
fn circle(graph: &Graph) -> Option<String> {
    fn visit<'a>(
        graph: &'a Graph,
        node: &'a str,
        path: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<&'a str>> {
        if let Some(at) = path.iter().position(|seen| *seen == node) {
            return Some(path[at..].iter().copied().chain([node]).collect());
        }
        if !done.insert(node) {
            return None;
        }
        path.push(node);
        let found = graph.get(node).into_iter().flatten().find_map(|(next, _)| visit(graph, next, path, done));
        path.pop();
        found
    }
    let mut done = BTreeSet::new();
    let nodes = graph.keys().find_map(|node| visit(graph, node, &mut Vec::new(), &mut done))?;
    let mut told = String::new();
    for step in nodes.windows(2) {
        let _ = writeln!(told, "  {} imports {} ({})", step[0], step[1], graph[step[0]][step[1]]);
    }
    Some(told)
}

fn is_room(name: &str) -> bool {
    MAY_IMPORT.iter().any(|(room, _)| *room == name)
}

/// The rooms that a room imports, itself or by way of what is no room; with how.
fn rooms_reached(graph: &Graph, room: &str) -> BTreeMap<String, String> {
    let mut reached = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![(room.to_owned(), String::new())];
    while let Some((node, how)) = open.pop() {
        for (next, place) in graph.get(&node).into_iter().flatten() {
            let how = if how.is_empty() { place.clone() } else { format!("{how} → {place}") };
            if is_room(next) {
                if next != room {
                    reached.entry(next.clone()).or_insert(how);
                }
            } else if seen.insert(next.clone()) {
                open.push((next.clone(), how));
            }
        }
    }
    reached
}

/// The folder or file right under the crate that a module belongs to.
fn top(path: &str) -> Option<String> {
    path.split("::").next().filter(|top| !top.is_empty()).map(str::to_owned)
}

#[test]
fn each_room_imports_what_it_may_and_nothing_else() {
    let modules = modules();
    let graph = graph(&imports(&modules, top));
    let mut wrong = String::new();
    for (room, may) in MAY_IMPORT {
        assert!(modules.iter().any(|module| module.path == *room), "there is no room {room}");
        for (other, how) in rooms_reached(&graph, room) {
            if !may.contains(&other.as_str()) {
                let _ = writeln!(wrong, "  {room} imports {other} ({how})");
            }
        }
    }
    assert!(wrong.is_empty(), "docs/architecture.md, Who imports whom, does not allow:\n{wrong}");
}

#[test]
fn what_the_rooms_may_import_makes_no_circle() {
    let may = |(room, may): &(&str, &[&str])| {
        let may = may.iter().map(|other| ((*other).to_owned(), "the rule itself".to_owned()));
        ((*room).to_owned(), may.collect())
    };
    let circle = circle(&MAY_IMPORT.iter().map(may).collect());
    assert!(circle.is_none(), "{}", circle.unwrap_or_default());
}

#[test]
fn what_is_no_room_makes_no_circle_either() {
    let circle = circle(&graph(&imports(&modules(), top)));
    assert!(circle.is_none(), "a circle:\n{}", circle.unwrap_or_default());
}

#[test]
fn the_files_of_http_make_no_circle() {
    let modules = modules();
    // What goes through a mod file is told from its parent, and is no way between two files.
    let file = |path: &str| path.strip_prefix("http::").and_then(top);
    let circle = circle(&graph(&imports(&modules, file)));
    assert!(circle.is_none(), "a circle within http:\n{}", circle.unwrap_or_default());
}

#[test]
fn no_command_reaches_the_ledger_but_through_service() {
    let mut wrong = String::new();
    for module in modules().iter().filter(|module| top(&module.path).is_some_and(|top| is_room(&top))) {
        if module.path.starts_with("service") || module.path.starts_with(MEASURES_THE_LEDGER) {
            continue;
        }
        for (number, line) in module.lines.iter().enumerate() {
            if ["ledger.submit(", "ledger.submit_all(", "ledger.queue("].iter().any(|call| line.contains(call)) {
                let _ = writeln!(wrong, "  {}:{}: {}", module.path, number + 1, line.trim());
            }
        }
    }
    assert!(wrong.is_empty(), "nobody was asked who may give these commands:\n{wrong}");
}

#[test]
fn each_handler_asks_for_the_read_that_its_route_is_registered_for() {
    let (mut wrong, mut seen) = (String::new(), 0);
    for module in modules().iter().filter(|module| module.path.starts_with("http::")) {
        let text = module.lines.join("\n");
        for (at, _) in text.match_indices("(Read::") {
            let Some((read, handler)) = text[at + 1..].split_once(", routes!(") else { continue };
            let (true, Some((handler, _))) = (read.len() < 40, handler.split_once(')')) else { continue };
            seen += 1;
            let body = text.split_once(&format!("async fn {handler}(")).map(|(_, rest)| rest).unwrap_or_default();
            let body = body.split_once("\n}\n").map_or(body, |(body, _)| body);
            let asked = [
                format!("caller.may({read}, "),
                format!("caller.may_here(&app, {read}, "),
                format!("caller.may_ever({read})"),
            ];
            if !asked.iter().any(|asked| body.contains(asked)) {
                let _ = writeln!(wrong, "  {}: {handler} does not ask for {read}", module.path);
            }
        }
    }
    assert!(wrong.is_empty(), "a read is given to whoever comes through the door:\n{wrong}");
    assert!(seen > 30, "only {seen} routes were found");
}

#[test]
fn imports_are_read_as_the_compiler_reads_them() {
    let module = Module {
        path: "http::openapi".to_owned(),
        lines: bare(
            "use crate::{http, web::{self, home}};\nuse super::error::ApiError; // super::batch\n\
             const TEXT: &str = \"crate::cli\";\nfn f() { crate::vault::x(); super::super::cli::y() }\n\
             #[cfg(test)]\nmod tests {\n    use crate::demo;\n}\n",
        ),
    };
    let mut paths: Vec<String> = named(&module).into_iter().map(|(path, _)| path).collect();
    paths.sort();
    let wanted = ["cli::y", "http", "http::error::ApiError", "vault::x", "web::home", "web::self"];
    assert_eq!(paths, wanted);
}

#[test]
fn a_circle_is_found_and_told() {
    let import = |from: &str, to: &str| Import { from: from.into(), to: to.into(), place: format!("{from}:1") };
    let round = graph(&[import("a", "b"), import("b", "c"), import("c", "b"), import("d", "a")]);
    assert_eq!(circle(&round).unwrap(), "  b imports c (b:1)\n  c imports b (c:1)\n");
    assert!(circle(&graph(&[import("a", "b"), import("a", "c"), import("b", "c")])).is_none());
}
