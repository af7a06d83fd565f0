//! What the macros write: `tests/expand/*.rs`, each an item and its expansion.
//!
//! To write the expansions anew: `UPDATE_EXPECT=1 cargo test -p agentwerk-macros expand`.

use std::fs;
use std::path::Path;

use expect_test::expect_file;

use super::macros::expand;

const EXPANSION: &str = "\n// Expands to:\n\n";

#[test]
fn expansions_are_known() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let item = text.split(EXPANSION).next().unwrap().trim_end();
        let expansion = expand(item);
        assert_eq!(expansion.errors.texts(), [""; 0], "{}", path.display());
        let file = syn::parse2(expansion.tokens).unwrap();
        let written = prettyplease::unparse(&file);
        expect_file![path].assert_eq(&format!("{item}\n{EXPANSION}{written}"));
    }
}
