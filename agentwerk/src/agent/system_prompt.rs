use std::sync::Arc;

use super::ready::ReadyAgent;
use crate::event::TicketFailure;

impl ReadyAgent {
    /// What stands above the conversation: the role, and the index of the knowledge as it is now.
    /// Asked for once for each piece of work, so that a request begins with the bytes of the one
    /// before.
    #[cfg(feature = "files")]
    pub(crate) async fn system_prompt(&self) -> Result<Option<Arc<str>>, TicketFailure> {
        use crate::causes::with_causes;
        use crate::event::FailureReason;
        use crate::prompt::with_knowledge;

        let Some(store) = self.knowledge.clone() else {
            return Ok(self.role.clone());
        };
        // Files block, and an agent's thread must not.
        let reading = tokio::task::spawn_blocking(move || store.try_index()).await;
        let index = reading.map_err(|error| {
            let message = format!("read the index of the knowledge: {error}");
            TicketFailure::new(FailureReason::Panicked, message)
        })?;
        let index = index.map_err(|error| {
            TicketFailure::new(FailureReason::KnowledgeUnreadable, with_causes(&error))
        })?;
        if index.is_empty() {
            return Ok(self.role.clone());
        }
        Ok(Some(with_knowledge(self.role.as_deref(), &index).into()))
    }

    /// What stands above the conversation: the role.
    #[cfg(not(feature = "files"))]
    pub(crate) async fn system_prompt(&self) -> Result<Option<Arc<str>>, TicketFailure> {
        Ok(self.role.clone())
    }
}
