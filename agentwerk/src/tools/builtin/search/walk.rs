use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use cap_std::fs::{Dir, ReadDir};
use ignore::Match;
use tokio_util::sync::CancellationToken;

use super::listing::{Batch, Folder, Kind};
use super::notes::Notes;
use super::open::open_dir;
use super::queue::Queue;
use super::root::Root;
use super::rules::Present;
use crate::tools::workspace::explain;

/// Levels below the searched directory that are entered. A handle is open for each.
pub(super) const DEPTH_MAX: usize = 100;
/// Threads that search at the same time.
const THREADS_MAX: usize = 4;
/// Files that one thread takes at a time.
const FILES_AT_A_TIME: usize = 16;

/// What is done with the files of a tree.
pub(super) trait Visit: Sync {
    /// What each thread has for itself.
    type Worker;

    fn worker(&self) -> Self::Worker;

    /// Whether a directory may hold what is looked for.
    fn enters(&self, dir: &Path) -> bool;

    /// Whether a file may be what is looked for, by its path alone.
    fn takes(&self, file: &Path) -> bool;

    /// Looks at a regular file, by its name in a directory.
    fn visit(
        &self,
        worker: &mut Self::Worker,
        dir: &Dir,
        name: &OsStr,
        path: &Path,
    ) -> io::Result<()>;
}

/// Which files of a tree are looked at, and until when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk<'a> {
    /// Names that begin with a dot, too.
    pub(super) hidden: bool,
    /// What ignore files exclude, too.
    pub(super) ignored: bool,
    pub(super) cancel: &'a CancellationToken,
    pub(super) notes: &'a Notes,
}

/// One piece of a walk.
enum Task {
    Enter(Arc<Folder>, OsString),
    /// The rest of a directory with many entries.
    List(Arc<Folder>, ReadDir),
    Visit(Arc<Folder>, Vec<OsString>),
}

impl Walk<'_> {
    /// Looks at all files below a directory.
    pub(super) fn run<V: Visit>(&self, root: Root, visit: &V) -> Result<(), String> {
        let named = root.base.display(&root.base.path);
        let first = self.first(root).map_err(|error| explain(&named, &error))?;
        let running = Running {
            walk: self,
            queue: Queue::new(first),
            visit,
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            for _ in 1..cores.min(THREADS_MAX) {
                scope.spawn(|| running.work());
            }
            running.work();
        });
        if self.cancel.is_cancelled() {
            return Err(super::CANCELLED.to_owned());
        }
        Ok(())
    }

    fn first(&self, root: Root) -> io::Result<Task> {
        let unread = root.dir.entries()?;
        let folder = Folder {
            rules: if self.ignored {
                root.rules
            } else {
                let rules = &root.rules;
                rules.enter(&root.dir, &root.base.path, Present::UNKNOWN, self.notes)
            },
            dir: root.dir,
            path: root.base.path,
            depth: 0,
        };
        Ok(Task::List(Arc::new(folder), unread))
    }

    /// Whether the options and the rules leave an entry in.
    fn keeps(&self, folder: &Folder, path: &Path, name: &OsStr, is_dir: bool) -> bool {
        let name = name.as_encoded_bytes();
        if self.ignored {
            return self.hidden || !name.starts_with(b".");
        }
        match folder.rules.matched(path, is_dir) {
            Match::Ignore(()) => false,
            // A rule may ask for a hidden file; the files of git are no part of a tree.
            Match::Whitelist(()) => self.hidden || name != b".git",
            Match::None => self.hidden || !name.starts_with(b"."),
        }
    }
}

/// A walk that goes on.
struct Running<'a, V> {
    walk: &'a Walk<'a>,
    queue: Queue<Task>,
    visit: &'a V,
}

impl<V: Visit> Running<'_, V> {
    fn work(&self) {
        let mut worker = self.visit.worker();
        while let Some((task, _working)) = self.queue.take() {
            if self.walk.cancel.is_cancelled() {
                self.queue.end();
                return;
            }
            let done = match task {
                Task::Enter(parent, name) => self.enter(&parent, &name),
                Task::List(folder, unread) => self.list(folder, unread),
                Task::Visit(folder, names) => {
                    self.look_at(&mut worker, &folder, &names);
                    Ok(())
                }
            };
            self.note(done);
        }
    }

    fn enter(&self, parent: &Folder, name: &OsStr) -> io::Result<()> {
        let path = parent.path.join(name);
        if !self.visit.enters(&path) {
            return Ok(());
        }
        let dir = open_dir(&parent.dir, name)?;
        let mut unread = dir.entries()?;
        let batch = Batch::read(&dir, &mut unread)?;
        let rules = if self.walk.ignored {
            Arc::clone(&parent.rules)
        } else {
            let present = if batch.more {
                Present::UNKNOWN
            } else {
                Present::among(batch.entries.iter().map(|(name, _)| name.as_os_str()))
            };
            let notes = self.walk.notes;
            parent.rules.enter(&dir, &path, present, notes)
        };
        let folder = Folder {
            dir,
            path,
            rules,
            depth: parent.depth + 1,
        };
        self.share(&Arc::new(folder), batch, unread);
        Ok(())
    }

    fn list(&self, folder: Arc<Folder>, mut unread: ReadDir) -> io::Result<()> {
        let batch = Batch::read(&folder.dir, &mut unread)?;
        self.share(&folder, batch, unread);
        Ok(())
    }

    /// Makes tasks of entries. The rest of the directory comes last, so that little waits.
    fn share(&self, folder: &Arc<Folder>, batch: Batch, unread: ReadDir) {
        let mut path = folder.path.join("x");
        let (mut files, mut dirs) = (Vec::new(), Vec::new());
        for (name, kind) in batch.entries {
            // Looking up many rules for each of many entries takes long.
            if self.walk.cancel.is_cancelled() {
                return;
            }
            path.set_file_name(&name);
            let is_dir = kind == Kind::Dir;
            let wanted = is_dir || self.visit.takes(&path);
            if !wanted || !self.walk.keeps(folder, &path, &name, is_dir) {
                continue;
            }
            if !is_dir {
                files.push(name);
            } else if folder.depth < DEPTH_MAX {
                dirs.push(Task::Enter(Arc::clone(folder), name));
            } else {
                self.walk.notes.too_deep.add();
            }
        }
        let rest = batch.more.then(|| Task::List(Arc::clone(folder), unread));
        let chunks = files.chunks(FILES_AT_A_TIME);
        let files = chunks.map(|names| Task::Visit(Arc::clone(folder), names.to_vec()));
        let tasks = rest.into_iter().chain(dirs.into_iter().rev());
        self.queue.add(tasks.chain(files.rev()));
    }

    fn look_at(&self, worker: &mut V::Worker, folder: &Folder, names: &[OsString]) {
        let mut path = folder.path.join("x");
        for name in names {
            if self.walk.cancel.is_cancelled() {
                return;
            }
            path.set_file_name(name);
            self.note(self.visit.visit(worker, &folder.dir, name, &path));
        }
    }

    /// What went away meanwhile was never there.
    fn note(&self, done: io::Result<()>) {
        if done.is_err_and(|error| error.kind() != io::ErrorKind::NotFound) {
            self.walk.notes.unreadable.add();
        }
    }
}
