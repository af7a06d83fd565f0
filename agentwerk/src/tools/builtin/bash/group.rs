use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::thread;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process_group, waitid, waitpid,
};
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};

use super::run::Exit;

/// A process and all that it started, as far as they stay in its group. They end with this value.
///
/// The leader is waited for only when this value goes. Until then its number is taken, also when it
/// has exited, so a signal to the group meets nobody else.
#[derive(Debug)]
pub(super) struct Group {
    leader: Child,
    id: Pid,
    child_ends: Signals,
}

impl Group {
    /// Starts a command as the leader of a new group. The command is given away, because it holds
    /// the ends of pipes that only the process should hold.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        // Before the process, so that its end is not missed.
        let child_ends = signal(SignalKind::child())?;
        let leader = command.process_group(0).spawn()?;
        Ok(Self {
            id: Pid::from_child(&leader),
            leader,
            child_ends,
        })
    }

    /// Waits for the end of the leader.
    ///
    /// # Cancel safety
    /// It may be called again, and gives the same.
    pub(super) async fn exit(&mut self) -> Exit {
        loop {
            if let Some(exit) = self.peek() {
                return exit;
            }
            if self.child_ends.recv().await.is_none() {
                // The runtime goes, and this task with it.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Asks all to end.
    pub(super) fn terminate(&self) {
        self.send(Signal::TERM);
    }

    /// Ends all that is left.
    pub(super) fn kill(&self) {
        self.send(Signal::KILL);
    }

    fn send(&self, signal: Signal) {
        // It fails when nobody is left.
        let _sent = kill_process_group(self.id, signal);
    }

    /// How the leader ended, which stays to be waited for.
    fn peek(&self) -> Option<Exit> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(self.id), options) {
            Ok(None) => None,
            Ok(Some(status)) => Some(match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => Exit::Code(code),
                (None, Some(signal)) => Exit::Signal(signal),
                (None, None) => Exit::Unknown,
            }),
            // Somebody else has waited for it: a program may ignore the ends of its children.
            Err(_gone) => Some(Exit::Unknown),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        if let Ok(None) = self.leader.try_wait() {
            // It takes a moment to end, which must not keep a thread of the runtime.
            let id = self.id;
            let reap = move || waitpid(Some(id), WaitOptions::empty());
            let _reaping = thread::Builder::new().spawn(reap);
        }
    }
}
