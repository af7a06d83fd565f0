use std::collections::{BTreeMap, BTreeSet};

use super::builtin::ToolSearch;
use crate::chat::ToolSpec;

/// What a word in a tool's name weighs beside one in its description.
const NAME_WEIGHT: f64 = 3.0;
/// Letters from which on a word of a description counts, and may be the beginning of another one.
const WORD_CHARS_MIN: usize = 3;
/// Bytes of an ending that a word may have beside the one that it is, as in a plural.
const ENDING_BYTES_MAX: usize = 2;
/// Share of the best score below which a tool does not fit.
const SCORE_SHARE_MIN: f64 = 0.3;
/// What a beginning of a word weighs beside the whole word.
const PREFIX_WEIGHT: f64 = 0.5;

/// The deferred tools of an agent, to be searched by words.
///
/// A tool is ranked by the words of a query that stand in its name or description, each by how few of
/// the tools have it (inverse document frequency, as in K. Spärck Jones, "A statistical interpretation
/// of term specificity", 1972).
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    tools: Vec<ToolSpec>,
    /// The words of each tool, with what each weighs.
    words: Vec<BTreeMap<String, f64>>,
}

impl Catalogue {
    pub(crate) fn new(tools: Vec<ToolSpec>) -> Self {
        let words = tools.iter().map(weighted_words).collect();
        Self { tools, words }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    pub(crate) fn tools(&self) -> &[ToolSpec] {
        &self.tools
    }

    /// The tools that fit best, the best first; of two that fit alike, the one that was registered
    /// first. The same query always finds the same tools.
    pub(crate) fn search(&self, query: &ToolSearch) -> Vec<&ToolSpec> {
        let query_words: BTreeSet<String> = words(&query.query).collect();
        let mut ranked: Vec<_> = self
            .tools
            .iter()
            .zip(&self.words)
            .map(|(tool, own)| (self.score(&query_words, own), tool))
            .filter(|(score, _)| *score > 0.0)
            .collect();
        ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
        let best = ranked.first().map_or(0.0, |(score, _)| *score);
        let fitting = ranked
            .into_iter()
            .filter(|(score, _)| *score >= best * SCORE_SHARE_MIN);
        fitting
            .take(query.limit.max(1))
            .map(|(_, tool)| tool)
            .collect()
    }

    fn score(&self, query: &BTreeSet<String>, own: &BTreeMap<String, f64>) -> f64 {
        let scores = query
            .iter()
            .map(|word| weight(word, own) * self.rarity(word));
        scores.sum()
    }

    fn rarity(&self, word: &str) -> f64 {
        let having = self.words.iter().filter(|own| weight(word, own) > 0.0);
        // At least one of the tools has it, or it weighs nothing.
        let share = self.words.len() as f64 / having.count().max(1) as f64;
        1.0 + share.ln()
    }
}

/// What a word weighs among those of one tool.
fn weight(word: &str, own: &BTreeMap<String, f64>) -> f64 {
    if let Some(weight) = own.get(word) {
        return *weight;
    }
    if word.chars().count() < WORD_CHARS_MIN {
        return 0.0;
    }
    let begins = |(other, _): &(&String, &f64)| {
        let ending = word.strip_prefix(other.as_str());
        other.starts_with(word) || ending.is_some_and(|end| end.len() <= ENDING_BYTES_MAX)
    };
    let weights = own.iter().filter(begins).map(|(_, weight)| *weight);
    PREFIX_WEIGHT * weights.fold(0.0, f64::max)
}

fn weighted_words(tool: &ToolSpec) -> BTreeMap<String, f64> {
    let is_long = |word: &String| word.chars().count() >= WORD_CHARS_MIN;
    let described = words(&tool.description).filter(is_long);
    let described = described.map(|word| (word, 1.0));
    let named = words(&tool.name).map(|word| (word, NAME_WEIGHT));
    described.chain(named).collect()
}

/// The words of a text in lower case; `_`, `-` and a change to upper case part them, too.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut parted = String::with_capacity(text.len());
    let mut was_lower = false;
    for next in text.chars() {
        if next.is_uppercase() && was_lower {
            parted.push(' ');
        }
        was_lower = next.is_lowercase();
        parted.push(if next.is_alphanumeric() { next } else { ' ' });
    }
    let words: Vec<_> = parted.split_whitespace().map(str::to_lowercase).collect();
    words.into_iter()
}

#[cfg(test)]
#[path = "tests/catalogue.rs"]
mod tests;
