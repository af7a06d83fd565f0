use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Which tickets an agent serves.
///
/// A ticket's label must meet one of the agent's. An agent without labels takes only tickets
/// without; an agent's given name counts as one of its labels.
///
/// # Examples
/// ```
/// use agentwerk::ticket::Routing;
///
/// let analyst = Routing::new(["analysis"], Some("analyst"));
/// assert!(analyst.serves(&["analysis".into(), "urgent".into()]));
/// assert!(analyst.serves(&["analyst".into()]));
/// assert!(!analyst.serves(&[]));
///
/// let anyone = Routing::new([] as [&str; 0], Some("anyone"));
/// assert!(anyone.serves(&[]));
/// assert!(anyone.serves(&["anyone".into()]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    labels: BTreeSet<String>,
    unlabelled: bool,
}

impl Routing {
    /// The routing of an agent with these labels and this given name.
    pub fn new<I: IntoIterator<Item: Into<String>>>(labels: I, name: Option<&str>) -> Self {
        let mut labels: BTreeSet<String> = labels.into_iter().map(Into::into).collect();
        let unlabelled = labels.is_empty();
        labels.extend(name.map(str::to_owned));
        Self { labels, unlabelled }
    }

    /// Whether a ticket with these labels is served.
    pub fn serves(&self, labels: &[String]) -> bool {
        if labels.is_empty() {
            self.unlabelled
        } else {
            labels.iter().any(|label| self.serves_label(label))
        }
    }

    /// Whether a ticket with this label is served.
    pub fn serves_label(&self, label: &str) -> bool {
        self.labels.contains(label)
    }

    /// Serves what `other` serves, too.
    pub fn merge(&mut self, other: &Self) {
        self.labels.extend(other.labels.iter().cloned());
        self.unlabelled |= other.unlabelled;
    }

    /// The routing of nobody: it serves no ticket.
    pub const fn nobody() -> Self {
        Self {
            labels: BTreeSet::new(),
            unlabelled: false,
        }
    }

    /// The labels that are served.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = &str> {
        self.labels.iter().map(String::as_str)
    }

    /// Whether tickets without labels are served.
    pub fn takes_unlabelled(&self) -> bool {
        self.unlabelled
    }
}
