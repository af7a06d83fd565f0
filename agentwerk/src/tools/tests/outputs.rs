use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::{OutputDir, file_stem};
use crate::id::{CallId, TicketKey};

fn dir(root: &Path) -> OutputDir {
    OutputDir::new(root.to_owned(), TicketKey::from_number(7))
}

async fn keep(dir: &OutputDir, call: &str, text: &str) -> std::path::PathBuf {
    let text = Arc::new(text.to_owned());
    dir.keep(&CallId::from(call), text).await.unwrap()
}

#[tokio::test]
async fn an_output_is_a_file_in_the_directory_of_its_ticket() {
    let place = tempfile::tempdir().unwrap();
    // Directories that are missing are made, above the root too.
    let root = place.path().join("run/outputs");
    let path = keep(&dir(&root), "call_1", "Some text.").await;
    assert_eq!(path, root.join("TICKET-7/call_1"));
    assert_eq!(fs::read_to_string(path).unwrap(), "Some text.");
}

#[tokio::test]
async fn no_output_takes_the_place_of_another() {
    let place = tempfile::tempdir().unwrap();
    let dir = dir(place.path());
    // What merely looks like another's second output is no problem either.
    let calls = ["call_0", "call_0-2", "call_0", "call/0", "call_0"];
    let mut paths = Vec::new();
    for (n, call) in calls.into_iter().enumerate() {
        paths.push(keep(&dir, call, &n.to_string()).await);
    }
    let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap()).collect();
    let expected = ["call_0", "call_0-2", "call_0-3", "call_0-4", "call_0-5"];
    assert_eq!(names, expected);
    for (n, path) in paths.iter().enumerate() {
        assert_eq!(fs::read_to_string(path).unwrap(), n.to_string());
    }
}

#[tokio::test]
async fn calls_at_the_same_time_get_files_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    let dir = dir(&place.path().join("outputs"));
    let (one, two) = tokio::join!(keep(&dir, "a", "one"), keep(&dir, "a", "two"));
    assert_ne!(one, two);
    assert_eq!(fs::read_to_string(one).unwrap(), "one");
    assert_eq!(fs::read_to_string(two).unwrap(), "two");
}

#[test]
fn a_name_has_plain_characters_only_and_is_neither_long_nor_empty() {
    assert_eq!(file_stem("toolu_01A-b"), "toolu_01A-b");
    assert_eq!(file_stem("../../etc/passwd"), "______etc_passwd");
    assert_eq!(file_stem("a\0b\\c:d ä.txt"), "a_b_c_d___txt");
    assert_eq!(file_stem(""), "call");
    assert_eq!(file_stem(".."), "__");
    assert_eq!(file_stem(&"x".repeat(500)), "x".repeat(64));
    assert_eq!(file_stem(&"ä".repeat(500)), "_".repeat(64));
}

#[tokio::test]
async fn a_root_that_is_a_file_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("outputs");
    fs::write(&root, "No directory.").unwrap();
    let text = Arc::new("text".to_owned());
    dir(&root).keep(&CallId::from("a"), text).await.unwrap_err();
    assert_eq!(fs::read_to_string(&root).unwrap(), "No directory.");
}

#[cfg(unix)]
#[tokio::test]
async fn links_out_of_the_directory_are_not_written_through() {
    let place = tempfile::tempdir().unwrap();
    let (root, outside) = (place.path().join("outputs"), place.path().join("outside"));
    fs::create_dir_all(&root).unwrap();
    fs::create_dir_all(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, root.join("TICKET-7")).unwrap();
    let text = Arc::new("text".to_owned());
    dir(&root).keep(&CallId::from("a"), text).await.unwrap_err();
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);

    fs::remove_file(root.join("TICKET-7")).unwrap();
    fs::create_dir(root.join("TICKET-7")).unwrap();
    std::os::unix::fs::symlink(outside.join("a"), root.join("TICKET-7/a")).unwrap();
    let path = keep(&dir(&root), "a", "text").await;
    assert_eq!(path, root.join("TICKET-7/a-2"));
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn a_relative_root_becomes_absolute() {
    let outputs = dir(Path::new("outputs"));
    assert_eq!(
        **outputs.root(),
        std::env::current_dir().unwrap().join("outputs")
    );
}
