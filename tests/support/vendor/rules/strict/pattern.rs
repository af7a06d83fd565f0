//! What regular expressions use.

/// A pattern taken apart.
pub(super) struct Pattern {
    /// The pattern without what a backslash escapes.
    bare: String,
    /// The characters after a backslash.
    escapes: Vec<char>,
}

impl Pattern {
    pub(super) fn of(text: &str) -> Self {
        let (mut bare, mut escapes) = (String::new(), Vec::new());
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => escapes.extend(characters.next()),
                character => bare.push(character),
            }
        }
        Self { bare, escapes }
    }

    pub(super) fn looks_around(&self) -> bool {
        ["(?=", "(?!", "(?<=", "(?<!"]
            .iter()
            .any(|group| self.bare.contains(group))
    }

    /// Whether a group does more than group: it has a name, flags, or looks around.
    pub(super) fn has_special_groups(&self) -> bool {
        self.bare.matches("(?").count() > self.bare.matches("(?:").count()
    }

    /// Whether it refers to a group, or to the edge of a word.
    pub(super) fn refers_or_looks_at_words(&self) -> bool {
        let is_refused = |escape: &char| matches!(escape, '1'..='9' | 'k' | 'b' | 'B');
        self.escapes.iter().any(is_refused)
    }
}
