/// What a record survives that was acknowledged: one whose commit has resolved, or of which an
/// event, an awaited result or a call that changes something was told.
///
/// # Examples
/// ```
/// use agentwerk::TicketSystem;
/// use agentwerk::store::Durability;
///
/// # let dir = std::env::temp_dir().join("agentwerk-doc-durability");
/// let tickets = TicketSystem::new();
/// tickets.dir(&dir).durability(Durability::Buffered);
/// # assert!(!dir.exists());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Durability {
    /// The end of the process, and a loss of power. Agents that wait at the same time share one
    /// sync of the disk.
    #[default]
    Fsync,
    /// The end of the process, not that of the machine.
    Buffered,
    /// Nothing: all is in memory, and no file is made.
    Memory,
}

impl Durability {
    pub(super) fn is_synced(self) -> bool {
        self == Self::Fsync
    }
}
