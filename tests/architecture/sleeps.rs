//! Waiting is by notification, never by polling; a thread never sleeps.

use proc_macro2::{TokenStream, TokenTree};

use crate::source;

/// Where a task may wait for a moment: before a request is sent again, until a lease or a run ends,
/// for the limits of a request, and for processes that were asked to end.
const MAY_WAIT: [&str; 5] = [
    "agentwerk/src/agent/request.rs",
    "agentwerk/src/system/supervisor.rs",
    "agentwerk/src/system/worker.rs",
    "agentwerk/src/providers/",
    "agentwerk/src/tools/builtin/bash/run.rs",
];

/// What makes a task wait for a moment.
const WAITS: [&str; 4] = ["sleep", "sleep_until", "interval", "interval_at"];

/// The names in code, in order; comments are none.
fn names(tokens: TokenStream, found: &mut Vec<(String, usize)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => names(group.stream(), found),
            TokenTree::Ident(ident) => {
                found.push((ident.to_string(), ident.span().start().line));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn names_in(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    names(text.parse().unwrap(), &mut found);
    found
}

/// The lines in which a thread is put to sleep.
fn thread_sleeps(text: &str) -> Vec<usize> {
    let names = names_in(text);
    let neighbours = names.iter().zip(names.iter().skip(1));
    neighbours
        .filter(|(first, second)| first.0 == "thread" && second.0 == "sleep")
        .map(|(_, (_, line))| *line)
        .collect()
}

/// The lines in which a task waits for a moment.
fn waits(text: &str) -> Vec<usize> {
    let names = names_in(text).into_iter();
    names
        .filter(|(name, _)| WAITS.contains(&name.as_str()))
        .map(|(_, line)| line)
        .collect()
}

fn all_sources() -> Vec<source::SourceFile> {
    let mut files = source::of_package("agentwerk");
    files.extend(source::of_package("agentwerk-macros"));
    files
}

#[test]
fn no_thread_is_put_to_sleep() {
    for file in all_sources() {
        let lines = thread_sleeps(&file.text);
        assert!(lines.is_empty(), "{}: lines {lines:?}", file.path);
    }
}

#[test]
fn tasks_wait_for_a_moment_only_where_they_may() {
    for file in all_sources() {
        if MAY_WAIT
            .iter()
            .any(|allowed| file.path.starts_with(allowed))
        {
            continue;
        }
        let lines = waits(&file.text);
        assert!(lines.is_empty(), "{}: lines {lines:?}", file.path);
    }
}

#[test]
fn sleeps_are_found_in_code_and_not_in_comments() {
    let text = "
        // std::thread::sleep
        fn f() { std::thread::sleep(d); }
        /// tokio::time::sleep
        async fn g() { tokio::select! { () = tokio::time::sleep_until(t) => {} } }
    ";
    assert_eq!(thread_sleeps(text), [3]);
    assert_eq!(waits(text), [3, 5]);
}
