//! What is known of models: how much they read and how much they write at once.
//!
//! The table is small on purpose: a model that is not in it works, with the window that nearly
//! every current model has at least.

/// The context window of a model that the table does not know.
const WINDOW_UNKNOWN: u64 = 128_000;

/// Parts of a name that say where a model is served, not which one it is.
const SERVED_BY: [&str; 2] = ["anthropic.", "mistral."];

/// One row: every model whose name is `name`, or begins with it and goes on after `-`, `:` or `@`.
struct Known {
    name: &'static str,
    window: u64,
    output: u64,
}

const fn known(name: &'static str, window: u64, output: u64) -> Known {
    Known {
        name,
        window,
        output,
    }
}

/// Input tokens and output tokens at most. The longest name that fits counts.
///
/// Source: `model_prices_and_context_window_backup.json` in the wheel litellm 1.109.1, read 2026-11.
const TABLE: &[Known] = &[
    known("claude-fable-5", 1_000_000, 128_000),
    known("claude-mythos-5", 1_000_000, 128_000),
    known("claude-opus-5", 1_000_000, 128_000),
    known("claude-opus-4-8", 1_000_000, 128_000),
    known("claude-opus-4-7", 1_000_000, 128_000),
    known("claude-opus-4-6", 1_000_000, 128_000),
    known("claude-opus-4-5", 200_000, 64_000),
    known("claude-sonnet-5", 1_000_000, 128_000),
    known("claude-sonnet-4-6", 1_000_000, 128_000),
    known("claude-sonnet-4-5", 200_000, 64_000),
    known("claude-haiku-5-5", 1_000_000, 128_000),
    known("claude-haiku-4-5", 200_000, 64_000),
    known("gpt-6.1", 922_000, 128_000),
    known("gpt-6", 922_000, 128_000),
    known("gpt-5.6", 922_000, 128_000),
    known("gpt-5.6-cyber", 400_000, 128_000),
    known("gpt-5.5", 1_050_000, 128_000),
    known("gpt-5.4", 1_050_000, 128_000),
    known("gpt-5.4-mini", 272_000, 128_000),
    known("gpt-5.4-nano", 272_000, 128_000),
    known("gpt-5.2", 272_000, 128_000),
    known("gpt-5.1", 272_000, 128_000),
    known("gpt-5", 272_000, 128_000),
    known("o3", 200_000, 100_000),
    known("gpt-4.1", 1_047_576, 32_768),
    known("gpt-4o", 128_000, 16_384),
    known("mistral-large", 262_144, 262_144),
    known("mistral-large-4", 1_048_576, 1_048_576),
    known("mistral-medium", 262_144, 262_144),
    known("mistral-small-latest", 262_144, 262_144),
    known("mistral-small-2603", 262_144, 262_144),
    known("magistral-medium", 262_144, 262_144),
    known("magistral-small", 262_144, 262_144),
    known("ministral-3-14b", 262_144, 262_144),
    known("ministral-3-8b", 262_144, 262_144),
    known("ministral-3-3b", 131_072, 131_072),
    known("ministral-14b", 262_144, 262_144),
    known("ministral-8b", 262_144, 262_144),
    known("ministral-3b", 131_072, 131_072),
    known("devstral", 256_000, 256_000),
    known("codestral", 128_000, 128_000),
    known("gemini-4-argon", 1_048_576, 1_048_576),
    known("gemini-3", 1_048_576, 65_536),
    known("gemini-3.8-flash", 1_048_576, 65_536),
    known("gemini-3.5-flash", 1_048_576, 65_536),
    known("gemini-2.5", 1_048_576, 65_536),
];

/// How many tokens of input a model takes; 128,000 for one that the table does not know.
pub(crate) fn context_window(model: &str) -> u64 {
    find(model).map_or(WINDOW_UNKNOWN, |known| known.window)
}

/// How many tokens a model writes at most, where the table knows it.
pub(crate) fn max_output(model: &str) -> Option<u64> {
    find(model).map(|known| known.output)
}

fn find(model: &str) -> Option<&'static Known> {
    let model = model.to_ascii_lowercase();
    let name = bare_name(&model);
    TABLE
        .iter()
        .filter(|known| fits(name, known.name))
        .max_by_key(|known| known.name.len())
}

/// The name without `anthropic/`, `bedrock/us.anthropic.` and the like.
fn bare_name(model: &str) -> &str {
    let name = model.rsplit('/').next().unwrap_or(model);
    SERVED_BY
        .iter()
        .find_map(|served| name.split_once(served))
        .map_or(name, |(_, bare)| bare)
}

/// A dot does not end a name: `gpt-5.9` is no `gpt-5`.
fn fits(name: &str, known: &str) -> bool {
    name.strip_prefix(known)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', ':', '@']))
}

#[cfg(test)]
#[path = "tests/models.rs"]
mod tests;
