#![doc = include_str!("../docs/guides/tools.md")]
