#![doc = include_str!("../docs/guides/running.md")]
