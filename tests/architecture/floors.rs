//! A module imports from lower floors only, never sideways and never up: the wall that Cargo cannot
//! give inside of one crate.

use crate::{imports, source};

/// The top-level modules by floor. Below the ground lies what knows nothing but the standard library.
const FLOORS: [(i32, &[&str]); 10] = [
    (-1, &["causes", "excerpt", "placeholders"]),
    (0, &["id", "clock", "schemas"]),
    (1, &["chat"]),
    (2, &["event"]),
    (3, &["ticket", "knowledge", "policy", "stats"]),
    (4, &["providers", "tools", "store", "prompt"]),
    (5, &["agent"]),
    (6, &["system"]),
    (7, &["workflow"]),
    (ROOT, &["guides", "private", "testing"]),
];

/// Modules that stand at the root under another name.
const RENAMED: [(&str, &str); 1] = [("__private", "private")];

/// The floor of the crate's root, where names are gathered for users.
const ROOT: i32 = 8;

fn floor(module: &str) -> Option<i32> {
    let floor = FLOORS.iter().find(|(_, modules)| modules.contains(&module));
    floor.map(|(number, _)| *number)
}

/// What is wrong with the imports of one file.
fn check(path: &str, module: &[String], file: &syn::File) -> Vec<String> {
    let Some(own) = module.first() else {
        // The root names everything: that is what it is for.
        return Vec::new();
    };
    let Some(own_floor) = floor(own) else {
        return vec![format!("{path}: `{own}` stands on no floor")];
    };
    let mut findings = Vec::new();
    for import in imports::of_file(file, module) {
        let renamed = RENAMED.iter().find(|(name, _)| *name == import.target);
        let target = renamed.map_or(import.target.as_str(), |(_, module)| module);
        // Whatever is no module was gathered at the root.
        let target_floor = floor(target).unwrap_or(ROOT);
        if target == own || target_floor < own_floor {
            continue;
        }
        let direction = if target_floor == own_floor {
            "sideways"
        } else {
            "up"
        };
        findings.push(format!(
            "{path}:{}: `{own}` (floor {own_floor}) imports {direction} from `{target}` (floor \
             {target_floor})",
            import.line
        ));
    }
    findings
}

#[test]
fn modules_import_from_lower_floors_only() {
    let mut findings = Vec::new();
    for file in source::of_package("agentwerk") {
        findings.extend(check(&file.path, &file.module, &file.parse()));
    }
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

fn check_snippet(module: &[&str], source: &str) -> Vec<String> {
    let module: Vec<_> = module.iter().map(|&part| part.to_owned()).collect();
    check("a.rs", &module, &syn::parse_file(source).unwrap())
}

#[test]
fn an_import_from_above_is_found() {
    let source = "use std::fmt;\nuse crate::system::TicketSystem;\n";
    let findings = check_snippet(&["tools", "round"], source);
    let expected = "a.rs:2: `tools` (floor 4) imports up from `system` (floor 6)";
    assert_eq!(findings, [expected]);
}

#[test]
fn an_import_from_a_sibling_is_found() {
    let source = "fn f() {\n    let _ = crate::store::MemoryStore::default();\n}\n";
    let findings = check_snippet(&["tools"], source);
    let expected = "a.rs:2: `tools` (floor 4) imports sideways from `store` (floor 4)";
    assert_eq!(findings, [expected]);
}

#[test]
fn an_import_from_the_root_is_an_import_from_above() {
    let findings = check_snippet(&["event"], "use crate::Agent;");
    let expected = "a.rs:1: `event` (floor 2) imports up from `Agent` (floor 8)";
    assert_eq!(findings, [expected]);
    assert_eq!(check_snippet(&["event"], "use super::*;").len(), 1);
    let private = check_snippet(&["testing"], "use crate::__private::std;");
    assert_eq!(private.len(), 1);
}

#[test]
fn a_module_that_stands_on_no_floor_is_found() {
    let findings = check_snippet(&["util"], "");
    assert_eq!(findings, ["a.rs: `util` stands on no floor"]);
}

#[test]
fn what_lies_below_or_within_is_free() {
    let source = "
        use super::claim::Lease;
        use crate::store::Store;
        use crate::{chat::Message, ticket::Ticket};
        mod tests { use super::*; }
    ";
    assert_eq!(check_snippet(&["store", "memory"], source), [] as [&str; 0]);
}
