use std::ops::Range;

use fastrand::Rng;

/// What a disk writes at once.
const SECTOR_BYTES: usize = 512;

/// The bytes of one file: as a process sees them, and as far as they are on the disk for sure.
#[derive(Debug, Default)]
pub(super) struct File {
    written: Vec<u8>,
    synced: Vec<u8>,
    /// What a sync that failed was to bring to the disk. Systems forget that it was never brought
    /// there: processes still read it, and the next sync succeeds without it.
    given_up: Vec<Range<usize>>,
}

impl File {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.written
    }

    /// Puts other bytes into the file, as damage does.
    pub(super) fn set_bytes(&mut self, bytes: Vec<u8>) {
        self.written.clone_from(&bytes);
        self.synced = bytes;
        self.given_up.clear();
    }

    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
    }

    pub(super) fn sync(&mut self) {
        let known = self.synced.len();
        self.synced.extend_from_slice(&self.written[known..]);
        for range in self.given_up.drain(..) {
            let end = range.end.min(self.synced.len());
            self.synced[range.start.max(known).min(end)..end].fill(0);
        }
    }

    /// Fails to sync.
    pub(super) fn give_up(&mut self) {
        self.given_up.push(self.synced.len()..self.written.len());
    }

    /// What is left of the file when the power goes: what was synced, and of the rest the sectors
    /// that chance has brought to the disk. A sector that was lost reads as zeros, or the file ends
    /// before it.
    pub(super) fn lose_power(&mut self, rng: &mut Rng) {
        let mut left = self.synced.clone();
        if self.written.len() > left.len() {
            let grown = self.written.len() - left.len();
            let kept = if rng.bool() {
                grown
            } else {
                rng.usize(0..=grown)
            };
            self.keep_sectors(&mut left, kept, rng);
        }
        self.set_bytes(left);
    }

    /// Makes the file longer, by sectors that were written and by sectors of zeros.
    fn keep_sectors(&self, left: &mut Vec<u8>, kept: usize, rng: &mut Rng) {
        let chance = *rng.choice(&[0.0, 0.5, 0.9, 1.0]).unwrap_or(&0.5);
        let end = left.len() + kept;
        while left.len() < end {
            let start = left.len();
            let sector_end = (start / SECTOR_BYTES + 1) * SECTOR_BYTES;
            let sector = start..sector_end.min(end);
            if rng.f64() < chance {
                left.extend_from_slice(&self.written[sector]);
            } else {
                left.resize(sector.end, 0);
            }
        }
    }
}
