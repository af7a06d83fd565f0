use std::io;
use std::process::Command;

use tokio::process::Child;

use super::run::Exit;

/// A process, which ends with this value. What it started is out of reach here.
#[derive(Debug)]
pub(super) struct Group {
    leader: Child,
}

impl Group {
    /// Starts a command.
    pub(super) fn start(command: Command) -> io::Result<Self> {
        let mut command = tokio::process::Command::from(command);
        let leader = command.kill_on_drop(true).spawn()?;
        Ok(Self { leader })
    }

    /// Waits for the end of the process.
    ///
    /// # Cancel safety
    /// It may be called again, and gives the same.
    pub(super) async fn exit(&mut self) -> Exit {
        let status = self.leader.wait().await;
        status
            .ok()
            .and_then(|status| status.code())
            .map_or(Exit::Unknown, Exit::Code)
    }

    /// Ends it: there is no way to ask.
    pub(super) fn terminate(&mut self) {
        self.kill();
    }

    /// Ends it.
    pub(super) fn kill(&mut self) {
        // It fails when it has ended.
        let _killed = self.leader.start_kill();
    }
}
