//! The systems of one seed, one after the other or side by side, on one store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use agentwerk::event::EventKind;
use agentwerk::store::{Durability, MemoryStore};
use agentwerk::{Clock, Status, TicketKey, TicketSystem, Timestamp};
use tempfile::TempDir;

use super::{Pace, recount, tape};
use crate::EventLog;

/// Where the tickets are.
pub(super) enum Place {
    Memory {
        store: Arc<MemoryStore>,
        clock: Clock,
    },
    Disk(TempDir),
}

/// One system, as a process has it.
pub(super) struct Life {
    /// None when its handle was dropped.
    pub(super) system: Option<TicketSystem>,
    log: EventLog,
    /// Whether it counts from nothing.
    is_first: bool,
}

impl Place {
    pub(super) fn of(pace: Pace) -> Self {
        match pace {
            Pace::Paused => {
                let clock = Clock::starting_at(Timestamp::from_millis(0));
                let store = Arc::new(MemoryStore::new(clock.clone()));
                Self::Memory { store, clock }
            }
            Pace::Real => Self::Disk(tempfile::tempdir().expect("a directory")),
        }
    }

    /// The next system on the tickets.
    pub(super) fn system(&self, is_first: bool) -> Result<TicketSystem, String> {
        match self {
            Self::Memory { store, clock } => {
                let store = Arc::clone(store);
                Ok(TicketSystem::with_store(store, clock.clone()))
            }
            Self::Disk(dir) if is_first => {
                let system = TicketSystem::new();
                system.dir(dir.path()).durability(Durability::Buffered);
                Ok(system)
            }
            Self::Disk(dir) => {
                let loaded = TicketSystem::load(dir.path());
                loaded.map_err(|error| format!("the session cannot be loaded: {error}"))
            }
        }
    }
}

impl Life {
    pub(super) fn new(system: TicketSystem, is_first: bool) -> Self {
        let log = EventLog::of(&system);
        let system = Some(system);
        Self {
            system,
            log,
            is_first,
        }
    }

    /// The ends that it told, when it is over; holds its numbers against its events.
    pub(super) fn ends(&self, place: &Place) -> Result<HashMap<TicketKey, EventKind>, String> {
        let events = self.log.events();
        let ends = tape::ends(&events)?;
        let Some(system) = &self.system else {
            return Ok(ends);
        };
        let stats = system.stats();
        if self.is_first || matches!(place, Place::Memory { .. }) {
            recount::check(&stats, &events)?;
        }
        Ok(ends)
    }
}

/// Holds the ends that all lives told against the tickets.
pub(super) fn check_ends(
    system: &TicketSystem,
    lives: &[Life],
    place: &Place,
) -> Result<(), String> {
    let mut told = HashMap::new();
    for life in lives {
        for (key, end) in life.ends(place)? {
            if let Some(before) = told.insert(key, end.clone()) {
                return Err(format!(
                    "{key} was told to have ended twice: {before:?}, {end:?}"
                ));
            }
        }
    }
    let mut known = HashSet::new();
    for ticket in system.tickets() {
        let key = ticket.key();
        known.insert(key);
        let is_right = match (ticket.status(), told.get(&key)) {
            (Status::Done, Some(EventKind::TicketDone { .. }))
            | (Status::Cancelled, Some(EventKind::TicketCancelled { .. }))
            | (Status::Todo | Status::InProgress | Status::Waiting, None) => true,
            (Status::Failed, Some(EventKind::TicketFailed { failure, .. })) => {
                Some(failure) == ticket.failure()
            }
            _ => false,
        };
        if !is_right {
            let status = ticket.status();
            return Err(format!(
                "{key} is {status}, and told is {:?}",
                told.get(&key)
            ));
        }
    }
    let tickets = system.tickets();
    let done = tickets
        .iter()
        .filter(|one| one.status() == Status::Done)
        .count();
    if system.all_results().len() != done {
        return Err(format!(
            "{done} tickets are done, with {:?}",
            system.all_results()
        ));
    }
    match told.keys().find(|key| !known.contains(key)) {
        Some(key) => Err(format!("{key} was told to have ended, and is not there")),
        None => Ok(()),
    }
}
