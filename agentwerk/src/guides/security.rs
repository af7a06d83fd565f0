#![doc = include_str!("../docs/guides/security.md")]
