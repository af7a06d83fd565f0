use std::io;
use std::path::PathBuf;

/// Why a knowledge store cannot do what was asked of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KnowledgeError {
    /// The directory of the pages cannot be made or opened.
    #[error("open the knowledge store `{}`", path.display())]
    Open {
        /// The directory of the pages.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The pages cannot be listed.
    #[error("list the pages in `{}`", path.display())]
    List {
        /// The directory of the pages.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A page cannot be read.
    #[error("read the page `{}`", path.display())]
    Read {
        /// The page's file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A page cannot be written; what was there before is still there.
    #[error("write the page `{}`", path.display())]
    Write {
        /// The page's file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A page cannot be removed.
    #[error("remove the page `{}`", path.display())]
    Remove {
        /// The page's file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There is no page of this name.
    #[error("there is no page `{}`", path.display())]
    NoPage {
        /// The file that the page would be in.
        path: PathBuf,
    },
    /// A page, or its front matter, is too large; write it as several pages.
    #[error("the {part} of `{}` has {bytes} bytes, and at most {bytes_max} are allowed", path.display())]
    TooLarge {
        /// The page's file.
        path: PathBuf,
        /// What is too large: `text` or `front matter`.
        part: &'static str,
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        bytes_max: usize,
    },
}
