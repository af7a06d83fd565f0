//! A directory for commands, and a search path of programs that only say their words.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use agentwerk::tools::{BashTool, IntoTool, ToolContext};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A program that says its name and its words, one a line: no word of an allowed line has a line end.
const SAY: &str = "#!/bin/sh\nprintf '%s\\n' \"${0##*/}\" \"$@\"\n";

pub(crate) struct Place {
    root: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("programs")).unwrap();
        fs::create_dir(root.path().join("room")).unwrap();
        let place = Self { root };
        place.write_program(&place.programs().join("say"), SAY);
        place
    }

    /// Where commands run.
    pub(crate) fn room(&self) -> PathBuf {
        self.root.path().join("room")
    }

    pub(crate) fn programs(&self) -> PathBuf {
        self.root.path().join("programs")
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        fs::write(self.room().join(name), content).unwrap();
    }

    pub(crate) fn write_program(&self, file: &Path, content: &str) {
        fs::write(file, content).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Lets a program be found that only says its words: in the search path, or, by a path, below
    /// the directory.
    pub(crate) fn fake(&self, program: &str) {
        let file = if program.contains('/') {
            self.room().join(program)
        } else {
            self.programs().join(program)
        };
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        if !file.exists() {
            symlink(self.programs().join("say"), file).unwrap();
        }
    }

    /// Calls a tool with one command.
    pub(crate) async fn run(&self, tool: BashTool, command: &str) -> Result<String, String> {
        self.call(tool, json!({ "command": command })).await
    }

    pub(crate) async fn call(&self, tool: BashTool, arguments: Value) -> Result<String, String> {
        let context = ToolContext::new(self.room());
        match tool.into_tool().call(arguments, &context).await {
            Ok(result) if result.is_error() => Err(result.text()),
            Ok(result) => Ok(result.text()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The tool for one pattern.
pub(crate) fn allowing(pattern: &str) -> BashTool {
    BashTool::new("run", pattern).unwrap_or_else(|error| panic!("{error:?}"))
}
