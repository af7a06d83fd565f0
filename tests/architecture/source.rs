use std::path::{Path, PathBuf};

/// One source file.
pub(crate) struct SourceFile {
    /// The file, from the root of the workspace.
    pub(crate) path: String,
    /// The modules that lead to it; empty for `lib.rs`.
    pub(crate) module: Vec<String>,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn parse(&self) -> syn::File {
        syn::parse_file(&self.text).unwrap_or_else(|error| panic!("parse {}: {error}", self.path))
    }
}

/// All source files of a package of the workspace.
pub(crate) fn of_package(package: &str) -> Vec<SourceFile> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let root = workspace.join(package).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let files: Vec<_> = paths
        .iter()
        .map(|path| SourceFile {
            path: shown(path, workspace),
            module: module(path.strip_prefix(&root).unwrap()),
            text: std::fs::read_to_string(path).unwrap(),
        })
        .collect();
    assert!(!files.is_empty(), "{package} has no source");
    files
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn shown(path: &Path, workspace: &Path) -> String {
    let below = path.strip_prefix(workspace).unwrap();
    below.to_string_lossy().replace('\\', "/")
}

fn module(below_src: &Path) -> Vec<String> {
    let mut module: Vec<_> = below_src
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
        module.pop();
    }
    module
}

#[test]
fn a_file_knows_its_module() {
    let of = |path: &str| module(Path::new(path)).join("::");
    assert_eq!(of("lib.rs"), "");
    assert_eq!(of("clock.rs"), "clock");
    assert_eq!(of("store/mod.rs"), "store");
    assert_eq!(
        of("tools/builtin/read_file.rs"),
        "tools::builtin::read_file"
    );
}
