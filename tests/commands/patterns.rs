//! Patterns: what they allow, which ones there are not, and what a model is told of them.

use agentwerk::tools::{BashTool, Tool};

use crate::place::{Place, allowing};

/// Whether a pattern allows a line.
async fn allows(pattern: &str, line: &str) -> bool {
    let place = Place::new();
    let program = line.split(' ').next().unwrap();
    place.fake(program);
    let tool = allowing(pattern).env("PATH", place.programs());
    match place.run(tool, line).await {
        Ok(_) => true,
        Err(text) => {
            assert!(text.contains("was not run"), "{text}");
            false
        }
    }
}

#[tokio::test]
async fn wildcards_stand_for_words() {
    for (pattern, line, expected) in [
        ("git", "git", true),
        ("git", "git log", false),
        ("git log", "git", false),
        ("git *", "git", false),
        ("git *", "git log", true),
        ("git *", "git log main x", true),
        ("git *", "git -c", false),
        ("git *", "git log -c", false),
        ("git *", "git ''", true),
        ("git **", "git", true),
        ("git **", "git -c a log --x", true),
        ("git * -n *", "git log -n 1", true),
        ("git * -n *", "git a b -n 1 2", true),
        ("git * -n *", "git -n 1", false),
        ("git * -n *", "git log -n", false),
        ("git ** -n **", "git -n", true),
        ("git * *", "git a", false),
        ("git * *", "git a b", true),
        ("git * b", "git a b", true),
        ("git * b", "git b", false),
        ("git * b", "git b b b", true),
        ("git {a,-b} *", "git -b c", true),
        ("git {a,-b} *", "git -c c", false),
        ("{git,hg} log", "hg log", true),
        ("{git,hg} log", "svn log", false),
        ("git '*'", "git '*'", true),
        ("git '*'", "git a", false),
        (
            "git ** ** ** ** ** ** ** ** ** ** x",
            "git a a a a a a a a a a a a a a a a a",
            false,
        ),
    ] {
        assert_eq!(allows(pattern, line).await, expected, "{pattern}: {line}");
    }
}

#[test]
fn a_pattern_that_cannot_be_read_is_an_error_when_the_tool_is_made() {
    for (pattern, expected) in [
        ("", "there is no command"),
        ("  ", "there is no command"),
        ("''", "there is no command"),
        (
            "* log",
            "it begins with `*`, so that any program could be run",
        ),
        (
            "**",
            "it begins with `**`, so that any program could be run",
        ),
        (
            "X=1 git",
            "it begins with an assignment, and variables cannot be set",
        ),
        (
            "{git,X=1} log",
            "it begins with an assignment, and variables cannot be set",
        ),
        (
            "time *",
            "`time` is a word of the shell, and there is no shell",
        ),
        ("git lo*", "`*` may stand in single quotes only"),
        ("git *.rs", "`*` may stand in single quotes only"),
        ("git log; rm", "`;` may stand in single quotes only"),
        ("git 'log", "a quote is not closed"),
        ("git\nlog", "a line end may not stand anywhere"),
        (
            "git {}",
            "`{}` needs words with commas between, without spaces, as in `{log,show}`",
        ),
        (
            "git {a,}",
            "`{a,}` needs words with commas between, without spaces, as in `{log,show}`",
        ),
        (
            "git {a, b}",
            "`{a,` needs words with commas between, without spaces, as in `{log,show}`",
        ),
        ("git {a,*}", "`*` may stand in single quotes only"),
        ("git {a,{b}}", "`{` may stand in single quotes only"),
    ] {
        let error = BashTool::new("git", pattern).unwrap_err();
        let told = format!("`{pattern}` is no pattern of commands: {expected}");
        assert_eq!(error.to_string(), told);
        let error = allowing("git").allow(pattern).unwrap_err();
        assert_eq!(error.to_string(), told);
    }
}

#[tokio::test]
async fn each_of_several_patterns_allows_lines() {
    let place = Place::new();
    let tool = allowing("echo one").allow("echo two *").unwrap();
    assert_eq!(
        place.run(tool.clone(), "echo one").await.unwrap(),
        "one\n(exit code 0)\n"
    );
    assert_eq!(
        place.run(tool.clone(), "echo two 2").await.unwrap(),
        "two 2\n(exit code 0)\n"
    );
    let text = place.run(tool, "echo two -e").await.unwrap_err();
    assert_eq!(
        text,
        "The command was not run: its word 3, `-e`, is not allowed there. Options must be those that \
         a pattern spells. Allowed is what fits one of: `echo one`, `echo two *`"
    );
}

