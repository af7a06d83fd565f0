use super::system::TicketSystem;
use crate::agent::Agent;
use crate::event::RunOutcome;

/// An agent on a system of its own: in memory, unless the agent has a directory; then the session
/// is in `.agentwerk` below that.
impl Agent {
    /// Begins to work on the agent's tasks in the background. Keep the handle: dropping the last
    /// one cancels the run.
    #[must_use = "dropping the last handle cancels the run"]
    pub fn start(self) -> TicketSystem {
        let tickets = system_of(&self);
        tickets.agent(self);
        tickets.start();
        tickets
    }

    /// Works on the agent's tasks until they are done, and gives the system that holds the results;
    /// [`TicketSystem::outcome`] says how the run ended.
    ///
    /// A session in the agent's directory is closed then, so that another agent may work there: the
    /// results can be read, and further tickets are refused. While a ticket waits for leave it stays
    /// open, so that somebody can [answer](TicketSystem::resolve_approval).
    ///
    /// # Cancel safety
    /// Dropping the future cancels the run.
    pub async fn finish(self) -> TicketSystem {
        let tickets = system_of(&self);
        tickets.agent(self);
        if !matches!(tickets.finish().await, RunOutcome::Waiting(_)) {
            tickets.close().await;
        }
        tickets
    }
}

/// The system for one agent.
fn system_of(agent: &Agent) -> TicketSystem {
    #[cfg(feature = "files")]
    // Without the directory the agent cannot work, and says so; it is not for the session to make it.
    if let Some(dir) = agent.dir.as_ref().filter(|dir| dir.is_dir()) {
        let tickets = TicketSystem::new();
        tickets.dir(dir.join(super::session::DEFAULT_DIR));
        return tickets;
    }
    let _without_directory = agent;
    TicketSystem::in_memory()
}
