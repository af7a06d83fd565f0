use std::ffi::OsStr;
use std::fs;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::replace;

/// A directory with a file `a` and a directory `sub` in it, and a handle of it.
fn place() -> (TempDir, Dir) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a"), "old").unwrap();
    fs::create_dir(root.path().join("sub")).unwrap();
    let dir = Dir::open_ambient_dir(root.path(), ambient_authority()).unwrap();
    (root, dir)
}

fn assert_as_before(root: &TempDir) {
    let entries = fs::read_dir(root.path()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a", "sub"]);
    assert_eq!(fs::read(root.path().join("a")).unwrap(), b"old");
}

/// The content is written, and then cannot take its place.
#[test]
fn a_temporary_file_that_cannot_be_renamed_is_removed() {
    let (root, dir) = place();
    let cancel = CancellationToken::new();
    replace(&dir, OsStr::new("sub"), b"new", None, &cancel).unwrap_err();
    assert_as_before(&root);
}

#[test]
fn a_temporary_file_of_a_cancelled_call_is_removed() {
    let (root, dir) = place();
    let cancel = CancellationToken::new();
    cancel.cancel();
    for content in [&b""[..], b"new", &[b'x'; 1_000_000]] {
        let error = replace(&dir, OsStr::new("a"), content, None, &cancel).unwrap_err();
        assert_eq!(error.to_string(), "the call was cancelled");
        assert_as_before(&root);
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced_and_not_followed() {
    let (root, dir) = place();
    let link = root.path().join("link");
    std::os::unix::fs::symlink("a", &link).unwrap();
    let cancel = CancellationToken::new();
    replace(&dir, OsStr::new("link"), b"new", None, &cancel).unwrap();
    assert_eq!(fs::read(root.path().join("a")).unwrap(), b"old");
    assert!(fs::symlink_metadata(&link).unwrap().is_file());
    assert_eq!(fs::read(&link).unwrap(), b"new");
}
