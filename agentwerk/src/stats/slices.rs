use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::counters::Counters;
use super::tool::ToolStats;
use crate::event::{Event, EventKind};

/// Tools that have a slice. A model may call tools that do not exist, by as many names as it likes.
pub(super) const TOOLS_MAX: usize = 1_000;

/// Bytes of the name of a tool that has a slice: what vendors take.
pub(super) const TOOL_NAME_BYTES_MAX: usize = 64;

/// The numbers by label, by agent, by model and by tool.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Slices {
    pub(super) labels: BTreeMap<String, Counters>,
    pub(super) agents: BTreeMap<String, Counters>,
    pub(super) models: BTreeMap<String, Counters>,
    pub(super) tools: BTreeMap<String, ToolStats>,
}

impl Slices {
    /// Counts an event for the labels of its ticket, for its agent and for its model.
    pub(super) fn count(&mut self, event: &Event, count: impl Fn(&mut Counters)) {
        self.for_labels(&event.labels, &count);
        if !event.agent_name.is_empty() {
            count_for(&mut self.agents, event.agent_name.as_str(), &count);
        }
        if !event.model.is_empty() {
            count_for(&mut self.models, &event.model, &count);
        }
        self.count_call(&event.kind);
    }

    /// Counts for the tickets with each of these labels.
    pub(super) fn for_labels(&mut self, labels: &[String], count: impl Fn(&mut Counters)) {
        for label in labels {
            count_for(&mut self.labels, label, &count);
        }
    }

    /// Has a ticket that nobody has begun belong to other labels.
    pub(super) fn relabel(&mut self, from: &Arc<[String]>, to: &Arc<[String]>) {
        for label in from.iter() {
            if let Some(counters) = self.labels.get_mut(label) {
                counters.tickets_created = counters.tickets_created.saturating_sub(1);
            }
        }
        self.for_labels(to, |counters| counters.tickets_created += 1);
        self.labels
            .retain(|_, counters| *counters != Counters::default());
    }

    fn count_call(&mut self, kind: &EventKind) {
        let (EventKind::ToolCallStarted { tool, .. }
        | EventKind::ToolCallFinished { tool, .. }
        | EventKind::ToolCallFailed { tool, .. }) = kind
        else {
            return;
        };
        let has_room = self.tools.len() < TOOLS_MAX && tool.len() <= TOOL_NAME_BYTES_MAX;
        if let Some(stats) = self.tools.get_mut(tool) {
            stats.count(kind);
        } else if has_room {
            let mut stats = ToolStats::default();
            stats.count(kind);
            self.tools.insert(tool.clone(), stats);
        }
    }
}

/// Counts for a name, which is copied only when it is new.
fn count_for(slices: &mut BTreeMap<String, Counters>, name: &str, count: impl Fn(&mut Counters)) {
    match slices.get_mut(name) {
        Some(counters) => count(counters),
        None => count(slices.entry(name.to_owned()).or_default()),
    }
}
