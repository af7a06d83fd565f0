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
        for pair in words.chunks(2) {
            let [name, value] = pair else {
                return Err(format!("`{}` needs a number", pair[0]));
            };
            let number = value
                .parse()
                .map_err(|_| format!("`{value}` is no number"))?;
            match name.as_str() {
                "--cancels" => options.cancels = number,
                "--ends" => options.ends = number,
                "--at-once" => options.at_once = number,
                _ => return Err(format!("`{name}` is not known")),
            }
        }
        Ok(options)
    }
}
