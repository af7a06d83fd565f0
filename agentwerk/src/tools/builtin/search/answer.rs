use std::collections::VecDeque;
use std::mem;
use std::path::Path;

use cap_std::fs::Dir;
use grep_searcher::SearcherBuilder;

use super::grep::{Output, Search};
use super::open::open_below;
use super::reading::Reading;
use super::root::Base;
use super::show::{Page, Show};
use super::top::Top;

/// What was found, as the model reads it.
pub(super) struct Answer<'a> {
    pub(super) search: &'a Search<'a>,
    pub(super) top: &'a Top,
    /// The directory that was searched.
    pub(super) dir: &'a Dir,
    pub(super) base: &'a Base,
}

impl Answer<'_> {
    pub(super) fn text(&self, searched: usize) -> String {
        match self.search.output {
            _ if self.top.files() == 0 => self.nothing(searched),
            Output::Content => self.content(),
            Output::Files => self.files(),
            Output::Count => self.counts(),
        }
    }

    /// The matching lines of the files that were found, which are read once more for them.
    fn content(&self) -> String {
        let mut page = Page::default();
        let mut skip = self.search.window.offset;
        let mut found = 0;
        let around = |builder: &mut SearcherBuilder| {
            builder.before_context(self.search.before);
            builder.after_context(self.search.after);
        };
        let (matcher, cancel) = (&self.search.matcher, self.search.walk.cancel);
        let mut reading = Reading::new(matcher, self.search.multiline, around, cancel);
        for (file, lines) in self.top.kept() {
            found += lines;
            if skip >= lines {
                skip -= lines;
                continue;
            }
            let Ok(opened) = open_below(self.dir, self.base.below(file)) else {
                continue;
            };
            let room = page.text.len();
            let mut show = Show {
                page: &mut page,
                file: &self.base.display(file),
                matcher,
                skip: mem::take(&mut skip),
                limit: self.search.window.limit,
                before: self.search.before,
                cancel,
                waiting: VecDeque::new(),
                begun: false,
                gap: self.search.before + self.search.after > 0 && room > 0,
            };
            // A file that went away meanwhile was never there.
            let _end = reading.search(opened, &mut show);
        }
        let mut output = page.text;
        let shown = page.results;
        if self.search.window.offset + shown < found {
            let go_on = self.search.window.go_on(shown);
            output.push_str(&format!(
                "({shown} matching lines, in the order of the paths; there are more: {go_on} by \
                 `path` or `glob`)\n"
            ));
        } else if shown == 0 {
            output.push_str("(there are no more matching lines)\n");
        }
        output
    }

    fn files(&self) -> String {
        let (mut output, shown) = self.list(|file, _| format!("{}\n", self.base.display(file)));
        let all = self.top.files();
        output.push_str(&format!(
            "({shown} of {all} files, the newest first{})\n",
            self.more(shown, all)
        ));
        output
    }

    fn counts(&self) -> String {
        let line = |file: &Path, lines| format!("{}: {lines}\n", self.base.display(file));
        let (mut output, shown) = self.list(line);
        let (all, lines) = (self.top.files(), self.top.results());
        output.push_str(&format!(
            "({shown} of {all} files; {lines} matching lines in all{})\n",
            self.more(shown, all)
        ));
        output
    }

    /// The lines of the files in the window, and how many there are.
    fn list(&self, line: impl Fn(&Path, usize) -> String) -> (String, usize) {
        let mut page = Page::default();
        let window = self
            .top
            .kept()
            .skip(self.search.window.offset)
            .take(self.search.window.limit);
        for (file, lines) in window {
            if !page.add(&line(file, lines)) {
                break;
            }
            page.results += 1;
        }
        (page.text, page.results)
    }

    fn more(&self, shown: usize, all: usize) -> String {
        if self.search.window.offset + shown < all {
            format!("; {} by `path` or `glob`", self.search.window.go_on(shown))
        } else {
            String::new()
        }
    }

    /// What the model is told when no line matches.
    fn nothing(&self, searched: usize) -> String {
        let left_out = match (self.search.walk.hidden, self.search.walk.ignored) {
            (true, true) => "",
            (false, true) => ", hidden ones left out",
            (true, false) => ", those that ignore files exclude left out",
            (false, false) => ", hidden ones and those that ignore files exclude left out",
        };
        format!("No line matches. ({searched} files were searched{left_out})\n")
    }
}
