//! The arguments of the programs with a count: pairs of a name and a number.

use std::str::FromStr;

/// Reads the pairs; `set` takes one, and says whether it knows the name.
pub(crate) fn read_numbers<N: FromStr>(
    words: &[String],
    mut set: impl FnMut(&str, N) -> bool,
) -> Result<(), String> {
    for pair in words.chunks(2) {
        let [name, value] = pair else {
            return Err(format!("`{}` needs a number", pair[0]));
        };
        let number = value
            .parse()
            .map_err(|_| format!("`{value}` is no number"))?;
        if !set(name, number) {
            return Err(format!("`{name}` is not known"));
        }
    }
    Ok(())
}
