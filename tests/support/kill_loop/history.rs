//! What the records say of each ticket.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

/// The records that end a ticket.
const ENDS: [&str; 4] = ["done", "handed_over", "failed", "cancelled"];

/// All tickets of a session.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) tickets: BTreeMap<String, TicketHistory>,
    /// Records of tickets that nothing has opened.
    pub(super) orphans: Vec<String>,
}

/// One ticket.
#[derive(Debug, Default)]
pub(super) struct TicketHistory {
    /// The task of each record that opened it: there must be one.
    pub(super) tasks: Vec<Value>,
    /// The parent that each such record names.
    pub(super) parents: Vec<Option<String>>,
    /// Which of them were hand-overs of that parent.
    pub(super) opened_by: Vec<Option<String>>,
    /// The name of each record that ended it, with its content: there may be one.
    pub(super) ends: Vec<(&'static str, Value)>,
    /// The calls of its messages.
    pub(super) calls: HashSet<String>,
}

impl History {
    /// Takes the next record.
    pub(super) fn take(&mut self, record: &Value) {
        let key = text(&record["key"]);
        if let Some(body) = record.get("submitted") {
            self.open(&key, body, None);
        }
        let Some(ticket) = self.tickets.get_mut(&key) else {
            self.orphans.push(record.to_string());
            return;
        };
        for block in record["message"]["content"]
            .as_array()
            .into_iter()
            .flatten()
        {
            if block["type"] == "tool_call" {
                ticket.calls.insert(text(&block["id"]));
            }
        }
        for name in ENDS {
            if let Some(content) = record.get(name) {
                ticket.ends.push((name, content.clone()));
            }
        }
        if let Some(step) = record.get("handed_over") {
            self.open(&text(&step["child"]), &step["body"], Some(key));
        }
    }

    fn open(&mut self, key: &str, body: &Value, opened_by: Option<String>) {
        let ticket = self.tickets.entry(key.to_owned()).or_default();
        ticket.tasks.push(body["task"].clone());
        ticket
            .parents
            .push(body["parent"].as_str().map(str::to_owned));
        ticket.opened_by.push(opened_by);
    }
}

impl TicketHistory {
    /// The result, if it has one.
    pub(super) fn result(&self) -> Option<&Value> {
        self.ends.iter().find_map(|(_, end)| end.get("result"))
    }

    /// The child, if it was handed over.
    pub(super) fn child(&self) -> Option<&str> {
        self.ends.iter().find_map(|(_, end)| end["child"].as_str())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
