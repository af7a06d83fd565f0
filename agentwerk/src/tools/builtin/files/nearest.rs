use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use tokio_util::sync::CancellationToken;

use crate::excerpt::{head, shorten};

/// Lines of a file that are compared with the text that is looked for.
const COMPARED_MAX: usize = 20_000;
/// Lines of the text that are compared with them.
const WANTED_MAX: usize = 1_000;
/// Bytes of a line that are compared, and shown.
const LINE_BYTES_MAX: usize = 200;
/// Lines that are shown.
const SHOWN_MAX: usize = 10;
/// How similar a line has to be, of 1.
const SIMILARITY_MIN: f64 = 0.5;

/// The place of a file that is most similar to a text that does not stand in it, as a model is told
/// of it.
pub(super) fn nearest(file: &str, wanted: &str, cancel: &CancellationToken) -> String {
    let lines: Vec<_> = file.lines().take(COMPARED_MAX).collect();
    let wanted: Vec<_> = wanted.lines().take(WANTED_MAX).collect();
    let compared = if file.lines().nth(COMPARED_MAX).is_some() {
        format!(" (Only the first {COMPARED_MAX} lines were compared.)")
    } else {
        String::new()
    };
    if let Some(first) = same_words(&lines, &wanted, cancel) {
        return format!(
            "The same text with other white space begins at line {}: {}.{compared}\n{}",
            first + 1,
            difference(&lines, first, &wanted),
            shown(&lines, first, wanted.len())
        );
    }
    match most_similar(&lines, &wanted, cancel) {
        Some(first) => format!(
            "The most similar place begins at line {}:{compared}\n{}",
            first + 1,
            shown(&lines, first, wanted.len())
        ),
        None => {
            format!("No line of it is similar. Call `read_file` to see what is in it.{compared}")
        }
    }
}

/// The first line from which on the words are the wanted ones.
///
/// The words of a line are compared by one number, which is made once: lines may be long and alike.
fn same_words(lines: &[&str], wanted: &[&str], cancel: &CancellationToken) -> Option<usize> {
    let has_words = wanted.iter().any(|line| !line.trim().is_empty());
    if !has_words {
        return None;
    }
    let hasher = RandomState::new();
    let words = |lines: &[&str]| -> Vec<u64> {
        let running = lines.iter().take_while(|_| !cancel.is_cancelled());
        running.map(|line| words(&hasher, line)).collect()
    };
    let (lines, wanted) = (words(lines), words(wanted));
    if cancel.is_cancelled() {
        return None;
    }
    first_place(&lines, &wanted)
}

/// A number for the words of a line, whatever white space is around them.
fn words(hasher: &RandomState, line: &str) -> u64 {
    let mut state = hasher.build_hasher();
    for word in line.split_whitespace() {
        word.hash(&mut state);
    }
    state.finish()
}

/// Where the wanted numbers stand in a row, found by looking at each number at most twice:
/// <https://en.wikipedia.org/wiki/Knuth%E2%80%93Morris%E2%80%93Pratt_algorithm>.
fn first_place(numbers: &[u64], wanted: &[u64]) -> Option<usize> {
    let mut shorter = vec![0; wanted.len()];
    let mut same = 0;
    for (place, number) in wanted.iter().enumerate().skip(1) {
        same = longer(wanted, &shorter, same, *number);
        shorter[place] = same;
    }
    same = 0;
    for (place, number) in numbers.iter().enumerate() {
        same = longer(wanted, &shorter, same, *number);
        if same == wanted.len() {
            return Some(place + 1 - same);
        }
    }
    None
}

/// How many of the wanted numbers are the last ones seen, after one more; `shorter` says how many are
/// where so many were.
fn longer(wanted: &[u64], shorter: &[usize], mut same: usize, number: u64) -> usize {
    while same > 0 && wanted[same] != number {
        same = shorter[same - 1];
    }
    same + usize::from(wanted[same] == number)
}

/// Says which line is the first that differs, and in which white space.
fn difference(lines: &[&str], first: usize, wanted: &[&str]) -> String {
    let mut pairs = (first + 1..).zip(lines[first..].iter().zip(wanted));
    let Some((number, (line, wanted))) = pairs.find(|(_, (line, wanted))| line != wanted) else {
        return "the ends of its lines are others".to_owned();
    };
    let named = if number == first + 1 {
        "the line".to_owned()
    } else {
        format!("line {number}")
    };
    let (here, there) = (indentation(line), indentation(wanted));
    if here != there {
        let (here, there) = (describe(here), describe(there));
        return format!("{named} is indented by {here}, `old` by {there}");
    }
    let (here, there) = (trailing(line), trailing(wanted));
    if here != there {
        let (here, there) = (describe(here), describe(there));
        return format!("{named} ends in {here}, `old` in {there}");
    }
    format!("there is other white space between the words of {named}")
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

fn trailing(line: &str) -> &str {
    &line[line.trim_end().len()..]
}

/// White space in words.
fn describe(space: &str) -> String {
    let counted = |of: char, name: &str| {
        let count = space.chars().filter(|c| *c == of).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {name}{plural}"))
    };
    let others = space.chars().filter(|c| !matches!(c, ' ' | '\t')).count();
    let others = (others > 0).then(|| format!("{others} other"));
    let parts = [counted('\t', "tab"), counted(' ', "space"), others];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "no white space".to_owned()
    } else {
        parts.join(" and ")
    }
}

/// The line at which the text would begin if its longest line stood where the most similar one does.
fn most_similar(lines: &[&str], wanted: &[&str], cancel: &CancellationToken) -> Option<usize> {
    let trimmed = |line: &str| head(line.trim(), LINE_BYTES_MAX).to_owned();
    let longest = wanted.iter().enumerate().rev();
    let (anchor, line) = longest.max_by_key(|(_, line)| line.trim().len())?;
    let line = trimmed(line);
    let mut best = (SIMILARITY_MIN, None);
    for (place, candidate) in lines.iter().enumerate() {
        if cancel.is_cancelled() {
            return None;
        }
        let similarity = strsim::sorensen_dice(&line, &trimmed(candidate));
        if similarity > best.0 {
            best = (similarity, Some(place));
        }
    }
    best.1.map(|place| place.saturating_sub(anchor))
}

/// Some lines of the file with their numbers.
fn shown(lines: &[&str], first: usize, count: usize) -> String {
    let chosen = lines.iter().enumerate().skip(first);
    let mut output = String::new();
    for (place, line) in chosen.take(count.clamp(1, SHOWN_MAX)) {
        let line = shorten((*line).to_owned(), LINE_BYTES_MAX);
        output.push_str(&format!("{:>6}\t{line}\n", place + 1));
    }
    if count > SHOWN_MAX {
        output.push_str(&format!("(cut after {SHOWN_MAX} lines)\n"));
    }
    output
}
