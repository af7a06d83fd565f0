//! How much of a model's context window a conversation may fill.

/// Room for the reply.
const OUTPUT_RESERVE: u64 = 20_000;
/// Room for what an estimate misses.
const HEADROOM: u64 = 13_000;
/// Below this window the two would leave too little; a share of it does instead.
const SMALL_WINDOW: u64 = 100_000;

/// Bytes of text that make a token, on average: an estimate for what no vendor has counted yet.
///
/// Source: <https://help.openai.com/en/articles/4936856> (four characters of English), read 2026-11.
const BYTES_PER_TOKEN: u64 = 4;

/// The input tokens beyond which a conversation is compacted before the next request.
pub(crate) const fn compaction_threshold(window: u64) -> u64 {
    if window < SMALL_WINDOW {
        window / 10 * 7 + window % 10 * 7 / 10
    } else {
        window - OUTPUT_RESERVE - HEADROOM
    }
}

/// The output tokens that a summary may have where a request has at most these input tokens.
pub(crate) fn summary_tokens_max(window: u64) -> u32 {
    u32::try_from((window / 5).clamp(1, OUTPUT_RESERVE)).unwrap_or(u32::MAX)
}

/// The tokens of this much text, as they are estimated.
pub(crate) const fn tokens_of(bytes: u64) -> u64 {
    bytes.div_ceil(BYTES_PER_TOKEN)
}

/// The text that fits into these tokens, as they are estimated.
pub(crate) const fn bytes_of(tokens: u64) -> u64 {
    tokens.saturating_mul(BYTES_PER_TOKEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_leaves_room_for_a_reply_and_for_mistakes() {
        let windows = [1_000_000, 128_000, 100_000, 99_999, 8_192, 15, 0];
        let thresholds = windows.map(compaction_threshold);
        assert_eq!(thresholds, [967_000, 95_000, 67_000, 69_999, 5_734, 10, 0]);
    }

    #[test]
    fn a_summary_is_smaller_than_what_it_stands_for() {
        let windows = [1_000_000, 100_000, 8_000, 0];
        assert_eq!(windows.map(summary_tokens_max), [20_000, 20_000, 1_600, 1]);
    }
}
