use crate::arguments::read_numbers;

/// What the program is to do.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) seeds: u64,
    pub(super) first: u64,
    pub(super) threads: u64,
}

impl Options {
    pub(super) fn read(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            seeds: 0,
            first: 0,
            threads: 2,
        };
        read_numbers(words, |name, number| {
            match name {
                "--seeds" => options.seeds = number,
                "--first" => options.first = number,
                "--threads" => options.threads = number,
                _ => return false,
            }
            true
        })?;
        if options.seeds == 0 || options.threads == 0 {
            return Err("how many seeds?".to_owned());
        }
        Ok(options)
    }
}
