//! Holds the files of a session against everything that was ever acknowledged.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::acknowledged::Acknowledged;
use super::history::{History, TicketHistory};
use super::journal_files::{JournalFiles, Torn};
use super::violations::{Kind, Violations};

/// When the files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Right after a kill: the end may be half-written, and work is left.
    AfterKill,
    /// After the last worker: everything is done and closed.
    AtTheEnd,
}

/// Checks a session; gives the number of its tickets.
pub(super) fn check(
    dir: &Path,
    moment: Moment,
    acknowledged: &[Acknowledged],
    violations: &mut Violations,
) -> io::Result<usize> {
    let files = JournalFiles::of(dir);
    let mut history = History::default();
    let torn = match moment {
        Moment::AfterKill => Torn::Allowed,
        Moment::AtTheEnd => Torn::Refused,
    };
    for wrong in files.read(torn, |record| history.take(record))? {
        violations.add(Kind::Damaged, wrong);
    }
    check_tickets(&history, violations);
    for each in acknowledged {
        check_acknowledged(&history, each, violations);
    }
    if moment == Moment::AtTheEnd {
        check_end(&history, &files, violations)?;
    }
    Ok(history.tickets.len())
}

/// What holds whatever was acknowledged.
fn check_tickets(history: &History, violations: &mut Violations) {
    for orphan in &history.orphans {
        violations.add(Kind::HalfApplied, format!("nothing opened it: {orphan}"));
    }
    for (key, ticket) in &history.tickets {
        if ticket.tasks.len() > 1 {
            violations.add(Kind::Twice, format!("{key} was opened by two records"));
        }
        if ticket.ends.len() > 1 {
            let ends = &ticket.ends;
            violations.add(Kind::Twice, format!("{key} ended twice: {ends:?}"));
        }
        check_family(key, ticket, violations);
    }
}

/// A ticket has a parent exactly if that handed it over, in one record.
fn check_family(key: &str, ticket: &TicketHistory, violations: &mut Violations) {
    if ticket.parents != ticket.opened_by {
        let (parents, by) = (&ticket.parents, &ticket.opened_by);
        let what = format!("{key} has the parent {parents:?} and was opened by {by:?}");
        violations.add(Kind::HalfApplied, what);
    }
}

fn check_acknowledged(history: &History, each: &Acknowledged, violations: &mut Violations) {
    let (Acknowledged::Submitted(key, _)
    | Acknowledged::Done(key, _)
    | Acknowledged::HandedOver(key, _)
    | Acknowledged::Called(key, _)) = each;
    let ticket = history.tickets.get(key);
    let is_there = ticket.is_some_and(|ticket| match each {
        Acknowledged::Submitted(_, task) => ticket.tasks.contains(task),
        Acknowledged::Done(_, result) => ticket.result() == Some(result),
        Acknowledged::HandedOver(_, child) => {
            ticket.child() == Some(child) && history.tickets.contains_key(child)
        }
        Acknowledged::Called(_, call) => ticket.calls.contains(call),
    });
    if !is_there {
        let ends = ticket.map(|ticket| &ticket.ends);
        violations.add(Kind::Lost, format!("{each}; in the files: {ends:?}"));
    }
}

/// Everything is done, and listed as done.
fn check_end(
    history: &History,
    files: &JournalFiles,
    violations: &mut Violations,
) -> io::Result<()> {
    let mut done = BTreeSet::new();
    for (key, ticket) in &history.tickets {
        match ticket.result() {
            Some(result) => drop(done.insert(format!("{key} {result}"))),
            None => violations.add(Kind::Other, format!("{key} is not done: {:?}", ticket.ends)),
        }
    }
    let mut listed = BTreeSet::new();
    for line in files.results()? {
        let line = format!(
            "{} {}",
            line["ticket"].as_str().unwrap_or("?"),
            line["result"]
        );
        if !done.contains(&line) || !listed.insert(line.clone()) {
            violations.add(
                Kind::Other,
                format!("`results.jsonl` has a line too many: {line}"),
            );
        }
    }
    for missing in done.difference(&listed) {
        violations.add(Kind::Other, format!("`results.jsonl` lacks {missing}"));
    }
    Ok(())
}
