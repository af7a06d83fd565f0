//! What a worker says on its output, a line each, after the library has told it.

use std::fmt;

use serde_json::Value;

/// One thing that was acknowledged to a worker.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Acknowledged {
    /// A submission is durable: the ticket and its task.
    Submitted(String, Value),
    /// A ticket is done: the ticket and its result.
    Done(String, Value),
    /// A ticket is handed over: the ticket and its child.
    HandedOver(String, String),
    /// A call begins that changes something: the ticket and the call.
    Called(String, String),
}

/// All that a worker says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// The session is open.
    Ready,
    /// Nothing is left to do, and the session is closed.
    Finished,
    /// Something is not as it must be.
    Failed(String),
    /// Something was acknowledged.
    Acknowledged(Acknowledged),
}

impl Said {
    /// Reads a line.
    pub(super) fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let value = |text: &str| serde_json::from_str::<Value>(text).ok();
        Some(Self::Acknowledged(match words.as_slice() {
            ["ready"] => return Some(Self::Ready),
            ["finished"] => return Some(Self::Finished),
            ["failed", ..] => return Some(Self::Failed(line.to_owned())),
            ["submitted", key, task] => Acknowledged::Submitted((*key).to_owned(), value(task)?),
            ["done", key, result] => Acknowledged::Done((*key).to_owned(), value(result)?),
            ["handed", key, child] => {
                Acknowledged::HandedOver((*key).to_owned(), (*child).to_owned())
            }
            ["called", key, call] => Acknowledged::Called((*key).to_owned(), (*call).to_owned()),
            _ => return None,
        }))
    }
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Submitted(key, task) => write!(f, "submitted {key} {task}"),
            Self::Done(key, result) => write!(f, "done {key} {result}"),
            Self::HandedOver(key, child) => write!(f, "handed {key} {child}"),
            Self::Called(key, call) => write!(f, "called {key} {call}"),
        }
    }
}
