use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::limits::Limits;
use crate::chat::Usage;
use crate::event::PolicyKind;

/// What a run has used up, counted by all of its agents together.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    turns: AtomicU32,
    input_tokens: AtomicU64,
    output_tokens: AtomicU64,
}

impl Budget {
    /// Takes one turn, or names the limit that is reached. Asked before every turn, so that the
    /// overshoot in tokens is one reply of each agent at most.
    pub(crate) fn take_turn(&self, limits: &Limits) -> Result<(), PolicyKind> {
        self.check_tokens(limits)?;
        let max = limits.max_turns.unwrap_or(u32::MAX);
        self.turns
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |turns| {
                (turns < max).then_some(turns + 1)
            })
            .map_err(|_turns| PolicyKind::MaxTurns)?;
        Ok(())
    }

    /// Names the limit of tokens that is reached.
    pub(crate) fn check_tokens(&self, limits: &Limits) -> Result<(), PolicyKind> {
        let reached = |used: &AtomicU64, max: Option<u64>| {
            max.is_some_and(|max| used.load(Ordering::Relaxed) >= max)
        };
        if reached(&self.input_tokens, limits.max_input_tokens) {
            return Err(PolicyKind::MaxInputTokens);
        }
        if reached(&self.output_tokens, limits.max_output_tokens) {
            return Err(PolicyKind::MaxOutputTokens);
        }
        Ok(())
    }

    /// Counts a reply. Cached input counts: it is what the model read.
    pub(crate) fn spend(&self, usage: Usage) {
        add(&self.input_tokens, usage.total_input_tokens());
        add(&self.output_tokens, usage.output_tokens);
    }

    /// Turns taken so far.
    pub(crate) fn turns(&self) -> u32 {
        self.turns.load(Ordering::Relaxed)
    }

    /// Input tokens used so far.
    pub(crate) fn input_tokens(&self) -> u64 {
        self.input_tokens.load(Ordering::Relaxed)
    }

    /// Output tokens used so far.
    pub(crate) fn output_tokens(&self) -> u64 {
        self.output_tokens.load(Ordering::Relaxed)
    }
}

/// Adds what a vendor has counted. One that counts nonsense does not set the sum back.
fn add(sum: &AtomicU64, tokens: u64) {
    let added = |sum: u64| Some(sum.saturating_add(tokens));
    // It always adds, so there is no error.
    let _sum = sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added);
}
