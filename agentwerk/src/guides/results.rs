#![doc = include_str!("../docs/guides/results.md")]