#[tokio::test]
async fn a_refusal_says_what_is_wrong_and_what_is_allowed() {
    let place = Place::new();
    let text = place
        .run(allowing("echo *"), "echo a | sh")
        .await
        .unwrap_err();
    assert_eq!(
        text,
        "The command was not run: `|` may stand in single quotes only. Give one command of at most \
         8192 bytes: plain words with spaces between, without anything that a shell would expand, and \
         a word with other characters whole in single quotes. Allowed is what fits one of: `echo *`"
    );
    let text = place.run(allowing("echo * b"), "echo a").await.unwrap_err();
    assert!(
        text.contains("was not run: more words are needed."),
        "{text}"
    );
    let text = place
        .run(allowing("no-such-program"), "no-such-program")
        .await
        .unwrap_err();
    assert!(
        text.contains("there is no program `no-such-program`"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_repeated_to_the_model_is_bounded() {
    let place = Place::new();
    let many = format!("echo {{{}}}", vec!["alternative"; 1_000].join(","));
    // It has too many bytes for a pattern as for a line.
    assert!(BashTool::new("echo", &many).is_err());
    let mut tool = allowing("echo a");
    for number in 0..1_000 {
        tool = tool.allow(format!("echo {number}")).unwrap();
    }
    let text = place
        .run(tool, &format!("echo {}", "x".repeat(5_000)))
        .await
        .unwrap_err();
    assert!(text.len() < 2_000, "{}", text.len());
}

#[tokio::test]
async fn a_line_has_a_length_and_a_number_of_words() {
    let place = Place::new();
    let fits = format!("echo {}", "x".repeat(8_192 - 5));
    assert!(place.run(allowing("echo *"), &fits).await.is_ok());
    let text = place
        .run(allowing("echo *"), &format!("{fits}x"))
        .await
        .unwrap_err();
    assert!(text.contains("it has 8193 bytes, more than 8192"), "{text}");
    let fits = format!("echo{}", " x".repeat(199));
    assert!(place.run(allowing("echo *"), &fits).await.is_ok());
    let text = place
        .run(allowing("echo *"), &format!("{fits} x"))
        .await
        .unwrap_err();
    assert!(text.contains("it has more than 200 words"), "{text}");
}

#[test]
fn the_model_is_told_the_patterns_before_it_calls() {
    let tool = allowing("git {log,show} *").allow("cargo check").unwrap();
    let tool = Tool::typed(tool);
    assert_eq!(tool.spec().name, "run");
    let description = &tool.spec().description;
    assert!(description.contains("without a shell"), "{description}");
    assert!(
        description.ends_with("\ngit {log,show} *\ncargo check"),
        "{description}"
    );
    let tool = Tool::typed(BashTool::unrestricted());
    assert_eq!(tool.spec().name, "bash");
    assert!(tool.spec().description.contains("in a shell"));
}

#[tokio::test]
async fn programs_of_the_working_directory_run_only_where_the_pattern_spells_them() {
    let place = Place::new();
    for program in ["git", "./check.sh", "bin/check.sh"] {
        place.fake(program);
    }
    // A fake `git` lies in the room as well, and a search path may name it.
    place.write_program(&place.room().join("git"), "#!/bin/sh\necho evil\n");
    for path in [".", "", ":", "./", "programs"] {
        let tool = allowing("git").env("PATH", path);
        let text = place.run(tool, "git").await.unwrap_err();
        assert!(text.contains("there is no program `git`"), "{path}: {text}");
    }
    let run = |pattern, line| place.run(allowing(pattern), line);
    assert!(run("./check.sh", "./check.sh").await.is_ok());
    assert!(run("bin/check.sh", "bin/check.sh").await.is_ok());
    assert!(run("check.sh", "check.sh").await.is_err());
    assert!(run("check.sh", "./check.sh").await.is_err());
    assert!(run("./check.sh", "bin/check.sh").await.is_err());
}
