use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// The tokens of one reply, as the vendor counted them.
///
/// The three kinds of input are disjoint: a token is counted as plain input, as read from the
/// vendor's cache, or as written to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Input tokens that no cache served.
    pub input_tokens: u64,
    /// Output tokens, thinking included.
    pub output_tokens: u64,
    /// Input tokens read from the vendor's cache.
    #[serde(default)]
    pub cache_read_tokens: u64,
    /// Input tokens written to the vendor's cache.
    #[serde(default)]
    pub cache_write_tokens: u64,
}

impl Usage {
    /// All input tokens: plain, read from and written to the cache.
    pub const fn total_input_tokens(&self) -> u64 {
        self.input_tokens
            .saturating_add(self.cache_read_tokens)
            .saturating_add(self.cache_write_tokens)
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            cache_read_tokens: self
                .cache_read_tokens
                .saturating_add(other.cache_read_tokens),
            cache_write_tokens: self
                .cache_write_tokens
                .saturating_add(other.cache_write_tokens),
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
