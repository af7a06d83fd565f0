use std::ffi::OsString;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::environment::Environment;
use super::line::{Allowed, list};
use super::pattern::{Pattern, PatternError};
use super::run::{End, Ended, Exit, run};
use crate::chat::ToolSpec;
use crate::tools::{ToolContext, ToolError, ToolResult, TypedTool};

/// How long a command may run unless the program says otherwise.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Runs commands: those that fit a pattern, without a shell, or any line in a shell.
///
/// [`BashTool::new`] takes a line apart into words itself, and starts the program with them; no shell
/// sees it. A line with anything but literal words is refused: separators, substitutions, variables,
/// redirections, globs, braces, assignments, comments, line ends and other control characters, and outside
/// of quotes everything that is not ASCII. Quotes may enclose whole words only. Then the words must
/// fit a pattern:
///
/// | In a pattern | stands for |
/// | --- | --- |
/// | a word, also in quotes | itself |
/// | `{a,b}` | one of these words |
/// | `*` | one or more words that do not begin with `-` |
/// | `**` | any words, and none |
///
/// So `git {log,show} *` allows neither `git -c …` nor `git log --output=…`, and not `git log` alone.
/// An option is allowed only where a pattern spells it.
///
/// A pattern is as strong as what the program does with its words, and with the files that it reads below
/// the directory, where the model may be able to write: `make`, `cargo` and `npm` run what stands there, and
/// so does `git` with a `.git/config`, which the tools for files therefore do not write. `git **` is as good as a shell:
/// `git -c` sets a pager, which is a command. So is `*` for a program whose words are programs: `sh`,
/// `env`, `xargs`, `ssh`, `sed`, `awk`, `find`, `make`, and for one whose options do not begin with `-`, as
/// `tar xf` or `gcc @file`. The first word of a pattern is the program, and
/// no wildcard. A program without `/` is looked up in the absolute places of `PATH`; one with `/` lies
/// below the working directory, where the model may be able to write.
///
/// [`BashTool::unrestricted`] runs `/bin/bash -c`, or `/bin/sh -c` where there is no bash. Nothing holds
/// it back but the rights of this process.
///
/// # The process
/// A command runs in the agent's directory, in a process group of its own, without input. Its
/// environment has `HOME`, `LANG`, `LANGUAGE`, `LC_*`, `LOGNAME`, `PATH`, `SHELL`, `TERM`, `TMPDIR`, `TZ` and
/// `USER` of this process, and what [`env`](BashTool::env) and [`pass_env`](BashTool::pass_env) add; so no
/// API key; but what programs find below `HOME` is theirs. This process's own environment, and its files, are
/// a command's to read if the system lets it: on Linux, `/proc/<pid>/environ` of its own user, by an
/// unrestricted shell, and by a pattern such as `cat *`.
///
/// A terminal of this process is the command's too: a program that asks there for a password is stopped,
/// and ends when its time is over.
///
/// When the command ends, its time is over, or the call is cancelled, the whole group is sent `TERM`,
/// and after 200 ms `KILL`. A process that leaves the group is out of reach. When the runtime goes, `KILL`
/// is sent at once; where this process itself is killed, or ends by a signal that it does not catch, nobody
/// sends anything, and the command goes on. On systems other than Unix the started process alone is ended, without being asked
/// before.
///
/// # Units and limits
/// A command may run for 120 s, or what [`timeout`](BashTool::timeout) says. A line has at most 8,192
/// bytes and 200 words; one for the unrestricted tool 100,000 bytes. Of what a command writes, the
/// first and the last 1,000,000 bytes are kept, and the number of bytes between them is said; the escape
/// sequences of terminals are taken away. What is written later than 400 ms after the end of the
/// command is lost.
///
/// # Errors
/// The model is told why a line is refused, and which patterns there are. An exit code that is not zero
/// is no error; a command that was ended by a signal, or because its time was over, is one.
///
/// # Examples
/// ```
/// use agentwerk::tools::{BashTool, Tool, ToolContext};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::tools::PatternError> {
/// let tool = Tool::typed(BashTool::new("say", "echo *")?.allow("printf %s *")?);
/// let context = ToolContext::new(".");
///
/// let said = tool.call(json!({ "command": "echo hello 'big world'" }), &context).await;
/// # #[cfg(unix)]
/// assert_eq!(said.unwrap().text(), "hello big world\n(exit code 0)\n");
///
/// let refused = tool.call(json!({ "command": "echo hello; rm -r ." }), &context).await;
/// assert!(refused.unwrap_err().to_string().contains("`;` may stand in single quotes only"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BashTool {
    name: String,
    allowed: Allowed,
    timeout: Duration,
    environment: Environment,
}

