//! A full picture of a tree: whatever is touched in it shows.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Everything that a change of an entry would change.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    mode: u32,
    inode: u64,
    links: u64,
    owner: (u32, u32),
    modified: (i64, i64),
    changed: (i64, i64),
    content: Content,
}

#[derive(Debug, PartialEq)]
enum Content {
    File(Vec<u8>),
    Link(PathBuf),
    Directory,
    Other,
}

pub(crate) type Picture = BTreeMap<PathBuf, Seen>;

/// The picture of everything at and below a path.
pub(crate) fn picture(path: &Path) -> Picture {
    let mut seen = Picture::new();
    look(path, &mut seen);
    seen
}

fn look(path: &Path, seen: &mut Picture) {
    let metadata = fs::symlink_metadata(path).unwrap();
    let kind = metadata.file_type();
    let content = if kind.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            look(&entry.unwrap().path(), seen);
        }
        Content::Directory
    } else if kind.is_symlink() {
        Content::Link(fs::read_link(path).unwrap())
    } else if kind.is_file() {
        Content::File(fs::read(path).unwrap())
    } else {
        assert!(kind.is_fifo() || kind.is_socket(), "{}", path.display());
        Content::Other
    };
    let entry = Seen {
        mode: metadata.mode(),
        inode: metadata.ino(),
        links: metadata.nlink(),
        owner: (metadata.uid(), metadata.gid()),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
        content,
    };
    seen.insert(path.to_owned(), entry);
}

/// Fails with the entries that are not what they were.
pub(crate) fn assert_untouched(before: &Picture, after: &Picture) {
    let paths = before.keys().chain(after.keys());
    let changed: Vec<_> = paths
        .filter(|path| before.get(*path) != after.get(*path))
        .collect();
    assert!(changed.is_empty(), "touched: {changed:?}");
}

#[test]
fn whatever_is_done_to_a_file_shows_in_its_picture() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    let acts: [(&str, &dyn Fn()); 6] = [
        ("another content", &|| fs::write(&file, "b").unwrap()),
        ("the same content", &|| fs::write(&file, "b").unwrap()),
        ("a mode", &|| {
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }),
        ("another name", &|| {
            fs::hard_link(&file, root.path().join("twin")).unwrap();
        }),
        ("a link", &|| {
            symlink("file", root.path().join("link")).unwrap()
        }),
        ("no file", &|| fs::remove_file(&file).unwrap()),
    ];
    fs::write(&file, "a").unwrap();
    for (name, act) in acts {
        let before = picture(root.path());
        act();
        assert!(before != picture(root.path()), "{name}");
    }
}
