use std::fmt;

use super::words::{WordError, check_program, literal, written};

/// A pattern of command lines that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no pattern of commands: {problem}")]
pub struct PatternError {
    pattern: String,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Words(#[from] WordError),
    #[error("it begins with `{0}`, so that any program could be run")]
    AnyProgram(&'static str),
    #[error("`{0}` needs words with commas between, without spaces, as in `{{log,show}}`")]
    Alternatives(String),
}

/// Which command lines are allowed.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    /// One of these words.
    OneOf(Vec<String>),
    /// `*`: one or more words that are no options.
    Values,
    /// `**`: any words, and none.
    Anything,
}

/// Where a line stops to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Misfit {
    /// At this word, counted from 0.
    At(usize),
    /// At its end: more words are needed.
    TooShort,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        let parts = parse(text).map_err(|problem| PatternError {
            pattern: text.to_owned(),
            problem,
        })?;
        Ok(Self {
            text: text.trim_matches(' ').to_owned(),
            parts,
        })
    }

    /// Whether all words of a line fit.
    ///
    /// The parts at which the next word may stand are followed side by side, so a pattern of many
    /// `**` takes no longer than one of many words.
    pub(super) fn check(&self, words: &[String]) -> Result<(), Misfit> {
        let end = self.parts.len();
        let mut places = vec![false; end + 1];
        places[0] = true;
        self.pass_over(&mut places);
        for (position, word) in words.iter().enumerate() {
            let mut next = vec![false; end + 1];
            for (place, part) in self.parts.iter().enumerate() {
                if places[place] && part.takes(word) {
                    next[place] |= !matches!(part, Part::OneOf(_));
                    next[place + 1] = true;
                }
            }
            self.pass_over(&mut next);
            if !next.contains(&true) {
                return Err(Misfit::At(position));
            }
            places = next;
        }
        if places[end] {
            Ok(())
        } else {
            Err(Misfit::TooShort)
        }
    }

    /// `**` may stand for no word.
    fn pass_over(&self, places: &mut [bool]) {
        for (place, part) in self.parts.iter().enumerate() {
            if places[place] && matches!(part, Part::Anything) {
                places[place + 1] = true;
            }
        }
    }
}

impl Part {
    fn takes(&self, word: &str) -> bool {
        match self {
            Self::OneOf(words) => words.iter().any(|each| each == word),
            Self::Values => !word.starts_with('-'),
            Self::Anything => true,
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parse(text: &str) -> Result<Vec<Part>, Problem> {
    let written = written(text)?.into_iter();
    let parts: Vec<_> = written.map(part).collect::<Result<_, _>>()?;
    match parts.first() {
        None => Err(WordError::Empty.into()),
        Some(Part::Values) => Err(Problem::AnyProgram("*")),
        Some(Part::Anything) => Err(Problem::AnyProgram("**")),
        Some(Part::OneOf(programs)) => {
            for program in programs {
                check_program(program)?;
            }
            Ok(parts)
        }
    }
}

fn part(word: &str) -> Result<Part, Problem> {
    match word {
        "*" => return Ok(Part::Values),
        "**" => return Ok(Part::Anything),
        _ => {}
    }
    let Some(inner) = word.strip_prefix('{') else {
        return Ok(Part::OneOf(vec![literal(word)?]));
    };
    let refused = || Problem::Alternatives(word.to_owned());
    let inner = inner.strip_suffix('}').ok_or_else(refused)?;
    let words = inner.split(',').map(|word| match word {
        "" => Err(refused()),
        word => Ok(literal(word)?),
    });
    Ok(Part::OneOf(words.collect::<Result<_, _>>()?))
}
