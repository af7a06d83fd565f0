use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Work that threads share. What came last is done first, so that little of a tree waits at a time.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    tasks: Vec<T>,
    /// Threads that are at work, and may add to it.
    working: usize,
    ended: bool,
}

impl<T> Queue<T> {
    pub(super) fn new(first: T) -> Self {
        let state = State {
            tasks: vec![first],
            working: 0,
            ended: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Waits for something to do; `None` when all is done.
    pub(super) fn take(&self) -> Option<(T, Working<'_, T>)> {
        let mut state = self.lock();
        while !state.ended {
            if let Some(task) = state.tasks.pop() {
                state.working += 1;
                return Some((task, Working(self)));
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    /// Adds work, the first of it to be done last.
    pub(super) fn add(&self, tasks: impl IntoIterator<Item = T>) {
        self.lock().tasks.extend(tasks);
        self.changed.notify_all();
    }

    /// Lets all threads end.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread is at work; when the last one has nothing left to do, all is done.
#[derive(Debug)]
pub(super) struct Working<'a, T>(&'a Queue<T>);

impl<T> Drop for Working<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.working -= 1;
        // After a panic nobody else must wait for what this thread would have added.
        if thread::panicking() || (state.working == 0 && state.tasks.is_empty()) {
            state.ended = true;
            self.0.changed.notify_all();
        }
    }
}
