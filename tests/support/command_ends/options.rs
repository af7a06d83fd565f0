use crate::arguments::read_numbers;

/// What the program is to do.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) cancels: usize,
    pub(super) ends: usize,
    pub(super) at_once: usize,
}

impl Options {
    pub(super) fn read(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            cancels: 0,
            ends: 0,
            at_once: 32,
        };
        read_numbers(words, |name, number| {
            match name {
                "--cancels" => options.cancels = number,
                "--ends" => options.ends = number,
                "--at-once" => options.at_once = number,
                _ => return false,
            }
            true
        })?;
        Ok(options)
    }
}