/// What the model gives.
#[doc(hidden)]
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CommandArgs {
    command: String,
    timeout_seconds: Option<u64>,
}

impl BashTool {
    /// A tool, called `name` by the model, for the commands that fit a pattern.
    ///
    /// # Errors
    /// The pattern cannot be read: it begins with a wildcard, or has a word that is not literal.
    pub fn new(name: impl Into<String>, pattern: impl AsRef<str>) -> Result<Self, PatternError> {
        let pattern = Pattern::parse(pattern.as_ref())?;
        Ok(Self {
            name: name.into(),
            allowed: Allowed::Patterns(vec![pattern]),
            timeout: TIMEOUT,
            environment: Environment::default(),
        })
    }

    /// A tool, called `bash` by the model, that runs any line in a real shell: whatever this process
    /// may do, the model may do.
    pub fn unrestricted() -> Self {
        Self {
            name: "bash".to_owned(),
            allowed: Allowed::Everything,
            timeout: TIMEOUT,
            environment: Environment::default(),
        }
    }

    /// Allows the commands that fit another pattern as well. The unrestricted tool allows them already.
    ///
    /// # Errors
    /// The pattern cannot be read.
    pub fn allow(mut self, pattern: impl AsRef<str>) -> Result<Self, PatternError> {
        let pattern = Pattern::parse(pattern.as_ref())?;
        if let Allowed::Patterns(patterns) = &mut self.allowed {
            patterns.push(pattern);
        }
        Ok(self)
    }

    /// Says how long a command may run; 120 s unless set. The model may ask for less.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets a variable of the commands' environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.set(name.into(), value.into());
        self
    }

    /// Gives the commands a variable of this process's environment, with the value that it has when
    /// a command starts. What it holds, the model can read.
    #[must_use]
    pub fn pass_env(mut self, name: impl Into<OsString>) -> Self {
        self.environment.pass(name.into());
        self
    }

    /// Whole seconds that a model may ask for.
    fn seconds_max(&self) -> u64 {
        self.timeout.as_secs().max(1)
    }

    fn description(&self) -> String {
        match &self.allowed {
            Allowed::Everything => include_str!("bash.md").trim().to_owned(),
            Allowed::Patterns(patterns) => {
                let text = include_str!("command.md").trim();
                format!("{text}\n{}", list(patterns, "\n"))
            }
        }
    }
}

impl TypedTool for BashTool {
    type Args = CommandArgs;
    type Output = Result<ToolResult, ToolError>;

    fn spec(&self) -> ToolSpec {
        ToolSpec::new(&self.name, self.description()).schema(json!({
            "type": "object",
            "properties": {
                "command": { "type": "string", "description": "The command line." },
                "timeout_seconds": {
                    "type": ["integer", "null"],
                    "minimum": 1,
                    "maximum": self.seconds_max(),
                    "description": "End the command after this time. Leave it out for the longest."
                }
            },
            "required": ["command"],
            "additionalProperties": false
        }))
    }

    async fn call(&self, args: CommandArgs, context: &ToolContext) -> Self::Output {
        let command = self
            .allowed
            .command(&args.command, context.dir(), &self.environment)
            .map_err(ToolError::retry)?;
        let asked = args.timeout_seconds.map(Duration::from_secs);
        let limit = asked.map_or(self.timeout, |asked| asked.min(self.timeout));
        let cancel = context.cancel().child_token();
        let ended = run(command, limit, cancel)
            .await
            .map_err(|error| ToolError::fail(format!("The command could not be run: {error}.")))?;
        told(ended, limit)
    }
}

/// What the model is told of the end. An exit code is an answer, also one that is not zero.
fn told(ended: Ended, limit: Duration) -> Result<ToolResult, ToolError> {
    let output = ended.output.into_text();
    Ok(match ended.end {
        End::Exited(Exit::Code(code)) => {
            ToolResult::success(format!("{output}(exit code {code})\n"))
        }
        End::Exited(Exit::Signal(signal)) => {
            ToolResult::error(format!("{output}(ended by signal {signal})\n"))
        }
        End::Exited(Exit::Unknown) => {
            ToolResult::error(format!("{output}(it ended, and nobody knows how)\n"))
        }
        End::TimedOut => ToolResult::error(format!(
            "{output}(stopped after {} s, before it ended; ask for less at once)\n",
            limit.as_secs_f64()
        )),
        End::Cancelled => return Err(ToolError::fail("the call was cancelled")),
    })
}
