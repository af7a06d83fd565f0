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
        for pair in words.chunks(2) {
            let [name, value] = pair else {
                return Err(format!("`{}` needs a number", pair[0]));
            };
            let number = value
                .parse()
                .map_err(|_| format!("`{value}` is no number"))?;
            match name.as_str() {
                "--seeds" => options.seeds = number,
                "--first" => options.first = number,
                "--threads" => options.threads = number,
                _ => return Err(format!("`{name}` is not known")),
            }
        }
        if options.seeds == 0 || options.threads == 0 {
            return Err("how many seeds?".to_owned());
        }
        Ok(options)
    }
}
