use std::path::PathBuf;
use std::sync::Arc;

use super::core::Core;
use super::ledger::Ledger;
use super::session::Session;
use super::system::TicketSystem;
use crate::clock::Clock;
use crate::event::RunError;
use crate::store::{Durability, JournalError};

/// Sessions: tickets that are kept in a directory.
impl TicketSystem {
    /// Goes on with the session in a directory: its tickets, conversations, results and stats are
    /// there, and tickets that somebody worked on are open again.
    ///
    /// It reads files on the calling thread: up to a second for 100,000 tickets.
    /// Conversations are read from the files when somebody asks for them. [`Stats`](crate::Stats) are counted
    /// from the records, which tell nothing of requests that got no reply.
    ///
    /// # Errors
    /// There is no session, somebody has it open, or its files are damaged; the error says which
    /// line of which file, and what to do.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let temporary = tempfile::tempdir()?;
    /// # let dir = temporary.path();
    /// # let before = TicketSystem::new();
    /// # before.dir(dir).task("Sort the letters.");
    /// # before.close().await;
    /// # let model = ScriptedModel::replies(["They are sorted."]);
    /// # let clerk = Agent::new().provider(model).model("scripted");
    /// let tickets = TicketSystem::load(dir)?;
    /// tickets.agent(clerk);
    /// tickets.start();
    ///
    /// assert!(tickets.finish().await.is_drained());
    /// assert_eq!(tickets.last_result().as_deref(), Some("They are sorted."));
    /// # Ok(())
    /// # }
    /// ```
    pub fn load(dir: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let clock = Clock::system();
        let system = Self::with_session(Session::load(dir.into(), clock.clone())?, clock);
        system.core().recall();
        Ok(system)
    }

    pub(super) fn with_session(session: Session, clock: Clock) -> Self {
        let session = Arc::new(session);
        let mut core = Core::new(Ledger::new(Arc::clone(&session) as _, clock));
        core.session = Some(session);
        Self::of(core)
    }

    /// Sets the directory where tickets, results and outputs of tools are kept. Before the first
    /// ticket; later, or on a system in memory, the run fails of it.
    pub fn dir(&self, dir: impl Into<PathBuf>) -> &Self {
        self.set(|session| session.set_dir(dir.into()), "dir")
    }

    /// Sets what an acknowledged record survives. Before the first ticket, or, between those that
    /// keep files, from now on; else the run fails of it.
    pub fn durability(&self, durability: Durability) -> &Self {
        self.set(|session| session.set_durability(durability), "durability")
    }

    fn set(
        &self,
        change: impl FnOnce(&Session) -> Result<(), RunError>,
        setting: &'static str,
    ) -> &Self {
        let set = match &self.core().session {
            Some(session) => change(session),
            None => Err(RunError::SessionIsOpen { setting }),
        };
        if let Err(error) = set {
            self.core().fail(error);
        }
        self
    }
}
