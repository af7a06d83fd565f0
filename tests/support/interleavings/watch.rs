//! What models and tools see of the work on each ticket, and the laws that they can check themselves.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use agentwerk::chat::{Message, Request, Role};
use fastrand::Rng;

use super::Pace;
use super::check;

/// Shared by all systems of one seed, their models and their tools. Work is known by its task, which no
/// other ticket has.
#[derive(Debug)]
pub(super) struct Watch {
    seed: u64,
    pub(super) pace: Pace,
    tasks: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    violations: Vec<String>,
    works: HashMap<String, Work>,
    requests: u64,
    calls: u64,
    interrupted: u64,
}

/// What is seen of one ticket.
#[derive(Debug, Default)]
struct Work {
    /// The conversation in its last request.
    messages: Vec<Message>,
    /// How often something was decided at random about it.
    draws: u64,
    requests_now: u32,
    changing_now: u32,
    reading_now: u32,
    /// The calls that were begun, of those with ids of their own.
    begun: HashSet<String>,
}

/// What goes on for a ticket at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Request,
    Changing,
    Reading,
}

/// Counts what goes on, for as long as it lives.
#[derive(Debug)]
pub(super) struct Busy {
    watch: Arc<Watch>,
    task: String,
    doing: Doing,
}

impl Watch {
    pub(super) fn new(seed: u64, pace: Pace) -> Arc<Self> {
        Arc::new(Self {
            seed,
            pace,
            tasks: AtomicU64::new(0),
            state: Mutex::default(),
        })
    }

    /// A task that no ticket has had.
    pub(super) fn next_task(&self) -> String {
        format!("task-{}.", self.tasks.fetch_add(1, Ordering::Relaxed))
    }

    /// Chance for the next thing that is done for a task, which does not depend on other tasks.
    pub(super) fn chance(&self, task: &str) -> Rng {
        let mut state = self.lock();
        let draws = &mut state.works.entry(task.to_owned()).or_default().draws;
        *draws += 1;
        let mut hasher = DefaultHasher::new();
        (self.seed, task, *draws).hash(&mut hasher);
        Rng::with_seed(hasher.finish())
    }

    pub(super) fn violate(&self, what: String) {
        self.lock().violations.push(what);
    }

    pub(super) fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    /// Requests, tool calls, and calls whose models were told that they were interrupted.
    pub(super) fn counts(&self) -> (u64, u64, u64) {
        let state = self.lock();
        (state.requests, state.calls, state.interrupted)
    }

    /// Takes note of a request: its conversation is whole, and goes on from the one before.
    pub(super) fn read(&self, task: &str, request: &Request) {
        let messages = &request.messages;
        let mut state = self.lock();
        state.requests += 1;
        if let Err(what) = check::conversation(messages) {
            state
                .violations
                .push(format!("a model was sent, for {task}: {what}"));
        }
        if messages
            .last()
            .is_some_and(|m| m.role() == Role::Assistant && !is_paused(m))
        {
            let what = format!("a model was sent its own words last, for {task}: {messages:?}");
            state.violations.push(what);
        }
        let work = state.works.entry(task.to_owned()).or_default();
        let new = messages.len() - work.messages.len().min(messages.len());
        let is_longer = messages.starts_with(&work.messages);
        let before = std::mem::replace(&mut work.messages, messages.clone());
        if !is_longer {
            let what = format!("{task} forgot what was said:\n{before:?}\nthen\n{messages:?}");
            state.violations.push(what);
        }
        let results = messages[messages.len() - new..]
            .iter()
            .flat_map(crate::results);
        let told = results.filter(|one| one.content.starts_with("This call was interrupted"));
        state.interrupted += told.count() as u64;
    }

    /// Takes note that something begins for a task; one agent works on it, so it does one thing at a time.
    pub(super) fn begin(self: &Arc<Self>, task: &str, doing: Doing) -> Busy {
        let mut state = self.lock();
        state.calls += u64::from(doing != Doing::Request);
        let work = state.works.entry(task.to_owned()).or_default();
        let is_free = match doing {
            Doing::Request | Doing::Changing => {
                work.requests_now + work.changing_now + work.reading_now == 0
            }
            Doing::Reading => work.requests_now + work.changing_now == 0,
        };
        if !is_free {
            let account = format!("{doing:?} began for {task} beside {work:?}");
            state.violations.push(account);
        }
        let works = &mut state.works;
        *works.entry(task.to_owned()).or_default().count(doing) += 1;
        Busy {
            watch: Arc::clone(self),
            task: task.to_owned(),
            doing,
        }
    }

    /// Takes note of a call that must not be made twice.
    pub(super) fn begin_once(&self, task: &str, call: &str) {
        let mut state = self.lock();
        let begun = &mut state.works.entry(task.to_owned()).or_default().begun;
        if !begun.insert(call.to_owned()) {
            let what = format!("the call {call} of {task} was made twice");
            state.violations.push(what);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reply that a vendor paused goes back as it is.
fn is_paused(message: &Message) -> bool {
    message.text().ends_with(super::model::PAUSED)
}

impl Work {
    fn count(&mut self, doing: Doing) -> &mut u32 {
        match doing {
            Doing::Request => &mut self.requests_now,
            Doing::Changing => &mut self.changing_now,
            Doing::Reading => &mut self.reading_now,
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.watch.lock();
        if let Some(work) = state.works.get_mut(&self.task) {
            *work.count(self.doing) -= 1;
        }
    }
}
