/// Where the bytes of a body are split.
///
/// A split is the border of an HTTP chunk; a client sees each chunk by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Chunking {
    /// One chunk per event, as vendors send them.
    #[default]
    PerEvent,
    /// As few chunks as there can be.
    Whole,
    /// Every byte by itself.
    ByteByByte,
    /// Random sizes; the same seed gives the same splits.
    Random {
        /// The seed.
        seed: u64,
    },
    /// These sizes, then the rest in one chunk.
    Sizes(Vec<usize>),
}

/// Splits the body of one answer; later calls go on where earlier ones stopped.
pub(super) struct Splitter {
    sizes: Sizes,
}

enum Sizes {
    Whole,
    One,
    Random { rng: fastrand::Rng, max: usize },
    Fixed(std::vec::IntoIter<usize>),
}

impl Splitter {
    pub(super) fn new(chunking: &Chunking) -> Self {
        let sizes = match chunking {
            Chunking::PerEvent | Chunking::Whole => Sizes::Whole,
            Chunking::ByteByByte => Sizes::One,
            Chunking::Random { seed } => {
                let mut rng = fastrand::Rng::with_seed(*seed);
                // Some streams fall into crumbs, some into few large pieces: both find bugs.
                let max = [3, 16, 48, 200, 1_000][rng.usize(..5)];
                Sizes::Random { rng, max }
            }
            Chunking::Sizes(sizes) => Sizes::Fixed(sizes.clone().into_iter()),
        };
        Self { sizes }
    }

    /// The bytes in HTTP's chunked encoding, without the last, empty chunk.
    pub(super) fn encode(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        let mut encoded = Vec::with_capacity(bytes.len() * 2);
        while !bytes.is_empty() {
            let size = self.next_size().clamp(1, bytes.len());
            let (chunk, rest) = bytes.split_at(size);
            encoded.extend_from_slice(format!("{size:x}\r\n").as_bytes());
            encoded.extend_from_slice(chunk);
            encoded.extend_from_slice(b"\r\n");
            bytes = rest;
        }
        encoded
    }

    fn next_size(&mut self) -> usize {
        match &mut self.sizes {
            Sizes::Whole => usize::MAX,
            Sizes::One => 1,
            Sizes::Random { rng, max } => rng.usize(1..=*max),
            Sizes::Fixed(sizes) => sizes.next().unwrap_or(usize::MAX),
        }
    }
}
