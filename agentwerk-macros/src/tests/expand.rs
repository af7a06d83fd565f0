//! What the macros write: `tests/expand/*.rs`, each an item and its expansion.
//!
//! To write the expansions anew: `UPDATE_EXPECT=1 cargo test -p agentwerk-macros expand`.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use super::macros::Expanding;

const EXPANSION: &str = "\n// Expands to:\n\n";

/// The items that can be expanded, by the names of their files.
pub(super) fn items() -> Vec<(PathBuf, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let files = fs::read_dir(dir).unwrap();
    files
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let item = text.split(EXPANSION).next().unwrap().trim_end();
            (path, item.to_owned())
        })
        .collect()
}

#[test]
fn expansions_are_known() {
    for (path, item) in items() {
        let expansion = Expanding::of(&item).expand();
        assert_eq!(expansion.errors.texts(), [""; 0], "{}", path.display());
        let file = syn::parse2(expansion.tokens).unwrap();
        let written = prettyplease::unparse(&file);
        expect_file![path].assert_eq(&format!("{item}\n{EXPANSION}{written}"));
    }
}
